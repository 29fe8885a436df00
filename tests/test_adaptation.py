"""Adaptation against slow formulas: what the arrays do at once, written out candidate by candidate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spinfix import adaptation
from spinfix.adaptation import (
    CLOSENESS,
    EXTRA_PRIOR_SHIFT,
    FIT_SHARE,
    FOREIGN_DISTANCE,
    GENERAL,
    GENERAL_DISTANCE,
    LIST_CONCENTRATION,
    NEGLIGIBLE,
    ORDINARY,
    OUTSIDE,
    SPINNERS,
    THESAURUS_DISTANCE,
    UNKNOWN_FAMILY,
    Priors,
    adapt,
)
from spinfix.decoder import Posteriors, log_total, posteriors
from spinfix.detection import THESAURUS
from spinfix.language_model import default_model
from spinfix.lattice import Lattice, build, listings_of
from spinfix.records import Candidate
from spinfix.scoring import MODEL_WEIGHT
from spinfix.text import tokenize

WORDS = "the war struggle zone of attack assault think suppose tank said mentioned in a".split()
SOURCES = ("news-blog/verbs", "news-blog/phrases", "academic/terms", "thesaurus/words", "numbers/quarter-hour", "names/names")
PRIORS = Priors()


def logit(p: float) -> float:
    return math.log(p / (1 - p))


@st.composite
def lattices(draw: st.DrawFn) -> Lattice:
    """A text in which words repeat, with candidates of several lists, some of which several families have."""
    words = draw(st.lists(st.sampled_from(WORDS[:8]), min_size=2, max_size=9))
    document = tokenize(" ".join(words))
    spans = st.integers(0, len(words) - 1).flatmap(lambda a: st.tuples(st.just(a), st.integers(a + 1, min(len(words), a + 3))))
    candidates = []
    for a, b in sorted(draw(st.lists(spans, min_size=1, max_size=6))):
        intended = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2))
        log_p = draw(st.sampled_from([-0.1, -0.5, -0.7, -1.2, -1.5, -2.3, -3.0]))
        families = draw(st.sampled_from([(), (), (("news-blog", 0.0), ("academic", -1.0)), (("thesaurus", -0.5), ("link-blog", 0.0))]))
        source = draw(st.sampled_from(SOURCES))
        evidence = draw(st.sampled_from(["", "none", "strong"]))
        candidates.append(Candidate(a, b, " ".join(intended), tuple(intended), log_p, source, " ".join(words[a:b]), evidence, families))
    return build(document, candidates, default_model())


def shares(log_weights: Sequence[float]) -> list[float]:
    top = max(log_weights)
    return [math.exp(w - top) / sum(math.exp(v - top) for v in log_weights) for w in log_weights]


def odds(weight: float) -> float:
    return math.exp(min(max(weight, -30), 30))


def places(lattice: Lattice) -> dict[tuple[int, int], list[int]]:
    found: dict[tuple[int, int], list[int]] = {}
    for k, c in enumerate(lattice.candidates):
        found.setdefault((c.first, c.last), []).append(k)
    return found


def expected_log_total(lattice: Lattice, weights: Sequence[float]) -> float:
    """log of the sum over all readings, if each place stood by itself among words that say nothing."""
    return sum(math.log(1 + sum(odds(weights[k] + lattice.prior_shift[k]) for k in group)) for group in places(lattice).values())


def slow_rate(lattice: Lattice, extra: Sequence[float], channel: Sequence[float], changeable: int, rates: Sequence[float]) -> float:
    logs = []
    for rate in rates:
        weights = [c + e + logit(rate) for c, e in zip(channel, extra, strict=True)]
        kept = changeable * math.log(1 - rate)
        total = log_total(lattice, np.array(weights))
        logs.append(total + (1 - FIT_SHARE) * kept - FIT_SHARE * expected_log_total(lattice, weights))
    return sum(share * rate for share, rate in zip(shares(logs), rates, strict=True))


def slow_distance(candidate: Candidate, family: str) -> float:
    if not family:
        return 0.0
    listed = candidate.families or [(candidate.source.split("/")[0], 0.0)]
    found = [THESAURUS_DISTANCE if {name for name, _ in listed} == {THESAURUS} else FOREIGN_DISTANCE]
    for name, distance in listed:
        if name == family or name not in SPINNERS:
            found.append(distance)
        elif name == "news-blog":
            found.append(distance + GENERAL_DISTANCE)
    return max(found)


def slow_channel(
    lattice: Lattice, extra: Sequence[float], rate: float, log_p: Sequence[float]
) -> tuple[str, list[float], float]:
    candidates = lattice.candidates
    channels, logs, names, strays = [], [], [], []
    for family, (closeness, probable) in product(["", *SPINNERS], CLOSENESS.items()):
        channel = [closeness * p + slow_distance(c, family) for c, p in zip(candidates, log_p, strict=True)]
        weights = [c + e + logit(rate) for c, e in zip(channel, extra, strict=True)]
        prior = math.log((UNKNOWN_FAMILY if not family else (1 - UNKNOWN_FAMILY) / len(SPINNERS)) * probable)
        logs.append(prior + log_total(lattice, np.array(weights)) - expected_log_total(lattice, weights))
        channels.append(channel)
        names.append(family)
        strays.append(closeness < 1)
    share = shares(logs)
    of_family = {name: sum(s for s, n in zip(share, names, strict=True) if n == name) for name in ["", *SPINNERS]}
    best = max(of_family, key=lambda name: of_family[name])
    mean = [sum(s * channel[k] for s, channel in zip(share, channels, strict=True)) for k in range(len(candidates))]
    return (best if of_family[best] > 0.5 else ""), mean, sum(s for s, is_stray in zip(share, strays, strict=True) if is_stray)


def slow_list_rates(lattice: Lattice, base: Sequence[float], p: Sequence[float]) -> list[float]:
    candidates = lattice.candidates

    def group(c: Candidate) -> tuple[str, int]:
        return c.source, sum(c.log_p > edge for edge in (-0.5, -1.2, -2.3))

    found = []
    for c in candidates:
        seen = wanted = LIST_CONCENTRATION
        for (first, last), members in places(lattice).items():
            all_odds = sum(odds(base[k] + lattice.prior_shift[k]) for k in members)
            for k in members:
                assert (candidates[k].first, candidates[k].last) == (first, last)
                if group(candidates[k]) == group(c):
                    seen += p[k]
                    wanted += odds(base[k] + lattice.prior_shift[k]) / (1 + all_odds)
        found.append(math.log(seen / wanted))
    return found


def slow_kept(lattice: Lattice, p: Sequence[float]) -> list[float]:
    """1 less the probability that something changes the token that is most probably changed."""
    found = []
    for c in lattice.candidates:
        covered = [sum(p[k] for k, d in enumerate(lattice.candidates) if d.first <= t < d.last) for t in range(c.first, c.last)]
        found.append(min(max(1 - max(covered), 0.0), 1.0))
    return found


def slow_adapted_weights(
    lattice: Lattice, base: Sequence[float], p: Sequence[float], concentration: float, inside: Sequence[bool]
) -> list[float]:
    candidates, shift = lattice.candidates, lattice.prior_shift
    base = [b + r for b, r in zip(base, slow_list_rates(lattice, base, p), strict=True)]
    kept = slow_kept(lattice, p)
    found = []
    for k, c in enumerate(candidates):
        same_words = [m for m, d in enumerate(candidates) if d.observed == c.observed]
        prior_odds: dict[str, float] = {}
        for m in same_words:
            key = candidates[m].intended.lower()
            prior_odds[key] = max(prior_odds.get(key, 0.0), odds(base[m] + shift[m]))
        mine = prior_odds[c.intended.lower()]
        keep = 1 / (1 + sum(prior_odds.values()))
        changes = sum(p[m] for m in same_words if candidates[m].intended.lower() == c.intended.lower() and m != k)
        at_place = {candidates[m].last: kept[m] * inside[m] for m in same_words}
        elsewhere = sum(value for last, value in at_place.items() if last != c.last)
        gains = changes + concentration * mine * keep + 1e-12
        losses = elsewhere + concentration * keep + 1e-12
        found.append(math.log(gains) - math.log(losses) - shift[k] + math.log(odds(base[k] + shift[k]) / mine))
    return found


PROBABILITIES = st.lists(st.one_of(st.floats(0, 1), st.sampled_from([0.5, 1.0])), min_size=6, max_size=6)
SCALES = st.sampled_from([1, 15])  # the latter leads to odds beyond what is reckoned with


def of_all_readings(lattice: Lattice, drawn: Sequence[float]) -> Posteriors:
    """Posteriors that can be: those under drawn weights."""
    weights = np.array([8 * d - 4 for d in drawn[: len(lattice.candidates)]])
    return posteriors(lattice, weights)


@settings(max_examples=25, deadline=None)
@given(lattices(), PROBABILITIES)
def test_what_is_kept(lattice: Lattice, drawn: list[float]) -> None:
    p = of_all_readings(lattice, drawn).candidates
    assert adaptation._kept(lattice, p) == pytest.approx(slow_kept(lattice, p.tolist()), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(lattices(), PROBABILITIES, SCALES)
def test_what_the_lists_do_more_or_less_than_expected(lattice: Lattice, drawn: list[float], scale: int) -> None:
    base = scale * np.array([6 * d - 4 for d in reversed(drawn)])[: len(lattice.candidates)]
    found = of_all_readings(lattice, drawn)
    rates = adaptation._list_rates(lattice, base, found, LIST_CONCENTRATION)
    assert rates == pytest.approx(slow_list_rates(lattice, base.tolist(), found.candidates.tolist()), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(lattices(), PROBABILITIES, st.sampled_from([0.5, 1.0, 3.0]), SCALES)
def test_what_the_other_places_say(lattice: Lattice, drawn: list[float], concentration: float, scale: int) -> None:
    base = scale * np.array([6 * d - 4 for d in reversed(drawn)])[: len(lattice.candidates)]
    found = of_all_readings(lattice, drawn)
    inside = [d > 0.3 for d in drawn[: len(lattice.candidates)]]
    weights = adaptation._adapted_weights(lattice, base, found, concentration, np.array(inside))
    slow = slow_adapted_weights(lattice, base.tolist(), found.candidates.tolist(), concentration, inside)
    assert weights == pytest.approx(slow, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(lattices(), st.integers(0, 60), st.sampled_from([0.02, 0.3]))
def test_rate_and_channel_of_a_document(lattice: Lattice, changeable: int, rate: float) -> None:
    log_p = [c.log_p for c in lattice.candidates]
    extra = [EXTRA_PRIOR_SHIFT * shift for shift in lattice.prior_shift.tolist()]
    judge = adaptation._Judge(lattice, np.array(extra), changeable, PRIORS.rates)
    assert judge.rate(np.array(log_p)) == pytest.approx(slow_rate(lattice, extra, log_p, changeable, PRIORS.rates), abs=1e-9)
    family, channel, strays = judge.channel(np.array(log_p), rate)
    expected_family, expected, expected_strays = slow_channel(lattice, extra, rate, log_p)
    assert family == expected_family
    assert strays == pytest.approx(expected_strays)
    assert channel == pytest.approx(expected, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(lattices(), st.integers(0, 60), st.floats(-12, 12), st.sampled_from([1e-3, 0.5]), st.one_of(st.none(), PROBABILITIES))
def test_a_document_from_beginning_to_end(
    lattice: Lattice, changeable: int, log_odds: float, spun: float, drawn: list[float] | None
) -> None:
    priors = Priors(spun=spun)
    parts = None if drawn is None else np.array(drawn[: len(lattice.candidates)])
    adapted = adapt(lattice, changeable, log_odds, priors, parts)
    shift = lattice.prior_shift
    log_p = np.array([c.log_p for c in lattice.candidates])
    extra = EXTRA_PRIOR_SHIFT * shift
    ordinary = np.array([ORDINARY if c.evidence == "none" else 0.0 for c in lattice.candidates])
    unspun = log_p + ordinary + logit(priors.clean_rate)
    clean = posteriors(lattice, unspun + extra).candidates
    probability = 1 / (1 + math.exp(-log_odds - logit(spun)))
    assume(abs(probability - NEGLIGIBLE) > 1e-9)
    assert adapted.spun == pytest.approx(probability)
    if probability < NEGLIGIBLE:
        assert adapted.candidates == pytest.approx(clean)
        assert (adapted.spin_rate, adapted.family) == (0.0, "")
        assert adapted.log_rate == pytest.approx(logit(priors.clean_rate))
        assert adapted.log_prior == pytest.approx(unspun) and not adapted.log_family.any()
        return
    mixture = probability * (np.ones(len(log_p)) if parts is None else parts)
    inside = [2 * m >= max(mixture) for m in mixture]
    log_p = np.array([p if is_inside else p + OUTSIDE for p, is_inside in zip(log_p, inside, strict=True)])
    rate = slow_rate(lattice, extra.tolist(), log_p.tolist(), changeable, priors.rates)
    family, channel, strays = slow_channel(lattice, extra.tolist(), rate, log_p.tolist())
    rate = slow_rate(lattice, extra.tolist(), channel, changeable, priors.rates)
    base = np.array(channel) + extra + logit(rate)
    found = posteriors(lattice, base)
    weights = np.array(slow_adapted_weights(lattice, base.tolist(), found.candidates.tolist(), priors.concentration, inside))
    spun_posteriors = posteriors(lattice, weights).candidates
    mixed = [m * s + (1 - m) * c for m, s, c in zip(mixture, spun_posteriors, clean, strict=True)]
    assert adapted.given_spun == pytest.approx(spun_posteriors, abs=1e-6) and adapted.given_clean == pytest.approx(clean)
    assert adapted.shares == pytest.approx(mixture) and adapted.strays == pytest.approx(strays)
    assert adapted.candidates == pytest.approx(mixed, abs=1e-6)
    assert adapted.family == family
    assert adapted.spin_rate == pytest.approx(rate * probability)
    assert adapted.log_prior == pytest.approx(weights - extra, abs=1e-6)
    assert adapted.log_family == pytest.approx(np.array(channel) - log_p, abs=1e-9)
    assert adapted.log_rate == pytest.approx(logit(rate))
    assert adapted.log_unspun == pytest.approx(unspun) and adapted.log_clean_rate == pytest.approx(logit(priors.clean_rate))


@pytest.mark.parametrize("family", SPINNERS)
def test_the_family_that_explains_the_places_is_named(family: str) -> None:
    document = tokenize("the suppose tank mentioned that the struggle zone in the suppose tank was a struggle of the suppose tank")
    readings = {"suppose": "think", "mentioned": "said", "struggle": "war"}
    candidates = [
        Candidate(k, k + 1, readings[word], (readings[word],), -0.1, f"{family}/words", word)
        for k, word in enumerate(document.surfaces)
        if word in readings
    ]
    lattice = build(document, candidates, default_model())
    extra, log_p = EXTRA_PRIOR_SHIFT * lattice.prior_shift, np.array([c.log_p for c in candidates])
    told, channel, strays = adaptation._Judge(lattice, extra, 8, PRIORS.rates).channel(log_p, 0.3)
    expected, expected_channel, expected_strays = slow_channel(lattice, extra.tolist(), 0.3, log_p.tolist())
    assert told == expected
    if family != GENERAL:  # what that one lists, the spinners of others write as well
        assert told == family
    assert channel == pytest.approx(expected_channel) and strays == pytest.approx(expected_strays)


def test_shares_of_weights_beyond_the_range_of_a_double() -> None:
    assert adaptation._shares(np.array([1000.0, 1000.0, 999.0])) == pytest.approx(shares([1.0, 1.0, 0.0]))
    assert adaptation._shares(np.array([-1000.0, -1000.0])).tolist() == [0.5, 0.5]


def test_odds_beyond_all_measure_are_borne() -> None:
    lattice = build(tokenize("the war zone"), [Candidate(1, 2, "struggle", ("struggle",), -0.5, "news-blog/verbs", "war")], default_model())
    with np.errstate(all="raise"):
        assert adapt(lattice, 2, 1e6, PRIORS).spun == pytest.approx(1.0)
        assert adapt(lattice, 2, -1e6, PRIORS).spun == pytest.approx(0.0, abs=1e-12)


def test_nothing_to_adapt_to() -> None:
    adapted = adapt(build(tokenize("the war zone"), [], default_model()), 2, 3.0, Priors(spun=0.2))
    assert adapted.spun == pytest.approx(2e-4)
    assert (adapted.spin_rate, adapted.family, len(adapted.candidates)) == (0.0, "", 0)
    assert (adapted.log_rate, adapted.strays, adapted.log_clean_rate) == (0.0, 0.0, 0.0)


def test_the_numbers_that_were_chosen_are_what_they_stand_for() -> None:
    """Which values they have is for the benchmarks to say; probabilities are between 0 and 1, and what counts against is below 0."""
    assert 0 < NEGLIGIBLE < 0.01 and 0 < FIT_SHARE < 1 and 0 < UNKNOWN_FAMILY < 0.5
    assert sum(CLOSENESS.values()) == pytest.approx(1) and max(CLOSENESS) == 1 and min(CLOSENESS) > 0
    assert THESAURUS_DISTANCE < FOREIGN_DISTANCE < GENERAL_DISTANCE < 0 and ORDINARY < 0
    assert 0 < MODEL_WEIGHT * (1 + EXTRA_PRIOR_SHIFT) <= 1, "how common words are weighs no more than it is worth"
    assert 0 < PRIORS.clean_rate < PRIORS.spun < 0.5
    assert PRIORS.rates[0] > 0 and PRIORS.rates[-1] < 1 and [*PRIORS.rates] == sorted({*PRIORS.rates})


@settings(max_examples=60, deadline=None)
@given(lattices(), st.floats(-4, 12), st.one_of(st.none(), PROBABILITIES), st.floats(0.01, 1))
def test_the_ways_of_the_spinner_are_not_asked_for_only_where_nothing_could_come_of_them(
    lattice: Lattice, log_odds: float, drawn: list[float] | None, told_from: float
) -> None:
    parts = None if drawn is None else np.array(drawn[: len(lattice.candidates)])
    whole, some = (adapt(lattice, 20, log_odds, PRIORS, parts, least) for least in (0.0, told_from))
    assert some.spun == whole.spun
    if some.given_spun is None and whole.given_spun is not None:
        assert whole.spun < 0.5 and whole.candidates.max() < told_from
        assert some.candidates == pytest.approx(whole.given_clean)
        assert 0 < some.spin_rate < whole.spun
    else:
        assert some.candidates == pytest.approx(whole.candidates)


def test_a_clean_document_is_not_asked_for_a_spinner() -> None:
    lattice = build(tokenize("the struggle zone"), [Candidate(1, 2, "war", ("war",), -3.0, "news-blog/verbs", "struggle")], default_model())
    assert adapt(lattice, 2, 3.0, PRIORS).given_spun is not None
    assert adapt(lattice, 2, 3.0, PRIORS, told_from=0.4).given_spun is None


def test_what_is_sure_outside_the_spun_parts_teaches_nothing() -> None:
    """Nor does a candidate there come to be restored by what is learned inside."""
    words = "the struggle zone of the struggle zone"
    candidates = [Candidate(k, k + 1, "war", ("war",), -0.1, "news-blog/verbs", "struggle") for k in (1, 5)]
    lattice = build(tokenize(words), candidates, default_model())
    both = adapt(lattice, 4, 12.0, PRIORS, np.array([0.9, 0.8]))
    one = adapt(lattice, 4, 12.0, PRIORS, np.array([0.9, 0.1]))
    assert one.candidates[1] < both.candidates[1]
    assert one.given_spun is not None and one.given_spun[1] < 1e-6
    only = adapt(build(tokenize(words), candidates[:1], default_model()), 4, 12.0, PRIORS)
    assert one.log_prior[0] == pytest.approx(only.log_prior[0], abs=1e-6), "that the other place is kept says nothing here"
    assert both.log_prior[0] != pytest.approx(only.log_prior[0], abs=0.1)


def test_listings_are_those_of_the_candidates() -> None:
    several = (("news-blog", 0.0), ("academic", -1.5))
    one = Candidate(0, 1, "war", ("war",), -1.0, "news-blog/general", "struggle")
    others = [one._replace(source="academic/general"), one._replace(families=several), one._replace(families=(("link-blog", 0.0),))]
    candidates = [one, *others, one._replace(first=3, last=4), others[1]._replace(first=3, last=4)]
    names, family, distance, starts, listed = listings_of(candidates)
    parts = [(names[k], d) for k, d in zip(family.tolist(), distance.tolist(), strict=True)]
    ends = [*starts.tolist()[1:], len(parts)]
    assert [tuple(parts[starts[k] : ends[k]]) for k in listed.tolist()] == [c.by_family for c in candidates]
    assert len(starts) < len(candidates)
    assert not any(len(column) for column in listings_of([]))


def test_the_nearest_family_counts() -> None:
    one = Candidate(0, 1, "war", ("war",), -1.0, "news-blog/general", "struggle")
    listings = listings_of([one, one._replace(families=(("news-blog", -1.0), ("academic", -1.5)))])
    assert listings.nearest(np.array([0.0, 0.0])).tolist() == [0.0, -1.0]
    assert listings.nearest(np.array([[0.0, -2.0], [0.0, 0.0]])).tolist() == [[0.0, -2.0], [-1.0, -1.5]]
