"""A first look at a text: is there anything in it that asks for a second one?

Nearly all text that anybody reads was never spun, and the lattice costs fifty times what it costs to see that.  So every text is
looked at first, at the price of splitting it into words: pairs of neighbouring words that a spinner writes far more often than an honest
writer (*suppose tank*, *center east*, *the overseas*) are of one of sixteen kinds, by how much more often.  Each kind has a weight: how
much likelier a pair of it is in a text of which so many words were changed than in a clean one, as counted (nats).  Every pair takes
something off, too, as clean text shows few such pairs.  What counts is the stretch of the text that adds up to most (the scan statistic
of Page 1954, CUSUM): one strong trace in a sentence, or many weak ones in a spun section of a long page, wherever it begins and ends;
and that for two shares of changed words, as a text that was spun lightly shows strong traces far apart, and one that was spun heavily
weak ones close together.  What no list has but the word channel
composes, ``composed`` knows: one such pair is enough if it can be told by itself.

The kinds follow from the lists and from how often each pair stands in honest text.  The weights are counted in clean pages and in spun
ones, and the two sums and the length are weighed by a logistic regression: clean pages against those in which ``api`` restores
something (``tools/fit_first_look.py``).
"""

from __future__ import annotations

import json
import math
import mmap
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .composed import joined, shipped_composed, together
from .fuse import FuseTable, Keys, table_in
from .page_words import keys_in, keys_of, page_bytes, pair_keys, plain
from .wordlists import mapped, package_file

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MAGIC: Final = b"spinfixFL"
VERSION: Final = 3
USUAL_WORDS: Final = 500
FEW: Final = 60  # words, of which nothing is said
FOREIGN: Final = 0.05  # share of function words; of English prose about a third, of tables, code and other languages next to none
BLOCK: Final = 1 << 20  # code points of one text that are looked at in one go, which bounds the memory
GROUP: Final = 1 << 16  # code points from which short texts are looked at together: fewer would be dear, more leave the processor's cache
# What rules look for and pairs of words do not show; each begins with letters of its own, so that the search is a fast one.
_TRACES: Final = tuple(
    re.compile(trace)
    for trace in (r"\{\w[^{}|\n]{0,60}[|}]", r",\d{3}(?<=[^\W\d_],\d{3})(?!\d)", r"nineteen\s+[a-z]+ies\b", r"eighteen\s+[a-z]+ies\b")
)
ENOUGH: Final = 10.0  # nats of a trace that is no pair of words: a rule looks for it
TRACE: Final = 2.0  # nats, at the largest of the shares, from which a pair is counted as a trace
# A text of less than ``SHORT`` words has so many nats more for each time that it is e times as short, down to ``SHORTEST``: it has not the
# room for many traces, and costs little.  Chosen on spun texts that the weights were not fitted to: single sentences, and texts of 100
# words of subjects that the corpora hardly have, must be looked at twice (benchmarks/RESULTS.md).
SHORT: Final = 250
SHORTEST: Final = 40
SHORTER: Final = 2.5
LONG: Final = 1_200  # words of the longest pages that the weights are fitted to; a longer text asks for no more than those
# Nats of a pair that ``composed`` knows from which its place is told, under the default policy, in a page that shows nothing else: it
# follows from ``struck.EVEN`` and ``STEEP`` and from what a suggestion asks for there (a test holds it to them).
TOLD: Final = 5.65


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What a first look says."""

    words: int  # as between blanks
    log_odds: float  # nats by which the text is worth more than the second look costs, or less
    function_words: int = 0  # how many of the words are among the commonest of English
    stretch: float = -math.inf  # the same by pairs of words alone, without traces of another kind and what short texts have more
    traces: int = 0  # different pairs that spinners write far more often than honest writers
    pairs: tuple[float, ...] = ()  # nats, at most, of each different pair that ``composed`` knows

    @property
    def is_foreign(self) -> bool:
        """Whether the text is long enough to say that it is no English prose."""
        return self.words >= FEW and self.function_words < FOREIGN * self.words

    @property
    def is_lone(self) -> bool:
        """Whether nothing asks for a second look but pairs that ``composed`` knows."""
        return self.log_odds < 0 and are_enough(self.pairs, self.log_odds)

    @property
    def is_worth_a_second(self) -> bool:
        """Whether the text may hold something to restore."""
        return self.log_odds >= 0 or self.is_lone


def are_enough(pairs: Collection[float], log_odds: float, told: float = TOLD) -> bool:
    """Whether ``pairs`` that only a spinner puts side by side, of these weights (nats), are reason enough to read a text.

    One must weigh so much that it is ``told`` by itself, or several must make up for the ``log_odds`` that the text is worth reading.
    """
    return bool(pairs) and (max(pairs) >= told or log_odds + together(pairs) >= 0)


# Of English only, or nearly: without *in*, *a*, *no*, *me*, which are words elsewhere too; and none that `unlisted` takes for content.
_FUNCTION_WORDS: Final = (
    "the of and to that is was for with on by at from this have has are were be been it its his her their they he she we you not but which "
    "would there what when who will more if can or as an all about up so than into could other some these may then"
).split()


@cache
def _function_keys() -> Keys:
    return np.sort(keys_of(" ".join(_FUNCTION_WORDS)))


class Weights(NamedTuple):
    """The kinds of pairs, their weights, and what else the fit has set."""

    pairs: FuseTable
    gains: Floats  # nats, a row for each share of changed words, a column for each kind of pair, the first for all other pairs
    drift: Floats  # nats that each pair takes off, for each share
    slopes: Floats  # nats for each e times as much (and 1 more) that the best stretch adds up to, for each share
    longer: float  # nats for each time that a text is e times as long as ``USUAL_WORDS``
    threshold: float  # nats of all that, from which a second look is worth while

    def of(self, keys: Keys) -> tuple[Keys, Ints]:
        """The pairs of ``keys`` and the kind of each: a column of ``gains``."""
        pairs = pair_keys(keys[:-1], keys[1:])
        known, values = self.pairs.look_up(pairs)
        return pairs, np.where(known, 1 + values, 0)


@dataclass(slots=True)
class Tally:
    """What the looked-at parts of one text have shown."""

    words: int
    best: Floats = field(default_factory=lambda: np.zeros(1))  # nats of the best stretch so far, for each share of changed words
    level: Floats = field(default_factory=lambda: np.zeros(1))  # of the stretch that the next part goes on
    usual: int = 0
    traces: int = 0
    has_other: bool = False  # traces that are no pairs of words
    composed: dict[int, float] = field(default_factory=dict)  # the weight of each pair that ``composed`` knows
    seen: set[int] = field(default_factory=set)

    def count(self, pairs: Keys, kinds: Ints, weights: Weights) -> None:
        """Add the next pairs of the text.  A pair that was met before gains nothing: an author's favourite phrase is no proof."""
        at = np.flatnonzero(kinds)
        fresh = []
        for k, pair in zip(at.tolist(), pairs[at].tolist(), strict=True):
            if pair not in self.seen:
                fresh.append(k)
                self.seen.add(pair)
        places = np.array(fresh, dtype=np.int64)
        gains, drift, level = weights.gains[:, kinds[places]], weights.drift[:, None], self.level[:, None]
        self.traces += int((gains[-1] >= TRACE).sum())
        # between these places the sum only falls, so it is highest behind one of them, and lowest before one of them or in the end
        sums = np.cumsum(gains, axis=1)
        before = sums - gains - drift * places + level
        lowest = np.minimum(np.minimum.accumulate(before, axis=1), 0.0)
        self.best = np.maximum(self.best, (before + gains - drift - lowest).max(axis=1, initial=0.0))
        ends = (sums[:, -1:] if len(fresh) else 0.0) - drift * len(kinds) + level
        self.level = (ends - np.minimum(lowest.min(axis=1, initial=0.0)[:, None], ends))[:, 0]

    def add_composed(self, pairs: Keys, struck: Floats) -> None:
        """Add the weights of the next pairs of the text that ``composed`` knows, 0 for all others."""
        at = np.flatnonzero(struck)
        for pair, weight in zip(pairs[at].tolist(), joined(struck)[at].tolist(), strict=True):
            self.composed[pair] = max(weight, self.composed.get(pair, 0.0))

    def seen_so(self, weights: Weights) -> FirstLook:
        """What it comes to."""
        words = max(self.words, 1)
        length = weights.longer * math.log(min(words, LONG) / USUAL_WORDS)
        stretch = float((np.log1p(self.best) * weights.slopes).sum()) + length - weights.threshold
        log_odds = stretch + SHORTER * math.log(SHORT / min(max(words, SHORTEST), SHORT))
        if self.has_other:
            log_odds = max(log_odds, ENOUGH)
        return FirstLook(self.words, log_odds, self.usual, stretch, self.traces, tuple(self.composed.values()))


