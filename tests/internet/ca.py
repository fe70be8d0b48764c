"""The test internet's own certificate authority: a root, an intermediate, and every bad habit.

Keys are EC P-256, made once per authority; a certificate is made when a host first needs it.
"""

from __future__ import annotations

import datetime as dt
import shutil
import ssl
import tempfile
import warnings
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from tests.internet.model import Tls

DAY = dt.timedelta(days=1)
#: days left of a certificate of kind "short"
SHORT = 5
#: (begin, end) in days from now, by kind; other kinds have what "valid" has
_LIFE: dict[str, tuple[int, int]] = {
    "valid": (-30, 335), "expired": (-400, -35), "not_yet_valid": (20, 385), "short": (-85, SHORT),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs: a key, and the certificate that goes with it; None signs itself."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate | None = None

    def name_for(self, own: x509.Name) -> x509.Name:
        """The name of the issuer, where `own` is the name of what is signed."""
        return own if self.certificate is None else self.certificate.subject


def certificate_of(authority: Authority) -> x509.Certificate:
    """The certificate of an authority that has one."""
    assert authority.certificate is not None
    return authority.certificate


def _name(text: str) -> x509.Name:
    # a common name holds 64 characters (RFC 5280, ub-common-name)
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _authority(title: str, by: Authority | None, now: dt.datetime) -> Authority:
    key = _new_key()
    signer = by or Authority(key)  # a root signs itself
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(title))
        .issuer_name(signer.name_for(_name(title)))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 1000 * DAY)
        .not_valid_after(now + 3000 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()),
            critical=False,
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, crl_sign=True,
                content_commitment=False, key_encipherment=False, data_encipherment=False,
                key_agreement=False, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
    )  # fmt: skip
    return Authority(key, builder.sign(signer.key, hashes.SHA256()))


class CertificateAuthority:
    """Makes and keeps certificates in a temporary folder until `close` or the end of the program.

    `root_file` is the bundle (PEM) that a client has to trust; it holds the root alone.
    """

    def __init__(self, now: dt.datetime | None = None) -> None:
        self.now = now or dt.datetime.now(dt.UTC)
        self.folder = Path(tempfile.mkdtemp(prefix="chiso-test-ca-"))
        self._leave = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.root = _authority("Test Internet Root", None, self.now)
        self.intermediate = _authority("Test Internet Intermediate", self.root, self.now)
        self.stranger = _authority("Unknown Root", None, self.now)
        self.root_file = self.folder / "root.pem"
        self.root_file.write_bytes(_pem(certificate_of(self.root)))
        self.intermediate_file = self.folder / "intermediate.pem"
        self.intermediate_file.write_bytes(_pem(certificate_of(self.intermediate)))
        self._key = _new_key()  # one key for all hosts: they are not secrets
        self._contexts: dict[tuple[str, Tls], ssl.SSLContext] = {}

    def close(self) -> None:
        """Remove the folder; may be called twice."""
        self._leave()

    def certificate(
        self, names: Sequence[str], kind: Tls = "valid", *, aia: bool = True
    ) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
        """A certificate for `names` of that kind, and what is served beside it.

        `aia` says where the issuer's certificate may be had (RFC 5280, 4.2.2.1): most public
        authorities do.
        """
        if kind == "wrong_host":
            names = ["another-host.example"]
        by = self.stranger if kind == "unknown_issuer" else self.intermediate
        if kind == "self_signed":
            by = Authority(self._key)
        leaf = self._leaf(names, by, kind, aia)
        if by is not self.intermediate or kind == "missing_intermediate":
            return leaf, ()
        return leaf, (certificate_of(self.intermediate),)

    def _leaf(self, names: Sequence[str], by: Authority, kind: Tls, aia: bool) -> x509.Certificate:
        begin, end = _LIFE.get(kind, _LIFE["valid"])
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(names[0]))
            .issuer_name(by.name_for(_name(names[0])))
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now + begin * DAY)
            .not_valid_after(self.now + end * DAY)
            .add_extension(x509.SubjectAlternativeName(map(x509.DNSName, names)), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()),
                critical=False,
            )
        )
        if aia and by is self.intermediate:
            where = x509.UniformResourceIdentifier("http://ca.invalid/intermediate.cer")
            access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where)
            builder = builder.add_extension(
                x509.AuthorityInformationAccess([access]), critical=False
            )
        return builder.sign(by.key, hashes.SHA256())

    def context(self, name: str, kind: Tls) -> ssl.SSLContext:
        """A server's context for a host; `old_protocols` takes nothing above TLS 1.1."""
        key = (name, kind)
        if key not in self._contexts:
            self._contexts[key] = self._context(name, kind)
        return self._contexts[key]

    def _context(self, name: str, kind: Tls) -> ssl.SSLContext:
        leaf, served = self.certificate([name], kind)
        private = self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path = self.folder / "chain.pem"
        path.write_bytes(private + _pem(leaf) + b"".join(map(_pem, served)))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        path.unlink()
        if kind == "old_protocols":
            only_old(context)
        return context


def only_old(context: ssl.SSLContext) -> None:
    """Let a context speak TLS 1.0 and 1.1 alone; OpenSSL 3 does so at security level 0 only.

    An OpenSSL that was built without them leaves a server that no handshake succeeds with.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
