"""Build ``src/spinfix/data/composed.bin``: pairs of words that only a spinner puts side by side (``spinfix.composed`` describes it).

    python tools/compose_pairs.py --wordnet DIR --corpora DIR

For each pair of words of a known term (our lists, WordNet's compound nouns) all that the word channel has for the two is put in their
places.  With P from the language model and h(x, i), how often x stands beside the neighbours of i in the terms, as a share of i itself,

    log P(term) P(x | i) P(y | j)  -  log (P(term) h(x, i) h(y, j) + BY_CHANCE P(x y))

is how much oftener a spinner that changes the term writes the pair than an honest writer does.  A pair that stands anywhere in the corpora
that the language model is built from is left out; the test corpora are never read.
"""

from __future__ import annotations

import argparse
import json
import lzma
import sys
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from build_terms import hand_terms
from fit_first_look import TEST_CORPORA
from fuse_writer import build
from numpy.typing import NDArray
from package_data import put
from term_sources import wordnet_terms

from spinfix.composed import MAGIC
from spinfix.fuse import Keys
from spinfix.inflection import paradigm
from spinfix.language_model import default_model
from spinfix.page_words import keys_of, pair_keys, plain
from spinfix.unlisted import FUNCTION_WORDS
from spinfix.word_channel import WordChannel, shipped_word_channel

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Pair = tuple[str, str]

# The smallest weight, nats.  In 4.9 million words of clean text a pair of 3.5 and more stands once in a million words, of 4 once in 2
# million; of held-out tortured phrases 17 and 13 in a hundred have one.  Below 3 too many go with anything (*studying methods*).
LEAST: Final = 3.5
BY_CHANCE: Final = 0.4  # how often a pair that was never seen stands in honest text, as a share of what the model says
RAREST: Final = -27.0  # log P of a term, spun, below which it is not worth its room
SEEN_BY_CHANCE: Final = (1e-9, 3e-8)  # added to the two sides of h
BOOK: Final = tuple(round(float(x), 2) for x in np.linspace(LEAST, 9.0, 16))
PRINT_BITS: Final = 16
SAME_STEM: Final = 4  # letters
BATCH: Final = 400_000
READ: Final = 8_000_000  # code points of one corpus
PIECE: Final = 4_000_000


def term_pairs(wordnet: Path) -> list[Pair]:
    """The neighbouring words of all terms."""
    found: set[Pair] = set()
    for term in hand_terms():
        found.update(pairwise(term))
    found.update((term[0], term[1]) for term in wordnet_terms(wordnet) if len(term) == 2)
    return sorted(p for p in found if all(len(w) > 1 and w.isalpha() and w not in FUNCTION_WORDS for w in p))


def substitutes(channel: WordChannel) -> dict[str, dict[str, float]]:
    """For each word what stands for it in the channel's table, in all its forms, with log P(observed | intended)."""
    model = default_model()
    observed: set[str] = set()
    written = set(channel.observed)
    for word in channel.observed:
        if word.isalpha() and len(word) > 2 and word not in FUNCTION_WORDS:
            observed.add(word)
            observed.update(form for pos in "nv" for forms in paradigm(word, pos).values() for form in forms)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for word in sorted(w for w in observed if w.isalpha() and (w in written or model.knows(w))):
        for intended, log_p in channel.learned(word).items():
            if intended[:SAME_STEM] != word[:SAME_STEM]:  # *circuitry* for circuit is anybody's word
                found[intended][word] = log_p
    return found


