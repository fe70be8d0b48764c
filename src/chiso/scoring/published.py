"""Results as they were published, at whatever level is known; what is unknown stays unknown."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from chiso.index.model import OVERALL
from chiso.problems import Problem
from chiso.rounds.reading import CellError, Reader, get, text
from chiso.rounds.spec import DataFile
from chiso.scoring.standings import Citation, NodeScores, Standings
from chiso.tables import Row, Table, is_blank, parse_integer, parse_number


@dataclass(frozen=True, slots=True)
class Figure:
    """One published line: a body at a node in a year."""

    row: int
    score: float | None
    rank: int | None
    ranked: int | None
    citation: Citation


@dataclass(slots=True)
class PublishedBook:
    """Published figures by year, group, node and body."""

    figures: dict[tuple[int, str], dict[str, dict[str, Figure]]] = field(default_factory=dict)

    def standings(self, year: int, group: str, bodies: tuple[str, ...]) -> Standings:
        """The standings of a group in a year: NaN wherever nothing was published."""
        nodes, citations = {}, {}
        for node, found in self.figures[year, group].items():
            score, rank = np.full(len(bodies), np.nan), np.full(len(bodies), np.nan)
            ranked = None
            for place, body in enumerate(bodies):
                figure = found.get(body)
                if figure is None:
                    continue
                citations[body, node] = figure.citation
                ranked = figure.ranked or ranked
                if figure.score is not None:
                    score[place] = figure.score
                if figure.rank is not None:
                    rank[place] = figure.rank
            nodes[node] = NodeScores.published(score, rank, ranked)
        nodes.setdefault(
            OVERALL,
            NodeScores.published(np.full(len(bodies), np.nan), np.full(len(bodies), np.nan), None),
        )
        return Standings(year, group, bodies, nodes, "published", citations)

    @property
    def years(self) -> tuple[int, ...]:
        """The years with figures, earliest first."""
        return tuple(sorted({year for year, _ in self.figures}))


def read_published(reader: Reader, source: DataFile, book: PublishedBook) -> None:
    """Read a long table of published figures into a book; problems go to the reader.

    Columns: `body`, and any of `year`, `group`, `node`, `rank`, `ranked`, `score`, `source`,
    `note`. A node is an id of the index or `overall`.
    """
    table = reader.table(source)
    if table is None:
        return
    if "body" not in table.columns:
        message, hint = "there is no column 'body'", "map it in 'columns'"
        reader.problems.take([Problem(message, file=table.file, row=table.header_row, hint=hint)])
        return
    reader.each_row(table, lambda row: _take(reader, source, table, row, book))


def _take(reader: Reader, source: DataFile, table: Table, row: Row, book: PublishedBook) -> None:
    year = _integer(row, "year", 1900, 2200) or reader.spec.year
    group = text(row, "group") or None
    if group is not None and group not in reader.spec.groups:
        raise CellError("group", f"'{group}' is not a group of this round")
    try:
        body = reader.body(get(row, "body"), group, on=dt.date(year, 12, 31))
    except ValueError as error:
        raise CellError("body", str(error)) from None
    node = text(row, "node") or OVERALL
    if node != OVERALL and node not in reader.index.by_id:
        raise CellError("node", f"the index {reader.index.key} has no node '{node}'")
    score, decimals = _score(reader, source, row)
    rank, ranked = _integer(row, "rank", 1, 10**6), _integer(row, "ranked", 1, 10**6)
    if rank is not None and ranked is not None and rank > ranked:
        raise CellError("rank", f"the rank {rank} is beyond the {ranked} that were ranked")
    found = book.figures.setdefault((year, body.group), {}).setdefault(node, {})
    if body.code in found:
        message = f"{body.name.vi}, {year}, {node} stands here and in row {found[body.code].row}"
        raise CellError("body", message)
    others = {figure.ranked for figure in found.values() if figure.ranked is not None}
    if ranked is not None and others and ranked not in others:
        raise CellError("ranked", f"{ranked} were ranked here, but {others.pop()} in other rows")
    citation = Citation(text(row, "source"), text(row, "note"), decimals)
    found[body.code] = Figure(row.number, score, rank, ranked, citation)


def _score(reader: Reader, source: DataFile, row: Row) -> tuple[float | None, int | None]:
    """A score and the decimals it was published with."""
    cell = get(row, "score")
    if is_blank(cell):
        return None, None
    try:
        value = parse_number(cell, decimal=reader.decimal(source))
    except ValueError as error:
        raise CellError("score", str(error)) from None
    if not 0 <= value <= 1:
        raise CellError("score", f"the score {value:g} is outside 0 to 1")
    written = str(cell).strip().replace(",", ".")
    return value, len(written.partition(".")[2])


def _integer(row: Row, column: str, least: int, most: int) -> int | None:
    cell = get(row, column)
    if is_blank(cell):
        return None
    try:
        value = parse_integer(cell)
    except ValueError as error:
        raise CellError(column, str(error)) from None
    if not least <= value <= most:
        raise CellError(column, f"{value} is outside {least} to {most}")
    return value
