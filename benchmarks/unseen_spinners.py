"""How well texts are restored that spinners made whose tables spinfix's lists were not made from.

    python benchmarks/unseen_spinners.py [--only ROUND] [--places] [--write]

126 short texts of as many subjects were written for this and then spun, in four rounds, without a look at spinfix's lists: by seventeen
tables, each in the manner of one kind of tool, at rates from 5 to 30 %.  A file ``ROUND-NUMBER-SUBJECT.KIND.txt`` holds both texts;
a changed place is written ``{observed~original}``.

The originals are measured too: in them every edit is a false one.  The tables imitate spinners, so the figures say less than those of real
pages.  No pair of theirs was taken into the lists; but that the first round showed thesaurus tools to be the weak side is why the family
``synonyms`` was written, and the second round why ``synonyms/learned`` was.  Nothing was done about the third and the fourth.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
import results
from restorations import Edit, Gold, Score, is_right, score, touches

from spinfix import Verdict, detect

TEXTS: Final = Path(__file__).parent / "unseen_spinners"
PLACE: Final = re.compile(r"\{([^{}~]*)~([^{}~]*)\}")


@dataclass(frozen=True, slots=True)
class Pair:
    """A spun text with its places, and the text that it was made from."""

    name: str
    kind: str
    spun: str
    original: str
    gold: tuple[Gold, ...]


@dataclass(slots=True)
class Tally:
    """What became of the texts of one kind."""

    texts: int = 0
    called_spun: int = 0
    score: Score = field(default_factory=Score)
    clean_edits: int = 0
    clean_called_spun: int = 0


def parse(raw: str) -> tuple[str, str, tuple[Gold, ...]]:
    """The spun text, the original, and the places that differ.

    >>> parse("The {struggle~war} ended.")
    ('The struggle ended.', 'The war ended.', (Gold(start=4, end=12, accept=('war',), neutral=False),))
    """
    spun = original = ""
    gold, at = [], 0
    for match in PLACE.finditer(raw):
        spun, original = spun + raw[at : match.start()], original + raw[at : match.start()]
        gold.append(Gold(len(spun), len(spun) + len(match[1]), (match[2],)))
        spun, original, at = spun + match[1], original + match[2], match.end()
    return spun + raw[at:], original + raw[at:], tuple(gold)


def pairs(only: str = "") -> Iterator[Pair]:
    """All texts, or those of one round (``a`` to ``d``)."""
    for file in sorted(TEXTS.glob(f"{only or '*'}-*.txt")):
        name, kind, _ = file.name.split(".")
        yield Pair(name, kind, *parse(file.read_text(encoding="utf-8")))


def edits_in(text: str) -> tuple[list[Edit], bool]:
    """The restorations that are made, and whether the text is called spun."""
    report = detect(text)
    return [Edit(f.span.start, f.span.end, f.intended) for f in report.findings if f.verdict is Verdict.RESTORE], report.spun > 0.5


def places(pair: Pair, edits: Sequence[Edit]) -> Iterator[str]:
    """What became of each place: right, another word, or nothing; and what was changed besides."""
    for gold in pair.gold:
        made = [e for e in edits if touches(e, gold)]
        written = "; ".join(e.replacement for e in made) or "-"
        restored = any(is_right(pair.spun, pair.gold, e) for e in made)
        yield f"{'=' if restored else '!' if made else ' '} {pair.spun[gold.start : gold.end]} <- {gold.accept[0]}: {written}"
    for edit in edits:
        if not any(touches(edit, gold) for gold in pair.gold):
            yield f"x {pair.spun[edit.start : edit.end]}: {edit.replacement}"


def measure(only: str = "", *, show_places: bool = False) -> dict[str, Tally]:
    """The tallies by kind, and of all."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for pair in pairs(only):
        edits, is_spun = edits_in(pair.spun)
        clean_edits, clean_spun = edits_in(pair.original)
        scored = score(pair.spun, pair.gold, edits)
        for tally in (tallies[pair.kind], tallies["all"]):
            tally.texts += 1
            tally.called_spun += is_spun
            tally.score += scored
            tally.clean_edits += len(clean_edits)
            tally.clean_called_spun += clean_spun
        if show_places:
            print(f"{pair.name} ({pair.kind})", *places(pair, edits), sep="\n  ")
    return tallies


def row(kind: str, tally: Tally) -> tuple[object, ...]:
    """A line of the table."""
    s = tally.score
    figures = (f"{x:.3f}" for x in (s.f_half, s.recall, s.detected, s.correct))
    return kind, f"{tally.called_spun} of {tally.texts}", s.gold, *figures, s.false, tally.clean_edits, tally.clean_called_spun


def main() -> None:
    """Measure, and print or record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="one round: a, b, c or d")
    parser.add_argument("--places", action="store_true", help="print what became of every place")
    parser.add_argument("--write", action="store_true", help="append the table to RESULTS.md")
    args = parser.parse_args()
    tallies = measure(args.only, show_places=args.places)
    header = (
        "kind", "called spun", "places", "F0.5", "restored", "detected", "correct", "false edits",
        "edits in originals", "originals called spun",
    )  # fmt: skip
    kinds = [*sorted(tallies.keys() - {"all"}), "all"]
    table = results.table(header, [row(kind, tallies[kind]) for kind in kinds])
    print(table)
    if args.write:
        results.record(results.section("spinners whose tables no list was made from", f"Round {args.only or 'a to d'}.", [table]))


if __name__ == "__main__":
    main()
