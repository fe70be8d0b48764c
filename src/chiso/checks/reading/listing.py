"""The list on a list page: its items with title, address and date, whatever it is made of.

A list is an element whose children of one kind each hold a link with a title: `li`, rows of a
table, boxes of Liferay, SharePoint or NukeViet. Of several lists on a page the one with the most
dated and titled items outside header, menus and footer is the list of the page.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import cast
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

from chiso.checks.reading.dates import find_date
from chiso.checks.reading.document import Document, clean

MOST_ITEMS = 200
#: an entry has at least so many characters of title, and links to at most so many addresses
LEAST_TITLE, MOST_ADDRESSES = 12, 5
#: with more titles than this a box is a list itself, not an entry; rows name their files as well
MOST_TITLES = 2
#: a list with this share of its items on every page belongs to the frame of the site
COMMON = 0.8
#: how many elements of a page and children of one are looked at; characters of an entry
MOST_ELEMENTS, MOST_CHILDREN, MOST_ENTRY = 20_000, 1_000, 4_000
_ENTRIES = frozenset(("li", "tr", "div", "article", "section", "dl", "p", "td", "a", "dd", "dt"))
_OUTSIDE = frozenset(("header", "nav", "footer", "aside"))
_OUTSIDE_ROLES = frozenset(("navigation", "banner", "contentinfo", "complementary", "search"))
_OUTSIDE_CLASS = re.compile(
    r"(?:main|top|left|right|bottom|site|page|box|block)?[-_]?(?:menu|navbar|nav|breadcrumbs?|footer"
    r"|header|sidebar|pagination|pager|paging|topbar|weblinks?|lienket|banner|related)(?:[-_]\w{1,20})?",
    re.I,
)
_DATE_CLASS = re.compile(r"date|time|ngay|clock|posted|created|publish", re.I)
_BARE_LINK = re.compile(
    r"^(?:xem(?: chi tiết| thêm| tiếp)?|chi tiết|tải về|tải xuống|đọc tiếp|download|read more|more"
    r"|view)\W*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a list; `how` says where its date stood: time, class, text, or empty."""

    title: str
    url: str
    date: dt.date | None
    how: str


@dataclass(frozen=True, slots=True)
class _List:
    items: tuple[Item, ...]
    place: int

    @property
    def rank(self) -> float:
        dated = sum(item.date is not None for item in self.items)
        words = sum(min(len(item.title), 80) for item in self.items) / 80
        return 2.0 * dated + words


def items(
    document: Document,
    today: dt.date | None = None,
    *,
    frames: Sequence[Document] = (),
    others: Sequence[Document] = (),
    home: Document | None = None,
) -> list[Item]:
    """The entries of the main list of a page in its order; empty where there is none.

    With `today` dates that lie more than a day ahead are dropped and relative ones understood.
    `frames` (pages for missing addresses) and `others` (pages of other sections) tell which lists
    the site shows everywhere, such as the latest news beside each page: those are passed over.
    Where only the `home` page is known, a list that stands there too gives way to any other.
    """
    everywhere = _everywhere(document, frames, others)
    lists = [found for found in _lists(document, today) if not _is_common(found, everywhere)]
    if home is not None:
        there = frozenset(_links(home))
        own = [f for f in lists if len(f.items) >= 2 and not _is_common(f, there)]
        lists = own or lists
    several = [found for found in lists if len(found.items) >= 2]
    single = [found for found in lists if len(found.items) == 1 and found.items[0].date]
    best = max(several or single, key=lambda found: found.rank, default=None)
    if best is None:
        return []
    unique = {item.url: item for item in reversed(best.items)}
    return list(reversed(unique.values()))[:MOST_ITEMS]


