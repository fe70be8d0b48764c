"""Every label and sentence of the site in both languages, in one table."""

from __future__ import annotations

from collections.abc import Mapping

from chiso.language import Text
from chiso.release.words.common import CHROME, TABLES
from chiso.release.words.data import ABOUT, COLUMNS, DATA
from chiso.release.words.method import CHECKS, METHOD, NODES
from chiso.release.words.results import BODY, FRONT

__all__ = ["COLUMNS", "WORDS"]

WORDS: Mapping[str, Text] = {
    **CHROME,
    **TABLES,
    **FRONT,
    **BODY,
    **NODES,
    **CHECKS,
    **METHOD,
    **DATA,
    **ABOUT,
}
