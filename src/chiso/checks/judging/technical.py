"""What the technical checks share: step tables, sentences in two languages, real pages."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from chiso.checks.artifacts import Chain, Exchange, NameAnswer, NameFacts, Rendered
from chiso.checks.findings import Evidence, Verdict, without
from chiso.checks.judging.case import NO_CONTENT, Case
from chiso.checks.reading.classify import classify, is_same_page
from chiso.checks.reading.document import Document
from chiso.checks.states import KEPT_OUT, CheckState, ErrorClass, PageKind
from chiso.language import Text, number

Table = Sequence[Sequence[float]]
#: of a page's text, for comparing two pages; more tells nothing and costs time
_COMPARED = 4_000
_EXCERPT = 300
_WORD = re.compile(r"[^\W\d_]{2,}")
_DAY = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
#: the name system says that there is no such name or no address for it
NO_NAME = frozenset({ErrorClass.DNS_NXDOMAIN, ErrorClass.DNS_NODATA})
#: the name system could not give an answer that it may give
BAD_NAME = frozenset({ErrorClass.DNS_SERVFAIL, ErrorClass.DNSSEC_BOGUS})


def at_most(value: float, table: Table) -> float:
    """The level of the first step (limit, level) whose limit the value does not exceed, else 0."""
    return next((level for limit, level in table if value <= limit), 0.0)


def at_least(value: float, table: Table) -> float:
    """The level of the first step (limit, level) that the value reaches, else 0."""
    return next((level for limit, level in table if value >= limit), 0.0)


def quantile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed (nearest rank).

    Raises ValueError where there is no value.
    """
    ordered = sorted(values)
    if not ordered:
        raise ValueError("there is no quantile of nothing")
    rank = max(1, -(-len(ordered) * round(share * 1000) // 1000))
    return ordered[min(rank, len(ordered)) - 1]


def say(vi: str, en: str, **values: object) -> Text:
    """A sentence in both languages; each writes numbers its own way, texts stay as they are."""
    return Text(
        vi.format(**{key: _worded(value, "vi") for key, value in values.items()}),
        en.format(**{key: _worded(value, "en") for key, value in values.items()}),
    )


def _worded(value: object, language: str) -> str:
    if isinstance(value, Text):
        return value.vi if language == "vi" else value.en
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value, "vi" if language == "vi" else "en")
    return str(value)


def rounded(value: float, decimals: int) -> Text:
    """A number with that many decimals, in both languages."""
    return Text(number(value, "vi", decimals), number(value, "en", decimals))


def percent(share: float, decimals: int = 0) -> Text:
    """A share in [0, 1] as a percentage; never rounded up to 100 %."""
    value = share * 100
    if share < 1 and round(value, decimals) >= 100:
        value = 100 - 10.0**-decimals
    return Text(number(value, "vi", decimals) + " %", number(value, "en", decimals) + " %")


def shown(vi: Sequence[str], en: Sequence[str] | None = None, most: int = 3) -> Text:
    """The first few of a list, and how many more there are."""
    en = vi if en is None else en
    more = len(vi) - most
    return Text(
        ", ".join(vi[:most]) + (f" và {more} mục nữa" if more > 0 else ""),
        ", ".join(en[:most]) + (f" and {more} more" if more > 0 else ""),
    )


def unseen(vi: str, en: str, **values: object) -> Verdict:
    """Not measured, with the reason."""
    return without(CheckState.NOT_MEASURED, say(vi, en, **values))


def excerpt(text: str) -> str:
    """A piece of what a portal sent, short enough to be kept."""
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"


def header_evidence(exchange: Exchange, *names: str) -> tuple[Evidence, ...]:
    """The headers of those names as they were sent."""
    return tuple(
        Evidence(what="header", value=excerpt(f"{name}: {value}"), url=exchange.url)
        for name in names
        for value in exchange.header_all(name)
    )


def host_of(url: str) -> str:
    """The host of a URL in small letters; empty where it has none."""
    try:
        return (urlsplit(url).hostname or "").casefold().rstrip(".")
    except ValueError:
        return ""


def scheme_of(url: str) -> str:
    """The scheme of a URL; empty where it cannot be read."""
    try:
        return urlsplit(url).scheme.casefold()
    except ValueError:
        return ""


def sibling(host: str) -> str:
    """The name with www. before it, or without where it has it."""
    return host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"


def owner_name(host: str, domains: Sequence[str]) -> str:
    """The part of a host that one body registers: `bacson.gov.vn` of `a.b.bacson.gov.vn`.

    `domains` are the suffixes of the state (`gov.vn`); of other names the last two labels.
    """
    for domain in domains:
        if host.endswith("." + domain):
            label = host[: -len(domain) - 1].rsplit(".", 1)[-1]
            return f"{label}.{domain}"
    return ".".join(host.split(".")[-2:])


def likeness(one: Document | None, other: Document | None) -> float | None:
    """The share of the words of the poorer of two pages that the other has too, in [0, 1].

    None where one has no words. The same page on two visits is near 1; two pages in one language
    share its commonest words and are near 0.3.
    """
    if one is None or other is None:
        return None
    words = [set(_WORD.findall(page.text[:_COMPARED].casefold())) for page in (one, other)]
    least = min(map(len, words))
    return len(words[0] & words[1]) / least if least else None


def home_kind(case: Case) -> PageKind:
    """What the home page turned out to be.

    A site that shows its home page for every address makes the home page look like its own
    "not found": for the home page that comparison is left out.
    """
    home = case.record.home
    kind = case.kind(home)
    return classify(home.final, case.home, ()) if kind is PageKind.SOFT_404 else kind


def same_for_all(case: Case) -> bool:
    """The site shows its home page for addresses that cannot exist: soft 404 tells nothing."""
    home = case.home
    return home is not None and any(
        page is not None and chain.ok and is_same_page(home, page)
        for chain, page in zip(case.record.missing, case.missing_documents, strict=True)
    )


def page_kind(case: Case, chain: Chain) -> PageKind:
    """The kind of an answer; soft 404 only where the site does not look so everywhere."""
    kind = case.kind(chain)
    return PageKind.OK if kind is PageKind.SOFT_404 and same_for_all(case) else kind


def no_page(case: Case, kind: PageKind, url: str = "") -> Verdict | None:
    """The verdict of a check that needs a page and got none; None where there is a page."""
    if kind is PageKind.OK:
        return None
    if kind in KEPT_OUT:
        return without(CheckState.BLOCKED, NO_CONTENT[kind], url=url)
    if kind is PageKind.MAINTENANCE:
        return without(CheckState.MAINTENANCE, NO_CONTENT[kind], url=url)
    return unseen(
        "trang chủ không trả về nội dung đọc được; xem kết quả kiểm tra AV-02.",
        "The home page gave no readable content; see check AV-02.",
    )


def kept_out(case: Case, chain: Chain) -> bool:
    """The portal did not let us in: a wall, or its robots.txt."""
    return chain.error is ErrorClass.ROBOTS or case.kind(chain) in KEPT_OUT


def same_name(answer: NameAnswer, names: NameFacts) -> bool:
    """The question was about the host itself, not about its zone."""
    return answer.name.rstrip(".").casefold() == names.host.rstrip(".").casefold()


def said_by_resolver(case: Case) -> dict[str, str]:
    """What each resolver says of the host: `found`, `none`, `broken` (it failed) or `silent`."""
    names = case.record.names
    said: dict[str, list[str]] = {}
    for answer in names.answers if names is not None else ():
        if names is None or answer.kind not in {"A", "AAAA"} or not same_name(answer, names):
            continue
        word = "silent"
        if answer.values:
            word = "found"
        elif answer.error is None or answer.error in NO_NAME:
            word = "none"
        elif answer.error in BAD_NAME:
            word = "broken"
        said.setdefault(answer.resolver, []).append(word)
    order = ("found", "broken", "silent", "none")
    return {key: next(word for word in order if word in words) for key, words in said.items()}


def announced_on_page(case: Case, ahead: int) -> bool:
    """The home page names a window that holds today and a notice `ahead` days before it."""
    text = case.home.text[:2_000] if case.home is not None else ""
    days = []
    for day, month, year in _DAY.findall(text):
        with contextlib.suppress(ValueError):
            days.append(dt.date(int(year), int(month), int(day)))
    today = case.record.day
    begun = [day for day in days if day <= today]
    window = bool(begun) and any(day >= today and day != max(begun) for day in days)
    return window and any((max(begun) - day).days >= ahead for day in begun)


def secure(chain: Chain) -> bool:
    """The page that answered came over https."""
    return scheme_of(chain.url) == "https"


def untrusted(chain: Chain) -> bool:
    """A certificate on the way was not trusted, so that a browser would warn."""
    return any(hop.detail.startswith("certificate not trusted") for hop in chain.hops)


def rendered_pages(case: Case) -> Iterator[tuple[Rendered, Document | None]]:
    """The pages as a telephone shows them, each address once, without walls and error pages.

    Only those of the portal's own host: what another site does wrong is told of that site.
    """
    met: set[str] = set()
    home = host_of(case.record.home.url)
    for seen in case.record.rendered:
        url = seen.final_url or seen.url
        if seen.error is not None or seen.profile != "mobile" or url in met:
            continue
        if host_of(url) not in {home, sibling(home)}:
            continue
        document = case.rendered_document(seen.body, url)
        size = len(document.text) + 1 if document is not None else 0
        answer = Exchange(url=url, at=seen.at, status=seen.status or 200, size=size)
        if classify(answer, document, ()) is PageKind.OK or (seen.body is None and _fine(seen)):
            met.add(url)
            yield seen, document


def _fine(seen: Rendered) -> bool:
    return seen.status is None or 200 <= seen.status < 300
