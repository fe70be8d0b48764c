"""The cells of one sheet of an XLSX workbook, from XML to values."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from typing import NoReturn

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from chiso.tables.cells import LONGEST_TEXT, Cell, Fault, Percent, column_letter, shown, unsound
from chiso.tables.hostile import Archive, new_parser
from chiso.tables.openxml import SheetPart, TextPieces, Workbook, local

Cells = dict[int, dict[int, Cell | Fault]]

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_COMPUTE = "open the file in Excel or LibreOffice and save it there"


def read_cells(
    archive: Archive, sheet: SheetPart, workbook: Workbook, most_rows: int, most_columns: int
) -> Cells:
    """Every cell with a value or a fault, by row and column; blank styled cells take no place.

    The size that the sheet claims is not looked at. A sheet that has values beyond the limits is
    refused, and so is one that fills a cell twice.
    """
    reader = _SheetReader(archive, sheet, workbook, most_rows, most_columns)
    parser = new_parser()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    archive.feed(sheet.part, parser)
    return reader.cells


class _SheetReader:
    def __init__(
        self,
        archive: Archive,
        sheet: SheetPart,
        workbook: Workbook,
        most_rows: int,
        most_columns: int,
    ) -> None:
        self.cells: Cells = {}
        self._archive = archive
        self._name = sheet.name
        self._workbook = workbook
        self._most = most_rows, most_columns
        self._row = self._column = 0
        self._in_cell = False
        self._pieces = TextPieces()
        self._attributes: dict[str, str] = {}
        self._value: list[str] = []
        self._has_value = self._has_formula = self._in_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._archive.spend()
        tag = local(name)
        if tag == "row":
            number = attributes.get("r", str(self._row + 1))
            if not re.fullmatch("[0-9]{1,7}", number):
                self._damaged(f"row number {number!r:.20}")
            self._row, self._column = int(number), 0
        elif tag == "c":
            self._in_cell = True
            self._attributes = attributes
            self._place(attributes.get("r"))
            self._value.clear()
            self._has_value = self._has_formula = False
        elif self._in_cell:
            self._in_value = tag == "v"
            self._has_value |= self._in_value
            self._has_formula |= tag == "f"
            self._pieces.start(tag)

    def end(self, name: str) -> None:
        tag = local(name)
        if tag == "c":
            self._in_cell = False
            self._keep(self._convert())
        elif self._in_cell:
            self._in_value = False
            self._pieces.end(tag)

    def text(self, data: str) -> None:
        if self._in_value:
            self._value.append(data)
        elif self._in_cell:
            self._pieces.add(data)

    def _damaged(self, what: str) -> NoReturn:
        self._archive.refuse(f"sheet {shown(self._name)} is damaged ({what})")

    def _place(self, reference: str | None) -> None:
        self._column += 1
        if reference is None:
            return
        found = _REFERENCE.fullmatch(reference)
        if not found or int(found[2]) != self._row:
            self._damaged(f"cell {reference!r:.20} in row {self._row}")
        self._column = 0
        for letter in found[1]:
            self._column = self._column * 26 + ord(letter) - ord("A") + 1

    def _keep(self, value: Cell | Fault) -> None:
        if value is None:
            return
        rows, columns = self._most
        if self._row > rows or self._column > columns:
            self._archive.refuse(
                f"sheet {shown(self._name)} has a value in cell "
                f"{column_letter(self._column)}{self._row}; at most {rows:,} rows and "
                f"{columns:,} columns are read"
            )
        row = self.cells.setdefault(self._row, {})
        if self._column in row:
            self._damaged(f"cell {column_letter(self._column)}{self._row} is there twice")
        row[self._column] = value

    def _convert(self) -> Cell | Fault:
        kind = self._attributes.get("t", "n")
        raw = "".join(self._value)
        inline = self._pieces.take()
        if self._has_formula and not (raw or (self._has_value and kind == "str")):
            return Fault("the cell holds a formula with no stored value", _COMPUTE)
        if kind == "inlineStr":
            return _text(inline)
        if not raw:
            return None
        if kind == "s":
            return self._shared(raw)
        if kind == "str":
            return _text(raw)
        if kind == "b":
            return raw == "1" if raw in ("0", "1") else Fault(f"{shown(raw)} is no truth value")
        if kind == "e":
            return Fault(
                f"the cell shows the error {raw:.20}", "mend the formula or clear the cell"
            )
        if kind == "d":
            return _iso_date(raw)
        return self._number(raw)

    def _shared(self, raw: str) -> Cell | Fault:
        strings = self._workbook.strings
        if not re.fullmatch("[0-9]{1,9}", raw) or int(raw) >= len(strings):
            self._damaged(f"text number {raw!r:.20} is missing")
        return _text(strings[int(raw)])

    def _number(self, raw: str) -> Cell | Fault:
        raw = raw.strip()
        if not _NUMBER.fullmatch(raw) or not math.isfinite(float(raw)):
            return Fault(f"{shown(raw)} is not a finite number")
        number = int(raw) if _INTEGER.fullmatch(raw) else float(raw)
        style = self._attributes.get("s", "0")
        kinds = self._workbook.kinds
        place = int(style) if re.fullmatch("[0-9]{1,6}", style) else 0
        kind = kinds[place] if place < len(kinds) else "number"
        if kind == "number":
            return number
        if kind == "percent":
            return Percent(number)
        if kind == "time":
            return Fault("the cell holds a time of day or a duration", "enter a date or a number")
        return _from_serial(number, with_time=kind == "datetime", mac=self._workbook.from_1904)


def _text(text: str) -> Cell | Fault:
    if len(text) > LONGEST_TEXT:
        return Fault(f"the cell holds more than {LONGEST_TEXT:,} characters")
    if code := unsound(text):
        return Fault(f"the cell holds {code}, which is no character")
    return unicodedata.normalize("NFC", text) or None


def _iso_date(raw: str) -> Cell | Fault:
    try:
        return dt.date.fromisoformat(raw) if len(raw) == 10 else dt.datetime.fromisoformat(raw)
    except ValueError:
        return Fault(f"{shown(raw)} is not a date")


def _from_serial(number: float, *, with_time: bool, mac: bool) -> Cell | Fault:
    """The date of a serial number; a date format that hides a time of day does not lose it."""
    fault = Fault(f"the cell is formatted as a date but holds the number {number!r:.30}")
    if number < 1:
        return fault
    try:
        moment = from_excel(number, MAC_EPOCH if mac else WINDOWS_EPOCH)
    except (OverflowError, ValueError):
        return fault
    assert isinstance(moment, dt.datetime)
    if with_time or moment.time() != dt.time():
        return moment
    return moment.date()
