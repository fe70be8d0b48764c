"""AV: is the home page up, how steady and how quick is the portal, are its key pages there.

The checks of the family that rest on the name (AV-01, AV-07, AV-09) stand in `domain`, and the one
on dates of the certificate (AV-10) in `transport`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from chiso.checks.artifacts import Chain
from chiso.checks.faults import FAULTS, unmeasured
from chiso.checks.findings import Evidence, Verdict, graded, review, without
from chiso.checks.judging.case import NO_CONTENT, Case
from chiso.checks.judging.registry import check
from chiso.checks.judging.technical import (
    BAD_NAME,
    NO_NAME,
    announced_on_page,
    at_least,
    at_most,
    home_kind,
    host_of,
    kept_out,
    no_page,
    page_kind,
    percent,
    quantile,
    rounded,
    said_by_resolver,
    say,
    shown,
    unseen,
)
from chiso.checks.states import KEPT_OUT, CheckState, ErrorClass, PageKind
from chiso.language import Text

Figures = Mapping[str, Any]
#: states in which a page was not reached at all, so that a second look could tell more
_PASSING = {PageKind.ERROR, PageKind.HTTP_5XX}


# ── AV-02 the home page ──


@check("AV-02")
def home_up(case: Case, figures: Figures) -> Verdict:
    """The home page answers 2xx with a real page; a failure counts only when it was confirmed.

    Confirmed means `confirmations` further attempts with new connections that also failed.
    """
    record, kind = case.record, home_kind(case)
    if kind is PageKind.OK:
        return _up(case)
    if kind in KEPT_OUT or any(case.kind(one) in KEPT_OUT for one in record.attempts):
        walls = [k for k in (kind, *map(case.kind, record.attempts)) if k in KEPT_OUT]
        return without(CheckState.BLOCKED, NO_CONTENT[walls[0]], url=record.home.url)
    if kind is PageKind.MAINTENANCE:
        return _under_maintenance(case, figures)
    if kind in _PASSING:
        return _down(case, figures)
    if kind is PageKind.PARKED and any(
        case.kind(one) is PageKind.PARKED for one in record.variants.values()
    ):
        seen = Text(
            "Hai lần mở, tên miền đều hiện trang đỗ, rao bán hoặc trang mặc định của máy chủ.",
            "Two looks found a parking page, a sale or the default page of a server.",
        )
        return graded(0, seen, url=record.home.url)
    return _other_page(record.home, kind)


def _up(case: Case) -> Verdict:
    record = case.record
    status = Evidence(what="status", value=str(record.home.status), url=record.home.url)
    seen = say(
        "Trang chủ trả lời mã {status} với nội dung đọc được.",
        "The home page answered {status} with readable content.",
        status=str(record.home.status),
    )
    if record.attempts:
        seen = say(
            "{seen} Trước đó {n} lần thử không thành công: ghi nhận «chập chờn», không tính lỗi.",
            "{seen} {n} attempts before it failed: noted as unstable, not counted.",
            seen=seen, n=len(record.attempts),
        )  # fmt: skip
    return graded(1, seen, url=record.home.url, evidence=(status,))


def _under_maintenance(case: Case, figures: Figures) -> Verdict:
    """Announced in advance, by the register of maintenance or by the page: left out.

    The page must name a day of the notice at least `notice_days` before the first day of a window
    that holds today. Anything else is for a person.
    """
    url, known = case.record.home.url, case.availability
    listed = known is not None and known.maintenance_minutes > 0
    if listed or announced_on_page(case, figures["notice_days"]):
        return without(CheckState.MAINTENANCE, NO_CONTENT[PageKind.MAINTENANCE], url=url)
    seen = Text(
        "Trang chủ báo đang bảo trì; chưa thấy đã báo trước. "
        "Người đánh giá xác nhận có báo trước hay không.",
        "The home page says it is under maintenance; no notice in advance was seen. "
        "A person confirms whether there was one.",
    )
    return review(seen, proposed=0, url=url)


def _down(case: Case, figures: Figures) -> Verdict:
    record = case.record
    last, failures = record.home, [*record.attempts, record.home]
    errors = [one.error for one in failures]
    evidence = tuple(
        Evidence(what="attempt", value=f"{n}: {one.error or one.status} {one.final.detail}"[:300])
        for n, one in enumerate(failures, 1)
    )
    meaning = _meaning(last)
    ours = [e for e in errors if e is not None and FAULTS[e].side == "ours"]
    if ours:
        return unseen(
            "Công cụ đo gặp trở ngại ({why}); chưa kết luận.",
            "The tool was hindered ({why}); no conclusion.",
            why=FAULTS[ours[0]].meaning,
        )
    if len(failures) - 1 < figures["confirmations"]:
        return unseen(
            "Một lần mở trang chủ không thành công ({why}) nhưng chưa được xác nhận lại.",
            "The home page failed ({why}), but this was not confirmed by further attempts.",
            why=meaning,
        )
    other = record.variants.get("http")
    if other is not None and last.error is not None and page_kind(case, other) is PageKind.OK:
        seen = say(
            "Địa chỉ đã đăng ký không mở được ({why}) nhưng {url} mở được; "
            "xem lại địa chỉ đăng ký.",
            "The registered address failed ({why}) but {url} works; look at the register.",
            why=meaning, url=other.url,
        )  # fmt: skip
        return review(seen, proposed=figures["other_address"], url=other.url, evidence=evidence)
    seen = say(
        "Trang chủ không mở được trong {n} lần thử liên tiếp: {why}.",
        "The home page failed in {n} attempts in a row: {why}.",
        n=len(failures), why=meaning,
    )  # fmt: skip
    states = {unmeasured(e, availability=True) if e else CheckState.FAIL for e in errors}
    if CheckState.BLOCKED in states:
        return without(CheckState.BLOCKED, seen, evidence=evidence)
    if CheckState.NEEDS_REVIEW in states and not _name_is_broken(case):
        seen = say(
            "{seen} Có thể do tường lửa hoặc đường mạng; cần đo từ một điểm khác.",
            "{seen} A firewall or the network between may be the cause; "
            "another vantage has to confirm it.",
            seen=seen,
        )
        return review(seen, proposed=0, url=last.url, evidence=evidence)
    return graded(0, seen, url=last.url, evidence=evidence)


def _meaning(chain: Chain) -> Text:
    if chain.error is not None:
        return FAULTS[chain.error].meaning
    return Text(f"mã trạng thái {chain.status}", f"status {chain.status}")


def _name_is_broken(case: Case) -> bool:
    """Two resolvers or more fail on the name: the fault is not our resolver's."""
    said = list(said_by_resolver(case).values())
    names = case.record.names
    bogus = names is not None and names.dnssec == "bogus" and case.record.vantage.validates is True
    broken = len(said) > 1 and set(said) == {"broken"}
    return case.record.home.error in BAD_NAME and (bogus or broken)


