"""Mark the rows of ``wordlists/`` by what their observed form says of itself: ``evidence=strong``, ``evidence=none``, or nothing.

    python tools/mark_evidence.py count CORPORA COUNTS     count the forms of the lists in clean text, those not yet counted
    python tools/mark_evidence.py mark COUNTS              write the marks into the lists

``CORPORA`` holds clean text, ``GENRE.txt.xz``, a paragraph a line; those of ``HELD_OUT`` are for testing and are not counted.  ``COUNTS``
is a table made by the first step, so that the second can be repeated after the lists have changed.

A row is *strong* if a spun page would show its observed form far more often than clean text does, and clean text has it hardly ever.  It
is *none* if editors write the observed form every day.  What a reader decided
(``note=evidence by hand``) stays.
"""

from __future__ import annotations

import argparse
import lzma
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from spinfix.inflection import inflected_pairs
from spinfix.list_files import list_files
from spinfix.wordlists import Row, read_list

SOURCES: Final = Path(__file__).parent.parent / "wordlists"
HELD_OUT: Final = ("nltk_mix", "reuters21578", "openstax", "ai_company_blogs", "health_news")
TOTAL: Final = "<words>"  # the row of a table of counts that says how many words were counted
BY_HAND: Final = "evidence by hand"
MADE_BY_PROGRAM: Final = ("thesaurus/wordnet", "synonyms/general", "synonyms/learned", "academic/paraphrasers")  # and marked there

SPUN_SHARE: Final = 0.2  # share of changed words in the spun page that is imagined
FACTOR: Final = 30  # strong: so many times likelier there
NEVER_PER_MILLION: Final = 0.04  # strong: at most so often in clean text (4 times in 100 million words)
ORDINARY_PER_MILLION: Final = 0.5  # none: at least so often
_TOKEN: Final = re.compile(r"[^\W_]+(?:[.,'-][^\W_]+)*|[^\s\w]")


def words_of(text: str) -> list[str]:
    """The words and marks of ``text``, cut alike in lists and corpora; quicker than the tokens of the package and exact enough."""
    return _TOKEN.findall(text.replace("’", "'"))


def key_of(text: str) -> str:
    """How a form is counted: in lower case, unless it has a capital that the list asks for."""
    return " ".join(words_of(text))


def forms_of(row: Row) -> Iterator[tuple[str, str]]:
    """The keys of the pairs of forms that a row stands for."""
    for observed, intended in inflected_pairs(row.observed, row.intended, row.pos):
        yield key_of(observed), key_of(intended)


def counted(corpora: Path, wanted: Iterable[str]) -> Counter[str]:
    """How often each of ``wanted`` stands in the clean text; those with a capital in exactly that letter case."""
    wanted = frozenset(wanted)
    small_lengths, cased_lengths = _lengths(key for key in wanted if key == key.lower()), _lengths(k for k in wanted if k != k.lower())
    counts: Counter[str] = Counter()
    for file in sorted(corpora.glob("*.txt.xz")):
        if file.name.split(".")[0] in HELD_OUT:
            continue
        with lzma.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                cased = words_of(line)
                small = [word.lower() for word in cased]
                counts[TOTAL] += len(small)
                for words, lengths in ((small, small_lengths), (cased, cased_lengths)):
                    for at, word in enumerate(words):
                        for length in lengths.get(word, ()):
                            key = word if length == 1 else " ".join(words[at : at + length])
                            if key in wanted:
                                counts[key] += 1
        print(f"{file.name}: {counts[TOTAL]:,} words so far", file=sys.stderr)
    return counts


def _lengths(keys: Iterable[str]) -> dict[str, set[int]]:
    """How many words the keys have that begin with a word."""
    lengths: dict[str, set[int]] = {}
    for key in keys:
        first, *rest = key.split(" ")
        lengths.setdefault(first, set()).add(len(rest) + 1)
    return lengths


def read_counts(file: Path) -> Counter[str]:
    """A table of counts, as the first step writes it; empty if there is none yet."""
    if not file.exists():
        return Counter()
    rows = (line.partition("\t") for line in file.read_text(encoding="utf-8").splitlines())
    return Counter({key: int(number) for key, _, number in rows})


def expected(rows: Iterable[Row], counts: Counter[str]) -> dict[str, float]:
    """How often each observed form would stand in a spun text as long as the clean one, by all rows that have it."""
    best: dict[tuple[str, str], float] = {}
    for row in rows:
        for pair in forms_of(row):
            best[pair] = max(best.get(pair, 0.0), row.p)
    found: dict[str, float] = {}
    for (observed, intended), p in best.items():
        found[observed] = found.get(observed, 0.0) + SPUN_SHARE * p * counts[intended]
    return found


def mark_of(row: Row, counts: Counter[str], spun: Mapping[str, float]) -> str:
    """What the observed forms of ``row`` say by themselves, as far as they have been counted."""
    forms = {observed for observed, _ in forms_of(row)}
    if not forms <= counts.keys():
        return ""  # not counted yet
    million = counts[TOTAL] / 1e6
    seen = max(counts[form] for form in forms)
    if seen >= ORDINARY_PER_MILLION * million:
        return "none"
    clean = sum(counts[form] for form in forms) + 0.5
    return "strong" if seen <= NEVER_PER_MILLION * million and sum(spun[form] for form in forms) >= FACTOR * clean else ""


def mark(file: Path, counts: Counter[str], spun: Mapping[str, float]) -> Counter[str]:
    """Write the marks into a list; how many rows got each."""
    rows = {row.line: row for row in read_list(file).rows}
    lines = file.read_text(encoding="utf-8").split("\n")
    given: Counter[str] = Counter()
    for number, row in rows.items():
        found = row.evidence if BY_HAND in row.note else mark_of(row, counts, spun)
        cells = [cell for cell in lines[number - 1].split("\t") if not cell.startswith("evidence=")]
        lines[number - 1] = "\t".join([*cells, f"evidence={found}"] if found else cells)
        given[found] += 1
    file.write_text("\n".join(lines), encoding="utf-8", newline="")
    return given


def main() -> None:
    """Count, or mark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(dest="step", required=True)
    count = steps.add_parser("count")
    count.add_argument("corpora", type=Path)
    count.add_argument("counts", type=Path)
    steps.add_parser("mark").add_argument("counts", type=Path)
    args = parser.parse_args()
    if args.step == "count":
        wanted = {key for file in list_files(SOURCES) for row in read_list(file).rows for pair in forms_of(row) for key in pair}
        known = read_counts(args.counts)
        fresh = wanted - known.keys()
        counts = {**dict.fromkeys(fresh, 0), **known, **counted(args.corpora, fresh)}
        args.counts.write_text("".join(f"{key}\t{number}\n" for key, number in sorted(counts.items())), encoding="utf-8")
        return
    table = read_counts(args.counts)
    spun = expected((row for file in list_files(SOURCES) for row in read_list(file).rows), table)
    for file in list_files(SOURCES):
        if f"{file.parent.name}/{file.stem}" in MADE_BY_PROGRAM:
            continue
        given = mark(file, table, spun)
        print(f"{file.parent.name}/{file.stem}: {given['strong']} strong, {given['none']} none, {given['']} between")


if __name__ == "__main__":
    main()
