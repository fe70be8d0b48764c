"""The article on Bắc Kạn states every figure of the province's own article of 2020-11-10.

Source of the expected figures: ict.backan.gov.vn, "Kết quả xếp hạng ứng dụng công nghệ thông
tin, xây dựng chính quyền điện tử năm 2019".
"""

import re

import pytest

FIGURES = {
    "vi": [
        "thứ 16/63",
        "tăng 10 bậc so với năm 2018 (26/63)",
        "thấp hơn 3 bậc so với năm 2017 (13/63)",
        "0,7699",
        "tăng 0,1079 so với năm 2018 (0,662)",
        "Thừa Thiên Huế (0,9039)",
        "còn kém 0,134",
        "đã được rút ngắn (năm 2018 kém Đà Nẵng 0,209)",
        "“Cung cấp dịch vụ công trực tuyến” xếp thứ 8/63",
        "lần thứ hai",
        "năm 2017 xếp thứ 2",
        "tăng 13 bậc, từ 55/63 năm 2018 lên 42/63 năm 2019",
        "Hai hạng mục ở nửa dưới",
        "(42/63)",
        "(38/63)",
        "cùng xếp thứ 29/63",
        "0,7965 và 0,8573",
        "17 bộ, cơ quan ngang bộ",
        "Bộ Tài chính (1), Bộ Công Thương (2) và Bộ Thông tin và Truyền thông (3)",
        "Bộ Giáo dục và Đào tạo (15), Bộ Nội vụ (16) và Bộ Xây dựng (17)",
        "7 cơ quan thuộc Chính phủ",
        "Bảo hiểm xã hội Việt Nam (1)",
        "Viện Hàn lâm Khoa học xã hội Việt Nam (7)",
        "Đối với Bắc Kạn",
        "Đối với các đơn vị trực thuộc",
        "Đối với các xã, phường, thị trấn",
    ],
    "en": [
        "ranks 16/63",
        "up 10 places from 2018 (26/63)",
        "3 places below 2017 (13/63)",
        "0.7699, up 0.1079 from 2018 (0.662)",
        "0.134 behind the leader, Thua Thien Hue (0.9039)",
        "shrank: in 2018 it was 0.209 behind Da Nang",
        "“Online public services”, ranked 8/63",
        "second time in the top ten (2nd in 2017)",
        "up 13 places, from 55/63 in 2018 to 42/63 in 2019",
        "(38/63)",
        "both rank 29/63 (scores 0.7965 and 0.8573)",
        "Ministry of Finance (1), Ministry of Industry and Trade (2)",
        "Ministry of Construction (17)",
        "Vietnam Social Security (1)",
        "Vietnam Academy of Social Sciences (7)",
        "Its departments and districts should",
        "Its communes, wards and towns should",
    ],
}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_figure_of_the_source_article_is_stated(article, language):
    text = article(language=language).text()
    assert [figure for figure in FIGURES[language] if figure not in text] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_sentence_names_the_data_it_rests_on(article, language):
    assert [s.text for s in article(language=language).sentences() if not s.keys] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_figures_of_a_sentence_are_those_of_its_keys(article, published, language):
    _, history = published
    for sentence in article(language=language).sentences():
        for key in sentence.keys:
            if key.startswith(("round.", "index.")):
                continue
            where, _, field = key.rpartition(".")
            year, group, body, node = where.split("/")
            standing = history.group(int(year), group).standing(body, node)
            assert standing.key == where
            assert getattr(standing, field) is not None


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_rank_in_a_sentence_is_that_of_one_of_its_keys(article, published, language):
    _, history = published
    for sentence in article(language=language).sentences():
        ranks = set()
        for key in sentence.keys:
            if key.endswith(".rank"):
                year, group, body, node = key.removesuffix(".rank").split("/")
                standing = history.group(int(year), group).standing(body, node)
                ranks.add(f"{standing.rank}/{standing.ranked}")
        told = set(re.findall(r"\d+/\d+", sentence.text)) - {"6/2020"}
        assert told <= ranks, sentence.text


def test_the_metadata_keys_exist(article, published):
    opened, history = published
    index = history[2019].index
    for sentence in article().sentences():
        for key in sentence.keys:
            start, *rest = key.split(".")
            if start == "round":
                assert hasattr(opened.spec, rest[0])
            elif start == "index" and rest != ["title"]:
                item = index.by_id[rest[0]].item
                value = getattr(item, rest[1])
                assert value[rest[2]] if len(rest) > 2 else value


def test_the_trace_shows_the_keys_under_the_sentences(article):
    text = article().text(trace=True)
    assert "← 2019/province/bac-kan/overall.rank" in text
    assert "2018/province/bac-kan/portal.rank" in text


def test_the_sentences_are_our_own_words(article):
    """No sentence of the source is repeated: only names and figures may agree."""
    source = (
        "Khoảng cách điểm với đơn vị xếp đầu so sánh năm 2018 cũng đã được rút ngắn lại",
        "Đây là năm thứ hai tỉnh Bắc Kạn đứng trong TOP 10",
        "Hạng mục thành phần tăng bậc ấn tượng trong năm 2019",
    )
    text = article().text()
    assert not any(sentence in text for sentence in source)
