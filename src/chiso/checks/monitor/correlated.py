"""Failures of many sites at once: more likely our own network than all of theirs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chiso.checks.monitor.incidents import Rules, failing, valid_places
from chiso.checks.monitor.reading import Look
from chiso.checks.monitor.windows import Window, Within


class Episode(NamedTuple):
    """A site that was up and then failed: from its first failed probe to the first success after
    it, or to the last failed probe where there was none. Milliseconds."""

    begin: int
    end: int
    site: int


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A stretch of time set aside, and the numbers of the sites that failed at once in it."""

    window: Window
    sites: tuple[int, ...]


def episodes(site: int, looks: Sequence[Look], rules: Rules, aside: Within) -> list[Episode]:
    """The changes from up to failing of one site; `looks` in order of time.

    A site that was failing when watching began, or after a long time without probes, did not fail
    now. Time in `aside` (announced maintenance) is passed over.
    """
    found: list[Episode] = []
    begun: int | None = None
    before: Look | None = None
    for place in valid_places(looks, aside):
        look = looks[place]
        if failing(look):
            fresh = before is not None and not failing(before)
            if fresh and before is not None and look.at - before.at <= rules.patient(before):
                begun = look.at
        elif begun is not None:
            found.append(Episode(begun, look.at, site))
            begun = None
        before = look
    if begun is not None and before is not None:
        found.append(Episode(begun, before.at + before.reach // 2, site))
    return found


def quarantined(found: Iterable[Episode], sites: int, rules: Rules) -> tuple[Quarantine, ...]:
    """The windows in which more sites of `sites` failed at once than chance would have it.

    A window begins with the first of the failures that came together and ends when so many of
    those sites are up again that the rest is no longer remarkable.
    """
    ordered = sorted(found)
    least = max(rules.correlated_sites, int(rules.correlated_share * sites) + 1)
    if len(ordered) < least:
        return ()
    marked = _crowded(ordered, least, rules.correlated_within)
    return tuple(_window(cluster, least) for cluster in _clusters(ordered, marked, rules))


def _crowded(ordered: Sequence[Episode], least: int, within: int) -> list[bool]:
    """Which episodes begin together with so many of other sites."""
    marked = [False] * len(ordered)
    inside: dict[int, int] = {}
    left = upto = 0
    for right, episode in enumerate(ordered):
        inside[episode.site] = inside.get(episode.site, 0) + 1
        while episode.begin - ordered[left].begin > within:
            site = ordered[left].site
            inside[site] -= 1
            if not inside[site]:
                del inside[site]
            left += 1
        if len(inside) >= least:
            upto = max(upto, left)
            for place in range(upto, right + 1):
                marked[place] = True
            upto = right + 1
    return marked


def _clusters(
    ordered: Sequence[Episode], marked: Sequence[bool], rules: Rules
) -> list[list[Episode]]:
    clusters: list[list[Episode]] = []
    for episode, crowded in zip(ordered, marked, strict=True):
        if not crowded:
            continue
        if clusters and episode.begin - clusters[-1][-1].begin <= rules.correlated_within:
            clusters[-1].append(episode)
        else:
            clusters.append([episode])
    return clusters


def _window(cluster: Sequence[Episode], least: int) -> Quarantine:
    ends: dict[int, int] = {}
    for episode in cluster:
        ends[episode.site] = max(ends.get(episode.site, 0), episode.end)
    falling = sorted(ends.values(), reverse=True)
    end = falling[min(least, len(falling)) - 1]
    begin = cluster[0].begin
    return Quarantine(Window(begin, max(end, begin + 1)), tuple(sorted(ends)))
