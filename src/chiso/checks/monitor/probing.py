"""The loop that probes: every site once an interval, spread out, failures confirmed.

A probe is a function from a site and an attempt to what was seen; the network is somebody else's
(`asking.py`). A site that fails is asked again after pauses; before any failure is written down
our own network must have passed its self-test a moment ago.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from chiso.checks.artifacts import Vantage
from chiso.checks.monitor.clock import Clock, JumpWatch
from chiso.checks.monitor.outcomes import FAILING, VALID, Outcome, Seen
from chiso.checks.monitor.samples import SampleStore, Settings
from chiso.checks.targets import Site

Ask = Callable[[Site, int], Awaitable[Seen]]
SelfTest = Callable[[], Awaitable[Vantage]]
#: a portal that asks to be left alone is, for this long at most; seconds
MOST_REST = 3_600.0
#: … and a failing one that says when to come back is asked again at the latest after
MOST_PAUSE = 120.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How to probe; seconds.

    `confirm` are the pauses before a failure is tried again, at least one; `jitter` is a share of
    the interval; `longest` is what one probe may take, beyond it our side was at a standstill;
    `self_test` what a self-test may take; `recent` how old a self-test may be that vouches for a
    failure; `at_once` how many probes may be in flight.
    """

    interval: float = 300.0
    confirm: tuple[float, ...] = (30.0, 120.0, 300.0)
    jitter: float = 0.02
    longest: float = 300.0
    self_test: float = 60.0
    recent: float = 60.0
    at_once: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        if self.interval <= 0 or not self.confirm or min(self.confirm) < 0:
            raise ValueError("the interval is above 0, and a failure is confirmed at least once")

    def settings(self, vantage: str, digest: str) -> Settings:
        """What the store keeps of it."""
        return Settings(
            interval=max(1, round(self.interval * 1000)),
            confirmations=len(self.confirm),
            span=int(sum(self.confirm) * 1000),
            vantage=vantage,
            digest=digest,
        )


@dataclass(frozen=True, slots=True)
class Tick:
    """What an interval brought: how many sites are in which outcome, and which are down."""

    round: int
    outcomes: dict[Outcome, int]
    down: tuple[str, ...]
    samples: int
    vantage: str  # what is wrong with our own network; empty where nothing is


@dataclass(slots=True)
class _Watched:
    """What the loop knows of one site. Times of the event loop."""

    site: Site
    number: int
    phase: float
    latest: Outcome | None = None
    down: bool = False
    successes: int = 0
    confirming: int | None = None  # which pause is running
    confirm_at: float = 0.0
    rest_until: float = 0.0


@dataclass(slots=True)
class _Vantage:
    """The self-test, asked at most as often as somebody needs a newer one."""

    test: SelfTest
    clock: Clock
    store: SampleStore
    limit: float
    begun: int | None = None
    ok: bool = False
    detail: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def sound(self, not_before: int) -> bool:
        """Whether our network passed a self-test begun at `not_before` (monotonic) or later."""
        async with self.lock:
            if self.begun is None or self.begun < not_before:
                begun = self.clock.mono()
                self.ok, self.detail = await self._run()
                self.begun = begun
                self.store.tested(begun, self.ok, self.detail)
            return self.ok

    async def _run(self) -> tuple[bool, str]:
        try:
            async with asyncio.timeout(self.limit):
                vantage = await self.test()
        except TimeoutError:
            return False, f"the self-test took longer than {self.limit:g} s"
        return vantage.ok, vantage.detail


