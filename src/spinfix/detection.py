"""Is the document spun at all?  Answered before anything is decided about its words.

Five figures are weighed against one another (a logistic regression, fitted by ``tools/fit_detector.py`` on spun and clean text of many
genres, kept as data):

* *counts*: every place where a change is about as likely as not, or likelier, at a reference rate, is counted by how strong its evidence
  is, by how usual the substitution is for a spinner, and by how unusual its form is in clean text.  Clean prose of any genre shows some
  weak places and hardly any strong one; a text spun at rate r shows r times a typical number more of each kind.  The counts are taken as
  Poisson, so a few strong places decide a short text and many are asked of a long one.  Each substitution counts once however often it
  stands there: one favourite word of an author is no proof.  Ordinary words that a spinner likes come in heaps, as they are those of a
  learned writer, or of one who learns the language: of a few honest texts all rates for them are taken for some times higher;
* *whole*: by how much the text is likelier with its changes than without, at the best of a few rates: the sum over all readings of the
  lattice against the text as it stands;
* *contexts*: the same given the observed words, so that only what stands around them speaks;
* *strong*: the places with forms that clean text never has (rows with ``evidence=strong``), each different one once;
* *brevity*: how short the text is.  The longer a clean text, the further the other figures stray by chance.

All of it is kept by blocks, some paragraphs each, so that ``regions`` can ask the same of any run of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .decoder import logit, place_totals, posteriors, segment_totals
from .lattice import Lattice
from .records import Candidate
from .text import Document
from .wordlists import package_file

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

REFERENCE_RATE: Final = 0.1
# An author's habits repeat: beyond so many changeable words only the density counts, not the number.  A president's speech of the 1950s,
# 1,000 changeable words long, was called spun without this.
FULL_COUNT: Final = 400
EDGES: Final = (-0.5, 0.5, 1.5, 2.5, 4.0, 6.0)  # log-odds (nats) of a change at a place: below the first nothing is counted
USUAL: Final = (-0.9, -2.0)  # log P(observed | intended) from which a substitution is usual, or known
FORMS: Final = 3  # an ordinary word, a phrase or an uncommon word, what clean text never has
# How many times as many places of ordinary words clean texts show as the mean, and the shares of such texts.  Chosen on the documents of
# ``tools/fit_detector.py``: where one clean document in 5,000 is called spun, 80 of 100 are found that were spun at 6 to 10 %, else 76.
HEAPS: Final = (1.0, 2.0, 4.0)
HEAP_SHARES: Final = (0.9, 0.08, 0.02)
RATES: Final = (0.03, 0.06, 0.12, 0.25)  # shares of changed words that the counts are compared with, equally likely
WHOLE_RATES: Final = (0.02, 0.05, 0.1, 0.2)  # those that whole readings are
STRONG_COUNTED: Final = 4  # strong places; more of them say nothing more
STRONG_FROM: Final = 0.3  # posterior, at the reference rate, from which a strong place counts
SHORT: Final = 200  # changeable words; a still shorter text gains nothing by being short, as a writer of odd English may have written it
BLOCK: Final = 25  # tokens, and the paragraph to its end, that are weighed together
THESAURUS: Final = "synonyms"  # the family whose table is a whole thesaurus
# Nats that a substitution has less, here, that only such a table holds: Lincoln's words are those that it has for ours.
OF_A_THESAURUS: Final = -4.0
MOST_BLOCKS: Final = 128  # of a document; a longer one has longer ones


class Profile(NamedTuple):
    """What a document shows, as far as the detector is concerned."""

    counts: Floats  # places of each kind: by strength of evidence (6), usualness (3) and form (3), flat, shape (54,)
    whole: float  # nats by which the changed text is likelier, at the best rate
    contexts: float  # the same, given the observed words
    changeable: int  # words that a spinner could have changed
    strong: int = 0  # places with what clean text never has


class Blocks(NamedTuple):
    """What each block of a document shows, one row a block; see ``Profile``."""

    firsts: Ints  # the token that each begins with
    counts: Floats
    whole: Floats  # one column for each of ``WHOLE_RATES``
    contexts: Floats  # the same
    changeable: Ints
    strong: Ints

    @property
    def profile(self) -> Profile:
        """What they show together."""
        whole, contexts = (float(gains.sum(0).max()) for gains in (self.whole, self.contexts))
        return Profile(self.counts.sum(0), whole, contexts, int(self.changeable.sum()), int(self.strong.sum()))

    def of(self, tokens: Ints) -> Ints:
        """The block that each of ``tokens`` lies in."""
        found: Ints = np.searchsorted(self.firsts, tokens, "right") - 1
        return found


class Detector(NamedTuple):
    """Poisson rates by kind of place, per changeable word, and the weights of the five figures."""

    clean: Floats  # in a text that nobody spun
    spun: Floats  # more of them, for a spin rate of 1
    weights: Floats  # of counts, whole, contexts, for each strong place, and of brevity
    offset: float  # nats taken off: what puts even odds, at the base rate of the world, above nearly all clean documents

    def figures(self, seen: Profile) -> Floats:
        """The five figures (nats, places), all but the last cut down to what ``FULL_COUNT`` words of the same density would show."""
        gains = self.gains(seen.counts[None], np.array([seen.changeable]))[0]
        ordinary = _ordinary(seen.counts)
        return self._figures(
            gains, np.array([seen.whole]), np.array([seen.contexts]), np.array(seen.strong), np.array(seen.changeable), ordinary
        )

    def gains(self, counts: Floats, changeable: Ints) -> Floats:
        """By how many nats each row of ``counts`` is likelier at each of ``RATES`` than in clean text."""
        spun = self.clean + np.array(RATES)[:, None] * self.spun
        gains: Floats = counts @ np.log(spun / self.clean).T - changeable[:, None] * (spun - self.clean).sum(1)
        return gains

    def log_odds(self, seen: Profile) -> float:
        """Log-odds that a document with this profile is spun, before the base rate of the world (nats)."""
        return float(self.weights @ self.figures(seen)) - self.offset

    def run_log_odds(self, blocks: Blocks) -> tuple[Floats, Floats]:
        """``log_odds`` of every run of blocks, and of all blocks but these.

        A run goes from the first block in the row up to and without the one in the column; -inf where there is none.
        """
        columns = (
            self.gains(blocks.counts, blocks.changeable), blocks.whole, blocks.contexts, blocks.strong[:, None], blocks.changeable[:, None],
            _ordinary(blocks.counts)[:, None],
        )  # fmt: skip
        sums = [np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, 0)]) for rows in columns]
        runs = [one[None] - one[:, None] for one in sums]
        is_run = np.triu(np.ones(runs[0].shape[:2], dtype=bool), 1)
        inside, outside = (
            np.where(is_run, self._of_sums(some), -np.inf)
            for some in (runs, [one[-1] - run for one, run in zip(sums, runs, strict=True)])
        )
        return inside, outside

    def _of_sums(self, sums: Sequence[Floats]) -> Floats:
        """``log_odds`` from the sums of the columns of ``run_log_odds`` over some blocks, along the last axis."""
        gains, whole, contexts, strong, changeable, ordinary = sums
        found: Floats = self._figures(gains, whole, contexts, strong[..., 0], changeable[..., 0], ordinary[..., 0]) @ self.weights
        return found - self.offset

    def _figures(self, gains: Floats, whole: Floats, contexts: Floats, strong: Floats, changeable: Floats, ordinary: Floats) -> Floats:
        """The five figures, along a last axis; the first three arguments have one for the rates."""
        counts = np.logaddexp.reduce(gains, -1) - np.log(len(RATES)) - self._heaped(ordinary, changeable)
        found = np.stack([counts, whole.max(-1), contexts.max(-1), np.minimum(strong, STRONG_COUNTED)], -1)
        scale = np.minimum(1.0, FULL_COUNT / np.maximum(changeable, 1.0))
        brevity = np.log(FULL_COUNT / np.maximum(changeable, SHORT))
        return np.concatenate([found * scale[..., None], brevity[..., None]], -1)

    def _heaped(self, ordinary: Floats, changeable: Floats) -> Floats:
        """By how many nats so many places of ordinary words are likelier of honest writers, some of whom heap them, than of usual ones."""
        heaps = np.array(HEAPS)
        rate = _ordinary(self.clean)
        one = ordinary[..., None] * np.log(heaps) - rate * changeable[..., None] * (heaps - 1) + np.log(HEAP_SHARES)
        found: Floats = np.logaddexp.reduce(one, -1)
        return found


def _ordinary(counts: Floats) -> Floats:
    """How many of ``counts``, which lie along the last axis, are of ordinary words."""
    found: Floats = counts[..., ::FORMS].sum(-1)
    return found


@cache
def shipped_detector() -> Detector:
    """The fitted rates of the package."""
    with package_file("detector.json") as path:
        data = json.loads(path.read_text(encoding="utf-8"))
        clean, spun, weights = (np.array(data[name], dtype=np.float64) for name in ("clean", "spun", "weights"))
        return Detector(clean, spun, weights, float(data["offset"]))


def _is_changeable(surface: str) -> bool:
    """Whether a spinner could have changed a word: those of three letters and more, but for what begins with a capital."""
    return len(surface) > 2 and surface[0].isalpha() and surface.islower()


def blocks_of(document: Document, lattice: Lattice) -> Blocks:
    """What each block of ``document`` shows."""
    size = max(BLOCK, len(document) // MOST_BLOCKS + 1)
    starts = [0]
    for first, _ in document.stretches():
        if first - starts[-1] >= size:
            starts.append(first)
    firsts = np.array(starts)
    number = len(starts)
    block_of = np.searchsorted(firsts, np.arange(len(document)), "right") - 1
    words = np.array([_is_changeable(s) for s in document.surfaces], dtype=float)
    changeable = np.bincount(block_of, weights=words, minlength=number).astype(np.int64)
    counts = np.zeros((number, len(EDGES), (len(USUAL) + 1) * FORMS))
    strong = np.zeros(number, dtype=np.int64)
    if not lattice.candidates:
        nothing = np.zeros((number, len(WHOLE_RATES)))
        return Blocks(firsts, counts.reshape(number, -1), nothing, nothing, changeable, strong)
    held_back = np.array([OF_A_THESAURUS if name == THESAURUS else 0.0 for name in lattice.listings.names])
    log_p = lattice.log_p + lattice.listings.nearest(held_back)
    found = posteriors(lattice, log_p + logit(REFERENCE_RATE)).candidates
    for first, row, column in _counted(document, lattice, found, log_p):
        counts[block_of[first], row, column] += 1
    for first in _strong_places(lattice, found):
        strong[block_of[first]] += 1
    whole, contexts = _gains(lattice, log_p, block_of, changeable)
    return Blocks(firsts, counts.reshape(number, -1), whole, contexts, changeable, strong)


def first_copies(document: Document) -> Ints | None:
    """For each token where it stands in the first copy of its stretch of prose, word by word; None where no stretch is there again.

    A substitution counts once, so the second copy of a paragraph shows nothing: it is what its first copy is.
    """
    first_of: dict[tuple[str, ...], int] = {}
    found: Ints | None = None
    for first, last in document.stretches():
        copied = first_of.setdefault(tuple(document.forms[first:last]), first)
        if copied < first:
            found = np.arange(len(document)) if found is None else found
            found[first:last] = np.arange(copied, copied + last - first)
    return found


def changeable_in(document: Document, tokens: Bools) -> int:
    """How many of ``tokens`` a spinner could have changed."""
    return sum(_is_changeable(document.surfaces[k]) for k in np.flatnonzero(tokens).tolist())


def _strong_places(lattice: Lattice, found: Floats) -> Iterator[int]:
    """The first token of each different place that holds what clean text never has; the words of one phrase are one place."""
    sums: dict[tuple[int, int, str], float] = {}
    for candidate, p in zip(lattice.candidates, found.tolist(), strict=True):
        if candidate.evidence == "strong":
            place = (candidate.first, candidate.last, candidate.observed)
            sums[place] = sums.get(place, 0.0) + p
    reached = -1
    seen: set[str] = set()
    for (first, last, observed), p in sorted(sums.items()):
        if p >= STRONG_FROM and observed not in seen:
            seen.add(observed)
            if first > reached:
                yield first
            reached = max(reached, last)


def _gains(lattice: Lattice, log_p: Floats, block_of: Ints, changeable: Ints) -> tuple[Floats, Floats]:
    """By how many nats each block is likelier changed than as it stands, at each rate: as a whole, and given the observed words."""
    rates = np.array(WHOLE_RATES)
    weights = log_p + np.array([logit(rate) for rate in WHOLE_RATES])[:, None]
    firsts = lattice.firsts
    begins = np.flatnonzero(lattice.pair_arc >= 0)
    block_of_segment = np.zeros(lattice.segment_count + 1, dtype=np.int64)
    block_of_segment[lattice.pair_segment[begins]] = block_of[firsts[lattice.pair_arc[begins]]]
    totals = segment_totals(lattice, weights)  # against the text as it stands; 0 where nothing can be changed
    gains = np.zeros((len(changeable), len(rates)))
    np.add.at(gains, block_of_segment, totals.T)
    _, at = np.unique(lattice.place, return_index=True)
    expected = np.zeros_like(gains)
    np.add.at(expected, block_of[firsts[at]], place_totals(lattice, weights).T)
    return gains + changeable[:, None] * np.log1p(-rates), gains - expected


def _counted(document: Document, lattice: Lattice, found: Floats, log_p: Floats) -> Iterator[tuple[int, int, int]]:
    """The places that count: first token, and the row and the column that they are counted in."""
    order = np.flatnonzero(found > 1e-3).tolist()
    if not order:
        return
    codes, place = np.unique(lattice.firsts[order] << 32 | lattice.lasts[order], return_inverse=True)
    sums = np.bincount(place, weights=found[order], minlength=len(codes))
    totals = np.minimum(sums, 1 - 1e-9)
    edges = (np.searchsorted(EDGES, np.log(totals) - np.log1p(-totals)) - 1).tolist()  # -1: below the first
    groups: dict[int, list[int]] = {}
    for k, at in zip(order, place.tolist(), strict=True):
        if edges[at] >= 0:
            groups.setdefault(at, []).append(k)
    seen: set[str] = set()
    breaks, p = frozenset(document.breaks), found.tolist()
    for at, group in sorted(groups.items()):
        likeliest = max(group, key=p.__getitem__)
        best = lattice.candidates[likeliest]
        first = best.first
        if best.observed in seen:
            continue
        if document.surfaces[first][:1].isupper() and first not in breaks and best.intended == best.intended.lower():
            continue  # an unknown name is no evidence; a known one that is broken is
        seen.add(best.observed)
        yield first, edges[at], _usualness(float(log_p[likeliest])) * FORMS + _form(best)


def _usualness(log_p: float) -> int:
    return sum(log_p <= edge for edge in USUAL)


def _form(candidate: Candidate) -> int:
    """How unusual what is observed is in clean text: a number below ``FORMS``."""
    if candidate.evidence == "strong":
        return 2
    return int(candidate.last - candidate.first > 1 or candidate.evidence != "none")
