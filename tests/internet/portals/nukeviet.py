"""Portals in the manner of NukeViet: modules, rewritten addresses and index.php?language=vi&nv=…"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from html import escape

from tests.internet.model import Asked, Host, Portal, Reply
from tests.internet.portals import feeds, markup
from tests.internet.portals.content import (
    Facts,
    Item,
    Part,
    complete,
    news,
    paragraphs,
    renamed,
    swapped,
)
from tests.internet.portals.markup import GOOD_HEADERS, Look, Sheet
from tests.internet.portals.own import www
from tests.internet.portals.services import Desk
from tests.internet.portals.site import Manner, Site, standard_files, without_faults
from tests.internet.portals.truth import all_pass

_WEEK = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
_HIDDEN = (
    "<input type='hidden' name='language' value='vi'><input type='hidden' name='nv' value='seek'>"
)
_UNREWRITTEN = ("introduction", "leaders", "contacts")  # sections still asked by their query
#: as other offices label their menus
_OTHER_TITLES = {
    "introduction": "Giới thiệu chung về tỉnh",
    "leaders": "Danh sách lãnh đạo",
    "contacts": "Danh bạ cơ quan, đơn vị",
    "news": "Tin hoạt động trong tỉnh",
    "direction": "Thông tin chỉ đạo, điều hành",
    "legal_education": "Phổ biến, giáo dục pháp luật",
    "plans": "Quy hoạch – Kế hoạch phát triển",
    "legal_documents": "Hệ thống văn bản",
    "gazette": "Công báo tỉnh",
    "bidding": "Đấu thầu – Mua sắm công",
    "consultation": "Góp ý văn bản dự thảo",
    "science": "Nhiệm vụ khoa học và công nghệ",
    "statistics": "Số liệu thống kê",
}


class NukeViet(Manner):
    """Panels of a two-column theme, in the order of the modules."""

    name = "NukeViet"
    home = "/vi/"
    search = "/index.php"

    def section(self, part: Part) -> str:
        """The address of a section."""
        if part.id in _UNREWRITTEN:
            return f"/index.php?language=vi&nv={part.slug}"
        return f"/vi/{part.slug}/"

    def item(self, part: Part, number: int, e: Item) -> str:
        """The address of an item."""
        return f"/vi/{part.slug}/{e.key}-{number}.html"

    def extra(self, name: str) -> str:
        """The address of a page beside the sections."""
        return "/en/" if name == "en" else f"/vi/{name}/"

    def listing(self, part: Part, entries: list[tuple[Item, str]]) -> str:
        """A panel for each item with the weekday before its date."""
        if part.table or not entries:
            return markup.part_list(part, entries)
        return "".join(
            "<div class='news_column panel panel-default'><div class='panel-body'>"
            f"<h3>{markup.linked(e.title, url)}</h3><p><em class='fa fa-clock-o'></em> "
            f"{_WEEK[e.day.weekday()]} - {e.printed} 08:15</p></div></div>"
            for e, url in entries
        )

    def frame(self, site: Site, sheet: Sheet) -> str:
        """A page of the theme."""
        facts, look = site.facts, site.look
        menu = "".join(f"<li>{markup.linked(*entry)}</li>" for entry in site.menu(sheet.lang))
        languages = "".join(
            f"<a href='{url}' hreflang='en' lang='en'>{label}</a>"
            for label, url in site.languages()
        )
        lang = f" lang='{sheet.lang or look.lang}'" if look.lang else ""
        return (
            f"<!DOCTYPE html>\n<html{lang} xmlns='http://www.w3.org/1999/xhtml'>\n<head>\n"
            f"<meta name='generator' content='NukeViet v4.5'>\n{markup.head(facts, look, sheet)}\n"
            f"</head>\n<body>\n{look.top}<header><div class='logo'>"
            f"<a href='/vi/' title='Trang chủ {facts.portal}'>{markup.emblem(look, facts)}"
            f" {facts.title(sheet.lang)}</a></div> {languages}"
            f"{markup.today(facts, look, sheet.lang)}"
            f"{markup.search_box(look.search, self.search, hidden=_HIDDEN, lang=sheet.lang)}"
            "</header>\n"
            f"<nav class='second-nav' id='menusite' aria-label='Menu'><ul>{menu}</ul></nav>\n"
            f"<main class='row'>{markup.crumbs(sheet.crumbs)}<div class='col-md-18'>"
            f"<h1>{escape(sheet.title)}</h1><div class='bodytext'>{sheet.body}</div></div>"
            f"{markup.tools(sheet.lang) if look.tools else ''}</main>\n"
            f"<footer id='footer'>{markup.footer(facts, look, sheet.lang)}</footer>\n"
            "</body>\n</html>"
        )


def old_addresses(site: Site) -> None:
    """Let index.php find nothing but its modules and the search."""
    search = site.routes()["/index.php"]

    def answer(asked: Asked) -> Reply:
        return search(asked) if asked.query.get("nv") == "seek" else site.not_found()

    site.more["/index.php"] = answer


def own_desk(site: Site, **changes: object) -> None:
    """The service portal as a module of the portal."""
    base = "/vi/dich-vu-cong"
    desk = Desk(
        site.facts, lambda title, body, path: site.page(title, body, path), base,
        **changes,
    )  # fmt: skip
    site.services = f"{base}/"
    site.more |= desk.routes()


def minhson(day: dt.date) -> Portal:
    """A NukeViet portal without faults, with its services in a module of its own."""
    facts = Facts("Minh Sơn", "minhson.gov.vn", day, "205")
    parts = renamed(complete(facts), _OTHER_TITLES)
    site = without_faults(facts, NukeViet(), parts=parts)
    own_desk(site)
    old_addresses(site)
    return Portal(
        "minhson", facts.portal, "NukeViet", f"https://{facts.host}/",
        (Host(facts.host, site.handler()), www(facts.host)), all_pass(),
        traps=("menus labelled in other words",
            "some modules are asked by query, some by rewritten addresses",
               "the weekday and the time beside each date"),
    )  # fmt: skip


def _updating(part: Part) -> Part:
    return replace(part, items=(), text=paragraphs("Nội dung đang cập nhật."))


def vangiang(day: dt.date) -> Portal:
    """A portal of empty sections, with dates that mislead whoever reads the month first."""
    facts = Facts("Vân Giang", "vangiang.gov.vn", day, "206")
    recent, old = swapped(day)
    age = (day - recent).days
    parts = complete(facts)
    parts["news"] = replace(parts["news"], items=news(facts, tuple(range(age, age + 60, 6))))
    stale = [
        replace(
            e,
            day=old - dt.timedelta(days=20 * n),
            fields=tuple(
                (k, f"{old - dt.timedelta(days=20 * n):%d/%m/%Y}" if k.startswith("Ngày") else v)
                for k, v in e.fields
            ),
        )
        for n, e in enumerate(parts["legal_documents"].items)
    ]
    parts["legal_documents"] = replace(parts["legal_documents"], items=tuple(stale))
    for empty in ("bidding", "science", "statistics", "consultation", "gazette"):
        parts[empty] = _updating(parts[empty])
    dead = "".join(f"<li>{markup.linked(f'Văn bản lưu trữ số {n}', f'/luu-tru/{n}.pdf')}</li>"
                   for n in range(60))  # fmt: skip
    look = Look(
        search="icon", english="none", top="<a href='/vi/?lang=en'>English</a>",
        feed="/vi/rss/", headers=_headers(),
        home_top=f"<h2>Lưu trữ</h2><ul>{dead}</ul>", style="main a{color:#bbbbbb}",
        viewport="width=device-width, initial-scale=1, user-scalable=0",
    )  # fmt: skip
    site = Site(facts, NukeViet(), look, parts, questions=False)
    page = "<!DOCTYPE html><html lang='vi'><head><title>RSS</title></head><body>RSS</body></html>"
    site.files = standard_files(site) | {
        "/vi/rss/": lambda _: feeds.reply(page, "text/html; charset=utf-8")
    }
    own_desk(site, apply="building", figures="old", tracking="building", paged=True)
    old_addresses(site)
    changes = {
        "HD-01": "fail", "HD-02": "pass", "HD-03": "pass", "HD-04": "fail", "HD-05": "partial",
        "TL-03": "partial|fail", "MB-01": "fail", "AX-01": "partial",
        "CT-01.bidding": "partial|needs_review", "CT-01.science": "partial|needs_review",
        "CT-01.statistics": "partial|needs_review", "CT-01.consultation": "partial|needs_review",
        "CT-01.gazette": "partial|needs_review", "CT-01.english": "needs_review",
        "CT-03.news": "partial", "CT-03.legal_documents": "fail|needs_review", "CT-03.bidding": "",
        "CT-03.science": "", "CT-03.statistics": "", "CT-03.gazette": "",
        "CT-04": "", "CT-05": "fail", "CT-07": "needs_review", "CT-08": "needs_review",
        "FN-06": "fail",
        "FN-08": "needs_review", "FN-09": "partial|pass", "SV-05": "fail|needs_review",
        "SV-07": "needs_review", "SV-09": "partial|needs_review",
    }  # fmt: skip
    return Portal(
        "vangiang", facts.portal, "NukeViet", f"https://{facts.host}/",
        (Host(facts.host, site.handler()), www(facts.host)), all_pass(changes),
        {"CT-03.news": (0.3, 0.7), "CT-01.bidding": (0.0, 0.5), "AX-01": (0.0, 0.95)},
        traps=(
            "sections whose page says «đang cập nhật»", ("04/11 and 11/04: dates that change "
            "places when the month is read first"), "RSS that is a page", ("a search box that is "
            "only an icon"), "an application that is «đang xây dựng»", "figures of last year",
            "many dead links on the home page", "zoom disabled",
            "English that is the Vietnamese page again", "text too pale to read",
        ),
    )  # fmt: skip


def _headers() -> dict[str, str]:
    kept = ("X-Frame-Options", "X-Content-Type-Options")
    return {
        **{name: GOOD_HEADERS[name] for name in kept},
        "Strict-Transport-Security": "max-age=86400",
        "Set-Cookie": "nv4_sess=minhhoa; Path=/; Secure",
    }


def portals(day: dt.date) -> list[Portal]:
    """The portals in the manner of NukeViet."""
    return [minhson(day), vangiang(day)]
