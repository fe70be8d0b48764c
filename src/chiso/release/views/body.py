"""The page of a body: where it is, what changed, why, how sure that is, what next."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from chiso.comparison import (
    Bridge,
    Change,
    Effects,
    Gap,
    Peers,
    RankEffects,
    Unsplit,
    change,
    gap,
    peers,
    split_ranks,
    split_scores,
)
from chiso.comparison.improvement import Improvement
from chiso.index.model import OVERALL
from chiso.language import Text
from chiso.narrative.facts import Facts, Loss, advice, attention, gather
from chiso.release.charts import HistoryChart, Strip, history_chart, strip
from chiso.release.edition import Edition, Home
from chiso.release.views.firmness import Firm, Firmness, next_steps
from chiso.release.views.parts import counts
from chiso.scoring.derivation import Derivation, derive
from chiso.scoring.outcomes import EFFECTS, Outcome
from chiso.scoring.standings import Citation, Standing, Standings

TOP = 10


@dataclass(frozen=True, slots=True)
class YearRow:
    """A body in one year, as the history table and chart show it."""

    year: int
    standing: Standing
    change: Change | None
    bridge: Bridge | None
    origin: str
    pillars: tuple[PillarRow, ...]


@dataclass(frozen=True, slots=True)
class PillarRow:
    """A body at a pillar in one year."""

    node: str
    title: Text
    provenance: str
    standing: Standing
    change: Change | None

    @property
    def top(self) -> bool:
        """Whether it is among the first ten."""
        return self.standing.rank is not None and self.standing.rank <= TOP


@dataclass(frozen=True, slots=True)
class Sure:
    """How firm the result is: what was measured, published, reconstructed, still open."""

    origin: str
    coverage: float | None
    outcomes: tuple[tuple[Outcome, int], ...]
    open: int
    reconstructed: int
    criteria: int
    sources: tuple[tuple[str, Citation], ...]


@dataclass(frozen=True, slots=True)
class Next:
    """What deserves attention: a pillar with its place, and the advice of the index."""

    node: str
    title: Text
    standing: Standing
    advice: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Kin:
    """Bodies that became this one, or that it became, on a day."""

    day: dt.date
    bodies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BodyView:
    """Everything the page of a body shows, the same for both languages."""

    home: Home
    group: Text
    standing: Standing
    standings: Standings
    change: Change | None
    gap: Gap | None
    strip: Strip | None
    years: tuple[YearRow, ...]
    chart: HistoryChart | None
    pillars: tuple[PillarRow, ...]
    peers: tuple[Peers, ...]
    split: Effects | Unsplit | None
    ranks: RankEffects | None
    losses: tuple[Loss, ...]
    next: tuple[Next, ...]
    sure: Sure
    derivation: Derivation
    known: tuple[int, int]  # how many ranks are known, of how many bodies
    formed: tuple[Kin, ...]
    became: tuple[Kin, ...]
    firm: Firm | None
    firmness: Firmness | None
    plan: Improvement | None


class BodyViews:
    """Makes the views of all bodies; what a whole group shares is computed once."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self._splits: dict[tuple[str, int, int], dict[str, Effects] | Unsplit] = {}

    def view(self, home: Home) -> BodyView:
        """The view of a body in the year of its page."""
        edition, history, code = self.edition, self.edition.history, home.body.code
        standings = history[home.year].groups[home.group]
        facts = gather(history, code, home.group, home.year)
        years = tuple(self._years(home))
        moved = facts.changes[0] if facts.changes else None
        before = history.group(moved.before_year, home.group) if moved else None
        ranks = [(y.year, y.standing.rank, y.standing.ranked) for y in reversed(years)]
        firm = edition.firmness(standings)
        return BodyView(
            home=home,
            group=edition.group_title(home.group, home.year),
            standing=facts.overall,
            standings=standings,
            change=moved,
            gap=gap(history, code, home.group, home.year),
            strip=strip(standings.nodes[OVERALL].score, facts.overall.score),
            years=years,
            chart=history_chart(ranks),
            pillars=years[0].pillars,
            peers=peers(edition.register, standings, code),
            split=self._split(home, moved),
            ranks=split_ranks(standings, before, code) if before else None,
            losses=facts.losses,
            next=tuple(_next(facts)),
            sure=_sure(edition, standings, code),
            derivation=derive(history[home.year].index, standings, code),
            known=(counts(standings)[1], len(standings.bodies)),
            formed=_kin(edition, code, before=True),
            became=_kin(edition, code, before=False),
            firm=firm.bodies.get(code) if firm else None,
            firmness=firm,
            plan=next_steps(standings, code),
        )

    def _years(self, home: Home) -> Iterator[YearRow]:
        history, code, group = self.edition.history, home.body.code, home.group
        for year in reversed([y for y in history.years if y <= home.year]):
            standings = history.group(year, group)
            if standings is None:
                continue
            standing, bridge = history.standing(code, group, year)
            earlier = history.years_before(year, group)
            moved = change(history, code, group, year, earlier[0]) if earlier else None
            pillars = tuple(self._pillars(home, year, earlier[0] if earlier else None))
            yield YearRow(year, standing, moved, bridge, standings.origin, pillars)

    def _pillars(self, home: Home, year: int, before: int | None) -> Iterator[PillarRow]:
        history, code, group = self.edition.history, home.body.code, home.group
        index = history[year].index
        for node in index.top:
            if not index.applies_to(node, group):
                continue
            standing, _ = history.standing(code, group, year, node.id)
            moved = None
            if before is not None and node.id in history[before].index.by_id:
                moved = change(history, code, group, year, before, node.id)
            yield PillarRow(node.id, node.item.title, node.item.provenance, standing, moved)

    def _split(self, home: Home, moved: Change | None) -> Effects | Unsplit | None:
        if moved is None:
            return None
        key = (home.group, moved.year, moved.before_year)
        if key not in self._splits:
            self._splits[key] = split_scores(self.edition.history, *key)
        found = self._splits[key]
        return found if isinstance(found, Unsplit) else found.get(home.body.code)


