"""`chiso analyse`: how firm the ranks of a round are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Table

from chiso.cli.app import app
from chiso.cli.options import Folder, Lang, Scheduler, Year, executor_of, language, open_history
from chiso.cli.output import out, print_table
from chiso.index import Index
from chiso.language import Language, Text, number
from chiso.problems import InvalidInput
from chiso.robustness.bands import Bands, bands
from chiso.robustness.rounds import TITLES, NoAnalysis, RoundChoices, round_model
from chiso.robustness.sensitivity import Sensitivity, sensitivity
from chiso.robustness.uncertainty import Uncertainty, uncertainty
from chiso.rounds.folder import Round
from chiso.rounds.spec import ILLUSTRATIVE
from chiso.scoring.standings import Standings
from chiso.tables import Cell, write_csv

_COLUMNS = (
    Text("Cơ quan", "Body"),
    Text("Hạng", "Rank"),
    Text("Khoảng 90 %", "90 % interval"),
    Text("Xác suất vào nhóm {top}", "Probability of the top {top}"),
    Text("Nhóm", "Band"),
)


@app.command("analyse")
def analyse_round(
    folder: Folder,
    year: Year = 0,
    lang: Lang = "vi",
    draws: Annotated[int, typer.Option(help="How many draws.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same result.")] = 2019,
    weights: Annotated[float, typer.Option(help="Every weight × (1 ± this).")] = 0.2,
    measurement: Annotated[float, typer.Option(help="Relative error of measured points.")] = 0.02,
    top: Annotated[int, typer.Option(help="The places whose probability is asked.")] = 10,
    workers: Annotated[int, typer.Option(help="Processes; the result is the same.")] = 1,
    scheduler: Scheduler = "",
    output: Annotated[
        Path | None, typer.Option("--out", help="A folder for the tables as CSV.")
    ] = None,
) -> None:
    """Vary weights and measurements: rank intervals, probability of the first places, bands."""
    chosen = language(lang)
    if not 0 <= weights < 1 or not 0 <= measurement < 1:
        raise InvalidInput("--weights and --measurement are between 0 and 1")
    if draws < 100 or top < 1 or workers < 1:
        raise InvalidInput("--draws is at least 100, --top and --workers at least 1")
    opened, _, history = open_history(folder)
    choices = RoundChoices(weights=weights, measurement=measurement)
    when = year or opened.spec.year
    if when not in history:
        known = ", ".join(map(str, history.years))
        raise InvalidInput(f"there is no result of {when}; there are results of {known}")
    result = history[when]
    if result.illustrative:
        out.print(ILLUSTRATIVE.get(chosen), markup=False, style="yellow")
    for group, standings in result.groups.items():
        title = result.index.groups[group].get(chosen)
        firmness = _analyse(result.index, standings, choices, draws, seed, (workers, scheduler))
        if isinstance(firmness, NoAnalysis):
            out.print(f"\n{title}: {firmness.reason.get(chosen)}", markup=False)
            continue
        found, causes = firmness
        banded = bands(found)
        _show(opened, found, banded, title, top, chosen)
        if causes is not None:
            _show_causes(causes, chosen)
        if output is not None:
            path = output / f"ranks-{result.year}-{group}.csv"
            _write(path, found, banded, top, result.illustrative)


def _analyse(
    index: Index,
    standings: Standings,
    choices: RoundChoices,
    draws: int,
    seed: int,
    where: tuple[int, str],
) -> tuple[Uncertainty, Sensitivity | None] | NoAnalysis:
    """The uncertainty of a group's ranks and, where several choices vary, which matters most."""
    model = round_model(standings, index, choices)
    if isinstance(model, NoAnalysis):
        return model
    with executor_of(*where) as executor:
        found = uncertainty(model, draws=draws, seed=seed, executor=executor)
        causes = None
        if len(model.choices) > 1:
            causes = sensitivity(model, seed=seed, executor=executor)
    return found, causes


def _show(
    opened: Round, found: Uncertainty, banded: Bands, title: str, top: int, chosen: Language
) -> None:
    table = Table(title=f"\n{title}", title_justify="left")
    for column in _COLUMNS:
        table.add_column(column.get(chosen).format(top=top))
    for place, body, best, worst, chance in _rows(found, top):
        rank = str(int(found.nominal_rank[place]))
        name = opened.register.get(body).name.get(chosen)
        share = f"{number(100 * chance, chosen, 0)} %"
        table.add_row(name, rank, f"{best}–{worst}", share, _band(banded, place))
    print_table(table)
    drawn = Text(
        f"{found.draws} lần rút thăm, hạt giống {found.seed}; thay đổi: ",
        f"{found.draws} draws, seed {found.seed}; varied: ",
    ).get(chosen)
    varied = [TITLES[name].get(chosen) if name in TITLES else name for name in found.varied]
    out.print(drawn + ", ".join(varied), markup=False)
    for note in found.notes:
        out.print(note.get(chosen), markup=False)


def _rows(found: Uncertainty, top: int) -> Iterator[tuple[int, str, int, int, float]]:
    low, high = found.interval()
    chances = found.top(top)
    for place in np.argsort(found.nominal_rank, kind="stable"):
        if not np.isnan(found.nominal_rank[place]):
            yield (
                int(place),
                found.bodies[place],
                int(low[place]),
                int(high[place]),
                float(chances[place]),
            )


def _band(banded: Bands, place: int) -> str:
    """The band, or the range of bands that holds with the stated probability."""
    best, worst = banded.best[place], banded.worst[place]
    return best if best == worst else f"{best}–{worst}"


def _show_causes(causes: Sensitivity, chosen: Language) -> None:
    """What moves the ranks most: total indices with their intervals."""
    head = Text("Điều làm thứ hạng thay đổi nhiều nhất", "What moves the ranks most").get(chosen)
    out.print(f"{head}:", markup=False)
    shift = causes.shift
    for place, name in enumerate(causes.choices):
        title = TITLES[name].get(chosen) if name in TITLES else name
        status = str(shift.status[0, place])
        if np.isnan(shift.total[0, place]):
            out.print(f"  {title}: {status}", markup=False)
            continue
        value, low, high = (
            number(float(part[0, place]), chosen, 2)
            for part in (shift.total, shift.total_low, shift.total_high)
        )
        mark = "" if status == "ok" else f" ({status})"
        out.print(f"  {title}: {value} [{low}; {high}]{mark}", markup=False)


def _write(path: Path, found: Uncertainty, banded: Bands, top: int, illustrative: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = ["body", "rank", "median", "low_90", "high_90", f"top_{top}"]
    columns += ["band_best", "band_worst", "seed", "draws", "illustrative"]
    rows: list[list[Cell]] = [
        [
            body,
            int(found.nominal_rank[place]),
            float(found.median[place]),
            best,
            worst,
            chance,
            banded.best[place],
            banded.worst[place],
            found.seed,
            found.draws,
            illustrative,
        ]
        for place, body, best, worst, chance in _rows(found, top)
    ]
    write_csv(path, columns, rows)
    out.print(str(path), markup=False)
