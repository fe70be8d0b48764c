"""Imputation against COINr, and what it must not do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from chiso.robustness.impute import (
    impute_by_body,
    impute_by_function,
    impute_by_indicator,
    impute_latest,
    impute_linear,
)

Check = Callable[..., None]


@pytest.mark.parametrize("middle", ["mean", "median"])
def test_the_middle_of_an_indicator_agrees(oracle: Any, agrees: Check, middle: Any) -> None:
    imputed = impute_by_indicator(oracle.step("Denominated"), middle)
    agrees(imputed.values, oracle.table(f"impute/{middle}.csv"))


@pytest.mark.parametrize(
    ("file", "middle", "group"),
    [
        ("mean_grp", "mean", "EurAsia_group"),
        ("median_grp", "median", "EurAsia_group"),
        ("mean_grp_gdp", "mean", "GDPpc_group"),
    ],
)
def test_the_middle_of_a_group_agrees(
    oracle: Any, agrees: Check, file: str, middle: Any, group: str
) -> None:
    imputed = impute_by_indicator(oracle.step("Denominated"), middle, groups=oracle.group(group))
    agrees(imputed.values, oracle.table(f"impute/{file}.csv"))


def test_the_default_build_agrees(oracle: Any, agrees: Check) -> None:
    groups = oracle.group("EurAsia_group")
    imputed = impute_by_indicator(oracle.step("Denominated"), groups=groups)
    agrees(imputed.values, oracle.step("Imputed"))


@pytest.mark.parametrize(
    ("file", "impute"), [("panel_latest", impute_latest), ("panel_linear", impute_linear)]
)
def test_a_panel_agrees(oracle: Any, agrees: Check, file: str, impute: Callable[..., Any]) -> None:
    # COINr was given the panel with gaps that are not kept: they are where its output differs.
    theirs, whole = oracle.panel(f"impute/{file}.csv"), oracle.panel("input/iData_panel.csv")
    gaps = ~np.isclose(theirs, whole, rtol=1e-12, atol=0, equal_nan=True)
    assert gaps.any()
    agrees(impute(np.where(gaps, np.nan, whole)).values, theirs)


tables = arrays(np.float64, (4, 6), elements=st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))))


@given(tables)
def test_known_values_never_change_and_estimates_lie_between_them(data: np.ndarray) -> None:
    imputed = impute_by_indicator(data)
    known = ~np.isnan(data)
    assert np.array_equal(imputed.values[known], data[known])
    for before, after in zip(data, imputed.values, strict=True):
        seen = before[~np.isnan(before)]
        if len(seen):
            slack = 1e-9 * max(1.0, np.abs(seen).max())
            assert (after >= seen.min() - slack).all()
            assert (after <= seen.max() + slack).all()
        else:
            assert np.isnan(after).all()


def test_the_latest_value_and_the_line_between_two() -> None:
    nan = np.nan
    panel = np.array([[[1.0, nan]], [[nan, 4.0]], [[3.0, nan]]])  # years, indicators, bodies
    assert impute_latest(panel).values[1].tolist() == [[1.0, 4.0]]
    linear = impute_linear(panel).values
    assert linear[1, 0, 0] == 2.0
    assert np.isnan(impute_latest(panel).values[0, 0, 1])


def test_a_function_of_ones_own_must_keep_what_is_known() -> None:
    data = np.array([[1.0, np.nan], [2.0, 3.0]])
    filled = impute_by_function(data, lambda table: np.nan_to_num(table, nan=9.0))
    assert filled.values.tolist() == [[1.0, 9.0], [2.0, 3.0]]
    with pytest.raises(ValueError, match="changed a known value"):
        impute_by_function(data, lambda table: table * 0.0 + 5.0)


def test_a_body_is_estimated_from_its_other_indicators() -> None:
    data = np.array([[0.0, 10.0, 5.0], [100.0, 200.0, np.nan]])
    imputed = impute_by_body(data)
    assert imputed.values[1, 2] == pytest.approx(150.0)
