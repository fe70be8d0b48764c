"""The rulebook that bodies read: nothing that decides about points is left out of it."""

import pytest

from chiso.index import Criterion, load_index, parse_index, shipped_indexes
from chiso.index.rulebook import rulebook, source_words
from chiso.index.wording import rule_words
from chiso.language import LANGUAGES, number

INDEX = """\
index: ict
version: "2019"
title: {vi: Chỉ số, en: Index}
description: {vi: Mô tả, en: A description}
law: [62/QĐ-BTTTT]
groups: {province: {vi: Tỉnh, en: Provinces}, ministry: {vi: Bộ, en: Ministries}}
facts:
  staff: {type: integer, min: 1, title: {vi: Số người, en: Staff}, unit: {vi: người, en: people}}
pillars:
  - id: infrastructure
    title: {vi: Hạ tầng, en: Infrastructure}
    points: 1020
    origin: annex 1B
    caveat: {vi: Lưu ý, en: Mind this}
    criteria:
      - id: computers
        title: {vi: Máy tính, en: Computers}
        points: 20
        groups: [province]
        applies: staff > 10
        optional: true
        provenance: reconstructed
        origin: circular 6
        inputs:
          computers: {type: integer, min: 0, max: 9000, title: {vi: Số máy, en: Number of PCs}}
          licensed: {type: choice, title: {vi: Bản quyền, en: Licensed},
                     options: {all: {vi: tất cả, en: all of them}}}
          rooms:
            type: table
            title: {vi: Phòng, en: Rooms}
            columns: {cooled: {type: yes_no, title: {vi: Có điều hòa, en: Cooled}}}
        rule: {share: (computers + (licensed == 'all') + count(rooms)) / staff}
        evidence: {required: true, ask: {vi: Biểu kê, en: An inventory}}
        note: {vi: Chú thích, en: A note}
        examples:
          - given: {computers: 1000, licensed: all, rooms: [{cooled: yes}], staff: 2004}
            points: 10
      - {id: bandwidth, title: {vi: Băng thông, en: Bandwidth}, points: 1000,
         rule: {share_of_best: staff}, examples: [{given: {staff: 5}, best: 10, points: 500}]}
      - {id: extra, title: {vi: Thưởng, en: Extra}, points: 5, counts: bonus, rule: {formula: 5}}
      - {id: fault, title: {vi: Phạt, en: Fault}, points: 5, counts: deduction, rule: {formula: 5}}
"""

EXAMPLE = {
    "en": "    - Number of PCs = 1,000; Licensed = all of them; Rooms = (cooled: yes); "
    "Staff = 2,004 → 10 points",
    "vi": "    - Số máy = 1.000; Bản quyền = tất cả; Phòng = (cooled: có); "
    "Số người = 2.004 → 10 điểm",
}


@pytest.fixture(scope="session")
def book():
    index = parse_index(INDEX)
    return {language: rulebook(index, language) for language in LANGUAGES}


@pytest.mark.parametrize(
    "line",
    [
        EXAMPLE["en"],
        "# Index",
        "Version: ict/2019",
        "A description",
        "Legal basis: 62/QĐ-BTTTT",
        "Bodies assessed: Provinces; Ministries",
        "## General figures, asked once",
        "- Staff (people): ≥ 1",
        "## Infrastructure (1,020 points)",
        "*As in the source: annex 1B*",
        "Mind this",
        "### Computers (20 points)",
        "`computers`",
        "*Reconstructed: circular 6*",
        "- Only for: Provinces",
        "- Applies only where: “Staff” > 10",
        "- A body may declare, with a reason, that this does not apply.",
        "- Where the value comes from: the body's report",
        "- How points are given:",
        "- What is asked:",
        "    - Number of PCs: ≥ 0; ≤ 9,000",
        "    - Licensed: all of them",
        "    - Rooms",
        "        - Cooled",
        "- Evidence (required): An inventory",
        "- Worked examples:",
        "    - Staff = 5; best of the group = 10 → 500 points",
        "- A note",
        "- A bonus: the maximum stays.",
        "- A deduction.",
    ],
)
def test_the_rulebook_says_what_decides_about_points(book, line):
    assert line in book["en"].splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "# Chỉ số",
        "- Số người (người): ≥ 1",
        "## Hạ tầng (1.020 điểm)",
        "- Chỉ áp dụng cho: Tỉnh",
        "- Tài liệu kiểm chứng (bắt buộc): Biểu kê",
        EXAMPLE["vi"],
    ],
)
def test_the_rulebook_is_written_in_vietnamese_too(book, line):
    assert line in book["vi"].splitlines()


def test_both_languages_say_the_same_number_of_things(book):
    assert len(book["vi"].splitlines()) == len(book["en"].splitlines())


@pytest.mark.parametrize("name", shipped_indexes())
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_rulebook_has_every_criterion_with_its_points_rule_and_evidence(name, language):
    index = load_index(name)
    text = rulebook(index, language)
    for node in index.leaves:
        item = node.item
        assert isinstance(item, Criterion)
        assert f"`{item.id}`" in text
        assert item.title.get(language) in text
        assert number(item.full, language) in text
        assert source_words(item, language) in text
        assert all(line.strip() in text for line in rule_words(index, item, language))
        assert item.evidence.ask.get(language) in text
        for declared in item.inputs.values():
            assert declared.title.get(language) in text
