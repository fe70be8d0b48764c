"""Commands on a round: explain, article, compare."""

import pytest


def test_explain_ends_at_the_source_of_a_published_figure(chiso, example):
    result = chiso("explain", example, "Tỉnh Bắc Kạn")
    assert result.code == 0
    assert "0,7699" in result.out
    assert "ict.backan.gov.vn" in result.out
    assert "chưa có số liệu" in result.out  # the pillar that was not published


def test_explain_shows_a_pillar_by_its_id(chiso, example):
    result = chiso("explain", example, "bac-kan", "portal", "--lang", "en")
    assert "rank 42/63" in result.out


def test_the_ties_of_2017_are_shown_as_published(chiso, example):
    for body in ("Thanh Hóa", "Bà Rịa - Vũng Tàu"):
        assert "17/63" in chiso("explain", example, body, "--year", "2017").out
    assert "19/63" in chiso("explain", example, "Phú Thọ", "--year", "2017").out


def test_an_unknown_body_lists_candidates(chiso, example):
    result = chiso("explain", example, "Bac Kanh")
    assert result.code == 2
    assert "Bắc Kạn (bac-kan)" in result.err


def test_an_unknown_criterion_lists_what_there_is(chiso, example):
    result = chiso("explain", example, "bac-kan", "nothing")
    assert result.code == 2
    assert "infrastructure" in result.err


@pytest.mark.parametrize(("lang", "told"), [("vi", "thứ 16/63"), ("en", "ranks 16/63")])
def test_the_article_is_printed_in_both_languages(chiso, example, lang, told):
    assert told in chiso("article", example, "bac kan", "--lang", lang).out


def test_the_article_can_be_written_to_a_file_with_its_trace(chiso, example, tmp_path):
    path = tmp_path / "article.txt"
    assert chiso("article", example, "bac-kan", "--trace", "--out", path).code == 0
    assert "← 2019/province/bac-kan/overall.rank" in path.read_text()


def test_compare_tells_changes_gaps_halves_and_peers(chiso, example):
    out = chiso("compare", example, "bac-kan", "--lang", "en").out
    assert "26/63 (0.662) → 16/63 (0.7699), ▲ 10 places, +0.1079" in out
    assert "2018: 0.209 (Da Nang, 0.871)" in out
    assert "Human resources for IT application: lower" in out
    assert "only published results are known" in out


def test_compare_takes_any_earlier_year(chiso, example):
    out = chiso("compare", example, "bac-kan", "--before", "2017", "--lang", "en").out
    assert "13/63 (0.651) → 16/63 (0.7699), ▼ 3 places" in out


def test_a_year_without_results_names_those_that_have_some(chiso, example):
    result = chiso("article", example, "bac-kan", "--year", "2012")
    assert result.code == 2
    assert "2017, 2018, 2019" in result.err


def test_a_folder_without_a_round_is_a_clear_error(chiso, tmp_path):
    result = chiso("run", tmp_path)
    assert result.code == 2
    assert "round.yaml" in result.err
    assert list(tmp_path.iterdir()) == []
