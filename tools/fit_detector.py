"""Fit ``src/spinfix/data/detector.json``, the model that tells spun documents from clean ones.

    python tools/fit_detector.py CORPORA [--documents 120]

Clean documents are cut from the first two fifths of the test corpora (the rest is for measuring); each is also spun with a table drawn by
``benchmarks/spinner.py`` at a rate from 3 to 30 %.  First the Poisson rates of the counts are taken from one half of the documents, then
the weights of the three figures by logistic regression on the other half, and the other way round; the mean is kept.  Even odds, at the
base rate of the world, are put above where one clean document in 500 lies, and a little further.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import multiprocessing
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
import spinner

from spinfix.adaptation import Priors
from spinfix.api import prepared
from spinfix.detection import Detector, Profile, profile
from spinfix.wordlists import DATA

Floats = NDArray[np.float64]

GENRES = ("nltk_mix", "reuters21578", "openstax", "ai_company_blogs", "health_news")
SAFETY = 2.0  # nats, for genres that lie further off than those sampled
BASE_LOG_ODDS = float(np.log(Priors().spun) - np.log1p(-Priors().spun))
RATES = (0.03, 0.05, 0.08, 0.12, 0.2, 0.3)
EDGES = (0.0, 0.03, 0.06, 0.1, 0.15, 1.0)
TABLES = 4  # train tables a family


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


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one document."""

    seen: Profile
    rate: float  # share of changed words; 0 for a clean one
    genre: str


def row_of(task: tuple[str, float, str]) -> Row:
    """The profile of one document."""
    document, lattice = prepared(task[0])
    return Row(profile(document, lattice), task[1], task[2])


def poisson_rates(rows: Sequence[Row]) -> tuple[Floats, Floats]:
    """Rates from counts: the clean ones of the genre that shows most, and what spinning adds for each point of rate."""
    counts = np.array([r.seen.counts for r in rows])
    words = np.array([max(r.seen.changeable, 1) for r in rows], dtype=float)
    rates = np.array([r.rate for r in rows])
    genres = np.array([r.genre for r in rows])
    clean_of = [(rates == 0) & (genres == genre) for genre in sorted(set(genres.tolist()))]
    clean = np.max([counts[mine].sum(0) / words[mine].sum() for mine in clean_of], axis=0) + 1e-4
    usual = counts[rates == 0].sum(0) / words[rates == 0].sum()
    spun = rates > 0
    more = (counts[spun].sum(0) - usual * words[spun].sum()) / (rates[spun] * words[spun]).sum()
    return clean, np.maximum(more, 1e-4)


def regression(figures: Floats, spun: Floats, ridge: float = 1.0) -> tuple[Floats, float]:
    """Weights and constant of the logistic regression of ``spun`` (1 or 0) on ``figures``; Newton's method, ``ridge`` on scaled weights."""
    mean, scale = figures.mean(0), figures.std(0) + 1e-9
    design = np.c_[np.ones(len(figures)), (figures - mean) / scale]
    found = np.zeros(design.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-design @ found))
        curvature = (design * (p * (1 - p))[:, None]).T @ design + ridge * np.eye(len(found))
        found += np.linalg.solve(curvature, design.T @ (spun - p) - ridge * np.r_[0, found[1:]])
    weights = found[1:] / scale
    return weights, float(found[0] - weights @ mean)


def fit(rows: Sequence[Row]) -> Detector:
    """The whole detector."""
    halves = [[row for k, row in enumerate(rows) if k // 2 % 2 == half] for half in (0, 1)]  # a clean text and its spun form together
    scores: list[tuple[Row, float]] = []
    fitted = []
    for one, other in (halves, halves[::-1]):
        draft = Detector(*poisson_rates(one), np.ones(3), 0.0)
        weights, constant = regression(
            np.array([draft.figures(r.seen) for r in other]), np.array([float(r.rate > 0) for r in other])
        )
        fitted.append((weights, constant))
        scores += [(r, float(weights @ draft.figures(r.seen)) + constant) for r in other]
    weights = np.mean([w for w, _ in fitted], axis=0)
    constant = float(np.mean([c for _, c in fitted]))
    bar = float(np.quantile([score for row, score in scores if not row.rate], 0.998)) + SAFETY
    print(f"{len(rows)} documents; weights {weights.round(3)}, even odds at {bar:.2f} nats", file=sys.stderr)
    for low, high in itertools.pairwise(EDGES):
        found = np.mean([score > bar for row, score in scores if low < row.rate <= high])
        print(f"  rate {low} to {high}: found {found:.3f}", file=sys.stderr)
    return Detector(*poisson_rates(rows), weights, bar + BASE_LOG_ODDS - constant)


def main() -> None:
    """Fit from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--documents", type=int, default=120, help="clean documents of each genre")
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    draw = random.Random(11)
    tables = [spinner.family_table(family, seed, part="train") for family in sorted(spinner.FAMILIES) for seed in range(TABLES)]
    tasks: list[tuple[str, float, str]] = []
    for genre in GENRES:
        for text in documents(args.corpora, genre, args.documents, (0.0, 0.4), seed=1):
            spun, changes = spinner.spin(text, draw.choice(tables), draw.choice(RATES), draw.randrange(10**6))
            if changes:  # a table of a third of the originals cannot reach every rate, so the real one counts
                tasks += [(text, 0.0, genre), (spun, len(changes) / len(text.split()), genre)]
    with multiprocessing.Pool(args.processes) as pool:
        rows = pool.map(row_of, tasks, chunksize=8)
    found = fit(rows)
    data = {name: [round(x, 6) for x in getattr(found, name).tolist()] for name in ("clean", "spun", "weights")}
    (DATA / "detector.json").write_text(json.dumps({**data, "offset": round(found.offset, 4)}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
