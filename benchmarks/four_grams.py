"""What longer or more n-grams would add: restoration with unpruned 3-gram and 4-gram models of the shipped model's corpora.

    PYTHONPATH=src:tools python benchmarks/four_grams.py --corpora DIR --articles DIR [--work DIR] [--write]

``DIR`` of the corpora holds the training texts of ``tools/language_model_recipe.json``, that of the articles ``first-article.txt`` and
``dev/*.txt`` with their ``.gold.json``.

The decoder's states are pairs of words, made for trigrams, so an unpruned model takes part by rescoring: at every place that ``explain``
reports, each reading's log-odds are moved by the weighted difference between the two models' log-odds, all other places standing as
they were decided; two rounds.  With the shipped model itself in the place of the other nothing moves, which is the row to compare with.

Wants about 12 GB of memory and half an hour; the token streams in ``--work`` are those of ``tools/build_language_model.py``.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import resource
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "tools"))
import build_language_model as builder
import kneser_ney as kn
import quality
import results

from spinfix import Report, explain
from spinfix.api import DEFAULT
from spinfix.language_model import BEGIN, default_model
from spinfix.scoring import MODEL_WEIGHT
from spinfix.text import FORMS, tokenize

ORDER: Final = 4
BEFORE: Final = 8  # words of context that a reading is scored in; more than any model here looks at
AFTER: Final = 6
ROUNDS: Final = 2

Scorer = Callable[[Sequence[Sequence[str]]], list[float]]  # log P of word sequences, each with BEGIN at its head where one begins (nats)


# --- models --------------------------------------------------------------------------------------------------------------------------


def shipped_scores(rows: Sequence[Sequence[str]]) -> list[float]:
    """Under the shipped model."""
    model = default_model()
    found = []
    for row in rows:
        words = model.words(row)
        index = np.arange(len(row))
        log_prob, backoff, keys = model.pairs(words, index[:-1], index[1:])
        surplus = words.surplus[2:]
        third = model.triples(keys[:-1], words.keys[2:], backoff[:-1] + log_prob[1:] - surplus) + surplus
        found.append(float(log_prob[:1].sum() + third.sum()))
    return found


@dataclass(frozen=True, slots=True)
class Unpruned:
    """An interpolated model straight from its counts: all n-grams up to the length of ``orders``."""

    orders: Sequence[kn.Order]
    index: dict[str, int]

    def __call__(self, rows: Sequence[Sequence[str]]) -> list[float]:
        """The log probability of each row after its first word (nats); unknown words as the shipped model shares them out."""
        lengths = [len(row) for row in rows]
        flat = [word for row in rows for word in row]
        ids = np.array([self._number(w) for w in flat], dtype=np.int64)
        starts = np.zeros(len(flat), dtype=bool)
        starts[np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(int)] = True
        prob = self.orders[0].prob[ids]
        ends: NDArray[np.int64] = ids  # the index of the n-gram that ends here, in its order; -1 for none
        for below, order in zip(self.orders[:-1], self.orders[1:], strict=True):
            history = np.concatenate([[-1], ends[:-1]])
            history[starts] = -1
            there = np.flatnonzero(history >= 0)
            keys = (history[there].astype(np.uint64) << kn.WORD_BITS) | ids[there].astype(np.uint64)
            at = np.minimum(np.searchsorted(order.keys, keys), len(order.keys) - 1)
            known = order.keys[at] == keys
            share = np.ones(len(ids))
            share[there] = below.gamma[history[there]]
            prob = share * prob
            prob[there[known]] = order.prob[at[known]]
            ends = np.full(len(ids), -1)
            ends[there[known]] = at[known]
        log_prob = np.log(np.maximum(prob, 1e-30)) + default_model().words(flat).surplus
        log_prob[starts] = 0.0
        return [float(part.sum()) for part in np.split(log_prob, np.cumsum(lengths)[:-1])]

    def _number(self, surface: str) -> int:
        return kn.BEGIN if surface == BEGIN else self.index.get(FORMS[surface], builder.unknown_class(surface))


def counted(corpora: Path, work: Path) -> tuple[list[kn.Order], dict[str, int]]:
    """All n-grams of the training texts up to ``ORDER``, and the vocabulary."""
    recipe = json.loads((Path(kn.__file__).parent / "language_model_recipe.json").read_text(encoding="utf-8"))
    stems = sorted(recipe["weights"])
    work.mkdir(parents=True, exist_ok=True)
    with multiprocessing.Pool(2) as pool:
        for message in pool.imap_unordered(builder.cut, [(corpora / f"{stem}.txt.xz", work, 0) for stem in stems]):
            builder.say(message)
    words, index = builder.vocabulary_of(stems, recipe["weights"], work, recipe["minimum_word_count"])
    streams = builder.streams_of(stems, recipe["weights"], work, index)
    return kn.count_orders(streams, len(words), ORDER, builder.say, work, builder.progress), index


# --- rescoring -----------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Place:
    """A place with its readings: the tokens ``first`` up to and without ``last``, the readings' words, their log-odds against keeping."""

    first: int
    last: int
    readings: list[tuple[str, tuple[str, ...]]]  # as written, as words; the first one keeps what stands there
    log_odds: NDArray[np.float64]
    chosen: int = 0


