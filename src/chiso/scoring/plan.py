"""What scoring needs to know of an index for one group, whatever the answers."""

from __future__ import annotations

from dataclasses import dataclass

from chiso.index.model import OVERALL, Criterion, Index, Node
from chiso.index.trial import option_lists


@dataclass(slots=True)
class Plan:
    """The nodes that count for a group. Row 0 of every matrix of nodes is the whole.

    `names` says per criterion which answer each name means; `children` lists the rows below a
    row; `leaf_rows` are the rows of the criteria, in order.
    """

    index: Index
    nodes: tuple[Node, ...]
    criteria: tuple[Criterion, ...]
    names: tuple[dict[str, str], ...]
    options: tuple[dict[str, tuple[str, ...]], ...]
    children: dict[int, list[int]]
    leaf_rows: list[int]

    @property
    def keys(self) -> tuple[str, ...]:
        """The ids of the rows."""
        return (OVERALL, *(node.id for node in self.nodes))


def make_plan(index: Index, group: str) -> Plan:
    """Lay out the nodes of an index that apply to a group.

    Raises ValueError if the index is not meant for the group.
    """
    if group not in index.groups:
        known = ", ".join(index.groups)
        raise ValueError(f"the index {index.key} is not meant for '{group}'; its groups: {known}")
    nodes = tuple(node for node in index.nodes if index.applies_to(node, group))
    row = {node.id: place for place, node in enumerate(nodes, 1)}
    children: dict[int, list[int]] = {}
    for place, node in enumerate(nodes, 1):
        children.setdefault(row[node.parent] if node.parent else 0, []).append(place)
    leaves = [(place, n.item) for place, n in enumerate(nodes, 1) if isinstance(n.item, Criterion)]
    names, options = [], []
    for _, criterion in leaves:
        declared = index.declared(criterion)
        names.append({name: declared[name][0] for name in criterion.reads})
        options.append(option_lists({name: declared[name][1] for name in criterion.reads}))
    return Plan(
        index,
        nodes,
        tuple(criterion for _, criterion in leaves),
        tuple(names),
        tuple(options),
        children,
        [place for place, _ in leaves],
    )
