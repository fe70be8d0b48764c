"""Each kind of rule: golden values from published frameworks, edges, and what always holds.

Public sources of the golden values:

[1B]  "Cách tính điểm mức độ ứng dụng CNTT", annex 1B (ministries), items I.1–I.5,
      https://pdfslide.net/documents/cch-tnh-im-nh-gi-mc-ng-dng-cng-1-ph-lc-1b.html
[MOH] Ministry of Health, self-assessment of its portal,
      http://moh.gov.vn/Pages/TuChamDiemPortalBoYTe.aspx
[CL]  Cao Lãnh city, criteria of digital transformation, district level, "Nhận thức số",
      https://cds.tpcaolanh.dongthap.gov.vn/cac-tieu-chi-danh-gia-thuoc-chuong-trinh-chuyen-doi-so.html
[TV]  district-level criteria quoted in the bulletin of thuvienphapluat.vn, "Nhận thức số",
      https://thuvienphapluat.vn/bulletin/document.aspx?bid=4cac85e7-7197-4294-bf45-7c4e0081cac5
"""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

NAN = float("nan")
UNKNOWN = pytest.approx(NAN, nan_ok=True)


def points(traced):
    return traced.points.tolist()


# ── golden values ──


def test_a_share_is_multiplied_by_the_maximum(trace):
    """[1B] I.1: staff with a computer, 20 points, "tỷ lệ × điểm tối đa"."""
    traced = trace({"share": "computers / staff"}, 20, computers=[90, 100, 0], staff=[100, 100, 50])
    assert points(traced) == [18, 20, 0]


def test_bandwidth_per_head_is_divided_by_the_best_of_the_group(trace):
    """[1B] I.3: bandwidth per head, 40 points, own value over the greatest among the ministries."""
    traced = trace(
        {"share_of_best": "mbps / staff"}, 40, mbps=[100, 400, 50], staff=[100, 200, 100]
    )
    assert points(traced) == [20, 40, 10]
    assert traced.best == 2


def test_the_wide_area_network_adds_a_share_of_45_and_a_count_capped_at_5(trace):
    """[1B] I.4: connected units 45 points, one point per application, at most 5; together 50."""
    rule = {"sum": [{"share": "connected / units", "points": 45}, {"count": "apps", "cap": 5}]}
    traced = trace(rule, 50, connected=[20, 10, 0, 20], units=[20, 20, 20, 20], apps=[5, 3, 0, 12])
    assert points(traced) == [50, 25.5, 0, 50]
    assert traced.maximum == 50


def test_a_data_centre_is_worth_35_points_or_nothing(trace):
    """[1B] I.5: having a data centre, 35 points, yes or no."""
    assert points(trace({"yes_no": "own"}, 35, own=[1, 0, NAN])) == [35, 0, UNKNOWN]


def test_a_criterion_that_is_partly_met_earns_part_of_its_points(trace):
    """[MOH] rows 8 and 10: 2 of 5 and 3 of 6 points awarded."""
    assert points(trace({"awarded": "appraiser"}, 5, awarded=[2])) == [2]
    assert points(trace({"awarded": "appraiser"}, 6, awarded=[3])) == [3]


def test_committee_meetings_climb_stairs(trace):
    """[TV] meetings of the committee in the year, 20 points: 4 → 20, 3 → 15, 2 → 10, 1 → 5."""
    rule = {"steps": {"of": "meetings", "at": {4: 20, 3: 15, 2: 10, 1: 5}}}
    assert points(trace(rule, 20, meetings=[0, 1, 2, 3, 4, 9])) == [0, 5, 10, 15, 20, 20]


def test_the_head_in_the_chair_earns_all_a_deputy_half_others_nothing(trace):
    """[CL] 1: head of the committee, 10 points: secretary or chairman 100%, deputy half, else 0."""
    rule = {"levels": {"of": "chair", "at": {"head": 1, "deputy": 0.5, "none": 0}}}
    chair = {"type": "choice", "options": {"head": "head", "deputy": "deputy", "none": "none"}}
    traced = trace(rule, 10, inputs={"chair": chair}, chair=[0, 1, 2, NAN])
    assert points(traced) == [10, 5, 0, UNKNOWN]


