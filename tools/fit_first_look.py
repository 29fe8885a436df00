"""Build ``src/spinfix/data/first_look.bin``, the weights by which ``spinfix.first_look`` lets clean text through.

    python tools/fit_first_look.py CORPORA [--pairs 2500000] [--threshold 20]

How often a spinner would write a pair of words follows from how often honest writers write what it replaces: if *middle east* stands
in the corpora 9,000 times and tables that change *middle* write *center* in a third of the cases, then *center east* is to be expected
3,000 times where all of that is changed.  The weight of a pair is the logarithm of (kept + changed share of that) / (times it stands in
honest text).  No text is spun for it, so no pair is left out by chance.  The corpora are those that the language model is built from;
the test corpora are never read.

Takes two minutes and 3 GB.  After the lists have changed, run it again.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from fuse_writer import build
from numpy.typing import NDArray
from package_data import put

from spinfix.first_look import MAGIC, VERSION
from spinfix.fuse import Keys
from spinfix.page_words import WORD, keys_of, pair_keys
from spinfix.wordlists import DATA, shares_by_family

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

TEST_CORPORA: Final = ("nltk_mix", "reuters21578", "openstax", "ai_company_blogs", "health_news")
PIECE: Final = 4_000_000  # code points read at a time
READ_OF_EACH: Final = 70_000_000  # code points of one corpus, so that news does not drown the rest
SHARE: Final = 0.25  # of the places that a table could change and does
KEPT: Final = 0.85  # what is left of a pair that stands in honest text
FLATNESS: Final = 0.7  # how much more even real tables are than the shares in the lists, as in benchmarks/spinner.py
DISCOUNT: Final = 0.75  # of a count, as in Kneser-Ney
BY_CHANCE: Final = 0.4  # how often a pair that was never seen stands in honest text, as a share of what chance would bring
LEAST: Final = 0.05  # occurrences that are granted to every pair
NEGLIGIBLE: Final = 0.3  # expected occurrences that are not worth their room
SMALLEST: Final = 0.7  # nats below which a weight says nothing
# Values of weights (nats).  The last is for what nobody but a spinner writes: one of these is enough.
BOOK: Final = (*(round(float(x), 3) for x in np.linspace(SMALLEST, 4.7, 15)), 8.0)
ENOUGH: Final = 4.8  # nats from which a weight is the last of the book
# Drift and threshold in nats, and how many of them the threshold rises where the text is e times as long.  Chosen on made documents of all
# families and on a dozen short texts of genres that the corpora hardly have, spun by hand (recipes, gardening, pets, law): with 900,000
# pairs, a drift of 0.35 and a threshold that let as many clean pages pass, four of the dozen were taken for clean.
DRIFT: Final = 0.45
LONGER: Final = 7.0
ALONE: Final = 0.5  # of the weight of a word that stands in no weighed pair
PRINT_BITS: Final = 14  # with 10, one pair in a thousand would get a weight by chance, which is one a page
# Of the share that a whole thesaurus has in a word's changes so much is counted: what it writes is ordinary English nearly always, and with
# all of it three times as many clean pages are read again.
HEARD: Final = {"synonyms": 0.3}
SAME_SPINNER: Final = {"names": "news-blog"}  # families whose lists serve another one's tables


class Counts:
    """Pairs of words of honest text, as sorted codes ``first << 32 | second``, with how often each stands there."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.codes: Ints = np.zeros(0, dtype=np.int64)
        self.counts: Floats = np.zeros(0)

    def id_of(self, word: str) -> int:
        """The number of a word; all numbers are one word."""
        return self.ids.setdefault("0" if word[0].isdigit() else word, len(self.ids))

    def read(self, texts: Iterable[str]) -> None:
        """Count the pairs of ``texts``."""
        pending: list[tuple[Ints, Floats]] = []
        for text in texts:
            numbers = np.array([self.id_of(w) for w in WORD.findall(text.lower())], dtype=np.int64)
            codes, counts = np.unique(numbers[:-1] << 32 | numbers[1:], return_counts=True)
            pending.append((codes, counts.astype(np.float64)))
            if sum(len(codes) for codes, _ in pending) > 12_000_000:
                self._add(pending)
        self._add(pending)

    def _add(self, pending: list[tuple[Ints, Floats]]) -> None:
        self.codes, self.counts = summed([(self.codes, self.counts), *pending])
        pending.clear()

    def of(self, first: int, second: int) -> float:
        """How often a pair stands there."""
        return float(self.of_all(np.array([first << 32 | second]))[0])

    def of_all(self, codes: Ints) -> Floats:
        """How often each of many pairs stands there."""
        at = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        return np.where(self.codes[at] == codes, self.counts[at], 0.0)


