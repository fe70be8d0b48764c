"""Aggregation: the scores under a node become one score, up to the root of the tree.

Every mean takes scores of shape (…, children, bodies) with NaN for unknown, and weights of shape
(…, children); leading axes broadcast, so that many draws of weights go through in one call. The
weights of unknown scores are shared out among the known ones in proportion. The result has the
shape (…, bodies), NaN where nothing is known.

Sources: OECD/JRC *Handbook on Constructing Composite Indicators* (2008), chapter 6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from chiso.robustness.arrays import BoolArray, FloatArray, as_table, as_values
from chiso.robustness.tree import Tree

Method = Literal["arithmetic", "geometric", "harmonic", "power", "median", "copeland"]


def arithmetic_mean(
    scores: ArrayLike, weights: ArrayLike | None = None, *, signed: bool = False
) -> FloatArray:
    """The weighted arithmetic mean: a low score can be made up for in full by a high one.

    `signed` admits negative weights, which the loadings of a principal component may be.

    Raises ValueError for weights that are negative, not finite or do not fit the scores.
    """
    data, weight, known = _prepared(scores, weights, signed)
    if known.all() and weight.ndim > 1 and data.ndim == 2:  # draws of weights: one product
        total = weight.sum(axis=-1)[..., None]
        return _quotient(weight @ data, np.broadcast_to(total, (*total.shape[:-1], data.shape[1])))
    weight = np.where(known, weight[..., None], 0.0)
    return _quotient((weight * np.where(known, data, 0.0)).sum(axis=-2), weight.sum(axis=-2))


def geometric_mean(scores: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """The weighted geometric mean: low scores are made up for only in part; a zero makes zero.

    Raises ValueError for negative scores, and for weights as `arithmetic_mean` does.
    """
    return power_mean(scores, weights, power=0.0)


def harmonic_mean(scores: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """The weighted harmonic mean: low scores weigh heaviest; a zero makes zero.

    Raises ValueError for negative scores: reciprocals of both signs cancel each other and the
    result may lie outside the range of the scores. Weights as for `arithmetic_mean`.
    """
    return power_mean(scores, weights, power=-1.0)


def power_mean(scores: ArrayLike, weights: ArrayLike | None = None, *, power: float) -> FloatArray:
    """The weighted power mean: 1 is arithmetic, 0 geometric, -1 harmonic, 2 quadratic.

    The lower the power, the less a high score makes up for a low one. A zero score of positive
    weight makes zero where the power is 0 or less, which is the limit.

    Raises ValueError for negative scores (unless the power is 1), for a power that is not
    finite, and for weights as `arithmetic_mean` does.
    """
    if not np.isfinite(power):
        raise ValueError(f"the power is a finite number, not {power}")
    if power == 1:
        return arithmetic_mean(scores, weights)
    data, weight, known = _prepared(scores, weights, signed=False)
    if (data < 0).any():
        raise ValueError(f"a mean of power {power:g} needs scores from 0 up")
    weight = np.where(known, weight[..., None], 0.0)
    counts = weight > 0
    total = weight.sum(axis=-2)
    positive = counts & (data > 0)
    logs = np.log(np.where(positive, data, 1.0))
    if power == 0:
        mean = np.exp(_quotient((weight * logs).sum(axis=-2), total))
    else:
        # Taken relative to the largest term, lest high powers overflow.
        exponents = np.where(positive, power * logs, -np.inf)
        top = exponents.max(axis=-2, initial=-np.inf)
        top = np.where(np.isinf(top), 0.0, top)
        terms = (weight * np.exp(exponents - top[..., None, :])).sum(axis=-2)
        share = _quotient(terms, total)
        with np.errstate(divide="ignore"):
            mean = np.exp((np.log(share) + top) / power)
    if power <= 0:
        mean = np.where((counts & (data == 0)).any(axis=-2), 0.0, mean)
    return np.where(total > 0, mean, np.nan)


def weighted_median(scores: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """The score with half of the weight on either side; between two, their mean.

    With equal weights it is the ordinary median. Raises ValueError for weights as
    `arithmetic_mean` does.
    """
    data, weight, known = _prepared(scores, weights, signed=False)
    weight = np.where(known, weight[..., None], 0.0)
    data, weight = np.broadcast_arrays(np.where(weight > 0, data, np.inf), weight)
    order = np.argsort(data, axis=-2, kind="stable")
    ordered = np.take_along_axis(data, order, axis=-2)
    running = np.cumsum(np.take_along_axis(weight, order, axis=-2), axis=-2)
    half = running[..., -1:, :] / 2
    slack = 1e-12 * half  # sums of weights differ in their last bits
    low = np.argmax(running >= half - slack, axis=-2)
    high = np.argmax(running > half + slack, axis=-2)
    pair = [np.take_along_axis(ordered, at[..., None, :], axis=-2)[..., 0, :] for at in (low, high)]
    return np.where(half[..., 0, :] > 0, (pair[0] + pair[1]) / 2, np.nan)


def copeland(scores: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Copeland points: duels won less duels lost, against every other body.

    A body wins a duel if the indicators in which it is better carry more weight than those in
    which it is worse. Only indicators known for both count; a pair with none in common is
    drawn. Points run from -(bodies - 1) to bodies - 1. They use only the order within
    each indicator, so a lead of any size counts the same (Copeland 1951; Munda & Nardo 2009,
    *Applied Economics* 41).

    Raises ValueError for weights as `arithmetic_mean` does.
    """
    data, weight, known = _prepared(scores, weights, signed=False)
    lead = np.sign(data[..., :, None] - data[..., None, :])
    lead = np.where(np.isnan(lead), 0.0, lead)
    balance = np.einsum("...c,...cij->...ij", weight, lead)
    slack = 1e-12 * weight.sum(axis=-1)[..., None, None]
    duels = np.where(np.abs(balance) <= slack, 0.0, np.sign(balance))
    counted = (known & (weight[..., None] > 0)).any(axis=-2)
    return np.where(counted, duels.sum(axis=-1), np.nan)


