"""From the states of answers to what a criterion counts, and the page that says so."""

import itertools

import numpy as np
import pytest

from chiso.rounds.answers import STATE_TITLES, Answer, AnswerBook, Observation, Ruling, State
from chiso.scoring.engine import score
from chiso.scoring.outcomes import (
    EFFECTS,
    Outcome,
    is_excluded,
    is_uncovered,
    is_zero,
    outcomes,
    state_of_checks,
)

REASON = "because"


@pytest.fixture(scope="module")
def index(make_index):
    """A criterion `sum` of two numbers, and a plain one worth 10 beside it."""
    number = {"type": "number"}
    return make_index(
        criteria=[
            {
                "id": "c",
                "points": 10,
                "optional": True,
                "inputs": {"a": number, "b": number},
                "rule": {"sum": [{"count": "a", "cap": 5}, {"count": "b", "cap": 5}]},
            },
            {"id": "d", "points": 10, "inputs": {"x": number}, "rule": {"formula": "x"}},
        ]
    )


def outcome_of(index, make_answers, given, rulings=None):
    answers = make_answers(index, {"one": {"d.x": 10, **given}}, rulings)
    standings = score(index, "province", answers)
    computation = standings.computation
    overall = standings.standing("one")
    return (
        Outcome(int(computation.outcome[0, 0])),
        overall.points,
        overall.maximum,
        overall.coverage,
    )


STATES = {
    "both reported": ({"c.a": 2, "c.b": 3}, Outcome.COUNTED, 15, 20, 1),
    "one of two missing": ({"c.a": 2}, Outcome.PARTLY_MISSING, 12, 20, 1),
    "both missing": ({}, Outcome.MISSING, 10, 20, 1),
    "not applicable": (
        {"c.a": Answer(state=State.NOT_APPLICABLE, reason=REASON), "c.b": 3},
        Outcome.NOT_APPLICABLE, 10, 10, 1,
    ),
    "not measured": (
        {"c.a": Answer(state=State.NOT_MEASURED), "c.b": 3}, Outcome.NOT_MEASURED, 10, 10, 0.5,
    ),
    "pending": ({"c.a": Answer(state=State.PENDING), "c.b": 3}, Outcome.PENDING, 10, 10, 0.5),
    "rejected": (
        {"c.a": Answer(state=State.REJECTED, reason=REASON), "c.b": 3},
        Outcome.REJECTED, 10, 20, 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STATES)
def test_the_state_of_an_answer_decides_points_maximum_and_coverage(index, make_answers, case):
    given, outcome, points, maximum, coverage = STATES[case]
    assert outcome_of(index, make_answers, given) == (outcome, points, maximum, coverage)


RULINGS = {
    "accept": (Ruling("accept"), Outcome.COUNTED, 15, 20, 1),
    "correct": (Ruling("correct", REASON, 4), Outcome.RULED, 14, 20, 1),
    "reject": (Ruling("reject", REASON), Outcome.REJECTED, 10, 20, 1),
    "not_applicable": (Ruling("not_applicable", REASON), Outcome.NOT_APPLICABLE, 10, 10, 1),
    "pending": (Ruling("pending", REASON), Outcome.PENDING, 10, 10, 0.5),
}


@pytest.mark.parametrize("decision", RULINGS)
def test_a_ruling_overrules_what_was_answered(index, make_answers, decision):
    ruling, outcome, points, maximum, coverage = RULINGS[decision]
    found = outcome_of(index, make_answers, {"c.a": 2, "c.b": 3}, {("one", "c"): ruling})
    assert found == (outcome, points, maximum, coverage)


def test_a_ruling_counts_where_nothing_was_answered(index, make_answers):
    ruling = {("one", "c"): Ruling("correct", REASON, 4)}
    assert outcome_of(index, make_answers, {}, ruling)[:2] == (Outcome.RULED, 14)


def test_what_cannot_be_computed_earns_nothing_of_a_full_maximum(make_index, make_answers):
    number = {"type": "number"}
    index = make_index(
        criteria=[{"id": "c", "points": 10, "inputs": {"a": number}, "rule": {"share": "1 / a"}}]
    )
    standings = score(index, "province", make_answers(index, {"one": {"c.a": 0}}))
    assert standings.computation.outcome[0, 0] == Outcome.UNDEFINED
    assert (standings.standing("one").points, standings.standing("one").maximum) == (0, 10)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("needs_review", Outcome.PENDING),
        ("not_applicable", Outcome.NOT_APPLICABLE),
        ("explained", Outcome.NOT_APPLICABLE),
        ("not_measured", Outcome.NOT_MEASURED),
        ("blocked", Outcome.NOT_MEASURED),
        ("maintenance", Outcome.NOT_MEASURED),
        (None, Outcome.NOT_MEASURED),
    ],
)
def test_a_check_without_a_level_never_counts_as_low(make_index, state, outcome):
    index = make_index(
        criteria=[{"id": "c", "points": 10, "source": "check", "rule": {"observed": "CT-1"}}]
    )
    book = AnswerBook(index, ["one", "two"])
    book.observe("two", "CT-1", 0.0, Observation("fail"))
    if state is not None:
        book.observe("one", "CT-1", None, Observation(state))
    standings = score(index, "province", book.build())
    assert Outcome(int(standings.computation.outcome[0, 0])) == outcome
    assert standings.standing("one").score is None
    assert standings.standing("two").score == 0


