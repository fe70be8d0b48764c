"""Scoring a group: applicability, the best of the group, and what always holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.index import OVERALL, load_index
from chiso.rounds.answers import Answer, AnswerBook, Answers, Observation, Ruling, State
from chiso.scoring.engine import score
from chiso.scoring.outcomes import Outcome

NAN = float("nan")
REASON = "because"


@pytest.fixture(scope="module")
def services(make_index, number_criterion):
    """1,000 points, 250 of them for online services, which need procedures.

    Lào Cai 2022: at most 1,000 points, 750 for units without administrative procedures;
    http://qlqh.laocai.gov.vn/vi/bai-viet/17115"""
    return make_index(
        facts={"procedures": {"type": "integer", "min": 0}},
        pillars=[
            {"id": "general", "criteria": [number_criterion("a", 750)]},
            {
                "id": "online",
                "criteria": [number_criterion("b", {"points": 250, "applies": "procedures > 0"})],
            },
        ],
    )


def test_what_does_not_apply_leaves_the_maximum(services, scored):
    found = scored(
        services,
        {"with": {"procedures": 9, "a": 600, "b": 200}, "without": {"procedures": 0, "a": 600}},
    )
    assert [found.standing(body).maximum for body in found.bodies] == [1000, 750]
    assert [found.standing(body).score for body in found.bodies] == [0.8, 0.8]
    assert [found.standing(body).coverage for body in found.bodies] == [1, 1]
    assert found.standing("without", "online").score is None
    assert found.standing("without", "online").maximum == 0


def test_not_telling_whether_it_applies_does_not_shrink_the_maximum(services, scored):
    standing = scored(services, {"silent": {"a": 600}}).standing("silent")
    assert (standing.points, standing.maximum, standing.score) == (600, 1000, 0.6)


def test_what_does_not_apply_earns_nothing_even_if_answered(services, scored):
    standing = scored(services, {"one": {"procedures": 0, "a": 600, "b": 250}}).standing("one")
    assert (standing.points, standing.maximum) == (600, 750)


def test_missing_and_rejected_earn_nothing_of_a_full_maximum(number_index, scored):
    rejected = Answer(state=State.REJECTED, reason=REASON)
    found = scored(number_index(a=10, b=10), {"gap": {"a": 8}, "bad": {"a": 8, "b": rejected}})
    for body in found.bodies:
        standing = found.standing(body)
        assert (standing.points, standing.maximum, standing.score) == (8, 20, 0.4)
        assert standing.coverage == 1


def test_pending_and_not_measured_leave_the_maximum_and_lower_the_coverage(number_index, scored):
    pending, unmeasured = Answer(state=State.PENDING), Answer(state=State.NOT_MEASURED)
    found = scored(
        number_index(a=10, b=10), {"one": {"a": 8, "b": pending}, "two": {"a": 8, "b": unmeasured}}
    )
    for body in found.bodies:
        standing = found.standing(body)
        assert (standing.points, standing.maximum, standing.score) == (8, 10, 0.8)
        assert standing.coverage == 0.5


def test_criteria_for_other_groups_do_not_count(number_index, scored):
    index = number_index(
        {"groups": ["province", "ministry"]}, a=10, b={"points": 30, "groups": ["ministry"]}
    )
    given = {"one": {"a": 5, "b": 30}}
    assert scored(index, given).standing("one").maximum == 10
    assert scored(index, given, group="ministry").standing("one").maximum == 40
    assert "b" not in scored(index, given).nodes


def test_a_pillar_for_another_group_takes_all_below_it_along(make_index, number_criterion, scored):
    pillar = {"id": "p", "groups": ["ministry"], "criteria": [number_criterion("b", 30)]}
    index = make_index(
        groups=["province", "ministry"], pillars=[pillar], criteria=[number_criterion("a", 10)]
    )
    assert set(scored(index, {"one": {"a": 5}}).nodes) == {OVERALL, "a"}


def test_a_group_that_the_index_does_not_know_is_refused(number_index):
    with pytest.raises(ValueError, match="not meant for 'commune'; its groups: province"):
        score(number_index(a=1), "commune", Answers(("one",)))


# ── the best of the group ──


@pytest.fixture(scope="module")
def bandwidth(make_index):
    number = {"type": "number"}
    return make_index(
        facts={"staff": number},
        criteria=[
            {
                "id": "c",
                "points": 10,
                "optional": True,
                "inputs": {"mbps": number},
                "applies": "staff > 0",
                "rule": {"share_of_best": "mbps"},
            }
        ],
    )


def points_of(found):
    return [found.standing(body, "c").points for body in found.bodies]


