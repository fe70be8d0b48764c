"""A release: the site, and the results as tables that officials open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chiso.comparison import History, change
from chiso.executor import Progress, silent
from chiso.index.model import OVERALL
from chiso.release.site import build_site
from chiso.rounds.folder import Round
from chiso.rounds.spec import ILLUSTRATIVE
from chiso.scoring.standings import RoundResult, Standings
from chiso.tables import Cell, SheetData, write_xlsx


@dataclass(frozen=True, slots=True)
class Release:
    """What was built: the site's first page, how many pages, and the workbook of tables."""

    folder: Path
    first: Path
    pages: int
    tables: Path


def build_release(
    opened: Round, history: History, folder: Path, progress: Progress = silent
) -> Release:
    """Build `site/` and `results.xlsx` in a folder.

    Each is replaced as a whole when it is complete; an error leaves the earlier one in place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    site = build_site(opened, history, folder / "site", progress)
    tables = folder / "results.xlsx"
    write_xlsx(tables, dict(_sheets(opened, history)))
    return Release(folder, site.first, site.pages, tables)


def _sheets(opened: Round, history: History) -> Iterator[tuple[str, SheetData]]:
    """One sheet per year and group, latest year first, and one with the sources of figures."""
    for result in reversed(history.results):
        for group, standings in result.groups.items():
            yield f"{result.year} {group}", _sheet(opened, history, result, standings)
    yield "nguon - sources", _sources(opened, history)


def _sheet(opened: Round, history: History, result: RoundResult, standings: Standings) -> SheetData:
    before = next(iter(history.years_before(result.year, standings.group)), None)
    pillars = [node for node in result.index.top if node.id in standings.nodes]
    columns = ["Mã (code)", "Cơ quan (body)", "Điểm (score)", "Hạng (rank)", "Tổng số (ranked)"]
    columns += [f"Tăng/giảm bậc so với {before} (places)"] if before else []
    for pillar in pillars:
        columns += [f"{pillar.item.title.vi}: điểm", f"{pillar.item.title.vi}: hạng"]
    columns.append("Ghi chú (note)")
    rows: list[list[Cell]] = []
    for body in standings.ordered():
        overall = standings.standing(body)
        row: list[Cell] = [
            body,
            opened.register.get(body).name.vi,
            overall.score,
            overall.rank,
            overall.ranked,
        ]
        if before:
            row.append(change(history, body, standings.group, result.year, before, OVERALL).places)
        for pillar in pillars:
            standing = standings.standing(body, pillar.id)
            row += [standing.score, standing.rank]
        row.append(_note(result, overall.citation.note if overall.citation else ""))
        rows.append(row)
    return SheetData(columns, rows)


def _note(result: RoundResult, note: str) -> str | None:
    marks = [ILLUSTRATIVE.vi] if result.illustrative else []
    return "; ".join([*marks, *([note] if note else [])]) or None


def _sources(opened: Round, history: History) -> SheetData:
    rows: list[list[Cell]] = [["", "", "", opened.spec.source.vi or opened.spec.data.vi]]
    for result in history.results:
        for standings in result.groups.values():
            for (body, node), citation in standings.citations.items():
                name = opened.register.get(body).name.vi
                rows.append([str(result.year), name, node, citation.source])
    return SheetData(["Năm (year)", "Cơ quan (body)", "Chỉ số (node)", "Nguồn (source)"], rows)
