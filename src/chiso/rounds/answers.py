"""What bodies answered in a round, held by column so that all bodies are scored at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from chiso.index.model import Index, Input
from chiso.index.reducers import FloatArray, TableData
from chiso.index.trial import encode, table_data
from chiso.language import Text


class State(IntEnum):
    """What is known of an answer. `docs/reference/states.md` says what each does to points."""

    REPORTED = 0
    MISSING = 1
    NOT_APPLICABLE = 2
    NOT_MEASURED = 3
    PENDING = 4
    REJECTED = 5

    @property
    def word(self) -> str:
        """The state as it is written in files."""
        return self.name.lower()


STATE_TITLES: Mapping[State, Text] = {
    State.REPORTED: Text("đã khai", "reported"),
    State.MISSING: Text("chưa khai", "missing"),
    State.NOT_APPLICABLE: Text("không áp dụng", "not applicable"),
    State.NOT_MEASURED: Text("chưa đo được", "not measured"),
    State.PENDING: Text("chờ xử lý", "pending"),
    State.REJECTED: Text("không được chấp nhận", "rejected"),
}
NEEDS_REASON = {State.NOT_APPLICABLE, State.REJECTED}


@dataclass(slots=True)
class Answered:
    """One input of all bodies: values of shape (bodies,), NaN unless reported, and states."""

    values: FloatArray
    states: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Observation:
    """What a check saw at a body: its state, what was seen, where and when.

    `reproduce` is a command that repeats the look, `fix` says what to do about a shortcoming,
    `picture` is a file in the round's folder.
    """

    state: str
    seen: Text = Text()
    url: str = ""
    when: str = ""
    title: Text = Text()
    fix: Text = Text()
    reproduce: str = ""
    picture: str = ""
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """An appraiser's decision on a criterion of a body, with its reason."""

    decision: Literal["accept", "correct", "reject", "not_applicable", "pending"]
    reason: str = ""
    points: float | None = None
    by: str = ""
    when: str = ""
    origin: str = ""


@dataclass(slots=True)
class Answers:
    """The answers of a group in a round, for the bodies in order.

    `columns` and `tables` are keyed like [`Index.questions`][]; the other mappings are keyed by
    (place of the body, key) and hold only what was given.
    """

    bodies: tuple[str, ...]
    columns: dict[str, Answered] = field(default_factory=dict)
    tables: dict[str, TableData] = field(default_factory=dict)
    table_states: dict[str, NDArray[np.int8]] = field(default_factory=dict)
    texts: dict[tuple[int, str], str] = field(default_factory=dict)
    reasons: dict[tuple[int, str], str] = field(default_factory=dict)
    origins: dict[tuple[int, str], str] = field(default_factory=dict)
    evidence: dict[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)
    levels: dict[str, Answered] = field(default_factory=dict)
    observations: dict[tuple[int, str], Observation] = field(default_factory=dict)
    rulings: dict[tuple[int, str], Ruling] = field(default_factory=dict)

    def state(self, body: int, key: str) -> State:
        """The state of one answer; MISSING where nothing was given."""
        if key in self.columns:
            return State(int(self.columns[key].states[body]))
        if key in self.table_states:
            return State(int(self.table_states[key][body]))
        return State.REPORTED if (body, key) in self.texts else State.MISSING


@dataclass(slots=True)
class Answer:
    """One answer before it takes its place: a value or rows, or a state with a reason."""

    value: Any = None
    state: State = State.REPORTED
    reason: str = ""
    origin: str = ""


