"""What a hostile portal may try. Each case must end in a named state, open no socket that the
test did not allow, and stay within memory and time.

Cases whose address is not loopback run with a recorder below the guard: it writes down and
refuses every socket, so that even a broken guard sends no packet.
"""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib

import pytest
from tests.checks.fetch.lab import page, raw, read_head

from chiso.checks.fetch.guard import Guard
from chiso.checks.fetch.resolving import Resolution, Resolver
from chiso.checks.network import Limits
from chiso.checks.states import ErrorClass

REFUSED_URL, REFUSED_ADDRESS = ErrorClass.REFUSED_URL, ErrorClass.REFUSED_ADDRESS
PUBLIC = ("127.0.0.0/8",)  # what the network of the test allows; ::1 is not there

URLS = {
    "private 10/8": ("http://10.0.0.5/", REFUSED_ADDRESS),
    "private 172.16/12": ("http://172.16.3.4/", REFUSED_ADDRESS),
    "private 192.168/16": ("http://192.168.0.1/", REFUSED_ADDRESS),
    "shared 100.64/10": ("http://100.64.1.1/", REFUSED_ADDRESS),
    "link-local": ("http://169.254.1.1/", REFUSED_ADDRESS),
    "metadata": ("http://169.254.169.254/latest/meta-data/", REFUSED_ADDRESS),
    "metadata over IPv6": ("http://[fd00:ec2::254]/", REFUSED_ADDRESS),
    "this network": ("http://0.0.0.0/", REFUSED_ADDRESS),
    "broadcast": ("http://255.255.255.255/", REFUSED_ADDRESS),
    "multicast": ("http://224.0.0.1/", REFUSED_ADDRESS),
    "IPv6 multicast": ("http://[ff02::1]/", REFUSED_ADDRESS),
    "documentation": ("http://192.0.2.1/", REFUSED_ADDRESS),
    "benchmarking": ("http://198.18.0.1/", REFUSED_ADDRESS),
    "IPv6 loopback": ("http://[::1]/", REFUSED_ADDRESS),
    "IPv6 unspecified": ("http://[::]/", REFUSED_ADDRESS),
    "IPv4-mapped private": ("http://[::ffff:10.0.0.1]/", REFUSED_ADDRESS),
    "IPv4-mapped in hexadecimal": ("http://[::ffff:a9fe:a9fe]/", REFUSED_ADDRESS),
    "IPv4-compatible": ("http://[::10.0.0.1]/", REFUSED_ADDRESS),
    "NAT64": ("http://[64:ff9b::a00:1]/", REFUSED_ADDRESS),
    "local NAT64": ("http://[64:ff9b:1::a00:1]/", REFUSED_ADDRESS),
    "6to4": ("http://[2002:a00:1::]/", REFUSED_ADDRESS),
    "Teredo": ("http://[2001::a00:1]/", REFUSED_ADDRESS),
    "ISATAP": ("http://[2606:4700::5efe:a00:1]/", REFUSED_ADDRESS),
    "unique local": ("http://[fd12:3456::1]/", REFUSED_ADDRESS),
    "IPv6 link-local": ("http://[fe80::1]/", REFUSED_ADDRESS),
    "zone id": ("http://[fe80::1%25lo]/", REFUSED_URL),
    "octal": ("http://0177.0.0.1/", REFUSED_URL),
    "hexadecimal": ("http://0x7f.1/", REFUSED_URL),
    "one number": ("http://2130706433/", REFUSED_URL),
    "short form": ("http://127.1/", REFUSED_URL),
    "dot after the address": ("http://127.0.0.1./", REFUSED_URL),
    "full-width digits": ("http://１０.0.0.1/", REFUSED_URL),
    "circled digits": ("http://⑩.⓪.⓪.①/", REFUSED_URL),
    "ideographic dots": ("http://10。0。0。1/", REFUSED_URL),
    "homograph of localhost": ("http://ⓛocalhost/", REFUSED_URL),
    "userinfo": ("http://a.gov.vn@10.0.0.1/", REFUSED_URL),
    "userinfo with a backslash": ("http://10.0.0.1\\@a.gov.vn/", REFUSED_URL),
    "odd port": ("http://a.gov.vn:6379/", REFUSED_URL),
    "ssh port": ("http://a.gov.vn:22/", REFUSED_URL),
    "file": ("file:///etc/passwd", REFUSED_URL),
    "gopher": ("gopher://a.gov.vn/_x", REFUSED_URL),
    "header in the URL": ("http://a.gov.vn/\r\nX: y", REFUSED_URL),
    "one label": ("http://router/", REFUSED_URL),
    "endless": ("http://a.gov.vn/" + "a" * 100_000, REFUSED_URL),
    "localhost over IPv6": ("http://localhost/", REFUSED_ADDRESS),
    "below localhost": ("http://a.localhost/", REFUSED_ADDRESS),
}

