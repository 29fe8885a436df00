"""The map from posteriors to what was counted: it keeps the order, stays out of clean text, and holds on texts of real tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import spinfix
from spinfix.calibration import NONE, Calibration, shipped_calibration

ROOT = Path(__file__).parent.parent
ARTICLES = ROOT.parent / "shared" / "articles"
SPUN = (ROOT / "examples" / "spun-article.txt").read_text(encoding="utf-8")
CLEAN = (ROOT / "examples" / "original-article.txt").read_text(encoding="utf-8")

readings = st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=5).map(lambda v: np.array(v) / max(sum(v), 1.0) * 0.999)


@given(readings, st.floats(0.0, 1.0))
def test_the_readings_of_a_place_keep_their_order_and_leave_room_for_keeping_it(found: NDArray[np.float64], strays: float) -> None:
    place = np.zeros(len(found), dtype=np.int64)
    for calibration in (NONE, shipped_calibration()):
        mapped = calibration.of_places(found, place, strays)
        order = np.argsort(found, kind="stable")
        assert (np.diff(mapped[order]) >= 0).all()
        assert mapped.min() >= 0 and mapped.sum() < 1
    assert NONE.of_places(found, place, strays) == pytest.approx(found)


@given(st.floats(1e-6, 1 - 1e-6), st.floats(1e-6, 1 - 1e-6), st.floats(0.0, 1.0))
def test_of_two_places_the_likelier_one_stays_the_likelier(one: float, other: float, strays: float) -> None:
    low, high = sorted((one, other))
    mapped = shipped_calibration().of_places(np.array([low, high]), np.array([0, 1]), strays)
    assert mapped[0] <= mapped[1]


def test_the_map_is_a_reason_of_its_own_and_leaves_clean_text_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = [e for f in spinfix.explain(SPUN).findings for e in f.evidence if e.kind == "calibration"]
    assert len(shown) > 10
    mapped = [[(f.span, f.posterior) for f in spinfix.explain(text).findings] for text in (SPUN, CLEAN)]
    monkeypatch.setattr("spinfix.scoring.shipped_calibration", lambda: NONE)
    plain = [[(f.span, f.posterior) for f in spinfix.explain(text).findings] for text in (SPUN, CLEAN)]
    spun, clean = ([abs(p - dict(b).get(span, p)) for span, p in a] for a, b in zip(mapped, plain, strict=True))
    assert max(spun) > 0.05
    assert max(clean) < 0.005


def test_the_fit_finds_a_known_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import fit_calibration

    truth = Calibration(1.4, -0.3, -0.6, 0.2)
    draw = np.random.default_rng(3)
    places = []
    for k in range(20_000):
        posteriors, strays = draw.uniform(0.05, 0.99), float(k % 2)
        probability = truth.of_places(np.array([posteriors]), np.array([0]), strays)[0]
        places.append(fit_calibration.Place((posteriors,), strays, bool(draw.random() < probability), ""))
    found = fit_calibration.fit(places)
    for name in ("slope", "shift", "slope_straying", "shift_straying"):
        assert getattr(found, name) == pytest.approx(getattr(truth, name), abs=0.12)


@pytest.mark.skipif(not ARTICLES.exists(), reason=f"no articles at {ARTICLES}")
def test_posteriors_hold_on_texts_of_a_real_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import quality

    samples = [s for s in quality.article_samples(ARTICLES) if s.family and s.name != "first-article"]
    bins = quality.bins_of(pair for sample in samples for pair in quality.judge(sample).judged)
    assert sum(n for n, _, _ in bins) > 400
    assert quality.expected_calibration_error(bins) < 0.065  # 0.03 is what chance alone leaves of a true map with so few places


def test_a_map_that_turns_the_order_round_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import fit_calibration

    places = [fit_calibration.Place((p,), 0.0, p < 0.5, "") for p in np.linspace(0.05, 0.95, 500).tolist()]
    with pytest.raises(ValueError, match="above 0"):
        fit_calibration.fit(places)
