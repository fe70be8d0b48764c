"""How a body stands across the pillars: strong and weak ones, and those that moved most."""

from __future__ import annotations

from dataclasses import dataclass

from chiso.comparison.change import Change, change
from chiso.comparison.history import History
from chiso.index.model import OVERALL
from chiso.scoring.standings import Standing


@dataclass(frozen=True, slots=True)
class TopYears:
    """The years in which a body is known to have been among the first `top` at a node."""

    top: int
    node: str
    years: tuple[tuple[int, Standing], ...]  # earliest first, the present year included
    streak: int  # years in a row up to the present one, as far as every year is known
    seen: tuple[int, ...]  # years in which the rank is known at all

    @property
    def times(self) -> int:
        """How many of the known years."""
        return len(self.years)


@dataclass(frozen=True, slots=True)
class Profile:
    """The pillars of a body in a year, each list best or largest first."""

    year: int
    before_year: int | None
    pillars: tuple[Standing, ...]
    top_ten: tuple[Standing, ...]
    lower_half: tuple[Standing, ...]
    best: Standing | None
    weakest: Standing | None
    changes: tuple[Change, ...]

    @property
    def most_improved(self) -> Change | None:
        """The pillar that rose most; None if none rose."""
        rose = [c for c in self.changes if (c.places or 0) > 0]
        return max(rose, key=lambda c: c.places or 0, default=None)

    @property
    def most_fallen(self) -> Change | None:
        """The pillar that fell most; None if none fell."""
        fell = [c for c in self.changes if (c.places or 0) < 0]
        return min(fell, key=lambda c: c.places or 0, default=None)


def node_of(standing: Standing) -> str:
    """The node in the key of a standing."""
    return standing.key.rsplit("/", 1)[-1]


def profile(
    history: History, body: str, group: str, year: int, before_year: int | None, top: int = 10
) -> Profile:
    """The pillars (first level of the index) of a body: what is known of each."""
    nodes = [node.id for node in history[year].index.top]
    standings = tuple(history.standing(body, group, year, node)[0] for node in nodes)
    ranked = [s for s in standings if s.rank is not None]
    by_rank = sorted(ranked, key=lambda s: s.rank or 0)
    changes = (
        tuple(change(history, body, group, year, before_year, node) for node in nodes)
        if before_year is not None
        else ()
    )
    return Profile(
        year,
        before_year,
        standings,
        tuple(s for s in by_rank if s.rank is not None and s.rank <= top),
        tuple(s for s in reversed(by_rank) if s.half == "lower"),
        best=by_rank[0] if len(by_rank) > 1 else None,
        weakest=by_rank[-1] if len(by_rank) > 1 else None,
        changes=changes,
    )


def top_years(
    history: History, body: str, group: str, year: int, node: str = OVERALL, top: int = 10
) -> TopYears:
    """The known years, up to `year`, in which a body was among the first `top`."""
    within, seen = [], []
    for earlier in history.years:
        if earlier > year:
            break
        standing, _ = history.standing(body, group, earlier, node)
        if standing.rank is None:
            continue
        seen.append(earlier)
        if standing.rank <= top:
            within.append((earlier, standing))
    streak, years = 0, {y for y, _ in within}
    while year - streak in years:
        streak += 1
    return TopYears(top, node, tuple(within), streak, tuple(seen))