def _other_page(home: Chain, kind: PageKind) -> Verdict:
    """An answer came, but no home page: a person sees whether the register is wrong."""
    texts = {
        PageKind.HTTP_4XX: Text(
            f"Địa chỉ đã đăng ký trả về mã {home.status}",
            f"The registered address gave {home.status}",
        ),
        PageKind.PARKED: Text(
            "Tên miền hiện trang đỗ hoặc rao bán", "The name shows a parking or sale page"
        ),
        PageKind.EMPTY: Text("Trang chủ trống", "The home page is empty"),
        PageKind.SOFT_404: Text(
            "Địa chỉ đã đăng ký hiện trang «không tìm thấy»",
            "The registered address shows a page that says not found",
        ),
    }  # fmt: skip
    seen = say(
        "{what}; có thể địa chỉ đăng ký đã cũ. Cần người xem lại.",
        "{what}; the register may be out of date. A person has to look.",
        what=texts.get(kind, Text(kind.value, kind.value)),
    )
    return review(seen, proposed=0, url=home.url)


# ── AV-03, AV-04 over the period ──


@check("AV-03")
def period_share(case: Case, figures: Figures) -> Verdict:
    """The share of the period in which the portal was up; too few probes give no figure."""
    known = case.availability
    if known is None:
        return unseen("Chưa theo dõi cổng trong kỳ.", "The portal was not monitored.")
    if known.share is None or known.coverage < figures["coverage"]:
        return _too_little(known.coverage, figures["coverage"])
    seen = say(
        "Cổng hoạt động {share} thời gian theo dõi ({begun} – {ended}), không tính bảo trì đã báo.",
        "The portal was up for {share} of the time watched ({begun} – {ended}), "
        "announced maintenance left out.",
        share=percent(known.share, 2), begun=known.begun, ended=known.ended,
    )  # fmt: skip
    return graded(at_least(known.share, figures["steps"]), seen)


