"""Portals that cannot be looked at as they should: down, blocked, badly certified, looping."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from tests.internet.model import Asked, Dns, Host, Plain, Portal, Reply, Tls, html
from tests.internet.portals import feeds
from tests.internet.portals.content import ILLUSTRATIVE, Facts, complete
from tests.internet.portals.markup import GOOD_HEADERS, Look
from tests.internet.portals.nukeviet import NukeViet, old_addresses, own_desk
from tests.internet.portals.own import Modern, service_host, www
from tests.internet.portals.site import Route, Site, without_faults
from tests.internet.portals.truth import all_pass, only, plus

_OTHER_PAGE = (
    "<!DOCTYPE html><html lang='vi'><head><title>{title}</title></head>"
    "<body><h1>{title}</h1><p>{text}</p></body></html>"
)


def _page(title: str, text: str, status: int = 200) -> Reply:
    answer = html(_OTHER_PAGE.format(title=title, text=text), **GOOD_HEADERS)
    answer.status = status
    return answer


def _portal(
    facts: Facts, handler: Route | None, truth: dict[str, frozenset[str]], trap: str,
    *, tls: Tls = "valid", dns: Dns = "signed", plain: Plain = "redirect", sibling: bool = True,
    addresses: tuple[str, ...] = (),
) -> Portal:  # fmt: skip
    hosts = [Host(facts.host, handler, tls, dns, plain, addresses=addresses)]
    if sibling:
        hosts.append(www(facts.host))
    key = facts.host.removesuffix(".gov.vn")
    return Portal(key, facts.portal, "own make", f"https://{facts.host}/", tuple(hosts), truth,
                  traps=(trap,))  # fmt: skip


def _small(facts: Facts, **changes: object) -> Site:
    """A NukeViet portal without faults, services included."""
    site = without_faults(facts, NukeViet(), **changes)
    own_desk(site)
    old_addresses(site)
    return site


# ── kept out ──

_KEPT_OUT = only(
    NAME="pass", HEADERS="blocked", BROWSER="blocked", CONTENT="blocked", FUNCTIONS="blocked",
    SERVICES="blocked",
)  # fmt: skip


def namlinh(day: dt.date) -> Portal:
    """A portal behind a wall that asks for proof of being a person."""
    facts = Facts("Nam Lĩnh", "namlinh.gov.vn", day)
    page = (
        "<!DOCTYPE html><html><head><title>Just a moment...</title>"
        "<meta http-equiv='refresh' content='390'></head><body><h1>namlinh.gov.vn</h1>"
        "<p>Đang kiểm tra trình duyệt của bạn trước khi truy cập. Vui lòng bật JavaScript và "
        "cookie để tiếp tục.</p><noscript>Enable JavaScript and cookies to continue</noscript>"
        "<div "
        "id='challenge-running'></div><script>document.cookie='cf_chl=1';</script></body></html>"
    )

    def answer(asked: Asked) -> Reply:
        del asked
        body = page.encode()
        return Reply(
            503, body, {"Content-Type": "text/html; charset=utf-8", "cf-mitigated": "challenge"}
        )

    truth = plus(
        _KEPT_OUT,
        {"AV-02": "blocked", "AV-05": "blocked", "AV-06": "blocked", "AV-08": "blocked",
         "TL-01": "pass", "TL-04": "pass", "TL-06": "pass", "ST-01": "blocked", "FN-05": "",
         "DN-02": "blocked|not_measured"},
    )  # fmt: skip
    return _portal(facts, answer, truth, "a challenge page in place of every page")


def thanhlam(day: dt.date) -> Portal:
    """A portal that refuses robots and shows itself to browsers."""
    facts = Facts("Thanh Lâm", "thanhlam.gov.vn", day)
    open_to = without_faults(facts, Modern()).handler()

    def answer(asked: Asked) -> Reply:
        agent = next((v for k, v in asked.headers.items() if k.casefold() == "user-agent"), "")
        if "bot" in agent.casefold():
            return _page("403 Forbidden", "Truy cập bị từ chối.", 403)
        return open_to(asked)

    truth = plus(
        _KEPT_OUT,
        {"AV-02": "blocked", "AV-05": "blocked", "AV-06": "blocked", "AV-08": "blocked",
         "TL-01": "pass", "TL-04": "pass", "TL-06": "pass", "ST-01": "blocked", "FN-05": "",
         "DN-02": "blocked|not_measured"},
    )  # fmt: skip
    return _portal(facts, answer, truth, "403 to robots")


def tanlang(day: dt.date) -> Portal:
    """A portal that shows nothing before one has signed in."""
    facts = Facts("Tân Lãng", "tanlang.gov.vn", day)
    form = (
        f"{ILLUSTRATIVE}.</p><form method='post' action='/dang-nhap'><label>Tên đăng nhập <input "
        "name='ten'></label><label>Mật khẩu <input type='password' name='mk'></label>"
        "<button>Đăng nhập</button></form><p>"
    )

    def answer(asked: Asked) -> Reply:
        if asked.path != "/dang-nhap":
            return Reply(302, b"", {"Location": f"https://{facts.host}/dang-nhap"})
        return _page("Đăng nhập hệ thống", form)

    truth = plus(only(CONTENT="blocked"), {"AV-01": "pass", "AV-02": "blocked", "TL-01": "pass"})
    return _portal(facts, answer, truth, "a wall of signing in before every page")


def phonglinh(day: dt.date) -> Portal:
    """A portal that tires of us: after sixty requests it answers 429."""
    facts = Facts("Phong Lĩnh", "phonglinh.gov.vn", day)
    well = _small(facts).handler()

    def answer(asked: Asked) -> Reply:
        if asked.count < 60:
            return well(asked)
        reply = _page("429", "Quá nhiều yêu cầu, vui lòng thử lại sau.", 429)
        reply.headers["Retry-After"] = "1"
        return reply

    never_bad = "pass|needs_review|not_measured|blocked"
    truth = only(
        NAME="pass", CONTENT=never_bad, FUNCTIONS=never_bad, SERVICES=never_bad, BROWSER=never_bad
    )
    truth = plus(truth, {"AV-02": "pass", "TL-01": "pass", "AV-06": never_bad, "AV-08": never_bad})
    return _portal(facts, answer, truth, "429 after sixty requests: what was not seen is no fault")


def yenha(day: dt.date) -> Portal:
    """A portal with an expired certificate whose robots.txt keeps all robots out."""
    facts = Facts("Yên Hà", "yenha.gov.vn", day)
    site = _small(facts)
    site.files = dict(site.files) | {"/robots.txt": lambda _: feeds.robots(facts.host, ["/"])}
    truth = plus(
        only(NAME="pass", CONTENT="blocked", SERVICES="blocked"),
        {"AV-02": "pass", "TL-01": "fail", "TL-03": "fail", "TL-04": "pass", "TL-06": "fail",
         "HD-01": "pass", "HD-02": "pass", "HD-03": "pass", "HD-04": "pass", "HD-05": "pass",
         "FN-01": "pass", "FN-02": "blocked", "FN-05": "fail", "FN-11": "pass", "AV-08": "blocked",
         "CT-05": "", "CT-04": "", "CT-01.procedures": "blocked", "CT-09": ""},
    )  # fmt: skip
    return _portal(
        facts, site.handler(), truth, "robots.txt forbids everything; the certificate has expired",
        tls="expired",
    )  # fmt: skip


def lamgiang(day: dt.date) -> Portal:
    """A portal whose robots.txt is in error, and whose server forgets its intermediate."""
    facts = Facts("Lam Giang", "lamgiang.gov.vn", day)
    site = _small(facts)
    site.files = dict(site.files) | {"/robots.txt": lambda _: _page("Lỗi", "Lỗi máy chủ.", 500)}
    unknown = "blocked|not_measured"
    truth = plus(
        only(NAME="pass", CONTENT=unknown, SERVICES=unknown),
        {"AV-02": "pass", "TL-01": "partial", "TL-04": "pass", "TL-06": "pass", "FN-01": "pass",
         "FN-02": unknown, "FN-05": "not_measured", "AV-08": unknown, "CT-09": "", "CT-05": "",
         "CT-04": "", "HD-02": "pass", "HD-03": "pass"},
    )  # fmt: skip
    return _portal(
        facts, site.handler(), truth, "robots.txt answers 500; the intermediate is missing",
        tls="missing_intermediate",
    )  # fmt: skip


# ── down ──

_DOWN = only(
    HEADERS="not_measured", BROWSER="not_measured", CONTENT="not_measured",
    FUNCTIONS="not_measured", SERVICES="not_measured",
)  # fmt: skip


def hoaan(day: dt.date) -> Portal:
    """A portal under maintenance that was announced."""
    facts = Facts("Hòa An Giang", "hoaangiang.gov.vn", day)
    announced, begin, end = facts.ago(12), facts.day, facts.day + dt.timedelta(days=1)
    text = (
        f"Cổng thông tin điện tử tạm ngừng hoạt động để bảo trì, nâng cấp hệ thống từ 6 giờ ngày "
        f"{begin:%d/%m/%Y} đến 6 giờ ngày {end:%d/%m/%Y} theo thông báo ngày {announced:%d/%m/%Y}. "
        f"Mong quý vị thông cảm. {ILLUSTRATIVE}."
    )

    def answer(asked: Asked) -> Reply:
        del asked
        return _page("Thông báo bảo trì hệ thống", text, 503)

    kept = only(CONTENT="maintenance", FUNCTIONS="maintenance", SERVICES="maintenance")
    truth = plus(kept, {"AV-02": "maintenance", "TL-01": "pass", "AV-01": "pass", "DN-01": "pass",
                        "FN-05": ""})  # fmt: skip
    return _portal(facts, answer, truth, "an announced maintenance in place of every page")


def kimgiang(day: dt.date) -> Portal:
    """A portal whose server takes no connections."""
    facts = Facts("Kim Giang", "kimgiang.gov.vn", day)
    truth = plus(_DOWN, {"AV-01": "pass", "AV-02": "fail", "DN-01": "pass", "DN-02": "fail"})
    return _portal(facts, None, truth, "the server refuses connections", tls="none",
                   plain="closed", sibling=False, addresses=("127.77.0.2",))  # fmt: skip


def datlam(day: dt.date) -> Portal:
    """A portal that answers every request with an error of its own."""
    facts = Facts("Đạt Lâm", "datlam.gov.vn", day)

    def answer(asked: Asked) -> Reply:
        del asked
        return _page("Lỗi máy chủ", "Server Error in '/' Application.", 500)

    truth = plus(_DOWN, {"AV-01": "pass", "AV-02": "fail", "DN-01": "pass", "TL-01": "pass",
                         "TL-02": "pass"})  # fmt: skip
    return _portal(facts, answer, truth, "every page answers 500")


def dailam(day: dt.date) -> Portal:
    """A portal that sends its visitors round in a circle."""
    facts = Facts("Đại Lam", "dailam.gov.vn", day)

    def answer(asked: Asked) -> Reply:
        to = "/vi/" if asked.path != "/vi/" else "/trang-chu"
        return Reply(302, b"", {"Location": f"https://{facts.host}{to}"})

    truth = plus(_DOWN, {"AV-01": "pass", "AV-02": "fail", "DN-01": "pass", "TL-01": "pass"})
    return _portal(facts, answer, truth, "a loop of redirects")


def haigiang(day: dt.date) -> Portal:
    """A portal whose signatures in the DNS are wrong: validating resolvers do not find it."""
    facts = Facts("Hải Giang", "haigiang.gov.vn", day)
    truth = plus(_DOWN, {"DN-01": "fail", "AV-02": "fail"})
    site = without_faults(facts, Modern())
    return _portal(facts, site.handler(), truth, "bogus DNSSEC", dns="bogus", sibling=False)


def vothanh(day: dt.date) -> Portal:
    """A portal whose name does not exist."""
    facts = Facts("Võ Thanh", "vothanh.gov.vn", day)
    truth = plus(_DOWN, {"AV-01": "fail", "AV-02": "fail"})
    return _portal(facts, None, truth, "the name does not exist", dns="nxdomain", tls="none",
                   plain="closed", sibling=False)  # fmt: skip


def locanh(day: dt.date) -> Portal:
    """A name that has lapsed and shows a seller's page."""
    facts = Facts("Lộc Ánh", "locanh.gov.vn", day)

    def answer(asked: Asked) -> Reply:
        del asked
        return _page(
            "locanh.gov.vn",
            "Tên miền này đang được rao bán. This domain is for sale. Buy this domain.",
        )

    truth = plus(only(CONTENT="not_measured"), {"AV-01": "pass", "AV-02": "fail", "TL-01": "pass"})
    return _portal(facts, answer, truth, "a parked domain")


