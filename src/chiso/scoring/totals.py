"""From criteria to pillars to the whole: sums of points, or weighted means of scores."""

from __future__ import annotations

import functools

import numpy as np

from chiso.index.model import Index, Pillar
from chiso.index.reducers import FloatArray
from chiso.scoring.plan import Plan
from chiso.scoring.standings import NodeScores, ratio


def total(
    plan: Plan, points: FloatArray, maximum: FloatArray, full: FloatArray
) -> dict[str, NodeScores]:
    """Totals, scores, coverage and ranks of every node.

    Args:
        plan: the nodes of the group.
        points: what criteria earned, shape (criteria, bodies).
        maximum: what they could earn where they were measured, same shape.
        full: what they could earn where they apply, same shape.

    Returns:
        Scores by node id, `overall` first; rows of shape (bodies,).
    """
    leaf = {row: place for place, row in enumerate(plan.leaf_rows)}
    sums: dict[int, FloatArray] = {}  # per row: points, maximum, known, full
    for row in range(len(plan.nodes), -1, -1):
        if row in leaf:
            place = leaf[row]
            sums[row] = np.stack([points[place], maximum[place], maximum[place], full[place]])
            continue
        below = [sums[child] for child in plan.children.get(row, [])]
        item = plan.index if row == 0 else plan.nodes[row - 1].item
        if not below:
            sums[row] = np.zeros((4, points.shape[1]))
        elif isinstance(item, Index | Pillar) and item.aggregate.by == "weights":
            sums[row] = _by_weights(plan, row, item, np.stack(below, axis=1))
        else:
            sums[row] = functools.reduce(np.add, below)
    return {key: _node(sums[row], plan.index) for row, key in enumerate(plan.keys)}


def _node(sums: FloatArray, index: Index) -> NodeScores:
    points, maximum, known, full = sums
    return NodeScores(points, maximum, known, full, publish=index.publish)


def _by_weights(plan: Plan, row: int, item: Index | Pillar, below: FloatArray) -> FloatArray:
    """The sums of a node that is a mean of scores; `below` has shape (4, children, bodies)."""
    children = plan.children[row]
    weights = np.array([plan.nodes[child - 1].item.weight or 0.0 for child in children])[:, None]
    points, maximum, known, full = below
    mean = weighted_mean(np.clip(ratio(points, maximum), 0.0, 1.0), weights, item.aggregate.mean)
    applicable = (weights * (full > 0)).sum(axis=0)
    covered = (weights * np.nan_to_num(ratio(known, full))).sum(axis=0)
    worth = 1.0 if item.points is None else item.points
    some = ~np.isnan(mean)
    return worth * np.stack(
        [
            np.where(some, mean, 0.0),
            some,
            np.nan_to_num(ratio(covered, applicable)),
            applicable > 0,
        ]
    )


def weighted_mean(scores: FloatArray, weights: FloatArray, mean: str) -> FloatArray:
    """Weighted arithmetic or geometric mean over the known scores.

    Args:
        scores: shape (children, bodies), NaN where unknown.
        weights: shape (children, 1); those of unknown scores are shared out among the others.
        mean: `arithmetic` or `geometric` (a zero makes the geometric mean zero).

    Returns:
        Shape (bodies,), NaN where no score is known.
    """
    known = ~np.isnan(scores)
    weight = np.where(known, weights, 0.0)
    filled = np.where(known, scores, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if mean == "geometric":
            return np.asarray(
                np.exp(ratio((weight * np.log(filled)).sum(axis=0), weight.sum(axis=0)))
            )
        return ratio((weight * filled).sum(axis=0), weight.sum(axis=0))
