"""The register of targets: which sites belong to which body, in which role, and since when."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

#: what a site is to its body
Role = Literal["main", "services", "tracking", "open_data", "unit"]
ROLES: tuple[Role, ...] = ("main", "services", "tracking", "open_data", "unit")


class Site(BaseModel):
    """One site of one body.

    `hints` are the body's own words on where something is: a section of the law or a function
    (`search`, `contact`, `services` …) to an absolute URL of the same site.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    body: str
    url: str
    role: Role = "main"
    owner: str = ""
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    languages: tuple[str, ...] = ("vi",)
    hints: dict[str, str] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """Body, role and address: what is one site in one run."""
        return f"{self.body} {self.role} {self.url}"

    def valid_on(self, day: dt.date) -> bool:
        """Whether the site belongs to the body on that day."""
        after = self.valid_from is None or self.valid_from <= day
        return after and (self.valid_to is None or day <= self.valid_to)
