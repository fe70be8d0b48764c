"""Checking an index: every kind of finding, with its file, line and criterion."""

import pytest

from chiso.index import parse_index
from chiso.index.lint import lint_index
from chiso.problems import Problem

HEAD = """\
index: x
version: "1"
title: {vi: a, en: a}
groups: [province]
"""
TITLE = "title: {vi: a, en: a}"


def lint(body, head=HEAD):
    return lint_index(parse_index(head + body, file="my.yaml"))


def criterion(*lines, title=TITLE, inputs="a: {type: number, title: {vi: a, en: a}}", name="c"):
    """A criterion at the top level: id on line 6, title 7, inputs 8, the lines given from 9."""
    body = [f"  - id: {name}", f"    {title}", f"    inputs: {{{inputs}}}"]
    return "\n".join(["criteria:", *body, *(f"    {line}" for line in lines)]) + "\n"


def only(found):
    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]


def test_a_good_index_has_no_findings():
    assert lint(criterion("points: 10", "rule: {share: a}")) == []


CASES = {
    "the criterion's points": (
        ["points: 10", "rule: {share: a, points: 9}"],
        10,
        "the rule gives at most 9 points, but the criterion has 10",
    ),
    "a sum": (
        ["points: 10", "rule: {sum: [{share: a, points: 5}, {count: a, cap: 4}], points: 10}"],
        10,
        "the parts of 'sum' give 9, but 10 are declared",
    ),
    "the best of several": (
        ["points: 10", "rule: {best_of: [{share: a, points: 5}, {count: a, cap: 4}], points: 10}"],
        10,
        "the parts of 'best_of' give 5, but 10 are declared",
    ),
    "declared points of steps": (
        ["points: 10", "rule: {steps: {of: a, at: {1: 20}}, points: 10}"],
        10,
        "the parts of 'steps' give 20, but 10 are declared",
    ),
    "an unknown input": (
        ["rule: {share: a / b}"],
        9,
        "'a / b' reads 'b', which is neither an input nor a fact",
    ),
    "an unknown name in the condition": (
        ["rule: {share: a}", "applies: b > 0"],
        10,
        "'b > 0' reads 'b', which is neither an input nor a fact",
    ),
    "an unknown table": (
        ["rule: {share: 'share(units, wan) * a'}"],
        9,
        "'share(units, wan) * a' reduces 'units', which is not a table input",
    ),
    "a number that is reduced": (
        ["rule: {share: count(a)}"],
        9,
        "'count(a)' reduces 'a', which is not a table input",
    ),
    "an option of what has none": (
        ["rule: {yes_no: a == 'high'}"],
        9,
        "'a == 'high'': 'a' has no options, it is of type number",
    ),
    "a step that gives no more": (
        ["rule: {steps: {of: a, at: {1: 5, 2: 5}}}"],
        9,
        "the step at 2 gives no more than the one at 1",
    ),
    "steps that go up and down": (
        ["rule: {steps: {of: a, at: {1: 5, 2: 9, 3: 7}}}"],
        9,
        "the steps go up and down; write them so that points rise or fall",
    ),
    "equal goalposts": (
        ["rule: {goalposts: {of: a, from: 3, to: 3}}"],
        9,
        "the two goalposts are equal",
    ),
    "levels of a number": (
        ["rule: {levels: {of: a, at: {x: 1}}}"],
        9,
        "levels need a choice, but 'a' is number",
    ),
    "an appraiser's rule without an appraiser": (
        ["rule: {sum: [{awarded: {vi: x, en: x}}, {share: a}]}"],
        6,
        "points awarded by a person need 'source: appraiser'",
    ),
    "an appraiser's rule that does not say how": (
        ["source: appraiser", "rule: {sum: [{awarded: {vi: x}}, {share: a}]}"],
        10,
        "'awarded' says by whom and how, in vi and en",
    ),
    "an observed rule without checks": (
        ["rule: {sum: [{observed: A}, {share: a}]}"],
        6,
        "an observed rule needs 'source: check'",
    ),
    "an unknown group": (
        ["rule: {share: a}", "groups: [ministry]"],
        10,
        "unknown group 'ministry'; groups are province",
    ),
    "an example that fails": (
        ["rule: {share: a}", "examples: [{given: {a: 0.5}, points: 1}]"],
        10,
        "the example expects 1 points, the rule gives 0.5",
    ),
    "an example that stays unknown": (
        ["rule: {share: a}", "examples: [{given: {}, points: 1}]"],
        10,
        "the example expects 1 points, the rule gives unknown",
    ),
    "an example with an unknown name": (
        ["rule: {share: a}", "examples: [{given: {b: 1}, points: 1}]"],
        10,
        "the example cannot be computed: 'b' is not an input, fact or check of this criterion",
    ),
    "an example with a word for a number": (
        ["rule: {share: a}", "examples: [{given: {a: many}, points: 1}]"],
        10,
        "the example cannot be computed: a: 'many' is not a number",
    ),
    "an example beyond all numbers": (
        ["rule: {share: a}", f"examples: [{{given: {{a: {'9' * 400}}}, points: 1}}]"],
        10,
        "the example cannot be computed: a: the number is too large",
    ),
    "a title in one language": (
        ["rule: {share: a}", "note: {vi: b}"],
        10,
        "the note has no text in 'en'",
    ),
    "advice in one language": (
        ["rule: {share: a}", "advice: {body: {en: b}}"],
        10,
        "the advice has no text in 'vi'",
    ),
    "evidence in one language": (
        ["rule: {share: a}", "evidence: {ask: {vi: b}}"],
        10,
        "the evidence asked for has no text in 'en'",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_error_in_a_criterion_names_file_line_and_criterion(case):
    lines, line, message = CASES[case]
    assert only(lint(criterion(*lines))) == Problem(
        message, file="my.yaml", line=line, criterion="c"
    )


TABLE = (
    "a: {type: table, title: {vi: a, en: a}, columns: {"
    "n: {type: text, title: {vi: a, en: a}}, "
    "level: {type: choice, title: {vi: a, en: a}, options: {low: {vi: a, en: a}}}, "
    "v: {type: number, title: {vi: a, en: a}}}}"
)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("sum(a, x)", "'sum(a, x)': the table 'a' has no column 'x'"),
        ("sum(a, n)", "'sum(a, n)' computes with 'a.n', which is of type text"),
        ("share(a, n and v > 1)",
         "'share(a, n and v > 1)' computes with 'a.n', which is of type text"),
        ("mean_of_means(a, n, v)",
         "'mean_of_means(a, n, v)' computes with 'a.n', which is of type text"),
        ("count(a, level == 'top')",
         "'count(a, level == 'top')': 'top' is not an option of 'a.level' (low)"),
        ("count(a, v == 'top')",
         "'count(a, v == 'top')': 'a.v' has no options, it is of type number"),
        ("a / 2", "'a / 2' computes with 'a', which is of type table"),
    ],
)  # fmt: skip
def test_columns_of_tables_are_checked(expression, message):
    found = lint(criterion(f'rule: {{share: "{expression}"}}', inputs=TABLE))
    assert [(p.message, p.line, p.criterion) for p in found if not p.warning] == [(message, 9, "c")]


