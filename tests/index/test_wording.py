"""Rules and expressions in words: every form in both languages, brackets where they matter."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.index import load_index, shipped_indexes
from chiso.index.expressions import FUNCTIONS, Scope, parse
from chiso.index.reducers import REDUCERS
from chiso.index.rules import KINDS
from chiso.index.wording import expression_words, rule_words
from chiso.language import LANGUAGES


@pytest.fixture(scope="session")
def index(make_index):
    """An index whose only criterion reads a number, a choice and a table."""
    inputs = {
        "a": {"type": "number", "title": {"vi": "Số máy", "en": "Computers"}},
        "b": {"type": "number", "title": {"vi": "Số người", "en": "Staff"}},
        "c": {"type": "choice", "options": {"x": {"vi": "mức x", "en": "level x"}}},
        "t": {
            "type": "table",
            "title": {"vi": "Đơn vị", "en": "Units"},
            "columns": {
                "wan": {"type": "yes_no", "title": {"vi": "có WAN", "en": "on the WAN"}},
                "kind": {"type": "choice", "options": {"y": {"vi": "sở", "en": "department"}}},
            },
        },
    }
    return make_index(
        criteria=[{"id": "k", "points": 10, "rule": {"formula": 1}, "inputs": inputs}]
    )


@pytest.fixture(scope="session")
def say(index):
    declared = {name: item for name, (_, item) in index.declared(index.criterion("k")).items()}

    def words(text, language="en"):
        return expression_words(parse(text), declared, language)

    return words


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("a / b", "“Số máy” ÷ “Số người”", "“Computers” ÷ “Staff”"),
        ("a * 1.5", "“Số máy” × 1,5", "“Computers” × 1.5"),
        ("a > 1000", "“Số máy” > 1.000", "“Computers” > 1,000"),
        ("0 < a <= 5", "0 < “Số máy” ≤ 5", "0 < “Computers” ≤ 5"),
        ("a != 1 or b == 2", "“Số máy” ≠ 1 hoặc “Số người” = 2", "“Computers” ≠ 1 or “Staff” = 2"),
        ("not a", "không phải “Số máy”", "not “Computers”"),
        ("c == 'x'", "“c” = “mức x”", "“c” = “level x”"),
        ("1 if a else 2", "1 nếu “Số máy”, ngược lại 2", "1 if “Computers”, otherwise 2"),
        ("count(t)", "số dòng của “Đơn vị”", "the number of rows of “Units”"),
        ("count(t, wan)", "số dòng của “Đơn vị” có “có WAN”",
         "the number of rows of “Units” with “on the WAN”"),
        ("share(t, kind == 'y')", "tỷ lệ của “Đơn vị” có “kind” = “sở”",
         "the share of “Units” with “kind” = “department”"),
        ("min(a, b)", "giá trị nhỏ nhất của “Số máy”; “Số người”",
         "the smallest of “Computers”; “Staff”"),
        ("unheard_of", "“unheard_of”", "“unheard_of”"),
    ],
)  # fmt: skip
def test_expressions_read_as_sentences_of_titles(say, text, vi, en):
    assert say(text, "vi") == vi
    assert say(text, "en") == en


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(a + b) * 2", "(“Computers” + “Staff”) × 2"),
        ("a + b * 2", "“Computers” + “Staff” × 2"),
        ("a - (b - 1)", "“Computers” − (“Staff” − 1)"),
        ("a - b - 1", "“Computers” − “Staff” − 1"),
        ("a / (b / 2)", "“Computers” ÷ (“Staff” ÷ 2)"),
        ("a / (b * 2)", "“Computers” ÷ (“Staff” × 2)"),
        ("-(a + b)", "−(“Computers” + “Staff”)"),
        ("-a", "−“Computers”"),
        ("not (a and b)", "not (“Computers” and “Staff”)"),
        ("not a > 1", "not “Computers” > 1"),
        ("a and (b or c)", "“Computers” and (“Staff” or “c”)"),
        ("(a and b) or c", "(“Computers” and “Staff”) or “c”"),
        ("(a > 1) + (b > 1)", "(“Computers” > 1) + (“Staff” > 1)"),
        ("(1 if a else 2) + b", "(1 if “Computers”, otherwise 2) + “Staff”"),
        ("(a > b) == (b > 1)", "(“Computers” > “Staff”) = (“Staff” > 1)"),
    ],
)
def test_brackets_stand_where_leaving_them_out_would_change_the_meaning(say, text, words):
    assert say(text) == words


@st.composite
def expressions(draw, depth=3):
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(["a", "b", "2", "7"]))
    left, right = draw(expressions(depth=depth - 1)), draw(expressions(depth=depth - 1))
    form = draw(
        st.sampled_from(
            ["({} + {})", "({} - {})", "({} * {})", "({} / {})", "(-{})", "({} < {})",
             "({} and {})", "({} or {})", "(not {})", "({} == {})"]
        )
    )  # fmt: skip
    return form.format(left, right)


@given(expressions())
def test_words_can_be_read_back_as_the_same_expression(say, text):
    """Whoever reads the signs with the usual precedence reads the expression that was written."""
    words = say(text)
    for sign, operator in {"“Computers”": "a", "“Staff”": "b", "−": "-", "×": "*", "÷": "/",
                           "=": "=="}.items():  # fmt: skip
        words = words.replace(sign, operator)
    scope = Scope(4, {"a": np.array([3.0, 2.0, -1.5, 0.0]), "b": np.array([5.0, 0.5, 4.0, 1.0])})
    with np.errstate(all="ignore"):
        read, written = parse(words).evaluate(scope), parse(text).evaluate(scope)
    np.testing.assert_allclose(read, written, rtol=1e-9)


def test_every_function_and_reducer_has_words(say):
    for language in LANGUAGES:
        for name, (least, _, _) in FUNCTIONS.items():
            assert "“" in say(f"{name}({', '.join(['a'] * least)})", language)
        for name, (least, _, _) in REDUCERS.items():
            text = f"{name}({', '.join(['t'] + ['wan'] * least)})"
            assert name.partition("_")[0] != say(text, language).partition(" ")[0]


RULES = {
    "share": ({"share": "a / b"}, ["“Computers” ÷ “Staff” (0 to 1) × 10 points"]),
    "share_of_best": (
        {"share_of_best": "a"},
        ["“Computers” ÷ the best value of the group × 10 points"],
    ),
    "goalposts": (
        {"goalposts": {"of": "a", "from": 0, "to": 0.5}},
        ["“Computers” between two goalposts: 0 gives 0, 0.5 gives 10 points, linear between"],
    ),
    "count": (
        {"count": "a", "each": 2, "cap": 8},
        ["“Computers” × 2 points, at most 8 points"],
    ),
    "yes_no": ({"yes_no": "a > 1"}, ["10 points if it holds: “Computers” > 1"]),
    "steps": (
        {"steps": {"of": "a", "at": {1: 5, 3: 10}, "otherwise": 2}},
        ["by steps of “Computers”, at most 10 points", "  ≥ 3: 10 points", "  ≥ 1: 5 points",
         "  < 1: 2 points"],
    ),
    "levels": (
        {"levels": {"of": "c", "at": {"x": 0.5}}},
        ["by level, at most 10 points", "  level x: 5 points"],
    ),
    "sum": (
        {"sum": [{"share": "a", "points": 6}, {"count": "b", "cap": 4}]},
        ["the sum of the parts, at most 10 points", "  “Computers” (0 to 1) × 6 points",
         "  “Staff” × 1 points, at most 4 points"],
    ),
    "best_of": (
        {"best_of": [{"yes_no": "a"}, {"yes_no": "b", "points": 5}]},
        ["the best of the alternatives, at most 10 points", "  10 points if it holds: “Computers”",
         "  5 points if it holds: “Staff”"],
    ),
    "adjust": (
        {"adjust": {"base": {"share": "a"}, "bonus": [{"yes_no": "b", "points": 1}],
                    "deduct": [{"yes_no": "b > 9", "points": 2}]}},
        ["the base, plus bonuses, less deductions, kept between 0 and 10 points",
         "  “Computers” (0 to 1) × 10 points",
         "  plus: 1 points if it holds: “Staff”",
         "  less: 2 points if it holds: “Staff” > 9"],
    ),
    "awarded": (
        {"awarded": {"vi": "hội đồng", "en": "by the panel"}},
        ["awarded by an appraiser, at most 10 points: by the panel"],
    ),
    "observed": (
        {"observed": ["A-1", "A-2"]},
        ["the level seen by online check A-1, A-2 × 10 points"],
    ),
    "formula": ({"formula": "a - b"}, ["“Computers” − “Staff”, kept between 0 and 10 points"]),
}  # fmt: skip


def test_every_kind_of_rule_is_worded_here():
    assert set(RULES) == set(KINDS)


@pytest.mark.parametrize("kind", RULES)
def test_a_rule_reads_as_lines_of_words(index, make_index, kind):
    rule, lines = RULES[kind]
    inputs = index.criterion("k").inputs
    own = make_index(criteria=[{"id": "k", "points": 10, "rule": rule, "inputs": inputs}])
    assert rule_words(own, own.criterion("k"), "en") == lines
    assert len(rule_words(own, own.criterion("k"), "vi")) == len(lines)


@pytest.mark.parametrize("name", shipped_indexes())
def test_rules_of_the_shipped_indexes_have_no_names_of_code_in_them(name):
    index = load_index(name)
    for node in index.leaves:
        for language in LANGUAGES:
            text = "\n".join(rule_words(index, node.item, language))
            text = re.sub(r"CT-\d+\.\w+", "", text)  # a check is named by its id
            assert not re.search(r"[a-z]_[a-z]|\*|==|[<>]=", text), (node.id, text)
