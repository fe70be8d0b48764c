"""AX: what a machine can tell of whether everybody can use the portal."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from lxml.html import HtmlElement

from chiso.checks.artifacts import AxeRule
from chiso.checks.findings import Evidence, Verdict, graded, without
from chiso.checks.judging.case import Case
from chiso.checks.judging.registry import check
from chiso.checks.judging.technical import (
    excerpt,
    home_kind,
    host_of,
    no_page,
    page_kind,
    rendered_pages,
    say,
    shown,
    sibling,
    unseen,
)
from chiso.checks.reading.document import Document, clean
from chiso.checks.states import CheckState, PageKind
from chiso.index.loading import parse_yaml
from chiso.language import Text

Figures = Mapping[str, Any]
_WORD = re.compile(r"[^\W\d_]+")
#: letters that Vietnamese has and English has not, without tones
_VIETNAMESE = frozenset("ăâđêôơư")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_MOST_IMAGES = 2_000


@cache
def rule_titles() -> dict[str, Text]:
    """The titles of the accessibility rules by their id in axe-core, in both languages."""
    name = "axe_rules.yaml"
    text = (resources.files("chiso.checks.judging") / name).read_text(encoding="utf-8")
    tree, _ = parse_yaml(text, name)
    return {key: Text.of(value) for key, value in tree.items()}


def _title(rule: AxeRule) -> Text:
    """The title of a rule; its id and the English help where there is no translation."""
    fallback = f"{rule.id}: {rule.help}"
    return rule_titles().get(rule.id, Text(fallback, fallback))


# ── AX-01 ──


@check("AX-01")
def automatic_rules(case: Case, figures: Figures) -> Verdict:
    """1 − the weighted share of the WCAG A and AA rules of axe-core that fail on any page.

    A rule counts once, on however many pages and elements it fails (a fault in a template is one
    fault), with the weight of its gravest impact. Rules that pass have no impact in axe's result
    and weigh `passed` each; their number is the largest of any page. What axe calls incomplete is
    never a failure.
    """
    closed = no_page(case, home_kind(case), case.record.home.url)
    if closed is not None:
        return closed
    pages = [
        (seen, seen.axe)
        for seen, _ in rendered_pages(case)
        if seen.axe is not None and (seen.axe.passes or seen.axe.violations)
    ]
    if not pages:
        return unseen("Chưa kiểm tra được khả năng tiếp cận.", "Accessibility was not looked at.")
    tags, weights = set(figures["tags"]), figures["weights"]
    worst: dict[str, AxeRule] = {}
    spread: Counter[str] = Counter()
    for _, result in pages:
        broken = {rule.id: rule for rule in result.violations if tags & set(rule.tags)}
        spread.update(broken.keys())
        for key, rule in broken.items():
            if key not in worst or _weight(rule, weights) > _weight(worst[key], weights):
                worst[key] = rule
    failed = sum(_weight(rule, weights) for rule in worst.values())
    passed = max(result.passes for _, result in pages) * figures["passed"]
    level = 1 - failed / (failed + passed) if failed else 1.0
    ordered = sorted(worst.values(), key=lambda r: (-_weight(r, weights), -spread[r.id], r.id))
    titles = [_title(rule) for rule in ordered]
    seen = say(
        "Không có lỗi nào máy phát hiện được trên {n} trang.",
        "The machine found no fault on {n} pages.",
        n=len(pages),
    )
    if worst:
        seen = say(
            "{bad} quy tắc tiếp cận bị vi phạm trên {n} trang: {titles}.",
            "{bad} accessibility rules are broken on {n} pages: {titles}.",
            bad=len(worst), n=len(pages),
            titles=shown([t.vi for t in titles], [t.en for t in titles]),
        )  # fmt: skip
    return graded(level, seen, evidence=_rule_evidence(case, ordered))


def _weight(rule: AxeRule, weights: Mapping[str, float]) -> float:
    return float(weights.get(rule.impact, weights["minor"]))


def _rule_evidence(case: Case, rules: list[AxeRule]) -> tuple[Evidence, ...]:
    where = {
        rule.id: seen.url
        for seen, _ in rendered_pages(case)
        if seen.axe is not None
        for rule in seen.axe.violations
    }
    return tuple(
        Evidence(
            what=f"axe {rule.id} ({rule.impact}, {rule.nodes})",
            value=excerpt(rule.selectors[0] if rule.selectors else rule.help),
            url=where.get(rule.id, ""),
        )
        for rule in rules[:15]
    )


# ── AX-02 ──


def guess_language(text: str, figures: Figures) -> str:
    """`vi`, `en`, or empty where a text is too short or its language is not plain.

    Vietnamese shows by the share of letters with its own hats, horns, stroke and tones; English by
    its commonest words and the lack of such letters. Nothing else is guessed.
    """
    letters = marked = 0
    for character in unicodedata.normalize("NFC", text[: figures["read"]]).casefold():
        if character.isalpha():
            letters += 1
            marked += _is_vietnamese(character)
    if letters < figures["letters"]:
        return ""
    if marked / letters >= figures["vietnamese"]:
        return "vi"
    words = _WORD.findall(text[: figures["read"]].casefold())
    common = sum(word in figures["english_words"] for word in words)
    if marked / letters < figures["foreign"] and common / len(words) >= figures["english"]:
        return "en"
    return ""


@cache
def _is_vietnamese(character: str) -> bool:
    if character in _VIETNAMESE:
        return True
    if character.isascii():
        return False
    return any(part in _TONES or part in "\u0302\u0306\u031b" for part in _parts(character))


def _parts(character: str) -> str:
    return unicodedata.normalize("NFD", character)


@check("AX-02")
def page_language(case: Case, figures: Figures) -> Verdict:
    """The share of pages whose `lang` is set and is the language of the text (WCAG 3.1.1).

    The page as rendered decides where there is one. Where the language of the text cannot be told,
    only whether `lang` names a language of the site or English is judged.
    """
    closed = no_page(case, home_kind(case), case.record.home.url)
    if closed is not None:
        return closed
    found: dict[str, tuple[str, str]] = {}
    for url, declared, document in _languages(case):
        text = document.text if document is not None else ""
        found.setdefault(url, (declared, guess_language(text, figures)))
    if not found:
        return unseen("Chưa đọc được trang nào.", "No page could be read.")
    known = {*case.record.site.languages, *figures["also"]}
    wrong = {
        url: (declared, spoken)
        for url, (declared, spoken) in found.items()
        if not _language_right(declared, spoken, known)
    }
    share = 1 - len(wrong) / len(found)
    seen = say(
        "{good}/{n} trang khai báo đúng ngôn ngữ.",
        "{good} of {n} pages declare their language rightly.",
        good=len(found) - len(wrong),
        n=len(found),
    )
    evidence = tuple(
        Evidence(what="lang", value=f'lang="{excerpt(declared)}", {spoken or "?"}', url=url)
        for url, (declared, spoken) in list(wrong.items())[:10]
    )
    return graded(max(0.0, share), seen, evidence=evidence)


def _languages(case: Case) -> Iterator[tuple[str, str, Document | None]]:
    """Address, `lang` and document of each real page of the portal's host, rendered ones first."""
    for seen, document in rendered_pages(case):
        declared = seen.language or (document.language if document is not None else "")
        yield seen.final_url or seen.url, declared, document
    if case.home is not None:
        yield case.record.home.url, case.home.language, case.home
    home = host_of(case.record.home.url)
    for page in case.record.pages:
        document = case.document(page.chain)
        own = host_of(page.chain.url) in {home, sibling(home)}
        if own and document is not None and page_kind(case, page.chain) is PageKind.OK:
            yield page.chain.url, document.language, document


