"""One way in for tables of any accepted kind: the content of the file decides which."""

from __future__ import annotations

import os

from chiso.problems import InvalidInput, Problem
from chiso.tables.csv_files import read_csv
from chiso.tables.hostile import is_archive, refuse_foreign
from chiso.tables.table import Limits, Table, check_header_row
from chiso.tables.xlsx_files import read_file, read_xlsx


def read_table(
    path: str | os.PathLike[str],
    *,
    sheet: str | None = None,
    header_row: int = 1,
    max_rows: int = 200_000,
    max_columns: int = 500,
    delimiter: str | None = None,
    guarded: bool = False,
    name: str | None = None,
) -> Table:
    """Read a table from a CSV or XLSX file.

    Of a workbook, the named sheet is read, or else the only visible one with data. The delimiter
    of a text file is found unless given. `guarded` takes off the apostrophes that `write_csv`
    puts before risky texts; leave it off for files from elsewhere. `name` stands for the file in
    messages. Raises InvalidInput with everything that is wrong.
    """
    file = name or os.fspath(path)
    check_header_row(header_row)
    limits = Limits(max_rows, max_columns)
    data = read_file(path, file)
    refuse_foreign(data, file)
    if is_archive(data):
        return read_xlsx(data, file, sheet=sheet, header_row=header_row, limits=limits)
    if sheet is not None:
        raise InvalidInput(
            Problem(
                f"is a text file and has no sheet '{sheet}'", file=file, hint="leave out 'sheet'"
            )
        )
    return read_csv(
        data, file, delimiter=delimiter, header_row=header_row, limits=limits, guarded=guarded
    )
