"""What an answer turned out to be, settled before anything is said about its content.

A page that keeps us out is not a page that is missing, and an article about maintenance or a
login is neither: the phrases count only where they are all that a page has to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from chiso.checks.artifacts import Exchange
from chiso.checks.reading.document import Document, plain
from chiso.checks.states import PageKind

#: a page with more text (characters) or links than this is no mere notice
NOTICE_TEXT, NOTICE_LINKS = 1_200, 8
#: pages that differ in no more than so many characters (numbers apart) are the same page
SAME_PAGE = 20
#: a "missing" page with so much text and so many links is the home page shown again
RICH_TEXT, RICH_LINKS = 1_500, 15
MOST_SCRIPT = 20_000

_CHALLENGE_TITLE = re.compile(
    r"just a moment|attention required|ddos-guard|request rejected|access denied|are you a robot"
    r"|security check|checking your browser|one more step|pardon our interruption"
    r"|xác minh|xác thực (?:truy cập|người dùng)|kiểm tra trình duyệt",
    re.I,
)
_CHALLENGE_TEXT = re.compile(
    r"checking (?:your browser|if the site connection is secure)"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|enable javascript and cookies to continue|the requested url was rejected|your support id is"
    r"|incapsula incident id|request unsuccessful|sucuri website firewall|web application firewall"
    r"|blocked by (?:the )?(?:firewall|security)|unusual traffic|automated (?:queries|requests)"
    r"|xác minh bạn không phải (?:là )?(?:robot|người máy)|xác minh (?:bạn|người dùng|truy cập)"
    r"|(?:kiểm tra|xác thực) trình duyệt|truy cập (?:của bạn |này )?(?:đã )?bị (?:chặn|từ chối)"
    r"|phát hiện truy cập bất thường|bị tường lửa|tường lửa ứng dụng|mã hỗ trợ(?: của bạn)? là"
    r"|hệ thống chống ddos",
    re.I,
)
_CHALLENGE_SCRIPT = re.compile(
    r"/cdn-cgi/challenge-platform/|__cf_chl|cf-browser-verification|_incapsula_resource"
    r"|ddos-guard|sucuri_cloudproxy|distil_r_captcha|aes\.min\.js|slowaes",
    re.I,
)
_SETS_COOKIE = re.compile(r"document\s*\.\s*cookie\s*=", re.I)
_RELOADS = re.compile(r"location\s*\.\s*(?:reload|replace|href)|location\s*=", re.I)
_PARKED = re.compile(
    r"(?:this )?domain (?:name )?(?:is |may be )?(?:for sale|parked|expired)|buy this domain"
    r"|sedoparking|parkingcrew|account (?:has been )?suspended|welcome to nginx|iis windows server"
    r"|apache2? (?:\w+ )?default page|test page for the|^it works!?$"
    r"|tên miền (?:này )?(?:đang |đã )?(?:được )?(?:rao bán|hết hạn)"
    r"|website (?:này )?(?:đã )?(?:bị )?(?:hết hạn|tạm khóa)"
    r"|(?:tài khoản|hosting) (?:đã )?(?:bị )?(?:tạm khóa|hết hạn)",
    re.I | re.M,
)
_MAINTENANCE = re.compile(
    r"(?:đang|tạm|để|thời gian|tiến hành|thông báo)[^.\n]{0,40}(?:bảo trì|nâng cấp|bảo dưỡng)"
    r"|(?:bảo trì|nâng cấp) hệ thống|tạm (?:ngừng|dừng) (?:hoạt động|cung cấp|phục vụ)"
    r"|under(?:going)? (?:scheduled )?maintenance|down for maintenance|scheduled maintenance"
    r"|be (?:right )?back (?:soon|shortly)|maintenance mode|^maintenance$",
    re.I | re.M,
)
_MISSING = re.compile(
    r"\b404\b|(?:page|file|resource|content|article) (?:was |is |could |can ?)?not (?:be )?found"
    r"|cannot be found"
    r"|(?:page|link) (?:does not|doesn't) exist|no longer (?:exists|available)"
    r"|không tìm thấy (?:trang|nội dung|đường dẫn|bài viết|tài nguyên|kết quả cho đường dẫn)"
    r"|(?:trang|nội dung|bài viết|đường dẫn|liên kết)[^.\n]{0,40} (?:không tồn tại|không hợp lệ"
    r"|không có thực|đã bị (?:xóa|xoá|gỡ))"
    r"|trang không (?:tồn tại|tìm thấy)|không tồn tại trang",
    re.I,
)
_LOGIN_PATH = re.compile(r"log-?in|sign-?in|dang-?nhap|/sso|/cas/|authenticate|account/logon", re.I)
_LOGIN_TITLE = re.compile(r"^(?:trang )?(?:đăng nhập|log ?in|sign ?in|logon)\b", re.I)
_FRONT = frozenset(
    ("", "index", "index html", "index php", "default aspx", "default", "home", "trang chu", "vi",
     "web guest home", "web guest", "portal", "pages default aspx", "pages trang chu aspx")
)  # fmt: skip


def classify(
    exchange: Exchange, document: Document | None, missing: Sequence[Document] = ()
) -> PageKind:
    """The kind of an answer; `missing` are the site's pages for addresses that cannot exist."""
    status = exchange.status
    if exchange.error is not None or status is None:
        return PageKind.ERROR
    if is_challenge(exchange, document):
        return PageKind.CHALLENGE
    if status in {401, 403, 429, 451}:
        return PageKind.BLOCKED
    if status >= 500:
        return PageKind.MAINTENANCE if is_maintenance(document) else PageKind.HTTP_5XX
    if status >= 400:
        return PageKind.HTTP_4XX
    return _of_success(exchange, document, missing)