@pytest.mark.parametrize(
    "expression",
    ["count(a, n == 'health')", "mean_of_means(a, v, n)", "count(a, level == 'low' and v > 1)"],
)
def test_text_may_be_compared_and_may_tell_groups_apart(expression):
    assert lint(criterion(f'rule: {{share: "{expression}"}}', inputs=TABLE)) == []


CHOICE = (
    "a: {type: choice, title: {vi: a, en: a}, options: {yes: {vi: a, en: a}, x: {vi: a, en: a}}}"
)


def test_options_of_levels_and_of_the_input_must_be_the_same():
    found = lint(criterion("rule: {levels: {of: a, at: {yes: 1, z: 0}}}", inputs=CHOICE))
    assert [p.message for p in found] == [
        "the option 'x' stands only in 'a'",
        "the option 'z' stands only in the rule",
    ]


def test_a_quoted_option_must_be_one_of_the_input():
    problem = only(lint(criterion("rule: {yes_no: a == 'no'}", inputs=CHOICE)))
    assert problem.message == "'a == 'no'': 'no' is not an option of 'a' (yes, x)"


BOUNDED = "a: {type: integer, min: 2, max: 5, title: {vi: a, en: a}}"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("{steps: {of: a, at: {3: 1, 6: 2}}}",
         "the step at 6 cannot be reached: 'a' is at most 5"),
        ("{steps: {of: a, otherwise: 3, at: {2: 1}}}",
         "'otherwise' cannot be reached: the lowest step always is"),
        ("{count: a, cap: 9}", "9 points need more than the most allowed, 5"),
    ],
)  # fmt: skip
def test_what_the_bounds_of_an_input_make_unreachable_is_told(rule, message):
    assert only(lint(criterion(f"rule: {rule}", inputs=BOUNDED))).message == message


def test_a_share_cannot_pass_one():
    rule = 'rule: {steps: {of: "share(a, v > 1)", at: {1.5: 3}}}'
    assert "a share is at most 1" in only(lint(criterion(rule, inputs=TABLE))).message


def test_the_bounds_of_inputs_hold_in_examples():
    found = lint(
        criterion(
            "rule: {share: a / 5}",
            "examples: [{given: {a: 9}, points: 1}, {given: {a: 2.5}, points: 1}]",
            inputs=BOUNDED,
        )
    )
    assert [p.message.removeprefix("the example cannot be computed: a: ") for p in found] == [
        "9 is above the most allowed, 5",
        "2.5 is not a whole number",
    ]


PILLARS = f"""\
points: 30
pillars:
  - id: p
    {TITLE}
    points: 25
    criteria:
      - {{id: a, {TITLE}, points: 10, rule: {{formula: 1}}}}
      - {{id: b, {TITLE}, points: 10, rule: {{formula: 1}}}}
      - {{id: more, {TITLE}, points: 10, rule: {{formula: 1}}, counts: bonus}}
"""


