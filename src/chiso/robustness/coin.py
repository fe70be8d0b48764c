"""Reading the two tables of a COINr index, so that an existing index moves over.

COINr (Becker et al. 2022, *Journal of Open Source Software* 7) keeps an index in two data
frames: `iData`, a row per body (and year) and a column per indicator, group and denominator;
and `iMeta`, a row per column of iData and per aggregate, which says what it is and where in the
tree it stands. Both are read here as written by R: CSV or XLSX, `NA` or nothing for unknown.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from chiso.problems import Collector, InvalidInput
from chiso.robustness.arrays import FloatArray
from chiso.robustness.tree import Tree
from chiso.tables import Cell, Row, Table, is_blank, parse_number, parse_text, read_table
from chiso.tables.numbers import Decimal

TYPES = ("Indicator", "Aggregate", "Group", "Denominator", "Other")
NEEDED = ("iCode", "Level", "Parent", "Direction", "Weight", "Type")
_IDENTITY = ("uCode", "uName", "Time")


@dataclass(frozen=True, slots=True)
class CoinIndicator:
    """An indicator: its code, name and unit, 1 or -1, and its target and denominator if any."""

    code: str
    name: str
    direction: int
    unit: str = ""
    target: float | None = None
    denominator: str | None = None


@dataclass(frozen=True, slots=True)
class CoinYear:
    """The data of one year, or of no year in particular.

    Attributes:
        year: the entry under `Time`; None if there is no such column.
        values: shape (indicators, bodies).
        groups: by the code of the grouping, the group of each body; None where unknown.
        denominators: by code, shape (bodies,).
    """

    year: float | None
    values: FloatArray
    groups: Mapping[str, tuple[str | None, ...]]
    denominators: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True)
class Coin:
    """An index as COINr's two tables hold it; bodies and indicators are in the tables' order.

    Attributes:
        bodies: codes of the bodies.
        body_names: their names, or the codes where there are none.
        indicators: in the order of the rows of the data.
        tree: the tree with its weights.
        titles: names of all nodes by code.
        years: the data, the earliest year first.
    """

    bodies: tuple[str, ...]
    body_names: tuple[str, ...]
    indicators: tuple[CoinIndicator, ...]
    tree: Tree
    titles: Mapping[str, str]
    years: tuple[CoinYear, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the indicators."""
        return tuple(indicator.code for indicator in self.indicators)

    @property
    def directions(self) -> FloatArray:
        """1 or -1 per indicator."""
        return np.array([float(indicator.direction) for indicator in self.indicators])

    @property
    def targets(self) -> FloatArray:
        """The target per indicator, in its unit; NaN where there is none."""
        found = (indicator.target for indicator in self.indicators)
        return np.array([math.nan if target is None else target for target in found])

    @property
    def denominated_by(self) -> tuple[str | None, ...]:
        """The code of the denominator per indicator, None where there is none."""
        return tuple(indicator.denominator for indicator in self.indicators)

    @property
    def panel(self) -> FloatArray:
        """All years, shape (years, indicators, bodies)."""
        return np.stack([year.values for year in self.years])

    @property
    def only(self) -> CoinYear:
        """The data of an index of one year; raises ValueError if there are several."""
        if len(self.years) != 1:
            raise ValueError(f"the index has {len(self.years)} years; choose one of `years`")
        return self.years[0]


@dataclass(slots=True)
class _Meta:
    """What iMeta says."""

    types: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str | None] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    levels: dict[str, float] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    indicators: list[CoinIndicator] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)

    def of_type(self, kind: str) -> list[str]:
        return [code for code, found in self.types.items() if found == kind]


def read_coin(
    data: str | os.PathLike[str],
    meta: str | os.PathLike[str],
    *,
    decimal: Decimal = "point",
) -> Coin:
    """Read an index from COINr's tables iData and iMeta.

    Args:
        data: iData, with `uCode`, and if wanted `uName` and `Time`.
        meta: iMeta, with iCode, Level, Parent, Direction, Weight and Type, and if wanted iName,
            Unit, Target and Denominator.
        decimal: how numbers are written; R writes a point.

    Returns:
        The index. Columns of iData of type Other are not read. A body without a row in some
        year is unknown in it.

    Raises InvalidInput with every problem of both tables.
    """
    problems = Collector()
    tables = [_read(path, problems) for path in (meta, data)]
    if tables[0] is None:
        raise InvalidInput(problems.found)
    read = _read_meta(tables[0], decimal, problems)
    tree = _tree(tables[0], read, problems)
    if tables[1] is None:
        raise InvalidInput(problems.found)
    bodies, names, years = _read_data(tables[1], read, decimal, problems)
    problems.raise_if_any()
    assert tree is not None
    return Coin(bodies, names, tuple(read.indicators), tree, read.titles, years)


