"""How good and how fast the language model is.

    PYTHONPATH=src:tools python benchmarks/language_model.py --corpora DIR --articles DIR [--models PATH...] [--out FILE] [--plot FILE]

``DIR`` of the corpora holds ``<name>.txt.xz`` with one paragraph a line, that of the articles ``first-article.txt``, ``dev/*.txt`` and
their ``.gold.json``.  Prints Markdown tables: perplexity by genre, size against quality over ``--models`` (default: the shipped one),
how often the true original beats the spun word, and look-ups a second.  ``--out`` puts them between the marks of a Markdown file.

kenlm, marisa-trie (speed) and matplotlib (``--plot``) are needed only for what they take part in.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import lzma
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from spinfix.candidates import propose, thin
from spinfix.fuse import Keys, join_keys
from spinfix.language_model import BEGIN, Floats, Indices, LanguageModel, PackedModel, Words, default_model
from spinfix.lattice import build
from spinfix.text import FORMS, fit, tokenize
from spinfix.wordlists import shipped_index

GENRES: Final = ("nltk_mix", "reuters21578", "openstax", "ai_company_blogs", "health_news")  # in no shipped model
SAMPLE: Final = 150_000  # tokens of each
STORED: Final = 200_000  # n-grams that the others store for the race
PERCENTILES: Final = (5, 10, 25, 50)
MARKS: Final = ("<!-- measured by benchmarks/language_model.py -->", "<!-- end of what was measured -->")


# --- perplexity ----------------------------------------------------------------------------------------------------------------------


def sample(source: Path, tokens: int = SAMPLE) -> list[tuple[str, ...]]:
    """Paragraphs from all over a corpus, about ``tokens`` tokens; always the same."""
    rows: list[tuple[int, str]] = []
    with lzma.open(source, "rt", encoding="utf-8") as lines:
        rows = sorted({(zlib.crc32(line.encode()), line) for line in map(str.strip, lines) if len(line) >= 25})
    chosen: list[tuple[str, ...]] = []
    total = 0
    for _, line in rows:
        if total >= tokens:
            break
        chosen.append(tuple(tokenize(line).surfaces))
        total += len(chosen[-1])
    return chosen


def perplexity(model: PackedModel, paragraphs: Iterable[Sequence[str]]) -> float:
    """exp of the mean -log p over all tokens, rare words included."""
    total, count = 0.0, 0
    for surfaces in paragraphs:
        scores = model.score(surfaces)
        total -= float(scores.sum())
        count += len(scores)
    return math.exp(total / max(count, 1))


# --- discrimination ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Article:
    """A spun text with its gold."""

    name: str
    text: str
    gold: Sequence[dict[str, Any]]  # only what can be decided, in order

    def paragraph(self, span: dict[str, Any], reading: str) -> str:
        """The paragraph around a gold span with ``reading`` in its place and all other gold restored."""
        start = self.text.rfind("\n", 0, span["start"]) + 1
        stop = self.text.find("\n", span["end"])
        stop = len(self.text) if stop < 0 else stop
        parts, at = [], start
        for other in self.gold:
            if start <= other["start"] and other["end"] <= stop:
                parts += [self.text[at : other["start"]], reading if other is span else fit(other["accept"][0], [other["spun"]])]
                at = other["end"]
        return "".join(parts) + self.text[at:stop]


def articles(folder: Path) -> list[Article]:
    """The first article and those of ``dev``."""
    files = [folder / "first-article.txt", *sorted((folder / "dev").glob("*.txt"))]
    found = []
    for file in files:
        gold = json.loads(file.with_suffix("").with_suffix(".gold.json").read_text(encoding="utf-8"))
        text = file.read_bytes().decode("utf-8")
        found.append(Article(file.stem, text, [g for g in gold if not g["neutral"]]))
    return found


def margins(model: PackedModel, article: Article) -> Floats:
    """For each gold span: log p of its context with the original (the best of those accepted) less that with the spun words (nats)."""

    def log_prob(span: dict[str, Any], reading: str) -> float:
        return float(model.score(tokenize(article.paragraph(span, reading)).surfaces).sum())

    return np.array(
        [max(log_prob(g, fit(a, [g["spun"]])) for a in g["accept"]) - log_prob(g, g["spun"]) for g in article.gold]
    )


# --- size against quality ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Quality:
    """What one model file is worth."""

    name: str
    megabytes: float
    ngrams: Sequence[int]  # of each order
    perplexities: Sequence[float]  # of each of GENRES
    margins: dict[str, Floats]  # by article, nats

    @property
    def perplexity(self) -> float:
        """The geometric mean over the genres."""
        return math.exp(sum(map(math.log, self.perplexities)) / len(self.perplexities))

    def discrimination(self) -> float:
        """The share of gold spans where the original wins."""
        return float((np.concatenate(list(self.margins.values())) > 0).mean())

    def percentiles(self) -> list[float]:
        """Of the margins, nats."""
        found: list[float] = np.percentile(np.concatenate(list(self.margins.values())), PERCENTILES).tolist()
        return found


def ngram_numbers(path: Path) -> list[int]:
    """How many n-grams of each order a model file holds."""
    data = path.read_bytes()[:100_000]
    header = json.loads(data[14 : 14 + int.from_bytes(data[10:14], "little")])
    return [table["slots"]["keys"] for table in header["tables"]]


def quality(path: Path, name: str, texts: dict[str, list[tuple[str, ...]]], spun: Sequence[Article]) -> Quality:
    """Measure one model file."""
    model = PackedModel.open(path)
    return Quality(
        name,
        path.stat().st_size / 1e6,
        ngram_numbers(path),
        [perplexity(model, texts[genre]) for genre in GENRES],
        {article.name: margins(model, article) for article in spun},
    )


def row(*cells: object) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(map(str, cells)) + " |"


def quality_tables(found: Sequence[Quality], chosen: Quality) -> Iterator[str]:
    """Size against quality, perplexity by genre, discrimination by article."""
    yield "### Size against quality"
    yield ""
    yield row("model", "MB", "bigrams", "trigrams", "perplexity", "original wins", *(f"margin, {p}th percentile" for p in PERCENTILES))
    yield row(*["---"] * (6 + len(PERCENTILES)))
    for q in found:
        numbers = [f"{n / 1e6:.2f} M" for n in q.ngrams[1:]]
        percentiles = [f"{p:.2f}" for p in q.percentiles()]
        yield row(q.name, f"{q.megabytes:.1f}", *numbers, f"{q.perplexity:.1f}", f"{q.discrimination():.3f}", *percentiles)
    spans = sum(map(len, chosen.margins.values()))
    yield ""
    yield (
        f"Perplexity: geometric mean over the genres below. Original wins: share of {spans} gold spans in which the true original is "
        "likelier than the spun words, all else restored. Margins in nats."
    )
    yield ""
    yield "### Perplexity by genre, on text of other sources than the training text"
    yield ""
    yield row("model", *(f"`{genre}`" for genre in GENRES))
    yield row(*["---"] * (1 + len(GENRES)))
    for q in found:
        yield row(q.name, *(f"{p:.1f}" for p in q.perplexities))
    yield ""
    yield "### Discrimination by article"
    yield ""
    yield row("text", "gold spans", *(q.name for q in found))
    yield row(*["---"] * (2 + len(found)))
    for name in chosen.margins:
        yield row(name, len(chosen.margins[name]), *(f"{(q.margins[name] > 0).mean():.3f}" for q in found))
    yield ""


def plot(found: Sequence[Quality], path: Path) -> None:
    """Size against perplexity and against discrimination, as a small PNG."""
    matplotlib = importlib.import_module("matplotlib")
    matplotlib.use("Agg")
    pyplot = importlib.import_module("matplotlib.pyplot")
    ordered = sorted(found, key=lambda q: q.megabytes)
    sizes = [q.megabytes for q in ordered]
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(8, 3), dpi=80)
    left.plot(sizes, [q.perplexity for q in ordered], "o-")
    left.set_ylabel("perplexity")
    right.plot(sizes, [q.discrimination() for q in ordered], "o-", label="original wins")
    right.set_ylabel("share of gold spans")
    right.set_ylim(0.9, 1)
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_xticks([10, 20, 30, 50, 100], ["10", "20", "30", "50", "100"])
        axes.minorticks_off()
        axes.set_xlabel("size of the model file, MB")
        axes.axvline(30, color="grey", linestyle=":")
        axes.grid(alpha=0.3)
    left.set_title("perplexity by size")
    right.set_title("original beats spun by size")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})


# --- look-ups ------------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Recorder:
    """A model that notes what it is asked: the access pattern of ``candidates.thin`` and ``lattice.build``."""

    model: PackedModel
    calls: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def words(self, surfaces: Sequence[str]) -> Words:
        """See ``LanguageModel``."""
        self.calls.append(("words", (surfaces,)))
        return self.model.words(surfaces)

    def pairs(self, words: Words, first: Indices, second: Indices) -> tuple[Floats, Floats, Keys]:
        """See ``LanguageModel``."""
        self.calls.append(("pairs", (words, first, second)))
        return self.model.pairs(words, first, second)

    def triples(self, pair_keys: Keys, third_keys: Keys, fallback: Floats) -> Floats:
        """See ``LanguageModel``."""
        self.calls.append(("triples", (pair_keys, third_keys, fallback)))
        return self.model.triples(pair_keys, third_keys, fallback)


def decoder_calls(model: PackedModel, texts: Iterable[str]) -> list[tuple[str, tuple[Any, ...]]]:
    """All that the decoder asks of the model for ``texts``."""
    recorder = Recorder(model)
    asked: LanguageModel = recorder
    for text in texts:
        document = tokenize(text)
        build(document, thin(document, propose(document, [shipped_index()]), asked), asked)
    return recorder.calls


def as_words(calls: Iterable[tuple[str, tuple[Any, ...]]]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The pairs and triples of ``calls`` as word forms, in the order asked."""
    form_of: dict[int, str] = {}
    words_of: dict[int, tuple[str, ...]] = {}
    surfaces: list[str] = []
    pairs: list[tuple[str, ...]] = []
    triples: list[tuple[str, ...]] = []
    for name, arguments in calls:
        if name == "words":
            surfaces = list(arguments[0])
        elif name == "pairs":
            words, first, second = arguments
            forms = [FORMS[s] for s in surfaces]
            form_of |= zip(words.keys.tolist(), forms, strict=True)
            asked = [(forms[a], forms[b]) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
            words_of |= zip(join_keys(words.keys[first], words.keys[second]).tolist(), asked, strict=True)
            pairs += asked
        else:
            pair_keys, third_keys, _ = arguments
            triples += [(*words_of[a], form_of[b]) for a, b in zip(pair_keys.tolist(), third_keys.tolist(), strict=True)]
    return pairs, triples


def known_ngrams(model: PackedModel, pairs: Iterable[tuple[str, ...]], triples: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], float]:
    """Those n-grams that the model holds, with their log probability (nats), and all that they begin or end with."""
    tables: list[dict[tuple[str, ...], float]] = [{}, {}, {}]
    two, three = sorted(set(pairs)), sorted(set(triples))
    index = {w: k for k, w in enumerate(sorted({w for ngram in (*two, *three) for w in ngram}))}
    words = model.words(list(index))
    tables[0] = dict(zip(((w,) for w in index), words.log_prob.tolist(), strict=True))
    for n, ngrams in ((2, sorted({*two, *(t[:2] for t in three), *(t[1:] for t in three)})), (3, three)):
        ids = np.array([[index[w] for w in ngram] for ngram in ngrams], dtype=np.int64).reshape(-1, n)
        log_prob, _, keys = model.pairs(words, ids[:, 0], ids[:, 1])
        if n == 3:
            log_prob = model.triples(keys, words.keys[ids[:, 2]], np.full(len(ids), np.nan))
        else:
            log_prob = np.where(log_prob == words.backoff[ids[:, 0]] + words.log_prob[ids[:, 1]], np.nan, log_prob)
        tables[n - 1] = {g: p for g, p in zip(ngrams, log_prob.tolist(), strict=True) if not math.isnan(p)}
        tables[1] |= {g: -9.0 for t in tables[2] for g in (t[:2], t[1:]) if g not in tables[1]}
    return tables[0] | tables[1] | tables[2]


