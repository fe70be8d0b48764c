"""Finding a body by the name that a table gives it, or saying why it cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from rapidfuzz import fuzz, process

from chiso.bodies.body import Body
from chiso.bodies.names import NameForm, name_form, plain
from chiso.problems import InvalidInput

_LONGEST_NAME = 300
_MOST_CANDIDATES = 5
_ALIKE = 60.0


class UnknownName(InvalidInput):
    """A name that is nobody's (`reason` is `unknown`) or several bodies' (`ambiguous`).

    `candidates` are the bodies that share an ambiguous name, or those an unknown name may mean:
    bodies of that name at another time or in another group first, then bodies of similar name.
    """

    def __init__(
        self,
        message: str,
        *,
        name: str,
        candidates: Iterable[Body] = (),
        reason: Literal["unknown", "ambiguous"],
    ) -> None:
        super().__init__(message)
        self.name = name
        self.candidates = tuple(candidates)
        self.reason = reason

    def __reduce__(self) -> tuple[Callable[..., UnknownName], tuple[object, ...]]:
        # Errors travel between processes, and keyword arguments would be lost on the way.
        return _unknown_name, (str(self), self.name, self.candidates, self.reason)


def _unknown_name(
    message: str,
    name: str,
    candidates: tuple[Body, ...],
    reason: Literal["unknown", "ambiguous"],
) -> UnknownName:
    return UnknownName(message, name=name, candidates=candidates, reason=reason)


class NameIndex:
    """The names of many bodies by their keys."""

    def __init__(self, bodies: Iterable[Body]) -> None:
        self._codes: dict[str, Body] = {}
        self._official: dict[str, list[Body]] = {}
        self._whole: dict[str, list[tuple[Body, NameForm]]] = {}
        self._core: dict[str, list[tuple[Body, NameForm]]] = {}
        self._plain: list[tuple[str, Body]] = []
        for body in bodies:
            self._codes[body.code] = body
            if body.official_code:
                self._official.setdefault(body.official_code.lstrip("0"), []).append(body)
            for name in body.names():
                form = name_form(name)
                self._whole.setdefault(form.whole, []).append((body, form))
                self._core.setdefault(form.core, []).append((body, form))
                self._plain.append((plain(name), body))

    def matches(self, name: str, allowed: Callable[[Body], bool]) -> tuple[Body, ...]:
        """The allowed bodies that `name` means; more than one when it does not tell them apart.

        The first of these that finds anybody decides: the code, the official code, the whole
        name, the name with the kind of unit, the name without it (kinds must not contradict).
        Within a step, a body written with just these accents is preferred.
        """
        name = name.strip()
        if len(name) > _LONGEST_NAME:
            return ()
        coded = self._codes.get(name)
        if coded is not None and allowed(coded):
            return (coded,)
        if name.isdecimal() and (
            official := [b for b in self._official.get(name.lstrip("0"), ()) if allowed(b)]
        ):
            return tuple(official)
        form = name_form(name)
        if not form.whole:
            return ()
        same_core = [pair for pair in self._core.get(form.core, ()) if allowed(pair[0])]
        for step in (
            [pair for pair in self._whole.get(form.whole, ()) if allowed(pair[0])],
            [pair for pair in same_core if pair[1].kind == form.kind],
            [pair for pair in same_core if pair[1].agrees_in_kind(form)],
        ):
            if step:
                return _best_accents(form, step)
        return ()

    def alike(self, name: str, allowed: Callable[[Body], bool]) -> tuple[Body, ...]:
        """The allowed bodies with the most similar names, the most similar first."""
        pool = [(text, body) for text, body in self._plain if allowed(body)]
        hits = process.extract(
            plain(name[:_LONGEST_NAME]),
            [text for text, _ in pool],
            scorer=fuzz.ratio,
            score_cutoff=_ALIKE,
            limit=4 * _MOST_CANDIDATES,
        )
        unique = {pool[place][1].code: pool[place][1] for _, _, place in hits}
        return tuple(unique.values())[:_MOST_CANDIDATES]


def _best_accents(form: NameForm, pairs: Sequence[tuple[Body, NameForm]]) -> tuple[Body, ...]:
    everyone = {body.code: body for body, _ in pairs}
    exact = {body.code: body for body, other in pairs if other.accented == form.accented}
    # A name without accents may mean any of them; only accents that are written can choose.
    chosen = exact if exact and form.has_accents else everyone
    return tuple(chosen.values())
