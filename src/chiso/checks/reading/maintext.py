"""The main text of a page: what it has to say beside menus, frames and what all pages share."""

from __future__ import annotations

from functools import partial

import trafilatura
from lxml import html as lxml_html

from chiso.checks.reading.document import Document, masked
from chiso.checks.reading.guarded import guarded

#: a shorter answer of the extractor is doubted, and the page's own lines stand in; characters
DOUBTED = 200
#: larger pages are not given to the extractor; characters of HTML
MOST_HTML = 2_000_000


def main_text(document: Document, *others: Document) -> str:
    """The main text of a page, one line for each block.

    `others` are pages of the same site (the home page, pages for missing addresses): what stands
    there too belongs to the site, and the rest outside header, menus and footer is the page's own.
    Where there are none, trafilatura has to guess; where it finds little, the lines outside the
    frame stand in.
    """
    if others:
        shared = frozenset[str]().union(*(other.lines for other in others))
        return "\n".join(line for line in document.body_lines if masked(line) not in shared)
    found = _extracted(document)
    return found if len(found) >= DOUBTED else max(found, "\n".join(document.body_lines), key=len)


def _extracted(document: Document) -> str:
    if len(document.text) > MOST_HTML:
        return ""
    source = lxml_html.tostring(document.tree, encoding="unicode")
    if len(source) > MOST_HTML:
        return ""
    read = partial(
        trafilatura.extract,
        include_comments=False,
        include_tables=True,
        fast=True,
        url=document.url,
    )
    return guarded(read, source) or ""
