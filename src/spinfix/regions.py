"""Which parts of a document are spun: a clean report may quote a spun paragraph, a page have one spun section, or several.

Two questions are asked.  *Is anything spun?*  A spun document is spun all over, or one run of its blocks (``detection.Blocks``) is, or all
but one run.  Each of these has the log-odds that the detector gives to what is spun in it as a document of its own; all runs are equally
likely before they are looked at.  So a clean text has no more occasion to look spun than before.

*Which blocks are?*  Either all, or they follow one another as a chain with two states (Rabiner 1989, forward-backward): a clean block is
seldom followed by a spun one, a spun one more often by a clean one, at one of the detector's rates for all.  So any number of parts may
be spun, and a border lies where what the blocks show puts it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .detection import Blocks, Detector

Floats = NDArray[np.float64]

MIXED: Final = 0.2  # share of spun documents of more than one block that are not spun all over, where it is asked whether anything is
# The rest is fitted by ``benchmarks/regions.py``: by how well the probability of each block tells which ones are spun, in clean documents
# with a spun part and in documents that are spun all over.
PARTLY: Final = 0.05  # the same share, where it is asked which blocks are
ENTERS: Final = 0.005  # probability that the first block, or one after a clean one, is spun
LEAVES: Final = 0.15  # probability that the block after a spun one is clean
WEIGHTS: Final = (1.0, 0.06, 0.065, 0.15)  # of a block's counts, whole, contexts, and of each strong place
PER_WORD: Final = 0.004  # nats that each changeable word of a block takes off


class Regions(NamedTuple):
    """What was found about the parts of a document."""

    log_odds: float  # that any of it is spun, before the base rate of the world (nats)
    shares: Floats  # probability of each block that it is spun, if any of the document is


def regions(blocks: Blocks, detector: Detector) -> Regions:
    """Whether any block is spun, and how probably each one."""
    weighed = _weighed(*detector.run_log_odds(blocks))
    log_odds = float(np.logaddexp.reduce([np.logaddexp.reduce(rows, None) for rows in weighed]))
    return Regions(log_odds, _shares(block_gains(blocks, detector)))


def block_gains(blocks: Blocks, detector: Detector) -> Floats:
    """By how many nats each block (row) is likelier spun than clean, at each of the detector's rates (column)."""
    counts, whole, contexts, strong = WEIGHTS
    at_rates = counts * detector.gains(blocks.counts, blocks.changeable) + whole * blocks.whole + contexts * blocks.contexts
    gains: Floats = at_rates + (strong * blocks.strong - PER_WORD * blocks.changeable)[:, None]
    return gains


def _shares(gains: Floats) -> Floats:
    """The probability of each block that it is spun, if any is, from ``block_gains``."""
    number = len(gains)
    if number == 1:
        return np.ones(1)
    remains, enters, lasts, leaves = np.log([1 - ENTERS, ENTERS, 1 - LEAVES, LEAVES])
    clean, spun = np.zeros(gains.shape), np.zeros(gains.shape)  # the sum of all ways to each block, in each state
    clean[0], spun[0] = remains, enters + gains[0]
    for k in range(1, number):
        clean[k] = np.logaddexp(clean[k - 1] + remains, spun[k - 1] + leaves)
        spun[k] = np.logaddexp(clean[k - 1] + enters, spun[k - 1] + lasts) + gains[k]
    after_clean, after_spun = np.zeros(gains.shape), np.zeros(gains.shape)  # and from it
    for k in range(number - 2, -1, -1):
        next_spun = after_spun[k + 1] + gains[k + 1]
        after_clean[k] = np.logaddexp(remains + after_clean[k + 1], enters + next_spun)
        after_spun[k] = np.logaddexp(leaves + after_clean[k + 1], lasts + next_spun)
    nothing = number * remains  # that none is spun, which is not asked here
    some = np.logaddexp(clean[-1], spun[-1])
    some = some + np.log(-np.expm1(np.minimum(nothing - some, -1e-12))) - np.log(-np.expm1(nothing))
    log_joint = np.array([np.log(PARTLY) + some, np.log1p(-PARTLY) + gains.sum(0)])  # partly, all over
    total = np.logaddexp.reduce(log_joint, None)
    partly = spun + after_spun - np.log(-np.expm1(nothing)) + np.log(PARTLY) - total
    shares: Floats = np.clip(np.exp(partly).sum(1) + np.exp(log_joint[1] - total).sum(), 0.0, 1.0)
    return shares


def _weighed(runs: Floats, rests: Floats) -> tuple[Floats, Floats]:
    """The log-odds of each run and each rest, and the log of the share of documents in which that is what is spun."""
    number = runs.shape[0] - 1
    first, last = np.arange(number + 1)[:, None], np.arange(number + 1)
    is_run = first < last
    is_whole = is_run & (last - first == number)
    is_gap = is_run & (first > 0) & (last < number)
    kinds = [kind for kind in (is_run & ~is_whole, is_gap) if kind.any()]
    shares = np.where(is_whole, 1 - MIXED * bool(kinds), 0.0)
    for_gaps = np.zeros(runs.shape)
    for target, kind in zip((shares, for_gaps), kinds, strict=False):
        target[kind] = MIXED / len(kinds) / kind.sum()
    with np.errstate(divide="ignore"):
        return runs + np.log(shares), np.where(is_gap, rests, -np.inf) + np.log(for_gaps)
