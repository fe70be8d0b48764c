"""Does the structure hold, and what does it say of a body: alpha, denominators, strengths.

Correlations stand in `correlate`, principal components in `components`, statistics in
`describe`, leaving out in `leave_out`, versions in `versions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from chiso.robustness.arrays import (
    FloatArray,
    Names,
    as_table,
    as_values,
    count_known,
    mean_known,
    oriented,
)
from chiso.robustness.correlate import Kind, correlate
from chiso.scoring.ranking import competition_ranks


def cronbach_alpha(scores: ArrayLike, *, pairwise: bool = False) -> float:
    """Cronbach's alpha: how far the rows measure one thing, 1 at best (Cronbach 1951).

    It rises with the number of rows and with their mean covariance, and is negative where rows
    pull against each other. Rows must point the same way, so give normalised scores. NaN for
    fewer than two rows or three bodies, or no variance.

    Args:
        scores: shape (indicators, bodies).
        pairwise: whether each covariance uses the bodies known in both rows, instead of those
            known in all; the result may then exceed 1.
    """
    data = as_table(scores)
    if not pairwise:
        data = data[:, ~np.isnan(data).any(axis=0)]
    count = len(data)
    if count < 2 or data.shape[1] < 3:
        return float("nan")
    covariance = _covariance(data)
    total = covariance.sum()
    if not total > 1e-12 * np.abs(covariance).sum():
        return float("nan")
    return float(count / (count - 1) * (1 - np.trace(covariance) / total))


def _covariance(data: FloatArray) -> FloatArray:
    """Covariances over the bodies known in both rows."""
    known = (~np.isnan(data)).astype(np.float64)
    filled = np.nan_to_num(data - mean_known(data))  # near the mean, lest large values cancel
    count = known @ known.T
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (filled @ known.T) / count
        products = filled @ filled.T - count * means * means.T
        return np.asarray(np.where(count > 1, products / (count - 1), np.nan))


@dataclass(frozen=True, slots=True)
class SizeFlag:
    """An indicator that goes along with a denominator, and so measures size."""

    indicator: str
    denominator: str
    correlation: float


def denominator_correlations(
    values: ArrayLike,
    denominators: Mapping[str, ArrayLike],
    *,
    threshold: float = 0.6,
    kind: Kind = "pearson",
    names: Names = None,
) -> tuple[SizeFlag, ...]:
    """Indicators that may want a denominator because they go along with one.

    Args:
        values: raw data, shape (indicators, bodies).
        denominators: by name, shape (bodies,).
        threshold: the absolute correlation above which a pair is named.
        kind: as for `correlate`.
        names: names of the indicators.

    Returns:
        The pairs, strongest first.
    """
    data = as_table(values, names)
    rows = np.array([as_values(row) for row in denominators.values()]).reshape(-1, data.shape[1])
    matrix = correlate(data, rows, kind=kind)
    found = [
        SizeFlag(names[i] if names else str(i + 1), denominator, float(matrix[i, j]))
        for i in range(len(data))
        for j, denominator in enumerate(denominators)
        if abs(matrix[i, j]) > threshold
    ]
    return tuple(sorted(found, key=lambda flag: -abs(flag.correlation)))


@dataclass(frozen=True, slots=True)
class Standing:
    """The place of a body in one indicator, of how many known, and its value."""

    indicator: str
    rank: int
    of: int
    value: float


@dataclass(frozen=True, slots=True)
class Profile:
    """The indicators in which a body stands best, best first, and worst, worst last."""

    strengths: tuple[Standing, ...]
    weaknesses: tuple[Standing, ...]


def strengths_and_weaknesses(
    values: ArrayLike,
    body: int,
    *,
    count: int = 5,
    direction: ArrayLike = 1,
    least_unique: float = 0.0,
    worst_shared: bool = False,
    names: Names = None,
) -> Profile:
    """The indicators in which a body ranks best and worst among all.

    Ranks are those of `competition_ranks`; equal ranks stand in the order of the rows.

    Args:
        values: shape (indicators, bodies), in any unit.
        body: column of the body.
        count: how many strengths and weaknesses, at most.
        direction: 1 or -1, once or per indicator.
        least_unique: indicators with a lower share of different values among the known are
            passed over, as a yes or no that half of all answer alike tells little.
        worst_shared: whether to count as weaknesses indicators in which the body has the worst
            value there is; by default not, as many bodies often share it (a zero, a no) and
            then the rank overstates it.
        names: names of the indicators.

    Raises ValueError for a body that is not there.
    """
    data = as_table(values, names)
    if not 0 <= body < data.shape[1]:
        raise ValueError(f"there is no body {body} among {data.shape[1]}")
    turned = oriented(data, direction, names)
    ranks, known = competition_ranks(turned)[:, body], count_known(data)
    worst = np.nanmin(np.where(np.isnan(turned), np.inf, turned), axis=1)
    standings: list[tuple[Standing, bool]] = []
    for row in np.flatnonzero(~np.isnan(ranks)).tolist():
        different = len(np.unique(data[row][~np.isnan(data[row])]))
        if different / known[row] < least_unique:
            continue
        name = names[row] if names else str(row + 1)
        place = Standing(name, int(ranks[row]), int(known[row]), float(data[row, body]))
        standings.append((place, worst_shared or turned[row, body] != worst[row]))
    best = sorted((place for place, _ in standings), key=lambda place: place.rank)
    weak = sorted((place for place, may in standings if may), key=lambda place: place.rank)
    return Profile(tuple(best[:count]), tuple(weak[max(len(weak) - count, 0) :]))


def rank_shift(before: ArrayLike, after: ArrayLike) -> FloatArray:
    """How many places each body moves up from one set of scores to the other, shape (…, bodies)."""
    return competition_ranks(as_values(before)) - competition_ranks(as_values(after))
