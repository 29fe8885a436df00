"""Names that a spinner broke word by word, found again among known names and among those that the text itself uses."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import Final, NamedTuple

from ..channel import SHORTEST, near, other_spellings
from ..confusions import shipped_confusions
from ..known_names import KEPT_AROUND, SMALL, Gaps, Names, gaps_in, shipped_gaps, shipped_names
from ..records import Candidate
from ..text import Document
from ..wordlists import Index
from .engine import candidate, guard, in_a_spun_text, list_rule, trigger
from .readings import Readings

SURE: Final = math.log(0.97)  # the text itself has the name elsewhere
KNOWN: Final = math.log(0.9)  # a known name of which at least one word stands
DISTANT: Final = math.log(0.1)  # no word of the name stands
NEAR: Final = math.log(0.2)  # a word of the name is written a letter otherwise: another spelling, or another number
BOUND: Final = -5.2  # nats: a word may stand for another that no list has where a thesaurus binds the two at least so closely
RARE: Final = 4.0  # nats: readings that a spinner hardly ever makes are not put together
_INSTITUTIONS: Final = frozenset(
    "academy center centre college council department institute institution ministry museum school university".split()
)
LONGEST: Final = 12  # tokens


def _is_capital(surface: str) -> bool:
    letter = surface[0]
    return not letter.islower() and (letter.isupper() or (letter.isdigit() and not surface.isdigit()))


def _runs(document: Document) -> Iterator[tuple[int, int]]:
    """Stretches of words with capitals, with the small words between them."""
    surfaces, protected = document.surfaces, document.protected
    for first, last in document.stretches():
        k = first
        while k < last:
            if not surfaces[k][0].isupper() or k in protected:
                k += 1
                continue
            stop = end = k + 1
            while stop < last and stop not in protected and (_is_capital(surfaces[stop]) or surfaces[stop].lower() in SMALL):
                stop += 1
                if _is_capital(surfaces[stop - 1]):
                    end = stop
            if end - k > 1:
                yield k, end
            k = stop


def _own_names(document: Document, runs: Sequence[tuple[int, int]]) -> dict[str, Counter[tuple[str, ...]]]:
    """The names that the text itself uses, by their words in small letters, with how often each stands there.

    They are its runs of capitals, and those without the word that begins a sentence.
    """
    found: dict[str, Counter[tuple[str, ...]]] = {}
    for first, last in runs:
        name = tuple(document.surfaces[first:last])
        if len(name) <= LONGEST and not {",", ":"} & set(name):
            names = [name]
            if document.begins_a_sentence(first) and len(name) > 2 and name[1][0].isupper():
                names.append(name[1:])
            for each in names:
                for word in dict.fromkeys(word.lower() for word in each if word not in SMALL):  # once, even if the name has it twice
                    found.setdefault(word, Counter())[each] += 1
    return found


class _Built(NamedTuple):
    """A name as it may have been meant, of the tokens from some place up to ``stop``."""

    stop: int
    name: tuple[str, ...]  # in small letters
    log_p: float  # nats
    kept: int  # words that stand as they were
    changed: tuple[int, ...]  # tokens that were changed
    starts: tuple[int, ...]  # tokens at which a word, or a listed phrase, begins
    near: tuple[tuple[int, int], ...] = ()  # tokens that are only a letter from a word of the name, and which word that is


@guard
def has_its_capitals(document: Document, first: int, stop: int, starts: Sequence[int]) -> bool:
    """It is written like a name: every word with a capital but for *of* and its like, and not only because a sentence begins there."""
    surfaces = document.surfaces
    if any(surfaces[k][0].islower() and surfaces[k] not in SMALL for k in starts):
        return False
    return not document.begins_a_sentence(first) or any(surfaces[k][0].isupper() for k in range(first + 1, stop))


@guard
def is_no_other_spelling(built: _Built) -> bool:
    """More was changed than a letter (*Red Hot Chilli Peppers*): a slip of the writer's, or another name."""
    return not {k for k, _ in built.near}.issuperset(built.changed)


