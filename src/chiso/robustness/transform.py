"""Transformations that draw in a long tail. All keep the order of the values and NaN.

Values have the shape (bodies,). Sources: COIN Tool of the JRC (the logarithms), Box & Cox 1964
(*Journal of the Royal Statistical Society B* 26), Global Innovation Index 2020, appendix IV.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from chiso.robustness.arrays import FloatArray, as_values, count_known, greatest, least, mean_known


def skewness(values: ArrayLike) -> FloatArray:
    """The sample skewness along the bodies, corrected for size: positive with a tail of highs.

    This is G1 of Joanes & Gill (1998, *The Statistician* 47), as spreadsheets give it. From
    shape (…, bodies) to (…); NaN for fewer than three known values or no spread.
    """
    data = as_values(values)
    n, second, third, _ = _moments(data)
    usable = (n > 2) & (second > 0)
    second, size = np.where(usable, second, 1.0), np.maximum(n, 3)
    return np.where(usable, third / second**1.5 * np.sqrt(size * (size - 1)) / (size - 2), np.nan)


def kurtosis(values: ArrayLike) -> FloatArray:
    """The sample excess kurtosis along the bodies, corrected for size: positive with long tails.

    This is G2 of Joanes & Gill (1998). From shape (…, bodies) to (…); NaN for fewer than four
    known values or no spread.
    """
    data = as_values(values)
    n, second, _, fourth = _moments(data)
    usable = (n > 3) & (second > 0)
    second, size = np.where(usable, second, 1.0), np.maximum(n, 4)
    excess = fourth / second**2 - 3
    corrected = ((size + 1) * excess + 6) * (size - 1) / ((size - 2) * (size - 3))
    return np.where(usable, corrected, np.nan)


def _moments(data: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    n = count_known(data).astype(np.float64)
    middle = mean_known(data)
    span = greatest(data) - least(data)
    # A constant has no spread, though its mean may differ from it in the last bit. What follows
    # does not depend on the unit: in units of the range no power runs out of digits.
    off = np.where(span > 0, (data - middle) / np.where(span > 0, span, 1.0), 0.0)
    powers = [np.nansum(off**power, axis=-1) / np.maximum(n, 1) for power in (2, 3, 4)]
    return n, powers[0], powers[1], powers[2]


def log_shifted(values: ArrayLike) -> FloatArray:
    """The logarithm of the distance to the smallest value, plus a hundredth of the range."""
    data = as_values(values)
    return np.asarray(np.log(data - least(data) + 0.01 * _span(data)))


def log_shifted_to_one(values: ArrayLike) -> FloatArray:
    """The logarithm of the distance to the smallest value, plus one. Depends on the unit."""
    data = as_values(values)
    return np.asarray(np.log(data - least(data) + 1))


def log_either_tail(values: ArrayLike) -> FloatArray:
    """As `log_shifted`, mirrored where the long tail is that of the low values."""
    data = as_values(values)
    mirrored = -np.log(greatest(data) - data + 0.01 * _span(data))
    return np.where(skewness(data)[..., None] < 0, mirrored, log_shifted(data))


def log_innovation_index(values: ArrayLike) -> FloatArray:
    """The logarithm of the values stretched from 1 to their largest, mirrored for a low tail.

    Raises ValueError where the largest value is not above 1: the stretch would turn the order.
    """
    data = as_values(values)
    top, bottom, span = greatest(data), least(data), _span(data)
    if (top <= 1).any():
        raise ValueError("this logarithm is for values whose largest is above 1")
    high = np.log((top - 1) * (data - bottom) / span + 1)
    low = -np.log((top - 1) * (top - data) / span + 1)
    return np.where(skewness(data)[..., None] < 0, low, high)


def box_cox(values: ArrayLike, *, power: float, shift: bool = True) -> FloatArray:
    """The Box-Cox transformation: (x^power - 1) / power, the logarithm for power 0.

    `shift` first moves the smallest value to 1. Raises ValueError for values of zero or less
    without it.
    """
    data = as_values(values)
    moved = data - least(data) + 1 if shift else data
    if (moved <= 0).any():
        raise ValueError("Box-Cox needs positive values, or shift")
    return np.asarray(np.log(moved) if power == 0 else (moved**power - 1) / power)


def _span(data: FloatArray) -> FloatArray:
    span = greatest(data) - least(data)
    if (span == 0).any():
        raise ValueError("all known values are the same, so there is no tail to draw in")
    return span


#: the logarithms and Box-Cox forms by the name that reports give
TRANSFORMS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "log_shifted": log_shifted,
    "log_shifted_to_one": log_shifted_to_one,
    "log_either_tail": log_either_tail,
    "log_innovation_index": log_innovation_index,
    "box_cox_0": lambda values: box_cox(values, power=0.0),
    "box_cox_0.5": lambda values: box_cox(values, power=0.5),
}
