"""`chiso check` from end to end: real names, certificates and pages, a real browser, real kills."""

import csv
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from tests.internet.__main__ import command, targets
from tests.internet.canary import add_canaries, canary_file
from tests.internet.grading import grade
from tests.internet.internet import Internet
from tests.internet.model import Host, html
from tests.internet.portals import all_portals

from chiso.checks.results import read_findings
from chiso.checks.runs import EVIDENCE
from chiso.checks.store import Reader
from chiso.checks.targets_reading import write_targets

BROWSER = pytest.mark.skipif(
    not Path("/usr/bin/chromium").exists(), reason="Chromium is missing: no browser tests"
)
CHISO = str(Path(sys.executable).with_name("chiso"))
KEPT = ("minhson", "tamgiang", "namlinh", "hoaangiang", "haigiang", "kimgiang", "yenha")
PAGE = (
    '<html lang="vi"><head><title>Cổng thông tin</title></head><body><h1>Cổng thông tin</h1>'
    "<p>Trang thông tin điện tử minh họa của cơ quan.</p></body></html>"
)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """An internet of its own with canaries, and a folder with `canaries.yaml`."""
    folder = tmp_path_factory.mktemp("check")
    with Internet() as internet:
        add_canaries(internet)
        (folder / "canaries.yaml").write_text(canary_file(), encoding="utf-8")
        yield internet, folder


def words(world, *more):
    """The command line of a check in this world."""
    internet, folder = world
    return [CHISO, *command(internet, folder)[1:], *more]


def run(line, **options):
    return subprocess.run(line, capture_output=True, text=True, timeout=300, **options)


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def deep(world):
    """Seven labelled portals looked at deeply: the folder of the run, and the portals."""
    internet, folder = world
    portals = [p for p in all_portals(dt.date.today()) if p.key in KEPT]
    for portal in portals:
        internet.add_all(portal.hosts)
    write_targets(folder / "targets.csv", targets(portals))
    done = run(words(world))
    assert done.returncode == 0, done.stderr
    return folder / "checks", portals, done


@BROWSER
def test_no_portal_is_accused_wrongly_and_what_is_missing_is_found(deep):
    folder, portals, _ = deep
    graded = grade(read_findings(folder), portals)
    assert [item for item in graded if item.wrong_fail] == []
    wrong = [(g.portal, g.check, g.said, sorted(g.right)) for g in graded if not g.correct]
    assert len(wrong) <= 0.01 * len(graded), wrong


@BROWSER
def test_states_are_kept_apart(deep):
    folder, _, _ = deep
    seen = {(f.body, f.check): f.state.value for f in read_findings(folder)}
    assert seen["minhson", "CT-01.news"] == "pass"
    assert seen["namlinh", "CT-01.news"] == "blocked"
    assert seen["hoaangiang", "CT-01.news"] == "maintenance"
    assert seen["kimgiang", "CT-01.news"] == "not_measured"
    assert seen["kimgiang", "AV-02"] == "fail"
    assert seen["haigiang", "DN-01"] == "fail"
    assert seen["minhson", "AV-03"] == "not_measured"
    assert {"partial", "needs_review", "fail"} <= set(seen.values())


@BROWSER
def test_the_report_has_a_page_a_table_and_a_picture_for_each_portal(deep):
    folder, portals, done = deep
    report = folder / "report"
    assert str(report / "vi" / "index.html") in done.stdout
    for portal in portals:
        page = next((report / "vi").glob(f"*-{portal.key}.html")).read_text(encoding="utf-8")
        assert "Xem lại bằng lệnh" in page
        assert "curl" in page or "dig" in page
        table = rows(next((report / "data").glob(f"*-{portal.key}.csv")))
        assert {row["body"] for row in table} == {portal.key}
    shown = next((report / "vi").glob("*-tamgiang.html")).read_text(encoding="utf-8")
    assert "Cách khắc phục" in shown
    assert list((report / "pictures").glob("*.jpg"))


