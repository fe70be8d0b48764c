"""Online services: the way there, the list, procedures, forms, applying, tracking, figures."""

from __future__ import annotations

import datetime as dt
import io
import time
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chiso.checks.artifacts import Chain, Page, Rendered, Skipped
from chiso.checks.findings import Verdict
from chiso.checks.judging import service_pages, service_steps, services
from chiso.checks.judging.case import Case
from chiso.checks.judging.registry import declarations
from chiso.checks.judging.service_steps import document_kind
from chiso.checks.states import CheckState, ErrorClass

Make = Callable[..., Case]
NOON = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)
ROOT = "https://portal.gov.vn/"
DESK = "https://dichvucong.portal.gov.vn/"
CHECKS: Mapping[str, Callable[[Case, Mapping[str, Any]], Verdict]] = {
    "SV-01": services.reachable,
    "SV-02": service_pages.listed_levels,
    "SV-03": service_pages.procedures_complete,
    "SV-04": service_steps.forms_open,
    "SV-05": service_steps.apply_online,
    "SV-06": services.national_sign_in,
    "SV-07": services.tracking,
    "SV-08": services.payment,
    "SV-09": services.published_figures,
}
MENU = (
    "<nav><a href='/'>Trang chủ</a><a href='/tin-tuc'>Tin tức</a><a href='/gt'>Giới thiệu</a></nav>"
)
LINK = f"<a href='{DESK}'>Dịch vụ công trực tuyến</a>"
GROUPS = (
    ("Trình tự thực hiện", "Bước 1: nộp. Bước 2: nhận kết quả."),
    ("Cách thức thực hiện", "Trực tiếp hoặc trực tuyến."),
    ("Thành phần, số lượng hồ sơ", "Tờ khai theo mẫu"),
    ("Thời hạn giải quyết", "3 ngày làm việc"),
    ("Đối tượng thực hiện", "Cá nhân"),
    ("Cơ quan thực hiện", "Sở Tư pháp"),
    ("Kết quả thực hiện", "Giấy phép"),
    ("Phí, lệ phí", "Không"),
    ("Tên mẫu đơn, mẫu tờ khai", "Mẫu số 01"),
    ("Yêu cầu, điều kiện thực hiện", "Không"),
    ("Căn cứ pháp lý", "Luật Hộ tịch"),
    ("Mức độ dịch vụ", "Toàn trình"),
)


def html(body: str, menu: str = MENU) -> str:
    return f"<html lang='vi'><head><title>Cổng</title></head><body>{menu}{body}</body></html>"


def ask(check: str, case: Case) -> Verdict:
    return CHECKS[check](case, declarations()[check].figures)


def rendered(case_home: str, keep: Callable[[str], str]) -> tuple[Rendered, ...]:
    return (Rendered(role="home", url=ROOT, at=NOON, body=keep(case_home)),)


def procedure(groups: tuple[tuple[str, str], ...] = GROUPS, more: str = "") -> str:
    blocks = "".join(f"<h2>{name}</h2><p>{text}</p>" for name, text in groups)
    return html(f"<h1>Cấp giấy phép</h1><p>Mã thủ tục: 1.004222</p>{blocks}{more}")


def listing(levels: bool = True, head: str = "<th>Lĩnh vực</th>") -> str:
    rows = "".join(
        f"<tr><td><a href='/thu-tuc/{n}'>Cấp giấy phép loại {n}</a></td><td>Xây dựng</td>"
        f"<td>{'Toàn trình' if levels or n % 2 else ''}</td></tr>"
        for n in range(6)
    )
    return html(f"<table><tr><th>Tên</th>{head}<th></th></tr>{rows}</table>")


# ── SV-01 ──


def test_a_service_portal_that_opens_from_the_home_page_passes(make_case: Make) -> None:
    case = make_case({"service_portal": html("<p>Cổng dịch vụ công</p>")}, html(LINK))
    assert ask("SV-01", case).state is CheckState.PASS


