"""What the language model takes of memory in a long run: a process that does nothing but ask it, over all the test texts.

    PYTHONPATH=src:tools python benchmarks/language_model_memory.py --corpora DIR [--tokens 3000000] [--write]

``DIR`` holds ``<genre>.txt.xz`` with one paragraph a line.  Read from ``/proc`` (Linux): all resident memory of the process, and how much
of it is the mapped file, which the system takes back when it needs room and which processes share.
"""

from __future__ import annotations

import argparse
import lzma
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
import results
from language_model import GENRES

from spinfix.language_model import default_model
from spinfix.text import tokenize

TARGET: Final = 80  # MB


def resident() -> tuple[float, float]:
    """MB of this process, and of the mapped model in it."""
    maps = Path("/proc/self/smaps").read_text(encoding="ascii", errors="replace")
    parts = re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", maps, flags=re.MULTILINE)
    sizes = [(part.split("\n", 1)[0], sum(map(int, re.findall(r"^Rss:\s+(\d+) kB", part, re.MULTILINE))) / 1e3) for part in parts]
    return sum(size for _, size in sizes), sum(size for head, size in sizes if head.endswith("english.lm"))


def paragraphs(corpora: Path, tokens: int) -> Iterator[str]:
    """Paragraphs of all genres, about ``tokens`` tokens in all."""
    for genre in GENRES:
        left = tokens // len(GENRES)
        with lzma.open(corpora / f"{genre}.txt.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                left -= len(line.split())
                yield line
                if left < 0:
                    break


def ask() -> None:
    """In a process of its own, paragraphs on standard input: print tokens asked and MB, at the start and after the run."""
    model = default_model()
    print(0, *resident(), flush=True)
    asked = 0
    for line in sys.stdin:
        surfaces = tokenize(line).surfaces
        model.score(surfaces)
        asked += len(surfaces)
    print(asked, *resident(), flush=True)


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--tokens", type=int, default=3_000_000)
    parser.add_argument("--write", action="store_true", help="append what is printed to RESULTS.md")
    parser.add_argument("--ask", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.ask:
        ask()
        return
    command = [sys.executable, __file__, "--ask", "--corpora", str(args.corpora)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as child:
        said, _ = child.communicate("".join(paragraphs(args.corpora, args.tokens)))
    rows = []
    for line in said.splitlines():
        tokens, whole, mapped = line.split()
        rows.append((f"after {int(tokens):,} tokens" if tokens != "0" else "opened", f"{float(whole):.0f}", f"{float(mapped):.0f}"))
    shown = results.table(("resident memory", "MB, the process", "MB, the model's file in it"), [*rows, ("*target*", f"*{TARGET}*", "")])
    print(shown)
    if args.write:
        results.record(results.section("memory of the language model", "A process that asks the model and does nothing else.", [shown]))


if __name__ == "__main__":
    main()
