"""How firm the ranks of a round are: the choices of its index, varied around what it says.

The model takes points and maxima as scoring left them, so that what is missing, not applicable
or not measured keeps its meaning. A pillar of points keeps its maximum while the weights of its
criteria vary: a level moves without moving the one above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Literal

import numpy as np

from chiso.index.model import OVERALL, Criterion, Index, Input
from chiso.language import Text
from chiso.problems import InvalidInput
from chiso.robustness.arrays import FloatArray
from chiso.robustness.choices import (
    Aggregation,
    Choice,
    LeaveOneOut,
    MeasurementError,
    WeightNoise,
)
from chiso.robustness.kernel import Layout, lay_out, make_leaves
from chiso.robustness.model import Model, check_choices, nominal_scores
from chiso.robustness.round_tree import maxima_of, mean_of, tree_of, weights_of
from chiso.robustness.uncertainty import Uncertainty, uncertainty
from chiso.scoring.computation import Computation
from chiso.scoring.plan import Plan, make_plan
from chiso.scoring.ranking import SAME_DECIMALS, competition_ranks
from chiso.scoring.standings import Standings

PILLAR_WEIGHTS = "pillar weights"
INNER_WEIGHTS = "sub-pillar weights"
CRITERION_WEIGHTS = "criterion weights"
MEASUREMENT = "measurement"
LEFT_OUT = "left out"
MEAN = "mean of pillars"
#: what the choices of a round are called
TITLES: Mapping[str, Text] = {
    PILLAR_WEIGHTS: Text("trọng số các hạng mục", "weights of pillars"),
    INNER_WEIGHTS: Text("trọng số các nhóm tiêu chí", "weights of sub-pillars"),
    CRITERION_WEIGHTS: Text("trọng số các tiêu chí", "weights of criteria"),
    MEASUREMENT: Text("sai số số liệu", "errors of measurement"),
    LEFT_OUT: Text("bỏ một thành phần", "one component left out"),
    MEAN: Text("cách lấy trung bình các hạng mục", "mean of pillars"),
}
#: types of answers that are right or wrong, without an error of measurement
_EXACT = {"yes_no", "choice", "text", "date"}


@dataclass(frozen=True, slots=True)
class RoundChoices:
    """What varies in a round.

    Attributes:
        weights: every weight × (1 ± this), uniform, level by level; 0 holds weights.
        measurement: relative standard deviation of the points of criteria that rest on numbers;
            0 holds them. Criteria that rest on yes or no, or on options, are exact.
        leave_out: one criterion or one pillar, or none, is left out of each draw.
        mean: whether pillars are put together by the arithmetic or the geometric mean.
    """

    weights: float = 0.2
    measurement: float = 0.02
    leave_out: Literal["criteria", "pillars"] | None = None
    mean: bool = False


@dataclass(frozen=True, slots=True)
class NoAnalysis:
    """Why a ranking cannot be examined."""

    reason: Text


_STANDARD = RoundChoices()


def analyse(
    standings: Standings,
    index: Index,
    *,
    draws: int = 10_000,
    seed: int = 2019,
    choices: RoundChoices = _STANDARD,
    executor: Executor | None = None,
) -> Uncertainty | NoAnalysis:
    """How firm the overall ranks of a group are.

    Args:
        standings: computed, or published with the scores of all pillars.
        index: the index that the standings follow.
        draws: how many draws.
        seed: the same seed gives the same result, however many workers there are.
        choices: what varies.
        executor: where to run, by default in this process.

    Returns:
        The result, or why there is none.

    Raises InvalidInput for choices that do not go together.
    """
    model = round_model(standings, index, choices)
    if isinstance(model, NoAnalysis):
        return model
    return uncertainty(model, draws=draws, seed=seed, executor=executor)


def round_model(
    standings: Standings, index: Index, choices: RoundChoices = _STANDARD
) -> Model | NoAnalysis:
    """The model behind [`analyse`][], also for a sensitivity analysis. Raises InvalidInput."""
    plan = make_plan(index, standings.group)
    if standings.computation is not None:
        return _computed(standings, standings.computation, plan, choices)
    return _published(standings, plan, choices)


def _computed(
    standings: Standings, computation: Computation, plan: Plan, choices: RoundChoices
) -> Model | NoAnalysis:
    ranked = np.flatnonzero(~np.isnan(standings.nodes[OVERALL].score))
    if len(ranked) < 2:
        return _too_few(len(ranked))
    layout, means = tree_of(plan)
    varied = _choices(layout, plan, means[0], choices, criteria=True)
    if isinstance(varied, NoAnalysis):
        return varied
    points, maximum = computation.points[:, ranked], computation.maximum[:, ranked]
    leaves = make_leaves(layout, points, maximum, _means_in_use(means, varied))
    decimals = _decimals(plan.index)
    notes = _notes(varied, plan.index)
    return Model(standings.bodies, layout, (leaves,), means, varied, ranked, decimals, notes)


def _published(standings: Standings, plan: Plan, choices: RoundChoices) -> Model | NoAnalysis:
    scores = _pillar_scores(standings, plan)
    if isinstance(scores, NoAnalysis):
        return scores
    pillars, matrix = scores
    ranked = np.flatnonzero(~np.isnan(matrix[0]))
    if len(ranked) < 2:
        return _too_few(len(ranked))
    full, means = maxima_of(plan), (mean_of(plan.index),)
    worth = np.array([full[pillar] for pillar in pillars])[:, None]
    points = plan.index.aggregate.by == "points"
    layout = lay_out(
        {OVERALL: pillars},
        OVERALL,
        pillars,
        {} if points else weights_of(plan),
        by_points=frozenset({OVERALL} if points else ()),
        bounded=True,
    )
    varied = _choices(layout, plan, means[0], choices, criteria=False)
    if isinstance(varied, NoAnalysis):
        return varied
    worth = np.where(worth > 0, worth, 0.0 if points else 1.0)
    matrix = matrix[:, ranked]
    leaves = make_leaves(
        layout, matrix * worth, np.broadcast_to(worth, matrix.shape), _means_in_use(means, varied)
    )
    model = Model(standings.bodies, layout, (leaves,), means, varied, ranked, _decimals(plan.index))
    notes = (_only_pillars(), *_notes(varied, plan.index), *_against_published(standings, model))
    return Model(standings.bodies, layout, (leaves,), means, varied, ranked, model.decimals, notes)


def _choices(
    layout: Layout, plan: Plan, mean: str, choices: RoundChoices, *, criteria: bool
) -> tuple[Choice, ...] | NoAnalysis:
    """What varies, in order; NoAnalysis where that is nothing."""
    varied: list[Choice] = []
    if choices.weights:
        for name, nodes in _levels(layout, criteria).items():
            varied.append(WeightNoise(choices.weights, nodes, name))
    if choices.measurement and criteria:
        spread = {c.id: choices.measurement for c in plan.criteria if _measured(plan.index, c)}
        if spread:
            varied.append(MeasurementError(spread, MEASUREMENT))
    if choices.leave_out == "pillars":
        varied.append(LeaveOneOut(_top(layout), LEFT_OUT))
    elif choices.leave_out == "criteria" and criteria:
        varied.append(LeaveOneOut(None, LEFT_OUT))
    if choices.mean:
        _check_mean(layout, plan)
        other = "geometric" if mean == "arithmetic" else "arithmetic"
        varied.append(Aggregation((mean, other), MEAN, nodes=(OVERALL,), zeros=True))
    if not varied:
        return NoAnalysis(Text("Không có gì để thay đổi.", "There is nothing to vary."))
    check_choices(layout, varied)
    return tuple(varied)


def _levels(layout: Layout, criteria: bool) -> dict[str, tuple[str, ...]]:
    """The nodes of each level that have siblings to be weighed against."""
    found: dict[str, list[str]] = {PILLAR_WEIGHTS: [], INNER_WEIGHTS: [], CRITERION_WEIGHTS: []}
    for branch in layout.branches:
        if branch.last - branch.first < 2:
            continue
        inner = PILLAR_WEIGHTS if branch.row == 0 else INNER_WEIGHTS
        found[inner] += layout.names[branch.first : branch.middle]
        found[CRITERION_WEIGHTS if criteria else inner] += layout.names[branch.middle : branch.last]
    return {name: tuple(nodes) for name, nodes in found.items() if nodes}


def _top(layout: Layout) -> tuple[str, ...]:
    root = layout.branches[0]
    return layout.names[root.first : root.last]


def _measured(index: Index, criterion: Criterion) -> bool:
    """Whether the points of a criterion rest on numbers, which have an error."""
    if criterion.counts != "points":
        return False
    declared = index.declared(criterion)
    inputs = (declared[name][1] for name in criterion.reads)
    return bool(criterion.checks) or any(_is_number(given) for given in inputs)


def _is_number(given: Input) -> bool:
    if given.type == "table":
        return any(column.type not in _EXACT for column in given.columns.values())
    return given.type not in _EXACT


def _check_mean(layout: Layout, plan: Plan) -> None:
    """Bonuses and deductions beside pillars have no score, and no mean but the arithmetic."""
    top = set(_top(layout))
    loose = [c.id for c in plan.criteria if c.id in top and c.counts != "points"]
    if loose:
        raise InvalidInput(
            f"the choice '{MEAN}' does not go with the criterion '{loose[0]}', whose points have "
            "no maximum: there is no geometric mean with it"
        )


def _means_in_use(means: tuple[str, ...], varied: tuple[Choice, ...]) -> tuple[str, ...]:
    options = [choice.options for choice in varied if isinstance(choice, Aggregation)]
    return tuple(sorted({*means, *(options[0] if options else ())}))


def _decimals(index: Index) -> int:
    return SAME_DECIMALS if index.publish.rank_at is None else index.publish.rank_at


def _pillar_scores(
    standings: Standings, plan: Plan
) -> tuple[tuple[str, ...], FloatArray] | NoAnalysis:
    """Published scores of the first level, shape (pillars, bodies); NaN for bodies left aside."""
    pillars = tuple(plan.keys[row] for row in plan.children.get(0, []))
    nothing = np.full(len(standings.bodies), np.nan)
    matrix = np.array(
        [standings.nodes[p].score if p in standings.nodes else nothing for p in pillars]
    )
    overall = standings.nodes[OVERALL]
    listed = ~np.isnan(overall.rank) | ~np.isnan(overall.score) | ~np.isnan(matrix).all(axis=0)
    expected = max(int(listed.sum()), overall.ranked or len(standings.bodies))
    complete = ~np.isnan(matrix).any(axis=0)
    if int(complete.sum()) < expected:
        known = int(complete.sum())
        return NoAnalysis(
            Text(
                f"Chỉ biết đủ điểm các hạng mục của {known}/{expected} đơn vị, nên không thể xét "
                "độ vững của thứ hạng.",
                f"The scores of all pillars are known for {known} of {expected} bodies only, so "
                "that the firmness of ranks cannot be examined.",
            )
        )
    matrix[:, ~complete] = np.nan
    return pillars, matrix


def _too_few(count: int) -> NoAnalysis:
    return NoAnalysis(
        Text(f"Chỉ có {count} đơn vị được xếp hạng.", f"Only {count} bodies are ranked.")
    )


def _only_pillars() -> Text:
    return Text(
        "Kết quả được công bố theo hạng mục: chỉ thay đổi được ở cấp hạng mục, không thay đổi "
        "trọng số và số liệu của từng tiêu chí.",
        "The results were published by pillar: only the level of pillars varies, not the weights "
        "and figures of criteria.",
    )


def _notes(varied: tuple[Choice, ...], index: Index) -> tuple[Text, ...]:
    notes = []
    if any(isinstance(choice, MeasurementError) for choice in varied):
        notes.append(
            Text(
                "Sai số số liệu là giả định, độc lập giữa các đơn vị và các tiêu chí.",
                "Errors of measurement are assumed, independent between bodies and criteria.",
            )
        )
    if index.publish.rank_at is not None:
        notes.append(
            Text(
                f"Xếp hạng theo điểm làm tròn {index.publish.rank_at} chữ số, như khi công bố.",
                f"Ranks are taken at {index.publish.rank_at} decimals, as they are published.",
            )
        )
    return tuple(notes)


def _against_published(standings: Standings, model: Model) -> tuple[Text, ...]:
    """How far totals made from pillars are from those published."""
    published = standings.nodes[OVERALL]
    score = nominal_scores(model)
    given = published.score[model.ranked]
    notes = []
    if (known := ~np.isnan(given)).any():
        away = f"{np.abs(score - given)[known].max():.4f}"
        notes.append(
            Text(
                f"Điểm tổng tính lại từ các hạng mục lệch nhiều nhất {away.replace('.', ',')} so "
                "với điểm công bố.",
                f"Totals made from the pillars differ from those published by {away} at most.",
            )
        )
    rank = published.rank[model.ranked]
    ours = competition_ranks(np.round(score, model.decimals))
    moved = int(np.sum(~np.isnan(rank) & (rank != ours)))
    if moved:
        notes.append(
            Text(
                f"{moved} đơn vị có thứ hạng tính lại khác thứ hạng công bố.",
                f"{moved} bodies have another rank from the pillars than was published.",
            )
        )
    return tuple(notes)
