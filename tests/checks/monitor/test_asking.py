"""A probe by the real client on the test internet: what each kind of answer comes to."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from tests.internet.internet import Internet
from tests.internet.model import Asked, Host, Reply

from chiso.checks.artifacts import Chain, Exchange
from chiso.checks.fetch.client import Client
from chiso.checks.monitor.asking import Asker, digest_only, for_probing
from chiso.checks.monitor.outcomes import Outcome, Seen, seen_in
from chiso.checks.states import ErrorClass, PageKind
from chiso.checks.targets import Site

NEWS = "".join(
    f"<li><a href='/tin/{n}'>Tin số {n}: Quốc lộ 404 thông xe, hội nghị của tỉnh</a></li>"
    for n in range(30)
)
HOME = (
    "<html lang='vi'><head><title>Cổng thông tin điện tử tỉnh A</title></head><body>"
    f"<nav><a href='/gioi-thieu'>Giới thiệu</a></nav><h2>Quốc lộ 404</h2><ul>{NEWS}</ul>"
    "</body></html>"
)
ENDING = ".probe.gov.vn"


def page(status: int, body: str = HOME, **headers: str) -> Any:
    """A handler that always gives this answer."""

    def answer(asked: Asked) -> Reply:
        return Reply(status, body.encode(), {"Content-Type": "text/html; charset=utf-8", **headers})

    return answer


def round_and_round(asked: Asked) -> Reply:
    """Redirects for ever to whoever brings no cookie back."""
    return Reply(302, b"", {"Location": "https://cookie.probe.gov.vn/", "Set-Cookie": "a=1"})


def circle(asked: Asked) -> Reply:
    return Reply(302, b"", {"Location": "https://circle.probe.gov.vn/"})


HOSTS = [
    Host("up" + ENDING, page(200)),
    Host("error" + ENDING, page(500, "<h1>Server Error</h1>")),
    Host("busy" + ENDING, page(503, "<h1>Busy</h1>", **{"Retry-After": "70"})),
    Host("gone" + ENDING, page(404, "<h1>404</h1>")),
    Host("soft" + ENDING, page(200, "<title>404</title><h1>Không tìm thấy trang</h1>")),
    Host("empty" + ENDING, page(200, "")),
    Host("blocked" + ENDING, page(403, "<h1>Forbidden</h1>")),
    Host("limit" + ENDING, page(429, "slow down", **{"Retry-After": "120"})),
    Host("works" + ENDING, page(200, "<title>Bảo trì</title><h1>Hệ thống đang bảo trì</h1>")),
    Host("expired" + ENDING, page(200), tls="expired"),
    Host("broken" + ENDING, page(200), tls="broken"),
    Host("nobody" + ENDING, page(200), dns="nxdomain"),
    Host("servfail" + ENDING, page(200), dns="servfail"),
    Host("private" + ENDING, page(200), dns="private"),
    Host("cookie" + ENDING, round_and_round),
    Host("circle" + ENDING, circle),
]
EXPECTED = {
    "up": Outcome.UP,
    "error": Outcome.DOWN,
    "busy": Outcome.DOWN,
    "gone": Outcome.OTHER_PAGE,
    "soft": Outcome.OTHER_PAGE,
    "empty": Outcome.OTHER_PAGE,
    "blocked": Outcome.KEPT_OUT,
    "limit": Outcome.KEPT_OUT,
    "works": Outcome.MAINTENANCE,
    "expired": Outcome.UP,  # the certificate is judged elsewhere
    "broken": Outcome.DOWN,
    "nobody": Outcome.DOWN,
    "servfail": Outcome.UNREACHED,
    "private": Outcome.OURS,
    "cookie": Outcome.KEPT_OUT,
    "circle": Outcome.DOWN,
}


@pytest.fixture(scope="module")
def hosts(internet: Internet) -> Iterator[Internet]:
    internet.add_all(HOSTS)
    yield internet
    for host in HOSTS:
        internet.remove(host.name)


def probe(internet: Internet, name: str, times: int = 1, **changes: Any) -> list[Seen]:
    """The same home page asked several times by one client."""
    network = for_probing(internet.network(**changes))
    site = Site(body="A", url=f"https://{name}{ENDING}/")

    async def go() -> list[Seen]:
        async with Client(network, digest_only) as client:
            asker = Asker(client)
            seen = [await asker.ask(site, attempt) for attempt in range(1, times + 1)]
        # asyncio closes TLS connections that broke off a turn of the loop later
        await asyncio.sleep(0.02)
        return seen

    return asyncio.run(go())


@pytest.mark.parametrize("name", EXPECTED)
def test_each_kind_of_answer_has_its_outcome(hosts: Internet, name: str) -> None:
    [seen] = probe(hosts, name)
    assert seen.outcome is EXPECTED[name], seen


def test_what_was_seen_is_told(hosts: Internet) -> None:
    [seen] = probe(hosts, "up")
    assert (seen.status, seen.family, seen.note) == (200, 4, "")
    assert seen.first_byte is not None
    assert seen.first_byte >= 0
    [seen] = probe(hosts, "error")
    assert (seen.status, seen.note) == (500, "http_5xx")
    [seen] = probe(hosts, "nobody")
    assert (seen.status, seen.note, seen.first_byte) == (0, "dns_nxdomain", None)


def test_how_long_to_stay_away_is_read(hosts: Internet) -> None:
    assert probe(hosts, "limit")[0].later == 120
    assert probe(hosts, "busy")[0].later == 70
    assert probe(hosts, "up")[0].later is None


def test_a_site_that_keeps_failing_is_asked_each_time(hosts: Internet) -> None:
    hosts.forget("error" + ENDING)
    seen = probe(hosts, "error", times=12)
    assert {one.outcome for one in seen} == {Outcome.DOWN}
    asked = [one for one in hosts.requests("error" + ENDING) if one.path == "/"]
    assert len(asked) == 12
    assert {one.method for one in asked} == {"GET"}


def test_nothing_but_the_home_page_is_asked_for(hosts: Internet) -> None:
    hosts.forget("up" + ENDING)
    probe(hosts, "up", times=3)
    assert [one.path for one in hosts.requests("up" + ENDING)] == ["/"] * 3


def test_a_page_that_cannot_be_read_does_not_end_the_watch(
    hosts: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: object) -> None:
        raise RecursionError

    monkeypatch.setattr("chiso.checks.monitor.asking.parse_document", fail)
    [seen] = probe(hosts, "up")
    assert (seen.outcome, seen.note) == (Outcome.OURS, "engine")


def test_every_error_class_and_kind_of_page_has_an_outcome() -> None:
    at = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    for error in ErrorClass:
        chain = Chain(hops=(Exchange(url="https://a.vn/", at=at, error=error),))
        assert seen_in(chain, PageKind.ERROR).note == error.value
    ours = {
        error
        for error in ErrorClass
        if seen_in(
            Chain(hops=(Exchange(url="https://a.vn/", at=at, error=error),)), PageKind.ERROR
        ).outcome
        is Outcome.OURS
    }
    assert {ErrorClass.ENGINE, ErrorClass.BUDGET, ErrorClass.STOPPED} <= ours
    assert not ours & {ErrorClass.CONN_REFUSED, ErrorClass.DNS_NXDOMAIN, ErrorClass.READ_TIMEOUT}
    for kind in PageKind:
        chain = Chain(hops=(Exchange(url="https://a.vn/", at=at, status=200, size=9),))
        outcome = seen_in(chain, kind).outcome
        assert (outcome is Outcome.UP) == (kind is PageKind.OK)
