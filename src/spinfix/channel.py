"""The channel beyond the letter of the lists: observed forms a letter, a spelling or a hyphen away from a listed one.

*Centre East* is the listed *Center East* in British spelling, *well beeing* the listed *well being* with a slip, *suppose-tank* the
listed *suppose tank* with a hyphen.  Three kinds of token are looked at, and nothing else costs more than a look into a dictionary:

* words with a British and an American spelling, as parts of a listed phrase;
* words that the language model does not know, by their edit distance (rapidfuzz, this module its only importer);
* words with hyphens that the language model does not know, part by part.

What the correct spelling alone brings in the language model is no evidence of a spinner, so it is taken off.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from .language_model import LanguageModel
from .text import Document
from .wordlists import Entry, Index

# log P(written so | the listed form was meant), nats.  Estimates, not yet measured: a spinner's table holds one spelling and its user
# another in about one of five; slips of the pen inside a substitution are rare.
OTHER_SPELLING: Final = math.log(0.2)
HYPHENATED: Final = math.log(0.3)
MISSPELLED: Final = math.log(0.05)
SPELLING_GAIN: Final = 0.65  # share of the gain from an unknown to a known word that is taken off: the weight of the language model
SURE: Final = math.log(0.95)
SHORTEST: Final = 5  # letters; shorter words are one edit from too many others
LONGEST: Final = 24
MOST_PARTS: Final = 6  # of a hyphenated word that is looked into; beyond, it is no word but a chain, or rubbish
REACH: Final = 3  # tokens of a listed phrase before the one that is written differently
CACHED: Final = 5_000

_OUR: Final = "arm|behavi|cand|clam|col|endeav|fav|ferv|flav|glam|harb|hon|hum|lab|neighb|od|parl|ranc|rig|rum|sav|splend|tum|vap|vig"
_TRE: Final = "cent|theat|met|kilomet|centimet|millimet|lit|meag|fib|sab|calib|spect|lust|somb"
_SWAPS: Final = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (rf"^({_OUR})our", r"\1or"),
        (rf"^({_OUR})or", r"\1our"),
        (rf"^({_TRE})re(s?)$", r"\1er\2"),
        (rf"^({_TRE})er(s?)$", r"\1re\2"),
        (r"(.{3})is(e|es|ed|ing|er|ers|ation|ations)$", r"\1iz\2"),
        (r"(.{3})iz(e|es|ed|ing|er|ers|ation|ations)$", r"\1is\2"),
        (r"(al|ly)ys(e|es|ed|ing|er|ers)$", r"\1yz\2"),
        (r"(al|ly)yz(e|es|ed|ing|er|ers)$", r"\1ys\2"),
        (r"([^aeiou][aeiou])ll(ed|ing|er|ers)$", r"\1l\2"),
        (r"([^aeiou][aeiou])l(ed|ing|er|ers)$", r"\1ll\2"),
        (r"^(def|off|lic|pret)ence", r"\1ense"),
        (r"^(def|off|lic|pret)ense", r"\1ence"),
        (r"^(program)me", r"\1"),
        (r"^(catal|dial|anal)ogue", r"\1og"),
        (r"^(catal|dial|anal)og(?!u|y|i)", r"\1ogue"),
    )
)


class Respelled(NamedTuple):
    """A listed entry that stands at the tokens ``at`` up to and without ``stop``, one of them written in another way."""

    entry: Entry
    at: int
    stop: int
    keys: tuple[str, ...]  # the tokens' keys as they are listed
    log_p: float  # log P(written so | the listed form), nats


class Compound(NamedTuple):
    """A reading of the hyphenated token ``at`` from a listed entry for some of its parts."""

    at: int
    intended: str
    words: tuple[str, ...]  # as the language model knows it best: in parts where all of it is one listed phrase
    log_p: float  # nats, the entry's own included
    source: str


def other_spellings(word: str) -> tuple[str, ...]:
    """The British spellings of an American word, and the other way round, with some that are none.

    >>> other_spellings("centre"), other_spellings("travelled"), other_spellings("war")
    (('center',), ('traveled',), ())
    """
    if len(word) < SHORTEST:
        return ()
    found = (pattern.sub(to, word) for pattern, to in _SWAPS if pattern.search(word))
    return tuple(dict.fromkeys(spelling for spelling in found if spelling != word))


def near(word: str, words: Sequence[str]) -> list[str]:
    """Those of ``words`` that are one edit from ``word``: a letter more, fewer or other, or two neighbours exchanged."""
    words = [other for other in near_lengths(word, words) if _may_be_near(word, other)]
    if not words:
        return []
    from rapidfuzz.distance import OSA  # a fiftieth of the time that a page takes, and most have no such words
    from rapidfuzz.process import extract

    found = extract(word, words, scorer=OSA.distance, score_cutoff=1, limit=None)
    return [other for other, distance, _ in found if distance == 1]


def _may_be_near(word: str, other: str) -> bool:
    """Whether ``other`` may be one edit from ``word``, which leaves one half of it as it is, and one half of the other half, and so on."""
    if len(word) < 3:
        return True
    half = len(word) // 2
    tail = word[half + 1 :]
    if other.startswith(word[:half]) and _may_be_near(word[half:], other[half:]):
        return True
    return other.endswith(tail) and _may_be_near(word[: half + 1], other[: len(other) - len(tail)])


def near_lengths(word: str, words: Iterable[str]) -> Iterator[str]:
    """Those of ``words`` that one edit could make ``word``, by their lengths alone."""
    size = len(word)
    return (other for other in words if size - 2 < len(other) < size + 2)


class Channel:
    """What ``indexes`` list, seen through other spellings.  Remembers the words it has met; reads the index only where one is odd."""

    def __init__(self, indexes: Sequence[Index], model: LanguageModel) -> None:
        self._indexes = indexes
        self._model = model
        self._known: dict[str, float] = {}  # nats from the class of unknown words down to the word; 0 for a known one
        self._alternatives: dict[str, tuple[str, ...]] = {}
        self._slips: dict[str, tuple[str, ...]] = {}
        self._by_size: dict[str, dict[int, list[str]]] = {}

    def respelled(self, document: Document, keys: Sequence[str]) -> Iterator[Respelled]:
        """Listed entries that stand in ``document`` but for the spelling of one word."""
        odd = self._odd(document, keys)
        if not odd:
            return
        edges = [*document.breaks, len(document)]
        for k, is_unknown in odd.items():
            if k not in document.protected:
                stretch = bisect_right(edges, k)
                yield from self._at(document, keys, k, is_unknown, edges[stretch - 1], edges[stretch])

    def compounds(self, document: Document) -> Iterator[Compound]:
        """Readings of hyphenated tokens that the model does not know, by their parts."""
        for k, known in enumerate(document.forms):
            if not 0 < known.count("-") < MOST_PARTS or k in document.protected:
                continue
            if known[0].isalpha() and self._is_unknown(known):
                yield from self._inside(k, known)

    def _odd(self, document: Document, keys: Sequence[str]) -> Mapping[int, bool]:
        """The tokens to look at, and whether each is unknown to the model (else it has another spelling)."""
        if len(self._known) > CACHED:  # here, before it is seen what of this document is known
            self._known.clear()
            self._alternatives.clear()
            self._slips.clear()
        known = self._known
        fresh = [key for key in set(keys).union(document.forms) if key not in known]
        if fresh:
            self._learn(fresh)
        alternatives = self._alternatives
        surfaces = document.surfaces
        odd: dict[int, bool] = {}
        for k, key in enumerate(keys):
            if key in alternatives:
                odd[k] = False
            elif known[key] and SHORTEST <= len(key) <= LONGEST and surfaces[k].isalpha() and surfaces[k].islower():
                odd[k] = True  # a capital is nearly always a name's
        return odd

    def _learn(self, fresh: Sequence[str]) -> None:
        surplus = self._model.words(fresh).surplus.tolist()
        for key, value in zip(fresh, surplus, strict=True):
            self._known[key] = value
            spellings = other_spellings(key)
            if spellings:
                self._alternatives[key] = spellings

    def _is_unknown(self, word: str) -> bool:
        if word not in self._known:
            self._learn([word])
        return self._known[word] < 0

    def _at(self, document: Document, keys: Sequence[str], k: int, is_unknown: bool, first: int, last: int) -> Iterator[Respelled]:
        """Entries over token ``k``, which is written differently there."""
        for index in self._indexes:
            for listed in self._slips_of(keys[k]) if is_unknown else self._alternatives[keys[k]]:
                for entry in index.entries(listed):
                    stop = k + 1 + len(entry.rest)
                    if (entry.rest or is_unknown) and stop <= last and tuple(keys[k + 1 : stop]) == entry.rest:
                        yield from self._respelled(document, keys, entry, k, stop, k, listed)
            for at in range(max(first, k - REACH), k):
                for entry in self._phrases_at(index, keys, at, k, is_unknown):
                    stop = at + 1 + len(entry.rest)
                    if not k < stop <= last:
                        continue
                    listed = entry.rest[k - at - 1]
                    if listed == keys[k] or (*keys[at + 1 : k], listed, *keys[k + 1 : stop]) != entry.rest:
                        continue
                    is_slip = is_unknown and len(listed) >= SHORTEST and near(keys[k], [listed])
                    if is_slip or listed in self._alternatives.get(keys[k], ()):
                        yield from self._respelled(document, keys, entry, at, stop, k, listed)

    def _phrases_at(self, index: Index, keys: Sequence[str], at: int, k: int, is_unknown: bool) -> Iterator[Entry]:
        """The listed phrases that begin with token ``at`` and might go on with another spelling of token ``k``."""
        if at + 1 < k:
            yield from index.phrases(keys[at], keys[at + 1])
            return
        seconds = index.seconds(keys[at])
        for second in near_lengths(keys[k], seconds) if is_unknown else self._alternatives[keys[k]]:
            if second in seconds:
                yield from index.phrases(keys[at], second)

    def _slips_of(self, key: str) -> tuple[str, ...]:
        """The listed first words that are one edit from ``key`` and share its first letter, which is hardly ever the wrong one."""
        found = self._slips.get(key)
        if found is None:
            sizes = range(max(len(key) - 1, SHORTEST), len(key) + 2)
            listed = {w for size in sizes for w in self._listed(key[0], size)}
            found = self._slips[key] = tuple(near(key, sorted(listed)))
        return found

    def _listed(self, letter: str, size: int) -> list[str]:
        """The listed first words that begin with ``letter`` and have ``size`` letters."""
        if letter not in self._by_size:
            sizes: dict[int, list[str]] = {}
            for index in self._indexes:
                for word in index.first_words(letter):
                    sizes.setdefault(len(word), []).append(word)
            self._by_size[letter] = sizes
        return self._by_size[letter].get(size, [])

    def _respelled(
        self, document: Document, keys: Sequence[str], entry: Entry, at: int, stop: int, k: int, listed: str
    ) -> Iterator[Respelled]:
        if entry.observed:  # the case of each word is asked for, not the letters
            capitals = [word[:1].isupper() for word in entry.observed.split(" ")]
            if capitals != [surface[:1].isupper() for surface in document.surfaces[at:stop]]:
                return
        log_p = OTHER_SPELLING
        if self._known[keys[k]]:
            values = self._model.words([listed, keys[k]]).log_prob
            log_p = MISSPELLED - SPELLING_GAIN * max(float(values[0] - values[1]), 0.0)
        yield Respelled(entry, at, stop, (*keys[at:k], listed, *keys[k + 1 : stop]), log_p)

    def _inside(self, k: int, known: str) -> Iterator[Compound]:
        parts = known.split("-")
        credit: float | None = None
        for index in self._indexes:
            for at, part in enumerate(parts):
                for entry in index.entries(part) if part else ():
                    stop = at + 1 + len(entry.rest)
                    if tuple(parts[at + 1 : stop]) != entry.rest or entry.near or entry.absent or entry.observed:
                        continue
                    intended = entry.intended.split(" ")
                    whole = "-".join([*parts[:at], *intended, *parts[stop:]])
                    if credit is None:
                        credit = self._undue_credit(known, parts)
                    log_p = min(math.log(entry.p) + HYPHENATED + credit, SURE)
                    if len(intended) == stop - at == len(parts):  # the model knows a phrase better without its hyphens
                        yield Compound(k, whole, tuple(intended), log_p, entry.source)
                    elif not self._is_unknown(whole):
                        yield Compound(k, whole, (whole,), log_p, entry.source)

    def _undue_credit(self, known: str, parts: Sequence[str]) -> float:
        """How much likelier the model takes a word with hyphens for being one of a large class than its parts would be (nats, from 0)."""
        words = self._model.words([part or "-" for part in parts] + [known])
        index = np.arange(len(parts) - 1)
        apart = words.log_prob[0] + self._model.pairs(words, index, index + 1)[0].sum()
        return SPELLING_GAIN * max(float(words.log_prob[-1] - apart), 0.0)
