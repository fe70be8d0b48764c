"""`chiso form` and `chiso collect`: good forms come back, bad ones are told."""

import io
import zipfile

import openpyxl
import pytest

ROUND = """\
round: trial
title: {vi: Kỳ thử, en: Trial}
index: mine.yaml
year: 2019
groups: [agency]
answers: [{forms: reports}]
"""


@pytest.fixture
def folder(chiso, tmp_path):
    """A round of the seven agencies with one criterion."""
    made = tmp_path / "trial"
    (made / "reports").mkdir(parents=True)
    chiso("new", "index", made / "mine.yaml")
    index = (made / "mine.yaml").read_text()
    index = index.replace("  province: {vi: ", "  agency: {vi: ")
    (made / "mine.yaml").write_text(index)
    (made / "round.yaml").write_text(ROUND)
    return made


@pytest.fixture
def form(chiso, folder):
    """Write a form, fill it as a person would, and put it among the reports."""

    def write(body="VOV", name="vov.xlsx", **cells):
        path = folder / "reports" / name
        assert chiso("form", folder, body, "--out", path).code == 0
        book = openpyxl.load_workbook(path)
        questions = [s for s in book if str(s["A1"].value).startswith("chiso/questions")]
        for sheet in questions:
            for row in range(4, sheet.max_row + 1):
                key = str(sheet.cell(row, 1).value).rpartition(".")[2]
                if key in cells:
                    sheet.cell(row, 6).value = cells[key]
        book.save(path)
        return path

    return write


def test_filled_forms_come_back_as_one_table(chiso, folder, form, tmp_path):
    form(staff=100, computers=90)
    out = tmp_path / "answers.csv"
    result = chiso("collect", folder, folder / "reports", "--out", out)
    assert result.code == 0
    assert "agency: 1 of 7 bodies have reported" in result.out
    text = out.read_text(encoding="utf-8-sig")
    assert "dai-tieng-noi-viet-nam,staff,100,reported" in text
    assert "vov.xlsx" in text


def test_a_collected_round_is_scored(chiso, folder, form):
    form(staff=100, computers=90)
    assert chiso("run", folder).code == 0
    told = chiso("explain", folder, "VOV", "staff_with_computer", "--lang", "en")
    assert "18/20 points" in told.out
    assert "vov.xlsx" in told.out


def test_every_problem_of_every_form_is_told_at_once(chiso, folder, form, tmp_path):
    form(staff=0, computers=-5)
    form("VTV", "vtv.xlsx", staff="nhiều", computers=1.5)
    out = tmp_path / "answers.csv"
    result = chiso("collect", folder, folder / "reports", "--out", out)
    assert result.code == 2
    for part in ("vov.xlsx", "vtv.xlsx", "column F", "below the least allowed", "whole number"):
        assert part in result.err
    assert result.err.count("error: ") == 4
    assert not out.exists()


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b" " * 400_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda good: good[: len(good) // 2], "vov.xlsx"),
        (lambda good: b"", "empty"),
        (lambda good: bomb(), "vov.xlsx"),
        (lambda good: b"body,value\nVOV,1\n", "not an XLSX workbook"),
        (lambda good: bytes.fromhex("d0cf11e0a1b11ae1") + good, ".xlsx"),
    ],
    ids=["truncated", "empty", "bomb", "text", "old format"],
)
def test_a_hostile_or_damaged_file_is_an_error_and_no_traceback(
    chiso, folder, form, tmp_path, damage, told
):
    path = form(staff=1, computers=1)
    path.write_bytes(damage(path.read_bytes()))
    for command in (
        ("collect", folder, folder / "reports", "--out", tmp_path / "o.csv"),
        ("run", folder),
    ):
        result = chiso(*command)
        assert result.code == 2
        assert told in result.err
        assert "Traceback" not in result.err
    assert not (tmp_path / "o.csv").exists()
    assert not (folder / "release").exists()


def test_one_body_or_all_must_be_said(chiso, folder):
    assert chiso("form", folder).code == 2
    assert chiso("form", folder, "VOV", "--all").code == 2
