"""What people decided about findings: the queue that a run leaves comes back filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from chiso.checks.findings import Finding
from chiso.checks.judging.judge import sealed
from chiso.checks.states import CheckState
from chiso.problems import Collector
from chiso.tables import Row, is_blank, parse_number, parse_text, read_table

Kind = Literal["confirm", "correct", "explained", "not_applicable", "not_measured"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision on one finding.

    `confirm` takes what the robot proposed, `correct` another level; `explained` accepts an
    explanation (the finding stays visible), the others say that it does not count.
    """

    body: str
    site: str
    check: str
    kind: Kind
    reason: str
    by: str
    when: str
    level: float | None = None


def read_decisions(path: Path) -> tuple[Decision, ...]:
    """The decided rows of a review.csv; rows without a decision are still open.

    Raises InvalidInput with every problem by row.
    """
    columns = ("body", "site", "check", "decision", "level", "reason", "by", "when")
    table = read_table(path, guarded=True).require(columns)
    problems = Collector()
    found: list[Decision] = []
    seen: dict[tuple[str, str, str], int] = {}
    for row in table.rows:
        if is_blank(row["decision"]):
            continue
        try:
            decision = _decision(row)
        except ValueError as error:
            problems.take([table.problem(str(error), row)])
            continue
        key = (decision.body, decision.site, decision.check)
        if key in seen:
            problems.take([table.problem(f"is decided here and in row {seen[key]}", row)])
        seen.setdefault(key, row.number)
        found.append(decision)
    problems.raise_if_any()
    return tuple(found)


def _decision(row: Row) -> Decision:
    def text(column: str) -> str:
        return "" if is_blank(row[column]) else parse_text(row[column])

    word = text("decision").casefold()
    kind = next((kind for kind in KINDS if kind == word), None)
    if kind is None:
        raise ValueError(f"'{word}' is not a decision; decisions are {', '.join(KINDS)}")
    level = None if is_blank(row["level"]) else float(parse_number(row["level"]))
    if (kind == "correct") != (level is not None):
        raise ValueError("a level goes with 'correct', and only with it")
    if level is not None and not 0 <= level <= 1:
        raise ValueError(f"the level {level:g} is outside 0 to 1")
    for column in ("by", "when", *(() if kind == "confirm" else ("reason",))):
        if not text(column):
            raise ValueError(f"a decision needs '{column}'")
    return Decision(
        text("body"), text("site"), text("check"), kind, text("reason"), text("by"), text("when"),
        level,
    )  # fmt: skip


def decided(findings: Iterable[Finding], decisions: Sequence[Decision]) -> Iterator[Finding]:
    """The findings with the decisions on them; a decision only touches its own finding."""
    by_key = {(d.body, d.site, d.check): d for d in decisions}
    for finding in findings:
        decision = by_key.get((finding.body, finding.site, finding.check))
        yield finding if decision is None else _applied(finding, decision)


def _applied(finding: Finding, decision: Decision) -> Finding:
    level = decision.level if decision.kind == "correct" else None
    if decision.kind == "confirm":
        if finding.state is not CheckState.NEEDS_REVIEW or finding.proposed is None:
            return finding
        level = finding.proposed
    state = CheckState(decision.kind) if level is None else _state(level)
    said = f"({decision.by}, {decision.when}: {decision.reason or decision.kind})"
    return sealed(
        finding.model_copy(
            update={
                "state": state,
                "level": level,
                "proposed": None,
                "vi": f"{finding.vi} {said}",
                "en": f"{finding.en} {said}",
            }
        )
    )


def _state(level: float) -> CheckState:
    return {0.0: CheckState.FAIL, 1.0: CheckState.PASS}.get(level, CheckState.PARTIAL)
