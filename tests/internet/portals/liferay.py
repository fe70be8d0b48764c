"""Portals in the manner of Liferay: /web/guest addresses, portlets, asset publishers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from html import escape

from tests.internet.model import Host, Portal
from tests.internet.portals import feeds, markup
from tests.internet.portals.content import Facts, Item, Part, aged, complete, item, news
from tests.internet.portals.markup import Look, Sheet
from tests.internet.portals.own import service_host, www
from tests.internet.portals.site import Manner, Site, standard_files, without_faults
from tests.internet.portals.truth import all_pass

_DROP = "display:block;padding:8px"


class Liferay(Manner):
    """Boxes called portlets; each item behind an asset publisher."""

    name = "Liferay"
    home = "/web/guest/home"
    search = "/web/guest/tim-kiem"
    query = "keywords"

    def section(self, part: Part) -> str:
        """The address of a section."""
        return f"/web/guest/{part.slug}"

    def item(self, part: Part, number: int, e: Item) -> str:
        """The address of an item."""
        return f"/web/guest/{part.slug}/-/asset_publisher/Ab{number:02d}xYz/content/{e.key}"

    def extra(self, name: str) -> str:
        """The address of a page beside the sections."""
        return f"/web/guest/{name}"

    def listing(self, part: Part, entries: list[tuple[Item, str]]) -> str:
        """Abstracts of assets, or a table where the section wants one."""
        if part.table or not entries:
            return markup.part_list(part, entries)
        blocks = []
        for e, url in entries:
            day = f"<div class='metadata-publish-date'>Ngày đăng: {e.printed}</div>"
            blocks.append(
                f"<div class='asset-abstract'><h3 class='asset-title'>{markup.linked(e.title, url)}"
                f"</h3>{day if part.dated else ''}"
                f"<div class='asset-summary'>{escape(e.lines[0]) if e.lines else ''}</div></div>"
            )
        return "".join(blocks)

    def frame(self, site: Site, sheet: Sheet) -> str:
        """A banner, a navigation bar and one column of portlets."""
        facts, look = site.facts, site.look
        menu = "".join(
            f"<li class='lfr-nav-item'><a href='{escape(url)}'><span>{escape(label)}</span></a>"
            "</li>"
            for label, url in site.menu(sheet.lang)
        )
        languages = "".join(
            f"<a class='language' lang='en' hreflang='en' href='{url}'>{label}</a>"
            for label, url in site.languages()
        )
        lang = f" lang='{sheet.lang or look.lang}'" if look.lang else ""
        return (
            f"<!DOCTYPE html>\n<html class='ltr'{lang}>\n<head>\n"
            f"{markup.head(facts, look, sheet)}\n</head>\n<body class='controls-visible'>\n"
            f"{look.top}<div id='wrapper'><header id='banner'>{markup.emblem(look, facts)}"
            f"<span class='site-title'>{facts.title(sheet.lang)}</span> {languages}"
            f"{markup.today(facts, look, sheet.lang)}"
            f"{markup.search_box(look.search, self.search, self.query, lang=sheet.lang)}</header>\n"
            f"<nav id='navigation' aria-label='Trang'><ul>{menu}</ul></nav>\n"
            f"<main id='content'>{markup.crumbs(sheet.crumbs)}<div class='portlet-boundary "
            "portlet-boundary_101_' id='p_p_id_101_INSTANCE_Ab01xYz_'><section class='portlet'>"
            f"<h1 class='portlet-title-text'>{escape(sheet.title)}</h1>"
            f"<div class='portlet-body'>{sheet.body}</div></section></div>"
            f"{markup.tools(sheet.lang) if look.tools else ''}</main>\n"
            f"<footer id='footer'>{markup.footer(facts, look, sheet.lang)}</footer>"
            "</div>\n</body>\n</html>"
        )


def anvien(day: dt.date) -> Portal:
    """A portal without faults whose lists are in unusual orders."""
    facts = Facts("An Viên", "anvien.gov.vn", day, "201")
    parts = complete(facts)
    pinned = item(facts, "Giới thiệu tính năng mới của cổng trên điện thoại", 420, "Bài ghim.")
    parts["news"] = replace(parts["news"], items=(pinned, *parts["news"].items))
    parts["plans"] = replace(parts["plans"], latest=False)
    parts["direction"] = replace(parts["direction"], dated=False)
    site = without_faults(
        facts,
        Liferay(),
        parts=parts,
        services=f"https://dichvucong.{facts.host}/",
        missing="helpful",
    )
    site.files = standard_files(site) | {"/rss.xml": lambda _: _atom(site)}
    hosts = (
        Host(facts.host, site.handler()), www(facts.host),
        service_host(facts, paged=True),
    )  # fmt: skip
    return Portal(
        "anvien", facts.portal, "Liferay", f"https://{facts.host}/", hosts, all_pass(),
        traps=(
            "an old item pinned on top of the news", "plans sorted with the oldest first",
            "dates of one section only inside its articles", "an Atom feed",
            "a list of services in pages",
        ),
    )  # fmt: skip


def _atom(site: Site) -> feeds.Reply:
    listed = [(e, site.url(path)) for e, path in site.entries(site.parts["news"])]
    return feeds.atom(site.facts, sorted(listed, key=lambda pair: pair[0].day, reverse=True)[:15])


_WIDGET = (
    "<div id='google_translate_element'></div><a href='?googtrans=vi%7Cen' class='goog-te-menu' "
    "title='Dịch tự động'>EN</a>"
)


def longha(day: dt.date) -> Portal:
    """A large portal with a long menu, a search that only echoes, and news dated ahead."""
    facts = Facts("Long Hà", "longha.gov.vn", day, "202")
    parts = complete(facts)
    stale = news(facts, tuple(range(45, 110, 7)), "Tuyên truyền pháp luật tại chợ phiên Pá Hồng")
    ahead = item(facts, "Lễ kỷ niệm ngày thành lập tỉnh Long Hà", -20, "Lễ sẽ tổ chức trọng thể.")
    parts["news"] = replace(parts["news"], items=(ahead, *stale))
    parts["gazette"] = aged(parts["gazette"], facts, 800)
    parts["science"] = aged(parts["science"], facts, 900)
    del parts["legal_education"]
    look = Look(
        today=True, search="echo", english="widget", top=_WIDGET, long_menu=200,
        style=f".lfr-nav-item a{{{_DROP}}}",
        head=f"<script src='http://{facts.host}/dem-luot.js'></script>",
        home_head="<link rel='stylesheet' href='/cham.css'>",
        headers={
            "Strict-Transport-Security": "max-age=31536000",
            "Content-Security-Policy": "default-src * 'unsafe-inline' 'unsafe-eval' data:",
            "Referrer-Policy": "unsafe-url",
            "Set-Cookie": "JSESSIONID=minhhoa; Path=/; HttpOnly",
        },
    )  # fmt: skip
    site = Site(
        facts, Liferay(), look, parts, missing="bare", feedback="form", unanswered=6,
        services=f"https://dichvucong.{facts.host}/",
    )  # fmt: skip
    site.files = standard_files(site) | {
        "/.well-known/security.txt": lambda _: feeds.security_txt(facts, -30)
    }
    slow = feeds.reply(markup.STYLE, "text/css")
    slow.pause = 2.6
    site.more = {
        "/cham.css": lambda _: feeds.Reply(200, slow.body, dict(slow.headers), slow.pause),
        "/dem-luot.js": lambda _: feeds.reply("window.dem=1;", "text/javascript"),
    }
    desk = service_host(facts, forms="broken", levels=False, groups=9)
    changes = {
        "DN-01": "fail", "TL-03": "partial", "TL-07": "fail|partial", "HD-01": "fail",
        "HD-02": "fail", "HD-03": "fail", "HD-04": "fail", "HD-05": "partial", "AV-07": "partial",
        "AV-08": "partial", "ST-01": "partial", "PF-01": "partial",
        "CT-01.legal_education": "needs_review", "CT-03.legal_education": "",
        "CT-01.english": "needs_review", "CT-08": "needs_review", "CT-03.news": "fail",
        "CT-03.gazette": "fail", "CT-03.science": "fail", "CT-04": "",
        "FN-02": "partial|fail|needs_review", "FN-06": "partial", "FN-07": "partial",
        "FN-08": "needs_review", "FN-09": "partial|pass",
        "SV-02": "partial|fail", "SV-03": "partial",
        "SV-04": "fail",
    }  # fmt: skip
    return Portal(
        "longha", facts.portal, "Liferay", f"https://{facts.host}/",
        (Host(facts.host, site.handler(), dns="unsigned"), desk), all_pass(changes),
        {"PF-01": (0.5, 0.5), "FN-02": (0.0, 0.7), "SV-03": (0.5, 0.95)},
        traps=(
            "the date of the day on every page", "an item dated ahead on top of the news",
            "a search that echoes the query and shows everything", "a menu of 200 links",
            "English by a translation widget", "a script over http on an https page",
            "an expired security.txt", "forms that are pages saying there is no file",
            "www does not resolve",
        ),
    )  # fmt: skip


def portals(day: dt.date) -> list[Portal]:
    """The portals in the manner of Liferay."""
    return [anvien(day), longha(day)]
