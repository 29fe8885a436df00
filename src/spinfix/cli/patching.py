"""The verbs ``revert`` and ``apply``: a patch, backwards and forwards."""

from __future__ import annotations

import argparse

from ..api import revert
from ..patch import Patch
from . import files
from .arguments import Parser
from .talk import DONE, STDIN, complain


def patched(verb: str, options: argparse.Namespace, parser: Parser) -> int:
    """Make the corrections of a patch, or take them back."""
    if options.patch == options.file == STDIN:
        parser.error("the patch and the text cannot both come from standard input; name a file for one of them")
    if options.write and options.file == STDIN:
        parser.error("--write: standard input cannot be written; name a FILE")
    path = options.patch
    try:
        patch = Patch.from_json(files.as_text(files.read(path)))
        path = options.file
        data = files.read(path)
        path = options.patch
        text = files.as_text(data)
        if getattr(options, "only", None):
            patch = patch.only(text, [short.strip() for ids in options.only for short in ids.split(",")])
        result = files.encode(revert(text, patch) if verb == "revert" else patch.apply(text))
        path = options.file
        if options.write:
            files.rewrite(path, result, data)
    except Exception as error:
        return complain(path, error)
    if not options.write:
        files.write(result)
    return DONE
