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
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "tools"))
import reliability
import results
import spinner
from fit_detector import GENRES, documents

from spinfix import Policy, Verdict, detect, revert

MEASURED_PART: Final = (0.4, 1.0)  # of each corpus: the detector was fitted on what stands before
RATES: Final = (0.05, 0.1, 0.2)
TABLES: Final = 4  # test tables a family
SPUN_WORDS: Final = 1200  # the most words of a spun document
CLEAN_WORDS: Final = 3000  # the most words of a clean one
LONG: Final = 200  # words from which a document counts for "is it spun"
CALIBRATED_FROM: Final = 0.05  # posteriors below are those of thousands of places that nobody asks about
LISTED: Final = Policy(suggest=CALIBRATED_FROM)  # restores like the default, and lists what the calibration is about
EAGER: Final = Policy(threshold=1e-3, suggest=1e-3, spun_prior=0.99999)  # changes much, so that there is something to take back


# --- scoring: the same as the scorer beside the articles, which tests/test_benchmarks.py compares it with ------------------------------


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that was made: ``text[start:end]`` gave way to ``replacement``."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class Gold:
    """A place that was spun, and what may stand there; a neutral one counts for nothing."""

    start: int
    end: int
    accept: tuple[str, ...]
    neutral: bool = False


Span = Edit | Gold


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one text or, added up, of many.  ``hits`` are edits that touch a gold span, ``touched`` gold spans that one touches."""

    gold: int = 0
    edits: int = 0
    touched: int = 0
    restored: int = 0
    hits: int = 0
    false: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.gold + other.gold, self.edits + other.edits, self.touched + other.touched,
            self.restored + other.restored, self.hits + other.hits, self.false + other.false,
        )  # fmt: skip

    @property
    def detected(self) -> float:
        """The share of the gold spans that an edit touches."""
        return self.touched / max(self.gold, 1)

    @property
    def recall(self) -> float:
        """The share of the gold spans that are restored."""
        return self.restored / max(self.gold, 1)

    @property
    def precision(self) -> float:
        """The share of the edits that touch a gold span, of those that touch one or nothing known."""
        return self.hits / max(self.hits + self.false, 1)

    @property
    def correct(self) -> float:
        """The precision of the corrections themselves."""
        return self.restored / max(self.touched + self.false, 1)

    @property
    def f_half(self) -> float:
        """F0.5 of ``correct`` and ``recall``."""
        return 1.25 * self.correct * self.recall / max(0.25 * self.correct + self.recall, 1e-9)


def fold(text: str) -> str:
    """The text as it is compared: letter case, quotation marks, blanks and *a*/*an* make no difference."""
    for curly, straight in ("’'", "‘'", '“"', '”"'):
        text = text.replace(curly, straight)
    return re.sub(r"\ban\b", "a", " ".join(text.casefold().split()))


def touches(one: Span, other: Span) -> bool:
    """Whether two spans share a code point."""
    return one.start < other.end and other.start < one.end


def score(text: str, gold: Sequence[Gold], edits: Sequence[Edit]) -> Score:
    """Compare the edits of a text with its gold spans."""
    true = [g for g in gold if not g.neutral]
    hits = sum(any(touches(e, g) for g in true) for e in edits)
    false = sum(fold(text[e.start : e.end]) != fold(e.replacement) and not any(touches(e, g) for g in gold) for e in edits)
    restored = 0
    for group in _clusters([*edits, *gold]):
        group_edits = [item for item in group if isinstance(item, Edit)]
        group_gold = [item for item in group if isinstance(item, Gold)]
        if group_edits and group_gold:
            restored += sum(not g.neutral for g in restored_in(text, group_edits, group_gold))
    return Score(len(true), len(edits), sum(any(touches(e, g) for e in edits) for g in true), restored, hits, false)


def _clusters(items: Iterable[Span]) -> Iterator[list[Span]]:
    """Groups of spans that overlap one another, directly or by way of others."""
    group: list[Span] = []
    reach = -1
    for item in sorted(items, key=lambda item: (item.start, item.end, isinstance(item, Gold))):
        if group and item.start >= reach:
            yield group
            group = []
        group.append(item)
        reach = max(reach, item.end) if len(group) > 1 else item.end
    if group:
        yield group


def restored_in(text: str, edits: Sequence[Edit], gold: Sequence[Gold]) -> list[Gold]:
    """Those of the ``gold`` spans whose text is an accepted one once the ``edits`` are made; all of them belong to one cluster."""
    spans: list[Span] = [*edits, *gold]
    start, end = min(s.start for s in spans), max(s.end for s in spans)
    got = fold(_rewritten(text, start, end, edits))
    best: list[Gold] = []
    options = [[*((a, True) for a in g.accept), (text[g.start : g.end], False)] for g in gold]
    for chosen in islice(product(*options), 200_000):
        wanted = [Edit(g.start, g.end, written) for g, (written, _) in zip(gold, chosen, strict=True)]
        if fold(_rewritten(text, start, end, wanted)) == got:
            best = max(best, [g for g, (_, original) in zip(gold, chosen, strict=True) if original], key=len)
    return best


def _rewritten(text: str, start: int, end: int, edits: Iterable[Edit]) -> str:
    pieces, at = [], start
    for edit in sorted(edits, key=lambda e: e.start):
        pieces += [text[at : edit.start], edit.replacement]
        at = edit.end
    return "".join(pieces) + text[at:end]


def is_right(text: str, gold: Sequence[Gold], edit: Edit) -> bool | None:
    """Whether an edit, made alone, restores what it touches; None if that cannot be said.  ``gold`` is sorted, without overlap."""
    if fold(text[edit.start : edit.end]) == fold(edit.replacement):
        return None
    first = bisect.bisect_right(gold, edit.start, key=lambda g: g.end)
    last = bisect.bisect_left(gold, edit.end, key=lambda g: g.start)
    here = gold[first:last]
    if any(g.neutral for g in here):
        return None
    return bool(here) and len(restored_in(text, [edit], here)) == len(here)


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What spinfix made of a sample."""

    sample: Sample
    words: int
    spun: float
    score: Score
    judged: tuple[tuple[float, bool], ...]  # posterior of each finding, and whether it is right
    reverted: bool  # whether the patch leads back to the same bytes


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
    return Outcome(sample, report.words, report.spun, score(sample.text, sample.gold, edits), tuple(judged), same)


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
def _table(family: str, seed: int) -> spinner.Table:
    return spinner.family_table(family, seed, part="test")


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
        if args.articles:
            outcomes += (articles := list(pool.map(judge, article_samples(args.articles))))
            show(*article_blocks(articles))
        if args.corpora:
            outcomes += (clean := list(pool.map(judge, clean_samples(args.corpora, args.documents))))
            show(clean_block(clean))
            outcomes += (spun := list(pool.map(judge, spun_samples(args.corpora, args.documents // 3))))
            show(spun_block(spun), detector_block(clean, spun), calibration_block(spun))
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
        judged = [pair for o in outcomes if o.sample.rate for pair in o.judged]
        if judged:
            title = f"Generated text, commit {results.commit()}"
            reliability.PLOT.write_text(reliability.svg(bins_of(judged), title), encoding="utf-8")


if __name__ == "__main__":
    main()
