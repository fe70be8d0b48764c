"""Print the reference of the command line as Markdown, from the commands themselves.

python scripts/reference.py > docs/reference/commands.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup

from chiso.cli.start import app


def pages(command: Any, path: str) -> Iterator[str]:
    """One section a command, groups first."""
    if isinstance(command, TyperGroup):
        for name in sorted(command.commands):
            yield from pages(command.commands[name], f"{path} {name}")
        return
    context = command.make_context(path, [], resilient_parsing=True)
    words = [part for parameter in command.params for part in usage(parameter)]
    yield f"## {path}\n"
    yield f"{command.help or ''}\n"
    yield f"```text\n{path} {' '.join(words)}\n```\n"
    rows = [row(parameter, context) for parameter in command.params if parameter.name != "help"]
    if rows:
        yield "| | |\n|---|---|"
        yield "\n".join(rows) + "\n"


def usage(parameter: Any) -> Iterator[str]:
    """How a parameter stands in a command line."""
    if parameter.param_type_name == "argument":
        name = (parameter.metavar or parameter.name).strip("[]").upper()
        yield name if parameter.required else f"[{name}]"
    else:
        yield parameter.opts[0] if parameter.required else f"[{parameter.opts[0]}]"


def row(parameter: Any, context: Any) -> str:
    """One line of the table of a command."""
    if parameter.param_type_name == "argument":
        name = (parameter.metavar or parameter.name).strip("[]").upper()
        text = getattr(parameter, "help", None) or ""
    else:
        name = f"{parameter.opts[0]}"
        text = getattr(parameter, "help", None) or ""
        default = parameter.get_default(context)
        if default not in (None, False, 0, ()) and not callable(default):
            text += f" Default: `{default}`."
    return f"| `{name}` | {text} |"


_OUTPUT = """\
Results are printed on standard output, everything else on standard error. Invalid input ends with
every problem on its own line and exit code 2; nothing is written half."""


def reference() -> str:
    """The whole page."""
    command = typer.main.get_command(app)
    head = [
        "# Commands\n",
        "Made by `scripts/reference.py` from the commands; a test keeps both equal.\n",
        f"{_OUTPUT}\n",
    ]
    return "\n".join([*head, *pages(command, "chiso")]).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
