"""Sentences on the place of a body: rank, change, score, distance to the leader."""

from __future__ import annotations

from chiso.comparison import Change, Gap
from chiso.narrative.article import Occasion, Sentence, keys_of
from chiso.narrative.figures import Figures, rank_keys, score_keys
from chiso.narrative.phrases import count_word
from chiso.scoring.standings import Standing

ROUND_KEYS = ("round.announced", "round.publisher", "round.year", "index.title")
_NOTHING = 1e-9


def title(say: Figures) -> Sentence:
    """The headline: the rank, and the strongest pillar if one is in the top ten."""
    overall, year = say.facts.overall, say.facts.year
    if overall.rank is None:
        return say.sentence("title_unknown", (f"{overall.key}.rank",), year=year)
    text, keys = say.phrase("title", year=year, place=say.place(overall)), rank_keys([overall])
    if say.facts.tops:
        top = say.facts.tops[0]
        text += say.phrase("title_mark", pillar=say.pillar(top.node))
        keys = keys_of(keys, rank_keys([top.years[-1][1]]))
    return Sentence(text, keys)


def opening(say: Figures, occasion: Occasion) -> Sentence | None:
    """Who published what, and when."""
    publisher, when = say.say(occasion.publisher), say.say(occasion.announced)
    if not publisher:
        return None
    index = say.say(say.facts.index.title)
    text = say.phrase("announced", when=when) if when else ""
    text += say.phrase("opening", publisher=publisher, index=index, year=say.facts.year)
    return Sentence(text[0].upper() + text[1:], ROUND_KEYS)


def rank(say: Figures) -> Sentence:
    """The rank and its changes against the two latest years that are known."""
    overall = say.facts.overall
    if overall.rank is None:
        note = overall.citation.note if overall.citation else ""
        name = "rank_unstated" if note else "rank_unknown"
        return say.sentence(name, (f"{overall.key}.rank",), note=note, year=say.facts.year)
    text, keys, previous = _rank_lead(say, overall), rank_keys([overall]), None
    for change in say.facts.changes:
        if change.places is None:
            continue
        direction = (change.places > 0) - (change.places < 0)
        text += _move(say, change, direction, previous)
        if change.bridge:
            text += say.phrase("bridge", names=say.names(change.bridge.predecessors))
        previous = direction
        keys = keys_of(keys, rank_keys([change.before]))
    return Sentence(f"{text}.", keys)


def _rank_lead(say: Figures, overall: Standing) -> str:
    tied = say.phrase("tied") if overall.tied else ""
    peers = say.group(say.facts.group)
    if overall.rank == 1:
        count = f"{overall.ranked} " if overall.ranked else ""
        return say.phrase("leads", tied=tied, count=count, peers=peers)
    name = "ranks" if overall.ranked else "ranks_among"
    return say.phrase(name, place=say.place(overall), tied=tied, peers=peers)


def _move(say: Figures, change: Change, direction: int, previous: int | None) -> str:
    against = say.phrase("in_year", year=change.before_year, place=say.place(change.before))
    fields = {"places": say.moved(change.places or 0), "against": against}
    if previous is not None and direction not in (0, previous):
        return say.phrase("but_up" if direction > 0 else "but_down", **fields)
    move = say.phrase({1: "up", -1: "down", 0: "same"}[direction], **fields)
    return f", {move}" if previous is None else say.phrase("and", move=move)


def method(say: Figures) -> Sentence | None:
    """What the index consists of."""
    pillars = [node.id for node in say.facts.index.top]
    if len(pillars) < 2:
        return None
    names = "; ".join(f"({n}) {say.pillar(node)}" for n, node in enumerate(pillars, 1))
    keys = tuple(f"index.{node}.title" for node in pillars)
    return say.sentence("method", keys, count=count_word(len(pillars), say.language), names=names)


def data(say: Figures, occasion: Occasion) -> Sentence | None:
    """Where the data come from."""
    text = say.say(occasion.data)
    return say.sentence("data", ("round.data",), data=text) if text else None


def total(say: Figures) -> Sentence | None:
    """The score and its change against the latest earlier year."""
    overall = say.facts.overall
    if overall.score is None:
        return None
    text, keys = "", score_keys([overall])
    change = say.facts.changes[0] if say.facts.changes else None
    if change is not None and change.score is not None:
        keys = keys_of(keys, score_keys([change.before]))
        fields = {"year": change.before_year, "score": say.score(change.before)}
        if change.bridge is not None and len(change.bridge.predecessors) > 1:
            names = say.names(change.bridge.predecessors)
            before = say.phrase("score_of_predecessors", names=names, **fields)
        else:
            before = say.phrase("score_in_year", **fields)
        name = "score_same"
        if abs(change.score) >= _NOTHING:
            name = "score_up" if change.score > 0 else "score_down"
        text = say.phrase(name, difference=say.difference(change.score), before=before)
    return say.sentence("total", keys, score=say.score(overall), change=text)


def distance(say: Figures) -> Sentence | None:
    """The distance to the leader; for the leader itself, to the next."""
    gap = say.facts.gap
    if gap is None:
        return None
    if say.facts.body in gap.leaders:
        return _ahead(say, gap)
    standings = say.facts.history[say.facts.year].groups[say.facts.group]
    leader = standings.standing(gap.leaders[0])
    return say.sentence(
        "behind",
        gap.keys,
        leaders=say.names(gap.leaders),
        score=say.score(leader),
        distance=say.difference(gap.distance),
    )


def _ahead(say: Figures, gap: Gap) -> Sentence | None:
    overall, runner_up = say.facts.overall, say.facts.runner_up
    if runner_up is None or overall.score is None or runner_up[1].score is None:
        return None
    body, standing = runner_up
    return say.sentence(
        "ahead",
        keys_of(gap.keys, score_keys([standing])),
        next=say.name(body),
        score=say.score(standing),
        distance=say.difference(overall.score - runner_up[1].score),
    )


def shrank(say: Figures) -> Sentence | None:
    """Whether the distance to the leader shrank."""
    now, before = say.facts.gap, say.facts.gap_before
    if now is None or before is None or say.facts.body in now.leaders:
        return None
    was = say.phrase(
        "gap_was" if before.distance else "gap_was_none",
        year=before.year,
        leaders=say.names(before.leaders),
        distance=say.difference(before.distance),
    )
    grew = now.distance - before.distance
    name = "gap_same" if abs(grew) < _NOTHING else "gap_shrank" if grew < 0 else "gap_grew"
    return say.sentence(name, keys_of(now.keys, before.keys), was=was)


def broken(say: Figures) -> Sentence | None:
    """That the index changed between the years."""
    broken = [change for change in say.facts.changes if change.broken]
    if not broken:
        return None
    years = say.join(str(change.before_year) for change in broken)
    return say.sentence("broken", ("index.version",), years=years)
