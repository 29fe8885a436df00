"""``restore --stream``: paragraph by paragraph, for input without end.

A paragraph is decided together with the text before it, as far as a window reaches, so that what was learned of the text so far counts:
whether it was spun, how much, and by which substitutions.  What comes after it is not known yet, and the first paragraphs know next to
nothing, so this is weaker than the whole text at once.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import IO, Final

from ..api import report_on
from ..baseline import unaccepted
from ..errors import InputError, MarkupError
from ..markup import kind_of, view_of
from ..markup.view import Shown
from ..patch import Patch
from ..records import Correction, Detail, Span, Verdict
from ..suppression import kept_spans
from . import files
from .arguments import VERBS
from .output import Output
from .run import Run
from .talk import DONE, STDIN, TROUBLE, complain, say

# Code points of the text before that are looked at again: some 1,000 words.  Of the 322 restorations that the first article gets as a
# whole, it gets 304, 306 or 310 paragraph by paragraph with 3,000, 6,000 or 12,000, at 3, 4 and 4.5 times the work.
WINDOW: Final = 6_000
LONGEST: Final = 20_000  # bytes after which a paragraph is cut at the next line end
UNBROKEN: Final = 200  # bytes: a line that is longer was not broken to fit a width, so it is a paragraph of its own
OPENINGS: Final = 12  # lines before the window that are kept, for what they open is not closed yet
_NO_TEXT: Final = re.compile("[\udc80-\udcff]")  # bytes that are not UTF-8
_WORD: Final = re.compile(r"\w+")


def stream(run: Run) -> int:
    """Restore the texts paragraph by paragraph; each is out before the next is read."""
    with Output(run.settings["output"], at_once=True) as output:
        return max([_stream_one(path, run, output) for path in run.paths], default=DONE)


def _stream_one(path: str, run: Run, output: Output) -> int:
    try:
        file = files.opened(path, VERBS)
    except InputError as error:
        return complain(path, error)
    with contextlib.nullcontext() if path == STDIN else file:
        try:
            left_out = run.leaves_out(path)
            paragraphs = None if left_out else _Paragraphs(path, run)
        except Exception as error:  # whatever it is, nothing may be lost in a pipe
            return _hand_on(path, b"", file, error, "; the input goes through unchanged", output)
        if paragraphs is None:
            return _hand_on(path, b"", file, None, "", output)
        for data in _paragraphs(file):
            try:
                output.write(paragraphs.restored(data))
            except InputError as error:
                return _hand_on(path, data, file, error, "; from here on the input goes through unchanged", output)
    return paragraphs.code


def _hand_on(path: str, data: bytes, file: IO[bytes], error: Exception | None, remark: str, output: Output) -> int:
    """What is no text, or is left out, goes through as it comes, from here on; of a named file nothing does."""
    piped = path == STDIN
    if error is not None:
        complain(path, error, remark if piped else "")
    while piped and (data := data or file.readline()):
        output.write(data)
        data = b""
    return DONE if error is None else TROUBLE


class _Paragraphs:
    """The paragraphs of one text: each is restored with what went before in view."""

    def __init__(self, path: str, run: Run) -> None:
        self.code = DONE
        self._path, self._name = path, run.name_of(path)
        self._policy = run.policy_for(path)
        self._kind = kind_of(self._name) if self._policy.markup == "auto" else self._policy.markup
        self._accepted = run.baseline.left(run.baseline_path(path)) if run.baseline.accepted else {}
        self._opened = self._before = ""  # the window of the text before, and how that begins: what is still open
        self._bytes = self._lines = 0  # before this paragraph
        self._told: set[str] = set()  # notes, and that there are bytes that are no text: once is enough

    def restored(self, data: bytes) -> bytes:
        """The next paragraph, restored; ``InputError`` where it is no text."""
        text = files.decode(self._path, data, self._bytes, self._lines, quiet="bytes" in self._told)
        if _NO_TEXT.search(text):
            self._told.add("bytes")
        self._bytes, self._lines = self._bytes + len(data), self._lines + data.count(b"\n")
        try:
            restored = self._restored(text)
        except Exception as error:
            self.code = complain(self._path, error, "; the paragraph goes through unchanged")
            restored = text
        self._opened, tail = _window(self._before + text, self._kind, self._opened)
        self._before = self._opened + tail
        return files.encode(restored)

    def _restored(self, text: str) -> str:
        if not text.strip():
            return text
        at = len(self._before)
        report = report_on(self._before + text, self._policy, self._name, Detail.CHANGES)
        for note in report.notes:
            if note not in self._told:
                self._told.add(note)
                say(self._path, note)
        new = unaccepted((f for f in report.findings if f.span.start >= at), self._accepted)
        corrections = [
            Correction(Span(f.span.start - at, f.span.end - at), f.observed, f.intended) for f in new if f.verdict is Verdict.RESTORE
        ]
        return Patch.between(text, corrections).apply(text)


def _paragraphs(file: IO[bytes]) -> Iterator[bytes]:
    """The lines up to and with a blank one or one of more than ``UNBROKEN``; what is longer than ``LONGEST`` in pieces of whole lines."""
    lines: list[bytes] = []
    size, words = 0, False
    while line := file.readline():
        lines.append(line)
        size += len(line)
        blank = not line.strip()
        words = words or not blank
        if (blank and words) or len(line) > UNBROKEN or size > LONGEST:
            yield b"".join(lines)
            lines, size, words = [], 0, False
    if lines:
        yield b"".join(lines)


def _window(text: str, kind: str = "plain", opened: str = "") -> tuple[str, str]:
    """The end of ``text``, from the beginning of a paragraph or a line if there is one, and what has to stand before it.

    These are the lines without which something in it would be read otherwise: what opens a block of code that is longer than the
    window, or a ``spinfix: off``; most likely the same, ``opened``, as last time.
    """
    tail = _tail(text)
    if len(tail) == len(text) or (kind == "plain" and "spinfix:" not in text):
        return "", tail
    try:
        return _openings(text, tail, kind, opened), tail
    except MarkupError:  # the next paragraph will tell
        return "", tail


def _tail(text: str) -> str:
    if len(text) <= WINDOW:
        return text
    tail = text[-WINDOW:]
    for mark in ("\n\n", "\n", " "):
        _, found, rest = tail.partition(mark)
        if found and len(rest) > WINDOW // 2:
            return rest
    return tail


def _openings(text: str, tail: str, kind: str, likely: str) -> str:
    """The lines of ``text`` before its end ``tail`` with which that is read as it is in the whole text."""
    start = len(text) - len(tail)
    wanted = _changeable(text, kind, len(tail))

    def fits(before: str) -> bool:
        return _changeable(before + tail, kind, len(tail)) == wanted

    if not fits("") and fits(likely):
        return likely
    lines = text[:start].splitlines(keepends=True)
    kept, first = "", 0
    while not fits(kept):
        # the last line from which on everything says enough: it opens what is still open
        enough, too_little = first, len(lines)
        while too_little - enough > 1:
            middle = (enough + too_little) // 2
            enough, too_little = (middle, too_little) if fits(kept + "".join(lines[middle:])) else (enough, middle)
        kept, first = kept + lines[enough], enough + 1
        if first == len(lines) or kept.count("\n") > OPENINGS:
            break
    return kept


def _changeable(text: str, kind: str, length: int) -> list[int]:
    """Where in the last ``length`` code points the words begin that may be changed, counted from the end."""
    view = view_of(text, kind)
    kept = [*kept_spans(view)]
    start = len(text) - length
    words = (
        word.start()
        for piece in view.pieces
        if piece.shown is Shown.AS_IS and piece.end > start
        for word in _WORD.finditer(text, max(piece.start, start), piece.end)
    )
    return [len(text) - at for at in words if not any(span.start <= at < span.end for span in kept)]
