"""What a visit to a site brings home. Gathered once per run, then judged as often as wanted.

Bodies and pictures are kept apart from the record by their SHA-256 (64 hex digits) in the store.
Times are UTC; durations are milliseconds. Nothing here opens a socket.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from chiso.checks.states import ErrorClass
from chiso.checks.targets import Site

#: the version of the record; a reader refuses one it does not know
FORMAT = 1
Digest = str
Depth = Literal["sweep", "deep"]


class Record(BaseModel):
    """Immutable, strict about unknown keys, and the same after a trip through JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Timings(Record):
    """Milliseconds of the phases of one exchange; None where a phase did not happen."""

    resolve: float | None = None
    connect: float | None = None  # TCP, and TLS where there is one
    first_byte: float | None = None  # from the request sent to the first byte of the answer
    total: float | None = None


class Exchange(Record):
    """One request and what came back."""

    url: str
    method: Literal["GET", "HEAD"] = "GET"
    at: dt.datetime
    resolver: str = ""
    addresses: tuple[str, ...] = ()  # all that the name resolved to
    address: str = ""  # the one used
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: Digest | None = None  # of the decoded body, in the store
    size: int = 0  # bytes decoded
    wire: int = 0  # bytes as sent
    truncated: bool = False
    error: ErrorClass | None = None
    detail: str = ""
    timings: Timings = Timings()

    def header(self, name: str) -> str:
        """The first header of that name in any case; empty where there is none."""
        wanted = name.casefold()
        return next((value for key, value in self.headers if key.casefold() == wanted), "")

    def header_all(self, name: str) -> tuple[str, ...]:
        """All headers of that name."""
        wanted = name.casefold()
        return tuple(value for key, value in self.headers if key.casefold() == wanted)


class Chain(Record):
    """A request with the redirects that followed; at least one hop."""

    hops: tuple[Exchange, ...] = Field(min_length=1)
    attempt: int = 1

    @property
    def asked(self) -> str:
        """The URL that was asked for."""
        return self.hops[0].url

    @property
    def final(self) -> Exchange:
        """The last exchange."""
        return self.hops[-1]

    @property
    def url(self) -> str:
        """The URL that answered."""
        return self.hops[-1].url

    @property
    def status(self) -> int | None:
        """The last status."""
        return self.hops[-1].status

    @property
    def error(self) -> ErrorClass | None:
        """What went wrong at the last hop, if anything."""
        return self.hops[-1].error

    @property
    def ok(self) -> bool:
        """A 2xx answer came back whole or cut at the limit; says nothing of its content."""
        status = self.hops[-1].status
        return self.error is None and status is not None and 200 <= status < 300


class NameAnswer(Record):
    """One DNS question at one resolver."""

    resolver: str
    name: str
    kind: str  # A, AAAA, NS, SOA, CAA, DNSKEY, …
    values: tuple[str, ...] = ()
    ttl: int | None = None
    authentic: bool = False  # the resolver says AD
    error: ErrorClass | None = None


class NameServer(Record):
    """A name server of the zone, and the serial that it gave."""

    name: str
    addresses: tuple[str, ...] = ()
    serial: int | None = None
    error: ErrorClass | None = None


class NameFacts(Record):
    """What the DNS says of a host."""

    host: str
    answers: tuple[NameAnswer, ...] = ()
    servers: tuple[NameServer, ...] = ()
    wildcard: bool | None = None  # a random label below the zone resolves
    dnssec: Literal["secure", "insecure", "bogus", "unknown"] = "unknown"
    dnssec_detail: str = ""


class Certificate(Record):
    """A server's certificate as it was shown."""

    subject: str
    issuer: str
    names: tuple[str, ...] = ()
    not_before: dt.datetime
    not_after: dt.datetime
    key: str = ""  # such as "RSA 2048", "EC secp256r1"
    signature: str = ""
    fingerprint: str = ""  # SHA-256 of the certificate


class TlsFacts(Record):
    """What the TLS port of a host shows; protocols that our library cannot speak are None."""

    host: str
    port: int = 443
    at: dt.datetime
    address: str = ""
    error: ErrorClass | None = None  # no handshake at all
    detail: str = ""
    trusted: bool | None = None
    trust_error: Literal[
        "", "expired", "not_yet_valid", "wrong_host", "self_signed", "unknown_issuer",
        "missing_intermediate", "other",
    ] = ""  # fmt: skip
    trust_detail: str = ""
    certificate: Certificate | None = None
    protocols: dict[str, bool | None] = Field(default_factory=dict)  # TLSv1, TLSv1.1, …
    cipher: str = ""


