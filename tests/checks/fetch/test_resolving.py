"""Names to addresses, against a name server on loopback."""

from __future__ import annotations

import asyncio
import socket
import time

import dns.flags
import dns.message
import dns.rrset
import pytest

from chiso.checks.fetch.guard import Guard, Refused
from chiso.checks.fetch.resolving import Resolver
from chiso.checks.states import ErrorClass

ZONE = {
    "both.gov.vn": {"A": ["127.0.0.1", "127.0.0.2"], "AAAA": ["::1"]},
    "v6.gov.vn": {"AAAA": ["::1"]},
    "alias.gov.vn": {"CNAME": ["both.gov.vn"]},
    "empty.gov.vn": {"MX": []},
    "failing.gov.vn": {"A": "SERVFAIL", "AAAA": "SERVFAIL"},
    "refused.gov.vn": {"A": "REFUSED", "AAAA": "REFUSED"},
    "bogus.gov.vn": {"A": "bogus", "AAAA": "bogus", "signed": ["127.0.0.1"]},
    "silent.gov.vn": {"A": "silent", "AAAA": "silent"},
    "half.gov.vn": {"A": ["127.0.0.1"], "AAAA": "silent"},
    "broken6.gov.vn": {"A": ["127.0.0.1"], "AAAA": "SERVFAIL"},
    "flaky.gov.vn": lambda before: {"A": ["127.0.0.1"] if before else "SERVFAIL", "AAAA": []},
    "wide.gov.vn": {"A": [f"127.1.{n // 200}.{n % 200 + 1}" for n in range(300)]},
    "private.gov.vn": {"A": ["127.0.0.1", "192.168.1.1"]},
}


def _resolver(net, **settings):
    network = net.network(**settings)
    return Resolver(network, Guard(network.allow, network.ports), patience=0.2)


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("both.gov.vn", ("127.0.0.1", "127.0.0.2", "::1")),
        ("BOTH.gov.vn", ("127.0.0.1", "127.0.0.2", "::1")),
        ("v6.gov.vn", ("::1",)),
        ("alias.gov.vn", ("127.0.0.1", "127.0.0.2", "::1")),
        ("half.gov.vn", ("127.0.0.1",)),
        ("broken6.gov.vn", ("127.0.0.1",)),
        ("flaky.gov.vn", ("127.0.0.1",)),
        ("127.0.0.9", ("127.0.0.9",)),
        ("::1", ("::1",)),
        ("localhost", ("127.0.0.1", "::1")),
        ("x.localhost", ("127.0.0.1", "::1")),
    ],
)
def test_a_name_resolves(lab, host, addresses):
    async def test(net):
        found = await _resolver(net).checked(host)
        # a name server may give them in any order
        assert (sorted(found.addresses), found.error) == (sorted(addresses), None)
        if "gov.vn" in host:
            assert found.resolver == f"127.0.0.1:{net.names.port}"
            assert found.milliseconds > 0

    lab(test, ZONE)


@pytest.mark.parametrize(
    ("host", "error"),
    [
        ("nowhere.gov.vn", ErrorClass.DNS_NXDOMAIN),
        ("empty.gov.vn", ErrorClass.DNS_NODATA),
        ("failing.gov.vn", ErrorClass.DNS_SERVFAIL),
        ("refused.gov.vn", ErrorClass.DNS_SERVFAIL),
        ("bogus.gov.vn", ErrorClass.DNSSEC_BOGUS),
        ("silent.gov.vn", ErrorClass.DNS_TIMEOUT),
        ("a" * 70 + ".gov.vn", ErrorClass.REFUSED_URL),
    ],
)
def test_a_name_that_does_not_resolve_says_why(lab, host, error):
    async def test(net):
        found = await _resolver(net).checked(host)
        assert (found.addresses, found.error) == ((), error)
        assert found.detail

    lab(test, ZONE)


def test_one_family_is_asked_for_alone(lab):
    async def test(net):
        resolver = _resolver(net)
        assert (await resolver.lookup("both.gov.vn", family=6)).addresses == ("::1",)
        assert (await resolver.lookup("both.gov.vn", family=4)).addresses[0].startswith("127")
        assert [kind for _, kind, _ in net.names.asked] == ["AAAA", "A"]
        assert (await resolver.lookup("a.gov.vn", family=6)).error is ErrorClass.DNS_NODATA
        assert (await resolver.lookup("127.0.0.1", family=6)).error is ErrorClass.UNREACHABLE

    lab(test, ZONE)


