"""The test internet itself: what it shows must be what it says, or its tests mean nothing."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import gzip
import http.client
import shlex
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dns.dnssec
import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from tests.internet.__main__ import command, prepare, targets
from tests.internet.dns import FIRST, SECOND, SIXTH
from tests.internet.internet import Internet
from tests.internet.model import Asked, Host, Portal, Reply, html

KINDS = ("signed", "unsigned", "bogus", "nxdomain", "servfail", "v6_only", "no_v6", "private")
PAGE = "<!doctype html><title>Cổng</title>" + "<p>Xin chào.</p>" * 100


def _page(asked: Asked) -> Reply:
    return html(PAGE)


async def _late(asked: Asked) -> Reply:
    await asyncio.sleep(0)
    return Reply(200, asked.path.encode(), {"Set-Cookie": "a=1\nb=2"}, pause=0.05)


async def _raw(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tls: bool) -> None:
    writer.write(b"HTTP/0.9 secure" if tls else b"HTTP/0.9 plain")
    await writer.drain()


@pytest.fixture(scope="module")
def world() -> Iterator[Internet]:
    """An internet with a host for each way of the names, and some ways of the wire."""
    hosts = [
        Host(f"{kind.replace('_', '-')}.gov.vn", handler=_page, dns=kind)  # type: ignore[arg-type]
        for kind in KINDS
    ]
    hosts += [
        Host("www.signed.gov.vn", handler=_page),
        Host("old.signed.gov.vn", handler=_page, dns="unsigned"),
        Host("alias.signed.gov.vn", handler=_page, answers=("signed.gov.vn",)),
        Host("*.wild.gov.vn", handler=_page),
        Host("rebinding.gov.vn", handler=_page, dns="rebinding"),
        Host("plain.gov.vn", handler=_late, tls="none", plain="serve"),
        Host("closed.gov.vn", handler=_page, plain="closed"),
        Host("raw.gov.vn", raw=_raw),
    ]
    with Internet(*hosts) as running:
        yield running


def _ask(
    world: Internet, name: str, kind: str = "A", *, check: bool = True, at: str = FIRST
) -> dns.message.QueryMessage:
    query = dns.message.make_query(name, kind, want_dnssec=True)
    if not check:
        query.flags |= dns.flags.CD
    reply = dns.query.udp(query, at, timeout=2, port=world.names.port)
    assert isinstance(reply, dns.message.QueryMessage)
    return reply


def _addresses(world: Internet, name: str, kind: str = "A") -> list[str]:
    answer = _ask(world, name, kind).resolve_chaining().answer
    return sorted(item.to_text() for item in answer or ())


def _get(
    world: Internet, name: str, path: str = "/", *, method: str = "GET"
) -> tuple[http.client.HTTPResponse, bytes]:
    host = world.find(name)
    assert host is not None
    address, port = host.addresses[0], world.http_port
    connection = http.client.HTTPConnection(address, port, timeout=2)
    try:
        connection.request(method, path, headers={"Host": name})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


# --- names --------------------------------------------------------------------------------------


def test_a_signed_name_comes_as_authentic_and_an_unsigned_one_does_not(world: Internet) -> None:
    assert _ask(world, "signed.gov.vn").flags & dns.flags.AD
    reply = _ask(world, "unsigned.gov.vn")
    assert reply.answer
    assert not reply.flags & dns.flags.AD
    assert not any(rrset.rdtype == dns.rdatatype.RRSIG for rrset in reply.answer)
    assert not _ask(world, "old.signed.gov.vn").flags & dns.flags.AD
    assert _ask(world, "www.signed.gov.vn").flags & dns.flags.AD


def _set(reply: dns.message.Message, kind: dns.rdatatype.RdataType) -> dns.rrset.RRset:
    return next(rrset for rrset in reply.answer if rrset.rdtype == kind)


def _verify(reply: dns.message.Message, kind: str, zone: str, keys: dns.rrset.RRset) -> None:
    """Raises ValidationFailure unless the records are signed by a key of the zone."""
    records = _set(reply, dns.rdatatype.from_text(kind))
    signatures = _set(reply, dns.rdatatype.RRSIG)
    dns.dnssec.validate(records, signatures, {dns.name.from_text(zone): keys})


def test_the_chain_of_signatures_is_sound_from_the_root_down(world: Internet) -> None:
    trusted = [world.zones.anchor]
    keys = None
    for above, zone in (("", "."), (".", "vn."), ("vn.", "gov.vn."), ("gov.vn.", "signed.gov.vn.")):
        if keys is not None:
            reply = _ask(world, zone, "DS")
            _verify(reply, "DS", above, keys)
            trusted = list(_set(reply, dns.rdatatype.DS))
        reply = _ask(world, zone, "DNSKEY")
        keys = _set(reply, dns.rdatatype.DNSKEY)
        assert dns.dnssec.make_ds(zone, keys[0], "SHA256") in trusted
        _verify(reply, "DNSKEY", zone, keys)
    assert keys is not None
    _verify(_ask(world, "signed.gov.vn"), "A", "signed.gov.vn.", keys)


def test_a_wildcard_answers_for_any_name_with_a_signature_that_holds(world: Internet) -> None:
    keys = _set(_ask(world, "wild.gov.vn", "DNSKEY"), dns.rdatatype.DNSKEY)
    _verify(_ask(world, "anything.wild.gov.vn"), "A", "wild.gov.vn", keys)
    response, body = _get(world, "anything.wild.gov.vn")
    assert response.status == 301
    assert response.headers["Location"] == "https://anything.wild.gov.vn/"
    assert body == b""


def test_a_bogus_name_is_refused_with_its_reason_and_given_unchecked(world: Internet) -> None:
    reply = _ask(world, "bogus.gov.vn")
    assert reply.rcode() == dns.rcode.SERVFAIL
    assert [int(o.code) for o in reply.options if isinstance(o, dns.edns.EDEOption)] == [6]
    unchecked = _ask(world, "bogus.gov.vn", check=False)
    assert _set(unchecked, dns.rdatatype.A)
    keys = _set(_ask(world, "bogus.gov.vn", "DNSKEY", check=False), dns.rdatatype.DNSKEY)
    with pytest.raises(dns.exception.ValidationFailure):
        _verify(unchecked, "A", "bogus.gov.vn", keys)


def test_names_that_are_missing_or_broken_say_so(world: Internet) -> None:
    assert _ask(world, "nxdomain.gov.vn").rcode() == dns.rcode.NXDOMAIN
    assert _ask(world, "nothing.signed.gov.vn").rcode() == dns.rcode.NXDOMAIN
    assert _ask(world, "servfail.gov.vn", check=False).rcode() == dns.rcode.SERVFAIL
    empty = _ask(world, "signed.gov.vn", "MX")
    assert (empty.rcode(), empty.answer) == (dns.rcode.NOERROR, [])
    assert empty.authority[0].rdtype == dns.rdatatype.SOA


def test_a_host_has_the_families_that_its_kind_says(world: Internet) -> None:
    if not world.ipv6:
        pytest.skip("this machine has no IPv6 loopback: nothing to tell apart")
    host = world.find("signed.gov.vn")
    assert host is not None
    assert _addresses(world, "signed.gov.vn") == [host.addresses[0]]
    assert _addresses(world, "signed.gov.vn", "AAAA") == [SIXTH]
    assert _addresses(world, "v6-only.gov.vn") == []
    assert _addresses(world, "v6-only.gov.vn", "AAAA") == [SIXTH]
    assert _addresses(world, "no-v6.gov.vn", "AAAA") == []
    assert _addresses(world, "alias.signed.gov.vn") == [host.addresses[0]]


def test_a_rebinding_name_changes_its_mind_each_time(world: Internet) -> None:
    seen = {_addresses(world, "rebinding.gov.vn")[0] for _ in range(4)}
    assert len(seen) == 2
    assert "10.0.0.1" in seen
    assert _addresses(world, "private.gov.vn") == ["10.0.0.1"]


def test_a_silent_name_server_does_not_answer() -> None:
    with Internet(Host("silent.gov.vn", dns="timeout")) as world:
        query = dns.message.make_query("silent.gov.vn", "A")
        with pytest.raises(dns.exception.Timeout):
            dns.query.udp(query, FIRST, timeout=0.2, port=world.names.port)


def test_answers_are_cut_over_udp_and_whole_over_tcp() -> None:
    many = tuple(f"127.9.{n // 200}.{n % 200 + 1}" for n in range(200))
    with Internet(Host("many.gov.vn", answers=many)) as world:
        query = dns.message.make_query("many.gov.vn", "A", payload=1232)
        assert dns.query.udp(query, FIRST, 2, world.names.port).flags & dns.flags.TC
        whole = dns.query.tcp(query, FIRST, 2, world.names.port)
        assert len(whole.answer[0]) == 200


def test_the_second_server_may_say_something_else() -> None:
    with Internet(Host("two.gov.vn")) as world:
        world.lag("two.gov.vn")
        world.say_otherwise("two.gov.vn", "127.9.9.9")
        first, second = (_ask(world, "two.gov.vn", "SOA", at=at) for at in (FIRST, SECOND))
        assert first.answer[0][0].serial - second.answer[0][0].serial == 100
        assert _ask(world, "two.gov.vn", at=SECOND).answer[0][0].to_text() == "127.9.9.9"


def test_garbage_for_a_question_is_met_with_silence(world: Internet) -> None:
    for junk in (b"", b"\x00" * 5, b"\xff" * 200):
        assert world.names.reply(junk, FIRST) is None
    assert _ask(world, "signed.gov.vn").answer


# --- the web ------------------------------------------------------------------------------------


def test_plain_http_leads_to_https_and_heads_have_no_body(world: Internet) -> None:
    response, _ = _get(world, "signed.gov.vn", "/a?b=c")
    assert (response.status, response.headers["Location"]) == (301, "https://signed.gov.vn/a?b=c")
    response, body = _get(world, "plain.gov.vn", "/xin%20ch%C3%A0o", method="HEAD")
    assert (response.status, body, response.headers["Content-Length"]) == (200, b"", "10")
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_a_request_for_nobody_is_misdirected_and_a_post_is_refused(world: Internet) -> None:
    host = world.find("plain.gov.vn")
    assert host is not None
    connection = http.client.HTTPConnection(host.addresses[0], world.http_port, timeout=2)
    connection.request("GET", "/", headers={"Host": "nobody.example"})
    assert connection.getresponse().status == 421
    connection.close()
    assert _get(world, "plain.gov.vn", method="POST")[0].status == 405


def _secure(world: Internet, name: str) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(world.ca.root_file))
    host = world.find(name)
    assert host is not None
    raw = socket.create_connection((host.addresses[0], world.https_port), 2)
    return context.wrap_socket(raw, server_hostname=name)


def test_the_certificate_is_chosen_by_name_and_pages_are_compressed(world: Internet) -> None:
    before = len(world.requests("signed.gov.vn"))
    with _secure(world, "signed.gov.vn") as stream:
        stream.sendall(
            b"GET /x?y=1 HTTP/1.1\r\nHost: Signed.gov.vn\r\nAccept-Encoding: gzip\r\n"
            b"Connection: close\r\n\r\n"
        )
        with stream.makefile("rb") as file:
            head, _, body = file.read().partition(b"\r\n\r\n")
    assert b"Content-Encoding: gzip" in head
    assert gzip.decompress(body).decode() == PAGE
    asked = world.requests("signed.gov.vn")[before]
    assert (asked.scheme, asked.host, asked.path) == ("https", "signed.gov.vn", "/x")
    assert (asked.query, asked.headers["host"]) == ({"y": "1"}, "Signed.gov.vn")
    assert asked.count == before


def test_closed_ports_refuse_and_raw_hosts_answer_for_themselves(world: Internet) -> None:
    for name, port in (("closed.gov.vn", world.http_port), ("plain.gov.vn", world.https_port)):
        host = world.find(name)
        assert host is not None
        for address in host.addresses:
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((address, port), 2)
    raw = world.find("raw.gov.vn")
    assert raw is not None
    with socket.create_connection((raw.addresses[0], world.http_port), 2) as plain:
        assert plain.recv(99) == b"HTTP/0.9 plain"
    with _secure(world, "raw.gov.vn") as stream:
        assert stream.recv(99) == b"HTTP/0.9 secure"
    assert world.connections["raw.gov.vn"] == 2


def test_hosts_come_and_go_while_it_runs(world: Internet) -> None:
    world.add(Host("late.gov.vn", handler=_page, plain="serve"))
    with pytest.raises(ValueError, match="already"):
        world.add(Host("late.gov.vn"))
    with pytest.raises(ValueError, match="not loopback"):
        world.add(Host("far.gov.vn", addresses=("10.0.0.1",)))
    assert _get(world, "late.gov.vn")[0].status == 200
    assert _addresses(world, "late.gov.vn")
    world.remove("late.gov.vn")
    assert world.requests("late.gov.vn") == []
    assert _ask(world, "late.gov.vn").rcode() == dns.rcode.NXDOMAIN


def test_many_hosts_may_share_an_address() -> None:
    hosts = [Host(f"h{n}.gov.vn", handler=_page, plain="serve") for n in range(50)]
    hosts.append(Host("shut.gov.vn", plain="closed"))
    with Internet(*hosts, own_addresses=False, log=False) as world:
        assert len({host.addresses[0] for host in hosts}) == 2
        assert _get(world, "h7.gov.vn")[0].status == 200
        assert world.requests("h7.gov.vn") == []


def test_it_listens_on_loopback_only_and_says_how_to_reach_it(world: Internet) -> None:
    listening = {
        sock.getsockname()[0]
        for servers in (*world._servers.values(), world.names._servers)
        for server in servers
        for sock in server.sockets
    }
    assert all(address == SIXTH or address.startswith("127.") for address in listening)
    network = world.network(vantage="elsewhere")
    assert network.vantage == "elsewhere"
    assert network.connect_ports[443] == world.https_port
    assert Path(network.ca_file).is_file()


def test_serving_writes_the_targets_and_the_command(tmp_path: Path) -> None:
    portal = Portal(
        "a", "A", "own", "https://a.gov.vn/", (Host("a.gov.vn", handler=_page),), {},
        hints={"news": "https://a.gov.vn/tin"},
    )  # fmt: skip
    with Internet() as world:
        words = prepare(world, [portal], tmp_path)
        assert words == command(world, tmp_path)
        assert words[:3] == ["chiso", "check", str(tmp_path / "targets.csv")]
        assert f"443:{world.https_port}" in words
        assert _addresses(world, "a.gov.vn")
    with (tmp_path / "targets.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["body"], row["url"], row["hint:news"]) for row in rows] == [
        ("a", "https://a.gov.vn/", "https://a.gov.vn/tin")
    ]
    assert targets([portal])[0].role == "main"


def test_certificates_begin_and_end_around_the_given_time() -> None:
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    with Internet(now=long_ago) as world:
        leaf, served = world.ca.certificate(["a.gov.vn"], "short")
        assert leaf.not_valid_after_utc - long_ago == dt.timedelta(days=5)
        assert len(served) == 1


def test_it_runs_by_itself_until_it_is_told_to_stop(tmp_path: Path, root: Path) -> None:
    words = [sys.executable, "-m", "tests.internet", "--out", str(tmp_path)]
    with subprocess.Popen(words, cwd=root, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        first = shlex.split(running.stdout.readline())
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0
    assert first[:2] == ["chiso", "check"]
    assert (tmp_path / "targets.csv").is_file()
    assert not Path(first[first.index("--ca-file") + 1]).exists()
