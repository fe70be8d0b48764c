"""round.yaml: mistakes with their lines, and paths that stay in the folder."""

import pytest

from chiso.problems import InvalidInput
from chiso.rounds.folder import find_body, open_round
from chiso.rounds.spec import inside, read_spec

BODY = "dai-tieng-noi-viet-nam"


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ("answer: []\n", ["round.yaml:6", "unknown key 'answer'"]),
        ("answers: [{file: a.csv}]\nyears: 3\n", ["round.yaml:7", "unknown key 'years'"]),
        ("answers: [{file: a.csv}]\non: soon\n", ["round.yaml:7", "'soon' is not a date"]),
        ("answers: [{file: a.csv, layout: tall}]\n", ["round.yaml:6", "layout"]),
        ("answers: [{fomrs: reports}]\n", ["round.yaml:6", "unknown key 'fomrs'"]),
        ("decimal: dot\nanswers: [{file: a.csv}]\n", ["round.yaml:6", "decimal"]),
        ("", ["round.yaml", "needs answers, observations, targets or published results"]),
        ("answers: [{file: &a a.csv}]\n", ["round.yaml:6", "anchors"]),
        ("answers: [\n", ["round.yaml", "not valid YAML"]),
    ],
)
def test_what_is_wrong_in_round_yaml_is_told_with_its_line(small, rest, told):
    small.set(rest)
    problems = small.problems()
    assert any(all(t in p for t in told) for p in problems), problems


def test_several_mistakes_of_round_yaml_are_told_at_once(small):
    spec = small.folder / "round.yaml"
    spec.write_text("round: Bad Name\ntitle: x\nindex: index.yaml\nyear: 19\nmore: 1\n")
    problems = small.problems()
    lines = [line for line in (1, 4, 5) if any(f"round.yaml:{line}:" in p for p in problems)]
    assert lines == [1, 4, 5]
    assert any("the key 'groups' is missing" in p for p in problems)


def test_a_group_that_the_index_or_the_register_lacks_is_told(small):
    small.set("answers: [{forms: reports}]\n")
    spec = small.folder / "round.yaml"
    spec.write_text(spec.read_text().replace("[agency]", "[agency, ministry]"))
    assert "has no group 'ministry' (agency)" in small.problem()


def test_a_folder_without_round_yaml_says_what_to_do(tmp_path):
    with pytest.raises(InvalidInput, match=r"there is no round\.yaml .*chiso new round"):
        read_spec(tmp_path)


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/passwd", "a/../../secret.csv"])
def test_a_path_that_leaves_the_folder_is_refused_unread(small, name):
    (small.folder.parent / "secret.csv").write_text(f"body,staff\n{BODY},10\n")
    small.set(f"answers: [{{file: {name}}}]\n")
    assert "lies outside the round's folder" in small.problem()
    with pytest.raises(InvalidInput, match="lies outside"):
        inside(small.folder, name)


def test_a_link_that_leaves_the_folder_is_refused(small):
    secret = small.folder.parent / "secret.csv"
    secret.write_text(f"body,staff\n{BODY},10\n")
    (small.folder / "a.csv").symlink_to(secret)
    small.set("answers: [{file: a.csv}]\n")
    assert "lies outside the round's folder" in small.problem()


def test_forms_outside_the_folder_are_refused(small):
    small.set("answers: [{forms: ../elsewhere}]\n")
    assert "lies outside the round's folder" in small.problem()


def test_a_person_finds_a_body_of_the_round_by_any_name(small):
    opened = open_round(small.folder)
    assert find_body(opened, "vov").code == BODY
    with pytest.raises(InvalidInput, match="did you mean"):
        find_body(opened, "Dai tieng noi Vietnm")
