"""The client against real servers on loopback."""

from __future__ import annotations

import asyncio
import gzip
import os
import ssl
import time
import zlib

import pytest
from tests.checks.fetch.lab import keep, page, raw, read_head

from chiso.checks.fetch.client import Client
from chiso.checks.fetch.politeness import Gate
from chiso.checks.fetch.robots import Robots
from chiso.checks.network import Limits, Politeness
from chiso.checks.states import ErrorClass

BOTH = {"both.gov.vn": {"A": ["127.0.0.1"], "AAAA": ["::1"]}}


class Seen:
    """A server that writes down the heads of the requests and answers with a redirect or a page."""

    def __init__(self, answers=()):
        self.answers = dict(answers)  # path → location
        self.heads = []
        self.connections = 0

    async def __call__(self, reader, writer):
        self.connections += 1
        while True:
            head = await read_head(reader)
            self.heads.append(head)
            to = self.answers.get(head.split()[1].decode())
            if to is None:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            else:
                line = f"HTTP/1.1 301 x\r\nLocation: {to}\r\nContent-Length: 4\r\n\r\ngone"
                writer.write(line.encode())
            await writer.drain()


def test_a_page_comes_with_its_body_headers_and_times(lab):
    async def test(net):
        await net.serve(page(head="Content-Type: text/html\r\n"))
        client = await net.client()
        chain = await client.get("http://a.gov.vn/x?b=1#part")
        seen = chain.final
        assert chain.ok, seen
        assert seen.url == "http://a.gov.vn/x?b=1"
        assert seen.body == keep(b"<html>xin chao</html>")
        assert client.body(seen.body) == b"<html>xin chao</html>"
        assert client.body(None) is None
        assert seen.header("content-type") == "text/html"
        assert (seen.address, seen.addresses) == ("127.0.0.1", ("127.0.0.1",))
        assert seen.resolver == f"127.0.0.1:{net.names.port}"
        assert seen.size == seen.wire == 21
        assert None not in (seen.timings.resolve, seen.timings.connect, seen.timings.first_byte)
        assert seen.timings.total >= seen.timings.first_byte
        assert chain.model_validate_json(chain.model_dump_json()) == chain

    lab(test)


