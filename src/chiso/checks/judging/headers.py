"""HD: headers that protect visitors; ST-01: a way to report a weakness."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from chiso.checks.artifacts import Chain, Exchange
from chiso.checks.findings import Evidence, Verdict, graded, without
from chiso.checks.judging.case import NO_CONTENT, Case
from chiso.checks.judging.registry import check
from chiso.checks.judging.securitytxt import SecurityTxt, parse_security_txt
from chiso.checks.judging.technical import (
    excerpt,
    header_evidence,
    home_kind,
    host_of,
    kept_out,
    no_page,
    owner_name,
    say,
    secure,
    unseen,
)
from chiso.checks.states import CheckState, PageKind
from chiso.language import Text, date

Figures = Mapping[str, Any]
#: the level of one answer, and what was seen of it
Reading = tuple[float, Text]
_MOST_POLICIES, _MOST_CHARS = 20, 8_000
_VARIES = Text(
    " Hai lần đọc khác nhau; lấy lần tốt hơn.", " Two looks differed; the better one counts."
)


def _better(case: Case, read: Callable[[Exchange], Reading], *names: str) -> Verdict:
    """The better reading of two looks at the home page: answers vary behind a content network."""
    home, again = case.record.home, case.record.again
    closed = no_page(case, home_kind(case), home.url)
    if closed is not None:
        return closed
    answers = [home.final]
    if again is not None and again.ok and host_of(again.url) == host_of(home.url):
        answers.append(again.final)
    read_of = [(read(answer), answer) for answer in answers]
    (level, seen), answer = max(read_of, key=lambda item: item[0][0])
    if len({reading[0] for reading, _ in read_of}) > 1:
        seen = say("{seen}{note}", "{seen}{note}", seen=seen, note=_VARIES)
    return graded(level, seen, url=answer.url, evidence=header_evidence(answer, *names))


# ── HD-01 content security policy ──


def _policies(texts: Iterable[str]) -> list[dict[str, list[str]]]:
    """The policies in headers, each as directive to sources; the first of a name counts."""
    found: list[dict[str, list[str]]] = []
    parts = [part for text in texts for part in text[:_MOST_CHARS].split(",")]
    for part in parts[:_MOST_POLICIES]:
        policy: dict[str, list[str]] = {}
        for directive in part.split(";"):
            name, *sources = directive.split()[:200] or [""]
            if name:
                policy.setdefault(name.casefold(), [source.casefold() for source in sources])
        if policy:
            found.append(policy)
    return found


def _script_level(policy: dict[str, list[str]], figures: Figures) -> float:
    """1 where scripts come from named places only, 0 where from anywhere, else `loose`."""
    sources = policy.get("script-src", policy.get("default-src"))
    if sources is None or set(sources) & set(figures["open"]):
        return 0.0
    named = any(source.startswith(("'nonce-", "'sha")) for source in sources)
    if "'unsafe-inline'" in sources and not named:
        return float(figures["loose"])
    return 1.0


@check("HD-01")
def content_policy(case: Case, figures: Figures) -> Verdict:
    """A Content-Security-Policy that says where scripts may come from (CSP Level 3).

    Several policies bind together, so the strictest decides; a report-only one binds nothing.
    """

    def read(answer: Exchange) -> Reading:
        tag = case.home.metas.get("content-security-policy", "") if case.home is not None else ""
        policies = _policies([*answer.header_all("Content-Security-Policy"), tag])
        if not policies:
            if answer.header("Content-Security-Policy-Report-Only"):
                return 0.0, Text(
                    "Chính sách nội dung mới ở chế độ báo cáo, chưa có tác dụng.",
                    "The content policy only reports; it protects nothing yet.",
                )
            return 0.0, Text("Không có chính sách nội dung (CSP).", "There is no content policy.")
        level = max(_script_level(policy, figures) for policy in policies)
        if level == 1:
            return level, Text(
                "Chính sách nội dung chỉ cho mã lệnh từ nguồn đã nêu.",
                "The content policy names where scripts may come from.",
            )
        if level > 0:
            return level, Text(
                "Có chính sách nội dung nhưng cho phép mã lệnh viết trong trang.",
                "There is a content policy, but it allows scripts written in the page.",
            )
        return level, Text(
            "Chính sách nội dung không hạn chế nguồn của mã lệnh.",
            "The content policy does not limit where scripts come from.",
        )

    return _better(case, read, "Content-Security-Policy", "Content-Security-Policy-Report-Only")


# ── HD-02 frames ──


@check("HD-02")
def frames(case: Case, figures: Figures) -> Verdict:
    """Other sites cannot show the portal in a frame: frame-ancestors, or X-Frame-Options.

    Browsers heed frame-ancestors before X-Frame-Options (CSP Level 3, section 6.4.2); in a meta
    tag it has no effect.
    """

    def read(answer: Exchange) -> Reading:
        guarded = Text(
            "Trang không cho website khác nhúng vào khung.", "Other sites cannot frame the page."
        )
        ancestors = [
            policy["frame-ancestors"]
            for policy in _policies(answer.header_all("Content-Security-Policy"))
            if "frame-ancestors" in policy
        ]
        if ancestors:
            if any(not set(sources) & set(figures["open"]) for sources in ancestors):
                return 1.0, guarded
            return 0.0, Text(
                "frame-ancestors cho phép mọi website.", "frame-ancestors allows every site."
            )
        values = {
            value.strip().casefold()
            for header in answer.header_all("X-Frame-Options")
            for value in header[:500].split(",")
        }
        if values and values <= {"deny", "sameorigin"}:
            return 1.0, guarded
        if values & {"deny", "sameorigin"}:
            return float(figures["mixed"]), Text(
                "X-Frame-Options có nhiều giá trị mâu thuẫn.",
                "X-Frame-Options has values that contradict each other.",
            )
        return 0.0, Text(
            "Không có quy định về nhúng khung còn hiệu lực.", "No rule on frames is in force."
        )

    return _better(case, read, "X-Frame-Options", "Content-Security-Policy")


# ── HD-03, HD-04 ──


@check("HD-03")
def no_sniffing(case: Case, figures: Figures) -> Verdict:
    """X-Content-Type-Options: nosniff (WHATWG Fetch, section 3.6)."""

    def read(answer: Exchange) -> Reading:
        first = answer.header("X-Content-Type-Options")[:200].split(",")[0].strip().casefold()
        if first == "nosniff":
            return 1.0, Text("Có nosniff.", "nosniff is set.")
        return 0.0, Text("Không có nosniff.", "nosniff is not set.")

    return _better(case, read, "X-Content-Type-Options")


@check("HD-04")
def referrer(case: Case, figures: Figures) -> Verdict:
    """A referrer policy that does not tell other sites which page the visitor was on.

    Of several values the last known one counts (W3C Referrer Policy, section 8.1); the header goes
    before the meta tag.
    """
    levels: Mapping[str, float] = figures["levels"]
    tag = case.home.metas.get("referrer", "").casefold() if case.home is not None else ""

    def read(answer: Exchange) -> Reading:
        headers = answer.header_all("Referrer-Policy")[:10]
        words = [word.strip().casefold() for one in headers for word in one[:500].split(",")]
        known = [word for word in words if word in levels] or [tag] * (tag in levels)
        if not known:
            return 0.0, Text("Không khai báo chính sách.", "No referrer policy is declared.")
        policy = known[-1]
        return float(levels[policy]), say("Chính sách: {p}.", "The policy is {p}.", p=policy)

    return _better(case, read, "Referrer-Policy")


# ── HD-05 cookies ──


def _cookies(case: Case, chain: Chain) -> Iterator[tuple[str, set[str]]]:
    """Name and attributes (small letters) of the cookies that the portal itself set."""
    domains = case.law.domains
    owner = owner_name(host_of(chain.url), domains)
    for hop in chain.hops:
        if owner_name(host_of(hop.url), domains) != owner:
            continue
        for header in hop.header_all("Set-Cookie")[:50]:
            pair, *attributes = header[:4_000].split(";")
            name, _, value = pair.partition("=")
            if name.strip() and value.strip():
                yield name.strip(), {a.partition("=")[0].strip().casefold() for a in attributes}


@check("HD-05")
def cookies(case: Case, figures: Figures) -> Verdict:
    """Cookies have Secure; those that look like a session have HttpOnly too (RFC 6265).

    The mean over all cookies of the home page; without cookies the check does not apply.
    """
    home, again = case.record.home, case.record.again
    closed = no_page(case, home_kind(case), home.url)
    if closed is not None:
        return closed
    session = re.compile(figures["session"], re.I)
    looks = []
    for chain in (home, again):
        found = list(_cookies(case, chain)) if chain is not None and chain.ok else []
        if found:
            looks.append((_cookie_level(found, session), found))
    if not looks:
        seen = Text("Trang chủ không đặt cookie.", "The home page sets no cookie.")
        return without(CheckState.NOT_APPLICABLE, seen)
    level, found = max(looks, key=lambda item: item[0])
    weak = sorted({name for name, has in found if _cookie_level([(name, has)], session) < 1})
    seen = say("{n} cookie đều được bảo vệ.", "All {n} cookies are protected.", n=len(found))
    if weak:
        seen = say(
            "{weak}/{n} cookie thiếu Secure hoặc HttpOnly.",
            "{weak} of {n} cookies lack Secure or HttpOnly.", weak=len(weak), n=len(found),
        )  # fmt: skip
    if len({level for level, _ in looks}) > 1:
        seen = say("{seen}{note}", "{seen}{note}", seen=seen, note=_VARIES)
    # Names only: the value of a cookie is nobody's business.
    evidence = tuple(
        Evidence(what="cookie", value=excerpt(f"{name}: {', '.join(sorted(has))}"), url=home.url)
        for name, has in found[:10]
    )
    return graded(level, seen, evidence=evidence)


def _cookie_level(found: list[tuple[str, set[str]]], session: re.Pattern[str]) -> float:
    levels = []
    for name, has in found:
        asked = {"secure", "httponly"} if session.search(name[:100]) else {"secure"}
        levels.append(len(asked & has) / len(asked))
    return sum(levels) / len(levels)


# ── ST-01 security.txt ──


@check("ST-01")
def security_txt(case: Case, figures: Figures) -> Verdict:
    """/.well-known/security.txt over https, text/plain, with a contact, not expired (RFC 9116)."""
    chain = case.record.security_txt
    if chain is None:
        return unseen("Chưa hỏi tệp security.txt.", "security.txt was not asked for.")
    if kept_out(case, chain):
        return without(CheckState.BLOCKED, NO_CONTENT[PageKind.BLOCKED], url=chain.url)
    status = chain.status
    if chain.error is not None or status is None or status >= 500:
        return unseen("Không mở được tệp security.txt.", "security.txt did not answer.")
    kind = chain.final.header("content-type").partition(";")[0].strip().casefold()
    body = case.body(chain.final)
    plain = kind != "text/html" and not body.lstrip()[:1].startswith(b"<")
    known = parse_security_txt(body) if chain.ok and plain else None
    if known is None or not known.contacts:
        seen = Text(
            "Không có tệp security.txt với địa chỉ liên hệ.",
            "There is no security.txt with a contact.",
        )
        found = f"{chain.asked}: {status} {kind}"[:300]
        return graded(0, seen, url=chain.url, evidence=(Evidence(what="status", value=found),))
    faults = _faults(case, chain, known, kind)
    evidence = (
        Evidence(what="contact", value=excerpt(known.contacts[0]), url=chain.url),
        Evidence(what="expires", value=str(known.expires), url=chain.url),
    )
    if faults:
        seen = say(
            "Có security.txt nhưng {why}.", "There is a security.txt, but {why}.", why=faults[0]
        )
        return graded(figures["faulty"], seen, url=chain.url, evidence=evidence)
    assert known.expires is not None
    day = Text(date(known.expires.date(), "vi"), date(known.expires.date(), "en"))
    seen = say("security.txt hợp lệ đến {day}.", "security.txt is valid until {day}.", day=day)
    ahead = (known.expires - case.record.begun).total_seconds() / 86_400
    if ahead > figures["far_days"]:
        seen = say(
            "{seen} Nên để hạn dưới {n} ngày.", "{seen} Less than {n} days ahead is advised.",
            seen=seen, n=figures["far_days"],
        )  # fmt: skip
    return graded(1, seen, url=chain.url, evidence=evidence)


def _faults(case: Case, chain: Chain, known: SecurityTxt, kind: str) -> list[Text]:
    faults = []
    if known.expires_fields != 1 or known.expires is None:
        faults.append(
            Text("trường Expires thiếu, thừa hoặc sai", "Expires is missing, doubled or wrong")
        )
    elif known.expires <= case.record.begun:
        faults.append(Text("đã quá hạn", "it has expired"))
    if not secure(chain):
        faults.append(Text("không được phục vụ qua https", "it is not served over https"))
    if kind != "text/plain":
        faults.append(Text("không phải kiểu text/plain", "it is not of type text/plain"))
    if known.languages_fields > 1:
        faults.append(
            Text("Preferred-Languages lặp lại", "Preferred-Languages stands more than once")
        )
    return faults
