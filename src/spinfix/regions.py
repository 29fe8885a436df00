"""Which parts of a document are spun: a clean report may quote a spun paragraph, a page have one spun section.

A spun document is spun all over, or one run of its blocks (``detection.Blocks``) is, or all but one run.  Each of these has the log-odds
that the detector gives to what is spun in it as a document of its own; all runs are equally likely before they are looked at.  So a
clean text has no more occasion to look spun than before, and one that is spun all over has no clean gaps but where they are plain to
see.  The sum over all of them gives the probability that anything is spun, and that of each block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .detection import Blocks, Detector

Floats = NDArray[np.float64]

MIXED: Final = 0.2  # share of spun documents of more than one block that are not spun all over


@dataclass(frozen=True, slots=True)
class Regions:
    """What was found about the parts of a document."""

    log_odds: float  # that any of it is spun, before the base rate of the world (nats)
    shares: Floats  # probability of each block that it is spun, if any of the document is


def regions(blocks: Blocks, detector: Detector) -> Regions:
    """The probability of each block, from all runs of blocks that may be spun or clean.

    Whether anything is spun is asked as the detector does, for whom a long text says no more than one of some length.  Where the borders
    lie is asked of all its words.
    """
    number = len(blocks.firsts)
    log_odds = float(np.logaddexp.reduce([np.logaddexp.reduce(rows, None) for rows in _weighed(*detector.run_log_odds(blocks))]))
    weighed = _weighed(*detector.run_log_odds(blocks, np.inf))
    total = np.logaddexp.reduce([np.logaddexp.reduce(rows, None) for rows in weighed])
    run, rest = (np.exp(rows - total) for rows in weighed)
    inside, outside = (np.cumsum(mass.sum(1) - mass.sum(0))[:number] for mass in (run, rest))
    return Regions(log_odds, np.clip(inside + rest.sum() - outside, 0.0, 1.0))


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
