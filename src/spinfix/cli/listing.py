"""The verb ``config``: what is in force, and from where."""

from __future__ import annotations

import argparse
import os

from . import files
from .arguments import Parser
from .run import Run
from .talk import DONE


def config(options: argparse.Namespace, parser: Parser) -> int:
    """Print the settings for a text, or for the current folder."""
    run = Run(options, parser)
    path = options.file or run.settings["stdin_filename"] or "."
    settings = run.settings_in(path) if os.path.isdir(path) else run.settings_for(path)
    where = settings.configuration.path
    lines = [f"# settings for {path}; configuration: {where or 'none'}", *settings.lines()]
    files.write(files.encode("".join(f"{line}\n" for line in lines)))
    return DONE
