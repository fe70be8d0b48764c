"""Canaries of the test internet: what a vantage tests itself by before it looks at others."""

from __future__ import annotations

from tests.internet.internet import Internet
from tests.internet.model import Asked, Host, Reply, html

SITES = tuple(f"canary{number}.example.net" for number in range(1, 6))
SIGNED, BOGUS = "signed.canary.example.net", "bogus.canary.example.net"
SIXTH = "ipv6.canary.example.net"


def _answer(asked: Asked) -> Reply:
    return html(f"<!doctype html><title>{asked.host}</title><p>Vẫn hoạt động.</p>")


def add_canaries(internet: Internet) -> None:
    """Add five sites, a signed name, a bogus one and one that has IPv6 alone."""
    # each is a zone of its own: a bogus apex spoils all that is below it
    hosts = [Host(name, handler=_answer, zone=name) for name in (*SITES, SIGNED)]
    hosts.append(Host(BOGUS, handler=_answer, dns="bogus", zone=BOGUS))
    hosts.append(Host(SIXTH, handler=_answer, dns="v6_only", zone=SIXTH))
    internet.add_all(hosts)


def canary_file() -> str:
    """The canaries as YAML, for `chiso check --canaries`."""
    lines = ["sites:", *(f"  - https://{name}/" for name in SITES), "quorum: 4"]
    lines += [f"signed: [{SIGNED}]", f"bogus: [{BOGUS}]", f"ipv6: ['https://{SIXTH}/']"]
    return "\n".join(lines) + "\n"
