"""Reading a register from CSV files, with everything that is wrong in them at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from chiso.bodies.body import Body
from chiso.bodies.checking import body_problems, succession_problems
from chiso.bodies.register import Register
from chiso.bodies.successions import Succession, SuccessionKind
from chiso.language import Text
from chiso.problems import Collector

LARGEST_FILE = 20_000_000
"""The most bytes that one file of a register may have."""

_BODY_COLUMNS = [
    "code",
    "name_vi",
    "name_en",
    "aliases",
    "group",
    "parent",
    "region",
    "official_code",
    "valid_from",
    "valid_to",
    "tile",
    "source",
]
_SUCCESSION_COLUMNS = ["before", "after", "from", "kind", "source"]


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    values: Mapping[str, str]
    collector: Collector

    def get(self, column: str) -> str:
        return self.values.get(column, "")

    def needed(self, column: str) -> str:
        value = self.get(column)
        if not value:
            self.blame(column, f"{column} is missing")
        return value

    def day(self, column: str) -> date | None:
        value = self.get(column)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.blame(column, f"'{value[:40]}' is not a date", hint="write 2025-07-01")
            return None

    def blame(self, column: str, message: str, hint: str | None = None) -> None:
        self.collector.add(message, row=self.number, column=column, hint=hint)


def read_register(path: Path) -> Register:
    """Read a folder with `bodies.csv` (and more) or one CSV file of bodies alone.

    Raises InvalidInput with all problems of all files, each with its file, row and column.
    """
    collector = Collector()
    if path.is_dir():
        bodies_file = path / "bodies.csv"
        regions = _texts(path / "regions.csv", collector)
        title = _title(path / "title.csv", collector) or Text.of(path.name)
        successions_file = path / "successions.csv"
    else:
        bodies_file, regions, successions_file = path, {}, None
        title = Text.of(path.stem)
    body_rows = _rows(bodies_file, _BODY_COLUMNS, ("code", "group"), collector)
    bodies = [_body(row) for row in body_rows]
    collector.take(
        body_problems(bodies, regions, file=str(bodies_file), rows=[r.number for r in body_rows])
    )
    successions: list[Succession] = []
    if successions_file is not None and successions_file.exists():
        needed = ("before", "after", "from", "kind")
        rows = _rows(successions_file, _SUCCESSION_COLUMNS, needed, collector)
        complete = [(row.number, made) for row in rows if (made := _succession(row)) is not None]
        successions = [succession for _, succession in complete]
        collector.take(
            succession_problems(
                successions,
                bodies,
                file=str(successions_file),
                rows=[number for number, _ in complete],
            )
        )
    collector.raise_if_any()
    return Register(title, tuple(bodies), regions, tuple(successions))


def _body(row: _Row) -> Body:
    # A row with a mistake still makes a body, so that others may refer to it without a second
    # problem that is none.
    return Body(
        code=row.get("code"),
        name=Text.of({"vi": row.get("name_vi"), "en": row.get("name_en")}),
        group=row.get("group"),
        aliases=tuple(alias.strip() for alias in row.get("aliases").split("|") if alias.strip()),
        parent=row.get("parent") or None,
        region=row.get("region") or None,
        official_code=row.get("official_code") or None,
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
        tile=_tile(row),
        source=row.get("source"),
    )


def _tile(row: _Row) -> tuple[int, int] | None:
    value = row.get("tile")
    if not value:
        return None
    parts = value.split()
    if len(parts) == 2 and all(
        part.isascii() and part.isdigit() and len(part) < 4 for part in parts
    ):
        return int(parts[0]), int(parts[1])
    row.blame("tile", f"'{value[:40]}' is not a tile", hint="write column and row: 3 0")
    return None


def _succession(row: _Row) -> Succession | None:
    before, after, kind = row.needed("before"), row.needed("after"), row.needed("kind")
    row.needed("from")
    day = row.day("from")
    if day is None or not (before and after and kind):
        return None
    # The kind is checked with the rest of the succession, in one place for files and for code.
    return Succession(before, after, day, cast(SuccessionKind, kind), row.get("source"))


def _texts(path: Path, collector: Collector) -> dict[str, Text]:
    texts: dict[str, Text] = {}
    if not path.exists():
        return texts
    for row in _rows(path, ("code", "vi", "en"), ("code",), collector):
        code = row.needed("code")
        if code in texts:
            row.blame("code", f"the code '{code}' is used twice")
        texts[code] = Text.of({"vi": row.get("vi"), "en": row.get("en")})
        if not texts[code].get("vi"):
            row.blame("vi", f"'{code}' has no name", hint="give vi, en or both")
    return texts


def _title(path: Path, collector: Collector) -> Text | None:
    if not path.exists():
        return None
    for row in _rows(path, ("vi", "en"), (), collector):
        return Text.of({"vi": row.get("vi"), "en": row.get("en")})
    return None


def _rows(
    path: Path, columns: Sequence[str], needed: Sequence[str], collector: Collector
) -> list[_Row]:
    # The rows go on reporting into the same list, under the name of their own file.
    return list(_read(path, columns, needed, Collector(file=str(path), found=collector.found)))


def _read(
    path: Path, columns: Sequence[str], needed: Sequence[str], collector: Collector
) -> Iterator[_Row]:
    text = _decoded(path, collector)
    if text is None:
        return
    first_line = text.partition("\n")[0]
    # Spreadsheets set to Vietnamese write semicolons, because the comma is their decimal sign.
    delimiter = ";" if ";" in first_line and "," not in first_line else ","
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    heading: list[str] = []
    number = 0
    try:
        for number, record in enumerate(records, start=1):
            cells = [cell.strip() for cell in record]
            if number == 1:
                heading = [cell.casefold() for cell in cells]
                if not _heading_fits(heading, columns, needed, collector):
                    return
            elif any(cells):
                if len(cells) > len(heading) and any(cells[len(heading) :]):
                    collector.add("the row has more cells than the heading", row=number)
                yield _Row(number, dict(zip(heading, cells, strict=False)), collector)
    except csv.Error as error:
        collector.add(f"the file is not readable as CSV: {error}", row=number + 1)
    if number == 0:
        collector.add("the file is empty")


def _heading_fits(
    heading: Sequence[str], columns: Sequence[str], needed: Sequence[str], collector: Collector
) -> bool:
    hint = f"columns: {', '.join(columns)}"
    missing = [column for column in needed if column not in heading]
    for column in missing:
        collector.add(f"the column {column} is missing", row=1, hint=hint)
    for column in dict.fromkeys(heading):
        if column and column not in columns:
            collector.add(f"unknown column '{column[:40]}'", row=1, hint=hint)
        elif column and heading.count(column) > 1:
            collector.add(f"the column {column} stands twice", row=1)
    return not missing


def _decoded(path: Path, collector: Collector) -> str | None:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        collector.add(f"the file cannot be read: {error.strerror or error}")
        return None
    if len(content) > LARGEST_FILE:
        collector.add(f"the file is larger than {LARGEST_FILE // 1_000_000} MB")
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        collector.add(
            "the file is not in UTF-8", line=line, hint="save it as CSV UTF-8 in the spreadsheet"
        )
        return None
