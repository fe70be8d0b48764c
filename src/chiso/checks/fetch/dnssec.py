"""Whether a name is secured by DNSSEC: what validating resolvers say, and what we can verify.

Two witnesses have to fit together (RFC 4033–4035). A resolver is believed only when it shows that
it validates, by the AD flag on the root's own SOA, which has been signed since 2010. Beside it the
chain of one zone is verified here: DS at the parent, the key that it names, the signatures of the
keys and of the host's records. Where the two contradict each other, or where nobody validates,
the state is "unknown" and never "insecure".
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import dns.dnssec
import dns.exception
import dns.name
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS

from chiso.checks.fetch.asking import Server
from chiso.checks.fetch.questions import Kind, Questions, Reply

State = Literal["secure", "insecure", "bogus", "unknown"]
Outcome = Literal["valid", "failed", "unsigned", "island", "unsupported", "unknown"]

# bounds against answers made to keep a validator busy (CVE-2023-50387)
MOST_KEYS, MOST_SIGNATURES, MOST_DS = 8, 4, 8
MOST_KEY_BYTES = 520  # RSA 4096 with its exponent
#: algorithms that are verified here (RFC 9904): RSA/SHA-1 to -512, ECDSA, Ed25519, Ed448
ALGORITHMS = frozenset({5, 7, 8, 10, 13, 14, 15, 16})


@dataclass(frozen=True, slots=True)
class Witness:
    """What one resolver showed: of itself, and of the host."""

    server: Server
    validates: bool
    reply: Reply
    refuses: bool = False  # it fails, and answers when told not to check

    @property
    def state(self) -> State:
        """What the resolver says of the host."""
        has_records = self.reply.records() is not None
        if self.reply.authentic:
            return "secure" if self.validates and has_records else "unknown"
        if self.refuses:
            return "bogus" if self.validates or self.reply.says_bogus else "unknown"
        return "insecure" if self.validates and has_records else "unknown"


@dataclass(frozen=True, slots=True)
class Own:
    """What our own validation of the host's zone came to."""

    outcome: Outcome
    detail: str


async def witness(questions: Questions, root: Reply, reply: Reply) -> Witness:
    """Weigh the answer `reply` of a resolver whose answer for the root's SOA was `root`.

    A failure is asked twice more: without checking, and once again with it, so that a server that
    merely stumbled is not taken for one that refuses.
    """
    validates = root.authentic and root.records() is not None
    refuses = False
    if reply.failed:
        unchecked = await questions.ask(reply.server, reply.name, reply.kind, checking=False)
        if unchecked.answered:
            again = await questions.ask(reply.server, reply.name, reply.kind)
            refuses = again.failed
    return Witness(reply.server, validates, reply, refuses)


async def own_validation(
    questions: Questions, server: Server, name: dns.name.Name, kind: Kind
) -> Own:
    """Verify the signatures of the records of `name` up to the DS of its zone. Never raises."""
    reply = await questions.ask(server, name, kind, checking=False)
    records = _owned(reply, name, kind)
    if records is None:
        return Own("unknown", "no records to verify")
    signatures = reply.of(name, dns.rdatatype.RRSIG, records.rdtype)
    if not signatures:
        return Own("unsigned", "the answer carries no signature")
    signer = signatures[0][0].signer
    if not name.is_subdomain(signer):
        return Own("failed", "signed by a zone that is not above the name")
    keys, ds = await asyncio.gather(
        questions.ask(server, signer, dns.rdatatype.DNSKEY, checking=False),
        questions.ask(server, signer, dns.rdatatype.DS, checking=False),
    )
    if not (keys.answered and ds.answered):
        return Own("unknown", "keys or DS could not be had")
    try:
        return await asyncio.to_thread(_verify, records, signatures[0], signer, keys, ds)
    except Exception as fault:  # noqa: BLE001 - hostile keys: libraries do not say what they raise
        return Own("unknown", f"could not be verified: {type(fault).__name__}")


def _owned(reply: Reply, name: dns.name.Name, kind: Kind) -> dns.rrset.RRset | None:
    """The records that the name itself owns: those asked for, or the alias in their place."""
    for wanted in (kind, dns.rdatatype.CNAME):
        found = reply.of(name, wanted)
        if found:
            return found[0]
    return None


