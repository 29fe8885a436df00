"""A synonym spinner of our own, to make texts whose originals are known.

    python benchmarks/spinner.py --table 3 --rate 0.15 < clean.txt > spun.txt

A table is drawn from substitutions by a seed: which originals it holds, and one or a few replacements for each.  Like the real
ones it works word by word, the longest phrase first, keeps letter case, repairs no article, leaves words in capitals and hyphenated
words alone, and draws anew at each place.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spinfix.text import fit, tokenize
from spinfix.wordlists import DATA

Rows = Iterable[tuple[str, str, float, str]]  # observed, intended, p, source


@dataclass(frozen=True, slots=True)
class Table:
    """What one spinner writes for what: originals (keys of tokens joined by blanks) to weighted replacements."""

    name: str
    entries: Mapping[str, Sequence[tuple[str, float]]]
    longest: int  # the most tokens that an original has


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement: the span in the spun text, what stands there, and what stood there."""

    start: int
    end: int
    spun: str
    original: str


def shipped_rows(families: Sequence[str] = ()) -> list[tuple[str, str, float, str]]:
    """The compiled substitutions of the package, of some families or all."""
    rows = []
    for line in (DATA / "substitutions.tsv").read_text(encoding="utf-8").split("\n"):
        key, intended, p, source, exact, _ = line.split("\t")
        if not families or source.split("/")[0] in families:
            rows.append((exact or key, intended, float(p), source))
    return rows


def draw_table(rows: Rows, seed: int, *, share: float = 0.6, flatness: float = 0.7) -> Table:
    """A table with ``share`` of the originals of ``rows``, each with one to three of its replacements.

    Likelier replacements are drawn more often, but ``flatness`` below 1 evens them out, so that tables hold unlikely ones too.
    """
    by_original: dict[str, list[tuple[str, float]]] = {}
    for observed, intended, p, _ in rows:
        by_original.setdefault(intended.lower(), []).append((observed, p**flatness))
    draw = random.Random(f"spinfix table {seed}")
    entries: dict[str, list[tuple[str, float]]] = {}
    for original in sorted(by_original):
        choices = by_original[original]
        if draw.random() < share:
            count = draw.choice((1, 1, 1, 2, 2, 3))
            picked = {}
            for _ in range(count):
                observed, _weight = draw.choices(choices, [w for _, w in choices])[0]
                picked[observed] = 1.0
            entries[original] = sorted(picked.items())
    return Table(f"table-{seed}", entries, max((key.count(" ") + 1 for key in entries), default=1))


def spin(text: str, table: Table, rate: float, seed: int) -> tuple[str, list[Change]]:
    """``text`` with about ``rate`` of its words replaced, and what was changed where (code points of the spun text)."""
    document = tokenize(text)
    keys = [s.lower().replace("’", "'") for s in document.surfaces]
    draw = random.Random(f"{table.name} {seed}")
    places: list[tuple[int, int]] = []
    for first, last in document.stretches():
        at = first
        while at < last:
            stop = _longest(table, document.surfaces, keys, at, last)
            if stop:
                places.append((at, stop))
            at = stop or at + 1
    words = sum(1 for s in document.surfaces if s[0].isalpha())
    wanted = min(1.0, rate * words / max(len(places), 1))
    pieces: list[str] = []
    changes: list[Change] = []
    done, length = 0, 0
    for at, stop in places:
        if draw.random() >= wanted:
            continue
        start, end = document.starts[at], document.ends[stop - 1]
        choices = table.entries[" ".join(keys[at:stop])]
        spun = fit(draw.choices([c for c, _ in choices], [w for _, w in choices])[0], document.surfaces[at:stop])
        if spun == text[start:end]:
            continue
        pieces += (text[done:start], spun)
        length += start - done
        changes.append(Change(length, length + len(spun), spun, text[start:end]))
        length += len(spun)
        done = end
    pieces.append(text[done:])
    return "".join(pieces), changes


def _longest(table: Table, surfaces: Sequence[str], keys: Sequence[str], at: int, last: int) -> int:
    """The end of the longest original that begins at ``at``, or 0."""
    for stop in range(min(last, at + table.longest), at, -1):
        if " ".join(keys[at:stop]) in table.entries and not any(s.isupper() and len(s) > 1 or "-" in s for s in surfaces[at:stop]):
            return stop
    return 0


def main() -> None:
    """Spin standard input."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=int, default=1)
    parser.add_argument("--rate", type=float, default=0.15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("files", nargs="*", type=Path)
    args = parser.parse_args()
    table = draw_table(shipped_rows(("news-blog",)), args.table)
    for source in args.files or [None]:
        text = source.read_text(encoding="utf-8") if source else sys.stdin.read()
        sys.stdout.write(spin(text, table, args.rate, args.seed)[0])


if __name__ == "__main__":
    main()