def test_a_service_portal_fetched_as_a_section_is_found_by_its_link(
    make_case: Make, page: Callable[..., Page]
) -> None:
    case = make_case([page("section:procedures", html("<p>Cổng</p>"), DESK)], html(LINK))
    assert ask("SV-01", case).state is CheckState.PASS


def test_a_home_page_without_a_link_to_services_fails_only_when_a_browser_looked(
    make_case: Make, keep: Callable[[str], str]
) -> None:
    assert ask("SV-01", make_case(home=html(""))).state is CheckState.NEEDS_REVIEW
    case = make_case(home=html(""), rendered=rendered(html(""), keep))
    assert ask("SV-01", case).state is CheckState.FAIL


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"status": 404}, CheckState.NEEDS_REVIEW),
        ({"status": 502}, CheckState.NEEDS_REVIEW),
        ({"status": 403}, CheckState.BLOCKED),
        ({"error": ErrorClass.CONN_TIMEOUT}, CheckState.NOT_MEASURED),
        ({"error": ErrorClass.DNS_NXDOMAIN}, CheckState.NEEDS_REVIEW),
    ],
)
def test_a_service_portal_that_does_not_open_is_never_a_firm_fail(
    make_case: Make, page: Callable[..., Page], changes: dict[str, Any], state: CheckState
) -> None:
    case = make_case([page("service_portal", "x", DESK, **changes)], html(LINK))
    assert ask("SV-01", case).state is state


def test_a_service_portal_being_built_is_partial(make_case: Make) -> None:
    case = make_case({"service_portal": html("<p>Chức năng đang xây dựng</p>")}, html(LINK))
    assert ask("SV-01", case).level == pytest.approx(0.2)


def test_a_link_that_was_not_followed_is_not_measured(make_case: Make) -> None:
    case = make_case(home=html(LINK))
    assert ask("SV-01", case).state is CheckState.NOT_MEASURED


def test_a_site_of_services_is_its_own_service_portal(make_case: Make) -> None:
    case = make_case(home=html("<p>Cổng dịch vụ công</p>"), site={"role": "services"})
    assert ask("SV-01", case).state is CheckState.PASS


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_services_are_not_asked_of_an_open_data_portal(check: str, make_case: Make) -> None:
    case = make_case(home=html(""), site={"role": "open_data"})
    assert ask(check, case).state is CheckState.NOT_APPLICABLE


# ── SV-02 ──


def test_a_list_with_levels_and_sectors_passes(make_case: Make) -> None:
    assert ask("SV-02", make_case({"service_list": listing()})).state is CheckState.PASS


def test_a_list_with_some_levels_is_partial(make_case: Make) -> None:
    verdict = ask("SV-02", make_case({"service_list": listing(levels=False)}))
    assert verdict.level == pytest.approx(0.8 * 0.5 + 0.2)


def test_a_level_over_a_whole_list_counts_for_each_service(make_case: Make) -> None:
    rows = "".join(f"<li><a href='/thu-tuc/{n}'>Cấp giấy phép số {n}</a></li>" for n in range(4))
    case = make_case({"service_list": html(f"<h3>Mức độ 4</h3><ul>{rows}</ul><p>Lĩnh vực</p>")})
    assert ask("SV-02", case).state is CheckState.PASS


def test_a_service_listed_twice_counts_once_with_its_level(make_case: Make) -> None:
    top = "".join(f"<li><a href='/thu-tuc/{n}'>Cấp giấy phép loại {n}</a></li>" for n in range(3))
    pages = {"service_list": listing(), "service_portal": html(f"<ul>{top}</ul>")}
    assert ask("SV-02", make_case(pages)).state is CheckState.PASS


def test_a_service_portal_without_a_list_gets_a_zero(make_case: Make) -> None:
    case = make_case({"service_portal": html("<p>Chào mừng</p>")}, html(LINK))
    assert ask("SV-02", case).level == 0