@guard
def is_no_known_name(known: Set[int], built: _Built) -> bool:
    """No changed word belongs to a name that is known as it stands."""
    return known.isdisjoint(built.changed)


@guard
def is_the_rarer(observed: int, intended: int) -> bool:
    """Of two names of the text that each could stand for the other, it is not the one that stands there more often."""
    return observed <= intended


@guard
def is_the_whole_name(document: Document, first: int, built: _Built) -> bool:
    """It is no part of a longer name (*American College* of Nutrition, Medical *College of Georgia*)."""
    if built.name[-1] in _INSTITUTIONS and built.stop < len(document) and document.forms[built.stop] == "of":
        return False
    is_inner = built.name[0] in _INSTITUTIONS and first not in document.breaks and document.surfaces[first - 1][0].isupper()
    return not is_inner or document.forms[first - 1] == "the"


def _built(readings: Readings, first: int, last: int, names: Names) -> Iterator[_Built]:
    """All names that the tokens from ``first``, at most up to ``last``, may stand for, changed or not."""
    surfaces = readings.document.surfaces
    begun = [_Built(first, (), 0.0, 0, (), ())]
    while begun:
        part = begun.pop()
        if names.spelled(part.name):
            yield part
        k = part.stop
        wanted = names.following(part.name)
        if k >= last or not wanted:
            continue
        word = surfaces[k].lower()
        if word in wanted:
            kept = part.kept + (word not in SMALL)
            begun.append(_Built(k + 1, (*part.name, word), part.log_p, kept, part.changed, (*part.starts, k), part.near))
        if not word[0].isalnum():
            continue
        if part.name and word not in wanted and len(word) >= SHORTEST:
            for other in near(word, sorted(wanted)):
                is_spelling = other in other_spellings(word)
                log_p, changed = part.log_p + (0.0 if is_spelling else NEAR), (*part.changed, *([] if is_spelling else [k]))
                near_words = (*part.near, (k, len(part.name)))
                begun.append(_Built(k + 1, (*part.name, other), log_p, part.kept + is_spelling, changed, (*part.starts, k), near_words))
        for reading in readings.at(k, wanted):
            log_p = part.log_p + reading.log_p
            if k + reading.size <= last and log_p > -RARE and names.words.issuperset(reading.known):
                observed = readings.keys[k : k + reading.size]
                kept = part.kept + sum(a == b and a not in SMALL for a, b in zip(observed, reading.known, strict=False))
                if "".join(observed).replace("-", "") == "".join(reading.known).replace("-", ""):
                    continue  # another way to write the same
                changed = (*part.changed, *(j for j in range(k, k + reading.size) if readings.keys[j] not in reading.known))
                begun.append(_Built(k + reading.size, (*part.name, *reading.known), log_p, kept, changed, (*part.starts, k), part.near))


def _with_one_exchanged(
    document: Document, runs: Sequence[tuple[int, int]], gaps: Gaps
) -> Iterator[tuple[int, _Built, tuple[str, ...]]]:
    """Names of which all words stand but one, and in its place a word that a thesaurus binds to it."""
    for start, end in runs:
        known = tuple(surface.lower() for surface in document.surfaces[start:end])
        for first in range(end - start - KEPT_AROUND):
            for stop in range(first + KEPT_AROUND + 1, min(end - start, first + LONGEST) + 1):
                for k, name in gaps(known[first:stop]):
                    words = tuple(word.lower() for word in name)
                    if is_no_word_of_names(known[first + k]) and _is_bound(known[first + k], words[k]):
                        kept = sum(word not in SMALL for word in words) - 1
                        tokens = tuple(range(start + first, start + stop))
                        yield start + first, _Built(start + stop, words, BOUND, kept, (tokens[k],), tokens), name


@guard
def is_no_word_of_names(observed: str) -> bool:
    """A word that no list has is changed only where it is none of which names are made (American *Heart* Association, *Lung*)."""
    return observed not in shipped_names().words


