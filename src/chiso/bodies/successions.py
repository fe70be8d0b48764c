"""Who came from whom: mergers, splits and renamings as dated records, and walks along them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        self._into: dict[str, list[Succession]] = {}
        self._out_of: dict[str, list[Succession]] = {}
        for succession in successions:
            self._into.setdefault(succession.after, []).append(succession)
            self._out_of.setdefault(succession.before, []).append(succession)

    def predecessors(self, code: str, on: date) -> tuple[str, ...]:
        """The bodies of the day `on` that became `code`; see `Register.predecessors`."""
        steps = {
            after: [(s.before, s.on) for s in into if s.on > on]
            for after, into in self._into.items()
        }
        return self._walk(code, on, steps, back=True)

    def successors(self, code: str, on: date) -> tuple[str, ...]:
        """The bodies of the day `on` that `code` became; see `Register.successors`."""
        steps = {
            before: [(s.after, s.on) for s in out_of if s.on <= on]
            for before, out_of in self._out_of.items()
        }
        return self._walk(code, on, steps, back=False)

    def _walk(
        self, code: str, on: date, steps: Mapping[str, list[tuple[str, date]]], *, back: bool
    ) -> tuple[str, ...]:
        found: set[str] = set()
        seen: set[tuple[str, date]] = set()
        # A chain keeps to one direction in time: whoever left a body before another joined it
        # brought nothing of the other along.
        waiting = [(code, date.max if back else date.min)]
        while waiting:
            here, since = waiting.pop()
            if (here, since) in seen:
                continue
            seen.add((here, since))
            if self._bodies[here].valid_on(on):
                found.add(here)
            for there, day in steps.get(here, ()):
                if (day <= since) if back else (day >= since):
                    waiting.append((there, day))
        return tuple(sorted(found, key=self._order.__getitem__))
