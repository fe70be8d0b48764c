"""The browser: what it measures of plain pages, and that hostile ones get nothing out of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Error as PlaywrightError
from tests.checks.fetch.attacks import ATTACKS, HEAD, Attack, fill
from tests.checks.fetch.bed import ORIGIN, Bed, answer, make_bed

import chiso.checks.fetch.engine as engine_module
from chiso.checks.artifacts import Rendered
from chiso.checks.fetch.browser import Browser, available
from chiso.checks.fetch.guard import Guard
from chiso.checks.fetch.loading import Bounds
from chiso.checks.fetch.observers import MOST_HTML, read_axe, read_look
from chiso.checks.network import Network
from chiso.checks.states import ErrorClass
from chiso.problems import InvalidInput

BOUNDS = Bounds(
    load=8.0, rest=0.5, most_rest=1.5, whole=20.0, axe=8.0, patience=3.0, requests=150,
    received=4_000_000,
)  # fmt: skip
needs_browser = pytest.mark.skipif(
    not available(Network()), reason=f"there is no browser at {Network().browser}: NOT TESTED"
)


@dataclass
class Stage:
    """A bed and a browser that a module shares, and the loop in which both live."""

    runner: asyncio.Runner
    bed: Bed
    browser: Browser

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run to the end."""
        return self.runner.run(work)

    def render(self, path: str, body: str = "", *, tls: bool = False, **more: Any) -> Rendered:
        """Put a page in place and render it."""
        if body:
            self.bed.pages[path] = answer(fill(body, self.bed))
        url = self.bed.url(path, tls=tls)
        seen = self.run(self.browser.render(url, "home", keep=self.bed.keep, **more))
        assert isinstance(seen, Rendered)
        return seen


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with asyncio.Runner() as runner:
        bed = runner.run(make_bed())
        bed.names.table |= {"inner.test": [("10.1.2.3",)], "meta.test": [("169.254.169.254",)]}
        bed.names.table["rebind.test"] = [(ORIGIN,), ("10.0.0.9",)]
        browser = Browser(
            bed.network, bed.names, bed.guard, bounds=BOUNDS, dial=bed.dialled, at_once=4
        )
        runner.run(browser.__aenter__())
        yield Stage(runner, bed, browser)
        runner.run(browser.__aexit__(None, None, None))
        runner.run(bed.close())


# ── hostile pages ──


@pytest.fixture(scope="module")
def attacked(stage: Stage) -> dict[str, Rendered]:
    """What came of each attack; several at once, to be quick."""
    bed = stage.bed

    async def one(name: str, attack: Attack) -> tuple[str, Rendered]:
        path = f"/{name}"
        if attack.body:
            bed.pages[path] = answer(fill(attack.body, bed))
        if attack.setup:
            attack.setup(bed, path)
        url = fill(attack.url, bed) or bed.url(path)
        if attack.url == "raw":
            url = bed.raw_url(path)
        return name, await stage.browser.render(
            url, "home", keep=bed.keep, axe=False, picture=False
        )

    async def all_of_them() -> dict[str, Rendered]:
        slow_first = reversed(ATTACKS.items())
        return dict(await asyncio.gather(*(one(name, each) for name, each in slow_first)))

    found: dict[str, Rendered] = stage.run(all_of_them())
    return found


@needs_browser
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_ends_in_a_named_state(name: str, attacked: dict[str, Rendered]) -> None:
    attack, seen = ATTACKS[name], attacked[name]
    assert seen.error is attack.error, seen.detail
    refused = [f"{one.url} {one.kind} {one.refused}" for one in seen.requests if one.refused]
    if attack.refused:
        assert any(attack.refused in line for line in refused), refused
    if attack.console:
        assert any(attack.console in line for line in seen.console), seen.console
    assert attack.detail in seen.detail
    if seen.error is None:
        assert seen.body
        assert seen.final_url.startswith("http://portal.test:")
        assert 320 in seen.widths
    assert len(seen.requests) <= 300
    assert len(seen.console) <= 20