def _read(path: str | os.PathLike[str], problems: Collector) -> Table | None:
    try:
        table = read_table(path)
    except InvalidInput as error:
        problems.take(error.problems)
        return None
    # R writes NA where nothing is known; the reader of tables rightly takes it for a text.
    rows = [
        Row(
            row.number,
            {key: None if cell in ("NA", "NaN") else cell for key, cell in row.cells.items()},
        )
        for row in table.rows
    ]
    return replace(table, rows=tuple(rows))


def _text(cell: Cell) -> str | None:
    return None if is_blank(cell) else parse_text(cell)


def _read_meta(table: Table, decimal: Decimal, problems: Collector) -> _Meta:
    read = _Meta()
    missing = [column for column in NEEDED if column not in table.columns]
    if missing:
        try:
            table.require(NEEDED)
        except InvalidInput as error:
            problems.take(error.problems)
        raise InvalidInput(problems.found)
    for row in table.rows:
        try:
            code, kind = _text(row["iCode"]), _text(row["Type"])
        except ValueError as error:
            problems.take([table.problem(str(error), row)])
            continue
        if code is None:
            problems.take([table.problem("has no iCode", row, "iCode")])
        elif code in read.types:
            first = read.rows[code].number
            problems.take([table.problem(f"'{code}' stands in row {first} too", row, "iCode")])
        elif kind not in TYPES:
            listed = ", ".join(TYPES)
            problems.take([table.problem(f"the type is one of {listed}", row, "Type")])
        else:
            read.types[code], read.rows[code] = kind, row
            _read_row(table, row, code, read, decimal, problems)
    return read


def _read_row(
    table: Table, row: Row, code: str, read: _Meta, decimal: Decimal, problems: Collector
) -> None:
    """One row of iMeta, of a code and type that are sound."""

    def number(column: str) -> float | None:
        if column not in table.columns or is_blank(row[column]):
            return None
        try:
            return parse_number(row[column], decimal=decimal)
        except ValueError as error:
            problems.take([table.problem(str(error), row, column)])
            return None

    def text(column: str) -> str | None:
        return _text(row[column]) if column in table.columns else None

    read.titles[code] = text("iName") or code
    if read.types[code] not in ("Indicator", "Aggregate"):
        return
    level, weight, direction = number("Level"), number("Weight"), number("Direction")
    if level is None or level < 1 or not level.is_integer():
        problems.take([table.problem("the level is a whole number from 1", row, "Level")])
    else:
        read.levels[code] = level
    read.parents[code] = text("Parent")
    if weight is None or weight < 0:
        problems.take([table.problem("the weight is a number from 0 up", row, "Weight")])
    else:
        read.weights[code] = weight
    if direction not in (1, -1):
        problems.take([table.problem("the direction is 1 or -1", row, "Direction")])
        direction = 1
    if read.types[code] == "Indicator":
        read.indicators.append(
            CoinIndicator(
                code,
                read.titles[code],
                int(direction),
                text("Unit") or "",
                number("Target"),
                text("Denominator"),
            )
        )


def _tree(table: Table, read: _Meta, problems: Collector) -> Tree | None:
    """The tree of iMeta; what is wrong with it is noted, at its row where there is one."""
    for code, parent in read.parents.items():
        above = read.levels.get(parent or "")
        if read.types.get(parent or "") == "Indicator":
            problem = table.problem(
                f"its parent '{parent}' is an indicator", read.rows[code], "Parent"
            )
            problems.take([problem])
        elif above is not None and code in read.levels and read.levels[code] >= above:
            message = f"its parent '{parent}' is not on a higher level"
            problems.take([table.problem(message, read.rows[code], "Level")])
    for code in read.of_type("Aggregate"):
        if code not in read.parents.values():
            problems.take([table.problem("nothing is below this aggregate", read.rows[code])])
    denominators = read.of_type("Denominator")
    for indicator in read.indicators:
        if indicator.denominator is not None and indicator.denominator not in denominators:
            message = f"'{indicator.denominator}' is no denominator"
            row = read.rows[indicator.code]
            problems.take([table.problem(message, row, "Denominator")])
    try:
        return Tree(read.parents, read.weights)
    except InvalidInput as error:
        problems.take(
            replace(
                problem,
                file=table.file,
                sheet=table.sheet,
                row=read.rows[problem.criterion].number if problem.criterion else None,
            )
            for problem in error.problems
        )
        return None


