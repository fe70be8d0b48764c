"""Normalisation: indicators in their own units become scores on one scale, more being better.

Every method takes data of shape (…, indicators, bodies) with NaN for unknown, and a `direction`
of 1 (more is better) or -1 (less is better), once or per indicator. Results have the same shape
and keep NaN where the data have it. The methods are those of chapter 5 of the OECD/JRC *Handbook
on Constructing Composite Indicators* (2008); a method with another source names it.

All raise ValueError, naming the indicators, where a method is not defined: a constant indicator
has no range, a target beyond the worst value has no distance. `names` serves these messages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from chiso.robustness.arrays import (
    FloatArray,
    Names,
    as_table,
    as_values,
    count_known,
    greatest,
    least,
    mean_known,
    oriented,
    per_indicator,
    refuse,
    spread_known,
)

CONSTANT = "all known values are the same, so there is no range to place them in"


def as_is(values: ArrayLike, *, direction: ArrayLike = 1, names: Names = None) -> FloatArray:
    """The values with their sign turned where less is better, otherwise untouched."""
    return oriented(as_values(values), direction, names)


def min_max(
    values: ArrayLike,
    *,
    direction: ArrayLike = 1,
    low: ArrayLike = 0.0,
    high: ArrayLike = 100.0,
    names: Names = None,
) -> FloatArray:
    """The place of each value between the worst (`low`) and the best (`high`) known one.

    Raises ValueError for an indicator whose known values are all the same.
    """
    data = oriented(as_values(values), direction, names)
    floor = per_indicator(low, data, "low")
    span = per_indicator(high, data, "high") - floor
    return _share_of_range(data, names) * span + floor


def z_score(
    values: ArrayLike,
    *,
    direction: ArrayLike = 1,
    mean: ArrayLike = 0.0,
    spread: ArrayLike = 1.0,
    names: Names = None,
) -> FloatArray:
    """Standard deviations (divisor n - 1) from the mean, moved to a mean and spread of choice.

    Raises ValueError for an indicator with fewer than two known values or no spread.
    """
    data = oriented(as_values(values), direction, names)
    deviation = spread_known(data)
    refuse((count_known(data) == 1) | _is_constant(data), names, CONSTANT)
    scores = (data - mean_known(data)) / deviation
    return scores * per_indicator(spread, data, "spread") + per_indicator(mean, data, "mean")


def scaled(
    values: ArrayLike,
    *,
    low: ArrayLike,
    high: ArrayLike,
    direction: ArrayLike = 1,
    scale: ArrayLike = 100.0,
    names: Names = None,
) -> FloatArray:
    """A change of unit: `low` becomes 0 and `high` becomes `scale`, whatever the data are.

    The sign of the data is turned first where less is better, so `low` and `high` are then meant
    for the turned values; see `goalposts` for limits in the unit of the indicator.
    """
    data = oriented(as_values(values), direction, names)
    floor = per_indicator(low, data, "low")
    span = per_indicator(high, data, "high") - floor
    refuse(_flat(span) == 0, names, "low and high are the same")
    return (data - floor) / span * per_indicator(scale, data, "scale")


def distance_to_maximum(
    values: ArrayLike, *, direction: ArrayLike = 1, names: Names = None
) -> FloatArray:
    """One less the distance to the best value, as a share of the range: 1 is best, 0 worst."""
    return _share_of_range(oriented(as_values(values), direction, names), names)


def distance_to_reference(
    values: ArrayLike,
    *,
    reference: int,
    direction: ArrayLike = 1,
    cap: bool = False,
    names: Names = None,
) -> FloatArray:
    """One less the distance to a reference body, as a share of its distance to the worst value.

    The reference has 1, the worst 0, and who is better than the reference has more than 1, or 1
    with `cap`. Where the reference is unknown the scores are unknown too.

    Raises ValueError where the reference body is the worst one, or is not among the bodies.
    """
    data = oriented(as_values(values), direction, names)
    if not -data.shape[-1] <= reference < data.shape[-1]:
        raise ValueError(f"there is no body {reference} among {data.shape[-1]}")
    at = reference % data.shape[-1]
    return _to_point(data, data[..., at : at + 1], cap, names, "the reference is the worst value")


def distance_to_target(
    values: ArrayLike,
    *,
    target: ArrayLike,
    direction: ArrayLike = 1,
    cap: bool = False,
    names: Names = None,
) -> FloatArray:
    """One less the distance to a target, as a share of its distance to the worst value.

    `target` is in the unit of the data, whatever the direction. Meeting it gives 1; beyond it
    the score is more than 1, or 1 with `cap`.

    Raises ValueError where the target is no better than the worst value.
    """
    data = oriented(as_values(values), direction, names)
    aim = per_indicator(target, data, "the target") * per_indicator(direction, data, "direction")
    return _to_point(data, aim, cap, names, "the target is not better than the worst value")


def fraction_of_maximum(
    values: ArrayLike, *, direction: ArrayLike = 1, names: Names = None
) -> FloatArray:
    """The share of the best value: x / max where more is better, min / x where less is better.

    Both are 1 for the best and fall towards 0, so ratios keep their meaning: twice the cost is
    half the score. (Turning the sign and dividing by the largest would give x / min, which
    rewards the highest cost.)

    Raises ValueError for negative values, where shares mean nothing, and where all are zero. A
    zero where less is better is the best value there is; then it has 1 and all others 0.
    """
    data = as_values(values)
    less = np.broadcast_to(per_indicator(direction, data, "the direction"), data.shape) < 0
    oriented(data, direction, names)  # checks the direction
    refuse((data < 0).any(axis=-1), names, "a share of the best value needs values from 0 up")
    top, bottom = greatest(data), least(data)
    refuse(_flat(top) == 0, names, "all known values are zero")
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(less, bottom / data, data / top)
    return np.where(less & (data == 0), 1.0, share)


def rank(
    values: ArrayLike, *, direction: ArrayLike = 1, ties: str = "min", names: Names = None
) -> FloatArray:
    """Places counted from the worst, which has 1; equal values share the lowest of their places.

    `ties` is `min`, `max` or `average`. Ranks of this kind are scores; for places counted from
    the best see `chiso.scoring.competition_ranks`.
    """
    if ties not in ("min", "max", "average"):
        raise ValueError(f"ties are 'min', 'max' or 'average', not '{ties}'")
    data = oriented(as_values(values), direction, names)
    unknown = np.isnan(data)
    places = rankdata(np.where(unknown, np.inf, data), method=ties, axis=-1)
    return np.where(unknown, np.nan, places)


def borda(
    values: ArrayLike, *, direction: ArrayLike = 1, ties: str = "min", names: Names = None
) -> FloatArray:
    """Borda points: how many bodies are worse (Borda 1784); the worst has 0."""
    return rank(values, direction=direction, ties=ties, names=names) - 1


def percentile_rank(
    values: ArrayLike, *, direction: ArrayLike = 1, ties: str = "min", names: Names = None
) -> FloatArray:
    """The share of the other known bodies that are worse, from 0 to 1.

    Raises ValueError where a single body is known: there are no others.
    """
    points = borda(values, direction=direction, ties=ties, names=names)
    others = count_known(points) - 1
    refuse(others == 0, names, "one known value has no place among others")
    return np.asarray(points / np.maximum(others, 1)[..., None])


def goalposts(
    values: ArrayLike,
    *,
    lower: ArrayLike,
    upper: ArrayLike,
    direction: ArrayLike = 1,
    scale: ArrayLike = 100.0,
    truncate: bool = True,
    names: Names = None,
) -> FloatArray:
    """The place of each value between two fixed posts, as in the Human Development Index.

    `lower` and `upper` are in the unit of the data; the score runs from 0 to `scale`, towards
    `upper` where more is better and towards `lower` where less is. Values beyond a post count as
    the post, unless `truncate` is off. Scores do not depend on the other bodies, so they compare
    over years (UNDP, *Human Development Report*, technical note 1).

    Raises ValueError where `lower` is not below `upper`.
    """
    data = as_values(values)
    low, high = per_indicator(lower, data, "lower"), per_indicator(upper, data, "upper")
    refuse(~(_flat(low) < _flat(high)), names, "the lower post must be below the upper one")
    place = oriented((data - low) / (high - low), direction, names)
    place = np.where(per_indicator(direction, data, "the direction") < 0, 1 + place, place)
    if truncate:
        place = np.clip(place, 0.0, 1.0)
    return place * per_indicator(scale, data, "scale")


def _flat(parameter: FloatArray) -> FloatArray:
    """A parameter without the axis of the bodies, for a message."""
    return parameter[..., 0] if parameter.ndim else parameter


def _is_constant(data: FloatArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray(_flat(greatest(data)) == _flat(least(data)))


def _share_of_range(data: FloatArray, names: Names) -> FloatArray:
    refuse(_is_constant(data), names, CONSTANT)
    worst = least(data)
    return (data - worst) / (greatest(data) - worst)


def _to_point(
    data: FloatArray, point: FloatArray, cap: bool, names: Names, message: str
) -> FloatArray:
    worst = least(data)
    refuse(_flat(point - worst) <= 0, names, message)
    scores = 1 - (point - data) / (point - worst)
    return np.minimum(scores, 1.0) if cap else scores


#: name → method; each takes the data, `direction`, `names` and its own parameters
METHODS: dict[str, Callable[..., FloatArray]] = {
    "as_is": as_is,
    "min_max": min_max,
    "z_score": z_score,
    "scaled": scaled,
    "distance_to_maximum": distance_to_maximum,
    "distance_to_reference": distance_to_reference,
    "distance_to_target": distance_to_target,
    "fraction_of_maximum": fraction_of_maximum,
    "rank": rank,
    "percentile_rank": percentile_rank,
    "borda": borda,
    "goalposts": goalposts,
}


@dataclass(frozen=True, slots=True)
class Normalisation:
    """A method by its name and its parameters, e.g. `Normalisation("min_max", {"low": 1})`."""

    method: str = "min_max"
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(
                f"there is no normalisation '{self.method}'; there are {', '.join(METHODS)}"
            )

    def __call__(
        self, values: ArrayLike, *, direction: ArrayLike = 1, names: Names = None
    ) -> FloatArray:
        """Scores in the shape of `values`; raises ValueError as the method does."""
        return METHODS[self.method](values, direction=direction, names=names, **self.parameters)


def normalise(
    values: ArrayLike,
    methods: Normalisation | Sequence[Normalisation] = Normalisation(),
    *,
    direction: ArrayLike = 1,
    names: Names = None,
) -> FloatArray:
    """Normalise a table, by one method or by one per indicator.

    Args:
        values: shape (indicators, bodies).
        methods: one for all, or one per indicator with its own parameters.
        direction: 1 or -1, once or per indicator.
        names: names of the indicators, for messages.

    Returns:
        Scores of shape (indicators, bodies). Raises ValueError that names the indicator.
    """
    data = as_table(values, names)
    if isinstance(methods, Normalisation):
        return methods(data, direction=direction, names=names)
    if len(methods) != len(data):
        raise ValueError(f"{len(methods)} normalisations for {len(data)} indicators")
    signs = np.broadcast_to(np.asarray(direction, dtype=np.float64), len(data))
    rows = [
        method(row, direction=sign, names=[names[place] if names else str(place + 1)])
        for place, (method, row, sign) in enumerate(zip(methods, data, signs, strict=True))
    ]
    return np.array(rows).reshape(data.shape)


def normalise_panel(
    panel: ArrayLike,
    methods: Normalisation | Sequence[Normalisation] = Normalisation(),
    *,
    direction: ArrayLike = 1,
    names: Names = None,
) -> FloatArray:
    """Normalise all years of a panel together, so that scores compare over time.

    The extremes, means and ranks are those over all bodies and years at once.

    Args:
        panel: shape (years, indicators, bodies).
        methods: as for `normalise`; a reference body is an index into years x bodies.
        direction: 1 or -1, once or per indicator.
        names: names of the indicators.

    Returns:
        Scores of shape (years, indicators, bodies).
    """
    data = as_values(panel)
    if data.ndim != 3:
        raise ValueError(f"a panel has the shape (years, indicators, bodies), not {data.shape}")
    years, indicators, bodies = data.shape
    pooled = data.transpose(1, 0, 2).reshape(indicators, years * bodies)
    scores = normalise(pooled, methods, direction=direction, names=names)
    return scores.reshape(indicators, years, bodies).transpose(1, 0, 2)
