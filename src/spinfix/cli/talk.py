"""What is said beside the text: exit codes, one-line messages, colour, progress.  All of it goes to standard error."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from typing import IO, Final

from ..errors import SpinfixError

DONE: Final = 0
FINDINGS: Final = 1
TROUBLE: Final = 2
INTERRUPTED: Final = 130  # 128 + SIGINT, as a shell reports it
READER_GONE: Final = 141  # 128 + SIGPIPE: what `cat` would end with

STDIN: Final = "-"
_CLEAR_LINE: Final = "\r\x1b[K"
_PATIENCE: Final = 1.0  # seconds of work after which progress is shown
_BETWEEN: Final = 0.2  # seconds from one picture of it to the next


def complain(path: str, error: Exception, remark: str = "") -> int:
    """One line on what went wrong with ``path``; gives the exit code for trouble."""
    say(path, reason(error) + remark)
    return TROUBLE


def reason(error: Exception) -> str:
    """What ``error`` says; where it is none of ours, also that it was not expected."""
    return str(error) if isinstance(error, SpinfixError) else f"unexpected {type(error).__name__}: {error}".rstrip(": ")


def say(*parts: str) -> None:
    """One line on standard error: ``spinfix: PATH: message``."""
    from ..report.record import CONTROLS  # names of files may hold anything

    line = ": ".join(("spinfix", *("standard input" if part == STDIN else part or "''" for part in parts)))
    tell(" ".join(line.split("\n")).translate(CONTROLS))


def tell(*lines: str) -> None:
    """Lines on standard error, as they are."""
    if sys.stderr is not None:  # print(file=None) would write into the text
        with contextlib.suppress(OSError), progress.aside():
            for line in lines:
                print(line, file=sys.stderr)


def many(count: int, what: str) -> str:
    """``count`` of ``what``, which takes an *s*."""
    return f"{count} {noun(count, what)}"


def noun(count: int, what: str) -> str:
    """``what`` as it is called where there are so many of it."""
    return what if count == 1 else f"{what}s"


def wants_color(when: str, stream: IO[str] | None) -> bool:
    """Whether to colour what goes to ``stream``: ``always``, ``never``, or by the environment and the terminal (``auto``)."""
    if when != "auto":
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


class Progress:
    """Files done, findings, and the time that is left: one line on a terminal's standard error that goes away when the work is done."""

    def __init__(self) -> None:
        self._total = self._done = self._findings = 0
        self._start = self._shown_at = 0.0
        self._line = ""  # that is shown
        self._on = False

    def start(self, files: int) -> None:
        """Begin to count; with fewer than two files, or where standard error is no terminal, nothing will be shown."""
        self._total, self._done, self._findings, self._start = files, 0, 0, time.monotonic()
        self._on = files > 1 and sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def step(self, findings: int) -> None:
        """One more file is done."""
        self._done += 1
        self._findings += findings
        now = time.monotonic()
        if self._on and now - self._start > _PATIENCE and now - self._shown_at > _BETWEEN:
            self._shown_at = now
            left = (now - self._start) / self._done * (self._total - self._done)
            self._line = f"{self._done} of {self._total} files, {self._findings} findings, {_duration(left)} left"
            self._draw(self._line)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """The line is away while something else is written, and stands below it afterwards."""
        if self._line:
            self._draw("")
        yield
        if self._line:
            self._draw(self._line)

    def stop(self) -> None:
        """The work is done."""
        if self._line:
            self._draw("")
        self._on, self._line = False, ""

    def _draw(self, line: str) -> None:
        print(_CLEAR_LINE + line, end="", file=sys.stderr, flush=True)


progress: Final = Progress()


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"
