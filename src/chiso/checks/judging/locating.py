"""Where a section of the law is on a site, and what its pages have of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from chiso.checks.artifacts import Chain, Page
from chiso.checks.faults import unmeasured
from chiso.checks.findings import Evidence, Verdict, without
from chiso.checks.judging.case import NO_CONTENT, Case
from chiso.checks.judging.technical import excerpt, say
from chiso.checks.law import Section
from chiso.checks.reading.document import Document, place_of
from chiso.checks.reading.listing import Item, items
from chiso.checks.reading.maintext import main_text
from chiso.checks.reading.sections import Candidate, find_section
from chiso.checks.states import KEPT_OUT, CheckState, ErrorClass, PageKind
from chiso.language import Text

Found = Literal["pages", "dead", "failed", "elsewhere", "none", "closed"]

#: a section that was not fetched stands in `record.skipped` under its role or under this step
_WALK = "pages"
_GONE = frozenset((PageKind.HTTP_4XX, PageKind.SOFT_404, PageKind.PARKED))


@dataclass(frozen=True, slots=True)
class Located:
    """Where a section was found: its pages, or why there are none.

    `found` is `pages`, `dead` (the link leads to nothing), `failed` (an error that was seen once),
    `elsewhere` (linked, but not looked at), `none`, or `closed`, with the verdict that any check of
    this section has to give.
    """

    found: Found
    pages: tuple[tuple[Page, Document], ...] = ()
    url: str = ""
    link: str = ""  # the text of the link
    how: str = ""
    closed: Verdict | None = None

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The link by which the section was found."""
        if not self.url:
            return ()
        return (Evidence(what="link", value=excerpt(f"{self.link} ({self.how})"), url=self.url),)


def locate(case: Case, key: str) -> Located:
    """Where a section of the law in force is on the site; KeyError for one it does not have."""
    section = case.law.sections[key]
    role = f"section:{key}"
    fetched = case.record.pages_of(role)
    if fetched:
        return _of_pages(case, fetched)
    candidates = _candidates(case, section)
    if candidates:
        addresses = {candidate.anchor.url for candidate in candidates[:3]}
        fetched = tuple(
            page for page in case.record.pages
            if page.role != "home" and {page.chain.asked, page.chain.url} & addresses
        )  # fmt: skip
    if fetched:
        return _of_pages(case, fetched)
    return _unfetched(case, role, candidates)


def _candidates(case: Case, section: Section) -> list[Candidate]:
    """Links to a section on the home page, else on the pages that gather links."""
    documents = [case.home, case.home_rendered]
    for prefix in ("sitemap_page", "section:introduction", "section:transaction_information"):
        documents += [document for _, document in case.pages(prefix)]
    for document in documents:
        found = find_section(document, section) if document is not None else []
        if found:
            return found
    return []


def _of_pages(case: Case, fetched: tuple[Page, ...]) -> Located:
    first = fetched[0]
    how = "the body's own hint" if first.source == "hint" else f"found on {first.source}"
    real = tuple(
        (page, document)
        for page in fetched
        if case.kind(page.chain) is PageKind.OK
        and (document := case.document(page.chain)) is not None
    )
    if real:
        return Located("pages", real, real[0][0].chain.url, first.text, how)
    closed = _closed(case, first.chain)
    if closed is not None:
        return Located("closed", url=first.chain.asked, link=first.text, how=how, closed=closed)
    gone = case.kind(first.chain) in _GONE or first.chain.error is ErrorClass.DNS_NXDOMAIN
    found: Found = "dead" if gone else "failed"
    if case.kind(first.chain) is PageKind.OK:  # a document that is not HTML, such as a PDF
        found = "elsewhere"
    return Located(found, url=first.chain.asked, link=first.text, how=how)


def _closed(case: Case, chain: Chain) -> Verdict | None:
    """The verdict where a page says nothing of the portal's content."""
    kind = case.kind(chain)
    if kind in KEPT_OUT:
        return without(CheckState.BLOCKED, NO_CONTENT[kind], url=chain.asked)
    if kind is PageKind.MAINTENANCE:
        return without(CheckState.MAINTENANCE, NO_CONTENT[kind], url=chain.asked)
    if chain.error is None or chain.error is ErrorClass.DNS_NXDOMAIN:
        return None
    # One page is asked once: an error that could be the network's is no finding.
    blocked = unmeasured(chain.error) is CheckState.BLOCKED
    return _unseen(chain.error, chain.asked, blocked=blocked)


