"""robots.txt: what a site asks robots not to fetch (RFC 9309), read by protego."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from protego import Protego

MOST = 512_000  # bytes; RFC 9309, 2.5 asks for at least 500 KiB
MOST_SITEMAPS = 50
NAME = "chisobot"  # our product token, in small letters

_AGENT = re.compile(r"\s*user[- ]?agent\s*:?\s*([^\s#/]*)", re.I)
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError)


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one host for us. `closed` says that nothing may be fetched today."""

    rules: Any = None  # protego is not typed
    closed: bool = False
    crawl_delay: float | None = None  # seconds
    sitemaps: tuple[str, ...] = ()

    @classmethod
    def parse(cls, status: int | None, body: bytes) -> Robots:
        """The rules of an answer to /robots.txt; never raises on any bytes.

        2xx: the rules in the body. 4xx, and a redirect that leads nowhere: no rules (RFC 9309,
        2.3.1.3). 5xx or no answer (None): everything is disallowed for now (2.3.1.4).
        """
        if status is None or status >= 500:
            return cls(closed=True)
        if not 200 <= status < 300 or not body.strip():
            return cls()
        try:
            rules = Protego.parse(_for_us(body))
            delay = rules.crawl_delay(NAME)
            sitemaps = tuple(list(rules.sitemaps)[:MOST_SITEMAPS])
        except _UNREADABLE:
            return cls()  # what cannot be read sets no rules
        return cls(rules, False, None if delay is None else float(delay), sitemaps)

    def allows(self, url: str) -> bool:
        """Whether the rules let us fetch the URL; /robots.txt itself always may be."""
        if self.rules is None:
            return not self.closed
        try:
            return bool(self.rules.can_fetch(url, NAME))
        except _UNREADABLE:
            return True


def _for_us(body: bytes) -> str:
    """The text with all robots that are not us under one name.

    protego adds every rule to every agent named above it: thousands of agents over thousands of
    rules would cost their product. A version behind our name (chisoBot/1.0) is dropped.
    """
    raw = body[:MOST]
    if len(body) > MOST:
        raw = raw[: raw.rfind(b"\n") + 1]  # half a rule is another rule
    lines = []
    for line in raw.decode("utf-8-sig", errors="replace").replace("\x00", "").splitlines():
        agent = _AGENT.match(line)
        if agent is not None:
            name = agent[1].lower()
            line = f"User-agent: {name if name in ('*', NAME) else 'another'}"
        lines.append(line)
    return "\n".join(lines)
