"""A test bed for proxy and browser: origins on 127.0.0.2, names that point where a test says, and
a recording dial that lets nothing past loopback, whatever guard or resolver say."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from chiso.checks.fetch.guard import Guard
from chiso.checks.fetch.proxy import dial
from chiso.checks.fetch.resolving import Resolution, Resolver
from chiso.checks.fetch.sealing import Seal
from chiso.checks.network import Limits, Network
from chiso.checks.states import ErrorClass

ORIGIN = "127.0.0.2"  # allowed; 127.0.0.1, where the proxy listens, is not
LIMITS = Limits(connect=1.0, first_byte=2.0, total=4.0)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Raw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Names(Resolver):
    """Answers from a table; a name that is not there does not exist. Asks no name server.

    A list of answers is given one after the other, the last one again and again.
    """

    def __init__(self, network: Network, guard: Guard) -> None:
        super().__init__(network.model_copy(update={"resolvers": ("127.0.0.2:9",)}), guard)
        self.table: dict[str, list[tuple[str, ...]]] = {}

    async def lookup(
        self,
        host: str,
        *,
        alternative: bool = False,
        family: int | None = None,
        fresh: bool = False,
    ) -> Resolution:
        """The next answer of the table."""
        try:
            return Resolution((str(ipaddress.ip_address(host)),))
        except ValueError:
            pass
        if host == "localhost":
            return Resolution(("127.0.0.1", "::1"))
        answers = self.table.get(host, [])
        if not answers:
            return Resolution(error=ErrorClass.DNS_NXDOMAIN, detail="no such name")
        return Resolution(answers.pop(0) if len(answers) > 1 else answers[0])


@dataclass
class Dialled:
    """Records where a connection was wanted, and lets only those on loopback happen."""

    asked: list[tuple[str, int]] = field(default_factory=list)

    async def __call__(self, address: str, port: int) -> socket.socket:
        self.asked.append((address, port))
        if not ipaddress.ip_address(address).is_loopback:
            raise OSError("the test bed does not leave loopback")
        return await dial(address, port)

    @property
    def outside(self) -> list[tuple[str, int]]:
        """What was wanted beyond the address of the test bed."""
        return [(address, port) for address, port in self.asked if address != ORIGIN]


@dataclass
class Bed:
    """Origins, plain and over TLS, with all that reached them."""

    network: Network
    guard: Guard
    names: Names
    dialled: Dialled
    plain: int
    secure: int
    raw: int
    reached: list[tuple[str, str, dict[str, str]]]
    pages: dict[str, Handler]
    raws: dict[str, Raw]
    stray: list[bytes]  # what arrived at the trap, which nothing may reach
    trap: int
    store: dict[str, bytes] = field(default_factory=dict)
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def url(self, path: str, host: str = "portal.test", *, tls: bool = False) -> str:
        """The URL of a page of the bed."""
        scheme, port = ("https", self.secure) if tls else ("http", self.plain)
        return f"{scheme}://{host}:{port}{path}"

    def raw_url(self, path: str) -> str:
        """The URL of an origin that answers byte by byte."""
        return f"http://raw.test:{self.raw}{path}"

    def keep(self, body: bytes) -> str:
        """Store bytes by their SHA-256."""
        digest = hashlib.sha256(body).hexdigest()
        self.store[digest] = body
        return digest

    def methods(self, path: str) -> list[str]:
        """The methods with which a path was asked for."""
        return [method for method, asked, _ in self.reached if asked == path]

    async def close(self) -> None:
        """End all servers."""
        for step in reversed(self.closing):
            await step()


class _Trap(asyncio.DatagramProtocol):
    def __init__(self, stray: list[bytes]) -> None:
        self.stray = stray

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.stray.append(data)


async def make_bed() -> Bed:
    """A bed with `portal.test` and `raw.test` in place and nothing else."""
    reached: list[tuple[str, str, dict[str, str]]] = []
    pages: dict[str, Handler] = {}
    raws: dict[str, Raw] = {}
    stray: list[bytes] = []
    closing: list[Callable[[], Awaitable[None]]] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        reached.append((request.method, request.path, dict(request.headers)))
        handler = pages.get(request.path)
        return await handler(request) if handler else web.Response(status=404)

    async def serve_raw(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
                reached.append((method, path, {}))
                await raws[path](reader, writer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError, KeyError):
            pass
        finally:
            writer.close()

    runner = web.AppRunner(_app(serve), shutdown_timeout=0.1)
    await runner.setup()
    closing.append(runner.cleanup)
    sockets = [_listen(ORIGIN) for _ in range(2)]
    await web.SockSite(runner, sockets[0]).start()
    await web.SockSite(runner, sockets[1], ssl_context=Seal().context).start()
    server = await asyncio.start_server(serve_raw, ORIGIN, 0)

    async def touched(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stray.append(b"tcp")
        writer.close()

    transport, trap_server = await _trap(stray, touched)
    trap = trap_server.sockets[0].getsockname()[1]

    async def shut() -> None:
        transport.close()
        for one in (server, trap_server):
            one.close()
            await one.wait_closed()

    closing.append(shut)
    plain, secure = (one.getsockname()[1] for one in sockets)
    raw = server.sockets[0].getsockname()[1]
    network = Network(
        contact="https://measure.example/bot",
        allow=(f"{ORIGIN}/32",),
        ports=(plain, secure, raw, trap),
        limits=LIMITS,
    )
    guard = Guard(network.allow, network.ports)
    names = Names(network, guard)
    names.table = {name: [(ORIGIN,)] for name in ("portal.test", "raw.test", "other.test")}
    return Bed(
        network, guard, names, Dialled(), plain, secure, raw, reached, pages, raws, stray, trap,
        closing=closing,
    )  # fmt: skip


async def _trap(
    stray: list[bytes], touched: Raw
) -> tuple[asyncio.DatagramTransport, asyncio.Server]:
    """UDP and TCP on one port of the loopback address that is not allowed."""
    for _ in range(20):  # the port that is free for one may be taken for the other
        server = await asyncio.start_server(touched, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Trap(stray), local_addr=("127.0.0.1", port)
            )
        except OSError:
            server.close()
            await server.wait_closed()
            continue
        return transport, server
    raise OSError("no port is free for both UDP and TCP")


def _app(serve: Handler) -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", serve)
    return app


def _listen(address: str) -> socket.socket:
    opened = socket.socket()
    opened.bind((address, 0))
    opened.listen(128)
    return opened


def answer(text: str, kind: str = "text/html", status: int = 200, **headers: str) -> Handler:
    """A page that always answers the same."""

    async def give(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type=kind, headers=headers)

    return give


def send(data: bytes) -> Raw:
    """An origin that answers with these bytes and closes."""

    async def give(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()
        raise ConnectionError

    return give
