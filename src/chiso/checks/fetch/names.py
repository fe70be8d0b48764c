"""What the DNS says of a host: its addresses at each resolver, its zone, its servers, its security.

Every question has its time and their number is bounded; whatever does not answer is noted with the
reason. Name servers of a zone are hostile input as any address is: they are asked only where the
guard lets them.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from dataclasses import dataclass, field

import dns.exception
import dns.name
import dns.rdatatype
import dns.rdtypes.ANY.SOA

from chiso.checks.artifacts import NameAnswer, NameFacts, NameServer
from chiso.checks.fetch.asking import Server
from chiso.checks.fetch.dnssec import Own, own_validation, settle, witness
from chiso.checks.fetch.guard import Guard, is_address
from chiso.checks.fetch.questions import PATIENCE, Questions, Reply, resolvers_of
from chiso.checks.network import Network
from chiso.checks.states import ErrorClass

TOTAL = 45.0  # seconds for all questions about one host
MOST_SERVERS = 8  # name servers of a zone
MOST_ADDRESSES = 4  # of one name server, asked one after the other until one answers
MOST_LABELS = 8  # steps up in search of the zone

A, AAAA = dns.rdatatype.A, dns.rdatatype.AAAA
NS, SOA, CAA = dns.rdatatype.NS, dns.rdatatype.SOA, dns.rdatatype.CAA


async def name_facts(host: str, network: Network, *, patience: float = PATIENCE) -> NameFacts:
    """Gather the facts of a host's name; never raises for what the network or a server does.

    Each of at most two first and two second resolvers is asked for A and AAAA of the host, NS and
    SOA of its zone, and CAA of the host and the names above it within the zone (RFC 8659). The
    serial comes from each name server itself. `wildcard` tells whether a random name in the zone
    has an address. `dnssec` is settled in [`chiso.checks.fetch.dnssec`][]. After `TOTAL` seconds
    the facts gathered until then are returned; `patience` are the seconds for one question.
    """
    host = host.rstrip(".").lower()
    try:
        name = dns.name.from_text(host)
    except (dns.exception.DNSException, ValueError):
        return NameFacts(host=host, dnssec_detail="not a name")
    if is_address(host) or host in {"", "localhost"} or host.endswith(".localhost"):
        return NameFacts(host=host, dnssec_detail="an address or the machine itself, not a name")
    servers = resolvers_of(network)
    if not servers:
        return NameFacts(host=host, dnssec_detail="no resolver is known")
    looking = _Looking(host, name, network, servers, Questions(patience))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(TOTAL):
            await looking.look()
    return looking.facts()


@dataclass(slots=True)
class _Looking:
    """The facts of one host as they come in."""

    host: str
    name: dns.name.Name
    network: Network
    servers: tuple[Server, ...]
    questions: Questions
    zone: dns.name.Name | None = None
    answers: list[NameAnswer] = field(default_factory=list)
    found: list[NameServer] = field(default_factory=list)
    wildcard: bool | None = None
    state: str = "unknown"
    detail: str = "the questions took too long"
    best: Server | None = None  # a resolver that answers

    def facts(self) -> NameFacts:
        """The record of what came in."""
        return NameFacts.model_validate(
            {
                "host": self.host,
                "answers": tuple(self.answers),
                "servers": tuple(sorted(self.found, key=lambda server: server.name)),
                "wildcard": self.wildcard,
                "dnssec": self.state,
                "dnssec_detail": self.detail,
            }
        )

    async def look(self) -> None:
        """Ask for the host, then for its zone, then the servers of the zone."""
        asked = [self.questions.ask(s, self.name, kind) for s in self.servers for kind in (A, AAAA)]
        replies = await asyncio.gather(*asked)
        for reply in replies:
            self._keep(reply)
        by_server = dict(
            zip(self.servers, zip(replies[::2], replies[1::2], strict=True), strict=True)
        )
        heard = [r.server for r in replies if r.message is not None]
        if not heard:
            self.detail = "no resolver answers"
            return
        self.best = next((r.server for r in replies if r.answered), heard[0])
        # who was silent twice is not waited for again
        self.servers = tuple(server for server in self.servers if server in heard)
        by_server = {server: by_server[server] for server in self.servers}
        self.zone = await self._find_zone(self.best)
        works = [self._settle(by_server)]
        if self.zone is not None:
            works += [self._ask_zone(self.zone), self._ask_caa(self.zone)]
            if any(reply.records() is not None for reply in replies):
                works.append(self._ask_wildcard(self.zone, self.best))
        await asyncio.gather(*works)

    def _keep(self, reply: Reply) -> None:
        records = reply.records()
        fault = reply.fault()
        self.answers.append(
            NameAnswer(
                resolver=reply.server.name,
                name=_plain(reply.name),
                kind=dns.rdatatype.to_text(reply.kind),
                values=reply.values(),
                ttl=records.ttl if records is not None else None,
                authentic=reply.authentic,
                error=fault,
            )
        )

    # --- the zone -------------------------------------------------------------------------------

    async def _find_zone(self, server: Server) -> dns.name.Name | None:
        """The nearest name at or above the host that has an SOA of its own.

        A server tells it beside an answer without records (RFC 2308); where an alias stands in
        between, what it tells belongs to the target, so the name above is asked.
        """
        name = self.name
        for _ in range(MOST_LABELS):
            if len(name) < 3:  # a top-level domain is not a zone of the host's owner
                return None
            # unchecked: the zone of a bogus name has to be found as well
            reply = await self.questions.ask(server, name, SOA, checking=False)
            if not reply.answered or reply.message is None:
                return None
            aliased = bool(reply.of(name, dns.rdatatype.CNAME))
            sections = [] if aliased else [*reply.message.answer, *reply.message.authority]
            for rrset in sections:
                if rrset.rdtype == SOA and name.is_subdomain(rrset.name) and len(rrset.name) > 2:
                    return rrset.name
            name = name.parent()
        return None

    async def _ask_zone(self, zone: dns.name.Name) -> None:
        asked = [self.questions.ask(s, zone, kind) for s in self.servers for kind in (NS, SOA)]
        replies = await asyncio.gather(*asked)
        for reply in replies:
            self._keep(reply)
        names: set[dns.name.Name] = set()
        for reply in replies:
            records = reply.records() if reply.kind == NS else None
            names.update(item.target for item in records or ())
        if not names and self.best is not None:
            unchecked = await self.questions.ask(self.best, zone, NS, checking=False)
            names.update(item.target for item in unchecked.records() or ())
        kept = sorted(names)[:MOST_SERVERS]
        await asyncio.gather(*(self._ask_server(name, zone) for name in kept))

    async def _ask_server(self, name: dns.name.Name, zone: dns.name.Name) -> None:
        """A name server: its addresses, and the serial that it gives for the zone itself."""
        assert self.best is not None
        asked = [self.questions.ask(self.best, name, k, checking=False) for k in (A, AAAA)]
        replies = await asyncio.gather(*asked)
        addresses = [value for reply in replies for value in reply.values()[:MOST_ADDRESSES]]
        serial, error = None, replies[0].fault() if not addresses else None
        if addresses:
            serial, error = await self._serial(addresses, zone)
        self.found.append(
            NameServer(name=_plain(name), addresses=tuple(addresses), serial=serial, error=error)
        )

    async def _serial(
        self, addresses: list[str], zone: dns.name.Name
    ) -> tuple[int | None, ErrorClass | None]:
        guard = Guard(self.network.allow, self.network.ports)
        if any(guard.refuse_address(address) for address in addresses):
            return None, ErrorClass.REFUSED_ADDRESS
        port = self.network.connect_ports.get(53, 53)
        usable = [a for a in addresses if self.network.ipv6 == "auto" or ":" not in a]
        error: ErrorClass | None = ErrorClass.UNREACHABLE
        for address in usable[:2]:
            server = Server(address, port)
            reply = await self.questions.ask(server, zone, SOA, recursive=False)
            records = reply.of(zone, SOA)
            if reply.answered and records:
                return int(records[0][0].serial), None
            error = reply.fault() or ErrorClass.DNS_NODATA
        return None, error

    async def _ask_caa(self, zone: dns.name.Name) -> None:
        """CAA at the host and upwards to the top of the zone (RFC 8659, 3), until one is found."""
        for server in self.servers:
            name = self.name
            for _ in range(MOST_LABELS):
                reply = await self.questions.ask(server, name, CAA)
                if reply.records() is not None or not reply.answered or name == zone:
                    self._keep(reply)
                    break
                name = name.parent()

    async def _ask_wildcard(self, zone: dns.name.Name, server: Server) -> None:
        """Whether a name that nobody can have registered has an address."""
        label = f"chiso-{secrets.token_hex(8)}".encode()
        try:
            name = dns.name.Name((label, *zone.labels))
        except dns.exception.DNSException:
            return
        replies = [await self.questions.ask(server, name, k, checking=False) for k in (A, AAAA)]
        if any(reply.records() is not None for reply in replies):
            self.wildcard = True
        elif all(reply.answered for reply in replies):
            self.wildcard = False

    # --- DNSSEC ---------------------------------------------------------------------------------

    async def _settle(self, by_server: dict[Server, tuple[Reply, Reply]]) -> None:
        """Weigh what the resolvers say of the host's addresses, and verify them ourselves."""
        kind = self._kind(by_server)
        roots = await asyncio.gather(
            *(self.questions.ask(s, dns.name.root, SOA) for s in self.servers)
        )
        replies = [pair[kind == AAAA] for pair in by_server.values()]
        witnesses = await asyncio.gather(
            *(witness(self.questions, r, reply) for r, reply in zip(roots, replies, strict=True))
        )
        own = Own("unknown", "no resolver answers")
        if self.best is not None:
            own = await own_validation(self.questions, self.best, self.name, kind)
        self.state, self.detail = settle(witnesses, own)

    @staticmethod
    def _kind(by_server: dict[Server, tuple[Reply, Reply]]) -> dns.rdatatype.RdataType:
        """The type of address by which security is judged: IPv6 only where it is the only one."""
        pairs = list(by_server.values())
        if any(first.records() is not None for first, _ in pairs):
            return A
        return AAAA if any(second.records() is not None for _, second in pairs) else A


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
