"""Who came from whom: mergers, splits and renamings as dated records, and walks along them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from chiso.bodies.body import Body

SuccessionKind = Literal["merge", "split", "rename"]
SUCCESSION_KINDS: tuple[SuccessionKind, ...] = get_args(SuccessionKind)


@dataclass(frozen=True, slots=True)
class Succession:
    """From the day `on`, the body `after` stands where the body `before` stood (in part).

    A merger of three bodies is three records with one `after`; a split has one `before`. A body
    that goes on unchanged needs no record.
    """

    before: str
    after: str
    on: date
    kind: SuccessionKind
    source: str = ""


class Lineage:
    """Walks along successions, back to who was there and forward to who came of it."""

    def __init__(self, bodies: Mapping[str, Body], successions: Iterable[Succession]) -> None:
        self._bodies = bodies
        self._order = {code: place for place, code in enumerate(bodies)}
        self._into: dict[str, list[tuple[str, date]]] = {}
        self._out_of: dict[str, list[tuple[str, date]]] = {}
        for succession in successions:
            before, after, day = succession.before, succession.after, succession.on
            self._into.setdefault(after, []).append((before, day))
            self._out_of.setdefault(before, []).append((after, day))

    def predecessors(self, code: str, on: date) -> tuple[str, ...]:
        """The bodies of the day `on` that became `code`; see `Register.predecessors`."""
        return self._walk(code, on, self._into, date.max, lambda day, last: on < day <= last)

    def successors(self, code: str, on: date) -> tuple[str, ...]:
        """The bodies of the day `on` that `code` became; see `Register.successors`."""
        return self._walk(code, on, self._out_of, date.min, lambda day, last: last <= day <= on)

    def _walk(
        self,
        code: str,
        on: date,
        links: Mapping[str, list[tuple[str, date]]],
        start: date,
        onward: Callable[[date, date], bool],
    ) -> tuple[str, ...]:
        found: set[str] = set()
        seen: set[tuple[str, date]] = set()
        # A chain keeps to one direction in time: who left a body before another joined it
        # brought nothing of the other along.
        waiting = [(code, start)]
        while waiting:
            here, last = waiting.pop()
            if (here, last) in seen:
                continue
            seen.add((here, last))
            if self._bodies[here].valid_on(on):
                found.add(here)
            waiting += [(there, day) for there, day in links.get(here, ()) if onward(day, last)]
        return tuple(sorted(found, key=self._order.__getitem__))
