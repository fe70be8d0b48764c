"""Chromium as a process: how it is started, when it is replaced, and that it ends.

It is started without a network of its own: names are answered with "not found", connections that
no page asked for lead to a port where nothing listens, and UDP is off.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

#: pages after which a new browser is started, so that memory stays flat
PAGES_PER_BROWSER = 60
NOWHERE = "http://127.0.0.1:9"  # the discard port: what is not a page's gets no further
NO_BYPASS = "<-loopback>"  # also loopback addresses go through the proxy
_LAUNCH = 30.0  # seconds
_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    "--no-pings",
    "--dns-prefetch-disable",
    # Two names of one switch: which one counts depends on how Chromium was built.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    f"--proxy-bypass-list={NO_BYPASS}",
    "--js-flags=--max-old-space-size=512",
)


@dataclass(eq=False)
class Engine:
    """A running Chromium, how often it was used, and whether it must not be used again."""

    chromium: Chromium
    process: int  # of the browser; 0 where it is not known
    used: int = 0
    active: int = 0
    broken: bool = False
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return not self.gone.is_set() and self.chromium.is_connected()

    @property
    def usable(self) -> bool:
        """Whether another page may be opened in it."""
        return self.alive and not self.broken and self.used < PAGES_PER_BROWSER


class Engines:
    """Lends out the running browser and replaces it when it is worn, broken or gone.

    `path` is the program, `spki` the hash of the only key that it accepts, `patience` the
    seconds after which a browser that does not close is killed.
    """

    def __init__(self, path: str, spki: str, patience: float) -> None:
        self._path = path
        self._spki = spki
        self._patience = patience
        self._starting = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._engine: Engine | None = None
        self.version = ""

    @property
    def current(self) -> Engine | None:
        """The browser that is lent out at the moment."""
        return self._engine

    @contextlib.asynccontextmanager
    async def lease(self) -> AsyncIterator[Engine]:
        """A browser for one run. Raises PlaywrightError where none can be started."""
        async with self._starting:
            engine = self._engine
            if engine is None or not engine.usable:
                self._engine = None
                if engine is not None and engine.active == 0:
                    await self._end(engine)
                engine = self._engine = await self._start()
            engine.used += 1
            engine.active += 1
        try:
            yield engine
        finally:
            engine.active -= 1
            if engine.active == 0 and engine is not self._engine:
                await self._end(engine)

    async def close(self) -> None:
        """End the browser and its driver."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await self._end(engine)
        driver, self._playwright = self._playwright, None
        if driver is not None:
            await driver.stop()

    async def _start(self) -> Engine:
        try:
            chromium = await self._launch()
        except PlaywrightError:
            # The driver may have died with the page before; a second failure is told.
            driver, self._playwright = self._playwright, None
            if driver is not None:
                with contextlib.suppress(PlaywrightError):
                    await driver.stop()
            chromium = await self._launch()
        self.version = f"Chromium {chromium.version}"
        engine = Engine(chromium, await _process(chromium))
        chromium.on("disconnected", lambda _: engine.gone.set())
        return engine

    async def _launch(self) -> Chromium:
        if self._playwright is None:
            self._playwright = await async_playwright().start()
        return await self._playwright.chromium.launch(
            executable_path=self._path,
            args=[*_ARGUMENTS, f"--ignore-certificate-errors-spki-list={self._spki}"],
            chromium_sandbox=os.geteuid() != 0,  # Chromium's sandbox does not work for root
            proxy={"server": NOWHERE, "bypass": NO_BYPASS},
            timeout=_LAUNCH * 1000,
        )

    async def _end(self, engine: Engine) -> None:
        closed = await close(engine.chromium, self._patience)
        if not closed and engine.process and engine.alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(engine.process, signal.SIGKILL)


async def close(what: BrowserContext | Chromium, patience: float) -> bool:
    """Close within a time; whether it did."""
    try:
        async with asyncio.timeout(patience):
            await what.close()
    except TimeoutError:
        return False
    except PlaywrightError:
        return True  # it is gone already
    return True


async def _process(chromium: Chromium) -> int:
    """The process of the browser that we started, for when it does not end by itself."""
    with contextlib.suppress(PlaywrightError):
        session = await chromium.new_browser_cdp_session()
        processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
        await session.detach()
        return next((int(one["id"]) for one in processes if one.get("type") == "browser"), 0)
    return 0
