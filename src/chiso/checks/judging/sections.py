"""CT-01 and CT-02: whether each section that the law asks for is linked, reachable and filled.

A page counts by what it says beyond the site's own frame: lines and links that also stand on the
home page or on the pages for missing addresses fill no section.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chiso.checks.artifacts import Page
from chiso.checks.findings import Evidence, Verdict, graded, review
from chiso.checks.judging.case import Case
from chiso.checks.judging.locating import (
    Located,
    is_built_by_script,
    list_items,
    locate,
    own_text,
    pattern_of,
    readable,
)
from chiso.checks.judging.registry import check
from chiso.checks.judging.technical import excerpt, say
from chiso.checks.law import Section
from chiso.checks.reading.classify import is_same_page
from chiso.checks.reading.document import Document
from chiso.language import Text

# ── CT-01 ──


@check("CT-01")
def mandatory_sections(case: Case, figures: Mapping[str, Any]) -> Iterator[Verdict]:
    """One verdict for each section of the law: found and filled, thin, dead or not found."""
    for key, section in case.law.sections.items():
        yield _mandatory(case, key, section, figures)


def _mandatory(case: Case, key: str, section: Section, figures: Mapping[str, Any]) -> Verdict:
    located = locate(case, key)
    title = section.title
    levels: Mapping[str, float] = figures["levels"]
    if located.closed is not None:
        return _part(located.closed, key, located)
    if located.found == "none":
        return graded(
            levels["none"],
            say(
                "Không thấy liên kết đến mục “{title}” ({article}).",
                "No link to the section “{title}” was found ({article}).",
                title=title, article=section.article,
            ),
            part=key,
        )  # fmt: skip
    if located.found == "elsewhere":
        seen = say(
            "Có liên kết “{link}” đến {url}, nhưng nội dung ở đó chưa được đọc.",
            "There is a link “{link}” to {url}, but what is there was not read.",
            link=located.link, url=excerpt(located.url),
        )  # fmt: skip
        return review(seen, url=located.url, evidence=located.evidence, part=key)
    if located.found in {"dead", "failed"}:
        seen = say(
            "Liên kết “{link}” của mục “{title}” không mở ra nội dung.",
            "The link “{link}” of the section “{title}” leads to no content.",
            link=located.link, title=title,
        )  # fmt: skip
        if located.found == "failed":
            return review(
                seen, proposed=levels["dead"], url=located.url, evidence=located.evidence, part=key
            )
        return graded(levels["dead"], seen, url=located.url, evidence=located.evidence, part=key)
    return _filled(case, key, section, located, levels)


def _part(verdict: Verdict, key: str, located: Located) -> Verdict:
    return Verdict(verdict.state, verdict.seen, verdict.level, verdict.url, located.evidence, key)


def _filled(
    case: Case, key: str, section: Section, located: Located, levels: Mapping[str, float]
) -> Verdict:
    chars, count, page, document = max(
        ((*_content(case, document), page, document) for page, document in located.pages),
        key=lambda found: (_is_full(found[0], found[1], section), found[1], found[0]),
    )
    doubt = _doubt(case, page, document)
    full = _is_full(chars, count, section) and not (doubt and doubt is _HOME)
    what = say(
        "Mục “{title}”: liên kết “{link}”, {chars} ký tự nội dung, {count} mục trong danh sách.",
        "Section “{title}”: link “{link}”, {chars} characters of content, {count} items listed.",
        title=section.title, link=located.link, chars=chars, count=count,
    )  # fmt: skip
    evidence = (*located.evidence, *_excerpts(case, page, document))
    url = page.chain.url
    if full:
        return graded(levels["filled"], what, url=url, evidence=evidence, part=key)
    if doubt is not None:
        seen = Text(f"{what.vi} {doubt.vi}", f"{what.en} {doubt.en}")
        return review(seen, proposed=levels["thin"], url=url, evidence=evidence, part=key)
    return graded(levels["thin"], what, url=url, evidence=evidence, part=key)


def _content(case: Case, document: Document) -> tuple[int, int]:
    """Characters of the page's own text, and items of its list."""
    return len(own_text(case, document)), len(list_items(case, document))


