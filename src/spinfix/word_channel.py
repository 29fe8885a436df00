"""The word channel of academic spinners: P(observed | intended) of words, learned from aligned tortured phrases.

*Bosom* stands for breast and *malignancy* for cancer in many phrases, so they are learned as words and composed anew.  The table
(``data/word-channel.tsv``, made by ``tools/learn_word_channel.py``) has a line ``observed<TAB>intended<TAB>count`` for each pair of
segments that an alignment brought together, and ``word<TAB>word<TAB>count`` for words that were kept.  No phrase of the list that it
was learned from stands in it as a whole.

What the table does not hold is drawn from what it does: a word inflected as its lemma is known, and a word near one that is known in the
confusion sets (*talk* for speech, because *discourse* is) by the bond between the two.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final

from .confusions import INFLECTED, Confusions, inflection, lemmas, shipped_confusions
from .wordlists import package_file

# Chosen on held-out tortured phrases (benchmarks/tortured.py), nats but for the counts
SMOOTHING: Final = 4.5  # substitutions of an intended word that go to words not in the table
KEPT: Final = -1.2  # log P(a content word of a tortured phrase is kept), where nothing is known of it
KEPT_SLOPE: Final = 0.2  # for each nat of what is known of it
OTHER_NUMBER: Final = -1.5  # a singular stands for a plural, or the other way round: spinners keep the number, a list of phrases need not
BY_ANALOGY: Final = 1.5  # added to a bond and the channel of the word that it leads to
EXPLAINED: Final = -0.9  # to thesaurus and analogy, for each nat of the number of times that the table has the observed word
NEAREST: Final = 60  # associates that are asked for an analogy
REMEMBERED: Final = 100  # words, each with all that it may stand for: whoever asks remembers the best of it


class WordChannel:
    """The learned table, with the confusion sets behind it."""

    def __init__(self, lines: Iterable[str], confusions: Confusions) -> None:
        self.confusions = confusions
        intended_by: dict[str, dict[str, float]] = {}
        self._changed: dict[str, float] = {}
        self._kept: dict[str, float] = {}
        self._known: dict[str, dict[str, float]] = {}
        for line in lines:
            observed, intended, count = line.rstrip("\n").split("\t")
            if observed == intended:
                self._kept[observed] = float(count)
                continue
            intended_by.setdefault(observed, {})[intended] = float(count)
            self._changed[intended] = self._changed.get(intended, 0.0) + float(count)
        # tuples, which take half the room of so many small dictionaries
        self._intended = {observed: tuple(counts.items()) for observed, counts in intended_by.items()}

    @property
    def observed(self) -> Iterable[str]:
        """The words, and rows of words, that the table knows to stand for others."""
        return self._intended.keys()

    def kept(self, word: str) -> float:
        """log P(``word`` | it was meant), nats, inside a phrase that was spun."""
        kept = self._kept.get(word, 0.0) + 1
        known = kept + self._changed.get(word, 0.0) + self._times(word)
        return KEPT + KEPT_SLOPE * math.log(kept / known)

    def learned(self, observed: str) -> dict[str, float]:
        """What the word or words ``observed`` stand for in the table, with log P(observed | intended), nats."""
        found: dict[str, float] = {}

        def add(intended: str, log_p: float) -> None:
            if intended != observed and log_p > found.get(intended, -99.0):
                found[intended] = log_p

        is_many = is_plural(observed)
        for intended, count in self._intended.get(observed, ()):
            add(intended, self._log_p(intended, count) + (OTHER_NUMBER if is_plural(intended) != is_many else 0.0))
        for lemma, pos, form in lemmas(observed):
            if pos != "x":
                for intended, count in self._intended.get(lemma, ()):
                    for inflected in inflection(intended, pos, form):
                        add(inflected, self._log_p(intended, count) + INFLECTED)
        if " " not in observed:
            for plural in inflection(observed, "n", "plural"):
                for intended, count in self._intended.get(plural, ()):
                    for lemma, _, form in lemmas(intended):
                        if form == "plural":
                            add(lemma, self._log_p(intended, count) + INFLECTED)
        return found

    def of_word(self, observed: str) -> dict[str, float]:
        """What the word ``observed`` may stand for by table, analogy and thesaurus, with log P(observed | intended), nats."""
        known = self._known.get(observed)
        if known is not None:
            return known
        found = self.learned(observed)
        explained = EXPLAINED * math.log1p(self._times(observed))
        for intended, log_p in self.confusions.of_word(observed).items():
            if log_p + explained > found.get(intended, -99.0):
                found[intended] = log_p + explained
        for lemma, pos, form in lemmas(observed):
            for k, (other, bond) in enumerate(self.confusions.of_lemma(lemma)):
                if k >= NEAREST:
                    break
                for intended, count in self._intended.get(other, ()):
                    if " " in intended:
                        continue
                    log_p = bond + BY_ANALOGY + self._log_p(intended, count) + explained + (INFLECTED if pos != "x" else 0.0)
                    for inflected in (intended,) if pos == "x" else inflection(intended, pos, form):
                        if inflected != observed and log_p > found.get(inflected, -99.0):
                            found[inflected] = log_p
        if len(self._known) > REMEMBERED:
            self._known.clear()
        self._known[observed] = found
        return found

    def _times(self, observed: str) -> float:
        """How often the table has ``observed`` for another word."""
        return sum(count for _, count in self._intended.get(observed, ()))

    def _log_p(self, intended: str, count: float) -> float:
        return math.log(count / (self._changed[intended] + SMOOTHING))


@lru_cache(maxsize=12_000)
def is_plural(words: str) -> bool:
    """Whether the last of ``words`` is the plural of some noun.

    >>> [word for word in ("networks", "network", "analysis", "fatty acids") if is_plural(word)]
    ['networks', 'fatty acids']
    """
    word = words.rsplit(" ", 1)[-1]
    return word.endswith("s") and not word.endswith(("ss", "is", "us")) and any(form == "plural" for _, _, form in lemmas(word))


@cache
def shipped_word_channel() -> WordChannel:
    """The table of the package, read on first use."""
    confusions = shipped_confusions()
    with package_file("word-channel.tsv") as path, open(path, encoding="utf-8") as lines:
        return WordChannel(lines, confusions)
