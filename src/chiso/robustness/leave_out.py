"""What a node does to the result, seen by leaving it out: an indicator, a criterion, a pillar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from chiso.robustness.aggregate import ARITHMETIC, Mean, aggregate
from chiso.robustness.arrays import FloatArray, as_table
from chiso.robustness.examine import rank_shift
from chiso.robustness.tree import Tree


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The result without one node.

    Attributes:
        node: what was left out, with all below it; a parent left with nothing goes too.
        scores: of the root, shape (bodies,).
        shifts: places each body moves up, shape (bodies,); NaN where a score is unknown.
        mean_shift: mean of the absolute shifts.
        most_shift: the largest of them.
    """

    node: str
    scores: FloatArray
    shifts: FloatArray
    mean_shift: float
    most_shift: float


def leave_one_out(
    tree: Tree,
    scores: ArrayLike,
    nodes: Iterable[str] | None = None,
    rule: Mean = ARITHMETIC,
    *,
    by_node: dict[str, Mean] | None = None,
) -> tuple[LeftOut, ...]:
    """The root's scores and ranks without each node in turn, its weight going to its siblings.

    Normalisation is not repeated: the scores of the others stay what they are.

    Args:
        tree: nodes and weights.
        scores: normalised, shape (indicators, bodies).
        nodes: what to leave out, by default each indicator; `tree.children[tree.root]` are the
            pillars.
        rule: how scores are put together.
        by_node: rules for single nodes.

    Returns:
        One result per node.

    Raises ValueError for a node that is not there or that is all there is.
    """
    data = as_table(scores, tree.indicators)
    row = {name: place for place, name in enumerate(tree.indicators)}
    before = aggregate(tree, data, rule, by_node=by_node)[tree.root]
    results = []
    for node in tree.indicators if nodes is None else nodes:
        rest = tree.without(node)
        kept = data[[row[name] for name in rest.indicators]]
        after = aggregate(rest, kept, rule, by_node=by_node)[tree.root]
        shifts = rank_shift(before, after)
        moved = np.abs(shifts[~np.isnan(shifts)])
        mean = float(moved.mean()) if moved.size else float("nan")
        most = float(moved.max()) if moved.size else float("nan")
        results.append(LeftOut(node, after, shifts, mean, most))
    return tuple(results)
