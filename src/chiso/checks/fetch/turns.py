"""Turns at a browser: pages side by side, but one alone while its loading is timed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

#: pages that one browser opens side by side
SIDE_BY_SIDE = 2


class Turns:
    """Hands out turns; a page that is timed waits until it has the browser to itself."""

    def __init__(self, side_by_side: int = SIDE_BY_SIDE) -> None:
        self._slots = asyncio.Semaphore(side_by_side)
        self._count = side_by_side
        self._alone = asyncio.Lock()

    @asynccontextmanager
    async def take(self, *, alone: bool) -> AsyncIterator[None]:
        """Hold a turn for the block, or all of them. Those who want all queue among themselves."""
        if not alone:
            async with self._slots:
                yield
            return
        async with self._alone:
            held = 0
            try:
                for _ in range(self._count):
                    await self._slots.acquire()
                    held += 1
                yield
            finally:
                for _ in range(held):
                    self._slots.release()
