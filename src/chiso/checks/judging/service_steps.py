"""Steps towards an application: forms to download (SV-04) and applying online (SV-05)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chiso.checks.artifacts import Page
from chiso.checks.fetch import addresses
from chiso.checks.fetch.naming import simple_lines
from chiso.checks.fetch.searching import is_search
from chiso.checks.findings import Evidence, Verdict, graded, review, without
from chiso.checks.judging.case import Case
from chiso.checks.judging.machine_files import chain_state
from chiso.checks.judging.reaching import Reached, at_page, shown, unreached
from chiso.checks.judging.registry import check
from chiso.checks.judging.service_desk import LEVEL, is_building, not_here, portal_closed
from chiso.checks.reading.document import Document
from chiso.checks.states import KEPT_OUT, CheckState, PageKind
from chiso.language import Text, number


@check("SV-04")
def forms_open(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """Forms to download are what they say they are, and can be filled in."""
    closed = not_here(case)
    if closed is not None:
        return closed
    pages = case.record.pages_of("form")
    measured = [(p, _form_level(case, p, figures)) for p in pages]
    levels = [(p, level) for p, level in measured if level is not None]
    if pages and not levels:
        obstacle = next((v for p in pages if (v := chain_state(case, p.chain))), None)
        why = Text("chưa tải được biểu mẫu nào", "no form could be downloaded")
        return obstacle or without(CheckState.NOT_MEASURED, why)
    if not levels:
        return _no_forms(case)
    mean = sum(level for _, level in levels) / len(levels)
    good = sum(level > 0 for _, level in levels)
    evidence = tuple(
        Evidence(what="form", value=f"{level:g}", url=p.chain.url, digest=p.chain.final.body)
        for p, level in levels
    )
    vi, en = number(mean, "vi", 2), number(mean, "en", 2)
    seen = Text(
        f"{good} trên {len(levels)} biểu mẫu tải về mở được; mức trung bình {vi}.",
        f"{good} of {len(levels)} forms open; on average {en} (editable ones count whole).",
    )
    if mean == 0 and len(levels) < figures["least"]:
        return review(seen, proposed=0, url=levels[0][0].chain.url, evidence=evidence)
    return graded(mean, seen, url=levels[0][0].chain.url, evidence=evidence)


def _form_level(case: Case, page: Page, figures: Mapping[str, Any]) -> float | None:
    """1 editable, less for PDF, 0 for what is no document; None where nothing can be said."""
    if chain_state(case, page.chain) is not None:
        return None
    if not page.chain.ok:
        return 0.0
    kind = document_kind(case.body(page.chain.final))
    return {
        "editable": 1.0,
        "pdf": float(figures["pdf"]),
        "archive": float(figures["archive"]),
    }.get(kind, 0.0)


def document_kind(body: bytes) -> str:
    """`editable`, `pdf`, `archive` or empty, by the first bytes and the names in a ZIP file."""
    if body.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") or body.lstrip()[:5] == b"{\\rtf":
        return "editable"
    if body[:1024].lstrip().startswith(b"%PDF-"):
        return "pdf"
    if body.startswith(b"PK\x03\x04"):
        marks = (b"word/", b"xl/", b"ppt/", b"application/vnd.oasis.opendocument")
        return "editable" if any(mark in body for mark in marks) else "archive"
    return "archive" if body.startswith((b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")) else ""


def _no_forms(case: Case) -> Verdict:
    if not case.pages("procedure"):
        why = Text("chưa xem được trang thủ tục nào", "no page of a procedure was seen")
        return portal_closed(case) or without(CheckState.NOT_MEASURED, why)
    skipped = next((s for s in case.record.skipped if s.what == "form"), None)
    if skipped is not None:
        why = Text("lần đo này chưa tải biểu mẫu", "this visit did not download the forms")
        return without(CheckState.NOT_MEASURED, why, url=skipped.detail)
    seen = Text(
        "Các trang thủ tục đã xem không có biểu mẫu để tải.",
        "The pages of procedures seen have no forms to download.",
    )
    return review(seen, proposed=0, url=case.pages("procedure")[0][0].chain.url)


# ── applying ──


@check("SV-05")
def apply_online(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """The link for applying leads to a first step or a login; the robot stops there."""
    closed = not_here(case)
    if closed is not None:
        return closed
    pages = case.record.pages_of("apply")
    judged = [(page, _first_step(case, page, figures)) for page in pages]
    levels = [(page, step) for page, step in judged if isinstance(step, float)]
    unsure = [page for page, step in judged if step == "unsure"]
    if levels and (not unsure or len(levels) >= len(unsure)):
        return _applied(levels)
    if unsure:
        seen = Text(
            "Trang nộp hồ sơ phụ thuộc phiên làm việc hoặc mã lệnh: cần người thử.",
            "The first step of applying needs a session or scripts: a person has to try.",
        )
        reached = Reached("found", unsure[0], case.document(unsure[0].chain))
        return review(seen, url=unsure[0].chain.url, evidence=shown(reached))
    if pages:
        reached = at_page(case, pages[0])
        why = Text("chưa mở được trang nộp hồ sơ", "the page for applying was not opened")
        return unreached(reached, why) or without(CheckState.NOT_MEASURED, why)
    return _no_apply(case)


def _applied(levels: list[tuple[Page, float]]) -> Verdict:
    mean = sum(step for _, step in levels) / len(levels)
    good = sum(step == 1 for _, step in levels)
    evidence = tuple(
        Evidence(what="apply", value=f"{step:g}", url=p.chain.url, digest=p.chain.final.body)
        for p, step in levels
    )
    seen = Text(
        f"{good} trên {len(levels)} liên kết nộp hồ sơ dẫn đến bước đầu hoặc trang đăng nhập.",
        f"{good} of {len(levels)} links for applying lead to a first step or a login.",
    )
    return graded(mean, seen, url=levels[0][0].chain.url, evidence=evidence)


def _first_step(case: Case, page: Page, figures: Mapping[str, Any]) -> float | str:
    """1 a first step or a login, 0 a dead end, `unsure`, or `closed` where we were kept out."""
    kind = case.kind(page.chain)
    document = case.document(page.chain)
    if kind is PageKind.LOGIN_WALL:
        return 1.0
    reached = at_page(case, page)
    if kind in KEPT_OUT or reached.way in {"ours", "maintenance", "kept_out"}:
        # 401 is how a server asks for a login
        return 1.0 if page.chain.status == 401 else "closed"
    if reached.way == "doubtful":
        return "unsure"
    if reached.way == "dead" or document is None:
        return 0.0 if reached.way == "dead" else "unsure"
    text = simple_lines(document.text)
    if re.search(figures["session_words"], text):
        return "unsure"
    if is_building(document):
        return 0.0
    fields = [f for form in document.forms if not is_search(form) for f in form.fields]
    if any(f.kind in {"password", "file", "textarea"} for f in fields):
        return 1.0
    steps = re.search(figures["step_words"], text)
    typed = any(f.kind not in {"hidden", "submit", "button", "search"} for f in fields)
    # the word "log in" stands in the header of every page; a control to fill in must be there, too
    return 1.0 if steps and (typed or addresses.asks_login(page.chain.url)) else "unsure"


def _no_apply(case: Case) -> Verdict:
    procedures = case.pages("procedure")
    if not procedures:
        why = Text("chưa xem được trang thủ tục nào", "no page of a procedure was seen")
        return portal_closed(case) or without(CheckState.NOT_MEASURED, why)
    skipped = next((s for s in case.record.skipped if s.what == "apply"), None)
    if skipped is not None:
        why = Text("lần đo này chưa mở trang nộp hồ sơ", "this visit did not open the first step")
        return without(CheckState.NOT_MEASURED, why, url=skipped.detail)
    if all(_informs_only(document) for _, document in procedures):
        why = Text("các thủ tục đã xem chỉ cung cấp thông tin", "the procedures seen only inform")
        return without(CheckState.NOT_APPLICABLE, why)
    seen = Text(
        f"{len(procedures)} trang thủ tục đã xem không có liên kết nộp hồ sơ trực tuyến.",
        f"{len(procedures)} pages of procedures seen have no link for applying online.",
    )
    return graded(0, seen, url=procedures[0][0].chain.url)


def _informs_only(document: Document) -> bool:
    """Whether a procedure says of itself that it is of level 1 or 2, without applying online."""
    levels = {match[0] for match in LEVEL.finditer(simple_lines(document.text))}
    low = {
        "muc do 1",
        "muc do 2",
        "muc 1",
        "muc 2",
        "muc do mot",
        "muc do hai",
        "level 1",
        "level 2",
    }
    return bool(levels) and levels <= low | {"cung cap thong tin"}
