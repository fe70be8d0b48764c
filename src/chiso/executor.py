"""One interface for work on this machine and on a cluster: `concurrent.futures.Executor`.

Long work takes an executor and never asks where it runs. The default is a pool of local
processes; another scheduler is anything that hands out the same interface.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

#: told of long work: the stage, how many parts are done, how many there are
Progress = Callable[[str, int, int], None]
T = TypeVar("T")
R = TypeVar("R")


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


class NoCluster(RuntimeError):
    """There is no cluster to work on; the message says why."""


class SerialExecutor(Executor):
    """Runs each call at once in this process: for small work, debugging and one worker."""

    def submit(self, fn: Callable[..., R], /, *args: object, **kwargs: object) -> Future[R]:
        """Run `fn` now; its result or its error waits in the future."""
        future: Future[R] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the future carries it to who asks
            future.set_exception(error)
        return future


@contextmanager
def local(workers: int | None = None) -> Iterator[Executor]:
    """An executor on this machine: `workers` processes, all cores by default, serial for 1.

    Raises ValueError if `workers` is below 1.
    """
    if workers is not None and workers < 1:
        raise ValueError("workers must be at least 1")
    count = workers or os.cpu_count() or 1
    if count == 1:
        yield SerialExecutor()
        return
    with ProcessPoolExecutor(max_workers=count) as pool:
        yield pool


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """An executor on a Dask cluster, by the address of its scheduler (tcp://host:port).

    Raises NoCluster if the package is missing or nobody answers there.
    """
    try:
        from distributed import Client
    except ImportError:
        raise NoCluster("a cluster needs the package 'distributed' (chiso[cluster])") from None
    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise NoCluster(f"no scheduler answers at {address}: {error}") from None
    with client:
        executor: Executor = client.get_executor()
        yield executor


def run_each(
    executor: Executor,
    work: Callable[[T], R],
    items: Iterable[T],
    done: Callable[[int], None] = lambda count: None,
    ahead: int = 16,
) -> Iterator[R]:
    """Like `run_all`, but hands results out one by one, with at most `ahead` of them waiting.

    For work whose results together are more than memory should hold.
    """
    waiting: deque[Future[R]] = deque()
    left, count = iter(items), 0
    try:
        while True:
            waiting.extend(
                executor.submit(work, item) for item in islice(left, ahead - len(waiting))
            )
            if not waiting:
                return
            result = waiting.popleft().result()
            count += 1
            done(count)
            yield result
    finally:
        for future in waiting:
            future.cancel()


def run_all(
    executor: Executor,
    work: Callable[[T], R],
    items: Iterable[T],
    done: Callable[[int], None] = lambda count: None,
) -> list[R]:
    """Run `work` on every item, in order of the items; `done` is told how many have ended.

    The first error is raised after the calls not yet begun are cancelled.
    """
    futures = [executor.submit(work, item) for item in items]
    results = []
    try:
        for count, future in enumerate(futures, 1):
            results.append(future.result())
            done(count)
    except BaseException:
        for future in futures:
            future.cancel()
        raise
    return results
