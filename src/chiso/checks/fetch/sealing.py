"""The two ends of TLS at the proxy: a key of its own to the browser, leniency to portals."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Seal:
    """The key with which the proxy ends the browser's TLS; made anew for each browser.

    `spki` is the SHA-256 of its public key in base64, the only key that the browser then accepts.
    """

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "chiso")])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=30))
            .sign(key, hashes.SHA256())
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.spki = base64.b64encode(hashlib.sha256(public).digest()).decode()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ) + certificate.public_bytes(serialization.Encoding.PEM)
        with tempfile.TemporaryDirectory() as folder:  # the library reads keys from files only
            path = Path(folder) / "seal.pem"
            path.touch(0o600)
            path.write_bytes(pem)
            self.context.load_cert_chain(path)


def outward_context() -> ssl.SSLContext:
    """TLS towards portals, as forgiving as needed to see the page: nothing is verified here."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # a browser speaks nothing older either
    context.set_ciphers("DEFAULT:@SECLEVEL=1")
    context.set_alpn_protocols(["http/1.1"])
    return context
