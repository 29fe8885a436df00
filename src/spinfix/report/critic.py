"""CriticMarkup: a text with its changes in it, ``{~~observed~>intended~~}``, and what becomes of it when they are taken or left.

CriticMarkup has no escape of its own.  Where the text itself holds what would be read as its markup, a backslash is put inside the
mark (``{\\~~``): Markdown shows the same characters, and no reader of CriticMarkup takes it for a change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..patch import Patch
from ..records import Span

# Where a backslash goes: before what would open a change; inside a change also before what would end it or part of it.
# Backslashes that stand there already get one more, so that taking one away always gives the text back.
_OUTSIDE: Final = re.compile(r"(?<=\{)\\*(?=~~|\+\+|--|==|>>)")
_INSIDE: Final = re.compile(r"(?<=\{)\\*(?=[~+=>-])|(?<=[~+=-])\\*(?=\})|(?<=~)\\*(?=>)")
_OPENING: Final = re.compile(r"\{(?:~~|\+\+|--)")


def marked_up(text: str, patch: Patch) -> str:
    """``text`` with the corrections of ``patch`` as CriticMarkup; ``PatchError`` for a text that the patch was not made for.

    >>> from spinfix import Correction, Span
    >>> marked_up("It was sluggish.", Patch.between("It was sluggish.", [Correction(Span(7, 15), "sluggish", "slow")]))
    'It was {~~sluggish~>slow~~}.'
    """
    patch.apply(text)
    return "".join(_pieces(text, patch))


def accepted(markup: str) -> str:
    """The text with all changes made.

    >>> accepted("It was {~~sluggish~>slow~~}."), rejected("It was {~~sluggish~>slow~~}.")
    ('It was slow.', 'It was sluggish.')
    """
    return _settled(markup, 1)


def rejected(markup: str) -> str:
    """The text with no change made."""
    return _settled(markup, 0)


def _pieces(text: str, patch: Patch) -> Iterator[str]:
    at = 0
    for c in patch.corrections:
        if not c.before and not c.after:
            continue  # no change, and nothing that would part what stands before from what stands after
        yield _escaped(_OUTSIDE, text[at : c.span.start])
        before, after = _escaped(_INSIDE, c.before), _escaped(_INSIDE, c.after)
        if before and after:
            yield f"{{~~{before}~>{after}~~}}"
        else:
            yield f"{{++{after}++}}" if after else f"{{--{before}--}}"
        at = c.span.end
    yield _escaped(_OUTSIDE, text[at:])


def _settled(markup: str, kept: int) -> str:
    pieces: list[str] = []
    at = 0
    for span, *sides in _changes(markup):
        pieces += (_plain(_OUTSIDE, markup[at : span.start]), _plain(_INSIDE, sides[kept]))
        at = span.end
    return "".join([*pieces, _plain(_OUTSIDE, markup[at:])])


def _changes(markup: str) -> Iterator[tuple[Span, str, str]]:
    """The changes in ``markup``, each with what stood there and what was meant.

    Each kind of mark is sought once, from left to right: a file may open any number of changes and close none.
    """
    size = len(markup)
    sought: dict[str, int] = {}

    def found(mark: str, least: int) -> int:
        at = sought.get(mark, -1)
        if at < least:
            at = markup.find(mark, least)
            sought[mark] = at = size if at < 0 else at
        return at

    at = 0
    while opening := _OPENING.search(markup, at):
        start, first, mark = opening.start(), opening.end(), opening[0][1:]
        middle = found("~>", first) if mark == "~~" else first
        stop = found(mark + "}", middle + 2 * (mark == "~~"))
        if stop >= size:
            at = start + 1
            continue
        at = stop + 3
        if mark == "~~":
            yield Span(start, at), markup[first:middle], markup[middle + 2 : stop]
        else:
            inside = markup[first:stop]
            yield Span(start, at), inside if mark == "--" else "", inside if mark == "++" else ""


def _escaped(places: re.Pattern[str], text: str) -> str:
    return places.sub(lambda m: m[0] + "\\", text)


def _plain(places: re.Pattern[str], text: str) -> str:
    return places.sub(lambda m: m[0][1:], text)
