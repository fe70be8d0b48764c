import datetime as dt

import pytest

from chiso.language import Text, date, fold, join, number, ordinal, sort_key


def test_numbers_are_written_as_each_language_does():
    assert number(0.7699, "vi", 4) == "0,7699"
    assert number(0.7699, "en", 4) == "0.7699"
    assert number(1234567.5, "vi") == "1.234.567,5"
    assert number(-0.1079, "en", 4) == "−0.1079"


def test_a_number_that_rounds_to_zero_has_no_sign():
    assert number(-0.00001, "en", 4) == "0.0000"


def test_an_unknown_value_is_not_written_as_a_number():
    with pytest.raises(ValueError, match="unknown"):
        number(float("nan"), "vi")


@pytest.mark.parametrize(
    ("place", "text"), [(1, "1st"), (2, "2nd"), (11, "11th"), (23, "23rd"), (112, "112th")]
)
def test_english_ordinals(place, text):
    assert ordinal(place, "en") == text
    assert ordinal(place, "vi") == f"thứ {place}"


def test_dates():
    day = dt.date(2020, 6, 3)
    assert date(day, "vi") == "03/06/2020"
    assert date(day, "en") == "3 June 2020"


def test_lists_of_names_end_with_and():
    assert join(["a"], "vi") == "a"
    assert join(["a", "b", "c"], "vi") == "a, b và c"
    assert join(["a", "b"], "en") == "a and b"


def test_folding_drops_accents_and_case_and_the_stroke_of_d():
    assert fold("Đắk Nông") == "dak nong"


def test_names_sort_as_in_a_vietnamese_dictionary():
    names = ["Đà Nẵng", "Điện Biên", "Hà Nội", "Cà Mau", "An Giang", "Đắk Lắk", "Ninh Bình"]
    assert sorted(names, key=sort_key) == [
        "An Giang",
        "Cà Mau",
        "Đà Nẵng",
        "Đắk Lắk",
        "Điện Biên",
        "Hà Nội",
        "Ninh Bình",
    ]


def test_a_text_stands_in_for_the_missing_language():
    text = Text.of({"vi": "chỉ số"})
    assert text.get("en") == "chỉ số"
    assert text.missing() == ["en"]