def test_the_request_says_who_asks_and_sends_nothing_it_should_not(lab, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    async def test(net):
        seen = Seen()
        await net.serve(seen)
        client = await net.client()
        assert (await client.get("http://a.gov.vn/tin%20t%E1%BB%A9c?q=a b")).ok
        head = seen.heads[0].decode()
        assert head.startswith("GET /tin%20t%E1%BB%A9c?q=a+b HTTP/1.1\r\n")
        assert "\r\nHost: a.gov.vn\r\n" in head
        assert "chisoBot/1.0; +https://chiso.test/bot" in head
        assert "\r\nAccept-Encoding: gzip, deflate\r\n" in head
        for unwanted in ("Cookie", "Authorization", "Referer", "Proxy"):
            assert unwanted not in head

    lab(test)


def test_only_get_and_head_are_sent(lab):
    async def test(net):
        seen = Seen()
        await net.serve(seen)
        client = await net.client()
        for method in ("POST", "PUT", "DELETE", "get", "CONNECT"):
            with pytest.raises(ValueError, match="GET and HEAD"):
                await client.get("http://a.gov.vn/", method=method)
        assert seen.connections == 0

    lab(test)


def test_a_head_request_has_a_status_and_no_body(lab):
    async def test(net):
        await net.serve(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"))
        client = await net.client()
        chain = await client.get("http://a.gov.vn/", method="HEAD")
        assert chain.ok
        assert (chain.final.method, chain.final.body, chain.final.size) == ("HEAD", None, 0)

    lab(test)


def test_cookies_are_not_kept(lab):
    async def test(net):
        seen = Seen()
        await net.serve(page(head="Set-Cookie: a=b; Path=/\r\n"))
        await net.serve(seen, port=443)
        client = await net.client(net.network())
        assert (await client.get("http://a.gov.vn/")).ok
        assert (await client.get("http://a.gov.vn:443/")).ok
        assert b"ookie" not in seen.heads[0]

    lab(test)


def test_redirects_are_followed_hop_by_hop_over_one_connection(lab):
    async def test(net):
        seen = Seen({"/": "/a", "/a": "http://b.gov.vn/b#x", "/b": "?page=2"})
        await net.serve(seen)
        client = await net.client()
        chain = await client.get("http://a.gov.vn/")
        assert [hop.url for hop in chain.hops] == [
            "http://a.gov.vn/", "http://a.gov.vn/a", "http://b.gov.vn/b",
            "http://b.gov.vn/b?page=2",
        ]  # fmt: skip
        assert [hop.status for hop in chain.hops] == [301, 301, 301, 200]
        assert chain.hops[0].body is None
        assert seen.connections == 2  # one for each host
        assert b"Host: b.gov.vn" in seen.heads[2]

    lab(test, {"b.gov.vn": {"A": ["127.0.0.1"]}})


def test_a_redirect_is_not_followed_when_not_wanted(lab):
    async def test(net):
        await net.serve(Seen({"/": "/a"}))
        client = await net.client()
        chain = await client.get("http://a.gov.vn/", follow=False)
        assert (chain.status, len(chain.hops)) == (301, 1)
        assert client.body(chain.final.body) == b"gone"

    lab(test)


def test_a_refresh_in_the_page_is_not_followed(lab):
    async def test(net):
        await net.serve(page(b'<meta http-equiv="refresh" content="0;url=/x">', "Refresh: 0\r\n"))
        client = await net.client()
        assert len((await client.get("http://a.gov.vn/")).hops) == 1

    lab(test)


def test_as_many_redirects_as_allowed_are_followed(lab):
    async def test(net):
        await net.serve(Seen({f"/{n}": f"/{n + 1}" for n in range(9)}))
        client = await net.client()
        assert (await client.get("http://a.gov.vn/1")).ok  # eight redirects
        chain = await client.get("http://a.gov.vn/0")
        assert chain.error is ErrorClass.TOO_MANY_REDIRECTS
        assert len(chain.hops) == 10

    lab(test)


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", gzip.compress(b"xin chao " * 500)),
        ("x-gzip", gzip.compress(b"xin chao " * 500)),
        ("deflate", zlib.compress(b"xin chao " * 500)),
        ("deflate", zlib.compress(b"xin chao " * 500)[2:-4]),
        ("gzip, gzip", gzip.compress(gzip.compress(b"xin chao " * 500))),
        ("GZIP", gzip.compress(b"xin chao " * 250) + gzip.compress(b"xin chao " * 250)),
        ("gzip", gzip.compress(b"xin chao " * 500) + b"trailing"),
        ("identity", b"xin chao " * 500),
    ],
    ids=["gzip", "x-gzip", "deflate", "raw deflate", "twice", "two members", "trailing", "plain"],
)
def test_a_compressed_page_is_unpacked(lab, coding, data):
    async def test(net):
        await net.serve(page(data, f"Content-Encoding: {coding}\r\n"))
        client = await net.client()
        seen = (await client.get("http://a.gov.vn/")).final
        assert seen.error is None
        assert client.body(seen.body) == b"xin chao " * 500
        assert (seen.size, seen.wire, seen.truncated) == (4_500, len(data), False)

    lab(test)


def test_a_compression_without_its_end_still_gives_the_page(lab):
    async def test(net):
        await net.serve(page(gzip.compress(os.urandom(3_000))[:-6], "Content-Encoding: gzip\r\n"))
        client = await net.client()
        seen = (await client.get("http://a.gov.vn/")).final
        assert seen.error is None
        assert seen.truncated
        assert seen.size > 2_000

    lab(test)


def test_a_large_compressed_page_that_is_no_bomb_is_cut(lab):
    async def test(net):
        data = gzip.compress(os.urandom(1_500_000))
        await net.serve(page(data, "Content-Encoding: gzip\r\n"))
        client = await net.client(net.network(limits=Limits(decoded_bytes=1_000_000)))
        seen = (await client.get("http://a.gov.vn/")).final
        assert seen.error is None
        assert (seen.size, seen.truncated) == (1_000_000, True)

    lab(test)


@pytest.mark.parametrize(
    ("status", "ok"), [("204 No", True), ("304 Not", False), ("404 x", False), ("503 x", False)]
)
def test_a_status_is_no_error_of_the_exchange(lab, status, ok):
    async def test(net):
        await net.serve(page(b"", status=status))
        client = await net.client()
        chain = await client.get("http://a.gov.vn/")
        assert chain.error is None
        assert chain.status == int(status[:3])
        assert chain.ok is ok

    lab(test)


