"""Boosted trees for ``fit_composed.py``: what tells two kinds of things apart, where no sum of simple terms does.

Logistic loss and Newton steps (Friedman 2001) with symmetric trees, which ask the same question in all nodes of one level (Kohavi 1994), so
that a tree is some columns, some bounds and one value for each pattern of answers: little to write down, and quick to apply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TREES: Final = 300
DEPTH: Final = 5  # questions of a tree
RATE: Final = 0.06  # share of each step that is gone
SHRUNK: Final = 5.0  # added to the curvature of a leaf, which keeps small ones near 0
LIGHTEST: Final = 0.5  # curvature of both sides of a question, summed over leaves, below which it is not asked
BOUNDS: Final = 24  # of a column
FIRST: Final = 0.002  # share of the things below the first bound, and above the last


@dataclass(frozen=True, slots=True)
class Trees:
    """What all trees say together, in nats."""

    columns: Ints  # shape (trees, depth)
    bounds: Floats  # shape (trees, depth): the answer is yes from the bound on
    values: Floats  # shape (trees, 2 ** depth), by the answers as bits, the first the lowest
    offset: float

    def of(self, matrix: Floats) -> Floats:
        """The log-odds of each row of ``matrix``."""
        total = np.full(len(matrix), self.offset)
        columns = np.ascontiguousarray(matrix.T)
        for asked, bounds, values in zip(self.columns.tolist(), self.bounds.tolist(), self.values, strict=True):
            leaf = np.zeros(len(matrix), dtype=np.uint8)
            for level, (column, bound) in enumerate(zip(asked, bounds, strict=True)):
                leaf |= (columns[column] >= bound).astype(np.uint8) << np.uint8(level)
            total += values[leaf]
        return total

    def facts(self) -> dict[str, object]:
        """All numbers, for a JSON file."""
        return {
            "offset": round(self.offset, 5),
            "trees": [
                [asked, [round(b, 5) for b in bounds], [round(v, 5) for v in values]]
                for asked, bounds, values in zip(self.columns.tolist(), self.bounds.tolist(), self.values.tolist(), strict=True)
            ],
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, object]) -> Trees:
        """What ``facts`` wrote down."""
        trees = facts["trees"]
        assert isinstance(trees, list)
        asked, bounds, values = (np.array([tree[k] for tree in trees]) for k in range(3))
        return cls(asked.astype(np.int64), bounds.astype(float), values.astype(float), float(str(facts["offset"])))


def grown(matrix: Floats, is_one: Floats, weights: Floats, trees: int = TREES) -> Trees:
    """Trees that tell the rows of ``matrix`` with ``is_one`` 1 from those with 0; each row counts ``weights`` times."""
    # more bounds where the rare kind lies
    shares = np.linspace(FIRST, 1 - FIRST, BOUNDS)
    edges = [np.unique(np.quantile(column[is_one > 0], shares)) for column in matrix.T]
    bins = [np.searchsorted(edge, column, "right") for edge, column in zip(edges, matrix.T, strict=True)]
    rate = float(weights @ is_one / weights.sum())
    offset = float(np.log(rate / (1 - rate)))
    total = np.full(len(matrix), offset)
    made: list[tuple[list[int], list[float], Floats]] = []
    for _ in range(trees):
        p = 1 / (1 + np.exp(-total))
        slope, curve = weights * (is_one - p), weights * p * (1 - p)
        leaf = np.zeros(len(matrix), dtype=np.int64)
        asked: list[int] = []
        bounds: list[float] = []
        for level in range(DEPTH):
            column, at = _best_question(bins, edges, leaf, 1 << level, slope, curve)
            leaf |= (bins[column] > at).astype(np.int64) << level
            asked.append(column)
            bounds.append(float(edges[column][at]))
        size = 1 << DEPTH
        values = RATE * np.bincount(leaf, slope, size) / (np.bincount(leaf, curve, size) + SHRUNK)
        total += values[leaf]
        made.append((asked, bounds, values))
    asked_all, bounds_all, values_all = (np.array([tree[k] for tree in made]) for k in range(3))
    return Trees(asked_all, bounds_all, values_all, offset)


def _best_question(bins: list[Ints], edges: list[Floats], leaf: Ints, leaves: int, slope: Floats, curve: Floats) -> tuple[int, int]:
    """The column, and the number of its bound, that part all leaves best."""
    best = (-1.0, 0, 0)
    for column, (bin_of, edge) in enumerate(zip(bins, edges, strict=True)):
        size = len(edge) + 1
        code = leaf * size + bin_of
        slopes = np.bincount(code, slope, leaves * size).reshape(leaves, size).cumsum(axis=1)
        curves = np.bincount(code, curve, leaves * size).reshape(leaves, size).cumsum(axis=1)
        below, curve_below = slopes[:, :-1], curves[:, :-1]
        above, curve_above = slopes[:, -1:] - below, curves[:, -1:] - curve_below
        gain = (below**2 / (curve_below + SHRUNK) + above**2 / (curve_above + SHRUNK)).sum(axis=0)
        gain[np.minimum(curve_below.sum(axis=0), curve_above.sum(axis=0)) < LIGHTEST] = -1.0
        at = int(gain.argmax())
        if gain[at] > best[0]:
            best = (float(gain[at]), column, at)
    return best[1], best[2]
