"""Names to addresses, asked of the resolvers that the operator named, and judged by the guard.

A name is resolved once for a while and only the addresses that were judged are spoken to, so a
name that changes its mind between looking and connecting gains nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.resolver

from chiso.checks.fetch.asking import AAAA, A, Answer, Server, ask
from chiso.checks.fetch.guard import Guard, Refused, is_address
from chiso.checks.network import Network
from chiso.checks.states import ErrorClass

KEPT_FOR = 300.0  # seconds for which an answer is used again
MOST_KEPT = 4_096
FAULT_KEPT_FOR = 30.0  # seconds for which a failure is not asked about again
PATIENCE = 3.0  # seconds for one question to one resolver
ROUNDS = 2  # times that all resolvers are asked
GRACE = 1.0  # seconds that one family waits for the other

#: the first of these classes that a family brought is the one that is told
_TELLING = (
    ErrorClass.DNS_NXDOMAIN,
    ErrorClass.DNSSEC_BOGUS,
    ErrorClass.DNS_SERVFAIL,
    ErrorClass.DNS_TIMEOUT,
    ErrorClass.ENGINE,
    ErrorClass.DNS_NODATA,
)
#: the types that another resolver may settle
_AGAIN = frozenset({ErrorClass.DNS_SERVFAIL, ErrorClass.DNS_TIMEOUT, ErrorClass.ENGINE})
_TYPES = {4: A, 6: AAAA}


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name resolved to. `milliseconds` is the time that the question took, 0 where the
    answer was known already."""

    addresses: tuple[str, ...] = ()
    resolver: str = ""
    milliseconds: float = 0.0
    error: ErrorClass | None = None
    detail: str = ""


