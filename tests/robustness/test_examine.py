"""Examination of an index against COINr: statistics, correlations, components, leave one out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chiso.robustness.aggregate import aggregate
from chiso.robustness.components import principal_components
from chiso.robustness.correlate import correlate
from chiso.robustness.describe import availability_by_node, statistics
from chiso.robustness.examine import cronbach_alpha, strengths_and_weaknesses
from chiso.robustness.leave_out import leave_one_out

Check = Callable[..., None]


def test_statistics_agree(oracle: Any, agrees: Check) -> None:
    found = statistics(oracle.step("Raw"), names=oracle.names)
    rows = {row["iCode"]: row for row in oracle.rows("analysis/stats_raw.csv")}
    for place, name in enumerate(oracle.names):
        row = rows[name]
        for ours, theirs in (
            ("low", "Min"),
            ("high", "Max"),
            ("mean", "Mean"),
            ("median", "Median"),
        ):
            value = getattr(found, ours, None)
            if value is not None:
                agrees(value[place], float(row[theirs]))
        agrees(found.skewness[place], float(row["Skew"]))
        agrees(found.kurtosis[place], float(row["Kurt"]))


def test_availability_of_every_node_agrees(oracle: Any, agrees: Check) -> None:
    found = availability_by_node(oracle.unsorted.tree, oracle.step("Raw"))
    for row in oracle.rows("analysis/data_avail_bygroup.csv"):
        body = oracle.bodies.index(row["uCode"])
        for node, value in row.items():
            if node != "uCode":
                agrees(found[node][body], float(value))


def test_correlations_of_indicators_agree(oracle: Any, agrees: Check) -> None:
    found = correlate(oracle.step("Normalised"))
    place = {name: n for n, name in enumerate(oracle.names)}
    rows = oracle.rows("analysis/corr_level1_pearson.csv")
    compared = 0
    for row in rows:
        try:
            theirs = float(row["Correlation"])
        except ValueError:
            continue
        agrees(found[place[row["Var1"]], place[row["Var2"]]], theirs)
        compared += 1
    assert compared > 500


def test_correlations_of_the_upper_levels_agree(oracle: Any, agrees: Check) -> None:
    scores = aggregate(oracle.unsorted.tree, oracle.step("Normalised"))
    for row in oracle.rows("analysis/corr_3_4.csv"):
        pair = np.stack([scores[row["Var1"]], scores[row["Var2"]]])
        agrees(correlate(pair)[0, 1], float(row["Correlation"]))


def test_alpha_agrees(oracle: Any, agrees: Check) -> None:
    place = {name: n for n, name in enumerate(oracle.names)}
    scores, tree = oracle.step("Normalised"), oracle.unsorted.tree
    compared = 0
    for row in oracle.rows("analysis/cronbach.csv"):
        if row["Level"] == "1":
            node = tree.root if row["Group"] == "ALL" else row["Group"]
            inside = [place[name] for name in tree.under(node)]
            agrees(cronbach_alpha(scores[inside]), float(row["alpha_norm"]))
            compared += 1
    assert compared >= 5


def test_components_agree_up_to_their_sign(oracle: Any, agrees: Check) -> None:
    place = {name: n for n, name in enumerate(oracle.names)}
    scores = oracle.step("Normalised")
    groups: dict[str, list[str]] = {}
    for row in oracle.rows("analysis/pca_loadings_level1.csv"):
        names = groups.setdefault(row["Group"], [])
        if row["iCode"] not in names:
            names.append(row["iCode"])
    found = {
        g: principal_components(scores[[place[n] for n in names]]) for g, names in groups.items()
    }
    for row in oracle.rows("analysis/pca_summary_level1.csv"):
        which = int(row["PC"].removeprefix("PC")) - 1
        agrees(found[row["Group"]].shares[which], float(row["prop_var"]), 1e-8)
    for row in oracle.rows("analysis/pca_loadings_level1.csv"):
        which = int(row["PC"].removeprefix("PC")) - 1
        ours = found[row["Group"]].loadings[groups[row["Group"]].index(row["iCode"]), which]
        agrees(abs(ours), abs(float(row["loading"])), 1e-6)


def test_leaving_out_each_indicator_agrees(oracle: Any, agrees: Check) -> None:
    tree, scores = oracle.unsorted.tree, oracle.step("Normalised")
    found = {entry.node: entry for entry in leave_one_out(tree, scores, oracle.names)}
    rows = oracle.rows("analysis/remove_level1_scores.csv")
    for node, entry in found.items():
        theirs = {row["uCode"]: float(row[node]) for row in rows}
        agrees(entry.scores, [theirs[body] for body in oracle.bodies])
    for row in oracle.rows("analysis/remove_level1_meanabs.csv"):
        if row["removed"] in found:
            agrees(found[row["removed"]].mean_shift, float(row["mean_abs_rank_diff"]))


def test_a_perfect_copy_has_an_alpha_of_one() -> None:
    row = np.array([1.0, 2.0, 4.0, 7.0])
    assert cronbach_alpha(np.stack([row, row, row])) == pytest.approx(1.0)


def test_strengths_are_the_best_ranks_and_weaknesses_the_worst() -> None:
    data = np.array([[3.0, 1, 2], [1.0, 2, 3], [2.0, 3, 1], [9.0, 1, 5]])
    names = ["a", "b", "c", "d"]
    found = strengths_and_weaknesses(data, 0, count=1, names=names, worst_shared=True)
    assert found.strengths[0].indicator in {"a", "d"}
    assert found.weaknesses[0].indicator == "b"
    # The worst value there is may be shared by many; by default it is no weakness of this body.
    assert strengths_and_weaknesses(data, 0, count=1, names=names).weaknesses[0].indicator == "c"


def test_strengths_and_weaknesses_of_one_body_agree(oracle: Any) -> None:
    body = oracle.bodies.index("SGP")
    found = strengths_and_weaknesses(
        oracle.step("Raw"), body, direction=oracle.unsorted.directions, names=oracle.names
    )
    rows = oracle.rows("analysis/str_weak_raw_SGP.csv")
    for kind, ours in (("S", found.strengths), ("W", found.weaknesses)):
        theirs = {row["Code"]: int(row["Rank"]) for row in rows if row["kind"] == kind}
        assert sorted(s.rank for s in ours) == sorted(theirs.values())
        # Of indicators on one rank either may be listed; all others are the same.
        assert all(s.indicator in theirs or s.rank in theirs.values() for s in ours)
        assert len({s.indicator for s in ours} & set(theirs)) >= len(ours) - 1
