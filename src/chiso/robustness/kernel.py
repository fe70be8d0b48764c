"""Scores of many draws of weights at once, for a tree of any depth.

A node's score is a weighted mean of the scores of its children. Each child carries a *size*: how
much a known score weighs before its weight is drawn. In an index of weights every known score
has size 1; in an index of points the size is the maximum. What is unknown has size 0, so that
its weight is shared out among its siblings, as scoring does.

A mean is a sum in another scale: of scores themselves, of their logarithms, of their
reciprocals. With M the sum of weight × size of the children,

    mean = g⁻¹( Σ weight × size × g(score) / M )

Where every body has the same sizes and all nodes take the same mean, the levels collapse into
one weight per leaf and draw, and a single matrix product gives all scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from chiso.robustness.arrays import FloatArray

MEANS = ("arithmetic", "geometric", "harmonic")
#: the logarithm and the reciprocal of zero: finite, so that a weight of zero leaves it out, and
#: far enough for the mean to be zero with any other weight
_FAR = 1e300


def to_scale(scores: FloatArray, mean: str) -> FloatArray:
    """g(score): as it is, its logarithm or its reciprocal; zero goes to the far end."""
    if mean == "arithmetic":
        return scores
    above = scores > 0
    filled = np.where(above, scores, 1.0)
    if mean == "geometric":
        return np.where(above, np.log(filled), -_FAR)
    return np.where(above, 1.0 / filled, _FAR)


def from_scale(values: FloatArray, mean: str) -> FloatArray:
    """g⁻¹, written over `values`."""
    if mean == "geometric":
        return np.exp(values, out=values)
    if mean == "harmonic":
        return np.divide(1.0, values, out=values)
    return values


@dataclass(frozen=True, slots=True)
class Branch:
    """A node above others. Rows `first` to `middle` are nodes below it, to `last` leaves.

    Its leaves are the columns from `leaf` on. `by_points` says that the sizes of its children
    are their maxima; otherwise `worth` is the node's own maximum, should its parent ask.
    """

    row: int
    first: int
    middle: int
    last: int
    leaf: int
    by_points: bool = False
    worth: float = 1.0

    @property
    def leaves(self) -> slice:
        """The places of its leaves among all leaves."""
        return slice(self.leaf, self.leaf + self.last - self.middle)


@dataclass(frozen=True, slots=True)
class Layout:
    """A tree as rows: the root is row 0, siblings stand together, nodes before leaves.

    Attributes:
        names: the node of each row.
        weights: the nominal weight of each row among its siblings.
        branches: the nodes with children, from the root down.
        leaf_rows: the rows of the leaves, in order.
        order: for each leaf in order, its row in the data.
        bounded: whether scores stay within 0 and 1, as those of an assessment do.
    """

    names: tuple[str, ...]
    weights: FloatArray
    branches: tuple[Branch, ...]
    leaf_rows: NDArray[np.intp]
    order: NDArray[np.intp]
    bounded: bool = False

    @property
    def row(self) -> dict[str, int]:
        """The row of each node."""
        return {name: place for place, name in enumerate(self.names)}

    def below(self, name: str) -> tuple[str, ...]:
        """The children of a node; none for a leaf."""
        row = self.row[name]
        found = (b for b in self.branches if b.row == row)
        return next((self.names[b.first : b.last] for b in found), ())


def lay_out(
    children: Mapping[str, tuple[str, ...]],
    root: str,
    leaves: tuple[str, ...],
    weights: Mapping[str, float],
    *,
    by_points: frozenset[str] = frozenset(),
    worths: Mapping[str, float] | None = None,
    bounded: bool = False,
) -> Layout:
    """Lay a tree out for the kernel.

    Args:
        children: the nodes below each node; leaves have none or are not in it.
        root: the node above all.
        leaves: the leaves in the order of the rows of the data.
        weights: the weight of nodes among their siblings, 1 by default.
        by_points: the nodes whose children weigh by their maxima.
        worths: the maxima of other nodes, 1 by default.
        bounded: whether scores stay within 0 and 1.
    """
    names, branches, at = [root], [], {name: place for place, name in enumerate(leaves)}
    order: list[int] = []
    row = 0
    while row < len(names):
        if names[row] not in at:
            below = children[names[row]]
            nodes = [name for name in below if name not in at]
            ends = [name for name in below if name in at]
            first, middle = len(names), len(names) + len(nodes)
            last = middle + len(ends)
            points, worth = names[row] in by_points, (worths or {}).get(names[row], 1.0)
            branches.append(Branch(row, first, middle, last, len(order), points, worth))
            names += nodes + ends
            order += [at[name] for name in ends]
        row += 1
    return Layout(
        tuple(names),
        np.array([weights.get(name, 1.0) for name in names]),
        tuple(branches),
        np.array([place for place, name in enumerate(names) if name in at], dtype=np.intp),
        np.array(order, dtype=np.intp),
        bounded,
    )


@dataclass(frozen=True, slots=True)
class Leaves:
    """One prepared matrix: what leaves score, and the sizes of all nodes.

    Attributes:
        values: score × size of leaves in the order of the layout, shape (leaves, bodies).
        sizes: their sizes, same shape, 0 where unknown.
        node_sizes: sizes of all rows of the layout, shape (rows, bodies).
        complete: whether all bodies have the same sizes, so that levels may collapse.
        scaled: size × g(score) of leaves by mean, for the means in use.
    """

    values: FloatArray
    sizes: FloatArray
    node_sizes: FloatArray
    complete: bool
    scaled: Mapping[str, FloatArray] = field(default_factory=dict)


def make_leaves(
    layout: Layout, values: FloatArray, sizes: FloatArray | None, means: tuple[str, ...]
) -> Leaves:
    """Make a matrix ready for the kernel.

    Args:
        layout: the tree.
        values: shape (leaves, bodies) in the order of the data. Without `sizes` these are scores
            and NaN is unknown; with `sizes` they are points, and sizes their maxima.
        sizes: maxima, 0 where nothing could be earned.
        means: the means that will be taken.
    """
    known = ~np.isnan(values) if sizes is None else sizes > 0
    given = known.astype(np.float64) if sizes is None else sizes
    maximum = given[layout.order]
    value = np.where(np.isnan(values), 0.0, values)[layout.order]
    node_sizes = _node_sizes(layout, maximum)
    size = node_sizes[layout.leaf_rows]
    for branch in layout.branches:
        if not branch.by_points and sizes is not None:
            value[branch.leaves] = _ratios(value[branch.leaves], maximum[branch.leaves])
    loose = bool(np.any((size == 0) & (value != 0)))
    outside = layout.bounded and bool(np.any((value < 0) | (value > size)))
    uneven = bool(np.any(node_sizes != node_sizes[:, :1]))
    scaled = {mean: scale_leaves(value, size, mean) for mean in means}
    return Leaves(value, size, node_sizes, not (loose or uneven or outside), scaled)


def _ratios(points: FloatArray, maximum: FloatArray) -> FloatArray:
    """Scores in [0, 1] from points, 0 where there is no maximum."""
    ratio = np.divide(points, maximum, out=np.zeros_like(points), where=maximum > 0)
    return np.clip(ratio, 0.0, 1.0)


def _node_sizes(layout: Layout, sizes: FloatArray) -> FloatArray:
    """Sizes of all rows: maxima added up below nodes of points, 1 below nodes of weights."""
    full = np.zeros((len(layout.names), sizes.shape[1]))
    full[layout.leaf_rows] = sizes
    for branch in reversed(layout.branches):
        below = full[branch.first : branch.last]
        if branch.by_points:
            full[branch.row] = below.sum(axis=0)
        else:
            below[...] = below > 0
            full[branch.row] = branch.worth * (below > 0).any(axis=0)
    return full


def scale_leaves(values: FloatArray, sizes: FloatArray, mean: str) -> FloatArray:
    """size × g(score) of leaves, of the shape of `values`, 0 where the size is 0."""
    if mean == "arithmetic":
        return values
    ratio = np.divide(values, sizes, out=np.zeros_like(values), where=sizes > 0)
    return np.where(sizes > 0, sizes * to_scale(ratio, mean), 0.0)


def leaf_shares(layout: Layout, sizes: FloatArray, weights: FloatArray) -> FloatArray:
    """The share of every leaf in the whole: the product of the shares along its path.

    Args:
        layout: the tree.
        sizes: the size of every row, shape (rows,).
        weights: shape (rows, draws), overwritten.

    Returns:
        Shape (leaves, draws), per unit of size: times the sizes, each column adds up to 1. A
        node whose children all weigh zero leaves its weight to its siblings.
    """
    for branch in reversed(layout.branches):
        block = weights[branch.first : branch.last]
        size = sizes[branch.first : branch.last]
        if np.any(size != 1.0):
            block *= size[:, None]
        total = block.sum(axis=0)
        if (empty := total <= 0).any():
            weights[branch.row, empty] = 0.0
            total[empty] = 1.0
        block *= np.divide(1.0, total, out=total)
    for branch in layout.branches[1:]:
        weights[branch.first : branch.last] *= weights[branch.row]
    first, count = layout.leaf_rows[0], len(layout.leaf_rows)
    together = layout.leaf_rows[-1] - first == count - 1
    shares = weights[first : first + count] if together else weights[layout.leaf_rows]
    own = sizes[layout.leaf_rows]
    if np.any(own != 1.0):
        shares /= np.where(own > 0, own, 1.0)[:, None]
    return shares


def collapsed(shares: FloatArray, scaled: FloatArray, mean: str, out: FloatArray) -> None:
    """Scores from shares of leaves, shape (leaves, draws), into `out`, shape (draws, bodies)."""
    _leaf_sum(shares, scaled, out)
    from_scale(out, mean)


def _leaf_sum(weights: FloatArray, leaves: FloatArray, out: FloatArray | None = None) -> FloatArray:
    """Sums over leaves; `leaves` is one matrix for all draws, or one per draw in front."""
    if leaves.ndim == 2:
        return np.asarray(np.matmul(weights.T, leaves, out=out))
    product = np.asarray(np.matmul(weights.T[:, None, :], leaves)[:, 0, :])
    if out is None:
        return product
    out[...] = product
    return out


def by_levels(
    layout: Layout,
    leaves: Leaves,
    means: tuple[str, ...],
    weights: FloatArray,
    values: FloatArray | None = None,
) -> FloatArray:
    """Scores of the root, level by level: any pattern of unknowns, any mean at any node.

    Args:
        layout: the tree.
        leaves: the prepared matrix.
        means: the mean of every branch.
        weights: shape (rows, draws).
        values: score × size of the leaves of every draw, shape (draws, leaves, bodies), in place
            of the prepared ones.

    Returns:
        Shape (draws, bodies), NaN where nothing is known.
    """
    sums: dict[int, tuple[FloatArray, FloatArray]] = {}
    above_of = {
        row: (branch.by_points, mean)
        for branch, mean in zip(layout.branches, means, strict=True)
        for row in range(branch.first, branch.middle)
    }
    for branch, mean in zip(reversed(layout.branches), reversed(means), strict=True):
        total, size = _own_leaves(branch, leaves, mean, weights, values)
        for row in range(branch.first, branch.middle):
            above, below = sums.pop(row)
            total = total + weights[row][:, None] * above
            size = size + weights[row][:, None] * below
        if branch.row == 0:
            return _close(total, size, mean, layout.bounded)
        row = branch.row
        points, outer = above_of[row]
        adds_points = points and outer == "arithmetic"
        score = _close(total, size, mean, layout.bounded and not adds_points)
        known = leaves.node_sizes[row] * (size > 0)
        above = np.where(known > 0, known * to_scale(np.nan_to_num(score), outer), 0.0)
        if adds_points:
            above = np.where(size > 0, above, total)  # bonuses alone have no maximum
        sums[row] = above, known
    raise AssertionError("the root is the last branch")


def _own_leaves(
    branch: Branch, leaves: Leaves, mean: str, weights: FloatArray, values: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Σ weight × size × g(score) and Σ weight × size of the leaves right below a node."""
    if branch.middle == branch.last:
        nothing = np.zeros((weights.shape[1], 1))
        return nothing, nothing
    own, place = weights[branch.middle : branch.last], branch.leaves
    sizes = leaves.sizes[place]
    if values is None:
        scaled = leaves.scaled[mean][place]
    else:
        scaled = scale_leaves(
            values[:, place], np.broadcast_to(sizes, values[:, place].shape), mean
        )
    even = not np.any(sizes != sizes[:, :1])
    return _leaf_sum(own, scaled), _leaf_sum(own, sizes[:, :1] if even else sizes)


def _close(total: FloatArray, size: FloatArray, mean: str, clip: bool) -> FloatArray:
    """The score of a node from its sums, NaN where its size is 0."""
    if np.all(size > 0):
        score = from_scale(total / size, mean)
    else:
        size = np.broadcast_to(size, total.shape)
        ratio = np.divide(total, size, out=np.ones_like(total), where=size > 0)
        score = np.where(size > 0, from_scale(ratio, mean), np.nan)
    return np.clip(score, 0.0, 1.0, out=score) if clip else score
