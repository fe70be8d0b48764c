"""What a score was made from, kept so that it can be explained."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from chiso.index.model import Criterion, Index
from chiso.index.reducers import FloatArray
from chiso.index.rules import Trace
from chiso.rounds.answers import Answers


@dataclass(slots=True)
class Computation:
    """Everything a score was made from. Matrices have shape (criteria, bodies).

    `points` and `maximum` are what counts (0 where a criterion is excluded); `full` is the
    maximum that applies whether or not it was measured.
    """

    index: Index
    answers: Answers
    criteria: tuple[Criterion, ...]
    outcome: NDArray[np.int8]
    points: FloatArray
    maximum: FloatArray
    full: FloatArray
    traces: dict[str, Trace] = field(default_factory=dict)
    bests: dict[str, float] = field(default_factory=dict)
