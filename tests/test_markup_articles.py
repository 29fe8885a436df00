"""The development texts in each kind of markup are restored as well as the plain ones."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest
from markup_tools import needs

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
import markup
import quality

ARTICLES = Path(__file__).parent.parent.parent / "shared" / "articles"
KINDS = [pytest.param(kind, marks=needs(kind)) for kind in ("markdown", "html", "rst", "latex")]

pytestmark = pytest.mark.skipif(not ARTICLES.exists(), reason="the articles are not here")


@cache
def scores(kind: str) -> tuple[quality.Score, int]:
    """The score of the spun texts together, and the edits of the clean ones."""
    judged = [(sample, markup.dressed_score(sample, kind)) for sample in quality.article_samples(ARTICLES)]
    spun = sum((score for sample, score in judged if sample.gold), quality.Score())
    return spun, sum(score.edits for sample, score in judged if not sample.gold)


@pytest.mark.parametrize("kind", KINDS)
def test_markup_costs_less_than_half_a_point(kind: str) -> None:
    (plain, _), (dressed, clean) = scores("plain"), scores(kind)
    assert plain.gold == dressed.gold > 700
    assert dressed.f_half == pytest.approx(plain.f_half, abs=0.005)
    assert clean == scores("plain")[1]
