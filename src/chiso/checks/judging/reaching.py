"""How far a visit got to the page of a function: found, dead, kept out, or not looked at.

A page may have been fetched for another end than the one that a check asks for (the contact page is
a section of the law, too), so a page is also known by the address of the link that leads to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from lxml import html as lxml_html

from chiso.checks.artifacts import Chain, Page, Skipped
from chiso.checks.faults import FAULTS, unmeasured
from chiso.checks.fetch import addresses
from chiso.checks.fetch.naming import candidates, namings
from chiso.checks.findings import Evidence, Verdict, without
from chiso.checks.judging.case import NO_CONTENT, Case
from chiso.checks.reading.document import Anchor, Document, clean
from chiso.checks.states import KEPT_OUT, CheckState, ErrorClass, PageKind
from chiso.language import Text

#: `doubtful`: an answer of the portal's that one look cannot confirm, such as a 5xx
Way = Literal["found", "dead", "doubtful", "kept_out", "maintenance", "ours", "none"]
#: a link with a lower score is too weak to say that a function is linked
LEAST_SCORE = 0.55
_DEAD = {PageKind.HTTP_4XX, PageKind.SOFT_404, PageKind.PARKED, PageKind.EMPTY}
#: errors at a page that only the portal's own name or link can cause
_DEAD_ERRORS = {ErrorClass.DNS_NXDOMAIN, ErrorClass.REDIRECT_LOOP, ErrorClass.TOO_MANY_REDIRECTS}
_ORDER: tuple[Way, ...] = (
    "found", "kept_out", "maintenance", "ours", "doubtful", "dead", "none",
)  # fmt: skip
_NOT_ASKED = Text(
    "đã thấy liên kết nhưng chưa mở được trang trong lần đo này ({why})",
    "the link was seen, but the page was not opened in this visit ({why})",
)
#: a home page with fewer links as sent is drawn by scripts, or is no more than a gate
_LEAST_LINKS = 3
_UNDRAWN = Text(
    "trang chủ hầu như không có liên kết trong mã trang và chưa được mở bằng trình duyệt",
    "the home page as sent has hardly any links and was not opened in a browser",
)
#: letters and pieces of text that are read of one element
_BRIEF, _PIECES = 300, 12
_NO_WALK = Text(
    "lần đo này chưa duyệt các trang bên trong ({why})",
    "this visit did not get to the inner pages ({why})",
)


@dataclass(frozen=True, slots=True)
class Reached:
    """Where the way to a function ended; `why` is in words where it did not end at a page."""

    way: Way
    page: Page | None = None
    document: Document | None = None
    anchor: Anchor | None = None
    kind: PageKind = PageKind.OK
    why: Text = Text()

    @property
    def url(self) -> str:
        """The page, or where its link points."""
        if self.page is not None:
            return self.page.chain.url
        return self.anchor.url if self.anchor is not None else ""


def reach(case: Case, *roles: str) -> Reached:
    """The best way to a function that may be known by several roles."""
    ways = [way for role in roles for way in _ways(case, role)]
    if not ways:
        stopped = walk_stopped(case) or undrawn(case)
        return Reached("ours", why=stopped) if stopped else Reached("none")
    return min(ways, key=lambda way: _ORDER.index(way.way))


def reach_all(case: Case, *roles: str) -> list[Reached]:
    """Every way to pages of the roles, in the order of the visit."""
    return [way for role in roles for way in _ways(case, role)]


def _ways(case: Case, role: str) -> Iterator[Reached]:
    pages = case.record.pages_of(role)
    for page in pages:
        yield at_page(case, page)
    for skipped in case.record.skipped:
        if skipped.what == role or skipped.what.startswith(f"{role}:"):
            yield _passed_over(skipped)
    if pages or role not in namings():
        return
    anchor = linked(case, role)
    if anchor is None:
        return
    key = addresses.key(anchor.url)
    if key == addresses.key(case.record.home.url):
        return
    page_there = next((p for p in case.record.pages if addresses.key(p.chain.asked) == key), None)
    if page_there is not None:
        yield at_page(case, page_there, anchor)
        return
    passed = next((s for s in case.record.skipped if addresses.key(s.detail) == key), None)
    if passed is not None:
        yield _passed_over(passed, anchor)
    elif addresses.is_page(anchor.url):
        yield Reached("ours", anchor=anchor, why=_fill(_NOT_ASKED, "—"))


def linked(case: Case, role: str) -> Anchor | None:
    """The best link of the home page, as sent or as shown, to a function."""
    for document in homes(case):
        for named in candidates(document, role):
            if named.score >= LEAST_SCORE:
                return named.anchor
    return None


def homes(case: Case) -> list[Document]:
    """The home page as it was sent and as a browser showed it."""
    found = [case.home, case.home_rendered]
    return [d for n, d in enumerate(found) if d is not None and d not in found[:n]]


def at_page(case: Case, page: Page, anchor: Anchor | None = None) -> Reached:
    """What one fetched page came to."""
    chain = page.chain
    kind = case.kind(chain)
    if chain.error is not None:
        way: Way = "dead" if chain.error in _DEAD_ERRORS else _error_way(chain.error)
        return Reached(way, page, None, anchor, kind, FAULTS[chain.error].meaning)
    document = case.document(chain)
    status = Text(f"mã trả lời {chain.status}", f"status {chain.status}")
    if kind in KEPT_OUT:
        return Reached("kept_out", page, document, anchor, kind, NO_CONTENT[kind])
    if kind is PageKind.MAINTENANCE:
        return Reached("maintenance", page, document, anchor, kind, NO_CONTENT[kind])
    if kind is PageKind.HTTP_5XX:
        return Reached("doubtful", page, document, anchor, kind, status)
    if kind is PageKind.SOFT_404:
        why = Text("trang báo không tìm thấy", "a page that says there is nothing")
        return Reached("dead", page, document, anchor, kind, why)
    if kind in _DEAD:
        return Reached("dead", page, document, anchor, kind, status)
    return Reached("found", page, document, anchor, kind)


def _error_way(error: ErrorClass) -> Way:
    if unmeasured(error) is CheckState.BLOCKED:
        return "kept_out"
    # one attempt at an inner page is never enough to say that the portal failed
    return "doubtful" if FAULTS[error].side == "portal" else "ours"


def _passed_over(skipped: Skipped, anchor: Anchor | None = None) -> Reached:
    anchor = anchor or (Anchor(skipped.detail, "") if addresses.split(skipped.detail) else None)
    meaning = FAULTS[skipped.reason].meaning
    why = Text(_NOT_ASKED.vi.format(why=meaning.vi), _NOT_ASKED.en.format(why=meaning.en))
    blocked = unmeasured(skipped.reason) is CheckState.BLOCKED
    return Reached("kept_out" if blocked else "ours", anchor=anchor, why=why)


def walk_stopped(case: Case, *steps: str) -> Text | None:
    """Why the visit did not walk through the pages at all, or to the end; None where it did."""
    for skipped in case.record.skipped:
        if skipped.what in {"pages", *steps}:
            meaning = FAULTS[skipped.reason].meaning
            return Text(_NO_WALK.vi.format(why=meaning.vi), _NO_WALK.en.format(why=meaning.en))
    if case.record.depth == "sweep":
        return _fill(_NO_WALK, "sweep")
    return None


def unreached(reached: Reached, what: Text) -> Verdict | None:
    """The verdict where nothing can be said of a function, or None where something can."""
    states: dict[Way, CheckState] = {
        "kept_out": CheckState.BLOCKED,
        "maintenance": CheckState.MAINTENANCE,
        "ours": CheckState.NOT_MEASURED,
    }
    state = states.get(reached.way)
    if state is None:
        return None
    seen = Text(f"{what.vi}: {reached.why.vi}", f"{what.en}: {reached.why.en}")
    return without(state, seen, url=reached.url, evidence=shown(reached))


def shown(reached: Reached) -> tuple[Evidence, ...]:
    """The link and the stored page, as evidence."""
    found: list[Evidence] = []
    if reached.anchor is not None:
        found.append(Evidence(what="link", value=reached.anchor.text[:200], url=reached.anchor.url))
    if reached.page is not None:
        chain: Chain = reached.page.chain
        value = reached.page.text[:200] or reached.page.role
        found.append(Evidence(what="page", value=value, url=chain.url, digest=chain.final.body))
    return tuple(found)


def inner_closed(case: Case, *roles: str) -> Verdict | None:
    """Why no inner page of the roles could be read, where there are some: blocking and bad luck
    must not leave a verdict to rest on the home page alone. None where one was read, or none is
    there.
    """
    ways = reach_all(case, *roles)
    if any(way.way == "found" and way.document is not None for way in ways):
        return None
    what = Text("các trang bên trong", "the inner pages")
    closed = (v for way in ways if (v := unreached(way, what)) is not None)
    stopped = walk_stopped(case)
    return next(closed, without(CheckState.NOT_MEASURED, stopped) if stopped else None)


def undrawn(case: Case) -> Text | None:
    """Why nothing can be missed on a home page that scripts draw and no browser showed."""
    links = len(case.home.anchors) if case.home is not None else 0
    return _UNDRAWN if links < _LEAST_LINKS and not was_rendered(case) else None


def was_rendered(case: Case) -> bool:
    """Whether a browser showed the home page, so that a missing element is really missing."""
    return any(s.role == "home" and s.error is None and s.body for s in case.record.rendered)


def brief(element: lxml_html.HtmlElement) -> str:
    """The beginning of an element's text; a page of nested elements cannot make this slow."""
    pieces = (piece[:_BRIEF] for piece in islice(element.itertext(), _PIECES))
    return clean(" ".join(pieces))[:_BRIEF]


def _fill(text: Text, why: str) -> Text:
    return Text(text.vi.replace("{why}", why), text.en.replace("{why}", why))