def look(text: str) -> FirstLook:
    """Look at ``text`` once, quickly.

    >>> look("He works at a think tank.").traces, look("He works at a suppose tank.").traces > 0
    (0, True)
    """
    return look_at_all([text])[0]


def look_at_all(texts: Sequence[str]) -> list[FirstLook]:
    """Look at each of ``texts``, for what fewer calls of ``look`` would take."""
    weights = shipped_weights()
    tallies = [Tally(len(text.split())) for text in texts]
    group: list[tuple[Tally, str]] = []
    size = 0
    for tally, text in zip(tallies, texts, strict=True):
        for block in _blocks(text):
            group.append((tally, block))
            size += len(block)
            if size >= GROUP:
                _look_at_group(group, weights)
                group, size = [], 0
    if group:
        _look_at_group(group, weights)
    return [tally.seen_so(weights) for tally in tallies]


def _look_at_group(group: Sequence[tuple[Tally, str]], weights: Weights) -> None:
    """Look at blocks of texts together; those of one text come one after the other."""
    pages, ends = [], [0]
    for tally, block in group:
        lowered = plain(block)
        tally.has_other = tally.has_other or any(trace.search(lowered) for trace in _TRACES)
        pages.append(page_bytes(lowered))
        ends.append(ends[-1] + len(pages[-1]) + 1)
    keys, starts = keys_in(b" ".join(pages))
    if not len(keys):
        return
    common = _function_keys()
    is_usual = common[np.minimum(np.searchsorted(common, keys), len(common) - 1)] == keys
    pairs, kinds = weights.of(keys)
    struck = np.zeros(len(pairs))
    content = np.flatnonzero(~(is_usual[1:] | is_usual[:-1]))
    struck[content] = shipped_composed().of(pairs[content])
    edges = np.searchsorted(starts, ends).tolist()
    for (tally, _), (first, last) in zip(group, pairwise(edges), strict=True):
        tally.usual += int(is_usual[first:last].sum())
        if last - first > 1:
            inside = slice(first, last - 1)
            if struck[inside].any():
                tally.add_composed(pairs[inside], struck[inside])
            tally.count(pairs[inside], kinds[inside], weights)


