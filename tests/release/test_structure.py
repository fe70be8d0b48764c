"""What every page of a site has, seen without a browser."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from chiso.release import Site

LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


@pytest.fixture(scope="session", params=["small_site", "real_site"])
def site(request: pytest.FixtureRequest) -> Site:
    return request.getfixturevalue(request.param)


def test_every_link_leads_to_a_page_or_file_of_the_site(site: Site, read: Any) -> None:
    broken, anchors = [], {}
    documents = dict(read.pages(site))
    for path, page in documents.items():
        anchors[path.resolve()] = {tag.attributes.get("id") for tag in page.tags}
    for path, page in documents.items():
        for tag in page.tags:
            target = tag.attributes.get("href") or tag.attributes.get("src") or ""
            if not target or target.startswith(("http://", "https://", "data:")):
                continue
            file, _, anchor = target.partition("#")
            found = (path.parent / unquote(file)).resolve() if file else path.resolve()
            if not found.is_file() or (anchor and anchor not in anchors[found]):
                broken.append((path.name, target))
    assert broken == []


def test_nothing_is_loaded_from_outside(site: Site, read: Any) -> None:
    for path, page in read.pages(site):
        for tag in page.tags:
            loaded = tag.attributes.get(LOADED.get(tag.name, ""), "") or ""
            assert not re.match(r"(https?:)?//", loaded), (path, loaded)
    style = (site.folder / "assets/site.css").read_text(encoding="utf-8")
    script = (site.folder / "assets/site.js").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style
    assert not re.search(r"https?:|fetch|XMLHttp|import\s", script)


def test_every_page_names_its_language_and_has_a_title_and_one_heading(
    site: Site, read: Any
) -> None:
    titles: dict[str, set[str]] = {"vi": set(), "en": set()}
    for path, page in read.pages(site):
        language = "en" if "en" in path.relative_to(site.folder).parts else "vi"
        assert page.named("html")[0].attributes["lang"] == language, path
        assert len(page.named("h1")) == 1, path
        assert len(page.named("title")) >= 1, path
        assert len(page.named("main")) == 1, path
        titles[language].add(str(path))
    assert len(titles["vi"]) == len(titles["en"]) + 1  # index.html at the root is Vietnamese


def test_headings_never_skip_a_level(site: Site, read: Any) -> None:
    for path, page in read.pages(site):
        levels = [int(tag.name[1]) for tag in page.tags if re.fullmatch(r"h[1-6]", tag.name)]
        assert levels[0] == 1, path
        assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), path


def test_ids_are_unique_on_every_page(site: Site, read: Any) -> None:
    for path, page in read.pages(site):
        ids = [tag.attributes["id"] for tag in page.tags if "id" in tag.attributes]
        assert len(ids) == len(set(ids)), path


def test_pages_carry_a_policy_and_no_inline_style_or_script(site: Site, read: Any) -> None:
    for path, page in read.pages(site):
        policy = [t for t in page.named("meta") if "http-equiv" in t.attributes]
        assert "default-src 'none'" in str(policy[0].attributes["content"]), path
        assert not page.named("style"), path
        code = [
            t for t in page.named("script") if t.attributes.get("type") != "application/ld+json"
        ]
        assert all(tag.attributes.get("src") for tag in code), path
        for tag in page.tags:
            assert "style" not in tag.attributes, (path, tag)
            assert not any(name.startswith("on") for name in tag.attributes), (path, tag)


def test_tables_have_a_caption_and_their_headers_a_scope(site: Site, read: Any) -> None:
    for path, page in read.pages(site):
        assert len(page.named("caption")) == len(page.named("table")), path
        assert all("scope" in tag.attributes for tag in page.named("th")), path


def test_every_page_exists_in_both_languages_and_links_to_the_other(site: Site, read: Any) -> None:
    for path in (site.folder / "vi").rglob("*.html"):
        other = site.folder / "en" / path.relative_to(site.folder / "vi")
        assert other.is_file()
        page = read.page(site, str(path.relative_to(site.folder)))
        switch = [t for t in page.named("a") if t.attributes.get("hreflang") == "en"]
        assert (path.parent / str(switch[0].attributes["href"])).resolve() == other.resolve()


def test_an_illustrative_site_says_so_on_every_page(small_site: Site, read: Any) -> None:
    for path, page in read.pages(small_site):
        said = "Illustrative data." if "en" in path.parts else "Số liệu minh họa."
        assert said in page.text, path


def test_a_real_site_does_not_call_itself_illustrative(real_site: Site, read: Any) -> None:
    page = read.page(real_site, "en/index.html")
    assert "Illustrative" not in page.text


def test_the_style_sheet_is_small(real_site: Site) -> None:
    assert (real_site.folder / "assets/site.css").stat().st_size < 30_000


def test_no_path_of_this_machine_stands_in_a_file(site: Site) -> None:
    places = [str(Path.home()), str(Path(__file__).parents[2]), str(site.folder.parent)]
    for path in site.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(p.encode() in content for p in places if len(p) > 5), path
