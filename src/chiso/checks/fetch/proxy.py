"""The only way out for the browser: a proxy on loopback that asks the guard before each step.

A browser resolves names, follows redirects and opens connections by itself, so nothing that we
do inside it is a promise. This proxy is: the browser is started without any other network. It
resolves the name through the guarded resolver, connects to exactly the address that was checked,
and reads every request, also those over TLS: it ends the browser's TLS with a key of its own that
only this browser trusts, and speaks TLS to the portal itself. So only GET and HEAD ever leave,
whatever a page's scripts, workers or reports try, and no WebSocket is opened.

What it costs: portals are spoken to in HTTP/1.1, also those that offer HTTP/2. Whether a
portal's certificate is good is not asked here; the TLS facts say it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hmac
import secrets
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol
from urllib.parse import urlsplit

from chiso.checks.fetch.forwarding import (
    Answer,
    Asked,
    Malformed,
    parse_request,
    pass_on,
    read_answer,
    read_head,
)
from chiso.checks.fetch.guard import Destination, Guard, Refused, is_address
from chiso.checks.fetch.resolving import Resolution
from chiso.checks.fetch.sealing import Seal
from chiso.checks.network import Network
from chiso.checks.states import ErrorClass

#: opens a connected, non-blocking socket to an address (never a name) and port; raises OSError
Dial = Callable[[str, int], Awaitable[socket.socket]]
MOST_NOTES = 300  # refusals and failures that are kept
MOST_ADDRESSES = 3  # of one name that are tried
_CHALLENGE = b'Proxy-Authenticate: Basic realm="chiso"\r\n'


class Resolves(Protocol):
    """What is needed of a resolver."""

    async def checked(self, host: str) -> Resolution:
        """The addresses of a host. Raises Refused if the guard refuses any of them."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What the loading of one page may cost the portals and us."""

    requests: int = 600
    received: int = 60_000_000  # bytes from portals, as sent
    connections: int = 64  # open at once; a browser opens 32 to one proxy


@dataclass(frozen=True, slots=True)
class Note:
    """A request that did not get through: what was asked, and why not.

    `url` is the whole URL, or origin and slash where only a connection was asked for.
    """

    url: str
    method: str
    error: ErrorClass
    detail: str
    refused: bool  # by us; otherwise it failed


class _Stop(Exception):
    """Ends a request with the note that is kept of it."""

    def __init__(self, error: ErrorClass, detail: str, *, refused: bool) -> None:
        super().__init__(detail)
        self.error = error
        self.detail = detail
        self.refused = refused


async def dial(address: str, port: int) -> socket.socket:
    """A socket connected to an address; never resolves. Raises OSError, also for a name."""
    if not is_address(address):
        raise OSError(f"{address!r} is not an address")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(opened, (address, port))
    except BaseException:
        opened.close()
        raise
    return opened


@dataclass(slots=True)
class _Upstream:
    """A connection to an origin."""

    origin: tuple[str, str, int]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used: bool = False

    def close(self) -> None:
        self.writer.transport.abort()


