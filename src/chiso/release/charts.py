"""Where the marks of charts stand. Templates draw them; colours and fonts are in the style sheet.

Charts are drawn 400 units wide, so that their text stays legible on a phone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

WIDTH = 400
TILE = 52  # the pitch of tiles; a tile is two units smaller


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """One year of a body: None where its rank is not known."""

    year: int
    x: float
    y: float | None
    label: str


@dataclass(frozen=True, slots=True)
class HistoryChart:
    """Ranks over years, rank 1 on top; lines join years that follow each other."""

    points: tuple[HistoryPoint, ...]
    lines: tuple[tuple[float, float, float, float], ...]
    height: int
    top: float
    bottom: float
    worst: int


def history_chart(ranks: Sequence[tuple[int, int | None, int | None]]) -> HistoryChart | None:
    """A chart of (year, rank, ranked), earliest first; None for fewer than two known ranks."""
    known = [rank for _, rank, _ in ranks if rank is not None]
    if len(known) < 2:
        return None
    worst = max(*known, *(ranked for _, _, ranked in ranks if ranked is not None), 2)
    height, top, bottom = 220, 34.0, 176.0
    left, right = 56.0, WIDTH - 40.0
    first, span = ranks[0][0], ranks[-1][0] - ranks[0][0]
    points = []
    for year, rank, ranked in ranks:
        x = round(left + (right - left) * (year - first) / span, 1)
        y = None if rank is None else round(top + (bottom - top) * (rank - 1) / (worst - 1), 1)
        label = "" if rank is None else f"{rank}/{ranked}" if ranked is not None else str(rank)
        points.append(HistoryPoint(year, x, y, label))
    lines = [
        (a.x, a.y, b.x, b.y)
        for a, b in itertools.pairwise(points)
        if a.y is not None and b.y is not None and b.year == a.year + 1
    ]
    return HistoryChart(tuple(points), tuple(lines), height, top, bottom, worst)


@dataclass(frozen=True, slots=True)
class Strip:
    """Scores of a group on one line: a tick a body, and the places of what is labelled."""

    ticks: tuple[float, ...]
    own: float | None
    least: float
    median: float
    most: float
    values: tuple[float, float, float]  # least, median, most


def strip(scores: Iterable[float], own: float | None = None) -> Strip | None:
    """The strip of the known scores; None where fewer than three are known or all are equal."""
    known = np.sort(np.array([s for s in scores if not np.isnan(s)]))
    if len(known) < 3 or known[-1] - known[0] < 1e-9:
        return None
    least, most, median = float(known[0]), float(known[-1]), float(np.median(known))
    left, right = 12.0, WIDTH - 12.0

    def place(value: float) -> float:
        return round(left + (right - left) * (value - least) / (most - least), 1)

    return Strip(
        tuple(place(value) for value in known),
        None if own is None else place(own),
        place(least),
        place(median),
        place(most),
        (least, median, most),
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar from zero."""

    label: str
    count: int
    width: float


def bars(counts: Sequence[tuple[str, int]], longest: float = 200.0) -> tuple[Bar, ...]:
    """Bars in proportion to counts, the largest `longest` units long."""
    largest = max((count for _, count in counts), default=0) or 1
    return tuple(Bar(label, n, round(longest * n / largest, 1)) for label, n in counts)


@dataclass(frozen=True, slots=True)
class Tile:
    """One body on the tile map; `band` is 1 (first fifth of the ranks) to 5, 0 for unknown."""

    body: str
    label: str
    x: int
    y: int
    band: int
    rank: int | None


@dataclass(frozen=True, slots=True)
class TileMap:
    """A map of equal tiles."""

    tiles: tuple[Tile, ...]
    width: int
    height: int


def tile_map(
    places: Iterable[tuple[str, str, tuple[int, int], int | None, int | None]],
) -> TileMap | None:
    """The map of (body, name, (column, row), rank, ranked); None without any tile."""
    found = [
        Tile(body, short_name(name), column, row, band(rank, ranked), rank)
        for body, name, (column, row), rank, ranked in places
    ]
    if not found:
        return None
    left, top = min(tile.x for tile in found), min(tile.y for tile in found)
    moved = tuple(
        Tile(t.body, t.label, (t.x - left) * TILE, (t.y - top) * TILE, t.band, t.rank)
        for t in sorted(found, key=lambda tile: (tile.y, tile.x))
    )
    width = max(tile.x for tile in moved) + TILE
    return TileMap(moved, width, max(tile.y for tile in moved) + TILE)


def band(rank: int | None, ranked: int | None) -> int:
    """The fifth of the ranking in which a rank lies, 1 for the first; 0 where it is unknown."""
    if rank is None or not ranked:
        return 0
    return min(5, 1 + (rank - 1) * 5 // ranked)


def short_name(name: str) -> str:
    """A name for a tile: initials and the last word, `Bắc Kạn` gives `B.Kạn`."""
    words = [word for word in name.replace("-", " ").split() if word]
    if len(words) < 2:
        return name[:8]
    return f"{''.join(word[0] for word in words[:-1])}.{words[-1]}"[:10]
