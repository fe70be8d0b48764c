"""Strong and weak pillars, the ones that moved, and years among the first."""

import pytest

from chiso.comparison import History, node_of, profile, top_years
from chiso.index import OVERALL

BODY = ("bac-kan", "province")


def nodes(standings):
    return [node_of(standing) for standing in standings]


@pytest.fixture(scope="module")
def bac_kan(example):
    return profile(example, *BODY, 2019, 2018)


def test_bac_kan_is_among_the_first_ten_in_online_services_only(bac_kan):
    """ict.backan.gov.vn, article updated 2020-11-10: 8th in online services."""
    assert nodes(bac_kan.top_ten) == ["online_services"]
    assert bac_kan.best.rank == 8


def test_its_portal_and_its_human_resources_are_in_the_lower_half(bac_kan):
    """Same article: portal 42nd, human resources 38th of 63; the weakest first."""
    assert nodes(bac_kan.lower_half) == ["portal", "human_resources"]
    assert node_of(bac_kan.weakest) == "portal"


def test_a_pillar_that_was_not_published_is_listed_as_unknown(bac_kan):
    assert nodes(bac_kan.pillars) == [
        "infrastructure",
        "internal_application",
        "portal",
        "online_services",
        "policy",
        "human_resources",
    ]
    [unknown] = [standing for standing in bac_kan.pillars if not standing.known]
    assert node_of(unknown) == "policy"


def test_only_changes_known_on_both_sides_can_be_the_greatest(bac_kan):
    assert bac_kan.most_improved.node == "portal"
    assert bac_kan.most_improved.places == 13
    assert bac_kan.most_fallen is None
    assert len(bac_kan.changes) == 6


def test_its_years_among_the_first_ten_of_online_services_are_2017_and_2019(example):
    """2nd in 2017, 8th in 2019; 2018 is not known, so that no run of years can be claimed."""
    found = top_years(example, *BODY, 2019, "online_services")
    assert [(year, standing.rank) for year, standing in found.years] == [(2017, 2), (2019, 8)]
    assert (found.times, found.streak, found.seen) == (2, 1, (2017, 2019))


def test_it_was_never_among_the_first_ten_overall(example):
    found = top_years(example, *BODY, 2019)
    assert (found.years, found.streak, found.seen) == ((), 0, (2017, 2018, 2019))
    assert top_years(example, *BODY, 2019, top=16).streak == 1


@pytest.fixture(scope="module")
def moves(published, register):
    """Ranks of a over three years at four nodes."""
    ranks = {"p": (9, 5, 1), "q": (2, 4, 8), "r": (3, 3, 3), "s": (None, 2, None)}
    return History(
        [
            published(
                2020 + place,
                {node: {"a": (None, each[place])} for node, each in ranks.items()},
                ranked=10,
            )
            for place in range(3)
        ],
        register,
    )


def test_the_pillar_that_rose_most_and_the_one_that_fell_most(moves):
    found = profile(moves, "a", "province", 2022, 2020)
    assert (found.most_improved.node, found.most_improved.places) == ("p", 8)
    assert (found.most_fallen.node, found.most_fallen.places) == ("q", -6)


def test_without_an_earlier_year_there_are_no_changes(moves):
    found = profile(moves, "a", "province", 2022, None)
    assert (found.changes, found.most_improved, found.most_fallen) == ((), None, None)
    assert nodes(found.top_ten) == ["p", "r", "q"]


def test_a_single_known_pillar_is_neither_the_best_nor_the_weakest(published, register):
    one = History([published(2020, {"p": {"a": (None, 3)}})], register)
    found = profile(one, "a", "province", 2020, None)
    assert (found.best, found.weakest) == (None, None)


def test_a_streak_counts_back_to_the_first_year_that_misses(moves):
    assert top_years(moves, "a", "province", 2022, "r", top=3).streak == 3
    assert top_years(moves, "a", "province", 2022, "p", top=5).streak == 2
    assert top_years(moves, "a", "province", 2022, "s", top=5).streak == 0
    assert top_years(moves, "a", "province", 2021, "s", top=5).streak == 1


def test_later_years_do_not_count_back(moves):
    found = top_years(moves, "a", "province", 2021, "p", top=5)
    assert [year for year, _ in found.years] == [2021]
    assert top_years(moves, "a", "province", 2022, OVERALL).seen == ()
