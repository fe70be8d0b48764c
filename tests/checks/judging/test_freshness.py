"""CT-03 and CT-04: ages that two sources confirm, and dates that are none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from chiso.checks.artifacts import Page, Skipped
from chiso.checks.findings import Verdict
from chiso.checks.judging.case import Case
from chiso.checks.judging.freshness import newest_item, rhythm
from chiso.checks.judging.registry import declarations
from chiso.checks.states import CheckState, ErrorClass

ROOT = "https://portal.gov.vn/"
DAY = dt.date(2019, 11, 25)
MENU = (
    '<nav><a href="/section/news">Tin tức</a><a href="/section/plans">Quy hoạch, kế hoạch</a>'
    '<a href="/section/bidding">Đấu thầu</a></nav>'
)
CLOCK = "<div>Thứ Hai, 25/11/2019</div>"


def site(body: str, head: str = "") -> str:
    return (
        f"<html><head><title>Cổng</title>{head}</head><body><header>{CLOCK}</header>{MENU}"
        f"<main>{body}</main><footer>© 2019 Cổng thông tin, cập nhật 25/11/2019</footer>"
        "</body></html>"
    )


def ago(days: int) -> str:
    return (DAY - dt.timedelta(days=days)).strftime("%d/%m/%Y")


def listed(ages: Iterable[int], text: str = "{date}", path: str = "tin", more: str = "") -> str:
    """A list page with one item for each age in days, and more beside the list."""
    rows = "".join(
        f'<li><a href="/{path}/{n}">Hội nghị tổng kết công tác số {n}</a>'
        f"<span>{text.format(date=ago(age))}</span></li>"
        for n, age in enumerate(ages)
    )
    return site(f"<ul>{rows}</ul>{more}")


def article(days: int, label: str = "Ngày đăng") -> str:
    return site(f"<h1>Hội nghị tổng kết</h1><p>{label}: {ago(days)}</p><p>Sáng nay…</p>")


def rss(ages: Iterable[int], path: str = "tin") -> bytes:
    return (
        '<rss version="2.0"><channel><title>Tin</title>'
        + "".join(
            f"<item><title>Hội nghị số {n}</title><link>{ROOT}{path}/{n}</link>"
            f"<pubDate>{ago(age)} 08:00</pubDate></item>"
            for n, age in enumerate(ages)
        )
        + "</channel></rss>"
    ).encode()


def sitemap(days: dict[str, int]) -> bytes:
    rows = "".join(
        f"<url><loc>{url}</loc><lastmod>{DAY - dt.timedelta(days=age)}</lastmod></url>"
        for url, age in days.items()
    )
    return f"<urlset>{rows}</urlset>".encode()


HOME = site("<p>Chào mừng quý vị.</p>")
MISSING = site("<p>Không tìm thấy trang.</p>")


@pytest.fixture
def aged(make_case: Callable[..., Case]) -> Callable[..., Verdict]:
    """What CT-03 says of a section, `news` unless another one is named."""

    def run(pages: Any = (), part: str = "news", **changes: Any) -> Verdict:
        case = make_case(pages, **{"home": HOME, "missing": [MISSING]} | changes)
        found = {v.part: v for v in newest_item(case, declarations()["CT-03"].figures)}
        assert found.keys() == {k for k, s in case.law.sections.items() if s.deadline}
        return found[part]

    return run


@pytest.fixture
def item(page: Callable[..., Page]) -> Callable[..., Page]:
    """The page of the first item of a list."""

    def run(content: str, part: str = "news", path: str = "tin/0") -> Page:
        return page(f"item:{part}", content, ROOT + path)

    return run


@pytest.mark.parametrize(
    ("age", "level"),
    [(0, 1), (3, 1), (4, 0.7), (7, 0.7), (8, 0.3), (30, 0.3), (31, 0), (400, 0)],
)
def test_list_and_article_that_agree_fix_the_level_of_the_age(
    aged: Callable[..., Verdict], item: Callable[..., Page], page: Callable[..., Page],
    age: int, level: float,
) -> None:  # fmt: skip
    pages = [page("section:news", listed([age, age + 3, age + 9])), item(article(age))]
    found = aged(pages)
    assert (found.level, found.part) == (level, "news")
    assert found.state is not CheckState.NEEDS_REVIEW
    assert "danh sách và bài viết" in found.seen.vi
    assert "the list and the article" in found.seen.en


def test_a_fresher_item_never_lowers_the_level(
    aged: Callable[..., Verdict], item: Callable[..., Page], page: Callable[..., Page]
) -> None:
    ages = (0, 1, 3, 4, 6, 7, 8, 20, 30, 31, 90, 1_000)
    levels = [
        aged([page("section:news", listed([age, age + 2])), item(article(age))]).level
        for age in ages
    ]
    assert levels == sorted(levels, reverse=True)


def test_feed_and_list_that_agree_are_firm(aged: Callable[..., Verdict]) -> None:
    found = aged({"section:news": listed([10, 12, 15])}, feeds=[rss([10, 12, 15])])
    assert (found.state, found.level) == (CheckState.PARTIAL, 0.3)


def test_sources_one_day_apart_agree(
    aged: Callable[..., Verdict], item: Callable[..., Page], page: Callable[..., Page]
) -> None:
    found = aged([page("section:news", listed([9, 12])), item(article(10))])
    assert (found.state, found.level) == (CheckState.PARTIAL, 0.3)


def test_one_source_alone_proposes_when_it_is_not_the_best(
    aged: Callable[..., Verdict],
) -> None:
    found = aged({"section:news": listed([50, 60, 70])})
    assert (found.state, found.level) == (CheckState.NEEDS_REVIEW, 0)
    assert "một nguồn" in found.seen.vi


def test_one_source_alone_is_enough_for_the_best(aged: Callable[..., Verdict]) -> None:
    assert aged({"section:news": listed([2, 5, 9])}).state is CheckState.PASS


def test_a_list_that_gives_old_items_a_new_date_is_for_a_person(
    aged: Callable[..., Verdict], item: Callable[..., Page], page: Callable[..., Page]
) -> None:
    found = aged([page("section:news", listed([1, 5, 9])), item(article(400))])
    assert (found.state, found.level) == (CheckState.NEEDS_REVIEW, 1)
    assert "sources differ" in found.seen.en


def test_a_feed_and_a_list_set_anew_over_an_old_article_are_for_a_person(
    aged: Callable[..., Verdict], item: Callable[..., Page], page: Callable[..., Page]
) -> None:
    pages = [page("section:news", listed([1, 5, 9])), item(article(400))]
    found = aged(pages, feeds=[rss([1, 5, 9])])
    assert (found.state, found.level) == (CheckState.NEEDS_REVIEW, 1)


def test_a_list_that_dates_everything_with_today_is_a_clock(
    aged: Callable[..., Verdict], item: Callable[..., Page], page: Callable[..., Page]
) -> None:
    found = aged([page("section:news", listed([0, 0, 0, 0])), item(article(400))])
    assert (found.state, found.level) == (CheckState.NEEDS_REVIEW, 0)


def test_a_busy_day_is_believed_when_the_article_says_so_too(
    aged: Callable[..., Verdict], item: Callable[..., Page], page: Callable[..., Page]
) -> None:
    found = aged([page("section:news", listed([0, 0, 0, 0])), item(article(0))])
    assert (found.state, found.level) == (CheckState.PASS, 1)


def test_the_clock_and_the_footer_of_the_site_date_nothing(
    aged: Callable[..., Verdict], item: Callable[..., Page], page: Callable[..., Page]
) -> None:
    bare = listed([1, 2, 3], text="")
    found = aged([page("section:news", bare), item(site("<h1>Hội nghị</h1><p>Sáng nay…</p>"))])
    assert (found.state, found.level) == (CheckState.NEEDS_REVIEW, None)
    assert "không có ngày nào" in found.seen.vi


def test_the_dates_of_the_home_page_are_never_used(aged: Callable[..., Verdict]) -> None:
    home = listed([0, 1, 2])
    found = aged({"section:news": site("<p>Chuyên mục tin tức</p>")}, home=home)
    assert found.level is None


def test_dates_ahead_of_the_visit_are_dropped(
    aged: Callable[..., Verdict], item: Callable[..., Page], page: Callable[..., Page]
) -> None:
    found = aged([page("section:news", listed([-40, 10, 20])), item(article(10), path="tin/1")])
    assert (found.state, found.level) == (CheckState.PARTIAL, 0.3)


def test_the_article_of_another_item_confirms_nothing(
    aged: Callable[..., Verdict], item: Callable[..., Page], page: Callable[..., Page]
) -> None:
    pages = [page("section:news", listed([10, 20])), item(article(10), path="tin/7")]
    assert aged(pages).state is CheckState.NEEDS_REVIEW


def test_an_article_with_two_dates_of_its_own_is_firm(
    aged: Callable[..., Verdict], item: Callable[..., Page], page: Callable[..., Page]
) -> None:
    meta = f'<meta property="article:published_time" content="{DAY - dt.timedelta(days=10)}">'
    text = site(f"<h1>Hội nghị</h1><p>Ngày đăng: {ago(10)}</p>", meta)
    found = aged([page("section:news", listed([1, 2], text="")), item(text)])
    assert (found.state, found.level) == (CheckState.PARTIAL, 0.3)


def test_the_sitemap_confirms_the_date_of_the_list(aged: Callable[..., Verdict]) -> None:
    days = {f"{ROOT}tin/{n}": age for n, age in enumerate((10, 12, 15))}
    found = aged({"section:news": listed([10, 12, 15])}, sitemaps=[sitemap(days)])
    assert (found.state, found.level) == (CheckState.PARTIAL, 0.3)


def test_a_sitemap_that_is_written_anew_each_day_confirms_nothing(
    aged: Callable[..., Verdict],
) -> None:
    days = {f"{ROOT}tin/{n}": 10 for n in range(30)}
    found = aged({"section:news": listed([10, 12, 15])}, sitemaps=[sitemap(days)])
    assert found.state is CheckState.NEEDS_REVIEW


def test_plans_may_be_older_than_news(
    aged: Callable[..., Verdict], item: Callable[..., Page], page: Callable[..., Page]
) -> None:
    pages = [
        page("section:plans", listed([300, 350], path="kh")),
        item(article(300), "plans", "kh/0"),
    ]
    assert aged(pages, "plans").level == 0.5


def test_the_latest_news_beside_every_page_do_not_date_it(aged: Callable[..., Verdict]) -> None:
    beside = "".join(
        f'<p><a href="/tin/{n}">Hội nghị tổng kết công tác số {n}</a> {ago(n)}</p>'
        for n in range(5)
    )
    pages = {
        "section:news": listed([0, 1, 2, 3, 4], more=beside),
        "section:plans": site(beside),
        "section:bidding": listed([300, 310], path="dt", more=beside),
        "section:statistics": site(beside),
    }
    bare = {"missing": ["<html><body>Not Found</body></html>"]}
    assert aged(pages, "bidding", **bare).level == 0.2
    assert aged(pages, "plans", **bare).level is None
    assert aged(pages, "news", **bare).level == 1


def test_a_list_with_the_oldest_first_hides_its_newest(
    aged: Callable[..., Verdict], item: Callable[..., Page], page: Callable[..., Page]
) -> None:
    ages = [400, 380, 360, 340, 320]
    pages = [page("section:news", listed(ages)), item(article(320), path="tin/4")]
    found = aged(pages)
    assert (found.state, found.level) == (CheckState.NEEDS_REVIEW, 0)
    pages = [page("section:news", listed(ages[::-1])), item(article(320))]
    assert aged(pages).state is CheckState.FAIL


def test_a_feed_of_news_does_not_freshen_another_section(aged: Callable[..., Verdict]) -> None:
    pages = {"section:news": listed([1, 2]), "section:bidding": listed([300, 310], path="dt")}
    found = aged(pages, "bidding", feeds=[rss([0, 1])])
    assert found.level == 0.2


def test_a_section_that_is_not_there_has_no_age(aged: Callable[..., Verdict]) -> None:
    found = aged((), "statistics")
    assert (found.state, found.level) == (CheckState.NEEDS_REVIEW, 0)


def test_a_section_that_nobody_could_see_has_no_age(
    aged: Callable[..., Verdict], page: Callable[..., Page]
) -> None:
    blocked = page("section:news", "Forbidden", status=403)
    assert aged([blocked]).state is CheckState.BLOCKED
    skipped = (Skipped(what="section:news", reason=ErrorClass.BUDGET),)
    assert aged(skipped=skipped).state is CheckState.NOT_MEASURED


def test_hostile_feeds_and_sitemaps_are_passed_over(aged: Callable[..., Verdict]) -> None:
    junk = [b"<!DOCTYPE x [<!ENTITY a 'b'>]><rss>", b"\xff" * 100, b"<html></html>"]
    found = aged({"section:news": listed([2, 3])}, feeds=junk, sitemaps=junk)
    assert found.state is CheckState.PASS


@pytest.fixture
def steady(make_case: Callable[..., Case]) -> Callable[..., Verdict]:
    """What CT-04 says."""

    def run(pages: Any, **changes: Any) -> Verdict:
        case = make_case(pages, **{"home": HOME, "missing": [MISSING]} | changes)
        return rhythm(case, declarations()["CT-04"].figures)

    return run


def test_something_new_in_every_week_is_a_steady_rhythm(steady: Callable[..., Verdict]) -> None:
    found = steady({"section:news": listed([1, 8, 15, 22, 40])})
    assert (found.state, found.level) == (CheckState.PASS, 1)


def test_weeks_without_news_lower_the_rhythm(steady: Callable[..., Verdict]) -> None:
    assert steady({"section:news": listed([1, 2, 40])}).level == 0.25
    assert steady({"section:news": listed([100, 200, 300])}).level == 0


def test_weeks_beyond_the_first_page_of_a_list_are_unknown(
    steady: Callable[..., Verdict],
) -> None:
    assert steady({"section:news": listed([0, 1, 2, 3, 4])}).level == 1


def test_items_of_feed_and_list_count_once(steady: Callable[..., Verdict]) -> None:
    found = steady({"section:news": listed([1, 8, 15])}, feeds=[rss([1, 8, 15])])
    assert "; 3 tin" in found.seen.vi


def test_too_few_dates_measure_no_rhythm(steady: Callable[..., Verdict]) -> None:
    assert steady({"section:news": listed([1])}).state is CheckState.NOT_MEASURED
    assert steady(()).state is CheckState.NOT_MEASURED
