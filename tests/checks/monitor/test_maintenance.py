"""Announced maintenance: its table, its notice, its cap."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checks.monitor.worlds import HOUR

from chiso.checks.monitor.maintenance import (
    Announced,
    MaintenanceRules,
    parse_moment,
    read_maintenance,
    taken_out,
    unaccepted,
    unmatched,
    working_days,
)
from chiso.checks.monitor.reading import Target
from chiso.checks.monitor.windows import Window, total
from chiso.problems import InvalidInput
from chiso.tables import SheetData, write_xlsx

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
RULES = MaintenanceRules()
TARGETS = (
    Target(1, "https://a.gov.vn/", "A", "main"),
    Target(2, "https://dvc.a.gov.vn/", "A", "services"),
    Target(3, "https://b.gov.vn/", "B", "main"),
)


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def line(begins: str, ends: str, announced: str, body: str = "A", url: str = "") -> Announced:
    return Announced(body, url, moment(begins), moment(ends), moment(announced), 2)


def written(folder: Path, text: str) -> Path:
    path = folder / "maintenance.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_is_read_in_the_zone_of_the_country(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "body,url,begins,ends,announced,source\n"
        "A,,10/03/2026 22:00,11/03/2026 02:30,2026-03-08,https://a.gov.vn/tb/1\n"
        "B,https://b.gov.vn/,2026-03-10T22:00,2026-03-10 23:00:30,09/03/2026 08:15,\n",
    )
    first, second = read_maintenance(path)
    assert first.begins == dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)
    assert first.window.length == 4.5 * HOUR
    assert first.announced == moment("2026-03-08T00:00")
    assert (second.url, second.row) == ("https://b.gov.vn/", 3)
    assert second.window.length == HOUR + 30_000


def test_a_workbook_with_real_times_is_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "maintenance.xlsx"
    begins, ends = dt.datetime(2026, 3, 10, 22), dt.datetime(2026, 3, 11, 2)
    row = ["A", begins, ends, dt.date(2026, 3, 8)]
    write_xlsx(path, {"s": SheetData(["body", "begins", "ends", "announced"], [row])})
    [one] = read_maintenance(path)
    assert one.window.length == 4 * HOUR
    assert one.begins == moment("2026-03-10T22:00")


def test_every_problem_of_a_table_is_told_with_its_row(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "body,begins,ends,announced,why\n"
        ",10/03/2026 22:00,11/03/2026 02:00,2026-03-08,\n"
        "A,10/03/2026,11/03/2026 02:00,2026-03-08,\n"
        "A,10/03/2026 25:00,11/03/2026 02:00,never,\n"
        "A,11/03/2026 02:00,10/03/2026 22:00,2026-03-08,\n",
    )
    with pytest.raises(InvalidInput) as caught:
        read_maintenance(path)
    told = "\n".join(map(str, caught.value.problems))
    for part in ("'why' means nothing", "row 2", "time of day is missing", "row 4", "row 5"):
        assert part in told
    assert "ends before it begins" in told


def test_before_july_2026_a_day_of_notice_is_enough() -> None:
    lines = [
        line("2026-03-10T22:00", "2026-03-10T23:00", "2026-03-09T22:00"),
        line("2026-03-12T22:00", "2026-03-12T23:00", "2026-03-11T22:01"),
    ]
    assert [one.announced for one in unaccepted(lines, RULES)] == [lines[1]]
    assert "32/2017" in unaccepted(lines, RULES)[0].reason.vi


def test_since_july_2026_seven_working_days_of_notice_are_needed() -> None:
    # 2026-08-03 is a Monday: seven working days before Wednesday the 12th
    in_time = line("2026-08-12T22:00", "2026-08-12T23:00", "2026-08-03T17:00")
    late = line("2026-08-12T22:00", "2026-08-12T23:00", "2026-08-04T08:00")
    assert [one.announced for one in unaccepted([in_time, late], RULES)] == [late]
    assert "224/2026" in unaccepted([late], RULES)[0].reason.en


def test_what_was_announced_too_late_takes_nothing_out() -> None:
    late = line("2026-03-10T22:00", "2026-03-10T23:00", "2026-03-10T21:00")
    assert taken_out([late], TARGETS, RULES) == {}


def test_a_line_without_a_site_holds_for_all_sites_of_the_body() -> None:
    every = line("2026-03-10T22:00", "2026-03-10T23:00", "2026-03-01T00:00")
    one = line("2026-03-11T22:00", "2026-03-11T23:00", "2026-03-01T00:00", url=TARGETS[1].url)
    found = taken_out([every, one], TARGETS, RULES)
    assert found == {1: (every.window,), 2: (every.window, one.window)}


def test_only_the_first_hours_of_a_year_up_to_the_cap_are_taken_out() -> None:
    rules = MaintenanceRules(cap=3 * HOUR)
    lines = [
        line("2026-05-10T20:00", "2026-05-10T22:00", "2026-03-01T00:00"),
        line("2026-03-10T20:00", "2026-03-10T22:00", "2026-03-01T00:00"),
        line("2027-03-10T20:00", "2027-03-10T22:00", "2026-03-01T00:00"),
    ]
    found = taken_out(lines, TARGETS[:1], rules)[1]
    assert [one.length / HOUR for one in found] == [2, 1, 2]
    assert found[1].begin == lines[0].window.begin


def test_maintenance_over_new_year_is_counted_in_both_years() -> None:
    rules = MaintenanceRules(cap=2 * HOUR)
    over = line("2025-12-31T21:00", "2026-01-01T03:00", "2025-12-01T00:00")
    found = taken_out([over], TARGETS[:1], rules)[1]
    assert [one.length / HOUR for one in found] == [2, 2]
    assert found[1].begin == moment("2026-01-01T00:00").timestamp() * 1000


def test_lines_that_overlap_are_counted_once() -> None:
    lines = [
        line("2026-03-10T20:00", "2026-03-10T22:00", "2026-03-01T00:00"),
        line("2026-03-10T21:00", "2026-03-10T23:00", "2026-03-01T00:00"),
    ]
    [one] = taken_out(lines, TARGETS[:1], RULES)[1]
    assert one.length == 3 * HOUR


def test_lines_for_bodies_that_are_not_watched_are_told() -> None:
    lines = [
        line("2026-03-10T20:00", "2026-03-10T22:00", "2026-03-01T00:00", body="C"),
        line("2026-03-10T20:00", "2026-03-10T22:00", "2026-03-01T00:00", url="https://x.vn/"),
        line("2026-03-10T20:00", "2026-03-10T22:00", "2026-03-01T00:00"),
    ]
    assert unmatched(lines, TARGETS) == (lines[0], lines[1])


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-08-03", "2026-08-10", 5),
        ("2026-08-07", "2026-08-10", 1),
        ("2026-08-08", "2026-08-10", 0),
        ("2026-08-10", "2026-08-10", 0),
        ("2026-08-11", "2026-08-10", 0),
        ("2026-08-06", "2026-08-19", 9),
    ],
)
def test_working_days_are_monday_to_friday(first: str, last: str, days: int) -> None:
    assert working_days(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) == days


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 400))
def test_working_days_are_as_counted_one_by_one(first: dt.date, days: int) -> None:
    counted = sum((first + dt.timedelta(n)).weekday() < 5 for n in range(days))
    assert working_days(first, first + dt.timedelta(days)) == counted


@given(
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 300)), max_size=12),
    st.integers(0, 100),
)
def test_no_year_gives_more_than_the_cap(pairs: list[tuple[int, int]], cap: int) -> None:
    begin = moment("2025-06-01T00:00")
    lines = [
        Announced(
            "A", "", begin + dt.timedelta(hours=at), begin + dt.timedelta(hours=at + length),
            moment("2024-01-01T00:00"), 2,
        )
        for at, length in pairs
    ]  # fmt: skip
    rules = MaintenanceRules(cap=cap * HOUR)
    found = taken_out(lines, TARGETS[:1], rules).get(1, ())
    by_year: dict[int, int] = {}
    for one in found:
        for year in range(2025, 2030):
            edges = [moment(f"{y}-01-01T00:00").timestamp() * 1000 for y in (year, year + 1)]
            part = min(one.end, edges[1]) - max(one.begin, edges[0])
            by_year[year] = by_year.get(year, 0) + max(0, round(part))
    assert all(taken <= rules.cap for taken in by_year.values())
    assert total(found) <= sum(one.window.length for one in lines)


@pytest.mark.parametrize("text", ["", "10/03/2026", "25:00", "1/1/2026 7:5", "x" * 10_000])
def test_no_moment_is_read_out_of_other_texts(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_moment(text, ZONE)


def test_windows_touching_each_other_are_one() -> None:
    lines = [
        line("2026-03-10T20:00", "2026-03-10T22:00", "2026-03-01T00:00"),
        line("2026-03-10T22:00", "2026-03-10T23:00", "2026-03-01T00:00"),
    ]
    [one] = taken_out(lines, TARGETS[:1], RULES)[1]
    assert one == Window(lines[0].window.begin, lines[1].window.end)
