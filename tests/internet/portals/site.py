"""A portal put together: its sections in the manner of its make, and what answers each address."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import Literal

from tests.internet.model import Asked, Reply
from tests.internet.portals import feeds, markup, words
from tests.internet.portals.content import (
    ILLUSTRATIVE,
    Facts,
    Item,
    Part,
    complete,
    paragraphs,
    slug,
)
from tests.internet.portals.markup import Look, Menu, Sheet

from chiso.language import fold

Route = Callable[[Asked], Reply]
Missing = Literal["helpful", "bare", "soft"]


class Manner(ABC):
    """How a make of portal builds its addresses and pages; the makes are its subclasses."""

    name = "own make"
    home = "/"
    search = "/tim-kiem"
    query = "q"
    style = markup.STYLE

    def section(self, part: Part) -> str:
        """The address of a section."""
        return f"/{part.slug}"

    def item(self, part: Part, number: int, e: Item) -> str:
        """The address of an item."""
        return f"/{part.slug}/{e.key}-{number}"

    def extra(self, name: str) -> str:
        """The address of a page beside the sections."""
        return f"/{name}"

    def listing(self, part: Part, entries: list[tuple[Item, str]]) -> str:
        """The list of a section."""
        return markup.part_list(part, entries)

    @abstractmethod
    def frame(self, site: Site, sheet: Sheet) -> str:
        """The whole page."""


@dataclass
class Site:
    """A portal: facts, sections, look, and what else it answers."""

    facts: Facts
    manner: Manner
    look: Look = field(default_factory=Look)
    parts: dict[str, Part] = field(default_factory=dict)
    services: str = ""  # address of the service portal; empty: no link
    missing: Missing = "helpful"
    questions: bool = True
    unanswered: int = 0  # of the questions, the first ones
    slow_answers: int = 1  # by which the days to an answer are multiplied
    feedback: Literal["full", "form", "broken", "none"] = "full"
    map_page: bool = True
    scans: bool = False  # the documents are pictures
    files: Mapping[str, Route] = field(default_factory=dict)  # robots, sitemap, feeds …
    more: dict[str, Route] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """An absolute address."""
        return f"https://{self.facts.host}{path}"

    def entries(self, part: Part) -> list[tuple[Item, str]]:
        """The items of a section with their addresses, as the list shows them."""
        found = [(e, self.manner.item(part, n, e)) for n, e in enumerate(part.items, 1)]
        return found if part.latest else found[::-1]

    def everything(self) -> Iterator[tuple[Item, str]]:
        """All items of all sections."""
        for part in self.parts.values():
            yield from ((e, self.manner.item(part, n, e)) for n, e in enumerate(part.items, 1))

    # ── menus ──

    def menu(self, lang: str = "") -> Menu:
        """The main menu, or that of the English pages."""
        if lang == "en":
            home = self.manner.extra("en")
            news = [(t, f"{home.rstrip('/')}/{slug(t)}") for t, _ in words.ENGLISH_NEWS]
            return [("Home", home), *news]
        spell = self.look.spell
        found = [("Trang chủ", self.manner.home)]
        found += [
            (part.title, self.manner.section(part)) for part in self.parts.values() if part.linked
        ]
        if self.services:
            found.append(("Dịch vụ công trực tuyến", self.services))
        for wanted, label, name in (
            (self.questions, "Hỏi đáp", "hoi-dap"),
            (self.feedback != "none", "Góp ý, phản ánh", "gop-y"),
            (self.map_page, "Sơ đồ cổng", "so-do-cong"),
        ):
            if wanted:
                found.append((label, self.manner.extra(name)))
        found = [(spell(label), url) for label, url in found]
        return found + list(markup.more_links(self.look.long_menu))

    def languages(self) -> Menu:
        """The switch of languages: to a version of its own, or to a machine's."""
        if self.look.english in {"own", "stale"}:
            return [("English", self.manner.extra("en"))]
        return []

    # ── pages ──

    def reply(self, text: str, status: int = 200) -> Reply:
        """A page in the portal's encoding with the portal's headers."""
        charset = self.look.charset
        old = charset == "windows-1258"
        body = markup.windows_1258(text) if old else text.encode(charset)
        kind = f"text/html; charset={charset.removesuffix('-sig')}"
        return Reply(status, body, {"Content-Type": kind, **self.look.headers})

    def page(self, title: str, body: str, path: str, **changes: object) -> Reply:
        """A page in its frame."""
        trail = [("Trang chủ", self.manner.home), (title, path)]
        if changes.get("lang") == "en":
            trail = [("Home", self.manner.extra("en")), (title, path)]
        sheet = Sheet(title, body, self.url(path), trail if self.look.tools else ())
        return self.reply(self.manner.frame(self, replace(sheet, **changes)))

    def home_body(self) -> str:
        """The home page: the newest of the main sections."""
        blocks = [self.look.home_top]
        for key in ("news", "direction", "legal_documents", "consultation"):
            part = self.parts.get(key)
            if part and part.items:
                found = sorted(self.entries(part), key=lambda pair: pair[0].day, reverse=True)
                listed = markup.bullets(found[:6], dated=part.dated)
                blocks.append(f"<h2>{escape(self.look.spell(part.title))}</h2>{listed}")
        return "".join(blocks)

    def routes(self) -> dict[str, Route]:
        """What answers each address."""
        found: dict[str, Route] = {
            "/giao-dien.css": lambda _: feeds.reply(self.manner.style, "text/css"),
            "/hinh/bieu-trung.png": lambda _: feeds.reply(feeds.picture(), "image/png"),
            self.manner.home: lambda _: self.page(
                self.facts.portal, self.home_body(), self.manner.home, home=True, crumbs=()
            ),
            self.manner.search: self._search,
        }
        if self.manner.home != "/":
            found["/"] = lambda _: Reply(302, b"", {"Location": self.manner.home})
        if self.look.long_menu:
            found["/ap-van-hoa"] = lambda asked: self._village(asked)
        for part in self.parts.values():
            found |= self._part(part)
        found |= self._extras()
        if self.look.english in {"own", "stale"}:
            found |= self._english()
        return found | dict(self.files) | self.more

    def _part(self, part: Part) -> dict[str, Route]:
        path = self.manner.section(part)
        newest = max((e.day for e in part.items), default=self.facts.ago(30))

        def section(asked: Asked) -> Reply:
            entries, form = self.entries(part), ""
            if part.id == "legal_documents" and not self.scans:
                form = _document_search(path)
                words = fold(asked.query.get("trich_yeu", "")[:200]).split()
                entries = [
                    (e, url)
                    for e, url in entries
                    if all(word in fold(f"{e.title} {e.lines}") for word in words)
                ]
            body = form + part.text + self.manner.listing(part, entries)
            return self.page(part.title, body, path, date=newest.isoformat())

        found: dict[str, Route] = {path: section}
        for e, url in self.entries(part):
            found[url] = lambda _, e=e, url=url: self.page(
                e.title, markup.article(e), url, date="" if e.shown else e.day.isoformat()
            )
            for name in e.files:
                text = f"{e.title}. {ILLUSTRATIVE}."
                found[f"/tep/{name}"] = lambda _, name=name, text=text: feeds.file_reply(
                    name, text, scan=self.scans
                )
        return found

    def _village(self, asked: Asked) -> Reply:
        number = asked.query.get("so", "")[:4]
        return self.page(f"Ấp văn hóa số {number}", paragraphs(ILLUSTRATIVE), "/ap-van-hoa")

    def _extras(self) -> dict[str, Route]:
        bodies: dict[str, tuple[str, str]] = {
            "ban-do": ("Bản đồ", paragraphs("Bản đồ chỉ đường đến trụ sở.", ILLUSTRATIVE))
        }
        if self.questions:
            bodies["hoi-dap"] = ("Hỏi đáp", self._questions())
        if self.feedback in {"full", "form"}:
            bodies["gop-y"] = ("Góp ý, phản ánh", self._feedback())
        if self.map_page:
            links = "".join(f"<li>{markup.linked(*entry)}</li>" for entry in self.menu())
            bodies["so-do-cong"] = ("Sơ đồ cổng", f"<ul class='so-do'>{links}</ul>")
        found: dict[str, Route] = {}
        for name, (title, body) in bodies.items():
            path = "/ban-do" if name == "ban-do" else self.manner.extra(name)
            found[path] = lambda _, t=title, b=body, p=path: self.page(t, b, p)
        if self.feedback == "broken":
            found[self.manner.extra("gop-y")] = lambda _: self.reply("<p>Lỗi hệ thống</p>", 500)
        return found

    def _questions(self) -> str:
        blocks = []
        for n, (question, answer, age, days) in enumerate(words.QUESTIONS):
            asked = self.facts.ago(age * self.slow_answers)
            lines = [f"<strong>Hỏi:</strong> {question}", f"Ngày hỏi: {asked:%d/%m/%Y}"]
            if n >= self.unanswered:
                day = self.facts.ago((age - days) * self.slow_answers)
                lines += [f"<strong>Trả lời:</strong> {answer}", f"Ngày trả lời: {day:%d/%m/%Y}"]
            else:
                lines.append("Trạng thái: chưa trả lời")
            blocks.append(f"<div class='cau-hoi'>{paragraphs(*lines)}</div>")
        return "".join(blocks)

    def _feedback(self) -> str:
        form = (
            f"<form method='post' action='{self.manner.extra('gop-y')}'>"
            "<p><label for='ten'>Họ và tên</label> <input id='ten' name='ten'></p>"
            "<p><label for='thu'>Thư điện tử</label> <input id='thu' name='thu' type='email'></p>"
            "<p><label for='noi-dung'>Nội dung góp ý</label> "
            "<textarea id='noi-dung' name='noi_dung'></textarea></p>"
            "<button type='submit'>Gửi góp ý</button></form>"
        )
        if self.feedback == "form":
            return form
        return form + paragraphs(
            "Góp ý được trả lời trong thời hạn 15 ngày làm việc kể từ ngày tiếp nhận.",
            "Dữ liệu cá nhân của người gửi được bảo vệ theo quy định về bảo vệ dữ liệu cá nhân và "
            "chỉ dùng để trả lời góp ý.",
            f"Có thể gửi thư tới gopy@{self.facts.host}.",
        )

    def _english(self) -> dict[str, Route]:
        old = 400 if self.look.english == "stale" else 0
        home = self.manner.extra("en")
        lines = [t.format(t=fold(self.facts.name).title(), host=self.facts.host)
                 for t in words.ENGLISH_TEXT]  # fmt: skip
        found: dict[str, Route] = {}
        entries = []
        for title, age in words.ENGLISH_NEWS:
            e = Item(slug(title), title, self.facts.ago(age + old), (f"{title}.", *lines[:2]))
            path = f"{home.rstrip('/')}/{e.key}"
            entries.append((e, path))
            body = f"<p class='date'>Posted on {e.printed}</p>" + paragraphs(*e.lines)
            found[path] = lambda _, t=title, b=body, p=path: self.page(t, b, p, lang="en")
        body = paragraphs(*lines) + f"<h2>News</h2>{markup.bullets(entries)}"
        found[home] = lambda _: self.page("Provincial portal in English", body, home, lang="en")
        return found

    # ── search ──

    def _search(self, asked: Asked) -> Reply:
        query = asked.query.get(self.manner.query, "")[:200]
        kind = self.look.search
        if kind == "echo":
            found = list(self.everything())
        elif kind == "nothing" or not query.strip():
            found = []
        else:
            found = self._matches(query, exact=kind == "literal")
        said = f"Tìm thấy {len(found)} kết quả" if found else "Không tìm thấy kết quả nào"
        body = f"<p>{said} cho từ khóa «{escape(query)}».</p>"
        if found:
            body += markup.bullets(found[:20] if kind != "echo" else found)
        return self.page("Kết quả tìm kiếm", body, self.manner.search)

    def _matches(self, query: str, *, exact: bool) -> list[tuple[Item, str]]:
        def form(text: str) -> str:
            return text.casefold() if exact else fold(text)

        asked = form(query).split()
        return [
            (e, url)
            for e, url in self.everything()
            if all(word in form(f"{e.title} {' '.join(v for _, v in e.fields)}") for word in asked)
        ]

    # ── answering ──

    def not_found(self) -> Reply:
        """What an address that does not exist is answered with."""
        if self.missing == "bare":
            return Reply(404, b"Not Found", {"Content-Type": "text/plain"})
        body = paragraphs(
            "Không tìm thấy trang mà bạn yêu cầu.",
            f"Mời bạn trở về {markup.linked('trang chủ', self.manner.home)} hoặc dùng ô tìm kiếm.",
        )
        answer = self.page("Không tìm thấy trang", body, "/khong-tim-thay", crumbs=())
        answer.status = 200 if self.missing == "soft" else 404
        return answer

    def handler(self) -> Route:
        """The function that answers a request."""
        routes = self.routes()

        def answer(asked: Asked) -> Reply:
            if asked.method not in {"GET", "HEAD"}:
                return Reply(405, b"", {"Allow": "GET, HEAD"})
            pairs = [f"{key}={value}" for key, value in asked.query.items()]
            for kept in range(len(pairs), -1, -1):
                query = "&".join(pairs[:kept])
                route = routes.get(f"{asked.path}?{query}" if query else asked.path)
                if route:
                    return route(asked)
            return self.not_found()

        return answer


