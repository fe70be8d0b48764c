"""The wire below the client: connections only to judged addresses, TLS, and names for faults."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import aiohttp
from aiohttp import http_exceptions
from aiohttp.abc import AbstractResolver, ResolveResult

from chiso.checks.fetch.guard import Guard
from chiso.checks.states import ErrorClass

#: family, type, protocol, canonical name, address as the socket takes it
AddressInfo = tuple[Any, ...]
OpenSocket = Callable[[AddressInfo], socket.socket]


class SocketRefused(OSError):
    """No socket is opened to an address that the guard refuses."""


def open_socket(info: AddressInfo) -> socket.socket:
    """A plain socket."""
    return socket.socket(info[0], info[1], info[2])


class Alarm:
    """As asyncio.timeout, but moving it costs nothing: an alarm that rings too early for where it
    was moved to is set again."""

    __slots__ = ("_cancelling", "_handle", "_loop", "_rung", "_task", "when")

    def __init__(self, when: float) -> None:
        self.when = when  # loop time
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[Any] | None = None
        self._handle: asyncio.TimerHandle | None = None
        self._rung = False
        self._cancelling = 0

    async def __aenter__(self) -> Alarm:
        task = self._task = asyncio.current_task()
        self._cancelling = task.cancelling() if task is not None else 0
        self._handle = self._loop.call_at(self.when, self._ring)
        return self

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        if self._handle is not None:
            self._handle.cancel()
        task = self._task
        # as asyncio.timeout does: somebody else's cancellation goes before ours
        ours = self._rung and task is not None and task.uncancel() <= self._cancelling
        if ours and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def move(self, when: float) -> None:
        """Ring at that loop time."""
        if when < self.when and self._handle is not None and when < self._handle.when():
            self._handle.cancel()
            self._handle = self._loop.call_at(when, self._ring)
        self.when = when

    def _ring(self) -> None:
        if self._loop.time() < self.when:
            self._handle = self._loop.call_at(self.when, self._ring)
        elif self._task is not None:
            self._rung = True
            self._task.cancel()


class Phase:
    """Where one exchange stands. Times are of `time.perf_counter`, seconds."""

    __slots__ = ("alarm", "connected", "dialled", "first_byte", "opened", "total_by")

    def __init__(self, alarm: Alarm, first_byte: float, total_by: float) -> None:
        self.alarm = alarm  # the one alarm of the exchange; moved on from phase to phase
        self.first_byte = first_byte  # seconds
        self.total_by = total_by  # loop time
        self.dialled = time.perf_counter()
        self.connected: float | None = None
        self.opened = False  # a new connection, not one that was kept

    def on_connect(self) -> None:
        """The connection stands: from here the first byte is waited for."""
        self.connected = time.perf_counter()
        now = asyncio.get_running_loop().time()
        self.alarm.move(min(now + self.first_byte, self.total_by))


#: the exchange that this task is at
current: ContextVar[Phase | None] = ContextVar("phase", default=None)


class Connector(aiohttp.TCPConnector):
    """Connects to addresses only, and asks the guard once more before each socket.

    The client hands over addresses in place of names, so that no resolver below it is ever asked.
    """

    def __init__(
        self,
        guard: Guard,
        ports: frozenset[int],
        *,
        force_close: bool = False,
        sockets: OpenSocket = open_socket,
    ) -> None:
        self._guard = guard
        self._wire_ports = ports
        self._sockets = sockets
        super().__init__(
            resolver=_NoNames(),
            use_dns_cache=False,
            limit=0,
            happy_eyeballs_delay=None,
            force_close=force_close,
            socket_factory=self._open,
        )

    async def connect(
        self, req: aiohttp.ClientRequest, traces: Any, timeout: aiohttp.ClientTimeout
    ) -> Any:
        """As aiohttp's, telling the exchange when the connection stands."""
        connection = await super().connect(req, traces, timeout)
        phase = current.get()
        if phase is not None:
            phase.on_connect()
        return connection

    def _open(self, info: AddressInfo) -> socket.socket:
        address, port, *rest = info[4]
        why = self._guard.refuse_address(address)
        if not why and port not in self._wire_ports:
            why = f"port {port}"
        if not why and len(rest) > 1 and rest[1]:
            why = "an address with a zone"
        if why:
            raise SocketRefused(errno.EPERM, f"{address}: {why}")
        phase = current.get()
        if phase is not None:
            phase.opened = True
        return self._sockets(info)


class _NoNames(AbstractResolver):
    """A name must never come so far."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise SocketRefused(errno.EPERM, f"{host}: a name was not resolved by the guard")

    async def close(self) -> None:
        return None


class NoCookies(aiohttp.DummyCookieJar):
    """Neither keeps cookies nor reads them."""

    def update_cookies_from_headers(self, headers: Any, response_url: Any) -> None:
        return None


def contexts(ca_file: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The context that verifies, against the bundle or the machine's roots, and one that does not
    and bears weak keys: with it content is read that is judged for its content only.

    Both bear servers without RFC 5746 renegotiation, as browsers do. Raises OSError if the bundle
    cannot be read.
    """
    return _contexts(ca_file, os.stat(ca_file).st_mtime_ns if ca_file else 0)


@lru_cache(maxsize=8)
def _contexts(ca_file: str, changed: int) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    # reading the roots takes 30 ms: once for each state of the bundle
    strict = ssl.create_default_context(cafile=ca_file or None)
    lax = ssl.create_default_context()
    lax.check_hostname = False
    lax.verify_mode = ssl.CERT_NONE
    lax.set_ciphers("DEFAULT:@SECLEVEL=1")
    for context in (strict, lax):
        context.options |= 0x4  # SSL_OP_LEGACY_SERVER_CONNECT; named only from Python 3.12 on
        context.set_alpn_protocols(["http/1.1"])
    return strict, lax


