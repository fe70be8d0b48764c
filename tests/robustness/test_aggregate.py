"""Means and trees against COINr, by hand, and the laws between means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from chiso.problems import InvalidInput
from chiso.robustness import aggregate as a
from chiso.robustness.normalise import min_max, z_score
from chiso.robustness.tree import Tree
from chiso.scoring.ranking import competition_ranks

Check = Callable[..., None]
POSITIVE = arrays(np.float64, (4, 6), elements=st.floats(0.01, 100), fill=st.nothing())
WEIGHTS = arrays(np.float64, 4, elements=st.floats(0.1, 10), fill=st.nothing())
MEANS = [a.arithmetic_mean, a.geometric_mean, a.harmonic_mean, a.weighted_median, a.copeland]


def _compare(oracle: Any, agrees: Check, file: str, results: dict[str, Any]) -> None:
    nodes = tuple(oracle.unsorted.tree.parents)
    agrees(a.as_rows(results, nodes), oracle.table(file, nodes))


def _compare_ranks(oracle: Any, file: str, results: dict[str, Any]) -> None:
    nodes = oracle.unsorted.tree.aggregates
    ours = competition_ranks(a.as_rows(results, nodes))
    np.testing.assert_array_equal(ours, oracle.table(file, nodes))


def test_the_default_build_agrees_in_every_score_and_rank(oracle: Any, agrees: Check) -> None:
    results = a.aggregate(oracle.unsorted.tree, oracle.step("Normalised"))
    _compare(oracle, agrees, "default/data_Aggregated.csv", results)
    _compare(oracle, agrees, "default/scores.csv", results)
    _compare_ranks(oracle, "default/ranks.csv", results)


def test_ranks_within_groups_agree(oracle: Any) -> None:
    results = a.aggregate(oracle.unsorted.tree, oracle.step("Normalised"))
    groups, rows = oracle.group("EurAsia_group"), oracle.rows("default/results_groupranks.csv")
    theirs = {row["uCode"]: float(row["Index"]) for row in rows}
    for group in set(groups):
        inside = [place for place, other in enumerate(groups) if other == group]
        ranks = competition_ranks(results["Index"][inside])
        assert [theirs[oracle.bodies[place]] for place in inside] == ranks.tolist()


def test_the_summary_of_one_body_agrees(oracle: Any, agrees: Check) -> None:
    results = a.aggregate(oracle.unsorted.tree, oracle.step("Normalised"))
    body = oracle.bodies.index("SGP")
    for row in oracle.rows("analysis/unit_summary_SGP.csv"):
        scores = results[row["Code"]]
        agrees(scores[body], float(row["Score"]))
        assert competition_ranks(scores)[body] == float(row["Rank"])
        assert oracle.unsorted.titles[row["Code"]] == row["Name"]


def test_z_scores_agree(oracle: Any, agrees: Check) -> None:
    scores = z_score(oracle.step("Treated"), direction=oracle.unsorted.directions)
    results = a.aggregate(oracle.unsorted.tree, scores)
    _compare(oracle, agrees, "variants/amean_zscore/scores.csv", results)
    _compare_ranks(oracle, "variants/amean_zscore/ranks.csv", results)


def test_the_geometric_mean_agrees(oracle: Any, agrees: Check) -> None:
    scores = min_max(oracle.step("Treated"), direction=oracle.unsorted.directions, low=1)
    results = a.aggregate(oracle.unsorted.tree, scores, a.Mean("geometric"))
    _compare(oracle, agrees, "variants/gmean_minmax1_100/scores.csv", results)
    _compare_ranks(oracle, "variants/gmean_minmax1_100/ranks.csv", results)


def test_copeland_at_the_top_agrees(oracle: Any, agrees: Check) -> None:
    results = a.aggregate(
        oracle.unsorted.tree, oracle.step("Normalised"), by_height={4: a.Mean("copeland")}
    )
    _compare(oracle, agrees, "variants/copeland_top_level/scores.csv", results)
    _compare_ranks(oracle, "variants/copeland_top_level/ranks.csv", results)


def test_signed_weights_of_components_agree(oracle: Any, agrees: Check) -> None:
    # COINr takes loadings as weights, negative ones too; such means leave the range of scores.
    rows = oracle.rows("variants/pca_weights_level1.csv")
    tree = oracle.unsorted.tree.weighing({row["iCode"]: float(row["Weight"]) for row in rows})
    results = a.aggregate(tree, oracle.step("Normalised"), a.Mean(signed=True))
    _compare(oracle, agrees, "variants/amean_pca_weights_level1/scores.csv", results)
    _compare_ranks(oracle, "variants/amean_pca_weights_level1/ranks.csv", results)
    with pytest.raises(ValueError, match=r"node '\w+': a weight is negative"):
        a.aggregate(
            tree,
            oracle.step("Normalised"),
            by_node={"Physical": a.Mean(signed=True)},
            by_height={},
            rule=a.Mean(),
            weights={"Forest": 1},
        )


def test_the_least_availability_agrees(oracle: Any, agrees: Check) -> None:
    scores = min_max(oracle.step("Raw"), direction=oracle.unsorted.directions)
    results = a.aggregate(oracle.unsorted.tree, scores, a.Mean(available=0.66))
    _compare(oracle, agrees, "variants/raw_dat_thresh_0.66.csv", results)


def test_means_by_hand() -> None:
    scores, weights = [[1.0], [4.0], [16.0]], [1.0, 1.0, 2.0]
    assert a.arithmetic_mean(scores, weights) == pytest.approx(37 / 4)
    assert a.geometric_mean(scores, weights) == pytest.approx((4 * 16**2) ** 0.25)
    assert a.harmonic_mean(scores, weights) == pytest.approx(4 / (1 + 1 / 4 + 2 / 16))
    assert a.power_mean(scores, weights, power=2) == pytest.approx(((1 + 16 + 512) / 4) ** 0.5)
    assert a.weighted_median(scores, weights) == pytest.approx(10)
    assert a.weighted_median(scores) == pytest.approx(4)


def test_the_power_mean_shares_out_the_weight_of_unknown_scores() -> None:
    # COINr's documentation says that its generalised mean skips missing values; the weights then
    # have to be those of the values that are there. The power mean of the known values alone is
    # the only answer under which a missing value changes nothing else.
    whole = a.power_mean([[3.0], [5.0]], [1.0, 2.0], power=3)
    with_gap = a.power_mean([[3.0], [np.nan], [5.0]], [1.0, 7.0, 2.0], power=3)
    np.testing.assert_allclose(with_gap, whole)
    np.testing.assert_allclose(whole, ((27 + 2 * 125) / 3) ** (1 / 3))
    assert np.isnan(a.power_mean([[np.nan], [np.nan]], power=3)).all()


def test_the_harmonic_mean_of_negative_scores_is_refused() -> None:
    # The formula gives a number, 2 / (1/-1 + 1/2) = -4, which lies outside -1 … 2. COINr's
    # documentation asks for positive values and leaves it to the caller.
    with pytest.raises(ValueError, match="needs scores from 0 up"):
        a.harmonic_mean([[-1.0], [2.0]])
    with pytest.raises(ValueError, match="needs scores from 0 up"):
        a.geometric_mean([[-1.0], [2.0]])


def test_a_zero_makes_geometric_and_harmonic_means_zero_unless_it_has_no_weight() -> None:
    for mean in (a.geometric_mean, a.harmonic_mean):
        assert mean([[0.0], [5.0]]) == 0
        assert mean([[0.0], [5.0]], [0, 1]) == pytest.approx(5)
    assert a.power_mean([[0.0], [4.0]], power=0.5) == pytest.approx(1)
    assert a.power_mean([[0.0], [0.0]], power=2) == 0


def test_high_powers_do_not_overflow() -> None:
    assert a.power_mean([[100.0], [99.0]], power=900) == pytest.approx(99.923, abs=1e-3)
    assert a.power_mean([[100.0], [99.0]], power=-900) == pytest.approx(99.0763, abs=1e-3)


def test_copeland_by_hand() -> None:
    # a beats b in two of three, b beats c in two, c beats a in two: a circle, all drawn.
    circle = [[3.0, 2.0, 1.0], [1.0, 3.0, 2.0], [2.0, 1.0, 3.0]]
    np.testing.assert_array_equal(a.copeland(circle), [0, 0, 0])
    np.testing.assert_array_equal(a.copeland(circle, [3, 1, 1]), [2, 0, -2])
    unknown = [[3.0, np.nan, 1.0], [np.nan, np.nan, 1.0]]
    np.testing.assert_array_equal(a.copeland(unknown), [1, np.nan, -1])


@pytest.mark.parametrize("mean", MEANS)
def test_wrong_weights_are_refused(mean: Callable[..., Any]) -> None:
    for weights, message in [([1.0], "1 weights"), ([1, -1], "negative"), ([1, np.nan], "finite")]:
        with pytest.raises(ValueError, match=message):
            mean([[1.0, 2.0], [3.0, 4.0]], weights)


@pytest.mark.parametrize("mean", MEANS)
def test_draws_of_weights_go_through_in_one_call(mean: Callable[..., Any]) -> None:
    random = np.random.default_rng(5)
    scores, weights = random.random((4, 6)), random.random((8, 4))
    for gap in (False, True):
        if gap:
            scores[1, 2] = np.nan
        each = np.stack([mean(scores, weight) for weight in weights])
        np.testing.assert_allclose(mean(scores, weights), each)


@given(POSITIVE, WEIGHTS)
def test_arithmetic_is_at_least_geometric_is_at_least_harmonic(
    scores: NDArray[np.float64], weights: NDArray[np.float64]
) -> None:
    means = [mean(scores, weights) for mean in MEANS[:3]]
    for high, low in zip([scores.max(axis=0), *means], [*means, scores.min(axis=0)], strict=True):
        assert (high >= low * (1 - 1e-12)).all()


@given(POSITIVE, WEIGHTS, st.permutations(range(4)), st.permutations(range(6)))
def test_order_does_not_matter(
    scores: NDArray[np.float64], weights: NDArray[np.float64], rows: list[int], bodies: list[int]
) -> None:
    for mean in MEANS:
        moved = mean(scores[rows][:, bodies], weights[rows])
        np.testing.assert_allclose(moved, mean(scores, weights)[bodies], rtol=1e-9)


@given(POSITIVE, WEIGHTS, st.integers(0, 3), st.integers(0, 5), st.floats(0.1, 50))
def test_a_better_score_never_lowers_the_mean(
    scores: NDArray[np.float64], weights: NDArray[np.float64], row: int, body: int, gain: float
) -> None:
    better = scores.copy()
    better[row, body] += gain
    for mean in MEANS:
        assert mean(better, weights)[body] >= mean(scores, weights)[body] - 1e-9


@given(POSITIVE, WEIGHTS, st.floats(0.1, 9))
def test_only_the_proportions_of_weights_matter(
    scores: NDArray[np.float64], weights: NDArray[np.float64], factor: float
) -> None:
    for mean in MEANS:
        np.testing.assert_allclose(mean(scores, weights * factor), mean(scores, weights), rtol=1e-9)


@given(POSITIVE, st.permutations(range(6)))
def test_ranks_follow_permuted_bodies(scores: NDArray[np.float64], order: list[int]) -> None:
    tree = Tree({"a": "r", "b": "r", "c": "s", "d": "s", "s": "r", "r": None}, {"s": 2})
    ranks = competition_ranks(a.aggregate(tree, scores)["r"])
    moved = competition_ranks(a.aggregate(tree, scores[:, order])["r"])
    np.testing.assert_array_equal(moved, ranks[order])


def test_branches_may_have_unequal_depth() -> None:
    tree = Tree({"r": None, "a": "r", "p": "r", "b": "p", "q": "p", "c": "q", "d": "q"}, {"a": 3})
    assert tree.indicators == ("a", "b", "c", "d")
    assert tree.aggregates == ("q", "p", "r")
    assert tree.heights == {"r": 4, "a": 1, "p": 3, "b": 1, "q": 2, "c": 1, "d": 1}
    assert tree.under("p") == ("b", "c", "d")
    assert tree.at_height(1) == ("a", "b", "c", "d")
    results = a.aggregate(tree, [[8.0], [4.0], [1.0], [3.0]])
    assert [results[node][0] for node in tree.aggregates] == [2, 3, (3 * 8 + 3) / 4]


def test_draws_of_weights_go_up_the_tree() -> None:
    tree = Tree({"r": None, "a": "r", "p": "r", "b": "p", "c": "p"})
    scores = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, np.nan]])
    results = a.aggregate(tree, scores, weights={"b": np.array([1.0, 3.0]), "a": 0.0})
    np.testing.assert_allclose(results["r"], [[4, 4], [3.5, 4]])


def test_what_is_left_of_a_tree_without_a_node() -> None:
    tree = Tree({"r": None, "p": "r", "a": "p", "q": "r", "b": "q", "c": "q"}, {"b": 2, "a": 5})
    assert tree.without("a").parents == {"r": None, "q": "r", "b": "q", "c": "q"}
    assert tree.without("q").parents == {"r": None, "p": "r", "a": "p"}
    assert tree.without("b").weights == {"a": 5}
    for node, message in [("r", "nothing is left"), ("x", "no node 'x'")]:
        with pytest.raises(ValueError, match=message):
            tree.without(node)


def test_a_broken_tree_names_everything_that_is_wrong() -> None:
    with pytest.raises(InvalidInput) as caught:
        Tree({"a": "x", "b": "c", "c": "b"}, {"z": 1, "a": float("nan")})
    text = str(caught.value)
    for part in ("one root, this one 0", "'x' is no node", "own ancestor", "no node", "is nan"):
        assert part in text


def test_a_node_whose_mean_is_not_defined_is_named() -> None:
    tree = Tree({"r": None, "p": "r", "a": "p", "b": "p"})
    with pytest.raises(ValueError, match="node 'p': a mean of power 0 needs"):
        a.aggregate(tree, [[-1.0], [1.0]], a.Mean("geometric"))
    with pytest.raises(ValueError, match="2 indicators in the tree"):
        a.aggregate(tree, [[1.0]])
    for bad in ({"method": "magic"}, {"available": 2.0}):
        with pytest.raises(ValueError, match=r"no mean|from 0 to 1"):
            a.Mean(**bad)  # type: ignore[arg-type]
