"""Addresses as the planner sees them: one spelling, whose host, and which must never be asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from posixpath import splitext
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

#: parameters that only say where a visitor came from
_TRACKING = re.compile(r"^(?:utm_\w{1,30}|fbclid|gclid|zarsrc|_ga)$")
#: parameters that carry a session or a token of one visitor: never sent
_SESSION = re.compile(
    r"^(?:j?sessionid|phpsessid|aspsessionid\w{0,20}|session(?:_?(?:id|key))?|sid|cfid|cftoken"
    r"|(?:access|auth|csrf|xsrf)?_?token|__(?:viewstate|eventvalidation|requestverificationtoken)"
    r"|ticket|samlrequest|samlresponse|otp)$"
)
_SESSION_PATH = re.compile(r";jsessionid=|/\(s\([a-z0-9]{8,64}\)\)/", re.I)
#: what a step of a path, or a parameter, is called when following it changes or prints something
_HARMFUL = re.compile(
    r"^(?:logout|logoff|signout|signoff|dangxuat|thoat|delete|remove|destroy|xoa|xoabai|unsubscribe"
    r"|huydangky|print|printview|printpage|printarticle|printpreview|printable|printfriendly"
    r"|printversion|inbai|inbaiviet|intrang|intin|addtocart|vote|binhchon|checkout|shutdown)$"
)
_LOGIN = re.compile(
    r"^(?:login|logon|signin|dangnhap|register|signup|dangky|dangkytaikhoan|quenmatkhau"
    r"|forgotpassword|authenticate|oauth2?|sso|wplogin|admin|administrator|quantri)$"
)
_START = re.compile(r"/(?:index|default|home|trang-chu)\.(?:html?|php|aspx?|jsp)$", re.I)
_MEDIA = {
    ".7z", ".apk", ".avi", ".bin", ".bmp", ".css", ".dmg", ".exe", ".flv", ".gif", ".gz", ".ico",
    ".iso", ".jpeg", ".jpg", ".js", ".json", ".m3u8", ".m4a", ".mov", ".mp3", ".mp4", ".mpeg",
    ".msi", ".png", ".svg", ".swf", ".tar", ".tif", ".tiff", ".wav", ".webm", ".webp", ".wmv",
    ".woff", ".woff2", ".xml",
}  # fmt: skip
DOCUMENTS = {
    ".csv", ".doc", ".docx", ".odp", ".ods", ".odt", ".pdf", ".ppt", ".pptx", ".rar", ".rtf",
    ".xls", ".xlsx", ".zip",
}  # fmt: skip
#: longer addresses are not asked for
MOST_LENGTH = 1_500


def split(url: str) -> SplitResult | None:
    """The parts of a usable http(s) address, or None. Never raises."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        return None
    return parts if usable and len(url) <= MOST_LENGTH else None


def host(url: str) -> str:
    """The host in small letters; empty where there is none."""
    parts = split(url)
    return (parts.hostname or "").casefold() if parts else ""


def extension(url: str) -> str:
    """The extension of the path with its dot, in small letters."""
    parts = split(url)
    return splitext(parts.path)[1].casefold() if parts else ""


def normalised(url: str) -> str:
    """The address without fragment and visitor marks, percent-encoded; empty if unusable."""
    parts = split(url.strip())
    if parts is None:
        return ""
    name = (parts.hostname or "").casefold()
    default = {"http": 80, "https": 443}[parts.scheme]
    netloc = name if parts.port in {None, default} else f"{name}:{parts.port}"
    path = quote(parts.path or "/", safe="/%:=&~+!$,;'@()*")
    query = parts.query
    if any(_TRACKING.match(key.casefold()) for key, _ in parse_qsl(query)):
        kept = [(k, v) for k, v in parse_qsl(query, True) if not _TRACKING.match(k.casefold())]
        query = urlencode(kept)
    query = quote(query, safe="/%:=&~+!$,;'@()*?")
    return urlunsplit((parts.scheme, netloc, path, query, ""))


@lru_cache(maxsize=16_384)
def key(url: str) -> str:
    """What is one page: scheme, `www.`, closing slash and start file make no difference."""
    parts = split(normalised(url))
    if parts is None:
        return ""
    path = _START.sub("/", unquote(parts.path)).rstrip("/")
    query = "&".join(sorted(f"{k}={v}" for k, v in parse_qsl(parts.query, True)))
    return f"{parts.netloc.removeprefix('www.')}{path}?{query}"


def _steps(parts: SplitResult) -> set[str]:
    """The steps of the path and the parameters, letters only: `Log-Out.aspx` is `logout`."""
    steps = [splitext(unquote(step))[0] for step in parts.path.split("/")]
    steps += [word for pair in parse_qsl(parts.query, True) for word in pair if len(word) < 40]
    return {re.sub(r"[^a-z0-9]", "", step.casefold()) for step in steps}


def harmful(url: str) -> bool:
    """Whether following could end a session, delete, print or act for a visitor."""
    parts = split(url)
    if parts is None or parts.username or _SESSION_PATH.search(parts.path):
        return True
    if any(_SESSION.match(k.casefold()) for k, _ in parse_qsl(parts.query, True)):
        return True
    return any(_HARMFUL.match(step) for step in _steps(parts))


def asks_login(url: str) -> bool:
    """Whether the address is that of a login or a registration."""
    parts = split(url)
    return parts is not None and any(_LOGIN.match(step) for step in _steps(parts))


def is_page(url: str) -> bool:
    """Whether the address is that of a page rather than of a file."""
    end = extension(url)
    return end not in _MEDIA and end not in DOCUMENTS


def is_document(url: str) -> bool:
    """Whether the address is that of a document to download."""
    return extension(url) in DOCUMENTS


def is_media(url: str) -> bool:
    """Whether the address is that of a picture, a film, a script or a program."""
    return extension(url) in _MEDIA


def names_feed(url: str) -> bool:
    """Whether the address is that of a feed and hardly of a page about feeds."""
    parts = split(url)
    if parts is None:
        return False
    path = parts.path.casefold().rstrip("/")
    ends = (".rss", ".atom", "/feed", "/atom.xml", "/feed.xml")
    return path.endswith(ends) or (path.endswith(".xml") and "rss" in path)


def may_be_feed(url: str) -> bool:
    """Whether a link on a page about feeds may lead to one."""
    parts = split(url)
    return names_feed(url) or (
        parts is not None and bool(re.search(r"rss|feed|atom", f"{parts.path}?{parts.query}", re.I))
    )


def registrable(name: str, domains: Iterable[str]) -> str:
    """`NAME.gov.vn` of a host under one of the government domains; else the host less `www.`."""
    name = name.casefold().rstrip(".")
    for domain in domains:
        end = f".{domain.casefold()}"
        if name.endswith(end):
            return f"{name[: -len(end)].rpartition('.')[2]}{end}"
    return name.removeprefix("www.")


@dataclass(slots=True)
class Family:
    """The hosts that are a body's own: the same registrable name and what lies under it."""

    domains: tuple[str, ...]
    bases: set[str] = field(default_factory=set)

    def add(self, url: str) -> None:
        """Take the host of an address, with its registrable name, as the body's own."""
        name = host(url)
        if name:
            self.bases.add(registrable(name, self.domains))

    def owns(self, url: str) -> bool:
        """Whether the host of an address is the body's own."""
        name = host(url)
        return any(name == base or name.endswith(f".{base}") for base in self.bases)
