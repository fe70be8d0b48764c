"""The real thing: the command, the client and a server that flaps, killed in the middle."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web
from typer.testing import CliRunner

from chiso.checks.monitor.clock import SystemClock
from chiso.checks.monitor.outcomes import Outcome
from chiso.checks.monitor.period import read_period
from chiso.checks.monitor.reading import SampleFile
from chiso.checks.monitor.samples import FILE, SampleStore
from chiso.cli.app import app
from chiso.cli.monitor import seconds
from chiso.problems import InvalidInput

_COMMAND = [
    sys.executable,
    "-c",
    "import chiso.cli.monitor; from chiso.cli.start import main; main()",
]
PAGE = (
    "<html lang='vi'><head><title>Cổng thông tin điện tử</title></head><body><h1>Cổng thông tin"
    "</h1><p>Tin tức và sự kiện của tỉnh, cập nhật hằng ngày.</p></body></html>"
)


class Flapping:
    """A server on loopback that answers as it is told and counts what it was asked."""

    def __init__(self) -> None:
        self.port = 0
        self.up: Callable[[int], bool] = lambda count: True
        self.asked = 0
        self.agents: set[str] = set()

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        self.agents.add(request.headers.get("User-Agent", ""))
        if self.up(self.asked):
            return web.Response(text=PAGE, content_type="text/html")
        return web.Response(status=503, text="down", content_type="text/html")


@pytest.fixture
def server() -> Iterator[Flapping]:
    flapping = Flapping()
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(_app(flapping))

    async def start() -> None:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        flapping.port = runner.addresses[0][1]

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield flapping
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def _app(flapping: Flapping) -> web.Application:
    app = web.Application()
    app.router.add_get("/{tail:.*}", flapping.answer)
    return app


def arguments(folder: Path, server: Flapping, url: str = "http://127.0.0.1/") -> list[str]:
    """What `chiso` is told: to look at the server every 0.2 s."""
    table = folder.with_suffix(".csv")
    table.write_text(f"body,url\nUBND tỉnh A,{url}\n", encoding="utf-8")
    return [
        "monitor", str(table), "--out", str(folder), "--interval", "0.2s",
        "--allow", "127.0.0.0/8", "--connect-port", f"80:{server.port}", "--no-self-test",
        "--confirm", "0.05,0.05", "--contact", "https://example.org/bot",
    ]  # fmt: skip


@contextmanager
def watching(folder: Path, server: Flapping) -> Iterator[subprocess.Popen[bytes]]:
    """`chiso monitor` on the server, every 0.2 s; killed at the end if it still runs."""
    command = [*_COMMAND, *arguments(folder, server)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to hold in time"
        time.sleep(0.01)


def counted(folder: Path) -> dict[int, int]:
    """Samples by outcome."""
    base = sqlite3.connect(folder / FILE)
    rows = dict(base.execute("SELECT outcome, count(*) FROM sample GROUP BY outcome"))
    base.close()
    return rows


def test_killed_and_started_again_the_counts_add_up_and_no_uptime_is_invented(
    tmp_path: Path, server: Flapping
) -> None:
    folder = tmp_path / "watch"
    server.up = lambda count: not 5 < count <= 13
    with watching(folder, server) as process:
        until(lambda: server.asked >= 18)
        process.kill()
        process.wait()
    first = server.asked
    before = counted(folder)
    assert first - 1 <= sum(before.values()) <= first  # at most the probe in hand is lost
    assert before[Outcome.DOWN] == 8
    killed = time.monotonic()
    time.sleep(1.2)
    with watching(folder, server) as process:
        until(lambda: server.asked >= first + 5)
        gap = time.monotonic() - killed
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert process.stderr is not None
        told = process.stderr.read().decode()
    after = counted(folder)
    assert "stopped; " in told
    new = sum(after.values()) - sum(before.values())
    assert f"{new} samples written" in told
    assert server.asked - first - 1 <= new <= server.asked - first
    assert after[Outcome.DOWN] == before[Outcome.DOWN]
    with SampleFile(folder) as samples:
        assert [s.ended is None for s in samples.sessions] == [True, False]
        assert samples.count() == sum(after.values())
    [(target, site)] = read_period(folder).sites
    assert target.body == "UBND tỉnh A"
    assert site.probes == sum(after.values())
    # all that is known lies around probes: nothing of the gap but half an interval at its edges
    assert site.known <= 200 * site.probes
    assert site.end - site.begin - site.known >= 1_000
    assert gap > 1.2
    assert (site.share, site.state) == (None, "insufficient")
    assert len(site.incidents) == 1
    assert 0 < site.down <= 200 * 8
    assert server.agents == {"Mozilla/5.0 (compatible; chisoBot/1.0; +https://example.org/bot)"}


def run(*given: str) -> str:
    """A command in this process; what it says. Raises what the command raises."""
    result = CliRunner().invoke(app, list(given), catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_watching_ends_after_the_time_asked_for(tmp_path: Path, server: Flapping) -> None:
    folder = tmp_path / "watch"
    run(*arguments(folder, server), "--for", "0.9s")
    with SampleFile(folder) as samples:
        assert samples.sessions[0].ended is not None
        assert 2 <= samples.count() == server.asked <= 6


def test_an_address_that_is_not_allowed_is_never_asked(tmp_path: Path, server: Flapping) -> None:
    folder = tmp_path / "watch"
    # only 127.0.0.0/8 is allowed
    run(*arguments(folder, server, "http://[::1]/"), "--for", "0.5s")
    assert server.asked == 0
    assert set(counted(folder)) == {Outcome.OURS}


def test_a_stop_file_stops_the_asking(tmp_path: Path, server: Flapping) -> None:
    folder, stop = tmp_path / "watch", tmp_path / "stop"
    stop.write_text("UBND tỉnh A\n", encoding="utf-8")
    run(*arguments(folder, server), "--for", "0.5s", "--stop-file", str(stop))
    assert server.asked == 0
    assert set(counted(folder)) == {Outcome.OURS}


def test_a_monitor_that_is_told_to_end_ends_well(tmp_path: Path, server: Flapping) -> None:
    folder = tmp_path / "watch"
    timer = threading.Timer(0.8, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    run(*arguments(folder, server))
    timer.join()
    with SampleFile(folder) as samples:
        assert samples.sessions[0].ended is not None


def test_a_second_monitor_in_the_same_folder_is_refused(tmp_path: Path, server: Flapping) -> None:
    folder = tmp_path / "watch"
    with (
        SampleStore(folder, SystemClock()),
        pytest.raises(InvalidInput, match="another monitor writes here"),
    ):
        run(*arguments(folder, server), "--for", "0.5s")
    assert server.asked == 0


def test_our_own_network_is_tested_with_the_canaries_given(
    tmp_path: Path, server: Flapping
) -> None:
    folder, canaries = tmp_path / "watch", tmp_path / "canaries.yaml"
    canaries.write_text("sites: ['http://127.0.0.1:9/']\nquorum: 1\n", encoding="utf-8")
    given = [one for one in arguments(folder, server) if one != "--no-self-test"]
    run(*given, "--for", "0.7s", "--canaries", str(canaries), "--port", "9")
    assert set(counted(folder)) == {Outcome.VANTAGE_OUT}
    assert server.asked == 0


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--interval", "5"], "no duration"),
        (["--for", "1d", "--until", "2030-01-01"], "exclude each other"),
        (["--until", "2020-01-01 10:00"], "is over"),
        (["--until", "soon"], "--until"),
        (["--confirm", "30,x"], "--confirm"),
        (["--confirm", ""], "--confirm"),
        (["--contact", ""], "--contact"),
    ],
)
def test_options_that_make_no_sense_are_told(
    tmp_path: Path, server: Flapping, more: list[str], told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        run(*arguments(tmp_path / "watch", server), *more)
    assert not (tmp_path / "watch").exists()


def test_portals_are_asked_once_a_minute_at_most(tmp_path: Path, server: Flapping) -> None:
    given = arguments(tmp_path / "watch", server)
    place = given.index("--allow")
    with pytest.raises(InvalidInput, match="at least 1m"):
        run(*given[:place], *given[place + 2 :])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90s", 90), ("5m", 300), ("1h30m", 5_400), ("1d", 86_400), ("0.2s", 0.2), ("250ms", 0.25)],
)
def test_durations_are_read(text: str, expected: float) -> None:
    assert seconds(text, "--for") == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "5 m", "0s", "5m x", "1e9s", "9" * 999])
def test_other_texts_are_no_durations(text: str) -> None:
    with pytest.raises(InvalidInput, match="--for"):
        seconds(text, "--for")
