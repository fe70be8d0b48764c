"""What commands print: tables, progress, problems. Results on stdout, all else on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.tree import Tree

from chiso.executor import Progress as Report
from chiso.problems import Problem

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
MOST_PROBLEMS = 200
_PIPE_WIDTH = 1000

_STAGES = {
    "forms": "Reading forms",
    "scoring": "Scoring",
    "pages": "Writing pages",
    "charts": "Drawing charts",
    "demo": "Filling forms",
    "writing": "Writing forms",
}


def errors(problems: Iterable[Problem | str]) -> None:
    """Print problems, errors first, each on its line."""
    listed = list(problems)
    firm = [p for p in listed if isinstance(p, str) or not p.warning]
    soft = [p for p in listed if isinstance(p, Problem) and p.warning]
    for problem in (firm + soft)[:MOST_PROBLEMS]:
        word = "warning" if isinstance(problem, Problem) and problem.warning else "error"
        err.print(
            f"{word}: {problem}", markup=False, style="yellow" if word == "warning" else "red"
        )
    if len(listed) > MOST_PROBLEMS:
        err.print(f"… and {len(listed) - MOST_PROBLEMS} more", markup=False)
    if firm:
        count = f"{len(firm)} error" + ("s" if len(firm) > 1 else "")
        err.print(f"{count}; nothing was written", markup=False)


def print_table(table: Table) -> None:
    """Print a table: wrapped to a terminal, whole lines into a file or pipe."""
    _print_whole(table)


def print_tree(tree: Tree) -> None:
    """Print a tree: wrapped to a terminal, whole lines into a file or pipe."""
    _print_whole(tree)


def _print_whole(item: Tree | Table) -> None:
    if out.is_terminal:
        out.print(item, soft_wrap=False)
    else:
        plain = Console(highlight=False, width=_PIPE_WIDTH, file=out.file)
        with plain.capture() as captured:
            plain.print(item)
        lines = captured.get().splitlines()
        out.print("\n".join(line.rstrip() for line in lines), markup=False)


@contextmanager
def progress() -> Iterator[Report]:
    """Progress bars on a terminal, one line per finished stage elsewhere."""
    if not sys.stderr.isatty():
        yield _plain
        return
    columns = (
        TextColumn("{task.description:<16}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err) as bars:
        tasks: dict[str, object] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(_STAGES.get(stage, stage), total=total)
            bars.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield report


def _plain(stage: str, done: int, total: int) -> None:
    if done == total:
        err.print(f"{_STAGES.get(stage, stage)}: {total}", markup=False)
