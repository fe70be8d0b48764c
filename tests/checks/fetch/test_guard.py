"""What the guard lets through, and what it refuses."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.checks.fetch.guard import MOST_URL, Guard, Refused, is_address

GUARD = Guard()


@pytest.mark.parametrize(
    ("url", "host", "port", "authority"),
    [
        ("http://www.hanoi.gov.vn", "www.hanoi.gov.vn", 80, "www.hanoi.gov.vn"),
        ("HTTPS://WWW.HaNoi.gov.vn/a?b=c#d", "www.hanoi.gov.vn", 443, "www.hanoi.gov.vn"),
        ("http://a.gov.vn:443/", "a.gov.vn", 443, "a.gov.vn:443"),
        ("http://a.gov.vn:/", "a.gov.vn", 80, "a.gov.vn"),
        ("http://so_noi_vu.a.gov.vn/", "so_noi_vu.a.gov.vn", 80, "so_noi_vu.a.gov.vn"),
        ("http://8.8.4.4/", "8.8.4.4", 80, "8.8.4.4"),
        ("https://[2606:4700:0:0::1111]/", "2606:4700::1111", 443, "[2606:4700::1111]"),
        ("http://hà-nội.vn/", "xn--h-ni-0na4517b.vn", 80, "xn--h-ni-0na4517b.vn"),
        ("http://localhost/", "localhost", 80, "localhost"),
    ],
)
def test_an_ordinary_url_is_read(url, host, port, authority):
    place = GUARD.destination(url)
    assert (place.host, place.port) == (host, port)
    assert place.host.isascii()
    assert GUARD.refuse_url(url) == ""
    assert place.authority == authority


def test_a_path_with_spaces_and_vietnamese_is_encoded_as_browsers_do():
    place = GUARD.destination("http://a.gov.vn/văn bản/1.pdf?q=sở nội vụ")
    wire = place.wire("127.0.0.1", 8080)
    assert wire.raw_path == "/v%C4%83n%20b%E1%BA%A3n/1.pdf"
    assert wire.raw_query_string == "q=s%E1%BB%9F+n%E1%BB%99i+v%E1%BB%A5"
    assert wire.raw_host == "127.0.0.1"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.gov.vn",
        "//a.gov.vn/",
        "ftp://a.gov.vn/",
        "file:///etc/passwd",
        "gopher://a.gov.vn:80/",
        "javascript:alert(1)",
        "http:a.gov.vn",
        "http:/a.gov.vn",
        "http://",
        "http:///path",
        "http://?x",
        "http://:80/",
        "http://user@a.gov.vn/",
        "http://user:secret@a.gov.vn/",
        "http://a.gov.vn@127.0.0.1/",
        "http://a.gov.vn:22/",
        "http://a.gov.vn:8080/",
        "http://a.gov.vn:0080/",
        "http://a.gov.vn:99999/",
        "http://a.gov.vn:-80/",
        "http://a.gov.vn:80:80/",
        "http://a.gov.vn:８０/",
        " http://a.gov.vn/",
        "http://a.gov.vn/ ",
        "http://a.gov.vn /",
        "http://a.gov .vn/",
        "http://a.gov.vn/\r\nHost: b",
        "http://a.gov.vn/\n",
        "http://a.gov.vn/\t",
        "http://a.gov.vn/\x00",
        "http://a.gov.vn/\x7f",
        "http://a.gov.vn/\x85",
        "http://a.gov.vn/\ud800",
        "http://a.gov.vn\\@127.0.0.1/",
        "http:\\\\a.gov.vn/",
        "http://a.gov.vn/\\x",
        "http://a.gov.vn./",
        "http://a.gov.vn../",
        "http://.gov.vn/",
        "http://a..vn/",
        "http://-a.vn/",
        "http://a-.vn/",
        "http://a%2egov.vn/",
        "http://a.gov.vn%00/",
        "http://intranet/",
        "http://" + "a" * 64 + ".vn/",
        "http://" + "a." * 130 + "vn/",
        "http://a.gov.vn/" + "x" * MOST_URL,
        "http://0177.0.0.1/",
        "http://127.0.0.01/",
        "http://0x7f.0.0.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://127.1/",
        "http://127.0.1/",
        "http://127.0.0.1.1/",
        "http://127.0.0.1./",
        "http://127.0.0.256/",
        "http://a.123/",
        "http://a.0x1/",
        "http://1.2.3.4.5.6/",
        "http://[::1/",
        "http://::1/",
        "http://[::1]x/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://[1.2.3.4]/",
        "http://[v1.x]/",
        "http://１２７.0.0.1/",
        "http://①②⑦.0.0.1/",
        "http://127。0。0。1/",
        "http://ｌｏｃａｌｈｏｓｔ/",
        "http://a\u200b.gov.vn/",
        "http://a\u2024gov.vn/",
        "http://a\uff0fb.vn/",
        "http://xn--a.vn/",
        "http://xn--.vn/",
        "http://xn--\u00e0.vn/",
        "http://a.xn--55qw42g-.vn/",
    ],
)
def test_a_url_that_is_not_plain_is_refused(url):
    assert GUARD.refuse_url(url)
    with pytest.raises(Refused):
        GUARD.destination(url)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1",
        "127.255.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1",
        "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::7f00:1", "::8.8.8.8", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::808:808", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:0:53aa:64c::1", "2001:2::1", "2001:10::1",
        "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "2620:4f:8000::1",
        "3ffe::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1",
        "ff02::1", "4000::1", "2606:4700::5efe:a00:1", "2606:4700::200:5efe:a00:1",
        "fe80::1%eth0", "2606:4700::1111%1", "", "x", "1.2.3", "127.1", "0177.0.0.1",
        "a.gov.vn",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(address):
    assert GUARD.refuse_address(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "203.113.0.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
     "192.0.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111",
     "2400:cb00::1", "2001:ee0::1", "::ffff:8.8.8.8"],
)  # fmt: skip
def test_a_public_address_is_let_through(address):
    assert GUARD.refuse_address(address) == ""


def test_an_allowed_range_opens_that_range_and_nothing_else():
    guard = Guard(["127.0.0.0/8", "::1/128"], [8080])
    assert guard.refuse_address("127.0.0.1") == ""
    assert guard.refuse_address("::ffff:127.0.0.1") == ""
    assert guard.refuse_address("::1") == ""
    assert guard.refuse_address("10.0.0.1")
    assert guard.refuse_address("::127.0.0.1")
    assert guard.refuse_url("http://a.gov.vn:8080/") == ""
    assert guard.refuse_url("http://a.gov.vn:8081/")
    with pytest.raises(ValueError, match="127"):
        Guard(["127.0.0.1/8"])


@given(st.text(max_size=60))
def test_no_text_breaks_the_guard(text):
    for url in (text, "http://" + text, "http://a.gov.vn/" + text, "http://[" + text + "]/"):
        reason = GUARD.refuse_url(url)
        if not reason:
            place = GUARD.destination(url)
            assert place.host.isascii()
            assert place.wire("192.0.2.1", 80).raw_host == "192.0.2.1"
    GUARD.refuse_address(text)


@given(st.integers(0, 2**32 - 1))
def test_every_number_form_of_an_ipv4_address_is_refused(number):
    plain = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    assert GUARD.destination(f"http://{plain}/").host == plain
    for form in (str(number), hex(number), f"0{number:o}", f"{plain}.", "0" + plain):
        assert GUARD.refuse_url(f"http://{form}/")
    assert is_address(plain)


@given(st.integers(0, 2**128 - 1))
def test_an_ipv6_address_is_public_only_within_the_global_range(number):
    address = ipaddress.IPv6Address(number)
    if GUARD.refuse_address(str(address)) == "":
        assert address.ipv4_mapped is not None or number >> 125 == 1
        assert address.ipv4_mapped is not None or address.is_global
