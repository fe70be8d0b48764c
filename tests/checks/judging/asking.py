"""Ask one technical check about one case, with the figures of the catalogue."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from chiso.checks.findings import Verdict
from chiso.checks.judging import registry
from chiso.checks.judging.case import Case
from chiso.checks.states import MEASURED, CheckState

TECHNICAL = ("availability", "transport", "domain", "headers", "mobile", "accessibility")


def ask(identifier: str, case: Case, **figures: Any) -> Verdict:
    """The verdict of a check; `figures` replace some of the catalogue's.

    Fails where state and level do not agree or a language is missing: true of every verdict.
    """
    for name in TECHNICAL:
        import_module(f"chiso.checks.judging.{name}")
    declared = registry.declarations()[identifier]
    given = registry._functions[identifier](case, {**declared.figures, **figures})
    assert isinstance(given, Verdict)
    assert not given.seen.missing(), given.seen
    if given.state in MEASURED:
        assert given.level is not None
        assert {CheckState.PASS: given.level == 1, CheckState.FAIL: given.level == 0}.get(
            given.state, 0 < given.level < 1
        ), given
    elif given.state is not CheckState.NEEDS_REVIEW:
        assert given.level is None
    assert len(given.evidence) <= 60
    return given


def said(identifier: str, case: Case, **figures: Any) -> str:
    """The state of a verdict in a word."""
    return ask(identifier, case, **figures).state.value


def level(identifier: str, case: Case, **figures: Any) -> float | None:
    """The level of a verdict."""
    return ask(identifier, case, **figures).level
