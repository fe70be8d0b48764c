"""Reading the answers, rulings and observations of a round into one book per group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from chiso.bodies import Body, Register, UnknownName
from chiso.index.model import Index, Input
from chiso.problems import Collector, InvalidInput
from chiso.rounds.answers import (
    Answer,
    AnswerBook,
    Observation,
    Ruling,
    State,
)
from chiso.rounds.spec import AnswerFile, DataFile, Decimal, RoundSpec, inside
from chiso.rounds.values import parse_cell, parse_state
from chiso.tables import Cell, Row, Table, is_blank, parse_number, parse_text, read_table

DECISIONS = ("accept", "correct", "reject", "not_applicable", "pending")
CHECK_STATES = (
    "pass", "partial", "fail", "needs_review", "not_applicable", "not_measured", "blocked",
    "maintenance", "explained",
)  # fmt: skip


@dataclass(slots=True)
class Reader:
    """Puts the rows of tables into the books of their bodies, gathering all problems."""

    spec: RoundSpec
    folder: Path
    index: Index
    register: Register
    books: Mapping[str, AnswerBook]
    problems: Collector

    # ── finding the body ──

    def body(self, name: Cell, group: str | None = None, on: dt.date | None = None) -> Body:
        """The body that a cell names, on the day of the round or another. Raises ValueError."""
        if is_blank(name):
            raise ValueError("the body is not named")
        text = parse_text(name)
        groups = [group] if group else list(self.spec.groups)
        hits: list[Body] = []
        refusal: UnknownName | None = None
        for candidate in groups:
            try:
                hits.append(self.register.find(text, group=candidate, on=on or self.spec.day))
            except UnknownName as error:
                refusal = error
        if len(hits) == 1:
            return hits[0]
        if hits:
            where = ", ".join(f"{body.name.vi} ({body.group})" for body in hits)
            raise ValueError(f"'{text}' can be any of {where}; say which group")
        raise ValueError(refusal.problems[0].message if refusal else f"unknown body '{text}'")

    def row_body(self, row: Row, group: str | None = None) -> tuple[Body, AnswerBook]:
        """The body of a row (columns `body` and, where needed, `group`) and its book."""
        try:
            body = self.body(get(row, "body"), group or text(row, "group") or None)
        except ValueError as error:
            raise CellError("body", str(error)) from None
        return body, self.books[body.group]

    def table(self, source: AnswerFile | DataFile) -> Table | None:
        """Read a source's table with its columns renamed; None (and problems) if it cannot be."""
        try:
            path = inside(self.folder, source.file)
            table = read_table(path, sheet=source.sheet, name=source.file)
            return table.rename(source.columns) if source.columns else table
        except InvalidInput as error:
            self.problems.take(error.problems)
            return None

    def each_row(self, table: Table, take: Callable[[Row], None]) -> None:
        """Run `take` on every row; what it refuses with ValueError becomes a problem there."""
        for row in table.rows:
            try:
                take(row)
            except CellError as error:
                self.problems.take([table.problem(str(error), row, error.column)])
            except ValueError as error:
                self.problems.take([table.problem(str(error), row)])

    def decimal(self, source: AnswerFile | DataFile) -> Decimal:
        """The decimal convention of a source."""
        return source.decimal or self.spec.decimal


