"""Reading the two tables of COINr: its example, small ones by hand, and what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chiso.problems import InvalidInput
from chiso.robustness.aggregate import aggregate
from chiso.robustness.coin import read_coin
from chiso.robustness.coin_round import write_coin_round
from chiso.robustness.normalise import min_max
from chiso.scoring.results import results_with_history

META = """\
iCode,Level,Parent,Direction,Weight,Type,iName
a,1,g,1,1,Indicator,First
b,1,g,-1,2,Indicator,Second
g,2,,1,1,Aggregate,Whole
"""
DATA = "uCode,uName,a,b\nX,Xanadu,1,2\nY,Ys,3,\nZ,Zembla,2,4\n"


def read(folder: Path, data: str = DATA, meta: str = META) -> Any:
    (folder / "data.csv").write_text(data)
    (folder / "meta.csv").write_text(meta)
    return read_coin(folder / "data.csv", folder / "meta.csv")


def test_the_example_of_the_oracle_is_read_whole(oracle: Any) -> None:
    coin = oracle.unsorted
    assert len(coin.bodies) == 51
    assert len(coin.codes) == 49
    assert coin.tree.root == "Index"
    assert set(coin.directions) == {1.0, -1.0}


def test_a_panel_has_one_table_a_year(oracle: Any) -> None:
    panel = read_coin(oracle.folder / "input/iData_panel.csv", oracle.folder / "input/iMeta.csv")
    assert [year.year for year in panel.years] == [2018, 2019, 2020, 2021, 2022]


def test_two_small_tables_give_tree_directions_and_unknown_values(tmp_path: Path) -> None:
    coin = read(tmp_path)
    assert coin.bodies == ("X", "Y", "Z")
    assert coin.tree.under("g") == ("a", "b")
    assert coin.tree.weight("b") == 2
    assert coin.directions.tolist() == [1, -1]
    assert coin.only.values[0].tolist() == [1, 3, 2]
    assert str(coin.only.values[1][1]) == "nan"


@pytest.mark.parametrize(
    ("data", "meta", "told"),
    [
        (DATA, META.replace("b,1,g", "b,1,nowhere"), "nowhere"),
        (DATA, META.replace("b,1,g,-1", "b,1,g,2"), "direction"),
        (DATA, META.replace("b,1,g,-1,2", "b,1,g,-1,-2"), "weight"),
        (DATA, META.replace("Aggregate", "Heap"), "type"),
        (DATA.replace("uName,a,b", "uName,a,c"), META, "b"),
        (DATA.replace("1,2", "1,two"), META, "two"),
        (DATA + "X,Again,1,1\n", META, "X"),
    ],
)
def test_what_is_wrong_is_told_with_its_file(
    tmp_path: Path, data: str, meta: str, told: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, data, meta)
    text = str(caught.value)
    assert told in text
    assert ".csv" in text


def test_a_round_made_of_the_tables_scores_as_min_max_and_means_do(
    oracle: Any, tmp_path: Path
) -> None:
    coin = oracle.unsorted
    write_coin_round(coin, tmp_path / "asem", "ASEM", 2018)
    opened, results = results_with_history(tmp_path / "asem")
    standings = results[-1].groups["body"]
    expected = aggregate(coin.tree, min_max(coin.only.values, direction=coin.directions))
    overall = {
        opened.register.get(body).name.en: standings.standing(body).score
        for body in standings.bodies
    }
    for name, score in zip(coin.body_names, expected[coin.tree.root], strict=True):
        assert 100 * overall[name] == pytest.approx(score, abs=1e-10)


def test_a_gap_of_the_tables_stays_unknown_in_the_round(tmp_path: Path) -> None:
    coin = read(tmp_path)
    write_coin_round(coin, tmp_path / "round", "Small", 2026)
    _, results = results_with_history(tmp_path / "round")
    standings = results[-1].groups["body"]
    assert standings.standing("y", "b").score is None
    assert standings.standing("y", "a").score == 1.0


def test_what_cannot_be_scored_is_told_before_anything_is_written(tmp_path: Path) -> None:
    coin = read(tmp_path, data="uCode,a,b\nX,1,2\nY,1,3\n")
    with pytest.raises(InvalidInput, match="'a' does not differ"):
        write_coin_round(coin, tmp_path / "round", "Small", 2026)
    assert not (tmp_path / "round").exists()
