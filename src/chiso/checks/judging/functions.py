"""The search function of a portal (FN-01, FN-02); importing this brings in the other functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from rapidfuzz import fuzz

from chiso.checks.artifacts import Chain, Searched
from chiso.checks.faults import FAULTS
from chiso.checks.fetch import addresses
from chiso.checks.fetch.naming import simple, simple_lines
from chiso.checks.fetch.searching import SearchBox, find_search, has_search_icon
from chiso.checks.findings import Evidence, Verdict, graded, review, without
from chiso.checks.judging import (  # noqa: F401 - these declare the other functions
    machine_files,
    page_parts,
    public_pages,
)
from chiso.checks.judging.case import NO_CONTENT, Case
from chiso.checks.judging.reaching import homes, reach, shown, unreached, walk_stopped, was_rendered
from chiso.checks.judging.registry import check
from chiso.checks.reading.document import Document
from chiso.checks.states import KEPT_OUT, CheckState, ErrorClass, PageKind
from chiso.language import Text

_SEARCH = Text("trang tìm kiếm", "the search page")
_NOTHING = re.compile(
    r"\b(?:khong (?:tim thay|co ket qua|co du lieu|co ban ghi|ton tai)|chua co (?:ket qua|du lieu)"
    r"|tim thay 0|0 ket qua|0 ban ghi|no (?:results?|matches|records?)|nothing (?:was )?found"
    r"|0 results?|not found|did not match)\b"
)


@check("FN-01")
def search_present(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """A search box on the home page, as sent or as a browser shows it."""
    for document in homes(case):
        box = find_search(document)
        if box is not None:
            return graded(
                1,
                Text("Trang chủ có ô tìm kiếm.", "The home page has a search box."),
                url=document.url,
                evidence=_box_evidence(box, document),
            )
    reached = reach(case, "search_page")
    if reached.document is not None and find_search(reached.document) is not None:
        return graded(
            figures["page_only"],
            Text(
                "Trang chủ không có ô tìm kiếm, chỉ có liên kết đến trang tìm kiếm.",
                "The home page has no search box, only a link to a search page.",
            ),
            url=reached.url,
            evidence=shown(reached),
        )
    icon = any(has_search_icon(document) for document in homes(case))
    if not was_rendered(case) or icon:
        return review(_unsure_box(icon), proposed=figures["icon_only"] if icon else 0)
    return unreached(reached, _SEARCH) or graded(
        0,
        Text(
            "Không thấy ô tìm kiếm, cả khi mở trang chủ bằng trình duyệt.",
            "There is no search box, even when the home page is opened in a browser.",
        ),
    )


def _unsure_box(icon: bool) -> Text:
    if icon:
        return Text(
            "Có biểu tượng tìm kiếm nhưng không thấy ô nhập; cần người thử.",
            "There is a search icon but no box to type in; a person has to try it.",
        )
    return Text(
        "Không thấy ô tìm kiếm trong mã trang; trang chưa được mở bằng trình duyệt.",
        "No search box in the page as sent; the page was not opened in a browser.",
    )


def _box_evidence(box: SearchBox, document: Document) -> tuple[Evidence, ...]:
    value = f"{box.manner} {box.action} {box.parameter}".strip()
    return (Evidence(what="search box", value=value[:300], url=document.url),)


@check("FN-02")
def search_works(case: Case, figures: Mapping[str, Any]) -> Verdict:
    """A title of today is found by its words, with and without accents, and nonsense finds nothing.

    What counts is a link to the item: a page that only repeats the query proves nothing. A link
    that the page also shows for a nonsense word proves nothing either.
    """
    asked = {searched.kind: searched for searched in case.record.searches}
    known = asked.get("known")
    if known is None:
        return _not_searched(case)
    failed = _no_answer(case, known)
    if failed is not None:
        return failed
    nonsense = asked.get("nonsense")
    blank = case.document(nonsense.chain) if nonsense and _answered(case, nonsense.chain) else None
    page = case.document(known.chain)
    assert page is not None  # an answer without a page is no answer
    found = _found(known, page, blank, figures["title_likeness"])
    evidence = tuple(_query_evidence(searched) for searched in asked.values())
    if found is None or (found and blank is None):
        return review(
            Text(
                "Máy không phân biệt được kết quả với phần còn lại của trang; cần người thử.",
                "The robot cannot tell results from the rest of the page; a person has to try.",
            ),
            proposed=figures["known"],
            url=known.chain.url,
            evidence=evidence,
        )
    if not found:
        return _known_missing(case, known, page, blank, evidence)
    seen = {"known": True}
    plain = asked.get("unaccented")
    plain_page = case.document(plain.chain) if plain and _answered(case, plain.chain) else None
    if plain is not None and plain_page is not None:
        again = _found(plain, plain_page, blank, figures["title_likeness"])
        if again is not None:  # unclear counts for nothing
            seen["unaccented"] = again
    if blank is not None and nonsense is not None:
        seen["nonsense"] = _is_blank(case, blank, page, nonsense)
    return _worked(seen, known, figures, evidence)


def _worked(
    seen: Mapping[str, bool],
    known: Searched,
    figures: Mapping[str, Any],
    evidence: tuple[Evidence, ...],
) -> Verdict:
    whole = sum(figures[name] for name in seen)
    level = sum(figures[name] for name, good in seen.items() if good) / whole
    vi = [f"Tìm “{known.query}” ra đúng bài đang đăng"]
    en = [f"Searching for “{known.query}” finds the item that is on the portal"]
    if "unaccented" in seen:
        vi.append("gõ không dấu " + ("cũng ra" if seen["unaccented"] else "không ra"))
        en.append("without accents " + ("too" if seen["unaccented"] else "it does not"))
    if "nonsense" in seen:
        vi.append("từ vô nghĩa " + ("không ra gì" if seen["nonsense"] else "vẫn ra kết quả"))
        en.append("a nonsense word finds " + ("nothing" if seen["nonsense"] else "results as well"))
    return graded(
        1.0 if all(seen.values()) else level,
        Text("; ".join(vi) + ".", "; ".join(en) + "."),
        url=known.chain.url,
        evidence=evidence,
    )


def _known_missing(
    case: Case, known: Searched, page: Document, blank: Document | None,
    evidence: tuple[Evidence, ...],
) -> Verdict:  # fmt: skip
    """The item is not among the results: said by the portal, or is the page drawn by a script?"""
    says_nothing = _says_nothing(page, known.query)
    shows = _results(case, page, known)
    if not shows and not says_nothing:
        return review(
            Text(
                "Trang kết quả không có liên kết nào khi đọc mã trang; có thể do mã lệnh vẽ ra.",
                "The page of results has no links as sent; a script may draw them.",
            ),
            proposed=0,
            url=known.chain.url,
            evidence=evidence,
        )
    if blank is not None and shows and shows == _results(case, blank, known):
        seen = Text(
            "Trang kết quả giống hệt nhau với mọi từ khóa: ô tìm kiếm không tìm.",
            "The page of results is the same for every query: the search does not search.",
        )
    else:
        seen = Text(
            f"Tìm “{known.query}” không ra bài “{known.expected}” đang đăng trên cổng.",
            f"Searching for “{known.query}” does not find “{known.expected}”, which is there.",
        )
    return graded(0, seen, url=known.chain.url, evidence=evidence)


def _not_searched(case: Case) -> Verdict:
    """No title was searched for: because of us, because nobody can by GET, or for want of a box."""
    stopped = walk_stopped(case, "search")
    if stopped is not None:
        return without(CheckState.NOT_MEASURED, stopped)
    reached = reach(case, "search_page")
    documents = [*homes(case), *([reached.document] if reached.document is not None else [])]
    boxes = [box for document in documents if (box := find_search(document)) is not None]
    if any(box.manner == "get" for box in boxes):
        if any(skipped.reason is ErrorClass.ROBOTS for skipped in case.record.skipped):
            return without(CheckState.BLOCKED, FAULTS[ErrorClass.ROBOTS].meaning)
        return without(
            CheckState.NOT_MEASURED,
            Text(
                "có ô tìm kiếm nhưng chưa có tiêu đề bài nào để thử",
                "there is a search box but no title was known to try it with",
            ),
        )
    if boxes or any(has_search_icon(document) for document in documents):
        return review(
            Text(
                "Ô tìm kiếm gửi bằng POST hoặc bằng mã lệnh: máy không gửi, cần người thử.",
                "The search box sends by POST or by script: the robot sends none, a person tries.",
            )
        )
    if not was_rendered(case):
        return review(_unsure_box(False), proposed=0)
    return unreached(reached, _SEARCH) or graded(
        0, Text("Cổng không có ô tìm kiếm để thử.", "The portal has no search box to try.")
    )


def _no_answer(case: Case, searched: Searched) -> Verdict | None:
    chain = searched.chain
    kind = case.kind(chain)
    if _answered(case, chain):
        return None
    evidence = (_query_evidence(searched),)
    if kind in KEPT_OUT or kind is PageKind.MAINTENANCE:
        state = CheckState.BLOCKED if kind in KEPT_OUT else CheckState.MAINTENANCE
        return without(state, NO_CONTENT[kind], url=chain.url, evidence=evidence)
    if chain.error is not None:
        why = FAULTS[chain.error].meaning
        seen = Text(
            f"trang tìm kiếm không trả lời: {why.vi}", f"the search did not answer: {why.en}"
        )
        return without(CheckState.NOT_MEASURED, seen, url=chain.url, evidence=evidence)
    return review(
        Text(
            f"Trang tìm kiếm trả về mã {chain.status} hoặc không phải trang web; cần thử lại.",
            f"The search answered {chain.status} or no web page; a person has to try again.",
        ),
        proposed=0,
        url=chain.url,
        evidence=evidence,
    )


def _answered(case: Case, chain: Chain) -> bool:
    """A page came back; one that says "nothing found" is an answer of a search, not a soft 404."""
    usable = case.kind(chain) in {PageKind.OK, PageKind.SOFT_404}
    return usable and chain.ok and case.document(chain) is not None


def _found(
    searched: Searched, page: Document, blank: Document | None, likeness: float
) -> bool | None:
    """Whether the item is among the results; None where it also stands on the blank page."""
    there = _hits(searched, page, likeness)
    if not there:
        return False
    if blank is None:
        return True
    always = _hits(searched, blank, likeness)
    if there > always:
        return True
    return False if _keys(page) == _keys(blank) else None


def _hits(searched: Searched, page: Document, likeness: float) -> int:
    """How many links of the page lead to the item that must be found."""
    expected, title = addresses.key(searched.expected_url), simple(searched.expected)
    return sum(
        1
        for anchor in page.anchors
        if not _is_query(anchor.url, searched)
        and (
            addresses.key(anchor.url) == expected
            or any(fuzz.ratio(simple(name), title) >= likeness for name in anchor.names)
        )
    )


def _results(case: Case, page: Document, searched: Searched) -> frozenset[str]:
    """What a page of results links to beside what the home page links to and pages of results."""
    known = {addresses.key(anchor.url) for home in homes(case) for anchor in home.anchors}
    return frozenset(
        key
        for anchor in page.anchors
        if anchor.place not in {"header", "nav", "footer"}
        and not _is_query(anchor.url, searched)
        and (key := addresses.key(anchor.url)) not in known
    )


def _is_blank(case: Case, blank: Document, page: Document, nonsense: Searched) -> bool:
    """A nonsense word finds nothing: the page says so, or links to nothing of its own."""
    if _says_nothing(blank, nonsense.query) and not _says_nothing(page, ""):
        return True
    return not (_results(case, blank, nonsense) - _keys(page))


def _says_nothing(page: Document, query: str) -> bool:
    text = simple_lines(page.text).replace("\n", " ")
    plain = simple(query)
    return bool(_NOTHING.search(text.replace(plain, " ") if plain else text))


def _keys(page: Document) -> frozenset[str]:
    return frozenset(addresses.key(anchor.url) for anchor in page.anchors)


def _is_query(url: str, searched: Searched) -> bool:
    """Whether a link asks the search itself again: another page or order of the results."""
    parts, own = addresses.split(url), addresses.split(searched.chain.asked)
    if parts is None or own is None or parts.path.rstrip("/") != own.path.rstrip("/"):
        return False
    return any(searched.query == value for _, value in parse_qsl(parts.query))


def _query_evidence(searched: Searched) -> Evidence:
    final = searched.chain.final
    return Evidence(
        what=f"query ({searched.kind})", value=searched.query, url=final.url, digest=final.body
    )
