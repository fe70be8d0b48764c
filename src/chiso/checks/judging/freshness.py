"""CT-03 and CT-04: how old the newest item of a section is, and how steadily items appear.

A date is believed when two sources agree within a day. What a site shows on every page (a clock,
the year in the footer) is no source, nor is a home page, nor a date ahead of the visit.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar, cast

from chiso.checks.artifacts import Page
from chiso.checks.findings import Evidence, Verdict, graded, review
from chiso.checks.judging.case import Case
from chiso.checks.judging.locating import Located, frames, list_items, locate
from chiso.checks.judging.registry import check
from chiso.checks.judging.technical import at_most, say, unseen
from chiso.checks.law import Section
from chiso.checks.reading.dates import Dated, agreed, article_date
from chiso.checks.reading.document import Document
from chiso.checks.reading.feeds import Entry, Feed, read_feed
from chiso.checks.reading.listing import Item
from chiso.checks.reading.sitemaps import read_sitemap
from chiso.language import Text, date, join

KeptT = TypeVar("KeptT")
_SOURCES: Mapping[str, Text] = {
    "feed": Text("kênh RSS", "the feed"),
    "list": Text("danh sách", "the list"),
    "article": Text("bài viết", "the article"),
    "article itself": Text("nguồn thứ hai trong bài viết", "a second source in the article"),
    "sitemap": Text("sơ đồ cổng XML", "the XML sitemap"),
}


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest item of a section, by each source that dates it."""

    dated: Dated
    title: str = ""
    url: str = ""
    oldest_first: bool = False  # the list runs from old to new, and may go on


@check("CT-03")
def newest_item(case: Case, figures: Mapping[str, Any]) -> Iterator[Verdict]:
    """For each section with steps: the level of the age of its newest item."""
    for key, section in case.law.sections.items():
        if section.deadline is not None:
            yield _aged(case, key, section, figures)


def _aged(case: Case, key: str, section: Section, figures: Mapping[str, Any]) -> Verdict:
    located = locate(case, key)
    if located.closed is not None:
        closed = located.closed
        return Verdict(closed.state, closed.seen, None, closed.url, located.evidence, key)
    if located.found != "pages":
        zero = located.found in {"none", "dead"}
        return review(
            say(
                "Không có trang “{title}” đọc được nên không có tin để tính ngày.",
                "There is no readable page “{title}”, hence no item to date.",
                title=section.title,
            ),
            proposed=0.0 if zero else None,
            url=located.url,
            evidence=located.evidence,
            part=key,
        )
    newest = newest_of(case, key, located, figures)
    if newest.dated.date is None:
        return review(
            say(
                "Mục “{title}” không có ngày nào đọc được.",
                "No date could be read in the section “{title}”.",
                title=section.title,
            ),
            url=located.url,
            evidence=located.evidence,
            part=key,
        )
    return _judged(case, key, section, newest, located)


def _judged(case: Case, key: str, section: Section, newest: Newest, located: Located) -> Verdict:
    day = newest.dated.date
    assert day is not None
    assert section.deadline is not None
    age = max(0, (case.record.day - day).days)
    level = at_most(age, section.deadline.steps)
    sources = newest.dated.sources
    seen = say(
        "Mục “{title}”: mới nhất ngày {day} ({age} ngày trước), theo {sources}{agree}.",
        "Section “{title}”: newest of {day} ({age} days ago), by {sources}{agree}.",
        title=section.title, day=_day(day), age=age, sources=_named(sources, day),
        agree=_agreement(newest.dated),
    )  # fmt: skip
    evidence = (
        *(Evidence(what=f"date, {name}", value=d.isoformat()) for name, d in sources.items()),
        Evidence(what="item", value=newest.title or newest.url, url=newest.url),
    )
    url = newest.url or located.url
    conflict = len(sources) > 1 and not newest.dated.agree
    doubted = not newest.dated.agree and (level < 1 or conflict)
    # Feed and list come from one field of the system: an older article says it was set anew.
    redated = (day - sources.get("article", day)).days > 1
    # A list with the oldest first shows its newest items on a page that was not opened.
    if doubted or redated or (level < 1 and newest.oldest_first):
        return review(seen, proposed=level, url=url, evidence=evidence, part=key)
    return graded(level, seen, url=url, evidence=evidence, part=key)


def _day(day: dt.date) -> Text:
    return Text(date(day, "vi"), date(day, "en"))


