"""Cells of a form: how they look, which are locked, and what may be typed into them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from chiso.index.model import Column, Input
from chiso.language import Language, Text, number

YES_NO = Text("có;không", "yes;no")
LISTS = "_lists"
_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "top", "text_wrap": True}
_LINE = 15.0  # points that one line of text takes
_TALLEST = 405.0
_WIDEST_NAME = 31
_NAME_SIGNS = str.maketrans("/\\", "--", "[]:*?'")


class Cells:
    """Writes the cells of one workbook in one language; `finish` adds the drop-down lists."""

    def __init__(self, workbook: xlsxwriter.Workbook, language: Language) -> None:
        self._workbook, self.language = workbook, language
        self._lists: dict[tuple[str, ...], str] = {}
        self.names: set[str] = set()
        add = workbook.add_format
        grey, pale = {"bg_color": "#F2F2F2", "border": 1}, {"bg_color": "#FFFDE7", "border": 1}
        self.text = add(_FONT)
        self.bold = add({**_FONT, "bold": True})
        self.small = add({**_FONT, "font_size": 8, "font_color": "#808080", "text_wrap": False})
        self.title = add({**_FONT, "bold": True, "font_size": 14, "text_wrap": False})
        self.warning = add({**_FONT, "bold": True, "font_color": "#9C0006", "text_wrap": False})
        self.head = add(
            {**_FONT, "bold": True, "bg_color": "#D5E8E8", "border": 1, "align": "center"}
        )
        self.locked = add({**_FONT, **grey})
        self.key = add({**_FONT, **grey, "font_size": 8, "font_color": "#808080"})
        self.open = add({**_FONT, **pale, "locked": False})
        self.whole = add({**_FONT, **pale, "locked": False, "num_format": "#,##0"})
        # Whole columns of a table stay open, so a frame would run to the end of the sheet.
        self.column = add({**_FONT, "bg_color": "#FFFDE7", "locked": False})

    def say(self, text: Text) -> str:
        """A text in the language of the form."""
        return text.get(self.language)

    def sheet(self, title: Text) -> Worksheet:
        """A new protected sheet. Its name is numbered, so that cut titles stay different."""
        plain = " ".join(self.say(title).translate(_NAME_SIGNS).split())
        name = f"{len(self.names)}. {plain}" if self.names else plain
        if len(name) > _WIDEST_NAME:
            name = name[:_WIDEST_NAME].rsplit(" ", 1)[0] + "…"
        self.names.add(name)
        sheet = self._workbook.add_worksheet(name)
        allowed = dict.fromkeys(
            ("select_locked_cells", "format_columns", "format_rows", "autofilter"), True
        )
        sheet.protect("", allowed)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&9&A&R&9&P/&N")
        return sheet

    def fill(self, sheet: Worksheet, line: int, column: int, text: str | None) -> None:
        """A cell to type in, with a text or empty. Raises ValueError if the text is too long."""
        if text is None:
            sheet.write_blank(line, column, None, self.open)
        elif text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter takes such a text for markup of its own.
            sheet.write_rich_string(line, column, text[:1], self.text, text[1:], self.open)
        elif sheet.write_string(line, column, text, self.open) != 0:
            raise ValueError(f"a text of {len(text):,} characters does not fit into a cell")

    def shut(self, sheet: Worksheet, line: int, columns: Sequence[int]) -> None:
        """Locked empty cells."""
        for column in columns:
            sheet.write_blank(line, column, None, self.locked)

    def value(
        self, sheet: Worksheet, line: int, column: int, item: Input | Column, value: Any
    ) -> None:
        """A cell for an answer, with the answer if there is one."""
        if value is None:
            self.fill(sheet, line, column, None)
        elif item.type == "yes_no":
            yes, no = self.say(YES_NO).split(";")
            said = str(value).strip().casefold()
            negative = value is False or value == 0 or said in {"no", "false", "không"}
            self.fill(sheet, line, column, no if negative else yes)
        elif item.type == "choice":
            self.fill(sheet, line, column, self.say(item.options[value]))
        elif isinstance(value, int | float):
            whole = item.type == "integer"
            sheet.write_number(line, column, value, self.whole if whole else self.open)
        else:
            self.fill(sheet, line, column, str(value))

    def validate(
        self, sheet: Worksheet, lines: tuple[int, int], column: int, item: Input | Column
    ) -> None:
        """Drop-downs and bounds, with a message for whoever types something else."""
        rule: dict[str, Any] = {"error_title": "chiso", "error_message": self.allowed(item)[:255]}
        if item.type in {"yes_no", "choice"}:
            rule |= {"validate": "list", "source": self._list_range(self._options(item))}
        elif item.type in {"integer", "number"}:
            rule |= {
                "validate": "integer" if item.type == "integer" else "decimal",
                "criteria": "between",
                "minimum": -1e15 if item.min is None else item.min,
                "maximum": 1e15 if item.max is None else item.max,
            }
        else:
            return
        sheet.data_validation(lines[0], column, lines[1], column, rule)

    def allowed(self, item: Input | Column) -> str:
        """What may be answered, in words."""
        if item.type in {"yes_no", "choice"}:
            return " / ".join(self._options(item))
        if item.type == "text":
            return self.say(Text("chữ", "text"))
        if item.type == "date":
            return self.say(Text("ngày/tháng/năm", "day/month/year"))
        if item.type == "table":
            return self.say(Text("bảng", "table"))
        words = [
            self.say(
                Text("số nguyên", "whole number")
                if item.type == "integer"
                else Text("số", "number")
            )
        ]
        if item.min is not None:
            words.append(f"{self.say(Text('từ', 'from'))} {number(item.min, self.language)}")
        if item.max is not None:
            words.append(f"{self.say(Text('đến', 'to'))} {number(item.max, self.language)}")
        return " ".join(words)

    def note(self, sheet: Worksheet, line: int, column: int, text: str) -> None:
        """A note on a cell, in a box that is tall enough to show all of it."""
        height = 24 + 16 * lines_of(text, 40)
        sheet.write_comment(line, column, text, {"width": 300, "height": height, "font_size": 9})

    def height(
        self, sheet: Worksheet, line: int, texts: Iterable[tuple[float, str]], least: int = 1
    ) -> None:
        """Make a row tall enough for its texts, each with the width of its column.

        Not every spreadsheet program fits rows to wrapped texts when it opens a file.
        """
        lines = max((lines_of(text, width) for width, text in texts), default=1)
        sheet.set_row(line, min(max(lines, least) * _LINE + 1, _TALLEST))

    def tall(self, sheet: Worksheet, first: int, last: int, column: int, form: Format) -> None:
        """One cell over several rows, for what they have in common; write it afterwards."""
        if last > first:
            sheet.merge_range(first, column, last, column, "", form)

    def finish(self) -> None:
        """Write the options of the drop-downs into a hidden sheet, where they may be long."""
        if not self._lists:
            return
        sheet = self._workbook.add_worksheet(LISTS)
        sheet.protect("")
        for column, options in enumerate(self._lists):
            for row, option in enumerate(options):
                sheet.write_string(row, column, option)
        sheet.hide()

    def _options(self, item: Input | Column) -> tuple[str, ...]:
        if item.type == "yes_no":
            return tuple(self.say(YES_NO).split(";"))
        return tuple(self.say(title) or option for option, title in item.options.items())

    def _list_range(self, options: tuple[str, ...]) -> str:
        if options not in self._lists:
            place = len(self._lists)
            self._lists[options] = f"={LISTS}!" + xl_range_abs(0, place, len(options) - 1, place)
        return self._lists[options]


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of some width, counted in digits."""
    room = max(width * 1.1, 1.0)  # letters of this font are narrower than digits
    return sum(max(1, math.ceil(len(part) / room)) for part in text.split("\n"))
