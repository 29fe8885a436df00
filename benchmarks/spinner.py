"""A synonym spinner of our own, to make texts whose originals are known.

    python benchmarks/spinner.py --table 3 --rate 0.15 --gold gold.json < clean.txt > spun.txt

A table is drawn from substitutions by a seed: which originals it holds, and one or a few replacements for each.  Like the real
ones it works word by word, the longest phrase first, keeps letter case, repairs no article, leaves words in capitals and hyphenated
words alone, and draws anew at each place.

A family says which lists a table is drawn from and what else such spinners do (``Family``).  A table of the part ``train``, ``tune`` or
``test`` holds only originals of that part; no original is in two parts, nor another one that begins with the same five letters, so
that most inflected forms of a word fall together.  Every original and replacement comes from the shipped lists: figures from these
tables are about unseen tables, not about words that no list knows.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from spinfix.text import fit, tokenize
from spinfix.wordlists import DATA, shares_by_family

Rows = Iterable[tuple[str, str, float, str]]  # observed, intended, p, source

PARTS: Final = {"train": (0, 40), "tune": (40, 60), "test": (60, 100)}  # per cent of the originals, from and up to

# The modal wheel of the news/blog family: each word moves on by one.
WHEEL: Final = {
    "can": ("will",),
    "could": ("may",),
    "may": ("might", "could"),
    "might": ("would possibly",),
    "have been": ("were",),
    "that are": ("which can be",),
    "which are": ("that are",),
    "those": ("these",),
}


FILLERS: Final = ("basically", "definitely", "really", "simply")  # what a link blog puts behind a form of *be*
BE: Final = frozenset({"is", "are", "was", "were"})
MARKS: Final = frozenset(",;:.!?")


@dataclass(frozen=True, slots=True)
class Traits:
    """What a spinner does beside looking words up."""

    halves: bool = False  # changes the last half of a hyphenated word (user-pleasant); otherwise such words are kept
    steady: bool = False  # what it changes in a text it changes everywhere there
    blanks: bool = False  # leaves a blank before a mark behind a word that it changed
    fillers: bool = False  # puts filler adverbs behind forms of *be*


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of spinner: its own lists, those that serve what its own leave out, and its traits."""

    own: tuple[str, ...]
    others: tuple[str, ...] = ()
    wheel: bool = False  # turns the modal wheel
    traits: Traits = Traits()


FAMILIES: Final = {
    "news-blog": Family(("news-blog", "names"), wheel=True),
    "getting-to-know": Family(("getting-to-know",), ("news-blog",), traits=Traits(halves=True)),
    "academic": Family(("academic",), ("news-blog",)),
    "link-blog": Family(("link-blog",), ("news-blog",), traits=Traits(fillers=True)),
    "nan-pinch": Family(("nan-pinch",), ("news-blog",), traits=Traits(steady=True)),
    "thesaurus": Family(("thesaurus",), ("academic",), traits=Traits(blanks=True)),
    "synonyms": Family(("synonyms",)),
}


@dataclass(frozen=True, slots=True)
class Table:
    """What one spinner writes for what: originals (keys of tokens joined by blanks) to weighted replacements."""

    name: str
    entries: Mapping[str, Sequence[tuple[str, float]]]
    longest: int  # the most tokens that an original has
    traits: Traits = Traits()


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
        key, intended, p, source, exact, _, _, several = line.split("\t")
        own = [share for family, share in shares_by_family(p, source, several).items() if not families or family in families]
        if own:
            rows.append((exact or key, intended, max(own), source))
    return rows


@cache
def family_rows(family: str) -> Sequence[tuple[str, str, float, str]]:
    """The substitutions of a family: those of its own lists, and of the others for originals that its own leave out."""
    kind = FAMILIES[family]
    own = shipped_rows(kind.own)
    known = {intended.lower() for _, intended, _, _ in own}
    others = shipped_rows(kind.others) if kind.others else []
    return [*own, *(row for row in others if row[1].lower() not in known)]


def family_table(family: str, seed: int, *, part: str = "") -> Table:
    """A table of a family with its traits; of one part of the originals if ``part`` is given (a larger share of those)."""
    kind = FAMILIES[family]
    rows = family_rows(family)
    table = draw_table(rows, seed, share=0.9 if part else 0.6, part=part)
    wheel = {o: [(r, 1.0) for r in rs] for o, rs in WHEEL.items() if kind.wheel and part in ("", part_of(o))}
    entries = {**table.entries, **wheel}
    return Table(f"{family}-{table.name}", entries, max((key.count(" ") + 1 for key in entries), default=1), kind.traits)