def _named(sources: Mapping[str, dt.date], day: dt.date) -> Text:
    names = [_SOURCES[name] for name, other in sources.items() if abs((other - day).days) <= 1]
    return Text(join([n.vi for n in names], "vi"), join([n.en for n in names], "en"))


def _agreement(dated: Dated) -> Text:
    if dated.agree:
        return Text()
    if len(dated.sources) > 1:
        return Text("; các nguồn khác nhau", "; the sources differ")
    return Text("; chỉ có một nguồn", "; there is one source only")


def newest_of(case: Case, key: str, located: Located, figures: Mapping[str, Any]) -> Newest:
    """The newest item of a section with what feed, list, article and sitemap say of its date."""
    listed = [item for _, document in located.pages for item in list_items(case, document)]
    entries = section_entries(case, located, listed)
    repeated = _is_repeated(listed, case.record.day, figures)
    top_entry = max(
        (e for e in entries if e.date), key=lambda e: e.date or dt.date.min, default=None
    )
    dated = [] if repeated else [item for item in listed if item.date]
    top_item = max(dated, key=lambda item: item.date or dt.date.min, default=None)
    sources: dict[str, dt.date] = {}
    if top_entry and top_entry.date:
        sources["feed"] = top_entry.date
    if top_item and top_item.date:
        sources["list"] = top_item.date
    title, url = (top_item.title, top_item.url) if top_item else ("", "")
    if not title and top_entry:
        title, url = top_entry.title, top_entry.url
    article = _article(case, key, sources, url)
    if article is not None:
        sources |= article[0]
        title, url = title or article[1], url or article[2]
    if url and (lastmod := lastmods(case, figures).get(url)):
        sources["sitemap"] = lastmod
    return Newest(_newest_agreed(sources), title, url, _is_oldest_first(listed, figures))


def _newest_agreed(sources: Mapping[str, dt.date]) -> Dated:
    """Of the dates on which two sources agree the newest; else the newest of all."""
    ordered = dict(sorted(sources.items(), key=lambda pair: pair[1], reverse=True))
    found = agreed(ordered)
    return Dated(found.date, sources, found.agree)


def _is_repeated(listed: list[Item], day: dt.date, figures: Mapping[str, Any]) -> bool:
    """Whether a list dates everything with the day of the visit: a clock, not a date."""
    dates = [item.date for item in listed if item.date]
    return len(dates) >= figures["repeated"] and all(d >= day for d in dates)


def _is_oldest_first(listed: list[Item], figures: Mapping[str, Any]) -> bool:
    """Whether a list that may have more pages runs from old to new."""
    dates = [item.date for item in listed if item.date]
    rising = sum(one < other for one, other in pairwise(dates))
    falling = sum(one > other for one, other in pairwise(dates))
    return len(listed) >= figures["full_page"] and rising > falling


def _article(
    case: Case, key: str, sources: Mapping[str, dt.date], url: str
) -> tuple[dict[str, dt.date], str, str] | None:
    """What the newest item's own page says of its date."""
    template = clock_lines(case)
    for page, document in _item_pages(case, key, url if sources else ""):
        found = article_date(document, case.record.day, template)
        if found.date is None:
            continue
        said = {"article": found.date}
        if found.agree:
            said["article itself"] = found.date
        return said, page.text or document.title, page.chain.url
    return None


def _item_pages(case: Case, key: str, url: str) -> list[tuple[Page, Document]]:
    """The page of the newest item, in whichever role it was fetched; any item without `url`."""
    if not url:
        return case.pages(f"item:{key}")
    return [
        (page, document)
        for role in (f"item:{key}", "item", "sample")
        for page, document in case.pages(role)
        if url in {page.chain.asked, page.chain.url}
    ]


def clock_lines(case: Case) -> frozenset[str]:
    """Lines that pages of no section, or several pages, have in common: they date nothing."""
    return _kept(case, "clock_lines", lambda: _clock_lines(case))


def _clock_lines(case: Case) -> frozenset[str]:
    shared: Counter[str] = Counter()
    documents: list[Document] = [document for _, document in case.pages("section")]
    for document in documents:
        shared.update(set(document.text.splitlines()))
    everywhere = {line for frame in frames(case) for line in frame.text.splitlines()}
    several = {line for line, count in shared.items() if count >= 3 and count == len(documents)}
    return frozenset(everywhere | several)