def _too_little(coverage: float, need: float) -> Verdict:
    return unseen(
        "Dữ liệu chưa đủ: chỉ có {coverage} số lần đo hợp lệ trong kỳ (cần {need}).",
        "Insufficient data: only {coverage} of the period has valid probes ({need} are needed).",
        coverage=percent(coverage, 1), need=percent(need, 0),
    )  # fmt: skip


@check("AV-04")
def stability(case: Case, figures: Figures) -> Verdict:
    """How often the portal failed and for how long: the lower level of the two.

    The number of incidents is taken for `days` days; a shorter period is not stretched, but one
    below `least_days` is too short to speak of stability.
    """
    known = case.availability
    if known is None:
        return unseen("Chưa theo dõi cổng trong kỳ.", "The portal was not monitored.")
    if known.share is None or known.coverage < figures["coverage"]:
        return _too_little(known.coverage, figures["coverage"])
    days = _days(known.begun, known.ended)
    if days is None or days < figures["least_days"]:
        return unseen(
            "Thời gian theo dõi ngắn hơn {least} ngày; chưa nói được về độ ổn định.",
            "Watched for less than {least} days; too short to speak of stability.",
            least=figures["least_days"],
        )
    count = known.incidents * figures["days"] / max(days, figures["days"])
    level = at_most(count, figures["incidents"])
    seen = say(
        "Không có sự cố nào được xác nhận trong {days} ngày.",
        "There was no confirmed incident in {days} days.",
        days=round(days),
    )
    if known.incidents:
        minutes = known.median_minutes or 0.0
        level = min(level, at_most(minutes, figures["minutes"]))
        seen = say(
            "{n} sự cố được xác nhận trong {days} ngày, thời gian trung vị {minutes} phút.",
            "{n} confirmed incidents in {days} days, of a median of {minutes} minutes.",
            n=known.incidents, days=round(days), minutes=rounded(minutes, 0),
        )  # fmt: skip
    return graded(level, seen)


def _days(begun: str, ended: str) -> float | None:
    try:
        length = dt.datetime.fromisoformat(ended) - dt.datetime.fromisoformat(begun)
    except (ValueError, TypeError):  # not dates, or one with and one without a zone
        return None
    return length.total_seconds() / 86_400


# ── AV-05 how quick ──


@check("AV-05")
def response_time(case: Case, figures: Figures) -> Verdict:
    """The `quantile` of the time from request to first byte, over all home page requests."""
    kind = home_kind(case)
    closed = no_page(case, kind, case.record.home.url)
    if closed is not None:
        return closed
    first = case.record.home.final.timings.first_byte
    times = [*case.record.series, *([first] if first is not None else [])]
    if len(times) < figures["samples"]:
        return unseen(
            "Mới có {n} lần đo thời gian phản hồi (cần {need}).",
            "Only {n} response times were measured ({need} are needed).",
            n=len(times), need=figures["samples"],
        )  # fmt: skip
    value = quantile(times, figures["quantile"])
    seen = say(
        "{share} số lần, máy chủ bắt đầu trả lời trong {seconds} giây ({n} lần đo).",
        "{share} of the times the server began to answer within {seconds} seconds ({n} requests).",
        share=percent(figures["quantile"]), seconds=rounded(value / 1000, 2), n=len(times),
    )  # fmt: skip
    listed = ", ".join(f"{time:.0f}" for time in times[:20])
    evidence = (Evidence(what="milliseconds", value=listed, url=case.record.home.url),)
    return graded(at_most(value, figures["steps"]), seen, evidence=evidence)


# ── AV-06 key pages ──


