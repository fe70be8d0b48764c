"""Dates: Vietnamese manners, nothing guessed, nothing from the future."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.checks.reading.dates import article_date, find_date
from chiso.checks.reading.document import Document, parse_document

TODAY = dt.date(2019, 11, 25)
AUGUST = dt.date(2019, 8, 12)


def page(text: str, url: str = "https://portal.gov.vn/tin/1") -> Document:
    document = parse_document(text.encode(), url, "text/html; charset=utf-8")
    assert document is not None
    return document


@pytest.mark.parametrize(
    "text",
    [
        "Thứ Hai, 12/8/2019 10:30",
        "12-08-2019",
        "12.8.2019",
        "(12/08/2019)",
        "Cập nhật lúc: 12/08/2019 07:05",
        "Bắc Kạn, ngày 12 tháng 8 năm 2019",
        "ngày 12 tháng 08 năm 2019",
        "12 Tháng Tám, 2019",
        "2019-08-12T10:00:00+07:00",
        "2019-8-12",
        "12 August 2019",
        "August 12th, 2019",
    ],
)
def test_dates_are_read_as_vietnamese_portals_write_them(text: str) -> None:
    assert find_date(text, TODAY) == AUGUST


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2 ngày trước", 2),
        ("5 phút trước", 0),
        ("1 tuần trước", 7),
        ("3 tháng trước", 90),
        ("Hôm qua, 10:30", 1),
        ("2 days ago", 2),
        ("3 giờ trước", 0),
        ("1 năm trước", 365),
    ],
)
def test_relative_words_are_counted_from_the_day_of_the_visit(text: str, days: int) -> None:
    assert find_date(text, TODAY) == TODAY - dt.timedelta(days=days)


@pytest.mark.parametrize(
    "text",
    [
        "08/13/2019",  # only right with month before day
        "31/02/2019",
        "12/2019/QĐ-UBND",
        "Số 12/08/2019/QĐ-UBND",
        "25/12/2019",  # a month ahead
        "27/11/2019",  # two days ahead
        "0209.3.871.2019",
        "© 2019 Cổng thông tin",
        "1/1/1900",
        "trước ngày lễ",
        "",
    ],
)
def test_what_is_no_date_or_no_past_one_is_refused(text: str) -> None:
    assert find_date(text, TODAY) is None


def test_a_date_one_day_ahead_is_accepted_because_clocks_differ() -> None:
    assert find_date("26/11/2019", TODAY) == dt.date(2019, 11, 26)


def test_relative_words_say_nothing_without_a_day() -> None:
    assert find_date("2 ngày trước") is None


def test_the_first_of_several_dates_is_taken() -> None:
    assert find_date("Ngày ban hành 12/08/2019, hiệu lực 01/10/2019", TODAY) == AUGUST


def test_decomposed_letters_are_read_like_composed_ones() -> None:
    assert find_date("ngày 12 tha\u0301ng 8 năm 2019", TODAY) == AUGUST


def test_an_article_is_dated_by_two_sources_that_agree() -> None:
    found = article_date(
        page(
            '<html><head><meta property="article:published_time" content="2019-08-12T08:00+07:00">'
            "</head><body><h1>Hội nghị tổng kết</h1><p>Ngày đăng: 12/08/2019</p></body></html>"
        ),
        TODAY,
    )
    assert (found.date, found.agree) == (AUGUST, True)
    assert set(found.sources) == {"meta", "visible"}


def test_sources_that_differ_do_not_agree() -> None:
    found = article_date(
        page(
            '<html><head><meta name="date" content="2019-11-24"></head>'
            "<body><h1>Hội nghị tổng kết</h1><p>Ngày đăng: 12/08/2019</p></body></html>"
        ),
        TODAY,
    )
    assert not found.agree
    assert found.sources["visible"] == AUGUST


def test_structured_data_dates_an_article() -> None:
    found = article_date(
        page(
            '<html><head><script type="application/ld+json">{"@graph": [{"@type": "NewsArticle",'
            '"datePublished": "2019-08-12"}]}</script></head><body><h1>Tin</h1></body></html>'
        ),
        TODAY,
    )
    assert found.sources["json-ld"] == AUGUST


def test_a_clock_before_the_heading_dates_nothing() -> None:
    found = article_date(
        page(
            "<html><body><div>Thứ Hai, 25/11/2019</div><h1>Giới thiệu chung về tỉnh</h1>"
            "<p>Tỉnh có tám huyện.</p></body></html>"
        ),
        TODAY,
    )
    assert found.date is None


def test_a_line_of_the_template_dates_nothing() -> None:
    text = "<html><body><p>Thứ Hai, 25/11/2019</p><p>Tỉnh có tám huyện.</p></body></html>"
    assert article_date(page(text), TODAY).sources == {"visible": TODAY}
    assert article_date(page(text), TODAY, frozenset({"Thứ Hai, 25/11/2019"})).date is None


def test_the_year_of_a_footer_dates_nothing() -> None:
    found = article_date(
        page("<html><body><h1>Giới thiệu</h1><footer>© 2019 Cổng thông tin</footer></body></html>"),
        TODAY,
    )
    assert found.date is None


def test_times_of_a_list_at_the_side_date_no_article() -> None:
    found = article_date(
        page(
            "<html><body><h1>Một bài viết</h1><p>Nội dung</p><aside><ul>"
            '<li><time datetime="2019-11-24">hôm qua</time></li></ul></aside></body></html>'
        ),
        TODAY,
    )
    assert "time" not in found.sources


@pytest.mark.parametrize(
    "meta",
    [
        '<ul class="list-inline"><li><em class="fa fa-clock-o"></em> 12/08/2019 10:30</li></ul>',
        '<span class="h-date">12/08/2019</span>',
        '<p class="time">Thứ hai - 12/08/2019 10:30</p>',
        '<div class="post-meta"><time datetime="2019-08-12T10:30">12/8</time></div>',
        "<p>Đăng lúc: 10:30 12/08/2019</p>",
        "<p>(Cập nhật ngày 12/08/2019)</p>",
    ],
)
def test_articles_are_dated_in_the_manners_of_the_common_systems(meta: str) -> None:
    text = f"<html><body><h1>Hội nghị tổng kết</h1>{meta}<p>Sáng nay…</p></body></html>"
    assert article_date(page(text), TODAY).date == AUGUST
    table = text.replace("<body>", "<body><table><tr><td>").replace("</body>", "</td></tr></table>")
    assert article_date(page(table), TODAY).date == AUGUST


@given(st.text(max_size=300))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    found = find_date(text, TODAY)
    assert found is None or found <= TODAY + dt.timedelta(days=1)


@given(st.integers(1, 31), st.integers(1, 12), st.integers(1996, 2019))
def test_every_day_of_the_calendar_survives_the_trip(day: int, month: int, year: int) -> None:
    try:
        wanted = dt.date(year, month, day)
    except ValueError:
        assert find_date(f"{day}/{month}/{year}") is None
        return
    assert find_date(f"Ngày đăng: {day}/{month}/{year} 08:00") == wanted
