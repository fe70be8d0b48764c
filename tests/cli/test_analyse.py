"""`chiso analyse`: rank intervals of a round, the same for any number of workers."""

import csv

import pytest

INDEX = """\
index: small
version: "1"
title: {vi: Bộ nhỏ, en: Small}
groups: {agency: {vi: cơ quan, en: agencies}}
pillars:
  - id: one
    title: {vi: Một, en: One}
    criteria:
      - id: a
        title: {vi: A, en: A}
        points: 60
        inputs: {v: {type: number, min: 0, max: 1, title: {vi: v, en: v}}}
        rule: {share: v}
  - id: two
    title: {vi: Hai, en: Two}
    criteria:
      - id: b
        title: {vi: B, en: B}
        points: 40
        inputs: {v: {type: number, min: 0, max: 1, title: {vi: v, en: v}}}
        rule: {share: v}
"""
ANSWERS = "body,a,b\nVOV,0.9,0.9\nVTV,0.6,0.4\nTTXVN,0.4,0.7\nBHXH,0.2,0.1\nVASS,0.1,0.1\nVAST,0.5,0.6\nBQL Lăng Chủ tịch Hồ Chí Minh,0.3,0.3\n"  # noqa: E501


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "index.yaml").write_text(INDEX)
    (tmp_path / "answers.csv").write_text(ANSWERS)
    (tmp_path / "round.yaml").write_text(
        "round: small\ntitle: {vi: Kỳ nhỏ, en: Small}\nindex: index.yaml\nyear: 2019\n"
        "groups: [agency]\ndecimal: point\nanswers: [{file: answers.csv}]\n"
    )
    return tmp_path


def table(path):
    with path.open(encoding="utf-8-sig") as file:
        return {row["body"]: row for row in csv.DictReader(file)}


def test_who_is_ahead_everywhere_is_first_in_every_draw(chiso, folder, tmp_path):
    result = chiso("analyse", folder, "--top", "1", "--out", tmp_path / "out", "--lang", "en")
    assert result.code == 0
    assert "What moves the ranks most" in result.out
    rows = table(tmp_path / "out" / "ranks-2019-agency.csv")
    first = rows["dai-tieng-noi-viet-nam"]
    assert (first["rank"], first["low_90"], first["high_90"], first["top_1"]) == (
        "1",
        "1",
        "1",
        "1.0",
    )


def test_close_bodies_have_an_interval_wider_than_their_rank(chiso, folder, tmp_path):
    chiso("analyse", folder, "--weights", "0.5", "--out", tmp_path / "out")
    rows = table(tmp_path / "out" / "ranks-2019-agency.csv")
    close = [rows["dai-truyen-hinh-viet-nam"], rows["thong-tan-xa-viet-nam"]]
    assert any(row["low_90"] != row["high_90"] for row in close)


def test_the_result_does_not_depend_on_the_workers(chiso, folder, tmp_path):
    for workers in ("1", "2"):
        chiso("analyse", folder, "--workers", workers, "--out", tmp_path / workers)
    name = "ranks-2019-agency.csv"
    assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_a_cluster_comes_to_the_same(chiso, folder, tmp_path):
    distributed = pytest.importorskip("distributed")
    chiso("analyse", folder, "--out", tmp_path / "near")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0",
        host="127.0.0.1",
    ) as cluster:  # fmt: skip
        chiso(
            "analyse", folder, "--scheduler", cluster.scheduler_address, "--out", tmp_path / "far"
        )
    near, far = (tmp_path / name / "ranks-2019-agency.csv" for name in ("near", "far"))
    assert near.read_bytes() == far.read_bytes()


def test_results_without_pillar_scores_say_why_there_is_no_analysis(chiso, example):
    result = chiso("analyse", example, "--lang", "en")
    assert result.code == 0
    assert "cannot be examined" in result.out


def test_impossible_settings_are_refused(chiso, folder):
    assert chiso("analyse", folder, "--draws", "1").code == 2
    assert chiso("analyse", folder, "--weights", "1.5").code == 2
    assert chiso("analyse", folder, "--year", "1999").code == 2
