"""HTTP/1.1 as a forward proxy needs it: heads read within limits, bodies passed on by their frame.

The rules are those of RFC 9112 (message framing, section 6.3) read strictly: where a message
leaves doubt about its length, the connection ends with it and nothing after it is believed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

#: headers that belong to one hop (RFC 9110, section 7.6.1), and those that ask for another protocol
_ONE_HOP = frozenset({
    "connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "trailer",
    "transfer-encoding", "upgrade", "host", "http2-settings",
})  # fmt: skip
#: headers of answers that would make the browser ask for a login, report to somebody, or move to
#: another protocol; without the first it shows the page that goes with a 401
_NOT_PASSED = frozenset({
    "www-authenticate", "proxy-authenticate", "authentication-info", "proxy-authentication-info",
    "report-to", "reporting-endpoints", "nel", "alt-svc", "upgrade",
})  # fmt: skip
_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9]{2})(?: |\r\n)")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(?:;[^\r\n]{0,1000})?\r\n")
_PIECE = 65_536  # bytes read at once
_MOST_EXTRA_HEADS = 10  # 1xx answers before the real one

Headers = tuple[tuple[str, str], ...]


class Malformed(Exception):
    """Bytes that are not the HTTP that was expected."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The head of a request as the browser sent it to the proxy."""

    method: str
    target: str
    headers: Headers

    def header(self, name: str) -> str:
        """The first header of that name (small letters); empty where there is none."""
        return next((value for key, value in self.headers if key.casefold() == name), "")

    @property
    def upgrade(self) -> bool:
        """Whether another protocol, such as WebSocket, is asked for."""
        return bool(self.header("upgrade"))

    @property
    def has_body(self) -> bool:
        """Whether a body follows, which no request of ours has."""
        length = self.header("content-length").strip()
        return bool(self.header("transfer-encoding")) or length not in {"", "0"}

    def to_origin(self, host: str, path: str) -> bytes:
        """The head to send to the origin: the path alone, and no header that is between us."""
        kept = [f"{k}: {v}" for k, v in self.headers if k.casefold() not in _ONE_HOP]
        lines = [f"{self.method} {path} HTTP/1.1", f"Host: {host}", *kept]
        return ("\r\n".join([*lines, "Connection: keep-alive"]) + "\r\n\r\n").encode("latin-1")


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer, its bytes, and how its body is framed."""

    raw: bytes
    status: int
    frame: int | None  # bytes of the body; CHUNKED; None: until the connection ends
    keep: bool  # the connection may serve another request


CHUNKED = -1


def parse_request(head: bytes) -> Asked:
    """A request from its head with the blank line. Raises Malformed."""
    first, headers = _split(head)
    parts = first.split(" ")
    if len(parts) != 3 or parts[2] not in {"HTTP/1.1", "HTTP/1.0"}:
        raise Malformed("not a request line")
    if not (parts[0].isascii() and parts[0].isalpha()):
        raise Malformed("not a request line")
    return Asked(parts[0], parts[1], headers)


def parse_answer(head: bytes, method: str) -> Answer:
    """An answer from its head with the blank line. Raises Malformed, also for HTTP/0.9 and 2."""
    line = _STATUS_LINE.match(head)
    if line is None:
        raise Malformed("not an HTTP/1 answer")
    status = int(line.group(2))
    _, headers = _split(head, strict=False)
    named = [(key.casefold(), value.strip().casefold()) for key, value in headers]
    options = {o.strip() for key, value in named if key == "connection" for o in value.split(",")}
    lasting = line.group(1) == b"1" or "keep-alive" in options
    frame = _frame(status, method, named)
    keep = lasting and "close" not in options and frame is not None
    return Answer(_without(head, headers), status, frame, keep)


def _without(head: bytes, headers: Headers) -> bytes:
    """The head as it came, or without the headers that are not passed where it has one."""
    if not any(name.casefold() in _NOT_PASSED for name, _ in headers):
        return head
    first = head.partition(b"\r\n")[0]
    kept = [f"{n}: {v}".encode("latin-1") for n, v in headers if n.casefold() not in _NOT_PASSED]
    return b"\r\n".join([first, *kept]) + b"\r\n\r\n"


def _frame(status: int, method: str, named: list[tuple[str, str]]) -> int | None:
    if method == "HEAD" or status in {204, 304} or status < 200:
        return 0
    codings = [value for key, value in named if key == "transfer-encoding"]
    if codings:
        return CHUNKED if codings == ["chunked"] else None
    lengths = {value for key, value in named if key == "content-length"}
    if not lengths:
        return None
    (length, *others) = lengths
    if others or not length.isascii() or not length.isdigit() or len(length) > 15:
        raise Malformed("the length of the body is contradictory")
    return int(length)


def _split(head: bytes, *, strict: bool = True) -> tuple[str, Headers]:
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    headers = []
    for line in lines:
        name, colon, value = line.partition(":")
        if strict and (not colon or not name or name != name.strip() or {*"\r\n"} & {*line}):
            raise Malformed("not a header line")
        headers.append((name.strip(), value.strip()))
    return first, tuple(headers)


async def read_head(reader: asyncio.StreamReader, seconds: float) -> bytes:
    """The bytes of a head with its blank line; empty where the other side went away.

    Raises Malformed where it is longer than the reader's limit, TimeoutError.
    """
    try:
        async with asyncio.timeout(seconds):
            return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial.strip():
            raise Malformed("the head is cut off or not HTTP") from None
        return b""
    except asyncio.LimitOverrunError:
        raise Malformed("the head is too large") from None


async def read_answer(reader: asyncio.StreamReader, method: str, seconds: float) -> Answer | None:
    """The head of the real answer, past any 1xx; None where the connection had ended.

    Raises Malformed, TimeoutError.
    """
    for _ in range(_MOST_EXTRA_HEADS):
        head = await read_head(reader, seconds)
        if not head:
            return None
        answer = parse_answer(head, method)
        if answer.status in {101, 407}:
            raise Malformed(f"a status {answer.status} that was not asked for")
        if answer.status >= 200:
            return answer
    raise Malformed("too many provisional answers")


async def pass_on(
    answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
    spend: Callable[[int], None], idle: float,
) -> None:  # fmt: skip
    """Copy the body of an answer from origin to browser.

    `spend` is told the bytes and may raise to stop; `idle` is the longest silence in seconds.
    Raises Malformed, TimeoutError, IncompleteReadError, OSError.
    """
    if answer.frame == CHUNKED:
        await _pass_chunks(reader, writer, spend, idle)
    else:
        await _pass_bytes(answer.frame, reader, writer, spend, idle)


async def _pass_bytes(
    length: int | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
    spend: Callable[[int], None], idle: float,
) -> None:  # fmt: skip
    left = length
    while left is None or left > 0:
        async with asyncio.timeout(idle):
            piece = await reader.read(_PIECE if left is None else min(_PIECE, left))
        if not piece:
            if left is None:
                return
            raise asyncio.IncompleteReadError(b"", left)
        spend(len(piece))
        writer.write(piece)
        async with asyncio.timeout(idle):
            await writer.drain()
        if left is not None:
            left -= len(piece)


async def _pass_chunks(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
    spend: Callable[[int], None], idle: float,
) -> None:  # fmt: skip
    while True:
        line = await _line(reader, idle)
        size = _CHUNK_SIZE.fullmatch(line)
        if size is None:
            raise Malformed("not a chunk size")
        length = int(size.group(1), 16)
        spend(len(line))
        writer.write(line)
        if length == 0:
            break
        await _pass_bytes(length, reader, writer, spend, idle)
        end = await _line(reader, idle)
        if end != b"\r\n":
            raise Malformed("a chunk without its end")
        writer.write(end)
    while (line := await _line(reader, idle)) != b"\r\n":
        spend(len(line))
    writer.write(b"\r\n")  # trailers are not passed on
    await writer.drain()


async def _line(reader: asyncio.StreamReader, idle: float) -> bytes:
    try:
        async with asyncio.timeout(idle):
            return await reader.readuntil(b"\r\n")
    except asyncio.LimitOverrunError:
        raise Malformed("a line without end") from None
