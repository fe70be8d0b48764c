"""The wall clock may be set anew, the machine may sleep: lengths stay true all the same."""

from __future__ import annotations

from pathlib import Path

from tests.checks.monitor.worlds import HOUR, MINUTE, START, HandClock

from chiso.checks.monitor.clock import JumpWatch, SystemClock
from chiso.checks.monitor.outcomes import Outcome, Seen
from chiso.checks.monitor.period import read_period
from chiso.checks.monitor.reading import SampleFile
from chiso.checks.monitor.samples import SampleStore, Settings
from chiso.checks.targets import Site

SETTINGS = Settings(interval=5 * MINUTE, confirmations=3, span=450_000)
UP, DOWN, OUT = Seen(Outcome.UP, 200), Seen(Outcome.DOWN, 503), Seen(Outcome.VANTAGE_OUT)


class Bench:
    """A store with one site, and a clock in the hand of the test."""

    def __init__(self, folder: Path, clock: HandClock) -> None:
        self.clock = clock
        self.store = SampleStore(folder, clock)
        self.store.sites([Site(body="b", url="https://a.gov.vn/")])
        self.store.begin(SETTINGS)
        self.jumps = JumpWatch(clock, self.store.jump)

    def probe(self, seen: Seen, times: int) -> None:
        """Probes every five minutes."""
        for _ in range(times):
            self.store.add(1, self.clock.mono(), self.clock.wall(), seen)
            self.jumps.look()
            self.clock.go(5 * MINUTE)


def test_the_clocks_of_this_machine_go_forward() -> None:
    clock = SystemClock()
    first, second = clock.mono(), clock.mono()
    assert second >= first > 0
    assert clock.wall() > START - 20 * 365 * 24 * HOUR
    assert bool(clock.boot()) == clock.counts_sleep


def test_a_jump_is_noticed_once_and_small_steps_are_not() -> None:
    clock, seen = HandClock(), []
    watch = JumpWatch(clock, lambda at, delta: seen.append((at, delta)))
    clock.set_wall(4_000)
    assert watch.look() == 0
    clock.set_wall(4_000)
    assert watch.look() == 8_000
    assert watch.look() == 0
    clock.set_wall(-3_600_000)
    assert watch.look() == -3_600_000
    assert seen == [(clock.mono(), 8_000), (clock.mono(), -3_600_000)]


def test_time_that_passes_on_both_clocks_is_no_jump() -> None:
    clock = HandClock()
    watch = JumpWatch(clock, lambda at, delta: None)
    clock.go(10 * HOUR)  # such as a machine that slept
    assert watch.look() == 0


def test_an_hour_forward_makes_no_gap_and_no_uptime(tmp_path: Path) -> None:
    bench = Bench(tmp_path, HandClock())
    bench.probe(UP, 12)
    bench.clock.set_wall(HOUR)
    bench.probe(UP, 12)
    bench.store.close()
    [(_, found)] = read_period(tmp_path).sites
    assert found.end - found.begin == 2 * HOUR
    # the last probe was five minutes before the end and vouches for half of them
    assert found.known == 2 * HOUR - 150_000
    with SampleFile(tmp_path) as samples:
        assert samples.jumps() == ((1, HOUR, HOUR),)
        # the corrected clock holds for all of the session
        assert samples.sessions[0].begin == START + HOUR


def test_an_hour_back_does_not_count_time_twice(tmp_path: Path) -> None:
    bench = Bench(tmp_path, HandClock())
    bench.probe(UP, 12)
    bench.clock.set_wall(-HOUR)
    bench.probe(DOWN, 12)
    bench.probe(UP, 2)
    bench.store.close()
    [(_, found)] = read_period(tmp_path).sites
    assert found.down == HOUR
    assert found.known <= 130 * MINUTE


def test_a_clock_found_wrong_by_the_self_test_does_not_move_what_was_before(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path, HandClock())
    bench.probe(UP, 12)
    bench.clock.set_wall(48 * HOUR)
    bench.probe(OUT, 12)
    bench.store.close()
    with SampleFile(tmp_path) as samples:
        assert samples.sessions[0].begin == START


def test_a_machine_that_slept_leaves_a_gap(tmp_path: Path) -> None:
    bench = Bench(tmp_path, HandClock())
    bench.probe(UP, 12)
    bench.clock.go(3 * HOUR)
    bench.probe(UP, 12)
    bench.store.close()
    [(_, found)] = read_period(tmp_path).sites
    assert found.known <= 2 * HOUR
    assert found.coverage < 0.5
    assert found.share is None


def test_sessions_of_one_boot_share_one_scale(tmp_path: Path) -> None:
    clock = HandClock()
    clock.set_wall(-10 * HOUR)  # a machine that starts with a wrong clock …
    bench = Bench(tmp_path, clock)
    bench.probe(UP, 3)
    bench.store.close()
    clock.set_wall(10 * HOUR)  # … and gets the right one while nobody watches
    bench = Bench(tmp_path, clock)
    bench.probe(UP, 3)
    bench.store.close()
    with SampleFile(tmp_path) as samples:
        assert [s.begin - START for s in samples.sessions] == [0, 15 * MINUTE]


def test_sessions_without_a_boot_id_stand_alone(tmp_path: Path) -> None:
    for ahead in (0, 10 * HOUR):
        clock = HandClock(boot="")
        clock.set_wall(ahead)
        bench = Bench(tmp_path, clock)
        bench.probe(UP, 1)
        bench.store.close()
    with SampleFile(tmp_path) as samples:
        assert [s.begin - START for s in samples.sessions] == [0, 10 * HOUR]
