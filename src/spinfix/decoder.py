"""Dynamic programming over the lattice: all readings (forward-backward) and the best one (Viterbi).

Both run on every stretch between collapses at once, level by level; ``tests/test_decoder.py`` holds them against the sum over
all readings written out one by one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .lattice import Lattice

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Posteriors(NamedTuple):
    """What forward-backward found."""

    log_total: float  # log of the sum over all readings (nats)
    candidates: Floats  # posterior probability of each candidate


def step_weights(lattice: Lattice, weights: Floats) -> Floats:
    """The weight of every step: language model, and the candidate's weight where one begins (nats)."""
    extended = np.append(weights, 0.0)  # -1, no candidate, finds the last
    steps: Floats = lattice.triple_log_prob + extended[lattice.triple_arc]
    return steps


# The sums are taken of odds, not of their logarithms: every step counts from what the observed words of its place have, so that the
# reading that changes nothing has 1, and no stretch of usual length leaves the range of a double.  Where one does, all is done again in
# logarithms (``log_forward``, ``log_backward``).


def forward(lattice: Lattice, odds: Floats) -> tuple[Floats, Floats]:
    """Per pair the sum of all ways to it since the last collapse; per stretch the sum over it.  ``odds`` are those of ``_odds``."""
    sums = np.zeros((lattice.pair_count, *odds.shape[1:]))
    sums[lattice.collapsed] = 1.0  # seen from behind, a collapsed pair is a fresh start
    totals = np.ones((lattice.segment_count + 1, *odds.shape[1:]))
    for level in lattice.levels:
        values = _steps(lattice, odds, level.triples)
        values *= sums[lattice.triple_source[level.triples]]
        found = np.add.reduceat(values, level.target_starts)
        totals[level.end_segments] = found[level.ends]
        sums[level.open_targets] = found[level.opens]
    return sums, totals


def backward(lattice: Lattice, odds: Floats) -> Floats:
    """Per pair the sum of all ways from it to the next collapse.  ``odds`` are those of ``_odds``, of one weighting."""
    sums = np.zeros(lattice.pair_count)
    sums[lattice.collapsed] = 1.0
    for level in reversed(lattice.levels):
        values = _steps(lattice, odds, level.triples) * sums[lattice.triple_target[level.triples]]
        found = np.add.reduceat(values[level.by_source], level.source_starts)
        sums[level.open_sources] += found[level.open_at]
    return sums


def log_forward(lattice: Lattice, steps: Floats) -> tuple[Floats, Floats]:
    """``forward`` in logarithms, for ``steps`` in nats."""
    sums = np.full(lattice.pair_count, -np.inf)
    sums[lattice.collapsed] = 0.0
    totals = np.zeros(lattice.segment_count + 1)
    for level in lattice.levels:
        values = sums[lattice.triple_source[level.triples]] + steps[level.triples]
        found = _log_sums(values, level.target_starts, level.target_sizes)
        totals[level.end_segments] = found[level.ends]
        sums[level.open_targets] = found[level.opens]
    return sums, totals


def log_backward(lattice: Lattice, steps: Floats) -> Floats:
    """``backward`` in logarithms, for ``steps`` in nats."""
    sums = np.full(lattice.pair_count, -np.inf)
    sums[lattice.collapsed] = 0.0
    for level in reversed(lattice.levels):
        values = (steps[level.triples] + sums[lattice.triple_target[level.triples]])[level.by_source]
        found = _log_sums(values, level.source_starts, np.diff(np.append(level.source_starts, len(values))))
        sums[level.open_sources] = np.logaddexp(sums[level.open_sources], found[level.open_at])
    return sums


def posteriors(lattice: Lattice, weights: Floats) -> Posteriors:
    """Forward-backward: the posterior of each candidate, given ``weights`` of one per candidate (nats, against keeping)."""
    begins = np.flatnonzero(lattice.pair_arc >= 0)
    segments = lattice.pair_segment[begins]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        odds = _odds(weights)
        before, totals = forward(lattice, odds)
        after = backward(lattice, odds)
        share = before[begins] * after[begins] / totals[segments]
        logs = np.log(totals)
    if not (np.isfinite(logs).all() and np.isfinite(share).all()):
        log_steps = step_weights(lattice, weights)
        log_before, logs = log_forward(lattice, log_steps)
        share = np.exp(np.minimum(log_before[begins] + log_backward(lattice, log_steps)[begins] - logs[segments], 0.0))
    # the ways into a pair that ends a stretch were summed into its total, not into `before`: all readings go through it
    share = np.where(lattice.collapsed[begins], 1.0, np.minimum(share, 1.0))
    found = np.bincount(lattice.pair_arc[begins], weights=share, minlength=len(weights))
    return Posteriors(float(logs.sum()) + lattice.observed_log_prob, found.astype(np.float64))


def log_total(lattice: Lattice, weights: Floats) -> float:
    """The log of the sum over all readings (nats)."""
    return float(log_totals(lattice, weights[None])[0])


def log_totals(lattice: Lattice, weights: Floats) -> Floats:
    """``log_total`` for several weightings at once, one a row, in little more time than for one."""
    found: Floats = segment_totals(lattice, weights).sum(1) + lattice.observed_log_prob
    return found


def segment_totals(lattice: Lattice, weights: Floats) -> Floats:
    """What each stretch between collapses adds to ``log_totals`` (columns, nats), against the observed words; weightings are rows."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        logs: Floats = np.log(forward(lattice, _odds(weights.T))[1]).T
    for k in np.flatnonzero(~np.isfinite(logs).all(1)).tolist():
        logs[k] = log_forward(lattice, step_weights(lattice, weights[k]))[1]
    return logs


def _odds(weights: Floats) -> Floats:
    """The odds of each candidate, for one weighting or, one a column, for several; and those of none, which -1 finds, behind them."""
    odds: Floats = np.exp(np.concatenate([weights, np.zeros((1, *weights.shape[1:]))]))
    return odds


def _steps(lattice: Lattice, odds: Floats, triples: slice) -> Floats:
    """The odds of some steps; those of a level at a time, as all together are as many megabytes as there are weightings."""
    steps: Floats = odds[lattice.triple_arc[triples]]
    steps *= lattice.triple_odds[triples] if odds.ndim == 1 else lattice.triple_odds[triples, None]
    return steps


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


def logit(p: float) -> float:
    """The log-odds of a probability (nats)."""
    return float(np.log(p) - np.log1p(-p))
