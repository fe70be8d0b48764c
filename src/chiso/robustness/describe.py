"""Statistics of indicators and how much of the data there is."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chiso.robustness.arrays import (
    BoolArray,
    FloatArray,
    Names,
    as_table,
    count_known,
    greatest,
    least,
    mean_known,
    median_known,
    spread_known,
)
from chiso.robustness.transform import kurtosis, skewness
from chiso.robustness.treat import Limits
from chiso.robustness.tree import Tree


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a statistic asks for a look: shares from 0 to 1, and the limits of outliers."""

    available: float = 0.65
    nonzero: float = 0.5
    unique: float = 0.5
    outliers: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the values of the indicators look like; all of shape (indicators,).

    Shares of zeros and of values are among the known values, `share_known` is among all bodies.

    Attributes:
        low: the smallest value, in the unit of the indicator, as are the next four.
        high: the largest.
        mean: the arithmetic mean.
        median: the median.
        spread: the standard deviation (divisor n - 1).
        skewness: see `transform.skewness`.
        kurtosis: see `transform.kurtosis`.
        known: how many bodies are known.
        nonzero: how many known values are not zero.
        unique: how many different values there are.
        same: how often the commonest value occurs.
        share_known: known among all bodies.
        share_nonzero: not zero among the known.
        share_unique: different values among the known.
        share_same: the commonest value among the known.
        few_known: whether `share_known` is below its threshold.
        many_zeros: whether `share_nonzero` is.
        few_unique: whether `share_unique` is.
        outliers: whether skewness and kurtosis are both above their limits.
    """

    low: FloatArray
    high: FloatArray
    mean: FloatArray
    median: FloatArray
    spread: FloatArray
    skewness: FloatArray
    kurtosis: FloatArray
    known: NDArray[np.intp]
    nonzero: NDArray[np.intp]
    unique: NDArray[np.intp]
    same: NDArray[np.intp]
    share_known: FloatArray
    share_nonzero: FloatArray
    share_unique: FloatArray
    share_same: FloatArray
    few_known: BoolArray
    many_zeros: BoolArray
    few_unique: BoolArray
    outliers: BoolArray


def statistics(
    values: ArrayLike,
    thresholds: Thresholds = Thresholds(),
    *,
    names: Names = None,
) -> Statistics:
    """The statistics of every indicator, from shape (indicators, bodies).

    Where nothing is known, statistics are NaN and counts are zero. Raises ValueError for another
    shape.
    """
    data = as_table(values, names)
    known = count_known(data)
    counts = [np.unique(row[~np.isnan(row)], return_counts=True)[1] for row in data]
    unique = np.array([len(count) for count in counts], dtype=np.intp)
    same = np.array([count.max(initial=0) for count in counts], dtype=np.intp)
    nonzero = known - (data == 0).sum(axis=1)
    of_known = [
        np.divide(part, known, where=known > 0, out=np.full(len(data), np.nan))
        for part in (nonzero, unique, same)
    ]
    share_known = known / max(data.shape[1], 1)
    skew, kurt, limits = skewness(data), kurtosis(data), thresholds.outliers
    return Statistics(
        least(data)[:, 0],
        greatest(data)[:, 0],
        mean_known(data)[:, 0],
        median_known(data)[:, 0],
        spread_known(data)[:, 0],
        skew,
        kurt,
        known,
        nonzero,
        unique,
        same,
        share_known,
        of_known[0],
        of_known[1],
        of_known[2],
        share_known < thresholds.available,
        of_known[0] < thresholds.nonzero,
        of_known[1] < thresholds.unique,
        (np.abs(skew) > limits.skewness) & (kurt > limits.kurtosis),
    )


def availability_by_node(tree: Tree, values: ArrayLike) -> dict[str, FloatArray]:
    """The share of indicators under each aggregate that are known, shape (bodies,) by node.

    Raises ValueError where the rows are not the indicators of the tree.
    """
    data = as_table(values, tree.indicators)
    row = {name: place for place, name in enumerate(tree.indicators)}
    return {
        node: (~np.isnan(data[[row[leaf] for leaf in tree.under(node)]])).mean(axis=0)
        for node in tree.aggregates
    }
