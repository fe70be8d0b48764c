"""A change split into own performance, the others and the rules: exact, and each alone."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.comparison import (
    Effects,
    History,
    RankEffects,
    Unsplit,
    change,
    split_ranks,
    split_scores,
)
from chiso.index import OVERALL
from chiso.rounds.answers import AnswerBook, Observation, Ruling
from chiso.scoring.engine import score
from chiso.scoring.standings import RoundResult

NUMBER = {"type": "number"}


@pytest.fixture(scope="module")
def years(register, make_answers):
    """A history of years, each given as (index, {body: {key: value}}) or with rulings."""

    def make(*given):
        results = []
        for year, (index, answers, *rulings) in enumerate(given, 2020):
            laid_out = make_answers(index, answers, *rulings)
            standings = score(index, "province", laid_out, year=year)
            results.append(RoundResult(year, index, {"province": standings}))
        return History(results, register)

    return make


@pytest.fixture(scope="module")
def bandwidth(make_index):
    """A share of the best worth 10 and a share worth `points`."""

    def make(points=10, **share):
        return make_index(
            criteria=[
                {"id": "b", "points": 10, "inputs": {"x": NUMBER}, "rule": {"share_of_best": "x"}},
                {"id": "s", "points": points, "inputs": {"x": NUMBER},
                 "rule": {"share": "x / 10"}, **share},
            ]
        )  # fmt: skip

    return make


def split(history, node=OVERALL):
    return split_scores(history, "province", 2021, 2020, node)


def parts(effects):
    return pytest.approx((effects.performance, effects.population, effects.rules))


def test_only_the_own_answers_change(years, bandwidth):
    before = {"a": {"b.x": 2, "s.x": 5}, "b": {"b.x": 10, "s.x": 5}}
    after = {"a": {"b.x": 4, "s.x": 7}, "b": {"b.x": 10, "s.x": 5}}
    effects = split(years((bandwidth(), before), (bandwidth(), after)))
    assert parts(effects["a"]) == ((2 + 2) / 20, 0, 0)
    assert parts(effects["b"]) == (0, 0, 0)


def test_only_the_best_of_the_others_changes(years, bandwidth):
    before = {"a": {"b.x": 2, "s.x": 5}, "b": {"b.x": 10, "s.x": 5}}
    after = {"a": {"b.x": 2, "s.x": 5}, "b": {"b.x": 20, "s.x": 5}}
    effects = split(years((bandwidth(), before), (bandwidth(), after)))
    assert parts(effects["a"]) == (0, -1 / 20, 0)


def test_only_the_rules_change(years, bandwidth):
    answers = {"a": {"b.x": 2, "s.x": 5}, "b": {"b.x": 10, "s.x": 5}}
    effects = split(years((bandwidth(), answers), (bandwidth(points=30), answers)))
    assert parts(effects["a"]) == (0, 0, (2 + 15) / 40 - (2 + 5) / 20)
    assert parts(effects["b"]) == (0, 0, 25 / 40 - 15 / 20)


def test_a_new_best_of_ones_own_is_performance_and_then_population(years, bandwidth):
    """Against the old best of 10 a value of 20 earns no more than all points; that the others
    now fall behind is the population's effect on them."""
    before = {"a": {"b.x": 10, "s.x": 5}, "b": {"b.x": 5, "s.x": 5}}
    after = {"a": {"b.x": 20, "s.x": 5}, "b": {"b.x": 5, "s.x": 5}}
    effects = split(years((bandwidth(), before), (bandwidth(), after)))
    assert parts(effects["a"]) == (0, 0, 0)
    assert parts(effects["b"]) == (0, -2.5 / 20, 0)


def test_the_three_together_are_taken_in_the_stated_order(years, bandwidth):
    before = {"a": {"b.x": 2, "s.x": 5}, "b": {"b.x": 10, "s.x": 5}}
    after = {"a": {"b.x": 6, "s.x": 8}, "b": {"b.x": 20, "s.x": 5}}
    effects = split(years((bandwidth(), before), (bandwidth(points=30), after)))
    start, own, others, end = (2 + 5) / 20, (6 + 8) / 20, (3 + 8) / 20, (3 + 24) / 40
    assert parts(effects["a"]) == (own - start, others - own, end - others)


