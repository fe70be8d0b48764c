"""What may vary: weights, what is left out, means, preparations, errors of measurement.

A choice draws its settings from a random generator, for many draws at once, and knows nothing
of scores. Choices of weights then change the weights of the draws, in the order in which they
are given; the others say which matrix, which mean or which errors a draw uses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from chiso.robustness.arrays import FloatArray
from chiso.robustness.kernel import MEANS, Layout

Settings = Any
Empty = Callable[[tuple[int, ...]], FloatArray]


class Choice(Protocol):
    """One thing that varies, by its name."""

    @property
    def name(self) -> str:
        """How results and messages call it."""

    def sample(
        self, layout: Layout, random: Generator, draws: int, empty: Empty = np.empty
    ) -> Settings:
        """The settings of so many draws; draws are the last axis of an array.

        `empty` makes arrays that the caller may use again.
        """


@dataclass(frozen=True, slots=True)
class WeightNoise:
    """Every weight × (1 + u), u uniform between ±spread, as COINr's `get_noisy_weights`.

    `nodes` are the nodes whose weights vary, by default all below the root. Two such choices,
    for pillars and for criteria say, vary apart and are told apart by a sensitivity analysis.
    """

    spread: float = 0.2
    nodes: tuple[str, ...] | None = None
    name: str = "weights"
    replaces: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not 0 < self.spread < 1:
            raise ValueError(f"the spread of weights lies between 0 and 1, not at {self.spread:g}")

    def sample(
        self, layout: Layout, random: Generator, draws: int, empty: Empty = np.empty
    ) -> FloatArray:
        """Factors, shape (nodes, draws)."""
        factors = random.random(out=empty((len(rows_of(layout, self.nodes)), draws)))
        factors *= 2 * self.spread
        factors += 1 - self.spread
        return factors

    def weigh(self, layout: Layout, weights: FloatArray, settings: FloatArray) -> None:
        """Multiply the weights, shape (rows, draws), by the factors."""
        weights[_index(rows_of(layout, self.nodes))] *= settings


@dataclass(frozen=True, slots=True)
class WeightDirichlet:
    """The shares of siblings follow a Dirichlet distribution around their nominal shares.

    A share p keeps its mean and has the variance p(1 - p) / (concentration + 1). `parents` are
    the nodes whose children vary, by default all.
    """

    concentration: float = 100.0
    parents: tuple[str, ...] | None = None
    name: str = "weights"
    replaces: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not self.concentration > 0:
            raise ValueError(f"a concentration is above 0, not {self.concentration:g}")

    @property
    def nodes(self) -> tuple[str, ...] | None:
        """The nodes that are named, here parents."""
        return self.parents

    def _blocks(self, layout: Layout) -> list[slice]:
        wanted = set(layout.names if self.parents is None else self.parents)
        found = [b for b in layout.branches if layout.names[b.row] in wanted]
        return [slice(b.first, b.last) for b in found]

    def sample(
        self, layout: Layout, random: Generator, draws: int, empty: Empty = np.empty
    ) -> FloatArray:
        """Weights with the sums of the nominal ones, shape (rows, draws); 0 where unchanged."""
        weights = np.zeros((len(layout.names), draws))
        for block in self._blocks(layout):
            nominal = layout.weights[block]
            shape = self.concentration * nominal / nominal.sum()
            drawn = random.standard_gamma(shape[:, None], (len(shape), draws))
            weights[block] = drawn * (nominal.sum() / drawn.sum(axis=0))
        return weights

    def weigh(self, layout: Layout, weights: FloatArray, settings: FloatArray) -> None:
        """Put the drawn weights in place of the nominal ones."""
        for block in self._blocks(layout):
            weights[block] = settings[block]


@dataclass(frozen=True, slots=True)
class WeightRanges:
    """Weights uniform in ranges that experts gave, by node: `{"health": (0.2, 0.4)}`."""

    ranges: Mapping[str, tuple[float, float]]
    name: str = "weights"
    replaces: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for node, (low, high) in self.ranges.items():
            if not 0 <= low <= high or not np.isfinite(high) or high == 0:
                raise ValueError(f"the weights of '{node}' run from {low:g} to {high:g}")

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that have a range."""
        return tuple(self.ranges)

    def sample(
        self, layout: Layout, random: Generator, draws: int, empty: Empty = np.empty
    ) -> FloatArray:
        """Weights, shape (nodes, draws)."""
        low, high = np.array(list(self.ranges.values())).T[:, :, None]
        return np.asarray(low + (high - low) * random.random((len(low), draws)))

    def weigh(self, layout: Layout, weights: FloatArray, settings: FloatArray) -> None:
        """Put the drawn weights in place of the nominal ones."""
        weights[_index(rows_of(layout, self.nodes))] = settings


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """One node of a list, or none, weighs nothing; all these cases are equally likely.

    By default the nodes are the leaves. The weight of what is left out goes to its siblings.
    """

    nodes: tuple[str, ...] | None = None
    name: str = "left out"

    def rows(self, layout: Layout) -> NDArray[np.intp]:
        """The rows that may be left out."""
        if self.nodes is None:
            return layout.leaf_rows
        return rows_of(layout, self.nodes)

    def sample(
        self, layout: Layout, random: Generator, draws: int, empty: Empty = np.empty
    ) -> NDArray[np.int64]:
        """Which one, shape (draws,); 0 is none."""
        return random.integers(0, len(self.rows(layout)) + 1, draws)

    def weigh(self, layout: Layout, weights: FloatArray, settings: NDArray[np.int64]) -> None:
        """Set the weight of what is left out to zero."""
        out = np.flatnonzero(settings)
        weights[self.rows(layout)[settings[out] - 1], out] = 0.0