@cache
def part_of(original: str) -> str:
    """The part, ``train``, ``tune`` or ``test``, that an original belongs to: by a hash of its first five letters.

    >>> part_of("attack") == part_of("Attacked")
    True
    """
    key = original.lower()[:5].encode()
    bucket = int.from_bytes(hashlib.blake2b(key, digest_size=4).digest(), "big") % 100
    return next(part for part, (low, high) in PARTS.items() if low <= bucket < high)


def draw_table(rows: Rows, seed: int, *, share: float = 0.6, flatness: float = 0.7, part: str = "") -> Table:
    """A table with ``share`` of the originals of ``rows`` (those of one ``part``, if given), each with one to three replacements.

    Likelier replacements are drawn more often, but ``flatness`` below 1 evens them out, so that tables hold unlikely ones too.
    """
    if part and part not in PARTS:
        raise ValueError(f"expected a part of {', '.join(PARTS)}, found {part!r}")
    by_original: dict[str, list[tuple[str, float]]] = {}
    for observed, intended, p, _ in rows:
        if part in ("", part_of(intended)):
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
    return Table(f"table-{seed}" + (f"-{part}" if part else ""), entries, max((key.count(" ") + 1 for key in entries), default=1))


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
    chosen: dict[str, bool] = {}  # of a steady spinner: whether it changes a word

    def write(start: int, end: int, spun: str) -> None:
        nonlocal done, length
        pieces.extend((text[done:start], spun))
        length += start - done
        changes.append(Change(length, length + len(spun), spun, text[start:end]))
        length += len(spun)
        done = end

    for at, stop in places:
        key, kept = " ".join(keys[at:stop]), ""
        is_changed = draw.random() < wanted
        if not (chosen.setdefault(key, is_changed) if table.traits.steady else is_changed):
            continue
        start, end = document.starts[at], document.ends[stop - 1]
        if key not in table.entries and table.traits.fillers and key in BE:
            write(start, end, f"{text[start:end]} {draw.choice(FILLERS)}")
            continue
        if key not in table.entries:  # a hyphenated word whose last half is changed
            head, _, key = keys[at].rpartition("-")
            kept = text[start : start + len(head) + 1]
        choices = table.entries[key]
        surfaces = [document.surfaces[at][len(kept) :]] if kept else document.surfaces[at:stop]
        spun = kept + fit(draw.choices([c for c, _ in choices], [w for _, w in choices])[0], surfaces)
        if spun == text[start:end]:
            continue
        write(start, end, spun)
        if table.traits.blanks and stop < len(document) and document.surfaces[stop] in MARKS and document.starts[stop] == end:
            write(end, document.ends[stop], f" {document.surfaces[stop]}")
    pieces.append(text[done:])
    return "".join(pieces), changes


def _longest(table: Table, surfaces: Sequence[str], keys: Sequence[str], at: int, last: int) -> int:
    """The end of the longest original that begins at ``at``, or 0."""
    for stop in range(min(last, at + table.longest), at, -1):
        if " ".join(keys[at:stop]) in table.entries and not any((s.isupper() and len(s) > 1) or "-" in s for s in surfaces[at:stop]):
            return stop
    if table.traits.fillers and keys[at] in BE and surfaces[at].islower():
        return at + 1
    if table.traits.halves:
        head, _, tail = keys[at].rpartition("-")
        if head and tail in table.entries and not surfaces[at].isupper():
            return at + 1
    return 0


def gold_spans(changes: Iterable[Change]) -> list[dict[str, object]]:
    """The changes in the format of gold files, for ``json``; a change that only touches letter case is neutral."""
    return [
        {"start": c.start, "end": c.end, "spun": c.spun, "accept": [c.original], "neutral": c.spun.casefold() == c.original.casefold()}
        for c in changes
    ]


def main() -> None:
    """Spin standard input, or files one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=int, default=1, help="the seed that the table is drawn by")
    parser.add_argument("--family", choices=FAMILIES, default="news-blog")
    parser.add_argument("--part", choices=PARTS, default="", help="only originals of this part")
    parser.add_argument("--rate", type=float, default=0.15, help="the share of the words that are changed, where the table holds so many")
    parser.add_argument("--seed", type=int, default=1, help="chooses the places and the replacements")
    parser.add_argument("--gold", type=Path, help="write what was changed, in the format of gold files, for one text")
    parser.add_argument("files", nargs="*", type=Path)
    args = parser.parse_args()
    if args.gold and len(args.files) > 1:
        parser.error("--gold: expected one text")
    table = family_table(args.family, args.table, part=args.part)
    for source in args.files or [None]:
        data = source.read_bytes() if source else sys.stdin.buffer.read()
        spun, changes = spin(data.decode("utf-8"), table, args.rate, args.seed)
        sys.stdout.buffer.write(spun.encode("utf-8"))
        if args.gold:
            args.gold.write_text(json.dumps(gold_spans(changes), ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
