"""Learn ``src/spinfix/data/word-channel.tsv.gz`` from pairs of tortured and expected phrases (``spinfix.word_channel`` describes it).

    python tools/learn_word_channel.py PHRASES.tsv

``PHRASES.tsv`` has lines ``tortured<TAB>expected``.  Pairs of equal length are taken word by word first; with the counts that this
gives, all pairs are cut into segments of one to four words against one to three, in order, by dynamic programming, and counted anew,
three times (hard expectation-maximisation).  Pairs of one word are kept, and longer ones that were met twice; a pair of segments that is
itself a line of ``PHRASES.tsv`` is left out of the table unless it stands inside two other lines too.

To what was learned come the pairs written by hand in ``tools/channel``, lines ``intended: observed, observed``, as if each had been met
``WRITTEN`` times, and those of ``tools/channel/looser``, the likelier first, with a count below one (``spinfix.word_channel`` says what
that is).  What stands as a whole in ``PHRASES.tsv`` is not written there: the benchmark is to see words compose.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from package_data import put

from spinfix.unlisted import FUNCTION_WORDS
from spinfix.word_channel import gathered

Pair = tuple[str, str]

CHANNEL: Final = Path(__file__).parent / "channel"
WRITTEN: Final = 1.5  # of 1, 1.5 and 3 this finds most of the phrases held out
LOOSER: Final = 0.15  # the same of a looser synonym, the first in its line; of 0.04, 0.08, 0.15, 0.4 and 1.5
LATER: Final = 0.95  # and of each one after it, for each one before
ROUNDS: Final = 3
OBSERVED_WORDS: Final = 4  # of one segment
INTENDED_WORDS: Final = 3
KEPT: Final = -0.2  # nats, like all below
UNKNOWN: Final = -3.5
SEEN_ONCE: Final = -2.0
SEEN: Final = -1.0
LONGER: Final = -2.0  # for each word more than one against one
SAME_START: Final = 1.0  # the first four letters are the same


def clean(phrase: str) -> str:
    """The words of a phrase: what stands in brackets, punctuation and hyphens taken off."""
    phrase = re.sub(r"\[[^\]]*\]|\([^()]*\)|\([^()]*$", " ", phrase.replace("\\", " "))
    return " ".join(re.sub(r"[\"*?,)–-]", " ", phrase).lower().split())


def read_pairs(path: Path) -> Iterator[Pair]:
    """The tortured and expected phrases of a file, as they stand there."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            tortured, expected = line.split("\t")[:2]
            yield tortured, expected


def align(tortured: Sequence[str], expected: Sequence[str], counts: Counter[Pair]) -> list[Pair]:
    """The likeliest cut of both into as many segments, in order; none where there is no cut."""
    best: dict[tuple[int, int], tuple[float, tuple[int, int], Pair]] = {(0, 0): (0.0, (0, 0), ("", ""))}
    for i in range(len(tortured)):
        for j in range(len(expected)):
            if (i, j) not in best:
                continue
            for a in range(1, min(OBSERVED_WORDS, len(tortured) - i) + 1):
                for b in range(1, min(INTENDED_WORDS if a == 1 else 1, len(expected) - j) + 1):
                    pair = " ".join(tortured[i : i + a]), " ".join(expected[j : j + b])
                    value = best[i, j][0] + _weight(pair, a + b, counts)
                    if value > best.get((i + a, j + b), (-1e9,))[0]:
                        best[i + a, j + b] = value, (i, j), pair
    at = len(tortured), len(expected)
    found: list[Pair] = []
    while at != (0, 0) and at in best:
        _, at, pair = best[at]
        found.append(pair)
    return found[::-1]


def _weight(pair: Pair, words: int, counts: Counter[Pair]) -> float:
    if pair[0] == pair[1]:
        return KEPT
    seen = counts[pair]
    value = (SEEN if seen >= 3 else SEEN_ONCE if seen >= 2 else UNKNOWN) + LONGER * (words - 2)
    return value + SAME_START if words == 2 and pair[0][:4] == pair[1][:4] else value


def learn(pairs: Sequence[Pair]) -> Counter[Pair]:
    """How often each segment stood for each (of cleaned phrases); a word kept stands for itself."""
    split = [(a.split(), b.split()) for a, b in pairs]
    counts = Counter(pair for a, b in split if len(a) == len(b) for pair in zip(a, b, strict=True) if pair[0] != pair[1])
    for _ in range(ROUNDS):
        counts = Counter(pair for a, b in split for pair in align(a, b, counts))
    return counts


def looser(folder: Path = CHANNEL / "looser") -> Iterator[tuple[Pair, float]]:
    """The pairs of ``folder``'s files and what each counts as."""
    for _, group in groupby(written(folder), key=lambda pair: pair[1]):
        yield from ((pair, LOOSER * LATER**k) for k, pair in enumerate(group))


def written(folder: Path = CHANNEL) -> Iterator[Pair]:
    """The pairs of ``folder``'s files, none longer than an alignment could bring together."""
    for file in sorted(folder.glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                intended, *others = (clean(part) for part in re.split("[:,]", line))
                for observed in dict.fromkeys(others):
                    if observed != intended and observed.count(" ") < OBSERVED_WORDS and intended.count(" ") < INTENDED_WORDS:
                        yield observed, intended


def table(pairs: Sequence[Pair], more: Iterable[Pair] = (), looser: Iterable[tuple[Pair, float]] = ()) -> list[str]:
    """The lines of the word channel that ``pairs`` (as they stand) teach, with what was written by hand."""
    cleaned = [(clean(a), clean(b)) for a, b in pairs]
    cleaned = [(a, b) for a, b in cleaned if a and b and a != b]
    counts = learn(cleaned)
    whole = Counter(cleaned)
    function = FUNCTION_WORDS.intersection
    counts = Counter({pair: n for pair, n in counts.items() if pair[0] == pair[1] or not function((pair[0], pair[1]))})
    least = {pair: 2 if whole[pair] or " " in pair[0] + pair[1] else 1 for pair in counts}
    found: dict[Pair, float] = {pair: n for pair, n in counts.items() if n - whole[pair] >= least[pair]}
    for pair in more:
        found[pair] = found.get(pair, 0) + WRITTEN
    for pair, count in looser:
        found.setdefault(pair, count)
    return [f"{a}\t{b}\t{n:.3g}" for (a, b), n in sorted(found.items())]


def without_written(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a table with what was learned alone."""
    for line in lines:
        observed, intended, count = line.split("\t")
        learned = float(count) - (WRITTEN if float(count) % 1 else 0.0)  # counts are whole numbers
        if learned >= 1:
            yield f"{observed}\t{intended}\t{learned:g}"


def main() -> int:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("phrases", type=Path)
    lines = table(list(read_pairs(parser.parse_args().phrases)), written(), looser())
    put("word-channel.tsv.gz", gzip.compress(gathered(lines).encode(), mtime=0))
    print(f"{len(lines):,} pairs", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
