"""The Excel form in which a body reports: one sheet per pillar, one per table, guarded cells."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from chiso.bodies import Body
from chiso.index.model import Column, Criterion, Index, Input, Node
from chiso.index.wording import rule_words
from chiso.language import Language, Text, number
from chiso.rounds.answers import STATE_TITLES, State
from chiso.rounds.spec import RoundSpec
from chiso.tables import atomic_write

GUIDE, QUESTIONS, TABLE = "chiso/guide", "chiso/questions", "chiso/table"
FIRST_ROW = 4  # below title, help and headings
TABLE_ROWS = 300
KEY, VALUE, STATE, REASON, EVIDENCE = 1, 6, 7, 8, 9
YES_NO = Text("có;không", "yes;no")

_HEADINGS = (
    Text("Mã", "Key"),
    Text("Tiêu chí", "Criterion"),
    Text("Số liệu cần khai", "What is asked"),
    Text("Đơn vị tính", "Unit"),
    Text("Giới hạn", "Allowed"),
    Text("Số liệu", "Value"),
    Text("Tình trạng", "State"),
    Text("Lý do", "Reason"),
    Text(
        "Tài liệu kiểm chứng (tên tệp, số văn bản hoặc liên kết)", "Evidence (file, number, link)"
    ),
    Text("Điểm tối đa", "Maximum"),
    Text("Cách tính điểm", "How points are given"),
)
_CREATED = dt.datetime(2000, 1, 1)
_GUIDE = (
    Text(
        "Tệp này có {sheets} trang số liệu: số liệu chung, mỗi hạng mục và mỗi bảng một trang.",
        "This file has {sheets} sheets of data: general figures, one per pillar, one per table.",
    ),
    Text(
        "Chỉ nhập vào ô màu vàng nhạt. Ô xám là nội dung cố định; không xóa, không thêm dòng.",
        "Fill pale yellow cells only. Grey cells are fixed; do not delete or insert rows.",
    ),
    Text(
        "Ô để trống nghĩa là chưa khai: được 0 điểm và vẫn tính điểm tối đa.",
        "An empty cell means not reported: no points, while the maximum still counts.",
    ),
    Text(
        "Tiêu chí có thể “không áp dụng” có danh sách chọn ở cột Tình trạng; khi chọn, ghi lý do.",
        "Criteria that may not apply have a list in the column State; choosing it needs a reason.",
    ),
    Text(
        "Tài liệu kiểm chứng: ghi tên tệp, số và ngày văn bản, hoặc liên kết; cách nhau bằng dấu ;",
        "Evidence: file names, numbers and dates of documents, or links, separated by semicolons.",
    ),
    Text(
        "Lưu ở dạng .xlsx và gửi lại nguyên tệp.",
        "Save as .xlsx and send the whole file back.",
    ),
)
_WIDTHS = (16, 34, 38, 12, 18, 16, 15, 24, 36, 10, 52)


@dataclass(slots=True)
class Filling:
    """What to write into a form: values by key, tables as rows, states with reasons, evidence."""

    values: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    states: dict[str, tuple[State, str]] = field(default_factory=dict)
    evidence: dict[str, Sequence[str]] = field(default_factory=dict)


def fingerprint(index: Index) -> str:
    """A short mark of what a form asks: forms of another version of an index do not fit."""
    asked = "\n".join(
        f"{key} {item.type} {sorted(item.options)} {sorted(item.columns)}"
        for key, item in index.questions.items()
    )
    return hashlib.sha256(f"{index.key}\n{asked}".encode()).hexdigest()[:12]


def asked_of(index: Index, group: str) -> list[tuple[Node, list[tuple[Node, Criterion]]]]:
    """The criteria that a body of a group reports on, by top-level node."""
    found = []
    for top in index.top:
        inside = [
            (node, node.item)
            for node in index.leaves
            if isinstance(node.item, Criterion)
            and node.item.source == "report"
            and node.item.inputs
            and index.applies_to(node, group)
            and _top_of(index, node) == top.id
        ]
        if inside:
            found.append((top, inside))
    return found


def _top_of(index: Index, node: Node) -> str:
    while node.parent is not None:
        node = index.by_id[node.parent]
    return node.id


def write_form(
    path: Path,
    spec: RoundSpec,
    index: Index,
    body: Body,
    language: Language = "vi",
    filling: Filling | None = None,
) -> None:
    """Write the form of a body, empty or with what is already known, whole or not at all.

    Raises OSError if the file cannot be written.
    """
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
         "strings_to_numbers": False},
    )  # fmt: skip
    form = _Form(workbook, spec, index, body, language, filling or Filling())
    form.write()
    workbook.close()
    with atomic_write(path) as file:
        file.write(buffer.getvalue())


class _Form:
    def __init__(
        self,
        workbook: xlsxwriter.Workbook,
        spec: RoundSpec,
        index: Index,
        body: Body,
        language: Language,
        filling: Filling,
    ) -> None:
        self.workbook, self.spec, self.index, self.body = workbook, spec, index, body
        self.language, self.filling = language, filling
        self.names: set[str] = set()
        self.lists: dict[tuple[str, ...], str] = {}
        font = {"font_name": "Times New Roman", "font_size": 11, "valign": "top", "text_wrap": True}
        self.text = workbook.add_format(font)
        self.grey = workbook.add_format({**font, "font_size": 8, "font_color": "#808080"})
        self.bold = workbook.add_format({**font, "bold": True})
        self.title = workbook.add_format(
            {**font, "bold": True, "font_size": 14, "text_wrap": False}
        )
        self.warning = workbook.add_format({**font, "bold": True, "font_color": "#9C0006",
                                            "text_wrap": False})  # fmt: skip
        self.head = workbook.add_format(
            {**font, "bold": True, "bg_color": "#D5E8E8", "border": 1, "align": "center"}
        )
        self.locked = workbook.add_format({**font, "border": 1, "bg_color": "#F2F2F2"})
        self.open = workbook.add_format(
            {**font, "border": 1, "locked": False, "bg_color": "#FFFDE7"}
        )
        self.amount = workbook.add_format({**font, "border": 1, "bg_color": "#F2F2F2"})
        self.list_sheet: Worksheet | None = None

    def say(self, text: Text) -> str:
        return text.get(self.language)

    def write(self) -> None:
        self.workbook.set_properties({"title": self.say(self.spec.title), "created": _CREATED})
        guide = self.sheet(Text("Hướng dẫn", "Guide"))
        facts = {k: f for k, f in self.index.facts.items() if f.type != "table"}
        tables = {k: f for k, f in self.index.facts.items() if f.type == "table"}
        if facts:
            self.facts_sheet(facts)
        for top, criteria in asked_of(self.index, self.body.group):
            self.pillar_sheet(top, criteria)
            for node, criterion in criteria:
                for name, item in criterion.inputs.items():
                    if item.type == "table":
                        tables[f"{node.id}.{name}"] = item
        for key, item in tables.items():
            self.table_sheet(key, item)
        self.guide_sheet(guide, len(self.names) - 1)
        if self.list_sheet is not None:
            self.list_sheet.hide()

    def sheet(self, title: Text) -> Worksheet:
        """A new sheet; names are cut to 31 characters and made unique."""
        name = "".join(c for c in self.say(title) if c not in "[]:*?/\\'")[:28].strip()
        while name.casefold() in self.names:
            name = f"{name[:26]}~{len(self.names)}"
        self.names.add(name.casefold())
        sheet = self.workbook.add_worksheet(name)
        sheet.protect("", {"select_locked_cells": True, "format_columns": True, "format_rows": True,
                           "autofilter": True})  # fmt: skip
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def guide_sheet(self, sheet: Worksheet, others: int) -> None:
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 90)
        sheet.write_string(0, 0, GUIDE, self.grey)
        sheet.write_string(1, 0, self.say(self.spec.title), self.title)
        if self.spec.illustrative:
            mark = Text("SỐ LIỆU MINH HỌA – KHÔNG PHẢI KẾT QUẢ THẬT",
                        "ILLUSTRATIVE DATA – NOT REAL RESULTS")  # fmt: skip
            sheet.write_string(2, 0, self.say(mark), self.warning)
        rows = [
            (Text("Mã kỳ đánh giá", "Round"), self.spec.round),
            (Text("Mã cơ quan", "Body"), self.body.code),
            (Text("Bộ chỉ số", "Index"), self.index.key),
            (Text("Dấu biểu mẫu", "Form mark"), fingerprint(self.index)),
            (Text("Cơ quan", "Name"), self.say(self.body.name)),
        ]
        for place, (label, value) in enumerate(rows, 3):
            sheet.write_string(place, 0, self.say(label), self.bold)
            sheet.write_string(place, 1, value, self.text)
        for place, line in enumerate(_GUIDE, 9):
            sheet.write_string(place, 0, f"{place - 8}.", self.bold)
            sheet.write_string(place, 1, self.say(line).format(sheets=others), self.text)

    def facts_sheet(self, facts: Mapping[str, Input]) -> None:
        title = Text("Số liệu chung", "General figures")
        sheet = self.sheet(title)
        self.question_head(sheet, f"{QUESTIONS}/facts", title)
        for place, (key, item) in enumerate(facts.items()):
            self.question(sheet, FIRST_ROW + place, key, item, None)

    def pillar_sheet(self, top: Node, criteria: Sequence[tuple[Node, Criterion]]) -> None:
        sheet = self.sheet(top.item.title)
        self.question_head(sheet, f"{QUESTIONS}/{top.id}", top.item.title)
        row = FIRST_ROW
        for node, criterion in criteria:
            first = True
            for name, item in criterion.inputs.items():
                if item.type != "table":
                    self.question(sheet, row, f"{node.id}.{name}", item, criterion, first)
                    first = False
                    row += 1
        sheet.autofilter(FIRST_ROW - 2, 0, row - 2, len(_HEADINGS) - 1)

    def question_head(self, sheet: Worksheet, mark: str, title: Text) -> None:
        sheet.write_string(0, 0, mark, self.grey)
        sheet.write_string(0, 1, self.say(title), self.title)
        hint = Text("Chỉ nhập vào các ô màu vàng nhạt.", "Fill the pale yellow cells only.")
        sheet.write_string(1, 1, self.say(hint), self.grey)
        for column, (heading, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True)):
            sheet.write_string(FIRST_ROW - 2, column, self.say(heading), self.head)
            sheet.set_column(column, column, width)
        sheet.set_row(FIRST_ROW - 2, 32)
        sheet.freeze_panes(FIRST_ROW - 1, 3)
        sheet.repeat_rows(FIRST_ROW - 2)

    def question(
        self,
        sheet: Worksheet,
        row: int,
        key: str,
        item: Input,
        criterion: Criterion | None,
        first: bool = False,
    ) -> None:
        """One row: `row` counts from 1."""
        line = row - 1
        cells = [key, "", self.say(item.title), self.say(item.unit), self.allowed(item)]
        if criterion is not None:
            cells[1] = self.say(criterion.title)
        for column, text in enumerate(cells):
            sheet.write_string(line, column, text, self.locked)
        if note := self.say(item.note):
            sheet.write_comment(line, 2, note)
        self.value_cell(sheet, line, VALUE - 1, item, self.filling.values.get(key))
        self.validate(sheet, line, line, VALUE - 1, item)
        state, reason = self.filling.states.get(key, (None, ""))
        optional = criterion is not None and criterion.optional
        self.fill(sheet, line, STATE - 1, self.say(STATE_TITLES[state]) if state else None)
        if optional:
            states = [self.say(STATE_TITLES[State.NOT_APPLICABLE])]
            sheet.data_validation(line, STATE - 1, line, STATE - 1,
                                  {"validate": "list", "source": states})  # fmt: skip
        self.fill(sheet, line, REASON - 1, reason or None)
        if criterion is None:
            return
        self.fill(sheet, line, EVIDENCE - 1, self.evidence(criterion) if first else None)
        if first:
            if ask := self.say(criterion.evidence.ask):
                sheet.write_comment(line, EVIDENCE - 1, ask)
            sheet.write_number(line, EVIDENCE, criterion.full, self.amount)
            words = "\n".join(rule_words(self.index, criterion, self.language))
            sheet.write_string(line, EVIDENCE + 1, words, self.locked)
        else:
            sheet.write_blank(line, EVIDENCE, None, self.locked)
            sheet.write_blank(line, EVIDENCE + 1, None, self.locked)

    def evidence(self, criterion: Criterion) -> str | None:
        return "; ".join(self.filling.evidence.get(criterion.id, ())) or None

    def fill(self, sheet: Worksheet, line: int, column: int, text: str | None) -> None:
        if text is None:
            sheet.write_blank(line, column, None, self.open)
        else:
            sheet.write_string(line, column, text, self.open)

    def value_cell(
        self, sheet: Worksheet, line: int, column: int, item: Input | Column, value: Any
    ) -> None:
        if value is None:
            sheet.write_blank(line, column, None, self.open)
        elif item.type == "yes_no":
            yes, no = self.say(YES_NO).split(";")
            sheet.write_string(line, column, yes if value else no, self.open)
        elif item.type == "choice":
            sheet.write_string(line, column, self.say(item.options[value]), self.open)
        elif isinstance(value, int | float):
            sheet.write_number(line, column, value, self.open)
        else:
            sheet.write_string(line, column, str(value), self.open)

    def validate(
        self, sheet: Worksheet, first: int, last: int, column: int, item: Input | Column
    ) -> None:
        """Drop-downs and bounds, with a message for whoever types something else."""
        error = {"error_title": "chiso", "error_message": self.allowed(item)[:255] or "?"}
        if item.type in {"yes_no", "choice"}:
            options = (
                tuple(self.say(YES_NO).split(";"))
                if item.type == "yes_no"
                else tuple(self.say(title) for title in item.options.values())
            )
            rule: dict[str, Any] = {"validate": "list", "source": self.list_range(options), **error}
        elif item.type in {"integer", "number"}:
            low = -1e15 if item.min is None else item.min
            high = 1e15 if item.max is None else item.max
            kind = "integer" if item.type == "integer" else "decimal"
            rule = {
                "validate": kind,
                "criteria": "between",
                "minimum": low,
                "maximum": high,
                **error,
            }
        else:
            return
        sheet.data_validation(first, column, last, column, rule)

    def list_range(self, options: tuple[str, ...]) -> str:
        """Where the options of a drop-down stand: a hidden sheet, which has no limit of length."""
        if options not in self.lists:
            if self.list_sheet is None:
                self.list_sheet = self.workbook.add_worksheet("_lists")
            column = len(self.lists)
            for row, option in enumerate(options):
                self.list_sheet.write_string(row, column, option)
            self.lists[options] = "=_lists!" + xl_range_abs(0, column, len(options) - 1, column)
        return self.lists[options]

    def allowed(self, item: Input | Column) -> str:
        """What may be answered, in words."""
        if item.type == "yes_no":
            return self.say(YES_NO).replace(";", " / ")
        if item.type == "choice":
            return " / ".join(self.say(title) for title in item.options.values())
        bounds = []
        if item.min is not None:
            bounds.append(f"≥ {number(item.min, self.language)}")
        if item.max is not None:
            bounds.append(f"≤ {number(item.max, self.language)}")
        if item.type == "integer":
            bounds.insert(0, self.say(Text("số nguyên", "whole number")))
        return "; ".join(bounds)

    def table_sheet(self, key: str, item: Input) -> None:
        sheet = self.sheet(item.title)
        sheet.write_string(0, 0, f"{TABLE}/{key}", self.grey)
        sheet.write_string(0, 1, self.say(item.title), self.title)
        rows = self.filling.tables.get(key, [])
        last = FIRST_ROW + max(TABLE_ROWS, len(rows)) - 1
        for place, (name, column) in enumerate(item.columns.items()):
            sheet.write_string(1, place, name, self.grey)
            sheet.write_string(2, place, self.say(column.title), self.head)
            sheet.set_column(place, place, 40 if column.type == "text" else 18, self.open)
            self.validate(sheet, FIRST_ROW - 1, last - 1, place, column)
            for line, row in enumerate(rows):
                self.value_cell(sheet, FIRST_ROW - 1 + line, place, column, row.get(name))
        sheet.set_row(2, 32)
        sheet.freeze_panes(FIRST_ROW - 1, 1)
