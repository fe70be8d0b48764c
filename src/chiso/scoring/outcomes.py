"""From the states of answers to what a criterion counts: one table for everybody.

The page `docs/reference/states.md` is tested against [`EFFECTS`][].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from chiso.language import Text
from chiso.rounds.answers import State


class Outcome(IntEnum):
    """What became of a criterion of a body."""

    COUNTED = 0
    PARTLY_MISSING = 1
    MISSING = 2
    UNDEFINED = 3
    NOT_APPLICABLE = 4
    NOT_MEASURED = 5
    PENDING = 6
    REJECTED = 7
    RULED = 8


@dataclass(frozen=True, slots=True)
class Effect:
    """What an outcome does: points earned, and whether the maximum counts and is covered."""

    title: Text
    points: str  # rule | zero | none | ruling
    maximum: bool
    covered: bool


EFFECTS: Mapping[Outcome, Effect] = {
    Outcome.COUNTED: Effect(Text("đã chấm", "counted"), "rule", True, True),
    Outcome.PARTLY_MISSING: Effect(
        Text("khai thiếu một phần", "partly missing"), "rule", True, True
    ),
    Outcome.MISSING: Effect(Text("chưa khai", "missing"), "zero", True, True),
    Outcome.UNDEFINED: Effect(Text("không tính được", "cannot be computed"), "zero", True, True),
    Outcome.NOT_APPLICABLE: Effect(Text("không áp dụng", "not applicable"), "none", False, True),
    Outcome.NOT_MEASURED: Effect(Text("chưa đo được", "not measured"), "none", False, False),
    Outcome.PENDING: Effect(Text("chờ xử lý", "pending"), "none", False, False),
    Outcome.REJECTED: Effect(Text("không được chấp nhận", "rejected"), "zero", True, True),
    Outcome.RULED: Effect(Text("theo kết quả thẩm định", "as ruled"), "ruling", True, True),
}

#: which state decides when the answers of one criterion differ; the last one wins
_PRIORITY = (
    State.REPORTED,
    State.MISSING,
    State.NOT_APPLICABLE,
    State.NOT_MEASURED,
    State.PENDING,
    State.REJECTED,
)
_RANK = np.zeros(len(State), dtype=np.int8)
for _place, _state in enumerate(_PRIORITY):
    _RANK[_state] = _place
_OUTCOME = np.array(
    [
        Outcome.COUNTED,
        Outcome.PARTLY_MISSING,
        Outcome.NOT_APPLICABLE,
        Outcome.NOT_MEASURED,
        Outcome.PENDING,
        Outcome.REJECTED,
    ],
    dtype=np.int8,
)
_ZERO = np.array([effect.points == "zero" for effect in EFFECTS.values()])
_EXCLUDED = np.array([not effect.maximum for effect in EFFECTS.values()])
_UNCOVERED = np.array([not effect.covered for effect in EFFECTS.values()])


def outcomes(
    states: NDArray[np.int8], uses: NDArray[np.intp], points: NDArray[np.float64]
) -> NDArray[np.int8]:
    """The outcome of every criterion of every body.

    Args:
        states: states of all answers, shape (answers + 1, bodies); the last row is REPORTED and
            fills the gaps of `uses`.
        uses: which answers each criterion reads, shape (criteria, most answers).
        points: what the rules gave, shape (criteria, bodies), NaN where they cannot say.

    Returns:
        Outcomes, shape (criteria, bodies).
    """
    if states.any():
        result = _OUTCOME[_decisive(_RANK[states], uses)]
    else:  # everything reported: the usual case in large rounds, worth a shorter way
        result = np.zeros(points.shape, dtype=np.int8)
    unknown = np.isnan(points)
    if unknown.any():
        result[unknown & (result == Outcome.PARTLY_MISSING)] = Outcome.MISSING
        result[unknown & (result == Outcome.COUNTED)] = Outcome.UNDEFINED
    return result


def state_of_checks(states: NDArray[np.int8]) -> NDArray[np.int8]:
    """The state of several checks that are observed together, shape (checks, bodies) → (bodies,).

    Reported where at least one was measured (their rule takes the mean of those), otherwise the
    state that decides among them: pending before not measured before not applicable.
    """
    ranks = _RANK[states].astype(np.intp)
    decisive = np.array(_PRIORITY, dtype=np.int8)[ranks.max(axis=0)]
    return np.where((states == State.REPORTED).any(axis=0), np.int8(State.REPORTED), decisive)


def _decisive(rank: NDArray[np.int8], uses: NDArray[np.intp]) -> NDArray[np.int8]:
    """The rank of the state that decides, shape (criteria, bodies)."""
    decisive = rank[uses[:, 0]]
    for column in range(1, uses.shape[1]):
        decisive = np.maximum(decisive, rank[uses[:, column]])
    return decisive


def is_zero(outcome: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Where an outcome earns nothing although the maximum counts."""
    return np.asarray(_ZERO[outcome])


def is_excluded(outcome: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Where an outcome takes the criterion's maximum out of the total."""
    return np.asarray(_EXCLUDED[outcome])


def is_uncovered(outcome: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Where an outcome leaves open what the criterion would have counted."""
    return np.asarray(_UNCOVERED[outcome])
