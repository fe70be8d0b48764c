"""Drawing: seeds, blocks, and the way of a block from settings to scores and ranks.

Draws come in blocks of fixed size. Block b of choice c draws from
`SeedSequence(seed, spawn_key=(side, b, c))`, which is what spawning child sequences gives, so
that a draw depends on the seed and its number alone: not on how many workers there are, how many
draws are asked for, or how many fit the cache. Inside a block, draws that use the same matrix and
the same mean go through one matrix product together.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence
from numpy.typing import NDArray

from chiso.executor import SerialExecutor, run_all
from chiso.robustness.arrays import FloatArray
from chiso.robustness.choices import (
    Aggregation,
    LeaveOneOut,
    MeasurementError,
    Preparation,
    Settings,
    Stream,
    WeightNoise,
)
from chiso.robustness.kernel import by_levels, collapsed, leaf_shares, scale_leaves
from chiso.robustness.model import WEIGHT_CHOICES, Model, nominal_scores
from chiso.robustness.ranks import RankArray, Scratch, chunk_rows, rank_into, rank_type

#: draws with seeds of their own
BLOCK = 4096
#: blocks that go to a worker at a time
BLOCKS_PER_JOB = 4
#: errors of measurement that are drawn at a time
ERROR_CELLS = 1 << 17


@dataclass(frozen=True, slots=True)
class Drawn:
    """Ranks of draws, and the sums of their scores and squared scores.

    Ranks have shape (draws, bodies); sums have shape (bodies,), of scores less the nominal one.
    """

    ranks: RankArray
    total: FloatArray
    squares: FloatArray


def settings_of(
    model: Model, seed: int, block: int, scratch: Scratch, side: int = 0
) -> list[Settings]:
    """The settings of every choice in one block. `side` tells independent designs apart."""
    found: list[Settings] = []
    for place, choice in enumerate(model.choices):
        key = (side, block, place)
        random = Generator(SFC64(SeedSequence(seed, spawn_key=key)))
        if isinstance(choice, MeasurementError):
            found.append(Stream(seed, key))
        else:
            empty = functools.partial(scratch, (side, place))
            found.append(choice.sample(model.layout, random, BLOCK, empty))
    return found


def first_draws(settings: Sequence[Settings], draws: int) -> list[Settings]:
    """The settings of the first draws of a block."""
    return [s if isinstance(s, Stream) else s[..., :draws] for s in settings]


def scores_of(
    model: Model, settings: Sequence[Settings], draws: int, scratch: Scratch
) -> Iterator[tuple[NDArray[np.intp], FloatArray]]:
    """Scores of the draws of a block, a chunk at a time.

    Yields the numbers of the draws, shape (n,), and their scores, shape (n, bodies), in a buffer
    that the next chunk overwrites.
    """
    work = _Work(model, settings, draws, scratch)
    order, kinds = work.order, work.kinds
    bodies = len(model.ranked)
    step = chunk_rows(bodies) if work.error is None else work.error_rows
    buffer = scratch("scores", (min(step, draws), bodies))
    for start in range(0, draws, step):
        stop = min(start + step, draws)
        out = buffer[: stop - start]
        if work.error is not None:
            noise = work.noise(start // step, stop - start)
            for kind in np.unique(kinds[start:stop]):
                members = start + np.flatnonzero(kinds[start:stop] == kind)
                out[members - start] = work.with_errors(int(kind), members, noise[members - start])
        else:
            edges = [start, *(start + 1 + np.flatnonzero(np.diff(kinds[start:stop]))), stop]
            for a, b in itertools.pairwise(edges):
                work.exact(int(kinds[a]), slice(a, b), out[a - start : b - start])
        yield order[start:stop], out


class _Work:
    """One block on its way: weights, shares, and which kind of draw each is."""

    def __init__(
        self, model: Model, settings: Sequence[Settings], draws: int, scratch: Scratch
    ) -> None:
        self.model, self.layout = model, model.layout
        self.options = model.mean_options
        by_choice = list(zip(model.choices, settings, strict=True))
        self.error = next((c for c in model.choices if isinstance(c, MeasurementError)), None)
        self.stream = next((s for s in settings if isinstance(s, Stream)), None)
        cells = len(self.layout.leaf_rows) * len(model.ranked)
        self.error_rows = max(1, ERROR_CELLS // max(cells, 1))
        kinds = np.zeros(draws, dtype=np.int64)
        for choice, setting in by_choice:
            if isinstance(choice, Preparation):
                kinds = kinds * len(choice.options) + setting
        kinds *= len(self.options)
        for choice, setting in by_choice:
            if isinstance(choice, Aggregation):
                kinds = kinds + setting
        shape = (len(self.layout.names), draws)
        weights = scratch("weights", shape)
        weights[...] = self.layout.weights[:, None]
        for choice, setting in sorted(by_choice, key=_turn):
            if isinstance(choice, WEIGHT_CHOICES):
                choice.weigh(self.layout, weights, setting)
        self.order = np.arange(draws)
        if self.error is None and len(model.matrices) * len(self.options) > 1:
            self.order = np.argsort(kinds, kind="stable")
            taken = scratch("taken", shape)
            kinds, weights = kinds[self.order], np.take(weights, self.order, 1, taken, "clip")
        self.kinds = kinds
        self.even = model.even
        level = [option for option in self.options if len(set(option)) > 1]
        self.weights = weights.copy() if self.even and level else weights
        if self.even:
            self.shares = leaf_shares(self.layout, model.matrices[0].node_sizes[:, 0], weights)

    def exact(self, kind: int, place: slice, out: FloatArray) -> None:
        """Scores of draws that share a matrix and a mean."""
        matrix, option = divmod(kind, len(self.options))
        leaves, means = self.model.matrices[matrix], self.options[option]
        if self.even and len(set(means)) == 1:
            collapsed(self.shares[:, place], leaves.scaled[means[0]], means[0], out)
        else:
            out[...] = by_levels(self.layout, leaves, means, self.weights[:, place])

    def noise(self, chunk: int, draws: int) -> NDArray[np.float32]:
        """Standard normal errors, shape (draws, leaves, bodies)."""
        assert self.stream is not None
        sequence = SeedSequence(self.stream.seed, spawn_key=(*self.stream.key, chunk))
        shape = (draws, len(self.layout.leaf_rows), len(self.model.ranked))
        return Generator(SFC64(sequence)).standard_normal(shape, dtype=np.float32)

    def with_errors(
        self, kind: int, members: NDArray[np.intp], noise: NDArray[np.float32]
    ) -> FloatArray:
        """Scores of draws whose leaves are measured with errors."""
        assert self.error is not None
        matrix, option = divmod(kind, len(self.options))
        leaves, means = self.model.matrices[matrix], self.options[option]
        factor = np.multiply(noise, self.error.spreads(self.layout)[:, None])
        factor += 1.0
        values = leaves.values * np.maximum(factor, 0.0, out=factor)
        if self.layout.bounded:
            high = np.maximum(leaves.sizes, leaves.values)
            np.clip(values, np.minimum(leaves.values, 0.0), high, out=values)
        elif self.error.bounds is not None:
            least, most = self.error.bounds
            np.clip(values, least * leaves.sizes, most * leaves.sizes, out=values)
        if self.even and len(set(means)) == 1:
            out = np.empty((len(members), values.shape[2]))
            sizes = np.broadcast_to(leaves.sizes, values.shape)
            scaled = scale_leaves(values, sizes, means[0])
            collapsed(self.shares[:, members], scaled, means[0], out)
            return out
        return by_levels(self.layout, leaves, means, self.weights[:, members], values)


def _turn(item: tuple[object, Settings]) -> int:
    """Weights are drawn anew first, then made noisy, then left out."""
    choice = item[0]
    if isinstance(choice, LeaveOneOut):
        return 2
    return 1 if isinstance(choice, WeightNoise) else 0


@dataclass(frozen=True, slots=True)
class _Job:
    model: Model
    nominal: FloatArray
    seed: int
    first: int
    draws: int


def _run(job: _Job) -> Drawn:
    bodies = len(job.model.ranked)
    ranks = np.empty((job.draws, bodies), dtype=rank_type(bodies))
    total, squares = np.zeros(bodies), np.zeros(bodies)
    scratch = Scratch()
    for start in range(0, job.draws, BLOCK):
        count = min(BLOCK, job.draws - start)
        settings = settings_of(job.model, job.seed, job.first + start // BLOCK, scratch)
        for places, scores in scores_of(job.model, first_draws(settings, count), count, scratch):
            ranks[start + places] = rank_chunk(scores, job.model.decimals, scratch)
            scores -= job.nominal
            added = scores.sum(axis=0)
            if np.isnan(added).any():  # a body without a score in some draw
                added = np.nan_to_num(scores, copy=False).sum(axis=0)
            total += added
            squares += np.einsum("ij,ij->j", scores, scores)
    return Drawn(ranks, total, squares)


def rank_chunk(scores: FloatArray, decimals: int, scratch: Scratch) -> RankArray:
    """The ranks of one chunk of scores."""
    ranks = scratch("ranks", scores.shape, rank_type(scores.shape[1]))
    rank_into(ranks, scores, decimals, scratch)
    return ranks


def draw(model: Model, draws: int, seed: int, executor: Executor | None = None) -> Drawn:
    """Draw, score and rank.

    Args:
        model: what varies.
        draws: how many draws, at least 1.
        seed: any whole number from 0; the same seed gives the same draws everywhere.
        executor: where to run, by default in this process.

    Returns:
        Ranks and sums of the ranked bodies, in the order of `model.ranked`.
    """
    if draws < 1:
        raise ValueError(f"at least one draw is needed, not {draws}")
    nominal = nominal_scores(model)
    size = BLOCK * BLOCKS_PER_JOB
    jobs = [
        _Job(model, nominal, seed, start // BLOCK, min(size, draws - start))
        for start in range(0, draws, size)
    ]
    parts = run_all(executor or SerialExecutor(), _run, jobs)
    return Drawn(
        np.concatenate([part.ranks for part in parts]),
        np.sum([part.total for part in parts], axis=0),
        np.sum([part.squares for part in parts], axis=0),
    )
