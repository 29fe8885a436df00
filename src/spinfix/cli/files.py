"""Bytes in, bytes out: reading, decoding, writing whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import IO, Final

from ..errors import InputError
from .talk import STDIN, progress, say

_LONGEST_NAME: Final = 200  # bytes; with what a temporary one has more it is still below the 255 of most systems
_STREAMS: Final = ("/dev/std", "/dev/fd/", "/proc/")
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def read(path: str, verbs: tuple[str, ...] = ()) -> bytes:
    """The bytes of a file or of standard input; ``InputError`` says why not, and names the one of ``verbs`` that may have been meant."""
    file = opened(path, verbs)
    with contextlib.nullcontext() if path == STDIN else file:  # standard input stays open: it may be named twice
        try:
            return file.read()
        except OSError as error:
            raise InputError(error.strerror or str(error)) from None


def opened(path: str, verbs: tuple[str, ...] = ()) -> IO[bytes]:
    """A file or standard input, for reading its bytes; errors as those of ``read``."""
    try:
        return open(path, "rb") if path != STDIN else standard_input()
    except FileNotFoundError as error:
        raise InputError(f"{error.strerror}{_verb_hint(path, verbs)}") from None
    except IsADirectoryError as error:
        raise InputError(f"{error.strerror}; name the files in it") from None
    except (OSError, ValueError) as error:  # ValueError: of a NUL in the name
        raise InputError(getattr(error, "strerror", None) or str(error)) from None


def standard_input() -> IO[bytes]:
    """Standard input as bytes; ``InputError`` where it is closed."""
    if sys.stdin is None:
        raise InputError("it is closed; name a FILE or write to it")
    return sys.stdin.buffer


def _verb_hint(path: str, verbs: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # only on the way to an error

    if verbs and path in ("help", "version"):  # verbs of other programs
        return f"; if no file is meant: spinfix --{path}"
    near = get_close_matches(path, verbs, 1, 0.75)
    return f"; if the verb is meant: spinfix {near[0]} ..." if near else ""


def is_binary(data: bytes) -> bool:
    """Whether ``data`` is no text: it holds a NUL byte."""
    return b"\0" in data


def encoding_hint(data: bytes) -> str:
    """For a complaint about ``data``, which is no text: what it may be all the same."""
    return ", or UTF-16? convert it to UTF-8" if data.startswith(_UTF16_MARKS) else ""


def decode(path: str, data: bytes, offset: int = 0, lines: int = 0, *, quiet: bool = False) -> str:
    """The text of ``data``; what is not UTF-8 is told, unless it is to be ``quiet``, and kept as lone surrogates.

    ``offset`` and ``lines`` say how many bytes and lines went before.  ``InputError`` for what is no text.
    """
    nul = data.find(b"\0")
    if nul >= 0:
        hint = encoding_hint(data) if not offset else ""
        raise InputError(f"expected text, found a NUL byte at byte offset {offset + nul} (a binary file{hint or '?'})")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        text = as_text(data)
        if quiet:
            return text
        count = sum("\udc80" <= character <= "\udcff" for character in text)
        others = f", and {count - 1} more such bytes" if count > 2 else ", and 1 more such byte" if count == 2 else ""
        line = lines + data.count(b"\n", 0, error.start) + 1
        what = f"byte offset {offset + error.start} (line {line}): 0x{data[error.start]:02x} is not UTF-8 text{others}"
        say(path, f"{what}; left as {'they are' if others else 'it is'}")
        return text


def as_text(data: bytes) -> str:
    """``data`` as text, what is not UTF-8 as lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes that ``as_text`` made ``text`` from."""
    return text.encode("utf-8", "surrogateescape")


def write(data: bytes) -> None:
    """Write to standard output, all of it and now."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    with progress.aside() if sys.stdout.isatty() else contextlib.nullcontext():
        left = memoryview(data)
        while left:  # with PYTHONUNBUFFERED a write may take a part only (a full disk), and would not say so
            left = left[sys.stdout.buffer.write(left) :]
        sys.stdout.buffer.flush()  # a text at a time: who reads the pipe need not wait for the next


