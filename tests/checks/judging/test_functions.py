"""Functions of a portal: search, files for machines, feedback, questions, metadata, identity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chiso.checks.artifacts import Chain, Rendered, Requested, Searched, Skipped
from chiso.checks.findings import Verdict
from chiso.checks.judging import functions, machine_files, page_parts, public_pages
from chiso.checks.judging.case import Case
from chiso.checks.judging.registry import declarations
from chiso.checks.states import CheckState, ErrorClass

Make = Callable[..., Case]
Chained = Callable[..., Chain]
NOON = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)

ROOT = "https://portal.gov.vn/"
CHECKS: Mapping[str, Callable[[Case, Mapping[str, Any]], Verdict]] = {
    "FN-01": functions.search_present,
    "FN-02": functions.search_works,
    "FN-03": machine_files.sitemap,
    "FN-04": public_pages.site_map,
    "FN-05": machine_files.robots,
    "FN-06": machine_files.feeds,
    "FN-07": public_pages.feedback,
    "FN-08": public_pages.questions,
    "FN-09": page_parts.aids,
    "FN-10": page_parts.metadata,
    "FN-11": page_parts.identity,
    "FN-12": page_parts.third_parties,
}  # fmt: skip
TITLE = "Khánh thành trường mầm non xã Đồng Mộc"
ITEM = f"{ROOT}tin-tuc/12"
MENU = (
    "<nav><a href='/'>Trang chủ</a><a href='/tin-tuc'>Tin tức</a>"
    "<a href='/gioi-thieu'>Giới thiệu</a></nav>"
)
BOX = "<form action='/tim-kiem' role='search'><input name='q'><button>Tìm kiếm</button></form>"
FOOT = "<footer>Cơ quan chủ quản: Ủy ban nhân dân tỉnh Bắc Sơn</footer>"


def html(body: str, head: str = "") -> str:
    return f"<html lang='vi'><head><title>Cổng</title>{head}</head><body>{MENU}{body}</body></html>"


def ask(check: str, case: Case) -> Verdict:
    return CHECKS[check](case, declarations()[check].figures)


@pytest.fixture
def shown(keep: Callable[[str], str]) -> Callable[..., tuple[Rendered, ...]]:
    """A browser's view of the home page."""

    def run(content: str, requests: tuple[str, ...] = ()) -> tuple[Rendered, ...]:
        asked = tuple(Requested(url=url, method="GET", kind="script") for url in requests)
        return (Rendered(role="home", url=ROOT, at=NOON, body=keep(content), requests=asked),)

    return run


Shown = Callable[..., tuple[Rendered, ...]]

# ── FN-01, FN-02: search ──


def test_a_home_page_with_a_search_box_passes(make_case: Make) -> None:
    assert ask("FN-01", make_case(home=html(BOX))).state is CheckState.PASS


def test_a_search_box_that_a_script_makes_passes_when_a_browser_shows_it(
    make_case: Make, shown: Shown
) -> None:
    case = make_case(home=html(""), rendered=shown(html(BOX)))
    assert ask("FN-01", case).state is CheckState.PASS


def test_a_portal_without_a_search_box_fails_only_when_a_browser_looked(
    make_case: Make, shown: Shown
) -> None:
    assert ask("FN-01", make_case(home=html(""))).state is CheckState.NEEDS_REVIEW
    case = make_case(home=html(""), rendered=shown(html("")))
    assert ask("FN-01", case).state is CheckState.FAIL


def test_a_search_icon_without_a_box_is_for_a_person(make_case: Make, shown: Shown) -> None:
    page = html("<a href='#' class='fa fa-search'></a>")
    verdict = ask("FN-01", make_case(home=page, rendered=shown(page)))
    assert verdict.state is CheckState.NEEDS_REVIEW
    assert ask("FN-02", make_case(home=page)).state is CheckState.NEEDS_REVIEW


