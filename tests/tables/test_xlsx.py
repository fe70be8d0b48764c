"""Workbooks are read cell by cell, and every fault keeps its place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from chiso.problems import InvalidInput, Problem
from chiso.tables import Grid, Percent, open_workbook, parse_date, read_sheets, read_table

HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c>{more}</row>'


def saved(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(data)
    return path


def grid(tmp_path: Path, workbooks: ModuleType, rows: str, **changes: str) -> Grid:
    path = saved(tmp_path, workbooks.pack(workbooks.parts(rows, **changes)))
    return open_workbook(path)["S"]


def refused(path: Path, **options: object) -> list[Problem]:
    with pytest.raises(InvalidInput) as caught:
        read_table(path, **options)  # type: ignore[arg-type]
    return list(caught.value.problems)


def test_a_workbook_saved_by_another_library_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["Tên", 2019, "ngày", "có", "tỷ lệ"])
    page.append(["Hà Nội", 0.7699, dt.date(2020, 6, 30), True, 0.85])
    page.append([None] * 5)
    page.append(["x005F_", 3, dt.datetime(2020, 6, 30, 8, 15), False, 1])
    page["E2"].number_format = "0.0%"
    page.merge_cells("A6:B7")
    page["A6"] = "merged"
    book.save(tmp_path / "book.xlsx")
    table = read_table(tmp_path / "book.xlsx")
    assert table.columns == ("Tên", "2019", "ngày", "có", "tỷ lệ")
    assert [row.number for row in table.rows] == [2, 4, 6]
    assert dict(table.rows[0].cells) == {
        "Tên": "Hà Nội",
        "2019": 0.7699,
        "ngày": dt.date(2020, 6, 30),
        "có": True,
        "tỷ lệ": 0.85,
    }
    assert isinstance(table.rows[0]["tỷ lệ"], Percent)
    assert table.rows[1]["Tên"] == "x005F_"
    assert table.rows[1]["ngày"] == dt.datetime(2020, 6, 30, 8, 15)
    assert table.rows[2]["2019"] is None


def test_all_faults_of_all_sheets_are_listed_with_sheet_row_and_column(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    first.title = "Một"
    first.append(["id", "value", None])
    first.append(["a", "=1+1", None])
    first.append(["b", None, "orphan"])
    second = book.create_sheet("Hai")
    second.append(["id", "id"])
    second.append(["a", "x"])
    second["B2"].value = "#N/A"
    second["B2"].data_type = "e"
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(InvalidInput) as caught:
        read_sheets(tmp_path / "book.xlsx")
    places = {(p.sheet, p.row, p.column) for p in caught.value.problems}
    assert places == {("Một", 2, "B"), ("Một", 1, "C"), ("Hai", 1, "B"), ("Hai", 2, "B")}
    message = str(caught.value)
    assert "formula with no stored value (open the file in Excel or LibreOffice" in message
    assert "error #N/A" in message


def test_formulas_give_their_stored_values(tmp_path: Path, workbooks: ModuleType) -> None:
    rows = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c>'
        '<c r="B1" t="str"><f>""</f><v></v></c>'
        '<c r="C1" t="str"><f>"x"</f><v>x</v></c>'
        '<c r="D1"><f>1+1</f><v></v></c><c r="E1"><f>1+1</f></c></row>'
    )
    cells = grid(tmp_path, workbooks, rows)
    assert [cells.get(1, column) for column in (1, 2, 3)] == [2, None, "x"]
    assert [problem.column for problem in cells.problems()] == ["D", "E"]
    with pytest.raises(ValueError, match="no stored value"):
        cells.get(1, 4)


def test_number_formats_decide_between_numbers_dates_and_percentages(
    tmp_path: Path, workbooks: ModuleType
) -> None:
    cells = "".join(
        f'<c r="{letter}1" s="{style}"><v>{value}</v></c>'
        for letter, style, value in [
            ("A", 0, 44012),
            ("B", 1, 44012),
            ("C", 1, 44012.5),
            ("D", 2, 0.85),
            ("E", 3, 0.5),
            ("F", 4, 44012),
            ("G", 5, 44012),
            ("H", 1, -3),
            ("I", 1, "1e300"),
            ("J", 0, "1E400"),
            ("K", 0, "1_000"),
        ]
    )
    found = grid(tmp_path, workbooks, f'<row r="1">{cells}</row>')
    values = [found.get(1, column) for column in (1, 2, 3, 4, 6, 7)]
    assert values == [
        44012,
        dt.date(2020, 6, 30),
        dt.datetime(2020, 6, 30, 12),
        Percent(0.85),
        dt.datetime(2020, 6, 30),
        dt.date(2020, 6, 30),
    ]
    assert parse_date(values[4]) == dt.date(2020, 6, 30)
    assert [problem.column for problem in found.problems()] == ["E", "H", "I", "J", "K"]


def test_the_macintosh_epoch_is_heeded(tmp_path: Path, workbooks: ModuleType) -> None:
    book = workbooks.parts('<row r="1"><c r="A1" s="1"><v>1</v></c></row>')
    main = "xl/workbook.xml"
    book[main] = book[main].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    path = saved(tmp_path, workbooks.pack(book))
    assert open_workbook(path)["S"].get(1, 1) == dt.date(1904, 1, 2)


def test_rich_and_escaped_texts_are_whole_and_phonetic_guides_left_out(
    tmp_path: Path, workbooks: ModuleType
) -> None:
    rich = "<is><r><t>Hà </t></r><r><t>Nội_x000A_</t></r><rPh><t>ha noi</t></rPh></is>"
    rows = f'<row><c t="inlineStr">{rich}</c><c t="inlineStr"><is><t>_xD800_</t></is></c></row>'
    found = grid(tmp_path, workbooks, rows)
    assert found.get(1, 1) == "Hà Nội\n"
    assert "U+D800" in found.problems()[0].message


def test_the_only_sheet_with_data_is_read_unless_one_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Trống"
    for title in ("Điểm", "Ghi chú"):
        book.create_sheet(title).append(["id"])
    hidden = book.create_sheet("Danh mục")
    hidden.append(["x"])
    hidden.sheet_state = "hidden"
    path = tmp_path / "book.xlsx"
    book.save(path)
    assert refused(path)[0].hint == "name one of 'Điểm', 'Ghi chú'"
    assert read_table(path, sheet="diem").sheet == "Điểm"
    assert read_table(path, sheet="Danh mục").columns == ("x",)
    assert list(read_sheets(path)) == ["Điểm", "Ghi chú"]
    assert "there is no sheet 'Khác'" in refused(path, sheet="Khác")[0].message
    assert open_workbook(path)["Danh mục"].hidden
    assert "should hold the headings" in refused(path, sheet="Trống")[0].message


def test_a_book_without_data_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    openpyxl.Workbook().save(path)
    assert "no visible sheet with data" in refused(path)[0].message


def test_headings_that_are_no_text_are_problems(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append([dt.date(2020, 1, 1), True, 1.5, "ok"])
    path = tmp_path / "book.xlsx"
    book.save(path)
    assert [problem.column for problem in refused(path)] == ["A", "B", "C"]
