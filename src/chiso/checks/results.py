"""From a run's evidence to its results: findings, what a person must look at, observations.

Judging reads only what is stored, so it can be done again with new rules, another law, decisions
of people, or figures of a period, and never touches the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from chiso.checks.decisions import Decision, decided
from chiso.checks.findings import Finding
from chiso.checks.judging.case import Availability, Case
from chiso.checks.judging.judge import hold_back, judge, quarantined, unreached
from chiso.checks.judging.registry import Declaration, declarations
from chiso.checks.law import load_law
from chiso.checks.runs import EVIDENCE, RunSpec
from chiso.checks.states import STATE_TITLES, CheckState
from chiso.checks.store import Reader
from chiso.executor import Progress, SerialExecutor, run_each, silent
from chiso.language import Text
from chiso.problems import InvalidInput, Problem
from chiso.tables import Cell, atomic_write, write_csv

FINDINGS = "findings.jsonl"
TABLE = "findings.csv"
REVIEW = "review.csv"
COLUMNS = (
    "body", "site", "role", "check", "title_vi", "title_en", "tier", "state", "state_vi",
    "level", "proposed", "seen_vi", "seen_en", "url", "at", "fix_vi", "fix_en", "reproduce",
    "version", "vantage", "run", "digest",
)  # fmt: skip
REVIEW_COLUMNS = (
    "body", "site", "check", "title_vi", "seen_vi", "url", "proposed", "decision", "level",
    "reason", "by", "when",
)  # fmt: skip
SHARE = 40  # sites that one call judges


@dataclass(frozen=True, slots=True)
class _Work:
    folder: Path
    law: str
    keys: tuple[str, ...]
    only: tuple[str, ...]
    periods: Mapping[str, Availability]
    held: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging made of a run: how many findings of each state, and where they are."""

    sites: int
    states: Mapping[CheckState, int]
    folder: Path
    quarantined: int = 0


def judge_run(
    folder: Path,
    spec: RunSpec,
    *,
    law: str = "",
    only: Sequence[str] = (),
    periods: Mapping[str, Availability] | None = None,
    decisions: Sequence[Decision] = (),
    executor: Executor | None = None,
    progress: Progress = silent,
) -> Judged:
    """Judge all sites of a run and write findings.jsonl, findings.csv and review.csv there.

    `periods` are what monitoring says, by the URL of the site. The order of the findings is that
    of the sites' keys and of the catalogue, however many workers judge.
    """
    with Reader(folder / EVIDENCE) as evidence:
        keys = sorted(site.key for site in spec.sites if site.key in evidence)
        failures = [
            (record.site.key, record.site.body, record.begun)
            for record in map(evidence.record, keys)
            if unreached(record)
        ]
    held = quarantined(failures, len({site.body for site in spec.sites}))
    works = [
        _Work(
            folder, law or spec.law, tuple(keys[at : at + SHARE]), tuple(only), periods or {}, held
        )
        for at in range(0, len(keys), SHARE)
    ]
    states: dict[CheckState, int] = {}
    pending: list[Finding] = []
    with atomic_write(folder / FINDINGS) as file:
        parts = run_each(
            executor or SerialExecutor(),
            _judge_part,
            works,
            lambda count: progress("judging", min(count * SHARE, len(keys)), len(keys)),
        )
        for finding in decided(chain.from_iterable(parts), decisions):
            file.write(finding.model_dump_json().encode() + b"\n")
            states[finding.state] = states.get(finding.state, 0) + 1
            if finding.state is CheckState.NEEDS_REVIEW:
                pending.append(finding)
    write_csv(folder / TABLE, COLUMNS, map(finding_row, read_findings(folder)))
    write_csv(folder / REVIEW, REVIEW_COLUMNS, map(_review_row, pending))
    return Judged(len(keys), states, folder, len(held))


def _judge_part(work: _Work) -> list[Finding]:
    law = load_law(work.law)
    found: list[Finding] = []
    with Reader(work.folder / EVIDENCE) as evidence:
        for key in work.keys:
            record = evidence.record(key)
            case = Case(record, evidence.body, law, work.periods.get(record.site.url))
            findings = judge(case, work.only)
            found += map(hold_back, findings) if key in work.held else findings
    return found


def read_findings(folder: Path) -> Iterator[Finding]:
    """The findings of a run. Raises InvalidInput if there are none, or a line is not one."""
    path = folder / FINDINGS
    if not path.is_file():
        raise InvalidInput(
            Problem(f"there is no {FINDINGS}", file=str(folder), hint="run 'chiso check' first")
        )
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield Finding.model_validate_json(line)
            except ValueError as error:
                raise InvalidInput(
                    Problem(str(error).splitlines()[0], file=str(path), line=number)
                ) from None


def declaration_of(check: str) -> Declaration | None:
    """The entry of a check in the catalogue, with or without a part."""
    return declarations().get(check.partition(".")[0])


def titled(check: str, language: str, law: str = "") -> str:
    """The title of a check; with a part, the section's title after it."""
    declared = declaration_of(check)
    if declared is None:
        return check
    title = declared.title.vi if language == "vi" else declared.title.en
    _, _, part = check.partition(".")
    if not part:
        return title
    sections = load_law(law).sections if law else load_law().sections
    section = sections.get(part)
    name = part if section is None else getattr(section.title, language)
    return f"{title}: {name}"


def reproduced(finding: Finding) -> str:
    """The command that repeats a look."""
    declared = declaration_of(finding.check)
    if declared is None:
        return ""
    url = finding.url or finding.site
    try:
        host = urlsplit(finding.site).hostname or ""
    except ValueError:
        host = ""
    # The URL came from a portal: in a command for a shell it must stay one quoted word.
    safe = url.replace("'", "%27").replace("\\", "%5C")
    safe = "".join(character for character in safe if character.isprintable())
    command = declared.reproduce.replace("'{url}'", "{url}").replace('"{url}"', "{url}")
    return command.replace("{url}", f"'{safe}'").replace("{host}", host)


def finding_row(finding: Finding) -> list[Cell]:
    """A finding as a row of findings.csv."""
    declared = declaration_of(finding.check)
    short = finding.state not in {CheckState.PASS, CheckState.NOT_APPLICABLE}
    fix = declared.fix if declared and short else Text()
    return [
        finding.body, finding.site, finding.role, finding.check, titled(finding.check, "vi"),
        titled(finding.check, "en"), finding.tier, finding.state.value,
        STATE_TITLES[finding.state].vi, finding.level, finding.proposed, finding.vi, finding.en,
        finding.url, finding.at.isoformat(timespec="seconds"),
        fix.vi, fix.en,
        reproduced(finding), finding.version, finding.vantage, finding.run, finding.digest,
    ]  # fmt: skip


def _review_row(finding: Finding) -> list[Cell]:
    return [
        finding.body, finding.site, finding.check, titled(finding.check, "vi"), finding.vi,
        finding.url, finding.proposed, "", "", "", "", "",
    ]  # fmt: skip