def test_a_search_page_without_a_box_on_the_home_page_is_partial(
    make_case: Make, shown: Shown
) -> None:
    home = html("<a href='/search_page'>Tìm kiếm</a>")
    case = make_case({"search_page": html(BOX)}, home, rendered=shown(home))
    assert ask("FN-01", case).level == 0.5


@pytest.fixture
def searched(make_case: Make, chain: Chained) -> Callable[..., Case]:
    """A case whose portal answered queries with the given bodies."""

    def run(known: str, plain: str | None, nonsense: str | None, **changes: Any) -> Case:
        queries = [("known", "trường mầm non xã Đồng", known), ("unaccented", "truong mam", plain),
                   ("nonsense", "bacobitxzcd", nonsense)]  # fmt: skip
        found = tuple(
            Searched(
                kind=kind, query=query, expected=TITLE if kind != "nonsense" else "",
                expected_url=ITEM if kind != "nonsense" else "",
                chain=chain(html(BOX + body), f"{ROOT}tim-kiem?q={query}", **changes),
            )  # type: ignore[arg-type]
            for kind, query, body in queries
            if body is not None
        )  # fmt: skip
        return make_case(home=html(BOX), searches=found)

    return run


HIT = f"<main><ul><li><a href='{ITEM}'>{TITLE}</a></li></ul></main>"
NOTHING = "<main><p>Không tìm thấy kết quả nào.</p></main>"


def test_a_search_that_finds_the_item_and_nothing_for_nonsense_passes(
    searched: Callable[..., Case],
) -> None:
    verdict = ask("FN-02", searched(HIT, HIT, NOTHING))
    assert (verdict.state, verdict.level) == (CheckState.PASS, 1)


def test_a_search_that_needs_accents_is_partial(searched: Callable[..., Case]) -> None:
    assert ask("FN-02", searched(HIT, NOTHING, NOTHING)).level == pytest.approx(0.8)


def test_an_unclear_answer_without_accents_counts_for_nothing(
    searched: Callable[..., Case],
) -> None:
    latest = f"<aside><a href='{ITEM}'>{TITLE}</a></aside>"
    other = "<main><a href='/b/7'>Bài khác hẳn về thời tiết</a></main>"
    verdict = ask("FN-02", searched(HIT + latest, other + latest, NOTHING + latest))
    assert verdict.state is CheckState.PASS


def test_a_search_that_finds_nothing_fails(searched: Callable[..., Case]) -> None:
    verdict = ask("FN-02", searched(NOTHING, NOTHING, NOTHING))
    assert verdict.state is CheckState.FAIL


def test_a_search_that_echoes_the_query_and_finds_nothing_is_not_fooled(
    searched: Callable[..., Case],
) -> None:
    echo = f"<main><h1>Kết quả cho “{TITLE}”</h1><p>Không tìm thấy bài nào.</p></main>"
    assert ask("FN-02", searched(echo, echo, NOTHING)).state is CheckState.FAIL


def test_a_pager_that_repeats_the_query_is_not_the_item(searched: Callable[..., Case]) -> None:
    pager = (
        f"<main><a href='/tim-kiem?q=trường mầm non xã Đồng&amp;p=2'>{TITLE}</a>"
        "<p>Không tìm thấy.</p></main>"
    )
    assert ask("FN-02", searched(pager, pager, NOTHING)).state is CheckState.FAIL


def test_a_search_that_shows_the_same_page_for_every_query_fails(
    searched: Callable[..., Case],
) -> None:
    everything = "<main>" + "".join(f"<a href='/b/{n}'>Bài số {n} cũ</a>" for n in range(9)) + HIT
    verdict = ask("FN-02", searched(everything, everything, everything))
    assert verdict.state is CheckState.FAIL
    assert "giống hệt" in verdict.seen.vi


