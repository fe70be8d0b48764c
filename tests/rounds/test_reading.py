"""Tables of answers, rulings and observations: what is read, what is refused."""

import pytest

from chiso.rounds.answers import State
from chiso.rounds.folder import open_round
from chiso.rounds.reading import MOST_HEADINGS, resolve

BODY = "dai-tieng-noi-viet-nam"
OTHER = "dai-truyen-hinh-viet-nam"


@pytest.fixture
def wide(small):
    """Read a wide table of answers; gives the round."""

    def read(text, rest="", encoding="utf-8"):
        small.write("a.csv", text, encoding)
        small.set(f"answers:\n  - {{file: a.csv{rest}}}\n")
        return small

    return read


@pytest.fixture
def long(wide):
    """Read a long table of answers."""
    return lambda text: wide(text, ", layout: long")


@pytest.fixture
def services(wide):
    """Read rows of the table input `services`."""
    return lambda text: wide(text, ", table: services")


@pytest.fixture
def rulings(small):
    """Read rulings beside one answer."""

    def read(text):
        small.write("a.csv", f"body,staff\n{BODY},10\n")
        small.write("r.csv", text)
        small.set("answers: [{file: a.csv}]\nrulings: [r.csv]\n")
        return small

    return read


@pytest.fixture
def looks(small):
    """Read observations."""

    def read(text):
        small.write("o.csv", text)
        small.set("observations: [o.csv]\n")
        return small

    return read


# ── wide tables ──


def test_a_wide_table_gives_one_row_a_body_by_any_of_its_names(wide):
    read = wide(
        "body,staff,equipped.computers,section.state,section.rules\n"
        "VOV,10,8,đầy đủ,có\n"
        "Đài Truyền hình Việt Nam,20,,none,no\n"
    )
    assert read.problems() == []
    first, second = read.answers(BODY), read.answers(OTHER)
    assert (first["staff"], first["equipped.computers"], first["section.state"]) == (10, 8, 0)
    assert (second["section.state"], second["section.rules"]) == (1, 0)
    answers = read.read().answers["agency"]
    assert answers.state(answers.bodies.index(OTHER), "equipped.computers") is State.MISSING
    assert answers.origins[answers.bodies.index(BODY), "staff"] == "a.csv, row 2, column B"


def test_a_heading_may_be_a_criterion_with_one_input(wide):
    assert wide(f"body,equipped\n{BODY},8\n").answers()["equipped.computers"] == 8


def test_a_heading_that_fits_several_inputs_names_them(wide):
    problem = wide(f"body,section,staff\n{BODY},full,3\n").problems()[0]
    assert problem.startswith("a.csv, row 1, column B")
    assert "'section' can be any of section.state, section.rules" in problem


def test_two_headings_of_one_question_are_refused(wide):
    problem = wide(f"body,equipped,equipped.computers\n{BODY},8,9\n").problem()
    assert "column C: 'equipped.computers' and 'equipped' mean the same question" in problem


def test_columns_can_be_mapped_from_the_headings_of_a_file(wide):
    text = f"Cơ quan;Số cán bộ\n{BODY};10\n"
    assert wide(text, ", columns: {body: cơ quan, staff: Số cán bộ}").answers()["staff"] == 10


def test_a_mapped_heading_that_fits_several_columns_is_ambiguous(wide):
    problem = wide(f"body,Số,SỐ\n{BODY},1,2\n", ", columns: {staff: số}").problem()
    assert "fits several columns" in problem


def test_a_table_in_a_wide_table_is_pointed_to_its_own_file(wide):
    problem = wide(f"body,services,staff\n{BODY},3,4\n").problems()[0]
    assert "'services' is a table: give its rows in a file with 'table:'" in problem


def test_an_unknown_body_is_told_with_candidates(wide):
    problem = wide("body,staff\nDai tieng noi Vietnm,10\n").problem()
    assert problem.startswith("a.csv, row 2, column A")
    assert "did you mean Đài Tiếng nói Việt Nam (dai-tieng-noi-viet-nam)" in problem


