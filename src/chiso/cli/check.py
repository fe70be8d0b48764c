"""`chiso check`: look at the portals of a round or a list of targets; judge what was seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from chiso.cli.app import app
from chiso.cli.network_options import (
    Allow,
    CanaryFile,
    ConnectPorts,
    Contact,
    Ports,
    Resolvers,
    Roots,
    SecondResolvers,
    StopFile,
    network_from_options,
)
from chiso.cli.options import Lang, Scheduler, executor_of, language
from chiso.cli.output import err, out, print_table, progress
from chiso.executor import Progress
from chiso.language import Language, Text
from chiso.problems import InvalidInput, Problem

if TYPE_CHECKING:  # what looks at portals is loaded only when it is used
    from chiso.checks.judging.case import Availability
    from chiso.checks.network import Network
    from chiso.checks.results import Judged
    from chiso.checks.runs import RunSpec
    from chiso.checks.targets import Site
    from chiso.rounds.folder import Round

_SITES_AT_ONCE = 8
_HEADINGS = (Text("Trạng thái", "State"), Text("Số kết quả", "Findings"))


@dataclass(slots=True)
class _Job:
    """What the command was asked to do."""

    folder: Path
    law: str
    sites: tuple[Site, ...]
    opened: Round | None


@app.command("check")
def check(
    target: Annotated[
        Path, typer.Argument(metavar="ROUND|TARGETS", help="A round, or a table of sites.")
    ],
    output: Annotated[
        Path | None, typer.Option("--out", help="The folder of the run; ROUND/checks by default.")
    ] = None,
    depth: Annotated[
        str, typer.Option(help="deep: everything; sweep: only whether home pages answer.")
    ] = "deep",
    law: Annotated[str, typer.Option(help="The legal text whose sections are looked for.")] = "",
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Judge only this check; again for more.")
    ] = None,
    rejudge: Annotated[
        bool, typer.Option("--rejudge", help="Judge what is stored again; ask nothing.")
    ] = False,
    decisions: Annotated[
        Path | None, typer.Option(help="A review.csv in which people decided.")
    ] = None,
    periods: Annotated[
        Path | None, typer.Option("--monitor", help="A folder of 'chiso monitor'.")
    ] = None,
    maintenance: Annotated[
        Path | None,
        typer.Option(help="With --monitor: announced maintenance (body, begins, ends, announced)."),
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes on this machine.")] = 1,
    scheduler: Scheduler = "",
    at_once: Annotated[
        int, typer.Option(help="Sites that one worker looks at at once.")
    ] = _SITES_AT_ONCE,
    pause: Annotated[float, typer.Option(help="Seconds between two requests to one host.")] = 1.0,
    confirm: Annotated[
        str, typer.Option(help="Seconds before a failed home page is asked again.")
    ] = "30,120,300",
    self_test: Annotated[bool, typer.Option(help="Test our own network first.")] = True,
    contact: Contact = "",
    resolvers: Resolvers = None,
    second_resolvers: SecondResolvers = None,
    allow: Allow = None,
    ports: Ports = None,
    connect_ports: ConnectPorts = None,
    ca_file: Roots = None,
    canaries: CanaryFile = None,
    stop_file: StopFile = None,
    lang: Lang = "vi",
) -> None:
    """Look at portals as an inspector would: fetch once, judge, and say what to fix.

    Interrupted, the same command goes on where it was.
    """
    chosen = language(lang)
    from chiso.checks.runs import read_run

    if workers < 1 or at_once < 1 or pause < 0:
        raise InvalidInput("--workers and --at-once are at least 1, --pause is not negative")
    job = _job(target, output, law, chosen)
    with progress() as report, _resumable(), executor_of(workers, scheduler) as executor:
        if rejudge:
            spec = read_run(job.folder)
        else:
            network = network_from_options(
                contact=contact, resolvers=resolvers, second_resolvers=second_resolvers,
                allow=allow, ports=ports, connect_ports=connect_ports, ca_file=ca_file,
                stop_file=stop_file,
            )  # fmt: skip
            network = _tuned(network, depth, pause, confirm)
            spec = _look(job, network, canaries, self_test, executor, workers, at_once, report)
        judged = _judge(job, spec, only or [], decisions, periods, maintenance, executor, report)
    _summary(judged, chosen)
    _pages(job, spec, judged, report)


@contextmanager
def _resumable() -> Iterator[None]:
    """Ctrl-C ends the run; what was done is kept, and the person is told so."""
    try:
        yield
    except KeyboardInterrupt:
        err.print("interrupted; what was done is kept, the same command goes on", style="yellow")
        raise typer.Exit(130) from None


def _job(target: Path, output: Path | None, law: str, chosen: Language) -> _Job:
    from chiso.checks.law import CURRENT, laws
    from chiso.checks.targets_reading import read_targets, valid_sites
    from chiso.rounds.folder import open_round
    from chiso.rounds.spec import CHECKED, FILE, inside

    if law and law not in laws():
        raise InvalidInput(Problem(f"there is no law '{law}'", hint=f"laws: {', '.join(laws())}"))
    if (target / FILE).is_file() or target.name == FILE:
        opened = open_round(target)
        spec = opened.spec
        if spec.targets is None:
            raise InvalidInput(
                Problem(
                    "the round has no 'targets'", file=str(target / FILE),
                    hint="add 'targets: targets.csv', a table with the columns body and url",
                )
            )  # fmt: skip
        path = inside(opened.folder, spec.targets.file)
        sites = read_targets(path, opened.register, on=spec.day, name=spec.targets.file)
        folder = output or inside(opened.folder, CHECKED).parent
        return _Job(folder, law or spec.law or CURRENT, valid_sites(sites, spec.day), opened)
    folder = output or target.with_name(f"{target.stem}-checks")
    return _Job(folder, law or CURRENT, read_targets(target), None)


def _tuned(network: Network, depth: str, pause: float, confirm: str) -> Network:
    if depth not in {"sweep", "deep"}:
        raise InvalidInput(f"--depth is sweep or deep, not '{depth}'")
    try:
        pauses = tuple(float(part) for part in confirm.split(",") if part.strip())
        sound = all(0 <= value <= 3600 for value in pauses) and len(pauses) <= 5
    except ValueError:
        sound = False
    if not sound:
        raise InvalidInput(
            f"--confirm is a list of at most five pauses such as 30,120,300, not '{confirm}'"
        )
    politeness = network.politeness.model_copy(update={"pause": pause})
    return network.model_copy(update={"depth": depth, "confirm": pauses, "politeness": politeness})


def _look(
    job: _Job, network: Network, canaries: Path | None, self_test: bool, executor: Executor,
    workers: int, at_once: int, report: Progress,
) -> RunSpec:  # fmt: skip
    from chiso.checks.batches import visit_batch
    from chiso.checks.fetch.browser import available
    from chiso.checks.fetch.vantage import load_canaries
    from chiso.checks.runs import carry_on, start_run

    if network.depth == "deep" and not available(network):
        err.print(
            f"there is no browser at {network.browser}: what needs one is not measured "
            "(Debian: apt-get install chromium)",
            style="yellow",
        )
    tested = load_canaries(canaries) if self_test else None
    spec = start_run(job.folder, job.sites, network, tested, job.law)
    end = carry_on(
        job.folder, spec, executor, workers=workers, concurrency=at_once, work=visit_batch,
        progress=report,
    )  # fmt: skip
    if end.given_up or end.left:
        err.print(
            f"{end.given_up + end.left} of {len(spec.sites)} sites were not measured for a reason "
            "of ours (the self-test, a stop); the same command tries them again",
            style="yellow",
        )
    return spec


def _judge(
    job: _Job, spec: RunSpec, only: list[str], decisions: Path | None, periods: Path | None,
    maintenance: Path | None,
    executor: Executor, report: Progress,
) -> Judged:  # fmt: skip
    from chiso.checks.decisions import read_decisions
    from chiso.checks.judging.registry import registered
    from chiso.checks.results import judge_run

    unknown = [key for key in only if key not in registered()]
    if unknown:
        raise InvalidInput(
            Problem(f"there is no check {', '.join(unknown)}", hint=", ".join(registered()))
        )
    return judge_run(
        job.folder, spec, law=job.law, only=only,
        periods=_availability(periods, maintenance) if periods else None,
        decisions=read_decisions(decisions) if decisions else (),
        executor=executor, progress=report,
    )  # fmt: skip


def _availability(folder: Path, maintenance: Path | None) -> Mapping[str, Availability]:
    from chiso.checks.monitor.maintenance import read_maintenance
    from chiso.checks.monitor.period import availability_of_folder

    announced = read_maintenance(maintenance) if maintenance else ()
    return availability_of_folder(folder, maintenance=announced)


def _summary(judged: Judged, chosen: Language) -> None:
    from chiso.checks.states import STATE_TITLES

    table = Table()
    table.add_column(_HEADINGS[0].get(chosen))
    table.add_column(_HEADINGS[1].get(chosen), justify="right")
    for state, title in STATE_TITLES.items():
        if judged.states.get(state):
            table.add_row(title.get(chosen), str(judged.states[state]))
    print_table(table)
    if judged.quarantined:
        err.print(
            f"{judged.quarantined} sites failed at the same time; their results are held back",
            style="yellow",
        )


def _pages(job: _Job, spec: RunSpec, judged: Judged, report: Progress) -> None:
    from chiso.checks.results import FINDINGS, REVIEW, TABLE
    from chiso.release.portals import build_report, write_round_observations

    first = build_report(job.folder, spec, report)
    for name in (TABLE, REVIEW, FINDINGS):
        out.print(str(job.folder / name), markup=False)
    if job.opened is not None:
        out.print(str(write_round_observations(job.folder, job.opened)), markup=False)
    out.print(f"report: {first}", markup=False)
