"""Dates as Vietnamese portals write them: day before month, and nothing guessed.

A date whose day and month can only be read the other way round is refused, and so is one that lies
more than a day ahead: a wrong date makes a stale page look fresh.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

from htmldate import find_date as htmldate_find
from lxml import html as lxml_html

from chiso.checks.reading.document import Document, clean, place_of
from chiso.checks.reading.guarded import guarded

EARLIEST = dt.date(1995, 1, 1)
#: how much of a text is searched for a date; characters
MOST_TEXT = 4_000
MOST_JSON = 200_000
#: a bare date is the article's in so many lines from its heading
NEAR = 6
AHEAD = dt.timedelta(days=1)

_WORDS = {
    "giêng": 1, "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7,
    "bẩy": 7, "tám": 8, "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12, "chạp": 12,
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7,
    "august": 8, "september": 9, "october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2,
    "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip
_VI = "mười một|mười hai|mười|giêng|một|hai|ba|tư|bốn|năm|sáu|bảy|bẩy|tám|chín|chạp"
_EN = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_FORMS = (
    re.compile(r"(?<![\d/.-])(?P<y>(?:19|20)\d\d)[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?![\d/-])"),
    re.compile(
        r"(?<![\d/.-])(?P<d>\d{1,2})\s?(?P<s>[/.-])\s?(?P<m>\d{1,2})\s?(?P=s)\s?(?P<y>(?:19|20)\d\d)(?![\d/-])"
    ),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})\s+(?:tháng|thg)\s*(?P<m>\d{{1,2}}|{_VI})\s*,?\s*(?:năm\s*)?"
        r"(?P<y>(?:19|20)\d\d)(?!\d)",
        re.I,
    ),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m>{_EN})\.?,?\s+(?P<y>(?:19|20)\d\d)(?!\d)",
        re.I,
    ),
    re.compile(
        rf"\b(?P<m>{_EN})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d\d)(?!\d)",
        re.I,
    ),
)
_AGO = re.compile(
    r"(?<!\d)(\d{1,3})\s*(phút|giờ|tiếng|ngày|tuần|tháng|năm|minutes?|hours?|days?|weeks?|months?"
    r"|years?)\s+(?:trước|ago)\b",
    re.I,
)
_AGO_DAYS = {
    "p": 0, "g": 0, "ti": 0, "mi": 0, "h": 0, "ng": 1, "d": 1, "tu": 7, "w": 7, "th": 30, "mo": 30,
    "n": 365, "y": 365,
}  # fmt: skip
_YESTERDAY = re.compile(r"\b(?:hôm qua|yesterday)\b", re.I)
_LABEL = re.compile(
    r"(?:ngày (?:đăng|xuất bản|tạo|viết)|đăng (?:ngày|lúc|bởi)|xuất bản|cập nhật(?: lúc| ngày)?"
    r"|posted(?: on)?|published(?: on)?|thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)\b[^\n]{0,60}",
    re.I,
)
_META = (
    "article:published_time", "og:published_time", "datepublished", "dc.date.issued",
    "dc.date.created", "dcterms.created", "dcterms.issued", "dc.date", "dcterms.date", "pubdate",
    "publishdate", "date",
)  # fmt: skip
_DATE_CLASS = re.compile(r"date|time|ngay|post(?:ed|-meta)|publish|created", re.I)


@dataclass(frozen=True, slots=True)
class Dated:
    """The date of an article, and what each source says; `agree` if two lie within a day."""

    date: dt.date | None
    sources: Mapping[str, dt.date]
    agree: bool


def find_date(text: str, today: dt.date | None = None) -> dt.date | None:
    """The first date in a text, or None.

    Understands 12/8/2019 and 12-08-2019, "ngày 12 tháng 8 năm 2019", ISO, English, and relative
    words ("2 ngày trước"; a month is 30 days). `today` is the day at the site: dates more than one
    day after it are passed over, and without it relative words are not understood.
    """
    return next(find_dates(text, today), None)


def find_dates(text: str, today: dt.date | None = None) -> Iterator[dt.date]:
    """The dates of a text in its order; see [`find_date`][chiso.checks.reading.dates.find_date]."""
    text = unicodedata.normalize("NFC", text[:MOST_TEXT])
    found: list[tuple[int, dt.date]] = []
    for form in _FORMS:
        for match in form.finditer(text):
            day = _day(match["y"], match["m"], match["d"])
            if day and day >= EARLIEST and (today is None or day <= today + AHEAD):
                found.append((match.start(), day))
    if today is not None:
        found.extend(_relative(text, today))
    for _, day in sorted(found):
        yield day


def _day(year: str, month: str, day: str) -> dt.date | None:
    number = int(month) if month.isdecimal() else _WORDS.get(month.casefold(), 0)
    try:
        return dt.date(int(year), number, int(day))
    except ValueError:
        return None


def _relative(text: str, today: dt.date) -> Iterator[tuple[int, dt.date]]:
    for match in _AGO.finditer(text):
        unit = match[2].casefold()
        days = next(days for start, days in _AGO_DAYS.items() if unit.startswith(start))
        yield match.start(), today - dt.timedelta(days=days * int(match[1]))
    for match in _YESTERDAY.finditer(text):
        yield match.start(), today - dt.timedelta(days=1)


def article_date(
    document: Document, today: dt.date, template: frozenset[str] = frozenset()
) -> Dated:
    """The date of an article from its own words; the day of the visit is `today`.

    `template` are lines that the site shows on every page (a clock, a footer): they date nothing.

    Sources in order of trust: `meta`, `json-ld`, `time`, `visible`; `htmldate` is asked only where
    fewer than two of them speak. The date is that of the first source that another one confirms
    within a day, else of the first source.
    """
    sources: dict[str, dt.date] = {}
    for name, texts in (
        ("meta", (document.metas[key] for key in _META if key in document.metas)),
        ("json-ld", _json_dates(document)),
        ("time", _time_dates(document)),
        ("visible", _visible(document, template)),
    ):
        day = next((day for text in texts if (day := find_date(text, today))), None)
        if day:
            sources[name] = day
    if len(sources) < 2 and (day := _htmldate(document, today)):
        sources["htmldate"] = day
    return agreed(sources)


def agreed(sources: Mapping[str, dt.date]) -> Dated:
    """The date on which sources agree: the first that another one confirms within a day."""
    for name, day in sources.items():
        if any(abs((day - other).days) <= 1 for key, other in sources.items() if key != name):
            return Dated(day, sources, True)
    return Dated(next(iter(sources.values()), None), sources, False)


def _json_dates(document: Document) -> Iterator[str]:
    for element in document.tree.iter("script"):
        if clean(element.get("type")).casefold() != "application/ld+json":
            continue
        try:
            tree = json.loads((element.text or "")[:MOST_JSON])
        except (ValueError, RecursionError):
            continue
        graph = tree.get("@graph", [tree]) if isinstance(tree, dict) else tree
        for node in graph[:50] if isinstance(graph, list) else []:
            value = node.get("datePublished") if isinstance(node, dict) else None
            if isinstance(value, str):
                yield value


def _time_dates(document: Document) -> Iterator[str]:
    """Times of the page itself: not those of lists, of which there are several."""
    times = [
        clean(element.get("datetime"))
        for element in document.tree.iter("time")
        if element.get("datetime") and not _beside(element)
    ]
    if len(set(times)) == 1:
        yield times[0]


def _visible(document: Document, template: frozenset[str]) -> Iterator[str]:
    """A date after a word such as "Ngày đăng", or in an element that is named after dates."""
    for place, line in enumerate(_body_lines(document)):
        if line in template:
            continue
        match = _LABEL.search(line)
        if match:
            yield match[0]
        elif place < NEAR and len(line) <= 40 and sum(map(str.isalpha, line)) <= 4:
            yield line  # nothing but a date and a time below the heading
    for element in document.tree.iter("span", "p", "div", "em", "small", "time", "i", "b"):
        if _DATE_CLASS.search(f"{element.get('class')} {element.get('id')}") and not _beside(
            element
        ):
            text = clean(element.text_content())
            if len(text) <= 80 and text not in template:
                yield text


def _body_lines(document: Document) -> Iterable[str]:
    """The first lines of the page, from its main heading on where it has one."""
    lines = document.text.splitlines()
    main = next((text for level, text in document.headings if level == 1 and text), "")
    start = lines.index(main) if main in lines else 0
    return lines[start : start + 60]


def _beside(element: lxml_html.HtmlElement) -> bool:
    """Whether an element belongs to the frame of the site or to a list around the article."""
    if place_of(element) in {"nav", "footer"}:
        return True
    for parent in element.iterancestors():
        if parent.tag == "aside":
            return True
        if parent.tag == "header" and not any(
            above.tag in {"article", "main", "section"} for above in parent.iterancestors()
        ):
            return True
        if parent.tag in {"li", "tr"} and _is_entry(parent):
            return True
    return False


def _is_entry(element: lxml_html.HtmlElement) -> bool:
    """Whether a list entry or row is short and leads to something else by a title."""
    if len("".join(element.itertext())) > MOST_TEXT // 4:
        return False
    return any(len(clean(link.text_content())) >= 12 for link in element.iter("a"))


def _htmldate(document: Document, today: dt.date) -> dt.date | None:
    """What htmldate thinks of a page of common size; None when it falls on the visit."""
    if len(document.text) > MOST_JSON:
        return None
    options: dict[str, Any] = {
        "original_date": True,
        "extensive_search": False,
        "min_date": EARLIEST.isoformat(),
        "max_date": (today + AHEAD).isoformat(),
        "url": document.url,
    }
    text = guarded(partial(htmldate_find, **options), deepcopy(document.tree))
    try:
        day = dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None
    # It reads clocks and footers as well: a date of today proves nothing.
    return day if day and day < today else None