class Monitor:
    """Probes sites until it is stopped. One per store; `report` is told once an interval."""

    def __init__(
        self,
        store: SampleStore,
        sites: Sequence[Site],
        ask: Ask,
        self_test: SelfTest,
        plan: Plan,
        clock: Clock,
        *,
        vantage: str = "local",
        digest: str = "",
        report: Callable[[Tick], None] = lambda tick: None,
    ) -> None:
        """`vantage` and `digest` say from where and with which settings. Raises ValueError where
        there are no sites."""
        if not sites:
            raise ValueError("there are no sites to watch")
        self.store, self.plan, self.clock = store, plan, clock
        self.samples = 0
        self._ask, self._report = ask, report
        self._settings = plan.settings(vantage, digest)
        self._random = random.Random(plan.seed)  # noqa: S311 - spreads probes, no secret
        self._slots = asyncio.Semaphore(plan.at_once)
        self._vantage = _Vantage(self_test, clock, store, plan.self_test)
        self._jumps = JumpWatch(clock, store.jump)
        self._watched = self._spread(sites)
        self._start = 0.0

    def _spread(self, sites: Sequence[Site]) -> list[_Watched]:
        numbers = self.store.sites(sites)
        unique = list({site.url: site for site in sites}.values())
        self._random.shuffle(unique)
        step = self.plan.interval / len(unique)
        return [
            _Watched(site, numbers[site.url], place * step) for place, site in enumerate(unique)
        ]

    async def run(self, stop: asyncio.Event, seconds: float | None = None) -> int:
        """Probe until `stop` is set or the seconds are over; the number of samples written.

        A probe in hand at the end is dropped. Raises InvalidInput where the store cannot be
        written, and what the functions given raise.
        """
        self.store.begin(self._settings)
        self._start = asyncio.get_running_loop().time()
        ender = asyncio.ensure_future(stop.wait())
        work = [asyncio.ensure_future(self._watch(one)) for one in self._watched]
        work.append(asyncio.ensure_future(self._tell()))
        try:
            done, _ = await asyncio.wait(
                [ender, *work], timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done - {ender}:
                task.result()  # none of them ends but by an error
        finally:
            for task in (ender, *work):
                task.cancel()
            await asyncio.gather(ender, *work, return_exceptions=True)
            self.store.end()
        return self.samples

    async def _tell(self) -> None:
        number = 0
        while True:
            await asyncio.sleep(self.plan.interval)
            number += 1
            counts: dict[Outcome, int] = {}
            for one in self._watched:
                if one.latest is not None:
                    counts[one.latest] = counts.get(one.latest, 0) + 1
            down = tuple(sorted(one.site.url for one in self._watched if one.down))
            problem = "" if self._vantage.ok else self._vantage.detail
            self._report(Tick(number, counts, down, self.samples, problem))

    async def _watch(self, one: _Watched) -> None:
        """Probe one site for ever: what is due next, a regular probe or a confirmation."""
        loop = asyncio.get_running_loop()
        turn = 0
        while True:
            regular = self._start + one.phase + turn * self.plan.interval
            confirming = one.confirming is not None and one.confirm_at <= regular
            due = one.confirm_at if confirming else regular + self._late()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not confirming:
                # whole turns that went by while the machine slept are gone, not made up for
                passed = int((loop.time() - self._start - one.phase) / self.plan.interval)
                turn = max(turn + 1, passed + 1)
                if loop.time() < one.rest_until:
                    continue
            attempt = 1 if one.confirming is None or not confirming else one.confirming + 2
            seen = await self._probe(one, attempt)
            self._follow(one, seen, confirming)

    def _late(self) -> float:
        return self._random.uniform(0, self.plan.jitter * self.plan.interval)

    async def _probe(self, one: _Watched, attempt: int) -> Seen:
        """One probe, written down. Our own network is tested before, and after a failure."""
        async with self._slots:
            fresh = self.plan.interval if self._vantage.ok else self.plan.recent
            sound = await self._vantage.sound(self._ago(min(fresh, self.plan.interval)))
            at, wall, session = self.clock.mono(), self.clock.wall(), self.store.session
            seen = Seen(Outcome.VANTAGE_OUT, note="self_test")
            if sound:
                seen = await self._ask(one.site, attempt)
                if self.clock.mono() - at > self.plan.longest * 1000:
                    seen = Seen(Outcome.OURS, note="standstill")
            if seen.outcome in FAILING and not await self._vantage.sound(
                at - round(self.plan.recent * 1000)
            ):
                seen = Seen(Outcome.VANTAGE_OUT, note="self_test")
        if self._jumps.look() > 0 and not self.clock.counts_sleep:
            # It may have slept: what comes now cannot be put on the scale of what was before.
            self.store.begin(self._settings)
        if self.store.session != session:
            return Seen(Outcome.OURS, note="standstill")
        self.store.add(one.number, at, wall, seen, attempt)
        self.samples += 1
        return seen

    def _ago(self, seconds: float) -> int:
        return self.clock.mono() - round(seconds * 1000)

    def _follow(self, one: _Watched, seen: Seen, confirming: bool) -> None:
        """What the probe means for the next ones."""
        now = asyncio.get_running_loop().time()
        one.latest = seen.outcome
        if seen.outcome is Outcome.VANTAGE_OUT and one.confirming is not None:
            one.confirm_at = now + self.plan.confirm[one.confirming]
        elif seen.outcome not in VALID:
            one.confirming = None
            if seen.later:
                one.rest_until = now + min(seen.later, MOST_REST)
        elif seen.outcome is Outcome.UP:
            one.confirming = None
            one.successes += 1
            one.down = one.down and one.successes < 2
        else:
            self._fail(one, seen, confirming, now)

    def _fail(self, one: _Watched, seen: Seen, confirming: bool, now: float) -> None:
        one.successes = 0
        if one.down:
            return
        if one.confirming is None:
            one.confirming = 0
        elif confirming:
            one.confirming += 1
            if one.confirming == len(self.plan.confirm):
                one.confirming, one.down = None, True
                return
        else:
            return
        pause = self.plan.confirm[one.confirming]
        one.confirm_at = now + max(pause, min(seen.later or 0.0, MOST_PAUSE))
