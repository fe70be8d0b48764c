"""What all tests share: repeatable property tests, and small indexes built in a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from chiso.index import Index
from chiso.rounds.answers import Answer, AnswerBook, Answers
from chiso.scoring.engine import score
from chiso.scoring.standings import Standings

settings.register_profile("chiso", derandomize=True, deadline=None, max_examples=100)
settings.load_profile("chiso")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


def _titled(node: Mapping[str, Any]) -> dict[str, Any]:
    below = {
        level: [_titled(child) for child in node[level]]
        for level in ("pillars", "criteria")
        if level in node
    }
    return {"title": node["id"], **node, **below}


@pytest.fixture(scope="session")
def make_index() -> Callable[..., Index]:
    """An index from `criteria` and `pillars`; titles, groups and version are filled in."""

    def make(**tree: Any) -> Index:
        filled = {"index": "test", "version": "1", "title": "test", "groups": ["province"], **tree}
        for level in ("pillars", "criteria"):
            filled[level] = [_titled(node) for node in filled.get(level, [])]
        return Index.model_validate(filled)

    return make


@pytest.fixture(scope="session")
def make_answers() -> Callable[..., Answers]:
    """Answers from `{body: {key: value or Answer}}` and `{(body, criterion): ruling}`."""

    def make(
        index: Index,
        given: Mapping[str, Mapping[str, Any]],
        rulings: Mapping[tuple[str, str], Any] | None = None,
    ) -> Answers:
        book = AnswerBook(index, list(given))
        for body, answers in given.items():
            for key, value in answers.items():
                book.put(body, key, value if isinstance(value, Answer) else Answer(value))
        for (body, criterion), ruling in (rulings or {}).items():
            book.rule(body, criterion, ruling)
        return book.build()

    return make


@pytest.fixture(scope="session")
def number_index(make_index: Callable[..., Index]) -> Callable[..., Index]:
    """An index of criteria that each ask for one number `x` and give `x` points of their worth:
    `number_index(a=10, b=20)`, or `number_index(a={"points": 10, "counts": "bonus"})`."""

    def make(tree: dict[str, Any] | None = None, **worth: Any) -> Index:
        return make_index(
            criteria=[_criterion(name, given) for name, given in worth.items()], **tree or {}
        )

    return make


def _criterion(name: str, given: Any) -> dict[str, Any]:
    own = given if isinstance(given, dict) else {"points": given}
    return {"id": name, "rule": {"formula": "x"}, "inputs": {"x": {"type": "number"}}, **own}


@pytest.fixture(scope="session")
def number_criterion() -> Callable[[str, Any], dict[str, Any]]:
    """One such criterion, to be put below a pillar."""
    return _criterion


@pytest.fixture(scope="session")
def scored(make_answers: Callable[..., Answers]) -> Callable[..., Standings]:
    """Score `{body: {criterion: x}}` under an index of `number_index`."""

    def run(
        index: Index, given: dict[str, dict[str, Any]], rulings: Any = None, **options: Any
    ) -> Standings:
        keyed = {
            body: {(k if "." in k or k in index.facts else f"{k}.x"): v for k, v in answers.items()}
            for body, answers in given.items()
        }
        group = options.pop("group", "province")
        return score(index, group, make_answers(index, keyed, rulings), **options)

    return run