def test_a_list_that_the_budget_left_out_is_not_measured(make_case: Make) -> None:
    skipped = (Skipped(what="service_list", reason=ErrorClass.BUDGET, detail=f"{DESK}danh-muc"),)
    case = make_case({"service_portal": html("<p>x</p>")}, html(LINK), skipped=skipped)
    assert ask("SV-02", case).state is CheckState.NOT_MEASURED


def test_popular_services_on_the_front_page_are_not_taken_for_the_list(
    make_case: Make, page: Callable[..., Page]
) -> None:
    top = "".join(f"<li><a href='/thu-tuc/{n}'>Cấp giấy phép loại {n}</a></li>" for n in range(4))
    front = html(f"<a href='/danh-muc'>Danh mục thủ tục</a><ul>{top}</ul>")
    unseen = make_case({"service_portal": front}, html(LINK))
    assert ask("SV-02", unseen).state is CheckState.NOT_MEASURED
    shut = page("service_list", "x", f"{DESK}danh-muc", status=403)
    blocked = make_case([page("service_portal", front, DESK), shut], html(LINK))
    assert ask("SV-02", blocked).state is CheckState.BLOCKED
    seen = make_case({"service_portal": front, "service_list": listing()}, html(LINK))
    assert ask("SV-02", seen).state is CheckState.PASS


@pytest.mark.parametrize("check", ["SV-02", "SV-03", "SV-04", "SV-05", "SV-07", "SV-08", "SV-09"])
def test_nothing_below_a_service_portal_that_keeps_us_out_is_a_fault(
    check: str, make_case: Make, page: Callable[..., Page]
) -> None:
    case = make_case([page("service_portal", "x", DESK, status=403)], html(LINK))
    assert ask(check, case).state is CheckState.BLOCKED


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_a_visit_that_did_not_walk_measures_no_service(check: str, make_case: Make) -> None:
    skipped = (Skipped(what="pages", reason=ErrorClass.BUDGET, detail="time"),)
    verdict = ask(check, make_case(home=html(LINK), skipped=skipped))
    assert verdict.state is CheckState.NOT_MEASURED


# ── SV-03 ──


def test_complete_procedures_pass(make_case: Make) -> None:
    case = make_case({"procedure": [procedure(), procedure()]})
    assert ask("SV-03", case).state is CheckState.PASS


def test_procedures_in_tables_are_read_like_those_under_headings(make_case: Make) -> None:
    rows = "".join(f"<tr><td>{name}</td><td>{text}</td></tr>" for name, text in GROUPS)
    page = html(f"<p>1.004222</p><table>{rows}</table>")
    assert ask("SV-03", make_case({"procedure": [page, page]})).state is CheckState.PASS


def test_procedures_that_lack_groups_are_partial_and_the_groups_are_named(make_case: Make) -> None:
    page = procedure(GROUPS[:6])
    verdict = ask("SV-03", make_case({"procedure": [page, page]}))
    assert verdict.level == pytest.approx(0.5)
    assert "căn cứ pháp lý" in verdict.seen.vi
    assert "legal basis" in verdict.seen.en


def test_an_empty_group_and_one_being_updated_do_not_count(make_case: Make) -> None:
    groups = (*GROUPS[:3], ("Thời hạn giải quyết", "Đang cập nhật"), ("Đối tượng thực hiện", ""),
              *GROUPS[5:])  # fmt: skip
    page = procedure(groups)
    verdict = ask("SV-03", make_case({"procedure": [page, page]}))
    assert verdict.level == pytest.approx(10 / 12)


def test_news_taken_for_procedures_accuse_nobody(make_case: Make) -> None:
    news = html("<h1>Cấp phát áo ấm cho học sinh vùng cao</h1><p>" + "Bài viết. " * 60)
    assert ask("SV-03", make_case({"procedure": [news, news]})).state is CheckState.NEEDS_REVIEW


