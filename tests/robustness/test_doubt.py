"""Benefit of the doubt by hand, and what it guarantees every body."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from chiso.robustness.doubt import benefit_of_the_doubt

TABLES = arrays(np.float64, (3, 5), elements=st.integers(1, 100).map(float), fill=st.nothing())


def test_two_indicators_by_hand() -> None:
    # The front runs from (1, 4) over (3, 3) to (4, 1); (2, 2) lies at two thirds of the way to
    # (3, 3), and (1, 1) at one third.
    found = benefit_of_the_doubt([[1.0, 3.0, 4.0, 2.0, 1.0], [4.0, 3.0, 1.0, 2.0, 1.0]])
    np.testing.assert_allclose(found.scores, [1, 1, 1, 2 / 3, 1 / 3], atol=1e-9)
    np.testing.assert_allclose(found.shares.sum(axis=0), 1)


def test_limits_of_shares_are_kept_and_cost_points() -> None:
    scores = [[10.0, 1.0, 5.0], [1.0, 10.0, 5.0]]
    free = benefit_of_the_doubt(scores)
    bound = benefit_of_the_doubt(scores, least_share=0.4, most_share=0.6)
    assert bound.shares.min() >= 0.4 - 1e-9
    assert bound.shares.max() <= 0.6 + 1e-9
    assert (bound.scores <= free.scores + 1e-9).all()
    assert bound.scores[0] < free.scores[0] == pytest.approx(1)


def test_bodies_with_unknown_scores_are_neither_scored_nor_compared_with() -> None:
    found = benefit_of_the_doubt([[1.0, 2.0, 900.0], [2.0, 1.0, np.nan]])
    np.testing.assert_allclose(found.scores, [1, 1, np.nan])
    assert np.isnan(found.weights[:, 2]).all()


@pytest.mark.parametrize(
    ("scores", "limits", "message"),
    [
        ([[-1.0, 2.0], [1.0, 1.0]], {}, "indicator 'a': benefit of the doubt needs scores"),
        ([[1.0, 2.0], [1.0, 1.0]], {"least_share": 0.6}, "must enclose 1/2"),
        ([[0.0, 2.0], [0.0, 1.0]], {}, "nothing but zeros"),
        ([[0.0, 2.0], [1.0, 1.0]], {"least_share": 0.1}, "has a zero where the limits ask"),
        ([[np.nan, 2.0], [1.0, np.nan]], {}, "no body is known"),
    ],
)
def test_what_cannot_be_scored_is_refused(
    scores: list[list[float]], limits: dict[str, float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        benefit_of_the_doubt(scores, names=["a", "b"], **limits)


@settings(max_examples=40)
@given(TABLES, st.integers(2, 9))
def test_nobody_does_better_with_other_weights_and_units_do_not_matter(
    scores: NDArray[np.float64], factor: int
) -> None:
    found = benefit_of_the_doubt(scores)
    assert ((found.scores > 0) & (found.scores <= 1)).all()
    assert found.scores.max() == pytest.approx(1)
    reached = found.weights.T @ scores  # row k: everybody with the weights of body k
    assert (reached <= 1 + 1e-7).all()
    equal = scores.mean(axis=0) / scores.mean(axis=0).max()
    assert (found.scores >= equal - 1e-7).all()
    other = benefit_of_the_doubt(scores * np.array([[factor], [1.0], [1.0]]))
    np.testing.assert_allclose(other.scores, found.scores, atol=1e-7)
