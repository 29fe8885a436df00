"""Coverage: for what share of the substitutions that were seen in spun pages is the intended form among the candidates?

    python benchmarks/coverage_of_lists.py LEXICON/observed-substitutions.tsv [--missing] [--held-out] [--write]

It is given with all lists, and without those that were copied from such tables (``seen``), which says how far lists that are written
from knowledge reach.  ``--held-out`` takes one fifth of the verified rows of the news and blog family, by a hash of the observed form,
which is for measuring only; for these and for the others it also says how probable the lists call the true row among its rivals.
The table has a row for each substitution: observed, intended, number of texts, family, and ``verified`` where the original page was
found and aligned.  A row counts as covered if some reading of the observed form, of candidates and of words that are kept, is the
intended form.  What no candidate gives cannot be restored, so this is the ceiling of all that comes after.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))
import results

from spinfix.candidates import propose
from spinfix.channel import Channel
from spinfix.language_model import default_model
from spinfix.list_files import list_files
from spinfix.records import Candidate
from spinfix.text import Document, tokenize
from spinfix.wordlists import Index, compiled_lines, read_list, shipped_index

SOURCES = Path(__file__).parent.parent / "wordlists"


@dataclass(frozen=True, slots=True)
class Observed:
    """A substitution that was seen."""

    observed: str
    intended: str
    family: str
    verified: bool


def read(file: Path) -> list[Observed]:
    """The rows of a table of observed substitutions."""
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            observed, intended, _, family, verified = (*line.split("\t"), "")[:5]
            rows.append(Observed(observed, intended, family, verified == "verified"))
    return rows


@cache
def written_index() -> Index:
    """The lists of the package without those of pairs that were seen."""
    lists = (read_list(file) for file in list_files(SOURCES) if file.stem != "seen")
    return Index("\n".join(compiled_lines(lists, cache(default_model().knows))).encode())


@cache
def _channel(index: Index) -> Channel:
    return Channel([index], default_model())


def is_covered(row: Observed, index: Index) -> bool:
    """Whether the candidates for the observed form, standing alone, lead to the intended form."""
    document = tokenize(row.observed)
    candidates = propose(document, [index], _channel(index))
    return reads_as(document, candidates, [folded(word) for word in tokenize(row.intended).surfaces])


def folded(word: str) -> str:
    """A word as it is compared: letter case and the kind of apostrophe make no difference."""
    return re.sub("[’‘]", "'", word).casefold()


def reads_as(document: Document, candidates: Sequence[Candidate], wanted: Sequence[str]) -> bool:
    """Whether some reading of ``document`` is ``wanted``.

    >>> from spinfix.text import tokenize
    >>> reads_as(tokenize("in a hurry"), (), ["in", "a", "hurry"])
    True
    """
    ends: list[set[int]] = [set() for _ in range(len(document) + 1)]  # how many wanted words may have been read before a token
    ends[0].add(0)
    for at, starts in enumerate(ends[:-1]):
        for start in starts:
            if wanted[start : start + 1] == [folded(document.surfaces[at])]:
                ends[at + 1].add(start + 1)
            for c in candidates:
                words = [folded(word) for word in c.words]
                if c.first == at and wanted[start : start + len(words)] == words:
                    ends[c.last].add(start + len(words))
    return len(wanted) in ends[-1]


FAMILY: Final = "seed-dictionary"  # what the table calls the news and blog family


def is_held_out(row: Observed) -> bool:
    """Whether this row belongs to the fifth that is for measuring only; all rows of one observed form go together."""
    return hashlib.sha256(row.observed.casefold().encode()).digest()[0] % 5 == 0


def log_share(row: Observed, index: Index) -> float | None:
    """How probable the lists call ``row`` among all they have for its observed form as a whole, in nats; None if they lack it.

    The share is that of P(observed given intended), so an intended form that is commoner in text gains nothing here.
    """
    document = tokenize(row.observed)
    shares = {
        " ".join(map(folded, c.words)): math.exp(c.log_p)
        for c in propose(document, [index], _channel(index))
        if (c.first, c.last) == (0, len(document))
    }
    own = shares.get(" ".join(map(folded, tokenize(row.intended).surfaces)))
    return math.log(own / sum(shares.values())) if own else None


def held_out_table(rows: Iterable[Observed], indexes: Iterable[tuple[str, Index]]) -> str:
    """Coverage and mean share of the verified rows of the news and blog family that are held out, and of the others."""
    verified = [row for row in rows if row.verified and row.family == FAMILY]
    lines = []
    for name, index in indexes:
        for part, wanted in (("held out", True), ("the others", False)):
            chosen = [row for row in verified if is_held_out(row) == wanted]
            covered = sum(is_covered(row, index) for row in chosen)
            shares = [share for row in chosen if (share := log_share(row, index)) is not None]
            mean = f"{sum(shares) / len(shares):.3f}" if shares else "-"
            lines.append((name, part, str(len(chosen)), f"{covered / len(chosen):.3f}", str(len(shares)), mean))
    return results.table(("lists", "rows", "verified", "covered", "listed whole", "mean log share"), lines)


def table(rows: Iterable[Observed], index: Index) -> str:
    """How many of each family are covered, all of them and those verified."""
    groups: dict[str, list[Observed]] = {}
    for row in rows:
        groups.setdefault(row.family, []).append(row)
        groups.setdefault("all", []).append(row)
    lines = []
    for family, members in sorted(groups.items(), key=lambda item: (item[0] == "all", -len(item[1]))):
        cells = []
        for chosen in (members, [row for row in members if row.verified]):
            covered = sum(is_covered(row, index) for row in chosen)
            cells += [str(len(chosen)), f"{covered / len(chosen):.3f}" if chosen else "-"]
        lines.append((family, *cells))
    return results.table(("family", "seen", "covered", "verified", "covered"), lines)


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("observed", type=Path)
    parser.add_argument("--missing", action="store_true", help="list what no candidate gives")
    parser.add_argument("--held-out", action="store_true", help="measure the fifth that is kept away while lists are judged")
    parser.add_argument("--write", action="store_true", help="append to RESULTS.md")
    args = parser.parse_args()
    rows = read(args.observed)
    if args.missing:
        for row in rows:
            if not is_covered(row, shipped_index()):
                print(f"{row.observed}\t{row.intended}\t{row.family}\t{'verified' if row.verified else ''}")
        return
    if args.held_out:
        text = results.section(
            "coverage: rows held out", "`python benchmarks/coverage_of_lists.py --held-out`.",
            (held_out_table(rows, (("all", shipped_index()), ("without what was seen", written_index()))),),
        )  # fmt: skip
        print(text)
        if args.write:
            results.record(text)
        return
    blocks = ("All lists:", table(rows, shipped_index()), "Without the lists of what was seen:", table(rows, written_index()))
    settings = f"`python benchmarks/coverage_of_lists.py`, {len(rows)} substitutions."
    text = results.section("coverage: is the intended form among the candidates", settings, blocks)
    print(text)
    if args.write:
        results.record(text)


if __name__ == "__main__":
    main()