def test_the_weightier_state_decides_whatever_the_order_of_the_answers():
    """The order of weight, lightest first."""
    weight = [State.REPORTED, State.MISSING, State.NOT_APPLICABLE, State.NOT_MEASURED,
              State.PENDING, State.REJECTED]  # fmt: skip
    meaning = [Outcome.COUNTED, Outcome.PARTLY_MISSING, Outcome.NOT_APPLICABLE,
               Outcome.NOT_MEASURED, Outcome.PENDING, Outcome.REJECTED]  # fmt: skip
    for first, second in itertools.product(weight, repeat=2):
        states = np.array([[first], [second], [State.REPORTED]], dtype=np.int8)
        [[found]] = outcomes(states, np.array([[0, 1]]), np.array([[1.0]]))
        heavier = max(weight.index(first), weight.index(second))
        assert found == meaning[heavier], (first, second)


def test_masks_say_what_the_table_says():
    every = np.array(list(Outcome), dtype=np.int8)
    for outcome, zero, excluded, uncovered in zip(
        Outcome, is_zero(every), is_excluded(every), is_uncovered(every), strict=True
    ):
        effect = EFFECTS[outcome]
        assert (zero, excluded, uncovered) == (
            effect.points == "zero",
            not effect.maximum,
            not effect.covered,
        )


def test_checks_observed_together_are_measured_where_one_of_them_was():
    pending, unmeasured, absent = State.PENDING, State.NOT_MEASURED, State.NOT_APPLICABLE
    states = np.array(
        [
            [State.REPORTED, unmeasured, pending, absent, unmeasured],
            [unmeasured, State.REPORTED, unmeasured, absent, absent],
        ],
        dtype=np.int8,
    )
    expected = [State.REPORTED, State.REPORTED, pending, absent, unmeasured]
    assert state_of_checks(states).tolist() == expected


def test_one_unmeasured_check_of_several_leaves_the_mean_of_the_others(make_index):
    index = make_index(
        criteria=[
            {
                "id": "seen",
                "points": 10,
                "source": "check",
                "rule": {"observed": ["AV-01", "AV-02"]},
            }
        ]
    )
    book = AnswerBook(index, ["a", "b"])
    book.observe("a", "AV-01", 0.5, Observation("partial"))
    book.observe("a", "AV-02", None, Observation("blocked"))
    book.observe("b", "AV-01", None, Observation("blocked"))
    book.observe("b", "AV-02", None, Observation("not_measured"))
    standings = score(index, next(iter(index.groups)), book.build())
    assert standings.standing("a", "seen").points == 5
    assert standings.standing("b", "seen").score is None


def rows(page, heading):
    section = page.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_the_page_on_states_has_the_table_of_outcomes(root):
    page = (root / "docs" / "reference" / "states.md").read_text(encoding="utf-8")
    words = {"rule": "what the rule gives", "zero": "0", "none": "none", "ruling": "as ruled"}
    expected = [
        [
            outcome.name.lower(),
            effect.title.vi,
            effect.title.en,
            words[effect.points],
            "counts" if effect.maximum else "leaves the total",
            "covered" if effect.covered else "open",
        ]
        for outcome, effect in EFFECTS.items()
    ]
    assert rows(page, "Outcomes of a criterion") == expected


def test_the_page_on_states_has_the_states_of_an_answer_in_order_of_weight(root):
    page = (root / "docs" / "reference" / "states.md").read_text(encoding="utf-8")
    listed = rows(page, "States of an answer")
    assert [[word, vi, en] for word, vi, en, *_ in listed] == [
        [state.word, STATE_TITLES[state].vi, STATE_TITLES[state].en] for state in State
    ]