def test_a_closed_port_is_refused(lab):
    async def test(net):
        port = await net.serve(page(), port=81)
        await net.stack.aclose()
        net.ports[80] = port
        client = await net.client(net.network(resolvers=("127.0.0.1:1",)))
        chain = await client.get("http://127.0.0.1/")
        assert chain.error is ErrorClass.CONN_REFUSED
        assert chain.final.timings.connect is None
        assert "refused" in chain.final.detail.lower()

    lab(test)


def test_a_full_backlog_is_a_timeout_of_the_connection(lab):
    async def test(net):
        import socket

        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            sock.listen(0)
            net.ports[80] = sock.getsockname()[1]
            net.recorder.open.add(net.ports[80])
            fillers = [socket.socket() for _ in range(4)]
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(sock.getsockname())
            client = await net.client(net.network(limits=Limits(connect=0.3, total=2)))
            begun = time.monotonic()
            chain = await client.get("http://a.gov.vn/")
            assert chain.error is ErrorClass.CONN_TIMEOUT
            assert 0.25 < time.monotonic() - begun < 1.5
            for filler in fillers:
                filler.close()

    lab(test)


def test_the_second_attempt_has_twice_the_time(lab):
    async def late(reader, writer):
        await read_head(reader)
        await asyncio.sleep(0.3)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async def test(net):
        await net.serve(late)
        client = await net.client(net.network(limits=Limits(connect=1, first_byte=0.2, total=2)))
        first = await client.get("http://a.gov.vn/")
        assert first.error is ErrorClass.READ_TIMEOUT
        again = await client.get("http://a.gov.vn/", attempt=2)
        assert again.ok
        assert again.attempt == 2
        assert again.final.timings.first_byte >= 290

    lab(test)


def test_a_body_that_comes_steadily_may_take_its_time(lab):
    async def steady(reader, writer):
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(10):
            writer.write(b"a" * 100)
            await writer.drain()
            await asyncio.sleep(0.05)

    async def test(net):
        await net.serve(steady)
        limits = Limits(first_byte=0.1, total=3, min_rate=200)
        client = await net.client(net.network(limits=limits), rate_window=0.2)
        assert (await client.get("http://a.gov.vn/")).ok

    lab(test)


def test_another_address_is_tried_when_one_does_not_connect(lab):
    async def test(net):
        await net.serve(page(), host="127.0.0.2")
        client = await net.client()
        tried = []
        for _ in range(12):  # the name server gives the two in any order
            seen = (await client.get("http://two.gov.vn/", fresh=True)).final
            assert (seen.status, seen.address, seen.error) == (200, "127.0.0.2", None)
            assert set(seen.addresses) == {"127.0.0.2", "127.0.0.3"}
            tried.append(seen.detail)
        assert "127.0.0.3: conn_refused" in tried

    lab(test, {"two.gov.vn": {"A": ["127.0.0.2", "127.0.0.3"]}})


def test_ipv6_is_used_when_ipv4_does_not_connect_and_alone_when_wanted(lab):
    async def test(net):
        await net.serve(page(b"six"), host="::1")
        client = await net.client()
        chain = await client.get("http://both.gov.vn/")
        assert chain.ok, chain.final
        assert chain.final.address == "::1"
        assert chain.final.addresses == ("127.0.0.1", "::1")
        forced = await client.get("http://both.gov.vn/", family=6)
        assert forced.final.addresses == ("::1",)
        assert forced.ok
        four = await client.get("http://both.gov.vn/", family=4)
        assert four.error is ErrorClass.CONN_REFUSED
        literal = await client.get("http://[::1]/")
        assert literal.ok

    lab(test, BOTH)


@pytest.mark.parametrize("host", ["nowhere.gov.vn", "empty.gov.vn"])
def test_a_name_without_address_is_told_by_its_class(lab, host):
    async def test(net):
        client = await net.client()
        chain = await client.get(f"http://{host}/")
        expected = ErrorClass.DNS_NXDOMAIN if "nowhere" in host else ErrorClass.DNS_NODATA
        assert chain.error is expected
        assert chain.final.resolver
        assert chain.final.timings.total is None

    lab(test, {"empty.gov.vn": {"A": []}})


def test_a_connection_is_kept_unless_a_fresh_one_is_wanted(lab):
    async def test(net):
        seen = Seen()
        await net.serve(seen)
        client = await net.client()
        first = await client.get("http://a.gov.vn/")
        second = await client.get("http://a.gov.vn/x")
        assert seen.connections == 1
        assert first.final.timings.connect is not None
        assert second.final.timings.connect is None
        fresh = await client.get("http://a.gov.vn/", fresh=True)
        assert fresh.final.timings.connect is not None
        assert seen.connections == 2
        await client.get("http://a.gov.vn/", fresh=True)
        assert seen.connections == 3

    lab(test)


