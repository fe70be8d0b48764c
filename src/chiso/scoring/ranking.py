"""Ranks inside a group."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

#: scores that agree to this many decimals are equal: sums of the same points in another order
#: differ in their last bits, and must not be ranked apart
SAME_DECIMALS = 12


def competition_ranks(
    scores: NDArray[np.float64], rank_at: int | None = None
) -> NDArray[np.float64]:
    """Competition ranks ("1, 2, 2, 4") of scores, the highest first.

    Args:
        scores: shape (…, bodies); NaN is unknown and gets no rank.
        rank_at: decimals to round to before ranking, where an index publishes at a precision;
            by default ranks come from unrounded scores.

    Returns:
        Ranks from 1, in the shape of `scores`, NaN where the score is unknown.
    """
    unknown = np.isnan(scores)
    if rank_at is None:
        compared = np.round(scores, SAME_DECIMALS)
    else:  # as the number is written, so that equal figures on paper share a rank
        written = [float(f"{score:.{rank_at}f}") for score in scores.ravel()]
        compared = np.array(written).reshape(scores.shape)
    # Unknown scores go last, where they cannot move the others, and then lose their rank.
    ranks = rankdata(np.where(unknown, np.inf, -compared), method="min", axis=-1)
    return np.where(unknown, np.nan, ranks)
