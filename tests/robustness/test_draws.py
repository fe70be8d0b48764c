"""Draws: the same seed gives the same ranks, whatever runs them; scores against plain loops."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from chiso.executor import local
from chiso.problems import InvalidInput
from chiso.robustness import draws as drawing
from chiso.robustness import ranks as ranking
from chiso.robustness.choices import (
    Aggregation,
    Choice,
    LeaveOneOut,
    MeasurementError,
    Step,
    WeightDirichlet,
    WeightNoise,
    WeightRanges,
)
from chiso.robustness.draws import draw, scores_of, settings_of
from chiso.robustness.model import Model, index_model, nominal_scores
from chiso.robustness.ranks import Scratch
from chiso.robustness.tree import Tree

TREE = Tree(
    {"a": "x", "b": "x", "c": "y", "d": "y", "e": "all", "x": "all", "y": "all", "all": None},
    {"a": 2, "b": 1, "c": 1, "d": 3, "e": 0.5, "x": 1, "y": 2},
)
BODIES = tuple(f"b{n}" for n in range(7))
DATA = np.random.default_rng(5).uniform(1, 100, (5, 7))
HOLES = np.where(np.random.default_rng(6).random((5, 7)) < 0.25, np.nan, DATA)


def two_steps() -> list[Step]:
    return [
        Step("treatment", {"none": lambda x: x, "capped": lambda x: np.minimum(x, 90)}),
        Step("normalisation", {"share": lambda x: x / 100, "root": np.sqrt}),
    ]


def model(*choices: Choice, data: np.ndarray = DATA, mean: str = "arithmetic") -> Model:
    return index_model(data, BODIES, TREE, choices=choices, mean=mean)


def slow_mean(scores: np.ndarray, weights: np.ndarray, mean: str) -> float:
    known = ~np.isnan(scores) & (weights > 0)
    if not known.any():
        return np.nan
    scores, weights = scores[known], weights[known] / weights[known].sum()
    if mean == "geometric":
        return float(np.prod(scores**weights))
    if mean == "harmonic":
        return float(1 / np.sum(weights / scores))
    return float(scores @ weights)


def slow_score(leaf: dict[str, float], weight: dict[str, float], mean: str) -> float:
    def at(node: str) -> float:
        below = TREE.children[node]
        if not below:
            return leaf[node]
        return slow_mean(
            np.array([at(child) for child in below]),
            np.array([weight[child] for child in below]),
            mean,
        )

    return at("all")


@pytest.mark.parametrize("mean", ["arithmetic", "geometric", "harmonic"])
@pytest.mark.parametrize("data", [DATA, HOLES], ids=["complete", "holes"])
@pytest.mark.parametrize(
    "choices",
    [
        (WeightNoise(0.3),),
        (WeightNoise(0.3, ("x", "y"), "pillars"), LeaveOneOut()),
        (WeightDirichlet(20),),
        (WeightRanges({"a": (0, 1), "y": (2, 5)}), LeaveOneOut(("x", "y"))),
    ],
    ids=["noise", "noise, leaf out", "dirichlet", "ranges, pillar out"],
)
def test_scores_are_those_of_a_plain_loop(
    mean: str, data: np.ndarray, choices: tuple[Choice, ...]
) -> None:
    varied = model(*choices, data=data, mean=mean)
    settings = [s[..., :12] for s in settings_of(varied, 1, 0, Scratch())]
    weights = np.repeat(varied.layout.weights[:, None], 12, axis=1)
    for choice, setting in zip(choices, settings, strict=True):
        choice.weigh(varied.layout, weights, setting)
    for places, scores in scores_of(varied, settings, 12, Scratch()):
        for place, row in zip(places, scores, strict=True):
            weight = dict(zip(varied.layout.names, weights[:, place], strict=True))
            expected = [
                slow_score(dict(zip(TREE.indicators, column, strict=True)), weight, mean)
                for column in data.T
            ]
            np.testing.assert_allclose(row, expected, rtol=0, atol=1e-9)


def test_each_mean_is_taken_where_it_is_chosen() -> None:
    upper = Aggregation(("arithmetic", "geometric"), nodes=("all",))
    varied = index_model(DATA, BODIES, TREE, choices=[upper])
    settings = [np.array([0, 1])]
    _, scores = next(scores_of(varied, settings, 2, Scratch()))
    x = (2 * DATA[0] + DATA[1]) / 3
    y = (DATA[2] + 3 * DATA[3]) / 4
    np.testing.assert_allclose(scores[0], (0.5 * DATA[4] + x + 2 * y) / 3.5)
    np.testing.assert_allclose(scores[1], (DATA[4] ** 0.5 * x * y**2) ** (1 / 3.5))


def test_every_combination_of_steps_is_prepared_once() -> None:
    calls: list[str] = []

    def noted(name: str, factor: float) -> Callable[[np.ndarray], np.ndarray]:
        def work(data: np.ndarray) -> np.ndarray:
            calls.append(name)
            return data * factor

        return work

    steps = [
        Step("imputation", {"only": noted("imputation", 1)}),
        Step("treatment", {"t1": noted("t1", 1), "t2": noted("t2", 2)}),
        Step("normalisation", {"n1": noted("n1", 1), "n2": noted("n2", 3)}),
    ]
    varied = index_model(DATA, BODIES, TREE, steps=steps)
    assert calls == ["imputation", "t1", "t2", "n1", "n2", "n1", "n2"]
    assert [choice.name for choice in varied.choices] == ["treatment", "normalisation"]
    settings = [np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])]
    scores = np.empty((4, 7))
    for places, found in scores_of(varied, settings, 4, Scratch()):
        scores[places] = found
    np.testing.assert_allclose(scores / scores[0], np.array([1, 3, 2, 6])[:, None] * np.ones(7))


EVERYTHING = (WeightNoise(0.25), LeaveOneOut(), Aggregation())


def everything(*more: Choice) -> Model:
    return index_model(HOLES, BODIES, TREE, steps=two_steps(), choices=[*EVERYTHING, *more])


@pytest.mark.parametrize("more", [(), (MeasurementError(0.05),)], ids=["exact", "errors"])
def test_workers_do_not_change_the_draws(more: tuple[Choice, ...]) -> None:
    varied = everything(*more)
    alone = draw(varied, 20_000, 7)
    with ThreadPoolExecutor(2) as threads:
        threaded = draw(varied, 20_000, 7, threads)
    with local(2) as processes:
        spread = draw(varied, 20_000, 7, processes)
    for other in (threaded, spread):
        assert np.array_equal(alone.ranks, other.ranks)
        assert np.array_equal(alone.total, other.total)
        assert np.array_equal(alone.squares, other.squares)


def test_chunks_do_not_change_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    varied = everything()
    before = draw(varied, 6000, 7)
    monkeypatch.setattr(ranking, "CACHE", 1 << 12)
    monkeypatch.setattr(drawing, "BLOCKS_PER_JOB", 1)
    after = draw(varied, 6000, 7)
    assert np.array_equal(before.ranks, after.ranks)
    np.testing.assert_allclose(before.total, after.total, rtol=1e-9)


@pytest.mark.parametrize("more", [(), (MeasurementError(0.05),)], ids=["exact", "errors"])
def test_more_draws_continue_fewer(more: tuple[Choice, ...]) -> None:
    varied = everything(*more)
    assert np.array_equal(draw(varied, 5000, 7).ranks[:300], draw(varied, 300, 7).ranks)


def test_another_seed_gives_other_draws() -> None:
    assert not np.array_equal(draw(everything(), 500, 7).ranks, draw(everything(), 500, 8).ranks)


def test_noise_stays_within_its_spread() -> None:
    varied = model(WeightNoise(0.25))
    (factors,) = settings_of(varied, 1, 0, Scratch())
    assert factors.min() >= 0.75
    assert factors.max() < 1.25
    assert factors.mean() == pytest.approx(1, abs=0.01)


def test_dirichlet_shares_have_the_mean_and_variance_that_are_stated() -> None:
    varied = model(WeightDirichlet(50, ("y",)))
    (weights,) = settings_of(varied, 1, 0, Scratch())
    share = weights[varied.layout.row["d"]] / 4
    assert share.mean() == pytest.approx(0.75, abs=0.005)
    assert share.var() == pytest.approx(0.75 * 0.25 / 51, rel=0.1)


def test_chances_of_options_are_kept() -> None:
    unlikely = Aggregation(("arithmetic", "geometric"), chances=(0.9, 0.1))
    (option,) = settings_of(model(unlikely), 1, 0, Scratch())
    assert option.mean() == pytest.approx(0.1, abs=0.02)


def test_errors_are_relative_and_exact_leaves_have_none() -> None:
    varied = model(MeasurementError({"e": 0.1}))
    drawn = draw(varied, 4000, 1)
    spread = np.sqrt(drawn.squares / 4000 - (drawn.total / 4000) ** 2)
    np.testing.assert_allclose(spread, 0.1 * DATA[4] * 0.5 / 3.5, rtol=0.06)


def test_errors_stay_within_bounds() -> None:
    data = np.full((5, 7), 100.0)
    drawn = draw(model(MeasurementError(0.1, bounds=(0, 100)), data=data), 500, 1)
    assert (drawn.total < 0).all()


def test_a_body_with_nothing_known_is_left_out() -> None:
    data = DATA.copy()
    data[:, 2] = np.nan
    varied = model(WeightNoise(), data=data)
    assert varied.ranked.tolist() == [0, 1, 3, 4, 5, 6]
    assert len(nominal_scores(varied)) == 6


def z_scores(data: np.ndarray) -> np.ndarray:
    return (data - data.mean(axis=1, keepdims=True)) / data.std(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("steps", "choices", "message"),
    [
        (
            [Step("normalisation", {"min-max": lambda x: x, "z-score": z_scores})],
            [Aggregation()],
            "normalisation 'z-score': 5 indicators have values below zero, the first is 'a'",
        ),
        (
            [Step("normalisation", {"from 0": lambda x: x - x.min(axis=1, keepdims=True)})],
            [Aggregation()],
            "geometric mean does not go with normalisation 'from 0': 5 indicators have values of",
        ),
        ([], [], "nothing varies"),
        ([], [WeightNoise(), WeightNoise()], "two choices have the name 'weights'"),
        ([], [WeightNoise(nodes=("z",))], "the choice 'weights' names 'z', which is no node"),
        ([], [WeightNoise(nodes=("all",))], "weighs 'all', which is the whole"),
        (
            [],
            [WeightDirichlet(), WeightRanges({"a": (0, 1)}, "experts")],
            "'weights' and 'experts' both draw the weight of 'a'",
        ),
        (
            [],
            [LeaveOneOut(), LeaveOneOut(("x",), "pillar out")],
            "'left out' and 'pillar out' cannot vary together",
        ),
    ],
)
def test_what_does_not_go_together_is_named_before_the_run(
    steps: list[Step], choices: list[Choice], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        index_model(DATA, BODIES, TREE, steps=steps, choices=choices)


def test_the_only_child_of_the_whole_cannot_be_left_out() -> None:
    tree = Tree({"a": "x", "b": "x", "x": "all", "all": None})
    with pytest.raises(InvalidInput, match="without 'x' nothing is left"):
        index_model(DATA[:2], BODIES, tree, choices=[LeaveOneOut(("x",))])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: WeightNoise(0),
        lambda: WeightNoise(1),
        lambda: WeightDirichlet(0),
        lambda: WeightRanges({"a": (0.5, 0.2)}),
        lambda: WeightRanges({"a": (-1, 0.2)}),
        lambda: Aggregation(("median",)),
        lambda: Aggregation(("arithmetic", "arithmetic")),
        lambda: Aggregation(chances=(0.5, 0.6)),
        lambda: MeasurementError(-0.1),
        lambda: draw(model(WeightNoise()), 0, 1),
    ],
)
def test_settings_without_sense_are_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        wrong()
