"""Weights of indicators: given, equal, asked from people, or taken from the scores.

Every method returns weights that sum to one, in the order of the rows. Scores have the shape
(indicators, bodies) and are normalised, more being better. `names` serves messages: all raise
ValueError, naming the indicator, for input that does not fit. Benefit of the doubt, in which
every body has weights of its own, stands in `doubt`; judgements of experts in `experts`.

Weights taken from scores describe a data set, not what matters: see
`docs/explanation/composite-methods.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import least_squares

from chiso.robustness.arrays import (
    FloatArray,
    Names,
    as_table,
    as_values,
    least,
    refuse,
    spread_known,
)
from chiso.robustness.components import principal_components
from chiso.robustness.correlate import correlate
from chiso.robustness.normalise import CONSTANT, distance_to_maximum
from chiso.robustness.tree import Tree


def given_weights(weights: ArrayLike, *, names: Names = None) -> FloatArray:
    """Weights as somebody set them, made to sum to one.

    Raises ValueError where a weight is negative or unknown, and if all are zero.
    """
    weight = as_values(weights)
    refuse(np.isnan(weight) | (weight < 0), names, "a weight is a number from 0 up")
    if not weight.sum() > 0:
        raise ValueError("all weights are zero")
    return np.asarray(weight / weight.sum())


def equal_weights(count: int) -> FloatArray:
    """The same weight for each of `count` indicators; raises ValueError below one."""
    if count < 1:
        raise ValueError(f"{count} indicators cannot be weighed")
    return np.full(count, 1 / count)


def effective_weights(tree: Tree) -> dict[str, float]:
    """The weight of every node in the root: its share among siblings times that of its parent.

    Those of the indicators sum to one, as do those of the children of any node to its own. They
    hold where every mean is arithmetic and every score is known. Raises ValueError for siblings
    whose weights sum to zero.
    """
    effective = {tree.root: 1.0}
    for node in reversed(tree.aggregates):
        total = sum(tree.weight(child) for child in tree.children[node])
        if total == 0:
            raise ValueError(f"the weights under '{node}' sum to zero")
        for child in tree.children[node]:
            effective[child] = effective[node] * tree.weight(child) / total
    return {node: effective[node] for node in tree.parents}


def pca_weights(
    scores: ArrayLike,
    *,
    form: Literal["squared", "loadings"] = "squared",
    names: Names = None,
) -> FloatArray:
    """Weights from the first principal component of the correlations.

    `squared` takes the squared loadings, which are from 0 up and sum to one: the share of the
    component's variance that each indicator brings (Nicoletti et al. 2000, Handbook section
    6.1). `loadings` takes the loadings as they are, scaled to sum to one, as some tools do;
    they may be negative, and then ask for `signed` means.

    Raises ValueError for a constant indicator, with fewer than three bodies known throughout,
    and with `loadings` that cancel out.
    """
    first = principal_components(scores, names=names).loadings[:, 0]
    if form == "squared":
        return np.asarray(first**2)
    if form != "loadings":
        raise ValueError(f"the form is 'squared' or 'loadings', not '{form}'")
    if abs(first.sum()) < 1e-9:
        raise ValueError("the loadings of the first component cancel out")
    return np.asarray(first / first.sum())


def entropy_weights(scores: ArrayLike, *, names: Names = None) -> FloatArray:
    """Weights by how unevenly scores are spread over the bodies (Shannon; Zeleny 1982).

    An indicator with the same score everywhere tells bodies apart in nothing and has no weight.
    The result depends on where the scale has its zero.

    Raises ValueError for negative scores, for an indicator without known or with only zero
    scores, and where no indicator varies.
    """
    data = as_table(scores, names)
    refuse((data < 0).any(axis=1), names, "entropy needs scores from 0 up")
    total = np.nansum(data, axis=1, keepdims=True)
    refuse(total[:, 0] == 0, names, "no score is known to be above zero")
    share = data / total
    known = (~np.isnan(data)).sum(axis=1)
    terms = share * np.log(np.where(share > 0, share, 1.0))
    entropy = -np.nansum(terms, axis=1) / np.log(np.maximum(known, 2))
    spread = np.where(known > 1, np.maximum(1 - entropy, 0.0), 0.0)
    spread = np.where(spread < 1e-12, 0.0, spread)  # what is even differs in its last bits
    if not spread.sum() > 0:
        raise ValueError("no indicator varies, so entropy cannot weigh them")
    return np.asarray(spread / spread.sum())


def critic_weights(scores: ArrayLike, *, names: Names = None) -> FloatArray:
    """Weights by spread and by disagreement with the others (CRITIC).

    The information of an indicator is the standard deviation of its scores between 0 (worst)
    and 1 (best), times the sum of 1 - r over all indicators, r being Pearson's correlation
    (Diakoulaki, Mavrotas & Papayannakis 1995, *Computers & Operations Research* 22).

    Raises ValueError for a constant indicator, for a pair with fewer than three bodies known in
    both, and where all indicators say the same.
    """
    data = as_table(scores, names)
    refuse(np.isnan(least(data))[:, 0], names, "no score is known")
    unit = distance_to_maximum(data, names=names)
    relation = correlate(unit)
    refuse(np.isnan(relation).any(axis=0), names, "its correlation with another one is not defined")
    information = spread_known(unit)[:, 0] * (1 - relation).sum(axis=1)
    if not information.sum() > 1e-12:
        raise ValueError("all indicators say the same, so CRITIC cannot weigh them")
    return np.asarray(np.maximum(information, 0) / information.sum())


@dataclass(frozen=True, slots=True)
class Balance:
    """Weights chosen so that the mean correlates with its parts in the wished proportions.

    Attributes:
        weights: shape (indicators,), from 0 up, summing to one.
        correlations: of each indicator with the weighted mean.
        importance: those correlations as shares of their sum.
        wished: the shares that were asked for.
        gap: the largest difference between importance and what was wished.
    """

    weights: FloatArray
    correlations: FloatArray
    importance: FloatArray
    wished: FloatArray
    gap: float


def balanced_weights(
    scores: ArrayLike, wished: ArrayLike | None = None, *, names: Names = None
) -> Balance:
    """Weights with which each indicator correlates with the mean as it was meant to count.

    Nominal weights are not importance: an indicator at odds with the others correlates little
    with their mean whatever it weighs. This finds the weights at which the correlations with
    the arithmetic mean stand in the wished proportions, equal by default (Becker, Saisana,
    Paruolo & Vandecasteele 2017, *Ecological Indicators* 80).

    Only bodies known in all indicators are used. The proportions cannot always be reached, as
    with indicators that correlate negatively: look at `gap`.

    Raises ValueError for a constant indicator, with fewer than three such bodies, and for
    wishes that are not positive.
    """
    data = as_table(scores, names)
    count = len(data)
    wish = equal_weights(count) if wished is None else given_weights(wished, names=names)
    if len(wish) != count:
        raise ValueError(f"{len(wish)} wishes for {count} indicators")
    refuse(wish <= 0, names, "the wished importance must be above zero")
    data = data[:, ~np.isnan(data).any(axis=0)]
    if data.shape[1] < 3:
        raise ValueError(f"{data.shape[1]} bodies are known in all indicators, three are needed")
    refuse(data.max(axis=1) == data.min(axis=1), names, CONSTANT)
    covariance = np.atleast_2d(np.cov(data))
    deviation = np.sqrt(np.diag(covariance))

    def correlations(weights: FloatArray) -> FloatArray:
        variance = max(float(weights @ covariance @ weights), 1e-300)
        return np.asarray(covariance @ weights / (deviation * np.sqrt(variance)))

    def misses(logs: FloatArray) -> FloatArray:
        found = correlations(np.exp(logs - logs.max()))
        return np.asarray(found / wish - (found / wish).mean())

    start = np.log(np.maximum(wish / deviation, 1e-12))
    solved = least_squares(misses, start, xtol=1e-15, ftol=1e-15, gtol=1e-15, x_scale="jac")
    weights = np.exp(solved.x - solved.x.max())
    weights = weights / weights.sum()
    found = correlations(weights)
    importance = found / found.sum()
    return Balance(weights, found, importance, wish, float(np.abs(importance - wish).max()))