def _is_bound(observed: str, intended: str) -> bool:
    """Whether a thesaurus binds two words closely (*sweltering* and *hot*), and they are not two ways to write one."""
    return not near(intended, [observed]) and _associates(observed).get(intended, -math.inf) >= BOUND


@lru_cache(maxsize=1)  # one word is asked about for many names in a row
def _associates(word: str) -> dict[str, float]:
    return shipped_confusions().of_word(word)


@list_rule(
    "names",
    restores=in_a_spun_text(
        {
            "The New York Occasions called, as did the Sunday Occasions.": "The New York Times called, as did the Sunday Times.",
            "Invoice Nye gave a talk.": "Bill Nye gave a talk.",
            "The Pink Scorching Chili Peppers played in Berlin.": "The Red Hot Chili Peppers played in Berlin.",
            "The Considering Machines Lab raised money.": "The Thinking Machines Lab raised money.",
            "The Red Sweltering Chili Peppers played in Berlin.": "The Red Hot Chili Peppers played in Berlin.",
            "The World Well being Organisation met.": "The World Health Organisation met.",
            "Fans of the Pink Scorching Chilli Peppers came.": "Fans of the Red Hot Chili Peppers came.",
            "“A Lovely Thoughts” is a film about numbers.": "“A Beautiful Mind” is a film about numbers.",
            "She studied at the College of Missouri.": "She studied at the University of Missouri.",
            "The Harrow Vale Research Belief paid for it. It was the Harrow Vale Research Trust that paid.": (
                "The Harrow Vale Research Trust paid for it. It was the Harrow Vale Research Trust that paid."
            ),
        }
    ),
    keeps=[
        "She went to the College of Charleston, and he to Boston College.",
        "The American College of Nutrition was founded in May.",
        "Human rights and press freedom were on the table. White home owners in New York were asked.",
        "On some occasions he stayed in New York. The invoice came late.",
        "The Medical College of Georgia is old.",
        "Texas was the Lone Star Republic, and the Free Trade Association met there.",
        "The Red Hot Chilli Peppers played in Berlin.",
        "They played at the Gulf Coast in May.",
        "The Harrow Vale House is old. The Harrow Vale House was sold, and the Harrow Vale Home was not.",
    ],
    trigger=trigger(pattern=r"\b[A-Z0-9][\w'’-]*(?:\s+(?:of|the|and|for|in|to|with|is|&))*\s+[A-Z]\w|\b[A-Z]\w+\s+[a-z]+\s+[A-Z]"),
    guards=(has_its_capitals, is_no_known_name, is_no_other_spelling, is_no_word_of_names, is_the_rarer, is_the_whole_name),
)
def broken_name(document: Document, indexes: Sequence[Index]) -> Iterator[Candidate]:
    """Put a name back that a spinner broke word by word (*New York Occasions*, *Invoice Nye*, *Pink Scorching Chili Peppers*).

    Names are those of people, places, institutions and companies, and the titles of works, offices and ranks.

    The words of a name are read through the lists, and the readings are looked up among a few thousand known names and among the names
    that stand elsewhere in the same text, which is the strongest evidence there is.  One word of the name may stand there in another
    spelling or number (*Considering Machine Lab*); of a name of three words and more one may have become a word that no list has, but a
    thesaurus binds to it (*Red Sweltering Chili Peppers*).
    """
    runs = [*_runs(document)]
    own = _own_names(document, runs)
    found: list[tuple[int, _Built, tuple[str, ...], bool]] = []
    known: set[int] = set()  # tokens of names that stand as they should
    names = shipped_names()
    readings = Readings(document, indexes, names.words)
    for start, last in document.stretches():
        for first in range(start, last - 1):
            surface = document.surfaces[first]
            if not _is_capital(surface) or first in document.protected:
                continue
            if surface.lower() in names.heads or readings.are_at(first):
                for built in _built(readings, first, min(last, first + LONGEST), names):
                    spelled = names.with_head(built.name[0])[built.name]
                    if built.changed:
                        found.append((first, built, spelled, spelled in own.get(spelled[0].lower(), ())))
                    elif has_its_capitals(document, first, built.stop, built.starts):
                        known.update(range(first, built.stop))
    for first, built, spelled in _with_one_exchanged(document, runs, shipped_gaps):
        found.append((first, built, spelled, spelled in own.get(spelled[0].lower(), ())))
    found += _like_own(Readings(document, indexes), runs, own)
    best: dict[tuple[int, int, tuple[str, ...]], float] = {}
    for first, built, spelled, stands in found:
        if len(built.name) < 2 or built.stop - first < 2 or not has_its_capitals(document, first, built.stop, built.starts):
            continue
        if is_no_known_name(known, built) and is_no_other_spelling(built) and is_the_whole_name(document, first, built):
            log_p = SURE if stands and built.kept else KNOWN if built.kept or stands else DISTANT
            place = _trimmed(readings.keys, first, built.stop, _as_spelled(document, built, spelled))
            best[place] = max(best.get(place, -RARE), log_p + 0.25 * built.log_p)
    for (first, stop, words), log_p in best.items():
        yield candidate(document, first, stop, _written(words), words, log_p, "names/broken-name")


