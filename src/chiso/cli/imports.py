"""`chiso import`: indexes that were kept elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chiso.cli.app import app
from chiso.cli.options import Decimals, decimals
from chiso.cli.output import out
from chiso.robustness.coin import read_coin
from chiso.robustness.coin_round import write_coin_round

imports = typer.Typer(no_args_is_help=True, help="Move an index that was kept elsewhere.")
app.add_typer(imports, name="import")


@imports.command("coin")
def import_coin(
    data: Annotated[Path, typer.Argument(help="The data of COINr (iData): one row a body.")],
    meta: Annotated[Path, typer.Argument(help="The metadata of COINr (iMeta): one row a node.")],
    folder: Annotated[Path, typer.Argument(help="The folder of the round to make.")],
    name: Annotated[str, typer.Option(help="What the index is called.")] = "Imported index",
    year: Annotated[int, typer.Option(help="The year of the data.")] = 2026,
    decimal: Decimals = "point",
) -> None:
    """Make a round of the two tables that COINr users have, ready to run."""
    coin = read_coin(data, meta, decimal=decimals(decimal))
    write_coin_round(coin, folder, name, year)
    out.print(
        f"{len(coin.bodies)} bodies, {len(coin.codes)} indicators; next: chiso run {folder}",
        markup=False,
    )


@imports.callback()
def moves() -> None:
    """Move an index that was kept elsewhere."""
