"""The pages of a visit: what the plan asks for, searches, links, and pages in the browser."""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from urllib.parse import urlsplit

from chiso.checks.artifacts import Chain, Link, Page, Rendered, Searched, Skipped
from chiso.checks.fetch.asked import Wanted
from chiso.checks.fetch.planning import Plan
from chiso.checks.fetch.trip import Trip, at, doubtful
from chiso.checks.reading.document import Document, parse_document
from chiso.checks.reading.sitemaps import read_sitemap
from chiso.checks.states import ErrorClass

#: sitemaps and feeds that are read of one site
MOST_SITEMAPS, MOST_FEEDS = 4, 4
#: the roles of pages that are rendered beside the home page, the first page of each
RENDERED = ("section:news", "item:news", "section:contacts", "service_list", "procedure")


class Walk:
    """Walks through the pages of one trip."""

    def __init__(self, trip: Trip) -> None:
        self.trip = trip

    async def render(self, url: str, role: str, *, runs: bool = False) -> Document | None:
        """Open a page in the browser, with `runs` several times and alone, for its times."""
        browser = self.trip.tools.browser
        if browser is None:
            detail = "there is no browser on this machine"
            self._skip("rendered", ErrorClass.ENGINE, detail)
            return None
        if urlsplit(url).hostname and not self._allowed(url):
            self._skip("rendered", ErrorClass.ROBOTS, url)
            return None
        count = self.trip.tools.network.lcp_runs if runs else 1
        # Two at once would slow each other's loading times.
        async with self.trip.tools.turns.take(alone=runs):
            seen = await browser.render(url, role, keep=self.trip.keep, runs=count)
        earlier = self.trip.found.get("rendered", ())
        assert isinstance(earlier, tuple)
        self.trip.found["rendered"] = (*earlier, seen)
        return self._dom(seen)

    def _skip(self, what: str, reason: ErrorClass, detail: str) -> None:
        self.trip.skipped.append(Skipped(what=what, reason=reason, detail=detail))

    def _allowed(self, url: str) -> bool:
        rules = self.trip.client.rules.get(urlsplit(url).hostname or "")
        home = urlsplit(url).path in {"", "/"}  # one look at the home page, like any visitor
        return home or rules is None or rules.allows(url)

    def _dom(self, seen: Rendered) -> Document | None:
        body = self.trip.pantry.get(seen.body or "")
        return parse_document(body, seen.final_url or seen.url, "text/html") if body else None

    async def walk(self, home: Chain, document: Document, shown: Document | None) -> None:
        """Everything after the home page, which is given as sent and as the browser shows it."""
        trip, tools = self.trip, self.trip.tools
        assert tools.law is not None
        plan = Plan(trip.site, tools.law, trip.limits, trip.seed, tools.day)
        first = Page(role="home", chain=home)
        self.trip.pages.append(first)
        self.trip.documents.append((first, document))
        if shown is not None:
            self.trip.documents.append((None, shown))
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
            if len(self.trip.pages) >= self.trip.limits.pages:
                self._over_budget(one)
                continue
            waiting.extend(await self._page(one, plan))

    async def _page(self, wanted: Wanted, plan: Plan) -> list[Wanted]:
        """Fetch one page; what it leads to."""
        if self.trip.stopped() or self.trip.late():
            self._over_budget(wanted)
            return []
        await self._rules_of(wanted.url)
        chain = await self.trip.client.get(wanted.url)
        if doubtful(chain) and self.trip.tools.network.confirm:
            await asyncio.sleep(self.trip.tools.network.confirm[0])
            chain = await self.trip.client.get(wanted.url, attempt=2, fresh=True)
        if chain.error in {ErrorClass.ROBOTS, ErrorClass.STOPPED, ErrorClass.BUDGET}:
            self._skip(wanted.role, chain.error, wanted.url)
            return []
        page = Page(role=wanted.role, chain=chain, text=wanted.text, source=wanted.source)
        self.trip.pages.append(page)
        document = self.trip.read(chain)
        if document is None or not chain.ok:
            return []
        self.trip.documents.append((page, document))
        return plan.after(page, document)

    async def _rules_of(self, url: str) -> None:
        """What a further host of the body allows: its robots.txt is read before its first page."""
        host = urlsplit(url).hostname or ""
        if host in self.trip.client.rules:
            return
        self.trip.learn(host, await self.trip.client.get(at(url, "/robots.txt"), robots=False))

    def _over_budget(self, wanted: Wanted) -> None:
        stopped = self.trip.stopped()
        reason = ErrorClass.STOPPED if stopped else ErrorClass.BUDGET
        self._skip(wanted.role, reason, wanted.url)

    async def _files(self, home: Chain, document: Document, plan: Plan) -> None:
        """Sitemaps (with their first children) and feeds."""
        rules = self.trip.client.rules.get(urlsplit(home.url).hostname or "")
        waiting = deque(plan.sitemaps(rules.sitemaps if rules else [], home.url))
        sitemaps: list[Chain] = []
        while waiting and len(sitemaps) < MOST_SITEMAPS:
            chain = await self.trip.client.get(waiting.popleft())
            sitemaps.append(chain)
            read = (
                read_sitemap(self.trip.pantry.get(chain.final.body or "", b""))
                if chain.ok
                else None
            )
            waiting.extend(read.children[:2] if read else [])
        self.trip.found["sitemaps"] = tuple(sitemaps)
        urls = plan.feeds(document)[:MOST_FEEDS]
        self.trip.found["feeds"] = tuple([await self.trip.client.get(url) for url in urls])

    async def _search(self, plan: Plan) -> None:
        found = []
        for query in plan.searches(self.trip.documents):
            chain = await self.trip.client.get(query.url)
            found.append(
                Searched(
                    kind=query.kind,
                    query=query.query,
                    expected=query.expected,
                    expected_url=query.expected_url,
                    chain=chain,
                )
            )
        self.trip.found["searches"] = tuple(found)

    async def _links(self, plan: Plan) -> None:
        found = []
        for url, text, source in plan.links(self.trip.documents):
            if self.trip.late() or self.trip.stopped():
                break
            chain = await self.trip.client.get(url, method="HEAD")
            if not chain.ok and chain.error not in {ErrorClass.ROBOTS, ErrorClass.STOPPED}:
                chain = await self.trip.client.get(url, attempt=2)  # some refuse HEAD
            found.append(Link(url=url, text=text[:200], source=source, chain=chain))
        self.trip.found["links"] = tuple(found)

    async def _render_more(self) -> None:
        for role in RENDERED:
            found = [page for page in self.trip.pages if page.role == role and page.chain.ok]
            if found:
                url = found[0].chain.url
                await self.trip.step("render", partial(self.render, url, role))
