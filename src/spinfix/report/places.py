"""Where a finding lies, in the units of each kind of reader, and under which name it is known from one run to the next."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..records import Finding, Verdict
from .record import Report, one_line

# Control characters by their pictures, so that none works on a terminal or is lost in a page; line ends and tabs stay.
PICTURES: Final = {code: chr(0x2400 + code) for code in range(32) if code not in (9, 10, 13)} | {13: None, 127: "\u2421"}


@dataclass(frozen=True, slots=True)
class Position:
    """Line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Place:
    """A finding that is to be shown, and where."""

    finding: Finding
    start: Position  # code points
    end: Position  # code points, half-open
    start_byte: int  # column in UTF-8 bytes, from 1
    end_byte: int  # the same, half-open
    fingerprint: str  # survives edits elsewhere in the text

    @property
    def message(self) -> str:
        """What was found, on one line."""
        mark = "" if self.finding.verdict is Verdict.RESTORE else ", a suggestion"
        return f"{one_line(self.finding.observed)} → {one_line(self.finding.intended)} ({self.finding.posterior:.2f}{mark})"


def places(report: Report) -> Iterator[Place]:
    """The findings of ``report`` that a reader is shown (not those that are kept), in order, each with its place.

    A fingerprint is made of the path, of what stands there, of what was meant, and of how many such were before: of nothing that
    an edit elsewhere would move.
    """
    seen: Counter[tuple[str, str]] = Counter()
    columns = _ByteColumns(report.text)
    for f in report.findings:
        if f.verdict is Verdict.KEEP:
            continue
        change = (f.observed, f.intended)
        seen[change] += 1
        name = "\0".join((repository_path(report.path), *change, str(seen[change])))
        line_start = f.span.start - (f.column - 1)
        end_line_start = max(line_start, report.text.rfind("\n", f.span.start, f.span.end) + 1)
        end = Position(f.line + f.observed.count("\n"), f.span.end - end_line_start + 1)
        yield Place(
            f, Position(f.line, f.column), end,
            columns.at(f.span.start, line_start),
            columns.at(f.span.end, end_line_start),
            hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest(),
        )  # fmt: skip


class _ByteColumns:
    """Columns in UTF-8 bytes, from 1, of offsets asked for in ascending order: a line is measured once, for it may be all of a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line_start, self._at, self._column = 0, 0, 1

    def at(self, offset: int, line_start: int) -> int:
        """The column of ``offset``, whose line begins at ``line_start``."""
        if line_start != self._line_start or offset < self._at:
            self._line_start, self._at, self._column = line_start, line_start, 1
        self._column += _byte_length(self._text[self._at : offset])
        self._at = offset
        return self._column


def kinds_of(findings: Sequence[Finding]) -> dict[tuple[str, str], list[int]]:
    """Which findings make the same change, whatever the letter case and the blanks; the commonest kind first."""
    kinds: dict[tuple[str, str], list[int]] = {}
    for number, f in enumerate(findings):
        kinds.setdefault((" ".join(f.observed.lower().split()), " ".join(f.intended.lower().split())), []).append(number)
    return dict(sorted(kinds.items(), key=lambda kind: (-len(kind[1]), kind[0])))


def repository_path(path: str) -> str:
    """``path`` as a repository names it: without ``./`` in front.

    >>> repository_path("./docs/a.md"), repository_path("a.md")
    ('docs/a.md', 'a.md')
    """
    while path.startswith("./") and len(path) > 2:
        path = path[2:].lstrip("/")
    return path


def _byte_length(text: str) -> int:
    """How long ``text`` is in its file, where a lone surrogate from 0xdc80 to 0xdcff stands for one byte."""
    try:
        return len(text.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return len(text.encode("utf-8", "surrogatepass"))
