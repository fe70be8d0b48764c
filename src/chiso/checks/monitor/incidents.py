"""From probes to incidents: what counts as down, from when to when. Pure.

`docs/explanation/availability.md` gives the reasons and worked examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from chiso.checks.monitor.outcomes import FAILING, VALID, Outcome
from chiso.checks.monitor.reading import Look
from chiso.checks.monitor.windows import Within

_UP = int(Outcome.UP)
_VALID = frozenset(map(int, VALID))
_FAILING = frozenset(map(int, FAILING))


@dataclass(frozen=True, slots=True)
class Rules:
    """The figures of the algorithm; milliseconds, counts and shares in [0, 1].

    `patience`: failures further apart than this, or than three intervals, do not belong together,
    for nobody looked in between. `merge`: incidents closer than this are one. `coverage`: below
    it nothing is said. More than `correlated_share` of the sites, and at least
    `correlated_sites`, failing within `correlated_within` is taken for a fault of ours or of a
    network that all share; a `correlated_share` of 1 turns this off.
    """

    patience: int = 900_000
    merge: int = 600_000
    coverage: float = 0.95
    correlated_share: float = 0.10
    correlated_sites: int = 5
    correlated_within: int = 300_000

    def patient(self, look: Look) -> int:
        """How long after this failure another one still belongs to it."""
        return max(self.patience, 3 * look.reach)


@dataclass(slots=True)
class Incident:
    """A confirmed failure. `begin` is its first failed probe, `ended` the first of the two
    successes that closed it (or, after time in which nobody looked, the first at all), None where
    it was never seen to end; `failed` are the places of its failed probes in the list."""

    begin: int
    ended: int | None = None
    last: int = 0  # the last failed probe
    failed: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """Incidents in order of time, and the times of failures that were not confirmed."""

    incidents: tuple[Incident, ...]
    unstable: tuple[int, ...]


def valid_places(looks: Sequence[Look], unknown: Within) -> list[int]:
    """The places of the probes that say something: valid, and not in time set aside."""
    return [
        place
        for place, look in enumerate(looks)
        if look.outcome in _VALID and not unknown.holds(look.at)
    ]


def find_incidents(looks: Sequence[Look], rules: Rules, unknown: Within | None = None) -> Found:
    """The incidents of one site; `looks` in order of time.

    A run of failures without a success between is confirmed when it has as many failures as a
    suspicion and its confirmations make, over as much time. An open incident goes on over single
    successes and is closed by two in a row. Adding a success never makes anything longer.
    """
    walk = _Walk(rules)
    for place in valid_places(looks, unknown or Within(())):
        if looks[place].outcome == _UP:
            walk.success(looks[place])
        else:
            walk.failure(place, looks[place])
    walk.finish()
    return Found(_merge(walk.incidents, rules), tuple(walk.unstable))


class _Walk:
    """The state while the probes of one site go by."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.incidents: list[Incident] = []
        self.unstable: list[int] = []
        self._open: Incident | None = None
        self._closing: int | None = None  # the first success after the last failure
        self._suspects: list[tuple[int, Look]] = []
        self._failed: Look | None = None

    def success(self, look: Look) -> None:
        """A probe that found the site up."""
        self._doubt()
        if self._open is None:
            if self.incidents and self.incidents[-1].ended is None:
                # it lapsed while nobody looked; this is the first that shows it over
                self.incidents[-1].ended = look.at
            return
        if self._closing is None:
            self._closing = look.at
        else:
            self._close()

    def failure(self, place: int, look: Look) -> None:
        """A probe that found the site failing."""
        lapsed = self._failed is not None and (
            look.at - self._failed.at > self.rules.patient(self._failed)
        )
        if lapsed:
            self.finish()
        self._failed = look
        if self._open is not None:
            self._open.failed.append(place)
            self._open.last = look.at
            self._closing = None
            return
        self._suspects.append((place, look))
        first = self._suspects[0][1]
        if len(self._suspects) >= look.need and look.at - first.at >= look.span:
            places = [suspect for suspect, _ in self._suspects]
            self._open = Incident(first.at, last=look.at, failed=places)
            self._suspects = []

    def finish(self) -> None:
        """Nothing more is known from here on."""
        self._doubt()
        if self._open is not None:
            self._close()

    def _doubt(self) -> None:
        if self._suspects:
            self.unstable.append(self._suspects[0][1].at)
            self._suspects = []

    def _close(self) -> None:
        assert self._open is not None
        self._open.ended = self._closing
        self.incidents.append(self._open)
        self._open = self._closing = None


def _merge(incidents: Sequence[Incident], rules: Rules) -> tuple[Incident, ...]:
    """Join incidents with little between them, and those between which nobody saw it up."""
    found: list[Incident] = []
    for incident in incidents:
        before = found[-1] if found else None
        if before is not None and (
            before.ended is None or incident.begin - before.ended < rules.merge
        ):
            before.ended, before.last = incident.ended, incident.last
            before.failed.extend(incident.failed)
        else:
            found.append(incident)
    return tuple(found)


def cells(looks: Sequence[Look]) -> list[tuple[int, int]]:
    """The time for which each probe vouches: what is nearer to it than to any other, and at most
    half an interval away. The cells do not overlap; what lies between them is unknown."""
    found = []
    before = None
    for place, look in enumerate(looks):
        half = look.reach // 2
        begin, end = look.at - half, look.at + half
        if before is not None:
            begin = max(begin, (before + look.at) // 2)
        if place + 1 < len(looks):
            end = min(end, (look.at + looks[place + 1].at) // 2)
        found.append((begin, max(begin, end)))
        before = look.at
    return found


def failing(look: Look) -> bool:
    """Whether the probe found the site failing."""
    return look.outcome in _FAILING