def test_a_single_incomplete_procedure_is_for_a_person(make_case: Make) -> None:
    case = make_case({"procedure": procedure(GROUPS[:6])})
    assert ask("SV-03", case).state is CheckState.NEEDS_REVIEW


def test_a_portal_without_procedures_gets_a_zero(make_case: Make) -> None:
    case = make_case({"service_portal": html("<p>x</p>")}, html(LINK))
    assert ask("SV-03", case).level == 0


# ── SV-04 ──


def docx() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return target.getvalue()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (docx(), "editable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "editable"),
        (b"{\\rtf1 x}", "editable"),
        (b"%PDF-1.7\n", "pdf"),
        (b"PK\x03\x04other", "archive"),
        (b"<html>Not found</html>", ""),
        (b"", ""),
    ],
)
def test_the_first_bytes_tell_what_a_form_is(body: bytes, kind: str) -> None:
    assert document_kind(body) == kind


def forms(page: Callable[..., Page], *bodies: bytes | str, **changes: Any) -> list[Page]:
    kind = {"Content-Type": "application/octet-stream"}
    return [
        page("form", body, f"{DESK}mau/{n}", headers=kind, **changes)
        for n, body in enumerate(bodies)
    ]


def test_editable_forms_pass_and_pdf_is_partial(make_case: Make, page: Callable[..., Page]) -> None:
    assert ask("SV-04", make_case(forms(page, docx(), docx()))).state is CheckState.PASS
    assert ask("SV-04", make_case(forms(page, docx(), b"%PDF-1.4"))).level == 0.75


def test_forms_that_are_pages_or_missing_fail(make_case: Make, page: Callable[..., Page]) -> None:
    assert ask("SV-04", make_case(forms(page, html("x"), html("y")))).state is CheckState.FAIL
    missing = forms(page, "", "", status=404)
    assert ask("SV-04", make_case(missing)).state is CheckState.FAIL
    # one bad link is not enough to accuse
    assert ask("SV-04", make_case(forms(page, html("x")))).state is CheckState.NEEDS_REVIEW


def test_forms_that_could_not_be_fetched_are_not_counted(
    make_case: Make, page: Callable[..., Page]
) -> None:
    lost = page("form", None, f"{DESK}x", error=ErrorClass.READ_TIMEOUT)
    assert ask("SV-04", make_case([*forms(page, docx()), lost])).level == 1
    assert ask("SV-04", make_case([lost])).state is CheckState.NOT_MEASURED


def test_procedures_without_forms_are_for_a_person(make_case: Make) -> None:
    case = make_case({"procedure": [procedure(), procedure()]})
    assert ask("SV-04", case).state is CheckState.NEEDS_REVIEW


# ── SV-05, SV-06 ──

LOGIN = html(
    "<h1>Đăng nhập</h1><a href='/vneid'>Đăng nhập bằng VNeID</a>"
    "<form method='post'><input name='u'><input type='password' name='p'></form>"
)


def test_applying_that_leads_to_a_login_or_a_first_step_passes(make_case: Make) -> None:
    step = html("<h1>Bước 1: thông tin người nộp</h1><form><input name='ho_ten'></form>")
    case = make_case({"apply": [LOGIN, step], "procedure": procedure()})
    assert ask("SV-05", case).state is CheckState.PASS


def test_applying_that_answers_with_a_login_challenge_passes(
    make_case: Make, page: Callable[..., Page]
) -> None:
    case = make_case([page("apply", "x", f"{DESK}nop", status=401)])
    assert ask("SV-05", case).state is CheckState.PASS


def test_applying_that_leads_to_a_page_being_built_is_a_dead_end(make_case: Make) -> None:
    built = html("<a href='/dang-nhap'>Đăng nhập</a><p>Chức năng đang được xây dựng.</p>")
    assert ask("SV-05", make_case({"apply": [built, built]})).level == 0
    assert ask("SV-05", make_case({"apply": [built, LOGIN]})).level == 0.5


