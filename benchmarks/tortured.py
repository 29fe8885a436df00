"""How many published tortured phrases are restored and found whose expected phrase the word channel has not seen.

    python benchmarks/tortured.py PHRASES.tsv [--folds 5] [--sample N] [--no-lists] [--write]

``PHRASES.tsv`` has lines ``tortured<TAB>expected``.  All phrases with one expected phrase lie in one of five parts; the word channel that
answers for a part is learned from the other four, beside the pairs of words written by hand (``tools/channel``).  Measured are

* the phrase alone, known to be spun: is the expected phrase the likeliest reading (exact@1), is it among the five likeliest (exact@5);
* the phrase in a sentence between two clean ones (``FRAMES``), with nothing said of it: does a finding touch it (detected), is it
  restored to the expected phrase, and are the clean sentences left alone; the same where every other document is spun, and with as many
  phrases in one document as there are frames.

Compared are words, in lower case, with hyphens as blanks; what stands in brackets in the list counts for nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "tools"))
import results
from compose_pairs import Channels, Composer, Fit, packed, term_pairs, told_pairs
from honest_pairs import read_honest
from learn_word_channel import clean, looser, read_pairs, table, written

from spinfix import Policy, Verdict
from spinfix.adaptation import Priors
from spinfix.api import prepared
from spinfix.composed import Composed
from spinfix.confusions import shipped_confusions
from spinfix.first_look import look
from spinfix.inflection import indefinite_article
from spinfix.language_model import default_model
from spinfix.patch import Patch
from spinfix.records import Correction
from spinfix.scoring import score
from spinfix.terms import shipped_terms
from spinfix.text import tokenize
from spinfix.unlisted import Unlisted
from spinfix.word_channel import WordChannel
from spinfix.wordlists import shipped_index

FOLDS: Final = 5
POLICY: Final = Policy()
EVERY_OTHER: Final = 0.5  # share of spun documents where a text comes from a heap that is known for them

FRAMES: Final = (
    ("The team met twice before the work began.", "This section deals with {} and its uses.", "All figures are given at the end."),
    ("Our laboratory opened in the spring.", "In the second part we look at {} in more detail.", "Each step was done twice."),
    ("The report has four chapters.", "Much has been written on {} since then.", "We thank our colleagues for their help."),
    ("Most of what is known comes from small samples.", "The authors compared it with {} in their tests.", "The answer was the same."),
)  # fmt: skip


@dataclass(slots=True)
class Counts:
    """What was counted over all phrases."""

    phrases: int = 0
    first: int = 0
    among_five: int = 0
    detected: int = 0
    found: int = 0
    restored: int = 0
    called_spun: int = 0
    false_edits: int = 0
    looked_at: int = 0
    eager_detected: int = 0
    eager_found: int = 0
    eager_false: int = 0
    documents: int = 0
    together: int = 0
    together_spun: int = 0
    together_detected: int = 0
    together_false: int = 0


def part_of(expected: str, folds: int) -> int:
    """The part that all phrases with this expected phrase lie in."""
    return int.from_bytes(hashlib.sha256(clean(expected).encode()).digest()[:4], "big") % folds


def folds_of(pairs: Sequence[tuple[str, str]], folds: int) -> Iterator[tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]]:
    """For each part its pairs and those of all others."""
    for part in range(folds):
        yield [p for p in pairs if part_of(p[1], folds) == part], [p for p in pairs if part_of(p[1], folds) != part]


def alone(unlisted: Unlisted, tortured: str) -> list[str]:
    """The readings of a phrase that is known to be spun, the likeliest first."""
    document = tokenize(clean(tortured))
    figures = {f: s for f, s in zip(document.forms, document.surfaces, strict=True) if f.startswith("<")}  # which no reading changes
    readings = ([w for o in options for w in o.words] for _, options in unlisted.readings(document, 0, len(document)))
    return list(dict.fromkeys(" ".join(figures.get(w, w) for w in with_articles(words)).replace("-", " ") for words in readings))


def with_articles(words: Sequence[str]) -> Iterator[str]:
    """The words of a reading as a restoration writes them: *a* or *an* as the next word asks for it."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        yield indefinite_article(following) if word in ("a", "an") and following.isalpha() else word


