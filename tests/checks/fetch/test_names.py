"""What the DNS says of a host, asked of the test internet's own name servers."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import pytest
from tests.internet.dns import SECOND
from tests.internet.internet import Internet
from tests.internet.model import Dns, Host

from chiso.checks.artifacts import NameAnswer, NameFacts
from chiso.checks.fetch import names
from chiso.checks.fetch.asking import Server
from chiso.checks.fetch.dnssec import MOST_KEYS, Own, State, Witness, own_validation, settle
from chiso.checks.fetch.names import name_facts
from chiso.checks.fetch.questions import Questions, Reply, resolvers_of, servers_of
from chiso.checks.network import Network
from chiso.checks.states import ErrorClass

A = dns.rdatatype.A
_numbers = itertools.count()


def _host(internet: Internet, dns: Dns = "signed", **options: object) -> Host:
    name = f"names{next(_numbers)}.gov.vn"
    return internet.add(Host(name, dns=dns, **options))  # type: ignore[arg-type]


def _facts(internet: Internet, host: str, **changes: object) -> NameFacts:
    return asyncio.run(name_facts(host, internet.network(**changes), patience=1.0))


def _answers(facts: NameFacts, kind: str) -> list[NameAnswer]:
    return [answer for answer in facts.answers if answer.kind == kind]


def test_each_resolver_is_asked_for_addresses_servers_and_authorities(internet: Internet) -> None:
    host = _host(internet)
    facts = _facts(internet, host.name.upper() + ".")
    network = internet.network()
    both = {*network.resolvers, *network.second_resolvers}
    for kind in ("A", "AAAA", "NS", "SOA", "CAA"):
        assert {answer.resolver for answer in _answers(facts, kind)} == both, kind
        assert all(answer.name == host.name for answer in _answers(facts, kind))
    address = _answers(facts, "A")[0]
    assert (address.values, address.ttl, address.authentic, address.error) == (
        (host.addresses[0],), 60, True, None,
    )  # fmt: skip
    assert _answers(facts, "CAA")[0].values == ('0 issue "ca.invalid"',)


def test_name_servers_tell_their_serials_themselves(internet: Internet) -> None:
    host = _host(internet)
    same = _facts(internet, host.name).servers
    assert [server.name for server in same] == [f"ns1.{host.name}", f"ns2.{host.name}"]
    assert len({server.serial for server in same}) == 1
    internet.lag(host.name)
    late = _facts(internet, host.name).servers
    assert late[0].serial is not None
    assert late[1].serial == late[0].serial - 100
    assert late[1].addresses == (SECOND,)


def test_a_name_server_at_a_private_address_is_not_asked(internet: Internet) -> None:
    host = _host(internet)
    facts = _facts(internet, host.name, allow=("127.0.0.1/32", "::1/128"))
    assert [server.error for server in facts.servers] == [None, ErrorClass.REFUSED_ADDRESS]
    assert facts.servers[1].serial is None


def test_the_zone_of_a_host_below_it_is_found(internet: Internet) -> None:
    host = _host(internet)
    below = internet.add(Host(f"dichvucong.{host.name}"))
    facts = _facts(internet, below.name)
    assert {answer.name for answer in _answers(facts, "SOA")} == {host.name}
    assert {answer.name for answer in _answers(facts, "CAA")} == {host.name}
    assert facts.dnssec == "secure"


def test_the_zone_of_an_alias_is_its_own_and_not_that_of_its_target(internet: Internet) -> None:
    target = _host(internet)
    host = _host(internet)
    alias = internet.add(Host(f"www.{host.name}", answers=(target.name,)))
    facts = _facts(internet, alias.name)
    assert {answer.name for answer in _answers(facts, "SOA")} == {host.name}
    assert _answers(facts, "A")[0].values == (target.addresses[0],)
    assert facts.dnssec == "secure"


def test_a_wildcard_is_found_out_by_a_random_name(internet: Internet) -> None:
    host = _host(internet)
    assert _facts(internet, host.name).wildcard is False
    internet.add(Host(f"*.{host.name}"))
    assert _facts(internet, host.name).wildcard is True


def test_resolvers_that_disagree_are_kept_apart(internet: Internet) -> None:
    host = _host(internet, "unsigned")
    internet.say_otherwise(host.name, "127.9.9.9")
    first, second = _answers(_facts(internet, host.name), "A")
    assert first.values == (host.addresses[0],)
    assert second.values == ("127.9.9.9",)


@pytest.mark.parametrize(
    ("dns_kind", "state", "error"),
    [
        ("signed", "secure", None),
        ("no_v6", "secure", None),
        ("v6_only", "secure", ErrorClass.DNS_NODATA),
        ("unsigned", "insecure", None),
        ("bogus", "bogus", ErrorClass.DNSSEC_BOGUS),
        ("private", "secure", None),
        ("nxdomain", "unknown", ErrorClass.DNS_NXDOMAIN),
        ("servfail", "unknown", ErrorClass.DNS_SERVFAIL),
    ],
)
def test_each_kind_of_name_is_told(
    internet: Internet, dns_kind: Dns, state: str, error: ErrorClass | None
) -> None:
    facts = _facts(internet, _host(internet, dns_kind).name)
    assert facts.dnssec == state, facts.dnssec_detail
    assert {answer.error for answer in _answers(facts, "A")} == {error}


def test_a_bogus_name_says_what_is_wrong_with_it(internet: Internet) -> None:
    facts = _facts(internet, _host(internet, "bogus").name)
    assert "signature" in facts.dnssec_detail
    assert len(facts.servers) == 2


def test_without_a_validating_resolver_nothing_is_called_insecure_or_bogus(
    internet: Internet,
) -> None:
    hosts = [_host(internet, kind) for kind in ("signed", "unsigned", "bogus")]
    internet.names.validating = False
    internet.names.forget()
    try:
        states = {host.dns: _facts(internet, host.name).dnssec for host in hosts}
    finally:
        internet.names.validating = True
        internet.names.forget()
    assert states == {"signed": "unknown", "unsigned": "unknown", "bogus": "unknown"}


def test_silence_is_bounded_and_told(internet: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    host = _host(internet, "timeout")
    facts = asyncio.run(name_facts(host.name, internet.network(), patience=0.2))
    assert {answer.error for answer in facts.answers} == {ErrorClass.DNS_TIMEOUT}
    assert (facts.dnssec, facts.dnssec_detail) == ("unknown", "no resolver answers")
    monkeypatch.setattr(names, "TOTAL", 0.1)
    facts = asyncio.run(name_facts(host.name, internet.network(), patience=5.0))
    assert facts.dnssec_detail == "the questions took too long"


def test_a_resolver_that_is_not_there_is_told_beside_one_that_is(internet: Internet) -> None:
    host = _host(internet)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{free.getsockname()[1]}"
    facts = _facts(internet, host.name, resolvers=(nobody,))
    by_resolver = {answer.resolver: answer for answer in _answers(facts, "A")}
    assert by_resolver[nobody].error in {ErrorClass.CONN_REFUSED, ErrorClass.DNS_TIMEOUT}
    assert facts.dnssec == "secure"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "::1", "localhost", "a.localhost", "", "a" * 70, "a..b"]
)
def test_what_is_no_name_is_not_asked_for(internet: Internet, host: str) -> None:
    before = internet.names.asked.total()
    facts = _facts(internet, host)
    assert facts.answers == ()
    assert facts.dnssec_detail
    assert internet.names.asked.total() == before


def test_an_international_name_is_asked_in_its_ascii_form(internet: Internet) -> None:
    host = internet.add(Host("xn--mu-95s.gov.vn"))
    address = _answers(_facts(internet, "mẫu.gov.vn"), "A")[0]
    assert (address.name, address.values) == (host.name, (host.addresses[0],))


def test_servers_are_read_with_and_without_port() -> None:
    read = servers_of(["127.0.0.1", "127.0.0.2:5353", "[::1]:53", "::1", "x:1", "127.0.0.1:0"])
    assert [(server.address, server.port) for server in read] == [
        ("127.0.0.1", 53), ("127.0.0.2", 5353), ("::1", 53), ("::1", 53),
    ]  # fmt: skip
    network = Network(resolvers=("127.0.0.1",) * 3, second_resolvers=("127.0.0.1", "127.0.0.2"))
    assert [server.address for server in resolvers_of(network)] == ["127.0.0.1", "127.0.0.2"]


# --- hostile name servers -----------------------------------------------------------------------


@contextmanager
def _answering(make: Callable[[bytes], bytes]) -> Iterator[str]:
    """A name server that answers each datagram with what `make` makes of it."""
    stop = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.05)

        def serve() -> None:
            while not stop.is_set():
                try:
                    data, sender = sock.recvfrom(4096)
                except TimeoutError:
                    continue
                sock.sendto(make(data), sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{sock.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()


def _header(data: bytes, answers: int) -> bytes:
    """A header that answers the question, which the original message has at byte 12."""
    return data[:2] + struct.pack("!HHHHH", 0x8180, 1, answers, 0, 0)


def _question(data: bytes) -> bytes:
    return data[12 : data.index(b"\0", 12) + 5]


def _all_labels(data: bytes) -> bytes:
    return _header(data, 1) + _question(data) + b"\xc0\x0c" + b"\0\x05\0\x01\0\0\0\1\0\x02\xc0\x0c"


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda data: b"",
    "the id alone": lambda data: data[:2],
    "zeros": lambda data: data[:2] + b"\0" * 60,
    "ones": lambda data: data[:2] + b"\xff" * 300,
    "the question back": lambda data: data,
    "a pointer to itself": lambda data: _header(data, 1) + _question(data) + b"\xc0\x1c" * 30,
    "an alias of itself": _all_labels,
    "more answers than there are": lambda data: _header(data, 60_000) + _question(data),
    "a short address": lambda data: (
        _header(data, 1) + _question(data) + b"\xc0\x0c\0\x01\0\x01\0\0\0\1\0\x02\x7f\0"
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_no_answer_makes_it_raise(what: str) -> None:
    with _answering(HOSTILE[what]) as server:
        network = Network(resolvers=(server,), allow=("127.0.0.0/8",))
        facts = asyncio.run(name_facts("a.gov.vn", network, patience=0.3))
    assert facts.dnssec == "unknown"
    assert all(answer.values == () for answer in facts.answers)


def test_questions_are_bounded_in_number() -> None:
    questions = Questions(patience=0.1, most=0)
    reply = asyncio.run(questions.ask(Server("127.0.0.1", 9), dns.name.root, A))
    assert reply.error is ErrorClass.BUDGET
    assert reply.fault() is ErrorClass.BUDGET


# --- our own validation -------------------------------------------------------------------------

NAME = "own.gov.vn"


def _own(world: Internet) -> Own:
    world.names.forget()
    server = Server("127.0.0.1", world.names.port)
    return asyncio.run(own_validation(Questions(), server, dns.name.from_text(NAME), A))


@pytest.fixture
def world() -> Iterator[Internet]:
    """An internet with one signed name, to be tampered with."""
    with Internet(Host(NAME)) as running:
        yield running


def test_own_validation_goes_from_the_records_to_the_ds(world: Internet) -> None:
    assert _own(world).outcome == "valid"


def test_a_signed_zone_without_ds_is_an_island(world: Internet) -> None:
    world.zones.tamper(NAME, "DS")
    assert _own(world).outcome == "island"


def test_a_ds_of_another_key_fails(world: Internet) -> None:
    ds = world.zones.records(NAME, "DS")[0]
    world.zones.tamper(NAME, "DS", ds.replace(digest=b"\1" * 32))
    assert _own(world) == Own("failed", "no key of the zone matches the DS of the parent")


def test_a_digest_that_is_not_known_here_is_no_failure(world: Internet) -> None:
    ds = world.zones.records(NAME, "DS")[0]
    world.zones.tamper(NAME, "DS", ds.replace(digest_type=200))
    assert _own(world).outcome == "unsupported"


def test_a_ds_without_keys_fails(world: Internet) -> None:
    world.zones.tamper(NAME, "DNSKEY")
    assert _own(world).outcome == "failed"


def test_a_mountain_of_keys_is_not_climbed(world: Internet) -> None:
    """Keys made to collide keep a validator busy for hours (CVE-2023-50387)."""
    key = world.zones.records(NAME, "DNSKEY")[0]
    more = [key.replace(key=struct.pack("!Q", number) * 8) for number in range(MOST_KEYS)]
    world.zones.tamper(NAME, "DNSKEY", key, *more)
    assert _own(world).outcome == "unsupported"


def test_a_key_of_unheard_length_is_not_tried(world: Internet) -> None:
    key = world.zones.records(NAME, "DNSKEY")[0]
    world.zones.tamper(NAME, "DNSKEY", key, key.replace(key=b"\7" * 900))
    assert _own(world).outcome == "unsupported"


def test_an_expired_signature_says_when_it_expired() -> None:
    with Internet(Host(NAME), now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)) as world:
        own = _own(world)
    assert own.outcome == "failed"
    assert "expired on 2026-01-31" in own.detail


def _said(world: Internet) -> Reply:
    server = Server("127.0.0.1", world.names.port)
    return asyncio.run(Questions().ask(server, dns.name.from_text(NAME), A))


def _witness(state: State, reply: Reply) -> Witness:
    """A witness that validates and says that; `reply` is an authentic answer."""
    assert reply.message is not None
    message = dns.message.from_wire(reply.message.to_wire())
    if state != "secure":
        message.flags &= ~dns.flags.AD
    if state == "bogus":
        message.set_rcode(dns.rcode.SERVFAIL)
    heard = Reply(reply.server, reply.name, reply.kind, message)
    return Witness(reply.server, state != "unknown", heard, refuses=state == "bogus")


@pytest.mark.parametrize(
    ("said", "outcome", "state"),
    [
        (("secure", "secure"), "valid", "secure"),
        (("secure", "unknown"), "valid", "secure"),
        (("secure",), "unknown", "secure"),
        (("secure",), "failed", "unknown"),
        (("insecure",), "unsigned", "insecure"),
        (("insecure",), "island", "insecure"),
        (("insecure",), "valid", "unknown"),
        (("bogus",), "failed", "bogus"),
        (("bogus",), "unsigned", "bogus"),
        (("bogus",), "valid", "unknown"),
        (("secure", "bogus"), "failed", "unknown"),
        (("unknown",), "failed", "unknown"),
        (("unknown",), "unsigned", "unknown"),
    ],
)
def test_witnesses_that_contradict_each_other_leave_it_open(
    world: Internet, said: tuple[State, ...], outcome: str, state: str
) -> None:
    reply = _said(world)
    witnesses = [_witness(one, reply) for one in said]
    assert [witness.state for witness in witnesses] == list(said)
    settled, detail = settle(witnesses, Own(outcome, "words"))  # type: ignore[arg-type]
    assert settled == state
    assert detail
