"""The labelled portals answer what they link to, and their labels are about known checks."""

from __future__ import annotations

import asyncio
import datetime as dt
import inspect
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from tests.internet.internet import Internet
from tests.internet.model import Asked, Portal, Reply
from tests.internet.portals import all_portals
from tests.internet.portals.content import ILLUSTRATIVE, swapped
from tests.internet.portals.markup import windows_1258
from tests.internet.portals.truth import ALL, DATED, SECTIONS

from chiso.checks.fetch.client import Client
from chiso.checks.law import load_law
from chiso.checks.states import CheckState
from chiso.checks.store import digest_of

DAY = dt.date(2026, 11, 25)
AGENT = "Mozilla/5.0 (compatible; chisoBot/1.0; +https://chiso.example/bot)"
#: provinces, past and present, whose names the portals must not bear
REAL = (
    "An Giang", "Bắc Giang", "Bắc Kạn", "Bắc Ninh", "Cà Mau", "Cao Bằng", "Đồng Nai", "Gia Lai",
    "Hà Giang", "Hà Nam", "Hà Tĩnh", "Hậu Giang", "Kiên Giang", "Lai Châu", "Lạng Sơn", "Lào Cai",
    "Nam Định", "Ninh Bình", "Phú Thọ", "Phú Yên", "Quảng Nam", "Quảng Ninh", "Sơn La",
    "Tiền Giang", "Thanh Hóa", "Yên Bái",
)  # fmt: skip
#: portals with pages that can be read
READABLE = (
    "bacson", "phulam", "dongphong", "tamgiang", "hoalang", "anvien", "longha", "minhson",
    "vangiang", "yenha", "lamgiang", "quangsonha", "locthuy", "caolam", "tayhalinh",
)  # fmt: skip
#: pages of one portal that are asked
MOST = 400
#: addresses that are dead on purpose
DEAD = {"vangiang": "/luu-tru/", "tamgiang": "/Pages/gop-y.aspx"}


@pytest.fixture(scope="module")
def portals() -> dict[str, Portal]:
    return {portal.key: portal for portal in all_portals(DAY)}


def ask(portal: Portal, url: str, count: int = 1) -> Reply:
    """Ask the host of a URL, without a network."""
    parts = urlsplit(url)
    host = next(host for host in portal.hosts if host.name == parts.hostname)
    assert host.handler is not None
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    asked = Asked(
        "GET", parts.scheme, host.name, parts.path or "/", query, {"User-Agent": AGENT}, count
    )
    reply = host.handler(asked)
    return asyncio.run(_waited(reply)) if inspect.isawaitable(reply) else reply


async def _waited(reply: object) -> Reply:
    found = await reply  # type: ignore[misc]
    assert isinstance(found, Reply)
    return found


def follow(portal: Portal, url: str) -> tuple[str, Reply]:
    """Ask, and follow redirects."""
    for _ in range(4):
        reply = ask(portal, url)
        if "Location" not in reply.headers:
            return url, reply
        url = urljoin(url, reply.headers["Location"])
    raise AssertionError(f"{url}: too many redirects")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if named.get("rel") == "canonical":
            return
        value = named.get("href") if tag in {"a", "link"} else named.get("src")
        if value and not value.startswith(("mailto:", "#", "?", "tel:")):
            self.found.append(value)


def text_of(reply: Reply) -> str:
    """The page as text, tones joined to their letters."""
    kind = reply.headers["Content-Type"]
    charset = kind.partition("charset=")[2] or "utf-8"
    return unicodedata.normalize("NFC", reply.body.decode(charset))


def crawl(portal: Portal) -> Iterator[tuple[str, Reply]]:
    """All pages below the home page, own hosts only, once each."""
    names = {host.name for host in portal.hosts}
    start, _ = follow(portal, portal.main)
    waiting = [start, urljoin(start, "/so-do-cong")] if portal.key == "dongphong" else [start]
    seen = set(waiting)
    while waiting:
        url, reply = follow(portal, waiting.pop(0))
        yield url, reply
        if "text/html" not in reply.headers.get("Content-Type", ""):
            continue
        reader = _Links()
        reader.feed(text_of(reply))
        for link in reader.found:
            target = urljoin(url, link).partition("#")[0]
            if (
                len(seen) < MOST
                and urlsplit(target).hostname in names
                and target not in seen
                and "ap-van" not in target
            ):
                seen.add(target)
                waiting.append(target)


Walk = Callable[[str], list[tuple[str, Reply]]]


@pytest.fixture(scope="module")
def walk(portals: dict[str, Portal]) -> Walk:
    """All pages of a portal, gathered once."""
    return cache(lambda key: list(crawl(portals[key])))


