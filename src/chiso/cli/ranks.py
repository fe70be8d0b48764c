"""`chiso rank`: an index applied to any table of bodies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chiso.cli.app import app
from chiso.cli.options import Decimals, decimals
from chiso.cli.output import errors, out
from chiso.index import OVERALL, load_index
from chiso.problems import InvalidInput
from chiso.rounds.ranking_table import read_body_table
from chiso.scoring.engine import score
from chiso.scoring.standings import Standings
from chiso.tables import Cell, SheetData, write_csv, write_xlsx


@app.command("rank")
def rank(
    table: Annotated[Path, typer.Argument(help="CSV or XLSX with one row a body.")],
    index: Annotated[str, typer.Option(help="The index, by file or name.")],
    key: Annotated[str, typer.Option(help="The heading of the column that names the bodies.")],
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", help="QUESTION=HEADING; a criterion's id stands for its one input."),
    ] = None,
    group: Annotated[str | None, typer.Option(help="The group; needed if there are more.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook.")] = None,
    decimal: Decimals = "auto",
    output: Annotated[
        Path | None, typer.Option("--out", help="Where to write: .csv or .xlsx.")
    ] = None,
) -> None:
    """Score and rank the bodies of a table: columns body, score, rank, then one per pillar."""
    loaded = load_index(index)
    mapping = _mapping(columns or [])
    chosen = group or (next(iter(loaded.groups)) if len(loaded.groups) == 1 else None)
    if chosen is None or chosen not in loaded.groups:
        raise InvalidInput(f"say which group with --group: {', '.join(loaded.groups)}")
    if output is not None and output.suffix.lower() not in {".csv", ".xlsx"}:
        raise InvalidInput(f"--out ends in .csv or .xlsx, not '{output.suffix}'")
    read = read_body_table(table, loaded, mapping, key, sheet=sheet, decimal=decimals(decimal))
    standings = score(loaded, chosen, read.answers)
    errors(read.warnings)
    headings = ["body", "score", "rank", *(node.id for node in loaded.top)]
    rows = _rows(standings, headings[3:])
    if output is None:
        out.print(",".join(headings), markup=False)
        for row in rows:
            out.print(",".join("" if cell is None else str(cell) for cell in row), markup=False)
        return
    if output.suffix.lower() == ".xlsx":
        write_xlsx(output, {"ranks": SheetData(headings, rows)})
    else:
        write_csv(output, headings, rows, excel=False)
    known = sum(row[2] is not None for row in rows)
    out.print(f"{known} of {len(rows)} bodies ranked by {loaded.key}: {output}", markup=False)


def _mapping(pairs: list[str]) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for pair in pairs:
        question, sign, heading = pair.partition("=")
        if not (question and sign and heading):
            raise InvalidInput(f"--map takes QUESTION=HEADING, not '{pair}'")
        if question in mapping:
            raise InvalidInput(f"--map names '{question}' twice")
        mapping[question.strip()] = heading.strip()
    return mapping


def _rows(standings: Standings, pillars: list[str]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for body in standings.ordered():
        overall = standings.standing(body, OVERALL)
        scores = [standings.standing(body, pillar).score for pillar in pillars]
        rows.append([body, overall.score, overall.rank, *scores])
    return rows
