"""Where bodies stand: scores and ranks by node, computed or published, with their sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from chiso.index.model import OVERALL, Index, Publish
from chiso.index.reducers import FloatArray
from chiso.scoring.computation import Computation
from chiso.scoring.ranking import competition_ranks

Origin = Literal["computed", "published"]


def ratio(a: FloatArray, b: FloatArray) -> FloatArray:
    """a / b, NaN where b is not above zero."""
    quotient: FloatArray = np.divide(a, b, out=np.full(a.shape, np.nan), where=b > 0)
    return quotient


@dataclass
class NodeScores:
    """One node for all bodies of a group: arrays of shape (bodies,), NaN where unknown.

    Computed nodes give their sums (`points` of `maximum`, of which `known` of `full` could be
    measured), and scores and ranks are taken from them when first asked for. Published nodes
    give the scores and ranks that were published, and how many bodies were `ranked`.
    """

    points: FloatArray | None = None
    maximum: FloatArray | None = None
    known: FloatArray | None = None
    full: FloatArray | None = None
    publish: Publish = field(default_factory=Publish)

    @classmethod
    def published(cls, score: FloatArray, rank: FloatArray, ranked: int | None) -> NodeScores:
        """Scores and ranks as they were published, NaN where they were not."""
        node = cls()
        node.score, node.rank, node.ranked = score, rank, ranked
        return node

    @cached_property
    def coverage(self) -> FloatArray | None:
        """The share of the applicable maximum that could be measured."""
        if self.known is None or self.full is None:
            return None
        return ratio(self.known, self.full)

    @cached_property
    def score(self) -> FloatArray:
        """Scores in [0, 1]; unknown where nothing was measured or too little for the index."""
        if self.points is None or self.maximum is None:
            raise ValueError("a node needs its points or its published scores")
        score = np.clip(ratio(self.points, self.maximum), 0.0, 1.0)
        if self.publish.coverage > 0 and self.coverage is not None:
            # A coverage of 8/10 must reach 0.8 whatever the last bit of its sums.
            score[~(self.coverage >= self.publish.coverage - 1e-12)] = np.nan
        return score

    @cached_property
    def rank(self) -> FloatArray:
        """Competition ranks from 1."""
        return competition_ranks(self.score, self.publish.rank_at)

    @cached_property
    def ranked(self) -> int | None:
        """How many bodies share the ranking."""
        return int(np.count_nonzero(~np.isnan(self.score)))


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a published figure stands, what was said about it, and its decimals."""

    source: str
    note: str = ""
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One body at one node. None is unknown, and stays unknown."""

    key: str
    score: float | None
    rank: int | None
    ranked: int | None
    points: float | None = None
    maximum: float | None = None
    coverage: float | None = None
    tied: bool = False
    citation: Citation | None = None

    @property
    def half(self) -> Literal["upper", "lower"] | None:
        """The half of the ranking: the middle place of an odd number is in the upper half."""
        if self.rank is None or self.ranked is None:
            return None
        return "upper" if self.rank <= (self.ranked + 1) // 2 else "lower"

    @property
    def known(self) -> bool:
        """Whether anything is known."""
        return self.score is not None or self.rank is not None


@dataclass(slots=True)
class Standings:
    """A group in a year. `nodes` has `overall` and whatever nodes are known."""

    year: int
    group: str
    bodies: tuple[str, ...]
    nodes: dict[str, NodeScores]
    origin: Origin
    citations: Mapping[tuple[str, str], Citation] = field(default_factory=dict)
    computation: Computation | None = None
    _places: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._places = {body: place for place, body in enumerate(self.bodies)}

    def place(self, body: str) -> int | None:
        """The position of a body in the arrays, or None if it is not in the group."""
        return self._places.get(body)

    def standing(self, body: str, node: str = OVERALL) -> Standing:
        """Where a body stands at a node; every field is None where nothing is known."""
        key = self.key(body, node)
        place, scores = self.place(body), self.nodes.get(node)
        if place is None or scores is None:
            return Standing(key, None, None, None)
        score, rank = _number(scores.score[place]), _integer(scores.rank[place])
        points = None if scores.points is None else _number(scores.points[place])
        maximum = None if scores.maximum is None else _number(scores.maximum[place])
        # Without a score there are no points to show, but for bonuses and deductions, which
        # enter the sum above although they have no maximum.
        if score is None and not (maximum == 0 and points):
            points = None
        tied = rank is not None and int(np.count_nonzero(scores.rank == rank)) > 1
        return Standing(
            key,
            score=score,
            rank=rank,
            ranked=scores.ranked,
            points=points,
            maximum=maximum,
            coverage=None if scores.coverage is None else _number(scores.coverage[place]),
            tied=tied,
            citation=self.citations.get((body, node)),
        )

    def key(self, body: str, node: str = OVERALL) -> str:
        """The key of a figure, such as `2019/province/bac-kan/overall`."""
        return f"{self.year}/{self.group}/{body}/{node}"

    def leaders(self, node: str = OVERALL) -> tuple[str, ...]:
        """The bodies on rank 1 of a node; several where they tie, none where it is unknown."""
        scores = self.nodes.get(node)
        if scores is None:
            return ()
        return tuple(self.bodies[place] for place in np.flatnonzero(scores.rank == 1))

    def ranking(self, node: str = OVERALL) -> Iterator[Standing]:
        """The standings of all bodies whose rank is known, best first, ties by place."""
        scores = self.nodes.get(node)
        if scores is not None:
            for place in np.argsort(scores.rank, kind="stable"):
                if not np.isnan(scores.rank[place]):
                    yield self.standing(self.bodies[place], node)

    def ordered(self, node: str = OVERALL) -> tuple[str, ...]:
        """All bodies: ranked ones first by rank, then scored ones, then the others."""
        scores = self.nodes.get(node)
        if scores is None:
            return self.bodies
        keys = np.lexsort((-np.nan_to_num(scores.score, nan=-1.0), scores.rank))
        return tuple(self.bodies[place] for place in keys)


@dataclass(slots=True)
class RoundResult:
    """All groups of one year under one index version."""

    year: int
    index: Index
    groups: dict[str, Standings]
    illustrative: bool = False
    source: str = ""


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _integer(value: float) -> int | None:
    return None if np.isnan(value) else int(value)
