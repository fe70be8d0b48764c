"""Scoring: answers of a group → points, scores and ranks, with every step kept.

All bodies are computed at once, criterion by criterion, and totals from the bottom up. The
traces of the rules stay with the result, so that [`derive`][chiso.scoring.derivation.derive]
reads how a number came about instead of computing it again.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from chiso.index.model import Index
from chiso.index.reducers import FloatArray
from chiso.index.rules import RuleScope
from chiso.rounds.answers import Answers, State
from chiso.scoring.computation import Computation
from chiso.scoring.outcomes import (
    Outcome,
    is_excluded,
    is_uncovered,
    is_zero,
    outcomes,
    state_of_checks,
)
from chiso.scoring.plan import Plan, make_plan
from chiso.scoring.standings import Standings
from chiso.scoring.totals import total

Bests = Mapping[str, float]


def score(
    index: Index, group: str, answers: Answers, *, year: int = 0, bests: Bests | None = None
) -> Standings:
    """Score and rank the bodies of a group.

    Args:
        index: the index version.
        group: which group they are; criteria meant for other groups do not count.
        answers: their answers, by column.
        year: the year of the round, carried into the result.
        bests: frozen bests of the group by rule path, for "share of the best"; by default
            they are taken from these answers.

    Returns:
        Standings of origin `computed`, with the [`Computation`][] attached.
    """
    plan = make_plan(index, group)
    computation = _compute_criteria(plan, answers, bests)
    nodes = total(plan, computation.points, computation.maximum, computation.full)
    return Standings(
        year=year,
        group=group,
        bodies=answers.bodies,
        nodes=nodes,
        origin="computed",
        computation=computation,
    )


def _compute_criteria(plan: Plan, answers: Answers, bests: Bests | None) -> Computation:
    count, bodies = len(plan.criteria), len(answers.bodies)
    states, row = _state_rows(plan, answers)
    uses = _uses(plan, row, len(states) - 1)
    full = np.array([criterion.full for criterion in plan.criteria])[:, None]
    computation = Computation(
        plan.index,
        answers,
        plan.criteria,
        outcome=np.empty((0, 0), dtype=np.int8),
        points=np.empty((count, bodies)),
        maximum=np.empty((0, 0)),
        full=np.broadcast_to(full, (count, bodies)).copy(),
    )
    apart: list[tuple[int, FloatArray]] = []
    turned_down = _turned_down(answers)
    with np.errstate(all="ignore"):
        for place, criterion in enumerate(plan.criteria):
            scope = _scope(plan, place, answers, bests, computation)
            if (bodies_out := turned_down.get(criterion.id)) is not None:
                scope.eligible = np.ones(bodies, dtype=np.bool_)
                scope.eligible[bodies_out] = False
            if criterion.applies is not None:
                holds = criterion.applies.evaluate(scope)
                apart.append((place, holds == 0))
                scope.eligible = _both(scope.eligible, holds != 0)
            trace = criterion.rule.trace(scope, criterion.worth, criterion.id)
            computation.traces[criterion.id] = trace
            computation.points[place] = trace.points
    computation.outcome = outcomes(states, uses, computation.points)
    for place, does_not_apply in apart:
        # Where the condition itself is unknown the criterion counts: not telling the facts
        # must not shrink the maximum.
        computation.outcome[place][does_not_apply.astype(bool)] = Outcome.NOT_APPLICABLE
    _apply_rulings(computation)
    _settle(computation)
    return computation


def _state_rows(plan: Plan, answers: Answers) -> tuple[NDArray[np.int8], dict[str, int]]:
    """All states stacked, shape (answers + 1, bodies), and the row of each key."""
    rows: list[NDArray[np.int8]] = []
    place: dict[str, int] = {}
    missing = np.full(len(answers.bodies), State.MISSING, dtype=np.int8)
    unmeasured = np.full(len(answers.bodies), State.NOT_MEASURED, dtype=np.int8)
    keys = dict.fromkeys(key for names in plan.names for key in names.values())
    for key in keys:
        place[key] = len(rows)
        if key in answers.columns:
            rows.append(answers.columns[key].states)
        else:
            rows.append(answers.table_states.get(key, missing))
    for checks in dict.fromkeys(look for criterion in plan.criteria for look in criterion.looks):
        place[_look_key(checks)] = len(rows)
        seen = [answers.levels[c].states if c in answers.levels else unmeasured for c in checks]
        rows.append(state_of_checks(np.stack(seen)))
    rows.append(np.zeros(len(answers.bodies), dtype=np.int8))
    return np.stack(rows), place


def _look_key(checks: tuple[str, ...]) -> str:
    return f"checks:{' '.join(checks)}"


def _uses(plan: Plan, row: Mapping[str, int], filler: int) -> NDArray[np.intp]:
    used = [
        [row[key] for key in names.values()] + [row[_look_key(look)] for look in criterion.looks]
        for criterion, names in zip(plan.criteria, plan.names, strict=True)
    ]
    width = max((len(rows) for rows in used), default=0) or 1
    return np.array([rows + [filler] * (width - len(rows)) for rows in used], dtype=np.intp)


def _scope(
    plan: Plan, place: int, answers: Answers, bests: Bests | None, computation: Computation
) -> RuleScope:
    size = len(answers.bodies)
    names, criterion = plan.names[place], plan.criteria[place]
    values = {n: answers.columns[k].values for n, k in names.items() if k in answers.columns}
    for name in set(names) - set(values):
        values[name] = np.full(size, np.nan)
    return RuleScope(
        size,
        values,
        {name: answers.tables[key] for name, key in names.items() if key in answers.tables},
        plan.options[place],
        {
            check: answers.levels[check].values
            for check in criterion.checks
            if check in answers.levels
        },
        bests=bests,
        found=computation.bests,
    )


def _turned_down(answers: Answers) -> dict[str, list[int]]:
    """The bodies whose figures for a criterion were not accepted: they cannot be the best."""
    found: dict[str, list[int]] = {}
    for (body, criterion), ruling in answers.rulings.items():
        if ruling.decision != "accept":
            found.setdefault(criterion, []).append(body)
    return found


def _both(a: NDArray[np.bool_] | None, b: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return b if a is None else a & b


def _apply_rulings(computation: Computation) -> None:
    row = {criterion.id: place for place, criterion in enumerate(computation.criteria)}
    settled = {
        "reject": Outcome.REJECTED,
        "not_applicable": Outcome.NOT_APPLICABLE,
        "pending": Outcome.PENDING,
        "correct": Outcome.RULED,
    }
    for (body, criterion), ruling in computation.answers.rulings.items():
        if criterion in row and ruling.decision in settled:
            computation.outcome[row[criterion], body] = settled[ruling.decision]
            if ruling.points is not None:
                computation.points[row[criterion], body] = ruling.points


def _settle(computation: Computation) -> None:
    """Make points and maxima what the outcomes say; bonuses and deductions have no maximum."""
    outcome = computation.outcome
    computation.maximum = computation.full
    if outcome.any():
        computation.points[is_zero(outcome) | is_excluded(outcome)] = 0.0
        computation.full[outcome == Outcome.NOT_APPLICABLE] = 0.0
        computation.maximum = np.where(is_uncovered(outcome), 0.0, computation.full)
    for place, criterion in enumerate(computation.criteria):
        if criterion.counts != "points":
            computation.maximum[place] = computation.full[place] = 0.0
            if criterion.counts == "deduction":
                computation.points[place] *= -1.0
