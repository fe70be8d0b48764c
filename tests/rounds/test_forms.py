"""Excel forms: what a body sees, what it may type, and that all of it is read back."""

import shutil
import unicodedata

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import range_boundaries

from chiso.bodies import load_register
from chiso.index import load_index
from chiso.rounds.answers import State
from chiso.rounds.folder import open_round
from chiso.rounds.forms import FIRST_ROW, Filling, fingerprint, write_form
from chiso.rounds.spec import RoundSpec

ICT = "ict-application/2019"
BODY = "dai-tieng-noi-viet-nam"
OTHER = "dai-truyen-hinh-viet-nam"
WORK, GUIDE = "2. Làm việc", "Hướng dẫn"


@pytest.fixture(scope="module")
def sheets(tmp_path_factory):
    """The form of a province for the shipped index."""
    spec = RoundSpec.model_validate(
        {
            "round": "trial-2019",
            "title": {"vi": "Kỳ thử", "en": "A trial"},
            "index": ICT,
            "year": 2019,
            "groups": ["province"],
            "illustrative": True,
            "answers": [{"forms": "reports"}],
        }
    )
    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    write_form(path, spec, load_index(ICT), load_register("vietnam").get("bac-kan"))
    return openpyxl.load_workbook(path)


def questions(book):
    """(sheet, row, key) of every question."""
    return [
        (sheet, row, str(sheet.cell(row, 1).value))
        for sheet in book
        if str(sheet["A1"].value).startswith("chiso/questions")
        for row in range(FIRST_ROW, sheet.max_row + 1)
    ]


def rule_at(sheet, cell):
    """The data validation of a cell."""
    found = [v for v in sheet.data_validations.dataValidation if cell in v.sqref]
    assert len(found) <= 1
    return found[0] if found else None


# ── what a body sees ──


def test_there_is_a_sheet_for_general_figures_for_each_pillar_and_for_each_table(sheets):
    index = load_index(ICT)
    marks = [sheet["A1"].value for sheet in sheets if sheet.sheet_state == "visible"]
    pillars = [f"chiso/questions/{node.id}" for node in index.top]
    tables = ["chiso/table/units", "chiso/table/services"]
    assert marks == ["chiso/guide", "chiso/questions/facts", *pillars, *tables]


def test_every_question_that_is_reported_stands_in_the_form_once(sheets):
    index = load_index(ICT)
    asked = [key for _, _, key in questions(sheets) if not key.startswith("evidence/")]
    reported = [
        f"{node.id}.{name}"
        for node in index.leaves
        if node.item.source == "report"
        for name in node.item.inputs
    ]
    facts = [key for key, item in index.facts.items() if item.type != "table"]
    assert sorted(asked) == sorted([*facts, *reported])


def test_a_criterion_computed_from_facts_still_has_a_place_for_its_evidence(sheets):
    index = load_index(ICT)
    rows = {key: (sheet, row) for sheet, row, key in questions(sheets)}
    for node in index.leaves:
        if node.item.source == "report" and not node.item.inputs:
            sheet, row = rows[f"evidence/{node.id}"]
            assert sheet.cell(row, 6).protection.locked
            assert not sheet.cell(row, 9).protection.locked


def test_every_sheet_is_protected_and_only_cells_to_fill_are_open(sheets):
    assert all(sheet.protection.sheet for sheet in sheets)
    for sheet, row, key in questions(sheets):
        locked = [sheet.cell(row, column).protection.locked for column in range(1, 12)]
        assert locked[:5] == [True] * 5, key
        assert locked[9:] == [True] * 2, key
        assert locked[5] == key.startswith("evidence/"), key


def test_what_stands_above_a_table_is_locked_and_its_rows_are_open(sheets):
    sheet = sheets["9. Dịch vụ công trực tuyến"]
    assert sheet.column_dimensions["A"].protection.locked is False
    for row in (1, 2):
        assert sheet.row_dimensions[row].protection.locked
        assert sheet.cell(row, 1).protection.locked
    assert all(sheet.cell(3, column).protection.locked for column in range(1, 8))


def test_the_state_is_open_only_where_a_criterion_may_not_apply(sheets):
    index = load_index(ICT)
    for sheet, row, key in questions(sheets):
        owner, dot, _ = key.partition(".")
        optional = bool(dot) and index.criterion(owner).optional
        cell = sheet.cell(row, 7)
        assert cell.protection.locked != optional, key
        rule = rule_at(sheet, cell.coordinate)
        assert (rule is not None) == optional
        assert rule is None or rule.formula1 == '"không áp dụng"'


