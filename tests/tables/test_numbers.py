"""Numbers are read without guessing."""

from __future__ import annotations

import datetime as dt
import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.language import number
from chiso.tables import Percent, guess_decimal, parse_integer, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0,7699", 0.7699),
        ("0.7699", 0.7699),
        ("0.769", 0.769),
        ("-0,769", -0.769),
        ("−1,5", -1.5),
        ("+3", 3),
        ("1234.567", 1234.567),
        ("1.234.567", 1_234_567),
        ("1,234,567.5", 1_234_567.5),
        ("1.234,5", 1234.5),
        ("1 234,5", 1234.5),
        ("1\u00a0234\u00a0567", 1_234_567),
        ("1\u202f234.5", 1234.5),
        (" 12 ", 12),
        (",5", 0.5),
        ("1e-07", 1e-7),
        ("1.234e-05", 1.234e-5),
        ("012", 12),
    ],
)
def test_a_number_with_one_meaning_is_read_without_a_declaration(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["1.234", "1,234", "-12.345", "999,999"])
def test_a_number_with_two_meanings_asks_for_a_declaration(text: str) -> None:
    with pytest.raises(ValueError, match="declare 'decimal: comma' or 'decimal: point'"):
        parse_number(text)


def test_a_declaration_settles_what_a_number_means() -> None:
    assert parse_number("1.234", decimal="comma") == 1234
    assert parse_number("1.234", decimal="point") == 1.234
    assert parse_number("1,234", decimal="comma") == 1.234
    assert parse_number("1,234", decimal="point") == 1234


@pytest.mark.parametrize("text", ["0.7699", "0.769", "12.34", "1,234.5", "1234.567"])
def test_a_decimal_point_in_a_file_that_declares_commas_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="declares 'decimal: comma'"):
        parse_number(text, decimal="comma")


@pytest.mark.parametrize(
    "text",
    [
        "1.23.456",
        "1,2,3",
        "12.34,5,6",
        "1 23",
        "1.234 567",
        "0.123.456",
        "1..2",
        ".",
        ",",
        "5.",
        "--1",
    ],
)
def test_separators_that_form_no_number_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        parse_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "0x1F",
        "1_000",
        "１２",
        "١٢",
        "1e5e5",
        "(5)",
        "5 ha",
        "=5",
        "½",
    ],
)
def test_what_only_a_programmer_would_call_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        parse_number(text)


@pytest.mark.parametrize("cell", ["1e400", math.inf, -math.inf, math.nan])
def test_numbers_beyond_all_bounds_are_refused(cell: str | float) -> None:
    with pytest.raises(ValueError, match="finite"):
        parse_number(cell)


def test_numbers_that_would_lose_digits_are_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        parse_number("1e-400")
    with pytest.raises(ValueError, match="digits"):
        parse_number(2**53 + 1)
    with pytest.raises(ValueError, match="digits"):
        parse_integer("99999999999999999999")
    with pytest.raises(ValueError, match="digits"):
        parse_number(10**400)


@pytest.mark.parametrize("token", ["-", "n/a", "N/A", "không có", "Không có", "null", "…"])
def test_a_word_for_nothing_is_a_problem_and_not_a_blank(token: str) -> None:
    with pytest.raises(ValueError, match="leave the cell empty"):
        parse_number(token)


@pytest.mark.parametrize("cell", [None, "", "  ", "\u00a0"])
def test_a_blank_cell_is_no_number(cell: str | None) -> None:
    with pytest.raises(ValueError, match="empty"):
        parse_number(cell)


@pytest.mark.parametrize("cell", [True, False, dt.date(2020, 1, 1), dt.datetime(2020, 1, 1)])
def test_other_kinds_of_value_are_no_numbers(cell: bool | dt.date) -> None:
    with pytest.raises(ValueError, match="where a number is expected"):
        parse_number(cell)


def test_percentages_are_read_in_their_own_unit_and_only_where_expected() -> None:
    assert parse_number("85%", percent=True) == 85.0
    assert parse_number("85,5 %", percent=True) == 85.5
    assert parse_number(Percent(0.57), percent=True) == 57.0
    for cell in ("85%", Percent(0.85)):
        with pytest.raises(ValueError, match="percentage"):
            parse_number(cell)


def test_whole_numbers_are_exact() -> None:
    assert parse_integer("1.234.567") == 1_234_567
    assert parse_integer(5.0) == 5
    assert isinstance(parse_integer("3,0"), int)
    with pytest.raises(ValueError, match="not a whole number"):
        parse_integer("3,5")


def test_the_convention_of_a_column_is_found_from_its_clear_cells() -> None:
    assert guess_decimal(["1.234", "0,5", None, 3.5, "text"]) == "comma"
    assert guess_decimal(["1,234", "0.5%"]) == "point"
    assert guess_decimal(["1.234", "12", "1 234"]) is None


def test_a_column_that_mixes_conventions_is_an_error() -> None:
    with pytest.raises(ValueError, match="are mixed"):
        guess_decimal(["0,5", "0.7"])


numbers = st.floats(min_value=-1e9, max_value=1e9).map(lambda value: round(value, 6))


@given(numbers)
def test_a_number_written_in_vietnamese_or_english_is_read_back(value: float) -> None:
    assert parse_number(number(value, "vi"), decimal="comma") == value
    assert parse_number(number(value, "en"), decimal="point") == value


@given(numbers)
def test_reading_without_a_declaration_gives_the_number_or_asks(value: float) -> None:
    for text in (number(value, "vi"), number(value, "en")):
        try:
            assert parse_number(text) == value
        except ValueError as error:
            assert "can mean" in str(error)  # noqa: PT017 - either outcome is right


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_full_precision_survives_text(value: float) -> None:
    assert parse_number(repr(value), decimal="point") == value


@given(st.text())
def test_any_text_gives_a_finite_number_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert math.isfinite(parse_number(text))
