"""The command line application that commands register with."""

from __future__ import annotations

import typer

from chiso import __version__

app = typer.Typer(
    name="chiso",
    help="Assess and rank public bodies with indexes that explain every number.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"chiso {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version and leave."
    ),
) -> None:
    """Assess and rank public bodies with indexes that explain every number."""
