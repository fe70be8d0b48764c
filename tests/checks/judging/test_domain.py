"""The name: resolvers, ways to write it, name servers, DNSSEC, IPv6, CAA."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.checks.judging.asking import ask, level, said

from chiso.checks.artifacts import NameAnswer, NameFacts, NameServer, Vantage
from chiso.checks.states import CheckState, ErrorClass

NOON = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)
HOST = "portal.gov.vn"
ROOT = "https://portal.gov.vn/"
PLAIN = "http://portal.gov.vn/"
WWW = "https://www.portal.gov.vn/"
GOOD = Vantage(at=NOON, ipv4=True, ipv6=True, validates=True)
LONG = (
    "<html><head><title>Cổng</title></head><body><p>"
    + "Tin tức của tỉnh về kinh tế và xã hội trong tuần qua. " * 8
    + "</p></body></html>"
)
OTHER = (
    "<html><head><title>Máy chủ</title></head><body><p>"
    + "Winmail webmail login quota mailbox administrator console server panel. " * 8
    + "</p></body></html>"
)


def answers(*said: Any, kind: str = "A") -> tuple[NameAnswer, ...]:
    """One answer a resolver: an address, or an error class, or None for an empty answer."""
    return tuple(
        NameAnswer(
            resolver=f"r{n}", name=HOST, kind=kind,
            values=(one,) if isinstance(one, str) and not isinstance(one, ErrorClass) else (),
            error=one if isinstance(one, ErrorClass) else None,
        )
        for n, one in enumerate(said)
    )  # fmt: skip


def names(*said: Any, **changes: Any) -> NameFacts:
    return NameFacts(host=HOST, answers=answers(*said), **changes)


# ── AV-01 ──


def test_resolvers_that_find_different_addresses_agree_on_having_some(make_case: Any) -> None:
    assert said("AV-01", make_case(names=names("192.0.2.1", "192.0.2.2"))) == "pass"


@pytest.mark.parametrize(
    "error", [ErrorClass.DNS_NXDOMAIN, ErrorClass.DNS_NODATA, ErrorClass.DNS_SERVFAIL, None]
)
def test_a_name_that_no_resolver_finds_fails(make_case: Any, error: ErrorClass | None) -> None:
    assert said("AV-01", make_case(names=names(error, error))) == "fail"


def test_resolvers_that_contradict_each_other_are_for_review(make_case: Any) -> None:
    case = make_case(names=names("192.0.2.1", ErrorClass.DNS_NXDOMAIN))
    assert said("AV-01", case) == "needs_review"


def test_a_resolver_that_stays_silent_accuses_nobody(make_case: Any) -> None:
    timeout = ErrorClass.DNS_TIMEOUT
    assert said("AV-01", make_case(names=names(timeout, timeout))) == "not_measured"
    assert said("AV-01", make_case(names=names("192.0.2.1", timeout))) == "not_measured"
    assert said("AV-01", make_case(names=names("192.0.2.1", "192.0.2.1", timeout))) == "pass"


def test_one_resolver_is_not_enough_to_say_that_a_name_is_gone(make_case: Any) -> None:
    assert said("AV-01", make_case(names=names(ErrorClass.DNS_NXDOMAIN))) == "not_measured"


def test_a_name_with_ipv6_only_resolves(make_case: Any) -> None:
    both = answers(None, None) + answers("2001:db8::1", "2001:db8::1", kind="AAAA")
    assert said("AV-01", make_case(names=NameFacts(host=HOST, answers=both))) == "pass"


# ── AV-07 ──


def variants(chain: Any, **changes: Any) -> dict[str, Any]:
    known = {
        "http": chain(via=(PLAIN,)), "https": chain(),
        "http_www": chain(via=("http://www.portal.gov.vn/",)), "https_www": chain(via=(WWW,)),
    }  # fmt: skip
    return {"variants": known | changes}


def test_four_ways_to_one_site_pass(make_case: Any, chain: Any) -> None:
    assert said("AV-07", make_case(**variants(chain))) == "pass"


def test_a_closed_port_80_is_no_fault_of_the_address(make_case: Any, chain: Any) -> None:
    refused = {
        "http": chain(url=PLAIN, error=ErrorClass.CONN_REFUSED),
        "http_www": chain(url=WWW, error=ErrorClass.CONN_REFUSED),
    }
    assert said("AV-07", make_case(**variants(chain, **refused))) == "pass"


def test_http_that_stays_http_is_partial(make_case: Any, chain: Any) -> None:
    verdict = ask("AV-07", make_case(**variants(chain, http=chain(url=PLAIN))))
    assert verdict.level == 0.5
    assert "http ends at http://portal.gov.vn" in verdict.seen.en


def test_http_and_https_with_different_contents_fail(make_case: Any, chain: Any) -> None:
    case = make_case(
        home=chain(LONG), **variants(chain, http=chain(OTHER, PLAIN), https=chain(LONG))
    )
    assert said("AV-07", case) == "fail"


def test_a_default_page_of_the_server_over_http_is_no_pass(make_case: Any, chain: Any) -> None:
    page = (
        "<html><head><title>Welcome to nginx!</title></head><body>Welcome to nginx!</body></html>"
    )
    assert said("AV-07", make_case(**variants(chain, http=chain(page, PLAIN)))) == "partial"


def gone(chain: Any) -> dict[str, Any]:
    error = ErrorClass.DNS_NXDOMAIN
    return {"http_www": chain(url=WWW, error=error), "https_www": chain(url=WWW, error=error)}


def test_a_missing_www_is_partial_at_most_and_only_for_the_bodys_own_name(
    make_case: Any, chain: Any
) -> None:
    assert said("AV-07", make_case(**variants(chain, **gone(chain)))) == "partial"
    deep = "https://nongnghiep.portal.gov.vn/"
    case = make_case(
        home=chain(url=deep), site={"url": deep},
        variants={"https": chain(url=deep), **gone(chain)},
    )  # fmt: skip
    assert said("AV-07", case) == "pass"


def test_a_wildcard_answers_for_www_and_is_left_out(make_case: Any, chain: Any) -> None:
    stray = {"http_www": chain(url=WWW, status=404), "https_www": chain(url=WWW, status=404)}
    wild = names("192.0.2.1", "192.0.2.1", wildcard=True)
    assert said("AV-07", make_case(**variants(chain, **stray), names=wild)) == "pass"
    assert said("AV-07", make_case(**variants(chain, **stray))) == "partial"


def test_a_certificate_that_is_not_for_www_is_partial(make_case: Any, chain: Any) -> None:
    warned = chain(url=WWW, detail="certificate not trusted: wrong host")
    case = make_case(**variants(chain, https_www=warned))
    verdict = ask("AV-07", case)
    assert verdict.level == 0.5
    assert "certificate" in verdict.seen.en


def test_a_portal_that_is_down_or_closed_to_us_is_not_blamed_for_its_address(
    make_case: Any, chain: Any
) -> None:
    down = make_case(home=chain(error=ErrorClass.CONN_REFUSED), **variants(chain))
    assert said("AV-07", down) == "not_measured"
    wall = make_case(home=chain(status=403), **variants(chain))
    assert said("AV-07", wall) == "blocked"
    passing = {k: chain(error=ErrorClass.CONN_TIMEOUT) for k in ("http", "https")}
    assert said("AV-07", make_case(**variants(chain, **passing))) == "not_measured"


# ── AV-09 ──


def servers(*addresses: str, serials: tuple[int | None, ...] = ()) -> NameFacts:
    return NameFacts(
        host=HOST,
        servers=tuple(
            NameServer(
                name=f"ns{n}.{HOST}", addresses=(address,),
                serial=serials[n] if serials else 2019112501,
            )
            for n, address in enumerate(addresses)
        ),
    )  # fmt: skip


def test_two_name_servers_in_two_networks_with_one_serial_pass(make_case: Any) -> None:
    assert said("AV-09", make_case(names=servers("192.0.2.1", "198.51.100.1"))) == "pass"


def test_two_name_servers_in_one_network_are_partial(make_case: Any) -> None:
    assert said("AV-09", make_case(names=servers("192.0.2.1", "192.0.2.9"))) == "partial"


def test_anycast_ranges_count_as_more_than_one_network(make_case: Any) -> None:
    case = make_case(names=servers("192.0.2.1", "192.0.2.9"))
    assert said("AV-09", case, anycast=["192.0.2.0/24"]) == "pass"


def test_one_name_server_fails(make_case: Any) -> None:
    assert said("AV-09", make_case(names=servers("192.0.2.1"))) == "fail"


def test_serials_that_differ_are_partial_and_unread_ones_are_not_measured(make_case: Any) -> None:
    pair = ("192.0.2.1", "198.51.100.1")
    assert said("AV-09", make_case(names=servers(*pair, serials=(1, 2)))) == "partial"
    assert said("AV-09", make_case(names=servers(*pair, serials=(1, None)))) == "not_measured"
    assert said("AV-09", make_case()) == "not_measured"


def test_name_servers_whose_addresses_were_not_found_accuse_nobody(make_case: Any) -> None:
    unknown = NameServer(name="ns2.portal.gov.vn", error=ErrorClass.DNS_TIMEOUT)
    facts = servers("192.0.2.1")
    facts = facts.model_copy(update={"servers": (*facts.servers, unknown)})
    assert said("AV-09", make_case(names=facts)) == "not_measured"


# ── DN-01 ──


@pytest.mark.parametrize(
    ("dnssec", "state"),
    [("secure", "pass"), ("insecure", "fail"), ("bogus", "fail"), ("unknown", "not_measured")],
)
def test_dnssec_is_judged_by_a_resolver_that_validates(
    make_case: Any, dnssec: str, state: str
) -> None:
    case = make_case(names=names("192.0.2.1", dnssec=dnssec), vantage=GOOD)
    assert said("DN-01", case) == state


@pytest.mark.parametrize("validates", [None, False])
def test_a_resolver_that_does_not_validate_says_nothing_of_dnssec(
    make_case: Any, validates: bool | None
) -> None:
    blind = Vantage(at=NOON, validates=validates)
    for dnssec in ("secure", "insecure", "bogus"):
        case = make_case(names=names("192.0.2.1", dnssec=dnssec), vantage=blind)
        assert said("DN-01", case) == "not_measured"
    assert said("DN-01", make_case(vantage=GOOD)) == "not_measured"


# ── DN-02 ──


def six(*said: Any) -> NameFacts:
    return NameFacts(host=HOST, answers=answers(*said, kind="AAAA"))


def test_the_same_page_over_ipv6_passes(make_case: Any, chain: Any) -> None:
    facts = six("2001:db8::1", "2001:db8::1")
    assert said("DN-02", make_case(names=facts, ipv6=chain(), vantage=GOOD)) == "pass"


def test_two_resolvers_that_find_no_ipv6_address_fail_it(make_case: Any) -> None:
    for none in (None, ErrorClass.DNS_NODATA):
        assert said("DN-02", make_case(names=six(none, none), vantage=GOOD)) == "fail"
    assert said("DN-02", make_case(names=six(None), vantage=GOOD)) == "not_measured"
    for error in (ErrorClass.DNS_TIMEOUT, ErrorClass.DNS_NXDOMAIN, ErrorClass.DNS_SERVFAIL):
        assert said("DN-02", make_case(names=six(error, error), vantage=GOOD)) == "not_measured"


def test_a_vantage_without_ipv6_neither_passes_nor_fails_an_ipv6_address(
    make_case: Any, chain: Any
) -> None:
    for ours in (None, False):
        blind = Vantage(at=NOON, ipv4=True, ipv6=ours, validates=True)
        for answer in (chain(), chain(error=ErrorClass.UNREACHABLE), None):
            case = make_case(names=six("2001:db8::1"), ipv6=answer, vantage=blind)
            assert said("DN-02", case) == "not_measured"


def test_an_ipv6_address_that_does_not_answer_is_no_pass(make_case: Any, chain: Any) -> None:
    def over(answer: Any) -> str:
        return said("DN-02", make_case(names=six("2001:db8::1"), ipv6=answer, vantage=GOOD))

    assert over(chain(error=ErrorClass.CONN_REFUSED)) == "fail"
    for error in (ErrorClass.CONN_TIMEOUT, ErrorClass.UNREACHABLE, ErrorClass.CONN_RESET):
        assert over(chain(error=error)) == "needs_review"
    assert over(chain(error=ErrorClass.ENGINE)) == "not_measured"
    assert over(chain(status=403)) == "blocked"
    assert over(None) == "not_measured"


def test_another_page_over_ipv6_is_partial(make_case: Any, chain: Any) -> None:
    facts = six("2001:db8::1")
    case = make_case(home=chain(LONG), names=facts, ipv6=chain(OTHER), vantage=GOOD)
    assert level("DN-02", case) == 0.5


# ── DN-03 ──


def test_caa_is_told_for_information(make_case: Any) -> None:
    found = NameFacts(host=HOST, answers=answers('0 issue "ca.example"', kind="CAA"))
    verdict = ask("DN-03", make_case(names=found))
    assert verdict.state is CheckState.PASS
    assert "ca.example" in verdict.seen.en
    empty = NameFacts(host=HOST, answers=answers(None, kind="CAA"))
    assert said("DN-03", make_case(names=empty)) == "fail"
    broken = NameFacts(host=HOST, answers=answers(ErrorClass.DNS_TIMEOUT, kind="CAA"))
    assert said("DN-03", make_case(names=broken)) == "not_measured"
    assert said("DN-03", make_case()) == "not_measured"
