"""Published tables: what is known stays known, what is not stays unknown, and faults are placed."""

import textwrap

import pytest

from chiso.problems import InvalidInput
from chiso.rounds.folder import load_round
from chiso.scoring.derivation import derive
from chiso.scoring.results import score_round

ROUND = """\
round: test
title: test
index: index.yaml
year: 2019
groups: [province, ministry]
decimal: {decimal}
published:
  - published.csv
"""
INDEX = """\
index: small
version: "1"
title: {vi: a, en: a}
groups: {province: {vi: a, en: a}, ministry: {vi: a, en: a}}
criteria:
  - {id: portal, title: {vi: a, en: a}, source: published, rule: {formula: 1}}
  - {id: policy, title: {vi: a, en: a}, source: published, rule: {formula: 1}}
"""
HEAD = "year,group,body,node,rank,ranked,score,source,note\n"


@pytest.fixture
def read(tmp_path):
    def run(rows, head=HEAD, decimal="point"):
        (tmp_path / "round.yaml").write_text(ROUND.format(decimal=decimal), encoding="utf-8")
        (tmp_path / "index.yaml").write_text(INDEX, encoding="utf-8")
        (tmp_path / "published.csv").write_text(head + textwrap.dedent(rows), encoding="utf-8")
        return {result.year: result for result in score_round(load_round(tmp_path))}

    return run


@pytest.fixture
def faults(read):
    def run(rows, head=HEAD, decimal="point"):
        with pytest.raises(InvalidInput) as caught:
            read(rows, head, decimal)
        return [(p.row, p.column, p.message) for p in caught.value.problems]

    return run


def test_what_was_published_is_kept_and_the_rest_is_unknown(read):
    found = read(
        """\
        2019,province,Bắc Kạn,,16,63,0.7699,https://x.vn,
        2019,province,Bắc Kạn,portal,42,63,,https://x.vn,
        2019,province,Lào Cai,,,63,0.5,https://x.vn,
        """
    )[2019].groups["province"]
    assert len(found.bodies) == 63
    whole, portal = found.standing("bac-kan"), found.standing("bac-kan", "portal")
    assert (whole.score, whole.rank, whole.ranked) == (0.7699, 16, 63)
    assert (portal.score, portal.rank) == (None, 42)
    lao_cai = found.standing("lao-cai")
    assert (lao_cai.score, lao_cai.rank, lao_cai.ranked) == (0.5, None, 63)
    assert not found.standing("ha-noi").known
    assert not found.standing("bac-kan", "policy").known
    assert (whole.points, whole.maximum, whole.coverage) == (None, None, None)


def test_a_rank_is_never_made_up_from_published_scores(read):
    found = read("2019,province,Bắc Kạn,,,,0.7,x,\n2019,province,Lào Cai,,,,0.5,x,\n")[2019]
    assert list(found.groups["province"].ranking()) == []
    assert found.groups["province"].leaders() == ()
    assert found.groups["province"].ordered()[:2] == ("bac-kan", "lao-cai")


def test_a_node_without_any_total_still_has_an_unknown_total(read):
    found = read("2019,province,Bắc Kạn,portal,42,63,,x,\n")[2019].groups["province"]
    assert not found.standing("bac-kan").known


def test_decimals_are_kept_as_they_were_published(read):
    found = read(
        """\
        2017,province,Đồng Nai,,16,63,0.640,https://x.vn,
        2019,province,Đồng Nai,,16,63,0.6400,https://x.vn,a note
        2019,province,Bắc Kạn,,1,63,1,https://x.vn,
        """
    )
    assert found[2017].groups["province"].standing("dong-nai").citation.decimals == 3
    later = found[2019].groups["province"].standing("dong-nai")
    assert (later.score, later.citation.decimals, later.citation.note) == (0.64, 4, "a note")
    assert found[2019].groups["province"].standing("bac-kan").citation.decimals == 0


