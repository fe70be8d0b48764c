"""The web servers of the test internet: a small HTTP/1.1 server, kept lean for benchmarks.

It reads GET and HEAD (and answers 405 to whatever else), keeps connections open, compresses, and
hands each request to the host that it names. Whatever a host should do wrongly on the wire it does
itself, as a raw host.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from inspect import isawaitable
from urllib.parse import parse_qsl, unquote

from multidict import CIMultiDict
from tests.internet.model import Asked, Host, Reply

MOST_HEAD = 65_536  # bytes of one request
MOST_SLEEP = 120.0
#: bodies from this size on are compressed for clients that accept it
COMPRESSED_FROM = 1_000
#: finds the host of a request; the request is counted and noted by it
Find = Callable[[str], Host | None]
Note = Callable[[Host, Asked], None]
Count = Callable[[Host], int]


@lru_cache(maxsize=512)
def _squeezed(body: bytes) -> bytes:
    return gzip.compress(body, 3, mtime=0)


class Web(asyncio.Protocol):
    """One connection. `find` gives the host by name, `note` keeps what it was asked."""

    def __init__(self, scheme: str, find: Find, count: Count, note: Note) -> None:
        self._scheme = scheme
        self._find = find
        self._count = count
        self._note = note
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave off what was being answered."""
        self._transport = None
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """Gather bytes, and answer each request in its turn."""
        self._buffer += data
        if len(self._buffer) > MOST_HEAD:
            self._write(Reply(431), "GET", close=True)
        self._next()

    def _next(self) -> None:
        while self._task is None and not self._closing:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            self._buffer = rest
            self._answer(head.decode("latin-1"))

    def _answer(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        method, _, rest = first.partition(" ")
        target, _, version = rest.rpartition(" ")
        headers: CIMultiDict[str] = CIMultiDict()
        for line in lines:
            key, _, value = line.partition(":")
            headers.add(key.strip(), value.strip())
        close = version != "HTTP/1.1" or headers.get("Connection", "").lower() == "close"
        if "Content-Length" in headers or "Transfer-Encoding" in headers:
            close = True  # a body follows, which nobody here reads
        name = _host_name(headers.get("Host", ""))
        host = self._find(name)
        if host is None:
            self._write(Reply(421, b"no such host here"), method, close=close)
            return
        path, _, query = target.partition("?")
        asked = Asked(
            method,
            self._scheme,
            name,
            unquote(path),
            dict(parse_qsl(query, keep_blank_values=True)),
            headers,
            self._count(host),
        )
        self._note(host, asked)
        squeeze = "gzip" in headers.get("Accept-Encoding", "").lower()
        self._dispatch(host, asked, target, squeeze=squeeze, close=close)

    def _dispatch(
        self, host: Host, asked: Asked, target: str, *, squeeze: bool, close: bool
    ) -> None:
        if asked.method not in {"GET", "HEAD"}:
            self._write(Reply(405, headers={"Allow": "GET, HEAD"}), asked.method, close=True)
            return
        if self._scheme == "http" and host.plain == "redirect" and host.tls != "none":
            where = {"Location": f"https://{asked.host}{target}"}
            self._write(Reply(301, headers=where), asked.method, close=close)
            return
        if host.handler is None:
            self._write(Reply(404), asked.method, close=close)
            return
        reply = host.handler(asked)
        if isinstance(reply, Reply) and not reply.pause:
            self._write(reply, asked.method, close=close, squeeze=squeeze)
            return
        self._task = asyncio.get_running_loop().create_task(
            self._later(reply, asked.method, squeeze=squeeze, close=close)
        )

    async def _later(
        self, reply: Reply | Awaitable[Reply], method: str, *, squeeze: bool, close: bool
    ) -> None:
        ready = await reply if isawaitable(reply) else reply
        assert isinstance(ready, Reply)
        if ready.pause:
            await asyncio.sleep(min(ready.pause, MOST_SLEEP))
        self._task = None
        self._write(ready, method, close=close, squeeze=squeeze)
        self._next()

    def _write(self, reply: Reply, method: str, *, close: bool, squeeze: bool = False) -> None:
        if self._transport is None:
            return
        body = reply.body
        lines = [f"HTTP/1.1 {reply.status} {_reason(reply.status)}"]
        given = {key.lower() for key in reply.headers}
        if squeeze and len(body) > COMPRESSED_FROM and "content-encoding" not in given:
            body = _squeezed(body)
            lines += ["Content-Encoding: gzip", "Vary: Accept-Encoding"]
        if "date" not in given:
            lines.append(f"Date: {formatdate(usegmt=True)}")
        if "content-length" not in given and reply.status not in {204, 304}:
            lines.append(f"Content-Length: {len(body)}")
        if close:
            lines.append("Connection: close")
        for key, value in reply.headers.items():
            # several cookies stand in one entry, a line each
            lines += [f"{key}: {one}" for one in value.split("\n")]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        self._transport.write(head if method == "HEAD" else head + body)
        if close:
            self._closing = True
            self._transport.close()


@lru_cache(maxsize=64)
def _reason(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Status"


def _host_name(text: str) -> str:
    """The name in a Host header, without its port."""
    name, colon, port = text.rpartition(":")
    return (name if colon and port.isdecimal() else text).lower()


async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a TLS greeting with something that is not TLS."""
    with contextlib.suppress(OSError):
        await reader.read(64)
        writer.write(b"\x00\x01garbage, not a handshake\r\n" * 4)
        await writer.drain()
        writer.close()
