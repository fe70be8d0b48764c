"""One visit to one site: what is asked, in which order, until the record is complete.

The order puts what all other steps rest on first: the home page (confirmed before it is called
down), then what the site allows (robots.txt), then names, certificate and variants, and last the
pages. Whatever is not looked at is noted with its reason.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from chiso.checks.artifacts import (
    Chain,
    Digest,
    Exchange,
    Link,
    NameFacts,
    Page,
    Rendered,
    Searched,
    SiteRecord,
    Skipped,
    TlsFacts,
    Vantage,
)
from chiso.checks.fetch.asked import Wanted
from chiso.checks.fetch.browser import Browser
from chiso.checks.fetch.client import Client
from chiso.checks.fetch.names import name_facts
from chiso.checks.fetch.planning import Plan
from chiso.checks.fetch.politeness import Gate
from chiso.checks.fetch.resolving import Resolver
from chiso.checks.fetch.robots import Robots
from chiso.checks.fetch.tls import tls_facts
from chiso.checks.fetch.turns import Turns
from chiso.checks.law import Law
from chiso.checks.network import Network
from chiso.checks.reading.classify import classify
from chiso.checks.reading.document import Document, parse_document
from chiso.checks.reading.sitemaps import read_sitemap
from chiso.checks.states import ErrorClass, PageKind
from chiso.checks.store import digest_of
from chiso.checks.targets import Site

T = TypeVar("T")
#: requests of the home page for its response time, beyond the first two
SERIES = 3
#: sitemaps and feeds that are read of one site
MOST_SITEMAPS, MOST_FEEDS = 4, 4
#: the roles of pages that are rendered beside the home page, the first page of each
RENDERED = ("section:news", "item:news", "section:contacts", "service_list", "procedure")
#: errors after which a second look tells something
_DOUBTED = frozenset(ErrorClass) - {
    ErrorClass.REFUSED_ADDRESS, ErrorClass.REFUSED_URL, ErrorClass.ROBOTS, ErrorClass.BUDGET,
    ErrorClass.STOPPED, ErrorClass.ENGINE,
}  # fmt: skip
_NO_NAME = {ErrorClass.DNS_NXDOMAIN, ErrorClass.DNS_SERVFAIL, ErrorClass.DNS_TIMEOUT}


@dataclass(slots=True)
class Tools:
    """What visits of one worker share."""

    network: Network
    resolver: Resolver
    gate: Gate
    law: Law
    run: str
    vantage: Vantage
    day: dt.date
    browser: Browser | None = None
    turns: Turns = field(default_factory=Turns)


@dataclass(slots=True)
class Visited:
    """The record of a visit and the bodies that it names."""

    record: SiteRecord
    bodies: dict[Digest, bytes]


def now() -> dt.datetime:
    """The time in UTC: the only clock that visits read."""
    return dt.datetime.now(dt.UTC)


def today(network: Network) -> dt.date:
    """The day at the sites."""
    return now().astimezone(ZoneInfo(network.zone)).date()


async def visit(site: Site, tools: Tools) -> Visited:
    """Look at one site. Faults of the network are in the record; only a cancellation is raised."""
    pantry: dict[Digest, bytes] = {}

    def keep(body: bytes) -> Digest:
        digest = digest_of(body)
        pantry[digest] = body
        return digest

    async with Client(tools.network, keep, resolver=tools.resolver, gate=tools.gate) as client:
        look = _Look(site, tools, client, pantry, keep)
        record = await look.all()
    named = _digests(record)
    return Visited(record, {key: body for key, body in pantry.items() if key in named})


class _Look:
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

    async def all(self) -> SiteRecord:
        """All steps in order; what fails for a reason of ours is skipped with that reason."""
        home, attempts = await self._home()
        self.found |= {"home": home, "attempts": attempts}
        if self.tools.network.depth == "deep":
            await self._deep(home)
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
            **self.found,
        )

    # ── the home page ──

    async def _home(self) -> tuple[Chain, tuple[Chain, ...]]:
        """The home page; a failure is asked again with pauses before it stands."""
        attempts: list[Chain] = []
        chain = await self.client.get(self.site.url, robots=False, fresh=True)
        for number, pause in enumerate(self.tools.network.confirm, 2):
            if not _doubtful(chain):
                break
            attempts.append(chain)
            await asyncio.sleep(pause)
            chain = await self.client.get(
                self.site.url, attempt=number, fresh=True, robots=False,
                alternative=chain.error in _NO_NAME,
            )  # fmt: skip
        return chain, tuple(attempts)

    async def _deep(self, home: Chain) -> None:
        host = urlsplit(home.url if home.ok else self.site.url).hostname or ""
        facts = asyncio.gather(
            self._step("names", lambda: name_facts(host, self.tools.network)),
            self._step("tls", lambda: tls_facts(host, self.tools.network)),
        )
        try:
            await self._step("robots", lambda: self._robots(home))
            await self._step("variants", self._variants)
        finally:
            names, tls = await facts
        if isinstance(names, NameFacts):
            self.found["names"] = names
        if isinstance(tls, TlsFacts):
            self.found["tls"] = tls
        document = self._read(home)
        kind = classify(home.final, document, [])
        if kind is not PageKind.OK or document is None:
            return
        await self._step("again", lambda: self._again(home))
        await self._step("ipv6", lambda: self._ipv6(home))
        await self._step("missing", lambda: self._missing(home))
        await self._step("security_txt", lambda: self._security_txt(home))
        shown = await self._step("render", lambda: self._render(home.url, "home", runs=True))
        await self._step("pages", lambda: self._walk(home, document, shown))

    async def _step(self, name: str, work: Callable[[], Awaitable[T]]) -> T | None:
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

    def _read(self, chain: Chain) -> Document | None:
        final = chain.final
        body = self.pantry.get(final.body or "", b"")
        return parse_document(body, final.url, final.header("content-type"))

    # ── around the home page ──

    async def _robots(self, home: Chain) -> None:
        base = home.url if home.ok else self.site.url
        chain = await self.client.get(_at(base, "/robots.txt"), robots=False)
        self.found["robots"] = chain
        host = urlsplit(base).hostname or ""
        if chain.status is not None:
            body = self.pantry.get(chain.final.body or "", b"")
            self.client.rules[host] = Robots.parse(chain.status, body)

    async def _variants(self) -> None:
        parts = urlsplit(self.site.url)
        host = parts.hostname or ""
        sibling = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
        found: dict[str, Chain] = {}
        if parts.port is None:
            for key, scheme, name in (
                ("http", "http", host), ("https", "https", host),
                ("http_www", "http", sibling), ("https_www", "https", sibling),
            ):  # fmt: skip
                found[key] = await self.client.get(f"{scheme}://{name}/", robots=False)
        self.found["variants"] = found

    async def _again(self, home: Chain) -> None:
        self.found["again"] = await self.client.get(home.url, robots=False, fresh=True)
        series = []
        for _ in range(SERIES):
            chain = await self.client.get(home.url, robots=False, fresh=True)
            if chain.ok and chain.final.timings.first_byte is not None:
                series.append(chain.final.timings.first_byte)
        self.found["series"] = tuple(series)

    async def _ipv6(self, home: Chain) -> None:
        if self.tools.vantage.ipv6:
            self.found["ipv6"] = await self.client.get(home.url, robots=False, fresh=True, family=6)

    async def _missing(self, home: Chain) -> None:
        letters = "abcdefghijkmnpqrstuvwxyz23456789"
        paths = ["/" + "".join(self.random.choices(letters, k=14)) for _ in range(2)]
        self.found["missing"] = tuple(
            [await self.client.get(_at(home.url, path), robots=True) for path in paths]
        )

    async def _security_txt(self, home: Chain) -> None:
        url = _at(home.url, "/.well-known/security.txt")
        self.found["security_txt"] = await self.client.get(url)

    # ── the pages ──

    async def _render(self, url: str, role: str, *, runs: bool = False) -> Document | None:
        browser = self.tools.browser
        if browser is None:
            detail = "there is no browser on this machine"
            self.skipped.append(Skipped(what="rendered", reason=ErrorClass.ENGINE, detail=detail))
            return None
        if urlsplit(url).hostname and not self._allowed(url):
            self.skipped.append(Skipped(what="rendered", reason=ErrorClass.ROBOTS, detail=url))
            return None
        count = self.tools.network.lcp_runs if runs else 1
        # Two at once would slow each other's loading times.
        async with self.tools.turns.take(alone=runs):
            seen = await browser.render(url, role, keep=self.keep, runs=count)
        earlier = self.found.get("rendered", ())
        assert isinstance(earlier, tuple)
        self.found["rendered"] = (*earlier, seen)
        return self._dom(seen)

    def _allowed(self, url: str) -> bool:
        rules = self.client.rules.get(urlsplit(url).hostname or "")
        home = urlsplit(url).path in {"", "/"}  # one look at the home page, like any visitor
        return home or rules is None or rules.allows(url)

    def _dom(self, seen: Rendered) -> Document | None:
        body = self.pantry.get(seen.body or "")
        return parse_document(body, seen.final_url or seen.url, "text/html") if body else None

    async def _walk(self, home: Chain, document: Document, shown: Document | None) -> None:
        plan = Plan(self.site, self.tools.law, self.limits, self.seed, self.tools.day)
        first = Page(role="home", chain=home)
        self.pages.append(first)
        self.documents.append((first, document))
        if shown is not None:
            self.documents.append((None, shown))
        await self._files(home, document, plan)
        await self._pages(plan.first(document, shown), plan)
        await self._pages(plan.last([document, *([shown] if shown else [])]), plan)
        await self._search(plan)
        await self._links(plan)
        await self._render_more()

    async def _pages(self, wanted: list[Wanted], plan: Plan) -> None:
        """Fetch pages and what they lead to, breadth first, within the budget."""
        waiting = deque(wanted)
        while waiting:
            one = waiting.popleft()
            if len(self.pages) >= self.limits.pages:
                self._over_budget(one)
                continue
            waiting.extend(await self._page(one, plan))

    async def _page(self, wanted: Wanted, plan: Plan) -> list[Wanted]:
        """Fetch one page; what it leads to."""
        if self.tools.gate.stopped(self.site.body) or self._late():
            self._over_budget(wanted)
            return []
        await self._rules_of(wanted.url)
        chain = await self.client.get(wanted.url)
        if _doubtful(chain) and self.tools.network.confirm:
            await asyncio.sleep(self.tools.network.confirm[0])
            chain = await self.client.get(wanted.url, attempt=2, fresh=True)
        if chain.error in {ErrorClass.ROBOTS, ErrorClass.STOPPED, ErrorClass.BUDGET}:
            self.skipped.append(Skipped(what=wanted.role, reason=chain.error, detail=wanted.url))
            return []
        page = Page(role=wanted.role, chain=chain, text=wanted.text, source=wanted.source)
        self.pages.append(page)
        document = self._read(chain)
        if document is None or not chain.ok:
            return []
        self.documents.append((page, document))
        return plan.after(page, document)

    async def _rules_of(self, url: str) -> None:
        """What a further host of the body allows: its robots.txt is read before its first page."""
        host = urlsplit(url).hostname or ""
        if host in self.client.rules:
            return
        chain = await self.client.get(_at(url, "/robots.txt"), robots=False)
        if chain.status is not None:
            body = self.pantry.get(chain.final.body or "", b"")
            self.client.rules[host] = Robots.parse(chain.status, body)

    def _late(self) -> bool:
        return asyncio.get_running_loop().time() > self.deadline

    def _over_budget(self, wanted: Wanted) -> None:
        stopped = self.tools.gate.stopped(self.site.body)
        reason = ErrorClass.STOPPED if stopped else ErrorClass.BUDGET
        self.skipped.append(Skipped(what=wanted.role, reason=reason, detail=wanted.url))

    async def _files(self, home: Chain, document: Document, plan: Plan) -> None:
        """Sitemaps (with their first children) and feeds."""
        rules = self.client.rules.get(urlsplit(home.url).hostname or "")
        waiting = deque(plan.sitemaps(rules.sitemaps if rules else [], home.url))
        sitemaps: list[Chain] = []
        while waiting and len(sitemaps) < MOST_SITEMAPS:
            chain = await self.client.get(waiting.popleft())
            sitemaps.append(chain)
            read = read_sitemap(self.pantry.get(chain.final.body or "", b"")) if chain.ok else None
            waiting.extend(read.children[:2] if read else [])
        self.found["sitemaps"] = tuple(sitemaps)
        urls = plan.feeds(document)[:MOST_FEEDS]
        self.found["feeds"] = tuple([await self.client.get(url) for url in urls])

    async def _search(self, plan: Plan) -> None:
        found = []
        for query in plan.searches(self.documents):
            chain = await self.client.get(query.url)
            found.append(
                Searched(
                    kind=query.kind,
                    query=query.query,
                    expected=query.expected,
                    expected_url=query.expected_url,
                    chain=chain,
                )
            )
        self.found["searches"] = tuple(found)

    async def _links(self, plan: Plan) -> None:
        found = []
        for url, text, source in plan.links(self.documents):
            if self._late() or self.tools.gate.stopped(self.site.body):
                break
            chain = await self.client.get(url, method="HEAD")
            if not chain.ok and chain.error not in {ErrorClass.ROBOTS, ErrorClass.STOPPED}:
                chain = await self.client.get(url, attempt=2)  # some refuse HEAD
            found.append(Link(url=url, text=text[:200], source=source, chain=chain))
        self.found["links"] = tuple(found)

    async def _render_more(self) -> None:
        for role in RENDERED:
            found = [page for page in self.pages if page.role == role and page.chain.ok]
            if found:
                url = found[0].chain.url
                await self._step("render", partial(self._render, url, role))


def _at(url: str, path: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{path}"


def _doubtful(chain: Chain) -> bool:
    """Whether a failure could be a passing one."""
    return chain.error in _DOUBTED or (chain.status is not None and chain.status >= 500)


def _digests(record: SiteRecord) -> set[Digest]:
    """All bodies and pictures that a record names."""
    chains = [
        record.home, *record.attempts, *record.variants.values(), *record.missing,
        *record.sitemaps, *record.feeds, *(p.chain for p in record.pages),
        *(s.chain for s in record.searches), *(link.chain for link in record.links),
        *(c for c in (record.again, record.ipv6, record.robots, record.security_txt) if c),
    ]  # fmt: skip
    exchanges: list[Exchange] = [hop for chain in chains for hop in chain.hops]
    named = {exchange.body for exchange in exchanges}
    named |= {d for seen in record.rendered for d in (seen.body, seen.picture)}
    return {digest for digest in named if digest}
