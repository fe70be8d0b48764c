"""`chiso rank` applies an index to a table of countries that nobody has registered."""

import csv
import math

import pytest

from chiso.tables import read_table

MAPS = (
    "--map", "online_services=osi", "--map", "human_capital=hci", "--map", "infrastructure=tii",
)  # fmt: skip
# UN E-Government Survey 2024, the published component indexes of three countries.
TABLE = """country-code,osi,hci,tii
DNK,0.9992,0.9584,0.9961
EST,0.9954,0.9497,0.9731
SGP,0.9831,0.9362,0.9881
"""


@pytest.fixture
def rank(chiso, tmp_path):
    def run(text=TABLE, *more, maps=MAPS, encoding="utf-8"):
        table = tmp_path / "table.csv"
        table.write_bytes(text.encode(encoding))
        out = tmp_path / "ranks.csv"
        result = chiso(
            "rank", table, "--index", "egdi", *maps, "--key", "country-code", "--out", out, *more
        )
        if not out.exists():
            return result, None
        with out.open(encoding="utf-8") as file:
            return result, list(csv.DictReader(file))

    return run


def test_a_table_of_countries_is_ranked_in_full_precision(rank):
    result, rows = rank()
    assert result.code == 0
    assert list(rows[0]) == [
        "body", "score", "rank", "online_services", "infrastructure", "human_capital",
    ]  # fmt: skip
    assert [row["body"] for row in rows] == ["DNK", "EST", "SGP"]
    assert [row["rank"] for row in rows] == ["1", "2", "3"]
    for row in rows:
        parts = [
            float(row[part]) for part in ("online_services", "infrastructure", "human_capital")
        ]
        assert math.isclose(float(row["score"]), math.fsum(parts) / 3, rel_tol=1e-15)


def test_equal_scores_share_a_rank_and_the_next_rank_is_skipped(rank):
    _, rows = rank("country-code,osi,hci,tii\nA,0.5,0.5,0.5\nB,0.6,0.4,0.5\nC,0.1,0.1,0.1\n")
    assert [(row["body"], row["rank"]) for row in rows] == [("A", "1"), ("B", "1"), ("C", "3")]


def test_a_country_with_a_gap_stays_unknown_and_is_named(rank):
    result, rows = rank(TABLE + "ZZZ,,0.5,0.2\n")
    assert result.code == 0
    assert rows[-1]["body"] == "ZZZ"
    assert rows[-1]["score"] == rows[-1]["rank"] == rows[-1]["online_services"] == ""
    assert "row 5, column B" in result.err
    assert "unknown" in result.err


def test_decimal_commas_are_found_in_a_table_that_uses_them_throughout(rank):
    text = "country-code;osi;hci;tii\nA;0,9;0,8;1,000\nB;0,5;0,4;0,3\n"
    _, rows = rank(text)
    assert rows[0]["infrastructure"] == "1.0"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("country-code,osi,hci,tii\nA,1.2,0.5,0.5\n", ["row 2", "column B", "above the most"]),
        ("country-code,osi,hci,tii\nA,x,0.5,y\n", ["column B", "column D"]),
        (TABLE + "DNK,0.1,0.1,0.1\n", ["'DNK' stands here and in row 2", "row 5"]),
        ("country-code,osi,hci\nA,0.5,0.5\n", ["there is no column 'tii'"]),
        ("code,osi,hci,tii\nA,0.5,0.5,0.5\n", ["there is no column 'country-code'"]),
        ("country-code,osi,hci,tii\n,0.5,0.5,0.5\n", ["row 2", "not named"]),
        ("country-code,osi,hci,tii\nA,0.5,0.5\n", ["row 2"]),
        ("country-code,osi,hci,tii\n", ["holds no body"]),
        ("", ["is empty"]),
        ("country-code,osi,hci,tii\nA,0.5,\"0.5,0.1\n", []),
    ],
)  # fmt: skip
def test_a_bad_table_is_refused_with_all_its_problems(rank, text, told):
    result, rows = rank(text)
    assert result.code == 2
    assert rows is None
    assert "Traceback" not in result.err
    for part in told:
        assert part in result.err


def test_two_hundred_columns_are_no_hindrance_but_a_missing_one_is_named(rank):
    heads = ",".join(f"c{n}" for n in range(200))
    result, rows = rank(f"country-code,osi,hci,{heads}\nA,0.5,0.5{',1' * 200}\n")
    assert result.code == 2
    assert rows is None
    assert "there is no column 'tii'" in result.err


def test_a_table_that_is_not_utf8_is_refused_with_its_line(rank):
    result, rows = rank(TABLE.replace("DNK", "Côte"), encoding="latin-1")
    assert result.code == 2
    assert rows is None
    assert "UTF-8" in result.err


def test_a_mapping_that_names_nothing_of_the_index_is_refused(rank):
    result, _ = rank(maps=("--map", "online=osi", *MAPS[2:]))
    assert result.code == 2
    assert "has nothing called 'online'" in result.err


def test_a_part_of_the_index_that_is_not_mapped_is_named(rank):
    result, _ = rank(maps=MAPS[:4])
    assert result.code == 2
    assert "--map infrastructure=HEADING" in result.err


def test_a_workbook_can_be_written_and_holds_numbers(chiso, tmp_path):
    table, out = tmp_path / "table.csv", tmp_path / "ranks.xlsx"
    table.write_text(TABLE)
    result = chiso("rank", table, "--index", "egdi", *MAPS, "--key", "country-code", "--out", out)
    assert result.code == 0
    assert read_table(out).rows[0].cells["score"] == pytest.approx(0.98456666666)


def test_without_a_file_the_ranks_are_printed(chiso, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text(TABLE)
    result = chiso("rank", table, "--index", "egdi", *MAPS, "--key", "country-code")
    assert result.out.splitlines()[0].startswith("body,score,rank,online_services")


def test_a_missing_file_is_a_clear_error(chiso, tmp_path):
    missing = tmp_path / "none.csv"
    result = chiso("rank", missing, "--index", "egdi", *MAPS, "--key", "country-code")
    assert result.code == 2
    assert "none.csv" in result.err
