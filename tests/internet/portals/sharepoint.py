"""Portals in the manner of SharePoint: tables, hidden state, Pages/default.aspx."""

from __future__ import annotations

import base64
import datetime as dt
import random
from dataclasses import replace
from html import escape

from tests.internet.model import Host, Portal
from tests.internet.portals import feeds, markup
from tests.internet.portals.content import (
    Facts,
    Item,
    Part,
    aged,
    complete,
    documents,
    leaders,
    news,
)
from tests.internet.portals.markup import GOOD_HEADERS, Look, Sheet
from tests.internet.portals.own import service_host, www
from tests.internet.portals.site import Manner, Site, standard_files, without_faults
from tests.internet.portals.truth import all_pass


class SharePoint(Manner):
    """Web parts in zones of tables; the search stands in the form of the page where it posts."""

    name = "SharePoint"
    home = "/Pages/default.aspx"
    search = "/Pages/tim-kiem.aspx"
    query = "k"

    def section(self, part: Part) -> str:
        """The address of a section."""
        return f"/Pages/{part.slug}.aspx"

    def item(self, part: Part, number: int, e: Item) -> str:
        """The address of an item."""
        return f"/Pages/{part.slug}/{e.key[:40]}-{number:04x}.aspx"

    def extra(self, name: str) -> str:
        """The address of a page beside the sections."""
        return f"/Pages/{name}.aspx"

    def listing(self, part: Part, entries: list[tuple[Item, str]]) -> str:
        """Rows of the list view."""
        if part.table or not entries:
            return markup.part_list(part, entries)
        rows = "".join(
            f"<tr class='ms-itmhover'><td class='ms-vb2'>{markup.linked(e.title, url)}</td>"
            + (f"<td class='ms-vb2'>{e.printed}</td></tr>" if part.dated else "</tr>")
            for e, url in entries
        )
        dated = "<th scope='col'>Ngày đăng</th>" if part.dated else ""
        return (
            f"<table class='ms-listviewtable'><tr><th scope='col'>Tiêu đề</th>{dated}</tr>"
            f"{rows}</table>"
        )

    def frame(self, site: Site, sheet: Sheet) -> str:
        """The page between its hidden state and its footer."""
        facts, look = site.facts, site.look
        state = base64.b64encode(random.Random(sheet.url).randbytes(240)).decode()
        hidden = (
            "<input type='hidden' name='__VIEWSTATE' id='__VIEWSTATE' value='" + state + "'>"
            "<input type='hidden' name='__EVENTVALIDATION' value='/wEWAgKY'>"
        )
        search = markup.search_box(look.search, self.search, self.query, lang=sheet.lang)
        if look.search == "post":
            search = (
                "<form id='aspnetForm' method='post' action='/Pages/default.aspx'>" + hidden
                + "<input type='text' name='ctl00$txtTim' title='Tìm kiếm' placeholder='Tìm kiếm'>"
                "<input type='submit' name='ctl00$btnTim' value='Tìm kiếm'></form>"
            )  # fmt: skip
        menu = "".join(f"<li>{markup.linked(*entry)}</li>" for entry in site.menu(sheet.lang))
        languages = "".join(
            f"<a href='{url}' hreflang='en' lang='en'>{label}</a>"
            for label, url in site.languages()
        )
        lang = f" lang='{sheet.lang or look.lang}'" if look.lang else ""
        return (
            f"<!DOCTYPE html>\n<html{lang} dir='ltr'>\n<head>\n"
            f"<meta name='GENERATOR' content='Microsoft SharePoint'>\n"
            f"{markup.head(facts, look, sheet)}\n</head>\n<body>\n<div id='s4-workspace'>"
            f"<div id='s4-titlerow'>{markup.emblem(look, facts)} "
            f"<b>{facts.title(sheet.lang)}</b> {languages}"
            f"{markup.today(facts, look, sheet.lang)}{search}</div>"
            f"<nav id='zz1_TopNavigationMenu' aria-label='Menu'><ul>{menu}</ul></nav>"
            f"<div id='MSO_ContentTable'>{markup.crumbs(sheet.crumbs)}"
            f"<div class='ms-webpart-zone'><h1 class='ms-webpart-titleText'>{escape(sheet.title)}"
            f"</h1><div class='ms-rtestate-field'>{sheet.body}</div></div>"
            f"{markup.tools(sheet.lang) if look.tools else ''}</div>"
            f"<div id='s4-footer'>{markup.footer(facts, look, sheet.lang)}</div></div>\n"
            "</body>\n</html>"
        )


_WIDE = (
    "<table style='width:900px;min-width:900px'><tr><td style='white-space:nowrap'>Lịch làm việc "
    "của lãnh đạo Ủy ban nhân dân tỉnh trong tuần này và tuần tới</td></tr></table>"
)