def _blocks(text: str) -> Iterator[str]:
    """``text`` in blocks of bounded length, cut behind a blank where there is one."""
    start, size = 0, len(text)
    while size - start > BLOCK:
        stop = text.rfind(" ", start, start + BLOCK) + 1 or start + BLOCK
        stop = stop if stop > start else start + BLOCK
        yield text[start:stop]
        start = stop
    yield text[start:] if start else text


@cache
def shipped_weights() -> Weights:
    """The weights of the package, mapped on first use."""
    with package_file("first_look.bin") as path:
        return weights_in(mapped(path))


def weights_in(buffer: mmap.mmap | bytes) -> Weights:
    """The weights in the bytes of a file that ``tools/fit_first_look.py`` makes; ``ValueError`` and the like where they are none."""
    if buffer[: len(MAGIC)] != MAGIC or buffer[len(MAGIC)] != VERSION:
        raise ValueError(f"expected {MAGIC!r} and version {VERSION} at its start, found {buffer[:10]!r}")
    length = int.from_bytes(buffer[10:14], "little")
    header = json.loads(buffer[14 : 14 + length])
    pairs = table_in(buffer, 14 + length, header["pairs"])
    gains, drift, slopes = (np.array(header[name], dtype=np.float64) for name in ("gains", "drift", "slopes"))
    if gains.shape != (len(drift), 1 + (1 << pairs.value_bits)) or drift.ndim != 1 or slopes.shape != drift.shape or not len(drift):
        raise ValueError("expected a weight for each of the values of its table, at each of some shares of changed words")
    return Weights(pairs, gains, drift, slopes, float(header["longer"]), float(header["threshold"]))