@BROWSER
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_report_passes_what_it_asks_of_others(deep, language):
    pages = (deep[0] / "report" / language).glob("*.html")
    switches = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    switches += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=switches)
        page = browser.new_page(viewport={"width": 320, "height": 800})
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        for path in sorted(pages):
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path.name
            found = (
                Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response
            )
            wrong = [rule["id"] for rule in found["violations"]]
            assert wrong == [], path.name
        browser.close()
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert said == []


@BROWSER
def test_every_finding_can_be_questioned(deep):
    folder, _, _ = deep
    for row in rows(folder / "findings.csv"):
        assert row["title_vi"], row
        assert row["title_en"], row
        assert row["seen_vi"], row
        assert row["seen_en"], row
        assert row["reproduce"], row
        assert len(row["digest"]) == 64
        assert (row["level"] != "") == (row["state"] in {"pass", "partial", "fail"})


@BROWSER
def test_old_evidence_is_judged_again_without_a_network(deep, tmp_path, world):
    folder, _, _ = deep
    copy = tmp_path / "checks"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("report"))
    before = {(f.body, f.check): f.digest for f in read_findings(copy)}
    line = [CHISO, "check", str(world[1] / "targets.csv"), "--rejudge"]
    asked = len(world[0].requests("minhson.gov.vn"))
    done = run([*line, "--out", str(copy)])
    assert done.returncode == 0, done.stderr
    assert {(f.body, f.check): f.digest for f in read_findings(copy)} == before
    assert len(world[0].requests("minhson.gov.vn")) == asked


@BROWSER
def test_a_person_decides_what_waits(deep, tmp_path, world):
    folder, _, _ = deep
    copy = tmp_path / "checks"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("report"))
    queue = rows(copy / "review.csv")
    first = queue[0]
    with (tmp_path / "decided.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerow(
            first
            | {"decision": "correct", "level": "1", "reason": "đã xem", "by": "An"}
            | {"when": "2026-11-25"}
        )
    line = [CHISO, "check", str(world[1] / "targets.csv"), "--rejudge"]
    done = run([*line, "--out", str(copy), "--decisions", str(tmp_path / "decided.csv")])
    assert done.returncode == 0, done.stderr
    settled = {(f.body, f.check): f for f in read_findings(copy)}[first["body"], first["check"]]
    assert (settled.state.value, settled.level) == ("pass", 1.0)
    assert "An" in settled.vi
    assert len(rows(copy / "review.csv")) == len(queue) - 1


# ── many sites, killed and gone on with ──


@pytest.fixture(scope="module")
def many(world):
    """Sixty small sites, slow enough to be killed among."""
    internet, folder = world
    names = [f"k{n}.giaodoan.gov.vn" for n in range(60)]

    async def answer(asked):
        import asyncio

        await asyncio.sleep(0.15)
        return html(PAGE)

    for name in names:
        internet.add(Host(name, answer, dns="unsigned"))
    path = folder / "many.csv"
    path.write_text("body,url\n" + "".join(f"{n},https://{n}/\n" for n in names))
    return path


def sweep(world, many, out, *more):
    line = words(world, "--depth", "sweep", "--at-once", "4", *more)
    place = line.index("check")
    line[place + 1 : place + 4] = [str(many), "--out", str(out)]
    return line