class Composer:
    """All that is put in the places of terms, as arrays."""

    def __init__(self, channel: WordChannel, pairs: list[Pair]) -> None:
        known = substitutes(channel)
        of_terms = sorted({word for pair in pairs for word in pair})
        names = list(dict.fromkeys([*of_terms, *(o for w in of_terms for o in known.get(w, ()))]))
        self.names, self._pairs = names, pairs
        self._number = {name: k for k, name in enumerate(names)}
        self._model = default_model()
        self._words = self._model.words(names)
        self._first, self._second = (np.array([self._number[p[side]] for p in pairs]) for side in (0, 1))
        self._terms = self._log_prob(self._first, self._second)
        # of each word: itself, then what stands for it
        self._others: dict[str, Ints] = {w: np.array([self._number[o] for o in (w, *known.get(w, ()))]) for w in of_terms}
        self._spun: dict[str, Floats] = {}
        self._honest: dict[str, Floats] = {}
        honest = self._shares()
        for word in of_terms:
            number, kept = self._number[word], channel.kept(word)
            self._spun[word] = np.array([kept, *known.get(word, {}).values()])
            self._honest[word] = np.array([0.0, *(honest[o, number] for o in self._others[word][1:].tolist())])

    def _log_prob(self, first: Ints, second: Ints) -> Floats:
        parts = [self._model.pairs(self._words, first[k : k + BATCH], second[k : k + BATCH])[0] for k in range(0, len(first), BATCH)]
        return self._words.log_prob[first] + np.concatenate(parts) if parts else np.zeros(0)

    def _shares(self) -> Mapping[tuple[int, int], float]:
        """log h(x, i): how often x stands in the place of i beside the neighbours that i has in terms, for each time that i does."""
        seen: dict[tuple[int, int], float] = defaultdict(float)
        base: dict[tuple[int, int], float] = defaultdict(float)
        for side, (own, near) in enumerate(((self._first, self._second), (self._second, self._first))):
            others = [self._others[pair[side]][1:] for pair in self._pairs]
            number = np.repeat(np.arange(len(others)), [len(o) for o in others])
            other, beside = np.concatenate(others).astype(np.int64), near[number]
            there = np.exp(self._log_prob(other, beside) if side == 0 else self._log_prob(beside, other))
            terms = np.exp(self._terms[number])
            for x, i, p, q in zip(other.tolist(), own[number].tolist(), there.tolist(), terms.tolist(), strict=True):
                seen[x, i] += min(p, q)
                base[x, i] += q
        return {key: float(np.log((seen[key] + SEEN_BY_CHANCE[0]) / (base[key] + SEEN_BY_CHANCE[1]))) for key in seen}

    def pairs(self, least: float) -> tuple[Ints, Ints, Floats, Ints]:
        """The pairs with a weight of ``least`` and more, each once: first and second words, weights, and the terms they stand for."""
        firsts, seconds, terms = ([np.zeros(0, dtype=np.int64)] for _ in range(3))
        spun, honest = ([np.zeros(0)] for _ in range(2))
        for k, (a, b) in enumerate(self._pairs):
            one, two = self._others[a], self._others[b]
            written = np.add.outer(self._spun[a], self._spun[b]).ravel() + self._terms[k]
            usual = np.add.outer(self._honest[a], self._honest[b]).ravel() + self._terms[k]
            at = np.flatnonzero((written - usual >= least) & (written > RAREST))
            at = at[at > 0]  # 0 is the term itself
            firsts.append(one[at // len(two)])
            seconds.append(two[at % len(two)])
            spun.append(written[at])
            honest.append(usual[at])
            terms.append(np.full(len(at), k))
        first, second, term = (np.concatenate(part) for part in (firsts, seconds, terms))
        weight = np.concatenate(spun) - np.logaddexp(np.concatenate(honest), np.log(BY_CHANCE) + self._log_prob(first, second))
        order = np.lexsort((-weight, first << 32 | second))
        order = order[weight[order] >= least]
        code = (first << 32 | second)[order]
        order = order[np.flatnonzero(np.concatenate([[True], code[1:] != code[:-1]]))] if len(code) else order
        return first[order], second[order], weight[order], term[order]


def seen_pairs(corpora: Path) -> Keys:
    """The keys of all pairs in the first ``READ`` code points of each training corpus, ascending."""
    found = [np.zeros(0, dtype=np.uint64)]
    for file in sorted(corpora.glob("*.txt.xz")):
        if file.name.split(".")[0] not in TEST_CORPORA:
            with lzma.open(file, "rt", encoding="utf-8") as opened:
                for _ in range(READ // PIECE):
                    keys = keys_of(plain(opened.read(PIECE)))
                    if len(keys) > 1:
                        found.append(np.unique(pair_keys(keys[:-1], keys[1:])))
    return np.unique(np.concatenate(found))


def packed(channel: WordChannel, pairs: list[Pair], seen: Keys, least: float = LEAST) -> bytes:
    """The file, without the pairs whose keys are ``seen``."""
    composer = Composer(channel, pairs)
    first, second, weights, _ = composer.pairs(least)
    words = keys_of(" ".join(composer.names))
    keys, at = np.unique(pair_keys(words[first], words[second]), return_index=True)
    fresh = ~np.isin(keys, seen)
    keys, at = keys[fresh], at[fresh]
    book = np.array(BOOK)
    values = np.clip(np.searchsorted(book, weights[at], "right") - 1, 0, len(book) - 1).astype(np.int64)
    table, facts = build(keys, values, (len(BOOK) - 1).bit_length(), PRINT_BITS)
    header = json.dumps({"table": {**facts, "size": len(table)}, "book": BOOK}).encode()
    return MAGIC + len(header).to_bytes(4, "little") + header + table


def main() -> int:
    """Build the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--corpora", type=Path, required=True)
    args = parser.parse_args()
    data = packed(shipped_word_channel(), term_pairs(args.wordnet), seen_pairs(args.corpora))
    put("composed.bin", data)
    print(f"{len(data) / 1e6:.2f} MB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