@dataclass(slots=True)
class _Line:
    """A connection of the browser; `tunnel` is the authority that it was opened to."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    tunnel: str = ""
    upstream: _Upstream | None = None

    def close(self) -> None:
        if self.upstream is not None:
            self.upstream.close()
        self.writer.close()


@dataclass
class Proxy:
    """A proxy on a port of its own, for one page; as async context manager it lives inside `with`.

    The browser shows `username` and `password`; whoever does not is sent away. `notes` say what
    was refused or failed (at most 300), `received` counts bytes from portals, `asked` requests.
    """

    network: Network
    resolver: Resolves
    guard: Guard
    seal: Seal
    outward: ssl.SSLContext
    budget: Budget = Budget()
    dial: Dial = dial
    username: str = "chiso"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    server: str = ""
    received: int = 0
    asked: int = 0
    spent: bool = False
    notes: list[Note] = field(default_factory=list)
    _listener: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Proxy:
        limit = self.network.limits.header_bytes
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=limit)
        self.server = f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if self._listener is not None:
            self._listener.close()
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))

    def note_of(self, url: str) -> Note | None:
        """Why a URL did not get through; None where nothing is known."""
        plain = url.partition("#")[0]
        try:
            parts = urlsplit(plain)
        except ValueError:
            return None
        root = f"{parts.scheme}://{parts.netloc}/"
        return next((n for n in reversed(self.notes) if n.url in {plain, root}), None)

    # A plain function, so that the stream's own task handling never sees an exception of ours.
    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._tasks) >= self.budget.connections:
            writer.close()
            return
        task = asyncio.ensure_future(self._serve(_Line(reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, line: _Line) -> None:
        # Whatever breaks here is one connection of one page; notes were taken where they matter.
        try:
            with contextlib.suppress(
                Malformed, OSError, TimeoutError, asyncio.IncompleteReadError, ValueError, _Stop
            ):
                while await self._next(line):
                    pass
        finally:
            line.close()

    async def _next(self, line: _Line) -> bool:
        """Serve one request of a connection; whether another may follow."""
        head = await read_head(line.reader, self.network.limits.total)
        if not head:
            return False
        asked = parse_request(head)
        if not line.tunnel and not self._knows(asked):
            line.writer.write(
                b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                + _CHALLENGE
                + b"Content-Length: 0\r\n\r\n"
            )
            await line.writer.drain()
            return not asked.has_body
        url = f"https://{line.tunnel}{asked.target}" if line.tunnel else asked.target
        opening = asked.method == "CONNECT" and not line.tunnel
        if opening:
            url = f"https://{asked.target.removesuffix(':443')}/"
        try:
            there = self._allowed(asked, url, opening)
            if opening:
                await self._open_tunnel(line, there)
                return True
            return await self._forward(line, asked, there)
        except _Stop as stop:
            self._note(Note(url, asked.method, stop.error, stop.detail, stop.refused))
            status = b"403 Forbidden" if stop.refused else b"502 Bad Gateway"
            line.writer.write(
                b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            await line.writer.drain()
            return False

    def _knows(self, asked: Asked) -> bool:
        token = base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        shown = asked.header("proxy-authorization").removeprefix("Basic ").strip()
        return hmac.compare_digest(shown.encode(), token.encode())

    def _allowed(self, asked: Asked, url: str, opening: bool) -> Destination:
        if not opening:
            self.asked += 1
        if asked.method not in {"GET", "HEAD"} and not opening:
            raise _Stop(ErrorClass.REFUSED_URL, f"method {asked.method}", refused=True)
        if asked.has_body or asked.upgrade:
            what = "a body" if asked.has_body else f"upgrade to {asked.header('upgrade')[:40]}"
            raise _Stop(ErrorClass.REFUSED_URL, what, refused=True)
        if self.asked > self.budget.requests:
            raise _Stop(ErrorClass.BUDGET, "too many requests", refused=True)
        self._spend(0)
        try:
            return self.guard.destination(url)
        except Refused as refused:
            raise _Stop(refused.error, refused.detail, refused=True) from None

    def _spend(self, count: int) -> None:
        self.received += count
        if self.received > self.budget.received:
            self.spent = True
            raise _Stop(ErrorClass.BUDGET, "too many bytes", refused=True)

    def _note(self, note: Note) -> None:
        if len(self.notes) < MOST_NOTES:
            self.notes.append(note)

    async def _open_tunnel(self, line: _Line, there: Destination) -> None:
        # Connected first, so that a dead portal is an error of the tunnel and not an empty page.
        line.upstream = await self._reach(there)
        line.tunnel = there.authority
        line.writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        limits = self.network.limits
        try:
            await line.writer.start_tls(self.seal.context, ssl_handshake_timeout=limits.connect)
        except (ssl.SSLError, OSError) as error:
            # Not worth a note of a page: also what a browser does to a connection it no longer
            # needs. Plain bytes in a tunnel are how ws: would leave; they end here.
            raise ConnectionError("no TLS inside the tunnel") from error

    async def _forward(self, line: _Line, asked: Asked, there: Destination) -> bool:
        origin = (there.scheme, there.host, there.port)
        if line.upstream is not None and line.upstream.origin != origin:
            line.upstream.close()
            line.upstream = None
        answer = await self._exchange(line, asked, there)
        upstream = line.upstream
        if upstream is None:
            return False
        line.writer.write(answer.raw)
        self._spend(len(answer.raw))
        idle = self.network.limits.first_byte
        try:
            await pass_on(answer, upstream.reader, line.writer, self._spend, idle)
        except TimeoutError:
            self._note(_half(asked, there, ErrorClass.READ_TIMEOUT, "the body stopped coming"))
            raise
        except Malformed as error:
            self._note(_half(asked, there, ErrorClass.HTTP_MALFORMED, str(error)))
            raise
        if not answer.keep:
            upstream.close()
            line.upstream = None
        # Without a length the browser learns of the end only by the connection's end.
        return answer.keep

    async def _exchange(self, line: _Line, asked: Asked, there: Destination) -> Answer:
        """Send a request and read the head of its answer; once more where a kept line had died."""
        target = asked.target if line.tunnel else _path(asked.target)
        head = asked.to_origin(there.authority, target)
        while True:
            upstream = line.upstream or await self._reach(there)
            line.upstream, fresh = upstream, not upstream.used
            upstream.used = True
            try:
                upstream.writer.write(head)
                await upstream.writer.drain()
                answer = await read_answer(
                    upstream.reader, asked.method, self.network.limits.first_byte
                )
            except TimeoutError:
                raise _failed(ErrorClass.READ_TIMEOUT, "no answer in time") from None
            except Malformed as error:
                raise _failed(ErrorClass.HTTP_MALFORMED, str(error)) from None
            except OSError as error:
                answer = None
                detail = error.__class__.__name__
            else:
                detail = "closed without an answer"
            if answer is not None:
                return answer
            upstream.close()
            line.upstream = None
            if fresh:
                raise _failed(ErrorClass.CONN_RESET, detail)

    async def _reach(self, there: Destination) -> _Upstream:
        """A connection to the checked address of a host. Raises _Stop with the reason."""
        try:
            found = await self.resolver.checked(there.host)
        except Refused as refused:
            raise _Stop(refused.error, refused.detail, refused=True) from None
        if found.error is not None or not found.addresses:
            raise _failed(found.error or ErrorClass.DNS_NODATA, found.detail)
        port = self.network.connect_ports.get(there.port, there.port)
        last = _failed(ErrorClass.UNREACHABLE, "no address")
        for address in found.addresses[:MOST_ADDRESSES]:
            # Asked again here: this is the last step before a packet leaves.
            reason = self.guard.refuse_address(address)
            if reason:
                raise _Stop(ErrorClass.REFUSED_ADDRESS, f"{address}: {reason}", refused=True)
            try:
                return await self._connect(address, port, there)
            except _Stop as stop:
                last = stop
        raise last

    async def _connect(self, address: str, port: int, there: Destination) -> _Upstream:
        limits = self.network.limits
        try:
            async with asyncio.timeout(limits.connect):
                opened = await self.dial(address, port)
        except TimeoutError:
            raise _failed(ErrorClass.CONN_TIMEOUT, f"{address}: no connection in time") from None
        except ConnectionRefusedError:
            raise _failed(ErrorClass.CONN_REFUSED, f"{address}: refused") from None
        except OSError as error:
            raise _failed(ErrorClass.UNREACHABLE, f"{address}: {error.strerror or error}") from None
        secure = there.scheme == "https"
        try:
            async with asyncio.timeout(limits.connect):
                reader, writer = await asyncio.open_connection(
                    sock=opened,
                    limit=limits.header_bytes,
                    ssl=self.outward if secure else None,
                    server_hostname=there.host if secure else None,
                )
        except (OSError, TimeoutError, ValueError) as error:
            opened.close()
            detail = f"{address}: {getattr(error, 'reason', '') or error.__class__.__name__}"
            raise _failed(ErrorClass.TLS_HANDSHAKE, detail) from None
        except BaseException:
            opened.close()
            raise
        return _Upstream((there.scheme, there.host, there.port), reader, writer)


def _failed(error: ErrorClass, detail: str) -> _Stop:
    return _Stop(error, detail, refused=False)


def _half(asked: Asked, there: Destination, error: ErrorClass, detail: str) -> Note:
    """The note of an answer that began and did not end."""
    return Note(there.url, asked.method, error, detail, refused=False)


def _path(url: str) -> str:
    """Path and query of a URL in absolute form, byte for byte as the browser wrote it."""
    rest = url.partition("://")[2]
    cut = min((rest.find(c) for c in "/?#" if c in rest), default=len(rest))
    path = rest[cut:].partition("#")[0]
    return path if path.startswith("/") else f"/{path}"
