"""The same work on many items, one by one or in several processes; results in the order of the items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def processors() -> int:
    """How many worker processes there is use for: one for each processor that this process may use; one where it may start none."""
    from multiprocessing import cpu_count

    if _may_start_none():
        return 1
    try:
        from os import sched_getaffinity
    except ImportError:  # not on every system
        return cpu_count()
    return len(sched_getaffinity(0))  # of a big machine a container or a job may have been given a few


def _may_start_none() -> bool:
    """Whether this is itself a worker of ``multiprocessing.Pool``, which may have no children."""
    from multiprocessing import current_process

    return bool(current_process().daemon)


def ordered(function: Callable[[Item], Result], items: Iterable[Item], processes: int) -> Iterator[tuple[Item, Result | Exception]]:
    """Each of ``items`` with what ``function`` makes of it, or with the exception that it raised, in order, as soon as it is there.

    ``items`` may be endless; a few are read ahead.  ``function`` and the items must be picklable.  Where a worker process ends before
    its item is done, the item's result is a ``WorkerError``.  With fewer than two ``processes`` the work is done in this one.
    """
    if processes < 2 or _may_start_none():
        for item in items:
            yield item, tried(function, item)
        return
    from .workers import Pool  # one text through a pipe has no use for processes, and they take a while to load

    pool = Pool(function, processes)
    try:
        yield from pool.run(items)
    finally:
        pool.close()


def tried(function: Callable[[Item], Result], item: Item) -> Result | Exception:
    """What ``function`` makes of ``item``, or the exception that it raises."""
    try:
        return function(item)
    except Exception as error:
        return error
