"""Is the document spun at all?  Answered before anything is decided about its words.

Three figures are weighed against one another (a logistic regression, fitted by ``tools/fit_detector.py`` on spun and clean text of many
genres, kept as data):

* *counts*: every place where a change is about as likely as not, or likelier, at a reference rate, is counted by how strong its evidence
  is and by how usual the substitution is for a spinner.  Clean prose of any genre shows some weak places and hardly any strong one; a
  text spun at rate r shows r times a typical number more of each kind.  The counts are taken as Poisson, so a few strong places decide a
  short text and many are asked of a long one.  Each substitution counts once however often it stands there: one favourite word of an
  author is no proof;
* *whole*: by how much the text is likelier with its changes than without, at the best of a few rates: the sum over all readings of the
  lattice against the text as it stands;
* *contexts*: the same given the observed words, so that only what stands around them speaks.

To these come the *strong* places: forms that clean text never has (rows with ``evidence=strong``), each different one once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .decoder import log_totals, posteriors
from .lattice import Lattice
from .text import Document
from .wordlists import package_file

Floats = NDArray[np.float64]

REFERENCE_RATE: Final = 0.1
# An author's habits repeat: beyond so many changeable words only the density counts, not the number.  A president's speech of the 1950s,
# 1,000 changeable words long, was called spun without this.
FULL_COUNT: Final = 400
EDGES: Final = (-0.5, 0.5, 1.5, 2.5, 4.0, 6.0)  # log-odds (nats) of a change at a place: below the first nothing is counted
USUAL: Final = (-0.9, -2.0)  # log P(observed | intended) from which a substitution is usual, or known
RATES: Final = (0.03, 0.06, 0.12, 0.25)  # shares of changed words that the counts are compared with, equally likely
WHOLE_RATES: Final = (0.02, 0.05, 0.1, 0.2)  # those that whole readings are
# Nats that a strong place adds, and how many of them count.  In 950,000 clean words that the marks were not made from 30 stood, one in
# 30,000; in a spun text of that length some 10,000 would, which is 5.8 nats; half of that is in the counts already.
STRONG: Final = 2.5
STRONG_COUNTED: Final = 4
STRONG_FROM: Final = 0.3  # posterior, at the reference rate, from which a strong place counts
KEPT: Final = -60.0  # nats: a weight under which nothing is changed


@dataclass(frozen=True, slots=True)
class Profile:
    """What a document shows, as far as the detector is concerned."""

    counts: Floats  # places of each kind: by strength of evidence (6) times usualness (3), flat, shape (18,)
    whole: float  # nats by which the changed text is likelier, at the best rate
    contexts: float  # the same, given the observed words
    changeable: int  # words that a spinner could have changed
    strong: int = 0  # places with what clean text never has


@dataclass(frozen=True, slots=True)
class Detector:
    """Poisson rates by kind of place, per changeable word, and the weights of the three figures."""

    clean: Floats  # in a text that nobody spun, in the genre that shows most
    spun: Floats  # more of them, for a spin rate of 1
    weights: Floats  # of counts, whole and contexts
    offset: float  # nats taken off: what puts even odds, at the base rate of the world, above nearly all clean documents

    def figures(self, seen: Profile) -> Floats:
        """The three figures (nats), each cut down to what ``FULL_COUNT`` words of the same density would show."""
        gains = []
        for rate in RATES:
            spun = self.clean + rate * self.spun
            gains.append(float(seen.counts @ np.log(spun / self.clean)) - seen.changeable * float((spun - self.clean).sum()))
        counts = float(np.logaddexp.reduce(gains)) - float(np.log(len(RATES)))
        return np.array([counts, seen.whole, seen.contexts]) * min(1.0, FULL_COUNT / max(seen.changeable, 1))

    def log_odds(self, seen: Profile) -> float:
        """Log-odds that a document with this profile is spun, before the base rate of the world (nats)."""
        strong = STRONG * min(seen.strong, STRONG_COUNTED) * min(1.0, FULL_COUNT / max(seen.changeable, 1))
        return float(self.weights @ self.figures(seen)) - self.offset + strong


@cache
def shipped_detector() -> Detector:
    """The fitted rates of the package."""
    with package_file("detector.json") as path:
        data = json.loads(path.read_text(encoding="utf-8"))
        clean, spun, weights = (np.array(data[name], dtype=np.float64) for name in ("clean", "spun", "weights"))
        return Detector(clean, spun, weights, float(data["offset"]))


def profile(document: Document, lattice: Lattice, changeable: int) -> Profile:
    """What ``document`` shows, of whose words ``changeable`` could have been changed."""
    counts = np.zeros((len(EDGES), len(USUAL) + 1))
    if not lattice.candidates:
        return Profile(counts.ravel(), 0.0, 0.0, changeable)
    log_p = np.array([c.log_p for c in lattice.candidates])
    found = posteriors(lattice, log_p + _logit(REFERENCE_RATE)).candidates
    _count(document, lattice, found, counts)
    whole, contexts = _gains(lattice, log_p, changeable)
    return Profile(counts.ravel(), whole, contexts, changeable, _strong_places(lattice, found))


def _strong_places(lattice: Lattice, found: Floats) -> int:
    """How many different places hold what clean text never has; the words of one phrase are one place."""
    sums: dict[tuple[int, int, str], float] = {}
    for candidate, p in zip(lattice.candidates, found.tolist(), strict=True):
        if candidate.evidence == "strong":
            place = (candidate.first, candidate.last, candidate.observed)
            sums[place] = sums.get(place, 0.0) + p
    number, reached = 0, -1
    seen: set[str] = set()
    for (first, last, observed), p in sorted(sums.items()):
        if p >= STRONG_FROM and observed not in seen:
            seen.add(observed)
            number += first > reached
            reached = max(reached, last)
    return number


def _gains(lattice: Lattice, log_p: Floats, changeable: int) -> tuple[float, float]:
    """By how many nats the changed text is likelier than the text as it stands: as a whole, and given the observed words."""
    weights = np.array([log_p + _logit(rate) for rate in WHOLE_RATES])
    *changed, kept = log_totals(lattice, np.vstack([weights, np.full(len(log_p), KEPT)])).tolist()
    places: dict[tuple[int, int], int] = {}
    place = np.array([places.setdefault((c.first, c.last), len(places)) for c in lattice.candidates])
    whole, contexts = [], []
    for total, row, rate in zip(changed, weights, WHOLE_RATES, strict=True):
        whole.append(total - kept + changeable * float(np.log1p(-rate)))
        odds = np.exp(np.clip(row + lattice.prior_shift, -30, 30))
        contexts.append(total - kept - float(np.log1p(np.bincount(place, weights=odds)).sum()))
    return max(whole), max(contexts)


def _count(document: Document, lattice: Lattice, found: Floats, counts: Floats) -> None:
    order = np.flatnonzero(found > 1e-3).tolist()
    if not order:
        return
    codes, place = np.unique(np.array([lattice.candidates[k].first << 32 | lattice.candidates[k].last for k in order]), return_inverse=True)
    sums = np.bincount(place, weights=found[order], minlength=len(codes))
    strong = sums >= 0.3  # well below the first edge
    groups: dict[int, list[int]] = {}
    for k, at in zip(order, place.tolist(), strict=True):
        if strong[at]:
            groups.setdefault(at, []).append(k)
    seen: set[str] = set()
    breaks = frozenset(document.breaks)
    for _, group in sorted(groups.items()):
        first = lattice.candidates[group[0]].first
        total = min(float(found[group].sum()), 1 - 1e-9)
        log_odds = float(np.log(total) - np.log1p(-total))
        best = lattice.candidates[max(group, key=lambda k: found[k])]
        if log_odds < EDGES[0] or best.observed in seen:
            continue
        if document.surfaces[first][:1].isupper() and first not in breaks and best.intended == best.intended.lower():
            continue  # an unknown name is no evidence; a known one that is broken is
        seen.add(best.observed)
        counts[int(np.searchsorted(EDGES, log_odds)) - 1, _usualness(best.log_p)] += 1


def _usualness(log_p: float) -> int:
    return sum(log_p <= edge for edge in USUAL)


def _logit(p: float) -> float:
    return float(np.log(p) - np.log1p(-p))
