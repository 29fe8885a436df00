"""What words say that only a spinner puts side by side: each pair of its place, several of the document."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from spinfix import decoder
from spinfix.adaptation import EXTRA_PRIOR_SHIFT, Priors
from spinfix.composed import RARE
from spinfix.language_model import default_model
from spinfix.lattice import build
from spinfix.records import Candidate
from spinfix.struck import CHANGED, EVEN, INSIDE, REACH, document_log_odds, moved, window, with_pairs
from spinfix.text import tokenize

TEXT = "They met twice. Much has been written on misfortune work since then."


def candidate(first: int, intended: str, observed: str, pair: float, log_p: float = -1.0) -> Candidate:
    return Candidate(first, first + 1, intended, (intended,), log_p, "unlisted/word-channel", observed, pair=pair)


def posteriors(pair: float, spun: float = 0.0) -> np.ndarray:
    document = tokenize(TEXT)
    at = document.forms.index("misfortune")
    candidates = [candidate(at, "loss", "misfortune", pair), candidate(at + 1, "function", "work", pair)]
    lattice = build(document, candidates, default_model(), 0.6)
    return with_pairs(lattice, np.array([0.01, 0.02]), spun, Priors())


def test_without_a_pair_nothing_changes() -> None:
    assert posteriors(0.0).tolist() == [0.01, 0.02]


def test_the_probability_rises_with_the_weight_and_with_that_of_the_document() -> None:
    weights = [posteriors(weight) for weight in (EVEN - 3, EVEN, EVEN + 3)]
    assert all((low < high).all() for low, high in itertools.pairwise(weights))
    assert weights[0].max() < 0.2 < weights[1].max() < 0.6 < weights[2].max() <= 1
    assert (posteriors(EVEN - 3, spun=0.9) > posteriors(EVEN - 3)).all()


def test_what_is_surer_already_stays_so() -> None:
    document = tokenize(TEXT)
    at = document.forms.index("misfortune")
    lattice = build(document, [candidate(at, "loss", "misfortune", 5.0)], default_model(), 0.6)
    assert with_pairs(lattice, np.array([0.98]), 0.0, Priors()).tolist() == [0.98]


@pytest.mark.parametrize("pairs", [[], [9.0], [9.0, 6.0], [9.0, 6.0, 4.0]])
def test_each_pair_but_one_speaks_for_a_spun_document(pairs: list[float]) -> None:
    candidates = [candidate(5 * k + d, "x", f"{k}{d}", weight) for k, weight in enumerate(pairs) for d in (0, 1)]
    assert math.isclose(document_log_odds(candidates), sum(weight - RARE for weight in pairs[1:]), abs_tol=1e-9)


def test_the_same_words_count_once() -> None:
    candidates = [candidate(k, "x", "motor", 8.0) for k in (3, 9, 20)]
    assert document_log_odds(candidates) == 0


def test_places_that_touch_or_overlap_are_one_and_weigh_as_the_heaviest() -> None:
    row = [candidate(k, "x", f"a{k}", weight) for k, weight in ((3, 5.0), (4, 7.0), (5, 6.0))]
    wide = Candidate(10, 14, "x", ("x",), -1.0, "unlisted/word-channel", "wide", pair=9.0)
    inside, touching = candidate(12, "x", "inside", 4.0), candidate(14, "x", "touching", 8.0)
    apart = candidate(16, "x", "apart", 5.0)
    found = document_log_odds([touching, apart, inside, wide, *row])
    assert math.isclose(found, 7.0 - RARE + 5.0 - RARE, abs_tol=1e-9)
    assert document_log_odds([candidate(3, "x", "none", 0.0)]) == 0


def test_words_that_were_seen_beside_new_ones_count_with_these() -> None:
    def place(at: int, *observed: str) -> list[Candidate]:
        return [Candidate(at, at + 2, "x", ("x",), -1.0, "unlisted/word-channel", words, pair=8.0) for words in observed]

    assert document_log_odds([*place(1, "motor"), *place(9, "motor", "engine"), *place(20, "engine")]) == 8.0 - RARE


def test_what_is_read_with_a_pair() -> None:
    text = "Before it. " * 20 + "\n\n" + "One two. " * 20 + "Much misfortune work is done. " + "One two. " * 20 + "\n\n" + "After it. " * 20
    document = tokenize(text)
    at = document.forms.index("misfortune")
    weights = [8.0 * (k == at) for k in range(len(document))]
    assert window(document, weights) == (at - REACH, at + 2 + REACH)
    weights[at + 5] = 7.0
    assert window(document, weights) == (at - REACH, at + 7 + REACH)


@pytest.mark.parametrize(("before", "after"), [(0, 0), (3, 2), (REACH - 1, REACH - 1)])
def test_what_stands_in_another_stretch_is_not_read_with_it(before: int, after: int) -> None:
    stretches = ["Other words stand here.", "word " * before + "misfortune work" + " word" * after, "Others stand here."]
    document = tokenize("\n\n".join(stretches))
    at = document.forms.index("misfortune")
    first, last = window(document, [8.0 * (k == at) for k in range(len(document))])
    assert document.text[document.starts[first] : document.ends[last - 1]] == stretches[1].strip()
    alone = tokenize(stretches[1])
    at = alone.forms.index("misfortune")
    assert window(alone, [8.0 * (k == at) for k in range(len(alone))]) == (0, len(alone))


def test_candidates_move_with_their_document() -> None:
    some = [candidate(3, "x", "a", 1.0), candidate(5, "x", "b", 1.0)]
    assert moved(some, 0) == some
    assert [(c.first, c.last, c.observed) for c in moved(some, 4)] == [(7, 8, "a"), (9, 10, "b")]
    assert moved(moved(some, 4), -4) == some


def test_a_pair_in_a_spun_document_and_in_a_clean_one() -> None:
    """The probability that the place is spun, by the document's own, times what the lattice says was meant."""
    clean, half, spun = (posteriors(EVEN, spun=share) for share in (0.0, 0.5, 1.0))
    assert np.allclose(half, (clean + spun) / 2)
    document = tokenize(TEXT)
    at = document.forms.index("misfortune")
    candidates = [candidate(at, "loss", "misfortune", EVEN), candidate(at + 1, "function", "work", EVEN)]
    lattice = build(document, candidates, default_model(), 0.6)
    meant = decoder.posteriors(lattice, np.array([-1.0, -1.0]) + EXTRA_PRIOR_SHIFT * lattice.prior_shift + CHANGED).candidates
    assert np.allclose(clean, meant / 2) and np.allclose(spun, meant / (1 + math.exp(INSIDE - EVEN)))


def test_what_has_no_pair_keeps_its_posterior_and_takes_none_from_what_has() -> None:
    document = tokenize(TEXT)
    at = document.forms.index("misfortune")
    struck = [candidate(at, "loss", "misfortune", 8.0), candidate(at + 1, "function", "work", 8.0)]
    others = [candidate(at, "loss", "misfortune", 0.0)._replace(intended="losses", words=("losses",)), candidate(1, "saw", "met", 0.0)]
    both = build(document, [*struck, *others], default_model(), 0.6)
    found = with_pairs(both, np.array([0.01, 0.02, 0.03, 0.0]), 0.0, Priors())
    assert found[2:].tolist() == [0.03, 0.0]
    alone = with_pairs(build(document, struck, default_model(), 0.6), np.array([0.01, 0.02]), 0.0, Priors())
    assert np.allclose(found[:2], alone, rtol=0.01)
    assert document_log_odds([*struck, *others, candidate(20, "x", "elsewhere", 0.0)]) == 0
