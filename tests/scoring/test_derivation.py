"""Why a number is what it is: from the total down to inputs, origins, rulings and citations."""

import numpy as np
import pytest

from chiso.index import OVERALL
from chiso.language import Text
from chiso.rounds.answers import Answer, AnswerBook, Observation, Ruling, State
from chiso.scoring.derivation import derive, outcome_title, state_title
from chiso.scoring.engine import score
from chiso.scoring.outcomes import Outcome
from chiso.scoring.standings import Citation, NodeScores, Standings

REASON = "because"


@pytest.fixture(scope="module")
def index(make_index):
    number = {"type": "number"}
    return make_index(
        facts={"staff": {"type": "integer", "unit": {"vi": "người", "en": "people"}}},
        pillars=[
            {
                "id": "infrastructure",
                "criteria": [
                    {
                        "id": "wan",
                        "points": 50,
                        "optional": True,
                        "inputs": {
                            "units": {
                                "type": "table",
                                "title": {"vi": "Đơn vị", "en": "Units"},
                                "columns": {"wan": "yes_no"},
                            },
                            "apps": {"type": "integer"},
                            "remark": {"type": "text"},
                        },
                        "rule": {
                            "sum": [
                                {"share": "share(units, wan)", "points": 45},
                                {"count": "apps", "cap": 5},
                            ]
                        },
                    },
                    {
                        "id": "centre",
                        "points": 60,
                        "inputs": {"certified": {"type": "yes_no"}, "own": {"type": "yes_no"}},
                        "rule": {
                            "best_of": [
                                {"yes_no": "certified", "points": 60},
                                {"yes_no": "own", "points": 35},
                            ]
                        },
                    },
                    {"id": "band", "points": 40, "inputs": {"mbps": number},
                     "rule": {"share_of_best": "mbps / staff"}},
                ],
            },
            {
                "id": "portal",
                "criteria": [
                    {"id": "news", "points": 12, "source": "check", "rule": {"observed": "CT-3"}},
                    {"id": "more", "points": 5, "counts": "bonus", "rule": {"formula": "n"},
                     "inputs": {"n": number}},
                    {"id": "less", "points": 5, "counts": "deduction", "rule": {"formula": "n"},
                     "inputs": {"n": number}},
                ],
            },
            {
                "id": "extra",
                "criteria": [{"id": "prize", "points": 9, "counts": "bonus",
                              "rule": {"formula": "n"}, "inputs": {"n": number}}],
            },
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def standings(index):
    book = AnswerBook(index, ["one", "two"])
    for key, value in {
        "staff": 100,
        "wan.units": [{"wan": "yes"}, {"wan": "no"}],
        "wan.apps": 3,
        "wan.remark": "two rooms",
        "centre.certified": "no",
        "centre.own": "yes",
        "band.mbps": 200,
        "more.n": 4,
        "less.n": 1,
        "prize.n": 7,
    }.items():
        book.put("one", key, Answer(value, origin=f"report.xlsx, {key}"))
    book.put("two", "staff", Answer(100))
    book.put("two", "band.mbps", Answer(400))
    book.add_evidence("one", "wan", ["contract.pdf"])
    book.observe(
        "one", "CT-3", 0.5, Observation("partial", Text.of("last news 2019-12-01"), "https://x.vn")
    )
    book.rule("two", "wan", Ruling("correct", "counted by hand", 20, by="An"))
    return score(index, "province", book.build(), year=2019)


def test_a_derivation_goes_down_to_the_inputs_with_their_origin(index, standings):
    wan = derive(index, standings, "one", "wan")
    assert (wan.points, wan.maximum, wan.outcome) == (25.5, 50, Outcome.COUNTED)
    lines = {line.key: line for line in wan.inputs}
    assert lines["wan.apps"].value == "3"
    assert lines["wan.apps"].origin == "report.xlsx, wan.apps"
    assert lines["wan.units"].number == 2
    assert lines["wan.remark"].value == "two rooms"
    assert lines["share(units, wan)"].number == 0.5
    assert lines["share(units, wan)"].title.en == "the share of “Units” with “wan”"
    assert {line.state for line in wan.inputs} == {State.REPORTED}
    assert wan.evidence == ("contract.pdf",)


def test_facts_and_words_are_shown_as_they_were_given(index, standings):
    band = derive(index, standings, "one", "band")
    [staff] = [line for line in band.inputs if line.key == "staff"]
    assert (staff.value, staff.unit.en) == ("100", "people")
    centre = derive(index, standings, "one", "centre")
    assert {line.key: line.value for line in centre.inputs} == {
        "centre.certified": "no", "centre.own": "yes",
    }  # fmt: skip


def test_each_rule_says_what_it_gave(index, standings):
    rules = derive(index, standings, "one", "wan").rules
    assert [(r.depth, r.quantity, r.points, r.maximum) for r in rules] == [
        (0, None, 25.5, 50),
        (1, 0.5, 22.5, 45),
        (1, 3, 3, 5),
    ]
    assert all(rule.chosen for rule in rules)


def test_the_chosen_alternative_is_marked(index, standings):
    rules = derive(index, standings, "one", "centre").rules
    assert [(r.points, r.chosen) for r in rules] == [(35, True), (0, False), (35, True)]


def test_no_alternative_is_chosen_where_all_are_unknown(index, standings):
    rules = derive(index, standings, "two", "centre").rules
    assert [(r.points, r.chosen) for r in rules] == [(None, True), (None, False), (None, False)]


def test_the_best_of_the_group_is_shown_beside_the_own_value(index, standings):
    [rule] = derive(index, standings, "one", "band").rules
    assert (rule.quantity, rule.best, rule.points) == (2, 4, 20)


def test_what_a_check_saw_is_shown(index, standings):
    news = derive(index, standings, "one", "news")
    [(check, seen)] = news.observations
    assert (check, seen.seen.en, seen.url) == ("CT-3", "last news 2019-12-01", "https://x.vn")
    assert news.points == 6


def test_a_ruling_is_shown_with_its_reason(index, standings):
    wan = derive(index, standings, "two", "wan")
    assert (wan.points, wan.outcome) == (20, Outcome.RULED)
    assert (wan.ruling.reason, wan.ruling.by) == ("counted by hand", "An")


def test_bonuses_and_deductions_are_shown_in_the_sum_they_enter(index, standings):
    portal = derive(index, standings, "one", "portal")
    assert [child.points for child in portal.children] == [6, 4, -1]
    assert portal.points == 9
    assert derive(index, standings, "one", "extra").points == 7


def check_sums(derivation):
    for node in derivation.walk():
        if node.children:
            assert sum(child.points or 0 for child in node.children) == pytest.approx(
                node.points or 0
            )


@pytest.mark.parametrize("body", ["one", "two"])
def test_points_of_children_add_up_to_those_of_their_parent(index, standings, body):
    check_sums(derive(index, standings, body))


def test_the_whole_holds_every_node_once_parents_first(index, standings):
    nodes = [node.node for node in derive(index, standings, "one").walk()]
    assert nodes == [OVERALL, *(node.id for node in index.nodes)]


def test_what_is_excluded_has_no_points_and_missing_ones_earn_zero(index):
    book = AnswerBook(index, ["one"])
    book.put("one", "wan.apps", Answer(state=State.NOT_APPLICABLE, reason="no network"))
    whole = derive(index, score(index, "province", book.build()), "one")
    by_node = {node.node: node for node in whole.walk()}
    assert (by_node["wan"].points, by_node["wan"].outcome) == (None, Outcome.NOT_APPLICABLE)
    assert [line.reason for line in by_node["wan"].inputs if line.reason] == ["no network"]
    assert (by_node["centre"].points, by_node["centre"].outcome) == (0, Outcome.MISSING)
    assert (by_node["news"].points, by_node["news"].outcome) == (None, Outcome.NOT_MEASURED)
    check_sums(whole)


def test_a_published_standing_ends_with_its_citation(index):
    nan = np.array([np.nan])
    nodes = {
        OVERALL: NodeScores.published(np.array([0.7699]), np.array([16.0]), 63),
        "portal": NodeScores.published(nan, np.array([42.0]), 63),
        "news": NodeScores.published(nan, np.array([5.0]), 63),
    }
    cited = {("one", "portal"): Citation("https://x.vn", "a note")}
    published = Standings(2019, "province", ("one",), nodes, "published", cited)
    whole = derive(index, published, "one")
    assert (whole.score, whole.points, whole.rank) == (0.7699, None, 16)
    [portal] = whole.children
    assert portal.citation == Citation("https://x.vn", "a note")
    [news] = portal.children
    assert (news.rank, news.rules, news.inputs) == (5, (), ())


def test_who_and_what_is_unknown_is_a_key_error_that_names_it(index, standings):
    with pytest.raises(KeyError, match="'three' is not assessed in the group 'province'"):
        derive(index, standings, "three")
    with pytest.raises(KeyError, match="no node 'nothing'; nodes are infrastructure"):
        derive(index, standings, "one", "nothing")


def test_outcomes_and_states_have_titles():
    assert outcome_title(Outcome.MISSING, "en") == "missing"
    assert state_title(State.PENDING, "vi") == "chờ xử lý"
