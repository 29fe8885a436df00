"""What was seen in spun pages is among the candidates, and the benchmark that counts it reads candidates rightly."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from spinfix.candidates import propose
from spinfix.text import tokenize
from spinfix.wordlists import Index, Row, WordList, compiled_lines, shipped_index

ROOT = Path(__file__).parent.parent
OBSERVED = ROOT.parent / "shared" / "lexicon" / "observed-substitutions.tsv"
sys.path.insert(0, str(ROOT / "benchmarks"))
import coverage_of_lists as coverage  # noqa: E402

ROWS = (Row("suppose", "think", 1), Row("as a result of", "because", 1), Row("a number of", "several", 1))
SMALL: Any = Index("\n".join(compiled_lines([WordList("x/y", "", "", "", "", (), (), ROWS)])).encode())


@pytest.mark.parametrize(
    ("observed", "intended", "covered"),
    [
        ("suppose", "think", True),
        ("Suppose tank", "think tank", True),  # a word that is kept beside a candidate
        ("suppose as a result of", "think because", True),
        ("suppose", "thinks", False),
        ("suppose", "think tank", False),
        ("as a result", "because", False),
        ("a number of a number of", "several a number of", True),
    ],
)
def test_a_reading_is_made_of_candidates_and_kept_words(observed: str, intended: str, covered: bool) -> None:
    document = tokenize(observed)
    wanted = [coverage.folded(word) for word in tokenize(intended).surfaces]
    assert coverage.reads_as(document, propose(document, [SMALL]), wanted) is covered


@pytest.mark.skipif(not OBSERVED.exists(), reason="the table of observed substitutions is not here")
def test_what_was_seen_is_among_the_candidates() -> None:
    rows = [row for row in coverage.read(OBSERVED) if row.verified]
    missing = [f"{row.observed} ← {row.intended}" for row in rows if not coverage.is_covered(row, shipped_index())]
    assert len(missing) < 0.05 * len(rows), missing
