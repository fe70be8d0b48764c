"""The structure of the example index, agreed to the last digit that COINr writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chiso.robustness.aggregate import aggregate
from chiso.robustness.components import principal_components
from chiso.robustness.correlate import correlate
from chiso.robustness.describe import Thresholds, statistics
from chiso.robustness.examine import cronbach_alpha
from chiso.robustness.leave_out import leave_one_out
from chiso.robustness.screen import screen
from chiso.robustness.weigh import balanced_weights, pca_weights

Check = Callable[..., None]
STATISTICS = {
    "Min": "low",
    "Max": "high",
    "Mean": "mean",
    "Median": "median",
    "Std": "spread",
    "Skew": "skewness",
    "Kurt": "kurtosis",
    "N.Avail": "known",
    "N.NonZero": "nonzero",
    "N.Unique": "unique",
    "N.Same": "same",
    "Frc.Avail": "share_known",
    "Frc.NonZero": "share_nonzero",
    "Frc.Unique": "share_unique",
    "Frc.Same": "share_same",
}
FLAGS = {
    "Flag.Avail": "few_known",
    "Flag.NonZero": "many_zeros",
    "Flag.Unique": "few_unique",
    "Flag.SkewKurt": "outliers",
}


def test_every_statistic_and_flag_agrees(oracle: Any, agrees: Check) -> None:
    found = statistics(oracle.step("Raw"), names=oracle.names)
    rows = {row["iCode"]: row for row in oracle.rows("analysis/stats_raw.csv")}
    for column, ours in STATISTICS.items():
        agrees(getattr(found, ours), [float(rows[name][column]) for name in oracle.names])
    for column, ours in FLAGS.items():
        theirs = [rows[name][column] != "ok" for name in oracle.names]
        assert getattr(found, ours).tolist() == theirs, column


def test_thresholds_of_statistics_can_be_others() -> None:
    found = statistics([[1.0, np.nan, 0.0, 0.0], [np.nan] * 4], Thresholds(available=0.8))
    assert found.few_known.tolist() == [True, True]
    assert found.many_zeros.tolist() == [True, False]
    assert found.same.tolist() == [2, 0]
    assert np.isnan(found.share_unique[1])


@pytest.mark.parametrize(
    ("file", "by"), [("byNA", "unknown"), ("byzeros", "zeros"), ("byNAandzeros", "both")]
)
def test_who_is_screened_out_agrees(oracle: Any, file: str, by: Any) -> None:
    found = screen(oracle.step("Raw"), by=by, available=0.9)
    _decisions(oracle, f"screen/{file}_summary.csv", found)
    removed = {row["Removed"] for row in oracle.rows(f"screen/{file}_removed.csv")}
    assert {oracle.bodies[body] for body in np.flatnonzero(~found.included)} == removed


def test_nobody_is_screened_out_of_the_default_build(oracle: Any, agrees: Check) -> None:
    found = screen(oracle.step("Imputed"), available=0.9)
    _decisions(oracle, "default/screen_summary.csv", found)
    agrees(found.keep(oracle.step("Imputed")), oracle.step("Screened"))


def _decisions(oracle: Any, file: str, found: Any) -> None:
    for column, flags in [
        ("LowData", found.too_unknown),
        ("LowNonZero", found.too_zero),
        ("LowDatOrZeroFlag", found.too_unknown | found.too_zero),
        ("Included", found.included),
    ]:
        assert flags.tolist() == [row[column] == "TRUE" for row in oracle.rows(file)], column


def _rows_of(oracle: Any, node: str) -> tuple[tuple[str, ...], list[int]]:
    names = oracle.unsorted.tree.children[node]
    return names, [oracle.names.index(name) for name in names]


def test_alpha_agrees_on_every_level_and_on_raw_data(oracle: Any, agrees: Check) -> None:
    # On raw data COINr takes pairwise covariances and does not turn what is "less is better",
    # which makes the alpha of mixed groups meaningless (-0.55 for Instit); reproduced as it is.
    tree, normal, raw = oracle.unsorted.tree, oracle.step("Normalised"), oracle.step("Raw")
    scores = aggregate(tree, normal)
    for row in oracle.rows("analysis/cronbach.csv"):
        if row["Group"] == "ALL":
            agrees(cronbach_alpha(normal), float(row["alpha_norm"]))
            continue
        children = np.stack([scores[child] for child in tree.children[row["Group"]]])
        agrees(cronbach_alpha(children), float(row["alpha_norm"]))
        if row["Level"] == "1":
            inside = _rows_of(oracle, row["Group"])[1]
            agrees(cronbach_alpha(raw[inside], pairwise=True), float(row["alpha_raw"]))


def test_alpha_is_unknown_where_nothing_varies_or_too_little_is_known() -> None:
    for rows in ([[1.0, 2.0, 3.0]], [[1.0, 2.0], [2.0, 1.0]], [[1.0] * 4, [2.0] * 4]):
        assert np.isnan(cronbach_alpha(rows))


def test_components_agree_up_to_one_sign_each(oracle: Any, agrees: Check) -> None:
    summary, loadings = (
        oracle.rows(f"analysis/pca_{part}_level1.csv") for part in ("summary", "loadings")
    )
    for node in oracle.unsorted.tree.at_height(2):
        names, inside = _rows_of(oracle, node)
        found = principal_components(oracle.step("Normalised")[inside], names=names)
        rows = [row for row in summary if row["Group"] == node]
        agrees(found.spreads, [float(row["sdev_exact"]) for row in rows])
        agrees(found.shares, [float(row["prop_var"]) for row in rows])
        theirs = {
            (row["iCode"], row["PC"]): float(row["loading"])
            for row in loadings
            if row["Group"] == node
        }
        table = np.array([[theirs[name, row["PC"]] for row in rows] for name in names])
        agrees(found.loadings * np.sign((found.loadings * table).sum(axis=0)), table)


def test_weights_from_loadings_agree(oracle: Any, agrees: Check) -> None:
    rows = oracle.rows("variants/pca_weights_level1.csv")
    theirs = {row["iCode"]: float(row["Weight"]) for row in rows}
    for node in oracle.unsorted.tree.at_height(2):
        names, inside = _rows_of(oracle, node)
        ours = pca_weights(oracle.step("Normalised")[inside], form="loadings", names=names)
        table = np.array([theirs[name] for name in names])
        agrees(ours, table / table.sum())


def test_balanced_weights_reach_what_the_oracle_only_approaches(oracle: Any) -> None:
    # COINr's search stops early: where 0.5 each was wished it reports importances of 0.5016 and
    # 0.4984. The exact solution lies next to its weights, so these do not agree to 1e-9.
    scores = aggregate(oracle.unsorted.tree, oracle.step("Normalised"))
    pair = np.stack([scores["Conn"], scores["Sust"]])
    found = balanced_weights(pair)
    rows = oracle.rows("analysis/opt_weights_balance_level3_result.csv")
    theirs = np.array([float(row["OptWeight"]) for row in rows])
    reached = correlate(pair, (theirs @ pair)[None])[:, 0]
    assert found.gap < 1e-9 < 1e-3 < np.abs(reached / reached.sum() - 0.5).max()
    np.testing.assert_allclose(found.weights, theirs / theirs.sum(), atol=0.006)


def test_a_pillar_can_be_left_out_with_all_below_it(oracle: Any, agrees: Check) -> None:
    tree, scores = oracle.unsorted.tree, oracle.step("Normalised")
    found = {entry.node: entry for entry in leave_one_out(tree, scores, tree.children["Index"])}
    results = aggregate(tree, scores)
    agrees(found["Conn"].scores, results["Sust"])
    agrees(found["Sust"].scores, results["Conn"])
    assert found["Conn"].most_shift == np.abs(found["Conn"].shifts).max()
