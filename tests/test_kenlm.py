"""The language model against two others: the ``kenlm`` package, and interpolated modified Kneser-Ney written the slow way."""

from __future__ import annotations

import json
import lzma
import math
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import kneser_ney as kn
import numpy as np
import pytest
from arpa import write_arpa
from hypothesis import given, settings
from hypothesis import strategies as st
from model_writer import write_model

from spinfix.language_model import BEGIN, PackedModel
from spinfix.text import tokenize

END = "</s>"
ORDER = 3
LOSSLESS = {"probability_bits": 16, "backoff_bits": 16, "fingerprint_bits": [24, 24, 24]}  # a slot has room for 56 bits
NO_KENLM = "the kenlm package is not installed (pip install kenlm; it needs a C++ compiler)"
EVERYTHING = (10**9, 10**9)
Ngram = tuple[str, ...]

# --- a small language ----------------------------------------------------------------------------------------------------------------

GRAMMAR = {
    "S": ["NP VP", "NP VP PP", "PP , NP VP", "NP said that S", "NP VP and VP"],
    "NP": ["the N", "a N", "the A N", "N", "the N PP", "NAME"],
    "VP": ["V NP", "V", "V NP PP", "did not V", "has V"],
    "PP": ["in the N", "on DAY", "after NP"],
    "N": ["rebels", "army", "town", "port", "soldier", "bridge", "officials", "peace talks", "war", "well-known plan", "<decade>"],
    "A": ["old", "new", "last", "northern", "so-called"],
    "V": ["attacked", "left", "held", "took", "saw", "rebuilt", "criticised"],
    "NAME": ["moscow", "st. john's", "o'neill"],
    "DAY": ["tuesday", "may <1>", "<unk>"],
}


def grow(symbol: str, chance: random.Random, depth: int = 0) -> list[str]:
    """A sentence of the small language, in forms as ``spinfix.text.form`` makes them."""
    choices = GRAMMAR.get(symbol)
    if choices is None:
        return [symbol]
    pick = min(int(chance.expovariate(0.6)), len(choices) - 1) if depth < 6 else 0
    return [word for part in choices[pick].split() for word in grow(part, chance, depth + 1)]


def sentences(number: int, seed: int) -> list[list[str]]:
    chance = random.Random(seed)
    return [grow("S", chance) for _ in range(number)]


def vocabulary_of(corpus: Sequence[Sequence[str]]) -> list[str]:
    """All words; those that the small language has but the corpus lacks stay unknown."""
    return [*kn.SPECIAL, *sorted({word for sentence in corpus for word in sentence} - set(kn.SPECIAL))]


Streams = Sequence[tuple[np.ndarray[Any, np.dtype[np.uint32]], int]]


def stream_of(corpus: Sequence[Sequence[str]], vocabulary: Sequence[str]) -> np.ndarray[Any, np.dtype[np.uint32]]:
    ids = {word: k for k, word in enumerate(vocabulary)}
    return np.array([k for sentence in corpus for k in (kn.BEGIN, *(ids[word] for word in sentence), kn.END)], dtype=np.uint32)


def silent(message: str) -> None:
    """Report nothing."""


def estimated(streams: Streams, vocabulary: Sequence[str]) -> list[kn.Order]:
    orders = kn.count_orders(streams, len(vocabulary), ORDER, silent)
    kn.estimate(orders, silent)
    return orders


def pruned(corpus: Sequence[Sequence[str]], vocabulary: Sequence[str], keep: Sequence[int]) -> list[kn.Pruned]:
    orders = estimated([(stream_of(corpus, vocabulary), 1)], vocabulary)
    return kn.pruned_model(orders, kn.prune(orders, [0, *keep], [1, 1, 1], silent))


# --- the slow way --------------------------------------------------------------------------------------------------------------------