def _read_data(
    table: Table, read: _Meta, decimal: Decimal, problems: Collector
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[CoinYear, ...]]:
    wanted = [c for kind in ("Indicator", "Group", "Denominator") for c in read.of_type(kind)]
    found = Collector(file=table.file, sheet=table.sheet)
    for column in ("uCode", *wanted):
        if column not in table.columns:
            found.add(f"there is no column '{column}'", row=table.header_row)
    for column in table.columns:
        if column not in read.types and column not in _IDENTITY:
            found.add(f"the column '{column}' is not in the metadata", row=table.header_row)
    if found:
        raise InvalidInput([*problems, *found])
    numbers = {
        column: np.array(
            [
                math.nan if value is None else value
                for value in table.values(
                    column, lambda c: parse_number(c, decimal=decimal), problems
                )
            ]
        )
        for column in (*read.of_type("Indicator"), *read.of_type("Denominator"))
    }
    texts = {c: table.values(c, parse_text, problems) for c in read.of_type("Group")}
    codes = table.values("uCode", parse_text, problems)
    times: list[float | None] = [None] * len(table.rows)
    if "Time" in table.columns:
        times = table.values("Time", lambda c: parse_number(c, decimal=decimal), problems)
    _check_rows(table, codes, times, problems)
    problems.raise_if_any()
    return _by_year(table, read, codes, times, numbers, texts, problems)


def _check_rows(
    table: Table, codes: list[str | None], times: list[float | None], problems: Collector
) -> None:
    """Every row has a body, a year if there are years, and no other row has both the same."""
    if not table.rows:
        problems.add("has no rows of data", row=table.header_row)
    seen: dict[tuple[str, float | None], int] = {}
    for row, code, time in zip(table.rows, codes, times, strict=True):
        if code is None:
            problems.take([table.problem("has no uCode", row, "uCode")])
        elif "Time" in table.columns and time is None:
            problems.take([table.problem("has no year", row, "Time")])
        elif (code, time) in seen:
            message = f"'{code}' stands in row {seen[code, time]} too"
            problems.take([table.problem(message, row, "uCode")])
        else:
            seen[code, time] = row.number


def _by_year(
    table: Table,
    read: _Meta,
    codes: list[str | None],
    times: list[float | None],
    numbers: Mapping[str, FloatArray],
    texts: Mapping[str, list[str | None]],
    problems: Collector,
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[CoinYear, ...]]:
    bodies = tuple(dict.fromkeys(code for code in codes if code is not None))
    column = {body: place for place, body in enumerate(bodies)}
    names = dict(zip(bodies, bodies, strict=True))
    if "uName" in table.columns:
        entries = table.values("uName", parse_text, problems)
        named = zip(codes, entries, strict=True)
        names |= {code: name for code, name in named if code is not None and name is not None}
    years = []
    for year in sorted(set(times), key=lambda time: -math.inf if time is None else time):
        rows = [place for place, time in enumerate(times) if time == year]
        at = [column[code] for place in rows if (code := codes[place]) is not None]

        def spread(values: FloatArray, rows: list[int] = rows, at: list[int] = at) -> FloatArray:
            result = np.full(len(bodies), np.nan)
            result[at] = values[rows]
            return result

        groups: dict[str, tuple[str | None, ...]] = {}
        for name, found in texts.items():
            by_body: list[str | None] = [None] * len(bodies)
            for place, body in zip(rows, at, strict=True):
                by_body[body] = found[place]
            groups[name] = tuple(by_body)
        values = np.array([spread(numbers[code]) for code in read.of_type("Indicator")])
        denominators = {code: spread(numbers[code]) for code in read.of_type("Denominator")}
        years.append(CoinYear(year, values, groups, denominators))
    problems.raise_if_any()
    return bodies, tuple(names[body] for body in bodies), tuple(years)
