"""The articles that spinfix was made for.  They lie beside the project, not in it; without them these tests are skipped."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from spinfix import detect, restore, revert

SHARED = Path(__file__).parent.parent.parent / "shared"
ARTICLES = SHARED / "articles"
SCORER = SHARED / "tools" / "score_restoration.py"
SPUN = [ARTICLES / "first-article.txt", *sorted((ARTICLES / "dev").glob("*.txt"))]
CLEAN = [ARTICLES / "second-article.txt", *sorted((ARTICLES / "dev" / "clean").glob("*.txt"))]

# F0.5 by the scorer: a little below what was measured when this was written, so that a step back is seen.
# Raise them when restoration gets better; issue 5 asks for 0.97 on the first article and a mean of 0.90 on the others.
FIRST_ARTICLE_AT_LEAST = 0.93  # measured: 0.948 (0.960 by its edits; the scorer finds them anew by a diff of words)
DEV_MEAN_AT_LEAST = 0.885  # measured: 0.899 (0.915)

pytestmark = pytest.mark.skipif(not SPUN[0].exists(), reason=f"no articles at {ARTICLES}")


def read(file: Path) -> str:
    return file.read_bytes().decode("utf-8")


def f_half(file: Path, folder: Path) -> float:
    """The F0.5 of the restoration of ``file``."""
    out = folder / file.name
    out.write_bytes(restore(read(file)).encode("utf-8"))
    command = [sys.executable, str(SCORER), str(file), str(file.with_suffix(".gold.json")), "--output", str(out)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = re.search(r"F0\.5 (\d\.\d+)", done.stdout)
    assert found, done.stdout
    return float(found.group(1))


@pytest.mark.parametrize("file", CLEAN, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_clean_articles_pass_through(file: Path) -> None:
    text = read(file)
    assert restore(text) == text
    assert detect(text).spun < 0.5


@pytest.mark.parametrize("file", SPUN, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_spun_articles_are_called_spun_and_can_be_taken_back(file: Path) -> None:
    text = read(file)
    report = detect(text)
    restored = report.patch.apply(text)
    assert report.spun > 0.5
    assert restored != text
    assert revert(restored, report.patch.to_json()) == text


def test_the_first_article_is_restored(tmp_path: Path) -> None:
    assert f_half(SPUN[0], tmp_path) >= FIRST_ARTICLE_AT_LEAST


def test_the_other_articles_are_restored(tmp_path: Path) -> None:
    scores = [f_half(file, tmp_path) for file in SPUN[1:]]
    assert len(scores) >= 10
    assert sum(scores) / len(scores) >= DEV_MEAN_AT_LEAST
