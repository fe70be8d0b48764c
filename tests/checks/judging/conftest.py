"""Visits built in a line: exchanges, chains, pages and whole cases, with bodies in memory."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from chiso.checks.artifacts import Chain, Exchange, Page, SiteRecord, Vantage
from chiso.checks.judging.case import Case
from chiso.checks.law import load_law
from chiso.checks.targets import Site

#: a Monday; ages are counted against it
DAY = dt.date(2019, 11, 25)
NOON = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)
ROOT = "https://portal.gov.vn/"
HTML = "text/html; charset=utf-8"
HOME = (
    '<html lang="vi"><head><title>Cổng thông tin điện tử</title></head>'
    "<body><h1>Cổng thông tin điện tử</h1><p>Trang chủ của cổng.</p></body></html>"
)
Content = str | bytes


@pytest.fixture
def store() -> dict[str, bytes]:
    """The bodies of a case by their SHA-256."""
    return {}


@pytest.fixture
def keep(store: dict[str, bytes]) -> Callable[[Content], str]:
    """Keep a body and get its SHA-256."""

    def run(content: Content) -> str:
        body = content.encode() if isinstance(content, str) else content
        digest = hashlib.sha256(body).hexdigest()
        store[digest] = body
        return digest

    return run


@pytest.fixture
def exchange(keep: Callable[[Content], str]) -> Callable[..., Exchange]:
    """`exchange(content, url, status=200, headers={…}, **changes)`: one request and its answer.

    Content None means no body; with `error=ErrorClass.…` there is no status unless one is given.
    The content type is HTML unless the headers name another one.
    """

    def run(
        content: Content | None = HOME,
        url: str = ROOT,
        *,
        status: int | None = 200,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
        **changes: Any,
    ) -> Exchange:
        pairs = tuple(headers.items() if isinstance(headers, Mapping) else headers or ())
        if changes.get("error") is not None:
            content, status = None, None if status == 200 else status
        elif content is not None and not any(k.casefold() == "content-type" for k, _ in pairs):
            pairs = (*pairs, ("Content-Type", HTML))
        size = (
            0 if content is None else len(content.encode() if isinstance(content, str) else content)
        )
        known = {
            "at": NOON, "status": status, "headers": pairs, "size": size, "wire": size,
            "body": None if content is None else keep(content),
        }  # fmt: skip
        return Exchange(url=url, **known | changes)

    return run


@pytest.fixture
def chain(exchange: Callable[..., Exchange]) -> Callable[..., Chain]:
    """`chain(content, url, via=("http://…",), **exchange_changes)`: redirects, then the answer."""

    def run(
        content: Content | None = HOME,
        url: str = ROOT,
        *,
        via: Iterable[str] = (),
        attempt: int = 1,
        **changes: Any,
    ) -> Chain:
        asked = [*via, url]
        hops = [
            exchange(None, one, status=301, headers={"Location": after})
            for one, after in itertools.pairwise(asked)
        ]
        return Chain(hops=(*hops, exchange(content, url, **changes)), attempt=attempt)

    return run


@pytest.fixture
def page(chain: Callable[..., Chain]) -> Callable[..., Page]:
    """`page(role, content, url=…, text=…, source=…, **chain_changes)`: a page of the site."""

    def run(
        role: str,
        content: Content | None = HOME,
        url: str = "",
        *,
        text: str = "",
        source: str = ROOT,
        **changes: Any,
    ) -> Page:
        url = url or ROOT + role.replace(":", "/")
        return Page(role=role, chain=chain(content, url, **changes), text=text, source=source)

    return run


@pytest.fixture
def make_case(
    store: dict[str, bytes], chain: Callable[..., Chain], page: Callable[..., Page]
) -> Callable[..., Case]:
    """`make_case(pages={role: html}, home=html, headers={…}, **record_changes)` → a Case.

    A value of `pages` is HTML, a Page, or a list of those; `home` is HTML or a Chain and `headers`
    are those of the home page. `missing`, `feeds` and `sitemaps` take chains, or contents that are
    put at addresses of their own. `law`, `availability` and `site` (a mapping of changes or a Site)
    may be given; everything else goes to the SiteRecord as it is.
    """

    def chains(given: Iterable[Any], name: str, kind: str, status: int) -> tuple[Chain, ...]:
        return tuple(
            one
            if isinstance(one, Chain)
            else chain(one, f"{ROOT}{name}-{n}", status=status, headers={"Content-Type": kind})
            for n, one in enumerate(given)
        )

    def all_pages(given: Mapping[str, Any] | Iterable[Page]) -> tuple[Page, ...]:
        if not isinstance(given, Mapping):
            return tuple(given)
        found = []
        for role, value in given.items():
            for number, one in enumerate(value if isinstance(value, list | tuple) else [value]):
                url = ROOT + role.replace(":", "/") + (f"/{number}" if number else "")
                found.append(one if isinstance(one, Page) else page(role, one, url))
        return tuple(found)

    def run(
        pages: Mapping[str, Any] | Iterable[Page] = (),
        home: Any = HOME,
        headers: Any = None,
        *,
        missing: Iterable[Any] = (),
        feeds: Iterable[Any] = (),
        sitemaps: Iterable[Any] = (),
        law: Any = None,
        availability: Any = None,
        site: Any = None,
        **changes: Any,
    ) -> Case:
        known = {
            "run": "test",
            "site": site
            if isinstance(site, Site)
            else Site.model_validate({"body": "BK", "url": ROOT} | (site or {})),
            "vantage": Vantage(at=NOON, ipv4=True),
            "begun": NOON,
            "ended": NOON + dt.timedelta(minutes=5),
            "day": DAY,
            "home": home if isinstance(home, Chain) else chain(home, headers=headers),
            "pages": all_pages(pages),
            "missing": chains(missing, "missing", HTML, 404),
            "feeds": chains(feeds, "feed", "application/rss+xml", 200),
            "sitemaps": chains(sitemaps, "sitemap", "application/xml", 200),
        }
        return Case(SiteRecord(**known | changes), store.get, law or load_law(), availability)

    return run
