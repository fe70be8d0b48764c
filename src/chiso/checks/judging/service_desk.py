"""Where a body's online services are, as one visit saw them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from chiso.checks.fetch.naming import simple, simple_lines
from chiso.checks.findings import Verdict, without
from chiso.checks.judging.case import Case
from chiso.checks.judging.reaching import Reached, reach, unreached, walk_stopped
from chiso.checks.reading.document import Document
from chiso.checks.states import CheckState, PageKind
from chiso.language import Text

_BUILDING = re.compile(
    r"\b(?:dang (?:duoc )?(?:xay dung|phat trien|hoan thien|nang cap)|chuc nang (?:nay )?chua"
    r"|tinh nang (?:nay )?chua|under construction|coming soon|noi dung dang cap nhat"
    r"|trang dang cap nhat)\b"
)
#: a level as Circular 32/2017 (1 to 4) or Decree 42/2022 (complete, partial) name it
LEVEL = re.compile(
    r"\b(?:muc(?: do)? (?:[1-4]|mot|hai|ba|bon)|toan trinh|mot phan|cung cap thong tin"
    r"|level [1-4]|full(?:y)? online|complete online|partial(?:ly)?(?: online)?)\b"
)
#: what is meant by the portal of services, in words
PORTAL = Text("cổng dịch vụ công", "the service portal")
#: a page with more text (characters) than this is not just a notice
_NOTICE_CHARS = 1_500


def not_here(case: Case, *also: str) -> Verdict | None:
    """Not applicable, unless the site is a main or a service portal or has one of the roles."""
    if case.record.site.role in {"main", "services", *also}:
        return None
    why = Text("cổng này không cung cấp dịch vụ công", "this site is not one of online services")
    return without(CheckState.NOT_APPLICABLE, why)


def desk(case: Case) -> Reached:
    """The service portal: the home page where the site is one, else what its link leads to."""
    if case.record.site.role == "services" and case.home is not None:
        return Reached("found", case.record.page("home"), case.home_rendered or case.home)
    reached = reach(case, "service_portal")
    if reached.way != "none":
        return reached
    return reach(case, "section:procedures", "service_list")


def service_documents(case: Case, *roles: str) -> list[Document]:
    """The readable pages of the roles; a page that asks for a login is one of them."""
    found: dict[str, Document] = {}
    if case.record.site.role == "services" and "service_portal" in roles:
        for home in (case.home, case.home_rendered):
            if home is not None:
                found[f"{home.url} {id(home)}"] = home
    for role in roles:
        for page in case.record.pages_of(role):
            document = case.document(page.chain)
            if document is not None and case.kind(page.chain) in {
                PageKind.OK,
                PageKind.LOGIN_WALL,
            }:
                found[page.chain.url] = document
    if "service_portal" in roles:
        reached = desk(case)
        if reached.way == "found" and reached.document is not None:
            found.setdefault(reached.url, reached.document)
    return list(found.values())


def inner_lines(document: Document) -> list[str]:
    """The lines of a page made simple, without those that only name a link, as menus do."""
    links = {simple(anchor.text) for anchor in document.anchors if len(anchor.text) < 300}
    return [line for line in simple_lines(document.text).splitlines() if line not in links]


def is_building(document: Document) -> bool:
    """Whether a page is only a notice that something is being built."""
    text = simple_lines(document.text)
    main = [line for line in text.splitlines() if _BUILDING.search(line) and len(line) < 300]
    return bool(main) and len(text) < _NOTICE_CHARS + 40 * len(document.anchors)


def named(keys: Iterable[str], figures: Mapping[str, Any], language: int) -> str:
    """What parts of a check are called in words: 0 in Vietnamese, 1 in English."""
    return ", ".join(figures["names"][key][language] for key in keys)


def portal_closed(case: Case) -> Verdict | None:
    """Why nothing below the service portal can be judged, if so."""
    closed = unreached(desk(case), PORTAL)
    if closed is not None:
        return closed
    stopped = walk_stopped(case)
    skipped = next(
        (
            s
            for s in case.record.skipped
            if s.what in {"service_list", "procedure", "form", "apply"}
        ),
        None,
    )
    if stopped is not None:
        return without(CheckState.NOT_MEASURED, stopped)
    if skipped is not None:
        why = Text("lần đo này chưa mở được trang", "this visit did not open the page")
        return without(CheckState.NOT_MEASURED, why, url=skipped.detail)
    return None
