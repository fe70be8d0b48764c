"""Online checks beside bare aiohttp and bare playwright, on a small internet on loopback.

The internet runs in a process of its own. Both sides take turns, and the best of several turns
counts. Everything is printed as a ratio measured in this run.

    python -m benchmarks.checks [sweep] [browser] [workers] [memory] [monitor] [portals]
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import multiprocessing
import resource
import shutil
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from tests.internet.grading import grade, tally
from tests.internet.internet import Internet
from tests.internet.model import Host, html
from tests.internet.portals import all_portals

from chiso.checks.batches import visit_batch
from chiso.checks.network import Network, Politeness
from chiso.checks.results import judge_run, read_findings
from chiso.checks.runs import EVIDENCE, carry_on, start_run
from chiso.checks.store import Reader
from chiso.checks.targets import Site
from chiso.executor import local

TURNS = 3
SITES = 1_000
AT_ONCE = 64
LAW = "vn-2011-43"
WORDS = "Cổng thông tin điện tử minh họa. " * 150  # a page of about 7 kB


@dataclass(frozen=True, slots=True)
class Bed:
    """An internet in another process: how to reach it, and the address of each host."""

    network: Network
    addresses: dict[str, str]


def _page(name: str) -> str:
    return (
        f'<!doctype html><html lang="vi"><head><title>{name}</title>'
        '<meta name="viewport" content="width=device-width"></head>'
        f"<body><h1>{name}</h1><p>{WORDS}</p></body></html>"
    )


def _serve(names: list[str], own: bool, pipe: object) -> None:
    with Internet(own_addresses=own, log=False) as internet:
        for name in names:
            page = html(_page(name))
            internet.add(Host(name, lambda asked, page=page: page, plain="serve", dns="unsigned"))
        addresses = {name: internet.find(name).addresses[0] for name in names}
        pipe.send((internet.network(), addresses))  # type: ignore[attr-defined]
        pipe.recv()  # type: ignore[attr-defined]


@contextlib.contextmanager
def bed(names: list[str], *, own: bool = True) -> Iterator[Bed]:
    """A bed with these hosts while the block runs."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(names, own, there), daemon=True)
    process.start()
    network, addresses = here.recv()
    yield Bed(network, addresses)
    with contextlib.suppress(OSError):
        here.send("end")
    process.join(10)


class _Known(AbstractResolver):
    """Names that cost nothing, for the bare side."""

    def __init__(self, addresses: dict[str, str], port: int) -> None:
        self.addresses, self.port = addresses, port

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        address = self.addresses[host]
        return [
            ResolveResult(
                hostname=host, host=address, port=self.port, family=2, proto=0, flags=0
            )
        ]  # fmt: skip

    async def close(self) -> None:
        """Nothing is open."""


def best(work: Callable[[], float], other: Callable[[], float]) -> tuple[float, float]:
    """The least seconds of each side over turns that alternate."""
    mine, theirs = [], []
    for _ in range(TURNS):
        mine.append(work())
        theirs.append(other())
    return min(mine), min(theirs)


def ours(place: Bed, scheme: str, names: list[str], at_once: int = AT_ONCE) -> float:
    """Seconds of a sweep: home pages asked, judged to be pages, all evidence stored."""
    network = place.network.model_copy(update={"depth": "sweep"})
    sites = [Site(body=name, url=f"{scheme}://{name}/") for name in names]
    with tempfile.TemporaryDirectory() as folder:
        spec = start_run(Path(folder) / "run", sites, network, None, LAW)
        with local(1) as executor:
            begun = time.perf_counter()
            end = carry_on(
                Path(folder) / "run", spec, executor, workers=1, concurrency=at_once,
                work=visit_batch,
            )  # fmt: skip
            seconds = time.perf_counter() - begun
        assert end.done == len(names), end
        with Reader(Path(folder) / "run" / EVIDENCE) as evidence:
            assert all(record.home.ok for record in evidence.records())
    return seconds


def bare(place: Bed, scheme: str, names: list[str], at_once: int = AT_ONCE) -> float:
    """Seconds of aiohttp alone for the same requests; nothing is stored or resolved."""

    async def run() -> float:
        asked = 80 if scheme == "http" else 443
        port = place.network.connect_ports[asked]
        context = ssl.create_default_context(cafile=place.network.ca_file)
        connector = aiohttp.TCPConnector(
            resolver=_Known(place.addresses, port), limit=at_once, ssl=context
        )
        waiting = list(names)
        begun = time.perf_counter()
        async with aiohttp.ClientSession(connector=connector) as session:

            async def work() -> None:
                while waiting:
                    name = waiting.pop()
                    async with session.get(f"{scheme}://{name}/") as answer:
                        await answer.read()
                        assert answer.status == 200

            await asyncio.gather(*(work() for _ in range(at_once)))
        return time.perf_counter() - begun

    return asyncio.run(run())


