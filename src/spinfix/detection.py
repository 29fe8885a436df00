"""Is the document spun at all?  Answered before anything is decided about its words.

Every place where a change is about as likely as not, or likelier, at a reference rate, is counted by how strong its evidence is and by
how usual the substitution is for a spinner.  Clean prose of any genre shows some weak places and hardly any strong one; a text spun at
rate r shows r times a typical number more of each kind.  The counts are taken as Poisson, so a few strong places decide a short text
and many are asked of a long one; the rates of both worlds are data, fitted by ``tools/fit_detector.py`` on spun and clean text of many
genres.  Each substitution counts once however often it stands there: one favourite word of an author is no proof.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .decoder import posteriors
from .lattice import Lattice
from .text import Document
from .wordlists import DATA

Floats = NDArray[np.float64]

REFERENCE_RATE: Final = 0.1
# An author's habits repeat: beyond so many changeable words only the density counts, not the number.  A president's speech of the 1950s,
# 1,000 changeable words long, was called spun without this.
FULL_COUNT: Final = 400
EDGES: Final = (-0.5, 0.5, 1.5, 2.5, 4.0, 6.0)  # log-odds (nats) of a change at a place: below the first nothing is counted
USUAL: Final = (-0.9, -2.0)  # log P(observed | intended) from which a substitution is usual, or known


RATES: Final = (0.03, 0.06, 0.12, 0.25)  # shares of changed words that are considered, equally likely


@dataclass(frozen=True, slots=True)
class Detector:
    """Poisson rates by kind of place (strength times usualness, 18 in all), per changeable word."""

    clean: Floats  # in a text that nobody spun, in the genre that shows most
    spun: Floats  # more of them, for a spin rate of 1
    offset: float  # nats taken off: what puts even odds, at the base rate of the world, above nearly all clean documents

    def log_odds(self, counts: Floats, changeable: int) -> float:
        """Log-odds that a document with these counts is spun, before the base rate of the world (nats)."""
        gains = []
        for rate in RATES:
            spun = self.clean + rate * self.spun
            gains.append(float(counts @ np.log(spun / self.clean)) - changeable * float((spun - self.clean).sum()))
        total = float(np.logaddexp.reduce(gains)) - float(np.log(len(RATES)))
        return total * min(1.0, FULL_COUNT / max(changeable, 1)) - self.offset


@cache
def shipped_detector() -> Detector:
    """The fitted rates of the package."""
    data = json.loads((DATA / "detector.json").read_text(encoding="utf-8"))
    return Detector(np.array(data["clean"]), np.array(data["spun"]), data["offset"])


def profile(document: Document, lattice: Lattice) -> Floats:
    """The number of places of each kind: by strength of evidence (6) times usualness (3), flat, shape (18,)."""
    counts = np.zeros((len(EDGES), len(USUAL) + 1))
    if lattice.candidates:
        weights = np.array([c.log_p for c in lattice.candidates]) + np.log(REFERENCE_RATE / (1 - REFERENCE_RATE))
        _count(document, lattice, posteriors(lattice, weights).candidates, counts)
    return counts.ravel()


def _count(document: Document, lattice: Lattice, found: Floats, counts: Floats) -> None:
    places: dict[tuple[int, int], list[int]] = {}
    for k, candidate in enumerate(lattice.candidates):
        if found[k] > 1e-3:
            places.setdefault((candidate.first, candidate.last), []).append(k)
    seen: set[str] = set()
    breaks = frozenset(document.breaks)
    for (first, _), group in sorted(places.items()):
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
