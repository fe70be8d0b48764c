"""An index as data: pillars that nest to any depth, criteria, inputs, and how totals are made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    model_validator,
)

from chiso.index.expressions import Expression
from chiso.index.rules import APPRAISED, Awarded, Expr, Observed, Rule
from chiso.language import Text

Loc = tuple[str | int, ...]
InputType = Literal["number", "integer", "yes_no", "choice", "text", "date", "table"]
Source = Literal["report", "check", "published", "appraiser"]
Provenance = Literal["quoted", "reconstructed"]
Audience = Literal["body", "units", "communes", "staff"]

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z")
_RESERVED = {"and", "or", "not", "if", "else", "in", "is", APPRAISED}


def _identifier(value: str) -> str:
    if not _IDENTIFIER.match(value):
        raise ValueError("an id has small letters, digits and _ and begins with a letter")
    if value in _RESERVED:
        raise ValueError(f"'{value}' has a meaning of its own and cannot be an id")
    return value


Id = Annotated[str, AfterValidator(_identifier)]


def _text_list(value: Any) -> Any:
    return [value] if isinstance(value, str | Mapping) else value


class Model(BaseModel):
    """Strict about unknown keys: a misspelt key is an error, not a silence."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        populate_by_name=True,
        allow_inf_nan=False,
    )


class Column(Model):
    """One column of a table input; one cell per row (service, portal, subordinate unit)."""

    type: Literal["number", "integer", "yes_no", "choice", "text"]
    title: Text = Text()
    unit: Text = Text()
    min: float | None = None
    max: float | None = None
    options: dict[str, Text] = Field(default_factory=dict)
    required: bool = True

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"type": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _consistent(self) -> Column:
        _check_bounds_and_options(self)
        return self


class Input(Model):
    """One number or statement asked of a body: its type, unit, bounds, and what it means."""

    type: InputType
    title: Text = Text()
    unit: Text = Text()
    min: float | None = None
    max: float | None = None
    options: dict[str, Text] = Field(default_factory=dict)
    columns: dict[Id, Column] = Field(default_factory=dict)
    note: Text = Text()

    @model_validator(mode="after")
    def _consistent(self) -> Input:
        _check_bounds_and_options(self)
        if (self.type == "table") != bool(self.columns):
            raise ValueError("columns belong to an input of type table, and a table needs them")
        return self


def _check_bounds_and_options(item: Input | Column) -> None:
    if (item.type == "choice") != bool(item.options):
        raise ValueError("options belong to type choice, and a choice needs them")
    if item.min is not None and item.max is not None and item.min > item.max:
        raise ValueError(f"min {item.min:g} is above max {item.max:g}")


class Evidence(Model):
    """The documents or links that support the answers of a criterion."""

    required: bool = False
    ask: Text = Text()


class Example(Model):
    """A worked example: inputs → points. Run whenever the index is checked."""

    given: dict[str, Any]
    points: float
    best: float | None = None
    note: Text = Text()


class Aggregate(Model):
    """How the children of a node make its total.

    `points`: their points and maxima are added. `weights`: the weighted arithmetic or geometric
    mean of their scores; children that do not apply leave the mean.
    """

    by: Literal["points", "weights"] = "points"
    mean: Literal["arithmetic", "geometric"] = "arithmetic"

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"by": value} if isinstance(value, str) else value


class _Node(Model):
    id: Id
    title: Text
    weight: float | None = Field(default=None, gt=0)
    points: float | None = Field(default=None, ge=0)
    groups: list[str] | None = None
    provenance: Provenance = "quoted"
    origin: str = ""
    note: Text = Text()
    caveat: Text = Text()
    advice: dict[Audience, Text] = Field(default_factory=dict)


