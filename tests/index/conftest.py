"""Helpers for the tests of this room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chiso.index import Index
from chiso.index.rules import RuleScope, Trace
from chiso.index.trial import option_lists


@pytest.fixture(scope="session")
def trace(make_index: Callable[..., Index]) -> Callable[..., Trace]:
    """Compute a rule for several bodies: `trace(rule, points, name=[value of each body])`."""

    def compute(
        rule: Any,
        points: float = 10,
        *,
        inputs: Any = None,
        observed: dict[str, list[float]] | None = None,
        bests: dict[str, float] | None = None,
        eligible: list[bool] | None = None,
        **values: list[float],
    ) -> Trace:
        declared = {name: {"type": "number"} for name in values if name != "awarded"}
        criterion = {
            "id": "c",
            "points": points,
            "rule": rule,
            "inputs": {**declared, **(inputs or {})},
        }
        found = make_index(criteria=[criterion]).criterion("c")
        columns = {name: np.array(column, dtype=float) for name, column in values.items()}
        seen = {check: np.array(column, dtype=float) for check, column in (observed or {}).items()}
        size = len(next(iter((columns | seen).values())))
        scope = RuleScope(
            size,
            columns,
            options=option_lists(found.inputs),
            observed=seen,
            bests=bests,
            eligible=None if eligible is None else np.array(eligible),
        )
        with np.errstate(all="ignore"):
            return found.rule.trace(scope, points, "c")

    return compute