def best_seconds(work: Callable[[], object], rounds: int = 5) -> float:
    """Processor time of the shortest of several runs: what else runs on the machine only ever adds."""
    found = math.inf
    for _ in range(rounds):
        start = time.process_time()
        work()
        found = min(found, time.process_time() - start)
    return found


def speed_table(model: PackedModel, spun: Sequence[Article], texts: dict[str, list[tuple[str, ...]]]) -> Iterator[str]:
    """Look-ups a second: ours on whole arrays as the decoder asks; the others one by one, on the same n-grams."""
    calls = [c for c in decoder_calls(model, [a.text for a in spun]) if c[0] != "words"]
    number = sum(len(arguments[1]) for _, arguments in calls)

    def ours() -> None:
        for name, arguments in calls:
            getattr(model, name)(*arguments)

    pairs, triples = as_words(decoder_calls(model, [a.text for a in spun]))
    assert len(pairs) + len(triples) == number
    stored = known_ngrams(model, pairs, triples)
    for surfaces in (s for genre in GENRES for s in texts[genre]):
        if len(stored) >= STORED:
            break
        forms = [BEGIN, *(FORMS[s] for s in surfaces)]
        more = known_ngrams(model, pairwise(forms), zip(forms, forms[1:], forms[2:], strict=False))
        stored |= {g: p for g, p in more.items() if g not in stored}
    yield "### Look-ups a second"
    yield ""
    yield (
        f"The access pattern of the decoder: all {number:,} pairs and triples that it asks for on {len(spun)} articles, in "
        f"{len(calls)} calls. The others hold {len(stored):,} n-grams in memory (ours: "
        f"{sum(ngram_numbers(model.path)) / 1e6:.1f} million in its mapped file) and get their keys ready made. Processor time, one core."
    )
    yield ""
    yield row("store", "look-ups a second", "bytes an n-gram")
    yield row("---", "---", "---")
    numbers = sum(ngram_numbers(model.path))
    yield row("spinfix, arrays as the decoder asks", f"{number / best_seconds(ours):,.0f}", f"{model.path.stat().st_size / numbers:.1f}")
    queries = [*pairs, *triples]
    table = dict(stored)
    per_entry = sys.getsizeof(table) / len(table) + 24 + np.mean([sys.getsizeof(g) for g in table])
    seconds = best_seconds(lambda: [table.get(g) for g in queries])
    yield row("plain dict, tuples of words", f"{number / seconds:,.0f}", f"{per_entry:.0f}")
    yield from _marisa_row(stored, queries)
    yield from _kenlm_row(stored, queries)
    yield ""