def test_leading_meetings_of_two_levels_earns_half_for_each(trace):
    """[CL] 2: attending all provincial meetings 1/2 of 10, chairing those of the district 1/2."""
    rule = {"sum": [{"yes_no": "attended", "points": 5}, {"yes_no": "chaired", "points": 5}]}
    assert points(trace(rule, 10, attended=[1, 1, 0], chaired=[1, 0, 0])) == [10, 5, 0]


# ── each kind at its edges ──


def test_a_share_is_kept_between_none_and_all_of_the_points(trace):
    traced = trace({"share": "a / b"}, 10, a=[15, -1, 1, NAN], b=[10, 10, 0, 1])
    assert points(traced) == [10, 0, UNKNOWN, UNKNOWN]
    assert traced.quantity[0] == 1.5


def test_nobody_is_the_best_where_all_are_zero_or_unknown(trace):
    assert points(trace({"share_of_best": "a"}, 10, a=[0, 0])) == [0, 0]
    assert points(trace({"share_of_best": "a"}, 10, a=[NAN, NAN])) == [UNKNOWN, UNKNOWN]


def test_an_unknown_value_is_not_the_best(trace):
    assert points(trace({"share_of_best": "a"}, 10, a=[NAN, 2, 4])) == [UNKNOWN, 5, 10]


def test_the_best_is_taken_among_those_who_take_part(trace):
    traced = trace({"share_of_best": "a"}, 10, a=[100, 2, 4], eligible=[False, True, True])
    assert traced.best == 4
    assert points(traced)[1:] == [5, 10]


def test_a_frozen_best_stands_in_for_the_best_of_the_group(trace):
    traced = trace({"share_of_best": "a"}, 10, a=[2, 4, 40], bests={"c": 20})
    assert points(traced) == [1, 2, 10]
    nested = trace({"sum": [{"share_of_best": "a"}]}, 10, a=[2], bests={"c.0": 20})
    assert points(nested) == [1]


def test_goalposts_are_linear_between_and_flat_outside(trace):
    rule = {"goalposts": {"of": "a", "from": 10, "to": 30}}
    assert points(trace(rule, 10, a=[0, 10, 15, 30, 40, NAN])) == [0, 0, 2.5, 10, 10, UNKNOWN]


def test_goalposts_may_reward_less(trace):
    rule = {"goalposts": {"of": "days", "from": 30, "to": 10}}
    assert points(trace(rule, 10, days=[40, 30, 20, 10, 1])) == [0, 0, 5, 10, 10]


def test_a_count_earns_for_each_up_to_its_cap(trace):
    assert points(trace({"count": "n", "each": 2}, 10, n=[0, 3, 9, -1])) == [0, 6, 10, 0]
    assert trace({"count": "n", "cap": 4}, 10, n=[9]).maximum == 4


def test_any_number_but_zero_counts_as_yes(trace):
    assert points(trace({"yes_no": "n > 2 and n != 5"}, 10, n=[3, 5, 1])) == [10, 0, 0]
    assert points(trace({"yes_no": "n"}, 10, n=[3, -1, 0])) == [10, 10, 0]


@pytest.mark.parametrize(
    ("part", "whole", "threshold"),
    [
        (8, 10, 0.8),
        (3, 10, 0.3),
        (7, 10, 0.7),
        (2, 3, 2 / 3),
        (0.3, 1, 0.1 + 0.2),
        (0.7, 0.1, 7),
        (100_000, 1, 100_000),
    ],
)
def test_a_step_is_reached_by_a_ratio_that_equals_it(trace, part, whole, threshold):
    rule = {"steps": {"of": "a / b", "at": {threshold: 10}}}
    assert points(trace(rule, 10, a=[part, part - 0.001], b=[whole, whole])) == [10, 0]


