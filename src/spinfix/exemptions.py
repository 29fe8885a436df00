"""Words and places of a text that its reader wants left alone: words and phrases, and what a regular expression matches.

It is asked after everything is decided, so that a text is judged as a whole: a word that is left alone still tells whether the text
was spun.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Final

from .errors import PolicyError
from .records import Finding, Span
from .rules.patterns import SEARCH_SECONDS, PatternFault, matches

_LINE_END: Final = re.compile(r"[-‐\u00ad][ \t]*\r?\n[ \t]*")  # that breaks a word
# A brace that is no repeat stands for itself in ``re``; in ``regex``, which searches here, ``word{e}`` is any word like it.
_BRACE: Final = re.compile(r"\\N\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(\{)(?!\d+\}|\d*,\d*\})", re.DOTALL)


def wanted(findings: Sequence[Finding], text: str, *, words: tuple[str, ...], patterns: tuple[str, ...]) -> tuple[Finding, ...]:
    """The findings in ``text`` that touch none of ``words`` (in any letter case) and no match of ``patterns``.

    ``PolicyError`` for a pattern whose search does not come to an end in time.
    """
    if not findings or not (words or patterns):
        return tuple(findings)
    spans = [Span(*match.span(1)) for match in _phrases(words).finditer(text)] if words else []
    for pattern in patterns:
        source = _BRACE.sub(lambda m: r"\{" if m[1] else m[0], pattern)
        try:
            spans += (Span(*match.span()) for match in matches(source, text) if match[0])  # an empty match touches no word
        except (TimeoutError, PatternFault) as fault:
            what = f"took more than {SEARCH_SECONDS} s" if isinstance(fault, TimeoutError) else str(fault)
            raise PolicyError(f"ignore_patterns: expected a pattern that can be searched for, found {pattern!r}: {what}") from None
    if words:
        broken = [f for f in findings if "\n" in f.observed]
        spans += [f.span for f in broken if any(_phrases(words).search(_LINE_END.sub(hyphen, f.observed)) for hyphen in ("", "-"))]
    spans.sort()
    reach = [0, *accumulate((span.end for span in spans), max)]  # how far those reach that begin before
    return tuple(f for f in findings if reach[bisect_left(spans, f.span.end, key=lambda span: span.start)] <= f.span.start)


@lru_cache(maxsize=8)
def _phrases(words: tuple[str, ...]) -> re.Pattern[str]:
    phrases = [r"\s+".join(map(_escaped, phrase.split())) for phrase in sorted(words, key=len, reverse=True) if phrase.strip()]
    # looked for at each place anew, the longest first: one phrase may begin with another, or inside it
    return re.compile(rf"(?<!\w)(?=((?:{'|'.join(phrases)})(?!\w)))" if phrases else r"(?!)()", re.IGNORECASE)


def _escaped(word: str) -> str:
    """``word`` as a pattern, with apostrophes of either kind."""
    return re.escape(word).replace("’", "'").replace("'", "['’]")
