"""Texts that were written and spun without a look at the lists (``benchmarks/unseen_spinners.py``)."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

import spinfix

BENCHMARK = runpy.run_path(str(Path(__file__).parent.parent / "benchmarks" / "unseen_spinners.py"))
PAIRS = list(BENCHMARK["pairs"]())


def test_a_file_holds_both_texts_and_its_places() -> None:
    spun, original, gold = BENCHMARK["parse"]("The {struggle~war} zone, {an~a} {huge~big} one.")
    assert (spun, original) == ("The struggle zone, an huge one.", "The war zone, a big one.")
    assert [(spun[g.start : g.end], *g.accept) for g in gold] == [("struggle", "war"), ("an", "a"), ("huge", "big")]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_the_originals_are_left_alone(pair) -> None:  # type: ignore[no-untyped-def]
    report = spinfix.detect(pair.original)
    assert spinfix.restore(pair.original) == pair.original and report.spun < 0.5


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_a_restoration_leads_back(pair) -> None:  # type: ignore[no-untyped-def]
    report = spinfix.detect(pair.spun)
    assert spinfix.revert(report.patch.apply(pair.spun), report.patch) == pair.spun


def test_half_of_what_unseen_spinners_changed_is_restored_and_few_of_their_texts_are_missed() -> None:
    found = BENCHMARK["measure"]()["all"]
    assert found.score.recall > 0.48 and found.score.correct > 0.74  # 0.52 and 0.79 when this was written
    assert found.called_spun > 101  # of 126
