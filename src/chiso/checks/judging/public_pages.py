"""Pages for people: the site map (FN-04), the feedback channel (FN-07), questions (FN-08)."""

from __future__ import annotations

import datetime as dt
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chiso.checks.fetch import addresses
from chiso.checks.fetch.naming import simple, simple_lines
from chiso.checks.findings import Verdict, graded, review, without
from chiso.checks.judging.case import Case
from chiso.checks.judging.reaching import (
    Reached,
    brief,
    homes,
    reach,
    reach_all,
    shown,
    unreached,
)
from chiso.checks.judging.registry import check
from chiso.checks.reading.dates import find_date
from chiso.checks.reading.document import Document
from chiso.checks.reading.listing import items
from chiso.checks.states import CheckState
from chiso.language import Text, number

_MAP = Text("trang sơ đồ cổng", "the site map page")
_FEEDBACK = Text("trang góp ý, liên hệ", "the feedback page")
_QUESTIONS = Text("trang hỏi đáp", "the page of questions and answers")
_EMAIL = re.compile(r"[\w.+-]{1,64}\s?(?:@|\[at\]|\(at\))\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_ASKED = re.compile(
    r"\b(?:ngay (?:hoi|gui|tiep nhan)|thoi gian (?:hoi|gui)|hoi ngay|gui luc|gui ngay|asked|sent)\b"
)
_ANSWERED = re.compile(
    r"\b(?:ngay (?:tra loi|dap)|thoi gian tra loi|tra loi ngay|tra loi luc|da tra loi ngay"
    r"|answered)\b"
)
_DONE = re.compile(r"\b(?:da (?:tra loi|giai dap|phan hoi)|answered)\b")
_OPEN = re.compile(
    r"\b(?:chua (?:tra loi|co tra loi|giai dap)|dang (?:xu ly|cho tra loi|giai quyet)"
    r"|cho tra loi|unanswered|pending)\b"
)
_MOST_LINES = 5_000