def write_whole(path: str, data: bytes, *, durable: bool = False, like: str = "") -> None:
    """Write a file all or not at all; ``OSError`` where that fails.  ``durable``: not before it is on disk is this done.

    A file that is there keeps its mode; a new one may be read by those who may read the file ``like``, where one is named.
    """
    special = path.startswith("/dev/") or (os.path.exists(path) and not os.path.isfile(path))
    if special:  # a device, a named pipe, /dev/stderr (which may lead to a file): written to, never replaced
        with open(path, "wb") as file:
            file.write(data)
        return
    target = os.path.realpath(path)  # a link stays a link
    if os.path.exists(target) and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    _replace(target, data, durable=durable, like=like)


def save(path: str, data: bytes, *, durable: bool = False, like: str = "") -> None:
    """``write_whole``, and the name of the file in the complaint (``InputError``)."""
    try:
        write_whole(path, data, durable=durable, like=like)
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from None


def unwritable(path: str, error: OSError | ValueError) -> InputError:
    """The complaint about a file that cannot be written; ``ValueError``: of a NUL in the name."""
    return InputError(f"{path}: cannot be written: {getattr(error, 'strerror', None) or error}")


def replaceable(path: str) -> str:
    """The file that ``path`` leads to; ``InputError`` where it cannot be replaced.  A link stays a link."""
    target = os.path.realpath(path)
    is_stream = os.path.abspath(path).startswith(_STREAMS)  # an open file, which has another name than this
    if is_stream or not os.path.isfile(target):
        raise InputError("expected a file that can be replaced, found a device or a pipe")
    if not os.access(target, os.W_OK):
        raise InputError(f"cannot be written: {os.strerror(errno.EACCES)}")
    return target


def rewrite(path: str, data: bytes, expected: bytes) -> None:
    """Put ``data`` in the place of ``expected`` in the file at ``path``, all or not at all; mode and times stay where they can.

    ``InputError`` where the file does not hold ``expected`` any more, or is none that can be replaced.
    """
    target = replaceable(path)
    try:
        _replace(target, data, expected=expected, durable=True)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}") from None


def _replace(target: str, data: bytes, *, expected: bytes | None = None, durable: bool = False, like: str = "") -> None:
    # A name of its own each time: what a killed process left behind is in nobody's way, be it of the same number.
    folder, name = os.path.split(target)
    name = name if len(os.fsencode(name)) <= _LONGEST_NAME else name[: _LONGEST_NAME // 4]
    temporary = os.path.join(folder, f"{name}.{os.getpid()}-{os.urandom(4).hex()}.tmp")
    model = target if os.path.exists(target) else like
    mode = 0o600 if model else 0o666  # not `tempfile`: a new file gets the permissions that the user's umask gives
    with open(temporary, "xb", opener=lambda name, how: os.open(name, how, mode)) as file:
        try:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
            file.close()
            if expected is not None:
                _copy_owner_mode_and_times(target, temporary)
                with open(target, "rb") as now:
                    if now.read() != expected:
                        raise InputError("the file was changed meanwhile; it is left as it is now")
            elif model:
                _copy_owner(model, temporary)
                with contextlib.suppress(OSError):
                    os.chmod(temporary, os.stat(model).st_mode & (0o7777 if model == target else 0o666))
            os.replace(temporary, target)
            if durable:
                _sync_folder(target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise


def _copy_owner(old: str, new: str) -> None:
    with contextlib.suppress(OSError, AttributeError):  # not every user may, not every system knows owners
        owner = os.stat(old)
        os.chown(new, owner.st_uid, owner.st_gid)


def _copy_owner_mode_and_times(old: str, new: str) -> None:
    import shutil  # where something is changed in place only: it takes a while to load

    _copy_owner(old, new)
    with contextlib.suppress(OSError):
        shutil.copystat(old, new)


def _sync_folder(path: str) -> None:
    with contextlib.suppress(OSError):  # not every system can
        folder = os.open(os.path.dirname(path), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def abandon_output() -> None:
    """Send what is still buffered nowhere, or the interpreter would try, and complain, once more at its exit."""
    if sys.stdout is not None:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
