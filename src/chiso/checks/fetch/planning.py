"""Which pages of a site are worth a request: a pure planner, the same for the same seed.

It opens no socket. The crawler hands it the home page and then every page that it fetched; it
answers with what to ask next. No page is asked for twice, nothing that could act for a visitor is
asked at all, and the total stays within the limits, with room kept for what comes last: the
procedures of a service portal, their forms and the first step of an application.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from chiso.checks.artifacts import Page
from chiso.checks.fetch import addresses, naming
from chiso.checks.fetch.asked import SERVICE_ROLES, Book, Wanted, WantedSearch
from chiso.checks.fetch.procedures import apply_address, form_links, procedure_links
from chiso.checks.fetch.searching import (
    SearchBox,
    find_search,
    known_query,
    nonsense_query,
    unaccented,
)
from chiso.checks.law import Law, Section
from chiso.checks.network import Limits
from chiso.checks.reading.document import Anchor, Document
from chiso.checks.reading.listing import Item, items
from chiso.checks.reading.maintext import main_text
from chiso.checks.reading.sections import find_section
from chiso.checks.targets import Site
from chiso.language import LANGUAGES, Language

#: roles looked for on the home page after the sections of the law, in order of weight
FUNCTIONS = (
    "service_portal", "search_page", "feedback", "contact", "questions", "sitemap_page", "english",
    "service_statistics", "tracking", "open_data", "feed_page",
)  # fmt: skip
#: the words that a register of targets uses in its hints, beside the roles themselves
HINTS = {
    "services": "service_portal", "service": "service_portal", "search": "search_page",
    "sitemap": "sitemap_page", "faq": "questions", "rss": "feed_page",
    "statistics_services": "service_statistics",
}  # fmt: skip
#: a section page with less main text (characters) and no list is only a menu
MENU_CHARS = 300
#: an item this many days old is surely in the index of the portal's own search
SETTLED_DAYS = 2
MOST_FEEDS, MOST_SITEMAPS = 4, 4
_SAMPLED_WORDS = 3
#: the section of the law that a service portal fills
_PROCEDURES = "section:procedures"
_INTRODUCTION = "introduction"
_NEXT = frozenset(("2", "trang 2", "trang sau", "trang tiep", "tiep", "next", "page 2"))


class Plan:
    """The plan of one visit to one site; it remembers what it has asked for.

    `seed` decides every sample; `day` is the day at the site, against which items are new or old.
    """

    def __init__(self, site: Site, law: Law, limits: Limits, seed: int, day: dt.date) -> None:
        self.site, self.law, self.limits, self.day = site, law, limits, day
        self.book = Book(limits, seed, law.domains)
        self.book.family.add(site.url)
        self._service_hosts: set[str] = set()
        self._lists: dict[str, list[Item]] = {}
        self._homes = {"hint", site.url}
        self._home: Document | None = None
        self.book.take(site.url, "home")

    # ── after the home page ──

    def first(self, home: Document, rendered: Document | None = None) -> list[Wanted]:
        """What to ask for after the home page: sections and functions."""
        self._home = home
        self.book.family.add(home.url)
        self.book.take(home.url, "home")
        self._homes.add(home.url)
        documents = [home, *([rendered] if rendered is not None else [])]
        found = list(self._hints())
        found += self._sections(documents)
        if self.site.role == "services":
            self._service_hosts.add(addresses.host(home.url))
            found += self._of_services(home)
        for role in FUNCTIONS:
            found += self._function(documents, role)
        return found

    def last(self, documents: Iterable[Document]) -> list[Wanted]:
        """A sample of what nothing else asked for: last, as a page is asked for once."""
        return list(self._sample(documents))

    def _hints(self) -> Iterator[Wanted]:
        for name, url in sorted(self.site.hints.items()):
            role = HINTS.get(name, name)
            if role in self.law.sections:
                role = f"section:{role}"
            elif role not in SERVICE_ROLES and role not in FUNCTIONS:
                continue  # a word that we do not know leads nowhere
            yield from self.book.want(url, role, "", "hint", external=role in SERVICE_ROLES)

    def _sections(self, documents: list[Document]) -> Iterator[Wanted]:
        for name, section in self.law.sections.items():
            role = f"section:{name}"
            if role in self.book.counts:
                continue
            for anchor in self._section_anchors(documents, section):
                wanted = list(self.book.want(anchor.url, role, anchor.text, documents[0].url))
                if wanted or self.book.is_asked(anchor.url):
                    yield from wanted
                    break

    def _section_anchors(self, documents: Iterable[Document], section: Section) -> Iterator[Anchor]:
        """The candidates of a section, those on the site's own host first."""
        languages = _languages(self.site)
        found = [
            candidate.anchor
            for document in documents
            for language in languages
            for candidate in find_section(document, section, language)
        ]
        own = [anchor for anchor in found if self.book.family.owns(anchor.url)]
        yield from own

    def _function(self, documents: Iterable[Document], role: str) -> Iterator[Wanted]:
        if role in self.book.counts:
            return
        external = naming.namings()[role].external
        for document in documents:
            named = [n for n in naming.candidates(document, role) if n.score > 0.5]
            # the body's own page before one elsewhere
            named.sort(key=lambda n: -(n.score + 0.2 * self.book.family.owns(n.anchor.url)))
            for one in named:
                url, text = one.anchor.url, one.anchor.text
                wanted = list(self.book.want(url, role, text, document.url, external=external))
                yield from wanted
                if wanted or self.book.is_asked(url):
                    return

    def _sample(self, documents: Iterable[Document]) -> Iterator[Wanted]:
        """A seeded sample of other pages of the site's own host."""
        found: dict[str, tuple[Anchor, str]] = {}
        for document in documents:
            for anchor in document.anchors:
                if (
                    len(anchor.text.split()) >= _SAMPLED_WORDS
                    and self._is_plain(anchor.url)
                    and addresses.host(anchor.url) == document.host
                    and not self.book.roles(anchor.url)
                ):
                    found.setdefault(addresses.key(anchor.url), (anchor, document.url))
        for key in self.book.shuffled(found):
            anchor, source = found[key]
            yield from self.book.want(anchor.url, "sample", anchor.text, source)

    def _is_plain(self, url: str) -> bool:
        return addresses.is_page(url) and not addresses.asks_login(url)

    # ── after each page ──

    def after(self, page: Page, document: Document) -> list[Wanted]:
        """What a fetched page leads to; nothing where the answer came from a stranger's host."""
        roles = {page.role} | self.book.roles(page.chain.asked)
        self.book.alias(document.url, roles)
        service = bool(roles & SERVICE_ROLES)
        if service:
            self._service_hosts.add(document.host)
        if not service and not self.book.family.owns(document.url):
            return []
        found: list[Wanted] = []
        for role in sorted(roles):
            if role.startswith("section:"):
                found += self._of_section(role, page, document)
        handlers: dict[str, Callable[[Document], Iterator[Wanted]]] = {
            "service_portal": self._of_services,
            "service_list": self._of_list,
            "procedure": self._of_procedure,
            "feed_page": self._of_feed_page,
        }
        if "service_portal" not in roles:  # one page may be both
            handlers[_PROCEDURES] = self._of_services
        for role, handler in handlers.items():
            if role in roles:
                found += handler(document)
        if f"section:{_INTRODUCTION}" in roles:
            found += self._sections([document])  # some stand only below the introduction
        if not service and not {"service_portal", _PROCEDURES} & self.book.counts.keys():
            found += self._function([document], "service_portal")  # the second click
        return found

    def _of_section(self, role: str, page: Page, document: Document) -> Iterator[Wanted]:
        section = self.law.sections.get(role.partition(":")[2])
        if section is None:
            return
        # What the home page shows too is a column beside every page, not this section's list.
        listed = items(document, self.day, home=self._home)
        if section.filled != "text" and listed:
            self._lists[role] = listed
            if role != _PROCEDURES:  # its entries are asked for as procedures
                yield from self._newest(role, listed, document)
        if listed or page.source not in self._homes:
            return  # filled, or already the deeper level
        if len(main_text(document)) < MENU_CHARS:
            yield from self._deeper(role, section, document)

    def _newest(self, role: str, listed: list[Item], document: Document) -> Iterator[Wanted]:
        own = [i for i in listed if self.book.family.owns(i.url) and addresses.is_page(i.url)]
        dated = [i for i in own if i.date is not None and i.date <= self.day]
        dated.sort(key=lambda i: -(i.date or dt.date.min).toordinal())
        for item in dated or own:
            wanted = list(
                self.book.want(
                    item.url, role.replace("section:", "item:"), item.title, document.url
                )
            )
            yield from wanted
            if wanted or self.book.is_asked(item.url):
                return

    def _deeper(self, role: str, section: Section, document: Document) -> Iterator[Wanted]:
        """The page below a menu: a candidate on it, or the first link below its own path."""
        below = [
            a for a in self._section_anchors([document], section) if not self.book.roles(a.url)
        ]
        path = urlsplit(document.url).path.rpartition(".")[0] or urlsplit(document.url).path
        path = path.rstrip("/")
        if len(path) > 1:
            below += [
                anchor
                for anchor in document.anchors
                if anchor.place not in {"header", "nav", "footer"}
                and addresses.host(anchor.url) == document.host
                and urlsplit(anchor.url).path.startswith(f"{path}/")
            ]
        for anchor in below:
            wanted = list(self.book.want(anchor.url, role, anchor.text, document.url))
            if wanted:
                yield from wanted
                return

    # ── online services ──

    def _of_services(self, document: Document) -> Iterator[Wanted]:
        for role in ("service_statistics", "tracking"):
            yield from self._function([document], role)
        before = self.book.counts["service_list"]
        for named in naming.candidates(document, "service_list"):
            if self.book.counts["service_list"] - before >= 2:
                break
            yield from self._service(named.anchor, "service_list", document)
        yield from self._procedures(document)

    def _of_list(self, document: Document) -> Iterator[Wanted]:
        yield from self._procedures(document)
        for anchor in document.anchors:
            if naming.simple(anchor.text) in _NEXT:
                yield from self._service(anchor, "service_list", document)
                break

    def _procedures(self, document: Document) -> Iterator[Wanted]:
        links = procedure_links(document)
        if len(links) < 2:
            return
        for index in self.book.shuffled(range(len(links))):
            yield from self._service(links[index], "procedure", document)

    def _of_procedure(self, document: Document) -> Iterator[Wanted]:
        named = naming.candidates(document, "apply")
        button = apply_address(document) if not named else ""
        for anchor in [Anchor(button, "")] if button else [one.anchor for one in named[:1]]:
            yield from self._service(anchor, "apply", document)
        for anchor in form_links(document)[:2]:
            yield from self._service(anchor, "form", document)

    def _service(self, anchor: Anchor, role: str, document: Document) -> Iterator[Wanted]:
        """A page of the services: on the body's own hosts, or wherever its services are."""
        elsewhere = not self.book.family.owns(anchor.url)
        if elsewhere and role != "apply" and addresses.host(anchor.url) not in self._service_hosts:
            return
        yield from self.book.want(anchor.url, role, anchor.text, document.url, external=True)

    def _of_feed_page(self, document: Document) -> Iterator[Wanted]:
        for anchor in document.anchors:
            if addresses.may_be_feed(anchor.url):
                yield from self.book.want(anchor.url, "feed", anchor.text, document.url, file=True)

    # ── files, searches, links ──

    def feeds(self, home: Document) -> list[str]:
        """The feeds that the home page announces or links to, of the body's own hosts."""
        linked = [anchor.url for anchor in home.anchors if addresses.names_feed(anchor.url)]
        return self._files([*home.feeds, *linked])[:MOST_FEEDS]

    def sitemaps(self, robots_sitemaps: Iterable[str], home_url: str) -> list[str]:
        """The sitemaps that robots.txt names on the body's own hosts, and the usual address."""
        self.book.family.add(home_url)
        parts = addresses.split(home_url)
        usual = [f"{parts.scheme}://{parts.netloc}/sitemap.xml"] if parts else []
        return self._files([*robots_sitemaps, *usual])[:MOST_SITEMAPS]

    def _files(self, urls: Iterable[str]) -> list[str]:
        found: dict[str, str] = {}
        for url in urls:
            plain = addresses.normalised(url)
            if plain and self.book.family.owns(plain) and not addresses.harmful(plain):
                found.setdefault(addresses.key(plain), plain)
        for url in found.values():
            self.book.take_file(url)
        return list(found.values())

    def searches(self, documents: list[tuple[Page | None, Document]]) -> list[WantedSearch]:
        """Queries for the first search box that sends them by GET; none where there is none."""
        box = self._search_box(documents)
        if box is None:
            return []
        found: list[WantedSearch] = []
        item = self._known_item(documents)
        query = (
            known_query(item.title, (document.text for _, document in documents)) if item else ""
        )
        if item and query:
            found.append(WantedSearch("known", box.url(query), query, item.title, item.url))
            plain = unaccented(query)
            if plain:
                found.append(
                    WantedSearch("unaccented", box.url(plain), plain, item.title, item.url)
                )
        word = nonsense_query(self.book.random)
        return [*found, WantedSearch("nonsense", box.url(word), word)]

    def _search_box(self, documents: list[tuple[Page | None, Document]]) -> SearchBox | None:
        for _, document in documents:
            box = find_search(document)
            if box is None or box.manner != "get":
                continue
            if self.book.family.owns(box.action) and not addresses.harmful(box.action):
                return box
        return None

    def _known_item(self, documents: list[tuple[Page | None, Document]]) -> Item | None:
        """An item that stands on the portal today: of the news first, not of the last two days."""
        order = sorted(self._lists, key=lambda role: role != "section:news")
        listed = [item for role in order for item in self._lists[role]]
        fetched = [
            Item(page.text, page.chain.url, None, "page")
            for page, _ in documents
            if page is not None and page.role.startswith("item:")
        ]
        usable = [
            i for i in [*listed, *fetched] if self.book.family.owns(i.url) and _is_title(i.title)
        ]
        settled = [i for i in usable if i.date and (self.day - i.date).days >= SETTLED_DAYS]
        return next(iter([*settled, *usable]), None)

    def links(self, documents: list[tuple[Page | None, Document]]) -> list[tuple[str, str, str]]:
        """A seeded sample of own links that were not fetched: (address, text, page of the link)."""
        found: dict[str, tuple[str, str, str]] = {}
        for _, document in documents:
            for anchor in document.anchors:
                url = addresses.normalised(anchor.url)
                key = addresses.key(url)
                if key in found or self.book.roles(url) or not self._may_follow(url):
                    continue
                found[key] = (url, anchor.text, document.url)
        chosen = self.book.shuffled(found)[: self.limits.links]
        return [found[key] for key in chosen]

    def _may_follow(self, url: str) -> bool:
        fine = bool(url) and self.book.family.owns(url) and not addresses.harmful(url)
        return fine and not addresses.is_media(url) and not addresses.asks_login(url)


def _languages(site: Site) -> list[Language]:
    asked = [language for language in LANGUAGES if language in site.languages]
    return asked or ["vi"]


def _is_title(title: str) -> bool:
    return 4 <= len(title.split()) <= 60
