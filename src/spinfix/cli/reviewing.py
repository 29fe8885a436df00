"""The verb ``review``: one finding after the other on the terminal; what comes out is a patch, or the file restored accordingly."""

from __future__ import annotations

import argparse
import os
import sys

from ..errors import InputError
from ..patch import Patch
from ..report import Report
from ..review import HELP, Review
from . import files
from .arguments import Parser
from .run import Input, Run
from .talk import DONE, INTERRUPTED, STDIN, complain, say, tell, wants_color

PATCH_SUFFIX = ".patch.json"  # of what a review makes, unless --output says otherwise
ASK = "[y/n/number/a/r/b/q/?] "


def review(options: argparse.Namespace, parser: Parser) -> int:
    """Review the findings in one file."""
    path: str = options.file
    if path == STDIN:
        parser.error("FILE: standard input is for the answers; name a file")
    if os.path.isdir(path):
        parser.error(f"FILE: {path} is a folder; texts are reviewed one by one")
    options.files = [path]
    run = Run(options, parser)
    target = run.settings["output"] or path + PATCH_SUFFIX
    for given, result in run.reports("review"):
        if isinstance(result, Exception):
            return complain(path, result)
        return _reviewed(given, result, target, write=options.write, color=wants_color(run.settings["color"], sys.stderr))
    return DONE  # it was left out


def _reviewed(given: Input, report: Report, target: str, *, write: bool, color: bool) -> int:
    state = Review.of(report)
    if state.finished:
        say(given.path, "no findings to review")
        return DONE
    state, code = _asked(state, color)
    patch = state.patch
    if not patch.corrections:
        say(f"{state.closing()}; nothing to write")
    elif write:
        _put_in_place(given, patch)
        say(f"{state.closing()}; written, and the way back to {given.path}{files.PATCH_SUFFIX}")
    else:
        files.save(target, patch.to_json().encode())
        say(f"{state.closing()}; `spinfix apply --write {target} {given.path}` makes what was accepted")
    return code


def _asked(state: Review, color: bool) -> tuple[Review, int]:
    """The review with its answers; where the answers end, or are interrupted, those so far are kept."""
    shown: Review | None = None
    try:
        while not state.finished:
            if state is not shown:
                tell(state.prompt(color=color).rstrip("\n"))
                shown = state
            _prompt()
            line = files.standard_input().readline()
            if not line:
                return state.quit(), DONE
            answer = files.as_text(line).strip()
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


def _prompt() -> None:
    if sys.stderr is not None:
        print(ASK, end="", file=sys.stderr, flush=True)


def _put_in_place(given: Input, patch: Patch) -> None:
    assert given.data is not None
    with files.way_back(given.path, given.text, patch):
        files.rewrite(given.path, files.encode(patch.apply(given.text)), given.data)
