"""Feeds and sitemaps: what they say, and what is refused before it is parsed."""

from __future__ import annotations

import datetime as dt
import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.checks.reading.feeds import read_feed
from chiso.checks.reading.sitemaps import MOST_URLS, read_sitemap

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">'
    '<!ENTITY x SYSTEM "file:///etc/passwd">]>'
)


def rss(*items: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Tin tức</title>'
        f"{''.join(items)}</channel></rss>"
    ).encode()


def item(date: str, url: str = "https://portal.gov.vn/1") -> str:
    return f"<item><title>Hội nghị</title><link>{url}</link><pubDate>{date}</pubDate></item>"


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 12 Aug 2019 08:00:00 +0700",
        "Sun, 11 Aug 2019 23:30:00 GMT",  # already the next day in Vietnam
        "12/8/2019 10:30:00",
        "2019-08-12T08:00:00+07:00",
    ],
)
def test_entries_are_dated_where_the_site_is(date: str) -> None:
    feed = read_feed(rss(item(date)))
    assert feed is not None
    assert feed.title == "Tin tức"
    assert feed.entries[0].date == dt.date(2019, 8, 12)
    assert (feed.entries[0].title, feed.entries[0].url) == ("Hội nghị", "https://portal.gov.vn/1")


def test_an_atom_feed_is_read() -> None:
    feed = read_feed(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><title>B</title>'
        b'<link href="https://portal.gov.vn/2"/><updated>2019-08-12T01:00:00Z</updated></entry></feed>'
    )
    assert feed is not None
    assert feed.entries[0].date == dt.date(2019, 8, 12)


def test_an_entry_without_a_date_has_none() -> None:
    feed = read_feed(rss(item("ngày đẹp trời")))
    assert feed is not None
    assert feed.entries[0].date is None


def test_a_feed_without_entries_is_a_feed() -> None:
    feed = read_feed(rss())
    assert feed is not None
    assert feed.entries == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html><body>RSS</body></html>",
        b"<html><body><a href='/rss'>RSS</a></body></html>",
        (BOMB + "<rss><channel><title>&b;</title></channel></rss>").encode(),
        BOMB.encode("utf-16"),
        b"\x00\x01\x02",
    ],
)
def test_what_is_no_feed_or_brings_a_dtd_is_refused(body: bytes) -> None:
    assert read_feed(body) is None


def sitemap(*urls: str, root: str = "urlset", entry: str = "url") -> bytes:
    return (
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        + "".join(f"<{entry}>{url}</{entry}>" for url in urls)
        + f"</{root}>"
    ).encode()


def test_a_sitemap_gives_addresses_and_days_of_change() -> None:
    body = sitemap(
        "<loc> https://portal.gov.vn/1 </loc><lastmod>2019-08-12T01:00:00+07:00</lastmod>",
        "<loc>https://portal.gov.vn/2</loc>",
        "<loc>javascript:alert(1)</loc>",
    )
    for given_body in (body, gzip.compress(body)):
        found = read_sitemap(given_body)
        assert found is not None
        assert found.urls == ("https://portal.gov.vn/1", "https://portal.gov.vn/2")
        assert found.lastmods == {"https://portal.gov.vn/1": dt.date(2019, 8, 12)}
        assert found.complete


def test_an_index_names_its_children() -> None:
    found = read_sitemap(
        sitemap("<loc>https://portal.gov.vn/a.xml</loc>", root="sitemapindex", entry="sitemap")
    )
    assert found is not None
    assert (found.urls, found.children) == ((), ("https://portal.gov.vn/a.xml",))


def test_a_sitemap_is_cut_at_the_limit_of_the_protocol() -> None:
    body = sitemap(*(f"<loc>https://portal.gov.vn/{n}</loc>" for n in range(MOST_URLS + 5)))
    found = read_sitemap(body)
    assert found is not None
    assert len(found.urls) == MOST_URLS
    assert not found.complete


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>404</body></html>",
        b"<urlset><url><loc>https://portal.gov.vn/1</loc>",
        (BOMB + "<urlset><url><loc>&b;</loc></url></urlset>").encode(),
        (BOMB + "<urlset/>").encode("utf-16"),
        gzip.compress(b"<urlset/>")[:-6],
        gzip.compress(b"<urlset>" + b" " * 30_000_000 + b"</urlset>"),
    ],
    ids=["nothing", "a page", "cut off", "entities", "in UTF-16", "cut gzip", "gzip bomb"],
)
def test_what_is_no_sitemap_or_breaks_a_limit_is_refused(body: bytes) -> None:
    begun = time.perf_counter()
    assert read_sitemap(body) is None
    assert time.perf_counter() - begun < 2


@given(st.binary(max_size=300))
def test_no_bytes_make_the_readers_fail(body: bytes) -> None:
    for prefix in (b"", b"<rss>", b"<urlset>", b"\x1f\x8b", b"<?xml version='1.0'?><feed>"):
        read_feed(prefix + body)
        read_sitemap(prefix + body)
