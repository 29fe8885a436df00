"""Dynamic programming over the lattice: all readings (forward-backward) and the best one (Viterbi).

Both run on every stretch between collapses at once, level by level; ``tests/test_decoder.py`` holds them against the sum over
all readings written out one by one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .lattice import Lattice, Level

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


def forward(lattice: Lattice, steps: Floats) -> tuple[Floats, Floats]:
    """Per slot the sum of all ways to it since the last collapse; per stretch the sum over it.  ``steps`` are odds."""
    sums = np.ones(lattice.slot_count)
    for level in lattice.levels:
        _sum_up(steps[level.triples] * sums[level.sources], level, sums[level.found])
    return sums, _totals(lattice, sums)


def forward_of_all(lattice: Lattice, odds: Floats) -> Floats:
    """The sum over each stretch, by ``forward``, for several weightings at once: a column of ``odds``, and of what comes out, for each."""
    sums = np.ones((lattice.slot_count, odds.shape[1]))
    for level in lattice.levels:  # of all steps together the odds would be as many megabytes as there are weightings
        values = odds.take(lattice.triple_arc[level.triples], axis=0)
        values *= lattice.triple_odds[level.triples, None]
        values *= sums.take(level.sources, axis=0)
        _sum_up(values, level, sums[level.found])
    return _totals(lattice, sums)


def _sum_up(values: Floats, level: Level, sums: Floats) -> None:
    """Put into ``sums`` those of ``values``, one for each step of ``level``, over the steps to each pair."""
    if len(values) == len(sums):  # where most stretches begin, one step leads to each pair
        sums[:] = values
    else:
        np.add.reduceat(values, level.target_starts, out=sums)


def _totals(lattice: Lattice, sums: Floats) -> Floats:
    """The sum over each stretch, from those of the slots; 1 where there is nothing to sum."""
    totals = np.ones((lattice.segment_count + 1, *sums.shape[1:]))
    totals[lattice.end_segments] = sums[lattice.ends]
    return totals


def backward(lattice: Lattice, steps: Floats) -> Floats:
    """Per slot the sum of all ways from it to the next collapse.  ``steps`` are odds."""
    sums = np.zeros(lattice.slot_count)
    sums[0] = 1.0
    steps = steps[lattice.by_source]
    for level in reversed(lattice.levels):
        sums[level.open_sources] += np.add.reduceat(steps[level.triples] * sums[level.targets], level.open_starts)
    return sums


def log_forward(lattice: Lattice, steps: Floats) -> tuple[Floats, Floats]:
    """``forward`` in logarithms, for ``steps`` in nats."""
    sums = np.zeros(lattice.slot_count)
    for level in lattice.levels:
        sums[level.found] = _log_sums(steps[level.triples] + sums[level.sources], level.target_starts, level.target_sizes)
    totals = np.zeros(lattice.segment_count + 1)
    totals[lattice.end_segments] = sums[lattice.ends]
    return sums, totals


def log_backward(lattice: Lattice, steps: Floats) -> Floats:
    """``backward`` in logarithms, for ``steps`` in nats."""
    sums = np.full(lattice.slot_count, -np.inf)
    sums[0] = 0.0
    steps = steps[lattice.by_source]
    for level in reversed(lattice.levels):
        values = steps[level.triples] + sums[level.targets]
        found = _log_sums(values, level.open_starts, np.diff(np.append(level.open_starts, len(values))))
        sums[level.open_sources] = np.logaddexp(sums[level.open_sources], found)
    return sums


def posteriors(lattice: Lattice, weights: Floats) -> Posteriors:
    """Forward-backward: the posterior of each candidate, given ``weights`` of one per candidate (nats, against keeping)."""
    begins = np.flatnonzero(lattice.pair_arc >= 0)
    segments, slots = lattice.pair_segment[begins], lattice.pair_slot[begins]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        steps = _odds(weights)[lattice.triple_arc] * lattice.triple_odds
        before, totals = forward(lattice, steps)
        after = backward(lattice, steps)
        share = before[slots] * after[slots] / totals[segments]
        logs = np.log(totals)
    if not (np.isfinite(logs).all() and np.isfinite(share).all()):
        log_steps = step_weights(lattice, weights)
        log_before, logs = log_forward(lattice, log_steps)
        share = np.exp(np.minimum(log_before[slots] + log_backward(lattice, log_steps)[slots] - logs[segments], 0.0))
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
        logs: Floats = np.log(forward_of_all(lattice, np.ascontiguousarray(_odds(weights.T)))).T  # else each `take` would copy them all
    for k in np.flatnonzero(~np.isfinite(logs).all(1)).tolist():
        logs[k] = log_forward(lattice, step_weights(lattice, weights[k]))[1]
    return logs


def place_totals(lattice: Lattice, weights: Floats) -> Floats:
    """What each place adds to ``log_totals`` (columns, nats) if every word stood in no context; weightings are rows."""
    odds = np.exp(np.clip(weights + lattice.prior_shift, -30, 30))
    count = int(lattice.place.max()) + 1
    at = lattice.place + count * np.arange(len(odds))[:, None]
    totals: Floats = np.log1p(np.bincount(at.ravel(), weights=odds.ravel()).reshape(len(odds), count))
    return totals


def _odds(weights: Floats) -> Floats:
    """The odds of each candidate, for one weighting or, one a column, for several; and those of none, which -1 finds, behind them."""
    odds: Floats = np.exp(np.concatenate([weights, np.zeros((1, *weights.shape[1:]))]))
    return odds


def best_reading(lattice: Lattice, weights: Floats) -> Ints:
    """Viterbi: the candidates of the likeliest reading, in no particular order."""
    steps = step_weights(lattice, weights)
    best = np.full(len(lattice.collapsed), -np.inf)
    best[lattice.collapsed] = 0.0
    came_by = np.full(len(lattice.collapsed), -1, dtype=np.int64)
    for level in lattice.levels:
        values = best[lattice.triple_source[level.triples]] + steps[level.triples]
        found = np.maximum.reduceat(values, level.target_starts)
        # the first triple of each target that reaches the maximum
        reached = np.flatnonzero(values == np.repeat(found, level.target_sizes))
        owner = np.searchsorted(level.target_starts, reached, "right") - 1
        distinct, at = np.unique(owner, return_index=True)
        targets = lattice.triple_target[level.triples][level.target_starts]
        came_by[targets[distinct]] = reached[at] + level.triples.start
        ends = lattice.collapsed[targets]
        best[targets[~ends]] = found[~ends]
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