def test_a_list_of_latest_news_beside_the_results_does_not_count_as_a_result(
    searched: Callable[..., Case],
) -> None:
    latest = f"<aside><a href='{ITEM}'>{TITLE}</a></aside>"
    found = ask("FN-02", searched(HIT + latest, HIT + latest, NOTHING + latest))
    assert found.state is CheckState.PASS
    other = "<main><a href='/b/7'>Bài khác hẳn về thời tiết</a></main>"
    unclear = ask("FN-02", searched(other + latest, other + latest, NOTHING + latest))
    assert unclear.state is CheckState.NEEDS_REVIEW


def test_a_nonsense_word_that_finds_things_costs_points(searched: Callable[..., Case]) -> None:
    others = "".join(f"<main><a href='/b/{n}'>Bài số {n} cũ</a></main>" for n in range(9))
    assert ask("FN-02", searched(HIT, HIT, others)).level == pytest.approx(0.8)


def test_results_that_a_script_draws_are_for_a_person(searched: Callable[..., Case]) -> None:
    drawn = "<main><div id='app'></div></main>"
    assert ask("FN-02", searched(drawn, drawn, drawn)).state is CheckState.NEEDS_REVIEW


def test_a_search_that_does_not_answer_us_is_not_measured(searched: Callable[..., Case]) -> None:
    case = searched(HIT, HIT, NOTHING, error=ErrorClass.CONN_TIMEOUT)
    assert ask("FN-02", case).state is CheckState.NOT_MEASURED


def test_a_search_in_error_is_for_a_person(searched: Callable[..., Case]) -> None:
    assert ask("FN-02", searched(HIT, HIT, NOTHING, status=500)).state is CheckState.NEEDS_REVIEW


def test_a_search_that_keeps_us_out_is_blocked(searched: Callable[..., Case]) -> None:
    assert ask("FN-02", searched(HIT, HIT, NOTHING, status=403)).state is CheckState.BLOCKED


def test_a_search_by_post_is_for_a_person(make_case: Make) -> None:
    case = make_case(home=html(BOX.replace("<form", "<form method='post'")))
    assert ask("FN-02", case).state is CheckState.NEEDS_REVIEW


def test_a_search_without_a_known_title_is_not_measured(make_case: Make) -> None:
    assert ask("FN-02", make_case(home=html(BOX))).state is CheckState.NOT_MEASURED


def test_a_search_that_robots_txt_forbids_is_blocked(make_case: Make) -> None:
    skipped = (Skipped(what="section:news", reason=ErrorClass.ROBOTS, detail=f"{ROOT}tin-tuc"),)
    case = make_case(home=html(BOX), skipped=skipped)
    assert ask("FN-02", case).state is CheckState.BLOCKED


# ── FN-03: sitemap ──

SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(urls: list[str], day: str = "2019-11-20") -> str:
    lines = "".join(f"<url><loc>{url}</loc><lastmod>{day}</lastmod></url>" for url in urls)
    return f"<urlset xmlns='{SPACE}'>{lines}</urlset>"


PAGES = {"section:news": html("a"), "section:plans": html("b"), "item:news": html("c")}
OWN = [f"{ROOT}section/news", f"{ROOT}section/plans", f"{ROOT}item/news"]


def test_a_fresh_sitemap_that_covers_the_pages_passes(make_case: Make) -> None:
    verdict = ask("FN-03", make_case(PAGES, sitemaps=[sitemap(OWN)]))
    assert verdict.state is CheckState.PASS


def test_an_old_sitemap_that_covers_nothing_is_partial(make_case: Make) -> None:
    old = sitemap([f"{ROOT}cu/{n}" for n in range(5)], "2015-01-01")
    assert ask("FN-03", make_case(PAGES, sitemaps=[old])).level == pytest.approx(0.4)


def test_a_sitemap_of_another_host_fails(make_case: Make) -> None:
    other = sitemap(["https://khac.gov.vn/a", "https://khac.gov.vn/b"])
    verdict = ask("FN-03", make_case(PAGES, sitemaps=[other]))
    assert verdict.state is CheckState.FAIL
    assert "máy chủ khác" in verdict.seen.vi


