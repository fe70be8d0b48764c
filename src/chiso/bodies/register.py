"""The register: who is assessed, who came from whom, and who is meant by a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType

from chiso.bodies.body import Body, slug
from chiso.bodies.checking import body_problems, succession_problems
from chiso.bodies.finding import NameIndex, UnknownName
from chiso.bodies.successions import Lineage, Succession
from chiso.language import Text, sort_key
from chiso.problems import Collector, InvalidInput, Problem


class UnknownCode(InvalidInput, KeyError):
    """A code that no body of the register has."""

    def __str__(self) -> str:
        # A KeyError would show its message in quotation marks.
        return "\n".join(str(problem) for problem in self.problems)


@dataclass(frozen=True)
class Register:
    """Bodies, their regions and their successions; it does not change once it is made.

    Raises InvalidInput with every contradiction at once: a code used twice, a name or a tile
    shared within a group at one time, an unknown parent or region, a succession that names an
    unknown body or a day on which its bodies did not exist.
    """

    title: Text
    bodies: tuple[Body, ...]
    regions: Mapping[str, Text] = field(default_factory=dict, hash=False)
    successions: tuple[Succession, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "bodies", tuple(self.bodies))
        object.__setattr__(self, "successions", tuple(self.successions))
        object.__setattr__(self, "regions", MappingProxyType(dict(self.regions)))
        collector = Collector()
        collector.take(body_problems(self.bodies, self.regions))
        collector.take(succession_problems(self.successions, self.bodies))
        collector.raise_if_any()

    def __reduce__(self) -> tuple[type[Register], tuple[object, ...]]:
        # A mapping proxy cannot travel to another process, and the index need not.
        return Register, (self.title, self.bodies, dict(self.regions), self.successions)

    @cached_property
    def _by_code(self) -> dict[str, Body]:
        return {body.code: body for body in self.bodies}

    @cached_property
    def _index(self) -> NameIndex:
        return NameIndex(self.bodies)

    @cached_property
    def _lineage(self) -> Lineage:
        return Lineage(self._by_code, self.successions)

    def get(self, code: str) -> Body:
        """The body with this code. Raises UnknownCode, which is also a KeyError."""
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownCode(f"no body has the code {_shown(code)}") from None

    def groups(self) -> tuple[str, ...]:
        """The groups, in the order in which the register first names them."""
        return tuple(dict.fromkeys(body.group for body in self.bodies))

    def in_group(self, group: str, on: date | None = None) -> tuple[Body, ...]:
        """The bodies of a group by name in Vietnamese order: those of the day `on`, or all.

        Raises InvalidInput for a group that the register does not have.
        """
        self._require_group(group)
        return _by_name(
            body
            for body in self.bodies
            if body.group == group and (on is None or body.valid_on(on))
        )

    def tiles(self, group: str, on: date) -> dict[str, tuple[int, int]]:
        """Places on the tile map of a day: code → (column, row), north on top.

        Only bodies with a place; empty for a group that has no map. Raises InvalidInput for a
        group that the register does not have.
        """
        return {body.code: body.tile for body in self.in_group(group, on) if body.tile is not None}

    def children(self, code: str) -> tuple[Body, ...]:
        """The bodies directly below this one, by name. Raises UnknownCode."""
        self.get(code)
        return _by_name(body for body in self.bodies if body.parent == code)

    def find(self, name: str, *, group: str | None = None, on: date | None = None) -> Body:
        """The one body that `name` means, among those of `group` and of the day `on` if given.

        `name` is a code, an official code, or a name or alias in any spelling that differs only
        in accents, case, spaces, signs or the word for the kind of unit. Nothing is guessed:
        raises UnknownName with candidates when the name is nobody's or several bodies'.
        """
        if group is not None:
            self._require_group(group)

        def allowed(body: Body) -> bool:
            return (group is None or body.group == group) and (on is None or body.valid_on(on))

        found = self._index.matches(name, allowed)
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(name, found)
        raise self._unknown(name, allowed, group, on)

    def predecessors(self, code: str, on: date) -> tuple[str, ...]:
        """The bodies that existed on the day `on` and became this one, in register order.

        A body that existed on that day stands for itself, together with whoever has joined it
        since. Chains of successions are followed. Empty when nobody of that day became it.
        Raises UnknownCode.
        """
        self.get(code)
        return self._lineage.predecessors(code, on)

    def successors(self, code: str, on: date) -> tuple[str, ...]:
        """The bodies existing on the day `on` that this one became, in register order.

        A body that still exists on that day stands for itself, together with whoever has left
        it by then. Chains of successions are followed. Raises UnknownCode.
        """
        self.get(code)
        return self._lineage.successors(code, on)

    def _require_group(self, group: str) -> None:
        if group not in self.groups():
            known = ", ".join(self.groups()) or "none"
            raise InvalidInput(
                Problem(f"the register has no group {_shown(group)}", hint=f"groups: {known}")
            )

    def _unknown(
        self, name: str, allowed: Callable[[Body], bool], group: str | None, on: date | None
    ) -> UnknownName:
        scope = f" in group '{group}'" if group is not None else ""
        scope += f" on {on.isoformat()}" if on is not None else ""
        if not name.strip():
            return UnknownName("a body's name is empty", name=name, reason="unknown")
        message = f"no body{scope} is called {_shown(name)}"
        elsewhere = self._index.matches(name, lambda body: True)
        if elsewhere:
            message += f"; {', '.join(self._story(body, on) for body in elsewhere)}"
        alike = [body for body in self._index.alike(name, allowed) if body not in elsewhere]
        if alike:
            message += f"; did you mean {', '.join(body.label() for body in alike)}?"
        return UnknownName(message, name=name, candidates=(*elsewhere, *alike), reason="unknown")

    def _story(self, body: Body, on: date | None) -> str:
        """Where and when a body of the asked name is found, and what became of it."""
        story = f"{body.label()} is in group '{body.group}'{_lifetime(body)}"
        if on is not None and not body.valid_on(on):
            became = [self.get(code).label() for code in self.successors(body.code, on)]
            was = [self.get(code).label() for code in self.predecessors(body.code, on)]
            story += f" and became {', '.join(became)}" if became else ""
            story += f" and was {', '.join(was)}" if was else ""
        return story


def register_from_names(
    names: Iterable[str | tuple[str, str]], group: str, title: Text | str = ""
) -> Register:
    """A register for bodies that no file describes: one body per name, all of one group.

    An item is a name, whose code is then made from it, or a pair of code and name. Raises
    InvalidInput naming every item that is empty, gives no code or repeats another's.
    """
    collector = Collector()
    bodies: list[Body] = []
    for place, item in enumerate(names, start=1):
        code, name = (slug(item), item) if isinstance(item, str) else item
        text = Text.of(name)
        if not text.vi:
            collector.add(f"name {place} is empty")
        elif not code:
            collector.add(f"no code can be made from {_shown(name)}", hint="give a code with it")
        else:
            bodies.append(Body(code=code, name=text, group=group))
    if not bodies and not collector:
        collector.add("there are no names")
    collector.take(body_problems(bodies, {}))
    collector.raise_if_any()
    return Register(title=Text.of(title), bodies=tuple(bodies))


def _by_name(bodies: Iterable[Body]) -> tuple[Body, ...]:
    # Vietnamese lists go syllable by syllable: Bà Rịa stands before Bạc Liêu.
    def key(body: Body) -> tuple[list[object], str]:
        return [sort_key(word) for word in body.name.get("vi").split()], body.code

    return tuple(sorted(bodies, key=key))


def _ambiguous(name: str, found: tuple[Body, ...]) -> UnknownName:
    listed = ", ".join(f"{body.label()} in group '{body.group}'{_lifetime(body)}" for body in found)
    return UnknownName(
        f"{_shown(name)} may mean {listed}; give a group, a date or the code",
        name=name,
        candidates=found,
        reason="ambiguous",
    )


def _lifetime(body: Body) -> str:
    since = f" from {body.valid_from.isoformat()}" if body.valid_from else ""
    until = f" until {body.valid_to.isoformat()}" if body.valid_to else ""
    return since + until


def _shown(text: str) -> str:
    return f"'{text}'" if len(text) <= 80 else f"'{text[:80]}…'"
