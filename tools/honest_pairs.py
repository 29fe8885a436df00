"""What honest writers put side by side: counts of pairs of words in the training corpora, and how well two words go together in general.

A pair that was never seen may be new, or wrong.  ``Associations`` tells the two apart as far as that goes: from the matrix of the pointwise
mutual information of all pairs that were seen, cut down to its ``RANK`` greatest singular values (Levy & Goldberg 2014), so that *gastric
lesion* is likely if *gastric ulcer* and *duodenal lesion* stand in the corpora.  The singular values come by randomised subspace iteration
(Halko, Martinsson & Tropp 2011).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from fit_first_look import PIECE, Counts, honest_texts
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

WORDS: Final = 50_000  # the commonest, which have associations
RANK: Final = 200
MORE: Final = 10  # dimensions that the iteration carries beside
ROUNDS: Final = 3
FLATTENED: Final = 0.75  # exponent of the counts of second words, which keeps rare ones from having great values (Levy et al. 2015)
CHUNK: Final = 100_000  # entries of the matrix, or pairs, at a time


@dataclass(frozen=True, slots=True)
class Associations:
    """How well two words go together, the first before the second."""

    place: Ints  # of each word's number its row; -1 without one
    left: Singles
    right: Singles

    @classmethod
    def of(cls, counts: Counts, words: int = WORDS, rank: int = RANK) -> Associations:
        """The associations of the commonest ``words`` in ``counts``."""
        total = len(counts.ids)
        first, second = counts.codes >> 32, counts.codes & 0xFFFFFFFF
        often = np.bincount(second, weights=counts.counts, minlength=total)
        often[[k for word, k in counts.ids.items() if not word.isalpha()]] = 0
        chosen = np.argsort(-often, kind="stable")[: min(words, int((often > 0).sum()))]
        place = np.full(total + 1, -1)
        place[chosen] = np.arange(len(chosen))
        inside = (place[first] >= 0) & (place[second] >= 0)
        rows, columns, seen = place[first[inside]], place[second[inside]], counts.counts[inside]
        flat = np.bincount(columns, weights=seen, minlength=len(chosen)) ** FLATTENED
        information = np.log(seen * flat.sum() / (np.bincount(rows, weights=seen, minlength=len(chosen))[rows] * flat[columns]))
        kept = information > 0
        matrix = Sparse(rows[kept], columns[kept], information[kept].astype(np.float32), (len(chosen), len(chosen)))
        left, values, right = matrix.greatest(min(rank, len(chosen)))
        return cls(place, left * values, right)

    def of_pairs(self, first: Ints, second: Ints) -> Floats:
        """The value of each pair of words by number; nan where one of them has none."""
        one, two = self.place[first], self.place[second]
        found = np.full(len(first), np.nan)
        for k in range(0, len(first), CHUNK):
            part = slice(k, k + CHUNK)
            found[part] = np.einsum("ij,ij->i", self.left[one[part]], self.right[two[part]])
        return np.where((one >= 0) & (two >= 0), found, np.nan)


class Sparse:
    """A matrix of few entries."""

    def __init__(self, rows: Ints, columns: Ints, values: Singles, shape: tuple[int, int]) -> None:
        self._shape = shape
        self._by_row = self._sorted(rows, columns, values)
        self._by_column = self._sorted(columns, rows, values)

    @staticmethod
    def _sorted(rows: Ints, columns: Ints, values: Singles) -> tuple[Ints, Ints, Singles]:
        order = np.argsort(rows, kind="stable")
        return rows[order], columns[order], values[order]

    @staticmethod
    def _times(dense: Singles, entries: tuple[Ints, Ints, Singles], size: int) -> Singles:
        rows, columns, values = entries
        found = np.zeros((size, dense.shape[1]), dtype=np.float32)
        for k in range(0, len(rows), CHUNK):
            part = slice(k, k + CHUNK)
            inside, starts = np.unique(rows[part], return_index=True)
            found[inside] += np.add.reduceat(dense[columns[part]] * values[part, None], starts)
        return found

    def greatest(self, rank: int) -> tuple[Singles, Singles, Singles]:
        """The greatest singular values, with their left and right vectors in columns."""
        height, width = self._shape
        drawn = np.random.default_rng(0).standard_normal((width, min(rank + MORE, *self._shape))).astype(np.float32)
        basis = np.linalg.qr(self._times(drawn, self._by_row, height))[0]
        for _ in range(ROUNDS):
            basis = np.linalg.qr(self._times(basis, self._by_column, width))[0]
            basis = np.linalg.qr(self._times(basis, self._by_row, height))[0]
        small = self._times(basis, self._by_column, width)
        right, values, turned = np.linalg.svd(small, full_matrices=False)
        left = basis @ turned.T
        return left[:, :rank], values[:rank], right[:, :rank]


@dataclass(frozen=True, slots=True)
class Honest:
    """Pairs of honest text and the associations that follow from them."""

    counts: Counts
    words: Floats  # how often each word was seen, by number, and a 0 for none
    associations: Associations

    @classmethod
    def of(cls, counts: Counts) -> Honest:
        """All that follows from ``counts``."""
        words: Floats = np.bincount(counts.codes & 0xFFFFFFFF, weights=counts.counts, minlength=len(counts.ids) + 1).astype(float)
        return cls(counts, words, Associations.of(counts))

    def numbers(self, words: Sequence[str]) -> Ints:
        """The number of each word, that of none where it was never seen."""
        none = len(self.counts.ids)
        return np.array([self.counts.ids.get(w, none) for w in words], dtype=np.int64)

    def seen(self, first: Ints, second: Ints) -> Floats:
        """How often each pair was seen."""
        return self.counts.of_all(first << 32 | second)


def all_honest_texts(corpora: Path, more: Path | None = None) -> Iterator[str]:
    """The whole texts of the training corpora, in pieces, and those of the folder ``more``; the test corpora are never read."""
    yield from honest_texts(corpora, math.inf)
    for file in sorted(more.glob("*.txt")) if more else ():
        with open(file, encoding="utf-8") as plain:
            while text := plain.read(PIECE):
                yield text


def read_honest(corpora: Path, more: Path | None = None) -> Honest:
    """What the training corpora in ``corpora`` and the texts in ``more`` have.  Takes some minutes and 3 GB."""
    counts = Counts()
    counts.read(all_honest_texts(corpora, more))
    return Honest.of(counts)
