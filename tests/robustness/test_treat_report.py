"""The report of a treatment: every shape tried, every point moved, against COINr and by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chiso.robustness.treat import Change, Limits, treat, winsorise

Check = Callable[..., None]
RUNS: dict[str, dict[str, Any]] = {
    "default_winmax5": {},
    "f2_log_CT_plus": {"transform": "log_either_tail"},
    "f2_log_GII": {"transform": "log_innovation_index"},
    "skew1_kurt3": {"limits": Limits(1, 3)},
    "winmax1": {"most": 1},
    "winmax3": {"most": 3},
    "winmax10": {"most": 10},
}


def _compare_details(oracle: Any, agrees: Check, file: str, treatment: Any) -> None:
    report = {entry.name: entry for entry in treatment.indicators}
    for row in oracle.rows(file):
        entry = report[row["iCode"]]
        shapes = [entry.before, *(step.shape for step in entry.steps)]
        for place, shape in enumerate(shapes):
            check = f"check_SkewKurt{place}"
            agrees(shape.skewness, float(row[f"{check}.Skew"]))
            agrees(shape.kurtosis, float(row[f"{check}.Kurt"]))
            assert row[f"{check}.Pass"] == str(shape.passes).upper()
        assert not row.get(f"check_SkewKurt{len(shapes)}.Pass")
        if entry.changes:
            assert len(entry.changes) == float(row["winsorise.nwin"])


@pytest.mark.parametrize("file", RUNS)
def test_data_and_every_shape_tried_agree(oracle: Any, agrees: Check, file: str) -> None:
    treatment = treat(oracle.step("Screened"), names=oracle.names, **RUNS[file])
    agrees(treatment.values, oracle.table(f"treat/{file}.csv"))
    _compare_details(oracle, agrees, f"treat/{file}_details.csv", treatment)


def test_the_points_that_moved_in_the_default_build_agree(oracle: Any) -> None:
    treatment = treat(oracle.step("Screened"), names=oracle.names)
    rows = oracle.rows("default/treat_points.csv")
    theirs = {(n, b): row[n] for b, row in enumerate(rows) for n in oracle.names if row[n]}
    short = {"high": "winhi", "low": "winlo"}
    ours = {(e.name, c.body): short[c.end] for e in treatment.indicators for c in e.changes}
    assert ours == theirs


def test_the_logarithm_alone_is_applied_where_the_oracle_did_nothing(
    oracle: Any, agrees: Check
) -> None:
    # In this run COINr gave all data back untouched and its details list only the indicators
    # that passed. Ours agrees in those, and transforms the others.
    data = oracle.step("Screened")
    treatment = treat(data, most=0, names=oracle.names)
    agrees(oracle.table("treat/log_CT_first.csv"), data)
    _compare_details(oracle, agrees, "treat/log_CT_first_details.csv", treatment)
    reported = {row["iCode"] for row in oracle.rows("treat/log_CT_first_details.csv")}
    assert {entry.name for entry in treatment.changed} == set(oracle.names) - reported
    assert {entry.transform for entry in treatment.changed} == {"log_shifted"}


def test_a_report_names_the_points_and_the_reason() -> None:
    values = [[*map(float, range(1, 11)), 100.0, np.nan], [*map(float, range(12))]]
    treatment = treat(values, names=["a", "b"])
    first, second = treatment.indicators
    assert first.changes == (Change(10, "high", 100.0, 10.0),)
    assert not first.before.passes
    assert first.after.passes
    assert [step.action for step in first.steps] == ["winsorised"]
    assert not second.changed
    assert treatment.changed == (first,)
    assert treatment.unresolved == ()


def test_a_low_tail_is_winsorised_from_below() -> None:
    values, changes = winsorise([-100.0, *map(float, range(1, 11))])
    assert changes == (Change(0, "low", -100.0, 1.0),)
    assert values[0] == 1
    with pytest.raises(ValueError, match="most from 0 up"):
        winsorise([1.0, 2.0], most=-1)


def test_what_cannot_be_mended_is_said() -> None:
    treatment = treat([[*[0.0] * 40, 1.0]], most=0, transform=None)
    assert [entry.name for entry in treatment.unresolved] == ["1"]
    assert not treatment.changed
    with pytest.raises(ValueError, match=r"indicator 'a': .*largest is above 1"):
        treat([[*[0.0] * 40, 1.0]], most=0, transform="log_innovation_index", names=["a"])
