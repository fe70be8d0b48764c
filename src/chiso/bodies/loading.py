"""Reading registers: shipped ones by name, others from a folder or a single CSV file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

from chiso.bodies.names import folded_keys
from chiso.bodies.register import KINDS, Body, Layout, Register, Succession
from chiso.language import Text, fold
from chiso.problems import Collector, InvalidInput, Problem

LIBRARY = Path(__file__).parent / "library"
MAX_BYTES = 20_000_000
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


def shipped_registers() -> tuple[str, ...]:
    """The registers that come with chiso."""
    return tuple(sorted(path.name for path in LIBRARY.iterdir() if path.is_dir()))


def load_register(name: str | Path) -> Register:
    """Read a register by shipped name, folder (`bodies.csv` and more), or CSV of bodies.

    Raises:
        InvalidInput: every problem of all its files, with file, row and column.
    """
    path = Path(name)
    if not path.exists():
        path = LIBRARY / str(name)
    if not path.exists() or (path.parent != LIBRARY and path.is_relative_to(LIBRARY)):
        hint = f"give a folder, a CSV file, or one of {', '.join(shipped_registers())}"
        raise InvalidInput(Problem(f"there is no register '{name}'", hint=hint))
    folder, bodies_file = (path, path / "bodies.csv") if path.is_dir() else (path.parent, path)
    problems = Collector()
    bodies = _read_bodies(bodies_file, problems)
    successions, regions, layouts = [], {}, {}
    if path.is_dir():
        codes = {body.code for body in bodies}
        successions = _read_successions(folder / "successions.csv", codes, problems)
        regions = _read_regions(folder / "regions.csv", problems)
        layouts = _read_tiles(folder / "tiles.csv", codes, problems)
    problems.raise_if_any()
    return Register(
        tuple(bodies),
        tuple(successions),
        regions,
        tuple(Layout(start, tiles) for start, tiles in sorted(layouts.items())),
    )


def register_from_names(
    names: Iterable[str], group: str, codes: Iterable[str] | None = None
) -> Register:
    """A register made from a list of names, for a table of bodies nobody has registered.

    Codes are given or made from the names. Raises InvalidInput for names that stand twice.
    """
    listed = list(names)
    keys = list(codes) if codes is not None else [slug(name) for name in listed]
    problems = Collector()
    seen: dict[str, int] = {}
    for row, key in enumerate(keys, 1):
        if key in seen:
            problems.add(f"'{key}' stands twice, as entries {seen[key]} and {row}")
        seen.setdefault(key, row)
    problems.raise_if_any()
    return Register(tuple(Body(k, Text.of(n), group) for k, n in zip(keys, listed, strict=True)))


def slug(name: str) -> str:
    """A code made from a name: folded, with hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-") or "body"


def _rows(
    path: Path, needed: tuple[str, ...], problems: Collector
) -> Iterable[tuple[int, dict[str, str]]]:
    """The rows of a small CSV file with their numbers; problems if it cannot be read."""
    where = path.name
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
    except OSError as error:
        problems.take([Problem(f"cannot be read: {error.strerror}", file=where)])
        return
    if data is None:
        problems.take([Problem(f"larger than {MAX_BYTES // 1_000_000} MB", file=where)])
        return
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        hint = "save the file as UTF-8"
        problems.take([Problem("not UTF-8", file=where, line=line, hint=hint)])
        return
    reader = csv.DictReader(io.StringIO(content), strict=True)
    missing = [column for column in needed if column not in (reader.fieldnames or ())]
    for column in missing:
        problems.take([Problem(f"there is no column '{column}'", file=where, row=1)])
    if missing:
        return
    try:
        for number, row in enumerate(reader, 2):
            if None in row or None in row.values():
                message = "the row has more or fewer cells than the header"
                problems.take([Problem(message, file=where, row=number)])
                continue
            yield number, {key: (value or "").strip() for key, value in row.items()}
    except csv.Error as error:
        problems.take([Problem(f"not a readable CSV file: {error}", file=where)])