def availability(scores: ArrayLike) -> FloatArray:
    """The share of scores that are known, from shape (…, children, bodies) to (…, bodies)."""
    return np.asarray((~np.isnan(as_values(scores))).mean(axis=-2))


@dataclass(frozen=True, slots=True)
class Mean:
    """How the scores under a node are put together.

    `power` is for the power mean only. A body has a score if at least the share `available` of
    the children is known (by number, not weight). `signed` admits negative weights in the
    arithmetic mean.
    """

    method: Method = "arithmetic"
    power: float = 1.0
    available: float = 0.0
    signed: bool = False

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"there is no mean '{self.method}'; there are {', '.join(METHODS)}")
        if not 0 <= self.available <= 1:
            raise ValueError(f"the share available is from 0 to 1, not {self.available}")

    def __call__(self, scores: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
        """The scores of shape (…, bodies) from (…, children, bodies)."""
        if self.method == "arithmetic":
            result = arithmetic_mean(scores, weights, signed=self.signed)
        elif self.method == "power":
            result = power_mean(scores, weights, power=self.power)
        else:
            result = METHODS[self.method](scores, weights)
        return np.where(availability(scores) >= self.available, result, np.nan)


#: the means by name
METHODS: dict[str, Callable[..., FloatArray]] = {
    "arithmetic": arithmetic_mean,
    "geometric": geometric_mean,
    "harmonic": harmonic_mean,
    "power": power_mean,
    "median": weighted_median,
    "copeland": copeland,
}

ARITHMETIC = Mean()


def aggregate(
    tree: Tree,
    scores: ArrayLike,
    rule: Mean = ARITHMETIC,
    *,
    by_height: Mapping[int, Mean] | None = None,
    by_node: Mapping[str, Mean] | None = None,
    weights: Mapping[str, ArrayLike] | None = None,
) -> dict[str, FloatArray]:
    """The scores of all nodes of a tree.

    Args:
        tree: nodes and weights.
        scores: normalised, shape (indicators, bodies), rows in the order of `tree.indicators`;
            leading axes are draws.
        rule: how scores are put together where no other rule is given.
        by_height: rules for nodes at a height (2 for the parents of indicators).
        by_node: rules for single nodes; they go before those by height.
        weights: weights instead of those of the tree, by node: a number or, for draws, an array
            of the shape of the leading axes.

    Returns:
        Scores of shape (…, bodies) by node, indicators first and the root last.

    Raises ValueError that names the node where its rule is not defined for its scores.
    """
    data = as_values(scores)
    indicators = tree.indicators
    if data.ndim < 2 or data.shape[-2] != len(indicators):
        raise ValueError(f"{len(indicators)} indicators in the tree, scores of shape {data.shape}")
    given = weights or {}
    results = {name: data[..., place, :] for place, name in enumerate(indicators)}
    for node in tree.aggregates:
        children = tree.children[node]
        height = (by_height or {}).get(tree.heights[node], rule)
        below = np.stack(np.broadcast_arrays(*(results[child] for child in children)), axis=-2)
        each = [np.asarray(given.get(child, tree.weight(child)), float) for child in children]
        try:
            weight = np.stack(np.broadcast_arrays(*each), axis=-1)
            results[node] = (by_node or {}).get(node, height)(below, weight)
        except ValueError as error:
            raise ValueError(f"node '{node}': {error}") from error
    return results


def as_rows(results: Mapping[str, FloatArray], nodes: tuple[str, ...] | None = None) -> FloatArray:
    """Some or all results of `aggregate` as rows of one table, shape (nodes, bodies)."""
    return as_table(np.stack([results[node] for node in nodes or tuple(results)]))


def _quotient(total: FloatArray, weight: FloatArray) -> FloatArray:
    """The quotient, NaN where the weight is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(weight != 0, total / weight, np.nan)


def _prepared(
    scores: ArrayLike, weights: ArrayLike | None, signed: bool
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Scores, weights and what is known; raises ValueError for what does not fit."""
    data = as_values(scores)
    if data.ndim < 2:
        raise ValueError(f"scores have the shape (children, bodies), not {data.shape}")
    weight = np.asarray(1.0 if weights is None else weights, dtype=np.float64)
    if weight.ndim == 0:
        weight = np.full(data.shape[-2], weight)
    if weight.shape[-1] != data.shape[-2]:
        raise ValueError(f"{weight.shape[-1]} weights for {data.shape[-2]} scores")
    if not np.isfinite(weight).all():
        raise ValueError("a weight is not finite")
    if not signed and (weight < 0).any():
        raise ValueError("a weight is negative")
    return data, weight, ~np.isnan(data)
