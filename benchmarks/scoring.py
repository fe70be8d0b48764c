"""Scoring and ranking beside a plain numpy computation of the same points.

Both sides start from the same columns of numbers and end with the points of every criterion,
the totals and the ranks. The plain side knows the rules by heart, keeps no derivation, no
states and no applicability: it is the least that any program would have to do.

    python benchmarks/scoring.py
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
from scipy.stats import rankdata

from chiso.index import Index, parse_index
from chiso.rounds.answers import Answered, Answers
from chiso.scoring.engine import score

KINDS = ("share", "share_of_best", "count", "steps", "sum")


def synthetic_index(criteria: int) -> Index:
    """Six pillars with the rule kinds of the real index in turn."""
    lines = ["index: bench", 'version: "1"', "title: bench", "groups: [province]", "facts:"]
    lines.append("  staff: {type: integer, min: 1, title: staff}")
    lines.append("pillars:")
    rules = {
        "share": "{share: a / staff}",
        "share_of_best": "{share_of_best: a / staff}",
        "count": "{count: a, each: 0.1, cap: 10}",
        "steps": "{steps: {of: a / staff, at: {0.8: 10, 0.5: 6, 0.2: 3}}}",
        "sum": "{sum: [{share: a / staff, points: 6}, {count: b, each: 1, cap: 4}]}",
    }
    for pillar in range(6):
        lines += [f"  - id: p{pillar}", "    title: p", "    criteria:"]
        for number in range(pillar, criteria, 6):
            kind = KINDS[number % len(KINDS)]
            inputs = (
                "{a: {type: number}, b: {type: number}}" if kind == "sum" else "{a: {type: number}}"
            )
            lines += [
                f"      - id: c{number}",
                "        title: c",
                "        points: 10",
                f"        inputs: {inputs}",
                f"        rule: {rules[kind]}",
            ]
    return parse_index("\n".join(lines))


def synthetic_answers(index: Index, bodies: int) -> Answers:
    """Seeded values for every question; all reported."""
    random = np.random.default_rng(2019)
    answers = Answers(tuple(f"b{n}" for n in range(bodies)))
    states = np.zeros(bodies, dtype=np.int8)
    for key in index.questions:
        values = random.uniform(0, 100, bodies).round(2)
        if key == "staff":
            values = random.integers(50, 150, bodies).astype(float)
        answers.columns[key] = Answered(values, states)
    return answers


def plain(index: Index, answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    """The same points with bare numpy: (points of criteria, ranks of the total and pillars)."""
    column = {key: answered.values for key, answered in answers.columns.items()}
    staff = column["staff"]
    points = np.empty((len(index.leaves), len(answers.bodies)))
    thresholds, steps = np.array([0.2, 0.5, 0.8]), np.array([0.0, 3.0, 6.0, 10.0])
    for place, node in enumerate(index.leaves):
        a = column[f"{node.id}.a"]
        kind = KINDS[int(node.id[1:]) % len(KINDS)]
        if kind == "share":
            points[place] = np.clip(a / staff, 0, 1) * 10
        elif kind == "share_of_best":
            value = a / staff
            points[place] = value / value.max() * 10
        elif kind == "count":
            points[place] = np.clip(a * 0.1, 0, 10)
        elif kind == "steps":
            points[place] = steps[np.searchsorted(thresholds, a / staff + 1e-12, side="right")]
        else:
            b = column[f"{node.id}.b"]
            points[place] = np.clip(a / staff, 0, 1) * 6 + np.clip(b, 0, 4)
    parents = [node.parent for node in index.leaves]
    pillars = [np.array([p == top.id for p in parents]) for top in index.top]
    totals = np.stack([points[mask].sum(axis=0) / (10 * mask.sum()) for mask in pillars])
    overall = points.sum(axis=0) / (10 * len(points))
    ranks = np.stack([rankdata(-row.round(12), method="min") for row in (overall, *totals)])
    return points, ranks


def ranked(index: Index, answers: Answers) -> list[np.ndarray]:
    """Score, and rank the total and the pillars as the plain side does."""
    nodes = score(index, "province", answers).nodes
    return [nodes["overall"].rank, *(nodes[top.id].rank for top in index.top)]


def timed(work: Callable[[], object], seconds: float = 2.0) -> tuple[float, float]:
    """Median time of one call in seconds, and its peak memory in MB."""
    work()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return statistics.median(times), peak


def main() -> None:
    print(
        f"{'bodies × criteria':>18}  {'chiso':>9}  {'numpy':>9}  {'ratio':>6}"
        f"  {'peak':>8}  {'numpy':>8}"
    )
    for bodies in (63, 11_000):
        index = synthetic_index(100)
        answers = synthetic_answers(index, bodies)
        ours = score(index, "province", answers)
        points, ranks = plain(index, answers)
        assert ours.computation is not None
        assert np.allclose(ours.computation.points, points, rtol=0, atol=1e-9)
        assert np.array_equal(ours.nodes["overall"].rank, ranks[0])
        time_ours, peak_ours = timed(lambda i=index, a=answers: ranked(i, a))
        time_plain, peak_plain = timed(lambda i=index, a=answers: plain(i, a))
        print(
            f"{f'{bodies:,} × 100':>18}  {time_ours * 1e3:7.2f}ms  {time_plain * 1e3:7.2f}ms  "
            f"{time_ours / time_plain:5.2f}×  {peak_ours:6.1f}MB  {peak_plain:6.1f}MB"
        )


if __name__ == "__main__":
    main()