def sweep() -> None:
    """Home pages of 1,000 sites against aiohttp alone."""
    names = [f"s{n}.x{n % 50}.gov.vn" for n in range(SITES)]
    with bed(names) as place:
        for scheme in ("http", "https"):
            mine, theirs = best(
                lambda scheme=scheme: ours(place, scheme, names),
                lambda scheme=scheme: bare(place, scheme, names),
            )
            print(
                f"sweep of {SITES} {scheme} sites, evidence stored: {SITES / mine:,.0f} sites/s, "
                f"{theirs / mine:.2f} of aiohttp alone ({SITES / theirs:,.0f}/s)"
            )


def memory() -> None:
    """Memory after 1,000 and after 10,000 sites of one run."""
    names = [f"s{n}.x{n % 50}.gov.vn" for n in range(10_000)]
    with bed(names, own=False) as place:
        network = place.network.model_copy(
            update={
                "depth": "sweep",
                "politeness": Politeness(pause=0, per_address=AT_ONCE),
            }
        )
        with tempfile.TemporaryDirectory() as folder:
            sites = [Site(body=name, url=f"http://{name}/") for name in names]
            spec = start_run(Path(folder) / "run", sites, network, None, LAW)
            peaks: list[tuple[int, int]] = []

            def told(_: str, done: int, total: int) -> None:
                peaks.append((done, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))

            with local(1) as executor:
                carry_on(
                    Path(folder) / "run", spec, executor, workers=1, concurrency=AT_ONCE,
                    work=visit_batch, progress=told,
                )  # fmt: skip
            early = next(peak for done, peak in peaks if done >= 1_000)
            print(
                f"memory of the worker: {early} MB after 1,000 sites, {peaks[-1][1]} MB after "
                f"{peaks[-1][0]:,}"
            )


def workers() -> None:
    """Home pages with one and with two workers."""
    names = [f"s{n}.x{n % 50}.gov.vn" for n in range(2_000)]
    seconds = {}
    with bed(names) as place:
        network = place.network.model_copy(update={"depth": "sweep"})
        sites = [Site(body=name, url=f"https://{name}/") for name in names]
        for count in (1, 2):
            with tempfile.TemporaryDirectory() as folder, local(count) as executor:
                spec = start_run(Path(folder) / "run", sites, network, None, LAW)
                begun = time.perf_counter()
                carry_on(
                    Path(folder) / "run", spec, executor, workers=count, concurrency=32,
                    work=visit_batch,
                )  # fmt: skip
                seconds[count] = time.perf_counter() - begun
    print(
        f"1 worker {2_000 / seconds[1]:,.0f} sites/s, 2 workers {2_000 / seconds[2]:,.0f} sites/s: "
        f"{seconds[1] / seconds[2]:.2f} times (the sites themselves run on the same two cores)"
    )


def portals() -> None:
    """What the checks say of the labelled portals: precision and recall of each check."""
    from tests.internet.__main__ import targets
    from tests.internet.canary import add_canaries, canary_file

    from chiso.checks.fetch.vantage import load_canaries

    today = dt.date.today()
    labelled = all_portals(today)
    folder = Path(tempfile.mkdtemp())
    try:
        with Internet() as internet:
            add_canaries(internet)
            for portal in labelled:
                internet.add_all(portal.hosts)
            (folder / "canaries.yaml").write_text(canary_file(), encoding="utf-8")
            run = folder / "run"
            spec = start_run(
                run, targets(labelled), internet.network(),
                load_canaries(folder / "canaries.yaml"), LAW,
            )  # fmt: skip
            begun = time.perf_counter()
            with local(1) as executor:
                carry_on(run, spec, executor, workers=1, concurrency=8, work=visit_batch)
            seconds = time.perf_counter() - begun
            judge_run(run, spec)
        graded = grade(read_findings(run), labelled)
        shown = tally(graded)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(labelled)} labelled portals looked at deeply in {seconds:.0f} s, one worker")
    print(f"{'check':8}{'labels':>8}{'right':>8}{'precision':>11}{'recall':>8}")
    for check, own in sorted(shown.items()):
        figures = [f"{x:.3f}" if x is not None else "–" for x in (own.precision, own.recall)]
        print(f"{check:8}{own.labels:8}{own.correct:8}{figures[0]:>11}{figures[1]:>8}")
    wrong = sum(item.wrong_fail for item in graded)
    short = sum(own.short for own in shown.values())
    found = sum(own.short_found for own in shown.values())
    right = sum(item.correct for item in graded)
    print(
        f"all: {right} of {len(graded)} labels right, {wrong} wrong fails, "
        f"recall of shortcomings {found / max(1, short):.3f}"
    )


PARTS: dict[str, Callable[[], None]] = {
    "sweep": sweep,
    "workers": workers,
    "memory": memory,
    "portals": portals,
}


def main() -> None:
    """Run the parts that are named, or all."""
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main()
