"""How a check is declared: a function by decorator, its texts and figures in the catalogue.

The catalogue (`checks/catalogue/*.yaml`) holds what an official reads and what a rule rests on:
titles, how to fix, how to reproduce, what is not tested, the legal basis, the tier, and every
figure that the function uses. A check without its entry, or an entry without its function, is an
error when the catalogue is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module, resources
from typing import Any, Literal

from pydantic import Field

from chiso.checks.findings import Verdict
from chiso.checks.judging.case import Case
from chiso.index.loading import parse_yaml, validate
from chiso.index.model import Model
from chiso.language import Text

#: S scored by itself, P proposed (a zero needs a person), I informational, H held back
Tier = Literal["S", "P", "I", "H"]
#: what a check cannot do without: `home` a readable home page, `network` nothing but the record,
#: `rendered` a browser's view, `names`, `tls`, `period` monitoring over a period
Need = Literal["network", "home", "rendered", "names", "tls", "period"]
Function = Callable[[Case, Mapping[str, Any]], Verdict | Iterable[Verdict]]

_MODULES = (
    "availability", "transport", "domain", "headers", "mobile", "accessibility", "sections",
    "freshness", "content", "functions", "services",
)  # fmt: skip
_functions: dict[str, Function] = {}


class Declaration(Model):
    """The entry of a check in the catalogue."""

    version: int = Field(default=1, ge=1)
    tier: Tier
    needs: tuple[Need, ...] = ("home",)
    title: Text  # what is looked at
    passed: Text  # the title of a pass
    failed: Text  # the title of a fail
    explanation: Text
    fix: Text
    reproduce: str  # a command, with {url} and {host}
    not_tested: Text
    basis: tuple[Text, ...] = ()
    cadence: Literal["daily", "weekly", "period"] = "weekly"
    parts: Literal["", "section"] = ""
    figures: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """A declared check with its function."""

    id: str
    declaration: Declaration
    function: Function


def check(identifier: str) -> Callable[[Function], Function]:
    """Register the function of a check: `function(case, figures)` returns one or more verdicts.

    `figures` are those of the catalogue. Raises ValueError if the id is taken.
    """

    def register(function: Function) -> Function:
        if identifier in _functions:
            raise ValueError(f"the check {identifier} is declared twice")
        _functions[identifier] = function
        return function

    return register


@cache
def declarations() -> dict[str, Declaration]:
    """The catalogue in order of its files. Raises InvalidInput naming file and line."""
    found: dict[str, Declaration] = {}
    folder = resources.files("chiso.checks") / "catalogue"
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        if not path.name.endswith(".yaml"):
            continue
        tree, lines = parse_yaml(path.read_text(encoding="utf-8"), path.name)
        entries = validate(_Catalogue, {"checks": tree}, lines, path.name).checks
        twice = found.keys() & entries.keys()
        if twice:
            raise ValueError(f"{path.name}: {', '.join(sorted(twice))} stands in two files")
        found |= entries
    return found


class _Catalogue(Model):
    checks: dict[str, Declaration]


@cache
def registered() -> dict[str, Check]:
    """All checks by id. Raises ValueError where functions and catalogue do not agree."""
    for name in _MODULES:
        import_module(f"chiso.checks.judging.{name}")
    declared = declarations()
    unlike = sorted(declared.keys() ^ _functions.keys())
    if unlike:
        raise ValueError(f"function and catalogue do not agree on {', '.join(unlike)}")
    return {key: Check(key, declared[key], _functions[key]) for key in declared}
