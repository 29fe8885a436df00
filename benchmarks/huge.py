"""Texts of a size that nobody writes: one line of 100 MB, a million findings, a large file of markup; and very many files.

    python benchmarks/huge.py [PART ...] [--corpora DIR] [--megabytes 100] [--places 100000] [--files 100] [--write]

Each runs in a process of its own.  What is asked: does it end, how do time and memory grow, and does the way back lead back.  The target
for memory is 150 MB and 12 times the size of the text, and 200 MB for any number of files.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
import results
import speed
import spinner

from spinfix import detect

PARTS: Final = ("line", "spun", "findings", "markup", "files")
SPUN: Final = Path(__file__).parent.parent / "examples" / "spun-article.txt"
FILTERED: Final = """
import resource, subprocess, sys
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
    subprocess.run([sys.executable, "-m", "spinfix", *sys.argv[3:]], stdin=source, stdout=target, check=True)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""
DETECTED: Final = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-m", "spinfix", "detect", "--exit-zero", *sys.argv[1:]], stdout=subprocess.DEVNULL, check=True)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""
FOUND: Final = """
import resource, sys, time
from spinfix import detect, revert
def taken(start): return f"{time.process_time() - start:.1f}"
text = sys.stdin.buffer.read().decode()
detect("He works at a suppose tank.")
start = time.process_time(); report = detect(text); detected = taken(start)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
patch = report.patch
restored = patch.apply(text)
assert revert(restored, patch.to_json()) == text and restored != text
there_and_back = taken(start)
start = time.process_time(); written = len(report.to_json()); as_json = taken(start)
print(len(report.findings), len(patch.corrections), detected, there_and_back, as_json, peak)
"""
UNIT: Final = 1 if sys.platform == "darwin" else 1024


def line(folder: Path | None, megabytes: int) -> Iterator[tuple[str, str, str, str, str]]:
    """Clean text without a line end through the filter, each time ten times as much."""
    pieces = speed.paragraphs(folder)
    for size in (megabytes / 100, megabytes / 10, megabytes):
        data = speed.text_of(pieces, int(size * 1e6)).replace("\n", " ").encode()
        with tempfile.TemporaryDirectory() as scratch:
            source, target = Path(scratch) / "in", Path(scratch) / "out"
            source.write_bytes(data)
            done = subprocess.run([sys.executable, "-c", FILTERED, str(source), str(target)], capture_output=True, check=True)
            restored = target.read_bytes()
        seconds, peak = done.stdout.split()
        same = "the same" if hashlib.sha256(restored).digest() == hashlib.sha256(data).digest() else f"{_differing(data, restored)} changed"
        room = 150 + 12 * size
        yield f"{size:g} MB in one line", f"{float(seconds):.1f}", f"{int(peak) * UNIT / 1e6:.0f}", f"{room:.0f}", same


def _differing(before: bytes, after: bytes) -> str:
    """How many words of one are not at their place in the other: only to say that it is few."""
    return str(abs(before.count(b" ") - after.count(b" ")) or "some")


def spun(folder: Path | None) -> Iterator[tuple[str, ...]]:
    """Texts that are spun all over, no two paragraphs of them the same but by chance, through the filter."""
    for megabytes, family in ((0.1, "news-blog"), (0.1, "academic"), (0.3, "news-blog"), (1.0, "news-blog")):
        text, table = speed.text_of(speed.paragraphs(folder), int(megabytes * 1e6)), spinner.family_table(family, 1)
        data = "\n".join(spinner.spin(text[at : at + 20_000], table, 0.2, 1)[0] for at in range(0, len(text), 20_000)).encode()
        with tempfile.TemporaryDirectory() as scratch:
            source = Path(scratch) / "in"
            source.write_bytes(data)
            command = [sys.executable, "-c", FILTERED, str(source), str(Path(scratch) / "out")]
            seconds, peak = subprocess.run(command, capture_output=True, check=True).stdout.split()
        yield f"{megabytes:g} MB, {family}", f"{float(seconds):.1f}", f"{int(peak) * UNIT / 1e6:.0f}", f"{150 + 12 * len(data) / 1e6:.0f}"


def findings(places: int) -> Iterator[tuple[str, ...]]:
    """Reports on texts with about so many findings, and on a tenth of it: an article again and again."""
    article = SPUN.read_text(encoding="utf-8") + "\n"
    each = len(detect(article).findings)
    for count in (places // 10, places):
        text = article * (count // each + 1)
        done = subprocess.run([sys.executable, "-c", FOUND], input=text.encode(), capture_output=True, check=True)
        found, corrected, detected, back, as_json, peak = done.stdout.decode().split()
        yield f"{len(text) / 1e6:.2f} MB", found, corrected, detected, back, as_json, f"{int(peak) * UNIT / 1e6:.0f}"


def markup(folder: Path | None) -> Iterator[tuple[str, ...]]:
    """Spun Markdown, each time twice as much."""
    pieces = speed.paragraphs(folder)
    table = spinner.family_table("news-blog", 1)
    for size in (250_000, 500_000, 1_000_000):
        text = speed.text_of(pieces, size).replace("\n", "\n\n")
        spun = "".join(spinner.spin(text[at : at + 20_000], table, 0.2, 1)[0] for at in range(0, len(text), 20_000))
        code = FOUND.replace("detect(text)", "detect(text, path='a.md')")
        done = subprocess.run([sys.executable, "-c", code], input=spun.encode(), capture_output=True, check=True)
        found, corrected, detected, back, as_json, peak = done.stdout.decode().split()
        yield f"{len(spun) / 1e6:.2f} MB", found, corrected, detected, back, as_json, f"{int(peak) * UNIT / 1e6:.0f}"


def files(folder: Path | None, number: int) -> Iterator[tuple[str, ...]]:
    """Files of 20 to 50 kB, every other one spun, by a family after the other: a quarter of them, and all; of two processes the larger."""
    pieces, draw = speed.paragraphs(folder), random.Random("files")
    tables = [spinner.family_table(family, 0) for family in sorted(spinner.FAMILIES)]
    with tempfile.TemporaryDirectory() as scratch:
        names = []
        for k in range(number):
            text = speed.text_of(pieces, draw.randint(20_000, 50_000))
            if k % 2:
                text = spinner.spin(text, tables[k // 2 % len(tables)], 0.15, k)[0]
            names.append(str(Path(scratch) / f"{k}.txt"))
            Path(names[-1]).write_text(text, encoding="utf-8")
        for jobs, count in ((1, number // 4), (1, number), (2, number)):
            arguments = ["--jobs", str(jobs), *names[:count]]
            done = subprocess.run([sys.executable, "-c", DETECTED, *arguments], capture_output=True, check=True)
            seconds, peak = done.stdout.split()
            yield f"{count} files, --jobs {jobs}", f"{float(seconds):.1f}", f"{int(peak) * UNIT / 1e6:.0f}", "200"


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all of them where none is named")
    parser.add_argument("--corpora", type=Path, help="a folder with texts; without it they are made from a vocabulary")
    parser.add_argument("--megabytes", type=int, default=100, help="of the longest line")
    parser.add_argument("--places", type=int, default=100_000, help="spun findings in the larger text, about")
    parser.add_argument("--files", type=int, default=100, help="how many of them")
    parser.add_argument("--write", action="store_true", help="append what is printed to RESULTS.md")
    args = parser.parse_args()
    counted = ("findings", "restored", "s to detect", "s there and back", "s as JSON", "peak MB")
    blocks = []
    for part in args.parts or PARTS:
        if part == "line":
            head = ("clean text", "s of the processor", "peak MB", "target", "what came out")
            blocks.append(results.table(head, line(args.corpora, args.megabytes)))
        elif part == "spun":
            blocks.append(results.table(("spun text", "s of the processor", "peak MB", "target"), spun(args.corpora)))
        elif part == "findings":
            blocks.append(results.table(("one text", *counted), findings(args.places)))
        elif part == "files":
            columns = ("files of 20 to 50 kB, half of them spun", "s of the processor", "peak MB of a process", "target")
            blocks.append(results.table(columns, files(args.corpora, args.files)))
        else:
            blocks.append(results.table(("spun Markdown", *counted), markup(args.corpora)))
        print(blocks[-1], end="\n\n", flush=True)
    if args.write:
        results.record(results.section("huge", "One process.", blocks))


if __name__ == "__main__":
    main()
