"""What a portal offers to machines: its XML sitemap (FN-03), robots.txt (FN-05), feeds (FN-06)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from protego import Protego

from chiso.checks.artifacts import Chain, Page
from chiso.checks.faults import FAULTS
from chiso.checks.fetch import addresses
from chiso.checks.fetch.naming import simple
from chiso.checks.findings import Evidence, Verdict, graded, without
from chiso.checks.judging.case import NO_CONTENT, Case
from chiso.checks.judging.reaching import homes, undrawn, walk_stopped
from chiso.checks.judging.registry import check
from chiso.checks.reading.feeds import Feed, read_feed
from chiso.checks.reading.guarded import guarded
from chiso.checks.reading.listing import items
from chiso.checks.reading.sitemaps import Sitemap, read_sitemap
from chiso.checks.states import KEPT_OUT, CheckState, ErrorClass, PageKind
from chiso.language import Text

#: pages of these roles are public content that a search engine should know
_PUBLIC = ("section", "item", "sample", "procedure", "service_list")
_MOST_ROBOTS = 500 * 1024  # bytes that RFC 9309 asks a reader to take


def own_family(case: Case) -> addresses.Family:
    """The hosts that are the body's own."""
    family = addresses.Family(case.law.domains)
    family.add(case.record.site.url)
    family.add(case.record.home.url)
    return family


def chain_state(case: Case, chain: Chain) -> Verdict | None:
    """Why nothing can be said of a file that was asked for, or None where something can."""
    kind = case.kind(chain)
    url = chain.url
    if chain.error is ErrorClass.ROBOTS:
        return without(CheckState.BLOCKED, FAULTS[chain.error].meaning, url=url)
    if chain.error is not None:
        return without(CheckState.NOT_MEASURED, FAULTS[chain.error].meaning, url=url)
    if kind in KEPT_OUT:
        return without(CheckState.BLOCKED, NO_CONTENT[kind], url=url)
    if kind is PageKind.MAINTENANCE:
        return without(CheckState.MAINTENANCE, NO_CONTENT[kind], url=url)
    if kind is PageKind.HTTP_5XX:
        why = Text(f"máy chủ trả về mã {chain.status}", f"the server answered {chain.status}")
        return without(CheckState.NOT_MEASURED, why, url=url)
    return None


def _first_obstacle(case: Case, chains: Iterable[Chain]) -> Verdict | None:
    return next((v for chain in chains if (v := chain_state(case, chain)) is not None), None)


# ── sitemap ──


