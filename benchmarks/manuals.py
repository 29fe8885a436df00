"""How often spinfix errs on honest text of a trade that no corpus of ours has: manuals, change logs, documentation of programs.

    python benchmarks/manuals.py FOLDER... [--words 3000000] [--show] [--write]

Reads the text files in the folders (Markdown, reStructuredText, HTML, plain text, packed or not), each different one once, until so many
words were read.  All of them are honest, so every edit is a false one.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(1, str(Path(__file__).parent.parent / "tools"))
import results
from trade_pairs import text_in

from spinfix import Verdict, detect

SUFFIXES: Final = (".md", ".rst", ".txt", ".text", ".html", ".gz")
SIZES: Final = (400, 300_000)  # bytes of a text, at least and at most


def texts(folders: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """The names and the texts, in an order drawn by chance, so that no project comes first."""
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())
    random.Random(7).shuffle(paths)
    seen: set[bytes] = set()
    for path in paths:
        text = text_in(path)
        if text is None or "\0" in text or not SIZES[0] <= len(data := text.encode()) <= SIZES[1]:
            continue
        known = hashlib.sha256(data).digest()
        if known not in seen:
            seen.add(known)
            yield path.name.removesuffix(".gz"), text


def main() -> None:
    """Measure, and print or record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", metavar="FOLDER", type=Path, nargs="+")
    parser.add_argument("--words", type=int, default=3_000_000, help="after which to stop")
    parser.add_argument("--show", action="store_true", help="print every edit")
    parser.add_argument("--write", action="store_true", help="append the table to RESULTS.md")
    args = parser.parse_args()
    number = words = edits = suggestions = touched = spun = 0
    for name, text in texts(args.folders):
        report = detect(text, path=name)
        found = [f for f in report.findings if f.verdict is Verdict.RESTORE]
        number, words, spun = number + 1, words + report.words, spun + (report.spun >= 0.5)
        edits, suggestions, touched = edits + len(found), suggestions + len(report.findings) - len(found), touched + bool(found)
        if args.show and found:
            print(name, *(f"{f.observed} -> {f.intended} ({f.posterior:.2f}, {f.source})" for f in found), sep="\n  ")
        if words >= args.words:
            break
    header = ("texts", "words", "edits", "in texts", "edits per 10,000 words", "suggestions", "called spun")
    rate = f"{1e4 * edits / max(words, 1):.3f}"
    table = results.table(header, [(number, f"{words:,}", edits, touched, rate, suggestions, spun)])
    print(table)
    if args.write:
        results.record(results.section("manuals and change logs", "Texts that come with the packages of a Debian system.", [table]))


if __name__ == "__main__":
    main()
