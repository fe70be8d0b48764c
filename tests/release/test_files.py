"""The folder as a whole: downloads, sameness, and nothing half written."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from chiso.index import load_index, parse_index, shipped_indexes
from chiso.index.rulebook import rulebook
from chiso.problems import InvalidInput
from chiso.release import Site, build_site
from chiso.release.formula import as_yaml
from chiso.release.render import Renderer


def table(site: Site, path: str) -> list[dict[str, str]]:
    with (site.folder / path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_equal_input_gives_equal_bytes(worlds: ModuleType, tmp_path: Path) -> None:
    sites = []
    for name in ("a", "b/c"):
        opened, history = worlds.small_world()
        sites.append(build_site(opened, history, tmp_path / name))
    assert digest(sites[0].folder) == digest(sites[1].folder)


def test_the_site_says_how_many_pages_it_has_and_where_to_begin(small_site: Site) -> None:
    assert small_site.pages == len(list(small_site.folder.rglob("*.html")))
    assert small_site.first.is_file()


def test_progress_is_told_to_its_end(worlds: ModuleType, tmp_path: Path) -> None:
    opened, history = worlds.small_world()
    told: dict[str, list[tuple[int, int]]] = {}
    build_site(
        opened,
        history,
        tmp_path / "s",
        lambda what, done, n: told.setdefault(what, []).append((done, n)),
    )
    for steps in told.values():
        assert [done for done, _ in steps] == list(range(1, steps[0][1] + 1))
    assert set(told) == {"tables", "pages"}


def test_an_error_leaves_the_old_site_as_it_was(
    worlds: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, history = worlds.small_world()
    folder = tmp_path / "site"
    build_site(opened, history, folder)
    before = digest(folder)

    def fail(*_: Any, **__: Any) -> str:
        raise OSError("disk full")

    monkeypatch.setattr(Renderer, "page", fail)
    with pytest.raises(OSError, match="disk full"):
        build_site(opened, history, folder)
    assert digest(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_new_build_replaces_the_old_one_as_a_whole(worlds: ModuleType, tmp_path: Path) -> None:
    opened, history = worlds.small_world()
    folder = tmp_path / "site"
    build_site(opened, history, folder)
    (folder / "vi/body/gone.html").write_text("old", encoding="utf-8")
    build_site(opened, history, folder)
    assert not (folder / "vi/body/gone.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_that_holds_something_else_is_never_replaced(
    worlds: ModuleType, tmp_path: Path
) -> None:
    opened, history = worlds.small_world()
    precious = tmp_path / "thesis.docx"
    precious.write_text("years of work", encoding="utf-8")
    with pytest.raises(InvalidInput, match="not a site of chiso"):
        build_site(opened, history, tmp_path)
    assert precious.read_text(encoding="utf-8") == "years of work"


def test_the_ranking_table_has_empty_cells_where_nothing_is_known(real_site: Site) -> None:
    lines = {line["body"]: line for line in table(real_site, "data/ranking-province-2019.csv")}
    assert len(lines) == 63
    assert lines["bac-kan"]["rank"] == "16"
    assert lines["bac-kan"]["score"] == "0.7699"
    assert lines["bac-kan"]["places_gained"] == "10"
    assert lines["bac-kan"]["online_services_rank"] == "8"
    assert lines["ca-mau"]["rank"] == lines["ca-mau"]["score"] == ""
    assert lines["quang-ninh"]["note"] == "named among the five highest; exact rank not stated"


def test_the_long_table_names_every_figure_with_key_origin_and_source(real_site: Site) -> None:
    lines = {line["key"]: line for line in table(real_site, "data/figures.csv")}
    own = lines["2018/province/bac-kan/portal"]
    assert (own["rank"], own["ranked"], own["origin"]) == ("55", "63", "published")
    assert own["source"] == "ict.backan.gov.vn, article updated 2020-11-10"


def test_every_table_says_first_whether_it_is_illustrative(
    small_site: Site, real_site: Site
) -> None:
    for site, said in ((small_site, "true"), (real_site, "false")):
        for path in (site.folder / "data").glob("*.csv"):
            lines = table(site, f"data/{path.name}")
            assert all(next(iter(line)) == "illustrative" for line in lines), path
            assert {line["illustrative"] for line in lines} <= {said}, path


def test_texts_that_would_run_in_a_spreadsheet_are_guarded(small_site: Site) -> None:
    names = [line["name_vi"] for line in table(small_site, "data/bodies.csv")]
    assert "'=HYPERLINK(0)" in names
    assert "=HYPERLINK(0)" not in names


def test_answers_are_given_as_they_were_told(small_site: Site) -> None:
    lines = {(line["body"], line["key"]): line for line in table(small_site, "data/answers.csv")}
    assert lines["dong", "computers.machines"]["value"] == "6"
    assert lines["an", "plan.level"]["value"] == "full"
    assert lines["dong", "plan.level"]["state"] == "not_applicable"
    assert lines["zim", "staff"]["value"] == ""
    assert lines["zim", "staff"]["state"] == "missing"


def test_every_pillar_criterion_and_body_has_its_table(small_site: Site) -> None:
    names = {path.name for path in (small_site.folder / "data").iterdir()}
    assert {"pillar-tools.csv", "criterion-plan.csv", "body-an.csv", "index.yaml"} <= names
    assert {"rulebook-vi.md", "rulebook-en.md"} <= names
    years = {line["year"] for line in table(small_site, "data/body-an.csv")}
    assert years == {"2020", "2021"}


@pytest.mark.parametrize("name", shipped_indexes())
def test_an_index_written_back_is_the_same_index(name: str) -> None:
    index = load_index(name)
    again = parse_index(as_yaml(index))
    assert rulebook(again, "vi") == rulebook(index, "vi")
    assert as_yaml(again) == as_yaml(index)


def test_the_index_stands_in_the_site_even_if_it_was_never_a_file(small_site: Site) -> None:
    text = (small_site.folder / "data/index.yaml").read_text(encoding="utf-8")
    assert parse_index(text).key == "small/1"