class SlowKneserNey:
    """Chen & Goodman (1998), section 4.1.3, with dictionaries; an n-gram at the begin of a sentence keeps its plain count."""

    def __init__(self, corpus: Sequence[Sequence[str]], vocabulary: Sequence[str]) -> None:
        self.predictable = len(vocabulary) - 1  # the begin mark never is
        counts: dict[int, Counter[Ngram]] = {n: Counter() for n in range(1, ORDER + 1)}
        lefts: dict[Ngram, set[str]] = defaultdict(set)
        for sentence in corpus:
            words = [BEGIN, *sentence, END]
            for n in range(1, ORDER + 1):
                for k in range(len(words) - n + 1):
                    counts[n][tuple(words[k : k + n])] += 1
                    if k:
                        lefts[tuple(words[k : k + n])].add(words[k - 1])
        self.counts: dict[int, dict[Ngram, int]] = {ORDER: dict(counts[ORDER])}
        for n in range(1, ORDER):
            self.counts[n] = {g: c if g[0] == BEGIN else len(lefts[g]) for g, c in counts[n].items()}
        del self.counts[1][BEGIN,]
        self.discounts = {n: self._discounts(list(self.counts[n].values())) for n in self.counts}
        self.followers: dict[Ngram, list[int]] = defaultdict(list)
        for n in self.counts:
            for ngram, count in self.counts[n].items():
                self.followers[ngram[:-1]].append(count)

    @staticmethod
    def _discounts(counts: list[int]) -> list[float]:
        n1, n2, n3, n4 = (max(counts.count(k), 1) for k in (1, 2, 3, 4))
        y = n1 / (n1 + 2 * n2)
        raw = [1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3]
        # a tiny corpus can ask for discounts that make no sense
        return [0.0, *(min(max(d, low), high) for d, low, high in zip(raw, (0.05, 0.1, 0.1), (0.99, 1.99, 2.99), strict=True))]

    def prob(self, history: Ngram, word: str) -> float:
        """p(word | history), interpolated down to the uniform distribution."""
        discounts = self.discounts[len(history) + 1]
        followers = self.followers.get(history, [])
        lower = self.prob(history[1:], word) if history else 1 / self.predictable
        if not followers:
            return lower
        count = self.counts[len(history) + 1].get((*history, word), 0)
        left = sum(discounts[min(c, 3)] for c in followers)
        return (count - discounts[min(count, 3)] + left * lower) / sum(followers)


def of_last_words(sentence: Sequence[str]) -> list[tuple[Ngram, str]]:
    """The (history, word) pairs of a sentence, as a trigram model sees them."""
    words = [BEGIN, *sentence, END]
    return [(tuple(words[max(0, k - ORDER + 1) : k]), words[k]) for k in range(1, len(words))]


# --- the estimation ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_estimate_is_that_of_the_slow_way(tmp_path: Path, seed: int) -> None:
    corpus = sentences(300, seed)
    vocabulary = vocabulary_of(corpus)
    write_model(tmp_path / "small.lm", vocabulary, pruned(corpus, vocabulary, EVERYTHING), LOSSLESS, {})
    model, slow = PackedModel.open(tmp_path / "small.lm"), SlowKneserNey(corpus, vocabulary)
    known = set(vocabulary)
    for sentence in sentences(200, seed + 100):
        if known.issuperset(sentence):
            expected = [math.log(slow.prob(history, word)) for history, word in of_last_words(sentence)]
            assert model.score([*sentence, END]) == pytest.approx(expected, abs=1e-5)


