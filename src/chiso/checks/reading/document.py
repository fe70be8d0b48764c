"""An HTML page as the checks read it: links, forms, headings, texts, taken once and kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

from chiso.language import fold

MOST_LINKS = 3_000
MOST_FORMS = 50
#: a longer text is a headline or a paragraph, never the label of a menu
LONGEST_LABEL = 90
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"\d+")
_NO_WORD = re.compile(r"[\W_]+")
# Only plain character sets: some codecs of Python are slow (punycode) or not about text at all.
_SAFE_CHARSET = re.compile(
    r"utf-?8(-sig)?|utf-?16(-?[lb]e)?|(us-)?ascii|latin-?1|iso-?8859-?\d{1,2}|(windows-?|cp)125\d"
    r"|gbk|gb2312|gb18030|big5|euc-?(jp|kr)|shift_?jis|koi8-[ru]",
    re.I,
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_INLINE = {
    "a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "s", "small",
    "span", "strong", "sub", "sup", "time", "u", "wbr", "label",
}  # fmt: skip
_SILENT = {"script", "style", "noscript", "template", "head", "svg", "iframe", "object"}


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of a page: absolute URL without fragment, and every text by which it is known."""

    url: str
    text: str
    title: str = ""
    label: str = ""
    place: str = ""  # header, nav, main, footer or empty
    menu: str = ""  # the label of the menu entry above it, where menus are nested

    @property
    def names(self) -> tuple[str, ...]:
        """The texts by which the link is known, the visible one first."""
        return tuple(dict.fromkeys(name for name in (self.text, self.title, self.label) if name))