values = st.integers(0, 20)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(values, values, values, values), min_size=1, max_size=4),
    st.sampled_from([5, 10, 30]),
    st.sampled_from([5, 10, 30]),
    st.sampled_from([OVERALL, "b", "s"]),
)
def test_the_effects_add_up_to_the_change(years, bandwidth, numbers, old, new, node):
    bodies = ["a", "b", "c", "e"][: len(numbers)]
    before = {body: {"b.x": n[0], "s.x": n[1]} for body, n in zip(bodies, numbers, strict=True)}
    after = {body: {"b.x": n[2], "s.x": n[3]} for body, n in zip(bodies, numbers, strict=True)}
    history = years((bandwidth(old), before), (bandwidth(new), after))
    effects = split(history, node)
    assert set(effects) == set(bodies)
    for body in bodies:
        whole = change(history, body, "province", 2021, 2020, node).score
        assert effects[body].total == pytest.approx(whole, abs=1e-12)


def test_bodies_of_both_years_only_are_split(years, bandwidth):
    one, two = {"b.x": 2, "s.x": 5}, {"b.x": 4, "s.x": 5}
    found = split(years((bandwidth(), {"a": one, "b": one}), (bandwidth(), {"b": two, "c": two})))
    assert set(found) == {"b"}


def test_a_body_whose_score_is_unknown_on_the_way_is_left_out(years, make_index, make_answers):
    check = make_index(
        criteria=[{"id": "c", "points": 10, "source": "check", "rule": {"observed": "CT-1"}}]
    )
    history = years((check, {"a": {}, "b": {}}), (check, {"a": {}, "b": {}}))
    assert split(history) == {}


def test_levels_of_checks_are_carried_to_the_old_rules(register, make_index):
    def result(year, points, level):
        index = make_index(
            criteria=[
                {"id": "c", "points": points, "source": "check", "rule": {"observed": "CT-1"}},
                {"id": "d", "points": 10, "rule": {"formula": 5}},
            ]
        )
        book = AnswerBook(index, ["a"])
        book.observe("a", "CT-1", level, Observation("partial"))
        standings = score(index, "province", book.build(), year=year)
        return RoundResult(year, index, {"province": standings})

    effects = split(History([result(2020, 10, 0.2), result(2021, 30, 0.6)], register))
    assert parts(effects["a"]) == (4 / 20, 0, (18 + 5) / 40 - (6 + 5) / 20)


def test_points_given_in_a_ruling_keep_their_share_under_the_old_rules(years, bandwidth):
    answers = {"a": {"b.x": 5, "s.x": 0}}
    old = {("a", "s"): Ruling("correct", "seen", 8)}
    new = {("a", "s"): Ruling("correct", "seen", 16)}
    history = years((bandwidth(10), answers, old), (bandwidth(20), answers, new))
    effects = split(history)["a"]
    assert effects.performance == pytest.approx(0)
    assert effects.rules == pytest.approx(26 / 30 - 18 / 20)


# ── why a change cannot be split ──


def test_published_results_cannot_be_split(example):
    assert split_scores(example, "province", 2019, 2018) == Unsplit("published")


def test_an_absent_year_or_group_cannot_be_split(years, bandwidth):
    history = years((bandwidth(), {"a": {"b.x": 1}}), (bandwidth(), {"a": {"b.x": 1}}))
    assert split_scores(history, "province", 2021, 1999) == Unsplit("absent")
    assert split_scores(history, "ministry", 2021, 2020) == Unsplit("absent")


def test_inputs_that_are_no_longer_asked_are_named(years, make_index, bandwidth):
    answers = {"a": {"b.x": 1}}
    only_b = make_index(
        criteria=[
            {"id": "b", "points": 10, "inputs": {"x": NUMBER}, "rule": {"share_of_best": "x"}}
        ]
    )
    assert split(years((bandwidth(), answers), (only_b, answers))) == Unsplit("inputs", ("s.x",))
    assert isinstance(split(years((only_b, answers), (bandwidth(), answers))), dict)


def test_a_check_that_is_no_longer_made_is_named(years, make_index):
    def observing(check):
        criterion = {"id": "c", "points": 10, "source": "check", "rule": {"observed": check}}
        return make_index(criteria=[criterion])

    history = years((observing("CT-1"), {"a": {}}), (observing("CT-2"), {"a": {}}))
    assert split(history) == Unsplit("inputs", ("check:CT-1",))


def test_a_node_that_one_of_the_versions_lacks_is_named(years, make_index, bandwidth):
    answers = {"a": {"b.x": 1}}
    only_b = make_index(
        criteria=[
            {"id": "b", "points": 10, "inputs": {"x": NUMBER}, "rule": {"share_of_best": "x"}}
        ]
    )
    assert split(years((only_b, answers), (bandwidth(), answers)), "s") == Unsplit("inputs", ("s",))


