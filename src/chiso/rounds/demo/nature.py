"""What a made-up body is like: how good, how large, how lucky, in a year.

Every draw has its own seed made from the seed of the round, the code of the body and what is
drawn, so that a body is the same whichever others are drawn and in whatever order.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist

import numpy as np

from chiso.bodies import Body
from chiso.rounds.demo.recipe import Recipe

_LASTING = 0.93  # how much of a body's luck stays from year to year
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Nature:
    """A body in a year of the demonstration round."""

    recipe: Recipe
    body: Body
    year: int
    seed: int

    def draw(self, *what: object) -> np.random.Generator:
        """A generator for one thing about the body."""
        return np.random.default_rng(self._bits(what))

    def even(self, *what: object) -> float:
        """One number between 0 and 1, ends excluded: what takes less time than a generator."""
        return ((self._bits(what) >> 12) + 0.5) / 2**52

    def _bits(self, what: tuple[object, ...]) -> int:
        words = "\n".join(map(str, (self.seed, self.body.code, *what)))
        return int.from_bytes(hashlib.blake2b(words.encode(), digest_size=8).digest(), "big")

    @cached_property
    def quality(self) -> float:
        """How good the body is in general, mostly between 0 and 1."""
        span = self.recipe.quality[self.body.group]
        latest = span.low + (span.high - span.low) * float(self.draw("quality").beta(1.8, 1.8))
        gain = self.recipe.gain
        for year in range(self.year, max(self.recipe.years)):
            latest -= float(self.draw("gain", year).normal(gain.mean, gain.spread))
        return latest

    @cached_property
    def size(self) -> float:
        """How large the body is beside others of its group; grows a little every year."""
        size = math.exp(float(self.draw("size").normal(0, self.recipe.spread.size)))
        return float(size * 1.015 ** (self.year - max(self.recipe.years)))

    def luck(self, *what: object) -> float:
        """A standard normal number, much the same in every year."""
        lasting = _NORMAL.inv_cdf(self.even("luck", *what))
        passing = _NORMAL.inv_cdf(self.even("luck", *what, self.year))
        return _LASTING * lasting + math.sqrt(1 - _LASTING**2) * passing

    def chance(self, *what: object) -> float:
        """An even number between 0 and 1, much the same in every year."""
        return _NORMAL.cdf(self.luck(*what))

    def happens(self, chance: float, *what: object) -> bool:
        """Whether something of this chance comes to pass in this year."""
        return self.even("happens", *what, self.year) < chance

    def level(self, pillar: str, *what: object, spread: float | None = None) -> float:
        """How well the body does in something, between 0 and 1."""
        by = self.recipe.spread
        deviation = by.pillar * self.luck("pillar", pillar)
        wide = by.question if spread is None else spread
        return min(max(self.quality + deviation + wide * self.luck(*what), 0.0), 1.0)