def _language_right(declared: str, spoken: str, known: set[str]) -> bool:
    primary = re.split(r"[-_]", declared.strip().casefold(), maxsplit=1)[0]
    return primary == spoken if spoken else primary in known


# ── AX-03 ──


@check("AX-03")
def image_texts(case: Case, figures: Figures) -> Verdict:
    """The share of images with a useful alternative (WCAG 1.1.1); each address counts once.

    An empty alternative marks decoration and is right, except where the image is all that a link
    holds. A file name is no alternative. Whether a text fits its image, a person has to see.
    """
    closed = no_page(case, home_kind(case), case.record.home.url)
    if closed is not None:
        return closed
    useless = re.compile(figures["useless"], re.I)
    images: dict[str, bool] = {}
    bad: list[str] = []
    links: dict[HtmlElement, bool] = {}
    documents = list(_documents(case))
    if not documents:
        return unseen("Chưa đọc được trang nào.", "No page could be read.")
    for document in documents:
        for image in document.tree.iter("img"):
            source = clean(image.get("src") or image.get("data-src"))
            if len(images) >= _MOST_IMAGES or source in images or _not_seen(image):
                continue
            images[source] = _useful(image, useless, links)
            if not images[source]:
                bad.append(excerpt(source))
    if not images:
        seen = Text("Các trang đã xem không có hình ảnh.", "The pages looked at have no images.")
        return without(CheckState.NOT_APPLICABLE, seen)
    share = sum(images.values()) / len(images)
    seen = say(
        "{good}/{n} hình ảnh có văn bản thay thế dùng được.",
        "{good} of {n} images have a usable alternative text.",
        good=sum(images.values()),
        n=len(images),
    )
    return graded(share, seen, evidence=tuple(Evidence(what="image", value=v) for v in bad[:10]))


