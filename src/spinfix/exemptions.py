"""Words and places of a text that its reader wants left alone: words and phrases, and what a regular expression matches.

It is asked after everything is decided, so that a text is judged as a whole: a word that is left alone still tells whether the text
was spun.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from .errors import PolicyError
from .records import Finding, Span
from .rules.patterns import SEARCH_SECONDS, PatternFault, matches


def wanted(findings: Sequence[Finding], text: str, *, words: tuple[str, ...], patterns: tuple[str, ...]) -> tuple[Finding, ...]:
    """The findings in ``text`` that touch none of ``words`` (in any letter case) and no match of ``patterns``.

    ``PolicyError`` for a pattern whose search does not come to an end in time.
    """
    if not findings or not (words or patterns):
        return tuple(findings)
    spans = [Span(*match.span()) for match in _phrases(words).finditer(text)] if words else []
    for pattern in patterns:
        try:
            spans += (Span(*match.span()) for match in matches(pattern, text))
        except (TimeoutError, PatternFault) as fault:
            what = f"took more than {SEARCH_SECONDS} s" if isinstance(fault, TimeoutError) else str(fault)
            raise PolicyError(f"ignore_patterns: expected a pattern that can be searched for, found {pattern!r}: {what}") from None
    return tuple(f for f in findings if not any(f.span.overlaps(span) for span in spans))


@lru_cache(maxsize=8)
def _phrases(words: tuple[str, ...]) -> re.Pattern[str]:
    phrases = [r"\s+".join(map(re.escape, phrase.split())) for phrase in words if phrase.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)" if phrases else r"(?!)", re.IGNORECASE)
