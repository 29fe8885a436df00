"""The decoder against its oracle: every reading written out and scored one by one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinfix import decoder
from spinfix.decoder import best_reading, log_total, log_totals, posteriors
from spinfix.language_model import PackedModel, default_model
from spinfix.lattice import Lattice, build
from spinfix.records import Candidate
from spinfix.text import Document, tokenize

WORDS = "the war struggle zone of attack assault think suppose tank said mentioned in a".split()


@st.composite
def problems(draw: st.DrawFn) -> tuple[Document, list[Candidate], list[float]]:
    """A short text of one or two paragraphs, candidates over it, and a weight for each."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=7))
    cut = draw(st.integers(0, len(words)))
    text = " ".join(words[:cut]) + "\n\n" + " ".join(words[cut:])
    document = tokenize(text)
    spans = [(a, b) for first, last in document.stretches() for a in range(first, last) for b in range(a + 1, min(last, a + 3) + 1)]
    chosen = draw(st.lists(st.sampled_from(spans), max_size=4))
    candidates = []
    for a, b in sorted(chosen):
        intended = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
        candidates.append(Candidate(a, b, " ".join(intended), tuple(intended), -1.0, "test/test", "x"))
    weights = draw(st.lists(st.floats(-6, 6), min_size=len(candidates), max_size=len(candidates)))
    return document, candidates, weights


def readings(document: Document, candidates: Sequence[Candidate]) -> Iterator[tuple[int, ...]]:
    """All sets of candidates that do not overlap."""
    for size in range(len(candidates) + 1):
        for chosen in itertools.combinations(range(len(candidates)), size):
            if all(candidates[x].last <= candidates[y].first for x, y in itertools.pairwise(chosen)):
                yield chosen


def log_prob(
    document: Document, candidates: Sequence[Candidate], chosen: Sequence[int], weights: Sequence[float], model: PackedModel
) -> float:
    """The weight of one reading, from the language model's plain score of its words."""
    total = 0.0
    for first, last in document.stretches():
        words: list[str] = []
        at = first
        while at < last:
            here = [k for k in chosen if candidates[k].first == at]
            if here:
                words += candidates[here[0]].words
                total += weights[here[0]]
                at = candidates[here[0]].last
            else:
                words.append(document.surfaces[at])
                at += 1
        total += float(model.score([*words, "</s>"]).sum())
    return total


@settings(max_examples=150, deadline=None)
@given(problems())
def test_forward_backward_equals_the_sum_over_all_readings(problem: tuple[Document, list[Candidate], list[float]]) -> None:
    document, candidates, weights = problem
    model = default_model()
    lattice: Lattice = build(document, candidates, model)
    found = posteriors(lattice, np.array(weights))
    scores = {r: log_prob(document, candidates, r, weights, model) for r in readings(document, candidates)}
    total = np.logaddexp.reduce(list(scores.values()))
    assert found.log_total == pytest.approx(total, abs=1e-6)
    for k in range(len(candidates)):
        expected = sum(np.exp(score - total) for r, score in scores.items() if k in r)
        assert found.candidates[k] == pytest.approx(expected, abs=1e-6)
    chosen = tuple(best_reading(lattice, np.array(weights)).tolist())
    assert scores[chosen] == pytest.approx(max(scores.values()), abs=1e-6)


@settings(max_examples=80, deadline=None)
@given(problems())
def test_where_the_odds_leave_the_range_of_a_double_logarithms_give_the_same(
    problem: tuple[Document, list[Candidate], list[float]],
) -> None:
    document, candidates, given_weights = problem
    weights = np.array(given_weights)
    lattice = build(document, candidates, default_model())
    # as if every step were beyond all bounds
    broken = lattice._replace(triple_odds=np.full(len(lattice.triple_odds), np.inf))
    expected, found = posteriors(lattice, weights), posteriors(broken, weights)
    assert found.log_total == pytest.approx(expected.log_total, abs=1e-6)
    assert found.candidates == pytest.approx(expected.candidates, abs=1e-6)
    assert log_total(broken, weights) == pytest.approx(expected.log_total, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(problems(), st.integers(1, 4))
def test_several_weightings_at_once_are_each_by_itself(
    problem: tuple[Document, list[Candidate], list[float]], count: int
) -> None:
    document, candidates, given_weights = problem
    lattice = build(document, candidates, default_model())
    rows = np.array([[w - k for w in given_weights] for k in range(count)]).reshape(count, len(candidates))
    assert log_totals(lattice, rows) == pytest.approx([posteriors(lattice, row).log_total for row in rows], abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_usual_weights_need_no_logarithms(problem: tuple[Document, list[Candidate], list[float]]) -> None:
    """They are there for what leaves the range of a double, and would hide a fault in the quick way."""
    document, candidates, given_weights = problem
    lattice, weights = build(document, candidates, default_model()), np.array(given_weights)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("log_forward", "log_backward"):
            patch.delattr(decoder, name)
        found = posteriors(lattice, weights)
        total = log_total(lattice, weights)
    assert found.log_total == pytest.approx(total, abs=1e-9)
    assert ((found.candidates >= 0) & (found.candidates <= 1)).all()


@pytest.mark.parametrize("size", [255, 256, 257, 600])
def test_a_reading_may_have_any_number_of_words(size: int) -> None:
    document = tokenize("He had a cat and a dog in it.")
    candidate = Candidate(3, 4, "x", ("the",) * size, 0.0, "a/b", "cat")
    model = default_model()
    alone = log_prob(document, [candidate], (), [0.0], model)
    weights = [alone - log_prob(document, [candidate], (0,), [0.0], model)]
    found = posteriors(build(document, [candidate], model), np.array(weights))
    assert found.candidates == pytest.approx([0.5], abs=1e-6)


def test_a_part_of_a_document_may_have_candidates_of_the_whole() -> None:
    candidates = [Candidate(2, 3, "war", ("war",), -1.0, "a/b", "x"), Candidate(4, 6, "think tank", ("think", "tank"), -2.0, "a/b", "y")]
    document, model = tokenize("the the struggle zone suppose tank said"), default_model()
    whole = build(document.part(1, 6), candidates, model, 1.0, 1)
    apart = build(document.part(1, 6), [c._replace(first=c.first - 1, last=c.last - 1) for c in candidates], model)
    assert whole.candidates == tuple(candidates) and whole.firsts.tolist() == [2, 4] and whole.lasts.tolist() == [3, 6]
    assert posteriors(whole, whole.log_p).candidates.tolist() == posteriors(apart, apart.log_p).candidates.tolist()