ZONE = {
    "private.gov.vn": {"A": ["10.0.0.5"]},
    "metadata.gov.vn": {"A": ["169.254.169.254"]},
    "mixed.gov.vn": {"A": ["127.0.0.1", "10.0.0.5"]},
    "mixed6.gov.vn": {"A": ["127.0.0.1"], "AAAA": ["fd00::1"]},
    "mapped.gov.vn": {"AAAA": ["::ffff:10.0.0.5"]},
    "nat64.gov.vn": {"AAAA": ["64:ff9b::a00:5"]},
    "alias.gov.vn": {"CNAME": ["private.gov.vn"]},
    "self.gov.vn": {"CNAME": ["localhost"]},
    "localhost": {"A": ["0.0.0.0"]},
    "many.gov.vn": {"A": [f"127.0.{n}.1" for n in range(40)] + ["10.9.9.9"]},
    # the first time the server of the test, then a private address
    "rebinding.gov.vn": lambda before: {"A": ["127.0.0.1"] if before == 0 else ["10.0.0.5"]},
}
NAMES = ["private", "metadata", "mixed", "mixed6", "mapped", "nat64", "alias", "self", "many"]


@pytest.mark.parametrize("case", URLS)
def test_a_hostile_url_is_refused_before_any_socket(lab, case):
    url, error = URLS[case]

    async def test(net):
        await net.serve(page())
        client = await net.client(net.network(allow=PUBLIC))
        chain = await client.get(url)
        assert chain.error is error, chain.final
        assert chain.final.detail
        assert (net.recorder.opened, net.recorder.refused) == (0, [])

    lab(test)


@pytest.mark.parametrize("case", [case for case in URLS if case != "header in the URL"])
def test_a_redirect_to_a_hostile_url_is_refused_before_any_socket(lab, case):
    url, error = URLS[case]

    async def test(net):
        location = url.encode()
        answer = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"
        await net.serve(raw(answer))
        client = await net.client(net.network(allow=PUBLIC))
        chain = await client.get("http://a.gov.vn/")
        # a location of 100 kB is too much for a header already
        assert chain.error in {error, ErrorClass.TOO_LARGE if case == "endless" else error}
        assert chain.hops[0].status in (302, None)
        assert net.recorder.refused == []

    lab(test)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_points_inside_is_refused_before_any_socket(lab, name):
    async def test(net):
        await net.serve(page())
        client = await net.client(net.network(allow=PUBLIC))
        chain = await client.get(f"http://{name}.gov.vn/")
        assert chain.error is REFUSED_ADDRESS, chain.final
        assert chain.final.addresses
        assert (net.recorder.opened, net.recorder.refused) == (0, [])

    lab(test, ZONE)


