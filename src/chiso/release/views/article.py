"""The article of a body with the figures behind each section."""

from __future__ import annotations

from dataclasses import dataclass

from chiso.narrative import Article, Section, write_article
from chiso.release.edition import Edition, Home
from chiso.release.show import Show
from chiso.scoring.standings import Citation


@dataclass(frozen=True, slots=True)
class Traced:
    """One figure that a sentence rests on: its key, its value as shown, its source."""

    key: str
    value: str
    citation: Citation | None


@dataclass(frozen=True, slots=True)
class TracedSection:
    """A section of the article, the figures behind it and the keys of texts that it quotes."""

    section: Section
    figures: tuple[Traced, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article, section by section; the figures of its title stand with the first section."""

    article: Article
    sections: tuple[TracedSection, ...]


def article_view(edition: Edition, show: Show, home: Home) -> ArticleView:
    """The article of a body in the year of its page, in one language."""
    article = write_article(
        edition.history, home.body.code, home.group, home.year, show.language, edition.occasion
    )
    sections = []
    for place, section in enumerate(article.sections):
        sentences = [*section.sentences, *section.items]
        if place == 0:
            sentences.insert(0, article.title)
        keys = dict.fromkeys(key for sentence in sentences for key in sentence.keys)
        figures = {key: _traced(edition, show, key) for key in keys}
        known = tuple(figure for figure in figures.values() if figure is not None)
        texts = tuple(key for key, figure in figures.items() if figure is None)
        sections.append(TracedSection(section, known, texts))
    return ArticleView(article, tuple(sections))


def _traced(edition: Edition, show: Show, key: str) -> Traced | None:
    """The figure that a key names; None for the key of a text of the index or the round."""
    path, _, figure = key.rpartition(".")
    parts = path.split("/")
    if len(parts) != 4 or not parts[0].isdigit():
        return None
    year, group, body, node = parts
    standings = edition.history.group(int(year), group)
    if standings is None:
        return None
    standing = standings.standing(body, node)
    values = {
        "rank": lambda: show.rank(standing),
        "points": lambda: show.points(standing.points, standing.maximum),
    }
    value = values.get(figure, lambda: show.score(standing))()
    return Traced(key, value, standing.citation)
