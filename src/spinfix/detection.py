"""Is the document spun at all?  Answered before anything is decided about its words.

Every place where a change is likelier than not, at a reference rate, is counted by how strong its evidence is and by how usual the
substitution is for a spinner.  Clean prose of any genre shows some weak places and hardly any strong one; a spun text shows many of
all kinds.  A logistic model over the densities (its weights are data, fitted by ``tools/fit_detector.py`` on spun and clean text
of many genres) turns the counts into a log-odds.  Each substitution counts once however often it stands there, so that one
favourite word of an author is no proof.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
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
EDGES: Final = (-0.5, 0.5, 1.5, 2.5, 4.0, 6.0)  # log-odds (nats) of a change at a place: below the first nothing is counted
USUAL: Final = (-0.9, -2.0)  # log P(observed | intended) from which a substitution is usual, or known


@dataclass(frozen=True, slots=True)
class Detector:
    """A logistic model: ``weights`` over the features, after the constant; ``slope`` and ``offset`` calibrate it."""

    weights: tuple[float, ...]
    slope: float
    offset: float

    def log_odds(self, features: Floats) -> float:
        """Log-odds that the document is spun, before the base rate of the world (nats)."""
        return self.slope * (float(np.dot(self.weights[1:], features)) + self.weights[0] - self.offset)


@cache
def shipped_detector() -> Detector:
    """The fitted model of the package."""
    data = json.loads((DATA / "detector.json").read_text(encoding="utf-8"))
    return Detector(tuple(data["weights"]), data["slope"], data["offset"])


def features(document: Document, lattice: Lattice, changeable: int) -> Floats:
    """Square roots of the densities of places (per changeable word), by strength of evidence (6) and usualness (3): shape (18,)."""
    counts = np.zeros((len(EDGES), len(USUAL) + 1))
    if lattice.candidates and changeable:
        weights = np.array([c.log_p for c in lattice.candidates]) + np.log(REFERENCE_RATE / (1 - REFERENCE_RATE))
        _count(document, lattice, posteriors(lattice, weights).candidates, counts)
    return np.sqrt(counts.ravel() / max(changeable, 40))  # a few words cannot be dense


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
        if log_odds < EDGES[0] or best.observed in seen or (document.surfaces[first][:1].isupper() and first not in breaks):
            continue
        seen.add(best.observed)
        counts[int(np.searchsorted(EDGES, log_odds)) - 1, _usualness(best.log_p)] += 1


def _usualness(log_p: float) -> int:
    return sum(log_p <= edge for edge in USUAL)


def fit(rows: Sequence[Floats], spun: Sequence[bool], ridge: float = 0.3) -> tuple[float, ...]:
    """Weights (the constant first) of the logistic regression of ``spun`` on ``rows``, by Newton's method."""
    x = np.column_stack([np.ones(len(rows)), np.array(rows)])
    y = np.array(spun, dtype=float)
    weights = np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        hessian = (x * (p * (1 - p) + 1e-6)[:, None]).T @ x + ridge * np.eye(len(weights))
        weights += np.linalg.solve(hessian, x.T @ (y - p) - ridge * weights)
    return tuple(weights.tolist())
