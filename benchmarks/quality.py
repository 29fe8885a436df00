"""How well spinfix restores, and how quiet it is on clean text.

    python benchmarks/quality.py --articles DIR --corpora DIR [--documents 40] [--write]

``--articles`` is a folder with ``first-article.txt``, ``second-article.txt``, ``dev/`` and ``dev/clean/``, with gold spans beside the spun
texts; ``--corpora`` one with clean text, ``GENRE.txt.xz``, a paragraph a line.  Each part runs only if its folder is given; the way back
is tested on generated texts in any case.  What is printed stands in ``RESULTS.md`` too with ``--write``.
"""

from __future__ import annotations

import argparse
import bisect
import json
import math
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "tools"))
import reliability
import results
import spinner
from fit_detector import GENRES, documents
from look_alikes import LOOK_ALIKES
from restorations import Edit as Edit
from restorations import Gold as Gold
from restorations import Score as Score
from restorations import is_right as is_right
from restorations import score as score
from restorations import touches as touches

from spinfix import Policy, Verdict, detect, revert

MEASURED_PART: Final = (0.4, 1.0)  # of each corpus: the detector was fitted on what stands before
RATES: Final = (0.05, 0.1, 0.2)
TABLES: Final = 4  # test tables a family
SPUN_WORDS: Final = 1200  # the most words of a spun document
CLEAN_WORDS: Final = 3000  # the most words of a clean one
LONG: Final = 200  # words from which a document counts for "is it spun"
MIXED_RATES: Final = (0.1, 0.2, 0.3)
MIXED_WORDS: Final = (100, 200, 400)  # of the spun part of a mixed document, which ends with a paragraph
CALIBRATED_FROM: Final = 0.05  # posteriors below are those of thousands of places that nobody asks about
LISTED: Final = Policy(suggest=CALIBRATED_FROM)  # restores like the default, and lists what the calibration is about
EAGER: Final = Policy(threshold=1e-3, suggest=1e-3, spun_prior=0.99999)  # changes much, so that there is something to take back


# --- figures --------------------------------------------------------------------------------------------------------------------------


def roc_area(clean: Sequence[float], spun: Sequence[float]) -> float:
    """The probability that a spun document scores higher than a clean one; a tie counts half."""
    ordered = sorted(clean)
    below = sum(bisect.bisect_left(ordered, s) + bisect.bisect_right(ordered, s) for s in spun) / 2
    return below / max(len(clean) * len(spun), 1)


def found_at(clean: Sequence[float], spun: Sequence[float], false_alarm_rate: float) -> tuple[float, int]:
    """The share of ``spun`` found where at most that share of ``clean`` is called spun, and how many clean ones that allows."""
    allowed = int(len(clean) * false_alarm_rate)
    threshold = sorted(clean, reverse=True)[allowed]
    return sum(s > threshold for s in spun) / max(len(spun), 1), allowed


def upper_limit(count: int, total: int) -> float:
    """The largest share that explains as few as ``count`` of ``total`` with a probability of 5 %."""
    low, high = 0.0, 1.0
    for _ in range(50):
        p = (low + high) / 2
        likely = sum(math.comb(total, k) * p**k * (1 - p) ** (total - k) for k in range(count + 1)) > 0.05
        low, high = (p, high) if likely else (low, p)
    return high


def bins_of(judged: Iterable[tuple[float, bool]]) -> list[tuple[int, float, float]]:
    """Ten bins of posteriors: how many, their mean, and the share of those that were right."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for posterior, right in judged:
        bins[min(int(posterior * 10), 9)].append((posterior, right))
    return [(len(b), sum(p for p, _ in b) / max(len(b), 1), sum(r for _, r in b) / max(len(b), 1)) for b in bins]


def expected_calibration_error(bins: Sequence[tuple[int, float, float]]) -> float:
    """The mean distance between posterior and share of right ones, weighted by how many there are."""
    return sum(n * abs(mean - right) for n, mean, right in bins) / max(sum(n for n, _, _ in bins), 1)


# --- what is measured -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, what is known of it, and the groups that it is counted in."""

    text: str
    gold: tuple[Gold, ...] = ()
    name: str = ""
    genre: str = ""
    family: str = ""  # of the spinner; "" for a clean text
    rate: float = 0.0
    inside: tuple[int, int] | None = None  # of a mixed text: where the spun part begins and ends


