"""A run goes on where it was, whoever works on it and however it was ended."""

import datetime as dt
import time
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiso.checks.artifacts import Chain, Exchange, SiteRecord, Vantage
from chiso.checks.network import Network
from chiso.checks.runs import EVIDENCE, PROGRESS, carry_on, deal, read_run, start_run
from chiso.checks.store import Reader, Writer
from chiso.checks.targets import Site
from chiso.executor import SerialExecutor, local
from chiso.problems import InvalidInput

AT = dt.datetime(2019, 11, 25, 5, tzinfo=dt.UTC)
SITES = tuple(Site(body=f"b{n}", url=f"https://{n}.gov.vn/") for n in range(40))


def look(batch):
    """The work of a batch without a network: a record for each site."""
    with Writer(batch.folder / EVIDENCE) as writer:
        for site in batch.sites:
            home = Exchange(url=site.url, at=AT, status=200)
            writer.add(
                SiteRecord(
                    run=batch.spec.run,
                    site=site,
                    vantage=Vantage(at=AT),
                    begun=AT,
                    ended=AT,
                    day=AT.date(),
                    home=Chain(hops=(home,)),
                ),
                {},
            )
            with (batch.folder / PROGRESS / batch.sites[0].body).open("ab") as marks:
                marks.write(b".")
    return len(batch.sites)


def look_but_fail_at_b7(batch):
    """Breaks before the batch that has b7."""
    if any(site.body == "b7" for site in batch.sites):
        raise RuntimeError("b7")
    return look(batch)


def begin(folder, sites=SITES, **changes):
    return start_run(folder, sites, Network(contact="x@y.vn", **changes), None, "vn-2011-43")


def carry(folder, spec, executor, work=look, workers=1, **options):
    return carry_on(folder, spec, executor, workers=workers, concurrency=1, work=work, **options)


def test_every_site_is_looked_at_once(tmp_path):
    folder = tmp_path / "run"
    end = carry(folder, begin(folder), SerialExecutor())
    assert (end.done, end.left, end.given_up) == (40, 0, 0)
    with Reader(folder / EVIDENCE) as evidence:
        assert evidence.keys() == tuple(sorted(site.key for site in SITES))


def test_two_workers_come_to_the_same(tmp_path):
    folder = tmp_path / "run"
    with local(2) as executor:
        end = carry(folder, begin(folder), executor, workers=2)
    assert end.done == 40


def test_what_was_done_before_an_error_is_kept_and_not_done_again(tmp_path):
    folder = tmp_path / "run"
    with pytest.raises(RuntimeError):
        carry(folder, begin(folder), SerialExecutor(), look_but_fail_at_b7)
    with Reader(folder / EVIDENCE) as evidence:
        before = len(evidence)
    assert 0 < before < 40
    seen = []

    def count(batch):
        seen.extend(batch.sites)
        return look(batch)

    end = carry(folder, begin(folder), SerialExecutor(), count)
    assert end.done == 40
    assert len(seen) == 40 - before


def test_progress_ends_at_the_total(tmp_path):
    folder = tmp_path / "run"
    told = []
    carry(folder, begin(folder), SerialExecutor(), progress=lambda *told_of: told.append(told_of))
    assert told[0] == ("checks", 0, 40)
    assert told[-1] == ("checks", 40, 40)


def test_a_folder_with_a_run_of_other_sites_is_refused(tmp_path):
    begin(tmp_path / "run")
    with pytest.raises(InvalidInput, match="other sites"):
        begin(tmp_path / "run", SITES[:3])


def test_a_folder_with_a_run_of_another_depth_is_refused(tmp_path):
    begin(tmp_path / "run")
    with pytest.raises(InvalidInput, match="depth"):
        begin(tmp_path / "run", depth="sweep")


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(InvalidInput, match="not empty"):
        begin(tmp_path)


def test_a_run_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(InvalidInput, match=r"run\.json"):
        read_run(tmp_path)
    with pytest.raises(InvalidInput, match="chiso check"):
        read_run(tmp_path / "nowhere")


@given(
    hosts=st.lists(st.integers(0, 9), min_size=1, max_size=60),
    size=st.integers(1, 20),
    seed=st.text(max_size=3),
)
def test_batches_hold_every_site_once_and_keep_hosts_together(hosts, size, seed):
    sites = [Site(body=str(n), url=f"https://h{host}.vn/{n}") for n, host in enumerate(hosts)]
    batches = deal(sites, size, seed)
    assert sorted(s.body for batch in batches for s in batch) == sorted(s.body for s in sites)
    assert batches == deal(list(reversed(sites)), size, seed) or len(set(hosts)) < len(hosts)
    places: dict[str, set[int]] = {}
    for place, batch in enumerate(batches):
        for site in batch:
            places.setdefault(urlsplit(site.url).hostname, set()).add(place)
    assert all(len(where) == 1 for where in places.values())


def test_a_run_that_is_told_to_end_tells_its_workers(tmp_path):
    from chiso.checks.runs import CANCEL, Batch, cancelled

    spec = begin(tmp_path / "run")
    batch = Batch(tmp_path / "run", spec, SITES, 1, time.time())
    assert not cancelled(batch)
    (tmp_path / "run" / CANCEL).write_text(str(time.time() + 1))
    assert cancelled(batch)
    (tmp_path / "run" / CANCEL).write_text(str(batch.begun - 60))
    assert not cancelled(batch)
