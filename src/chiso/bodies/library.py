"""The registers that come with the project, and any register by name or path."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from chiso.bodies.reading import read_register
from chiso.bodies.register import Register
from chiso.problems import InvalidInput, Problem

_LIBRARY = Path(__file__).parent / "library"


def shipped_registers() -> tuple[str, ...]:
    """The names of the registers that come with the project."""
    return tuple(sorted(path.parent.name for path in _LIBRARY.glob("*/bodies.csv")))


def load_register(name_or_path: str | Path) -> Register:
    """A shipped register by its name, or one from a folder or a CSV file.

    A string that is the name of a shipped register means that one; a Path never does. Raises
    InvalidInput when there is no such register, or with everything that is wrong in its files.
    """
    if isinstance(name_or_path, str) and name_or_path in shipped_registers():
        return _shipped(name_or_path)
    path = Path(name_or_path)
    if not name_or_path or not path.exists():
        shipped = ", ".join(shipped_registers())
        raise InvalidInput(
            Problem(
                f"there is no register '{name_or_path}'",
                hint=f"give a folder, a CSV file or a shipped name: {shipped}",
            )
        )
    return read_register(path)


@cache
def _shipped(name: str) -> Register:
    return read_register(_LIBRARY / name)
