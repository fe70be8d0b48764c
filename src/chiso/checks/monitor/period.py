"""What the samples say of a period: availability, coverage and incidents of each site.

Availability is the share of the known time in which the site was not in a confirmed incident;
coverage the share of the period, announced maintenance left out, of which anything is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Literal

from chiso.checks.judging.case import Availability
from chiso.checks.monitor.correlated import Episode, Quarantine, episodes, quarantined
from chiso.checks.monitor.incidents import Rules, cells, find_incidents, valid_places
from chiso.checks.monitor.maintenance import Announced, MaintenanceRules, taken_out
from chiso.checks.monitor.outcomes import Outcome
from chiso.checks.monitor.reading import Look, SampleFile, Target
from chiso.checks.monitor.windows import Window, Within, clipped, merged, outside, total
from chiso.problems import InvalidInput, Problem

_MINUTE = 60_000
#: probes this long before and after a period are read too: an incident may begin before it
MARGIN = 86_400_000
#: `insufficient`: too little is known; `doubtful`: never seen up, and what failed may not be the
#: portal: a firewall that keeps us out, an address that is out of date
PeriodState = Literal["measured", "insufficient", "doubtful"]


@dataclass(frozen=True, slots=True)
class ShownIncident:
    """An incident in a period. Milliseconds; `down` is what of it is known and in the period."""

    begin: int
    ended: int | None
    down: int


@dataclass(frozen=True, slots=True)
class SitePeriod:
    """One site over [begin, end); all times in milliseconds.

    `known` is the time for which a valid probe vouches, `down` what of it lies in confirmed
    incidents, `maintenance` what was announced and taken out, `aside` what was set aside because
    many sites failed at once. `probes` are all probes in the period, `valid` those that count.
    """

    begin: int
    end: int
    known: int
    down: int
    maintenance: int
    aside: int
    probes: int
    valid: int
    unstable: int
    incidents: tuple[ShownIncident, ...]
    state: PeriodState

    @property
    def coverage(self) -> float:
        """Known time by the period without maintenance, in [0, 1]; 0 where nothing is left."""
        asked = self.end - self.begin - self.maintenance
        return self.known / asked if asked > 0 else 0.0

    @property
    def share(self) -> float | None:
        """Availability in [0, 1]; None where the state is not `measured`."""
        if self.state != "measured" or self.known == 0:
            return None
        return 1 - self.down / self.known

    @property
    def median_minutes(self) -> float | None:
        """The median length of the incidents in minutes; unknown time is left out."""
        lengths = [incident.down / _MINUTE for incident in self.incidents]
        return median(lengths) if lengths else None

    @property
    def availability(self) -> Availability:
        """As the checks take it."""
        return Availability(
            begun=shown(self.begin),
            ended=shown(self.end),
            share=self.share,
            coverage=self.coverage,
            incidents=len(self.incidents),
            median_minutes=self.median_minutes,
            maintenance_minutes=self.maintenance / _MINUTE,
        )


@dataclass(frozen=True, slots=True)
class Period:
    """All sites of a folder over a period."""

    begin: int
    end: int
    sites: tuple[tuple[Target, SitePeriod], ...]
    quarantines: tuple[Quarantine, ...]


def shown(at: int) -> str:
    """Milliseconds as a moment in ISO 8601, UTC, to the second."""
    return dt.datetime.fromtimestamp(at // 1000, dt.UTC).isoformat()


def site_period(
    looks: Iterable[Look],
    begin: int,
    end: int,
    rules: Rules | None = None,
    maintenance: Sequence[Window] = (),
    aside: Sequence[Window] = (),
) -> SitePeriod:
    """The probes of one site, in any order, over [begin, end).

    Probes before and after the period may be among them: they confirm and close incidents that
    reach into it. Probes in `maintenance` and in `aside` (time set aside) say nothing; the first
    also leaves the period that must be covered. Raises ValueError for a period without length.
    """
    if end <= begin:
        raise ValueError("the period ends before it begins")
    rules = rules or Rules()
    ordered = sorted(looks)
    planned, doubted = merged(maintenance), merged(aside)
    unknown = Within(merged([*planned, *doubted]))
    places = valid_places(ordered, unknown)
    found = find_incidents(ordered, rules, unknown)
    own = _lengths(ordered, begin, end, unknown)
    incidents = []
    for incident in found.incidents:
        down = sum(own[place] for place in incident.failed)
        if down:
            incidents.append(ShownIncident(incident.begin, incident.ended, down))
    inside = [place for place in places if begin <= ordered[place].at < end]
    known = sum(own[place] for place in places)
    period = SitePeriod(
        begin, end, known, sum(one.down for one in incidents),
        maintenance=total(clipped(planned, begin, end)),
        aside=total(outside(planned, begin, end)) - total(
            outside(merged([*planned, *doubted]), begin, end)
        ),
        probes=sum(1 for look in ordered if begin <= look.at < end),
        valid=len(inside),
        unstable=sum(1 for at in found.unstable if begin <= at < end),
        incidents=tuple(incidents),
        state="measured",
    )  # fmt: skip
    return _with_state(period, [ordered[place].outcome for place in inside], rules)


def _lengths(looks: Sequence[Look], begin: int, end: int, unknown: Within) -> list[int]:
    """How much of the period each probe vouches for, time set aside left out."""
    found = []
    for first, last in cells(looks):
        first, last = max(first, begin), min(last, end)
        found.append(last - first - unknown.share(first, last) if last > first else 0)
    return found


def _with_state(period: SitePeriod, outcomes: Sequence[int], rules: Rules) -> SitePeriod:
    state: PeriodState = "measured"
    own = sum(1 for outcome in outcomes if outcome == Outcome.DOWN)
    if period.coverage < rules.coverage or not period.known:
        state = "insufficient"
    elif Outcome.UP not in outcomes and 2 * own < len(outcomes):
        state = "doubtful"
    return replace(period, state=state)


def read_period(
    folder: Path,
    begin: int | None = None,
    end: int | None = None,
    *,
    rules: Rules | None = None,
    maintenance: Sequence[Announced] = (),
    maintenance_rules: MaintenanceRules | None = None,
) -> Period:
    """All sites of a folder over [begin, end) in milliseconds; from the first session to the last
    probe by default. Raises InvalidInput where there are no samples or the period has no length."""
    rules = rules or Rules()
    with SampleFile(folder) as samples:
        begin = min((s.begin for s in samples.sessions), default=0) if begin is None else begin
        end = max((s.end for s in samples.sessions), default=0) if end is None else end
        if end <= begin:
            raise InvalidInput(
                Problem(
                    "the period ends before it begins, or nothing was probed yet", file=str(folder)
                )
            )
        out = taken_out(maintenance, samples.targets, maintenance_rules or MaintenanceRules())
        quarantines = _quarantines(samples, begin, end, rules, out)
        aside = [quarantine.window for quarantine in quarantines]
        results = {
            site: site_period(looks, begin, end, rules, out.get(site, ()), aside)
            for site, looks in samples.looks(begin - MARGIN, end + MARGIN)
        }
        nothing = {
            target.site: site_period((), begin, end, rules, out.get(target.site, ()), aside)
            for target in samples.targets
            if target.site not in results
        }
        sites = tuple((t, (results | nothing)[t.site]) for t in samples.targets)
    shown_ones = tuple(q for q in quarantines if clipped([q.window], begin, end))
    return Period(begin, end, sites, shown_ones)


def _quarantines(
    samples: SampleFile, begin: int, end: int, rules: Rules, out: Mapping[int, Sequence[Window]]
) -> tuple[Quarantine, ...]:
    found: list[Episode] = []
    sites = 0
    for site, looks in samples.looks(begin - MARGIN, end + MARGIN):
        sites += 1
        found.extend(episodes(site, looks, rules, Within(out.get(site, ()))))
    return quarantined(found, sites, rules)


def availability_of_folder(
    folder: Path,
    begin: int | None = None,
    end: int | None = None,
    *,
    rules: Rules | None = None,
    maintenance: Sequence[Announced] = (),
) -> dict[str, Availability]:
    """What a folder of `chiso monitor` says, by the URL of the site. Raises as `read_period`."""
    period = read_period(folder, begin, end, rules=rules, maintenance=maintenance)
    return {target.url: site.availability for target, site in period.sites}
