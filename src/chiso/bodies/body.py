"""A body: whoever is assessed, from when to when, and under which names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from chiso.language import Language, Text, fold


@dataclass(frozen=True, slots=True)
class Body:
    """One assessed body: a province, ministry, agency, department, district or commune.

    A body lives from `valid_from` to `valid_to`, both days included; None leaves that end open.
    What replaces it is another body with another code, joined to it by a `Succession`.

    `group` names the bodies ranked together, `parent` is the code of the body above,
    `official_code` is the code that the state gives it (a string: leading zeros count) and
    `tile` its column and row on a tile grid map, counted from the top left.
    """

    code: str
    name: Text
    group: str
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    region: str | None = None
    official_code: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    tile: tuple[int, int] | None = None
    source: str = ""

    def valid_on(self, day: date) -> bool:
        """Whether the body existed on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def meets(self, other: Body) -> bool:
        """Whether there is a day on which both bodies existed."""
        return (
            self.valid_from is None or other.valid_to is None or self.valid_from <= other.valid_to
        ) and (
            other.valid_from is None or self.valid_to is None or other.valid_from <= self.valid_to
        )

    def names(self) -> tuple[str, ...]:
        """Every name the body goes by: in Vietnamese, in English, then the aliases."""
        return tuple(name for name in (self.name.vi, self.name.en, *self.aliases) if name)

    def label(self, language: Language = "vi") -> str:
        """The name with the code, as messages show it: `Bắc Kạn (bac-kan)`."""
        return f"{self.name.get(language)} ({self.code})"


def slug(name: str) -> str:
    """A code made from a name: `Bà Rịa - Vũng Tàu` gives `ba-ria-vung-tau`.

    Empty when the name holds no Latin letter or digit.
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
