"""The command that makes the demonstration rounds: demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chiso.cli.app import app
from chiso.cli.output import out, progress
from chiso.rounds.demo import make_demo


@app.command("demo")
def demo(
    folder: Annotated[Path, typer.Argument(help="The folder to make the rounds in.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same rounds.")] = 2019,
    force: Annotated[bool, typer.Option("--force", help="Make them anew.")] = False,
) -> None:
    """Make two illustrative rounds: every body, every criterion, filled Excel forms."""
    with progress() as report:
        made = make_demo(folder, seed, force=force, progress=report)
    if made:
        for path in made:
            out.print(f"made {path} (illustrative)", markup=False)
    else:
        out.print(f"{folder} already holds these rounds", markup=False)
