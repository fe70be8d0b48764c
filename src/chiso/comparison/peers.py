"""Whom a body compares itself with."""

from __future__ import annotations

from dataclasses import dataclass

from chiso.bodies import Register
from chiso.index.model import OVERALL
from chiso.scoring.standings import Standing, Standings


@dataclass(frozen=True, slots=True)
class Peers:
    """Bodies near in one sense, best first, the body itself among them."""

    kind: str  # region | parent | neighbours
    name: str
    standings: tuple[tuple[str, Standing], ...]
    place: int | None  # the place of the body among those of them whose rank is known


def peers(
    register: Register, standings: Standings, body: str, node: str = OVERALL, around: int = 2
) -> tuple[Peers, ...]:
    """Peers of the same region, of the same parent, and neighbours in rank.

    A kind with fewer than two known bodies is left out.
    """
    own = register.get(body)
    same: dict[str, tuple[str, list[str]]] = {}
    for other in standings.bodies:
        candidate = register.get(other)
        if own.region and candidate.region == own.region:
            same.setdefault("region", (own.region, []))[1].append(other)
        if own.parent and candidate.parent == own.parent:
            same.setdefault("parent", (own.parent, []))[1].append(other)
    found = [
        _peers(kind, name, members, standings, body, node) for kind, (name, members) in same.items()
    ]
    found.append(_neighbours(standings, body, node, around))
    return tuple(group for group in found if group is not None)


def _peers(
    kind: str, name: str, members: list[str], standings: Standings, body: str, node: str
) -> Peers | None:
    known = [(m, standings.standing(m, node)) for m in members]
    ranked = sorted(
        ((m, s) for m, s in known if s.rank is not None), key=lambda pair: pair[1].rank or 0
    )
    if len(ranked) < 2:
        return None
    own = standings.standing(body, node).rank
    place = None if own is None else 1 + sum((s.rank or 0) < own for _, s in ranked)
    return Peers(kind, name, tuple(ranked), place)


def _neighbours(standings: Standings, body: str, node: str, around: int) -> Peers | None:
    order = [b for b in standings.ordered(node) if standings.standing(b, node).rank is not None]
    if body not in order or len(order) < 2:
        return None
    place = order.index(body)
    near = order[max(0, place - around) : place + around + 1]
    return _peers("neighbours", "", near, standings, body, node)