def test_candidates_come_from_all_groups_of_the_round(small):
    small.write("index.yaml", (small.folder / "index.yaml").read_text().replace(
        "groups:\n", "groups:\n  province: {vi: tỉnh, en: provinces}\n", 1))  # fmt: skip
    small.write("a.csv", "body,staff\nBac Kanh,10\n")
    spec = small.folder / "round.yaml"
    small.set("answers: [{file: a.csv}]\n")
    spec.write_text(spec.read_text().replace("[agency]", "[province, agency]"))
    assert "Bắc Kạn (bac-kan)" in small.problem()


def test_a_body_of_a_group_that_is_not_assessed_says_so(wide):
    assert "'province'" in wide("body,staff\nBắc Kạn,10\n").problem()
    assert (
        "does not assess the group 'province'; groups: agency"
        in wide("group,body,staff\nprovince,Bắc Kạn,10\n").problem()
    )


def test_a_body_that_stands_twice_names_both_rows(wide):
    problem = wide(f"body,staff\n{BODY},1\nVOV,2\n").problem()
    assert problem.startswith("a.csv, row 3, column A")
    assert "stands here and in row 2" in problem


def test_a_row_without_a_body_is_told(wide):
    assert "row 2, column A: the body is not named" in wide("body,staff\n,10\n").problem()


def test_an_answer_given_in_two_files_is_told_with_the_first(small):
    for name in ("a.csv", "b.csv"):
        small.write(name, f"body,staff\n{BODY},1\n")
    small.set("answers: [{file: a.csv}, {file: b.csv}]\n")
    problem = small.problem()
    assert problem.startswith("b.csv, row 2, column B")
    assert "answered twice, first in a.csv, row 2, column B" in problem


def test_unknown_headings_are_listed_and_many_are_counted(wide):
    names = [f"x{place}" for place in range(200)]
    cells = ",".join(["1"] * 200)
    problems = wide(f"body,staff,{','.join(names)}\n{BODY},10,{cells}\n").problems()
    assert len(problems) == MOST_HEADINGS + 1
    assert "row 1, column C: no question of small/1 is called 'x0'" in problems[0]
    assert "and 190 more columns like these, up to column GT" in problems[-1]


def test_a_table_that_answers_nothing_is_told(wide):
    assert "no column answers a question" in wide(f"body,x\n{BODY},1\n").problems()[-1]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("6000", "6000 is above the most allowed, 5000"),
        ("0", "0 is below the least allowed, 1"),
        ("mười", "'mười' is not a number"),
        ("12.5", "'12.5' is not a whole number"),
        ('"1.234"', "can mean 1234 or 1.234"),
        ("n/a", "leave the cell empty where nothing is known"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_its_cell(wide, cell, told):
    problem = wide(f"body,staff\n{BODY},{cell}\n").problem()
    assert problem.startswith("a.csv, row 2, column B")
    assert told in problem


def test_a_number_with_the_wrong_decimal_mark_is_refused_not_guessed(wide):
    text = f"body;budget\n{BODY};12,5\n"
    assert wide(text, ", decimal: comma").answers()["budget.spent"] == 12.5
    problem = wide(text, ", decimal: point").problem()
    assert "the file declares 'decimal: point'" in problem


def test_all_problems_of_all_files_are_told_at_once(small):
    small.write("a.csv", f"body,staff,budget\n{BODY},0,200\nnobody,1,1\n")
    small.write("b.csv", f"body,key,value\n{BODY},nothing,1\n")
    small.write("o.csv", f"body,check,state\n{BODY},X-9,pass\n")
    small.set(
        "answers: [{file: a.csv}, {file: b.csv, layout: long}, {file: none.csv}]\n"
        "observations: [o.csv]\n"
    )
    files = [problem.partition(",")[0].partition(":")[0] for problem in small.problems()]
    assert files == ["a.csv"] * 3 + ["b.csv", "none.csv", "o.csv"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "latin-1"])
def test_a_file_in_another_encoding_is_refused_and_not_garbled(wide, encoding):
    problem = wide("body,staff,budget\nHà Tĩnh,10,1\n".replace("ĩ", "ì"), "", encoding).problem()
    assert problem.startswith("a.csv")
    assert "UTF-8" in problem


# ── long tables ──


