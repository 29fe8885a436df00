"""Places where a word of the wrong part of speech gives the spinner away, for it swaps words without looking at their work."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from ..records import Candidate
from ..text import Document
from ..wordlists import Index
from .engine import candidate, guard, in_a_spun_text, list_rule, trigger
from .readings import Readings

LIKELY: Final = math.log(0.8)  # English has no such place, so something was swapped
SURE: Final = math.log(0.97)  # and the place says what
RAREST: Final = math.log(0.003)  # readings that a spinner hardly ever makes stay with the lists

DETERMINERS: Final = frozenset("a an the this each every another his her its their our my your".split())
# Verbs that are neither nouns nor adjectives, so that an article before them has lost its noun.
VERBS_ONLY: Final = frozenset(
    """achieve acquire allow announce apply assume attend become begin believe bring choose collect come compare consider contain
    contemplate continue convey create decide depict describe determine develop discover embrace enable enhance ensure establish evaluate
    examine exist expand explain express extend facilitate gather generate happen identify imagine implement improve include indicate inform
    introduce investigate join learn maintain obtain observe occur operate participate perceive perform possess prepare prevent
    protect provide publish pursue receive recognize reduce remain remember remove represent require resemble retain reveal select send
    seem speak suggest suppose teach think throw understand utilize verify write""".split()
)
_HEADS: Final = frozenset("be become bring come give go see speak think".split())  # of verb phrases: *go to*, *be taught*
_PARTICLES: Final = frozenset("about again again at for in into of on onto out over to up with".split())
_AFTER_A_NOUN: Final = frozenset(
    """. , ; : ? ! ) is are was were has had have will would can could may might must should does did do of for to in on at by from with and
    or but who when while because if as than after before during under through""".split()
)


@guard
def is_no_compound(document: Document, stop: int) -> bool:
    """No noun follows that makes a compound of it (*his go-to song*, *the think piece*, *the learn button*)."""
    if stop >= len(document) or stop in document.breaks:
        return True
    following = document.forms[stop]
    if following in _AFTER_A_NOUN or following in DETERMINERS or following.endswith("ed"):
        return True
    return document.surfaces[stop][0].isupper()


_CAUSES: Final = frozenset("make makes made making let lets letting help helps helped helping watch watches watched watching".split())
_SENSES: Final = frozenset("see sees saw seen seeing hear hears heard hearing feel feels felt have has had having".split())


@guard
def is_no_object(document: Document, k: int) -> bool:
    """No verb stands before the determiner that makes it the one who acts (*make her give in*, *let this go on*)."""
    if k < 2 or document.begins_a_stretch(k - 1) or document.forms[k - 1] not in ("her", "this", "each", "another"):
        return True
    before = document.forms[k - 2]
    return before not in _CAUSES and not (before in _SENSES and document.forms[k - 1] == "her")


@list_rule(
    "parts-of-speech",
    restores=in_a_spun_text(
        {
            "She paid a go to to her aunt in the city.": "She paid a visit to her aunt in the city.",
            "The examine was paid for by the university.": "The study was paid for by the university.",
            "This examine discovered that fish are coming again.": "This study found that fish are coming back.",
        }
    ),
    keeps=[
        "His go to song is an old one.",
        "They go to the city to examine the bridge.",
        "The think piece was long, and the learn button was blue.",
        "Let this remain a secret. Nothing would make her give in.",
    ],
    trigger=trigger(" ".join(VERBS_ONLY | _HEADS)),
    guards=(is_no_compound, is_no_object),
)
def verb_for_a_noun(document: Document, indexes: Sequence[Index]) -> Iterator[Candidate]:
    """Put a noun back where an article stands before a verb (*a go to*, *the examine*): the table listed one word for both."""
    readings = None
    forms = document.forms
    for start, last in document.stretches():
        for k in range(start + 1, last):
            known = forms[k]
            if forms[k - 1] not in DETERMINERS or not (known in VERBS_ONLY or known in _HEADS) or not is_no_object(document, k):
                continue
            readings = readings or Readings(document, indexes)
            for reading in readings.at(k):
                stop = k + reading.size
                is_phrase = bool(reading.rest) and known in _HEADS and forms[stop - 1] in _PARTICLES
                is_word = not reading.rest and known in VERBS_ONLY
                if stop <= last and (is_phrase or is_word) and reading.log_p > RAREST and is_no_compound(document, stop):
                    log_p = LIKELY + 0.25 * reading.log_p
                    yield candidate(document, k, stop, " ".join(reading.words), reading.words, log_p, "parts-of-speech/verb-for-a-noun")


# What cannot follow *of*: a finite verb, the end of a clause.
_CANNOT_FOLLOW_OF: Final = frozenset(
    """. ; : ? ! ) ” is are was were has had will would can could may might must should does did took takes began begins continues
    requires required""".split()
)
_PASSING: Final = frozenset("in over during through throughout of due".split())  # before (the) *course of*: a phrase of time


@guard
def is_left_hanging(document: Document, stop: int) -> bool:
    """What follows *of* cannot follow it: a finite verb, or the end of the clause."""
    following = document.forms[stop] if stop < len(document) and stop not in document.breaks else "."
    return following in _CANNOT_FOLLOW_OF


@guard
def is_no_phrase_of_time(document: Document, k: int) -> bool:
    """It is not the end of *in the course of* or its like, of which somebody may speak (*“over the course of” is a phrase*)."""
    return _PASSING.isdisjoint(document.forms[max(0, k - 2) : k])


@list_rule(
    "parts-of-speech",
    restores=in_a_spun_text(
        {
            "The evaluate course of took three years.": "The review process took three years.",
            "The course of is sluggish, she mentioned.": "The process is slow, she said.",
            "It was an extended course of; it took years.": "It was a long process; it took years.",
        }
    ),
    keeps=[
        "She began a course of treatment that was long.",
        "He wrote of the course of events, and of the river.",
        "What he wrote in the course of is lost.",
    ],
    trigger=trigger("course"),
    guards=(is_left_hanging, is_no_phrase_of_time),
)
def hanging_of(document: Document, indexes: Sequence[Index]) -> Iterator[Candidate]:
    """Put a noun back where a phrase with *of* was left hanging before a verb or at an end (*the course of took*)."""
    readings = None
    forms = document.forms
    for start, last in document.stretches():
        for k in range(start, last - 1):
            if forms[k] != "course" or forms[k + 1] != "of" or not is_left_hanging(document, k + 2):
                continue
            readings = readings or Readings(document, indexes)
            for reading in readings.at(k):
                is_noun = reading.size == 2 and len(reading.words) == 1 and reading.log_p > RAREST
                if is_noun and is_no_phrase_of_time(document, k):
                    log_p = SURE + 0.25 * reading.log_p
                    yield candidate(document, k, k + 2, reading.words[0], reading.words, log_p, "parts-of-speech/hanging-of")
