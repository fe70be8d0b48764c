"""What a host of the test internet is: who answers, under which name, how well behaved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

#: how a host shows itself over TLS
Tls = Literal[
    "valid", "none", "expired", "not_yet_valid", "wrong_host", "self_signed", "unknown_issuer",
    "missing_intermediate", "old_protocols", "broken", "short",
]  # fmt: skip
#: what its name is like
Dns = Literal[
    "signed", "unsigned", "bogus", "nxdomain", "servfail", "timeout", "v6_only", "no_v6",
    "rebinding", "private",
]  # fmt: skip
#: what port 80 does
Plain = Literal["redirect", "serve", "closed"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a host sees it."""

    method: str
    scheme: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    count: int  # how many this host has had before


@dataclass(slots=True)
class Reply:
    """What a well-behaved host answers; `pause` in seconds comes before the first byte."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0


Handler = Callable[[Asked], Reply | Awaitable[Reply]]


@dataclass(slots=True)
class Host:
    """One name of the test internet. `raw` answers a connection by itself, byte by byte."""

    name: str
    handler: Handler | None = None
    tls: Tls = "valid"
    dns: Dns = "signed"
    plain: Plain = "redirect"
    raw: Callable[..., Awaitable[None]] | None = None  # (reader, writer, tls: bool)
    addresses: tuple[str, ...] = ()  # loopback addresses; given by the internet when empty
    answers: tuple[str, ...] = ()  # what the name server says in place of them, for attacks
    zone: str = ""  # the signed zone it belongs to; the last three labels when empty


def html(text: str, **headers: str) -> Reply:
    """A page."""
    return Reply(200, text.encode(), {"Content-Type": "text/html; charset=utf-8", **headers})


@dataclass(frozen=True, slots=True)
class Portal:
    """A labelled portal: its hosts and what each check must say of its main site.

    `truth` maps a check, with its part (CT-01.news), to the states that are right; more than one
    where the design leaves a choice (a zero of a tier P check is needs_review). `levels` bounds
    the level where it matters.
    """

    key: str
    title: str
    manner: str  # SharePoint, Liferay, NukeViet, own make
    main: str  # the URL that is registered
    hosts: tuple[Host, ...]
    truth: Mapping[str, frozenset[str]]
    levels: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    traps: tuple[str, ...] = ()  # in words, for the page that reports precision


#: builds a portal whose news are fresh (or old) as seen on that day
Maker = Callable[[dt.date], Portal]
