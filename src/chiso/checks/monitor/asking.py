"""A probe by the client: one request for the home page, and what came back is looked at."""

from __future__ import annotations

import asyncio
import hashlib
import time

from chiso.checks.artifacts import Chain, Digest, Exchange
from chiso.checks.fetch.client import Client
from chiso.checks.fetch.politeness import retry_after
from chiso.checks.monitor.outcomes import Outcome, Seen, seen_in
from chiso.checks.network import Network
from chiso.checks.reading.classify import classify, is_notice
from chiso.checks.reading.document import Document, parse_document
from chiso.checks.states import ErrorClass, PageKind
from chiso.checks.targets import Site

#: a home page is read up to here; enough to tell what kind of page it is
MOST_BYTES = 2_000_000
#: confirmations from this attempt on ask the second resolvers
ALTERNATIVE_FROM = 3


def for_probing(network: Network) -> Network:
    """The settings of a probe: small pages, and a host that fails is not given up, for that is
    what a monitor is there to see. The schedule sees to the pauses between requests."""
    limits = network.limits.model_copy(
        update={
            "wire_bytes": min(MOST_BYTES, network.limits.wire_bytes),
            "decoded_bytes": min(2 * MOST_BYTES, network.limits.decoded_bytes),
        }
    )
    # the gate forgives a host that it stopped after this many seconds
    politeness = network.politeness.model_copy(update={"most_wait": 0.0})
    return network.model_copy(update={"limits": limits, "politeness": politeness})


def longest(network: Network) -> float:
    """The seconds that a probe may take: the doubled limit for each hop, and the names."""
    limits = network.limits
    return 2 * limits.total * (limits.redirects + 1) + 60.0


def digest_only(data: bytes) -> Digest:
    """A monitor keeps no pages: the digest of a body, whose bytes the client has at hand."""
    return hashlib.sha256(data).hexdigest()


class Asker:
    """Asks for home pages through an open client whose settings are `for_probing`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._kinds: dict[str, tuple[tuple[Digest | None, int | None], PageKind]] = {}

    async def ask(self, site: Site, attempt: int) -> Seen:
        """One probe by a new connection. Never an exception for what the network does."""
        if self._client.gate.stopped(site.body):
            return Seen(Outcome.OURS, note="stopped")
        chain = await self._client.get(
            site.url,
            attempt=attempt,
            fresh=True,
            polite=False,
            robots=False,
            alternative=attempt >= ALTERNATIVE_FROM,
        )
        kind = await self._kind(site, chain)
        if kind is None:
            return Seen(Outcome.OURS, chain.status or 0, note=ErrorClass.ENGINE.value)
        later = None
        if chain.status in (429, 503):
            later = retry_after(chain.final.header("retry-after"), time.time())
        return seen_in(chain, kind, later)

    async def _kind(self, site: Site, chain: Chain) -> PageKind | None:
        """What the answer is; the same page as last time is not read again."""
        final = chain.final
        if final.error is not None:
            return PageKind.ERROR
        mark = (final.body, final.status)
        known = self._kinds.get(site.url)
        if known is not None and known[0] == mark:
            return known[1]
        # A page may take long to parse: the other probes must not wait for it.
        kind = await asyncio.to_thread(self._read, chain)
        if kind is not None:
            self._kinds[site.url] = (mark, kind)
        return kind

    def _read(self, chain: Chain) -> PageKind | None:
        """The kind of the page; None where reading it failed: that must not end the watch of the
        others, and says nothing of the portal."""
        final = chain.final
        body = self._client.body(final.body) or b""
        try:
            document = parse_document(body, final.url, final.header("content-type"))
            return _doubted(classify(final, document), final, document)
        except Exception:  # noqa: BLE001 - pages are hostile, the watch goes on for weeks
            return None


def _doubted(kind: PageKind, final: Exchange, document: Document | None) -> PageKind | None:
    """The kind, unless it would call a page that is there missing.

    A monitor does not know the site's own page for missing addresses: only a bare page counts as
    one, for on a full home page a headline may speak of a "404". Something that came back and
    cannot be read is not empty.
    """
    if kind is PageKind.SOFT_404 and document is not None and not is_notice(document):
        return PageKind.OK
    if kind is PageKind.EMPTY and document is None and final.size:
        return None
    return kind