class AnswerBook:
    """Gathers answers one by one and lays them out by column.

    Values are checked against their declaration (type, bounds, options) as they come; a value
    that does not fit raises ValueError with a sentence, and nothing is stored.
    """

    def __init__(self, index: Index, bodies: Sequence[str]) -> None:
        self.index = index
        self.bodies = tuple(bodies)
        self._place = {body: place for place, body in enumerate(self.bodies)}
        if len(self._place) != len(self.bodies):
            raise ValueError("a body stands twice in the list of bodies")
        self._answers: dict[tuple[int, str], Answer] = {}
        self._levels: dict[tuple[int, str], float] = {}
        self._book = Answers(self.bodies)

    def put(self, body: str, key: str, answer: Answer) -> None:
        """Store an answer. Raises ValueError for what is not declared, not allowed, or doubled."""
        place, declared = self._where(body), self._declaration(key)
        if (place, key) in self._answers:
            first = self._answers[place, key].origin
            raise ValueError(
                f"'{key}' is answered twice" + (f", first in {first}" if first else "")
            )
        if answer.state in NEEDS_REASON and not answer.reason.strip():
            raise ValueError(f"the state '{answer.state.word}' needs a reason")
        if answer.state is State.NOT_APPLICABLE:
            self._may_not_apply(key)
        if answer.state is State.REPORTED:
            if answer.value is None:
                raise ValueError("a reported answer needs a value")
            self._check(declared, answer.value)
        self._answers[place, key] = answer

    def add_evidence(self, body: str, criterion: str, documents: Iterable[str]) -> None:
        """Note the evidence given for a criterion: file names, links or document numbers.

        What was noted before is not noted again.
        """
        key = (self._where(body), criterion)
        known = (*self._book.evidence.get(key, ()), *documents)
        self._book.evidence[key] = tuple(dict.fromkeys(known))

    def observe(self, body: str, check: str, level: float | None, observation: Observation) -> None:
        """Store what a check saw; `level` in [0, 1], or None where nothing was measured."""
        place = self._where(body)
        if (place, check) in self._book.observations:
            raise ValueError(f"the check '{check}' is observed twice")
        if level is not None and not 0 <= level <= 1:
            raise ValueError(f"the level {level:g} is outside 0 to 1")
        if level is not None:
            self._levels[place, check] = level
        self._book.observations[place, check] = observation

    def rule(self, body: str, criterion: str, ruling: Ruling) -> None:
        """Store an appraiser's ruling on a criterion."""
        key = (self._where(body), criterion)
        if key in self._book.rulings:
            raise ValueError(f"the criterion '{criterion}' is ruled on twice")
        most = self.index.criterion(criterion).full
        if ruling.decision == "correct":
            if ruling.points is None or not 0 <= ruling.points <= most:
                raise ValueError(f"corrected points must be between 0 and {most:g}")
        elif ruling.points is not None:
            raise ValueError(f"points go with the decision 'correct', not '{ruling.decision}'")
        if ruling.decision != "accept" and not ruling.reason.strip():
            raise ValueError(f"the decision '{ruling.decision}' needs a reason")
        self._book.rulings[key] = ruling

    def build(self) -> Answers:
        """The answers by column: one array per question of the index and per check."""
        by_key: dict[str, dict[int, Answer]] = {}
        for (place, key), answer in self._answers.items():
            by_key.setdefault(key, {})[place] = answer
            if answer.reason:
                self._book.reasons[place, key] = answer.reason
            if answer.origin:
                self._book.origins[place, key] = answer.origin
        for key, declared in self.index.questions.items():
            self._lay_out(key, declared, by_key.get(key, {}))
        self._lay_out_levels()
        return self._book

    def _where(self, body: str) -> int:
        if body not in self._place:
            raise ValueError(f"the body '{body}' is not assessed in this group")
        return self._place[body]

    def _declaration(self, key: str) -> Input:
        declared = self.index.questions.get(key)
        if declared is None:
            raise ValueError(f"the index {self.index.key} does not ask for '{key}'")
        return declared

    def _may_not_apply(self, key: str) -> None:
        owner = key.partition(".")[0]
        if "." not in key or not self.index.criterion(owner).optional:
            raise ValueError(f"'{key}' cannot be declared not applicable")

    def _check(self, declared: Input, value: Any) -> None:
        if declared.type == "table":
            table_data(declared, [value])
        elif declared.type not in {"text", "date"}:
            encode(declared, value)

    def _lay_out(self, key: str, declared: Input, given: Mapping[int, Answer]) -> None:
        states = np.full(len(self.bodies), self._unanswered(key), dtype=np.int8)
        for place, answer in given.items():
            states[place] = answer.state
        reported = {p: a.value for p, a in given.items() if a.state is State.REPORTED}
        if declared.type == "table":
            rows = [reported.get(place, []) for place in range(len(self.bodies))]
            self._book.tables[key] = table_data(declared, rows)
            self._book.table_states[key] = states
        elif declared.type in {"text", "date"}:
            for place, value in reported.items():
                self._book.texts[place, key] = str(value)
        else:
            values = np.full(len(self.bodies), np.nan)
            for place, value in reported.items():
                values[place] = encode(declared, value)
            self._book.columns[key] = Answered(values, states)

    def _unanswered(self, key: str) -> State:
        """What silence means: missing from a report, unknown where published figures are used."""
        owner, dot, _ = key.partition(".")
        if dot and self.index.criterion(owner).source == "published":
            return State.NOT_MEASURED
        return State.MISSING

    def _lay_out_levels(self) -> None:
        count = len(self.bodies)
        for place, check in self._book.observations:
            column = self._book.levels.setdefault(
                check,
                Answered(np.full(count, np.nan), np.full(count, State.NOT_MEASURED, dtype=np.int8)),
            )
            seen = self._book.observations[place, check]
            if (place, check) in self._levels:
                column.values[place] = self._levels[place, check]
                column.states[place] = State.REPORTED
            else:
                column.states[place] = _CHECK_STATES.get(seen.state, State.NOT_MEASURED)


#: what a check's state without a level means for the criterion; all others were not measured
_CHECK_STATES = {
    "not_applicable": State.NOT_APPLICABLE,
    "needs_review": State.PENDING,
    "explained": State.NOT_APPLICABLE,
}
