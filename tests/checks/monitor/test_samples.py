"""The store of samples: nothing invented, nothing lost, one writer, small."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.checks.monitor.worlds import MINUTE, START, HandClock

from chiso.checks.monitor.outcomes import Outcome, Seen
from chiso.checks.monitor.period import availability_of_folder, read_period
from chiso.checks.monitor.reading import SampleFile
from chiso.checks.monitor.samples import FILE, SampleStore, Settings
from chiso.checks.targets import Site
from chiso.problems import InvalidInput

SETTINGS = Settings(interval=5 * MINUTE, confirmations=3, span=450_000)
SITE = Site(body="VN-01", url="https://portal.gov.vn/")
UP = Seen(Outcome.UP, 200, 123, 4)
DOWN = Seen(Outcome.DOWN, 503, 40, 6, "http_5xx")


def probe(store: SampleStore, clock: HandClock, seen: Seen, times: int = 1) -> None:
    """Probe site 1 every five minutes."""
    for _ in range(times):
        store.add(1, clock.mono(), clock.wall(), seen)
        clock.go(5 * MINUTE)


def test_samples_come_back_as_they_were_written(tmp_path: Path) -> None:
    clock = HandClock()
    with SampleStore(tmp_path, clock) as store:
        assert store.sites([SITE]) == {SITE.url: 1}
        store.begin(SETTINGS)
        probe(store, clock, UP, 2)
        probe(store, clock, DOWN)
    with SampleFile(tmp_path) as samples:
        [(site, looks)] = samples.looks(0, START * 2)
        assert site == 1
        assert [one.at - START for one in looks] == [0, 5 * MINUTE, 10 * MINUTE]
        assert [one.outcome for one in looks] == [0, 0, 1]
        assert {(one.reach, one.need, one.span) for one in looks} == {(5 * MINUTE, 4, 450_000)}
        assert [(t.body, t.url, t.role) for t in samples.targets] == [("VN-01", SITE.url, "main")]
    with sqlite3.connect(tmp_path / FILE) as base:
        rows = base.execute("SELECT status, first_byte, v6, retry, note FROM sample").fetchall()
    base.close()
    assert rows[0] == (200, 123, 0, 0, None)
    assert rows[2] == (503, 40, 1, 0, "http_5xx")


def test_reopening_continues_in_a_new_session(tmp_path: Path) -> None:
    clock = HandClock()
    for _ in range(2):
        with SampleStore(tmp_path, clock) as store:
            store.sites([SITE])
            store.begin(SETTINGS)
            probe(store, clock, UP, 3)
        clock.go(60 * MINUTE)
    with SampleFile(tmp_path) as samples:
        assert samples.count() == 6
        assert [s.ended for s in samples.sessions] == [15 * MINUTE, 15 * MINUTE]
        [(_, looks)] = samples.looks(0, START * 2)
        assert looks[3].at - looks[2].at == 65 * MINUTE


def test_a_site_of_two_bodies_is_probed_once_and_reported_twice(tmp_path: Path) -> None:
    clock = HandClock()
    other = Site(body="VN-02", url=SITE.url, role="services")
    with SampleStore(tmp_path, clock) as store:
        assert store.sites([SITE, other, SITE]) == {SITE.url: 1}
        store.begin(SETTINGS)
        probe(store, clock, UP, 3)
    period = read_period(tmp_path)
    assert [target.body for target, _ in period.sites] == ["VN-01", "VN-02"]
    assert list(availability_of_folder(tmp_path)) == [SITE.url]


def test_a_second_writer_is_refused_and_a_reader_is_not(tmp_path: Path) -> None:
    clock = HandClock()
    with SampleStore(tmp_path, clock) as store:
        store.sites([SITE])
        store.begin(SETTINGS)
        probe(store, clock, UP)
        with pytest.raises(InvalidInput, match="another monitor writes here"):
            SampleStore(tmp_path, clock)
        with SampleFile(tmp_path) as samples:
            assert samples.count() == 1
            probe(store, clock, UP)
            assert samples.count() == 2
    with SampleStore(tmp_path, clock):
        pass  # the lock is given back


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"body,url\n" * 1000)
    with pytest.raises(InvalidInput, match=FILE):
        SampleStore(tmp_path, HandClock())
    with pytest.raises(InvalidInput, match=FILE):
        SampleFile(tmp_path)


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / FILE)
    base.execute("CREATE TABLE other (x)")
    base.close()
    with pytest.raises(InvalidInput, match="holds no samples"):
        SampleStore(tmp_path, HandClock())
    with pytest.raises(InvalidInput, match="holds no samples"):
        SampleFile(tmp_path)


def test_a_later_format_is_refused(tmp_path: Path) -> None:
    with SampleStore(tmp_path, HandClock()):
        pass
    base = sqlite3.connect(tmp_path / FILE)
    base.execute("PRAGMA user_version = 99")
    base.close()
    with pytest.raises(InvalidInput, match="format 99"):
        SampleFile(tmp_path)


def test_a_full_disk_is_told_and_what_was_written_stays(tmp_path: Path) -> None:
    clock = HandClock()
    with SampleStore(tmp_path, clock) as store:
        store.sites([SITE])
        store.begin(SETTINGS)
        pages = store._base.execute("PRAGMA page_count").fetchone()[0]
        store._base.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(InvalidInput, match="full"):
            probe(store, clock, UP, 1_000)
        with SampleFile(tmp_path) as samples:
            assert 0 < samples.count() < 1_000


@contextmanager
def nobody() -> Iterator[None]:
    """As somebody who may write nowhere; root may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_samples_in_a_folder_that_is_read_only_are_read() -> None:
    clock = HandClock()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with SampleStore(folder, clock) as store:
            store.sites([SITE])
            store.begin(SETTINGS)
            probe(store, clock, UP, 3)
        folder.chmod(0o555)
        try:
            with nobody():
                with pytest.raises(PermissionError):
                    (folder / "new").touch()
                with SampleFile(folder) as samples:
                    assert samples.count() == 3
                    assert len(list(samples.looks(0, START * 2))) == 1
        finally:
            folder.chmod(0o755)


