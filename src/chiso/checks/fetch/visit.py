"""One visit to one site: what is asked, in which order, until the record is complete.

The order puts what all other steps rest on first: the home page (confirmed before it is called
down), then what the site allows (robots.txt), then names, certificate and variants, and last the
pages. Whatever is not looked at is noted with its reason.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from chiso.checks.artifacts import (
    Chain,
    Digest,
    Exchange,
    NameFacts,
    SiteRecord,
    TlsFacts,
)
from chiso.checks.fetch.client import Client
from chiso.checks.fetch.names import name_facts
from chiso.checks.fetch.tls import tls_facts
from chiso.checks.fetch.trip import Tools, Trip, at, doubtful, keeper, now
from chiso.checks.fetch.walking import Walk
from chiso.checks.reading.classify import classify
from chiso.checks.states import ErrorClass, PageKind
from chiso.checks.store import digest_of
from chiso.checks.targets import Site

T = TypeVar("T")
#: requests of the home page for its response time, beyond the first two
SERIES = 3
#: bodies that a sweep keeps at hand beyond the visit that brought them
MOST_KEPT = 256
_NO_NAME = {ErrorClass.DNS_NXDOMAIN, ErrorClass.DNS_SERVFAIL, ErrorClass.DNS_TIMEOUT}


@dataclass(slots=True)
class Visited:
    """The record of a visit and the bodies that it names."""

    record: SiteRecord
    bodies: dict[Digest, bytes]


async def visit(site: Site, tools: Tools) -> Visited:
    """Look at one site. Faults of the network are in the record; only a cancellation is raised."""
    if tools.client is not None:
        return await _sweep(site, tools, tools.client)
    pantry: dict[Digest, bytes] = {}
    keep = keeper(pantry)
    async with Client(
        tools.network, keep, resolver=tools.resolver, gate=tools.gate, body=site.body
    ) as client:
        look = _Look(site, tools, client, pantry, keep)
        record = await look.all()
    named = _digests(record)
    return Visited(record, {key: body for key, body in pantry.items() if key in named})


async def _sweep(site: Site, tools: Tools, client: Client) -> Visited:
    """Only the home page, by the client that the sweep shares."""
    if tools.gate.stopped(site.body):
        none = Exchange(url=site.url, at=now(), error=ErrorClass.STOPPED)
        home, attempts = Chain(hops=(none,)), tuple[Chain, ...]()
        look = _Look(site, tools, client, tools.pantry, digest_of)
    else:
        look = _Look(site, tools, client, tools.pantry, digest_of)
        home, attempts = await look.home()
    record = look.record({"home": home, "attempts": attempts})
    taken = {d: tools.pantry.get(d) for d in _digests(record)}
    # Another site may wait for the same body: the newest few are kept for it.
    while len(tools.pantry) > MOST_KEPT:
        tools.pantry.pop(next(iter(tools.pantry)))
    return Visited(record, {d: body for d, body in taken.items() if body is not None})


class _Look(Trip):
    """The steps of a visit in order."""

    async def all(self) -> SiteRecord:
        """All steps in order; what fails for a reason of ours is skipped with that reason."""
        home, attempts = await self.home()
        await self._deep(home)
        return self.record({"home": home, "attempts": attempts})

    # ── the home page ──

    async def home(self) -> tuple[Chain, tuple[Chain, ...]]:
        """The home page; a failure is asked again with pauses before it stands."""
        attempts: list[Chain] = []
        chain = await self.client.get(self.site.url, robots=False, fresh=True)
        for number, pause in enumerate(self.tools.network.confirm, 2):
            if not doubtful(chain):
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
            self.step("names", lambda: name_facts(host, self.tools.network)),
            self.step("tls", lambda: tls_facts(host, self.tools.network)),
        )
        try:
            await self.step("robots", lambda: self._robots(home))
            await self.step("variants", self._variants)
        finally:
            names, tls = await facts
        if isinstance(names, NameFacts):
            self.found["names"] = names
        if isinstance(tls, TlsFacts):
            self.found["tls"] = tls
        document = self.read(home)
        kind = classify(home.final, document, [])
        if kind is not PageKind.OK or document is None:
            return
        await self.step("again", lambda: self._again(home))
        await self.step("ipv6", lambda: self._ipv6(home))
        await self.step("missing", lambda: self._missing(home))
        await self.step("security_txt", lambda: self._security_txt(home))
        walk = Walk(self)
        shown = await self.step("render", lambda: walk.render(home.url, "home", runs=True))
        await self.step("pages", lambda: walk.walk(home, document, shown))

    # ── around the home page ──

    async def _robots(self, home: Chain) -> None:
        base = home.url if home.ok else self.site.url
        chain = await self.client.get(at(base, "/robots.txt"), robots=False)
        self.found["robots"] = chain
        self.learn(urlsplit(base).hostname or "", chain)

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
            [await self.client.get(at(home.url, path), robots=True) for path in paths]
        )

    async def _security_txt(self, home: Chain) -> None:
        url = at(home.url, "/.well-known/security.txt")
        self.found["security_txt"] = await self.client.get(url)


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
