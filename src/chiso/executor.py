"""One interface for work on this machine and on a cluster: `concurrent.futures.Executor`.

Long work takes an executor and never asks where it runs. The default is a pool of local
processes; another scheduler is anything that hands out the same interface.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

#: told of long work: the stage, how many parts are done, how many there are
Progress = Callable[[str, int, int], None]
T = TypeVar("T")
R = TypeVar("R")


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


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
