"""Reading filled forms back: every answer with the cell it came from, every problem at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chiso.bodies import Body
from chiso.executor import Progress
from chiso.index.model import Criterion, Index, Input
from chiso.problems import Collector, InvalidInput, Problem
from chiso.rounds.answers import Answer, AnswerBook, State
from chiso.rounds.form_cells import LISTS
from chiso.rounds.forms import (
    EVIDENCE,
    FIRST_ROW,
    GUIDE,
    HOW,
    KEY,
    QUESTIONS,
    REASON,
    STATE,
    SUPPORT,
    TABLE,
    VALUE,
    asked_of,
    fingerprint,
)
from chiso.rounds.reading import Reader
from chiso.rounds.values import parse_cell, parse_state
from chiso.tables import Cell, Grid, column_letter, is_blank, open_workbook

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


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a workbook; `column` is the letter."""

    sheet: str
    row: int
    column: str


@dataclass(slots=True)
class Form:
    """A form that was read: its answers with their cells, and the evidence for its criteria."""

    body: Body
    file: str
    answers: list[tuple[str, Answer, Place]]
    evidence: list[tuple[str, list[str]]]

    def store(self, book: AnswerBook, problems: Collector) -> None:
        """Put everything into the book of the body's group."""
        for key, answer, place in self.answers:
            try:
                book.put(self.body.code, key, answer)
            except ValueError as error:
                problem = Problem(
                    f"{key}: {error}",
                    file=self.file,
                    sheet=place.sheet,
                    row=place.row,
                    column=place.column,
                )
                problems.take([problem])
        for criterion, documents in self.evidence:
            book.add_evidence(self.body.code, criterion, documents)


