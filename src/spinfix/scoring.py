"""The scoring core: from a document and its candidates to decisions with reasons.

Every number that was chosen for it stands here, in ``adaptation.Priors`` or in ``api.Policy``, with what it was chosen by.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .adaptation import EQUALS_FROM, Adapted, Priors, adapt
from .calibration import Calibration, shipped_calibration
from .detection import blocks_of, changeable_in, first_copies, shipped_detector
from .lattice import Lattice
from .records import Alternative, Candidate, Detail, Evidence, Finding, Verdict
from .regions import regions
from .struck import document_log_odds, with_pairs
from .text import Document, Lines, fit

# The trigrams of one changed word overlap, and the model is surer than it is right: chosen on the development texts
# and on generated ones (benchmarks/RESULTS.md); 1.0 costs a tenth of the precision.
MODEL_WEIGHT: Final = 0.51
# A false edit costs this much more in a document that more probably is clean than not: there nobody asked for any.  It puts the default
# threshold at 0.58 there.
CLEAN_COST: Final = 1.4
# And so much more a suggestion: the default of 0.2 is 0.4 there.  Of 22 suggestions in 340,000 words of clean text 3 are left.
CLEAN_SUGGESTION_COST: Final = 8 / 3
# Part of the posteriors of a place's other readings that counts for a restoration: a wrong word for one that is wrong anyway does no harm
# (*the examine* is *the study* or *the review*, and nothing else).
OTHERS: Final = 0.5

LEAST: Final = 0.005  # nats of a reason that is told

Floats = NDArray[np.float64]
# The posterior of each candidate as stated, after calibration, and in the end, when pairs of words were asked.
_Steps = tuple[list[float], list[float], list[float]]


@dataclass(frozen=True, slots=True)
class Scored:
    """What the scoring core decided about one document."""

    spun: float  # probability that the document was spun
    spin_rate: float  # expected share of changeable places that were changed
    family: str  # the family of lists that explains most changes, or ""
    findings: tuple[Finding, ...] = field(repr=False)
    strays: float = 0.0  # probability that the spinner's table strays from the lists


def score(
    document: Document,
    lattice: Lattice,
    priors: Priors,
    *,
    restore_at: float,
    suggest_at: float,
    detail: Detail = Detail.REASONS,
    calibration: Calibration | None = None,
) -> Scored:
    """Weigh the candidates of ``lattice``, adapt to the document, decide.

    Findings come in the order of the text and do not overlap; ``detail`` says which are wanted, and whether with reasons.
    ``calibration`` is the shipped one where it is None.
    """
    seen = blocks_of(document, lattice)
    found = regions(seen, shipped_detector())
    likely = found.shares * 2 >= found.shares.max()
    copies = first_copies(document)
    firsts = lattice.firsts if copies is None else copies[lattice.firsts]
    shares = found.shares[seen.of(firsts)]
    changeable = int(seen.changeable[likely].sum()) if copies is None else changeable_in(document, likely[seen.of(copies)])
    log_odds = found.log_odds + document_log_odds(lattice.candidates)
    in_clean = told_in_clean_text(restore_at, suggest_at)
    told_from = 0.0 if detail is Detail.PLACES or any(c.pair for c in lattice.candidates) else in_clean
    adapted = adapt(lattice, changeable, log_odds, priors, shares, told_from)
    stated = _equals_joined(document, lattice, adapted.candidates)
    counted = _calibrated(document, lattice, adapted, stated, calibration or shipped_calibration())
    if adapted.given_spun is not None and detail is not Detail.CHANGES:  # as in ``stated``, with which the reasons compare it
        adapted = replace(adapted, given_spun=_equals_joined(document, lattice, adapted.given_spun))
    adapted = replace(adapted, candidates=with_pairs(lattice, counted, adapted.spun, priors))
    if adapted.spun < 0.5:
        restore_at = _at_cost(restore_at, CLEAN_COST)
        suggest_at = in_clean
    chosen = _choose(lattice, adapted, 0.0 if detail is Detail.PLACES else min(suggest_at, restore_at))
    lines = Lines(document.text)
    steps = (stated.tolist(), counted.tolist(), adapted.candidates.tolist())
    findings = []
    for place in chosen:
        best = place[0]
        posterior = float(adapted.candidates[best])
        others = float(adapted.candidates[place[1:]].sum())
        if posterior + OTHERS * others >= restore_at:
            verdict = Verdict.RESTORE
        elif posterior >= suggest_at:
            verdict = Verdict.SUGGEST
        else:
            verdict = Verdict.KEEP
        findings.append(_finding(document, lattice, adapted, steps, place, verdict, lines, detail))
    return Scored(adapted.spun, adapted.spin_rate, _family(lattice, adapted), tuple(findings), adapted.strays)


def told_in_clean_text(restore_at: float, suggest_at: float) -> float:
    """The posterior from which a place is told in a document that more probably is clean than not."""
    return min(_at_cost(suggest_at, CLEAN_SUGGESTION_COST), _at_cost(restore_at, CLEAN_COST))


def _at_cost(threshold: float, cost: float) -> float:
    """The threshold where a false edit costs ``cost`` times what it costs at ``threshold``."""
    return cost * threshold / (1 + (cost - 1) * threshold)


def _calibrated(document: Document, lattice: Lattice, adapted: Adapted, stated: Floats, calibration: Calibration) -> Floats:
    """The posteriors as they should be, those of equal outcome joined; ``stated`` are those before.

    Only what holds if the document was spun is mapped: the calibration was fitted on spun text, and clean text stays as it is.
    """
    if adapted.given_spun is None or adapted.given_clean is None or adapted.shares is None:
        return stated
    spun, clean = (_equals_joined(document, lattice, p) for p in (adapted.given_spun, adapted.given_clean))
    mixed: Floats = adapted.shares * calibration.of(lattice, spun, adapted.strays) + (1 - adapted.shares) * clean
    return mixed


def _equals_joined(document: Document, lattice: Lattice, p: Floats) -> Floats:
    """Posteriors ``p`` with those of equal outcome summed, for the likeliest of them; the others get 0.

    *primarily based totally* → *based* and *primarily based totally on* → *based on* write the same text: it is as probable as both.
    """
    likely = [k for k in np.flatnonzero(p >= EQUALS_FROM).tolist() if lattice.candidates[k].last - lattice.candidates[k].first > 1]
    at_token: dict[int, list[int]] = {}
    for k in likely:
        for token in range(lattice.candidates[k].first, lattice.candidates[k].last):
            at_token.setdefault(token, []).append(k)
    joined = p.copy()
    done: set[int] = set()
    for k in sorted(likely, key=lambda k: (-p[k], k)):
        if k in done:
            continue
        done.add(k)
        one = lattice.candidates[k]
        overlapping = {m for token in range(one.first, one.last) for m in at_token[token]} - done
        equals = sorted((m for m in overlapping if _are_equal(document, one, lattice.candidates[m])), key=lambda m: (-p[m], m))
        if equals:
            done.update(equals)
            joined[k] = min(1.0, float(p[[k, *equals]].sum()))
            joined[equals] = 0.0
    return joined


def _are_equal(document: Document, one: Candidate, other: Candidate) -> bool:
    """Whether two overlapping candidates make the same words of the tokens that they cover together."""
    first, last = min(one.first, other.first), max(one.last, other.last)
    made = []
    for c in (one, other):
        words = (*document.surfaces[first : c.first], *c.words, *document.surfaces[c.last : last])
        made.append([word.lower() for word in words])
    return made[0] == made[1]


def _choose(lattice: Lattice, adapted: Adapted, at_least: float) -> list[list[int]]:
    """Groups of candidates, one a place, the likeliest first; places do not overlap and come in the order of the text."""
    candidates, p = lattice.candidates, adapted.candidates.tolist()

    def likeliest_first(some: Iterable[int]) -> list[int]:
        return sorted(some, key=lambda k: -p[k])

    taken: set[int] = set()
    groups: dict[tuple[int, int], list[int]] = {}
    for k in likeliest_first(np.flatnonzero(adapted.candidates >= at_least).tolist()):
        place = candidates[k][:2]
        span = range(*place)
        if taken.isdisjoint(span):
            taken.update(span)
            groups[place] = [k]
    rivals: dict[tuple[int, int], list[int]] = {place: [] for place in groups}
    for k, candidate in enumerate(candidates):
        if candidate[:2] in rivals:
            rivals[candidate[:2]].append(k)
    return [groups[place] + likeliest_first(k for k in rivals[place] if k != groups[place][0]) for place in sorted(groups)]


def _finding(
    document: Document,
    lattice: Lattice,
    adapted: Adapted,
    steps: _Steps,
    place: Sequence[int],
    verdict: Verdict,
    lines: Lines,
    detail: Detail,
) -> Finding:
    best = lattice.candidates[place[0]]
    span = document.span(best.first, best.last)
    line, column = lines.at(span.start)
    posteriors = steps[-1]
    written = _Writer(document, best.first, best.last)
    observed, intended = document.text[span.start : span.end], written.as_meant(best)
    found = Finding(span, line, column, _shared(observed), _shared(intended), posteriors[place[0]], verdict, best.source)
    if detail is Detail.CHANGES:
        return found
    others = tuple(Alternative(written.as_meant(lattice.candidates[k]), posteriors[k]) for k in place[1:] if posteriors[k] >= 0.005)
    return replace(found, alternatives=others, evidence=tuple(_evidence(lattice, adapted, steps, place, observed)))


@lru_cache(maxsize=2_000)
def _shared(words: str) -> str:
    """The same ``words`` as one object: in a long text the same is said of many places."""
    return words


class _Writer:
    """Writes what was meant in one place in the letter case of what stands there."""

    def __init__(self, document: Document, first: int, last: int) -> None:
        self._starts = document.begins_a_sentence(first)
        self._in_title = document.surfaces[first][0].isupper() and document.is_a_title(first)
        self._surfaces = document.surfaces[first:last]
        self._gaps = document.gaps(first, last)

    def as_meant(self, candidate: Candidate) -> str:
        """What ``candidate`` means, as it is to be written."""
        return fit(candidate.intended, self._surfaces, sentence_start=self._starts, in_title=self._in_title, gaps=self._gaps)


def _evidence(lattice: Lattice, adapted: Adapted, steps: _Steps, place: Sequence[int], observed: str) -> Iterator[Evidence]:
    """The reasons, but for those that count for nothing; all log-odds in nats."""
    best = place[0]
    candidate = lattice.candidates[best]
    total, counted, final = (_log_odds(p, best, place) for p in steps)
    unspun = adapted.log_unspun if _rests_on_the_unspun(adapted, best) else None
    base, family, prior = adapted.log_rate, float(adapted.log_family[best]), adapted.log_prior
    doubt, share = 0.0, 1.0  # of the text's, or the part's, being spun
    if unspun is not None:
        base, family, prior = adapted.log_clean_rate, 0.0, unspun
    elif adapted.given_spun is not None and adapted.shares is not None:
        doubt, share = total - _log_odds(adapted.given_spun, best, place), float(adapted.shares[best])
    adaptive = float(prior[best]) - base - family - candidate.log_p
    context = total - doubt - base - family - adaptive - candidate.log_p
    where = f"“{' '.join(observed.split())}”"
    channel = candidate.log_p - candidate.terms
    if abs(base + doubt) >= LEAST:
        rate = math.exp(base) / (1 + math.exp(base))
        part = "this text" if adapted.spun < 0.5 else "this part of the text"
        if rate < 0.005:
            told = f"nobody seems to have spun {part}"
        elif share < 0.5:
            told = f"{part} is spun with a probability of {_percent(share)}; "
            told += f"if it is, about {rate:.0%} of the words that could be changed were"
        else:
            told = f"about {rate:.0%} of the words that could be changed seem to have been"
        yield Evidence("prior", base + doubt, _shared(told))
    if abs(channel) >= LEAST:
        share_of_writing = min(math.exp(channel), 1.0)
        told = f"a spinner that changes “{candidate.intended}” writes {where} {_percent(share_of_writing)} of the time"
        yield Evidence("channel", channel, _shared(told))
    if abs(candidate.terms) >= LEAST:
        yield Evidence("terms", candidate.terms, f"with “{candidate.intended}” the words make a fixed term")
    if abs(family) >= LEAST:
        kind = f"of the family {adapted.family}" if adapted.family else "like this one"
        often = "more often" if family > 0 else "less often"
        yield Evidence("family", family, _shared(f"a spinner {kind} writes this {often} than spinners do on the whole"))
    if abs(adaptive) >= LEAST and unspun is not None:
        yield Evidence("ordinary", adaptive, f"{where} is ordinary English, of which a writer who spins nothing has some, too")
    elif abs(adaptive) >= LEAST:
        yield Evidence("document", adaptive, _shared(f"what the rest of this text says of {where}, and of the list that knows it"))
    if abs(context) >= LEAST:
        fits = "better" if context > 0 else "worse"
        yield Evidence("language-model", context, _shared(f"“{candidate.intended}” fits its neighbours {fits} than {where}"))
    if abs(counted - total) >= LEAST:
        yield Evidence("calibration", counted - total, "how often such changes were right where the originals are known")
    if abs(final - counted) >= LEAST:
        yield Evidence("pair", final - counted, f"a spinner puts {where} beside its neighbour far oftener than an honest writer")


def _percent(share: float) -> str:
    """A share for a reader: whole per cent, and of less than one its first figure.

    >>> _percent(0.347), _percent(0.0028), _percent(1e-7)
    ('35%', '0.3%', 'less than 0.001%')
    """
    if share >= 0.01:
        return f"{share:.0%}"
    return f"{100 * share:.1g}%" if share >= 1e-5 else "less than 0.001%"


def _rests_on_the_unspun(adapted: Adapted, best: int) -> bool:
    """Whether most of the posterior of ``best`` is that of a document, or a part of it, that nobody spun."""
    if adapted.given_spun is None or adapted.given_clean is None or adapted.shares is None:
        return True
    share = float(adapted.shares[best])
    return (1 - share) * float(adapted.given_clean[best]) > share * float(adapted.given_spun[best])


def _log_odds(posteriors: Sequence[float] | Floats, best: int, place: Sequence[int]) -> float:
    """Log-odds of the candidate ``best`` against leaving its place alone (nats)."""
    posterior = min(max(float(posteriors[best]), 1e-12), 1 - 1e-12)
    return math.log(posterior) - math.log(max(1 - sum([float(posteriors[k]) for k in place]), 1e-12))


def _family(lattice: Lattice, adapted: Adapted) -> str:
    """The family of the document's spinner; if none stands out, the one whose lists explain most changes."""
    if adapted.family and float(adapted.candidates.sum()) >= 0.5:
        return adapted.family
    sums: dict[str, float] = {}
    for candidate, p in zip(lattice.candidates, adapted.candidates.tolist(), strict=True):
        sums[candidate.family] = sums.get(candidate.family, 0.0) + p
    if not sums or max(sums.values()) < 0.5:
        return ""
    return max(sorted(sums), key=lambda f: sums[f])
