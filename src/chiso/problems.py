"""What is wrong with an input, said so that its author can find and mend it.

Every reader in this project gathers all problems of an input before it gives up, and raises
them together as one [`InvalidInput`][]. Nothing is dropped or coerced on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, and the place where it stands.

    `line` counts from 1 in text files; `row` counts from 1 in tables, as spreadsheets show it,
    and `column` is the spreadsheet letter or the heading; `criterion` is the id in an index. A
    `warning` asks for a look and does not keep the input from being used.
    """

    message: str
    file: str | None = None
    line: int | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    criterion: str | None = None
    hint: str | None = None
    warning: bool = False

    def place(self) -> str:
        """Where it stands, from the file down to the cell; empty when unknown."""
        parts = []
        if self.file:
            parts.append(f"{self.file}:{self.line}" if self.line else self.file)
        elif self.line:
            parts.append(f"line {self.line}")
        if self.sheet:
            parts.append(f"sheet '{self.sheet}'")
        if self.row:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        if self.criterion:
            parts.append(f"criterion '{self.criterion}'")
        return ", ".join(parts)

    def __str__(self) -> str:
        place = self.place()
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} ({self.hint})" if self.hint else text


class InvalidInput(Exception):
    """An input cannot be used; `problems` lists every reason that was found."""

    def __init__(self, problems: Iterable[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        if isinstance(problems, Problem):
            problems = (problems,)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class Collector:
    """Gathers problems while a reader goes on; `raise_if_any` ends the reading.

    Defaults given at construction (file, sheet …) fill what an added problem leaves open.
    """

    file: str | None = None
    sheet: str | None = None
    found: list[Problem] = field(default_factory=list)

    def add(
        self,
        message: str,
        *,
        line: int | None = None,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        criterion: str | None = None,
        hint: str | None = None,
        warning: bool = False,
    ) -> None:
        """Note one problem and go on."""
        self.found.append(
            Problem(
                message,
                file=self.file,
                line=line,
                sheet=sheet or self.sheet,
                row=row,
                column=column,
                criterion=criterion,
                hint=hint,
                warning=warning,
            )
        )

    def take(self, problems: Iterable[Problem]) -> None:
        """Adopt problems found by another reader, adding our file and sheet where it had none."""
        for problem in problems:
            self.found.append(
                replace(problem, file=problem.file or self.file, sheet=problem.sheet or self.sheet)
            )

    def raise_if_any(self) -> None:
        """Raise [`InvalidInput`][] with everything found so far, unless all are warnings."""
        if any(not problem.warning for problem in self.found):
            raise InvalidInput(self.found)

    def __bool__(self) -> bool:
        return bool(self.found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.found)
