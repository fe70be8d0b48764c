"""Helpers for the tests of this room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chiso.bodies import Body, Register, Succession
from chiso.comparison import History
from chiso.index import OVERALL, Index
from chiso.language import Text
from chiso.scoring.results import results_with_history
from chiso.scoring.standings import NodeScores, RoundResult, Standings

MERGER = dt.date(2025, 7, 1)


@pytest.fixture(scope="session")
def example(root: Any) -> History:
    """The published results of 2016 to 2019."""
    opened, results = results_with_history(root / "examples" / "vietnam-ict-2019")
    return History(results, opened.register)


@pytest.fixture(scope="session")
def published(make_index: Callable[..., Index]) -> Callable[..., RoundResult]:
    """A published result: `published(2019, {node: {body: (score, rank)}})`."""
    index = make_index(
        criteria=[{"id": name, "rule": {"formula": 1}} for name in ("p", "q", "r", "s")]
    )

    def make(year: int, nodes: Any, ranked: int | None = None, bodies: Any = None) -> RoundResult:
        names = bodies or tuple(dict.fromkeys(body for found in nodes.values() for body in found))
        scores = {}
        for node, found in ({OVERALL: {}} | nodes).items():
            pairs = [found.get(body, (None, None)) for body in names]
            score, rank = (
                np.array([np.nan if value is None else value for value in column], dtype=float)
                for column in zip(*pairs, strict=True)
            )
            scores[node] = NodeScores.published(score, rank, ranked or len(names))
        standings = Standings(year, "province", names, scores, "published")
        return RoundResult(year, index, {"province": standings})

    return make


@pytest.fixture(scope="session")
def register() -> Register:
    """Provinces a to e; in 2025 a and b merged into ab, c was renamed d, e split into f and g."""

    def body(code: str, start: Any = None, end: Any = None, **more: Any) -> Body:
        return Body(
            code, Text.of(f"Tỉnh {code}"), "province", valid_from=start, valid_to=end, **more
        )

    eve = MERGER - dt.timedelta(days=1)
    bodies = (
        body("a", end=eve, region="north"),
        body("b", end=eve, region="north"),
        body("ab", MERGER),
        body("c", end=eve, region="north"),
        body("d", MERGER),
        body("e", end=eve, region="south"),
        body("f", MERGER),
        body("g", MERGER),
        body("h", region="south"),
    )
    changes = [("a", "ab", "merge"), ("b", "ab", "merge"), ("c", "d", "rename"),
               ("e", "f", "split"), ("e", "g", "split")]  # fmt: skip
    return Register(
        Text.of("test"),
        bodies,
        {"north": Text.of("Bắc"), "south": Text.of("Nam")},
        tuple(Succession(before, after, MERGER, kind) for before, after, kind in changes),
    )
