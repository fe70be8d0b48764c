"""The shipped register of Vietnam."""

import re
from collections import Counter
from datetime import date
from itertools import combinations

import pytest

from chiso.bodies import load_register, shipped_registers
from chiso.bodies.names import name_form

VIETNAM = load_register("vietnam")
IN_2019 = date(2019, 12, 31)
LAST_OF_63 = date(2025, 6, 30)
FIRST_OF_34 = date(2025, 7, 1)


def codes(group: str, on: date) -> list[str]:
    return [body.code for body in VIETNAM.in_group(group, on)]


def test_vietnam_is_shipped() -> None:
    assert "vietnam" in shipped_registers()


def test_there_are_63_provinces_until_june_2025_and_34_since() -> None:
    assert len(codes("province", IN_2019)) == 63
    assert len(codes("province", LAST_OF_63)) == 63
    assert len(codes("province", FIRST_OF_34)) == 34


def test_the_2019_round_has_17_ministries_and_7_agencies() -> None:
    assert len(codes("ministry", IN_2019)) == 17
    assert len(codes("agency", IN_2019)) == 7


def test_every_one_of_the_63_went_into_exactly_one_of_the_34() -> None:
    came_from = Counter(
        before
        for code in codes("province", FIRST_OF_34)
        for before in VIETNAM.predecessors(code, IN_2019)
    )
    assert came_from == Counter(codes("province", IN_2019))


def test_every_one_of_the_63_leads_to_the_one_that_names_it() -> None:
    for before in codes("province", IN_2019):
        (after,) = VIETNAM.successors(before, FIRST_OF_34)
        assert before in VIETNAM.predecessors(after, IN_2019)


def test_eleven_provinces_were_not_merged() -> None:
    alone = {
        code
        for code in codes("province", FIRST_OF_34)
        if len(VIETNAM.predecessors(code, LAST_OF_63)) == 1
    }
    assert alone == {
        "cao-bang",
        "dien-bien",
        "ha-noi",
        "ha-tinh",
        "hue-2025",
        "lai-chau",
        "lang-son",
        "nghe-an",
        "quang-ninh",
        "son-la",
        "thanh-hoa",
    }


@pytest.mark.parametrize(
    ("code", "before"),
    [
        ("hue-2025", {"thua-thien-hue"}),
        ("thai-nguyen-2025", {"bac-kan", "thai-nguyen"}),
        ("ho-chi-minh-2025", {"ho-chi-minh", "binh-duong", "ba-ria-vung-tau"}),
        ("can-tho-2025", {"can-tho", "hau-giang", "soc-trang"}),
        ("ha-noi", {"ha-noi"}),
    ],
)
def test_a_province_of_2025_knows_who_it_was_in_2019(code: str, before: set[str]) -> None:
    assert set(VIETNAM.predecessors(code, IN_2019)) == before


@pytest.mark.parametrize(
    "day", [IN_2019, date(2025, 1, 1), LAST_OF_63, FIRST_OF_34, date(2026, 1, 1)]
)
def test_no_two_provinces_share_a_tile_and_all_have_one(day: date) -> None:
    tiles = [body.tile for body in VIETNAM.in_group("province", day)]
    assert None not in tiles
    assert len(set(tiles)) == len(tiles)
    assert max(tile[0] for tile in tiles if tile) < 11


def test_a_group_without_a_map_has_no_tiles() -> None:
    assert VIETNAM.tiles("ministry", IN_2019) == {}
    assert VIETNAM.tiles("province", IN_2019)["ha-noi"] == (3, 3)


def test_the_map_has_the_north_on_top_and_the_south_at_the_bottom() -> None:
    for day, south in ((IN_2019, "ca-mau"), (FIRST_OF_34, "ca-mau-2025")):
        rows = {b.code: b.tile[1] for b in VIETNAM.in_group("province", day) if b.tile}
        assert rows["cao-bang"] == 0
        assert rows["cao-bang"] < rows["ha-noi"] < rows["nghe-an"] < rows[south]
        assert rows[south] == max(rows.values())


@pytest.mark.parametrize("day", [IN_2019, FIRST_OF_34])
def test_official_codes_are_unique_on_a_day(day: date) -> None:
    official = [body.official_code for body in VIETNAM.in_group("province", day)]
    assert all(re.fullmatch(r"\d\d", code or "") for code in official)
    assert len(set(official)) == len(official)


def test_the_six_regions_hold_the_63_provinces() -> None:
    sizes = Counter(body.region for body in VIETNAM.in_group("province", IN_2019))
    assert sizes == {
        "northern-midlands-and-mountains": 14,
        "red-river-delta": 11,
        "north-central-and-central-coast": 14,
        "central-highlands": 5,
        "southeast": 6,
        "mekong-delta": 13,
    }


def test_a_merged_province_has_a_region_only_if_its_predecessors_agree_on_it() -> None:
    for body in VIETNAM.in_group("province", FIRST_OF_34):
        before = {VIETNAM.get(c).region for c in VIETNAM.predecessors(body.code, IN_2019)}
        assert body.region == (before.pop() if len(before) == 1 else None)


def test_every_body_has_both_names_and_a_source() -> None:
    for body in VIETNAM.bodies:
        assert not body.name.missing()
        assert body.source
    assert all(succession.source for succession in VIETNAM.successions)


@pytest.mark.parametrize("day", [IN_2019, FIRST_OF_34])
def test_no_two_bodies_of_a_day_share_any_name_even_without_accents(day: date) -> None:
    keys = {
        body.code: {name_form(name).core for name in body.names()}
        for body in VIETNAM.bodies
        if body.valid_on(day)
    }
    shared = [(a, b) for a, b in combinations(keys, 2) if keys[a] & keys[b]]
    assert shared == []


def test_provinces_are_listed_in_vietnamese_order() -> None:
    listed = codes("province", IN_2019)
    assert listed[:2] == ["an-giang", "ba-ria-vung-tau"]
    assert listed.index("dien-bien") > listed.index("cao-bang")
    assert listed.index("da-nang") < listed.index("dak-lak") < listed.index("dien-bien")
    assert listed[-1] == "yen-bai"
