"""The self-test of a vantage, against canaries of the test internet."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError
from tests.internet.canary import BOGUS, SIGNED, SITES, SIXTH, add_canaries, canary_file
from tests.internet.internet import Internet
from tests.internet.model import Asked, Host, Reply, html

from chiso.checks.artifacts import Chain, Exchange, Timings, Vantage
from chiso.checks.fetch.vantage import Canaries, clock_offset, load_canaries, self_test
from chiso.problems import InvalidInput

CANARIES = Canaries(
    sites=tuple(f"https://{name}/" for name in SITES),
    signed=(SIGNED,), bogus=(BOGUS,), ipv6=(f"https://{SIXTH}/",),
)  # fmt: skip


@pytest.fixture
def world() -> Iterator[Internet]:
    """An internet with the canaries alone."""
    with Internet() as running:
        add_canaries(running)
        yield running


def _test(world: Internet, canaries: Canaries = CANARIES, **changes: object) -> Vantage:
    return asyncio.run(self_test(world.network(**changes), canaries))


def test_a_good_vantage_knows_what_it_can(world: Internet) -> None:
    vantage = _test(world)
    assert vantage.ok, vantage.detail
    assert vantage.detail == ""
    assert (vantage.id, vantage.ipv4, vantage.validates) == ("test", True, True)
    assert vantage.ipv6 is world.ipv6
    assert vantage.clock_offset is not None
    assert abs(vantage.clock_offset) < 2
    assert vantage.canaries == dict.fromkeys(CANARIES.sites, True)
    assert vantage.resolvers[0] == world.network().resolvers[0]


def test_one_silent_canary_is_borne_and_two_are_not(world: Internet) -> None:
    world.remove(SITES[0])
    vantage = _test(world)
    assert vantage.ok
    assert vantage.canaries[f"https://{SITES[0]}/"] is False
    world.remove(SITES[1])
    vantage = _test(world)
    assert not vantage.ok
    assert "3/5" in vantage.detail
    assert SITES[1] in vantage.detail
    assert "máy chủ phân giải" in vantage.detail
    assert "the resolvers" in vantage.detail


def test_canaries_that_refuse_connections_point_to_the_line(world: Internet) -> None:
    for name in SITES[:2]:
        world.remove(name)
        world.add(Host(name, tls="none", plain="closed", zone=name))
    vantage = _test(world)
    assert not vantage.ok
    assert "tường lửa" in vantage.detail
    assert "the firewall" in vantage.detail
    assert "conn_refused" in vantage.detail


def test_an_error_page_shows_that_the_way_is_open(world: Internet) -> None:
    for name in SITES:
        world.remove(name)
        world.add(Host(name, handler=lambda asked: Reply(503), zone=name))
    assert _test(world).ok


def test_a_resolver_that_does_not_validate_is_known(world: Internet) -> None:
    world.names.validating = False
    vantage = _test(world)
    assert vantage.ok
    assert vantage.validates is False


def test_validation_is_left_open_where_it_cannot_be_told(world: Internet) -> None:
    nobody = CANARIES.model_copy(update={"signed": ("nobody.example.net",)})
    assert _test(world, nobody).validates is None
    without = CANARIES.model_copy(update={"bogus": ()})
    assert _test(world, without).validates is None
    broken = CANARIES.model_copy(update={"bogus": ("broken.example.net",)})
    world.add(Host("broken.example.net", dns="servfail", zone="broken.example.net"))
    assert _test(world, broken).validates is None  # it fails, but not because of its signatures


def test_ipv6_that_is_off_or_missing_is_known(world: Internet) -> None:
    assert _test(world, ipv6="off").ipv6 is False
    gone = CANARIES.model_copy(update={"ipv6": (f"https://{SITES[0]}/", "https://none.example/")})
    world.remove(SITES[0])
    world.add(Host(SITES[0], handler=lambda asked: html("x"), dns="no_v6", zone=SITES[0]))
    assert _test(world, gone).ipv6 is False
    assert _test(world, CANARIES.model_copy(update={"ipv6": ()})).ipv6 is None


def _dated(offset: float) -> Host:
    def answer(asked: Asked) -> Reply:
        now = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=offset)
        return html("x", Date=format_datetime(now, usegmt=True))

    return Host("", handler=answer)


@pytest.mark.parametrize(("offsets", "ok"), [((0, 0, 0, 900, -900), True), ((300,) * 5, False)])
def test_the_clock_is_set_against_the_median_of_all(
    world: Internet, offsets: tuple[float, ...], ok: bool
) -> None:
    for name, offset in zip(SITES, offsets, strict=True):
        world.remove(name)
        host = _dated(offset)
        host.name = host.zone = name
        world.add(host)
    vantage = _test(world)
    assert vantage.ok is ok
    assert vantage.clock_offset is not None
    if not ok:
        assert 298 < vantage.clock_offset < 302
        assert "NTP" in vantage.detail


def _chain(date: str) -> Chain:
    at = dt.datetime(2026, 11, 25, 8, 0, 0, tzinfo=dt.UTC)
    return Chain(
        hops=(
            Exchange(
                url="https://a.example/", at=at, status=200, headers=(("Date", date),),
                timings=Timings(total=1000.0),
            ),
        )
    )  # fmt: skip


def test_the_offset_is_counted_from_the_middle_of_the_request() -> None:
    assert clock_offset([_chain("Wed, 25 Nov 2026 08:00:10 GMT")]) == 10.0


@pytest.mark.parametrize(
    "date",
    ["", "tomorrow", "Wed, 99 Nov 2026 08:00:10 GMT", "Wed, 25 Nov 2026 08:00:10 -0000",
     "Wed, 25 Nov 99999999 08:00 GMT"],
)  # fmt: skip
def test_a_date_that_says_nothing_is_left_out(date: str) -> None:
    assert clock_offset([_chain(date)]) is None


def test_a_stop_is_told_as_a_stop(world: Internet, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    stop.write_text("")
    vantage = _test(world, stop_file=str(stop))
    assert not vantage.ok
    assert "tệp dừng" in vantage.detail


# --- the file -----------------------------------------------------------------------------------


def test_the_canaries_that_come_along_can_be_read_and_lie_apart() -> None:
    shipped = load_canaries()
    assert len(shipped.sites) >= 5
    assert shipped.quorum == 4
    assert shipped.signed
    assert shipped.bogus
    assert shipped.ipv6
    hosts = [urlsplit(site).hostname or "" for site in shipped.sites]
    assert len({host.split(".")[-2] for host in hosts}) == len(hosts)


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "canaries.yaml"
    path.write_text(canary_file(), encoding="utf-8")
    assert load_canaries(path) == CANARIES


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sites: []\n", "sites"),
        ("sites: ['ftp://a/']\nquorum: 1\n", "ftp://a/"),
        ("sites: ['https://a.example/']\n", "quorum"),
        ("sites: ['https://a.example/']\nquorum: 1\nsigned: ['a..b']\n", "a..b"),
        ("sites: ['https://a.example/']\nquorum: 1\nmost: 2\n", "most"),
        ("sites: [\n", "YAML"),
    ],
)
def test_a_file_with_faults_is_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "canaries.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        load_canaries(path)
    assert words in str(refused.value)


def test_a_quorum_counts_different_sites() -> None:
    with pytest.raises(ValidationError, match="quorum"):
        Canaries(sites=("https://a.example/",) * 5, quorum=4)
