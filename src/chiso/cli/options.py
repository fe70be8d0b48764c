"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from chiso.bodies import Body
from chiso.comparison import History
from chiso.executor import NoCluster, cluster, local
from chiso.language import LANGUAGES, Language
from chiso.problems import InvalidInput
from chiso.rounds.folder import Round, find_body
from chiso.rounds.spec import Decimal
from chiso.scoring.results import results_with_history
from chiso.scoring.standings import RoundResult, Standings

Folder = Annotated[Path, typer.Argument(metavar="ROUND", help="The folder with round.yaml.")]
BodyName = Annotated[str, typer.Argument(metavar="BODY", help="A body, by name, alias or code.")]
Lang = Annotated[str, typer.Option("--lang", help="vi or en.")]
Decimals = Annotated[str, typer.Option("--decimal", help="auto, comma or point.")]
Year = Annotated[int, typer.Option("--year", help="The year; the round's own by default.")]


Scheduler = Annotated[
    str, typer.Option(help="A Dask cluster in place of local processes, as tcp://HOST:PORT.")
]


@contextmanager
def executor_of(workers: int, scheduler: str) -> Iterator[Executor]:
    """Where the work runs: this machine, or a cluster if its address is given."""
    try:
        with cluster(scheduler) if scheduler else local(workers) as executor:
            yield executor
    except NoCluster as error:
        raise InvalidInput(str(error)) from None


def language(name: str) -> Language:
    """The language that an option names."""
    if name not in LANGUAGES:
        raise InvalidInput(f"--lang is vi or en, not '{name}'")
    return name


def decimals(name: str) -> Decimal:
    """The decimal convention that an option names."""
    if name not in get_args(Decimal):
        raise InvalidInput(f"--decimal is auto, comma or point, not '{name}'")
    return cast(Decimal, name)


def open_history(folder: Path) -> tuple[Round, list[RoundResult], History]:
    """A round with its results, earlier ones included."""
    opened, results = results_with_history(folder)
    return opened, results, History(results, opened.register, opened.spec.merge_rule)


def pick(opened: Round, history: History, name: str, year: int) -> tuple[Body, Standings, int]:
    """The body that a name means, its group's standings and the year.

    Raises InvalidInput if the body is unknown, or has no result in that year.
    """
    body = find_body(opened, name)
    chosen = year or opened.spec.year
    standings = history.group(chosen, body.group)
    if standings is None or standings.place(body.code) is None:
        years = ", ".join(str(y) for y in history.years if history.group(y, body.group))
        raise InvalidInput(
            f"{body.name.vi} has no result in {chosen}; there are results of {years}"
        )
    return body, standings, chosen
