"""Restorations as diffs.  What changed is known, so nothing is searched for: the time is that of reading the text once."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from ..records import Correction
from .record import CONTROLS, Report

CONTEXT: Final = 3  # lines around a change, as everywhere
_STRANGE: Final = re.compile('[\x00-\x1f\x7f"\\\\]')
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_RED, _GREEN, _CYAN, _BOLD, _PLAIN = "\033[31m", "\033[32m", "\033[36m", "\033[1m", "\033[0m"


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring lines that change, ``first`` up to and without ``last``, and the corrections in them."""

    first: int  # from 0
    last: int
    corrections: tuple[Correction, ...]


def unified(report: Report, *, color: bool = False) -> Iterator[str]:
    """The unified diff of all restorations of ``report``, line by line; nothing where there are none.

    Lines end where a line feed stands, so that a carriage return before it is part of its line.
    """
    lines, starts = _lines(report.text)
    blocks = _blocks(report.patch.corrections, lines, starts)
    if not blocks:
        return
    yield from _head(_quoted(report.path), color)
    shift = 0  # by how many lines the text after has grown so far
    for hunk in _hunks(blocks, len(lines)):
        first, last = max(0, hunk[0].first - CONTEXT), min(len(lines), hunk[-1].last + CONTEXT)
        body: list[tuple[str, str]] = []
        at = first
        for block in hunk:
            body += ((" ", line) for line in lines[at : block.first])
            body += (("-", line) for line in lines[block.first : block.last])
            body += (("+", line) for line in _split("".join(_rewritten(block, lines, starts))))
            at = block.last
        body += ((" ", line) for line in lines[at:last])
        before = sum(mark != "+" for mark, _ in body)
        after = sum(mark != "-" for mark, _ in body)
        yield _painted(f"@@ -{_range(first, before)} +{_range(first + shift, after)} @@", _CYAN, color) + "\n"
        shift += after - before
        for mark, line in body:
            content = mark + line.removesuffix("\n")
            yield _painted(content, {"-": _RED, "+": _GREEN}.get(mark, ""), color) + "\n"
            if not line.endswith("\n"):
                yield "\\ No newline at end of file\n"


def words(report: Report, *, color: bool = False) -> Iterator[str]:
    """The changed lines with their neighbours, each change marked in its line: ``[-observed-]{+intended+}``, or in red and green."""
    lines, starts = _lines(report.text)
    blocks = _blocks(report.patch.corrections, lines, starts)
    if not blocks:
        return
    yield from _head(report.path.translate(CONTROLS), color)
    for hunk in _hunks(blocks, len(lines)):
        first, last = max(0, hunk[0].first - CONTEXT), min(len(lines), hunk[-1].last + CONTEXT)
        yield _painted(f"@@ line {first + 1} @@", _CYAN, color) + "\n"
        shown: list[str] = []
        at = first
        for block in hunk:
            shown += lines[at : block.first]
            shown += _rewritten(block, lines, starts, color)
            at = block.last
        shown += lines[at:last]
        whole = "".join(shown)
        yield whole if whole.endswith("\n") else f"{whole}\n"


def _rewritten(block: Block, lines: Sequence[str], starts: Sequence[int], marks: bool | None = None) -> Iterator[str]:
    """The lines of ``block`` with its corrections made, in pieces; ``marks``: with both texts, in colour or in brackets."""
    base = starts[block.first]
    text = "".join(lines[block.first : block.last])
    at = 0
    for c in block.corrections:
        yield text[at : c.span.start - base]
        if marks is None:
            yield c.after
        else:
            yield _painted(c.before, _RED, True) if marks else f"[-{c.before}-]"
            yield _painted(c.after, _GREEN, True) if marks else f"{{+{c.after}+}}"
        at = c.span.end - base
    yield text[at:]


def _lines(text: str) -> tuple[list[str], list[int]]:
    lines = _split(text)
    return lines, [0, *accumulate(map(len, lines))]


def _split(text: str) -> list[str]:
    pieces = text.split("\n")
    return [f"{piece}\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])


def _blocks(corrections: Sequence[Correction], lines: Sequence[str], starts: Sequence[int]) -> list[Block]:
    blocks: list[tuple[int, int, list[Correction]]] = []  # a line may hold all corrections of a text
    for c in corrections:
        first = min(bisect_right(starts, c.span.start) - 1, max(len(lines) - 1, 0))
        # the line after a line end that is taken away joins the one before, so it belongs to the block
        last = min(bisect_right(starts, c.span.end), len(lines))
        if blocks and first < blocks[-1][1]:
            begun, end, inside = blocks[-1]
            inside.append(c)
            blocks[-1] = (begun, max(last, end), inside)
        else:
            blocks.append((first, last, [c]))
    return [Block(first, last, tuple(inside)) for first, last, inside in blocks]


def _hunks(blocks: Sequence[Block], count: int) -> Iterator[list[Block]]:
    """Blocks whose surroundings touch, together."""
    hunk: list[Block] = []
    for block in blocks:
        if hunk and block.first - hunk[-1].last > 2 * CONTEXT:
            yield hunk
            hunk = []
        hunk.append(block)
    if hunk:
        yield hunk


def _head(name: str, color: bool) -> Iterator[str]:
    for mark in ("---", "+++"):
        yield _painted(f"{mark} {name}", _BOLD, color) + "\n"


def _quoted(path: str) -> str:
    """``path`` as ``git`` writes it in a diff: a tab ends a name with a blank in it, quotes hold one with blanks at its ends or escapes."""
    if not _STRANGE.search(path) and path == path.strip():
        return path + "\t" * (" " in path)
    return '"' + _STRANGE.sub(lambda m: _ESCAPES.get(m[0]) or f"\\{ord(m[0]):03o}", path) + '"'


def _range(first: int, count: int) -> str:
    """Lines as a diff counts them: from 1, the number left out where it is 1, the line before where there are none."""
    return f"{first + 1}" if count == 1 else f"{first + 1 if count else first},{count}"


def _painted(text: str, code: str, color: bool) -> str:
    return f"{code}{text}{_PLAIN}" if color and code else text
