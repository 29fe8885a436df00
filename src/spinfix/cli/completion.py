"""Scripts that complete the command line in a shell.  The only importer of ``shtab``, which makes them from the parsers."""

from __future__ import annotations

import argparse

from .arguments import VERBS, parser_of
from .help import DESCRIPTIONS


def script(shell: str) -> str:
    """The script for ``shell``, ready to be sourced."""
    import shtab  # for whoever asks for a script, and nobody else

    whole = argparse.ArgumentParser(prog="spinfix")
    verbs = whole.add_subparsers()
    for verb in VERBS:
        parser = parser_of(verb)
        for action in parser._actions:
            if action.metavar in ("FILE", "PATH", "PATCH", "P.json", "EXPORT.csv"):
                action.complete = shtab.FILE  # type: ignore[attr-defined]
            elif action.metavar == "DIR":
                action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        verbs.add_parser(verb, parents=[parser], add_help=False, help=DESCRIPTIONS[verb].split(".")[0])
    made: str = shtab.complete(whole, shell)
    # without a verb a file is meant
    return made.replace("complete -o filenames -F", "complete -o default -o filenames -F")
