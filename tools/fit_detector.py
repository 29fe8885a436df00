"""Fit ``src/spinfix/data/detector.json``, the model that tells spun documents from clean ones.

    python tools/fit_detector.py CORPORA [--documents 80]

Clean documents are cut from the first two fifths of the test corpora (the rest is for measuring); each is also spun with a table drawn by
``benchmarks/spinner.py`` at a rate from 3 to 30 %.  Even odds
are put a little above where one clean document in 500 lies.
"""

from __future__ import annotations

import argparse
import itertools
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

from spinfix.adaptation import Priors
from spinfix.api import prepared
from spinfix.detection import Detector, profile
from spinfix.scoring import changeable_places
from spinfix.wordlists import DATA

GENRES = ("nltk_mix", "reuters21578", "openstax", "ai_company_blogs", "health_news")
SAFETY = 2.7  # nats, for genres that lie further off than those sampled
BASE_LOG_ODDS = float(np.log(Priors().spun) - np.log1p(-Priors().spun))
RATES = (0.03, 0.05, 0.08, 0.12, 0.2, 0.3)
EDGES = (0.0, 0.03, 0.06, 0.1, 0.15, 1.0)


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


Row = tuple[list[float], int, float, str]  # counts, changeable words, spin rate (0: clean), genre


def row_of(task: tuple[str, float, str]) -> Row:
    """The profile of one document."""
    document, lattice = prepared(task[0])
    return profile(document, lattice).tolist(), changeable_places(document), task[1], task[2]


def fit(rows: list[Row]) -> Detector:
    """Rates from counts: the clean ones of the genre that shows most, and what spinning adds for each point of rate."""
    counts = np.array([r[0] for r in rows])
    words = np.array([max(r[1], 1) for r in rows], dtype=float)
    rates = np.array([r[2] for r in rows])
    genres = np.array([r[3] for r in rows])
    clean_of = [(rates == 0) & (genres == genre) for genre in sorted(set(genres.tolist()))]
    by_genre = [counts[mine].sum(0) / words[mine].sum() for mine in clean_of]
    clean = np.max(by_genre, axis=0) + 1e-4
    usual = counts[rates == 0].sum(0) / words[rates == 0].sum()
    spun = rates > 0
    more = (counts[spun].sum(0) - usual * words[spun].sum()) / (rates[spun] * words[spun]).sum()
    draft = Detector(clean, np.maximum(more, 1e-4), 0.0)
    scores = np.array([draft.log_odds(c, int(w)) for c, w in zip(counts, words, strict=True)])
    # the clean rates are those of the worst genre, so plain clean text lies far below 0 and the offset is negative
    offset = float(np.quantile(scores[~spun], 0.998)) + SAFETY + BASE_LOG_ODDS
    print(f"{(~spun).sum()} clean, {spun.sum()} spun; offset {offset:.2f}", file=sys.stderr)
    for low, high in itertools.pairwise(EDGES):
        found = (scores[(rates > low) & (rates <= high)] - offset + BASE_LOG_ODDS > 0).mean()
        print(f"  rate {low} to {high}: found {found:.3f}", file=sys.stderr)
    return Detector(clean, np.maximum(more, 1e-4), offset)


def main() -> None:
    """Fit from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--documents", type=int, default=80, help="clean documents of each genre")
    args = parser.parse_args()
    draw = random.Random(11)
    tables = [spinner.draw_table(spinner.shipped_rows(families), seed, part="train") for seed, families in enumerate(
        [("news-blog",)] * 8 + [("getting-to-know", "news-blog")] * 2 + [("academic", "news-blog")] * 2
    )]  # fmt: skip
    tasks: list[tuple[str, float, str]] = []
    for genre in GENRES:
        for text in documents(args.corpora, genre, args.documents, (0.0, 0.4), seed=1):
            tasks.append((text, 0.0, genre))
            spun, changes = spinner.spin(text, draw.choice(tables), draw.choice(RATES), draw.randrange(10**6))
            if changes:  # a table of a third of the originals cannot reach every rate, so the real one counts
                tasks.append((spun, len(changes) / len(text.split()), genre))
    with multiprocessing.Pool() as pool:
        rows = pool.map(row_of, tasks, chunksize=8)
    found = fit(rows)
    data = {
        "clean": [round(x, 6) for x in found.clean.tolist()],
        "spun": [round(x, 6) for x in found.spun.tolist()],
        "offset": round(found.offset, 4),
    }
    (DATA / "detector.json").write_text(json.dumps(data) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
