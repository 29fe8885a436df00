"""``restore --stream``: paragraph by paragraph, for input without end.

A paragraph is decided together with the text before it, as far as a window reaches, so that what was learned of the text so far counts:
whether it was spun, how much, and by which substitutions.  What comes after it is not known yet, and the first paragraphs know next to
nothing, so this is weaker than the whole text at once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import IO, Final

from ..api import Policy, report_on
from ..errors import ConfigurationError, InputError
from ..patch import Patch
from ..records import Correction, Detail, Span, Verdict
from . import files
from .arguments import VERBS
from .output import Output
from .run import Run
from .talk import DONE, STDIN, TROUBLE, complain

# Code points of the text before that are looked at again: some 1,000 words.  Of the 322 restorations that the first article gets as a
# whole, it gets 304, 306 or 310 paragraph by paragraph with 3,000, 6,000 or 12,000, at 3, 4 and 4.5 times the work.
WINDOW: Final = 6_000
LONGEST: Final = 20_000  # bytes after which a paragraph is cut at the next line end
UNBROKEN: Final = 200  # bytes: a line that is longer was not broken to fit a width, so it is a paragraph of its own


def stream(run: Run) -> int:
    """Restore the texts paragraph by paragraph; each is out before the next is read."""
    with Output(run.settings["output"]) as output:
        return max([_stream_one(path, run, output) for path in run.paths], default=DONE)


def _stream_one(path: str, run: Run, output: Output) -> int:
    try:
        policy = run.policy_for(path)
        file = files.opened(path, VERBS)
    except (InputError, ConfigurationError) as error:
        return complain(path, error)
    code, before = DONE, ""
    with contextlib.nullcontext() if path == STDIN else file:
        for data in _paragraphs(file):
            try:
                text = files.decode(path, data)
            except InputError as error:
                return _hand_on(path, data, file, error, output)
            try:
                restored = _restored(before, text, policy, run.name_of(path))
            except Exception as error:
                code = complain(path, error, "; the paragraph goes through unchanged")
                restored = text
            output.write(files.encode(restored))
            before = _window(before + text)
    return code


def _hand_on(path: str, data: bytes, file: IO[bytes], error: InputError, output: Output) -> int:
    """What is no text goes through as it comes, from here on."""
    complain(path, error, "; from here on the input goes through unchanged" if path == STDIN else "")
    while path == STDIN and data:
        output.write(data)
        data = file.readline()
    return TROUBLE


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


def _restored(before: str, text: str, policy: Policy, name: str) -> str:
    """``text`` restored, ``before`` read again for what it tells of it; ``name`` tells the kind of markup."""
    if not text.strip():
        return text
    at = len(before)
    findings = (
        f for f in report_on(before + text, policy, name, Detail.CHANGES).findings if f.verdict is Verdict.RESTORE and f.span.start >= at
    )
    corrections = [Correction(Span(f.span.start - at, f.span.end - at), f.observed, f.intended) for f in findings]
    return Patch.between(text, corrections).apply(text)


def _window(text: str) -> str:
    """The end of ``text``, from the beginning of a paragraph or a line if there is one."""
    if len(text) <= WINDOW:
        return text
    tail = text[-WINDOW:]
    for mark in ("\n\n", "\n", " "):
        _, found, rest = tail.partition(mark)
        if found and len(rest) > WINDOW // 2:
            return rest
    return tail
