"""Trying a criterion on values written by hand: worked examples, and points in a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiso.index.model import Column, Criterion, Index, Input
from chiso.index.reducers import TableData
from chiso.index.rules import RuleScope, Trace

_YES = {"yes", "true", "có", "1"}
_NO = {"no", "false", "không", "0"}


def encode(declared: Input | Column, value: Any) -> float:
    """A value as the number that rules compute with; NaN for None.

    Yes and no are 1 and 0, a choice is the place of its option. Raises ValueError with a
    sentence for a value that the declaration does not allow.
    """
    if value is None:
        return float("nan")
    if declared.type == "yes_no":
        word = str(value).strip().casefold()
        if word in _YES | _NO:
            return float(word in _YES)
        raise ValueError(f"'{value}' is neither yes nor no")
    if declared.type == "choice":
        options = tuple(declared.options)
        if str(value) not in options:
            raise ValueError(f"'{value}' is not an option; options are {', '.join(options)}")
        return float(options.index(str(value)))
    if declared.type in {"text", "date", "table"}:
        raise ValueError(f"an input of type {declared.type} has no number")
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise ValueError(f"'{value}' is not a number")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError("the number is too large") from None
    check_bounds(declared, number)
    if declared.type == "integer" and number != int(number):
        raise ValueError(f"{value} is not a whole number")
    return number


def check_bounds(declared: Input | Column, number: float) -> None:
    """Raise ValueError if a number is outside what the declaration allows."""
    if not np.isfinite(number):
        raise ValueError("the number is not finite")
    if declared.min is not None and number < declared.min:
        raise ValueError(f"{number:g} is below the least allowed, {declared.min:g}")
    if declared.max is not None and number > declared.max:
        raise ValueError(f"{number:g} is above the most allowed, {declared.max:g}")


def table_data(declared: Input, rows_of: Sequence[Sequence[Mapping[str, Any]]]) -> TableData:
    """The rows of a table input for several bodies as columns of numbers.

    `rows_of[b]` are the rows of body b. Raises ValueError naming the column of a bad cell.
    """
    owner = [body for body, rows in enumerate(rows_of) for _ in rows]
    columns: dict[str, NDArray[Any]] = {}
    for name, column in declared.columns.items():
        cells = [row.get(name) for rows in rows_of for row in rows]
        if column.type == "text":
            columns[name] = np.array(cells, dtype=object)
            continue
        try:
            columns[name] = np.array([encode(column, cell) for cell in cells], dtype=np.float64)
        except ValueError as error:
            raise ValueError(f"column {name}: {error}") from None
    return TableData(len(rows_of), np.array(owner, dtype=np.intp), columns)


def option_lists(inputs: Mapping[str, Input]) -> dict[str, tuple[str, ...]]:
    """The options of choices by name, and of choice columns by `table.column`."""
    lists = {name: tuple(item.options) for name, item in inputs.items() if item.options}
    for name, item in inputs.items():
        for column, declared in item.columns.items():
            if declared.options:
                lists[f"{name}.{column}"] = tuple(declared.options)
    return lists


def try_criterion(
    index: Index, criterion: Criterion, given: Mapping[str, Any], best: float | None = None
) -> Trace:
    """Compute one criterion for one body from values by name (inputs, facts, or check ids).

    `best` stands for the best value of the group in a share of the best. Raises ValueError for
    a value that is not allowed or a name that is not declared.
    """
    declared = {name: item for name, (_, item) in index.declared(criterion).items()}
    values = {name: np.full(1, np.nan) for name in criterion.reads}
    tables: dict[str, TableData] = {}
    observed: dict[str, NDArray[np.float64]] = {}
    for name, value in given.items():
        if name in criterion.checks:
            observed[name] = np.full(1, float(value))
        elif name not in declared:
            raise ValueError(f"'{name}' is not an input, fact or check of this criterion")
        elif declared[name].type == "table":
            tables[name] = table_data(declared[name], [value])
        else:
            try:
                values[name] = np.full(1, encode(declared[name], value))
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
    for name in set(criterion.reads) - set(tables):
        if name in declared and declared[name].type == "table":
            tables[name] = table_data(declared[name], [[]])
    scope = RuleScope(1, values, tables, option_lists(declared), observed)
    if best is not None:
        scope.bests = _BestEverywhere(best)
    with np.errstate(all="ignore"):
        return criterion.rule.trace(
            scope, 1.0 if criterion.points is None else criterion.points, ""
        )


class _BestEverywhere(dict[str, float]):
    """The same group best wherever a rule asks."""

    def __init__(self, best: float) -> None:
        super().__init__()
        self._best = best

    def __contains__(self, path: object) -> bool:
        return True

    def __getitem__(self, path: str) -> float:
        return self._best
