"""Would more evidence help?  Each kind beside what is weighed already, by what it is worth on texts that were left out.

    python benchmarks/more_evidence.py --articles DIR --corpora DIR [--documents 3] [--write]

For each place the log-odds that spinfix gives its likeliest reading, before calibration, and one or more new figures are put into a
logistic regression, fitted on all texts but some and tried on these: dev texts one at a time, generated ones (tables of the part
``tune``) in ten parts.  A figure earns its place where the mean log loss falls by more than chance, on both.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "tools"))
import ablation
import quality
import results
from fit_detector import regression
from restorations import Edit, is_right
from wordfreq import zipf_frequency

from spinfix.api import prepared
from spinfix.calibration import NONE
from spinfix.language_model import default_model
from spinfix.scoring import score

Floats = NDArray[np.float64]

LOW: Final = 0.03  # posterior from which a place is looked at
DETERMINERS: Final = frozenset("a an the this that these those my your his her its our their some any no every each".split())
VERBAL: Final = frozenset("to can could may might must shall should will would not n't i you he she it we they who".split())
FIGURES: Final = ("repeats", "twin", "rare", "part of speech", "rivals", "strong", "ordinary")
SETS: Final[dict[str, tuple[str, ...]]] = {
    "nothing": (),
    "the observed words repeat": ("repeats",),
    "the intended word stands elsewhere (unspun twin)": ("twin",),
    "how rare the observed word is (wordfreq)": ("rare",),
    "part of speech after determiners, modals and pronouns": ("part of speech",),
    "how many readings the place has": ("rivals",),
    "marks of the lists: strong, ordinary": ("strong", "ordinary"),
    "all of these": FIGURES,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place: log-odds of its likeliest reading, the new figures, whether it is right, and the text it stands in."""

    log_odds: float
    figures: dict[str, float]
    right: bool
    text: int


def nounness(words: Sequence[str]) -> dict[str, float]:
    """How much likelier each word stands behind *the* than behind *to* (nats): high for nouns, low for verbs."""
    model = default_model()
    surfaces = ["the", "to", *words]
    known = model.words(surfaces)
    second = np.arange(2, len(surfaces))
    the, to = (model.pairs(known, np.full(len(words), first), second)[0] for first in (0, 1))
    return dict(zip(words, (the - to).tolist(), strict=True))


def places(samples: Sequence[quality.Sample]) -> Iterator[Place]:
    """All places of these texts that can be judged."""
    for text, sample in enumerate(samples):
        document, lattice = prepared(sample.text)
        forms = [s.lower() for s in document.surfaces]
        count = Counter(forms)
        nouns = nounness(sorted({*forms, *(w.lower() for c in lattice.candidates for w in c.words)}))
        stood = Counter({(c.first, c.observed) for c in lattice.candidates})
        repeats = Counter(observed for _, observed in stood)
        rivals = Counter((c.first, c.last) for c in lattice.candidates)
        best = {(document.span(c.first, c.last), c.source, c.intended.lower()): c for c in lattice.candidates}
        found = score(document, lattice, ablation.SURE, restore_at=LOW, suggest_at=LOW, calibration=NONE)
        for f in found.findings:
            right = is_right(sample.text, sample.gold, Edit(f.span.start, f.span.end, f.intended))
            c = best.get((f.span, f.source, f.intended.lower()))
            if right is None or c is None:
                continue
            before = forms[c.first - 1] if c.first else ""
            expected = (before in DETERMINERS) - (before in VERBAL)
            figures = {
                "repeats": np.log(repeats[c.observed]), "twin": np.log1p(count[c.words[0].lower()] if len(c.words) == 1 else 0),
                "rare": 8 - zipf_frequency(c.observed, "en"), "rivals": np.log(rivals[c.first, c.last]),
                "part of speech": expected * float(np.clip(nouns[c.words[0].lower()] - nouns[forms[c.first]], -5, 5)),
                "strong": c.evidence == "strong", "ordinary": c.evidence == "none",
            }  # fmt: skip
            p = min(max(f.posterior, 1e-6), 1 - 1e-6)
            yield Place(float(np.log(p / (1 - p))), {k: float(v) for k, v in figures.items()}, right, text)


def left_out_loss(some: Sequence[Place], names: Sequence[str], parts: int) -> Floats:
    """The log loss of each place (nats), by a regression on the texts of other parts."""
    figures = np.array([[p.log_odds, *(p.figures[name] for name in names)] for p in some])
    right = np.array([float(p.right) for p in some])
    part = np.array([p.text % parts for p in some])
    loss = np.zeros(len(some))
    for k in range(parts):
        weights, constant = regression(figures[part != k], right[part != k])
        mine = part == k
        loss[mine] = np.logaddexp(0, np.where(right[mine] > 0, -1, 1) * (figures[mine] @ weights + constant))
    return loss


def table(dev: Sequence[Place], tune: Sequence[Place]) -> str:
    """What each figure is worth."""
    rows = []
    plain = [left_out_loss(some, (), parts) for some, parts in ((dev, 12), (tune, 10))]
    for name, figures in SETS.items():
        cells = []
        for some, parts, before in ((dev, 12, plain[0]), (tune, 10, plain[1])):
            loss = left_out_loss(some, figures, parts)
            difference = loss - before
            spread = difference.std() / len(loss) ** 0.5
            cells += [f"{loss.mean():.4f}", f"{difference.mean():+.4f} ± {spread:.4f}" if figures else ""]
        rows.append((name, *cells))
    header = ("added", f"dev, {len(dev)} places: log loss", "change", f"generated, {len(tune)} places: log loss", "change")
    return results.table(header, rows)


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=3, help="generated documents of each genre and rate")
    parser.add_argument("--write", action="store_true", help="append the table to RESULTS.md")
    args = parser.parse_args()
    dev = [s for s in quality.article_samples(args.articles) if s.family and s.name != "first-article"]
    found = table(list(places(dev)), list(places(list(ablation.tune_samples(args.corpora, args.documents)))))
    print(found)
    if args.write:
        settings = f"`--documents {args.documents}`; texts are known to be spun, posteriors are those before calibration."
        results.record(results.section("more evidence", settings, [found]))


if __name__ == "__main__":
    main()
