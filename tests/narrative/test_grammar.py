"""Sentences hold when a figure is missing, unchanged, tied, first or last."""

import re
from dataclasses import replace

import numpy as np
import pytest

from chiso.bodies import Body, Register
from chiso.comparison import History
from chiso.index import parse_index
from chiso.language import Text
from chiso.narrative import Occasion, write_article
from chiso.scoring.standings import NodeScores, RoundResult, Standings

INDEX = parse_index(
    """
index: two
version: "1"
title: {vi: Bộ thử, en: Trial}
groups: {province: {vi: tỉnh, en: provinces}}
pillars:
  - id: first
    title: {vi: Một, en: One}
    advice: {body: {vi: làm một, en: do one}}
    criteria: [{id: a, title: A, points: 1, rule: {formula: 1}}]
  - id: second
    title: {vi: Hai, en: Two}
    criteria: [{id: b, title: B, points: 1, rule: {formula: 1}}]
"""
)
CODES = ("mot", "hai", "ba")
REGISTER = Register(
    Text.of("test"), tuple(Body(code, Text.of(code.title()), "province") for code in CODES)
)
OCCASION = Occasion(Text("Kỳ thử", "Trial"))
NAN = float("nan")


def standings(year, **nodes):
    built = {
        node: NodeScores.published(np.array(score, float), np.array(rank, float), 3)
        for node, (score, rank) in nodes.items()
    }
    return RoundResult(
        year, INDEX, {"province": Standings(year, "province", CODES, built, "published")}
    )


def write(body, language, *results):
    history = History(results, REGISTER)
    year = max(result.year for result in results)
    return write_article(history, body, "province", year, language, OCCASION).text()


NOW = standings(2019, overall=([0.9, 0.8, 0.7], [1, 2, 3]))
SAME = standings(2018, overall=([0.9, 0.8, 0.6], [1, 2, 3]))

UNKNOWN = [NAN] * 3
TURNED = standings(2019, overall=([0.5, 0.6, 0.7], [3, 2, 1]), first=(UNKNOWN, [1, 2, 3]))
SCORES_ONLY = standings(
    2019, overall=([0.9, 0.8, 0.7], [1, 2, 3]), second=([0.1, 0.2, 0.3], UNKNOWN)
)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("body", CODES)
@pytest.mark.parametrize(
    "results",
    [
        (NOW,),
        (NOW, SAME),
        (standings(2019, overall=([NAN] * 3, [NAN] * 3)),),
        (standings(2019, overall=([NAN] * 3, [1, 2, 3])), SAME),
        (standings(2019, overall=([0.9, 0.9, 0.7], [1, 1, 3])), SAME),
        (standings(2019, overall=([0.9, 0.8, NAN], [1, 2, NAN])), SAME),
        (TURNED, SAME),
        (SCORES_ONLY,),
    ],
    ids=["one year", "two years", "nothing known", "ranks only", "tie", "one unknown", "turned",
         "scores only"],
)  # fmt: skip
def test_no_sentence_is_written_around_a_gap(results, body, language):
    text = write(body, language, *results)
    assert not re.search(r"\bNone\b|\bnan\b|\bNaN\b|\(\)|“”|  |\s,|\.\.|\s\.", text), text
    assert text.strip()


def test_the_first_leads_and_is_compared_with_the_next():
    text = write("mot", "vi", NOW, SAME)
    assert "Mot dẫn đầu 3 tỉnh, giữ nguyên thứ hạng" in text
    assert "Khoảng cách của Mot với đơn vị xếp kế tiếp, Hai (0,8000), là 0,1." in text
    assert "còn kém" not in text


def test_an_unchanged_rank_and_score_are_said_to_be_so():
    text = write("hai", "en", NOW, SAME)
    assert "unchanged from 2018 (2/3)" in text
    assert "the same as in 2018 (0.8000)" in text
    assert "The distance to the leader is unchanged" in text


def test_one_place_is_singular_in_english():
    turned = standings(2018, overall=([0.8, 0.9, 0.6], [2, 1, 3]))
    assert "up 1 place from 2018" in write("mot", "en", NOW, turned)
    assert "down 1 place from 2018" in write("hai", "en", NOW, turned)


def test_a_tie_is_said():
    tie = standings(2019, overall=([0.9, 0.9, 0.7], [1, 1, 3]))
    assert "(đồng hạng)" in write("mot", "vi", tie)
    assert "(tied)" in write("hai", "en", tie)


def test_an_unknown_rank_is_said_and_not_guessed():
    unknown = standings(2019, overall=([0.9, 0.8, NAN], [1, 2, NAN]))
    assert "Chưa có số liệu về thứ hạng của Ba năm 2019." in write("ba", "vi", unknown)
    assert "No rank of Ba is known for 2019." in write("ba", "en", unknown)


def test_a_gap_that_grew_is_said_to_have_grown():
    grown = standings(2019, overall=([0.9, 0.7, 0.6], [1, 2, 3]))
    assert "grew: in 2018 it was 0.1 behind Mot" in write("hai", "en", grown, SAME)


def test_a_change_of_the_index_is_mentioned():
    other = INDEX.model_copy(update={"version": "0"})
    earlier = replace(SAME, index=other)
    assert "Bộ chỉ số đã thay đổi so với năm 2018" in write("hai", "vi", NOW, earlier)


def test_an_illustrative_article_says_so_above_its_first_sentence():
    history = History((NOW,), REGISTER)
    occasion = replace(OCCASION, illustrative=True)
    article = write_article(history, "hai", "province", 2019, "vi", occasion)
    assert article.text().splitlines()[3] == "[Số liệu minh họa, không phải kết quả thật]"


def test_an_unknown_body_is_a_clear_error():
    with pytest.raises(KeyError, match="has no result"):
        write("bon", "vi", NOW)
