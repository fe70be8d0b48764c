"""From findings on sites to observations of bodies: what is unknown never becomes a zero."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.checks.decisions import Decision, decided, read_decisions
from chiso.checks.findings import Finding
from chiso.checks.judging.judge import hold_back, quarantined, sealed
from chiso.checks.observations import body_observations
from chiso.checks.states import MEASURED, CheckState
from chiso.problems import InvalidInput

AT = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)
COUNTED = {0.0: CheckState.FAIL, 1.0: CheckState.PASS}


def finding(level=None, state=None, check="FN-01", role="main", site="https://a.gov.vn/", **more):
    if state is None:
        state = COUNTED.get(level, CheckState.PARTIAL)
    given = {"tier": "S", "body": "a", "version": 1, "vi": "thấy", "en": "seen", "at": AT}
    return sealed(
        Finding(check=check, site=site, role=role, state=state, level=level, **given | more)
    )


def observed(*findings):
    [result] = body_observations(findings)
    return result


def test_one_site_stands_for_its_body():
    seen = observed(finding(0.5))
    assert (seen.state, seen.level, seen.seen.vi) == (CheckState.PARTIAL, 0.5, "thấy")


def test_the_main_portal_weighs_more_than_the_units_together():
    units = [finding(0.0, role="unit", site=f"https://u{n}.vn/") for n in range(3)]
    assert observed(finding(1.0), *units).level == pytest.approx(0.7)


def test_too_few_measured_sites_say_not_measured():
    lost = [
        finding(state=CheckState.NOT_MEASURED, role="unit", site=f"https://u{n}.vn/")
        for n in range(3)
    ]
    seen = observed(finding(1.0), *lost)
    assert (seen.state, seen.level) == (CheckState.NOT_MEASURED, None)


def test_nothing_applicable_or_measured_is_unknown_and_never_zero():
    for state in CheckState:
        if state not in MEASURED:
            assert observed(finding(state=state)).level is None


def test_a_finding_that_waits_for_a_person_makes_the_body_wait():
    waiting = finding(
        state=CheckState.NEEDS_REVIEW, proposed=0.0, role="unit", site="https://u.vn/"
    )
    assert observed(finding(1.0), waiting).state is CheckState.NEEDS_REVIEW


def test_informational_and_held_findings_give_no_observation():
    assert list(body_observations([finding(1.0, tier="I"), finding(0.0, tier="H")])) == []


def test_the_service_portal_answers_for_service_checks():
    main = finding(0.0, check="SV-03")
    own = finding(1.0, check="SV-03", role="services", site="https://dvc.vn/")
    assert observed(main, own).level == 1.0
    none = finding(
        state=CheckState.NOT_APPLICABLE, check="SV-03", role="services", site="https://dvc.vn/"
    )
    assert observed(main, none).level == 0.0


levels = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=6)


@given(levels, st.integers(0, 5), st.sampled_from([0.25, 0.5, 1.0]))
def test_improving_one_site_never_lowers_the_level(given_levels, place, better):
    def of(values):
        return observed(
            *(
                finding(level, role="main" if n < 2 else "unit", site=f"https://{n}.vn/")
                for n, level in enumerate(values)
            )
        ).level

    place %= len(given_levels)
    improved = list(given_levels)
    improved[place] = max(improved[place], better)
    assert of(improved) >= of(given_levels)


@given(levels, st.randoms())
def test_the_order_of_sites_does_not_matter(given_levels, shuffle):
    findings = [finding(level, site=f"https://{n}.vn/") for n, level in enumerate(given_levels)]
    mixed = list(findings)
    shuffle.shuffle(mixed)
    assert observed(*findings).level == pytest.approx(observed(*mixed).level)


# ── what people decide ──


def decide(kind, level=None, reason="xem lại", **more):
    return Decision("a", "https://a.gov.vn/", "FN-01", kind, reason, "Nguyễn A", "2019-12-01",
                    level, **more)  # fmt: skip


WAITING = finding(state=CheckState.NEEDS_REVIEW, proposed=0.0)


@pytest.mark.parametrize(
    ("decision", "state", "level"),
    [
        (decide("confirm"), CheckState.FAIL, 0.0),
        (decide("correct", 1.0), CheckState.PASS, 1.0),
        (decide("correct", 0.4), CheckState.PARTIAL, 0.4),
        (decide("explained"), CheckState.EXPLAINED, None),
        (decide("not_applicable"), CheckState.NOT_APPLICABLE, None),
    ],
)
def test_a_decision_settles_a_finding_and_stays_visible(decision, state, level):
    [settled] = decided([WAITING], [decision])
    assert (settled.state, settled.level, settled.proposed) == (state, level, None)
    assert "Nguyễn A" in settled.vi
    assert settled.digest != WAITING.digest


def test_a_decision_touches_only_its_own_finding():
    other = finding(0.5, check="FN-02")
    assert list(decided([other], [decide("correct", 1.0)])) == [other]


def test_a_confirmation_of_what_does_not_wait_changes_nothing():
    firm = finding(0.5)
    assert list(decided([firm], [decide("confirm")])) == [firm]


def test_every_fault_of_a_decision_file_is_named_by_row(tmp_path):
    path = tmp_path / "review.csv"
    path.write_text(
        "body,site,check,decision,level,reason,by,when\n"
        "a,https://a.vn/,FN-01,,,,,\n"
        "a,https://a.vn/,FN-02,maybe,,x,N,2019-12-01\n"
        "a,https://a.vn/,FN-03,correct,,x,N,2019-12-01\n"
        "a,https://a.vn/,FN-04,correct,1.5,x,N,2019-12-01\n"
        "a,https://a.vn/,FN-05,explained,,,N,2019-12-01\n"
        "a,https://a.vn/,FN-06,confirm,,,N,\n",
        encoding="utf-8",
    )
    with pytest.raises(InvalidInput) as caught:
        read_decisions(path)
    said = [str(problem) for problem in caught.value.problems]
    assert [text.split(": ")[0].rpartition("row ")[2] for text in said] == ["3", "4", "5", "6", "7"]


# ── failures that many share ──


def failures(count, minutes=1):
    step = dt.timedelta(minutes=minutes) / max(1, count)
    return [(f"k{n}", f"b{n}", AT + n * step) for n in range(count)]


def test_many_failures_at_one_time_are_held_back():
    assert len(quarantined(failures(8), bodies=60)) == 8


def test_few_failures_or_spread_ones_stand():
    assert not quarantined(failures(4), bodies=20)
    assert not quarantined(failures(6), bodies=100)
    assert not quarantined(failures(8, minutes=120), bodies=60)


def test_sites_of_one_body_count_as_one():
    same = [(f"k{n}", "b", AT) for n in range(30)]
    assert not quarantined(same, bodies=60)


def test_a_finding_held_back_counts_for_nothing():
    held = hold_back(finding(0.0))
    assert (held.state, held.level) == (CheckState.NOT_MEASURED, None)
    assert hold_back(WAITING) == WAITING
