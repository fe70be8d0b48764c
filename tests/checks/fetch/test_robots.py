"""robots.txt is read safely and as RFC 9309 says."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.checks.fetch.robots import MOST, Robots


def test_the_rules_for_us_are_obeyed():
    rules = Robots.parse(
        200,
        b"User-agent: *\nDisallow: /\n\nUser-agent: chisoBot/1.0\nDisallow: /rieng\n"
        b"Crawl-delay: 7\nSitemap: https://a.gov.vn/sitemap.xml\n",
    )
    assert rules.allows("https://a.gov.vn/tin-tuc")
    assert not rules.allows("https://a.gov.vn/rieng/1")
    assert rules.crawl_delay == 7
    assert rules.sitemaps == ("https://a.gov.vn/sitemap.xml",)


def test_the_rules_for_everyone_count_where_none_are_for_us():
    rules = Robots.parse(200, b"User-agent: otherbot\nDisallow: /\nUser-agent: *\nDisallow: /x\n")
    assert rules.allows("http://a.gov.vn/")
    assert not rules.allows("http://a.gov.vn/x/y?z")
    assert not rules.allows("http://a.gov.vn/%78")


def test_the_rules_for_others_are_not_ours():
    rules = Robots.parse(200, b"User-agent: abot\nUser-agent: bbot\nDisallow: /\nCrawl-delay: 99")
    assert rules.allows("http://a.gov.vn/")
    assert rules.crawl_delay is None


def test_wildcards_and_allow_are_understood():
    rules = Robots.parse(200, b"User-agent: *\nDisallow: /*.pdf$\nDisallow: /a\nAllow: /a/b\n")
    assert not rules.allows("http://a.gov.vn/x/1.pdf")
    assert rules.allows("http://a.gov.vn/x/1.pdf?x")
    assert rules.allows("http://a.gov.vn/a/b/c")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 451, 302])
def test_a_refused_or_missing_robots_txt_sets_no_rules(status):
    rules = Robots.parse(status, b"User-agent: *\nDisallow: /")
    assert rules.allows("http://a.gov.vn/")
    assert rules.crawl_delay is None


@pytest.mark.parametrize("status", [500, 503, 599, None])
def test_a_failing_server_closes_everything_for_today(status):
    rules = Robots.parse(status, b"")
    assert rules.closed
    assert not rules.allows("http://a.gov.vn/")


def test_only_the_first_500_kib_count_and_no_half_rule():
    padding = b"# padding\n" * (MOST // 10 - 3)
    body = b"User-agent: *\n" + padding + b"Disallow: /abcdefgh\nDisallow: /tail\n"
    rules = Robots.parse(200, body)
    assert rules.allows("http://a.gov.vn/a")
    assert rules.allows("http://a.gov.vn/tail")


@pytest.mark.parametrize(
    "body",
    [
        b"User-agent: *\n" * 30_000 + b"Disallow: /x\n" * 5_000,
        b"".join(b"User-agent: bot%d\n" % n for n in range(15_000)) + b"Disallow: /x\n" * 15_000,
        b"User-agent: *\nDisallow: /" + b"*a" * 200_000 + b"b$\n",
        b"User-agent: *\n" + b"Disallow: /*a*a*a*a*a*a*a*a*a*a*a*a*a*b$\n" * 10_000,
        b"User-agent: *\nDisallow: /" + b"%" * 400_000,
        b"\xff\xfe\x00" * 100_000,
        b"user agent" + b" " * 400_000 + b"x",
        b"Crawl-delay: 1e999\nUser-agent: *\nCrawl-delay: 1e999\nRequest-rate: 1/0\nVisit-time: x",
        b"Sitemap: x\n" * 40_000,
    ],
)
def test_a_hostile_robots_txt_costs_little(body):
    begun = time.process_time()
    rules = Robots.parse(200, body)
    rules.allows("http://a.gov.vn/" + "a" * 2_000)
    assert len(rules.sitemaps) <= 50
    assert rules.crawl_delay is None
    assert time.process_time() - begun < 3


@given(st.binary(max_size=300))
def test_no_bytes_break_it(body):
    rules = Robots.parse(200, b"User-agent: *\n" + body)
    assert rules.allows("http://a.gov.vn/x?y") in (True, False)
    Robots.parse(200, body)
