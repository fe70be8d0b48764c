"""Phrases say the same in both languages: the same fields, and no word left out."""

import string

import pytest

from chiso.narrative.phrases import HEADINGS, PHRASES, count_word, places_word, times_word


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", PHRASES)
def test_a_phrase_has_the_same_fields_in_both_languages(name):
    phrase = PHRASES[name]
    missing = fields(phrase.vi) ^ fields(phrase.en)
    # "It is the leader" needs no name where Vietnamese repeats it, and Vietnamese has no ordinals.
    assert missing <= {"own", "note"}


def test_no_phrase_or_heading_lacks_a_language():
    assert [name for name, text in {**PHRASES, **HEADINGS}.items() if text.missing()] == []


@pytest.mark.parametrize(
    ("count", "vi", "en"), [(1, "1 bậc", "1 place"), (10, "10 bậc", "10 places")]
)
def test_places_are_counted(count, vi, en):
    assert places_word(count, "vi") == vi
    assert places_word(count, "en") == en


def test_small_counts_and_times_are_words_and_larger_ones_figures():
    assert [count_word(n, "vi") for n in (3, 17)] == ["ba", "17"]
    assert [times_word(n, "vi") for n in (2, 4, 9)] == ["hai", "tư", "9"]
    assert [times_word(n, "en") for n in (2, 9, 11)] == ["second", "9th", "11th"]