def choosing(make_index, *options):
    choice = {"type": "choice", "options": {option: option for option in options}}
    rule = {"levels": {"of": "x", "at": dict.fromkeys(options, 0.5) | {"full": 1, "none": 0}}}
    return make_index(criteria=[{"id": "c", "points": 10, "inputs": {"x": choice}, "rule": rule}])


def test_a_choice_with_other_options_cannot_be_read_by_the_old_rules(years, make_index):
    """A choice is stored as the place of its option; in another order it would mean another."""
    answers = {"a": {"c.x": "full"}}
    same = choosing(make_index, "none", "full")
    turned = choosing(make_index, "full", "none")
    assert parts(split(years((same, answers), (same, answers)))["a"]) == (0, 0, 0)
    assert split(years((same, answers), (turned, answers))) == Unsplit("inputs", ("c.x",))


def table(make_index, **columns):
    units = {"type": "table", "columns": columns}
    rule = {"share": "share(x, wan)"}
    return make_index(criteria=[{"id": "c", "points": 10, "inputs": {"x": units}, "rule": rule}])


def test_a_table_may_gain_columns_and_must_not_change_those_it_had(years, make_index):
    small = table(make_index, wan="yes_no")
    more = table(make_index, lan="yes_no", wan="yes_no")
    other = table(make_index, wan="number")
    rows = {"a": {"c.x": [{"wan": "yes"}, {"wan": "no"}]}}
    numbers = {"a": {"c.x": [{"wan": 1}, {"wan": 0}]}}
    assert parts(split(years((small, rows), (more, rows)))["a"]) == (0, 0, 0)
    assert split(years((more, rows), (small, rows))) == Unsplit("inputs", ("c.x",))
    assert split(years((small, rows), (other, numbers))) == Unsplit("inputs", ("c.x",))


def test_appraised_points_out_of_another_maximum_cannot_be_read_by_the_old_rules(years, make_index):
    def appraised(points):
        return make_index(
            criteria=[
                {"id": "c", "points": points, "source": "appraiser", "rule": {"awarded": "panel"}}
            ]
        )

    old, new = {"a": {"c.awarded": 5}}, {"a": {"c.awarded": 10}}
    history = years((appraised(10), old), (appraised(20), new))
    assert split(history) == Unsplit("inputs", ("c.awarded",))
    assert isinstance(split(years((appraised(10), old), (appraised(10), old))), dict)


# ── ranks ──


@pytest.fixture(scope="module")
def ranked(number_index, scored):
    def make(given, **settings):
        index = number_index(settings, c=10)
        return scored(index, {body: {"c": points} for body, points in given.items()})

    return make


def test_among_the_same_bodies_every_place_is_own_performance(ranked):
    before, now = ranked({"a": 1, "b": 2, "c": 3}), ranked({"a": 9, "b": 2, "c": 3})
    assert split_ranks(now, before, "a") == RankEffects(2, 0)
    assert split_ranks(now, before, "c") == RankEffects(-1, 0)


def test_bodies_that_entered_above_cost_places_without_any_fault(ranked):
    before, now = ranked({"a": 5, "b": 2}), ranked({"a": 5, "b": 2, "x": 9, "y": 8})
    assert split_ranks(now, before, "a") == RankEffects(0, -2)


def test_bodies_that_left_from_above_give_places(ranked):
    before, now = ranked({"a": 5, "b": 2, "x": 9}), ranked({"a": 1, "b": 2})
    assert split_ranks(now, before, "a") == RankEffects(-1, 1)


def test_ties_at_the_precision_of_publication_are_no_effect_of_others(ranked):
    at = {"publish": {"rank_at": 2}}
    before = ranked({"a": 5.001, "b": 5.002}, **at)
    now = ranked({"a": 5.002, "b": 5.001}, **at)
    assert split_ranks(now, before, "a") == RankEffects(0, 0)


def test_ranks_that_are_not_all_known_are_not_split(ranked, published):
    before, now = ranked({"a": 5, "b": 2}), ranked({"a": 5, "c": 2})
    assert split_ranks(now, before, "c") is None
    assert split_ranks(now, before, "a", "nothing") is None
    partial = published(2019, {OVERALL: {"a": (0.5, 1), "b": (None, 2)}}).groups["province"]
    assert split_ranks(before, partial, "a") is None


def test_effects_are_plain_figures():
    effects = Effects(OVERALL, 0.1, -0.05, 0.02)
    assert effects.total == pytest.approx(0.07)
    assert dataclasses.asdict(effects)["node"] == OVERALL
