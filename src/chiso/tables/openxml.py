"""The parts of an XLSX workbook, parsed as a stream.

openpyxl is not used for the cells: it drops `x005F_` out of texts, cannot tell a formula that was
never computed from one that gave an empty text, skips sheets whose part is lost, and believes the
size that a sheet claims. Number formats and date serials are its.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import Literal

from openpyxl.styles.numbers import BUILTIN_FORMATS

from chiso.tables.hostile import Archive, new_parser

Kind = Literal["number", "percent", "date", "datetime", "time"]

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNSEEN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet as the workbook names it, and the part of the archive with its cells."""

    name: str
    hidden: bool
    part: str


@dataclass(slots=True)
class Workbook:
    """What cells refer to: texts, kinds of number formats, and the epoch of dates."""

    sheets: list[SheetPart] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    from_1904: bool = False


def local(name: str) -> str:
    """An element or attribute name without its namespace."""
    return name.rpartition(" ")[2]


def unescape(text: str) -> str:
    """Text with the `_xHHHH_` escapes of Open XML resolved."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def format_kind(code: str) -> Kind:
    """What a number format shows: a number, a percentage, a date, both or a time of day."""
    seen = _UNSEEN.sub("", code.partition(";")[0]).lower()
    if "%" in seen:
        return "percent"
    if seen == "general" or not re.search("[dmyhs]", seen):
        return "number"
    has_time = bool(re.search("[hs]", seen)) or "[m" in seen
    has_day = bool(re.search("[dy]", seen))
    if has_time:
        return "datetime" if has_day else "time"
    return "date"


def read_workbook(archive: Archive) -> Workbook:
    """Read what the sheets need; a workbook that cannot be understood is refused."""
    root = _relations(archive, "")
    main = next((part for kind, part in root.values() if kind == "officeDocument"), None)
    if main is None or main not in archive.parts:
        archive.refuse("the workbook is damaged (its main part is missing)")
    relations = _relations(archive, main)
    workbook = Workbook()
    _read_main(archive, main, relations, workbook)
    for kind, part in relations.values():
        if kind == "sharedStrings" and part in archive.parts:
            _read_strings(archive, part, workbook)
        elif kind == "styles" and part in archive.parts:
            _read_styles(archive, part, workbook)
    return workbook


def _relations(archive: Archive, source: str) -> dict[str, tuple[str, str]]:
    """The kind and the part of each relation of a part; targets outside are left alone."""
    folder, name = posixpath.split(source)
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}
    if part not in archive.parts:
        return found

    def start(name: str, attributes: dict[str, str]) -> None:
        if local(name) != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
        kind = attributes.get("Type", "").rpartition("/")[2]
        found[attributes.get("Id", "")] = (kind, target.lstrip("/"))

    parser = new_parser()
    parser.StartElementHandler = start
    archive.feed(part, parser)
    return found


def _read_main(
    archive: Archive, main: str, relations: dict[str, tuple[str, str]], workbook: Workbook
) -> None:
    def start(name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if name.startswith(_STRICT):
            archive.refuse("the workbook is saved as Strict Open XML", "save it as Excel workbook")
        if tag == "workbookPr":
            workbook.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        elif tag == "sheet":
            identity = next(
                (v for k, v in attributes.items() if k.endswith("relationships id")), ""
            )
            kind, part = relations.get(identity, ("", ""))
            title = unescape(attributes.get("name", ""))
            if part not in archive.parts:
                archive.refuse(f"the workbook is damaged (sheet {title!r:.60} is missing)")
            if title in (sheet.name for sheet in workbook.sheets):
                archive.refuse(f"the workbook is damaged (two sheets are named {title!r:.60})")
            if kind == "worksheet":
                hidden = attributes.get("state", "visible") != "visible"
                workbook.sheets.append(SheetPart(title, hidden, part))

    parser = new_parser()
    parser.StartElementHandler = start
    archive.feed(main, parser)


class TextPieces:
    """Collects the text of `t` elements, rich text included and phonetic guides left out."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._phonetic = 0
        self._inside = False

    def start(self, tag: str) -> None:
        """An element begins."""
        if tag == "rPh":
            self._phonetic += 1
        self._inside = tag == "t" and not self._phonetic

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "rPh":
            self._phonetic -= 1
        self._inside = False

    def add(self, data: str) -> None:
        """Text inside the present element."""
        if self._inside:
            self._pieces.append(data)

    def take(self) -> str:
        """The whole text, ready for the next one."""
        text = unescape("".join(self._pieces))
        self._pieces.clear()
        return text


def _read_strings(archive: Archive, part: str, workbook: Workbook) -> None:
    pieces = TextPieces()

    def start(name: str, attributes: dict[str, str]) -> None:
        archive.spend()
        pieces.start(local(name))

    def end(name: str) -> None:
        tag = local(name)
        pieces.end(tag)
        if tag == "si":
            workbook.strings.append(pieces.take())

    parser = new_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.add
    archive.feed(part, parser)


def _read_styles(archive: Archive, part: str, workbook: Workbook) -> None:
    codes: dict[str, str] = {str(key): code for key, code in BUILTIN_FORMATS.items()}
    used: list[str] = []
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        tag = local(name)
        if tag == "cellXfs":
            inside = True
        elif tag == "numFmt" and "numFmtId" in attributes:
            codes.setdefault(attributes["numFmtId"], attributes.get("formatCode", ""))
        elif tag == "xf" and inside:
            used.append(attributes.get("numFmtId", "0"))

    def end(name: str) -> None:
        nonlocal inside
        if local(name) == "cellXfs":
            inside = False

    parser = new_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    archive.feed(part, parser)
    kinds = {identity: format_kind(codes.get(identity, "")) for identity in set(used)}
    workbook.kinds.extend(kinds[identity] for identity in used)
