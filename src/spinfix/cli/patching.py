"""The verbs ``revert`` and ``apply``: a patch, backwards and forwards."""

from __future__ import annotations

import argparse
import os

from ..errors import InputError
from ..patch import Patch
from . import files, in_place
from .arguments import Parser
from .talk import DONE, STDIN, complain, many, say


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
        only = [short.strip() for ids in getattr(options, "only", None) or () for short in ids.split(",")]
        if only:
            patch = patch.only(text, only)
        if verb == "revert":
            patch = patch.inverse()
        result = files.encode(patch.apply(text))
        path = options.file
        if options.write and only and os.path.realpath(options.patch) == os.path.realpath(path + in_place.PATCH_SUFFIX):
            raise InputError(f"--only: the way back would be written over {options.patch}; copy the patch to another name, and name that")
        if options.write:
            in_place.put(path, data, patch, keep_patch=verb == "apply")  # what is taken back can be made again with the patch itself
    except Exception as error:
        return complain(path, error)
    if not options.write:
        files.write(result)
        return DONE
    in_place.tell_changes(path, text, patch)
    what = f"{'took back' if verb == 'revert' else 'restored'} {many(len(patch.corrections), 'place')}"
    say(path, what + (f"; the way back lies in {path}{in_place.PATCH_SUFFIX}" if verb == "apply" else ""))
    return DONE
