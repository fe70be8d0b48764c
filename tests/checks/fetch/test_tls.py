"""What a TLS port shows, with real handshakes against the test internet."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from tests.internet.internet import Internet
from tests.internet.model import Host, Tls

from chiso.checks.artifacts import TlsFacts
from chiso.checks.fetch import handshake, tls
from chiso.checks.fetch.handshake import VERSIONS, speaks
from chiso.checks.fetch.tls import issuer_addresses, read_certificate, tls_facts
from chiso.checks.network import Limits
from chiso.checks.states import ErrorClass

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


def _facts(internet: Internet, host: str, **changes: object) -> TlsFacts:
    return asyncio.run(tls_facts(host, internet.network(**changes)))


def _look(internet: Internet, kind: Tls) -> TlsFacts:
    name = f"tls-{kind.replace('_', '-')}.gov.vn"
    if internet.find(name) is None:
        internet.add(Host(name, tls=kind))
    return _facts(internet, name)


def test_a_good_host_is_trusted_and_its_certificate_read(internet: Internet) -> None:
    facts = _look(internet, "valid")
    assert (facts.error, facts.trusted, facts.trust_error) == (None, True, "")
    assert facts.address.startswith("127.")
    shown = facts.certificate
    assert shown is not None
    assert shown.subject == "CN=tls-valid.gov.vn"
    assert shown.issuer == "CN=Test Internet Intermediate"
    assert shown.names == ("tls-valid.gov.vn",)
    assert (shown.key, shown.signature) == ("EC secp256r1", "ecdsa-with-SHA256")
    assert len(shown.fingerprint) == 64
    assert facts.cipher


@pytest.mark.parametrize(
    "kind",
    ["expired", "not_yet_valid", "wrong_host", "self_signed", "unknown_issuer",
     "missing_intermediate"],
)  # fmt: skip
def test_each_reason_for_distrust_is_told_apart(internet: Internet, kind: Tls) -> None:
    facts = _look(internet, kind)
    assert (facts.error, facts.trusted, facts.trust_error) == (None, False, kind)
    assert facts.trust_detail
    assert facts.certificate is not None
    assert facts.protocols["TLSv1.3"] is True


def test_a_certificate_that_soon_ends_is_trusted_until_then(internet: Internet) -> None:
    facts = _look(internet, "short")
    assert facts.trusted is True
    assert facts.certificate is not None
    assert (facts.certificate.not_after - facts.at).days in {4, 5}


def test_a_chain_cut_short_is_not_excused_without_word_of_its_issuer(
    internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "issuer_addresses", lambda certificate: ())
    facts = _look(internet, "missing_intermediate")
    assert facts.trust_error == "unknown_issuer"


def test_a_chain_that_our_library_does_not_show_is_not_called_short(
    internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handshake, "_served", lambda connection: None)
    assert _look(internet, "missing_intermediate").trust_error == "unknown_issuer"


def test_a_bundle_with_the_intermediate_completes_the_chain(
    internet: Internet, tmp_path: Path
) -> None:
    _look(internet, "missing_intermediate")
    both = tmp_path / "both.pem"
    both.write_bytes(
        internet.ca.root_file.read_bytes() + internet.ca.intermediate_file.read_bytes()
    )
    facts = _facts(internet, "tls-missing-intermediate.gov.vn", ca_file=str(both))
    assert facts.trusted is True


def test_roots_that_cannot_be_read_are_our_fault_and_no_verdict(
    internet: Internet, tmp_path: Path
) -> None:
    _look(internet, "valid")
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    for path in (broken, tmp_path / "missing.pem"):
        facts = _facts(internet, "tls-valid.gov.vn", ca_file=str(path))
        assert facts.trusted is None
        assert "our roots" in facts.trust_detail
        assert facts.certificate is not None


# --- versions -----------------------------------------------------------------------------------


def test_a_modern_server_takes_only_modern_versions(internet: Internet) -> None:
    protocols = _look(internet, "valid").protocols
    assert list(protocols) == list(VERSIONS)
    assert (protocols["TLSv1.2"], protocols["TLSv1.3"]) == (True, True)
    for old in ("TLSv1", "TLSv1.1"):
        assert protocols[old] is (False if speaks(old) else None)


def test_a_server_of_old_versions_only_is_found_out(internet: Internet) -> None:
    if not speaks("TLSv1.1"):
        pytest.skip("the local OpenSSL has no TLS 1.1: no such server can be run here")
    facts = _look(internet, "old_protocols")
    assert (facts.error, facts.trusted) == (None, True)
    assert facts.protocols["TLSv1.1"] is True
    assert (facts.protocols["TLSv1.2"], facts.protocols["TLSv1.3"]) == (False, False)


def test_a_version_that_we_cannot_speak_is_left_open(
    internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "speaks", lambda version: version not in {"TLSv1", "TLSv1.1"})
    protocols = _look(internet, "valid").protocols
    assert (protocols["TLSv1"], protocols["TLSv1.1"]) == (None, None)


def test_the_local_library_is_tried_and_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert speaks("TLSv1.2")
    assert speaks("TLSv1.3")

    speaks.cache_clear()
    handshake.looking.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(handshake, "_tuned", _limited)
        assert not speaks("TLSv1.2")
    speaks.cache_clear()
    handshake.looking.cache_clear()


def _limited(context: ssl.SSLContext, weak: bool, version: str) -> ssl.SSLContext:
    """A server that takes 1.3 only, against a client that offers 1.2 only."""
    if context.protocol is ssl.PROTOCOL_TLS_SERVER:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    else:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


# --- no handshake -------------------------------------------------------------------------------


def test_a_closed_port_is_refused(internet: Internet) -> None:
    facts = _look(internet, "none")
    assert facts.error is ErrorClass.CONN_REFUSED
    assert facts.detail == "Connection refused"
    assert (facts.trusted, facts.certificate, facts.protocols) == (None, None, {})


def test_garbage_in_place_of_a_handshake_is_told(internet: Internet) -> None:
    facts = _look(internet, "broken")
    assert facts.error is ErrorClass.TLS_HANDSHAKE
    assert facts.trusted is None


async def _deaf(reader: Reader, writer: Writer) -> None:
    await reader.read(1)
    await asyncio.sleep(5)


async def _drip(reader: Reader, writer: Writer) -> None:
    for byte in b"\x16\x03\x03\x10\x00" + b"\x02" * 100:
        writer.write(bytes((byte,)))
        await writer.drain()
        await asyncio.sleep(0.02)


async def _hang_up(reader: Reader, writer: Writer) -> None:
    await reader.read(1)
    writer.transport.abort()


async def _flood(reader: Reader, writer: Writer) -> None:
    while not writer.is_closing():
        writer.write(b"\x16\x03\x03\x40\x00" + b"\x0b" * 0x4000)
        await writer.drain()


def _against(answer: Callable[[Reader, Writer], object], internet: Internet) -> TlsFacts:
    """Look at a port of 127.0.0.1 that answers by itself."""

    async def run() -> TlsFacts:
        async def serve(reader: Reader, writer: Writer) -> None:
            try:
                await answer(reader, writer)  # type: ignore[misc]
            except OSError:
                pass
            finally:
                writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            network = internet.network(
                connect_ports={443: port}, limits=Limits(connect=0.3, total=2.0)
            )
            return await tls_facts("any.gov.vn", network, address="127.0.0.1")

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (_deaf, ErrorClass.CONN_TIMEOUT),
        (_drip, ErrorClass.CONN_TIMEOUT),
        (_hang_up, ErrorClass.CONN_RESET),
        (_flood, ErrorClass.TLS_HANDSHAKE),
    ],
)
def test_a_port_that_plays_with_us_is_left_in_time(
    internet: Internet, answer: Callable[[Reader, Writer], object], error: ErrorClass
) -> None:
    facts = _against(answer, internet)
    assert facts.error is error
    assert (facts.trusted, facts.protocols) == (None, {})
    assert (dt.datetime.now(dt.UTC) - facts.at).total_seconds() < 3


def test_all_handshakes_together_are_limited(internet: Internet) -> None:
    internet.add(Host("tls-slow.gov.vn", tls="valid"))
    network = internet.network(limits=Limits(connect=2.0, total=0.0))
    facts = asyncio.run(tls_facts("tls-slow.gov.vn", network))
    assert facts.error is ErrorClass.READ_TIMEOUT


# --- who may be asked ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "address", "port", "error"),
    [
        ("tls-valid.gov.vn", "10.0.0.1", 443, ErrorClass.REFUSED_ADDRESS),
        ("tls-valid.gov.vn", "169.254.169.254", 443, ErrorClass.REFUSED_ADDRESS),
        ("10.0.0.1", None, 443, ErrorClass.REFUSED_ADDRESS),
        ("tls-valid.gov.vn", None, 25, ErrorClass.REFUSED_URL),
        ("a b.gov.vn", None, 443, ErrorClass.REFUSED_URL),
        ("", None, 443, ErrorClass.REFUSED_URL),
        ("nobody.gov.vn", None, 443, ErrorClass.DNS_NXDOMAIN),
    ],
)
def test_only_a_checked_address_is_connected_to(
    internet: Internet,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    address: str | None,
    port: int,
    error: ErrorClass,
) -> None:
    tried = []

    async def never(*args: object) -> object:
        tried.append(args)
        raise OSError

    monkeypatch.setattr(tls, "shake", never)
    facts = asyncio.run(tls_facts(host, internet.network(), port=port, address=address))
    assert facts.error is error
    assert facts.detail
    assert tried == []


def test_a_name_that_points_to_a_private_address_is_not_connected_to(
    internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    internet.add(Host("tls-private.gov.vn", dns="private"))
    tried = []

    async def never(*args: object) -> object:
        tried.append(args)
        raise OSError

    monkeypatch.setattr(tls, "shake", never)
    assert _facts(internet, "tls-private.gov.vn").error is ErrorClass.REFUSED_ADDRESS
    assert tried == []


# --- certificates -------------------------------------------------------------------------------


def _made(key: object, *extensions: x509.ExtensionType, years: int = 1) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "cổng.gov.vn\r\nX: 1")])
    begin = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())  # type: ignore[attr-defined]
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin.replace(year=begin.year + years))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, digest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "words", "signature"),
    [
        (rsa.generate_private_key(65537, 2048), "RSA 2048", "sha256WithRSAEncryption"),
        (ec.generate_private_key(ec.SECP384R1()), "EC secp384r1", "ecdsa-with-SHA256"),
        (ed25519.Ed25519PrivateKey.generate(), "Ed25519", "ed25519"),
    ],
    ids=["RSA", "EC", "Ed25519"],
)
def test_keys_and_signatures_are_named(key: object, words: str, signature: str) -> None:
    read = read_certificate(_made(key))
    assert (read.key, read.signature) == (words, signature)


def test_a_certificate_without_names_gives_its_common_name_on_one_line() -> None:
    read = read_certificate(_made(ec.generate_private_key(ec.SECP256R1())))
    assert read.names == ("cổng.gov.vn  X: 1",)
    assert "\n" not in read.subject


def test_names_are_bounded() -> None:
    many = x509.SubjectAlternativeName([x509.DNSName(f"h{n}.gov.vn") for n in range(300)])
    read = read_certificate(_made(ec.generate_private_key(ec.SECP256R1()), many))
    assert len(read.names) == tls.MOST_NAMES


def test_only_web_addresses_of_an_issuer_count() -> None:
    oid = x509.AuthorityInformationAccessOID
    access = [
        x509.AccessDescription(oid.OCSP, x509.UniformResourceIdentifier("http://ocsp.invalid")),
        x509.AccessDescription(oid.CA_ISSUERS, x509.UniformResourceIdentifier("ldap:///CN=CA")),
        x509.AccessDescription(oid.CA_ISSUERS, x509.UniformResourceIdentifier("http://ca.invalid")),
    ]
    key = ec.generate_private_key(ec.SECP256R1())
    assert issuer_addresses(_made(key, x509.AuthorityInformationAccess(access))) == (
        "http://ca.invalid",
    )


def test_a_certificate_with_an_extension_twice_is_read_without_them() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName("a.gov.vn")])
    good = _made(key, names, x509.BasicConstraints(ca=False, path_length=None))
    # 2.5.29.17 are the names, 2.5.29.19 the basic constraints
    spoilt = good.public_bytes(serialization.Encoding.DER).replace(b"\x55\x1d\x11", b"\x55\x1d\x13")
    read = read_certificate(x509.load_der_x509_certificate(spoilt))
    assert read_certificate(good).names == ("a.gov.vn",)
    assert read.names == ("cổng.gov.vn  X: 1",)
