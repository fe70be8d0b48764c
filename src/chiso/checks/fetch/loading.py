"""One page being loaded: what it asks for, what we refuse, and when it has come to rest.

The proxy already makes sure that nothing but GET and HEAD to checked addresses leaves. Here the
same is refused inside the browser, where a refused form leaves the page standing and the record
can say what was tried; and what needs no network is stopped too: popups, downloads, dialogs,
frames without end, and pages that go elsewhere after they were loaded.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import (
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Dialog,
    Download,
    Frame,
    Page,
    Request,
    Response,
    Route,
    WebSocketRoute,
)
from playwright.async_api import Error as PlaywrightError

from chiso.checks.artifacts import Requested
from chiso.checks.fetch.guard import Guard
from chiso.checks.fetch.observers import Inside, script
from chiso.checks.fetch.proxy import Proxy

MOST_REQUESTS = 300  # kept in the record
MOST_CONSOLE = 20  # lines kept
_LINE = 300  # characters of a line
_URL = 2_000  # characters of a URL in the record
AFTER_LOADING = "navigation after loading"
_STEP = 0.02  # seconds between two looks at whether the page rests


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one page may do; seconds and counts."""

    load: float = 30.0  # seconds until the load event
    rest: float = 0.5  # seconds without a request after it
    most_rest: float = 5.0  # seconds that are waited for that silence
    whole: float = 75.0  # seconds for one run altogether, with picture and rules
    axe: float = 30.0  # seconds for the accessibility rules
    patience: float = 10.0  # seconds for one answer of a page, and for it to close
    requests: int = 600
    received: int = 60_000_000  # bytes from portals
    frames: int = 20
    depth: int = 3  # of frames in frames
    navigations: int = 6  # of the main frame: scripts and refresh tags may lead on


@dataclass
class Entry:
    """A request as it is seen while the page loads."""

    url: str
    method: str
    kind: str
    status: int | None = None
    refused: str = ""

    def record(self) -> Requested:
        """The same in the form of the record."""
        return Requested(
            url=clean_url(self.url), method=clean_text(self.method), kind=self.kind,
            status=self.status, refused=clean_text(self.refused),
        )  # fmt: skip


