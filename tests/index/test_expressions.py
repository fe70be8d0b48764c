"""The expression language: what it computes, and everything that it refuses."""

import re

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from chiso.index.expressions import FUNCTIONS, MAX_LENGTH, ExpressionError, Scope, parse
from chiso.index.reducers import REDUCERS, TableData

NAN = float("nan")
UNKNOWN = pytest.approx(NAN, nan_ok=True)


def value(text, tables=None, options=None, **values):
    """An expression for one body; an unknown value is NaN."""
    scope = Scope(
        1, {name: np.array([float(v)]) for name, v in values.items()}, tables or {}, options or {}
    )
    with np.errstate(all="ignore"):
        [result] = parse(text).evaluate(scope)
    return result


def rows(owner, size=None, **columns):
    """A table input: `owner[r]` is the body of row r."""
    laid_out = {
        name: np.array(
            cells, dtype=object if any(isinstance(c, str) for c in cells) else np.float64
        )
        for name, cells in columns.items()
    }
    return TableData(size or max(owner, default=0) + 1, np.array(owner, dtype=np.intp), laid_out)


def reduced(text, table, options=None):
    scope = Scope(table.size, {}, {"t": table}, options or {})
    with np.errstate(all="ignore"):
        return parse(text).evaluate(scope).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("7 - 2 - 1", 4),
        ("8 / 2 / 2", 2),
        ("-3 + 1", -2),
        ("1.5e2", 150),
        ("min(3, 1, 2)", 1),
        ("max(3, 1, 2)", 3),
        ("abs(-2)", 2),
        ("sqrt(9)", 3),
        ("log(1)", 0),
        ("clip(5, 0, 1)", 1),
        ("clip(-5, 0, 1)", 0),
        ("2 if 1 > 0 else 3", 2),
        ("2 if 1 < 0 else 3", 3),
        ("1 < 2 < 3", 1),
        ("1 < 2 < 2", 0),
        ("2 == 2", 1),
        ("2 != 2", 0),
        ("2 >= 2", 1),
        ("2 <= 1", 0),
    ],
)
def test_arithmetic_and_comparisons(text, expected):
    assert value(text) == expected


def test_a_constant_holds_for_every_body():
    assert parse("3").evaluate(Scope(2, {})).tolist() == [3, 3]


def test_names_are_values_of_each_body():
    scope = Scope(2, {"a": np.array([1.0, 2.0]), "b": np.array([4.0, 8.0])})
    assert parse("b / a").evaluate(scope).tolist() == [4, 4]


@pytest.mark.parametrize("text", ["1 / 0", "-1 / 0", "0 / 0", "a / (b - b)"])
def test_division_by_zero_is_unknown_never_infinite(text):
    assert value(text, a=1, b=2) == UNKNOWN


@pytest.mark.parametrize("text", ["sqrt(-1)", "log(0)", "log(-1)"])
def test_functions_outside_their_domain_are_unknown(text):
    assert value(text) == UNKNOWN


# Kleene's strong logic of three values: S. C. Kleene, Introduction to Metamathematics, 1952, § 64.
@pytest.mark.parametrize(
    ("a", "b", "conjunction", "disjunction"),
    [
        (1, 1, 1, 1),
        (1, 0, 0, 1),
        (1, NAN, NAN, 1),
        (0, 1, 0, 1),
        (0, 0, 0, 0),
        (0, NAN, 0, NAN),
        (NAN, 1, NAN, 1),
        (NAN, 0, 0, NAN),
        (NAN, NAN, NAN, NAN),
    ],
)
def test_and_and_or_follow_the_tables_of_kleene(a, b, conjunction, disjunction):
    assert value("a and b", a=a, b=b) == pytest.approx(conjunction, nan_ok=True)
    assert value("a or b", a=a, b=b) == pytest.approx(disjunction, nan_ok=True)


def test_not_turns_true_and_false_and_leaves_unknown():
    assert [value("not a", a=a) for a in (1, 0)] == [0, 1]
    assert value("not a", a=NAN) == UNKNOWN


def test_a_number_used_as_a_condition_holds_where_it_is_not_zero():
    assert value("not a", a=5) == 0
    assert value("a and b", a=5, b=3) == 1
    assert value("a or b", a=2, b=NAN) == 1
    assert value("a or b", a=-1, b=0) == 1


def test_a_choice_between_two_values_waits_for_its_condition_only():
    assert value("1 if a > 0 else b", a=1, b=NAN) == 1
    assert value("1 if a > 0 else 2", a=NAN) == UNKNOWN


def test_comparisons_with_an_unknown_value_are_unknown():
    for relation in ("<", "<=", ">", ">=", "==", "!="):
        assert value(f"a {relation} 1", a=NAN) == UNKNOWN


