"""Bytes to text: UTF-8 or marked UTF-16, and a clear word on anything else."""

from __future__ import annotations

import codecs
import unicodedata

from chiso.problems import Problem

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TCVN3_LETTERS = frozenset(range(0xA7, 0xC0))
_1258_TONES = frozenset({0xCC, 0xD2, 0xDE, 0xEC, 0xF2})
_SAMPLE = 100_000


def decode(data: bytes, file: str) -> str | Problem:
    """The text of a file, without its byte order mark, or what is wrong with it."""
    if data.startswith(_UTF16_MARKS):
        text, encoding = _try(data, "utf-16")
    else:
        text, encoding = _try(data, "utf-8-sig")
    if isinstance(text, UnicodeDecodeError):
        return _undecodable(data, text, encoding, file)
    if "\0" in text:
        position = text.index("\0")
        return Problem(
            "holds a NUL character: this is no text table, or it is UTF-16 without a mark",
            file=file,
            line=text.count("\n", 0, position) + 1,
            hint="save it as CSV UTF-8",
        )
    return text


def _try(data: bytes, encoding: str) -> tuple[str | UnicodeDecodeError, str]:
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as error:
        return error, encoding


def _undecodable(data: bytes, error: UnicodeDecodeError, encoding: str, file: str) -> Problem:
    if encoding == "utf-16":
        return Problem("is marked as UTF-16 but breaks its rules", file=file, hint="save as UTF-8")
    # The decoder that skips the mark counts from after it.
    start = error.start + (len(data) - len(error.object))
    before = data[:start]
    line = before.count(b"\n") + 1
    byte = start - (before.rfind(b"\n") + 1) + 1
    return Problem(
        f"is not UTF-8: byte {byte} of the line is 0x{data[start]:02X}",
        file=file,
        line=line,
        hint=f"looks like {looks_like(data)}; save it as CSV UTF-8",
    )


def looks_like(data: bytes) -> str:
    """A guess at an eight-bit encoding of Vietnamese, good enough for a hint.

    Windows-1258 writes tones as bytes of their own after the vowel; TCVN3 puts đ, ă, â, ê, ô, ơ,
    ư and the toned a into 0xA7–0xBF, where Western encodings have signs.
    """
    sample = data[:_SAMPLE]
    high = [byte for byte in sample if byte >= 0x80]
    composed = unicodedata.normalize("NFC", sample.decode("cp1258", errors="replace"))
    combine = any(unicodedata.combining(character) for character in composed)
    if not combine and any(byte in _1258_TONES for byte in high):
        return "Windows-1258"
    if sum(byte in _TCVN3_LETTERS for byte in high) * 5 >= len(high):
        return "TCVN3 (ABC)"
    return "Windows-1252 or another eight-bit encoding"
