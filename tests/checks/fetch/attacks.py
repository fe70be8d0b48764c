"""Pages that try to make the browser do what it must not, and what must come of each.

In the texts `$trap` is a port of 127.0.0.1 that nothing may reach, `$plain` that of the portal.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from string import Template

from aiohttp import web
from tests.checks.fetch.bed import Bed, answer, send

from chiso.checks.states import ErrorClass

HEAD = (
    "<!doctype html><html lang=vi><title>t</title><meta name=viewport content=width=device-width>"
)
WAIT = "<script>setTimeout(() => {%s}, 30)</script>"


@dataclass(frozen=True, slots=True)
class Attack:
    """A page or address, the error that it must end with, and words that the record must hold.

    `refused` is looked for among the requests (URL, kind and reason), `console` in the log.
    """

    body: str = ""
    error: ErrorClass | None = None
    refused: str = ""
    console: str = ""
    url: str = ""  # in place of the page's own
    setup: Callable[[Bed, str], None] | None = None
    detail: str = ""


def script(code: str, error: ErrorClass | None = None, refused: str = "", **more: str) -> Attack:
    """A page that runs a script."""
    return Attack(f"{HEAD}<p>x</p><script>{code}</script>", error, refused, **more)


def at(url: str, error: ErrorClass = ErrorClass.REFUSED_URL) -> Attack:
    """An address that is asked for at once."""
    return Attack(url=url, error=error)


def redirect(to: str, error: ErrorClass) -> Attack:
    """A page that redirects."""

    def setup(bed: Bed, path: str) -> None:
        place = fill(to, bed)
        bed.pages[path] = answer("", status=302, Location=place)

    return Attack(error=error, setup=setup)


def raw(data: bytes, error: ErrorClass) -> Attack:
    """An origin that answers with bytes."""

    def setup(bed: Bed, path: str) -> None:
        bed.raws[path] = send(data)

    return Attack(error=error, url="raw", setup=setup)


def fill(text: str, bed: Bed) -> str:
    """The text with the ports of the bed."""
    return Template(text).safe_substitute(trap=bed.trap, plain=bed.plain, secure=bed.secure)


def _pages(**handlers: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> (
    Callable[[Bed, str], None]
):  # fmt: skip
    def setup(bed: Bed, path: str) -> None:
        for name, handler in handlers.items():
            bed.pages[f"{path}.{name}"] = handler

    return setup


async def _endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/javascript"})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        while True:
            await response.write(b"/**/" * 25_000)
    return response


async def _stalled(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    await response.prepare(request)
    await response.write(f"{HEAD}<h1>Chờ</h1>".encode())
    await asyncio.sleep(20)
    return response


async def _round(request: web.Request) -> web.StreamResponse:
    count = int(request.query.get("n", 0))
    raise web.HTTPFound(f"{request.path}?n={count + 1}")


def _handler(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> (
    Callable[[Bed, str], None]
):  # fmt: skip
    def setup(bed: Bed, path: str) -> None:
        bed.pages[path] = handler

    return setup


_REBIND = "fetch('http://rebind.test:$plain/next').catch(() => 0)"
_JS = "text/javascript"

ATTACKS: dict[str, Attack] = {
    # ── something is sent ──
    "form_post": Attack(
        f"{HEAD}<form method=post action=/sent><input name=a></form><script>document.forms[0]"
        ".submit()</script>", refused="method POST",
    ),
    "form_post_other_site": Attack(
        f"{HEAD}<form method=post action=//other.test:$plain/sent><input name=a></form>"
        "<script>document.forms[0].submit()</script>", refused="method POST",
    ),
    "form_post_in_frame": Attack(
        f"{HEAD}<iframe name=f></iframe><form method=post action=/sent target=f></form>"
        "<script>document.forms[0].submit()</script>", refused="method POST",
    ),
    "fetch_post": script(
        "fetch('/sent', {method:'POST', body:'x'}).catch(()=>0)", None, "method POST"
    ),
    "xhr_put": script(
        "x=new XMLHttpRequest();x.open('PUT','/sent');x.send('x')", None, "method PUT"
    ),
    "fetch_delete_cross_origin": script(
        "fetch('http://other.test:$plain/sent',{method:'DELETE'}).catch(()=>0)", None,
        "method DELETE",
    ),
    "beacon": script("navigator.sendBeacon('/sent', 'x')", None, "method POST"),
    "beacon_at_the_end": script(
        "addEventListener('pagehide', () => navigator.sendBeacon('/sent', 'x'));"
        "fetch('/sent', {method:'POST', keepalive:true}).catch(()=>0)", None, "method POST",
    ),
    "ping": Attack(
        f"{HEAD}<a href='#x' ping=/sent>a</a><script>document.querySelector('a').click()</script>"
    ),
    "worker_post": Attack(
        f"{HEAD}<script>new Worker('/worker_post.w')</script>", refused="method POST",
        setup=_pages(w=answer("fetch('/sent',{method:'POST',body:'x'})", _JS)),
    ),
    "shared_worker_post": Attack(
        f"{HEAD}<script>new SharedWorker('/shared_worker_post.w')</script>", refused="method POST",
        setup=_pages(w=answer("fetch('/sent',{method:'POST',body:'x'})", _JS)),
    ),
    "policy_report": Attack(setup=_handler(answer(
        f"{HEAD}<img src=http://other.test/x.png>",
        **{"Content-Security-Policy": "img-src 'self'; report-uri /sent"},
    ))),
    "service_worker": Attack(
        f"{HEAD}<script>navigator.serviceWorker?.register('/service_worker.w')</script>",
        setup=_pages(w=answer("fetch('/sent',{method:'POST'})", _JS)),
    ),
    # ── another protocol ──
    "websocket": script("new WebSocket('ws://portal.test:$plain/socket')", None, "websocket"),
    "websocket_tls": script("new WebSocket('wss://portal.test:$secure/socket')", None, "websocket"),
    "websocket_worker": Attack(
        f"{HEAD}<script>new Worker('/websocket_worker.w')</script>",
        setup=_pages(w=answer(
            "new WebSocket('ws://'+location.host+'/socket');"
            "new WebSocket('wss://127.0.0.1:$trap/socket')", _JS,
        )),
    ),
    "webrtc": script(
        "p=new RTCPeerConnection({iceServers:[{urls:'stun:127.0.0.1:$trap'},"
        "{urls:'turn:127.0.0.1:$trap?transport=tcp',username:'a',credential:'b'}]});"
        "p.createDataChannel('x');p.createOffer().then(o=>p.setLocalDescription(o))"
    ),
    "webtransport": script("try{new WebTransport('https://127.0.0.1:$trap/')}catch{}"),
    "file_at_once": at("file:///etc/passwd"),
    "ftp_at_once": at("ftp://portal.test/"),
    "data_at_once": at("data:text/html,<p>x"),
    "script_at_once": at("javascript:alert(1)"),
    "chrome_at_once": at("chrome://version/"),
    "view_source_at_once": at("view-source:http://portal.test/"),
    "userinfo_at_once": at("http://portal.test@10.0.0.1/"),
    "file_by_script": script("location='file:///etc/passwd'", None, console="file:///etc/passwd"),
    "file_by_refresh": Attack(f"{HEAD}<meta http-equiv=refresh content='0;url=file:///etc/passwd'>"),
    "file_in_frame": Attack(f"{HEAD}<iframe src=file:///etc/passwd></iframe><img src=file:///etc/a>",
                            console="file:///etc/passwd"),
    "data_by_script": script("location='data:text/html,x'", None, console="data:text/html"),
    "intent_by_script": script("location='intent://x#Intent;scheme=http;end'", None, "scheme"),
    "blob_by_script": script(
        "location=URL.createObjectURL(new Blob(['<p>b'],{type:'text/html'}))",
        ErrorClass.REFUSED_URL,
    ),
    "blank_by_script": script("location='about:blank'", ErrorClass.REFUSED_URL),
    "redirect_to_file": redirect("file:///etc/passwd", ErrorClass.REFUSED_URL),
    "redirect_to_ftp": redirect("ftp://portal.test/", ErrorClass.REFUSED_URL),
    # ── somewhere else ──
    "private_at_once": at("http://10.0.0.1/", ErrorClass.REFUSED_ADDRESS),
    "loopback_at_once": at("http://127.0.0.1:$trap/", ErrorClass.REFUSED_ADDRESS),
    "port_at_once": at("http://portal.test:22/"),
    "name_to_private_at_once": at("http://inner.test/", ErrorClass.REFUSED_ADDRESS),
    "redirect_to_private": redirect("http://10.0.0.1/", ErrorClass.REFUSED_ADDRESS),
    "redirect_to_private_tls": redirect("https://10.0.0.1/", ErrorClass.REFUSED_ADDRESS),
    "redirect_to_metadata": redirect("http://169.254.169.254/latest", ErrorClass.REFUSED_ADDRESS),
    "redirect_to_name_of_metadata": redirect("http://meta.test/", ErrorClass.REFUSED_ADDRESS),
    "redirect_to_loopback": redirect("http://127.0.0.1:$trap/", ErrorClass.REFUSED_ADDRESS),
    "redirect_to_port": redirect("http://portal.test:22/", ErrorClass.REFUSED_URL),
    "redirect_in_circles": Attack(error=ErrorClass.TOO_MANY_REDIRECTS, setup=_handler(_round)),
    "script_to_private": script("location='http://10.0.0.1/'", ErrorClass.REFUSED_ADDRESS),
    "refresh_to_metadata": Attack(
        f"{HEAD}<meta http-equiv=refresh content='0;url=http://169.254.169.254/'>",
        ErrorClass.REFUSED_ADDRESS,
    ),
    "frame_to_metadata": Attack(
        f"{HEAD}<iframe src=http://169.254.169.254/latest/meta-data></iframe>",
        refused="refused_address",
    ),
    "image_of_private": Attack(
        f"{HEAD}<img src=http://inner.test/a.png>", refused="refused_address"
    ),
    "image_over_tls_of_private": Attack(
        f"{HEAD}<img src=https://inner.test/a.png>", refused="refused_address"
    ),
    "image_of_loopback": Attack(
        f"{HEAD}<img src=http://127.0.0.1:$trap/><img src=http://localhost:$trap/>"
        "<img src=http://[::1]:$trap/><img src=http://2130706433:$trap/>", refused="127.0.0.1",
    ),
    "hints_to_private": Attack(
        f"{HEAD}<link rel=preconnect href=http://10.0.0.1><link rel=dns-prefetch href=//meta.test>"
        "<link rel=prefetch href=http://10.0.0.2/><script type=speculationrules>"
        '{"prerender":[{"source":"list","urls":["http://10.0.0.3/"]}]}</script>'
    ),
    "name_that_changes_its_mind": Attack(
        f"{HEAD}<script>{_REBIND}.then(() => {_REBIND})</script>", refused="refused_address",
        setup=lambda bed, path: bed.pages.update(
            {"/next": answer("n", "text/plain", **{"Access-Control-Allow-Origin": "*",
                                                   "Connection": "close"})}
        ),
    ),
    "popup": script("window.open('/popped')", None, "popup"),
    "popup_to_private": script("window.open('http://10.0.0.1/')", None, "popup"),
    "leaves_after_loading": script(
        "addEventListener('resize', () => { if (innerWidth < 350) location.href = '/gone' })", None,
        "navigation after loading",
    ),
    # ── downloads, questions ──
    "download_at_once": Attack(
        error=ErrorClass.REFUSED_URL, detail="download",
        setup=_handler(answer("x", "application/octet-stream",
                              **{"Content-Disposition": "attachment; filename=a.exe"})),
    ),
    "download_by_script": script(
        "a=document.createElement('a');a.href='/download_by_script.f';a.download='a.exe';"
        "document.body.append(a);a.click()", None, "download",
    ),
    "dialogs": script("alert(1);confirm(2);prompt(3)", None, console="dialog prompt: 3"),
    "asks_before_leaving": script(
        "addEventListener('beforeunload', e => { e.preventDefault(); e.returnValue = 'x' })"
    ),
    "permissions": script(
        "navigator.geolocation?.getCurrentPosition(()=>{});Notification.requestPermission();"
        "navigator.mediaDevices?.getUserMedia({video:true}).catch(()=>0);print()"
    ),
    "file_chooser": Attack(
        f"{HEAD}<input type=file><script>document.querySelector('input').click()</script>"
    ),
    "asks_for_a_login": Attack(
        setup=_handler(answer("<p>no", status=401, **{"WWW-Authenticate": 'Basic realm="x"'}))
    ),
    # ── without end ──
    # Whether Chromium or we end it first depends on how fast the machine is.
    "reloads_for_ever": script("location.replace('?' + Math.random())", None),
    "frames_in_frames": Attack(
        f"{HEAD}<iframe></iframe><script>document.querySelector('iframe').src='?'+Math.random()"
        "</script>", refused="frames nested too deep",
    ),
    "many_frames": script(
        "for(i=0;i<60;i++){f=document.createElement('iframe');f.src='/f'+i;document.body.append(f)}",
        None, "too many frames",
    ),
    "flood_of_requests": script("for(i=0;i<400;i++)fetch('/x'+i).catch(()=>0)", None, "budget"),
    "endless_script": Attack(
        f"{HEAD}<script src=/endless_script.i></script>", ErrorClass.BUDGET,
        setup=_pages(i=_endless),
    ),
    "stalled_page": Attack(error=ErrorClass.READ_TIMEOUT, setup=_handler(_stalled)),
    "loops_for_ever": script("for(;;);", ErrorClass.RENDER_TIMEOUT),
    "loops_after_loading": script(
        "addEventListener('resize', () => { for(;innerWidth < 350;); })", ErrorClass.RENDER_TIMEOUT
    ),
    "floods_the_log": script("for(i=0;i<3000;i++)console.error('x'.repeat(500))", console="xxx"),
    "moves_within_itself": script("for(i=0;i<150;i++)history.pushState(0,'','?'+i)"),
    # ── bytes ──
    "not_http": raw(b"\x00\x01\x02" * 100, ErrorClass.HTTP_MALFORMED),
    "asks_as_a_proxy": raw(
        b'HTTP/1.1 407 X\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n',
        ErrorClass.HTTP_MALFORMED,
    ),
    "nothing": raw(b"", ErrorClass.CONN_RESET),
    "not_gzip": Attack(
        error=ErrorClass.DECODE,
        setup=_handler(answer("x", **{"Content-Encoding": "gzip"})),
    ),
    "no_name": at("http://nowhere.test/", ErrorClass.DNS_NXDOMAIN),
}  # fmt: skip