def test_a_name_that_changes_its_mind_is_asked_only_once(lab):
    async def test(net):
        await net.serve(page(head="Connection: close\r\n"))
        client = await net.client(net.network(allow=PUBLIC))
        for _ in range(3):
            chain = await client.get("http://rebinding.gov.vn/")
            assert chain.ok
            assert chain.final.address == "127.0.0.1"
        again = await client.get("http://rebinding.gov.vn/", fresh=True)
        assert again.error is REFUSED_ADDRESS
        assert net.recorder.refused == []

    lab(test, ZONE)


@pytest.mark.parametrize("address", ["10.0.0.5", "169.254.169.254", "8.8.8.8", "::1"])
def test_a_broken_resolver_still_opens_no_socket_to_a_refused_address(lab, address):
    class Broken(Resolver):
        async def checked(self, host, **_):
            return Resolution((address,))

    async def test(net):
        await net.serve(page())
        network = net.network(allow=PUBLIC)
        client = await net.client(network, resolver=Broken(network, Guard(network.allow)))
        chain = await client.get("http://a.gov.vn/")
        assert net.recorder.opened == 0
        if address == "8.8.8.8":  # any guard lets it through; the recorder of the test sees it
            assert chain.error is ErrorClass.ENGINE
            assert net.recorder.refused == ["8.8.8.8:" + str(net.ports[80])]
        else:
            assert chain.error is REFUSED_ADDRESS
            assert net.recorder.refused == []

    lab(test)


async def _endless_headers(reader, writer):
    await read_head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Pad: " + b"a" * 500 + b"\r\n")
        await writer.drain()


async def _endless_line(reader, writer):
    await read_head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nX-Pad: ")
    while True:
        writer.write(b"a" * 10_000)
        await writer.drain()


async def _endless_continue(reader, writer):
    await read_head(reader)
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 10)
        await writer.drain()
        await asyncio.sleep(0.01)


async def _endless_body(reader, writer):
    await read_head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"a" * 65_536)
        await writer.drain()


async def _endless_gzip(reader, writer):
    await read_head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    press = zlib.compressobj(9, wbits=31)
    writer.write(press.compress(bytes(1_000_000)) + press.flush(zlib.Z_FULL_FLUSH))
    again = press.compress(bytes(1_000_000)) + press.flush(zlib.Z_FULL_FLUSH)
    while True:
        writer.write(again)
        await writer.drain()
        await asyncio.sleep(0)


async def _header_drip(reader, writer):
    await read_head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X: y\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _body_drip(reader, writer):
    await read_head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _silence(reader, writer):
    await asyncio.sleep(30)


async def _silence_in_the_body(reader, writer):
    await read_head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    await writer.drain()
    await asyncio.sleep(30)


async def _reset(reader, writer):
    await read_head(reader)
    writer.transport.abort()


def _bomb(coding, data):
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(data)}\r\n\r\n"
    return raw(head.encode() + data)


