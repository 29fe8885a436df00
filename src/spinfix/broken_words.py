"""Words that a line end breaks in text without markup (``mis-`` at the end of a line, ``placed`` on the next), read as one word.

Text from PDF files is full of them.  What stands there is the word without the hyphen or, as in *long-term*, with it: whichever of the two
the language model knows, the more usual one where it knows both.  Where it knows neither, nothing is joined.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

from .language_model import default_model
from .text import FORMS, Document

_BREAK: Final = re.compile(r"(?<=[^\W\d_])(?:[-‐]|\u00ad)[ \t]*(?:\r\n?|\n)[ \t]*(?=[^\W\d_])")


class _Broken(NamedTuple):
    first: int  # token
    last: int  # the token after
    surface: str  # without the line end


def mended(document: Document) -> Document:
    """``document`` with each word that a line end breaks as one token, which covers both parts; itself where there is none.

    >>> from spinfix.text import tokenize
    >>> mended(tokenize("They mis-\\nplaced a long-\\nterm loan.")).surfaces
    ('They', 'misplaced', 'a', 'long-term', 'loan', '.')
    """
    found = list(_all_broken(document))
    if not found:
        return document
    kept, at = list[int](), 0
    surfaces, forms, ends = list(document.surfaces), list(document.forms), list(document.ends)
    for broken in found:
        k = broken.first
        kept += range(at, k + 1)
        at = broken.last
        surfaces[k], forms[k], ends[k] = broken.surface, FORMS[broken.surface], ends[broken.last - 1]
    kept += range(at, len(document))
    new = {k: number for number, k in enumerate(kept)}
    return replace(
        document,
        surfaces=tuple(surfaces[k] for k in kept),
        forms=tuple(forms[k] for k in kept),
        starts=tuple(document.starts[k] for k in kept),
        ends=tuple(ends[k] for k in kept),
        breaks=tuple(new[k] for k in document.breaks if k in new),
        protected=frozenset(new[k] for k in document.protected if k in new),
    )


def _all_broken(document: Document) -> Iterator[_Broken]:
    stop = 0  # of a word that is broken twice the first two parts count
    for match in _BREAK.finditer(document.text):
        broken = _broken(document, *match.span())
        if broken and broken.first >= stop:
            stop = broken.last
            yield broken


def _broken(document: Document, start: int, end: int) -> _Broken | None:
    """The word that the line end ``text[start:end]``, its hyphen with it, breaks; None where it stands between two."""
    first, last = bisect_right(document.starts, start - 1) - 1, bisect_left(document.starts, end)
    if last - first > 2 or last == len(document) or document.starts[last] != end or not document.protected.isdisjoint((first, last)):
        return None
    left, right = document.text[document.starts[first] : start], document.surfaces[last]
    if not (right[0].islower() or (left.isupper() and right.isupper())):
        return None
    word = _known(left, right)
    return _Broken(first, last + 1, word) if word else None


@lru_cache(maxsize=10_000)
def _known(left: str, right: str) -> str | None:
    """The word that ``left`` and ``right`` are the parts of, if one is known."""
    model = default_model()
    known = [word for word in (left + right, f"{left}-{right}") if model.knows(word)]
    return max(known, key=lambda word: float(model.words([word]).log_prob[0]), default=None)
