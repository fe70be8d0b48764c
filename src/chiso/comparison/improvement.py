"""What to do next: the cheapest set of steps that brings a body to a rank, solved exactly.

A step takes one criterion to a level that some body of the group already has under the same
rules in the same round (or to its full points), so caps, ladders, best-of and shares of the best
are respected without turning any rule around. At most one step is taken for a criterion. The
choice is a multiple-choice knapsack, solved as a mixed-integer linear programme (Kellerer,
Pferschy and Pisinger, Knapsack Problems, 2004, chapter 11; scipy's HiGHS).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from chiso.index.model import OVERALL, Index, Pillar
from chiso.index.reducers import FloatArray
from chiso.language import Text
from chiso.scoring.computation import Computation
from chiso.scoring.outcomes import EFFECTS, Outcome
from chiso.scoring.plan import Plan, make_plan
from chiso.scoring.ranking import competition_ranks
from chiso.scoring.standings import Standings
from chiso.scoring.totals import total

#: a whole criterion that nobody of the peers has yet costs this, against 1 of one all have
RAREST = 5.0
#: beginning a step at all: a plan of a few real steps beats one of fifty crumbs
BEGINNING = 0.5
EXAMPLES = 3
DRAWS = 2_000
_STEP = 1e-6  # of two plans with the same effort, the one with fewer steps
_LONGEST = 60.0  # seconds for one programme


class NoPlan(ValueError):
    """There is nothing to plan from; the message says why, for a person."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class Step:
    """One criterion taken to a level: points before and after, its worth, and who is there.

    `gain` is in the score of the whole, `effort` in the unit of the efforts given; `having` of
    `asked` peers have that level already, some of them in `examples`.
    """

    criterion: str
    title: Text
    now: float
    then: float
    full: float
    gain: float
    effort: float
    having: int
    asked: int
    examples: tuple[str, ...]

    @property
    def key(self) -> str:
        """Criterion and points: the same in a saved plan."""
        return f"{self.criterion}={self.then:g}"


@dataclass(frozen=True, slots=True)
class Improvement:
    """A plan: where the body stands, where it wants to be, and the cheapest way there."""

    body: str
    group: str
    year: int
    rank: int
    score: float
    wanted: int
    threshold: float  # the score that gives the wanted rank
    certainty: float | None  # with which it does if the others move too; None: they stand still
    steps: tuple[Step, ...]
    reached_score: float
    reached_rank: int  # against the others as they stand
    effort: float
    proven: bool  # that no cheaper plan exists


@dataclass(frozen=True, slots=True)
class AtRisk:
    """What a criterion is worth to the rank: where the body would stand without its points."""

    criterion: str
    title: Text
    points: float
    rank: int


def possible_steps(
    standings: Standings,
    body: str,
    peers: Sequence[str] = (),
    efforts: Mapping[str, float] | None = None,
    most_levels: int = 1_000,
) -> tuple[Step, ...]:
    """Every step that a body could take, by criterion and points.

    Args:
        standings: computed standings (with a computation).
        body: whose steps.
        peers: the bodies whose levels say how hard a step is; the whole group by default.
        efforts: effort of gaining a criterion whole, by its id; those not named have 1 to
            `RAREST` by how few of the peers have the level. A step costs its share of that, and
            `BEGINNING` for being begun.
        most_levels: of each criterion at most this many levels, evenly picked; fewer is faster
            and a little dearer.

    Raises:
        NoPlan: the standings were published and not computed, or the body has no score.
    """
    computation, plan, place = _basis(standings, body)
    others = [n for n in range(len(standings.bodies)) if n != place]
    near = [standings.place(peer) for peer in peers] if peers else others
    asked = [n for n in near if n is not None and n != place] or others
    drafts: list[Step] = []
    columns: list[tuple[int, float]] = []
    for row, criterion in enumerate(computation.criteria):
        worth = float(computation.maximum[row, place])
        outcome = Outcome(int(computation.outcome[row, place]))
        if criterion.counts == "deduction" or worth <= 0 or not EFFECTS[outcome].maximum:
            continue
        now = float(computation.points[row, place])
        for level in _thinned(_levels(computation, row, others, now, worth), most_levels):
            having = [n for n in asked if computation.points[row, n] >= level - 1e-9]
            share = (level - now) / worth
            whole = _effort(efforts, criterion.id, len(having), len(asked))
            effort = BEGINNING + share * whole
            drafts.append(
                Step(
                    criterion.id, criterion.title, now, level, worth, 0.0, effort, len(having),
                    len(asked), tuple(standings.bodies[n] for n in having[:EXAMPLES]),
                )
            )  # fmt: skip
            columns.append((row, level))
    gains = _gains(plan, computation, place, columns)
    return tuple(
        replace(step, gain=float(gain))
        for step, gain in zip(drafts, gains, strict=True)
        if gain > 1e-12
    )