def places_of(report: Report) -> tuple[Sequence[str], list[tuple[int, int]], list[Place]]:
    """The words, the stretches of prose, and the places of a report that ``explain`` made."""
    document = tokenize(report.text)
    found = []
    for finding in report.findings:
        first, last = bisect_left(document.starts, finding.span.start), bisect_left(document.starts, finding.span.end)
        options = [(finding.intended, finding.posterior), *((a.intended, a.posterior) for a in finding.alternatives)]
        kept = max(1 - sum(p for _, p in options), 1e-6)
        readings = [(finding.observed, tuple(document.surfaces[first:last]))]
        readings += [(text, tuple(tokenize(text).surfaces)) for text, _ in options]
        odds = np.log([1.0, *(max(p, 1e-9) / kept for _, p in options)])
        found.append(Place(first, last, readings, odds))
    return document.surfaces, list(document.stretches()), found


def choose(place: Place, log_odds: NDArray[np.float64]) -> int:
    """The reading to write: the likeliest change, where its posterior reaches the threshold."""
    share = np.exp(log_odds - np.logaddexp.reduce(log_odds))
    best = int(share[1:].argmax()) + 1
    return best if share[best] >= DEFAULT.threshold else 0


def rescored(report: Report, scorer: Scorer) -> list[quality.Edit]:
    """The edits of a report after its readings were scored anew."""
    surfaces, stretches, places = places_of(report)
    for place in places:
        place.chosen = choose(place, place.log_odds)
    for _ in range(ROUNDS):
        written: list[tuple[str, ...]] = [(surface,) for surface in surfaces]
        for place in places:
            written[place.first : place.last] = [place.readings[place.chosen][1], *[()] * (place.last - place.first - 1)]
        rows, sizes = [], []
        for place in places:
            start, stop = next((a, b) for a, b in stretches if a <= place.first < b)
            before = [w for part in written[start : place.first] for w in part][-BEFORE:]
            after = [w for part in written[place.last : stop] for w in part][:AFTER]
            head = [BEGIN] if place.first - start < BEFORE else []
            rows += [[*head, *before, *words, *after] for _, words in place.readings]
            sizes.append(len(place.readings))
        moved = MODEL_WEIGHT * (np.array(scorer(rows)) - np.array(shipped_scores(rows)))
        for place, shift in zip(places, np.split(moved, np.cumsum(sizes)[:-1]), strict=True):
            place.chosen = choose(place, place.log_odds + shift - shift[0])
    return [
        quality.Edit(finding.span.start, finding.span.end, place.readings[place.chosen][0])
        for finding, place in zip(report.findings, places, strict=True)
        if place.chosen
    ]


# --- the table -----------------------------------------------------------------------------------------------------------------------


def row_of(name: str, ngrams: str, reports: Sequence[tuple[quality.Sample, Report]], scorer: Scorer) -> tuple[str, ...]:
    """One model: F0.5 and recall of the first article and, on average, of ``dev``; edits in clean articles."""
    scores = [(s, quality.score(s.text, s.gold, rescored(r, scorer))) for s, r in reports]
    first, *dev = [score for sample, score in scores if sample.family]
    clean = sum(score.edits for sample, score in scores if not sample.family)
    values = (first.f_half, first.recall, sum(s.f_half for s in dev) / len(dev), sum(s.recall for s in dev) / len(dev))
    return name, ngrams, *(f"{v:.3f}" for v in values), str(clean)


def blocks(corpora: Path, articles: Path, work: Path) -> Iterator[str]:
    """The table of all models."""
    reports = [(sample, explain(sample.text)) for sample in quality.article_samples(articles)]
    rows = [row_of("shipped", "8.7 M", reports, shipped_scores)]
    orders, index = counted(corpora, work)
    for n in (3, ORDER):
        kn.estimate(orders[:n], builder.say)
        ngrams = f"{sum(len(order.keys) for order in orders[:n]) / 1e6:.0f} M"
        rows.append(row_of(f"unpruned, {n}-grams", ngrams, reports, Unpruned(orders[:n], index)))
    yield results.table(("model", "n-grams", "first article F0.5", "restored", "dev F0.5", "restored", "edits in clean articles"), rows)


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/language-model"))
    parser.add_argument("--write", action="store_true", help="append what is printed to RESULTS.md")
    args = parser.parse_args()
    started = time.perf_counter()
    shown = list(blocks(args.corpora, args.articles, args.work))
    print(*shown, sep="\n\n")
    if args.write:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        settings = f"Rescored, {ROUNDS} rounds; {math.ceil((time.perf_counter() - started) / 60)} minutes, {memory:.1f} GB."
        results.record(results.section("4-grams", settings, shown))


if __name__ == "__main__":
    main()
