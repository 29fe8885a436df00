"""A language model of the user's own: packed, or KenLM's through the extra ``spinfix[kenlm]``."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import spinfix
from spinfix.wordlists import DATA

ARPA = """\\data\\
ngram 1=6
ngram 2=3
ngram 3=1

\\1-grams:
-1.0\t<unk>\t0
-99\t<s>\t-0.3
-1.2\t</s>\t0
-0.8\ta\t-0.2
-0.9\tthink\t-0.1
-1.1\ttank\t0

\\2-grams:
-0.4\t<s> a\t-0.05
-0.5\ta think\t-0.15
-0.1\tthink tank

\\3-grams:
-0.02\ta think tank

\\end\\
"""
TEXT = "He works at a suppose tank in the Center East, officers mentioned."


def test_the_shipped_model_given_by_its_path_decides_as_by_default() -> None:
    own = spinfix.Policy(language_model=str(DATA / "english.lm"))
    assert spinfix.detect(TEXT, own).findings == spinfix.detect(TEXT).findings


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(spinfix.ModelError, match=r"nowhere\.lm: cannot be read"):
        spinfix.detect(TEXT, spinfix.Policy(language_model=str(tmp_path / "nowhere.lm")))


def test_a_policy_wants_the_path_as_text(tmp_path: Path) -> None:
    with pytest.raises(spinfix.PolicyError, match="language_model: expected a path"):
        spinfix.Policy(language_model=tmp_path)  # type: ignore[arg-type]


def test_kenlm_models_give_their_own_probabilities(tmp_path: Path) -> None:
    pytest.importorskip("kenlm", reason="the extra spinfix[kenlm] is not installed")
    from spinfix.kenlm_model import KenlmModel

    path = tmp_path / "tiny.arpa"
    path.write_text(ARPA, encoding="utf-8")
    model = KenlmModel(path)
    words = model.words(["<s>", "a", "Think", "tank", "zebra"])
    assert words.log_prob[1:] / math.log(10) == pytest.approx([-0.8, -0.9, -1.1, -1.0], abs=1e-5)
    first, second = np.array([0, 1, 2, 1]), np.array([1, 2, 3, 3])
    log_prob, _, keys = model.pairs(words, first, second)
    assert log_prob / math.log(10) == pytest.approx([-0.4, -0.5, -0.1, -0.2 - 1.1], abs=1e-5)
    third = model.triples(keys[:2], words.keys[[2, 3]], np.zeros(2))
    # p(think | <s> a) backs off from the pair, p(tank | a think) is in the model
    assert third / math.log(10) == pytest.approx([-0.05 - 0.5, -0.02], abs=1e-5)


def test_a_text_is_read_with_a_kenlm_model(tmp_path: Path) -> None:
    pytest.importorskip("kenlm", reason="the extra spinfix[kenlm] is not installed")
    path = tmp_path / "tiny.arpa"
    path.write_text(ARPA, encoding="utf-8")
    report = spinfix.explain("a suppose tank", spinfix.Policy(language_model=str(path)))
    think = next(f for f in report.findings if f.observed == "suppose")
    assert think.intended == "think"
    (tmp_path / "junk.arpa").write_text("no model", encoding="utf-8")
    with pytest.raises(spinfix.ModelError, match="expected a KenLM model"):
        spinfix.detect(TEXT, spinfix.Policy(language_model=str(tmp_path / "junk.arpa")))


def test_states_that_kenlm_has_forgotten_are_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("kenlm", reason="the extra spinfix[kenlm] is not installed")
    from spinfix.kenlm_model import KenlmModel

    path = tmp_path / "tiny.arpa"
    path.write_text(ARPA, encoding="utf-8")
    model = KenlmModel(path)
    words = model.words(["<s>", "a", "think", "tank"])
    first, second = np.array([0, 1, 2]), np.array([1, 2, 3])
    keys = model.pairs(words, first, second)[2]
    known = model.triples(keys[:2], words.keys[2:], np.zeros(2))
    monkeypatch.setattr("spinfix.kenlm_model.CACHED", 0)
    model.pairs(words, first[2:], second[2:])
    assert model.triples(keys[:2], words.keys[2:], np.zeros(2)).tolist() == known.tolist()