def _verify(
    records: dns.rrset.RRset,
    signatures: dns.rrset.RRset,
    signer: dns.name.Name,
    keys: Reply,
    ds: Reply,
) -> Own:
    delegations = [item for rrset in ds.of(signer, dns.rdatatype.DS) for item in rrset]
    if not delegations:
        return Own("island", "signed, but the parent zone holds no DS")
    sets = keys.of(signer, dns.rdatatype.DNSKEY)
    key_signatures = keys.of(signer, dns.rdatatype.RRSIG, dns.rdatatype.DNSKEY)
    if not sets or not key_signatures:
        return Own("failed", "the parent holds a DS, the zone shows no signed keys")
    too_many = (
        len(sets[0]) > MOST_KEYS
        or len(delegations) > MOST_DS
        or max(len(signatures), len(key_signatures[0])) > MOST_SIGNATURES
    )
    if too_many or any(len(key.key) > MOST_KEY_BYTES for key in sets[0]):
        return Own("unsupported", "more or longer keys and signatures than are verified here")
    entries = _matching(signer, list(sets[0]), delegations)
    if entries is None:
        return Own("unsupported", "no digest of the DS is known here")
    if not entries:
        return Own("failed", "no key of the zone matches the DS of the parent")
    trusted = dns.rrset.from_rdata_list(signer, sets[0].ttl, entries)
    return _signed(records, signatures, signer, sets[0], key_signatures[0], trusted)


def _signed(
    records: dns.rrset.RRset,
    signatures: dns.rrset.RRset,
    signer: dns.name.Name,
    keys: dns.rrset.RRset,
    key_signatures: dns.rrset.RRset,
    trusted: dns.rrset.RRset,
) -> Own:
    for what, rrset, rrsigs, under in (
        ("the keys", keys, key_signatures, trusted),
        ("the records", records, signatures, keys),
    ):
        if not any(int(item.algorithm) in ALGORITHMS for item in rrsigs):
            return Own("unsupported", f"the algorithm of the signature of {what} is unknown here")
        try:
            dns.dnssec.validate(rrset, rrsigs, {signer: under})
        except dns.exception.ValidationFailure:
            return Own("failed", f"the signature of {what} is not valid{_why(rrsigs)}")
    return Own("valid", f"the signature fits the keys of {signer}, and these the DS above")


def _why(signatures: dns.rrset.RRset) -> str:
    """The most common reason, which an administrator sees at once."""
    latest = max(item.expiration for item in signatures)
    if latest < time.time():
        return f": it expired on {dt.datetime.fromtimestamp(latest, dt.UTC):%Y-%m-%d %H:%M} UTC"
    return ""


def _matching(
    signer: dns.name.Name, keys: Sequence[DNSKEY], delegations: Sequence[DS]
) -> list[DNSKEY] | None:
    """The keys that a DS names (RFC 4034, 5.1.4); None where no digest type is known here."""
    known, found = False, []
    for ds in delegations:
        for key in keys:
            try:
                made = dns.dnssec.make_ds(signer, key, ds.digest_type, validating=True)
            except (dns.exception.UnsupportedAlgorithm, dns.exception.DeniedByPolicy):
                continue
            known = True
            if made == ds and key not in found:
                found.append(key)
    return found if known else None


def settle(witnesses: Sequence[Witness], own: Own) -> tuple[State, str]:
    """The state and its reason, from what all resolvers say and from our own validation."""
    said = {w.state for w in witnesses if w.state != "unknown"}
    if not said and any(w.validates for w in witnesses):
        return "unknown", "no validating resolver brings records by which to judge"
    if not said:
        return "unknown", f"no resolver here is known to validate; {own.detail}"
    if len(said) > 1:
        heard = ", ".join(f"{w.server.name} says {w.state}" for w in witnesses)
        return "unknown", f"the resolvers do not agree: {heard}"
    state = said.pop()
    against = {"secure": "failed", "bogus": "valid", "insecure": "valid"}
    if own.outcome == against[state]:
        return "unknown", f"the resolvers say {state}, our own validation says: {own.detail}"
    return state, own.detail
