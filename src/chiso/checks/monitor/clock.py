"""The two clocks of a machine, and what to do when they part.

The monotonic clock never goes back and tells how long something took; the wall clock tells when
it was, and may be set anew at any moment. Durations are always taken from the first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

#: a wall clock that moves by more than this against the monotonic one has been set anew
JUMP_MS = 5_000
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """Where times come from; tests bring their own."""

    @property
    def counts_sleep(self) -> bool:
        """Whether the monotonic clock goes on while the machine is suspended."""

    def wall(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""

    def mono(self) -> int:
        """Milliseconds since some moment, never going back while the machine is up."""

    def boot(self) -> str:
        """Which start of the machine `mono` counts from; empty where that is not known."""


class SystemClock:
    """The clocks of this machine. Where there is one, the monotonic clock that counts sleep."""

    def __init__(self) -> None:
        kind: int | None = getattr(time, "CLOCK_BOOTTIME", None)
        try:
            boot = _BOOT_ID.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            boot = ""
        # Without both, two sessions cannot be put on one monotonic scale.
        self._kind = kind if boot else None
        self._boot = boot if kind is not None else ""

    @property
    def counts_sleep(self) -> bool:
        """Whether a suspended machine shows as time that passed."""
        return self._kind is not None

    def wall(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        return time.time_ns() // 1_000_000

    def mono(self) -> int:
        """Milliseconds of the monotonic clock."""
        if self._kind is None:
            return time.monotonic_ns() // 1_000_000
        return time.clock_gettime_ns(self._kind) // 1_000_000

    def boot(self) -> str:
        """The id of this start of the machine."""
        return self._boot


class JumpWatch:
    """Notices that the wall clock was set anew; `moved` is told (at, delta), both milliseconds,
    `at` of the monotonic clock."""

    def __init__(self, clock: Clock, moved: Callable[[int, int], None]) -> None:
        self._clock = clock
        self._moved = moved
        self._offset = clock.wall() - clock.mono()

    def look(self) -> int:
        """By how many milliseconds the wall clock has jumped since the last look; mostly 0."""
        mono = self._clock.mono()
        delta = self._clock.wall() - mono - self._offset
        if abs(delta) <= JUMP_MS:
            return 0
        self._offset += delta
        self._moved(mono, delta)
        return delta
