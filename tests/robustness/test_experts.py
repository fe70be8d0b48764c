"""Weights that people give: Saaty's example, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from chiso.robustness.experts import budget_allocation, pairwise_weights

#: Saaty's satisfaction with schools: learning, friends, school life, vocational training, college
#: preparation, music classes
SCHOOL = [
    [1, 4, 3, 1, 3, 4],
    [1 / 4, 1, 7, 3, 1 / 5, 1],
    [1 / 3, 1 / 7, 1, 1 / 5, 1 / 5, 1 / 6],
    [1, 1 / 3, 5, 1, 1, 1 / 3],
    [1 / 3, 5, 5, 1, 1, 3],
    [1 / 4, 1, 6, 3, 1 / 3, 1],
]


def test_the_choice_of_a_school_gives_the_published_weights() -> None:
    found = pairwise_weights(SCHOOL)
    np.testing.assert_allclose(found.weights, [0.32, 0.14, 0.03, 0.13, 0.24, 0.14], atol=0.006)
    matrix = np.array(SCHOOL)
    np.testing.assert_allclose(matrix @ found.weights, found.eigenvalue * found.weights)
    assert found.consistency_ratio == pytest.approx((found.eigenvalue - 6) / 5 / 1.24)
    assert not found.consistent


def test_two_indicators_cannot_contradict_each_other() -> None:
    found = pairwise_weights([[1, 3], [1 / 3, 1]])
    np.testing.assert_allclose(found.weights, [0.75, 0.25])
    assert found.consistency_ratio == 0
    assert found.consistent


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 3], [2, 1]], "'a' to indicator 'b' is 3 and back 2"),
        ([[1, 0], [1, 1]], "'a': a judgement is missing or not positive"),
        ([[1, 2, 3], [1, 1, 1]], "square matrix"),
    ],
)
def test_judgements_that_do_not_fit_are_refused(matrix: list[list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pairwise_weights(matrix, names=["a", "b"])


def test_experts_count_the_same_whatever_their_budget() -> None:
    found = budget_allocation([[60, 1], [40, 3]])
    np.testing.assert_allclose(found.weights, [0.425, 0.575])
    np.testing.assert_allclose(found.lowest, [0.25, 0.4])
    np.testing.assert_allclose(found.highest, [0.6, 0.75])
    assert found.spread[0] == pytest.approx(0.35 / np.sqrt(2))
    assert np.isnan(budget_allocation([[1], [1]]).spread).all()


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([[np.nan, 1], [1, 1]], "'a': an expert gave no points; nothing means 0"),
        ([[1, 1], [-1, 1]], "'b': points are from 0 up"),
        ([[0, 1], [0, 1]], "gave no points at all"),
    ],
)
def test_budgets_that_do_not_fit_are_refused(points: list[list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        budget_allocation(points, names=["a", "b"])