def test_options_are_quoted_and_compared_by_their_place():
    options = {"level": ("low", "high")}
    assert value('level == "high"', options=options, level=1) == 1
    assert value("level != 'high'", options=options, level=1) == 0
    assert value('level == "low"', options=options, level=NAN) == UNKNOWN
    assert parse('level == "high"').options == {("level", "high")}


def test_what_an_expression_reads_is_known_before_it_is_computed():
    found = parse("a / b + share(units, wan and level == 'x')")
    assert found.names == {"a", "b"}
    assert found.tables == {"units"}
    assert found.columns == {("units", "wan"), ("units", "level")}
    assert found.options == {("units.level", "x")}
    assert [call.text for call in found.calls] == ["share(units, wan and level == 'x')"]


def test_a_name_that_is_not_given_is_a_key_error():
    with pytest.raises(KeyError):
        value("a")


# ── reducers ──


def test_counting_and_shares_are_of_the_rows_of_each_body():
    table = rows([0, 0, 0, 1], wan=[1, 1, 0, 1])
    assert reduced("count(t)", table) == [3, 1]
    assert reduced("count(t, wan)", table) == [2, 1]
    assert reduced("share(t, wan)", table) == [pytest.approx(2 / 3), 1]


def test_a_blank_cell_does_not_hold():
    table = rows([0, 0], wan=[1, NAN])
    assert reduced("share(t, wan)", table) == [0.5]
    assert reduced("count(t, not wan)", table) == [0]


def test_sums_and_means_leave_blank_cells_out():
    table = rows([0, 0, 0], x=[1, NAN, 3])
    assert reduced("sum(t, x)", table) == [4]
    assert reduced("mean(t, x)", table) == [2]


def test_a_weighted_mean_leaves_out_rows_whose_weight_is_blank():
    table = rows([0, 0, 0], x=[1, 4, 100], w=[2, 1, NAN])
    assert reduced("weighted_mean(t, x, w)", table) == [2]


def test_a_mean_of_means_gives_every_group_the_same_say():
    table = rows([0, 0, 0], x=[0, 0, 1], sector=["a", "a", "b"])
    assert reduced("mean(t, x)", table) == [pytest.approx(1 / 3)]
    assert reduced("mean_of_means(t, x, sector)", table) == [0.5]


def test_a_body_without_rows_has_zero_rows_and_no_share():
    table = rows([0], size=2, x=[1], by=["a"])
    assert reduced("count(t)", table) == [1, 0]
    assert reduced("sum(t, x)", table) == [1, 0]
    for text in ("share(t, x)", "mean(t, x)", "weighted_mean(t, x, x)", "mean_of_means(t, x, by)"):
        assert reduced(text, table) == [1, UNKNOWN]


def test_a_table_without_any_row_is_unknown_everywhere():
    table = rows([], size=2, x=[], by=[])
    assert reduced("mean_of_means(t, x, by)", table) == [UNKNOWN, UNKNOWN]


def test_conditions_on_rows_may_compute_with_columns():
    table = rows([0, 0, 0], online=[8, 1, 0], total=[10, 10, 0])
    assert reduced("share(t, online / total >= 0.5)", table) == [pytest.approx(1 / 3)]
    assert reduced("count(t, max(online, total) > 9)", table) == [2]


def test_columns_with_options_and_with_text_are_compared_with_quoted_words():
    choice = rows([0, 0, 0], level=[0, 1, NAN])
    options = {"t.level": ("level_3", "level_4")}
    assert reduced('count(t, level == "level_4")', choice, options) == [1]
    text = rows([0, 0, 0], sector=["health", "land", None])
    assert reduced('count(t, sector == "health")', text) == [1]
    assert reduced('count(t, sector != "health")', text) == [1]


def test_the_european_benchmark_is_a_mean_over_life_events_of_services_of_questions():
    """eGovernment Benchmark Method Paper 2020-2023 (European Commission): an indicator is the
    mean over life events of the mean over their services of the share of questions met.
    One row is a service; its questions are counted as met and asked."""
    table = rows(
        [0, 0, 0, 1],
        life_event=["birth", "birth", "moving", "birth"],
        met=[1, 3, 2, 0],
        asked=[4, 4, 2, 5],
    )
    birth = (1 / 4 + 3 / 4) / 2
    moving = 2 / 2
    assert reduced("mean_of_means(t, met / asked, life_event)", table) == [
        pytest.approx((birth + moving) / 2),
        0,
    ]
    questions = rows([0, 0], life_event=["a", "b"], online=[1, 1], prefilled=[0, 1], eid=[0, 1])
    text = "mean_of_means(t, (online + prefilled + eid) / 3, life_event)"
    assert reduced(text, questions) == [pytest.approx((1 / 3 + 1) / 2)]