@needs_browser
def test_no_attack_sent_anything(stage: Stage, attacked: dict[str, Rendered]) -> None:
    bed = stage.bed
    assert len(attacked) == len(ATTACKS) > 60
    assert {method for method, _, _ in bed.reached} <= {"GET", "HEAD"}
    assert bed.methods("/sent") == []
    assert bed.methods("/socket") == []
    assert bed.methods("/gone") == []
    assert not any("Upgrade" in headers for _, _, headers in bed.reached)
    assert not any("Authorization" in headers for _, _, headers in bed.reached)
    assert not any("Proxy-Authorization" in headers for _, _, headers in bed.reached)


@needs_browser
def test_no_attack_reached_another_address(stage: Stage, attacked: dict[str, Rendered]) -> None:
    assert stage.bed.dialled.asked
    assert stage.bed.dialled.outside == []
    assert stage.bed.stray == []


@needs_browser
def test_no_frame_has_peer_connections(stage: Stage) -> None:
    seen = stage.render(
        "/peers",
        f"{HEAD}<iframe srcdoc='<p>x'></iframe><script>f=document.createElement('iframe');"
        "document.body.append(f);for(w of [window,f.contentWindow,frames[0]])"
        "console.error('peer '+typeof w.RTCPeerConnection+typeof w.webkitRTCPeerConnection)"
        "</script>",
        axe=False,
    )
    assert seen.console == ("error: peer undefinedundefined",) * 3


@needs_browser
def test_after_the_attacks_a_plain_page_is_seen_as_ever(
    stage: Stage, attacked: dict[str, Rendered]
) -> None:
    seen = stage.render("/after", f"{HEAD}<h1>Vẫn ổn</h1>")
    assert seen.error is None
    assert seen.status == 200


@needs_browser
def test_a_blind_guard_still_sends_nothing_past_the_dial(stage: Stage) -> None:
    class Blind(Guard):
        def refuse_address(self, address: str) -> str:
            return ""

    bed = stage.bed
    blind = Blind(bed.network.allow, bed.network.ports)
    names = type(bed.names)(bed.network, blind)
    names.table = bed.names.table
    dialled = type(bed.dialled)()

    async def look() -> Rendered:
        async with Browser(bed.network, names, blind, bounds=BOUNDS, dial=dialled) as browser:
            return await browser.render("http://10.0.0.1/", "home", keep=bed.keep)

    seen = stage.run(look())
    assert seen.error is ErrorClass.UNREACHABLE
    assert set(dialled.asked) == {("10.0.0.1", 80)}


# ── plain pages ──

PLAIN = f"""{HEAD}<style>body{{margin:0;font:16px sans-serif}}</style>
<h1>Cổng thông tin điện tử</h1><main><p>Nội dung</p></main>"""


@needs_browser
def test_a_plain_page_is_read_whole(stage: Stage) -> None:
    seen = stage.render("/plain", PLAIN)
    assert (seen.error, seen.status, seen.title, seen.language) == (None, 200, "t", "vi")
    assert seen.viewport == "width=device-width"
    assert seen.widths == {360: 360, 320: 320}
    assert seen.wide == ()
    assert seen.browser.startswith("Chromium ")
    assert len(seen.lcp) == len(seen.cls) == 1
    assert 0 < seen.lcp[0] < 3_000
    assert seen.cls[0] < 0.01
    assert seen.transfer is not None
    assert seen.transfer > len(PLAIN)
    assert "Cổng thông tin điện tử" in stage.bed.store[seen.body or ""].decode()
    picture = stage.bed.store[seen.picture or ""]
    assert picture.startswith(b"\xff\xd8\xff")
    assert _size(picture)[0] == 360
    assert seen.requests[0].kind == "document"
    assert seen == Rendered.model_validate_json(seen.model_dump_json())


@needs_browser
def test_our_name_language_and_clock_are_those_of_the_settings(stage: Stage) -> None:
    seen = stage.render(
        "/who",
        f"{HEAD}<p id=p></p><script>p.textContent=[navigator.language,Intl.DateTimeFormat()"
        ".resolvedOptions().timeZone,innerWidth,devicePixelRatio,navigator.maxTouchPoints>0]"
        ".join(' ')</script>",
    )
    body = stage.bed.store[seen.body or ""].decode()
    assert "vi-VN Asia/Ho_Chi_Minh 360 2 true" in body.replace("Saigon", "Ho_Chi_Minh")
    (headers,) = [headers for _, path, headers in stage.bed.reached if path == "/who"]
    assert headers["User-Agent"] == stage.bed.network.agent


