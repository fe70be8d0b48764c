"""The report of a run of checks: a page for each site in both languages, a list, and CSV files.

What the body's administrator needs of each finding: state and level, what was seen, a picture,
one command with which to look again, and how to fix it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chiso.checks.findings import Finding
from chiso.checks.observations import OBSERVATION_HEADINGS, body_observations, observation_rows
from chiso.checks.results import (
    COLUMNS,
    declaration_of,
    finding_row,
    read_findings,
    reproduced,
    titled,
)
from chiso.checks.runs import EVIDENCE, RunSpec
from chiso.checks.states import MEASURED, STATE_TITLES, CheckState
from chiso.checks.store import Reader
from chiso.executor import Progress, silent
from chiso.language import LANGUAGES, Language, Text, number
from chiso.release.edition import file_name
from chiso.release.render import HERE
from chiso.release.swap import whole_folder
from chiso.release.words.portals import GROUPS, WORDS
from chiso.rounds.folder import Round
from chiso.rounds.spec import CHECKED
from chiso.tables import write_csv

REPORT = "report"
PICTURES = "pictures"
#: the order in which states are listed: what asks for action first
ORDER = (
    CheckState.FAIL, CheckState.PARTIAL, CheckState.NEEDS_REVIEW, CheckState.BLOCKED,
    CheckState.NOT_MEASURED, CheckState.MAINTENANCE, CheckState.EXPLAINED, CheckState.PASS,
    CheckState.NOT_APPLICABLE,
)  # fmt: skip
SIGNS = {
    CheckState.PASS: "✓", CheckState.PARTIAL: "◐", CheckState.FAIL: "✕",
    CheckState.NEEDS_REVIEW: "?", CheckState.NOT_APPLICABLE: "–", CheckState.NOT_MEASURED: "○",
    CheckState.BLOCKED: "⊘", CheckState.MAINTENANCE: "⚒", CheckState.EXPLAINED: "§",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as a page shows it."""

    finding: Finding
    title: Text
    heading: Text  # the title of a pass, of a fail, or the plain one
    sign: str
    state: Text
    fix: Text
    explanation: Text
    not_tested: Text
    basis: tuple[Text, ...]
    command: str


@dataclass(frozen=True, slots=True)
class SiteView:
    """A site with its findings by group, and how many there are of each state."""

    body: str
    site: str
    role: str
    page: str
    groups: tuple[tuple[Text, tuple[Line, ...]], ...]
    counts: Mapping[CheckState, int]
    first: tuple[Line, ...]
    picture: str
    at: str
    vantage: str

    @property
    def measured(self) -> int:
        """How many findings carry a level."""
        return sum(count for state, count in self.counts.items() if state in MEASURED)

    @property
    def asked(self) -> int:
        """How many findings apply to the site."""
        return sum(self.counts.values()) - self.counts.get(CheckState.NOT_APPLICABLE, 0)


def build_report(folder: Path, spec: RunSpec, progress: Progress = silent) -> Path:
    """Write the report of a run into its folder; the page to open first.

    Raises InvalidInput if the run was not judged. On any error the old report stays.
    """
    total = len(spec.sites)
    with whole_folder(folder / REPORT) as draft, Reader(folder / EVIDENCE) as evidence:
        shutil.copytree(HERE / "assets", draft / "assets")
        renderers = {language: _environment(language) for language in LANGUAGES}
        listed: list[SiteView] = []
        for count, findings in enumerate(_by_site(read_findings(folder)), 1):
            view = _site_view(findings, evidence, draft)
            for language in LANGUAGES:
                _write(
                    renderers[language], draft, language, view.page, "portal.html", {"site": view}
                )
            path = draft / "data" / f"{view.page.removesuffix('.html')}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_csv(path, COLUMNS, map(finding_row, findings))
            listed.append(_light(view))
            progress("report", count, total)
        for language in LANGUAGES:
            values = {"sites": listed, "run": spec}
            _write(renderers[language], draft, language, "index.html", "portals.html", values)
        shutil.copy(draft / "vi" / "index.html", draft / "index.html")
    return folder / REPORT / "vi" / "index.html"


