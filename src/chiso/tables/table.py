"""A table with headings: the one shape in which files reach the rest of the project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from chiso.problems import Collector, InvalidInput, Problem
from chiso.tables.cells import (
    Cell,
    Fault,
    column_letter,
    heading_text,
    is_blank,
    listed,
    matching,
    shown,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the headings; `number` counts from 1 as the spreadsheet shows it."""

    number: int
    cells: Mapping[str, Cell]

    def __getitem__(self, column: str) -> Cell:
        return self.cells[column]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with unique headings and the rows below them that are not blank.

    `places` are the positions of the columns in the file, counted from 1; columns that have
    neither a heading nor values are left out.
    """

    file: str
    sheet: str | None
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    places: tuple[int, ...] = ()
    header_row: int = 1

    def letter_of(self, column: str) -> str:
        """The spreadsheet letter of a column. Raises KeyError if there is no such column."""
        if column not in self.columns:
            raise KeyError(column)
        place = self.columns.index(column)
        return column_letter(self.places[place] if self.places else place + 1)

    def problem(
        self, message: str, row: Row | int, column: str | None = None, hint: str | None = None
    ) -> Problem:
        """A problem at a row, and at a column if one is named, of this table."""
        return Problem(
            message,
            file=self.file,
            sheet=self.sheet,
            row=row if isinstance(row, int) else row.number,
            column=None if column is None else self.letter_of(column),
            hint=hint,
        )

    def require(self, columns: Iterable[str]) -> Table:
        """This table, if it has all the columns; else InvalidInput lists every missing one."""
        problems = Collector(file=self.file, sheet=self.sheet)
        for column in columns:
            if column not in self.columns:
                self._missing(column, problems)
        problems.raise_if_any()
        return self

    def rename(self, mapping: Mapping[str, str]) -> Table:
        """The table with the columns renamed by `{wanted name: heading in the file}`.

        A heading is matched exactly, or else without regard to case and accents if that leaves
        one. Other columns keep their headings. Raises InvalidInput with every heading that is
        missing, ambiguous or claimed twice.
        """
        problems = Collector(file=self.file, sheet=self.sheet)
        names: dict[str, str] = {}
        for wanted, heading in mapping.items():
            found = matching(heading, list(self.columns))
            if not found:
                self._missing(heading, problems, wanted)
            elif len(found) > 1:
                problems.add(
                    f"heading {shown(heading)} for '{wanted}' fits several columns: "
                    f"{listed(found)}",
                    row=self.header_row,
                )
            elif found[0] in names:
                problems.add(
                    f"heading {shown(heading)} is given to both '{names[found[0]]}' and '{wanted}'",
                    row=self.header_row,
                    column=self.letter_of(found[0]),
                )
            else:
                names[found[0]] = wanted
        for column in self.columns:
            if column not in names and column in names.values():
                problems.add(
                    f"another column already has the heading {shown(column)}",
                    row=self.header_row,
                    column=self.letter_of(column),
                    hint="map or rename that column too",
                )
        problems.raise_if_any()
        columns = tuple(names.get(column, column) for column in self.columns)
        rows = tuple(
            Row(row.number, dict(zip(columns, row.cells.values(), strict=True)))
            for row in self.rows
        )
        return replace(self, columns=columns, rows=rows)

    def _missing(self, heading: str, problems: Collector, wanted: str | None = None) -> None:
        purpose = f" for '{wanted}'" if wanted is not None and wanted != heading else ""
        problems.add(
            f"there is no column {shown(heading)}{purpose}",
            row=self.header_row,
            hint=f"the headings are {listed(list(self.columns))}" if self.columns else None,
        )

    def values(
        self, column: str, parse: Callable[[Cell], T], problems: Collector
    ) -> list[T | None]:
        """Every cell of a column parsed, in the order of `rows`; None where it is blank.

        A cell that `parse` refuses with ValueError becomes a problem at its row and column and
        gives None.
        """
        results: list[T | None] = []
        for row in self.rows:
            cell = row.cells[column]
            value = None
            if not is_blank(cell):
                try:
                    value = parse(cell)
                except ValueError as error:
                    problems.take([self.problem(str(error), row, column)])
            results.append(value)
        return results


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a table may be; beyond it reading stops with a clear problem."""

    rows: int = 200_000
    columns: int = 500
    cells: int = 5_000_000

    def __post_init__(self) -> None:
        if self.rows < 1 or self.columns < 1:
            raise ValueError("a table has at least one row and one column")


def check_header_row(header_row: int) -> None:
    """Raise ValueError for a row that no spreadsheet has."""
    if header_row < 1:
        raise ValueError("header_row counts from 1")


Record = tuple[int, Sequence[Cell | Fault]]
"""A row as it stands in a file: its number and its cells from the first column on."""


@dataclass(slots=True)
class _Header:
    headings: list[str]
    number: int

    def at(self, place: int) -> str:
        return self.headings[place] if place < len(self.headings) else ""