@needs_browser
def test_each_run_starts_without_a_cache_and_gives_a_figure(stage: Stage) -> None:
    stage.bed.pages["/runs.css"] = answer(
        "p{color:#000}", "text/css", **{"Cache-Control": "max-age=99"}
    )
    seen = stage.render("/runs", f"{HEAD}<link rel=stylesheet href=/runs.css><p>x", runs=3)
    assert len(seen.lcp) == len(seen.cls) == 3
    assert stage.bed.methods("/runs.css") == ["GET"] * 3
    assert len(seen.requests) == 2


@needs_browser
def test_what_sticks_out_at_320_is_named(stage: Stage) -> None:
    seen = stage.render(
        "/wide",
        f"{HEAD}<style>body{{margin:0}}</style><div id=outer>"
        "<div class='bang gia' style='width:340px'>x</div></div>"
        "<div style='overflow:auto'><p style='width:900px'>cuộn được</p></div>",
    )
    assert seen.widths == {360: 360, 320: 340}
    assert seen.wide == ("div#outer > div.bang",)


@needs_browser
@pytest.mark.parametrize(
    ("name", "style", "widths"),
    [
        ("cut_by_html", "html{overflow-x:hidden} p{width:700px}", {360: 360, 320: 320}),
        ("cut_by_body", "body{overflow-x:hidden} p{width:700px}", {360: 360, 320: 320}),
        ("fluid", "p{width:100%}", {360: 360, 320: 320}),
        ("fixed", "body{margin:0} p{width:700px}", {360: 700, 320: 700}),
    ],
)
def test_only_content_that_can_be_scrolled_to_counts(
    stage: Stage, name: str, style: str, widths: dict[int, int]
) -> None:
    assert stage.render(f"/{name}", f"{HEAD}<style>{style}</style><p>x</p>").widths == widths


@needs_browser
def test_a_page_without_viewport_tag_is_as_wide_as_a_desk(stage: Stage) -> None:
    seen = stage.render("/desk", "<!doctype html><title>t</title><p>x")
    assert seen.viewport is None
    assert seen.widths == {360: 980, 320: 980}


@needs_browser
def test_a_slider_that_follows_by_script_does_not_overflow(stage: Stage) -> None:
    seen = stage.render(
        "/slider",
        f"{HEAD}<style>body{{margin:0}}</style><div id=s>x</div><script>fit=()=>s.style.width="
        "innerWidth+'px';fit();onresize=()=>setTimeout(()=>{s.style.width='320px'},250)</script>",
    )
    assert seen.widths[320] == 320


@needs_browser
def test_shifts_of_the_layout_are_counted(stage: Stage) -> None:
    async def late(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.4)
        return web.Response()

    stage.bed.pages["/banner"] = late
    seen = stage.render(
        "/shift",
        f"{HEAD}<style>body{{margin:0}}</style><div id=ad></div><div style='height:400px;"
        "background:#ccc'>x</div><script>fetch('/banner').then(()=>{ad.style.height='200px'})"
        "</script>",
    )
    # 360 × 600 of 360 × 800 are touched, moved by 200 of 800: 0.75 × 0.25
    assert seen.cls == (pytest.approx(0.1875, abs=0.01),)


@needs_browser
def test_the_largest_paint_is_that_of_the_late_picture(stage: Stage) -> None:
    async def late(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.4)
        # Pictures of less than 0.05 bits for each pixel do not count as content.
        svg = (
            f"<svg xmlns='http://www.w3.org/2000/svg' width='300' height='300'><!--{'x' * 9000}-->"
        )
        text = f"{svg}<rect width='300' height='300' fill='red'/></svg>"
        return web.Response(text=text, content_type="image/svg+xml")

    stage.bed.pages["/late.svg"] = late
    seen = stage.render("/late", f"{HEAD}<p>x</p><img alt='' src=/late.svg>")
    assert 400 <= seen.lcp[0] < 2_500


@needs_browser
def test_axe_finds_what_is_wrong_and_nothing_else(stage: Stage) -> None:
    bad = stage.render(
        "/bad",
        "<!doctype html><title>t</title><img src=/a.png>" + "<input>" * 9 + "<button></button>",
    )
    assert bad.axe is not None
    rules = {rule.id: rule for rule in bad.axe.violations}
    assert {"image-alt", "label", "button-name", "html-has-lang"} <= rules.keys()
    assert rules["label"].nodes == 9
    assert len(rules["label"].selectors) == len(rules["label"].html) == 5
    assert rules["image-alt"].impact == "critical"
    good = stage.render("/good", PLAIN)
    assert good.axe is not None
    assert good.axe.violations == ()
    assert good.axe.passes > 0
    assert good.axe.version.startswith("4.")