# ── up, with one thing wrong ──


def quangson(day: dt.date) -> Portal:
    """A portal that fails its first request only, with a certificate that it signed itself."""
    facts = Facts("Quảng Sơn Hà", "quangsonha.gov.vn", day)
    headers = {k: v for k, v in GOOD_HEADERS.items() if k != "Strict-Transport-Security"}
    site = _small(facts, look=Look(search="none", headers=headers))
    well = site.handler()

    def answer(asked: Asked) -> Reply:
        return _page("Lỗi", "Lỗi máy chủ.", 500) if asked.count == 0 else well(asked)

    truth = all_pass(
        {"TL-01": "fail", "TL-03": "fail", "TL-06": "", "FN-01": "fail",
         "FN-02": "fail|needs_review", "TL-07": ""}
    )  # fmt: skip
    return _portal(facts, answer, truth, "fails the first request only; self-signed; no search",
                   tls="self_signed")  # fmt: skip


def locthuy(day: dt.date) -> Portal:
    """A portal that says one thing over http and another over https, slowly, with a BOM."""
    facts = Facts("Lộc Thủy", "locthuy.gov.vn", day)
    parts = complete(facts)
    parts["news"] = replace(parts["news"], items=parts["news"].items[5:])
    look = Look(
        charset="utf-8-sig", search="literal", head="<meta name='robots' content='noindex'>"
    )
    desk = service_host(facts)
    site = without_faults(
        facts, Modern(), parts=parts, look=look, services=f"https://{desk.name}/"
    )  # fmt: skip
    secure = site.handler()

    def answer(asked: Asked) -> Reply:
        if asked.scheme == "http":
            return _page("Máy chủ mới cài đặt", "It works! Trang mặc định của máy chủ.")
        reply = secure(asked)
        reply.pause = 1.0 if asked.path == "/" else 0.0
        return reply

    truth = all_pass(
        {"AV-05": "partial", "AV-07": "fail|partial", "TL-02": "fail", "FN-02": "partial",
         "FN-05": "fail", "CT-03.news": "partial", "FN-06": "pass|partial", "CT-04": ""}
    )  # fmt: skip
    portal = _portal(facts, answer, truth, "", plain="serve", sibling=False)
    return replace(
        portal, hosts=(*portal.hosts, desk), levels={"CT-03.news": (0.7, 0.7), "AV-05": (0.6, 0.6)},
        traps=("http and https show different sites", "www does not resolve", "a byte order mark",
               "a search that knows no word without its accents", "noindex on every page",
               "a slow home page"),
    )  # fmt: skip


