"""Lists: the manners of the common systems, and what is not the list of the page."""

from __future__ import annotations

import datetime as dt
import time

from hypothesis import given
from hypothesis import strategies as st

from chiso.checks.reading.document import Document, parse_document
from chiso.checks.reading.listing import Item, items

TODAY = dt.date(2019, 11, 25)
MENU = (
    '<ul class="menu"><li><a href="/gt">Giới thiệu chung về tỉnh</a></li>'
    '<li><a href="/tt">Tin tức và sự kiện nổi bật</a></li>'
    '<li><a href="/vb">Văn bản quy phạm pháp luật</a></li></ul>'
)


def page(body: str) -> Document:
    text = f"<html><body>{MENU}{body}</body></html>"
    document = parse_document(
        text.encode(), "https://portal.gov.vn/tin-tuc", "text/html; charset=utf-8"
    )
    assert document is not None
    return document


def read(body: str) -> list[tuple[str, dt.date | None]]:
    return [
        (item.url.removeprefix("https://portal.gov.vn"), item.date)
        for item in items(page(body), TODAY)
    ]


def test_an_unordered_list_with_dates_in_brackets() -> None:
    assert read(
        '<ul><li><a href="/1">Hội nghị tổng kết năm 2019</a> (24/11/2019)</li>'
        '<li><a href="/2">Khai mạc lễ hội xuân Ba Bể</a> (20/11/2019)</li></ul>'
    ) == [("/1", dt.date(2019, 11, 24)), ("/2", dt.date(2019, 11, 20))]


def test_boxes_of_liferay_with_a_picture_a_title_and_a_read_more() -> None:
    box = (
        '<div class="asset-abstract"><a href="/-/{n}"><img src="a.png"></a>'
        '<h3 class="asset-title"><a href="/-/{n}">Hội nghị tổng kết số {n}</a></h3>'
        '<div class="asset-metadata"><span class="metadata-publish-date">{d}/11/19 </span>'
        '<span class="time">Ngày đăng {d}/11/2019</span></div>'
        '<div class="asset-content">Sáng ngày 01/01/2018 tại hội trường</div>'
        '<a href="/-/{n}">Đọc tiếp</a></div>'
    )
    body = "".join(box.format(n=n, d=20 - n) for n in range(3))
    assert read(f'<div class="portlet-body">{body}</div>') == [
        ("/-/0", dt.date(2019, 11, 20)),
        ("/-/1", dt.date(2019, 11, 19)),
        ("/-/2", dt.date(2019, 11, 18)),
    ]


def test_a_list_of_sharepoint_inside_the_form_around_the_page() -> None:
    rows = "".join(
        f'<tr><td><a href="/Pages/tin-{n}.aspx">Quyết định phê duyệt quy hoạch số {n}</a></td>'
        f"<td>0{n + 1}/11/2019</td></tr>"
        for n in range(3)
    )
    assert read(f'<form id="aspnetForm" method="post"><table>{rows}</table></form>') == [
        (f"/Pages/tin-{n}.aspx", dt.date(2019, 11, n + 1)) for n in range(3)
    ]


def test_panels_of_nukeviet() -> None:
    body = "".join(
        f'<div class="news_column panel panel-default"><div class="panel-body">'
        f'<a href="/vi/news/{n}.html" title="Hội nghị trực tuyến lần {n}"><img></a>'
        f'<h3><a href="/vi/news/{n}.html">Hội nghị trực tuyến lần {n}</a></h3>'
        f'<div class="text-muted"><ul class="list-unstyled list-inline"><li>'
        f'<em class="fa fa-clock-o"></em> 1{n}/11/2019 10:30:00</li></ul></div>'
        f"<p>Tóm tắt nội dung của bài viết.</p></div></div>"
        for n in range(4)
    )
    assert read(f'<div class="news-list">{body}</div>') == [
        (f"/vi/news/{n}.html", dt.date(2019, 11, 10 + n)) for n in range(4)
    ]


def test_a_row_whose_link_only_says_download_is_named_by_its_longest_cell() -> None:
    rows = "".join(
        f"<tr><td>{n}</td><td>Quyết định về việc phê duyệt quy hoạch chung {n}</td>"
        f'<td>12/0{n}/2019</td><td><a href="/f{n}.pdf">Tải về</a></td></tr>'
        for n in (8, 9)
    )
    found = items(page(f"<table>{rows}</table>"), TODAY)
    assert found[0] == Item(
        "Quyết định về việc phê duyệt quy hoạch chung 8", "https://portal.gov.vn/f8.pdf",
        dt.date(2019, 8, 12), "text",
    )  # fmt: skip


def test_a_date_inside_a_title_does_not_date_the_item() -> None:
    body = "".join(
        f'<li><a href="/{n}">Lịch công tác tuần từ ngày {n}/11/2019 của lãnh đạo</a></li>'
        for n in (11, 18)
    )
    assert [date for _, date in read(f"<ul>{body}</ul>")] == [None, None]