def test_a_decimal_comma_is_read_where_the_round_says_so(read):
    found = read('2019,province,Bắc Kạn,,16,63,"0,7699",x,\n', decimal="comma")
    standing = found[2019].groups["province"].standing("bac-kan")
    assert (standing.score, standing.citation.decimals) == (0.7699, 4)


def test_the_citation_ends_the_derivation(read):
    result = read("2019,province,Bắc Kạn,portal,42,63,,https://x.vn,seen\n")[2019]
    portal = derive(result.index, result.groups["province"], "bac-kan", "portal")
    assert (portal.citation.source, portal.citation.note, portal.children) == (
        "https://x.vn", "seen", (),
    )  # fmt: skip


def test_a_body_is_found_as_of_the_year_of_its_row(read):
    found = read("2017,province,Thừa Thiên - Huế,,1,63,0.727,x,\n2019,ministry,Bộ Y tế,,4,17,,x,\n")
    assert found[2017].groups["province"].standing("thua-thien-hue").rank == 1
    assert set(found[2017].groups) == {"province"}
    assert set(found[2019].groups) == {"ministry"}


def test_year_group_and_node_may_be_left_out(read):
    found = read("Bắc Kạn,16\n", head="body,rank\n")[2019].groups["province"]
    assert found.standing("bac-kan").rank == 16


@pytest.mark.parametrize(
    ("rows", "row", "column", "words"),
    [
        ("2019,province,Bắc Kạn,,9,63,,x,\n2019,province,Lào Cai,,8,64,,x,\n", 3, "F",
         "64 were ranked here, but 63 in other rows"),
        ("2019,province,Bắc Kạn,,9,63,,x,\n2019,province,bac kan,,9,63,,x,\n", 3, "C",
         "stands here and in row 2"),
        ("2019,province,Bắc Kạn,,64,63,,x,\n", 2, "E", "the rank 64 is beyond the 63"),
        ("2019,province,Bắc Kạn,,0,63,,x,\n", 2, "E", "0 is outside 1"),
        ("2019,province,Bắc Kạn,,1.5,63,,x,\n", 2, "E", "1.5"),
        ("2019,province,Bắc Kạn,,first,63,,x,\n", 2, "E", "first"),
        ("2019,province,Bắc Kạn,portals,9,63,,x,\n", 2, "D", "no node 'portals'"),
        ("2019,province,Bắc Giangg,,9,63,,x,\n", 2, "C", "Bắc Giangg"),
        ("2019,province,,,9,63,,x,\n", 2, "C", "not named"),
        ("2019,commune,Bắc Kạn,,9,63,,x,\n", 2, "B", "'commune' is not a group of this round"),
        ("2019,ministry,Bắc Kạn,,9,63,,x,\n", 2, "C", "Bắc Kạn"),
        ("2019,province,Bắc Kạn,,9,63,1.2,x,\n", 2, "G", "outside 0 to 1"),
        ("2019,province,Bắc Kạn,,9,63,-0.1,x,\n", 2, "G", "outside 0 to 1"),
        ("2019,province,Bắc Kạn,,9,63,n/a,x,\n", 2, "G", "n/a"),
        ("19,province,Bắc Kạn,,9,63,,x,\n", 2, "A", "outside 1900"),
        ("2026,province,Bắc Kạn,,9,34,,x,\n", 2, "C", "Bắc Kạn"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_row_and_column(faults, rows, row, column, words):
    [(found_row, found_column, message)] = faults(rows)
    assert (found_row, found_column) == (row, column)
    assert words in message


def test_all_faults_are_told_at_once(faults):
    rows = "2019,province,Nowhere,,9,63,,x,\n2019,province,Lào Cai,,99,63,,x,\n"
    assert [row for row, _, _ in faults(rows)] == [2, 3]


def test_a_table_without_bodies_is_refused(faults):
    [(row, _, message)] = faults("Bắc Kạn,16\n", head="province,rank\n")
    assert (row, message) == (1, "there is no column 'body'")
