"""Incidents: what confirms a failure, what closes it, and what is only a sign of instability."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checks.monitor.worlds import MINUTE, START, every_five, look

from chiso.checks.monitor.incidents import Rules, cells, find_incidents
from chiso.checks.monitor.reading import Look
from chiso.checks.monitor.windows import Window, Within

RULES = Rules()


def spans(looks: list[Look]) -> list[tuple[float, float | None]]:
    """Begin and end of the incidents in minutes."""
    return [
        (
            (one.begin - START) / MINUTE,
            None if one.ended is None else (one.ended - START) / MINUTE,
        )
        for one in find_incidents(looks, RULES).incidents
    ]


def test_a_failure_confirmed_by_three_retries_is_an_incident_from_its_first_probe() -> None:
    looks = [look(0, "U"), look(5, "D"), look(5.5, "D"), look(7.5, "D"), look(12.5, "D")]
    looks += [look(15, "D"), look(20, "U"), look(25, "U")]
    assert spans(looks) == [(5, 20)]


def test_three_failures_are_a_mark_of_instability_only() -> None:
    found = find_incidents(every_five("UUDDDUU"), RULES)
    assert found.incidents == ()
    assert found.unstable == (START + 10 * MINUTE,)


def test_four_failures_within_a_minute_confirm_nothing() -> None:
    looks = [look(0, "U"), *(look(5 + n / 10, "D") for n in range(4)), look(10, "U")]
    found = find_incidents(looks, RULES)
    assert found.incidents == ()
    assert len(found.unstable) == 1


def test_a_single_success_in_between_confirms_nothing_and_closes_nothing() -> None:
    assert spans(every_five("UDDDUDDDUU")) == []
    assert spans(every_five("UDDDDUDDUU")) == [(5, 40)]


def test_an_incident_that_nobody_saw_end_has_no_end() -> None:
    assert spans(every_five("UUDDDDDD")) == [(10, None)]


def test_incidents_with_less_than_ten_minutes_between_are_one() -> None:
    two = [*every_five("UDDDDUU"), *every_five("DDDDUU", begin=33)]
    assert spans(two) == [(5, 53)]
    apart = [*every_five("UDDDDUU"), *every_five("DDDDUU", begin=35)]
    assert spans(apart) == [(5, 25), (35, 55)]


def test_failures_before_and_after_an_hour_without_probes_do_not_confirm_each_other() -> None:
    found = find_incidents(every_five("UDD............DDUU"), RULES)
    assert found.incidents == ()
    assert len(found.unstable) == 2


def test_one_outage_with_an_hour_without_probes_in_it_is_one_incident() -> None:
    assert spans(every_five("UDDDD............DDDDUU")) == [(5, 105)]


def test_an_outage_seen_over_after_the_gap_is_not_joined_to_a_later_one() -> None:
    assert spans(every_five("UDDDD............UUDDDDUU")) == [(5, 85), (95, 115)]
    assert spans(every_five("UDDDD............DUUUUUDDDDUU")) == [(5, 90), (115, 135)]


@pytest.mark.parametrize("sign", ["B", "V"])
def test_probes_that_say_nothing_neither_confirm_nor_close(sign: str) -> None:
    assert spans(every_five(f"UDD{sign}{sign}DUU")) == []
    assert spans(every_five(f"UDDDD{sign}{sign}UU")) == [(5, 35)]


@pytest.mark.parametrize("sign", ["D", "N", "P", "M"])
def test_every_kind_of_failure_can_be_confirmed(sign: str) -> None:
    assert spans(every_five(f"UU{sign * 4}UU")) == [(10, 30)]


def test_time_set_aside_is_as_if_nobody_had_looked() -> None:
    aside = Within([Window(START + 9 * MINUTE, START + 19 * MINUTE)])
    found = find_incidents(every_five("UUDDDDUU"), RULES, aside)
    assert found.incidents == ()


def test_each_moment_belongs_to_the_nearest_probe_within_half_an_interval() -> None:
    looks = [look(0, "U"), look(4, "U"), look(20, "U")]
    found = [((a - START) / MINUTE, (b - START) / MINUTE) for a, b in cells(looks)]
    assert found == [(-2.5, 2), (2, 6.5), (17.5, 22.5)]


times = st.lists(st.builds(look, st.floats(0, 600), st.sampled_from("UDNPMBV")), max_size=60).map(
    sorted
)


@given(times)
def test_cells_never_overlap_and_are_never_longer_than_the_interval(looks: list[Look]) -> None:
    found = cells(looks)
    assert len(found) == len(looks)
    for one, (begin, end) in zip(looks, found, strict=True):
        assert 0 <= end - begin <= one.reach
    for (_, end), (begin, _) in itertools.pairwise(found):
        assert end <= begin


@given(times)
def test_every_failure_is_in_an_incident_or_a_mark_or_follows_one(looks: list[Look]) -> None:
    found = find_incidents(looks, RULES)
    places = [place for one in found.incidents for place in one.failed]
    assert len(places) == len(set(places))
    for one in found.incidents:
        assert looks[one.failed[0]].at == one.begin
        assert len(one.failed) >= 4
        assert one.last - one.begin >= 450_000
        assert one.ended is None or one.ended >= one.last
    for before, after in zip(found.incidents, found.incidents[1:], strict=False):
        assert before.ended is not None
        assert after.begin - before.ended >= RULES.merge
