"""Uncertainty: how firm the ranks are when the choices behind them vary together."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chiso.language import Text
from chiso.robustness.arrays import BoolArray, FloatArray
from chiso.robustness.draws import draw
from chiso.robustness.model import Model, nominal_scores
from chiso.robustness.ranks import CountArray, RankArray, count_ranks, duels_won, rank_quantile
from chiso.scoring.ranking import competition_ranks


@dataclass(frozen=True)
class Uncertainty:
    """The ranks of all bodies in all draws, and what follows from them.

    Arrays of bodies have the shape (bodies,) in the order of `bodies`, NaN for bodies that are
    not ranked. Probabilities are shares of draws; their standard error is `error`.

    Attributes:
        bodies: all bodies.
        nominal_score: scores when nothing varies.
        nominal_rank: ranks when nothing varies.
        ranks: shape (draws, bodies), 0 where a body has no rank.
        score_mean: the mean of the scores over the draws.
        score_sd: their standard deviation (divisor: draws).
        seed: where the draws come from.
        varied: the names of the choices that varied.
        notes: what a reader has to know.
    """

    bodies: tuple[str, ...]
    nominal_score: FloatArray
    nominal_rank: FloatArray
    ranks: RankArray
    score_mean: FloatArray
    score_sd: FloatArray
    seed: int
    varied: tuple[str, ...]
    notes: tuple[Text, ...] = ()

    @property
    def draws(self) -> int:
        """How many draws there were."""
        return len(self.ranks)

    @cached_property
    def counts(self) -> CountArray:
        """How often each body had each rank, shape (bodies, bodies + 1); column 0 is unranked."""
        return count_ranks(self.ranks)

    @cached_property
    def _ranked(self) -> FloatArray:
        total = self.counts[:, 1:].sum(axis=1)
        return np.where(total > 0, total, np.nan)

    @cached_property
    def probabilities(self) -> FloatArray:
        """The probability of each rank from 1, shape (bodies, bodies)."""
        return np.asarray(self.counts[:, 1:] / self._ranked[:, None])

    @property
    def error(self) -> float:
        """The largest standard error of a probability, at one half."""
        return float(0.5 / np.sqrt(self.draws))

    @cached_property
    def mean(self) -> FloatArray:
        """The mean rank."""
        places = np.arange(1, self.counts.shape[1])
        return np.asarray((self.counts[:, 1:] @ places) / self._ranked)

    @cached_property
    def median(self) -> FloatArray:
        """The median rank."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> FloatArray:
        """A quantile of the ranks, by Hyndman and Fan's type 7. ValueError outside 0 to 1."""
        return rank_quantile(self.counts, share)

    def interval(self, level: float = 0.9) -> tuple[FloatArray, FloatArray]:
        """Best and worst rank of the central interval that holds a share `level` of the draws.

        Both are whole ranks, rounded outwards. Raises ValueError if `level` is not inside 0 to 1.
        """
        if not 0 < level < 1:
            raise ValueError(f"the level of an interval lies between 0 and 1, not at {level:g}")
        low, high = self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)
        return np.floor(low), np.ceil(high)

    def top(self, places: int) -> FloatArray:
        """The probability of a rank among the first `places`."""
        return np.asarray(np.where(np.isnan(self._ranked), np.nan, self._upto(places)))

    def _upto(self, places: int) -> FloatArray:
        return np.asarray(self.probabilities[:, : max(places, 0)].sum(axis=1))

    @cached_property
    def shift(self) -> FloatArray:
        """Per draw, the mean distance of ranks from the nominal ones (Saisana et al. 2005)."""
        known = np.flatnonzero(~np.isnan(self.nominal_rank))
        return rank_shift(self.ranks[:, known], self.nominal_rank[known])

    @cached_property
    def dominance(self) -> FloatArray:
        """The probability that the body of the row ranks above that of the column.

        Shape (bodies, bodies). Ties count for neither. The whole matrix takes time and memory in
        the square of the bodies; `beats` gives single rows.
        """
        return np.asarray(duels_won(self.ranks) / self.draws)

    def beats(self, body: str) -> FloatArray:
        """The probability that a body ranks above each other one. KeyError if it is unknown."""
        won = duels_won(self.ranks, np.array([self._place(body)]))
        return np.asarray(won[0] / self.draws)

    def loses(self, body: str) -> FloatArray:
        """The probability that a body ranks below each other one. KeyError if it is unknown."""
        place = self._place(body)
        own = self.ranks[:, place : place + 1]
        below = (self.ranks < own) & (self.ranks > 0)
        return np.asarray(below.mean(axis=0))

    def told_apart(self, confidence: float = 0.95) -> BoolArray:
        """Pairs of which one ranks above the other with at least this probability.

        Shape (bodies, bodies), symmetric. Raises ValueError unless 0.5 < `confidence` ≤ 1.
        """
        _check_confidence(confidence)
        reached = self.dominance >= confidence
        return np.asarray(reached | reached.T)

    def like(self, body: str, confidence: float = 0.95) -> tuple[str, ...]:
        """The other ranked bodies that cannot be told apart from one, in nominal order.

        Raises ValueError unless 0.5 < `confidence` ≤ 1, KeyError for an unknown body.
        """
        _check_confidence(confidence)
        apart = (self.beats(body) >= confidence) | (self.loses(body) >= confidence)
        own = self._place(body)
        if np.isnan(self.nominal_rank[own]):
            return ()
        order = np.argsort(self.nominal_rank, kind="stable")
        same = [p for p in order if not apart[p] and p != own]
        return tuple(self.bodies[p] for p in same if not np.isnan(self.nominal_rank[p]))

    def _place(self, body: str) -> int:
        try:
            return self.bodies.index(body)
        except ValueError:
            raise KeyError(f"the body '{body}' was not analysed") from None


