"""Correlations: between indicators, with the nodes above them, and where they give warning.

Data have the shape (rows, bodies); a pair is compared over the bodies in which both are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from chiso.robustness.arrays import FloatArray, as_values
from chiso.robustness.tree import Tree

Kind = Literal["pearson", "spearman", "kendall"]


def pearson(first: FloatArray, second: FloatArray) -> float:
    """The linear correlation of two complete rows; NaN where one of them is constant."""
    a, b = first - first.mean(), second - second.mean()
    size = np.sqrt((a @ a) * (b @ b))
    return float(np.clip((a @ b) / size, -1, 1)) if size > 0 else float("nan")


def spearman(first: FloatArray, second: FloatArray) -> float:
    """The correlation of the ranks, ties having the mean of their places."""
    return pearson(rankdata(first), rankdata(second))


def kendall(first: FloatArray, second: FloatArray) -> float:
    """Kendall's tau-b: pairs of bodies in the same order less those in the opposite one."""
    upper = np.triu_indices(len(first), 1)
    a = np.sign(first[:, None] - first)[upper]
    b = np.sign(second[:, None] - second)[upper]
    size = np.sqrt(np.abs(a).sum() * np.abs(b).sum())
    return float(a @ b / size) if size > 0 else float("nan")


KINDS = {"pearson": pearson, "spearman": spearman, "kendall": kendall}


def correlate(
    rows: ArrayLike, others: ArrayLike | None = None, *, kind: Kind = "pearson"
) -> FloatArray:
    """Correlations of every row with every other, over the bodies known in both.

    Args:
        rows: shape (rows, bodies), NaN where unknown.
        others: shape (others, bodies), by default the rows themselves.
        kind: `pearson`, `spearman` (ties have their mean rank) or `kendall` (tau-b).

    Returns:
        Shape (rows, others); NaN where fewer than three bodies are known in both or one of the
        two does not vary among them.

    Raises ValueError for shapes that do not fit and for another kind.
    """
    first = as_values(rows)
    second = first if others is None else as_values(others)
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1]:
        raise ValueError(f"rows have the shape (rows, bodies), not {first.shape}, {second.shape}")
    if kind not in KINDS:
        raise ValueError(f"a correlation is {', '.join(KINDS)}, not '{kind}'")
    result = np.full((len(first), len(second)), np.nan)
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            if others is None and j < i:
                result[i, j] = result[j, i]
                continue
            both = ~(np.isnan(a) | np.isnan(b))
            if both.sum() >= 3:
                result[i, j] = KINDS[kind](a[both], b[both])
    return result


def with_parents(
    tree: Tree, scores: dict[str, FloatArray], *, kind: Kind = "pearson"
) -> dict[str, dict[str, float]]:
    """The correlation of every node with each node above it, nearest first.

    Args:
        tree: the tree.
        scores: scores of shape (bodies,) by node, as `aggregate` gives them.
        kind: as for `correlate`.

    Returns:
        By node below the root, then by node above it.
    """
    result: dict[str, dict[str, float]] = {}
    for node in scores:
        above, found = tree.parents[node], {}
        while above is not None:
            pair = correlate(scores[node][None], scores[above][None], kind=kind)
            found[above] = float(pair[0, 0])
            above = tree.parents[above]
        if found:
            result[node] = found
    return result


@dataclass(frozen=True, slots=True)
class Flag:
    """Two siblings whose correlation asks for a look, and why: `redundant` or `conflicting`."""

    parent: str
    first: str
    second: str
    correlation: float
    reason: Literal["redundant", "conflicting"]


def flag_correlations(
    tree: Tree,
    scores: dict[str, FloatArray],
    *,
    redundant: float = 0.9,
    conflicting: float = -0.4,
    kind: Kind = "pearson",
) -> tuple[Flag, ...]:
    """Siblings that say the same, or pull against each other.

    Above `redundant` two siblings count one thing twice; below `conflicting` the parent's mean
    cancels them out, and its score says little (thresholds as in the JRC's audits).
    Directions must have been applied, as they are in normalised scores.

    Args:
        tree: the tree.
        scores: normalised scores of shape (bodies,) by node.
        redundant: correlation above which a pair is flagged.
        conflicting: correlation below which a pair is flagged.
        kind: as for `correlate`.

    Returns:
        Flags, strongest correlation first within each parent.
    """
    flags: list[Flag] = []
    for parent in tree.aggregates:
        children = tree.children[parent]
        matrix = correlate(np.stack([scores[child] for child in children]), kind=kind)
        found = []
        for i, first in enumerate(children):
            for j in range(i + 1, len(children)):
                value = float(matrix[i, j])
                if value > redundant:
                    found.append(Flag(parent, first, children[j], value, "redundant"))
                elif value < conflicting:
                    found.append(Flag(parent, first, children[j], value, "conflicting"))
        flags.extend(sorted(found, key=lambda flag: -abs(flag.correlation)))
    return tuple(flags)
