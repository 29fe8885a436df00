"""Where a text or a report goes: to standard output, piece by piece, or into a file, whole or not at all (a stream as it comes)."""

from __future__ import annotations

import sys
from io import FileIO
from types import TracebackType
from typing import IO

from . import files
from .talk import STDIN


class Output:
    """Standard output (no ``path``, or -), or the file at ``path``.

    The file is written when the work is done, or, where ``at_once``, as the pieces come: what has no end is never done.
    """

    def __init__(self, path: str, *, at_once: bool = False) -> None:
        self._path = path if path != STDIN else ""
        self._pieces: list[bytes] = []
        self._at_once = bool(self._path) and at_once
        self._file: FileIO | None = None

    @property
    def terminal(self) -> IO[str] | None:
        """The stream to ask whether it is a terminal; None for a file."""
        return None if self._path else sys.stdout

    def write(self, data: bytes) -> None:
        """Write a piece."""
        if self._file is not None:
            try:
                left = memoryview(data)
                while left:
                    left = left[self._file.write(left) :]
            except OSError as error:
                raise OSError(error.errno, error.strerror, self._path) from None  # it names no file itself
        elif self._path:
            self._pieces.append(data)
        else:
            files.write(data)

    def __enter__(self) -> Output:
        if self._at_once:
            try:
                self._file = open(self._path, "wb", buffering=0)
            except (OSError, ValueError) as error:
                raise files.unwritable(self._path, error) from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
        elif self._path and kind is None:
            files.save(self._path, b"".join(self._pieces))
