"""A visit as the checks see it: the record, its bodies, and what the pages turned out to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from chiso.checks.artifacts import Chain, Digest, Exchange, Page, SiteRecord
from chiso.checks.law import Law
from chiso.checks.reading.classify import classify
from chiso.checks.reading.document import Document, parse_document
from chiso.checks.states import PageKind
from chiso.language import Text

Bodies = Callable[[Digest], bytes | None]


@dataclass(slots=True)
class Availability:
    """What monitoring over a period says of a site; shares in [0, 1]."""

    begun: str
    ended: str
    share: float | None  # None where there was too little to tell
    coverage: float
    incidents: int
    median_minutes: float | None
    maintenance_minutes: float = 0.0


@dataclass
class Case:
    """The record of one site with its bodies; documents are parsed once and kept."""

    record: SiteRecord
    bodies: Bodies
    law: Law
    availability: Availability | None = None
    _documents: dict[str, Document | None] = field(default_factory=dict)
    _kinds: dict[str, PageKind] = field(default_factory=dict)

    def body(self, exchange: Exchange) -> bytes:
        """The decoded body of an exchange; empty where there is none."""
        return (self.bodies(exchange.body) or b"") if exchange.body else b""

    def document(self, chain: Chain) -> Document | None:
        """The page that a chain ended at, or None where it is not HTML."""
        final = chain.final
        key = f"{final.body} {final.url}"
        if key not in self._documents:
            self._documents[key] = parse_document(
                self.body(final), final.url, final.header("content-type")
            )
        return self._documents[key]

    def rendered_document(self, digest: Digest | None, url: str) -> Document | None:
        """The page as the browser had it after loading."""
        key = f"rendered {digest} {url}"
        if key not in self._documents:
            body = self.bodies(digest) if digest else None
            kind = "text/html; charset=utf-8"
            self._documents[key] = parse_document(body, url, kind) if body else None
        return self._documents[key]

    def kind(self, chain: Chain) -> PageKind:
        """What the answer turned out to be: a page, a challenge, a soft 404 …"""
        final = chain.final
        key = f"{final.body} {final.url} {final.status} {final.error}"
        if key not in self._kinds:
            self._kinds[key] = classify(
                final, self.document(chain), [d for d in self.missing_documents if d is not None]
            )
        return self._kinds[key]

    @cached_property
    def missing_documents(self) -> list[Document | None]:
        """What the site shows for addresses that cannot exist."""
        return [self.document(chain) for chain in self.record.missing]

    @cached_property
    def home(self) -> Document | None:
        """The home page as it was sent."""
        return self.document(self.record.home)

    @cached_property
    def home_rendered(self) -> Document | None:
        """The home page after loading in a browser; the one as sent where there is none."""
        for seen in self.record.rendered:
            if seen.role == "home" and seen.body:
                return self.rendered_document(seen.body, seen.final_url or seen.url)
        return self.home

    def pages(self, prefix: str) -> list[tuple[Page, Document]]:
        """The pages of a role that are real pages, each with its document."""
        found = []
        for page in self.record.pages_of(prefix):
            document = self.document(page.chain)
            if document is not None and self.kind(page.chain) is PageKind.OK:
                found.append((page, document))
        return found


#: why content could not be looked at, in words
NO_CONTENT: dict[PageKind, Text] = {
    PageKind.BLOCKED: Text("cổng từ chối truy cập của công cụ đo", "the portal refused our access"),
    PageKind.CHALLENGE: Text(
        "cổng trả về trang xác minh người dùng", "the portal showed a challenge page"
    ),
    PageKind.LOGIN_WALL: Text("cổng đòi đăng nhập", "the portal asks for a login"),
    PageKind.MAINTENANCE: Text("cổng báo đang bảo trì", "the portal says it is under maintenance"),
}
