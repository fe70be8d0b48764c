"""`round.yaml`: one index version applied to some groups for one year, and where its data are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from chiso.index.loading import parse_yaml, read_text, validate
from chiso.index.model import Model
from chiso.language import Text
from chiso.problems import InvalidInput, Problem

FILE = "round.yaml"
#: where online checks of the round's targets leave what they saw
CHECKED = "checks/observations.csv"
#: what every page and file of an illustrative round says
ILLUSTRATIVE = Text(
    "Số liệu minh họa, không phải kết quả thật", "Illustrative data, not real results"
)
Decimal = Literal["auto", "comma", "point"]


class Forms(Model):
    """A folder of filled Excel forms, one workbook a body."""

    forms: str


class AnswerFile(Model):
    """A table of answers.

    `wide`: one row a body, one column a question. `long`: one row an answer, with the columns
    `body`, `key`, `value` and optionally `state`, `reason`, `source`. With `table`, one row a
    line of that table input. `columns` maps our names to the headings of the file.
    """

    file: str
    layout: Literal["wide", "long"] = "wide"
    table: str | None = None
    sheet: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    decimal: Decimal | None = None
    group: str | None = None


def _kind_of_source(value: object) -> str:
    given = value.keys() if isinstance(value, Mapping) else ()
    return "forms" if isinstance(value, Forms) or "forms" in given else "file"


AnswerSource = Annotated[
    Annotated[Forms, Tag("forms")] | Annotated[AnswerFile, Tag("file")],
    Discriminator(_kind_of_source),
]


class DataFile(Model):
    """A table with given columns (published results, rulings, observations)."""

    file: str
    sheet: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    decimal: Decimal | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        return {"file": value} if isinstance(value, str) else value


class RoundSpec(Model):
    """The contents of `round.yaml`. Paths are relative to its folder."""

    round: str
    title: Text
    index: str
    year: int = Field(ge=1900, le=2200)
    on: dt.date | None = None
    bodies: str = "vietnam"
    groups: list[str] = Field(min_length=1)
    illustrative: bool = False
    publisher: Text = Text()
    announced: Text = Text()
    data: Text = Text()
    source: Text = Text()
    decimal: Decimal = "auto"
    answers: list[AnswerSource] = Field(default_factory=list)
    rulings: list[DataFile] = Field(default_factory=list)
    observations: list[DataFile] = Field(default_factory=list)
    targets: DataFile | None = None
    law: str | None = None
    address: str | None = None
    released: dt.date | None = None
    published: list[DataFile] = Field(default_factory=list)
    history: list[str] = Field(default_factory=list)
    merge_rule: Literal["mean", "best", "none"] = "mean"
    focus: str | None = None

    @field_validator("round")
    @classmethod
    def _slug(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
            raise ValueError("small letters, digits and single hyphens, such as 'demo-2019'")
        return value

    @field_validator("address")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?", value):
            raise ValueError("an address such as https://ranking.example.gov.vn/2019/")
        return value.rstrip("/") + "/"

    @field_validator("on", "released", mode="before")
    @classmethod
    def _date(cls, value: object) -> object:
        if isinstance(value, str):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                raise ValueError(f"'{value}' is not a date such as 2019-12-31") from None
        return value

    @model_validator(mode="after")
    def _has_data(self) -> RoundSpec:
        if not (self.answers or self.published or self.observations or self.targets):
            raise ValueError("a round needs answers, observations, targets or published results")
        return self

    @property
    def day(self) -> dt.date:
        """The day on which bodies are taken from the register: the end of the year by default."""
        return self.on or dt.date(self.year, 12, 31)


def read_spec(folder: Path) -> RoundSpec:
    """Read `round.yaml` in a folder.

    Raises:
        InvalidInput: everything wrong with it, each with its line.
    """
    path = folder if folder.is_file() else folder / FILE
    if not path.is_file():
        raise InvalidInput(
            Problem(
                f"there is no {FILE}",
                file=str(folder),
                hint="name a round's folder, or make one with 'chiso new round'",
            )
        )
    tree, lines = parse_yaml(read_text(path), str(path))
    return validate(RoundSpec, tree, lines, str(path))


def inside(folder: Path, name: str) -> Path:
    """A path below the round's folder, refusing one that leaves it.

    A round comes from elsewhere: it must not make us read other files of this machine.
    """
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise InvalidInput(Problem(f"'{name}' lies outside the round's folder", file=str(folder)))
    return path
