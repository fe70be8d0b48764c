"""The proxy of the browser, spoken to by hand: what passes, what is refused, what is noted."""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from tests.checks.fetch.bed import ORIGIN, Bed, answer, make_bed, send

from chiso.checks.fetch.forwarding import Malformed, parse_answer, parse_request
from chiso.checks.fetch.guard import Guard
from chiso.checks.fetch.proxy import Budget, Proxy, dial
from chiso.checks.fetch.sealing import Seal, outward_context
from chiso.checks.states import ErrorClass

SEAL = Seal()


class Talk:
    """A connection to the proxy, as a browser would open it."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        token = base64.b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
        self.token = f"Proxy-Authorization: Basic {token}\r\n"

    async def __aenter__(self) -> Talk:
        port = int(self.proxy.server.rpartition(":")[2])
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()

    async def ask(
        self, line: str, headers: str = "", body: bytes = b"", *, token: bool = True
    ) -> tuple[int, bytes]:
        """Status and what followed, until the length is reached or the connection ends."""
        own = self.token if token else ""
        self.writer.write(f"{line} HTTP/1.1\r\nHost: x\r\n{own}{headers}\r\n".encode() + body)
        async with asyncio.timeout(10):
            head = await self.reader.readuntil(b"\r\n\r\n")
            status = int(head.split(b" ")[1])
            fields = dict(
                one.lower().split(b": ", 1) for one in head.split(b"\r\n")[1:] if b": " in one
            )
            if line.startswith("CONNECT") and status == 200:
                return status, b""
            if b"content-length" in fields:
                return status, await self.reader.readexactly(int(fields[b"content-length"]))
            if fields.get(b"transfer-encoding") == b"chunked":
                return status, await self.reader.readuntil(b"0\r\n\r\n")
            return status, await self.reader.read()

    async def tunnel(self, authority: str) -> int:
        """Open a tunnel and speak TLS in it; the status of CONNECT."""
        status, _ = await self.ask(f"CONNECT {authority}")
        if status == 200:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            await self.writer.start_tls(context)
        return status


Scene = Callable[[Bed, Proxy], Awaitable[None]]


def play(scene: Scene, budget: Budget = Budget(), guard: Guard | None = None) -> None:  # noqa: B008
    """Run a scene with a bed and a proxy of its own; nothing may have left the bed."""

    async def run() -> None:
        bed = await make_bed()
        try:
            async with Proxy(
                bed.network, bed.names, guard or bed.guard, SEAL, outward_context(), budget,
                bed.dialled,
            ) as proxy:  # fmt: skip
                await scene(bed, proxy)
        finally:
            await bed.close()
        if guard is None:
            assert bed.dialled.outside == []
        assert bed.stray == []

    asyncio.run(run())


def test_a_request_without_the_token_is_sent_away() -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        async with Talk(proxy) as talk:
            status, _ = await talk.ask(f"GET {bed.url('/')}", token=False)
            assert status == 407
            wrong = "Proxy-Authorization: Basic Y2hpc286d3Jvbmc=\r\n"
            assert (await talk.ask(f"GET {bed.url('/')}", wrong, token=False))[0] == 407
            assert (await talk.ask(f"CONNECT portal.test:{bed.secure}", token=False))[0] == 407
        assert bed.reached == []
        assert bed.dialled.asked == []

    play(scene)


def test_a_page_passes_with_no_header_of_ours() -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        bed.pages["/a"] = answer("xin chào")
        async with Talk(proxy) as talk:
            more = "Accept: text/html\r\nProxy-Connection: keep-alive\r\nTE: trailers\r\n"
            status, body = await talk.ask(f"GET {bed.url('/a?b=1')}", more)
        assert (status, body.decode()) == (200, "xin chào")
        ((method, path, headers),) = bed.reached
        assert (method, path) == ("GET", "/a")
        assert headers["Accept"] == "text/html"
        assert headers["Host"] == f"portal.test:{bed.plain}"
        assert not {name for name in headers if name.casefold().startswith("proxy")}
        assert proxy.notes == []
        assert proxy.received > len("xin chào")

    play(scene)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("tls", [False, True])
def test_no_other_method_leaves_not_even_inside_tls(method: str, tls: bool) -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        async with Talk(proxy) as talk:
            if tls:
                assert await talk.tunnel(f"portal.test:{bed.secure}") == 200
            target = "/form" if tls else bed.url("/form")
            status, _ = await talk.ask(f"{method} {target}", token=not tls)
        assert status == 403
        assert bed.reached == []
        (note,) = proxy.notes
        assert (note.method, note.error, note.refused) == (method, ErrorClass.REFUSED_URL, True)
        assert note.url == bed.url("/form", tls=tls)

    play(scene)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Length: 3\r\n", b"abc"),
        ("Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n0\r\n\r\n"),
        ("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n", b""),
    ],
)
@pytest.mark.parametrize("tls", [False, True])
def test_bodies_and_upgrades_are_refused(headers: str, body: bytes, tls: bool) -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        async with Talk(proxy) as talk:
            if tls:
                await talk.tunnel(f"portal.test:{bed.secure}")
            target = "/" if tls else bed.url("/")
            assert (await talk.ask(f"GET {target}", headers, body, token=not tls))[0] == 403
        assert bed.reached == []
        assert proxy.notes[0].refused

    play(scene)


def test_a_page_over_tls_passes_and_the_line_is_kept() -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        bed.pages["/a"] = answer("một")
        bed.pages["/b"] = answer("hai")
        async with Talk(proxy) as talk:
            assert await talk.tunnel(f"portal.test:{bed.secure}") == 200
            assert (await talk.ask("GET /a", token=False))[1].decode() == "một"
            assert (await talk.ask("GET /b", token=False))[1].decode() == "hai"
        assert len(bed.dialled.asked) == 1
        assert proxy.notes == []

    play(scene)


def test_plain_bytes_in_a_tunnel_end_it() -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        async with Talk(proxy) as talk:
            status, _ = await talk.ask(f"CONNECT portal.test:{bed.secure}")
            assert status == 200
            talk.writer.write(b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
            async with asyncio.timeout(5):
                assert not (await talk.reader.read()).startswith(b"HTTP")
        assert bed.reached == []

    play(scene)


@pytest.mark.parametrize(
    "authority",
    [
        "10.0.0.1", "192.168.1.1", "172.16.0.9", "127.0.0.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "192.0.2.1", "[::1]", "[::ffff:10.0.0.1]", "[fe80::1]",
        "[64:ff9b::a00:1]", "[2002:a00:1::]", "[fd00::1]", "0x7f.1", "017700000001", "2130706433",
        "127.1", "inner.test", "mixed.test", "user@portal.test", "portal.test.", "localhost",
    ],
)  # fmt: skip
@pytest.mark.parametrize("tls", [False, True])
def test_what_the_guard_refuses_is_never_dialled(authority: str, tls: bool) -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        bed.names.table |= {"inner.test": [("10.1.2.3",)], "mixed.test": [(ORIGIN, "10.1.2.3")]}
        async with Talk(proxy) as talk:
            line = f"CONNECT {authority}:443" if tls else f"GET http://{authority}/"
            status, _ = await talk.ask(line)
        assert status == 403
        assert bed.dialled.asked == []
        (note,) = proxy.notes
        assert note.refused
        assert note.error in {ErrorClass.REFUSED_ADDRESS, ErrorClass.REFUSED_URL}

    play(scene)


@pytest.mark.parametrize(
    "target", ["ftp://portal.test/", "file:///etc/passwd", "/", "*", "http://", "http://[::"]
)
def test_other_targets_are_refused(target: str) -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        async with Talk(proxy) as talk:
            assert (await talk.ask(f"GET {target}"))[0] == 403
        assert proxy.notes[0].error is ErrorClass.REFUSED_URL
        assert bed.dialled.asked == []

    play(scene)


def test_ports_that_are_not_allowed_are_refused() -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        own = proxy.server.rpartition(":")[2]
        for line in (f"GET http://{ORIGIN}:22/", f"CONNECT {ORIGIN}:25", f"CONNECT {ORIGIN}:{own}"):
            async with Talk(proxy) as talk:
                assert (await talk.ask(line))[0] == 403
        assert bed.dialled.asked == []

    play(scene)


def test_even_with_a_broken_guard_the_dial_is_asked_for_an_address_only() -> None:
    class Blind(Guard):
        def refuse_address(self, address: str) -> str:
            return ""

    async def scene(bed: Bed, proxy: Proxy) -> None:
        bed.names.guard = proxy.guard
        async with Talk(proxy) as talk:
            assert (await talk.ask("GET http://10.0.0.1/"))[0] == 502
        assert bed.dialled.asked == [("10.0.0.1", 80)]
        assert proxy.notes[0].error is ErrorClass.UNREACHABLE

    play(scene, guard=Blind())


def test_the_dial_never_takes_a_name() -> None:
    with pytest.raises(OSError, match="not an address"):
        asyncio.run(dial("portal.test", 80))


def test_a_name_that_changes_its_mind_is_judged_each_time() -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        bed.names.table["rebind.test"] = [(ORIGIN,), ("10.0.0.9",)]
        bed.pages["/"] = answer("x", Connection="close")
        async with Talk(proxy) as talk:
            assert (await talk.ask(f"GET http://rebind.test:{bed.plain}/"))[0] == 200
        async with Talk(proxy) as talk:
            assert (await talk.ask(f"GET http://rebind.test:{bed.plain}/"))[0] == 403
        assert proxy.notes[0].error is ErrorClass.REFUSED_ADDRESS

    play(scene)


def test_failures_are_named() -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        with socket.socket() as closed:
            closed.bind((ORIGIN, 0))
            port = closed.getsockname()[1]
            proxy.guard.ports = proxy.guard.ports | {port}
            for line in (
                "GET http://nowhere.test/",
                f"GET http://portal.test:{port}/",
                f"CONNECT portal.test:{bed.plain}",
            ):
                async with Talk(proxy) as talk:
                    assert (await talk.ask(line))[0] == 502
        assert [(note.error, note.refused) for note in proxy.notes] == [
            (ErrorClass.DNS_NXDOMAIN, False),
            (ErrorClass.CONN_REFUSED, False),
            (ErrorClass.TLS_HANDSHAKE, False),
        ]

    play(scene)


@pytest.mark.parametrize(
    "data",
    [
        b"<html>HTTP/0.9", b"HTTP/2 200\r\n\r\n", b"HTTP/1.1 20\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n",
        b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50, b"\x00" * 500,
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 200_000,
    ],
)  # fmt: skip
def test_what_is_not_an_answer_is_malformed(data: bytes) -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        bed.raws["/"] = send(data)
        async with Talk(proxy) as talk:
            assert (await talk.ask(f"GET {bed.raw_url('/')}"))[0] == 502
        assert proxy.notes[0].error is ErrorClass.HTTP_MALFORMED

    play(scene)


def test_an_origin_that_closes_without_a_word_is_a_reset() -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        bed.raws["/"] = send(b"")
        async with Talk(proxy) as talk:
            assert (await talk.ask(f"GET {bed.raw_url('/')}"))[0] == 502
        assert proxy.notes[0].error is ErrorClass.CONN_RESET
        assert bed.methods("/") == ["GET"]

    play(scene)


def test_an_origin_that_says_nothing_is_given_up() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    async def scene(bed: Bed, proxy: Proxy) -> None:
        bed.raws["/"] = silent
        async with Talk(proxy) as talk:
            assert (await talk.ask(f"GET {bed.raw_url('/')}"))[0] == 502
        assert proxy.notes[0].error is ErrorClass.READ_TIMEOUT

    play(scene)


def test_a_kept_line_that_died_is_opened_again_once() -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.close()
        raise ConnectionError

    async def scene(bed: Bed, proxy: Proxy) -> None:
        bed.raws["/"] = once
        async with Talk(proxy) as talk:
            for _ in range(3):
                assert await talk.ask(f"GET {bed.raw_url('/')}") == (200, b"ok")
        assert proxy.notes == []
        assert len(bed.dialled.asked) == 3

    play(scene)


def test_chunks_and_bodies_without_length_come_through_whole() -> None:
    chunked = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n2\r\nde\r\n0\r\n"
    )

    async def scene(bed: Bed, proxy: Proxy) -> None:
        bed.raws["/c"] = send(chunked + b"Trailer: 1\r\n\r\n")
        bed.raws["/e"] = send(b"HTTP/1.1 200 OK\r\n\r\n" + b"y" * 300_000)
        async with Talk(proxy) as talk:
            _, body = await talk.ask(f"GET {bed.raw_url('/c')}")
            assert body == b"3;x=1\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            _, body = await talk.ask(f"GET {bed.raw_url('/e')}")
            assert len(body) == 300_000

    play(scene)


def test_the_budget_of_bytes_ends_an_endless_body() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"z" * 50_000)
            await writer.drain()

    async def scene(bed: Bed, proxy: Proxy) -> None:
        bed.raws["/"] = endless
        async with Talk(proxy) as talk:
            _, body = await talk.ask(f"GET {bed.raw_url('/')}")
        assert len(body) <= 1_000_000
        assert proxy.spent
        async with Talk(proxy) as talk:
            assert (await talk.ask(f"GET {bed.url('/')}"))[0] == 403
        assert proxy.notes[-1].error is ErrorClass.BUDGET

    play(scene, Budget(received=1_000_000))


def test_the_budget_of_requests_and_connections_holds() -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        bed.pages["/"] = answer("x")
        async with Talk(proxy) as talk:
            statuses = [(await talk.ask(f"GET {bed.url('/')}"))[0] for _ in range(4)]
        assert statuses == [200, 200, 200, 403]
        assert proxy.notes[0].error is ErrorClass.BUDGET
        await asyncio.sleep(0.05)
        async with Talk(proxy), Talk(proxy):
            await asyncio.sleep(0.05)
            async with Talk(proxy) as third:
                assert await third.reader.read() == b""

    play(scene, Budget(requests=3, connections=2))


def test_garbage_from_the_browser_side_ends_quietly() -> None:
    async def scene(bed: Bed, proxy: Proxy) -> None:
        for data in (
            b"\x16\x03\x01\x00\x05hello\r\n\r\n",
            b"GET\r\n\r\n",
            b"A" * 100_000,
            b"\r\n\r\n",
        ):
            async with Talk(proxy) as talk:
                talk.writer.write(data)
                async with asyncio.timeout(5):
                    assert not (await talk.reader.read()).startswith(b"HTTP/1.1 200")
        assert bed.dialled.asked == []

    play(scene)


def test_a_closed_proxy_leaves_nothing_running() -> None:
    async def run() -> None:
        bed = await make_bed()

        async def slow(request: web.Request) -> web.StreamResponse:
            await asyncio.sleep(30)
            return web.Response()

        bed.pages["/"] = slow
        async with Proxy(
            bed.network, bed.names, bed.guard, SEAL, outward_context(), Budget(), bed.dialled
        ) as proxy:
            talk = Talk(proxy)
            await talk.__aenter__()
            talk.writer.write(f"GET {bed.url('/')} HTTP/1.1\r\n{talk.token}\r\n".encode())
            await asyncio.sleep(0.1)
            assert proxy._tasks
        assert not proxy._tasks
        await talk.__aexit__()
        await bed.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    "head",
    [
        b"", b"\r\n\r\n", b"GET / HTTP/1.1\r\n: x\r\n\r\n", b"GET / HTTP/1.1\r\nA b\r\n\r\n",
        b"GET  / HTTP/1.1\r\n\r\n", b"G\x00T / HTTP/1.1\r\n\r\n", b"GET / HTTP/3\r\n\r\n",
        b"GET / HTTP/1.1\r\n folded: x\r\n\r\n", b"\xff\xfe / HTTP/1.1\r\n\r\n",
    ],
)  # fmt: skip
def test_a_head_that_leaves_doubt_is_malformed(head: bytes) -> None:
    with pytest.raises(Malformed):
        parse_request(head)


@pytest.mark.parametrize(
    "name", ["WWW-Authenticate", "Alt-Svc", "NEL", "Report-To", "Reporting-Endpoints"]
)
def test_what_would_make_a_browser_act_is_not_passed(name: str) -> None:
    head = f"HTTP/1.1 401 X\r\nA: b\r\n{name}: y\r\nContent-Length: 0\r\n\r\n".encode()
    read = parse_answer(head, "GET")
    assert read.raw == b"HTTP/1.1 401 X\r\nA: b\r\nContent-Length: 0\r\n\r\n"


def test_the_frame_of_a_body_is_read_strictly() -> None:
    def frame(text: str, method: str = "GET") -> tuple[int | None, bool]:
        read = parse_answer(text.replace("\n", "\r\n").encode() + b"\r\n\r\n", method)
        return read.frame, read.keep

    assert frame("HTTP/1.1 200 OK\nContent-Length: 7") == (7, True)
    assert frame("HTTP/1.1 200 OK\nContent-Length: 7", "HEAD") == (0, True)
    assert frame("HTTP/1.0 200 OK\nContent-Length: 7") == (7, False)
    assert frame("HTTP/1.1 304 X") == (0, True)
    assert frame("HTTP/1.1 200 OK") == (None, False)
    assert frame("HTTP/1.1 200 OK\nContent-Length: 7\nConnection: close") == (7, False)
    assert frame("HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked") == (None, False)
    assert frame("HTTP/1.1 200 OK\nTransfer-Encoding: Chunked\nContent-Length: 7") == (-1, True)
