"""A model is everything a draw needs: the tree, the prepared matrices, and what varies."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiso.language import Text
from chiso.problems import Collector, InvalidInput
from chiso.robustness.arrays import FloatArray, as_table
from chiso.robustness.choices import (
    Aggregation,
    Choice,
    LeaveOneOut,
    MeasurementError,
    Preparation,
    Step,
    WeightDirichlet,
    WeightNoise,
    WeightRanges,
)
from chiso.robustness.kernel import Layout, Leaves, by_levels, lay_out, make_leaves
from chiso.robustness.tree import Tree
from chiso.scoring.ranking import SAME_DECIMALS

WEIGHT_CHOICES = (WeightNoise, WeightDirichlet, WeightRanges, LeaveOneOut)


@dataclass(frozen=True, slots=True)
class Model:
    """What varies and what it varies in; the first option of every choice is the nominal one.

    Attributes:
        bodies: all bodies, in order.
        layout: the tree.
        matrices: one per combination of preparations, the last preparation running fastest;
            their columns are the bodies that are ranked.
        means: the nominal mean of every branch.
        choices: what varies.
        ranked: the places of the ranked bodies among all.
        decimals: the decimals at which equal scores share a rank.
        notes: what a reader of the results has to know.
    """

    bodies: tuple[str, ...]
    layout: Layout
    matrices: tuple[Leaves, ...]
    means: tuple[str, ...]
    choices: tuple[Choice, ...]
    ranked: NDArray[np.intp]
    decimals: int = SAME_DECIMALS
    notes: tuple[Text, ...] = ()

    @property
    def even(self) -> bool:
        """Whether one set of shares serves all bodies and all matrices."""
        first = self.matrices[0].node_sizes[:, 0]
        return all(m.complete and np.array_equal(m.node_sizes[:, 0], first) for m in self.matrices)

    @property
    def mean_options(self) -> tuple[tuple[str, ...], ...]:
        """For each option of the aggregation, the mean of every branch."""
        varied = [choice for choice in self.choices if isinstance(choice, Aggregation)]
        return means_of(self.layout, self.means, varied[0]) if varied else (self.means,)


def means_of(
    layout: Layout, nominal: tuple[str, ...], choice: Aggregation
) -> tuple[tuple[str, ...], ...]:
    """The mean of every branch under each option of an aggregation."""
    names = [layout.names[branch.row] for branch in layout.branches]
    touched = set(names if choice.nodes is None else choice.nodes)
    return tuple(
        tuple(option if name in touched else own for name, own in zip(names, nominal, strict=True))
        for option in choice.options
    )


def nominal_scores(model: Model) -> FloatArray:
    """The scores of the ranked bodies when nothing varies, shape (bodies,)."""
    weights = model.layout.weights[:, None]
    scores = by_levels(model.layout, model.matrices[0], model.mean_options[0], weights)
    return np.asarray(scores[0])


def index_model(
    data: FloatArray,
    bodies: Sequence[str],
    tree: Tree,
    *,
    steps: Sequence[Step] = (),
    choices: Sequence[Choice] = (),
    mean: str = "arithmetic",
) -> Model:
    """The model of a composite index made from a table of indicators.

    Args:
        data: shape (indicators, bodies), in the order of `tree.indicators`; NaN is unknown.
        bodies: the bodies.
        tree: indicators, the nodes above them, and weights.
        steps: how the data are made ready, in order: imputation, treatment, normalisation.
            Each option is computed once for each combination of options before it.
        choices: what varies beside the steps with several options.
        mean: the mean at every node, unless an `Aggregation` among the choices says otherwise.

    Raises InvalidInput, before anything is drawn, for choices that do not go together.
    """
    table = as_table(data, tree.indicators)
    if table.shape[1] != len(bodies):
        raise ValueError(f"{len(bodies)} bodies for {table.shape[1]} columns of data")
    layout = lay_out(tree.children, tree.root, tree.indicators, tree.weights)
    prepared = [Preparation(tuple(s.options), s.name, s.chances) for s in steps]
    matrices = prepare(table, steps)
    everything = (*(p for p in prepared if len(p.options) > 1), *choices)
    nominal = (mean,) * len(layout.branches)
    check_choices(layout, everything)
    check_means(layout, steps, matrices, everything, nominal)
    means = tuple({m for option in _all_means(layout, nominal, everything) for m in option})
    ranked = np.flatnonzero(~np.all(np.isnan(matrices[0]), axis=0))
    leaves = tuple(make_leaves(layout, m[:, ranked], None, means) for m in matrices)
    return Model(tuple(bodies), layout, leaves, nominal, everything, ranked)


def prepare(data: FloatArray, steps: Sequence[Step]) -> list[FloatArray]:
    """All prepared matrices, the last step running fastest; a shared beginning is done once."""
    found = [data]
    for step in steps:
        found = [as_table(work(matrix)) for matrix in found for work in step.options.values()]
    if any(matrix.shape != data.shape for matrix in found):
        raise ValueError("a step of preparation changed the shape of the data")
    return found


def check_choices(layout: Layout, choices: Sequence[Choice]) -> None:
    """Raise InvalidInput, naming them, for choices that do not go together or fit the tree."""
    problems = Collector()
    names = [choice.name for choice in choices]
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.add(f"two choices have the name '{name}'")
    for kind in (Aggregation, LeaveOneOut, MeasurementError):
        if len(same := [c.name for c in choices if isinstance(c, kind)]) > 1:
            problems.add(f"'{same[0]}' and '{same[1]}' cannot vary together: give them as one")
    for choice in choices:
        for node in getattr(choice, "nodes", None) or ():
            if node not in layout.names:
                problems.add(f"the choice '{choice.name}' names '{node}', which is no node")
            elif node == layout.names[0] and isinstance(choice, WeightNoise | WeightRanges):
                problems.add(f"the choice '{choice.name}' weighs '{node}', which is the whole")
    if not problems:
        _check_weights(layout, choices, problems)
    problems.raise_if_any()
    if not choices:
        raise InvalidInput("nothing varies: give at least one choice")


def _check_weights(layout: Layout, choices: Sequence[Choice], problems: Collector) -> None:
    taken: dict[str, str] = {}
    for choice in choices:
        for node in sorted(_replaced(layout, choice)):
            if node in taken:
                message = f"'{taken[node]}' and '{choice.name}' both draw the weight of '{node}'"
                problems.add(message)
                break
            taken[node] = choice.name
        if isinstance(choice, LeaveOneOut):
            for row in choice.rows(layout):
                above = next(b for b in layout.branches if b.first <= row < b.last)
                if above.row == 0 and above.last - above.first == 1:
                    name = layout.names[row]
                    problems.add(f"without '{name}' nothing is left to score ('{choice.name}')")


def _replaced(layout: Layout, choice: Choice) -> set[str]:
    """The nodes whose weight a choice draws anew."""
    if isinstance(choice, WeightRanges):
        return set(choice.nodes)
    if isinstance(choice, WeightDirichlet):
        parents = layout.names if choice.parents is None else choice.parents
        return {child for parent in parents for child in layout.below(parent)}
    return set()


def check_means(
    layout: Layout,
    steps: Sequence[Step],
    matrices: Sequence[FloatArray],
    choices: Sequence[Choice],
    nominal: tuple[str, ...],
) -> None:
    """Raise InvalidInput, naming both sides, where a mean does not go with prepared data."""
    problems, zeros = Collector(), False
    leaf = dict(zip(_leaf_names(layout), layout.order, strict=True))
    for choice in choices:
        zeros = zeros or (isinstance(choice, Aggregation) and choice.zeros)
    options = itertools.product(*(step.options for step in steps))
    for option, matrix in zip(options, matrices, strict=True):
        made = ", ".join(f"{s.name} '{o}'" for s, o in zip(steps, option, strict=True))
        for means in _all_means(layout, nominal, choices):
            bad = sorted({mean for mean in means if mean != "arithmetic"})
            low = np.flatnonzero(np.any(matrix < 0 if zeros else matrix <= 0, axis=1))
            if bad and low.size:
                name = next(name for name, place in leaf.items() if place == low[0])
                what = "below zero" if np.any(matrix[low] < 0) else "of zero"
                problems.add(
                    f"the {bad[0]} mean does not go with {made or 'the data'}: "
                    f"{low.size} indicators have values {what}, the first is '{name}'"
                )
    problems.raise_if_any()


def _leaf_names(layout: Layout) -> list[str]:
    return [layout.names[row] for row in layout.leaf_rows]


def _all_means(
    layout: Layout, nominal: tuple[str, ...], choices: Sequence[Choice]
) -> tuple[tuple[str, ...], ...]:
    varied = [choice for choice in choices if isinstance(choice, Aggregation)]
    return means_of(layout, nominal, varied[0]) if varied else (nominal,)
