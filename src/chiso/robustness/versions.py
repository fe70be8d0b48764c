"""Two versions of a result side by side: who moves, how far, and how alike they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from chiso.robustness.arrays import FloatArray
from chiso.robustness.correlate import correlate
from chiso.scoring.ranking import competition_ranks


@dataclass(frozen=True, slots=True)
class VersionComparison:
    """Two versions of the scores of the same bodies; arrays of shape (bodies,).

    Attributes:
        bodies: those with a score in both, in the order of the first.
        first: their scores in the first version.
        second: in the second.
        first_ranks: their ranks in the first version, among these bodies.
        second_ranks: in the second.
        shifts: places moved up from the first to the second.
        only_first: bodies with a score in the first only.
        only_second: in the second only.
        pearson: correlation of the scores; NaN for fewer than three bodies.
        spearman: correlation of the ranks.
        kendall: agreement of the order (tau-b).
    """

    bodies: tuple[str, ...]
    first: FloatArray
    second: FloatArray
    first_ranks: FloatArray
    second_ranks: FloatArray
    shifts: FloatArray
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    pearson: float
    spearman: float
    kendall: float

    @property
    def mean_shift(self) -> float:
        """The mean number of places by which a body moves; NaN if there is none."""
        return float(np.abs(self.shifts).mean()) if self.bodies else float("nan")

    @property
    def most_shift(self) -> float:
        """The largest number of places by which a body moves; NaN if there is none."""
        return float(np.abs(self.shifts).max()) if self.bodies else float("nan")


def compare_versions(first: Mapping[str, float], second: Mapping[str, float]) -> VersionComparison:
    """Compare two versions of scores by body; unknown scores (NaN) count as not there.

    Ranks are taken anew among the bodies that both versions have, so that nobody moves only
    because another body came or went.
    """
    known = [{b: s for b, s in scores.items() if not np.isnan(s)} for scores in (first, second)]
    bodies = tuple(body for body in known[0] if body in known[1])
    pair = np.array([[scores[body] for body in bodies] for scores in known], float).reshape(2, -1)
    ranks = competition_ranks(pair) if bodies else pair
    alike = [
        float(correlate(pair[:1], pair[1:], kind=kind)[0, 0])
        for kind in ("pearson", "spearman", "kendall")
    ]
    return VersionComparison(
        bodies,
        pair[0],
        pair[1],
        ranks[0],
        ranks[1],
        ranks[0] - ranks[1],
        tuple(body for body in known[0] if body not in known[1]),
        tuple(body for body in known[1] if body not in known[0]),
        alike[0],
        alike[1],
        alike[2],
    )
