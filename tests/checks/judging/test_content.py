"""CT-05 to CT-10: pass, partial, fail, what could not be measured, and the traps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chiso.checks.artifacts import Chain, Link, Page
from chiso.checks.findings import Verdict
from chiso.checks.judging import content
from chiso.checks.judging.case import Case
from chiso.checks.judging.registry import declarations
from chiso.checks.states import CheckState, ErrorClass

ROOT = "https://portal.gov.vn/"
Check = Callable[[Case, Mapping[str, Any]], Verdict]
MENU = (
    '<nav><a href="/section/legal_documents">Văn bản pháp luật</a>'
    '<a href="/section/consultation">Lấy ý kiến dự thảo</a>'
    '<a href="/section/english">English</a><a href="/section/contacts">Liên hệ</a></nav>'
)


def site(body: str, foot: str = "Cổng thông tin điện tử", lang: str = "vi") -> str:
    return (
        f'<html lang="{lang}"><head><title>Cổng</title></head><body>{MENU}<main>{body}</main>'
        f"<footer>{foot}</footer></body></html>"
    )


HOME = site("<p>Chào mừng quý vị.</p>")
MISSING = site("<p>Không tìm thấy trang.</p>")


@pytest.fixture
def ask(make_case: Callable[..., Case]) -> Callable[..., Verdict]:
    """What one check says of a site."""

    def run(function: Check, pages: Any = (), **changes: Any) -> Verdict:
        key = next(key for key, one in CHECKS.items() if one is function)
        case = make_case(pages, **{"home": HOME, "missing": [MISSING]} | changes)
        return function(case, declarations()[key].figures)

    return run


CHECKS: dict[str, Check] = {
    "CT-05": content.broken_links,
    "CT-06": content.legal_documents,
    "CT-07": content.consultation,
    "CT-08": content.foreign_language,
    "CT-09": content.contact,
    "CT-10": content.placeholders,
}

# ── CT-05 ──


@pytest.fixture
def links(chain: Callable[..., Chain]) -> Callable[..., tuple[Link, ...]]:
    """Links that work, and others with a status or an error."""

    def run(good: int, *others: Any, method: str = "GET") -> tuple[Link, ...]:
        found = []
        for number, other in enumerate([200] * good + list(others)):
            url = f"{ROOT}link/{number}"
            how = {"error": other} if isinstance(other, ErrorClass) else {"status": other}
            text = f"<html><body><p>Trang {number}: nội dung riêng của trang.</p></body></html>"
            answer = chain(text, url, method=method, **how)
            found.append(Link(url=url, text=f"Liên kết {number}", source=ROOT, chain=answer))
        return tuple(found)

    return run


def test_a_sample_without_a_broken_link_passes(
    ask: Callable[..., Verdict], links: Callable[..., tuple[Link, ...]]
) -> None:
    assert ask(content.broken_links, links=links(25)).state is CheckState.PASS


def test_each_percent_of_broken_links_costs_ten(
    ask: Callable[..., Verdict], links: Callable[..., tuple[Link, ...]]
) -> None:
    found = ask(content.broken_links, links=links(38, 404, ErrorClass.DNS_NXDOMAIN))
    assert found.level == pytest.approx(0.5)
    assert [e.url for e in found.evidence] == [f"{ROOT}link/38", f"{ROOT}link/39"]
    assert ask(content.broken_links, links=links(20, *[410] * 5)).state is CheckState.FAIL


def test_links_that_keep_us_out_or_fail_on_our_side_are_not_broken(
    ask: Callable[..., Verdict], links: Callable[..., tuple[Link, ...]]
) -> None:
    others = (403, 429, 401, 500, 503, ErrorClass.CONN_TIMEOUT, ErrorClass.ROBOTS)
    found = ask(content.broken_links, links=links(25, *others))
    assert found.state is CheckState.PASS
    assert "4 blocked, 3 unclear" in found.seen.en


def test_a_refused_head_request_does_not_break_a_link(
    ask: Callable[..., Verdict], links: Callable[..., tuple[Link, ...]]
) -> None:
    given = (*links(25), *links(0, 404, method="HEAD"))
    assert ask(content.broken_links, links=given).state is CheckState.PASS


def test_too_few_links_measure_nothing(
    ask: Callable[..., Verdict], links: Callable[..., tuple[Link, ...]]
) -> None:
    assert ask(content.broken_links, links=links(5, 404)).state is CheckState.NOT_MEASURED
    assert ask(content.broken_links).state is CheckState.NOT_MEASURED


# ── CT-06 ──

LIST = "<ul>" + "".join(
    f'<li><a href="/vb/{n}">Quyết định số {n}/QĐ-UBND về việc phê duyệt</a> 12/08/2019</li>'
    for n in range(5)
)
SEARCH = (
    '<form action="/tim"><input type="text" name="trichyeu"><select name="loai"></select></form>'
)
FULL = "<h1>Quyết định</h1>" + "".join(
    f"<p>Điều {n}. Cơ quan chuyên môn chịu trách nhiệm thi hành quyết định này từ ngày ký.</p>"
    for n in range(40)
)


def test_documents_with_list_search_and_full_text_pass(ask: Callable[..., Verdict]) -> None:
    pages = {
        "section:legal_documents": site(SEARCH + LIST),
        "item:legal_documents": site(FULL),
    }
    assert ask(content.legal_documents, pages).state is CheckState.PASS


def test_editable_files_count_more_than_pdf(ask: Callable[..., Verdict]) -> None:
    def level(name: str) -> float | None:
        item = site(f'<h1>Quyết định</h1><a href="/f/1.{name}">Tải về</a>')
        pages = {"section:legal_documents": site(LIST), "item:legal_documents": item}
        return ask(content.legal_documents, pages).level

    assert (level("docx"), level("pdf"), level("jpg")) == (0.7, 0.5, 0.3)


def test_a_document_that_is_a_file_itself_is_judged_by_its_kind(
    ask: Callable[..., Verdict], page: Callable[..., Page]
) -> None:
    file = page(
        "item:legal_documents", b"%PDF", f"{ROOT}f?id=1",
        headers={"Content-Type": "application/pdf"},
    )  # fmt: skip
    pages = [page("section:legal_documents", site(SEARCH + LIST)), file]
    assert ask(content.legal_documents, pages).level == 0.8


def test_the_search_box_of_the_site_is_no_search_of_documents(
    ask: Callable[..., Verdict],
) -> None:
    box = '<form action="/search"><input type="search" name="q"><button>Tìm</button></form>'
    assert ask(content.legal_documents, {"section:legal_documents": site(box + LIST)}).level == 0.3


def test_no_section_of_documents_is_a_zero_and_a_blocked_one_is_not(
    ask: Callable[..., Verdict], page: Callable[..., Page]
) -> None:
    bare = "<html><body><p>Trang chủ</p></body></html>"
    assert ask(content.legal_documents, home=bare).state is CheckState.FAIL
    blocked = page("section:legal_documents", "x", status=403)
    assert ask(content.legal_documents, [blocked]).state is CheckState.BLOCKED


# ── CT-07 ──

DRAFTS = "<ul>" + "".join(
    f'<li><a href="/dt/{n}">Dự thảo Nghị quyết về mức thu phí số {n}</a></li>' for n in range(3)
)


def test_drafts_with_a_deadline_and_a_way_to_comment_pass(ask: Callable[..., Verdict]) -> None:
    item = "<h1>Dự thảo</h1><p>Thời hạn góp ý: đến hết ngày 20/12/2019</p><p>gopy@portal.gov.vn</p>"
    pages = {"section:consultation": site(DRAFTS), "item:consultation": site(item)}
    found = ask(content.consultation, pages)
    assert found.state is CheckState.PASS
    assert any("20/12/2019" in e.value for e in found.evidence)


def test_drafts_without_a_deadline_are_half(ask: Callable[..., Verdict]) -> None:
    found = ask(content.consultation, {"section:consultation": site(DRAFTS)})
    assert (found.state, found.level) == (CheckState.PARTIAL, 0.5)


def test_a_section_without_open_drafts_is_for_a_person(ask: Callable[..., Verdict]) -> None:
    found = ask(content.consultation, {"section:consultation": site("<p>Chưa có dự thảo.</p>")})
    assert (found.state, found.level) == (CheckState.NEEDS_REVIEW, 0.5)


def test_no_section_for_drafts_is_a_zero(ask: Callable[..., Verdict]) -> None:
    found = ask(content.consultation, home="<html><body><p>Trang chủ</p></body></html>")
    assert found.state is CheckState.FAIL


# ── CT-08 ──

ENGLISH = "<h1>Welcome to the province</h1>" + "".join(
    f"<p>The province has eight districts, and the people of district {n} live from forestry, "
    "tourism around the lake and small industry along the national road to the capital.</p>"
    for n in ("Ba Bể", "Chợ Đồn", "Na Rì", "Pác Nặm")
)


def test_a_version_with_english_content_of_its_own_passes(ask: Callable[..., Verdict]) -> None:
    found = ask(content.foreign_language, {"section:english": site(ENGLISH, lang="en")})
    assert found.state is CheckState.PASS


def test_a_version_whose_newest_item_is_years_old_is_half(ask: Callable[..., Verdict]) -> None:
    old = "<ul>" + "".join(
        f'<li><a href="/en/{n}">Province opens the spring festival {n}</a> 12/08/2016</li>'
        for n in range(3)
    )
    found = ask(content.foreign_language, {"section:english": site(ENGLISH + old, lang="en")})
    assert (found.state, found.level) == (CheckState.PARTIAL, 0.5)


def test_a_page_called_english_in_vietnamese_is_a_zero(ask: Callable[..., Verdict]) -> None:
    body = "<p>Tỉnh có tám huyện và một thành phố, phía bắc giáp tỉnh Cao Bằng.</p>" * 2
    text = (
        body + "<p>Người dân sống bằng nghề rừng, du lịch và công nghiệp nhỏ ven quốc lộ.</p>" * 8
    )
    text += "<p>Kinh tế của tỉnh tăng trưởng khá, hạ tầng giao thông được đầu tư đồng bộ.</p>"
    text += "<p>Ủy ban nhân dân tỉnh chỉ đạo các sở, ngành tập trung giải ngân vốn đầu tư.</p>"
    text += "<p>Hồ Ba Bể là điểm đến của nhiều du khách trong nước và quốc tế mỗi năm.</p>"
    found = ask(content.foreign_language, {"section:english": site(text)})
    assert (found.state, found.level) == (CheckState.FAIL, 0)


def test_a_page_that_says_it_is_machine_translated_is_for_a_person(
    ask: Callable[..., Verdict],
) -> None:
    text = ENGLISH + "<p>This page was translated automatically by machine.</p>"
    found = ask(content.foreign_language, {"section:english": site(text, lang="en")})
    assert (found.state, found.level) == (CheckState.NEEDS_REVIEW, 0)


def test_a_translated_mirror_is_no_version(
    ask: Callable[..., Verdict], page: Callable[..., Page]
) -> None:
    mirror = page(
        "section:english", site(ENGLISH), "https://portal-gov-vn.translate.goog/?_x_tr_tl=en"
    )
    assert ask(content.foreign_language, [mirror]).state is CheckState.FAIL


def test_a_translating_widget_is_no_version(ask: Callable[..., Verdict]) -> None:
    home = '<html><body><div id="google_translate_element"></div><p>Trang chủ</p></body></html>'
    found = ask(content.foreign_language, home=home)
    assert found.state is CheckState.FAIL
    assert "công cụ dịch" in found.seen.vi


def test_an_english_page_with_a_line_or_two_is_half(ask: Callable[..., Verdict]) -> None:
    found = ask(content.foreign_language, {"section:english": site("<p>Welcome to our portal</p>")})
    assert (found.state, found.level) == (CheckState.PARTIAL, 0.5)


def test_an_english_page_that_timed_out_measures_nothing(
    ask: Callable[..., Verdict], page: Callable[..., Page]
) -> None:
    slow = page("section:english", error=ErrorClass.READ_TIMEOUT)
    assert ask(content.foreign_language, [slow]).state is CheckState.NOT_MEASURED


# ── CT-09 ──

FOOT = (
    "Cổng thông tin điện tử tỉnh. Giấy phép số 12/GP-TTĐT. Địa chỉ: số 33, đường Trường Chinh. "
    "Điện thoại: 0209.3870.123. Email: ubnd@portal.gov.vn. "
    "Chịu trách nhiệm chính: Chánh Văn phòng UBND tỉnh."
)


def test_a_footer_with_all_facts_passes(ask: Callable[..., Verdict]) -> None:
    found = ask(content.contact, home=site("<p>Tin</p>", FOOT))
    assert found.state is CheckState.PASS
    assert len(found.evidence) == 5


def test_facts_of_the_contact_page_count_too(ask: Callable[..., Verdict]) -> None:
    found = ask(content.contact, {"contact": site(f"<p>{FOOT}</p>")})
    assert found.state is CheckState.PASS


def test_missing_facts_are_named_in_both_languages(ask: Callable[..., Verdict]) -> None:
    foot = "Địa chỉ: số 33, đường Trường Chinh. Điện thoại: 0209 3870 123."
    found = ask(content.contact, home=site("<p>Tin</p>", foot))
    assert found.level == pytest.approx(0.4)
    assert "thư điện tử" in found.seen.vi
    assert "licence" in found.seen.en


def test_a_footer_without_a_fact_is_a_zero(ask: Callable[..., Verdict]) -> None:
    assert ask(content.contact).state is CheckState.FAIL


def test_an_article_about_an_address_is_no_contact(ask: Callable[..., Verdict]) -> None:
    text = "<p>Địa chỉ của hội chợ: quảng trường; điện thoại 0209 3870 123.</p>"
    assert ask(content.contact, home=site(text)).state is CheckState.FAIL


# ── CT-10 ──


def test_pages_that_only_promise_content_are_counted(ask: Callable[..., Verdict]) -> None:
    pages = {
        "section:plans": site("<h1>Quy hoạch</h1><p>Nội dung đang được cập nhật.</p>"),
        "section:science": site("<h1>Khoa học</h1><p>Under construction</p>"),
        "section:english": site(ENGLISH),
        "section:legal_documents": site(LIST),
    }
    found = ask(content.placeholders, pages)
    assert found.level == 0.5
    assert len(found.evidence) == 2


def test_a_long_page_that_mentions_an_update_is_no_placeholder(
    ask: Callable[..., Verdict],
) -> None:
    text = FULL + "<p>Cơ sở dữ liệu đang được cập nhật theo kế hoạch.</p>"
    pages = {f"section:{key}": site(text) for key in ("plans", "science", "bidding")}
    assert ask(content.placeholders, pages).state is CheckState.PASS


def test_too_few_pages_tell_nothing_of_placeholders(ask: Callable[..., Verdict]) -> None:
    assert ask(content.placeholders).state is CheckState.NOT_MEASURED


# ── the catalogue ──


def test_every_content_check_tells_officials_all_there_is_to_know_in_both_languages() -> None:
    for key, entry in declarations().items():
        if not key.startswith("CT-"):
            continue
        for text in (
            entry.title, entry.passed, entry.failed, entry.explanation, entry.fix,
            entry.not_tested, *entry.basis,
        ):  # fmt: skip
            assert not text.missing(), key
        assert entry.basis, key
        assert entry.reproduce.startswith("curl "), key
        assert "{url}" in entry.reproduce, key
