"""Hostile workbooks end in a clear problem, soon and without a traceback."""

from __future__ import annotations

import random
import zipfile
from contextlib import closing, suppress
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.problems import InvalidInput
from chiso.tables import (
    SheetData,
    hostile,
    open_workbook,
    openxml,
    read_table,
    sheet_cells,
    write_xlsx,
)

SHEET = "xl/worksheets/sheet1.xml"
ROWS = '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'


def refusal(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "book.xlsx"
    path.write_bytes(data)
    with pytest.raises(InvalidInput) as caught:
        read_table(path, name="book.xlsx")
    assert all(problem.file == "book.xlsx" for problem in caught.value.problems)
    return str(caught.value)


@pytest.fixture
def sound(tmp_path: Path) -> bytes:
    path = tmp_path / "sound.xlsx"
    write_xlsx(path, {"S": SheetData(["id", "n"], [(f"b{n}", n / 7) for n in range(300)])})
    return path.read_bytes()


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 0.999])
def test_a_truncated_workbook_is_refused(tmp_path: Path, sound: bytes, share: float) -> None:
    assert "cut short or damaged" in refusal(tmp_path, sound[: int(len(sound) * share)])


def test_a_workbook_with_flipped_bytes_is_read_or_refused(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "book.xlsx"
    dice = random.Random(7)
    for _ in range(150):
        data = bytearray(sound)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(4, len(data))] = dice.randrange(256)
        path.write_bytes(data)
        with suppress(InvalidInput):
            read_table(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet='<>/ crvtfs="01A&;#x!-[]', max_size=80), st.booleans())
def test_any_sheet_content_is_read_or_refused(
    tmp_path: Path, workbooks: ModuleType, content: str, wrapped: bool
) -> None:
    path = tmp_path / "book.xlsx"
    rows = f"<row><c>{content}</c></row>" if wrapped else content
    path.write_bytes(workbooks.pack(workbooks.parts(rows)))
    with suppress(InvalidInput):
        open_workbook(path)


def test_a_zip_bomb_is_refused_by_what_it_unpacks_to(tmp_path: Path, workbooks: ModuleType) -> None:
    bomb = workbooks.parts(ROWS) | {"xl/media/image1.bin": b"\0" * 12 * 2**20}
    assert "zip bomb" in refusal(tmp_path, workbooks.pack(bomb))


def test_many_parts_that_are_large_together_are_refused(
    workbooks: ModuleType, tmp_path: Path
) -> None:
    noise = random.Random(1).randbytes(4_000)
    members = workbooks.parts(ROWS) | {f"xl/media/{n}.png": noise for n in range(10)}
    limits = hostile.ArchiveLimits(total_bytes=30_000)
    with pytest.raises(InvalidInput, match="zip bomb"):
        hostile.Archive(workbooks.pack(members), "book.xlsx", limits)
    with pytest.raises(InvalidInput, match="too many"):
        hostile.Archive(workbooks.pack(members), "book.xlsx", hostile.ArchiveLimits(parts=5))


def test_more_elements_than_a_table_needs_are_refused(workbooks: ModuleType) -> None:
    limits = hostile.ArchiveLimits(elements=100)
    data = workbooks.pack(workbooks.parts('<row r="1"/>' * 200))
    with closing(hostile.Archive(data, "book.xlsx", limits)) as archive:
        workbook = openxml.read_workbook(archive)
        with pytest.raises(InvalidInput, match="more than 100 elements"):
            sheet_cells.read_cells(archive, workbook.sheets[0], workbook, 10, 10)


def test_two_sheets_of_one_name_are_refused(tmp_path: Path, workbooks: ModuleType) -> None:
    members = workbooks.parts(ROWS)
    main = "xl/workbook.xml"
    twice = '<sheet name="S" sheetId="1" r:id="r1"/>'
    members[main] = members[main].replace(twice, twice * 2)
    assert "two sheets are named 'S'" in refusal(tmp_path, workbooks.pack(members))


