"""Writing in place: what was changed is told, a line a change, and the way back lies on the disk before the text is replaced."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Final

from ..errors import InputError, PatchError
from ..patch import Patch, digest
from ..report.record import CONTROLS, one_line
from ..text import Lines
from . import files
from .talk import tell

PATCH_SUFFIX: Final = ".spinfix.json"  # of the way back beside a text that was restored in place
EARLIER_SUFFIX: Final = ".earlier"  # of that way back while a longer one takes its place


def put(path: str, data: bytes, patch: Patch, *, keep_patch: bool = True) -> None:
    """Put what ``patch`` makes of ``data`` in its place in the file at ``path``; ``keep_patch``: with the way back beside it.

    ``InputError`` or ``PatchError`` where that fails; the file and the way back are then as they were.
    """
    files.replaceable(path)  # before a way back is laid
    text = files.as_text(data)
    after = b"".join(map(files.encode, patch.pieces(text)))
    with _way_back(path, text, patch) if keep_patch else contextlib.nullcontext():
        files.rewrite(path, after, data)


def tell_changes(path: str, text: str, patch: Patch) -> None:
    """A line a change of ``patch`` in ``text``: where it stood, what stood there, what stands there now."""
    lines = []
    places = Lines(text)
    for c in patch.corrections:
        line, column = places.at(c.span.start)
        lines.append(f"{path.translate(CONTROLS)}:{line}:{column}: {one_line(c.before)} → {one_line(c.after)}")
    tell(*lines)


@contextlib.contextmanager
def _way_back(path: str, text: str, patch: Patch) -> Iterator[None]:
    """Lay the way back from what ``patch`` makes of ``text`` beside the file at ``path``, before it is changed inside the block.

    Where the way back of an earlier restoration leads to ``text``, the new one leads on to where that came from; until the file is
    changed, the earlier one is kept beside it, so that from whichever text a crash leaves there is a way back.  Where the change
    fails, what was there before is put back.
    """
    beside = path + PATCH_SUFFIX
    kept = beside + EARLIER_SUFFIX
    laid = {name: _laid(name) for name in (beside, kept)}
    earlier = next((back for back in laid.values() if back is not None and back.sha256_after == patch.sha256_before), None)
    previous = earlier or laid[beside]
    try:
        if previous is not None:
            files.save(kept, previous.to_json().encode(), durable=True, like=path)
        if earlier is not None:
            patch = earlier.then(patch, text)
        files.save(beside, patch.to_json().encode(), durable=True, like=path)
        yield
    except BaseException:
        if _holds(path, patch.sha256_after):  # an interrupt came when all was done
            _remove(kept)
        elif previous is None:
            _remove(beside)
        else:
            with contextlib.suppress(FileNotFoundError):  # a disk that is full lets a file be renamed
                os.replace(kept, beside)
        raise
    _remove(kept)


def _laid(path: str) -> Patch | None:
    """The patch at ``path``, if anything is there; a link is not followed: who wrote the text may not choose what is written to."""
    if os.path.lexists(path) and (os.path.islink(path) or not os.path.isfile(path)):
        raise InputError(f"{path} is in the way: expected a spinfix patch, found a link, a folder or a device; move it away")
    try:
        with open(path, "rb") as file:
            return Patch.from_json(files.as_text(file.read()))
    except FileNotFoundError:
        return None
    except PatchError as error:
        raise InputError(f"{path} is in the way: {error}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None


def _holds(path: str, sha256: str) -> bool:
    """Whether the text of this digest stands in the file at ``path``."""
    try:
        with open(path, "rb") as file:
            return digest(files.as_text(file.read())) == sha256
    except OSError:
        return False


def _remove(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