@dataclass(frozen=True, slots=True)
class Outcome:
    """What spinfix made of a sample."""

    sample: Sample
    words: int
    spun: float
    score: Score
    judged: tuple[tuple[float, bool], ...]  # posterior of each finding, and whether it is right
    reverted: bool  # whether the patch leads back to the same bytes
    outside: int = 0  # edits in the clean part of a mixed text


def judge(sample: Sample) -> Outcome:
    """Run spinfix on a sample."""
    report = detect(sample.text, LISTED)
    edits = [Edit(f.span.start, f.span.end, f.intended) for f in report.findings if f.verdict is Verdict.RESTORE]
    judged = []
    for f in report.findings if sample.gold else ():
        right = is_right(sample.text, sample.gold, Edit(f.span.start, f.span.end, f.intended))
        if right is not None:
            judged.append((f.posterior, right))
    back = revert(report.patch.apply(sample.text), report.patch.to_json())
    same = back.encode() == sample.text.encode()
    start, end = sample.inside or (0, len(sample.text))
    outside = sum(e.end <= start or e.start >= end for e in edits)
    return Outcome(sample, report.words, report.spun, score(sample.text, sample.gold, edits), tuple(judged), same, outside)


def way_back(text: str) -> tuple[bool, bool]:
    """Whether spinfix changes a text, and whether its patch leads back to the same bytes."""
    patch = detect(text, EAGER).patch
    return bool(patch.corrections), revert(patch.apply(text), patch.to_json()).encode() == text.encode()


def generated_texts(number: int, seed: int) -> Iterator[str]:
    """Short texts full of spinners' words, with odd blanks, line ends, quotes and marks between them."""
    draw = random.Random(f"generated {seed}")
    known = [text for observed, intended, _, _ in spinner.shipped_rows() for text in (observed, observed, observed, observed, intended)]
    small = "the a an of in to and he she said that was is for with on has been by its".split()
    odd = ("  ", "\n", "\r\n", "\r\n\r\n", "\t", "\r", "\u00a0", " “", "” ", "’s ", "-", " — ", "; ", " (", ") ", "\u0301 ", " 🙂 ")
    glue = (*[" "] * 30, ", ", ". ", *odd)
    shapes: tuple[Callable[[str], str], ...] = (*[str] * 8, str.capitalize, str.upper, str.title)
    for _ in range(number):
        pieces = ["\ufeff"] if draw.random() < 0.05 else []
        for _ in range(draw.randint(1, 14)):
            word = draw.choice(small) if draw.random() < 0.4 else draw.choice(known)
            pieces += [draw.choice(shapes)(word), draw.choice(glue)]
        yield "".join(pieces[: draw.choice((-1, None))])


@cache
def _table(family: str, seed: int, part: str = "test") -> spinner.Table:
    return spinner.family_table(family, seed, part=part)


def clean_samples(corpora: Path, number: int) -> Iterator[Sample]:
    """Clean documents, so many of each genre."""
    for genre in GENRES:
        for text in documents(corpora, genre, number, MEASURED_PART, 7, CLEAN_WORDS):
            yield Sample(text, genre=genre)