def test_steps_below_the_first_earn_what_is_left_to_them(trace):
    rule = {"steps": {"of": "days", "otherwise": 10, "at": {5: 4, 10: 0}}}
    traced = trace(rule, 10, days=[1, 5, 9, 10, 99, NAN])
    assert points(traced) == [10, 4, 4, 0, 0, UNKNOWN]
    assert traced.maximum == 10


def test_declared_points_cap_steps_sums_and_alternatives_that_would_give_more(trace):
    for rule in (
        {"steps": {"of": "a", "at": {1: 20}}},
        {"sum": [{"count": "a", "cap": 20}]},
        {"best_of": [{"count": "a", "cap": 20}]},
    ):
        assert points(trace(rule | {"points": 10}, 10, a=[50])) == [10]


def test_an_unknown_part_of_a_sum_earns_nothing_while_another_is_known(trace):
    rule = {"sum": [{"count": "a", "cap": 5}, {"count": "b", "cap": 5}]}
    assert points(trace(rule, 10, a=[2, NAN, NAN], b=[3, 3, NAN])) == [5, 3, UNKNOWN]


def test_the_best_alternative_counts_and_unknown_ones_are_left_aside(trace):
    rule = {"best_of": [{"count": "a", "cap": 10}, {"count": "b", "cap": 5}]}
    traced = trace(rule, 10, a=[2, NAN, 9, NAN], b=[4, 3, 5, NAN])
    assert points(traced) == [4, 3, 9, UNKNOWN]
    assert traced.maximum == 10


def test_an_adjustment_adds_and_takes_within_none_and_all(trace):
    rule = {
        "adjust": {
            "base": {"count": "base", "cap": 10},
            "bonus": [{"count": "more", "cap": 5}],
            "deduct": [{"count": "less", "cap": 20}],
        }
    }
    traced = trace(rule, 10, base=[6, 9, 3, 6, NAN], more=[2, 5, 0, NAN, 1], less=[1, 0, 9, NAN, 1])
    assert points(traced) == [7, 10, 0, 6, UNKNOWN]


def test_awarded_points_are_kept_within_the_maximum(trace):
    assert points(trace({"awarded": "by panel"}, 5, awarded=[6, -1, 2.5, NAN])) == [
        5,
        0,
        2.5,
        UNKNOWN,
    ]


def test_an_observed_rule_takes_the_mean_of_the_levels_that_are_known(trace):
    seen = {"A": [1, 1, NAN], "B": [0, NAN, NAN]}
    assert points(trace({"observed": ["A", "B"]}, 10, observed=seen)) == [5, 10, UNKNOWN]
    assert points(trace({"observed": "A"}, 10, observed=seen)) == [10, 10, UNKNOWN]


def test_a_formula_is_kept_within_the_maximum(trace):
    assert points(trace({"formula": "2 * a"}, 10, a=[2, 9, -1, NAN])) == [4, 10, 0, UNKNOWN]


def test_a_check_that_nobody_ran_is_unknown(trace):
    assert points(trace({"observed": "X"}, 10, observed={"A": [1]})) == [UNKNOWN]


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"share": "a", "count": "a"},
        {"median": "a"},
        {"share": True},
        {"share": "a", "extra": 1},
        {"share": "a", "points": -1},
        {"share": "a", "points": float("inf")},
        {"share": "a", "points": NAN},
        {"count": "a", "each": 0},
        {"steps": {"of": "a", "at": {}}},
        {"steps": {"of": "a", "at": {NAN: 1}}},
        {"levels": {"of": "a + b", "at": {"x": 1}}},
        {"levels": {"of": "a b", "at": {"x": 1}}},
        {"levels": {"of": "a", "at": {"x": 2}}},
        {"sum": []},
        {"best_of": []},
        {"observed": []},
        {"goalposts": {"of": "a", "from": 0, "to": float("inf")}},
    ],
)
def test_what_is_not_a_rule_is_refused(make_index, rule):
    with pytest.raises(ValidationError):
        make_index(criteria=[{"id": "c", "rule": rule}])