@given(st.data())
def test_reducers_agree_with_a_loop_over_the_rows(data):
    count = data.draw(st.integers(1, 12))
    owner = data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    number = st.one_of(st.just(NAN), st.integers(0, 9).map(float))
    x = data.draw(st.lists(number, min_size=count, max_size=count))
    w = data.draw(st.lists(number, min_size=count, max_size=count))
    by = data.draw(st.lists(st.sampled_from("abc"), min_size=count, max_size=count))
    table = rows(owner, size=3, x=x, w=w, by=by)
    for body in range(3):
        mine = [(x[r], w[r], by[r]) for r in range(count) if owner[r] == body]
        known = [a for a, _, _ in mine if a == a]
        weighed = [(a, b) for a, b, _ in mine if a == a and b == b]
        groups = {g: [a for a, _, other in mine if other == g and a == a] for _, _, g in mine}
        means = [sum(values) / len(values) for values in groups.values() if values]
        total = sum(b for _, b in weighed)
        expected = {
            "count(t)": len(mine),
            "sum(t, x)": sum(known),
            "mean(t, x)": sum(known) / len(known) if known else NAN,
            "weighted_mean(t, x, w)": sum(a * b for a, b in weighed) / total if total else NAN,
            "mean_of_means(t, x, by)": sum(means) / len(means) if means else NAN,
            "share(t, x > 4)": sum(a > 4 for a in known) / len(mine) if mine else NAN,
        }
        for text, wanted in expected.items():
            assert reduced(text, table)[body] == pytest.approx(wanted, nan_ok=True), text


# ── what is refused ──

REFUSED = [
    "a.b",
    "a.__class__",
    "().__class__.__bases__[0].__subclasses__()",
    "a[0]",
    "__import__('os').system('true')",
    "eval('1')",
    "open('f')",
    "print(a)",
    "a()",
    "a.b()",
    "(lambda: 1)()",
    "lambda x: x",
    "[x for x in a]",
    "{x for x in a}",
    "{x: 1 for x in a}",
    "sum(x for x in a)",
    "f'{a}'",
    "f\"{a!r}\" == 'x'",
    "a ** b",
    "9 ** 9 ** 9",
    "a // b",
    "a % b",
    "a @ b",
    "a << b",
    "a | b",
    "a & b",
    "a ^ b",
    "~a",
    "+a",
    "(a := 1)",
    "a = 1",
    "a in b",
    "a not in b",
    "a is b",
    "a is not b",
    "[1, 2]",
    "(1, 2)",
    "{1: 2}",
    "{1}",
    "'text'",
    "b'x'",
    "a == b'x'",
    "True",
    "None",
    "...",
    "1j",
    "1e999",
    "9" * 400,
    "a; b",
    "a\nb",
    "import os",
    "await a",
    "yield a",
    "*a",
    "min(*a)",
    "min(a, key=b)",
    "min(a)",
    "sqrt()",
    "clip(1, 2)",
    "sqrt(1, 2)",
    "share(t)",
    "share(t, a, b)",
    "share(1, a)",
    "share(a + b, c)",
    "count()",
    "sum(t, count(t))",
    "mean_of_means(t, a)",
    "'x' == a",
    "a < 'x'",
    "a + b == 'x'",
    "a == 'x' 'y' + 1",
    "1if a else 2",
    "ｓtaff",
    "ſtaff",
    "số + 1",
    "staff\u200b",
    "a\x00b",
    "a − b",
    "٣ + 1",
    "",
    "   ",
    "#",
    "(" * 300 + "a" + ")" * 300,
    "-" * 400 + "1",
    "[" + "-" * 400 + "1]",
    "not " * 100 + "a",
    "a" + ".a" * 240,
    "min(" * 40 + "a" + ", 1)" * 40,
]


@pytest.mark.parametrize("text", REFUSED)
def test_everything_else_is_refused_with_a_reason(text):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert str(caught.value)


def test_a_text_that_is_too_long_is_refused_unread():
    with pytest.raises(ExpressionError, match=f"at most {MAX_LENGTH} characters"):
        parse("a + " * MAX_LENGTH + "a")


def test_an_unknown_function_is_refused_with_the_list_of_known_ones():
    with pytest.raises(ExpressionError) as caught:
        parse("median(a)")
    assert all(name in str(caught.value) for name in (*FUNCTIONS, *REDUCERS))


def test_nothing_is_ever_evaluated_as_python(monkeypatch):
    def never(*_arguments, **_names):
        raise AssertionError("an expression reached Python")

    monkeypatch.setattr("builtins.eval", never)
    monkeypatch.setattr("builtins.exec", never)
    parse.cache_clear()
    assert value("a + max(b, 2) * 3", a=1, b=1) == 7
    with pytest.raises(ExpressionError):
        parse("__import__('os')")


