"""CT-05 to CT-10: links that work, documents, drafts, foreign languages, contact, placeholders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chiso.checks.artifacts import Chain, Page
from chiso.checks.findings import Evidence, Verdict, graded, review, without
from chiso.checks.judging.case import Case
from chiso.checks.judging.fulltext import full_text
from chiso.checks.judging.locating import (
    Located,
    is_built_by_script,
    is_unread_home,
    list_items,
    locate,
    own_text,
    pattern_of,
    readable,
)
from chiso.checks.judging.registry import check
from chiso.checks.judging.technical import excerpt, host_of, percent, say, shown, unseen
from chiso.checks.reading.dates import find_dates
from chiso.checks.reading.document import Document, Form, plain
from chiso.checks.reading.language import vietnamese_share
from chiso.checks.states import KEPT_OUT, CheckState, ErrorClass, PageKind
from chiso.language import Text

# ── CT-05 ──


@check("CT-05")
def broken_links(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """The share of the site's own links that lead to 404, 410 or a name that does not exist."""
    works: list[str] = []
    unsure: list[str] = []
    kept_out: list[str] = []
    broken: list[tuple[str, str, Chain]] = []
    for url, text, chain in _followed(case):
        kind = case.kind(chain)
        if kind in KEPT_OUT or chain.error is ErrorClass.ROBOTS:
            kept_out.append(url)
        elif _is_gone(chain):
            broken.append((url, text, chain))
        elif chain.error is not None or kind is PageKind.HTTP_5XX or chain.final.method == "HEAD":
            (works if chain.ok else unsure).append(url)
        else:
            works.append(url)
    counted = len(works) + len(broken)
    if counted < figures["least"]:
        return unseen(
            "Chỉ xem được {count} liên kết; cần ít nhất {least}.",
            "Only {count} links could be looked at; at least {least} are needed.",
            count=counted, least=figures["least"],
        )  # fmt: skip
    share = len(broken) / counted
    seen = say(
        "{broken}/{count} liên kết hỏng ({share}); {kept} bị chặn, {unsure} chưa rõ, không tính.",
        "{broken} of {count} links broken ({share}); {kept} blocked, {unsure} unclear.",
        broken=len(broken), count=counted, share=percent(share, 1), kept=len(kept_out),
        unsure=len(unsure),
    )  # fmt: skip
    evidence = tuple(
        Evidence(
            what="broken link", value=excerpt(f"{chain.status or chain.error}: {text}"), url=url
        )
        for url, text, chain in broken[:20]
    )
    return graded(max(0.0, 1 - figures["factor"] * share), seen, evidence=evidence)


def _followed(case: Case) -> Iterable[tuple[str, str, Chain]]:
    """Every address that was asked for because a page of the site links to it, once each."""
    found: dict[str, tuple[str, str, Chain]] = {}
    for page in case.record.pages:
        if page.role != "home":
            found.setdefault(page.chain.asked, (page.chain.asked, page.text, page.chain))
    for link in case.record.links:
        found.setdefault(link.url, (link.url, link.text, link.chain))
    return found.values()


def _is_gone(chain: Chain) -> bool:
    if chain.final.method != "GET":
        return False  # some servers refuse HEAD: only GET may say that a page is gone
    return chain.status in {404, 410} or chain.error is ErrorClass.DNS_NXDOMAIN


# ── what checks of one section share ──


def _unopened(located: Located, title: Text) -> Verdict | None:
    """The verdict where a section has no page to look at; None where it has one."""
    if located.closed is not None:
        return Verdict(
            located.closed.state, located.closed.seen, None, located.closed.url, located.evidence
        )
    if located.found == "pages":
        return None
    seen = say(
        "Không có trang “{title}” đọc được.", "There is no readable page “{title}”.", title=title
    )
    if located.found in {"none", "dead"}:
        return graded(0, seen, url=located.url, evidence=located.evidence)
    return review(seen, url=located.url, evidence=located.evidence)