def test_a_web_page_in_place_of_a_sitemap_fails(make_case: Make, chain: Chained) -> None:
    case = make_case(sitemaps=[chain(html("<p>x</p>"), f"{ROOT}sitemap.xml")])
    assert ask("FN-03", case).state is CheckState.FAIL


def test_parts_of_an_index_that_were_not_read_do_not_lower_the_level(make_case: Make) -> None:
    children = "".join(
        f"<sitemap><loc>{ROOT}s{n}.xml</loc><lastmod>2019-11-20</lastmod></sitemap>"
        for n in range(9)
    )
    index = f"<sitemapindex xmlns='{SPACE}'>{children}</sitemapindex>"
    assert ask("FN-03", make_case(PAGES, sitemaps=[index])).state is CheckState.PASS


def test_a_sitemap_that_was_not_asked_for_or_did_not_answer_is_not_measured(
    make_case: Make, chain: Chained
) -> None:
    assert ask("FN-03", make_case(sitemaps=[])).state is CheckState.NOT_MEASURED
    for changes in ({"error": ErrorClass.READ_TIMEOUT}, {"status": 503}):
        failed = chain(None, f"{ROOT}sitemap.xml", **changes)
        assert ask("FN-03", make_case(sitemaps=[failed])).state is CheckState.NOT_MEASURED


# ── FN-04: site map page ──


def test_a_site_map_page_with_its_tree_passes_and_a_thin_one_is_partial(make_case: Make) -> None:
    tree = "<main>" + "".join(f"<a href='/m/{n}'>Mục {n}</a>" for n in range(20)) + "</main>"
    assert ask("FN-04", make_case({"sitemap_page": html(tree)})).state is CheckState.PASS
    thin = "<main><a href='/m/1'>Mục</a></main>"
    assert ask("FN-04", make_case({"sitemap_page": html(thin)})).level == 0.5


def test_a_portal_without_a_site_map_gets_a_zero(make_case: Make) -> None:
    assert ask("FN-04", make_case(home=html(""))).level == 0


def test_a_dead_link_to_the_site_map_is_worth_little(make_case: Make, page: Any) -> None:
    case = make_case([page("sitemap_page", "", status=404)], html(""))
    assert ask("FN-04", case).level == pytest.approx(0.2)


def test_a_site_map_that_robots_txt_forbids_is_blocked(make_case: Make) -> None:
    skipped = (Skipped(what="sitemap_page", reason=ErrorClass.ROBOTS, detail=f"{ROOT}so-do"),)
    assert ask("FN-04", make_case(home=html(""), skipped=skipped)).state is CheckState.BLOCKED


def test_a_site_map_that_the_budget_left_out_is_not_measured(make_case: Make) -> None:
    home = html("<a href='/so-do-cong'>Sơ đồ cổng</a>")
    skipped = (Skipped(what="sitemap_page", reason=ErrorClass.BUDGET, detail=f"{ROOT}so-do-cong"),)
    for case in (make_case(home=home, skipped=skipped), make_case(home=home)):
        assert ask("FN-04", case).state is CheckState.NOT_MEASURED


# ── FN-05: robots ──


def robots(chain: Chained, text: str, **changes: Any) -> Chain:
    headers = {"Content-Type": "text/plain"}
    return chain(text, f"{ROOT}robots.txt", headers=headers, **changes)


def test_a_robots_txt_that_hides_only_machinery_passes(make_case: Make, chain: Chained) -> None:
    text = "User-agent: *\nDisallow: /admin\n"
    assert ask("FN-05", make_case(PAGES, robots=robots(chain, text))).state is CheckState.PASS


def test_a_robots_txt_that_hides_everything_fails(make_case: Make, chain: Chained) -> None:
    text = "User-agent: *\nDisallow: /\n"
    assert ask("FN-05", make_case(robots=robots(chain, text))).state is CheckState.FAIL