def in_a_sentence(unlisted: Unlisted, tortured: str, expected: str, frame: tuple[str, str, str], counts: Counts) -> None:
    """Count what becomes of the phrase in its frame."""
    head, tail = frame[1].split("{}")
    text = f"{frame[0]} {head}{tortured}{tail} {frame[2]}"
    start = len(frame[0]) + 1 + len(head)
    stop = start + len(tortured)
    document, lattice = prepared(text, POLICY, unlisted=unlisted)
    scored = score(document, lattice, Priors(spun=POLICY.spun_prior), restore_at=POLICY.threshold, suggest_at=POLICY.suggest)
    edits = [f for f in scored.findings if f.verdict is Verdict.RESTORE]
    touching = [f for f in scored.findings if f.span.start < stop and start < f.span.end]
    made = [f for f in touching if f.verdict is Verdict.RESTORE]
    after = Patch.between(text, [Correction(f.span, f.observed, f.intended) for f in edits]).apply(text)
    inner = after[start : len(after) - len(tail) - 1 - len(frame[2])]
    counts.found += bool(touching)
    counts.detected += bool(made)
    counts.restored += clean(inner) == clean(expected)
    counts.called_spun += scored.spun > 0.5
    counts.false_edits += len(edits) - len(made)
    eager = score(document, lattice, Priors(spun=EVERY_OTHER), restore_at=POLICY.threshold, suggest_at=POLICY.suggest)
    touching = [f for f in eager.findings if f.span.start < stop and start < f.span.end]
    counts.eager_found += bool(touching)
    counts.eager_detected += any(f.verdict is Verdict.RESTORE for f in touching)
    counts.eager_false += sum(f.verdict is Verdict.RESTORE for f in eager.findings) - sum(f.verdict is Verdict.RESTORE for f in touching)
    counts.looked_at += look(text).is_worth_a_second or unlisted.is_struck(document)


