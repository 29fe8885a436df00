"""Which texts are meant: folders are walked, what is excluded is left out."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import NamedTuple

from ..configuration import Settings
from ..errors import ConfigurationError, InputError
from ..ignore_files import SPINFIXIGNORE, fits, is_ignored


class Place(NamedTuple):
    """A path where a text is, whether it was found in a folder, and what is wrong if something is."""

    path: str
    walked: bool = False
    trouble: Exception | None = None


def texts_in(folder: str, settings_in: Callable[[str], Settings]) -> Iterator[Place]:
    """The texts in ``folder`` and below it, in order: what ``include`` names and nothing excludes.

    Hidden files and folders are passed over, and what .gitignore or .spinfixignore leave out; links to folders are not followed, nor
    those to files outside ``folder``: who gives away a folder should not choose which files elsewhere are read, or written.
    ``settings_in`` gives the settings for a folder.
    """
    top = os.path.realpath(folder)
    # not by recursion: who gives away a folder chooses how deep it is
    open_folders = [_texts_and_folders(folder, settings_in, top)]
    while open_folders:
        place = next(open_folders[-1], None)
        if place is None:
            open_folders.pop()
        elif isinstance(place, str):
            open_folders.append(_texts_and_folders(place, settings_in, top))
        else:
            yield place


def _texts_and_folders(folder: str, settings_in: Callable[[str], Settings], top: str) -> Iterator[Place | str]:
    """The texts in ``folder`` and, as their paths, the folders in it that are to be walked, in order."""
    try:
        settings = settings_in(folder)
        entries = sorted(os.scandir(folder), key=lambda e: e.name)
    except ConfigurationError as error:
        yield Place(folder, True, error)
        return
    except OSError as error:
        yield Place(folder, True, InputError(error.strerror or str(error)))
        return
    for entry in entries:
        path = entry.path.removeprefix("./")
        is_folder = entry.is_dir(follow_symlinks=False)
        try:
            if entry.name.startswith(".") or _is_left_out(path, is_folder, settings):
                continue
        except InputError as error:  # of patterns that are none
            yield Place(path, True, error)
            continue
        if is_folder:
            yield path
        elif any(fnmatchcase(entry.name.lower(), pattern) for pattern in settings["include"]):
            try:
                if _is_file_inside(entry, top):
                    yield Place(path, True)
            except OSError as error:  # of a link into a folder that may not be looked into
                yield Place(path, True, InputError(error.strerror or str(error)))


def _is_file_inside(entry: os.DirEntry[str], top: str) -> bool:
    if not entry.is_symlink():
        return entry.is_file()
    try:
        return entry.is_file() and os.path.realpath(entry.path).startswith(os.path.join(top, ""))
    except OSError as error:
        if error.errno == errno.ELOOP:  # links that lead to one another lead to nothing, as those do whose file is gone
            return False
        raise


def _is_left_out(path: str, is_folder: bool, settings: Settings) -> bool:
    name = path + "/" * is_folder
    return matches(name, settings["exclude"], settings.folder("exclude")) or is_ignored(Path(path), is_folder=is_folder)


def is_excluded(path: str, settings: Settings) -> bool:
    """Whether the patterns of ``exclude`` or a .spinfixignore leave out ``path``, or a folder that it lies in."""
    if matches(path, settings["exclude"], settings.folder("exclude")):
        return True
    return is_ignored(Path(path), names=(SPINFIXIGNORE,))


def matches(path: str, patterns: Iterable[str], folder: Path) -> bool:
    """Whether ``patterns`` (as in a .gitignore in ``folder``) leave out ``path``, or a folder above it: nothing comes back from that."""
    lines = tuple(patterns)
    if not lines:
        return False
    relative = Path(os.path.relpath(os.path.abspath(path), folder.absolute())).as_posix()
    above = [f"{folder.as_posix()}/" for folder in PurePath(relative).parents if folder.name]
    return any(fits(each, lines) for each in (*above[::-1], relative + "/" * path.endswith("/")))
