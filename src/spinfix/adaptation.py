"""What this document tells about its own spinning: how much of it, and which substitutions.

A document is clean, or it was spun at some rate; the rate is settled by comparing the probability of the whole document under a
few rates.  One text is spun by one table, so every sure place ("struggle zone") informs the doubtful one ("the struggle in
Ukraine"): per substitution the rate is re-estimated from the *other* places where the same words are observed, shrunk towards
the document's rate (a Dirichlet prior), two or three rounds long.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .decoder import Posteriors, log_total, posteriors
from .lattice import Lattice

Floats = NDArray[np.float64]

NEGLIGIBLE: Final = 1e-3  # a probability of being spun below which a document is read as clean
LIST_CONCENTRATION: Final = 3.0  # expected changes that count against what the document shows of a list


@dataclass(frozen=True, slots=True)
class Priors:
    """The base rates of the world.  ``benchmarks/quality.py`` is the experiment behind each default."""

    spun: float = 1e-3  # probability that a document is spun
    clean_rate: float = 5e-5  # share of changeable places changed in a document that nobody spun
    rates: tuple[float, ...] = (0.03, 0.08, 0.16, 0.3, 0.5)  # in a spun one, equally likely
    concentration: float = 2.0  # places that the document's rate counts for against what the other places say
    rounds: int = 3


@dataclass(frozen=True, slots=True)
class Adapted:
    """A document's own rates, and the posteriors under them."""

    spun: float  # probability that the document was spun
    spin_rate: float  # expected share of changeable places that were changed
    candidates: Floats = field(repr=False)  # posterior of each candidate
    log_prior: Floats = field(repr=False)  # the channel's part of each candidate's log-odds (nats)
    log_rate: float = 0.0  # the document's part of them (nats)


def adapt(lattice: Lattice, changeable: int, spun_log_odds: float, priors: Priors) -> Adapted:
    """Settle the rates of one document over ``changeable`` places, and decode under them.

    ``spun_log_odds`` (nats) is what the detector says of the document, before the base rate of the world.
    """
    log_p = np.array([c.log_p for c in lattice.candidates])
    if not len(log_p):
        return Adapted(priors.spun * 1e-3, 0.0, np.zeros(0), np.zeros(0))

    def log_likelihood(rate: float) -> float:
        return log_total(lattice, log_p + _logit(rate)) + changeable * float(np.log1p(-rate))

    alone = posteriors(lattice, log_p + _logit(priors.clean_rate))
    log_odds = spun_log_odds + _logit(priors.spun)
    probability = float(1 / (1 + np.exp(-np.clip(log_odds, -500, 500))))
    if probability < NEGLIGIBLE:
        return Adapted(probability, 0.0, alone.candidates, log_p + _logit(priors.clean_rate), _logit(priors.clean_rate))
    spun = np.array([log_likelihood(r) for r in priors.rates])
    share = np.exp(spun - spun.max())
    rate = float((share * np.array(priors.rates)).sum() / share.sum())
    base = weights = log_p + _logit(rate)
    found = posteriors(lattice, base)
    for _ in range(priors.rounds):
        weights = _adapted_weights(lattice, base, found, priors.concentration)
        found = posteriors(lattice, weights)
    mixed = probability * found.candidates + (1 - probability) * alone.candidates
    return Adapted(probability, rate * probability, mixed, weights, _logit(rate))


def _adapted_weights(lattice: Lattice, base: Floats, found: Posteriors, concentration: float) -> Floats:
    """The channel's log-odds of each candidate, from the other places of the document that show the same words.

    For observed words s with intended i: share(i) = (changes elsewhere + concentration * prior share) / (places elsewhere +
    concentration), where the prior share follows from the document's rate and how common s and i are.
    """
    shift = lattice.prior_shift
    base = base + _list_rates(lattice, base, found, LIST_CONCENTRATION)
    odds_of = np.exp(np.clip(base + shift, -30, 30)).tolist()
    posterior = found.candidates.tolist()
    places: dict[str, set[int]] = {}
    totals: dict[tuple[str, str], float] = {}
    changed: dict[str, float] = {}
    at_place: dict[tuple[str, int], float] = {}
    odds: dict[str, dict[str, float]] = {}
    for candidate, p, o in zip(lattice.candidates, posterior, odds_of, strict=True):
        observed, intended = candidate.observed, candidate.intended.lower()
        places.setdefault(observed, set()).add(candidate.last)
        totals[observed, intended] = totals.get((observed, intended), 0.0) + p
        changed[observed] = changed.get(observed, 0.0) + p
        at_place[observed, candidate.last] = at_place.get((observed, candidate.last), 0.0) + p
        odds.setdefault(observed, {})[intended] = o
    prior_keep = {observed: 1 / (1 + sum(shares.values())) for observed, shares in odds.items()}
    gains, losses = [], []
    for candidate, p in zip(lattice.candidates, posterior, strict=True):
        observed, intended = candidate.observed, candidate.intended.lower()
        keep = prior_keep[observed]
        changed_elsewhere = changed[observed] - at_place[observed, candidate.last]
        kept_elsewhere = max(len(places[observed]) - 1 - changed_elsewhere, 0.0)
        gains.append(max(totals[observed, intended] - p, 0.0) + concentration * odds[observed][intended] * keep + 1e-12)
        losses.append(kept_elsewhere + concentration * keep + 1e-12)
    weights: Floats = np.log(gains) - np.log(losses) - shift
    return weights


def _list_rates(lattice: Lattice, base: Floats, found: Posteriors, concentration: float) -> Floats:
    """How much more, or less, than expected each list is at work in this document: the logarithm, for each candidate.

    Expected are the changes that the document's rate alone would bring; ``concentration`` changes of the expected kind are added
    to both sides, so a list with little to say stays near zero.
    """
    shift = lattice.prior_shift
    odds = np.exp(np.clip(base + shift, -30, 30))
    names = [(c.source, int(c.log_p > -0.5) + int(c.log_p > -1.2) + int(c.log_p > -2.3)) for c in lattice.candidates]
    index = {name: k for k, name in enumerate(dict.fromkeys(names))}
    group = np.array([index[name] for name in names])
    places: dict[tuple[int, int], float] = {}
    for c, o in zip(lattice.candidates, odds.tolist(), strict=True):
        places[c.first, c.last] = places.get((c.first, c.last), 0.0) + o
    expected = odds / (1 + np.array([places[c.first, c.last] for c in lattice.candidates]))
    seen = np.bincount(group, weights=found.candidates) + concentration
    wanted = np.bincount(group, weights=expected) + concentration
    rates: Floats = np.log(seen / wanted)[group]
    return rates


def _logit(p: float) -> float:
    return float(np.log(p) - np.log1p(-p))
