"""Names as published tables write them."""

import pickle
import string
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.bodies import (
    Body,
    Register,
    UnknownName,
    load_register,
    register_from_names,
)
from chiso.bodies.names import name_form
from chiso.language import Text, fold
from chiso.problems import InvalidInput

VIETNAM = load_register("vietnam")
IN_2019 = date(2019, 12, 31)
IN_2026 = date(2026, 1, 1)

PROVINCES_IN_2019 = {
    "bac-kan": [
        "Bắc Kạn",
        "BẮC KẠN",
        "bac kan",
        "BacKan",
        "bac-kan",
        "Bắc Cạn",
        "tỉnh Bắc Kạn",
        "Tinh Bac Kan",
        "T. Bắc Kạn",
        "T.Bắc Kạn",
        "UBND tỉnh Bắc Kạn",
        "Ủy ban nhân dân tỉnh Bắc Kạn",
        "Uỷ ban nhân dân tỉnh Bắc Kạn",
        "Bac Kan Province",
        "Bắc\u00a0Kạn",
        "  Bắc   Kạn. ",
        unicodedata.normalize("NFD", "Bắc Kạn"),
        "Bac Kan Provincial People's Committee",
        "06",
        "6",
    ],
    "ho-chi-minh": [
        "TP. Hồ Chí Minh",
        "TP.HCM",
        "TPHCM",
        "TP HCM",
        "HCM",
        "Sài Gòn",
        "Saigon",
        "Ho Chi Minh City",
        "TP. Ho Chi Minh City",
        "HCMC",
        "UBND Thành phố Hồ Chí Minh",
        "UBND TP. Hồ Chí Minh",
        "People’s Committee of Ho Chi Minh City",
    ],
    "thua-thien-hue": [
        "Thừa Thiên Huế",
        "Thừa Thiên - Huế",
        "Thừa Thiên-Huế",
        "Thua Thien Hue",
        "TT Huế",
        "TT. Huế",
        "T.T. Huế",
        "Huế",
        "Hue",
        "TP. Huế",
        "46",
    ],
    "ba-ria-vung-tau": [
        "Bà Rịa - Vũng Tàu",
        "Bà Rịa – Vũng Tàu",
        "Bà Rịa và Vũng Tàu",
        "BR-VT",
        "BRVT",
        "Tỉnh BR - VT",
    ],
    "dak-lak": ["Đắk Lắk", "Đắc Lắc", "Đăk Lăk", "Dak Lak", "Daklak", "DakLak", "Ðắk Lắk"],
    "dak-nong": ["Đắk Nông", "Đắc Nông", "Đăk Nông", "Daknong"],
    "hoa-binh": ["Hòa Bình", "Hoà Bình", "HOÀ BÌNH"],
    "khanh-hoa": ["Khánh Hòa", "Khánh Hoà"],
    "thanh-hoa": ["Thanh Hóa", "Thanh Hoá"],
    "kon-tum": ["Kon Tum", "Kontum", "Công Tum"],
    "da-nang": ["Đà Nẵng", "TP. Đà Nẵng", "Tp.Đà Nẵng", "Danang", "Da Nang City"],
    "ha-noi": ["Hà Nội", "Thủ đô Hà Nội", "Hanoi", "Ha Noi", "City of Hanoi", "01"],
}

MINISTRIES = {
    "bo-tai-chinh": ["Bộ Tài chính", "Tài chính", "Ministry of Finance", "BTC", "MOF"],
    "bo-thong-tin-va-truyen-thong": [
        "Bộ Thông tin & Truyền thông",
        "Bộ TT&TT",
        "Bộ TTTT",
        "TTTT",
        "BTTTT",
        "Ministry of Information & Communications",
    ],
    "bo-ke-hoach-va-dau-tu": ["Bộ KH&ĐT", "Bo KHDT", "MPI", "Kế hoạch và Đầu tư"],
    "bo-khoa-hoc-va-cong-nghe": ["Bộ KH&CN", "Bộ KHCN"],
    "bo-van-hoa-the-thao-va-du-lich": [
        "Bộ Văn hóa - Thể thao và Du lịch",
        "Bộ Văn hoá, Thể thao và Du lịch",
        "Bộ VHTT&DL",
        "Bộ VH, TT & DL",
    ],
    "bo-lao-dong-thuong-binh-va-xa-hoi": [
        "Bộ Lao động – Thương binh và Xã hội",
        "Bộ LĐ-TB&XH",
        "Bộ LĐTBXH",
        "MOLISA",
    ],
    "bo-nong-nghiep-va-phat-trien-nong-thon": ["Bộ NN&PTNT", "Bộ Nông nghiệp & PTNT"],
    "bo-giao-duc-va-dao-tao": ["Bộ GD&ĐT", "Bộ GD-ĐT"],
    "ngan-hang-nha-nuoc-viet-nam": ["NHNN", "NHNN VN", "Ngân hàng Nhà nước", "State Bank"],
}