@needs_browser
def test_axe_and_picture_can_be_left_out(stage: Stage) -> None:
    seen = stage.render("/less", PLAIN, axe=False, picture=False)
    assert (seen.axe, seen.picture, seen.error) == (None, None, None)


@needs_browser
def test_a_page_that_replaces_what_we_use_changes_nothing(stage: Stage) -> None:
    seen = stage.render(
        "/tamper",
        f"{HEAD}<script>window.axe={{run:()=>({{violations:[]}})}};PerformanceObserver=null;"
        "Object.prototype.x=1;Array.prototype.map=()=>[];JSON.stringify=()=>'';Promise.prototype.then"
        "=()=>0;document.querySelectorAll=()=>[];window.chisoWatch={{lcp:1,cls:9}};"
        "define=()=>0;define.amd=1</script><h1>x</h1><img src=/a.png>".replace("{{", "{").replace(
            "}}", "}"
        ),
    )
    assert seen.axe is not None
    assert [rule.id for rule in seen.axe.violations] == ["image-alt"]
    assert seen.lcp[0] > 1
    assert seen.cls[0] < 9


@needs_browser
def test_elements_named_like_properties_hide_nothing(stage: Stage) -> None:
    seen = stage.render(
        "/clobber",
        f"{HEAD}<img name=title><form name=documentElement></form>"
        "<form name=querySelectorAll></form>"
        "<form name=body><input name=getAttribute><input name=action></form><p>thân</p>",
    )
    assert (seen.error, seen.title, seen.language) == (None, "t", "vi")
    assert "thân" in stage.bed.store[seen.body or ""].decode()


@needs_browser
def test_text_that_no_file_can_hold_is_replaced(stage: Stage) -> None:
    seen = stage.render(
        "/surrogate",
        f"{HEAD}<img id=i><p id=p style='width:500px'>x</p><script>bad='\\ud800';"
        "document.title=bad;document.documentElement.lang=bad;i.className=p.className=bad;"
        "i.setAttribute('data-x',bad);console.error(bad);fetch('/'+bad,{method:'POST'})"
        ".catch(()=>0);alert(bad);throw bad</script>",
    )
    assert seen.error is None
    assert seen == Rendered.model_validate_json(seen.model_dump_json())


@needs_browser
def test_a_page_over_tls_is_seen_whatever_its_certificate(stage: Stage) -> None:
    seen = stage.render(
        "/tls",
        f"{HEAD}<form action=http://portal.test/login><input name=a></form><form action=/ok></form>"
        "<p>x</p>",
        tls=True,
    )
    assert (seen.error, seen.status) == (None, 200)
    assert seen.insecure_forms == ("http://portal.test/login",)


@needs_browser
def test_a_missing_page_without_content_says_so(stage: Stage) -> None:
    seen = stage.render("/nothing-here")
    assert (seen.error, seen.status, seen.body) == (None, 404, None)
    assert seen.detail == "an answer without content"


@needs_browser
def test_redirects_by_server_script_and_refresh_are_followed(stage: Stage) -> None:
    stage.bed.pages["/r1"] = answer("", status=301, Location="/r2")
    stage.bed.pages["/r2"] = answer("<script>location.replace('/r3')</script>")
    stage.bed.pages["/r3"] = answer("<meta http-equiv=refresh content='0;url=/r4'>")
    stage.bed.pages["/r4"] = answer(PLAIN)
    seen = stage.render("/r1")
    assert (seen.error, seen.status) == (None, 200)
    assert seen.final_url == stage.bed.url("/r4")


@needs_browser
def test_a_page_that_leads_on_after_loading_is_waited_for(stage: Stage) -> None:
    async def late(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1.5)  # longer than the wait for silence
        return web.Response(text=PLAIN, content_type="text/html")

    stage.bed.pages["/late_page"] = late
    seen = stage.render(
        "/leads_on",
        f"{HEAD}<p>x</p><script>onload=()=>{{location='/late_page'}}</script>",
    )
    assert (seen.error, seen.final_url) == (None, stage.bed.url("/late_page"))
    assert seen.lcp


