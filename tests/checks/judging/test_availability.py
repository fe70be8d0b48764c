"""The home page, the period, response times, key pages and missing pages; what faults mean."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checks.judging.asking import ask, level, said

from chiso.checks.artifacts import Timings, Vantage
from chiso.checks.faults import FAULTS, unmeasured
from chiso.checks.judging.case import Availability
from chiso.checks.judging.registry import declarations
from chiso.checks.judging.technical import at_least, at_most, quantile
from chiso.checks.states import CheckState, ErrorClass

NOON = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)
ROOT = "https://portal.gov.vn/"
NOTICE = (
    "<html><head><title>Thông báo bảo trì hệ thống</title></head><body><p>Cổng tạm ngừng hoạt động "
    "để bảo trì hệ thống từ ngày {begin} đến ngày {end}{notice}.</p></body></html>"
)
CHALLENGE = (
    "<html><head><title>Just a moment...</title></head>"
    "<body>Checking your browser before accessing</body></html>"
)
HELPFUL = (
    "<html><head><title>Không tìm thấy</title></head><body><h1>404</h1>"
    "<a href='/'>Trang chủ</a></body></html>"
)
SALE = "<html><head><title>x</title></head><body>This domain is for sale.</body></html>"


# ── faults ──


def test_every_error_class_has_a_fault_in_both_languages() -> None:
    assert set(FAULTS) == set(ErrorClass)
    for fault in FAULTS.values():
        assert not fault.meaning.missing()
        assert not fault.advice.missing()


def test_only_checks_of_availability_turn_an_error_into_a_fail() -> None:
    states = {unmeasured(error) for error in ErrorClass}
    assert states == {CheckState.NOT_MEASURED, CheckState.BLOCKED}
    assert unmeasured(ErrorClass.CONN_REFUSED, availability=True) is CheckState.FAIL


def test_our_own_side_is_never_a_fail() -> None:
    for error, fault in FAULTS.items():
        state = unmeasured(error, availability=True)
        if fault.side == "ours":
            assert state is CheckState.NOT_MEASURED
        if fault.side in {"between", "either"}:
            assert state is CheckState.NEEDS_REVIEW
    assert unmeasured(ErrorClass.ROBOTS, availability=True) is CheckState.BLOCKED


# ── AV-02 ──


def failing(chain: Any, error: ErrorClass, attempts: int = 2) -> dict[str, Any]:
    """A home page that failed that often before, and again."""
    return {
        "home": chain(error=error, attempt=attempts + 1),
        "attempts": tuple(chain(error=error, attempt=n + 1) for n in range(attempts)),
    }


def test_a_home_page_that_answers_passes(make_case: Any) -> None:
    verdict = ask("AV-02", make_case())
    assert verdict.state is CheckState.PASS
    assert verdict.evidence


def test_a_portal_that_fails_only_once_passes_and_is_noted_as_unstable(
    make_case: Any, chain: Any
) -> None:
    verdict = ask("AV-02", make_case(attempts=(chain(status=500),)))
    assert verdict.state is CheckState.PASS
    assert "unstable" in verdict.seen.en


@pytest.mark.parametrize(
    "error",
    [
        ErrorClass.CONN_REFUSED, ErrorClass.DNS_NXDOMAIN, ErrorClass.TLS_HANDSHAKE,
        ErrorClass.REDIRECT_LOOP, ErrorClass.READ_TIMEOUT, ErrorClass.HTTP_MALFORMED,
    ],
)  # fmt: skip
def test_a_confirmed_fault_of_the_portal_fails(
    make_case: Any, chain: Any, error: ErrorClass
) -> None:
    verdict = ask("AV-02", make_case(**failing(chain, error)))
    assert verdict.state is CheckState.FAIL
    assert len(verdict.evidence) == 3


def test_an_unconfirmed_failure_is_not_measured(make_case: Any, chain: Any) -> None:
    for attempts in (0, 1):
        case = make_case(**failing(chain, ErrorClass.CONN_REFUSED, attempts))
        assert said("AV-02", case) == "not_measured"


@pytest.mark.parametrize(
    "error",
    [
        ErrorClass.CONN_TIMEOUT, ErrorClass.CONN_RESET, ErrorClass.UNREACHABLE,
        ErrorClass.DNS_TIMEOUT, ErrorClass.DNS_SERVFAIL,
    ],
)  # fmt: skip
def test_what_a_firewall_could_cause_is_for_review(
    make_case: Any, chain: Any, error: ErrorClass
) -> None:
    verdict = ask("AV-02", make_case(**failing(chain, error)))
    assert verdict.state is CheckState.NEEDS_REVIEW
    assert verdict.level == 0


@pytest.mark.parametrize("error", [ErrorClass.ENGINE, ErrorClass.BUDGET, ErrorClass.STOPPED])
def test_our_own_errors_are_not_measured(make_case: Any, chain: Any, error: ErrorClass) -> None:
    assert said("AV-02", make_case(**failing(chain, error))) == "not_measured"


def test_a_server_error_in_all_attempts_fails(make_case: Any, chain: Any) -> None:
    bad = chain("<html><body>Server Error</body></html>", status=500)
    assert said("AV-02", make_case(home=bad, attempts=(bad, bad))) == "fail"


@pytest.mark.parametrize("status", [401, 403, 429, 451])
def test_a_portal_that_keeps_us_out_is_blocked(make_case: Any, chain: Any, status: int) -> None:
    assert said("AV-02", make_case(home=chain(status=status))) == "blocked"


def test_a_challenge_page_is_blocked_whatever_its_status(make_case: Any, chain: Any) -> None:
    for status in (200, 403, 503):
        assert said("AV-02", make_case(home=chain(CHALLENGE, status=status))) == "blocked"


def test_a_wall_in_an_earlier_attempt_is_blocked_not_down(make_case: Any, chain: Any) -> None:
    error = chain(error=ErrorClass.CONN_REFUSED)
    case = make_case(home=error, attempts=(chain(CHALLENGE, status=503), error))
    assert said("AV-02", case) == "blocked"


def test_maintenance_that_the_page_announced_in_advance_is_left_out(
    make_case: Any, chain: Any
) -> None:
    page = NOTICE.format(
        begin="25/11/2019", end="26/11/2019", notice=" theo thông báo ngày 13/11/2019"
    )
    assert said("AV-02", make_case(home=chain(page, status=503))) == "maintenance"


@pytest.mark.parametrize(
    ("begin", "end", "notice"),
    [
        ("25/11/2019", "26/11/2019", ""),  # nobody was told
        ("25/11/2019", "26/11/2019", ", thông báo ngày 25/11/2019"),  # told the same day
        ("20/11/2019", "21/11/2019", ", thông báo ngày 13/11/2019"),  # the window is over
        ("99/99/2019", "31/02/2019", ", thông báo ngày 13/11/2019"),  # no dates
    ],
)
def test_maintenance_without_notice_is_for_a_person(
    make_case: Any, chain: Any, begin: str, end: str, notice: str
) -> None:
    page = NOTICE.format(begin=begin, end=end, notice=notice)
    assert said("AV-02", make_case(home=chain(page, status=503))) == "needs_review"


def test_maintenance_in_the_register_is_left_out(make_case: Any, chain: Any) -> None:
    page = NOTICE.format(begin="hôm nay", end="mai", notice="")
    case = make_case(home=chain(page, status=503), availability=period(maintenance_minutes=60.0))
    assert said("AV-02", case) == "maintenance"


def test_https_down_but_http_up_asks_for_a_look_at_the_register(make_case: Any, chain: Any) -> None:
    case = make_case(
        **failing(chain, ErrorClass.CONN_REFUSED),
        variants={"http": chain(url="http://portal.gov.vn/")},
    )
    verdict = ask("AV-02", case)
    assert verdict.state is CheckState.NEEDS_REVIEW
    assert verdict.url == "http://portal.gov.vn/"


def test_a_parked_name_fails_only_when_seen_twice(make_case: Any, chain: Any) -> None:
    parked = chain(SALE)
    assert said("AV-02", make_case(home=parked)) == "needs_review"
    assert said("AV-02", make_case(home=parked, variants={"https": parked})) == "fail"


def test_a_missing_registered_page_is_for_review(make_case: Any, chain: Any) -> None:
    verdict = ask("AV-02", make_case(home=chain(status=404)))
    assert verdict.state is CheckState.NEEDS_REVIEW


def test_a_home_page_shown_for_every_address_still_passes(make_case: Any, chain: Any) -> None:
    case = make_case(missing=[chain(url=f"{ROOT}x{n}") for n in range(2)])
    assert said("AV-02", case) == "pass"


# ── AV-03, AV-04 ──


def period(**changes: Any) -> Availability:
    """A month without a fault."""
    known: dict[str, Any] = {
        "begun": "2019-11-01T00:00:00+00:00", "ended": "2019-12-01T00:00:00+00:00",
        "share": 1.0, "coverage": 0.99, "incidents": 0, "median_minutes": None,
    }  # fmt: skip
    return Availability(**known | changes)


@pytest.mark.parametrize(
    ("share", "expected"),
    [(1.0, 1), (0.995, 1), (0.99, 0.8), (0.98, 0.6), (0.95, 0.3), (0.9499, 0)],
)
def test_availability_has_the_levels_of_the_design(
    make_case: Any, share: float, expected: float
) -> None:
    assert level("AV-03", make_case(availability=period(share=share))) == expected


@pytest.mark.parametrize("identifier", ["AV-03", "AV-04"])
def test_a_period_with_too_few_probes_is_not_measured(make_case: Any, identifier: str) -> None:
    assert said(identifier, make_case()) == "not_measured"
    for known in (period(coverage=0.94), period(share=None, coverage=0.2)):
        assert said(identifier, make_case(availability=known)) == "not_measured"


def test_a_steady_portal_passes_and_a_shaky_one_does_not(make_case: Any) -> None:
    assert level("AV-04", make_case(availability=period())) == 1
    shaky = period(incidents=3, median_minutes=20.0)
    assert level("AV-04", make_case(availability=shaky)) == 0.5
    long = period(incidents=1, median_minutes=2_000.0)
    assert level("AV-04", make_case(availability=long)) == 0


def test_a_short_period_says_nothing_of_stability(make_case: Any) -> None:
    short = period(ended="2019-11-03T00:00:00+00:00")
    assert said("AV-04", make_case(availability=short)) == "not_measured"
    odd = period(ended="never")
    assert said("AV-04", make_case(availability=odd)) == "not_measured"


def test_incidents_of_a_short_period_are_not_stretched(make_case: Any) -> None:
    week = period(ended="2019-11-09T00:00:00+00:00", incidents=1, median_minutes=5.0)
    assert level("AV-04", make_case(availability=week)) == 1


@given(
    share=st.floats(0, 1), better=st.floats(0, 1), incidents=st.integers(0, 40),
    fewer=st.integers(0, 40), minutes=st.floats(0, 5_000), shorter=st.floats(0, 5_000),
)  # fmt: skip
def test_a_better_period_never_has_a_lower_level(
    share: float, better: float, incidents: int, fewer: int, minutes: float, shorter: float
) -> None:
    figures = declarations()["AV-04"].figures
    steps = declarations()["AV-03"].figures["steps"]
    assert at_least(max(share, better), steps) >= at_least(share, steps)
    few, short = min(incidents, fewer), min(minutes, shorter)
    assert at_most(few, figures["incidents"]) >= at_most(incidents, figures["incidents"])
    assert at_most(short, figures["minutes"]) >= at_most(minutes, figures["minutes"])


# ── AV-05 ──


def test_a_quick_server_passes_and_a_slow_one_does_not(make_case: Any, chain: Any) -> None:
    assert level("AV-05", make_case(series=(100.0, 120.0, 90.0))) == 1
    assert level("AV-05", make_case(series=(1_000.0, 1_020.0, 990.0))) == 0.6
    assert level("AV-05", make_case(series=(9_000.0, 9_000.0, 9_000.0))) == 0


def test_fewer_than_three_response_times_are_not_measured(make_case: Any, chain: Any) -> None:
    home = chain(timings=Timings(first_byte=100.0))
    assert said("AV-05", make_case(home=home, series=(100.0,))) == "not_measured"
    assert said("AV-05", make_case(home=home, series=(100.0, 110.0))) == "pass"


def test_one_slow_answer_among_many_does_not_decide(make_case: Any) -> None:
    assert level("AV-05", make_case(series=(100.0, 100.0, 100.0, 9_000.0))) == 1


def test_the_response_time_of_a_wall_is_blocked(make_case: Any, chain: Any) -> None:
    case = make_case(home=chain(status=403), series=(1.0, 1.0, 1.0))
    assert said("AV-05", case) == "blocked"


@given(times=st.lists(st.floats(0, 60_000), min_size=3, max_size=12), cut=st.floats(0, 1))
def test_quicker_answers_never_have_a_lower_level(times: list[float], cut: float) -> None:
    figures = declarations()["AV-05"].figures
    slow = quantile(times, figures["quantile"])
    quick = quantile([time * cut for time in times], figures["quantile"])
    assert at_most(quick, figures["steps"]) >= at_most(slow, figures["steps"])


def test_the_quantile_is_the_nearest_rank() -> None:
    assert quantile([4, 1, 3, 2], 0.75) == 3
    assert quantile([4, 1, 3, 2], 0.5) == 2
    assert quantile([7], 0.75) == 7
    with pytest.raises(ValueError, match="nothing"):
        quantile([], 0.5)


# ── AV-06 ──

PAGE = (
    "<html lang='vi'><head><title>{0}</title></head><body><h1>{0}</h1><p>Nội dung của trang {0} "
    "với đủ thông tin để người dân liên hệ và tra cứu.</p></body></html>"
)


def test_key_pages_that_are_up_pass(make_case: Any) -> None:
    pages = {"contact": PAGE.format("Liên hệ"), "feedback": PAGE.format("Góp ý")}
    assert said("AV-06", make_case(pages)) == "pass"


def test_a_missing_key_page_lowers_the_level(make_case: Any, page: Any) -> None:
    pages = {
        "contact": PAGE.format("Liên hệ"),
        "feedback": page("feedback", None, status=404),
    }
    verdict = ask("AV-06", make_case(pages))
    assert verdict.level == 0.5
    assert "feedback" in verdict.seen.en
    assert "góp ý" in verdict.seen.vi


def test_a_single_server_error_or_timeout_is_left_out(make_case: Any, page: Any) -> None:
    pages = {
        "contact": PAGE.format("Liên hệ"),
        "feedback": page("feedback", None, status=503),
        "tracking": page("tracking", error=ErrorClass.CONN_TIMEOUT),
    }
    verdict = ask("AV-06", make_case(pages))
    assert verdict.state is CheckState.PASS
    assert "2 could not be told" in verdict.seen.en


def test_a_server_error_that_was_confirmed_counts(make_case: Any, page: Any) -> None:
    pages = {
        "contact": PAGE.format("Liên hệ"),
        "feedback": page("feedback", None, status=500, attempt=2),
        "tracking": page("tracking", error=ErrorClass.CONN_TIMEOUT, attempt=2),
    }
    verdict = ask("AV-06", make_case(pages))
    assert verdict.level == 0.5
    assert "1 could not be told" in verdict.seen.en


def test_key_pages_behind_a_wall_are_blocked(make_case: Any, page: Any) -> None:
    assert said("AV-06", make_case({"contact": page("contact", status=403)})) == "blocked"


def test_without_key_pages_nothing_is_measured(make_case: Any) -> None:
    assert said("AV-06", make_case()) == "not_measured"


# ── AV-08 ──


def missing(chain: Any, *contents: Any, status: int = 404, **changes: Any) -> dict[str, Any]:
    return {
        "missing": [
            chain(content, f"{ROOT}khong-co-{n}", status=status, **changes)
            for n, content in enumerate(contents)
        ]
    }


def test_404_with_a_way_back_passes(make_case: Any, chain: Any) -> None:
    assert level("AV-08", make_case(**missing(chain, HELPFUL, HELPFUL))) == 1


def test_a_bare_404_is_half(make_case: Any, chain: Any) -> None:
    bare = "<html><body><h1>404 Not Found</h1></body></html>"
    assert level("AV-08", make_case(**missing(chain, bare, bare))) == 0.5
    assert level("AV-08", make_case(**missing(chain, HELPFUL, bare))) == 0.75


def test_a_soft_404_fails(make_case: Any, chain: Any) -> None:
    assert level("AV-08", make_case(**missing(chain, HELPFUL, HELPFUL, status=200))) == 0


def test_a_redirect_to_the_home_page_fails(make_case: Any, chain: Any) -> None:
    chains = [chain(via=(f"{ROOT}x{n}",)) for n in range(2)]
    assert said("AV-08", make_case(missing=chains)) == "fail"


def test_a_network_error_on_a_missing_page_is_not_measured(make_case: Any, chain: Any) -> None:
    chains = [chain(url=f"{ROOT}x", error=ErrorClass.READ_TIMEOUT) for _ in range(2)]
    assert said("AV-08", make_case(missing=chains)) == "not_measured"
    assert said("AV-08", make_case()) == "not_measured"
    assert said("AV-08", make_case(**missing(chain, HELPFUL))) == "not_measured"


def test_robots_or_a_wall_before_missing_pages_is_blocked(make_case: Any, chain: Any) -> None:
    chains = [chain(url=f"{ROOT}x", error=ErrorClass.ROBOTS) for _ in range(2)]
    assert said("AV-08", make_case(missing=chains)) == "blocked"
    assert said("AV-08", make_case(**missing(chain, HELPFUL, HELPFUL, status=403))) == "blocked"


def test_a_vantage_without_anything_known_accuses_nobody(make_case: Any) -> None:
    case = make_case(vantage=Vantage(at=NOON, ok=False))
    for identifier in ("AV-01", "AV-03", "AV-04", "AV-06", "AV-07", "AV-08", "AV-09", "AV-10"):
        assert said(identifier, case) == "not_measured"
