"""Portals of their own make: a modern one without faults, an old one of tables, a scripted one."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from html import escape

from tests.internet.model import Asked, Host, Portal, Reply, html
from tests.internet.portals import feeds, markup
from tests.internet.portals.content import (
    Facts,
    Item,
    Part,
    aged,
    complete,
    contact,
    documents,
    item,
    leaders,
    news,
)
from tests.internet.portals.markup import GOOD_HEADERS, Look, Sheet
from tests.internet.portals.services import Desk
from tests.internet.portals.site import Manner, Site, standard_files, without_faults
from tests.internet.portals.truth import all_pass


class Modern(Manner):
    """Landmarks, one column, no layout tables."""

    name = "own make"

    def frame(self, site: Site, sheet: Sheet) -> str:
        """A page with header, nav, main and footer."""
        facts, look = site.facts, site.look
        menu = "".join(f"<li>{markup.linked(*entry)}</li>" for entry in site.menu(sheet.lang))
        languages = "".join(
            f"<a href='{url}' hreflang='en' lang='en'>{label}</a>"
            for label, url in site.languages()
        )
        lang = f" lang='{sheet.lang or look.lang}'" if look.lang else ""
        return (
            f"<!DOCTYPE html>\n<html{lang}>\n<head>\n{markup.head(facts, look, sheet)}\n</head>\n"
            "<body>\n<a class='bo-qua' href='#noi-dung'>Bỏ qua đến nội dung</a>\n"
            f"<header>{look.top}{markup.emblem(look, facts)} "
            f"<strong>{facts.title(sheet.lang)}</strong>"
            f"{markup.today(facts, look, sheet.lang)} {languages}"
            f"{markup.search_box(look.search, self.search, lang=sheet.lang)}</header>\n"
            f"<nav aria-label='Trình đơn chính'><ul>{menu}</ul></nav>\n"
            f"<main id='noi-dung'>{markup.crumbs(sheet.crumbs)}<h1>{escape(sheet.title)}</h1>"
            f"{sheet.body}{markup.tools(sheet.lang) if look.tools else ''}</main>\n"
            f"<footer>{markup.footer(facts, look, sheet.lang)}</footer>\n</body>\n</html>"
        )


def desk_frame(facts: Facts, host: str, entries: markup.Menu) -> object:
    """The frame of a service portal on its own host: (title, body, path) → page."""
    look = Look(feed="", search="none", english="none")
    menu = "".join(f"<li>{markup.linked(*entry)}</li>" for entry in entries)

    def wrap(title: str, body: str, path: str) -> Reply:
        sheet = Sheet(title, body, f"https://{host}{path}")
        return html(
            f"<!DOCTYPE html>\n<html lang='vi'>\n<head>\n{markup.head(facts, look, sheet)}\n"
            f"</head>\n<body>\n<header><strong>Cổng dịch vụ công tỉnh {facts.name}</strong>"
            f"</header>\n<nav aria-label='Trình đơn'><ul>{menu}</ul></nav>\n<main>"
            f"<h1>{escape(title)}</h1>{body}</main>\n"
            f"<footer>{markup.footer(facts, look, sheet.lang)}</footer>\n</body>\n</html>",
            **GOOD_HEADERS,
        )

    return wrap


def service_host(facts: Facts, **changes: object) -> Host:
    """The service portal on a host of its own."""
    name = f"dichvucong.{facts.host}"
    blank = Desk(facts, lambda *_: Reply(), **changes)
    desk = replace(blank, wrap=desk_frame(facts, name, blank.menu()))
    site = Site(facts, Modern(), parts={}, look=Look(metas=False, feed="", search="none"))
    routes = desk.routes() | {
        "/robots.txt": lambda _: feeds.robots(name, with_sitemap=False),
        "/giao-dien.css": lambda _: feeds.reply(markup.STYLE, "text/css"),
    }

    def answer(asked: Asked) -> Reply:
        route = routes.get(asked.path)
        return route(asked) if route else site.not_found()

    return Host(name, answer)


def www(host: str) -> Host:
    """The sibling that leads to the portal."""
    return Host(
        f"www.{host}",
        lambda asked: Reply(301, b"", {"Location": f"https://{host}{asked.path}", **GOOD_HEADERS}),
    )


def _unit(facts: Facts) -> Host:
    """A department's page below the portal's name."""
    own = Facts(
        f"{facts.name} – Sở Nông nghiệp và Môi trường", f"nongnghiep.{facts.host}", facts.day
    )
    return Host(own.host, without_faults(own, Modern()).handler())


_UNITS = (
    "<h2>Đơn vị trực thuộc</h2><p><a href='https://nongnghiep.{}/'>Sở Nông nghiệp và Môi trường"
    "</a></p>"
)


def bacson(day: dt.date) -> Portal:
    """A modern portal that lacks nothing: what looks like a fault is none."""
    facts = Facts("Bắc Sơn", "bacson.gov.vn", day)
    site = without_faults(
        facts,
        Modern(),
        look=Look(today=True, home_top=_UNITS.format(facts.host)),
        services=f"https://dichvucong.{facts.host}/",
    )
    hosts = (Host(facts.host, site.handler()), www(facts.host), service_host(facts), _unit(facts))
    return Portal(
        "bacson", facts.portal, "own make", f"https://{facts.host}/", hosts, all_pass(),
        traps=(
            "the date of the day on every page",
            "© year and «Cập nhật hôm nay» in the footer",
            "headlines that contain names of sections",
            "a unit and a service portal below the portal's name",
        ),
    )  # fmt: skip


# ── an old portal of tables ──


class Tables(Manner):
    """Frames of tables 1,000 pixels wide, menus of pictures, addresses of queries."""

    name = "own make"
    home = "/default.asp"
    search = "/timkiem.asp"
    query = "tukhoa"
    style = "body{margin:0;font-family:Arial}table.khung{width:1000px}td{vertical-align:top}"

    def section(self, part: Part) -> str:
        """The address of a section."""
        return f"/default.asp?muc={part.slug}"

    def item(self, part: Part, number: int, e: Item) -> str:
        """The address of an item."""
        return f"/chitiet.asp?muc={part.slug}&id={number}"

    def extra(self, name: str) -> str:
        """The address of a page beside the sections."""
        return f"/{name.replace('-', '')}.asp"

    def listing(self, part: Part, entries: list[tuple[Item, str]]) -> str:
        """Rows of a table with the date in brackets."""
        rows = "".join(
            f"<tr><td><img src='/hinh/mui-ten.png'> {markup.linked(e.title, url)} "
            f"<i>({e.printed})</i></td></tr>"
            for e, url in entries
        )
        return f"<table>{rows}</table>" if entries else ""

    def frame(self, site: Site, sheet: Sheet) -> str:
        """A table with the menu on the left and the latest news on the right."""
        facts, look = site.facts, site.look
        menu = "".join(
            f"<tr><td><a href='{escape(url)}'><img src='/hinh/nut.png?so={n}' "
            f"alt='{escape(label)}' width='150' height='30'></a></td></tr>"
            for n, (label, url) in enumerate(site.menu(sheet.lang))
        )
        side = ""
        if look.side:
            latest = markup.bullets(site.entries(site.parts["news"])[:10])
            side = f"<td width='200'><b>Tin mới</b>{latest}</td>"
        return (
            f"<html><head>{markup.head(facts, look, sheet)}</head><body>"
            f"<table class='khung' width='1000'><tr><td colspan='3'>{markup.emblem(look, facts)}"
            f"<font size='5'>{facts.portal.upper()}</font>"
            f"{markup.search_box(look.search, self.search, self.query)}</td></tr>"
            f"<tr><td width='160'><table>{menu}</table></td><td><b>{escape(sheet.title)}</b>"
            f"{sheet.body}</td>{side}</tr>"
            f"<tr><td colspan='3'>{markup.footer(facts, look)}</td></tr></table></body>"
            "</html>"
        )


def _button(_: Asked) -> Reply:
    return feeds.reply(feeds.picture(150, 30, 2), "image/png")


#: headlines with the names of sections that the portal lacks
_LIKE_SECTIONS = (
    "Lấy ý kiến nhân dân về đặt tên 12 tuyến đường mới ở phường Trung Tâm",
    "Công báo và lưu trữ: tập huấn cho công chức văn thư cấp xã",
)


#: of the newest item of sections that nobody has touched for long, in days
_AGES = {"bidding": 500, "plans": 800, "direction": 120, "legal_education": 200, "statistics": 400}


def phulam(day: dt.date) -> Portal:
    """An old portal over plain HTTP in the code page of old Windows."""
    facts = Facts("Phú Lâm", "phulam.gov.vn", day)
    parts = complete(facts)
    for gone in ("gazette", "science", "consultation", "transaction_information"):
        del parts[gone]
    parts["news"] = replace(
        parts["news"], items=news(facts, tuple(range(40, 100, 5)), *_LIKE_SECTIONS)
    )
    parts["leaders"] = replace(parts["leaders"], text=leaders(facts, phone=False, mail=False))
    for key, age in _AGES.items():
        parts[key] = aged(parts[key], facts, age)
    parts["legal_documents"] = replace(parts["legal_documents"], items=documents(facts, age=150))
    look = Look(
        lang="", viewport="", charset="windows-1258", owner=False, metas=False, tools=False,
        alts=False, search="nothing", english="none", feed="", side=True, headers={},
        spell=lambda label: markup.decomposed(label.upper()),
    )  # fmt: skip
    site = Site(
        facts, Tables(), look, parts, missing="bare", questions=False, feedback="none",
        map_page=False, scans=True,
    )  # fmt: skip
    site.more = {"/hinh/nut.png": _button, "/hinh/mui-ten.png": _button}
    changes = {
        "DN-01": "fail", "DN-02": "fail", "TL-01": "fail", "TL-02": "fail",
        "TL-03": "fail", "TL-04": "",
        "TL-06": "", "TL-07": "", "HD-01": "fail", "HD-02": "fail", "HD-03": "fail",
        "HD-04": "fail", "HD-05": "", "AV-06": "", "AV-07": "partial", "AV-08": "partial",
        "ST-01": "fail", "MB-01": "fail",
        "MB-02": "fail", "AX-01": "partial", "AX-02": "fail", "AX-03": "partial",
        "CT-01.gazette": "needs_review", "CT-01.science": "needs_review",
        "CT-01.consultation": "needs_review", "CT-01.transaction_information": "needs_review",
        "CT-01.english": "needs_review", "CT-01.procedures": "needs_review",
        "CT-02.leaders": "partial", "CT-03.news": "fail",
        "CT-03.bidding": "fail", "CT-03.plans": "fail", "CT-03.direction": "fail",
        "CT-03.legal_education": "fail", "CT-03.legal_documents": "fail",
        "CT-03.statistics": "fail",
        "CT-03.gazette": "", "CT-03.science": "", "CT-04": "fail", "CT-05": "pass",
        "CT-06": "partial|needs_review", "CT-07": "needs_review", "CT-08": "needs_review",
        "CT-09": "partial",
        "FN-02": "fail|needs_review", "FN-03": "fail", "FN-04": "needs_review", "FN-06": "fail",
        "FN-07": "partial|needs_review", "FN-08": "needs_review", "FN-09": "fail|needs_review",
        "FN-10": "partial", "FN-11": "partial|fail", "SV-01": "fail", "SV-02": "", "SV-03": "",
        "SV-04": "", "SV-05": "", "SV-07": "", "SV-09": "",
    }  # fmt: skip
    return Portal(
        "phulam", facts.portal, "own make, tables", f"http://{facts.host}/",
        (Host(facts.host, site.handler(), tls="none", dns="unsigned", plain="serve",
              addresses=("127.77.0.1",)),),
        all_pass(changes),
        {"AX-01": (0.0, 0.95), "FN-10": (0.05, 0.6), "FN-11": (0.0, 0.5),
         "CT-02.leaders": (0.4, 0.6)},
        traps=(
            "Vietnamese in windows-1258", "menus of pictures with alternative text",
            "labels in capitals with marks of their own (NFD)",
            "a search that finds nothing beside a list of the latest news",
            "headlines with the names of sections that the portal lacks",
            "no robots.txt", "a bare 404", "pages 1,000 pixels wide",
        ),
    )  # fmt: skip


# ── a home page that a script builds ──

#: a notice that arrives late and pushes the page down; browsers do not count what moves within
#: half a second of the first layout
_SHIFT = (
    "window.addEventListener('load',function(){var i=new Image();i.onload=function(){"
    "var b=document.createElement('div');b.style.height='500px';b.style.background='#eeeeee';"
    "b.textContent='Thông báo';document.body.insertBefore(b,document.body.firstChild);};"
    "i.src='/hinh/thong-bao.png';});"
)


_SEARCH = (
    "document.getElementById('o-tim').innerHTML='<input type=\"search\" aria-label=\"Tìm kiếm\">'"
    "+'<button type=\"button\">Tìm kiếm</button>';"
)


class Scripted(Modern):
    """Modern pages; what is in the home page's body is built by a script."""

    def frame(self, site: Site, sheet: Sheet) -> str:
        """The page of a modern portal, its home page without a body of its own."""
        page = super().frame(site, sheet)
        if not sheet.home:
            return page
        start, end = page.index("<body>") + len("<body>"), page.index("</body>")
        return f"{page[:start]}<div id='app'></div><script src='/app.js'></script>{page[end:]}"

    def script(self, site: Site) -> Reply:
        """The script that builds the home page, and moves it down a moment later."""
        sheet = Sheet(site.facts.portal, site.home_body(), site.url("/"), home=True)
        page = super().frame(site, sheet)
        body = page[page.index("<body>") + len("<body>") : page.index("</body>")]
        return feeds.reply(
            f"document.getElementById('app').innerHTML={json.dumps(body)};\n{_SHIFT}\n{_SEARCH}",
            "text/javascript; charset=utf-8",
        )


