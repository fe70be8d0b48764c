"""Many sites that fail at once are set aside; many that always fail are not."""

from __future__ import annotations

from tests.checks.monitor.worlds import MINUTE, START, every_five

from chiso.checks.monitor.correlated import Episode, Quarantine, episodes, quarantined
from chiso.checks.monitor.incidents import Rules
from chiso.checks.monitor.windows import Window, Within

RULES = Rules()


def at(minute: float) -> int:
    return START + round(minute * MINUTE)


def found_in(sites: dict[int, str], total: int | None = None) -> tuple[Quarantine, ...]:
    """Quarantines of sites given by their probes; each begins a little later than the last."""
    found = [
        episode
        for number, signs in sites.items()
        for episode in episodes(number, every_five(signs, number / 10), RULES, Within(()))
    ]
    return quarantined(found, total or len(sites), RULES)


def test_six_sites_of_forty_failing_at_once_are_set_aside_until_they_are_back() -> None:
    sites = dict.fromkeys(range(6), "UUUDDDDUUUUU") | dict.fromkeys(range(6, 40), "U" * 12)
    [one] = found_in(sites)
    assert one.sites == tuple(range(6))
    assert one.window.begin == at(15)
    assert one.window.end == at(35 + 0.1)  # then only four of them are left


def test_four_sites_of_twenty_are_too_few_to_blame_the_network() -> None:
    sites = dict.fromkeys(range(4), "UUUDDDDUUUUU") | dict.fromkeys(range(4, 20), "U" * 12)
    assert found_in(sites) == ()


def test_six_sites_of_a_hundred_are_not_remarkable() -> None:
    sites = dict.fromkeys(range(6), "UUUDDDDUUUUU")
    assert found_in(sites, total=100) == ()


def test_sites_that_fail_one_after_the_other_are_not_set_aside() -> None:
    sites = {n: "U" * (2 * n + 1) + "DDDD" + "U" * (30 - 2 * n) for n in range(8)}
    assert found_in(sites) == ()


def test_sites_that_were_failing_from_the_beginning_did_not_fail_at_once() -> None:
    assert found_in(dict.fromkeys(range(8), "DDDDDDDDUUUU")) == ()


def test_sites_that_are_found_failing_after_a_night_without_probes_did_not_either() -> None:
    assert found_in(dict.fromkeys(range(8), "UU" + "." * 20 + "DDDDUU")) == ()


def test_the_window_ends_when_most_are_back_though_one_stays_down() -> None:
    sites = dict.fromkeys(range(7), "UUDDDDUUUUUUUUUU") | {7: "UUDDDDDDDDDDDDDD"}
    [one] = found_in(sites)
    assert one.window.end < at(40)


def test_two_breakdowns_in_a_day_are_two_windows() -> None:
    found = found_in(dict.fromkeys(range(8), "UUDDDDUUUUUUDDDDUUU"))
    assert len(found) == 2
    assert found[0].window.end < found[1].window.begin


def test_one_site_that_flaps_is_not_many() -> None:
    flapping = [Episode(at(n / 2), at(n / 2 + 0.2), 1) for n in range(20)]
    assert quarantined(flapping, 10, RULES) == ()


def test_failures_in_announced_maintenance_are_not_counted() -> None:
    aside = Within([Window(at(14), at(36))])
    assert episodes(1, every_five("UUUDDDDUUUUU"), RULES, aside) == []


def test_a_share_of_one_turns_it_off() -> None:
    found = [Episode(at(15), at(30), n) for n in range(50)]
    assert quarantined(found, 50, Rules(correlated_share=1.0)) == ()
    assert len(quarantined(found, 50, RULES)) == 1
