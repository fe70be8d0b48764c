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
    carried: bool = False  # taken over from an older text, until the new list has been read


class Carried(Model):
    """Sections that a text takes over from an older one."""

    law: str  # the file of the older text
    article: str  # of the newer text, which asks for them
    sections: tuple[str, ...]


class Law(Model):
    """A legal text with its sections by id."""

    law: str
    title: Text
    in_force: str
    until: str = ""
    sections: dict[str, Section]
    functions: dict[str, str] = Field(default_factory=dict)  # function → article
    domains: tuple[str, ...] = ("gov.vn",)
    carries: Carried | None = None


def laws() -> tuple[str, ...]:
    """The legal texts that come with chiso."""
    folder = resources.files(__name__)
    return tuple(sorted(p.name[:-5] for p in folder.iterdir() if p.name.endswith(".yaml")))


@cache
def load_law(name: str = CURRENT) -> Law:
    """A legal text by name, with the sections that it takes over from an older one.

    Raises InvalidInput with its line, FileNotFoundError if unknown, KeyError if it takes over a
    section that the older text does not have.
    """
    text = (resources.files(__name__) / f"{name}.yaml").read_text(encoding="utf-8")
    tree, lines = parse_yaml(text, f"{name}.yaml")
    law = validate(Law, tree, lines, f"{name}.yaml")
    return _with_carried(law, load_law(law.carries.law)) if law.carries else law


def _with_carried(law: Law, older: Law) -> Law:
    """The law with the sections that it takes over; its own come after them and win."""
    assert law.carries is not None
    taken = {
        key: older.sections[key].model_copy(
            update={
                "article": f"{law.carries.article} (theo {older.sections[key].article})",
                "carried": True,
            }
        )
        for key in law.carries.sections
    }
    return law.model_copy(update={"sections": taken | law.sections})
