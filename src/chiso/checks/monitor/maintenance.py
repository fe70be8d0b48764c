"""Announced maintenance: read from a table, judged by its notice, taken out up to a cap."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chiso.checks.monitor.reading import Target
from chiso.checks.monitor.windows import Window, merged
from chiso.language import Text
from chiso.problems import Collector
from chiso.tables import Cell, Row, Table, is_blank, parse_date, parse_text, read_table

COLUMNS = ("body", "url", "begins", "ends", "announced", "source", "note")
_HOUR = 3_600_000
_CLOCK = re.compile(r"(\S{8,10})[T ]\s*([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


class Notice(NamedTuple):
    """How long before its beginning maintenance must be announced, since `since`.

    Public holidays are not known here and count as working days, in favour of the body.
    """

    since: dt.date
    days: int
    working: bool
    source: str


#: the duty of notice, by the day on which the maintenance begins
NOTICES: tuple[Notice, ...] = (
    Notice(dt.date.min, 1, False, "Thông tư 32/2017/TT-BTTTT"),
    Notice(dt.date(2026, 7, 1), 7, True, "Nghị định 224/2026/NĐ-CP, điều 13"),
)


@dataclass(frozen=True, slots=True)
class MaintenanceRules:
    """`cap` is the most of a calendar year that is taken out, in milliseconds; `zone` the time
    zone of the table and of the year."""

    cap: int = 48 * _HOUR
    zone: str = "Asia/Ho_Chi_Minh"
    notices: tuple[Notice, ...] = NOTICES


@dataclass(frozen=True, slots=True)
class Announced:
    """One line of the table; `url` is empty where it holds for all sites of the body."""

    body: str
    url: str
    begins: dt.datetime
    ends: dt.datetime
    announced: dt.datetime
    row: int
    source: str = ""

    @property
    def window(self) -> Window:
        """The stretch in milliseconds since 1970-01-01 UTC."""
        return Window(_milliseconds(self.begins), _milliseconds(self.ends))


@dataclass(frozen=True, slots=True)
class Unaccepted:
    """A line that takes nothing out, and why."""

    announced: Announced
    reason: Text


def read_maintenance(path: Path, rules: MaintenanceRules | None = None) -> tuple[Announced, ...]:
    """The lines of a CSV or XLSX table with `body`, `begins`, `ends` and `announced`, and as
    wanted `url` (all sites of the body without it), `source` and `note`.

    Times are dd/mm/yyyy hh:mm or yyyy-mm-dd hh:mm in the zone of the rules; `announced` may be a
    day. Raises InvalidInput with every problem by row.
    """
    zone = ZoneInfo((rules or MaintenanceRules()).zone)
    table = read_table(path).require(["body", "begins", "ends", "announced"])
    problems = Collector()
    found: list[Announced] = []
    problems.take(
        table.problem(f"the column '{name}' means nothing here", table.header_row, name)
        for name in table.columns
        if name not in COLUMNS
    )
    for row in table.rows:
        reader = _Reader(table, row, zone, problems)
        body, url, source = reader.text("body"), reader.text("url"), reader.text("source")
        begins, ends = reader.moment("begins"), reader.moment("ends")
        announced = reader.moment("announced", day=True)
        if not body:
            reader.note("the cell is empty", "body")
        if begins is None or ends is None or announced is None or not body:
            continue
        if ends <= begins:
            reader.note("ends before it begins", "ends")
            continue
        found.append(Announced(body, url, begins, ends, announced, row.number, source))
    problems.raise_if_any()
    return tuple(found)


class _Reader:
    """Reads the cells of one row; what is wrong becomes a problem at its place."""

    def __init__(self, table: Table, row: Row, zone: ZoneInfo, problems: Collector) -> None:
        self.table, self.row, self.zone, self.problems = table, row, zone, problems

    def note(self, message: str, column: str) -> None:
        """A problem in a column of this row."""
        self.problems.take([self.table.problem(message, self.row, column)])

    def text(self, column: str) -> str:
        """The text of a cell; empty where it is blank or there is no such column."""
        cell = self.row.cells.get(column)
        if is_blank(cell):
            return ""
        try:
            return parse_text(cell)
        except ValueError as error:
            self.note(str(error), column)
            return ""

    def moment(self, column: str, *, day: bool = False) -> dt.datetime | None:
        """The moment in a cell; None, and a problem, where there is none."""
        try:
            return parse_moment(self.row.cells.get(column), self.zone, day=day)
        except ValueError as error:
            self.note(str(error), column)
            return None


def parse_moment(cell: Cell, zone: ZoneInfo, *, day: bool = False) -> dt.datetime:
    """A date with a time of day, in `zone`; with `day` also a date alone, meaning its beginning.

    Raises ValueError.
    """
    if isinstance(cell, dt.datetime):
        return cell.replace(tzinfo=zone) if cell.tzinfo is None else cell
    if isinstance(cell, str) and (found := _CLOCK.fullmatch(cell.strip())):
        date = parse_date(found[1])
        hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
        return dt.datetime.combine(date, dt.time(hour, minute, second), zone)
    date = parse_date(cell)
    if not day:
        raise ValueError("the time of day is missing: write dd/mm/yyyy hh:mm")
    return dt.datetime.combine(date, dt.time(), zone)


def unaccepted(lines: Iterable[Announced], rules: MaintenanceRules) -> tuple[Unaccepted, ...]:
    """The lines whose notice was too short."""
    found = []
    for line in lines:
        notice = _notice(line, rules)
        if not _in_time(line, notice, rules):
            kind = Text("ngày làm việc", "working days") if notice.working else Text("ngày", "days")
            if notice.days == 1:
                kind = Text(kind.vi, kind.en.removesuffix("s"))
            reason = Text(
                f"báo trước chưa đủ {notice.days} {kind.vi} ({notice.source})",
                f"announced less than {notice.days} {kind.en} ahead ({notice.source})",
            )
            found.append(Unaccepted(line, reason))
    return tuple(found)


def _notice(line: Announced, rules: MaintenanceRules) -> Notice:
    day = line.begins.astimezone(ZoneInfo(rules.zone)).date()
    return max((n for n in rules.notices if n.since <= day), key=lambda n: n.since)


def _in_time(line: Announced, notice: Notice, rules: MaintenanceRules) -> bool:
    if not notice.working:
        return line.begins - line.announced >= dt.timedelta(days=notice.days)
    zone = ZoneInfo(rules.zone)
    day, last = line.announced.astimezone(zone).date(), line.begins.astimezone(zone).date()
    return working_days(day, last) >= notice.days


def working_days(first: dt.date, last: dt.date) -> int:
    """Days from Monday to Friday from `first` up to, and without, `last`."""
    if last <= first:
        return 0
    weeks, rest = divmod((last - first).days, 7)
    return 5 * weeks + sum((first.weekday() + day) % 7 < 5 for day in range(rest))


def taken_out(
    lines: Sequence[Announced], targets: Iterable[Target], rules: MaintenanceRules
) -> dict[int, tuple[Window, ...]]:
    """By the number of a site the time that is taken out: announced in time, up to the cap.

    In each calendar year the earliest hours are taken first, wherever a period begins.
    """
    late = {id(one.announced) for one in unaccepted(lines, rules)}
    by_site: dict[int, list[Window]] = {}
    for target in targets:
        for line in lines:
            if id(line) not in late and line.body == target.body and line.url in ("", target.url):
                by_site.setdefault(target.site, []).append(line.window)
    return {site: _capped(merged(windows), rules) for site, windows in by_site.items()}


def unmatched(lines: Iterable[Announced], targets: Iterable[Target]) -> tuple[Announced, ...]:
    """The lines that name a body or a site that is not watched."""
    known = {(t.body, url) for t in targets for url in ("", t.url)}
    return tuple(line for line in lines if (line.body, line.url) not in known)


def _capped(windows: Sequence[Window], rules: MaintenanceRules) -> tuple[Window, ...]:
    zone = ZoneInfo(rules.zone)
    left: dict[int, int] = {}
    found: list[Window] = []
    for window in windows:
        for part in _by_year(window, zone):
            year = dt.datetime.fromtimestamp(part.begin / 1000, zone).year
            rest = left.setdefault(year, rules.cap)
            used = min(rest, part.length)
            left[year] = rest - used
            found.append(Window(part.begin, part.begin + used))
    return merged(found)


def _by_year(window: Window, zone: ZoneInfo) -> tuple[Window, ...]:
    """The window cut at each new year."""
    years: Mapping[int, int] = {
        year: _milliseconds(dt.datetime(year, 1, 1, tzinfo=zone))
        for year in range(
            dt.datetime.fromtimestamp(window.begin / 1000, zone).year,
            dt.datetime.fromtimestamp(window.end / 1000, zone).year + 2,
        )
    }
    edges = sorted({window.begin, window.end, *(e for e in years.values() if e > window.begin)})
    return tuple(Window(begin, end) for begin, end in pairwise(edges) if end <= window.end)


def _milliseconds(moment: dt.datetime) -> int:
    return round(moment.timestamp() * 1000)


__all__ = [
    "COLUMNS", "NOTICES", "Announced", "MaintenanceRules", "Notice", "Unaccepted",
    "parse_moment", "read_maintenance", "taken_out", "unaccepted", "unmatched", "working_days",
]  # fmt: skip
