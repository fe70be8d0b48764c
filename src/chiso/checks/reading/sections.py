"""Finding the link to a section that the law asks for among the links of a page.

A link is known by its text, title, label and address. Each is compared with the synonyms of the
law's data after folding accents, case and signs. Long texts are headlines, not menus, and are never
matched: an article that mentions "đấu thầu" is not the section on bidding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from rapidfuzz import fuzz

from chiso.checks.law import Section
from chiso.checks.reading.document import Anchor, Document, plain
from chiso.language import Language

#: a candidate below this score (of 100) is not one
THRESHOLD = 75.0
#: the least likeness (rapidfuzz ratio) of a misspelt label, and the shortest label it is used on
LIKENESS, LIKENESS_LENGTH = 90.0, 8
#: the least share of a label that a synonym must make up where more words stand around it
SHARE = 0.65
MOST_WORDS = 15

_EXACT, _TAIL, _HEAD, _SLUG = 100.0, 92.0, 90.0, 85.0
_FILLERS = frozenset(("va", "and", "the", "cac", "cua", "ve", "of"))
# what follows is the name of a body: "Giới thiệu tỉnh Bắc Kạn"
_UNIT = re.compile(
    r" (?:trong |tai |cap )?(?:ubnd|uy ban nhan dan|tinh|thanh pho|tp|huyen|quan|xa|phuong"
    r"|thi tran|so|bo|cuc|tong cuc|chi cuc|co quan|don vi|dia phuong|nganh|nuoc|province|city"
    r"|ministry|department)\b.*$"
)
_LEAD = re.compile(
    r"^(?:chuyen muc|chuyen trang|trang|muc|thong tin|he thong|danh sach|danh muc|xem|cong khai"
    r"|trang thong tin|view|list) "
)
_NUMBERS = re.compile(r"\b\d+\b")
_EMPTY_SEGMENTS = frozenset(
    (
        "",
        "default",
        "index",
        "home",
        "pages",
        "page",
        "trang chu",
        "vi",
        "en",
        "web",
        "guest",
        "portal",
    )
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A link that may lead to a section; the score is out of 100, `how` says what matched."""

    anchor: Anchor
    score: float
    how: str


@dataclass(frozen=True, slots=True)
class _Word:
    """A synonym ready for comparison; `loss` makes the later and foreign ones rank behind."""

    text: str
    loss: float


def find_section(
    document: Document, section: Section, language: Language = "vi"
) -> list[Candidate]:
    """The links of a page that may lead to a section, best first, each address once."""
    words = _words(_frozen(section), language)
    menus = frozenset(map(_label, map(plain, section.within)))
    here = _bare(document.url)
    best: dict[str, Candidate] = {}
    for anchor, names in document.labels:
        if _bare(anchor.url) == here:
            continue
        found = max(_scores(anchor, names, words), default=(0.0, ""), key=lambda pair: pair[0])
        score = found[0] + _context(anchor, menus) if found[0] else 0.0
        if score >= THRESHOLD and score > _score_of(best.get(anchor.url)):
            best[anchor.url] = Candidate(anchor, round(score, 2), found[1])
    return sorted(best.values(), key=lambda candidate: -candidate.score)


def _score_of(candidate: Candidate | None) -> float:
    return candidate.score if candidate else 0.0


def _frozen(section: Section) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(section.synonyms.items())


@lru_cache(maxsize=512)
def _words(synonyms: tuple[tuple[str, tuple[str, ...]], ...], language: str) -> tuple[_Word, ...]:
    found: dict[str, _Word] = {}
    for tongue, names in sorted(synonyms, key=lambda pair: pair[0] != language):
        for place, name in enumerate(names):
            text = _label(plain(name))
            loss = 0.05 * place + (0.0 if tongue == language else 3.0)
            found.setdefault(text, _Word(text, loss))
    return tuple(found.values())


@lru_cache(maxsize=16_384)
def _label(words: str) -> str:
    kept = [word for word in _NUMBERS.sub(" ", words).split() if word not in _FILLERS]
    return " ".join(kept)


def _bare(url: str) -> str:
    return url.rstrip("/").removesuffix("/index.html").removesuffix("/default.aspx").casefold()


def _context(anchor: Anchor, menus: Iterable[str]) -> float:
    """Menus are where sections stand; links amid the content are more often about something."""
    bonus = {"main": -2.0, "footer": -1.0}.get(anchor.place, 0.0)
    if anchor.menu and _label(plain(anchor.menu)) in menus:
        bonus += 2.0
    return bonus


def _scores(
    anchor: Anchor, names: tuple[str, ...], words: tuple[_Word, ...]
) -> Iterator[tuple[float, str]]:
    for number, name in enumerate(names):
        label = _label(name)
        if label and label.count(" ") < MOST_WORDS:
            what = "text" if number == 0 else "title"
            for word in words:
                score, how = _likeness(label, word.text, anchor.url)
                if score:
                    yield score - word.loss - 0.5 * (number > 0), f"{what}, {how}"
    if names or not anchor.text:  # a headline's address says nothing of a section
        slug = _slug(anchor.url)
        for word in words:
            if slug and slug == word.text and len(slug) > 3:
                yield _SLUG - word.loss, "address"


def _likeness(label: str, word: str, url: str = "") -> tuple[float, str]:
    """How well a label says a synonym, out of 100 (0: not at all), and by which way."""
    if label == word:
        return _EXACT, "the same words"
    if len(word) < 4 or not label:
        return 0.0, ""
    if word in label:
        if _UNIT.sub("", label) == word:
            return _TAIL, "with the name of a body"
        if label.startswith(f"{word} ") and _names_host(label[len(word) :], url):
            return _TAIL, "with the name of the site"
        if _LEAD.sub("", label) == word:
            return _HEAD, "with words before it"
        share = len(word) / len(label)
        if " " in word and share >= SHARE and f" {word} " in f" {label} ":
            return 60 + 30 * share, "among other words"
        return 0.0, ""
    if len(word) >= LIKENESS_LENGTH and abs(len(word) - len(label)) <= 2:
        ratio = fuzz.ratio(label, word)
        if ratio >= LIKENESS:
            return 0.95 * ratio, "nearly the same words"
    return 0.0, ""


def _names_host(words: str, url: str) -> bool:
    """Whether words are the name in a host: "Ha Giang" in hagiang.gov.vn."""
    name = words.replace(" ", "")
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return len(name) >= 4 and name in host.replace("-", "")


@lru_cache(maxsize=8_192)
def _slug(url: str) -> str:
    """The words of the last segment of a path that says something."""
    try:
        segments = unquote(urlsplit(url).path).split("/")
    except ValueError:
        return ""
    for segment in reversed(segments[-6:]):
        if len(segment) > 120:
            return ""
        words = _label(plain(re.sub(r"\.\w{2,5}$", "", segment)))
        if words not in _EMPTY_SEGMENTS:
            return words
    return ""
