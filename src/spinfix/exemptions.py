"""Words and places of a text that its reader wants left alone: words and phrases, and what a regular expression matches.

It is asked after everything is decided, so that a text is judged as a whole: a word that is left alone still tells whether the text
was spun.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from .records import Finding, Span


def wanted(findings: Sequence[Finding], text: str, *, words: tuple[str, ...], patterns: tuple[str, ...]) -> tuple[Finding, ...]:
    """The findings in ``text`` that touch none of ``words`` (in any letter case) and no match of ``patterns``."""
    if not findings or not (words or patterns):
        return tuple(findings)
    spans = [Span(*match.span()) for pattern in _compiled(words, patterns) for match in pattern.finditer(text)]
    return tuple(f for f in findings if not any(f.span.overlaps(span) for span in spans))


@lru_cache(maxsize=8)
def _compiled(words: tuple[str, ...], patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    phrases = [r"\s+".join(map(re.escape, phrase.split())) for phrase in words if phrase.strip()]
    own = [re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)", re.IGNORECASE)] if phrases else []
    return (*own, *map(re.compile, patterns))
