"""Rounds: the model says what scoring says, varies around it, and owns up to what it cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.index import Index
from chiso.problems import InvalidInput
from chiso.robustness.model import Model, nominal_scores
from chiso.robustness.rounds import (
    CRITERION_WEIGHTS,
    INNER_WEIGHTS,
    LEFT_OUT,
    MEAN,
    MEASUREMENT,
    PILLAR_WEIGHTS,
    TITLES,
    NoAnalysis,
    RoundChoices,
    analyse,
    round_model,
)
from chiso.robustness.sensitivity import sensitivity
from chiso.robustness.uncertainty import Uncertainty
from chiso.rounds.answers import Answer, Answers, Ruling, State
from chiso.scoring.engine import score
from chiso.scoring.standings import NodeScores, Standings

Make = Callable[..., Any]
ALL = RoundChoices(leave_out="criteria", mean=True)


def share(name: str, points: float, **more: Any) -> dict[str, Any]:
    """A criterion that gives `points` × its input, a number from 0 to 1."""
    return {
        "id": name,
        "points": points,
        "inputs": {"v": {"type": "number", "min": 0, "max": 1}},
        "rule": {"share": "v"},
        "optional": True,
        **more,
    }


def yes(name: str, points: float) -> dict[str, Any]:
    return {
        "id": name,
        "points": points,
        "inputs": {"v": {"type": "yes_no"}},
        "rule": {"yes_no": "v"},
    }


def tree_of_points() -> dict[str, Any]:
    inner = {"id": "inner", "criteria": [share("c", 5), share("d", 20)]}
    return {
        "pillars": [
            {"id": "p", "criteria": [share("a", 10), share("b", 30)]},
            {"id": "q", "pillars": [inner], "criteria": [share("e", 15)]},
        ],
    }


def tree_of_weights(mean: str = "arithmetic") -> dict[str, Any]:
    by = {"by": "weights", "mean": mean}
    inner = {"id": "inner", "weight": 3, "criteria": [share("c", 5), share("d", 20)]}
    return {
        "aggregate": by,
        "pillars": [
            {
                "id": "p",
                "weight": 1,
                "aggregate": by,
                "criteria": [share("a", 10, weight=2), share("b", 30, weight=1)],
            },
            {
                "id": "q",
                "weight": 2,
                "aggregate": by,
                "pillars": [inner],
                "criteria": [share("e", 15, weight=1)],
            },
        ],
    }


def mixed_tree() -> dict[str, Any]:
    """A sum of points over a pillar that is a mean of scores, with bonus and deduction."""
    tree = tree_of_points()
    tree["pillars"][0]["aggregate"] = {"by": "weights"}
    tree["pillars"][0]["points"] = 40
    for criterion, weight in zip(tree["pillars"][0]["criteria"], (2, 1), strict=True):
        criterion["weight"] = weight
    tree["pillars"][1]["criteria"].append(share("plus", 4, counts="bonus"))
    tree["criteria"] = [share("minus", 6, counts="deduction")]
    return tree


TREES = {
    "points": tree_of_points,
    "weights": tree_of_weights,
    "geometric": lambda: tree_of_weights("geometric"),
    "mixed": mixed_tree,
}
cells = st.one_of(
    st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    st.sampled_from([State.MISSING, State.NOT_MEASURED, State.NOT_APPLICABLE, State.PENDING]),
)


def answer(cell: float | State) -> Answer:
    return Answer(None, cell, reason="seen") if isinstance(cell, State) else Answer(cell)


def names_of(index: Index) -> list[str]:
    return [node.id for node in index.leaves]


@pytest.mark.parametrize("tree", TREES)
@given(data=st.data())
def test_nothing_varied_is_what_scoring_says(
    make_index: Make, make_answers: Make, tree: str, data: st.DataObject
) -> None:
    index = make_index(**TREES[tree]())
    names = names_of(index)
    given_cells = data.draw(
        st.lists(st.lists(cells, min_size=len(names), max_size=len(names)), min_size=2, max_size=4)
    )
    answers = make_answers(
        index,
        {
            f"b{n}": {f"{name}.v": answer(cell) for name, cell in zip(names, row, strict=True)}
            for n, row in enumerate(given_cells)
        },
    )
    standings = score(index, "province", answers)
    overall = standings.nodes["overall"]
    model = round_model(standings, index)
    if isinstance(model, NoAnalysis):
        assert np.count_nonzero(~np.isnan(overall.score)) < 2
        return
    np.testing.assert_allclose(
        nominal_scores(model), overall.score[model.ranked], rtol=0, atol=1e-12
    )
    found = analyse(standings, index, draws=3)
    assert isinstance(found, Uncertainty)
    np.testing.assert_array_equal(found.nominal_rank, overall.rank)
    assert (found.counts[~np.isnan(overall.rank), 0] == 0).all()
    assert (found.counts[np.isnan(overall.rank), 0] == 3).all()


def filled(make_answers: Make, index: Index, bodies: int = 12, seed: int = 1) -> Answers:
    rng = np.random.default_rng(seed)
    names = names_of(index)
    return make_answers(
        index,
        {
            f"b{n}": {f"{name}.v": round(float(rng.random()), 3) for name in names}
            for n in range(bodies)
        },
    )


def model_of(standings: Standings, index: Index, choices: RoundChoices) -> Model:
    model = round_model(standings, index, choices)
    assert isinstance(model, Model)
    return model


def result_of(
    standings: Standings, index: Index, choices: RoundChoices, draws: int = 2000
) -> Uncertainty:
    result = analyse(standings, index, draws=draws, choices=choices)
    assert isinstance(result, Uncertainty)
    return result


def test_every_level_varies_apart(make_index: Make, make_answers: Make) -> None:
    index = make_index(**tree_of_points())
    standings = score(index, "province", filled(make_answers, index))
    result = result_of(standings, index, ALL)
    assert result.varied == (
        PILLAR_WEIGHTS,
        INNER_WEIGHTS,
        CRITERION_WEIGHTS,
        MEASUREMENT,
        LEFT_OUT,
        MEAN,
    )
    assert set(result.varied) == set(TITLES)
    assert result.mean.std() > 1


def test_a_pillar_of_points_keeps_its_maximum(make_index: Make, make_answers: Make) -> None:
    """All of p and nothing of q scores 40 of 80, whatever the weights inside p are."""
    index = make_index(**tree_of_points())
    half = {"a.v": 1.0, "b.v": 1.0, "c.v": 0.0, "d.v": 0.0, "e.v": 0.0}
    standings = score(index, "province", make_answers(index, {"x": half, "y": half}))
    model = model_of(standings, index, RoundChoices(measurement=0))
    assert nominal_scores(model).tolist() == [0.5, 0.5]
    result = result_of(standings, index, RoundChoices(measurement=0))
    # The weights of p and q are uniform within 20 % of the same number: scores stay in 0.4 … 0.6.
    assert result.score_mean[0] == pytest.approx(0.5, abs=0.01)
    assert result.score_sd[0] == pytest.approx(0.0408, abs=0.003)
    assert result.like("x") == ("y",)


def test_yes_or_no_has_no_error_of_measurement(make_index: Make, make_answers: Make) -> None:
    index = make_index(criteria=[yes("a", 10), yes("b", 5)])
    answers = make_answers(
        index, {"x": {"a.v": True, "b.v": False}, "y": {"a.v": True, "b.v": True}}
    )
    standings = score(index, "province", answers)
    found = analyse(standings, index, choices=RoundChoices(weights=0))
    assert isinstance(found, NoAnalysis)
    assert "nothing to vary" in found.reason.en


def test_numbers_have_an_error_that_keeps_within_the_maximum(
    make_index: Make, make_answers: Make
) -> None:
    index = make_index(criteria=[share("a", 10), yes("b", 10)])
    answers = make_answers(index, {"x": {"a.v": 0.5, "b.v": True}, "y": {"a.v": 1.0, "b.v": False}})
    standings = score(index, "province", answers)
    result = result_of(standings, index, RoundChoices(weights=0, measurement=0.1), draws=20_000)
    assert result.varied == (MEASUREMENT,)
    assert result.score_sd[0] == pytest.approx(0.05 * 0.5, rel=0.05)
    assert result.score_mean[1] < 0.5
    assert "independent" in result.notes[0].en


def test_what_is_not_measured_or_ruled_out_stays_out(make_index: Make, make_answers: Make) -> None:
    index = make_index(**tree_of_points())
    good = {f"{name}.v": 0.8 for name in "abcde"}
    answers = make_answers(
        index,
        {
            "all": good,
            "some": {
                **good,
                "a.v": answer(State.NOT_MEASURED),
                "d.v": answer(State.NOT_APPLICABLE),
            },
            "none": {key: answer(State.NOT_MEASURED) for key in good},
            "missing": {**good, "b.v": answer(State.MISSING)},
            "rejected": good,
        },
        {("rejected", "b"): Ruling("reject", "no evidence")},
    )
    standings = score(index, "province", answers)
    result = result_of(standings, index, RoundChoices(measurement=0))
    assert result.like("all") == ("some",)
    assert result.like("missing") == ("rejected",)
    assert result.top(2).tolist()[:2] == [1, 1]
    assert np.isnan(result.mean[2])


def test_leaving_a_pillar_out_leaves_the_others(make_index: Make, make_answers: Make) -> None:
    index = make_index(**tree_of_points())
    first = {"a.v": 1.0, "b.v": 1.0, "c.v": 0.0, "d.v": 0.0, "e.v": 0.0}
    second = {"a.v": 0.0, "b.v": 0.0, "c.v": 0.9, "d.v": 0.9, "e.v": 0.9}
    standings = score(index, "province", make_answers(index, {"x": first, "y": second}))
    choices = RoundChoices(weights=0, measurement=0, leave_out="pillars")
    result = result_of(standings, index, choices, draws=12_000)
    # none, p or q is left out: x leads unless p is.
    assert result.top(1)[0] == pytest.approx(2 / 3, abs=0.02)


def test_the_geometric_mean_of_pillars_is_taken_in_half_of_the_draws(
    make_index: Make, make_answers: Make
) -> None:
    index = make_index(**tree_of_points())
    uneven = {"a.v": 1.0, "b.v": 1.0, "c.v": 0.2, "d.v": 0.2, "e.v": 0.2}
    steady = {f"{name}.v": 0.55 for name in "abcde"}
    standings = score(index, "province", make_answers(index, {"x": uneven, "y": steady}))
    choices = RoundChoices(weights=0, measurement=0, mean=True)
    result = result_of(standings, index, choices, draws=10_000)
    assert result.top(1)[0] == pytest.approx(0.5, abs=0.02)
    geometric = np.sqrt(1.0 * 0.2)
    assert result.score_mean[0] == pytest.approx((0.6 + geometric) / 2, abs=0.005)


def test_a_deduction_beside_pillars_has_no_geometric_mean(
    make_index: Make, make_answers: Make
) -> None:
    index = make_index(**mixed_tree())
    standings = score(index, "province", filled(make_answers, index))
    with pytest.raises(
        InvalidInput, match="'mean of pillars' does not go with the criterion 'minus'"
    ):
        analyse(standings, index, choices=RoundChoices(mean=True))


def test_ranks_are_taken_at_the_decimals_of_the_index(make_index: Make, make_answers: Make) -> None:
    index = make_index(**tree_of_points(), publish={"rank_at": 1})
    close = {f"{name}.v": 0.52 for name in "abcde"}
    answers = make_answers(
        index, {"x": close, "y": {**close, "c.v": 0.53}, "z": dict.fromkeys(close, 0.1)}
    )
    choices = RoundChoices(measurement=0)
    result = result_of(score(index, "province", answers), index, choices, draws=200)
    # 0.520 and 0.521 to 0.522 are both 0.5, at any weights.
    assert result.dominance[:2, :2].max() == 0
    assert result.like("x") == ("y",)
    assert "1 decimals" in result.notes[-1].en


def test_choices_of_a_round_can_be_compared(make_index: Make, make_answers: Make) -> None:
    index = make_index(**tree_of_points())
    standings = score(index, "province", filled(make_answers, index))
    found = sensitivity(model_of(standings, index, ALL), draws=512, resamples=50)
    assert found.choices == tuple(TITLES)
    assert (found.shift.total >= 0).all()


def test_a_lone_body_has_no_firmness(make_index: Make, make_answers: Make) -> None:
    index = make_index(**tree_of_points())
    standings = score(index, "province", filled(make_answers, index, bodies=1))
    found = analyse(standings, index)
    assert isinstance(found, NoAnalysis)
    assert found.reason.en == "Only 1 bodies are ranked."


# ---- published results


def published(
    index: Index, pillars: dict[str, list[float]], overall: list[float], ranked: int | None = None
) -> Standings:
    bodies = tuple(f"b{n}" for n in range(len(overall)))
    nothing = np.full(len(bodies), np.nan)
    nodes = {
        name: NodeScores.published(np.array(scores), nothing, None)
        for name, scores in pillars.items()
    }
    nodes["overall"] = NodeScores.published(np.array(overall), nothing, ranked)
    return Standings(2019, "province", bodies, nodes, "published")


def test_published_pillars_vary_in_their_weights_only(make_index: Make) -> None:
    index = make_index(**tree_of_points())
    scores = {"p": [0.9, 0.2, 0.5], "q": [0.3, 0.8, 0.5]}
    standings = published(index, scores, [0.6, 0.5, 0.5])
    found = result_of(standings, index, ALL)
    assert found.varied == (PILLAR_WEIGHTS, MEAN)
    np.testing.assert_allclose(found.nominal_score, [0.6, 0.5, 0.5])
    assert "only the level of pillars varies" in found.notes[0].en
    assert "by 0.0000 at most" in found.notes[1].en
    assert "b2" in found.like("b1")


def test_a_published_total_that_pillars_do_not_make_is_noted(make_index: Make) -> None:
    index = make_index(**tree_of_weights())
    standings = published(index, {"p": [0.9, 0.3], "q": [0.3, 0.6]}, [0.55, 0.5])
    found = result_of(standings, index, RoundChoices())
    np.testing.assert_allclose(found.nominal_score, [0.5, 0.5])
    assert "differ from those published by 0.0500 at most" in found.notes[1].en


@pytest.mark.parametrize(
    ("pillars", "ranked", "reason"),
    [
        ({"p": [0.9, 0.3]}, None, "known for 0 of 2 bodies"),
        ({"p": [0.9, 0.3], "q": [0.3, np.nan]}, None, "known for 1 of 2 bodies"),
        ({"p": [0.9, 0.3], "q": [0.3, 0.4]}, 63, "known for 2 of 63 bodies"),
        ({}, None, "known for 0 of 2 bodies"),
    ],
)
def test_without_all_pillar_scores_there_is_a_reason_and_no_analysis(
    make_index: Make, pillars: dict[str, list[float]], ranked: int | None, reason: str
) -> None:
    index = make_index(**tree_of_points())
    found = analyse(published(index, pillars, [0.6, 0.5], ranked), index)
    assert isinstance(found, NoAnalysis)
    assert reason in found.reason.en
    assert found.reason.missing() == []
