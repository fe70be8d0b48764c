"""The names of the test internet: zones, real DNSSEC chains, and what each host's name does.

All zones hang below one signed root. Every host of `Host.dns` "unsigned" ends up in a zone whose
parent holds no DS; a host below an unsigned apex is unsigned with it. Keys are ECDSA P-256, one
pair for all zones (the DS differ, as they cover the name). Denial is by one minimal NSEC, as in
compact denial (RFC 9824).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import dns.dnssec
import dns.dnssectypes
import dns.name
import dns.rdata
import dns.rdataset
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ec
from dns.rdtypes.ANY.RRSIG import RRSIG
from tests.internet.model import Host

TTL = 60
_NEVER = frozenset({"nxdomain"})
Kind = dns.rdatatype.RdataType
Name = dns.name.Name


def name_of(text: str) -> Name:
    """A name, absolute."""
    return dns.name.from_text(text)


def zone_text(host: Host) -> str:
    """The zone that a host belongs to: its own word, or the last three labels of its name."""
    return host.zone or ".".join(host.name.removeprefix("*.").split(".")[-3:])


@dataclass(slots=True)
class Zone:
    """A zone: `secure` when the chain of DS reaches it from the root."""

    name: Name
    secure: bool
    bogus: bool = False


@dataclass(slots=True)
class Found:
    """What the zones say of one question."""

    answer: list[dns.rrset.RRset] = field(default_factory=list)
    authority: list[dns.rrset.RRset] = field(default_factory=list)
    exists: bool = True
    secure: bool = True
    bogus: bool = False


class Zones:
    """All zones. `servers` are the addresses of the name servers of every zone.

    `late` names zones of which the second server holds an older serial.
    """

    def __init__(self, servers: tuple[str, ...], now: dt.datetime | None = None) -> None:
        self.servers = servers
        self.late: set[str] = set()
        self._now = now or dt.datetime.now(dt.UTC)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._dnskey = dns.dnssec.make_dnskey(
            self._key.public_key(), dns.dnssectypes.Algorithm.ECDSAP256SHA256, flags=257
        )
        self._hosts: dict[Name, tuple[Host, tuple[str, ...]]] = {}
        self._zones: dict[Name, Zone] = {}
        self._sets: dict[Name, dict[Kind, dns.rdataset.Rdataset]] = {}
        self._inner: set[Name] = set()  # names that exist only because names below them do
        self._signatures: dict[tuple[object, ...], dns.rdataset.Rdataset] = {}
        self._stale = True

    @property
    def anchor(self) -> dns.rdata.Rdata:
        """The DS of the root, in which a validator of its own would trust."""
        return dns.dnssec.make_ds(dns.name.root, self._dnskey, "SHA256")

    def put(self, host: Host, answers: tuple[str, ...]) -> None:
        """Add or replace a host. `answers` are addresses, or names to which its name points."""
        self._hosts[name_of(host.name)] = (host, answers)
        self._stale = True

    def drop(self, name: str) -> None:
        """Forget a host."""
        self._hosts.pop(name_of(name), None)
        self._stale = True

    def host(self, name: Name) -> Host | None:
        """The host of that very name."""
        found = self._hosts.get(name)
        return found[0] if found else None

    def records(self, name: str, kind: str) -> list[dns.rdata.Rdata]:
        """The records that a name owns."""
        if self._stale:
            self._build()
        return list(self._sets[name_of(name)][dns.rdatatype.from_text(kind)])

    def tamper(self, name: str, kind: str, *records: dns.rdata.Rdata) -> None:
        """Put other records in place of a name's own, or none; until a host comes or goes."""
        if self._stale:
            self._build()
        self._sets[name_of(name)].pop(dns.rdatatype.from_text(kind), None)
        for record in records:
            self._put(name_of(name), record)

    # --- building -------------------------------------------------------------------------------

    def _build(self) -> None:
        self._zones, self._sets, self._inner = {}, {}, set()
        self._cut(dns.name.root, secure=True)
        for apex, secure, bogus in self._apexes():
            for parent in reversed(_parents(apex)):
                self._cut(parent, secure=True)
            self._cut(apex, secure=secure, bogus=bogus)
        for name, (host, answers) in self._hosts.items():
            if host.dns == "unsigned" and self._zones[self.zone(name).name].secure:
                self._cut(name, secure=False)
            if host.dns not in _NEVER:
                for answer in answers:
                    self._point(name, answer)
        self._stale = False

    def _apexes(self) -> list[tuple[Name, bool, bool]]:
        groups: dict[Name, list[Host]] = {}
        for host, _ in self._hosts.values():
            if host.dns in _NEVER:
                continue
            groups.setdefault(name_of(zone_text(host)), []).append(host)
        apexes = []
        for apex, hosts in groups.items():
            own = [host for host in hosts if name_of(host.name) == apex] or hosts
            secure = any(host.dns != "unsigned" for host in own)
            apexes.append((apex, secure, any(h.dns == "bogus" for h in own if own is not hosts)))
        return sorted(apexes, key=lambda item: len(item[0]))

    def _cut(self, name: Name, *, secure: bool, bogus: bool = False) -> None:
        """Make a zone with SOA, NS and, where it is signed, DNSKEY, CAA and DS."""
        if name in self._zones:
            return
        if name != dns.name.root:
            secure = secure and self.zone(name).secure
            self._inner.update(_parents(name))
        self._zones[name] = Zone(name, secure, bogus)
        text = name.to_text().rstrip(".")
        end = f"{text}." if text else ""
        self._add(name, "SOA", f"ns1.{end} admin.{end} 2026112501 7200 900 1209600 60")
        for number, address in enumerate(self.servers, 1):
            if ":" not in address:
                self._add(name, "NS", f"ns{number}.{end}")
                self._point(name_of(f"ns{number}.{end}"), address)
            else:
                self._point(name_of(f"ns1.{end}"), address)
        if secure:
            self._put(name, self._dnskey)
            if name != dns.name.root:
                self._put(name, dns.dnssec.make_ds(name, self._dnskey, "SHA256"))
                self._add(name, "CAA", '0 issue "ca.invalid"')

    def _point(self, name: Name, answer: str) -> None:
        if answer.replace(".", "").isdecimal():
            self._add(name, "A", answer)
        elif ":" in answer:
            self._add(name, "AAAA", answer)
        else:
            self._add(name, "CNAME", answer if answer.endswith(".") else f"{answer}.")
        self._inner.update(_parents(name))

    def _add(self, name: Name, kind: str, text: str) -> None:
        self._put(name, dns.rdata.from_text("IN", kind, text))

    def _put(self, name: Name, rdata: dns.rdata.Rdata) -> None:
        sets = self._sets.setdefault(name, {})
        found = sets.get(rdata.rdtype)
        if found is None:
            found = sets[rdata.rdtype] = dns.rdataset.Rdataset(rdata.rdclass, rdata.rdtype, ttl=TTL)
        found.add(rdata, TTL)

    # --- looking up -----------------------------------------------------------------------------

    def zone(self, name: Name, *, above: bool = False) -> Zone:
        """The zone that holds a name; `above` its cut, for a DS."""
        if above and name != dns.name.root:
            name = name.parent()
        while name not in self._zones:
            name = name.parent()
        return self._zones[name]

    def find(self, name: Name, kind: Kind) -> Found:
        """Answer a question, following aliases within the test internet."""
        if self._stale:
            self._build()
        found = Found()
        for _ in range(8):
            zone = self.zone(name, above=kind == dns.rdatatype.DS)
            host = self.host(name)
            found.secure &= zone.secure
            found.bogus |= zone.bogus or (host is not None and host.dns == "bogus")
            gone = host is not None and host.dns in _NEVER
            owner, sets = (name, None) if gone else self._owner(name)
            wanted = sets.get(kind) if sets else None
            if wanted is None and sets and dns.rdatatype.CNAME in sets:
                alias = sets[dns.rdatatype.CNAME]
                self._give(found.answer, name, owner, alias, zone, found.bogus)
                name = alias[0].target  # type: ignore[attr-defined] - a CNAME has a target
                continue
            if wanted is not None:
                self._give(found.answer, name, owner, wanted, zone, found.bogus)
            else:
                found.exists = not gone and (bool(sets) or name in self._inner)
                self._deny(found, name, sets or {}, zone)
            return found
        return found

    def _owner(self, name: Name) -> tuple[Name, dict[Kind, dns.rdataset.Rdataset] | None]:
        """The records of a name, or those of the wildcard that stands for it (RFC 4592)."""
        if name in self._sets:
            return name, self._sets[name]
        if name not in self._inner:
            for parent in _parents(name):
                wild = dns.name.Name((b"*", *parent.labels))
                if wild in self._sets:
                    return wild, self._sets[wild]
                if parent in self._sets or parent in self._inner:
                    break
        return name, None

    def _give(
        self,
        section: list[dns.rrset.RRset],
        name: Name,
        owner: Name,
        records: dns.rdataset.Rdataset,
        zone: Zone,
        bogus: bool,
    ) -> None:
        section.append(dns.rrset.from_rdata_list(name, TTL, list(records)))
        if zone.secure:
            signatures = self._sign(owner, records, zone.name, bogus)
            section.append(dns.rrset.from_rdata_list(name, TTL, list(signatures)))

    def _deny(
        self, found: Found, name: Name, sets: dict[Kind, dns.rdataset.Rdataset], zone: Zone
    ) -> None:
        soa = self._sets[zone.name][dns.rdatatype.SOA]
        self._give(found.authority, zone.name, zone.name, soa, zone, found.bogus)
        if not zone.secure:
            return
        kinds = sorted({*sets, dns.rdatatype.RRSIG, dns.rdatatype.NSEC})
        following = dns.name.Name((b"\0", *name.labels)).to_text()
        nsec = dns.rdata.from_text("IN", "NSEC", f"{following} {' '.join(k.name for k in kinds)}")
        denial = dns.rdataset.from_rdata(TTL, nsec)
        self._give(found.authority, name, name, denial, zone, found.bogus)

    def _sign(
        self, owner: Name, records: dns.rdataset.Rdataset, zone: Name, bogus: bool
    ) -> dns.rdataset.Rdataset:
        key = (owner, zone, bogus, records.rdtype, tuple(sorted(r.to_text() for r in records)))
        kept = self._signatures.get(key)
        if kept is None:
            made = dns.dnssec.sign(
                (owner, records),
                self._key,
                zone,
                self._dnskey,
                inception=self._now - dt.timedelta(days=1),
                expiration=self._now + dt.timedelta(days=30),
            )
            kept = self._signatures[key] = dns.rdataset.from_rdata(
                TTL, _broken(made) if bogus else made
            )
        return kept


def _broken(signature: RRSIG) -> RRSIG:
    spoilt = bytes(byte ^ 0x55 for byte in signature.signature)
    return signature.replace(signature=spoilt)  # type: ignore[return-value]


def _parents(name: Name) -> list[Name]:
    """The names above, nearest first, without the root."""
    found = []
    while len(name) > 2:
        name = name.parent()
        found.append(name)
    return found
