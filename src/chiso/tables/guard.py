"""The guard that keeps text from running as a formula when a spreadsheet opens a CSV file.

A text that a spreadsheet would take for a formula gets an apostrophe in front. So does a text
that begins with apostrophes before such a start, which makes the guard exact in both directions:
`unguard(guard(text)) == text` for every text.
"""

from __future__ import annotations

# Full-width signs count, as spreadsheets in East Asian settings take them for the plain ones.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What may stand before such a sign without making it harmless: apostrophes and spaces of any kind.
_SKIPPED = "'\u200b\ufeff" + "".join(
    chr(code) for code in range(0x3001) if chr(code).isspace() and chr(code) not in "\t\r\n"
)


def is_risky(text: str) -> bool:
    """True if a spreadsheet may take the text for a formula."""
    return text.lstrip(_SKIPPED).startswith(_STARTS)


def guard(text: str) -> str:
    """The text, with an apostrophe in front if it is risky."""
    return f"'{text}" if is_risky(text) else text


def unguard(text: str) -> str:
    """The text that `guard` was given."""
    return text[1:] if text.startswith("'") and is_risky(text[1:]) else text
