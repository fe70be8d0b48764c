"""Options that say how the network may be used, shared by `check` and `monitor`."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from chiso.checks.network import Network
from chiso.problems import InvalidInput, Problem

_PANEL = "Network"

Contact = Annotated[
    str,
    typer.Option(
        help="Address (URL or e-mail) at which administrators find you; sent with each request.",
        rich_help_panel=_PANEL,
    ),
]
Resolvers = Annotated[
    list[str] | None,
    typer.Option(
        "--resolver", help="A name server, ADDRESS or ADDRESS:PORT.", rich_help_panel=_PANEL
    ),
]
SecondResolvers = Annotated[
    list[str] | None,
    typer.Option(
        "--second-resolver", help="Another one, asked before a name is called dead.",
        rich_help_panel=_PANEL,
    ),
]  # fmt: skip
Allow = Annotated[
    list[str] | None,
    typer.Option(
        help="An address range (CIDR) that may be visited although it is not public.",
        rich_help_panel=_PANEL,
    ),
]
Ports = Annotated[
    list[int] | None,
    typer.Option("--port", help="A port that may be visited beside 80 and 443.",
                 rich_help_panel=_PANEL),
]  # fmt: skip
ConnectPorts = Annotated[
    list[str] | None,
    typer.Option(
        "--connect-port", help="Connect to another port, as 443:8443; for test beds.",
        rich_help_panel=_PANEL,
    ),
]  # fmt: skip
Roots = Annotated[
    Path | None,
    typer.Option("--ca-file", help="Root certificates in place of the machine's.",
                 rich_help_panel=_PANEL),
]  # fmt: skip
CanaryFile = Annotated[
    Path | None,
    typer.Option(
        "--canaries", help="Sites by which our own network is tested first (YAML).",
        rich_help_panel=_PANEL,
    ),
]  # fmt: skip
StopFile = Annotated[
    Path | None,
    typer.Option(
        help="While this file exists nothing new is asked; a line names one body.",
        rich_help_panel=_PANEL,
    ),
]


def network_from_options(
    *,
    contact: str,
    resolvers: Sequence[str] | None = None,
    second_resolvers: Sequence[str] | None = None,
    allow: Sequence[str] | None = None,
    ports: Sequence[int] | None = None,
    connect_ports: Sequence[str] | None = None,
    ca_file: Path | None = None,
    stop_file: Path | None = None,
    base: Network | None = None,
) -> Network:
    """The settings that the options ask for. Raises InvalidInput with every option at fault."""
    wrong: list[Problem] = []
    if not contact.strip() or any(c in contact for c in "\r\n\t;()"):
        wrong.append(
            Problem(
                "--contact is missing or has signs that cannot be sent",
                hint="an administrator must be able to reach you: --contact https://… or an e-mail",
            )
        )
    for text in allow or ():
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            wrong.append(Problem(f"--allow: {error}"))
    wrong += [
        Problem(f"--resolver: '{text}' is no ADDRESS or ADDRESS:PORT")
        for text in (*(resolvers or ()), *(second_resolvers or ()))
        if not _is_resolver(text)
    ]
    mapped: dict[int, int] = {}
    for text in connect_ports or ():
        asked, colon, given = text.partition(":")
        if colon and _is_port(asked) and _is_port(given):
            mapped[int(asked)] = int(given)
        else:
            wrong.append(Problem(f"--connect-port: '{text}' is no pair such as 443:8443"))
    wrong += [Problem(f"--port: {port} is no port") for port in ports or () if not 0 < port < 65536]
    if ca_file is not None and not ca_file.is_file():
        wrong.append(Problem("--ca-file: there is no such file", file=str(ca_file)))
    if wrong:
        raise InvalidInput(wrong)
    return (base or Network()).model_copy(
        update={
            "contact": contact.strip(),
            "resolvers": tuple(resolvers or ()),
            "second_resolvers": tuple(second_resolvers or ()),
            "allow": tuple(allow or ()),
            "ports": tuple(ports or ()),
            "connect_ports": mapped,
            "ca_file": str(ca_file.resolve()) if ca_file else "",
            "stop_file": str(stop_file.resolve()) if stop_file else "",
        }
    )


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 65536


def _is_resolver(text: str) -> bool:
    address, port = text, ""
    if text.startswith("["):
        address, _, port = text[1:].partition("]")
        port = port.removeprefix(":")
    elif text.count(":") == 1:
        address, _, port = text.partition(":")
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return not port or _is_port(port)
