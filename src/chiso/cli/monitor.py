"""`chiso monitor` and `chiso availability`: watch sites over a period, and say what was seen."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

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
from chiso.cli.options import Lang, language
from chiso.cli.output import err, out, print_table
from chiso.problems import InvalidInput, Problem
from chiso.tables import SheetData, write_csv, write_xlsx

if TYPE_CHECKING:  # what looks at portals is loaded only when it is used
    from chiso.checks.fetch.vantage import Canaries
    from chiso.checks.monitor.maintenance import Announced, MaintenanceRules
    from chiso.checks.monitor.period import Period
    from chiso.checks.monitor.probing import Plan, SelfTest, Tick
    from chiso.checks.network import Network
    from chiso.checks.targets import Site

_PART = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
#: a portal is asked no more often than this, except on a test bed; seconds
LEAST_INTERVAL = 60.0
MOST_SHOWN = 5
MaintenanceFile = Annotated[
    Path | None,
    typer.Option("--maintenance", help="Announced maintenance: body, begins, ends, announced."),
]


def seconds(text: str, option: str) -> float:
    """The seconds of a duration such as 90s, 5m, 1h30m, 1d. Raises InvalidInput."""
    parts = list(_PART.finditer(text.strip()))
    value = sum(float(part[1]) * _SECONDS[part[2]] for part in parts)
    if "".join(part[0] for part in parts) != text.strip() or value <= 0:
        raise InvalidInput(f"{option}: '{text}' is no duration such as 90s, 5m, 1h30m or 1d")
    return value


@app.command("monitor")
def monitor(
    targets: Annotated[Path, typer.Argument(metavar="TARGETS", help="A table of sites.")],
    folder: Annotated[Path, typer.Option("--out", help="The folder of the samples.")],
    interval: Annotated[str, typer.Option(help="Each site once in this time.")] = "5m",
    duration: Annotated[
        str, typer.Option("--for", help="For how long, as 1d; until Ctrl-C without.")
    ] = "",
    until: Annotated[str, typer.Option(help="Until this moment, as 2026-12-31 23:59.")] = "",
    confirm: Annotated[
        str, typer.Option(help="Seconds before a failed home page is asked again.")
    ] = "30,120,300",
    self_test: Annotated[bool, typer.Option(help="Test our own network before each round.")] = True,
    contact: Contact = "",
    resolvers: Resolvers = None,
    second_resolvers: SecondResolvers = None,
    allow: Allow = None,
    ports: Ports = None,
    connect_ports: ConnectPorts = None,
    ca_file: Roots = None,
    canaries: CanaryFile = None,
    stop_file: StopFile = None,
) -> None:
    """Watch home pages at intervals; every probe is kept. Stopped, the same command goes on."""
    from chiso.checks.fetch.vantage import load_canaries
    from chiso.checks.monitor.asking import for_probing, longest
    from chiso.checks.monitor.probing import Plan
    from chiso.checks.targets_reading import read_targets, valid_sites

    network = network_from_options(
        contact=contact, resolvers=resolvers, second_resolvers=second_resolvers,
        allow=allow, ports=ports, connect_ports=connect_ports, ca_file=ca_file,
        stop_file=stop_file,
    )  # fmt: skip
    every = seconds(interval, "--interval")
    if every < LEAST_INTERVAL and not network.allow:
        raise InvalidInput(
            Problem("--interval is at least 1m", hint="test beds, with --allow, may be quicker")
        )
    zone = ZoneInfo(network.zone)
    left = _left(duration, until, zone)
    sites = valid_sites(read_targets(targets), dt.datetime.now(zone).date())
    network = for_probing(network).model_copy(update={"confirm": _pauses(confirm)})
    plan = Plan(interval=every, confirm=network.confirm, longest=longest(network))
    tested = load_canaries(canaries) if self_test else None
    asyncio.run(_monitor(folder, sites, network, plan, tested, left))


def _pauses(text: str) -> tuple[float, ...]:
    try:
        pauses = tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        pauses = ()
    if not 1 <= len(pauses) <= 5 or not all(0 <= pause <= 3600 for pause in pauses):
        raise InvalidInput(
            f"--confirm is a list of one to five pauses such as 30,120,300, not '{text}'"
        )
    return pauses


def _left(duration: str, until: str, zone: ZoneInfo) -> float | None:
    """The seconds to watch; None for ever."""
    if duration and until:
        raise InvalidInput("--for and --until exclude each other")
    if duration:
        return seconds(duration, "--for")
    if not until:
        return None
    left = (_moment(until, "--until", zone) - dt.datetime.now(zone)).total_seconds()
    if left <= 0:
        raise InvalidInput(f"--until: {until} is over")
    return left


def _moment(text: str, option: str, zone: ZoneInfo) -> dt.datetime:
    from chiso.checks.monitor.maintenance import parse_moment

    try:
        return parse_moment(text, zone, day=True)
    except ValueError as error:
        raise InvalidInput(f"{option}: {error}") from None


async def _monitor(
    folder: Path, sites: Sequence[Site], network: Network, plan: Plan,
    canaries: Canaries | None, left: float | None,
) -> None:  # fmt: skip
    from chiso.checks.fetch.client import Client
    from chiso.checks.monitor.asking import Asker, digest_only
    from chiso.checks.monitor.clock import SystemClock
    from chiso.checks.monitor.probing import Monitor
    from chiso.checks.monitor.samples import SampleStore

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # there, Ctrl-C ends as if killed: nothing is lost
            loop.add_signal_handler(number, stop.set)
    clock = SystemClock()
    with SampleStore(folder, clock) as store:
        async with Client(network, digest_only) as client:
            watch = Monitor(
                store, sites, Asker(client).ask, _self_test(network, canaries), plan, clock,
                vantage=network.vantage, digest=network.digest, report=_tell,
            )  # fmt: skip
            err.print(f"watching {len(sites)} sites into {folder}; Ctrl-C ends", markup=False)
            written = await watch.run(stop, left)
    err.print(f"stopped; {written} samples written", markup=False)


def _self_test(network: Network, canaries: Canaries | None) -> SelfTest:
    from chiso.checks.artifacts import Vantage
    from chiso.checks.fetch.vantage import self_test

    async def test() -> Vantage:
        if canaries is None:
            return Vantage(id=network.vantage, at=dt.datetime.now(dt.UTC))
        return await self_test(network, canaries)

    return test


def _tell(tick: Tick) -> None:
    """One line an interval."""
    from chiso.checks.monitor.outcomes import OUTCOME_TITLES

    counts = ", ".join(
        f"{count} {OUTCOME_TITLES[outcome].en}" for outcome, count in sorted(tick.outcomes.items())
    )
    line = f"round {tick.round}: {counts or 'nothing yet'}; {tick.samples} samples"
    if tick.vantage:
        line += f"; our own network: {tick.vantage}"
    err.print(line, markup=False)
    if tick.down:
        more = f" and {len(tick.down) - MOST_SHOWN} more" if len(tick.down) > MOST_SHOWN else ""
        err.print(f"  down: {', '.join(tick.down[:MOST_SHOWN])}{more}", markup=False, style="red")


@app.command("availability")
def availability(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of chiso monitor.")],
    begin: Annotated[str, typer.Option("--from", help="Its beginning by default.")] = "",
    end: Annotated[str, typer.Option("--to", help="Its last sample by default.")] = "",
    maintenance: MaintenanceFile = None,
    cap: Annotated[
        float, typer.Option("--maintenance-cap", help="Hours a year that are taken out at most.")
    ] = 48.0,
    count_all: Annotated[
        bool,
        typer.Option("--count-correlated", help="Count failures of many sites at once: reviewed."),
    ] = False,
    lang: Lang = "vi",
    output: Annotated[
        Path | None, typer.Option("--out", help="Write to this .csv or .xlsx too.")
    ] = None,
) -> None:
    """Availability, coverage and incidents of each watched site over a period."""
    from chiso.checks.monitor.incidents import Rules
    from chiso.checks.monitor.maintenance import MaintenanceRules, read_maintenance
    from chiso.checks.monitor.period import read_period
    from chiso.checks.monitor.summary import HEADINGS, notes, table_row
    from chiso.checks.network import Network

    chosen = language(lang)
    if cap < 0:
        raise InvalidInput("--maintenance-cap is not negative")
    if output is not None and output.suffix.lower() not in {".csv", ".xlsx"}:
        raise InvalidInput(f"--out ends in .csv or .xlsx, not '{output.name}'")
    planned = MaintenanceRules(cap=round(cap * 3_600_000))
    lines = read_maintenance(maintenance, planned) if maintenance else ()
    zone = ZoneInfo(planned.zone)
    edges = [
        round(_moment(text, option, zone).timestamp() * 1000) if text else None
        for text, option in ((begin, "--from"), (end, "--to"))
    ]
    period = read_period(
        folder, edges[0], edges[1], rules=Rules(correlated_share=1.0) if count_all else None,
        maintenance=lines, maintenance_rules=planned,
    )  # fmt: skip
    _warn(lines, period, planned)
    table = Table()
    for place, heading in enumerate(HEADINGS):
        table.add_column(heading.get(chosen), justify="right" if 2 <= place <= 6 else "left")
    for target, site in period.sites:
        table.add_row(*table_row(target, site, chosen))
    print_table(table)
    for line in notes(period, chosen, Network().zone):
        out.print(line, markup=False)
    if output is not None:
        _write(output, period)


def _warn(lines: Sequence[Announced], period: Period, rules: MaintenanceRules) -> None:
    from chiso.checks.monitor.maintenance import unaccepted, unmatched

    for one in unaccepted(lines, rules):
        err.print(
            f"row {one.announced.row}, {one.announced.body}: not taken out: {one.reason.en}",
            markup=False, style="yellow",
        )  # fmt: skip
    for line in unmatched(lines, [target for target, _ in period.sites]):
        err.print(
            f"row {line.row}: {line.body} {line.url} is not watched here",
            markup=False, style="yellow",
        )  # fmt: skip


def _write(path: Path, period: Period) -> None:
    from chiso.checks.monitor.summary import (
        COLUMNS,
        INCIDENT_COLUMNS,
        file_rows,
        incident_rows,
    )

    if path.suffix.lower() == ".csv":
        write_csv(path, COLUMNS, file_rows(period))
    else:
        write_xlsx(
            path,
            {
                "availability": SheetData(COLUMNS, file_rows(period)),
                "incidents": SheetData(INCIDENT_COLUMNS, incident_rows(period)),
            },
        )
    out.print(str(path), markup=False)
