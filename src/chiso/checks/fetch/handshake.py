"""One TLS handshake at a time: the contexts to try, and what a server showed in one.

Nothing is sent after the handshake. A context is made for one purpose and kept; whether the local
OpenSSL can speak a version at all is found out by a handshake between two ends in memory.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import tempfile
import warnings
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

#: versions in the words of `TlsFacts.protocols`; SSL 2 and 3 are in no OpenSSL of today
VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
_LEGACY_SERVER_CONNECT = 0x4  # SSL_OP_LEGACY_SERVER_CONNECT; named only from Python 3.12 on
_WEAK = "ALL:@SECLEVEL=0"  # below it OpenSSL 3 refuses TLS 1.0, 1.1 and weak keys
_GOODBYE = 1.0  # seconds for the closing words


@dataclass(frozen=True, slots=True)
class Shaken:
    """What a server showed: certificates as DER, its own first; None where our library hides the
    rest of them."""

    version: str
    cipher: str
    leaf: bytes
    served: tuple[bytes, ...] | None


@lru_cache(maxsize=32)
def looking(weak: bool, version: str = "") -> ssl.SSLContext:
    """A context that trusts anybody, to see what is shown; `weak` bears old keys and versions,
    `version` allows that one alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return _tuned(context, weak, version)


@lru_cache(maxsize=8)
def judging(ca_file: str, weak: bool) -> ssl.SSLContext:
    """A context that verifies against a bundle, or the machine's roots where `ca_file` is empty.

    Raises OSError (ssl.SSLError is one) where the bundle cannot be read.
    """
    return _tuned(ssl.create_default_context(cafile=ca_file or None), weak, "")


def _tuned(context: ssl.SSLContext, weak: bool, version: str) -> ssl.SSLContext:
    context.options |= _LEGACY_SERVER_CONNECT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are asked for on purpose
        if weak or version:
            context.set_ciphers(_WEAK)
            context.minimum_version = ssl.TLSVersion.TLSv1
        if version:
            context.minimum_version = VERSIONS[version]
            context.maximum_version = VERSIONS[version]
    return context


class _Silent(asyncio.Protocol):
    """Says nothing; tells when the connection is gone."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()


async def shake(
    address: str, port: int, host: str, context: ssl.SSLContext, patience: float
) -> Shaken:
    """Connect, shake hands, part. `address` must have been judged by the guard before.

    Raises OSError (ssl.SSLError, ConnectionError and TimeoutError are such) and ValueError for
    what the server or the name does; `patience` are the seconds for the whole of it.
    """
    async with asyncio.timeout(patience):
        transport, protocol = await asyncio.get_running_loop().create_connection(
            _Silent,
            address,
            port,
            ssl=context,
            server_hostname=host,
            ssl_handshake_timeout=max(patience, 0.1),
            ssl_shutdown_timeout=_GOODBYE,
        )
        try:
            return _seen(transport.get_extra_info("ssl_object"))
        finally:
            transport.close()
            try:
                async with asyncio.timeout(_GOODBYE):
                    await protocol.gone.wait()
            except TimeoutError:
                transport.abort()
                await protocol.gone.wait()  # comes with the next turn of the loop


def _seen(connection: Any) -> Shaken:
    cipher = connection.cipher()
    return Shaken(
        version=connection.version() or "",
        cipher=cipher[0] if cipher else "",
        leaf=connection.getpeercert(binary_form=True) or b"",
        served=_served(connection),
    )


def _served(connection: Any) -> tuple[bytes, ...] | None:
    """All certificates that the server sent; public in Python from 3.13 on."""
    for holder in (connection, getattr(connection, "_sslobj", None)):
        chain = getattr(holder, "get_unverified_chain", None)
        if chain is None:
            continue
        found = chain() or ()
        if all(isinstance(one, bytes) for one in found):
            return tuple(found)
        return tuple(ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in found)
    return None


# --- what the local OpenSSL can do ----------------------------------------------------------------


@cache
def speaks(version: str) -> bool:
    """Whether the local OpenSSL completes a handshake of that version with itself."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(_own_certificate())
        file.flush()
        server.load_cert_chain(file.name)
    try:
        _tuned(server, weak=True, version=version)
        client = looking(weak=True, version=version)
        return _handshake_in_memory(client, server)
    except (ssl.SSLError, ValueError):
        return False


def _handshake_in_memory(client: ssl.SSLContext, server: ssl.SSLContext) -> bool:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname="localhost"),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(10):
        waiting = []
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                waiting.append(end)
        if not waiting:
            return True
    return False


def _own_certificate() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + made.public_bytes(serialization.Encoding.PEM)
