"""Changes between two years and distances to the leader: golden figures of Bắc Kạn, and unknowns.

The figures of Bắc Kạn are those of ict.backan.gov.vn, article updated 2020-11-10: 16th of 63 in
2019, 26th in 2018; ten places up; +0.1079; 0.134 behind Thừa Thiên Huế, 0.209 behind the first
of 2018.
"""

import pytest

from chiso.comparison import History, change, gap
from chiso.index import OVERALL
from chiso.scoring.standings import RoundResult

BODY = ("bac-kan", "province")


def test_bac_kan_rose_ten_places(example):
    found = change(example, *BODY, 2019, 2018)
    assert (found.now.rank, found.now.ranked, found.before.rank) == (16, 63, 26)
    assert found.places == 10
    assert found.score == pytest.approx(0.1079, abs=1e-9)
    assert found.comparable
    assert not found.broken
    assert found.bridge is None


def test_its_portal_rose_thirteen_places_without_a_known_score(example):
    """55th in 2018, 42nd in 2019."""
    found = change(example, *BODY, 2019, 2018, "portal")
    assert (found.places, found.score) == (13, None)


def test_its_distance_to_the_leader_shrank_from_0_209_to_0_134(example):
    now, before = gap(example, *BODY, 2019), gap(example, *BODY, 2018)
    assert now.leaders == ("thua-thien-hue",)
    assert now.distance == pytest.approx(0.134, abs=1e-9)
    assert before.leaders == ("da-nang",)
    assert before.distance == pytest.approx(0.209, abs=1e-9)
    assert now.keys == (
        "2019/province/bac-kan/overall.score",
        "2019/province/thua-thien-hue/overall.score",
    )


def test_against_2017_it_lost_three_places_and_gained_score(example):
    """13th of 63 with 0.651 in 2017 (Vĩnh Phúc portal)."""
    found = change(example, *BODY, 2019, 2017)
    assert found.places == -3
    assert found.score == pytest.approx(0.7699 - 0.651)


def test_what_is_unknown_on_one_side_is_unknown_altogether(example):
    found = change(example, *BODY, 2019, 2016)
    assert (found.places, found.score, found.comparable) == (None, None, False)
    assert gap(example, *BODY, 2016) is None
    assert gap(example, *BODY, 1999) is None
    assert gap(example, *BODY, 2019, "online_services") is None


def test_a_leader_whose_score_is_unknown_gives_no_distance(published, register):
    found = History([published(2024, {OVERALL: {"a": (None, 1), "b": (0.5, 2)}})], register)
    assert gap(found, "b", "province", 2024) is None


def test_leaders_that_tie_are_all_named(published, register):
    scores = {"a": (0.9, 1), "b": (0.9, 1), "c": (0.5, 3)}
    found = gap(History([published(2024, {OVERALL: scores})], register), "c", "province", 2024)
    assert found.leaders == ("a", "b")
    assert found.distance == pytest.approx(0.4)
    assert (
        gap(History([published(2024, {OVERALL: scores})], register), "a", "province", 2024).distance
        == 0
    )


def test_ranks_among_another_number_of_bodies_are_not_comparable(published, register):
    years = [
        published(2024, {OVERALL: {"a": (0.5, 9)}}, ranked=63),
        published(2025, {OVERALL: {"a": (0.6, 7)}}, ranked=34),
    ]
    found = change(History(years, register), "a", "province", 2025, 2024)
    assert found.places == 2
    assert not found.comparable


def test_a_change_across_a_merger_has_a_score_and_no_places(published, register):
    years = [
        published(2024, {OVERALL: {"a": (0.6, 3), "b": (0.8, 1)}}),
        published(2025, {OVERALL: {"ab": (0.75, 1)}}),
    ]
    found = change(History(years, register), "ab", "province", 2025, 2024)
    assert found.score == pytest.approx(0.05)
    assert found.places is None
    assert found.bridge.predecessors == ("a", "b")


def test_another_version_of_the_index_breaks_the_series(number_index, scored, register):
    years = []
    for year, version in ((2018, "1"), (2019, "1"), (2020, "2")):
        index = number_index({"version": version}, c=10)
        standings = scored(index, {"a": {"c": 5}}, year=year)
        years.append(RoundResult(year, index, {"province": standings}))
    found = History(years, register)
    assert not change(found, "a", "province", 2019, 2018).broken
    assert change(found, "a", "province", 2020, 2019).broken
