"""DN: DNSSEC, IPv6, CAA; and the checks of availability on the name (AV-01, AV-07, AV-09)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from chiso.checks.artifacts import Chain, NameFacts
from chiso.checks.findings import Evidence, Verdict, graded, review, without
from chiso.checks.judging.case import NO_CONTENT, Case
from chiso.checks.judging.registry import check
from chiso.checks.judging.technical import (
    NO_NAME,
    home_kind,
    host_of,
    kept_out,
    likeness,
    no_page,
    page_kind,
    said_by_resolver,
    same_name,
    say,
    scheme_of,
    shown,
    sibling,
    unseen,
    untrusted,
)
from chiso.checks.states import CheckState, ErrorClass, PageKind
from chiso.language import Text

Figures = Mapping[str, Any]
_NO_NAMES = Text("Chưa hỏi được hệ thống tên miền.", "The name system was not asked.")
#: faults of a connection that a firewall or the network between may cause
_BETWEEN = {
    ErrorClass.CONN_TIMEOUT, ErrorClass.CONN_RESET, ErrorClass.UNREACHABLE,
    ErrorClass.DNS_TIMEOUT, ErrorClass.DNS_SERVFAIL,
}  # fmt: skip


# ── AV-01 the name ──


@check("AV-01")
def name_resolves(case: Case, figures: Figures) -> Verdict:
    """All resolvers that answer agree that the name has addresses.

    Sets of addresses may differ (content networks answer by place). Resolvers that contradict each
    other are for review; an answer from fewer than `resolvers` is no measurement.
    """
    said = said_by_resolver(case)
    host = host_of(case.record.home.asked)
    evidence = tuple(Evidence(what="resolver", value=f"{k}: {v}") for k, v in said.items())
    heard = [word for word in said.values() if word != "silent"]
    if len(heard) < figures["resolvers"]:
        return unseen(
            "Chỉ có {heard} bộ phân giải tên miền trả lời (cần {need}); chưa kết luận.",
            "Only {heard} resolvers answered ({need} are needed); no conclusion.",
            heard=len(heard), need=figures["resolvers"],
        )  # fmt: skip
    if set(heard) == {"found"}:
        seen = say(
            "{n} bộ phân giải đều tìm thấy địa chỉ của {host}.",
            "{n} resolvers all found addresses for {host}.",
            n=len(heard), host=host,
        )  # fmt: skip
        return graded(1, seen, evidence=evidence)
    if "found" in heard:
        seen = say(
            "Các bộ phân giải trả lời khác nhau về tên miền {host}; cần người xem lại.",
            "The resolvers contradict each other about {host}; a person has to look.",
            host=host,
        )
        return review(seen, proposed=figures["disputed"], evidence=evidence)
    seen = say(
        "{n} bộ phân giải đều không tìm thấy địa chỉ của {host}.",
        "{n} resolvers all found no address for {host}.",
        n=len(heard), host=host,
    )  # fmt: skip
    return graded(0, seen, evidence=evidence)


# ── AV-07 http, https, with and without www ──


@check("AV-07")
def one_address(case: Case, figures: Figures) -> Verdict:
    """The four ways to write the address lead to one place.

    A closed port 80 is no fault. The sibling (with www. or without) is only asked for where the
    host is the first name that a body registers, and never where any name resolves (a wildcard).
    """
    record = case.record
    host = host_of(record.site.url)
    if not record.variants:
        return unseen("Chưa thử các cách viết địa chỉ.", "The ways to write it were not tried.")
    if home_kind(case) is not PageKind.OK:
        verdict = no_page(case, home_kind(case), record.home.url)
        assert verdict is not None
        return verdict
    place = _place(record.home)
    own = {key: chain for key, chain in record.variants.items() if key in {"http", "https"}}
    works = {key: chain for key, chain in own.items() if page_kind(case, chain) is PageKind.OK}
    if not works:
        if any(kept_out(case, chain) for chain in own.values()):
            return without(CheckState.BLOCKED, NO_CONTENT[PageKind.BLOCKED])
        return unseen("Chưa mở lại được trang chủ.", "The home page could not be opened again.")
    evidence = tuple(
        Evidence(what=key, value=f"{chain.asked} → {chain.error or chain.url}")
        for key, chain in record.variants.items()
    )
    if _different(case, works, figures):
        seen = say(
            "http://{host} và https://{host} hiện hai nội dung khác nhau.",
            "http://{host} and https://{host} show different contents.",
            host=host,
        )
        return graded(0, seen, evidence=evidence)
    faults = [*_own_faults(case, own, place), *_sibling_faults(case, host, place)]
    if not faults:
        seen = say(
            "Các cách viết địa chỉ đều dẫn về {place}.", "All ways to write it lead to {place}.",
            place=place,
        )  # fmt: skip
        return graded(1, seen, evidence=evidence)
    seen = say(
        "Chưa về cùng một địa chỉ: {faults}.", "They do not lead to one place: {faults}.",
        faults=shown([f.vi for f in faults], [f.en for f in faults]),
    )  # fmt: skip
    return graded(figures["partly"], seen, evidence=evidence)


def _place(chain: Chain) -> str:
    return f"{scheme_of(chain.url)}://{host_of(chain.url)}"


def _different(case: Case, works: Mapping[str, Chain], figures: Figures) -> bool:
    """Both schemes show a page of their own, and the two have little in common."""
    if len(works) < 2 or len({_place(chain) for chain in works.values()}) < 2:
        return False
    one, other = (case.document(chain) for chain in works.values())
    if any(page is None or len(page.text) < figures["least_text"] for page in (one, other)):
        return False
    alike = likeness(one, other)
    return alike is not None and alike < figures["unlike"]


def _own_faults(case: Case, own: Mapping[str, Chain], place: str) -> list[Text]:
    faults = []
    https = own.get("https")
    if https is not None and https.error in {ErrorClass.CONN_REFUSED, ErrorClass.TLS_HANDSHAKE}:
        faults.append(Text("https không mở được", "https is closed"))
    for key, chain in own.items():
        kind, found = page_kind(case, chain), _place(chain)
        if kind is PageKind.OK and found != place:
            faults.append(Text(f"{key} dừng ở {found}", f"{key} ends at {found}"))
        elif kind is PageKind.HTTP_4XX:
            faults.append(Text(f"{key} trả về mã {chain.status}", f"{key} gives {chain.status}"))
        elif kind is PageKind.PARKED:
            faults.append(Text(f"{key} hiện trang mặc định", f"{key} shows a default page"))
    return faults


def _sibling_faults(case: Case, host: str, place: str) -> list[Text]:
    record, other = case.record, sibling(host)
    names = record.names
    chains = [record.variants[k] for k in ("https_www", "http_www") if k in record.variants]
    if not chains or (names is not None and names.wildcard):
        return []
    if all(chain.error in NO_NAME for chain in chains):
        if not _first_name(case, host):
            return []
        return [Text(f"{other} không tồn tại", f"{other} does not exist")]
    if any(untrusted(chain) for chain in chains) and not untrusted(record.home):
        return [Text(f"chứng thư không dùng cho {other}", f"the certificate is not for {other}")]
    for chain in chains:
        kind = page_kind(case, chain)
        if kind is PageKind.OK and _place(chain) != place:
            return [Text(f"{other} dừng ở {_place(chain)}", f"{other} ends at {_place(chain)}")]
        if kind in {PageKind.HTTP_4XX, PageKind.PARKED}:
            return [Text(f"{other} không hiện cổng", f"{other} does not show the portal")]
    return []


def _first_name(case: Case, host: str) -> bool:
    """The host (without www.) is the very name that a body registers below a state domain."""
    bare = host.removeprefix("www.")
    return any(
        bare.endswith("." + domain) and "." not in bare[: -len(domain) - 1]
        for domain in case.law.domains
    )


# ── AV-09 name servers ──


@check("AV-09")
def name_servers(case: Case, figures: Figures) -> Verdict:
    """Two name servers in two networks that tell the same serial (RFC 2182, section 3).

    A network is the first `prefix4` bits of an IPv4 address or `prefix6` of an IPv6 one; addresses
    within `anycast` ranges each count as two, for they are announced from many places.
    """
    names = case.record.names
    if names is None or not names.servers:
        return unseen("Chưa biết máy chủ tên miền.", "The name servers are not known.")
    known = [server for server in names.servers if server.addresses]
    if len(known) < len(names.servers) and len(known) < figures["servers"]:
        return unseen(
            "Chưa tìm được địa chỉ của mọi máy chủ tên miền.",
            "Not all name servers' addresses could be found.",
        )
    networks = _networks([a for server in known for a in server.addresses], figures)
    serials = {server.serial for server in known if server.serial is not None}
    answered = sum(server.serial is not None for server in known)
    evidence = tuple(
        Evidence(what="NS", value=f"{s.name} {' '.join(s.addresses)} serial {s.serial}")
        for s in names.servers
    )
    values = {"n": len(known), "networks": networks}
    if len(known) < figures["servers"]:
        seen = say("Chỉ có một máy chủ tên miền.", "There is only one name server.")
        return graded(0, seen, evidence=evidence)
    if networks < figures["networks"]:
        seen = say(
            "{n} máy chủ tên miền đều ở một mạng.",
            "All {n} name servers are in one network.", **values,
        )  # fmt: skip
        return graded(figures["partly"], seen, evidence=evidence)
    if len(serials) > 1:
        seen = say(
            "{n} máy chủ tên miền ở {networks} mạng nhưng số hiệu vùng khác nhau.",
            "{n} name servers in {networks} networks, but with different serials.", **values,
        )  # fmt: skip
        return graded(figures["partly"], seen, evidence=evidence)
    if answered < figures["servers"]:
        return unseen(
            "{n} máy chủ tên miền ở {networks} mạng; chưa đọc được số hiệu vùng để so sánh.",
            "{n} name servers in {networks} networks; their serials could not be compared.",
            **values,
        )
    seen = say(
        "{n} máy chủ tên miền ở {networks} mạng, cùng số hiệu vùng.",
        "{n} name servers in {networks} networks tell the same serial.", **values,
    )  # fmt: skip
    return graded(1, seen, evidence=evidence)


def _networks(addresses: list[str], figures: Figures) -> int:
    wide = [ipaddress.ip_network(item) for item in figures["anycast"]]
    found, extra = set(), 0
    for text in set(addresses):
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            continue
        bits = figures["prefix4"] if address.version == 4 else figures["prefix6"]
        found.add(ipaddress.ip_network((address, bits), strict=False))
        extra += any(address in network for network in wide)
    return len(found) + min(extra, 1)


# ── DN ──


@check("DN-01")
def dnssec(case: Case, figures: Figures) -> Verdict:
    """The name is signed and the signatures hold, as a resolver says that is known to validate.

    RFC 4033 to 4035. A vantage whose resolver did not refuse the bogus canary and accept the
    signed one says nothing.
    """
    names = case.record.names
    if names is None:
        return without(CheckState.NOT_MEASURED, _NO_NAMES)
    if case.record.vantage.validates is not True:
        return unseen(
            "Bộ phân giải của điểm đo chưa chứng tỏ có kiểm tra DNSSEC.",
            "The vantage's resolver is not known to validate DNSSEC.",
        )
    if names.dnssec == "unknown":
        return unseen("Chưa xác định được DNSSEC.", "DNSSEC could not be told.")
    texts = {
        "secure": Text(
            "Tên miền được ký DNSSEC và chữ ký hợp lệ.",
            "The name is signed and the signatures hold.",
        ),
        "insecure": Text("Tên miền chưa được ký DNSSEC.", "The name is not signed."),
        "bogus": Text(
            "Chữ ký DNSSEC không hợp lệ: bộ phân giải có kiểm tra sẽ từ chối tên miền này.",
            "The signatures do not hold: resolvers that validate refuse the name.",
        ),
    }
    detail = names.dnssec_detail or names.dnssec
    evidence = (Evidence(what="DNSSEC", value=detail[:300]),)
    return graded(figures["levels"][names.dnssec], texts[names.dnssec], evidence=evidence)


@check("DN-02")
def ipv6(case: Case, figures: Figures) -> Verdict:
    """The portal has an IPv6 address and shows the same page there."""
    names, vantage = case.record.names, case.record.vantage
    if names is None:
        return without(CheckState.NOT_MEASURED, _NO_NAMES)
    found, agree = _aaaa(names)
    if not found:
        if agree < figures["resolvers"]:
            return unseen(
                "Chưa đủ {n} bộ phân giải xác nhận tên miền không có địa chỉ IPv6.",
                "Fewer than {n} resolvers confirm that there is no IPv6 address.",
                n=figures["resolvers"],
            )
        seen = Text("Tên miền không có địa chỉ IPv6.", "The name has no IPv6 address.")
        return graded(0, seen)
    evidence = (Evidence(what="AAAA", value=", ".join(found[:5])),)
    if vantage.ipv6 is not True:
        return unseen(
            "Tên miền có địa chỉ IPv6 nhưng điểm đo không có IPv6 để thử.",
            "There is an IPv6 address, but our vantage has no IPv6 to try it.",
        )
    if case.record.ipv6 is None or home_kind(case) is not PageKind.OK:
        return unseen(
            "Tên miền có địa chỉ IPv6 nhưng chưa thử mở trang qua IPv6.",
            "There is an IPv6 address, but the page was not tried over IPv6.",
        )
    return _over_ipv6(case, case.record.ipv6, evidence, figures)


def _aaaa(names: NameFacts) -> tuple[list[str], int]:
    """The IPv6 addresses, and how many resolvers say that there are none though the name exists."""
    asked = [a for a in names.answers if a.kind == "AAAA" and same_name(a, names)]
    found = sorted({value for answer in asked for value in answer.values})
    said_none = {
        answer.resolver
        for answer in asked
        if not answer.values and answer.error in {None, ErrorClass.DNS_NODATA}
    }
    return found, len(said_none)


def _over_ipv6(
    case: Case, chain: Chain, evidence: tuple[Evidence, ...], figures: Figures
) -> Verdict:
    if kept_out(case, chain):
        return without(CheckState.BLOCKED, NO_CONTENT[PageKind.BLOCKED], evidence=evidence)
    if chain.error in _BETWEEN:
        seen = say(
            "Có địa chỉ IPv6 nhưng không kết nối được; có thể do đường mạng, cần đo lại.",
            "There is an IPv6 address, but no connection; the network may be the cause.",
        )
        return review(seen, proposed=figures["unreachable"], evidence=evidence)
    if chain.error is ErrorClass.CONN_REFUSED:
        seen = say(
            "Có địa chỉ IPv6 nhưng máy chủ không nhận kết nối ở đó.",
            "There is an IPv6 address, but the server takes no connections there.",
        )
        return graded(figures["unreachable"], seen, evidence=evidence)
    if chain.error is not None:
        return unseen("Chưa mở được trang qua IPv6.", "The page was not opened over IPv6.")
    if page_kind(case, chain) is PageKind.OK and _same_page(case, chain, figures):
        seen = say(
            "Cổng mở được qua IPv6 với cùng nội dung.",
            "The portal works over IPv6 with the same content.",
        )
        return graded(1, seen, evidence=evidence)
    seen = say(
        "Cổng trả lời qua IPv6 nhưng nội dung khác với IPv4.",
        "The portal answers over IPv6, but with another content than over IPv4.",
    )
    return graded(figures["unlike"], seen, evidence=evidence)


def _same_page(case: Case, chain: Chain, figures: Figures) -> bool:
    home = case.home
    other = case.document(chain)
    if chain.final.body is not None and chain.final.body == case.record.home.final.body:
        return True
    if home is not None and other is not None and home.title and home.title == other.title:
        return True
    alike = likeness(home, other)
    return alike is not None and alike >= figures["alike"]


@check("DN-03")
def caa(case: Case, figures: Figures) -> Verdict:
    """The name or its zone says which authorities may issue certificates (CAA, RFC 8659)."""
    names = case.record.names
    asked = [a for a in names.answers if a.kind == "CAA"] if names is not None else []
    values = sorted({value for answer in asked for value in answer.values})
    if values:
        seen = say("Có bản ghi CAA: {values}.", "There are CAA records: {values}.",
                   values=shown(values))  # fmt: skip
        return graded(1, seen, evidence=tuple(Evidence(what="CAA", value=v[:300]) for v in values))
    if not any(answer.error in {None, ErrorClass.DNS_NODATA} for answer in asked):
        return unseen("Chưa hỏi được bản ghi CAA.", "CAA records could not be asked for.")
    return graded(figures["absent"], Text("Không có bản ghi CAA.", "There are no CAA records."))
