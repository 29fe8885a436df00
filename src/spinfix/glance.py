"""A glance at what a first look did not let through: do the readings that the lists propose fit so well that the lattice can find any?

Most clean texts that are looked at twice are short, and hold an odd pair of words or two.  What the lists propose for a text costs little
to find, and so does how well it fits its two neighbours; the lattice, the rates and the rest cost ten times as much.  So a logistic
regression weighs the best of these fits, what all of them add up to, and what the first look said: clean texts against spun ones in which
something is found (``tools/fit_glance.py``).  What lies below the threshold is let through as well.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .first_look import ENOUGH, USUAL_WORDS, FirstLook
from .proposals import Fits
from .wordlists import package_file

Floats = NDArray[np.float64]

MODEL_WEIGHT: Final = 0.51  # of the model against the channel, as in ``scoring``
BEST: Final = 3  # places, the best ones, that count by themselves
NOTHING: Final = -9.0  # nats, of a place that is not there
RATES: Final = (0.02, 0.1)  # shares of changed words, for which all places are added up
STRONG_FROM: Final = 3.0  # nats of a reading from which it takes away what clean text never has
MOST: Final = 30.0  # nats of a reading


class Glance(NamedTuple):
    """The weights of the figures, and what they must add up to."""

    weights: Floats
    threshold: float  # nats

    def is_enough(self, fits: Fits, seen: FirstLook) -> bool:
        """Whether a text with these ``fits``, of which a first look has ``seen`` this, may hold something to find.

        What rules look for is in no list, so where the first look has seen a trace of that, it may.
        """
        return seen.log_odds >= ENOUGH or is_strong(fits) or float(self.weights @ figures(fits, seen)) >= self.threshold


def is_strong(fits: Fits) -> bool:
    """Whether one of ``fits`` takes away what clean text never has (*suppose tank*): that is told by itself, in a single sentence, too."""
    return bool((fits.is_strong & (log_odds_of(fits) > STRONG_FROM)).any())


def log_odds_of(fits: Fits) -> Floats:
    """By how much each reading is likelier than what stands there if a spinner changed it, as far as its neighbours tell (nats)."""
    found: Floats = MODEL_WEIGHT * fits.gains + fits.log_p
    return found


def figures(fits: Fits, seen: FirstLook) -> Floats:
    """What is weighed: the best places, the sums over all of them, the first look's log-odds, and the length in two ways."""
    odds: Floats = np.zeros(0)
    if len(fits.gains):
        places = np.unique(fits.firsts << 32 | fits.lasts, return_inverse=True)[1]
        odds = np.bincount(places, weights=np.exp(np.minimum(log_odds_of(fits), MOST))).astype(np.float64)
    best = np.full(BEST, NOTHING)
    top = np.sort(np.log(odds[odds > 0]))[: -BEST - 1 : -1]
    best[: len(top)] = np.maximum(top, NOTHING)
    sums = [float(np.log1p(odds * (rate / (1 - rate))).sum()) for rate in RATES]
    return np.array([*best, *sums, seen.log_odds, np.log(max(seen.words, 1)), seen.words / USUAL_WORDS])


@cache
def shipped_glance() -> Glance:
    """The weights of the package, read on first use."""
    with package_file("glance.json") as path:
        data = json.loads(path.read_text(encoding="utf-8"))
    return Glance(np.array(data["weights"], dtype=np.float64), float(data["threshold"]))
