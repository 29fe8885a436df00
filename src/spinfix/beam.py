"""A beam search over the readings of a run of words: what may be meant at each place, the language model and the terms of the sciences.

``unlisted`` says what may be meant; here whole readings are put together and the best are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from .fuse import join_keys
from .language_model import Floats, Indices, LanguageModel, Words
from .terms import Terms

# Chosen on held-out tortured phrases (benchmarks/tortured.py) and on clean text
BEAM: Final = 60  # readings of a beginning that are kept
MODEL_WEIGHT: Final = 0.42  # exponent of the model's probabilities


class Option(NamedTuple):
    """A way to read the tokens ``at`` up to and without ``stop``."""

    at: int
    stop: int
    words: tuple[str, ...]
    log_p: float  # log P(observed | words), nats
    source: str  # "" for the words as they stand
    terms: float = 0.0  # the part of log_p that it gains by making known terms
    is_listed: bool = False  # known to the lists, which say how probable it is
    pair: float = 0.0  # by how many nats spinners write the words side by side that stand there oftener than honest writers


class Hypothesis(NamedTuple):
    """A reading of the beginning of a run, and how probable it is (nats)."""

    score: float
    previous: int  # indices of the last two words, -1 for none
    last: int
    options: tuple[Option, ...]


def best(hypotheses: list[Hypothesis], count: int) -> list[Hypothesis]:
    """The best of them, one for each sequence of words."""
    kept: dict[tuple[str, ...], Hypothesis] = {}
    for h in sorted(hypotheses, key=lambda h: -h.score):
        kept.setdefault(tuple(w for o in h.options for w in o.words), h)
        if len(kept) >= count:
            break
    plain = next((h for h in hypotheses if is_plain(h)), None)
    found = list(kept.values())
    if plain is not None and not any(h is plain for h in found):
        found.append(plain)  # the run as it stands is what all others are compared with
    return found


class Search:
    """The model's and the terms' opinion on all steps from some hypotheses to some options."""

    def __init__(self, model: LanguageModel, terms: Terms, surfaces: list[str]) -> None:
        self._model = model
        self._terms = terms
        self._keys = terms.keys(surfaces)
        self._words: Words = model.words(surfaces)

    def extended(self, here: Sequence[Hypothesis], group: Sequence[Option], ids: Indices, length: int) -> list[Hypothesis]:
        """The best continuations of ``here`` by the options ``group``, all of ``length`` words."""
        columns = len(group)
        previous, last = np.array([h.previous for h in here]), np.array([h.last for h in here])
        score = np.array([h.score for h in here])[:, None] + np.array([o.log_p for o in group])
        score = score + self._steps(previous, last, ids[:, 0])
        if length > 1:  # the words before the second are one of the hypothesis and one of the option
            score = score + self._second_steps(last, ids[:, 0], ids[:, 1])
        for k in range(2, length):
            score = score + self._step(ids[:, k - 2], ids[:, k - 1], ids[:, k])
        order = np.argsort(-score, axis=None, kind="stable")[: 2 * BEAM].tolist()
        plain = [c for c, o in enumerate(group) if not o.source]
        order += [r * columns + c for r, h in enumerate(here) if plain and is_plain(h) for c in plain]
        scores = score.ravel()
        made = []
        for k in dict.fromkeys(order):
            hypothesis, option = here[k // columns], group[k % columns]
            ending: list[int] = [hypothesis.last, *ids[k % columns].tolist()]
            made.append(Hypothesis(float(scores[k]), ending[-2], ending[-1], (*hypothesis.options, option)))
        return made

    def closed(self, ends: Sequence[Hypothesis], word: int) -> list[Hypothesis]:
        """The hypotheses with the probability of the word after the run."""
        if not ends:
            return []
        previous, last = np.array([h.previous for h in ends]), np.array([h.last for h in ends])
        steps = self._step(previous, last, np.full(len(ends), word)).tolist()
        return [Hypothesis(h.score + s, h.previous, h.last, h.options) for h, s in zip(ends, steps, strict=True)]

    def _step(self, previous: Indices, last: Indices, word: Indices) -> Floats:
        """What each word adds after the two before it."""
        words, model = self._words, self._model
        log_prob, _, _ = model.pairs(words, last, word)
        has = previous >= 0
        earlier = np.where(has, previous, last)
        _, backoff, keys = model.pairs(words, earlier, last)
        surplus = words.surplus[word]
        third = model.triples(keys, words.keys[word], backoff + log_prob - surplus) + surplus
        total: Floats = MODEL_WEIGHT * np.where(has, third, log_prob) + self._terms.bonus_of(self._keys, earlier, last, word)
        return total

    def _steps(self, previous: Indices, last: Indices, word: Indices) -> Floats:
        """``_step`` for all of ``word`` after each pair of ``previous`` and ``last``, shape (pairs, words); looked up once where it can."""
        words, model, columns = self._words, self._model, len(word)
        lasts, row = np.unique(last, return_inverse=True)
        log_prob = model.pairs(words, np.repeat(lasts, columns), np.tile(word, len(lasts)))[0].reshape(-1, columns)[row]
        has = previous >= 0
        earlier = np.where(has, previous, last)
        _, backoff, keys = model.pairs(words, earlier, last)
        surplus = words.surplus[word]
        fallback = (backoff[:, None] + log_prob - surplus).ravel()
        third = model.triples(np.repeat(keys, columns), np.tile(words.keys[word], len(keys)), fallback).reshape(-1, columns) + surplus
        terms = self._keys
        pair = self._terms.bonus_of_keys(join_keys(terms[lasts][:, None], terms[word]))[row]
        triple = self._terms.bonus_of_keys(join_keys(join_keys(terms[earlier], terms[last])[:, None], terms[word]))
        total: Floats = MODEL_WEIGHT * np.where(has[:, None], third, log_prob) + np.maximum(pair, triple)
        return total

    def _second_steps(self, last: Indices, first: Indices, second: Indices) -> Floats:
        """``_step`` for each word of ``second`` after that of ``first`` beside it and each of ``last``, shape (lasts, words)."""
        lasts, row = np.unique(last, return_inverse=True)
        size = len(first)
        steps = self._step(np.repeat(lasts, size), np.tile(first, len(lasts)), np.tile(second, len(lasts)))
        found: Floats = steps.reshape(-1, size)[row]
        return found


def is_plain(hypothesis: Hypothesis) -> bool:
    """Whether it changes nothing."""
    return not any(option.source for option in hypothesis.options)
