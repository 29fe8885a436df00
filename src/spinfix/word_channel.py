"""The word channel of academic spinners: P(observed | intended) of words, learned from aligned tortured phrases.

*Bosom* stands for breast and *malignancy* for cancer in many phrases, so they are learned as words and composed anew.  The table, made by
``tools/learn_word_channel.py``, is a line ``observed<TAB>intended<TAB>count`` for each pair of segments that an alignment brought
together, and ``word<TAB>word<TAB>count`` for words that were kept.  No phrase of the list that it was learned from stands in it as a whole.
A count below one is that of a looser synonym that nobody has met yet: it takes its share from what a word has for substitutions that are
not in the table, and nothing from those that are.

``data/word-channel.tsv.gz`` holds the same gathered by word: a line ``observed<TAB>intended<TAB>count<TAB>intended<TAB>count`` for each
segment observed, with two tabs before the looser synonyms, a blank line, and a line ``word<TAB>times changed<TAB>times kept`` for each
segment that was meant.

What the table does not hold is drawn from what it does: a word inflected as its lemma is known, and a word near one that is known in the
confusion sets (*talk* for speech, because *discourse* is) by the bond between the two.
"""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from .confusions import INFLECTED, Confusions, inflection, lemmas, shipped_confusions
from .errors import ModelError
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
_LOOSER: Final = "\t\t"  # before looser synonyms


class WordChannel:
    """The learned table, with the confusion sets behind it."""

    def __init__(self, lines: Iterable[str], confusions: Confusions) -> None:
        self.confusions = confusions
        self._rows, self._totals = _parts(gathered(lines))
        self._known: dict[str, dict[str, float]] = {}

    @classmethod
    def load(cls, path: Path, confusions: Confusions) -> WordChannel:
        """The table in the file at ``path``; ``ModelError`` where it holds none."""
        channel = cls((), confusions)
        try:
            channel._rows, channel._totals = _parts(gzip.decompress(path.read_bytes()).decode("utf-8"))
        except (OSError, EOFError, zlib.error, ValueError) as fault:
            raise ModelError(f"{path}: expected a word channel, gathered by word, packed with gzip ({fault}): reinstall spinfix") from None
        return channel

    @property
    def observed(self) -> Iterable[str]:
        """The words, and rows of words, that the table knows to stand for others."""
        return self._rows.keys()

    def lines(self) -> Iterator[str]:
        """The table as it was learned, pair by pair."""
        for observed in self._rows:
            for intended, count in self._intended(observed).items():
                yield f"{observed}\t{intended}\t{count:g}"
        for word in self._totals:
            if kept := self._total(word)[1]:
                yield f"{word}\t{word}\t{kept:g}"

    def _intended(self, observed: str) -> Mapping[str, float]:
        """What ``observed`` stood for, and how often."""
        met, _, looser = self._rows.get(observed, "").partition(_LOOSER)
        return {**_counts(met), **_counts(looser)}

    def _met(self, observed: str) -> Mapping[str, float]:
        """The same without looser synonyms, which nobody has met."""
        return _counts(self._rows.get(observed, "").partition(_LOOSER)[0])

    def _total(self, word: str) -> tuple[float, float]:
        """How often ``word`` was meant and changed, and kept."""
        changed, kept = self._totals.get(word, "0\t0").split("\t")
        return float(changed), float(kept)

    def kept(self, word: str) -> float:
        """log P(``word`` | it was meant), nats, inside a phrase that was spun."""
        changed, times = self._total(word)
        kept = times + 1
        known = kept + changed + sum(self._intended(word).values())
        return KEPT + KEPT_SLOPE * math.log(kept / known)

    def learned(self, observed: str) -> dict[str, float]:
        """What the word or words ``observed`` stand for in the table, with log P(observed | intended), nats."""
        found: dict[str, float] = {}

        def add(intended: str, log_p: float) -> None:
            if intended != observed and log_p > found.get(intended, -99.0):
                found[intended] = log_p

        is_many = is_plural(observed)
        for intended, count in self._intended(observed).items():
            add(intended, self._log_p(intended, count) + (OTHER_NUMBER if is_plural(intended) != is_many else 0.0))
        for lemma, pos, form in lemmas(observed):
            if pos != "x":
                for intended, count in self._intended(lemma).items():
                    for inflected in inflection(intended, pos, form):
                        add(inflected, self._log_p(intended, count) + INFLECTED)
        if " " not in observed:
            for plural in inflection(observed, "n", "plural"):
                for intended, count in self._intended(plural).items():
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
        explained = EXPLAINED * math.log1p(sum(self._intended(observed).values()))
        for intended, log_p in self.confusions.of_word(observed).items():
            if log_p + explained > found.get(intended, -99.0):
                found[intended] = log_p + explained
        for lemma, pos, form in lemmas(observed):
            for k, (other, bond) in enumerate(self.confusions.of_lemma(lemma)):
                if k >= NEAREST:
                    break
                for intended, count in self._met(other).items():  # what nobody has met is no ground for an analogy
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

    def _log_p(self, intended: str, count: float) -> float:
        return math.log(count / (self._total(intended)[0] + SMOOTHING))


def gathered(lines: Iterable[str]) -> str:
    """The ``lines`` of a table, gathered by word: the text of the file."""
    rows: dict[str, tuple[list[str], list[str]]] = {}
    changed: dict[str, float] = {}
    kept: dict[str, float] = {}
    for line in lines:
        observed, intended, count = line.rstrip("\n").split("\t")
        if observed == intended:
            kept[observed] = float(count)
            continue
        is_looser = float(count) < 1
        rows.setdefault(observed, ([], []))[is_looser].append(f"{intended}\t{count}")
        changed[intended] = changed.get(intended, 0.0) + (0.0 if is_looser else float(count))
    totals = ((word, changed.get(word, 0.0), kept.get(word, 0.0)) for word in sorted({*changed, *kept}))
    return "\n\n".join(
        (
            "\n".join(_row(observed, *row) for observed, row in rows.items()),
            "\n".join(f"{word}\t{times:g}\t{same:g}" for word, times, same in totals if times or same),
        )
    )


def _row(observed: str, met: Sequence[str], looser: Sequence[str]) -> str:
    return observed + "\t" + "\t".join(met) + (_LOOSER + "\t".join(looser) if looser else "")


def _counts(fields: str) -> Mapping[str, float]:
    """Words and counts in turn, tabs between them, as a mapping."""
    words = fields.split("\t") if fields else []
    return dict(zip(words[::2], map(float, words[1::2]), strict=True))


def _parts(text: str) -> list[dict[str, str]]:
    """The two parts of a gathered table, each by the first field of its lines; ``ValueError`` where these are none."""
    return [dict(line.split("\t", 1) for line in part.split("\n")) if part else {} for part in text.split("\n\n")]


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
    with package_file("word-channel.tsv.gz") as path:
        return WordChannel.load(path, confusions)