def _marisa_row(stored: dict[tuple[str, ...], float], queries: Sequence[tuple[str, ...]]) -> Iterator[str]:
    try:
        marisa_trie = importlib.import_module("marisa_trie")
    except ImportError:
        yield row("marisa-trie", "not installed", "")
        return
    trie = marisa_trie.RecordTrie("<f", ((" ".join(g), (p,)) for g, p in stored.items()))
    texts = [" ".join(g) for g in queries]
    seconds = best_seconds(lambda: [trie.get(t) for t in texts])
    yield row("marisa-trie, `RecordTrie`", f"{len(texts) / seconds:,.0f}", f"{len(trie.tobytes()) / len(stored):.1f}")


def _kenlm_row(stored: dict[tuple[str, ...], float], queries: Sequence[tuple[str, ...]]) -> Iterator[str]:
    try:
        kenlm = importlib.import_module("kenlm")
    except ImportError:
        yield row("kenlm", "not installed", "")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.arpa"
        _write_sample(path, stored)
        config = kenlm.Config()
        config.show_progress = False
        model = kenlm.Model(str(path), config)
    states: dict[tuple[str, ...], Any] = {}
    for history in {g[:-1] for g in queries}:
        state = kenlm.State()
        model.NullContextWrite(state)
        for word in history:
            following = kenlm.State()
            model.BaseScore(state, word, following)
            state = following
        states[history] = state
    asked = [(states[g[:-1]], g[-1]) for g in queries]
    out = kenlm.State()
    score = model.BaseScore
    seconds = best_seconds(lambda: [score(state, word, out) for state, word in asked])
    yield row("kenlm, `BaseScore` from ready states, back-off included", f"{len(asked) / seconds:,.0f}", "")


