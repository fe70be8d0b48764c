"""The search box of a page, and harmless queries that show whether searching works."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode, urlsplit, urlunsplit

from chiso.checks.fetch.naming import simple, words_in
from chiso.checks.reading.document import Document, Field, Form, clean
from chiso.language import fold

#: how a search box sends its query: `script` when it is no part of a form of its own
Manner = Literal["get", "post", "script"]
_NAMES = re.compile(
    r"q|k|s|key|kw|keywords?|search(?:text|key|word|term|query)?|query|tukhoa|timkiem|find|text"
    r"|txt(?:search|keyword|tukhoa)"
)
_LABELS = (
    "tim kiem", "nhap tu khoa", "tu khoa", "noi dung tim", "search", "tim bai viet",
)  # fmt: skip
_TEXTS = {"text", "search"}
_CLASS = re.compile(r"(?:^|[\s_-])(?:search|timkiem|tim-kiem)", re.I)
#: a form with more controls to fill in than this is no search box
_MOST_TEXTS = 3
#: words of a title that go into a query; a short run of a title is found by phrase and by words
_QUERY_WORDS = 5
_LEAST_WORDS = 3
_CONSONANTS, _VOWELS = "bcdghklmnprtvxz", "aeiou"


@dataclass(frozen=True, slots=True)
class SearchBox:
    """Where a query goes: `url(query)` is the address that a browser would ask."""

    manner: Manner
    action: str = ""
    parameter: str = ""
    fixed: tuple[tuple[str, str], ...] = ()

    def url(self, query: str) -> str:
        """The address of the results, as the form would send it by GET (HTML, form submission)."""
        parts = urlsplit(self.action)
        sent = urlencode([*self.fixed, (self.parameter, query)])
        return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", sent, ""))


def find_search(document: Document) -> SearchBox | None:
    """The search box of a page: the best kind there is, GET before POST before script."""
    boxes = [box for form in document.forms if (box := _box(form)) is not None]
    for manner in ("get", "post"):
        for box in boxes:
            if box.manner == manner:
                return box
    return SearchBox("script") if boxes or _loose_box(document) else None


def is_search(form: Form) -> bool:
    """Whether a form is a search box."""
    return _box(form) is not None


def has_search_icon(document: Document) -> bool:
    """Whether a button or link looks like one that opens a search box."""
    for element in document.tree.iter("a", "button", "i", "span", "img", "svg"):
        marks = " ".join(
            element.get(name) or ""
            for name in ("class", "id", "aria-label", "title", "alt", "data-target")
        )
        if _CLASS.search(marks[:400]) or words_in("tim kiem", simple(marks)):
            return True
    return False


def _box(form: Form) -> SearchBox | None:
    texts = [field for field in form.fields if field.kind in _TEXTS]
    named = [field for field in texts if _is_query(field)]
    if any(field.kind in {"password", "file", "textarea"} for field in form.fields):
        # a page that is one large form, as ASP.NET makes them, may hold a search box among others
        return SearchBox("post", form.action) if named and form.method == "post" else None
    if not named and (form.role == "search" or _names_search(form)) and len(texts) == 1:
        named = texts
    if not named or (len(texts) > _MOST_TEXTS and form.method == "get"):
        return None
    field = named[0]
    if form.method != "get":
        return SearchBox("post", form.action, field.name)
    if not field.name:
        return SearchBox("script")
    fixed = tuple((f.name, f.value) for f in form.fields if f.kind == "hidden" and f.name)
    return SearchBox("get", form.action, field.name, fixed)


def _names_search(form: Form) -> bool:
    labels = [field.label or field.value for field in form.fields]
    step = simple(urlsplit(form.action).path)
    return any(words_in(word, simple(text)) for word in _LABELS for text in [*labels, step])


def _is_query(field: Field) -> bool:
    name = re.sub(r"[^a-z]", "", field.name.rpartition("$")[2].casefold())
    label = simple(field.label)
    return (
        field.kind == "search"
        or _NAMES.fullmatch(name) is not None
        or any(words_in(word, label) for word in _LABELS)
    )


def _loose_box(document: Document) -> bool:
    """A box outside any form; only a script can send what is typed there."""
    for element in document.tree.iter("input"):
        kind = clean(element.get("type")).casefold() or "text"
        if kind not in _TEXTS or any(parent.tag == "form" for parent in element.iterancestors()):
            continue
        label = " ".join(element.get(name) or "" for name in ("placeholder", "aria-label", "title"))
        if _is_query(Field(clean(element.get("name")), kind, label)):
            return True
    return False


def known_query(title: str, texts: Iterable[str]) -> str:
    """A run of up to five words of a title with the words that are rarest in `texts`.

    A run, because many portals look for the phrase as it is typed. Empty where the title has
    fewer than three words.
    """
    words = [word for word in re.findall(r"[^\W_]+", clean(title)[:300]) if len(word) < 30]
    if len(words) < _LEAST_WORDS:
        return ""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(simple_words(text)))
    size = min(_QUERY_WORDS, len(words))
    best, most = 0, -1.0
    for start in range(len(words) - size + 1):
        run = words[start : start + size]
        rarity = sum(1 / (1 + counts[fold(word)]) for word in run if not word.isdigit())
        if rarity > most + 1e-9:
            best, most = start, rarity
    return " ".join(words[best : best + size])


def simple_words(text: str) -> list[str]:
    """The words of a text without accents, at most the first 200,000 letters."""
    return re.findall(r"[a-z0-9]+", fold(text[:200_000]))


def unaccented(query: str) -> str:
    """The query as one types it without accents; empty where that makes no difference."""
    plain = fold(query)
    return plain if plain != query.casefold() else ""


def nonsense_query(chance: random.Random) -> str:
    """A word that no portal can hold; letters only, and nothing that a filter would mind."""
    return "".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(3)) + "".join(
        chance.choice(_CONSONANTS) for _ in range(5)
    )
