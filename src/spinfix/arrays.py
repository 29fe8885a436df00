"""Named arrays in one file that is mapped, not read: how a table that was made ahead of time comes back without being parsed.

File layout (little-endian)::

    9 bytes   b"spinfixAR"
    1 byte    format version
    4 bytes   length of the header
    n bytes   header, JSON: "facts" (anything) and "arrays" (for each name: kind, where it begins after the header, number of items)
    ...       the arrays

It holds numbers and nothing else, so no code runs from it.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError

MAGIC: Final = b"spinfixAR"
VERSION: Final = 1
HEAD: Final = len(MAGIC) + 5
MANY: Final = 2_000  # tokens of a text from which mapped data is given back before what does not read it: it takes some milliseconds
KINDS: Final = ("|b1", "|u1", "<u2", "<u4", "<u8", "<f8")

Arrays = Mapping[str, NDArray[Any]]


def packed(arrays: Arrays, facts: Mapping[str, Any]) -> bytes:
    """The file that holds ``arrays`` and ``facts``."""
    places: dict[str, tuple[str, int, int]] = {}
    parts: list[bytes] = []
    size = 0
    for name, array in arrays.items():
        kind = array.dtype.newbyteorder("<").str
        if kind not in KINDS:
            raise ValueError(f"{name}: expected an array of one of {', '.join(KINDS)}, found {kind}")
        data = array.astype(kind).tobytes()
        places[name] = (kind, size, len(array))
        parts.append(data + bytes(-len(data) % 8))
        size += len(parts[-1])
    header = json.dumps({"facts": facts, "arrays": places}).encode()
    header += b" " * (-(HEAD + len(header)) % 8)
    return b"".join([MAGIC, bytes([VERSION]), len(header).to_bytes(4, "little"), header, *parts])


def opened(path: Path) -> tuple[Arrays, Mapping[str, Any]]:
    """The arrays, as views of the mapped file, and the facts; ``ModelError`` where the file is missing or damaged."""
    try:
        with open(path, "rb") as file:
            buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: cannot be read ({error}): reinstall spinfix") from error
    if buffer[: len(MAGIC)] != MAGIC or len(buffer) < HEAD or buffer[len(MAGIC)] != VERSION:
        raise ModelError(
            f"{path}: expected arrays of version {VERSION} ({MAGIC!r} at their start), found {buffer[:10]!r}: reinstall spinfix"
        )
    start = HEAD + int.from_bytes(buffer[HEAD - 4 : HEAD], "little")
    try:
        header = json.loads(buffer[HEAD:start])
        arrays: dict[str, NDArray[Any]] = {}
        for name, (kind, at, count) in header["arrays"].items():
            if kind not in KINDS:
                raise ValueError(f"unknown kind {kind!r}")
            arrays[name] = np.frombuffer(buffer, kind, count, start + at)
        return arrays, dict(header["facts"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path}: the file is damaged ({error}): reinstall spinfix") from None


_SPARING: Final = ContextVar("sparing", default=False)


@contextmanager
def sparing(is_wanted: bool) -> Iterator[None]:
    """While this lasts, mapped data is given back for a text of any length, if ``is_wanted``."""
    before = _SPARING.set(is_wanted)
    try:
        yield
    finally:
        _SPARING.reset(before)


def is_memory_short(tokens: int) -> bool:
    """Whether mapped data is given back before what does not read it, in a text of so many ``tokens``."""
    return tokens >= MANY or _SPARING.get()


def let_go(held: object) -> None:
    """Give the memory of a mapped file back, of which ``held`` is the map or an array in it; what is read again is mapped again.

    Other processes, and the system's own copy, keep it.  Where the system knows no such thing, nothing is done.
    """
    while held is not None and not isinstance(held, mmap.mmap):
        held = held.obj if isinstance(held, memoryview) else getattr(held, "base", None)
    if held is not None and hasattr(mmap, "MADV_DONTNEED"):
        held.madvise(mmap.MADV_DONTNEED)
