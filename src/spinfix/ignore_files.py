"""Paths that are left out: `.gitignore` and `.spinfixignore`, with gitignore's own rules.  The only importer of ``pathspec``.

As for git, a pattern holds below the folder of its file, a file nearer to the path decides over one farther up, the last pattern
that fits decides within a file, and nothing inside a folder that is left out can be taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .errors import InputError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SPINFIXIGNORE: Final = ".spinfixignore"
NAMES: Final = (".gitignore", SPINFIXIGNORE)  # where both speak of a path, ours decides


def is_ignored(path: Path, *, names: Sequence[str] = NAMES, is_folder: bool = False) -> bool:
    """Whether the ignore files called ``names`` leave ``path`` out.

    They are looked for in its folder and in those above, up to the root of its repository, or of the file system where there is none.
    Each is read once a process.  ``InputError`` for one that cannot be read.
    """
    place = path.parent.resolve() / path.name if path.name not in ("", "..") else path.resolve()  # a link goes by its own name
    top = _top(place.parent)
    folders = [place]
    while folders[-1] != top:
        folders.append(folders[-1].parent)
    steps = list(reversed(folders))  # from the top down to the path
    return any(_says(step, steps[: k + 1], names, is_folder or k + 2 < len(steps)) for k, step in enumerate(steps[1:]))


def fits(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether ``path``, relative and with ``/``, is left out by ``patterns`` as a .gitignore with these lines would."""
    return bool(_patterns(patterns).match_file(path))


def _says(path: Path, above: Sequence[Path], names: Sequence[str], is_folder: bool) -> bool:
    """Whether ``path`` itself is left out by a file in one of the folders ``above`` it, the nearest last."""
    for folder in reversed(above):
        for name in reversed(names):
            spec = _spec(folder / name)
            if spec is not None:
                relative = path.relative_to(folder).as_posix() + "/" * is_folder
                decision: bool | None = spec.check_file(relative).include
                if decision is not None:
                    return decision
    return False


@lru_cache(maxsize=4096)
def _top(folder: Path) -> Path:
    """The root of the repository that ``folder`` lies in, or of the file system."""
    return next((f for f in (folder, *folder.parents) if (f / ".git").exists()), Path(folder.anchor))


@lru_cache(maxsize=64)
def _patterns(lines: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise InputError(f"expected patterns as in .gitignore: {error}") from None


@lru_cache(maxsize=4096)
def _spec(file: Path) -> GitIgnoreSpec | None:
    try:
        lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError):
        return None
    from pathspec import GitIgnoreSpec  # with the first ignore file

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise InputError(f"{file}: expected patterns as in .gitignore: {error}") from None
