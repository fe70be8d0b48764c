"""Reading filled forms back: every answer with the cell it came from, every problem at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chiso.bodies import Body
from chiso.index.model import Criterion, Index, Input
from chiso.problems import Collector, InvalidInput, Problem
from chiso.rounds.answers import NEEDS_REASON, Answer, AnswerBook, State
from chiso.rounds.forms import (
    EVIDENCE,
    FIRST_ROW,
    GUIDE,
    KEY,
    QUESTIONS,
    REASON,
    STATE,
    TABLE,
    VALUE,
    asked_of,
    fingerprint,
)
from chiso.rounds.reading import Reader
from chiso.rounds.values import parse_cell, parse_state
from chiso.tables import Cell, Grid, column_letter, is_blank, open_workbook

Progress = Callable[[str, int, int], None]
SUFFIXES = {".xlsx", ".xlsm", ".xls", ".ods", ".csv"}


def form_files(folder: Path) -> list[Path]:
    """The files of a folder that can be forms: lock and hidden files left out, by name."""
    files = [p for p in sorted(folder.iterdir()) if p.suffix.lower() in SUFFIXES]
    return [p for p in files if not p.name.startswith((".", "~$"))]


def collect_forms(reader: Reader, folder: Path, progress: Progress) -> None:
    """Read all forms of a folder into the books; their problems go to the reader.

    Two forms of one body are a problem, and so is a folder without forms.
    """
    if not folder.is_dir():
        reader.problems.take([Problem("there is no such folder of forms", file=str(folder))])
        return
    files = form_files(folder)
    if not files:
        hint = "write forms with 'chiso form' and put the filled ones here"
        reader.problems.take([Problem("holds no form", file=str(folder), hint=hint)])
    seen: dict[str, str] = {}
    for count, path in enumerate(files, 1):
        try:
            form = read_form(reader, path)
        except InvalidInput as error:
            reader.problems.take(error.problems)
        else:
            if form.body.code in seen:
                message = (
                    f"a second form of {form.body.name.vi}; the first is {seen[form.body.code]}"
                )
                reader.problems.take([Problem(message, file=path.name)])
            else:
                seen[form.body.code] = path.name
                form.store(reader.books[form.body.group], reader.problems)
        progress("forms", count, len(files))


@dataclass(slots=True)
class Form:
    """A form that was read: its answers, and the evidence given for its criteria."""

    body: Body
    file: str
    answers: list[tuple[str, Answer]]
    evidence: list[tuple[str, list[str]]]

    def store(self, book: AnswerBook, problems: Collector) -> None:
        """Put everything into the book of the body's group."""
        for key, answer in self.answers:
            try:
                book.put(self.body.code, key, answer)
            except ValueError as error:
                problems.take([Problem(f"{key}: {error}", file=answer.origin)])
        for criterion, documents in self.evidence:
            book.add_evidence(self.body.code, criterion, documents)


def read_form(reader: Reader, path: Path) -> Form:
    """Read one form.

    Raises:
        InvalidInput: every problem of the file, with sheet, row and column.
    """
    sheets = open_workbook(path, name=path.name)
    problems = Collector(file=path.name)
    body = _identify(reader, sheets, problems)
    form = _FormReader(reader, path.name, problems)
    for grid in sheets.values():
        mark = _text(grid, 1, 1)
        if mark.startswith((QUESTIONS, TABLE)):
            problems.take(grid.problems())
        if mark.startswith(QUESTIONS):
            form.questions(grid)
        elif mark.startswith(TABLE):
            form.table(grid, mark.removeprefix(f"{TABLE}/"))
    form.complete(body)
    problems.raise_if_any()
    return Form(body, path.name, form.answers, form.evidence)


def _identify(reader: Reader, sheets: dict[str, Grid], problems: Collector) -> Body:
    """The body that a form is for, if it is a form of this round."""
    guide = next((grid for grid in sheets.values() if _text(grid, 1, 1) == GUIDE), None)
    if guide is None:
        problems.add("is not a form of chiso: the guide sheet is missing")
        problems.raise_if_any()
        raise AssertionError
    round_id, code, index, mark = (_text(guide, row, 2) for row in range(4, 8))
    if round_id != reader.spec.round:
        problems.add(f"is a form of the round '{round_id}', not of '{reader.spec.round}'")
    if mark != fingerprint(reader.index):
        problems.add(
            f"was made for another version of the index ('{index}')",
            hint="write a new form with 'chiso form' and copy the answers over",
        )
    problems.raise_if_any()
    for group in reader.spec.groups:
        if code in reader.books[group].bodies:
            return reader.register.get(code)
    problems.add(f"'{code}' is not assessed in this round", sheet=guide.sheet, row=5, column="B")
    problems.raise_if_any()
    raise AssertionError


def _text(grid: Grid, row: int, column: int) -> str:
    try:
        cell = grid.get(row, column)
    except ValueError:
        return ""
    return "" if is_blank(cell) else str(cell).strip()


