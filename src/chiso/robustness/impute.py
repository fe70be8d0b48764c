"""Imputation: estimates in place of unknown values, each marked as such.

Data have the shape (indicators, bodies), a panel (years, indicators, bodies), NaN being unknown.
Known values are never changed, and what cannot be estimated stays unknown (Handbook, chapter 3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from chiso.robustness.arrays import (
    BoolArray,
    FloatArray,
    Names,
    as_table,
    as_values,
    greatest,
    least,
    mean_known,
    median_known,
    oriented,
    refuse,
)

Middle = Literal["mean", "median"]
MIDDLES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "mean": mean_known,
    "median": median_known,
}


@dataclass(frozen=True, slots=True)
class Imputation:
    """Data with estimates, in the shape of the input.

    Attributes:
        values: the data, estimates where there was nothing.
        imputed: where an estimate stands.
        unknown: where nothing could be estimated.
    """

    values: FloatArray
    imputed: BoolArray
    unknown: BoolArray


def _result(before: FloatArray, estimates: FloatArray) -> Imputation:
    missing = np.isnan(before)
    values = np.where(missing, estimates, before)
    unknown = np.isnan(values)
    return Imputation(values, missing & ~unknown, unknown)


def _middle(kind: str) -> Callable[[FloatArray], FloatArray]:
    if kind not in MIDDLES:
        raise ValueError(f"the middle is {' or '.join(MIDDLES)}, not '{kind}'")
    return MIDDLES[kind]


def impute_by_indicator(
    values: ArrayLike, middle: Middle = "mean", *, groups: Sequence[str | None] | None = None
) -> Imputation:
    """Put the mean or median of an indicator where it is unknown.

    With `groups` it is that of the body's group; where the group has no known value, or the
    body no group (None), nothing is estimated.

    Args:
        values: shape (indicators, bodies).
        middle: `mean` or `median` of the known values.
        groups: the group of each body.

    Raises ValueError for groups that do not fit the bodies and for another middle.
    """
    data, of = as_table(values), _middle(middle)
    if groups is None:
        return _result(data, np.broadcast_to(of(data), data.shape))
    if len(groups) != data.shape[1]:
        raise ValueError(f"{len(groups)} groups for {data.shape[1]} bodies")
    estimates = np.full_like(data, np.nan)
    for group in {group for group in groups if group is not None}:
        inside = np.array([other == group for other in groups], dtype=bool)
        estimates[:, inside] = of(data[:, inside])
    return _result(data, estimates)


def impute_by_body(
    values: ArrayLike,
    middle: Middle = "mean",
    *,
    direction: ArrayLike = 1,
    rows: Sequence[Sequence[int]] | None = None,
    names: Names = None,
) -> Imputation:
    """Put what a body reaches in its other indicators where one is unknown.

    Indicators are placed between their worst (0) and best (1) value first, for their units
    differ; the mean or median place of the body is then turned back into the unit.

    Args:
        values: shape (indicators, bodies).
        middle: `mean` or `median` of the known places of the body.
        direction: 1 or -1, once or per indicator.
        rows: indicators that may stand in for each other, such as those of one pillar; by
            default all of them. Those in none are left as they are.
        names: names of the indicators.

    Raises ValueError for another middle or direction. A constant indicator has no places: it
    is left out, and its unknown values become the constant.
    """
    data, of = as_table(values, names), _middle(middle)
    turned = oriented(data, direction, names)
    worst, best = least(turned), greatest(turned)
    span = best - worst
    places = np.divide(turned - worst, span, where=span > 0, out=np.full_like(data, np.nan))
    estimates = np.full_like(data, np.nan)
    for chosen in [range(len(data))] if rows is None else rows:
        inside = list(chosen)
        estimates[inside] = of(places[inside].T).T
    sign = np.broadcast_to(np.asarray(direction, dtype=np.float64), len(data))[:, None]
    back = np.where(span > 0, estimates * span + worst, worst)
    return _result(data, back * sign)


def impute_by_function(
    values: ArrayLike, function: Callable[[FloatArray], ArrayLike], *, names: Names = None
) -> Imputation:
    """Estimate by a function of the whole table, which gives a table of the same shape.

    Raises ValueError if the function returns another shape, changes a known value or gives an
    infinite one; the message names the indicator.
    """
    data = as_table(values, names)
    estimates = np.asarray(function(data.copy()), dtype=np.float64)
    if estimates.shape != data.shape:
        raise ValueError(f"the function turned shape {data.shape} into {estimates.shape}")
    changed = ~np.isnan(data) & (estimates != data)
    refuse(changed.any(axis=1), names, "the function changed a known value")
    refuse(np.isinf(estimates).any(axis=1), names, "the function gave an infinite value")
    return _result(data, estimates)


def _panel(panel: ArrayLike, years: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    data = as_values(panel)
    if data.ndim != 3:
        raise ValueError(f"a panel has the shape (years, indicators, bodies), not {data.shape}")
    times = np.asarray(np.arange(len(data)) if years is None else years, dtype=np.float64)
    if times.shape != data.shape[:1] or not (np.diff(times) > 0).all():
        raise ValueError("years are as many as the panel has, and increase")
    return data, times


def impute_latest(
    panel: ArrayLike, *, years: ArrayLike | None = None, most: float | None = None
) -> Imputation:
    """Put the latest earlier value of the same body where one is unknown.

    Args:
        panel: shape (years, indicators, bodies), the earliest year first.
        years: the years, by default 0, 1, 2 …
        most: how many years a value may be carried on, by default any number.

    Raises ValueError for years that do not fit or do not increase.
    """
    data, times = _panel(panel, years)
    at = np.broadcast_to(np.arange(len(data))[:, None, None], data.shape)
    latest = np.maximum.accumulate(np.where(np.isnan(data), -1, at), axis=0)
    carried = np.take_along_axis(data, np.maximum(latest, 0), axis=0)
    age = times[:, None, None] - times[np.maximum(latest, 0)]
    usable = (latest >= 0) & (age <= (np.inf if most is None else most))
    return _result(data, np.where(usable, carried, np.nan))


def impute_linear(
    panel: ArrayLike, *, years: ArrayLike | None = None, ends: bool = True
) -> Imputation:
    """Put the value on the line between the years before and after where one is unknown.

    Before the first and after the last known value that value stands in, unless `ends` is off.

    Args:
        panel: shape (years, indicators, bodies), the earliest year first.
        years: the years, by default 0, 1, 2 …; distances count.
        ends: whether to go on beyond the first and last known value.

    Raises ValueError for years that do not fit or do not increase.
    """
    data, times = _panel(panel, years)
    estimates = data.copy()
    gaps = np.isnan(data).any(axis=0) & ~np.isnan(data).all(axis=0)
    beyond = None if ends else np.nan
    for row, body in np.argwhere(gaps):
        known = ~np.isnan(data[:, row, body])
        estimates[:, row, body] = np.interp(
            times, times[known], data[known, row, body], left=beyond, right=beyond
        )
    return _result(data, estimates)