@needs_browser
def test_a_page_of_an_error_is_seen_with_its_status(stage: Stage) -> None:
    stage.bed.pages["/broken"] = answer(PLAIN, status=503)
    seen = stage.render("/broken")
    assert (seen.error, seen.status, seen.title) == (None, 503, "t")


@needs_browser
def test_a_huge_page_is_cut(stage: Stage) -> None:
    seen = stage.render(
        "/huge",
        f"{HEAD}<p id=p></p><script>p.textContent='ư'.repeat(2_100_000)</script>",
        axe=False,
    )
    body = stage.bed.store[seen.body or ""]
    assert MOST_HTML - 4 <= len(body) <= MOST_HTML
    assert body.decode()


@needs_browser
def test_a_page_that_never_falls_silent_is_taken_after_a_while(stage: Stage) -> None:
    begun = time.monotonic()
    seen = stage.render(
        "/busy", f"{HEAD}<p>x</p><script>setInterval(()=>fetch('/tick'),50)</script>"
    )
    assert seen.error is None
    assert time.monotonic() - begun < 6


@needs_browser
def test_errors_of_scripts_are_kept(stage: Stage) -> None:
    seen = stage.render("/throws", f"{HEAD}<p>x</p><script>throw new Error('hỏng')</script>")
    assert any("hỏng" in line for line in seen.console)


@needs_browser
@pytest.mark.parametrize("way", ["the page", "the browser"])
def test_after_a_crash_the_next_page_is_seen_as_ever(stage: Stage, way: str) -> None:
    async def breaking(request: web.Request) -> web.StreamResponse:
        engine = stage.browser._engines.current
        assert engine is not None
        if way == "the browser":
            await engine.chromium.close()
        else:
            (page,) = engine.chromium.contexts[0].pages
            session = await page.context.new_cdp_session(page)
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(1):
                    await session.send("Page.crash")
        return web.Response(text=PLAIN, content_type="text/html")

    stage.bed.pages["/breaking"] = breaking
    seen = stage.render("/crash", f"{HEAD}<p>x</p><script src=/breaking></script>")
    assert seen.error is ErrorClass.RENDER_CRASH
    assert seen.body is None
    assert stage.render("/after_crash", PLAIN).error is None


@needs_browser
def test_a_driver_that_died_is_started_again(stage: Stage) -> None:
    assert stage.render("/before_driver", PLAIN, axe=False).error is None
    (driver,) = _children("run-driver")
    os.kill(driver, signal.SIGKILL)
    assert stage.render("/driver", PLAIN, axe=False).error is None


@needs_browser
def test_a_browser_is_changed_after_a_number_of_pages(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "PAGES_PER_BROWSER", 1)
    engines = set()
    for turn in range(2):
        assert stage.render(f"/turn{turn}", PLAIN, axe=False).error is None
        engines.add(stage.browser._engines.current)
    assert len(engines) == 2


def test_a_missing_browser_is_said_at_once() -> None:
    network = Network(browser=os.devnull)
    assert not available(network)

    async def enter() -> None:
        async with Browser(network):
            raise AssertionError("entered")

    with pytest.raises(InvalidInput, match="no browser"):
        asyncio.run(enter())


@pytest.mark.parametrize(
    "value",
    [None, 7, [], [1, 2], [None, None], [{"title": 3, "html": []}, {"lcp": "x", "cls": -1}]],
)
def test_what_a_page_says_is_believed_only_in_the_right_form(value: Any) -> None:
    look = read_look(value)
    assert (look.title, look.html, look.lcp, look.cls) == ("", b"", None, None)
    assert read_axe(value) is None


def _children(word: str) -> list[int]:
    """Processes that this one started and whose command line has the word."""
    listed = [
        int(child)
        for children in Path("/proc/self/task").glob("*/children")
        for child in children.read_text().split()
    ]
    return [one for one in listed if word.encode() in Path(f"/proc/{one}/cmdline").read_bytes()]


def _size(jpeg: bytes) -> tuple[int, int]:
    at = 2
    while jpeg[at + 1] not in {0xC0, 0xC1, 0xC2}:
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return int.from_bytes(jpeg[at + 7 : at + 9]), int.from_bytes(jpeg[at + 5 : at + 7])