@dataclass(frozen=True, slots=True)
class Field:
    """A control of a form."""

    name: str
    kind: str  # text, search, hidden, submit, textarea, select …
    label: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page; `action` is absolute."""

    action: str
    method: str  # get or post
    fields: tuple[Field, ...]
    role: str = ""
    text: str = ""


def clean(text: str | None) -> str:
    """One line, single spaces, NFC."""
    return unicodedata.normalize("NFC", _SPACE.sub(" ", text or "")).strip()


def plain(text: str) -> str:
    """Words without accents, case and signs, for comparing labels: "Tin tức - Sự kiện" is
    "tin tuc su kien"."""
    return _NO_WORD.sub(" ", fold(text)).strip()


def masked(line: str) -> str:
    """A line with every number as 0: counters and clocks are the same line each time."""
    return _NUMBER.sub("0", line)


def parse_document(body: bytes, url: str, content_type: str = "") -> Document | None:
    """The page in a body, or None where the body is not HTML. Never raises on any bytes."""
    if not body.strip() or not _is_html(body, content_type):
        return None
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
        tree = lxml_html.document_fromstring(_decode(body, content_type).encode(), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    return Document(url, tree)


def _is_html(body: bytes, content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().casefold()
    if kind:
        return kind in {"text/html", "application/xhtml+xml"}
    return b"<html" in body[:2000].lower() or b"<!doctype html" in body[:200].lower()


def _decode(body: bytes, content_type: str) -> str:
    named = re.search(r"charset\s*=\s*[\"']?([\w:.-]+)", content_type, re.I)
    in_page = _CHARSET.search(body[:4000])
    for name in (
        "utf-8-sig" if body.startswith(b"\xef\xbb\xbf") else "",
        named.group(1) if named else "",
        in_page.group(1).decode("ascii") if in_page else "",
        "utf-8",
    ):
        if not _SAFE_CHARSET.fullmatch(name):
            continue
        try:
            text = body.decode(name)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
        return text.replace("\x00", "")
    return body.decode("utf-8", errors="replace").replace("\x00", "")


class Document:
    """A parsed page; everything is read on demand and kept."""

    def __init__(self, url: str, tree: lxml_html.HtmlElement) -> None:
        self.url = url
        self.tree = tree
        #: what readers made out of the page, kept for the next check that asks
        self.notes: dict[str, Any] = {}

    @cached_property
    def base(self) -> str:
        """The URL against which links are resolved."""
        for element in self.tree.iter("base"):
            return self._absolute(str(element.get("href") or ""), self.url) or self.url
        return self.url

    @cached_property
    def title(self) -> str:
        """The title in the head."""
        return clean(next((e.text_content() for e in self.tree.iter("title")), ""))

    @cached_property
    def language(self) -> str:
        """The `lang` of the html element; empty where there is none."""
        return clean(self.tree.get("lang") or self.tree.get("xml:lang") or "")

    @cached_property
    def metas(self) -> dict[str, str]:
        """`name`, `property` or `http-equiv` in small letters to content; the first one wins."""
        found: dict[str, str] = {}
        for element in self.tree.iter("meta"):
            key = element.get("name") or element.get("property") or element.get("http-equiv")
            if key:
                found.setdefault(clean(key).casefold(), clean(element.get("content")))
        return found

    @cached_property
    def anchors(self) -> tuple[Anchor, ...]:
        """The links over http and https in order of the page."""
        found = []
        for element in self.tree.iter("a", "area"):
            url = self._absolute(str(element.get("href") or ""), self.base)
            if url is None:
                continue
            found.append(
                Anchor(
                    url,
                    _name(element),
                    clean(element.get("title")),
                    clean(element.get("aria-label")),
                    place_of(element),
                    _menu(element),
                )
            )
            if len(found) == MOST_LINKS:
                break
        return tuple(found)

    @cached_property
    def labels(self) -> tuple[tuple[Anchor, tuple[str, ...]], ...]:
        """The links that may be menu entries, each with its names as `plain` words."""
        return tuple(
            (anchor, tuple(plain(name) for name in anchor.names if len(name) <= LONGEST_LABEL))
            for anchor in self.anchors
        )

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """The forms with their controls."""
        labels = {
            element.get("for"): clean(element.text_content())
            for element in self.tree.iter("label")
            if element.get("for")
        }
        found = []
        for element in self.tree.iter("form"):
            action = self._absolute(str(element.get("action") or self.url), self.base)
            if action is None:
                continue
            role = element.get("role") or ""
            if any(parent.get("role") == "search" for parent in element.iterancestors()):
                role = "search"
            method = clean(element.get("method")).casefold() or "get"
            fields = tuple(_field(control, labels) for control in _controls(element))
            found.append(Form(action, method, fields, role, clean(element.text_content())[:500]))
            if len(found) == MOST_FORMS:
                break
        return tuple(found)

    @cached_property
    def headings(self) -> tuple[tuple[int, str], ...]:
        """Level and text of each heading."""
        return tuple(
            (int(element.tag[1]), clean(element.text_content()))
            for element in self.tree.iter("h1", "h2", "h3", "h4", "h5", "h6")
        )

    @cached_property
    def text(self) -> str:
        """The text that a reader sees, one line for each block."""
        return "\n".join(line for line in (clean(part) for part in _texts(self.tree)) if line)

    @cached_property
    def body_lines(self) -> tuple[str, ...]:
        """The lines of the text outside the header, menus, side columns and footer of the site."""
        parts = _texts(self.tree, framed=False)
        return tuple(line for line in (clean(part) for part in parts) if line)

    @cached_property
    def lines(self) -> frozenset[str]:
        """The lines of the text with every number masked, for comparing pages with each other."""
        return frozenset(map(masked, self.text.splitlines()))

    def own_lines(self, *others: Document) -> list[str]:
        """The lines that stand on this page and on none of the others, in order.

        What a site shows everywhere (menus, a footer, a clock) is the same on its other pages.
        """
        shared = frozenset[str]().union(*(other.lines for other in others))
        return [line for line in self.text.splitlines() if masked(line) not in shared]

    @cached_property
    def feeds(self) -> tuple[str, ...]:
        """The feeds that the head announces."""
        found = []
        for element in self.tree.iter("link"):
            kind = clean(element.get("type")).casefold()
            rel = clean(element.get("rel")).casefold().split()
            if "alternate" in rel and kind in {"application/rss+xml", "application/atom+xml"}:
                url = self._absolute(str(element.get("href") or ""), self.base)
                if url:
                    found.append(url)
        return tuple(dict.fromkeys(found))

    @property
    def host(self) -> str:
        """The host of the page in small letters."""
        return (urlsplit(self.url).hostname or "").casefold()

    def _absolute(self, href: str, base: str) -> str | None:
        href = href.strip()
        if not href or href.startswith(("#", "javascript:", "data:", "mailto:", "tel:")):
            return None
        try:
            url = urldefrag(urljoin(base, href)).url
            parts = urlsplit(url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            return None
        return url if usable else None


def _name(element: lxml_html.HtmlElement) -> str:
    text = clean(element.text_content())
    if text:
        return text
    return clean(" ".join(image.get("alt") or "" for image in element.iter("img"))) or clean(
        element.get("alt")
    )


def place_of(element: lxml_html.HtmlElement) -> str:
    """In which landmark an element stands: header, nav, main, footer or empty."""
    for parent in element.iterancestors():
        tag = parent.tag if isinstance(parent.tag, str) else ""
        role = parent.get("role") or ""
        if tag in {"header", "nav", "main", "footer"}:
            return str(tag)
        if role in {"banner", "navigation", "main", "contentinfo"}:
            return {"banner": "header", "navigation": "nav", "contentinfo": "footer"}.get(
                role, role
            )
    return ""


def _menu(element: lxml_html.HtmlElement) -> str:
    """The label of the list entry around the list in which a link stands."""
    entries = list(element.iterancestors("li"))[:2]
    if len(entries) < 2:
        return ""
    for head in entries[1]:
        if head.tag in {"ul", "ol"}:
            break
        if isinstance(head.tag, str) and (text := clean(head.text_content())):
            return text[:LONGEST_LABEL]
    return clean(entries[1].text)[:LONGEST_LABEL]


def _controls(form: lxml_html.HtmlElement) -> Iterator[lxml_html.HtmlElement]:
    yield from form.iter("input", "textarea", "select", "button")


def _field(control: lxml_html.HtmlElement, labels: dict[str | None, str]) -> Field:
    kind = clean(control.get("type")).casefold() or (
        "text" if control.tag == "input" else "submit" if control.tag == "button" else control.tag
    )
    label = (
        labels.get(control.get("id"), "")
        or clean(control.get("aria-label"))
        or clean(control.get("placeholder"))
        or clean(control.get("title"))
    )
    if control.tag == "button" and not label:
        label = clean(control.text_content())
    return Field(clean(control.get("name")), str(kind), label, clean(control.get("value")))


def _texts(root: lxml_html.HtmlElement, *, framed: bool = True) -> Iterator[str]:
    """Visible text, block by block: inline elements run on, hidden ones are passed over.

    Without `framed` what marks itself as the frame of the site is passed over as well.
    """
    line: list[str] = []
    stack: list[tuple[lxml_html.HtmlElement, bool]] = [(root, False)]
    while stack:
        node, leaving = stack.pop()
        block = isinstance(node.tag, str) and node.tag not in _INLINE
        if block and line:
            yield "".join(line)
            line = []
        if leaving:
            line.append(node.tail or "")
            continue
        stack.append((node, True))
        if _is_seen(node) and (framed or not _is_frame(node)):
            line.append(node.text or "")
            stack.extend((child, False) for child in reversed(node))
    if line:
        yield "".join(line)


def _is_frame(node: lxml_html.HtmlElement) -> bool:
    if node.get("role") in {"banner", "navigation", "contentinfo", "complementary"}:
        return True
    if node.tag == "header":  # an article has a header of its own
        return not any(p.tag in {"article", "main", "section"} for p in node.iterancestors())
    return node.tag in {"nav", "footer", "aside"}


def _is_seen(node: lxml_html.HtmlElement) -> bool:
    if not isinstance(node.tag, str) or node.tag in _SILENT or node.get("hidden") is not None:
        return False
    return not _HIDDEN.search(node.get("style") or "")