class Resolver:
    """Resolves names for one worker or one visit.

    IPv4 addresses come before IPv6 ones; with `network.ipv6` "off" IPv6 is not asked for.
    `patience` are the seconds for one question to one resolver.
    """

    def __init__(self, network: Network, guard: Guard, *, patience: float = PATIENCE) -> None:
        self.guard = guard
        self._families = (4, 6) if network.ipv6 == "auto" else (4,)
        self._first = _servers(network.resolvers) or _own_servers()
        self._second = _servers(network.second_resolvers) or self._first[1:] or self._first
        self._patience = patience
        self._kept: dict[tuple[str, bool, int | None], tuple[float, Resolution]] = {}

    async def lookup(
        self,
        host: str,
        *,
        alternative: bool = False,
        family: int | None = None,
        fresh: bool = False,
    ) -> Resolution:
        """What the name resolves to, not judged; never raises for what the network does.

        `alternative` asks the second resolvers, `family` (4 or 6) only for such addresses,
        `fresh` asks again though the answer is known. Names below `localhost` are the loopback
        addresses and are asked of nobody (RFC 6761, 6.3).
        """
        key = (host, alternative, family)
        now = time.monotonic()
        known = None if fresh else self._kept.get(key)
        if known is not None and known[0] > now:
            return known[1]
        if is_address(host):
            fits = family is None or (":" in host) == (family == 6)
            return Resolution((host,)) if fits else _none(f"not an IPv{family} address")
        if host == "localhost" or host.endswith(".localhost"):
            own = {4: ("127.0.0.1",), 6: ("::1",)}
            return Resolution(own[family] if family else own[4] + own[6])
        found = await self._ask(host, self._second if alternative else self._first, family)
        if len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        at_once = Resolution(found.addresses, found.resolver, 0.0, found.error, found.detail)
        self._kept[key] = (now + (KEPT_FOR if found.addresses else FAULT_KEPT_FOR), at_once)
        return found

    async def checked(
        self,
        host: str,
        *,
        alternative: bool = False,
        family: int | None = None,
        fresh: bool = False,
    ) -> Resolution:
        """As `lookup`, judged. Raises Refused (REFUSED_ADDRESS) if any of the addresses may not be
        spoken to: a name that points both ways is not to be trusted at all."""
        found = await self.lookup(host, alternative=alternative, family=family, fresh=fresh)
        for address in found.addresses:
            why = self.guard.refuse_address(address)
            if why:
                raise Refused(
                    ErrorClass.REFUSED_ADDRESS,
                    f"{host} is at {address}: {why}" if host != address else f"{address}: {why}",
                    addresses=found.addresses,
                    resolver=found.resolver,
                    milliseconds=found.milliseconds,
                )
        return found

    # --- asking ---------------------------------------------------------------------------------

    async def _ask(self, host: str, servers: Sequence[Server], family: int | None) -> Resolution:
        if not servers:
            return Resolution((), "", 0.0, ErrorClass.ENGINE, "no resolver is known")
        wanted = [f for f in self._families if family is None or f == family]
        if not wanted:
            return _none("IPv6 is off here")
        try:
            name = dns.name.from_text(host)
        except (dns.exception.DNSException, UnicodeError, ValueError) as fault:
            return Resolution((), "", 0.0, ErrorClass.REFUSED_URL, f"not a name: {fault}"[:200])
        begun = time.perf_counter()
        found = await self._rounds(name, servers, [_TYPES[f] for f in wanted])
        if found.error is ErrorClass.DNS_NODATA and wanted == [4] and family is None:
            other = await self._rounds(name, servers, [AAAA])
            if other.addresses:
                found = _none("the name has only IPv6 addresses; IPv6 is off here")
        spent = (time.perf_counter() - begun) * 1000
        return Resolution(found.addresses, found.resolver, spent, found.error, found.detail)

    async def _rounds(
        self, name: dns.name.Name, servers: Sequence[Server], kinds: Sequence[int]
    ) -> Resolution:
        """Ask one resolver after the other until each type is settled, or one has addresses."""
        settled: dict[int, Answer] = {}
        used = servers[0].name
        silence = Answer((), ErrorClass.DNS_TIMEOUT, "no resolver answers")
        for server in [server for _ in range(ROUNDS) for server in servers]:
            open_kinds = [k for k in kinds if k not in settled or settled[k].error in _AGAIN]
            if not open_kinds or any(answer.addresses for answer in settled.values()):
                break
            try:
                answers = await ask(server, name, open_kinds, self._patience, GRACE)
            except OSError as fault:
                silence = Answer((), ErrorClass.ENGINE, f"{server.name}: {fault.strerror}")
                continue
            if answers:
                used = server.name
            settled |= answers
        for kind in kinds:
            if settled.get(kind, silence).error is ErrorClass.DNS_SERVFAIL:
                settled[kind] = await self._why_failed(servers[0], name, kind, settled[kind])
        return _together([settled.get(kind, silence) for kind in kinds], used)

    async def _why_failed(
        self, server: Server, name: dns.name.Name, kind: int, failed: Answer
    ) -> Answer:
        """A resolver that fails, but answers when told not to validate, and fails again when not
        told so, found the signatures bogus (RFC 4035, 3.2.2 and 4.7)."""
        try:
            unchecked = await ask(server, name, [kind], self._patience, GRACE, check=False)
            if unchecked.get(kind, failed).error not in (None, ErrorClass.DNS_NODATA):
                return failed
            again = (await ask(server, name, [kind], self._patience, GRACE)).get(kind, failed)
        except OSError:
            return failed
        if again.error is not ErrorClass.DNS_SERVFAIL:
            return again
        detail = f"{server.name}: the answer does not validate"
        return Answer((), ErrorClass.DNSSEC_BOGUS, detail)


def _together(answers: Sequence[Answer], resolver: str) -> Resolution:
    addresses = tuple(a for answer in answers for a in answer.addresses)
    if addresses:
        return Resolution(addresses, resolver)
    for error in _TELLING:
        for answer in answers:
            if answer.error is error:
                return Resolution((), resolver, 0.0, error, answer.detail)
    return Resolution((), resolver, 0.0, ErrorClass.ENGINE, "no answer")


def _none(detail: str) -> Resolution:
    return Resolution((), "", 0.0, ErrorClass.UNREACHABLE, detail)


def _servers(texts: Sequence[str]) -> tuple[Server, ...]:
    """Resolvers from `address`, `address:port` or `[address]:port`. Raises ValueError."""
    found = []
    for text in texts:
        if is_address(text):
            found.append(Server(text, 53))
            continue
        address, _, port = text.rpartition(":")
        address = address.removeprefix("[").removesuffix("]")
        if not is_address(address) or not port.isdecimal() or not 0 < int(port) < 65_536:
            raise ValueError(f"the resolver {text!r} is neither an address nor address:port")
        found.append(Server(address, int(port)))
    return tuple(found)


def _own_servers() -> tuple[Server, ...]:
    """The resolvers of the machine."""
    try:
        own = dns.resolver.Resolver().nameservers
    except (dns.exception.DNSException, OSError):
        return ()
    return tuple(Server(text, 53) for text in own if isinstance(text, str) and is_address(text))
