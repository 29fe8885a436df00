"""Work in several processes: in order, in a stream, and going on after a death."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from multiprocessing.connection import wait

import pytest

import spinfix
from spinfix.errors import WorkerError
from spinfix.parallel import ordered, processors
from spinfix.workers import AHEAD, Pool


def work(item: int) -> object:
    if item == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    if item == 14:
        os._exit(3)
    if item == 15:
        raise ValueError("no good")
    if item == 16:
        return threading.Lock()  # cannot be passed on
    return item * item


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_results_come_in_order(processes: int) -> None:
    assert list(ordered(work, range(12), processes)) == [(item, item * item) for item in range(12)]
    assert list(ordered(work, [], processes)) == []


@pytest.mark.parametrize("processes", [1, 2])
def test_an_endless_stream_is_read_a_few_items_ahead(processes: int) -> None:
    read: list[int] = []

    def endless() -> Iterator[int]:
        for item in itertools.chain(range(10), itertools.repeat(1)):
            read.append(item)
            yield item

    results = ordered(work, endless(), processes)
    assert [next(results)[1] for _ in range(10)] == [n * n for n in range(10)]
    assert len(read) <= 10 + AHEAD * processes
    results.close()  # type: ignore[attr-defined]


def test_a_worker_that_dies_costs_its_item_only() -> None:
    found = dict(ordered(work, [*range(13, 17), *range(8)], 2))
    assert [found[n] for n in range(8)] == [n * n for n in range(8)]
    assert isinstance(found[13], WorkerError) and "was ended by signal 9; out of memory?" in str(found[13])
    assert isinstance(found[14], WorkerError) and "ended with exit code 3" in str(found[14])
    assert isinstance(found[15], ValueError)
    assert isinstance(found[16], WorkerError) and "cannot be passed on" in str(found[16])


class Odd(Exception):
    """Packs, and does not unpack."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__("odd")


def odd(item: int) -> int:
    if item == 2:
        raise Odd(1, 2)
    return item


def test_a_result_that_cannot_be_unpacked_costs_its_item_only() -> None:
    found = dict(ordered(odd, range(6), 2))
    assert isinstance(found[2], WorkerError) and "cannot be passed on" in str(found[2])
    assert [found[n] for n in (0, 1, 3, 4, 5)] == [0, 1, 3, 4, 5]


def own_process(item: int) -> int:
    return os.getpid()


def test_a_worker_that_dies_idle_costs_no_item() -> None:
    pool: Pool[int, int] = Pool(own_process, 2)
    try:
        [(_, first)] = pool.run([1])
        assert isinstance(first, int)
        os.kill(first, signal.SIGKILL)
        pool._workers[0].process.join()
        [(_, second)] = pool.run([2])
        assert isinstance(second, int) and second != first
    finally:
        pool.close()


def test_reports_on_many_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    from spinfix import api

    detect = api.detect

    def deadly(text: str, policy: spinfix.Policy, *, path: str) -> spinfix.Report:
        if "die" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if "fail" in text:
            raise ZeroDivisionError("inside")
        return detect(text, policy, path=path)

    monkeypatch.setattr(api, "detect", deadly)  # the workers are forks of this process
    texts: list[str | tuple[str, str]] = [
        "He works at a suppose tank.", ("b.txt", "It must die here."), ("c.txt", "It rained."), ("d.txt", "fail"),
    ]
    first, died, clean, failed = spinfix.detect_many(texts, processes=2)
    assert isinstance(first, spinfix.Report) and (first.path, first.findings[0].intended) == ("1", "think")
    assert isinstance(died, spinfix.Failure) and died.path == "b.txt" and "signal 9" in died.reason
    assert isinstance(clean, spinfix.Report) and (clean.path, clean.findings) == ("c.txt", ())
    assert failed == spinfix.Failure("d.txt", "ZeroDivisionError: inside")


_PARENT = """
import os, sys, time
from spinfix.parallel import ordered, processors

def work(item):
    os.write(1, b"%d\\n" % os.getpid())
    if item == "large":
        return "x" * 10_000_000  # no pipe has room for that
    time.sleep(3600 if item == "long" else 0)

for item, _ in ordered(work, sys.argv[1:], 2):
    if item == "idle":
        time.sleep(3600)
"""


@pytest.mark.parametrize("items", [("long", "long"), ("idle", "idle"), ("idle", "large")], ids=" ".join)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_a_parent_that_is_killed(items: tuple[str, str], number: int) -> None:
    """Each held the parent's end of its own pipe open, and waited for ever for what nobody would send."""
    with subprocess.Popen([sys.executable, "-c", _PARENT, *items], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        workers = [int(parent.stdout.readline()) for _ in items]
        parent.send_signal(number)
        assert parent.wait(60) == -number
        is_over = bool(wait([parent.stdout.fileno()], 60))  # who reads their output sees its end when both are gone
        if not is_over:
            for worker in workers:
                os.kill(worker, signal.SIGKILL)
        assert is_over and parent.stdout.read() == b""


def counted(_: int) -> tuple[int, list[str]]:
    some = ["It rained.", "They went home."]
    return processors(), [result.path for n in (None, 2) for result in spinfix.detect_many(some, processes=n)]


def test_a_worker_of_a_pool_starts_no_workers_of_its_own() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(counted, [0]) == [(1, ["1", "2", "1", "2"])]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to processors")
def test_processors_are_those_that_the_process_may_use() -> None:
    given = os.sched_getaffinity(0)
    assert processors() == len(given)
    try:
        os.sched_setaffinity(0, {min(given)})
        assert processors() == 1
    finally:
        os.sched_setaffinity(0, given)
