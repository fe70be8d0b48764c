"""CSV files are read whole, or every problem is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from chiso.problems import InvalidInput, Problem
from chiso.tables import Table, read_table

VIETNAMESE = "mã;Tên tỉnh\n01;Thành phố Hà Nội\n79;Đồng bằng sông Cửu Long đã được\n"


def read(tmp_path: Path, content: str | bytes, **options: object) -> Table:
    path = tmp_path / "table.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path, name="table.csv", **options)  # type: ignore[arg-type]


def refused(tmp_path: Path, content: str | bytes, **options: object) -> list[Problem]:
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, content, **options)
    return list(caught.value.problems)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_files_are_read_with_or_without_a_mark(tmp_path: Path, encoding: str) -> None:
    table = read(tmp_path, VIETNAMESE.encode(encoding))
    assert table.columns == ("mã", "Tên tỉnh")
    assert table.rows[0]["Tên tỉnh"] == "Thành phố Hà Nội"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    table = read(tmp_path, f"id{delimiter}value\na{delimiter}1\n")
    assert dict(table.rows[0].cells) == {"id": "a", "value": "1"}


def test_a_semicolon_file_keeps_decimal_commas(tmp_path: Path) -> None:
    table = read(tmp_path, "id;điểm\na;0,5\nb;1,25\n")
    assert [row["điểm"] for row in table.rows] == ["0,5", "1,25"]


def test_an_even_match_of_delimiters_is_not_guessed(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, "a,b;c\n1,2;3\n")
    assert "comma and semicolon fit equally" in problem.message
    assert read(tmp_path, "a,b;c\n1,2;3\n", delimiter=";").columns == ("a,b", "c")


def test_an_unknown_delimiter_is_refused(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, "a,b\n", delimiter=":")
    assert "delimiter" in problem.message


def test_blank_rows_are_skipped_but_counted(tmp_path: Path) -> None:
    table = read(tmp_path, "a,b\n\n , \n1,2\n,,,\n3,4\n")
    assert [row.number for row in table.rows] == [4, 6]


def test_rows_are_counted_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    table = read(tmp_path, 'a,b\n"two\nlines",1\nx,2\n')
    assert [row.number for row in table.rows] == [2, 3]


def test_a_header_may_stand_lower(tmp_path: Path) -> None:
    table = read(tmp_path, "Báo cáo năm 2019\n\nid,điểm\na,1\n", header_row=3)
    assert table.columns == ("id", "điểm")
    assert table.header_row == 3


def test_text_is_composed_cell_by_cell(tmp_path: Path) -> None:
    # U+037E becomes a semicolon in NFC and must not part a cell in two.
    table = read(tmp_path, "id;te\u0302n\na;x\u037ey\n")
    assert table.columns == ("id", "tên")
    assert table.rows[0]["tên"] == "x;y"


def test_all_problems_are_listed_at_once_with_row_and_column(tmp_path: Path) -> None:
    problems = refused(tmp_path, 'id,a,,a\n1,2,3,4\n5,6\n7,8,9,10,11\n"x"y,1,2,3\n1,2,3,"open\n')
    assert {(problem.row, problem.column) for problem in problems} == {
        (1, "D"),
        (1, "C"),
        (3, None),
        (4, None),
        (5, None),
        (6, None),
    }
    assert all(problem.file == "table.csv" for problem in problems)
    text = "\n".join(map(str, problems))
    assert "heading 'a' stands in column B too" in text
    assert "values but no heading" in text
    assert "has 2 cells, the header has 4" in text
    assert "has 5 cells, the header has 4" in text
    assert "text goes on after a closing quote" in text
    assert "never ends" in text


def test_columns_without_heading_and_values_are_left_out(tmp_path: Path) -> None:
    table = read(tmp_path, "a,,b,\n1,,2,\n")
    assert table.columns == ("a", "b")
    assert table.letter_of("b") == "C"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1258", "Windows-1258"), ("cp1252", "Windows-1252")],
)
def test_a_wrong_encoding_is_named_with_line_and_byte(
    tmp_path: Path, encoding: str, name: str
) -> None:
    text = {
        "cp1258": "ma;te\nx;y\n1;Tha\u0300nh phô\u0301 Ha\u0300 Nô\u0323i",
        "cp1252": "ma;te\nx;y\n1;Thành café crème à la",
    }[encoding]
    [problem] = refused(tmp_path, text.encode(encoding))
    assert problem.line == 3
    assert "is not UTF-8: byte" in problem.message
    assert name in (problem.hint or "")


def test_a_tcvn3_file_is_named(tmp_path: Path) -> None:
    data = "Tªn tØnh;§iÓm\nHµ Néi;1\n§ång Nai, ®· ®¹t;2\n".encode("latin-1")
    [problem] = refused(tmp_path, data)
    assert problem.line == 1
    assert problem.message.startswith("is not UTF-8: byte 2 of the line is 0xAA")
    assert "TCVN3" in (problem.hint or "")


def test_a_broken_byte_after_a_mark_is_counted_from_the_start_of_the_file(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, b"\xef\xbb\xbfa;b\n1;\xe1\n")
    assert (problem.line, "byte 3 " in problem.message) == (2, True)


def test_nul_bytes_are_refused_with_their_line(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, b"a,b\n1,\x002\n")
    assert problem.line == 2
    assert "NUL" in problem.message


def test_utf16_without_a_mark_is_refused(tmp_path: Path) -> None:
    assert "NUL" in refused(tmp_path, "a;b\n1;2\n".encode("utf-16-le"))[0].message
    assert "UTF-16" in refused(tmp_path, b"\xff\xfea")[0].message


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \n\n"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, content: bytes) -> None:
    assert refused(tmp_path, content)[0].message == "is empty"


def test_a_missing_header_is_a_problem(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, "\na,b\n")
    assert problem.row == 1
    assert "should hold the headings" in problem.message


def test_two_hundred_columns_are_read_and_a_missing_one_is_named(tmp_path: Path) -> None:
    names = [f"c{place}" for place in range(200)]
    table = read(tmp_path, ",".join(names) + "\n" + ",".join("1" * 200) + "\n")
    assert len(table.columns) == 200
    with pytest.raises(InvalidInput) as caught:
        table.rename({"body": "Tên tỉnh", "score": "c7"})
    [problem] = caught.value.problems
    assert problem.message == "there is no column 'Tên tỉnh' for 'body'"
    assert "'c0'" in (problem.hint or "")
    assert "and 160 more" in (problem.hint or "")


def test_too_many_columns_or_rows_are_refused(tmp_path: Path) -> None:
    assert "501 columns" in refused(tmp_path, ",".join(f"c{n}" for n in range(501)))[0].message
    assert "16,384" in refused(tmp_path, "," * 100_000)[0].message
    [problem] = refused(tmp_path, "a\n" + "1\n" * 11, max_rows=10)
    assert (problem.row, problem.message) == (12, "has more than 10 rows of data")


def test_an_endless_cell_is_refused(tmp_path: Path) -> None:
    problems = refused(tmp_path, 'a,b\n1,"' + "x" * 200_000)
    assert "longer than" in problems[0].message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html></html>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "XML file"),
        (b"%PDF-1.7", "no table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel workbook"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
    ],
)
def test_other_kinds_of_file_are_named(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refused(tmp_path, content)[0].message


def test_a_text_file_has_no_sheets(tmp_path: Path) -> None:
    assert "no sheet 'S'" in refused(tmp_path, "a,b\n1,2\n", sheet="S")[0].message


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InvalidInput, match="cannot be read"):
            read_table(path)


def test_a_heading_that_begins_like_an_archive_is_text(tmp_path: Path) -> None:
    assert read(tmp_path, "PK,b\n1,2\n").columns == ("PK", "b")


def test_code_points_that_are_no_characters_are_refused_at_their_cell(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, "a,b\n1,x\uffff\n")
    assert (problem.row, problem.column) == (2, "B")
