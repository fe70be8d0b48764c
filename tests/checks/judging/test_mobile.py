"""What a browser shows: the fit on a telephone, how quickly the page appears, mixed content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.checks.judging.asking import ask, level, said

from chiso.checks.artifacts import AxeResult, AxeRule, Rendered, Requested
from chiso.checks.states import CheckState, ErrorClass

NOON = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)
ROOT = "https://portal.gov.vn/"
FITS = "width=device-width, initial-scale=1"
BODY = (
    "<html lang='vi'><head><title>Cổng</title>{0}</head>"
    "<body><p>Trang của cổng thông tin.</p></body></html>"
)
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@pytest.fixture
def rendered(keep: Callable[[str], str]) -> Callable[..., Rendered]:
    """`rendered(path, head="", **changes)`: a page of the portal in a browser."""

    def run(path: str = "", head: str = "", *, html: str = "", **changes: Any) -> Rendered:
        known: dict[str, Any] = {
            "role": "sample" if path else "home", "url": ROOT + path, "at": NOON, "status": 200,
            "body": keep(html or BODY.format(head)), "viewport": FITS,
        }  # fmt: skip
        return Rendered(**known | changes)

    return run


# ── MB-01 ──


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (FITS, 1), ("width=device-width", 1), ("initial-scale=1.0", 1),
        ("WIDTH = Device-Width; maximum-scale=5", 1), ("width=device-width, user-scalable=yes", 1),
        ("width=device-width, user-scalable=no", 0), ("width=device-width, user-scalable=0", 0),
        ("width=device-width, maximum-scale=1.0", 0), ("width=device-width,maximum-scale=x", 1),
        ("width=1024", 0), ("", 0), (None, 0),
    ],
)  # fmt: skip
def test_the_page_must_follow_the_screen_and_may_be_enlarged(
    make_case: Any, rendered: Any, content: str | None, expected: float
) -> None:
    assert level("MB-01", make_case(rendered=(rendered(viewport=content),))) == expected


def test_a_tag_that_a_script_put_in_counts(make_case: Any, rendered: Any) -> None:
    assert said("MB-01", make_case()) == "fail"
    assert said("MB-01", make_case(rendered=(rendered(),))) == "pass"


def test_the_page_as_sent_is_read_where_no_browser_was_there(make_case: Any) -> None:
    tag = f"<meta name='viewport' content='{FITS}'>"
    assert said("MB-01", make_case(home=BODY.format(tag))) == "pass"


def test_walls_are_blocked_and_errors_not_measured(make_case: Any, chain: Any) -> None:
    assert said("MB-01", make_case(home=chain(status=403))) == "blocked"
    assert said("MB-01", make_case(home=chain(error=ErrorClass.CONN_RESET))) == "not_measured"


@shared
@given(content=st.text(max_size=100))
@example("maximum-scale=" * 200)
@example("maximum-scale=-")
@example("maximum-scale=.")
def test_no_viewport_brings_the_check_down(make_case: Any, rendered: Any, content: str) -> None:
    assert ask("MB-01", make_case(rendered=(rendered(viewport=content),))).level in {0, 1}


# ── MB-02, MB-03 ──


def test_the_share_of_pages_that_fit_is_the_level(make_case: Any, rendered: Any) -> None:
    pages = (
        rendered(widths={320: 320, 360: 360}), rendered("a", widths={320: 328}),
        rendered("b", widths={320: 900}, wide=("table.rong",)), rendered("c", widths={320: 300}),
    )  # fmt: skip
    verdict = ask("MB-02", make_case(rendered=pages))
    assert verdict.level == 0.75
    assert any(item.value == "table.rong" for item in verdict.evidence)


def test_a_page_that_was_not_rendered_has_no_width(make_case: Any, rendered: Any) -> None:
    crashed = rendered(error=ErrorClass.RENDER_CRASH, widths={320: 900})
    for pages in ((), (crashed,), (rendered(),)):
        assert said("MB-02", make_case(rendered=pages)) == "not_measured"


def test_walls_and_pages_of_others_are_not_counted(make_case: Any, rendered: Any) -> None:
    wall = "<html><head><title>Just a moment...</title></head><body>x</body></html>"
    pages = (
        rendered(widths={320: 320}), rendered("a", html=wall, widths={320: 900}),
        rendered(url="https://dichvucong.khac.gov.vn/", widths={320: 900}),
        rendered("b", status=404, widths={320: 900}),
    )  # fmt: skip
    verdict = ask("MB-02", make_case(rendered=pages))
    assert verdict.state is CheckState.PASS
    assert "1 of 1" in verdict.seen.en


def small(*ids: str) -> AxeResult:
    rules = tuple(
        AxeRule(id=one, impact="serious", help="", tags=("wcag22aa",), selectors=("a.nho",))
        for one in ids
    )
    return AxeResult(version="4.12.1", violations=rules, passes=30)


def test_touch_targets_are_told_for_information(make_case: Any, rendered: Any) -> None:
    pages = (rendered(axe=small("target-size")), rendered("a", axe=small("label")))
    verdict = ask("MB-03", make_case(rendered=pages))
    assert verdict.level == 0.5
    assert verdict.evidence[0].value == "a.nho"
    assert said("MB-03", make_case(rendered=(rendered(),))) == "not_measured"


# ── PF ──


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ((2_400.0, 2_500.0, 9_000.0), 1), ((2_600.0, 2_600.0, 100.0), 0.5),
        ((4_001.0, 4_001.0, 4_001.0), 0),
    ],
)  # fmt: skip
def test_the_median_of_the_runs_decides_how_quickly_the_page_appears(
    make_case: Any, rendered: Any, runs: tuple[float, ...], expected: float
) -> None:
    assert level("PF-01", make_case(rendered=(rendered(lcp=runs),))) == expected


def test_the_median_shift_decides_how_still_the_layout_is(make_case: Any, rendered: Any) -> None:
    for runs, expected in (((0.1, 0.1, 0.9), 1), ((0.2, 0.2, 0.2), 0.5), ((0.3, 0.3, 0.0), 0)):
        assert level("PF-02", make_case(rendered=(rendered(cls=runs),))) == expected


@pytest.mark.parametrize("identifier", ["PF-01", "PF-02"])
def test_fewer_than_three_runs_are_not_measured(
    make_case: Any, rendered: Any, identifier: str
) -> None:
    for runs in ((), (1.0,), (1.0, 1.0)):
        case = make_case(rendered=(rendered(lcp=runs, cls=runs),))
        assert said(identifier, case) == "not_measured"
    assert said(identifier, make_case()) == "not_measured"


@shared
@given(
    runs=st.lists(st.floats(0, 20_000), min_size=3, max_size=7), cut=st.floats(0, 1),
    share=st.floats(0, 1),
)  # fmt: skip
def test_a_quicker_and_stiller_page_never_has_a_lower_level(
    make_case: Any, rendered: Any, runs: list[float], cut: float, share: float
) -> None:
    def both(values: list[float]) -> tuple[float, float]:
        page = rendered(lcp=tuple(values), cls=tuple(value * share / 20_000 for value in values))
        case = make_case(rendered=(page,))
        lcp, cls = level("PF-01", case), level("PF-02", case)
        assert lcp is not None
        assert cls is not None
        return lcp, cls

    slow, quick = both(runs), both([value * cut for value in runs])
    assert quick[0] >= slow[0]
    assert quick[1] >= slow[1]


def test_size_and_script_errors_are_told_for_information(make_case: Any, rendered: Any) -> None:
    light = rendered(transfer=900_000, console=("net::ERR_BLOCKED_BY_CLIENT for /dem.js",))
    assert said("PF-03", make_case(rendered=(light,))) == "pass"
    assert said("PF-04", make_case(rendered=(light,))) == "pass"
    heavy = rendered(transfer=9_000_000, console=("TypeError: x is undefined",) * 5)
    assert said("PF-03", make_case(rendered=(heavy,))) == "fail"
    assert said("PF-04", make_case(rendered=(heavy,))) == "fail"
    for identifier in ("PF-03", "PF-04"):
        assert said(identifier, make_case()) == "not_measured"
    assert said("PF-03", make_case(rendered=(rendered(),))) == "not_measured"


# ── TL-07 ──


def requested(url: str, kind: str = "image") -> Requested:
    return Requested(url=url, method="GET", kind=kind)


def test_pages_that_fetch_over_https_only_pass(make_case: Any, rendered: Any) -> None:
    asked = (requested(ROOT, "document"), requested(ROOT + "logo.png"))
    assert said("TL-07", make_case(rendered=(rendered(requests=asked),))) == "pass"


def test_own_resources_over_http_lower_the_share(make_case: Any, rendered: Any) -> None:
    bad = rendered("a", requests=(requested("http://anh.portal.gov.vn/1.png"),))
    verdict = ask("TL-07", make_case(rendered=(rendered(), bad)))
    assert verdict.level == 0.5
    assert "anh.portal.gov.vn" in verdict.evidence[0].value


def test_resources_of_others_over_http_are_told_but_not_counted(
    make_case: Any, rendered: Any
) -> None:
    page = rendered(requests=(requested("http://dem.example/1.gif"),))
    verdict = ask("TL-07", make_case(rendered=(page,)))
    assert verdict.state is CheckState.PASS
    assert "1 resources of others" in verdict.seen.en


def test_a_script_that_the_browser_would_block_is_read_from_the_page(
    make_case: Any, rendered: Any
) -> None:
    page = rendered(head="<script src='http://portal.gov.vn/dem.js'></script>")
    assert said("TL-07", make_case(rendered=(page,))) == "fail"
    link = rendered(head="<link rel='canonical' href='http://portal.gov.vn/'>")
    assert said("TL-07", make_case(rendered=(link,))) == "pass"


def test_the_redirect_of_the_page_itself_is_no_mixed_content(make_case: Any, rendered: Any) -> None:
    page = rendered(
        url="http://portal.gov.vn/", final_url=ROOT,
        requests=(requested("http://portal.gov.vn/", "document"), requested(ROOT, "document")),
    )  # fmt: skip
    assert said("TL-07", make_case(rendered=(page,))) == "pass"


def test_a_form_sent_over_http_fails(make_case: Any, rendered: Any) -> None:
    page = rendered(insecure_forms=("http://portal.gov.vn/gop-y",))
    assert said("TL-07", make_case(rendered=(page,))) == "fail"


def test_nothing_rendered_is_not_measured_and_plain_http_fails(
    make_case: Any, rendered: Any, chain: Any
) -> None:
    assert said("TL-07", make_case()) == "not_measured"
    plain = "http://portal.gov.vn/"
    case = make_case(home=chain(url=plain), rendered=(rendered(url=plain),))
    assert said("TL-07", case) == "fail"
    assert said("TL-07", make_case(home=chain(status=403))) == "blocked"