def test_without_ipv6_a_name_of_ipv6_only_is_our_lack_and_not_the_names(lab):
    async def test(net):
        resolver = _resolver(net, ipv6="off")
        found = await resolver.lookup("both.gov.vn")
        assert sorted(found.addresses) == ["127.0.0.1", "127.0.0.2"]
        found = await resolver.lookup("v6.gov.vn")
        assert found.error is ErrorClass.UNREACHABLE
        assert "IPv6" in found.detail
        assert (await resolver.lookup("empty.gov.vn")).error is ErrorClass.DNS_NODATA
        assert (await resolver.lookup("both.gov.vn", family=6)).error is ErrorClass.UNREACHABLE

    lab(test, ZONE)


def test_one_address_that_is_refused_refuses_the_name(lab):
    async def test(net):
        with pytest.raises(Refused, match=r"192\.168\.1\.1: private") as caught:
            await _resolver(net).checked("private.gov.vn")
        assert caught.value.error is ErrorClass.REFUSED_ADDRESS
        assert sorted(caught.value.addresses) == ["127.0.0.1", "192.168.1.1"]

    lab(test, ZONE)


def test_an_answer_is_used_again_until_a_fresh_one_is_asked_for(lab):
    async def test(net):
        resolver = _resolver(net)
        first = await resolver.lookup("both.gov.vn")
        again = await resolver.lookup("both.gov.vn")
        assert (again.addresses, again.milliseconds) == (first.addresses, 0)
        assert len(net.names.asked) == 2
        await resolver.lookup("both.gov.vn", fresh=True)
        assert len(net.names.asked) == 4

    lab(test, ZONE)


def test_a_resolver_that_is_dead_is_passed_over(lab):
    async def test(net):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 0))
            mute = f"127.0.0.1:{sock.getsockname()[1]}"
            alive = f"127.0.0.1:{net.names.port}"
            found = await _resolver(net, resolvers=(mute, alive)).lookup("both.gov.vn")
            assert found.addresses
            assert found.resolver == alive
            alone = await _resolver(net, resolvers=(mute,)).lookup("both.gov.vn")
            assert alone.error is ErrorClass.DNS_TIMEOUT
        gone = await _resolver(net, resolvers=(mute,)).lookup("both.gov.vn")
        assert gone.error is ErrorClass.ENGINE  # nobody listens: that is our side

    lab(test, ZONE)


def test_the_second_resolvers_are_asked_when_wanted(lab):
    async def test(net):
        other = f"127.0.0.1:{net.names.port}"
        resolver = _resolver(net, resolvers=("127.0.0.1:1",), second_resolvers=(other,))
        assert (await resolver.lookup("both.gov.vn")).error is ErrorClass.ENGINE
        assert (await resolver.lookup("both.gov.vn", alternative=True)).resolver == other

    lab(test, ZONE)


def test_a_silent_second_family_is_not_waited_for_long(lab):
    async def test(net):
        network = net.network()
        resolver = Resolver(network, Guard(network.allow), patience=20)
        begun = time.monotonic()
        assert (await resolver.lookup("half.gov.vn")).addresses == ("127.0.0.1",)
        assert time.monotonic() - begun < 3

    lab(test, ZONE)


class _Spoofer(asyncio.DatagramProtocol):
    """Sends answers that do not belong before the one that does."""

    def __init__(self, before):
        self.before = before

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        query = dns.message.from_wire(data)
        reply = dns.message.make_response(query)
        name = query.question[0].name
        if query.question[0].rdtype == 1:
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "127.0.0.1"))
        wire = reply.to_wire()
        for spoil in self.before:
            self.transport.sendto(spoil(wire), addr)
        self.transport.sendto(wire, addr)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda wire: b"",
        lambda wire: wire[:11],
        lambda wire: bytes([wire[0] ^ 1]) + wire[1:].replace(b"\x7f\0\0\1", b"\x7f\0\0\2"),
        lambda wire: wire[:2] + bytes([wire[2] & 0x7F]) + wire[3:],
        lambda wire: wire.replace(b"\x04both", b"\x04evil"),
        lambda wire: wire[:4] + b"\0\0" + wire[6:],
    ],
)
def test_an_answer_to_another_question_is_not_believed(lab, spoil):
    async def test(net):
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Spoofer([spoil]), local_addr=("127.0.0.1", 0)
        )
        port = transport.get_extra_info("sockname")[1]
        found = await _resolver(net, resolvers=(f"127.0.0.1:{port}",)).lookup("both.gov.vn")
        transport.close()
        assert found.addresses == ("127.0.0.1",)

    lab(test)


