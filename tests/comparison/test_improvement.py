"""The planner: the cheapest steps, exactly, and never against the rules."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.comparison.improvement import (
    BEGINNING,
    NoPlan,
    at_risk,
    plan_to_reach,
    possible_steps,
)
from chiso.comparison.plan_files import (
    LATE,
    LOST,
    REACHED,
    STANDING,
    UNDER_WAY,
    UNKNOWN,
    Assignment,
    Followed,
    followed,
    read_efforts,
    read_plan,
    same_size,
    write_plan,
)
from chiso.index.model import OVERALL
from chiso.problems import InvalidInput
from chiso.rounds.answers import AnswerBook, Observation
from chiso.scoring.engine import score

BODIES = "abcdef"


@pytest.fixture(scope="module")
def standings(number_index, scored):
    """Six bodies and four criteria; `a` is last."""
    given_points = {
        "a": (2, 4, 0, 1),
        "b": (6, 4, 5, 3),
        "c": (8, 9, 5, 2),
        "d": (10, 12, 10, 5),
        "e": (5, 20, 3, 4),
        "f": (7, 11, 8, 1),
    }
    index = number_index(w=10, x=20, y=10, z=5)
    return scored(
        index,
        {body: dict(zip("wxyz", values, strict=True)) for body, values in given_points.items()},
    )


def brute(steps, needed):
    """The least effort over all sets of at most one step a criterion."""
    by_criterion = {}
    for step in steps:
        by_criterion.setdefault(step.criterion, [None]).append(step)
    best = np.inf
    for choice in itertools.product(*by_criterion.values()):
        taken = [step for step in choice if step is not None]
        if sum(step.gain for step in taken) >= needed - 1e-12:
            best = min(best, sum(step.effort for step in taken))
    return best


@pytest.mark.parametrize("rank", [5, 4, 3, 2, 1])
def test_the_plan_is_as_cheap_as_the_cheapest_of_all_plans(standings, rank):
    plan = plan_to_reach(standings, "a", rank)
    steps = possible_steps(standings, "a")
    assert plan.proven
    assert plan.reached_rank <= rank
    assert plan.effort == pytest.approx(brute(steps, plan.threshold - plan.score))


points = st.lists(st.integers(0, 4), min_size=3, max_size=3)


@settings(max_examples=40)
@given(st.lists(points, min_size=4, max_size=5), st.integers(1, 3))
def test_it_is_so_for_any_small_round(number_index, scored, table, rank):
    index = number_index(x=4, y=8, z=4)
    rows = {BODIES[n]: dict(zip("xyz", row, strict=True)) for n, row in enumerate(table)}
    result = scored(index, rows)
    plan = plan_to_reach(result, "a", rank)
    steps = possible_steps(result, "a")
    assert plan.effort == pytest.approx(brute(steps, plan.threshold - plan.score))
    assert plan.reached_rank <= rank
    assert len({step.criterion for step in plan.steps}) == len(plan.steps)


def test_the_steps_scored_as_answers_give_the_rank(standings, number_index, scored):
    plan = plan_to_reach(standings, "a", 3)
    points_of = standings.computation.points
    rows = {
        body: {c: points_of[n, m] for n, c in enumerate("wxyz")} for m, body in enumerate(BODIES)
    }
    rows["a"] |= {step.criterion: step.then for step in plan.steps}
    again = scored(number_index(w=10, x=20, y=10, z=5), rows)
    assert again.standing("a").rank == plan.reached_rank
    assert again.standing("a").score == pytest.approx(plan.reached_score)


def test_a_step_only_leads_where_a_peer_is_or_to_the_top(standings):
    for step in possible_steps(standings, "a"):
        row = "wxyz".index(step.criterion)
        assert step.then in {*standings.computation.points[row], step.full}
        assert step.then > step.now
        assert step.effort > BEGINNING


def test_what_more_peers_have_costs_less(standings):
    [easy] = [s for s in possible_steps(standings, "a") if s.key == "w=5"]
    assert (easy.having, easy.asked, easy.examples) == (5, 5, ("b", "c", "d"))
    share = 3 / 10
    assert easy.effort == pytest.approx(BEGINNING + share * (1 + 4 * (1 - 5.5 / 6)))


def test_efforts_that_are_given_are_used(standings):
    steps = possible_steps(standings, "a", efforts={"w": 100})
    [step] = [s for s in steps if s.key == "w=10"]
    assert step.effort == pytest.approx(BEGINNING + 80)


def test_holding_the_place_needs_nothing_while_the_others_stand_still(standings):
    plan = plan_to_reach(standings, "d", standings.standing("d").rank)
    assert plan.steps == ()


def test_holding_the_place_with_certainty_asks_for_more_when_the_group_rises(
    standings, number_index, scored
):
    index = number_index(w=10, x=20, y=10, z=5)
    points_of = standings.computation.points
    earlier = scored(
        index,
        {
            body: {c: max(0.0, points_of[n, m] - 1 - m / 3) for n, c in enumerate("wxyz")}
            for m, body in enumerate(BODIES)
        },
    )
    own = standings.standing("c").rank
    still = plan_to_reach(standings, "c", own, earlier=earlier)
    sure = plan_to_reach(standings, "c", own, earlier=earlier, certainty=0.9)
    surer = plan_to_reach(standings, "c", own, earlier=earlier, certainty=0.99)
    assert still.certainty is None
    assert still.threshold < sure.threshold <= surer.threshold
    assert sure == plan_to_reach(standings, "c", own, earlier=earlier, certainty=0.9)


def test_a_rank_out_of_reach_says_how_far_the_body_can_come(number_index, scored):
    index = number_index(None, x=10, y={"points": 10, "counts": "bonus"})
    result = scored(index, {"a": {"x": 1}, "b": {"x": 5}})
    plan = plan_to_reach(result, "a", 1)
    assert plan.reached_rank == 1
    with pytest.raises(NoPlan, match="no rank 3"):
        plan_to_reach(result, "a", 3)


def test_published_results_and_bodies_without_a_score_have_no_plan(standings):
    from chiso.scoring.standings import NodeScores, Standings

    node = NodeScores.published(np.array([0.5, 0.6]), np.array([2.0, 1.0]), 2)
    published = Standings(2019, "province", ("a", "b"), {OVERALL: node}, origin="published")
    with pytest.raises(NoPlan, match="only published"):
        plan_to_reach(published, "a", 1)
    with pytest.raises(NoPlan, match="no score"):
        possible_steps(standings, "zzz")


def test_a_geometric_mean_is_refused(make_index, make_answers, number_criterion):
    index = make_index(
        aggregate={"by": "weights", "mean": "geometric"},
        criteria=[number_criterion(n, {"points": 1, "weight": 1}) for n in "xy"],
    )
    answers = make_answers(
        index, {b: {"x.x": 0.5, "y.x": v} for b, v in {"a": 0.2, "b": 1}.items()}
    )
    with pytest.raises(NoPlan, match="geometric"):
        plan_to_reach(score(index, "province", answers), "a", 1)


def test_what_an_unconfirmed_observation_would_cost(make_index):
    index = make_index(
        criteria=[
            {"id": "news", "points": 10, "source": "check", "rule": {"observed": "CT-03.news"}},
            {"id": "links", "points": 3, "source": "check", "rule": {"observed": "CT-05"}},
        ]
    )
    book = AnswerBook(index, list("abc"))
    for body, news, links in (("a", 1.0, 1.0), ("b", 0.8, 1.0), ("c", 0.5, 1.0)):
        book.observe(body, "CT-03.news", news, Observation("partial"))
        book.observe(body, "CT-05", links, Observation("pass"))
    standings = score(index, "province", book.build())
    assert [(r.criterion, r.points, r.rank) for r in at_risk(standings, "a")] == [
        ("news", 10.0, 3),
        ("links", 3.0, 2),
    ]


def test_demo_round_bac_kan_reaches_the_top_ten(tmp_path):
    from chiso.rounds.demo import make_demo
    from chiso.scoring.results import results_with_history

    make_demo(tmp_path)
    _, results = results_with_history(tmp_path / "2019")
    province = results[-1].groups["province"]
    plan = plan_to_reach(province, "bac-kan", 10)
    assert plan.rank > 10
    assert plan.reached_rank <= 10
    assert plan.proven


# ── plans as files ──


def test_a_saved_plan_is_read_again_and_followed(standings, tmp_path):
    plan = plan_to_reach(standings, "a", 3)
    path = tmp_path / "plan.csv"
    write_plan(path, plan, standings.computation.index)
    read = read_plan(path)
    assert [(a.criterion, a.now, a.then) for a in read] == [
        (s.criterion, s.now, s.then) for s in plan.steps
    ]
    assert all(line.now == line.assignment.now for line in followed(read, standings, "a"))
    other = next(followed([Assignment("gone", "gone", 0, 1)], standings, "a"))
    assert other.now is None


def test_how_far_a_step_is_said_in_one_word():
    import datetime as dt

    today = dt.date(2020, 6, 1)
    step = Assignment("x", "x", 2, 5)
    late = Assignment("x", "x", 2, 5, due=dt.date(2020, 5, 1))
    said = [Followed(step, now).state(today) for now in (None, 5, 3, 2, 1)]
    assert said == [UNKNOWN, REACHED, UNDER_WAY, STANDING, LOST]
    assert Followed(late, 3).state(today) == LATE
    assert Followed(late, 6).state(today) == REACHED


def test_efforts_and_plans_that_cannot_be_read_name_each_row(standings, tmp_path):
    path = tmp_path / "efforts.csv"
    path.write_text("criterion,effort\nw,2\nnone,1\nx,0\nw,3\n")
    with pytest.raises(InvalidInput) as caught:
        read_efforts(path, standings.computation.index)
    assert [p.row for p in caught.value.problems] == [3, 4, 5]
    path.write_text("criterion,from,to,owner,due\nw,2,,An,tomorrow\n")
    with pytest.raises(InvalidInput) as caught:
        read_plan(path)
    assert len(caught.value.problems) == 2


def test_bodies_of_like_size_are_found_by_a_fact(make_index, make_answers):
    index = make_index(
        facts={"staff": {"type": "integer"}},
        criteria=[
            {"id": "x", "points": 1, "rule": {"formula": "x"}, "inputs": {"x": {"type": "number"}}}
        ],
    )
    rows = {f"b{n}": {"staff": 10 * 2**n, "x.x": 0.5} for n in range(18)}
    standings = score(index, "province", make_answers(index, rows))
    assert same_size(standings, "b8", "staff") == ("b7", "b9", "b6", "b10", "b5", "b11")
    with pytest.raises(InvalidInput, match="facts: staff"):
        same_size(standings, "b8", "area")