def _like_own(
    readings: Readings, runs: Sequence[tuple[int, int]], own: Mapping[str, Counter[tuple[str, ...]]]
) -> Iterator[tuple[int, _Built, tuple[str, ...], bool]]:
    """Readings of one name of the text as another name of it, of which at least one word stands."""
    document = readings.document
    standing = {name: count for names in own.values() for name, count in names.items()}
    words_of = {name: frozenset(word.lower() for word in name) for name in standing}
    written = frozenset().union(*words_of.values())
    for start, end in runs:
        observed = tuple(document.surfaces[start:end])
        words = {word.lower() for word in observed if word not in SMALL}
        readable = {word for k in range(start, end) for reading in readings.at(k) for word in reading.known}
        if readable.isdisjoint(written):  # as in a long list of schools: its names are not held against one another, which would take long
            continue
        counted = {name: count for word in words if word in own for name, count in own[word].items()}
        others = {
            name: count
            for name, count in counted.items()
            if not readable.isdisjoint(words_of[name]) and not _is_within(name, observed)
        }
        times = counted.get(observed, 0)
        for name, count in sorted(others.items()):
            if not is_the_rarer(times, count):
                continue
            names = Names.of(name)
            for first in range(start, end - 1):
                for built in _built(readings, first, end, names):
                    if built.changed and built.kept:
                        yield first, built, name, True
    for first, built, name in _with_one_exchanged(document, runs, gaps_in(standing)):
        if is_the_rarer(standing.get(tuple(document.surfaces[first : built.stop]), 0), standing[name]):
            yield first, built, name, True


def _is_within(name: tuple[str, ...], observed: tuple[str, ...]) -> bool:
    size = len(name)
    return any(observed[k : k + size] == name for k in range(len(observed) - size + 1))


def _as_spelled(document: Document, built: _Built, name: tuple[str, ...]) -> tuple[str, ...]:
    """``name`` with its words in the British or American spelling that the text has for them."""
    words = list(name)
    for k, number in built.near:
        if document.forms[k] in other_spellings(words[number].lower()):
            words[number] = document.surfaces[k]
    return tuple(words)


def _trimmed(keys: Sequence[str], first: int, stop: int, words: tuple[str, ...]) -> tuple[int, int, tuple[str, ...]]:
    """Without what stands already, so that a list's candidate for the same word is the same candidate."""
    while len(words) > 1 and stop - first > 1 and words[0].lower() == keys[first]:
        first, words = first + 1, words[1:]
    while len(words) > 1 and stop - first > 1 and words[-1].lower() == keys[stop - 1]:
        stop, words = stop - 1, words[:-1]
    return first, stop, words


def _written(name: Sequence[str]) -> str:
    out = name[0]
    for word in name[1:]:
        out += word if word[0] in ".,:;!?'’" else " " + word
    return out
