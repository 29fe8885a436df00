"""Marks that a spinner moved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..records import Candidate
from ..text import Document
from .engine import guard, in_a_spun_text, rule, trigger

# Above zero: the language model sees tokens, not blanks, so what a blank before a comma says has to be said here.  In clean text some
# one mark in a thousand has one, in that of a spinner which has the habit nearly all: e to the 2 is a careful share of that.
TELLING: Final = 2.5
IN_PAIRS: Final = 4.0  # the same for a blank inside both marks of a quotation, which is rarer still
_TOKENIZED: Final = re.compile(r"\w n't\b|\w '[sS]\b|``|-LRB-|\w 're\b")
_MARKS: Final = frozenset(",;.?!")
_QUOTATION_MARKS: Final = frozenset("“”\"")
_CODE: Final = frozenset("= + * / \\ | < > { } [ ] # @ ~ ^ _ `".split())


@guard
def is_not_tokenized(text: str) -> bool:
    """The text was not cut into tokens by a program, which sets *n't* and *'s* off as well."""
    return _TOKENIZED.search(text) is None


def _is_blank(document: Document, k: int) -> bool:
    """Whether one blank stands before token ``k``."""
    return document.text[document.ends[k - 1] : document.starts[k]] == " "


@guard
def is_a_habit(document: Document) -> bool:
    """The text has two such blanks at least, and before one mark in five."""
    marks, spaced = 0, 0
    for k in range(1, len(document)):
        if document.surfaces[k] in _MARKS:
            marks += 1
            spaced += _is_blank(document, k)
    return spaced >= 2 and spaced * 5 >= marks


@guard
def is_the_end_of_a_word(document: Document, k: int) -> bool:
    """A word stands before the mark, a blank or nothing behind it: not *a .txt file*, *: 3*, *. . .* or code."""
    before, after = document.surfaces[k - 1], document.ends[k]
    if not before[-1].isalpha() or not (after == len(document.text) or document.text[after].isspace()):
        return False
    around = document.surfaces[max(0, k - 4) : k + 4]
    return _CODE.isdisjoint(around) and sum(s in ".,;:?!…" for s in document.surfaces[k : k + 3]) == 1


@rule(
    "punctuation",
    restores=in_a_spun_text(
        {
            "The bridge was closed , and the road was not .": "The bridge was closed, and the road was not.",
            "Who paid for it ? The city paid for the bridge .": "Who paid for it? The city paid for the bridge.",
            "It was late ; the river rose .": "It was late; the river rose.",
        }
    ),
    keeps=[
        "It is a .txt file , see below = 3.",
        "The list goes on . . . and on.",
        "It wo n't rain , he said .",
        "He left, and she stayed, and it rained. It was late , he said. The river rose, and fell.",
    ],
    trigger=trigger(pattern=r" (?<=[^\W\d_] )[,;.?!](?:\s|$)"),
    guards=(is_not_tokenized, is_a_habit, is_the_end_of_a_word),
)
def blank_before_a_mark(document: Document) -> Iterator[Candidate]:
    """Take the blank away that a thesaurus program left before a comma or a full stop."""
    if not is_not_tokenized(document.text) or not is_a_habit(document):
        return
    for start, last in document.stretches():
        for k in range(start + 1, last):
            mark = document.surfaces[k]
            if mark in _MARKS and _is_blank(document, k) and k - 1 not in document.protected and is_the_end_of_a_word(document, k):
                word = document.surfaces[k - 1]
                yield Candidate(k - 1, k + 1, word + mark, (word, mark), TELLING, "punctuation/blank-before-a-mark", "␣")


def _quoted(document: Document) -> Iterator[tuple[int, int]]:
    """The tokens of each pair of quotation marks: the first mark and the last."""
    surfaces = document.surfaces
    for start, last in document.stretches():
        opened = -1
        for k in range(start, last):
            if surfaces[k] in _QUOTATION_MARKS:
                if opened >= 0 and surfaces[k] != "“" and (surfaces[opened] == "“") == (surfaces[k] == "”"):
                    yield opened, k
                    opened = -1
                else:
                    opened = k if surfaces[k] != "”" else -1


@guard
def is_how_it_quotes(document: Document) -> bool:
    """Two quotations at least have blanks inside both marks, and half of all."""
    pairs = [(a, b) for a, b in _quoted(document) if b - a > 1]
    spaced = sum(_is_blank(document, a + 1) and _is_blank(document, b) for a, b in pairs)
    return spaced >= 2 and spaced * 2 >= len(pairs)


@rule(
    "punctuation",
    restores=in_a_spun_text(
        {
            "The “ old bridge ” was closed, but the “ new road ” was not.": "The “old bridge” was closed, but the “new road” was not.",
            'It was " late ", and the river was " high ".': 'It was "late", and the river was "high".',
            "He called it “ The Lake ” and her “ The River ”.": "He called it “The Lake” and her “The River”.",
        }
    ),
    keeps=[
        "He said “ so ” once, and “no” and “yes” and “never” later.",
        "It wo n't be “ so ” or “ such ”.",
        "The keys “ and ” are for quotations, and ” is the second.",
    ],
    trigger=trigger(pattern=r"[“\"] \w"),
    guards=(is_not_tokenized, is_how_it_quotes),
)
def blank_in_quotation_marks(document: Document) -> Iterator[Candidate]:
    """Take the blanks away that a thesaurus program left inside quotation marks (*“ so ”*)."""
    if not is_not_tokenized(document.text) or not is_how_it_quotes(document):
        return
    surfaces = document.surfaces
    for first, last in _quoted(document):
        inside = range(first, last + 1)
        if last - first < 2 or not (_is_blank(document, first + 1) and _is_blank(document, last) and document.protected.isdisjoint(inside)):
            continue
        places = [(first, last + 1)] if last - first == 2 else [(first, first + 2), (last - 1, last + 1)]
        for start, stop in places:
            words = tuple(surfaces[start:stop])
            yield Candidate(start, stop, "".join(words), words, IN_PAIRS, "punctuation/blank-in-quotation-marks", "␣")