def test_a_robots_txt_that_hides_a_section_is_partial(make_case: Make, chain: Chained) -> None:
    text = "User-agent: *\nDisallow: /section/plans\n"
    skipped = (
        Skipped(what="section:plans", reason=ErrorClass.ROBOTS, detail=f"{ROOT}section/plans"),
    )
    case = make_case({"section:news": html("a")}, robots=robots(chain, text), skipped=skipped)
    assert ask("FN-05", case).level == 0.5


def test_a_missing_robots_txt_hides_nothing(make_case: Make, chain: Chained) -> None:
    case = make_case(robots=robots(chain, "", status=404))
    assert ask("FN-05", case).state is CheckState.PASS


def test_a_robots_txt_in_error_is_not_measured(make_case: Make, chain: Chained) -> None:
    for changes in ({"status": 503}, {"error": ErrorClass.CONN_RESET}):
        case = make_case(robots=robots(chain, "", **changes))
        assert ask("FN-05", case).state is CheckState.NOT_MEASURED


def test_a_page_in_place_of_robots_txt_is_partial(make_case: Make, chain: Chained) -> None:
    case = make_case(robots=chain(html("x"), f"{ROOT}robots.txt"))
    assert ask("FN-05", case).level == 0.5


def test_noindex_on_the_home_page_fails(make_case: Make, chain: Chained) -> None:
    fine = robots(chain, "")
    meta = make_case(home=html("", "<meta name='robots' content='NOINDEX'>"), robots=fine)
    assert ask("FN-05", meta).state is CheckState.FAIL
    header = make_case(headers={"X-Robots-Tag": "noindex"}, robots=fine)
    assert ask("FN-05", header).state is CheckState.FAIL
    named = make_case(headers={"X-Robots-Tag": "otherbot: noindex"}, robots=fine)
    assert ask("FN-05", named).state is CheckState.PASS


# ── FN-06: feeds ──

LIST = html(
    "<main><ul>"
    + "".join(
        f"<li><a href='/tin/{n}'>Bản tin số {n} trong tuần</a> <span>2{n}/11/2019</span></li>"
        for n in range(5)
    )
    + "</ul></main>"
)


def rss(day: str = "Fri, 22 Nov 2019 08:00:00 +0700", links: str = "tin") -> str:
    entries = "".join(
        f"<item><title>Bản tin số {n} trong tuần</title><link>{ROOT}{links}/{n}</link>"
        f"<pubDate>{day}</pubDate></item>"
        for n in range(5)
    )
    return f"<rss version='2.0'><channel><title>Tin</title>{entries}</channel></rss>"


def test_a_fresh_feed_that_matches_the_list_passes(make_case: Make) -> None:
    case = make_case({"section:news": LIST}, feeds=[rss()])
    assert ask("FN-06", case).state is CheckState.PASS


def test_an_old_feed_of_other_things_is_partial(make_case: Make) -> None:
    old = rss("Mon, 05 Jan 2015 08:00:00 +0700", "khac").replace("Bản tin", "Tin cũ")
    assert ask("FN-06", make_case({"section:news": LIST}, feeds=[old])).level == 0.5


def test_a_feed_dated_ahead_is_not_fresh(make_case: Make) -> None:
    ahead = rss("Fri, 22 Nov 2030 08:00:00 +0700")
    assert ask("FN-06", make_case({"section:news": LIST}, feeds=[ahead])).level == 0.75


def test_an_empty_feed_is_worth_little(make_case: Make) -> None:
    empty = "<rss version='2.0'><channel><title>Tin</title></channel></rss>"
    assert ask("FN-06", make_case(feeds=[empty])).level == pytest.approx(0.2)


def test_a_feed_that_is_a_page_fails(make_case: Make, chain: Chained) -> None:
    assert ask("FN-06", make_case(feeds=[chain(html("x"), f"{ROOT}rss")])).level == 0


