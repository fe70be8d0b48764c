"""Reading an index file: every fault is told with file, line and criterion, and none crashes."""

import json
import re
from pathlib import Path

import pydantic
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chiso.index import load_index, model, parse_index, shipped_indexes
from chiso.index import rules as rule_models
from chiso.index.lint import lint_index
from chiso.index.loading import MAX_BYTES, find_index
from chiso.index.rules import KINDS
from chiso.problems import InvalidInput

GOOD = """\
index: ict
version: "2019"
title: {vi: Chỉ số, en: Index}
groups: [province]
points: 60
facts:
  staff: {type: integer, min: 1, title: {vi: Số người, en: Staff}}
pillars:
  - id: infrastructure
    title: {vi: Hạ tầng, en: Infrastructure}
    points: 60
    criteria:
      - id: computers
        title: {vi: Máy tính, en: Computers}
        points: 20
        inputs:
          computers: {type: integer, min: 0, title: {vi: Số máy, en: Computers}}
        rule: {share: computers / staff}
        examples:
          - {given: {computers: 90, staff: 100}, points: 18}
      - id: wan
        title: {vi: Mạng diện rộng, en: Wide area network}
        points: 40
        inputs:
          apps: {type: integer, min: 0, title: {vi: Ứng dụng, en: Applications}}
          units:
            type: table
            title: {vi: Đơn vị, en: Units}
            columns:
              wan: {type: yes_no, title: {vi: Có WAN, en: On the WAN}}
        rule:
          sum:
            - share: share(units, wan)
              points: 35
            - count: apps
              cap: 5
"""


def problems(text, file="my.yaml"):
    with pytest.raises(InvalidInput) as caught:
        parse_index(text, file=file)
    return [(p.line, p.criterion, p.message) for p in caught.value.problems]


def changed(old, new):
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


def test_a_good_file_is_read_with_the_lines_of_its_keys():
    index = parse_index(GOOD)
    assert index.key == "ict/2019"
    assert lint_index(index) == []
    assert index.line(index.by_id["wan"].loc) == line_of(GOOD, "- id: wan")
    assert index.line((*index.by_id["wan"].loc, "rule")) == line_of(GOOD, "rule:\n")
    assert [node.id for node in index.nodes] == ["infrastructure", "computers", "wan"]


def test_yes_and_no_are_words_and_not_truth_values():
    text = changed("{vi: Có WAN, en: On the WAN}}", "{vi: yes, en: no}}")
    column = parse_index(text).criterion("wan").inputs["units"].columns["wan"]
    assert (column.title.vi, column.title.en) == ("yes", "no")


# ── what is not YAML, or not the YAML that is accepted ──


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "keys and values"),
        ("# only a comment\n", 1, "keys and values"),
        ("- a\n- b\n", 1, "keys and values"),
        ("just text", 1, "keys and values"),
        ("index: a\nversion: 1\nindex: b\n", 3, "duplicate key"),
        ("index: a\n\tversion: 1\n", 2, "not valid YAML"),
        ("index: [a\nversion: 1\n", 2, "not valid YAML"),
        ("index: {a: 1\n", 2, "not valid YAML"),
        ("index: 'a\n", 2, "not valid YAML"),
        ("index: a\n---\nindex: b\n", 2, "not valid YAML"),
        ("index: a: b\n", 1, "not valid YAML"),
        ("a: &x 1\nb: 2\n", 1, "anchors"),
        ("a: 1\nb: *x\n", 2, "aliases"),
        ("a: 1\n<<: {b: 2}\n", 2, "merge keys"),
        ("a: 1\nb: !!python/object:os.system {}\n", 2, "tags"),
        ("a: !!set {b, c}\n", 1, "tags"),
        ("a: !thing b\n", 1, "tags"),
        ("a: 1\n? [b]\n: 2\n", 2, "a key is a word"),
        ("a: {{b: c}: d}\n", 1, "a key is a word"),
        ("a: 1\n? - b\n: 2\n", 2, "a key is a word"),
    ],
)
def test_what_yaml_is_not_accepted_is_told_with_its_line(text, line, words):
    [(at, _, message)] = problems(text)
    assert words in message
    assert at == line


def test_a_billion_laughs_are_refused_before_they_grow():
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
    )
    [(line, _, message)] = problems(bomb)
    assert (line, "anchors" in message) == (1, True)


def test_an_asterisk_in_quotes_is_text():
    assert parse_index(changed("{vi: Máy tính, en: Computers}", '"*computers*"'))


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_without_end_is_refused(opening):
    [(line, _, message)] = problems("index: a\nx: \n " + opening * 3000)
    assert line == 3
    assert message in {"nested too deeply", "a key is a word, not a list or mapping"}


@pytest.mark.parametrize("text", ["a: \x00", "a: \x1b", "a: \ufffe", "a: 2019-13-45"])
def test_characters_and_dates_that_cannot_be_are_refused(text):
    [(_, _, message)] = problems(text)
    assert message.startswith("not valid YAML")


