"""Scripts that complete the command line in a shell.  The only importer of ``shtab``, which makes them from the parsers."""

from __future__ import annotations

import argparse
import re
from typing import Final

from .arguments import VERBS, parser_of
from .help import DESCRIPTIONS

# Without a verb a file is meant, and shtab offers verbs only.  tcsh takes one list for the first word, so there it stays at verbs.
_FILES_TOO: Final = {
    "bash": (r"^complete (?=.*-F \S+ spinfix$)", "complete -o default "),
    "zsh": (r"^  _describe 'spinfix commands' _commands$", r"\g<0>\n  _files"),
    "fish": (r"^complete -c spinfix -f$", r"\g<0>\ncomplete -c spinfix -n _shtab_spinfix_using -F"),
}


def script(shell: str) -> str:
    """The script for ``shell``, ready to be sourced."""
    import shtab  # for whoever asks for a script, and nobody else

    parsers = {verb: parser_of(verb) for verb in ("", *VERBS)}
    for action in (action for parser in parsers.values() for action in parser._actions):
        if action.metavar in ("FILE", "PATH", "PATCH", "P.json", "EXPORT.csv"):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar == "DIR":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
    whole = argparse.ArgumentParser(prog="spinfix", add_help=False)
    for action in parsers.pop("")._actions:
        if action.option_strings:
            whole._add_action(action)
    verbs = whole.add_subparsers()
    for verb, parser in parsers.items():
        verbs.add_parser(verb, parents=[parser], add_help=False, help=DESCRIPTIONS[verb].split(".")[0])
    made: str = shtab.complete(whole, shell)
    pattern, more = _FILES_TOO.get(shell, ("$^", ""))
    return re.sub(pattern, more, made, count=1, flags=re.MULTILINE)
