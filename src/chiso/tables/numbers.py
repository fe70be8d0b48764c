"""Numbers as Vietnamese and English write them, read without guessing.

`1.234` is a thousand and more in Vietnamese and little over one in English. A text is read only
if it fits one convention, or means the same in both, or the convention is declared.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from decimal import Decimal as Exact
from typing import Literal

from chiso.tables.cells import Cell, Percent, is_blank, is_missing_token, shown

Decimal = Literal["auto", "comma", "point"]
Mark = Literal["comma", "point"]

_SIGNS = {"": "", "+": "", "-": "-", "−": "-"}
_SPACES = " \u00a0\u2009\u202f"
_NUMBER = re.compile(rf"([+\-−]?)([0-9.,{_SPACES}]+)(?:[eE]([+\-]?[0-9]{{1,4}}))?")
_LARGEST_EXACT = 2**53


def _patterns(mark: str, thousands: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    plain = re.compile(rf"([0-9]*)(?:[{mark}]([0-9]+))?")
    grouped = re.compile(
        rf"([1-9][0-9]{{0,2}}(?P<group>[{thousands}{_SPACES}])[0-9]{{3}}"
        rf"(?:(?P=group)[0-9]{{3}})*)(?:[{mark}](?P<fraction>[0-9]+))?"
    )
    return plain, grouped


_PATTERNS: dict[Mark, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "comma": _patterns(",", "."),
    "point": _patterns(".", ","),
}


def _plain_digits(body: str, mark: Mark, *, grouping: bool) -> str | None:
    """`body` as Python writes it if it fits the convention, else None."""
    plain, grouped = _PATTERNS[mark]
    if found := plain.fullmatch(body):
        whole, fraction = found[1], found[2]
        return f"{whole or '0'}.{fraction or '0'}" if whole or fraction else None
    if grouping and (found := grouped.fullmatch(body)):
        whole = "".join(filter(str.isdigit, found[1]))
        return f"{whole}.{found['fraction'] or '0'}"
    return None


def _readings(text: str) -> dict[Mark, str]:
    """What the text means under each convention that it fits; empty if it is no number."""
    found = _NUMBER.fullmatch(text)
    if not found:
        return {}
    sign, body, exponent = found.groups()
    readings: dict[Mark, str] = {}
    for mark in _PATTERNS:
        # Scientific notation has no thousands separators, which leaves 1.234e-05 one meaning.
        digits = _plain_digits(body, mark, grouping=exponent is None)
        if digits is not None:
            readings[mark] = f"{_SIGNS[sign]}{digits}{f'e{exponent}' if exponent else ''}"
    return readings


def _choose(text: str, decimal: Decimal) -> str:
    readings = _readings(text)
    if not readings:
        if is_missing_token(text):
            raise ValueError(
                f"{shown(text)} is not a number: leave the cell empty where nothing is known"
            )
        raise ValueError(f"{shown(text)} is not a number")
    if decimal != "auto":
        if decimal in readings:
            return readings[decimal]
        other = "a decimal point" if decimal == "comma" else "a decimal comma"
        raise ValueError(
            f"{shown(text)} is written with {other} (or wrong thousands separators), "
            f"but the file declares 'decimal: {decimal}'"
        )
    if len(set(readings.values())) > 1:
        raise ValueError(
            f"{shown(text)} can mean {_short(readings['comma'])} or {_short(readings['point'])}: "
            "declare 'decimal: comma' or 'decimal: point'"
        )
    return next(iter(readings.values()))


def _short(reading: str) -> str:
    return reading.removesuffix(".0")


def parse_number(cell: Cell, *, decimal: Decimal = "auto", percent: bool = False) -> float:
    """The number in a cell.

    Text is read by the declared convention, or if `auto` by the only one that it fits; thousands
    stand in groups of three after a point, a comma or a space. With `percent`, `85%` gives 85.0,
    in the unit of the column, and so does a spreadsheet cell with a percent format; without it
    both are refused. Raises ValueError that says what is wrong.
    """
    if is_blank(cell):
        raise ValueError("the cell is empty")
    if isinstance(cell, bool):
        raise ValueError(f"{'TRUE' if cell else 'FALSE'} stands where a number is expected")
    if isinstance(cell, dt.date):
        raise ValueError(f"a date ({cell.isoformat()}) stands where a number is expected")
    if isinstance(cell, Percent):
        return _from_percent_cell(cell, percent)
    if isinstance(cell, int | float):
        if isinstance(cell, int) and abs(cell) > _LARGEST_EXACT:
            raise ValueError(f"{shown(cell)} has more digits than a number keeps exactly")
        return _finite(float(cell), str(cell))
    assert isinstance(cell, str)
    text = cell.strip()
    if text.endswith("%"):
        if not percent:
            raise ValueError(f"{shown(text)} is a percentage where a plain number is expected")
        text = text[:-1].rstrip()
    reading = _choose(text, decimal)
    value = _finite(float(reading), text)
    if value == 0 and re.search("[1-9]", reading.partition("e")[0]):
        raise ValueError(f"{shown(text)} is too small to be kept")
    return value


def _from_percent_cell(cell: Percent, percent: bool) -> float:
    # Shifting the decimal point keeps 0.57 from becoming 56.99999999999999.
    points = _finite(float(Exact(repr(float(cell))).scaleb(2)), repr(float(cell)))
    if not percent:
        raise ValueError(
            f"the cell shows a percentage ({points:.15g}%) where a plain number is expected: "
            "change the format of the cell"
        )
    return points


def _finite(value: float, text: str) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{shown(text)} is not a finite number")
    return value


def parse_integer(cell: Cell, *, decimal: Decimal = "auto") -> int:
    """The whole number in a cell, exactly; see `parse_number`. Raises ValueError."""
    value = parse_number(cell, decimal=decimal)
    if not value.is_integer():
        raise ValueError(f"{shown(cell)} is not a whole number")
    if abs(value) > _LARGEST_EXACT:
        raise ValueError(f"{shown(cell)} has more digits than a number keeps exactly")
    return int(value)


def guess_decimal(values: Iterable[Cell]) -> Mark | None:
    """The convention that the texts among `values` show, or None if none shows any.

    Cells that are no text, no number, or fit both conventions say nothing. Raises ValueError if
    some need decimal commas and others decimal points.
    """
    seen: dict[Mark, str] = {}
    for value in values:
        if isinstance(value, str):
            text = value.strip().removesuffix("%").rstrip()
            fits = list(_readings(text))
            if len(fits) == 1:
                seen.setdefault(fits[0], text)
    if len(seen) == 2:
        raise ValueError(
            f"decimal commas ({shown(seen['comma'])}) and decimal points "
            f"({shown(seen['point'])}) are mixed"
        )
    return next(iter(seen), None)
