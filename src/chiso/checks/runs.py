"""A run of checks in a folder: which sites are done, which are left, and work on many at once.

The folder holds `run.json` (the settings and the sites), `evidence/` (see `store`) and what was
judged from it. Each worker writes its own evidence file and adds one byte to its own progress
file for each finished site, so a run that was killed goes on where it was.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from chiso.checks.fetch.vantage import Canaries
from chiso.checks.network import Network
from chiso.checks.store import Reader
from chiso.checks.targets import Site
from chiso.executor import Progress, silent
from chiso.problems import InvalidInput, Problem
from chiso.tables import atomic_write

FILE = "run.json"
EVIDENCE = "evidence"
PROGRESS = "progress"
#: while this file is there, workers end what they do and begin nothing
CANCEL = "cancel"
POLL = 0.5  # seconds between two looks at the progress


class RunSpec(BaseModel):
    """What a run is: its sites and the settings with which they are looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    run: str
    begun: dt.datetime
    law: str
    network: Network
    canaries: Canaries | None
    sites: tuple[Site, ...]

    @property
    def sites_digest(self) -> str:
        """SHA-256 over the sites in their order."""
        text = json.dumps([site.model_dump(mode="json") for site in self.sites], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Batch:
    """Sites for one worker; those of one host always stand in the same batch."""

    folder: Path
    spec: RunSpec  # without the sites of the whole run
    sites: tuple[Site, ...]
    concurrency: int
    begun: float  # cancels older than this are not meant for us


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far a run is."""

    done: int
    left: int
    given_up: int  # not looked at for a reason of ours; the next call tries again
    seconds: float = 0.0


def start_run(
    folder: Path,
    sites: Sequence[Site],
    network: Network,
    canaries: Canaries | None,
    law: str,
) -> RunSpec:
    """Begin a run in a new folder, or take up the one that is there.

    Raises InvalidInput if the folder holds a run of other sites or settings, or other files.
    """
    path = folder / FILE
    wanted = RunSpec(
        run=uuid.uuid4().hex[:12], begun=dt.datetime.now(dt.UTC), law=law, network=network,
        canaries=canaries, sites=tuple(sites),
    )  # fmt: skip
    if path.is_file():
        there = read_run(folder)
        if there.sites_digest != wanted.sites_digest:
            raise InvalidInput(
                Problem(
                    "holds a run of other sites",
                    file=str(path),
                    hint="name another folder with --out, or give the sites of that run",
                )
            )
        if there.network.depth != network.depth:
            raise InvalidInput(
                Problem(f"holds a run of depth '{there.network.depth}'", file=str(path))
            )
        # How fast, with how much patience and through which resolver may change on the way.
        return there.model_copy(update={"network": network, "canaries": canaries})
    if folder.is_dir() and any(folder.iterdir()):
        raise InvalidInput(Problem("the folder is not empty and holds no run", file=str(folder)))
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as file:
        file.write(wanted.model_dump_json(indent=1).encode())
    return wanted


def read_run(folder: Path) -> RunSpec:
    """The run of a folder. Raises InvalidInput if there is none, or it cannot be read."""
    path = folder / FILE
    if not path.is_file():
        raise InvalidInput(
            Problem(f"there is no {FILE}", file=str(folder), hint="make a run with 'chiso check'")
        )
    try:
        return RunSpec.model_validate_json(path.read_bytes())
    except ValueError as error:
        first = str(error).splitlines()[0]
        raise InvalidInput(Problem(f"cannot be read: {first}", file=str(path))) from None


def carry_on(
    folder: Path,
    spec: RunSpec,
    executor: Executor,
    *,
    workers: int,
    concurrency: int,
    work: Callable[[Batch], int],
    progress: Progress = silent,
) -> Progressed:
    """Have `work` look at every site that is not done yet; returns how far the run is then.

    Interrupted, it leaves whole what was done. The result does not depend on `workers` or
    `concurrency` (sites at once in one worker) but for the times of the looks.
    """
    with Reader(folder / EVIDENCE) as evidence:
        done = {site.key for site in spec.sites if evidence.whole(site.key)}
    left = [site for site in spec.sites if site.key not in done]
    (folder / PROGRESS).mkdir(exist_ok=True)
    (folder / CANCEL).unlink(missing_ok=True)
    begun = time.time()
    folder = folder.resolve()  # workers may stand elsewhere
    size = max(1, min(concurrency * 8, -(-len(left) // max(1, workers))))
    batches = [
        Batch(folder, spec.model_copy(update={"sites": ()}), tuple(part), concurrency, begun)
        for part in deal(left, size, spec.run)
    ]
    marks = _marked(folder)
    with _followed(folder, marks, len(done), len(spec.sites), progress):
        _work_off(executor, work, batches, folder)
    with Reader(folder / EVIDENCE) as evidence:
        whole = sum(evidence.whole(site.key) for site in spec.sites)
        there = sum(site.key in evidence for site in spec.sites)
    return Progressed(whole, len(spec.sites) - there, there - whole, time.time() - begun)


def deal(sites: Sequence[Site], size: int, seed: str) -> list[list[Site]]:
    """Sites in batches of about `size`, in an order that depends only on the seed.

    Sites of one host come in one batch and one after the other, so that one worker alone keeps
    to that host's pace.
    """
    by_host: dict[str, list[Site]] = {}
    for site in sites:
        by_host.setdefault(urlsplit(site.url).hostname or "", []).append(site)
    hosts = sorted(by_host)
    random.Random(seed).shuffle(hosts)  # noqa: S311 - an order, not a secret
    batches: list[list[Site]] = []
    current: list[Site] = []
    for host in hosts:
        current += by_host[host]
        if len(current) >= size:
            batches.append(current)
            current = []
    if current:
        batches.append(current)
    return batches


def _work_off(
    executor: Executor, work: Callable[[Batch], int], batches: list[Batch], folder: Path
) -> None:
    futures: list[Future[int]] = []
    try:
        futures = [executor.submit(work, batch) for batch in batches]
        for future in as_completed(futures):
            future.result()
    except BaseException:
        # Workers, wherever they run, see the file and end within a second.
        (folder / CANCEL).write_text(str(time.time()))
        for future in futures:
            future.cancel()
        raise


def _marked(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / PROGRESS).iterdir())


@contextmanager
def _followed(
    folder: Path, marks: int, done: int, total: int, progress: Progress
) -> Iterator[None]:
    """Tell `progress` of finished sites while the block runs."""
    ended = threading.Event()

    def follow() -> None:
        while not ended.wait(POLL):
            progress("checks", min(total, done + _marked(folder) - marks), total)

    progress("checks", done, total)
    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        progress("checks", min(total, done + _marked(folder) - marks), total)


def cancelled(batch: Batch) -> bool:
    """Whether the run was told to end after this batch was dealt out."""
    path = batch.folder / CANCEL
    try:
        return float(path.read_text() or 0) >= batch.begun
    except (FileNotFoundError, ValueError):
        return False


async def until_cancelled(batch: Batch) -> None:
    """Return once the run is told to end."""
    while not cancelled(batch):
        await asyncio.sleep(POLL)
