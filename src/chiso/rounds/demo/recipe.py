"""The recipe of the demonstration round: how good bodies are, and what their numbers are like."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from chiso.index.loading import parse_yaml, read_text, validate
from chiso.index.model import Model
from chiso.language import Text

HERE = Path(__file__).parent


class Span(Model):
    """From the value at the worst quality to the value at the best."""

    low: float
    high: float


class Amount(Model):
    """A number: by the size of the body, or by its quality, or as a share of another answer.

    `without` takes an answer off the whole first. In tables, names are those of columns; a row in
    which `unless` holds has none, and others have none by chance: `idle` at the worst quality,
    never at the best.
    """

    sized: dict[str, float] = Field(default_factory=dict)
    of: str | None = None
    without: str | None = None
    low: float = 0.0
    high: float = 1.0
    spread: float | None = None
    unless: dict[str, str] = Field(default_factory=dict)
    idle: float = 0.0

    @property
    def wholes(self) -> tuple[str, ...]:
        """The other answers that it is made from."""
        return tuple(name for name in (self.of, self.without) if name is not None)


class Rows(Model):
    """How many rows a table has: a number, or a share of an answer, and `most` so many."""

    of: str | None = None
    low: float
    high: float
    most: int


class TableRecipe(Model):
    """A table input: its number of rows, and the amounts of its columns."""

    rows: Rows
    by_size: bool = False
    amounts: dict[str, Amount] = Field(default_factory=dict)


class Excuse(Model):
    """Why, and how often in a group, a criterion is declared not applicable."""

    reason: str
    groups: dict[str, float] = Field(default_factory=dict)


class Excuses(Model):
    """The same for all optional criteria, and for some."""

    chance: float
    reason: str
    criteria: dict[str, Excuse] = Field(default_factory=dict)


class Documents(Model):
    """How evidence is named, and how often it is not named or came late."""

    blank: float
    late: float
    late_note: str
    names: list[str] = Field(min_length=1)


class Spread(Model):
    """Standard deviations: of size (in logarithms), and of quality by pillar and question."""

    size: float
    pillar: float
    question: float
    chance: float


class Gain(Model):
    """How quality grows in a year."""

    mean: float
    spread: float


class Decision(Model):
    """How often an appraiser decides so; `factor` of the level is what is left after it."""

    weight: float
    factor: float = 1.0
    reasons: list[str] = Field(default_factory=list)


class Rulings(Model):
    """Appraisers' rulings: how often, by whom, and what they decide."""

    chance: float
    by: list[str] = Field(min_length=1)
    decisions: dict[str, Decision]


class Awards(Model):
    """Points that a board awards, and how often it has not met yet."""

    by: str
    pending: float
    reason: str


class Look(Model):
    """A check that finds `got` of so many."""

    of: int = Field(ge=1)
    seen: str


class Gap(Model):
    """A look that gave no level."""

    chance: float = 0.0
    state: str = ""
    seen: str


class Looks(Model):
    """What checks saw."""

    when: str
    url: str
    other: dict[str, Gap]
    idle: Gap
    default: Look
    checks: dict[str, Look] = Field(default_factory=dict)


class Recipe(Model):
    """The whole recipe; keys of answers are those of the index."""

    index: str
    bodies: str
    groups: list[str]
    focus: str
    years: list[int] = Field(min_length=2)
    texts: dict[str, Text]
    quality: dict[str, Span]
    gain: Gain
    spread: Spread
    missing: float
    evidence: Documents
    zero: dict[str, list[str]] = Field(default_factory=dict)
    needs: dict[str, str] = Field(default_factory=dict)
    not_applicable: Excuses
    amounts: dict[str, Amount] = Field(default_factory=dict)
    tables: dict[str, TableRecipe] = Field(default_factory=dict)
    rulings: Rulings
    awards: Awards
    looks: Looks
    names: dict[str, dict[str, list[dict[str, str]]]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _plain_names(cls, value: Any) -> Any:
        """A row of names may be written as the name alone."""
        for groups in value.get("names", {}).values():
            for group, rows in groups.items():
                groups[group] = [{"name": r} if isinstance(r, str) else r for r in rows]
        return value


@cache
def load_recipe() -> Recipe:
    """The recipe that comes with chiso. Raises InvalidInput if it was edited into nonsense."""
    path, names = HERE / "recipe.yaml", HERE / "names.yaml"
    tree, lines = parse_yaml(read_text(path), str(path))
    tree["names"], _ = parse_yaml(read_text(names), str(names))
    return validate(Recipe, tree, lines, str(path))
