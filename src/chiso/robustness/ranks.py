"""Competition ranks of many draws at once, and what can be counted in them.

Ranks of draws have shape (draws, bodies) in the smallest unsigned type that holds them; 0 means
that the body has no rank in that draw. Everything else is counted from them, exactly: nothing
is smoothed and no distribution is assumed.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from chiso.robustness.arrays import FloatArray
from chiso.scoring.ranking import SAME_DECIMALS, competition_ranks

RankArray = NDArray[Any]
CountArray = NDArray[np.int64]
#: bytes of scores that are ranked at a time: what a core keeps near
CACHE = 1 << 18


def rank_type(bodies: int) -> type[np.unsignedinteger[Any]]:
    """The smallest unsigned type for ranks among so many bodies."""
    for kind in (np.uint8, np.uint16):
        if bodies <= np.iinfo(kind).max:
            return kind
    return np.uint32


def chunk_rows(bodies: int) -> int:
    """How many draws of so many bodies fill the cache."""
    return max(16, CACHE // (8 * max(bodies, 1)))


class Scratch:
    """Arrays used again and again: fresh memory costs more than the arithmetic done in it."""

    def __init__(self) -> None:
        self._held: dict[Hashable, NDArray[Any]] = {}

    def __call__(
        self, key: Hashable, shape: tuple[int, ...], kind: DTypeLike = np.float64
    ) -> NDArray[Any]:
        """An array of this shape with whatever was last written under this key."""
        size = math.prod(shape)
        held = self._held.get(key)
        if held is None or held.size < size:
            held = self._held[key] = np.empty(size, dtype=kind)
        return held[:size].reshape(shape)


def rank_draws(scores: FloatArray, decimals: int = SAME_DECIMALS) -> RankArray:
    """Competition ranks ("1, 2, 2, 4") of every draw, the highest score first.

    Scores that agree when rounded to `decimals` are equal, as in
    [`competition_ranks`][chiso.scoring.ranking.competition_ranks], whose ranks these are. The
    rounded score and the place of the body are packed into one integer, so that a single sort
    of integers orders a draw and shows its ties.

    Args:
        scores: shape (draws, bodies); NaN is unknown and gets 0.
        decimals: decimals at which equal scores share a rank.

    Returns:
        Ranks from 1, shape (draws, bodies), of type `rank_type(bodies)`.
    """
    draws, bodies = scores.shape
    ranks = np.empty((draws, bodies), dtype=rank_type(bodies))
    step, scratch = chunk_rows(bodies), Scratch()
    for start in range(0, draws, step):
        rank_into(ranks[start : start + step], scores[start : start + step], decimals, scratch)
    return ranks


def rank_into(out: RankArray, scores: FloatArray, decimals: int, scratch: Scratch) -> None:
    """Write the ranks of one chunk of scores into `out`, a contiguous array of their shape."""
    draws, bodies = shape = scores.shape
    if not scores.size:
        return
    bits = max(1, (bodies - 1).bit_length())
    scaled = np.multiply(scores, -(10.0**decimals), out=scratch("scaled", shape))
    if not np.abs([scaled.min(), scaled.max()]).max() < 2.0 ** (62 - bits):  # also where NaN
        # Unpacked: slower, for unknown scores and for scores beyond the packed range.
        compared = scores if decimals == SAME_DECIMALS else np.round(scores, decimals)
        out[...] = np.nan_to_num(competition_ranks(compared))
        return
    packed = scratch("packed", shape, np.int64)
    np.copyto(packed, np.rint(scaled, out=scaled), casting="unsafe")
    packed <<= bits
    packed |= np.arange(bodies)
    packed.sort(axis=1)
    order = np.bitwise_and(packed, (1 << bits) - 1, out=scratch("order", shape, np.int64))
    order += (np.arange(draws) * bodies)[:, None]
    packed >>= bits
    tied = scratch("tied", shape, np.bool_)
    keys = packed.reshape(-1)
    np.equal(keys[1:], keys[:-1], out=tied.reshape(-1)[1:])
    tied[:, 0] = False
    places = scratch("places", shape, out.dtype)
    places[...] = np.arange(1, bodies + 1, dtype=out.dtype)
    if tied.any():
        places[tied] = 0
        np.maximum.accumulate(places, axis=1, out=places)
    out.reshape(-1)[order] = places


def count_ranks(ranks: RankArray, most: int | None = None) -> CountArray:
    """How often each body had each rank.

    Args:
        ranks: shape (draws, bodies).
        most: the last rank, by default the number of bodies.

    Returns:
        Counts of shape (bodies, most + 1); column 0 counts the draws without a rank.
    """
    draws, bodies = ranks.shape
    width = (bodies if most is None else most) + 1
    counts = np.zeros(bodies * width, dtype=np.int64)
    base = np.arange(bodies) * width
    step = chunk_rows(bodies)
    for start in range(0, draws, step):
        counts += np.bincount((ranks[start : start + step] + base).ravel(), minlength=counts.size)
    return counts.reshape(bodies, width)


def rank_quantile(counts: CountArray, share: float) -> FloatArray:
    """A quantile of the ranks of every body, from counts, interpolated between neighbours.

    The definition is type 7 of Hyndman and Fan (1996), the default of R and of numpy.

    Args:
        counts: shape (bodies, ranks + 1), column 0 without a rank.
        share: from 0 to 1.

    Returns:
        Shape (bodies,), NaN for bodies that never had a rank.

    Raises ValueError if `share` is outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a quantile lies between 0 and 1, not at {share:g}")
    cumulated = np.cumsum(counts[:, 1:], axis=1)
    total = cumulated[:, -1]
    position = share * (total - 1)
    lower = np.floor(position)
    first = 1 + (cumulated <= lower[:, None]).sum(axis=1)
    second = 1 + (cumulated <= np.minimum(lower + 1, total - 1)[:, None]).sum(axis=1)
    value = first + (position - lower) * (second - first)
    return np.where(total > 0, value, np.nan)


def duels_won(ranks: RankArray, bodies: NDArray[np.intp] | None = None) -> CountArray:
    """In how many draws a body ranked above another.

    Args:
        ranks: shape (draws, bodies).
        bodies: the bodies whose rows are wanted, by default all.

    Returns:
        Counts of shape (rows, bodies). Ties count for neither; a body without a rank in a draw
        neither wins nor loses there.
    """
    draws, count = ranks.shape
    rows = np.arange(count) if bodies is None else np.asarray(bodies)
    won = np.zeros((rows.size, count), dtype=np.int64)
    last = np.iinfo(ranks.dtype).max
    # Eight comparisons lie in one 64-bit word, whose set bits are counted at once.
    step = max(8, (CACHE // (ranks.itemsize * count)) // 8 * 8)
    for start in range(0, draws, step):
        part = ranks[start : start + step]
        line = np.zeros((count, -(-part.shape[0] // 8) * 8), dtype=ranks.dtype)
        line[:, : part.shape[0]] = part.T
        unranked = line == 0
        above = np.where(unranked, last, line).astype(ranks.dtype) if unranked.any() else line
        for place, body in enumerate(rows):
            beats = above[body] < line
            won[place] += np.bitwise_count(beats.view(np.uint64)).sum(axis=1, dtype=np.int64)
    return won
