"""The ranking of a group in a year."""

from __future__ import annotations

from dataclasses import dataclass

from chiso.index.model import OVERALL
from chiso.language import Language, Text
from chiso.release.charts import Strip, TileMap, strip
from chiso.release.edition import Edition
from chiso.release.views.firmness import Firmness
from chiso.release.views.parts import Row, counts, known_pillars, province_map, rows
from chiso.scoring.standings import Standings


@dataclass(frozen=True, slots=True)
class RankingView:
    """Everything the page of a ranking shows."""

    standings: Standings
    title: Text
    rows: tuple[Row, ...]
    pillars: tuple[tuple[str, Text], ...]
    bodies: int
    ranks: int
    scores: int
    leaders: tuple[str, ...]
    before: int | None
    broken: bool
    strip: Strip | None
    firmness: Firmness | None

    @property
    def complete(self) -> bool:
        """Whether every body has a rank and a score."""
        return self.ranks == self.scores == self.bodies


def ranking_view(edition: Edition, standings: Standings) -> RankingView:
    """The ranking of a group in a year, the same for both languages."""
    index = edition.history[standings.year].index
    pillars = known_pillars(edition, standings)
    listed = rows(edition, standings, OVERALL, pillars)
    bodies, ranks, scores = counts(standings)
    earlier = edition.history.years_before(standings.year, standings.group)
    return RankingView(
        standings,
        edition.group_title(standings.group, standings.year),
        listed,
        tuple((pillar, index.title_of(pillar)) for pillar in pillars),
        bodies,
        ranks,
        scores,
        standings.leaders(),
        earlier[0] if earlier else None,
        any(row.change is not None and row.change.broken for row in listed),
        strip(standings.nodes[OVERALL].score),
        edition.firmness(standings),
    )


def map_of(edition: Edition, view: RankingView, language: Language) -> TileMap | None:
    """The tile map of a ranking, its labels in a language."""
    return province_map(edition, view.standings, language)
