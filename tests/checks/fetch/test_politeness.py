"""The gate keeps to what was promised to the administrators of portals."""

from __future__ import annotations

import asyncio
import time

import pytest

from chiso.checks.fetch.politeness import Gate, Stopped, retry_after
from chiso.checks.network import Politeness


def _run(test):
    asyncio.run(test())


async def _ask(gate, host, log, hold=0.0, **end):
    await gate.enter(host)
    log.append(("in", host, time.monotonic()))
    await asyncio.sleep(hold)
    log.append(("out", host, time.monotonic()))
    gate.leave(host, **end)


def test_one_host_has_one_request_in_flight_and_a_pause_between():
    async def test():
        gate = Gate(Politeness(pause=0.05))
        log = []
        await asyncio.gather(*(_ask(gate, "a", log, 0.01) for _ in range(5)))
        assert [step for step, _, _ in log] == ["in", "out"] * 5
        outs = [at for step, _, at in log if step == "out"]
        ins = [at for step, _, at in log if step == "in"]
        assert all(later - out >= 0.05 for out, later in zip(outs, ins[1:], strict=False))

    _run(test)


def test_hosts_do_not_wait_for_each_other():
    async def test():
        gate = Gate(Politeness(pause=5))
        log = []
        begun = time.monotonic()
        await asyncio.gather(*(_ask(gate, f"h{n}", log, 0.02) for n in range(50)))
        assert time.monotonic() - begun < 1

    _run(test)


def test_a_crawl_delay_is_waited_for_up_to_a_most():
    async def test():
        gate = Gate(Politeness(pause=0.01, most_pause=0.2))
        for delay, least, most in ((0.1, 0.09, 0.2), (99, 0.18, 0.5)):
            await gate.enter("a")
            gate.leave("a")
            begun = time.monotonic()
            await gate.enter("a", delay)
            gate.leave("a")
            assert least <= time.monotonic() - begun < most

    _run(test)


def test_one_address_has_a_few_requests_in_flight():
    async def test():
        gate = Gate(Politeness(per_address=2))
        flying = []
        most = 0

        async def one():
            nonlocal most
            await gate.take("192.0.2.1")
            flying.append(1)
            most = max(most, len(flying))
            await asyncio.sleep(0.005)
            flying.pop()
            gate.give("192.0.2.1")

        await asyncio.gather(*(one() for _ in range(12)))
        assert most == 2
        assert len(gate) == 0

    _run(test)


def test_a_host_that_says_later_is_left_alone_as_long():
    async def test():
        gate = Gate(Politeness(pause=0.01, most_wait=10))
        await gate.enter("a")
        gate.leave("a", failed=True, later=0.15)
        begun = time.monotonic()
        await gate.enter("a")
        assert time.monotonic() - begun >= 0.14
        gate.leave("a")

    _run(test)


def test_a_host_that_says_later_without_a_time_is_waited_for_longer_and_longer():
    async def test():
        gate = Gate(Politeness(pause=0.02, most_wait=10, errors=100))
        spent = []
        for _ in range(3):
            await gate.enter("a")
            gate.leave("a", failed=True, later=0.0)
            begun = time.monotonic()
            await gate.enter("a")
            spent.append(time.monotonic() - begun)
            gate.leave("a", failed=True)
        assert spent[0] >= 0.035
        assert spent[1] >= 0.15
        assert spent[2] >= 0.6

    _run(test)


def test_a_host_that_asks_for_too_long_is_stopped():
    async def test():
        gate = Gate(Politeness(pause=0, most_wait=120))
        await gate.enter("a")
        gate.leave("a", failed=True, later=3_600)
        with pytest.raises(Stopped, match="3600 s"):
            await gate.enter("a")

    _run(test)


def test_five_errors_in_a_row_stop_a_host_and_four_do_not():
    async def test():
        gate = Gate(Politeness(pause=0, errors=5))
        for failed in (True,) * 4 + (False,) + (True,) * 5:
            await gate.enter("a")
            gate.leave("a", failed=failed)
        with pytest.raises(Stopped, match="5 errors"):
            await gate.enter("a")
        with pytest.raises(Stopped):
            await gate.enter("a", polite=False)
        await gate.enter("b")
        gate.leave("b")
        gate.forgive("a")
        await gate.enter("a")
        gate.leave("a")

    _run(test)


