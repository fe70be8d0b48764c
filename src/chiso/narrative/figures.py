"""Figures and names as the article writes them, and the keys that lead back to them."""

from __future__ import annotations

from collections.abc import Iterable

from chiso.comparison import node_of
from chiso.language import Language, Text, join, number
from chiso.narrative.article import Sentence, keys_of
from chiso.narrative.facts import Facts
from chiso.narrative.phrases import PHRASES, places_word
from chiso.scoring.standings import Standing


class Figures:
    """The facts about one body, said in one language."""

    def __init__(self, facts: Facts, language: Language) -> None:
        self.facts = facts
        self.language = language

    def say(self, text: Text) -> str:
        """A text in this language."""
        return text.get(self.language)

    def phrase(self, name: str, **fields: object) -> str:
        """A phrase with its fields filled."""
        return self.say(PHRASES[name]).format(own=self.own, **fields)

    def sentence(self, name: str, keys: tuple[str, ...], **fields: object) -> Sentence:
        """A phrase as a sentence that begins with a capital letter."""
        text = self.phrase(name, **fields)
        return Sentence(text[0].upper() + text[1:], keys)

    def name(self, body: str) -> str:
        """The name of a body."""
        return self.say(self.facts.name(body))

    @property
    def own(self) -> str:
        """The name of the body the article is about."""
        return self.name(self.facts.body)

    def pillar(self, node: str) -> str:
        """The title of a node."""
        return self.say(self.facts.title(node))

    def quoted(self, nodes: Iterable[str]) -> str:
        """Titles of nodes in quotation marks, joined as in a sentence."""
        return self.join(f"“{self.pillar(node)}”" for node in nodes)

    def join(self, parts: Iterable[str]) -> str:
        """Parts joined as in a sentence."""
        return join(list(parts), self.language)

    def names(self, bodies: Iterable[str]) -> str:
        """Names of bodies joined as in a sentence."""
        return self.join(self.name(body) for body in bodies)

    def group(self, group: str) -> str:
        """What the bodies of a group are called together."""
        return self.say(self.facts.index.groups[group])

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
        among = "" if standing.ranked is None else f"/{standing.ranked}"
        return f"{standing.rank}{among}"

    def moved(self, places: int) -> str:
        """A number of places, unsigned."""
        return places_word(abs(places), self.language)


def rank_keys(standings: Iterable[Standing]) -> tuple[str, ...]:
    """The keys of some ranks."""
    return keys_of([f"{standing.key}.rank" for standing in standings])


def score_keys(standings: Iterable[Standing]) -> tuple[str, ...]:
    """The keys of some scores."""
    return keys_of([f"{standing.key}.score" for standing in standings])


def nodes_of(standings: Iterable[Standing]) -> list[str]:
    """The nodes of some standings."""
    return [node_of(standing) for standing in standings]
