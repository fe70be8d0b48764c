"""Finding sections: by every manner of label, and never by a headline."""

from __future__ import annotations

import time

import pytest

from chiso.checks.law import laws, load_law
from chiso.checks.reading.document import Document, parse_document
from chiso.checks.reading.sections import find_section

LAW = load_law()


def page(links: str) -> Document:
    text = f"<html><body>{links}</body></html>"
    document = parse_document(text.encode(), "https://portal.gov.vn/", "text/html; charset=utf-8")
    assert document is not None
    return document


def best(key: str, links: str) -> str:
    found = find_section(page(links), LAW.sections[key])
    return found[0].anchor.url.removeprefix("https://portal.gov.vn") if found else ""


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("introduction", "GIỚI THIỆU"),
        ("introduction", "Giới thiệu tỉnh Bắc Kạn"),
        ("introduction", "1. Giới thiệu chung"),
        ("leaders", "Lãnh đạo UBND tỉnh Bắc Kạn"),
        ("leaders", "Danh sách lãnh đạo"),
        ("news", "Tin tức – Sự kiện"),
        ("news", "Tin tuc va su kien"),
        ("news", "TIN TỨC & SỰ KIỆN"),
        ("news", "Tin tức (12)"),
        ("plans", "Quy hoạch, kế hoạch"),
        ("plans", "Chiến lược, định hướng, quy hoạch, kế hoạch phát triển"),
        ("bidding", "Đấu thầu - Mua sắm công"),
        ("bidding", "Thông tin đấu thầu"),
        ("bidding", "Thông tin dự án, hạng mục đầu tư, đấu thầu, mua sắm công"),
        ("legal_documents", "Văn bản QPPL"),
        ("legal_documents", "Hệ thống văn bản quy phạm pháp luật"),
        ("consultation", "Góp ý dự thảo văn bản QPPL"),
        ("direction", "Lịch làm việc của lãnh đạo"),
        ("statistics", "Báo cáo thống kê"),
        ("transaction_information", "Thông tin giao dịch"),
        ("contacts", "Liên hệ"),
        ("english", "English"),
        ("legal_documents", "Văn bãn pháp luật"),  # misspelt
        ("gazette", "Công báo Portal"),  # the name in the host
        ("news", "Tin hoạt động trong tỉnh"),
        ("plans", "Kế hoạch - Quy hoạch"),
        ("legal_education", "Tuyên truyền, phổ biến GDPL"),
        ("statistics", "Số liệu KT-XH"),
    ],
)
def test_a_section_is_found_by_the_way_officials_label_it(key: str, label: str) -> None:
    assert best(key, f'<a href="/x">{label}</a>') == "/x"


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("bidding", "Chủ tịch tỉnh chỉ đạo chấn chỉnh công tác đấu thầu trên địa bàn"),
        ("bidding", "Tập huấn đấu thầu qua mạng"),
        ("leaders", "Lịch làm việc của lãnh đạo"),
        ("leaders", "Lãnh đạo dự hội nghị"),
        ("consultation", "Sở Tư pháp lấy ý kiến dự thảo Nghị quyết về phí tham quan"),
        ("english", "Enquiries"),
        ("news", "Xem tất cả"),
        ("statistics", "Tổng cục Thống kê công bố số liệu tháng mười năm nay tại Hà Nội"),
    ],
)
def test_a_headline_that_mentions_a_section_is_not_the_section(key: str, label: str) -> None:
    assert best(key, f'<main><a href="/x">{label}</a></main>') == ""


def test_a_picture_is_known_by_its_title_or_its_text() -> None:
    assert best("news", '<a href="/x"><img src="a.png" alt="Tin tức"></a>') == "/x"
    assert best("news", '<a href="/x" title="Tin tức sự kiện"><img src="a.png"></a>') == "/x"
    assert best("news", '<a href="/x" aria-label="Tin tức"><i></i></a>') == "/x"


def test_an_address_is_the_last_resort() -> None:
    assert best("bidding", '<a href="/dau-thau.html"><img src="a.png"></a>') == "/dau-thau.html"
    assert best("news", '<a href="/vi/tin-tuc/">Xem thêm</a>') == "/vi/tin-tuc/"
    assert best("news", '<a href="/tin-tuc/khai-mac-le-hoi-123.html">Khai mạc lễ hội</a>') == ""


def test_the_exact_label_comes_before_a_likely_one() -> None:
    links = '<a href="/old">Lãnh đạo qua các thời kỳ</a><nav><a href="/now">Lãnh đạo</a></nav>'
    assert best("leaders", links) == "/now"


def test_the_menu_above_decides_between_equals() -> None:
    links = (
        '<a href="/a">Lãnh đạo</a>'
        '<ul><li><a href="/g">Giới thiệu</a><ul><li><a href="/b">Lãnh đạo</a></li></ul></li></ul>'
    )
    assert best("leaders", links) == "/b"


def test_a_link_to_the_page_itself_is_no_section() -> None:
    assert best("introduction", '<a href="/">Giới thiệu</a>') == ""
    assert best("introduction", '<a href="#">Giới thiệu</a>') == ""


def test_each_address_is_named_once_best_first() -> None:
    found = find_section(
        page('<a href="/x">Tin tức</a><a href="/x">Tin mới</a><a href="/y">Sự kiện</a>'),
        LAW.sections["news"],
    )
    assert [c.anchor.url[-2:] for c in found] == ["/x", "/y"]
    assert found[0].score > found[1].score


def test_every_law_can_be_read_and_has_the_sections_of_the_shipped_index() -> None:
    needed = {
        "introduction", "leaders", "contacts", "news", "direction", "legal_education", "plans",
        "legal_documents", "gazette", "bidding", "consultation", "transaction_information",
        "science", "statistics", "english",
    }  # fmt: skip
    for name in laws():
        law = load_law(name)
        assert needed <= law.sections.keys(), name
        for key, section in law.sections.items():
            assert section.article, key
            assert not section.title.missing(), key
            assert section.synonyms["vi"], key
            assert section.synonyms["en"], key


def test_steps_of_age_rise_while_levels_fall() -> None:
    for section in LAW.sections.values():
        if section.deadline:
            ages = [age for age, _ in section.deadline.steps]
            levels = [level for _, level in section.deadline.steps]
            assert ages == sorted(set(ages))
            assert levels == sorted(set(levels), reverse=True)
            assert all(0 < level <= 1 for level in levels)


def test_what_the_newer_law_takes_over_says_so() -> None:
    law = load_law("vn-2026-224")
    assert law.sections["news"].carried
    assert "224/2026" in law.sections["news"].article
    assert "43/2011" in law.sections["news"].article
    assert not LAW.sections["news"].carried


def test_a_page_of_three_thousand_links_is_searched_quickly() -> None:
    links = "".join(f'<a href="/{n}">Liên kết số {n} của cổng thông tin</a>' for n in range(3_000))
    document = page(links)
    begun = time.perf_counter()
    for section in LAW.sections.values():
        find_section(document, section)
    assert time.perf_counter() - begun < 5