def plan_to_reach(
    standings: Standings,
    body: str,
    rank: int,
    *,
    peers: Sequence[str] = (),
    efforts: Mapping[str, float] | None = None,
    earlier: Standings | None = None,
    certainty: float | None = None,
    seed: int = 2019,
    most_levels: int = 1_000,
) -> Improvement:
    """The cheapest steps with which a body reaches a rank, or holds the one it has.

    Args:
        standings: computed standings of the group.
        body: who plans.
        rank: the rank wanted, from 1.
        peers, efforts, most_levels: see `possible_steps`.
        earlier: the standings of the round before: how much bodies move in a year.
        certainty: with `earlier`, the share of draws of the others' moves, each drawn from the
            moves of the whole group, in which the plan must give the rank.
        seed: of those draws.

    Raises:
        NoPlan: no figures to plan from, a geometric mean on the way (gains do not add up), or
            no set of steps reaches the rank.
    """
    steps = possible_steps(standings, body, peers, efforts, most_levels)
    _, plan, place = _basis(standings, body)
    _refuse_geometric(plan)
    scores = standings.nodes[OVERALL].score
    others = np.delete(scores, place)
    others = others[~np.isnan(others)]
    if not 1 <= rank <= len(others) + 1:
        raise NoPlan(
            Text(f"không có hạng {rank} trong khối này", f"there is no rank {rank} in this group")
        )
    moves = _moves(standings, earlier) if certainty is not None and earlier is not None else None
    sure = certainty if moves is not None else None
    threshold = _threshold(others, rank, moves, sure, seed)
    own = float(scores[place])
    chosen, proven = _cheapest(steps, threshold - own)
    if chosen is None:
        best = own + sum(_best_gains(steps).values())
        reach = 1 + int((others > best + 1e-12).sum())
        raise NoPlan(
            Text(
                f"kể cả khi đạt điểm tối đa ở mọi tiêu chí, cơ quan chỉ tới hạng {reach}",
                f"even with full points everywhere the body comes to rank {reach}",
            )
        )
    reached = own + sum(step.gain for step in chosen)
    changed = scores.copy()
    changed[place] = reached
    ranks = competition_ranks(np.round(changed, 12), standings.nodes[OVERALL].publish.rank_at)
    return Improvement(
        body, standings.group, standings.year, int(standings.nodes[OVERALL].rank[place]), own,
        rank, threshold, sure, chosen, reached, int(ranks[place]),
        sum(step.effort for step in chosen), proven,
    )  # fmt: skip


def at_risk(standings: Standings, body: str) -> tuple[AtRisk, ...]:
    """For each criterion that rests on an observation: the rank if it stayed unconfirmed.

    The ones that cost most places come first. Raises NoPlan like `possible_steps`.
    """
    computation, plan, place = _basis(standings, body)
    rows = [
        row for row, criterion in enumerate(computation.criteria)
        if criterion.checks and computation.points[row, place] > 0
    ]  # fmt: skip
    losses = _gains(plan, computation, place, [(row, 0.0) for row in rows])
    scores = standings.nodes[OVERALL].score
    found = []
    for row, loss in zip(rows, losses, strict=True):
        lower = float(scores[place]) + float(loss)
        rank = 1 + int((np.delete(scores, place) > lower + 1e-12).sum())
        criterion = computation.criteria[row]
        points = float(computation.points[row, place])
        found.append(AtRisk(criterion.id, criterion.title, points, rank))
    return tuple(sorted(found, key=lambda item: (-item.rank, -item.points, item.criterion)))


def _basis(standings: Standings, body: str) -> tuple[Computation, Plan, int]:
    computation, place = standings.computation, standings.place(body)
    if computation is None:
        raise NoPlan(
            Text(
                "kết quả này chỉ được công bố, không có số liệu từng tiêu chí để lập kế hoạch",
                "these results were only published; there are no criteria to plan from",
            )
        )
    if place is None or np.isnan(standings.nodes[OVERALL].score[place]):
        raise NoPlan(
            Text("cơ quan chưa có điểm trong kỳ này", "the body has no score in this round")
        )
    return computation, make_plan(computation.index, standings.group), place


def _levels(
    computation: Computation, row: int, others: Sequence[int], now: float, worth: float
) -> list[float]:
    """Points above the body's own that others have on a criterion, and its full points."""
    shares = [
        computation.points[row, n] / computation.maximum[row, n]
        for n in others
        if computation.maximum[row, n] > 0
    ]
    levels = {round(float(min(share, 1.0) * worth), 9) for share in shares} | {worth}
    return sorted(level for level in levels if level > now + 1e-9)


def _thinned(levels: list[float], most: int) -> list[float]:
    """At most so many of the levels, evenly picked; the highest always stays."""
    if len(levels) <= most:
        return levels
    return [levels[round(n * (len(levels) - 1) / (most - 1))] for n in range(most)]


def _effort(efforts: Mapping[str, float] | None, criterion: str, having: int, asked: int) -> float:
    if efforts is not None and criterion in efforts:
        return efforts[criterion]
    # With half a body added on each side no level is free and none is out of reach.
    rarity = 1.0 - (having + 0.5) / (asked + 1.0)
    return 1.0 + (RAREST - 1.0) * rarity


