"""Benefit of the doubt: every body is seen with the weights that suit it best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog

from chiso.robustness.arrays import FloatArray, Names, as_table, refuse


@dataclass(frozen=True, slots=True)
class BenefitOfTheDoubt:
    """What each body reaches with the weights that suit it best.

    Attributes:
        scores: shape (bodies,), from 0 to 1; 1 for a body that none outdoes with its own
            weights; NaN for bodies with an unknown indicator.
        weights: the multipliers of the scores, shape (indicators, bodies). They do not sum to
            one: they are scaled so that the best body reaches 1.
        shares: what each indicator brings to the score of each body, same shape; columns sum
            to one.
    """

    scores: FloatArray
    weights: FloatArray
    shares: FloatArray


def benefit_of_the_doubt(
    scores: ArrayLike,
    *,
    least_share: float = 0.0,
    most_share: float = 1.0,
    names: Names = None,
) -> BenefitOfTheDoubt:
    """Score every body with the weights most favourable to it, by one linear programme each.

    For body k the weighted sum of its scores is made as large as it can be with weights from 0
    up under which no body exceeds 1. Shares, that is weight times score over the sum, can be
    kept between two limits for the body in question, so that nobody rests on one indicator
    (Melyn & Moesen 1991; Cherchye, Moesen, Rogge & Van Puyenbroeck 2007, *Social Indicators
    Research* 82).

    Args:
        scores: from 0 up, shape (indicators, bodies). Bodies with an unknown score are neither
            scored nor compared with.
        least_share: least share of each indicator, at most 1 / indicators.
        most_share: most, at least 1 / indicators.
        names: names of the indicators.

    Raises ValueError for negative scores, limits nobody can keep, a body with nothing but
    zeros, and a body that cannot keep the limits because it has a zero where a share is due.
    """
    data = as_table(scores, names)
    refuse((data < 0).any(axis=1), names, "benefit of the doubt needs scores from 0 up")
    count = len(data)
    if not 0 <= least_share <= 1 / count <= most_share <= 1:
        raise ValueError(
            f"the limits of shares must enclose 1/{count}, not {least_share} and {most_share}"
        )
    complete = ~np.isnan(data).any(axis=0)
    known = data[:, complete]
    if known.shape[1] == 0:
        raise ValueError("no body is known in all indicators")
    if (known.max(axis=0) == 0).any():
        raise ValueError("a body has nothing but zeros, so no weights favour it")
    weights = np.full(data.shape, np.nan)
    for body in np.flatnonzero(complete):
        weights[:, body] = _best_weights(data[:, body], known, least_share, most_share)
    parts = weights * np.where(complete, data, np.nan)
    total = parts.sum(axis=0)
    return BenefitOfTheDoubt(np.minimum(total, 1.0), weights, parts / total)


def _best_weights(own: FloatArray, all_: FloatArray, low: float, high: float) -> FloatArray:
    """The weights for one body; `all_` has the scores of all that it is compared with."""
    count = len(own)
    # Dividing by the largest score of each indicator keeps the programme well scaled.
    unit = np.maximum(all_.max(axis=1), np.finfo(float).tiny)
    mine, theirs = own / unit, all_ / unit[:, None]
    limits = [theirs.T]
    if low > 0:
        limits.append(low * np.tile(mine, (count, 1)) - np.diag(mine))
    if high < 1:
        limits.append(np.diag(mine) - high * np.tile(mine, (count, 1)))
    bounds = np.concatenate([np.ones(theirs.shape[1]), np.zeros(count * (len(limits) - 1))])
    # An indicator that is zero everywhere would leave its weight without a limit.
    ranges = [(0.0, None if row.max() > 0 else 0.0) for row in theirs]
    solved = linprog(-mine, A_ub=np.vstack(limits), b_ub=bounds, bounds=ranges, method="highs")
    if solved.status != 0 or -solved.fun <= 0:
        raise ValueError("a body has a zero where the limits ask for a share; lower them")
    return np.asarray(solved.x / unit)
