"""Honest texts in unusual English, written without a look at the lists (``benchmarks/honest_writers.py``): nobody spun them."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

import spinfix

BENCHMARK = runpy.run_path(str(Path(__file__).parent.parent / "benchmarks" / "honest_writers.py"))


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, _, text in BENCHMARK["texts"]()])
def test_they_are_left_alone(name: str, text: str) -> None:
    assert spinfix.restore(text, path=name) == text
    assert spinfix.detect(text, path=name).spun < 0.5


def test_every_text_is_counted_once_and_by_its_kind() -> None:
    found = BENCHMARK["measure"]()
    assert found["all"].texts == 304 == sum(tally.texts for kind, tally in found.items() if kind != "all")
    assert found["all"].words > 38_000
    assert not found["all"].edits


def test_single_sentences_are_left_alone() -> None:
    edited = BENCHMARK["edited_sentences"]()
    assert not [sentence for sentence, is_known in edited if not is_known]
    assert len([sentence for sentence, is_known in BENCHMARK["sentences"]() if not is_known]) > 500
