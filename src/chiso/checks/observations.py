"""From the findings on sites to the observations of bodies that a round takes.

A body can have several sites. For each check the sites of one role are taken together by their
mean, and the roles by fixed shares of those that were measured. What was not measured never
counts as zero: below the coverage that is asked for, the observation says "not measured", and a
finding that waits for a person makes the body's observation wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from chiso.checks.findings import Finding
from chiso.checks.states import MEASURED, CheckState
from chiso.checks.targets import Role
from chiso.language import Text, number

#: shares of the roles; those without a site, or without a measured one, are left out
SHARES: Mapping[Role, float] = {"main": 0.7, "unit": 0.3}
#: checks that begin so look at online services: the service portal answers for them
SERVICE_CHECKS = "SV-"
SERVICE_SHARES: Mapping[Role, float] = {"services": 1.0}
#: share of the sites of a body that must be measured before their levels stand for it
COVERAGE = 0.8
#: which state stands for a body when no site was measured: the one that most asks for action
_ORDER = (
    CheckState.NEEDS_REVIEW, CheckState.BLOCKED, CheckState.NOT_MEASURED, CheckState.MAINTENANCE,
    CheckState.EXPLAINED, CheckState.NOT_APPLICABLE,
)  # fmt: skip
_SEVERAL = Text(
    "{n} cổng, mức trung bình {level}: {worst}", "{n} sites, mean level {level}: {worst}"
)
_THIN = Text(
    "mới đo được {n}/{all} cổng, chưa đủ để kết luận",
    "only {n} of {all} sites were measured, too few to tell",
)


@dataclass(frozen=True, slots=True)
class BodyObservation:
    """What a check says of a body, and the finding that stands for it."""

    body: str
    check: str
    state: CheckState
    level: float | None
    seen: Text
    finding: Finding


def body_observations(
    findings: Iterable[Finding],
    shares: Mapping[Role, float] = SHARES,
    coverage: float = COVERAGE,
) -> Iterator[BodyObservation]:
    """The observations of each body, from findings that come body by body.

    Informational and held findings (tiers I and H) give no observation.
    """
    for body, given in groupby(findings, key=lambda finding: finding.body):
        by_check: dict[str, list[Finding]] = {}
        for finding in given:
            if finding.tier in {"S", "P"}:
                by_check.setdefault(finding.check, []).append(finding)
        for check, of_check in by_check.items():
            yield _observation(body, check, _answerable(check, of_check, shares), shares, coverage)


def _answerable(
    check: str, findings: Sequence[Finding], shares: Mapping[Role, float]
) -> list[Finding]:
    """The findings of the sites that answer for a check."""
    if check.startswith(SERVICE_CHECKS):
        own = [f for f in findings if f.role in SERVICE_SHARES]
        if any(f.state is not CheckState.NOT_APPLICABLE for f in own):
            return own
    return [f for f in findings if f.role in shares] or list(findings)


def _observation(
    body: str, check: str, findings: Sequence[Finding], shares: Mapping[Role, float],
    coverage: float,
) -> BodyObservation:  # fmt: skip
    counted = [f for f in findings if f.state is not CheckState.NOT_APPLICABLE]
    measured = [f for f in counted if f.state in MEASURED and f.level is not None]
    first = _standing(findings)
    if not measured or any(f.state is CheckState.NEEDS_REVIEW for f in counted):
        return BodyObservation(body, check, first.state, None, first.seen, first)
    if len(measured) < coverage * len(counted):
        seen = _fill(_THIN, n=len(measured), all=len(counted))
        return BodyObservation(body, check, CheckState.NOT_MEASURED, None, seen, first)
    level = round(_level(measured, shares), 6)
    worst = min(measured, key=lambda f: (f.level or 0.0, f.site))
    seen = worst.seen if len(measured) == 1 else _mean_words(level, len(measured), worst)
    state = {0.0: CheckState.FAIL, 1.0: CheckState.PASS}.get(level, CheckState.PARTIAL)
    return BodyObservation(body, check, state, level, seen, worst)


def _standing(findings: Sequence[Finding]) -> Finding:
    """The finding that stands for a body where its sites do not give a level."""
    ranks = {state: place for place, state in enumerate(_ORDER)}
    return min(findings, key=lambda f: (ranks.get(f.state, len(ranks)), f.role != "main", f.site))


def _level(measured: Sequence[Finding], shares: Mapping[Role, float]) -> float:
    roles = {f.role for f in measured}
    weights = {role: shares.get(role, 0.0) for role in roles}
    if not sum(weights.values()):
        weights = dict.fromkeys(roles, 1.0)
    total = 0.0
    for role, weight in weights.items():
        levels = [f.level or 0.0 for f in measured if f.role == role]
        total += weight * sum(levels) / len(levels)
    return total / sum(weights.values())


def _mean_words(level: float, count: int, worst: Finding) -> Text:
    return Text(
        _SEVERAL.vi.format(
            n=count, level=number(level, "vi", 2), worst=f"{worst.site}: {worst.vi}"
        ),
        _SEVERAL.en.format(
            n=count, level=number(level, "en", 2), worst=f"{worst.site}: {worst.en}"
        ),
    )


def _fill(text: Text, **values: object) -> Text:
    return Text(text.vi.format(**values), text.en.format(**values))


def observation_rows(
    observations: Iterable[BodyObservation],
    known: Iterable[str],
    described: Callable[[Finding], tuple[Text, Text, str, str]],
) -> Iterator[list[str | float | None]]:
    """The rows of a round's observations.csv for the checks that its index observes.

    `described` gives the title, the fix, the command and the picture of a finding.
    """
    wanted = set(known)
    for seen in observations:
        if seen.check not in wanted:
            continue
        title, fix, command, picture = described(seen.finding)
        yield [
            seen.body, seen.check, seen.state.value, seen.level, seen.seen.vi, seen.seen.en,
            seen.finding.url, f"{seen.finding.at:%Y-%m-%d}", title.vi, title.en, fix.vi, fix.en,
            command, picture,
        ]  # fmt: skip


OBSERVATION_HEADINGS = (
    "body", "check", "state", "level", "seen", "seen_en", "url", "when", "title", "title_en",
    "fix", "fix_en", "reproduce", "picture",
)  # fmt: skip