def test_a_run_killed_in_the_middle_goes_on_and_the_counts_add_up(world, many, tmp_path):
    out = tmp_path / "run"
    process = subprocess.Popen(
        sweep(world, many, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        marks = sum(p.stat().st_size for p in out.glob("progress/*"))
        if marks >= 8:
            break
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with Reader(out / EVIDENCE) as evidence:
        first = set(evidence.keys())
        ended = {key: evidence.record(key).ended for key in first}
    assert 8 <= len(first) < 60
    done = run(sweep(world, many, out))
    assert done.returncode == 0, done.stderr
    with Reader(out / EVIDENCE) as evidence:
        assert len(evidence) == 60
        assert all(evidence.record(key).ended == at for key, at in ended.items())
    assert len({f.site for f in read_findings(out)}) == 60


def test_two_workers_find_the_same_as_one(world, many, tmp_path):
    said = []
    for workers in ("1", "2"):
        out = tmp_path / workers
        done = run(sweep(world, many, out, "--workers", workers))
        assert done.returncode == 0, done.stderr
        said.append([(f.site, f.check, f.state, f.level) for f in read_findings(out)])
    assert said[0] == said[1]


def test_a_cluster_finds_the_same_as_this_machine(world, many, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0",
        host="127.0.0.1",
    ) as cluster:  # fmt: skip
        done = run(sweep(world, many, tmp_path / "far", "--scheduler", cluster.scheduler_address))
    assert done.returncode == 0, done.stderr
    done = run(sweep(world, many, tmp_path / "near"))
    far, near = (
        [(f.site, f.check, f.state, f.level) for f in read_findings(tmp_path / place)]
        for place in ("far", "near")
    )
    assert far == near
    assert len({site for site, *_ in far}) == 60


def test_one_switch_stops_a_body_or_everything(world, many, tmp_path):
    stop = tmp_path / "stop.txt"
    stop.write_text("k0.giaodoan.gov.vn\n")
    out = tmp_path / "run"
    done = run(sweep(world, many, out, "--stop-file", str(stop)))
    assert done.returncode == 0, done.stderr
    assert "1 of 60 sites were not measured" in done.stderr
    stop.unlink()
    done = run(sweep(world, many, out, "--stop-file", str(stop)))
    assert "not measured" not in done.stderr
    with Reader(out / EVIDENCE) as evidence:
        assert all(evidence.whole(key) for key in evidence.keys())  # noqa: SIM118


def test_a_vantage_that_fails_its_self_test_accuses_nobody(world, many, tmp_path):
    canaries = tmp_path / "canaries.yaml"
    canaries.write_text("sites: [https://nowhere.canary.gov.vn/]\nquorum: 1\n")
    out = tmp_path / "run"
    line = sweep(world, many, out, "--canaries", str(canaries))
    done = run(line)
    assert "60 of 60 sites were not measured" in done.stderr
    assert {f.state.value for f in read_findings(out)} == {"not_measured"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--contact", ""), "--contact is missing"),
        (("--allow", "300.0.0.0/8"), "--allow"),
        (("--resolver", "dns.example"), "is no ADDRESS"),
        (("--connect-port", "443"), "no pair such as 443:8443"),
        (("--depth", "shallow"), "--depth is sweep or deep"),
        (("--confirm", "1,x"), "--confirm is a list"),
        (("--only", "ZZ-99"), "there is no check ZZ-99"),
        (("--law", "none"), "there is no law 'none'"),
        (("--scheduler", "tcp://127.0.0.1:1"), "no scheduler answers"),
    ],
)
def test_options_that_make_no_sense_say_so(world, many, tmp_path, more, said):
    done = run(sweep(world, many, tmp_path / "run", *more))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_keeps_what_was_done_and_says_so(world, many, tmp_path):
    out = tmp_path / "run"
    process = subprocess.Popen(
        sweep(world, many, out, "--workers", "2"), stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if sum(p.stat().st_size for p in out.glob("progress/*")) >= 8:
            break
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on" in said
    assert "Traceback" not in said
    with Reader(out / EVIDENCE) as evidence:
        assert 8 <= len(evidence) < 60


def test_what_monitoring_saw_is_judged_with_the_rest(world, many, tmp_path):
    one = tmp_path / "one.csv"
    one.write_text("body,url\nA,https://k1.giaodoan.gov.vn/\n")
    line = sweep(world, one, tmp_path / "run")
    place = line.index("check")
    watch = [*line[:place], "monitor", str(one), "--out", str(tmp_path / "watch")]
    skipped = {"--pause", "--confirm", "--depth", "--at-once"}
    options = line[place + 4 :]
    watch += [
        word
        for n, word in enumerate(options)
        if word not in skipped and (n == 0 or options[n - 1] not in skipped)
    ]
    done = run([*watch, "--interval", "500ms", "--for", "10s"])
    assert done.returncode == 0, done.stderr
    assert run(line).returncode == 0
    done = run([*line, "--rejudge", "--monitor", str(tmp_path / "watch")])
    assert done.returncode == 0, done.stderr
    [seen] = [f for f in read_findings(tmp_path / "run") if f.check == "AV-03"]
    assert seen.state.value == "pass", seen.en
    assert "100" in seen.en
