"""The client: asks for a URL and tells everything that happened, whatever the other side does.

One exchange after the other: the guard reads the URL, the resolver's answer is judged, the gate
gives the turn, one connection is made to one judged address, and the answer is read within
limits. Redirects are followed by hand, so that each hop goes the same way. What the network does
is never an exception here: it is an error class on an Exchange.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import OrderedDict
from collections.abc import Callable
from types import TracebackType
from typing import Literal

import aiohttp

from chiso.checks.artifacts import Chain, Digest, Exchange
from chiso.checks.fetch import decoding
from chiso.checks.fetch.drafting import (
    REDIRECTS,
    Draft,
    Method,
    Wish,
    header_size,
    header_texts,
    lateness,
    loop_words,
    not_asked,
    onward,
    recordable,
    utc_now,
)
from chiso.checks.fetch.guard import Destination, Guard, Refused
from chiso.checks.fetch.politeness import Gate, Stopped, retry_after
from chiso.checks.fetch.resolving import Resolution, Resolver
from chiso.checks.fetch.robots import Robots
from chiso.checks.fetch.taking import Pace, take
from chiso.checks.fetch.transport import (
    FAILURES,
    FAULTS,
    NO_CONNECTION,
    Alarm,
    Connector,
    NoCookies,
    OpenSocket,
    Phase,
    contexts,
    current,
    name_fault,
    one_line,
    open_socket,
)
from chiso.checks.network import Network
from chiso.checks.states import ErrorClass

MOST_TRIED = 3  # addresses of one name that are tried in turn
MOST_BODIES = 64_000_000  # bytes of bodies that one client keeps at hand
RATE_WINDOW = 10.0  # seconds over which a slow drip is measured
ACCEPT = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Encoding": decoding.ASKED,
    "Accept-Language": "vi,en;q=0.5",
}
#: faults of TLS after which the content is read all the same, and how the record says so
_DISTRUST = {
    ErrorClass.TLS_CERT: "certificate not trusted",
    ErrorClass.TLS_HANDSHAKE: "handshake only with weak keys",
}


class Client:
    """An asynchronous client for one visit or for a sweep over many hosts.

    `keep` stores a decoded body and gives its SHA-256; what it raises is passed on. `resolver`
    and `gate` may be shared by many clients; `body` is the assessed body for whom it is asked, so
    that the operator's stop of that body is heard. `sockets` opens the sockets that the guard has
    let through, `rate_window` are the seconds over which `limits.min_rate` is measured.
    Raises ValueError where the settings cannot be read, OSError where `ca_file` cannot.
    """

    def __init__(
        self,
        network: Network,
        keep: Callable[[bytes], Digest],
        *,
        resolver: Resolver | None = None,
        gate: Gate | None = None,
        body: str = "",
        sockets: OpenSocket = open_socket,
        rate_window: float = RATE_WINDOW,
    ) -> None:
        self.network = network
        self.guard = resolver.guard if resolver else Guard(network.allow, network.ports)
        self.resolver = resolver or Resolver(network, self.guard)
        self.gate = gate or Gate(network.politeness, network.stop_file)
        self.rules: dict[str, Robots] = {}  # host → what its robots.txt says
        self.for_body = body
        self._keep = keep
        self._sockets = sockets
        self._window = rate_window
        self._untrusted: dict[str, str] = {}  # host and port → why its certificate is not trusted
        self._bodies: OrderedDict[Digest, bytes] = OrderedDict()
        self._held = 0
        self._strict, self._lax = contexts(network.ca_file)
        self._session: aiohttp.ClientSession | None = None
        self._fresh: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Client:
        self._session = self._open_session(force_close=False)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for session in (self._session, self._fresh):
            if session is not None:
                await session.close()
        self._session = self._fresh = None

    def body(self, digest: Digest | None) -> bytes | None:
        """A body that this client brought, as long as it is among the latest 64 MB."""
        return self._bodies.get(digest) if digest else None

    async def get(
        self,
        url: str,
        *,
        method: Method = "GET",
        attempt: int = 1,
        fresh: bool = False,
        family: Literal[4, 6] | None = None,
        polite: bool = True,
        robots: bool = True,
        alternative: bool = False,
        follow: bool = True,
    ) -> Chain:
        """Ask for a URL and follow its redirects; always a Chain, whatever the network does.

        `attempt` above 1 doubles the time limits and resolves the name anew; `fresh` does so too
        and makes new connections; `family` is 4 or 6 for one kind of address only; without
        `polite` nothing is waited for; without `robots` robots.txt is not asked; `alternative`
        asks the second resolvers. Raises ValueError for a method other than GET and HEAD, and
        what `keep` raises.
        """
        if method not in ("GET", "HEAD"):
            raise ValueError(f"only GET and HEAD are ever sent, not {method!r}")
        wish = Wish(method, attempt, fresh, family, polite, robots, alternative, follow)
        hops: list[Exchange] = []
        seen: set[str] = set()
        target = url
        while True:
            exchange, following = await self._exchange(target, wish)
            hops.append(exchange)
            seen.add(exchange.url)
            if following is None:
                break
            fault = self._astray(following, seen, exchange)
            if fault is not None:
                hops.append(not_asked(following, method, *fault))
                break
            target = following
        return Chain(hops=tuple(hops), attempt=attempt)

    def _astray(
        self, following: str, seen: set[str], last: Exchange
    ) -> tuple[ErrorClass, str] | None:
        if following in seen:
            return ErrorClass.REDIRECT_LOOP, loop_words(last)
        most = self.network.limits.redirects
        if len(seen) > most:
            return ErrorClass.TOO_MANY_REDIRECTS, f"more than {most} redirects"
        return None

    # --- one exchange ---------------------------------------------------------------------------

    async def _exchange(self, url: str, wish: Wish) -> tuple[Exchange, str | None]:
        """One hop, and where it sends us if it does and we follow."""
        draft = Draft(recordable(url), wish.method, utc_now(), time.perf_counter())
        try:
            place = await self._admit(draft, url, wish)
        except Refused as refused:
            draft.fail(refused.error, refused.detail)
            draft.found = Resolution(
                refused.addresses, refused.resolver, refused.milliseconds or 0.0
            )
            return draft.done(), None
        if place is None:
            return draft.done(), None
        try:
            await self._in_turn(draft, place, wish)
        except Stopped as stopped:
            draft.fail(ErrorClass.STOPPED, str(stopped))
        if draft.data:
            # outside of all time limits and nets: what the store raises is no fault of the portal
            draft.body = self._keep(draft.data)
            self._remember(draft.body, draft.data)
        return draft.done(), onward(draft) if wish.follow else None

    async def _admit(self, draft: Draft, url: str, wish: Wish) -> Destination | None:
        """All that is settled before anything is sent. None where the draft says why not.

        Raises Refused.
        """
        if self.gate.stopped(self.for_body):
            draft.fail(ErrorClass.STOPPED, "the operator has stopped the checks")
            return None
        place = self.guard.destination(url)
        draft.url = place.url
        rules = self.rules.get(place.host) if wish.robots else None
        if rules is not None:
            why = self._forbidden(rules, place.url)
            if why:
                draft.fail(ErrorClass.ROBOTS, why)
                return None
        draft.found = await self.resolver.checked(
            place.host,
            alternative=wish.alternative,
            family=wish.family,
            fresh=wish.fresh or wish.attempt > 1,
        )
        if draft.found.error is not None:
            draft.fail(draft.found.error, draft.found.detail)
            return None
        return place

    def _forbidden(self, rules: Robots, url: str) -> str:
        if not rules.allows(url):
            return "robots.txt cannot be had today" if rules.closed else "robots.txt says no"
        most = self.network.politeness.most_pause
        if rules.crawl_delay is not None and rules.crawl_delay > most:
            return f"robots.txt asks for {rules.crawl_delay:g} s between requests"
        return ""

    async def _in_turn(self, draft: Draft, place: Destination, wish: Wish) -> None:
        """Wait for the turn, ask one address after the other, and tell the gate how it went."""
        rules = self.rules.get(place.host)
        delay = rules.crawl_delay if rules is not None else None
        await self.gate.enter(place.host, delay, polite=wish.polite)
        failed, later = False, None
        try:
            if self.gate.stopped(self.for_body):
                raise Stopped("the operator has stopped the checks")
            draft.at, draft.begun = utc_now(), time.perf_counter()
            loop_end = asyncio.get_running_loop().time() + self._seconds(wish, "total")
            for address in draft.found.addresses[:MOST_TRIED]:
                if wish.polite:
                    await self.gate.take(address)
                try:
                    await self._at(draft, place, address, wish, loop_end)
                finally:
                    if wish.polite:
                        self.gate.give(address)
                if draft.reached or draft.error not in NO_CONNECTION:
                    break
            failed = draft.error in FAILURES or (draft.status or 0) >= 500
            if draft.status in (429, 503):
                failed, later = True, retry_after(draft.header("retry-after"), time.time())
        finally:
            self.gate.leave(place.host, failed=failed, later=later, polite=wish.polite)

    async def _at(
        self, draft: Draft, place: Destination, address: str, wish: Wish, total_by: float
    ) -> None:
        """Ask one address; where TLS fails for want of trust, once more without asking for it, so
        that the content can be judged: the certificate is judged elsewhere."""
        draft.detail = f"{draft.address}: {draft.error.value}" if draft.error else ""
        draft.address, draft.error = address, None
        key = f"{place.host}:{place.port}"
        why = "" if wish.fresh or place.scheme == "http" else self._untrusted.get(key, "")
        first: ErrorClass | None = None
        if not why:
            await self._ask(draft, place, wish, total_by, self._strict)
            first = draft.error
            if place.scheme == "http" or first is None or first not in _DISTRUST:
                return
            why = f"{_DISTRUST[first]}: {draft.detail}"
        draft.error, draft.detail = None, ""
        await self._ask(draft, place, wish, total_by, self._lax)
        draft.detail = one_line(f"{why}; {draft.detail}" if draft.detail else why)
        if draft.reached:
            self._untrusted[key] = why
        elif first is not None:
            draft.error = first  # what was seen first is what the host shows

    async def _ask(
        self,
        draft: Draft,
        place: Destination,
        wish: Wish,
        total_by: float,
        context: ssl.SSLContext,
    ) -> None:
        """One request over one connection."""
        port = self.network.connect_ports.get(place.port, place.port)
        try:
            url = place.wire(draft.address, port)
        except Refused as refused:
            draft.fail(refused.error, refused.detail)
            return
        draft.asked = True
        now = asyncio.get_running_loop().time()
        alarm = Alarm(min(now + self._seconds(wish, "connect"), total_by))
        phase = Phase(alarm, self._seconds(wish, "first_byte"), total_by)
        token = current.set(phase)
        try:
            async with alarm:
                response = await self._session_for(wish).request(
                    draft.method,
                    url,
                    headers={"Host": place.authority},
                    allow_redirects=False,
                    ssl=context,
                    server_hostname=place.host,
                )
                try:
                    await self._receive(draft, response, phase, wish)
                finally:
                    # a body that was read to its end has given its connection back by now
                    response.close()
        except TimeoutError:
            draft.fail(*lateness(phase, draft.status))
        except FAULTS as fault:
            draft.fail(
                *name_fault(fault, in_tls=place.scheme == "https" and phase.connected is None)
            )
        finally:
            current.reset(token)
            draft.reached = phase.connected is not None
            if phase.connected is not None and phase.opened:
                draft.connect = (phase.connected - phase.dialled) * 1000

    async def _receive(
        self, draft: Draft, response: aiohttp.ClientResponse, phase: Phase, wish: Wish
    ) -> None:
        limits = self.network.limits
        if phase.connected is not None:
            draft.first_byte = (time.perf_counter() - phase.connected) * 1000
        draft.status = response.status
        raw = response.raw_headers
        if header_size(raw) > limits.header_bytes:
            draft.fail(ErrorClass.TOO_LARGE, f"more than {limits.header_bytes} bytes of headers")
            return
        draft.headers = header_texts(raw)
        if draft.status < 200:
            draft.fail(ErrorClass.HTTP_MALFORMED, f"the final status is {draft.status}")
            return
        if draft.status in REDIRECTS and wish.follow and draft.header("location"):
            draft.wire = response.content.total_bytes
            return  # nobody reads it
        pace = Pace(phase.alarm, self._window, limits.min_rate, phase.total_by)
        taken = await take(
            response.content, response.headers.get("Content-Encoding", ""), limits, pace
        )
        draft.wire, draft.size, draft.truncated = taken.wire, len(taken.data), taken.truncated
        if taken.error is not None:
            draft.fail(taken.error, taken.detail)
        draft.data = taken.data

    # --- small things ---------------------------------------------------------------------------

    def _seconds(self, wish: Wish, name: Literal["connect", "first_byte", "total"]) -> float:
        limit: float = getattr(self.network.limits, name)
        return limit if wish.attempt == 1 else 2 * limit

    def _remember(self, digest: Digest, data: bytes) -> None:
        if digest in self._bodies:
            self._bodies.move_to_end(digest)
            return
        self._bodies[digest] = data
        self._held += len(data)
        while self._held > MOST_BODIES:
            self._held -= len(self._bodies.popitem(last=False)[1])

    def _session_for(self, wish: Wish) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("the client is not open")
        if not wish.fresh:
            return self._session
        if self._fresh is None:
            self._fresh = self._open_session(force_close=True)
        return self._fresh

    def _open_session(self, *, force_close: bool) -> aiohttp.ClientSession:
        network = self.network
        ports = frozenset(network.connect_ports.get(port, port) for port in self.guard.ports)
        most = max(8_190, network.limits.header_bytes // 2)
        return aiohttp.ClientSession(
            connector=Connector(self.guard, ports, force_close=force_close, sockets=self._sockets),
            cookie_jar=NoCookies(),
            headers={**ACCEPT, "User-Agent": network.agent},
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            max_line_size=most,
            max_field_size=most,
        )
