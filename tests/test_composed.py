"""Pairs of words that only spinners put side by side: how they are composed, kept and used."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spinfix
from spinfix.composed import Composed, shipped_composed
from spinfix.confusions import shipped_confusions
from spinfix.errors import ModelError
from spinfix.first_look import look
from spinfix.language_model import default_model
from spinfix.page_words import keys_of, pair_keys
from spinfix.terms import shipped_terms
from spinfix.text import tokenize
from spinfix.unlisted import STRUCK, Unlisted
from spinfix.word_channel import WordChannel
from spinfix.wordlists import DATA

TOOLS = Path(__file__).parent.parent / "tools"
if str(TOOLS) not in sys.path:
    sys.path.insert(0, str(TOOLS))
composer: Any = importlib.import_module("compose_pairs")

LINES = ["irregular\trandom\t5", "woodland\tforest\t5", "timberland\tforest\t2", "forest\tforest\t1"]
TERMS = [("forest", "fire"), ("random", "forest"), ("random", "walk")]
NONE = np.zeros(0, dtype=np.uint64)


def key(pair: str) -> Any:
    first, second = np.split(keys_of(pair), 2)
    return pair_keys(first, second)


def weight(composed: Composed, pair: str) -> float:
    return float(composed.of(key(pair))[0])


@pytest.fixture(scope="module")
def channel() -> WordChannel:
    return WordChannel(LINES, shipped_confusions())


def test_a_term_is_written_as_spinners_would(channel: WordChannel) -> None:
    made = Composed.load(composer.packed(channel, TERMS, NONE))
    assert weight(made, "irregular woodland") > 0
    assert weight(made, "irregular timberland") > 0
    assert weight(made, "random forest") == 0  # the term itself
    assert weight(made, "irregular breakfast") == 0


def test_what_stands_in_the_corpora_is_left_out(channel: WordChannel) -> None:
    made = Composed.load(composer.packed(channel, TERMS, key("irregular woodland")))
    assert weight(made, "irregular woodland") == 0
    assert weight(made, "irregular timberland") > 0


def test_an_honest_synonym_weighs_less_than_a_swap_of_senses() -> None:
    channel = WordChannel(["carcinoma\tcancer\t5", "peril\tcancer\t5"], shipped_confusions())
    terms = [(organ, "cancer") for organ in ("breast", "gastric", "lung", "ovarian", "pancreatic", "thyroid")]
    made = composer.Composer(channel, terms)
    first, second, weights, _ = made.pairs(-50.0)
    found = {(made.names[a], made.names[b]): w for a, b, w in zip(first.tolist(), second.tolist(), weights.tolist(), strict=True)}
    assert found["ovarian", "peril"] > found["ovarian", "carcinoma"] + 3


def test_corpora_are_read_but_for_those_of_tests(tmp_path: Path) -> None:
    import lzma

    for name, text in (("some_genre", "A fleecy rationale."), (composer.TEST_CORPORA[0], "An irregular woodland.")):
        with lzma.open(tmp_path / f"{name}.txt.xz", "wt", encoding="utf-8") as file:
            file.write(text)
    seen = composer.seen_pairs(tmp_path)
    assert np.isin(key("fleecy rationale"), seen).all()
    assert not np.isin(key("irregular woodland"), seen).any()


@pytest.mark.parametrize("cut", [0, 8, 16, 40, -1])
def test_a_damaged_file_is_refused(cut: int) -> None:
    data = (DATA / "composed.bin").read_bytes()
    with pytest.raises(ModelError, match="expected composed pairs"):
        Composed.load(data[:cut])
    assert len(data) < 2_000_000


@pytest.mark.parametrize("pair", ["fleecy rationale", "misfortune work"])
def test_one_phrase_in_a_clean_page_is_found(pair: str) -> None:
    text = f"The report has four chapters. Much has been written on {pair} since then. We thank our colleagues for their help."
    assert look(text).is_worth_a_second
    assert {f.observed for f in spinfix.detect(text).findings} == set(pair.split())
    assert spinfix.restore(text.replace(pair, ". ".join(pair.split()))) == text.replace(pair, ". ".join(pair.split()))


def test_all_changes_of_the_stretch_gain_also_those_of_the_lists(channel: WordChannel) -> None:
    made = Composed.load(composer.packed(channel, TERMS, NONE))
    document = tokenize("We trained an irregular woodland twice.")
    plain = Unlisted(channel, shipped_terms(), default_model())
    struck = Unlisted(channel, shipped_terms(), default_model(), (), made)
    assert struck.is_struck(document) and not plain.is_struck(document)
    listed = {(4, 5, ("forest",))}
    before = {o.words: o for o in plain.changes(document, 3, 5, listed)}
    after = {o.words: o for o in struck.changes(document, 3, 5, listed)}
    assert after[("random",)].log_p > before[("random",)].log_p + STRUCK - 2
    assert after[("forest",)].is_listed and after[("forest",)].log_p > STRUCK
    assert ("forest",) not in before


def test_honest_pairs_have_no_weight() -> None:
    for pair in ("random forest", "think tank", "primary tumor", "laryngeal carcinoma"):
        assert weight(shipped_composed(), pair) == 0