def test_a_portal_without_a_feed_fails(make_case: Make, shown: Shown) -> None:
    assert ask("FN-06", make_case(home=html(""))).state is CheckState.FAIL
    # a home page that scripts draw says nothing until a browser has shown it
    assert ask("FN-06", make_case()).state is CheckState.NOT_MEASURED


def test_a_feed_that_was_announced_but_not_fetched_is_not_measured(make_case: Make) -> None:
    head = "<link rel='alternate' type='application/rss+xml' href='/rss.xml'>"
    assert ask("FN-06", make_case(home=html("", head))).state is CheckState.NOT_MEASURED


def test_a_feed_that_timed_out_is_not_measured(make_case: Make, chain: Chained) -> None:
    failed = chain(None, f"{ROOT}rss", error=ErrorClass.READ_TIMEOUT)
    assert ask("FN-06", make_case(home=html(""), feeds=[failed])).state is CheckState.NOT_MEASURED


# ── FN-07, FN-08: feedback, questions ──

FORM = "<form method='post'><textarea name='y'></textarea><button>Gửi</button></form>"


def test_a_form_with_a_privacy_note_and_a_time_passes(make_case: Make) -> None:
    body = (
        FORM + "<p>Thông tin cá nhân được bảo mật.</p><p>Chúng tôi trả lời trong 15 ngày làm việc."
    )
    assert ask("FN-07", make_case({"feedback": html(body)})).state is CheckState.PASS


def test_a_form_alone_and_an_address_alone_are_partial(make_case: Make) -> None:
    assert ask("FN-07", make_case({"feedback": html(FORM)})).level == 0.5
    post = html("<p>Thư: vanphong@portal.gov.vn</p>")
    assert ask("FN-07", make_case({"contact": post})).level == pytest.approx(0.4)


def test_office_hours_are_no_time_of_an_answer(make_case: Make) -> None:
    body = "<p>Thư: a@portal.gov.vn. Làm việc thứ hai đến thứ sáu, 7 giờ đến 17 giờ.</p>"
    assert ask("FN-07", make_case({"contact": html(body)})).level == pytest.approx(0.4)


def test_a_portal_without_a_channel_gets_a_zero(make_case: Make) -> None:
    assert ask("FN-07", make_case(home=html(""))).level == 0


def test_a_feedback_page_that_keeps_us_out_is_blocked(make_case: Make, page: Any) -> None:
    case = make_case([page("feedback", "x", status=403)], html(""))
    assert ask("FN-07", case).state is CheckState.BLOCKED


def test_a_feedback_page_in_error_is_for_a_person(make_case: Make, page: Any) -> None:
    case = make_case([page("feedback", "x", status=500)], html(""))
    assert ask("FN-07", case).state is CheckState.NEEDS_REVIEW


def qa(asked: str, answered: str, count: int = 4) -> str:
    one = (
        f"<div><h3>Hỏi về đất đai</h3><p>Ngày hỏi: {asked}</p>"
        + (f"<p>Ngày trả lời: {answered}</p>" if answered else "<p>Chưa trả lời</p>")
        + "</div>"
    )
    return one * count


def test_questions_answered_in_time_pass(make_case: Make) -> None:
    case = make_case({"questions": html(qa("01/11/2019", "08/11/2019"))})
    verdict = ask("FN-08", case)
    assert verdict.state is CheckState.PASS
    assert "7 ngày" in verdict.seen.vi


def test_slow_or_missing_answers_lower_the_level(make_case: Make) -> None:
    slow = ask("FN-08", make_case({"questions": html(qa("01/09/2019", "20/10/2019"))}))
    assert slow.level == pytest.approx(0.4)
    mixed = qa("01/11/2019", "08/11/2019", 2) + qa("01/11/2019", "", 2)
    assert ask("FN-08", make_case({"questions": html(mixed)})).level == pytest.approx(0.4)
    assert ask("FN-08", make_case({"questions": html(qa("01/11/2019", ""))})).level == 0


