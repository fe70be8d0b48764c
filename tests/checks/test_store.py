"""The store keeps a site whole or not at all, and notices what was altered."""

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap

import pytest

from chiso.checks.artifacts import Chain, Exchange, SiteRecord, Vantage
from chiso.checks.store import Reader, Writer, digest_of
from chiso.checks.targets import Site
from chiso.problems import InvalidInput

AT = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)


def record(url="https://a.gov.vn/", body=None):
    site = Site(body="A", url=url)
    home = Exchange(url=url, at=AT, status=200, body=body)
    return SiteRecord(
        run="r",
        site=site,
        vantage=Vantage(at=AT),
        begun=AT,
        ended=AT,
        day=AT.date(),
        home=Chain(hops=(home,)),
    )


def test_a_record_and_its_bodies_come_back_as_they_were(tmp_path):
    small, large = b"abc", "trang chủ ".encode() * 1000
    bodies = {digest_of(small): small, digest_of(large): large}
    with Writer(tmp_path) as writer:
        writer.add(record(body=digest_of(large)), bodies)
    with Reader(tmp_path) as reader:
        [key] = reader.keys()
        assert reader.record(key) == record(body=digest_of(large))
        assert [reader.body(digest) for digest in bodies] == [small, large]
        assert reader.body("0" * 64) is None


def test_a_body_that_two_sites_share_is_kept_once(tmp_path):
    body = os.urandom(50_000)
    with Writer(tmp_path, "one") as writer:
        for number in range(20):
            writer.add(record(f"https://{number}.gov.vn/"), {digest_of(body): body})
    assert (tmp_path / "one.evidence").stat().st_size < 200_000


def test_a_site_that_we_gave_up_is_there_but_not_whole_until_it_is_seen(tmp_path):
    with Writer(tmp_path, "a") as writer:
        writer.add(record(), {}, whole=False)
    key = record().site.key
    with Reader(tmp_path) as reader:
        assert key in reader
        assert not reader.whole(key)
    with Writer(tmp_path, "b") as writer:
        writer.add(record(body="0" * 64), {})
    with Reader(tmp_path) as reader:
        assert reader.whole(key)
        assert reader.record(key).home.final.body == "0" * 64
        assert len(reader) == 1


def test_what_was_altered_after_it_was_kept_is_refused(tmp_path):
    body = b"true words"
    with Writer(tmp_path, "a") as writer:
        writer.add(record(), {digest_of(body): body})
    base = sqlite3.connect(tmp_path / "a.evidence")
    base.execute("UPDATE bodies SET data = ?", (b"false words",))
    base.commit()
    base.close()
    with Reader(tmp_path) as reader, pytest.raises(InvalidInput, match="altered"):
        reader.body(digest_of(body))


def test_a_file_that_is_no_store_is_named(tmp_path):
    (tmp_path / "x.evidence").write_bytes(b"not a database at all, only text" * 100)
    with pytest.raises(InvalidInput, match=r"x\.evidence"):
        Reader(tmp_path)


def test_a_writer_killed_in_the_middle_leaves_only_whole_sites(tmp_path):
    script = textwrap.dedent(
        """
        import sys, pathlib
        sys.path.insert(0, sys.argv[2])
        from test_store import record
        from chiso.checks.store import Writer, digest_of
        writer = Writer(pathlib.Path(sys.argv[1]), "k")
        for number in range(100_000):
            body = str(number).encode() * 300
            writer.add(record(f"https://{number}.vn/", digest_of(body)), {digest_of(body): body})
            print(number, flush=True)
        """
    )
    here = os.path.dirname(__file__)
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path), here], stdout=subprocess.PIPE, text=True
    )
    for line in process.stdout:
        if int(line) >= 50:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with Reader(tmp_path) as reader:
        assert len(reader) >= 51
        for stored in reader.records():
            assert reader.body(stored.home.final.body) is not None