def test_two_hosts_at_one_address_do_not_share_a_connection(lab):
    async def test(net):
        seen = Seen()
        await net.serve(seen)
        client = await net.client()
        assert (await client.get("http://a.gov.vn/")).ok
        assert (await client.get("http://b.gov.vn/")).ok
        assert seen.connections == 2

    lab(test, {"b.gov.vn": {"A": ["127.0.0.1"]}})


# --- TLS --------------------------------------------------------------------------------------


def test_a_trusted_certificate_needs_no_word(lab, trust):
    async def test(net):
        seen = Seen()
        await net.serve(seen, port=443, tls=trust.context("a.gov.vn"))
        client = await net.client(net.network(ca_file=trust.ca_file))
        chain = await client.get("https://a.gov.vn/")
        assert chain.ok
        assert chain.final.detail == ""
        assert b"Host: a.gov.vn\r\n" in seen.heads[0]

    lab(test)


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("a.gov.vn", {"days": -3}, "expired"),
        ("b.gov.vn", {}, "mismatch"),
        ("a.gov.vn", {"signed": False}, "self"),
    ],
)
def test_a_certificate_that_is_not_trusted_is_noted_and_the_page_read(
    lab, trust, name, options, words
):
    async def test(net):
        seen = Seen()
        await net.serve(seen, port=443, tls=trust.context(name, **options))
        client = await net.client(net.network(ca_file=trust.ca_file))
        for _ in range(2):
            chain = await client.get("https://a.gov.vn/")
            assert chain.ok
            assert chain.final.detail.startswith("certificate not trusted: ")
            assert words in chain.final.detail
            assert client.body(chain.final.body) == b"ok"
        assert seen.connections == 1  # the second page did not try the certificate again

    lab(test)


def test_a_port_that_does_not_speak_tls_fails_the_handshake(lab):
    async def test(net):
        await net.serve(raw(b"HTTP/1.1 400 Bad\r\n\r\n"), port=443)
        client = await net.client()
        chain = await client.get("https://a.gov.vn/")
        assert chain.error in {ErrorClass.TLS_HANDSHAKE, ErrorClass.CONN_TIMEOUT}

    async def prompt(net):
        async def talk(reader, writer):
            await reader.read(10)
            writer.write(b"HTTP/1.1 400 Bad\r\n\r\n")

        await net.serve(talk, port=443)
        client = await net.client()
        chain = await client.get("https://a.gov.vn/")
        assert chain.error is ErrorClass.TLS_HANDSHAKE
        assert chain.final.detail

    lab(test)
    lab(prompt)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_a_server_of_old_protocols_only_fails_the_handshake(lab, trust):
    async def test(net):
        old = trust.context("a.gov.vn")
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        await net.serve(Seen(), port=443, tls=old)
        client = await net.client(net.network(ca_file=trust.ca_file))
        chain = await client.get("https://a.gov.vn/")
        assert chain.error is ErrorClass.TLS_HANDSHAKE

    lab(test)


def test_a_bundle_that_cannot_be_read_is_an_error_of_the_settings(lab, tmp_path):
    async def test(net):
        with pytest.raises(OSError, match="No such file"):
            Client(net.network(ca_file=str(tmp_path / "none.pem")), keep)

    lab(test)


# --- robots, politeness, stops ------------------------------------------------------------------


def test_what_robots_txt_forbids_is_not_asked_for(lab):
    async def test(net):
        seen = Seen({"/free": "/closed"})
        await net.serve(seen)
        client = await net.client()
        client.rules["a.gov.vn"] = Robots.parse(200, b"User-agent: *\nDisallow: /closed\n")
        chain = await client.get("http://a.gov.vn/closed")
        assert chain.error is ErrorClass.ROBOTS
        assert seen.connections == 0
        assert (await client.get("http://a.gov.vn/free")).error is ErrorClass.ROBOTS
        assert (await client.get("http://a.gov.vn/closed", robots=False)).ok
        client.rules["a.gov.vn"] = Robots.parse(503, b"")
        assert (await client.get("http://a.gov.vn/")).error is ErrorClass.ROBOTS
        client.rules["a.gov.vn"] = Robots.parse(200, b"User-agent: *\nCrawl-delay: 90\n")
        assert (await client.get("http://a.gov.vn/")).error is ErrorClass.ROBOTS

    lab(test)


