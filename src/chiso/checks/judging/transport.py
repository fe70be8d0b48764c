"""TL: how the portal secures its connections; and the dates of its certificate (AV-10)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from chiso.checks.artifacts import Certificate, Chain, Exchange
from chiso.checks.faults import FAULTS
from chiso.checks.findings import Evidence, Verdict, graded, review, without
from chiso.checks.judging.case import NO_CONTENT, Case
from chiso.checks.judging.registry import check
from chiso.checks.judging.technical import (
    header_evidence,
    home_kind,
    host_of,
    kept_out,
    no_page,
    owner_name,
    page_kind,
    rounded,
    say,
    scheme_of,
    secure,
    sibling,
    unseen,
    untrusted,
)
from chiso.checks.states import CheckState, ErrorClass, PageKind
from chiso.language import Text, date

Figures = Mapping[str, Any]
_DAY = 86_400.0
_NO_TLS = Text("Chưa kiểm tra được cổng 443.", "Port 443 was not looked at.")
#: the port is closed, or what answers there does not speak TLS: the server says so itself
_CLOSED = {ErrorClass.CONN_REFUSED, ErrorClass.TLS_HANDSHAKE, ErrorClass.HTTP_MALFORMED}
_TRUST = {
    "expired": Text("chứng thư đã hết hạn", "the certificate has expired"),
    "not_yet_valid": Text("chứng thư chưa có hiệu lực", "the certificate is not valid yet"),
    "wrong_host": Text("chứng thư cấp cho tên miền khác", "the certificate is for another name"),
    "self_signed": Text("chứng thư tự ký", "the certificate is self-signed"),
    "unknown_issuer": Text(
        "đơn vị cấp không có trong danh sách tin cậy của trình duyệt",
        "the issuer is not among those that browsers trust",
    ),
}
_SENTENCE = re.compile(rb"location[^;]{0,80}https:", re.I)


def _closed(case: Case) -> Verdict | None:
    """The verdict where no TLS connection was made; None where there was one.

    A closed port counts as "no https" only while the portal shows a page over http: otherwise the
    whole server is away, and that is AV-02's to say.
    """
    facts = case.record.tls
    if facts is None:
        return without(CheckState.NOT_MEASURED, _NO_TLS)
    if facts.error is None:
        return None
    why = FAULTS[facts.error].meaning
    plain = case.record.variants.get("http") or case.record.home
    if page_kind(case, plain) is not PageKind.OK:
        return unseen(
            "Không thiết lập được kết nối bảo mật ({why}) và cổng cũng không mở được.",
            "No secure connection ({why}), and the portal was not up either.", why=why,
        )  # fmt: skip
    seen = say("Cổng không mở được qua https: {why}.", "No https: {why}.", why=why)
    evidence = (Evidence(what="tls", value=f"{facts.host}:{facts.port} {facts.detail}"[:300]),)
    if facts.error in _CLOSED:
        return graded(0, seen, evidence=evidence)
    if FAULTS[facts.error].side in {"between", "either", "portal"}:
        return review(seen, proposed=0, evidence=evidence)
    return without(CheckState.NOT_MEASURED, seen)


@check("TL-01")
def valid_https(case: Case, figures: Figures) -> Verdict:
    """HTTPS with a chain to a trusted root, for this host, in date (RFC 5280, RFC 9525)."""
    verdict = _closed(case)
    if verdict is not None:
        return verdict
    facts = case.record.tls
    assert facts is not None
    if facts.trusted is None:
        return unseen("Chưa xác định được chứng thư.", "The certificate could not be judged.")
    evidence = (Evidence(what="certificate", value=_worded(facts.certificate)),)
    if facts.trusted:
        seen = say(
            "Kết nối https hợp lệ; chứng thư còn hạn và đúng tên miền.",
            "https is valid; the certificate is in date and for this name.",
        )
        return graded(1, seen, evidence=evidence)
    reason = facts.trust_error
    offset = case.record.vantage.clock_offset
    if reason in {"expired", "not_yet_valid"} and abs(offset or 0) > figures["clock"]:
        return unseen("Đồng hồ của điểm đo bị lệch.", "The clock of our vantage is off.")
    if reason == "missing_intermediate":
        seen = say(
            "Máy chủ không gửi chứng thư trung gian: nhiều trình duyệt vẫn mở, nhưng ứng dụng "
            "và điện thoại có thể báo lỗi.",
            "The server does not send its intermediate certificate: many browsers cope, but "
            "programs and telephones may not.",
        )
        return graded(figures["missing_intermediate"], seen, evidence=evidence)
    if reason in _TRUST:
        seen = say("Trình duyệt sẽ cảnh báo: {why}.", "Browsers will warn: {why}.",
                   why=_TRUST[reason])  # fmt: skip
        return graded(0, seen, evidence=evidence)
    seen = say(
        "Chứng thư không được tin cậy vì lý do chưa rõ; cần người xem lại.",
        "The certificate is not trusted for a reason that is not clear; a person has to look.",
    )
    return review(seen, proposed=0, evidence=evidence)


def _worded(certificate: Certificate | None) -> str:
    if certificate is None:
        return ""
    begin, end = certificate.not_before.date(), certificate.not_after.date()
    text = f"{certificate.subject}; {certificate.issuer}; {begin} – {end}"
    return text[:300]


@check("TL-02")
def to_https(case: Case, figures: Figures) -> Verdict:
    """http leads to https on the same host at once. A closed port 80 passes."""
    chain = case.record.variants.get("http")
    if chain is None:
        return unseen("Chưa thử địa chỉ http.", "The http address was not tried.")
    https = case.record.variants.get("https")
    first, evidence = chain.hops[0], _hops(chain)
    if first.status is None:
        works = https is not None and page_kind(case, https) is PageKind.OK
        if works and first.error in {ErrorClass.CONN_REFUSED, ErrorClass.CONN_TIMEOUT}:
            seen = say(
                "Cổng chỉ phục vụ qua https; http đã đóng.", "Only https is served; http is closed."
            )
            return graded(1, seen, evidence=evidence)
        return unseen("Không mở được địa chỉ http.", "The http address did not answer.")
    if kept_out(case, chain) and not secure(chain):
        return without(CheckState.BLOCKED, NO_CONTENT[PageKind.BLOCKED], evidence=evidence)
    if len(chain.hops) > 1 and 300 <= first.status < 400:
        second = chain.hops[1].url
        if scheme_of(second) == "https" and host_of(second) == host_of(first.url):
            seen = say("http chuyển ngay sang https.", "http leads to https at once.")
            return graded(1, seen, evidence=evidence)
        if secure(chain):
            seen = say(
                "http có chuyển sang https nhưng qua bước khác hoặc sang tên miền khác trước.",
                "http leads to https, but by way of another step or another host.",
            )
            return graded(figures["late"], seen, evidence=evidence)
    return _stays_plain(case, chain, evidence, figures)


def _stays_plain(
    case: Case, chain: Chain, evidence: tuple[Evidence, ...], figures: Figures
) -> Verdict:
    if chain.error is not None:
        return unseen("Không theo hết được chuyển hướng của http.", "The redirects did not end.")
    if page_kind(case, chain) is PageKind.MAINTENANCE:
        return without(CheckState.MAINTENANCE, NO_CONTENT[PageKind.MAINTENANCE])
    if (chain.status or 0) >= 400:
        seen = say(
            "http trả về mã {status}, không đưa người xem sang https.",
            "http gives {status} and does not lead to https.", status=str(chain.status),
        )  # fmt: skip
        return graded(figures["error_page"], seen, evidence=evidence)
    document = case.document(chain)
    refresh = document.metas.get("refresh", "") if document is not None else ""
    if "https:" in refresh.casefold():
        seen = say(
            "http chuyển sang https bằng thẻ trong trang, không bằng mã chuyển hướng.",
            "http leads to https by a tag in the page, not by a redirect.",
        )
        return graded(figures["late"], seen, evidence=evidence)
    if _SENTENCE.search(case.body(chain.final)[:20_000]) and (
        document is None or len(document.text) < figures["script_page"]
    ):
        seen = say(
            "Trang http có vẻ chuyển sang https bằng mã lệnh; cần người xem lại.",
            "The http page seems to lead to https by a script; a person has to look.",
        )
        return review(seen, proposed=figures["late"], evidence=evidence)
    seen = say("http hiện nội dung mà không chuyển sang https.",
               "http shows content and does not lead to https.")  # fmt: skip
    return graded(0, seen, evidence=evidence)


def _hops(chain: Chain) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(what="hop", value=f"{hop.url} {hop.error or hop.status}"[:300], url=hop.url)
        for hop in chain.hops
    )


@check("TL-03")
def strict_transport(case: Case, figures: Figures) -> Verdict:
    """The portal tells browsers to use https only (HSTS, RFC 6797), for a year or more.

    Browsers heed the header only over a trusted connection. Where the registered host only sends
    the visitor on to a site of another body, the check does not apply.
    """
    home, again = case.record.home, case.record.again
    closed = no_page(case, home_kind(case), home.url)
    if closed is not None:
        return closed
    host, asked = host_of(home.url), host_of(case.record.site.url)
    if host not in {asked, sibling(asked)} and owner_name(host, case.law.domains) != owner_name(
        asked, case.law.domains
    ):
        seen = say(
            "{asked} chỉ chuyển sang {host}; đo ở {host}.",
            "{asked} only leads to {host}, where this is to be measured.", asked=asked, host=host,
        )  # fmt: skip
        return without(CheckState.NOT_APPLICABLE, seen)
    if not secure(home):
        seen = say("Trang chủ không mở qua https.", "The home page is not served over https.")
        return graded(0, seen)
    if _warned(case):
        seen = say(
            "Trình duyệt bỏ qua HSTS vì chứng thư không được tin cậy.",
            "Browsers ignore HSTS, for the certificate is not trusted.",
        )
        return graded(0, seen, evidence=header_evidence(home.final, "Strict-Transport-Security"))
    answers = [home.final]
    if again is not None and again.ok and host_of(again.url) == host and secure(again):
        answers.append(again.final)
    ages = [_max_age(answer) for answer in answers]
    age = max((known for known in ages if known is not None), default=None)
    evidence = header_evidence(home.final, "Strict-Transport-Security")
    days = (age or 0) / _DAY
    whole = any(_covers_subdomains(answer) for answer in answers if _max_age(answer) == age)
    note = Text() if len(set(ages)) == 1 else Text(
        " Hai lần đọc khác nhau; lấy lần tốt hơn.",
        " Two looks differed; the better one counts.",
    )  # fmt: skip
    if not age:
        seen = Text("Không có HSTS còn hiệu lực.", "There is no HSTS in force.")
        return graded(0, seen, evidence=evidence)
    seen = say(
        "HSTS có hiệu lực {days} ngày.{note}", "HSTS lasts {days} days.{note}",
        days=rounded(days, 0), note=note,
    )  # fmt: skip
    if days < figures["days"]:
        return graded(figures["short"], seen, evidence=evidence)
    if not whole:
        seen = say("{seen} Chưa gồm tên miền con.", "{seen} Subdomains are not covered.", seen=seen)
        return graded(figures["without_subdomains"], seen, evidence=evidence)
    return graded(1, seen, evidence=evidence)


def _warned(case: Case) -> bool:
    facts = case.record.tls
    if facts is not None and facts.trusted is not None:
        return not facts.trusted and facts.trust_error != "missing_intermediate"
    return untrusted(case.record.home)


def _max_age(answer: Exchange) -> int | None:
    """Seconds of the first header, as RFC 6797 section 8.1 asks; None where there is none."""
    for part in answer.header("Strict-Transport-Security")[:2_000].split(";"):
        name, _, value = part.partition("=")
        digits = value.strip().strip('"')
        if name.strip().casefold() == "max-age" and digits.isascii() and digits.isdigit():
            return int(digits[:12])
    return None


def _covers_subdomains(answer: Exchange) -> bool:
    parts = answer.header("Strict-Transport-Security")[:2_000].split(";")
    return any(part.strip().casefold() == "includesubdomains" for part in parts)


@check("TL-04")
def protocols(case: Case, figures: Figures) -> Verdict:
    """TLS 1.2 or 1.3 and nothing older (RFC 8996 retires 1.0 and 1.1)."""
    facts = case.record.tls
    spoken = facts.protocols if facts is not None else {}
    if not any(spoken.values()):
        verdict = _closed(case)
        return verdict or unseen("Chưa thử các phiên bản TLS.", "TLS versions were not tried.")
    good = [name for name in figures["modern"] if spoken.get(name)]
    old = [name for name in figures["old"] if spoken.get(name)]
    unknown = [name for name in (*figures["old"], *figures["modern"]) if spoken.get(name) is None]
    evidence = tuple(
        Evidence(what=name, value={True: "yes", False: "no", None: "not tried"}[value])
        for name, value in spoken.items()
    )
    note = Text()
    if unknown:
        note = say(" Chưa thử được: {names}.", " Not tried: {names}.", names=", ".join(unknown))
    if old:
        seen = say(
            "Máy chủ còn nhận phiên bản cũ: {old}.{note}",
            "The server still takes old versions: {old}.{note}", old=", ".join(old), note=note,
        )  # fmt: skip
        return graded(figures["old_too"] if good else 0, seen, evidence=evidence)
    if all(spoken.get(name) is None for name in figures["old"]):
        return unseen(
            "Có {good}; công cụ đo không thử được các phiên bản cũ.",
            "{good} is there; the old versions could not be tried.", good=", ".join(good),
        )  # fmt: skip
    seen = say("Chỉ nhận {good}.{note}", "Only {good}.{note}", good=", ".join(good), note=note)
    return graded(1, seen, evidence=evidence)


def _days_left(case: Case) -> tuple[float, float] | None:
    """Days that the certificate still lasts, and its whole life in days."""
    facts = case.record.tls
    if facts is None or facts.certificate is None:
        return None
    known = facts.certificate
    left = (known.not_after - facts.at).total_seconds() / _DAY
    return left, (known.not_after - known.not_before).total_seconds() / _DAY


@check("TL-06")
def days_left(case: Case, figures: Figures) -> Verdict:
    """The certificate lasts more than `days`, or than `share` of its life where that is less."""
    known = _days_left(case)
    if known is None:
        return _closed(case) or unseen("Chưa đọc được chứng thư.", "There was no certificate.")
    left, life = known
    need = min(figures["days"], figures["share"] * life)
    seen, evidence = _until(case, left)
    level = 1.0 if left > need else 0.0 if left <= 0 else figures["soon"]
    return graded(level, seen, evidence=evidence)


def _until(case: Case, left: float) -> tuple[Text, tuple[Evidence, ...]]:
    facts = case.record.tls
    assert facts is not None
    assert facts.certificate is not None
    end: dt.date = facts.certificate.not_after.date()
    day = Text(date(end, "vi"), date(end, "en"))
    evidence = (Evidence(what="certificate", value=_worded(facts.certificate)),)
    if left <= 0:
        return say("Chứng thư hết hạn ngày {day}.", "The certificate ended on {day}.",
                   day=day), evidence  # fmt: skip
    seen = say(
        "Chứng thư còn {left} ngày (đến {day}).",
        "The certificate lasts {left} more days (until {day}).", left=int(left), day=day,
    )  # fmt: skip
    return seen, evidence


@check("AV-10")
def expiry(case: Case, figures: Figures) -> Verdict:
    """When the certificate ends: for information, and to be warned in time."""
    known = _days_left(case)
    if known is None:
        return unseen("Chưa đọc được chứng thư.", "There was no certificate.")
    left = known[0]
    seen, evidence = _until(case, left)
    level = 1.0 if left > figures["days"] else 0.0 if left <= 0 else figures["soon"]
    return graded(level, seen, evidence=evidence)
