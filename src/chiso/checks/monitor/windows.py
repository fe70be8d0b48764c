"""Stretches of time as pairs of whole milliseconds, the end not included."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Window(NamedTuple):
    """From `begin` up to, and without, `end`; milliseconds since 1970-01-01 UTC."""

    begin: int
    end: int

    @property
    def length(self) -> int:
        """Milliseconds."""
        return self.end - self.begin


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The same time as windows in order that neither overlap nor touch; empty ones fall away."""
    found: list[Window] = []
    for window in sorted(windows):
        if window.end <= window.begin:
            continue
        if found and window.begin <= found[-1].end:
            found[-1] = Window(found[-1].begin, max(found[-1].end, window.end))
        else:
            found.append(window)
    return tuple(found)


def clipped(windows: Iterable[Window], begin: int, end: int) -> tuple[Window, ...]:
    """What of the windows lies in [begin, end)."""
    return merged(Window(max(w.begin, begin), min(w.end, end)) for w in windows)


def outside(windows: Iterable[Window], begin: int, end: int) -> tuple[Window, ...]:
    """What of [begin, end) lies in none of the windows."""
    left: list[Window] = []
    at = begin
    for window in clipped(windows, begin, end):
        left.append(Window(at, window.begin))
        at = window.end
    left.append(Window(at, end))
    return merged(left)


def total(windows: Iterable[Window]) -> int:
    """Milliseconds in all of the windows, which must not overlap."""
    return sum(window.length for window in windows)


class Within:
    """Answers quickly how much of a stretch, or whether a moment, lies in merged windows."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self._begins = [window.begin for window in windows]
        self._ends = [window.end for window in windows]

    def holds(self, at: int) -> bool:
        """Whether the moment lies in a window."""
        place = bisect_right(self._begins, at) - 1
        return place >= 0 and at < self._ends[place]

    def share(self, begin: int, end: int) -> int:
        """Milliseconds of [begin, end) that lie in the windows."""
        found = 0
        place = max(bisect_right(self._begins, begin) - 1, 0)
        while place < len(self._begins) and self._begins[place] < end:
            found += max(0, min(end, self._ends[place]) - max(begin, self._begins[place]))
            place += 1
        return found
