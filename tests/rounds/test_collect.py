"""Forms with mistakes: everything wrong is told at once, with its cell, and nothing is used."""

import sys

import openpyxl
import pytest

from chiso.cli import main
from chiso.rounds.collect import form_files
from chiso.rounds.forms import Filling

BODY = "dai-tieng-noi-viet-nam"
OTHER = "dai-truyen-hinh-viet-nam"
FACTS, WORK, SERVICES = "1. Số liệu chung", "2. Làm việc", "3. Dịch vụ công danh sách"
GUIDE = "Hướng dẫn"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({f"{FACTS}!F4": 6000}, [f"sheet '{FACTS}', row 4, column F", "6000 is above the most"]),
        ({f"{FACTS}!F4": 0}, ["row 4, column F", "0 is below the least allowed, 1"]),
        ({f"{FACTS}!F4": 1.5}, ["row 4, column F", "not a whole number"]),
        ({f"{FACTS}!F4": "nhiều"}, ["row 4, column F", "'nhiều' is not a number"]),
        ({f"{FACTS}!F4": "1.234"}, ["row 4, column F", "can mean 1234 or 1.234"]),
        ({f"{FACTS}!F4": "=1+1"}, ["row 4, column F"]),
        ({f"{WORK}!F5": "tốt"}, ["row 5, column F", "one of the options: đầy đủ; chưa có"]),
        ({f"{WORK}!F6": "có thể"}, ["row 6, column F", "neither yes nor no"]),
        ({f"{WORK}!G5": "khác"}, ["row 5, column G", "not a state"]),
        ({f"{WORK}!G5": "pending"}, ["row 5, column G", "cannot declare the state 'pending'"]),
        ({f"{WORK}!G5": "không áp dụng"}, ["row 5, column H", "needs a reason"]),
        (
            {f"{WORK}!G4": "không áp dụng", f"{WORK}!H4": "vì"},
            ["row 4, column G", "cannot be declared not applicable"],
        ),
        (
            {f"{WORK}!F5": "đầy đủ", f"{WORK}!G5": "không áp dụng", f"{WORK}!H5": "vì"},
            ["row 5, column F", "although the state is not applicable"],
        ),
        ({f"{WORK}!F5": "đầy đủ", f"{WORK}!G5": "chưa khai"}, ["column G", "there is a value"]),
        ({f"{WORK}!G5": "đã khai"}, ["row 5, column F", "but there is no value"]),
        ({f"{WORK}!A4": "equipped.nothing"}, ["row 4, column A", "not a key of this form"]),
        ({f"{WORK}!A5": "equipped.computers"}, ["row 5, column A", "stands twice"]),
        ({f"{WORK}!F20": 5}, ["row 20, column F", "outside the questions"]),
        ({f"{WORK}!F8": 5}, ["row 8, column F", "outside the questions"]),
        ({f"{WORK}!N4": 5}, ["row 4, column N", "outside the questions"]),
        ({f"{FACTS}!I4": "a.pdf"}, ["row 4, column I", "outside the questions"]),
        ({f"{SERVICES}!A4": "A"}, ["row 4, column B", "'Mức độ' is empty"]),
        ({f"{SERVICES}!C9": "x"}, ["row 9, column C", "'x' is not a number"]),
        ({f"{SERVICES}!F4": "x"}, ["row 4, column F", "outside the table"]),
        ({f"{SERVICES}!B2": "muc"}, ["row 2, column B", "should be 'level'"]),
        ({f"{SERVICES}!A1": "chiso/table/nothing"}, ["row 1, column A", "is not a table of this"]),
        ({f"{GUIDE}!B4": "other-2019"}, ["form of the round 'other-2019', not of 'small-2019'"]),
        ({f"{GUIDE}!B5": "bac-kan"}, [f"sheet '{GUIDE}', row 5, column B", "not assessed"]),
        ({f"{GUIDE}!B7": "0"}, ["was made for another version of the index"]),
        ({f"{GUIDE}!A1": "x"}, ["the guide sheet is missing"]),
    ],
)
def test_a_wrong_cell_is_named(small, edit, cells, told):
    edit(small.form(), cells)
    problems = small.problems()
    assert any(p.startswith("a.xlsx") and all(t in p for t in told) for p in problems), problems