def test_the_word_login_in_a_header_is_no_first_step(make_case: Make) -> None:
    other = html(
        "<a href='/dang-nhap'>Đăng nhập</a><p>Giới thiệu chung về cổng.</p>" + "Bài. " * 400
    )
    assert ask("SV-05", make_case({"apply": other})).state is CheckState.NEEDS_REVIEW


def test_an_expired_session_is_for_a_person(make_case: Make) -> None:
    page = html("<p>Phiên làm việc đã hết hạn. Vui lòng thực hiện lại.</p>")
    assert ask("SV-05", make_case({"apply": page})).state is CheckState.NEEDS_REVIEW


def test_a_firewall_before_the_first_step_is_blocked(
    make_case: Make, page: Callable[..., Page]
) -> None:
    case = make_case([page("apply", "x", f"{DESK}nop", status=403)])
    assert ask("SV-05", case).state is CheckState.BLOCKED


def test_procedures_without_a_link_for_applying_get_a_zero(make_case: Make) -> None:
    assert ask("SV-05", make_case({"procedure": procedure()})).level == 0


def test_procedures_that_only_inform_need_no_link_for_applying(make_case: Make) -> None:
    page = procedure((*GROUPS[:-1], ("Mức độ", "Mức độ 2")))
    assert ask("SV-05", make_case({"procedure": page})).state is CheckState.NOT_APPLICABLE


def test_the_national_identity_is_seen_at_the_door(make_case: Make) -> None:
    assert ask("SV-06", make_case({"apply": LOGIN})).level == 1
    plain = LOGIN.replace("VNeID", "tài khoản")
    assert ask("SV-06", make_case({"apply": plain})).level == 0


def test_without_a_door_the_national_identity_is_not_measured(make_case: Make) -> None:
    page = procedure(more="<p>Xem Cổng dịch vụ công quốc gia và VNeID.</p>")
    assert ask("SV-06", make_case({"procedure": page})).state is CheckState.NOT_MEASURED


# ── SV-07, SV-08 ──

CODE = "<form><label for='m'>Mã hồ sơ</label><input id='m' name='ma'><button>Xem</button></form>"


def test_a_tracking_page_with_a_box_for_the_code_passes(make_case: Make) -> None:
    assert ask("SV-07", make_case({"tracking": html(CODE)})).state is CheckState.PASS


def test_a_tracking_page_by_post_is_for_a_person(make_case: Make) -> None:
    page = html(CODE.replace("<form", "<form method='post'"))
    assert ask("SV-07", make_case({"tracking": page})).state is CheckState.NEEDS_REVIEW


def test_a_tracking_page_without_a_box_or_being_built_is_low(make_case: Make) -> None:
    assert ask("SV-07", make_case({"tracking": html("<p>Hướng dẫn</p>")})).level == 0.3
    built = html("<p>Chức năng đang được xây dựng.</p>")
    assert ask("SV-07", make_case({"tracking": built})).level == 0


def test_a_portal_without_tracking_gets_a_zero(make_case: Make) -> None:
    case = make_case({"service_portal": html("<p>x</p>")}, html(LINK))
    assert ask("SV-07", case).level == 0


def test_a_tracking_site_is_its_own_tracking_page(make_case: Make) -> None:
    case = make_case(home=html(CODE), site={"role": "tracking"})
    assert ask("SV-07", case).state is CheckState.PASS


def test_online_payment_is_linked_named_or_missing(make_case: Make) -> None:
    linked = html("<a href='/tt'>Thanh toán trực tuyến</a>")
    named = html("<p>Có thể thanh toán trực tuyến qua ngân hàng.</p>")
    levels = [
        ask("SV-08", make_case({"service_portal": body}, html(LINK))).level
        for body in (linked, named, html("<p>x</p>"))
    ]
    assert levels == [1, 0.5, 0]


# ── SV-09 ──


