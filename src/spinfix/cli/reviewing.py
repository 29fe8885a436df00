"""The verb ``review``: one finding after the other on the terminal; what comes out is a patch, or the file restored accordingly."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import signal
import sys
from collections.abc import Iterator
from typing import Final

from ..errors import InputError
from ..records import Detail
from ..report import Report
from ..report.places import PICTURES
from ..review import HELP, Review
from . import files, in_place
from .arguments import Parser
from .run import Input, Run
from .talk import DONE, INTERRUPTED, STDIN, complain, say, tell, wants_color

PATCH_SUFFIX: Final = ".patch.json"  # of what a review makes, unless --output says otherwise
END: Final = "\x04"  # Ctrl-D
_TOGETHER: Final = 0.02  # seconds within which the bytes of one key come
ASK: Final = "[y/n/number/a/r/b/q/?] "


def review(options: argparse.Namespace, parser: Parser) -> int:
    """Review the findings in one file."""
    path: str = options.file
    if path == STDIN:
        parser.error("FILE: standard input is for the answers; name a file")
    if os.path.isdir(path):
        parser.error(f"FILE: {path} is a folder; texts are reviewed one by one")
    if sys.stdin is None:
        raise InputError("standard input is closed, but the answers come from there")
    options.files = [path]
    run = Run(options, parser)
    if options.write and run.settings.value("output")[1] == "--output":
        parser.error("--write and --output: expected one of them")
    target = run.settings["output"] or path + PATCH_SUFFIX
    for given, result in run.reports(Detail.REASONS):
        if isinstance(result, Exception):
            return complain(path, result)
        return _reviewed(given, result, target, write=options.write, color=wants_color(run.settings["color"], sys.stderr))
    return DONE  # it was left out


def _reviewed(given: Input, report: Report, target: str, *, write: bool, color: bool) -> int:
    state = Review.of(report)
    if state.finished:
        say(given.path, "no findings to review")
        return DONE
    with _keys() as keys:
        state, code = _asked(state, color, keys)
    patch = state.patch
    if not patch.corrections:
        say(f"{state.closing()}; nothing to write")
    elif write:
        assert given.data is not None
        in_place.put(given.path, given.data, patch)
        in_place.tell_changes(given.path, given.text, patch)
        say(f"{state.closing()}; written, and the way back to {given.path}{in_place.PATCH_SUFFIX}")
    elif target == STDIN:
        files.write(patch.to_json().encode())
        say(state.closing())
    else:
        files.save(target, patch.to_json().encode(), like=given.path)
        names = shlex.join([target, given.path])
        say(f"{state.closing()}; `spinfix apply --write {names}` makes what was accepted")
    return code


def _asked(state: Review, color: bool, keys: bool) -> tuple[Review, int]:
    """The review with its answers; where the answers end, or are interrupted, those so far are kept."""
    shown: Review | None = None
    try:
        while not state.finished:
            if state is not shown:
                tell(state.prompt(color=color).rstrip("\n"))
                shown = state
            answer = _answer(keys)
            if answer is None:
                return state.quit(), DONE
            if answer == "?":
                tell(HELP.rstrip("\n"))
                continue
            try:
                state = state.answered(answer)
            except InputError as error:
                tell(str(error))
    except KeyboardInterrupt:
        tell("")
        return state.quit(), INTERRUPTED
    return state, DONE


def _answer(keys: bool) -> str | None:
    """The next answer: a key of a terminal, else a line; None where there are no more."""
    if sys.stderr is not None:
        print(ASK, end="", file=sys.stderr, flush=True)
    source = files.standard_input()
    if not keys:
        line = source.readline()
        answer = files.as_text(line).strip() if line else None
        if not source.isatty():
            tell(answer or "")  # where nothing shows what was typed
        return answer
    key = files.as_text(_key(source.fileno()))
    tell("" if key in ("", END) else key.translate(PICTURES))
    return None if key in ("", END) else key


def _key(file: int) -> bytes:
    """The bytes of one key: an arrow sends an escape and two letters, which are no answers."""
    from select import select

    key = os.read(file, 1)
    if key == b"\x1b" or key > b"\x7f":
        while select([file], [], [], _TOGETHER)[0] and (more := os.read(file, 32)):
            key += more
    return key


@contextlib.contextmanager
def _keys() -> Iterator[bool]:
    """Inside, a terminal gives keys, without waiting for the end of the line; whether it does."""
    source = files.standard_input()
    if not source.isatty():
        yield False
        return
    try:
        import termios
        import tty
    except ImportError:  # a system without such terminals
        yield False
        return
    before = termios.tcgetattr(source.fileno())

    def ask_again(*_: object) -> None:  # after Ctrl-Z and `fg`: the shell had the terminal meanwhile
        tty.setcbreak(source.fileno(), termios.TCSANOW)
        if sys.stderr is not None:
            os.write(sys.stderr.fileno(), ASK.encode())  # not `print`, which may be at work just now

    handler = signal.signal(signal.SIGCONT, ask_again)
    try:
        tty.setcbreak(source.fileno(), termios.TCSANOW)
        yield True
    finally:
        signal.signal(signal.SIGCONT, handler)
        termios.tcsetattr(source.fileno(), termios.TCSADRAIN, before)