def test_questions_without_states_are_for_a_person(make_case: Make) -> None:
    assert ask("FN-08", make_case({"questions": LIST})).state is CheckState.NEEDS_REVIEW


def test_a_portal_without_questions_gets_a_zero(make_case: Make) -> None:
    assert ask("FN-08", make_case(home=html(""))).level == 0


def test_questions_are_not_asked_of_a_service_portal(make_case: Make) -> None:
    case = make_case(home=html(""), site={"role": "services"})
    assert ask("FN-08", case).state is CheckState.NOT_APPLICABLE


# ── FN-09 to FN-12 ──

AIDS = "<a href='/en' hreflang='en'>EN</a><button class='font-size'>A+</button>"
ARTICLE = html("<div class='breadcrumb'>Tin</div><a onclick='window.print()'>In</a>")


def test_a_portal_with_all_aids_passes(make_case: Make) -> None:
    case = make_case({"item:news": ARTICLE}, html(AIDS))
    assert ask("FN-09", case).state is CheckState.PASS


def test_a_missing_aid_lowers_the_level_and_is_named(make_case: Make) -> None:
    case = make_case({"item:news": html("<p class='hidden-print'>x</p>")}, html(AIDS))
    verdict = ask("FN-09", case)
    assert verdict.level == 0.5
    assert "đường dẫn trang" in verdict.seen.vi


META = (
    "<meta name='description' content='Cổng thông tin'><link rel='canonical' href='/'>"
    "<meta property='og:title' content='Cổng'><meta property='og:description' content='Tin'>"
    "<meta property='og:url' content='https://portal.gov.vn/'><meta name='DC.title' content='Cổng'>"
    "<meta name='DC.creator' content='UBND'><meta name='DC.date' content='2019-11-01'>"
    "<meta name='DC.description' content='Tin'><meta name='DC.identifier' content='id1'>"
    '<script type="application/ld+json">{"@type":"GovernmentOrganization"}</script>'
)


def test_full_metadata_passes_and_a_bare_page_is_low(make_case: Make) -> None:
    assert ask("FN-10", make_case(home=html("", META))).state is CheckState.PASS
    assert ask("FN-10", make_case(home=html(""))).level == pytest.approx(0.15)


def test_metadata_is_averaged_over_pages(make_case: Make) -> None:
    case = make_case({"item:news": html("x")}, html("", META))
    assert ask("FN-10", case).level == pytest.approx((1 + 0.15) / 2)


def test_broken_json_is_no_metadata_and_no_error(make_case: Make) -> None:
    head = "<script type='application/ld+json'>" + "[" * 5_000 + "</script>"
    assert ask("FN-10", make_case(home=html("", head))).level == pytest.approx(0.15)


def test_a_government_name_with_an_owner_in_the_footer_passes(make_case: Make) -> None:
    assert ask("FN-11", make_case(home=html(FOOT))).state is CheckState.PASS


def test_an_owner_from_the_register_is_recognised(make_case: Make) -> None:
    foot = "<div id='footer'>Sở Y tế tỉnh Bắc Sơn, số 1 Quảng Trường</div>"
    case = make_case(home=html(foot), site={"owner": "Sở Y tế tỉnh Bắc Sơn"})
    assert ask("FN-11", case).state is CheckState.PASS


def test_a_footer_without_an_owner_or_a_private_name_is_partial(
    make_case: Make, chain: Chained
) -> None:
    assert ask("FN-11", make_case(home=html("<footer>© 2019</footer>"))).level == 0.5
    private = chain(html(FOOT), "https://bacson-gov.vn/")
    assert ask("FN-11", make_case(home=private)).level == 0.5


