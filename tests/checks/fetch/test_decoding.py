"""Decompression within limits, whatever the bytes and however they are cut."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.checks.fetch.decoding import STEP, Bomb, DecodeError, Decoder, codings


def _raw(data):
    press = zlib.compressobj(wbits=-15)
    return press.compress(data) + press.flush()


PACKED = {
    ("gzip",): gzip.compress,
    ("deflate",): zlib.compress,
    ("deflate", "gzip"): lambda data: gzip.compress(zlib.compress(data)),
    ("gzip", "deflate"): lambda data: zlib.compress(gzip.compress(data)),
}


def _decode(applied, pieces, most=1_000_000, ratio=200.0):
    decoder = Decoder(applied, most, ratio)
    return b"".join(part for piece in pieces for part in decoder.feed(piece)), decoder


@given(st.sampled_from(list(PACKED)), st.binary(max_size=5_000), st.integers(1, 400))
def test_what_was_packed_comes_out_however_it_is_cut(applied, data, size):
    packed = PACKED[applied](data)
    found, decoder = _decode(applied, [packed[n : n + size] for n in range(0, len(packed), size)])
    assert found == data
    assert decoder.ended
    assert not decoder.full


@given(st.binary(min_size=2, max_size=5_000), st.integers(1, 7))
def test_deflate_without_its_wrapper_comes_out_too(data, size):
    packed = _raw(data)
    if packed[0] & 0x0F == 8 and (packed[0] << 8 | packed[1]) % 31 == 0:
        return  # one in a thousand looks wrapped, to browsers as well
    assert (
        _decode(("deflate",), [packed[n : n + size] for n in range(0, len(packed), size)])[0]
        == data
    )


@given(st.sampled_from(list(PACKED)), st.binary(max_size=500))
def test_no_bytes_raise_anything_but_a_decode_error(applied, data):
    for start in (b"", b"\x1f\x8b\x08\x00", b"\x78\x9c"):
        try:
            _decode(applied, [start + data])
        except DecodeError:
            continue


def test_a_limit_cuts_exactly_there():
    data = bytes(range(256)) * 1_000
    found, decoder = _decode(("gzip",), [gzip.compress(data)], most=100_001)
    assert found == data[:100_001]
    assert decoder.full


def test_a_bomb_is_given_up_within_little_memory():
    packed = gzip.compress(bytes(40_000_000))
    pieces = Decoder(("gzip",), 10**12, 200.0).feed(packed)
    tracemalloc.start()
    with pytest.raises(Bomb):
        deque(pieces, maxlen=0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * STEP


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", ()), ("identity", ()), ("gzip", ("gzip",)), (" GZip ,", ("gzip",)),
        ("deflate, gzip", ("deflate", "gzip")), ("none", ()),
    ],
)  # fmt: skip
def test_the_header_names_the_codings(header, found):
    assert codings(header) == found


@pytest.mark.parametrize("header", ["br", "zstd", "gzip, br", "gzip, gzip, gzip", "x" * 9_000])
def test_a_coding_that_is_not_understood_is_an_error(header):
    with pytest.raises(DecodeError):
        codings(header)
