"""Sensitivity: how much of the spread of ranks each choice brings about.

Variance-based indices of Sobol': the first-order index of a choice is the share of the variance
that would go if the choice were settled; the total index is the share that would remain if
everything else were settled. Their difference is what the choice does together with others.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.random import SFC64, Generator, SeedSequence
from numpy.typing import NDArray

from chiso.executor import SerialExecutor, run_all
from chiso.robustness.arrays import FloatArray
from chiso.robustness.choices import Settings
from chiso.robustness.draws import BLOCK, first_draws, rank_chunk, scores_of, settings_of
from chiso.robustness.model import Model, nominal_scores
from chiso.robustness.ranks import Scratch
from chiso.robustness.uncertainty import rank_shift
from chiso.scoring.ranking import competition_ranks

Output = Literal["rank", "score"]
Status = Literal["ok", "clipped", "insufficient", "constant"]
#: an interval wider than this says nothing about a share
WIDEST = 0.5


@dataclass(frozen=True, slots=True)
class SobolIndices:
    """Indices of every output (rows) for every choice (columns), with confidence intervals.

    Arrays have the shape (outputs, choices). `first` and `total` lie in [0, 1], NaN where an
    output does not vary; `first_raw` and `total_raw` are the estimates before they were held
    there. `status` says of each pair how far to trust it:

    - `ok`: both estimates are as they came out;
    - `clipped`: an estimate fell outside [0, 1] by no more than its interval allows;
    - `insufficient`: an interval is wider than one half, or an estimate lies outside [0, 1] with
      its whole interval: draw more;
    - `constant`: the output does not vary at all.
    """

    first: FloatArray
    first_low: FloatArray
    first_high: FloatArray
    total: FloatArray
    total_low: FloatArray
    total_high: FloatArray
    first_raw: FloatArray
    total_raw: FloatArray
    status: NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Sobol indices of the choices of a model.

    `shift` is one row: the mean distance of all ranks from the nominal ones. `bodies` has one
    row per body, NaN for those that are not ranked. `draws` counts the rows of each design;
    draws × (choices + 2) scores were computed.
    """

    choices: tuple[str, ...]
    names: tuple[str, ...]
    shift: SobolIndices
    bodies: SobolIndices
    output: Output
    draws: int
    seed: int
    level: float

    @property
    def sufficient(self) -> bool:
        """Whether the indices of the mean shift can be trusted as they are."""
        return not np.any(self.shift.status == "insufficient")