@check("FN-04")
def site_map(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """A page that shows the tree of the site as text links."""
    if case.record.site.role not in {"main", "unit"}:
        why = Text("chỉ áp dụng cho cổng tin", "applies to portals with news only")
        return without(CheckState.NOT_APPLICABLE, why)
    reached = reach(case, "sitemap_page")
    closed = unreached(reached, _MAP) or _missing(reached, figures["dead"], _MAP)
    if closed is not None:
        return closed
    assert reached.document is not None or reached.page is not None
    links = _tree_links(case, reached.document) if reached.document is not None else 0
    seen = Text(
        f"Trang sơ đồ cổng có {links} liên kết đến các mục.",
        f"The site map page links to {links} parts of the site.",
    )
    level = 1.0 if links >= figures["links"] else figures["few"] if links else figures["dead"]
    return graded(level, seen, url=reached.url, evidence=shown(reached))


def _tree_links(case: Case, document: Document) -> int:
    """Own pages that the body of the page links to, beside header, menu and footer."""
    family = addresses.Family(case.law.domains)
    family.add(document.url)
    own = [anchor for anchor in document.anchors if family.owns(anchor.url)]
    times = Counter(addresses.key(anchor.url) for anchor in own)
    # a tree inside a nav element repeats the entries of the menu
    inner = {
        addresses.key(anchor.url)
        for anchor in own
        if anchor.place not in {"header", "nav", "footer"} or times[addresses.key(anchor.url)] > 1
    }
    return len(inner - {addresses.key(document.url)})


def _missing(reached: Reached, dead: float, what: Text) -> Verdict | None:
    """The verdict where the way ends at nothing; None where there is a page."""
    if reached.way == "none":
        return graded(0, Text(f"Không thấy {what.vi}.", f"Cannot find {what.en}."))
    if reached.way == "dead":
        seen = Text(
            f"Có liên kết đến {what.vi} nhưng không mở được ({reached.why.vi}).",
            f"There is a link to {what.en}, but it leads nowhere ({reached.why.en}).",
        )
        return graded(dead, seen, url=reached.url, evidence=shown(reached))
    if reached.way == "doubtful":
        seen = Text(
            f"{what.vi[:1].upper()}{what.vi[1:]} báo lỗi ({reached.why.vi}); cần đo lại.",
            f"{what.en[:1].upper()}{what.en[1:]} failed ({reached.why.en}); it has to be tried.",
        )
        return review(seen, proposed=dead, url=reached.url, evidence=shown(reached))
    return None


@check("FN-07")
def feedback(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """A channel for comments, a note on personal data, and a time in which an answer comes."""
    roles = ("feedback", "contact", "section:contacts", "questions")
    found = [r for r in reach_all(case, *roles) if r.way == "found" and r.document is not None]
    candidates = [(r.url, r.document, r) for r in found if r.document is not None]
    best: tuple[float, Verdict] | None = None
    for url, document, reached in candidates:
        verdict = _channel(document, figures, url, reached)
        if verdict is not None and (best is None or (verdict.level or 0) > best[0]):
            best = (verdict.level or 0, verdict)
    if best is not None:
        return best[1]
    reached = reach(case, *roles)
    if reached.way == "found":
        seen = Text(
            "Trang góp ý, liên hệ không có biểu mẫu và không có địa chỉ thư.",
            "The feedback page has neither a form nor an e-mail address.",
        )
        return graded(0, seen, url=reached.url, evidence=shown(reached))
    closed = unreached(reached, _FEEDBACK)
    if closed is not None:
        return closed
    for home in homes(case):
        verdict = _channel(home, figures, home.url, None)
        if verdict is not None:
            return verdict
    return _missing(reached, figures["dead"], _FEEDBACK) or graded(0, _FEEDBACK)


def _channel(
    document: Document, figures: Mapping[str, Any], url: str, reached: Reached | None
) -> Verdict | None:
    form = any(f.kind == "textarea" for one in document.forms for f in one.fields)
    post = bool(_EMAIL.search(document.text[:200_000]))
    if not form and not post:
        return None
    text = simple_lines(document.text).replace("\n", " ")
    parts = {
        "form" if form else "address": True,
        "privacy": bool(re.search(figures["privacy_words"], text)),
        "time": bool(re.search(figures["time_words"], text)),
    }
    level = sum(figures[name] for name, there in parts.items() if there)
    vi = ["có biểu mẫu góp ý" if form else "có địa chỉ thư"]
    en = ["a feedback form" if form else "an e-mail address"]
    vi.append("có" if parts["privacy"] else "không có")
    en.append("a" if parts["privacy"] else "no")
    vi.append("có" if parts["time"] else "không có")
    en.append("an" if parts["time"] else "no")
    seen = Text(
        f"Kênh góp ý: {vi[0]}; {vi[1]} thông báo về dữ liệu cá nhân; {vi[2]} thời hạn trả lời.",
        f"Feedback: {en[0]}; {en[1]} note on personal data; {en[2]} expected time of an answer.",
    )
    return graded(level, seen, url=url, evidence=shown(reached) if reached else ())


# ── questions and answers ──


@dataclass(slots=True)
class _Entry:
    """A question as a list shows it; nothing of its text is kept."""

    asked: dt.date | None = None
    answered: dt.date | None = None
    done: bool | None = None


@check("FN-08")
def questions(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """Public questions and answers: the share answered and the median of days to the answer."""
    if case.record.site.role not in {"main", "unit"}:
        why = Text("chỉ áp dụng cho cổng tin", "applies to portals with news only")
        return without(CheckState.NOT_APPLICABLE, why)
    reached = reach(case, "questions")
    closed = unreached(reached, _QUESTIONS) or _missing(reached, figures["dead"], _QUESTIONS)
    if closed is not None:
        return closed
    document = reached.document
    if document is None:
        seen = Text("Trang hỏi đáp không phải trang web.", "The questions are no web page.")
        return review(seen, url=reached.url, evidence=shown(reached))
    entries = list(_entries(document, case.record.day))
    known = [entry for entry in entries if entry.done is not None]
    if len(known) < figures["least"]:
        return _unread_questions(case, document, reached, figures)
    share = sum(bool(entry.done) for entry in known) / len(known)
    days = [
        (e.answered - e.asked).days
        for e in known
        if e.asked and e.answered and e.answered >= e.asked
    ]
    median = statistics.median(days) if len(days) >= figures["least"] else None
    level = _band(share, figures["share_steps"])
    timing_vi, timing_en = (
        "không ghi ngày hỏi và ngày trả lời",
        "without dates of question and answer",
    )
    if median is not None:
        level = min(level, _speed(median, figures["day_steps"]))
        timing_vi, timing_en = (
            f"trung vị {number(median, 'vi')} ngày",
            f"a median of {number(median, 'en')} days",
        )
    else:
        level = min(level, figures["no_dates"])
    seen = Text(
        f"Đã trả lời {share:.0%} trong {len(known)} câu hỏi trên trang; {timing_vi}.",
        f"{share:.0%} of {len(known)} questions on the page are answered; {timing_en}.",
    )
    return graded(level, seen, url=reached.url, evidence=shown(reached))


def _unread_questions(
    case: Case, document: Document, reached: Reached, figures: Mapping[str, Any]
) -> Verdict:
    count = len(items(document, case.record.day))
    if count >= figures["least"]:
        seen = Text(
            f"Có {count} câu hỏi nhưng trang không ghi đã trả lời hay chưa; cần người xem.",
            f"There are {count} questions, but not whether they are answered; a person looks.",
        )
        return review(seen, proposed=figures["no_dates"], url=reached.url, evidence=shown(reached))
    seen = Text(
        "Trang hỏi đáp chưa thấy câu hỏi nào có trả lời.",
        "The page of questions and answers shows no answered question.",
    )
    return graded(0, seen, url=reached.url, evidence=shown(reached))


def _entries(document: Document, day: dt.date) -> Iterator[_Entry]:
    """Questions in the order of the page: dates and states as their lines name them.

    An entry begins at its date of asking; where a page gives none, every state is an entry.
    """
    controls = {
        simple(brief(element)) for element in document.tree.iter("a", "button", "option", "label")
    }
    lines = document.text.splitlines()[:_MOST_LINES]
    lines = [line for line in lines if simple(line) not in controls]  # filters are no states
    entry: _Entry | None = None
    for place, line in enumerate(lines):
        plain = simple(line)
        after = f"{line} {lines[place + 1] if place + 1 < len(lines) else ''}"
        asked, answered = _ASKED.search(plain), _ANSWERED.search(plain)
        if asked:
            if entry is not None:
                yield entry
            entry = _Entry(asked=find_date(after, day), done=False)
        if answered:
            entry = entry or _Entry()
            entry.answered = find_date(line.rpartition("|")[2] if asked else after, day)
            entry.done = entry.answered is not None or bool(_DONE.search(plain))
        elif _OPEN.search(plain) or _DONE.search(plain):
            done = not _OPEN.search(plain)
            if entry is None:
                yield _Entry(done=done)
            else:
                entry.done = done
    if entry is not None:
        yield entry


def _band(share: float, steps: list[list[float]]) -> float:
    """The level of the first step whose share is reached; steps fall."""
    return next((float(level) for least, level in steps if share >= least), 0.0)


def _speed(days: float, steps: list[list[float]]) -> float:
    """The level of the first step within whose days the answer came; steps rise."""
    return next((float(level) for most, level in steps if days <= most), 0.0)