def test_a_date_ahead_of_the_visit_is_dropped() -> None:
    body = (
        '<ul><li><a href="/1">Thông báo mời thầu gói số 1</a> 25/12/2019</li>'
        '<li><a href="/2">Thông báo mời thầu gói số 2</a> 20/11/2019</li></ul>'
    )
    assert read(body) == [("/1", None), ("/2", dt.date(2019, 11, 20))]


def test_the_time_element_comes_before_other_dates() -> None:
    body = "".join(
        f'<article><h2><a href="/{n}">Bài viết dài thứ {n} của cổng</a></h2>'
        f'<time datetime="2019-11-0{n}T08:00">hôm nọ</time><p>Ngày 12/8/2018, …</p></article>'
        for n in (1, 2)
    )
    found = items(page(body), TODAY)
    assert [(item.date, item.how) for item in found] == [
        (dt.date(2019, 11, 1), "time"),
        (dt.date(2019, 11, 2), "time"),
    ]


def test_a_menu_is_not_the_list_of_a_page() -> None:
    assert read("<p>Nội dung đang được cập nhật.</p>") == []


def test_a_column_at_the_side_is_not_the_list_of_a_page() -> None:
    side = "".join(
        f'<li><a href="/s{n}">Tin mới bên lề số {n} trong ngày</a> 25/11/2019</li>'
        for n in range(5)
    )
    main = (
        '<li><a href="/1">Kế hoạch phát triển năm 2018</a> 12/08/2018</li>'
        '<li><a href="/2">Kế hoạch phát triển năm 2017</a> 12/08/2017</li>'
    )
    assert read(f'<aside><ul>{side}</ul></aside><main><ul class="l">{main}</ul></main>') == [
        ("/1", dt.date(2018, 8, 12)),
        ("/2", dt.date(2017, 8, 12)),
    ]
    assert len(read(f'<div class="sidebar-right"><ul>{side}</ul></div>')) == 0


def test_a_list_of_every_page_gives_way_to_the_lists_of_this_one() -> None:
    latest = "".join(
        f'<p><a href="/tin/{n}">Tin mới nhất của cổng số {n}</a> 2{n}/11/2019</p>' for n in range(5)
    )
    own = "".join(f'<p><a href="/dt/{n}">Thông báo mời thầu gói số {n}</a></p>' for n in range(2))
    both = page(f"<div>{latest}</div><div>{own}</div>")
    home, other = page(f"<div>{latest}</div>"), page(f"<div>{latest}</div><p>Thống kê</p>")
    assert len(items(both, TODAY)) == 5
    for known in ({"home": home}, {"others": (home, other)}, {"frames": (other,)}):
        assert [i.url[-5:] for i in items(both, TODAY, **known)] == ["/dt/0", "/dt/1"]
    assert items(other, TODAY, others=(home, both)) == []
    assert len(items(other, TODAY, home=home)) == 5


def test_a_single_dated_item_is_a_list_of_one() -> None:
    body = "<div><div><a href='/1'>Dự thảo Nghị quyết về phí</a> <i>20/11/2019</i></div></div>"
    assert read(body) == [("/1", dt.date(2019, 11, 20))]


def test_a_single_link_without_a_date_is_no_list() -> None:
    assert read('<p><a href="/1">Một liên kết trong đoạn văn</a></p>') == []


def test_an_address_that_stands_twice_is_one_item() -> None:
    body = "".join(f'<li><a href="/{n}">Hội nghị tổng kết năm 2019</a></li>' for n in (1, 1, 2))
    assert [url for url, _ in read(f"<ul>{body}</ul>")] == ["/1", "/2"]


def test_deep_and_wide_pages_are_read_in_bounded_time() -> None:
    deep = "<div>" * 2_000 + '<a href="/1">Một liên kết ở rất sâu</a>' + "x " * 200_000
    wide = "".join(f'<div><a href="/{n}">Hội nghị tổng kết {n}</a></div>' for n in range(8_000))
    begun = time.perf_counter()
    items(page(deep), TODAY)
    assert len(items(page(wide), TODAY)) == 200
    assert time.perf_counter() - begun < 8


@given(st.lists(st.sampled_from(
    ["<ul>", "</ul>", "<li>", "<tr>", "<td>", "<div>", "</div>", "<a href='/1'>", "<a href='//['>",
     "<time datetime='x'>", "Hội nghị tổng kết", "12/8/2019", "<!--", "-->", "<a href='http://[::1'>"]
), max_size=40))  # fmt: skip
def test_no_markup_makes_the_reader_fail(parts: list[str]) -> None:
    for item in items(page("".join(parts)), TODAY):
        assert item.url.startswith("http")
