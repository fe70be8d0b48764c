"""Vietnamese and English: texts in both, and numbers, ranks and dates as each writes them."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_DECIMAL = {"vi": ",", "en": "."}
_THOUSANDS = {"vi": ".", "en": ","}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages; either may be empty, and then the other one stands in."""

    vi: str = ""
    en: str = ""

    def get(self, language: Language) -> str:
        """The text in `language`, or in the other one where it is missing."""
        return (self.vi or self.en) if language == "vi" else (self.en or self.vi)

    def missing(self) -> list[Language]:
        """The languages in which there is no text."""
        return [language for language in LANGUAGES if not getattr(self, language).strip()]

    @classmethod
    def of(cls, value: Text | str | Mapping[str, Any]) -> Text:
        """Read a text from a plain string (the same in both) or from `{vi: …, en: …}`."""
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            return cls(vi=_clean(value), en=_clean(value))
        if not isinstance(value, Mapping):
            raise ValueError("a text is a string or {vi: …, en: …}")
        unknown = sorted(set(map(str, value)) - set(LANGUAGES))
        if unknown:
            raise ValueError(f"unknown language '{unknown[0]}' in a text (use vi and en)")
        for language, text in value.items():
            if not isinstance(text, str):
                raise ValueError(f"the text for '{language}' must be a string")
        return cls(vi=_clean(value.get("vi", "")), en=_clean(value.get("en", "")))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.of)


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def number(value: float | None, language: Language, decimals: int | None = None) -> str:
    """Write a number with the language's separators; `decimals=None` keeps what is needed.

    Raises ValueError for NaN or None: unknown values are worded by the caller, never as a number.
    """
    if value is None or math.isnan(value):
        raise ValueError("an unknown value has no number")
    if decimals is None:
        plain = f"{value:,.10f}".rstrip("0").rstrip(".")
    else:
        plain = f"{value:,.{decimals}f}"
    if plain.strip("-0.,") == "":
        plain = plain.lstrip("-")
    swap = {",": _THOUSANDS[language], ".": _DECIMAL[language], "-": "−"}
    return "".join(swap.get(character, character) for character in plain)


def ordinal(place: int, language: Language) -> str:
    """`thứ 8` in Vietnamese, `8th` in English."""
    if language == "vi":
        return f"thứ {place}"
    if place % 100 in (11, 12, 13):
        return f"{place}th"
    return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th') }"


def date(day: dt.date, language: Language) -> str:
    """`30/6/2020` in Vietnamese, `30 June 2020` in English."""
    if language == "vi":
        return f"{day.day:02d}/{day.month:02d}/{day.year}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def join(parts: Sequence[str], language: Language) -> str:
    """`a, b và c` or `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {'và' if language == 'vi' else 'and'} {parts[-1]}"


def fold(text: str) -> str:
    """Strip accents (đ included) and case, for comparing and sorting names."""
    text = unicodedata.normalize("NFD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c))
    return text.replace("đ", "d")


_VI_LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
)
_VI_ORDER = {letter: place for place, letter in enumerate(_VI_LETTERS)}


def sort_key(text: str) -> tuple[tuple[int, ...], str]:
    """Order names as a Vietnamese dictionary does: base letters first, then tones.

    `Đ` follows `D`, `Ă` follows `A`; tones only break ties.
    """
    text = unicodedata.normalize("NFC", text.casefold())
    base = tuple(_base_place(character) for character in text if character.isalnum())
    return base, "".join(chr(_VI_ORDER.get(c, 1000 + min(ord(c), 60000))) for c in text)


def _base_place(character: str) -> int:
    """The place of a letter without its tone (but with its hat, horn or stroke)."""
    decomposed = unicodedata.normalize("NFD", character)
    tones = "\u0300\u0301\u0303\u0309\u0323"
    bare = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in tones))
    return _VI_ORDER.get(bare, 1000 + ord(bare[0]) if bare else 0)
