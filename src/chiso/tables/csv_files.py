"""Tables in text files: comma, semicolon, tab or bar between cells."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from chiso.problems import Collector, InvalidInput
from chiso.tables.cells import Cell, Fault, is_blank, unsound
from chiso.tables.encodings import decode
from chiso.tables.guard import unguard
from chiso.tables.table import Limits, Record, Table, build_table

if TYPE_CHECKING:
    import _csv

DELIMITERS = (",", ";", "\t", "|")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SAMPLE_ROWS = 200
_MOST_DELIMITERS = 16_384


def read_csv(
    data: bytes,
    file: str,
    *,
    delimiter: str | None,
    header_row: int,
    limits: Limits,
    guarded: bool,
) -> Table:
    """Read a table from the bytes of a text file; InvalidInput lists all that is wrong."""
    problems = Collector(file=file)
    text = decode(data, file)
    if not isinstance(text, str):
        raise InvalidInput(text)
    text = text.lstrip("\ufeff")
    if not text.strip():
        raise InvalidInput(_with(problems, "is empty"))
    if delimiter is not None and delimiter not in DELIMITERS:
        raise InvalidInput(_with(problems, "the delimiter is one of , ; | and tab"))
    if delimiter is None:
        delimiter = _detect(text, header_row, problems)
    return build_table(
        _records(text, delimiter, problems, guarded),
        header_row=header_row,
        limits=limits,
        problems=problems,
        same_width=True,
    )


def _with(problems: Collector, message: str) -> Collector:
    problems.add(message)
    return problems


def _reader(text: str, delimiter: str) -> _csv.Reader:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _records(text: str, delimiter: str, problems: Collector, guarded: bool) -> Iterator[Record]:
    reader = _reader(text, delimiter)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            _quoting_problem(error, number, reader.line_num, problems)
            continue
        yield number, [_cell(cell, guarded) for cell in cells]


def _cell(text: str, guarded: bool) -> Cell | Fault:
    if code := unsound(text):
        return Fault(f"the cell holds {code}, which is no character")
    # Cell by cell, because NFC turns some characters into a semicolon.
    text = unicodedata.normalize("NFC", text)
    return (unguard(text) if guarded else text) or None


def _quoting_problem(error: csv.Error, row: int, line: int, problems: Collector) -> None:
    reason = str(error)
    if "unexpected end" in reason:
        message, hint = "a quoted text that begins in this row never ends", 'close it with "'
    elif "field limit" in reason:
        message, hint = (
            f"a cell is longer than {csv.field_size_limit():,} characters",
            'perhaps a quoted text never ends; close it with "',
        )
    elif "expected after" in reason:
        message, hint = "text goes on after a closing quote", 'write a quote inside text as ""'
    else:
        message, hint = f"cannot be read as CSV: {reason}", None
    problems.add(message, row=row, line=line, hint=hint)


def _detect(text: str, header_row: int, problems: Collector) -> str:
    """The delimiter under which the rows are as wide as the header, and then the widest."""
    header_line = next(islice(io.StringIO(text), header_row - 1, None), "")
    if max(map(header_line.count, DELIMITERS)) > _MOST_DELIMITERS:
        problems.add(f"has more than {_MOST_DELIMITERS:,} columns", row=header_row)
        raise InvalidInput(problems.found)
    merits = {delimiter: _merit(text, delimiter, header_row) for delimiter in DELIMITERS}
    best = max(merits.values())
    if best == (0, 0):
        return ","
    winners = [delimiter for delimiter, merit in merits.items() if merit == best]
    if len(winners) > 1:
        names = " and ".join(_NAMES[delimiter] for delimiter in winners)
        problems.add(
            f"cannot tell which character parts the cells: {names} fit equally",
            row=header_row,
            hint="name the delimiter",
        )
        raise InvalidInput(problems.found)
    return winners[0]


def _merit(text: str, delimiter: str, header_row: int) -> tuple[float, int]:
    reader = _reader(text, delimiter)
    widths: list[int] = []
    for _ in range(header_row - 1 + _SAMPLE_ROWS):
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            cells = []
        widths.append(0 if all(map(is_blank, cells)) else len(cells))
    header = widths[header_row - 1] if len(widths) >= header_row else 0
    if header < 2:
        return (0, 0)
    below = [width for width in widths[header_row:] if width]
    share = sum(width == header for width in below) / len(below) if below else 1.0
    return (share, header)
