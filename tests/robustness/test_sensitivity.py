"""Sensitivity: models whose Sobol indices are known, and honest words where they are not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy import stats

from chiso.robustness.choices import Aggregation, MeasurementError, Step, WeightNoise
from chiso.robustness.model import Model, index_model
from chiso.robustness.sensitivity import SobolIndices, sensitivity, sobol_estimates, sobol_indices
from chiso.robustness.tree import Tree

FLAT = Tree({"a": "all", "b": "all", "all": None})
Work = Callable[[np.ndarray], np.ndarray]


def designs(work: Work, inputs: int, draws: int, seed: int = 1) -> tuple[np.ndarray, ...]:
    """Outputs of two designs of uniform inputs and of the mixed ones."""
    rng = np.random.default_rng(seed)
    a, b = rng.random((2, inputs, draws))
    mixed = []
    for place in range(inputs):
        one = a.copy()
        one[place] = b[place]
        mixed.append(work(one))
    return work(a), work(b), np.array(mixed)


def indices(work: Work, inputs: int, draws: int = 4096, seed: int = 1) -> SobolIndices:
    a, b, mixed = designs(work, inputs, draws, seed)
    return sobol_indices(a[None], b[None], mixed[:, None])


def additive(x: np.ndarray) -> np.ndarray:
    """3x + 2y + z: shares 9, 4 and 1 of 14, no interactions."""
    return 3 * x[0] + 2 * x[1] + x[2]


def ishigami(x: np.ndarray) -> np.ndarray:
    """Ishigami and Homma (1990), a = 7, b = 0.1, on (-π, π)."""
    x = np.pi * (2 * x - 1)
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def test_an_additive_model_has_the_shares_of_its_variances() -> None:
    found = indices(additive, 3)
    expected = np.array([9, 4, 1]) / 14
    np.testing.assert_allclose(found.first[0], expected, atol=0.05)
    np.testing.assert_allclose(found.total[0], expected, atol=0.03)
    assert (found.first_low[0] <= expected).all()
    assert (expected <= found.first_high[0]).all()


def test_ishigami_has_its_published_indices() -> None:
    found = indices(ishigami, 3, draws=16384)
    np.testing.assert_allclose(found.first[0], [0.3139, 0.4424, 0.0], atol=0.03)
    np.testing.assert_allclose(found.total[0], [0.5576, 0.4424, 0.2437], atol=0.03)
    assert found.status[0, 0] == "ok"


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    expected = np.array([9, 4, 1]) / 14
    held = []
    for seed in range(40):
        found = indices(additive, 3, draws=256, seed=seed)
        held.append((found.total_low[0] <= expected) & (expected <= found.total_high[0]))
    assert 0.85 < np.mean(held) <= 1


def test_estimates_are_those_of_scipy() -> None:
    a, b, mixed = designs(ishigami, 3, 1024)
    first, total = sobol_estimates(a, b, mixed)
    reference = stats.sobol_indices(
        func={"f_A": a[None], "f_B": b[None], "f_AB": mixed[:, None]}, n=1024
    )
    np.testing.assert_allclose(first[0], reference.first_order, rtol=0, atol=1e-12)
    np.testing.assert_allclose(total[0], reference.total_order, rtol=0, atol=1e-12)


def test_a_resample_gives_what_its_draws_alone_would_give() -> None:
    a, b, mixed = designs(ishigami, 3, 64)
    chosen = np.random.default_rng(2).integers(0, 64, 64)
    weights = np.bincount(chosen, minlength=64)[None] / 64
    ours = sobol_estimates(a, b, mixed, weights)
    alone = sobol_estimates(a[chosen], b[chosen], mixed[:, chosen])
    for mine, theirs in zip(ours, alone, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-10)


def test_a_negative_estimate_is_never_silent() -> None:
    seen = set()
    for seed in range(30):
        found = indices(ishigami, 3, draws=256, seed=seed)
        below = found.first_raw < 0
        assert (found.first >= 0).all()
        assert (found.status[below] != "ok").all()
        assert (found.first[below] == 0).all()
        seen |= set(found.status[below])
    assert "clipped" in seen


def test_too_few_draws_are_called_insufficient() -> None:
    assert (indices(ishigami, 3, draws=16).status == "insufficient").any()


def test_an_output_that_does_not_vary_has_no_indices() -> None:
    found = indices(lambda x: np.ones(x.shape[1]), 3, draws=64)
    assert np.isnan(found.first).all()
    assert (found.status == "constant").all()


def additive_model() -> Model:
    """Scores (a + b) / 2, where a is 0 or 1 and b is 0 or 2: shares 1 and 4 of 5."""

    def plus(row: int, value: float) -> Work:
        def work(data: np.ndarray) -> np.ndarray:
            data = data.copy()
            data[row, 0] += value
            return data

        return work

    steps = [
        Step("first", {"0": plus(0, 0), "1": plus(0, 1)}),
        Step("second", {"0": plus(1, 0), "2": plus(1, 2)}),
    ]
    return index_model(np.array([[0.0, 5], [0, 5]]), ["p", "q"], FLAT, steps=steps)


def test_choices_of_a_model_get_their_shares_of_the_score() -> None:
    found = sensitivity(additive_model(), draws=8192, output="score")
    assert found.choices == ("first", "second")
    np.testing.assert_allclose(found.bodies.first[0], [0.2, 0.8], atol=0.04)
    np.testing.assert_allclose(found.bodies.total[0], [0.2, 0.8], atol=0.04)
    assert (found.bodies.status[1] == "constant").all()


def test_what_never_moves_a_rank_moves_nothing() -> None:
    found = sensitivity(additive_model(), draws=64)
    assert (found.shift.status == "constant").all()


def mixed_model() -> Model:
    tree = Tree(
        {**dict.fromkeys("abcd", "x"), **dict.fromkeys("efgh", "y"), "x": "t", "y": "t", "t": None}
    )
    data = np.random.default_rng(4).uniform(10, 100, (8, 15))
    choices = [WeightNoise(0.3), Aggregation(), MeasurementError(0.05)]
    return index_model(data, [f"b{n}" for n in range(15)], tree, choices=choices)


def test_indices_do_not_depend_on_the_workers() -> None:
    alone = sensitivity(mixed_model(), draws=6000, resamples=50)
    with ThreadPoolExecutor(2) as threads:
        together = sensitivity(mixed_model(), draws=6000, resamples=50, executor=threads)
    for own, other in ((alone.shift, together.shift), (alone.bodies, together.bodies)):
        assert np.array_equal(own.first, other.first, equal_nan=True)
        assert np.array_equal(own.total_high, other.total_high, equal_nan=True)


def test_total_indices_are_not_below_first_ones_beyond_their_error() -> None:
    found = sensitivity(mixed_model(), draws=4096).shift
    assert (found.total_high >= found.first_low).all()
    assert (found.first_raw.sum() < 1.1).all()
    assert (found.total_raw.sum() > 0.9).all()


def test_a_single_choice_has_nothing_to_compare_with() -> None:
    alone = index_model(np.ones((2, 2)), ["p", "q"], FLAT, choices=[WeightNoise()])
    with pytest.raises(ValueError, match="at least two choices"):
        sensitivity(alone)


@pytest.mark.parametrize(
    ("options", "message"), [({"draws": 8}, "16 draws"), ({"level": 1}, "level")]
)
def test_settings_without_sense_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sensitivity(mixed_model(), **options)
