"""How well the checks do on the labelled portals: wrong claims, missed ones, per check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.internet.model import Portal

from chiso.checks.findings import Finding

#: states that claim a shortcoming, firmly or as a proposal
CLAIMS = frozenset({"fail", "partial"})
SHORT = CLAIMS | {"needs_review"}


@dataclass(frozen=True, slots=True)
class Graded:
    """One labelled finding: what was right, and what was said."""

    portal: str
    check: str
    right: frozenset[str]
    said: str
    seen: str
    level: float | None = None
    bounds: tuple[float, float] | None = None

    @property
    def correct(self) -> bool:
        """Whether the state is one of the right ones, and the level inside its bounds."""
        within = (
            self.bounds is None
            or self.level is None
            or self.bounds[0] - 1e-9 <= self.level <= self.bounds[1] + 1e-9
        )
        return self.said in self.right and within

    @property
    def wrong_fail(self) -> bool:
        """A fail where a fail is not right: the one thing that must never happen."""
        return self.said == "fail" and "fail" not in self.right


@dataclass(slots=True)
class Tally:
    """Of one check: how many labels, right ones, claims, right claims, shortcomings found."""

    labels: int = 0
    correct: int = 0
    claimed: int = 0
    claimed_right: int = 0
    short: int = 0
    short_found: int = 0
    wrong: list[Graded] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        """Of the claims of a shortcoming, the share that is right."""
        return self.claimed_right / self.claimed if self.claimed else None

    @property
    def recall(self) -> float | None:
        """Of the shortcomings that are there, the share that was claimed or put before a person."""
        return self.short_found / self.short if self.short else None


def grade(findings: Iterable[Finding], portals: Sequence[Portal]) -> list[Graded]:
    """Every label beside what was said of it; a finding that is missing is said to be so."""
    said: Mapping[tuple[str, str], Finding] = {
        (f.body, f.check): f for f in findings if f.role == "main"
    }
    graded = []
    for portal in portals:
        for check, right in portal.truth.items():
            finding = said.get((portal.key, check))
            graded.append(
                Graded(
                    portal.key,
                    check,
                    right,
                    finding.state.value if finding else "absent",
                    finding.vi if finding else "",
                    finding.level if finding else None,
                    portal.levels.get(check),
                )
            )
    return graded


def tally(graded: Iterable[Graded]) -> dict[str, Tally]:
    """The figures of each check; sections of one check are taken together."""
    found: dict[str, Tally] = {}
    for item in graded:
        own = found.setdefault(item.check.partition(".")[0], Tally())
        own.labels += 1
        own.correct += item.correct
        if item.said in CLAIMS:
            own.claimed += 1
            own.claimed_right += bool(item.right & SHORT)
        if item.right <= SHORT:
            own.short += 1
            own.short_found += item.said in SHORT
        if not item.correct:
            own.wrong.append(item)
    return found