@pytest.mark.parametrize("key", READABLE)
def test_every_host_answers_its_own_links(walk: Walk, key: str) -> None:
    pages = 0
    for url, reply in walk(key):
        pages += reply.status == 200
        if key in DEAD and DEAD[key] in url:
            assert reply.status in {404, 500}, url
        else:
            assert reply.status == 200, url
    assert pages > 60


@pytest.mark.parametrize("key", READABLE)
def test_every_page_says_that_its_data_are_illustrative(walk: Walk, key: str) -> None:
    for url, reply in walk(key):
        if "text/html" in reply.headers.get("Content-Type", "") and "rss" not in url:
            dead = key in DEAD and DEAD[key] in url
            scripted = b"/app.js" in reply.body
            assert dead or scripted or ILLUSTRATIVE in text_of(reply), url


def test_names_and_keys_are_used_once(portals: dict[str, Portal]) -> None:
    everything = all_portals(DAY)
    assert len(portals) == len(everything) >= 12
    names = Counter(host.name for portal in everything for host in portal.hosts)
    assert [name for name, count in names.items() if count > 1] == []
    assert sum(len(portal.hosts) > 1 for portal in everything) >= 4


def test_no_portal_bears_the_name_of_a_real_province(portals: dict[str, Portal]) -> None:
    for portal in portals.values():
        assert portal.title.removeprefix("Cổng thông tin điện tử tỉnh ") not in REAL
        assert urlsplit(portal.main).hostname in {host.name for host in portal.hosts}


def test_labels_name_known_checks_and_states(portals: dict[str, Portal]) -> None:
    states = {state.value for state in CheckState}
    for portal in portals.values():
        assert portal.truth, portal.key
        assert set(portal.truth) <= set(ALL), portal.key
        assert set(portal.levels) <= set(portal.truth), portal.key
        for key, allowed in portal.truth.items():
            assert allowed, f"{portal.key} {key}"
            assert allowed <= states, f"{portal.key} {key}"
        for key, (low, high) in portal.levels.items():
            assert 0 <= low <= high <= 1, f"{portal.key} {key}"


def test_sections_of_the_labels_are_those_of_the_law() -> None:
    law = load_law()
    assert set(SECTIONS) == set(law.sections)
    assert all(law.sections[name].deadline for name in DATED)


#: a section that no portal lacks, or whose age no portal lets slip
ALWAYS_THERE = {
    "CT-01.introduction", "CT-01.mission", "CT-01.leaders", "CT-01.contacts", "CT-01.news",
    "CT-01.direction", "CT-01.plans", "CT-01.legal_documents", "CT-03.direction",
    "CT-03.legal_education",
}  # fmt: skip


def test_every_check_is_right_twice_and_wrong_once(portals: dict[str, Portal]) -> None:
    for key in ALL:
        labels = [portal.truth[key] for portal in portals.values() if key in portal.truth]
        assert sum(states == {"pass"} for states in labels) >= 2, key
        wrong = [states & {"partial", "fail", "needs_review"} for states in labels]
        assert key in ALWAYS_THERE or any(
            bad and "pass" not in states for bad, states in zip(wrong, labels, strict=True)
        ), key


def test_a_known_item_is_found_and_nonsense_is_not(portals: dict[str, Portal]) -> None:
    for key, url in (
        ("bacson", "https://bacson.gov.vn/tim-kiem?q="),
        ("anvien", "https://anvien.gov.vn/web/guest/tim-kiem?keywords="),
        ("hoalang", "https://hoalang.gov.vn/Pages/tim-kiem.aspx?k="),
        ("minhson", "https://minhson.gov.vn/index.php?language=vi&nv=seek&q="),
    ):
        for query in ("xe+buýt+điện+đầu+tiên", "xe+buyt+dien+dau+tien"):
            assert "Khai trương tuyến xe buýt điện" in text_of(ask(portals[key], url + query))
        assert "Không tìm thấy kết quả" in text_of(ask(portals[key], url + "qzxwvkjq"))


def test_searches_that_do_not_search(portals: dict[str, Portal]) -> None:
    echo = text_of(
        ask(portals["longha"], "https://longha.gov.vn/web/guest/tim-kiem?keywords=qzxwvk")
    )
    assert "qzxwvk" in echo
    assert "Công báo tỉnh Long Hà số 36" in echo
    literal = "https://locthuy.gov.vn/tim-kiem?q="
    page = portals["locthuy"]
    assert "Tìm thấy 1 kết quả" in text_of(ask(page, literal + "lễ+hội+hoa+mận"))
    assert "Không tìm thấy" in text_of(ask(page, literal + "le+hoi+hoa+man"))
    nothing = text_of(ask(portals["phulam"], "http://phulam.gov.vn/timkiem.asp?tukhoa=xe+buýt"))
    assert "Không tìm thấy kết quả" in nothing
    assert "Tin mới" in nothing