def test_numbers_are_held_within_their_bounds_while_typing(sheets):
    index = load_index(ICT)
    for sheet, row, key in questions(sheets):
        declared = index.questions.get(key)
        if declared is not None and declared.type in {"integer", "number"}:
            rule = rule_at(sheet, sheet.cell(row, 6).coordinate)
            assert rule.type == ("whole" if declared.type == "integer" else "decimal"), key
            assert float(rule.formula1) == declared.min
            assert float(rule.formula2) == declared.max
            assert rule.error


def test_choices_and_yes_or_no_are_picked_from_lists_in_words(sheets):
    index = load_index(ICT)
    for sheet, row, key in questions(sheets):
        declared = index.questions.get(key)
        if declared is None or declared.type not in {"choice", "yes_no"}:
            continue
        rule = rule_at(sheet, sheet.cell(row, 6).coordinate)
        assert rule.type == "list"
        name, _, cells = rule.formula1.rpartition("!")
        first, top, last, bottom = range_boundaries(cells)
        assert first == last
        words = [sheets[name].cell(r, first).value for r in range(top, bottom + 1)]
        titles = [title.vi for title in declared.options.values()]
        assert words == (titles or ["có", "không"]), key
    assert sheets["_lists"].sheet_state == "hidden"


def test_notes_tell_what_is_meant_and_what_evidence_is_asked(sheets):
    index = load_index(ICT)
    for sheet, row, key in questions(sheets):
        owner = key.removeprefix("evidence/").partition(".")[0]
        if owner in index.by_id and sheet.cell(row, 10).value is not None:
            assert sheet.cell(row, 9).comment.text == index.criterion(owner).evidence.ask.vi
    procedures = next((s, r) for s, r, key in questions(sheets) if key == "procedures")
    assert "Ghi 0" in procedures[0].cell(procedures[1], 3).comment.text


def test_headings_stay_in_view_and_are_repeated_on_paper(sheets):
    for sheet in sheets:
        if str(sheet["A1"].value).startswith("chiso/questions"):
            assert sheet.freeze_panes == "D4"
            assert sheet.print_title_rows == "$3:$3"
        elif str(sheet["A1"].value).startswith("chiso/table"):
            assert sheet.freeze_panes == "B4"
        if sheet.sheet_state == "visible":
            assert sheet.page_setup.orientation == "landscape"
            assert sheet.page_setup.fitToHeight == 0


def test_rows_are_tall_enough_for_what_they_say(sheets):
    for sheet, row, key in questions(sheets):
        asked = str(sheet.cell(row, 3).value)
        lines = -(-len(asked) // 40)
        assert sheet.row_dimensions[row].height >= 15 * lines, key


def test_a_form_holds_no_formulas_and_says_that_it_is_illustrative(sheets):
    assert [c.coordinate for s in sheets for row in s for c in row if c.data_type == "f"] == []
    assert "MINH HỌA" in sheets[GUIDE]["A3"].value


def test_a_form_in_english_is_in_english_throughout(small):
    opened = open_round(small.folder)
    path = small.folder / "reports" / "en.xlsx"
    path.parent.mkdir()
    filling = Filling({"staff": 10, "section.rules": True, "section.state": "full"})
    write_form(path, opened.spec, opened.index, opened.register.get(BODY), "en", filling)
    sheet = openpyxl.load_workbook(path)["2. Work"]
    assert [sheet.cell(3, c).value for c in (2, 6)] == ["Criterion", "Value"]
    assert (sheet["F5"].value, sheet["F6"].value) == ("complete", "yes")
    assert small.answers()["section.rules"] == 1.0


def test_the_same_form_has_the_same_bytes(small):
    first = small.form(name="a.xlsx").read_bytes()
    assert small.form(name="b.xlsx").read_bytes() == first


# ── there and back ──

texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1).map(
    lambda text: unicodedata.normalize("NFC", text)
)
fillings = st.fixed_dictionaries(
    {},
    optional={
        "staff": st.integers(1, 5000),
        "equipped.computers": st.integers(0, 9000),
        "section.state": st.sampled_from(["full", "none"]),
        "section.rules": st.booleans(),
        "budget.spent": st.floats(0, 100).map(lambda x: round(x, 6)),
    },
)
services = st.lists(
    st.fixed_dictionaries(
        {"name": texts, "level": st.sampled_from(["low", "high"]), "files": st.integers(0, 1000)},
        optional={"remark": texts},
    ),
    max_size=5,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=fillings, rows=services)
