"""Which link of a page leads to which function, by the names and hosts in `links.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from urllib.parse import unquote, urlsplit

from chiso.checks.fetch.addresses import host
from chiso.checks.reading.document import Anchor, Document
from chiso.index.loading import parse_yaml, validate
from chiso.index.model import Model
from chiso.language import fold

#: longer texts are headlines, not entries of a menu
MOST_WORDS = 12
#: an entry of a menu may have this many words beside a name by which it is known
_BESIDE = 4
_NO_WORD = re.compile(r"[^a-z0-9]+")
_NATIONAL = "dichvucong.gov.vn"


class Naming(Model):
    """By what the links to one function are known."""

    names: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    external: bool = False
    less: tuple[str, ...] = ()


class _Namings(Model):
    roles: dict[str, Naming]


@dataclass(frozen=True, slots=True)
class Named:
    """A link that may lead to a function; a score in (0, 1.1]."""

    anchor: Anchor
    score: float


@cache
def namings() -> dict[str, Naming]:
    """The names of all functions by role."""
    text = (resources.files(__package__) / "links.yaml").read_text(encoding="utf-8")
    tree, lines = parse_yaml(text, "links.yaml")
    return validate(_Namings, {"roles": tree}, lines, "links.yaml").roles


@cache
def _simple_names(role: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    naming = namings()[role]
    names = frozenset(simple(name) for name in naming.names)
    return names, frozenset(naming.hosts), frozenset(simple(word) for word in naming.less)


@lru_cache(maxsize=16_384)
def simple(text: str) -> str:
    """Letters and digits without accents and case, words parted by one space."""
    return _NO_WORD.sub(" ", fold(text[:300])).strip()


def simple_lines(text: str) -> str:
    """A longer text made simple, its lines kept; at most 200,000 letters of it."""
    return "\n".join(_NO_WORD.sub(" ", fold(line)).strip() for line in text[:200_000].splitlines())


def words_in(words: str, text: str) -> bool:
    """Whether whole words stand in a text, both made simple."""
    return f" {words} " in f" {text} "


def candidates(document: Document, role: str) -> list[Named]:
    """The links of a page that may lead to a function, the best first. KeyError: no such role."""
    names, hosts, less = _simple_names(role)
    found: dict[str, Named] = {}
    for anchor in document.anchors:
        score = _score(anchor, names, hosts, less)
        if score > 0 and (anchor.url not in found or found[anchor.url].score < score):
            found[anchor.url] = Named(anchor, score)
    # sorted() is stable: of two that are as good, the one that comes first on the page wins
    return sorted(found.values(), key=lambda named: -named.score)


def _score(
    anchor: Anchor, names: frozenset[str], hosts: frozenset[str], less: frozenset[str]
) -> float:
    texts = [simple(text) for text in anchor.names]
    score = max((_text_score(text, names) for text in texts), default=0.0)
    if score == 0:
        score = _slug_score(anchor.url, names)
    first = host(anchor.url).removeprefix("www.").partition(".")[0]
    if first in hosts and all(len(text.split()) <= MOST_WORDS for text in texts):
        score = score + 0.1 if score else 0.75
    if host(anchor.url).removeprefix("www.") == _NATIONAL and score:
        score -= 0.3
    if score and any(words_in(word, text) for word in less for text in texts):
        score -= 0.3
    return score


def _text_score(text: str, names: frozenset[str]) -> float:
    if text in names:
        return 1.0
    words = text.split()
    if len(words) > MOST_WORDS:
        return 0.0
    best = 0.0
    for name in names:
        length = len(name.split())
        # one word, such as "search" or "en", says too little inside a longer text
        if length < 2 or len(words) > length + _BESIDE or not words_in(name, text):
            continue
        share = length / len(words)
        best = max(best, (0.8 if text.startswith(name) else 0.7) + 0.1 * share)
    return best


def _slug_score(url: str, names: frozenset[str]) -> float:
    """The last step of the path is the name, written `so-do-cong` or `SoDoCong`."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return 0.0
    step = path.rstrip("/").rpartition("/")[2].partition(".")[0]
    words = simple(step)
    if words in names:
        return 0.65
    squeezed = words.replace(" ", "")
    return 0.6 if len(squeezed) > 5 and squeezed in _squeezed(names) else 0.0


@cache
def _squeezed(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name.replace(" ", "") for name in names)
