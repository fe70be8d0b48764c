"""The results of several years side by side, and one body followed through them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from chiso.bodies import Register
from chiso.index.model import OVERALL
from chiso.scoring.standings import RoundResult, Standing, Standings

MergeRule = Literal["mean", "best", "none"]


@dataclass(frozen=True, slots=True)
class Bridge:
    """An earlier standing that stands for a body which did not exist then."""

    predecessors: tuple[str, ...]
    rule: MergeRule


class History:
    """Results by year. `merge_rule` says what an earlier year means for a merged body:

    `mean` takes the mean score of its predecessors, `best` their best score, `none` says that
    nothing is known. A body that was only renamed keeps its score and its rank.
    """

    def __init__(
        self, results: Iterable[RoundResult], register: Register, merge_rule: MergeRule = "mean"
    ) -> None:
        self.results = tuple(sorted(results, key=lambda result: result.year))
        self.register = register
        self.merge_rule: MergeRule = merge_rule
        self._by_year = {result.year: result for result in self.results}
        if len(self._by_year) != len(self.results):
            raise ValueError("a history has one result a year")

    @property
    def years(self) -> tuple[int, ...]:
        """The years, earliest first."""
        return tuple(self._by_year)

    def __getitem__(self, year: int) -> RoundResult:
        return self._by_year[year]

    def __contains__(self, year: int) -> bool:
        return year in self._by_year

    def group(self, year: int, group: str) -> Standings | None:
        """The standings of a group in a year, or None."""
        result = self._by_year.get(year)
        return result.groups.get(group) if result else None

    def years_before(self, year: int, group: str) -> tuple[int, ...]:
        """Earlier years in which the group has results, latest first."""
        return tuple(y for y in reversed(self.years) if y < year and self.group(y, group))

    def standing(
        self, body: str, group: str, year: int, node: str = OVERALL
    ) -> tuple[Standing, Bridge | None]:
        """Where a body stood in a year, through its predecessors if it did not exist then.

        The standing has only unknown fields where nothing is known; the bridge says that the
        figures are those of predecessors.
        """
        standings = self.group(year, group)
        if standings is None:
            return Standing(f"{year}/{group}/{body}/{node}", None, None, None), None
        if standings.place(body) is not None:
            return standings.standing(body, node), None
        return self._through_predecessors(standings, body, year, node)

    def _through_predecessors(
        self, standings: Standings, body: str, year: int, node: str
    ) -> tuple[Standing, Bridge | None]:
        unknown = Standing(standings.key(body, node), None, None, None)
        before = self.register.predecessors(body, dt.date(year, 12, 31))
        if not before or before == (body,):
            return unknown, None
        found = [standings.standing(predecessor, node) for predecessor in before]
        bridge = Bridge(before, self.merge_rule)
        if len(found) == 1:
            return replace(found[0], key=found[0].key), bridge
        scores = [standing.score for standing in found if standing.score is not None]
        if self.merge_rule == "none" or len(scores) < len(found):
            return unknown, bridge  # a mean over some of the predecessors would flatter or harm
        score = max(scores) if self.merge_rule == "best" else sum(scores) / len(scores)
        return replace(unknown, score=score, ranked=found[0].ranked), bridge