def _gains(
    plan: Plan, computation: Computation, place: int, columns: Sequence[tuple[int, float]]
) -> FloatArray:
    """How the score of the whole changes when one criterion alone has other points."""
    count = len(columns) + 1
    points = np.repeat(computation.points[:, [place]], count, axis=1)
    for column, (row, level) in enumerate(columns, 1):
        points[row, column] = level
    maximum = np.repeat(computation.maximum[:, [place]], count, axis=1)
    full = np.repeat(computation.full[:, [place]], count, axis=1)
    whole = total(plan, points, maximum, full)[OVERALL]
    assert whole.points is not None
    assert whole.maximum is not None
    scores = whole.points / np.where(whole.maximum > 0, whole.maximum, np.nan)
    return np.asarray(scores[1:] - scores[0])


def _refuse_geometric(plan: Plan) -> None:
    items: list[Index | Pillar] = [plan.index]
    items += [node.item for node in plan.nodes if isinstance(node.item, Pillar)]
    if any(i.aggregate.by == "weights" and i.aggregate.mean == "geometric" for i in items):
        raise NoPlan(
            Text(
                "bộ chỉ số dùng trung bình nhân nên các bước không cộng lại được",
                "the index has a geometric mean, under which the gains of steps do not add up",
            )
        )


def _moves(standings: Standings, earlier: Standings) -> FloatArray | None:
    """By how much the scores of the bodies that are in both rounds changed."""
    before = {body: n for n, body in enumerate(earlier.bodies)}
    old, new = earlier.nodes[OVERALL].score, standings.nodes[OVERALL].score
    found = np.array(
        [new[n] - old[before[body]] for n, body in enumerate(standings.bodies) if body in before]
    )
    found = found[~np.isnan(found)]
    return found if len(found) >= 3 else None


def _threshold(
    others: FloatArray, rank: int, moves: FloatArray | None, certainty: float | None, seed: int
) -> float:
    """The score with which at most `rank - 1` others are better."""
    if rank > len(others):
        return 0.0
    if moves is None or certainty is None:
        return float(np.sort(others)[-rank])
    drawn = np.random.default_rng(seed).choice(moves, size=(DRAWS, len(others)))
    after = np.sort(np.clip(others + drawn, 0.0, 1.0), axis=1)[:, -rank]
    return float(np.quantile(after, certainty, method="higher"))


def _best_gains(steps: Sequence[Step]) -> dict[str, float]:
    best: dict[str, float] = {}
    for step in steps:
        best[step.criterion] = max(best.get(step.criterion, 0.0), step.gain)
    return best


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Some releases of the solver print debugging lines past Python, into our results."""
    try:
        out = os.dup(1)
    except OSError:  # no standard output to protect
        yield
        return
    void = os.open(os.devnull, os.O_WRONLY)
    os.dup2(void, 1)
    try:
        yield
    finally:
        os.dup2(out, 1)
        os.close(out)
        os.close(void)


def _cheapest(steps: Sequence[Step], needed: float) -> tuple[tuple[Step, ...] | None, bool]:
    """The steps of least effort that together gain what is needed, and whether that is proven."""
    if needed <= 1e-12:
        return (), True
    if sum(_best_gains(steps).values()) < needed - 1e-12:
        return None, True
    criteria = {name: row for row, name in enumerate(dict.fromkeys(s.criterion for s in steps))}
    rows = [criteria[step.criterion] for step in steps]
    count = len(steps)
    once = csr_array((np.ones(count), (rows, range(count))), shape=(len(criteria), count))
    # Scaled so that the solver's tolerance (1e-6) is far below one point of the index.
    gains = np.array([step.gain for step in steps]) / needed
    constraints = [
        LinearConstraint(once, -np.inf, 1.0),
        LinearConstraint(gains[None, :], 1.0 + 1e-9, np.inf),
    ]
    cost = np.array([step.effort for step in steps]) + _STEP
    for bounds in (1.0 + 1e-9, 1.0 + 1e-5):  # once more, stricter, if rounding fell short
        constraints[1] = LinearConstraint(gains[None, :], bounds, np.inf)
        with _without_chatter():
            solved = milp(
                cost, constraints=constraints, integrality=np.ones(count), bounds=Bounds(0, 1),
                options={"time_limit": _LONGEST, "mip_rel_gap": 0.0},
            )  # fmt: skip
        if solved.x is None:
            break
        chosen = tuple(step for step, x in zip(steps, solved.x, strict=True) if x > 0.5)
        if sum(step.gain for step in chosen) >= needed - 1e-12:
            ordered = sorted(chosen, key=lambda s: (-s.gain / max(s.effort, 1e-12), s.criterion))
            return tuple(ordered), solved.status == 0
    # Only when rounding leaves no room: everything that helps does reach it.
    best = {
        name: max((s for s in steps if s.criterion == name), key=lambda s: s.gain)
        for name in criteria
    }
    return tuple(best.values()), False
