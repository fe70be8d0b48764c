"""Bands A to D that hold with a stated probability, in place of ranks that do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chiso.robustness.arrays import BoolArray, FloatArray
from chiso.robustness.uncertainty import Uncertainty


@dataclass(frozen=True, slots=True)
class Bands:
    """The band of every body, and how firm it is.

    Attributes:
        labels: the bands from the best.
        cuts: the last rank of each band but the last.
        probabilities: of each band, shape (bodies, bands), NaN for bodies without a rank.
        band: the band of the median rank, "" without a rank.
        firm: whether that band holds with `probability`.
        best: the best band of the shortest run of bands that does, "" without a rank.
        worst: the worst band of that run.
        probability: the probability that is asked for.
    """

    labels: tuple[str, ...]
    cuts: tuple[int, ...]
    probabilities: FloatArray
    band: tuple[str, ...]
    firm: BoolArray
    best: tuple[str, ...]
    worst: tuple[str, ...]
    probability: float

    def span(self, place: int) -> str:
        """What can be said of a body with the stated probability: "B", or "A–B"."""
        best, worst = self.best[place], self.worst[place]
        return best if best == worst else f"{best}–{worst}"


def even_cuts(ranked: int, bands: int) -> tuple[int, ...]:
    """Cuts into bands of equal size; what does not divide goes to the first ones."""
    sizes = [len(part) for part in np.array_split(np.arange(ranked), bands)]
    return tuple(int(cut) for cut in np.cumsum(sizes)[:-1])


def bands(
    result: Uncertainty,
    *,
    cuts: Sequence[int] | None = None,
    labels: Sequence[str] = ("A", "B", "C", "D"),
    probability: float = 0.9,
) -> Bands:
    """Put bodies into bands of ranks.

    A body belongs to the band of its median rank. Where this band holds with less than the
    stated probability, the body is given the shortest run of neighbouring bands around it that
    does; of two such runs the likelier, and then the better one.

    Args:
        result: the ranks of all draws.
        cuts: the last rank of each band but the last, by default even ones.
        labels: names of the bands from the best.
        probability: how sure a band has to be, above one half.

    Raises ValueError for cuts that do not rise or do not fit the labels.
    """
    if not 0.5 < probability <= 1:
        raise ValueError(f"the probability of a band is above one half, not {probability:g}")
    ranked = int(np.count_nonzero(~np.isnan(result.nominal_rank)))
    edges = even_cuts(ranked, len(labels)) if cuts is None else tuple(cuts)
    if len(edges) != len(labels) - 1:
        raise ValueError(f"{len(labels)} bands have {len(labels) - 1} cuts, not {len(edges)}")
    rising = all(a < b for a, b in zip((0, *edges), (*edges, len(result.bodies)), strict=False))
    if not rising and cuts is not None:
        raise ValueError(f"the cuts {edges} do not rise from 1")
    upto = np.stack([result.top(cut) for cut in (0, *edges, len(result.bodies))], axis=1)
    shares = np.diff(upto, axis=1)
    own = np.searchsorted(np.array(edges), np.nan_to_num(np.ceil(result.median)), side="left")
    known = ~np.isnan(result.median)
    runs = [_shortest(row, int(at), probability) for row, at in zip(shares, own, strict=True)]
    return Bands(
        tuple(labels),
        edges,
        shares,
        tuple(labels[at] if k else "" for at, k in zip(own, known, strict=True)),
        known & (np.take_along_axis(shares, own[:, None], axis=1)[:, 0] >= probability - _SLACK),
        tuple(labels[a] if k else "" for (a, _), k in zip(runs, known, strict=True)),
        tuple(labels[b] if k else "" for (_, b), k in zip(runs, known, strict=True)),
        probability,
    )


#: sums of shares may miss a probability by their last bits
_SLACK = 1e-12


def _shortest(shares: FloatArray, own: int, probability: float) -> tuple[int, int]:
    """First and last band of the shortest run around `own` that reaches the probability."""
    count = len(shares)
    for length in range(1, count + 1):
        starts = range(max(0, own - length + 1), min(own, count - length) + 1)
        sums = {start: float(shares[start : start + length].sum()) for start in starts}
        best = max(sums, key=lambda start: (sums[start], -start))
        if sums[best] >= probability - _SLACK:
            return best, best + length - 1
    return 0, count - 1


def cut_firmness(result: Uncertainty) -> tuple[NDArray[np.int64], FloatArray]:
    """How firm a line below each place of the nominal ranking would be.

    Returns:
        Places after which a line can be drawn (not between bodies that tie), and for each the
        smallest probability, over all ranked bodies, of being on its nominal side of the line.
    """
    nominal = result.nominal_rank[~np.isnan(result.nominal_rank)]
    places = np.array([int(np.sum(nominal < rank)) for rank in np.unique(nominal)[1:]], dtype=int)
    known = ~np.isnan(result.nominal_rank)
    upto = np.cumsum(result.probabilities[known], axis=1)
    firm = [
        float(np.where(nominal <= place, upto[:, place - 1], 1 - upto[:, place - 1]).min())
        for place in places
    ]
    return places, np.array(firm)


def clear_cuts(result: Uncertainty, *, most: int = 3, probability: float = 0.9) -> tuple[int, ...]:
    """The lines that hold for every body with the stated probability, at most so many.

    Of the lines that hold, those nearest to even bands are taken, so that four bands come out
    where the data can carry them, and fewer, down to a single band, where they cannot.
    """
    places, firmness = cut_firmness(result)
    able = [int(place) for place in places[firmness >= probability - _SLACK]]
    ranked = int(np.count_nonzero(~np.isnan(result.nominal_rank)))
    chosen: list[int] = []
    for wanted in even_cuts(ranked, most + 1):
        left = [place for place in able if place not in chosen]
        if left:
            chosen.append(min(left, key=lambda place: (abs(place - wanted), place)))
    return tuple(sorted(chosen))
