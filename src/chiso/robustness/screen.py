"""Screening: which bodies have enough data to be scored, with the reason for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chiso.robustness.arrays import BoolArray, FloatArray, as_table

Screen = Literal["unknown", "zeros", "both"]


@dataclass(frozen=True, slots=True)
class Screening:
    """What each body has, and whether it stays. All have the shape (bodies,).

    Attributes:
        unknown: how many indicators are unknown.
        zeros: how many are known to be zero.
        available: share of indicators that are known.
        nonzero: share of the known ones that are not zero; NaN where none is known.
        too_unknown: whether `available` is below the least share asked for.
        too_zero: whether `nonzero` is.
        included: whether the body stays, forced decisions counted in.
        forced: whether that was decided by name and not by the shares.
    """

    unknown: NDArray[np.intp]
    zeros: NDArray[np.intp]
    available: FloatArray
    nonzero: FloatArray
    too_unknown: BoolArray
    too_zero: BoolArray
    included: BoolArray
    forced: BoolArray

    def keep(self, values: ArrayLike) -> FloatArray:
        """The columns of the bodies that stay, of data of shape (…, bodies)."""
        return np.asarray(values, dtype=np.float64)[..., self.included]


def screen(
    values: ArrayLike,
    *,
    by: Screen = "unknown",
    available: float = 0.66,
    nonzero: float = 0.05,
    force: Mapping[int, bool] | None = None,
) -> Screening:
    """Decide which bodies have enough data to be scored.

    Args:
        values: shape (indicators, bodies), NaN where unknown.
        by: leave out for too much that is `unknown`, for too many `zeros`, or for either: `both`.
        available: least share of indicators known.
        nonzero: least share of the known indicators that are not zero. Zeros are suspect where
            a form makes no difference between nothing and no answer.
        force: bodies, by column, to keep (True) or leave out (False) whatever their data.

    Returns:
        The counts and the decision for every body.

    Raises ValueError for shares outside 0 to 1, another `by`, and a forced body that is not there.
    """
    data = as_table(values)
    if by not in ("unknown", "zeros", "both"):
        raise ValueError(f"screening is by 'unknown', 'zeros' or 'both', not '{by}'")
    if not (0 <= available <= 1 and 0 <= nonzero <= 1):
        raise ValueError(f"least shares are from 0 to 1, not {available} and {nonzero}")
    unknown, zeros = np.isnan(data).sum(axis=0), (data == 0).sum(axis=0)
    known = len(data) - unknown
    share_known = known / max(len(data), 1)
    share_nonzero = np.where(known > 0, 1 - zeros / np.maximum(known, 1), np.nan)
    too_unknown, too_zero = share_known < available, share_nonzero < nonzero
    out = {"unknown": too_unknown, "zeros": too_zero, "both": too_unknown | too_zero}[by]
    included, forced = ~out, np.zeros(data.shape[1], dtype=bool)
    for body, decision in (force or {}).items():
        if not 0 <= body < data.shape[1]:
            raise ValueError(f"there is no body {body} among {data.shape[1]} to force")
        included[body], forced[body] = decision, True
    return Screening(
        unknown, zeros, share_known, share_nonzero, too_unknown, too_zero, included, forced
    )
