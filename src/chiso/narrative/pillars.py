"""Sentences on the pillars, on what to do next, and on the other groups."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import get_args

from chiso.comparison import Change, TopYears, node_of
from chiso.index.model import Audience
from chiso.language import Text, ordinal
from chiso.narrative.article import Sentence, keys_of
from chiso.narrative.facts import OtherGroup, advice, attention
from chiso.narrative.figures import Figures, nodes_of, rank_keys, score_keys
from chiso.narrative.phrases import count_word, times_word
from chiso.scoring.standings import Standing

Advice = list[tuple[str, Text]]


def pillars(say: Figures) -> Iterator[Sentence]:
    """Strong pillars, those that moved most, weak ones, then the others."""
    profile = say.facts.profile
    for place, top in enumerate(say.facts.tops):
        yield _top(say, top, first=place == 0)
    yield from _caveats(say)
    for name, change in (("rose", profile.most_improved), ("fell", profile.most_fallen)):
        if change is not None:
            yield _moved(say, name, change)
    if profile.lower_half:
        yield _lower(say, profile.lower_half)
    told = set(nodes_of((*profile.top_ten, *profile.lower_half)))
    yield from _middle(say, [s for s in profile.pillars if s.known and node_of(s) not in told])


def _top(say: Figures, top: TopYears, first: bool) -> Sentence:
    standing = next(s for year, s in top.years if year == say.facts.year)
    name = ("highlight" if first else "strong") + ("_first" if standing.rank == 1 else "")
    earlier = [(year, s) for year, s in reversed(top.years) if year != say.facts.year]
    again = ""
    if earlier:
        years = say.join(
            say.phrase("rank_in_year", year=year, rank=ordinal(s.rank or 0, say.language))
            for year, s in earlier
        )
        times, size = times_word(top.times, say.language), top.top
        told = size if say.language == "vi" else count_word(size, say.language)
        again = say.phrase("again", times=times, top=told, years=years)
    keys = rank_keys(s for _, s in top.years)
    pillar, place = say.pillar(top.node), say.place(standing)
    return say.sentence(name, keys, pillar=pillar, place=place, again=again)


def _caveats(say: Figures) -> Iterator[Sentence]:
    """What the index says that the strong pillars do not measure."""
    for node in nodes_of(say.facts.profile.top_ten):
        caveat = say.facts.index.by_id[node].item.caveat
        if caveat.vi or caveat.en:
            yield Sentence(say.say(caveat), (f"index.{node}.caveat",))


def _moved(say: Figures, name: str, change: Change) -> Sentence:
    return say.sentence(
        name,
        rank_keys([change.now, change.before]),
        pillar=say.pillar(change.node),
        places=say.moved(change.places or 0),
        before=say.place(change.before),
        before_year=change.before_year,
        now=say.place(change.now),
        year=change.year,
    )


def _lower(say: Figures, lower: tuple[Standing, ...]) -> Sentence:
    names = say.join(f"“{say.pillar(node_of(s))}” ({say.place(s)})" for s in lower)
    count = count_word(len(lower), say.language)
    name = "lower_one" if len(lower) == 1 else "lower"
    return say.sentence(name, rank_keys(lower), count=count, names=names)


def _middle(say: Figures, standings: list[Standing]) -> Iterator[Sentence]:
    """The other pillars, those on one rank together, with their scores where known."""
    ordered = sorted(standings, key=lambda s: (s.rank is None, s.rank or 0))
    for rank, same in groupby(ordered, key=lambda s: s.rank):
        alike = list(same)
        scored = [s for s in alike if s.score is not None]
        scores = say.join(say.score(s) for s in scored)
        names = say.quoted(nodes_of(alike))
        if rank is None:
            yield say.sentence("only_scores", score_keys(scored), names=names, scores=scores)
            continue
        told = ""
        if scored:
            told = say.phrase("score_one" if len(scored) == 1 else "score_more", scores=scores)
        name = {1: "middle_one", 2: "middle_two"}.get(len(alike), "middle")
        keys = keys_of(rank_keys(alike), score_keys(scored))
        yield say.sentence(name, keys, names=names, place=say.place(alike[0]), scores=told)


def losses(say: Figures) -> tuple[list[Sentence], tuple[Sentence, ...]]:
    """The criteria with most points to gain: a lead, and one item each."""
    found = say.facts.losses
    items = tuple(
        say.sentence(
            "loss",
            (f"{loss.standing.key}.points",),
            pillar=say.pillar(loss.node),
            points=say.amount(loss.standing.points),
            maximum=say.amount(loss.standing.maximum),
            lost=say.amount(loss.lost),
        )
        for loss in found
    )
    keys = tuple(f"{loss.standing.key}.points" for loss in found)
    return ([say.sentence("losses", keys)] if found else []), items


def what_next(say: Figures) -> tuple[list[Sentence], tuple[Sentence, ...]]:
    """What deserves attention: a lead, and what each audience should do."""
    weak = attention(say.facts)
    standings = [s for node in weak for s in say.facts.profile.pillars if node_of(s) == node]
    lead = [say.sentence("next", rank_keys(standings), names=say.quoted(weak))] if weak else []
    items = []
    for audience in get_args(Audience):
        chosen = advice(say.facts, weak, audience)
        if chosen:
            tasks = "; ".join(say.say(text) for _, text in chosen)
            items.append(
                say.sentence(f"advise_{audience}", _keys(say, chosen, audience), tasks=tasks)
            )
    strong = tuple(nodes_of(say.facts.profile.top_ten))
    held = advice(say.facts, strong, "body") + advice(say.facts, strong, "staff")
    if held:
        names = say.quoted(dict.fromkeys(node for node, _ in held))
        tasks = "; ".join(dict.fromkeys(say.say(text) for _, text in held))
        keys = _keys(say, held, "body", "staff")
        items.append(say.sentence("hold", keys, names=names, tasks=tasks))
    return lead, tuple(items)


def _keys(say: Figures, chosen: Advice, *audiences: str) -> tuple[str, ...]:
    """The ranks for which some advice was chosen, and where in the index it stands."""
    nodes = list(dict.fromkeys(node for node, _ in chosen))
    texts = [
        f"index.{node}.advice.{audience}"
        for node in nodes
        for audience in audiences
        if audience in say.facts.index.by_id[node].item.advice
    ]
    return keys_of(rank_keys(s for s in say.facts.profile.pillars if node_of(s) in nodes), texts)


def other(say: Figures, found: OtherGroup) -> Sentence:
    """Who comes first and last in another group."""
    ends = {}
    for end, bodies in (("first", found.first), ("last", found.last)):
        names = say.join(f"{say.name(body)} ({standing.rank})" for body, standing in bodies)
        name = end if len(bodies) > 1 else f"{end}_one"
        ends[end] = say.phrase(name, count=count_word(len(bodies), say.language), names=names)
    keys = rank_keys(standing for _, standing in (*found.first, *found.last))
    return say.sentence("other", keys, ranked=found.ranked, group=say.group(found.group), **ends)
