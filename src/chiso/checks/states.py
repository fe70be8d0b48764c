"""What a check can come to, and what can go wrong on the way: the words all parts share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from chiso.language import Text


class CheckState(StrEnum):
    """The state of an observation; `docs/reference/states.md` says what each does to points."""

    PASS = "pass"  # noqa: S105 - a state, not a password
    PARTIAL = "partial"
    FAIL = "fail"
    NEEDS_REVIEW = "needs_review"
    NOT_APPLICABLE = "not_applicable"
    NOT_MEASURED = "not_measured"
    BLOCKED = "blocked"
    MAINTENANCE = "maintenance"
    EXPLAINED = "explained"


#: states that carry a level and count in a score
MEASURED = frozenset({CheckState.PASS, CheckState.PARTIAL, CheckState.FAIL})

STATE_TITLES: Mapping[CheckState, Text] = {
    CheckState.PASS: Text("đạt", "pass"),
    CheckState.PARTIAL: Text("đạt một phần", "partial"),
    CheckState.FAIL: Text("chưa đạt", "fail"),
    CheckState.NEEDS_REVIEW: Text("chờ người xem lại", "needs review"),
    CheckState.NOT_APPLICABLE: Text("không áp dụng", "not applicable"),
    CheckState.NOT_MEASURED: Text("chưa đo được", "not measured"),
    CheckState.BLOCKED: Text("bị chặn", "blocked"),
    CheckState.MAINTENANCE: Text("bảo trì đã báo trước", "announced maintenance"),
    CheckState.EXPLAINED: Text("đã giải trình", "explained"),
}

#: who usually has to act: the portal, us, or whoever stands between
Side = Literal["portal", "ours", "between", "either"]


class ErrorClass(StrEnum):
    """Why an exchange brought no usable answer."""

    DNS_NXDOMAIN = "dns_nxdomain"
    DNS_NODATA = "dns_nodata"
    DNS_SERVFAIL = "dns_servfail"
    DNS_TIMEOUT = "dns_timeout"
    DNSSEC_BOGUS = "dnssec_bogus"
    CONN_REFUSED = "conn_refused"
    CONN_TIMEOUT = "conn_timeout"
    CONN_RESET = "conn_reset"
    UNREACHABLE = "unreachable"
    READ_TIMEOUT = "read_timeout"
    TLS_HANDSHAKE = "tls_handshake"
    TLS_CERT = "tls_cert"
    HTTP_MALFORMED = "http_malformed"
    REDIRECT_LOOP = "redirect_loop"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    TOO_LARGE = "too_large"
    DECODE = "decode"
    REFUSED_ADDRESS = "refused_address"
    REFUSED_URL = "refused_url"
    ROBOTS = "robots"
    BUDGET = "budget"
    STOPPED = "stopped"
    RENDER_CRASH = "render_crash"
    RENDER_TIMEOUT = "render_timeout"
    ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class Fault:
    """What an error class means: whose side it usually is, in words, and what to do."""

    side: Side
    meaning: Text
    advice: Text


class PageKind(StrEnum):
    """What an answer turned out to be, settled before any content is judged."""

    OK = "ok"
    ERROR = "error"  # no answer: see the error class
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    BLOCKED = "blocked"  # 401, 403, 429, 451
    CHALLENGE = "challenge"  # a page that asks for proof of being a person
    LOGIN_WALL = "login_wall"
    MAINTENANCE = "maintenance"
    PARKED = "parked"
    SOFT_404 = "soft_404"
    EMPTY = "empty"


#: kinds that say "somebody kept us out", never "the page is missing"
KEPT_OUT = frozenset({PageKind.BLOCKED, PageKind.CHALLENGE, PageKind.LOGIN_WALL})
