"""Treatment of outliers, with a report of what was changed in every indicator and why.

An indicator passes if its skewness or its kurtosis is within limits. One that does not is
winsorised, point by point; if that is not enough, it is transformed as a whole from its original
values (Handbook, chapter 3; JRC audits use the limits 2 and 3.5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from chiso.robustness.arrays import FloatArray, Names, as_table, label
from chiso.robustness.transform import TRANSFORMS, kurtosis, skewness


@dataclass(frozen=True, slots=True)
class Limits:
    """An indicator passes if its absolute skewness or its kurtosis is below these."""

    skewness: float = 2.0
    kurtosis: float = 3.5


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of an indicator's values, and whether it passes; both NaN for few values."""

    skewness: float
    kurtosis: float
    passes: bool


def shape_of(values: ArrayLike, limits: Limits = Limits()) -> Shape:
    """The shape of values (bodies,). What is too few or too even to have one passes."""
    skew, kurt = float(skewness(values)), float(kurtosis(values))
    beyond = abs(skew) >= limits.skewness and kurt >= limits.kurtosis
    return Shape(skew, kurt, not beyond)


@dataclass(frozen=True, slots=True)
class Change:
    """One value that was replaced by the next one: of which body, at which end."""

    body: int
    end: Literal["high", "low"]
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Step:
    """What was tried on an indicator, and the shape it then had."""

    action: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class IndicatorTreatment:
    """What was done to one indicator and why: the shape before, each step, each point changed.

    `transform` is None unless the whole indicator was transformed, in which case no single
    changes are listed: all values changed.
    """

    name: str
    before: Shape
    steps: tuple[Step, ...] = ()
    changes: tuple[Change, ...] = ()
    transform: str | None = None

    @property
    def after(self) -> Shape:
        """The shape at the end."""
        return self.steps[-1].shape if self.steps else self.before

    @property
    def changed(self) -> bool:
        """Whether any value is another than before."""
        return bool(self.changes) or self.transform is not None


@dataclass(frozen=True, slots=True)
class Treatment:
    """Treated data of shape (indicators, bodies) and the report, one entry per indicator."""

    values: FloatArray
    indicators: tuple[IndicatorTreatment, ...] = field(default=())

    @property
    def changed(self) -> tuple[IndicatorTreatment, ...]:
        """The indicators that are not as before."""
        return tuple(entry for entry in self.indicators if entry.changed)

    @property
    def unresolved(self) -> tuple[IndicatorTreatment, ...]:
        """The indicators still beyond the limits after everything was tried."""
        return tuple(entry for entry in self.indicators if not entry.after.passes)


def winsorise(
    values: ArrayLike,
    *,
    most: int = 5,
    limits: Limits = Limits(),
) -> tuple[FloatArray, tuple[Change, ...]]:
    """Bring the outermost points in, one by one, until the values pass or `most` were moved.

    Each time the end with the longer tail (the sign of the skewness) gives up one more point:
    it and those beyond it take the value of the next one inwards.

    Args:
        values: shape (bodies,).
        most: how many points may be moved.
        limits: when the values pass.

    Returns:
        The values, and the changes with their first and final value.

    Raises ValueError for values of another shape or a negative `most`.
    """
    before = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if before.ndim != 1 or most < 0:
        raise ValueError(f"one indicator (bodies,) and most from 0 up, not {before.shape}, {most}")
    order = np.argsort(before, kind="stable")
    order = order[~np.isnan(before[order])]
    data, high, low = before.copy(), 0, 0
    while high + low < min(most, len(order) - 1) and not shape_of(data, limits).passes:
        if float(skewness(data)) > 0:
            high += 1
            data[order[-high:]] = data[order[-high - 1]]
        else:
            low += 1
            data[order[:low]] = data[order[low]]
    ends: list[tuple[int, Literal["high", "low"]]] = [(int(b), "low") for b in order[:low]]
    ends += [(int(b), "high") for b in order[len(order) - high :]]
    changes = tuple(Change(b, end, float(before[b]), float(data[b])) for b, end in ends)
    return data, changes


def treat(
    values: ArrayLike,
    *,
    most: int = 5,
    limits: Limits = Limits(),
    transform: str | Callable[[FloatArray], FloatArray] | None = "log_shifted",
    names: Names = None,
) -> Treatment:
    """Treat the outliers of every indicator, and report.

    Args:
        values: shape (indicators, bodies).
        most: how many points of an indicator may be winsorised; 0 goes to the transformation.
        limits: when an indicator passes.
        transform: what follows where winsorising is not enough: a name in `TRANSFORMS`, a
            function of known and unknown values (bodies,), or None to leave it winsorised.
        names: names of the indicators.

    Returns:
        The treated data and a report. Indicators still beyond the limits are in `unresolved`.

    Raises ValueError, naming the indicator, where the transformation is not defined.
    """
    data = as_table(values, names)
    if isinstance(transform, str) and transform not in TRANSFORMS:
        raise ValueError(f"there is no transformation '{transform}'; there are {[*TRANSFORMS]}")
    treated, report = data.copy(), []
    for place, row in enumerate(data):
        name = names[place] if names else str(place + 1)
        try:
            treated[place], entry = _treat_one(name, row, most, limits, transform)
        except ValueError as error:
            raise ValueError(f"{label(names, place)}: {error}") from error
        report.append(entry)
    return Treatment(treated, tuple(report))


def _treat_one(
    name: str,
    row: FloatArray,
    most: int,
    limits: Limits,
    transform: str | Callable[[FloatArray], FloatArray] | None,
) -> tuple[FloatArray, IndicatorTreatment]:
    before = shape_of(row, limits)
    if before.passes:
        return row, IndicatorTreatment(name, before)
    steps: list[Step] = []
    moved, changes = winsorise(row, most=most, limits=limits)
    if changes:
        steps.append(Step("winsorised", shape_of(moved, limits)))
        if steps[-1].shape.passes:
            return moved, IndicatorTreatment(name, before, tuple(steps), changes)
    if transform is None:
        return moved, IndicatorTreatment(name, before, tuple(steps), changes)
    function = TRANSFORMS[transform] if isinstance(transform, str) else transform
    action = transform if isinstance(transform, str) else getattr(function, "__name__", "function")
    result = np.asarray(function(row), dtype=np.float64)
    if result.shape != row.shape or (np.isnan(result) != np.isnan(row)).any():
        raise ValueError(f"'{action}' does not keep the bodies and what is unknown")
    steps.append(Step(action, shape_of(result, limits)))
    return result, IndicatorTreatment(name, before, tuple(steps), (), action)
