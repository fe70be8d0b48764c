"""The browser: pages as a phone shows them, with pictures, figures of loading and accessibility.

Chromium runs without a network of its own (see `engine`); each page is given a proxy of ours (see
`proxy`) that lives as long as the page. What a page may do is bounded in `loading`, what is read
of it stands in `observers`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal

from playwright.async_api import BrowserContext, CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from chiso.checks.artifacts import AxeResult, Rendered
from chiso.checks.fetch.engine import NO_BYPASS, Engine, Engines, close
from chiso.checks.fetch.guard import Guard
from chiso.checks.fetch.loading import Bounds, Loading, clean_text, clean_url
from chiso.checks.fetch.observers import Inside, Look, watch
from chiso.checks.fetch.proxy import Budget, Dial, Note, Proxy, Resolves, dial
from chiso.checks.fetch.resolving import Resolver
from chiso.checks.fetch.sealing import Seal, outward_context
from chiso.checks.network import Network
from chiso.checks.states import ErrorClass
from chiso.problems import InvalidInput

#: a small phone of today: CSS pixels, and how many of the screen's make one of them
WIDTH, HEIGHT, RATIO = 360, 800, 2
NARROW = 320  # CSS pixels: WCAG 2.2, success criterion 1.4.10

#: what Chromium says when a navigation fails, where the proxy has nothing to say
EMPTY = "an answer without content"
_CHROMIUM_ERRORS = (
    ("ERR_TOO_MANY_REDIRECTS", ErrorClass.TOO_MANY_REDIRECTS),
    ("ERR_UNSAFE_REDIRECT", ErrorClass.REFUSED_URL),
    ("ERR_UNSAFE_PORT", ErrorClass.REFUSED_URL),
    ("ERR_BLOCKED_BY", ErrorClass.REFUSED_URL),
    ("ERR_DISALLOWED_URL_SCHEME", ErrorClass.REFUSED_URL),
    ("ERR_UNKNOWN_URL_SCHEME", ErrorClass.REFUSED_URL),
    ("ERR_INVALID_URL", ErrorClass.REFUSED_URL),
    ("ERR_INVALID_REDIRECT", ErrorClass.HTTP_MALFORMED),
    ("ERR_CONTENT_DECODING", ErrorClass.DECODE),
    ("ERR_INVALID_HTTP", ErrorClass.HTTP_MALFORMED),
    ("ERR_RESPONSE_HEADERS", ErrorClass.HTTP_MALFORMED),
    ("ERR_INVALID_RESPONSE", ErrorClass.HTTP_MALFORMED),
    ("ERR_EMPTY_RESPONSE", ErrorClass.CONN_RESET),
    ("ERR_CONNECTION_", ErrorClass.CONN_RESET),
    ("ERR_CONTENT_LENGTH_MISMATCH", ErrorClass.CONN_RESET),
    ("ERR_INCOMPLETE_CHUNKED", ErrorClass.CONN_RESET),
    ("ERR_ABORTED", ErrorClass.REFUSED_URL),  # led to something that is not a page
    ("Timeout", ErrorClass.RENDER_TIMEOUT),
    ("crash", ErrorClass.RENDER_CRASH),
    ("closed", ErrorClass.RENDER_CRASH),
    ("detached", ErrorClass.RENDER_CRASH),
)


def available(network: Network) -> bool:
    """Whether the browser that the settings name is on this machine."""
    return os.path.isfile(network.browser) and os.access(network.browser, os.X_OK)


@dataclass
class _Shot:
    """What one run brings; filled step by step, so that what was seen before a crash stays."""

    error: ErrorClass | None = None
    detail: str = ""
    look: Look | None = None
    picture: bytes = b""
    widths: dict[int, int] = field(default_factory=dict)
    wide: tuple[str, ...] = ()
    axe: AxeResult | None = None
    loading: Loading | None = None
    final_url: str = ""
    received: int = 0

    def fail(self, error: ErrorClass, detail: str) -> None:
        """Keep the first thing that went wrong."""
        if self.error is None:
            words = detail.partition("\n")[0].removeprefix("Page.goto: ")
            self.error, self.detail = error, clean_text(" ".join(words.split())[:300])


class Browser:
    """Renders pages; an async context manager that may be used by several visits at once.

    `resolver` and `guard` are those of the visit, made from the settings where they are not
    given; `dial` opens the sockets. Entering raises InvalidInput if there is no browser.
    """

    def __init__(
        self,
        network: Network,
        resolver: Resolves | None = None,
        guard: Guard | None = None,
        *,
        bounds: Bounds = Bounds(),  # noqa: B008 - frozen
        dial: Dial = dial,
        at_once: int = 2,
    ) -> None:
        self.network = network
        self.guard = guard or Guard(network.allow, network.ports)
        self.resolver = resolver or Resolver(network, self.guard)
        self.bounds = bounds
        self._dial = dial
        self._slots = asyncio.Semaphore(at_once)
        self._seal = Seal()
        self._engines = Engines(network.browser, self._seal.spki, bounds.patience)
        self._outward = outward_context()

    async def __aenter__(self) -> Browser:
        if not available(self.network):
            raise InvalidInput(f"there is no browser at '{self.network.browser}'")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self._engines.close()

    async def render(
        self,
        url: str,
        role: str,
        *,
        keep: Callable[[bytes], str],
        axe: bool = True,
        runs: int = 1,
        picture: bool = True,
    ) -> Rendered:
        """Look at a page; whatever goes wrong with it is in the `error` of what is returned.

        The page is loaded `runs` times, each in a fresh profile without cache; LCP (milliseconds)
        and CLS are taken of each, everything else of the first. Waits for the load event, then
        for half a second without requests, at most five. `keep` stores bytes and returns their
        SHA-256. An error beside a body means that the page was not complete: what counts on its
        completeness (figures of loading, accessibility) is then left out. Processor and network are
        not throttled, and portals are spoken to in HTTP/1.1 (see `proxy`).
        """
        at = dt.datetime.now(dt.UTC)
        reason = self.guard.refuse_url(url)
        if reason:
            return Rendered(
                role=role, url=clean_url(url), at=at, error=ErrorClass.REFUSED_URL, detail=reason
            )
        async with self._slots:
            first = await self._run(url, axe=axe, picture=picture, whole=True)
            looks = [first.look]
            for _ in range(runs - 1):
                if first.error is not None:
                    break
                again = await self._run(url, axe=False, picture=False, whole=False)
                if again.error is None:
                    looks.append(again.look)
        return self._record(url, role, at, first, looks, keep)

    def _record(
        self, url: str, role: str, at: dt.datetime, shot: _Shot, looks: list[Look | None],
        keep: Callable[[bytes], str],
    ) -> Rendered:  # fmt: skip
        look, loading = shot.look or Look(), shot.loading
        measured = [one for one in looks if one is not None] if shot.error is None else []
        return Rendered(
            role=role,
            url=clean_url(url),
            final_url=clean_url(shot.final_url),
            at=at,
            status=loading.status if loading else None,
            error=shot.error,
            detail=shot.detail,
            browser=self._engines.version,
            body=keep(look.html) if look.html else None,
            picture=keep(shot.picture) if shot.picture else None,
            title=look.title,
            language=look.language,
            viewport=look.viewport,
            widths=shot.widths,
            wide=shot.wide,
            lcp=tuple(round(one.lcp, 1) for one in measured if one.lcp is not None),
            cls=tuple(round(one.cls, 4) for one in measured if one.cls is not None),
            requests=loading.requests() if loading else (),
            transfer=shot.received,
            insecure_forms=tuple(clean_url(form) for form in look.insecure_forms),
            axe=shot.axe,
            console=tuple(loading.console) if loading else (),
        )

    # ── one run ──

    async def _run(self, url: str, *, axe: bool, picture: bool, whole: bool) -> _Shot:
        """One run; once more where the browser failed before it had a page to show."""
        for _ in range(2):
            shot = await self._try(url, axe, picture, whole)
            if shot.loading is not None or shot.error is None:
                return shot
        shot.error = ErrorClass.ENGINE
        return shot

    async def _try(self, url: str, axe: bool, picture: bool, whole: bool) -> _Shot:
        shot = _Shot()
        try:
            async with self._engines.lease() as engine:
                work = self._load(engine, url, shot, axe, picture, whole)
                try:
                    ended = await _race(work, engine.gone, self.bounds.whole)
                except PlaywrightError:
                    engine.broken = True
                    raise
                if ended == "time":
                    shot.fail(ErrorClass.RENDER_TIMEOUT, "out of time")
                if ended == "stop" or (shot.error is not None and not engine.alive):
                    shot.error, shot.detail = ErrorClass.RENDER_CRASH, "the browser ended"
        except PlaywrightError as fault:
            shot.fail(_class_of(fault.message), fault.message)
        except (OSError, TimeoutError) as fault:
            shot.fail(ErrorClass.ENGINE, f"{type(fault).__name__}: {fault}")
        return shot

    async def _load(
        self, engine: Engine, url: str, shot: _Shot, axe: bool, picture: bool, whole: bool
    ) -> None:
        budget = Budget(requests=self.bounds.requests, received=self.bounds.received)
        async with Proxy(
            self.network, self.resolver, self.guard, self._seal, self._outward, budget, self._dial
        ) as proxy:
            context = await self._context(engine, proxy)
            try:
                page = await context.new_page()
                session = await context.new_cdp_session(page)
                loading = shot.loading = Loading(page, session, self.guard, proxy, self.bounds)
                await asyncio.gather(loading.attach(context), watch(session))
                work = self._observe(page, session, loading, url, shot, axe, picture, whole)
                if await _race(work, loading.crashed, None) == "stop":
                    shot.fail(ErrorClass.RENDER_CRASH, "the page crashed")
                    engine.broken = True
            finally:
                shot.received = proxy.received
                if not await close(context, self.bounds.patience):
                    engine.broken = True
                if shot.loading is not None:
                    await shot.loading.finish()

    async def _context(self, engine: Engine, proxy: Proxy) -> BrowserContext:
        return await engine.chromium.new_context(
            user_agent=self.network.agent,
            viewport={"width": WIDTH, "height": HEIGHT},
            device_scale_factor=RATIO,
            is_mobile=True,
            has_touch=True,
            locale="vi-VN",
            timezone_id=self.network.zone,
            accept_downloads=False,
            service_workers="block",
            permissions=[],
            proxy={
                "server": proxy.server,
                "username": proxy.username,
                "password": proxy.password,
                "bypass": NO_BYPASS,
            },
        )

    async def _observe(
        self, page: Page, session: CDPSession, loading: Loading, url: str, shot: _Shot,
        axe: bool, picture: bool, whole: bool,
    ) -> None:  # fmt: skip
        try:
            await page.goto(url, wait_until="commit", timeout=self.bounds.load * 1000)
            loaded = await loading.rest()
        except PlaywrightError as error:
            shot.final_url = loading.address
            refused = loading.proxy.note_of(loading.address) is not None
            if not refused and "ERR_HTTP_RESPONSE_CODE_FAILURE" in error.message:
                shot.detail = EMPTY  # the status is known
                return
            shot.fail(*_why(error.message, loading))
            loading.status = None
            return
        loading.settled = True
        shot.final_url = page.url if page.url.startswith("http") else loading.address
        note = loading.proxy.note_of(loading.address)
        if note is not None and _lost(note, loading):
            shot.fail(note.error, note.detail)
            loading.status = None  # it was the proxy's own
            return
        if not page.url.startswith(("http://", "https://")):
            self._elsewhere(page.url, shot, loading)
            return
        if loading.proxy.spent:
            shot.fail(ErrorClass.BUDGET, "too many bytes")
        elif loading.broken:
            half = note or Note("", "", _class_of(loading.broken), loading.broken, refused=False)
            shot.fail(half.error, half.detail)
        elif not loaded:
            shot.fail(ErrorClass.RENDER_TIMEOUT, "the page did not finish loading")
        try:
            await self._read(page, session, loading, shot, axe, picture, whole)
        except PlaywrightError as error:
            # A document that was already on its way took the place of the one being read.
            if "context" not in error.message or not await loading.rest():
                raise
            await self._read(page, session, loading, shot, axe, picture, whole)

    async def _read(
        self, page: Page, session: CDPSession, loading: Loading, shot: _Shot,
        axe: bool, picture: bool, whole: bool,
    ) -> None:  # fmt: skip
        inside = Inside(session)
        try:
            # A page that did not finish may be busy for ever; then it is not waited for long.
            async with asyncio.timeout(None if shot.error is None else self.bounds.patience):
                shot.look = await (inside.look() if whole else inside.figures())
                if shot.error is not None and picture and whole:
                    shot.picture = await inside.picture()
        except TimeoutError:
            return
        if shot.error is not None or not whole:
            return
        try:
            async with asyncio.timeout(self.bounds.patience):
                shot.widths[WIDTH], _ = await inside.width(WIDTH, tell=False)
            if axe:
                await self._axe(inside, session, shot, loading)
            async with asyncio.timeout(self.bounds.patience):
                if picture:  # after what is measured: taking it disturbs the layout
                    shot.picture = await inside.picture()
                await page.set_viewport_size({"width": NARROW, "height": HEIGHT})
                shot.widths[NARROW], shot.wide = await inside.width(NARROW, tell=True)
        except TimeoutError:
            shot.fail(ErrorClass.RENDER_TIMEOUT, "the page stopped answering")

    def _elsewhere(self, url: str, shot: _Shot, loading: Loading) -> None:
        """What is shown is no page of a portal: an error page of the browser, or blob, about …"""
        if not url.startswith("chrome-error:"):
            shot.fail(ErrorClass.REFUSED_URL, f"the page left for {url.partition(':')[0]}:")
        elif loading.broken:
            shot.fail(_class_of(loading.broken), loading.broken)
        else:
            shot.detail = EMPTY

    async def _axe(
        self, inside: Inside, session: CDPSession, shot: _Shot, loading: Loading
    ) -> None:
        """Without a result accessibility is not measured, and the log of the page says why."""
        try:
            async with asyncio.timeout(self.bounds.axe):
                shot.axe = await inside.axe()
        except TimeoutError:
            loading.console.append("axe: out of time")
            await session.send("Runtime.terminateExecution")
        except PlaywrightError as error:
            loading.console.append(clean_text(f"axe: {error.message}"[:300]))


async def _race(
    work: Coroutine[Any, Any, None], stop: asyncio.Event, seconds: float | None
) -> Literal["done", "stop", "time"]:
    """Do the work unless something stops it or time is up. Raises what the work raises."""
    task = asyncio.ensure_future(work)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopped}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
            return "done"
        return "stop" if stop.is_set() else "time"
    finally:
        stopped.cancel()
        task.cancel()
        await asyncio.wait({task, stopped})
        if not task.cancelled():
            task.exception()  # what breaks while it is being stopped is of no interest


def _lost(note: Note, loading: Loading) -> bool:
    """Whether a note on the address of the main document means that the document never came."""
    whole = note.url == loading.address.partition("#")[0] and note.method != "CONNECT"
    return whole and not loading.broken and note.error is not ErrorClass.BUDGET


def _why(message: str, loading: Loading) -> tuple[ErrorClass, str]:
    """Class and words for a navigation that failed; the proxy knows best."""
    note = loading.proxy.note_of(loading.address)
    if note is not None:
        return note.error, note.detail
    if loading.download or "Download is starting" in message:
        return ErrorClass.REFUSED_URL, "a download, not a page"
    entry = next(
        (e for e in loading.entries.values() if e.refused and e.url == loading.address), None
    )
    if entry is not None:
        return ErrorClass.REFUSED_URL, entry.refused
    return _class_of(message), message


def _class_of(message: str) -> ErrorClass:
    return next((kind for text, kind in _CHROMIUM_ERRORS if text in message), ErrorClass.ENGINE)