def _section(case: Case, key: str) -> tuple[Located, Verdict | None]:
    if key not in case.law.sections:
        seen = say(
            "Văn bản {law} không có mục này.", "{law} has no such section.", law=case.law.law
        )
        return Located("none"), without(CheckState.NOT_APPLICABLE, seen)
    located = locate(case, key)
    return located, _unopened(located, case.law.sections[key].title)


# ── CT-06 ──


@check("CT-06")
def legal_documents(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """Legal documents: a list, a tool to search it, and full text that a machine can read."""
    located, closed = _section(case, "legal_documents")
    if closed is not None:
        return closed
    pages = located.pages
    listed = max(len(list_items(case, document)) for _, document in pages)
    searched = next((form for _, d in pages for form in d.forms if _searches(form)), None)
    text, where = full_text(case, figures)
    weights = figures["weights"]
    level = weights["list"] * (listed >= figures["items"])
    level += weights["search"] * (searched is not None) + weights["text"] * text
    seen = say(
        "Danh sách {count} văn bản; công cụ tìm kiếm: {search}; toàn văn máy đọc được: {text}.",
        "A list of {count} documents; a search tool: {search}; machine-readable full text: {text}.",
        count=listed, search=_yes(searched is not None), text=percent(text),
    )  # fmt: skip
    evidence = [*located.evidence]
    if searched is not None:
        names = ", ".join(field.name or field.label for field in searched.fields[:8])
        evidence.append(Evidence(what="search form", value=excerpt(names), url=searched.action))
    evidence += [Evidence(what="full text", value=value, url=url) for value, url in where[:5]]
    thin = level < 1 and any(is_built_by_script(document) for _, document in pages)
    if thin:
        return review(seen, proposed=round(level, 3), url=located.url, evidence=tuple(evidence))
    return graded(round(level, 3), seen, url=located.url, evidence=tuple(evidence))


def _yes(value: bool) -> Text:
    return Text("có", "yes") if value else Text("không thấy", "not found")


def _searches(form: Form) -> bool:
    """Whether a form searches documents: fields for words together with a choice or a date."""
    kinds = [field.kind for field in form.fields]
    words = kinds.count("text") + kinds.count("search")
    choices = kinds.count("select") + kinds.count("date")
    own = any("van ban" in plain(f"{field.label} {field.value}") or "ky hieu" in plain(field.label)
              for field in form.fields)  # fmt: skip
    return (words > 0 and (choices > 0 or own)) or choices > 1


# ── CT-07 ──


@check("CT-07")
def consultation(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """Drafts for comment: texts, a deadline, and a way to send or answers that were published."""
    located, closed = _section(case, "consultation")
    if closed is not None:
        return closed
    pages = (*located.pages, *case.pages("item:consultation"))
    count = max(len(list_items(case, document)) for _, document in located.pages)
    text = "\n".join(readable(case, document) for _, document in pages)
    deadline = next(
        (
            excerpt(match[0])
            for match in pattern_of(figures["deadline"]).finditer(text)
            if next(find_dates(match[0]), None) is not None
        ),
        "",
    )
    answers = pattern_of(figures["answers"]).search(text)
    reply = any(_takes_comments(form) for _, document in pages for form in document.forms)
    reply = reply or "@" in text
    seen = say(
        "{count} dự thảo; thời hạn góp ý: {deadline}; cách gửi góp ý: {reply};"
        " tiếp thu, giải trình: {answers}.",
        "{count} drafts; deadline for comment: {deadline}; a way to send comments: {reply};"
        " published answers: {answers}.",
        count=count, deadline=_yes(bool(deadline)), reply=_yes(reply),
        answers=_yes(answers is not None),
    )  # fmt: skip
    evidence = [*located.evidence]
    if deadline:
        evidence.append(Evidence(what="deadline", value=deadline, url=pages[-1][0].chain.url))
    if count == 0 and not deadline:
        # No draft may be open now: only the history can tell, and a person reads it.
        return review(seen, proposed=0.5, url=located.url, evidence=tuple(evidence))
    complete = bool(deadline) and (reply or answers is not None)
    return graded(1.0 if complete else 0.5, seen, url=located.url, evidence=tuple(evidence))


def _takes_comments(form: Form) -> bool:
    return any(field.kind == "textarea" for field in form.fields)


# ── CT-08 ──


@check("CT-08")
def foreign_language(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """A version in a foreign language with content of its own; a translating widget is none."""
    located, closed = _section(case, "english")
    pages = _english_pages(case, located)
    if closed is not None and not pages:
        if located.found == "none" and _has_widget(case, figures):
            seen = say(
                "Chỉ có công cụ dịch tự động, không có bản tiếng nước ngoài.",
                "There is only a translating widget, no version in a foreign language.",
            )
            return graded(0, seen)
        return closed
    page, document = max(pages, key=lambda pair: len(own_text(case, pair[1])))
    return _version(case, page, document, figures)


def _english_pages(case: Case, located: Located) -> list[tuple[Page, Document]]:
    return [*located.pages, *case.pages("english"), *case.pages("item:english")]


def _has_widget(case: Case, figures: Mapping[str, Any]) -> bool:
    home = case.home_rendered or case.home
    if home is None:
        return False
    sources = [str(element.get("src") or "") for element in home.tree.iter("script")]
    marks = [str(element.get("id") or "") for element in home.tree.iter("div")]
    links = [anchor.url for anchor in home.anchors]
    pattern = pattern_of(figures["widget"])
    return any(pattern.search(text[:500]) for text in (*sources, *marks, *links))


def _version(case: Case, page: Page, document: Document, figures: Mapping[str, Any]) -> Verdict:
    url = page.chain.url
    text = own_text(case, document)
    share = vietnamese_share(text)
    evidence = (Evidence(what="text", value=excerpt(text), url=url, digest=page.chain.final.body),)
    if pattern_of(figures["widget"]).search(url) or pattern_of(figures["widget"]).search(
        host_of(url)
    ):
        seen = say(
            "Liên kết tiếng Anh mở bản dịch tự động của chính trang tiếng Việt.",
            "The English link opens a machine translation of the Vietnamese page itself.",
        )
        return graded(0, seen, url=url, evidence=evidence)
    machine = pattern_of(figures["machine"]).search(document.text)
    if machine is not None:
        seen = say(
            "Trang ghi là được dịch tự động: “{mark}”.",
            "The page says that it was translated by machine: “{mark}”.",
            mark=excerpt(machine[0]),
        )
        return review(seen, proposed=0.0, url=url, evidence=evidence)
    if len(text) < figures["chars"]:
        seen = say(
            "Trang tiếng nước ngoài chỉ có {chars} ký tự nội dung riêng.",
            "The page in a foreign language has only {chars} characters of its own.",
            chars=len(text),
        )
        if is_built_by_script(document):
            return review(seen, proposed=0.5, url=url, evidence=evidence)
        return graded(0.5 if share < figures["vietnamese"] and text else 0, seen, url=url,
                      evidence=evidence)  # fmt: skip
    if share >= figures["vietnamese"]:
        seen = say(
            "Trang mang tên tiếng Anh nhưng {share} số từ là tiếng Việt.",
            "The page called English has {share} Vietnamese words.", share=percent(share),
        )  # fmt: skip
        return graded(0, seen, url=url, evidence=evidence)
    return _by_age(case, document, text, url, evidence, figures)


def _by_age(
    case: Case, document: Document, text: str, url: str, evidence: tuple[Evidence, ...],
    figures: Mapping[str, Any],
) -> Verdict:  # fmt: skip
    dates = [item.date for item in list_items(case, document) if item.date]
    newest = max(dates, default=None)
    age = None if newest is None else max(0, (case.record.day - newest).days)
    fresh = age is None or age <= figures["fresh"]
    seen = say(
        "Bản tiếng nước ngoài có {chars} ký tự nội dung riêng; {age}.",
        "The version in a foreign language has {chars} characters of its own; {age}.",
        chars=len(text), age=_age(age),
    )  # fmt: skip
    return graded(1.0 if fresh else 0.5, seen, url=url, evidence=evidence)


def _age(age: int | None) -> Text:
    if age is None:
        return Text("không có mục nào ghi ngày", "nothing on it is dated")
    return say("mới nhất {age} ngày trước", "newest {age} days ago", age=age)


# ── CT-09 ──


@check("CT-09")
def contact(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """Address, telephone, e-mail, person responsible and licence: in the footer or on contacts."""
    fields: Mapping[str, str] = figures["fields"]
    found: dict[str, Evidence] = {}
    for url, text in _contact_texts(case, figures):
        for name, pattern in fields.items():
            match = pattern_of(pattern).search(text) if name not in found else None
            if match:
                value = excerpt(match[0].strip())
                found[name] = Evidence(what=f"field {name}", value=value, url=url)
    if len(found) < len(fields) and is_unread_home(case):
        return unseen(
            "Trang chủ dựng nội dung bằng JavaScript và chưa được mở bằng trình duyệt.",
            "The home page builds its content with JavaScript, and no browser opened it.",
        )
    names: Mapping[str, Mapping[str, str]] = figures["names"]
    missing = [name for name in fields if name not in found]
    seen = say(
        "Có {have}/{all} thông tin liên hệ{missing}.",
        "{have} of {all} facts of contact are shown{missing}.",
        have=len(found), all=len(fields),
        missing=Text(
            "; thiếu " + ", ".join(names[name]["vi"] for name in missing) if missing else "",
            "; missing: " + ", ".join(names[name]["en"] for name in missing) if missing else "",
        ),
    )  # fmt: skip
    return graded(len(found) / len(fields), seen, evidence=tuple(found.values()))


def _contact_texts(case: Case, figures: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for home in (case.home, case.home_rendered):
        if home is not None:
            # The end of the page is where a footer stands, marked as one or not.
            yield home.url, _footer(home) or home.text[-figures["footer"] :]
    for prefix in ("contact", "section:contacts", "section:transaction_information"):
        for page, document in case.pages(prefix):
            yield page.chain.url, readable(case, document)


def _footer(document: Document) -> str:
    marked = document.tree.xpath(
        "//*[self::footer or @role='contentinfo' or contains(@class, 'footer')"
        " or contains(@id, 'footer')]"
    )
    parts = [" ".join(" ".join(element.itertext()).split()) for element in marked[:20]]
    links = [
        str(href).partition(":")[2]
        for href in document.tree.xpath("//a/@href")
        if str(href)[:7].casefold().startswith(("mailto:", "tel:"))
    ]
    return "\n".join([*parts, *links[:20]])[:20_000] if parts else ""


# ── CT-10 ──


@check("CT-10")
def placeholders(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """The share of section pages with nothing but a promise that something will come."""
    pages = [*case.pages("section"), *case.pages("sample")]
    if len(pages) < figures["least"]:
        return unseen(
            "Chỉ mở được {count} trang; cần ít nhất {least}.",
            "Only {count} pages were opened; at least {least} are needed.",
            count=len(pages), least=figures["least"],
        )  # fmt: skip
    pattern = pattern_of(figures["phrases"])
    hits: list[Evidence] = []
    for page, document in pages:
        text = own_text(case, document)
        match = pattern.search(text) if len(text) <= figures["chars"] else None
        if match and len(list_items(case, document)) < figures["items"]:
            hits.append(Evidence(what="placeholder", value=excerpt(match[0]), url=page.chain.url))
    titles = [hit.url for hit in hits]
    seen = say(
        "{hits}/{count} trang chỉ có chữ giữ chỗ{which}.",
        "{hits} of {count} pages hold placeholder text only{which}.",
        hits=len(hits), count=len(pages), which=_listed(titles),
    )  # fmt: skip
    return graded(1 - len(hits) / len(pages), seen, evidence=tuple(hits[:20]))


def _listed(urls: list[str]) -> Text:
    if not urls:
        return Text()
    text = shown(urls)
    return Text(": " + text.vi, ": " + text.en)
