"""How well the documents of a section can be read by a machine: their text or their files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from chiso.checks.artifacts import Page
from chiso.checks.judging.case import Case
from chiso.checks.judging.locating import own_text
from chiso.checks.reading.document import Document


def full_text(case: Case, figures: Mapping[str, Any]) -> tuple[float, list[tuple[str, str]]]:
    """How well the sampled documents can be read by a machine, in [0, 1], and by which files."""
    levels: list[float] = []
    seen: list[tuple[str, str]] = []
    for page, document in case.pages("item:legal_documents"):
        level, what = _of_page(case, page, document, figures)
        levels.append(level)
        seen.append((what, page.chain.url))
    for page in case.record.pages_of("item:legal_documents"):
        kind = page.chain.final.header("content-type")
        grade = file_level(kind, page.chain.url, figures)
        if page.chain.ok and case.document(page.chain) is None and grade is not None:
            levels.append(grade)
            seen.append((kind, page.chain.url))
    if not levels:  # no document was opened: the files that the list links to stand in
        for _, document in case.pages("section:legal_documents"):
            for anchor in document.anchors:
                grade = file_level("", anchor.url, figures)
                if grade is not None:
                    levels.append(grade)
                    seen.append((anchor.text, anchor.url))
    return (sum(levels) / len(levels) if levels else 0.0), seen


def _of_page(
    case: Case, page: Page, document: Document, figures: Mapping[str, Any]
) -> tuple[float, str]:
    files = [
        (level, anchor.url)
        for anchor in document.anchors
        if (level := file_level("", anchor.url, figures)) is not None
    ]
    best, url = max(files, default=(0.0, ""))
    chars = len(own_text(case, document))
    if chars >= figures["chars"]:
        return 1.0, f"{chars} characters in the page"
    return best, url or page.chain.url


def file_level(kind: str, url: str, figures: Mapping[str, Any]) -> float | None:
    """The level of a file by its kind; None where it is no document file."""
    name = urlsplit(url).path.rpartition(".")[2].casefold()
    formats: Mapping[str, float] = figures["formats"]
    for ending, level in formats.items():
        if name == ending or (kind and ending in kind.casefold()):
            return level
    return None