def spun_samples(corpora: Path, number: int) -> Iterator[Sample]:
    """Documents spun with the test tables, so many of each genre and rate."""
    draw = random.Random("spun samples")
    families = sorted(spinner.FAMILIES)
    for shift, genre in enumerate(GENRES):
        texts = documents(corpora, genre, number * len(RATES), MEASURED_PART, 8, SPUN_WORDS)
        for k, text in enumerate(texts):
            family, rate = families[(k // len(RATES) + shift) % len(families)], RATES[k % len(RATES)]
            spun, changes = spinner.spin(text, _table(family, draw.randrange(TABLES)), rate, draw.randrange(10**6))
            gold = tuple(Gold(c.start, c.end, (c.original,), c.spun.casefold() == c.original.casefold()) for c in changes)
            yield Sample(spun, gold, genre=genre, family=family, rate=rate)


def mixed_samples(corpora: Path, number: int, from_part: tuple[float, float] = MEASURED_PART, of_tables: str = "test") -> Iterator[Sample]:
    """Clean documents with one spun part of some paragraphs, at most half of them, so many of each genre at most."""
    draw = random.Random("mixed samples")
    families = sorted(spinner.FAMILIES)
    for shift, genre in enumerate(GENRES):
        for k, text in enumerate(documents(corpora, genre, number, from_part, 9, CLEAN_WORDS)):
            paragraphs = text.split("\n")
            sizes = [len(p.split()) for p in paragraphs]
            first = draw.randrange(len(paragraphs))
            last, wanted = first, draw.choice(MIXED_WORDS)
            while last < len(paragraphs) and sum(sizes[first:last]) < wanted:
                last += 1
            if not wanted <= sum(sizes[first:last]) <= sum(sizes) / 2:
                continue
            family, rate = families[(k + shift) % len(families)], draw.choice(MIXED_RATES)
            part = "\n".join(paragraphs[first:last])
            spun, changes = spinner.spin(part, _table(family, draw.randrange(TABLES), of_tables), rate, draw.randrange(10**6))
            before, after = "".join(f"{p}\n" for p in paragraphs[:first]), "".join(f"\n{p}" for p in paragraphs[last:])
            at = len(before)
            gold = [Gold(at + c.start, at + c.end, (c.original,), c.spun.casefold() == c.original.casefold()) for c in changes]
            yield Sample(before + spun + after, tuple(gold), "", genre, family, rate, (at, at + len(spun)))


def look_alike_samples() -> Iterator[Sample]:
    """Clean texts of ten genres with honest uses of what spinners write, one by one and all together."""
    for genre, text in LOOK_ALIKES.items():
        yield Sample(text, genre=genre)
    yield Sample("\n\n".join(LOOK_ALIKES.values()), genre="all ten in one")


def article_samples(folder: Path) -> Iterator[Sample]:
    """The articles: spun ones with their gold spans, clean ones with none."""
    for file in [folder / "first-article.txt", *sorted((folder / "dev").glob("*.txt"))]:
        gold = json.loads(file.with_suffix(".gold.json").read_text(encoding="utf-8"))
        spans = tuple(Gold(g["start"], g["end"], tuple(g["accept"]), g["neutral"]) for g in gold)
        yield Sample(_read(file), spans, name=file.stem, family="given")
    for file in [folder / "second-article.txt", *sorted((folder / "dev" / "clean").glob("*.txt"))]:
        yield Sample(_read(file), name=file.stem)


def _read(file: Path) -> str:
    return file.read_bytes().decode("utf-8")


# --- tables ---------------------------------------------------------------------------------------------------------------------------

SCORES: Final = ("F0.5", "restored", "correct", "detected", "false edits")


def _scores(s: Score) -> tuple[str, ...]:
    return f"{s.f_half:.3f}", f"{s.recall:.3f}", f"{s.correct:.3f}", f"{s.detected:.3f}", str(s.false)


def article_blocks(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The tables about the articles."""
    first, *dev = [o for o in outcomes if o.sample.family]
    second, *clean = [o for o in outcomes if not o.sample.family]
    names = ("f_half", "recall", "correct", "detected")
    means = tuple(f"{sum(getattr(o.score, name) for o in dev) / max(len(dev), 1):.3f}" for name in names)
    yield results.table(
        ("spun articles", *SCORES),
        [
            ("first article", *_scores(first.score)),
            ("*target*", "*0.97*", "*0.95*", "", "", "*0*"),
            *((f"dev {o.sample.name}", *_scores(o.score)) for o in dev),
            ("dev, mean (false edits: sum)", *means, str(sum(o.score.false for o in dev))),
            ("*target*", "*0.90*", "*0.85*", "", "", ""),
        ],
    )
    yield results.table(
        ("articles", "measured", "target"),
        [
            ("second article: edits", second.score.edits, 0),
            ("dev/clean: edits in all", sum(o.score.edits for o in clean), 0),
            ("clean articles called spun", sum(o.spun >= 0.5 for o in (second, *clean)), 0),
            ("spun articles called spun", f"{sum(o.spun >= 0.5 for o in (first, *dev))} of {1 + len(dev)}", 1 + len(dev)),
        ],
    )


def clean_block(outcomes: Sequence[Outcome]) -> str:
    """The table about clean documents, by genre."""

    def row(name: str, some: Sequence[Outcome]) -> tuple[object, ...]:
        words, edits, spun = sum(o.words for o in some), sum(o.score.edits for o in some), sum(o.spun >= 0.5 for o in some)
        limit = f"{upper_limit(spun, len(some)):.2%}"
        return name, len(some), words, edits, f"{1e4 * edits / max(words, 1):.2f}", spun, limit

    return results.table(
        ("clean documents", "documents", "words", "edits", "edits per 10,000 words", "called spun", "at most (95 %)"),
        [
            *(row(genre, [o for o in outcomes if o.sample.genre == genre]) for genre in GENRES),
            row("all", outcomes),
            ("*target*", "", "", "", "*0.3*", "*1 in 2,000*", "*0.05%*"),
        ],
    )


def spun_block(outcomes: Sequence[Outcome]) -> str:
    """The table about generated spun documents, by rate, genre and family."""

    def row(name: str, some: Sequence[Outcome], target: str) -> tuple[object, ...]:
        total = sum((o.score for o in some), Score())
        reached = total.gold / max(sum(o.words for o in some), 1)
        called = sum(o.spun >= 0.5 for o in some) / max(len(some), 1)
        return name, len(some), f"{reached:.1%}", *_scores(total), f"{called:.3f}", target

    targets = dict(zip(RATES, ("0.75", "0.82", "0.86"), strict=True))
    groups = [
        *((f"rate {rate:.0%}", [o for o in outcomes if o.sample.rate == rate], targets[rate]) for rate in RATES),
        *((f"genre {genre}", [o for o in outcomes if o.sample.genre == genre], "") for genre in GENRES),
        *((f"family {family}", [o for o in outcomes if o.sample.family == family], "") for family in sorted(spinner.FAMILIES)),
    ]
    return results.table(
        ("generated, test tables", "documents", "spans per word", *SCORES, "called spun", "target F0.5"),
        [row(*group) for group in groups if group[1]],
    )


def mixed_block(outcomes: Sequence[Outcome]) -> str:
    """The table about mixed documents, by genre, family and rate."""

    def row(name: str, some: Sequence[Outcome]) -> tuple[object, ...]:
        total = sum((o.score for o in some), Score())
        words = sum(
            len((o.sample.text[: o.sample.inside[0]] + o.sample.text[o.sample.inside[1] :]).split()) for o in some if o.sample.inside
        )
        outside = sum(o.outside for o in some)
        called = sum(o.spun >= 0.5 for o in some) / max(len(some), 1)
        shares = (f"{total.detected:.3f}", f"{total.recall:.3f}", f"{called:.3f}")
        return name, len(some), words, outside, f"{1e4 * outside / max(words, 1):.2f}", *shares

    groups = [
        *((f"genre {genre}", [o for o in outcomes if o.sample.genre == genre]) for genre in GENRES),
        *((f"family {family}", [o for o in outcomes if o.sample.family == family]) for family in sorted(spinner.FAMILIES)),
        *((f"rate {rate:.0%}", [o for o in outcomes if o.sample.rate == rate]) for rate in MIXED_RATES),
        ("all", list(outcomes)),
    ]
    header = ("mixed documents", "documents", "clean words", "edits there", "per 10,000", "spun part: detected", "restored", "called spun")
    return results.table(header, [row(*group) for group in groups if group[1]])


def look_alike_block(outcomes: Sequence[Outcome]) -> str:
    """The table about honest look-alikes."""
    rows = [(o.sample.genre, o.words, o.score.edits, f"{o.spun:.4f}") for o in outcomes]
    return results.table(("honest look-alikes", "words", "edits", "probability of being spun"), [*rows, ("*target*", "", "*0*", "")])


def detector_block(clean: Sequence[Outcome], spun: Sequence[Outcome]) -> str:
    """The table about the question whether a document is spun."""
    low, high = ([o.spun for o in some if o.words >= LONG] for some in (clean, spun))
    if not low or not high:
        return f"No documents of {LONG} words or more: nothing to say about the question whether a document is spun."
    found, allowed = found_at(low, high, 1e-3)
    return results.table(
        (f"is it spun: {len(low)} clean, {len(high)} spun documents of {LONG} words or more", "measured", "target"),
        [
            ("area under the ROC curve", f"{roc_area(low, high):.4f}", "0.999"),
            (f"found at {allowed} false alarms in {len(low)}", f"{found:.3f}", "0.98 at 1 in 1,000"),
            ("found as called (probability 0.5)", f"{sum(s >= 0.5 for s in high) / len(high):.3f}", ""),
        ],
    )


def calibration_block(outcomes: Sequence[Outcome]) -> str:
    """The table about posteriors."""
    bins = bins_of(pair for o in outcomes for pair in o.judged)
    restored = bins_of(pair for o in outcomes for pair in o.judged if pair[0] >= 0.5)
    rows = [(f"{k / 10 or CALIBRATED_FROM:.2g} to {(k + 1) / 10:.1f}", n, f"{p:.3f}", f"{r:.3f}") for k, (n, p, r) in enumerate(bins) if n]
    return results.table(
        ("posterior", "places", "mean posterior", "right"),
        [
            *rows,
            ("expected calibration error", "", "", f"{expected_calibration_error(bins):.3f}"),
            ("the same, from 0.5", "", "", f"{expected_calibration_error(restored):.3f}"),
            ("*target*", "", "", "*0.03*"),
        ],
    )


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, help="the folder of the articles")
    parser.add_argument("--corpora", type=Path, help="the folder of the clean corpora")
    parser.add_argument("--documents", type=int, default=40, help="clean documents of each genre; a third as many spun ones of each rate")
    parser.add_argument("--texts", type=int, default=10_000, help="generated texts for the way back")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="append what is printed to RESULTS.md")
    args = parser.parse_args()
    if args.documents < 3:
        parser.error("--documents: expected 3 or more")
    started = time.perf_counter()
    blocks: list[str] = []

    def show(*some: str) -> None:
        blocks.extend(some)
        print(*some, sep="\n\n", end="\n\n", flush=True)

    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(args.processes) as pool:  # says so if a process dies, where multiprocessing.Pool waits for ever
        outcomes += (look_alikes := list(pool.map(judge, look_alike_samples())))
        show(look_alike_block(look_alikes))
        if args.articles:
            outcomes += (articles := list(pool.map(judge, article_samples(args.articles))))
            show(*article_blocks(articles))
        if args.corpora:
            outcomes += (clean := list(pool.map(judge, clean_samples(args.corpora, args.documents))))
            show(clean_block(clean))
            outcomes += (spun := list(pool.map(judge, spun_samples(args.corpora, args.documents // 3))))
            show(spun_block(spun), detector_block(clean, spun), calibration_block(spun))
            outcomes += (mixed := list(pool.map(judge, mixed_samples(args.corpora, args.documents))))
            show(mixed_block(mixed))
        taken_back = list(pool.map(way_back, generated_texts(args.texts, 1), chunksize=100))
    changed, same = (sum(column) for column in zip(*taken_back, strict=True)) if taken_back else (0, 0)
    rows = [(f"generated texts, {changed} of them changed", f"{same} of {args.texts}", args.texts)]
    if outcomes:
        rows.insert(0, ("every text above", f"{sum(o.reverted for o in outcomes)} of {len(outcomes)}", len(outcomes)))
    show(results.table(("taken back to the same bytes", "measured", "target"), rows))
    if args.write:
        settings = (
            f"`--documents {args.documents} --texts {args.texts}`, {args.processes} processes, {time.perf_counter() - started:.0f} s. "
            "Shares of spun documents are counted over all their places together; `restored` is the recall, `correct` the precision."
        )
        results.record(results.section("quality", settings, blocks))
        judged = [pair for o in outcomes if o.sample.rate and not o.sample.inside for pair in o.judged]
        if judged:
            title = f"Generated text, commit {results.commit()}"
            reliability.PLOT.write_text(reliability.svg(bins_of(judged), title), encoding="utf-8")


if __name__ == "__main__":
    main()
