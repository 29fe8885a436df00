"""Searching with time limits: the only importer of ``regex``.

Every search has one, so that no pattern and no text can hold the rules up; where it runs out, ``TimeoutError`` is raised, and
``engine.run`` stops that rule and names it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from ..text import Document

SEARCH_SECONDS: Final = 0.5  # per pattern and document; a page takes under a millisecond
LARGEST: Final = 100_000  # characters of a pattern with its {n} written out, which is how it is compiled: a few tens of MB
_PART: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(R|&|P>|[+-]?\d+))?|\{(\d+)|.", re.DOTALL)


@cache
def compiled(source: str, flags: str = "") -> Any:
    """The pattern; ``flags`` are letters as in ``(?i)``.  ``PatternFault`` says where a bad one is bad."""
    import regex  # type: ignore[import-untyped]  # loaded with the first text that shows a trace

    _check_size(source)
    try:
        return regex.compile((f"(?{flags})" if flags else "") + source)
    except regex.error as error:
        at = max((error.pos or 0) - (len(flags) + 3 if flags else 0), 0)
        raise PatternFault(str(error.msg), min(at, len(source))) from None
    except (RecursionError, OverflowError, MemoryError, ValueError) as error:
        raise PatternFault(str(error) or type(error).__name__, 0) from None


def _check_size(source: str) -> None:
    """``PatternFault`` for what would take all memory: before its time is up, or while it is compiled, which has no time limit."""
    sizes, last = [0], 0  # of the groups that are open, and of what stands before a repeat
    for part in _PART.finditer(source):
        if part[0][0] == "(":
            if part[1]:
                raise PatternFault("a pattern that calls itself, which can take any amount of memory", part.start())
            sizes.append(0)
            continue
        if part[2] and last:
            repeats = int(part[2][:9])
            sizes[-1] += last * max(repeats - 1, 0)
        elif part[0] == ")" and len(sizes) > 1:
            last = max(sizes.pop(), 1)
            sizes[-1] += last
        else:
            last = 1
            sizes[-1] += 1
        if sizes[-1] > LARGEST:
            raise PatternFault(f"repeated more than {LARGEST:,} times in all", part.start())


class PatternFault(ValueError):
    """A pattern that is none: what is wrong, and at which code point of it."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def matches(source: str, text: str, flags: str = "") -> Iterator[Any]:
    """The matches of a pattern in ``text``; ``TimeoutError`` once its time is up."""
    yield from compiled(source, flags).finditer(text, timeout=SEARCH_SECONDS)


def tokens_over(document: Document, start: int, end: int) -> tuple[int, int] | None:
    """The tokens from code point ``start`` to ``end``, if they begin and end there, lie in one stretch, and none is protected."""
    first, last = bisect_left(document.starts, start), bisect_left(document.ends, end) + 1
    whole = first < last <= len(document) and document.starts[first] == start and document.ends[last - 1] == end
    within = whole and document.protected.isdisjoint(range(first, last))
    return (first, last) if within and not any(first < edge < last for edge in document.breaks) else None
