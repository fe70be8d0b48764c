"""Commands on indexes: lint, rulebook, new."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chiso.cli.app import app
from chiso.cli.output import errors, out
from chiso.index import load_index, shipped_indexes
from chiso.index.lint import lint_index
from chiso.index.rulebook import rulebook
from chiso.language import LANGUAGES
from chiso.rounds.scaffold import new_index, new_round
from chiso.tables import atomic_write

IndexName = Annotated[str, typer.Argument(help="A YAML file, or a shipped index such as egdi.")]


@app.command("lint")
def lint(name: IndexName) -> None:
    """Check an index: ids, points, inputs, steps, translations, worked examples."""
    index = load_index(name)
    problems = lint_index(index)
    errors(problems)
    firm = [problem for problem in problems if not problem.warning]
    if firm:
        raise typer.Exit(2)
    criteria, rebuilt = len(index.leaves), len(index.reconstructed)
    examples = sum(len(getattr(node.item, "examples", ())) for node in index.leaves)
    out.print(
        f"{index.key}: {criteria} criteria ({rebuilt} reconstructed), {examples} worked examples "
        f"hold, {len(problems)} warnings",
        markup=False,
    )


@app.command("rulebook")
def write_rulebook(
    name: IndexName,
    folder: Annotated[Path, typer.Option("--out", help="Where to write it.")] = Path(),
    lang: Annotated[str | None, typer.Option(help="vi or en; both by default.")] = None,
) -> None:
    """Write the rulebook that bodies read: every criterion, formula, evidence and example."""
    index = load_index(name)
    firm = [problem for problem in lint_index(index) if not problem.warning]
    if firm:
        errors(firm)
        raise typer.Exit(2)
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        if lang in (None, language):
            path = folder / f"{index.index}-{index.version}.{language}.md"
            with atomic_write(path) as file:
                file.write(rulebook(index, language).encode())
            out.print(str(path), markup=False)


@app.command("indexes")
def list_indexes() -> None:
    """List the indexes that come with chiso."""
    for key in shipped_indexes():
        out.print(f"{key}\t{load_index(key).title.en}", markup=False)


new = typer.Typer(no_args_is_help=True, help="Begin an index or a round.")
app.add_typer(new, name="new")


@new.command("index")
def begin_index(path: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Write a small index that passes its checks, to grow from."""
    new_index(path)
    out.print(f"wrote {path}; check it with: chiso lint {path}", markup=False)


@new.command("round")
def begin_round(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    index: Annotated[
        str, typer.Option(help="The index, by file or name.")
    ] = "ict-application/2019",
    year: Annotated[int, typer.Option(help="The year that is assessed.")] = 2026,
    group: Annotated[
        list[str] | None, typer.Option(help="A group to assess; repeat for more.")
    ] = None,
) -> None:
    """Make a round's folder: round.yaml, and an empty folder for the filled forms."""
    new_round(folder, index, year, group)
    out.print(f"made {folder}; next: chiso form {folder} --all", markup=False)
