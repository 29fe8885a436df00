"""Find pairs of words that ``composed`` takes for a spinner's and that honest writers of a trade put side by side.

    python tools/trade_pairs.py FOLDER... > pairs.tsv

Reads the text files in the folders: manuals, change logs, documentation.  Each folder directly below one of them counts as the work of
other people; a pair is written where two of these have it, with how many do, the most first.  What is found is read by a person, as a
published phrase may be among it, and goes to ``tools/honest/manuals.txt``, or, if it is both, to ``honest_pairs.tsv``.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from spinfix.composed import shipped_composed
from spinfix.first_look import look
from spinfix.text import tokenize
from spinfix.unlisted import struck_weights

SUFFIXES = (".md", ".rst", ".txt", ".text", ".pod", ".html", ".1", ".gz")
LARGEST = 1_500_000  # bytes of a file


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """The texts in ``folder`` and below it, each with the name of the folder that counts as its authors."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file() and (text := text_in(path, LARGEST)) is not None:
            yield path.relative_to(folder).parts[0], text


def text_in(path: Path, most: int | None = None) -> str | None:
    """The text of a file, packed or not, as far as its first ``most`` bytes go; none where that is no text, or cannot be read."""
    try:
        data = path.read_bytes()[:most]
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    except (OSError, EOFError, UnicodeDecodeError):
        return None


def main() -> None:
    """Read, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", metavar="FOLDER", type=Path, nargs="+")
    authors: dict[tuple[str, str], set[str]] = defaultdict(set)
    for folder in parser.parse_args().folders:
        for name, text in texts(folder):
            if look(text).pairs:
                document = tokenize(text)
                for k, weight in enumerate(struck_weights(document, shipped_composed())):
                    if weight:
                        authors[document.forms[k], document.forms[k + 1]].add(f"{folder}/{name}")
    for pair, names in sorted(authors.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(names) > 1:
            sys.stdout.write("\t".join([*pair, str(len(names))]) + "\n")


if __name__ == "__main__":
    main()
