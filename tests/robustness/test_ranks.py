"""Ranks of many draws: against the definition, and what is counted in them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from chiso.robustness.ranks import count_ranks, duels_won, rank_draws, rank_quantile, rank_type
from chiso.scoring.ranking import competition_ranks

few_values = st.sampled_from([-2.0, 0.0, 0.1 + 0.2, 0.3, 0.5, 1.0, 100.0])
tables = st.tuples(st.integers(1, 6), st.integers(1, 9)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=few_values | st.just(np.nan))
)


def by_definition(scores: np.ndarray) -> np.ndarray:
    """One more than the number of bodies with a higher score; 0 for an unknown one."""
    found = np.zeros(scores.shape, dtype=int)
    rounded = np.round(scores, 12)
    for draw, row in enumerate(rounded):
        for body, own in enumerate(row):
            if not np.isnan(own):
                found[draw, body] = 1 + sum(other > own for other in row)
    return found


@given(tables)
def test_ranks_are_those_of_the_definition(scores: np.ndarray) -> None:
    assert np.array_equal(rank_draws(scores), by_definition(scores))


@given(arrays(np.float64, (4, 30), elements=st.floats(0, 1)))
def test_ranks_are_those_of_scoring(scores: np.ndarray) -> None:
    assert np.array_equal(rank_draws(scores), competition_ranks(scores))


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e5, 1e12, 1e200])
def test_scores_of_any_size_are_ranked(scale: float) -> None:
    scores = np.random.default_rng(1).random((20, 13)) * scale
    assert np.array_equal(rank_draws(scores), by_definition(scores))


def test_scores_that_differ_in_their_last_bits_share_a_rank() -> None:
    assert rank_draws(np.array([[0.1 + 0.2, 0.3, 0.2]])).tolist() == [[1, 1, 3]]


def test_ranks_can_be_taken_at_the_decimals_of_a_publication() -> None:
    assert rank_draws(np.array([[0.512, 0.508, 0.49]]), 2).tolist() == [[1, 1, 3]]


def test_more_draws_than_fit_the_cache_are_ranked_alike() -> None:
    scores = np.random.default_rng(2).integers(0, 50, (1500, 300)) / 50
    assert np.array_equal(rank_draws(scores), competition_ranks(scores))


def test_no_bodies_have_no_ranks() -> None:
    assert rank_draws(np.empty((3, 0))).shape == (3, 0)


def test_the_type_of_ranks_grows_with_the_bodies() -> None:
    assert [rank_type(n) for n in (255, 256, 65_536)] == [np.uint8, np.uint16, np.uint32]


ranks_of_draws = tables.map(rank_draws)


@given(ranks_of_draws)
def test_every_draw_is_counted_once(ranks: np.ndarray) -> None:
    counts = count_ranks(ranks)
    assert (counts.sum(axis=1) == len(ranks)).all()
    assert counts[0, 0] == np.sum(ranks[:, 0] == 0)


@given(ranks_of_draws, st.floats(0, 1))
def test_quantiles_are_those_of_numpy(ranks: np.ndarray, share: float) -> None:
    found = rank_quantile(count_ranks(ranks), share)
    for body, value in enumerate(found):
        known = ranks[ranks[:, body] > 0, body]
        if known.size:
            assert value == pytest.approx(np.quantile(known, share), abs=1e-9)
        else:
            assert np.isnan(value)


def test_a_quantile_outside_0_to_1_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        rank_quantile(count_ranks(rank_draws(np.ones((2, 2)))), 1.5)


@given(ranks_of_draws)
def test_duels_are_won_by_the_better_rank(ranks: np.ndarray) -> None:
    won = duels_won(ranks)
    for a in range(ranks.shape[1]):
        for b in range(ranks.shape[1]):
            both = (ranks[:, a] > 0) & (ranks[:, b] > 0)
            assert won[a, b] == np.sum(both & (ranks[:, a] < ranks[:, b]))
    assert np.array_equal(duels_won(ranks, np.array([0])), won[:1])