def _next(facts: Facts) -> Iterator[Next]:
    """The pillars that need attention most, with the advice for the body itself."""
    standings = {s.key.rsplit("/", 1)[-1]: s for s in facts.profile.pillars}
    for node in attention(facts):
        words = tuple(text for _, text in advice(facts, (node,), "body"))
        yield Next(node, facts.title(node), standings[node], words)


def _sure(edition: Edition, standings: Standings, code: str) -> Sure:
    index = edition.history[standings.year].index
    overall, computation = standings.standing(code), standings.computation
    outcomes: tuple[tuple[Outcome, int], ...] = ()
    criteria = [n for n in index.leaves if index.applies_to(n, standings.group)]
    if computation is not None:
        place = standings.place(code)
        counted = Counter(Outcome(int(value)) for value in computation.outcome[:, place])
        outcomes = tuple(sorted(counted.items()))
    return Sure(
        origin=standings.origin,
        coverage=overall.coverage,
        outcomes=outcomes,
        open=sum(n for outcome, n in outcomes if not EFFECTS[outcome].covered),
        reconstructed=sum(node.item.provenance == "reconstructed" for node in criteria),
        criteria=len(criteria),
        sources=tuple(_sources(edition, standings.group, code)),
    )


def _sources(edition: Edition, group: str, code: str) -> Iterator[tuple[str, Citation]]:
    """Every published figure of a body with its source, latest first."""
    for result in reversed(edition.history.results):
        standings = result.groups.get(group)
        if standings is not None:
            for (body, node), citation in standings.citations.items():
                if body == code and (citation.source or citation.note):
                    yield standings.key(body, node), citation


def _kin(edition: Edition, code: str, *, before: bool) -> tuple[Kin, ...]:
    """The bodies that became this one, or that it became, by day."""
    found: dict[dt.date, list[str]] = {}
    for succession in edition.register.successions:
        own, other = succession.before, succession.after
        if before:
            own, other = other, own
        if own == code:
            found.setdefault(succession.on, []).append(other)
    return tuple(Kin(day, tuple(bodies)) for day, bodies in sorted(found.items()))
