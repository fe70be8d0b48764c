"""What a cell of a table may hold, and how it is named and shown in messages."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from chiso.language import fold

Cell = str | int | float | bool | dt.date | dt.datetime | None
"""A raw cell: text as it stands (NFC), a number, a truth, a date, or nothing."""

LONGEST_TEXT = 32_767
"""Characters that a spreadsheet cell can hold."""

_MISSING_TOKENS = frozenset(
    {"-", "–", "—", "−", ".", "…", "...", "?", "na", "n/a", "n.a.", "#n/a", "nan", "null", "none"}
    | {"nil", "không có", "không rõ", "chưa có", "không", "khong co"}
)


# NUL, halves of surrogate pairs and the two code points that are no characters: XML, UTF-8 and
# databases each refuse some of them.
_UNSOUND = re.compile("[\0\ud800-\udfff\ufffe\uffff]")


class Percent(float):
    """A number in a spreadsheet cell with a percent format: 0.85, which is shown as 85%.

    It is a plain float to who computes with it; `parse_number` asks the caller about the unit,
    just as it does for the text `85%`.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell without a usable value (an error value, a formula never computed), and why."""

    message: str
    hint: str | None = None


def is_blank(cell: object) -> bool:
    """True for nothing, an empty text and mere white space; `-` and `n/a` are not blank."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def unsound(text: str) -> str | None:
    """The first code point that no file can keep, as `U+FFFF`; None if the text is sound."""
    found = _UNSOUND.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def is_missing_token(text: str) -> bool:
    """True for texts that people write where they know nothing, such as `n/a` or `không có`."""
    return " ".join(text.casefold().split()) in _MISSING_TOKENS


def column_letter(place: int) -> str:
    """The spreadsheet letter of a column counted from 1: 1 is `A`, 28 is `AB`.

    Raises ValueError below 1.
    """
    if place < 1:
        raise ValueError("columns count from 1")
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def shown(cell: object) -> str:
    """A cell as messages quote it: on one line, control characters visible, not too long."""
    text = cell if isinstance(cell, str) else str(cell)
    if len(text) > 60:
        text = f"{text[:57]}…"
    escaped = "".join(
        character if character.isprintable() else f"\\u{ord(character):04x}" for character in text
    )
    return f"'{escaped}'"


def listed(names: list[str], most: int = 40) -> str:
    """Names quoted and joined for a message, cut after `most`."""
    text = ", ".join(shown(name) for name in names[:most])
    return f"{text} and {len(names) - most} more" if len(names) > most else text


def heading_text(text: str) -> str:
    """A heading on one line, without outer and doubled spaces, in NFC."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def matching(wanted: str, names: list[str]) -> list[str]:
    """The names that `wanted` means: the exact one, else all alike but for case and accents."""
    wanted = heading_text(wanted)
    exact = [name for name in names if heading_text(name) == wanted]
    return exact or [name for name in names if fold(heading_text(name)) == fold(wanted)]
