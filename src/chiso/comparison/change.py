"""What changed between two years: rank, score, distance to the leader."""

from __future__ import annotations

from dataclasses import dataclass

from chiso.comparison.history import Bridge, History
from chiso.index.model import OVERALL
from chiso.scoring.standings import Standing


@dataclass(frozen=True, slots=True)
class Change:
    """A body at a node in two years. `places` is positive when it rose; None is unknown.

    `broken` is set where the index changed between the years and both are not the same measure.
    """

    node: str
    year: int
    before_year: int
    now: Standing
    before: Standing
    bridge: Bridge | None
    broken: bool

    @property
    def places(self) -> int | None:
        """Places gained (positive) or lost."""
        if self.now.rank is None or self.before.rank is None:
            return None
        return self.before.rank - self.now.rank

    @property
    def score(self) -> float | None:
        """Score gained or lost."""
        if self.now.score is None or self.before.score is None:
            return None
        return self.now.score - self.before.score

    @property
    def comparable(self) -> bool:
        """Whether the ranks count the same number of bodies."""
        return self.now.ranked == self.before.ranked


@dataclass(frozen=True, slots=True)
class Gap:
    """The distance to the leader in a year; `leaders` has several names where they tie."""

    year: int
    leaders: tuple[str, ...]
    leader_score: float
    distance: float
    keys: tuple[str, ...]


def change(
    history: History, body: str, group: str, year: int, before_year: int, node: str = OVERALL
) -> Change:
    """Compare a body at a node with an earlier year."""
    now, _ = history.standing(body, group, year, node)
    before, bridge = history.standing(body, group, before_year, node)
    broken = (
        year in history
        and before_year in history
        and history[year].index.key != history[before_year].index.key
    )
    return Change(node, year, before_year, now, before, bridge, broken)


def gap(history: History, body: str, group: str, year: int, node: str = OVERALL) -> Gap | None:
    """How far a body is behind the leader; None where either score is unknown."""
    standings = history.group(year, group)
    if standings is None:
        return None
    own, _ = history.standing(body, group, year, node)
    leaders = standings.leaders(node)
    if own.score is None or not leaders:
        return None
    first = standings.standing(leaders[0], node)
    if first.score is None:
        return None
    keys = (f"{own.key}.score", f"{first.key}.score")
    return Gap(year, leaders, first.score, first.score - own.score, keys)
