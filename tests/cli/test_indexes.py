"""Commands on indexes: lint, rulebook, new."""

import pytest

from chiso.index import load_index, shipped_indexes
from chiso.index.lint import lint_index


@pytest.mark.parametrize("key", shipped_indexes())
def test_the_shipped_indexes_pass_their_checks(chiso, key):
    result = chiso("lint", key)
    assert result.code == 0
    assert "worked examples hold" in result.out


def test_a_broken_index_is_told_by_file_line_and_criterion(chiso, tmp_path):
    path = tmp_path / "broken.yaml"
    chiso("new", "index", path)
    text = path.read_text().replace("computers / staff", "computers / people")
    path.write_text(text.replace("points: 18", "points: 17"))
    result = chiso("lint", path)
    assert result.code == 2
    line = text.splitlines().index("        rule: {share: computers / people}") + 1
    assert f"broken.yaml:{line}, criterion 'staff_with_computer'" in result.err
    assert "'people', which is neither an input nor a fact" in result.err
    assert "the example expects 17 points" in result.err
    assert "Traceback" not in result.err


def test_a_file_that_is_no_yaml_is_told_by_its_line(chiso, tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text("index: a\npillars: [1,\n")
    result = chiso("lint", path)
    assert result.code == 2
    assert "broken.yaml:3" in result.err


def test_an_unknown_index_lists_the_shipped_ones(chiso):
    result = chiso("lint", "nothing")
    assert result.code == 2
    assert "ict-application/2019" in result.err


def test_the_rulebook_is_written_in_both_languages(chiso, tmp_path):
    result = chiso("rulebook", "ict-application/2019", "--out", tmp_path)
    assert result.code == 0
    vi = (tmp_path / "ict-application-2019.vi.md").read_text()
    en = (tmp_path / "ict-application-2019.en.md").read_text()
    index = load_index("ict-application/2019")
    for node in index.nodes:
        assert node.item.title.vi in vi
        assert node.item.title.en in en
    assert vi.count("*Dựng lại") == sum(n.item.provenance == "reconstructed" for n in index.nodes)


def test_a_new_index_passes_its_checks(chiso, tmp_path):
    path = tmp_path / "mine.yaml"
    assert chiso("new", "index", path).code == 0
    assert lint_index(load_index(path)) == []
    assert chiso("lint", path).code == 0


def test_a_new_index_never_overwrites_a_file(chiso, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("precious")
    result = chiso("new", "index", path)
    assert result.code == 2
    assert path.read_text() == "precious"


def test_a_new_round_carries_its_index_with_it(chiso, tmp_path):
    path, folder = tmp_path / "mine.yaml", tmp_path / "round"
    chiso("new", "index", path)
    assert chiso("new", "round", folder, "--index", path, "--group", "province").code == 0
    assert (folder / "mine.yaml").read_bytes() == path.read_bytes()
    path.unlink()
    assert chiso("form", folder, "Hà Nội", "--out", tmp_path / "form.xlsx").code == 0


def test_a_round_does_not_read_an_index_outside_its_folder(chiso, tmp_path):
    path, folder = tmp_path / "mine.yaml", tmp_path / "round"
    chiso("new", "index", path)
    chiso("new", "round", folder, "--index", path, "--group", "province")
    spec = folder / "round.yaml"
    spec.write_text(spec.read_text().replace("index: mine.yaml", "index: ../mine.yaml"))
    result = chiso("form", folder, "Hà Nội")
    assert result.code == 2
    assert "outside the round's folder" in result.err


def test_a_new_round_can_be_opened_and_its_forms_written(chiso, tmp_path):
    folder = tmp_path / "my round"
    made = chiso("new", "round", folder, "--year", "2019", "--group", "agency")
    assert made.code == 0
    forms = tmp_path / "forms"
    result = chiso("form", folder, "--all", "--out", forms)
    assert result.code == 0
    assert len(list(forms.glob("*.xlsx"))) == 7
