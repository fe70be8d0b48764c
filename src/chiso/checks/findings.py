"""What a check says of a site: the verdict of its function, and the finding that is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pydantic import Field

from chiso.checks.artifacts import Digest, Record
from chiso.checks.states import CheckState
from chiso.checks.targets import Role
from chiso.language import Text


class Evidence(Record):
    """One thing that a verdict rests on: a URL, an excerpt or a value, and the stored body."""

    what: str  # such as "link", "header", "date", "selector", "picture"
    value: str
    url: str = ""
    digest: Digest | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the function of a check returns; `part` names the section where a check has several.

    `seen` says in a sentence, in both languages, what was seen. A level goes with pass (1),
    partial (strictly between) and fail (0), and with needs_review as what the robot proposes.
    """

    state: CheckState
    seen: Text
    level: float | None = None
    url: str = ""
    evidence: tuple[Evidence, ...] = ()
    part: str = ""


def graded(
    level: float,
    seen: Text,
    *,
    url: str = "",
    evidence: tuple[Evidence, ...] = (),
    part: str = "",
) -> Verdict:
    """Pass, partial or fail by the level in [0, 1]. Raises ValueError outside it."""
    if not 0 <= level <= 1:
        raise ValueError(f"the level {level} is outside 0 to 1")
    state = CheckState.PARTIAL
    if level == 1:
        state = CheckState.PASS
    elif level == 0:
        state = CheckState.FAIL
    return Verdict(state, seen, level, url, evidence, part)


def review(
    seen: Text,
    *,
    proposed: float | None = None,
    url: str = "",
    evidence: tuple[Evidence, ...] = (),
    part: str = "",
) -> Verdict:
    """The robot is not sure: a person decides; `proposed` is what it would have said."""
    return Verdict(CheckState.NEEDS_REVIEW, seen, proposed, url, evidence, part)


def without(
    state: CheckState, seen: Text, *, url: str = "", part: str = "",
    evidence: tuple[Evidence, ...] = (),
) -> Verdict:  # fmt: skip
    """A verdict without a level: not applicable, not measured, blocked, maintenance."""
    return Verdict(state, seen, None, url, evidence, part)


class Finding(Record):
    """A verdict with all that is needed to question it."""

    check: str  # id, with the part after a dot: CT-01.news
    version: int
    body: str
    site: str
    role: Role
    state: CheckState
    level: float | None = Field(default=None, ge=0, le=1)
    proposed: float | None = Field(default=None, ge=0, le=1)  # with needs_review
    vi: str
    en: str
    url: str = ""
    at: dt.datetime
    vantage: str = ""
    run: str = ""
    tier: str = "S"
    evidence: tuple[Evidence, ...] = ()
    digest: str = ""  # SHA-256 over all of the above in canonical JSON

    @property
    def seen(self) -> Text:
        """What was seen, in both languages."""
        return Text(self.vi, self.en)