def test_forms_and_documents_are_what_they_say(walk: Walk) -> None:
    found = Counter(
        bytes(reply.body[:4])
        for url, reply in walk("bacson")
        if url.endswith((".docx", ".odt", ".pdf"))
    )
    assert found[b"PK\x03\x04"] >= 12
    scans = [reply for url, reply in walk("tamgiang") if url.endswith(".pdf")]
    assert len(scans) == 8
    assert all(b"/Image" in reply.body and b"/Font" not in reply.body for reply in scans)


#: a syllable without its tone: onset, vowels, coda
SYLLABLE = re.compile(
    r"(ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?[aăâeêioôơuưy]{1,3}(ch|ng|nh|[cmnpt])?"
)
TONES = "\u0300\u0301\u0303\u0309\u0323"


def without_tone(syllable: str) -> tuple[str, int]:
    """A syllable without its tones, and how many it had."""
    marks = unicodedata.normalize("NFD", syllable)
    bare = "".join(mark for mark in marks if mark not in TONES)
    return unicodedata.normalize("NFC", bare), sum(mark in TONES for mark in marks)


def test_vietnamese_words_are_well_formed(walk: Walk) -> None:
    for key in ("bacson", "hoalang", "minhson"):
        for url, reply in walk(key):
            if "text/html" not in reply.headers.get("Content-Type", ""):
                continue
            text = re.sub(r"<[^>]*>", " ", reply.body.decode())
            assert unicodedata.is_normalized("NFC", text), url
            for word in re.findall(r"[^\W\d_]+", text.casefold()):
                bare, tones = without_tone(word)
                if word.isascii() or not set(bare) & set("aăâeêioôơuưy"):
                    continue  # other languages, and abbreviations such as QĐ
                assert tones <= 1, f"{url}: {word}"
                assert SYLLABLE.fullmatch(bare), f"{url}: {word}"


def test_windows_1258_holds_every_vietnamese_letter() -> None:
    letters = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"
    text = letters + letters.upper()
    assert unicodedata.normalize("NFC", windows_1258(text).decode("cp1258")) == text


@pytest.mark.parametrize("month", range(1, 13))
def test_the_swapped_dates_change_places(month: int) -> None:
    for number in (1, 11, 12, 25, 28):
        day = dt.date(2026, month, number)
        recent, old = swapped(day)
        assert day - dt.timedelta(days=30) <= recent < day
        assert old < day - dt.timedelta(days=130)
        if old.year == recent.year:
            assert (old.day, old.month) == (recent.month, recent.day)


def test_a_portal_that_flaps_fails_its_first_request_only(portals: dict[str, Portal]) -> None:
    portal = portals["quangsonha"]
    assert ask(portal, portal.main, count=0).status == 500
    assert ask(portal, portal.main, count=1).status == 302


def test_a_portal_that_refuses_robots_shows_itself_to_people(portals: dict[str, Portal]) -> None:
    host = portals["thanhlam"].hosts[0]
    assert host.handler is not None
    for agent, status in ((AGENT, 403), ("Mozilla/5.0 Firefox/140.0", 200)):
        asked = Asked("GET", "https", host.name, "/", {}, {"user-agent": agent}, 1)
        reply = host.handler(asked)
        assert isinstance(reply, Reply)
        assert reply.status == status


def test_the_portals_answer_over_real_sockets(internet: Internet) -> None:
    everything = all_portals(DAY)
    hosts = [host for portal in everything for host in portal.hosts]
    internet.add_all(hosts)
    wanted = {
        "bacson": 200, "phulam": 200, "thanhlam": 403, "hoaangiang": 503, "datlam": 500,
        "caolam": 200, "lamgiang": 200, "yenha": 200, "kimgiang": None, "vothanh": None,
        "haigiang": None, "dailam": None, "tayhalinh": 200,
    }  # fmt: skip

    async def look() -> dict[str, int | None]:
        async with Client(internet.network(), digest_of) as client:
            return {
                portal.key: _status(await client.get(portal.main, robots=False))
                for portal in everything
                if portal.key in wanted
            }

    try:
        assert asyncio.run(look()) == wanted
    finally:
        for host in hosts:
            internet.remove(host.name)


def _status(chain: object) -> int | None:
    return None if chain.error else chain.status  # type: ignore[attr-defined]


@pytest.mark.parametrize("day", [dt.date(2026, 1, 2), dt.date(2027, 3, 1), dt.date(2028, 2, 29)])
def test_the_portals_can_be_built_for_any_day_and_do_not_vary(day: dt.date) -> None:
    first, second = all_portals(day), all_portals(day)
    for one, other in zip(first, second, strict=True):
        assert one.truth == other.truth
        if one.key in READABLE:
            pages = [follow(portal, portal.main)[1].body for portal in (one, other)]
            assert pages[0] == pages[1], one.key
