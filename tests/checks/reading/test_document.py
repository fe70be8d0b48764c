"""Documents: links, menus, text of a page's own, and hostile bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.checks.reading.document import Document, parse_document
from chiso.checks.reading.language import vietnamese_share
from chiso.checks.reading.maintext import main_text

ROOT = "https://portal.gov.vn/"
KIND = "text/html; charset=utf-8"


def read(text: str | bytes, kind: str = KIND) -> Document:
    body = text if isinstance(text, bytes) else text.encode()
    document = parse_document(body, ROOT, kind)
    assert document is not None
    return document


def test_the_entry_above_a_nested_menu_entry_is_kept() -> None:
    document = read(
        '<html><ul><li><a href="/g">Giới thiệu</a><ul><li><a href="/l">Lãnh đạo</a></li></ul></li>'
        '<li>Văn bản<ul><li><a href="/v">Công báo</a></li></ul></li></ul></html>'
    )
    assert [(a.text, a.menu) for a in document.anchors] == [
        ("Giới thiệu", ""), ("Lãnh đạo", "Giới thiệu"), ("Công báo", "Văn bản"),
    ]  # fmt: skip


def test_own_lines_leave_out_what_other_pages_show_whatever_their_numbers() -> None:
    home = read("<html><body><p>Chào mừng</p><p>Lượt truy cập: 120</p></body></html>")
    page = read(
        "<html><body><p>Chào mừng</p><p>Lượt truy cập: 121</p><p>Lãnh đạo tỉnh</p></body></html>"
    )
    assert page.own_lines(home) == ["Lãnh đạo tỉnh"]
    assert page.own_lines() == page.text.splitlines()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("Giới thiệu".encode("utf-16"), "text/html; charset=utf-16"),
        ("<html>Giới thiệu".encode(), "text/html; charset=no-such-thing"),
        ("<html>Giới thiệu".encode(), "text/html; charset=punycode"),
        ("<html>Giới thiệu".encode(), "text/html; charset=unicode_escape"),
        ("<html>Giới thiệu".encode(), "text/html; charset=rot13"),
        (b"\xef\xbb\xbf" + "<html>Giới thiệu".encode(), "text/html"),
        ("<html><meta charset='utf-8'>Giới thiệu".encode(), "text/html"),
    ],
)
def test_text_is_decoded_by_plain_character_sets_only(body: bytes, kind: str) -> None:
    assert read(body, kind).text == "Giới thiệu"


def test_what_is_not_html_is_no_document() -> None:
    assert parse_document(b"%PDF-1.4", ROOT, "application/pdf") is None
    assert parse_document(b"   ", ROOT, "text/html") is None
    assert parse_document(b"plain", ROOT) is None


def test_main_text_leaves_out_frame_and_shared_lines() -> None:
    frame = "<header>Cổng thông tin</header><nav><a href='/a'>Giới thiệu</a></nav>"
    foot = "<div>Chịu trách nhiệm: ông Nguyễn Văn A, điện thoại 0209 3870 123</div>"
    home = read(f"<html><body>{frame}<p>Tin trong ngày</p>{foot}</body></html>")
    words = "Tỉnh có tám huyện và thành phố, phía bắc giáp Cao Bằng. " * 6
    page = read(f"<html><body>{frame}<h1>Giới thiệu chung</h1><p>{words}</p>{foot}</body></html>")
    text = main_text(page, home)
    assert "tám huyện" in text
    assert "Chịu trách nhiệm" not in text
    empty = read(f"<html><body>{frame}{foot}</body></html>")
    assert main_text(empty, home) == ""


def test_body_lines_keep_what_stands_outside_header_menu_and_footer() -> None:
    page = read(
        "<html><body><header>Đầu trang</header><p>Họ tên: Nguyễn Văn A</p>"
        "<footer>Chân trang</footer></body></html>"
    )
    assert page.body_lines == ("Họ tên: Nguyễn Văn A",)


def test_vietnamese_is_told_by_its_letters() -> None:
    assert vietnamese_share("Tỉnh có tám huyện và một thành phố") > 0.6
    assert vietnamese_share("The province has eight districts, one of them Ba Bể") < 0.2
    assert vietnamese_share("") == 0


@given(
    st.binary(max_size=800),
    st.sampled_from(["", "text/html", "text/html; charset=utf-16", "text/html; charset=gbk"]),
)
def test_no_bytes_make_reading_a_page_fail(body: bytes, kind: str) -> None:
    for prefix in (b"", b"<html>", b"<!doctype html><ul><li><a href='"):
        document = parse_document(prefix + body, ROOT, kind)
        if document is None:
            continue
        _ = document.title, document.language, document.metas, document.anchors, document.forms
        _ = document.headings, document.text, document.feeds, document.labels, document.lines
        main_text(document, document)