def test_a_file_that_is_not_utf8_is_told_by_line_and_byte(tmp_path):
    path = tmp_path / "index.yaml"
    path.write_bytes(GOOD.encode().replace("Hạ tầng".encode(), b"H\xe1 t\xe2ng"))
    with pytest.raises(InvalidInput) as caught:
        load_index(path)
    [problem] = caught.value.problems
    assert problem.file == str(path)
    assert problem.line == line_of(GOOD, "Hạ tầng")
    assert "0xe1" in problem.message
    assert problem.hint == "save the file as UTF-8"


def test_a_byte_order_mark_is_no_fault(tmp_path):
    path = tmp_path / "index.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_index(path).key == "ict/2019"


def test_a_file_that_is_too_large_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "index.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    monkeypatch.setattr(Path, "read_bytes", lambda _self: pytest.fail("the file was read"))
    with pytest.raises(InvalidInput, match="larger than 4 MB"):
        load_index(path)


def test_a_folder_and_a_missing_file_are_no_index(tmp_path):
    (tmp_path / "folder.yaml").mkdir()
    for name in ("folder.yaml", "missing.yaml"):
        with pytest.raises(InvalidInput, match="there is no index") as caught:
            load_index(tmp_path / name)
        assert "ict-application/2019" in (caught.value.problems[0].hint or "")


def test_an_index_is_found_by_path_by_name_and_by_version(tmp_path):
    (tmp_path / "own.yaml").write_text(GOOD, encoding="utf-8")
    assert load_index(tmp_path / "own.yaml").key == "ict/2019"
    for name in shipped_indexes():
        assert find_index(name) == find_index(name.partition("/")[0])


# ── what is not an index ──


@pytest.mark.parametrize(
    ("old", "new", "marker", "criterion", "words"),
    [
        ('version: "2019"\n', "", None, None, "the key 'version' is missing"),
        ("points: 60\nfacts", "point: 60\nfacts", "point: 60", None, "unknown key 'point'"),
        ("groups: [province]", "groups: []", "groups", None, "groups"),
        ("groups: [province]", "groups: [{a: b}]", None, None, "a list of names"),
        ("groups: [province]", "groups: province", "groups", None, "groups"),
        ("id: infrastructure", "id: Infra", "id: Infra", "Infra", "small letters"),
        ("id: infrastructure", "id: hạ_tầng", "id: hạ", "hạ_tầng", "small letters"),
        ("id: wan", "id: if", "id: if", "if", "has a meaning of its own"),
        ("id: wan", "id: 5", "id: 5", "infrastructure", "valid string"),
        ("points: 20", "points: many", "points: many", "computers", "valid number"),
        ("points: 20", "points: .inf", "points: .inf", "computers", "finite number"),
        ("points: 20", "points: -1", "points: -1", "computers", "greater than or equal"),
        ("points: 20", "points: " + "9" * 400, "points: 999", "computers", "valid number"),
        ("points: 20", "worth: 20", "worth: 20", "computers", "unknown key 'worth'"),
        ("type: integer, min: 1", "type: int, min: 1", "staff:", None, "type"),
        ("type: integer, min: 1", "type: integer, min: 9, max: 1", "staff:", None, "above max"),
        ("type: integer, min: 1", "type: choice", "staff:", None, "options belong"),
        ("type: yes_no", "type: table", "wan: {", "wan", "type"),
        ("type: table\n", "type: number\n", "units:", "wan", "columns belong"),
        ("computers / staff", "computers ** 2", "rule: {share", "computers", "+ - * /"),
        ("{share: computers / staff}", "{median: computers}", "rule: {med", "computers",
         "exactly one kind"),
        ("{share: computers / staff}", "{share: 1, count: 2}", "rule: {sh", "computers",
         "exactly one kind"),
        ("{share: computers / staff}", "[1]", "rule: [1]", "computers", "exactly one kind"),
        ("{share: computers / staff}", "{observed: 5}", "rule: {obs", "computers", "observed"),
        ("              points: 35", "              worth: 35", "worth: 35", "wan",
         "unknown key 'worth'"),
        ("              cap: 5", "              cap: five", "cap: five", "wan", "cap"),
        ("- share: share(units, wan)", "- share: share(units)", "- share: share(units)", "wan",
         "takes 1 columns"),
        ("- count: apps\n", "- counts: apps\n", "- counts", "wan", "exactly one kind"),
        ("title: {vi: Chỉ số, en: Index}", "title: {fr: Indice}", "title: {fr", None, "language"),
        ("title: {vi: Chỉ số, en: Index}", "title: [a]", "title: [a]", None, "title"),
        ("title: {vi: Chỉ số, en: Index}", "title: {vi: 5}", "title: {vi", None, "string"),
    ],
)  # fmt: skip
def test_a_fault_names_its_line_and_criterion(old, new, marker, criterion, words):
    text = changed(old, new)
    found = problems(text)
    line, owner, message = found[0]
    assert words in message
    assert owner == criterion
    assert line == (line_of(text, marker) if marker else 1)