def _of_success(
    exchange: Exchange, document: Document | None, missing: Sequence[Document]
) -> PageKind:
    if document is not None and is_parked(document):
        return PageKind.PARKED
    if is_empty(exchange, document):
        return PageKind.EMPTY
    if document is None:
        return PageKind.OK
    if is_login_wall(exchange.url, document):
        return PageKind.LOGIN_WALL
    if is_maintenance(document):
        return PageKind.MAINTENANCE
    if is_soft_404(document, missing):
        return PageKind.SOFT_404
    return PageKind.OK


def is_notice(document: Document) -> bool:
    """Whether a page is so bare that a phrase on it can be all that it says."""
    return len(document.text) <= NOTICE_TEXT and len(document.anchors) <= NOTICE_LINKS


def _has(document: Document, *tags: str) -> bool:
    return next(document.tree.iter(*tags), None) is not None


def is_challenge(exchange: Exchange, document: Document | None) -> bool:
    """A page that wants proof of a person, or a firewall's refusal with an answer of success."""
    if "challenge" in exchange.header("cf-mitigated").casefold():
        return True
    if document is None or not is_notice(document) or _has(document, "article", "textarea"):
        return False
    if _CHALLENGE_TEXT.search(document.text) or _CHALLENGE_TITLE.search(document.title):
        return True
    script = _script(document)
    if _CHALLENGE_SCRIPT.search(script):
        return len(document.text) < NOTICE_TEXT // 4
    return (
        len(document.text) < 200
        and bool(_SETS_COOKIE.search(script))
        and bool(_RELOADS.search(script))
    )


def _script(document: Document) -> str:
    parts = []
    room = MOST_SCRIPT
    for element in document.tree.iter("script"):
        part = f"{element.get('src') or ''} {element.text or ''}"[:room]
        parts.append(part)
        room -= len(part)
        if room <= 0:
            break
    return " ".join(parts)


def is_login_wall(url: str, document: Document) -> bool:
    """A page that is nothing but a form for a password."""
    asks = any(field.kind == "password" for form in document.forms for field in form.fields)
    if not asks or not is_notice(document):
        return False
    return bool(
        _LOGIN_TITLE.search(document.title)
        or _LOGIN_PATH.search(urlsplit(url).path[:500])
        or len(document.text) < NOTICE_TEXT // 3
    )


def is_parked(document: Document) -> bool:
    """A domain for sale, a suspended account or the first page of a fresh server."""
    if not is_notice(document):
        return False
    return bool(_PARKED.search(f"{document.title}\n{document.text}"))


def is_maintenance(document: Document | None) -> bool:
    """A notice that the site is being worked on; an article about it has a site around it."""
    if document is None or not is_notice(document):
        return False
    if _has(document, "nav", "article"):
        return False
    head = "\n".join([document.title, *(text for _, text in document.headings[:3])])
    short = len(document.text) <= NOTICE_TEXT // 2
    return bool(_MAINTENANCE.search(head) or (short and _MAINTENANCE.search(document.text)))


def is_soft_404(document: Document, missing: Sequence[Document]) -> bool:
    """A page that says "not found" with a status of success, or equals such a page of the site."""
    others = [other for other in missing if other.url != document.url]
    if says_missing(document, others):
        return True
    if _is_front(document.url):
        return False
    return any(
        (says_missing(other, ()) or not _is_rich(other)) and is_same_page(document, other)
        for other in others
    )


def says_missing(document: Document, others: Sequence[Document]) -> bool:
    """Whether title, heading or the little text of a page's own say that it does not exist."""
    heads = [document.title, *(text for level, text in document.headings[:4] if level <= 3)]
    own = document.own_lines(*others) if others else document.text.splitlines()
    amount = sum(map(len, own))
    if any(len(head) <= 120 and _MISSING.search(head) for head in heads):
        return amount <= NOTICE_TEXT or not others
    if is_notice(document):
        return bool(_MISSING.search(document.text[:NOTICE_TEXT]))
    return amount <= NOTICE_TEXT // 4 and bool(_MISSING.search("\n".join(own)))


def is_same_page(one: Document, other: Document) -> bool:
    """Whether a page is the site's page for missing addresses, but for numbers and a few words.

    A short page in the same frame is not: the words "not found" of the other must be there too.
    """
    if not one.lines or abs(len(one.text) - len(other.text)) > SAME_PAGE:
        return False
    words = {line for line in other.lines if _MISSING.search(line)}
    if words:
        return words <= one.lines
    return sum(map(len, one.lines ^ other.lines)) <= SAME_PAGE


def _is_rich(document: Document) -> bool:
    return len(document.text) >= RICH_TEXT and len(document.anchors) >= RICH_LINKS


def _is_front(url: str) -> bool:
    return plain(urlsplit(url).path[:200]) in _FRONT


def is_empty(exchange: Exchange, document: Document | None) -> bool:
    """An answer without anything to see or to run."""
    if exchange.size == 0:
        return True
    if document is None:
        return exchange.header("content-type").casefold().startswith("text/html")
    shows = _has(
        document, "script", "img", "iframe", "frame", "object", "embed", "video", "svg", "form"
    )
    return not shows and len(document.text) < 20
