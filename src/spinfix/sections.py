"""Long texts in sections: each is read like a document of its own, so that time grows with length and memory hardly does.

With a first look, the sections are those parts of the text in which it saw something, so that a spun chapter is not judged by the clean
ones around it.

A section ends where a paragraph ends, if one does in its last quarter; else at the end of a line, of a sentence, or at a blank; and
where there is nothing of the kind, in the middle of things.  What is found goes back to its place in the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from .patch import digest
from .records import Finding, Span
from .report import Report

LONGEST: Final = 20_000  # code points: some three thousand words say what there is to know about a spinner
BLOCK: Final = 3_000  # code points that are looked at on their own
AT_ONCE: Final = 20  # blocks that are looked at together, which is quicker
BRIDGED: Final = 1  # blocks without a trace between two with one that are read with them
FOREIGN: Final = "hardly an English word; left alone"  # the note on a text in another language
_ENDS: Final = ("\n\n", "\n", ". ", " ")


def sections(text: str, longest: int = LONGEST) -> Iterator[Span]:
    """The sections of ``text``, which join to the whole; one for a text of up to ``longest`` code points.

    >>> [(s.start, s.end) for s in sections("One two. Three.", 10)]
    [(0, 9), (9, 15)]
    """
    start, size = 0, len(text)
    while size - start > longest:
        low, high = start + longest - longest // 4, start + longest
        found = ((text.rfind(end, low, high), len(end)) for end in _ENDS)
        end = next((at + length for at, length in found if at >= 0), high)
        yield Span(start, end)
        start = end
    yield Span(start, size)


def grouped(blocks: Sequence[Span], traced: Sequence[bool], longest: int = LONGEST) -> Iterator[tuple[Span, bool]]:
    """``blocks`` joined to sections of up to ``longest`` code points: those with a trace, few others between them, and the rest.

    >>> spans = [Span(k, k + 1) for k in range(6)]
    >>> [(s.start, s.end, is_traced) for s, is_traced in grouped(spans, [False, False, True, False, True, False], 10)]
    [(0, 2, False), (2, 5, True), (5, 6, False)]
    """
    kept = list(traced)
    at = [k for k, is_traced in enumerate(traced) if is_traced]
    for left, right in pairwise(at):
        if right - left <= BRIDGED + 1:
            kept[left:right] = [True] * (right - left)
    start = 0
    for k in range(1, len(blocks) + 1):
        if k == len(blocks) or kept[k] != kept[start] or blocks[k].end - blocks[start].start > longest:
            yield Span(blocks[start].start, blocks[k - 1].end), kept[start]
            start = k


def joined(text: str, path: str, parts: Iterable[tuple[Span, Report]]) -> Report:
    """The report on ``text`` from those on its sections: as probably spun as the section that most probably is."""
    findings: list[Finding] = []
    notes: dict[str, None] = {}
    is_english = False  # whether any part is
    words, spun, changed, best, family = 0, 0.0, 0.0, 0.0, ""
    line, line_start, at = 1, 0, 0
    for span, report in parts:
        line += text.count("\n", at, span.start)
        line_start = max(line_start, text.rfind("\n", at, span.start) + 1)  # from where it was looked before: a line may be all of a text
        at = span.start
        before = span.start - line_start  # of the first line, what stands in sections before
        findings += (_moved(finding, span.start, line - 1, before) for finding in report.findings)
        words += report.words
        spun = max(spun, report.spun)
        changed += report.spin_rate * report.words
        if report.spin_rate * report.words > best and report.family:
            best, family = report.spin_rate * report.words, report.family
        notes.update(dict.fromkeys(report.notes))
        is_english = is_english or (FOREIGN not in report.notes and report.words > 0)
    if is_english:
        notes = {f"a part of it has {note}" if note == FOREIGN else note: None for note in notes}
    return Report(digest(text), words, spun, changed / max(words, 1), tuple(findings), text, path, family, tuple(notes))


def _moved(finding: Finding, offset: int, lines: int, columns: int) -> Finding:
    span = Span(finding.span.start + offset, finding.span.end + offset)
    column = finding.column + (columns if finding.line == 1 else 0)
    return replace(finding, span=span, line=finding.line + lines, column=column)
