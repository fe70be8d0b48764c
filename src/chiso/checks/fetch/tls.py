"""What the TLS port of a host shows: its certificate, whether that is trusted, which versions.

Handshakes are made one after the other with the usual pause between them, only with an address
that the guard lets through, and nothing is sent after them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID

from chiso.checks.artifacts import Certificate, TlsFacts
from chiso.checks.fetch.guard import Guard, Refused
from chiso.checks.fetch.handshake import VERSIONS, Shaken, judging, looking, shake, speaks
from chiso.checks.fetch.resolving import Resolver
from chiso.checks.fetch.transport import name_fault, one_line
from chiso.checks.network import Network
from chiso.checks.reading.guarded import guarded
from chiso.checks.states import ErrorClass

TrustError = Literal[
    "", "expired", "not_yet_valid", "wrong_host", "self_signed", "unknown_issuer",
    "missing_intermediate", "other",
]  # fmt: skip

MOST_TRIED = 2  # addresses of one name
MOST_NAMES = 100  # that one certificate is recorded with
MOST_TEXT = 300  # characters of one name

# verification results of OpenSSL (include/openssl/x509_vfy.h)
_NO_ISSUER = frozenset({2, 20, 21})  # no issuer, no local issuer, first certificate unverifiable
_BY_CODE: dict[int, TrustError] = {
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed",
    19: "unknown_issuer",  # a root that was sent along, but is not among those we trust
    62: "wrong_host",
    64: "wrong_host",
}


async def tls_facts(
    host: str,
    network: Network,
    *,
    port: int = 443,
    address: str | None = None,
    resolver: Resolver | None = None,
) -> TlsFacts:
    """Gather the facts of a TLS port; never raises for what the network or the server does.

    The name is resolved and judged by the guard, unless `address` is given, which is judged as
    well. `trusted` is settled against `network.ca_file` or the machine's roots; the reasons are
    those of OpenSSL (RFC 5280, 6), told apart as follows:

    - "expired" and "not_yet_valid" only where it is the server's own certificate;
    - "missing_intermediate" where no issuer was found, the server sent nothing but its own
      certificate, and that certificate says at an http address where its issuer's is to be had
      (RFC 5280, 4.2.2.1), so that most browsers complete the chain. An issuer of somebody's own
      that also publishes its certificate cannot be told apart without going there, and no other
      host is asked: it gets this milder word;
    - "unknown_issuer" where no issuer was found otherwise.

    `protocols` holds a version as True where a handshake of that version alone succeeds, False
    where the server turns it down, None where the local OpenSSL cannot speak it or the answer did
    not come. SSL 2 and 3 cannot be tested. Times are limited by `network.limits`.
    """
    looked = _Looked(host.rstrip(".").lower(), port, network)
    try:
        looked.addresses = await _addresses(looked, resolver, address)
    except Refused as refused:
        looked.error, looked.detail = refused.error, refused.detail
        return looked.facts()
    total = network.limits.total + 6 * network.politeness.pause
    try:
        async with asyncio.timeout(total):
            await looked.look()
    except TimeoutError:
        if looked.shown is None:
            looked.error = looked.error or ErrorClass.READ_TIMEOUT
            looked.detail = looked.detail or f"no handshake within {total:.0f} s"
    return looked.facts()


async def _addresses(
    looked: _Looked, resolver: Resolver | None, address: str | None
) -> tuple[str, ...]:
    """Addresses that may be spoken to. Raises Refused for all else."""
    network = looked.network
    guard = resolver.guard if resolver else Guard(network.allow, network.ports)
    literal = f"[{looked.host}]" if ":" in looked.host else looked.host
    looked.host = guard.destination(f"https://{literal}:{looked.port}/").host
    if address is not None:
        why = guard.refuse_address(address)
        if why:
            raise Refused(ErrorClass.REFUSED_ADDRESS, f"{address}: {why}")
        return (address,)
    found = await (resolver or Resolver(network, guard)).checked(looked.host)
    if not found.addresses:
        raise Refused(found.error or ErrorClass.DNS_NODATA, found.detail)
    return found.addresses


@dataclass(slots=True)
class _Looked:
    """The facts of one port as they come in."""

    host: str
    port: int
    network: Network
    at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    addresses: tuple[str, ...] = ()
    address: str = ""
    error: ErrorClass | None = None
    detail: str = ""
    shown: Shaken | None = None
    weak: bool = False  # only a client that bears old keys and versions gets through
    leaf: x509.Certificate | None = None
    trusted: bool | None = None
    trust_error: TrustError = ""
    trust_detail: str = ""
    protocols: dict[str, bool | None] = field(default_factory=dict)

    def facts(self) -> TlsFacts:
        """The record of what came in."""
        return TlsFacts(
            host=self.host,
            port=self.port,
            at=self.at,
            address=self.address,
            error=self.error,
            detail=self.detail,
            trusted=self.trusted,
            trust_error=self.trust_error,
            trust_detail=self.trust_detail,
            certificate=guarded(read_certificate, self.leaf) if self.leaf else None,
            protocols=self.protocols,
            cipher=self.shown.cipher if self.shown else "",
        )

    async def look(self) -> None:
        """A first handshake that trusts anybody; then trust; then each version."""
        await self._first()
        if self.shown is None:
            return
        if self.shown.leaf:
            self.leaf = guarded(x509.load_der_x509_certificate, self.shown.leaf)
        await self._pause()
        await self._judge()
        for version in VERSIONS:
            self.protocols[version] = await self._takes(version)

    async def _pause(self) -> None:
        await asyncio.sleep(self.network.politeness.pause)

    async def _shake(self, context: ssl.SSLContext) -> Shaken | BaseException:
        port = self.network.connect_ports.get(self.port, self.port)
        patience = self.network.limits.connect
        try:
            return await shake(self.address, port, self.host, context, patience)
        except (OSError, EOFError, ValueError, ssl.CertificateError) as fault:
            return fault

    async def _first(self) -> None:
        for address in self.addresses[:MOST_TRIED]:
            self.address = address
            for weak in (False, True):
                seen = await self._shake(looking(weak))
                if isinstance(seen, Shaken):
                    self.shown, self.weak = seen, weak
                    self.error, self.detail = None, ""
                    return
                self.error, self.detail = _fault(seen)
                if self.error in _UNREACHED:
                    break  # another address may do better, weaker keys do not
                await self._pause()

    # --- trust ----------------------------------------------------------------------------------

    async def _judge(self) -> None:
        try:
            context = judging(self.network.ca_file, self.weak)
        except OSError as fault:
            self.trust_detail = f"our roots cannot be read: {one_line(str(fault))}"
            return
        seen = await self._shake(context)
        if isinstance(seen, Shaken):
            self.trusted = True
        elif isinstance(seen, ssl.SSLCertVerificationError):
            self.trusted = False
            self.trust_error, self.trust_detail = self._reason(seen)
        else:
            error, words = _fault(seen)
            self.trust_detail = f"could not be verified: {error} {words}"

    def _reason(self, fault: ssl.SSLCertVerificationError) -> tuple[TrustError, str]:
        code, words = fault.verify_code, one_line(str(fault.verify_message))
        if code in _NO_ISSUER:
            return self._no_issuer(words)
        reason = _BY_CODE.get(code, "other")
        dates = _dates(self.leaf)
        if reason in {"expired", "not_yet_valid"} and dates is not None:
            begin, end = dates
            if begin <= self.at <= end:
                return "other", f"{words}: another certificate of the chain, not the server's own"
        return reason, words

    def _no_issuer(self, words: str) -> tuple[TrustError, str]:
        served = self.shown.served if self.shown else None
        if self.leaf is None or served is None:
            return "unknown_issuer", words
        if len(served) > 1:
            return "unknown_issuer", f"{words}; {len(served)} certificates were sent"
        where = guarded(issuer_addresses, self.leaf) or ()
        if where:
            place = one_line(where[0])
            told = f"{words}: only the server's own certificate was sent; its issuer's: {place}"
            return "missing_intermediate", told
        return "unknown_issuer", f"{words}; the certificate does not say where its issuer's is"

    # --- versions -------------------------------------------------------------------------------

    async def _takes(self, version: str) -> bool | None:
        """Whether the server takes a version; None where that is not known."""
        if self.shown is not None and self.shown.version == version:
            return True
        if not speaks(version):
            return None
        await self._pause()
        seen = await self._shake(looking(weak=True, version=version))
        if isinstance(seen, Shaken):
            return seen.version == version
        error, _ = _fault(seen)
        # a server turns a version down by an alert, or by hanging up in the middle of the greeting
        return False if error in {ErrorClass.TLS_HANDSHAKE, ErrorClass.CONN_RESET} else None


_UNREACHED = frozenset(
    {
        ErrorClass.CONN_REFUSED, ErrorClass.CONN_TIMEOUT, ErrorClass.UNREACHABLE,
        ErrorClass.READ_TIMEOUT,
    }
)  # fmt: skip


def _fault(fault: BaseException) -> tuple[ErrorClass, str]:
    """The class and the words of what a handshake came to."""
    if isinstance(fault, TimeoutError) and fault.errno is None:
        return ErrorClass.CONN_TIMEOUT, "no handshake in time"
    if isinstance(fault, ConnectionAbortedError):
        return ErrorClass.CONN_RESET, one_line(str(fault))
    error, words = name_fault(fault)
    if isinstance(fault, OSError) and fault.errno and not isinstance(fault, ssl.SSLError):
        words = os.strerror(fault.errno)  # asyncio's own words name our test bed's ports
    if error is ErrorClass.HTTP_MALFORMED:  # a name that cannot be sent, or an answer without sense
        return ErrorClass.TLS_HANDSHAKE, words
    return error, words


# --- the certificate ------------------------------------------------------------------------------


def read_certificate(certificate: x509.Certificate) -> Certificate:
    """The facts of a certificate. Raises what cryptography raises on a malformed one."""
    return Certificate(
        subject=one_line(certificate.subject.rfc4514_string()),
        issuer=one_line(certificate.issuer.rfc4514_string()),
        names=tuple(name[:MOST_TEXT] for name in _names(certificate)[:MOST_NAMES]),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key=guarded(_key, certificate) or "",
        signature=guarded(_signature, certificate) or "",
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
    )


def _names(certificate: x509.Certificate) -> Sequence[str]:
    """The DNS names and addresses in the certificate; its common name where it has none."""
    found = guarded(_alternative_names, certificate)
    if found:
        return found
    common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return [one_line(str(attribute.value)) for attribute in common]


def _alternative_names(certificate: x509.Certificate) -> list[str]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [
        *names.get_values_for_type(x509.DNSName),
        *map(str, names.get_values_for_type(x509.IPAddress)),
    ]


def _key(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, dsa.DSAPublicKey):
        return f"DSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__.removeprefix("_").removesuffix("PublicKey")


def _signature(certificate: x509.Certificate) -> str:
    known = getattr(certificate.signature_algorithm_oid, "_name", "")
    return str(known or certificate.signature_algorithm_oid.dotted_string)


def _dates(certificate: x509.Certificate | None) -> tuple[dt.datetime, dt.datetime] | None:
    if certificate is None:
        return None
    return guarded(lambda: (certificate.not_valid_before_utc, certificate.not_valid_after_utc))


def issuer_addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    """Where the certificate says that its issuer's is to be had over http (RFC 5280, 4.2.2.1).

    Raises x509.ExtensionNotFound where it says nothing.
    """
    access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    return tuple(
        description.access_location.value
        for description in access.value
        if description.access_method == AuthorityInformationAccessOID.CA_ISSUERS
        and isinstance(description.access_location, x509.UniformResourceIdentifier)
        and description.access_location.value.lower().startswith("http")
    )
