"""The building blocks of pages: heads, menus, search boxes, footers, lists and tables."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal

from tests.internet.portals.content import ILLUSTRATIVE, Facts, Item, Part

Search = Literal["get", "literal", "icon", "post", "echo", "nothing", "script", "none"]
English = Literal["own", "stale", "widget", "none"]
Menu = Sequence[tuple[str, str]]  # label and address

STYLE = """
body{font-family:sans-serif;margin:0;color:#111;background:#fff;line-height:1.5}
header,main,footer,nav,.khung{padding:8px 12px}
nav ul{list-style:none;margin:0;padding:0}
nav li{display:inline-block}
nav a{display:inline-block;padding:8px;color:#003366}
a{color:#003399;overflow-wrap:anywhere}
img{max-width:100%;height:auto}
table{width:100%;border-collapse:collapse}
td,th{border:1px solid #777;padding:6px;overflow-wrap:anywhere;text-align:left}
input,button,select,textarea{font-size:16px;padding:6px;max-width:100%;box-sizing:border-box}
h1{font-size:22px}h2{font-size:18px}
.bo-qua{display:inline-block;padding:8px}
"""

#: what a careful operator sends with every page
GOOD_HEADERS: Mapping[str, str] = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Set-Cookie": "phien=minhhoa; Path=/; Secure; HttpOnly; SameSite=Lax",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What a portal shows on its pages; the defaults are those of a portal without faults."""

    lang: str = "vi"
    viewport: str = "width=device-width, initial-scale=1"
    charset: str = "utf-8"
    today: bool = False  # the date of the day on every page
    owner: bool = True  # the footer names the body and the person responsible
    metas: bool = True
    tools: bool = True  # breadcrumbs, print, share, text size, language
    alts: bool = True
    search: Search = "get"
    english: English = "own"
    feed: str = "/rss.xml"  # announced in the head; empty: none
    style: str = ""  # added to the stylesheet of the page
    head: str = ""  # added to the head
    home_head: str = ""  # added to the head of the home page only
    top: str = ""  # added at the top of each page
    home_top: str = ""  # added at the top of the home page only
    side: bool = False  # the latest news stand beside every page
    long_menu: int = 0  # links added to the menu
    spell: Callable[[str], str] = str  # how menus are written
    headers: Mapping[str, str] = field(default_factory=lambda: dict(GOOD_HEADERS))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page before it gets its frame."""

    title: str
    body: str
    url: str  # absolute
    crumbs: Menu = ()
    home: bool = False
    date: str = ""  # ISO
    lang: str = ""  # when it is not that of the portal


def head(facts: Facts, look: Look, sheet: Sheet) -> str:
    """The head of a page with its metadata."""
    title = facts.portal if sheet.home else f"{sheet.title} – {facts.title(sheet.lang)}"
    parts = ["<meta charset='{}'>".format(look.charset.removesuffix("-sig"))]
    parts.append(f"<title>{escape(title)}</title>")
    if look.viewport:
        parts.append(f"<meta name='viewport' content='{look.viewport}'>")
    if look.metas:
        parts.append(_metas(facts, sheet, title))
    if look.feed:
        label = f"Tin mới của tỉnh {facts.name}"
        parts.append(
            f"<link rel='alternate' type='application/rss+xml' href='{look.feed}' title='{label}'>"
        )
    parts.append("<link rel='stylesheet' href='/giao-dien.css'>")
    if look.style:
        parts.append(f"<style>{look.style}</style>")
    return "\n".join([*parts, look.head, look.home_head if sheet.home else ""])


def _metas(facts: Facts, sheet: Sheet, title: str) -> str:
    about = f"{sheet.title}: thông tin chính thức của {facts.owner}. {ILLUSTRATIVE}."
    if sheet.lang == "en":
        about = f"{sheet.title}: official information of the provincial People's Committee."
    pairs = [
        ("name", "description", about),
        ("property", "og:title", title), ("property", "og:type", "website"),
        ("property", "og:url", sheet.url), ("property", "og:description", about),
        ("property", "og:image", f"https://{facts.host}/hinh/bieu-trung.png"),
        ("name", "DC.title", title), ("name", "DC.creator", facts.owner),
        ("name", "DC.publisher", facts.owner), ("name", "DC.description", about),
        ("name", "DC.date", sheet.date or facts.day.isoformat()),
        ("name", "DC.identifier", sheet.url), ("name", "DC.language", sheet.lang or "vi"),
    ]  # fmt: skip
    named = "\n".join(f"<meta {kind}='{key}' content='{escape(v)}'>" for kind, key, v in pairs)
    organisation = {
        "@context": "https://schema.org", "@type": "GovernmentOrganization", "name": facts.owner,
        "url": f"https://{facts.host}/", "email": f"vanphong@{facts.host}",
        "telephone": f"+84 {facts.code} 3800 100",
    }  # fmt: skip
    data = json.dumps(organisation, ensure_ascii=False)
    return (
        f"{named}\n<link rel='canonical' href='{escape(sheet.url)}'>\n"
        f"<script type='application/ld+json'>{data}</script>"
    )


def today(facts: Facts, look: Look, lang: str) -> str:
    """The widget that shows the day of the visit, where the portal has one."""
    if not look.today or lang == "en":
        return ""
    names = ("Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "")
    name = f"Thứ {names[facts.day.weekday()]}" if facts.day.weekday() < 6 else "Chủ nhật"
    return f"<div class='ngay-hom-nay'>{name}, ngày {facts.day:%d/%m/%Y}</div>"


def search_box(kind: Search, action: str, name: str = "q", hidden: str = "", lang: str = "") -> str:
    """The search box in the head of the page; `hidden` are further controls of its form."""
    if kind == "none":
        return ""
    if kind == "script":
        return "<div id='o-tim'></div><script src='/tim.js'></script>"
    if kind == "icon":
        return (
            f"<form action='{action}' method='get' class='tim'>{hidden}"
            f"<input type='text' name='{name}'><button type='submit'>"
            "<i class='fa fa-search'></i></button></form>"
        )
    method = "post" if kind == "post" else "get"
    label = "Search" if lang == "en" else "Tìm kiếm"
    return (
        f"<form role='search' action='{action}' method='{method}'>{hidden}"
        f"<label for='o-tim'>{label}</label> <input type='search' id='o-tim' name='{name}'>"
        f"<button type='submit'>{label}</button></form>"
    )


def emblem(look: Look, facts: Facts) -> str:
    """The emblem in the head of the page."""
    alt = f" alt='Biểu trưng tỉnh {facts.name}'" if look.alts else ""
    return f"<img src='/hinh/bieu-trung.png'{alt} width='60' height='40'>"


def crumbs(entries: Menu) -> str:
    """The way from the home page to this one."""
    links = " › ".join(f"<a href='{url}'>{escape(label)}</a>" for label, url in entries)
    return f"<nav class='breadcrumb' aria-label='Đường dẫn'>{links}</nav>" if entries else ""


def tools(lang: str = "") -> str:
    """Print, share and text size."""
    if lang == "en":
        return (
            "<ul class='cong-cu'><li><button type='button' class='in-trang'>Print</button></li>"
            "<li><button type='button' class='chia-se'>Share</button></li></ul>"
        )
    return (
        "<ul class='cong-cu'><li><button type='button' class='in-trang'>"
        "In trang</button></li><li><button type='button' class='chia-se'>Chia sẻ</button></li>"
        "<li><button type='button' class='co-chu-lon' aria-label='Tăng cỡ chữ'>Cỡ chữ A+</button>"
        "</li><li><button type='button' class='co-chu-nho' aria-label='Giảm cỡ chữ'>Cỡ chữ A-"
        "</button></li></ul>"
    )


def footer(facts: Facts, look: Look, lang: str = "") -> str:
    """The foot of the page with who answers for it, or with nothing but the year."""
    if lang == "en":
        return (
            f"<p><strong>{facts.title(lang)}</strong></p><p>Owner: the provincial People's "
            "Committee. Address: 1 Square Street, Centre Ward. Telephone: "
            f"(84) {facts.code} 3800 100. E-mail: english@{facts.host}</p>"
            f"<p>Illustrative data (<span lang='vi'>{ILLUSTRATIVE}</span>). © {facts.day.year}.</p>"
        )
    words = f"<p>{ILLUSTRATIVE}. Bản quyền © {facts.day.year}. Cập nhật hôm nay.</p>"
    if not look.owner:
        return words
    return (
        f"<p><strong>{facts.portal}</strong></p><p>Cơ quan chủ quản: {facts.owner}</p>"
        "<p>Người chịu trách nhiệm chính: Bà Phạm Thu Hà, Chánh Văn phòng Ủy ban nhân dân tỉnh</p>"
        f"<p>Địa chỉ: Số 1 đường Quảng Trường, phường Trung Tâm, tỉnh {facts.name}</p>"
        f"<p>Điện thoại: 0{facts.code} 3800 100 – Thư điện tử: "
        f"<a href='mailto:vanphong@{facts.host}'>vanphong@{facts.host}</a></p>"
        "<p>Giấy phép số 12/GP-TTĐT. Ghi rõ nguồn khi phát hành lại thông tin từ cổng này.</p>"
    ) + words


def linked(label: str, url: str) -> str:
    """A link."""
    return f"<a href='{escape(url)}'>{escape(label)}</a>"


def bullets(entries: Iterable[tuple[Item, str]], *, dated: bool = True) -> str:
    """A list of items with their dates."""
    lines = "".join(
        f"<li>{linked(e.title, url)}"
        + (f" <span class='date'>{e.printed}</span></li>" if dated else "</li>")
        for e, url in entries
    )
    return f"<ul class='danh-sach'>{lines}</ul>"


def grid(entries: Sequence[tuple[Item, str]], *, dated: bool = True) -> str:
    """Items as a table of their fields, with a link to each and to its file."""
    names = [name for name, _ in entries[0][0].fields if dated or "Ngày" not in name]
    heads = "".join(f"<th scope='col'>{name}</th>" for name in [*names, "Tệp"])
    rows = []
    for e, url in entries:
        values = dict(e.fields)
        cells = [linked(values[names[0]], url), *(escape(values[name]) for name in names[1:])]
        cells.append(" ".join(linked(f"Tải {name}", f"/tep/{name}") for name in e.files))
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f"<table class='van-ban'><tr>{heads}</tr>{''.join(rows)}</table>"


def article(e: Item) -> str:
    """The page of an item: its day, its text, its fields and its files."""
    fields = "".join(f"<tr><th scope='row'>{k}</th><td>{escape(v)}</td></tr>" for k, v in e.fields)
    files = "".join(f"<p>Tệp đính kèm: {linked(name, f'/tep/{name}')}</p>" for name in e.files)
    return (
        f"<p class='ngay-dang'>Ngày đăng: {e.printed}</p>"
        + "".join(f"<p>{escape(line)}</p>" for line in e.lines)
        + (f"<table>{fields}</table>" if fields else "")
        + files
    )


def more_links(count: int) -> Menu:
    """Entries that make a menu very long; all lead to one page."""
    return [(f"Ấp văn hóa số {n}", f"/ap-van-hoa?so={n}") for n in range(1, count + 1)]


def upper(text: str) -> str:
    """In capitals."""
    return text.upper()


def decomposed(text: str) -> str:
    """With accents as marks of their own (NFD), as some editors save them."""
    return unicodedata.normalize("NFD", text)


_TONES = "\u0300\u0301\u0303\u0309\u0323"


def windows_1258(text: str) -> bytes:
    """Vietnamese in the code page of old Windows: letters whole, tones as marks after them."""
    out = []
    for character in unicodedata.normalize("NFC", text):
        marks = unicodedata.normalize("NFD", character)
        tones = "".join(mark for mark in marks if mark in _TONES)
        letter = unicodedata.normalize("NFC", "".join(m for m in marks if m not in _TONES))
        out.append(letter + tones)
    return "".join(out).encode("cp1258", "xmlcharrefreplace")


def part_list(part: Part, entries: Sequence[tuple[Item, str]]) -> str:
    """The list of a section as most makes show it."""
    if not entries:
        return ""
    return grid(entries, dated=part.dated) if part.table else bullets(entries, dated=part.dated)
