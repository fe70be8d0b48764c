"""Principal components of the scores under a node (Handbook 2008, section 6.1; Jolliffe 2002)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from chiso.robustness.arrays import FloatArray, Names, as_table, mean_known, refuse, spread_known


@dataclass(frozen=True, slots=True)
class Components:
    """Principal components, the one that explains most first.

    Attributes:
        loadings: shape (indicators, components), columns of length 1.
        spreads: standard deviation of each component, shape (components,).
        shares: share of the total variance, shape (components,), together 1.
        bodies: how many bodies were known in all indicators and so were used.
    """

    loadings: FloatArray
    spreads: FloatArray
    shares: FloatArray
    bodies: int

    def needed(self, share: float = 0.9) -> int:
        """How many components explain at least a share of the variance."""
        return int(np.searchsorted(np.cumsum(self.shares), share - 1e-12) + 1)


def principal_components(scores: ArrayLike, *, names: Names = None) -> Components:
    """The principal components of standardised scores, i.e. of their correlations.

    The sign of a component is arbitrary; here its loadings have a sum of zero or more.

    Args:
        scores: shape (indicators, bodies); bodies with unknown scores are left out.
        names: names of the indicators.

    Returns:
        As many components as there are indicators, or bodies used if those are fewer.

    Raises ValueError with fewer than three bodies known throughout, and for a constant indicator.
    """
    data = as_table(scores, names)
    data = data[:, ~np.isnan(data).any(axis=0)]
    if data.shape[1] < 3:
        raise ValueError(f"{data.shape[1]} bodies are known in all indicators, three are needed")
    spread = spread_known(data)
    refuse(data.max(axis=1) == data.min(axis=1), names, "all values are the same")
    standard = (data - mean_known(data)) / spread
    left, sizes, _ = np.linalg.svd(standard, full_matrices=False)
    variances = sizes**2 / (data.shape[1] - 1)
    signs = np.where(left.sum(axis=0) < 0, -1.0, 1.0)
    return Components(left * signs, np.sqrt(variances), variances / variances.sum(), data.shape[1])