BOMB = bytes(12_000_000)
RAW_DEFLATE = zlib.compressobj(9, wbits=-15)
SERVERS = {
    "endless headers": (_endless_headers, {ErrorClass.TOO_LARGE, ErrorClass.HTTP_MALFORMED}),
    "endless header line": (_endless_line, {ErrorClass.TOO_LARGE}),
    "many headers": (
        raw(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5_000 + b"\r\n"),
        {ErrorClass.TOO_LARGE, ErrorClass.HTTP_MALFORMED},
    ),
    "headers too large together": (
        raw(b"HTTP/1.1 200 OK\r\n" + (b"A: " + b"b" * 4_000 + b"\r\n") * 20 + b"\r\n"),
        {ErrorClass.TOO_LARGE},
    ),
    "endless 100 Continue": (_endless_continue, {ErrorClass.READ_TIMEOUT}),
    "gzip bomb": (_bomb("gzip", gzip.compress(BOMB)), {ErrorClass.TOO_LARGE}),
    "deflate bomb": (_bomb("deflate", zlib.compress(BOMB, 9)), {ErrorClass.TOO_LARGE}),
    "raw deflate bomb": (
        _bomb("deflate", RAW_DEFLATE.compress(BOMB) + RAW_DEFLATE.flush()),
        {ErrorClass.TOO_LARGE},
    ),
    "nested bomb": (
        _bomb("gzip, gzip", gzip.compress(gzip.compress(BOMB))),
        {ErrorClass.TOO_LARGE},
    ),
    "bomb in a bomb that ends small": (
        _bomb("gzip, gzip", gzip.compress(gzip.compress(b"") * 400_000)),
        {ErrorClass.TOO_LARGE},
    ),
    "three layers": (_bomb("gzip, gzip, gzip", b"x"), {ErrorClass.DECODE}),
    "endless gzip": (_endless_gzip, {ErrorClass.TOO_LARGE}),
    "brotli that nobody asked for": (_bomb("br", b"\x0b\x00"), {ErrorClass.DECODE}),
    "gzip that is none": (_bomb("gzip", b"<html>"), {ErrorClass.DECODE}),
    "deflate that is none": (_bomb("deflate", b"\xff\xff<html>"), {ErrorClass.DECODE}),
    "slow headers": (_header_drip, {ErrorClass.READ_TIMEOUT}),
    "slow body": (_body_drip, {ErrorClass.READ_TIMEOUT}),
    "silence": (_silence, {ErrorClass.READ_TIMEOUT}),
    "silence in the body": (_silence_in_the_body, {ErrorClass.READ_TIMEOUT}),
    "reset": (_reset, {ErrorClass.CONN_RESET}),
    "closed without a word": (raw(), {ErrorClass.CONN_RESET}),
    "closed within the headers": (raw(b"HTTP/1.1 200 OK\r\nA: "), {ErrorClass.CONN_RESET}),
    "HTTP/0.9": (raw(b"<html>hello</html>"), {ErrorClass.HTTP_MALFORMED}),
    "no status": (raw(b"HTTP/1.1\r\n\r\n"), {ErrorClass.HTTP_MALFORMED}),
    "status of letters": (raw(b"HTTP/1.1 OK 200\r\n\r\n"), {ErrorClass.HTTP_MALFORMED}),
    "status below 100": (raw(b"HTTP/1.1 099 No\r\n\r\n"), {ErrorClass.HTTP_MALFORMED}),
    "switching protocols": (
        raw(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc"),
        {ErrorClass.HTTP_MALFORMED},
    ),
    "another protocol": (raw(b"SSH-2.0-OpenSSH_9\r\n"), {ErrorClass.HTTP_MALFORMED}),
    "zero byte in a header": (
        raw(b"HTTP/1.1 200 OK\r\nA: b\x00c\r\n\r\n"),
        {ErrorClass.HTTP_MALFORMED},
    ),
    "two lengths": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 5\r\n\r\nabcde"),
        {ErrorClass.HTTP_MALFORMED},
    ),
    "length of letters": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\nabc"),
        {ErrorClass.HTTP_MALFORMED},
    ),
    "length below zero": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc"),
        {ErrorClass.HTTP_MALFORMED},
    ),
    "length beyond all numbers": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nabc"),
        {ErrorClass.HTTP_MALFORMED},
    ),
    "less than was promised": (
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc"),
        {ErrorClass.CONN_RESET},
    ),
    "chunks of garbage": (
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
        {ErrorClass.HTTP_MALFORMED},
    ),
    "chunk of an endless size": (
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\nabc"),
        {ErrorClass.HTTP_MALFORMED},
    ),
    "chunks without an end": (
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
        {ErrorClass.CONN_RESET},
    ),
    "random bytes": (raw(bytes(range(256)) * 40), {ErrorClass.HTTP_MALFORMED}),
}