class Page(Record):
    """A page of the site, why it was looked at and where its link stood."""

    role: str  # home, section:news, item:news, service_portal, service_list, procedure, apply …
    chain: Chain
    text: str = ""  # the text of the link
    source: str = ""  # the URL of the page on which the link stood; "hint" when the body named it


class Link(Record):
    """A link that was followed only to see whether it works."""

    url: str
    text: str
    source: str
    chain: Chain


class Searched(Record):
    """A query to the portal's own search."""

    kind: Literal["known", "unaccented", "nonsense"]
    query: str
    expected: str = ""  # the title of the item that must be found
    expected_url: str = ""
    chain: Chain


class AxeRule(Record):
    """One accessibility rule that was broken on a page."""

    id: str
    impact: str  # minor, moderate, serious, critical
    help: str
    tags: tuple[str, ...] = ()
    nodes: int = 0
    selectors: tuple[str, ...] = ()  # at most five
    html: tuple[str, ...] = ()  # at most five excerpts


class AxeResult(Record):
    """What axe-core said of a page."""

    version: str
    violations: tuple[AxeRule, ...] = ()
    passes: int = 0
    incomplete: int = 0


class Requested(Record):
    """A request that a rendered page made, or tried to make."""

    url: str
    method: str
    kind: str  # document, script, image, …
    status: int | None = None
    refused: str = ""  # why we refused it, if we did


class Rendered(Record):
    """A page as a browser shows it on a phone (or a desk)."""

    role: str
    url: str
    final_url: str = ""
    at: dt.datetime
    profile: Literal["mobile", "desktop"] = "mobile"
    status: int | None = None
    error: ErrorClass | None = None
    detail: str = ""
    browser: str = ""
    body: Digest | None = None  # the DOM after loading, as HTML
    picture: Digest | None = None  # JPEG
    title: str = ""
    language: str = ""  # of the html element
    viewport: str | None = None  # content of the viewport tag
    widths: dict[int, int] = Field(default_factory=dict)  # viewport width → width of the content
    wide: tuple[str, ...] = ()  # selectors of elements wider than 320 px, at most five
    lcp: tuple[float, ...] = ()  # one figure per run
    cls: tuple[float, ...] = ()
    requests: tuple[Requested, ...] = ()
    transfer: int | None = None
    insecure_forms: tuple[str, ...] = ()  # actions over http on an https page
    axe: AxeResult | None = None
    console: tuple[str, ...] = ()


class Skipped(Record):
    """Something that was not looked at, and why: so that silence is never taken for a fault."""

    what: str
    reason: ErrorClass
    detail: str = ""


class Vantage(Record):
    """From where the looking was done, and what its self-test said."""

    id: str = "local"
    at: dt.datetime
    ipv4: bool | None = None
    ipv6: bool | None = None
    resolvers: tuple[str, ...] = ()
    validates: bool | None = None  # the resolver refuses a bogus name and accepts a signed one
    clock_offset: float | None = None  # seconds
    canaries: dict[str, bool] = Field(default_factory=dict)
    ok: bool = True
    detail: str = ""


class SiteRecord(Record):
    """All that one visit to one site brought home."""

    format: int = FORMAT
    run: str
    site: Site
    depth: Depth = "deep"
    vantage: Vantage
    begun: dt.datetime
    ended: dt.datetime
    day: dt.date  # the day at the site, against which ages are counted
    agent: str = ""
    config: str = ""  # hash of the settings
    home: Chain  # the registered address; the last attempt
    attempts: tuple[Chain, ...] = ()  # failed attempts before it, with pauses between
    again: Chain | None = None  # the home page once more, for values that vary
    series: tuple[float, ...] = ()  # ms to the first byte of further home page requests
    names: NameFacts | None = None
    variants: dict[str, Chain] = Field(default_factory=dict)  # http, https, http_www, https_www
    ipv6: Chain | None = None
    tls: TlsFacts | None = None
    robots: Chain | None = None
    security_txt: Chain | None = None
    missing: tuple[Chain, ...] = ()  # random paths that cannot exist
    sitemaps: tuple[Chain, ...] = ()
    feeds: tuple[Chain, ...] = ()
    pages: tuple[Page, ...] = ()
    links: tuple[Link, ...] = ()
    searches: tuple[Searched, ...] = ()
    rendered: tuple[Rendered, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    def page(self, role: str) -> Page | None:
        """The first page of a role."""
        return next((page for page in self.pages if page.role == role), None)

    def pages_of(self, prefix: str) -> tuple[Page, ...]:
        """The pages whose role is `prefix` or begins with `prefix:`."""
        return tuple(p for p in self.pages if p.role == prefix or p.role.startswith(prefix + ":"))
