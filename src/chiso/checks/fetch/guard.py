"""The guard: which URLs may be asked and which addresses may be spoken to.

A portal decides where its links, redirects and names point, so all three are hostile input. The
guard reads a URL in one strict way, and everything after it works from what the guard read: no
second parser can understand the host differently. Nothing here opens a socket.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from yarl import URL

from chiso.checks.states import ErrorClass

MOST_URL = 4_096  # characters
MOST_VERDICTS = 65_536  # addresses whose verdict is kept
DEFAULT_PORTS = {"http": 80, "https": 443}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Range = ipaddress.IPv4Network | ipaddress.IPv6Network

# IANA special-purpose registries (RFC 6890 and its updates), written out so that a verdict does
# not change with the version of Python
_REFUSED_V4: tuple[tuple[ipaddress.IPv4Network, str], ...] = tuple(
    (ipaddress.IPv4Network(text), why)
    for text, why in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared address space"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT relay"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")  # RFC 4291: all that is global unicast today
_REFUSED_V6: tuple[tuple[ipaddress.IPv6Network, str], ...] = tuple(
    (ipaddress.IPv6Network(text), why)
    for text, why in (
        ("2001::/32", "Teredo"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("2620:4f:8000::/48", "AS112"),
        ("3ffe::/16", "returned"),
        ("3fff::/20", "documentation"),
    )
)
# outside 2000::/3, only to say why
_NAMED_V6: tuple[tuple[ipaddress.IPv6Network, str], ...] = tuple(
    (ipaddress.IPv6Network(text), why)
    for text, why in (
        ("::1/128", "loopback"),
        ("::/128", "unspecified"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/64", "discard"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_ISATAP = 0x5EFE  # RFC 5214: the interface identifier carries an IPv4 address

_SHAPE = re.compile(r"(https?)://([^/?#]*)([^#]*)", re.I)
_BAD = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff\u2028\u2029\ufeff]")
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[^\[\]:%]{1,253})(?::([1-9][0-9]{0,4})?)?")
_NAME = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class Refused(Exception):
    """The guard says no. `error` is its class, `detail` the reason in words."""

    def __init__(
        self,
        error: ErrorClass,
        detail: str,
        *,
        addresses: tuple[str, ...] = (),
        resolver: str = "",
        milliseconds: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.error = error
        self.detail = detail
        self.addresses = addresses
        self.resolver = resolver
        self.milliseconds = milliseconds


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL as the guard read it.

    `url` is without fragment; `host` is an ASCII name in small letters or an address without
    brackets; `target` is path and query, not yet percent-encoded.
    """

    url: str
    scheme: str
    host: str
    port: int
    target: str
    literal: bool

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def wire(self, address: str, port: int) -> URL:
        """The URL to hand to the transport: the address in place of the name, path encoded.

        Raises Refused where the path cannot be encoded.
        """
        literal = f"[{address}]" if ":" in address else address
        try:
            return URL(f"{self.scheme}://{literal}:{port}{self.target}")
        except ValueError as fault:
            raise Refused(ErrorClass.REFUSED_URL, f"path: {fault}") from None