def _document_search(path: str) -> str:
    return (
        f"<form class='tim-van-ban' method='get' action='{escape(path)}'>"
        "<label for='tu-khoa'>Trích yếu hoặc số, ký hiệu</label> "
        "<input id='tu-khoa' name='trich_yeu'> <label for='nam'>Năm ban hành</label> "
        "<select id='nam' name='nam'><option>Tất cả</option></select> "
        "<button type='submit'>Tìm văn bản</button></form>"
    )


def standard_files(site: Site, news: int = 20) -> dict[str, Route]:
    """robots.txt, sitemap, feed and security.txt of a portal without faults."""
    facts = site.facts

    def urls() -> list[tuple[str, object]]:
        found = [(site.url(site.manner.home), facts.day)]
        for part in site.parts.values():
            newest = max((e.day for e in part.items), default=facts.ago(30))
            found.append((site.url(site.manner.section(part)), newest))
        return [*found, *((site.url(path), e.day) for e, path in site.everything())]

    def feed(_: Asked) -> Reply:
        part = site.parts["news"]
        listed = [(e, site.url(path)) for e, path in site.entries(part)]
        newest = sorted(listed, key=lambda pair: pair[0].day, reverse=True)
        return feeds.rss(facts, newest[:news])

    return {
        "/robots.txt": lambda _: feeds.robots(facts.host),
        "/sitemap.xml": lambda _: feeds.sitemap(urls()),
        "/rss.xml": feed,
        "/.well-known/security.txt": lambda _: feeds.security_txt(facts),
    }


def without_faults(facts: Facts, manner: Manner, **changes: object) -> Site:
    """A portal that has everything, with changes to its fields."""
    site = Site(facts, manner, parts=complete(facts))
    site = replace(site, **changes)
    site.files = standard_files(site) | dict(site.files)
    return site
