"""Registers from files: what is read, and how what is wrong is told."""

from pathlib import Path

import pytest

from chiso.bodies import load_register, reading
from chiso.problems import InvalidInput

HEADING = (
    "code,name_vi,name_en,aliases,group,parent,region,official_code,valid_from,valid_to,tile,source"
)


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


def places(error: InvalidInput) -> list[tuple[str, int | None, str | None, str]]:
    return [(Path(p.file or "").name, p.row, p.column, p.message) for p in error.problems]


def test_a_folder_gives_bodies_regions_successions_and_title(tmp_path: Path) -> None:
    r = load_register(
        folder(
            tmp_path,
            bodies=f"{HEADING}\n"
            "a,Một,One,Uno|Un,g,,r,07,,2019-12-31,2 5,law\n"
            "b,Hai,Two,,g,a,r,,2020-01-01,,2 5,law\n",
            successions="before,after,from,kind,source\na,b,2020-01-01,rename,law\n",
            regions="code,vi,en\nr,Vùng,Region\n",
            title="vi,en\nSổ,Book\n",
        )
    )
    one = r.get("a")
    assert (one.name.en, one.aliases, one.official_code, one.tile) == (
        "One",
        ("Uno", "Un"),
        "07",
        (2, 5),
    )
    assert r.get("b").parent == "a"
    assert r.successors("a", r.successions[0].on) == ("b",)
    assert r.regions["r"].en == "Region"
    assert r.title.en == "Book"


def test_a_single_file_gives_bodies_alone(tmp_path: Path) -> None:
    file = tmp_path / "departments.csv"
    file.write_text("code,name_vi,group\nx,Sở Y tế,department\n", encoding="utf-8-sig")
    r = load_register(str(file))
    assert r.find("Sở Y tế").code == "x"
    assert r.title.vi == "departments"


def test_semicolons_of_a_vietnamese_spreadsheet_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("code;name_vi;group\r\nx;Sở A, B;department\r\n", encoding="utf-8-sig")
    assert load_register(file).get("x").name.vi == "Sở A, B"


def test_all_problems_of_all_files_are_told_at_once_with_their_places(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        bodies=f"{HEADING}\n"
        "a,Một,,,g,,r,,,,0 0,\n"
        "a,Hai,,,g,,nowhere,,,,,\n"
        "\n"
        "b,Một,,,g,nobody,,,2020-13-01,,0 0,\n"
        "c,Ba,,,g,,,,2020-01-02,2020-01-01,left,\n"
        ",Bốn,,,,,,,,,,\n"
        "d,,,,g,,,,,,,,surplus\n"
        "e,MỘT,,,g,,,,,,,\n",
        successions="before,after,from,kind,source\n"
        "a,zz,2020-01-01,rename,\n"
        "a,b,soon,sale,\n"
        "a,b,2020-01-01,sale,\n",
        regions="code,vi,en\nr,Vùng,\nr,Vùng,\n",
    )
    with pytest.raises(InvalidInput) as caught:
        load_register(path)
    assert sorted(places(caught.value), key=str) == sorted(
        [
            ("regions.csv", 3, "code", "the code 'r' is used twice"),
            ("bodies.csv", 3, "code", "the code 'a' is used twice"),
            ("bodies.csv", 3, "region", "unknown region 'nowhere'"),
            ("bodies.csv", 5, "valid_from", "'2020-13-01' is not a date"),
            ("bodies.csv", 5, "parent", "unknown parent 'nobody'"),
            ("bodies.csv", 9, "name_vi", "'MỘT' is also the name of 'a' in this group and time"),
            ("bodies.csv", 5, "tile", "the tile 0 0 is taken by 'a' in this group and time"),
            (
                "bodies.csv",
                6,
                "valid_to",
                "the body ends on 2020-01-01, before it begins on 2020-01-02",
            ),
            ("bodies.csv", 6, "tile", "'left' is not a tile"),
            ("bodies.csv", 7, "code", "the body has no code"),
            ("bodies.csv", 7, "group", "the body has no group"),
            ("bodies.csv", 8, None, "the row has more cells than the heading"),
            ("bodies.csv", 8, "name_vi", "the body has no name"),
            ("successions.csv", 2, "after", "the succession names an unknown body 'zz'"),
            ("successions.csv", 3, "from", "'soon' is not a date"),
            (
                "successions.csv",
                4,
                "kind",
                "unknown kind of succession 'sale', use one of merge, split, rename",
            ),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"code,name_vi\nx,A\n", "the column group is missing"),
        (b"code,group,colour\n", "unknown column 'colour'"),
        (b"code,group,code\n", "the column code stands twice"),
        (b'code,group\n"x,g\n', "not readable as CSV"),
        ("code,name_vi,group\nx,Sở,g\n".encode("utf-16"), "not in UTF-8"),
        ("code,name_vi,group\nx,Đông,g\n".encode("cp1258", "replace"), "not in UTF-8"),
        (b"code,name_vi,group\nx," + b"y" * 200_000 + b",g\n", "not readable as CSV"),
    ],
)
def test_a_file_that_is_no_register_says_what_it_lacks(
    tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match=message) as caught:
        load_register(file)
    assert all(problem.file == str(file) for problem in caught.value.problems)


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGEST_FILE", 10)
    file = tmp_path / "large.csv"
    file.write_text("code,name_vi,group\n")
    with pytest.raises(InvalidInput, match="larger than"):
        load_register(file)


def test_successions_that_contradict_the_dates_of_their_bodies_are_told(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        bodies="code,name_vi,group,valid_from,valid_to\na,Một,g,,2018-12-31\nb,Hai,g,2021-01-01,\n",
        successions="before,after,from,kind\na,b,2020-01-01,rename\na,b,0001-01-01,rename\n",
    )
    with pytest.raises(InvalidInput) as caught:
        load_register(path)
    assert [(p.row, p.column, p.message) for p in caught.value.problems] == [
        (2, "from", "'a' did not exist the day before 2020-01-01"),
        (2, "from", "'b' does not exist on 2020-01-01"),
        (3, "from", "'b' does not exist on 0001-01-01"),
    ]


@pytest.mark.parametrize("name", ["nowhere", "", "../vietnam"])
def test_an_unknown_register_is_refused_with_the_shipped_ones(name: str) -> None:
    with pytest.raises(InvalidInput, match="shipped name: vietnam"):
        load_register(name)


def test_a_folder_without_bodies_says_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"bodies\.csv: the file cannot be read"):
        load_register(tmp_path)
