"""Reading RSS and Atom from bytes: nothing is fetched, no DTD is read, sizes are bounded."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import feedparser

from chiso.checks.reading.dates import find_date
from chiso.checks.reading.document import clean
from chiso.checks.reading.guarded import guarded

MOST_BYTES = 4_000_000
MOST_ENTRIES = 500
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST)", re.I)
_ROOT = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|rdf)[\s>]", re.I)
#: dates of feeds are written in UTC or with a zone; ages are counted where the site is
ZONE = dt.timezone(dt.timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed; the date is that of the site's zone, None where it cannot be read."""

    title: str
    url: str
    date: dt.date | None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with its entries in order."""

    title: str
    entries: tuple[Entry, ...]


def read_feed(body: bytes) -> Feed | None:
    """The feed in a body, or None where it is none (an HTML page, broken XML, a DTD)."""
    if not body or len(body) > MOST_BYTES or not _is_feed(body):
        return None
    return guarded(_parse, body)


def _is_feed(body: bytes) -> bool:
    if b"\x00" in body[:4]:  # UTF-16 and UTF-32 hide a DTD from a search in bytes
        return False
    return not body.startswith((b"\xfe\xff", b"\xff\xfe")) and (
        _DTD.search(body) is None and _ROOT.search(body[:4_000]) is not None
    )


def _parse(body: bytes) -> Feed | None:
    parsed = feedparser.parse(
        body, response_headers={"content-type": "application/xml"}, sanitize_html=False
    )
    if not parsed.get("version"):
        return None
    entries = tuple(_entry(entry) for entry in parsed.get("entries", [])[:MOST_ENTRIES])
    return Feed(clean(str(parsed.get("feed", {}).get("title", "")))[:300], entries)


def _entry(entry: dict[str, Any]) -> Entry:
    title = clean(str(entry.get("title", "")))[:300]
    return Entry(title, clean(str(entry.get("link", "")))[:2_000], _date(entry))


def _date(entry: dict[str, Any]) -> dt.date | None:
    for key in ("published", "updated", "created"):
        # dict.get: feedparser's own would take one date for another, with a warning.
        moment = dict.get(entry, f"{key}_parsed")
        text = clean(str(dict.get(entry, key) or ""))
        if moment is None:
            # feedparser knows no dd/mm/yyyy, which Vietnamese feeds write.
            if text and (written := find_date(text)):
                return written
            continue
        try:
            year, month, day, hour, minute, second = moment[:6]
            utc = dt.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=dt.UTC)
            return utc.astimezone(ZONE).date()
        except (ValueError, OverflowError, TypeError):
            continue
    return None
