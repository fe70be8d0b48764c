"""The order of the article: where, what changed, pillars, what next, the others.

Every sentence is a function that returns None, or nothing, where the data do not hold its
figures: no sentence is written around a gap.
"""

from __future__ import annotations

from collections.abc import Iterable

from chiso.comparison import History
from chiso.language import Language
from chiso.narrative import pillars, place
from chiso.narrative.article import Article, Occasion, Section, Sentence
from chiso.narrative.facts import gather
from chiso.narrative.figures import Figures
from chiso.narrative.phrases import HEADINGS
from chiso.rounds.spec import ILLUSTRATIVE


def write_article(
    history: History, body: str, group: str, year: int, language: Language, occasion: Occasion
) -> Article:
    """Write the article on a body in a year.

    Raises KeyError if the history has no result for the body in that year.
    """
    say = Figures(gather(history, body, group, year), language)
    losses_lead, losses = pillars.losses(say)
    next_lead, steps = pillars.what_next(say)
    plan: list[tuple[str, Iterable[Sentence | None], tuple[Sentence, ...]]] = [
        (
            "place",
            [place.opening(say, occasion), place.rank(say), place.method(say),
             place.data(say, occasion)],
            (),
        ),
        (
            "change",
            [place.total(say), place.distance(say), place.shrank(say), place.broken(say)],
            (),
        ),
        ("pillars", pillars.pillars(say), ()),
        ("losses", losses_lead, losses),
        ("next", next_lead, steps),
        ("others", [pillars.other(say, found) for found in say.facts.others], ()),
    ]  # fmt: skip
    sections = [
        Section(HEADINGS[name].get(language), tuple(s for s in sentences if s is not None), items)
        for name, sentences, items in plan
    ]
    return Article(
        language,
        place.title(say),
        tuple(section for section in sections if section.sentences or section.items),
        notice=ILLUSTRATIVE.get(language) if occasion.illustrative else "",
    )