def test_trackers_lower_the_level_and_own_hosts_do_not(make_case: Make, shown: Shown) -> None:
    own = ("https://portal.gov.vn/a.js", "https://static.portal.gov.vn/b.js")
    clean = make_case(home=html(""), rendered=shown(html(""), own))
    assert ask("FN-12", clean).state is CheckState.PASS
    tracked = (*own, "https://www.google-analytics.com/x.js", "https://fonts.gstatic.com/f")
    assert ask("FN-12", make_case(home=html(""), rendered=shown(html(""), tracked))).level == 0.75


def test_without_a_browsers_requests_trackers_are_not_measured(make_case: Make) -> None:
    assert ask("FN-12", make_case()).state is CheckState.NOT_MEASURED


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_a_page_of_hostile_bytes_never_makes_a_check_fail_with_an_error(
    check: str, make_case: Make, chain: Chained
) -> None:
    junk = "<html><form><input name='q'>" + "<a href='http://[::1'>Hỏi đáp</a>" + "\x00<table>" * 50
    roles = ("questions", "feedback", "sitemap_page", "section:news", "feed", "item:news")
    junk_text = chain(
        "\x00\xff\ufffe" * 50, f"{ROOT}robots.txt", headers={"Content-Type": "text/x"}
    )
    case = make_case(
        dict.fromkeys(roles, junk), junk, feeds=["<rss><!ENTITY"], sitemaps=["<urlset><"],
        robots=junk_text,
    )  # fmt: skip
    assert ask(check, case).state in CheckState


# ── guards against claims that rest on too little ──


def test_a_page_about_feeds_whose_feeds_were_not_opened_is_not_measured(make_case: Make) -> None:
    about = html("<main><a href='/rss/tin-moi.ashx'>Tin mới</a></main>")
    assert ask("FN-06", make_case({"feed_page": about})).state is CheckState.NOT_MEASURED
    opened = make_case({"feed_page": about, "feed": rss(), "section:news": LIST})
    assert ask("FN-06", opened).state is CheckState.PASS


def test_a_site_map_tree_inside_a_nav_element_counts(make_case: Make) -> None:
    links = "".join(f"<a href='/m/{n}'>Mục {n}</a>" for n in range(15))
    body = f"<nav>{links}</nav><nav class='tree'>{links}</nav>"
    assert ask("FN-04", make_case({"sitemap_page": html(body)})).state is CheckState.PASS
    menu_only = make_case({"sitemap_page": html(f"<nav>{links}</nav>")})
    assert ask("FN-04", menu_only).level == pytest.approx(0.2)


def test_filters_above_questions_are_no_answers(make_case: Make) -> None:
    names = ("Đã trả lời", "Chưa trả lời", "Đang xử lý", "Đã phản hồi")
    tabs = "".join(f"<p><a href='?{n}'>{name}</a></p>" for n, name in enumerate(names))
    page = LIST.replace("<main>", f"<div>{tabs}</div><main>")
    verdict = ask("FN-08", make_case({"questions": page}))
    assert verdict.state is CheckState.NEEDS_REVIEW


@pytest.mark.parametrize("check", ["FN-09", "FN-10"])
def test_blocked_inner_pages_never_leave_a_pass_to_the_home_page(
    check: str, make_case: Make, page: Any
) -> None:
    shut = [page("section:news", "x", status=403), page("item:news", "x", status=403)]
    assert ask(check, make_case(shut, html(AIDS, META))).state is CheckState.BLOCKED
    skipped = (Skipped(what="section:news", reason=ErrorClass.BUDGET, detail=f"{ROOT}tin"),)
    case = make_case(home=html(AIDS, META), skipped=skipped)
    assert ask(check, case).state is CheckState.NOT_MEASURED


def test_one_hidden_page_is_not_all_of_them(make_case: Make, chain: Chained) -> None:
    text = "User-agent: *\nDisallow: /section/\n"
    case = make_case({"section:news": html("a")}, robots=robots(chain, text))
    assert ask("FN-05", case).level == 0.5