def test_a_stopped_host_is_forgiven_when_it_has_rested():
    async def test():
        gate = Gate(Politeness(pause=0, errors=1, most_wait=0.1))
        await gate.enter("a")
        gate.leave("a", failed=True)
        with pytest.raises(Stopped):
            await gate.enter("a")
        await asyncio.sleep(0.12)
        await gate.enter("a")
        gate.leave("a")

    _run(test)


def test_those_who_wait_are_stopped_too():
    async def test():
        gate = Gate(Politeness(pause=0, errors=1))
        await gate.enter("a")
        waiting = [asyncio.create_task(gate.enter("a")) for _ in range(3)]
        await asyncio.sleep(0)
        gate.leave("a", failed=True)
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(result, Stopped) for result in results)

    _run(test)


def test_one_who_gives_up_waiting_holds_nobody_up():
    async def test():
        gate = Gate(Politeness(pause=0, per_address=1))
        await gate.enter("a")
        await gate.take("192.0.2.1")
        turns = [asyncio.create_task(gate.enter("a")) for _ in range(3)]
        slots = [asyncio.create_task(gate.take("192.0.2.1")) for _ in range(3)]
        await asyncio.sleep(0)
        turns[0].cancel()
        slots[0].cancel()
        await asyncio.sleep(0)
        gate.leave("a")
        gate.give("192.0.2.1")
        turns[1].cancel()  # it has been given the turn, and goes before it could take it
        slots[1].cancel()
        await asyncio.wait_for(asyncio.gather(turns[2], slots[2]), 1)
        gate.leave("a")
        gate.give("192.0.2.1")

    _run(test)


def test_the_stop_file_stops_everything_or_the_bodies_it_names(tmp_path, monkeypatch):
    now = [1_000.0]
    monkeypatch.setattr("chiso.checks.fetch.politeness.time.monotonic", lambda: now[0])
    path = tmp_path / "stop"
    gate = Gate(Politeness(), str(path))
    assert not gate.stopped("hanoi")
    path.write_text("")
    assert not gate.stopped("hanoi")  # looked at once a second only
    now[0] += 1.1
    assert gate.stopped("hanoi")
    assert gate.stopped()
    path.write_text("hanoi\n\n đà-nẵng \n")
    now[0] += 1.1
    assert gate.stopped("hanoi")
    assert gate.stopped("đà-nẵng")
    assert not gate.stopped("hue")
    assert not gate.stopped()
    path.unlink()
    now[0] += 1.1
    assert not gate.stopped("hanoi")
    path.mkdir()
    now[0] += 1.1
    assert gate.stopped("hanoi")  # it is there and cannot be read
    assert not Gate(Politeness()).stopped("hanoi")


def test_memory_stays_flat_over_many_hosts():
    async def test():
        gate = Gate(Politeness(pause=0))
        most = 0
        for n in range(20_000):
            await gate.enter(f"h{n}.gov.vn")
            await gate.take(f"192.0.2.{n}")
            gate.give(f"192.0.2.{n}")
            gate.leave(f"h{n}.gov.vn", failed=n % 7 == 0)
            most = max(most, len(gate))
        assert most <= 8_192

    _run(test)


def test_the_jitter_is_the_same_for_the_same_seed():
    def ready(seed):
        gate = Gate(Politeness(pause=1), seed=seed)
        gate.leave("a")
        return gate._random.random()

    assert ready(1) == ready(1)
    assert ready(1) != ready(2)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30), (" 7 ", 7), ("", 0), ("-5", 0), ("soon", 0), ("1.5", 0), ("٣", 0),
        ("9" * 400, 999_999_999), ("Thu, 01 Jan 1970 00:02:00 GMT", 60),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 99 Foo 1970", 0), ("\x00", 0),
    ],
)  # fmt: skip
def test_retry_after_is_a_number_or_a_date(value, seconds):
    assert retry_after(value, 60) == seconds
