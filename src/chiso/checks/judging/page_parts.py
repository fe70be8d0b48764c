"""Parts of pages: aids for readers (FN-09), metadata (FN-10), identity (FN-11), third parties
(FN-12)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rapidfuzz import fuzz

from chiso.checks.fetch import addresses
from chiso.checks.fetch.naming import candidates, simple, simple_lines, words_in
from chiso.checks.findings import Evidence, Verdict, graded, without
from chiso.checks.judging.case import Case
from chiso.checks.judging.reaching import brief, homes, inner_closed, undrawn
from chiso.checks.judging.registry import check
from chiso.checks.reading.document import Document, clean
from chiso.checks.states import CheckState
from chiso.language import Text

_INNER = ("section", "item", "sample")
_MOST_ELEMENTS = 20_000
_MOST_JSON = 200_000


# ── aids for readers ──


@check("FN-09")
def aids(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """Language switch, breadcrumbs, print or share, text size: the share that is there."""
    inner = [document for role in _INNER for _, document in case.pages(role)]
    articles = [document for _, document in case.pages("item")]
    everywhere = [*homes(case), *inner]
    seen: dict[str, bool] = {"language": any(_switches_language(d) for d in homes(case))}
    seen["size"] = any(_marked(d, figures["size_marks"]) for d in everywhere)
    if inner:
        seen["trail"] = any(_marked(d, figures["trail_marks"]) for d in inner)
    if articles:
        seen["print"] = any(_marked(d, figures["print_marks"]) for d in articles)
    closed = inner_closed(case, *_INNER)
    if closed is not None:
        return closed
    unseen = undrawn(case)
    if unseen is not None and not all(seen.values()):
        return without(CheckState.NOT_MEASURED, unseen)
    names = {
        "language": Text("đổi ngôn ngữ", "language switch"),
        "size": Text("cỡ chữ", "text size"),
        "trail": Text("đường dẫn trang", "breadcrumbs"),
        "print": Text("in hoặc chia sẻ bài", "print or share"),
    }
    there = [names[key] for key, found in seen.items() if found]
    lacking = [names[key] for key, found in seen.items() if not found]
    text = Text(
        f"Có: {', '.join(t.vi for t in there) or 'không'}; "
        f"thiếu: {', '.join(t.vi for t in lacking) or 'không'}.",
        f"Present: {', '.join(t.en for t in there) or 'none'}; "
        f"missing: {', '.join(t.en for t in lacking) or 'none'}.",
    )
    return graded(sum(seen.values()) / len(seen), text)


def _switches_language(document: Document) -> bool:
    if any(named.score >= 0.9 for named in candidates(document, "english")):
        return True
    for element in document.tree.iter("a", "link"):
        if clean(element.get("hreflang")).casefold().startswith("en"):
            return True
    return False


def _marked(document: Document, pattern: str) -> bool:
    """Whether an element's name, label or text is one by which an aid is known."""
    marks = re.compile(pattern)
    for number, element in enumerate(document.tree.iter()):
        if number > _MOST_ELEMENTS:
            return False
        if not isinstance(element.tag, str):
            continue
        names = [element.get(k) or "" for k in ("class", "id", "title", "aria-label", "onclick")]
        if element.tag in {"a", "button", "span", "li"} and len(element) <= 2:
            names.append(brief(element)[:40])
        if any(marks.search(f" {simple(name)} ") for name in names if name):
            return True
    return False


# ── metadata ──


