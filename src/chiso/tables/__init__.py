"""Reading and writing tables: CSV and XLSX in, with every problem named at once, and out.

Untrusted files are taken as hostile until shown otherwise; see `docs/reference/tables.md`.
"""

from chiso.tables.atomic import atomic_write
from chiso.tables.cells import Cell, Percent, column_letter, is_blank
from chiso.tables.guard import guard, unguard
from chiso.tables.numbers import guess_decimal, parse_integer, parse_number
from chiso.tables.reading import read_table
from chiso.tables.table import Row, Table
from chiso.tables.values import parse_date, parse_text, parse_yes_no
from chiso.tables.writing import SheetData, write_csv, write_xlsx
from chiso.tables.xlsx_files import Grid, open_workbook, read_sheets

__all__ = [
    "Cell",
    "Grid",
    "Percent",
    "Row",
    "SheetData",
    "Table",
    "atomic_write",
    "column_letter",
    "guard",
    "guess_decimal",
    "is_blank",
    "open_workbook",
    "parse_date",
    "parse_integer",
    "parse_number",
    "parse_text",
    "parse_yes_no",
    "read_sheets",
    "read_table",
    "unguard",
    "write_csv",
    "write_xlsx",
]
