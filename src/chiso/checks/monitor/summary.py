"""A period as a table for officials, and as rows for a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from chiso.checks.monitor.period import Period, PeriodState, SitePeriod
from chiso.checks.monitor.reading import Target
from chiso.language import Language, Text, number
from chiso.tables import Cell

STATE_WORDS: Mapping[PeriodState, Text] = {
    "measured": Text("đủ dữ liệu", "measured"),
    "insufficient": Text("chưa đủ dữ liệu", "insufficient data"),
    "doubtful": Text("cần người xem lại", "needs review"),
}
HEADINGS: tuple[Text, ...] = (
    Text("Cơ quan", "Body"),
    Text("Cổng", "Site"),
    Text("Hoạt động", "Availability"),
    Text("Thời gian biết được", "Coverage"),
    Text("Sự cố", "Incidents"),
    Text("Trung vị (phút)", "Median (min)"),
    Text("Chập chờn", "Unstable"),
    Text("Trạng thái", "State"),
)
#: columns of the file; shares in [0, 1], times in minutes and ISO 8601 (UTC)
COLUMNS = (
    "body", "url", "role", "begun", "ended", "state", "share", "coverage", "incidents",
    "median_minutes", "down_minutes", "known_minutes", "maintenance_minutes", "aside_minutes",
    "unstable", "probes", "valid_probes",
)  # fmt: skip
INCIDENT_COLUMNS = ("body", "url", "begun", "ended", "down_minutes")
_MINUTE = 60_000


def table_row(target: Target, site: SitePeriod, language: Language) -> list[str]:
    """One line below `HEADINGS`. Shares are cut, not rounded: 99.999 % is not shown as 100 %."""
    median = site.median_minutes
    return [
        target.body,
        target.url,
        "–" if site.share is None else _percent(site.share, language, 3),
        _percent(site.coverage, language, 1),
        str(len(site.incidents)),
        "–" if median is None else number(median, language, 1),
        str(site.unstable),
        STATE_WORDS[site.state].get(language),
    ]


def _percent(share: float, language: Language, decimals: int) -> str:
    scale = 10**decimals
    # the nudge undoes binary fractions: 0.999 × 100 000 is 99 899.999…
    cut = int(share * 100 * scale + 1e-6) / scale
    return f"{number(cut, language, decimals)} %"


def file_rows(period: Period) -> list[list[Cell]]:
    """Rows below `COLUMNS`."""
    return [
        [
            target.body, target.url, target.role, site.availability.begun,
            site.availability.ended, site.state, site.share, site.coverage, len(site.incidents),
            site.median_minutes, site.down / _MINUTE, site.known / _MINUTE,
            site.maintenance / _MINUTE, site.aside / _MINUTE, site.unstable, site.probes,
            site.valid,
        ]
        for target, site in period.sites
    ]  # fmt: skip


def incident_rows(period: Period) -> list[list[Cell]]:
    """Rows below `INCIDENT_COLUMNS`: every incident, for those who must answer for it."""
    return [
        [
            target.body, target.url, _iso(incident.begin),
            None if incident.ended is None else _iso(incident.ended), incident.down / _MINUTE,
        ]
        for target, site in period.sites
        for incident in site.incidents
    ]  # fmt: skip


def _iso(at: int) -> str:
    return dt.datetime.fromtimestamp(at / 1000, dt.UTC).isoformat(timespec="seconds")


def notes(period: Period, language: Language, zone: str) -> list[str]:
    """What a reader must know beside the table: the period, and the time set aside."""
    begun, ended = _local(period.begin, zone), _local(period.end, zone)
    lines = [Text(f"Kỳ: {begun} – {ended}", f"Period: {begun} – {ended}").get(language)]
    for one in period.quarantines:
        begun, ended = _local(one.window.begin, zone), _local(one.window.end, zone)
        lines.append(
            Text(
                f"Để riêng {begun} – {ended}: {len(one.sites)} cổng lỗi cùng lúc, có thể do mạng "
                "của điểm đo; không tính cho đến khi có người xem lại",
                f"Set aside {begun} – {ended}: {len(one.sites)} sites failed at once, perhaps by "
                "our own network; not counted until a person has looked",
            ).get(language)
        )
    return lines


def _local(at: int, zone: str) -> str:
    return f"{dt.datetime.fromtimestamp(at // 1000, ZoneInfo(zone)):%d/%m/%Y %H:%M:%S}"
