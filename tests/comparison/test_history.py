"""A body followed through the years, through mergers, renamings and splits."""

import pytest

from chiso.bodies import UnknownCode, load_register
from chiso.comparison import Bridge, History
from chiso.index import OVERALL


@pytest.fixture(scope="module")
def before(published):
    """2024, with the node p for some only."""
    total = {"a": (0.6, 3), "b": (0.8, 1), "c": (0.7, 2), "e": (0.5, 4), "h": (0.4, 5)}
    return published(2024, {OVERALL: total, "p": {"a": (0.6, 1), "c": (None, 2)}})


def history(before, register, rule="mean"):
    return History([before], register, rule)


def test_a_body_that_existed_stands_where_it_stood(before, register):
    standing, bridge = history(before, register).standing("a", "province", 2024)
    assert (standing.score, standing.rank, bridge) == (0.6, 3, None)


def test_a_merged_body_is_compared_through_the_mean_and_the_bridge_says_so(before, register):
    """DTI 2024 of merged provinces: the mean of the indexes of the former provinces;
    https://huengaynay.vn/kinh-te/khoa-hoc-cong-nghe/hue-xep-thu-2-toan-quoc-ve-muc-do-chuyen-doi-so-159011.html"""
    standing, bridge = history(before, register).standing("ab", "province", 2024)
    assert standing.score == pytest.approx((0.6 + 0.8) / 2)
    assert (standing.rank, standing.ranked) == (None, 5)
    assert standing.key == "2024/province/ab/overall"
    assert bridge == Bridge(("a", "b"), "mean")


def test_the_rule_for_merged_bodies_can_be_the_best_or_none(before, register):
    best, bridge = history(before, register, "best").standing("ab", "province", 2024)
    assert (best.score, best.rank, bridge) == (0.8, None, Bridge(("a", "b"), "best"))
    none, bridge = history(before, register, "none").standing("ab", "province", 2024)
    assert (none.known, bridge) == (False, Bridge(("a", "b"), "none"))


def test_partly_known_predecessors_leave_a_merged_body_unknown(before, register):
    standing, bridge = history(before, register).standing("ab", "province", 2024, "p")
    assert not standing.known
    assert bridge == Bridge(("a", "b"), "mean")


def test_a_renamed_body_keeps_its_score_and_its_rank(before, register):
    for rule in ("mean", "best", "none"):
        standing, bridge = history(before, register, rule).standing("d", "province", 2024)
        assert (standing.score, standing.rank) == (0.7, 2)
        assert standing.key == "2024/province/c/overall"
        assert bridge == Bridge(("c",), rule)


def test_a_rank_without_a_score_goes_along_with_a_renaming(before, register):
    standing, _ = history(before, register).standing("d", "province", 2024, "p")
    assert (standing.score, standing.rank) == (None, 2)


def test_each_part_of_a_split_body_is_bridged_to_it(before, register):
    for part in ("f", "g"):
        standing, bridge = history(before, register).standing(part, "province", 2024)
        assert (standing.score, bridge.predecessors) == (0.5, ("e",))


def test_a_body_that_existed_but_was_not_assessed_is_unknown(published, register):
    found = History([published(2024, {OVERALL: {"a": (0.6, 1)}})], register)
    assert found.standing("h", "province", 2024)[0].known is False
    assert found.standing("h", "province", 2024)[1] is None


def test_an_unknown_year_or_group_is_unknown_and_an_unknown_body_an_error(before, register):
    found = history(before, register)
    assert not found.standing("a", "province", 1999)[0].known
    assert not found.standing("a", "ministry", 2024)[0].known
    with pytest.raises(UnknownCode):
        found.standing("nobody", "province", 2024)


def test_years_are_in_order_and_each_has_one_result(published, register):
    years = [published(year, {OVERALL: {"a": (0.5, 1)}}) for year in (2024, 2019, 2022)]
    found = History(years, register)
    assert found.years == (2019, 2022, 2024)
    assert found.years_before(2024, "province") == (2022, 2019)
    assert 2022 in found
    assert 2020 not in found
    with pytest.raises(ValueError, match="one result a year"):
        History([years[0], years[0]], register)


def test_thai_nguyen_of_2025_looks_back_on_bac_kan_and_thai_nguyen(published):
    """Resolution 202/2025/QH15: Bắc Kạn and Thái Nguyên became Thái Nguyên."""
    total = {"bac-kan": (0.651, 13), "thai-nguyen": (0.578, 30)}
    found = History([published(2017, {OVERALL: total})], load_register("vietnam"))
    standing, bridge = found.standing("thai-nguyen-2025", "province", 2017)
    assert standing.score == pytest.approx((0.651 + 0.578) / 2)
    assert set(bridge.predecessors) == {"bac-kan", "thai-nguyen"}


def test_hue_of_2025_is_thua_thien_hue_under_another_name(example):
    standing, bridge = example.standing("hue-2025", "province", 2019)
    assert (standing.rank, standing.score) == (1, 0.9039)
    assert bridge.predecessors == ("thua-thien-hue",)
