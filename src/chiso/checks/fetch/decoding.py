"""Decompression of an answer as it arrives, within limits: a bomb costs what a page costs.

Content codings gzip and deflate (RFC 9110, 8.4.1), alone or one inside the other. Brotli is not
asked for, so it is not understood.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

STEP = 65_536  # bytes decoded at a time
MOST_LAYERS = 2
RATIO_FROM = 1_000_000  # decoded bytes below which the ratio says nothing
ASKED = "gzip, deflate"


class DecodeError(Exception):
    """The bytes are not what the Content-Encoding says."""


class Bomb(Exception):
    """The answer swells beyond the ratio that is allowed."""


def codings(header: str) -> tuple[str, ...]:
    """The codings of a Content-Encoding header in the order in which they were applied.

    `identity` and empty parts are dropped. Raises DecodeError for an unknown one or too many.
    """
    found = tuple(
        part for part in (p.strip().casefold() for p in header.split(",")) if part not in _NONE
    )
    for name in found:
        if name not in _KNOWN:
            raise DecodeError(f"the coding {name[:40]!a} was not asked for")
    if len(found) > MOST_LAYERS:
        raise DecodeError(f"{len(found)} codings one inside the other")
    return found


_NONE = {"", "identity", "none"}
_KNOWN = {"gzip", "x-gzip", "deflate"}


class Decoder:
    """Undoes the codings piece by piece.

    `most` is the largest size in bytes and `ratio` the largest decoded : sent that each layer may
    have (the ratio counts above RATIO_FROM). `full` says that `most` was reached; then nothing
    more is decoded.
    """

    def __init__(self, applied: tuple[str, ...], most: int, ratio: float) -> None:
        self._layers = [_Layer(name, most, ratio) for name in reversed(applied)]
        self._most = most
        self._ratio = ratio
        self._sent = 0
        self._made = 0
        self.full = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decoded pieces, each at most STEP bytes. Raises DecodeError or Bomb."""
        self._sent += len(data)
        for piece in self._through(data, 0):
            self._made += len(piece)
            if self._made > RATIO_FROM and self._made > self._ratio * self._sent:
                raise Bomb(f"{self._made} bytes from {self._sent}")
            if self._made >= self._most:
                self.full = True
                yield piece[: len(piece) - (self._made - self._most)]
                return
            yield piece

    @property
    def ended(self) -> bool:
        """Whether every layer came to its proper end."""
        return all(layer.ended for layer in self._layers)

    def _through(self, data: bytes, depth: int) -> Iterator[bytes]:
        if depth == len(self._layers):
            yield data
            return
        for piece in self._layers[depth].feed(data):
            yield from self._through(piece, depth + 1)


class _Layer:
    """One coding."""

    def __init__(self, name: str, most: int, ratio: float) -> None:
        self._gzip = name != "deflate"
        self._machine = zlib.decompressobj(31) if self._gzip else None
        self._head = b""
        self._most = most
        self._ratio = ratio
        self._sent = 0
        self._made = 0
        self.ended = False
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._sent += len(data)
        machine, data = self._prepare(data)
        while data and machine is not None and not self.ended:
            self._begun = True
            try:
                piece = machine.decompress(data, STEP)
            except zlib.error as fault:
                raise DecodeError(str(fault)) from None
            data = machine.unconsumed_tail
            if piece:
                self._count(len(piece))
                yield piece
            if machine.eof:
                data = machine.unused_data
                machine = self._next_member(data)

    def _prepare(self, data: bytes) -> tuple[zlib._Decompress | None, bytes]:
        """Deflate comes with or without the zlib wrapper; two bytes tell which."""
        if self._machine is None:
            data = self._head + data
            if len(data) < 2:
                self._head = data
                return None, b""
            self._head = b""
            wrapped = data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
            self._machine = zlib.decompressobj(15 if wrapped else -15)
        return self._machine, data

    def _next_member(self, rest: bytes) -> zlib._Decompress | None:
        # RFC 1952, 2.2: members may follow one another; anything else after the end is ignored
        if self._gzip and rest.startswith(b"\x1f\x8b"):
            self._machine = zlib.decompressobj(31)
            return self._machine
        self.ended = True
        return None

    def _count(self, size: int) -> None:
        self._made += size
        if self._made > RATIO_FROM and self._made > self._ratio * self._sent:
            raise Bomb(f"{self._made} bytes from {self._sent}")
        if self._made > self._most + STEP:
            raise Bomb(f"more than {self._most} bytes inside")
