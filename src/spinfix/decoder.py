"""Dynamic programming over the lattice: all readings (forward-backward) and the best one (Viterbi).

Both run on every stretch between collapses at once, level by level; ``tests/test_decoder.py`` holds them against the sum over
all readings written out one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .lattice import Lattice

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Posteriors:
    """What forward-backward found."""

    log_total: float  # log of the sum over all readings (nats)
    candidates: Floats  # posterior probability of each candidate


def step_weights(lattice: Lattice, weights: Floats) -> Floats:
    """The weight of every step: language model, and the candidate's weight where one begins (nats)."""
    extended = np.append(weights, 0.0)  # -1, no candidate, finds the last
    steps: Floats = lattice.triple_log_prob + extended[lattice.triple_arc]
    return steps


def forward(lattice: Lattice, steps: Floats) -> tuple[Floats, Floats]:
    """Per pair the log sum of all ways to it since the last collapse; per stretch the log sum over it."""
    sums = np.full(lattice.pair_count, -np.inf)
    sums[lattice.collapsed] = 0.0  # seen from behind, a collapsed pair is a fresh start
    totals = np.zeros(lattice.segment_count + 1)
    for level in lattice.levels:
        values = sums[lattice.triple_source[level.triples]] + steps[level.triples]
        found = _log_sums(values, level.target_starts, level.target_sizes)
        ends = lattice.collapsed[level.targets]
        totals[lattice.pair_segment[level.targets[ends]]] = found[ends]
        open_targets = level.targets[~ends]
        sums[open_targets] = found[~ends]
    return sums, totals


def backward(lattice: Lattice, steps: Floats) -> Floats:
    """Per pair the log sum of all ways from it to the next collapse."""
    sums = np.full(lattice.pair_count, -np.inf)
    sums[lattice.collapsed] = 0.0
    for level in reversed(lattice.levels):
        values = (steps[level.triples] + sums[lattice.triple_target[level.triples]])[level.by_source]
        found = _log_sums(values, level.source_starts, np.diff(np.append(level.source_starts, len(values))))
        open_sources = ~lattice.collapsed[level.sources]
        at = level.sources[open_sources]
        sums[at] = np.logaddexp(sums[at], found[open_sources])
    return sums


def posteriors(lattice: Lattice, weights: Floats) -> Posteriors:
    """Forward-backward: the posterior of each candidate, given ``weights`` of one per candidate (nats, against keeping)."""
    steps = step_weights(lattice, weights)
    before, totals = forward(lattice, steps)
    after = backward(lattice, steps)
    begins = np.flatnonzero(lattice.pair_arc >= 0)
    # the ways into a pair that ends a stretch were summed into its total, not into `before`
    ends = lattice.collapsed[begins]
    share = np.where(ends, 0.0, before[begins] + after[begins] - totals[lattice.pair_segment[begins]])
    found = np.bincount(lattice.pair_arc[begins], weights=np.exp(np.minimum(share, 0.0)), minlength=len(weights))
    return Posteriors(float(totals.sum()), found.astype(np.float64))


def log_total(lattice: Lattice, weights: Floats) -> float:
    """The log of the sum over all readings (nats)."""
    return float(forward(lattice, step_weights(lattice, weights))[1].sum())


def best_reading(lattice: Lattice, weights: Floats) -> Ints:
    """Viterbi: the candidates of the likeliest reading, in no particular order."""
    steps = step_weights(lattice, weights)
    best = np.full(lattice.pair_count, -np.inf)
    best[lattice.collapsed] = 0.0
    came_by = np.full(lattice.pair_count, -1, dtype=np.int64)
    for level in lattice.levels:
        values = best[lattice.triple_source[level.triples]] + steps[level.triples]
        found = np.maximum.reduceat(values, level.target_starts)
        # the first triple of each target that reaches the maximum
        reached = np.flatnonzero(values == np.repeat(found, level.target_sizes))
        owner = np.searchsorted(level.target_starts, reached, "right") - 1
        distinct, at = np.unique(owner, return_index=True)
        came_by[level.targets[distinct]] = reached[at] + level.triples.start
        ends = lattice.collapsed[level.targets]
        best[level.targets[~ends]] = found[~ends]
    chosen: list[int] = []
    for pair in np.flatnonzero(lattice.collapsed).tolist():
        while (step := int(came_by[pair])) >= 0:
            if lattice.triple_arc[step] >= 0:
                chosen.append(int(lattice.triple_arc[step]))
            pair = int(lattice.triple_source[step])
            if lattice.collapsed[pair]:
                break
    return np.array(sorted(chosen), dtype=np.int64)


def _log_sums(values: Floats, starts: Ints, sizes: Ints) -> Floats:
    top = np.maximum.reduceat(values, starts)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        sums: Floats = np.log(np.add.reduceat(np.exp(values - np.repeat(top, sizes)), starts)) + top
    return sums
