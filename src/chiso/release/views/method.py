"""The method page, made from the index, and what is said about data and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chiso.index.model import OVERALL, Index, Node
from chiso.release.edition import Edition
from chiso.release.views.parts import counts
from chiso.scoring.outcomes import EFFECTS, Effect, Outcome


@dataclass(frozen=True, slots=True)
class PillarLine:
    """A pillar with the number of its criteria and of those whose rule was reconstructed."""

    node: Node
    criteria: int
    reconstructed: int


@dataclass(frozen=True, slots=True)
class MethodView:
    """Everything the method page shows."""

    index: Index
    pillars: tuple[PillarLine, ...]
    criteria: int
    reconstructed: int
    effects: tuple[tuple[Outcome, Effect], ...]
    checks: tuple[str, ...]


def method_view(edition: Edition) -> MethodView:
    """The method of the present index."""
    index = edition.index
    return MethodView(
        index,
        tuple(_line(index, node) for node in index.nodes if node in edition.pillars),
        len(index.leaves),
        len(index.reconstructed),
        tuple(EFFECTS.items()),
        tuple(dict.fromkeys(c for n in index.leaves for c in getattr(n.item, "checks", ()))),
    )


def _line(index: Index, node: Node) -> PillarLine:
    inside = [leaf for leaf in index.leaves if _is_below(index, leaf, node.id)]
    again = sum(leaf.item.provenance == "reconstructed" for leaf in inside)
    return PillarLine(node, len(inside), again)


def _is_below(index: Index, node: Node, above: str) -> bool:
    parent = node.parent
    while parent is not None and parent != above:
        parent = index.by_id[parent].parent
    return parent == above


@dataclass(frozen=True, slots=True)
class Known:
    """How much is known of a group in a year."""

    year: int
    group: str
    origin: str
    bodies: int
    ranks: int
    scores: int


def knowledge(edition: Edition) -> Iterator[Known]:
    """How much is known, by year and group, latest first."""
    for standings in edition.tables():
        yield Known(standings.year, standings.group, standings.origin, *counts(standings, OVERALL))


def sources(edition: Edition) -> tuple[tuple[str, int], ...]:
    """Every source that figures name, with how many name it, most used first."""
    found: dict[str, int] = {}
    for standings in edition.tables():
        for citation in standings.citations.values():
            if citation.source:
                found[citation.source] = found.get(citation.source, 0) + 1
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))
