"""Online services: the way to them (SV-01), sign-in to figures (SV-06 to SV-09)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from chiso.checks.fetch import addresses
from chiso.checks.fetch.naming import simple, simple_lines
from chiso.checks.findings import Evidence, Verdict, graded, review, without
from chiso.checks.judging import service_pages, service_steps  # noqa: F401 - they declare SV-02 to SV-05
from chiso.checks.judging.case import Case
from chiso.checks.judging.reaching import (
    Reached,
    reach,
    reach_all,
    shown,
    unreached,
    was_rendered,
)
from chiso.checks.judging.registry import check
from chiso.checks.judging.service_desk import (
    PORTAL,
    desk,
    inner_lines,
    is_building,
    named,
    not_here,
    portal_closed,
    service_documents,
)
from chiso.checks.reading.dates import find_dates
from chiso.checks.reading.document import Document
from chiso.checks.states import CheckState
from chiso.language import Text

_TRACKING = Text("trang tra cứu hồ sơ", "the tracking page")
_FIGURES = Text("trang thống kê hồ sơ", "the page of service figures")


@check("SV-01")
def reachable(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """The service portal is up and at most two clicks away from the home page."""
    closed = not_here(case, "unit")
    if closed is not None:
        return closed
    reached = desk(case)
    if case.record.site.role == "services":
        if reached.document is not None and is_building(reached.document):
            return graded(figures["building"], _building(), url=reached.url)
        seen = Text("Cổng dịch vụ công hoạt động.", "The service portal is up.")
        return graded(1, seen, url=reached.url)
    closed = unreached(reached, PORTAL)
    if closed is not None:
        return closed
    evidence = shown(reached)
    if reached.way == "none":
        return _not_linked(case)
    if reached.way in {"dead", "doubtful"}:
        seen = Text(
            f"Có liên kết đến cổng dịch vụ công nhưng không mở được ({reached.why.vi}).",
            f"The service portal is linked but does not open ({reached.why.en}).",
        )
        # one failed look at another host does not prove that it is down
        return review(seen, proposed=0, url=reached.url, evidence=evidence)
    if reached.document is not None and is_building(reached.document):
        return graded(figures["building"], _building(), url=reached.url, evidence=evidence)
    seen = Text(
        "Cổng dịch vụ công mở được từ trang chủ trong không quá hai lần bấm.",
        "The service portal opens from the home page within two clicks.",
    )
    return graded(1, seen, url=reached.url, evidence=evidence)


def _building() -> Text:
    return Text(
        "Trang dịch vụ công báo đang xây dựng.", "The service portal says it is being built."
    )


def _not_linked(case: Case) -> Verdict:
    seen = Text(
        "Không thấy liên kết đến cổng dịch vụ công trên trang chủ.",
        "The home page has no link to a service portal.",
    )
    return graded(0, seen) if was_rendered(case) else review(seen, proposed=0)


@check("SV-06")
def national_sign_in(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """A sign-in with the national electronic identity is offered."""
    closed = not_here(case)
    if closed is not None:
        return closed
    doors = [d for d in service_documents(case, "apply", "service_portal") if _has_door(d)]
    everywhere = [*doors, *service_documents(case, "procedure", "service_list")]
    for document in everywhere:
        for anchor in document.anchors:
            host = addresses.host(anchor.url)
            text = simple(" ".join(anchor.names))
            spoken = re.search(figures["words"], text)
            at_door = document in doors or re.search(figures["door_words"], text)
            if host in figures["hosts"] or (spoken and at_door):
                seen = Text(
                    "Có đăng nhập bằng định danh điện tử quốc gia.",
                    "Sign-in with the national electronic identity is offered.",
                )
                proof = Evidence(what="link", value=anchor.text[:200], url=anchor.url)
                return graded(1, seen, url=document.url, evidence=(proof,))
        if document in doors and re.search(figures["words"], simple_lines(document.text)):
            seen = Text(
                "Trang đăng nhập nhắc đến định danh điện tử quốc gia.",
                "The sign-in page names the national electronic identity.",
            )
            return graded(1, seen, url=document.url)
    if not doors:
        why = Text("chưa đến được trang đăng nhập nào", "no sign-in page was reached")
        return portal_closed(case) or without(CheckState.NOT_MEASURED, why)
    seen = Text(
        "Trang đăng nhập không nêu định danh điện tử quốc gia.",
        "The sign-in page does not offer the national electronic identity.",
    )
    return graded(0, seen, url=doors[0].url)


def _has_door(document: Document) -> bool:
    return any(field.kind == "password" for form in document.forms for field in form.fields)


@check("SV-07")
def tracking(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """A page where the state of an application can be looked up by its code."""
    closed = not_here(case, "unit", "tracking")
    if closed is not None:
        return closed
    if case.record.site.role == "tracking" and case.home is not None:
        reached = Reached("found", case.record.page("home"), case.home)
    else:
        reached = reach(case, "tracking")
        behind = desk(case)
        if reached.way == "none" and behind.way != "found":
            closed = unreached(behind, PORTAL)
    closed = closed or unreached(reached, _TRACKING)
    if closed is not None:
        return closed
    if reached.way == "none":
        return graded(0, Text("Không thấy trang tra cứu hồ sơ.", "There is no tracking page."))
    evidence = shown(reached)
    if reached.way in {"dead", "doubtful"}:
        seen = Text(
            f"Trang tra cứu hồ sơ không mở được ({reached.why.vi}).",
            f"The tracking page does not open ({reached.why.en}).",
        )
        return review(seen, proposed=0, url=reached.url, evidence=evidence)
    document = reached.document
    if document is None or is_building(document):
        seen = Text("Trang tra cứu hồ sơ chưa dùng được.", "The tracking page is not usable yet.")
        return graded(0, seen, url=reached.url, evidence=evidence)
    form = _code_form(document, figures["code_words"])
    if form == "get":
        seen = Text("Trang tra cứu có ô nhập mã hồ sơ.", "The tracking page takes a code.")
        return graded(1, seen, url=reached.url, evidence=evidence)
    if form:
        seen = Text(
            "Trang tra cứu gửi mã hồ sơ bằng POST hoặc mã lệnh: cần người thử.",
            "The tracking page sends the code by POST or script: a person has to try.",
        )
        return review(seen, proposed=1, url=reached.url, evidence=evidence)
    seen = Text("Trang tra cứu không có ô nhập mã.", "The tracking page has no box for a code.")
    return graded(figures["no_box"], seen, url=reached.url, evidence=evidence)


def _code_form(document: Document, words: str) -> str:
    """How a form for a code is sent; empty where there is none."""
    found = ""
    for form in document.forms:
        texts = [f for f in form.fields if f.kind in {"text", "search", "number"}]
        if any(f.kind == "password" for f in form.fields):
            continue
        known = [f for f in texts if re.search(words, f"{simple(f.label)} {simple(f.name)}")]
        if known or (texts and re.search(words, simple(form.text))):
            found = "get" if form.method == "get" else found or "post"
    if found:
        return found
    inputs = [e for e in document.tree.iter("input") if not list(e.iterancestors("form"))]
    loose = any(
        re.search(words, simple(f"{e.get('placeholder') or ''} {e.get('name') or ''}"))
        for e in inputs
    )
    return "script" if loose else ""


@check("SV-08")
def payment(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """Fees can be paid online, as the pages of the services say."""
    closed = not_here(case)
    if closed is not None:
        return closed
    documents = service_documents(
        case, "service_portal", "service_list", "procedure", "apply", "tracking"
    )
    if not documents:
        return unreached(desk(case), PORTAL) or _nothing_seen()
    for document in documents:
        for anchor in document.anchors:
            text = simple(" ".join(anchor.names))
            if addresses.host(anchor.url) in figures["hosts"] or re.search(figures["words"], text):
                proof = Evidence(what="link", value=anchor.text[:200], url=anchor.url)
                seen = Text("Có liên kết thanh toán trực tuyến.", "Online payment is linked.")
                return graded(1, seen, url=document.url, evidence=(proof,))
    says = next((d for d in documents if re.search(figures["words"], simple_lines(d.text))), None)
    if says is not None:
        seen = Text(
            "Có nêu thanh toán trực tuyến nhưng không thấy liên kết.",
            "Online payment is named, but there is no link to it.",
        )
        return graded(figures["named"], seen, url=says.url)
    return graded(0, Text("Không thấy thanh toán trực tuyến.", "There is no online payment."))


def _nothing_seen() -> Verdict:
    why = Text("chưa xem được trang dịch vụ nào", "no page of the services was seen")
    return without(CheckState.NOT_MEASURED, why)


# ── figures ──

_MOST_LINES = 5_000


@check("SV-09")
def published_figures(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """Figures on applications: received, resolved, on time, online share; of a recent date."""
    closed = not_here(case)
    if closed is not None:
        return closed
    reached = reach(case, "service_statistics")
    if reached.way == "none":
        closed = unreached(desk(case), PORTAL)
        return closed or graded(
            0, Text("Không thấy thống kê hồ sơ.", "There are no figures on applications.")
        )
    closed = unreached(reached, _FIGURES)
    if closed is not None:
        return closed
    pages = [r for r in reach_all(case, "service_statistics") if r.document is not None]
    found = [r for r in pages if r.way == "found"]
    if not found or all(is_building(r.document) for r in found if r.document is not None):
        seen = Text("Trang thống kê chưa dùng được.", "The page of figures is not usable.")
        return review(seen, proposed=0, url=reached.url, evidence=shown(reached))
    verdicts = [_figures_on(r, case.record.day, figures) for r in found]
    return max(verdicts, key=lambda v: v.level or 0)


def _figures_on(reached: Reached, day: dt.date, figures: Mapping[str, Any]) -> Verdict:
    document = reached.document
    assert document is not None
    text = "\n".join(inner_lines(document))
    words: Mapping[str, str] = figures["words"]
    told = {key: bool(re.search(pattern, text)) for key, pattern in words.items()}
    evidence = shown(reached)
    share = sum(told.values()) / len(told)
    if share and not re.search(r"\d", _without_dates(text)):
        if any(element.tag == "script" for element in document.tree.iter("script")):
            seen = Text(
                "Trang thống kê nêu tên chỉ tiêu nhưng số liệu do mã lệnh vẽ; cần người xem.",
                "The figures are named but drawn by a script; a person has to look.",
            )
            return review(seen, proposed=share, url=reached.url, evidence=evidence)
        share = 0.0
    until = _as_of(document, day)
    fresh = until is not None and (day - until).days <= figures["fresh_days"]
    level = share * (1.0 if fresh else figures["stale"])
    lacking = [key for key, there in told.items() if not there]
    seen = Text(
        f"Thống kê hồ sơ có {sum(told.values())} trên {len(told)} chỉ tiêu "
        f"(thiếu: {named(lacking, figures, 0) or 'không'}); "
        + (f"số liệu đến {until:%d/%m/%Y}." if until else "không ghi thời điểm."),
        f"Figures on applications: {sum(told.values())} of {len(told)} "
        f"(missing: {named(lacking, figures, 1) or 'none'}); "
        + (f"as of {until.isoformat()}." if until else "without a date."),
    )
    if share and until is None:
        return review(seen, proposed=level, url=reached.url, evidence=evidence)
    return graded(level, seen, url=reached.url, evidence=evidence)


def _without_dates(text: str) -> str:
    return re.sub(r"\b\d{1,2} \d{1,2} \d{4}\b|\b(?:nam|thang|quy|year) \d{1,4}\b", " ", text)


_PERIOD = re.compile(r"\b(?:thang|month) (\d{1,2})(?: nam| year)? (\d{4})\b")
_YEAR = re.compile(r"\b(?:nam|year) (\d{4})\b")
_CLOCK = re.compile(r"\b(?:hom nay|bay gio|today|thu (?:hai|ba|tu|nam|sau|bay)|chu nhat)\b")
_TOLD = re.compile(r"\b(?:tinh den|den ngay|cap nhat|so lieu|tu ngay|as of|until|updated)\b")


def _as_of(document: Document, day: dt.date) -> dt.date | None:
    """The latest date or period that the figures name; clocks and copyright lines date nothing."""
    found: list[dt.date] = []
    for line in document.text[:200_000].splitlines()[:_MOST_LINES]:
        plain = simple(line)
        told = bool(_TOLD.search(plain))
        if "©" in line or "ban quyen" in plain or (_CLOCK.search(plain) and not told):
            continue
        # a bare date of today is a clock more often than a date of figures
        found += [d for d in find_dates(line, day) if told or d != day]
        found += [
            end for m in _PERIOD.finditer(plain) if (end := _month_end(int(m[2]), int(m[1]), day))
        ]
        found += [
            end for m in _YEAR.finditer(plain) if (end := _month_end(int(m[1]), 12, day))
        ]  # fmt: skip
    return max((d for d in found if d <= day), default=None)


def _month_end(year: int, month: int, day: dt.date) -> dt.date | None:
    """The last day of a month, or the day of the visit where the month is not over."""
    if not (1 <= month <= 12 and 2000 <= year <= day.year):
        return None
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return min(following - dt.timedelta(days=1), day)
