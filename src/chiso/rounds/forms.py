"""The Excel form in which a body reports: one sheet per pillar, one per table, guarded cells."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from chiso.bodies import Body
from chiso.index.model import Criterion, Index, Input, Node
from chiso.index.wording import rule_words
from chiso.language import Language, Text, join
from chiso.rounds.answers import STATE_TITLES, State
from chiso.rounds.form_cells import Cells, lines_of
from chiso.rounds.spec import RoundSpec
from chiso.tables import atomic_write

GUIDE, QUESTIONS, TABLE = "chiso/guide", "chiso/questions", "chiso/table"
FIRST_ROW = 4  # below title, help and headings
TABLE_ROWS = 5000  # rows of a table whose cells are checked while typing
KEY, VALUE, STATE, REASON, EVIDENCE, HOW = 1, 6, 7, 8, 9, 11
SUPPORT = "evidence/"  # begins the key of a row that asks for evidence only

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
_WIDTHS = (13, 30, 34, 10, 17, 14, 13, 20, 32, 8, 44)


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
    """The criteria that a body of a group reports on, by top-level node.

    Those that are computed from facts alone are among them: they may ask for evidence.
    """
    found = []
    for top in index.top:
        inside = [
            (node, node.item)
            for node in index.leaves
            if isinstance(node.item, Criterion)
            and node.item.source == "report"
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
        self.filling, self.cells, self.say = filling, Cells(workbook, language), _sayer(language)

    def write(self) -> None:
        self.workbook.set_properties({"title": self.say(self.spec.title), "created": _CREATED})
        guide = self.cells.sheet(Text("Hướng dẫn", "Guide"))
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
        self.guide_sheet(guide, len(self.cells.names) - 1)
        self.cells.finish()

    def guide_sheet(self, sheet: Worksheet, others: int) -> None:
        cells = self.cells
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 96)
        sheet.write_string(0, 0, GUIDE, cells.small)
        sheet.write_string(1, 0, self.say(self.spec.title), cells.title)
        if self.spec.illustrative:
            mark = Text("SỐ LIỆU MINH HỌA – KHÔNG PHẢI KẾT QUẢ THẬT",
                        "ILLUSTRATIVE DATA – NOT REAL RESULTS")  # fmt: skip
            sheet.write_string(2, 0, self.say(mark), cells.warning)
        rows = [
            (Text("Mã kỳ đánh giá", "Round"), self.spec.round),
            (Text("Mã cơ quan", "Body"), self.body.code),
            (Text("Bộ chỉ số", "Index"), self.index.key),
            (Text("Dấu biểu mẫu", "Form mark"), fingerprint(self.index)),
            (Text("Cơ quan", "Name"), self.say(self.body.name)),
        ]
        for place, (label, value) in enumerate(rows, 3):
            sheet.write_string(place, 0, self.say(label), cells.bold)
            sheet.write_string(place, 1, value, cells.text)
        for place, line in enumerate(_GUIDE, 9):
            sheet.write_string(place, 0, f"{place - 8}.", cells.bold)
            sheet.write_string(place, 1, self.say(line).format(sheets=others), cells.text)

    def facts_sheet(self, facts: Mapping[str, Input]) -> None:
        title = Text("Số liệu chung", "General figures")
        sheet = self.cells.sheet(title)
        self.question_head(sheet, f"{QUESTIONS}/facts", title)
        for place, (key, item) in enumerate(facts.items()):
            self.question(sheet, FIRST_ROW + place, key, item, None)

    def pillar_sheet(self, top: Node, criteria: Sequence[tuple[Node, Criterion]]) -> None:
        sheet = self.cells.sheet(top.item.title)
        self.question_head(sheet, f"{QUESTIONS}/{top.id}", top.item.title)
        row = FIRST_ROW
        for node, criterion in criteria:
            asked = {n: item for n, item in criterion.inputs.items() if item.type != "table"}
            share = self.common(sheet, row, max(len(asked), 1), criterion)
            for name, item in asked.items():
                self.question(sheet, row, f"{node.id}.{name}", item, criterion, share)
                row += 1
            if not asked:
                self.support(sheet, row, criterion, share)
                row += 1

    def question_head(self, sheet: Worksheet, mark: str, title: Text) -> None:
        sheet.write_string(0, 0, mark, self.cells.small)
        sheet.write_string(0, 1, self.say(title), self.cells.title)
        hint = Text("Chỉ nhập vào các ô màu vàng nhạt.", "Fill the pale yellow cells only.")
        sheet.write_string(1, 1, self.say(hint), self.cells.small)
        for column, (heading, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True)):
            sheet.write_string(FIRST_ROW - 2, column, self.say(heading), self.cells.head)
            sheet.set_column(column, column, width)
        sheet.set_row(FIRST_ROW - 2, 46)
        sheet.freeze_panes(FIRST_ROW - 1, 3)
        sheet.repeat_rows(FIRST_ROW - 2)

    def question(
        self,
        sheet: Worksheet,
        row: int,
        key: str,
        item: Input,
        criterion: Criterion | None,
        least: int = 1,
    ) -> None:
        """One row: `row` counts from 1, and it is at least so many lines tall."""
        line, cells = row - 1, self.cells
        title = "" if criterion is None else self.say(criterion.title)
        texts = (title, self.say(item.title), self.say(item.unit), cells.allowed(item))
        self.fixed(sheet, line, key, texts, least)
        if note := self.say(item.note):
            cells.note(sheet, line, 2, note)
        cells.value(sheet, line, VALUE - 1, item, self.filling.values.get(key))
        cells.validate(sheet, (line, line), VALUE - 1, item)
        state, reason = self.filling.states.get(key, (None, ""))
        cells.fill(sheet, line, REASON - 1, reason or None)
        if criterion is None:
            cells.shut(sheet, line, range(EVIDENCE - 1, HOW))
        if criterion is None or not criterion.optional:
            cells.shut(sheet, line, [STATE - 1])
            return
        cells.fill(sheet, line, STATE - 1, None if state is None else self.say(STATE_TITLES[state]))
        rule = {"validate": "list", "source": [self.say(STATE_TITLES[State.NOT_APPLICABLE])]}
        sheet.data_validation(line, STATE - 1, line, STATE - 1, rule)

    def support(self, sheet: Worksheet, row: int, criterion: Criterion, least: int) -> None:
        """A row of a criterion that is computed from other sheets: only evidence is asked."""
        said = Text("Tính từ số liệu khai ở trang khác: ", "Computed from other sheets: ")
        declared = self.index.declared(criterion)
        sources = [f"“{self.say(declared[n][1].title) or n}”" for n in criterion.reads]
        words = self.say(said) + join(sources, self.cells.language)
        texts = (self.say(criterion.title), words, "", "")
        self.fixed(sheet, row - 1, f"{SUPPORT}{criterion.id}", texts, least)
        self.cells.shut(sheet, row - 1, range(VALUE - 1, EVIDENCE - 1))

    def fixed(
        self, sheet: Worksheet, line: int, key: str, texts: Sequence[str], least: int
    ) -> None:
        """The locked cells that begin a row, and the height that they need."""
        sheet.write_string(line, 0, key, self.cells.key)
        for column, text in enumerate(texts, 1):
            sheet.write_string(line, column, text, self.cells.locked)
        small = _WIDTHS[0] * 1.25  # the key is in small letters
        self.cells.height(
            sheet, line, zip((small, *_WIDTHS[1:5]), (key, *texts), strict=True), least
        )

    def common(self, sheet: Worksheet, row: int, rows: int, criterion: Criterion) -> int:
        """The cells that the rows of a criterion share; gives the lines that each row must take."""
        cells, first, last = self.cells, row - 1, row + rows - 2
        words = "\n".join(rule_words(self.index, criterion, cells.language))
        documents = "; ".join(self.filling.evidence.get(criterion.id, ())) or None
        cells.tall(sheet, first, last, EVIDENCE - 1, cells.open)
        cells.fill(sheet, first, EVIDENCE - 1, documents)
        if ask := self.say(criterion.evidence.ask):
            cells.note(sheet, first, EVIDENCE - 1, ask)
        for column in (EVIDENCE, HOW - 1):
            cells.tall(sheet, first, last, column, cells.locked)
        sheet.write_number(first, EVIDENCE, criterion.full, cells.locked)
        sheet.write_string(first, HOW - 1, words, cells.locked)
        lines = max(
            lines_of(words, _WIDTHS[HOW - 1]), lines_of(documents or "", _WIDTHS[EVIDENCE - 1])
        )
        return math.ceil(lines / rows)

    def table_sheet(self, key: str, item: Input) -> None:
        cells = self.cells
        sheet = cells.sheet(item.title)
        # A row format counts before a column's, so what stands above the table stays locked.
        for line, height in enumerate((20, 12, 46)):
            sheet.set_row(line, height, cells.text)
        sheet.write_string(0, 0, f"{TABLE}/{key}", cells.small)
        sheet.write_string(0, 1, self.say(item.title), cells.title)
        rows = self.filling.tables.get(key, [])
        last = FIRST_ROW + max(TABLE_ROWS, len(rows)) - 2
        for place, (name, column) in enumerate(item.columns.items()):
            heading = self.say(column.title) or name
            if unit := self.say(column.unit):
                heading += f" ({unit})"
            sheet.write_string(1, place, name, cells.small)
            sheet.write_string(2, place, heading, cells.head)
            cells.note(sheet, 2, place, cells.allowed(column))
            sheet.set_column(place, place, 44 if column.type == "text" else 16, cells.column)
            cells.validate(sheet, (FIRST_ROW - 1, last), place, column)
            for line, row in enumerate(rows, FIRST_ROW - 1):
                cells.value(sheet, line, place, column, row.get(name))
        if note := self.say(item.note):
            sheet.write_string(0, len(item.columns), note, cells.small)
        sheet.freeze_panes(FIRST_ROW - 1, 1)
        sheet.repeat_rows(FIRST_ROW - 2)


def _sayer(language: Language) -> Callable[[Text], str]:
    return lambda text: text.get(language)
