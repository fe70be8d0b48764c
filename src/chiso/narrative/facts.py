"""Everything the article on one body may state, gathered once for both languages."""

from __future__ import annotations

from dataclasses import dataclass

from chiso.comparison import (
    Change,
    Gap,
    History,
    Profile,
    TopYears,
    change,
    gap,
    node_of,
    profile,
    top_years,
)
from chiso.index.model import OVERALL, Audience, Criterion, Index
from chiso.language import Text
from chiso.scoring.standings import Standing, Standings


@dataclass(frozen=True, slots=True)
class OtherGroup:
    """The ends of another group's ranking: who comes first and last."""

    group: str
    first: tuple[tuple[str, Standing], ...]
    last: tuple[tuple[str, Standing], ...]
    ranked: int


@dataclass(frozen=True, slots=True)
class Loss:
    """A criterion at which a body still can gain points."""

    node: str
    standing: Standing
    lost: float


@dataclass(frozen=True, slots=True)
class Facts:
    """One body in one year. What is unknown is None or absent, never filled in."""

    index: Index
    history: History
    body: str
    group: str
    year: int
    overall: Standing
    changes: tuple[Change, ...]  # against each earlier year, latest first
    gap: Gap | None
    gap_before: Gap | None
    runner_up: tuple[str, Standing] | None
    profile: Profile
    tops: tuple[TopYears, ...]  # for the pillars in the top ten
    others: tuple[OtherGroup, ...]
    losses: tuple[Loss, ...]

    def name(self, body: str) -> Text:
        """The name of a body."""
        return self.history.register.get(body).name

    def title(self, node: str) -> Text:
        """The title of a node."""
        return self.index.title_of(node)


def gather(history: History, body: str, group: str, year: int, ends: int = 3) -> Facts:
    """Gather the facts about a body in a year.

    Raises:
        KeyError: the year, the group or the body is not in the history.
    """
    standings = history.group(year, group)
    if standings is None or standings.place(body) is None:
        raise KeyError(f"'{body}' has no result in the group '{group}' of {year}")
    years = history.years_before(year, group)
    before = years[0] if years else None
    own = profile(history, body, group, year, before)
    index = history[year].index
    return Facts(
        index=index,
        history=history,
        body=body,
        group=group,
        year=year,
        overall=standings.standing(body),
        changes=tuple(change(history, body, group, year, earlier) for earlier in years[:2]),
        gap=gap(history, body, group, year),
        gap_before=gap(history, body, group, before) if before else None,
        runner_up=_runner_up(standings, body),
        profile=own,
        tops=tuple(top_years(history, body, group, year, node_of(s)) for s in own.top_ten),
        others=tuple(_others(history, group, year, ends)),
        losses=_losses(index, standings, body),
    )


def _runner_up(standings: Standings, body: str) -> tuple[str, Standing] | None:
    """The next body behind a sole leader."""
    if standings.leaders() != (body,):
        return None
    for other in standings.ordered():
        standing = standings.standing(other)
        if other != body and standing.rank is not None:
            return other, standing
    return None


def _others(history: History, group: str, year: int, ends: int) -> list[OtherGroup]:
    found = []
    for name, standings in history[year].groups.items():
        ranked = standings.nodes[OVERALL].ranked
        known = [
            (body, standings.standing(body))
            for body in standings.ordered()
            if standings.standing(body).rank is not None
        ]
        # The last places can only be named where every place is known.
        if name == group or not known or ranked is None or len(known) < ranked:
            continue
        count = ends if len(known) >= 4 * ends else 1
        found.append(OtherGroup(name, tuple(known[:count]), tuple(known[-count:]), ranked))
    return found


def _losses(index: Index, standings: Standings, body: str, most: int = 3) -> tuple[Loss, ...]:
    """The criteria with most points still to gain; only computed rounds know them."""
    if standings.computation is None:
        return ()
    found = []
    for node in index.leaves:
        if node.id not in standings.nodes or not isinstance(node.item, Criterion):
            continue
        standing = standings.standing(body, node.id)
        if standing.points is None or standing.maximum is None or node.item.counts != "points":
            continue
        lost = standing.maximum - standing.points
        if lost > 1e-9:
            found.append(Loss(node.id, standing, lost))
    return tuple(sorted(found, key=lambda loss: -loss.lost)[:most])


def attention(facts: Facts, most: int = 3) -> tuple[str, ...]:
    """The pillars that deserve attention next: the lower half first, then those below the top
    ten, the lowest rank first. Pillars of unknown rank are not guessed at."""
    ranked = [s for s in facts.profile.pillars if s.rank is not None]
    by_need = sorted(ranked, key=lambda s: -(s.rank or 0))
    lower = [s for s in by_need if s.half == "lower"]
    middle = [s for s in by_need if s.half == "upper" and (s.rank or 0) > 10]
    chosen = lower + middle
    count = max(most, len(lower))
    while 0 < count < len(chosen) and chosen[count].rank == chosen[count - 1].rank:
        count += 1  # pillars on the same rank need the same attention
    return tuple(node_of(s) for s in chosen[:count])


def advice(facts: Facts, nodes: tuple[str, ...], audience: Audience) -> list[tuple[str, Text]]:
    """The advice of the index for an audience on some nodes: (node, text)."""
    found = []
    for node in nodes:
        text = facts.index.by_id[node].item.advice.get(audience)
        if text is not None:
            found.append((node, text))
    return found
