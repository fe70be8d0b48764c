"""What several pages share: rows of rankings, distributions, changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chiso.comparison import Change, change
from chiso.index.model import OVERALL
from chiso.language import Language, sort_key
from chiso.release.charts import Bar, TileMap, bars, tile_map
from chiso.release.edition import Edition
from chiso.scoring.outcomes import Outcome
from chiso.scoring.standings import Standing, Standings


@dataclass(frozen=True, slots=True)
class Row:
    """A body in a ranking: where it stands, how it moved, and its pillars."""

    body: str
    standing: Standing
    change: Change | None
    pillars: tuple[Standing, ...] = ()
    outcome: Outcome | None = None

    @property
    def note(self) -> str:
        """What the source says about the figure."""
        return self.standing.citation.note if self.standing.citation else ""


def ordered(edition: Edition, standings: Standings, node: str = OVERALL) -> list[str]:
    """Bodies by rank, then those with a score, then the others by name."""
    known = {body: standings.standing(body, node) for body in standings.bodies}

    def key(body: str) -> tuple[float, float, object]:
        standing = known[body]
        rank = float("inf") if standing.rank is None else float(standing.rank)
        score = 1.0 if standing.score is None else -standing.score
        return rank, score, sort_key(edition.register.get(body).name.get("vi"))

    return sorted(standings.bodies, key=key)


def rows(
    edition: Edition, standings: Standings, node: str = OVERALL, pillars: tuple[str, ...] = ()
) -> tuple[Row, ...]:
    """The ranking of a group at a node, unknown bodies last."""
    earlier = edition.history.years_before(standings.year, standings.group)
    found = []
    for body in ordered(edition, standings, node):
        moved = None
        if earlier:
            moved = change(edition.history, body, standings.group, standings.year, earlier[0], node)
        found.append(
            Row(
                body,
                standings.standing(body, node),
                moved,
                tuple(standings.standing(body, pillar) for pillar in pillars),
                outcome_of(standings, body, node),
            )
        )
    return tuple(found)


def outcome_of(standings: Standings, body: str, node: str) -> Outcome | None:
    """What became of a criterion of a body in a computed round."""
    computation, place = standings.computation, standings.place(body)
    if computation is None or place is None:
        return None
    for row, criterion in enumerate(computation.criteria):
        if criterion.id == node:
            return Outcome(int(computation.outcome[row, place]))
    return None


def known_pillars(edition: Edition, standings: Standings) -> tuple[str, ...]:
    """The pillars of the first level of which anything is known in a group and year."""
    index = edition.history[standings.year].index
    return tuple(
        node.id
        for node in index.top
        if node.id in standings.nodes
        and any(standings.standing(body, node.id).known for body in standings.bodies)
    )


def counts(standings: Standings, node: str = OVERALL) -> tuple[int, int, int]:
    """How many bodies there are, and of how many the rank and the score are known."""
    scores = standings.nodes.get(node)
    if scores is None:
        return len(standings.bodies), 0, 0
    ranks = int(np.count_nonzero(~np.isnan(scores.rank)))
    return len(standings.bodies), ranks, int(np.count_nonzero(~np.isnan(scores.score)))


#: shares of the points: up to which share a bin goes, and the key of its label
_BINS = ((0.0, "bin_none"), (0.25, "bin_1"), (0.5, "bin_2"), (0.75, "bin_3"), (1.0, "bin_4"))


def spread(standings: Standings, node: str) -> tuple[Bar, ...]:
    """How many bodies got which share of the points; labels are keys of words."""
    scores = standings.nodes.get(node)
    if scores is None:
        return ()
    values = scores.score
    found = dict.fromkeys([*(label for _, label in _BINS), "bin_full", "bin_unknown"], 0)
    for value in values:
        if np.isnan(value):
            found["bin_unknown"] += 1
        elif value >= 1 - 1e-9:
            found["bin_full"] += 1
        else:
            found[next(label for limit, label in _BINS if value <= limit)] += 1
    return bars(list(found.items()))


def province_map(edition: Edition, standings: Standings, language: Language) -> TileMap | None:
    """The tile map of a group; None where its bodies have no tiles."""
    places = []
    for code in standings.bodies:
        body = edition.register.get(code)
        if body.tile is not None:
            standing = standings.standing(code)
            name = body.name.get(language)
            places.append((code, name, body.tile, standing.rank, standing.ranked))
    return tile_map(places)
