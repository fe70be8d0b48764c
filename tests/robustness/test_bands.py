"""Bands: they hold as often as they say, and never contradict the ranks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.robustness.bands import bands, clear_cuts, cut_firmness, even_cuts
from chiso.robustness.ranks import rank_draws
from chiso.robustness.uncertainty import Uncertainty


def result_of(scores: np.ndarray, nominal: np.ndarray) -> Uncertainty:
    """A result from scores, shape (draws, bodies), and nominal scores."""
    nothing = np.full(len(nominal), np.nan)
    ranks = rank_draws(np.vstack([scores, nominal]))
    bodies = tuple(f"b{n}" for n in range(len(nominal)))
    last = np.where(np.isnan(nominal), np.nan, ranks[-1])
    return Uncertainty(bodies, nominal, last, ranks[:-1], nothing, nothing, 0, ())


def noisy(bodies: int, spread: float, seed: int = 1, draws: int = 400) -> Uncertainty:
    rng = np.random.default_rng(seed)
    nominal = np.sort(rng.random(bodies))[::-1]
    return result_of(nominal + rng.normal(0, spread, (draws, bodies)), nominal)


def clusters(spread: float) -> Uncertainty:
    """Four clusters of three bodies that only move inside themselves."""
    rng = np.random.default_rng(1)
    nominal = np.repeat([0.9, 0.7, 0.5, 0.3], 3) + np.tile([0.02, 0.01, 0.0], 4)
    return result_of(nominal + rng.uniform(-spread, spread, (400, 12)), nominal)


def test_even_cuts_give_the_remainder_to_the_first_bands() -> None:
    assert even_cuts(63, 4) == (16, 32, 48)
    assert even_cuts(8, 4) == (2, 4, 6)


def test_clusters_have_firm_bands() -> None:
    found = bands(clusters(0.05))
    assert "".join(found.band) == "AAABBBCCCDDD"
    assert found.firm.all()
    assert found.span(0) == "A"
    assert clear_cuts(clusters(0.05), probability=1.0) == (3, 6, 9)


def test_no_line_holds_where_everybody_moves() -> None:
    assert clear_cuts(clusters(0.9)) == ()
    assert not bands(clusters(0.9)).firm.all()


def test_lines_are_not_drawn_between_bodies_that_tie() -> None:
    nominal = np.array([0.9, 0.5, 0.5, 0.1])
    places, firmness = cut_firmness(result_of(np.tile(nominal, (10, 1)), nominal))
    assert places.tolist() == [1, 3]
    assert firmness.tolist() == [1, 1]


spreads = st.sampled_from([0.0, 0.01, 0.05, 0.2, 1.0])


@given(st.integers(4, 25), spreads, st.integers(0, 5))
def test_a_span_holds_with_the_stated_probability(bodies: int, spread: float, seed: int) -> None:
    found = bands(noisy(bodies, spread, seed), probability=0.8)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1)
    for place in range(bodies):
        best, worst = (found.labels.index(x[place]) for x in (found.best, found.worst))
        own = found.labels.index(found.band[place])
        assert best <= own <= worst
        assert found.probabilities[place, best : worst + 1].sum() >= 0.8 - 1e-9
        assert found.firm[place] == (best == worst)


@given(st.integers(4, 25), spreads, st.integers(0, 5))
def test_more_certainty_never_means_narrower_bands(bodies: int, spread: float, seed: int) -> None:
    result = noisy(bodies, spread, seed)
    widths = []
    for probability in (0.6, 0.9, 1.0):
        found = bands(result, probability=probability)
        label = found.labels.index
        pairs = zip(found.best, found.worst, strict=True)
        widths.append([label(worst) - label(best) for best, worst in pairs])
        assert len(clear_cuts(result, probability=probability)) <= 3
    assert (np.diff(widths, axis=0) >= 0).all()
    lines = [cut_firmness(result)[1] >= p for p in (0.6, 0.9, 1.0)]
    assert sum(lines[0]) >= sum(lines[1]) >= sum(lines[2])


@given(st.integers(4, 25), spreads, st.integers(0, 5))
def test_a_better_median_rank_never_has_a_worse_band(bodies: int, spread: float, seed: int) -> None:
    result = noisy(bodies, spread, seed)
    order = np.argsort(result.median, kind="stable")
    assert [bands(result).band[p] for p in order] == sorted(bands(result).band)


def test_who_dominates_has_no_worse_span() -> None:
    rng = np.random.default_rng(7)
    scores = rng.random((500, 9))
    scores[:, 1] = scores[:, 0] - 0.001
    found = bands(result_of(scores, scores.mean(axis=0)))
    assert found.band[0] <= found.band[1]
    assert found.best[0] <= found.best[1]
    assert (
        np.cumsum(found.probabilities, axis=1)[0] >= np.cumsum(found.probabilities, axis=1)[1]
    ).all()


def test_bodies_without_a_rank_have_no_band() -> None:
    scores = np.tile([0.9, np.nan, 0.4, 0.2, 0.1], (5, 1))
    found = bands(result_of(scores, scores[0]))
    assert found.band == ("A", "", "B", "C", "D")
    assert found.span(1) == ""
    assert found.firm.tolist() == [True, False, True, True, True]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cuts": (3, 2, 5)}, "do not rise"),
        ({"cuts": (3,)}, "have 3 cuts"),
        ({"probability": 0.5}, "above one half"),
    ],
)
def test_settings_without_sense_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bands(clusters(0.1), **options)