def _late_notice(_: Asked) -> Reply:
    reply = feeds.reply(feeds.picture(), "image/png")
    reply.pause = 0.8
    return reply


def dongphong(day: dt.date) -> Portal:
    """A home page built by a script; soft 404; the sitemap of another host."""
    facts = Facts("Đông Phong", "dongphong.gov.vn", day)
    parts = complete(facts)
    old = item(facts, "Thông báo số điện thoại đường dây nóng của tỉnh", 300, "Số máy 1900 0000.")
    parts["news"] = replace(parts["news"], items=(old, *parts["news"].items))
    parts["statistics"] = aged(parts["statistics"], facts, 700)
    parts["contacts"] = replace(parts["contacts"], text=contact(facts))
    manner = Scripted()
    headers = {**GOOD_HEADERS, "Content-Security-Policy": "default-src *"}
    look = Look(search="script", english="stale", headers=headers)
    site = Site(
        facts, manner, look, parts, missing="soft", unanswered=3, slow_answers=4,
        services=f"https://dichvucong.{facts.host}/",
    )  # fmt: skip
    elsewhere = [(f"https://mautrang.example/{n}", facts.ago(700)) for n in range(5)]
    site.files = standard_files(site) | {"/sitemap.xml": lambda _: feeds.sitemap(elsewhere)}
    site.more = {
        "/app.js": lambda _: manner.script(site),
        "/hinh/thong-bao.png": _late_notice,
        "/tim.js": lambda _: feeds.reply(_SEARCH, "text/javascript; charset=utf-8"),
    }
    desk = service_host(facts, tracking="post", apply="session", figures="none", groups=6)
    changes = {
        "DN-02": "fail", "DN-01": "", "TL-06": "partial|fail", "HD-01": "fail", "AV-08": "fail",
        "PF-02": "fail", "CT-03.statistics": "fail", "CT-08": "partial",
        "FN-02": "needs_review", "FN-03": "fail|partial", "FN-08": "partial|needs_review",
        "SV-03": "partial", "SV-05": "needs_review", "SV-07": "needs_review",
        "SV-09": "needs_review", "SV-04": "",
    }  # fmt: skip
    return Portal(
        "dongphong", facts.portal, "own make, scripted", f"https://{facts.host}/",
        (Host(facts.host, site.handler(), dns="no_v6", tls="short", plain="closed"),
         www(facts.host), desk),
        all_pass(changes), {"PF-02": (0.0, 0.0), "CT-08": (0.1, 0.9), "SV-03": (0.4, 0.7)},
        traps=(
            "a home page without content until its script has run",
            "a search box that only a script makes", "a sitemap that lists another host",
            "a soft 404", "an old item pinned on top of the news", "English news 400 days old",
            "questions half unanswered", "an application that says the session has ended",
            "a tracking page that only takes POST", "content that moves after loading",
            "port 80 closed",
        ),
    )  # fmt: skip


def portals(day: dt.date) -> list[Portal]:
    """The portals of their own make."""
    return [bacson(day), phulam(day), dongphong(day)]
