"""What stays of a name when its spelling varies.

Published tables write one body in many ways: `TP. Hồ Chí Minh`, `T. Bắc Kạn`, `Hoà Bình` and
`Hòa Bình`, `DAKLAK`, `Bà Rịa – Vũng Tàu`. A [`NameForm`][] reduces a name to keys on which such
spellings agree. The keys are compared for equality only; likeness never accepts a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from chiso.language import fold

# In front of a name: what kind of unit it is. The values are only compared with each other.
_KINDS: Mapping[str, str] = {
    "tỉnh": "province",
    "t": "province",
    "province of": "province",
    "thành phố": "city",
    "tp": "city",
    "thủ đô": "city",
    "city of": "city",
    "bộ": "ministry",
    "ministry of": "ministry",
    "sở": "department",
    "department of": "department",
    "quận": "urban district",
    "q": "urban district",
    "huyện": "district",
    "h": "district",
    "thị xã": "town",
    "tx": "town",
    "thị trấn": "township",
    "phường": "ward",
    "p": "ward",
    "xã": "commune",
    "đặc khu": "special zone",
}
# The committee stands for the unit it governs; it is no other body.
_COMMITTEES = (
    "ủy ban nhân dân",
    "uỷ ban nhân dân",
    "ubnd",
    "people s committee of",
    "the people s committee of",
)
_ENDINGS: Mapping[str, str] = {
    "province": "province",
    "city": "city",
    "district": "district",
    "ward": "ward",
    "commune": "commune",
}
_COMMITTEE_ENDINGS = ("people s committee", "provincial people s committee")
_AND = {"và", "va", "and"}
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@dataclass(frozen=True, slots=True)
class NameForm:
    """The keys of one name, from the strictest to the loosest.

    `whole` is all of it without accents, case, spaces and signs; `core` is the same without
    `kind`, the word for the kind of unit in front or at the end; `accented` is the core with its
    letters and tones kept, blind only to where a tone is written.
    """

    whole: str
    kind: str
    core: str
    accented: str
    has_accents: bool

    def agrees_in_kind(self, other: NameForm) -> bool:
        """Whether the kinds can be the same: equal, or left out on one side."""
        return not self.kind or not other.kind or self.kind == other.kind


def name_form(name: str) -> NameForm:
    """Reduce a name to its keys; all empty for a name without letters and digits."""
    words = _words(name)
    kind, core = _split_kind(words)
    accented = _accented(core)
    folded = _folded(core)
    return NameForm(
        whole=_folded(words),
        kind=kind,
        core=folded,
        accented=accented,
        has_accents=accented != folded,
    )


def plain(name: str) -> str:
    """The words of a name without accents and signs, for listing what is alike."""
    return " ".join(fold(word) for word in _words(name))


def _words(name: str) -> tuple[str, ...]:
    # NFKC also turns no-break spaces and full-width letters into common ones; Ð (eth) stands for
    # Đ in tables that come from older Vietnamese encodings.
    text = unicodedata.normalize("NFKC", name).casefold().replace("ð", "đ").replace("&", " và ")
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    words: list[str] = []
    for word in re.findall(r"[^\W_]+", text):
        words.extend(("việt", "nam") if word == "vn" else (word,))
    joined = tuple(word for word in words if word not in _AND)
    return joined or tuple(words)


def _table(phrases: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    # Both spellings, so that the word `tinh` is a province and the name `Tĩnh` is none.
    table = {}
    for phrase, kind in phrases.items():
        table[tuple(phrase.split())] = kind
        table[tuple(fold(phrase).split())] = kind
    return table


_FRONT = _table(_KINDS)
_FRONT_NOTHING = _table(dict.fromkeys(_COMMITTEES, ""))
_END = _table(_ENDINGS)
_END_NOTHING = _table(dict.fromkeys(_COMMITTEE_ENDINGS, ""))


def _split_kind(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    words = _without(words, _FRONT_NOTHING)[1]
    words = _without(words, _END_NOTHING, end=True)[1]
    kind, words = _without(words, _FRONT)
    end_kind, shorter = _without(words, _END, end=True)
    # `TP. Ho Chi Minh City` says one thing twice; `Tỉnh … City` says two, and keeps the second.
    if end_kind and kind in ("", end_kind):
        return end_kind, shorter
    return kind, words


def _without(
    words: tuple[str, ...], table: Mapping[tuple[str, ...], str], *, end: bool = False
) -> tuple[str, tuple[str, ...]]:
    for length in (5, 4, 3, 2, 1):
        if length >= len(words):
            continue
        part, rest = (words[-length:], words[:-length]) if end else (words[:length], words[length:])
        if part in table:
            return table[part], rest
    return "", words


def _folded(words: tuple[str, ...]) -> str:
    # Y and i are written for each other in names (Mỹ and Mĩ, Kỳ and Kì).
    return fold("".join(words)).replace("y", "i")


def _accented(words: tuple[str, ...]) -> str:
    """Letters first, then all tones: `hoà` and `hòa` give the same, `hoa` and `hoá` do not."""
    decomposed = unicodedata.normalize("NFD", "".join(words)).replace("y", "i")
    letters = "".join(c for c in decomposed if c not in _TONES)
    tones = "".join(c for c in decomposed if c in _TONES)
    return unicodedata.normalize("NFC", letters) + tones