def sobol_estimates(
    a: FloatArray, b: FloatArray, mixed: FloatArray, means: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """First-order (Saltelli et al. 2010) and total (Jansen 1999) indices from three designs.

    Args:
        a: outputs of the first design, shape (draws,).
        b: outputs of the second one, same shape.
        mixed: outputs of the first design with one choice taken from the second, shape
            (choices, draws).
        means: weights of draws, shape (resamples, draws), rows adding up to 1; by default one
            row of equal weights.

    Returns:
        Two arrays of shape (resamples, choices), unclipped, NaN where the variance is zero.
    """
    if means is None:
        means = np.full((1, a.size), 1.0 / a.size)
    center = 0.5 * (a.mean() + b.mean())
    a, b, mixed = a - center, b - center, mixed - center
    mean = 0.5 * (means @ a + means @ b)
    square = 0.5 * (means @ (a * a) + means @ (b * b))
    variance = (square - mean**2)[:, None]
    # A resample has its own mean m: E[(b - m)(ab - a)] = E[b(ab - a)] - m E[ab - a].
    first = means @ (b * (mixed - a)).T - mean[:, None] * (means @ (mixed - a).T)
    total = 0.5 * (means @ ((a - mixed) ** 2).T)
    flat = np.all(a == a[0]) and np.all(b == a[0])
    known = np.broadcast_to((variance > 0) & (not flat), first.shape)
    nothing = np.full(first.shape, np.nan)
    return (
        np.divide(first, variance, out=nothing.copy(), where=known),
        np.divide(total, variance, out=nothing.copy(), where=known),
    )


def sobol_indices(
    a: FloatArray,
    b: FloatArray,
    mixed: FloatArray,
    *,
    seed: int = 2019,
    level: float = 0.95,
    resamples: int = 300,
) -> SobolIndices:
    """Sobol indices with percentile bootstrap intervals.

    Args:
        a: outputs of the first design, shape (outputs, draws).
        b: outputs of the second one, same shape.
        mixed: outputs of the mixed designs, shape (choices, outputs, draws).
        seed: seeds the resampling.
        level: the level of the intervals.
        resamples: how many resamples.
    """
    draws = a.shape[1]
    random = Generator(SFC64(SeedSequence(seed, spawn_key=(2,))))
    means = random.multinomial(draws, np.full(draws, 1.0 / draws), resamples) / draws
    shape = (a.shape[0], mixed.shape[0])
    point = np.empty((2, *shape))
    low, high = np.empty((2, *shape)), np.empty((2, *shape))
    tails = [(1 - level) / 2, (1 + level) / 2]
    for row in range(shape[0]):
        own = np.ascontiguousarray(mixed[:, row])
        for kind, estimate in enumerate(sobol_estimates(a[row], b[row], own)):
            point[kind, row] = estimate[0]
        for kind, estimate in enumerate(sobol_estimates(a[row], b[row], own, means)):
            low[kind, row], high[kind, row] = np.quantile(estimate, tails, axis=0)
    return _judged(point, low, high)


def _judged(point: FloatArray, low: FloatArray, high: FloatArray) -> SobolIndices:
    """Hold estimates in [0, 1] and say so. Arrays have shape (2, outputs, choices)."""
    constant = np.isnan(point).any(axis=0)
    outside = ((point < 0) | (point > 1)).any(axis=0)
    wide = ((high - low > WIDEST) | (high < 0) | (low > 1)).any(axis=0)
    status = np.where(outside, "clipped", "ok")
    status = np.where(wide, "insufficient", status)
    status = np.where(constant, "constant", status)
    held, bottom, top = (np.clip(values, 0.0, 1.0) for values in (point, low, high))
    return SobolIndices(
        held[0], bottom[0], top[0], held[1], bottom[1], top[1], point[0], point[1], status
    )


@dataclass(frozen=True, slots=True)
class _Job:
    model: Model
    nominal_ranks: FloatArray
    seed: int
    block: int
    draws: int
    output: Output


def _evaluate(
    job: _Job, settings: list[Settings], scratch: Scratch
) -> tuple[FloatArray, NDArray[Any]]:
    """The mean shift, shape (draws,), and the outputs of bodies, shape (draws, bodies)."""
    bodies = len(job.model.ranked)
    ranks = np.empty((job.draws, bodies), dtype=np.uint32)
    outputs = np.empty((job.draws, bodies), dtype=np.float64)
    for places, scores in scores_of(job.model, settings, job.draws, scratch):
        ranks[places] = rank_chunk(scores, job.model.decimals, scratch)
        outputs[places] = scores
    if job.output == "rank":
        outputs = ranks.astype(np.float64)
        outputs[ranks == 0] = np.nan
    return rank_shift(ranks, job.nominal_ranks), outputs


def _run(job: _Job) -> list[tuple[FloatArray, NDArray[Any]]]:
    """The outputs of one block under both designs and each mixed one."""
    scratch = Scratch()
    first, second = (
        first_draws(settings_of(job.model, job.seed, job.block, scratch, side), job.draws)
        for side in (0, 1)
    )
    found = [_evaluate(job, first, scratch), _evaluate(job, second, scratch)]
    for place in range(len(first)):
        mixed = [*first[:place], second[place], *first[place + 1 :]]
        found.append(_evaluate(job, mixed, scratch))
    return found


def sensitivity(
    model: Model,
    *,
    draws: int = 4096,
    seed: int = 2019,
    output: Output = "rank",
    level: float = 0.95,
    resamples: int = 300,
    executor: Executor | None = None,
) -> Sensitivity:
    """First-order and total Sobol indices of every choice of a model.

    The first design is that of [`uncertainty`][chiso.robustness.uncertainty.uncertainty] with
    the same seed. A choice with many numbers, such as all weights, counts as one.

    Args:
        model: what varies, at least two choices.
        draws: rows of each design; draws × (choices + 2) scores are computed.
        seed: the same seed gives the same result, however many workers there are.
        output: what is explained for each body: its rank or its score.
        level: the level of the confidence intervals.
        resamples: how many resamples they are taken from.
        executor: where to run, by default in this process.

    Raises ValueError for fewer than two choices, or fewer than 16 draws.
    """
    if len(model.choices) < 2:
        raise ValueError("a sensitivity analysis compares at least two choices")
    if draws < 16:
        raise ValueError(f"Sobol indices need at least 16 draws, not {draws}")
    if not 0 < level < 1:
        raise ValueError(f"the level of an interval lies between 0 and 1, not at {level:g}")
    nominal = competition_ranks(np.round(nominal_scores(model), model.decimals))
    jobs = [
        _Job(model, nominal, seed, start // BLOCK, min(BLOCK, draws - start), output)
        for start in range(0, draws, BLOCK)
    ]
    parts = run_all(executor or SerialExecutor(), _run, jobs)
    designs = range(len(model.choices) + 2)
    shift = np.array([np.concatenate([part[d][0] for part in parts]) for d in designs])[:, None]
    bodies = np.array([np.concatenate([part[d][1] for part in parts]).T for d in designs])
    made = [
        sobol_indices(f[0], f[1], f[2:], seed=seed, level=level, resamples=resamples)
        for f in (shift, bodies)
    ]
    names = tuple(model.bodies[place] for place in model.ranked)
    choices = tuple(choice.name for choice in model.choices)
    return Sensitivity(choices, names, made[0], made[1], output, draws, seed, level)
