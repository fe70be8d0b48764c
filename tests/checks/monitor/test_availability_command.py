"""`chiso availability`: the table, the files, and what is told beside them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.checks.monitor.worlds import MINUTE, HandClock
from typer.testing import CliRunner

from chiso.checks.monitor.outcomes import Outcome, Seen
from chiso.checks.monitor.samples import SampleStore, Settings
from chiso.checks.targets import Site
from chiso.cli import monitor  # noqa: F401 - registers the command
from chiso.cli.app import app
from chiso.problems import InvalidInput
from chiso.tables import read_table

UP, DOWN = Seen(Outcome.UP, 200), Seen(Outcome.DOWN, 503, note="http_5xx")
FIRST = "https://a.gov.vn/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A day, 07:00 to 07:00 in Vietnam, of two sites; the first is down from 09:00 to 10:00."""
    clock = HandClock()
    where = tmp_path / "watch"
    with SampleStore(where, clock) as store:
        first = Site(body="UBND tỉnh A", url=FIRST)
        second = Site(body="Sở B", url="https://b.gov.vn/", role="services")
        numbers = store.sites([first, second])
        store.begin(Settings(5 * MINUTE, 3, 450_000))
        for turn in range(288):
            for number in numbers.values():
                down = number == numbers[FIRST] and 24 <= turn < 36
                store.add(number, clock.mono(), clock.wall(), DOWN if down else UP)
            clock.go(5 * MINUTE)
    return where


def run(*given: str) -> str:
    result = CliRunner().invoke(app, ["availability", *given], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_the_table_says_share_coverage_incidents_and_median(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    run(str(folder), "--out", str(path))
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["body"] for row in rows] == ["UBND tỉnh A", "Sở B"]
    assert float(rows[0]["share"]) == pytest.approx(1 - 60 / (24 * 60 - 2.5))
    assert (rows[0]["incidents"], rows[0]["state"]) == ("1", "measured")
    assert float(rows[0]["median_minutes"]) == 60
    assert float(rows[1]["share"]) == 1
    assert rows[0]["begun"].startswith("2026-03-02T00:00:00")


def test_the_table_is_in_the_language_asked_for(folder: Path) -> None:
    from chiso.checks.monitor.period import read_period
    from chiso.checks.monitor.summary import notes, table_row

    period = read_period(folder)
    target, site = period.sites[0]
    assert table_row(target, site, "vi") == [
        "UBND tỉnh A", FIRST, "95,826 %", "99,8 %", "1", "60,0", "0", "đủ dữ liệu",
    ]  # fmt: skip
    assert table_row(target, site, "en")[2:4] == ["95.826 %", "99.8 %"]
    assert notes(period, "vi", "Asia/Ho_Chi_Minh") == [
        "Kỳ: 02/03/2026 07:00:00 – 03/03/2026 07:00:00"
    ]


def test_less_than_all_is_never_shown_as_all(folder: Path) -> None:
    from chiso.checks.monitor.period import SitePeriod
    from chiso.checks.monitor.reading import Target
    from chiso.checks.monitor.summary import table_row

    nearly = SitePeriod(0, 10**9, 10**9, 1, 0, 0, 1, 1, 0, (), "measured")
    shown = table_row(Target(1, FIRST, "A", "main"), nearly, "en")
    assert shown[2] == "99.999 %"
    exact = SitePeriod(0, 10**6, 10**6, 10**3, 0, 0, 1, 1, 0, (), "measured")
    assert table_row(Target(1, FIRST, "A", "main"), exact, "en")[2] == "99.900 %"


def test_a_workbook_lists_the_incidents(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    run(str(folder), "--out", str(path))
    table = read_table(path, sheet="incidents")
    [row] = table.rows
    assert row["begun"] == "2026-03-02T02:00:00+00:00"
    assert row["ended"] == "2026-03-02T03:00:00+00:00"
    assert row["down_minutes"] == 60


def test_a_part_of_the_time_can_be_asked_for(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    given = ["--from", "2026-03-02 10:00", "--to", "03/03/2026 06:00", "--out", str(path)]
    run(str(folder), *given)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    # the last failure vouches for half an interval beyond 09:55
    assert float(rows[0]["share"]) == 1
    assert rows[0]["begun"] == "2026-03-02T03:00:00+00:00"


def test_announced_maintenance_is_taken_out_up_to_the_cap(folder: Path, tmp_path: Path) -> None:
    plan, path = tmp_path / "plan.csv", tmp_path / "out.csv"
    plan.write_text(
        "body,begins,ends,announced\nUBND tỉnh A,02/03/2026 08:55,02/03/2026 10:05,28/02/2026\n",
        encoding="utf-8",
    )
    shares = []
    for cap in ("48", "0.5"):
        run(str(folder), "--maintenance", str(plan), "--maintenance-cap", cap, "--out", str(path))
        row = next(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
        shares.append((float(row["share"]), float(row["maintenance_minutes"])))
    assert shares[0] == (1, 70)
    assert shares[1][0] < 1
    assert shares[1][1] == 30


def test_maintenance_announced_too_late_is_told_and_counts(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.csv"
    plan.write_text(
        "body,begins,ends,announced\n"
        "UBND tỉnh A,02/03/2026 08:55,02/03/2026 10:05,02/03/2026 08:00\n"
        "UBND tỉnh C,02/03/2026 08:55,02/03/2026 10:05,28/02/2026\n",
        encoding="utf-8",
    )
    path = tmp_path / "out.csv"
    told = run(str(folder), "--maintenance", str(plan), "--out", str(path))
    told += capfd.readouterr().err
    assert "row 2, UBND tỉnh A: not taken out: announced less than 1 day ahead" in told
    assert "row 3: UBND tỉnh C" in told
    row = next(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert float(row["share"]) < 1


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--from", "2026-04-01", "--to", "2026-03-01"], "ends before it begins"),
        (["--from", "yesterday"], "--from"),
        (["--out", "table.txt"], "ends in .csv or .xlsx"),
        (["--maintenance-cap", "-1"], "not negative"),
        (["--lang", "fr"], "--lang"),
    ],
)
def test_questions_that_make_no_sense_are_told(folder: Path, more: list[str], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        run(str(folder), *more)


def test_a_folder_without_samples_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no samples\.sqlite"):
        run(str(tmp_path))


def test_a_monitor_that_has_seen_nothing_yet_is_told(tmp_path: Path) -> None:
    with SampleStore(tmp_path, HandClock()):
        pass
    with pytest.raises(InvalidInput, match="nothing was probed"):
        run(str(tmp_path))
