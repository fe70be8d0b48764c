"""An exchange while it is being made, and the small readings of it that need no client."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urldefrag, urljoin

from chiso.checks.artifacts import Digest, Exchange, Timings
from chiso.checks.fetch.guard import MOST_URL
from chiso.checks.fetch.resolving import Resolution
from chiso.checks.fetch.transport import Phase, one_line
from chiso.checks.states import ErrorClass

Method = Literal["GET", "HEAD"]
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_ADDRESSES = 16  # of one name that are recorded


@dataclass(slots=True)
class Draft:
    """What is known of an exchange so far."""

    url: str
    method: Method
    at: dt.datetime
    begun: float  # perf_counter
    found: Resolution = field(default_factory=Resolution)
    address: str = ""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    data: bytes = b""
    body: Digest | None = None
    size: int = 0
    wire: int = 0
    truncated: bool = False
    error: ErrorClass | None = None
    detail: str = ""
    connect: float | None = None  # milliseconds, as the next
    first_byte: float | None = None
    asked: bool = False  # a connection was tried
    reached: bool = False  # and stood

    def fail(self, error: ErrorClass, detail: str) -> None:
        """Note what went wrong, behind what is noted already."""
        self.error = error
        self.detail = one_line(f"{self.detail}; {detail}" if self.detail else detail)

    def header(self, name: str) -> str:
        """The first header of that name, given in small letters; empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def done(self) -> Exchange:
        """The record of it."""
        return Exchange(
            url=self.url,
            method=self.method,
            at=self.at,
            resolver=self.found.resolver,
            addresses=self.found.addresses[:MOST_ADDRESSES],
            address=self.address,
            status=self.status,
            headers=self.headers,
            body=self.body,
            size=self.size,
            wire=self.wire,
            truncated=self.truncated,
            error=self.error,
            detail=self.detail,
            timings=Timings(
                resolve=self.found.milliseconds if self.found.resolver else None,
                connect=self.connect,
                first_byte=self.first_byte,
                total=(time.perf_counter() - self.begun) * 1000 if self.asked else None,
            ),
        )


@dataclass(slots=True)
class Wish:
    """How a URL is to be asked for."""

    method: Method
    attempt: int
    fresh: bool
    family: int | None
    polite: bool
    robots: bool
    alternative: bool
    follow: bool


def utc_now() -> dt.datetime:
    """The time, in UTC."""
    return dt.datetime.now(dt.UTC)


def header_size(raw: Iterable[tuple[bytes, bytes]]) -> int:
    """The bytes of the headers as sent."""
    size = 0
    for name, value in raw:
        size += len(name) + len(value) + 4
    return size


def header_texts(raw: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Headers as text: UTF-8 where they are, otherwise Latin-1, which any bytes are."""
    try:
        return tuple([(name.decode(), value.decode()) for name, value in raw])
    except UnicodeDecodeError:
        return tuple((_header_text(name), _header_text(value)) for name, value in raw)


def _header_text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def recordable(url: str) -> str:
    """The URL as it can be kept: bounded, and without what JSON cannot hold."""
    return url[:MOST_URL].encode(errors="replace").decode()


def not_asked(url: str, method: Method, error: ErrorClass, detail: str) -> Exchange:
    """A hop that was not asked for."""
    return Exchange(url=recordable(url), method=method, at=utc_now(), error=error, detail=detail)


def loop_words(last: Exchange) -> str:
    """How a redirect in a circle came about: many firewalls do so to see a cookie come back."""
    if last.header("set-cookie"):
        return "it sets a cookie and sends us back; we keep no cookies"
    return "it was asked for before"


def lateness(phase: Phase, status: int | None) -> tuple[ErrorClass, str]:
    """What the alarm means in the phase in which it rang."""
    if phase.connected is None:
        return ErrorClass.CONN_TIMEOUT, "no connection in time, TLS included"
    if status is None:
        return ErrorClass.READ_TIMEOUT, "no answer in time"
    return ErrorClass.READ_TIMEOUT, "the body came too slowly"


def onward(draft: Draft) -> str | None:
    """Where the answer sends us, absolute and without fragment; judged when it is asked for."""
    if draft.error is not None or draft.status not in REDIRECTS:
        return None
    location = draft.header("location").strip()
    if not location:
        return None
    try:
        return urldefrag(urljoin(draft.url, location)).url
    except ValueError:
        return location