def summed(parts: Iterable[tuple[Ints, Floats]]) -> tuple[Ints, Floats]:
    """Distinct codes, sorted, and the sums of their values."""
    parts = list(parts)
    codes, values = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    order = np.argsort(codes, kind="stable")
    codes, values = codes[order], values[order]
    starts = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]])) if len(codes) else np.zeros(0, dtype=np.int64)
    return codes[starts], np.add.reduceat(values, starts) if len(codes) else values


def honest_texts(corpora: Path, most: float = READ_OF_EACH) -> Iterator[str]:
    """The texts of the training corpora, in pieces: the first ``most`` code points of each."""
    for file in sorted(corpora.glob("*.txt.xz")):
        if file.name.split(".")[0] in TEST_CORPORA:
            continue
        size = 0
        with lzma.open(file, "rt", encoding="utf-8") as opened:
            while size < most and (text := opened.read(PIECE)):
                size += len(text)
                yield text


def shares(lines: Iterable[str]) -> Mapping[tuple[tuple[str, ...], tuple[str, ...]], float]:
    """For observed and intended words: in which share of the changes of the intended a spinner writes the observed.

    Of several families the one with the greatest share counts, as a text was spun by one.
    """
    rows: dict[tuple[str, tuple[str, ...]], dict[tuple[str, ...], float]] = {}
    for line in lines:
        key, intended, p, source, *_, several = line.split("\t")
        written, meant = tuple(WORD.findall(key.lower())), tuple(WORD.findall(intended.lower()))
        if written and meant and written != meant:
            for family, share in shares_by_family(p, source, several).items():
                row = rows.setdefault((SAME_SPINNER.get(family, family), meant), {})
                row[written] = max(row.get(written, 0.0), share**FLATNESS)
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], float] = {}
    for (family, meant), row in rows.items():
        total: float = sum(row.values()) / HEARD.get(family, 1.0)
        for written, value in row.items():
            found[written, meant] = max(value / total, found.get((written, meant), 0.0))
    return found


class Expected:
    """How often a spinner that changes all it can would write each pair and each word."""

    def __init__(self, honest: Counts) -> None:
        self.honest = honest
        first, second = honest.codes >> 32, honest.codes & 0xFFFFFFFF
        self.words = np.zeros(0)
        self.known = np.bincount(second, weights=honest.counts, minlength=len(honest.ids))
        self._second = second
        self._first = first
        self._by_second = np.lexsort((first, second))
        numbers = np.arange(len(honest.ids) + 1)
        self._starts, self._starts_by_second = np.searchsorted(first, numbers), np.searchsorted(second[self._by_second], numbers)
        self.codes: Ints = np.zeros(0, dtype=np.int64)
        self.values: Floats = np.zeros(0)

    def add(self, substitutions: Mapping[tuple[tuple[str, ...], tuple[str, ...]], float]) -> None:
        """Add what every substitution brings: pairs inside the observed words, and those with their neighbours."""
        honest, size = self.honest, len(self.known)
        parts: list[tuple[Ints, Floats]] = []
        alone: dict[int, float] = {}
        pending = 0
        for (written, meant), share in substitutions.items():
            old = [honest.ids.get(w, size) for w in meant]
            if max(old) >= size:
                continue
            new = [honest.id_of(w) for w in written]
            times = self._times(old)
            for word in new:
                alone[word] = alone.get(word, 0.0) + share * times
            inner = np.array([a << 32 | b for a, b in itertools.pairwise(new)], dtype=np.int64)
            parts.append((inner, np.full(len(inner), share * times)))
            if written[0] != meant[0]:
                at = self._by_second[self._starts_by_second[old[0]] : self._starts_by_second[old[0] + 1]]
                parts.append(self._beside(at, self._first[at] << 32 | new[0], share * times / max(self.known[old[0]], 1.0)))
            if written[-1] != meant[-1]:
                run = slice(self._starts[old[-1]], self._starts[old[-1] + 1])
                parts.append(self._beside(run, new[-1] << 32 | self._second[run], share * times / max(self.known[old[-1]], 1.0)))
            pending += sum(len(codes) for codes, _ in parts[-2:])
            if pending > 8_000_000:
                parts, pending = [summed([(self.codes, self.values), *parts])], 0
                self.codes, self.values = parts.pop()
        self.codes, self.values = summed([(self.codes, self.values), *parts])
        self.words = np.zeros(len(honest.ids))
        self.words[list(alone)] = list(alone.values())

    def _times(self, words: list[int]) -> float:
        """About how often a phrase stands in honest text."""
        if len(words) == 1:
            return max(float(self.known[words[0]]), NEGLIGIBLE)
        least = min(self.honest.of(a, b) for a, b in itertools.pairwise(words))
        return max(least * (1.0 if len(words) == 2 else 0.5), NEGLIGIBLE)

    def _beside(self, at: Ints | slice, codes: Ints, share: float) -> tuple[Ints, Floats]:
        values = self.honest.counts[at] * share
        enough = values >= NEGLIGIBLE
        return codes[enough], values[enough]


