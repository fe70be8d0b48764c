"""From artifacts to findings: every check runs behind the same gates, and none can accuse alone.

The order of the gates: our own vantage; whether what the check needs is there; whether the home
page was a page at all. Only then is the function of the check asked. A zero of a tier P check is
what the robot proposes, and a person decides.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from chiso.checks.artifacts import SiteRecord
from chiso.checks.faults import FAULTS, unmeasured
from chiso.checks.findings import Finding, Verdict, without
from chiso.checks.judging.case import NO_CONTENT, Case
from chiso.checks.judging.registry import Check, registered
from chiso.checks.states import KEPT_OUT, MEASURED, CheckState, ErrorClass, PageKind
from chiso.language import Text

_VANTAGE = Text("điểm đo không đạt tự kiểm tra: {why}", "our vantage failed its self-test: {why}")
_NO_PAGE = Text(
    "trang chủ không trả về nội dung đọc được ({why}); xem kết quả kiểm tra AV-02",
    "the home page gave no readable content ({why}); see check AV-02",
)
_LACKING: Mapping[str, Text] = {
    "rendered": Text("chưa mở được trang bằng trình duyệt", "the page was not opened in a browser"),
    "names": Text("chưa hỏi được hệ thống tên miền", "the name system was not asked"),
    "tls": Text("chưa kiểm tra được kết nối bảo mật", "the secure connection was not looked at"),
    "period": Text(
        "chưa theo dõi cổng trong kỳ (lệnh chiso monitor)",
        "the portal was not monitored over the period (chiso monitor)",
    ),
}
_BROKEN = Text("phép kiểm tra gặp lỗi: {why}", "the check itself failed: {why}")
_PERSON = Text(
    "{seen} Máy đề nghị mức 0; cần người xác nhận.",
    "{seen} The robot proposes level 0; a person has to confirm it.",
)


def judge(case: Case, only: Iterable[str] = ()) -> list[Finding]:
    """The findings of all checks, or of those with an id in `only`, on one site.

    Raises ValueError for an id that no check has.
    """
    checks = registered()
    wanted = list(only) or list(checks)
    unknown = [key for key in wanted if key not in checks]
    if unknown:
        raise ValueError(f"there is no check {', '.join(unknown)}")
    found: list[Finding] = []
    for key in wanted:
        check = checks[key]
        found += [_finding(case.record, check, verdict) for verdict in _verdicts(case, check)]
    return found


def _verdicts(case: Case, check: Check) -> Iterator[Verdict]:
    closed = _gate(case, check)
    if closed is not None:
        parts = case.law.sections if check.declaration.parts else [""]
        yield from (replace(closed, part=part) for part in parts)
        return
    try:
        given = check.function(case, check.declaration.figures)
        verdicts = [given] if isinstance(given, Verdict) else list(given)
    except Exception as error:  # noqa: BLE001 - a fault of ours must never count against a portal
        why = f"{type(error).__name__}: {error}"[:200]
        verdicts = [without(CheckState.NOT_MEASURED, _fill(_BROKEN, why))]
    for verdict in verdicts:
        yield _doubted(_sound(verdict, check), check)


def _gate(case: Case, check: Check) -> Verdict | None:
    """Why a check cannot be asked at all, if it cannot."""
    record, needs = case.record, check.declaration.needs
    if not record.vantage.ok and "period" not in needs:
        return without(CheckState.NOT_MEASURED, _fill(_VANTAGE, record.vantage.detail))
    if "home" in needs or "rendered" in needs:
        verdict = _no_content(case)
        if verdict is not None:
            return verdict
    there = {
        "rendered": any(seen.role == "home" and seen.error is None for seen in record.rendered),
        "names": record.names is not None,
        "tls": record.tls is not None,
        "period": case.availability is not None,
    }
    for need in needs:
        if not there.get(need, True):
            return without(CheckState.NOT_MEASURED, _LACKING[need])
    return None


def _no_content(case: Case) -> Verdict | None:
    home = case.record.home
    kind = case.kind(home)
    if kind is PageKind.OK:
        return None
    url = home.url
    if kind in KEPT_OUT:
        return without(CheckState.BLOCKED, NO_CONTENT[kind], url=url)
    if kind is PageKind.MAINTENANCE:
        return without(CheckState.MAINTENANCE, NO_CONTENT[kind], url=url)
    if home.error is not None:
        fault = FAULTS[home.error].meaning
        state = unmeasured(home.error)
        # A portal that is down loses availability; of its content nothing is known.
        state = CheckState.NOT_MEASURED if state is CheckState.FAIL else state
        return without(
            state, Text(_NO_PAGE.vi.format(why=fault.vi), _NO_PAGE.en.format(why=fault.en))
        )
    return without(CheckState.NOT_MEASURED, _fill(_NO_PAGE, f"{home.status} {kind.value}"), url=url)


def _fill(text: Text, why: str) -> Text:
    return Text(text.vi.replace("{why}", why), text.en.replace("{why}", why))


def _sound(verdict: Verdict, check: Check) -> Verdict:
    """A verdict whose state and level agree. Raises nothing: what does not fit is our fault."""
    wrong = ""
    if verdict.state in MEASURED:
        level = verdict.level
        ends = {CheckState.PASS: 1.0, CheckState.FAIL: 0.0}
        if level is None or not 0 <= level <= 1:
            wrong = f"a level of {level}"
        elif verdict.state in ends and level != ends[verdict.state]:
            wrong = f"{verdict.state.value} with level {level}"
    elif verdict.state is not CheckState.NEEDS_REVIEW and verdict.level is not None:
        wrong = f"{verdict.state.value} with a level"
    if wrong:
        return without(
            CheckState.NOT_MEASURED, _fill(_BROKEN, f"{check.id}: {wrong}"), part=verdict.part
        )
    return verdict


def _doubted(verdict: Verdict, check: Check) -> Verdict:
    """A zero that the robot may only propose becomes a matter for a person."""
    if check.declaration.tier != "P" or verdict.state is not CheckState.FAIL:
        return verdict
    seen = Text(
        _PERSON.vi.replace("{seen}", verdict.seen.vi.rstrip(".") + "."),
        _PERSON.en.replace("{seen}", verdict.seen.en.rstrip(".") + "."),
    )
    return replace(verdict, state=CheckState.NEEDS_REVIEW, seen=seen, level=0.0)


def _finding(record: SiteRecord, check: Check, verdict: Verdict) -> Finding:
    reviewed = verdict.state is CheckState.NEEDS_REVIEW
    identifier = f"{check.id}.{verdict.part}" if verdict.part else check.id
    finding = Finding(
        check=identifier,
        version=check.declaration.version,
        body=record.site.body,
        site=record.site.url,
        role=record.site.role,
        state=verdict.state,
        level=None if reviewed else verdict.level,
        proposed=verdict.level if reviewed else None,
        vi=verdict.seen.vi,
        en=verdict.seen.en,
        url=verdict.url or record.home.url,
        at=record.begun,
        vantage=record.vantage.id,
        run=record.run,
        tier=check.declaration.tier,
        evidence=verdict.evidence,
    )
    return sealed(finding)


def sealed(finding: Finding) -> Finding:
    """The finding with the hash over all it says, in canonical JSON (sorted keys, UTF-8)."""
    content = finding.model_dump(mode="json", exclude={"digest"})
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return finding.model_copy(update={"digest": hashlib.sha256(text.encode()).hexdigest()})


# ── failures that many sites share ──


_UNREACHED = {
    ErrorClass.DNS_SERVFAIL, ErrorClass.DNS_TIMEOUT, ErrorClass.CONN_TIMEOUT,
    ErrorClass.CONN_RESET, ErrorClass.UNREACHABLE, ErrorClass.READ_TIMEOUT,
}  # fmt: skip
QUARANTINE_SHARE = 0.10
QUARANTINE_LEAST = 5
QUARANTINE_WINDOW = dt.timedelta(minutes=5)


def unreached(record: SiteRecord) -> bool:
    """Whether the home page failed in a way that our own network could have caused."""
    return record.home.error in _UNREACHED


def quarantined(failures: Iterable[tuple[str, str, dt.datetime]], bodies: int) -> frozenset[str]:
    """The keys of sites whose failure many bodies shared at one time, of `bodies` in the run.

    More than a tenth of all bodies, and at least five, failing within five minutes says more of
    our vantage or of a common provider than of each body; such windows are for a person.
    """
    ordered = sorted(failures, key=lambda item: item[2])
    held: set[str] = set()
    start = 0
    for end, (_, _, at) in enumerate(ordered):
        while at - ordered[start][2] > QUARANTINE_WINDOW:
            start += 1
        window = ordered[start : end + 1]
        failing = {body for _, body, _ in window}
        if len(failing) >= QUARANTINE_LEAST and len(failing) > QUARANTINE_SHARE * bodies:
            held |= {key for key, _, _ in window}
    return frozenset(held)


_SHARED = Text(
    "nhiều cổng cùng không truy cập được trong 5 phút; có thể do mạng của điểm đo",
    "many portals could not be reached within the same five minutes; it may be our own network",
)


def hold_back(finding: Finding) -> Finding:
    """A finding of a quarantined site: nothing that it measured counts."""
    if finding.state not in MEASURED:
        return finding
    return sealed(
        finding.model_copy(
            update={
                "state": CheckState.NOT_MEASURED, "level": None, "vi": _SHARED.vi,
                "en": _SHARED.en,
            }
        )
    )  # fmt: skip
