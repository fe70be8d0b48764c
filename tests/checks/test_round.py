"""From portals to points: a round whose targets are looked at, explained and published."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from tests.internet.__main__ import command
from tests.internet.canary import add_canaries, canary_file
from tests.internet.internet import Internet
from tests.internet.portals import all_portals

CHISO = str(Path(sys.executable).with_name("chiso"))
BROWSER = pytest.mark.skipif(
    not Path("/usr/bin/chromium").exists(), reason="Chromium is missing: no browser tests"
)
ROUND = """round: looked-at
title: {vi: Kỳ thử (minh họa), en: A trial round (illustrative)}
index: ict-application/2019
year: 2019
groups: [province]
illustrative: true
targets: targets.csv
"""
#: real provinces stand for invented portals: an illustrative round
BODIES = {"minhson": "bac-kan", "namlinh": "cao-bang"}


def chiso(*words):
    return subprocess.run([CHISO, *words], capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def looked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("round")
    (folder / "round.yaml").write_text(ROUND, encoding="utf-8")
    portals = [p for p in all_portals(dt.date.today()) if p.key in BODIES]
    with Internet() as internet:
        add_canaries(internet)
        for portal in portals:
            internet.add_all(portal.hosts)
        (folder / "canaries.yaml").write_text(canary_file(), encoding="utf-8")
        rows = [f"{BODIES[p.key]},{p.main},main\n" for p in portals]
        services = "bac-kan,https://dichvucong.minhson.gov.vn/,services\n"
        (folder / "targets.csv").write_text("body,url,role\n" + "".join(rows) + services)
        words = command(internet, folder)[1:]
        place = words.index("--out")
        options = [word for n, word in enumerate(words) if n not in {1, place, place + 1}]
        # The round is of 2019 and the sites are of today: only the options are taken over.
        done = chiso(options[0], str(folder), *options[1:])
        assert done.returncode == 0, done.stderr
    return folder


@BROWSER
def test_what_was_seen_becomes_points_of_the_round(looked):
    done = chiso("explain", str(looked), "bac-kan", "portal", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "online check CT-01.news" in done.stdout
    assert "pass 1/1" in done.stdout


@BROWSER
def test_explaining_a_criterion_shows_how_to_look_again_and_the_picture(looked):
    done = chiso("explain", str(looked), "bac-kan", "news", "--lang", "en")
    assert "look again with: curl" in done.stdout
    assert "checks/pictures/" in done.stdout
    assert "Mandatory section: News" in done.stdout


@BROWSER
def test_a_blocked_portal_is_unknown_and_never_zero(looked):
    done = chiso("explain", str(looked), "cao-bang", "news", "--lang", "en")
    assert "blocked" in done.stdout
    assert ": 0/12" not in done.stdout


@BROWSER
def test_the_page_of_the_body_shows_state_fix_command_and_picture(looked):
    done = chiso("run", str(looked))
    assert done.returncode == 0, done.stderr
    site = looked / "release" / "site"
    page = (site / "en" / "body" / "bac-kan.html").read_text(encoding="utf-8")
    for part in ("Online check", "Look again with", "Picture of the page", "(1/1)"):
        assert part in page
    assert list((site / "pictures").glob("*.jpg"))
    blocked = (site / "vi" / "body" / "cao-bang.html").read_text(encoding="utf-8")
    assert "bị chặn" in blocked
