"""Pages of online services: the list (SV-02) and the procedures (SV-03)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urldefrag, urljoin

from lxml import html as lxml_html

from chiso.checks.fetch.naming import candidates, simple, simple_lines
from chiso.checks.fetch.procedures import CODE, procedure_links
from chiso.checks.findings import Evidence, Verdict, graded, review, without
from chiso.checks.judging.case import Case
from chiso.checks.judging.reaching import at_page, brief, reach_all, shown, unreached, walk_stopped
from chiso.checks.judging.registry import check
from chiso.checks.judging.service_desk import (
    LEVEL,
    PORTAL,
    desk,
    is_building,
    named,
    not_here,
    portal_closed,
    service_documents,
)
from chiso.checks.reading.document import Document, clean
from chiso.checks.states import CheckState
from chiso.language import Text

_SECTOR = re.compile(r"\b(?:linh vuc|nganh|sector|co quan thuc hien|don vi)\b")
_LIST = Text("danh mục dịch vụ", "the list of services")
_ROW_CHARS = 1_200
_MOST_ROWS, _MOST_ANCESTORS = 500, 8
_ROW_TAGS = {"tr", "li", "article", "dd", "section", "div"}


# ── the list of services ──


@check("SV-02")
def listed_levels(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """The share of listed services whose level is shown; the list is arranged by sector."""
    closed = not_here(case)
    if closed is not None:
        return closed
    pages = _listings(case)
    if not pages:
        return _no_list(case)
    rows: dict[str, bool] = {}
    for row in (row for _, found in pages for row in found):
        rows[row.url] = rows.get(row.url, False) or row.levelled
    with_level = sum(rows.values())
    share = with_level / len(rows)
    sectors = any(_SECTOR.search(simple_lines(d.text)) for d, _ in pages)
    level = figures["levels"] * share + figures["sectors"] * sectors
    seen = Text(
        f"{with_level} trên {len(rows)} dịch vụ đã xem có ghi mức độ; "
        f"{'có' if sectors else 'không'} phân theo lĩnh vực.",
        f"{with_level} of {len(rows)} services seen show their level; "
        f"{'arranged' if sectors else 'not arranged'} by sector.",
    )
    url = pages[0][0].url
    if len(rows) < figures["least"]:
        return review(seen, proposed=level, url=url)
    return graded(1.0 if share == 1 and sectors else min(level, 1.0), seen, url=url)


def _listings(case: Case) -> list[tuple[Document, list[_Row]]]:
    """The lists of services; the front page is one only where it leads to no other list."""
    lists = service_documents(case, "service_list")
    if not lists:
        front = service_documents(case, "service_portal", "section:procedures")
        lists = [d for d in front if not candidates(d, "service_list")]
    found = [(document, list(_rows(document))) for document in lists]
    return [(document, rows) for document, rows in found if rows]


def _no_list(case: Case) -> Verdict:
    portal = desk(case)
    closed = unreached(portal, PORTAL)
    if closed is not None:
        return closed
    stopped = walk_stopped(case)
    if stopped is not None:
        return without(CheckState.NOT_MEASURED, stopped)
    lists = reach_all(case, "service_list")
    obstacle = next((v for one in lists if (v := unreached(one, _LIST)) is not None), None)
    if obstacle is not None:
        return obstacle
    front = service_documents(case, "service_portal", "section:procedures")
    linked = next((n for d in front for n in candidates(d, "service_list")), None)
    if linked is not None and not lists:
        why = Text("chưa mở danh mục dịch vụ", "the list of services was not opened")
        return without(CheckState.NOT_MEASURED, why, url=linked.anchor.url)
    if lists:
        seen = Text(
            "Danh mục dịch vụ không mở được hoặc máy không đọc được dòng nào.",
            "The list of services does not open, or the robot can read none of its rows.",
        )
        return review(seen, proposed=0, url=lists[0].url, evidence=shown(lists[0]))
    seen = Text("Không thấy danh mục dịch vụ công.", "There is no list of online services.")
    return graded(0, seen, url=portal.url, evidence=shown(portal))


@dataclass(frozen=True, slots=True)
class _Row:
    url: str
    levelled: bool


def _rows(document: Document) -> Iterator[_Row]:
    """The services of a list, and whether the level stands beside each or over its list."""
    links = {anchor.url for anchor in procedure_links(document)}
    if len(links) < 2:
        return
    over = bool(LEVEL.search(simple(document.title))) or any(
        LEVEL.search(simple(text)) for level, text in document.headings if level == 1
    )
    heading = False
    done: set[str] = set()
    for element in document.tree.iter("a", "h2", "h3", "h4", "h5", "caption"):
        if element.tag != "a":
            heading = bool(LEVEL.search(simple(brief(element))))
            continue
        url = _target(element, document)
        if url in links and url not in done and len(done) < _MOST_ROWS:
            done.add(url)
            beside = LEVEL.search(simple_lines(_row_text(element, document, links)))
            yield _Row(url, over or heading or bool(beside))


def _target(link: lxml_html.HtmlElement, document: Document) -> str:
    try:
        return str(urldefrag(urljoin(document.base, str(link.get("href") or "").strip())).url)
    except ValueError:
        return ""


def _row_text(link: lxml_html.HtmlElement, document: Document, links: set[str]) -> str:
    """The text of the largest block around a link that holds no other service."""
    best, own = brief(link), _target(link, document)
    for parent in islice(link.iterancestors(), _MOST_ANCESTORS):
        if parent.tag in {"body", "html", "main", "table", "tbody", "ul", "ol"}:
            break
        if parent.tag not in _ROW_TAGS:
            continue
        if any((url := _target(a, document)) in links and url != own for a in parent.iter("a")):
            break
        text = clean(" ".join(islice(parent.itertext(), _ROW_CHARS)))
        if len(text) > _ROW_CHARS:
            break
        best = text
        if parent.tag in {"tr", "li", "article"}:
            break
    return best


# ── procedures ──

#: a line with more letters is no label
_LABEL_CHARS, _MOST_LINES = 80, 5_000


@check("SV-03")
def procedures_complete(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """The mean share of the groups of fields that a procedure must show, over sampled pages."""
    closed = not_here(case)
    if closed is not None:
        return closed
    pages = [(p, d) for p, d in case.pages("procedure") if not is_building(d)]
    if not pages:
        return _no_procedures(case)
    groups: Mapping[str, str] = figures["groups"]
    filled = [_filled_groups(d, groups) for _, d in pages]
    # a page with no group at all and no code may be no procedure: nobody is accused by it
    sure = [
        n
        for n, (_, d) in enumerate(pages)
        if sum(filled[n].values()) > 1 or CODE.search(d.text[:200_000])
    ]
    if not sure:
        seen = Text(
            "Các trang được chọn không giống trang thủ tục; cần người xem.",
            "The chosen pages do not look like procedures; a person has to look.",
        )
        return review(seen, proposed=0, url=pages[0][0].chain.url)
    pages, filled = [pages[n] for n in sure], [filled[n] for n in sure]
    shares = [sum(one.values()) / len(groups) for one in filled]
    mean = sum(shares) / len(shares)
    lacking = [key for key in groups if sum(one[key] for one in filled) * 2 < len(filled)]
    evidence = tuple(
        Evidence(what="procedure", value=f"{share:.0%}", url=page.chain.url,
                 digest=page.chain.final.body)
        for (page, _), share in zip(pages, shares, strict=True)
    )  # fmt: skip
    seen = Text(
        f"{len(pages)} thủ tục đã xem có trung bình {mean:.0%} trong {len(groups)} nhóm thông tin"
        f" (hay thiếu: {named(lacking, figures, 0) or 'không'}).",
        f"{len(pages)} procedures show on average {mean:.0%} of {len(groups)} groups of fields"
        f" (often missing: {named(lacking, figures, 1) or 'none'}).",
    )
    url = pages[0][0].chain.url
    scripts = all(len(d.text) < figures["least_chars"] for _, d in pages)
    if scripts or (len(pages) < figures["least"] and mean < 1):
        return review(seen, proposed=mean, url=url, evidence=evidence)
    return graded(1.0 if mean == 1 else mean, seen, url=url, evidence=evidence)


def _filled_groups(document: Document, groups: Mapping[str, str]) -> dict[str, bool]:
    """Which groups of fields a page shows: a line begins with the label and something follows.

    What follows may stand behind the label or on the next line, unless that is the next label.
    A level may also stand alone, as a badge does.
    """
    lines = document.text[:200_000].splitlines()[:_MOST_LINES]
    plain = [simple(line) for line in lines]
    labels = {key: re.compile(rf"(?:[a-z0-9]{{1,3}} )?(?:{p})\b") for key, p in groups.items()}
    found = dict.fromkeys(groups, False)
    titles = _titles(document)
    for number, text in enumerate(plain):
        for key, label in labels.items():
            match = None if found[key] else label.match(text)
            if match is None:
                continue
            after = plain[number + 1] if number + 1 < len(plain) else ""
            titled = after in titles and any(one.match(after) for one in labels.values())
            told = ":" in lines[number] or len(text) - match.end() > _LABEL_CHARS // 2
            found[key] = (told and _says(text[match.end() :])) or (
                len(text) < _LABEL_CHARS and _says(after) and not titled
            )
    if "level" in found and not found["level"]:
        found["level"] = any(len(text) < _LABEL_CHARS and LEVEL.search(text) for text in plain)
    return found


def _titles(document: Document) -> frozenset[str]:
    """The texts that a page sets apart as labels."""
    marked = document.tree.iter(
        "h1", "h2", "h3", "h4", "h5", "h6", "th", "dt", "b", "strong", "label", "legend", "summary"
    )
    return frozenset(simple(brief(element)) for element in islice(marked, 2_000))


def _says(text: str) -> bool:
    return len(text.strip()) >= 2 and not _empty(text.strip())


def _empty(text: str) -> bool:
    return bool(
        re.fullmatch(r"(?:dang cap nhat|chua co(?: thong tin| du lieu)?|n a|updating)", text)
    )


def _no_procedures(case: Case) -> Verdict:
    states = [at_page(case, page) for page in case.record.pages_of("procedure")]
    for way in ("kept_out", "maintenance", "ours"):
        reached = next((r for r in states if r.way == way), None)
        closed = unreached(reached, PORTAL) if reached is not None else None
        if closed is not None:
            return closed
    if states:
        seen = Text(
            "Các trang thủ tục đã chọn đều không mở được hoặc đang xây dựng.",
            "None of the chosen pages of procedures opens, or all are being built.",
        )
        return review(seen, proposed=0, url=states[0].url, evidence=shown(states[0]))
    closed = portal_closed(case)
    return closed or graded(
        0, Text("Không thấy trang thủ tục nào.", "There are no pages of procedures.")
    )
