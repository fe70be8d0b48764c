"""Uncertainty: constructed cases with known answers, and COINr's run of 1,000 weight draws."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from chiso.robustness.choices import Aggregation, LeaveOneOut, Step, WeightNoise
from chiso.robustness.draws import scores_of
from chiso.robustness.model import index_model
from chiso.robustness.ranks import Scratch, count_ranks, rank_draws, rank_quantile
from chiso.robustness.tree import Tree
from chiso.robustness.uncertainty import Uncertainty, rank_shift, uncertainty

COINR = Path(__file__).parents[2].parent / "shared" / "reference" / "coinr"
FLAT = Tree({"a": "all", "b": "all", "c": "all", "all": None})


def run(columns: dict[str, list[float]], draws: int = 4000, spread: float = 0.5) -> Uncertainty:
    data = np.array(list(columns.values())).T
    return uncertainty(
        index_model(data, list(columns), FLAT, choices=[WeightNoise(spread)]), draws=draws
    )


def test_who_is_better_everywhere_is_first_in_every_draw() -> None:
    result = run({"good": [3, 3, 3], "bad": [2, 1, 2]})
    assert result.top(1).tolist() == [1, 0]
    assert result.dominance.tolist() == [[0, 1], [0, 0]]
    assert result.mean.tolist() == [1, 2]
    assert result.interval(0.99)[1].tolist() == [1, 2]
    assert result.told_apart(1.0).tolist() == [[False, True], [True, False]]
    assert result.like("good") == ()
    assert result.shift.max() == 0


def test_identical_bodies_cannot_be_told_apart() -> None:
    result = run({"one": [1, 2, 3], "other": [1, 2, 3], "last": [0, 0, 0]})
    assert result.nominal_rank.tolist() == [1, 1, 3]
    assert result.dominance[:2, :2].tolist() == [[0, 0], [0, 0]]
    assert result.top(1).tolist() == [1, 1, 0]
    assert result.like("one") == ("other",)
    assert result.like("last") == ()


def test_mirrored_bodies_win_every_other_draw() -> None:
    result = run({"left": [1, 0, 0.5], "right": [0, 1, 0.5]}, draws=20_000)
    assert result.top(1)[0] == pytest.approx(0.5, abs=4 * result.error)
    assert result.beats("left")[1] + result.loses("left")[1] == 1
    assert result.like("left") == ("right",)
    assert result.median.tolist() in ([1, 2], [2, 1], [1.5, 1.5])
    assert result.mean[0] == pytest.approx(1.5, abs=4 * result.error)


def test_a_probability_that_can_be_worked_out_is_found() -> None:
    # left scores w_a, right 0.9 w_b, both weights uniform on 0.5 … 1.5; a wins if w_a > 0.9 w_b.
    result = run({"left": [1, 0, 0], "right": [0, 0.9, 0]}, draws=40_000)
    expected = 1 - (0.9 * 1.5 - 0.5) ** 2 / (2 * 0.9)
    assert result.top(1)[0] == pytest.approx(expected, abs=4 * result.error)


def test_scores_have_the_mean_and_spread_of_their_draws() -> None:
    left_out = index_model(
        np.array([[6.0, 0], [0, 3.0], [0, 0]]), ["p", "q"], FLAT, choices=[LeaveOneOut()]
    )
    result = uncertainty(left_out, draws=20_000)
    values = np.array([[2, 0, 3, 3], [1, 1.5, 0, 1.5]])
    np.testing.assert_allclose(result.score_mean, values.mean(axis=1), rtol=0.03)
    np.testing.assert_allclose(result.score_sd, values.std(axis=1), rtol=0.03)
    np.testing.assert_allclose(result.nominal_score, [2, 1])


def test_probabilities_add_up_and_agree_with_each_other() -> None:
    rng = np.random.default_rng(3)
    result = run({f"b{n}": list(rng.random(3)) for n in range(12)}, draws=2000)
    np.testing.assert_allclose(result.probabilities.sum(axis=1), 1)
    np.testing.assert_allclose(result.top(12), 1)
    assert (np.diff([result.top(k) for k in range(13)], axis=0) >= 0).all()
    np.testing.assert_allclose(result.dominance.sum(axis=0) + 1, result.mean)
    for level, wider in ((0.5, 0.9), (0.9, 0.99)):
        low, high = result.interval(level)
        lower, higher = result.interval(wider)
        assert (lower <= low).all()
        assert (higher >= high).all()
    np.testing.assert_array_equal(result.quantile(0.5), result.median)


def test_a_body_without_data_stays_without_a_rank() -> None:
    result = run({"good": [3, 3, 3], "unknown": [np.nan] * 3, "bad": [2, 1, 2]}, draws=50)
    assert result.bodies == ("good", "unknown", "bad")
    assert result.ranks[:, 1].max() == 0
    for values in (result.mean, result.median, result.top(1), result.nominal_rank):
        assert np.isnan(values).tolist() == [False, True, False]
    assert result.like("good") == ()
    assert result.like("unknown") == ()


def test_a_body_that_loses_its_only_score_has_no_rank_in_that_draw() -> None:
    data = np.array([[5.0, 1.0], [np.nan, 2.0], [np.nan, 3.0]])
    result = uncertainty(index_model(data, ["p", "q"], FLAT, choices=[LeaveOneOut()]), draws=4000)
    assert 0.2 < result.counts[0, 0] / 4000 < 0.3
    assert result.mean[0] == 1
    assert result.score_mean[0] == pytest.approx(5)


def test_the_shift_is_the_mean_distance_of_ranks() -> None:
    ranks = np.array([[1, 2, 3], [3, 2, 1], [2, 1, 0]], dtype=np.uint8)
    assert rank_shift(ranks, np.array([1.0, 2, 3])).tolist() == [0, 4 / 3, 1]


def test_results_say_what_varied_and_where_they_come_from() -> None:
    result = run({"p": [1, 2, 3], "q": [3, 2, 1]}, draws=10)
    assert (result.seed, result.draws, result.varied) == (2019, 10, ("weights",))


@pytest.mark.parametrize("level", [0, 1, 1.5])
def test_an_interval_has_a_level_inside_0_to_1(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        run({"p": [1, 2, 3], "q": [3, 2, 1]}, draws=10).interval(level)


def test_telling_apart_takes_more_than_a_coin() -> None:
    result = run({"p": [1, 2, 3], "q": [3, 2, 1]}, draws=10)
    with pytest.raises(ValueError, match="above one half"):
        result.told_apart(0.5)
    with pytest.raises(KeyError, match="'r' was not analysed"):
        result.like("r")


# ---- COINr's ASEM example, weights at three levels, 1,000 draws


def rows(name: str) -> list[list[str]]:
    with (COINR / name).open(encoding="utf-8") as file:
        return list(csv.reader(file))


def coinr_tree() -> Tree:
    meta = [row for row in rows("input/iMeta.csv")[1:] if row[0] and row[0] != "NA"]
    return Tree(
        {row[1]: row[8] if row[8] not in {"", "NA"} else None for row in meta},
        {row[1]: float(row[4]) for row in meta},
    )


@pytest.fixture(scope="module")
def coinr() -> tuple[list[str], np.ndarray, Tree]:
    if not COINR.exists():
        pytest.skip(f"COINr's results are not there: {COINR}")
    table = rows("default/data_Normalised.csv")
    values = np.array([[float(cell) for cell in row[1:]] for row in table[1:]]).T
    tree = coinr_tree()
    assert tuple(table[0][1:]) == tree.indicators
    return [row[0] for row in table[1:]], values, tree


def coinr_scores(coinr: tuple[list[str], np.ndarray, Tree]) -> np.ndarray:
    """The scores of the 1,000 draws with COINr's own weights, by this project's kernel."""
    bodies, values, tree = coinr
    model = index_model(values, bodies, tree, choices=[WeightNoise(0.25)])
    replications = {
        row[0]: row[2:] for row in rows("sensitivity/noisy_weights_levels123_n1000.csv")
    }
    chosen = [int(row[2]) - 1 for row in rows("sensitivity/ua_weights_n1000/design.csv")[1:]]
    factors = np.array(
        [
            [float(replications[name][draw]) / tree.weight(name) for draw in chosen]
            for name in model.layout.names[1:]
        ]
    )
    scores = np.empty((len(chosen), len(bodies)))
    for places, found in scores_of(model, [factors], len(chosen), Scratch()):
        scores[places] = found
    return scores


def test_scores_and_ranks_of_1000_draws_are_those_of_coinr(
    coinr: tuple[list[str], np.ndarray, Tree],
) -> None:
    scores = coinr_scores(coinr)
    ranks = rank_draws(scores)
    for name, found, tolerance in (("scores", scores, 1e-9), ("ranks", ranks, 0)):
        table = rows(f"sensitivity/ua_weights_n1000/{name}.csv")[1:]
        places = [coinr[0].index(row[0]) for row in table]
        expected = np.array([[float(cell) for cell in row[2:]] for row in table])
        np.testing.assert_allclose(found.T[places], expected, rtol=0, atol=tolerance)


def test_statistics_of_ranks_are_those_of_coinr(coinr: tuple[list[str], np.ndarray, Tree]) -> None:
    bodies, values, tree = coinr
    ranks = rank_draws(coinr_scores(coinr))
    counts = count_ranks(ranks)
    table = rows("sensitivity/ua_weights_n1000/rank_stats.csv")[1:]
    places = [bodies.index(row[0]) for row in table]
    expected = np.array([[float(cell) for cell in row[1:]] for row in table]).T
    nominal = uncertainty(
        index_model(values, bodies, tree, choices=[WeightNoise()]), draws=1
    ).nominal_rank
    found = [nominal, ranks.mean(axis=0), *(rank_quantile(counts, q) for q in (0.5, 0.05, 0.95))]
    np.testing.assert_allclose(np.array(found)[:, places], expected, rtol=0, atol=1e-9)


def test_this_projects_own_draws_agree_with_those_of_coinr(
    coinr: tuple[list[str], np.ndarray, Tree],
) -> None:
    bodies, values, tree = coinr
    result = uncertainty(
        index_model(values, bodies, tree, choices=[WeightNoise(0.25)]), draws=20_000
    )
    table = rows("sensitivity/ua_weights_n1000/rank_stats.csv")[1:]
    mean = np.array([float(row[2]) for row in sorted(table, key=lambda row: bodies.index(row[0]))])
    # COINr's means rest on 1,000 draws: four of their standard errors.
    spread = result.ranks.std(axis=0) / np.sqrt(1000)
    assert (np.abs(result.mean - mean) <= 4 * spread + 1e-9).all()


def test_choices_of_all_kinds_vary_together(coinr: tuple[list[str], np.ndarray, Tree]) -> None:
    bodies, values, tree = coinr
    steps = [
        Step("treatment", {"none": lambda x: x, "capped": lambda x: np.minimum(x, 95)}),
        Step(
            "normalisation", {"1 to 100": lambda x: 1 + 0.99 * x, "root": lambda x: (x + 1) ** 0.5}
        ),
    ]
    model = index_model(
        values, bodies, tree, steps=steps, choices=[WeightNoise(), Aggregation(), LeaveOneOut()]
    )
    result = uncertainty(model, draws=5000)
    assert result.varied == ("treatment", "normalisation", "weights", "aggregation", "left out")
    assert result.top(5).sum() == pytest.approx(5, abs=0.01)
