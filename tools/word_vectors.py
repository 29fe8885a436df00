"""Vectors of words from the company they keep: words that stand among the same neighbours lie near one another.

Counted is which words stand one or two places before and after each word; a neighbour two places on the left is another thing than one on
the right, which keeps nouns apart from verbs.  The matrix of positive pointwise mutual information, with the counts of neighbours
flattened, is cut down to its greatest singular values, whose square roots weigh the dimensions (Levy, Goldberg & Dagan 2015, "Improving
distributional similarity with lessons learned from word embeddings").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from honest_pairs import FLATTENED, Sparse
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

REACH: Final = 2  # places to either side
NEIGHBOURS: Final = 12_000  # commonest words that are counted as neighbours
LEAST: Final = 3  # times that a word must have been seen beside a neighbour
RANK: Final = 300
VALUE_POWER: Final = 0.5  # of the singular values
CHUNK: Final = 25_000_000  # tokens at a time


@dataclass(slots=True)
class Neighbourhood:
    """How often each word stands so many places before each other: sorted codes ``first * size + second``, and counts."""

    size: int  # words
    neighbours: int  # of these, the first so many count as neighbours
    codes: list[Ints]  # for each distance from 1
    counts: list[Ints]

    @classmethod
    def of(cls, streams: Iterable[NDArray[np.int32]], size: int, neighbours: int = NEIGHBOURS) -> Neighbourhood:
        """Count ``streams`` of word numbers, the commonest first; ``size`` stands for every other word, and -1 for an end of prose."""
        made = cls(size, min(neighbours, size), [np.zeros(0, np.int64)] * REACH, [np.zeros(0, np.int64)] * REACH)
        for stream in _pieces(streams):
            for k in range(REACH):
                made._add(k, stream)
        return made

    def _add(self, k: int, stream: NDArray[np.int32]) -> None:
        first, second = stream[: -k - 1], stream[k + 1 :]
        inside = (first >= 0) & (second >= 0) & (first < self.size) & (second < self.size) & (np.minimum(first, second) < self.neighbours)
        for step in range(1, k + 1):
            inside &= stream[step : len(stream) - k - 1 + step] >= 0
        codes, counts = np.unique(first[inside].astype(np.int64) * self.size + second[inside], return_counts=True)
        both = np.concatenate([self.codes[k], codes])
        order = np.argsort(both, kind="stable")
        both, often = both[order], np.concatenate([self.counts[k], counts])[order]
        starts = np.flatnonzero(np.diff(both, prepend=-1))
        self.codes[k], self.counts[k] = both[starts], np.add.reduceat(often, starts) if len(starts) else often

    def information(self) -> tuple[Ints, Ints, Singles]:
        """Rows (words), columns (neighbours in their places) and values of the matrix of positive pointwise mutual information."""
        rows, columns, values = [], [], []
        for k, (codes, counts) in enumerate(zip(self.codes, self.counts, strict=True)):
            first, second = codes // self.size, codes % self.size
            for side, word, other in ((0, first, second), (1, second, first)):
                near = other < self.neighbours
                of_word = np.bincount(word[near], weights=counts[near], minlength=self.size)
                flat = np.bincount(other[near], weights=counts[near], minlength=self.neighbours) ** FLATTENED
                often = near & (counts >= LEAST)
                w, o, seen = word[often], other[often], counts[often]
                information = np.log(seen * flat.sum() / (of_word[w] * flat[o]))
                kept = information > 0
                rows.append(w[kept])
                columns.append(o[kept] + (2 * k + side) * self.neighbours)
                values.append(information[kept].astype(np.float32))
        return np.concatenate(rows), np.concatenate(columns), np.concatenate(values)

    def vectors(self, rank: int = RANK) -> Singles:
        """A vector of length 1 for each word, shape (words, rank); zeros for a word of which too little is known."""
        rows, columns, values = self.information()
        matrix = Sparse(rows, columns, values, (self.size, 2 * REACH * self.neighbours))
        left, weights, _ = matrix.greatest(min(rank, self.size))
        found = left * weights**VALUE_POWER
        length = np.linalg.norm(found, axis=1, keepdims=True)
        result: Singles = (found / np.maximum(length, 1e-9)).astype(np.float32)
        return result


def _pieces(streams: Iterable[NDArray[np.int32]]) -> Iterator[NDArray[np.int32]]:
    """The ``streams`` in pieces of ``CHUNK`` tokens, several short ones together."""
    end = np.full(1, -1, np.int32)
    held: list[NDArray[np.int32]] = []
    size = 0
    for stream in streams:
        for start in range(0, len(stream), CHUNK):
            piece = stream[start : start + CHUNK]
            held += [piece, end]
            size += len(piece)
            if size >= CHUNK:
                yield np.concatenate(held)
                held, size = [], 0
    if held:
        yield np.concatenate(held)
