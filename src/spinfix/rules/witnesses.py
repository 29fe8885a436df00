"""Witnesses: what a spinner left alone in one place says what stood in another."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from ..inflection import paradigm
from ..records import Candidate
from ..text import Document
from ..wordlists import Index
from .engine import candidate, guard, in_a_spun_text, list_rule, trigger
from .readings import Readings

SURE: Final = math.log(0.9)  # a word of the place stands, and the witness names the other
SHORTEST: Final = 3  # letters of each half of a witness
_SMALL: Final = frozenset("a an and at by for from in of on or the to with".split())
_LIGHT: Final = frozenset("off out over down back away non pre anti semi self well half long short high low top ever full".split())
_HYPHENATED: Final = re.compile(r"([a-z]{3,})-([a-z]{3,})")
LONGEST_ACRONYM: Final = 7

Change = tuple[int, int, tuple[str, ...]]  # from token, to token, the words meant


class Way(NamedTuple):
    """A way to read some words so that their initials are those of an acronym."""

    changes: tuple[Change, ...]
    log_p: float  # nats: of all changes together
    kept: int  # words that stand as they were


@guard
def is_no_witness_itself(document: Document, first: int, stop: int) -> bool:
    """The text does not write the two words with a hyphen elsewhere: then it means them."""
    observed = document.forms[first:stop]
    return "-".join(observed) not in document.forms


@guard
def has_words_of_weight(left: str, right: str) -> bool:
    """Both halves of the witness are words that mean something (*think-tank*, not *fall-off* or *log-in*)."""
    return _LIGHT.isdisjoint((left, right))


@list_rule(
    "witnesses",
    restores=in_a_spun_text(
        {
            "The think-tank spoke, and the assume tank was praised.": "The think-tank spoke, and the think tank was praised.",
            "The war-crime unit is small. No struggle crime is filed.": "The war-crime unit is small. No war crime is filed.",
            "The decision-making body met. The choice making went on.": "The decision-making body met. The decision making went on.",
        }
    ),
    keeps=[
        "The think-tank and its peers suppose that tank wagons are late.",
        "The decision-making body met. Its choice-making was slow, and the choice making went on.",
        "The low-level unit met, and the small level was reached.",
    ],
    trigger=trigger(pattern=r"[a-z]{3}-[a-z]{3}"),
    guards=(is_no_witness_itself, has_words_of_weight),
)
def hyphen_witness(document: Document, indexes: Sequence[Index]) -> Iterator[Candidate]:
    """Put back the word that a hyphen kept from the spinner elsewhere (*think-tank* for *suppose tank*).

    Spinners leave hyphenated words alone; one half of the pair must stand in both places, and a list must know the other.
    """
    right_of: dict[str, set[str]] = {}
    left_of: dict[str, set[str]] = {}
    for known in set(document.forms):
        match = _HYPHENATED.fullmatch(known) if "-" in known else None
        if match and has_words_of_weight(match[1], match[2]):
            right_of.setdefault(match[1], set()).add(match[2])
            for right in {match[2], *_plural(match[2])}:
                left_of.setdefault(right, set()).add(match[1])
    if left_of.keys().isdisjoint(document.forms) and right_of.keys().isdisjoint(document.forms):
        return
    readings = Readings(document, indexes)
    forms = document.forms
    for start, last in document.stretches():
        for k in range(start, last - 1):
            rights = right_of.get(forms[k])
            if rights:
                wanted = rights | {many for right in rights for many in _plural(right)}
                yield from _witnessed(document, readings, k, k + 1, wanted, last)
        for k in range(start + 1, last):
            lefts = left_of.get(forms[k])
            if lefts:
                for first in range(max(start, k - 2), k):
                    yield from _witnessed(document, readings, first, first, lefts, k, k + 1)


def _plural(word: str) -> Sequence[str]:
    return paradigm(word, "n").get("plural", ())


def _witnessed(
    document: Document, readings: Readings, first: int, at: int, wanted: set[str], last: int, stop: int | None = None
) -> Iterator[Candidate]:
    """Readings of what begins at ``at`` as one of ``wanted``; with ``stop`` they must reach to ``last``."""
    for reading in readings.at(at, wanted):
        end = at + reading.size
        fits = len(reading.words) == 1 and (end == last if stop else end <= last)
        if fits and is_no_witness_itself(document, first, stop or end):
            yield candidate(document, at, end, reading.words[0], reading.words, SURE + 0.1 * reading.log_p, "witnesses/hyphen-witness")


@guard
def does_not_fit_already(ways: Sequence[Way]) -> bool:
    """The letters do not fit the words as they stand."""
    return all(way.changes for way in ways)


@guard
def keeps_a_letter(way: Way) -> bool:
    """Of three words at least one stands as it was: else any phrase could be read into the letters."""
    return 2 * way.kept >= len(way.changes)


@list_rule(
    "witnesses",
    restores=in_a_spun_text(
        {
            "The course covers machine studying (ML) and more.": "The course covers machine learning (ML) and more.",
            "The World Well being Group (WHO) met in May.": "The World Health Organization (WHO) met in May.",
            "They use pure language processing (NLP) in the city.": "They use natural language processing (NLP) in the city.",
        }
    ),
    keeps=[
        "The course covers machine learning (ML) and more.",
        "The well being group (HO) met in May.",
        "A file in the Extensible Markup Language (XML) was sent.",
        "The University of Maryland School of Medicine (UMSOM) is old.",
        "The central plan (CP) is in the city.",
    ],
    trigger=trigger(pattern=r"\((?:(?<=[a-z]\s\()|(?<=\s\s\())[A-Z]{2,7}s?\)"),
    guards=(does_not_fit_already, keeps_a_letter),
)
def acronym_witness(document: Document, indexes: Sequence[Index]) -> Iterator[Candidate]:
    """Put back the words that the letters in brackets ask for (*machine studying (ML)*, *World Well being Group (WHO)*).

    Spinners leave words in capitals alone, so an acronym keeps the initials of the words it stood for.
    """
    readings = None
    for start, k, letters in document.acronyms(LONGEST_ACRONYM):
        readings = readings or Readings(document, indexes)
        yield from _spelled_out(document, readings, max(start, k - 2 * len(letters) - 3), k, letters)


def _spelled_out(document: Document, readings: Readings, start: int, stop: int, letters: str) -> Iterator[Candidate]:
    starts = (first for first in range(start, stop) if document.forms[first] not in _SMALL)
    ways = [way for first in starts for way in _ways(readings, first, stop, letters)]
    if not does_not_fit_already(ways):
        return
    best: dict[Change, float] = {}
    for way in ways:
        if keeps_a_letter(way):
            for change in way.changes:
                best[change] = max(best.get(change, -9.0), SURE + 0.25 * way.log_p)
    for (first, end, words), share in best.items():
        yield candidate(document, first, end, " ".join(words), words, share, "witnesses/acronym-witness")


def _ways(readings: Readings, first: int, stop: int, letters: str) -> Iterator[Way]:
    """Ways to read the tokens so that their initials are ``letters``."""
    forms = readings.document.forms
    begun: list[tuple[int, int, tuple[Change, ...], float, int]] = [(first, 0, (), 0.0, 0)]
    while begun:
        k, used, changes, log_p, kept = begun.pop()
        if k == stop:
            if used == len(letters):
                yield Way(changes, log_p, kept)
            continue
        if forms[k] in _SMALL and k > first:
            begun.append((k + 1, used, changes, log_p, kept))
            if letters.startswith(forms[k][0], used):
                begun.append((k + 1, used + 1, changes, log_p, kept))
        if used == len(letters):
            continue
        initials = [part[0] for part in forms[k].split("-") if part]
        if letters[used : used + len(initials)] == "".join(initials):
            begun.append((k + 1, used + len(initials), changes, log_p, kept + 1))
        for initial, found in _by_initial(readings, k).items():
            if initial == letters[used]:
                for size, words, share in found:
                    taken = "".join(w[0] for w in words if w.lower() not in _SMALL).lower()
                    if k + size <= stop and letters.startswith(taken, used) and log_p + share > -4.0:
                        begun.append((k + size, used + len(taken), (*changes, (k, k + size, words)), log_p + share, kept))


def _by_initial(readings: Readings, k: int) -> Mapping[str, list[tuple[int, tuple[str, ...], float]]]:
    found: dict[str, list[tuple[int, tuple[str, ...], float]]] = {}
    for reading in readings.at(k):
        if reading.known[0][0].isalpha() and reading.known[0] not in _SMALL:
            found.setdefault(reading.known[0][0], []).append((reading.size, reading.words, reading.log_p))
    return found
