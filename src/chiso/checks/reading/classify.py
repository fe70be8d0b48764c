"""What an answer turned out to be, settled before anything is said about its content."""

from __future__ import annotations

from collections.abc import Sequence

from chiso.checks.artifacts import Exchange
from chiso.checks.reading.document import Document
from chiso.checks.states import PageKind


def classify(
    exchange: Exchange, document: Document | None, missing: Sequence[Document] = ()
) -> PageKind:
    """The kind of an answer; `missing` are the site's pages for addresses that cannot exist."""
    if exchange.error is not None or exchange.status is None:
        return PageKind.ERROR
    if exchange.status in {401, 403, 429, 451}:
        return PageKind.BLOCKED
    if exchange.status >= 500:
        return PageKind.HTTP_5XX
    if exchange.status >= 400:
        return PageKind.HTTP_4XX
    if exchange.size == 0:
        return PageKind.EMPTY
    return PageKind.OK
