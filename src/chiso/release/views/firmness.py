"""How firm ranks are, as the site shows it: intervals, bands, the chance of the first ten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from chiso.comparison.improvement import Improvement, NoPlan, plan_to_reach
from chiso.index.model import Index
from chiso.language import Text
from chiso.robustness.bands import bands
from chiso.robustness.rounds import TITLES, NoAnalysis, analyse
from chiso.scoring.standings import Standings

DRAWS, SEED, TOP = 10_000, 2019, 10
#: levels of a criterion that a plan on a page chooses from; `chiso plan` takes all
LEVELS = 12


@dataclass(frozen=True, slots=True)
class Firm:
    """What can be said of one body's rank: the 90 % interval, the chance of the top, the band."""

    best: int
    worst: int
    top: float
    band: str


@dataclass(frozen=True, slots=True)
class Firmness:
    """The firmness of a ranking by body, what varied, and what a reader has to know."""

    bodies: Mapping[str, Firm]
    varied: tuple[Text, ...]
    notes: tuple[Text, ...]
    draws: int = DRAWS
    seed: int = SEED


def firmness(standings: Standings, index: Index) -> Firmness | None:
    """The firmness of a ranking; None where its figures do not allow an analysis.

    The seed is fixed, so that equal input gives equal pages.
    """
    found = analyse(standings, index, draws=DRAWS, seed=SEED)
    if isinstance(found, NoAnalysis):
        return None
    low, high = found.interval()
    chances, banded = found.top(TOP), bands(found)
    return Firmness(
        {
            body: Firm(int(low[n]), int(high[n]), float(chances[n]), banded.span(n))
            for n, body in enumerate(found.bodies)
            if not np.isnan(found.nominal_rank[n])
        },
        tuple(TITLES.get(name, Text(name, name)) for name in found.varied),
        found.notes,
    )


def next_steps(standings: Standings, body: str) -> Improvement | None:
    """The cheapest plan to the top ten, or to the next place for who is there already."""
    own = standings.standing(body).rank
    if standings.computation is None or own is None or own == 1:
        return None
    try:
        return plan_to_reach(standings, body, TOP if own > TOP else own - 1, most_levels=LEVELS)
    except NoPlan:
        return None
