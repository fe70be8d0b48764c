"""What the pages say: real figures, gaps in words, derivations, marks."""

from __future__ import annotations

import html
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from chiso.release import Site, build_site


def source(site: Site, path: str) -> str:
    return (site.folder / path).read_text(encoding="utf-8")


def test_the_page_of_a_body_shows_rank_score_change_and_gap(real_site: Site, read: Any) -> None:
    page = read.page(real_site, "vi/body/bac-kan.html").text
    for said in ("16/63", "0,7699", "10 bậc", "0,1340", "sau Thừa Thiên Huế"):
        assert said in page
    english = read.page(real_site, "en/body/bac-kan.html").text
    for said in ("16/63", "0.7699", "10 places", "0.1340", "behind Thua Thien Hue"):
        assert said in english


def test_the_page_of_a_body_answers_in_order(real_site: Site, read: Any) -> None:
    page = read.page(real_site, "en/body/bac-kan.html").text
    questions = ["Where it stands", "What changed", "Why", "How sure it is", "What comes next"]
    places = [page.index(question) for question in questions]
    assert places == sorted(places)


def test_unknown_figures_stand_in_words_and_are_never_zero(real_site: Site, read: Any) -> None:
    page = read.page(real_site, "vi/body/ca-mau.html").text
    assert "chưa có số liệu" in page
    assert "0,0000" not in page
    assert "None" not in page
    assert "nan" not in page.split()
    ranking = read.page(real_site, "en/ranking/province-2019.html").text
    assert "the ranks of 5 and the scores of 2 are known" in ranking
    assert "named among the five highest; exact rank not stated" in ranking


def test_no_page_shows_a_python_value(real_site: Site, small_site: Site, read: Any) -> None:
    for site in (real_site, small_site):
        for path, page in read.pages(site):
            for wrong in ("None", "nan", "Undefined", "Text("):
                assert wrong not in page.text.split(), (path, wrong)


def test_published_figures_keep_their_decimals_and_name_their_source(
    real_site: Site, read: Any
) -> None:
    page = read.page(real_site, "en/body/bac-kan.html")
    assert "0.662" in page.text
    assert "0.6620" not in page.text
    assert "ict.backan.gov.vn, article updated 2020-11-10" in page.text
    links = [t.attributes.get("href") for t in page.named("a") if t.attributes.get("rel")]
    assert (
        "http://www.vinhphuc.gov.vn/ct/cms/thongbao/Lists/ThongBao/View_detail.aspx?ItemID=1504"
        in links
    )


def test_the_change_that_cannot_be_split_says_why(real_site: Site, read: Any) -> None:
    page = read.page(real_site, "en/body/bac-kan.html").text
    assert "It cannot be split: 2018 or this year has published results only" in page


def test_sentences_of_the_article_carry_the_keys_of_their_figures(
    real_site: Site, read: Any
) -> None:
    page = read.page(real_site, "vi/body/bac-kan.html")
    keys = [t.attributes["data-keys"] for t in page.tags if "data-keys" in t.attributes]
    assert any("2019/province/bac-kan/overall.rank" in str(k) for k in keys)
    assert "2019/province/bac-kan/overall.rank = 16/63" in page.text


def test_unknown_provinces_are_hatched_on_the_map_and_known_ones_are_not(
    real_site: Site, read: Any
) -> None:
    page = read.page(real_site, "vi/index.html")
    tiles = [t for t in page.named("a") if "tile" in str(t.attributes.get("class"))]
    assert len(tiles) == 63
    bands = {str(t.attributes["href"]): str(t.attributes["class"]) for t in tiles}
    assert bands["../vi/body/bac-kan.html"].endswith("band-2")
    assert sum("band-0" in band for band in bands.values()) == 58
    assert "chưa có số liệu" in page.text


def test_a_computed_page_unfolds_down_to_the_input(small_site: Site, read: Any) -> None:
    page = read.page(small_site, "en/body/dong.html").text
    for said in (
        "“Machines” ÷ “Staff” (0 to 1) × 40 points",
        "Machines: 6 machines",
        "form.xlsx Sheet!B2",
        "the share of “Desks” with “online”",
        "Desks: 2 rows",
        "Online check",
        "not applicable",
    ):
        assert said in page


