"""Fit ``src/spinfix/data/calibration.json``, the map from posteriors to how often they are right.

    python tools/fit_calibration.py CORPORA --articles DIR [--documents 6]

Spun texts are made with tables of the part ``train`` of ``benchmarks/spinner.py`` from the first two fifths of the corpora; the texts of
``DIR/dev`` are spun with a real table.  That they are spun is taken as known.  Each place whose likeliest reading has 0.05 and more
counts once, those of real tables ``REAL`` times: users have real ones.  What is fitted is tried on texts that were left out: each dev
text by the map from all others, and texts spun with tables of the part ``tune``.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
import quality
import spinner
from fit_detector import GENRES, documents
from quality import Edit, Gold, Sample

from spinfix.adaptation import Priors
from spinfix.api import prepared
from spinfix.calibration import NONE, Calibration
from spinfix.scoring import score
from spinfix.wordlists import DATA

Floats = NDArray[np.float64]

RATES = (0.05, 0.1, 0.2)
PART = (0.0, 0.4)  # of the corpora
REAL = 8.0  # what a place of a real table counts; with 3, dev texts that were left out are off by more than 0.03
RIDGE = 10.0  # places that speak for leaving posteriors as they are
SURE = Priors(spun=1 - 1e-9)


@dataclass(frozen=True, slots=True)
class Place:
    """A place: the posteriors of its readings, the likeliest first, and whether that one is right."""

    posteriors: tuple[float, ...]
    strays: float
    right: bool
    text: str  # the name of the text, "" for a generated one


def places(sample: Sample) -> Iterator[Place]:
    """What is known of the places of one text, before calibration."""
    low = quality.CALIBRATED_FROM
    scored = score(*prepared(sample.text), SURE, restore_at=low, suggest_at=low, calibration=NONE)
    for f in scored.findings:
        right = quality.is_right(sample.text, sample.gold, Edit(f.span.start, f.span.end, f.intended))
        if right is not None:
            yield Place((f.posterior, *(a.posterior for a in f.alternatives)), scored.strays, right, sample.name)


def generated(corpora: Path, part: str, number: int) -> Iterator[Sample]:
    """Texts spun with tables of one part, so many of each genre and rate."""
    draw = random.Random(f"calibration {part}")
    families = sorted(spinner.FAMILIES)
    for shift, genre in enumerate(GENRES):
        for k, text in enumerate(documents(corpora, genre, number * len(RATES), PART, 31, 1200)):
            family, rate = families[(k // len(RATES) + shift) % len(families)], RATES[k % len(RATES)]
            spun, changes = spinner.spin(text, spinner.family_table(family, draw.randrange(4), part=part), rate, draw.randrange(10**6))
            gold = tuple(Gold(c.start, c.end, (c.original,), c.spun.casefold() == c.original.casefold()) for c in changes)
            yield Sample(spun, gold, genre=genre, family=family, rate=rate)


def mapped(calibration: Calibration, some: Sequence[Place]) -> Floats:
    """The calibrated posterior of the likeliest reading of each place."""
    found = []
    for place in some:
        posteriors = np.array(place.posteriors)
        found.append(calibration.of_places(posteriors, np.zeros(len(posteriors), dtype=np.int64), place.strays)[0])
    return np.array(found)


def fit(some: Sequence[Place]) -> Calibration:
    """The likeliest map, by Newton's method with differences; a ridge holds it near the one that changes nothing."""
    top = np.array([p.posteriors[0] for p in some])
    kept = np.maximum(1 - np.array([sum(p.posteriors) for p in some]), 1e-9)
    others = [p.posteriors[1:] for p in some]
    owner = np.repeat(np.arange(len(some)), [len(o) for o in others])
    rival = np.array([value for o in others for value in o])
    strays = np.array([p.strays for p in some])
    right = np.array([p.right for p in some])
    weight = np.where([bool(p.text) for p in some], REAL, 1.0)

    def loss(x: Floats) -> float:
        slope, shift = x[0] + strays * x[2], x[1] + strays * x[3]
        odds = np.exp(slope * np.log(top / kept) + shift)
        more = np.exp(slope[owner] * np.log(rival / kept[owner]) + shift[owner])
        p = odds / (1 + odds + np.bincount(owner, weights=more, minlength=len(some)))
        p = np.clip(p, 1e-9, 1 - 1e-9)
        return float(-(weight * np.where(right, np.log(p), np.log1p(-p))).sum() + RIDGE * ((x - (1, 0, 0, 0)) ** 2).sum())

    x = np.array([1.0, 0.0, 0.0, 0.0])
    step = 1e-4 * np.eye(4)
    for _ in range(20):
        gradient = np.array([(loss(x + e) - loss(x - e)) / 2e-4 for e in step])
        second = [[(loss(x + a + b) - loss(x + a - b) - loss(x - a + b) + loss(x - a - b)) / 4e-8 for b in step] for a in step]
        x = x - np.linalg.solve(np.array(second), gradient)
    if min(x[0], x[0] + x[2]) <= 0:
        raise ValueError(f"expected slopes above 0, which keep the order; found {x[0]:.3f} and {x[0] + x[2]:.3f}")
    return Calibration(*(round(float(v), 4) for v in x))


def error(posteriors: Sequence[float], some: Sequence[Place]) -> float:
    """The expected calibration error over ten bins."""
    return quality.expected_calibration_error(quality.bins_of((p, s.right) for p, s in zip(posteriors, some, strict=True)))


def main() -> None:
    """Fit from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=6, help="generated documents of each genre and rate")
    args = parser.parse_args()
    dev = [s for s in quality.article_samples(args.articles) if s.family and s.name != "first-article"]
    real = [place for sample in dev for place in places(sample)]
    train = [place for sample in generated(args.corpora, "train", args.documents) for place in places(sample)]
    tune = [place for sample in generated(args.corpora, "tune", max(args.documents // 2, 1)) for place in places(sample)]
    found = fit([*real, *train])
    left_out = []
    for place_text in dict.fromkeys(p.text for p in real):
        others = fit([*(p for p in real if p.text != place_text), *train])
        left_out += mapped(others, [p for p in real if p.text == place_text]).tolist()
    for name, some, after in (("dev", real, left_out), ("tune", tune, mapped(found, tune).tolist())):
        before = error([p.posteriors[0] for p in some], some)
        print(f"{name}: {len(some)} places, expected calibration error {before:.3f}, mapped {error(after, some):.3f}", file=sys.stderr)
    print(found, file=sys.stderr)
    data = {"slope": found.slope, "shift": found.shift, "slope_straying": found.slope_straying, "shift_straying": found.shift_straying}
    (DATA / "calibration.json").write_text(json.dumps(data) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
