"""Probes in a line, and clocks that a test sets."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from chiso.checks.monitor.outcomes import Outcome
from chiso.checks.monitor.reading import Look

T = TypeVar("T")
MINUTE = 60_000
HOUR = 60 * MINUTE
#: 2026-03-02 00:00 UTC, a Monday
START = 1_772_409_600_000
SIGNS = {
    "U": Outcome.UP,
    "D": Outcome.DOWN,
    "N": Outcome.UNREACHED,
    "P": Outcome.OTHER_PAGE,
    "M": Outcome.MAINTENANCE,
    "B": Outcome.KEPT_OUT,
    "V": Outcome.VANTAGE_OUT,
}


def look(at: float, sign: str, reach: int = 5 * MINUTE) -> Look:
    """A probe `at` minutes after the start; a failure is confirmed by 4 over 7.5 minutes."""
    return Look(START + round(at * MINUTE), int(SIGNS[sign]), reach, 4, 450_000)


def every_five(signs: str, begin: float = 0.0) -> list[Look]:
    """A probe every five minutes; `.` is a probe that was never made."""
    return [look(begin + 5 * place, sign) for place, sign in enumerate(signs) if sign not in ". "]


def minutes(looks: Iterable[Look]) -> list[float]:
    """When the probes were, in minutes after the start."""
    return [(one.at - START) / MINUTE for one in looks]


class HandClock:
    """A clock that goes only when it is told; milliseconds."""

    def __init__(self, *, counts_sleep: bool = True, boot: str = "boot-1") -> None:
        self.now = 1_000_000
        self.slept = 0  # milliseconds in which no loop went on
        self.offset = START - self.now
        self._counts_sleep, self._boot = counts_sleep, boot

    @property
    def counts_sleep(self) -> bool:
        return self._counts_sleep

    def wall(self) -> int:
        return self.now + self.offset

    def mono(self) -> int:
        return self.now

    def boot(self) -> str:
        return self._boot

    def go(self, milliseconds: int) -> None:
        """Time passes while nothing runs."""
        self.now += milliseconds
        self.slept += milliseconds

    def set_wall(self, milliseconds: int) -> None:
        """Somebody sets the wall clock forward or back."""
        self.offset += milliseconds


class _NoWait(selectors.SelectSelector):
    """A selector for which waiting takes no time: the clock of its loop is set forward instead."""

    def __init__(self, passed: Callable[[float], None]) -> None:
        super().__init__()
        self._passed = passed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout:
            self._passed(timeout)
        return ready


class QuickLoop(asyncio.SelectorEventLoop):
    """An event loop in which a day takes a moment. Not for sockets or threads."""

    def __init__(self, clock: HandClock) -> None:
        self._clock, self._now = clock, 0.0
        super().__init__(_NoWait(self._pass))

    def time(self) -> float:
        return self._now

    def _pass(self, seconds: float) -> None:
        self._now += seconds
        self._clock.now = round(1_000_000 + self._clock.slept + self._now * 1000)


def run_quickly(work: Coroutine[Any, Any, T], clock: HandClock) -> T:
    """Run work in a loop whose time, and the clock, go as fast as can be."""
    with asyncio.Runner(loop_factory=lambda: QuickLoop(clock)) as runner:
        return runner.run(work)
