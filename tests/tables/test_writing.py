"""What is written is read back exactly, runs as nothing, and is never half."""

from __future__ import annotations

import datetime as dt
import math
import os
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chiso.tables import (
    Cell,
    SheetData,
    Table,
    atomic_write,
    guard,
    parse_number,
    read_table,
    unguard,
    write_csv,
    write_xlsx,
)

RISKY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "'=1",
    "''-1",
    '=HYPERLINK("x")',
    "＝1",
]
HARMLESS = ["Hà Nội", "a=b", "'quoted'", "1-2", ""]

characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff")
texts = st.text(characters, min_size=1, max_size=30) | st.sampled_from(
    [
        *RISKY,
        "<r>x</r>",
        "<r><t>x</t></r>",
        "_x0041_",
        "x005F_",
        "http://example.org",
        "1.5",
        "TRUE",
    ]
)
floats = st.floats(allow_nan=False, allow_infinity=False)


def rewritten(write: Callable[[Path], None], name: str) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return read_table(path, guarded=True)


@given(st.text())
def test_the_guard_comes_off_exactly(text: str) -> None:
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", RISKY)
def test_texts_that_could_run_are_guarded(text: str) -> None:
    assert guard(text) == f"'{text}"
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_texts_are_left_alone(text: str) -> None:
    assert guard(text) == text == unguard(text)


@given(st.lists(st.tuples(texts, floats), max_size=5))
def test_csv_keeps_texts_and_numbers(rows: list[tuple[str, float]]) -> None:
    table = rewritten(lambda path: write_csv(path, ["=t", "n"], rows), "t.csv")
    assert table.columns == ("=t", "n")
    back = [(row["=t"], parse_number(row["n"], decimal="point")) for row in table.rows]
    assert back == [(unicodedata.normalize("NFC", text), value) for text, value in rows]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(texts, floats | st.integers(-(2**53), 2**53)), max_size=5))
def test_xlsx_keeps_texts_and_numbers(rows: list[tuple[str, float]]) -> None:
    table = rewritten(lambda path: write_xlsx(path, {"S": SheetData(["=t", "n"], rows)}), "t.xlsx")
    assert table.columns == ("=t", "n")
    back = [(row["=t"], row["n"]) for row in table.rows]
    assert back == [(unicodedata.normalize("NFC", text), value) for text, value in rows]


def test_every_kind_of_value_has_its_form_in_csv(tmp_path: Path) -> None:
    row: list[Cell] = [
        None,
        "-0.5",
        -0.5,
        3,
        True,
        dt.date(2020, 6, 30),
        dt.datetime(2020, 6, 30, 8, 15),
    ]
    write_csv(tmp_path / "t.csv", list("abcdefg"), [row])
    data = (tmp_path / "t.csv").read_bytes()
    assert data == (
        b"\xef\xbb\xbfa,b,c,d,e,f,g\r\n,'-0.5,-0.5,3,true,2020-06-30,2020-06-30 08:15:00\r\n"
    )
    write_csv(tmp_path / "t.csv", ["a", "b"], [["x", 1]], excel=False, delimiter=";")
    assert (tmp_path / "t.csv").read_bytes() == b"a;b\r\nx;1\r\n"


def test_scalars_of_numpy_are_written_as_plain_numbers(tmp_path: Path) -> None:
    row = [np.float64(0.1), np.int64(3), np.bool_(True), np.float32(0.5)]
    write_csv(tmp_path / "t.csv", list("abcd"), [row], excel=False)  # type: ignore[list-item]
    assert (tmp_path / "t.csv").read_text().splitlines()[1] == "0.1,3,true,0.5"
    write_xlsx(tmp_path / "t.xlsx", {"S": SheetData(list("abcd"), [row])})  # type: ignore[list-item]
    assert list(read_table(tmp_path / "t.xlsx").rows[0].cells.values()) == [0.1, 3, True, 0.5]


def test_a_workbook_holds_real_numbers_dates_and_truths(tmp_path: Path) -> None:
    row: list[Cell] = [
        "a",
        -0.5,
        0.1 + 0.2,
        None,
        True,
        dt.date(2020, 6, 30),
        dt.datetime(2020, 6, 30, 8, 15),
    ]
    write_xlsx(tmp_path / "t.xlsx", {"Điểm": SheetData(list("abcdefg"), [row])})
    assert list(read_table(tmp_path / "t.xlsx").rows[0].cells.values()) == row
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    page = book["Điểm"]
    assert page["B2"].data_type == "n"
    assert page["F2"].is_date
    assert page["A1"].font.b
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:G2"
    book.close()


def test_no_text_becomes_a_formula_or_a_link_in_a_workbook(tmp_path: Path) -> None:
    rows = [[text] for text in [*RISKY, "http://example.org", "{=1}", "internal:S!A1"]]
    write_xlsx(tmp_path / "t.xlsx", {"S": SheetData(["=HYPERLINK(1)"], rows)})
    with zipfile.ZipFile(tmp_path / "t.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    column = [cell for (cell,) in book["S"].iter_rows(max_col=1)]
    assert {cell.data_type for cell in column} == {"s"}
    assert all(cell.quotePrefix for cell in column[: len(RISKY) + 1])
    book.close()


def test_equal_data_give_equal_bytes(tmp_path: Path) -> None:
    data = {"S": SheetData(["a", "b"], [["x", 0.1], ["=y", 2]])}
    write_xlsx(tmp_path / "1.xlsx", data)
    write_xlsx(tmp_path / "2.xlsx", data)
    assert (tmp_path / "1.xlsx").read_bytes() == (tmp_path / "2.xlsx").read_bytes()


@pytest.mark.parametrize(
    "cell", [math.nan, math.inf, "\0", "\ud800", "\uffff", dt.datetime(2020, 1, 1, tzinfo=dt.UTC)]
)
def test_values_that_no_cell_can_hold_are_refused_and_nothing_is_written(
    tmp_path: Path, cell: Cell
) -> None:
    with pytest.raises(ValueError, match="cell A3"):
        write_csv(tmp_path / "t.csv", ["a"], [["x"], [cell]])
    with pytest.raises(ValueError, match="cell A3"):
        write_xlsx(tmp_path / "t.xlsx", {"S": SheetData(["a"], [["x"], [cell]])})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cell", [2**53 + 1, "x" * 32_768, "😀" * 16_384, dt.date(1899, 1, 1)])
def test_values_that_only_a_workbook_cannot_hold_are_refused_there(
    tmp_path: Path, cell: Cell
) -> None:
    with pytest.raises(ValueError, match="cell A2"):
        write_xlsx(tmp_path / "t.xlsx", {"S": SheetData(["a"], [[cell]])})
    write_csv(tmp_path / "t.csv", ["a"], [[cell]])


def test_rows_of_another_length_and_bad_sheet_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="row 2 has 1 cells, the header has 2"):
        write_csv(tmp_path / "t.csv", ["a", "b"], [["x"]])
    with pytest.raises(ValueError, match="cannot be written"):
        write_xlsx(tmp_path / "t.xlsx", {"a/b": SheetData(["a"], [])})
    with pytest.raises(TypeError, match="cell A2 holds a list"):
        write_csv(tmp_path / "t.csv", ["a"], [[[]]])  # type: ignore[list-item]


def test_a_block_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("old")

    def fail_halfway() -> None:
        with atomic_write(path) as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    with atomic_write(path) as file:
        file.write(b"new")
    assert path.read_text() == "new"


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_csv(tmp_path / "t.csv", ["a"], [])
    assert (tmp_path / "t.csv").stat().st_mode == (tmp_path / "plain").stat().st_mode
