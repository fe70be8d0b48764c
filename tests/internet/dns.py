"""The name servers of the test internet: UDP and TCP, resolving, validating and authoritative.

A question that asks for recursion is answered as a validating resolver answers it: AD for what
the chain of DS secures, SERVFAIL with an extended error (RFC 8914) for what does not validate, and
the data all the same when checking is disabled (RFC 4035, 3.2.2). A question that does not ask for
recursion is answered as the authoritative server of every zone.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections import Counter
from typing import cast

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from tests.internet.model import Host
from tests.internet.zones import Found, Zones

#: the addresses of the two servers: in different networks, as a careful zone has them
FIRST, SECOND, SIXTH = "127.0.0.1", "127.53.0.2", "::1"
REBOUND = "10.0.0.1"  # only ever an answer: nobody connects
PLAIN_SIZE = 512
MOST_KEPT = 20_000


class NameServers:
    """Serves `zones`. `validating` off makes a resolver that never checks a signature.

    `split` gives other answers at the second server than at the first, by name.
    """

    def __init__(self, zones: Zones, *, ipv6: bool) -> None:
        self.zones = zones
        self.port = 0
        self.validating = True
        self.split: dict[str, tuple[str, ...]] = {}
        self.asked: Counter[tuple[str, str]] = Counter()
        self._addresses = (FIRST, SECOND, SIXTH) if ipv6 else (FIRST, SECOND)
        self._transports: list[asyncio.DatagramTransport] = []
        self._servers: list[asyncio.Server] = []
        self._kept: dict[tuple[str, bytes], bytes | None] = {}

    async def start(self) -> None:
        """Take one free port on every address, for UDP and TCP."""
        for _ in range(50):
            try:
                await self._bind()
            except OSError:
                await self.stop()
            else:
                return
        raise OSError("no port is free on all addresses of the name servers")

    async def _bind(self) -> None:
        loop = asyncio.get_running_loop()
        self.port = 0
        for address in self._addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            transport, _ = await loop.create_datagram_endpoint(
                lambda address=address: _Datagrams(self, address),  # type: ignore[misc]
                local_addr=(address, self.port),
                family=family,
            )
            self._transports.append(transport)
            self.port = transport.get_extra_info("sockname")[1]
        for address in self._addresses:
            self._servers.append(
                await asyncio.start_server(
                    lambda reader, writer, address=address: self._stream(reader, writer, address),
                    address,
                    self.port,
                )
            )

    async def stop(self) -> None:
        """Close all sockets."""
        for transport in self._transports:
            transport.close()
        for server in self._servers:
            server.close()
        self._transports, self._servers = [], []
        await asyncio.sleep(0)

    def forget(self) -> None:
        """Drop the kept answers, after a change of the zones."""
        self._kept.clear()

    async def _stream(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str
    ) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                size = struct.unpack("!H", await reader.readexactly(2))[0]
                reply = self.reply(await reader.readexactly(size), address, stream=True)
                if reply is not None:
                    writer.write(struct.pack("!H", len(reply)) + reply)
                    await writer.drain()
        writer.close()

    # --- answering ------------------------------------------------------------------------------

    def reply(self, wire: bytes, address: str, *, stream: bool = False) -> bytes | None:
        """The answer to a question in wire form, or None where there is to be silence."""
        key = (f"{address} {stream}", wire[2:])
        if key in self._kept:
            kept = self._kept[key]
            return None if kept is None else wire[:2] + kept[2:]
        try:
            query = dns.message.from_wire(wire)
        except (dns.exception.DNSException, ValueError, EOFError):
            return None
        message, lasting = self._message(query, address)
        reply = None if message is None else _fitting(message, query, stream)
        if lasting:
            if len(self._kept) > MOST_KEPT:
                self._kept.clear()
            self._kept[key] = reply
        return reply

    def _message(
        self, query: dns.message.Message, address: str
    ) -> tuple[dns.message.Message | None, bool]:
        """The answer, and whether the same question will have the same one."""
        recursive = bool(query.flags & dns.flags.RD)
        reply = dns.message.make_response(query, recursion_available=recursive)
        if query.opcode() != dns.opcode.QUERY or len(query.question) != 1:
            reply.set_rcode(dns.rcode.NOTIMP)
            return reply, True
        name, kind = query.question[0].name, query.question[0].rdtype
        self.asked[name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(kind)] += 1
        host = self.zones.host(name)
        if host is not None and host.dns == "timeout":
            return None, True
        if host is not None and host.dns == "servfail":
            return _failed(reply, dns.edns.EDECode.NO_REACHABLE_AUTHORITY), True
        if host is not None and host.dns == "rebinding" and kind == dns.rdatatype.A:
            return self._rebound(reply, host), False
        found = self.zones.find(name, kind)
        validates = recursive and self.validating
        checking = not query.flags & dns.flags.CD
        if found.bogus and validates and checking:
            return _failed(reply, dns.edns.EDECode.DNSSEC_BOGUS), True
        self._fill(reply, query, found, address)
        if not recursive:
            reply.flags |= dns.flags.AA
        wants = bool(query.flags & dns.flags.AD) or _does(query)
        if validates and checking and found.secure and wants:
            reply.flags |= dns.flags.AD
        return reply, True

    def _fill(
        self, reply: dns.message.Message, query: dns.message.Message, found: Found, address: str
    ) -> None:
        signed = _does(query)
        for section, sets in ((reply.answer, found.answer), (reply.authority, found.authority)):
            for rrset in sets:
                denial = rrset.rdtype in {dns.rdatatype.RRSIG, dns.rdatatype.NSEC}
                if signed or not denial or rrset.rdtype == query.question[0].rdtype:
                    section.append(self._as_seen(rrset, address))
        if not found.exists and not found.answer:
            reply.set_rcode(dns.rcode.NXDOMAIN)

    def _as_seen(self, rrset: dns.rrset.RRset, address: str) -> dns.rrset.RRset:
        """The set as this server holds it: the second one may be late, or say something else."""
        name = rrset.name.to_text(omit_final_dot=True).lower()
        if address != SECOND:
            return rrset
        if rrset.rdtype == dns.rdatatype.SOA and name in self.zones.late:
            older = rrset[0].replace(serial=rrset[0].serial - 100)
            return dns.rrset.from_rdata(rrset.name, rrset.ttl, older)
        if rrset.rdtype == dns.rdatatype.A and name in self.split:
            return dns.rrset.from_text_list(rrset.name, rrset.ttl, "IN", "A", self.split[name])
        return rrset

    def _rebound(self, reply: dns.message.Message, host: Host) -> dns.message.Message:
        turn = self.asked[host.name.lower(), "A"]
        answer = host.addresses[0] if turn % 2 else REBOUND
        reply.answer.append(dns.rrset.from_text(reply.question[0].name, 0, "IN", "A", answer))
        return reply


def _does(query: dns.message.Message) -> bool:
    return bool(query.ednsflags & dns.flags.DO)


def _failed(reply: dns.message.Message, code: dns.edns.EDECode) -> dns.message.Message:
    reply.set_rcode(dns.rcode.SERVFAIL)
    if reply.edns >= 0:
        reply.use_edns(0, reply.ednsflags, options=[dns.edns.EDEOption(code)])
    return reply


def _fitting(message: dns.message.Message, query: dns.message.Message, stream: bool) -> bytes:
    """The message in wire form, emptied and marked as cut where it is too big for UDP."""
    if stream:
        return message.to_wire(max_size=65_535)
    size = max(PLAIN_SIZE, min(query.payload, 4_096)) if query.edns >= 0 else PLAIN_SIZE
    try:
        return message.to_wire(max_size=size)
    except dns.exception.TooBig:
        message.answer, message.authority, message.additional = [], [], []
        message.flags |= dns.flags.TC
        return message.to_wire(max_size=size)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, owner: NameServers, address: str) -> None:
        self._owner = owner
        self._address = address
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._owner.reply(data, self._address)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)
