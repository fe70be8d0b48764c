"""What an answer turned out to be: notices are recognised, articles about them are not accused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.checks.artifacts import Exchange
from chiso.checks.reading.classify import classify
from chiso.checks.reading.document import Document, parse_document
from chiso.checks.states import ErrorClass, PageKind

NOON = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)
NAV = "<nav>" + "".join(f'<a href="/m{n}">Mục số {n} của cổng</a>' for n in range(12)) + "</nav>"
FOOT = "<footer>Cổng thông tin điện tử. Địa chỉ: số 1 đường Trường Chinh.</footer>"
ROOT = "https://portal.gov.vn"


def read(body: str, url: str = f"{ROOT}/x") -> Document | None:
    return parse_document(body.encode(), url, "text/html; charset=utf-8")


def kind(
    body: str,
    *,
    status: int = 200,
    url: str = f"{ROOT}/x",
    headers: Mapping[str, str] | None = None,
    missing: tuple[str, ...] = (),
) -> PageKind:
    exchange = Exchange(
        url=url, at=NOON, status=status, size=len(body),
        headers=(("Content-Type", "text/html; charset=utf-8"), *(headers or {}).items()),
    )  # fmt: skip
    others = [read(other, f"{ROOT}/missing-{n}") for n, other in enumerate(missing)]
    return classify(exchange, read(body, url), [other for other in others if other is not None])


def page(text: str, title: str = "Cổng thông tin điện tử", head: str = "") -> str:
    return (
        f"<html><head><title>{title}</title>{head}</head><body>{NAV}<main>{text}</main>{FOOT}"
        "</body></html>"
    )


def notice(text: str, title: str = "", head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body><div>{text}</div></body></html>"


@pytest.mark.parametrize(
    "body",
    [
        notice("Checking your browser before accessing portal.gov.vn", "Just a moment..."),
        notice("Enable JavaScript and cookies to continue", "Just a moment..."),
        notice("You are unable to access portal.gov.vn", "Attention Required! | Cloudflare"),
        notice(
            "The requested URL was rejected. Please consult with your administrator."
            " Your support ID is: 1234567890",
            "Request Rejected",
        ),
        notice("Request unsuccessful. Incapsula incident ID: 1-2"),
        notice("", head='<script src="/_Incapsula_Resource?SWJIYLWA=1"></script>'),
        notice("", head="<script>document.cookie='D1N=ab';window.location.reload(true);</script>"),
        notice("", head='<script src="/aes.min.js"></script><script>toNumbers("ab")</script>'),
        notice("Vui lòng xác minh bạn không phải là robot để tiếp tục"),
        notice("Truy cập của bạn đã bị chặn. Mã hỗ trợ của bạn là: 123", "Thông báo"),
        notice("Hệ thống phát hiện truy cập bất thường từ địa chỉ của bạn"),
        notice("Đang kiểm tra trình duyệt của bạn…", "Xin chờ"),
    ],
)
def test_a_challenge_page_is_recognised_even_when_it_says_success(body: str) -> None:
    assert kind(body) is PageKind.CHALLENGE


def test_a_challenge_stays_one_with_403_and_503() -> None:
    body = notice("Checking your browser before accessing", "Just a moment...")
    assert kind(body, status=503) is PageKind.CHALLENGE
    assert kind(body, status=403) is PageKind.CHALLENGE
    assert kind(page("x"), headers={"cf-mitigated": "challenge"}) is PageKind.CHALLENGE


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, PageKind.BLOCKED),
        (403, PageKind.BLOCKED),
        (429, PageKind.BLOCKED),
        (451, PageKind.BLOCKED),
        (404, PageKind.HTTP_4XX),
        (410, PageKind.HTTP_4XX),
        (500, PageKind.HTTP_5XX),
        (502, PageKind.HTTP_5XX),
    ],
)
def test_a_status_speaks_for_itself(status: int, expected: PageKind) -> None:
    assert kind(page("Nội dung"), status=status) is expected


def test_no_answer_is_an_error() -> None:
    exchange = Exchange(url=ROOT, at=NOON, error=ErrorClass.CONN_TIMEOUT)
    assert classify(exchange, None) is PageKind.ERROR


def test_a_page_that_is_only_a_login_is_a_wall() -> None:
    form = '<form><input name="u"><input type="password" name="p"></form>'
    assert kind(notice(form, "Đăng nhập hệ thống")) is PageKind.LOGIN_WALL
    assert kind(notice(form), url=f"{ROOT}/login") is PageKind.LOGIN_WALL


def test_a_portal_with_a_login_in_its_corner_is_a_page() -> None:
    form = '<form><input name="u"><input type="password" name="p"></form>'
    assert kind(page("Tin tức trong tỉnh " * 20 + form)) is PageKind.OK


@pytest.mark.parametrize(
    "body",
    [
        notice("portal.gov.vn: this domain is for sale", "portal.gov.vn"),
        notice("Tên miền này đã hết hạn, vui lòng liên hệ nhà đăng ký"),
        notice("If you see this page, the nginx web server is installed", "Welcome to nginx!"),
        notice("<h1>It works!</h1>"),
        notice("Account Suspended"),
    ],
)
def test_a_parked_domain_or_a_fresh_server_is_no_portal(body: str) -> None:
    assert kind(body) is PageKind.PARKED


@pytest.mark.parametrize(
    "body",
    [
        notice("<h1>Hệ thống đang bảo trì</h1><p>Mời quay lại sau 17 giờ.</p>"),
        notice("Cổng thông tin điện tử đang được nâng cấp, xin quý vị quay lại sau."),
        notice("<h1>Thông báo tạm ngừng hoạt động</h1>", "Thông báo"),
        notice("We'll be back soon. The site is undergoing scheduled maintenance."),
    ],
)
def test_an_announcement_of_maintenance_is_recognised(body: str) -> None:
    assert kind(body) is PageKind.MAINTENANCE
    assert kind(body, status=503) is PageKind.MAINTENANCE


@pytest.mark.parametrize(
    "text",
    [
        "<h1>Thông báo bảo trì hệ thống dịch vụ công</h1><p>Hệ thống sẽ tạm ngừng hoạt động.</p>",
        "<h1>Xử lý nhóm đánh bạc qua mạng</h1><p>Công an tỉnh triệt phá đường dây cá độ.</p>",
        (
            "<h1>Cảnh báo tấn công mạng</h1><p>Nhiều trang bị chặn truy cập, tường lửa đã phát hiện"
            " truy cập bất thường.</p>"
        ),
        "<h1>Hướng dẫn đăng nhập hệ thống</h1><p>Bước 1: mở trang đăng nhập.</p>",
        "<h1>Tên miền đã hết hạn thì làm gì</h1><p>Hướng dẫn gia hạn tên miền.</p>",
    ],
)
def test_an_article_about_such_things_is_a_page(text: str) -> None:
    assert kind(page(text)) is PageKind.OK


@pytest.mark.parametrize(
    "text",
    [
        "<h1>404</h1><p>Không tìm thấy trang bạn yêu cầu.</p>",
        "<h2>Trang bạn yêu cầu không tồn tại</h2>",
        "<h1>Page not found</h1>",
        "<h3>Nội dung này không tồn tại hoặc đã bị xóa</h3>",
    ],
)
def test_a_not_found_with_success_is_a_soft_404(text: str) -> None:
    assert kind(page(text)) is PageKind.SOFT_404


def test_a_page_like_the_sites_own_missing_page_is_a_soft_404() -> None:
    odd = page("<p>Rất tiếc! Mời bạn về trang chủ.</p><p>Lượt xem: 1234</p>")
    again = page("<p>Rất tiếc! Mời bạn về trang chủ.</p><p>Lượt xem: 1235</p>")
    assert kind(again, missing=(odd,)) is PageKind.SOFT_404


def test_an_article_in_the_same_frame_as_the_missing_page_is_a_page() -> None:
    odd = page("<p>Rất tiếc! Mời bạn về trang chủ.</p>")
    real = page("<h1>Khai mạc lễ hội</h1><p>Sáng nay, tỉnh khai mạc lễ hội xuân tại hồ.</p>")
    assert kind(real, missing=(odd,)) is PageKind.OK


def test_a_home_page_shown_for_every_address_is_still_a_home_page() -> None:
    home = page("<p>Tin tức trong tỉnh hôm nay và ngày mai.</p>" * 60)
    assert kind(home, url=f"{ROOT}/", missing=(home,)) is PageKind.OK
    small = page("<p>Trang chủ</p>")
    assert kind(small, url=f"{ROOT}/", missing=(small,)) is PageKind.OK


def test_an_article_on_a_lost_page_of_history_is_a_page() -> None:
    text = "<h1>Không tìm thấy nội dung vi phạm</h1>" + "<p>Đoàn thanh tra kết luận.</p>" * 80
    assert kind(page(text), missing=(page("<h1>404</h1>"),)) is PageKind.OK


def test_nothing_at_all_is_empty_and_a_script_is_not() -> None:
    assert kind("") is PageKind.EMPTY
    assert kind("<html><body></body></html>") is PageKind.EMPTY
    assert kind('<html><body><div id="app"></div><script src="a.js"></script></body></html>') is (
        PageKind.OK
    )


def test_a_file_is_a_page_of_its_own_kind() -> None:
    exchange = Exchange(
        url=ROOT, at=NOON, status=200, size=9, headers=(("Content-Type", "application/pdf"),)
    )
    assert classify(exchange, None) is PageKind.OK


@given(st.binary(max_size=600), st.integers(200, 599))
def test_no_bytes_make_it_fail(body: bytes, status: int) -> None:
    document = parse_document(b"<html>" + body, ROOT, "text/html")
    exchange = Exchange(url=ROOT, at=NOON, status=status, size=len(body))
    missing = [document] if document is not None else []
    assert classify(exchange, document, missing) in PageKind
