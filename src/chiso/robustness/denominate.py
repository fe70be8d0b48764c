"""Denomination: totals become comparable between large and small bodies (Handbook, chapter 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from chiso.robustness.arrays import FloatArray, Names, as_table, as_values, per_indicator, refuse


def denominate(
    values: ArrayLike,
    denominators: Mapping[str, ArrayLike],
    by: Sequence[str | None],
    *,
    scale: ArrayLike = 1.0,
    names: Names = None,
) -> FloatArray:
    """Divide each indicator by its denominator, such as population or gross domestic product.

    Args:
        values: totals, shape (indicators, bodies).
        denominators: by name, shape (bodies,).
        by: the name of each indicator's denominator, None where the values stay as they are.
        scale: factor once or per indicator; 1000 gives a figure per thousand inhabitants.
        names: names of the indicators.

    Returns:
        Shape (indicators, bodies); unknown where the value or its denominator is.

    Raises ValueError for a denominator that does not exist, does not fit the bodies, or is zero
    or negative for a body whose value is known.
    """
    data = as_table(values, names)
    if len(by) != len(data):
        raise ValueError(f"{len(by)} choices of denominator for {len(data)} indicators")
    refuse(
        np.array([name is not None and name not in denominators for name in by], dtype=bool),
        names,
        f"there is no such denominator; there are {', '.join(denominators) or 'none'}",
    )
    divisors = np.ones_like(data)
    for place, name in enumerate(by):
        if name is None:
            continue
        divisor = as_values(denominators[name])
        if divisor.shape != data.shape[1:]:
            raise ValueError(f"denominator '{name}' has the shape {divisor.shape}, not (bodies,)")
        divisors[place] = divisor
    refuse(
        ((divisors <= 0) & ~np.isnan(data)).any(axis=1),
        names,
        "its denominator is zero or negative for a body",
    )
    divided = np.divide(data, divisors, where=divisors > 0, out=np.full_like(data, np.nan))
    factor = np.where([name is not None for name in by], np.asarray(scale, dtype=np.float64), 1.0)
    return divided * per_indicator(factor, data, "scale")
