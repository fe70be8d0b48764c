"""The samples of a monitor in a folder: one row a probe, appended and never changed.

SQLite in WAL mode; each sample is its own transaction. A writer that is killed loses at most the
probe in hand; with `synchronous=NORMAL` a power cut may take the last seconds, never the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chiso.checks.monitor.clock import Clock
from chiso.checks.monitor.outcomes import Seen
from chiso.checks.targets import Site
from chiso.problems import InvalidInput, Problem

FILE = "samples.sqlite"
LOCK = "writer.lock"
#: "chis", so that other tools can tell whose file it is
_APPLICATION = 0x63686973
FORMAT = 1
# Columns that are mostly 0, 1 or NULL take no space beyond their byte in the header: hence
# `slip` (what the wall clock says beyond the monotonic one), `retry` (attempt - 1) and `v6`.
_SCHEMA = f"""
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {FORMAT};
CREATE TABLE site (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE);
CREATE TABLE target (
    site INTEGER NOT NULL REFERENCES site, body TEXT NOT NULL, role TEXT NOT NULL,
    UNIQUE (site, body, role)
);
CREATE TABLE session (
    id INTEGER PRIMARY KEY, boot TEXT NOT NULL, wall INTEGER NOT NULL, mono INTEGER NOT NULL,
    interval INTEGER NOT NULL, confirmations INTEGER NOT NULL, span INTEGER NOT NULL,
    vantage TEXT NOT NULL, settings TEXT NOT NULL, ended INTEGER
);
CREATE TABLE sample (
    id INTEGER PRIMARY KEY, site INTEGER NOT NULL, session INTEGER NOT NULL, at INTEGER NOT NULL,
    slip INTEGER NOT NULL, outcome INTEGER NOT NULL, status INTEGER, first_byte INTEGER,
    v6 INTEGER, retry INTEGER NOT NULL, note TEXT
);
CREATE TABLE jump (session INTEGER NOT NULL, at INTEGER NOT NULL, delta INTEGER NOT NULL);
CREATE TABLE self_test (
    session INTEGER NOT NULL, at INTEGER NOT NULL, ok INTEGER NOT NULL, detail TEXT NOT NULL
);
"""
_ADD = (
    "INSERT INTO sample (site, session, at, slip, outcome, status, first_byte, v6, retry, note) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a session probes. `interval` and `span` in milliseconds: `span` is how long the
    confirmations of a failure take together, `confirmations` how many there are."""

    interval: int
    confirmations: int
    span: int
    vantage: str = "local"
    digest: str = ""


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Errors of SQLite as problems of the file. Raises InvalidInput."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise InvalidInput(Problem(f"cannot be used: {error}", file=str(path))) from None


class SampleStore:
    """The one writer of a folder; use as a context manager."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Open or make the store. Raises InvalidInput where another writer is at work, or the
        file is damaged or of another kind, OSError where the folder cannot be made."""
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE
        self._clock = clock
        self._lock = _locked(folder / LOCK)
        self.session = 0  # the number of the open one
        self._mono = self._wall = 0
        try:
            with told(self.path):
                self._base = sqlite3.connect(self.path, isolation_level=None)
                self._base.execute("PRAGMA journal_mode = WAL")
                self._base.execute("PRAGMA synchronous = NORMAL")
                self._base.execute("PRAGMA busy_timeout = 5000")
                if self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
                    self._base.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
            check_format(self._base, self.path)
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> SampleStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def sites(self, sites: Iterable[Site]) -> dict[str, int]:
        """The number of each address; new ones get one. An address of two bodies is one site."""
        with told(self.path):
            for site in sites:
                self._base.execute("INSERT OR IGNORE INTO site (url) VALUES (?)", (site.url,))
                self._base.execute(
                    "INSERT OR IGNORE INTO target SELECT id, ?, ? FROM site WHERE url = ?",
                    (site.body, site.role, site.url),
                )
            return dict(self._base.execute("SELECT url, id FROM site"))

    def begin(self, settings: Settings) -> int:
        """Begin a session now; the one before, if still open, is ended. Its number."""
        self.end()
        with told(self.path):
            self._wall, self._mono = self._clock.wall(), self._clock.mono()
            cursor = self._base.execute(
                "INSERT INTO session (boot, wall, mono, interval, confirmations, span, vantage, "
                "settings) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._clock.boot(), self._wall, self._mono, settings.interval,
                    settings.confirmations, settings.span, settings.vantage, settings.digest,
                ),
            )  # fmt: skip
            self.session = cursor.lastrowid or 0
        return self.session

    def add(self, site: int, at: int, wall: int, seen: Seen, attempt: int = 1) -> None:
        """Keep one probe that began at `at` (monotonic) and `wall`, both milliseconds."""
        after = at - self._mono
        with told(self.path):
            self._base.execute(
                _ADD,
                (
                    site, self.session, after, wall - self._wall - after, int(seen.outcome),
                    seen.status or None, seen.first_byte,
                    {4: 0, 6: 1}.get(seen.family), attempt - 1, seen.note or None,
                ),
            )  # fmt: skip

    def jump(self, at: int, delta: int) -> None:
        """Record that the wall clock was set anew."""
        with told(self.path):
            self._base.execute(
                "INSERT INTO jump VALUES (?, ?, ?)", (self.session, at - self._mono, delta)
            )

    def tested(self, at: int, ok: bool, detail: str = "") -> None:
        """Record a self-test of our network that began at `at`."""
        with told(self.path):
            self._base.execute(
                "INSERT INTO self_test VALUES (?, ?, ?, ?)",
                (self.session, at - self._mono, int(ok), detail[:500]),
            )

    def end(self) -> None:
        """End the session now; a session that was killed has no end."""
        if self.session:
            with told(self.path):
                self._base.execute(
                    "UPDATE session SET ended = ? WHERE id = ?",
                    (self._clock.mono() - self._mono, self.session),
                )
            self.session = 0

    def close(self) -> None:
        """End the session and let others write."""
        try:
            self.end()
        finally:
            self._base.close()
            self._lock.close()


def _locked(path: Path) -> sqlite3.Connection:
    # A transaction held on an empty database beside it: the system lets go of it however the
    # process ends, and it works wherever SQLite does.
    lock = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        lock.close()
        raise InvalidInput(
            Problem(
                "another monitor writes here",
                file=str(path.parent),
                hint="stop it first, or choose another folder",
            )
        ) from None
    except sqlite3.DatabaseError as error:
        lock.close()
        raise InvalidInput(Problem(f"cannot be used: {error}", file=str(path))) from None
    return lock


def check_format(base: sqlite3.Connection, path: Path) -> None:
    """Refuse files of other programs and of other versions. Raises InvalidInput."""
    with told(path):
        kind = base.execute("PRAGMA application_id").fetchone()[0]
        version = base.execute("PRAGMA user_version").fetchone()[0]
    if kind != _APPLICATION:
        raise InvalidInput(Problem("holds no samples of a monitor", file=str(path)))
    if version != FORMAT:
        raise InvalidInput(
            Problem(f"is written in format {version}; this version knows {FORMAT}", file=str(path))
        )


__all__ = ["FILE", "FORMAT", "SampleStore", "Settings", "check_format", "told"]
