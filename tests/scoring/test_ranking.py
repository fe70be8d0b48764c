"""Competition ranks: golden values as published, a definition in words, ties and unknowns."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.scoring.ranking import competition_ranks

NAN = float("nan")


def ranks(scores, **options):
    return competition_ranks(np.array(scores, dtype=float), **options).tolist()


@pytest.fixture(scope="module")
def published(root):
    """Scores and ranks of the provinces in 2017, as the Vĩnh Phúc portal lists them."""
    with (root / "examples" / "vietnam-ict-2019" / "published.csv").open(encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["year"], row["group"], row["node"]) == ("2017", "province", "overall")
            and "vinhphuc.gov.vn" in row["source"]
        ]
    return [float(row["score"]) for row in rows], [int(row["rank"]) for row in rows]


def test_ranks_of_2017_are_those_that_were_published(published):
    """Ministry of Information and Communications, ICT application 2017, 53 of 63 provinces:
    http://www.vinhphuc.gov.vn/ct/cms/thongbao/Lists/ThongBao/View_detail.aspx?ItemID=1504"""
    scores, expected = published
    assert len(scores) == 53
    assert ranks(scores, rank_at=3) == expected
    tied = [rank for rank in expected if expected.count(rank) > 1]
    assert tied == [17, 17, 32, 32, 40, 40]
    assert {19, 34, 42} <= set(expected)
    assert not {18, 33, 41} & set(expected)


def test_ties_share_the_first_of_their_places_and_the_next_rank_skips():
    assert ranks([0.9, 0.8, 0.8, 0.7]) == [1, 2, 2, 4]
    assert ranks([0.5, 0.5, 0.5]) == [1, 1, 1]


def test_an_unknown_score_has_no_rank_and_moves_nobody():
    assert ranks([NAN, 0.8, 0.9]) == [pytest.approx(NAN, nan_ok=True), 2, 1]
    assert ranks([NAN, NAN]) == [pytest.approx(NAN, nan_ok=True)] * 2


def test_a_negative_score_ranks_behind_zero_and_before_unknown():
    assert ranks([0.0, -0.1, NAN]) == [1, 2, pytest.approx(NAN, nan_ok=True)]


def test_sums_in_another_order_are_not_ranked_apart():
    assert 0.1 + 0.2 + 0.3 != 0.3 + 0.2 + 0.1
    assert ranks([0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1]) == [1, 1]


def test_ranks_come_from_unrounded_scores_unless_the_index_says_otherwise():
    scores = [0.70004, 0.70001, 0.6]
    assert ranks(scores) == [1, 2, 3]
    assert ranks(scores, rank_at=4) == [1, 1, 3]
    assert ranks(scores, rank_at=0) == [1, 1, 1]


def test_rounding_is_as_the_number_is_written():
    # 0.0025 lies a hair above 25/10000 in binary and is written 0.003 or 0.002 alike for both.
    for score in (0.0025, 0.5435, 0.6445, 0.0015):
        assert ranks([score, float(f"{score:.3f}")], rank_at=3) == [1, 1]


def test_several_rankings_are_made_at_once():
    scores = np.array([[0.1, 0.2, NAN], [0.3, 0.3, 0.1]])
    assert competition_ranks(scores)[1].tolist() == [1, 1, 3]
    assert competition_ranks(scores)[0, :2].tolist() == [2, 1]


scores_and_unknowns = st.lists(
    st.one_of(st.just(NAN), st.integers(-3, 12).map(lambda n: n / 10)), min_size=1, max_size=12
)


@given(scores_and_unknowns)
def test_a_rank_is_one_more_than_the_number_of_better_bodies(scores):
    for score, rank in zip(scores, ranks(scores), strict=True):
        if score != score:
            assert rank != rank
        else:
            assert rank == 1 + sum(other > score for other in scores)


@given(scores_and_unknowns, st.randoms(use_true_random=False))
def test_ranks_do_not_depend_on_the_order_of_the_bodies(scores, random):
    order = list(range(len(scores)))
    random.shuffle(order)
    there = ranks([scores[place] for place in order])
    here = ranks(scores)
    assert there == [pytest.approx(here[place], nan_ok=True) for place in order]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=10), st.integers(0, 6))
def test_bodies_whose_scores_are_written_alike_share_a_rank(scores, decimals):
    written = [f"{score:.{decimals}f}" for score in scores]
    found = ranks(scores, rank_at=decimals)
    for text, rank in zip(written, found, strict=True):
        assert rank == 1 + sum(float(other) > float(text) for other in written)
