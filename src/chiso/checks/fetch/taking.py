"""Taking in the body of an answer: decoded as it comes, cut or given up where it is too much."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp

from chiso.checks.fetch.decoding import Bomb, DecodeError, Decoder, codings
from chiso.checks.fetch.transport import Alarm
from chiso.checks.network import Limits
from chiso.checks.states import ErrorClass


@dataclass(slots=True)
class Taken:
    """A body. `data` is empty where there is an `error`; `wire` are the bytes as sent."""

    data: bytes = b""
    wire: int = 0
    truncated: bool = False
    error: ErrorClass | None = None
    detail: str = ""


class Pace:
    """Moves the alarm of an exchange so that a slow drip ends.

    The body may take `window` seconds and beyond them the time that its bytes need at the rate of
    `least` bytes a second; never longer than until `total_by` (loop time).
    """

    __slots__ = ("_alarm", "_begun", "_least", "_total_by")

    def __init__(self, alarm: Alarm, window: float, least: float, total_by: float) -> None:
        self._alarm = alarm
        self._begun = asyncio.get_running_loop().time() + window
        self._least = least
        self._total_by = total_by
        self.got(0)

    def got(self, wire: int) -> None:
        """So many bytes have come altogether."""
        until = self._begun + wire / self._least if self._least > 0 else self._total_by
        self._alarm.move(min(until, self._total_by))


async def take(content: aiohttp.StreamReader, encoding: str, limits: Limits, pace: Pace) -> Taken:
    """Read a body to its end or to a limit.

    A plain body is cut at `wire_bytes`, a compressed one also at `decoded_bytes`, and marked
    truncated; so is one whose compression does not come to its end. One that swells beyond
    `ratio` is TOO_LARGE, one that is not what its encoding says is DECODE; nothing of them is
    kept. Raises what the stream raises.
    """
    try:
        applied = codings(encoding)
    except DecodeError as fault:
        return Taken(error=ErrorClass.DECODE, detail=str(fault))
    if not applied:
        if content.is_eof() and content.total_bytes <= min(limits.wire_bytes, limits.decoded_bytes):
            # most pages are here with their headers already
            data = content.read_nowait()
            return Taken(data, len(data))
        return await _plain(content, min(limits.wire_bytes, limits.decoded_bytes), pace)
    return await _coded(content, applied, limits, pace)


async def _plain(content: aiohttp.StreamReader, most: int, pace: Pace) -> Taken:
    parts: list[bytes] = []
    wire = 0
    while True:
        chunk = await content.readany()
        if not chunk:
            return Taken(parts[0] if len(parts) == 1 else b"".join(parts), wire)
        parts.append(chunk)
        wire += len(chunk)
        if wire > most:
            return Taken(b"".join(parts)[:most], wire, truncated=True)
        if not content.at_eof():
            pace.got(wire)


async def _coded(
    content: aiohttp.StreamReader, applied: tuple[str, ...], limits: Limits, pace: Pace
) -> Taken:
    decoder = Decoder(applied, limits.decoded_bytes, limits.ratio)
    parts: list[bytes] = []
    wire = 0
    try:
        while not decoder.full and wire <= limits.wire_bytes:
            chunk = await content.readany()
            if not chunk:
                # browsers show a page whose compression has no end
                return Taken(b"".join(parts), wire, truncated=wire > 0 and not decoder.ended)
            wire += len(chunk)
            parts.extend(decoder.feed(chunk))
            if not content.at_eof():
                pace.got(wire)
    except DecodeError as fault:
        return Taken(wire=wire, error=ErrorClass.DECODE, detail=str(fault))
    except Bomb as bomb:
        return Taken(wire=wire, error=ErrorClass.TOO_LARGE, detail=str(bomb))
    return Taken(b"".join(parts), wire, truncated=True)
