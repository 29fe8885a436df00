"""What this document tells about its own spinning: how much of it, by what kind of spinner, and which substitutions.

A document is clean, or it was spun at some rate, by a spinner of some family, whose table follows the lists more or less closely.
Rate, family and closeness are settled by comparing the probability of the whole document under a few values of each.  One text is spun
by one table, so every sure place ("struggle zone") informs the doubtful one ("the struggle in Ukraine"): per substitution the rate is
re-estimated from the *other* places where the same words are observed, shrunk towards the document's rate (a Dirichlet prior).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .decoder import Posteriors, log_totals, logit, place_totals, posteriors
from .detection import THESAURUS
from .lattice import Lattice

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OUTSIDE: Final = -60.0  # nats that a candidate has less outside the spun parts of a document, while what is inside is weighed
NEGLIGIBLE: Final = 1e-3  # a probability of being spun below which a document is read as clean
# Nats that a change has less, in a document that nobody spun, where the observed form is ordinary English (``evidence=none``): writers of
# all kinds, whose language need not be that of the model, put it where the model does not expect it (*at the begin of*, *you nevertheless
# need*).  Of 6,000 clean documents 12 places are changed, and 21 without this.
ORDINARY: Final = -2.5
LIST_CONCENTRATION: Final = 3.0  # expected changes that count against what the document shows of a list

# How common the intended and the observed words are in general is told more reliably than how well they fit their neighbours, so the
# former weighs this much more of what the model's weight gives it (0.51 to 0.77; with 0.6 and 0.75, F0.5 is half a point lower on
# generated texts and a point lower on real ones).
EXTRA_PRIOR_SHIFT: Final = 0.5

# Families of lists that stand for one kind of spinner each.
SPINNERS: Final = ("news-blog", "getting-to-know", "academic", "link-blog", "nan-pinch", "thesaurus", "synonyms")
GENERAL: Final = "news-blog"  # the family known best: what it lists, the spinners of other families write as well
GENERAL_DISTANCE: Final = -0.3  # nats for a substitution that only the general family lists, in a text of another one
FOREIGN_DISTANCE: Final = -2.5  # nats for what only the list of another spinner has
THESAURUS_DISTANCE: Final = -4.0  # nats for what only a whole thesaurus has, in a text of another spinner
UNKNOWN_FAMILY: Final = 0.05  # share of spun documents that no family describes better than all lists together

# Exponents of P(observed | intended), and how probable each is: 1 for a table that writes what the lists say, as those of real pages
# do, less for one that chooses evenly.
CLOSENESS: Final = {1.0: 0.9, 0.7: 0.05, 0.4: 0.05}
# Rates are judged half by how many places changed, half by how well changes fit; the first alone says too little, as a closed table leaves
# most words alone and changes its own nearly always, the second alone too much.
FIT_SHARE: Final = 0.85
EQUALS_FROM: Final = 0.02  # posterior from which a candidate is joined with others that make the same text


class Priors(NamedTuple):
    """The base rates of the world.  ``benchmarks/quality.py`` is the experiment behind each default."""

    spun: float = 1e-3  # probability that a document is spun
    clean_rate: float = 5e-5  # share of changeable places changed in a document that nobody spun
    rates: tuple[float, ...] = (0.02, 0.04, 0.07, 0.11, 0.17, 0.25, 0.36, 0.5)  # in a spun one, equally likely
    concentration: float = 1.0  # places that the document's rate counts for against what the other places say


@dataclass(frozen=True, slots=True)
class Adapted:
    """A document's own rates, and the posteriors under them."""

    spun: float  # probability that the document was spun
    spin_rate: float  # expected share of changeable places that were changed
    family: str = field(repr=False)  # of the spinner, if one family is likelier than all else together; or ""
    candidates: Floats = field(repr=False)  # posterior of each candidate
    log_prior: Floats = field(repr=False)  # the channel's and the document's part of each candidate's log-odds (nats)
    log_family: Floats = field(repr=False)  # of this, what the spinner's family and its closeness to the lists bring (nats)
    log_rate: float = 0.0  # of this, the document's rate (nats)
    given_spun: Floats | None = field(default=None, repr=False)  # the posteriors if it was spun; None where that is not asked
    given_clean: Floats | None = field(default=None, repr=False)  # and if it was not
    shares: Floats | None = field(default=None, repr=False)  # the probability for each candidate that its part is spun
    strays: float = 0.0  # probability that the spinner's table strays from the lists
    log_unspun: Floats | None = field(default=None, repr=False)  # what ``log_prior`` is if the document was not spun (nats)
    log_clean_rate: float = 0.0  # of this, the rate of documents that nobody spun (nats)