words_of_few = st.sampled_from(["a", "b", "c", "d", "e"])
corpora = st.lists(st.lists(words_of_few, min_size=1, max_size=8), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(corpora)
def test_every_ngram_is_estimated_as_in_the_slow_way(corpus: list[list[str]]) -> None:
    vocabulary = vocabulary_of(corpus)
    slow = SlowKneserNey(corpus, vocabulary)
    for order in pruned(corpus, vocabulary, EVERYTHING):
        for ids, log_prob in zip(order.ngrams.tolist(), order.log_prob.tolist(), strict=True):
            *history, word = (vocabulary[k] for k in ids)
            if word != BEGIN:
                assert math.exp(log_prob) == pytest.approx(slow.prob(tuple(history), word), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(corpora, st.integers(0, 30), st.integers(0, 30))
def test_the_probabilities_after_every_history_sum_to_one(corpus: list[list[str]], bigrams: int, trigrams: int) -> None:
    vocabulary = vocabulary_of(corpus)
    model = pruned(corpus, vocabulary, (bigrams + 1, trigrams + 1))
    table = {
        tuple(ids): (p, b)
        for order in model
        for ids, p, b in zip(order.ngrams.tolist(), order.log_prob, order.log_backoff, strict=True)
    }

    def log_prob(*ids: int) -> float:
        if ids in table:
            return float(table[ids][0])
        return float(table[ids[:-1]][1] if ids[:-1] in table else 0.0) + log_prob(*ids[1:])

    predicted = [k for k in range(len(vocabulary)) if k != kn.BEGIN]
    histories = [(), *(ids for ids in table if len(ids) < ORDER and ids[-1] != kn.END)]
    for history in histories:
        assert sum(math.exp(log_prob(*history, k)) for k in predicted) == pytest.approx(1, abs=1e-6)
    for ids in table:  # the model can back off step by step
        assert len(ids) == 1 or (ids[1:] in table and ids[:-1] in table)


@settings(max_examples=60, deadline=None)
@given(corpora, corpora, st.integers(1, 4), st.sampled_from([7, 50, 1 << 24]))
def test_a_weight_is_a_repetition_and_the_size_of_a_slice_is_nothing(
    first: list[list[str]], second: list[list[str]], weight: int, size: int
) -> None:
    vocabulary = vocabulary_of([*first, *second])
    one, other = stream_of(first, vocabulary), stream_of(second, vocabulary)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kn, "SLICE", size)
        weighted = estimated([(one, 1), (other, weight)], vocabulary)
    repeated = estimated([(one, 1), *([(other, 1)] * weight)], vocabulary)
    for a, b in zip(weighted, repeated, strict=True):
        assert (a.keys == b.keys).all()
        assert (a.counts == b.counts).all()
        assert (a.suffix == b.suffix).all()
        assert a.prob == pytest.approx(b.prob)


@settings(max_examples=20, deadline=None)
@given(corpora, corpora)
def test_an_interrupted_count_goes_on_where_it_stopped(corpus: list[list[str]], other: list[list[str]]) -> None:
    vocabulary = vocabulary_of([*corpus, *other])
    streams = [(stream_of(corpus, vocabulary), 1)]

    def counted(some: Streams, store: Path | None) -> list[list[list[int]]]:
        orders = kn.count_orders(some, len(vocabulary), ORDER, silent, store)
        return [[o.keys.tolist(), o.counts.tolist(), o.suffix.tolist()] for o in orders]

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        store = Path(folder)
        kn.count_orders(streams, len(vocabulary), 2, silent, store)  # as far as it came, without what an order above would need
        whole = counted(streams, None)
        assert counted(streams, store) == whole
        assert counted([(stream_of(other, vocabulary), 1)], store) == counted([(stream_of(other, vocabulary), 1)], None)
        patch.setattr(kn, "_count", None)  # nothing is left to be counted
        assert counted(streams, store) == whole


def test_discounts_are_those_of_the_paper() -> None:
    # 6 n-grams seen once, 3 twice, 2 three times, 1 four times: Y = 6 / (6 + 2 * 3) = 1/2
    counts = np.array([1] * 6 + [2] * 3 + [3] * 2 + [4] + [9] * 5)
    assert kn._discounts(counts) == pytest.approx([0, 1 - 2 * 0.5 * 3 / 6, 2 - 3 * 0.5 * 2 / 3, 3 - 4 * 0.5 * 1 / 2])


def test_a_word_that_follows_one_word_only_is_no_likely_stranger() -> None:
    # "francisco" is as common as "town", but follows one word where "town" follows four (Chen & Goodman 1998, section 2.7)
    corpus = [["san", "francisco"]] * 4 + [[word, "town"] for word in ("old", "new", "our", "this")] + [["far", "away"]]
    vocabulary = vocabulary_of(corpus)
    slow = SlowKneserNey(corpus, vocabulary)
    order = pruned(corpus, vocabulary, EVERYTHING)[0]
    alone = {vocabulary[k]: math.exp(p) for k, p in enumerate(order.log_prob)}
    assert alone["town"] > 2 * alone["francisco"]
    assert alone["town"] == pytest.approx(slow.prob((), "town"))


# --- kenlm ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keep", [EVERYTHING, (400, 300), (30, 1)], ids=["whole", "pruned", "hardly any"])
def test_kenlm_reads_the_same_probabilities_from_arpa(tmp_path: Path, keep: Sequence[int]) -> None:
    kenlm = pytest.importorskip("kenlm", reason=NO_KENLM)
    corpus = sentences(400, 7)
    vocabulary = vocabulary_of(corpus)
    model = pruned(corpus, vocabulary, keep)
    write_model(tmp_path / "small.lm", vocabulary, model, LOSSLESS, {})
    write_arpa(tmp_path / "small.arpa", vocabulary, model)
    ours, theirs = PackedModel.open(tmp_path / "small.lm"), kenlm.Model(str(tmp_path / "small.arpa"))
    assert theirs.order == ORDER
    chance = random.Random(8)
    known = vocabulary[2:]
    # half of the language, half of no language at all
    asked = [s for s in sentences(600, 9) if set(known).issuperset(s)][:500]
    asked += [chance.choices(known, k=chance.randint(1, 12)) for _ in range(1000 - len(asked))]
    assert len(asked) == 1000
    compared = Counter[int]()
    for sentence in asked:
        expected = list(theirs.full_scores(" ".join(sentence), bos=True, eos=True))
        assert ours.score([*sentence, END]) / math.log(10) == pytest.approx([p for p, _, _ in expected], abs=1e-4)
        compared.update(length for _, length, _ in expected)
    assert all(compared[n] > 20 for n in range(1, ORDER + 1))  # every step of the back-off was taken


def test_the_builder_writes_the_same_model_for_both(tmp_path: Path) -> None:
    kenlm = pytest.importorskip("kenlm", reason=NO_KENLM)
    corpus = [" ".join(s) for s in sentences(1500, 11) if "<unk>" not in s and "<1>" not in s and "<decade>" not in s]
    with lzma.open(tmp_path / "little.txt.xz", "wt", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in corpus)
    recipe = {**LOSSLESS, "order": 3, "minimum_word_count": 2, "minimum_ngram_count": [1, 1], "keep": [300, 400], "weights": {"little": 2}}
    (tmp_path / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
    builder = Path(__file__).parents[1] / "tools" / "build_language_model.py"
    command = [sys.executable, str(builder), str(tmp_path), str(tmp_path / "little.lm"), "--work", str(tmp_path)]
    command += ["--recipe", str(tmp_path / "recipe.json"), "--arpa", str(tmp_path / "little.arpa")]
    command += ["--also", str(tmp_path / "less.lm"), "200", "100"]
    source = str(Path(__file__).parents[1] / "src")
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": source}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "held-out perplexity" in done.stderr
    ours, theirs = PackedModel.open(tmp_path / "little.lm"), kenlm.Model(str(tmp_path / "little.arpa"))
    for line in filter(ours.knows, corpus[:300]):
        forms = tokenize(line).forms
        expected = [p for p, _, _ in theirs.full_scores(" ".join(forms))]
        assert ours.score([*forms, END]) / math.log(10) == pytest.approx(expected, abs=1e-4)
    less = PackedModel.open(tmp_path / "less.lm")
    assert less.facts["recipe"]["keep"] == [200, 100]
    assert (tmp_path / "less.lm").stat().st_size < (tmp_path / "little.lm").stat().st_size
