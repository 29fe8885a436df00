"""Worker processes with one item each, so that it is known which item a worker died of.

``concurrent.futures`` gives up all that is left when one worker dies (out of memory, say) and cannot tell at which item it died.  Here
a new worker takes the dead one's place, and the rest is done.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any, Final, Generic, TypeVar

from .errors import WorkerError

Item = TypeVar("Item")
Result = TypeVar("Result")

KILLED: Final = 9  # SIGKILL, which not every system has a name for
AHEAD: Final = 4  # items for each process that may be under way or done before the oldest of them is


class _Worker:
    """A process and the number of the item that it has, if any."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.connection, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=_serve, args=(function, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.number: int | None = None

    def end(self) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.join()


class Pool(Generic[Item, Result]):
    """Some processes that run one function on items; ``close`` ends them."""

    def __init__(self, function: Callable[[Item], Result], processes: int) -> None:
        self._function, self._processes = function, processes
        self._workers: list[_Worker] = []
        self._under_way: dict[int, Item] = {}
        self._done: dict[int, bytes | Exception] = {}  # as they came: the next item goes out before a result is unpacked

    def run(self, items: Iterable[Item]) -> Iterator[tuple[Item, Result | Exception]]:
        """Each item with its result or what went wrong, in order."""
        given = given_out = 0
        for item in items:
            self._under_way[given] = item
            self._give(given, item)
            given += 1
            self._collect(block=False)
            while given_out in self._done or given - given_out >= AHEAD * self._processes:
                yield self._next(given_out)
                given_out += 1
        while given_out < given:
            yield self._next(given_out)
            given_out += 1

    def _next(self, number: int) -> tuple[Item, Result | Exception]:
        while number not in self._done:
            self._collect(block=True)
        item, result = self._under_way.pop(number), self._done.pop(number)
        return item, _unpacked(result) if isinstance(result, bytes) else result

    def _give(self, number: int, item: Item) -> None:
        while (worker := self._idle()) is None:
            self._collect(block=True)
        worker.number = number
        try:
            worker.connection.send(item)
        except BrokenPipeError:  # it died idle; what it is told now is lost
            self._bury(worker)
        except Exception as error:  # an item that cannot be pickled
            worker.number = None
            self._done[number] = error

    def _idle(self) -> _Worker | None:
        for worker in [w for w in self._workers if w.number is None]:
            if worker.process.is_alive():
                return worker
            worker.end()  # it died when it had nothing to do, which is no item's fault
            self._workers.remove(worker)
        if len(self._workers) < self._processes:
            self._workers.append(_Worker(self._function))
            return self._workers[-1]
        return None

    def _collect(self, *, block: bool) -> None:
        busy: dict[Any, _Worker] = {worker.connection: worker for worker in self._workers if worker.number is not None}
        # a worker's end may be open in its younger siblings too, so a death is seen at the process, not at the pipe
        ends: dict[Any, _Worker] = {worker.process.sentinel: worker for worker in busy.values()}
        ready = wait([*busy, *ends], None if block else 0) if busy else []
        for worker in {id(w): w for w in (busy.get(r) or ends[r] for r in ready)}.values():
            try:
                if not worker.connection.poll():
                    raise EOFError
                result = worker.connection.recv_bytes()
            except (EOFError, OSError):
                self._bury(worker)
                continue
            assert worker.number is not None
            self._done[worker.number], worker.number = result, None

    def _bury(self, worker: _Worker) -> None:
        worker.process.join()
        assert worker.number is not None
        code = worker.process.exitcode or 0
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        advice = "; out of memory?" if code == -KILLED else ""
        self._done[worker.number] = WorkerError(f"the process that had this text {how}{advice}")
        worker.connection.close()
        self._workers.remove(worker)

    def close(self) -> None:
        """End all workers, whatever they are at."""
        for worker in self._workers:
            worker.end()


def _unpacked(result: bytes) -> Any:
    try:
        return pickle.loads(result)
    except Exception as error:  # of an exception with arguments of its own, say
        return WorkerError(f"what the process made of this text cannot be passed on: {type(error).__name__}: {error}")


def _serve(function: Callable[[Any], Any], connection: Connection) -> None:
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)):  # what the parent does at a signal is not for a fork of it
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # or it could not be ended where that is ignored
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the parent, which ends its workers
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    while True:
        try:
            item = connection.recv()
        except (EOFError, OSError):  # the parent is gone
            return
        try:
            result = function(item)
        except Exception as error:
            result = error
        try:
            connection.send(result)
        except Exception as error:  # a result (or an exception) that cannot be pickled
            connection.send(WorkerError(f"{type(result).__name__} cannot be passed on: {type(error).__name__}: {error}"))


def _end_with_the_parent() -> None:
    """End this process when its parent is gone, which may have been killed.

    The pipe does not tell: this process and its younger siblings hold the parent's end of it open, too, so that a worker would wait
    for ever, for its next item or for room for a result.  The youngest sees the parent end, and each of the others the next younger.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        signal.raise_signal(signal.SIGTERM)