# ── what always holds ──

amounts = st.one_of(st.just(NAN), st.floats(-50, 50, allow_nan=False))
columns = st.fixed_dictionaries(
    {name: st.lists(amounts, min_size=4, max_size=4) for name in ("a", "b")}
)
worth = st.sampled_from([0, 0.3, 1, 7.5, 100])


@st.composite
def rules(draw, depth=2):
    kinds = ["share", "share_of_best", "goalposts", "count", "yes_no", "steps", "formula"]
    kind = draw(st.sampled_from(kinds + ["sum", "best_of", "adjust"] * (depth > 0)))
    text = draw(st.sampled_from(["a", "b", "a / b", "a - b", "a > b", "max(a, b)"]))
    own = {} if draw(st.booleans()) else {"points": draw(worth)}
    if kind in {"sum", "best_of"}:
        return {kind: draw(st.lists(rules(depth=depth - 1), min_size=1, max_size=3)), **own}
    if kind == "adjust":
        parts = st.lists(rules(depth=depth - 1), max_size=2)
        base = draw(rules(depth=depth - 1))
        return {"adjust": {"base": base, "bonus": draw(parts), "deduct": draw(parts)}, **own}
    if kind == "goalposts":
        return {"goalposts": {"of": text, "from": draw(st.integers(0, 5)), "to": 9}, **own}
    if kind == "steps":
        ladder = st.dictionaries(st.integers(-5, 5), worth, min_size=1, max_size=4)
        return {"steps": {"of": text, "at": draw(ladder), "otherwise": draw(worth)}, **own}
    if kind == "count":
        return {"count": text, "each": draw(st.sampled_from([0.5, 3])), **own}
    return {kind: text, **own}


@given(rules(), columns, worth)
def test_points_are_never_below_zero_nor_above_the_maximum(trace, rule, values, points):
    traced = trace(rule, points, **values)
    waiting = [traced]
    while waiting:
        one = waiting.pop()
        waiting += one.parts
        known = one.points[~np.isnan(one.points)]
        assert (known >= 0).all()
        assert (known <= one.maximum).all()


@given(
    st.sampled_from(
        [
            {"share": "a / 10"},
            {"count": "a", "each": 0.7},
            {"steps": {"of": "a", "at": {1: 1, 2.5: 4, 7: 10}}},
            {"goalposts": {"of": "a", "from": 1, "to": 8}},
            {"formula": "a"},
            {"yes_no": "a >= 4"},
            {"best_of": [{"share": "a / 10"}, {"count": "a", "cap": 6}]},
            {"sum": [{"share": "a / 10", "points": 6}, {"count": "a", "cap": 4}]},
        ]
    ),
    st.floats(-20, 20, allow_nan=False),
    st.floats(0, 20, allow_nan=False),
)
def test_more_of_the_quantity_never_earns_less(trace, rule, less, extra):
    low, high = points(trace(rule, 10, a=[less, less + extra]))
    assert low <= high


@given(st.lists(st.floats(0, 100, allow_nan=False), min_size=2, max_size=8), st.floats(0.1, 50))
def test_the_share_of_the_best_does_not_depend_on_the_unit(trace, values, unit):
    one = trace({"share_of_best": "a"}, 10, a=values)
    other = trace({"share_of_best": "a"}, 10, a=[v * unit for v in values])
    np.testing.assert_allclose(points(one), points(other), rtol=1e-9, atol=1e-9)


@given(rules(), columns)
def test_each_body_is_computed_by_itself_but_for_the_best_of_the_group(trace, rule, values):
    assume("share_of_best" not in str(rule))
    together = points(trace(rule, **values))
    for body in range(4):
        alone = points(trace(rule, **{name: [column[body]] for name, column in values.items()}))
        assert alone == [pytest.approx(together[body], nan_ok=True)]
