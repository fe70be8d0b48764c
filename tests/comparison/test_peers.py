"""Whom a body is compared with."""

import pytest

from chiso.bodies import Body, Register
from chiso.comparison import peers
from chiso.index import OVERALL
from chiso.language import Text


@pytest.fixture(scope="module")
def standings(published):
    scores = {"a": (0.5, 3), "b": (0.9, 1), "c": (0.5, 3), "e": (0.7, 2), "h": (None, None)}
    return published(2024, {OVERALL: scores}).groups["province"]


def kinds(found):
    return {group.kind: group for group in found}


def names(group):
    return [body for body, _ in group.standings]


def test_peers_of_the_same_region_are_ranked_among_themselves(register, standings):
    region = kinds(peers(register, standings, "c"))["region"]
    assert region.name == "north"
    assert names(region)[0] == "b"
    assert set(names(region)) == {"a", "b", "c"}
    assert region.place == 2


def test_a_tie_shares_its_place_among_peers_of_every_kind(register, standings):
    for body in ("a", "c"):
        found = kinds(peers(register, standings, body, around=4))
        assert found["region"].place == 2
        assert found["neighbours"].place == 3


def test_neighbours_stand_around_the_body(register, standings):
    near = kinds(peers(register, standings, "e", around=1))["neighbours"]
    assert names(near)[:2] == ["b", "e"]
    assert len(near.standings) == 3
    assert near.place == 2
    first = kinds(peers(register, standings, "b", around=1))["neighbours"]
    assert (names(first), first.place) == (["b", "e"], 1)


def test_a_region_with_one_known_body_is_left_out(register, standings):
    assert "region" not in kinds(peers(register, standings, "e"))


def test_a_body_without_a_rank_has_a_region_without_a_place_and_no_neighbours(register, published):
    scores = {"a": (None, None), "b": (0.9, 1), "c": (0.5, 2)}
    found = kinds(peers(register, published(2024, {OVERALL: scores}).groups["province"], "a"))
    assert set(found) == {"region"}
    assert found["region"].place is None


def test_bodies_below_the_same_parent_are_peers(published):
    def body(code, parent=None):
        return Body(code, Text.of(code), "province", parent=parent)

    below = Register(Text.of("x"), (body("top"), body("x", "top"), body("y", "top"), body("z")))
    scores = {"x": (0.5, 2), "y": (0.9, 1), "z": (0.1, 3)}
    found = kinds(peers(below, published(2024, {OVERALL: scores}).groups["province"], "x"))
    assert (found["parent"].name, names(found["parent"]), found["parent"].place) == (
        "top", ["y", "x"], 2,
    )  # fmt: skip


def test_peers_may_be_asked_for_at_any_node(register, published):
    at = {OVERALL: {"a": (None, None), "b": (None, None)}, "p": {"a": (0.5, 1), "b": (0.4, 2)}}
    standings = published(2024, at).groups["province"]
    assert peers(register, standings, "a") == ()
    assert kinds(peers(register, standings, "a", "p"))["region"].place == 1