def _write_sample(path: Path, stored: dict[tuple[str, ...], float]) -> None:
    orders = [{g: p for g, p in stored.items() if len(g) == n} for n in (1, 2, 3)]
    orders[0].setdefault(("<unk>",), -9.0)
    orders[0].setdefault((BEGIN,), -99.0)
    orders[0].setdefault(("</s>",), -5.0)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write("\\data\\\n" + "".join(f"ngram {n}={len(order)}\n" for n, order in enumerate(orders, 1)))
        for n, order in enumerate(orders, 1):
            file.write(f"\n\\{n}-grams:\n")
            backoff = "\t-0.3" if n < 3 else ""
            file.writelines(f"{p / math.log(10):.6f}\t{' '.join(g)}{backoff}\n" for g, p in order.items())
        file.write("\n\\end\\\n")


# --- all of it -----------------------------------------------------------------------------------------------------------------------


def circumstances() -> str:
    """When, on what kind of machine, and at which commit."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    ).stdout.strip()
    return (
        f"Measured on {datetime.date.today().isoformat()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores shared with "
        f"other work, Python {platform.python_version()}, numpy {np.__version__}, commit {commit or 'unknown'}."
    )


def put_between_marks(path: Path, lines: Sequence[str]) -> None:
    """Replace what stands between the marks in ``path``; a file without them gets both at its end."""
    text = path.read_text(encoding="utf-8") if path.exists() else "## Language model\n\n"
    if MARKS[0] not in text:
        text += f"{MARKS[0]}\n{MARKS[1]}\n"
    head, rest = text.split(MARKS[0], 1)
    tail = rest.split(MARKS[1], 1)[1]
    path.write_text(f"{head}{MARKS[0]}\n" + "\n".join(lines).rstrip() + f"\n{MARKS[1]}{tail}", encoding="utf-8")


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--models", type=Path, nargs="+", default=[], metavar="PATH", help="models to compare with the shipped one")
    parser.add_argument("--out", type=Path, help="a Markdown file to put the tables into")
    parser.add_argument("--plot", type=Path, help="a PNG of size against quality")
    parser.add_argument("--no-speed", action="store_true", help="leave the look-ups out")
    args = parser.parse_args()
    texts = {genre: sample(args.corpora / f"{genre}.txt.xz") for genre in GENRES}
    spun = articles(args.articles)
    shipped = quality(default_model().path, "shipped", texts, spun)
    found = sorted([shipped, *(quality(path, path.stem, texts, spun) for path in args.models)], key=lambda q: q.megabytes)
    lines = [circumstances(), "", *quality_tables(found, shipped)]
    if not args.no_speed:
        lines += speed_table(default_model(), spun, texts)
    print("\n".join(lines))
    if args.out:
        put_between_marks(args.out, lines)
    if args.plot:
        plot(found, args.plot)


if __name__ == "__main__":
    main()