def _date(text: str, problems: Collector, row: int, column: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        problems.add(f"'{text}' is not a date such as 2025-07-01", row=row, column=column)
        return None


def _read_bodies(path: Path, problems: Collector) -> list[Body]:
    here = Collector(file=path.name)
    bodies: dict[str, tuple[int, Body]] = {}
    before = len(problems.found)
    for row, cells in _rows(path, ("code", "name_vi", "group"), problems):
        code = cells["code"]
        if not _CODE.match(code):
            here.add(
                f"'{code}' is not a code (small letters, digits, hyphens)", row=row, column="code"
            )
        if not cells["name_vi"]:
            here.add("the name is empty", row=row, column="name_vi")
        if not cells["group"]:
            here.add("the group is empty", row=row, column="group")
        if code in bodies:
            here.add(
                f"the code '{code}' is already in row {bodies[code][0]}", row=row, column="code"
            )
            continue
        body = _body(cells, here, row)
        if body.valid_from and body.valid_to and body.valid_to < body.valid_from:
            here.add("valid_to is before valid_from", row=row, column="valid_to")
        bodies[code] = (row, body)
    _check_names(bodies, here)
    _check_parents(bodies, here)
    problems.take(here)
    if not bodies and len(problems.found) == before:
        problems.take([Problem("holds no body", file=path.name)])
    return [body for _, body in bodies.values()]


def _body(cells: dict[str, str], problems: Collector, row: int) -> Body:
    return Body(
        code=cells["code"],
        name=Text(Text.of(cells["name_vi"]).vi, Text.of(cells.get("name_en", "")).en),
        group=cells["group"],
        aliases=tuple(a.strip() for a in cells.get("aliases", "").split("|") if a.strip()),
        parent=cells.get("parent") or None,
        region=cells.get("region") or None,
        official_code=cells.get("official_code") or None,
        valid_from=_date(cells.get("valid_from", ""), problems, row, "valid_from"),
        valid_to=_date(cells.get("valid_to", ""), problems, row, "valid_to"),
        source=cells.get("source", ""),
    )


def _check_names(bodies: dict[str, tuple[int, Body]], problems: Collector) -> None:
    """Two bodies of one group and time must not share a name or an alias, accents aside."""
    users: dict[tuple[str, str], list[tuple[int, Body]]] = {}
    for row, body in bodies.values():
        names = (body.name.vi, *body.aliases)
        for key in frozenset().union(*(folded_keys(name) for name in names if name)):
            users.setdefault((body.group, key), []).append((row, body))
    told: set[tuple[int, int]] = set()
    for found in users.values():
        for (first, a), (second, b) in combinations(found, 2):
            if a.overlaps(b) and (first, second) not in told:
                told.add((first, second))
                message = f"'{b.name.vi}' shares a name with '{a.name.vi}' in row {first}"
                problems.add(message, row=second, column="name_vi")


def _check_parents(bodies: dict[str, tuple[int, Body]], problems: Collector) -> None:
    for row, body in bodies.values():
        if body.parent is not None and body.parent not in bodies:
            problems.add(f"unknown parent '{body.parent}'", row=row, column="parent")
        seen, current = {body.code}, body.parent
        while current is not None and current in bodies:
            if current in seen:
                problems.add("the parents go round in a circle", row=row, column="parent")
                break
            seen.add(current)
            current = bodies[current][1].parent


def _read_successions(path: Path, codes: set[str], problems: Collector) -> list[Succession]:
    here, found = Collector(file=path.name), []
    if not path.exists():
        return []
    for row, cells in _rows(path, ("before", "after", "on", "kind"), problems):
        for column in ("before", "after"):
            if cells[column] not in codes:
                here.add(f"unknown body '{cells[column]}'", row=row, column=column)
        if cells["kind"] not in KINDS:
            here.add(f"'{cells['kind']}' is not one of {', '.join(KINDS)}", row=row, column="kind")
            continue
        day = _date(cells["on"], here, row, "on")
        if day is None:
            here.add("the day is missing", row=row, column="on")
            continue
        kind = next(kind for kind in KINDS if kind == cells["kind"])
        source = cells.get("source", "")
        found.append(Succession(cells["before"], cells["after"], day, kind, source))
    problems.take(here)
    return found


def _read_regions(path: Path, problems: Collector) -> dict[str, Text]:
    if not path.exists():
        return {}
    rows = _rows(path, ("code", "vi", "en"), problems)
    return {cells["code"]: Text(cells["vi"], cells["en"]) for _, cells in rows}


def _read_tiles(
    path: Path, codes: set[str], problems: Collector
) -> dict[dt.date, dict[str, tuple[int, int]]]:
    here = Collector(file=path.name)
    layouts: dict[dt.date, dict[str, tuple[int, int]]] = {}
    if not path.exists():
        return layouts
    for row, cells in _rows(path, ("layout_from", "code", "column", "row"), problems):
        start = _date(cells["layout_from"], here, row, "layout_from")
        if cells["code"] not in codes:
            here.add(f"unknown body '{cells['code']}'", row=row, column="code")
        if not (cells["column"].isdecimal() and cells["row"].isdecimal()):
            here.add("column and row are whole numbers from 0", row=row, column="column")
        elif start is not None:
            tile = (int(cells["column"]), int(cells["row"]))
            layouts.setdefault(start, {})[cells["code"]] = tile
    problems.take(here)
    return layouts
