"""What the technical checks share, and that their entries in the catalogue are complete."""

from __future__ import annotations

import datetime as dt
import re
import shlex
import unicodedata
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tests.checks.judging.asking import TECHNICAL, ask

from chiso.checks.artifacts import Rendered
from chiso.checks.judging import registry
from chiso.checks.judging.technical import (
    at_least,
    at_most,
    likeness,
    owner_name,
    percent,
    rendered_pages,
    say,
    shown,
)
from chiso.checks.reading.document import Document, parse_document
from chiso.checks.states import ErrorClass

NOON = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)
FAMILIES = ("AV", "TL", "DN", "HD", "ST", "MB", "PF", "AX")
IDS = sorted(key for key in registry.declarations() if key.startswith(FAMILIES))
TEXTS = ("title", "passed", "failed", "explanation", "fix", "not_tested")


def test_every_technical_check_of_the_design_is_declared() -> None:
    numbers = {
        "AV": range(1, 11), "TL": (1, 2, 3, 4, 6, 7), "DN": (1, 2, 3), "HD": range(1, 6),
        "ST": (1,), "MB": (1, 2, 3), "PF": range(1, 5), "AX": (1, 2, 3, 7),
    }  # fmt: skip
    assert [f"{f}-{n:02}" for f in sorted(numbers) for n in numbers[f]] == IDS


@pytest.mark.parametrize("identifier", IDS)
def test_an_entry_says_all_in_both_languages(identifier: str) -> None:
    declared = registry.declarations()[identifier]
    for text in (*(getattr(declared, name) for name in TEXTS), *declared.basis):
        assert not text.missing(), text
        assert unicodedata.is_normalized("NFC", text.vi)
        assert "{" not in text.vi + text.en


@pytest.mark.parametrize("identifier", IDS)
def test_the_command_of_an_entry_can_be_read_by_a_shell(identifier: str) -> None:
    command = registry.declarations()[identifier].reproduce
    filled = command.replace("'{url}'", "{url}").replace("{url}", "'https://a.vn/?x=1&y=2'")
    assert filled != command or "{host}" in command
    assert shlex.split(filled.replace("{host}", "a.vn"))
    assert "{{" not in command


@pytest.mark.parametrize("identifier", IDS)
def test_every_figure_of_an_entry_is_used(identifier: str) -> None:
    for name in TECHNICAL:
        import_module(f"chiso.checks.judging.{name}")
    module = import_module(registry._functions[identifier].__module__)
    assert module.__file__ is not None
    source = Path(module.__file__).read_text(encoding="utf-8")
    used = set(re.findall(r'figures\["(\w+)"\]', source))
    assert set(registry.declarations()[identifier].figures) <= used


def test_a_check_without_anything_to_look_at_never_fails(make_case: Any, chain: Any) -> None:
    bare = make_case(home=chain(error=ErrorClass.ENGINE))
    for identifier in IDS:
        assert ask(identifier, bare).state.value == "not_measured", identifier
    wall = make_case(home=chain("<html><body>no</body></html>", status=403))
    for identifier in IDS:
        assert ask(identifier, wall).state.value in {"not_measured", "blocked"}, identifier


def test_steps_are_read_from_first_to_last_and_end_at_nothing() -> None:
    assert [at_most(v, [[10, 1], [20, 0.5]]) for v in (10, 10.1, 21)] == [1, 0.5, 0]
    assert [at_least(v, [[0.9, 1], [0.5, 0.5]]) for v in (0.9, 0.89, 0.4)] == [1, 0.5, 0]


@pytest.mark.parametrize(
    ("host", "owner"),
    [
        ("bacson.gov.vn", "bacson.gov.vn"), ("a.b.bacson.gov.vn", "bacson.gov.vn"),
        ("www.example.com", "example.com"), ("localhost", "localhost"), ("", ""),
        ("gov.vn", "gov.vn"), ("xgov.vn", "xgov.vn"),
    ],
)  # fmt: skip
def test_the_owner_of_a_host_is_the_name_below_the_state_domain(host: str, owner: str) -> None:
    assert owner_name(host, ("gov.vn",)) == owner


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert percent(1).en == "100 %"
    assert percent(0.9999).en == "99 %"
    assert percent(0.99999, 2).vi == "99,99 %"
    assert percent(0.5).vi == "50 %"


def test_texts_of_a_portal_are_no_patterns() -> None:
    text = say("{a} và {n}", "{a} and {n}", a="{n} {0} %s", n=1.5)
    assert text.vi == "{n} {0} %s và 1,5"
    assert text.en == "{n} {0} %s and 1.5"
    assert shown(list("abcde")).en == "a, b, c and 2 more"


def document(text: str) -> Document | None:
    page = f"<html><body><p>{text}</p></body></html>"
    return parse_document(page.encode(), "https://a.gov.vn/", "text/html; charset=utf-8")


def test_pages_are_alike_by_their_words() -> None:
    one = document("Tin tức mới nhất của tỉnh ngày hôm nay")
    assert likeness(one, one) == 1
    assert likeness(one, document("Tin tức mới nhất của tỉnh hôm qua")) > 0.7  # type: ignore[operator]
    assert likeness(one, document("Welcome to the mail server")) == 0
    assert likeness(one, document("")) is None
    assert likeness(None, one) is None


def test_rendered_pages_are_real_pages_of_the_portal_each_once(
    make_case: Any, keep: Callable[[str], str]
) -> None:
    body = keep(
        "<html><head><title>Cổng</title></head><body>Trang của cổng thông tin</body></html>"
    )

    def seen(url: str, **changes: Any) -> Rendered:
        return Rendered(**{"role": "x", "url": url, "at": NOON, "body": body} | changes)

    kept = seen("https://portal.gov.vn/a")
    case = make_case(
        rendered=(
            kept, seen("https://portal.gov.vn/b", final_url="https://portal.gov.vn/a"),
            seen("https://portal.gov.vn/c", error=ErrorClass.RENDER_CRASH),
            seen("https://portal.gov.vn/d", profile="desktop"),
            seen("https://portal.gov.vn/e", status=404), seen("https://khac.gov.vn/"),
        )
    )  # fmt: skip
    assert [page for page, _ in rendered_pages(case)] == [kept]
