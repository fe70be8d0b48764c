"""Splitting a change between two years: own performance, the others, the rules.

Scores are moved from the earlier year to the later one in three steps, and each step is one
effect. Which comes first matters when effects interact; the order is fixed and stated:

1. *performance*: the body's new answers, under the old rules and against the old bests;
2. *population*: the bests of the new year, under the old rules;
3. *rules*: the new index.

The steps add up to the change of the score exactly. They need both years' answers and inputs
that the old rules can read; otherwise the change is not split, and the reason is given.
Ranks are split into the effect of bodies that entered or left and the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from chiso.comparison.history import History
from chiso.index.model import OVERALL, Column, Criterion, Index, Input
from chiso.index.rules import APPRAISED
from chiso.rounds.answers import Answered, Answers, Ruling
from chiso.scoring.engine import score
from chiso.scoring.ranking import competition_ranks
from chiso.scoring.standings import Standings


@dataclass(frozen=True, slots=True)
class Effects:
    """The parts of a change of score; they add up to `total`."""

    node: str
    performance: float
    population: float
    rules: float

    @property
    def total(self) -> float:
        """The whole change."""
        return self.performance + self.population + self.rules


@dataclass(frozen=True, slots=True)
class Unsplit:
    """Why a change cannot be split: `published`, `absent`, or `inputs` (with their keys)."""

    reason: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RankEffects:
    """Places gained: among the bodies of both years, and through those that came or went."""

    performance: int
    population: int


def split_scores(
    history: History, group: str, year: int, before_year: int, node: str = OVERALL
) -> dict[str, Effects] | Unsplit:
    """Split the change of score at a node for every body present in both years."""
    now, before = history.group(year, group), history.group(before_year, group)
    if now is None or before is None:
        return Unsplit("absent")
    if now.computation is None or before.computation is None:
        return Unsplit("published")
    old, new = history[before_year].index, history[year].index
    if node != OVERALL and (node not in old.by_id or node not in new.by_id):
        return Unsplit("inputs", (node,))
    asked, checks = _asked(new, now)
    asked_before, checks_before = _asked(old, before)
    changed = [k for k, item in asked_before.items() if not _means_the_same(k, item, asked.get(k))]
    lost = tuple(sorted([*changed, *(checks_before - checks)]))
    if lost:
        return Unsplit("inputs", lost)
    answers = _for_old_rules(now.computation.answers, old, new)
    own = score(old, group, answers, bests=before.computation.bests)
    others = score(old, group, answers)
    common = [body for body in now.bodies if before.place(body) is not None]
    steps = [before, own, others, now]
    effects = {}
    for body in common:
        scores = [step.standing(body, node).score for step in steps]
        known = [value for value in scores if value is not None]
        if len(known) == len(steps):
            parts = np.diff(known)
            effects[body] = Effects(node, float(parts[0]), float(parts[1]), float(parts[2]))
    return effects


def split_ranks(
    now: Standings, before: Standings, body: str, node: str = OVERALL
) -> RankEffects | None:
    """Split the change of rank of a body into its moves among those present in both years and
    the effect of bodies that entered or left; None where scores are not all known."""
    common = [b for b in now.bodies if before.place(b) is not None]
    if body not in common or node not in now.nodes or node not in before.nodes:
        return None
    ranks = []
    for standings in (before, now):
        places = [standings.place(b) for b in common]
        scores = standings.nodes[node].score[np.array(places, dtype=np.intp)]
        if np.isnan(scores).any():
            return None
        rank_at = standings.nodes[node].publish.rank_at
        ranks.append(int(competition_ranks(scores, rank_at)[common.index(body)]))
    first, last = before.standing(body, node).rank, now.standing(body, node).rank
    if first is None or last is None:
        return None
    performance = ranks[0] - ranks[1]
    return RankEffects(performance, (first - last) - performance)


def _asked(index: Index, standings: Standings) -> tuple[dict[str, Input], set[str]]:
    """The questions that the criteria of a group read, by key, and the keys of their checks."""
    assert standings.computation is not None
    questions: dict[str, Input] = {}
    checks: set[str] = set()
    for criterion in standings.computation.criteria:
        declared = index.declared(criterion)
        questions |= dict(declared[name] for name in criterion.reads)
        checks |= {f"check:{check}" for check in criterion.checks}
    return questions, checks


def _means_the_same(key: str, old: Input | Column, new: Input | Column | None) -> bool:
    """Whether the old rules can read what the new question was answered with.

    A choice is stored as the place of its option, and an appraiser's points are out of those of
    the criterion: neither can be read under other options or another maximum.
    """
    if new is None or old.type != new.type or list(old.options) != list(new.options):
        return False
    if key.endswith(f".{APPRAISED}"):
        return old.max == new.max
    if not isinstance(old, Input) or not isinstance(new, Input):
        return True
    return all(_means_the_same(n, c, new.columns.get(n)) for n, c in old.columns.items())


def _for_old_rules(answers: Answers, old: Index, new: Index) -> Answers:
    """The new answers without what the old rules have no place for.

    Points that an appraiser gave keep their share of the criterion's points.
    """
    asked = old.questions
    columns: dict[str, Answered] = {k: a for k, a in answers.columns.items() if k in asked}
    criteria = {node.id: node.item for node in old.leaves if isinstance(node.item, Criterion)}

    def ruled(criterion: str, ruling: Ruling) -> Ruling:
        worth = new.criterion(criterion).full
        if ruling.points is None or worth == 0:
            return ruling
        return replace(ruling, points=ruling.points / worth * criteria[criterion].full)

    return Answers(
        answers.bodies,
        columns=columns,
        tables={key: table for key, table in answers.tables.items() if key in asked},
        table_states={key: s for key, s in answers.table_states.items() if key in asked},
        levels=answers.levels,
        observations=answers.observations,
        rulings={
            key: ruled(key[1], ruling)
            for key, ruling in answers.rulings.items()
            if key[1] in criteria
        },
    )
