"""What a machine can tell of accessibility: axe's rules, languages, images, headings."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.checks.judging.asking import ask, level, said

from chiso.checks.artifacts import AxeResult, AxeRule, Rendered
from chiso.checks.judging.accessibility import guess_language, rule_titles
from chiso.checks.judging.registry import declarations
from chiso.checks.states import CheckState

NOON = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)
ROOT = "https://portal.gov.vn/"
VIETNAMESE = (
    "Ủy ban nhân dân tỉnh ban hành kế hoạch ứng dụng công nghệ thông tin trong hoạt động của các "
    "cơ quan nhà nước, bảo đảm người dân và doanh nghiệp được phục vụ thuận tiện hơn. "
) * 3
ENGLISH = (
    "The provincial people's committee has issued a plan for the use of information technology in "
    "the work of state bodies, so that citizens and businesses are served in a better way. "
) * 3
FRENCH = (
    "Le comité populaire de la province a adopté un plan pour l'utilisation des technologies de "
    "l'information dans les organismes de l'État, afin que les citoyens soient mieux servis. "
) * 3
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
SHORT = "một dòng ngắn của trang này"
IMPACTS = st.sampled_from(["minor", "moderate", "serious", "critical"])
IDS = st.sampled_from(["image-alt", "label", "link-name", "color-contrast", "list"])


def page(text: str, lang: str = "", title: str = "Cổng", more: str = "") -> str:
    given = f" lang='{lang}'" if lang else ""
    return (
        f"<html{given}><head><title>{title}</title></head><body><h1>{title}</h1>{more}"
        f"<p>{text}</p></body></html>"
    )


@pytest.fixture
def rendered(keep: Callable[[str], str]) -> Callable[..., Rendered]:
    """`rendered(path, html, **changes)`: a page of the portal in a browser."""

    def run(path: str = "", html: str = "", **changes: Any) -> Rendered:
        known: dict[str, Any] = {
            "role": "sample" if path else "home", "url": ROOT + path, "at": NOON, "status": 200,
            "body": keep(html or page(VIETNAMESE, "vi")), "language": "vi",
        }  # fmt: skip
        return Rendered(**known | changes)

    return run


# ── AX-01 ──


def rule(identifier: str, impact: str = "serious", tag: str = "wcag2a") -> AxeRule:
    return AxeRule(
        id=identifier, impact=impact, help="help text", tags=(tag,), nodes=2, selectors=("#x",)
    )


def axe(*rules: AxeRule, passes: int = 30, incomplete: int = 0) -> AxeResult:
    return AxeResult(version="4.12.1", violations=rules, passes=passes, incomplete=incomplete)


def test_a_portal_without_violations_passes(make_case: Any, rendered: Any) -> None:
    assert said("AX-01", make_case(rendered=(rendered(axe=axe()),))) == "pass"


def test_the_level_is_the_weighted_share_of_rules_that_hold(make_case: Any, rendered: Any) -> None:
    result = axe(rule("image-alt", "critical"), rule("list", "serious"), passes=19)
    verdict = ask("AX-01", make_case(rendered=(rendered(axe=result),)))
    assert verdict.level == pytest.approx(1 - 17 / (17 + 19 * 7))
    assert "Images lack alternative text" in verdict.seen.en
    assert "Hình ảnh thiếu văn bản thay thế" in verdict.seen.vi
    assert verdict.seen.en.index("Images lack") < verdict.seen.en.index("Lists hold")


def test_a_fault_of_a_template_counts_once_over_all_pages(make_case: Any, rendered: Any) -> None:
    one = (rendered(axe=axe(rule("label"))),)
    many = tuple(rendered(f"p{n}", axe=axe(rule("label"))) for n in range(8))
    assert level("AX-01", make_case(rendered=one)) == level("AX-01", make_case(rendered=many))


def test_what_axe_leaves_open_is_never_a_failure(make_case: Any, rendered: Any) -> None:
    assert said("AX-01", make_case(rendered=(rendered(axe=axe(incomplete=40)),))) == "pass"


def test_best_practices_and_newer_criteria_are_not_counted(make_case: Any, rendered: Any) -> None:
    result = axe(rule("region", tag="best-practice"), rule("target-size", tag="wcag22aa"))
    assert said("AX-01", make_case(rendered=(rendered(axe=result),))) == "pass"


def test_a_challenge_page_is_skipped(make_case: Any, rendered: Any) -> None:
    wall = "<html><head><title>Just a moment...</title></head><body>x</body></html>"
    bad = rendered("a", wall, axe=axe(rule("html-has-lang")))
    assert said("AX-01", make_case(rendered=(rendered(axe=axe()), bad))) == "pass"
    assert said("AX-01", make_case(rendered=(bad,))) == "not_measured"


def test_without_a_browser_accessibility_is_not_measured(make_case: Any, rendered: Any) -> None:
    assert said("AX-01", make_case()) == "not_measured"
    assert said("AX-01", make_case(rendered=(rendered(),))) == "not_measured"
    blank = axe(passes=0)
    assert said("AX-01", make_case(rendered=(rendered(axe=blank),))) == "not_measured"


def test_a_rule_without_a_translation_shows_its_id_and_the_english_help(
    make_case: Any, rendered: Any
) -> None:
    result = axe(rule("rule-of-tomorrow"))
    verdict = ask("AX-01", make_case(rendered=(rendered(axe=result),)))
    assert "rule-of-tomorrow: help text" in verdict.seen.vi


def test_rule_titles_stand_in_both_languages() -> None:
    titles = rule_titles()
    assert len(titles) >= 60
    for identifier, text in titles.items():
        assert not text.missing(), identifier
        assert unicodedata.is_normalized("NFC", text.vi)
        assert text.vi != text.en


@shared
@given(
    broken=st.dictionaries(IDS, IMPACTS, max_size=5), gone=IDS, worse=IMPACTS,
    passes=st.integers(0, 60),
)  # fmt: skip
def test_mending_a_rule_never_lowers_the_level(
    make_case: Any, rendered: Any, broken: dict[str, str], gone: str, worse: str, passes: int
) -> None:
    def of(rules: dict[str, str], held: int) -> float:
        result = axe(*(rule(key, impact) for key, impact in rules.items()), passes=held)
        found = level("AX-01", make_case(rendered=(rendered(axe=result),)))
        return 1.0 if found is None else found  # nothing at all to test

    with_it = broken | {gone: worse}
    without_it = {key: impact for key, impact in broken.items() if key != gone}
    assert of(without_it, passes + 1) >= of(with_it, passes)


# ── AX-02 ──


def test_vietnamese_and_english_are_told_apart_and_nothing_else_is_guessed() -> None:
    figures = declarations()["AX-02"].figures
    assert guess_language(VIETNAMESE, figures) == "vi"
    assert guess_language(unicodedata.normalize("NFD", VIETNAMESE), figures) == "vi"
    assert guess_language(VIETNAMESE.upper(), figures) == "vi"
    assert guess_language(ENGLISH, figures) == "en"
    assert guess_language(FRENCH, figures) == ""
    assert guess_language("Tin tức", figures) == ""
    assert guess_language("0123456789 " * 300, figures) == ""
    assert guess_language("Uy ban nhan dan tinh ban hanh ke hoach " * 20, figures) == ""


@given(text=st.text(max_size=400))
def test_no_text_brings_the_guess_down(text: str) -> None:
    assert guess_language(text, declarations()["AX-02"].figures) in {"vi", "en", ""}


@pytest.mark.parametrize(
    ("lang", "text", "state"),
    [
        ("vi", VIETNAMESE, "pass"), ("vi-VN", VIETNAMESE, "pass"), ("VI_vn", VIETNAMESE, "pass"),
        ("en", VIETNAMESE, "fail"), ("", VIETNAMESE, "fail"), ("vn", VIETNAMESE, "fail"),
        ("en", ENGLISH, "pass"), ("vi", SHORT, "pass"), ("en", SHORT, "pass"),
        ("xx", SHORT, "fail"), ("", SHORT, "fail"),
    ],
)  # fmt: skip
def test_the_declared_language_must_be_that_of_the_text(
    make_case: Any, lang: str, text: str, state: str
) -> None:
    assert said("AX-02", make_case(home=page(text, lang))) == state


def test_the_english_section_may_be_english(make_case: Any) -> None:
    pages = {"section:english": page(ENGLISH, "en"), "section:news": page(VIETNAMESE, "vi")}
    assert said("AX-02", make_case(pages, home=page(VIETNAMESE, "vi"))) == "pass"


def test_an_english_declaration_on_some_pages_lowers_the_share(make_case: Any) -> None:
    pages = {"section:news": page(VIETNAMESE, "en"), "contact": page(VIETNAMESE, "vi")}
    verdict = ask("AX-02", make_case(pages, home=page(VIETNAMESE, "vi")))
    assert verdict.level == pytest.approx(2 / 3)
    assert verdict.evidence[0].url.endswith("section/news")


def test_a_language_that_a_script_sets_counts(make_case: Any, rendered: Any) -> None:
    case = make_case(home=page(VIETNAMESE), rendered=(rendered(),))
    assert said("AX-02", case) == "pass"


def test_a_language_of_the_register_is_known(make_case: Any) -> None:
    home = page(SHORT, "km")
    assert said("AX-02", make_case(home=home)) == "fail"
    assert said("AX-02", make_case(home=home, site={"languages": ("vi", "km")})) == "pass"


def test_pages_of_another_host_are_told_of_that_host(make_case: Any, page_of: Any) -> None:
    other = page_of("service_portal", page(VIETNAMESE), "https://dichvucong.portal.gov.vn/")
    case = make_case([other], home=page(VIETNAMESE, "vi"))
    assert said("AX-02", case) == "pass"


@pytest.fixture
def page_of(request: pytest.FixtureRequest) -> Any:
    """The factory of pages, under a name that this file has not taken."""
    return request.getfixturevalue("page")


# ── AX-03 ──


def images(*tags: str) -> str:
    return page(VIETNAMESE, "vi", more="".join(tags))


@pytest.mark.parametrize(
    ("tag", "good"),
    [
        ("<img src='a.jpg' alt='Chủ tịch tỉnh tiếp dân'>", True),
        ("<img src='a.jpg' alt=''>", True),  # decoration
        ("<img src='a.jpg'>", False),
        ("<img src='a.jpg' role='presentation'>", True),
        ("<img src='a.jpg' alt='DSC_0123.JPG'>", False),
        ("<img src='a.jpg' alt='image 1'>", False),
        ("<img src='a.jpg' alt='20191125'>", False),
        ("<img src='a.jpg' title='Bản đồ hành chính'>", True),
        ("<a href='/x'><img src='a.jpg' alt=''></a>", False),
        ("<a href='/x'><img src='a.jpg' alt=''>Tin mới</a>", True),
        ("<a href='/x' aria-label='Trang chủ'><img src='a.jpg' alt=''></a>", True),
    ],
)
def test_an_alternative_text_must_be_of_use(make_case: Any, tag: str, good: bool) -> None:
    assert level("AX-03", make_case(home=images(tag))) == (1 if good else 0)


def test_an_image_of_the_template_counts_once(make_case: Any) -> None:
    logo = "<img src='/logo.png'>"
    pages = {f"sample:{n}": images(logo) for n in range(5)}
    home = images(logo, "<img src='/a.jpg' alt='Lễ hội'>")
    assert level("AX-03", make_case(pages, home=home)) == 0.5


def test_hidden_images_and_counting_pixels_are_left_out(make_case: Any) -> None:
    tags = (
        "<div aria-hidden='true'><img src='a.jpg'></div>", "<img src='b.gif' width=1 height=1>",
        "<img src='c.gif' hidden>",
    )  # fmt: skip
    assert said("AX-03", make_case(home=images(*tags))) == "not_applicable"


def test_thousands_of_images_in_one_link_take_no_time(make_case: Any) -> None:
    many = "<a href='/x'>" + "".join(f"<img src='{n}' alt=''>" for n in range(5_000)) + "</a>"
    begun = dt.datetime.now(dt.UTC)
    assert said("AX-03", make_case(home=images(many))) == "fail"
    assert (dt.datetime.now(dt.UTC) - begun).total_seconds() < 5


@shared
@given(
    alts=st.lists(st.sampled_from([None, "", "Lễ hội", "1.jpg"]), min_size=1, max_size=6),
    place=st.integers(0, 5),
)
def test_describing_one_more_image_never_lowers_the_level(
    make_case: Any, alts: list[str | None], place: int
) -> None:
    def of(given: list[str | None]) -> float:
        tags = [
            f"<img src='{n}.jpg'" + ("" if alt is None else f" alt='{alt}'") + ">"
            for n, alt in enumerate(given)
        ]
        found = level("AX-03", make_case(home=images(*tags)))
        assert found is not None
        return found

    better = list(alts)
    better[place % len(alts)] = "Đồng chí Chủ tịch phát biểu"
    assert of(better) >= of(alts)


# ── AX-07 ──


def test_headings_in_order_and_titles_of_their_own_pass(make_case: Any) -> None:
    pages = {"contact": page(VIETNAMESE, "vi", "Liên hệ", "<h2>Địa chỉ</h2><h3>Bản đồ</h3>")}
    assert said("AX-07", make_case(pages)) == "pass"


def test_skipped_levels_and_shared_titles_lower_the_level(make_case: Any) -> None:
    pages = {"contact": page(VIETNAMESE, "vi", "Liên hệ", "<h4>Địa chỉ</h4>")}
    assert level("AX-07", make_case(pages)) == 0.75
    same = {"contact": page(VIETNAMESE, "vi", "Cổng thông tin điện tử")}
    verdict = ask("AX-07", make_case(same))
    assert verdict.level == 0.5
    assert verdict.state is CheckState.PARTIAL


def test_without_a_page_nothing_is_said_of_headings(make_case: Any, chain: Any) -> None:
    case = make_case(home=chain(b"%PDF-1.4", headers={"Content-Type": "application/pdf"}))
    for identifier in ("AX-02", "AX-07"):
        assert said(identifier, case) == "not_measured"
