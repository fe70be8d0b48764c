"""Every normalisation against COINr, by hand, and under what must not change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from chiso.robustness import normalise as n

Check = Callable[..., None]
TABLES = arrays(np.float64, (3, 7), elements=st.integers(-1000, 1000).map(float), fill=st.nothing())
VARIED = TABLES.filter(lambda table: bool((table.max(axis=1) > table.min(axis=1)).all()))
METHODS = [n.min_max, n.z_score, n.rank, n.borda, n.percentile_rank, n.distance_to_maximum]

ORACLE: dict[str, tuple[Callable[..., NDArray[np.float64]], dict[str, Any]]] = {
    "none": (n.as_is, {}),
    "minmax_0_100": (n.min_max, {}),
    "minmax_1_100": (n.min_max, {"low": 1}),
    "zscore_0_1": (n.z_score, {}),
    "zscore_10_2": (n.z_score, {"mean": 10, "spread": 2}),
    "scaled_0_50": (n.scaled, {"low": 0, "high": 50}),
    "dist2max": (n.distance_to_maximum, {}),
    "rank": (n.rank, {}),
    "prank": (n.percentile_rank, {}),
    "borda": (n.borda, {}),
}


@pytest.mark.parametrize("file", ORACLE)
def test_a_normalisation_agrees_with_the_oracle(oracle: Any, agrees: Check, file: str) -> None:
    method, parameters = ORACLE[file]
    scores = method(
        oracle.step("Treated"),
        direction=oracle.unsorted.directions,
        names=oracle.names,
        **parameters,
    )
    agrees(scores, oracle.table(f"normalise/{file}.csv"))


def test_distance_to_targets_agrees_with_the_oracle(oracle: Any, agrees: Check) -> None:
    coin = oracle.unsorted
    scores = n.distance_to_target(
        oracle.step("Treated"), target=coin.targets, direction=coin.directions, names=coin.codes
    )
    agrees(scores, oracle.table("normalise/dist2targ_iMeta.csv"))


def test_distance_to_a_reference_agrees_and_is_refused_where_the_oracle_divides_by_zero(
    oracle: Any, agrees: Check
) -> None:
    # Body 1 has the worst value in four indicators: its distance to the worst is zero, and the
    # oracle returns NaN and infinities there.
    data, signs = oracle.step("Treated"), oracle.unsorted.directions
    theirs = oracle.table("normalise/dist2ref_1.csv")
    sound = np.isfinite(theirs).all(axis=1)
    assert [oracle.names[at] for at in np.flatnonzero(~sound)] == [
        "Bord",
        "Elec",
        "TIRcon",
        "MatCon",
    ]
    with pytest.raises(ValueError, match=r"'Bord', indicator 'Elec'.*the reference is the worst"):
        n.distance_to_reference(data, reference=0, direction=signs, names=oracle.names)
    ours = n.distance_to_reference(data[sound], reference=0, direction=signs[sound])
    agrees(ours, theirs[sound])


def test_goalposts_agree_with_the_oracle(oracle: Any, agrees: Check) -> None:
    # COINr turns the sign of "less is better" before it looks at the posts, so its posts are
    # negative there; ours are in the unit of the indicator.
    posts = {
        row["iCode"]: sorted(abs(float(row[end])) for end in ("lower", "upper"))
        if row["Direction"] == "-1"
        else [float(row["lower"]), float(row["upper"])]
        for row in oracle.rows("normalise/goalposts_5pc_params.csv")
    }
    limits = np.array([posts[name] for name in oracle.names])
    scores = n.goalposts(
        oracle.step("Treated"),
        lower=limits[:, 0],
        upper=limits[:, 1],
        direction=oracle.unsorted.directions,
    )
    agrees(scores, oracle.table("normalise/goalposts_5pc.csv"))


def test_the_fraction_of_the_maximum_agrees_where_more_is_better(
    oracle: Any, agrees: Check
) -> None:
    data, more = oracle.step("Treated"), oracle.unsorted.directions > 0
    sound = more & (data >= 0).all(axis=1)
    agrees(n.fraction_of_maximum(data[sound]), oracle.table("normalise/fracmax.csv")[sound])


def test_the_fraction_of_the_maximum_of_the_oracle_rewards_the_highest_cost(oracle: Any) -> None:
    # COINr turns the sign and divides by the largest, -x / -min = x / min: the best body has 1
    # and worse ones more, without limit. Ours is min / x, so the best has 1 and all others less.
    data, theirs = oracle.step("Treated"), oracle.table("normalise/fracmax.csv")
    sound = (oracle.unsorted.directions < 0) & (data > 0).all(axis=1)
    assert sound.sum() > 5
    ours = n.fraction_of_maximum(data[sound], direction=-1)
    np.testing.assert_allclose(ours * theirs[sound], 1, rtol=1e-9)
    for cost, score, other in zip(data[sound], ours, theirs[sound], strict=True):
        assert score[cost.argmin()] == 1 == score.max()
        assert other[cost.argmax()] == other.max() > 1


def test_fraction_of_maximum_by_hand() -> None:
    values = np.array([[2.0, 4.0, np.nan, 8.0], [2.0, 4.0, np.nan, 8.0], [0.0, 1.0, 2.0, 3.0]])
    scores = n.fraction_of_maximum(values, direction=[1, -1, -1])
    expected = [[0.25, 0.5, np.nan, 1], [1, 0.5, np.nan, 0.25], [1, 0, 0, 0]]
    np.testing.assert_allclose(scores, expected)


def test_goalposts_by_hand() -> None:
    # Life expectancy of the Human Development Index: posts at 20 and 85 years (UNDP).
    life = n.goalposts([[71.6, 90.0, 15.0]], lower=20, upper=85, scale=1)
    np.testing.assert_allclose(life, [[0.7938461538, 1, 0]])
    less = n.goalposts([[5.0, 0.0, 12.0]], lower=0, upper=10, direction=-1, truncate=False)
    np.testing.assert_allclose(less, [[50, 100, -20]])


def test_ties_and_unknown_values_in_ranks() -> None:
    values = [[3.0, 1.0, np.nan, 3.0, 2.0]]
    np.testing.assert_array_equal(n.rank(values), [[3, 1, np.nan, 3, 2]])
    np.testing.assert_array_equal(n.rank(values, direction=-1), [[1, 4, np.nan, 1, 3]])
    np.testing.assert_array_equal(n.rank(values, ties="average"), [[3.5, 1, np.nan, 3.5, 2]])
    np.testing.assert_allclose(n.percentile_rank(values), [[2 / 3, 0, np.nan, 2 / 3, 1 / 3]])


def test_cap_keeps_who_is_beyond_the_target_or_reference_at_one() -> None:
    values = [[1.0, 3.0, 5.0]]
    np.testing.assert_allclose(n.distance_to_target(values, target=3, cap=True), [[0, 1, 1]])
    np.testing.assert_allclose(n.distance_to_reference(values, reference=-2), [[0, 1, 2]])


@pytest.mark.parametrize(
    ("method", "parameters", "message"),
    [
        (n.min_max, {}, "indicator 'b': all known values are the same"),
        (n.z_score, {}, "indicator 'b': all known values are the same"),
        (n.min_max, {"direction": [1, 2]}, "indicator 'b': the direction is 1 or -1"),
        (n.min_max, {"direction": [1, 1, 1]}, "direction is one number or one per indicator"),
        (n.fraction_of_maximum, {}, "indicator 'a': a share of the best value needs values from 0"),
        (n.distance_to_target, {"target": [-2, 9]}, "indicator 'a': the target is not better"),
        (n.distance_to_reference, {"reference": 5}, "there is no body 5 among 3"),
        (n.goalposts, {"lower": [0, 5], "upper": [1, 5]}, "indicator 'b': the lower post must be"),
        (n.scaled, {"low": 1, "high": 1}, "low and high are the same"),
        (n.rank, {"ties": "random"}, "ties are"),
    ],
)
def test_what_is_not_defined_is_refused_by_name(
    method: Callable[..., Any], parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        method([[-1.0, 0.0, 1.0], [4.0, 4.0, np.nan]], names=["a", "b"], **parameters)


def test_infinite_values_are_refused() -> None:
    with pytest.raises(ValueError, match="infinite"):
        n.min_max([[1.0, np.inf]])


@pytest.mark.parametrize("method", METHODS)
def test_an_indicator_without_known_values_stays_unknown(method: Callable[..., Any]) -> None:
    scores = method([[1.0, 2.0], [np.nan, np.nan]])
    assert np.isnan(scores[1]).all()
    assert not np.isnan(scores[0]).any()


def test_each_indicator_may_have_its_own_method() -> None:
    values = [[1.0, 2.0, 3.0], [10.0, 20.0, 40.0]]
    chosen = [n.Normalisation("rank"), n.Normalisation("goalposts", {"lower": 0, "upper": 40})]
    scores = n.normalise(values, chosen, direction=[1, -1])
    np.testing.assert_allclose(scores, [[1, 2, 3], [75, 50, 0]])
    with pytest.raises(ValueError, match="1 normalisations for 2"):
        n.normalise(values, chosen[:1])
    with pytest.raises(ValueError, match="indicator 'y': all known"):
        n.normalise([[1, 2], [3, 3]], [n.Normalisation()] * 2, names=["x", "y"])
    with pytest.raises(ValueError, match="there is no normalisation 'magic'"):
        n.Normalisation("magic")


def test_a_panel_is_placed_between_the_extremes_of_all_years() -> None:
    panel = np.array([[[0.0, 5.0]], [[10.0, np.nan]]])
    np.testing.assert_allclose(n.normalise_panel(panel), [[[0, 50]], [[100, np.nan]]])
    with pytest.raises(ValueError, match="a panel has the shape"):
        n.normalise_panel([[1.0, 2.0]])


@given(VARIED, st.integers(1, 50), st.integers(-500, 500))
def test_scale_and_origin_do_not_matter(
    values: NDArray[np.float64], factor: int, shift: int
) -> None:
    for method in METHODS:
        before, after = method(values), method(values * factor + shift)
        np.testing.assert_allclose(after, before, rtol=1e-9, atol=1e-9)


@given(VARIED, st.permutations(range(7)))
def test_scores_follow_their_bodies(values: NDArray[np.float64], order: list[int]) -> None:
    for method in METHODS:
        np.testing.assert_allclose(method(values[:, order]), method(values)[:, order], atol=1e-12)


@given(VARIED)
def test_better_values_never_score_less(values: NDArray[np.float64]) -> None:
    for method in METHODS:
        for sign in (1, -1):
            scores = method(values, direction=sign)
            order = np.argsort(values * sign, axis=1)
            assert (np.diff(np.take_along_axis(scores, order, axis=1), axis=1) >= -1e-12).all()


@given(VARIED)
def test_turning_the_sign_is_turning_the_direction(values: NDArray[np.float64]) -> None:
    for method in METHODS:
        np.testing.assert_allclose(method(-values), method(values, direction=-1), atol=1e-12)
