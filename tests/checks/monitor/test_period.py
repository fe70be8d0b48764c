"""Availability over a period: worked examples, and what must hold for every set of probes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checks.monitor.worlds import HOUR, MINUTE, START, every_five, look

from chiso.checks.monitor.outcomes import Outcome
from chiso.checks.monitor.period import SitePeriod, site_period
from chiso.checks.monitor.reading import Look
from chiso.checks.monitor.windows import Window

DAY = 24 * HOUR


def day(signs: str, **options: object) -> SitePeriod:
    """A day of 288 probes in the middle of their five minutes; the rest of the day is up."""
    looks = every_five(signs + "U" * (288 - len(signs)), begin=2.5)
    return site_period(looks, START, START + DAY, **options)  # type: ignore[arg-type]


def test_a_day_without_failures_is_wholly_available_and_wholly_covered() -> None:
    found = day("")
    assert (found.share, found.coverage, found.incidents) == (1.0, 1.0, ())
    assert found.median_minutes is None


def test_half_an_hour_down_in_a_day_is_2_08_percent() -> None:
    found = day("U" * 60 + "D" * 6)
    assert found.share == pytest.approx(1 - 30 / 1440)
    assert found.median_minutes == 30
    assert found.coverage == 1.0


def test_confirmations_add_no_downtime_of_their_own() -> None:
    looks = every_five("U" * 60 + "D" * 6 + "U" * 222, begin=2.5)
    extra = [look(302.5 + after, "D") for after in (0.5, 2.5, 7.5)]
    found = site_period([*looks, *extra], START, START + DAY)
    assert found.down == 30 * MINUTE


def test_failures_that_were_not_confirmed_take_nothing() -> None:
    found = day("U" * 10 + "DD" + "U" * 10 + "D")
    assert (found.share, found.unstable, found.incidents) == (1.0, 2, ())


def test_missing_probes_lower_coverage_never_availability() -> None:
    found = day("U" * 100 + "." * 10)
    assert found.share == 1.0
    assert found.coverage == pytest.approx(278 / 288)


def test_below_95_percent_coverage_there_is_no_figure() -> None:
    found = day("." * 15)
    assert found.coverage < 0.95
    assert (found.state, found.share) == ("insufficient", None)
    assert found.availability.share is None


@pytest.mark.parametrize("sign", ["B", "V"])
def test_time_kept_out_or_without_network_of_ours_is_unknown(sign: str) -> None:
    found = day("U" * 50 + sign * 10)
    assert found.share == 1.0
    assert found.coverage == pytest.approx(278 / 288)


def test_a_site_never_reached_from_here_is_for_a_person() -> None:
    assert day("N" * 288).state == "doubtful"
    assert day("P" * 288).state == "doubtful"
    assert day("N" * 288).share is None


def test_a_site_whose_own_server_refuses_all_day_has_a_share_of_zero() -> None:
    found = day("D" * 288)
    assert (found.share, found.state) == (0.0, "measured")


def test_announced_maintenance_leaves_the_period() -> None:
    window = Window(START + HOUR, START + 3 * HOUR)
    found = day("U" * 12 + "D" * 24, maintenance=[window])
    assert (found.share, found.coverage) == (1.0, 1.0)
    assert found.maintenance == 2 * HOUR
    assert found.availability.maintenance_minutes == 120


def test_maintenance_that_runs_over_counts_from_its_announced_end() -> None:
    window = Window(START + HOUR, START + 3 * HOUR)
    found = day("U" * 12 + "D" * 36, maintenance=[window])
    assert found.down == HOUR
    assert found.incidents[0].begin == START + 3 * HOUR + 150_000


def test_time_set_aside_is_unknown_and_lowers_coverage() -> None:
    window = Window(START + HOUR, START + 3 * HOUR)
    found = day("U" * 12 + "D" * 24, aside=[window])
    assert found.down == 0
    assert found.aside == 2 * HOUR
    assert found.coverage == pytest.approx(22 / 24)


def test_an_incident_is_cut_at_the_edges_of_the_period() -> None:
    looks = every_five("U" * 280 + "D" * 16 + "U" * 280, begin=2.5)
    first = site_period(looks, START, START + DAY)
    second = site_period(looks, START + DAY, START + 2 * DAY)
    assert (first.down, second.down) == (40 * MINUTE, 40 * MINUTE)
    assert len(first.incidents) == len(second.incidents) == 1


def test_no_probes_at_all_say_nothing() -> None:
    found = site_period([], START, START + DAY)
    assert (found.share, found.coverage, found.known) == (None, 0.0, 0)


def test_a_period_that_is_all_maintenance_says_nothing() -> None:
    found = day("", maintenance=[Window(START - 1, START + 2 * DAY)])
    assert (found.share, found.coverage) == (None, 0.0)


def test_a_period_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        site_period([], START, START)


def test_the_availability_that_checks_take_has_dates_with_a_zone() -> None:
    found = day("").availability
    assert found.begun == "2026-03-02T00:00:00+00:00"
    assert found.ended == "2026-03-03T00:00:00+00:00"


# ── what holds for every set of probes ──

anything = st.lists(
    st.builds(
        look,
        st.integers(-600, 6_600).map(lambda tenth: tenth / 10),
        st.sampled_from("UUUDDDNPMBV"),
        st.sampled_from([MINUTE, 5 * MINUTE]),
    ),
    max_size=80,
)
window = st.tuples(st.integers(-30, 600), st.integers(1, 120)).map(
    lambda pair: Window(START + pair[0] * MINUTE, START + sum(pair) * MINUTE)
)
windows = st.lists(window, max_size=3)
BEGIN, END = START, START + 10 * HOUR


def brute(looks: list[Look], aside: list[Window], begin: int, end: int, step: int) -> int:
    """Known time counted moment by moment: the nearest probe is valid and near enough."""
    valid = {0, 1, 2, 3, 4}
    known = 0
    for at in range(begin + step // 2, end, step):
        if any(w.begin <= at < w.end for w in aside) or not looks:
            continue
        near = min(looks, key=lambda one: (abs(one.at - at), one))
        told = not any(w.begin <= near.at < w.end for w in aside)
        if told and near.outcome in valid and abs(near.at - at) <= near.reach // 2:
            known += step
    return known


@given(anything, windows, windows)
def test_shares_are_within_0_and_1_and_parts_within_the_whole(
    looks: list[Look], maintenance: list[Window], aside: list[Window]
) -> None:
    found = site_period(looks, BEGIN, END, None, maintenance, aside)
    assert found.share is None or 0 <= found.share <= 1
    assert 0 <= found.coverage <= 1
    assert 0 <= found.down <= found.known <= END - BEGIN - found.maintenance - found.aside
    assert sum(one.down for one in found.incidents) == found.down
    assert found.valid <= found.probes <= len(looks)


@given(anything, windows, windows, st.integers(-600, 6_600))
def test_adding_a_success_never_lowers_availability(
    looks: list[Look], maintenance: list[Window], aside: list[Window], tenth: int
) -> None:
    before = site_period(looks, BEGIN, END, None, maintenance, aside)
    after = site_period([*looks, look(tenth / 10, "U")], BEGIN, END, None, maintenance, aside)
    assert after.down <= before.down
    assert after.known - after.down >= before.known - before.down


@given(anything, windows, st.randoms(use_true_random=False))
def test_the_order_of_the_probes_does_not_matter(
    looks: list[Look], aside: list[Window], chance: random.Random
) -> None:
    mixed = looks[:]
    chance.shuffle(mixed)
    assert site_period(mixed, BEGIN, END, aside=aside) == site_period(
        looks, BEGIN, END, aside=aside
    )


@given(
    st.lists(
        st.builds(
            look,
            st.integers(-100, 1_300).map(lambda tenth: tenth / 10),
            st.sampled_from("UUUDDDNPMBV"),
            st.sampled_from([MINUTE, 5 * MINUTE]),
        ),
        max_size=40,
        unique_by=lambda one: one.at,
    ),
    windows,
    windows,
)
def test_time_in_which_nobody_looked_is_never_counted(
    looks: list[Look], maintenance: list[Window], aside: list[Window]
) -> None:
    end = BEGIN + 2 * HOUR
    found = site_period(looks, BEGIN, end, None, maintenance, aside)
    # every edge lies on a multiple of three seconds: the count is exact
    assert found.known == brute(looks, [*maintenance, *aside], BEGIN, end, 3_000)
    assert found.known <= sum(one.reach for one in looks if one.outcome <= Outcome.MAINTENANCE)


@given(anything, st.integers(1, 599))
def test_two_halves_of_a_period_add_up(looks: list[Look], cut: int) -> None:
    middle = START + cut * MINUTE
    whole = site_period(looks, BEGIN, END)
    halves = [site_period(looks, BEGIN, middle), site_period(looks, middle, END)]
    assert sum(half.known for half in halves) == whole.known
    assert sum(half.down for half in halves) == whole.down
    assert sum(half.probes for half in halves) == whole.probes