def adapt(
    lattice: Lattice, changeable: int, spun_log_odds: float, priors: Priors, shares: Floats | None = None, told_from: float = 0.0
) -> Adapted:
    """Settle the rates of one document over ``changeable`` places, and decode under them.

    ``spun_log_odds`` (nats) is what the detector says of the document, before the base rate of the world.  In a mixed document
    ``shares`` gives the probability for each candidate that its part is spun, if any is: the spinner's ways are learned from parts that
    are at least half as probably spun as the likeliest one, and ``changeable`` counts the places of these.

    Where no candidate of a document that more probably is clean can have a posterior of ``told_from``, whatever its spinner's ways, these
    are not asked for: the posteriors are those of a text that nobody spun.
    """
    log_p = lattice.log_p
    nothing = np.zeros(len(log_p))
    if not len(log_p):
        return Adapted(priors.spun * 1e-3, 0.0, "", nothing, nothing, nothing)
    extra = EXTRA_PRIOR_SHIFT * lattice.prior_shift
    clean = logit(priors.clean_rate)
    unspun = log_p + clean + np.where([c.evidence == "none" for c in lattice.candidates], ORDINARY, 0.0)
    alone = posteriors(lattice, unspun + extra)
    log_odds = spun_log_odds + logit(priors.spun)
    probability = float(1 / (1 + np.exp(-np.clip(log_odds, -500, 500))))
    if probability < NEGLIGIBLE:
        return Adapted(probability, 0.0, "", alone.candidates, unspun, nothing, clean, log_unspun=unspun, log_clean_rate=clean)
    mixture = np.full(len(log_p), probability) if shares is None else probability * shares
    outside = np.where(mixture * 2 < mixture.max(), OUTSIDE, 0.0)
    log_p = log_p + outside
    judge = _Judge(lattice, extra, changeable, priors.rates)
    rate = judge.rate(log_p)
    if probability < 0.5 and float(mixture.max()) + _most(alone.candidates) < told_from:
        expected = rate * probability
        return Adapted(probability, expected, "", alone.candidates, unspun, nothing, clean, log_unspun=unspun, log_clean_rate=clean)
    family, channel, strays = judge.channel(log_p, rate)
    rate = judge.rate(channel)
    base = channel + extra + logit(rate)
    weights = _adapted_weights(lattice, base, posteriors(lattice, base), priors.concentration, outside == 0)
    found = posteriors(lattice, weights)
    mixed = mixture * found.candidates + (1 - mixture) * alone.candidates
    return Adapted(
        probability, rate * probability, family, mixed, weights - extra, channel - log_p, logit(rate),
        found.candidates, alone.candidates, mixture, strays, unspun, clean,
    )  # fmt: skip


def _most(p: Floats) -> float:
    """More than any of the posteriors ``p`` can have when those of equal outcome are joined, which only those of some size are."""
    return max(float(p.max()), float(p[p >= EQUALS_FROM].sum()))


class _Judge:
    """How probable a whole document is under one rate and one channel, given that it was spun."""

    def __init__(self, lattice: Lattice, extra: Floats, changeable: int, rates: Sequence[float]) -> None:
        self._lattice = lattice
        self._extra = extra
        self._changeable = changeable
        self._rates = rates

    def rate(self, channel: Floats) -> float:
        """The document's rate: the mean over the rates, each weighed by the probability of the document under it."""
        rates = np.array(self._rates)
        weights = (channel + self._extra)[None] + (np.log(rates) - np.log1p(-rates))[:, None]
        kept = self._changeable * np.log1p(-rates)
        found = log_totals(self._lattice, weights) + (1 - FIT_SHARE) * kept - FIT_SHARE * self._expected(weights)
        return float(_shares(found) @ rates)

    def channel(self, log_p: Floats, rate: float) -> tuple[str, Floats, float]:
        """The spinner's family, or "" if none stands out; log P(observed | intended) as a mean over families and closeness; and the
        probability that the table strays from the lists.
        """
        distances = [np.zeros(len(log_p)), *_distances(self._lattice)]
        priors = [UNKNOWN_FAMILY, *((1 - UNKNOWN_FAMILY) / len(SPINNERS) for _ in SPINNERS)]
        channels = [closeness * log_p + distance for distance in distances for closeness in CLOSENESS]
        prior = np.log([family * closeness for family in priors for closeness in CLOSENESS.values()])
        shares = _shares(prior + self._fits(np.array(channels), rate))
        families, exponents = (shares.reshape(-1, len(CLOSENESS)).sum(axis) for axis in (1, 0))
        likeliest = int(families.argmax())
        mean: Floats = shares @ np.array(channels)
        strays = float(sum(share for share, exponent in zip(exponents.tolist(), CLOSENESS, strict=True) if exponent < 1))
        return (SPINNERS[likeliest - 1] if likeliest and families[likeliest] > 0.5 else ""), mean, strays

    def _fits(self, channels: Floats, rate: float) -> Floats:
        weights = channels + self._extra + logit(rate)
        fits: Floats = log_totals(self._lattice, weights) - self._expected(weights)
        return fits

    def _expected(self, weights: Floats) -> Floats:
        """log_totals if every word stood in no context: given the observed words themselves, only their context is evidence."""
        found: Floats = place_totals(self._lattice, weights).sum(1)
        return found