def test_rulings_and_evidence_stand_in_the_derivation(small_site: Site, read: Any) -> None:
    page = read.page(small_site, "en/body/an.html")
    assert "corrected, 12 points" in page.text
    assert "Ông A, 2021-06-01" in page.text
    links = {t.attributes.get("href") for t in page.named("a")}
    assert "https://example.org/list.pdf" in links


def test_provisional_results_say_how_much_is_open(small_site: Site, read: Any) -> None:
    page = read.page(small_site, "en/body/formula.html").text
    assert "Provisional: criteria not yet measured or pending: 1." in page


def test_a_merged_body_says_whose_figures_stand_for_it(
    worlds: ModuleType, tmp_path: Path, read: Any
) -> None:
    opened, history = worlds.merged_world()
    site = build_site(opened, history, tmp_path / "site")
    page = read.page(site, "en/body/joined.html").text
    assert "Formed on 1 January 2021 from: Thị trấn An and Thị trấn Đông." in page
    assert "the mean of Thị trấn An and Thị trấn Đông before the merger" in page
    assert "The index has changed since 2020" in page
    before = read.page(site, "vi/body/an.html").text
    assert "Từ ngày 01/01/2021 thuộc: Thị trấn Hợp." in before
    assert "The ranks of" not in read.page(site, "vi/ranking/town-2021.html").text


def test_a_node_of_an_earlier_index_is_named_without_a_page(
    worlds: ModuleType, tmp_path: Path, read: Any
) -> None:
    opened, history = worlds.merged_world()
    site = build_site(opened, history, tmp_path / "site")
    page = read.page(site, "en/ranking/town-2020.html")
    assert "Old tools" in page.text
    assert not any("old_tools" in str(t.attributes.get("href")) for t in page.named("a"))


def test_reconstructed_nodes_carry_a_word(small_site: Site, read: Any) -> None:
    assert "dựng lại" in read.page(small_site, "vi/criterion/desks_online.html").text
    assert "reconstructed" in read.page(small_site, "en/pillar/people.html").text
    assert "reconstructed" in read.page(small_site, "en/method.html").text
    assert "dựng lại" not in read.page(small_site, "vi/criterion/computers.html").text


def test_ties_are_marked_and_share_their_rank(worlds: ModuleType, tmp_path: Path) -> None:
    opened, history = worlds.small_world()
    site = build_site(opened, history, tmp_path / "site")
    page = source(site, "en/criterion/desks_online.html")
    assert page.count("1/5 (tied)") == 8  # four towns in each of two years


def test_a_criterion_shows_rule_formula_example_and_evidence(small_site: Site, read: Any) -> None:
    page = read.page(small_site, "vi/criterion/computers.html").text
    for said in (
        "“Số máy” ÷ “Số người” (từ 0 đến 1) × 40 điểm",
        "share: machines / staff",
        "Số máy = 5; Số người = 10 → 20 điểm",
        "Danh sách (bắt buộc)",
    ):
        assert said in page


def test_the_method_page_comes_from_the_index(small_site: Site, read: Any) -> None:
    page = read.page(small_site, "en/method.html").text
    for said in (
        "2 pillars, 4 criteria.",
        "Ranks are taken from unrounded scores.",
        "Scores are shown with 4 decimals",
        "not measured",
        "01/2020/QĐ-X <b>",
    ):
        assert said in page


def test_hostile_texts_are_shown_and_never_run(worlds: ModuleType, small_site: Site) -> None:
    for path in small_site.folder.rglob("*.html"):
        content = path.read_text(encoding="utf-8")
        assert "<script>alert" not in content, path
        assert 'href="javascript:' not in content, path
    page = source(small_site, "vi/body/hostile.html")
    assert html.escape("<script>") in page


@pytest.mark.parametrize("name", ["../../evil", "a b", "con/aux", "..", "", "x" * 300, "ù"])
def test_names_from_files_cannot_leave_the_folder(name: str) -> None:
    from chiso.release.edition import file_name

    safe = file_name(name)
    assert safe
    assert len(safe) <= 100
    assert not set(safe) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
    assert not safe.startswith(".")
