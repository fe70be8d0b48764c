"""Weights: against COINr, against textbook examples, and what every method guarantees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from chiso.robustness.doubt import benefit_of_the_doubt
from chiso.robustness.experts import budget_allocation, pairwise_weights
from chiso.robustness.weigh import (
    balanced_weights,
    critic_weights,
    effective_weights,
    entropy_weights,
    equal_weights,
    given_weights,
    pca_weights,
)

Check = Callable[..., None]


def test_effective_weights_agree_and_sum_to_one_at_the_bottom(oracle: Any, agrees: Check) -> None:
    found = effective_weights(oracle.unsorted.tree)
    for row in oracle.rows("analysis/effective_weights.csv"):
        agrees(found[row["iCode"]], float(row["EffWeight"]))
    assert sum(found[name] for name in oracle.names) == pytest.approx(1.0)


scores = arrays(np.float64, (3, 12), elements=st.floats(0.01, 100), unique=True)


@given(scores)
@pytest.mark.parametrize(
    "method", [pca_weights, entropy_weights, critic_weights], ids=["pca", "entropy", "critic"]
)
def test_weights_from_scores_are_from_zero_up_and_sum_to_one(method: Any, data: np.ndarray) -> None:
    weights = method(data)
    assert weights.shape == (3,)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1.0)


def test_given_and_equal_weights() -> None:
    assert given_weights([1, 3]).tolist() == [0.25, 0.75]
    assert equal_weights(4).tolist() == [0.25] * 4
    with pytest.raises(ValueError, match="x"):
        given_weights([-1, 3], names=["x", "y"])


def test_an_indicator_that_tells_nobody_apart_has_no_entropy_weight() -> None:
    weights = entropy_weights([[1.0, 1, 1, 1], [1.0, 2, 3, 4]])
    assert weights[0] == pytest.approx(0.0, abs=1e-12)


def test_critic_prefers_what_contrasts_and_conflicts() -> None:
    # Two rows that repeat each other share one story; the third tells another (Diakoulaki 1995).
    rng = np.random.default_rng(1)
    one, other = rng.uniform(size=(2, 200))
    weights = critic_weights([one, one, other])
    assert weights[2] > weights[0] == pytest.approx(weights[1])


def test_pairwise_judgements_give_the_weights_of_a_consistent_matrix() -> None:
    wanted = np.array([0.6, 0.3, 0.1])
    found = pairwise_weights(wanted[:, None] / wanted[None, :])
    np.testing.assert_allclose(found.weights, wanted, atol=1e-9)


def test_budget_allocation_is_the_mean_over_experts() -> None:
    found = budget_allocation([[60.0, 2.0], [40.0, 2.0]])
    np.testing.assert_allclose(found.weights, [0.55, 0.45])


def test_benefit_of_the_doubt_gives_one_to_who_is_best_somewhere() -> None:
    found = benefit_of_the_doubt([[1.0, 0.2, 0.5], [0.2, 1.0, 0.5]])
    assert found.scores[0] == pytest.approx(1.0)
    assert found.scores[1] == pytest.approx(1.0)
    assert found.scores[2] < 1.0


def test_balanced_weights_reach_the_wished_correlations() -> None:
    rng = np.random.default_rng(2)
    data = rng.normal(size=(3, 300)) + rng.normal(size=300)
    found = balanced_weights(data)
    assert found.weights.sum() == pytest.approx(1.0)
    assert np.ptp(found.importance) < 0.02
