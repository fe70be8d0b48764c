"""A round in a folder: everything it takes to score it, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chiso.bodies import Body, Register, load_register
from chiso.executor import Progress, silent
from chiso.index.lint import lint_index
from chiso.index.loading import load_index
from chiso.index.model import Index
from chiso.problems import Collector, InvalidInput, Problem
from chiso.rounds.answers import AnswerBook, Answers
from chiso.rounds.collect import collect_forms
from chiso.rounds.reading import Reader, read_answers, read_observations, read_rulings
from chiso.rounds.spec import CHECKED, DataFile, Forms, RoundSpec, inside, read_spec


@dataclass(slots=True)
class Round:
    """A round with its index, its bodies by group, and their answers by group.

    A group without answers (published results only) has none in `answers`.
    """

    folder: Path
    spec: RoundSpec
    index: Index
    register: Register
    bodies: dict[str, tuple[Body, ...]]
    answers: dict[str, Answers]

    @property
    def history_folders(self) -> tuple[Path, ...]:
        """The folders of earlier rounds: beside or below this one."""
        return tuple(
            inside(self.folder.parent, f"{self.folder.name}/{h}") for h in self.spec.history
        )


def open_round(folder: Path) -> Round:
    """Read `round.yaml`, its index and its register; no answers yet.

    Raises InvalidInput with all problems of the file, and of an index that does not pass its
    checks.
    """
    spec = read_spec(folder)
    folder = (folder if folder.is_dir() else folder.parent).resolve()
    if Path(spec.index).suffix in {".yaml", ".yml"}:
        index = load_index(inside(folder, spec.index))
    else:
        index = load_index(spec.index)
    wrong = [problem for problem in lint_index(index) if not problem.warning]
    if wrong:
        raise InvalidInput(wrong)
    own = inside(folder, spec.bodies)
    register = load_register(own if own.exists() else spec.bodies)
    problems = Collector(file=str(folder / "round.yaml"))
    bodies: dict[str, tuple[Body, ...]] = {}
    for group in spec.groups:
        if group not in index.groups:
            known = ", ".join(index.groups)
            problems.add(f"groups: the index {index.key} has no group '{group}' ({known})")
        bodies[group] = register.in_group(group, on=spec.day)
        if not bodies[group]:
            problems.add(f"groups: the register '{spec.bodies}' has no '{group}' on {spec.day}")
    problems.raise_if_any()
    return Round(folder, spec, index, register, bodies, {})


def load_round(folder: Path, progress: Progress = silent) -> Round:
    """Read a round with all its answers, rulings and observations.

    Raises InvalidInput with the problems of all files at once.
    """
    opened = open_round(folder)
    spec = opened.spec
    books = {
        group: AnswerBook(opened.index, [body.code for body in bodies])
        for group, bodies in opened.bodies.items()
    }
    problems = Collector()
    reader = Reader(spec, opened.folder, opened.index, opened.register, books, problems)
    for source in spec.answers:
        if isinstance(source, Forms):
            collect_forms(reader, inside(opened.folder, source.forms), progress)
        else:
            read_answers(reader, source)
    for rulings in spec.rulings:
        read_rulings(reader, rulings)
    looked = [*spec.observations, *_checked(opened)]
    for observations in looked:
        read_observations(reader, observations)
    problems.raise_if_any()
    if spec.answers or looked:
        opened.answers = {group: book.build() for group, book in books.items()}
    return opened


def _checked(opened: Round) -> list[DataFile]:
    """What online checks of the round's targets left, once they were made."""
    there = opened.spec.targets is not None and inside(opened.folder, CHECKED).is_file()
    named = any(source.file == CHECKED for source in opened.spec.observations)
    return [DataFile(file=CHECKED)] if there and not named else []


def find_body(opened: Round, name: str) -> Body:
    """The body of the round that a person means.

    Raises InvalidInput that lists candidates where the name is unknown or ambiguous.
    """
    reader = Reader(opened.spec, opened.folder, opened.index, opened.register, {}, Collector())
    try:
        return reader.body(name)
    except ValueError as error:
        raise InvalidInput(Problem(str(error))) from None
