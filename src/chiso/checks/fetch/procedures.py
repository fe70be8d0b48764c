"""Links of online services: to procedures, to their forms, and to the first step of applying."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import parse_qsl, unquote, urlsplit

from chiso.checks.fetch.addresses import extension, is_document, is_media
from chiso.checks.fetch.naming import candidates, namings, simple
from chiso.checks.fetch.searching import SearchBox
from chiso.checks.reading.document import Anchor, Document, Form

#: the national code of a procedure, such as 1.004222 or 1.004222.000.00.00.H03
CODE = re.compile(r"(?<![\d.])\d\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})?(?![\d])")
_ADDRESS = re.compile(
    r"thu-?tuc|tthc|procedure|chi-?tiet|dich-?vu-?cong|dvc|service[-_]?detail|/services?/", re.I
)
#: how names of procedures begin, without accents
_BEGINNINGS = (
    "thu tuc", "cap", "dang ky", "cong nhan", "xac nhan", "tham dinh", "phe duyet", "gia han",
    "chung thuc", "dieu chinh", "thong bao", "ho tro", "thu hoi", "cho phep", "cham dut",
    "khai bao", "ke khai", "bo nhiem", "mien nhiem", "thanh lap", "giai the", "sap nhap", "chuyen",
    "sua doi", "bo sung", "huong tro cap", "huong che do", "xet", "giai quyet", "cong bo",
    "tiep nhan", "tra lai", "doi",
    "giao dat", "cho thue", "tach", "hop", "mua", "tam ngung", "nghiem thu", "kiem tra", "de nghi",
    "lien thong", "thi", "tuyen", "xoa dang ky", "nhan", "registration", "issuance", "issue",
    "application for", "grant", "renewal", "certification",
)  # fmt: skip
#: how entries begin that stand beside procedures
_OTHERS = (
    "huong dan", "gioi thieu", "tin", "dang nhap", "dang xuat", "cau hoi", "trang", "tra cuu",
    "danh muc", "danh sach", "thong ke", "so do", "lien he", "xem them", "thong bao ve",
    "dang ky tai khoan", "quen mat khau", "nop ho so", "danh gia", "gop y", "hoi dap",
)  # fmt: skip
#: these begin news as often as procedures; alone they prove nothing
_NEWS = ("thong bao", "cong bo", "tiep nhan", "kiem tra", "ho tro", "hop", "mua", "thi", "doi")
_LEAST_WORDS = 3
_MOST_LETTERS = 400
_ROLES = ("service_list", "service_portal", "apply", "tracking", "service_statistics", "questions")


def procedure_links(document: Document) -> list[Anchor]:
    """The links that look like those to procedures, in order of the page, each address once."""
    ways = frozenset(simple(name) for role in _ROLES for name in namings()[role].names)
    sure = {anchor.url for anchor in document.anchors if _is_procedure(anchor, ways)}
    shapes = Counter(_shape(url) for url in sure)
    found: dict[str, Anchor] = {}
    for anchor in document.anchors:
        # an address built like those of procedures is one, whatever its name begins with
        alike = shapes[_shape(anchor.url)] >= 2 and _may_be(anchor, ways)
        if anchor.url not in found and (anchor.url in sure or alike):
            found[anchor.url] = anchor
    return list(found.values())


def _shape(url: str) -> str:
    """How an address is built: its folder and the names of its parameters; empty says nothing."""
    parts = urlsplit(url)
    folder = parts.path.rpartition("/")[0]
    names = sorted(key for key, _ in parse_qsl(parts.query, True))
    return f"{parts.netloc}{folder}?{'&'.join(names)}" if folder or names else url


def _is_procedure(anchor: Anchor, ways: frozenset[str]) -> bool:
    text = simple(anchor.text or anchor.title)
    if not _may_be(anchor, ways):
        return False
    if len(text.split()) < _LEAST_WORDS:
        return bool(CODE.search(anchor.text))
    if CODE.search(anchor.text):
        return True
    if not text.startswith(tuple(f"{word} " for word in _BEGINNINGS)):
        return False
    if _ADDRESS.search(_path(anchor.url)):
        return True
    return len(text.split()) >= 4 and not text.startswith(tuple(f"{word} " for word in _NEWS))


def _may_be(anchor: Anchor, ways: frozenset[str]) -> bool:
    """Not part of a menu, no file, and not one of the other ways of a service portal."""
    text = simple(anchor.text or anchor.title)
    if anchor.place in {"header", "nav", "footer"} or len(anchor.text) > _MOST_LETTERS:
        return False
    if is_document(anchor.url) or is_media(anchor.url) or len(text) < 8:
        return False
    return text not in ways and not f"{text} ".startswith(tuple(f"{word} " for word in _OTHERS))


def _path(url: str) -> str:
    parts = urlsplit(url)
    return unquote(f"{parts.path}?{parts.query}")[:500]


def form_links(document: Document) -> list[Anchor]:
    """The forms to download that a procedure offers, editable ones first, each address once."""
    files = [a for a in document.anchors if is_document(a.url)]
    named = [n.anchor for n in candidates(document, "form") if n.score >= 0.7]
    found = {a.url: a for a in files if a.place not in {"header", "nav", "footer"}}
    if not found:
        found = {a.url: a for a in named if a.place not in {"header", "nav", "footer"}}
    return sorted(found.values(), key=lambda a: extension(a.url) == ".pdf")


def apply_address(document: Document) -> str:
    """Where a button in place of a link leads: a GET form of hidden fields named for applying."""
    names = frozenset(simple(name) for name in namings()["apply"].names)
    return next((url for form in document.forms if (url := _bare_form(form, names))), "")


def _bare_form(form: Form, names: frozenset[str]) -> str:
    """The address that a GET form of hidden fields asks, if its button is named for applying."""
    buttons = [f for f in form.fields if f.kind in {"submit", "button"}]
    hidden = [f for f in form.fields if f.kind == "hidden"]
    named = any(simple(f.label or f.value) in names for f in buttons)
    if form.method != "get" or not named or len(hidden) + len(buttons) != len(form.fields):
        return ""
    fixed = tuple((f.name, f.value) for f in hidden if f.name)
    if not fixed:
        return form.action
    *rest, (name, value) = fixed
    return SearchBox("get", form.action, name, tuple(rest)).url(value)