class _Garbler(asyncio.DatagramProtocol):
    """Answers with the right head and question, and then whatever it likes."""

    def __init__(self, tail):
        self.tail = tail

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        query = dns.message.from_wire(data)
        head = dns.message.make_response(query)
        head.use_edns(False)
        wire = bytearray(head.to_wire())
        wire[6:12] = self.tail[:6]
        self.transport.sendto(bytes(wire) + self.tail[6:], addr)


@pytest.mark.parametrize(
    "tail",
    [
        b"\0\1\0\0\0\0",
        b"\xff\xff\xff\xff\xff\xff",
        b"\0\1\0\0\0\0\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x7f",
        b"\0\1\0\0\0\0\xc0\x0c\0\1\0\1\0\0\0\1\0\xff\x7f\0\0\1",
        b"\0\1\0\0\0\0\xc0\x1f\0\5\0\1\0\0\0\1\0\2\xc0\x1f",
        b"\0\1\0\0\0\0" + b"\xc0\x0c" * 200,
        b"\0\0\0\0\0\1\0\0\x29\4\xd0\xff\0\0\0\0\0",
        b"\0\0\0\0\0\1" + b"\xff" * 300,
    ],
)
def test_a_garbled_answer_ends_in_an_error_class(lab, tail):
    async def test(net):
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Garbler(tail), local_addr=("127.0.0.1", 0)
        )
        port = transport.get_extra_info("sockname")[1]
        found = await _resolver(net, resolvers=(f"127.0.0.1:{port}",)).lookup("both.gov.vn")
        transport.close()
        assert found.addresses == ()
        assert found.error in {
            ErrorClass.DNS_SERVFAIL, ErrorClass.DNS_TIMEOUT, ErrorClass.DNS_NODATA
        }  # fmt: skip

    lab(test)


def test_a_truncated_answer_is_asked_for_over_tcp(lab):
    async def over_tcp(reader, writer):
        size = int.from_bytes(await reader.readexactly(2), "big")
        query = dns.message.from_wire(await reader.readexactly(size))
        reply = dns.message.make_response(query)
        name = query.question[0].name
        values = [f"127.1.{n // 200}.{n % 200 + 1}" for n in range(300)]
        if query.question[0].rdtype == 1:
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", "A", *values))
        wire = reply.to_wire(max_size=65_535)
        writer.write(len(wire).to_bytes(2, "big") + wire)
        await writer.drain()
        writer.close()

    class Short(asyncio.DatagramProtocol):
        def connection_made(self, transport):
            self.transport = transport

        def datagram_received(self, data, addr):
            reply = dns.message.make_response(dns.message.from_wire(data))
            reply.flags |= dns.flags.TC
            self.transport.sendto(reply.to_wire(), addr)

    async def test(net):
        loop = asyncio.get_running_loop()
        server = await asyncio.start_server(over_tcp, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        transport, _ = await loop.create_datagram_endpoint(Short, local_addr=("127.0.0.1", port))
        found = await _resolver(net, resolvers=(f"127.0.0.1:{port}",)).checked("wide.gov.vn")
        assert len(found.addresses) == 300
        transport.close()
        server.close()
        await server.wait_closed()

    lab(test)


@pytest.mark.parametrize("text", ["x", "127.0.0.1:0", "127.0.0.1:99999", "dns.gov.vn:53", ":53"])
def test_a_resolver_that_is_no_address_is_an_error_of_the_settings(lab, text):
    async def test(net):
        with pytest.raises(ValueError, match="resolver"):
            _resolver(net, resolvers=(text,))

    lab(test)
