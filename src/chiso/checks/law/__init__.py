"""What the law asks of a state portal, as data: one file per legal text, an article per line."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field

from chiso.index.loading import parse_yaml, validate
from chiso.index.model import Model
from chiso.language import Text

#: the text in force when nothing else is asked
CURRENT = "vn-2011-43"


class Deadline(Model):
    """How fresh a section must be: working days from an event, or continuously."""

    working_days: int | None = None  # None: continuously
    of: Text = Text()  # the event from which it counts
    steps: tuple[tuple[float, float], ...]  # (age of the newest item in days, level), falling


class Section(Model):
    """A section that a portal must have."""

    title: Text
    article: str  # such as "43/2011/NĐ-CP, điều 10 khoản 1 điểm a"
    synonyms: dict[str, tuple[str, ...]]  # language → names by which links are known
    filled: Literal["text", "list", "either"] = "either"
    chars: int = 200  # of main text, where text is asked for
    items: int = 3  # of a list
    fields: dict[str, str] = Field(default_factory=dict)  # obligatory field → pattern
    deadline: Deadline | None = None
    within: tuple[str, ...] = ()  # names of menus under which it may stand


class Law(Model):
    """A legal text with its sections by id."""

    law: str
    title: Text
    in_force: str
    until: str = ""
    sections: dict[str, Section]
    functions: dict[str, str] = Field(default_factory=dict)  # function → article
    domains: tuple[str, ...] = ("gov.vn",)


def laws() -> tuple[str, ...]:
    """The legal texts that come with chiso."""
    folder = resources.files(__name__)
    return tuple(sorted(p.name[:-5] for p in folder.iterdir() if p.name.endswith(".yaml")))


@cache
def load_law(name: str = CURRENT) -> Law:
    """A legal text by name. Raises InvalidInput with its line, FileNotFoundError if unknown."""
    text = (resources.files(__name__) / f"{name}.yaml").read_text(encoding="utf-8")
    tree, lines = parse_yaml(text, f"{name}.yaml")
    return validate(Law, tree, lines, f"{name}.yaml")
