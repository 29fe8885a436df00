"""The word channel is learned as it says, and its benchmark keeps what it measures out of what it learns from."""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PHRASES = ROOT.parent / "shared" / "lexicon" / "tortured-phrases.tsv"
for folder in ("benchmarks", "tools"):
    if str(ROOT / folder) not in sys.path:
        sys.path.insert(0, str(ROOT / folder))

learner: Any = importlib.import_module("learn_word_channel")
tortured: Any = importlib.import_module("tortured")
sources: Any = importlib.import_module("term_sources")

PAIRS = [
    ("bosom malignancy", "breast cancer"),
    ("bosom tissue", "breast tissue"),
    ("bosom malignancy screening", "breast cancer screening"),
    ("malignancy cell", "cancer cell"),
    ("set of rules design", "algorithm design"),
    ("sorting set of rules", "sorting algorithm"),
]


@pytest.mark.parametrize(
    ("phrase", "cleaned"),
    [("[deep] neural-network (NN)", "neural network"), ('gaussian mixture \\")', "gaussian mixture"), ("a, b and c?", "a b and c")],
)
def test_what_is_compared_are_words(phrase: str, cleaned: str) -> None:
    assert learner.clean(phrase) == cleaned


def test_unequal_phrases_are_aligned_by_what_the_equal_ones_taught() -> None:
    counts = learner.learn(PAIRS)
    assert counts["bosom", "breast"] == 3
    assert counts["set of rules", "algorithm"] == 2
    assert counts["screening", "screening"] == 1
    assert learner.align(["a"] * 9, ["b"], Counter()) == []  # no cut


def test_whole_phrases_stay_out_of_the_table() -> None:
    lines = learner.table([*PAIRS, ("malignant growth", "cancer"), ("set of rules", "algorithm")])
    assert "bosom\tbreast\t3" in lines
    assert "set of rules\talgorithm\t3" in lines  # met inside two other phrases, too
    assert not [line for line in lines if line.startswith("malignant growth\t")]


def test_parts_are_cut_by_the_expected_phrase() -> None:
    pairs = [(f"tortured {k}", f"expected {k % 40}") for k in range(200)]
    met = []
    for held_out, others in tortured.folds_of(pairs, 5):
        assert {b for _, b in held_out}.isdisjoint(b for _, b in others)
        assert len(held_out) + len(others) == len(pairs)
        met += held_out
    assert sorted(met) == sorted(pairs)


def test_frames_have_one_place_each() -> None:
    assert all(frame[1].count("{}") == 1 for frame in tortured.FRAMES)


def test_own_terms_are_spelled_out_with_their_plurals(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("# a comment\n... network: neural, deep neural\nblood ...: cell\n", encoding="utf-8")
    found = set(sources.own_terms(tmp_path))
    assert {("neural", "network"), ("deep", "neural", "networks"), ("blood", "cell"), ("blood", "cells")} <= found
    assert len(set(sources.own_terms(ROOT / "tools" / "terms"))) > 20_000


def test_pairs_written_by_hand_join_the_table(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(
        "# a comment\nbreast: bosom, chest\nset: one two three four five\nk-means: k-implies\n", encoding="utf-8"
    )
    pairs = list(learner.written(tmp_path))
    assert pairs == [("bosom", "breast"), ("chest", "breast"), ("k implies", "k means")]
    lines = learner.table(PAIRS, pairs)
    assert f"bosom\tbreast\t{3 + learner.WRITTEN:g}" in lines
    assert f"chest\tbreast\t{learner.WRITTEN:g}" in lines


def test_looser_pairs_count_less_the_later_they_come(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("breast: bust, bosom, front\ncell: jail\n", encoding="utf-8")
    pairs = list(learner.looser(tmp_path))
    assert [pair for pair, _ in pairs] == [("bust", "breast"), ("bosom", "breast"), ("front", "breast"), ("jail", "cell")]
    counts = [count for _, count in pairs]
    assert counts[0] == counts[3] == learner.LOOSER > counts[1] > counts[2]
    lines = learner.table(PAIRS, (), pairs)
    assert "bosom\tbreast\t3" in lines  # what was met stays as it is
    assert f"bust\tbreast\t{learner.LOOSER:.3g}" in lines
    assert not any(line.startswith(("bust", "front", "jail")) for line in learner.without_written(lines))


def test_a_reading_has_the_article_that_its_next_word_asks_for() -> None:
    assert list(tortured.with_articles(["platform", "as", "an", "service"])) == ["platform", "as", "a", "service"]
    assert list(tortured.with_articles(["a"])) == ["a"]


@pytest.mark.skipif(not PHRASES.exists(), reason="the list of phrases is not here")
def test_no_phrase_of_the_list_is_written_by_hand() -> None:
    listed = {learner.clean(a) for a, _ in learner.read_pairs(PHRASES)}
    by_hand = [*learner.written(), *(pair for pair, _ in learner.looser())]
    assert not [a for a, _ in by_hand if " " in a and a in listed]
