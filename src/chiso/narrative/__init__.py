"""Findings in words: the article on a body, in Vietnamese and English, traced to its data."""

from chiso.narrative.article import Article, Occasion, Section, Sentence
from chiso.narrative.facts import Facts, gather
from chiso.narrative.writer import write_article

__all__ = ["Article", "Facts", "Occasion", "Section", "Sentence", "gather", "write_article"]