def _documents(case: Case) -> Iterator[Document]:
    met = set()
    for url, _, document in _languages(case):
        if document is not None and url not in met:
            met.add(url)
            yield document


def _not_seen(image: HtmlElement) -> bool:
    """Hidden from everybody, or a pixel that counts visits."""
    tiny = {clean(image.get(side)).removesuffix("px") for side in ("width", "height")}
    hidden = any(
        element.get("aria-hidden") == "true" or element.get("hidden") is not None
        for element in (image, *image.iterancestors())
    )
    return hidden or tiny <= {"0", "1"}


def _useful(image: HtmlElement, useless: re.Pattern[str], links: dict[HtmlElement, bool]) -> bool:
    """`links` keeps whether a link has a name, for one link may hold thousands of images."""
    if image.get("role") in {"presentation", "none"} or image.get("aria-labelledby"):
        return True
    label = clean(image.get("aria-label")) or clean(image.get("title"))
    alternative = image.get("alt")
    if alternative is None:
        return bool(label) and not useless.search(label[:200])
    text = clean(alternative)
    if text:
        return not useless.search(text[:200])
    link = next((parent for parent in image.iterancestors("a", "button")), None)
    if link is None:
        return True
    if link not in links:
        links[link] = bool(
            clean(link.text_content())
            or clean(link.get("aria-label"))
            or clean(link.get("title"))
            or any(clean(other.get("alt")) for other in link.iter("img"))
        )
    return links[link] or bool(label)


# ── AX-07 ──


@check("AX-07")
def headings_and_titles(case: Case, figures: Figures) -> Verdict:
    """The mean of two shares: pages whose headings skip no level, and pages with their own title.

    WCAG 1.3.1 and 2.4.2; skipped levels are advice, not a failure of the standard.
    """
    closed = no_page(case, home_kind(case), case.record.home.url)
    if closed is not None:
        return closed
    pages: dict[str, Document] = {}
    for url, _, document in _languages(case):
        if document is not None:
            pages.setdefault(url, document)
    if not pages:
        return unseen("Chưa đọc được trang nào.", "No page could be read.")
    titles = Counter(page.title for page in pages.values())
    ordered = [url for url, page in pages.items() if _in_order(page, figures)]
    titled = [url for url, page in pages.items() if page.title and titles[page.title] == 1]
    level = (len(ordered) + len(titled)) / (2 * len(pages))
    seen = say(
        "{ordered}/{n} trang có tiêu đề mục đúng thứ tự; {titled}/{n} trang có tên trang riêng.",
        "{ordered} of {n} pages have headings in order; {titled} of {n} have a title of their own.",
        ordered=len(ordered),
        titled=len(titled),
        n=len(pages),
    )
    evidence = tuple(
        Evidence(what="page", value=excerpt(page.title or "(no title)"), url=url)
        for url, page in pages.items()
        if url not in ordered or url not in titled
    )
    return graded(level, seen, evidence=evidence[:10])


def _in_order(page: Document, figures: Figures) -> bool:
    """There is a heading, the first is of the first `first` levels, and none skips a level down."""
    levels = [level for level, text in page.headings if text]
    if not levels or levels[0] > figures["first"]:
        return False
    return all(after - before <= 1 for before, after in itertools.pairwise(levels))
