"""`python -m tests.internet`: run the test internet with all labelled portals until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import shlex
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.internet.canary import add_canaries, canary_file
from tests.internet.internet import Internet
from tests.internet.model import Portal

from chiso.checks.targets import Site
from chiso.checks.targets_reading import write_targets


def targets(portals: Iterable[Portal]) -> list[Site]:
    """A main site for each portal, with the key of the portal as its body."""
    return [
        Site(body=portal.key, url=portal.main, role="main", hints=dict(portal.hints))
        for portal in portals
    ]


def command(internet: Internet, out: Path) -> list[str]:
    """The words of the command that looks at the portals; `out` holds what `serve` wrote."""
    network = internet.network()
    words = ["chiso", "check", str(out / "targets.csv"), "--out", str(out / "checks")]
    words += ["--contact", network.contact, "--ca-file", network.ca_file]
    words += ["--canaries", str(out / "canaries.yaml"), "--pause", "0", "--confirm", "0.2,0.2"]
    for option, values in (
        ("--resolver", network.resolvers),
        ("--second-resolver", network.second_resolvers),
        ("--allow", network.allow),
        ("--connect-port", [f"{asked}:{given}" for asked, given in network.connect_ports.items()]),
    ):
        for value in values:
            words += [option, value]
    return words


def prepare(internet: Internet, portals: Iterable[Portal], out: Path) -> list[str]:
    """Add portals and canaries, write `targets.csv` and `canaries.yaml` to `out`, and return the
    command that looks at them."""
    kept = list(portals)
    add_canaries(internet)
    for portal in kept:
        internet.add_all(portal.hosts)
    out.mkdir(parents=True, exist_ok=True)
    write_targets(out / "targets.csv", targets(kept))
    (out / "canaries.yaml").write_text(canary_file(), encoding="utf-8")
    return command(internet, out)


def serve(out: Path) -> None:
    """Run the test internet with all portals, as fresh as today, until Ctrl-C or SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell starts its jobs deaf to Ctrl-C
        signal.signal(number, signal.default_int_handler)
    from tests.internet.portals import all_portals

    today = dt.datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    with contextlib.suppress(KeyboardInterrupt), Internet() as internet:
        words = prepare(internet, all_portals(today), out)
        sys.stdout.write(f"{shlex.join(words)}\n")
        sys.stdout.flush()
        while True:
            time.sleep(3_600)


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.internet", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=Path("test-internet"),
        help="the folder for targets.csv and canaries.yaml",
    )  # fmt: skip
    serve(parser.parse_args().out)


if __name__ == "__main__":
    main()
