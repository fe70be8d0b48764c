"""Headers that protect visitors, cookies, and security.txt."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.checks.judging.asking import ask, level, said

from chiso.checks.judging.securitytxt import parse_security_txt
from chiso.checks.states import CheckState, ErrorClass

NOON = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)
FILE = "https://portal.gov.vn/.well-known/security.txt"
CSP = "Content-Security-Policy"
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)


# ── HD-01 ──


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("default-src 'self'", 1), ("script-src 'self' https://cdn.example", 1),
        ("script-src 'nonce-abc' 'unsafe-inline' 'strict-dynamic'", 1),
        ("script-src 'none'; default-src *", 1), ("script-src", 1),
        ("default-src 'self' 'unsafe-inline'", 0.5),
        ("default-src *", 0), ("default-src * 'unsafe-inline' 'unsafe-eval' data:", 0),
        ("script-src https:", 0), ("upgrade-insecure-requests", 0),
        ("frame-ancestors 'self'", 0), (";;;", 0), ("", 0),
        ("default-src *, script-src 'self'", 1),
    ],
)  # fmt: skip
def test_a_content_policy_counts_only_where_it_limits_scripts(
    make_case: Any, policy: str, expected: float
) -> None:
    assert level("HD-01", make_case(headers={CSP: policy})) == expected


def test_a_policy_that_only_reports_protects_nothing(make_case: Any) -> None:
    verdict = ask("HD-01", make_case(headers={f"{CSP}-Report-Only": "default-src 'self'"}))
    assert verdict.state is CheckState.FAIL
    assert "only reports" in verdict.seen.en


def test_a_policy_in_a_meta_tag_counts_for_scripts_but_not_for_frames(make_case: Any) -> None:
    home = (
        "<html><head><title>Cổng</title><meta http-equiv='Content-Security-Policy' "
        "content=\"default-src 'self'; frame-ancestors 'none'\"></head>"
        "<body><p>Trang chủ của cổng thông tin.</p></body></html>"
    )
    assert level("HD-01", make_case(home=home)) == 1
    assert level("HD-02", make_case(home=home)) == 0


# ── HD-02 ──


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-Frame-Options": "SAMEORIGIN"}, 1), ({"X-Frame-Options": "deny"}, 1),
        ({CSP: "frame-ancestors 'self'"}, 1), ({CSP: "frame-ancestors https://a.gov.vn"}, 1),
        ({CSP: "frame-ancestors *", "X-Frame-Options": "DENY"}, 0),
        ({"X-Frame-Options": "ALLOW-FROM https://a.gov.vn"}, 0),
        ({"X-Frame-Options": "SAMEORIGIN, ALLOWALL"}, 0.5),
        ({CSP: "default-src 'self'"}, 0), ({}, 0),
    ],
)  # fmt: skip
def test_frames_are_kept_out_by_either_header(
    make_case: Any, headers: dict[str, str], expected: float
) -> None:
    assert level("HD-02", make_case(headers=headers)) == expected


# ── HD-03, HD-04 ──


@pytest.mark.parametrize(
    ("value", "expected"), [("nosniff", 1), ("NoSniff ", 1), ("nosniff, nosniff", 1), ("no", 0)]
)
def test_nosniff_is_read_as_browsers_do(make_case: Any, value: str, expected: float) -> None:
    assert level("HD-03", make_case(headers={"X-Content-Type-Options": value})) == expected
    assert level("HD-03", make_case()) == 0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("strict-origin-when-cross-origin", 1), ("no-referrer, strict-origin", 1),
        ("no-referrer-when-downgrade", 0.5), ("unsafe-url", 0), ("nonsense", 0),
        ("no-referrer, future-word", 1),
    ],
)  # fmt: skip
def test_the_last_known_referrer_policy_counts(make_case: Any, value: str, expected: float) -> None:
    assert level("HD-04", make_case(headers={"Referrer-Policy": value})) == expected


def test_a_referrer_policy_in_a_tag_counts(make_case: Any) -> None:
    home = (
        "<html><head><title>Cổng</title><meta name='referrer' content='same-origin'></head>"
        "<body><p>Trang chủ của cổng thông tin.</p></body></html>"
    )
    assert level("HD-04", make_case(home=home)) == 1
    assert level("HD-04", make_case(home=home, headers={"Referrer-Policy": "unsafe-url"})) == 0


# ── all of them ──

ALL = ("HD-01", "HD-02", "HD-03", "HD-04", "HD-05")
GOOD = {
    CSP: "default-src 'self'; frame-ancestors 'self'", "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin", "Set-Cookie": "sid=1; Secure; HttpOnly",
    "X-Frame-Options": "DENY",
}  # fmt: skip


@pytest.mark.parametrize("identifier", ALL)
def test_headers_are_read_on_a_real_page_only(make_case: Any, chain: Any, identifier: str) -> None:
    assert said(identifier, make_case(headers=GOOD)) == "pass"
    assert said(identifier, make_case(home=chain(status=403, headers=GOOD))) == "blocked"
    assert said(identifier, make_case(home=chain(error=ErrorClass.CONN_RESET))) == "not_measured"
    assert said(identifier, make_case(home=chain(status=500))) == "not_measured"


@pytest.mark.parametrize("identifier", ALL)
def test_the_better_of_two_looks_counts_with_a_note(
    make_case: Any, chain: Any, identifier: str
) -> None:
    weak = {"Set-Cookie": "sid=1"}
    for first, second in ((weak, GOOD), (GOOD, weak)):
        verdict = ask(identifier, make_case(headers=first, again=chain(headers=second)))
        assert verdict.state is CheckState.PASS
        assert "differed" in verdict.seen.en
        assert "khác nhau" in verdict.seen.vi


@pytest.mark.parametrize("identifier", ALL)
def test_a_second_look_that_was_kept_out_or_led_elsewhere_does_not_count(
    make_case: Any, chain: Any, identifier: str
) -> None:
    weak = {"Set-Cookie": "sid=1"}
    for again in (
        chain(status=403, headers=GOOD),
        chain(url="https://khac.gov.vn/", headers=GOOD if identifier != "HD-05" else weak),
    ):
        assert said(identifier, make_case(headers=weak, again=again)) == "fail"


@shared
@given(
    kept=st.sets(st.sampled_from(sorted(set(GOOD) - {"Set-Cookie"}))),
    more=st.sampled_from(sorted(set(GOOD) - {"Set-Cookie"})),
)
def test_one_more_good_header_never_lowers_a_level(
    make_case: Any, kept: set[str], more: str
) -> None:
    few = {name: GOOD[name] for name in kept}
    for identifier in ALL[:4]:
        before = level(identifier, make_case(headers=few))
        after = level(identifier, make_case(headers=few | {more: GOOD[more]}))
        assert before is not None
        assert after is not None
        assert after >= before


@shared
@given(value=st.text(max_size=200))
@example("," * 5_000)
@example(";=" * 5_000)
@example("max-age" * 3_000)
def test_no_header_brings_a_check_down(make_case: Any, value: str) -> None:
    names = [*GOOD, "Strict-Transport-Security"]
    case = make_case(headers=dict.fromkeys(names, value))
    for identifier in (*ALL, "TL-03"):
        assert ask(identifier, case).seen.en


# ── HD-05 ──


@pytest.mark.parametrize(
    ("cookies", "expected"),
    [
        (["JSESSIONID=1; Secure; HttpOnly"], 1), (["JSESSIONID=1; HttpOnly"], 0.5),
        (["ASP.NET_SessionId=1; path=/"], 0), (["lang=vi; Secure"], 1), (["lang=vi"], 0),
        (["lang=vi; Secure", "PHPSESSID=1; Secure"], 0.75),
    ],
)  # fmt: skip
def test_cookies_are_judged_by_what_they_are_for(
    make_case: Any, cookies: list[str], expected: float
) -> None:
    case = make_case(headers=[("Set-Cookie", one) for one in cookies])
    assert level("HD-05", case) == expected


def test_a_page_without_cookies_has_none_to_protect(make_case: Any) -> None:
    assert said("HD-05", make_case()) == "not_applicable"
    deleted = {"Set-Cookie": "sid=; Max-Age=0"}
    assert said("HD-05", make_case(headers=deleted)) == "not_applicable"


def test_the_value_of_a_cookie_is_never_kept(make_case: Any) -> None:
    verdict = ask("HD-05", make_case(headers={"Set-Cookie": "sid=abcdef123; HttpOnly"}))
    assert "abcdef123" not in repr(verdict)


# ── ST-01 ──

GOOD_FILE = "Contact: mailto:attt@portal.gov.vn\nExpires: 2020-06-01T00:00:00Z\n"
SIGNED = (
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n# cổng\n"
    "- Contact: https://portal.gov.vn/bao-loi\nExpires: 2020-06-01T00:00:00+07:00\n"
    "-----BEGIN PGP SIGNATURE-----\n\nxyz\n-----END PGP SIGNATURE-----\n"
)


def posted(chain: Any, text: Any, kind: str = "text/plain; charset=utf-8", **changes: Any) -> Any:
    known = {"url": FILE, "headers": {"Content-Type": kind}}
    return {"security_txt": chain(text, **known | changes)}


@pytest.mark.parametrize("text", [GOOD_FILE, SIGNED, "\ufeff" + GOOD_FILE.replace("\n", "\r\n")])
def test_a_valid_security_txt_passes(make_case: Any, chain: Any, text: str) -> None:
    verdict = ask("ST-01", make_case(**posted(chain, text)))
    assert verdict.state is CheckState.PASS, verdict


@pytest.mark.parametrize(
    "text",
    [
        GOOD_FILE.replace("2020-06", "2019-10"),  # over
        GOOD_FILE.replace("2020-06-01T00:00:00Z", "next year"),
        GOOD_FILE.replace("2020-06-01T00:00:00Z", "2020-06-01"),  # no time, no zone
        GOOD_FILE + "Expires: 2020-07-01T00:00:00Z\n",
        "Contact: tel:+84-24-0000000\n",
        GOOD_FILE + "Preferred-Languages: vi\nPreferred-Languages: en\n",
    ],
)
def test_a_faulty_security_txt_is_half(make_case: Any, chain: Any, text: str) -> None:
    assert level("ST-01", make_case(**posted(chain, text))) == 0.5


def test_a_security_txt_over_http_or_of_a_wrong_type_is_half(make_case: Any, chain: Any) -> None:
    plain = posted(chain, GOOD_FILE, url=FILE.replace("https", "http"))
    assert level("ST-01", make_case(**plain)) == 0.5
    octets = posted(chain, GOOD_FILE, "application/octet-stream")
    assert level("ST-01", make_case(**octets)) == 0.5


def test_a_page_in_place_of_security_txt_is_absent(make_case: Any, chain: Any) -> None:
    page = "<html><body>Contact: mailto:a@b.vn<br>Expires: 2020-06-01T00:00:00Z</body></html>"
    assert said("ST-01", make_case(**posted(chain, page, "text/html"))) == "fail"
    assert said("ST-01", make_case(**posted(chain, page))) == "fail"
    assert said("ST-01", make_case(**posted(chain, "not found", status=404))) == "fail"
    assert said("ST-01", make_case(**posted(chain, "hello"))) == "fail"
    assert said("ST-01", make_case(**posted(chain, "Contact: someone\n"))) == "fail"


def test_security_txt_that_was_kept_from_us_is_not_absent(make_case: Any, chain: Any) -> None:
    assert said("ST-01", make_case()) == "not_measured"
    assert said("ST-01", make_case(**posted(chain, None, status=500))) == "not_measured"
    assert said("ST-01", make_case(**posted(chain, "no", status=403))) == "blocked"
    assert said("ST-01", make_case(security_txt=chain(error=ErrorClass.ROBOTS))) == "blocked"
    late = chain(error=ErrorClass.READ_TIMEOUT)
    assert said("ST-01", make_case(security_txt=late)) == "not_measured"


def test_a_date_far_ahead_passes_with_advice(make_case: Any, chain: Any) -> None:
    far = GOOD_FILE.replace("2020", "2025")
    verdict = ask("ST-01", make_case(**posted(chain, far)))
    assert verdict.state is CheckState.PASS
    assert "advised" in verdict.seen.en


@given(body=st.binary(max_size=400))
@example(b"Contact:" * 100_000)
@example(b"-----BEGIN PGP SIGNED MESSAGE-----\n" * 2_000)
@example(b"Contact: https:x\nExpires: 9999-12-31T23:59:59-23:59\n")
@example(b"Expires: 0001-01-01T00:00:00+23:59\n")
def test_no_bytes_bring_the_reader_of_security_txt_down(body: bytes) -> None:
    found = parse_security_txt(body)
    assert found is None or found.expires is None or found.expires.tzinfo is not None


@shared
@given(days=st.integers(-400, 400), more=st.integers(0, 400))
def test_a_later_date_in_security_txt_never_has_a_lower_level(
    make_case: Any, chain: Any, days: int, more: int
) -> None:
    def at(count: int) -> float:
        time = (NOON + dt.timedelta(days=count)).isoformat()
        found = level("ST-01", make_case(**posted(chain, f"Contact: tel:1\nExpires: {time}\n")))
        assert found is not None
        return found

    assert at(days + more) >= at(days)
