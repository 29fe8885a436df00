"""Fit ``src/spinfix/data/detector.json``, the model that tells spun documents from clean ones.

    python tools/fit_detector.py CORPORA [--documents 80] [--clean 1600]

Clean documents are cut from the first two fifths of the test corpora (the rest is for measuring); what counts are those that the first
look does not let through, some in twenty.  Others are spun with a table drawn by ``benchmarks/spinner.py``, of any family, at a rate from
2 to 40 %.  First the Poisson rates of the counts are taken from one half of the documents, then the weights of the figures by logistic
regression on the other half, and the other way round; the mean is kept.

Even odds, at the base rate of the world, are put where one clean document in ``RARE`` would lie.  That may be further out than any that
is sampled, so the uppermost are continued as an exponential tail (Pickands 1975: the excess over a high threshold); each is judged by
rates that were taken from other documents.
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
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
import spinner

from spinfix import Policy, detection
from spinfix.adaptation import Priors
from spinfix.api import prepared
from spinfix.detection import Blocks, Detector, Profile, blocks_of, shipped_detector
from spinfix.first_look import look
from spinfix.regions import regions
from spinfix.unlisted import are_asked
from spinfix.wordlists import DATA

Floats = NDArray[np.float64]

GENRES = ("nltk_mix", "reuters21578", "openstax", "ai_company_blogs", "health_news")
RARE = 5_000  # clean documents of which one may be called spun; fewer than asked for, as some genres lie further off than those sampled
TAIL = 40  # clean documents that the tail is fitted to
# What brevity is worth is fitted down to so many changeable words, but counts down to ``detection.SHORT`` only: the short texts of these
# corpora are edited ones, and those of people who write odd English are short as well.
FITTED_SHORT = 100
GRANTED = 2e-5  # places per word that are granted to each kind in clean text
LEAST_MORE = 1e-4  # places that spinning a word adds at least
BASE_LOG_ODDS = float(np.log(Priors().spun) - np.log1p(-Priors().spun))
RATES = (0.02, 0.03, 0.05, 0.08, 0.12)  # higher ones are found in any case, and would flatten the regression
EDGES = (0.0, 0.03, 0.06, 0.1, 0.15)
LISTED = Policy(ignore=("unlisted",))  # readings that no list has are asked only where these leave it open, as ``detect`` does
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


def train_tables() -> list[spinner.Table]:
    """``TABLES`` tables of each family, of what is kept for training."""
    return [spinner.family_table(family, seed, part="train") for family in sorted(spinner.FAMILIES) for seed in range(TABLES)]


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one document."""

    blocks: Blocks
    rate: float  # share of changed words; 0 for a clean one
    genre: str

    @property
    def seen(self) -> Profile:
        """What it shows as a whole."""
        return self.blocks.profile


def row_of(task: tuple[str, float, str]) -> Row:
    """What one document shows."""
    blocks = blocks_of(*prepared(task[0], LISTED))
    odds = np.exp(np.clip(regions(blocks, shipped_detector()).log_odds + BASE_LOG_ODDS, -30, 30))
    if are_asked(float(odds / (1 + odds)), "", 0):
        blocks = blocks_of(*prepared(task[0]))
    return Row(blocks, task[1], task[2])


def poisson_rates(rows: Sequence[Row]) -> tuple[Floats, Floats]:
    """Rates from counts, per changeable word: those of clean documents, and what spinning adds for each point of rate."""
    counts = np.array([r.seen.counts for r in rows])
    words = np.array([max(r.seen.changeable, 1) for r in rows], dtype=float)
    rates = np.array([r.rate for r in rows])
    spun = rates > 0
    clean = counts[~spun].sum(0) / words[~spun].sum() + GRANTED
    more = (counts[spun].sum(0) - clean * words[spun].sum()) / (rates[spun] * words[spun]).sum()
    return clean, np.maximum(more, LEAST_MORE)