def caolam(day: dt.date) -> Portal:
    """A portal that has only IPv6, below a name at which everything resolves."""
    facts = Facts("Cao Lam", "caolam.gov.vn", day)

    def anything(asked: Asked) -> Reply:
        del asked
        return _page("Máy chủ mới cài đặt", "It works! Trang mặc định của máy chủ.")

    truth = all_pass({"AV-07": "pass|partial"})
    parts = complete(facts)
    hidden = replace(parts["transaction_information"], linked=False)
    site = _small(facts, parts=parts | {hidden.id: hidden})
    portal = _portal(facts, site.handler(), truth, "", dns="v6_only", sibling=False)
    return replace(
        portal,
        hints={hidden.id: site.url(site.manner.section(hidden))},
        hosts=(*portal.hosts, Host(f"*.{facts.host}", anything)),
        traps=(
            "IPv6 only",
            "a section that only the body's hint leads to",
            "every name below the portal's resolves, to a page of the server",
        ),
    )


def tayha(day: dt.date) -> Portal:
    """A portal whose server knows no TLS newer than 1.1 and shows all over plain HTTP."""
    facts = Facts("Tây Hà Lĩnh", "tayhalinh.gov.vn", day)
    truth = only(CONTENT="pass", FUNCTIONS="pass")
    truth = plus(
        truth, {"AV-01": "pass", "AV-02": "pass", "TL-02": "fail", "TL-04": "fail|not_measured",
                "FN-03": ""},
    )  # fmt: skip
    portal = _portal(
        facts, _small(facts).handler(), truth, "nothing newer than TLS 1.1", tls="old_protocols",
        dns="no_v6", plain="serve", sibling=False,
    )  # fmt: skip
    return replace(portal, main=f"http://{facts.host}/")


_MAKERS: tuple[Callable[[dt.date], Portal], ...] = (
    namlinh, thanhlam, tanlang, phonglinh, yenha, lamgiang, hoaan, kimgiang, datlam, dailam,
    haigiang, vothanh, locanh,
    quangson, locthuy, caolam, tayha,
)  # fmt: skip


def portals(day: dt.date) -> list[Portal]:
    """The portals with something broken around them."""
    return [make(day) for make in _MAKERS]