def test_a_lie_about_the_unpacked_size_is_found(tmp_path: Path, workbooks: ModuleType) -> None:
    data = bytearray(workbooks.pack(workbooks.parts(ROWS)))
    # The size stands 24 bytes into each entry of the central directory.
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    assert "damaged" in refusal(tmp_path, bytes(data))


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE a [<!ENTITY x "lol"><!ENTITY y "&x;&x;&x;">]>',
        '<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_and_entities_are_refused(
    tmp_path: Path, workbooks: ModuleType, declaration: str, encoding: str
) -> None:
    content = (declaration + workbooks.sheet(ROWS)).encode(encoding)
    data = workbooks.pack(workbooks.parts() | {SHEET: content})
    assert "document type or entities" in refusal(tmp_path, data)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../evil.xml", "unsafe name"),
        ("/abs.xml", "unsafe name"),
        ("C:/x.xml", "unsafe name"),
        ("xl/vbaProject.bin", "macros"),
        ("xl/workbook.bin", ".xlsb"),
        ("mimetype", "OpenDocument"),
    ],
)
def test_parts_that_do_not_belong_are_refused(
    tmp_path: Path, workbooks: ModuleType, name: str, words: str
) -> None:
    assert words in refusal(tmp_path, workbooks.pack(workbooks.parts(ROWS) | {name: "x"}))


def test_two_parts_of_one_name_are_refused(tmp_path: Path, workbooks: ModuleType) -> None:
    path = tmp_path / "twice.zip"
    path.write_bytes(workbooks.pack(workbooks.parts(ROWS)))
    with (
        pytest.warns(UserWarning, match="Duplicate"),
        zipfile.ZipFile(path, "a") as archive,
    ):
        archive.writestr(SHEET, workbooks.sheet(""))
    assert "same name" in refusal(tmp_path, path.read_bytes())


def test_an_encrypted_archive_is_refused(tmp_path: Path, workbooks: ModuleType) -> None:
    data = bytearray(workbooks.pack(workbooks.parts(ROWS)))
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1
    assert "password" in refusal(tmp_path, bytes(data))


def test_an_archive_of_another_kind_is_refused(tmp_path: Path, workbooks: ModuleType) -> None:
    assert "no Excel workbook" in refusal(tmp_path, workbooks.pack({"word/document.xml": "<a/>"}))


def test_xml_that_is_broken_or_in_no_known_encoding_is_refused(
    tmp_path: Path, workbooks: ModuleType
) -> None:
    for content in (
        "<worksheet>",
        '<?xml version="1.0" encoding="nonsense"?><a/>',
        "",
        "<a>&b;</a>",
    ):
        data = workbooks.pack(workbooks.parts() | {SHEET: content})
        assert "damaged" in refusal(tmp_path, data)


def test_a_claimed_size_is_not_believed(tmp_path: Path, workbooks: ModuleType) -> None:
    content = workbooks.sheet(
        ROWS + '<row r="1048576"><c r="XFD1048576" s="1"/></row>', "A1:XFD1048576"
    )
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbooks.pack(workbooks.parts() | {SHEET: content}))
    assert read_table(path).columns == ("id",)
    grid = open_workbook(path)["S"]
    assert (grid.max_row, grid.max_column) == (1, 1)


@pytest.mark.parametrize("reference", ["XFD1", "A1048576"])
def test_values_far_out_are_refused(tmp_path: Path, workbooks: ModuleType, reference: str) -> None:
    row = reference.lstrip("AXFD")
    rows = f'<row r="{row}"><c r="{reference}"><v>1</v></c></row>'
    message = refusal(tmp_path, workbooks.pack(workbooks.parts(rows)))
    assert f"a value in cell {reference}" in message


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="x"/>',
        '<row r="99999999999"/>',
        '<row r="1"><c r="ZZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
    ],
)
def test_cells_that_contradict_themselves_are_refused(
    tmp_path: Path, workbooks: ModuleType, rows: str
) -> None:
    assert "sheet 'S' is damaged" in refusal(tmp_path, workbooks.pack(workbooks.parts(rows)))


def test_a_lost_sheet_is_not_passed_over(tmp_path: Path, workbooks: ModuleType) -> None:
    members = workbooks.parts(ROWS)
    del members[SHEET]
    assert "sheet 'S' is missing" in refusal(tmp_path, workbooks.pack(members))


def test_strict_open_xml_is_named(tmp_path: Path, workbooks: ModuleType) -> None:
    members = workbooks.parts(ROWS)
    main = "xl/workbook.xml"
    members[main] = members[main].replace(
        workbooks.MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"
    )
    assert "Strict Open XML" in refusal(tmp_path, workbooks.pack(members))


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    tmp_path: Path,
) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(50 * 2**20 + 1)
    with pytest.raises(InvalidInput, match="larger than 50 MB"):
        read_table(path)


def test_text_under_the_name_of_a_workbook_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InvalidInput, match="not an XLSX workbook"):
        open_workbook(path)
    assert read_table(path).columns == ("a", "b")