WeightChoice = WeightNoise | WeightDirichlet | WeightRanges | LeaveOneOut


@dataclass(frozen=True, slots=True)
class _Options:
    """A choice among named options, equally likely unless `chances` are given."""

    options: tuple[str, ...]
    name: str
    chances: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if not self.options or len(set(self.options)) < len(self.options):
            raise ValueError(f"the options of '{self.name}' need different names")
        if self.chances is not None and not (
            len(self.chances) == len(self.options)
            and min(self.chances) >= 0
            and np.isclose(sum(self.chances), 1.0)
        ):
            raise ValueError(f"the chances of '{self.name}' are one per option and add up to 1")

    def sample(
        self, layout: Layout, random: Generator, draws: int, empty: Empty = np.empty
    ) -> NDArray[np.int64]:
        """Which option, shape (draws,)."""
        if self.chances is None:
            return random.integers(0, len(self.options), draws)
        edges = np.cumsum(self.chances)[:-1]
        return np.searchsorted(edges, random.random(draws), side="right").astype(np.int64)


@dataclass(frozen=True, slots=True)
class Aggregation(_Options):
    """The mean that is taken at some nodes, by default at all; the others keep their own.

    `zeros` says what a geometric or harmonic mean makes of a score of zero: by default it is an
    error before the run, since the zero of most normalisations only marks the last body.
    """

    options: tuple[str, ...] = ("arithmetic", "geometric")
    name: str = "aggregation"
    nodes: tuple[str, ...] | None = None
    zeros: bool = False

    def __post_init__(self) -> None:
        _Options.__post_init__(self)
        if unknown := sorted(set(self.options) - set(MEANS)):
            raise ValueError(f"there is no mean '{unknown[0]}'; there are {', '.join(MEANS)}")


@dataclass(frozen=True, slots=True)
class Preparation(_Options):
    """Which of several prepared matrices a draw uses: one step of making the data ready."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of making the data ready, with one function per option.

    Functions take and return data of shape (indicators, bodies). A step with several options
    varies; one with a single option is only done.
    """

    name: str
    options: Mapping[str, Callable[[FloatArray], FloatArray]]
    chances: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """Where the errors of a block of draws come from: they are too many to be kept."""

    seed: int
    key: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MeasurementError:
    """Normal errors of every score, relative to it, independent between bodies and leaves.

    `relative` is the standard deviation as a share of the score: one number for all leaves or
    one per leaf (leaves without one are exact). Errors enter after normalisation, with its
    posts held still. Scores that may not leave 0 … maximum are held there.
    """

    relative: float | Mapping[str, float] = 0.02
    name: str = "measurement"
    bounds: tuple[float, float] | None = field(default=None)

    def __post_init__(self) -> None:
        given = self.relative.values() if isinstance(self.relative, Mapping) else [self.relative]
        if any(not 0 <= value < 1 for value in given):
            raise ValueError("relative errors lie between 0 and 1")

    @property
    def nodes(self) -> tuple[str, ...] | None:
        """The leaves that are named."""
        return tuple(self.relative) if isinstance(self.relative, Mapping) else None

    def spreads(self, layout: Layout) -> FloatArray:
        """The relative standard deviation of every leaf in the order of the layout."""
        if not isinstance(self.relative, Mapping):
            return np.full(len(layout.leaf_rows), self.relative)
        return np.array([self.relative.get(layout.names[row], 0.0) for row in layout.leaf_rows])

    def sample(
        self, layout: Layout, random: Generator, draws: int, empty: Empty = np.empty
    ) -> None:
        """Nothing: errors are drawn where they are used, from a [`Stream`][]."""


def rows_of(layout: Layout, nodes: tuple[str, ...] | None) -> NDArray[np.intp]:
    """The rows of nodes, by default of all below the root. Raises KeyError for an unknown one."""
    if nodes is None:
        return np.arange(1, len(layout.names))
    row = layout.row
    return np.array([row[node] for node in nodes], dtype=np.intp)


def _index(rows: NDArray[np.intp]) -> slice | NDArray[np.intp]:
    """A slice where rows follow one another: numpy then works in place."""
    if len(rows) and np.all(np.diff(rows) == 1):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows
