"""How fast spinfix is, how soon it starts, and how much memory it takes.

    python benchmarks/speed.py [--corpora DIR] [--kilobytes 300] [--write]

The texts are cut from ``*.txt`` and ``*.txt.xz`` of a folder, or made from a vocabulary if none is given (real text is the better measure:
made text has few places to look at twice).  The spun texts are the same ones put through ``spinner.py``.  All figures are of one
process; MB/s and "computing" count the time of the processor, which other work on the machine disturbs less than that of the clock.
"""

from __future__ import annotations

import argparse
import lzma
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
import results
import spinner

from spinfix import detect

DOCUMENT_BYTES: Final = 5_000
ARTICLE_BYTES: Final = 10_000
LONG_BYTES: Final = 200_000
READ_OF_EACH: Final = 2_000_000  # code points at the beginning of each file
SPIN_RATE: Final = 0.2
RUNS: Final = 7
SENTENCE: Final = b"He works at a think tank."

# Runs the filter and says how much memory it took, in units of the system.  A small process stands between, because on Linux a
# process counts the memory of the one that started it as its own.
MEASURED_FILTER: Final = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-m", "spinfix"], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def paragraphs(folder: Path | None, seed: int = 1) -> Iterator[str]:
    """Paragraphs without end, drawn from the files of a folder or made from a vocabulary."""
    draw = random.Random(f"speed {seed}")
    if folder is None:
        while True:
            yield made_paragraph(draw)
    known: list[str] = []
    for file in sorted([*folder.rglob("*.txt"), *folder.rglob("*.txt.xz")]):
        with lzma.open(file, "rt", encoding="utf-8") if file.suffix == ".xz" else file.open(encoding="utf-8") as opened:
            known += [line for line in opened.read(READ_OF_EACH).splitlines() if line.strip()]
    if not known:
        raise SystemExit("--corpora: expected a folder with .txt or .txt.xz files, found none")
    while True:
        yield draw.choice(known)


def made_paragraph(draw: random.Random) -> str:
    """Some sentences of common words, held together by function words."""
    words = sorted({intended for _, intended, p, _ in spinner.shipped_rows(("news-blog",)) if p > 0.3 and intended.isalpha()})
    small = "the a of in to and that is was for with on by from as at".split()
    sentences = []
    for _ in range(draw.randint(3, 7)):
        sentence = " ".join(draw.choice(small if draw.random() < 0.45 else words) for _ in range(draw.randint(8, 25)))
        sentences.append(sentence[0].upper() + sentence[1:] + ".")
    return " ".join(sentences)


def text_of(pieces: Iterator[str], size: int) -> str:
    """A text of about ``size`` bytes."""
    chosen, length = [], 0
    while length < size:
        chosen.append(next(pieces))
        length += len(chosen[-1].encode()) + 1
    return ("\n".join(chosen).encode()[:size]).decode("utf-8", "ignore")


def megabytes_per_second(texts: Sequence[str]) -> float:
    """How much text a second of the processor is looked at."""
    started = time.process_time()
    for text in texts:
        detect(text)
    return sum(len(text.encode()) for text in texts) / 1e6 / (time.process_time() - started)


def seconds(command: Sequence[str], data: bytes = b"") -> tuple[str, str]:
    """The median time that a command takes, from its start to its end: by the clock, and of the processor."""
    clock, computing = [], []
    for _ in range(RUNS):
        started, before = time.perf_counter(), _computing_of_children()
        subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True)
        clock.append(time.perf_counter() - started)
        computing.append(_computing_of_children() - before)
    return f"{statistics.median(clock):.3f}", f"{statistics.median(computing):.3f}"


def _computing_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def peak_megabytes(data: bytes) -> float:
    """The most memory that the filter holds at one time, pages of the mapped model included."""
    done = subprocess.run([sys.executable, "-c", MEASURED_FILTER], input=data, capture_output=True, check=True)
    unit = 1 if sys.platform == "darwin" else 1024
    return int(done.stdout) * unit / 1e6


def measure(folder: Path | None, kilobytes: int) -> Iterator[str]:
    """The tables, one after the other."""
    pieces = paragraphs(folder)
    table = spinner.family_table("news-blog", 1)
    spun: Callable[[str], str] = lambda text: spinner.spin(text, table, SPIN_RATE, 1)[0]  # noqa: E731
    clean = [text_of(pieces, DOCUMENT_BYTES) for _ in range(max(kilobytes * 1000 // DOCUMENT_BYTES, 1))]
    long = text_of(pieces, LONG_BYTES)
    article = text_of(pieces, ARTICLE_BYTES)
    detect(spun(article))  # everything is loaded before the clock starts

    rows = [
        (name, f"{megabytes_per_second(texts):.3f}", f"{megabytes_per_second([one]):.3f}")
        for name, texts, one in (("clean", clean, long), ("spun", [spun(text) for text in clean], spun(long)))
    ]
    sizes = (f"documents of {DOCUMENT_BYTES // 1000} kB", f"one of {LONG_BYTES // 1000} kB")
    yield results.table(("MB/s", *sizes), rows)

    python = partial(lambda *arguments: [sys.executable, *arguments])
    spun_article = spun(article).encode()[:ARTICLE_BYTES].decode("utf-8", "ignore").encode()
    yield results.table(
        (f"seconds, median of {RUNS}", "by the clock", "computing", "target"),
        [
            ("`python -c pass`", *seconds(python("-c", "pass")), ""),
            ("`import spinfix`", *seconds(python("-c", "import spinfix")), ""),
            ("`spinfix --version`", *seconds(python("-m", "spinfix", "--version")), ""),
            ("one short sentence through the pipe", *seconds(python("-m", "spinfix"), SENTENCE), ""),
            ("10 kB of clean text through the pipe", *seconds(python("-m", "spinfix"), article.encode()), "1"),
            ("10 kB of spun text through the pipe", *seconds(python("-m", "spinfix"), spun_article), "1"),
        ],
    )
    yield results.table(
        ("peak memory of the filter", "MB"),
        [
            ("one short sentence", f"{peak_megabytes(SENTENCE):.0f}"),
            ("10 kB, spun", f"{peak_megabytes(spun_article):.0f}"),
            (f"{LONG_BYTES // 1000} kB, spun", f"{peak_megabytes(spun(long).encode()):.0f}"),
        ],
    )


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, help="a folder with texts; without it they are made from a vocabulary")
    parser.add_argument("--kilobytes", type=int, default=300, help="how much text of each kind")
    parser.add_argument("--write", action="store_true", help="append what is printed to RESULTS.md")
    args = parser.parse_args()
    blocks = []
    for block in measure(args.corpora, args.kilobytes):
        blocks.append(block)
        print(block, end="\n\n", flush=True)
    if args.write:
        source = "real text" if args.corpora else "made text"
        load = f"; load average at the end of the run {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
        settings = f"`--kilobytes {args.kilobytes}`, {source}, spun at {SPIN_RATE:.0%}, one process{load}."
        results.record(results.section("speed", settings, blocks))


if __name__ == "__main__":
    main()
