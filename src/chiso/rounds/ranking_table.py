"""A table of bodies that nobody has registered, read as the answers of one group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chiso.index.model import Criterion, Index
from chiso.problems import Collector
from chiso.rounds.answers import Answer, AnswerBook, Answers, State
from chiso.rounds.reading import resolve
from chiso.rounds.spec import Decimal
from chiso.rounds.values import parse_cell
from chiso.tables import Row, Table, guess_decimal, is_blank, parse_text, read_table


@dataclass(frozen=True, slots=True)
class BodyTable:
    """The answers of the bodies of a table, and how the table names each."""

    answers: Answers
    names: tuple[str, ...]
    warnings: Collector


def read_body_table(
    path: Path,
    index: Index,
    mapping: Mapping[str, str],
    key: str,
    *,
    sheet: str | None = None,
    decimal: Decimal = "auto",
) -> BodyTable:
    """Read a table with one row a body.

    Args:
        path: CSV or XLSX.
        index: the index; `mapping` names its questions, or criteria with one input.
        mapping: question or criterion → heading of the table.
        key: the heading of the column that names the bodies.
        sheet: the sheet of a workbook.
        decimal: how decimals are written; `auto` finds the convention of the whole table.

    Raises:
        InvalidInput: everything wrong with mapping and table, with row and column. A blank cell
            is only a warning: the value is unknown, and stays so.
    """
    table = read_table(path, sheet=sheet)
    problems, warnings = Collector(file=table.file), Collector(file=table.file)
    wanted = _questions(index, mapping, problems)
    table = table.rename({"body": key, **{f"={k}": mapping[k] for k in wanted}})
    names = _names(table, problems)
    problems.raise_if_any()
    convention = _convention(table, [f"={k}" for k in wanted], decimal, problems)
    book = AnswerBook(index, names)
    for row, name in zip(table.rows, names, strict=True):
        for asked, question in wanted.items():
            answer = _answer(table, row, f"={asked}", index, question, convention, problems)
            if answer.state is State.NOT_MEASURED:
                message = f"no value for '{asked}': it stays unknown"
                warnings.add(message, row=row.number, column=table.letter_of(f"={asked}"),
                             warning=True)  # fmt: skip
            book.put(name, question, answer)
    problems.raise_if_any()
    return BodyTable(book.build(), tuple(names), warnings)


def _questions(index: Index, mapping: Mapping[str, str], problems: Collector) -> dict[str, str]:
    """The key of the question behind each name of the mapping; every criterion needs one."""
    wanted: dict[str, str] = {}
    for name in mapping:
        question = resolve(index, name)
        if question is None:
            known = ", ".join(node.id for node in index.leaves[:20])
            problems.add(
                f"the index {index.key} has nothing called '{name}'", hint=f"it has {known}"
            )
        else:
            wanted[name] = question
    given = set(wanted.values())
    for node in index.leaves:
        assert isinstance(node.item, Criterion)
        read = {index.declared(node.item)[name][0] for name in node.item.reads}
        missing = sorted(read - given)
        if missing and not problems:
            problems.add(
                f"'{missing[0]}' of the index {index.key} is not mapped to a column",
                hint=f"add --map {node.id}=HEADING",
            )
    return wanted


def _names(table: Table, problems: Collector) -> list[str]:
    seen: dict[str, int] = {}
    names = []
    for row in table.rows:
        if is_blank(row.cells["body"]):
            problems.take([table.problem("the body is not named", row, "body")])
            continue
        name = str(parse_text(row.cells["body"])).strip()
        if name in seen:
            message = f"'{name}' stands here and in row {seen[name]}"
            problems.take([table.problem(message, row, "body")])
        seen.setdefault(name, row.number)
        names.append(name)
    if not table.rows:
        problems.add("holds no body", row=table.header_row)
    return names


def _convention(table: Table, columns: list[str], decimal: Decimal, problems: Collector) -> Decimal:
    if decimal != "auto":
        return decimal
    try:
        return guess_decimal(row.cells[c] for row in table.rows for c in columns) or "auto"
    except ValueError as error:
        problems.add(str(error), hint="declare it with --decimal")
        problems.raise_if_any()
        raise


def _answer(
    table: Table,
    row: Row,
    column: str,
    index: Index,
    question: str,
    decimal: Decimal,
    problems: Collector,
) -> Answer:
    cell = row.cells[column]
    origin = f"{table.file}, row {row.number}, column {table.letter_of(column)}"
    if is_blank(cell):
        return Answer(state=State.NOT_MEASURED, origin=origin)
    try:
        value = parse_cell(index.questions[question], cell, decimal)
    except ValueError as error:
        problems.take([table.problem(str(error), row, column)])
        return Answer(state=State.NOT_MEASURED, origin=origin)
    return Answer(value, origin=origin)
