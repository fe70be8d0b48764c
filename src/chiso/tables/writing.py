"""Tables out to CSV and XLSX: numbers exact, texts never formulas, files whole or absent."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import numbers
import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from chiso.tables.atomic import atomic_write
from chiso.tables.cells import LONGEST_TEXT, Cell, column_letter, shown, unsound
from chiso.tables.guard import guard, is_risky

# Spreadsheets count days from 1900 and have a 29 February in that year, which never was.
_FIRST_DAY = dt.date(1900, 3, 1)
_CREATED = dt.datetime(2000, 1, 1)
_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
_LARGEST_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class SheetData:
    """The headings of a sheet and its rows, each as long as the headings."""

    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


class _ExactFloat(float):
    """A float that any format shows in full: XlsxWriter would cut its 17 digits to 16."""

    def __format__(self, specification: str) -> str:
        return float.__repr__(self)


def _checked(rows: Iterable[Sequence[Cell]], width: int) -> Iterable[tuple[int, list[Cell]]]:
    for number, row in enumerate(rows, 2):
        if len(row) != width:
            raise ValueError(f"row {number} has {len(row)} cells, the header has {width}")
        yield number, [_plain(cell, number, place) for place, cell in enumerate(row, 1)]


def _plain(cell: object, row: int, place: int) -> Cell:
    """The cell as a plain Python value (NumPy scalars included); refuses what no cell can hold."""
    where = f"cell {column_letter(place)}{row}"
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, str):
        if code := unsound(cell):
            raise ValueError(f"{where} holds {code}, which no file can keep")
        return unicodedata.normalize("NFC", cell)
    if isinstance(cell, dt.date):
        if isinstance(cell, dt.datetime) and cell.tzinfo is not None:
            raise ValueError(f"{where} holds a time with a time zone; convert it first")
        return cell
    if isinstance(cell, numbers.Integral):
        return int(cell)
    if isinstance(cell, numbers.Real):
        value = float(cell)
        if not math.isfinite(value):
            raise ValueError(f"{where} holds {value}: leave unknown values empty")
        return value
    if type(cell).__name__ == "bool":
        return bool(cell)
    raise TypeError(f"{where} holds a {type(cell).__name__}")


def write_csv(
    path: str | os.PathLike[str],
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    excel: bool = True,
    delimiter: str = ",",
) -> None:
    """Write a CSV file in UTF-8, whole or not at all.

    Numbers are written in full with a decimal point, dates as yyyy-mm-dd, truths as `true` and
    `false`. Texts that a spreadsheet would run as formulas get a leading apostrophe; `unguard`
    takes it off. `excel` adds the mark by which Excel knows UTF-8. Raises ValueError or TypeError
    for values that no cell can hold, and OSError.
    """
    with atomic_write(path) as file:
        if excel:
            file.write(b"\xef\xbb\xbf")
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.writer(text, delimiter=delimiter)
        header = [_csv_cell(_plain(column, 1, place)) for place, column in enumerate(columns, 1)]
        writer.writerow(header)
        for _, row in _checked(rows, len(columns)):
            writer.writerow([_csv_cell(cell) for cell in row])
        text.flush()
        text.detach()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return guard(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, dt.date) else repr(cell)


def write_xlsx(path: str | os.PathLike[str], sheets: Mapping[str, SheetData]) -> None:
    """Write an XLSX workbook, whole or not at all; equal data give equal bytes.

    Headings are bold, frozen and filtered. Numbers are number cells in full precision. Texts are
    text cells and stay so when edited; they never become formulas or links. Raises ValueError or
    TypeError for values that no cell can hold, and OSError.
    """
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    try:
        book = xlsxwriter.Workbook(buffer, options)
        book.set_properties({"created": _CREATED})
        for title, data in (sheets or {"Sheet1": SheetData((), ())}).items():
            _SheetWriter(book, title).write(data)
        book.close()
    except XlsxWriterException as error:
        raise ValueError(f"the workbook cannot be written: {error}") from error
    with atomic_write(path) as file:
        file.write(buffer.getvalue())


class _SheetWriter:
    def __init__(self, book: xlsxwriter.Workbook, title: str) -> None:
        self._sheet = book.add_worksheet(title)
        self._heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._day = book.add_format({"num_format": "dd/mm/yyyy"})
        self._moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        # The quote prefix keeps `=1+1` a text when somebody edits the cell and presses Enter.
        self._quoted = book.add_format({"quote_prefix": True})
        self._quoted_heading = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "quote_prefix": True}
        )

    def write(self, data: SheetData) -> None:
        width = len(data.columns)
        if width > _MOST_COLUMNS:
            raise ValueError(f"{width:,} columns do not fit into a sheet")
        widths = [len(heading) for heading in data.columns]
        for place, heading in enumerate(data.columns):
            text = _plain(heading, 1, place + 1)
            self._text(1, place, str(text), heading=True)
        last = 1
        for number, row in _checked(data.rows, width):
            if number > _MOST_ROWS:
                raise ValueError(f"more than {_MOST_ROWS:,} rows do not fit into a sheet")
            for place, cell in enumerate(row):
                self._cell(number, place, cell)
                widths[place] = max(widths[place], _width(cell))
            last = number
        self._sheet.freeze_panes(1, 0)
        if width:
            self._sheet.autofilter(0, 0, last - 1, width - 1)
        for place, size in enumerate(widths):
            self._sheet.set_column(place, place, min(max(size + 2, 8), 60))

    def _cell(self, number: int, place: int, cell: Cell) -> None:
        row, where = number - 1, f"cell {column_letter(place + 1)}{number}"
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            self._sheet.write_boolean(row, place, cell)
        elif isinstance(cell, str):
            self._text(number, place, cell)
        elif isinstance(cell, dt.date):
            day = cell.date() if isinstance(cell, dt.datetime) else cell
            if day < _FIRST_DAY:
                raise ValueError(f"{where} holds a date before {_FIRST_DAY}; write it as text")
            form = self._moment if isinstance(cell, dt.datetime) else self._day
            self._sheet.write_datetime(row, place, cell, form)
        elif isinstance(cell, int):
            if abs(cell) > _LARGEST_EXACT:
                raise ValueError(f"{where} holds more digits than a number keeps; write it as text")
            self._sheet.write_number(row, place, cell)
        else:
            self._sheet.write_number(row, place, _ExactFloat(cell))

    def _text(self, number: int, place: int, text: str, *, heading: bool = False) -> None:
        length = len(text.encode("utf-16-le")) // 2  # as Excel counts
        if length > LONGEST_TEXT:
            where = f"cell {column_letter(place + 1)}{number}"
            raise ValueError(f"{where} holds {length:,} characters, at most {LONGEST_TEXT:,} fit")
        plain, quoted = self._heading, self._quoted_heading
        if not heading:
            plain, quoted = None, self._quoted
        form = quoted if is_risky(text) else plain
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter takes such a text for markup of its own and would not escape it.
            pieces = (text[:1], plain or self._quoted, text[1:], form or self._quoted)
            self._sheet.write_rich_string(number - 1, place, *pieces)
        else:
            self._sheet.write_string(number - 1, place, text, form)


def _width(cell: Cell) -> int:
    if cell is None:
        return 0
    if isinstance(cell, str):
        return max(map(len, cell.splitlines()), default=0)
    return 19 if isinstance(cell, dt.datetime) else min(len(shown(cell)), 20)