def test_a_long_table_holds_states_reasons_sources_and_evidence(long):
    read = long(
        "body,key,value,state,reason,source,evidence\n"
        f"{BODY},staff,10,,,sổ 1,\n"
        f"{BODY},section.state,,not_applicable,Không có,,\n"
        f"{BODY},equipped,5,đã khai,,,a.pdf; b.pdf\n"
        f"{OTHER},quality.awarded,,pending,Chưa họp,,\n"
        f"{OTHER},staff,,,Chưa rà soát,,\n"
    ).read()
    answers = read.answers["agency"]
    one, two = answers.bodies.index(BODY), answers.bodies.index(OTHER)
    assert answers.origins[one, "staff"] == "sổ 1"
    assert answers.state(one, "section.state") is State.NOT_APPLICABLE
    assert answers.evidence[one, "equipped"] == ("a.pdf", "b.pdf")
    assert answers.state(two, "quality.awarded") is State.PENDING
    assert answers.state(two, "staff") is State.MISSING
    assert answers.reasons[two, "staff"] == "Chưa rà soát"


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        ("nothing,1,,", "B", "is called 'nothing'"),
        ("section,1,,", "B", "can be any of section.state, section.rules"),
        ("services,1,,", "B", "give its rows in a file"),
        ("staff,x,,", "C", "'x' is not a number"),
        ("staff,,reported,", "C", "but there is no value"),
        ("staff,5,missing,", "C", "there is a value although the state is 'missing'"),
        ("staff,5,unknown,", "D", "'unknown' is not a state"),
        ("section.state,,not_applicable,", "E", "needs a reason"),
        ("staff,,rejected,", "E", "needs a reason"),
        ("staff,,not_applicable,vì", "", "cannot be declared not applicable"),
    ],
)
def test_a_wrong_row_of_a_long_table_is_told_with_its_cell(long, row, column, told):
    problem = long(f"body,key,value,state,reason\n{BODY},{row}\n").problem()
    assert problem.startswith(f"a.csv, row 2, column {column}" if column else "a.csv, row 2")
    assert told in problem


def test_a_doubled_answer_of_a_long_table_is_told(long):
    problem = long(f"body,key,value\n{BODY},staff,1\nVOV,staff,2\n").problem()
    assert problem.startswith("a.csv, row 3")
    assert "first in a.csv, row 2" in problem


def test_a_column_that_means_nothing_is_refused_rather_than_dropped(long):
    problem = long(f"body,key,value,reasons\n{BODY},staff,1,vì\n").problem()
    assert "row 1, column D: the column 'reasons' means nothing here" in problem


def test_evidence_of_a_fact_has_no_criterion_to_go_to(long):
    problem = long(f"body,key,value,evidence\n{BODY},staff,1,a.pdf\n").problem()
    assert "column D" in problem


# ── tables of rows ──


def test_rows_of_a_table_input_are_gathered_by_body(services):
    read = services(f"body,name,level,files\n{BODY},A,low,3\nVOV,B,mức cao,0\n{OTHER},C,high,9\n")
    answers = read.read().answers["agency"]
    table = answers.tables["services"]
    owners = [answers.bodies[place] for place in table.owner]
    assert sorted(owners) == [BODY, BODY, OTHER]
    assert sorted(table.columns["files"]) == [0, 3, 9]


def test_missing_required_cells_and_wrong_ones_are_all_told(services):
    problems = services(
        f"body,name,level,files\n{BODY},A,,3\n{BODY},B,middle,x\nnobody,C,low,1\n"
    ).problems()
    places = [problem.partition(":")[0] for problem in problems]
    assert places == [
        "a.csv, row 2, column C",
        "a.csv, row 3, column C",
        "a.csv, row 3, column D",
        "a.csv, row 4, column A",
    ]


def test_a_required_column_must_be_there_and_an_optional_one_need_not(services):
    assert "there is no column 'files'" in services(f"body,name,level\n{BODY},A,low\n").problem()
    assert services(f"body,name,level,files\n{BODY},A,low,1\n").problems() == []


def test_a_column_that_the_table_does_not_have_is_told(services):
    problem = services(f"body,name,level,files,more\n{BODY},A,low,1,2\n").problem()
    assert "column E: the column 'more' means nothing here" in problem


def test_a_table_that_the_index_does_not_ask_for_is_told(wide):
    problem = wide(f"body,name\n{BODY},A\n", ", table: units").problem()
    assert "'units' is not a table input of small/1" in problem
    assert "tables are services" in problem


# ── rulings ──