@given(st.text(max_size=60))
@example("a if b else")
@example("\ud800")
def test_any_text_is_an_expression_or_refused(text):
    try:
        parsed = parse(text)
    except ExpressionError:
        return
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) for name in parsed.names)


# ── against numpy ──

NUMBERS = arrays(
    np.float64, 5, elements=st.floats(-1e3, 1e3, allow_nan=False).map(lambda x: round(x, 3))
)


@st.composite
def formulas(draw, depth=3):
    """A text of the language, and a function of (a, b) that computes the same with numpy."""
    if depth == 0 or draw(st.booleans()):
        leaf = draw(st.sampled_from(["a", "b", "number"]))
        if leaf == "number":
            number = draw(st.integers(0, 20))
            return str(number), lambda a, b: np.full(5, float(number))
        return leaf, (lambda a, b: a) if leaf == "a" else (lambda a, b: b)
    left, f = draw(formulas(depth=depth - 1))
    right, g = draw(formulas(depth=depth - 1))
    kind = draw(st.sampled_from(["+", "-", "*", "/", "min", "max", "if", "neg"]))
    if kind == "neg":
        return f"(-{left})", lambda a, b: np.negative(f(a, b))
    if kind in {"min", "max"}:
        function = np.minimum if kind == "min" else np.maximum
        return f"{kind}({left}, {right})", lambda a, b: function(f(a, b), g(a, b))
    if kind == "if":
        return (
            f"({left} if a > b else {right})",
            lambda a, b: np.where(
                np.isnan(a) | np.isnan(b), NAN, np.where(a > b, f(a, b), g(a, b))
            ),
        )
    return f"({left} {kind} {right})", lambda a, b: reference(kind, f(a, b), g(a, b))


def reference(kind, x, y):
    if kind == "/":
        return np.array([p / q if q != 0 else NAN for p, q in zip(x, y, strict=True)])
    return {"+": np.add, "-": np.subtract, "*": np.multiply}[kind](x, y)


@given(formulas(), NUMBERS, NUMBERS)
def test_formulas_equal_their_numpy_reference(formula, a, b):
    text, function = formula
    assume(len(text) <= MAX_LENGTH)
    scope = Scope(5, {"a": a, "b": b})
    with np.errstate(all="ignore"):
        computed, expected = parse(text).evaluate(scope), function(a, b)
    np.testing.assert_allclose(computed, expected, rtol=1e-12)


@given(st.sampled_from(["a + b", "a - b", "a * b", "a / b", "-a", "min(a, b)", "max(b, a)",
                        "abs(a)", "sqrt(a)", "log(a)", "clip(a, 0, 1)"]), NUMBERS)  # fmt: skip
def test_an_unknown_value_stays_unknown_through_arithmetic(text, b):
    scope = Scope(5, {"a": np.full(5, NAN), "b": b})
    with np.errstate(all="ignore"):
        assert np.isnan(parse(text).evaluate(scope)).all()


@given(NUMBERS, NUMBERS)
def test_no_result_is_infinite(a, b):
    with np.errstate(all="ignore"):
        result = parse("a / b + log(a) + sqrt(b)").evaluate(Scope(5, {"a": a, "b": b}))
    assert not np.isinf(result).any()


# ── the page ──


@pytest.fixture(scope="module")
def sections(root):
    page = (root / "docs" / "reference" / "expressions.md").read_text(encoding="utf-8")
    parts = page.split("\n## ")[1:]
    return {
        part.partition("\n")[0]: re.findall(r"^\| `(.+?)` \| (.*?) \|", part, re.M)
        for part in parts
    }


def test_the_page_lists_every_function_and_reduction_and_no_other(sections):
    def names(heading):
        return {text.partition("(")[0] for text, _ in sections[heading]}

    assert names("Functions") == set(FUNCTIONS)
    assert names("Reductions of a table") == set(REDUCERS)


def test_the_page_lists_every_operator_and_no_other(sections):
    def accepted(operator):
        try:
            return bool(parse(f"a {operator} b"))
        except ExpressionError:
            return False

    symbols = "+ - * / // % ** @ << >> & | ^ < <= > >= == != is in and or := , ."
    every = [*symbols.split(), "is not", "not in"]
    assert [text for text, _ in sections["Operators"]] == [op for op in every if accepted(op)]


def test_the_worked_examples_of_the_page_hold(sections):
    examples = sections["Worked examples"]
    assert len(examples) > 10
    for text, written in examples:
        expected = NAN if written == "unknown" else float(written)
        assert value(text, a=8, b=10, zero=0, u=NAN) == pytest.approx(expected, nan_ok=True), text