def test_all_problems_of_all_forms_are_told_at_once(small, edit):
    edit(small.form(BODY, "a.xlsx"), {f"{FACTS}!F4": 0, f"{WORK}!F4": -1, f"{SERVICES}!A4": "A"})
    edit(small.form(OTHER, "b.xlsx"), {f"{WORK}!F7": "x"})
    problems = small.problems()
    assert [p.partition(",")[0] for p in problems] == ["a.xlsx"] * 4 + ["b.xlsx"]


def test_collecting_forms_with_problems_tells_them_and_writes_nothing(
    small, edit, tmp_path, monkeypatch, capsys
):
    edit(small.form(), {f"{FACTS}!F4": 0, f"{WORK}!F5": "tốt"})
    target = tmp_path / "answers.csv"
    reports = small.folder / "reports"
    arguments = ["chiso", "collect", small.folder, reports, "--out", target]
    monkeypatch.setattr(sys, "argv", list(map(str, arguments)))
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert f"error: a.xlsx, sheet '{FACTS}', row 4, column F: 0 is below" in told
    assert f"error: a.xlsx, sheet '{WORK}', row 5, column F: 'tốt' is not one" in told
    assert not target.exists()


def test_a_deleted_row_and_a_deleted_sheet_are_told(small):
    path = small.form()
    book = openpyxl.load_workbook(path)
    book[WORK].delete_rows(7)
    del book[SERVICES]
    book.save(path)
    problems = small.problems()
    assert any("the question 'budget.spent' is missing" in p for p in problems)
    assert any("the question 'services' is missing" in p for p in problems)


def test_a_sheet_that_was_added_is_not_passed_over(small):
    path = small.form()
    book = openpyxl.load_workbook(path)
    book.create_sheet("Thêm")["A1"] = "một bảng riêng"
    book.save(path)
    assert ["Thêm" in p and "is not a sheet of the form" in p for p in small.problems()] == [True]


def test_a_cell_with_an_error_is_told_once(small, edit):
    edit(small.form(), {f"{SERVICES}!A4": "A", f"{SERVICES}!B4": "#N/A", f"{SERVICES}!C4": 1})
    problems = small.problems()
    assert len(problems) == 1
    assert "row 4, column B" in problems[0]


def test_two_forms_of_one_body_are_told_and_neither_file_is_lost(small):
    small.form(name="a.xlsx")
    small.form(name="b.xlsx")
    assert small.problems() == [
        "b.xlsx: a second form of Đài Tiếng nói Việt Nam; the first is a.xlsx"
    ]


def test_an_answer_that_is_given_elsewhere_too_is_told_with_its_cell(small):
    small.form(filling=Filling({"staff": 10}))
    small.write("a.csv", f"body,staff\n{BODY},11\n")
    small.set("answers: [{file: a.csv}, {forms: reports}]\n")
    (problem,) = small.problems()
    assert problem.startswith(f"a.xlsx, sheet '{FACTS}', row 4, column F: staff:")
    assert "first in a.csv, row 2, column B" in problem


def test_a_truncated_workbook_is_told_beside_the_problems_of_others(small, edit):
    path = small.form(name="a.xlsx")
    path.write_bytes(path.read_bytes()[:4000])
    edit(small.form(OTHER, "b.xlsx"), {f"{FACTS}!F4": 0})
    problems = small.problems()
    assert problems[0].startswith("a.xlsx: ")
    assert problems[1].startswith("b.xlsx, ")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"body,staff\n", "is not an XLSX workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls"),
        ("a.xlsx", b"", "is empty"),
    ],
)
def test_a_file_of_another_kind_is_told(small, name, content, told):
    (small.folder / "reports").mkdir()
    (small.folder / "reports" / name).write_bytes(content)
    (problem,) = small.problems()
    assert told in problem


def test_a_folder_without_forms_and_a_missing_folder_are_told(small):
    assert "there is no such folder of forms" in small.problems()[0]
    (small.folder / "reports").mkdir()
    assert "holds no form" in small.problems()[0]


def test_a_missing_document_is_a_warning_and_the_answer_counts(small):
    small.form(filling=Filling({"staff": 10, "equipped.computers": 5}))
    assert small.problems() == []
    assert small.answers()["equipped.computers"] == 5.0


def test_lock_files_and_hidden_files_are_no_forms(tmp_path):
    for name in ("a.xlsx", "~$a.xlsx", ".b.xlsx", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in form_files(tmp_path)] == ["a.xlsx"]
