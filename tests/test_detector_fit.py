"""The tool that fits the detector: its bar lies where clean documents hardly ever reach."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spinfix.detection import Blocks, shipped_detector

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def tools_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


def test_the_bar_continues_the_tail_of_clean_documents() -> None:
    import fit_detector

    scores = np.random.default_rng(1).exponential(2.0, 3000) - 5.0
    true = 2.0 * np.log(fit_detector.RARE) - 5.0
    assert fit_detector.bar_of(scores.tolist(), 3000) == pytest.approx(true, abs=3.0)
    assert fit_detector.bar_of(scores[scores > 0].tolist(), 3000) == fit_detector.bar_of(scores.tolist(), 3000)


def test_the_fit_tells_documents_with_many_traces_from_those_with_few() -> None:
    import fit_detector

    draw = np.random.default_rng(2)
    kinds = len(shipped_detector().clean)
    rows = []
    for k in range(120):
        rate = 0.0 if k % 4 < 2 else 0.2
        words = draw.integers(200, 400, 1)
        counts = draw.poisson(words[:, None] * (0.0005 + rate * 0.2), (1, kinds)).astype(float)
        gains = (counts.sum(1, keepdims=True) - 0.02 * words[:, None]) * np.ones((1, 4))
        blocks = Blocks(np.zeros(1, dtype=np.int64), counts, gains, gains, words, (counts.sum(1) > 8).astype(np.int64))
        rows.append(fit_detector.Row(blocks, rate, "made"))
    found = fit_detector.fit(rows, 60)
    above = [found.log_odds(row.seen) + fit_detector.BASE_LOG_ODDS > 0 for row in rows]
    assert not any(is_above for is_above, row in zip(above, rows, strict=True) if not row.rate)
    assert sum(above) > 40
    assert (found.spun > 0).all()
