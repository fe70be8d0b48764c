"""An index is data: read it, check it, print its rulebook."""

from chiso.index.loading import load_index, parse_index, shipped_indexes
from chiso.index.model import OVERALL, Criterion, Index, Input, Node, Pillar

__all__ = [
    "OVERALL",
    "Criterion",
    "Index",
    "Input",
    "Node",
    "Pillar",
    "load_index",
    "parse_index",
    "shipped_indexes",
]
