"""TLS, HSTS, redirects to https and the dates of certificates."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.checks.judging.asking import ask, level, said

from chiso.checks.artifacts import Certificate, TlsFacts, Vantage
from chiso.checks.states import CheckState, ErrorClass

NOON = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ROOT = "https://portal.gov.vn/"
PLAIN = "http://portal.gov.vn/"
MODERN = {"TLSv1": False, "TLSv1.1": False, "TLSv1.2": True, "TLSv1.3": True}
OLD = st.sampled_from(["TLSv1", "TLSv1.1"])
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def certificate(left: float = 200, life: float = 365) -> Certificate:
    """A certificate that lasts `left` more days of a life of `life`."""
    end = NOON + dt.timedelta(days=left)
    return Certificate(
        subject="CN=portal.gov.vn", issuer="CN=Test", names=("portal.gov.vn",),
        not_before=end - dt.timedelta(days=life), not_after=end,
    )  # fmt: skip


def tls(**changes: Any) -> TlsFacts:
    """A host as it should be."""
    known: dict[str, Any] = {
        "host": "portal.gov.vn", "at": NOON, "trusted": True, "certificate": certificate(),
        "protocols": MODERN,
    }  # fmt: skip
    return TlsFacts(**known | changes)


# ── TL-01 ──


def test_a_trusted_certificate_passes(make_case: Any) -> None:
    assert said("TL-01", make_case(tls=tls())) == "pass"


def test_a_missing_intermediate_is_partial_for_browsers_cope(make_case: Any) -> None:
    case = make_case(tls=tls(trusted=False, trust_error="missing_intermediate"))
    assert level("TL-01", case) == 0.5


@pytest.mark.parametrize(
    "reason", ["expired", "not_yet_valid", "wrong_host", "self_signed", "unknown_issuer"]
)
def test_what_browsers_warn_of_fails(make_case: Any, reason: str) -> None:
    assert said("TL-01", make_case(tls=tls(trusted=False, trust_error=reason))) == "fail"


def test_a_clock_of_ours_that_is_off_accuses_nobody(make_case: Any) -> None:
    off = Vantage(at=NOON, clock_offset=86_400.0)
    for reason in ("expired", "not_yet_valid"):
        case = make_case(tls=tls(trusted=False, trust_error=reason), vantage=off)
        assert said("TL-01", case) == "not_measured"
    case = make_case(tls=tls(trusted=False, trust_error="wrong_host"), vantage=off)
    assert said("TL-01", case) == "fail"


def test_a_reason_that_is_not_clear_is_for_review(make_case: Any) -> None:
    assert said("TL-01", make_case(tls=tls(trusted=False, trust_error="other"))) == "needs_review"


def test_what_was_not_looked_at_is_not_measured(make_case: Any) -> None:
    for identifier in ("TL-01", "TL-04", "TL-06", "AV-10"):
        assert said(identifier, make_case()) == "not_measured"
    assert said("TL-01", make_case(tls=tls(trusted=None))) == "not_measured"


def closed(chain: Any, error: ErrorClass = ErrorClass.CONN_REFUSED) -> dict[str, Any]:
    """A portal that is up over http, without TLS."""
    return {
        "home": chain(url=PLAIN),
        "variants": {"http": chain(url=PLAIN), "https": chain(error=error)},
        "tls": tls(error=error, trusted=None, certificate=None, protocols={}),
    }


@pytest.mark.parametrize("identifier", ["TL-01", "TL-02", "TL-03", "TL-04", "TL-06"])
def test_a_portal_over_http_only_fails(make_case: Any, chain: Any, identifier: str) -> None:
    assert said(identifier, make_case(**closed(chain))) == "fail"


def test_a_filtered_port_443_is_for_review(make_case: Any, chain: Any) -> None:
    case = make_case(**closed(chain, ErrorClass.CONN_TIMEOUT))
    assert said("TL-01", case) == "needs_review"


def test_an_error_of_ours_at_port_443_is_not_measured(make_case: Any, chain: Any) -> None:
    assert said("TL-01", make_case(**closed(chain, ErrorClass.ENGINE))) == "not_measured"


def test_a_portal_that_is_down_altogether_is_not_blamed_for_its_tls(
    make_case: Any, chain: Any
) -> None:
    refused = ErrorClass.CONN_REFUSED
    case = make_case(
        home=chain(error=refused),
        variants={"http": chain(url=PLAIN, error=refused), "https": chain(error=refused)},
        tls=tls(error=refused, trusted=None, certificate=None, protocols={}),
    )
    for identifier in ("TL-01", "TL-02", "TL-03", "TL-04", "TL-06"):
        assert said(identifier, case) == "not_measured"


# ── TL-02 ──


def over_http(make_case: Any, http: Any, chain: Any) -> Any:
    return make_case(variants={"http": http, "https": chain()})


def test_a_redirect_to_https_on_the_same_host_passes(make_case: Any, chain: Any) -> None:
    assert said("TL-02", over_http(make_case, chain(via=(PLAIN,)), chain)) == "pass"


@pytest.mark.parametrize("error", [ErrorClass.CONN_REFUSED, ErrorClass.CONN_TIMEOUT])
def test_a_closed_port_80_passes(make_case: Any, chain: Any, error: ErrorClass) -> None:
    http = chain(url=PLAIN, error=error)
    assert said("TL-02", over_http(make_case, http, chain)) == "pass"


def test_a_redirect_by_way_of_another_host_is_partial(make_case: Any, chain: Any) -> None:
    late = chain(url="https://www.portal.gov.vn/", via=(PLAIN,))
    assert level("TL-02", over_http(make_case, late, chain)) == 0.5
    two = chain(via=(PLAIN, "http://www.portal.gov.vn/"))
    assert level("TL-02", over_http(make_case, two, chain)) == 0.5


def test_content_over_http_fails(make_case: Any, chain: Any) -> None:
    assert said("TL-02", over_http(make_case, chain(url=PLAIN), chain)) == "fail"


def test_a_redirect_by_a_tag_or_a_script_is_no_plain_fail(make_case: Any, chain: Any) -> None:
    tag = (
        f"<html><head><meta http-equiv='refresh' content='0;url={ROOT}'></head><body></body></html>"
    )
    assert level("TL-02", over_http(make_case, chain(tag, PLAIN), chain)) == 0.5
    script = f"<html><body><script>window.location.href='{ROOT}'</script></body></html>"
    assert said("TL-02", over_http(make_case, chain(script, PLAIN), chain)) == "needs_review"


def test_an_error_page_over_http_is_partial_and_a_wall_is_blocked(
    make_case: Any, chain: Any
) -> None:
    assert level("TL-02", over_http(make_case, chain(url=PLAIN, status=404), chain)) == 0.5
    assert said("TL-02", over_http(make_case, chain(url=PLAIN, status=403), chain)) == "blocked"


def test_a_reset_over_http_is_not_measured(make_case: Any, chain: Any) -> None:
    http = chain(url=PLAIN, error=ErrorClass.CONN_RESET)
    assert said("TL-02", over_http(make_case, http, chain)) == "not_measured"
    assert said("TL-02", make_case()) == "not_measured"


# ── TL-03 ──


def hsts(value: str) -> dict[str, str]:
    return {"Strict-Transport-Security": value}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("max-age=31536000; includeSubDomains", 1), ('MAX-AGE="63072000" ; IncludeSubdomains', 1),
        ("max-age=31536000", 0.5), ("max-age=86400; includeSubDomains", 0.5), ("max-age=0", 0),
        ("includeSubDomains", 0), ("max-age=year", 0), ("max-age=-1", 0), ("max-age=²", 0),
        ("", 0), (";;;=;", 0), ("max-age=" + "9" * 5_000, 0.5),
    ],
)  # fmt: skip
def test_hsts_has_the_levels_of_the_design(make_case: Any, value: str, expected: float) -> None:
    assert level("TL-03", make_case(headers=hsts(value), tls=tls())) == expected


def test_hsts_over_an_untrusted_certificate_does_not_count(make_case: Any, chain: Any) -> None:
    good = hsts("max-age=31536000; includeSubDomains")
    case = make_case(headers=good, tls=tls(trusted=False, trust_error="self_signed"))
    assert said("TL-03", case) == "fail"
    case = make_case(headers=good, tls=tls(trusted=False, trust_error="missing_intermediate"))
    assert said("TL-03", case) == "pass"
    warned = chain(headers=good, detail="certificate not trusted: self-signed")
    assert said("TL-03", make_case(home=warned)) == "fail"


def test_a_host_that_only_leads_to_another_body_has_no_hsts_to_judge(
    make_case: Any, chain: Any
) -> None:
    home = chain(url="https://khac.gov.vn/", via=(ROOT,))
    assert said("TL-03", make_case(home=home)) == "not_applicable"
    www = chain(url="https://www.portal.gov.vn/", via=(ROOT,))
    assert said("TL-03", make_case(home=www)) == "fail"


def test_the_better_of_two_looks_at_hsts_counts(make_case: Any, chain: Any) -> None:
    again = chain(headers=hsts("max-age=31536000; includeSubDomains"))
    verdict = ask("TL-03", make_case(again=again))
    assert verdict.state is CheckState.PASS
    assert "differed" in verdict.seen.en


# ── TL-04 ──


def test_modern_tls_passes_and_old_versions_lower_it(make_case: Any) -> None:
    assert level("TL-04", make_case(tls=tls())) == 1
    assert level("TL-04", make_case(tls=tls(protocols=MODERN | {"TLSv1": True}))) == 0.5
    only_old = {"TLSv1": True, "TLSv1.1": True, "TLSv1.2": False, "TLSv1.3": False}
    assert level("TL-04", make_case(tls=tls(protocols=only_old))) == 0


def test_only_old_versions_fail_though_no_modern_handshake_was_made(make_case: Any) -> None:
    facts = tls(error=ErrorClass.TLS_HANDSHAKE, trusted=None, protocols={"TLSv1": True})
    assert said("TL-04", make_case(tls=facts)) == "fail"


def test_versions_that_we_cannot_speak_are_said_and_give_no_false_pass(make_case: Any) -> None:
    blind = {"TLSv1": None, "TLSv1.1": None, "TLSv1.2": True, "TLSv1.3": True}
    assert said("TL-04", make_case(tls=tls(protocols=blind))) == "not_measured"
    verdict = ask("TL-04", make_case(tls=tls(protocols=blind | {"TLSv1.1": False})))
    assert verdict.state is CheckState.PASS
    assert "Not tried: TLSv1" in verdict.seen.en
    assert level("TL-04", make_case(tls=tls(protocols=blind | {"TLSv1.1": True}))) == 0.5


# ── TL-06, AV-10 ──


@pytest.mark.parametrize(
    ("left", "life", "expected"),
    [(200, 365, 1), (14.5, 365, 1), (13, 365, 0.5), (0.1, 365, 0.5), (-1, 365, 0)],
)
def test_days_left_warn_and_only_an_expired_certificate_fails(
    make_case: Any, left: float, life: float, expected: float
) -> None:
    case = make_case(tls=tls(certificate=certificate(left, life)))
    assert level("TL-06", case) == expected


def test_a_short_certificate_that_renews_itself_is_not_warned_of(make_case: Any) -> None:
    assert level("TL-06", make_case(tls=tls(certificate=certificate(3, 6)))) == 1
    assert level("TL-06", make_case(tls=tls(certificate=certificate(0.5, 6)))) == 0.5


def test_expiry_is_told_for_information(make_case: Any) -> None:
    assert said("AV-10", make_case(tls=tls())) == "pass"
    assert said("AV-10", make_case(tls=tls(certificate=certificate(20)))) == "partial"
    verdict = ask("AV-10", make_case(tls=tls(certificate=certificate(-3))))
    assert verdict.state is CheckState.FAIL
    assert "22/11/2019" in verdict.seen.vi


@shared
@given(left=st.floats(-500, 500), more=st.floats(0, 500), life=st.floats(500, 1_000))
def test_a_later_expiry_never_has_a_lower_level(
    make_case: Any, left: float, more: float, life: float
) -> None:
    for identifier in ("TL-06", "AV-10"):
        before = level(identifier, make_case(tls=tls(certificate=certificate(left, life))))
        after = level(
            identifier, make_case(tls=tls(certificate=certificate(left + more, life + more)))
        )
        assert before is not None
        assert after is not None
        # A longer life asks for more days only up to the fourteen of any certificate.
        assert after >= before


@shared
@given(
    old=st.sets(st.sampled_from(["TLSv1", "TLSv1.1"])), gone=st.sampled_from(["TLSv1", "TLSv1.1"])
)
def test_turning_an_old_version_off_never_lowers_the_level(
    make_case: Any, old: set[str], gone: str
) -> None:
    before = level("TL-04", make_case(tls=tls(protocols=MODERN | dict.fromkeys(old, True))))
    after = level("TL-04", make_case(tls=tls(protocols=MODERN | dict.fromkeys(old - {gone}, True))))
    assert before is not None
    assert after is not None
    assert after >= before


@shared
@given(age=st.integers(0, 10**8), longer=st.integers(0, 10**8), whole=st.booleans())
def test_a_longer_hsts_never_has_a_lower_level(
    make_case: Any, age: int, longer: int, whole: bool
) -> None:
    tail = "; includeSubDomains" if whole else ""
    before = level("TL-03", make_case(headers=hsts(f"max-age={age}{tail}")))
    after = level("TL-03", make_case(headers=hsts(f"max-age={age + longer}{tail}")))
    covered = level("TL-03", make_case(headers=hsts(f"max-age={age}; includeSubDomains")))
    assert before is not None
    assert after is not None
    assert covered is not None
    assert after >= before
    assert covered >= before