def tamgiang(day: dt.date) -> Portal:
    """A portal that has grown old: stale news under a fresh date, a search that only posts."""
    facts = Facts("Tam Giang", "tamgiang.gov.vn", day, "203")
    parts = complete(facts)
    parts["news"] = replace(
        parts["news"],
        items=news(facts, tuple(range(60, 160, 9)), "Thống kê rừng năm nay: độ che phủ tăng"),
    )
    parts["leaders"] = replace(parts["leaders"], text=leaders(facts, mail=False))
    parts["legal_documents"] = replace(
        parts["legal_documents"], items=documents(facts, age=200, form="pdf")
    )
    parts["bidding"] = aged(parts["bidding"], facts, 400)
    parts["plans"] = replace(parts["plans"], latest=False)
    parts["contacts"] = replace(parts["contacts"], title="Danh bạ điện thoại")
    for gone in ("statistics", "transaction_information"):
        del parts[gone]
    look = Look(
        lang="", today=True, owner=False, alts=False, metas=False, search="post", english="none",
        tools=False, feed="/tin.rss", home_top=_WIDE,
        viewport="width=device-width, initial-scale=1, maximum-scale=1, user-scalable=no",
        headers={"Set-Cookie": "ASP.NET_SessionId=minhhoa; Path=/"},
    )  # fmt: skip
    site = Site(
        facts, SharePoint(), look, parts, missing="soft", feedback="broken", scans=True,
        slow_answers=10, services=f"https://dichvucong.{facts.host}/",
    )  # fmt: skip
    site.files = {
        "/robots.txt": lambda _: feeds.robots(facts.host, ["/_layouts/"], with_sitemap=False)
    }
    site.more = {
        "/tin.rss": lambda _: feeds.rss(facts, []),
        "/.well-known/security.txt": lambda _: site.not_found(),
    }
    desk = service_host(facts, paged=True, figures="old", groups=9, tracking="none")
    changes = {
        "DN-01": "", "DN-02": "fail", "TL-02": "fail", "TL-03": "fail", "HD-01": "fail",
        "HD-02": "fail", "HD-03": "fail", "HD-04": "fail", "HD-05": "fail",
        "AV-06": "partial", "AV-07": "partial|fail", "AV-08": "fail", "ST-01": "fail",
        "MB-01": "fail", "MB-02": "partial|fail", "AX-01": "partial", "AX-02": "fail",
        "AX-03": "needs_review", "CT-01.statistics": "needs_review",
        "CT-01.transaction_information": "needs_review", "CT-01.english": "needs_review",
        "CT-02.leaders": "partial", "CT-03.news": "fail",
        "CT-03.legal_documents": "fail|needs_review",
        "CT-03.bidding": "fail", "CT-03.statistics": "", "CT-04": "", "CT-05": "",
        "CT-06": "partial|needs_review", "CT-08": "needs_review", "CT-09": "partial",
        "FN-02": "needs_review", "FN-03": "fail", "FN-06": "partial",
        "FN-07": "partial|needs_review",
        "FN-08": "partial|needs_review", "FN-09": "fail|needs_review", "FN-10": "partial",
        "FN-11": "partial|fail", "SV-03": "partial", "SV-07": "needs_review",
        "SV-09": "partial|needs_review",
    }  # fmt: skip
    return Portal(
        "tamgiang", facts.portal, "SharePoint", f"https://{facts.host}/",
        (Host(facts.host, site.handler(), dns="no_v6", plain="serve"), www(facts.host), desk),
        all_pass(changes),
        {"CT-02.leaders": (0.6, 0.85), "FN-06": (0.2, 0.2), "AX-01": (0.0, 0.95)},
        traps=(
            "the date of the day on every page over news of two months ago",
            "a search that only posts, inside a page with hidden state", "a soft 404",
            "security.txt answered by a page", "an empty feed", "documents that are scans",
            "a table wider than a phone", "a feedback page in error", "figures of last year",
        ),
    )  # fmt: skip


def _below_introduction(parts: dict[str, Part]) -> None:
    """Take the leaders and the mission out of the menu, and link them from the introduction."""
    parts["leaders"] = replace(
        parts["leaders"], title="Lãnh đạo Ủy ban nhân dân tỉnh", linked=False
    )
    parts["mission"] = replace(parts["mission"], linked=False)
    links = "".join(
        f"<li>{markup.linked(parts[key].title, SharePoint().section(parts[key]))}</li>"
        for key in ("mission", "leaders")
    )
    introduction = parts["introduction"]
    parts["introduction"] = replace(introduction, text=f"<ul>{links}</ul>{introduction.text}")


def hoalang(day: dt.date) -> Portal:
    """A SharePoint portal without faults."""
    facts = Facts("Hòa Lãng", "hoalang.gov.vn", day, "204")
    parts = complete(facts)
    _below_introduction(parts)
    headers = {**GOOD_HEADERS, "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"}
    site = without_faults(
        facts, SharePoint(), parts=parts, look=Look(headers=headers),
        services=f"https://dichvucong.{facts.host}/",
    )  # fmt: skip
    site.files = standard_files(site) | {
        "/robots.txt": lambda _: feeds.robots(facts.host, ["/_layouts/", "/_vti_bin/"])
    }
    hosts = (Host(facts.host, site.handler()), www(facts.host), service_host(facts))
    return Portal(
        "hoalang", facts.portal, "SharePoint", f"https://{facts.host}/", hosts, all_pass(),
        traps=("leaders and mission linked from the introduction only",
               "documents in tables", "robots.txt that keeps robots from machinery"),
    )  # fmt: skip


def portals(day: dt.date) -> list[Portal]:
    """The portals in the manner of SharePoint."""
    return [tamgiang(day), hoalang(day)]
