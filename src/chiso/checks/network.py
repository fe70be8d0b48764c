"""How the network may be used: what the operator decides, handed as it is to every worker."""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from chiso.checks.artifacts import Depth

#: the contact stands in the agent: an administrator must be able to find us
AGENT = "Mozilla/5.0 (compatible; chisoBot/1.0; +{contact})"


class Limits(BaseModel):
    """What one visit may cost; seconds, bytes and counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    connect: float = 10.0  # seconds, as design for the first try
    first_byte: float = 20.0
    total: float = 45.0  # doubled once on the second try
    wire_bytes: int = 8_000_000  # of one answer as sent
    decoded_bytes: int = 16_000_000  # of one answer after decompression
    ratio: float = 200.0  # decoded to sent, above 1 MB
    header_bytes: int = 64_000
    redirects: int = 8
    pages: int = 60  # of one visit
    links: int = 40  # links looked at only to see whether they work
    visit: float = 1_800.0  # seconds for one site altogether
    min_rate: float = 200.0  # bytes a second over ten seconds; slower is a slow drip


class Politeness(BaseModel):
    """How gently a host is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pause: float = 1.0  # seconds between two requests to one host
    per_address: int = 2  # requests in flight to one address
    most_pause: float = 30.0  # the longest crawl delay that is obeyed; beyond it we stop
    errors: int = 5  # in a row, then the visit ends
    most_wait: float = 120.0  # the longest Retry-After that is waited for


class Network(BaseModel):
    """All that decides how a visit uses the network.

    `allow` are address ranges (CIDR) allowed beside the public ones; `ports` those beside 80 and
    443; `connect_ports` sends a port elsewhere, as curl's --connect-to does, for test beds.
    `resolvers` are `address` or `address:port`; the machine's own where there are none. `ca_file`
    is a bundle of roots in place of the machine's. `confirm` are the pauses in seconds before a
    failed home page is tried again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact: str = ""
    vantage: str = "local"
    resolvers: tuple[str, ...] = ()
    second_resolvers: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    connect_ports: dict[int, int] = Field(default_factory=dict)
    ca_file: str = ""
    ipv6: Literal["auto", "off"] = "auto"
    confirm: tuple[float, ...] = (30.0, 120.0, 300.0)
    limits: Limits = Limits()
    politeness: Politeness = Politeness()
    browser: str = "/usr/bin/chromium"
    depth: Depth = "deep"
    lcp_runs: int = 3
    stop_file: str = ""  # while it exists nothing new is asked; a line names one body
    zone: str = "Asia/Ho_Chi_Minh"

    @property
    def agent(self) -> str:
        """The User-Agent with the contact."""
        return AGENT.format(contact=self.contact)

    @property
    def digest(self) -> str:
        """SHA-256 of the settings."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