class Criterion(_Node):
    """The lowest level: points, a rule, the inputs it reads and the evidence asked for.

    `counts` says how its points enter the total: as `points` (they also raise the maximum), as a
    `bonus` (the maximum stays) or as a `deduction`. `optional` lets a body declare, with a
    reason, that the criterion does not apply to it.
    """

    rule: Rule
    inputs: dict[Id, Input] = Field(default_factory=dict)
    source: Source = "report"
    evidence: Evidence = Evidence()
    applies: Expr | None = None
    optional: bool = False
    counts: Literal["points", "bonus", "deduction"] = "points"
    examples: list[Example] = Field(default_factory=list)

    @property
    def worth(self) -> float:
        """The points that its rule distributes where the rule does not say: 1 by default."""
        return 1.0 if self.points is None else self.points

    @property
    def full(self) -> float:
        """The points of a criterion that is fully met."""
        return self.rule.maximum(self.worth)

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression of the rule and of the condition to apply."""
        inside = [e for rule in self.rule.walk() for e in rule.expressions()]
        return (*inside, self.applies) if self.applies is not None else tuple(inside)

    @cached_property
    def looks(self) -> tuple[tuple[str, ...], ...]:
        """The ids of online checks by the rule that observes them together."""
        return tuple(rule.checks for rule in self.rule.walk() if isinstance(rule, Observed))

    @cached_property
    def checks(self) -> tuple[str, ...]:
        """The ids of the online checks that the rule observes."""
        return tuple(check for checks in self.looks for check in checks)

    @cached_property
    def awarded(self) -> bool:
        """Whether an appraiser's points enter the rule."""
        return any(isinstance(rule, Awarded) for rule in self.rule.walk())

    @cached_property
    def all_inputs(self) -> Mapping[str, Input]:
        """The inputs, and for an appraised criterion the points that its appraiser gives."""
        if not self.awarded:
            return self.inputs
        given = Input(
            type="number",
            title=Text("Điểm thẩm định", "Points awarded"),
            unit=Text("điểm", "points"),
            min=0,
            max=self.worth,
        )
        return {**self.inputs, APPRAISED: given}

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The names of the inputs and facts that the rule and its condition read, in order."""
        names: dict[str, None] = {}
        for expression in self.expressions:
            for name in sorted(expression.names | expression.tables):
                names[name] = None
        return tuple(names)


class Pillar(_Node):
    """A level above criteria; pillars nest to any depth, and branches may differ in depth."""

    aggregate: Aggregate = Aggregate()
    pillars: list[Pillar] = Field(default_factory=list)
    criteria: list[Criterion] = Field(default_factory=list)

    @model_validator(mode="after")
    def _not_empty(self) -> Pillar:
        if not self.pillars and not self.criteria:
            raise ValueError("a pillar holds pillars or criteria")
        return self


class Publish(Model):
    """How results are published: decimals shown, rounding before ranking, least coverage."""

    decimals: int = Field(default=4, ge=0, le=10)
    rank_at: int | None = Field(default=None, ge=0, le=10)
    coverage: float = Field(default=0.0, ge=0, le=1)


class Crossing(Model):
    """One line of the crosswalk from an earlier version: which node came from which."""

    kind: Literal["kept", "renamed", "split", "merged", "new", "dropped"]
    before: list[str] = Field(default_factory=list)
    after: list[str] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Node:
    """A pillar or criterion in its place: `loc` is its path in the file, `depth` 1 for pillars."""

    item: Pillar | Criterion
    parent: str | None
    depth: int
    loc: Loc

    @property
    def id(self) -> str:
        """The id, unique in the index."""
        return self.item.id


OVERALL = "overall"


class Index(Model):
    """A version of a composite indicator.

    `nodes` lists pillars and criteria in the order of the file, parents first.
    """

    index: str
    version: str
    title: Text
    description: Text = Text()
    law: Annotated[list[Text], BeforeValidator(_text_list)] = Field(default_factory=list)
    sources: list[str] = Field(default_factory=list)
    groups: dict[str, Text] = Field(min_length=1)
    publish: Publish = Publish()
    aggregate: Aggregate = Aggregate()
    points: float | None = Field(default=None, gt=0)
    facts: dict[Id, Input] = Field(default_factory=dict)
    pillars: list[Pillar] = Field(default_factory=list)
    criteria: list[Criterion] = Field(default_factory=list)
    crosswalk: list[Crossing] = Field(default_factory=list)
    follows: str | None = None

    _file: str = PrivateAttr(default="")
    _lines: dict[Loc, int] = PrivateAttr(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _group_list(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and isinstance(value.get("groups"), list):
            names = value["groups"]
            if not all(isinstance(name, str) for name in names):
                raise ValueError("groups: a list of names, or {name: title}")
            return {**value, "groups": {name: Text.of(name) for name in names}}
        return value

    @model_validator(mode="after")
    def _not_empty(self) -> Index:
        if not self.pillars and not self.criteria:
            raise ValueError("an index holds pillars or criteria")
        return self

    @property
    def key(self) -> str:
        """Name and version, such as `ict-application/2019`."""
        return f"{self.index}/{self.version}"

    @property
    def file(self) -> str:
        """The file the index was read from; empty when built in code."""
        return self._file

    def line(self, loc: Loc) -> int | None:
        """The line in the file of a path of keys, or of the nearest key above it."""
        return _nearest(self._lines, loc)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All pillars and criteria, in file order, parents before children."""
        return tuple(_walk(self, None, 1, ()))

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """Nodes by id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def top(self) -> tuple[Node, ...]:
        """The first level: what is published beside the total."""
        return tuple(node for node in self.nodes if node.depth == 1)

    @cached_property
    def leaves(self) -> tuple[Node, ...]:
        """The criteria in their places."""
        return tuple(node for node in self.nodes if isinstance(node.item, Criterion))

    def children(self, parent: str | None) -> tuple[Node, ...]:
        """The nodes directly below `parent` (None: below the whole)."""
        return self._children.get(parent, ())

    @cached_property
    def _children(self) -> dict[str | None, tuple[Node, ...]]:
        found: dict[str | None, list[Node]] = {}
        for node in self.nodes:
            found.setdefault(node.parent, []).append(node)
        return {parent: tuple(nodes) for parent, nodes in found.items()}

    def criterion(self, name: str) -> Criterion:
        """The criterion with this id. Raises KeyError, naming it, if there is none."""
        node = self.by_id.get(name)
        if node is None or not isinstance(node.item, Criterion):
            raise KeyError(f"the index {self.key} has no criterion '{name}'")
        return node.item

    def applies_to(self, node: Node, group: str) -> bool:
        """Whether the node and all above it are meant for a group."""
        current: Node | None = node
        while current is not None:
            if current.item.groups is not None and group not in current.item.groups:
                return False
            current = self.by_id[current.parent] if current.parent else None
        return True

    def declared(self, criterion: Criterion) -> dict[str, tuple[str, Input]]:
        """What names mean inside a criterion: name → (key of the answer, declaration).

        Facts keep their name as key; inputs of the criterion are `criterion.input`.
        """
        meaning = {name: (name, fact) for name, fact in self.facts.items()}
        for name, declaration in criterion.all_inputs.items():
            meaning[name] = (f"{criterion.id}.{name}", declaration)
        return meaning

    @cached_property
    def questions(self) -> Mapping[str, Input]:
        """Every fact and input that is asked, by the key of its answer."""
        asked = dict(self.facts)
        for node in self.leaves:
            if isinstance(node.item, Criterion):
                for name, declaration in node.item.all_inputs.items():
                    asked[f"{node.id}.{name}"] = declaration
        return asked

    def title_of(self, node: str) -> Text:
        """The title of a node, or of the whole for `overall`."""
        return self.title if node == OVERALL else self.by_id[node].item.title

    @property
    def reconstructed(self) -> tuple[Node, ...]:
        """The criteria whose rule was reconstructed because the source is cut."""
        return tuple(n for n in self.leaves if n.item.provenance == "reconstructed")


def _walk(level: Index | Pillar, parent: str | None, depth: int, loc: Loc) -> Iterator[Node]:
    for place, pillar in enumerate(level.pillars):
        here: Loc = (*loc, "pillars", place)
        yield Node(pillar, parent, depth, here)
        yield from _walk(pillar, pillar.id, depth + 1, here)
    for place, criterion in enumerate(level.criteria):
        yield Node(criterion, parent, depth, (*loc, "criteria", place))


def _nearest(lines: Mapping[Loc, int], loc: Loc) -> int | None:
    while loc and loc not in lines:
        loc = loc[:-1]
    return lines.get(loc)
