"""What only a browser shows.

MB: does the portal fit a telephone; PF: how quickly and steadily its page appears; and TL-07: does
a page over https fetch things over http.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Mapping
from typing import Any

from chiso.checks.artifacts import Rendered, Requested
from chiso.checks.findings import Evidence, Verdict, graded
from chiso.checks.judging.case import Case
from chiso.checks.judging.registry import check
from chiso.checks.judging.technical import (
    at_most,
    excerpt,
    home_kind,
    host_of,
    no_page,
    owner_name,
    rendered_pages,
    rounded,
    say,
    scheme_of,
    shown,
    unseen,
)
from chiso.checks.reading.document import Document, clean
from chiso.language import Text

Figures = Mapping[str, Any]
_NUMBER = re.compile(r"-?\d{0,4}(?:\.\d{0,6})?")


@check("MB-01")
def viewport(case: Case, figures: Figures) -> Verdict:
    """The page is as wide as the device, and the visitor may enlarge it (WCAG 1.4.4).

    The page as rendered decides, for scripts may set the tag; the page as sent where there is none.
    """
    closed = no_page(case, home_kind(case), case.record.home.url)
    if closed is not None:
        return closed
    shown = next((seen for seen, _ in rendered_pages(case) if seen.role == "home"), None)
    content = shown.viewport if shown is not None else None
    if shown is None:
        if case.home is None:
            return unseen("Chưa đọc được trang chủ.", "The home page could not be read.")
        content = case.home.metas.get("viewport")
    if not content:
        seen = Text("Trang chủ không có thẻ viewport.", "The home page has no viewport tag.")
        return graded(0, seen)
    evidence = (Evidence(what="viewport", value=excerpt(content), url=case.record.home.url),)
    settings = _settings(content)
    if settings.get("width") != "device-width" and "initial-scale" not in settings:
        seen = Text(
            "Thẻ viewport không theo độ rộng của thiết bị.",
            "The viewport tag does not follow the width of the device.",
        )
        return graded(0, seen, evidence=evidence)
    scale = _number(settings.get("maximum-scale", ""))
    fixed = settings.get("user-scalable", "yes") in {"no", "0", "0.0", "false"}
    if fixed or (scale is not None and 0 <= scale < figures["scale"]):
        seen = Text(
            "Thẻ viewport không cho người xem phóng to.",
            "The viewport tag keeps the visitor from enlarging the page.",
        )
        return graded(0, seen, evidence=evidence)
    seen = Text(
        "Trang theo độ rộng của thiết bị và cho phép phóng to.",
        "The page follows the width of the device and can be enlarged.",
    )
    return graded(1, seen, evidence=evidence)


def _settings(content: str) -> dict[str, str]:
    """Names to values of a viewport tag; commas, semicolons and spaces all part them."""
    found: dict[str, str] = {}
    text = re.sub(r"\s*=\s*", "=", content[:500].casefold())
    for part in re.split(r"[,;\s]+", text):
        name, _, value = part.partition("=")
        if name:
            found[name] = value
    return found


def _number(text: str) -> float | None:
    """The number with which a text begins, as browsers read it."""
    match = _NUMBER.match(text)
    try:
        return float(match[0]) if match else None
    except ValueError:
        return None


@check("MB-02")
def fits(case: Case, figures: Figures) -> Verdict:
    """The share of pages without sideways scrolling at 320 px (WCAG 1.4.10), within `tolerance`."""
    closed = no_page(case, home_kind(case), case.record.home.url)
    if closed is not None:
        return closed
    width = figures["width"]
    pages = [(seen, seen.widths[width]) for seen, _ in rendered_pages(case) if width in seen.widths]
    if not pages:
        return unseen("Chưa đo được độ rộng trang.", "The width of no page was measured.")
    wide = [(seen, found) for seen, found in pages if found > width + figures["tolerance"]]
    share = 1 - len(wide) / len(pages)
    text = say(
        "{good}/{all} trang vừa màn hình rộng {width} px.",
        "{good} of {all} pages fit a screen of {width} px.",
        good=len(pages) - len(wide), all=len(pages), width=width,
    )  # fmt: skip
    evidence = [
        item
        for seen, found in wide
        for item in (
            Evidence(what="width", value=f"{found} px", url=seen.url, digest=seen.picture),
            *(Evidence(what="selector", value=excerpt(one), url=seen.url) for one in seen.wide[:3]),
        )
    ]
    return graded(share, text, evidence=tuple(evidence[:20]))


@check("MB-03")
def targets(case: Case, figures: Figures) -> Verdict:
    """The share of pages whose touch targets are large enough or apart (WCAG 2.5.8, by axe)."""
    closed = no_page(case, home_kind(case), case.record.home.url)
    if closed is not None:
        return closed
    pages = [seen for seen, _ in rendered_pages(case) if seen.axe is not None]
    if not pages:
        return unseen("Chưa kiểm tra vùng chạm.", "Touch targets were not looked at.")
    small = [
        (seen, rule)
        for seen in pages
        if seen.axe is not None
        for rule in seen.axe.violations
        if rule.id == figures["rule"]
    ]
    evidence = tuple(
        Evidence(what="selector", value=excerpt(rule.selectors[0]), url=seen.url)
        for seen, rule in small
        if rule.selectors
    )
    text = say(
        "{good}/{all} trang có vùng chạm đủ lớn.",
        "{good} of {all} pages have touch targets that are large enough.",
        good=len(pages) - len(small), all=len(pages),
    )  # fmt: skip
    return graded(max(0.0, 1 - len(small) / len(pages)), text, evidence=evidence[:10])


# ── PF ──


def _home(case: Case) -> Rendered | None:
    return next((seen for seen, _ in rendered_pages(case) if seen.role == "home"), None)


def _median(values: tuple[float, ...], least: int) -> float | Verdict:
    """The median of the runs, or the verdict that there were too few."""
    if len(values) < least:
        return unseen(
            "Mới có {n} lần đo (cần {need}).", "There were only {n} runs ({need} are needed).",
            n=len(values), need=least,
        )  # fmt: skip
    return statistics.median(values)


@check("PF-01")
def largest_paint(case: Case, figures: Figures) -> Verdict:
    """Largest Contentful Paint of the home page, median of the runs, by the steps of Web Vitals."""
    closed = no_page(case, home_kind(case), case.record.home.url)
    if closed is not None:
        return closed
    page = _home(case)
    found = _median(page.lcp if page is not None else (), figures["runs"])
    if isinstance(found, Verdict):
        return found
    assert page is not None
    seen = say(
        "Nội dung chính của trang chủ hiện sau {seconds} giây (trung vị của {n} lần).",
        "The main content of the home page appears after {seconds} seconds (median of {n} runs).",
        seconds=rounded(found / 1000, 2), n=len(page.lcp),
    )  # fmt: skip
    runs = ", ".join(f"{value:.0f}" for value in page.lcp[:10])
    evidence = (Evidence(what="milliseconds", value=runs, url=page.url),)
    return graded(at_most(found, figures["steps"]), seen, evidence=evidence)


@check("PF-02")
def layout_shift(case: Case, figures: Figures) -> Verdict:
    """Cumulative Layout Shift of the home page, median of the runs, by the steps of Web Vitals."""
    closed = no_page(case, home_kind(case), case.record.home.url)
    if closed is not None:
        return closed
    page = _home(case)
    found = _median(page.cls if page is not None else (), figures["runs"])
    if isinstance(found, Verdict):
        return found
    assert page is not None
    seen = say(
        "Bố cục trang chủ xê dịch {value} khi tải (trung vị của {n} lần).",
        "The layout of the home page shifts by {value} while loading (median of {n} runs).",
        value=rounded(found, 3), n=len(page.cls),
    )  # fmt: skip
    runs = ", ".join(f"{value:.3f}" for value in page.cls[:10])
    evidence = (Evidence(what="shift", value=runs, url=page.url),)
    return graded(at_most(found, figures["steps"]), seen, evidence=evidence)


@check("PF-03")
def transfer(case: Case, figures: Figures) -> Verdict:
    """How many bytes the home page brings to a telephone."""
    closed = no_page(case, home_kind(case), case.record.home.url)
    if closed is not None:
        return closed
    page = _home(case)
    if page is None or page.transfer is None:
        return unseen("Chưa đo được dung lượng trang.", "The size of the page was not measured.")
    seen = say(
        "Trang chủ tải {size} MB trong {n} yêu cầu.",
        "The home page brings {size} MB in {n} requests.",
        size=rounded(page.transfer / 1_000_000, 2), n=len(page.requests),
    )  # fmt: skip
    return graded(at_most(page.transfer, figures["steps"]), seen, url=page.url)


@check("PF-04")
def script_errors(case: Case, figures: Figures) -> Verdict:
    """Errors that the scripts of the home page leave in the console; our own refusals left out."""
    closed = no_page(case, home_kind(case), case.record.home.url)
    if closed is not None:
        return closed
    page = _home(case)
    if page is None:
        return unseen("Chưa mở trang bằng trình duyệt.", "No page was opened in a browser.")
    errors = [line for line in page.console if not any(o in line for o in figures["ours"])]
    seen = say(
        "{n} lỗi mã lệnh khi mở trang chủ.", "{n} script errors on the home page.", n=len(errors)
    )
    evidence = tuple(Evidence(what="console", value=excerpt(line)) for line in errors[:5])
    return graded(at_most(len(errors), figures["steps"]), seen, url=page.url, evidence=evidence)


# ── TL-07 ──


@check("TL-07")
def mixed_content(case: Case, figures: Figures) -> Verdict:
    """Pages over https fetch nothing of their own over http and send no form there.

    The share of rendered pages without such a request. Resources of others are told, not counted.
    Scripts, styles and frames that browsers block before they ask are read from the page.
    """
    closed = no_page(case, home_kind(case), case.record.home.url)
    if closed is not None:
        return closed
    pages = list(rendered_pages(case))
    if not pages:
        return unseen("Chưa mở trang bằng trình duyệt.", "No page was opened in a browser.")
    over = [item for item in pages if scheme_of(item[0].final_url or item[0].url) == "https"]
    if not over:
        seen = say("Không trang nào mở qua https.", "No page is served over https.")
        return graded(0, seen)
    own, others, evidence = [], 0, []
    for page, document in over:
        mine, foreign = _insecure(case, page, document)
        others += foreign
        if mine:
            own.append(page)
            found = shown(mine).en
            evidence.append(Evidence(what="insecure", value=found[:300], url=page.url))
    share = 1 - len(own) / len(over)
    text = say(
        "{good}/{n} trang không tải tài nguyên của cơ quan và không gửi biểu mẫu qua http.",
        "{good} of {n} pages fetch nothing of the body's own and send no form over http.",
        good=len(over) - len(own), n=len(over),
    )  # fmt: skip
    if others:
        text = say(
            "{text} Ngoài ra có {n} tài nguyên của bên khác qua http (không tính).",
            "{text} {n} resources of others over http are not counted.", text=text, n=others,
        )  # fmt: skip
    return graded(share, text, evidence=tuple(evidence))


def _insecure(case: Case, page: Rendered, document: Document | None) -> tuple[list[str], int]:
    """What the page fetches or sends over http to its own body, and how often to others."""
    domains = case.law.domains
    owner = owner_name(host_of(page.final_url or page.url), domains)
    urls = [asked.url for asked in page.requests if not _is_page(asked, page)]
    if document is not None:
        urls += _active(document)
    plain = [url for url in dict.fromkeys(urls) if scheme_of(url) == "http"]
    own = [url for url in plain if owner_name(host_of(url), domains) == owner]
    return [*(f"form {action}" for action in page.insecure_forms), *own], len(plain) - len(own)


def _active(document: Document) -> list[str]:
    """What the page names as script, style or frame by an address of its own, at most 500."""
    found = []
    for element in itertools.islice(document.tree.iter("script", "link", "iframe"), 500):
        if element.tag == "link" and "stylesheet" not in (element.get("rel") or "").casefold():
            continue
        found.append(clean(element.get("src") or element.get("href"))[:2_000])
    return found


def _is_page(asked: Requested, page: Rendered) -> bool:
    """The request of the page itself, before it was led to https."""
    if asked.kind != "document":
        return False
    plain = (page.final_url or page.url).removeprefix("https:")
    return asked.url == page.url or asked.url.removeprefix("http:") == plain