def regression(figures: Floats, spun: Floats, ridge: float = 1.0, counted: Floats | None = None) -> tuple[Floats, float]:
    """Weights and constant of the logistic regression of ``spun`` (1 or 0) on ``figures``; Newton's method, ``ridge`` on scaled weights.

    Each row counts once, or as often as ``counted`` says.
    """
    times = np.ones(len(figures)) if counted is None else counted
    mean, scale = figures.mean(0), figures.std(0) + 1e-9
    design = np.c_[np.ones(len(figures)), (figures - mean) / scale]
    found = np.zeros(design.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-design @ found))
        curvature = (design * (times * p * (1 - p))[:, None]).T @ design + ridge * np.eye(len(found))
        found += np.linalg.solve(curvature, design.T @ (times * (spun - p)) - ridge * np.r_[0, found[1:]])
    weights = found[1:] / scale
    return weights, float(found[0] - weights @ mean)


def bar_of(clean: Sequence[float], total: int) -> float:
    """The log-odds (nats) that one clean document in ``RARE`` has, from the highest that some of ``total`` have."""
    *_, low = sorted(clean, reverse=True)[: TAIL + 1]
    excess = [score - low for score in clean if score > low]
    return low + float(np.mean(excess)) * float(np.log(len(excess) / total * RARE))


def clean_tasks(corpora: Path, number: int) -> list[tuple[str, float, str]]:
    """Of ``number`` clean documents of each genre those that the first look does not let through, as tasks."""
    return [
        (text, 0.0, genre)
        for genre in GENRES
        for text in documents(corpora, genre, number, (0.0, 0.4), seed=3, most_words=2000)
        if look(text).is_worth_a_second
    ]


def fit(rows: Sequence[Row], total: int) -> Detector:
    """The whole detector; the clean ones of ``rows`` are those of ``total`` that the first look does not let through."""
    halves = [[row for k, row in enumerate(rows) if k % 2 == half] for half in (0, 1)]
    fitted = []
    with patch.object(detection, "SHORT", FITTED_SHORT):
        for one, other in (halves, halves[::-1]):
            draft = Detector(*poisson_rates(one), np.ones(5), 0.0)
            spun = np.array([float(r.rate > 0) for r in other])
            fitted.append(regression(np.array([draft.figures(r.seen) for r in other]), spun)[0])
    weights = np.mean(fitted, axis=0)
    scores: list[tuple[Row, float]] = []
    for one, other in (halves, halves[::-1]):
        draft = Detector(*poisson_rates(one), weights, 0.0)
        scores += [(r, regions(r.blocks, draft).log_odds) for r in other]
    bar = bar_of([score for row, score in scores if not row.rate], total)
    print(f"{len(rows)} documents; weights {weights.round(3)}, even odds at {bar:.2f} nats", file=sys.stderr)
    print(f"  clean ones above: {sum(score > bar for row, score in scores if not row.rate)} of {total}", file=sys.stderr)
    for low, high in itertools.pairwise(EDGES):
        found = [score > bar for row, score in scores if low < row.rate <= high]
        print(f"  rate {low} to {high}: found {sum(found)} of {len(found)}", file=sys.stderr)
    return Detector(*poisson_rates(rows), weights, bar + BASE_LOG_ODDS)


def main() -> None:
    """Fit from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--documents", type=int, default=80, help="spun documents of each genre")
    parser.add_argument("--clean", type=int, default=1600, help="clean documents of each genre, from which the first look chooses")
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    draw = random.Random(11)
    tables = train_tables()
    tasks: list[tuple[str, float, str]] = []
    for genre in GENRES:
        for text in documents(args.corpora, genre, args.documents, (0.0, 0.4), seed=1):
            spun, changes = spinner.spin(text, draw.choice(tables), draw.choice(RATES), draw.randrange(10**6))
            if changes:  # a table of a third of the originals cannot reach every rate, so the real one counts
                tasks.append((spun, len(changes) / len(text.split()), genre))
    with multiprocessing.Pool(args.processes) as pool:
        rows = pool.map(row_of, [*tasks, *clean_tasks(args.corpora, args.clean)], chunksize=8)
    found = fit(rows, args.clean * len(GENRES))
    data = {name: [round(x, 6) for x in getattr(found, name).tolist()] for name in ("clean", "spun", "weights")}
    (DATA / "detector.json").write_text(json.dumps({**data, "offset": round(found.offset, 4)}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
