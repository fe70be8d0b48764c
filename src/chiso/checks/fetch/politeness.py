"""The gate: how gently hosts are asked. One gate serves all visits of a worker process.

Per host one request in flight and a pause between two; per address a few in flight; a host that
says "later" is left alone as long as it asks; a host that keeps failing is left alone altogether.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import deque
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path

from chiso.checks.network import Politeness

JITTER = 0.2  # share of the pause that is added at random
SWEEP = 4_096  # entries at which idle ones are dropped
MOST_STOP_FILE = 1_000_000  # bytes


class Stopped(Exception):
    """The host, the body or everything is stopped; the reason in words."""


class _Turn:
    """What is known of one host. `ready` and `seen` are monotonic seconds."""

    __slots__ = ("busy", "errors", "ready", "seen", "stopped", "waiting")

    def __init__(self) -> None:
        self.busy = False
        self.ready = 0.0
        self.seen = 0.0
        self.errors = 0
        self.stopped = ""
        self.waiting: deque[asyncio.Future[None]] = deque()


class _Slot:
    """Requests in flight to one address."""

    __slots__ = ("flying", "waiting")

    def __init__(self) -> None:
        self.flying = 0
        self.waiting: deque[asyncio.Future[None]] = deque()


class Gate:
    """Lets requests through one after another, as `politeness` says.

    `stop_file` is the path of a file that stops everything (empty) or the bodies that its lines
    name; it is looked at once a second at most. A host that was stopped after errors in a row is
    forgiven when it has rested for `most_wait` seconds, so a later visit begins anew. `seed` is
    of the jitter.
    """

    def __init__(self, politeness: Politeness, stop_file: str = "", seed: int = 0) -> None:
        self.politeness = politeness
        self._stop_file = stop_file
        self._random = random.Random(seed)  # noqa: S311 - jitter, not a secret
        self._hosts: dict[str, _Turn] = {}
        self._addresses: dict[str, _Slot] = {}
        self._looked = float("-inf")
        self._stops: frozenset[str] | None = None  # None: no file; empty: everything
        self._sweep_at = SWEEP

    def __len__(self) -> int:
        """The entries that are kept."""
        return len(self._hosts) + len(self._addresses)

    # --- stopping -------------------------------------------------------------------------------

    def stopped(self, body: str = "") -> bool:
        """Whether the operator has stopped this body, or everything."""
        if not self._stop_file:
            return False
        now = time.monotonic()
        if now - self._looked >= 1.0:
            self._looked = now
            self._stops = self._read_stops()
        return self._stops is not None and (not self._stops or body in self._stops)

    def _read_stops(self) -> frozenset[str] | None:
        path = Path(self._stop_file)
        try:
            with path.open("rb") as file:
                text = file.read(MOST_STOP_FILE).decode("utf-8", errors="replace")
        except FileNotFoundError:
            return None
        except OSError:
            # it may be there and we cannot read it: then stop rather than go on
            return frozenset() if os.path.lexists(path) else None
        return frozenset(line for line in map(str.strip, text.splitlines()) if line)

    def forgive(self, host: str) -> None:
        """Forget the errors of a host and its stop."""
        turn = self._hosts.get(host)
        if turn is not None:
            turn.errors, turn.stopped = 0, ""

    # --- hosts ----------------------------------------------------------------------------------

    async def enter(self, host: str, delay: float | None = None, *, polite: bool = True) -> None:
        """Wait for the turn of a request to the host; `leave` must follow.

        `delay` is the host's crawl delay in seconds. Without `polite` nothing is waited for.
        Raises Stopped.
        """
        turn = self._turn(host)
        self._check(host, turn)
        if not polite:
            return
        if turn.busy:
            await _wait(turn.waiting, lambda: self._pass_on(turn))
        turn.busy = True
        try:
            pause = turn.ready - time.monotonic()
            if delay:
                # the pause after the request before was the plain one: wait for the rest
                pause += max(0.0, min(delay, self.politeness.most_pause) - self.politeness.pause)
            if pause > 0:
                await asyncio.sleep(pause)
            self._check(host, turn)
        except BaseException:
            self._pass_on(turn)
            raise

    def leave(
        self, host: str, *, failed: bool = False, later: float | None = None, polite: bool = True
    ) -> None:
        """The request is over. `failed` counts towards the stop; `later` are the seconds for which
        the host asked to be left alone, 0 where it asked without saying how long."""
        rules = self.politeness
        turn = self._turn(host)
        now = time.monotonic()
        turn.seen = now
        turn.errors = turn.errors + 1 if failed else 0
        wait = rules.pause * (1 + JITTER * self._random.random())
        if later is not None:
            if later > rules.most_wait:
                turn.stopped = f"{host} asks to come back in {later:.0f} s"
            # without a figure: twice as long each time
            wait = min(
                max(wait, later or rules.pause * 2.0 ** min(turn.errors, 16)), rules.most_wait
            )
        if turn.errors >= rules.errors:
            turn.stopped = f"{turn.errors} errors in a row at {host}"
        turn.ready = now + wait
        if polite:
            self._pass_on(turn)

    def _pass_on(self, turn: _Turn) -> None:
        turn.busy = _hand_over(turn.waiting)

    def _check(self, host: str, turn: _Turn) -> None:
        if turn.stopped:
            if time.monotonic() - turn.seen < self.politeness.most_wait:
                raise Stopped(turn.stopped)
            self.forgive(host)

    def _turn(self, host: str) -> _Turn:
        turn = self._hosts.get(host)
        if turn is None:
            if len(self._hosts) >= self._sweep_at:
                self._drop_idle()
            turn = self._hosts[host] = _Turn()
            turn.seen = time.monotonic()
        return turn

    def _drop_idle(self) -> None:
        """Drop the hosts whose pause is over and which have nothing to be remembered for."""
        now = time.monotonic()
        rest = self.politeness.most_wait
        self._hosts = {
            host: turn
            for host, turn in self._hosts.items()
            if turn.busy
            or turn.waiting
            or turn.ready > now
            or ((turn.errors or turn.stopped) and now - turn.seen < rest)
        }
        # looking at all of them again must stay rare even where all must be kept
        self._sweep_at = max(SWEEP, 2 * len(self._hosts))

    # --- addresses ------------------------------------------------------------------------------

    async def take(self, address: str) -> None:
        """Wait until one more request to the address may fly; `give` must follow."""
        slot = self._addresses.get(address)
        if slot is None:
            slot = self._addresses[address] = _Slot()
        if slot.flying >= self.politeness.per_address:
            await _wait(slot.waiting, lambda: self.give(address))
        else:
            slot.flying += 1

    def give(self, address: str) -> None:
        """A request to the address has landed."""
        slot = self._addresses[address]
        if not _hand_over(slot.waiting):
            slot.flying -= 1
            if not slot.flying:
                del self._addresses[address]


async def _wait(queue: deque[asyncio.Future[None]], give_back: Callable[[], None]) -> None:
    """Stand in the queue until the place is handed over. A waiter that is cancelled after it was
    given the place gives it back."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    queue.append(future)
    try:
        await future
    except asyncio.CancelledError:
        if future.cancelled():
            queue.remove(future)
        else:
            give_back()
        raise


def _hand_over(queue: deque[asyncio.Future[None]]) -> bool:
    """Give the place to the next in the queue, so that nobody can slip in between."""
    while queue:
        future = queue.popleft()
        if not future.done():
            future.set_result(None)
            return True
    return False


def retry_after(value: str, now: float) -> float:
    """The seconds of a Retry-After header (RFC 9110, 10.2.3): a number or a date; 0 where there is
    none or it cannot be read. `now` is the time in seconds since 1970."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0.0