def write_round_observations(folder: Path, opened: Round) -> Path:
    """Write what the checks say of each body where the round looks for it, with pictures.

    The pictures are those of the home pages. Returns the path of the table.
    """
    known = {check for node in opened.index.leaves for check in getattr(node.item, "checks", ())}
    target = opened.folder / CHECKED
    target.parent.mkdir(parents=True, exist_ok=True)
    with Reader(folder / EVIDENCE) as evidence:
        pictures: dict[str, str] = {}

        def described(finding: Finding) -> tuple[Text, Text, str, str]:
            if finding.site not in pictures:
                name = _picture(finding, evidence, target.parent / PICTURES)
                pictures[finding.site] = f"{target.parent.name}/{PICTURES}/{name}" if name else ""
            declared = declaration_of(finding.check)
            title = Text(titled(finding.check, "vi"), titled(finding.check, "en"))
            fix = declared.fix if declared else Text()
            return title, fix, reproduced(finding), pictures[finding.site]

        rows = observation_rows(body_observations(read_findings(folder)), known, described)
        write_csv(target, OBSERVATION_HEADINGS, rows)
    return target


def _by_site(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    for _, given in groupby(findings, key=lambda f: (f.body, f.role, f.site)):
        yield list(given)


def _site_view(findings: list[Finding], evidence: Reader, draft: Path) -> SiteView:
    lines = [_line(finding) for finding in findings if finding.tier != "H"]
    counts: dict[CheckState, int] = {}
    for line in lines:
        counts[line.finding.state] = counts.get(line.finding.state, 0) + 1
    groups = []
    for prefixes, title in GROUPS:
        own = tuple(line for line in lines if line.finding.check.split("-")[0] in prefixes)
        if own:
            groups.append((title, own))
    order = {state: place for place, state in enumerate(ORDER)}
    pressing = [
        line for line in lines
        if line.finding.state in {CheckState.FAIL, CheckState.PARTIAL, CheckState.NEEDS_REVIEW}
        and line.finding.tier != "I"
    ]  # fmt: skip
    pressing.sort(key=lambda line: (order[line.finding.state], line.finding.level or 0))
    head = findings[0]
    name = file_name(f"{urlsplit(head.site).hostname or 'site'}-{head.role}-{head.body}")
    picture = _picture(head, evidence, draft / PICTURES)
    return SiteView(
        head.body, head.site, head.role, f"{name}.html", tuple(groups), counts,
        tuple(pressing[:8]), f"{PICTURES}/{picture}" if picture else "",
        f"{head.at:%d/%m/%Y %H:%M} UTC", head.vantage,
    )  # fmt: skip


def _light(view: SiteView) -> SiteView:
    """A site without its lines, for the list: memory stays flat however many there are."""
    return SiteView(
        view.body, view.site, view.role, view.page, (), view.counts, (), "", view.at, view.vantage
    )


def _line(finding: Finding) -> Line:
    declared = declaration_of(finding.check)
    title = Text(titled(finding.check, "vi"), titled(finding.check, "en"))
    heading = title
    if declared is not None and "." not in finding.check:
        if finding.state is CheckState.PASS:
            heading = declared.passed
        elif finding.state is CheckState.FAIL:
            heading = declared.failed
    nothing = Text()
    return Line(
        finding, title, heading, SIGNS[finding.state], STATE_TITLES[finding.state],
        declared.fix if declared and finding.state is not CheckState.PASS else nothing,
        declared.explanation if declared else nothing,
        declared.not_tested if declared else nothing,
        declared.basis if declared else (), reproduced(finding),
    )  # fmt: skip


def _picture(finding: Finding, evidence: Reader, folder: Path) -> str:
    """The picture of a site's home page, copied into a folder; its name, or nothing."""
    key = f"{finding.body} {finding.role} {finding.site}"
    if key not in evidence:
        return ""
    for seen in evidence.record(key).rendered:
        if seen.role == "home" and seen.picture:
            body = evidence.body(seen.picture)
            if body and body.startswith(b"\xff\xd8\xff"):
                folder.mkdir(parents=True, exist_ok=True)
                name = f"{seen.picture[:32]}.jpg"
                (folder / name).write_bytes(body)
                return name
    return ""


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip

    def word(key: str, **values: object) -> str:
        text = WORDS[key].get(language)
        return text.format(**values) if values else text

    environment.globals.update(
        lang=language, other="en" if language == "vi" else "vi", w=word,
        t=lambda text: text.get(language), states=STATE_TITLES, order=ORDER, signs=SIGNS,
        level=lambda value: number(value, language, 2),
        web=lambda url: url if url.startswith(("https://", "http://")) else "",
    )  # fmt: skip
    return environment


def _write(
    environment: Environment, root: Path, language: Language, page: str, template: str,
    values: dict[str, Any],
) -> None:  # fmt: skip
    path = root / language / page
    path.parent.mkdir(exist_ok=True)
    text = environment.get_template(template).render(page=page, **values)
    path.write_bytes(text.encode())