@check("AV-06")
def key_pages(case: Case, figures: Figures) -> Verdict:
    """The share of the key pages found that are up.

    A page that was kept from us, or failed only once for a reason that may pass, is left out.
    """
    up: list[tuple[str, Chain]] = []
    down: list[tuple[str, Chain]] = []
    left: list[tuple[str, Chain]] = []
    walls = 0
    for role in figures["roles"]:
        page = case.record.page(role)
        if page is None:
            continue
        level = _page_level(case, page.chain, figures["attempts"])
        walls += kept_out(case, page.chain)
        target = left if level is None else up if level else down
        target.append((role, page.chain))
    counted = len(up) + len(down)
    walls += any(
        one.what in figures["roles"] and one.reason is ErrorClass.ROBOTS
        for one in case.record.skipped
    )
    if not counted and walls:
        return without(CheckState.BLOCKED, NO_CONTENT[PageKind.BLOCKED])
    if not counted:
        return unseen(
            "Chưa mở được trang chính nào để kiểm tra.", "No key page could be looked at."
        )
    names = figures["roles"]
    missing = shown(
        [names[role]["vi"] for role, _ in down], [names[role]["en"] for role, _ in down]
    )
    seen = say(
        "{up}/{all} trang chính mở được.", "{up} of {all} key pages are up.",
        up=len(up), all=counted,
    )  # fmt: skip
    if down:
        seen = say("{seen} Hỏng: {bad}.", "{seen} Not up: {bad}.", seen=seen, bad=missing)
    if left:
        seen = say(
            "{seen} {n} trang chưa kết luận được.", "{seen} {n} could not be told.",
            seen=seen, n=len(left),
        )  # fmt: skip
    evidence = tuple(
        Evidence(what=role, value=str(chain.error or chain.status), url=chain.url)
        for role, chain in [*down, *left]
    )
    url = down[0][1].asked if down else ""
    return graded(len(up) / counted, seen, url=url, evidence=evidence)


def _page_level(case: Case, chain: Chain, attempts: int) -> float | None:
    """1 up, 0 firmly not up, None where it cannot be told.

    What may pass (a server error, a fault of the connection) is firm from that many attempts on.
    """
    kind = page_kind(case, chain)
    if kind is PageKind.OK:
        return 1
    if kind is PageKind.HTTP_4XX:
        return 0 if chain.status in {404, 410} else None
    if kind is PageKind.SOFT_404:
        return 0
    if kind is PageKind.ERROR and chain.error in NO_NAME:
        return 0
    if kind in _PASSING and chain.attempt >= attempts:
        error = chain.error
        state = unmeasured(error, availability=True) if error else CheckState.FAIL
        return 0 if state is CheckState.FAIL else None
    return None


# ── AV-08 addresses that do not exist ──


@check("AV-08")
def missing_pages(case: Case, figures: Figures) -> Verdict:
    """Random addresses must give 404 or 410, on a page from which the visitor can go on."""
    levels, walls = [], 0
    evidence = []
    for chain in case.record.missing:
        walls += kept_out(case, chain)
        level = _missing_level(case, chain, figures)
        if level is not None:
            levels.append(level)
            found = f"{chain.asked}: {chain.status}"
            evidence.append(Evidence(what="status", value=found, url=chain.url))
    if len(levels) < figures["paths"]:
        if walls and not levels:
            return without(CheckState.BLOCKED, NO_CONTENT[PageKind.BLOCKED])
        return unseen(
            "Chưa thử được đủ {n} địa chỉ không tồn tại.",
            "Fewer than {n} addresses that cannot exist could be tried.",
            n=figures["paths"],
        )
    level = sum(levels) / len(levels)
    texts = {
        1.0: Text(
            "Địa chỉ không tồn tại trả về mã 404 và trang có đường quay lại.",
            "Addresses that do not exist give 404 on a page with a way back.",
        ),
        0.0: Text(
            "Địa chỉ không tồn tại không trả về mã 404.",
            "Addresses that do not exist do not give 404.",
        ),
    }
    between = Text(
        "Địa chỉ không tồn tại trả về mã lỗi nhưng chưa đúng hoặc trang không có đường quay lại.",
        "Addresses that do not exist give an error, but not the right one or without a way back.",
    )
    return graded(level, texts.get(level, between), evidence=tuple(evidence))


def _missing_level(case: Case, chain: Chain, figures: Figures) -> float | None:
    status = chain.status
    if status is None or status in {407, 503} or kept_out(case, chain):
        return None
    if chain.error is not None or case.kind(chain) is PageKind.MAINTENANCE:
        return None
    if status in {404, 410}:
        document = case.document(chain)
        host = host_of(chain.url)
        back = document is not None and any(host_of(a.url) == host for a in document.anchors)
        return 1.0 if back or (document is not None and document.forms) else figures["bare"]
    return float(figures["other_4xx"]) if 400 <= status < 500 else 0.0