def section_entries(case: Case, located: Located, listed: list[Item]) -> list[Entry]:
    """The entries of the feeds that belong to a section: its page announces or repeats them."""
    addresses = {_bare(item.url) for item in listed}
    announced = {url for _, document in located.pages for url in document.feeds}
    general = set(case.home.feeds) if case.home else set()
    found: list[Entry] = []
    for url, feed in feeds(case):
        same = sum(_bare(entry.url) in addresses for entry in feed.entries)
        if url in announced - general or same >= min(2, len(feed.entries)) > 0:
            found += feed.entries
    ahead = case.record.day + dt.timedelta(days=1)
    return [entry for entry in found if entry.date is None or entry.date <= ahead]


def feeds(case: Case) -> list[tuple[str, Feed]]:
    """The feeds that could be read, with the address that was asked for."""
    return _kept(case, "feeds", lambda: _feeds(case))


def _kept(case: Case, name: str, make: Callable[[], KeptT]) -> KeptT:
    """What was read once for all sections; it is kept with the home page."""
    if case.home is None:
        return make()
    if name not in case.home.notes:
        case.home.notes[name] = make()
    return cast("KeptT", case.home.notes[name])


def _feeds(case: Case) -> list[tuple[str, Feed]]:
    found = []
    for chain in case.record.feeds:
        feed = read_feed(case.body(chain.final)) if chain.ok else None
        if feed is not None:
            found.append((chain.asked, feed))
    return found


def lastmods(case: Case, figures: Mapping[str, Any]) -> dict[str, dt.date]:
    """The days of change in the sitemaps, where they are not one day for nearly everything."""
    return _kept(case, "lastmods", lambda: _lastmods(case, figures))


def _lastmods(case: Case, figures: Mapping[str, Any]) -> dict[str, dt.date]:
    found: dict[str, dt.date] = {}
    for chain in case.record.sitemaps:
        sitemap = read_sitemap(case.body(chain.final)) if chain.ok else None
        if sitemap is None or not sitemap.lastmods:
            continue
        _, most = Counter(sitemap.lastmods.values()).most_common(1)[0]
        count = len(sitemap.lastmods)
        if count >= figures["repeated"] and most > figures["same_lastmod"] * count:
            continue  # written anew each day: it says nothing of a page
        found |= sitemap.lastmods
    ahead = case.record.day + dt.timedelta(days=1)
    return {url: day for url, day in found.items() if day <= ahead}


def _bare(url: str) -> str:
    return url.rstrip("/").removeprefix("https://").removeprefix("http://").removeprefix("www.")


# ── CT-04 ──


@check("CT-04")
def rhythm(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """In how many of the last weeks at least one item appeared in news and direction."""
    days = _dated_items(case, figures["sections"])
    if len(days) < figures["least"]:
        return unseen(
            "Chỉ đọc được ngày của {count} tin; cần ít nhất {least}.",
            "Only {count} items could be dated; at least {least} are needed.",
            count=len(days), least=figures["least"],
        )  # fmt: skip
    weeks: int = figures["weeks"]
    ages = [max(0, (case.record.day - day).days) for day in days.values()]
    # Lists show their first page only: weeks before the oldest item seen are unknown.
    covered = min(weeks, max(ages) // 7 + 1)
    busy = {age // 7 for age in ages if age // 7 < covered}
    recent = sum(age < 7 * covered for age in ages)
    seen = say(
        "{busy}/{covered} tuần gần nhất có tin mới; {count} tin.",
        "{busy} of the last {covered} weeks brought something new; {count} items.",
        busy=len(busy), covered=covered, count=recent,
    )  # fmt: skip
    evidence = (Evidence(what="items", value=f"{recent} of {len(days)} dated"),)
    return graded(len(busy) / covered, seen, evidence=evidence)


def _dated_items(case: Case, keys: list[str]) -> dict[str, dt.date]:
    """Address to date of the dated items of some sections, each address once."""
    found: dict[str, dt.date] = {}
    for key in keys:
        if key not in case.law.sections:
            continue
        located = locate(case, key)
        listed = [item for _, document in located.pages for item in list_items(case, document)]
        for entry in section_entries(case, located, listed):
            if entry.date:
                found.setdefault(_bare(entry.url), entry.date)
        for item in listed:
            if item.date:
                found.setdefault(_bare(item.url), item.date)
    return found
