"""The test internet: names, certificates and portals on loopback, in one background thread.

    with Internet() as internet:
        internet.add(Host("bacson.gov.vn", handler=lambda asked: html("<p>Xin chào</p>")))
        network = internet.network()

Nothing listens outside 127.0.0.0/8 and ::1. All hosts share one port for HTTP and one for HTTPS,
so that `connect_ports` reaches them; each has its own address 127.x.y.z, or all ordinary ones
share one (`own_addresses=False`, for thousands). A name has an IPv6 address unless its kind says
otherwise: ::1, which ordinary hosts share, or for a host that needs sockets of its own (raw, a
closed port, TLS "none", "broken" or "old_protocols") its IPv4 address in IPv6 form, as there is
but one loopback address in IPv6.
A host whose name begins with `*.` answers for every name below that has no host of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import ssl
import threading
from collections import Counter, deque
from collections.abc import Coroutine, Iterable
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.internet.ca import CertificateAuthority
from tests.internet.dns import FIRST, SECOND, SIXTH, NameServers
from tests.internet.loopback import SHARED, free_ports, has_ipv6, is_loopback
from tests.internet.model import Asked, Host
from tests.internet.servers import Web, babble
from tests.internet.zones import Zones

from chiso.checks.network import Limits, Network, Politeness

T = TypeVar("T")
#: requests that are kept for each host
MOST_KEPT = 10_000
BACKLOG = 1_024
CONTACT = "https://chiso.example/bot"
#: what "private" names point to; nobody connects
PRIVATE = ("10.0.0.1",)


class Internet:
    """A small internet; `start` and `stop` it, or use it in a `with`.

    Hosts may be added before and after the start. `log` off keeps no requests, for benchmarks.
    `now` is the time of the certificates and signatures.
    """

    def __init__(
        self,
        *hosts: Host,
        own_addresses: bool = True,
        log: bool = True,
        now: dt.datetime | None = None,
    ) -> None:
        self.ipv6 = has_ipv6()
        self.ca = CertificateAuthority(now)
        servers = (FIRST, SECOND, SIXTH) if self.ipv6 else (FIRST, SECOND)
        self.zones = Zones(servers, now)
        self.names = NameServers(self.zones, ipv6=self.ipv6)
        self.http_port = 0
        self.https_port = 0
        self.connections: Counter[str] = Counter()  # of raw hosts
        self._own_addresses = own_addresses
        self._log = log
        self._hosts: dict[str, Host] = {}
        self._asked: dict[str, deque[Asked]] = {}
        self._counts: Counter[str] = Counter()
        self._servers: dict[str, list[asyncio.Server]] = {}
        self._given = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._tls = self._front_context()
        for host in hosts:
            self.add(host)

    # --- life -----------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Open all sockets; returns when everything listens. Raises OSError where it cannot."""
        ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        try:
            ready.result(30)
        except BaseException:
            self._thread.join(5)
            self.ca.close()
            raise

    def stop(self) -> None:
        """Close everything and wait for the thread. May be called twice."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
        self._loop, self._thread = None, None
        self.ca.close()

    def _run(self, ready: Future[None]) -> None:
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(_quiet)
        self._loop = loop
        try:
            loop.run_until_complete(self._open())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            ready.set_exception(error)
            loop.close()
            return
        ready.set_result(None)
        loop.run_forever()
        loop.run_until_complete(self._shut())
        loop.close()

    async def _open(self) -> None:
        self.http_port, self.https_port = free_ports(self.ipv6)
        await self.names.start()
        for shared in (SHARED, SIXTH) if self.ipv6 else (SHARED,):
            await self._listen_web(shared, http=True, https=True)
        for host in list(self._hosts.values()):
            await self._listen(host)

    async def _shut(self) -> None:
        await self.names.stop()
        for servers in self._servers.values():
            for server in servers:
                server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run in the thread of the internet, and wait."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    # --- hosts ----------------------------------------------------------------------------------

    def add(self, host: Host) -> Host:
        """Add a host, whose `addresses` are filled in. Raises ValueError where its name is taken,
        or an address is none of loopback."""
        name = host.name.lower()
        if name in self._hosts:
            raise ValueError(f"there is a host {name} already")
        host.addresses = host.addresses or self._addresses(host)
        if not all(map(is_loopback, host.addresses)):
            raise ValueError(f"{host.name}: {host.addresses} are not loopback")
        if self._loop is None:
            self._put(host)
        else:
            self._call(self._join(host))
        return host

    def add_all(self, hosts: Iterable[Host]) -> None:
        """Add several hosts."""
        for host in hosts:
            self.add(host)

    def remove(self, name: str) -> None:
        """Take a host away, with what it was asked."""
        name = name.lower()

        async def leave() -> None:
            for server in self._servers.pop(name, []):
                server.close()
            self._hosts.pop(name, None)
            self._asked.pop(name, None)
            self._counts.pop(name, None)
            self.zones.drop(name)
            self.names.forget()

        self._call(leave())

    def _put(self, host: Host) -> None:
        self._hosts[host.name.lower()] = host
        self.zones.put(host, self._answers(host))
        self.names.forget()

    async def _join(self, host: Host) -> None:
        await self._listen(host)
        self._put(host)

    def _addresses(self, host: Host) -> tuple[str, ...]:
        if self._own_addresses or _is_special(host):
            self._given += 1
            # 127.16.0.1 and up: well away from the name servers and the shared address
            number = (127 << 24) + (16 << 16) + self._given + 2 * (self._given // 254) + 1
            fourth = ".".join(str(byte) for byte in number.to_bytes(4, "big"))
        else:
            fourth = SHARED
        if not self.ipv6:
            return (fourth,)
        return fourth, f"::ffff:{fourth}" if _is_special(host) else SIXTH

    def _answers(self, host: Host) -> tuple[str, ...]:
        """What the name server says of a host."""
        if host.answers:
            return host.answers
        if host.dns == "private":
            return PRIVATE
        if host.dns == "v6_only":
            return tuple(a for a in host.addresses if ":" in a) or (SIXTH,)
        if host.dns == "no_v6":
            return tuple(a for a in host.addresses if ":" not in a)
        return host.addresses

    def find(self, name: str) -> Host | None:
        """The host that answers for a name."""
        host = self._hosts.get(name)
        while host is None and "." in name:
            name = name.partition(".")[2]
            host = self._hosts.get(f"*.{name}")
        return host

    # --- listening ------------------------------------------------------------------------------

    async def _listen(self, host: Host) -> None:
        name = host.name.lower()
        for address in host.addresses:
            if address == SHARED or ":" in address:
                continue
            plain, secure = host.plain != "closed", host.tls != "none"
            if host.raw is not None:
                await self._listen_raw(name, host, address)
            elif host.tls == "broken":
                await self._listen_web(address, http=plain, https=False, owner=name)
                await self._stream(name, babble, address, self.https_port, None)
            else:
                tls = self.ca.context(name, host.tls) if host.tls == "old_protocols" else None
                await self._listen_web(address, http=plain, https=secure, owner=name, tls=tls)

    async def _listen_web(
        self,
        address: str,
        *,
        http: bool,
        https: bool,
        owner: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        loop = asyncio.get_running_loop()
        servers = self._servers.setdefault(owner, [])
        if http:
            servers.append(
                await loop.create_server(
                    lambda: Web("http", self.find, self._count, self._note),
                    address, self.http_port, backlog=BACKLOG,
                )
            )  # fmt: skip
        if https:
            servers.append(
                await loop.create_server(
                    lambda: Web("https", self.find, self._count, self._note),
                    address, self.https_port, ssl=tls or self._tls, backlog=BACKLOG,
                )
            )  # fmt: skip

    async def _listen_raw(self, name: str, host: Host, address: str) -> None:
        assert host.raw is not None
        handler = host.raw

        def answering(tls: bool) -> Any:
            async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                self.connections[name] += 1
                with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
                    await handler(reader, writer, tls)
                writer.close()

            return answer

        if host.plain != "closed":
            await self._stream(name, answering(False), address, self.http_port, None)
        if host.tls != "none":
            context = self.ca.context(name, host.tls)
            await self._stream(name, answering(True), address, self.https_port, context)

    async def _stream(
        self, owner: str, answer: Any, address: str, port: int, tls: ssl.SSLContext | None
    ) -> None:
        server = await asyncio.start_server(answer, address, port, ssl=tls, backlog=BACKLOG)
        self._servers.setdefault(owner, []).append(server)

    def _front_context(self) -> ssl.SSLContext:
        """The context that picks the certificate by the name that the client asks for."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

        def choose(
            connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext
        ) -> int | None:
            host = self.find((name or "").lower())
            if host is None or host.raw is not None or host.tls in {"none", "broken"}:
                return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            connection.context = self.ca.context(host.name.lower(), host.tls)
            return None

        context.sni_callback = choose
        return context

    # --- what a test asks -----------------------------------------------------------------------

    def _count(self, host: Host) -> int:
        return self._counts[host.name.lower()]

    def _note(self, host: Host, asked: Asked) -> None:
        name = host.name.lower()
        self._counts[name] += 1
        if self._log:
            kept = self._asked.get(name)
            if kept is None:
                kept = self._asked[name] = deque(maxlen=MOST_KEPT)
            kept.append(asked)

    def requests(self, name: str) -> list[Asked]:
        """What a host was asked over HTTP, oldest first; not kept for raw hosts."""
        return list(self._asked.get(name.lower(), ()))

    def forget(self, name: str) -> None:
        """Forget what a host was asked, and begin to count anew."""
        self._asked.pop(name.lower(), None)
        self._counts.pop(name.lower(), None)

    def say_otherwise(self, name: str, *addresses: str) -> None:
        """The second name server gives other IPv4 addresses for a name, of which nobody is asked
        unless a test does so; none takes it back."""
        if addresses:
            self.names.split[name] = addresses
        else:
            self.names.split.pop(name, None)
        self.names.forget()

    def lag(self, zone: str) -> None:
        """The second name server holds an older copy of a zone."""
        self.zones.late.add(zone)
        self.names.forget()

    def network(self, **changes: Any) -> Network:
        """Settings that reach this internet and nothing else; `changes` replace some of them."""
        settings: dict[str, Any] = {
            "contact": CONTACT,
            "vantage": "test",
            "resolvers": (f"{FIRST}:{self.names.port}",),
            "second_resolvers": (f"{SECOND}:{self.names.port}",),
            "allow": ("127.0.0.0/8", "::1/128"),
            "connect_ports": {53: self.names.port, 80: self.http_port, 443: self.https_port},
            "ca_file": str(self.ca.root_file),
            "ipv6": "auto" if self.ipv6 else "off",
            "confirm": (0.05, 0.05),
            "politeness": Politeness(pause=0.0, most_wait=0.2),
            "limits": Limits(connect=2.0, first_byte=2.0, total=5.0, visit=60.0),
        }
        return Network(**{**settings, **changes})


def _is_special(host: Host) -> bool:
    """Whether the host needs listeners of its own."""
    return (
        host.raw is not None
        or host.plain == "closed"
        or host.tls in {"none", "broken", "old_protocols"}
    )


def _quiet(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Clients here break handshakes and connections on purpose: only our own faults are told."""
    error = context.get("exception")
    if error is None or isinstance(error, (OSError, ssl.SSLError, asyncio.IncompleteReadError)):
        return
    logging.getLogger(__name__).error("in the test internet: %r", error, exc_info=error)
