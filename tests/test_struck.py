"""What words say that only a spinner puts side by side: each pair of its place, several of the document."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from spinfix.adaptation import Priors
from spinfix.composed import RARE
from spinfix.language_model import default_model
from spinfix.lattice import build
from spinfix.records import Candidate
from spinfix.struck import EVEN, document_log_odds, with_pairs
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