def figures(until: str, heads: str = "") -> str:
    heads = heads or (
        "<th>Hồ sơ tiếp nhận</th><th>Đã giải quyết</th><th>Tỷ lệ đúng hạn</th>"
        "<th>Tỷ lệ hồ sơ trực tuyến</th>"
    )
    row = "<tr><td>820</td><td>790</td><td>98,5%</td><td>81%</td></tr>"
    return html(
        f"<p>{until}</p><table><tr>{heads}</tr>{row}</table>"
        "<footer>© 2019. Hôm nay thứ Hai, 25/11/2019</footer>"
    )


@pytest.mark.parametrize(
    "until", ["Số liệu tính đến ngày 20/11/2019", "Tháng 10/2019", "Tháng 10 năm 2019",
              "Số liệu tính đến ngày 25/11/2019"],
)  # fmt: skip
def test_complete_and_fresh_figures_pass(make_case: Make, until: str) -> None:
    assert ask("SV-09", make_case({"service_statistics": figures(until)})).level == 1


@pytest.mark.parametrize("until", ["Số liệu tính đến ngày 31/12/2018", "Năm 2018", "Tháng 3/2019"])
def test_figures_of_last_year_count_half(make_case: Make, until: str) -> None:
    assert ask("SV-09", make_case({"service_statistics": figures(until)})).level == 0.5


def test_a_clock_or_a_copyright_line_does_not_date_figures(make_case: Make) -> None:
    verdict = ask("SV-09", make_case({"service_statistics": figures("Thống kê hồ sơ")}))
    assert verdict.state is CheckState.NEEDS_REVIEW
    assert "không ghi thời điểm" in verdict.seen.vi


def test_missing_figures_lower_the_level(make_case: Make) -> None:
    page = figures("Tháng 10/2019", "<th>Hồ sơ tiếp nhận</th><th>Đã giải quyết</th>")
    assert ask("SV-09", make_case({"service_statistics": page})).level == 0.5


def test_a_menu_that_says_online_is_no_figure(make_case: Make) -> None:
    page = figures("Tháng 10/2019", "<th>Hồ sơ tiếp nhận</th><th>Đã giải quyết</th>")
    menu = "<a href='/dvc'>Nộp hồ sơ trực tuyến</a>"
    page = page.replace("<table>", f"<div>{menu}</div><table>")
    assert ask("SV-09", make_case({"service_statistics": page})).level == 0.5


def test_a_portal_without_figures_gets_a_zero(make_case: Make) -> None:
    case = make_case({"service_portal": html("<p>x</p>")}, html(LINK))
    assert ask("SV-09", case).level == 0


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_hostile_pages_never_make_a_check_raise(
    check: str, make_case: Make, chain: Callable[..., Chain]
) -> None:
    junk = (
        "<html><table>" + "<tr><td><a href='http://[::1'>Cấp giấy phép x</a>" * 30
        + "<div>" * 300 + "<a href='/thu-tuc/1'>Cấp giấy phép một hai</a>" * 30
        + "tháng 99/9999 năm 0000 \x00"
    )  # fmt: skip
    roles = ("service_portal", "service_list", "procedure", "apply", "form", "tracking",
             "service_statistics")  # fmt: skip
    assert ask(check, make_case(dict.fromkeys(roles, junk), junk)).state in CheckState


def test_a_list_of_thousands_of_services_is_read_quickly(make_case: Make) -> None:
    flat = "".join(f"<a href='/thu-tuc/{n}'>Cấp giấy phép loại {n}</a> " for n in range(3_000))
    case = make_case({"service_list": html(f"<div>{flat}</div>")})
    begun = time.perf_counter()
    ask("SV-02", case)
    assert time.perf_counter() - begun < 5


def test_a_door_behind_a_portal_that_keeps_us_out_is_blocked(
    make_case: Make, page: Callable[..., Page]
) -> None:
    case = make_case([page("service_portal", "x", DESK, status=403)], html(LINK))
    assert ask("SV-06", case).state is CheckState.BLOCKED