def test_a_body_to_which_it_does_not_apply_is_not_the_best(bandwidth, scored):
    found = scored(
        bandwidth,
        {
            "a": {"staff": 1, "c.mbps": 20},
            "b": {"staff": 1, "c.mbps": 40},
            "c": {"staff": 0, "c.mbps": 900},
        },
    )
    assert points_of(found) == [5, 10, None]


@pytest.mark.parametrize("decision", ["reject", "pending", "not_applicable", "correct"])
def test_a_figure_that_was_not_accepted_is_not_the_best(bandwidth, scored, decision):
    ruling = Ruling(decision, REASON, points=2 if decision == "correct" else None)
    given = {"a": {"staff": 1, "c.mbps": 20}, "b": {"staff": 1, "c.mbps": 9000}}
    assert points_of(scored(bandwidth, given))[0] == pytest.approx(10 * 20 / 9000)
    assert points_of(scored(bandwidth, given, {("b", "c"): ruling}))[0] == 10
    accepted = scored(bandwidth, given, {("b", "c"): Ruling("accept")})
    assert points_of(accepted)[1] == 10


def test_a_rejected_or_pending_answer_is_not_the_best(bandwidth, scored):
    for state in (State.REJECTED, State.PENDING, State.NOT_MEASURED, State.NOT_APPLICABLE):
        given = {
            "a": {"staff": 1, "c.mbps": 20},
            "b": {"staff": 1, "c.mbps": Answer(9000, state, REASON)},
        }
        assert points_of(scored(bandwidth, given))[0] == 10


def test_bests_are_told_and_can_be_frozen(bandwidth, scored):
    given = {"a": {"staff": 1, "c.mbps": 20}, "b": {"staff": 1, "c.mbps": 40}}
    found = scored(bandwidth, given)
    assert found.computation.bests == {"c": 40}
    assert points_of(scored(bandwidth, given, bests={"c": 80})) == [2.5, 5]
    assert points_of(scored(bandwidth, given, bests=found.computation.bests)) == points_of(found)


# ── what is kept ──


def test_a_tie_shares_its_rank_and_says_so(number_index, scored):
    found = scored(number_index(a=10), {"x": {"a": 5}, "y": {"a": 9}, "z": {"a": 5}})
    assert [found.standing(body).rank for body in found.bodies] == [2, 1, 2]
    assert [found.standing(body).tied for body in found.bodies] == [True, False, True]
    assert found.leaders() == ("y",)
    assert [standing.rank for standing in found.ranking()] == [1, 2, 2]
    assert found.ordered() == ("y", "x", "z")


def test_ranks_are_taken_at_the_precision_of_publication_if_the_index_says_so(number_index, scored):
    given = {"x": {"a": 9.0001}, "y": {"a": 9.0002}}
    assert [*map(scored(number_index(a=10), given).leaders, [OVERALL])] == [("y",)]
    published_at = number_index({"publish": {"rank_at": 3}}, a=10)
    assert scored(published_at, given).leaders() == ("x", "y")


def test_every_pillar_and_criterion_is_ranked_by_itself(make_index, number_criterion, scored):
    index = make_index(
        pillars=[
            {"id": "p", "criteria": [number_criterion("a", 10)]},
            {"id": "q", "criteria": [number_criterion("b", 10)]},
        ]
    )
    found = scored(index, {"x": {"a": 9, "b": 1}, "y": {"a": 1, "b": 8}})
    assert [found.standing("x", node).rank for node in (OVERALL, "p", "q", "a", "b")] == [
        1, 1, 2, 1, 2,
    ]  # fmt: skip


def test_keys_of_figures_name_year_group_body_and_node(number_index, scored):
    found = scored(number_index(a=10), {"x": {"a": 9}}, year=2019)
    assert found.standing("x", "a").key == "2019/province/x/a"
    assert found.standing("x").half == "upper"


def test_who_is_not_in_the_group_has_an_unknown_standing(number_index, scored):
    found = scored(number_index(a=10), {"x": {"a": 9}})
    assert not found.standing("nobody").known
    assert not found.standing("x", "nothing").known
    assert found.leaders("nothing") == ()


@pytest.mark.parametrize(("ranked", "upper"), [(1, 1), (2, 1), (3, 2), (63, 32)])
def test_the_middle_place_of_an_odd_number_is_in_the_upper_half(
    number_index, scored, ranked, upper
):
    index = number_index(a=100)
    found = scored(index, {f"b{n}": {"a": n} for n in range(ranked)})
    halves = [standing.half for standing in found.ranking()]
    assert halves == ["upper"] * upper + ["lower"] * (ranked - upper)


# ── what always holds ──


