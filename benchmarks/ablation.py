"""What each part of the decision is worth: the same texts with one part taken away at a time; and the hundred worst errors.

    python benchmarks/ablation.py --articles DIR --corpora DIR [--documents 6] [--write] [--errors]

``--articles`` and ``--corpora`` are those of ``quality.py``.  Spun texts are made with tables of the part ``tune`` from the first two
fifths of the corpora, so that nothing is chosen by what ``quality.py`` measures.  Whether a text is spun is taken as known, but for the
clean ones and the mixed ones, which are clean but for one spun part.  ``--errors`` writes ``ERRORS.md``: words and readings only, no
sentences.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "tools"))
import quality
import results
import spinner
from fit_detector import GENRES, documents
from quality import Edit, Gold, Sample, Score

from spinfix import Policy, Verdict, adaptation, regions, scoring
from spinfix.adaptation import SPINNERS, Priors
from spinfix.api import prepared
from spinfix.calibration import NONE
from spinfix.lattice import Lattice
from spinfix.records import Finding
from spinfix.text import Document

RATES: Final = (0.05, 0.1, 0.2)
PART: Final = (0.0, 0.4)
SURE: Final = Priors(spun=1 - 1e-9)
Prepared = tuple[Sample, Document, Lattice]


def tune_samples(corpora: Path, number: int) -> Iterator[Sample]:
    """Documents spun with the tune tables, so many of each genre and rate."""
    draw = random.Random("ablation")
    families = sorted(spinner.FAMILIES)
    for shift, genre in enumerate(GENRES):
        for k, text in enumerate(documents(corpora, genre, number * len(RATES), PART, 21, 1200)):
            family, rate = families[(k // len(RATES) + shift) % len(families)], RATES[k % len(RATES)]
            table = spinner.family_table(family, draw.randrange(4), part="tune")
            spun, changes = spinner.spin(text, table, rate, draw.randrange(10**6))
            gold = tuple(Gold(c.start, c.end, (c.original,), c.spun.casefold() == c.original.casefold()) for c in changes)
            yield Sample(spun, gold, genre=genre, family=family, rate=rate)


def findings(item: Prepared, priors: Priors, suggest_at: float = 0.2) -> Sequence[Finding]:
    """What is found in a prepared text."""
    _, document, lattice = item
    return scoring.score(document, lattice, priors, restore_at=Policy().threshold, suggest_at=suggest_at).findings


def score(item: Prepared, priors: Priors) -> Score:
    """How well a prepared text is restored."""
    edits = [Edit(f.span.start, f.span.end, f.intended) for f in findings(item, priors) if f.verdict is Verdict.RESTORE]
    return quality.score(item[0].text, item[0].gold, edits)


def _weights_as_they_are(lattice: Lattice, base: Any, found: Any, concentration: float, inside: Any = None) -> Any:
    return base


def _general_distances(lattice: Lattice) -> Any:
    return np.zeros((len(SPINNERS), len(lattice.candidates)))


# What is taken away: a module, a name in it, and what stands there instead.
VARIANTS: Final[dict[str, tuple[Any, str, Any] | None]] = {
    "nothing": None,
    "the extra weight of what is common": (adaptation, "EXTRA_PRIOR_SHIFT", 0.0),
    "the families of spinners": (adaptation, "_distances", _general_distances),
    "closeness to the lists (1 for all)": (adaptation, "CLOSENESS", {1.0: 1.0}),
    "the rate by how well changes fit": (adaptation, "FIT_SHARE", 0.0),
    "what other places of the text show": (adaptation, "_adapted_weights", _weights_as_they_are),
    "the rates of lists": (adaptation, "LIST_CONCENTRATION", 1e9),
    "the calibration": (scoring, "shipped_calibration", lambda: NONE),
    "half of what other readings have": (scoring, "OTHERS", 0.0),
    "words that editors write, left alone in clean text": (adaptation, "ORDINARY", 0.0),
    "mixed documents told apart": (regions, "PARTLY", 1e-12),
}


def outside(item: Prepared) -> int:
    """How many edits are made in the clean part of a text, of which it is not known that it is spun."""
    start, end = item[0].inside or (0, 0)
    restored = [f.span for f in findings(item, Priors()) if f.verdict is Verdict.RESTORE]
    return sum(span.end <= start or span.start >= end for span in restored)


def mixed_samples(corpora: Path, number: int) -> Iterator[Sample]:
    """Clean documents, and clean ones with a spun part, so many of each genre at most."""
    for genre in GENRES:
        for text in documents(corpora, genre, number, PART, 22, 1200):
            yield Sample(text, genre=genre)
    yield from quality.mixed_samples(corpora, number, PART, "tune")


def table(articles: Sequence[Prepared], tune: Sequence[Prepared], mixed: Sequence[Prepared]) -> str:
    """The table of what each part is worth."""
    first, *dev = [a for a in articles if a[0].gold]
    rows: list[Sequence[object]] = []
    for name, change in VARIANTS.items():
        with ExitStack() as stack:
            if change:
                stack.enter_context(patch.object(*change))
            one = score(first, SURE)
            dev_scores = [score(item, SURE) for item in dev]
            total = sum((score(item, SURE) for item in tune), Score())
            clean = sum(outside(item) for item in mixed if not item[0].inside)
            around = sum(outside(item) for item in mixed if item[0].inside)
            inside = sum((score(item, Priors()) for item in mixed if item[0].inside), Score())
        mean = sum(s.f_half for s in dev_scores) / len(dev_scores)
        recall = sum(s.recall for s in dev_scores) / len(dev_scores)
        false = sum(s.false for s in dev_scores)
        figures = (f"{one.f_half:.3f}", f"{mean:.3f}", f"{recall:.3f}", false, f"{total.f_half:.3f}", f"{total.recall:.3f}")
        rows.append((name, *figures, clean, around, f"{inside.recall:.3f}"))
    header = (
        "taken away", "first article F0.5", "dev F0.5", "dev restored", "dev false edits", "tune tables F0.5", "restored",
        "clean: edits", "mixed, clean part: edits", "mixed, spun part: restored",
    )  # fmt: skip
    return results.table(header, rows)


# --- the worst errors -----------------------------------------------------------------------------------------------------------------

REASONS: Final = {
    "not chosen": "the right reading was a candidate, but stayed below the threshold",
    "other reading": "a spun word, but another reading was likelier",
    "honest": "the author's own word, in a context where a spinner's is as likely",
}
KINDS: Final[dict[str, Callable[[Finding], float]]] = {
    "prior": lambda f: _of(f, "prior"), "lists": lambda f: _of(f, "channel") + _of(f, "family"),
    "document": lambda f: _of(f, "document"), "contexts": lambda f: _of(f, "language-model"),
}  # fmt: skip


def _of(finding: Finding, kind: str) -> float:
    return sum(e.log_odds for e in finding.evidence if e.kind == kind)


def worst(tune: Sequence[Prepared], number: int = 100) -> Iterator[tuple[str, ...]]:
    """The errors whose posterior was furthest from the truth, each pair once."""
    found: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = {}
    for item in tune:
        sample = item[0]
        gold = sorted((g for g in sample.gold if not g.neutral), key=lambda g: g.start)
        for f in findings(item, SURE, 1e-4):
            right = quality.is_right(sample.text, sample.gold, Edit(f.span.start, f.span.end, f.intended))
            if right is None or right == (f.posterior >= 0.5):
                continue
            meant = [g.accept[0] for g in gold if quality.touches(g, Edit(f.span.start, f.span.end, ""))]
            if not right and any(f.intended.lower() in m.lower() for m in meant):
                continue  # part of a longer span, restored together with its neighbours
            kind = "not chosen" if right else "other reading" if meant else "honest"
            decided = max(KINDS, key=lambda k: KINDS[k](f) * (-1 if right else 1))
            key, wrong_by = (f.observed.lower(), f.intended.lower()), abs(f.posterior - right)
            if wrong_by > found.get(key, (0.0, ()))[0]:
                said = ", ".join(meant) or f.observed
                row: tuple[str, ...] = (f.observed, f.intended, said, f"{f.posterior:.2f}", sample.family, REASONS[kind], decided)
                found[key] = (wrong_by, row)
    for _, row in sorted(found.values(), key=lambda pair: (-pair[0], pair[1]))[:number]:
        yield row


ERRORS_HEAD: Final = """# The hundred worst errors