def weights_of(expected: Expected, most: int) -> tuple[tuple[Ints, Floats], tuple[Ints, Floats]]:
    """Codes of pairs and numbers of words with their weights (nats): of the pairs the ``most`` that tell most in a spun text."""
    size = len(expected.honest.ids)
    known = np.zeros(size)
    known[: len(expected.known)] = expected.known
    codes, values = expected.codes, expected.values
    chance = known[codes >> 32] * known[codes & 0xFFFFFFFF] / known.sum()
    usual = np.maximum(expected.honest.of_all(codes) - DISCOUNT, 0.0) + BY_CHANCE * chance + LEAST
    weights = np.log(KEPT + SHARE * values / usual)
    told = np.where(weights > SMALLEST, SHARE * values * weights, 0.0)
    chosen = np.argsort(-told, kind="stable")[: min(most, int((told > 0).sum()))]
    alone = np.log(KEPT + SHARE * expected.words / (known + 0.5))
    words = np.flatnonzero(alone > SMALLEST)
    return (codes[chosen], weights[chosen]), (words, alone[words])


def table(keys: Keys, weights: Floats) -> tuple[bytes, dict[str, int]]:
    """The static function from keys to the nearest values of the book."""
    keys, first = np.unique(keys, return_index=True)
    book = np.array(BOOK)
    edges = (book[1:] + book[:-1]) / 2
    edges[-1] = ENOUGH
    values = np.searchsorted(edges, weights[first])
    data, facts = build(keys, values.astype(np.int64), (len(BOOK) - 1).bit_length(), PRINT_BITS)
    return data, {**facts, "size": len(data)}


def main() -> None:
    """Fit from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--pairs", type=int, default=2_500_000, help="how many pairs have a weight of their own")
    parser.add_argument("--threshold", type=float, default=20.0, help="nats, at 500 words; benchmarks/speed.py measures what it costs")
    args = parser.parse_args()
    honest = Counts()
    honest.read(honest_texts(args.corpora))
    expected = Expected(honest)
    expected.add(shares((DATA / "substitutions.tsv").read_text(encoding="utf-8").split("\n")))
    (codes, weights), (words, alone) = weights_of(expected, args.pairs)
    by_number = np.zeros(len(honest.ids), dtype=np.uint64)
    by_number[list(honest.ids.values())] = keys_of(" ".join(honest.ids))
    pairs, pair_facts = table(pair_keys(by_number[codes >> 32], by_number[codes & 0xFFFFFFFF]), weights)
    singles, single_facts = table(by_number[words], ALONE * alone)
    facts = {"pairs": pair_facts, "words": single_facts, "book": BOOK, "drift": DRIFT, "threshold": args.threshold, "longer": LONGER}
    header = json.dumps(facts).encode()
    put("first_look.bin", MAGIC + bytes([VERSION]) + len(header).to_bytes(4, "little") + header + pairs + singles)
    print(f"{honest.counts.sum():.0f} words; {len(codes)} pairs, {len(words)} words weighed", file=sys.stderr)


if __name__ == "__main__":
    main()