def _check_confidence(confidence: float) -> None:
    if not 0.5 < confidence <= 1:
        raise ValueError(f"a confidence is above one half, not {confidence:g}")


def rank_shift(ranks: RankArray, nominal: FloatArray) -> FloatArray:
    """The mean distance of ranks from reference ranks, per draw.

    This is R̄_S of Saisana, Saltelli and Tarantola (2005), equation 5. Bodies without a rank in a
    draw are left out of its mean.

    Args:
        ranks: shape (draws, bodies), 0 without a rank.
        nominal: reference ranks, shape (bodies,), all known.

    Returns:
        Shape (draws,).
    """
    found = np.empty(len(ranks))
    step = max(1, (1 << 16) // max(ranks.shape[1], 1))
    for start in range(0, len(ranks), step):
        part = ranks[start : start + step]
        known = part > 0
        away = np.where(known, np.abs(part - nominal), 0.0).sum(axis=1)
        count = known.sum(axis=1)
        found[start : start + step] = np.divide(
            away, count, out=np.full(len(part), np.nan), where=count > 0
        )
    return found


def uncertainty(
    model: Model, *, draws: int = 10_000, seed: int = 2019, executor: Executor | None = None
) -> Uncertainty:
    """Let all choices of a model vary together, and keep every rank.

    Args:
        model: from [`index_model`][chiso.robustness.model.index_model] or `round_model`.
        draws: how many draws.
        seed: the same seed gives the same result, however many workers there are.
        executor: where to run, by default in this process.
    """
    drawn = draw(model, draws, seed, executor)
    score = nominal_scores(model)
    counted = (drawn.ranks > 0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = drawn.total / counted
        spread = np.sqrt(np.maximum(drawn.squares / counted - mean**2, 0.0))
    count = len(model.bodies)
    ranks = drawn.ranks
    if len(model.ranked) < count:
        ranks = np.zeros((draws, count), dtype=ranks.dtype)
        ranks[:, model.ranked] = drawn.ranks
    return Uncertainty(
        bodies=model.bodies,
        nominal_score=_spread_out(score, model.ranked, count),
        nominal_rank=_spread_out(
            competition_ranks(np.round(score, model.decimals)), model.ranked, count
        ),
        ranks=ranks,
        score_mean=_spread_out(score + mean, model.ranked, count),
        score_sd=_spread_out(spread, model.ranked, count),
        seed=seed,
        varied=tuple(choice.name for choice in model.choices),
        notes=model.notes,
    )


def _spread_out(values: FloatArray, places: NDArray[np.intp], count: int) -> FloatArray:
    """Values at their places among all bodies, NaN elsewhere."""
    found = np.full(count, np.nan)
    found[places] = values
    return found
