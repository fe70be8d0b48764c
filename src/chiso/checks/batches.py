"""The work of one worker: visit a batch of sites, several at once, and store each when done."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections import deque
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack

from chiso.checks.artifacts import Chain, Exchange, SiteRecord, Vantage
from chiso.checks.fetch.browser import Browser, available
from chiso.checks.fetch.guard import Guard
from chiso.checks.fetch.politeness import Gate
from chiso.checks.fetch.resolving import Resolver
from chiso.checks.fetch.vantage import self_test
from chiso.checks.fetch.visit import Tools, now, today, visit
from chiso.checks.law import load_law
from chiso.checks.runs import EVIDENCE, PROGRESS, Batch, until_cancelled
from chiso.checks.states import ErrorClass
from chiso.checks.store import Writer
from chiso.checks.targets import Site


def visit_batch(batch: Batch) -> int:
    """Visit the sites of a batch; how many were stored. Runs in a worker process."""
    return asyncio.run(_visit_batch(batch))


async def _visit_batch(batch: Batch) -> int:
    waiting = deque(batch.sites)
    name = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
    stored = 0
    with Writer(batch.folder / EVIDENCE, name) as writer:
        async with AsyncExitStack() as stack:
            tools = await _tools(batch, stack)

            async def work() -> None:
                nonlocal stored
                while waiting:
                    site = waiting.popleft()
                    if not tools.vantage.ok:
                        writer.add(given_up(site, tools), {}, whole=False)
                    else:
                        visited = await visit(site, tools)
                        whole = not tools.gate.stopped(site.body) and not _ours(visited.record)
                        writer.add(visited.record, visited.bodies, whole=whole)
                    stored += 1
                    with (batch.folder / PROGRESS / name).open("ab") as marks:
                        marks.write(b".")

            await _unless_cancelled(batch, [work() for _ in range(batch.concurrency)])
    return stored


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
    return Tools(
        network=network, resolver=resolver, gate=Gate(network.politeness, network.stop_file),
        law=load_law(spec.law), run=spec.run, vantage=vantage, day=today(network),
        browser=browser,
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
