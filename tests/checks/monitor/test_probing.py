"""The loop: who is asked when, how failures are confirmed, and when our own network is at fault.

Time is made to go fast, so the figures are those of real use: five minutes, and 30, 120, 300 s.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import sqlite3
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.checks.monitor.worlds import HOUR, MINUTE, HandClock, run_quickly

from chiso.checks.artifacts import Vantage
from chiso.checks.monitor.incidents import Rules
from chiso.checks.monitor.outcomes import Outcome, Seen
from chiso.checks.monitor.period import read_period
from chiso.checks.monitor.probing import Monitor, Plan, Tick
from chiso.checks.monitor.reading import SampleFile
from chiso.checks.monitor.samples import FILE, SampleStore
from chiso.checks.targets import Site

UP, DOWN = Seen(Outcome.UP, 200, 5, 4), Seen(Outcome.DOWN, 503, 5, 4, "http_5xx")
PLAN = Plan()
OUT = Outcome.VANTAGE_OUT


class World:
    """Sites that answer as a function of the seconds since the start says, and a self-test.

    `asked` are the probes: seconds, site, attempt.
    """

    def __init__(
        self,
        answers: Callable[[Site, float], Seen] = lambda site, now: UP,
        sites: int = 1,
        sound: Callable[[float], bool] = lambda now: True,
        clock: HandClock | None = None,
        takes: float = 0.2,
    ) -> None:
        self.sites = [Site(body=f"b{n}", url=f"https://s{n}.gov.vn/") for n in range(sites)]
        self.answers, self.sound, self.takes = answers, sound, takes
        self.clock = clock or HandClock()
        self.asked: list[tuple[float, str, int]] = []
        self.tests: list[float] = []
        self.ticks: list[Tick] = []

    async def ask(self, site: Site, attempt: int) -> Seen:
        now = asyncio.get_running_loop().time()
        self.asked.append((now, site.url, attempt))
        seen = self.answers(site, now)
        await asyncio.sleep(self.takes)
        return seen

    async def self_test(self) -> Vantage:
        now = asyncio.get_running_loop().time()
        self.tests.append(now)
        await asyncio.sleep(0.5)
        ok = self.sound(now)
        return Vantage(at=dt.datetime.now(dt.UTC), ok=ok, detail="" if ok else "no way out")

    def run(self, folder: Path, minutes: float, plan: Plan = PLAN) -> list[tuple[Any, ...]]:
        """Watch for some minutes; the rows (site, outcome, retry, note) in order."""

        async def go() -> int:
            with SampleStore(folder, self.clock) as store:
                watch = Monitor(
                    store, self.sites, self.ask, self.self_test, plan, self.clock,
                    report=self.ticks.append,
                )  # fmt: skip
                return await watch.run(asyncio.Event(), minutes * 60)

        before = len(rows(folder)) if (folder / FILE).exists() else 0
        written = run_quickly(go(), self.clock)
        assert written == len(rows(folder)) - before
        return rows(folder)


def rows(folder: Path) -> list[tuple[Any, ...]]:
    base = sqlite3.connect(folder / FILE)
    found = base.execute("SELECT site, outcome, retry, note FROM sample ORDER BY id").fetchall()
    base.close()
    return found


def down_between(begin: float, end: float) -> Callable[[Site, float], Seen]:
    """Down from one minute to another."""
    return lambda site, now: DOWN if begin * 60 <= now < end * 60 else UP


def test_every_site_is_probed_once_an_interval_spread_over_it(tmp_path: Path) -> None:
    world = World(sites=10)
    world.run(tmp_path, 60)
    for site in world.sites:
        times = [at for at, url, _ in world.asked if url == site.url]
        assert len(times) == 12
        assert all(294 <= after - before <= 307 for before, after in pairwise(times))
    first = sorted(at for at, _, _ in world.asked)[:10]
    assert first[-1] - first[0] > 260
    assert world.ticks[0].outcomes == {Outcome.UP: 10}
    assert len(world.ticks) in (11, 12)


def test_our_network_is_tested_once_a_round_while_all_is_well(tmp_path: Path) -> None:
    world = World(sites=20)
    world.run(tmp_path, 60)
    assert 12 <= len(world.tests) <= 13


def test_a_failure_is_asked_again_after_the_pauses_and_then_called_down(tmp_path: Path) -> None:
    world = World(lambda site, now: DOWN)
    found = world.run(tmp_path, 14)
    times = {attempt: at for at, _, attempt in reversed(world.asked) if attempt > 1}
    assert sorted(times) == [2, 3, 4]
    assert 30 <= times[2] <= 40
    assert 120 <= times[3] - times[2] <= 125
    assert 300 <= times[4] - times[3] <= 305
    assert [retry for _, _, retry, _ in found].count(0) == 3  # the regular ones went on
    assert world.ticks[-1].down == ("https://s0.gov.vn/",)
    before = len(world.asked)
    world.run(tmp_path, 4)
    assert [attempt for _, _, attempt in world.asked[before:]] == [1, 2, 3]


def test_a_success_ends_the_confirmation(tmp_path: Path) -> None:
    world = World(down_between(4.9, 5.2))
    found = world.run(tmp_path, 24)
    assert [(outcome, retry) for _, outcome, retry, _ in found] == [
        (0, 0), (1, 0), (0, 1), (0, 0), (0, 0), (0, 0),
    ]  # fmt: skip
    assert all(tick.down == () for tick in world.ticks)


def test_two_successes_close_what_was_down(tmp_path: Path) -> None:
    world = World(down_between(4.9, 24.9))
    world.run(tmp_path, 46)
    assert [bool(tick.down) for tick in world.ticks] == [
        False, False, True, True, True, True, False, False, False,
    ]  # fmt: skip


def test_an_outage_of_all_sites_at_once_is_set_aside_until_a_person_has_looked(
    tmp_path: Path,
) -> None:
    world = World(down_between(120, 160), sites=8)
    world.run(tmp_path, 24 * 60)
    aside = read_period(tmp_path)
    [one] = aside.quarantines
    assert len(one.sites) == 8
    counted = read_period(tmp_path, rules=Rules(correlated_share=1.0))
    assert counted.quarantines == ()
    for (_, held), (_, whole) in zip(aside.sites, counted.sites, strict=True):
        assert (held.incidents, held.down) == ((), 0)
        assert 30 * MINUTE < held.aside < 45 * MINUTE
        assert held.known + held.aside <= whole.known + 5 * MINUTE
        assert whole.coverage > 0.98
        assert 35 * MINUTE <= whole.down <= 45 * MINUTE


def test_the_downtime_measured_is_near_the_true_one(tmp_path: Path) -> None:
    chance = random.Random(7)
    errors = []
    for number in range(12):
        begin, length = chance.uniform(60, 600), chance.uniform(15, 120)
        folder = tmp_path / str(number)
        World(down_between(begin, begin + length)).run(folder, 13 * 60)
        [(_, site)] = read_period(folder).sites
        assert len(site.incidents) == 1
        assert site.unstable == 0
        errors.append(site.down / MINUTE - length)
    assert max(map(abs, errors)) <= 5.2  # each edge is known to half an interval
    assert abs(sum(errors) / len(errors)) < 2  # and neither side is favoured


def test_a_failed_self_test_makes_a_round_invalid_and_asks_nobody(tmp_path: Path) -> None:
    world = World(sites=3, sound=lambda now: False)
    found = world.run(tmp_path, 9)
    assert {outcome for _, outcome, _, _ in found} == {OUT}
    assert world.asked == []
    assert world.ticks[0].vantage == "no way out"
    [(_, site), *_] = read_period(tmp_path).sites
    assert (site.known, site.share) == (0, None)


def test_when_our_network_breaks_down_between_two_tests_nobody_is_called_down(
    tmp_path: Path,
) -> None:
    broken = (62 * 60, 122 * 60)
    world = World(
        lambda site, now: DOWN if broken[0] <= now < broken[1] else UP,
        sites=4,
        sound=lambda now: not broken[0] <= now < broken[1],
    )
    found = world.run(tmp_path, 180)
    assert sum(outcome == Outcome.DOWN for _, outcome, _, _ in found) <= 4
    for _, site in read_period(tmp_path).sites:
        assert site.incidents == ()
        assert site.down == 0
        assert 0.5 < site.coverage < 0.75  # the hour is unknown


def test_a_round_without_network_does_not_break_off_a_confirmation(tmp_path: Path) -> None:
    world = World(lambda site, now: DOWN, sound=lambda now: not 60 <= now < 200)
    found = world.run(tmp_path, 14.9)
    retries = [retry for _, outcome, retry, _ in found if outcome == Outcome.DOWN and retry]
    assert retries == [1, 2, 3]
    assert OUT in {outcome for _, outcome, _, _ in found}


def test_a_self_test_that_hangs_counts_as_failed(tmp_path: Path) -> None:
    world = World()

    async def hang() -> Vantage:
        await asyncio.sleep(10_000)
        raise AssertionError

    world.self_test = hang  # type: ignore[method-assign]
    found = world.run(tmp_path, 14)
    assert {outcome for _, outcome, _, _ in found} == {OUT}
    base = sqlite3.connect(tmp_path / FILE)
    details = [row[0] for row in base.execute("SELECT detail FROM self_test WHERE ok = 0")]
    base.close()
    assert "longer than 60 s" in details[0]


def test_a_site_that_asks_to_be_left_alone_is_left_alone_for_an_hour_at_most(
    tmp_path: Path,
) -> None:
    out = Seen(Outcome.KEPT_OUT, 429, 5, 4, "blocked", later=86_400.0)
    world = World(lambda site, now: out)
    world.run(tmp_path, 70)
    assert len(world.asked) == 2
    assert 3_600 <= world.asked[1][0] - world.asked[0][0] <= 3_910


def test_a_failing_site_that_says_when_to_come_back_is_asked_then(tmp_path: Path) -> None:
    later = Seen(Outcome.DOWN, 503, 5, 4, "http_5xx", later=100.0)
    world = World(lambda site, now: later)
    world.run(tmp_path, 3)
    assert [attempt for _, _, attempt in world.asked] == [1, 2]
    assert 100 <= world.asked[1][0] - world.asked[0][0] <= 101


def test_a_probe_over_a_standstill_of_ours_says_nothing(tmp_path: Path) -> None:
    clock = HandClock()

    def slow(site: Site, now: float) -> Seen:
        clock.go(HOUR)  # the machine slept in the middle of the probe
        return DOWN

    found = World(slow, clock=clock).run(tmp_path, 14)
    assert {(outcome, note) for _, outcome, _, note in found} == {(Outcome.OURS, "standstill")}


def test_turns_that_a_long_probe_took_are_not_made_up_for(tmp_path: Path) -> None:
    world = World()

    async def ask(site: Site, attempt: int) -> Seen:
        world.asked.append((asyncio.get_running_loop().time(), site.url, attempt))
        await asyncio.sleep(1_500 if len(world.asked) == 1 else 0.2)
        return UP

    world.ask = ask  # type: ignore[method-assign]
    world.run(tmp_path, 59, Plan(longest=10_000))
    times = [at for at, _, _ in world.asked]
    assert len(times) == 8
    assert all(after - before > 250 for before, after in pairwise(times[1:]))


def test_a_machine_that_slept_goes_on_without_making_up_for_it(tmp_path: Path) -> None:
    clock = HandClock()
    slept: list[float] = []

    def answers(site: Site, now: float) -> Seen:
        if now > 1_800 and not slept:
            slept.append(now)
            asyncio.get_running_loop().call_later(60, clock.go, 5 * HOUR)
        return UP

    world = World(answers, clock=clock)
    world.run(tmp_path, 60)
    assert len(world.asked) == 12
    [(_, site)] = read_period(tmp_path).sites
    assert site.known <= 61 * MINUTE
    assert site.coverage < 0.2


def test_a_clock_set_anew_is_recorded_while_watching(tmp_path: Path) -> None:
    clock = HandClock()

    def answers(site: Site, now: float) -> Seen:
        if 290 < now < 400:
            clock.set_wall(HOUR)
        return UP

    World(answers, clock=clock).run(tmp_path, 60)
    with SampleFile(tmp_path) as samples:
        assert [delta for _, _, delta in samples.jumps()] == [HOUR]
        assert len(samples.sessions) == 1
    [(_, site)] = read_period(tmp_path).sites
    assert site.coverage > 0.95
    assert site.end - site.begin <= HOUR


def test_where_sleep_is_not_counted_a_jump_forward_begins_a_new_session(tmp_path: Path) -> None:
    clock = HandClock(counts_sleep=False, boot="")

    def answers(site: Site, now: float) -> Seen:
        if 290 < now < 400:
            clock.set_wall(HOUR)
        return UP

    world = World(answers, clock=clock)
    found = world.run(tmp_path, 60)
    assert len(found) == len(world.asked) - 1  # the probe in which it slept is dropped
    with SampleFile(tmp_path) as samples:
        [(_, looks)] = samples.looks(0, 2**50)
        assert len(samples.sessions) == 2
        assert sum(after.at - before.at > HOUR for before, after in pairwise(looks)) == 1


def test_the_session_ends_cleanly_when_asked_to_stop(tmp_path: Path) -> None:
    world = World()

    async def go() -> int:
        stop = asyncio.Event()
        with SampleStore(tmp_path, world.clock) as store:
            watch = Monitor(store, world.sites, world.ask, world.self_test, PLAN, world.clock)
            asyncio.get_running_loop().call_later(1_000, stop.set)
            return await watch.run(stop)

    assert run_quickly(go(), world.clock) == 4
    with SampleFile(tmp_path) as samples:
        assert samples.sessions[0].ended == 1_000_000


def test_an_error_in_a_probe_ends_the_watch_and_is_told(tmp_path: Path) -> None:
    def fail(site: Site, now: float) -> Seen:
        raise RuntimeError("told")

    with pytest.raises(RuntimeError, match="told"):
        World(fail).run(tmp_path, 5)


def test_three_hundred_sites_are_watched_for_an_hour(tmp_path: Path) -> None:
    world = World(lambda site, now: DOWN if site.url == "https://s7.gov.vn/" else UP, sites=300)
    world.run(tmp_path, 60)
    assert len(world.asked) == 300 * 12 + 3
    period = read_period(tmp_path)
    assert [target.url for target, site in period.sites if site.down] == ["https://s7.gov.vn/"]


@pytest.mark.parametrize("wrong", [{"interval": 0}, {"confirm": ()}, {"confirm": (-1.0,)}])
def test_a_plan_without_confirmation_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="confirmed at least once"):
        Plan(**wrong)


def test_no_sites_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no sites"):
        World(sites=0).run(tmp_path, 1)