def _unfetched(case: Case, role: str, candidates: list[Candidate]) -> Located:
    best = candidates[0] if candidates else None
    link = (best.anchor.names or ("",))[0] if best else ""
    url, how = (best.anchor.url, best.how) if best else ("", "")
    for skipped in case.record.skipped:
        same = skipped.what == role or (best and skipped.detail == url)
        if same or (best and skipped.what == _WALK):
            blocked = unmeasured(skipped.reason) is CheckState.BLOCKED
            closed = _unseen(skipped.reason, url or skipped.detail, blocked=blocked)
            return Located("closed", url=url, link=link, how=how, closed=closed)
    if best is not None:
        return Located("elsewhere", url=url, link=link, how=how)
    if is_unread_home(case):
        return Located("closed", closed=without(CheckState.NOT_MEASURED, _UNREAD))
    return Located("none")


_UNREAD = Text(
    "Trang chủ dựng menu bằng JavaScript và chưa được mở bằng trình duyệt.",
    "The home page builds its menus with JavaScript, and no browser opened it.",
)
#: a home page with fewer links has no menus as it was sent
FEWEST_LINKS = 5


def is_unread_home(case: Case) -> bool:
    """Whether the home page leaves its menus to scripts and was not opened in a browser."""
    home = case.home_rendered
    if home is None or any(seen.role == "home" and seen.body for seen in case.record.rendered):
        return False
    runs = next(home.tree.iter("script", "iframe", "frame"), None) is not None
    return runs and len(home.anchors) < FEWEST_LINKS


def _unseen(error: ErrorClass, url: str, *, blocked: bool) -> Verdict:
    if blocked:
        seen = say(
            "Cổng không cho công cụ đo mở trang này ({why}).",
            "The portal did not let us open this page ({why}).", why=error.value,
        )  # fmt: skip
        return without(CheckState.BLOCKED, seen, url=url)
    seen = say(
        "Chưa mở được trang này trong lượt kiểm tra ({why}).",
        "The page was not opened in this visit ({why}).", why=error.value,
    )  # fmt: skip
    return without(CheckState.NOT_MEASURED, seen, url=url)


def frames(case: Case) -> tuple[Document, ...]:
    """Pages that show the frame of the site and nothing of a section: those for missing paths."""
    return tuple(document for document in case.missing_documents if document is not None)


def list_items(case: Case, document: Document) -> list[Item]:
    """The items of a list page; lists that the site shows on every page are none."""
    if "items" not in document.notes:
        here = document.url
        others = {page.role: other for page, other in case.pages("section") if other.url != here}
        document.notes["items"] = items(
            document, case.record.day, frames=frames(case), others=tuple(others.values())
        )
    return list(document.notes["items"])


def own_text(case: Case, document: Document) -> str:
    """The main text of a page without what home page and missing pages also show."""
    if "own_text" not in document.notes:
        others = [other for other in (case.home, *frames(case)) if other is not None]
        distinct = (other for other in others if other.url != document.url)
        document.notes["own_text"] = main_text(document, *distinct)
    return str(document.notes["own_text"])


def is_built_by_script(document: Document) -> bool:
    """Whether a page leaves its content to scripts: an empty root, a frame, a "loading" line."""
    roots = document.tree.xpath(
        "//*[@id='app' or @id='root' or @id='__next' or @id='__nuxt' or @ng-app or @data-reactroot]"
    )
    if any(not "".join(root.itertext()).strip() for root in roots[:5]):
        return True
    if next(document.tree.iter("iframe", "frame"), None) is not None:
        return True
    return any(
        re.match(r"(?:đang tải|loading)(?: dữ liệu)?\s*(?:\.|…|$)", line, re.I)
        for line in document.text.splitlines()
    )


@lru_cache(maxsize=256)
def pattern_of(pattern: str) -> re.Pattern[str]:
    """A pattern of the law's data or the catalogue, without regard to case."""
    return re.compile(pattern, re.I)


#: how much of a page is searched for fields; characters
MOST_SEARCHED = 60_000


def readable(case: Case, document: Document) -> str:
    """The text of a page beside its frame, with the addresses that its links hold."""
    around = frames(case)
    lines = [main_text(document, *around)] if around else list(document.body_lines)
    for element in document.tree.iter("a"):
        href = str(element.get("href") or "").strip()
        told = href[:7].casefold().startswith(("mailto:", "tel:"))
        if told and place_of(element) not in {"header", "nav", "footer"}:
            lines.append(href.partition(":")[2][:100])
    return "\n".join(lines)[:MOST_SEARCHED]
