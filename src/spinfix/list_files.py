"""Where word lists lie, and what they are called by it: the file is the list, its folder the family."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from .errors import ListError

# Compiled lines hold the name of the list, and what each of several families says of a row as ``family=share;family=share``.
_UNFIT: Final = re.compile("[\x00-\x1f\x7f;=\ud800-\udfff]")
ROOT: Final = "own"  # the family of a list that lies in a folder without a name


def list_files(folder: Path) -> Sequence[Path]:
    """The list files below ``folder``, in the folders of their families, in a fixed order."""
    return sorted(folder.glob("*/*.tsv"))


def own_files(path: Path) -> Sequence[Path]:
    """The files of a user's own lists: ``path`` itself, or those in it and in its folders; ``ListError`` where there are none."""
    if not path.is_dir():
        return [path]
    files = [*sorted(path.glob("*.tsv")), *list_files(path)]
    if not files:
        raise ListError(f"{path}: expected word lists here (NAME.tsv or FAMILY/NAME.tsv), found none")
    return files


def list_name(path: Path) -> str:
    """The name of the list at ``path``: family/name; the family is the folder it lies in, also where ``path`` does not say so.

    >>> list_name(Path("lists/schools/words.tsv"))
    'schools/words'
    """
    folder = path.parent.resolve() if path.parent.name in ("", "..") else path.parent
    return f"{folder.name or ROOT}/{path.stem}"


def check_name(path: Path, faults: list[str]) -> None:
    """Add a sentence to ``faults`` where the list at ``path`` cannot be called by where it lies."""
    if found := _UNFIT.search(name := list_name(path)):
        what = f"without {found.group()!r}, found {name!r}"
        faults.append(f"{path}:1: expected names of a list and of its folder {what}; rename the file or the folder")