def in_one_document(unlisted: Unlisted, phrases: Sequence[str], counts: Counts) -> None:
    """Count how many of ``phrases`` are found where they stand in one text, each in a frame of its own."""
    text, spans = "", []
    for phrase, frame in zip(phrases, FRAMES, strict=False):
        head, tail = frame[1].split("{}")
        text += f"{frame[0]} {head}"
        spans.append((len(text), len(text) + len(phrase)))
        text += f"{phrase}{tail} {frame[2]} "
    document, lattice = prepared(text, POLICY, unlisted=unlisted)
    scored = score(document, lattice, Priors(spun=POLICY.spun_prior), restore_at=POLICY.threshold, suggest_at=POLICY.suggest)
    edits = [f.span for f in scored.findings if f.verdict is Verdict.RESTORE]
    counts.documents += 1
    counts.together += len(spans)
    counts.together_spun += scored.spun > 0.5
    counts.together_detected += sum(any(e.start < stop and start < e.end for e in edits) for start, stop in spans)
    counts.together_false += sum(not any(e.start < stop and start < e.end for start, stop in spans) for e in edits)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("phrases", type=Path)
    parser.add_argument("--wordnet", type=Path, help="WordNet's folder; without it and --corpora no pairs are composed beforehand")
    parser.add_argument("--corpora", type=Path, help="the training corpora, as for tools/compose_pairs.py")
    parser.add_argument("--more", type=Path, help="more honest text, as for tools/compose_pairs.py")
    parser.add_argument("--folds", type=int, default=FOLDS)
    parser.add_argument("--sample", type=int, default=0, help="phrases to measure, drawn by chance; all without it")
    parser.add_argument("--no-lists", action="store_true", help="the phrase alone, with the word channel only, without the shipped lists")
    parser.add_argument("--no-sentences", action="store_true")
    parser.add_argument("--write", action="store_true", help="append what is printed to RESULTS.md")
    args = parser.parse_args()
    pairs = [(a, b) for a, b in read_pairs(args.phrases) if clean(a) and clean(b) and clean(a) != clean(b)]
    chosen = set(random.Random(7).sample(pairs, args.sample)) if args.sample else set(pairs)
    sentences = not (args.no_sentences or args.no_lists)
    indexes = [] if args.no_lists else [shipped_index()]
    composer = Composer(read_honest(args.corpora, args.more), term_pairs(args.wordnet)) if args.wordnet and args.corpora else None
    told = told_pairs(args.wordnet) if composer else ()
    counts = Counts()
    for held_out, others in folds_of(pairs, args.folds):
        lines = table(others, written(), looser())
        channel, channels = WordChannel(lines, shipped_confusions()), Channels.of(lines)
        composed = Composed.load(packed(channels, composer, Fit.read(), told=told)) if composer else None
        unlisted = Unlisted(channel, shipped_terms(), default_model(), indexes, composed)
        drawn = [p for p in held_out if p in chosen]
        random.Random(7).shuffle(drawn)
        for k in range(0, len(drawn) if sentences else 0, len(FRAMES)):
            in_one_document(unlisted, [tortured for tortured, _ in drawn[k : k + len(FRAMES)]], counts)
        for k, (tortured, expected) in enumerate(drawn):
            counts.phrases += 1
            found = alone(unlisted, tortured)
            counts.first += found[:1] == [clean(expected)]
            counts.among_five += clean(expected) in found[:5]
            if sentences:
                in_a_sentence(unlisted, tortured, expected, FRAMES[k % len(FRAMES)], counts)
    text = results.section(
        "tortured phrases", settings(counts, args), [results.table(["held-out phrases", "measured", "target"], rows(counts, args))]
    )
    print(text)
    if args.write:
        results.record(text)
    return 0


def settings(counts: Counts, args: argparse.Namespace) -> str:
    """What was measured on what."""
    lists = "without the shipped lists" if args.no_lists else "beside the shipped lists"
    return f"{counts.phrases} phrases in {args.folds} parts by expected phrase; the word channel learned from the other parts, {lists}."


def rows(counts: Counts, args: argparse.Namespace) -> Iterator[tuple[str, object, str]]:
    """What was measured."""
    total = max(counts.phrases, 1)
    yield "alone: exact@1", f"{counts.first / total:.3f}", "0.50"
    yield "alone: exact@5", f"{counts.among_five / total:.3f}", "0.65"
    if counts.documents:
        yield "in a sentence: detected (an edit touches it)", f"{counts.detected / total:.3f}", "0.85"
        yield "in a sentence: found (an edit or a suggestion touches it)", f"{counts.found / total:.3f}", ""
        yield "in a sentence: restored exactly", f"{counts.restored / total:.3f}", ""
        yield "documents called spun", f"{counts.called_spun / total:.3f}", ""
        yield "documents that the first look passes on", f"{counts.looked_at / total:.3f}", ""
        yield "edits outside the phrase", counts.false_edits, "0"
        yield "the same where every other document is spun: detected", f"{counts.eager_detected / total:.3f}", "0.85"
        yield "found", f"{counts.eager_found / total:.3f}", ""
        yield "edits outside the phrase", counts.eager_false, ""
        yield f"{len(FRAMES)} phrases in one document, nothing said: detected", f"{counts.together_detected / counts.together:.3f}", ""
        yield "documents called spun", f"{counts.together_spun / counts.documents:.3f}", ""
        yield "edits outside the phrases", counts.together_false, "0"


if __name__ == "__main__":
    sys.exit(main())
