"""How well the borders of spun parts are found: the probability of each block against what is known of it.

    python benchmarks/regions.py --corpora DIR [--documents 50] [--part tune] [--write]

Clean documents with one spun part, and documents that are spun all over, from the first two fifths of the corpora, with tables of one
part.  What is judged is the probability of each block to be spun, if any is: the loss is log loss by token, and the shares are the mean
probabilities of clean and of spun tokens.  The numbers in ``spinfix.regions`` were chosen on the part ``train`` by the loss of both.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "tools"))
import fit_calibration
import quality
import results

from spinfix.api import prepared
from spinfix.detection import blocks_of, shipped_detector
from spinfix.regions import regions

Floats = NDArray[np.float64]

PART: Final = (0.0, 0.4)
FLOOR: Final = 1e-3  # a probability that stands for none, and 1 minus it for certainty


def judged(samples: Iterable[quality.Sample]) -> Iterator[tuple[Floats, Floats]]:
    """For each text: the probability of each token to be in a spun part, and whether it is."""
    for sample in samples:
        document, lattice = prepared(sample.text)
        blocks = blocks_of(document, lattice)
        tokens = np.arange(len(document))
        start, end = sample.inside or (0, len(sample.text))
        at = np.array(document.starts)
        yield regions(blocks, shipped_detector()).shares[blocks.of(tokens)], ((at >= start) & (at < end)).astype(float)


def row(name: str, samples: Iterable[quality.Sample]) -> tuple[str, ...]:
    """What is measured on some texts."""
    found = list(judged(samples))
    shares, truth = (np.concatenate(column) for column in zip(*found, strict=True))
    p = np.clip(shares, FLOOR, 1 - FLOOR)
    loss = -(truth * np.log(p) + (1 - truth) * np.log1p(-p)).mean()
    clean = f"{shares[truth == 0].mean():.3f}" if (truth == 0).any() else ""
    return name, str(len(found)), str(len(shares)), f"{loss:.3f}", clean, f"{shares[truth == 1].mean():.3f}"


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=50, help="of each genre, at most")
    parser.add_argument("--part", default="tune", help="of the tables: train, tune or test")
    parser.add_argument("--write", action="store_true", help="append the table to RESULTS.md")
    args = parser.parse_args()
    mixed = quality.mixed_samples(args.corpora, args.documents, PART, args.part)
    whole = fit_calibration.generated(args.corpora, args.part, max(args.documents // 10, 1))
    header = ("documents", "number", "tokens", "log loss (nats)", "share given to clean tokens", "to spun ones")
    found = results.table(header, [row("with one spun part", mixed), row("spun all over", whole)])
    print(found)
    if args.write:
        results.record(results.section("regions", f"`--documents {args.documents} --part {args.part}`", [found]))


if __name__ == "__main__":
    main()
