"""`chiso run`: a folder becomes a release, or stays as it was."""

import shutil

import pytest

from chiso.tables import read_sheets


@pytest.fixture
def folder(example, tmp_path):
    """A copy of the published example without its release."""
    target = tmp_path / "round"
    shutil.copytree(example, target, ignore=shutil.ignore_patterns("release"))
    return target


def files(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_run_ends_with_a_short_table_and_the_address_of_the_site(chiso, folder):
    result = chiso("run", folder)
    assert result.code == 0
    assert "Thừa Thiên Huế" in result.out
    assert "16/63 │ Bắc Kạn" in result.out
    last = result.out.strip().splitlines()[-1]
    assert last == f"site: {folder / 'release' / 'site' / 'index.html'}"
    assert (folder / "release" / "site" / "vi" / "body" / "bac-kan.html").exists()


def test_the_workbook_of_results_has_a_sheet_per_group_and_year(chiso, folder):
    chiso("run", folder)
    sheets = read_sheets(folder / "release" / "results.xlsx")
    ministries = sheets["2019 ministry"]
    assert len(ministries.rows) == 17
    assert ministries.rows[0].cells["Điểm (score)"] == 0.9291
    assert "nguon - sources" in sheets


def test_a_second_run_writes_the_same_bytes(chiso, folder):
    chiso("run", folder)
    first = files(folder / "release")
    chiso("run", folder)
    assert files(folder / "release") == first


def test_a_round_that_became_wrong_leaves_the_earlier_release_alone(chiso, folder):
    chiso("run", folder)
    before = files(folder / "release")
    table = folder / "published.csv"
    table.write_text(table.read_text() + "2019,province,Bắc Kạn,overall,70,63,0.5,,\n")
    result = chiso("run", folder)
    assert result.code == 2
    assert "the rank 70 is beyond the 63" in result.err
    assert "published.csv, row" in result.err
    assert "Traceback" not in result.err
    assert files(folder / "release") == before


def test_all_problems_of_a_table_are_listed_at_once(chiso, folder):
    rows = [
        "2019,province,Bắc Cạnh,overall,1,63,,,",
        "2019,province,Bắc Ninh,nothing,1,63,,,",
        "2019,province,Hà Nam,overall,x,63,,,",
        "2019,province,Hà Nam,overall,5,63,1.5,,",
    ]
    table = folder / "published.csv"
    start = len(table.read_text().splitlines())
    table.write_text(table.read_text() + "\n".join(rows) + "\n")
    result = chiso("run", folder)
    assert result.code == 2
    for place, column in enumerate(("C", "D", "E", "G"), start + 1):
        assert f"row {place}, column {column}" in result.err
    assert "Bắc Kạn (bac-kan)" in result.err
    assert not (folder / "release").exists()


def test_an_error_in_round_yaml_names_its_line(chiso, folder):
    path = folder / "round.yaml"
    path.write_text(path.read_text().replace("year: 2019", "year: next"))
    result = chiso("run", folder)
    assert result.code == 2
    assert "round.yaml:8" in result.err


def test_a_path_that_leaves_the_folder_is_refused(chiso, folder):
    path = folder / "round.yaml"
    path.write_text(path.read_text().replace("file: published.csv", "file: ../../etc/passwd"))
    result = chiso("run", folder)
    assert result.code == 2
    assert "outside the round's folder" in result.err
