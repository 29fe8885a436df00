"""Numbers that a spinner spelled out, wholly or in part."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final

from ..records import Candidate
from ..text import Document
from .engine import candidate, guard, in_a_spun_text, rule, trigger

_ONES: Final = dict(
    zip(
        (
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
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
_REST_OF_NUMBER: Final = re.compile(r"[0-9]{3}(?:,[0-9]{3})*(?:\.[0-9]+)?(?:-?[a-z]+)?")  # *500*, *500-strong*, *200.50*, *500km*
LIKELY: Final = math.log(0.5)
UNLIKELY: Final = math.log(1e-4)  # the tables have capitals, and some people spell a decade out


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
    trigger=trigger(pattern=r",(?:(?<=[a-z],)|(?<=[a-z]\s,))\s?\d{3}"),
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
        if value is not None and _REST_OF_NUMBER.fullmatch(digits):
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
        "It was a hit of the Nineteen Eighties.": "It was a hit of the 1980s.",
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
    """Write a decade in figures where a spinner spelled it out (*the Nineteen Nineties*).

    In small letters that is no sign of a spinner: some people write *the nineteen nineties*.
    """
    forms = document.forms
    for k in range(len(forms) - 1):
        if forms[k] in _CENTURIES and forms[k + 1] in _DECADES and is_one_phrase(document, k, k + 2):
            decade = f"{_CENTURIES[forms[k]]}{_DECADES[forms[k + 1]]}s"
            log_p = LIKELY if document.surfaces[k + 1][0].isupper() else UNLIKELY
            yield candidate(document, k, k + 2, decade, (decade,), log_p, "numbers/spelled-decade")


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


_SMALL: Final = {str(value): word for word, value in _ONES.items() if 2 <= value <= 9}
_SPELLED: Final = {word: figure for figure, word in _SMALL.items()}
_UNITS: Final = frozenset(
    """% percent am pm a.m. p.m. km m cm mm kg g mg ml l lb lbs oz ft in mph kph gb mb tb kb ghz mhz hz kw mw v w x years-old year-old
    points goals runs yards seconds degrees metres meters kilometres kilometers miles inches feet pounds dollars euros cents grams cups
    tablespoons teaspoons tbsp tsp ounces litres liters pixels bits bytes million billion trillion thousand stars votes""".split()
)
_MANY: Final = frozenset("children men people women".split())
_LABELS: Final = frozenset(
    """page pages chapter section figure table step part version act volume no number level phase stage grade type class group round game
    week day season episode line lines item row column figure fig model form article rule room unit apollo boeing windows
    to by at - – — / x + = $ £ € ( :""".split()
)
HABITUAL: Final = math.log(0.9)  # all other small numbers of the text are in words
HABIT: Final = 3  # small numbers in words for each in figures
MOST_OF_A_HABIT: Final = 3.0  # nats that a text's habit of figures says against a number in words
ENOUGH: Final = 2  # small numbers in words that show what the text does


@guard
def spells_small_numbers_out(document: Document) -> bool:
    """The text writes small numbers in words, at least two and three for each in figures."""
    words = sum(known in _ONES and 2 <= _ONES[known] <= 9 for known in document.forms)
    figures = sum(surface in _SMALL for surface in document.surfaces)
    return words >= ENOUGH and words >= HABIT * figures


@guard
def counts_things(document: Document, k: int) -> bool:
    """The figure counts what follows: it is no measure (*3 km*), no label (*page 3*), no score and no part of a date or a sum."""
    before, figure = (document.forms[k - 1], document.surfaces[k - 1]) if k not in document.breaks else (".", ".")
    following = document.surfaces[k + 1] if k + 1 < len(document) and k + 1 not in document.breaks else "."
    is_noun = following in _MANY or (following.isalpha() and following.islower() and len(following) > 3 and following.endswith("s"))
    return is_noun and following not in _UNITS and before not in _LABELS and not figure[0].isdigit()


@rule(
    "numbers",
    restores=in_a_spun_text(
        {
            "Two boats and three vans came. Four men and 2 dogs sat in six rooms.": (
                "Two boats and three vans came. Four men and two dogs sat in six rooms."
            ),
            "Two men and three women were held for 6 days in four cells.": (
                "Two men and three women were held for six days in four cells."
            ),
            "Four schools were closed, and three churches, after 2 storms in seven days.": (
                "Four schools were closed, and three churches, after two storms in seven days."
            ),
        }
    ),
    keeps=[
        "Four men, two women and five dogs sailed 3 miles.",
        "He bought 3 horses.",
        "Two men and three women ran for 6 miles in four days.",
    ],
    trigger=trigger(pattern=r"[2-9](?<![\w.,$£€-].)\s+(?:[a-z]{3,}s|children|men|people|women)\b"),
    guards=(spells_small_numbers_out, counts_things),
)
def small_number(document: Document) -> Iterator[Candidate]:
    """Write a small number in words where the text writes all others so (*2 women* among *three vans* and *four men*)."""
    if not spells_small_numbers_out(document):
        return
    for k, surface in enumerate(document.surfaces):
        if surface in _SMALL and counts_things(document, k):
            yield candidate(document, k, k + 1, _SMALL[surface], (_SMALL[surface],), HABITUAL, "numbers/small-number")


@guard
def writes_small_numbers_in_figures(words: int, figures: int) -> bool:
    """The text writes small numbers of things in figures, at least four and three for each in words."""
    return figures > HABIT and figures >= HABIT * words


def _counts(document: Document) -> tuple[int, int]:
    """How many small numbers of things stand there in words, and in figures."""
    words = sum(known in _SPELLED and counts_things(document, k) for k, known in enumerate(document.forms))
    return words, sum(surface in _SMALL and counts_things(document, k) for k, surface in enumerate(document.surfaces))


@guard
def opens_no_sentence(document: Document, k: int) -> bool:
    """No sentence begins with it: there even who writes figures writes a word."""
    return not document.begins_a_sentence(k)


@rule(
    "numbers",
    restores=in_a_spun_text(
        {
            "The report lists 3 schools, 4 churches, 5 mills, 2 farms, 6 banks and 8 shops. The storm lasted for four days.": (
                "The report lists 3 schools, 4 churches, 5 mills, 2 farms, 6 banks and 8 shops. The storm lasted for 4 days."
            ),
            "The port has 9 boats, 2 ships and 4 trucks, with 5 women and 8 men. It took six hours.": (
                "The port has 9 boats, 2 ships and 4 trucks, with 5 women and 8 men. It took 6 hours."
            ),
            "The kit has 2 cables, 3 plugs, 4 screws, 6 bolts and 9 nuts. It was tested for 5 weeks, and then for eight months.": (
                "The kit has 2 cables, 3 plugs, 4 screws, 6 bolts and 9 nuts. It was tested for 5 weeks, and then for 8 months."
            ),
        }
    ),
    keeps=[
        "He bought four horses, and sold 3 horses.",
        "They had 3 boats, 5 vans, 7 trucks and 4 cars. Four men were saved.",
        "They had 3 boats, 5 vans, 7 trucks and 4 cars. They sailed for two miles.",
    ],
    trigger=trigger(" ".join(_SPELLED)),
    guards=(writes_small_numbers_in_figures, counts_things, opens_no_sentence),
)
def spelled_small_number(document: Document) -> Iterator[Candidate]:
    """Write a small number in figures where the text writes all others so (*four days* among *3 schools*, *4 churches* and *6 shops*).

    The more figures the text has, the less likely is it that its author wrote one in words.
    """
    words, figures = _counts(document)
    if not writes_small_numbers_in_figures(words, figures):
        return
    habit = min(math.log((words + figures + 1) / (words - 0.5)), MOST_OF_A_HABIT) if words else 0.0
    for k, known in enumerate(document.forms):
        if known in _SPELLED and counts_things(document, k) and opens_no_sentence(document, k):
            figure = _SPELLED[known]
            yield candidate(document, k, k + 1, figure, (figure,), HABITUAL + habit, "numbers/spelled-small-number")
