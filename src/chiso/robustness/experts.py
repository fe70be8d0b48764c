"""Weights that people give: budget allocation and pairwise comparison (AHP)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from chiso.robustness.arrays import FloatArray, Names, as_table, label, refuse

#: mean consistency index of random matrices by size (Saaty 1980, table 1)
RANDOM_INDEX = (
    0.0,
    0.0,
    0.58,
    0.90,
    1.12,
    1.24,
    1.32,
    1.41,
    1.45,
    1.49,
    1.51,
    1.48,
    1.56,
    1.57,
    1.59,
)


@dataclass(frozen=True, slots=True)
class BudgetAllocation:
    """The mean of what experts allotted, and how far they were apart.

    Attributes:
        weights: shape (indicators,), summing to one.
        spread: standard deviation of the experts' shares, per indicator; NaN for one expert.
        lowest: the smallest share that an expert gave, per indicator.
        highest: the largest.
    """

    weights: FloatArray
    spread: FloatArray
    lowest: FloatArray
    highest: FloatArray


def budget_allocation(points: ArrayLike, *, names: Names = None) -> BudgetAllocation:
    """Weights from points that experts share out among the indicators (Handbook, section 6.6).

    Args:
        points: shape (indicators, experts), from 0 up. Every expert counts the same: their
            points are taken as shares of their own total.
        names: names of the indicators.

    Raises ValueError where points are missing or negative, and for an expert without points.
    """
    table = as_table(points, names)
    refuse(np.isnan(table).any(axis=1), names, "an expert gave no points; nothing means 0")
    refuse((table < 0).any(axis=1), names, "points are from 0 up")
    total = table.sum(axis=0)
    if table.shape[1] == 0 or not (total > 0).all():
        raise ValueError("an expert gave no points at all")
    shares = table / total
    spread = shares.std(axis=1, ddof=1) if table.shape[1] > 1 else np.full(len(table), np.nan)
    return BudgetAllocation(shares.mean(axis=1), spread, shares.min(axis=1), shares.max(axis=1))


@dataclass(frozen=True, slots=True)
class PairwiseWeights:
    """Weights from pairwise judgements, and whether the judgements agree with each other.

    Attributes:
        weights: shape (indicators,), summing to one.
        eigenvalue: the largest one; as large as the number of indicators if all agree.
        consistency_ratio: inconsistency relative to random judgements; Saaty asks to think
            again above 0.1. NaN beyond 15 indicators, for which he gives no random index.
    """

    weights: FloatArray
    eigenvalue: float
    consistency_ratio: float

    @property
    def consistent(self) -> bool:
        """Whether the consistency ratio is at most 0.1."""
        return self.consistency_ratio <= 0.1


def pairwise_weights(judgements: ArrayLike, *, names: Names = None) -> PairwiseWeights:
    """The analytic hierarchy process: weights from how many times more each counts than each.

    The weights are the principal eigenvector of the matrix of judgements (Saaty 1980, *The
    Analytic Hierarchy Process*).

    Args:
        judgements: shape (indicators, indicators); [i, j] says how many times more i counts
            than j, from 1/9 to 9, so that [j, i] is its reciprocal.
        names: names of the indicators.

    Raises ValueError for a matrix that is not square, has an entry that is missing or not
    positive, or is not reciprocal; the message names the pair.
    """
    matrix = as_table(judgements, names)
    count = len(matrix)
    if matrix.shape != (count, count):
        raise ValueError(f"pairwise judgements are a square matrix, not {matrix.shape}")
    refuse(~(matrix > 0).all(axis=1), names, "a judgement is missing or not positive")
    wrong = np.argwhere(~np.isclose(matrix * matrix.T, 1.0, rtol=1e-2))
    if len(wrong):
        i, j = (int(place) for place in wrong[0])
        raise ValueError(
            f"{label(names, i)} to {label(names, j)} is {matrix[i, j]:g} and back "
            f"{matrix[j, i]:g}: these are no reciprocals"
        )
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    weights = np.abs(vectors[:, first].real)
    eigenvalue = float(values[first].real)
    return PairwiseWeights(weights / weights.sum(), eigenvalue, _consistency(eigenvalue, count))


def _consistency(eigenvalue: float, count: int) -> float:
    if count > len(RANDOM_INDEX):
        return float("nan")
    if count < 3:  # two judgements cannot contradict each other
        return 0.0
    return max(eigenvalue - count, 0.0) / (count - 1) / RANDOM_INDEX[count - 1]