@pytest.mark.parametrize("case", SERVERS)
def test_a_hostile_server_ends_in_a_named_state(lab, case):
    serve, errors = SERVERS[case]

    async def test(net):
        await net.serve(serve)
        limits = Limits(
            connect=0.7, first_byte=0.5, total=2.0, wire_bytes=3_000_000, decoded_bytes=6_000_000
        )
        client = await net.client(net.network(limits=limits), rate_window=0.3)
        begun = time.monotonic()
        chain = await client.get("http://a.gov.vn/")
        assert chain.error in errors, chain.final
        assert chain.final.detail
        assert chain.final.body is None
        assert time.monotonic() - begun < 2.5
        assert chain.model_validate_json(chain.model_dump_json()) == chain
        assert net.recorder.refused == []

    lab(test)


def test_an_endless_plain_body_is_cut_and_marked(lab):
    async def test(net):
        await net.serve(_endless_body)
        client = await net.client(net.network(limits=Limits(wire_bytes=100_000)))
        chain = await client.get("http://a.gov.vn/")
        assert chain.ok
        assert chain.final.truncated
        assert chain.final.size == 100_000

    lab(test)


def test_more_than_was_promised_is_not_read(lab):
    async def test(net):
        await net.serve(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 500\r\n\r\n"))
        client = await net.client()
        for _ in range(2):
            chain = await client.get("http://a.gov.vn/")
            assert client.body(chain.final.body) == b"abc"

    lab(test)


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("/", ErrorClass.REDIRECT_LOOP),
        ("http://a.gov.vn", None),
        ("/x{n}", ErrorClass.TOO_MANY_REDIRECTS),
        ("//a.gov.vn/", ErrorClass.REDIRECT_LOOP),
        ("#part", ErrorClass.REDIRECT_LOOP),
        ("ftp://a.gov.vn/", REFUSED_URL),
        ("file:///etc/passwd", REFUSED_URL),
        ("gopher://a.gov.vn/", REFUSED_URL),
        ("data:text/html,x", REFUSED_URL),
        ("javascript:alert(1)", REFUSED_URL),
        ("http://[::1", REFUSED_URL),
        ("http://user:x@a.gov.vn/", REFUSED_URL),
        ("//10.0.0.1/", REFUSED_ADDRESS),
        ("\\\\10.0.0.1\\x", REFUSED_URL),
        ("http:////10.0.0.1/", ErrorClass.REDIRECT_LOOP),  # a path of its own host
    ],
)
def test_redirects_end(lab, location, error):
    counts = []

    async def serve(reader, writer):
        while True:
            await read_head(reader)
            counts.append(1)
            to = location.replace("{n}", str(len(counts)))
            writer.write(
                f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {to}\r\n\r\n".encode()
            )
            await writer.drain()

    async def test(net):
        await net.serve(serve)
        client = await net.client()
        chain = await client.get("http://a.gov.vn/")
        assert chain.error is (error or ErrorClass.REDIRECT_LOOP), chain.hops
        assert len(chain.hops) <= 10
        assert len(counts) <= 9
        assert net.recorder.refused == []

    lab(test)


def test_a_line_break_in_a_location_makes_no_header(lab):
    async def test(net):
        answer = b"HTTP/1.1 302 x\r\nContent-Length: 0\r\nLocation: /a\r\nSet-Cookie: b=c\r\n\r\n"
        await net.serve(raw(answer))
        client = await net.client()
        chain = await client.get("http://a.gov.vn/")
        assert chain.hops[1].url == "http://a.gov.vn/a"
        assert chain.error is ErrorClass.REDIRECT_LOOP
        assert "cookie" in chain.final.detail

    lab(test)


def test_bytes_that_are_no_text_are_kept_as_latin_1(lab):
    async def test(net):
        await net.serve(raw(b"HTTP/1.1 200 OK\r\nServer: \xff\xc3\r\nContent-Length: 0\r\n\r\n"))
        client = await net.client()
        chain = await client.get("http://a.gov.vn/")
        assert chain.final.header("server") == "ÿÃ"
        assert chain.model_validate_json(chain.model_dump_json()) == chain

    lab(test)
