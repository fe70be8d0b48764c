"""From a folder to results: the year of the round, published years, and earlier rounds."""

import textwrap

import pytest

from chiso.problems import InvalidInput
from chiso.rounds.folder import load_round
from chiso.scoring.results import results_with_history, score_round

INDEX = """\
index: small
version: "1"
title: {vi: a, en: a}
groups: {province: {vi: a, en: a}, ministry: {vi: a, en: a}}
criteria:
  - id: c
    title: {vi: a, en: a}
    points: 10
    inputs: {x: {type: number, min: 0, title: {vi: a, en: a}}}
    rule: {count: x}
"""


@pytest.fixture
def folder(tmp_path):
    """Make a round's folder: its settings, and files by name."""

    def make(name="now", year=2019, settings="", **files):
        path = tmp_path / name
        path.mkdir()
        spec = f"round: {name}\ntitle: a\nindex: index.yaml\nyear: {year}\n"
        spec += "bodies: vietnam\ngroups: [province, ministry]\ndecimal: point\n"
        (path / "round.yaml").write_text(spec + textwrap.dedent(settings), encoding="utf-8")
        (path / "index.yaml").write_text(INDEX, encoding="utf-8")
        for file, text in files.items():
            (path / f"{file}.csv").write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return make


ANSWERS = "answers:\n  - {file: answers.csv, group: province}\n"
PUBLISHED = "published:\n  - published.csv\n"


def test_answers_of_the_year_are_scored_and_published_years_stand_beside_them(folder):
    path = folder(
        settings=ANSWERS + PUBLISHED,
        answers="body,c\nBắc Kạn,7\nLào Cai,9\n",
        published="year,group,body,rank\n2018,province,Bắc Kạn,26\n2017,ministry,Bộ Y tế,4\n",
    )
    results = score_round(load_round(path))
    assert [(result.year, sorted(result.groups)) for result in results] == [
        (2017, ["ministry"]),
        (2018, ["province"]),
        (2019, ["ministry", "province"]),
    ]
    assert results[1].groups["province"].origin == "published"
    now = results[2].groups["province"]
    assert (now.origin, now.standing("bac-kan").rank, now.standing("bac-kan").score) == (
        "computed", 2, 0.7,
    )  # fmt: skip


def test_computed_results_stand_before_published_ones_of_the_same_group_and_year(folder):
    path = folder(
        settings=ANSWERS + PUBLISHED,
        answers="body,c\nBắc Kạn,7\n",
        published="year,group,body,rank\n2019,province,Bắc Kạn,50\n",
    )
    [result] = score_round(load_round(path))
    assert result.groups["province"].standing("bac-kan").rank == 1


def test_earlier_rounds_are_read_from_their_folders(folder):
    folder("before", 2018, ANSWERS, answers="body,c\nBắc Kạn,2\n")
    path = folder(settings=ANSWERS + "history: [../before]\n", answers="body,c\nBắc Kạn,7\n")
    opened, results = results_with_history(path)
    assert opened.spec.year == 2019
    assert [r.groups["province"].standing("bac-kan").score for r in results] == [0.2, 0.7]


def test_the_round_itself_stands_before_its_history(folder):
    folder("before", 2019, ANSWERS, answers="body,c\nBắc Kạn,2\n")
    path = folder(settings=ANSWERS + "history: [../before]\n", answers="body,c\nBắc Kạn,7\n")
    _, [result] = results_with_history(path)
    assert result.groups["province"].standing("bac-kan").score == 0.7


def test_problems_of_an_earlier_round_are_raised(folder):
    folder("before", 2018, ANSWERS, answers="body,c\nNowhere,2\n")
    path = folder(settings=ANSWERS + "history: [../before]\n", answers="body,c\nBắc Kạn,7\n")
    with pytest.raises(InvalidInput, match="Nowhere"):
        results_with_history(path)


def test_progress_is_told_for_each_group(folder):
    path = folder(settings=ANSWERS, answers="body,c\nBắc Kạn,7\n")
    told = []
    score_round(load_round(path), lambda *step: told.append(step))
    assert told == [("scoring", 1, 2), ("scoring", 2, 2)]


def test_the_published_example_has_four_years(root):
    opened, results = results_with_history(root / "examples" / "vietnam-ict-2019")
    assert [result.year for result in results] == [2016, 2017, 2018, 2019]
    assert opened.answers == {}
    assert {s.origin for result in results for s in result.groups.values()} == {"published"}
    assert [s.rank for s in results[3].groups["ministry"].ranking()] == list(range(1, 18))
