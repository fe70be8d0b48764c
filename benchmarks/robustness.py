"""Uncertainty analysis beside the bare numpy kernel, and beside the rate that COINr was seen at.

The bare kernel is a matrix product and competition ranks for weights that are already drawn: it
draws nothing, knows no levels, keeps no scores and no results. Both sides take turns, and the
best of several turns counts, so that other work on the machine disturbs neither.

    python benchmarks/robustness.py [COINR_TIMINGS.csv]
"""

from __future__ import annotations

import csv
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

from chiso.executor import local
from chiso.robustness.choices import Aggregation, Step, WeightNoise
from chiso.robustness.model import Model, index_model
from chiso.robustness.ranks import Scratch, chunk_rows, rank_into, rank_type
from chiso.robustness.sensitivity import sensitivity
from chiso.robustness.tree import Tree
from chiso.robustness.uncertainty import uncertainty

TURNS = 7


def tree(indicators: int) -> Tree:
    """Indicators in eight groups in two halves, as in COINr's example."""
    parents: dict[str, str | None] = {f"i{n}": f"g{n * 8 // indicators}" for n in range(indicators)}
    parents |= {f"g{n}": f"h{n // 5}" for n in range(8)}
    return Tree({**parents, "h0": "all", "h1": "all", "all": None})


def z_like(data: np.ndarray) -> np.ndarray:
    """z-scores moved to a mean of 100 and a spread of 10, above zero."""
    return 100 + 10 * (data - data.mean(axis=1, keepdims=True)) / data.std(axis=1, keepdims=True)


def min_max(data: np.ndarray) -> np.ndarray:
    """From 1 to 100."""
    low, high = data.min(axis=1, keepdims=True), data.max(axis=1, keepdims=True)
    return 1 + 99 * (data - low) / (high - low)


def winsorised(data: np.ndarray) -> np.ndarray:
    """The best twentieth brought in."""
    return np.minimum(data, np.quantile(data, 0.95, axis=1, keepdims=True))


def four_choices(bodies: int, indicators: int) -> Model:
    """Treatment, normalisation, weights and aggregation vary together."""
    data = np.random.default_rng(2019).lognormal(size=(indicators, bodies))
    return index_model(
        data,
        [f"b{n}" for n in range(bodies)],
        tree(indicators),
        steps=[
            Step("treatment", {"none": lambda x: x, "winsorised": winsorised}),
            Step("normalisation", {"min-max": min_max, "z-score": z_like}),
        ],
        choices=[WeightNoise(0.25), Aggregation()],
    )


def bare(bodies: int, indicators: int, draws: int, *, drawing: bool) -> Callable[[], None]:
    """Matrix product and ranks in chunks that fit the cache; with `drawing`, weights too."""
    random = np.random.default_rng(2019)
    data = random.random((indicators, bodies))
    step, scratch = chunk_rows(bodies), Scratch()
    weights = random.random((step, indicators))
    scores, ranks = np.empty((step, bodies)), np.empty((step, bodies), rank_type(bodies))

    def work() -> None:
        for start in range(0, draws, step):
            count = min(step, draws - start)
            if drawing:
                random.random(out=weights)
            weights[:count] /= weights[:count].sum(axis=1, keepdims=True)
            np.matmul(weights[:count], data, out=scores[:count])
            rank_into(ranks[:count], scores[:count], 12, scratch)

    return work


def best(*works: Callable[[], object], turns: int = TURNS) -> list[float]:
    """The shortest time of each in seconds, taking turns."""
    times = [[0.0] * turns for _ in works]
    for turn in range(turns):
        for place, work in enumerate(works):
            start = time.perf_counter()
            work()
            times[place][turn] = time.perf_counter() - start
    return [min(each) for each in times]


def peak_of(work: Callable[[], object]) -> float:
    """The most memory of Python and numpy during a call, in MB."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak


def coinr_rate(file: Path) -> float | None:
    """Draws per second of COINr with all four choices, from the timings of its own runs."""
    if not file.exists():
        return None
    with file.open(encoding="utf-8") as lines:
        rates = [int(r["regens"]) / float(r["seconds"]) for r in csv.DictReader(lines)]
    return max(rates)


def small(coinr: float | None, draws: int = 200_000) -> None:
    model = four_choices(51, 49)

    def ours() -> None:
        _ = uncertainty(model, draws=draws).counts

    given, drawn, mine = best(
        bare(51, 49, draws, drawing=False), bare(51, 49, draws, drawing=True), ours
    )
    print(f"51 × 49, {draws:,} draws (draws per second)")
    print(f"  bare kernel, weights given         {draws / given:12,.0f}")
    print(f"  bare kernel, weights drawn         {draws / drawn:12,.0f}")
    print(f"  four choices vary, ranks kept      {draws / mine:12,.0f}")
    print(
        f"  share of the bare kernel           {given / mine:12.2f} given, {drawn / mine:.2f} drawn"
    )
    if coinr is not None:
        print(f"  COINr, its fastest run             {coinr:12.1f}: {draws / mine / coinr:,.0f} ×")
    with local(2) as two:
        uncertainty(model, draws=draws, executor=two)
        one, both = best(
            lambda: uncertainty(model, draws=1_000_000),
            lambda: uncertainty(model, draws=1_000_000, executor=two),
            turns=3,
        )
    print(f"  1 worker, 1,000,000 draws          {1e6 / one:12,.0f}")
    print(f"  2 workers, 1,000,000 draws         {1e6 / both:12,.0f}: {one / both:.2f} ×")
    result = uncertainty(model, draws=draws)
    (duels,) = best(lambda: type(result).dominance.func(result), turns=3)
    print(f"  all pairs of bodies                {duels:12.3f} s")
    (indices,) = best(lambda: sensitivity(model, draws=4096), turns=3)
    print(f"  Sobol indices, 4,096 × 6 draws     {indices:12.3f} s")


def large(draws: int = 10_000) -> None:
    model = four_choices(3321, 100)
    mine, plain = best(
        lambda: uncertainty(model, draws=draws),
        bare(3321, 100, draws, drawing=False),
        turns=2,
    )
    print(f"3,321 × 100, {draws:,} draws")
    print(f"  four choices vary                  {draws / mine:12,.0f} draws per second")
    print(f"  bare kernel, weights given         {draws / plain:12,.0f}: {plain / mine:.2f} of it")
    peak = peak_of(lambda: uncertainty(model, draws=draws))
    print(f"  peak of arrays                     {peak:12,.0f} MB")
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak of the process                {used:12,.0f} MB")


def main() -> None:
    coinr = coinr_rate(Path(sys.argv[1])) if len(sys.argv) > 1 else None
    small(coinr)
    large()


if __name__ == "__main__":
    main()
