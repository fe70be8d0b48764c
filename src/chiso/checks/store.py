"""Where artifacts are kept: SQLite files in a run's folder, one for each writing process.

One transaction holds all bodies of a site and its record, so that after a crash a site is either
wholly there or not there at all. Bodies are stored once by SHA-256 within a file.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import uuid
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from chiso.checks.artifacts import FORMAT, Digest, SiteRecord
from chiso.problems import InvalidInput, Problem

SUFFIX = ".evidence"
_MOST = 64_000_000  # bytes of one body or record after unpacking
_SMALL = 200  # bytes below which compressing does not pay
_SCHEMA = """
CREATE TABLE IF NOT EXISTS bodies (digest BLOB PRIMARY KEY, packed INTEGER, data BLOB)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sites (key TEXT PRIMARY KEY, whole INTEGER, record BLOB);
"""


def digest_of(body: bytes) -> Digest:
    """The SHA-256 of a body as 64 hex digits."""
    return hashlib.sha256(body).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """A site to be stored: its record, the bodies that it names, and whether it is whole.

    A record that is not `whole` (our side failed) is visited again when the run goes on.
    """

    record: SiteRecord
    bodies: Mapping[Digest, bytes]
    whole: bool = True


class Writer:
    """Adds sites to a file of its own in the folder; not for use by two processes at once."""

    def __init__(self, folder: Path, name: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        stem = name or f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        # One thread at a time uses it, but not always the one that made it.
        self._base = sqlite3.connect(
            folder / f"{stem}{SUFFIX}", isolation_level=None, check_same_thread=False
        )
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA synchronous=NORMAL")
        self._base.executescript(_SCHEMA)

    def add(
        self, record: SiteRecord, bodies: Mapping[Digest, bytes], *, whole: bool = True
    ) -> None:
        """Store a site with the bodies that its record names, all or nothing."""
        self.add_all([Kept(record, bodies, whole)])

    def add_all(self, sites: Sequence[Kept]) -> None:
        """Store several sites in one transaction: all of them or none."""
        bodies = {digest: body for site in sites for digest, body in site.bodies.items()}
        rows = [(bytes.fromhex(digest), *_pack(body)) for digest, body in bodies.items()]
        records = [(site.record.site.key, site.whole, _text(site.record)) for site in sites]
        self._base.execute("BEGIN IMMEDIATE")
        try:
            self._base.executemany("INSERT OR IGNORE INTO bodies VALUES (?, ?, ?)", rows)
            self._base.executemany("INSERT OR REPLACE INTO sites VALUES (?, ?, ?)", records)
            self._base.execute("COMMIT")
        except BaseException:
            self._base.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Put everything into the one file, so that it can be copied."""
        self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._base.close()

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()


def _text(record: SiteRecord) -> bytes:
    return zlib.compress(record.model_dump_json(exclude_defaults=True).encode(), 1)


def _pack(body: bytes) -> tuple[int, bytes]:
    if len(body) < _SMALL:
        return 0, body
    packed = zlib.compress(body, 1)
    return (1, packed) if len(packed) < len(body) else (0, body)


def _unpack(data: bytes) -> bytes:
    """What was packed; evidence may come from elsewhere, so its size is bounded."""
    opened = zlib.decompressobj()
    try:
        body = opened.decompress(data, _MOST)
    except zlib.error as error:
        raise InvalidInput(f"the evidence cannot be unpacked: {error}") from None
    if opened.unconsumed_tail or not opened.eof:
        raise InvalidInput(f"a stored body is cut off, or larger than {_MOST:,} bytes")
    return body


class Reader:
    """Reads all files of a folder as one store. A site that stands in two counts once."""

    def __init__(self, folder: Path) -> None:
        self._bases: list[sqlite3.Connection] = []
        self._where: dict[str, int] = {}
        self._whole: set[str] = set()
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            # Not read-only: a file whose writer was killed takes in its journal when opened.
            base = sqlite3.connect(path)
            try:
                base.executescript(_SCHEMA)
                rows = list(base.execute("SELECT key, whole FROM sites"))
            except sqlite3.DatabaseError as error:
                base.close()
                self.close()
                raise InvalidInput(
                    Problem(f"cannot be read as evidence: {error}", file=str(path))
                ) from None
            for key, whole in rows:
                if key not in self._whole:  # a whole record is never replaced by a part
                    self._where[key] = len(self._bases)
                if whole:
                    self._whole.add(key)
            self._bases.append(base)

    def __contains__(self, key: str) -> bool:
        return key in self._where

    def __len__(self) -> int:
        return len(self._where)

    def keys(self) -> tuple[str, ...]:
        """The keys of the sites that are there, sorted."""
        return tuple(sorted(self._where))

    def whole(self, key: str) -> bool:
        """Whether a site was looked at, and not given up for a reason of ours."""
        return key in self._whole

    def record(self, key: str) -> SiteRecord:
        """The record of a site.

        Raises KeyError if it is not there, InvalidInput if another version of chiso wrote it in a
        form that this one does not know.
        """
        base = self._bases[self._where[key]]
        (data,) = base.execute("SELECT record FROM sites WHERE key = ?", (key,)).fetchone()
        record = SiteRecord.model_validate_json(_unpack(data))
        if record.format != FORMAT:
            raise InvalidInput(f"the evidence of '{key}' has format {record.format}, not {FORMAT}")
        return record

    def records(self) -> Iterator[SiteRecord]:
        """All records by key, one at a time."""
        for key in self.keys():
            yield self.record(key)

    def body(self, digest: Digest) -> bytes | None:
        """A body by its SHA-256, None where it was not kept. What was altered is refused.

        Raises InvalidInput if the stored bytes do not have that hash.
        """
        for base in self._bases:
            row = base.execute(
                "SELECT packed, data FROM bodies WHERE digest = ?", (bytes.fromhex(digest),)
            ).fetchone()
            if row is not None:
                body: bytes = _unpack(row[1]) if row[0] else row[1]
                if digest_of(body) != digest:
                    raise InvalidInput(f"the evidence {digest[:12]}… was altered after it was kept")
                return body
        return None

    def close(self) -> None:
        """Close all files."""
        for base in self._bases:
            base.close()
        self._bases.clear()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()