def test_a_folder_without_samples_says_what_makes_them(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="chiso monitor"):
        SampleFile(tmp_path)


def test_a_sample_takes_less_than_40_bytes_on_disk(tmp_path: Path) -> None:
    clock = HandClock()
    count = 20_000
    with SampleStore(tmp_path, clock) as store:
        store.sites([Site(body="b", url=f"https://a{n}.gov.vn/") for n in range(300)])
        store.begin(SETTINGS)
        empty = (tmp_path / FILE).stat().st_size
        for number in range(count):
            seen = DOWN if number % 100 == 0 else Seen(Outcome.UP, 200, 50 + number % 900, 4)
            store.add(1 + number % 300, clock.mono(), clock.wall() + number % 3, seen)
            clock.go(1_000)
    size = (tmp_path / FILE).stat().st_size
    assert 0 < (size - empty) / count < 40


_WRITER = """
import sys
from pathlib import Path
from chiso.checks.monitor.clock import SystemClock
from chiso.checks.monitor.outcomes import Outcome, Seen
from chiso.checks.monitor.samples import SampleStore, Settings
from chiso.checks.targets import Site

clock = SystemClock()
store = SampleStore(Path(sys.argv[1]), clock)
store.sites([Site(body="b", url="https://a.gov.vn/")])
store.begin(Settings(interval=1000, confirmations=3, span=1000))
for number in range(10**9):
    store.add(1, clock.mono(), clock.wall(), Seen(Outcome.UP, 200, number % 999, 4))
    sys.stdout.write(f"{number + 1}\\n")
    sys.stdout.flush()
"""


def test_a_writer_killed_at_any_time_loses_at_most_the_sample_in_hand(tmp_path: Path) -> None:
    acknowledged = 0
    for pause in (0.11, 0.02):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"1\n"
            time.sleep(pause)
            process.kill()
            lines = process.stdout.read().split(b"\n")
        acknowledged += int(([b"1"] + [line for line in lines[:-1] if line])[-1])
        with SampleFile(tmp_path) as samples:
            kept = samples.count()
            assert samples.sessions[-1].ended is None
        assert acknowledged <= kept <= acknowledged + len(samples.sessions)
        base = sqlite3.connect(tmp_path / FILE)
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        base.close()
        acknowledged = kept
