"""A register in memory: its look-ups, its successions and what it refuses to be."""

import dataclasses
import pickle
from datetime import date

import pytest

from chiso.bodies import Body, Register, Succession, UnknownCode, load_register, register_from_names
from chiso.language import Text
from chiso.problems import InvalidInput

FIRST, SECOND, THIRD = date(2010, 1, 1), date(2020, 1, 1), date(2025, 1, 1)
EVE = {FIRST: date(2009, 12, 31), SECOND: date(2019, 12, 31), THIRD: date(2024, 12, 31)}


def body(code: str, start: date | None = None, end: date | None = None, **more: object) -> Body:
    made = Body(code, Text.of(code.upper()), "group", valid_from=start, valid_to=end)
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def register(*bodies: Body, successions: tuple[Succession, ...] = ()) -> Register:
    return Register(Text.of("test"), bodies, {}, successions)


def test_a_body_is_valid_on_its_first_and_on_its_last_day() -> None:
    one = body("a", FIRST, SECOND)
    assert one.valid_on(FIRST)
    assert one.valid_on(SECOND)
    assert not one.valid_on(EVE[FIRST])
    assert not one.valid_on(date(2020, 1, 2))
    assert body("b").valid_on(date.min)


def test_an_unknown_code_is_a_key_error_with_a_readable_message() -> None:
    with pytest.raises(KeyError) as caught:
        register(body("a")).get("b")
    assert isinstance(caught.value, UnknownCode)
    assert str(caught.value) == "no body has the code 'b'"


def test_chains_of_renaming_merger_and_split_are_followed_both_ways() -> None:
    r = register(
        body("old", None, EVE[FIRST]),
        body("new", FIRST, EVE[SECOND]),
        body("other", None, EVE[SECOND]),
        body("joined", SECOND, EVE[THIRD]),
        body("north", THIRD),
        body("south", THIRD),
        successions=(
            Succession("old", "new", FIRST, "rename"),
            Succession("new", "joined", SECOND, "merge"),
            Succession("other", "joined", SECOND, "merge"),
            Succession("joined", "north", THIRD, "split"),
            Succession("joined", "south", THIRD, "split"),
        ),
    )
    assert r.predecessors("north", date(2000, 1, 1)) == ("old", "other")
    assert r.predecessors("north", date(2015, 1, 1)) == ("new", "other")
    assert r.predecessors("north", date(2022, 1, 1)) == ("joined",)
    assert r.predecessors("north", THIRD) == ("north",)
    assert r.successors("old", THIRD) == ("north", "south")
    assert r.successors("old", SECOND) == ("joined",)
    assert r.successors("old", date(2000, 1, 1)) == ("old",)


def test_a_body_that_absorbs_another_stands_for_itself_and_for_the_other() -> None:
    r = register(
        body("a"),
        body("b", None, EVE[SECOND]),
        successions=(Succession("b", "a", SECOND, "merge"),),
    )
    assert r.predecessors("a", EVE[SECOND]) == ("a", "b")
    assert r.predecessors("a", SECOND) == ("a",)
    assert r.successors("b", SECOND) == ("a",)


def test_who_left_before_another_joined_brings_nothing_of_the_other() -> None:
    r = register(
        body("whole"),
        body("part", SECOND),
        body("late", None, EVE[THIRD]),
        successions=(
            Succession("whole", "part", SECOND, "split"),
            Succession("late", "whole", THIRD, "merge"),
        ),
    )
    assert r.predecessors("part", FIRST) == ("whole",)
    assert r.predecessors("whole", FIRST) == ("whole", "late")
    assert r.successors("whole", THIRD) == ("whole", "part")
    assert r.successors("late", THIRD) == ("whole",)


def test_bodies_that_part_and_meet_again_end_the_walk() -> None:
    r = register(
        body("a"),
        body("b", FIRST, EVE[SECOND]),
        successions=(
            Succession("a", "b", FIRST, "split"),
            Succession("b", "a", SECOND, "merge"),
        ),
    )
    assert r.predecessors("a", EVE[FIRST]) == ("a",)
    assert r.successors("a", THIRD) == ("a",)


def test_nobody_became_a_body_that_had_ended() -> None:
    r = register(body("a", None, EVE[SECOND]))
    assert r.predecessors("a", THIRD) == ()
    assert r.successors("a", THIRD) == ()


def test_children_are_listed_in_vietnamese_order() -> None:
    r = register(
        body("top"),
        body("x", name=Text.of("Đông"), parent="top"),
        body("y", name=Text.of("Dương"), parent="top"),
    )
    assert [child.code for child in r.children("top")] == ["y", "x"]
    with pytest.raises(UnknownCode):
        r.children("nobody")


def test_a_register_refuses_every_contradiction_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        register(
            body("a", parent="nobody"),
            body("a"),
            body("b b"),
            body("c", SECOND, FIRST),
            body("d", parent="e"),
            body("e", parent="d"),
            successions=(
                Succession("a", "a", FIRST, "rename"),
                Succession("a", "gone", FIRST, "sale"),  # type: ignore[arg-type]
            ),
        )
    messages = [problem.message for problem in caught.value.problems]
    assert messages == [
        "unknown parent 'nobody'",
        "the code 'a' is used twice",
        "'b b' cannot be a code",
        "the body ends on 2010-01-01, before it begins on 2020-01-01",
        "parents run in a circle: d → e → d",
        "'a' succeeds itself; an unchanged body needs no record",
        "unknown kind of succession 'sale', use one of merge, split, rename",
        "the succession names an unknown body 'gone'",
    ]


def test_a_long_chain_of_parents_is_checked_in_time() -> None:
    chain = [body("b0"), *(body(f"b{i}", parent=f"b{i - 1}") for i in range(1, 20_000))]
    assert len(register(*reversed(chain)).bodies) == 20_000


def test_a_register_cannot_be_changed() -> None:
    r = load_register("vietnam")
    with pytest.raises(dataclasses.FrozenInstanceError):
        r.bodies = ()  # type: ignore[misc]
    with pytest.raises(TypeError):
        r.regions["x"] = Text()  # type: ignore[index]


def test_a_register_survives_the_way_to_another_process() -> None:
    r = load_register("vietnam")
    assert pickle.loads(pickle.dumps(r)) == r


def test_names_alone_make_a_register() -> None:
    r = register_from_names(["Sở Y tế", ("edu", "Sở Giáo dục")], group="department")
    assert [one.code for one in r.in_group("department")] == ["edu", "so-y-te"]
    assert r.find("y te").code == "so-y-te"


def test_names_that_make_no_register_are_all_listed() -> None:
    with pytest.raises(InvalidInput) as caught:
        register_from_names(["A", "a", " ", "Ω", ("x", "B"), ("x", "C")], group="g")
    assert [problem.message for problem in caught.value.problems] == [
        "name 3 is empty",
        "no code can be made from 'Ω'",
        "the code 'a' is used twice",
        "the code 'x' is used twice",
    ]
    with pytest.raises(InvalidInput, match="there are no names"):
        register_from_names([], group="g")
