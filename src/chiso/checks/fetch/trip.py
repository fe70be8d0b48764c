"""What a visit carries with it: the site, the tools that visits share, what was found so far."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from chiso.checks.artifacts import Chain, Digest, Page, SiteRecord, Skipped, Vantage
from chiso.checks.fetch.browser import Browser
from chiso.checks.fetch.client import Client
from chiso.checks.fetch.politeness import Gate
from chiso.checks.fetch.resolving import Resolver
from chiso.checks.fetch.robots import Robots
from chiso.checks.fetch.turns import Turns
from chiso.checks.law import Law
from chiso.checks.network import Network
from chiso.checks.reading.document import Document, parse_document
from chiso.checks.states import ErrorClass
from chiso.checks.store import digest_of
from chiso.checks.targets import Site

T = TypeVar("T")
#: errors after which a second look tells something
_DOUBTED = frozenset(ErrorClass) - {
    ErrorClass.REFUSED_ADDRESS, ErrorClass.REFUSED_URL, ErrorClass.ROBOTS, ErrorClass.BUDGET,
    ErrorClass.STOPPED, ErrorClass.ENGINE,
}  # fmt: skip


@dataclass(slots=True)
class Tools:
    """What visits of one worker share."""

    network: Network
    resolver: Resolver
    gate: Gate
    law: Law | None  # not needed for a sweep
    run: str
    vantage: Vantage
    day: dt.date
    browser: Browser | None = None
    turns: Turns = field(default_factory=Turns)
    client: Client | None = None  # of a sweep, shared by all its visits
    pantry: dict[Digest, bytes] = field(default_factory=dict)  # bodies of that client


def now() -> dt.datetime:
    """The time in UTC: the only clock that visits read."""
    return dt.datetime.now(dt.UTC)


def today(network: Network) -> dt.date:
    """The day at the sites."""
    return now().astimezone(ZoneInfo(network.zone)).date()


def keeper(pantry: dict[Digest, bytes]) -> Callable[[bytes], Digest]:
    """Keeps bodies in a pantry by their SHA-256."""

    def keep(body: bytes) -> Digest:
        digest = digest_of(body)
        pantry[digest] = body
        return digest

    return keep


class Trip:
    """One visit in progress."""

    def __init__(
        self, site: Site, tools: Tools, client: Client, pantry: dict[Digest, bytes],
        keep: Callable[[bytes], Digest],
    ) -> None:  # fmt: skip
        self.site, self.tools, self.client = site, tools, client
        self.pantry, self.keep = pantry, keep
        self.limits = tools.network.limits
        self.begun = now()
        self.deadline = asyncio.get_running_loop().time() + self.limits.visit
        seed = hashlib.sha256(f"{tools.run} {site.key}".encode()).digest()
        self.seed = int.from_bytes(seed[:8], "big")
        self.random = random.Random(self.seed)  # noqa: S311 - a sample, not a secret
        self.skipped: list[Skipped] = []
        self.found: dict[str, Any] = {}
        self.pages: list[Page] = []
        self.documents: list[tuple[Page | None, Document]] = []

    def record(self, home: dict[str, Any]) -> SiteRecord:
        """What was found so far, with the home page."""
        return SiteRecord(
            run=self.tools.run,
            site=self.site,
            depth=self.tools.network.depth,
            vantage=self.tools.vantage,
            begun=self.begun,
            ended=now(),
            day=self.tools.day,
            agent=self.tools.network.agent,
            config=self.tools.network.digest,
            pages=tuple(self.pages),
            skipped=tuple(self.skipped),
            **home,
            **self.found,
        )

    async def step(self, name: str, work: Callable[[], Awaitable[T]]) -> T | None:
        """Run a step unless time is up or we were told to stop; our own faults end only it."""
        left = self.deadline - asyncio.get_running_loop().time()
        if self.tools.gate.stopped(self.site.body):
            self.skipped.append(Skipped(what=name, reason=ErrorClass.STOPPED))
            return None
        if left <= 0:
            self.skipped.append(Skipped(what=name, reason=ErrorClass.BUDGET, detail="time"))
            return None
        try:
            async with asyncio.timeout(left):
                return await work()
        except TimeoutError:
            self.skipped.append(Skipped(what=name, reason=ErrorClass.BUDGET, detail="time"))
        except Exception as error:  # noqa: BLE001 - one step must not cost the whole visit
            detail = f"{type(error).__name__}: {error}"[:300]
            self.skipped.append(Skipped(what=name, reason=ErrorClass.ENGINE, detail=detail))
        return None

    def read(self, chain: Chain) -> Document | None:
        final = chain.final
        body = self.pantry.get(final.body or "", b"")
        return parse_document(body, final.url, final.header("content-type"))

    def late(self) -> bool:
        """Whether the time for this visit is over."""
        return asyncio.get_running_loop().time() > self.deadline

    def stopped(self) -> bool:
        """Whether the operator stopped this body, or everything."""
        return self.tools.gate.stopped(self.site.body)

    def learn(self, host: str, chain: Chain) -> None:
        """Take in what a host's robots.txt says."""
        if chain.status is not None:
            body = self.pantry.get(chain.final.body or "", b"")
            self.client.rules[host] = Robots.parse(chain.status, body)


def at(url: str, path: str) -> str:
    """Another path of the same site."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{path}"


def doubtful(chain: Chain) -> bool:
    """Whether a failure could be a passing one."""
    return chain.error in _DOUBTED or (chain.status is not None and chain.status >= 500)
