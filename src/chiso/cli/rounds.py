"""Commands on a round: run, explain, article, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from chiso.cli.app import app
from chiso.cli.options import BodyName, Folder, Lang, Year, language, open_history, pick
from chiso.cli.output import err, out, print_table, print_tree, progress
from chiso.cli.tree import derivation_tree
from chiso.comparison import History
from chiso.index import OVERALL
from chiso.language import Language, Text, number
from chiso.narrative import Occasion, write_article
from chiso.narrative.comparison_text import comparison_lines
from chiso.problems import InvalidInput
from chiso.release.package import build_release
from chiso.rounds.folder import Round
from chiso.rounds.spec import ILLUSTRATIVE
from chiso.scoring.derivation import derive
from chiso.scoring.results import results_with_history
from chiso.scoring.standings import Standing, Standings
from chiso.tables import atomic_write

_FIRST = 5


@app.command("run")
def run(folder: Folder, lang: Lang = "vi") -> None:
    """Score, rank, compare, write articles and build the site, into FOLDER/release/."""
    chosen = language(lang)
    with progress() as report:
        opened, results = results_with_history(folder, report)
        history = History(results, opened.register, opened.spec.merge_rule)
        release = build_release(opened, history, opened.folder / "release", report)
    _summary(opened, history, chosen)
    out.print(f"{release.pages} pages; tables: {release.tables}", markup=False)
    out.print(f"site: {release.first}", markup=False)


def _summary(opened: Round, history: History, chosen: Language) -> None:
    """The first bodies of each group, and the body in focus."""
    out.print(f"\n{opened.spec.title.get(chosen)}", markup=False, style="bold")
    if opened.spec.illustrative:
        out.print(ILLUSTRATIVE.get(chosen), markup=False, style="yellow")
    for group in opened.spec.groups:
        standings = history.group(opened.spec.year, group)
        if standings is None:
            continue
        ranked = list(standings.ranking())
        table = Table(title=opened.index.groups[group].get(chosen), title_justify="left")
        table.add_column("#", justify="right")
        table.add_column(Text("Cơ quan", "Body").get(chosen))
        table.add_column(Text("Điểm", "Score").get(chosen), justify="right")
        shown = ranked[:_FIRST]
        focus = opened.spec.focus
        if focus is not None and standings.place(focus) is not None:
            own = standings.standing(focus)
            shown += [own] if own.rank is not None and own not in shown else []
        for standing in shown:
            body = standing.key.split("/")[2]
            name = opened.register.get(body).name.get(chosen)
            table.add_row(_place(standing), name, _score(standing, opened, chosen))
        known = len(ranked)
        total = standings.nodes[OVERALL].ranked or len(standings.bodies)
        if known < total:
            table.caption = Text(
                f"biết thứ hạng của {known}/{total}", f"the rank of {known} of {total} is known"
            ).get(chosen)
        print_table(table)


def _place(standing: Standing) -> str:
    tied = "=" if standing.tied else ""
    return (
        f"{tied}{standing.rank}/{standing.ranked}" if standing.ranked else f"{tied}{standing.rank}"
    )


def _score(standing: Standing, opened: Round, chosen: Language) -> str:
    if standing.score is None:
        return Text("chưa có số liệu", "no data").get(chosen)
    decimals = opened.index.publish.decimals
    if standing.citation is not None and standing.citation.decimals is not None:
        decimals = standing.citation.decimals
    return number(standing.score, chosen, decimals)


@app.command("explain")
def explain(
    folder: Folder,
    body: BodyName,
    node: Annotated[
        str, typer.Argument(metavar="[CRITERION]", help="A pillar or criterion by id.")
    ] = OVERALL,
    year: Year = 0,
    lang: Lang = "vi",
    depth: Annotated[int, typer.Option(help="How many levels to show; all by default.")] = 99,
) -> None:
    """Show how a number came about: pillars, criteria, rule, inputs, source, evidence, ruling."""
    chosen = language(lang)
    opened, _, history = open_history(folder)
    one, standings, when = pick(opened, history, body, year)
    index = history[when].index
    if node != OVERALL and node not in index.by_id:
        known = ", ".join(index.by_id)
        raise InvalidInput(f"the index {index.key} has no '{node}'; it has {known}")
    if opened.spec.illustrative:
        err.print(ILLUSTRATIVE.get(chosen), markup=False, style="yellow")
    derivation = derive(index, standings, one.code, node)
    title = f"{one.name.get(chosen)}, {when}"
    print_tree(derivation_tree(derivation, title, index, chosen, depth))


@app.command("article")
def article(
    folder: Folder,
    body: BodyName,
    year: Year = 0,
    lang: Lang = "vi",
    trace: Annotated[bool, typer.Option("--trace", help="Show the data of each sentence.")] = False,
    output: Annotated[Path | None, typer.Option("--out", help="Write to this file.")] = None,
) -> None:
    """Write the article that a body would publish about its place."""
    chosen = language(lang)
    opened, _, history = open_history(folder)
    one, _, when = pick(opened, history, body, year)
    text = write_article(history, one.code, one.group, when, chosen, occasion(opened, when)).text(
        trace
    )
    if output is None:
        out.print(text, markup=False, end="")
        return
    with atomic_write(output) as file:
        file.write(text.encode())
    out.print(str(output), markup=False)


def occasion(opened: Round, year: int) -> Occasion:
    """What is announced; earlier years keep the publisher but not the day and the sources."""
    spec = opened.spec
    if year != spec.year:
        return Occasion(spec.title, spec.publisher, illustrative=spec.illustrative)
    return Occasion(spec.title, spec.publisher, spec.announced, spec.data, spec.illustrative)


@app.command("compare")
def compare(
    folder: Folder,
    body: BodyName,
    year: Year = 0,
    before: Annotated[int, typer.Option(help="The earlier year; the latest by default.")] = 0,
    lang: Lang = "vi",
) -> None:
    """Compare a body with an earlier year, with the leader and with its peers."""
    chosen = language(lang)
    opened, _, history = open_history(folder)
    one, standings, _ = pick(opened, history, body, year)
    earlier = _earlier(history, standings, before)
    for line in comparison_lines(history, one.code, standings, earlier, chosen):
        out.print(line, markup=False)


def _earlier(history: History, standings: Standings, before: int) -> int | None:
    years = history.years_before(standings.year, standings.group)
    if before and before not in years:
        known = ", ".join(map(str, years)) or "none"
        raise InvalidInput(f"there is no earlier year {before}; earlier years: {known}")
    return before or (years[0] if years else None)
