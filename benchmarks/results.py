"""Writes what was measured to ``RESULTS.md``: date, commit, machine, settings, tables.  No host name, no path."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
RESULTS: Final = HERE / "RESULTS.md"
TITLE: Final = "# What was measured\n\n" + (
    "Written by the scripts of this folder, the newest last; how to run them is in [README.md](README.md).\n"
)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; columns after the first are set to the right.

    >>> print(table(["what", "measured"], [["edits", 0]]))
    | what | measured |
    | --- | ---: |
    | edits | 0 |
    """
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def machine() -> str:
    """Cores, memory and Python version of this machine."""
    cores = f"{os.cpu_count()} cores"
    try:
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB of memory"
    except (ValueError, OSError, AttributeError):  # not told on every system
        memory = ""
    return f"{cores}{memory}, {platform.python_implementation()} {platform.python_version()}"


def commit() -> str:
    """The commit that was measured, and whether the package differs from it."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=HERE.parent, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        short = git("rev-parse", "--short", "HEAD")
        changed = git("status", "--porcelain", "--", "src", "wordlists")
    except OSError:  # no git
        short, changed = "", ""
    return (short or "unknown") + (", with uncommitted changes" if changed else "")


def section(title: str, settings: str, blocks: Iterable[str]) -> str:
    """A dated section: heading, what was measured and where, then ``blocks`` (tables, sentences)."""
    head = f"## {datetime.date.today().isoformat()} {title}\n\nCommit {commit()}. {machine()}. {settings}"
    return "\n\n".join([head, *blocks]) + "\n"


def record(text: str, path: Path = RESULTS) -> None:
    """Append a section to the results."""
    known = path.read_text(encoding="utf-8") if path.exists() else TITLE
    path.write_text(f"{known.rstrip()}\n\n{text}", encoding="utf-8")
