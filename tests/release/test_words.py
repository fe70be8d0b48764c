"""The words of the site: complete in both languages, and all of them there."""

from __future__ import annotations

import re
import string
from pathlib import Path

import chiso.release
from chiso.release.words import COLUMNS, WORDS
from chiso.release.words import portals as portal_words
from chiso.rounds.reading import CHECK_STATES

ROOM = Path(chiso.release.__file__).parent


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_word_stands_in_both_languages_with_the_same_fields() -> None:
    for key, text in (*WORDS.items(), *COLUMNS.items(), *portal_words.WORDS.items()):
        assert text.missing() == [], key
        assert fields(text.vi) == fields(text.en), key


def test_every_word_that_a_template_asks_for_is_there() -> None:
    asked: dict[bool, set[str]] = {True: set(), False: set()}
    for path in (ROOM / "templates").glob("*.html"):
        words = re.findall(r'\bw\("([a-z_0-9]+)"[,)]', path.read_text(encoding="utf-8"))
        asked[path.name.startswith("portal")] |= set(words)
    assert asked[False] - set(WORDS) == set()
    assert asked[True] == {key for key in portal_words.WORDS if not key.startswith("role_")}


def test_no_word_is_left_over() -> None:
    text = "".join(
        path.read_text(encoding="utf-8")
        for path in ROOM.rglob("*")
        if path.suffix in {".html", ".py"} and path.parent.name != "words"
    )
    made = re.compile(
        r"(band|origin|origin_word|split|peers|bridge|decision|check|effect|cross|counts|half"
        r"|read_merged|data|by|bin)_"
    )
    left = [key for key in WORDS if f'"{key}"' not in text and f"'{key}'" not in text]
    assert [key for key in left if not made.match(key)] == []


def test_every_state_of_a_check_has_a_word() -> None:
    assert {f"check_{state}" for state in CHECK_STATES} <= set(WORDS)