AGENCIES = {
    "bao-hiem-xa-hoi-viet-nam": ["BHXH", "BHXH VN", "Bảo hiểm xã hội", "Bảo hiểm Xã hội VN"],
    "dai-tieng-noi-viet-nam": ["VOV", "Đài Tiếng nói VN"],
    "dai-truyen-hinh-viet-nam": ["VTV", "Đài truyền hình Việt Nam"],
    "thong-tan-xa-viet-nam": ["TTXVN", "TTX VN", "VNA"],
    "vien-han-lam-khoa-hoc-va-cong-nghe-viet-nam": [
        "Viện Hàn lâm KH&CN VN",
        "Viện Hàn lâm KH-CN Việt Nam",
        "VAST",
    ],
    "vien-han-lam-khoa-hoc-xa-hoi-viet-nam": ["Viện Hàn lâm KHXH VN", "VASS"],
    "ban-quan-ly-lang-chu-tich-ho-chi-minh": ["Ban Quản lý Lăng Chủ tịch HCM", "BQL Lăng"],
}


def spelled(names: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, code) for code, variants in names.items() for name in variants]


@pytest.mark.parametrize(("name", "code"), spelled(PROVINCES_IN_2019))
def test_a_province_is_found_under_the_spellings_of_tables(name: str, code: str) -> None:
    assert VIETNAM.find(name, group="province", on=IN_2019).code == code


@pytest.mark.parametrize(("name", "code"), spelled(MINISTRIES))
def test_a_ministry_is_found_under_its_short_and_english_names(name: str, code: str) -> None:
    assert VIETNAM.find(name, on=IN_2019).code == code


@pytest.mark.parametrize(("name", "code"), spelled(AGENCIES))
def test_an_agency_is_found_under_its_short_and_english_names(name: str, code: str) -> None:
    assert VIETNAM.find(name, on=IN_2019).code == code


def test_the_day_decides_which_body_of_a_name_is_meant() -> None:
    assert VIETNAM.find("Thái Nguyên", on=IN_2019).code == "thai-nguyen"
    assert VIETNAM.find("Thái Nguyên", on=IN_2026).code == "thai-nguyen-2025"
    assert VIETNAM.find("TP. Huế", on=date(2025, 3, 1)).code == "hue-2025"


def test_a_name_of_two_times_is_ambiguous_without_a_day() -> None:
    with pytest.raises(UnknownName, match="give a group, a date or the code") as caught:
        VIETNAM.find("Thái Nguyên")
    assert caught.value.reason == "ambiguous"
    assert [body.code for body in caught.value.candidates] == ["thai-nguyen", "thai-nguyen-2025"]


def test_a_code_is_never_ambiguous() -> None:
    assert VIETNAM.find("thai-nguyen").code == "thai-nguyen"


def test_an_unknown_name_lists_the_bodies_it_may_mean() -> None:
    with pytest.raises(UnknownName) as caught:
        VIETNAM.find("Bac Kan X")
    assert caught.value.reason == "unknown"
    assert caught.value.name == "Bac Kan X"
    assert caught.value.candidates[0].code == "bac-kan"
    assert str(caught.value) == (
        "no body is called 'Bac Kan X'; did you mean Bắc Kạn (bac-kan), Bắc Giang (bac-giang)?"
    )


def test_a_name_from_another_time_says_what_became_of_the_body() -> None:
    with pytest.raises(UnknownName, match=r"until 2025-06-30 and became Thái Nguyên") as caught:
        VIETNAM.find("Bắc Kạn", group="province", on=IN_2026)
    assert caught.value.candidates[0].code == "bac-kan"


def test_a_later_name_in_an_earlier_round_says_who_it_was() -> None:
    with pytest.raises(UnknownName, match=r"was Thừa Thiên Huế \(thua-thien-hue\)"):
        VIETNAM.find("hue-2025", on=IN_2019)


@pytest.mark.parametrize("name", ["Bắc Kạm", "Hà Nộ", "Bắc", "Quảng", "Bình quân 63 tỉnh", "x"])
def test_likeness_alone_never_finds_anybody(name: str) -> None:
    with pytest.raises(UnknownName):
        VIETNAM.find(name, on=IN_2019)