def test_rulings_are_kept_with_reason_points_person_and_row(rulings):
    read = rulings(
        "body,criterion,decision,points,reason,by,when\n"
        f"{BODY},equipped,correct,4.5,Thiếu minh chứng,Tổ 1,2019-12-02\n"
        f"{BODY},budget,accept,,,,\n"
    ).read()
    answers = read.answers["agency"]
    ruling = answers.rulings[answers.bodies.index(BODY), "equipped"]
    assert (ruling.decision, ruling.points, ruling.by) == ("correct", 4.5, "Tổ 1")
    assert ruling.origin == "r.csv, row 2"
    assert answers.rulings[answers.bodies.index(BODY), "budget"].decision == "accept"


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        ("nothing,accept,,", "B", "has no criterion 'nothing'"),
        ("work,accept,,", "B", "has no criterion 'work'"),
        ("equipped,agree,,", "C", "'agree' is not one of accept, correct"),
        ("equipped,correct,11,vì", "D", "between 0 and 10"),
        ("equipped,correct,-1,vì", "D", "between 0 and 10"),
        ("equipped,correct,,vì", "D", "between 0 and 10"),
        ("equipped,correct,nhiều,vì", "D", "is not a number"),
        ("equipped,accept,3,", "D", "points go with the decision 'correct'"),
        ("equipped,reject,,", "E", "the decision 'reject' needs a reason"),
        ("equipped,correct,4,", "E", "the decision 'correct' needs a reason"),
    ],
)
def test_a_wrong_ruling_is_told_with_its_cell(rulings, row, column, told):
    problem = rulings(f"body,criterion,decision,points,reason\n{BODY},{row}\n").problem()
    assert problem.startswith(f"r.csv, row 2, column {column}")
    assert told in problem


def test_a_reason_that_has_no_column_is_still_told(rulings):
    problem = rulings(f"body,criterion,decision\n{BODY},equipped,reject\n").problem()
    assert problem == "r.csv, row 2: the decision 'reject' needs a reason"


def test_a_criterion_ruled_on_twice_is_told(rulings):
    rows = f"{BODY},equipped,accept\nVOV,equipped,accept\n"
    problem = rulings(f"body,criterion,decision\n{rows}").problem()
    assert problem.startswith("r.csv, row 3, column B")


# ── observations ──


def test_observations_are_kept_with_what_was_seen(looks):
    read = looks(
        "body,check,state,level,seen,url,when\n"
        f"{BODY},X-01,partial,0.5,2 trong 4,https://co-quan.example/,2019-11-05\n"
        f"{OTHER},X-01,needs_review,,,,\n"
    ).read()
    answers = read.answers["agency"]
    one, two = answers.bodies.index(BODY), answers.bodies.index(OTHER)
    assert answers.levels["X-01"].values[one] == 0.5
    assert answers.observations[one, "X-01"].seen.vi == "2 trong 4"
    assert State(int(answers.levels["X-01"].states[two])) is State.PENDING


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        ("X-09,pass,1", "B", "observes 'X-09'"),
        ("X-01,good,1", "C", "'good' is not one of pass, partial"),
        ("X-01,pass,1.2", "D", "outside 0 to 1"),
        ("X-01,pass,-0.1", "D", "outside 0 to 1"),
        ("X-01,pass,", "C", "'pass' needs a level"),
        ("X-01,blocked,0", "D", "'blocked' cannot have a level"),
        ("X-01,pass,cao", "D", "is not a number"),
    ],
)
def test_a_wrong_observation_is_told_with_its_cell(looks, row, column, told):
    problem = looks(f"body,check,state,level\n{BODY},{row}\n").problem()
    assert problem.startswith(f"o.csv, row 2, column {column}")
    assert told in problem


def test_a_check_observed_twice_is_told(looks):
    problem = looks(f"body,check,state,level\n{BODY},X-01,pass,1\nVOV,X-01,fail,0\n").problem()
    assert problem.startswith("o.csv, row 3, column B")


def test_a_name_resolves_to_a_question_only_if_it_means_one(small):
    index = open_round(small.folder).index
    assert resolve(index, "staff") == "staff"
    assert resolve(index, "equipped") == "equipped.computers"
    assert resolve(index, "section") is None
    assert resolve(index, "work") is None