@check("FN-10")
def metadata(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """The share of asked metadata on the home page and the pages seen; Dublin Core by ISO 15836."""
    closed = inner_closed(case, *_INNER)
    if closed is not None:
        return closed
    pages = [document for role in _INNER for _, document in case.pages(role)]
    documents = [d for d in [case.home, *pages] if d is not None]
    documents = list({addresses.key(d.url): d for d in documents}.values())[: figures["most_pages"]]
    weights: Mapping[str, float] = figures["weights"]
    whole = sum(weights.values())
    shares = [_metadata_parts(document) for document in documents]
    mean = {key: sum(s[key] for s in shares) / len(shares) for key in weights}
    level = sum(weights[key] * mean[key] for key in weights) / whole
    parts = [
        ", ".join(f"{figures['names'][key][n]} {mean[key]:.0%}" for key in weights) for n in (0, 1)
    ]
    seen = Text(
        f"Dữ liệu đặc tả trên {len(documents)} trang: {parts[0]}.",
        f"Metadata on {len(documents)} pages: {parts[1]}.",
    )
    return graded(1.0 if all(v == 1 for v in mean.values()) else min(level, 1.0), seen)


def _metadata_parts(document: Document) -> dict[str, float]:
    """What a page has of each kind of metadata, in [0, 1]."""
    metas = document.metas
    core = {
        "title": ("dc.title", "dcterms.title"),
        "creator": ("dc.creator", "dcterms.creator", "author"),
        "date": ("dc.date", "dcterms.date", "dcterms.created", "dcterms.issued", "dc.date.created"),
        "description": ("dc.description", "dcterms.description"),
        "identifier": ("dc.identifier", "dcterms.identifier"),
    }
    held = sum(any(_filled(metas.get(name)) for name in names) for names in core.values())
    graph = [name for name in ("og:title", "og:description", "og:url") if _filled(metas.get(name))]
    return {
        "title": float(len(document.title) >= 3),
        "description": float(_filled(metas.get("description"))),
        "canonical": float(_canonical(document)),
        "open_graph": len(graph) / 3,
        "dublin_core": held / len(core),
        "schema_org": float(_schema_org(document)),
    }


def _filled(value: str | None) -> bool:
    return value is not None and len(value.strip()) >= 2


def _canonical(document: Document) -> bool:
    return any(
        "canonical" in clean(element.get("rel")).casefold().split() and element.get("href")
        for element in document.tree.iter("link")
    )


def _schema_org(document: Document) -> bool:
    if any(True for _ in _json_types(document)):
        return True
    return any(
        "schema.org" in (element.get("itemtype") or "")
        for element in document.tree.xpath("//*[@itemtype]")[:200]
    )


def _json_types(document: Document) -> Iterator[str]:
    """The types that JSON-LD blocks of the page declare."""
    for element in document.tree.iter("script"):
        if clean(element.get("type")).casefold() != "application/ld+json":
            continue
        text = element.text or ""
        if len(text) > _MOST_JSON:
            continue
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            continue
        for item in found if isinstance(found, list) else [found]:
            if not isinstance(item, dict):
                continue
            graph = item.get("@graph")
            for node in graph if isinstance(graph, list) else [item]:
                if isinstance(node, dict) and node.get("@type"):
                    yield str(node["@type"])[:100]


# ── identity ──


@check("FN-11")
def identity(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """The name is under a government domain and the foot of the home page names the owner."""
    host = addresses.host(case.record.home.url)
    official = any(host.endswith(f".{domain}") for domain in case.law.domains)
    foot = next((text for d in homes(case) if (text := _footer(d))), "")
    named = _names_owner(foot, case.record.site.owner, figures)
    if not named:
        named = any(_names_owner(_tail(d), case.record.site.owner, figures) for d in homes(case))
    unseen = undrawn(case)
    if unseen is not None and not named:
        return without(CheckState.NOT_MEASURED, unseen)
    level = figures["domain"] * official + figures["owner"] * named
    vi = "thuộc" if official else "không thuộc"
    en = "is" if official else "is not"
    domains = ", ".join(f".{domain}" for domain in case.law.domains)
    foot_vi, foot_en = ("có nêu", "names") if named else ("không nêu", "does not name")
    seen = Text(
        f"Tên miền {host} {vi} {domains}; chân trang {foot_vi} cơ quan chủ quản.",
        f"{host} {en} under {domains}; the footer {foot_en} the owner.",
    )
    evidence: tuple[Evidence, ...] = (Evidence(what="host", value=host, url=case.record.home.url),)
    if foot:
        evidence += (Evidence(what="footer", value=foot[:300], url=case.record.home.url),)
    return graded(1.0 if official and named else level, seen, evidence=evidence)


def _footer(document: Document) -> str:
    """The text of the footer, by element, role, or a name that says so."""
    for element in document.tree.iter("footer", "div", "table", "section", "td"):
        name = f"{element.get('id') or ''} {element.get('class') or ''}".casefold()
        if (
            element.tag == "footer"
            or element.get("role") == "contentinfo"
            or re.search(r"(?:^|[\s_-])(?:footer|chan-?trang)", name)
        ):
            text = clean(element.text_content())
            if text:
                return text[:3_000]
    return ""


def _tail(document: Document) -> str:
    """The last lines of a page, where old layouts keep what others put into a footer."""
    return " ".join(document.text.splitlines()[-12:])[-1_500:]


def _names_owner(text: str, owner: str, figures: Mapping[str, Any]) -> bool:
    plain = simple_lines(text[:3_000]).replace("\n", " ")
    if not plain:
        return False
    wanted = simple(owner)
    if wanted and (
        words_in(wanted, plain) or fuzz.partial_ratio(wanted, plain) >= figures["owner_likeness"]
    ):
        return True
    return bool(re.search(figures["owner_words"], plain))


# ── third parties ──


@check("FN-12")
def third_parties(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """Hosts of others that the home page asked in a browser before anyone agreed to anything."""
    shown = next((s for s in case.record.rendered if s.role == "home" and s.error is None), None)
    if shown is None or not shown.requests:
        why = Text(
            "không có danh sách yêu cầu của trình duyệt", "no list of the browser's requests"
        )
        return without(CheckState.NOT_MEASURED, why)
    family = addresses.Family(case.law.domains)
    family.add(case.record.site.url)
    family.add(shown.final_url or shown.url)
    hosts = {addresses.host(r.url) for r in shown.requests if addresses.split(r.url)}
    foreign = sorted(h for h in hosts if h and not family.owns(f"https://{h}/"))
    trackers = [h for h in foreign if _under(h, figures["trackers"])]
    others = [h for h in foreign if h not in trackers and not _under(h, figures["neutral"])]
    level = max(
        0.0, 1.0 - figures["each_tracker"] * len(trackers) - figures["each_other"] * len(others)
    )
    evidence = tuple(Evidence(what="host", value=h) for h in [*trackers, *others][:20])
    seen = Text(
        f"Trang chủ gọi {len(foreign)} máy chủ khác, trong đó {len(trackers)} dịch vụ theo dõi.",
        f"The home page asks {len(foreign)} other hosts, {len(trackers)} of them trackers.",
    )
    return graded(level, seen, evidence=evidence)


def _under(host: str, names: list[str]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in names)