@pytest.mark.parametrize("name", ["", "  ", "–", "Tỉnh", "X" * 100_000, "٠٦"])
def test_a_name_that_says_nothing_is_unknown(name: str) -> None:
    with pytest.raises(UnknownName) as caught:
        VIETNAM.find(name)
    assert caught.value.reason == "unknown"
    assert len(str(caught.value)) < 1000


def test_a_department_is_not_taken_for_the_ministry_of_its_field() -> None:
    with pytest.raises(UnknownName) as caught:
        VIETNAM.find("Sở Tài chính")
    assert caught.value.candidates[0].code == "bo-tai-chinh"


def test_an_unknown_group_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="groups: province, ministry, agency"):
        VIETNAM.find("Hà Nội", group="provinces")


def test_written_accents_choose_between_names_that_differ_in_them_alone() -> None:
    register = register_from_names([("a", "Tân Hoà"), ("b", "Tân Hóa")], group="commune")
    assert register.find("Tân Hòa").code == "a"
    assert register.find("xã Tân Hoá").code == "b"
    with pytest.raises(UnknownName) as caught:
        register.find("tan hoa")
    assert caught.value.reason == "ambiguous"


def test_the_kind_of_unit_chooses_between_bodies_of_one_name() -> None:
    register = register_from_names(["Huyện Cao Lãnh", "Thành phố Cao Lãnh"], group="district")
    assert register.find("TP. Cao Lãnh").code == "thanh-pho-cao-lanh"
    assert register.find("H. Cao Lãnh").code == "huyen-cao-lanh"
    with pytest.raises(UnknownName) as caught:
        register.find("Cao Lãnh")
    assert caught.value.reason == "ambiguous"
    with pytest.raises(UnknownName) as caught:
        register.find("Thị xã Cao Lãnh")
    assert caught.value.reason == "unknown"


def test_a_name_that_begins_like_a_kind_of_unit_keeps_its_beginning() -> None:
    register = register_from_names(["Tĩnh Gia", "Bố Trạch"], group="district")
    assert register.find("Tĩnh Gia").code == "tinh-gia"
    assert register.find("Tinh Gia").code == "tinh-gia"
    assert register.find("huyện Bố Trạch").code == "bo-trach"


def test_the_error_survives_the_way_between_processes() -> None:
    with pytest.raises(UnknownName) as caught:
        VIETNAM.find("Thái Nguyên")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.name, copy.reason) == ("Thái Nguyên", "ambiguous")
    assert copy.candidates == caught.value.candidates
    assert str(copy) == str(caught.value)


PREFIXES = {
    "province": [
        "",
        "Tỉnh ",
        "TỈNH ",
        "T. ",
        "Thành phố ",
        "TP. ",
        "TP ",
        "UBND tỉnh ",
        "UBND TP. ",
    ],
    "ministry": [""],
    "agency": [""],
}


@st.composite
def varied(draw: st.DrawFn) -> tuple[Body, str]:
    body = draw(st.sampled_from(VIETNAM.bodies))
    name = draw(st.sampled_from(body.names()))
    if not name_form(name).kind:
        name = draw(st.sampled_from(PREFIXES[body.group])) + name
    changes: list[Callable[[str], str]] = [str, str.upper, str.lower, fold, str.title]
    change = draw(st.sampled_from(changes))
    forms: list[Literal["NFC", "NFD"]] = ["NFC", "NFD"]
    form = draw(st.sampled_from(forms))
    space = draw(st.sampled_from([" ", "  ", "\u00a0", "-", " – "]))
    return body, unicodedata.normalize(form, change(name)).replace(" ", space)


def meant(name: str) -> tuple[tuple[Body, ...], str | None]:
    try:
        return (VIETNAM.find(name),), None
    except UnknownName as error:
        return error.candidates, error.reason


@given(varied())
def test_every_body_is_found_again_under_any_spelling_of_its_names(case: tuple[Body, str]) -> None:
    body, name = case
    day = body.valid_to or body.valid_from or IN_2019
    assert VIETNAM.find(name, group=body.group, on=day) is body


@given(varied())
def test_without_a_group_and_a_day_a_body_is_found_or_among_the_candidates(
    case: tuple[Body, str],
) -> None:
    body, name = case
    found, reason = meant(name)
    assert body in found
    assert reason == ("ambiguous" if len(found) > 1 else None)


@given(st.text(max_size=30) | st.text(string.ascii_letters + " -.&'", max_size=30))
def test_any_text_finds_a_body_or_is_refused(name: str) -> None:
    found, reason = meant(name)
    assert reason == "unknown" or found


def test_a_body_without_a_vietnamese_name_is_found_by_its_english_one() -> None:
    register = Register(Text(), (Body("x", Text(en="Some Office"), "office"),))
    assert register.find("some office").code == "x"
