"""The command line application: how commands are found, and how errors are told."""

from __future__ import annotations

import sys

import typer

from chiso import __version__
from chiso.cli.output import errors
from chiso.problems import InvalidInput

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


def load_commands() -> typer.Typer:
    """The application with all its commands."""
    from chiso.cli import demo, forms, indexes, ranks, rounds  # noqa: F401 - they register commands

    return app


def main() -> None:
    """Run the command line. Invalid input ends with a list of problems and exit code 2."""
    try:
        load_commands()()
    except InvalidInput as error:
        errors(error.problems)
        sys.exit(2)
    except OSError as error:
        errors([f"{error.filename or ''}: {error.strerror or error}"])
        sys.exit(2)
    except KeyboardInterrupt:
        errors(["interrupted; nothing was left half written"])
        sys.exit(130)