def test_points_must_add_up_at_every_level_and_bonuses_do_not_count():
    found = lint(PILLARS)
    assert [(p.line, p.criterion, p.message) for p in found] == [
        (5, None, "the points below add up to 25, but 30 are declared"),
        (9, "p", "the points below add up to 20, but 25 are declared"),
    ]


def test_an_id_is_used_once():
    found = lint(PILLARS.replace("id: b", "id: a"))
    assert [(p.line, p.criterion, p.message) for p in found] == [
        (12, "a", "the id 'a' is already used on line 11")
    ]


def test_a_pillar_inside_a_pillar_of_the_same_id_is_told_and_does_not_loop():
    nested = PILLARS.replace(
        "    criteria:\n",
        "    pillars:\n      - id: p\n        title: {vi: a, en: a}\n        criteria:\n",
    ).replace("      - {id", "          - {id")
    assert [p.message for p in lint(nested)] == ["the id 'p' is already used on line 7"]


def test_overall_names_the_total():
    body = criterion("rule: {share: a}", name="overall")
    assert "names the total" in only(lint(body)).message


def test_an_input_must_not_hide_a_fact():
    body = "facts: {a: {type: number, title: {vi: a, en: a}}}\n" + criterion("rule: {share: a}")
    problem = only([p for p in lint(body) if not p.warning])
    assert (problem.line, problem.message) == (9, "the input 'a' hides the fact of the same name")


WEIGHTS = f"""\
aggregate: weights
pillars:
  - id: p
    {TITLE}
    weight: 1
    criteria:
      - {{id: a, {TITLE}, points: 10, rule: {{formula: 1}}}}
  - id: q
    {TITLE}
    criteria:
      - {{id: b, {TITLE}, points: 10, rule: {{formula: 1}}}}
"""


def test_a_level_below_a_weighted_mean_needs_weights():
    problem = only(lint(WEIGHTS))
    assert (problem.line, problem.criterion) == (12, "q")
    assert problem.message.startswith("a weight is missing")


def test_a_bonus_has_no_place_in_a_weighted_mean():
    body = WEIGHTS.replace(
        "    criteria:\n      - {id: b,",
        "    weight: 1\n    aggregate: weights\n    criteria:\n"
        "      - {id: b, counts: bonus, weight: 1,",
    )
    assert only(lint(body)).message == "a bonus or deduction has no place in a weighted mean"


def test_a_weighted_pillar_needs_points_to_enter_a_sum():
    body = WEIGHTS.replace("aggregate: weights\n", "").replace(
        "    weight: 1\n    criteria:\n      - {id: a,",
        "    aggregate: weights\n    criteria:\n      - {id: a, weight: 1,",
    )
    problem = only(lint(body))
    assert problem.criterion == "p"
    assert "needs points" in problem.message


def test_every_text_that_is_shown_needs_both_languages():
    body = """\
facts: {f: {type: number, title: {vi: a}}}
criteria:
  - id: c
    title: {en: a}
    inputs:
      a: {type: choice, title: {vi: a, en: a}, options: {x: {vi: a}}}
      t: {type: table, title: {vi: a, en: a}, columns: {v: number}}
    rule: {share: "f + (a == 'x') + sum(t, v)"}
"""
    head = HEAD.replace("title: {vi: a, en: a}", "title: {vi: a}").replace(
        "[province]", "{province: {en: a}}"
    )
    assert [(p.line, p.message) for p in lint(body, head)] == [
        (3, "the title has no text in 'en'"),
        (4, "the group 'province' has no text in 'vi'"),
        (5, "the fact 'f' has no text in 'en'"),
        (8, "the title has no text in 'vi'"),
        (10, "the option 'x' of the input 'a' has no text in 'en'"),
        (11, "the column 'v' of the input 't' has no text in 'vi'"),
        (11, "the column 'v' of the input 't' has no text in 'en'"),
    ]


def test_doubts_are_warnings():
    body = "facts: {f: {type: number, title: {vi: a, en: a}}}\n" + criterion(
        "rule: {formula: 1}", "provenance: reconstructed", "evidence: {required: true}"
    )
    found = lint(body)
    assert all(problem.warning for problem in found)
    assert [(p.line, p.criterion, p.message) for p in found] == [
        (5, None, "no rule reads the fact 'f'"),
        (7, "c", "evidence is required but not described"),
        (7, "c", "reconstructed, but 'origin' does not say from what"),
        (9, "c", "no rule reads the input 'a'"),
    ]


def test_a_crosswalk_names_nodes_of_this_version():
    body = criterion("rule: {share: a}") + "crosswalk: [{kind: renamed, before: [b], after: [d]}]\n"
    problem = only(lint(body))
    assert (problem.line, problem.message) == (10, "the crosswalk names 'd', which is not here")


def test_findings_come_in_the_order_of_the_file():
    body = criterion("rule: {share: b}", "note: {vi: b}") + criterion("rule: {share: x}", name="d")[
        len("criteria:\n") :
    ].replace("a: {type", "z: {type")
    lines = [problem.line for problem in lint(body)]
    assert lines == sorted(lines)
    assert len(lines) == 5
