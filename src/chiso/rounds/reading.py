"""Reading the answers, rulings and observations of a round into one book per group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from chiso.bodies import Body, Register, UnknownName
from chiso.index.model import Index, Input
from chiso.language import Text
from chiso.problems import Collector, InvalidInput, Problem
from chiso.rounds.answers import (
    NEEDS_REASON,
    Answer,
    AnswerBook,
    Observation,
    Ruling,
    State,
)
from chiso.rounds.spec import FILE, AnswerFile, DataFile, Decimal, RoundSpec, inside
from chiso.rounds.values import parse_cell, parse_state
from chiso.tables import (
    Cell,
    Row,
    Table,
    guess_decimal,
    is_blank,
    parse_number,
    parse_text,
    read_table,
)

MOST_HEADINGS = 10  # unknown headings that are listed one by one
DECISIONS = ("accept", "correct", "reject", "not_applicable", "pending")
CHECK_STATES = (
    "pass", "partial", "fail", "needs_review", "not_applicable", "not_measured", "blocked",
    "maintenance", "explained",
)  # fmt: skip

OBSERVATION_COLUMNS = (
    "body", "group", "check", "state", "level", "seen", "seen_en", "url", "when", "title",
    "title_en", "fix", "fix_en", "reproduce", "picture",
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
    conventions: dict[str, Decimal] = field(default_factory=dict)

    # ── finding the body ──

    def body(self, name: Cell, group: str | None = None, on: dt.date | None = None) -> Body:
        """The body that a cell names, on the day of the round or another. Raises ValueError."""
        if is_blank(name):
            raise ValueError("the body is not named")
        text, day = parse_text(name), on or self.spec.day
        if group is not None and group not in self.spec.groups:
            known = ", ".join(self.spec.groups)
            raise ValueError(f"this round does not assess the group '{group}'; groups: {known}")
        hits: list[Body] = []
        refusals: list[UnknownName] = []
        for candidate in [group] if group else self.spec.groups:
            try:
                hits.append(self.register.find(text, group=candidate, on=day))
            except UnknownName as error:
                refusals.append(error)
        if len(hits) == 1:
            return hits[0]
        if hits:
            where = ", ".join(f"{body.name.vi} ({body.group})" for body in hits)
            raise ValueError(f"'{text}' can be any of {where}; say which group")
        raise ValueError(self._refusal(text, day, refusals))

    def _refusal(self, text: str, day: dt.date, refusals: list[UnknownName]) -> str:
        """Why no group of the round has the body, with candidates from all of them."""
        for error in refusals:
            if error.reason == "ambiguous" or len(refusals) == 1:
                return error.problems[0].message
        try:
            found = self.register.find(text, on=day)
        except UnknownName as error:
            return error.problems[0].message
        return f"{found.label()} is in group '{found.group}', which this round does not assess"

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
            self.conventions[source.file] = _convention(table)
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
                column = error.column if error.column in table.columns else None
                self.problems.take([table.problem(str(error), row, column)])
            except ValueError as error:
                self.problems.take([table.problem(str(error), row)])

    def decimal(self, source: AnswerFile | DataFile) -> Decimal:
        """The decimal convention of a source."""
        declared = source.decimal or self.spec.decimal
        return self.conventions.get(source.file, declared) if declared == "auto" else declared


def _convention(table: Table) -> Decimal:
    """How a file writes decimals, where its unambiguous cells agree."""
    try:
        return guess_decimal(cell for row in table.rows for cell in row.cells.values()) or "auto"
    except ValueError:
        return "auto"


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
    keys = _keys_of(index, name)
    return keys[0] if len(keys) == 1 else None


def _keys_of(index: Index, criterion: str) -> list[str]:
    return [key for key in index.questions if key.startswith(f"{criterion}.")]


def _unresolved(index: Index, name: str) -> str:
    """Why a heading or key means no question."""
    if keys := _keys_of(index, name):
        return f"'{name}' can be any of {', '.join(keys)}; write which one"
    return f"no question of {index.key} is called '{name}'"


def _only(reader: Reader, table: Table, known: Iterable[str]) -> None:
    """Refuse columns that mean nothing here: what they hold would be dropped in silence."""
    allowed = list(known)
    problems = [
        table.problem(
            f"the column '{column}' means nothing here",
            table.header_row,
            column,
            hint=f"columns are {', '.join(allowed)}; map it in 'columns', or take it out",
        )
        for column in table.columns
        if column not in allowed
    ]
    reader.problems.take(_at_most(problems))


def _at_most(problems: list[Problem]) -> list[Problem]:
    """The problems of a header; beyond a few, the last one counts the others."""
    if len(problems) <= MOST_HEADINGS:
        return problems
    rest = problems[MOST_HEADINGS:]
    message = f"and {len(rest)} more columns like these, up to column {rest[-1].column}"
    last = replace(rest[0], message=message, hint="is this the right file, and the right layout?")
    return [*problems[:MOST_HEADINGS], last]


def _wide_questions(reader: Reader, table: Table) -> dict[str, tuple[str, Input]]:
    """The questions that the headings of a wide table mean; all others become problems."""
    index = reader.index
    questions: dict[str, tuple[str, Input]] = {}
    heading_of: dict[str, str] = {}
    problems: list[Problem] = []
    for column in table.columns:
        if column in {"body", "group"}:
            continue
        key, hint = resolve(index, column), "map it in 'columns', or take it out"
        if key is None:
            message = _unresolved(index, column)
        elif index.questions[key].type == "table":
            message = f"'{column}' is a table: give its rows in a file with 'table:'"
        elif key in heading_of:
            message = f"'{column}' and '{heading_of[key]}' mean the same question"
        else:
            questions[column], heading_of[key] = (key, index.questions[key]), column
            continue
        problems.append(table.problem(message, table.header_row, column, hint))
    reader.problems.take(_at_most(problems))
    if not questions:
        message = f"no column answers a question of {index.key}"
        reader.problems.take([table.problem(message, table.header_row)])
    return questions


def _read_wide(reader: Reader, source: AnswerFile, table: Table) -> None:
    if not _has(reader, table, ["body"]):
        return
    questions = _wide_questions(reader, table)
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
    more = ("state", "reason", "source", "evidence")
    _only(reader, table, ("body", "group", "key", "value", *more))

    def take(row: Row) -> None:
        body, book = reader.row_body(row, source.group)
        key = resolve(reader.index, text(row, "key"))
        if key is None:
            raise CellError("key", _unresolved(reader.index, text(row, "key")))
        if reader.index.questions[key].type == "table":
            raise CellError("key", f"'{key}' is a table: give its rows in a file with 'table:'")
        answer = _long_answer(row, reader.index.questions[key], reader.decimal(source))
        if answer is not None:
            answer.origin = text(row, "source") or f"{table.file}, row {row.number}"
            book.put(body.code, key, answer)
        owner, dot, _ = key.partition(".")
        documents = [part.strip() for part in text(row, "evidence").split(";") if part.strip()]
        if documents and not dot:
            raise CellError("evidence", f"'{key}' belongs to no criterion, and takes no evidence")
        if documents:
            book.add_evidence(body.code, owner, documents)

    reader.each_row(table, take)


def _long_answer(row: Row, declared: Input, decimal: Decimal) -> Answer | None:
    """The answer of a row, None where it holds none. Raises CellError."""
    try:
        state = parse_state(get(row, "state"))
    except ValueError as error:
        raise CellError("state", str(error)) from None
    cell, reason = row.cells["value"], text(row, "reason")
    if state in NEEDS_REASON and not reason:
        raise CellError("reason", f"the state '{state.word}' needs a reason")
    if state is not State.REPORTED:
        if not is_blank(cell):
            raise CellError("value", f"there is a value although the state is '{state.word}'")
        return Answer(None, state, reason)
    if is_blank(cell):
        if not is_blank(get(row, "state")):
            raise CellError("value", "the state is 'reported', but there is no value")
        return Answer(None, State.MISSING, reason) if reason else None
    try:
        return Answer(parse_cell(declared, cell, decimal), state, reason)
    except ValueError as error:
        raise CellError("value", str(error)) from None


def _read_table_rows(reader: Reader, source: AnswerFile, table: Table, name: str) -> None:
    key = resolve(reader.index, name)
    declared = reader.index.questions.get(key or "")
    if key is None or declared is None or declared.type != "table":
        message = f"answers: '{name}' is not a table input of {reader.index.key}"
        tables = [k for k, item in reader.index.questions.items() if item.type == "table"]
        hint = f"tables are {', '.join(tables)}" if tables else None
        reader.problems.take([Problem(message, file=FILE, hint=hint)])
        return
    wanted = [column for column, item in declared.columns.items() if item.required]
    if not _has(reader, table, ["body", *wanted]):
        return
    _only(reader, table, ("body", "group", *declared.columns))
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
    more = ("points", "reason", "by", "when")
    _only(reader, table, ("body", "group", "criterion", "decision", *more))
    known = {node.id for node in reader.index.leaves}

    def take(row: Row) -> None:
        body, book = reader.row_body(row)
        criterion, decision = text(row, "criterion"), text(row, "decision")
        if criterion not in known:
            raise CellError("criterion", f"{reader.index.key} has no criterion '{criterion}'")
        if decision not in DECISIONS:
            raise CellError("decision", f"'{decision}' is not one of {', '.join(DECISIONS)}")
        reason, points = text(row, "reason"), _number(row, "points", reader.decimal(source))
        if decision != "accept" and not reason:
            raise CellError("reason", f"the decision '{decision}' needs a reason")
        by, when, origin = text(row, "by"), text(row, "when"), f"{table.file}, row {row.number}"
        ruling = Ruling(decision, reason, points, by, when, origin)  # type: ignore[arg-type]
        try:
            book.rule(body.code, criterion, ruling)
        except ValueError as error:
            column = "points" if "points" in str(error) else "criterion"
            raise CellError(column, str(error)) from None

    reader.each_row(table, take)


def _number(row: Row, column: str, decimal: Decimal) -> float | None:
    """The number in a cell, None where it is blank or absent. Raises CellError."""
    if is_blank(get(row, column)):
        return None
    try:
        return parse_number(get(row, column), decimal=decimal)
    except ValueError as error:
        raise CellError(column, str(error)) from None


def read_observations(reader: Reader, source: DataFile) -> None:
    """Read what online checks saw: body, check, state, and as known the other columns.

    `seen`, `title` and `fix` are in Vietnamese; `seen_en`, `title_en` and `fix_en` in English.
    """
    table = reader.table(source)
    if table is None or not _has(reader, table, ["body", "check", "state"]):
        return
    _only(reader, table, OBSERVATION_COLUMNS)
    known = {check for node in reader.index.leaves for check in getattr(node.item, "checks", ())}

    def take(row: Row) -> None:
        body, book = reader.row_body(row)
        check, state = text(row, "check"), text(row, "state")
        if check not in known:
            raise CellError("check", f"no criterion of {reader.index.key} observes '{check}'")
        if state not in CHECK_STATES:
            raise CellError("state", f"'{state}' is not one of {', '.join(CHECK_STATES)}")
        level = _number(row, "level", reader.decimal(source))
        counted = state in {"pass", "partial", "fail"}
        if counted != (level is not None):
            needs = "needs a level" if counted else "cannot have a level"
            raise CellError("level" if level is not None else "state", f"'{state}' {needs}")
        seen = _observation(row, state, level)
        try:
            book.observe(body.code, check, level, seen)
        except ValueError as error:
            column = "check" if "twice" in str(error) else "level"
            raise CellError(column, str(error)) from None

    reader.each_row(table, take)


def _observation(row: Row, state: str, level: float | None) -> Observation:
    def words(column: str) -> Text:
        own, english = text(row, column), text(row, f"{column}_en")
        return Text(own or english, english or own)

    return Observation(
        state, words("seen"), text(row, "url"), text(row, "when"), words("title"), words("fix"),
        text(row, "reproduce"), text(row, "picture"), level,
    )  # fmt: skip
