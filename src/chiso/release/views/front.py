"""The front page: three findings in words, and the top of every ranking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from chiso.comparison import change
from chiso.index.model import OVERALL
from chiso.language import Language
from chiso.narrative import write_article
from chiso.release.charts import TileMap
from chiso.release.edition import Edition
from chiso.release.show import Show
from chiso.release.views.parts import Row, counts, province_map, rows
from chiso.scoring.standings import Standings

FIRST = 5  # how many of each ranking the front page shows


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: a short figure, a sentence, and the page where it stands."""

    figure: str
    sentence: str
    page: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The top of a group's latest ranking, with how much of it is known."""

    standings: Standings
    top: tuple[Row, ...]
    bodies: int
    ranks: int
    scores: int


@dataclass(frozen=True, slots=True)
class FrontView:
    """Everything the front page shows in one language."""

    findings: tuple[Finding, ...]
    groups: tuple[Summary, ...]
    map: TileMap | None
    map_standings: Standings | None


def front_view(edition: Edition, show: Show) -> FrontView:
    """The front page in one language."""
    latest = [edition.latest(group) for group in edition.groups]
    mapped = next((s for s in latest if province_map(edition, s, show.language)), None)
    return FrontView(
        tuple(_findings(edition, show, latest))[:3],
        tuple(_summary(edition, standings) for standings in latest),
        None if mapped is None else province_map(edition, mapped, show.language),
        mapped,
    )


def _summary(edition: Edition, standings: Standings) -> Summary:
    listed = [row for row in rows(edition, standings) if row.standing.rank is not None]
    bodies, ranks, scores = counts(standings)
    return Summary(standings, tuple(listed[:FIRST]), bodies, ranks, scores)


def _findings(edition: Edition, show: Show, latest: list[Standings]) -> Iterator[Finding]:
    if edition.spec.focus in edition.homes:
        yield _about(edition, edition.spec.focus or "", show.language)
    leaders = [finding for s in latest if (finding := _leader(edition, show, s))]
    yield from leaders[:1]
    yield from (finding for s in latest[:1] if (finding := _climber(edition, show, s)))
    yield from (finding for s in latest[:1] if (finding := _weakest(edition, show, s)))
    yield from leaders[1:]
    for standings in latest:
        bodies, ranks, _ = counts(standings)
        yield Finding(
            f"{ranks}/{bodies}",
            show.word(
                "finding_known",
                group=show.say(edition.group_title(standings.group)),
                year=standings.year,
                known=ranks,
                n=bodies,
            ),
            edition.ranking_page(standings.group, standings.year),
        )


def _about(edition: Edition, body: str, language: Language) -> Finding:
    home = edition.homes[body]
    article = write_article(
        edition.history, body, home.group, home.year, language, edition.occasion
    )
    standing = edition.latest(home.group).standing(body)
    among = f"/{standing.ranked}" if standing.ranked is not None else ""
    figure = str(home.year) if standing.rank is None else f"{standing.rank}{among}"
    return Finding(figure, f"{article.title.text}.", edition.body_page(body) or "")


def _leader(edition: Edition, show: Show, standings: Standings) -> Finding | None:
    leaders = standings.leaders()
    if not leaders:
        return None
    first = standings.standing(leaders[0])
    with_score = "" if first.score is None else show.word("with_score", score=show.score(first))
    sentence = show.word(
        "finding_leader" if len(leaders) == 1 else "finding_leaders",
        names=show.names(leaders),
        group=show.say(edition.group_title(standings.group)),
        year=standings.year,
        with_score=with_score,
    )
    page = edition.ranking_page(standings.group, standings.year)
    figure = str(show.score(first)) if first.score is not None else show.word("first_place")
    return Finding(figure, sentence, page)


def _climber(edition: Edition, show: Show, standings: Standings) -> Finding | None:
    earlier = edition.history.years_before(standings.year, standings.group)
    if not earlier:
        return None
    moves = [
        change(edition.history, body, standings.group, standings.year, earlier[0])
        for body in standings.bodies
    ]
    known = [
        (move.places, body)
        for move, body in zip(moves, standings.bodies, strict=True)
        if move.places is not None
    ]
    if 2 * len(known) <= len(standings.bodies) or max(known)[0] <= 0:
        return None
    most = max(places for places, _ in known)
    names = tuple(body for places, body in known if places == most)
    partly = "" if len(known) == len(standings.bodies) else show.word("as_far_as", n=len(known))
    sentence = show.word(
        "finding_climber",
        names=show.names(names),
        places=show.places(most),
        before=earlier[0],
        partly=partly,
    )
    return Finding(f"▲ {most}", sentence, edition.body_page(names[0]) or "")


def _weakest(edition: Edition, show: Show, standings: Standings) -> Finding | None:
    """The pillar with the lowest mean score, where all scores are known."""
    index = edition.history[standings.year].index
    means = [
        (float(standings.nodes[node.id].score.mean()), node.id)
        for node in index.top
        if node.id in standings.nodes and not np.isnan(standings.nodes[node.id].score).any()
    ]
    if len(means) < 2 or OVERALL not in standings.nodes:
        return None
    mean, node = min(means)
    sentence = show.word(
        "finding_weakest",
        pillar=show.say(index.title_of(node)),
        group=show.say(edition.group_title(standings.group)),
        mean=show.percent(mean),
    )
    page = edition.node_page(node) or edition.ranking_page(standings.group, standings.year)
    return Finding(show.percent(mean), sentence, page)
