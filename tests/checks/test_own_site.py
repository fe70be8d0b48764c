"""Our own published site passes our own checks: a state that asks must answer."""

import datetime as dt
import mimetypes
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.internet.__main__ import command
from tests.internet.canary import add_canaries, canary_file
from tests.internet.internet import Internet
from tests.internet.model import Host, Reply

from chiso.checks.results import read_findings

ROOT = Path(__file__).parents[2]
NAME = "xephang.gov.vn"
CHISO = str(Path(sys.executable).with_name("chiso"))
BROWSER = pytest.mark.skipif(
    not Path("/usr/bin/chromium").exists(), reason="Chromium is missing: no browser tests"
)
#: checks that hold for any site; those of a portal's sections and services do not apply to ours
APPLY = (
    "AV-01", "AV-02", "AV-05", "AV-07", "AV-08", "TL-01", "TL-02", "TL-03", "TL-04", "TL-06",
    "TL-07", "DN-01", "DN-02", "HD-01", "HD-02", "HD-03", "HD-04", "HD-05", "ST-01", "MB-01",
    "MB-02", "MB-03", "PF-01", "PF-02", "PF-03", "PF-04", "AX-01", "AX-02", "AX-07", "CT-05",
    "FN-03", "FN-05", "FN-10", "FN-12",
)  # fmt: skip
#: the headers that docs/how-to/publish-the-site.md tells the server to send
HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "max-age=3600",
}


def static(folder):
    """A server of files, as any web server is."""
    expires = (dt.datetime.now(dt.UTC) + dt.timedelta(days=200)).strftime("%Y-%m-%dT00:00:00Z")
    security = f"Contact: mailto:antoan@{NAME}\nExpires: {expires}\n"
    missing = (folder / "vi" / "404.html").read_bytes()

    def answer(asked):
        if asked.path == "/.well-known/security.txt":
            return Reply(200, security.encode(), {"Content-Type": "text/plain", **HEADERS})
        path = folder / asked.path.strip("/")
        if path.is_dir():
            path = path / "index.html"
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            return Reply(404, missing, {"Content-Type": "text/html; charset=utf-8", **HEADERS})
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        charset = "; charset=utf-8" if kind.startswith("text/") else ""
        return Reply(200, path.read_bytes(), {"Content-Type": kind + charset, **HEADERS})

    return answer


@BROWSER
def test_our_site_has_full_marks_in_every_check_that_applies(tmp_path):
    example = ROOT / "examples" / "vietnam-ict-2019"
    round_folder = tmp_path / "round"
    shutil.copytree(example, round_folder, ignore=shutil.ignore_patterns("release"))
    with (round_folder / "round.yaml").open("a", encoding="utf-8") as file:
        file.write(f"\naddress: https://{NAME}/\nreleased: {dt.date.today()}\n")
    subprocess.run([CHISO, "run", str(round_folder)], check=True, capture_output=True)
    site = round_folder / "release" / "site"
    with Internet() as internet:
        add_canaries(internet)
        (tmp_path / "canaries.yaml").write_text(canary_file(), encoding="utf-8")
        (tmp_path / "targets.csv").write_text(f"body,url\nchiso,https://{NAME}/\n")

        def to_apex(asked):
            return Reply(301, b"", {"Location": f"https://{NAME}{asked.path}", **HEADERS})

        internet.add(Host(NAME, static(site), dns="signed"))
        internet.add(Host(f"www.{NAME}", to_apex, dns="signed"))
        line = [CHISO, *command(internet, tmp_path)[1:]]
        for check in APPLY:
            line += ["--only", check]
        done = subprocess.run(line, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = {f.check: f for f in read_findings(tmp_path / "checks")}
    assert set(found) == set(APPLY)
    short = {
        key: f"{f.state.value} {f.level}: {f.en}"
        for key, f in found.items()
        if f.state.value != "pass"
    }
    # What we do not use cannot be set wrongly.
    assert short.pop("HD-05") == "not_applicable None: The home page sets no cookie."
    assert short == {}
