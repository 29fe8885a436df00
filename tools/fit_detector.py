"""Fit ``src/spinfix/data/detector.json``, the model that tells spun documents from clean ones.

    python tools/fit_detector.py CORPORA [--documents 80]

Clean documents are cut from the first two fifths of the test corpora (the rest is for measuring); each is also spun with a table drawn by
``benchmarks/spinner.py`` at a rate from 3 to 30 %.  The calibration
puts the log-odds of 0 a little above where one clean document in 500 lies.
"""

from __future__ import annotations

import argparse
import json
import lzma
import multiprocessing
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
import spinner

from spinfix.api import prepared
from spinfix.detection import features, fit
from spinfix.scoring import changeable_places
from spinfix.wordlists import DATA

GENRES = ("nltk_mix", "reuters21578", "openstax", "ai_company_blogs", "health_news")
SAFETY = 0.4  # points of score, for genres that lie further off than those sampled
RATES = (0.03, 0.05, 0.08, 0.12, 0.2, 0.3)


def documents(corpora: Path, genre: str, number: int, part: tuple[float, float], seed: int, most_words: int = 1200) -> Iterator[str]:
    """``number`` documents of 50 words and more from a part of a corpus, as (start, end) shares of its paragraphs."""
    draw = random.Random(f"{genre} {seed}")
    with lzma.open(corpora / f"{genre}.txt.xz", "rt", encoding="utf-8") as file:
        paragraphs = [line.strip() for line in file]
    low, high = (int(len(paragraphs) * share) for share in part)
    for _ in range(number):
        wanted = int(50 * (most_words / 50) ** draw.random())
        at, words, chosen = draw.randrange(low, high), 0, []
        while words < wanted and at < high:
            pieces = paragraphs[at].split()[: most_words - words]
            chosen.append(" ".join(pieces))
            words += len(pieces)
            at += 1
        yield "\n".join(chosen)


def row_of(task: tuple[str, bool]) -> tuple[list[float], bool]:
    """The features of one document."""
    document, lattice = prepared(task[0])
    return features(document, lattice, changeable_places(document)).tolist(), task[1]


def main() -> None:
    """Fit from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--documents", type=int, default=80, help="clean documents of each genre")
    args = parser.parse_args()
    draw = random.Random(11)
    tables = [spinner.draw_table(spinner.shipped_rows(families), seed) for seed, families in enumerate(
        [("news-blog",)] * 8 + [("getting-to-know", "news-blog")] * 2 + [("academic", "news-blog")] * 2
    )]  # fmt: skip
    tasks: list[tuple[str, bool]] = []
    for genre in GENRES:
        for text in documents(args.corpora, genre, args.documents, (0.0, 0.4), seed=1):
            tasks.append((text, False))
            spun, changes = spinner.spin(text, draw.choice(tables), draw.choice(RATES), draw.randrange(10**6))
            if len(changes) >= 3:
                tasks.append((spun, True))
    with multiprocessing.Pool() as pool:
        rows = pool.map(row_of, tasks, chunksize=8)
    weights = fit([np.array(x) for x, _ in rows], [y for _, y in rows])
    scores = np.array([np.dot(weights[1:], x) + weights[0] for x, _ in rows])
    spun_ones = np.array([y for _, y in rows])
    clean = scores[~spun_ones]
    # One clean document in 500 lies above the quantile; the base rate of the world (log-odds -7) comes on top.  The slope turns the score
    # of a document of some hundred words into log-odds: a tenth of a point of score is a nat.
    offset = float(np.quantile(clean, 0.998)) + SAFETY
    slope = 10.0
    found = float((scores[spun_ones] > offset).mean())
    print(f"{len(clean)} clean, {spun_ones.sum()} spun; found {found:.3f}; slope {slope:.2f}, offset {offset:.2f}", file=sys.stderr)
    data = {"weights": [round(w, 4) for w in weights], "slope": round(slope, 4), "offset": round(offset, 4)}
    (DATA / "detector.json").write_text(json.dumps(data) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
