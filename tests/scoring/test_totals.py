"""From criteria to pillars to the whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.index import load_index
from chiso.rounds.answers import Answer, State
from chiso.scoring.engine import score
from chiso.scoring.totals import weighted_mean

NOT_MEASURED = Answer(state=State.NOT_MEASURED)


def test_points_and_maxima_add_up_over_levels_of_unequal_depth(
    make_index, number_criterion, scored
):
    index = make_index(
        pillars=[
            {
                "id": "p",
                "pillars": [{"id": "deep", "criteria": [number_criterion("a", 10)]}],
                "criteria": [number_criterion("b", 20)],
            }
        ],
        criteria=[number_criterion("c", 70)],
    )
    found = scored(index, {"one": {"a": 5, "b": 20, "c": 35}})
    points = {node: found.standing("one", node).points for node in found.nodes}
    assert points == {"overall": 60, "p": 25, "deep": 5, "a": 5, "b": 20, "c": 35}
    assert {node: found.standing("one", node).maximum for node in found.nodes} == {
        "overall": 100, "p": 30, "deep": 10, "a": 10, "b": 20, "c": 70,
    }  # fmt: skip
    assert found.standing("one", "p").score == 25 / 30


def test_a_bonus_adds_points_and_no_maximum_and_the_score_stays_within_one(number_index, scored):
    index = number_index(a=10, more={"points": 5, "counts": "bonus"})
    found = scored(
        index, {"one": {"a": 6, "more": 3}, "two": {"a": 9, "more": 5}, "none": {"a": 6}}
    )
    assert [found.standing(b).points for b in found.bodies] == [9, 14, 6]
    assert [found.standing(b).maximum for b in found.bodies] == [10, 10, 10]
    assert [found.standing(b).score for b in found.bodies] == [0.9, 1, 0.6]
    assert found.standing("one", "more").points == 3


def test_a_deduction_takes_points_and_the_score_stays_above_zero(number_index, scored):
    index = number_index(a=10, less={"points": 5, "counts": "deduction"})
    found = scored(index, {"one": {"a": 6, "less": 2}, "two": {"a": 1, "less": 5}})
    assert [found.standing(b).points for b in found.bodies] == [4, -4]
    assert [found.standing(b).score for b in found.bodies] == [0.4, 0]
    assert found.standing("one", "less").points == -2


def test_a_missing_bonus_or_deduction_does_not_lower_the_coverage(number_index, scored):
    index = number_index(
        a=10, more={"points": 5, "counts": "bonus"}, less={"points": 5, "counts": "deduction"}
    )
    found = scored(index, {"one": {"a": 6, "more": NOT_MEASURED}})
    assert (found.standing("one").score, found.standing("one").coverage) == (0.6, 1)


def test_weights_make_an_arithmetic_mean_of_scores(number_index, scored):
    index = number_index(
        {"aggregate": "weights"}, a={"points": 10, "weight": 3}, b={"points": 100, "weight": 1}
    )
    found = scored(index, {"one": {"a": 5, "b": 90}})
    assert found.standing("one").score == pytest.approx((3 * 0.5 + 1 * 0.9) / 4)
    assert found.standing("one").maximum == 1


def test_weights_make_a_geometric_mean_in_which_zero_is_not_made_good(number_index, scored):
    index = number_index(
        {"aggregate": {"by": "weights", "mean": "geometric"}},
        a={"points": 10, "weight": 1},
        b={"points": 10, "weight": 3},
    )
    found = scored(index, {"one": {"a": 5, "b": 9}, "zero": {"a": 0, "b": 10}})
    assert found.standing("one").score == pytest.approx((0.5 * 0.9**3) ** (1 / 4))
    assert found.standing("zero").score == 0


def test_what_was_not_measured_leaves_a_mean_and_its_weight_is_shared_out(number_index, scored):
    index = number_index(
        {"aggregate": "weights"}, a={"points": 10, "weight": 3}, b={"points": 10, "weight": 1}
    )
    found = scored(index, {"one": {"a": NOT_MEASURED, "b": 8}})
    assert found.standing("one").score == pytest.approx(0.8)
    assert found.standing("one").coverage == 0.25


def test_a_weighted_pillar_enters_a_sum_with_its_points(make_index, number_criterion, scored):
    mean = {
        "id": "p",
        "points": 40,
        "aggregate": "weights",
        "criteria": [
            number_criterion("a", {"points": 10, "weight": 1}),
            number_criterion("b", {"points": 10, "weight": 1}),
        ],
    }
    index = make_index(pillars=[mean], criteria=[number_criterion("c", 60)])
    found = scored(index, {"one": {"a": 10, "b": 5, "c": 30}})
    assert found.standing("one", "p").points == pytest.approx(30)
    assert found.standing("one").points == pytest.approx(60)
    assert found.standing("one").maximum == 100


def test_egdi_is_the_mean_of_three_indexes(make_answers):
    """UN E-Government Survey 2024, methodology: EGDI = (OSI + TII + HCI) / 3."""
    index = load_index("egdi/2024")
    given = {"online_services": 0.7, "infrastructure": 0.85, "human_capital": 0.73}
    answers = make_answers(index, {"land": {f"{name}.value": v for name, v in given.items()}})
    found = score(index, "country", answers).standing("land")
    assert found.score == pytest.approx((0.7 + 0.85 + 0.73) / 3)


def test_a_coverage_below_the_least_leaves_the_score_unknown(number_index, scored):
    index = number_index({"publish": {"coverage": 0.8}}, a=8, b=2, c={"points": 10})
    found = scored(
        index,
        {
            "all": {"a": 8, "b": 2, "c": 10},
            "half": {"a": NOT_MEASURED, "b": 2, "c": 10},
            "much": {"a": 8, "b": NOT_MEASURED, "c": 10},
        },
    )
    half = found.standing("half")
    assert (half.score, half.rank, half.points) == (None, None, None)
    assert half.coverage == 0.6
    assert found.standing("much").score == 1
    assert found.standing("all").ranked == 2


def test_a_coverage_that_equals_the_least_is_enough(number_index, scored):
    assert 0.6 / (0.6 + 0.15) < 0.8  # though it is exactly four fifths
    index = number_index({"publish": {"coverage": 0.8}}, a=0.6, b=0.15)
    found = scored(index, {"one": {"a": 0.3, "b": NOT_MEASURED}}).standing("one")
    assert found.score == pytest.approx(0.5)


def test_a_bonus_cannot_lift_a_pillar_above_one_in_a_mean(make_index, number_criterion, scored):
    bonus = number_criterion("more", {"points": 5, "counts": "bonus"})
    pillars = [
        {"id": "p", "weight": 1, "criteria": [number_criterion("a", 10), bonus]},
        {"id": "q", "weight": 1, "criteria": [number_criterion("b", 10)]},
    ]
    index = make_index(aggregate="weights", pillars=pillars)
    found = scored(index, {"one": {"a": 10, "more": 5, "b": 5}}).standing("one")
    assert found.score == pytest.approx((1 + 0.5) / 2)


def test_where_nothing_was_measured_nothing_is_known(number_index, scored):
    found = scored(number_index(a=10), {"one": {"a": NOT_MEASURED}, "two": {"a": 1}})
    one = found.standing("one")
    assert (one.score, one.rank, one.points, one.coverage) == (None, None, None, 0)
    assert found.standing("two").rank == 1
    assert found.standing("two").ranked == 1


weights = st.lists(st.floats(0.1, 10), min_size=3, max_size=3)
levels = st.lists(st.one_of(st.just(float("nan")), st.floats(0.01, 1)), min_size=3, max_size=3)


@given(weights, levels, st.sampled_from(["arithmetic", "geometric"]))
def test_means_agree_with_their_definition(weight, scores, mean):
    known = [(w, s) for w, s in zip(weight, scores, strict=True) if s == s]
    total = sum(w for w, _ in known)
    if not known:
        expected = float("nan")
    elif mean == "arithmetic":
        expected = sum(w * s for w, s in known) / total
    else:
        expected = np.prod([s ** (w / total) for w, s in known])
    [found] = weighted_mean(np.array(scores)[:, None], np.array(weight)[:, None], mean)
    assert found == pytest.approx(expected, nan_ok=True)


@given(weights, levels)
def test_the_geometric_mean_is_never_above_the_arithmetic(weight, scores):
    column, of = np.array(scores)[:, None], np.array(weight)[:, None]
    low, high = weighted_mean(column, of, "geometric"), weighted_mean(column, of, "arithmetic")
    assert np.isnan(low).all() or (low <= high + 1e-12).all()
