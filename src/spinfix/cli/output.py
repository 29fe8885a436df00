"""Where a text or a report goes: to standard output, piece by piece, or into a file, whole or not at all."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import IO

from . import files
from .talk import STDIN


class Output:
    """Standard output (no ``path``, or -), or the file at ``path``, which is written when the work is done."""

    def __init__(self, path: str) -> None:
        self._path = path if path != STDIN else ""
        self._pieces: list[bytes] = []

    @property
    def terminal(self) -> IO[str] | None:
        """The stream to ask whether it is a terminal; None for a file."""
        return None if self._path else sys.stdout

    def write(self, data: bytes) -> None:
        """Write a piece."""
        if self._path:
            self._pieces.append(data)
        else:
            files.write(data)

    def __enter__(self) -> Output:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._path and kind is None:
            files.save(self._path, b"".join(self._pieces))
