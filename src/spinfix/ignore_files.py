"""Paths that are left out: `.gitignore` and `.spinfixignore`, with gitignore's own rules.  The only importer of ``pathspec``.

As for git, a pattern holds below the folder of its file, a file nearer to the path decides over one farther up, the last pattern
that fits decides within a file, and nothing inside a folder that is left out can be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from os.path import exists, realpath
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from .errors import InputError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SPINFIXIGNORE: Final = ".spinfixignore"
CACHED: Final = 4096  # files that are kept read, and folders
NAMES: Final = (".gitignore", SPINFIXIGNORE)  # where both speak of a path, ours decides

# In the regular expressions of pathspec: ``*`` is ``[^/]*``, inner ``**/`` is ``(?:/.+)?``, a leading one ``^(?:.+/)?``.
_BETWEEN_STARS: Final = re.compile(r"\[\^/\]\*((?:(?!\[\^/\][*+])(?:\\.|\[\^?\]?[^\]]*\]|[^\\\[\](){}/^$*?+|]))*)(?=\[\^/\]\*)", re.DOTALL)
_ANY_FOLDERS: Final = r"\(\?:/\.\+\)\?"
_BETWEEN_FOLDERS: Final = re.compile(rf"(\^\(\?:\.\+/\)\?|{_ANY_FOLDERS})((?:(?!{_ANY_FOLDERS}).)+)(?={_ANY_FOLDERS})", re.DOTALL)


def is_ignored(path: Path, *, names: Sequence[str] = NAMES, is_folder: bool = False) -> bool:
    """Whether the ignore files called ``names`` leave ``path`` out.

    They are looked for in its folder and in those above, up to the root of its repository, or of the file system where there is none.
    Each is read once a process.  ``InputError`` for one that cannot be read.
    """
    # a link goes by its own name; not by pathlib, which raises where nobody may look
    place = Path(realpath(path.parent)) / path.name if path.name not in ("", "..") else Path(realpath(path))
    folder = _folder(place.parent, tuple(names)) if place != place.parent else _Folder()
    return folder.is_left_out or folder.leaves_out(place.as_posix() + "/" * is_folder)


@lru_cache(maxsize=CACHED)  # the folders above a text are asked for with each text in them
def fits(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether ``path``, relative and with ``/``, is left out by ``patterns`` as a .gitignore with these lines would."""
    return bool(_patterns(patterns).match_file(path))


class _Folder(NamedTuple):
    """Whether a folder is left out, and if not, what the ignore files in it and above it say: the one that decides first comes first."""

    is_left_out: bool = False
    specs: tuple[tuple[int, GitIgnoreSpec], ...] = ()  # with the length of the path of the folder that each lies in

    def leaves_out(self, path: str) -> bool:
        """Whether ``path``, something in this folder and with a slash behind it if it is a folder itself, is left out."""
        for size, spec in self.specs:
            decision: bool | None = spec.check_file(path[size:]).include
            if decision is not None:
                return decision
        return False


_FOLDERS: Final[dict[tuple[Path, tuple[str, ...]], _Folder]] = {}  # what is known of folders; forgotten where it grows too large


def _folder(folder: Path, names: tuple[str, ...]) -> _Folder:
    """What is known of ``folder``, worked out from the root of its repository, or of the file system, down."""
    if len(_FOLDERS) > CACHED:
        _FOLDERS.clear()
    below = []  # not by recursion: folders may lie deeper than that goes
    known = _FOLDERS.get((folder, names))
    while known is None:
        below.append(folder)
        if folder == folder.parent or exists(folder / ".git"):
            break
        folder = folder.parent
        known = _FOLDERS.get((folder, names))
    for folder in reversed(below):
        if known is not None and (known.is_left_out or known.leaves_out(folder.as_posix() + "/")):
            known = _Folder(is_left_out=True)
        else:
            size = len(folder.as_posix().rstrip("/")) + 1
            own = tuple((size, spec) for name in reversed(names) if (spec := _spec(folder / name)) is not None)
            known = _Folder(specs=(*own, *known.specs) if known is not None else own)
        _FOLDERS[folder, names] = known
    assert known is not None  # there is a folder to begin with
    return known


@lru_cache(maxsize=64)
def _patterns(lines: tuple[str, ...]) -> GitIgnoreSpec:
    try:
        return _read(lines)
    except ValueError as error:
        raise InputError(f"expected patterns as in .gitignore: {error}") from None


@lru_cache(maxsize=CACHED)
def _spec(file: Path) -> GitIgnoreSpec | None:
    try:
        # as git reads it: with a byte order mark or without, lines ending at line feeds only
        text = file.read_bytes().decode("utf-8-sig", "surrogateescape")
        lines = [line.removesuffix("\r") for line in text.split("\n")]
    except OSError:  # there is none, or none that may be read
        return None
    try:
        return _read(lines)
    except ValueError as error:
        raise InputError(f"{file}: expected patterns as in .gitignore: {error}") from None


def _read(lines: Sequence[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # with the first ignore file

    spec = GitIgnoreSpec.from_lines(lines)
    for pattern in spec.patterns:
        if pattern.regex is not None and (quick := without_detours(pattern.regex.pattern)) != pattern.regex.pattern:
            pattern.regex = re.compile(quick)
    return spec


def without_detours(regex: str) -> str:
    """A regular expression that pathspec makes of a pattern, so that many wildcards in it do not take for ever.

    What stands between two wildcards is taken where it comes first, and never elsewhere: what lies behind can be skipped by the next
    wildcard.  Without that the time grows with the length of the path to the power of the number of wildcards, and who gives away a
    folder chooses both.
    """
    return _BETWEEN_FOLDERS.sub(_first_folders, _BETWEEN_STARS.sub(r"(?>[^/]*?\1)", regex))


def _first_folders(match: re.Match[str]) -> str:
    return f"^(?>(?:.+?/)??{match[2]}(?=/))" if match[1][0] == "^" else f"(?>(?:/.+?)??{match[2]}(?=/))"
