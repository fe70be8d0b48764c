"""Storing beside the fetching: a thread writes what visits bring, as many at a time as wait."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from types import TracebackType

from chiso.checks.store import Kept, Writer

#: sites in one transaction at most
TOGETHER = 64


class Shelf:
    """Takes sites from an event loop and stores them in a thread of its own.

    `stored` is told how many were stored, after they are on disk. An error of the disk is raised
    by the next `put`, and by the end of the block.
    """

    def __init__(self, writer: Writer, stored: Callable[[int], None]) -> None:
        self._writer, self._stored = writer, stored
        self._queue: queue.SimpleQueue[Kept | None] = queue.SimpleQueue()
        self._waiting = asyncio.Semaphore(TOGETHER)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._error: BaseException | None = None

    async def __aenter__(self) -> Shelf:
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._queue.put(None)
        # Whatever ends the block, what was put is stored first.
        while self._thread.is_alive():
            self._thread.join(0.01)
        if self._error is not None and error is None:
            raise self._error

    async def put(self, site: Kept) -> None:
        """Hand a site over; waits only while many are not stored yet."""
        await self._waiting.acquire()
        if self._error is not None:
            raise self._error
        self._queue.put(site)

    def _work(self) -> None:
        ended = False
        while not ended:
            found = [self._queue.get()]
            while len(found) < TOGETHER and not self._queue.empty():
                found.append(self._queue.get())
            ended = None in found
            sites = [site for site in found if site is not None]
            if sites and self._error is None:
                self._store(sites)
            self._loop.call_soon_threadsafe(self._release, len(sites))

    def _store(self, sites: list[Kept]) -> None:
        try:
            self._writer.add_all(sites)
            self._stored(len(sites))
        except BaseException as error:  # noqa: BLE001 - handed to those who put
            self._error = error

    def _release(self, count: int) -> None:
        for _ in range(count):
            self._waiting.release()
