"""Where the marks of charts stand."""

from __future__ import annotations

import numpy as np
import pytest

from chiso.release.charts import band, bars, history_chart, short_name, strip, tile_map


def test_rank_one_is_on_top_and_unknown_years_leave_a_gap() -> None:
    chart = history_chart([(2016, 3, 63), (2017, None, None), (2018, 1, 63), (2019, 63, 63)])
    assert chart is not None
    first, gap, best, worst = chart.points
    assert best.y == chart.top
    assert worst.y == chart.bottom
    assert gap.y is None
    assert first.label == "3/63"
    assert len(chart.lines) == 1  # only 2018 to 2019 follow each other with known ranks


def test_years_that_are_missing_keep_their_distance() -> None:
    chart = history_chart([(2010, 1, 5), (2018, 2, 5), (2020, 3, 5)])
    assert chart is not None
    x = [point.x for point in chart.points]
    assert (x[1] - x[0]) == pytest.approx(4 * (x[2] - x[1]), abs=0.5)


def test_one_known_rank_is_no_chart() -> None:
    assert history_chart([(2018, None, None), (2019, 3, 5)]) is None
    assert history_chart([(2019, 3, 5)]) is None


def test_a_strip_needs_three_different_scores() -> None:
    assert strip([0.2, 0.4]) is None
    assert strip([0.2, 0.2, 0.2]) is None
    chart = strip([0.2, np.nan, 0.6, 0.4], own=0.4)
    assert chart is not None
    assert chart.values == pytest.approx((0.2, 0.4, 0.6))
    assert chart.own == 200.0


def test_bars_begin_at_zero() -> None:
    assert [bar.width for bar in bars([("a", 0), ("b", 5), ("c", 10)])] == [0.0, 100.0, 200.0]
    assert [bar.width for bar in bars([("a", 0)])] == [0.0]


@pytest.mark.parametrize(
    ("rank", "ranked", "expected"),
    [(1, 63, 1), (13, 63, 1), (14, 63, 2), (63, 63, 5), (1, 1, 1), (None, 63, 0), (3, None, 0)],
)
def test_ranks_fall_into_fifths_and_unknown_into_none(
    rank: int | None, ranked: int | None, expected: int
) -> None:
    assert band(rank, ranked) == expected


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Bắc Kạn", "B.Kạn"),
        ("Thừa Thiên Huế", "TT.Huế"),
        ("Bà Rịa - Vũng Tàu", "BRV.Tàu"),
        ("Huế", "Huế"),
    ],
)
def test_tiles_carry_initials_and_the_last_word(name: str, short: str) -> None:
    assert short_name(name) == short


def test_a_map_without_tiles_is_none() -> None:
    assert tile_map([]) is None
    chart = tile_map([("a", "A", (2, 3), 1, 2), ("b", "B", (3, 3), None, 2)])
    assert chart is not None
    assert [(tile.x, tile.y, tile.band) for tile in chart.tiles] == [(0, 0, 1), (52, 0, 0)]
