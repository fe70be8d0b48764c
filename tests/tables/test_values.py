"""Dates, answers and texts in cells."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.tables import Cell, is_blank, parse_date, parse_text, parse_yes_no


@pytest.mark.parametrize(
    "cell",
    ["30/06/2020", "30-6-2020", "2020-06-30", dt.date(2020, 6, 30), dt.datetime(2020, 6, 30)],
)
def test_a_date_is_read_day_first_or_iso(cell: Cell) -> None:
    assert parse_date(cell) == dt.date(2020, 6, 30)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("06/30/2020", "the day stands first"),
        ("31/02/2020", "no such day"),
        ("30/06/20", "four digits"),
        ("30/06-2020", "dd/mm/yyyy"),
        ("30 June 2020", "dd/mm/yyyy"),
        ("n/a", "leave the cell empty"),
        ("", "empty"),
        (44012, "format the cell as a date"),
        (dt.datetime(2020, 6, 30, 8, 15), "time of day"),
    ],
)
def test_what_is_no_date_is_refused_with_a_reason(cell: Cell, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_date(cell)


@given(st.dates())
def test_every_day_is_read_back(day: dt.date) -> None:
    assert parse_date(f"{day.day:02d}/{day.month:02d}/{day.year:04d}") == day
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize(
    "cell", ["có", "CÓ", "co\u0301", "yes", "x", "X", "1", "true", "Đúng", 1, 1.0, True]
)
def test_yes_has_many_words(cell: Cell) -> None:
    assert parse_yes_no(cell) is True


@pytest.mark.parametrize("cell", ["không", "no", "0", "FALSE", "sai", 0, False])
def test_no_has_many_words(cell: Cell) -> None:
    assert parse_yes_no(cell) is False


@pytest.mark.parametrize("cell", [None, "", "maybe", "2", 2, "-", "không có", dt.date(2020, 1, 1)])
def test_anything_else_is_neither_yes_nor_no(cell: Cell) -> None:
    with pytest.raises(ValueError, match=r"neither yes nor no|empty"):
        parse_yes_no(cell)


def test_text_is_trimmed_and_composed_and_whole_numbers_give_their_digits() -> None:
    assert parse_text(" Ha\u0300 Nội ") == "Hà Nội"
    assert parse_text(79) == "79"
    assert parse_text(79.0) == "79"


@pytest.mark.parametrize("cell", [None, " ", 1.5, True, dt.date(2020, 1, 1)])
def test_values_whose_look_is_unknown_are_no_texts(cell: Cell) -> None:
    with pytest.raises(ValueError, match=r"expected|empty"):
        parse_text(cell)


def test_only_nothing_and_white_space_are_blank() -> None:
    assert all(map(is_blank, [None, "", " \t\u00a0"]))
    assert not any(map(is_blank, ["-", "n/a", "không có", 0, False]))