#: all that bytes from outside may raise below the client; asyncio.TimeoutError is for the caller
FAULTS: tuple[type[Exception], ...] = (
    aiohttp.ClientError,
    http_exceptions.HttpProcessingError,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    AssertionError,
)
_ERRNO = {
    errno.ECONNREFUSED: ErrorClass.CONN_REFUSED,
    errno.ETIMEDOUT: ErrorClass.CONN_TIMEOUT,
    errno.ECONNRESET: ErrorClass.CONN_RESET,
    errno.EPIPE: ErrorClass.CONN_RESET,
    errno.ECONNABORTED: ErrorClass.CONN_RESET,
    errno.ENETUNREACH: ErrorClass.UNREACHABLE,
    errno.EHOSTUNREACH: ErrorClass.UNREACHABLE,
    errno.ENETDOWN: ErrorClass.UNREACHABLE,
    errno.EHOSTDOWN: ErrorClass.UNREACHABLE,
    errno.EADDRNOTAVAIL: ErrorClass.UNREACHABLE,
    errno.EAFNOSUPPORT: ErrorClass.UNREACHABLE,
}
#: a host that brings these again and again is better left alone
FAILURES = frozenset(
    {
        ErrorClass.CONN_REFUSED, ErrorClass.CONN_TIMEOUT, ErrorClass.CONN_RESET,
        ErrorClass.UNREACHABLE, ErrorClass.READ_TIMEOUT, ErrorClass.TLS_HANDSHAKE,
        ErrorClass.TLS_CERT, ErrorClass.HTTP_MALFORMED,
    }
)  # fmt: skip
#: after these another address of the same name may do better
NO_CONNECTION = frozenset(
    {
        ErrorClass.CONN_REFUSED,
        ErrorClass.CONN_TIMEOUT,
        ErrorClass.CONN_RESET,
        ErrorClass.UNREACHABLE,
    }
)


def name_fault(fault: BaseException, *, in_tls: bool = False) -> tuple[ErrorClass, str]:
    """The class of a fault, and what it says in one line of at most 200 characters.

    `in_tls`: the connection did not stand yet and would have been TLS. A reset then belongs to
    the handshake, because a closed port refuses and does not reset.
    """
    found, words = _class_of(fault), _words(fault)
    if in_tls and found is ErrorClass.CONN_RESET:
        return ErrorClass.TLS_HANDSHAKE, f"within the handshake: {words}"
    return found, words


def _class_of(fault: BaseException) -> ErrorClass:
    if isinstance(fault, aiohttp.ClientConnectorCertificateError):
        return ErrorClass.TLS_CERT
    if isinstance(fault, aiohttp.ClientConnectorError):
        return _class_of(fault.os_error)
    if isinstance(fault, SocketRefused):
        return ErrorClass.REFUSED_ADDRESS
    if isinstance(fault, ssl.SSLCertVerificationError):
        return ErrorClass.TLS_CERT
    if isinstance(fault, ssl.SSLError):
        return ErrorClass.TLS_HANDSHAKE
    if isinstance(fault, aiohttp.ServerDisconnectedError | ConnectionResetError | EOFError):
        return ErrorClass.CONN_RESET
    if isinstance(fault, aiohttp.ClientPayloadError):
        return _class_of_payload(fault)
    if isinstance(fault, aiohttp.ClientResponseError | http_exceptions.HttpProcessingError):
        return _class_of_text(str(fault.message))
    if isinstance(fault, OSError):
        return _ERRNO.get(fault.errno or 0, ErrorClass.ENGINE)
    return ErrorClass.HTTP_MALFORMED


def _class_of_payload(fault: aiohttp.ClientPayloadError) -> ErrorClass:
    cause = fault.__cause__
    if isinstance(cause, http_exceptions.ContentLengthError | OSError):
        return ErrorClass.CONN_RESET
    if "Not enough data" in str(fault):
        return ErrorClass.CONN_RESET
    return _class_of_text(str(fault))


def _class_of_text(text: str) -> ErrorClass:
    # LineTooLong and its like reach us as text only
    swollen = "Got more than" in text or "Too many headers" in text or "too long" in text.lower()
    return ErrorClass.TOO_LARGE if swollen else ErrorClass.HTTP_MALFORMED


def _words(fault: BaseException) -> str:
    if isinstance(fault, aiohttp.ClientConnectorCertificateError):
        inner: BaseException = fault.certificate_error
    elif isinstance(fault, aiohttp.ClientConnectorError):
        inner = fault.os_error
    else:
        inner = fault
    if isinstance(inner, ssl.SSLCertVerificationError) and inner.verify_message:
        text = str(inner.verify_message)
    elif isinstance(inner, ssl.SSLError) and inner.reason:
        text = str(inner.reason).replace("_", " ").lower()
    elif isinstance(inner, OSError) and inner.errno in _ERRNO:
        text = os.strerror(inner.errno)
    elif isinstance(inner, OSError) and inner.strerror:
        text = inner.strerror
    else:
        text = str(getattr(inner, "message", "") or inner) or type(inner).__name__
    return one_line(text)


def one_line(text: str) -> str:
    """Printable, without line breaks, at most 200 characters, and safe for JSON."""
    return "".join(c if c.isprintable() else " " for c in text[:400]).strip()[:200]