@check("FN-03")
def sitemap(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """A sitemap by the sitemaps.org protocol: valid, covers the sampled pages, with fresh dates."""
    chains = case.record.sitemaps
    if not chains:
        stopped = walk_stopped(case)
        why = stopped or Text("chưa hỏi sơ đồ XML", "the sitemap was not asked for")
        return without(CheckState.NOT_MEASURED, why)
    family = own_family(case)
    read = [(c, s) for c in chains if c.ok and (s := read_sitemap(case.body(c.final))) is not None]
    own = [url for _, s in read for url in (*s.urls, *s.children) if family.owns(url)]
    evidence = tuple(_file_evidence("sitemap", chain) for chain in chains[:4])
    if not own:
        return _first_obstacle(case, chains) or graded(
            0, _no_sitemap(bool(read)), url=chains[0].url, evidence=evidence
        )
    seen: dict[str, float] = {"valid": 1.0}
    covered = _coverage(case, [s for _, s in read], family, figures)
    if covered is not None:
        seen["covers"] = min(1.0, covered / figures["full_coverage"])
    fresh = _lastmod(case, [s for _, s in read])
    seen["fresh"] = float(fresh is not None and _age(case, fresh) <= figures["fresh_days"])
    level = sum(figures[k] * v for k, v in seen.items()) / sum(figures[k] for k in seen)
    return graded(
        1.0 if all(v == 1 for v in seen.values()) else level,
        _sitemap_text(len(own), covered, fresh),
        url=read[0][0].url,
        evidence=evidence,
    )


def _no_sitemap(foreign: bool) -> Text:
    if foreign:
        return Text(
            "Sơ đồ XML chỉ liệt kê địa chỉ của máy chủ khác.",
            "The XML sitemap only lists addresses of another host.",
        )
    return Text("Không có sơ đồ XML hợp lệ.", "There is no valid XML sitemap.")


def _sitemap_text(count: int, covered: float | None, fresh: dt.date | None) -> Text:
    vi = [f"Sơ đồ XML hợp lệ, {count} địa chỉ"]
    en = [f"A valid XML sitemap with {count} addresses"]
    if covered is not None:
        vi.append(f"có {covered:.0%} số trang đã xem")
        en.append(f"it holds {covered:.0%} of the pages seen")
    vi.append(f"ngày sửa mới nhất {fresh:%d/%m/%Y}" if fresh else "không ghi ngày sửa")
    en.append(f"newest change {fresh.isoformat()}" if fresh else "it gives no dates of change")
    return Text("; ".join(vi) + ".", "; ".join(en) + ".")


def _coverage(
    case: Case, read: Sequence[Sitemap], family: addresses.Family, figures: Mapping[str, Any]
) -> float | None:
    """The share of public pages seen that stand in the sitemaps; None where it cannot be told.

    Parts of an index that were not read could hold the missing pages, so then nothing is said.
    """
    fetched = {addresses.key(chain.asked) for chain in case.record.sitemaps}
    unread = any(addresses.key(url) not in fetched for s in read for url in s.children)
    listed = {addresses.key(url) for s in read for url in s.urls}
    host = addresses.host(case.record.home.url).removeprefix("www.")
    public = {
        addresses.key(page.chain.url)
        for page in _public_pages(case)
        if addresses.host(page.chain.url).removeprefix("www.") == host
    }
    if len(public) < figures["least_pages"]:
        return None
    share = len(public & listed) / len(public)
    incomplete = unread or not all(s.complete for s in read)
    return None if incomplete and share < figures["full_coverage"] else share


def _public_pages(case: Case) -> list[Page]:
    return [page for role in _PUBLIC for page, _ in case.pages(role)]


def _lastmod(case: Case, read: Sequence[Sitemap]) -> dt.date | None:
    days = [day for s in read for day in s.lastmods.values() if day <= case.record.day]
    return max(days, default=None)


def _age(case: Case, day: dt.date) -> int:
    return (case.record.day - day).days


def _file_evidence(what: str, chain: Chain) -> Evidence:
    value = str(chain.status or chain.error or "")
    return Evidence(what=what, value=value, url=chain.url, digest=chain.final.body)


# ── robots.txt ──


@check("FN-05")
def robots(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """robots.txt (RFC 9309) is sound and hides no public content; the home page may be indexed."""
    noindex = _noindex(case)
    if noindex is not None:
        return graded(
            0,
            Text(
                "Trang chủ cấm lập chỉ mục (noindex).", "The home page forbids indexing (noindex)."
            ),
            evidence=(noindex,),
        )
    chain = case.record.robots
    if chain is None:
        return without(
            CheckState.NOT_MEASURED, Text("chưa hỏi robots.txt", "robots.txt was not asked for")
        )
    if chain.error is not None or (chain.status or 0) >= 500:
        return chain_state(case, chain) or without(CheckState.NOT_MEASURED, Text())
    evidence = (_file_evidence("robots.txt", chain),)
    if not chain.ok:
        # RFC 9309, 2.3.1.3: an unavailable file (4xx) means that everything may be read
        seen = Text(
            f"Không có robots.txt (mã {chain.status}): không trang nào bị che.",
            f"There is no robots.txt (status {chain.status}): no page is hidden.",
        )
        return graded(1, seen, url=chain.url, evidence=evidence)
    body = case.body(chain.final)[:_MOST_ROBOTS]
    if case.document(chain) is not None or b"<html" in body[:2000].lower():
        seen = Text(
            "robots.txt là một trang web, không phải tệp quy tắc.",
            "robots.txt is a web page, not a file of rules.",
        )
        return graded(figures["not_text"], seen, url=chain.url, evidence=evidence)
    return _ruled(case, figures, body, chain, evidence)


def _ruled(
    case: Case, figures: Mapping[str, Any], body: bytes, chain: Chain,
    evidence: tuple[Evidence, ...],
) -> Verdict:  # fmt: skip
    rules = guarded(Protego.parse, body.decode("utf-8", errors="replace"))
    if rules is None:
        seen = Text("robots.txt không đọc được.", "robots.txt cannot be read.")
        return graded(figures["not_text"], seen, url=chain.url, evidence=evidence)
    host = addresses.host(chain.url)
    public = {page.chain.asked for page in _public_pages(case)}
    public |= {s.detail for s in case.record.skipped if s.what.partition(":")[0] in _PUBLIC}
    home = case.record.home.url
    asked = [url for url in sorted(public) if addresses.host(url) == host]
    hidden = [url for url in asked if not rules.can_fetch(url, "*")]
    evidence += tuple(Evidence(what="hidden", value=url[:300], url=url) for url in hidden[:5])
    all_hidden = len(hidden) == len(asked) and len(asked) >= figures["least_pages"]
    if not rules.can_fetch(home, "*") or all_hidden:
        seen = Text(
            "robots.txt cấm máy tìm kiếm đọc trang chủ hoặc mọi trang nội dung.",
            "robots.txt forbids search engines the home page or all content pages.",
        )
        return graded(0, seen, url=chain.url, evidence=evidence)
    if hidden:
        seen = Text(
            f"robots.txt che {len(hidden)} trên {len(asked)} trang nội dung đã biết.",
            f"robots.txt hides {len(hidden)} of {len(asked)} known content pages.",
        )
        return graded(figures["some_hidden"], seen, url=chain.url, evidence=evidence)
    seen = Text("robots.txt không che nội dung công khai.", "robots.txt hides no public content.")
    return graded(1, seen, url=chain.url, evidence=evidence)


def _noindex(case: Case) -> Evidence | None:
    home = case.record.home
    for value in home.final.header_all("x-robots-tag"):
        # a rule for one named engine ("otherbot: noindex") says nothing of the others
        if "noindex" in value.casefold().split(":")[-1] and ":" not in value:
            return Evidence(what="header", value=f"X-Robots-Tag: {value[:200]}", url=home.url)
    for document in homes(case):
        value = document.metas.get("robots", "")
        if "noindex" in value.casefold() or value.casefold().strip() == "none":
            return Evidence(what="meta", value=f"robots: {value[:200]}", url=home.url)
    return None


# ── feeds ──


@check("FN-06")
def feeds(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """A feed that can be found, parses (RSS 2.0, RFC 4287), is fresh and matches the lists."""
    if case.record.site.role not in {"main", "unit"}:
        why = Text("chỉ áp dụng cho cổng tin", "applies to portals with news only")
        return without(CheckState.NOT_APPLICABLE, why)
    pages = [*case.record.pages_of("feed"), *case.record.pages_of("feed_page")]
    chains = [*case.record.feeds, *(page.chain for page in pages)]
    read = [(c, f) for c in chains if c.ok and (f := read_feed(case.body(c.final))) is not None]
    evidence = tuple(_file_evidence("feed", chain) for chain in chains[:4])
    if not read:
        return _no_feed(case, chains, evidence)
    chain, feed = max(read, key=lambda pair: len(pair[1].entries))
    if not feed.entries:
        seen = Text("Có kênh RSS nhưng không có bài nào.", "There is a feed, but it is empty.")
        return graded(figures["empty"], seen, url=chain.url, evidence=evidence)
    matched = max(_matching(case, one) for _, one in read)
    newest = _newest(case, [one for _, one in read])
    fresh = newest is not None and _age(case, newest) <= figures["fresh_days"]
    matches = matched >= figures["least_matching"]
    seen_parts = {"parses": True, "fresh": fresh, "matches": matches}
    level = sum(figures[name] for name, good in seen_parts.items() if good)
    level /= sum(figures[name] for name in seen_parts)
    return graded(
        1.0 if all(seen_parts.values()) else level,
        _feed_text(len(feed.entries), newest, matched),
        url=chain.url,
        evidence=evidence,
    )


def _newest(case: Case, read: Sequence[Feed]) -> dt.date | None:
    days = [e.date for one in read for e in one.entries if e.date is not None]
    return max((day for day in days if day <= case.record.day), default=None)


def _feed_text(count: int, newest: dt.date | None, matched: float) -> Text:
    vi = f"bài mới nhất {newest:%d/%m/%Y}" if newest else "không ghi ngày"
    en = f"the newest of {newest.isoformat()}" if newest else "without dates"
    return Text(
        f"Kênh RSS có {count} bài, {vi}; {matched:.0%} trùng với danh sách trên cổng.",
        f"A feed of {count} entries, {en}; {matched:.0%} of them are on the portal's lists.",
    )


def _no_feed(case: Case, chains: Sequence[Chain], evidence: tuple[Evidence, ...]) -> Verdict:
    announced = next((url for d in _all_documents(case) for url in d.feeds), "")
    if not announced and not case.record.pages_of("feed"):
        listed = [a.url for _, d in case.pages("feed_page") for a in d.anchors]
        own = {addresses.key(page.chain.url) for page in case.record.pages_of("feed_page")}
        announced = next(
            (u for u in listed if addresses.may_be_feed(u) and addresses.key(u) not in own), ""
        )
    obstacle = _first_obstacle(case, case.record.feeds)
    if obstacle is not None:
        return obstacle
    if not case.record.feeds and announced:
        why = Text(
            "cổng có giới thiệu kênh RSS nhưng lần đo này chưa mở",
            "the portal announces a feed that this visit did not open",
        )
        return without(CheckState.NOT_MEASURED, why, url=announced)
    stopped = (walk_stopped(case) or undrawn(case)) if not case.record.feeds else None
    if stopped is not None:
        return without(CheckState.NOT_MEASURED, stopped)
    if chains:
        seen = Text(
            "Địa chỉ RSS không trả về kênh tin hợp lệ.", "What is linked as a feed is not one."
        )
        return graded(0, seen, url=chains[0].url, evidence=evidence)
    return graded(
        0, Text("Trang chủ không giới thiệu kênh RSS nào.", "The home page announces no feed.")
    )


def _all_documents(case: Case) -> list[Any]:
    inner = [d for page in case.record.pages if (d := case.document(page.chain)) is not None]
    return [*homes(case), *inner]


def _matching(case: Case, feed: Feed) -> float:
    """The share of the newest entries whose address or title stands on a list of the portal."""
    keys: set[str] = set()
    titles: set[str] = set()
    lists = [document for _, document in case.pages("section")]
    for document in lists:
        for item in items(document, case.record.day):
            keys.add(addresses.key(item.url))
            titles.add(simple(item.title))
    for document in homes(case):
        keys |= {addresses.key(anchor.url) for anchor in document.anchors}
        titles |= {simple(anchor.text) for anchor in document.anchors if anchor.text}
    newest = feed.entries[:10]
    found = sum(addresses.key(e.url) in keys or simple(e.title) in titles for e in newest)
    return found / len(newest) if newest else 0.0