@dataclass
class Loading:
    """Watches one page; `attach` before it goes anywhere, `rest` after."""

    page: Page
    session: CDPSession
    guard: Guard
    proxy: Proxy
    bounds: Bounds
    entries: dict[object, Entry] = field(default_factory=dict)
    refusals: list[Entry] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    status: int | None = None
    address: str = ""  # of the last main document asked for
    download: bool = False
    broken: str = ""  # why the main document came only in part
    settled: bool = False  # from now on the page may not go elsewhere
    loaded: bool = False
    crashed: asyncio.Event = field(default_factory=asyncio.Event)
    navigations: int = 0
    _leading: Request | None = None  # a main document on its way
    _standing: Request | None = None  # the main document that is shown
    _flying: set[object] = field(default_factory=set)
    _moved: float = 0.0  # when a request last began or ended
    _frames: int = 0
    _chores: set[asyncio.Task[None]] = field(default_factory=set)

    async def attach(self, context: BrowserContext) -> None:
        """Put the refusals in place and listen to all that the page does."""
        page = self.page
        await asyncio.gather(
            context.route("**/*", self._route),
            context.route_web_socket(lambda _: True, self._socket),
            context.add_init_script(script("without")),
        )
        context.on("page", self._popup)
        page.on("request", self._asked)
        page.on("response", self._answered)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)
        page.on("framenavigated", self._arrived)
        page.on("load", self._load)
        page.on("dialog", self._dialog)
        page.on("download", self._download)
        page.on("crash", lambda _: self.crashed.set())
        page.on("console", self._console)
        page.on("pageerror", self._error)

    async def rest(self) -> bool:
        """Wait for the load event and then for silence; whether the page finished loading."""
        clock = asyncio.get_running_loop().time
        end = clock() + self.bounds.load
        idle = clock()  # since when an unfinished page asks for nothing
        since: float | None = None  # since when the page that stands is loaded
        while not self.proxy.spent and not self.broken:
            await asyncio.sleep(_STEP)
            now = clock()
            if not self.loaded or (self._leading is not None and now < end):
                since = None
                if now >= end:
                    break
                idle = now if self._flying else idle
                if now - idle >= self.bounds.rest:
                    idle = now
                    await self._ready()
                continue
            since = now if since is None else since
            quiet = now - max(self._moved, since)
            if now - since >= self.bounds.most_rest:
                break
            if not self._flying and quiet >= self.bounds.rest:
                break
        return self.loaded

    async def _ready(self) -> bool:
        """Ask the document itself: no load event is told where a navigation was refused."""
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(1):
                state = await Inside(self.session).evaluate("document.readyState")
                self.loaded = self.loaded or state == "complete"
        return self.loaded

    async def finish(self) -> None:
        """Let the small answers to dialogs and popups end; call when the page is closed."""
        for chore in self._chores:
            chore.cancel()
        if self._chores:
            await asyncio.wait(self._chores)

    def requests(self) -> tuple[Requested, ...]:
        """What was asked for and what was refused, joined with what the proxy knows."""
        entries = [*self.entries.values(), *self.refusals]
        known = {(entry.url, entry.method): entry for entry in reversed(entries)}
        for note in self.proxy.notes:
            entry = known.get((note.url, note.method))
            said = f"{note.error}: {note.detail}"
            if entry is not None:
                entry.refused = entry.refused or (said if note.refused else "")
                entry.status = None  # the answer was the proxy's own
            elif note.method == "CONNECT":
                for other in entries:
                    if note.refused and _root(other.url) == note.url and not other.refused:
                        other.refused = said
            elif note.refused:
                entries.append(Entry(note.url, note.method, "other", None, said))
        # Refusals first: what was tried must not be lost behind three hundred pictures.
        entries.sort(key=lambda entry: not entry.refused)
        return tuple(entry.record() for entry in entries[:MOST_REQUESTS])

    # ── what leaves the page ──

    async def _route(self, route: Route, request: Request) -> None:
        try:
            reason = self._refusal(request)
        except Exception as error:  # noqa: BLE001 - what is not understood does not leave
            reason = f"engine: {type(error).__name__}"
        # A page that closes meanwhile takes its requests with it.
        with contextlib.suppress(PlaywrightError):
            if not reason:
                await route.continue_()
                return
            entry = self.entries.get(request)
            if entry is None:
                self._refuse(request.url, request.method, request.resource_type, reason)
            else:
                entry.refused = reason
            # "aborted" leaves the standing page in place of an error page
            leaves = request.is_navigation_request()
            await route.abort("aborted" if leaves else "blockedbyclient")

    def _refusal(self, request: Request) -> str:
        """Why a request may not leave; empty if it may."""
        if request.method not in {"GET", "HEAD"}:
            return f"method {request.method}"
        try:
            frame = request.frame
            if frame.page is not self.page:
                return "popup"
        except PlaywrightError:
            # Either a worker, which has no frame, or the first document of a page not yet shown.
            if request.is_navigation_request():
                return "popup"
            frame = None
        if len(self.entries) > self.bounds.requests:
            return "budget: too many requests"
        if request.is_navigation_request() and frame is not None:
            reason = self._refuse_navigation(frame)
            if reason:
                return reason
        refused = self.guard.refuse_url(request.url)
        return f"refused_url: {refused}" if refused else ""

    def _refuse_navigation(self, frame: Frame) -> str:
        if frame.parent_frame is None:
            if self.settled:
                return AFTER_LOADING
            if self.navigations > self.bounds.navigations:
                return "too many navigations"
            return ""
        self._frames += 1
        depth = 0
        up: Frame | None = frame.parent_frame
        while up is not None:
            depth, up = depth + 1, up.parent_frame
        if depth > self.bounds.depth:
            return "frames nested too deep"
        return "too many frames" if self._frames > self.bounds.frames else ""

    def _refuse(self, url: str, method: str, kind: str, reason: str) -> None:
        if len(self.refusals) < MOST_REQUESTS:
            self.refusals.append(Entry(url, method, kind, None, reason))

    def _socket(self, socket: WebSocketRoute) -> None:
        self._refuse(socket.url, "GET", "websocket", "websocket")
        self._do(socket.close(code=1001))

    def _popup(self, page: Page) -> None:
        if page is not self.page:
            self._refuse(page.url, "GET", "popup", "popup")
            self._do(page.close())

    def _dialog(self, dialog: Dialog) -> None:
        self._say(f"dialog {dialog.type}: {dialog.message}")
        self._do(dialog.dismiss())

    def _download(self, download: Download) -> None:
        self.download = True
        self._refuse(download.url, "GET", "download", "download")
        self._do(download.cancel())

    def _do(self, work: object) -> None:
        async def quietly() -> None:
            with contextlib.suppress(PlaywrightError):
                await work  # type: ignore[misc]

        chore = asyncio.ensure_future(quietly())
        self._chores.add(chore)
        chore.add_done_callback(self._chores.discard)

    # ── what the page does ──

    def _asked(self, request: Request) -> None:
        url = request.url
        if not url.startswith(("http://", "https://")):
            if not url.startswith(("data:", "blob:", "about:")):
                self._refuse(url, request.method, request.resource_type, "refused_url: scheme")
            return
        self._moved = asyncio.get_running_loop().time()
        self._flying.add(request)
        main = self._is_main(request)
        if len(self.entries) <= self.bounds.requests:
            entry = Entry(url, request.method, request.resource_type)
            if main and self.settled:
                # Said at once: the page may be closed before the interception gets to it.
                entry.refused = AFTER_LOADING
            self.entries[request] = entry
        if main:
            self._leading = request
            self.address = url
            if request.redirected_from is None:
                self.navigations += 1

    def _is_main(self, request: Request) -> bool:
        try:
            return request.is_navigation_request() and request.frame is self.page.main_frame
        except PlaywrightError:
            return False

    def _answered(self, response: Response) -> None:
        request = response.request
        entry = self.entries.get(request)
        if entry is not None:
            entry.status = response.status
        if request is self._leading:
            self.status = response.status

    def _ended(self, request: Request) -> None:
        if request in self._flying:
            self._moved = asyncio.get_running_loop().time()
            self._flying.discard(request)
        if request.failure is None:
            return
        if request is self._leading:
            self._leading = None  # it never came; the standing page stays
        elif request is self._standing:
            self.broken = request.failure

    def _arrived(self, frame: Frame) -> None:
        # A new document; moves within one (fragments, history) have no request on its way.
        if frame is self.page.main_frame and self._leading is not None:
            self._standing, self._leading = self._leading, None
            self.loaded = False

    def _load(self, page: Page) -> None:
        self.loaded = True

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._say(f"error: {message.text}")
        if len(self.console) >= MOST_CONSOLE:
            with contextlib.suppress(KeyError, ValueError):
                self.page.remove_listener("console", self._console)

    def _error(self, error: PlaywrightError) -> None:
        self._say(f"uncaught: {error.message}")

    def _say(self, line: str) -> None:
        if len(self.console) < MOST_CONSOLE:
            self.console.append(clean_text(" ".join(line[: 4 * _LINE].split())[:_LINE]))


def clean_text(text: str) -> str:
    """Text without lone surrogates, which scripts may hold and no file of ours can."""
    return text.encode("utf-8", "replace").decode()


def clean_url(url: str) -> str:
    """A URL short enough for the record."""
    return clean_text(url[:_URL])


def _root(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}/"
