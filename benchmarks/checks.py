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
import dns.asyncresolver
from aiohttp.abc import AbstractResolver, ResolveResult
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright
from tests.internet.grading import grade, tally
from tests.internet.internet import Internet
from tests.internet.model import Host, html
from tests.internet.portals import all_portals

from chiso.checks.batches import visit_batch
from chiso.checks.fetch.browser import Browser
from chiso.checks.network import Limits, Network, Politeness
from chiso.checks.results import judge_run, read_findings
from chiso.checks.runs import EVIDENCE, carry_on, start_run
from chiso.checks.store import Reader, digest_of
from chiso.checks.targets import Site
from chiso.executor import local

TURNS = 3
SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
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


def _serve(names: list[str], own: bool, made: Callable[[str], str], pipe: object) -> None:
    with Internet(own_addresses=own, log=False) as internet:
        for name in names:
            page = html(made(name))
            internet.add(Host(name, lambda asked, page=page: page, plain="serve", dns="unsigned"))
        addresses = {name: internet.find(name).addresses[0] for name in names}
        pipe.send((internet.network(), addresses))  # type: ignore[attr-defined]
        pipe.recv()  # type: ignore[attr-defined]


@contextlib.contextmanager
def bed(names: list[str], *, own: bool = True, page: Callable[[str], str] = _page) -> Iterator[Bed]:
    """A bed with these hosts while the block runs."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(names, own, page, there), daemon=True)
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


class _Asking(AbstractResolver):
    """Names asked of the same name server as ours, both types of address, for the bare side."""

    def __init__(self, network: Network, port: int) -> None:
        address, _, number = network.resolvers[0].partition(":")
        self.resolver = dns.asyncresolver.Resolver(configure=False)
        self.resolver.nameservers, self.resolver.port = [address], int(number)
        self.port = port

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        found = await self.resolver.resolve_name(host)
        return [
            ResolveResult(
                hostname=host, host=address, port=self.port, family=2, proto=0, flags=0
            )
            for address in found.addresses()
            if ":" not in address
        ]  # fmt: skip

    async def close(self) -> None:
        """Nothing is open."""


def best(*works: Callable[[], float]) -> list[float]:
    """The least seconds of each side over turns that alternate."""
    turns = [[work() for work in works] for _ in range(TURNS)]
    return [min(side) for side in zip(*turns, strict=True)]


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


def bare(
    place: Bed, scheme: str, names: list[str], *, asking: bool, at_once: int = AT_ONCE
) -> float:
    """Seconds of aiohttp alone for the same pages; nothing is guarded, judged or stored.

    With `asking` it resolves the names as ours has to; without, the addresses are given to it.
    """

    async def run() -> float:
        asked = 80 if scheme == "http" else 443
        port = place.network.connect_ports[asked]
        context = ssl.create_default_context(cafile=place.network.ca_file)
        known = _Asking(place.network, port) if asking else _Known(place.addresses, port)
        connector = aiohttp.TCPConnector(resolver=known, limit=at_once, ssl=context)
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
            seconds = best(
                lambda scheme=scheme: ours(place, scheme, names),
                lambda scheme=scheme: bare(place, scheme, names, asking=True),
                lambda scheme=scheme: bare(place, scheme, names, asking=False),
            )
            mine, same, given = seconds
            print(f"sweep of {SITES} {scheme} sites, evidence stored: {SITES / mine:,.0f} sites/s;")
            print(f"  {same / mine:.2f} of aiohttp that resolves the names ({SITES / same:,.0f}/s)")
            print(f"  {given / mine:.2f} of aiohttp given the addresses ({SITES / given:,.0f}/s)")


def _long_page(name: str) -> str:
    items = "".join(
        f'<li><a href="/tin/{n}">Tin số {n} của {name}</a> <time>{n % 28 + 1}/10/2026</time></li>'
        for n in range(300)
    )
    return _page(name).replace("</h1>", f"</h1><ul>{items}</ul>")


def browser() -> None:
    """Pages on a phone with axe and a picture, two at once, against bare playwright and axe."""
    names = [f"p{n}.trang.gov.vn" for n in range(12)]
    with bed(names, page=_long_page) as place:
        pages = [f"http://{name}/" for name in names]

        async def guarded() -> float:
            async with Browser(place.network) as own:
                await own.render(pages[0], "home", keep=digest_of)
                waiting = list(pages)
                begun = time.perf_counter()

                async def work() -> None:
                    while waiting:
                        seen = await own.render(waiting.pop(), "home", keep=digest_of)
                        assert seen.axe is not None, seen.detail

                await asyncio.gather(work(), work())
                return time.perf_counter() - begun

        async def plain() -> float:
            port = place.network.connect_ports[80]
            rules = ", ".join(f"MAP {name} {place.addresses[name]}:{port}" for name in names)
            async with async_playwright() as playwright:
                chromium = await playwright.chromium.launch(
                    executable_path=place.network.browser,
                    args=[*SWITCHES, f"--host-resolver-rules={rules}"],
                )
                waiting = list(pages)

                async def one(url: str) -> None:
                    context = await chromium.new_context(
                        viewport={"width": 360, "height": 800}, device_scale_factor=2,
                        is_mobile=True, has_touch=True,
                    )  # fmt: skip
                    page = await context.new_page()
                    await page.goto(url)
                    await page.screenshot(type="jpeg", quality=60, full_page=True)
                    await Axe().run(page)
                    await context.close()

                await one(pages[0])
                begun = time.perf_counter()

                async def work() -> None:
                    while waiting:
                        await one(waiting.pop())

                await asyncio.gather(work(), work())
                seconds = time.perf_counter() - begun
                await chromium.close()
                return seconds

        mine, theirs = best(lambda: asyncio.run(guarded()), lambda: asyncio.run(plain()))
    count = len(names)
    print(
        f"browser, axe and picture, two at once: {count / mine:.2f} pages/s, "
        f"{theirs / mine:.2f} of playwright and axe alone ({count / theirs:.2f}/s)"
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
    seconds = {1: float("inf"), 2: float("inf")}
    with bed(names) as place:
        network = place.network.model_copy(update={"depth": "sweep"})
        sites = [Site(body=name, url=f"https://{name}/") for name in names]
        for count in (1, 2) * TURNS:
            with tempfile.TemporaryDirectory() as folder, local(count) as executor:
                spec = start_run(Path(folder) / "run", sites, network, None, LAW)
                begun = time.perf_counter()
                carry_on(
                    Path(folder) / "run", spec, executor, workers=count, concurrency=32,
                    work=visit_batch,
                )  # fmt: skip
                seconds[count] = min(seconds[count], time.perf_counter() - begun)
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
                run, targets(labelled), internet.network(limits=Limits()),
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
    for own in shown.values():
        for item in own.wrong:
            print(f"  {item.portal} {item.check}: {item.said}, right: {', '.join(item.right)}")
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
    "browser": browser,
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
