"""What both languages share: the order of the article, and figures as they were published."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import ClassVar, get_args

from chiso.comparison import Change, node_of
from chiso.index.model import Audience
from chiso.language import Language, Text, join, number
from chiso.narrative.article import Article, Occasion, Section, Sentence, keys_of
from chiso.narrative.facts import Facts, advice, attention
from chiso.scoring.standings import Standing

ROUND_KEYS = ("round.announced", "round.publisher", "round.year", "index.title")


class Writer(ABC):
    """Writes the article on one body in one language.

    Subclasses word single sentences; each returns None where the data do not hold its figures,
    so that a sentence is never written around a gap.
    """

    language: ClassVar[Language]

    def __init__(self, facts: Facts, occasion: Occasion) -> None:
        self.facts = facts
        self.occasion = occasion

    # ── figures ──

    def say(self, text: Text) -> str:
        """A text in this language."""
        return text.get(self.language)

    def name(self, body: str) -> str:
        """The name of a body in this language."""
        return self.say(self.facts.name(body))

    @property
    def own(self) -> str:
        """The name of the body the article is about."""
        return self.name(self.facts.body)

    def pillar(self, node: str) -> str:
        """The title of a node in this language."""
        return self.say(self.facts.title(node))

    @property
    def peers(self) -> str:
        """What the bodies of the group are called together."""
        return self.say(self.facts.index.groups[self.facts.group])

    def score(self, standing: Standing) -> str:
        """A score with the decimals it was published with."""
        decimals = self.facts.index.publish.decimals
        if standing.citation and standing.citation.decimals is not None:
            decimals = standing.citation.decimals
        return number(standing.score, self.language, decimals)

    def difference(self, value: float) -> str:
        """A difference of scores, unsigned, without digits that the scores do not have."""
        return number(round(abs(value), self.facts.index.publish.decimals), self.language)

    def amount(self, value: float | None) -> str:
        """Points, to two decimals at the most."""
        return number(round(value or 0.0, 2), self.language)

    def place(self, standing: Standing) -> str:
        """A rank with the number of bodies it was taken among."""
        if standing.ranked is None:
            return str(standing.rank)
        return f"{standing.rank}/{standing.ranked}"

    def names(self, bodies: Iterable[str]) -> str:
        """Names joined as in a sentence."""
        return join([self.name(body) for body in bodies], self.language)

    # ── the article ──

    def article(self) -> Article:
        """The whole article: where, what changed, pillars, what next, the others."""
        sections = [
            Section(heading, tuple(s for s in sentences if s is not None), items)
            for heading, sentences, items in self._plan()
        ]
        return Article(
            self.language,
            self.title(),
            tuple(s for s in sections if s.sentences or s.items),
            notice=self.illustrative() if self.occasion.illustrative else "",
        )

    def _plan(self) -> list[tuple[str, list[Sentence | None], tuple[Sentence, ...]]]:
        headings = self.headings()
        return [
            (headings["place"], [self.opening(), self.rank(), self.method(), self.data()], ()),
            (headings["change"], [self.total(), self.distance(), self.shrank(), self.broken()], ()),
            (headings["pillars"], self._pillars(), ()),
            (headings["losses"], [self.losses_lead()], self.losses()),
            (headings["next"], [self.next_lead()], tuple(self._next())),
            (
                headings["others"],
                [self.other(place) for place in range(len(self.facts.others))],
                (),
            ),
        ]

    def _pillars(self) -> list[Sentence | None]:
        facts = self.facts
        told = {node_of(s) for s in (*facts.profile.top_ten, *facts.profile.lower_half)}
        sentences: list[Sentence | None] = [self.top_ten(place) for place in range(len(facts.tops))]
        sentences += [self.caveat(node_of(s)) for s in facts.profile.top_ten]
        sentences += [self.improved(), self.fallen(), self.lower_half()]
        rest = [s for s in facts.profile.pillars if s.known and node_of(s) not in told]
        sentences += self.middle(rest)
        return sentences

    def _next(self) -> Iterable[Sentence]:
        facts = self.facts
        weak = attention(facts)
        strong = tuple(node_of(s) for s in facts.profile.top_ten)
        for audience in get_args(Audience):
            chosen = advice(facts, weak, audience)
            if chosen:
                yield self.advise(audience, chosen)
        held = advice(facts, strong, "body") + advice(facts, strong, "staff")
        if held:
            yield self.hold(held)

    def rank_keys(self, standings: Iterable[Standing]) -> tuple[str, ...]:
        """The keys of some ranks."""
        return keys_of([f"{standing.key}.rank" for standing in standings])

    def score_keys(self, standings: Iterable[Standing]) -> tuple[str, ...]:
        """The keys of some scores."""
        return keys_of([f"{standing.key}.score" for standing in standings])

    def weak_standings(self) -> list[Standing]:
        """The pillars that deserve attention next, where they stand."""
        weak = attention(self.facts)
        return [s for node in weak for s in self.facts.profile.pillars if node_of(s) == node]

    def advice_keys(self, chosen: list[tuple[str, Text]], *audiences: str) -> tuple[str, ...]:
        """The ranks for which some advice was chosen, and where in the index it stands."""
        nodes = list(dict.fromkeys(node for node, _ in chosen))
        ranks = self.rank_keys(s for s in self.facts.profile.pillars if node_of(s) in nodes)
        texts = [
            f"index.{node}.advice.{audience}"
            for node in nodes
            for audience in audiences
            if audience in self.facts.index.by_id[node].item.advice
        ]
        return keys_of(ranks, texts)

    def index_keys(self) -> tuple[str, ...]:
        """The titles of the pillars in the index."""
        return tuple(f"index.{node.id}.title" for node in self.facts.index.top)

    def loss_keys(self) -> tuple[str, ...]:
        """The points of the criteria with most left to gain."""
        return tuple(f"{loss.standing.key}.points" for loss in self.facts.losses)

    def known_changes(self) -> list[Change]:
        """Changes of the overall rank that are known, latest year first."""
        return [c for c in self.facts.changes if c.places is not None]

    # ── sentences ──

    @abstractmethod
    def headings(self) -> dict[str, str]: ...
    @abstractmethod
    def illustrative(self) -> str: ...
    @abstractmethod
    def title(self) -> Sentence: ...
    @abstractmethod
    def opening(self) -> Sentence | None: ...
    @abstractmethod
    def rank(self) -> Sentence | None: ...
    @abstractmethod
    def method(self) -> Sentence | None: ...
    @abstractmethod
    def data(self) -> Sentence | None: ...
    @abstractmethod
    def total(self) -> Sentence | None: ...
    @abstractmethod
    def distance(self) -> Sentence | None: ...
    @abstractmethod
    def shrank(self) -> Sentence | None: ...
    @abstractmethod
    def broken(self) -> Sentence | None: ...
    @abstractmethod
    def top_ten(self, place: int) -> Sentence | None: ...
    @abstractmethod
    def improved(self) -> Sentence | None: ...
    @abstractmethod
    def fallen(self) -> Sentence | None: ...
    @abstractmethod
    def lower_half(self) -> Sentence | None: ...
    @abstractmethod
    def middle(self, standings: list[Standing]) -> list[Sentence | None]: ...
    @abstractmethod
    def losses_lead(self) -> Sentence | None: ...
    @abstractmethod
    def losses(self) -> tuple[Sentence, ...]: ...
    @abstractmethod
    def next_lead(self) -> Sentence | None: ...
    @abstractmethod
    def advise(self, audience: str, chosen: list[tuple[str, Text]]) -> Sentence: ...
    @abstractmethod
    def hold(self, chosen: list[tuple[str, Text]]) -> Sentence: ...
    @abstractmethod
    def other(self, place: int) -> Sentence | None: ...

    def caveat(self, node: str) -> Sentence | None:
        """What the index says that a pillar does not measure."""
        caveat = self.facts.index.by_id[node].item.caveat
        if not caveat.vi and not caveat.en:
            return None
        return Sentence(self.say(caveat), (f"index.{node}.caveat",))
