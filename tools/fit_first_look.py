"""Build ``src/spinfix/data/first_look.bin``, the weights by which ``spinfix.first_look`` lets clean text through.

    python tools/fit_first_look.py CORPORA [--pairs 2500000] [--share 0.02]

How often a spinner would write a pair of words follows from how often honest writers write what it replaces: if *middle east* stands
in the corpora 9,000 times and tables that change *middle* write *center* in a third of the cases, then *center east* is to be expected
3,000 times where all of that is changed.  The kind of a pair is the logarithm of (kept + changed share of that) / (times it stands in
honest text), in steps.  No text is spun for it, so no pair is left out by chance.  The corpora are those that the language model is built
from.  What each kind says, and when a second look is worth while, is counted in other text: ``weigh_first_look.py``.

Takes four minutes and 3 GB.  After the lists have changed, run it again.
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
from fit_detector import GENRES
from fuse_writer import build
from numpy.typing import NDArray
from package_data import put
from weigh_first_look import weigh

from spinfix.first_look import MAGIC, VERSION, weights_in
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
# The kinds, by the logarithm of how much oftener a spinner writes a pair (nats).  It is overestimated where honest text has a pair seldom:
# below 3 it hardly says anything, and what spinners write a thousand times as often tells as much again as ten times as often.
KINDS: Final = (1.2, 1.7, 2.2, 2.7, 3.2, 3.7, 4.2, 4.7, 5.2, 5.7, 6.2, 6.7, 7.4, 8.2, 9.2, 10.5)
LEAST_TOLD: Final = 1.2  # nats that are taken off where pairs are chosen by what they tell
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
    """How often a spinner that changes all it can would write each pair."""

    def __init__(self, honest: Counts) -> None:
        self.honest = honest
        first, second = honest.codes >> 32, honest.codes & 0xFFFFFFFF
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
        pending = 0
        for (written, meant), share in substitutions.items():
            old = [honest.ids.get(w, size) for w in meant]
            if max(old) >= size:
                continue
            new = [honest.id_of(w) for w in written]
            times = self._times(old)
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


def weights_of(expected: Expected, most: int) -> tuple[Ints, Floats]:
    """Codes of pairs with their weights (nats): of the pairs the ``most`` that tell most in a spun text."""
    size = len(expected.honest.ids)
    known = np.zeros(size)
    known[: len(expected.known)] = expected.known
    codes, values = expected.codes, expected.values
    chance = known[codes >> 32] * known[codes & 0xFFFFFFFF] / known.sum()
    usual = np.maximum(expected.honest.of_all(codes) - DISCOUNT, 0.0) + BY_CHANCE * chance + LEAST
    weights = np.log(KEPT + SHARE * values / usual)
    told = SHARE * values * np.maximum(weights - LEAST_TOLD, 0.0)
    chosen = np.argsort(-told, kind="stable")[: min(most, int((told > 0).sum()))]
    return codes[chosen], weights[chosen]


def table(keys: Keys, weights: Floats) -> tuple[bytes, dict[str, int]]:
    """The static function from keys to the nearest of ``KINDS``."""
    keys, first = np.unique(keys, return_index=True)
    kinds = np.array(KINDS)
    values = np.searchsorted((kinds[1:] + kinds[:-1]) / 2, weights[first])
    data, facts = build(keys, values.astype(np.int64), (len(KINDS) - 1).bit_length(), PRINT_BITS)
    return data, {**facts, "size": len(data)}


def main() -> None:
    """Fit from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--pairs", type=int, default=2_500_000, help="how many pairs have a weight of their own")
    parser.add_argument("--share", type=float, default=0.02, help="of what it would take to read all clean pages twice")
    parser.add_argument("--clean", type=int, default=4_000, help="clean pages that the kinds are weighed with")
    parser.add_argument("--spun", type=int, default=1_200, help="spun ones")
    args = parser.parse_args()
    if missing := [genre for genre in GENRES if not (args.corpora / f"{genre}.txt.xz").exists()]:
        parser.error(f"{args.corpora}: expected the corpora that the weights are counted in, too; missing: {', '.join(missing)}")
    honest = Counts()
    honest.read(honest_texts(args.corpora))
    expected = Expected(honest)
    expected.add(shares((DATA / "substitutions.tsv").read_text(encoding="utf-8").split("\n")))
    codes, weights = weights_of(expected, args.pairs)
    by_number = np.zeros(len(honest.ids), dtype=np.uint64)
    by_number[list(honest.ids.values())] = keys_of(" ".join(honest.ids))
    pairs, pair_facts = table(pair_keys(by_number[codes >> 32], by_number[codes & 0xFFFFFFFF]), weights)

    def packed(weights: Mapping[str, object]) -> bytes:
        header = json.dumps({"pairs": pair_facts, **weights}).encode()
        return MAGIC + bytes([VERSION]) + len(header).to_bytes(4, "little") + header + pairs

    nothing = {"gains": [[0.0] * (1 + len(KINDS))], "drift": [0.0], "slopes": [0.0], "longer": 0.0, "threshold": 0.0}
    put("first_look.bin", packed(nothing))  # lets nothing through, so what follows, which reads pages, rests on no older one
    found = weigh(weights_in(packed(nothing)), args.corpora, args.share, args.clean, args.spun)
    rows = {name: np.round(getattr(found, name), 4).tolist() for name in ("gains", "drift", "slopes", "longer", "threshold")}
    put("first_look.bin", packed(rows))
    print(f"{honest.counts.sum():.0f} words; {len(codes)} pairs weighed", file=sys.stderr)


if __name__ == "__main__":
    main()
