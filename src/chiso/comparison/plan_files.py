"""Plans as files: saved, assigned with owners and dates, and followed in later rounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chiso.comparison.improvement import Improvement
from chiso.index.model import Index
from chiso.language import Text
from chiso.problems import Collector, InvalidInput, Problem
from chiso.scoring.standings import Standings
from chiso.tables import Cell, is_blank, parse_date, parse_number, parse_text, read_table, write_csv

COLUMNS = (
    "body", "year", "criterion", "title_vi", "title_en", "who", "from", "to", "full",
    "score_gained", "effort", "have_it", "asked", "examples", "owner", "due", "note",
)  # fmt: skip
REACHED = Text("đã đạt", "reached")
UNDER_WAY = Text("đang tiến", "under way")
STANDING = Text("chưa tiến", "no progress")
LOST = Text("thụt lùi", "lost ground")
UNKNOWN = Text("chưa có số liệu", "not known")
LATE = Text("quá hạn", "overdue")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A step of a saved plan, with who does it until when."""

    criterion: str
    title: str
    now: float
    then: float
    owner: str = ""
    due: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """A step and where the body stands on it now; None where that is not known."""

    assignment: Assignment
    now: float | None

    def state(self, today: dt.date) -> Text:
        """How far the step is."""
        said = self.assignment
        if self.now is None:
            return UNKNOWN
        if self.now >= said.then - 1e-9:
            return REACHED
        if said.due is not None and said.due < today:
            return LATE
        if self.now > said.now + 1e-9:
            return UNDER_WAY
        return LOST if self.now < said.now - 1e-9 else STANDING


def write_plan(path: Path, plan: Improvement, index: Index) -> None:
    """Save a plan as CSV; the columns owner, due and note are for the body to fill in."""
    rows: list[list[Cell]] = []
    for step in plan.steps:
        advice = index.criterion(step.criterion).advice
        who = " ".join(f"{audience}: {text.vi}" for audience, text in advice.items())
        rows.append(
            [
                plan.body, plan.year, step.criterion, step.title.vi, step.title.en, who, step.now,
                step.then, step.full, step.gain, step.effort, step.having, step.asked,
                "; ".join(step.examples), "", "", "",
            ]
        )  # fmt: skip
    write_csv(path, COLUMNS, rows)


def read_plan(path: Path) -> tuple[Assignment, ...]:
    """The steps of a saved plan. Raises InvalidInput with every problem by row."""
    table = read_table(path, guarded=True).require(("criterion", "from", "to", "owner", "due"))
    problems = Collector()
    found: list[Assignment] = []
    criteria = table.values("criterion", parse_text, problems)
    now = table.values("from", parse_number, problems)
    then = table.values("to", parse_number, problems)
    owners = table.values("owner", parse_text, problems)
    due = table.values("due", parse_date, problems)
    for place, row in enumerate(table.rows):
        criterion, a, b = criteria[place], now[place], then[place]
        if criterion is None or a is None or b is None:
            problems.take([table.problem("needs a criterion, 'from' and 'to'", row)])
            continue
        cell = row.cells.get("title_vi")
        title = criterion if is_blank(cell) else parse_text(cell)
        found.append(
            Assignment(criterion, title, float(a), float(b), owners[place] or "", due[place])
        )
    problems.raise_if_any()
    return tuple(found)


def followed(
    assignments: Sequence[Assignment], standings: Standings, body: str
) -> Iterator[Followed]:
    """Each step with the points that the body has on it in these standings."""
    computation, place = standings.computation, standings.place(body)
    rows = {} if computation is None else {c.id: n for n, c in enumerate(computation.criteria)}
    for assignment in assignments:
        row = rows.get(assignment.criterion)
        now = None
        if computation is not None and row is not None and place is not None:
            counted = computation.maximum[row, place] > 0
            now = float(computation.points[row, place]) if counted else None
        yield Followed(assignment, now)


def read_efforts(path: Path, index: Index) -> dict[str, float]:
    """Efforts by criterion. Raises InvalidInput for unknown criteria and efforts not above 0."""
    table = read_table(path).require(("criterion", "effort"))
    problems = Collector()
    known = {node.id for node in index.leaves}
    found: dict[str, float] = {}
    efforts = table.values("effort", parse_number, problems)
    for place, row in enumerate(table.rows):
        name = str(row["criterion"] or "").strip()
        effort = efforts[place]
        if name not in known:
            problems.take([table.problem(f"the index has no criterion '{name}'", row, "criterion")])
        elif name in found:
            problems.take([table.problem(f"'{name}' stands here twice", row, "criterion")])
        elif effort is None or effort <= 0:
            problems.take([table.problem("an effort is a number above 0", row, "effort")])
        else:
            found[name] = float(effort)
    problems.raise_if_any()
    return found


def same_size(standings: Standings, body: str, fact: str) -> tuple[str, ...]:
    """The third of the group nearest to a body in a fact of the index, such as its staff.

    Raises InvalidInput if the fact is not a number that is asked for, or the body did not tell.
    """
    computation, place = standings.computation, standings.place(body)
    columns = {} if computation is None else computation.answers.columns
    facts = [] if computation is None else [k for k in computation.index.facts if k in columns]
    if fact not in facts:
        raise InvalidInput(
            Problem(
                f"there is no fact '{fact}' to tell sizes by", hint=f"facts: {', '.join(facts)}"
            )
        )
    values = columns[fact].values
    if place is None or np.isnan(values[place]):
        raise InvalidInput(f"{body} did not tell '{fact}'")
    distance = np.abs(np.log1p(np.maximum(values, 0)) - np.log1p(max(values[place], 0)))
    order = [int(n) for n in np.argsort(distance, kind="stable") if n != place]
    known = [n for n in order if not np.isnan(values[n])]
    count = max(5, len(standings.bodies) // 3)
    return tuple(standings.bodies[n] for n in known[:count])