def test_pages_of_one_host_are_asked_for_with_a_pause_and_a_crawl_delay(lab):
    async def test(net):
        seen = Seen()
        await net.serve(seen)
        client = await net.client(net.network(politeness=Politeness(pause=0.1)))
        begun = time.monotonic()
        await asyncio.gather(*(client.get(f"http://a.gov.vn/{n}") for n in range(4)))
        assert time.monotonic() - begun >= 0.3
        client.rules["a.gov.vn"] = Robots.parse(200, b"User-agent: *\nCrawl-delay: 0.3\n")
        begun = time.monotonic()
        await client.get("http://a.gov.vn/")
        assert time.monotonic() - begun >= 0.25
        begun = time.monotonic()
        await client.get("http://a.gov.vn/", polite=False)
        assert time.monotonic() - begun < 0.2

    lab(test)


def test_a_failing_host_is_left_alone_and_says_so(lab):
    async def test(net):
        seen = Seen()

        async def failing(reader, writer):
            seen.connections += 1
            await page(b"", status="500 x")(reader, writer)

        await net.serve(failing)
        client = await net.client(net.network(politeness=Politeness(pause=0, errors=3)))
        statuses = [(await client.get("http://a.gov.vn/")).status for _ in range(3)]
        assert statuses == [500] * 3
        chain = await client.get("http://a.gov.vn/")
        assert chain.error is ErrorClass.STOPPED
        assert "3 errors" in chain.final.detail

    lab(test)


def test_too_many_requests_are_answered_with_patience(lab):
    async def test(net):
        await net.serve(page(b"", "Retry-After: 1\r\n", "429 Slow down"))
        client = await net.client(net.network(politeness=Politeness(pause=0)))
        assert (await client.get("http://a.gov.vn/")).status == 429
        begun = time.monotonic()
        assert (await client.get("http://a.gov.vn/")).status == 429
        assert time.monotonic() - begun >= 0.95

    lab(test)


def test_the_stop_file_stops_a_body_before_anything_is_asked(lab, tmp_path):
    async def test(net):
        path = tmp_path / "stop"
        path.write_text("hanoi\n")
        await net.serve(Seen())
        network = net.network(stop_file=str(path))
        gate = Gate(network.politeness, network.stop_file)
        stopped = await net.client(network, gate=gate, body="hanoi")
        others = await net.client(network, gate=gate, body="hue")
        assert (await stopped.get("http://a.gov.vn/")).error is ErrorClass.STOPPED
        assert net.names.asked == []
        assert (await others.get("http://a.gov.vn/")).ok

    lab(test)


def test_a_cancelled_request_gives_the_turn_back(lab):
    async def slow(reader, writer):
        await read_head(reader)
        await asyncio.sleep(0.4)

    async def test(net):
        await net.serve(slow)
        client = await net.client()
        task = asyncio.create_task(client.get("http://a.gov.vn/"))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        chain = await asyncio.wait_for(client.get("http://a.gov.vn/"), 2)
        assert chain.error is ErrorClass.CONN_RESET

    lab(test)


def test_an_outer_time_limit_is_not_taken_for_ours(lab):
    async def slow(reader, writer):
        await asyncio.sleep(0.5)

    async def test(net):
        await net.serve(slow)
        client = await net.client()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.get("http://a.gov.vn/")

    lab(test)


def test_what_the_store_raises_is_passed_on(lab):
    def full(data):
        raise OSError(28, "No space left on device")

    async def test(net):
        await net.serve(page())
        client = await net.stack.enter_async_context(
            Client(net.network(), full, sockets=net.recorder)
        )
        with pytest.raises(OSError, match="space"):
            await client.get("http://a.gov.vn/")

    lab(test)


def test_bodies_at_hand_are_bounded(lab, monkeypatch):
    monkeypatch.setattr("chiso.checks.fetch.client.MOST_BODIES", 250)
    count = iter(range(10))

    async def serve(reader, writer):
        while True:
            await read_head(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n%0100d" % next(count))
            await writer.drain()

    async def test(net):
        await net.serve(serve)
        client = await net.client()
        digests = [(await client.get("http://a.gov.vn/")).final.body for _ in range(4)]
        assert [client.body(digest) is not None for digest in digests] == [
            False, False, True, True
        ]  # fmt: skip

    lab(test)


def test_a_closed_client_is_a_mistake_of_the_caller(lab):
    async def test(net):
        client = Client(net.network(), keep)
        with pytest.raises(RuntimeError, match="not open"):
            await client.get("http://127.0.0.1/")

    lab(test)