def test_what_is_filled_in_is_read_back(small, values, rows):
    reports = small.folder / "reports"
    shutil.rmtree(reports, ignore_errors=True)
    small.form(filling=Filling(values=values, tables={"services": rows}))
    read = small.read().answers["agency"]
    place = read.bodies.index(BODY)
    for key in ("staff", "equipped.computers", "budget.spent"):
        given_value = read.columns[key].values[place]
        assert given_value == values.get(key) or key not in values
        assert read.state(place, key) is (State.REPORTED if key in values else State.MISSING)
    if "section.state" in values:
        options = ["full", "none"]
        assert read.columns["section.state"].values[place] == options.index(values["section.state"])
    if "section.rules" in values:
        assert read.columns["section.rules"].values[place] == values["section.rules"]
    table = read.tables["services"]
    assert list(table.columns["name"]) == [row["name"] for row in rows]
    assert list(table.columns["remark"]) == [row.get("remark") for row in rows]
    assert list(table.columns["files"]) == [row["files"] for row in rows]
    assert list(table.columns["level"]) == [["low", "high"].index(row["level"]) for row in rows]


@pytest.mark.parametrize("text", ["=1+1", "<r>a</r>", "_x0041_", "'a", "-", "#"])
def test_a_text_that_looks_like_something_else_stays_a_text(small, text):
    row = {"name": text, "level": "low", "files": 1}
    small.form(filling=Filling(tables={"services": [row]}))
    assert list(small.read().answers["agency"].tables["services"].columns["name"]) == [text]


def test_a_text_too_long_for_a_cell_is_refused_and_no_file_is_left(small):
    row = {"name": "a" * 40_000, "level": "low", "files": 1}
    with pytest.raises(ValueError, match="does not fit"):
        small.form(filling=Filling(tables={"services": [row]}))
    assert list((small.folder / "reports").iterdir()) == []


def test_a_blank_form_gives_only_missing_answers(small):
    small.form()
    read = small.read().answers["agency"]
    place = read.bodies.index(BODY)
    assert {read.state(place, key) for key in small.read().index.questions} == {State.MISSING}


def test_evidence_and_reasons_are_read_with_the_cells_of_the_answers(small):
    excuse = (State.NOT_APPLICABLE, "Không có chuyên mục")
    small.form(
        filling=Filling(
            values={"equipped.computers": 20},
            states={"section.state": excuse, "section.rules": excuse},
            evidence={"equipped": ["a.pdf", "https://co-quan.example/b"], "offered": ["c.pdf"]},
        )
    )
    read = small.read().answers["agency"]
    place = read.bodies.index(BODY)
    assert read.state(place, "section.state") is State.NOT_APPLICABLE
    assert read.reasons[place, "section.state"] == "Không có chuyên mục"
    assert read.origins[place, "equipped.computers"] == f"a.xlsx, {WORK}!F4"
    assert read.evidence[place, "equipped"] == ("a.pdf", "https://co-quan.example/b")
    assert read.evidence[place, "offered"] == ("c.pdf",)


def test_a_reason_without_a_value_is_kept(small, edit):
    edit(small.form(), {f"{WORK}!H4": "Chưa kiểm kê xong"})
    read = small.read().answers["agency"]
    place = read.bodies.index(BODY)
    assert read.state(place, "equipped.computers") is State.MISSING
    assert read.reasons[place, "equipped.computers"] == "Chưa kiểm kê xong"


def test_the_form_of_another_body_does_not_touch_this_one(small):
    small.form(BODY, "a.xlsx", Filling({"staff": 10}))
    small.form(OTHER, "b.xlsx", Filling({"staff": 20}))
    assert (small.answers(BODY)["staff"], small.answers(OTHER)["staff"]) == (10.0, 20.0)


def test_forms_of_another_version_of_the_index_do_not_fit(make_index):
    count = {"id": "a", "rule": {"count": "n"}, "inputs": {"n": {"type": "integer"}}}
    number = {"id": "a", "rule": {"count": "n"}, "inputs": {"n": {"type": "number"}}}
    one, other = make_index(criteria=[count]), make_index(criteria=[number])
    assert fingerprint(one) == fingerprint(make_index(criteria=[count]))
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one) != fingerprint(make_index(criteria=[count], version="2"))
