"""A tree of indicators and the nodes above them, of any depth, branches of unequal length too."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from chiso.problems import Collector


@dataclass(frozen=True, slots=True)
class Tree:
    """Who belongs under whom, and with which weight among its siblings.

    `parents` has every node, the root with None; the nodes without children are the indicators,
    and their order is that of the rows of the data. `weights` may leave nodes out, which then
    weigh 1. Only the proportions of weights among siblings matter.

    Raises InvalidInput with everything that is wrong: no root or several, a parent that is no
    node, a circle, a weight that is no finite number or of no node.
    """

    parents: Mapping[str, str | None]
    weights: Mapping[str, float] = field(default_factory=dict)
    children: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    heights: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        below: dict[str, list[str]] = {node: [] for node in self.parents}
        for node, parent in self.parents.items():
            if parent in below:
                below[parent].append(node)
        self._check()
        object.__setattr__(self, "children", {node: tuple(kids) for node, kids in below.items()})
        object.__setattr__(self, "heights", self._heights())

    def _check(self) -> None:
        problems = Collector()
        roots = [node for node, parent in self.parents.items() if parent is None]
        if len(roots) != 1:
            named = ": " + ", ".join(roots) if roots else ""
            problems.add(f"a tree has one root, this one {len(roots)}{named}")
        for node, parent in self.parents.items():
            if parent is not None and parent not in self.parents:
                problems.add(f"its parent '{parent}' is no node", criterion=node)
            elif self._circular(node):
                problems.add("is its own ancestor", criterion=node)
        for node, weight in self.weights.items():
            if node not in self.parents:
                problems.add("has a weight and is no node", criterion=node)
            elif not math.isfinite(weight):
                problems.add(f"its weight is {weight}", criterion=node)
        problems.raise_if_any()

    def _circular(self, node: str) -> bool:
        above = self.parents[node]
        seen = set()
        while above is not None and above in self.parents and above not in seen:
            if above == node:
                return True
            seen.add(above)
            above = self.parents[above]
        return False

    def _heights(self) -> dict[str, int]:
        heights: dict[str, int] = {}
        for node in self.bottom_up():
            below = self.children[node]
            heights[node] = 1 + max((heights[child] for child in below), default=0)
        return heights

    @property
    def root(self) -> str:
        """The node above all others."""
        return next(node for node, parent in self.parents.items() if parent is None)

    @property
    def indicators(self) -> tuple[str, ...]:
        """The nodes without children, in the order of the rows of the data."""
        return tuple(node for node in self.parents if not self.children[node])

    @property
    def aggregates(self) -> tuple[str, ...]:
        """The nodes with children, each after those below it, the root last."""
        return tuple(node for node in self.bottom_up() if self.children[node])

    def bottom_up(self) -> Iterator[str]:
        """Every node after all nodes below it."""
        pending = [(self.root, False)]
        while pending:
            node, done = pending.pop()
            if done:
                yield node
                continue
            pending.append((node, True))
            pending.extend((child, False) for child in reversed(self.children[node]))

    def weight(self, node: str) -> float:
        """The weight of a node among its siblings, 1 where none is given."""
        return self.weights.get(node, 1.0)

    def under(self, node: str) -> tuple[str, ...]:
        """The indicators at or below a node, in the order of the rows."""
        inside = {node}
        pending = [node]
        while pending:
            below = self.children[pending.pop()]
            inside.update(below)
            pending.extend(below)
        return tuple(leaf for leaf in self.indicators if leaf in inside)

    def at_height(self, height: int) -> tuple[str, ...]:
        """The nodes at a height: 1 for indicators, one more than the highest child above them."""
        return tuple(node for node in self.parents if self.heights[node] == height)

    def weighing(self, weights: Mapping[str, float]) -> Tree:
        """The same tree with some weights replaced."""
        return replace(self, weights={**self.weights, **weights})

    def without(self, node: str) -> Tree:
        """The tree less a node and all below it; a parent left without children goes too.

        Raises ValueError for a node that is not there, or if nothing would be left.
        """
        if node not in self.parents:
            raise ValueError(f"there is no node '{node}' in the tree")
        gone = {node}
        for other in reversed(tuple(self.bottom_up())):
            if self.parents[other] in gone:
                gone.add(other)
        above = self.parents[node]
        while above is not None and set(self.children[above]) <= gone:
            gone.add(above)
            above = self.parents[above]
        if self.root in gone:
            raise ValueError(f"without '{node}' nothing is left of the tree")
        return Tree(
            {key: parent for key, parent in self.parents.items() if key not in gone},
            {key: weight for key, weight in self.weights.items() if key not in gone},
        )