def build_table(
    records: Iterable[Record],
    *,
    header_row: int,
    limits: Limits,
    problems: Collector,
    same_width: bool,
) -> Table:
    """Make a table of records, or raise InvalidInput with all that is wrong in the file.

    `same_width` refuses rows shorter than the header, as in text files a lost delimiter looks
    like that. `problems` may hold earlier findings of the reader and may grow while it reads.
    """
    header: _Header | None = None
    rows: list[tuple[int, Sequence[Cell]]] = []
    orphans: dict[int, int] = {}
    for number, cells in records:
        blank = all(map(is_blank, cells))
        if number < header_row or (blank and header):
            continue
        if header is None:
            # Without headings the reader still goes on to the end, to note its own findings.
            if number == header_row and not blank:
                header = _read_header(number, cells, limits, problems)
            continue
        if excess := _excess(len(rows) + 1, len(header.headings), limits):
            problems.add(excess, row=number)
            break
        sound = _check_row(number, cells, header, problems, orphans, same_width)
        rows.append((number, sound))
    if header is None:
        _no_header(header_row, problems)
    else:
        for place, number in sorted(orphans.items()):
            problems.add(
                "the column has values but no heading",
                row=header.number,
                column=column_letter(place + 1),
                hint=f"first value in row {number}",
            )
    problems.raise_if_any()
    assert header is not None
    return _finished(header, rows, problems)


def _finished(
    header: _Header, rows: list[tuple[int, Sequence[Cell]]], problems: Collector
) -> Table:
    """The table of sound rows; columns that have neither a heading nor values are left out."""
    kept = [(place, heading) for place, heading in enumerate(header.headings) if heading]
    return Table(
        file=problems.file or "",
        sheet=problems.sheet,
        columns=tuple(heading for _, heading in kept),
        rows=tuple(
            Row(
                number,
                {heading: cells[place] if place < len(cells) else None for place, heading in kept},
            )
            for number, cells in rows
        ),
        places=tuple(place + 1 for place, _ in kept),
        header_row=header.number,
    )


def _excess(rows: int, columns: int, limits: Limits) -> str | None:
    if rows > limits.rows:
        return f"has more than {limits.rows:,} rows of data"
    if rows * columns > limits.cells:
        return f"has more than {limits.cells:,} cells"
    return None


def _no_header(header_row: int, problems: Collector) -> None:
    # Faults found on the way (a broken quote in the header) already say why there is none.
    if not problems:
        problems.add(
            "should hold the headings and is blank", row=header_row, hint="or set 'header_row'"
        )


def _read_header(
    number: int, cells: Sequence[Cell | Fault], limits: Limits, problems: Collector
) -> _Header:
    width = max(place for place, cell in enumerate(cells, 1) if not is_blank(cell))
    if width > limits.columns:
        problems.add(f"has {width:,} columns, more than {limits.columns:,}", row=number)
        raise InvalidInput(problems.found)
    headings: list[str] = []
    first: dict[str, int] = {}
    for place, cell in enumerate(cells[:width], 1):
        heading = _heading(cell, number, place, problems)
        if heading in first:
            problems.add(
                f"heading {shown(heading)} stands in column {column_letter(first[heading])} too",
                row=number,
                column=column_letter(place),
            )
        elif heading:
            first[heading] = place
        headings.append(heading)
    return _Header(headings, number)


def _heading(cell: Cell | Fault, row: int, place: int, problems: Collector) -> str:
    if is_blank(cell):
        return ""
    if isinstance(cell, str):
        return heading_text(cell)
    # Wide tables have years for headings, and spreadsheets store them as numbers.
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    fault = cell if isinstance(cell, Fault) else Fault(f"{shown(cell)} is not a heading")
    problems.add(fault.message, row=row, column=column_letter(place), hint=fault.hint)
    # A stand-in, lest the column be reported once more for lacking a heading.
    return f"\0{place}"


def _check_row(
    number: int,
    cells: Sequence[Cell | Fault],
    header: _Header,
    problems: Collector,
    orphans: dict[int, int],
    same_width: bool,
) -> Sequence[Cell]:
    """The cells, faults noted and taken out; values beyond or without a heading noted."""
    width = len(header.headings)
    if same_width and len(cells) < width:
        problems.add(f"has {len(cells)} cells, the header has {width}", row=number)
    elif same_width and any(not is_blank(cell) for cell in cells[width:]):
        problems.add(
            f"has {len(cells)} cells, the header has {width}",
            row=number,
            hint="text and decimal commas that contain the delimiter must be quoted",
        )
        cells = cells[:width]
    sound: list[Cell] = []
    for place, cell in enumerate(cells):
        if isinstance(cell, Fault):
            problems.add(cell.message, row=number, column=column_letter(place + 1), hint=cell.hint)
            cell = None
        elif not is_blank(cell) and not header.at(place):
            orphans.setdefault(place, number)
        sound.append(cell)
    return sound
