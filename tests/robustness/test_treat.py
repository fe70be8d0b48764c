"""Treatment of outliers against COINr, and what it must not do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.robustness.treat import Limits, shape_of, treat, winsorise

Check = Callable[..., None]


def test_the_default_treatment_agrees(oracle: Any, agrees: Check) -> None:
    treated = treat(oracle.step("Screened"), names=oracle.names)
    agrees(treated.values, oracle.step("Treated"))


@pytest.mark.parametrize("most", [1, 3, 5, 10])
def test_any_number_of_points_agrees(oracle: Any, agrees: Check, most: int) -> None:
    file = "treat/default_winmax5.csv" if most == 5 else f"treat/winmax{most}.csv"
    treated = treat(oracle.step("Screened"), most=most, names=oracle.names)
    agrees(treated.values, oracle.table(file))


def test_other_limits_agree(oracle: Any, agrees: Check) -> None:
    treated = treat(oracle.step("Screened"), limits=Limits(1.0, 3.0), names=oracle.names)
    agrees(treated.values, oracle.table("treat/skew1_kurt3.csv"))


def test_the_report_has_the_shapes_and_counts_of_the_oracle(oracle: Any, agrees: Check) -> None:
    treated = treat(oracle.step("Screened"), names=oracle.names)
    reports = {entry.name: entry for entry in treated.indicators}
    for row in oracle.rows("treat/default_winmax5_details.csv"):
        entry = reports[row["iCode"]]
        agrees(entry.before.skewness, float(row["check_SkewKurt0.Skew"]))
        agrees(entry.before.kurtosis, float(row["check_SkewKurt0.Kurt"]))
        assert entry.before.passes == (row["check_SkewKurt0.Pass"] == "TRUE")
        if row["winsorise.nwin"]:
            assert len(entry.changes) == int(row["winsorise.nwin"])


values = st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=30)


@given(values)
def test_winsorising_keeps_the_order_and_stays_within_the_values(data: list[float]) -> None:
    before = np.array(data)
    after, changes = winsorise(before)
    assert len(changes) <= 5
    assert before.min() <= after.min() <= after.max() <= before.max()
    order = np.argsort(before, kind="stable")
    assert (np.diff(after[order]) >= 0).all()
    for change in changes:
        assert change.before == before[change.body]
        assert change.after == after[change.body]


@given(values)
def test_what_passes_is_left_alone(data: list[float]) -> None:
    row = np.array(data)
    treated = treat(row[None])
    if shape_of(row).passes:
        assert np.array_equal(treated.values[0], row)
        assert treated.changed == ()


def test_unknown_values_stay_unknown() -> None:
    row = np.array([1.0, 2, 3, 4, 5, 6, 7, 1000, np.nan])
    treated = treat(row[None], names=["x"])
    assert np.isnan(treated.values[0, -1])
    assert treated.changed[0].name == "x"


def test_a_transformation_that_loses_bodies_is_refused_by_name() -> None:
    row = np.array([1.0, 1, 1, 1, 1, 1, 1, 1, 2, 1000])
    with pytest.raises(ValueError, match="does not keep the bodies"):
        treat(row[None], most=0, transform=lambda given: given[:2], names=["x"])
    with pytest.raises(ValueError, match="there is no transformation 'magic'"):
        treat(row[None], transform="magic")
