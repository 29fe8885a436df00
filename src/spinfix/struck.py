"""Words that only a spinner puts side by side: what one such place says by itself, and what several say of a document.

The rest of a page may be as clean as can be, and still nobody but a spinner writes *misfortune work*.  So a place whose candidates know of
such a pair (``Candidate.pair``) is asked apart from the document: it is spun with a probability that rises with the pair's weight, and if
it is, the lattice says what was meant.  How many pages are spun nobody knows, so that probability rises less steeply than the weight.
Where there are several, different from one another, they speak for a spun document as well; three of them decide the matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .adaptation import EXTRA_PRIOR_SHIFT, Priors
from .composed import together
from .decoder import logit, posteriors
from .lattice import Lattice
from .records import Candidate
from .text import Document

Floats = NDArray[np.float64]

# Chosen on held-out tortured phrases (benchmarks/tortured.py) against edits and suggestions on clean text, nats
EVEN: Final = 6.4  # weight of a pair from which the place more probably is spun than not, in a document that seems to be clean
STEEP: Final = 0.55  # log-odds that the place is spun, for each nat of weight
INSIDE: Final = 2.0  # weight from which it more probably is than not, in a document that was spun
CHANGED: Final = 2.5  # log-odds that a spinner changed a word of such a place
REACH: Final = 20  # tokens to either side of such a place that are read with it; with 60 the same is found, at half as much again


def window(document: Document, weights: Sequence[float]) -> tuple[int, int]:
    """The tokens, half-open, with all that ``weights`` (of each token and the next) are above 0 for, and what is read with it."""
    at = [k for k, weight in enumerate(weights) if weight]
    first, last = max(0, at[0] - REACH), min(len(document), at[-1] + 2 + REACH)
    first = max([first, *(k for k in document.breaks if k <= at[0])])  # what stands in another stretch of prose says nothing
    return first, min([last, *(k for k in document.breaks if k > at[-1] + 1)])


def moved(candidates: Sequence[Candidate], by: int) -> Sequence[Candidate]:
    """``candidates`` as they stand in a document that has ``by`` more tokens before."""
    return [c._replace(first=c.first + by, last=c.last + by) for c in candidates] if by else candidates


def document_log_odds(candidates: Sequence[Candidate]) -> float:
    """By how many nats the pairs of a document speak for its being spun: each different one but the heaviest."""
    return together(_different(candidates))


def _different(candidates: Sequence[Candidate]) -> Iterator[float]:
    """The weight of each place with a pair whose words differ from those before."""
    seen: set[str] = set()
    group: list[Candidate] = []
    for candidate in [*sorted((c for c in candidates if c.pair > 0), key=lambda c: (c.first, c.last)), None]:
        if group and (candidate is None or candidate.first > max(c.last for c in group)):
            words = {c.observed for c in group}
            if not words <= seen:
                yield max(c.pair for c in group)
            seen |= words
            group = []
        if candidate is not None:
            group.append(candidate)


def with_pairs(lattice: Lattice, found: Floats, spun: float, priors: Priors) -> Floats:
    """The posteriors ``found`` with what the pairs say, in a document that was ``spun`` with that probability."""
    pair = np.array([c.pair for c in lattice.candidates])
    if not pair.any():
        return found
    log_p = np.array([c.log_p for c in lattice.candidates]) + EXTRA_PRIOR_SHIFT * lattice.prior_shift
    clean = logit(priors.clean_rate)
    meant = posteriors(lattice, log_p + np.where(pair > 0, CHANGED, clean)).candidates
    at_place = spun * _logistic(pair - INSIDE) + (1 - spun) * _logistic(STEEP * (pair - EVEN))
    return np.where(pair > 0, np.maximum(found, at_place * meant), found)


def _logistic(log_odds: Floats) -> Floats:
    odds: Floats = 1 / (1 + np.exp(-log_odds))
    return odds
