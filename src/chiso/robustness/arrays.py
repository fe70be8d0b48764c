"""What the methods share: arrays with bodies on the last axis, and reductions over known values.

Data have the shape (indicators, bodies), scores too: the last axis is always the bodies, and a
leading axis may run over draws or years. NaN is unknown. Parameters per indicator have the
shape of the data without the last axis, or are one number for all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Names = Sequence[str] | None


def as_values(values: ArrayLike) -> FloatArray:
    """The data as float64 with at least one axis.

    Raises ValueError where a value is infinite: an infinite value is a mistake, not a score.
    """
    array = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if np.isinf(array).any():
        place = tuple(int(at) for at in np.argwhere(np.isinf(array))[0])
        raise ValueError(f"the value at {place} is infinite; unknown values are NaN")
    return array


def as_table(values: ArrayLike, names: Names = None) -> FloatArray:
    """The data as float64 of shape (indicators, bodies); raises ValueError for other shapes."""
    array = as_values(values)
    if array.ndim != 2:
        raise ValueError(f"the data have the shape (indicators, bodies), not {array.shape}")
    if names is not None and len(names) != array.shape[0]:
        raise ValueError(f"{len(names)} names for {array.shape[0]} indicators")
    return array


def label(names: Names, place: int) -> str:
    """How a message names an indicator: by its name, or by its place counted from 1."""
    if names is not None and place < len(names):
        return f"indicator '{names[place]}'"
    return f"indicator {place + 1}"


def refuse(where: ArrayLike, names: Names, message: str) -> None:
    """Raise ValueError that names the indicators where `where`, of shape (…, indicators), holds."""
    where = np.asarray(where)
    if not where.any():
        return
    if where.ndim == 0:
        raise ValueError(f"{label(names, 0) if names else 'the indicator'}: {message}")
    places = np.unique(np.nonzero(where)[-1])
    listed = ", ".join(label(names, int(place)) for place in places[:5])
    more = f" and {len(places) - 5} more" if len(places) > 5 else ""
    raise ValueError(f"{listed}{more}: {message}")


def per_indicator(parameter: ArrayLike, values: FloatArray, what: str) -> FloatArray:
    """A parameter given once or per indicator, with the axis of the bodies added.

    Raises ValueError if it fits neither.
    """
    array = np.asarray(parameter, dtype=np.float64)
    if array.ndim == 0:
        return array
    try:
        np.broadcast_shapes(array.shape, values.shape[:-1])
    except ValueError:
        raise ValueError(
            f"{what} is one number or one per indicator {values.shape[:-1]}, not {array.shape}"
        ) from None
    return array[..., None]


def oriented(values: FloatArray, direction: ArrayLike, names: Names = None) -> FloatArray:
    """The data with the sign turned where less is better, so that more is better everywhere.

    `direction` is 1 or -1, once or per indicator; anything else raises ValueError.
    """
    sign = per_indicator(direction, values, "the direction")
    refuse(np.abs(sign[..., 0] if sign.ndim else sign) != 1, names, "the direction is 1 or -1")
    return values * sign


def count_known(values: FloatArray) -> NDArray[np.intp]:
    """How many bodies are known, per indicator."""
    return np.asarray((~np.isnan(values)).sum(axis=-1))


def least(values: FloatArray) -> FloatArray:
    """The smallest known value along the bodies, the axis kept; NaN where none is known."""
    low = np.where(np.isnan(values), np.inf, values).min(axis=-1, keepdims=True, initial=np.inf)
    return np.where(np.isinf(low), np.nan, low)


def greatest(values: FloatArray) -> FloatArray:
    """The largest known value along the bodies, the axis kept; NaN where none is known."""
    return -least(-values)


def mean_known(values: FloatArray) -> FloatArray:
    """The mean of the known values along the bodies, the axis kept; NaN where none is known."""
    count = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    total = np.nansum(values, axis=-1, keepdims=True)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def spread_known(values: FloatArray) -> FloatArray:
    """The standard deviation (divisor n - 1) along the bodies, the axis kept; NaN below two."""
    count = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    squares = np.nansum((values - mean_known(values)) ** 2, axis=-1, keepdims=True)
    return np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)


def median_known(values: FloatArray) -> FloatArray:
    """The median of the known values along the bodies, the axis kept; NaN where none is known."""
    if values.shape[-1] == 0:
        return np.full((*values.shape[:-1], 1), np.nan)
    ordered = np.sort(values, axis=-1)  # NaN goes last
    count = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(count // 2, values.shape[-1] - 1), axis=-1)
    return np.where(count > 0, (low + high) / 2, np.nan)