def _is_full(chars: int, count: int, section: Section) -> bool:
    by_text, by_list = chars >= section.chars, count >= section.items
    return {"text": by_text, "list": by_list, "either": by_text or by_list}[section.filled]


def _excerpts(case: Case, page: Page, document: Document) -> tuple[Evidence, ...]:
    listed = list_items(case, document)
    text = " / ".join(item.title for item in listed[:3]) or own_text(case, document)
    body = page.chain.final.body
    if not text:
        return ()
    what = "items" if listed else "text"
    return (Evidence(what=what, value=excerpt(text), url=page.chain.url, digest=body),)


_HOME = Text("Liên kết quay về trang chủ.", "The link leads back to the home page.")


def _doubt(case: Case, page: Page, document: Document) -> Text | None:
    """Why a page that looks thin may not be."""
    home = case.home
    address = page.chain.url.rstrip("/") == case.record.home.url.rstrip("/")
    if address or (home is not None and is_same_page(document, home)):
        return _HOME
    if is_built_by_script(document):
        return Text(
            "Trang dựng nội dung bằng JavaScript nên có thể đọc thiếu.",
            "The page builds its content with JavaScript, so it may have been read short.",
        )
    return None


# ── CT-02 ──


@check("CT-02")
def obligatory_fields(case: Case, figures: Mapping[str, Any]) -> Iterator[Verdict]:
    """For each section of `figures.sections`: the share of its obligatory fields on its pages."""
    for key in figures["sections"]:
        section = case.law.sections.get(key)
        if section is None or not section.fields:
            continue
        yield _fields(case, key, section)


def _fields(case: Case, key: str, section: Section) -> Verdict:
    located = locate(case, key)
    if located.closed is not None:
        return _part(located.closed, key, located)
    if located.found != "pages":
        seen = say(
            "Không có trang “{title}” đọc được để tìm các trường bắt buộc.",
            "There is no readable page “{title}” on which to look for the obligatory fields.",
            title=section.title,
        )
        if located.found in {"none", "dead"}:
            return graded(0, seen, url=located.url, evidence=located.evidence, part=key)
        return review(seen, url=located.url, evidence=located.evidence, part=key)
    pages = (*located.pages, *case.pages(f"item:{key}"))
    found: dict[str, Evidence] = {}
    for page, document in pages:
        text = readable(case, document)
        for name, pattern in section.fields.items():
            match = pattern_of(pattern).search(text) if name not in found else None
            if match:
                value = excerpt(match[0].strip())
                found[name] = Evidence(what=f"field {name}", value=value, url=page.chain.url)
    missing = [name for name in section.fields if name not in found]
    seen = say(
        "Mục “{title}” có {have}/{all} trường bắt buộc{missing}.",
        "Section “{title}” shows {have} of {all} obligatory fields{missing}.",
        title=section.title, have=len(found), all=len(section.fields),
        missing=_missing_fields(missing),
    )  # fmt: skip
    return graded(
        len(found) / len(section.fields), seen, url=pages[0][0].chain.url,
        evidence=tuple(found.values()), part=key,
    )  # fmt: skip


_FIELD_NAMES: Mapping[str, Text] = {
    "name": Text("họ tên", "name"),
    "post": Text("chức vụ", "post"),
    "phone": Text("điện thoại", "phone"),
    "email": Text("thư điện tử", "e-mail"),
}


def _missing_fields(missing: list[str]) -> Text:
    if not missing:
        return Text()
    names = [_FIELD_NAMES.get(name, Text(name, name)) for name in missing]
    return Text(
        "; thiếu " + ", ".join(name.vi for name in names),
        "; missing: " + ", ".join(name.en for name in names),
    )
