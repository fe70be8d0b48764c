"""Reading XML sitemaps (sitemaps.org protocol 0.9): no entities, no DTD, bounded sizes."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from chiso.checks.reading.dates import find_date
from chiso.checks.reading.document import clean
from chiso.checks.reading.feeds import _DTD

#: the protocol's own limits: 50,000 addresses; 50 MB is more than we take
MOST_URLS = 50_000
MOST_BYTES = 20_000_000
MOST_RATIO = 200


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap: its addresses, the sitemaps that an index names, and the days of last change."""

    urls: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    lastmods: dict[str, dt.date] = field(default_factory=dict)
    complete: bool = True  # False where the limits cut it


def read_sitemap(body: bytes) -> Sitemap | None:
    """The sitemap in a body, gzip or plain; None where it is none or breaks a limit."""
    plain = unpacked(body)
    if not plain or plain.startswith((b"\xfe\xff", b"\xff\xfe")) or b"\x00" in plain[:4]:
        return None
    if _DTD.search(plain):
        return None
    try:
        return _read(plain)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def unpacked(body: bytes) -> bytes | None:
    """A body without its gzip, or None where that is broken or grows beyond the limits."""
    if not body.startswith(b"\x1f\x8b"):
        return body if len(body) <= MOST_BYTES else None
    most = min(MOST_BYTES, max(1_000_000, MOST_RATIO * len(body)))
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        found = unpacker.decompress(body, most)
    except zlib.error:
        return None
    return None if unpacker.unconsumed_tail or not unpacker.eof else found


def _read(body: bytes) -> Sitemap | None:
    urls: list[str] = []
    children: list[str] = []
    lastmods: dict[str, dt.date] = {}
    complete, root = True, ""
    parsing = etree.iterparse(
        BytesIO(body), events=("start", "end"), resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    for event, element in parsing:
        name = etree.QName(element).localname.casefold()
        if not root:
            root = name
            if root not in {"urlset", "sitemapindex"}:
                return None
        if event == "start" or name not in {"url", "sitemap"}:
            continue
        if len(urls) + len(children) >= MOST_URLS:
            complete = False
            break
        _take(element, urls if name == "url" else children, lastmods)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return Sitemap(tuple(urls), tuple(children), lastmods, complete) if root else None


def _take(element: etree._Element, into: list[str], lastmods: dict[str, dt.date]) -> None:
    url, day = "", None
    for child in element:
        name = etree.QName(child).localname.casefold()
        if name == "loc":
            url = clean(child.text)[:2_000]
        elif name == "lastmod":
            day = find_date(clean(child.text)[:40])
    if url.startswith(("http://", "https://")):
        into.append(url)
        if day:
            lastmods[url] = day
