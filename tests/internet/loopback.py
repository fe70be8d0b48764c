"""Loopback addresses and free ports: the ground on which the test internet stands."""

from __future__ import annotations

import contextlib
import socket

from tests.internet.dns import SIXTH

#: where ordinary hosts live that share an address
SHARED = "127.1.0.1"


def is_loopback(address: str) -> bool:
    """Whether an address is of this machine alone, in IPv4, IPv6 or IPv4 in IPv6 form."""
    return address == SIXTH or address.removeprefix("::ffff:").startswith("127.")


def has_ipv6() -> bool:
    """Whether this machine has an IPv6 loopback address."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as trial:
            trial.bind((SIXTH, 0))
    except OSError:
        return False
    return True


def free_ports(ipv6: bool) -> tuple[int, int]:
    """Two ports that are free on the shared addresses."""
    with contextlib.ExitStack() as stack:
        found: list[int] = []
        while len(found) < 2:
            first = stack.enter_context(socket.socket())
            first.bind((SHARED, 0))
            port = first.getsockname()[1]
            if ipv6:
                other = stack.enter_context(socket.socket(socket.AF_INET6))
                try:
                    other.bind((SIXTH, port))
                except OSError:
                    continue
            found.append(port)
        return found[0], found[1]
