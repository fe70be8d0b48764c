"""Workbooks in XLSX files: sheets as grids of cells, and as tables."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chiso.problems import Collector, InvalidInput, Problem
from chiso.tables.cells import Cell, Fault, column_letter, listed, matching, shown
from chiso.tables.hostile import Archive, ArchiveLimits, is_archive, refuse_foreign
from chiso.tables.openxml import SheetPart, read_workbook
from chiso.tables.sheet_cells import read_cells
from chiso.tables.table import Limits, Record, Table, build_table, check_header_row


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet, by row and column counted from 1.

    Formulas show the value that was stored with them. In a merged range, only the first cell
    has the value. A cell without a usable value (an error such as #N/A, a formula never
    computed) is a fault: `get` raises, and `problems` lists them all.
    """

    file: str
    sheet: str
    max_row: int
    max_column: int
    hidden: bool = False
    _cells: Mapping[int, Mapping[int, Cell | Fault]] = field(default_factory=dict, repr=False)

    def get(self, row: int, column: int) -> Cell:
        """The value of a cell, None if it is blank or outside. Raises ValueError on a fault."""
        cell = self._cells.get(row, {}).get(column)
        if isinstance(cell, Fault):
            raise ValueError(f"{cell.message} ({cell.hint})" if cell.hint else cell.message)
        return cell

    def problems(self) -> list[Problem]:
        """Every fault of the sheet with its place."""
        return [
            Problem(
                cell.message,
                file=self.file,
                sheet=self.sheet,
                row=row,
                column=column_letter(column),
                hint=cell.hint,
            )
            for row, cells in self._cells.items()
            for column, cell in cells.items()
            if isinstance(cell, Fault)
        ]

    def records(self) -> Iterator[Record]:
        """The rows that hold anything, in order, each as wide as its last cell."""
        for number in sorted(self._cells):
            cells = self._cells[number]
            yield number, [cells.get(column) for column in range(1, max(cells) + 1)]


def read_file(path: str | os.PathLike[str], name: str) -> bytes:
    """All bytes of a file that is not too large; InvalidInput if it cannot be read."""
    most = ArchiveLimits().file_bytes
    try:
        with Path(path).open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise InvalidInput(Problem(f"cannot be read: {reason}", file=name)) from None
    if len(data) > most:
        raise InvalidInput(Problem(f"is larger than {most // 2**20} MB", file=name))
    if not data:
        raise InvalidInput(Problem("is empty", file=name))
    return data


def open_workbook(
    path: str | os.PathLike[str],
    *,
    sheets: Collection[str] | None = None,
    name: str | None = None,
    max_rows: int = 200_000,
    max_columns: int = 500,
) -> dict[str, Grid]:
    """The sheets of an XLSX file as grids, all or those named, hidden ones included.

    Everything is read before this returns, and nothing but the file: links to other workbooks
    are never followed. `name` stands for the file in messages. Raises InvalidInput.
    """
    file = name or os.fspath(path)
    data = read_file(path, file)
    if not is_archive(data):
        refuse_foreign(data, file)
        raise InvalidInput(Problem("is not an XLSX workbook", file=file, hint="save it as .xlsx"))
    return grids(data, file, sheets, Limits(max_rows, max_columns))


def grids(
    data: bytes, file: str, sheets: Collection[str] | None, limits: Limits
) -> dict[str, Grid]:
    """The grids of the workbook in `data`, guarded; see `open_workbook`."""
    archive = Archive(data, file)
    try:
        workbook = read_workbook(archive)
        wanted = _choose(workbook.sheets, sheets, file)
        result: dict[str, Grid] = {}
        for sheet in wanted:
            cells = read_cells(archive, sheet, workbook, limits.rows + 1_000, limits.columns)
            result[sheet.name] = Grid(
                file=file,
                sheet=sheet.name,
                max_row=max(cells, default=0),
                max_column=max(map(max, cells.values()), default=0),
                hidden=sheet.hidden,
                _cells=cells,
            )
        return result
    finally:
        archive.close()


def _choose(parts: list[SheetPart], wanted: Collection[str] | None, file: str) -> list[SheetPart]:
    if wanted is None:
        return parts
    problems = Collector(file=file)
    names = [part.name for part in parts]
    chosen: list[SheetPart] = []
    for name in wanted:
        found = matching(name, names)
        if len(found) == 1:
            chosen.append(parts[names.index(found[0])])
        else:
            what = "several sheets fit" if found else "there is no sheet"
            problems.add(f"{what} {shown(name)}", hint=f"the sheets are {listed(names)}")
    problems.raise_if_any()
    return chosen


def read_sheets(
    path: str | os.PathLike[str],
    *,
    sheets: Collection[str] | None = None,
    header_row: int = 1,
    name: str | None = None,
    max_rows: int = 200_000,
    max_columns: int = 500,
) -> dict[str, Table]:
    """The sheets of an XLSX file as tables: those named, else all that are visible and not empty.

    Raises InvalidInput with all problems of all these sheets.
    """
    check_header_row(header_row)
    found = open_workbook(
        path, sheets=sheets, name=name, max_rows=max_rows, max_columns=max_columns
    )
    if sheets is None:
        found = _with_data(found)
    problems: list[Problem] = []
    tables: dict[str, Table] = {}
    for title, grid in found.items():
        try:
            tables[title] = table_of(grid, header_row, Limits(max_rows, max_columns))
        except InvalidInput as error:
            problems.extend(error.problems)
    if problems:
        raise InvalidInput(problems)
    return tables


def _with_data(found: dict[str, Grid]) -> dict[str, Grid]:
    return {title: grid for title, grid in found.items() if grid.max_row and not grid.hidden}


def table_of(grid: Grid, header_row: int, limits: Limits) -> Table:
    """A grid with headings as a table, or InvalidInput with all that is wrong in it."""
    return build_table(
        grid.records(),
        header_row=header_row,
        limits=limits,
        problems=Collector(file=grid.file, sheet=grid.sheet),
        same_width=False,
    )


def read_xlsx(
    data: bytes, file: str, *, sheet: str | None, header_row: int, limits: Limits
) -> Table:
    """The table of the named sheet, else of the only visible sheet that is not empty."""
    found = grids(data, file, None if sheet is None else [sheet], limits)
    if sheet is None:
        found = _with_data(found)
    if len(found) == 1:
        return table_of(next(iter(found.values())), header_row, limits)
    if not found:
        raise InvalidInput(Problem("has no visible sheet with data", file=file))
    raise InvalidInput(
        Problem(
            f"has {len(found)} sheets with data",
            file=file,
            hint=f"name one of {listed(list(found))}",
        )
    )
