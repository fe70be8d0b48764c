"""Findings in words: the article on a body, in Vietnamese and English, traced to its data."""

from chiso.comparison import History
from chiso.language import Language
from chiso.narrative.article import Article, Occasion, Section, Sentence
from chiso.narrative.english import EnglishWriter
from chiso.narrative.facts import Facts, gather
from chiso.narrative.vietnamese import VietnameseWriter
from chiso.narrative.writer import Writer

__all__ = ["Article", "Facts", "Occasion", "Section", "Sentence", "gather", "write_article"]

_WRITERS: dict[Language, type[Writer]] = {"vi": VietnameseWriter, "en": EnglishWriter}


def write_article(
    history: History, body: str, group: str, year: int, language: Language, occasion: Occasion
) -> Article:
    """Write the article on a body in a year.

    Raises KeyError if the history has no result for the body in that year.
    """
    return _WRITERS[language](gather(history, body, group, year), occasion).article()