def read_form(reader: Reader, path: Path) -> Form:
    """Read one form. Warnings go to the reader's problems.

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
        elif mark != GUIDE and grid.sheet != LISTS and grid.max_row:
            hint = "move the data into the form, or delete the sheet"
            problems.add("is not a sheet of the form", sheet=grid.sheet, hint=hint)
    form.complete(body)
    problems.raise_if_any()
    reader.problems.take(problems)
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
        self.answers: list[tuple[str, Answer, Place]] = []
        self.evidence: list[tuple[str, list[str]]] = []
        self.seen: dict[str, str] = {}
        self.unsupported: dict[str, Place] = {}

    def cell(self, grid: Grid, row: int, column: int) -> Cell:
        """A cell; one without a usable value was already reported and counts as blank here."""
        try:
            return grid.get(row, column)
        except ValueError:
            return None

    def refuse(self, grid: Grid, row: int, column: int, message: str) -> None:
        self.problems.add(message, sheet=grid.sheet, row=row, column=column_letter(column))

    def answer(self, grid: Grid, row: int, column: int, key: str, answer: Answer) -> None:
        place = Place(grid.sheet, row, column_letter(column))
        answer.origin = f"{self.file}, {place.sheet}!{place.column}{place.row}"
        self.answers.append((key, answer, place))

    def questions(self, grid: Grid) -> None:
        for row in range(FIRST_ROW, grid.max_row + 1):
            key = _text(grid, row, KEY)
            supports = key.removeprefix(SUPPORT) if key.startswith(SUPPORT) else None
            if not key:
                self._stray(grid, row, (VALUE, STATE, REASON, EVIDENCE))
            elif key in self.seen:
                self.refuse(grid, row, KEY, f"'{key}' stands twice, first in {self.seen[key]}")
            elif supports is not None and isinstance(self._node(supports), Criterion):
                self.seen[key] = f"{grid.sheet}, row {row}"
                self._take_evidence(grid, row, self.index.criterion(supports))
                self._stray(grid, row, (VALUE, STATE, REASON))
            elif key not in self.index.questions:
                self.refuse(grid, row, KEY, f"'{key}' is not a key of this form")
            else:
                self.seen[key] = f"{grid.sheet}, row {row}"
                self._question(grid, row, key, self.index.questions[key])
            self._stray(grid, row, range(HOW + 1, grid.max_column + 1))

    def _node(self, name: str) -> object:
        node = self.index.by_id.get(name)
        return None if node is None else node.item

    def _stray(self, grid: Grid, row: int, columns: Iterable[int]) -> None:
        for column in columns:
            if not is_blank(self.cell(grid, row, column)):
                self.refuse(grid, row, column, "something is written outside the questions")

    def _question(self, grid: Grid, row: int, key: str, declared: Input) -> None:
        cell, said = self.cell(grid, row, VALUE), self.cell(grid, row, STATE)
        reason = _text(grid, row, REASON)
        owner, dot, _ = key.partition(".")
        criterion = self.index.criterion(owner) if dot else None
        if criterion is not None:
            self._take_evidence(grid, row, criterion)
        else:
            self._stray(grid, row, (EVIDENCE,))
        try:
            state = parse_state(said)
        except ValueError as error:
            self.refuse(grid, row, STATE, str(error))
            return
        if state is State.NOT_APPLICABLE:
            self._not_applicable(grid, row, key, criterion, cell, reason)
        elif state not in {State.REPORTED, State.MISSING}:
            self.refuse(grid, row, STATE, f"a body cannot declare the state '{state.word}'")
        elif state is State.MISSING and not is_blank(cell):
            self.refuse(grid, row, STATE, "the state is 'missing', but there is a value")
        elif not is_blank(cell):
            self._value(grid, row, key, declared, criterion, cell, reason)
        elif state is State.REPORTED and not is_blank(said):
            self.refuse(grid, row, VALUE, "the state is 'reported', but there is no value")
        elif reason:
            self.answer(grid, row, REASON, key, Answer(None, State.MISSING, reason))

    def _value(
        self,
        grid: Grid,
        row: int,
        key: str,
        declared: Input,
        criterion: Criterion | None,
        cell: Cell,
        reason: str,
    ) -> None:
        try:
            value = parse_cell(declared, cell, self.reader.spec.decimal)
        except ValueError as error:
            self.refuse(grid, row, VALUE, str(error))
        else:
            self.answer(grid, row, VALUE, key, Answer(value, reason=reason))
        if criterion is not None and criterion.evidence.required:
            place = Place(grid.sheet, row, column_letter(EVIDENCE))
            self.unsupported.setdefault(criterion.id, place)

    def _not_applicable(
        self,
        grid: Grid,
        row: int,
        key: str,
        criterion: Criterion | None,
        cell: Cell,
        reason: str,
    ) -> None:
        if criterion is None or not criterion.optional:
            self.refuse(grid, row, STATE, "this cannot be declared not applicable")
        elif not is_blank(cell):
            self.refuse(grid, row, VALUE, "there is a value although the state is not applicable")
        elif not reason:
            self.refuse(grid, row, REASON, "not applicable needs a reason")
        else:
            self.answer(grid, row, STATE, key, Answer(None, State.NOT_APPLICABLE, reason))

    def _take_evidence(self, grid: Grid, row: int, criterion: Criterion) -> None:
        documents = _documents(_text(grid, row, EVIDENCE))
        if documents:
            self.evidence.append((criterion.id, documents))

    def table(self, grid: Grid, key: str) -> None:
        declared = self.index.questions.get(key)
        if declared is None or declared.type != "table":
            self.refuse(grid, 1, 1, f"'{key}' is not a table of this form")
            return
        if key in self.seen:
            self.refuse(grid, 1, 1, f"the table '{key}' stands twice, first in {self.seen[key]}")
            return
        self.seen[key] = grid.sheet
        for place, name in enumerate(declared.columns, 1):
            if _text(grid, 2, place) != name:
                self.refuse(grid, 2, place, f"the key of the column should be '{name}'")
                return
        rows = list(self._rows(grid, declared))
        if rows:
            self.answer(grid, FIRST_ROW, 1, key, Answer(rows))

    def _rows(self, grid: Grid, declared: Input) -> Iterator[dict[str, object]]:
        for row in range(FIRST_ROW, grid.max_row + 1):
            cells = [self.cell(grid, row, place) for place in range(1, grid.max_column + 1)]
            if all(is_blank(cell) for cell in cells):
                continue
            line: dict[str, object] = {}
            for place, (name, column) in enumerate(declared.columns.items(), 1):
                cell = cells[place - 1] if place <= len(cells) else None
                if is_blank(cell):
                    if column.required and not self._faulty(grid, row, place):
                        self.refuse(grid, row, place, f"'{column.title.vi or name}' is empty")
                    continue
                try:
                    line[name] = parse_cell(column, cell, self.reader.spec.decimal)
                except ValueError as error:
                    self.refuse(grid, row, place, str(error))
            for place in range(len(declared.columns) + 1, grid.max_column + 1):
                if not is_blank(cells[place - 1]):
                    self.refuse(grid, row, place, "something is written outside the table")
            yield line

    def _faulty(self, grid: Grid, row: int, column: int) -> bool:
        try:
            grid.get(row, column)
        except ValueError:
            return True
        return False

    def complete(self, body: Body) -> None:
        """Every question that the form must hold is there; evidence that is not is a warning."""
        for key in _expected(self.index, body.group):
            if key not in self.seen:
                self.problems.add(
                    f"the question '{key}' is missing from the form",
                    hint="rows and sheets of the form must not be deleted",
                )
        supported = {name for name, _ in self.evidence}
        for name, place in self.unsupported.items():
            if name not in supported:
                self.problems.add(
                    f"evidence is asked for: {self.index.criterion(name).evidence.ask.vi}",
                    sheet=place.sheet,
                    row=place.row,
                    column=place.column,
                    warning=True,
                )


def _expected(index: Index, group: str) -> Iterable[str]:
    yield from index.facts
    for _, criteria in asked_of(index, group):
        for node, criterion in criteria:
            for name in criterion.inputs:
                yield f"{node.id}.{name}"
            if all(item.type == "table" for item in criterion.inputs.values()):
                yield f"{SUPPORT}{node.id}"


def _documents(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]
