"""CT-01 and CT-02: sections found and filled, thin, dead, missing, and those nobody could see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from chiso.checks.artifacts import Chain, Page, Rendered, Skipped
from chiso.checks.findings import Verdict
from chiso.checks.judging.case import Case
from chiso.checks.judging.registry import declarations
from chiso.checks.judging.sections import mandatory_sections, obligatory_fields
from chiso.checks.law import load_law
from chiso.checks.states import CheckState, ErrorClass

NOON = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)
ROOT = "https://portal.gov.vn/"
MENU = (
    '<nav><ul><li><a href="/section/introduction">Giới thiệu</a></li>'
    '<li><a href="/section/leaders">Lãnh đạo UBND tỉnh</a></li>'
    '<li><a href="/section/news">Tin tức - Sự kiện</a></li>'
    '<li><a href="/section/bidding">Đấu thầu, mua sắm công</a></li></ul></nav>'
)
FOOT = (
    "<footer>Cổng thông tin điện tử tỉnh. Chịu trách nhiệm: ông Nguyễn Văn A, Chủ tịch. "
    "Điện thoại: 0209 3870 123. Email: ubnd@portal.gov.vn. Hôm nay: 25/11/2019.</footer>"
)
INTRODUCTION = (
    "<h1>Giới thiệu</h1>"
    "<p>Tỉnh nằm ở vùng đông bắc, có tám đơn vị hành chính cấp huyện với nhiều dân tộc.</p>"
    "<p>Ủy ban nhân dân tỉnh quản lý nhà nước trên địa bàn theo phân cấp của Chính phủ.</p>"
    "<p>Cơ cấu tổ chức gồm các sở, ban, ngành và Văn phòng Ủy ban nhân dân tỉnh, hoạt động theo"
    " quy chế làm việc được ban hành hằng năm và được công khai trên cổng.</p>"
)
EMPTY = "<h1>Giới thiệu</h1><p>Nội dung đang được cập nhật.</p>"


def site(body: str) -> str:
    """A page in the frame of the site."""
    return (
        '<html lang="vi"><head><title>Cổng thông tin điện tử</title></head>'
        f"<body><header>Cổng thông tin điện tử</header>{MENU}<main>{body}</main>{FOOT}"
        "</body></html>"
    )


HOME = site("<h2>Tin mới</h2><p>Chào mừng quý vị đến với cổng.</p>")
MISSING = site("<h1>404</h1><p>Không tìm thấy trang.</p>")


def news(count: int) -> str:
    return site(
        "<ul>"
        + "".join(
            f'<li><a href="/tin/{n}">Hội nghị tổng kết công tác số {n}</a> 2{n}/11/2019</li>'
            for n in range(count)
        )
        + "</ul>"
    )


@pytest.fixture
def verdict(make_case: Callable[..., Case]) -> Callable[..., Verdict]:
    """What CT-01 says of one section of a site."""

    def run(part: str, pages: Any = (), **changes: Any) -> Verdict:
        case = make_case(pages, **{"home": HOME, "missing": [MISSING]} | changes)
        found = {v.part: v for v in mandatory_sections(case, declarations()["CT-01"].figures)}
        assert found.keys() == case.law.sections.keys()
        return found[part]

    return run


@pytest.fixture
def fields(make_case: Callable[..., Case]) -> Callable[..., Verdict]:
    """What CT-02 says of the leaders."""

    def run(pages: Any = (), **changes: Any) -> Verdict:
        case = make_case(pages, **{"home": HOME, "missing": [MISSING]} | changes)
        (found,) = obligatory_fields(case, declarations()["CT-02"].figures)
        return found

    return run


def test_a_section_with_text_of_its_own_is_filled(verdict: Callable[..., Verdict]) -> None:
    found = verdict("introduction", {"section:introduction": site(INTRODUCTION)})
    assert (found.state, found.level) == (CheckState.PASS, 1)
    assert found.url == f"{ROOT}section/introduction"
    assert any("đông bắc" in e.value for e in found.evidence)


def test_a_section_with_a_list_is_filled(verdict: Callable[..., Verdict]) -> None:
    assert verdict("news", {"section:news": news(6)}).state is CheckState.PASS


def test_a_list_that_is_too_short_is_thin(verdict: Callable[..., Verdict]) -> None:
    found = verdict("news", {"section:news": news(2)})
    assert (found.state, found.level) == (CheckState.PARTIAL, 0.5)


def test_a_menu_entry_whose_page_holds_only_the_frame_is_thin(
    verdict: Callable[..., Verdict],
) -> None:
    for body in (EMPTY, ""):
        found = verdict("introduction", {"section:introduction": site(body)})
        assert (found.state, found.level) == (CheckState.PARTIAL, 0.5)


def test_a_list_that_stands_on_every_page_fills_no_section(
    verdict: Callable[..., Verdict],
) -> None:
    widget = news(8)
    found = verdict("news", {"section:news": widget}, missing=[widget.replace("Tin", "404 Tin")])
    assert found.level == 0.5


@pytest.mark.parametrize("status", [404, 410])
def test_a_link_to_a_missing_page_is_dead(
    verdict: Callable[..., Verdict], page: Callable[..., Page], status: int
) -> None:
    found = verdict("news", [page("section:news", MISSING, status=status)])
    assert (found.state, found.level) == (CheckState.PARTIAL, 0.2)


def test_a_not_found_that_says_success_is_dead(verdict: Callable[..., Verdict]) -> None:
    assert verdict("news", {"section:news": MISSING}).level == 0.2


def test_a_server_error_seen_once_is_for_a_person(
    verdict: Callable[..., Verdict], page: Callable[..., Page]
) -> None:
    found = verdict("news", [page("section:news", "Lỗi", status=500)])
    assert (found.state, found.level) == (CheckState.NEEDS_REVIEW, 0.2)


def test_a_section_without_a_link_is_a_zero_for_a_person_to_confirm(
    verdict: Callable[..., Verdict],
) -> None:
    found = verdict("statistics")
    assert (found.state, found.level) == (CheckState.FAIL, 0)
    assert declarations()["CT-01"].tier == "P"
    assert "Thông tin thống kê" in found.seen.vi
    assert "Statistics" in found.seen.en


@pytest.mark.parametrize(
    "error", [ErrorClass.CONN_TIMEOUT, ErrorClass.READ_TIMEOUT, ErrorClass.ENGINE]
)
def test_an_error_that_may_be_ours_measures_nothing(
    verdict: Callable[..., Verdict], page: Callable[..., Page], error: ErrorClass
) -> None:
    found = verdict("news", [page("section:news", error=error)])
    assert (found.state, found.level) == (CheckState.NOT_MEASURED, None)


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_section_that_keeps_us_out_is_blocked(
    verdict: Callable[..., Verdict], page: Callable[..., Page], status: int
) -> None:
    found = verdict("news", [page("section:news", "Forbidden", status=status)])
    assert found.state is CheckState.BLOCKED


def test_a_section_under_maintenance_is_under_maintenance(
    verdict: Callable[..., Verdict],
) -> None:
    found = verdict("news", {"section:news": "<html><body>Hệ thống đang bảo trì</body></html>"})
    assert found.state is CheckState.MAINTENANCE


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (ErrorClass.BUDGET, CheckState.NOT_MEASURED),
        (ErrorClass.STOPPED, CheckState.NOT_MEASURED),
        (ErrorClass.ROBOTS, CheckState.BLOCKED),
    ],
)
def test_a_section_that_was_not_fetched_says_why(
    verdict: Callable[..., Verdict], reason: ErrorClass, state: CheckState
) -> None:
    skipped = (Skipped(what="section:news", reason=reason, detail=f"{ROOT}section/news"),)
    assert verdict("news", skipped=skipped).state is state


def test_a_walk_that_was_cut_short_leaves_linked_sections_unmeasured(
    verdict: Callable[..., Verdict],
) -> None:
    skipped = (Skipped(what="pages", reason=ErrorClass.BUDGET, detail="time"),)
    assert verdict("news", skipped=skipped).state is CheckState.NOT_MEASURED
    assert verdict("statistics", skipped=skipped).state is CheckState.FAIL


def test_a_link_to_another_site_is_for_a_person(verdict: Callable[..., Verdict]) -> None:
    home = HOME.replace(
        "</ul></nav>", '<li><a href="https://x.gov.vn/">Công báo</a></li></ul></nav>'
    )
    found = verdict("gazette", home=home)
    assert (found.state, found.level) == (CheckState.NEEDS_REVIEW, None)
    assert "https://x.gov.vn/" in found.seen.en


def test_a_page_named_by_the_body_needs_no_link(
    verdict: Callable[..., Verdict], page: Callable[..., Page]
) -> None:
    hinted = page("section:statistics", news(6), f"{ROOT}so-lieu", source="hint")
    found = verdict("statistics", [hinted])
    assert found.state is CheckState.PASS
    assert "hint" in found.evidence[0].value


def test_a_page_fetched_in_another_role_counts_for_the_section_that_links_to_it(
    verdict: Callable[..., Verdict], page: Callable[..., Page]
) -> None:
    other = page("sample", news(6), f"{ROOT}section/news")
    assert verdict("news", [other]).state is CheckState.PASS


def test_a_link_back_to_the_home_page_is_for_a_person(
    verdict: Callable[..., Verdict], chain: Callable[..., Chain]
) -> None:
    back = Page(
        role="section:introduction", chain=chain(HOME, ROOT, via=[f"{ROOT}section/introduction"])
    )
    assert verdict("introduction", [back]).state is CheckState.NEEDS_REVIEW


def test_a_page_built_by_scripts_is_for_a_person(verdict: Callable[..., Verdict]) -> None:
    body = '<html><body><div id="app"></div><script src="a.js"></script></body></html>'
    found = verdict("news", {"section:news": body})
    assert (found.state, found.level) == (CheckState.NEEDS_REVIEW, 0.5)
    assert "JavaScript" in found.seen.vi


def test_a_home_page_without_menus_until_scripts_run_measures_nothing(
    verdict: Callable[..., Verdict],
) -> None:
    shell = '<html><body><div id="app"></div><p>Cổng thông tin</p><script src="a.js"></script>'
    assert verdict("news", home=shell).state is CheckState.NOT_MEASURED
    assert verdict("news", home=shell.replace("<script", "<i")).state is CheckState.FAIL


def test_menus_that_a_browser_saw_count(
    verdict: Callable[..., Verdict], keep: Callable[..., str]
) -> None:
    shell = '<html><body><div id="app"></div><p>Cổng thông tin</p><script src="a.js"></script>'
    seen = Rendered(role="home", url=ROOT, at=NOON, body=keep(HOME))
    found = verdict("news", home=shell, rendered=(seen,))
    assert (found.state, found.url) == (CheckState.NEEDS_REVIEW, f"{ROOT}section/news")
    assert verdict("statistics", home=shell, rendered=(seen,)).state is CheckState.FAIL


def test_the_best_page_of_a_section_counts(verdict: Callable[..., Verdict]) -> None:
    found = verdict("news", {"section:news": [site("<p>Chuyên mục</p>"), news(6)]})
    assert (found.state, found.url) == (CheckState.PASS, f"{ROOT}section/news/1")


def test_the_newer_law_asks_under_its_own_article(verdict: Callable[..., Verdict]) -> None:
    found = verdict("statistics", law=load_law("vn-2026-224"))
    assert "224/2026" in found.seen.vi


LEADERS = (
    "<h1>Lãnh đạo</h1><table><tr><td>Họ và tên: Nguyễn Văn B</td><td>Chủ tịch UBND tỉnh</td>"
    '<td>Điện thoại: (0209) 3870 456</td><td><a href="mailto:b@portal.gov.vn">thư</a></td></tr>'
    "</table>"
)


def test_leaders_with_all_four_fields_pass(fields: Callable[..., Verdict]) -> None:
    found = fields({"section:leaders": site(LEADERS)})
    assert (found.state, found.part) == (CheckState.PASS, "leaders")


def test_fields_that_stand_only_in_the_footer_do_not_count(
    fields: Callable[..., Verdict],
) -> None:
    found = fields({"section:leaders": site("<p>Ông Nguyễn Văn B, Chủ tịch UBND tỉnh</p>")})
    assert (found.state, found.level) == (CheckState.PARTIAL, 0.5)
    assert "điện thoại" in found.seen.vi
    assert "e-mail" in found.seen.en


def test_fields_of_an_unmarked_footer_do_not_count(fields: Callable[..., Verdict]) -> None:
    foot = "<div>Điện thoại: 0209 3870 123, thư: a@portal.gov.vn</div>"
    page = "<html><body><p>Ông Nguyễn Văn B, Chủ tịch UBND tỉnh</p>{}</body></html>"
    missing = "<html><body><p>Không tìm thấy trang.</p>{}</body></html>"
    found = fields({"section:leaders": page.format(foot)}, missing=[missing.format(foot)])
    assert "điện thoại" in found.seen.vi


def test_fields_on_the_page_of_one_leader_count(fields: Callable[..., Verdict]) -> None:
    listed = site('<p><a href="/item/leaders">Ông Nguyễn Văn B, Chủ tịch</a></p>')
    found = fields({"section:leaders": listed, "item:leaders": site(LEADERS)})
    assert found.state is CheckState.PASS


def test_a_page_of_leaders_without_any_field_is_a_zero(fields: Callable[..., Verdict]) -> None:
    found = fields({"section:leaders": site("<p>Đang cập nhật</p>")})
    assert (found.state, found.level) == (CheckState.FAIL, 0)


def test_no_page_of_leaders_is_a_zero_and_a_blocked_one_is_not(
    fields: Callable[..., Verdict], page: Callable[..., Page]
) -> None:
    assert fields(home="<html><body><p>Trang chủ</p></body></html>").state is CheckState.FAIL
    blocked = page("section:leaders", "Forbidden", status=403)
    assert fields([blocked]).state is CheckState.BLOCKED


def test_hostile_pages_end_in_a_verdict(verdict: Callable[..., Verdict]) -> None:
    bodies = [b"<html>" + b"<div>" * 3_000, b"<html>\xff\xfe\x00" * 50, b"<html><a href='//['>Tin"]
    for body in bodies:
        assert verdict("news", {"section:news": body}).state in CheckState
