"""One round of questions to one resolver: all types of a name over one socket of its own.

A fresh UDP socket for each round gives every question a random source port and a random id, and
the kernel lets in only what comes from the resolver. The common short answers are read at once;
whatever is not of the plainest form is left to dnspython.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import dns.asyncquery
import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode

from chiso.checks.states import ErrorClass

PAYLOAD = 1_232  # bytes over UDP, as the DNS flag day of 2020 agreed
MOST_STRAY = 64  # datagrams that are no answer, before the round is given up
#: extended errors (RFC 8914) by which a resolver says that validation failed
BOGUS = {6, 7, 8, 9, 10, 11, 12}
A, AAAA = 1, 28
_SIZES = {A: 4, AAAA: 16}
_FAMILIES = {A: socket.AF_INET, AAAA: socket.AF_INET6}
_OPT = b"\x00\x00\x29" + struct.pack("!HIH", PAYLOAD, 0, 0)


@dataclass(frozen=True, slots=True)
class Server:
    """A resolver."""

    address: str
    port: int = 53

    @property
    def name(self) -> str:
        """`address` or `address:port`, as it stands in the settings."""
        if self.port == 53:
            return self.address
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a resolver said of one type; addresses or an error."""

    addresses: tuple[str, ...] = ()
    error: ErrorClass | None = None
    detail: str = ""


async def ask(
    server: Server,
    name: dns.name.Name,
    kinds: Sequence[int],
    patience: float,
    grace: float,
    *,
    check: bool = True,
) -> dict[int, Answer]:
    """Ask for all `kinds` (A, AAAA) of a name; those that nobody answered are missing.

    At most `patience` seconds, and only `grace` more once one type has brought addresses. Without
    `check` the resolver is told not to validate. Raises OSError where the resolver cannot be
    reached at all.
    """
    asked = {}
    for kind in kinds:
        query = _query(name, kind, check)
        asked[query[:2]] = (kind, query)
    found: dict[int, Answer] = {}
    stray = 0
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in server.address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.connect((server.address, server.port))
        for _, query in asked.values():
            sock.send(query)
        try:
            async with asyncio.timeout(patience) as clock:
                while asked and stray < MOST_STRAY:
                    data = await loop.sock_recv(sock, 4_096)
                    kind, query = asked.get(data[:2], (0, b""))
                    if not kind or not _belongs(data, query):
                        stray += 1
                        continue
                    del asked[data[:2]]
                    found[kind] = await _read(data, query, kind, server, patience)
                    if asked and found[kind].addresses:
                        clock.reschedule(min(clock.when() or 0.0, loop.time() + grace))
        except TimeoutError:
            pass
    return found


def _query(name: dns.name.Name, kind: int, check: bool) -> bytes:
    flags = dns.flags.RD if check else dns.flags.RD | dns.flags.CD
    head = secrets.token_bytes(2) + struct.pack("!HHHHH", flags, 1, 0, 0, 1)
    return head + (name.to_wire() or b"") + struct.pack("!HH", kind, 1) + _OPT


def _belongs(data: bytes, query: bytes) -> bool:
    """Whether the datagram is an answer to this very question."""
    question = query[12 : -len(_OPT)]
    return (
        len(data) >= 12 + len(question)
        and bool(data[2] & 0x80)
        and data[4:6] == b"\x00\x01"
        and data[12 : 12 + len(question)].lower() == question.lower()
    )


async def _read(data: bytes, query: bytes, kind: int, server: Server, patience: float) -> Answer:
    """The answer in a datagram that belongs to the question."""
    plain = _read_plain(data, len(query) - len(_OPT), kind)
    if plain is not None:
        return plain
    try:
        if data[2] & 0x02:  # truncated: ask again over TCP
            message = await dns.asyncquery.tcp(
                dns.message.from_wire(query), server.address, timeout=patience, port=server.port
            )
        else:
            message = dns.message.from_wire(data)
        return _read_message(message, kind)
    except dns.exception.Timeout:
        return Answer((), ErrorClass.DNS_TIMEOUT, f"{server.name} does not answer over TCP")
    except (dns.exception.DNSException, OSError, EOFError, ValueError, LookupError, struct.error):
        return Answer((), ErrorClass.DNS_SERVFAIL, f"{server.name}: the answer cannot be read")


def _read_plain(data: bytes, end: int, kind: int) -> Answer | None:
    """An answer of addresses of the name itself, or of nothing; None where it is not so plain."""
    if data[2] & 0x02 or data[3] & 0x0F:
        return None
    count, _, extra = struct.unpack_from("!HHH", data, 6)
    if count == 0:
        # an extended code may stand in the OPT record: look where it must be the last and empty
        no_code = extra == 0 or (extra == 1 and data[-11:-8] == _OPT[:3] and data[-6] == 0)
        if not no_code or (data[-2:] != b"\x00\x00" and extra):
            return None
        return Answer((), ErrorClass.DNS_NODATA, "the name has no address")
    size = _SIZES[kind]
    head = struct.pack("!HHH", 0xC00C, kind, 1)
    step = 12 + size
    if len(data) < end + count * step:
        return None
    found = []
    for place in range(end, end + count * step, step):
        if data[place : place + 6] != head or data[place + 10 : place + 12] != bytes((0, size)):
            return None
        found.append(socket.inet_ntop(_FAMILIES[kind], data[place + 12 : place + step]))
    return Answer(tuple(found))


def _read_message(reply: dns.message.Message, kind: int) -> Answer:
    code = reply.rcode()
    if code == dns.rcode.NXDOMAIN:
        return Answer((), ErrorClass.DNS_NXDOMAIN, "no such name")
    if code != dns.rcode.NOERROR:
        said = [option for option in reply.options if isinstance(option, dns.edns.EDEOption)]
        bogus = code == dns.rcode.SERVFAIL and any(int(o.code) in BOGUS for o in said)
        words = " ".join(str(o.text or int(o.code)) for o in said)[:160]
        return Answer(
            (),
            ErrorClass.DNSSEC_BOGUS if bogus else ErrorClass.DNS_SERVFAIL,
            f"{dns.rcode.to_text(code)} {words}".strip(),
        )
    answer = None
    if isinstance(reply, dns.message.QueryMessage):
        answer = reply.resolve_chaining().answer
    if answer is None or answer.rdtype != kind:
        return Answer((), ErrorClass.DNS_NODATA, "the name has no address")
    return Answer(tuple(str(item.address) for item in answer))