class CellError(ValueError):
    """What is wrong with one cell of a row."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def get(row: Row, column: str) -> Cell:
    """A cell, None where the table has no such column."""
    return row.cells.get(column)


def text(row: Row, column: str) -> str:
    """A cell as text, empty where it is blank or absent."""
    cell = get(row, column)
    return "" if is_blank(cell) else str(parse_text(cell)).strip()


def read_answers(reader: Reader, source: AnswerFile) -> None:
    """Read one file of answers into the books."""
    table = reader.table(source)
    if table is None:
        return
    if source.table is not None:
        _read_table_rows(reader, source, table, source.table)
    elif source.layout == "long":
        _read_long(reader, source, table)
    else:
        _read_wide(reader, source, table)


def _has(reader: Reader, table: Table, columns: list[str]) -> bool:
    try:
        table.require(columns)
    except InvalidInput as error:
        reader.problems.take(error.problems)
        return False
    return True


def resolve(index: Index, name: str) -> str | None:
    """The key of the question that a heading means: a key, or a criterion with one input."""
    if name in index.questions:
        return name
    node = index.by_id.get(name)
    if node is not None:
        keys = [key for key in index.questions if key.startswith(f"{name}.")]
        if len(keys) == 1:
            return keys[0]
    return None


def _read_wide(reader: Reader, source: AnswerFile, table: Table) -> None:
    if not _has(reader, table, ["body"]):
        return
    questions: dict[str, tuple[str, Input]] = {}
    for column in table.columns:
        key = resolve(reader.index, column)
        if key is not None and reader.index.questions[key].type != "table":
            questions[column] = (key, reader.index.questions[key])
        elif column not in {"body", "group"}:
            hint = "map it in 'columns', or take it out"
            message = f"no question of {reader.index.key} is called '{column}'"
            reader.problems.take([table.problem(message, table.header_row, column, hint)])
    if not questions:
        message = f"no column answers a question of {reader.index.key}"
        reader.problems.take([table.problem(message, table.header_row)])
    seen: dict[str, int] = {}

    def take(row: Row) -> None:
        body, book = reader.row_body(row, source.group)
        if body.code in seen:
            message = f"{body.name.vi} stands here and in row {seen[body.code]}"
            raise CellError("body", message)
        seen[body.code] = row.number
        origin = f"{table.file}, row {row.number}"
        for column, (key, declared) in questions.items():
            cell = row.cells[column]
            if is_blank(cell):
                continue
            try:
                value = parse_cell(declared, cell, reader.decimal(source))
                where = f"{origin}, column {table.letter_of(column)}"
                book.put(body.code, key, Answer(value, origin=where))
            except ValueError as error:
                reader.problems.take([table.problem(str(error), row, column)])

    reader.each_row(table, take)


def _read_long(reader: Reader, source: AnswerFile, table: Table) -> None:
    if not _has(reader, table, ["body", "key", "value"]):
        return

    def take(row: Row) -> None:
        body, book = reader.row_body(row, source.group)
        key = resolve(reader.index, text(row, "key"))
        if key is None:
            name = text(row, "key")
            raise CellError("key", f"no question of {reader.index.key} is called '{name}'")
        state = parse_state(get(row, "state"))
        cell = row.cells["value"]
        declared = reader.index.questions[key]
        if declared.type == "table":
            raise CellError("key", f"'{key}' is a table: give its rows in a file with 'table:'")
        if is_blank(cell) and state is State.REPORTED:
            return
        value = None
        if state is State.REPORTED:
            try:
                value = parse_cell(declared, cell, reader.decimal(source))
            except ValueError as error:
                raise CellError("value", str(error)) from None
        origin = text(row, "source") or f"{table.file}, row {row.number}"
        book.put(body.code, key, Answer(value, state, text(row, "reason"), origin))

    reader.each_row(table, take)


def _read_table_rows(reader: Reader, source: AnswerFile, table: Table, name: str) -> None:
    key = resolve(reader.index, name)
    declared = reader.index.questions.get(key or "")
    if key is None or declared is None or declared.type != "table":
        reader.problems.add(f"'{name}' is not a table input of {reader.index.key}")
        return
    wanted = [column for column, item in declared.columns.items() if item.required]
    if not _has(reader, table, ["body", *wanted]):
        return
    rows: dict[tuple[str, str], list[dict[str, object]]] = {}
    first: dict[tuple[str, str], int] = {}

    def take(row: Row) -> None:
        body, _ = reader.row_body(row, source.group)
        line: dict[str, object] = {}
        for column, item in declared.columns.items():
            cell = get(row, column)
            if is_blank(cell):
                if item.required:
                    message = f"'{column}' is empty"
                    reader.problems.take([table.problem(message, row, column)])
                continue
            try:
                line[column] = parse_cell(item, cell, reader.decimal(source))
            except ValueError as error:
                reader.problems.take([table.problem(str(error), row, column)])
        rows.setdefault((body.group, body.code), []).append(line)
        first.setdefault((body.group, body.code), row.number)

    before = len(reader.problems.found)
    reader.each_row(table, take)
    if len(reader.problems.found) > before:
        return
    for (group, code), lines in rows.items():
        origin = f"{table.file}, from row {first[group, code]}"
        try:
            reader.books[group].put(code, key, Answer(lines, origin=origin))
        except ValueError as error:
            reader.problems.take([table.problem(str(error), first[group, code])])


def read_rulings(reader: Reader, source: DataFile) -> None:
    """Read appraisers' rulings: body, criterion, decision, and points, reason, by, when."""
    table = reader.table(source)
    if table is None or not _has(reader, table, ["body", "criterion", "decision"]):
        return

    def take(row: Row) -> None:
        body, book = reader.row_body(row)
        criterion, decision = text(row, "criterion"), text(row, "decision")
        if criterion not in {node.id for node in reader.index.leaves}:
            raise CellError("criterion", f"{reader.index.key} has no criterion '{criterion}'")
        if decision not in DECISIONS:
            raise CellError("decision", f"'{decision}' is not one of {', '.join(DECISIONS)}")
        points = None
        if not is_blank(get(row, "points")):
            points = parse_number(get(row, "points"), decimal=reader.decimal(source))
        book.rule(
            body.code,
            criterion,
            Ruling(
                decision,  # type: ignore[arg-type]
                text(row, "reason"),
                points,
                text(row, "by"),
                text(row, "when"),
                f"{table.file}, row {row.number}",
            ),
        )

    reader.each_row(table, take)


def read_observations(reader: Reader, source: DataFile) -> None:
    """Read what online checks saw: body, check, state, and level, seen, url, when."""
    table = reader.table(source)
    if table is None or not _has(reader, table, ["body", "check", "state"]):
        return
    known = {check for node in reader.index.leaves for check in getattr(node.item, "checks", ())}

    def take(row: Row) -> None:
        body, book = reader.row_body(row)
        check, state = text(row, "check"), text(row, "state")
        if check not in known:
            raise CellError("check", f"no criterion of {reader.index.key} observes '{check}'")
        if state not in CHECK_STATES:
            raise CellError("state", f"'{state}' is not one of {', '.join(CHECK_STATES)}")
        level = None
        if not is_blank(get(row, "level")):
            level = parse_number(get(row, "level"), decimal=reader.decimal(source))
        counted = state in {"pass", "partial", "fail"}
        if counted != (level is not None):
            needs = "needs a level" if counted else "cannot have a level"
            raise CellError("state", f"the state '{state}' {needs}")
        seen = Observation(state, text(row, "seen"), text(row, "url"), text(row, "when"))
        book.observe(body.code, check, level, seen)

    reader.each_row(table, take)