@st.composite
def rounds(draw):
    """A seeded generator, and a few bodies to draw answers for."""
    seed = draw(st.integers(0, 10_000))
    bodies = draw(st.integers(1, 5))
    return np.random.default_rng(seed), [f"b{n}" for n in range(bodies)]


def fill(index, bodies, random):
    """Random allowed answers, with gaps."""
    given = {body: {} for body in bodies}
    for key, question in index.questions.items():
        for body in bodies:
            if random.random() < 0.15:
                continue
            given[body][key] = value_of(question, random)
    return given


def value_of(question, random):
    if question.type == "yes_no":
        return ["no", "yes"][random.integers(2)]
    if question.type == "choice":
        return list(question.options)[random.integers(len(question.options))]
    if question.type == "table":
        return [
            {name: value_of(column, random) for name, column in question.columns.items()}
            for _ in range(random.integers(4))
        ]
    if question.type in {"text", "date"}:
        return "text"
    low = question.min or 0
    return int(random.integers(low, min(question.max or 100, low + 100) + 1))


@pytest.fixture(scope="module")
def ict():
    return load_index("ict-application/2019")


def rated(index, given, seed=0, bodies=None):
    book = AnswerBook(index, bodies or list(given))
    for body in book.bodies:
        for key, value in given[body].items():
            book.put(body, key, Answer(value))
    random = np.random.default_rng(seed)
    levels = {
        (body, check): float(random.integers(3)) / 2
        for body in sorted(given)
        for node in index.leaves
        for check in node.item.checks
    }
    for (body, check), level in levels.items():
        book.observe(body, check, level, Observation("partial"))
    return score(index, "province", book.build(), year=2019)


@settings(max_examples=15)
@given(rounds())
def test_points_of_children_add_up_to_their_parent_everywhere(ict, case):
    random, bodies = case
    found = rated(ict, fill(ict, bodies, random))
    for parent in (None, *(node.id for node in ict.nodes)):
        below = ict.children(parent)
        if below:
            for part in ("points", "maximum", "known", "full"):
                total = sum(getattr(found.nodes[node.id], part) for node in below)
                whole = getattr(found.nodes[parent or OVERALL], part)
                np.testing.assert_allclose(total, whole, atol=1e-9)


@settings(max_examples=15)
@given(rounds())
def test_points_lie_within_none_and_the_maximum_and_scores_within_zero_and_one(ict, case):
    random, bodies = case
    found = rated(ict, fill(ict, bodies, random))
    computation = found.computation
    assert (computation.points >= 0).all()
    assert (computation.points <= computation.maximum + 1e-12).all()
    for scores in found.nodes.values():
        known = scores.score[~np.isnan(scores.score)]
        assert ((known >= 0) & (known <= 1)).all()


@settings(max_examples=15)
@given(rounds())
def test_the_order_of_the_bodies_does_not_matter(ict, case):
    random, bodies = case
    given_answers = fill(ict, bodies, random)
    here = rated(ict, given_answers)
    there = rated(ict, given_answers, bodies=list(reversed(bodies)))
    for node in here.nodes:
        for body in bodies:
            assert here.standing(body, node) == there.standing(body, node)


@settings(max_examples=25)
@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 10), min_size=1),
    st.sampled_from("abcdef"),
    st.integers(1, 10),
)
def test_improving_an_answer_never_lowers_the_own_score(
    number_index, scored, given_points, which, more
):
    index = number_index(**dict.fromkeys("abcdef", 20))
    before = scored(index, {"one": given_points, "two": {}}).standing("one")
    better = given_points | {which: given_points.get(which, 0) + more}
    after = scored(index, {"one": better, "two": {}}).standing("one")
    assert after.score > before.score


@settings(max_examples=25)
@given(st.lists(st.integers(1, 50), min_size=2, max_size=5), st.integers(1, 50))
def test_improving_a_share_of_the_best_helps_the_body_and_never_the_others(
    bandwidth, scored, mbps, more
):
    def run(values):
        found = scored(
            bandwidth, {f"b{n}": {"staff": 1, "c.mbps": v} for n, v in enumerate(values)}
        )
        return points_of(found)

    before, after = run(mbps), run([mbps[0] + more, *mbps[1:]])
    assert after[0] >= before[0]
    assert all(then <= first for first, then in zip(before[1:], after[1:], strict=True))


def test_outcomes_have_a_row_for_each_criterion_and_a_column_for_each_body(number_index, scored):
    found = scored(number_index(a=10, b=10), {"x": {"a": 1}, "y": {}})
    assert found.computation.outcome.tolist() == [
        [Outcome.COUNTED, Outcome.MISSING],
        [Outcome.MISSING, Outcome.MISSING],
    ]