def _distances(lattice: Lattice) -> Floats:
    """How far each candidate's log P(observed | intended) lies from the likeliest one, a row for each of ``SPINNERS`` (nats, at most 0).

    It is what its own families write, what the general one does, and what those of others do.
    """
    listings = lattice.listings
    own = np.array([[_added(name, family) for family in SPINNERS] for name in listings.names])
    is_of_others = listings.nearest(np.array([-np.inf if name == THESAURUS else 0.0 for name in listings.names])) > -np.inf
    found: Floats = np.maximum(listings.nearest(own), np.where(is_of_others, FOREIGN_DISTANCE, THESAURUS_DISTANCE)[:, None]).T
    return found


def _added(name: str, family: str) -> float:
    """What is added to the distance of what the lists of ``name`` have, for a spinner of ``family``."""
    if name == family or name not in SPINNERS:
        return 0.0
    return GENERAL_DISTANCE if name == GENERAL else -np.inf


def _shares(log_weights: Floats) -> Floats:
    """Probabilities in the proportion of these weights (nats)."""
    values = np.exp(log_weights - log_weights.max())
    shares: Floats = values / values.sum()
    return shares


def _adapted_weights(
    lattice: Lattice, base: Floats, found: Posteriors, concentration: float, inside: NDArray[np.bool_] | None = None
) -> Floats:
    """The channel's log-odds of each candidate, from the other places of the document that show the same words.

    For observed words s with intended i: share(i) = (changes elsewhere + concentration * prior share) / (places elsewhere +
    concentration), where the prior share follows from the document's rate and how common s and i are.  Places that are not ``inside``
    the spun parts say nothing.
    """
    shift = lattice.prior_shift
    base = base + _list_rates(lattice, base, found, LIST_CONCENTRATION)
    p = found.candidates
    observed = [c.observed for c in lattice.candidates]
    word, _ = _numbered(observed)
    pair, size = _numbered(list(zip(observed, [c.intended.lower() for c in lattice.candidates], strict=True)))
    codes, place = np.unique(word << 40 | lattice.lasts, return_inverse=True)
    here = np.exp(np.clip(base + shift, -30, 30))
    odds = np.zeros(size)
    np.maximum.at(odds, pair, here)
    word_of_pair = np.zeros(size, dtype=np.int64)
    word_of_pair[pair] = word
    keep = (1 / (1 + np.bincount(word_of_pair, weights=odds)))[word]
    at_place = np.zeros(len(codes))
    at_place[place] = _kept(lattice, p) if inside is None else np.where(inside, _kept(lattice, p), 0.0)
    kept_elsewhere = np.maximum(np.bincount(codes >> 40, weights=at_place)[word] - at_place[place], 0.0)
    gains = np.maximum(np.bincount(pair, weights=p)[pair] - p, 0.0) + concentration * odds[pair] * keep + 1e-12
    losses = kept_elsewhere + concentration * keep + 1e-12
    own = np.log(here / odds[pair])  # by how much this place speaks less for the pair than the others by itself, as by its letter case
    weights: Floats = np.log(gains) - np.log(losses) - shift + own
    return weights


def _numbered(values: Sequence[Hashable]) -> tuple[Ints, int]:
    """A number for each of ``values``, equal ones alike, in the order in which they are met; and how many there are."""
    numbers = dict(zip(distinct := dict.fromkeys(values), range(len(distinct)), strict=True))
    return np.fromiter(map(numbers.__getitem__, values), dtype=np.int64, count=len(values)), len(numbers)


def _kept(lattice: Lattice, p: Floats) -> Floats:
    """For each candidate, how probable it is that nothing changes the words it is for: not by it, nor by any that overlaps with it."""
    firsts, lasts = lattice.firsts, lattice.lasts
    steps = np.zeros(int(lasts.max()) + 1)
    np.add.at(steps, firsts, p)
    np.subtract.at(steps, lasts, p)
    changed = np.append(np.cumsum(steps), 0.0)  # per token
    most: Floats = np.maximum.reduceat(changed, np.column_stack([firsts, lasts]).ravel())[::2]
    return np.clip(1.0 - most, 0.0, 1.0)


def _list_rates(lattice: Lattice, base: Floats, found: Posteriors, concentration: float) -> Floats:
    """How much more, or less, than expected each list is at work in this document: the logarithm, for each candidate.

    Expected are the changes that the document's rate alone would bring; ``concentration`` changes of the expected kind are added
    to both sides, so a list with little to say stays near zero.
    """
    shift = lattice.prior_shift
    odds = np.exp(np.clip(base + shift, -30, 30))
    log_p = lattice.log_p
    source, _ = _numbered([c.source for c in lattice.candidates])
    group = source * 4 + (log_p > -0.5) + (log_p > -1.2) + (log_p > -2.3)
    expected = odds / (1 + np.bincount(lattice.place, weights=odds)[lattice.place])
    seen = np.bincount(group, weights=found.candidates) + concentration
    wanted = np.bincount(group, weights=expected) + concentration
    rates: Floats = np.log(seen / wanted)[group]
    return rates