On generated text ({documents} documents, tables of the part `tune`), the places whose posterior was furthest from the truth, each pair
once. Words only: the sentences belong to their publishers. Made by `python benchmarks/ablation.py --errors`, commit {commit}.

What was done about them, by reason:

- *another reading was likelier*: families of spinners have their own P(observed | intended) since many of these took the reading that only
  another family's list holds; the weight of how common a reading is was raised, that of its neighbours lowered; where a word was spun in
  any case its likeliest reading is written, though it has less than half. What is left are pairs of near synonyms that a context of
  two words to either side does not tell apart.
- *stayed below the threshold*: four in five. Spun words that are ordinary English where they stand (*offer* for bid), which only the rest
  of the text could betray. The document's rate is judged also by how well changes fit their contexts, which lifted all posteriors of a
  spun text; repeated words no longer talk themselves out of it, since only one round of re-estimation is made.
- *the author's own word*: the dearest. A substitution that only other spinners use counts for less; the trust in contexts of two words went
  from 0.6 to 0.51, the threshold is {threshold}. A word that is honest in one place and spun in another of the same text stays undecided.

Places for which no list holds the right reading cannot be here: the generator writes what the lists hold.
"""


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=6, help="generated documents of each genre and rate")
    parser.add_argument("--write", action="store_true", help="append the table to RESULTS.md")
    parser.add_argument("--errors", action="store_true", help="write ERRORS.md")
    args = parser.parse_args()

    def ready(samples: Iterator[Sample]) -> list[Prepared]:
        return [(sample, *prepared(sample.text)) for sample in samples]

    tune = ready(tune_samples(args.corpora, args.documents))
    if args.write or not args.errors:
        found = table(ready(quality.article_samples(args.articles)), tune, ready(mixed_samples(args.corpora, args.documents)))
        print(found)
    if args.write:
        results.record(results.section("ablation", f"`--documents {args.documents}`; spun texts are known to be spun.", [found]))
    if args.errors:
        rows = [[cell.replace("|", "/").replace("\n", " ") for cell in row] for row in worst(tune)]
        header = ("stands there", "decided or right reading", "meant", "posterior", "family", "reason", "decided by")
        head = ERRORS_HEAD.format(documents=len(tune), commit=results.commit(), threshold=Policy().threshold)
        (results.HERE / "ERRORS.md").write_text(f"{head}\n{results.table(header, rows)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
