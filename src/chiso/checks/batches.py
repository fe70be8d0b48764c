"""The work of one worker: visit a batch of sites, several at once, and store each when done."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections import deque
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack

from chiso.checks.artifacts import Chain, Digest, Exchange, SiteRecord, Vantage
from chiso.checks.fetch.browser import Browser, available
from chiso.checks.fetch.client import Client
from chiso.checks.fetch.guard import Guard
from chiso.checks.fetch.politeness import Gate
from chiso.checks.fetch.resolving import Resolver
from chiso.checks.fetch.trip import Tools, keeper, now, today
from chiso.checks.fetch.vantage import self_test
from chiso.checks.fetch.visit import visit
from chiso.checks.law import load_law
from chiso.checks.runs import EVIDENCE, PROGRESS, Batch, until_cancelled
from chiso.checks.shelf import Shelf
from chiso.checks.states import ErrorClass
from chiso.checks.store import Kept, Writer
from chiso.checks.targets import Site


def visit_batch(batch: Batch) -> int:
    """Visit the sites of a batch; how many were stored. Runs in a worker process."""
    return asyncio.run(_visit_batch(batch))


async def _visit_batch(batch: Batch) -> int:
    waiting = deque(batch.sites)
    name = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
    stored = 0

    def mark(count: int) -> None:
        nonlocal stored
        stored += count
        with (batch.folder / PROGRESS / name).open("ab") as marks:
            marks.write(b"." * count)

    with Writer(batch.folder / EVIDENCE, name) as writer:
        async with Shelf(writer, mark) as shelf, AsyncExitStack() as stack:
            tools = await _tools(batch, stack)

            async def work() -> None:
                while waiting:
                    await shelf.put(await _looked_at(waiting.popleft(), tools))

            await _unless_cancelled(batch, [work() for _ in range(batch.concurrency)])
    return stored


async def _looked_at(site: Site, tools: Tools) -> Kept:
    if not tools.vantage.ok:
        return Kept(given_up(site, tools), {}, whole=False)
    visited = await visit(site, tools)
    whole = not tools.gate.stopped(site.body) and not _ours(visited.record)
    return Kept(visited.record, visited.bodies, whole)


async def _unless_cancelled(batch: Batch, works: Sequence[Coroutine[None, None, None]]) -> None:
    """Run the works to their end, or end them all when the run is told to end."""

    async def all_works() -> None:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)

    watch = asyncio.create_task(until_cancelled(batch))
    done = asyncio.create_task(all_works())
    try:
        await asyncio.wait([watch, done], return_when=asyncio.FIRST_COMPLETED)
    finally:
        watch.cancel()
        if not done.done():
            done.cancel()
        await asyncio.gather(watch, done, return_exceptions=True)
    if not done.cancelled() and (error := done.exception()) is not None:
        raise error


async def _tools(batch: Batch, stack: AsyncExitStack) -> Tools:
    """What the visits share: the vantage tested first, one resolver, one gate, one browser."""
    network, spec = batch.spec.network, batch.spec
    guard = Guard(network.allow, network.ports)
    resolver = Resolver(network, guard)
    vantage = Vantage(id=network.vantage, at=now(), detail="no self-test was made")
    if spec.canaries is not None:
        vantage = await self_test(network, spec.canaries)
    browser = None
    if network.depth == "deep" and vantage.ok and available(network):
        browser = await stack.enter_async_context(Browser(network, resolver, guard))
    gate, deep = Gate(network.politeness, network.stop_file), network.depth == "deep"
    pantry: dict[Digest, bytes] = {}
    client = None
    if not deep:
        # A sweep asks each host for one page: one client serves them all.
        client = await stack.enter_async_context(
            Client(network, keeper(pantry), resolver=resolver, gate=gate)
        )
    return Tools(
        network=network, resolver=resolver, gate=gate, law=load_law(spec.law) if deep else None,
        run=spec.run, vantage=vantage, day=today(network), browser=browser, client=client,
        pantry=pantry,
    )  # fmt: skip


def _ours(record: SiteRecord) -> bool:
    """Whether the visit failed by a fault of ours, so that another one must be made."""
    return record.home.error is ErrorClass.ENGINE


def given_up(site: Site, tools: Tools) -> SiteRecord:
    """The record of a site that was not asked because our vantage failed its self-test."""
    at = now()
    none = Exchange(url=site.url, at=at, error=ErrorClass.ENGINE, detail=tools.vantage.detail)
    return SiteRecord(
        run=tools.run, site=site, depth=tools.network.depth, vantage=tools.vantage, begun=at,
        ended=at, day=tools.day, agent=tools.network.agent, config=tools.network.digest,
        home=Chain(hops=(none,)),
    )  # fmt: skip
