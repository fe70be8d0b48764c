"""What a probe of a home page comes to, in one small number, and from which answer it follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from chiso.checks.artifacts import Chain
from chiso.checks.faults import FAULTS
from chiso.checks.states import ErrorClass, PageKind
from chiso.language import Text


class Outcome(IntEnum):
    """The numbers are stored; they must not change. 0 is the most frequent: it takes no space."""

    UP = 0  # a page came back and it is no error page
    DOWN = 1  # a 5xx, or a fault that is usually the portal's own
    UNREACHED = 2  # a fault that may lie between: a firewall that drops us looks the same
    OTHER_PAGE = 3  # 4xx, empty, parked, "not found": an answer, but no home page
    MAINTENANCE = 4  # the page says that it is under maintenance
    KEPT_OUT = 5  # refused, a challenge, a login: up or not, we cannot say
    OURS = 6  # our side: stopped, not allowed, an error of ours
    VANTAGE_OUT = 7  # our network failed its self-test


#: failures; they become downtime only when confirmed
FAILING = frozenset({Outcome.DOWN, Outcome.UNREACHED, Outcome.OTHER_PAGE, Outcome.MAINTENANCE})
#: what says something of the portal; all else is time of which nothing is known
VALID = FAILING | {Outcome.UP}

OUTCOME_TITLES: Mapping[Outcome, Text] = {
    Outcome.UP: Text("hoạt động", "up"),
    Outcome.DOWN: Text("không hoạt động", "down"),
    Outcome.UNREACHED: Text("không kết nối được", "not reached"),
    Outcome.OTHER_PAGE: Text("trả lời nhưng không có trang chủ", "answers without a home page"),
    Outcome.MAINTENANCE: Text("báo đang bảo trì", "says it is under maintenance"),
    Outcome.KEPT_OUT: Text("từ chối công cụ đo", "keeps the tool out"),
    Outcome.OURS: Text("trở ngại phía công cụ đo", "hindered on our side"),
    Outcome.VANTAGE_OUT: Text("mạng của điểm đo gặp lỗi", "our own network failed"),
}

_BY_KIND: Mapping[PageKind, Outcome] = {
    PageKind.OK: Outcome.UP,
    PageKind.HTTP_5XX: Outcome.DOWN,
    PageKind.HTTP_4XX: Outcome.OTHER_PAGE,
    PageKind.PARKED: Outcome.OTHER_PAGE,
    PageKind.SOFT_404: Outcome.OTHER_PAGE,
    PageKind.EMPTY: Outcome.OTHER_PAGE,
    PageKind.MAINTENANCE: Outcome.MAINTENANCE,
    PageKind.BLOCKED: Outcome.KEPT_OUT,
    PageKind.CHALLENGE: Outcome.KEPT_OUT,
    PageKind.LOGIN_WALL: Outcome.KEPT_OUT,
}
#: the side of these is "portal" or "either", but they say nothing of whether it is up
_SAYS_NOTHING = frozenset(
    {
        ErrorClass.REFUSED_ADDRESS, ErrorClass.REFUSED_URL, ErrorClass.ROBOTS,
        ErrorClass.RENDER_TIMEOUT,
    }
)  # fmt: skip
_IN_CIRCLES = frozenset({ErrorClass.REDIRECT_LOOP, ErrorClass.TOO_MANY_REDIRECTS})


@dataclass(frozen=True, slots=True)
class Seen:
    """What one probe saw. `first_byte` in milliseconds; `family` 4, 6 or 0 where nothing was
    reached; `note` an error class or the kind of page; `later` the seconds for which the portal
    asked to be left alone."""

    outcome: Outcome
    status: int = 0
    first_byte: int | None = None
    family: int = 0
    note: str = ""
    later: float | None = None


def seen_in(chain: Chain, kind: PageKind, later: float | None = None) -> Seen:
    """What a chain says of the portal, given what its last page turned out to be."""
    final = chain.final
    waited = final.timings.first_byte
    outcome = _of_error(chain) if final.error is not None else _BY_KIND.get(kind, Outcome.OURS)
    note = ""
    if final.error is not None:
        note = final.error.value
    elif kind is not PageKind.OK:
        note = kind.value
    family = (6 if ":" in final.address else 4) if final.address else 0
    return Seen(
        outcome,
        final.status or 0,
        None if waited is None else max(0, round(waited)),
        family,
        note,
        later,
    )


def _of_error(chain: Chain) -> Outcome:
    final = chain.final
    error = final.error
    assert error is not None
    answered = final.status is not None and 200 <= final.status < 300
    if error is ErrorClass.TOO_LARGE:
        return Outcome.UP if answered else Outcome.OURS
    if error is ErrorClass.DECODE and answered:
        return Outcome.OURS  # something came back; that we cannot read it is no downtime
    if error in _IN_CIRCLES and any(hop.header("set-cookie") for hop in chain.hops):
        return Outcome.KEPT_OUT  # it goes in a circle for those who keep no cookies, as we
    if error in _SAYS_NOTHING or FAULTS[error].side == "ours":
        return Outcome.OURS
    if error is ErrorClass.UNREACHABLE and ":" in final.address:
        return Outcome.OURS  # we may have no IPv6 at all
    return Outcome.DOWN if FAULTS[error].side == "portal" else Outcome.UNREACHED
