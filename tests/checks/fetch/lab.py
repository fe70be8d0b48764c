"""A small network on loopback: a name server, servers that answer byte by byte, certificates."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chiso.checks.fetch.client import Client
from chiso.checks.network import Limits, Network, Politeness

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
#: type → values, or a name of a response code, or "silent"
Answers = Mapping[str, list[str] | str]
Zone = dict[str, Answers | Callable[[int], Answers]]

LIMITS = Limits(connect=1.0, first_byte=1.0, total=3.0, min_rate=200.0)
POLITENESS = Politeness(pause=0.0, per_address=100, errors=1_000)


def keep(data: bytes) -> str:
    """What a store does, without storing."""
    return hashlib.sha256(data).hexdigest()


class Names(asyncio.DatagramProtocol):
    """A name server: `zone` maps a name to its answers, or to a function of how often it has been
    asked before. A name that is not there does not exist."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.asked: list[tuple[str, str, bool]] = []
        self.transport: Any = None
        self.port = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: Any) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        before = sum(1 for asked, type_, _ in self.asked if (asked, type_) == (name, kind))
        unchecked = bool(query.flags & dns.flags.CD)
        self.asked.append((name, kind, unchecked))
        reply = dns.message.make_response(query, recursion_available=True)
        answers = self.zone.get(name)
        if callable(answers):
            answers = answers(before)
        if answers is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        else:
            values = answers.get("CNAME" if "CNAME" in answers else kind, [])
            if values == "bogus":
                values = answers["signed"] if unchecked else "SERVFAIL"
            if values == "silent":
                return
            if isinstance(values, str):
                reply.set_rcode(dns.rcode.from_text(values))
            elif "CNAME" in answers:
                self._alias(reply, question, values[0], kind)
            elif values:
                reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
        self.transport.sendto(reply.to_wire(), addr)

    def _alias(self, reply: Any, question: Any, target: str, kind: str) -> None:
        reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", "CNAME", target + "."))
        answers = self.zone.get(target)
        assert isinstance(answers, Mapping)
        values = answers.get(kind, [])
        if values:
            reply.answer.append(dns.rrset.from_text(target + ".", 60, "IN", kind, *values))


class Recorder:
    """Opens sockets to the servers of the test only, and writes down every other wish: a broken
    guard is seen here, and not a packet leaves the machine."""

    def __init__(self) -> None:
        self.open: set[int] = set()
        self.refused: list[str] = []
        self.opened = 0

    def __call__(self, info: tuple[Any, ...]) -> socket.socket:
        address, port = info[4][:2]
        if not ipaddress.ip_address(address).is_loopback or port not in self.open:
            self.refused.append(f"{address}:{port}")
            raise OSError(1, "the test lets nothing out")
        self.opened += 1
        return socket.socket(info[0], info[1], info[2])


@dataclass
class Lab:
    """The network of one test."""

    stack: AsyncExitStack
    names: Names
    recorder: Recorder = field(default_factory=Recorder)
    ports: dict[int, int] = field(default_factory=dict)

    async def serve(
        self, serve: Serve, *, port: int = 80, host: str = "127.0.0.1", tls: Any = None
    ) -> int:
        """Answer on a port as the world sees it; returns the one that it really is."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await serve(reader, writer)
                await writer.drain()
            except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(answer, host, self.ports.get(port, 0), ssl=tls)
        self.stack.push_async_callback(server.wait_closed)
        self.stack.callback(server.close)
        real: int = server.sockets[0].getsockname()[1]
        self.ports[port] = real
        self.recorder.open.add(real)
        return real

    def network(self, **settings: Any) -> Network:
        """The settings of a worker that may use loopback."""
        return Network(
            **{
                "resolvers": (f"127.0.0.1:{self.names.port}",),
                "allow": ("127.0.0.0/8", "::1/128"),
                "connect_ports": self.ports,
                "contact": "https://chiso.test/bot",
                "limits": LIMITS,
                "politeness": POLITENESS,
                **settings,
            }
        )

    async def client(self, network: Network | None = None, **options: Any) -> Client:
        """An open client that opens sockets only to the servers of the test."""
        options = {"sockets": self.recorder, "rate_window": 0.5, **options}
        return await self.stack.enter_async_context(
            Client(network or self.network(), keep, **options)
        )


Test = Callable[[Lab], Coroutine[Any, Any, None]]


async def read_head(reader: asyncio.StreamReader) -> bytes:
    """The head of a request."""
    return await reader.readuntil(b"\r\n\r\n")


def page(
    body: bytes = b"<html>xin chao</html>", head: str = "", status: str = "200 OK"
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """A server that gives one answer to every request, and keeps the connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_head(reader)
            lines = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{head}\r\n"
            writer.write(lines.encode("latin-1") + body)
            await writer.drain()

    return serve


def raw(*pieces: bytes, pause: float = 0.0) -> Serve:
    """A server that sends these bytes and closes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return serve


@dataclass
class Trust:
    """A root, and server contexts with certificates that it signed."""

    folder: Path
    ca_file: str
    key: Any
    certificate: Any

    def context(
        self, name: str, *, days: int = 30, signed: bool = True, **versions: Any
    ) -> ssl.SSLContext:
        """A server's context for that name; a negative number of days has it expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = dt.datetime.now(dt.UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.certificate.subject if signed else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=60))
            .not_valid_after(now + dt.timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        )
        certificate = builder.sign(self.key if signed else key, hashes.SHA256())
        path = self.folder / f"{name}-{days}-{signed}.pem"
        path.write_bytes(_pem(key) + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        for what, value in versions.items():
            setattr(context, what, value)
        return context


def _pem(key: Any) -> bytes:
    raw_key: bytes = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return raw_key


def run(test: Test, zone: Zone | None = None) -> None:
    """Run a test inside an event loop with a network of its own, and a name a.gov.vn."""

    async def inside() -> None:
        loop = asyncio.get_running_loop()
        async with AsyncExitStack() as stack:
            transport, names = await loop.create_datagram_endpoint(
                lambda: Names({"a.gov.vn": {"A": ["127.0.0.1"]}, **(zone or {})}),
                local_addr=("127.0.0.1", 0),
            )
            stack.callback(transport.close)
            await test(Lab(stack, names))

    asyncio.run(inside())


def make_trust(folder: Path) -> Trust:
    """A root of our own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test root")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=90))
        .not_valid_after(now + dt.timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "root.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return Trust(folder, str(path), key, certificate)
