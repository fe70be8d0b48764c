"""Guards on workbook archives: every part is unpacked and counted before anything trusts it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, NoReturn
from xml.parsers import expat

from chiso.problems import InvalidInput, Problem

_CHUNK = 1 << 16
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    LookupError,  # XML in an encoding that nobody knows
)
_BULK = ("xl/worksheets/", "xl/sharedstrings", "xl/media/", "xl/pivotcache/", "xl/embeddings/")
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What a workbook may cost; honest ones of two hundred thousand rows stay far below."""

    file_bytes: int = 50 * 2**20
    parts: int = 5_000
    total_bytes: int = 300 * 2**20
    small_part_bytes: int = 32 * 2**20
    ratio: int = 200
    ratio_from_bytes: int = 8 * 2**20
    elements: int = 10_000_000


class Archive:
    """The parts of a workbook that passed the guards. Close it after use."""

    def __init__(self, data: bytes, file: str, limits: ArchiveLimits | None = None) -> None:
        self.file = file
        self._limits = limits or ArchiveLimits()
        self._elements = 0
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN:
            self.refuse("the workbook is cut short or damaged", "save or download it again")
        try:
            self.parts = self._inspect()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the archive."""
        self._zip.close()

    def refuse(self, message: str, hint: str | None = None) -> NoReturn:
        """Raise InvalidInput about this file."""
        raise InvalidInput(Problem(message, file=self.file, hint=hint))

    def feed(self, part: str, parser: expat.XMLParserType) -> None:
        """Parse one part; a part that is no sound XML is refused."""
        with self._zip.open(part) as stream:
            self._parse(part, stream, parser, lambda count: None)

    def spend(self) -> None:
        """Count one XML element that costs time; a workbook with too many is refused."""
        self._elements += 1
        if self._elements > self._limits.elements:
            self.refuse(
                f"the workbook has more than {self._limits.elements:,} elements",
                "save the table alone in a new workbook",
            )

    def _inspect(self) -> frozenset[str]:
        entries = self._zip.infolist()
        if len(entries) > self._limits.parts:
            self.refuse(f"the archive has {len(entries):,} parts, too many for a workbook")
        names = [entry.filename for entry in entries]
        if len(set(names)) < len(names):
            self.refuse("the archive holds two parts of the same name")
        for entry in entries:
            self._check_entry(entry)
        self._check_kind(frozenset(names))
        total = 0
        for entry in entries:
            total += self._unpack(entry, total)
        return frozenset(names)

    def _check_entry(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename
        if (
            name.startswith(("/", "\\"))
            or ":" in name
            or ".." in name.replace("\\", "/").split("/")
        ):
            self.refuse(f"the archive holds a part with an unsafe name ({name!r:.80})")
        if entry.flag_bits & 0x1:
            self.refuse("the workbook is protected by a password", "save it without a password")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            self.refuse("the archive is packed in a way that workbooks never are")
        if name.lower().endswith("vbaproject.bin"):
            self.refuse("the workbook holds macros", "save it as .xlsx, without macros")

    def _check_kind(self, names: frozenset[str]) -> None:
        if "xl/workbook.bin" in names:
            self.refuse("this is a binary workbook (.xlsb)", "save it as .xlsx")
        if "mimetype" in names or "content.xml" in names:
            self.refuse("this is an OpenDocument file (.ods)", "save it as .xlsx")
        if "_rels/.rels" not in names or not any(name.startswith("xl/") for name in names):
            self.refuse("this is an archive but no Excel workbook", "save the table as .xlsx")

    def _unpack(self, entry: zipfile.ZipInfo, before: int) -> int:
        """Unpack a part to nowhere, counting; XML is parsed for soundness on the way."""
        name = entry.filename.lower()
        size = 0

        def count(chunk: int) -> None:
            nonlocal size
            size += chunk
            self._check_size(entry, size, before)

        try:
            with self._zip.open(entry) as stream:
                if name.endswith((".xml", ".rels")):
                    self._parse(entry.filename, stream, new_parser(), count)
                else:
                    while chunk := stream.read(_CHUNK):
                        count(len(chunk))
        except _BROKEN:
            self.refuse(f"the workbook is damaged (part {entry.filename!r:.80})", "save it again")
        return size

    def _check_size(self, entry: zipfile.ZipInfo, size: int, before: int) -> None:
        limits = self._limits
        bulky = entry.filename.lower().startswith(_BULK)
        packed = max(entry.compress_size, 1)
        if (
            before + size > limits.total_bytes
            or (not bulky and size > limits.small_part_bytes)
            or (size > limits.ratio_from_bytes and size > limits.ratio * packed)
        ):
            self.refuse(
                f"part {entry.filename!r:.80} unpacks to far more than a table needs (zip bomb)",
                "save the table alone in a new workbook",
            )

    def _parse(
        self,
        part: str,
        stream: IO[bytes],
        parser: expat.XMLParserType,
        count: Callable[[int], None],
    ) -> None:
        # A document type is what entity attacks need, and workbooks never have one.
        parser.StartDoctypeDeclHandler = lambda *_: self.refuse(
            f"part {part!r:.80} declares a document type or entities", "save it again in Excel"
        )
        try:
            while chunk := stream.read(_CHUNK):
                count(len(chunk))
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError:
            self.refuse(f"the workbook is damaged (part {part!r:.80} is no sound XML)")


def new_parser() -> expat.XMLParserType:
    """A namespace-aware parser; names come as `namespace name`."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    return parser


def is_archive(data: bytes) -> bool:
    """True for zip archives, whole or cut short."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def refuse_foreign(data: bytes, file: str) -> None:
    """Raise InvalidInput for the known kinds of file that are no CSV and no XLSX."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    message = hint = None
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if _OLE_ENCRYPTED in data:
            message, hint = "the workbook is protected by a password", "save it without a password"
        else:
            message, hint = "this is an old Excel workbook (.xls)", "save it as .xlsx"
    elif start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body")):
        message, hint = "this is a web page under the name of a table", "save it as .xlsx or CSV"
    elif start.startswith(b"<?xml"):
        message, hint = "this is an XML file under the name of a table", "save it as .xlsx or CSV"
    elif start.startswith((b"%pdf", b"{\\rtf", b"\x1f\x8b", b"\x89png")):
        message, hint = "this is no table", "save the table as .xlsx or CSV"
    if message:
        raise InvalidInput(Problem(message, file=file, hint=hint))
