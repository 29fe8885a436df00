"""What thesauri and distributional neighbours are worth: as candidates, as reasons, and word by word in a text that was spun.

    python benchmarks/confusion_sets.py LEXICON --articles DIR [--write]

``LEXICON`` holds ``observed-substitutions.tsv`` and ``tortured-phrases.tsv``, ``--articles`` the articles with gold spans.  Measured are

* the share of true ones among the associates of words that spinners wrote, by how near the two lie in text: what
  ``confusions.NEAR`` and ``confusions.NEIGHBOUR`` were chosen by;
* the changed words of every second unseen text (``unseen_spinners.py``) and of the articles for which lists and rules have no candidate:
  how many a thesaurus has, how many neighbours have, and at what rank;
* published tortured phrases held out, alone (as in ``tortured.py``, without the lists), with several values of the two;
* the same unseen texts where a word of a spun text that no list has may be changed on a thesaurus' or neighbour's say, without a
  neighbour beside it that fits (``Lone``): what spinfix does not do, and why.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "tools"))
import coverage_of_lists
import quality
import results
import tortured
import unseen_spinners
from learn_word_channel import clean, looser, read_pairs, table, written
from restorations import Edit, Gold, Score, score

from spinfix import Policy, Verdict, confusions, scoring
from spinfix.adaptation import Priors
from spinfix.api import prepared
from spinfix.candidates import in_order
from spinfix.confusions import FAR, NEAR_STEPS, lemmas, shipped_confusions
from spinfix.language_model import default_model
from spinfix.lattice import Lattice, build
from spinfix.records import Candidate
from spinfix.scoring import MODEL_WEIGHT
from spinfix.terms import shipped_terms
from spinfix.text import Document
from spinfix.unlisted import THESAURUS, Unlisted, is_content
from spinfix.word_channel import WordChannel

EDGES: Final = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)  # of cosines
CLOSELY: Final = -4.5  # log P from which a thesaurus binds two words closely
NOTHING: Final = -999.0
# Nearness and neighbours as shipped, and other values; nats
SETTINGS: Final[dict[str, dict[str, float]]] = {
    "as shipped": {},
    "thesauri alone": {"NEAR": 0.0, "NEIGHBOUR": NOTHING},
    "nearness, no neighbours": {"NEIGHBOUR": NOTHING},
    "nearness twice as heavy": {"NEAR": 6.0},
    "neighbours 1 nat likelier": {"NEIGHBOUR": confusions.NEIGHBOUR + 1},
    "neighbours 1 nat less likely": {"NEIGHBOUR": confusions.NEIGHBOUR - 1},
}
LONE: Final = (-1.5, -3.0, -4.5)  # nats that a lone word has less than its bond says
MARGIN: Final = 2.0  # by which what a word gains may fall short of its price, before the lattice looks at it
MOST: Final = 3  # readings of a lone word


@contextmanager
def setting(values: dict[str, float]) -> Iterator[None]:
    """With other constants of ``confusions``."""
    with ExitStack() as stack:
        for name, value in values.items():
            stack.enter_context(patch.object(confusions, name, value))
        confusions._values.cache_clear()
        yield
    confusions._values.cache_clear()


# --- how near true pairs lie --------------------------------------------------------------------------------------------------------------


def true_pairs(lexicon: Path) -> set[tuple[str, str]]:
    """Pairs of lemmas that spinners brought together: seen in pages, and in every second unseen text."""
    rows = coverage_of_lists.read(lexicon / "observed-substitutions.tsv")
    seen = [(row.observed, row.intended) for row in rows]
    for pair in list(unseen_spinners.pairs())[::2]:
        seen += [(pair.spun[g.start : g.end], g.accept[0]) for g in pair.gold]
    found = set()
    for observed, intended in seen:
        if observed.isalpha() and intended.isalpha():
            own, theirs = lemmas(observed.lower()), lemmas(intended.lower())
            found |= {(a, b) for a, part, name in own for b, other, same in theirs if (part, name) == (other, same) and a != b}
    return found


def by_nearness(pairs: set[tuple[str, str]]) -> str:
    """How many of the associates of observed words are true, by kind and cosine."""
    sets = shipped_confusions()
    counts: dict[tuple[str, float], list[int]] = defaultdict(lambda: [0, 0])
    with setting({"NEAR": 0.0}):
        for lemma in sorted({observed for observed, _ in pairs}):
            row = sets.row(lemma)
            for (other, value), bond, near in zip(sets.of_lemma(lemma), sets.bonds[row].tolist(), sets.near[row].tolist(), strict=True):
                kind = "neighbours" if not bond else "closely bound" if value >= CLOSELY else "bound"
                edge = max((e for e in EDGES if e <= (near - FAR) / NEAR_STEPS), default=-1.0) if near else -1.0
                counts[kind, edge][0] += 1
                counts[kind, edge][1] += (lemma, other) in pairs
    kinds = ("closely bound", "bound", "neighbours")
    lines = []
    for edge in (-1.0, *EDGES):
        cells = [counts[kind, edge] for kind in kinds]
        shares = [f"{hits / total:.4f} of {total:,}" if total else "-" for total, hits in cells]
        lines.append(("not known" if edge < 0 else f"from {edge}", *shares))
    return results.table(("cosine", *(f"{kind}: true" for kind in kinds)), lines)


# --- what lists lack ----------------------------------------------------------------------------------------------------------------------


def changed_words(texts: Sequence[tuple[str, Sequence[Gold]]]) -> Iterator[tuple[str, str, bool]]:
    """Each change of one word to one: observed, intended, and whether it has a candidate."""
    for text, gold in texts:
        document, lattice = prepared(text, Policy(ignore=("unlisted",)))
        for place in gold:
            observed, meant = text[place.start : place.end].lower(), {a.lower() for a in place.accept}
            if not observed.isalpha() or not all(a.isalpha() for a in meant) or not meant or observed in meant:
                continue
            inside = [c for c in lattice.candidates if _covers(document, c, place)]
            yield observed, place.accept[0].lower(), any(w.lower() in meant for c in inside for w in c.words)


def _covers(document: Document, candidate: Candidate, place: Gold) -> bool:
    span = document.span(candidate.first, candidate.last)
    return span.start <= place.start and place.end <= span.end


def lacking(name: str, texts: Sequence[tuple[str, Sequence[Gold]]]) -> tuple[object, ...]:
    """A line of the table: changes, those without a candidate, and what would have them."""
    counts: Counter[str] = Counter()
    ranks = []
    for observed, intended, has_one in changed_words(texts):
        counts["all"] += 1
        if has_one:
            continue
        counts["lack"] += 1
        found = shipped_confusions().of_word(observed)
        with setting({"NEIGHBOUR": NOTHING}):
            bound = shipped_confusions().of_word(observed)
        if intended in found:
            counts["thesaurus" if intended in bound else "neighbours"] += 1
            ranks.append(1 + sum(value > found[intended] for value in found.values()))
    return name, counts["all"], counts["lack"], counts["thesaurus"], counts["neighbours"], statistics.median(ranks) if ranks else "-"


# --- what they do -------------------------------------------------------------------------------------------------------------------------


def phrases(lexicon: Path) -> Iterator[tuple[str, str, str]]:
    """exact@1 and exact@5 of the tortured phrases held out, for each setting."""
    known = read_pairs(lexicon / "tortured-phrases.tsv")
    pairs = [(a, b) for a, b in known if clean(a) and clean(b) and clean(a) != clean(b)]
    parts = [(held_out, table(others, written(), looser())) for held_out, others in tortured.folds_of(pairs, tortured.FOLDS)]
    for name, values in SETTINGS.items():
        first = among = 0
        with setting(values):
            for held_out, lines in parts:
                unlisted = Unlisted(WordChannel(lines, shipped_confusions()), shipped_terms(), default_model(), [])
                for observed, expected in held_out:
                    found = tortured.alone(unlisted, observed)
                    first += found[:1] == [clean(expected)]
                    among += clean(expected) in found[:5]
        yield name, f"{first / len(pairs):.3f}", f"{among / len(pairs):.3f}"


class Lone:
    """Candidates for single words that no list or rule has anything for, where they make the place likelier."""

    def __init__(self, price: float) -> None:
        self._price = price

    def of(self, document: Document, lattice: Lattice) -> Iterator[Candidate]:
        """The candidates: of each word the few that gain most, less ``price``."""
        taken = {k for c in lattice.candidates for k in range(c.first, c.last)}
        edges = {0, len(document), *document.breaks}
        model = default_model()
        for k in range(len(document)):
            if k in taken or k in edges or k + 1 in edges or not is_content(document, k):
                continue
            form = document.forms[k]
            bound = list(shipped_confusions().of_word(form).items())
            if not bound:
                continue
            surfaces = [document.forms[k - 1], document.forms[k + 1], form, *(word for word, _ in bound)]
            words = model.words(surfaces)
            here = np.arange(2, len(surfaces))
            before, after = np.zeros(len(here), np.int64), np.ones(len(here), np.int64)
            fits = MODEL_WEIGHT * (model.pairs(words, before, here)[0] + model.pairs(words, here, after)[0])
            gains = fits[1:] - fits[0] + np.array([value for _, value in bound]) + self._price
            for at in np.argsort(-gains, kind="stable")[:MOST].tolist():
                if gains[at] > -MARGIN:
                    word, value = bound[at]
                    yield Candidate(k, k + 1, word, (word,), value + self._price, THESAURUS, form)


def restored(price: float | None) -> Score:
    """How every second unseen text is restored, with lone words at this price, or without."""
    total = Score()
    policy = Policy()
    for pair in list(unseen_spinners.pairs())[::2]:
        document, lattice = prepared(pair.spun, policy)
        scored = scoring.score(document, lattice, Priors(), restore_at=policy.threshold, suggest_at=policy.suggest)
        if price is not None and scored.spun > 0.9:
            more = list(Lone(price).of(document, lattice))
            found = sorted((*lattice.candidates, *more), key=in_order)
            lattice = build(document, found, default_model(), MODEL_WEIGHT)._replace(candidates=tuple(found))
            scored = scoring.score(document, lattice, Priors(), restore_at=policy.threshold, suggest_at=policy.suggest)
        edits = [Edit(f.span.start, f.span.end, f.intended) for f in scored.findings if f.verdict is Verdict.RESTORE]
        total += score(pair.spun, pair.gold, edits)
    return total


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lexicon", type=Path)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="append the tables to RESULTS.md")
    args = parser.parse_args()
    articles = [(sample.text, [g for g in sample.gold if not g.neutral]) for sample in quality.article_samples(args.articles)]
    unseen = [(pair.spun, pair.gold) for pair in list(unseen_spinners.pairs())[::2]]
    lines = [lacking("every second unseen text", unseen), lacking("articles", articles)]
    lone = [(name, restored(price)) for name, price in (("none", None), *((f"{price} nats", price) for price in LONE))]
    blocks = (
        "Of the associates of words that spinners wrote, the share that is true, by how near the two lie in text:",
        by_nearness(true_pairs(args.lexicon)),
        "Changes of one word for which lists and rules have no candidate:",
        results.table(("texts", "changes", "without", "a thesaurus has it", "neighbours alone", "median rank"), lines),
        "Tortured phrases held out, alone, without the lists:",
        results.table(("confusion sets", "exact@1", "exact@5"), phrases(args.lexicon)),
        "Lone words of spun texts that lists have nothing for, read by thesaurus and neighbours (not done):",
        results.table(
            ("price of a lone word", "F0.5", "restored", "correct", "false edits"),
            [(name, f"{s.f_half:.4f}", f"{s.recall:.4f}", f"{s.correct:.4f}", s.false) for name, s in lone],
        ),
    )
    text = results.section("confusion sets: thesauri and neighbours", "`python benchmarks/confusion_sets.py`.", blocks)
    print(text)
    if args.write:
        results.record(text)


if __name__ == "__main__":
    main()
