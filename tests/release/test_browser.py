"""The site in a browser, opened from the file system."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from chiso.release import Site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
KINDS = {
    "front": "vi/index.html",
    "ranking": "en/ranking/ministry-2019.html",
    "body": "vi/body/bac-kan.html",
    "pillar": "en/pillar/portal.html",
    "criterion": "vi/criterion/documents_digital.html",
    "method": "en/method.html",
    "data": "vi/data.html",
    "about": "en/about.html",
}

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on this machine: the site was not looked at in a browser"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def visit(page: Page, site: Site, path: str) -> list[str]:
    """Open a page; what the console said and what was asked of others is gathered."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "data:")) else heard.append(request.url)
        ),
    )
    page.goto((site.folder / path).as_uri())
    return heard


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")


def violations(page: Page) -> list[str]:
    found: Any = Axe().run(page).response["violations"]
    return [f"{v['id']}: {[node['html'][:120] for node in v['nodes'][:3]]}" for v in found]


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_to_mend(page: Page, real_site: Site, kind: str) -> None:
    assert visit(page, real_site, KINDS[kind]) == []
    unfold(page)
    assert violations(page) == []


def test_axe_finds_nothing_to_mend_on_a_computed_body_in_the_dark(
    browser: Browser, small_site: Site
) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    assert visit(page, small_site, "en/body/dong.html") == []
    unfold(page)
    assert violations(page) == []
    context.close()


COMPUTED = {
    "front": "en/index.html",
    "ranking": "vi/ranking/agency-2019.html",
    "body": "vi/body/bao-hiem-xa-hoi-viet-nam.html",
    "pillar": "vi/pillar/portal.html",
    "criterion": "en/criterion/documents_digital.html",
}
PHONE_PAGES = [("real_site", path) for path in KINDS.values()]
PHONE_PAGES += [("seeded_site", path) for path in COMPUTED.values()]


@pytest.mark.parametrize(("name", "path"), PHONE_PAGES)
def test_no_page_scrolls_sideways_on_a_small_phone(
    browser: Browser, request: pytest.FixtureRequest, name: str, path: str
) -> None:
    site: Site = request.getfixturevalue(name)
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    visit(page, site, path)
    unfold(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320
    context.close()


def first_names(page: Page) -> list[str]:
    rows = page.locator("#ranking tbody tr:not([hidden]) th a")
    return rows.all_inner_texts()


def test_names_sort_in_vietnamese_order_and_say_so(page: Page, real_site: Site) -> None:
    visit(page, real_site, "vi/ranking/province-2019.html")
    header = page.locator("#ranking thead th").nth(1)
    header.get_by_role("button").click()
    names = first_names(page)
    assert names[:2] == ["An Giang", "Bà Rịa - Vũng Tàu"]
    assert names.index("Cao Bằng") < names.index("Đà Nẵng") < names.index("Gia Lai")
    assert header.get_attribute("aria-sort") == "ascending"
    header.get_by_role("button").click()
    assert first_names(page)[0] == "Yên Bái"
    assert header.get_attribute("aria-sort") == "descending"


def test_unknown_ranks_stay_last_whichever_way_the_table_is_sorted(
    page: Page, real_site: Site
) -> None:
    visit(page, real_site, "vi/ranking/province-2019.html")
    button = page.locator("#ranking th").first.get_by_role("button")
    button.click()
    assert first_names(page)[0] == "Bắc Ninh"  # 17, the lowest known
    button.click()
    assert first_names(page)[0] == "Thừa Thiên Huế"


def test_sorting_works_from_the_keyboard(page: Page, real_site: Site) -> None:
    visit(page, real_site, "en/ranking/ministry-2019.html")
    page.locator("#ranking th", has_text="Score").get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert first_names(page)[0] == "Ministry of Construction"


@pytest.mark.parametrize("typed", ["bac kan", "BẮC KẠN", "Bắc Cạn"])
def test_search_does_not_ask_for_accents_and_knows_aliases(
    page: Page, real_site: Site, typed: str
) -> None:
    visit(page, real_site, "vi/ranking/province-2019.html")
    page.get_by_label("Tìm cơ quan").fill(typed)
    assert first_names(page) == ["Bắc Kạn"]
    assert "1" in page.locator("output").inner_text()


def test_search_says_when_nothing_matches(page: Page, real_site: Site) -> None:
    visit(page, real_site, "en/ranking/province-2019.html")
    page.get_by_label("Find a body").fill("atlantis")
    assert first_names(page) == []
    assert page.locator("output").inner_text() == "No body matches."


def test_everything_can_be_read_without_scripts(browser: Browser, real_site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    visit(page, real_site, "vi/ranking/province-2019.html")
    assert page.locator("#ranking tbody tr").count() == 63
    assert page.get_by_label("Tìm cơ quan").is_hidden()
    assert page.get_by_role("link", name="2018").is_visible()
    context.close()


def test_a_tile_of_the_map_leads_to_its_body(page: Page, real_site: Site) -> None:
    visit(page, real_site, "index.html")
    page.get_by_role("link", name="Bắc Kạn: hạng 16/63, điểm 0,7699").click()
    assert page.locator("h1").inner_text() == "Bắc Kạn"


def test_targets_are_large_enough_for_a_finger(browser: Browser, real_site: Site) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    visit(page, real_site, "vi/ranking/province-2019.html")
    for selector in ("header nav a", ".pick a", ".sort", ".find input"):
        for box in page.locator(selector).all():
            size = box.bounding_box()
            assert size is not None
            assert size["height"] >= 44, selector
    context.close()
