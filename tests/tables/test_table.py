"""Columns are mapped by their headings, and cells parsed with their places."""

from __future__ import annotations

import pytest

from chiso.problems import Collector, InvalidInput
from chiso.tables import Row, Table, column_letter, parse_number


def table(*columns: str) -> Table:
    cells = dict.fromkeys(columns, "1")
    return Table("bodies.xlsx", "Sheet", columns, (Row(2, cells),))


def test_headings_match_without_regard_to_case_accents_and_spaces() -> None:
    renamed = table("Tên  Tỉnh", "Điểm").rename({"name": " ten tinh ", "score": "ĐIỂM"})
    assert renamed.columns == ("name", "score")
    assert dict(renamed.rows[0].cells) == {"name": "1", "score": "1"}
    assert renamed.letter_of("score") == "B"


def test_an_exact_heading_wins_over_similar_ones() -> None:
    assert table("Bạn", "Bán").rename({"x": "Bán"}).columns == ("Bạn", "x")


def test_all_headings_that_cannot_be_mapped_are_listed() -> None:
    with pytest.raises(InvalidInput) as caught:
        table("Bạn", "Bán", "Mã", "key").rename(
            {"a": "ban", "b": "Năm", "c": "Mã", "d": "mã", "key": "Bán"}
        )
    messages = [problem.message for problem in caught.value.problems]
    assert "fits several columns: 'Bạn', 'Bán'" in messages[0]
    assert messages[1] == "there is no column 'Năm' for 'b'"
    assert "given to both 'c' and 'd'" in messages[2]
    assert "another column already has the heading 'key'" in messages[3]
    assert {problem.sheet for problem in caught.value.problems} == {"Sheet"}


def test_required_columns_that_are_missing_are_all_named() -> None:
    assert table("a").require(["a"]).columns == ("a",)
    with pytest.raises(InvalidInput) as caught:
        table("a").require(["a", "b", "c"])
    assert len(caught.value.problems) == 2
    assert caught.value.problems[0].hint == "the headings are 'a'"


def test_cells_that_cannot_be_parsed_are_problems_at_their_place() -> None:
    rows = (Row(2, {"x": "0,5"}), Row(4, {"x": "n/a"}), Row(5, {"x": None}))
    problems = Collector()
    values = Table("f.csv", None, ("x",), rows, (3,)).values("x", parse_number, problems)
    assert values == [0.5, None, None]
    [problem] = problems
    assert (problem.file, problem.row, problem.column) == ("f.csv", 4, "C")


def test_letters_count_as_spreadsheets_do() -> None:
    assert [column_letter(n) for n in (1, 26, 27, 702, 703, 16384)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]
    with pytest.raises(ValueError, match="count from 1"):
        column_letter(0)
    with pytest.raises(KeyError):
        table("a").letter_of("b")
