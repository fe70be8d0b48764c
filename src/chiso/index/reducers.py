"""Reductions of a table input: one row per service, portal or unit → one number per body."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Values = FloatArray | float


@dataclass(slots=True)
class TableData:
    """The rows of a table input for all bodies: `owner[r]` is the body that row r belongs to.

    Number columns are float arrays (yes/no as 1 and 0, choices as their place), text columns
    are object arrays; all have one value per row.
    """

    size: int
    owner: NDArray[np.intp]
    columns: dict[str, NDArray[Any]] = field(default_factory=dict)


def divide(a: Values, b: Values) -> Values:
    """The quotient, unknown (NaN) where the divisor is zero."""
    b = np.asarray(b, dtype=np.float64)
    quotient = np.divide(a, b)
    zero = b == 0
    return np.where(zero, np.nan, quotient) if zero.any() else quotient


def _total(table: TableData, weights: NDArray[np.float64]) -> FloatArray:
    total = np.bincount(table.owner, weights=weights, minlength=table.size)
    return total.astype(np.float64, copy=False)


def _rows(table: TableData) -> FloatArray:
    return np.bincount(table.owner, minlength=table.size).astype(np.float64)


def _count(table: TableData, *columns: NDArray[np.float64]) -> FloatArray:
    """Rows of each body, or rows in which a condition holds (a blank cell does not hold)."""
    return _total(table, np.nan_to_num(columns[0])) if columns else _rows(table)


def _share(table: TableData, column: NDArray[np.float64]) -> FloatArray:
    return np.asarray(divide(_count(table, column), _rows(table)))


def _sum(table: TableData, column: NDArray[np.float64]) -> FloatArray:
    return _total(table, np.nan_to_num(column))


def _mean(table: TableData, column: NDArray[np.float64]) -> FloatArray:
    known = ~np.isnan(column)
    return np.asarray(divide(_sum(table, column), _total(table, known.astype(np.float64))))


def _weighted_mean(
    table: TableData, column: NDArray[np.float64], weight: NDArray[np.float64]
) -> FloatArray:
    known = ~(np.isnan(column) | np.isnan(weight))
    return np.asarray(
        divide(
            _total(table, np.where(known, column * weight, 0.0)),
            _total(table, np.where(known, weight, 0.0)),
        )
    )


def _mean_of_means(table: TableData, column: NDArray[np.float64], by: NDArray[Any]) -> FloatArray:
    """The mean over the groups named in `by` of the mean within each group."""
    _, group = np.unique(by.astype(str), return_inverse=True)
    groups = max(int(group.max(initial=-1)) + 1, 1)
    cell = table.owner * groups + group
    known = ~np.isnan(column)
    shape, cells = (table.size, groups), table.size * groups
    sums = np.bincount(cell[known], weights=column[known], minlength=cells)
    counts = np.bincount(cell[known], minlength=cells)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), 0.0).reshape(shape)
    seen = (counts > 0).reshape(shape).sum(axis=1).astype(float)
    return np.asarray(divide(means.sum(axis=1), seen))


#: reducers whose last column only tells rows apart, and may be text
GROUPING = {"mean_of_means"}
#: name → (least column arguments, most, function of the table and its columns)
REDUCERS: dict[str, tuple[int, int, Callable[..., FloatArray]]] = {
    "count": (0, 1, _count),
    "share": (1, 1, _share),
    "sum": (1, 1, _sum),
    "mean": (1, 1, _mean),
    "weighted_mean": (2, 2, _weighted_mean),
    "mean_of_means": (2, 2, _mean_of_means),
}
