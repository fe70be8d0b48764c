"""Single questions to single name servers, bounded in time and number; answers as they came.

Unlike the resolver, which wants an address to speak to, this asks each server for what it says of
itself: signatures, flags and serials included (RFC 1035, RFC 4035).
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

import dns.asyncquery
import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

from chiso.checks.fetch.asking import BOGUS, PAYLOAD, Server
from chiso.checks.network import Network
from chiso.checks.states import ErrorClass

PATIENCE = 5.0  # seconds for one question
AT_ONCE = 8  # questions under way
MOST_QUESTIONS = 150  # of one host; 4 resolvers, 8 name servers and a chain of keys need about 90
MOST_VALUES = 32  # of one answer
MOST_TEXT = 512  # characters of one value

Kind = dns.rdatatype.RdataType


def servers_of(texts: Sequence[str]) -> tuple[Server, ...]:
    """Servers from `address`, `address:port` or `[address]:port`; what cannot be read is left."""
    found: list[Server] = []
    for text in texts:
        address, port = text, "53"
        if text.startswith("["):
            address, _, port = text[1:].partition("]")
            port = port.removeprefix(":") or "53"
        elif text.count(":") == 1:
            address, _, port = text.partition(":")
        try:
            ipaddress.ip_address(address)
            number = int(port)
        except ValueError:
            continue
        if 0 < number < 65_536:
            found.append(Server(address, number))
    return tuple(found)


def resolvers_of(network: Network, most: int = 2) -> tuple[Server, ...]:
    """At most so many first and so many second resolvers; the machine's own where none is named."""
    first = servers_of(network.resolvers)
    if not first:
        try:
            own = dns.resolver.Resolver().nameservers
        except (dns.exception.DNSException, OSError):
            own = []
        first = servers_of([text for text in own if isinstance(text, str)])
    second = servers_of(network.second_resolvers)
    return tuple(dict.fromkeys((*first[:most], *second[:most])))


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to one question, or why there is none."""

    server: Server
    name: dns.name.Name
    kind: Kind
    message: dns.message.Message | None = None
    error: ErrorClass | None = None

    @property
    def answered(self) -> bool:
        """The server said that it has records, or that it has none; not that it failed."""
        return self.message is not None and self.message.rcode() in {
            dns.rcode.NOERROR,
            dns.rcode.NXDOMAIN,
        }

    @property
    def failed(self) -> bool:
        """The server answered SERVFAIL."""
        return self.message is not None and self.message.rcode() == dns.rcode.SERVFAIL

    @property
    def authentic(self) -> bool:
        """The server says that it validated the answer (AD)."""
        return self.answered and bool(self.message and self.message.flags & dns.flags.AD)

    @property
    def says_bogus(self) -> bool:
        """The server says why it failed, and the reason is DNSSEC (RFC 8914)."""
        options = self.message.options if self.message is not None else ()
        return any(
            isinstance(option, dns.edns.EDEOption) and int(option.code) in BOGUS
            for option in options
        )

    def records(self) -> dns.rrset.RRset | None:
        """The records asked for, after aliases within the answer; None where there are none."""
        message = self.message
        if not isinstance(message, dns.message.QueryMessage):
            return None
        if message.rcode() != dns.rcode.NOERROR:
            return None
        try:
            found = message.resolve_chaining().answer
        except (dns.exception.DNSException, ValueError):
            return None
        return found if found is not None and found.rdtype == self.kind else None

    def of(
        self, name: dns.name.Name, kind: Kind, covers: Kind | None = None
    ) -> list[dns.rrset.RRset]:
        """The sets of that owner and type in the answer; `covers` picks signatures."""
        return [
            rrset
            for rrset in (self.message.answer if self.message is not None else ())
            if rrset.name == name
            and rrset.rdtype == kind
            and (covers is None or rrset.covers == covers)
        ]

    def values(self) -> tuple[str, ...]:
        """The records as text, sorted; names without the last dot; bounded."""
        found = self.records()
        if found is None:
            return ()
        return tuple(sorted(_text(str(item)) for item in list(found)[:MOST_VALUES]))

    def fault(self) -> ErrorClass | None:
        """Why there are no records; None where there are."""
        if self.message is None:
            return self.error or ErrorClass.DNS_TIMEOUT
        code = self.message.rcode()
        if code == dns.rcode.NXDOMAIN:
            return ErrorClass.DNS_NXDOMAIN
        if code != dns.rcode.NOERROR:
            return ErrorClass.DNSSEC_BOGUS if self.says_bogus else ErrorClass.DNS_SERVFAIL
        return None if self.records() is not None else ErrorClass.DNS_NODATA


def _text(value: str) -> str:
    plain = value[:-1] if value.endswith(".") and value != "." else value
    return plain[:MOST_TEXT]


class Questions:
    """Asks questions for one host. `patience` are the seconds for one of them."""

    def __init__(self, patience: float = PATIENCE, most: int = MOST_QUESTIONS) -> None:
        self._patience = patience
        self._left = most
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def ask(
        self,
        server: Server,
        name: dns.name.Name,
        kind: Kind,
        *,
        checking: bool = True,
        recursive: bool = True,
    ) -> Reply:
        """Put one question, over UDP and over TCP where the answer was cut. Never raises.

        `checking` off asks a validating resolver to answer in any case (CD, RFC 4035 3.2.2);
        signatures are always asked for (DO).
        """
        if self._left <= 0:
            return Reply(server, name, kind, None, ErrorClass.BUDGET)
        self._left -= 1
        query = dns.message.make_query(name, kind, want_dnssec=True, payload=PAYLOAD)
        query.flags |= dns.flags.AD
        if not checking:
            query.flags |= dns.flags.CD
        if not recursive:
            query.flags &= ~dns.flags.RD
        async with self._slots:
            message, error = await self._put(server, query)
        return Reply(server, name, kind, message, error)

    async def _put(
        self, server: Server, query: dns.message.Message
    ) -> tuple[dns.message.Message | None, ErrorClass | None]:
        try:
            # the one deadline holds for both ways: a server may cut and then dawdle over TCP
            async with asyncio.timeout(self._patience):
                message, _ = await dns.asyncquery.udp_with_fallback(
                    query,
                    server.address,
                    timeout=self._patience,
                    port=server.port,
                    ignore_unexpected=True,
                    ignore_errors=True,
                )
        except (TimeoutError, dns.exception.Timeout):
            return None, ErrorClass.DNS_TIMEOUT
        except ConnectionRefusedError:
            return None, ErrorClass.CONN_REFUSED
        except OSError:
            return None, ErrorClass.UNREACHABLE
        except Exception:  # noqa: BLE001 - hostile bytes: the parser does not say what it raises
            return None, ErrorClass.DNS_SERVFAIL
        return message, None