def test_a_fault_deep_inside_a_nested_rule_names_its_own_line():
    text = changed(
        "            - count: apps\n              cap: 5\n",
        """\
            - best_of:
                - count: apps
                  each: 1
                - adjust:
                    base: {share: "share(units, wan)"}
                    deduct:
                      - count: apps
                        each: none
""",
    )
    [(line, criterion, message)] = problems(text)
    assert (line, criterion) == (line_of(text, "each: none"), "wan")
    assert message.startswith("each: Input should be a valid number")


def test_all_faults_of_a_file_are_told_at_once():
    text = changed("points: 20", "points: many").replace("cap: 5", "cap: five")
    text = text.replace('version: "2019"\n', "")
    found = problems(text)
    assert {owner for _, owner, _ in found} == {None, "computers", "wan"}


def test_keys_that_are_no_text_are_refused():
    for extra in ("5: x\n", "? [a]\n: x\n", "? {a: b}\n: x\n", ": x\n"):
        assert problems(GOOD + extra)


# ── mutated files ──

PIECES = st.sampled_from(
    ["", " ", "\n", ":", "- ", "  ", "{", "}", "[", "]", "'", '"', "#", "&a", "*a", "!", "|", ">",
     "?", "%YAML 1.1\n", "---\n", "...\n", "null", "yes", "1e999", ".nan", "-1", "[]", "{}",
     "<<: {a: 1}\n", "share(", "((", "**", "\t", "\x00", "\u2028", "é", "đ", "sum", "best_of",
     "id: wan", "rule:", "type: choice", "0x1F", "1_000", "2019-01-01", "12:30:45", "~"]
)  # fmt: skip


def attempt(text):
    """The index, linted, or the problems that refuse it; nothing else may be raised."""
    try:
        index = parse_index(text)
    except InvalidInput as error:
        return None, error.problems
    lint_index(index)
    return index, ()


@settings(max_examples=250)
@given(
    st.lists(
        st.tuples(st.integers(0, len(GOOD)), st.integers(0, 12), PIECES), min_size=1, max_size=4
    )
)
@example([(0, len(GOOD), "a: !!omap [b: c]")])
@example([(0, 0, "%YAML 1.1\n---\n")])
@example([(0, 0, "<<: [{a: 1}]\n")])
def test_a_mutated_file_is_an_index_or_invalid_input(edits):
    text = GOOD
    for place, length, piece in edits:
        text = text[:place] + piece + text[place + length :]
    index, refused = attempt(text)
    assert index or refused
    assert {problem.file for problem in refused} <= {"index.yaml"}


@given(st.text(max_size=200))
def test_any_text_is_an_index_or_invalid_input(text):
    with pytest.raises(InvalidInput):
        parse_index(text)


@settings(max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*KINDS, "of", "at", "points", "base"]), inner, max_size=3
            )
        ),
        max_leaves=8,
    )
)
def test_any_value_as_a_rule_is_a_rule_or_invalid_input(rule):
    text = changed(
        "{share: computers / staff}", re.sub(r"-?(NaN|Infinity)", ".nan", json.dumps(rule))
    )
    _, refused = attempt(text)
    assert {problem.criterion for problem in refused} <= {"computers"}


# ── the page ──


def keys_of(a_model):
    return {field.alias or name for name, field in a_model.model_fields.items()}


def test_the_page_on_index_files_lists_every_key_and_no_other(root):
    page = (root / "docs" / "reference" / "index-file.md").read_text(encoding="utf-8")
    models = {
        "Index": [model.Index],
        "Pillar": [model.Pillar],
        "Criterion": [model.Criterion],
        "Input": [model.Input],
        "Column": [model.Column],
        "Evidence": [model.Evidence],
        "Example": [model.Example],
        "Publish": [model.Publish],
        "Aggregate": [model.Aggregate],
        "Crossing": [model.Crossing],
        "Rule": [
            *KINDS.values(), rule_models.Posts, rule_models.Ladder, rule_models.Choice,
            rule_models.Adjustment,
        ],
    }  # fmt: skip
    known = {value for value in vars(model).values() if isinstance(value, type)}
    public = {
        cls.__name__
        for cls in known
        if issubclass(cls, pydantic.BaseModel) and cls.__module__ == model.__name__
    } - {"Model", "_Node"}
    assert public <= set(models)
    sections = dict(re.findall(r"^## [^\n]*\(`(\w+)`\)\n(.*?)(?=^## |\Z)", page, re.M | re.S))
    for name, parts in models.items():
        listed = set(re.findall(r"^\| `([a-z_]+)` \|", sections[name], re.MULTILINE))
        assert listed == set().union(*map(keys_of, parts)), name