def _everywhere(
    document: Document, frames: Sequence[Document], others: Sequence[Document]
) -> frozenset[str]:
    """The addresses to which the site links on every page as often as on this one."""
    here = _links(document)
    asked = [_links(other) for other in others]
    framed = [_links(frame) for frame in frames]
    needed = max(2, (len(asked) + 1) // 2)
    found = set()
    for url, count in here.items():
        times = [links[url] for links in asked if url in links]
        times = times if len(times) >= needed else []
        times += [links[url] for links in framed if url in links]
        if times and count <= max(times):
            found.add(url)
    return frozenset(found)


def _links(document: Document) -> Counter[str]:
    if "links" not in document.notes:
        document.notes["links"] = Counter(anchor.url for anchor in document.anchors)
    return cast("Counter[str]", document.notes["links"])


def _is_common(found: _List, everywhere: frozenset[str]) -> bool:
    common = sum(item.url in everywhere for item in found.items)
    return common >= COMMON * len(found.items)


def _lists(document: Document, today: dt.date | None) -> Iterator[_List]:
    outside: dict[lxml_html.HtmlElement, bool] = {}
    for place, parent in enumerate(document.tree.iter(etree.Element)):
        if place > MOST_ELEMENTS:
            return
        outside[parent] = outside.get(parent.getparent(), False) or _is_frame(parent)
        if outside[parent] or not len(parent) or parent.tag in {"head", "select"}:
            continue
        children = list(islice(parent, MOST_CHILDREN))
        kinds = Counter(child.tag for child in children if child.tag in _ENTRIES)
        if not kinds:
            continue
        kind, _ = kinds.most_common(1)[0]
        found = [
            item
            for child in children
            if child.tag == kind
            and not _is_frame(child)
            and (item := _item(child, document, today)) is not None
        ]
        # Of a list most children are entries: a frame that holds a list and a column is none.
        if found and 2 * len(found) >= min(kinds[kind], 40):
            yield _List(tuple(found[:MOST_ITEMS]), place)


def _is_frame(element: lxml_html.HtmlElement) -> bool:
    """Whether an element is a header, menu, column at the side or footer."""
    if element.tag in _OUTSIDE or element.get("role") in _OUTSIDE_ROLES:
        return True
    if element.tag in {"body", "html"}:
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:300].split()
    return any(_OUTSIDE_CLASS.fullmatch(name) for name in names)


def _item(element: lxml_html.HtmlElement, document: Document, today: dt.date | None) -> Item | None:
    links: dict[str, list[str]] = {}
    anchors = [element] if element.tag == "a" else element.iter("a")
    for count, anchor in enumerate(anchors):
        url = _absolute(document, anchor.get("href"))
        if url:
            texts = links.setdefault(url, [])
            texts.extend(
                text
                for text in (clean(anchor.text_content()), clean(anchor.get("title")))
                if text and not _BARE_LINK.match(text)
            )
        if len(links) > MOST_ADDRESSES or count > 8 * MOST_ADDRESSES:
            return None
    titled = sum(any(len(text) >= LEAST_TITLE for text in texts) for texts in links.values())
    if not links or (titled > MOST_TITLES and element.tag != "tr"):
        return None
    url, title = max(
        ((url, max(texts, key=len, default="")) for url, texts in links.items()),
        key=lambda pair: len(pair[1]),
    )
    text = clean(element.text_content()[: 2 * MOST_ENTRY])
    if len(title) < LEAST_TITLE:
        title = _longest_cell(element)
    if len(title) < LEAST_TITLE or len(text) > MOST_ENTRY:
        return None
    date, how = _date(element, text.replace(title, " "), today)
    return Item(title[:300], url, date, how)


def _longest_cell(element: lxml_html.HtmlElement) -> str:
    """The longest text of a row whose links only say "Tải về"."""
    if element.tag != "tr":
        return ""
    return max((clean(cell.text_content()) for cell in element.iter("td")), key=len, default="")


def _date(
    element: lxml_html.HtmlElement, text: str, today: dt.date | None
) -> tuple[dt.date | None, str]:
    for node in element.iter("time"):
        if day := find_date(clean(node.get("datetime")) or clean(node.text_content()), today):
            return day, "time"
    for node in element.iter("span", "div", "p", "em", "small", "i", "b", "td", "label", "abbr"):
        named = f"{node.get('class') or ''} {node.get('id') or ''}"[:300]
        if _DATE_CLASS.search(named):
            shown = clean(node.text_content()) or clean(node.tail)
            if len(shown) <= 80 and (day := find_date(shown, today)):
                return day, "class"
    day = find_date(text, today)
    return day, "text" if day else ""


def _absolute(document: Document, href: str | None) -> str | None:
    href = (href or "").strip()
    if not href or href.startswith(("#", "javascript:", "data:", "mailto:", "tel:")):
        return None
    try:
        url = urldefrag(urljoin(document.base, href)).url
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return None
    return url if usable else None
