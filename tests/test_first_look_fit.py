"""The tool that weighs the first look: what it counts, and where it puts the threshold."""

from __future__ import annotations

import random
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from spinfix.first_look import shipped_weights

ROOT = Path(__file__).parent.parent
CLEAN = "The council met on Tuesday to talk about the new bridge. Most of the members were in favour of the plan. "
SPUN = "The evaluate course of was sluggish, officers mentioned, and the overseas minister was on the information convention. "


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import weigh_first_look

    return weigh_first_look


def test_a_kind_weighs_what_is_counted(tool: ModuleType) -> None:
    weights = shipped_weights()
    clean, spun = [tool.Page(CLEAN * 9)], [tool.Page(CLEAN + SPUN, changes=8)]
    gains, drift = tool.gains_of(clean, spun, weights)
    in_clean, in_spun = tool.rates_of(clean, weights), tool.rates_of(spun, weights)
    kind = int(np.argmax(in_spun[1:] - in_clean[1:])) + 1
    rate = 8 / len((CLEAN + SPUN).split())
    least = np.log1p(tool.SHARES[0] * (in_spun[kind] - in_clean[kind] - tool.GRANTED) / rate / (in_clean[kind] + tool.GRANTED))
    assert gains[0, kind] >= least - 1e-9 > 0
    assert gains.shape == (len(tool.SHARES), weights.gains.shape[1]) and (gains[:, 0] == 0).all()
    assert (np.diff(gains) >= 0).all() and (drift > 0).all()


def test_each_pair_of_a_page_counts_once(tool: ModuleType) -> None:
    weights = shipped_weights()
    once, often = (tool.rates_of([tool.Page(SPUN * times)], weights) for times in (1, 10))
    assert often[1:].sum() < once[1:].sum() / 5


def test_no_sum_counts_against_a_page(tool: ModuleType) -> None:
    draw = np.random.default_rng(1)
    clean, spun = (draw.normal((mean, -mean, 0.0), 1.0, (300, 3)) for mean in (0.0, 2.0))
    slopes = tool.slopes_of(clean, spun, np.full(300, 400.0))
    assert slopes[0] > 0 == slopes[1]


def test_the_threshold_spends_its_share(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(1)
    words, odd = CLEAN.split(), SPUN.split()

    def page(share: float) -> str:
        """So much of it by a spinner, three words at a time."""
        at = [draw.randrange(len(words) - 3) for _ in range(60)]
        return " ".join(" ".join((odd if draw.random() < share else words)[k : k + 3]) for k in at)

    clean = [tool.Page(page(0.05)) for _ in range(200)] + [tool.Page("He went home.", form="short")] * 20
    spun = [tool.Page(page(0.4), changes=60) for _ in range(60)]
    monkeypatch.setattr(tool, "clean_pages", lambda *_: clean)
    monkeypatch.setattr(tool, "spun_pages", lambda *_: spun)
    for share in (0.05, 0.2):
        found = tool.weigh(shipped_weights(), Path(), share, 0, 0, restored=lambda text: True)
        reached = [tool.log_odds(page, found) >= 0 for page in clean[:200]]
        assert share <= np.mean(reached) <= share + 0.02
        assert np.mean([tool.log_odds(page, found) >= 0 for page in spun]) > 0.7


def test_parts_of_a_page_are_cut_at_words_and_sentences(tool: ModuleType) -> None:
    draw = random.Random(1)
    assert (CLEAN * 9).startswith(tool._part(CLEAN * 9, "beginning", draw))
    assert tool._part(CLEAN, "sentence", draw).rstrip(".") in CLEAN
    assert tool._part("Too short.", "sentence", draw) == ""
