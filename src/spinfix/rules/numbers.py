"""Numbers that a spinner spelled out, wholly or in part."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from ..records import Candidate
from ..text import Document
from .engine import candidate, guard, in_a_spun_text, rule, trigger

_ONES: Final = dict(
    zip(
        (
            "one two three four five six seven eight nine ten "
            "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
        ).split(),
        range(1, 20),
        strict=True,
    )
)
_TENS: Final = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_DECADES: Final = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90,
}  # fmt: skip
_CENTURIES: Final = {"fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20}
LIKELY: Final = math.log(0.5)


def value_of(word: str) -> int | None:
    """The number below 100 that a spelled-out word names."""
    if word in _ONES:
        return _ONES[word]
    if word in _TENS:
        return _TENS[word]
    tens, hyphen, ones = word.partition("-")
    if hyphen and tens in _TENS and _ONES.get(ones, 10) < 10:
        return _TENS[tens] + _ONES[ones]
    return None


@guard
def is_joined(document: Document, first: int, last: int) -> bool:
    """No blank stands within it: *four, 200 of us* is a list, *four,200* is none."""
    return all(document.ends[k] == document.starts[k + 1] for k in range(first, last - 1))


@rule(
    "numbers",
    restores={
        "The department ordered twenty-four,000 rifles.": "The department ordered 24,000 rifles.",
        "More than three,500 people came to the march.": "More than 3,500 people came to the march.",
        "The town of eighteen,200 has one school.": "The town of 18,200 has one school.",
    },
    keeps=["He won four, 200 of us lost.", "They sent twenty-four rifles.", "Sections two,3 and 4 apply.", "Of twenty-four, 000 was last."],
    trigger=trigger(pattern=r"[a-z]\s?,\s?\d{3}"),
    guards=(is_joined,),
)
def half_spelled_number(document: Document) -> Iterator[Candidate]:
    """Write a number in figures where a spinner spelled out what stood before its comma (*twenty-four,000*)."""
    surfaces = document.surfaces
    for k in range(len(surfaces) - 2):
        if surfaces[k + 1] != "," or not is_joined(document, k, k + 3):
            continue
        digits = surfaces[k + 2]
        value = value_of(document.forms[k])
        if value is not None and digits[:3].isdigit() and digits[:3].isascii() and len(digits.split(",")[0]) == 3:
            number = f"{value},{digits}"
            yield candidate(document, k, k + 3, number, (number,), LIKELY, "numbers/half-spelled-number")


@guard
def is_one_phrase(document: Document, first: int, last: int) -> bool:
    """No paragraph ends within it, and no more than one line."""
    return not any(first < edge < last for edge in document.breaks)


@rule(
    "numbers",
    restores={
        "She moved to the coast in the Nineteen Nineties.": "She moved to the coast in the 1990s.",
        "It was a hit of the nineteen eighties.": "It was a hit of the 1980s.",
        "The mill closed in the Nineteen Thirties.": "The mill closed in the 1930s.",
    },
    keeps=[
        "He counted to nineteen.",
        "Temperatures in the nineties are rare here.",
        "Nineteen nations signed.",
        "Fashion in the nineteen\n\nNineties fashion is back.",
    ],
    trigger=trigger(" ".join(_DECADES)),
    guards=(is_one_phrase,),
)
def spelled_decade(document: Document) -> Iterator[Candidate]:
    """Write a decade in figures where a spinner spelled it out (*the Nineteen Nineties*)."""
    forms = document.forms
    for k in range(len(forms) - 1):
        if forms[k] in _CENTURIES and forms[k + 1] in _DECADES and is_one_phrase(document, k, k + 2):
            decade = f"{_CENTURIES[forms[k]]}{_DECADES[forms[k + 1]]}s"
            yield candidate(document, k, k + 2, decade, (decade,), LIKELY, "numbers/spelled-decade")


@guard
def has_no_article(before: str) -> bool:
    """No article or other word for one thing stands before it: *the quarter-hour* strikes, *for quarter-hour* is a length of time."""
    return before not in ("a", "an", "the", "this", "that", "last", "next", "first", "final", "another", "per", "half", "every")


@rule(
    "numbers",
    restores=in_a_spun_text(
        {
            "The bus to the airport runs each quarter-hour.": "The bus to the airport runs every 15 minutes.",
            "Preheat the oven for quarter-hour.": "Preheat the oven for 15 minutes.",
            "The harbor was shelled for about quarter-hour.": "The harbor was shelled for about 15 minutes.",
        }
    ),
    keeps=[
        "The bells strike the quarter-hour.",
        "They met for a quarter of an hour.",
        "A quarter of the hour was lost.",
        "He was late by another quarter-hour.",
    ],
    trigger=trigger("quarter-hour"),
    guards=(has_no_article,),
)
def quarter_hour(document: Document) -> Iterator[Candidate]:
    """Write *15 minutes* where a spinner put *quarter-hour*."""
    for k, known in enumerate(document.forms):
        if known == "quarter-hour" and has_no_article(document.forms[k - 1] if k not in document.breaks else ""):
            yield candidate(document, k, k + 1, "15 minutes", ("15", "minutes"), LIKELY, "numbers/quarter-hour")
