"""Commands on reports: form, collect."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chiso.cli.app import app
from chiso.cli.options import Folder, Lang, language
from chiso.cli.output import errors, out, progress
from chiso.problems import Collector, InvalidInput
from chiso.rounds.answers import AnswerBook
from chiso.rounds.collect import collect_forms
from chiso.rounds.export import export_answers
from chiso.rounds.folder import find_body, open_round
from chiso.rounds.forms import write_form
from chiso.rounds.reading import Reader


@app.command("form")
def form(
    folder: Folder,
    body: Annotated[
        str | None, typer.Argument(metavar="BODY", help="A body by name or code.")
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Write the form of every body.")] = False,
    output: Annotated[
        Path | None, typer.Option("--out", help="The file (one body) or folder (--all).")
    ] = None,
    lang: Lang = "vi",
) -> None:
    """Write the Excel form in which a body reports, or those of all bodies."""
    opened, chosen = open_round(folder), language(lang)
    if everyone == (body is not None):
        raise InvalidInput("name one body, or say --all")
    if body is not None:
        one = find_body(opened, body)
        path = output or Path(f"{one.code}.xlsx")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_form(path, opened.spec, opened.index, one, chosen)
        out.print(str(path), markup=False)
        return
    target = output or opened.folder / "forms"
    target.mkdir(parents=True, exist_ok=True)
    bodies = [one for group in opened.bodies.values() for one in group]
    with progress() as report:
        for count, one in enumerate(bodies, 1):
            write_form(target / f"{one.code}.xlsx", opened.spec, opened.index, one, chosen)
            report("writing", count, len(bodies))
    out.print(f"{len(bodies)} forms in {target}", markup=False)


@app.command("collect")
def collect(
    folder: Folder,
    forms: Annotated[Path, typer.Argument(help="The folder of filled forms.")],
    output: Annotated[
        Path | None, typer.Option("--out", help="Write all answers to this CSV file.")
    ] = None,
) -> None:
    """Read a folder of filled forms, list every problem, and write the answers as one table."""
    opened = open_round(folder)
    problems = Collector()
    books = {
        group: AnswerBook(opened.index, [one.code for one in bodies])
        for group, bodies in opened.bodies.items()
    }
    reader = Reader(opened.spec, opened.folder, opened.index, opened.register, books, problems)
    with progress() as report:
        collect_forms(reader, forms, report)
    errors(problem for problem in problems if problem.warning)
    problems.raise_if_any()
    answers = {group: book.build() for group, book in books.items()}
    if output is not None:
        count = export_answers(output, opened.index, answers)
        out.print(f"{count} answers in {output}", markup=False)
    for group, read in answers.items():
        given = {place for place, _ in read.origins}
        absent = [code for place, code in enumerate(read.bodies) if place not in given]
        out.print(f"{group}: {len(given)} of {len(read.bodies)} bodies have reported", markup=False)
        if absent and given:
            names = ", ".join(opened.register.get(code).name.vi for code in absent[:10])
            more = f" and {len(absent) - 10} more" if len(absent) > 10 else ""
            out.print(f"  not yet: {names}{more}", markup=False)
