"""Samples read back: on one scale of time, site by site, while a monitor may be writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from chiso.checks.monitor.outcomes import Outcome
from chiso.checks.monitor.samples import FILE, check_format, told
from chiso.problems import InvalidInput, Problem


class Look(NamedTuple):
    """One probe as the arithmetic of availability takes it.

    `at` in corrected milliseconds since 1970-01-01 UTC; `reach` the interval of its session;
    `need` failures over at least `span` milliseconds make a failure confirmed.
    """

    at: int
    outcome: int
    reach: int
    need: int = 4
    span: int = 450_000


@dataclass(frozen=True, slots=True)
class Session:
    """A stretch in which one process probed. Times in milliseconds: `wall` and `mono` at its
    beginning, `ended` and `last` counted from it (None where it was killed, or saw nothing);
    `offset` is what turns its monotonic times into corrected wall times."""

    id: int
    boot: str
    wall: int
    mono: int
    interval: int
    confirmations: int
    span: int
    ended: int | None
    last: int | None
    offset: int

    @property
    def begin(self) -> int:
        """Corrected wall time at which it began."""
        return self.mono + self.offset

    @property
    def end(self) -> int:
        """Corrected wall time at which it ended, as far as is known."""
        after = self.ended if self.ended is not None else self.last
        return self.begin + (after or 0)


class Target(NamedTuple):
    """A site of a body; `site` is the number of its address."""

    site: int
    url: str
    body: str
    role: str


class SampleFile:
    """A store opened for reading; use as a context manager. Times come corrected:

    within one start of the machine there is one monotonic scale, and what turns it into wall time
    is what the clocks said last while our network was found sound. Should the clock have been set
    in between, lengths stay true and earlier times move with it.
    """

    def __init__(self, folder: Path) -> None:
        """Open the samples of a folder. Raises InvalidInput where there are none."""
        self.path = folder / FILE
        if not self.path.is_file():
            raise InvalidInput(
                Problem(f"there is no {FILE}", file=str(folder), hint="'chiso monitor' makes one")
            )
        with told(self.path):
            self._base = _open(self.path)
        try:
            check_format(self._base, self.path)
            with told(self.path):
                self.sessions = _sessions(self._base)
                self.targets = tuple(
                    Target(*row)
                    for row in self._base.execute(
                        "SELECT site, url, body, role FROM target JOIN site ON site.id = site "
                        "ORDER BY target.rowid"
                    )
                )
        except BaseException:
            self._base.close()
            raise

    def __enter__(self) -> SampleFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    def count(self) -> int:
        """How many samples there are."""
        with told(self.path):
            return int(self._base.execute("SELECT count(*) FROM sample").fetchone()[0])

    def jumps(self) -> tuple[tuple[int, int, int], ...]:
        """Jumps of the wall clock: session, milliseconds into it, by how many milliseconds."""
        with told(self.path):
            return tuple(self._base.execute("SELECT session, at, delta FROM jump"))

    def looks(self, begin: int, end: int) -> Iterator[tuple[int, list[Look]]]:
        """Site by site its probes in [begin, end), in order of time."""
        with told(self.path):
            yield from self._looks(begin, end)

    def _looks(self, begin: int, end: int) -> Iterator[tuple[int, list[Look]]]:
        kept = [s for s in self.sessions if s.begin < end and s.end >= begin]
        if not kept:
            return
        known = {s.id: (s.begin, s.interval, s.confirmations + 1, s.span) for s in kept}
        ids = ", ".join(str(number) for number in known)
        rows = self._base.execute(
            f"SELECT site, session, at, outcome FROM sample WHERE session IN ({ids}) "  # noqa: S608 - whole numbers
            "ORDER BY site"
        )
        for site, group in groupby(rows, key=lambda row: row[0]):
            found = []
            for _, session, after, outcome in group:
                start, reach, need, span = known[session]
                if begin <= start + after < end:
                    found.append(Look(start + after, outcome, reach, need, span))
            if found:
                found.sort()
                yield site, found


def _open(path: Path) -> sqlite3.Connection:
    address = path.absolute().as_uri()
    try:
        base = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=5)
        base.execute("SELECT count(*) FROM sqlite_master")
        return base
    except sqlite3.OperationalError:
        # WAL wants to make a file beside it: not possible in a folder that is read-only
        if path.with_name(path.name + "-wal").exists():
            raise
        return sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True)


def _sessions(base: sqlite3.Connection) -> tuple[Session, ...]:
    sound = int(Outcome.VANTAGE_OUT)
    lasts = {
        session: (at, slip)
        for session, at, slip in base.execute(
            "SELECT session, at, slip FROM sample WHERE id IN "
            "(SELECT max(id) FROM sample WHERE outcome <> ? GROUP BY session)",
            (sound,),
        )
    }
    ends = dict(base.execute("SELECT session, max(at) FROM sample GROUP BY session"))
    rows = base.execute(
        "SELECT id, boot, wall, mono, interval, confirmations, span, ended FROM session ORDER BY id"
    ).fetchall()
    offsets: dict[object, int] = {}
    for number, boot, wall, mono, *_ in rows:
        key = boot or number
        if number in lasts:
            offsets[key] = wall - mono + lasts[number][1]
        else:
            offsets.setdefault(key, wall - mono)
    return tuple(
        Session(
            number, boot, wall, mono, interval, confirmations, span, ended, ends.get(number),
            offsets[boot or number],
        )
        for number, boot, wall, mono, interval, confirmations, span, ended in rows
    )  # fmt: skip
