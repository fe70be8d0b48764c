"""What makes a register contradict itself, found all at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta

from chiso.bodies.body import Body
from chiso.bodies.names import name_form
from chiso.bodies.successions import SUCCESSION_KINDS, Succession
from chiso.problems import Problem

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LONGEST_CODE = 100
_SECOND_DAY = date.min + timedelta(days=1)


def body_problems(
    bodies: Sequence[Body],
    regions: Collection[str],
    *,
    file: str | None = None,
    rows: Sequence[int] | None = None,
) -> list[Problem]:
    """Every contradiction among bodies; `rows` tells the row of each body in `file`.

    Regions are checked against `regions` only when there are any.
    """
    found: list[tuple[int, str, str, str | None]] = []
    by_code: dict[str, Body] = {}
    for place, body in enumerate(bodies):
        if body.code and body.code in by_code:
            found.append((place, f"the code '{body.code}' is used twice", "code", None))
        by_code.setdefault(body.code, body)
        found.extend((place, *rest) for rest in _own_problems(body, regions))
    found.extend(_parent_problems(bodies, by_code))
    found.extend(_shared_names(bodies))
    found.extend(_shared_tiles(bodies))
    return [
        Problem(
            message,
            file=file,
            row=rows[place] if rows else None,
            column=column if rows else None,
            hint=hint,
        )
        for place, message, column, hint in sorted(found, key=lambda item: item[0])
    ]


def _own_problems(body: Body, regions: Collection[str]) -> Iterator[tuple[str, str, str | None]]:
    if not body.code:
        yield "the body has no code", "code", None
    elif not _CODE.fullmatch(body.code) or len(body.code) > _LONGEST_CODE:
        hint = "letters a–z, digits, and . _ - between them"
        yield f"'{body.code[:80]}' cannot be a code", "code", hint
    if not body.group:
        yield "the body has no group", "group", None
    if not body.name.get("vi"):
        yield "the body has no name", "name_vi", "give name_vi, name_en or both"
    elif not name_form(body.name.get("vi")).whole:
        yield f"the name of '{body.code}' has no letter or digit", "name_vi", None
    if body.valid_from and body.valid_to and body.valid_to < body.valid_from:
        message = f"the body ends on {body.valid_to}, before it begins on {body.valid_from}"
        yield message, "valid_to", None
    if regions and body.region is not None and body.region not in regions:
        yield f"unknown region '{body.region}'", "region", f"regions: {', '.join(sorted(regions))}"


def _parent_problems(
    bodies: Sequence[Body], by_code: Mapping[str, Body]
) -> Iterator[tuple[int, str, str, str | None]]:
    settled: set[str] = set()
    for place, body in enumerate(bodies):
        if body.parent is not None and body.parent not in by_code:
            yield place, f"unknown parent '{body.parent}'", "parent", None
        chain: dict[str, None] = {}
        here: str | None = body.code
        while here is not None and here in by_code and here not in settled and here not in chain:
            chain[here] = None
            here = by_code[here].parent
        settled.update(chain)
        if here is not None and here in chain:
            members = list(chain)
            circle = " → ".join((*members[members.index(here) :], here))
            yield place, f"parents run in a circle: {circle}", "parent", None


def _shared_names(bodies: Sequence[Body]) -> Iterator[tuple[int, str, str, str | None]]:
    seen: dict[tuple[str, str | None, str, str], list[Body]] = {}
    for place, body in enumerate(bodies):
        name = body.name.get("vi")
        form = name_form(name)
        # Communes of one name in two districts are common: the parent tells them apart. Names
        # that differ in an accent are different names.
        others = seen.setdefault((body.group, body.parent, form.kind, form.accented), [])
        twin = next((other for other in others if other.meets(body)), None)
        if twin is None:
            others.append(body)
        elif twin.code != body.code:
            message = f"'{name}' is also the name of '{twin.code}' in this group and time"
            yield place, message, "name_vi", None


def _shared_tiles(bodies: Sequence[Body]) -> Iterator[tuple[int, str, str, str | None]]:
    seen: dict[tuple[str, tuple[int, int]], list[Body]] = {}
    for place, body in enumerate(bodies):
        if body.tile is None:
            continue
        others = seen.setdefault((body.group, body.tile), [])
        twin = next((other for other in others if other.meets(body)), None)
        if twin is not None:
            column, row = body.tile
            message = f"the tile {column} {row} is taken by '{twin.code}' in this group and time"
            yield place, message, "tile", None
        else:
            others.append(body)


def succession_problems(
    successions: Sequence[Succession],
    bodies: Sequence[Body],
    *,
    file: str | None = None,
    rows: Sequence[int] | None = None,
) -> list[Problem]:
    """Every succession that its bodies contradict; `rows` tells the row of each in `file`."""
    by_code = {body.code: body for body in bodies}
    problems: list[Problem] = []
    seen: set[tuple[object, ...]] = set()
    for place, succession in enumerate(successions):
        found = list(_contradictions(succession, by_code))
        key = (succession.before, succession.after, succession.on)
        if key in seen:
            found.append((f"{_shown(succession)} is recorded twice", "before"))
        seen.add(key)
        problems.extend(
            Problem(
                message,
                file=file,
                row=rows[place] if rows else None,
                column=column if rows else None,
            )
            for message, column in found
        )
    return problems


def _contradictions(
    succession: Succession, by_code: Mapping[str, Body]
) -> Iterator[tuple[str, str]]:
    if succession.kind not in SUCCESSION_KINDS:
        kinds = ", ".join(SUCCESSION_KINDS)
        yield f"unknown kind of succession '{succession.kind}', use one of {kinds}", "kind"
    if succession.before == succession.after:
        yield f"'{succession.before}' succeeds itself; an unchanged body needs no record", "after"
        return
    before, after = by_code.get(succession.before), by_code.get(succession.after)
    if before is None:
        yield f"the succession names an unknown body '{succession.before}'", "before"
    elif not before.valid_on(max(succession.on, _SECOND_DAY) - timedelta(days=1)):
        yield f"'{before.code}' did not exist the day before {succession.on}", "from"
    if after is None:
        yield f"the succession names an unknown body '{succession.after}'", "after"
    elif not after.valid_on(succession.on):
        yield f"'{after.code}' does not exist on {succession.on}", "from"


def _shown(succession: Succession) -> str:
    return f"the succession of '{succession.before}' by '{succession.after}' on {succession.on}"
