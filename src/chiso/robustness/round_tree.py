"""The tree of an index for one group, as the kernel takes it."""

from __future__ import annotations

from chiso.index.model import OVERALL, Criterion, Index, Pillar
from chiso.robustness.kernel import Layout, lay_out
from chiso.scoring.plan import Plan


def tree_of(plan: Plan) -> tuple[Layout, tuple[str, ...]]:
    """The tree of an index for one group, without pillars that hold nothing for it."""
    keys = plan.keys
    leaves = tuple(criterion.id for criterion in plan.criteria)
    children: dict[str, tuple[str, ...]] = {}
    for row in range(len(keys) - 1, -1, -1):
        below = tuple(keys[child] for child in plan.children.get(row, []))
        kept = tuple(name for name in below if name in children or name in leaves)
        if kept:
            children[keys[row]] = kept
    items = _items(plan)
    held = {name: items[name] for name in children}
    by_points = frozenset(name for name, item in held.items() if item.aggregate.by == "points")
    layout = lay_out(
        children,
        OVERALL,
        leaves,
        weights_of(plan),
        by_points=by_points,
        worths={name: item.points for name, item in held.items() if item.points is not None},
        bounded=True,
    )
    return layout, tuple(mean_of(held[layout.names[branch.row]]) for branch in layout.branches)


def _items(plan: Plan) -> dict[str, Index | Pillar]:
    """The pillars by id, and the index itself as the whole."""
    found: dict[str, Index | Pillar] = {OVERALL: plan.index}
    for node in plan.nodes:
        if isinstance(node.item, Pillar):
            found[node.id] = node.item
    return found


def weights_of(plan: Plan) -> dict[str, float]:
    """Weights below nodes of weights; below nodes of points, maxima weigh."""
    items = _items(plan)
    return {
        node.id: node.item.weight or 0.0
        for node in plan.nodes
        if items[node.parent or OVERALL].aggregate.by == "weights"
    }


def mean_of(item: Index | Pillar) -> str:
    """The mean of a node; a sum of points is an arithmetic one, weighed by maxima."""
    return item.aggregate.mean if item.aggregate.by == "weights" else "arithmetic"


def maxima_of(plan: Plan) -> dict[str, float]:
    """What can be earned at each node where everything applies and was measured."""
    full: dict[str, float] = {}
    for row in range(len(plan.nodes), -1, -1):
        item = plan.index if row == 0 else plan.nodes[row - 1].item
        if isinstance(item, Criterion):
            full[item.id] = item.full if item.counts == "points" else 0.0
            continue
        below = [full[plan.keys[child]] for child in plan.children.get(row, [])]
        if item.aggregate.by == "points":
            full[plan.keys[row]] = sum(below)
        else:
            full[plan.keys[row]] = 1.0 if item.points is None else item.points
    return full
