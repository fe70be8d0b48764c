"""Texts, dates and yes-or-no answers in cells."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from chiso.tables.cells import Cell, is_blank, is_missing_token, shown

_YES = frozenset({"có", "co", "yes", "x", "1", "true", "đúng", "dung"})
_NO = frozenset({"không", "khong", "no", "0", "false", "sai"})
_DAY_FIRST = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]+)")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def parse_text(cell: Cell) -> str:
    """The text in a cell without outer white space; a whole number gives its digits.

    Raises ValueError for an empty cell, and for other values: how they looked is not known.
    """
    if is_blank(cell):
        raise ValueError("the cell is empty")
    if isinstance(cell, str):
        return unicodedata.normalize("NFC", cell.strip())
    if isinstance(cell, bool | dt.date) or cell is None:
        raise ValueError(f"{shown(cell)} stands where a text is expected")
    if isinstance(cell, float) and not cell.is_integer():
        raise ValueError(f"the number {cell!r} stands where a text is expected")
    return str(int(cell))


def parse_yes_no(cell: Cell) -> bool:
    """True for có, yes, x, 1, true, đúng; False for không, no, 0, false, sai.

    Raises ValueError for anything else, an empty cell included.
    """
    if is_blank(cell):
        raise ValueError("the cell is empty")
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float) and cell in (0, 1):
        return cell == 1
    if isinstance(cell, str):
        word = unicodedata.normalize("NFC", cell.strip().casefold())
        if word in _YES or word in _NO:
            return word in _YES
    raise ValueError(f"{shown(cell)} is neither yes nor no: write có or không, yes or no, 1 or 0")


def parse_date(cell: Cell) -> dt.date:
    """The day in a cell: a date cell, dd/mm/yyyy, dd-mm-yyyy or yyyy-mm-dd.

    The month never stands first, and the year has four digits. Raises ValueError.
    """
    if is_blank(cell):
        raise ValueError("the cell is empty")
    if isinstance(cell, dt.datetime):
        if cell.time() != dt.time():
            raise ValueError(f"{shown(cell)} holds a time of day where a date is expected")
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if not isinstance(cell, str):
        raise ValueError(f"{shown(cell)} is not a date: format the cell as a date (dd/mm/yyyy)")
    text = cell.strip()
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DAY_FIRST.fullmatch(text):
        if len(found[4]) != 4:
            raise ValueError(f"{shown(text)}: write the year with four digits (dd/mm/yyyy)")
        day, month, year = int(found[1]), int(found[3]), int(found[4])
    else:
        advice = "leave the cell empty where nothing is known"
        raise ValueError(
            f"{shown(text)} is not a date: {advice if is_missing_token(text) else 'dd/mm/yyyy'}"
        )
    try:
        return dt.date(year, month, day)
    except ValueError:
        swapped = month > 12 and day <= 12
        reason = "the day stands first (dd/mm/yyyy)" if swapped else "there is no such day"
        raise ValueError(f"{shown(text)} is not a date: {reason}") from None