class _FormReader:
    def __init__(self, reader: Reader, file: str, problems: Collector) -> None:
        self.reader, self.file, self.problems = reader, file, problems
        self.index: Index = reader.index
        self.answers: list[tuple[str, Answer]] = []
        self.evidence: list[tuple[str, list[str]]] = []
        self.seen: dict[str, str] = {}

    def cell(self, grid: Grid, row: int, column: int) -> Cell:
        """A cell; one without a usable value was already reported and counts as blank here."""
        try:
            return grid.get(row, column)
        except ValueError:
            return None

    def refuse(
        self, grid: Grid, row: int, column: int, message: str, warning: bool = False
    ) -> None:
        letter = column_letter(column)
        self.problems.add(message, sheet=grid.sheet, row=row, column=letter, warning=warning)

    def questions(self, grid: Grid) -> None:
        for row in range(FIRST_ROW, grid.max_row + 1):
            key = _text(grid, row, KEY)
            if not key:
                self._stray(grid, row)
            elif key not in self.index.questions:
                self.refuse(grid, row, KEY, f"'{key}' is not a key of this form")
            elif key in self.seen:
                self.refuse(grid, row, KEY, f"'{key}' stands twice, first in {self.seen[key]}")
            else:
                self.seen[key] = f"{grid.sheet}, row {row}"
                self._question(grid, row, key, self.index.questions[key])

    def _stray(self, grid: Grid, row: int) -> None:
        for column in (VALUE, STATE, REASON, EVIDENCE):
            if not is_blank(self.cell(grid, row, column)):
                self.refuse(grid, row, column, "something is written outside the questions")

    def _question(self, grid: Grid, row: int, key: str, declared: Input) -> None:
        cell = self.cell(grid, row, VALUE)
        reason = _text(grid, row, REASON)
        try:
            state = parse_state(self.cell(grid, row, STATE))
        except ValueError as error:
            self.refuse(grid, row, STATE, str(error))
            return
        origin = f"{self.file}, {grid.sheet}!{column_letter(VALUE)}{row}"
        criterion = self._criterion(key)
        documents = _documents(_text(grid, row, EVIDENCE))
        if criterion is not None and documents:
            self.evidence.append((criterion.id, documents))
        if state is State.NOT_APPLICABLE:
            self._not_applicable(grid, row, key, cell, reason, origin)
        elif state not in {State.REPORTED, State.MISSING}:
            self.refuse(grid, row, STATE, f"a body cannot declare the state '{state.word}'")
        elif state is State.MISSING and not is_blank(cell):
            self.refuse(grid, row, STATE, "the state is 'missing', but there is a value")
        elif not is_blank(cell):
            try:
                value = parse_cell(declared, cell, self.reader.spec.decimal)
                self.answers.append((key, Answer(value, reason=reason, origin=origin)))
            except ValueError as error:
                self.refuse(grid, row, VALUE, str(error))
            if criterion is not None and criterion.evidence.required and not documents:
                self._no_evidence(grid, row, criterion)

    def _not_applicable(
        self, grid: Grid, row: int, key: str, cell: Cell, reason: str, origin: str
    ) -> None:
        criterion = self._criterion(key)
        if criterion is None or not criterion.optional:
            self.refuse(grid, row, STATE, "this cannot be declared not applicable")
        elif not is_blank(cell):
            self.refuse(grid, row, VALUE, "there is a value although the state is not applicable")
        elif State.NOT_APPLICABLE in NEEDS_REASON and not reason:
            self.refuse(grid, row, REASON, "not applicable needs a reason")
        else:
            self.answers.append((key, Answer(None, State.NOT_APPLICABLE, reason, origin)))

    def _no_evidence(self, grid: Grid, row: int, criterion: Criterion) -> None:
        given = any(name == criterion.id for name, _ in self.evidence)
        if not given:
            message = f"evidence is asked for: {criterion.evidence.ask.vi}"
            self.refuse(grid, row, EVIDENCE, message, warning=True)

    def _criterion(self, key: str) -> Criterion | None:
        owner, dot, _ = key.partition(".")
        return self.index.criterion(owner) if dot else None

    def table(self, grid: Grid, key: str) -> None:
        declared = self.index.questions.get(key)
        if declared is None or declared.type != "table":
            self.refuse(grid, 1, 1, f"'{key}' is not a table of this form")
            return
        names = [_text(grid, 2, column) for column in range(1, grid.max_column + 1)]
        if names[: len(declared.columns)] != list(declared.columns):
            self.refuse(grid, 2, 1, f"the columns of the table are not {list(declared.columns)}")
            return
        self.seen[key] = grid.sheet
        rows = [row for row in self._rows(grid, declared) if row]
        if rows:
            origin = f"{self.file}, {grid.sheet}!A{FIRST_ROW}"
            self.answers.append((key, Answer(rows, origin=origin)))

    def _rows(self, grid: Grid, declared: Input) -> Iterator[dict[str, object]]:
        for row in range(FIRST_ROW, grid.max_row + 1):
            cells = [self.cell(grid, row, place) for place in range(1, grid.max_column + 1)]
            if all(is_blank(cell) for cell in cells):
                continue
            line: dict[str, object] = {}
            for place, (name, column) in enumerate(declared.columns.items(), 1):
                if is_blank(cells[place - 1]):
                    if column.required:
                        self.refuse(grid, row, place, f"'{column.title.vi or name}' is empty")
                    continue
                try:
                    line[name] = parse_cell(column, cells[place - 1], self.reader.spec.decimal)
                except ValueError as error:
                    self.refuse(grid, row, place, str(error))
            for place in range(len(declared.columns) + 1, grid.max_column + 1):
                if not is_blank(cells[place - 1]):
                    self.refuse(grid, row, place, "something is written outside the table")
            yield line

    def complete(self, body: Body) -> None:
        """Every question that the form must hold is there."""
        for key in _expected(self.index, body.group):
            if key not in self.seen:
                self.problems.add(
                    f"the question '{key}' is missing from the form",
                    hint="rows and sheets of the form must not be deleted",
                )


def _expected(index: Index, group: str) -> Iterable[str]:
    yield from index.facts
    for _, criteria in asked_of(index, group):
        for node, criterion in criteria:
            for name in criterion.inputs:
                yield f"{node.id}.{name}"


def _documents(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]