class Guard:
    """Judges URLs and addresses.

    `allow` are ranges (CIDR) that are allowed beside the public ones; `ports` those beside 80 and
    443. Raises ValueError if a range cannot be read.
    """

    def __init__(self, allow: Sequence[str] = (), ports: Sequence[int] = ()) -> None:
        self.allowed: tuple[_Range, ...] = tuple(ipaddress.ip_network(text) for text in allow)
        self.ports = frozenset({80, 443, *ports})
        self._verdicts: dict[str, str] = {}

    def refuse_url(self, url: str) -> str:
        """Why the URL may not be asked; empty if it may. Says nothing of what it resolves to."""
        try:
            self.destination(url)
        except Refused as refused:
            return refused.detail
        return ""

    def destination(self, url: str) -> Destination:
        """Read a URL. Raises Refused (REFUSED_URL) unless it is http or https, without userinfo,
        on an allowed port, with a sane name or a plain address as host.

        A space inside path or query is let through and encoded, as browsers do.
        """
        if len(url) > MOST_URL:
            raise _no(f"longer than {MOST_URL} characters")
        bad = _BAD.search(url)
        if bad:
            raise _no(f"the character {bad[0]!a} in the URL")
        if url.endswith(" "):
            raise _no("white space at the end")
        shape = _SHAPE.match(url)
        if shape is None:
            raise _no("neither http nor https")
        scheme, authority, target = shape[1].lower(), shape[2], shape[3]
        if "@" in authority:
            raise _no("a user name in the URL")
        parts = _AUTHORITY.fullmatch(authority)
        if parts is None:
            raise _no("the host cannot be read" if authority else "no host")
        port = int(parts[2] or DEFAULT_PORTS[scheme])
        if port not in self.ports:
            raise _no(f"port {port}")
        host, literal = _host(parts[1])
        if not target.startswith("/"):
            target = "/" + target
        return Destination(url.partition("#")[0], scheme, host, port, target, literal)

    def refuse_address(self, address: str) -> str:
        """Why the address may not be spoken to; empty if it may."""
        verdict = self._verdicts.get(address)
        if verdict is None:
            if len(self._verdicts) >= MOST_VERDICTS:
                self._verdicts.clear()
            verdict = self._verdicts[address] = self._judge(address)
        return verdict

    def _judge(self, text: str) -> str:
        if "%" in text:
            return "an address with a zone"
        try:
            address: Address = ipaddress.ip_address(text)
        except ValueError:
            return "not an address"
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if any(address.version == r.version and address in r for r in self.allowed):
            return ""
        return _refuse_v4(address) if address.version == 4 else _refuse_v6(address)


def is_address(text: str) -> bool:
    """Whether the text is an address without a zone."""
    if ":" not in text and not text[-1:].isdigit():
        return False  # most are names, and an exception costs
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _no(detail: str) -> Refused:
    return Refused(ErrorClass.REFUSED_URL, detail)


def _refuse_v4(address: ipaddress.IPv4Address) -> str:
    return next((why for network, why in _REFUSED_V4 if address in network), "")


def _refuse_v6(address: ipaddress.IPv6Address) -> str:
    if address not in _GLOBAL_V6:
        return next((why for network, why in _NAMED_V6 if address in network), "not global")
    if (int(address) >> 32) & 0xFFFFFFFF in (_ISATAP, 0x02000000 | _ISATAP):
        return "ISATAP"
    return next((why for network, why in _REFUSED_V6 if address in network), "")


def _host(text: str) -> tuple[str, bool]:
    """The host in its one form, and whether it is an address. Raises Refused."""
    if text.startswith("["):
        try:
            return str(ipaddress.IPv6Address(text[1:-1])), True
        except ValueError:
            raise _no("not an IPv6 address") from None
    if not text.isascii():
        return _unicode_name(text), False
    name = text.lower()
    if _NUMBER.fullmatch(name.rstrip(".").rpartition(".")[2]):
        # hosts that end in a number are addresses to some programs: octal, hexadecimal, short
        try:
            return str(ipaddress.IPv4Address(text)), True
        except ValueError:
            raise _no("a number that is not a plain address") from None
    _check_name(name)
    return name, False


def _unicode_name(text: str) -> str:
    """The ASCII form of an international name. Raises Refused."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded.isascii() or not all(c.isalnum() or c in "-_." for c in folded if c.isascii()):
        # full-width letters or digits that stand for ASCII: nobody writes a host so in good faith
        raise _no("a host that only looks international")
    try:
        name = URL.build(scheme="http", host=text).raw_host or ""
    except (ValueError, UnicodeError):
        raise _no("not an international name") from None
    name = name.lower()
    if not name.isascii() or is_address(name):
        raise _no("not an international name")
    _check_name(name)
    return name


def _check_name(name: str) -> None:
    if name.endswith("."):
        raise _no("a dot at the end of the host")
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise _no("not a host name")
    labels = name.split(".")
    if len(labels) == 1 and name != "localhost":
        raise _no("a host of one label")
    if _NUMBER.fullmatch(labels[-1]):
        raise _no("a number that is not a plain address")
    for label in labels:
        if label.startswith("xn--"):
            _check_punycode(label)


def _check_punycode(label: str) -> None:
    try:
        text = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        raise _no("not an international name") from None
    plain = all(c == "-" or unicodedata.category(c)[0] in "LMN" for c in text)
    if text.isascii() or not plain or unicodedata.normalize("NFKC", text).casefold() != text:
        raise _no("an international name in a wrong form")
