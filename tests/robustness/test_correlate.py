"""Correlations and their flags, by hand and against scipy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import stats

from chiso.robustness.aggregate import aggregate
from chiso.robustness.correlate import correlate, flag_correlations, with_parents
from chiso.robustness.examine import denominator_correlations
from chiso.robustness.tree import Tree

PAIRS = arrays(np.float64, (2, 9), elements=st.integers(-5, 5).map(float), fill=st.nothing())
VARIED = PAIRS.filter(lambda pair: bool((pair.max(axis=1) > pair.min(axis=1)).all()))
SCIPY = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}


@given(VARIED)
@pytest.mark.parametrize("kind", SCIPY)
def test_every_kind_agrees_with_scipy_over_the_bodies_known_in_both(
    kind: Any, pair: NDArray[np.float64]
) -> None:
    gaps = np.column_stack([pair, [np.nan, 3.0], [2.0, np.nan]])
    expected = SCIPY[kind](*pair)[0]
    assert correlate(gaps, kind=kind)[0, 1] == pytest.approx(expected, abs=1e-9)


def test_what_has_no_correlation_is_unknown_and_what_does_not_fit_is_refused() -> None:
    found = correlate([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0], [1.0, np.nan, 2.0]])
    assert found[0, 0] == 1
    assert np.isnan(found[0, 1])
    assert np.isnan(found[0, 2])
    with pytest.raises(ValueError, match="rows have the shape"):
        correlate([[1.0, 2.0]], [[1.0, 2.0, 3.0]])
    with pytest.raises(ValueError, match="a correlation is"):
        correlate([[1.0, 2.0]], kind="distance")  # type: ignore[arg-type]


def test_the_correlation_with_each_parent_agrees(oracle: Any) -> None:
    scores = aggregate(oracle.unsorted.tree, oracle.step("Normalised"))
    found = with_parents(oracle.unsorted.tree, scores)
    for row in oracle.rows("analysis/corr_3_4.csv"):
        theirs = float(row["Correlation"])
        assert found[row["Var2"]][row["Var1"]] == pytest.approx(theirs, abs=1e-9)
    assert list(found["LPI"]) == ["Physical", "Conn", "Index"]
    assert "Index" not in found


def test_siblings_that_say_the_same_or_pull_apart_are_flagged() -> None:
    tree = Tree({"r": None, "a": "r", "b": "r", "c": "r", "p": "r", "d": "p", "e": "p"})
    up = np.arange(6.0)
    shuffled = np.array([3.0, 0.0, 4.0, 1.0, 5.0, 2.0])
    flags = flag_correlations(tree, aggregate(tree, [up, up**1.1, -up, up, shuffled]))
    found = {(flag.parent, flag.first, flag.second): flag.reason for flag in flags}
    assert found["r", "a", "b"] == "redundant"
    assert found["r", "a", "c"] == "conflicting"
    assert not any(flag.parent == "p" for flag in flags)
    sizes = [abs(flag.correlation) for flag in flags if flag.parent == "r"]
    assert sizes == sorted(sizes, reverse=True)


def test_an_indicator_that_goes_with_a_denominator_is_named() -> None:
    people = np.array([1.0, 2.0, 5.0, 9.0, 20.0])
    totals = [people * 3 + [0.1, 0, 0.2, 0, 0], [5.0, 1.0, 4.0, 2.0, 3.0]]
    flags = denominator_correlations(totals, {"people": people}, names=["total", "rate"])
    assert [(flag.indicator, flag.denominator) for flag in flags] == [("total", "people")]
    assert flags[0].correlation == pytest.approx(1, abs=1e-3)


def test_denominators_of_the_example_go_with_the_totals_that_have_them(oracle: Any) -> None:
    coin = oracle.unsorted
    flags = denominator_correlations(
        coin.only.values, coin.only.denominators, threshold=0.7, names=coin.codes
    )
    assert ("Goods", "GDP") in {(flag.indicator, flag.denominator) for flag in flags}
    assert all(abs(flag.correlation) > 0.7 for flag in flags)
