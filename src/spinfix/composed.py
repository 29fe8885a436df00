"""Pairs of words that only a spinner puts side by side: composed of the word channel and the terms of the sciences before anybody asks.

*Fleecy rationale* stands in no list and in no corpus, but *fleecy* stands for fuzzy, *rationale* for logic, and fuzzy logic is a term.
``tools/compose_pairs.py`` writes every known term as spinners would and keeps the pairs that they write far oftener than honest writers:
an honest writer has a synonym in the place of a term's word as often as it was met there with other words (*laryngeal carcinoma*), and
any two words side by side now and then by chance.  What is kept is known by its key, with the logarithm of how much oftener that is.

File layout, made by ``tools/compose_pairs.py``::

    12 bytes     b"spinfixPAIR2"
    4 bytes      length of the header (little-endian)
    header       JSON: the facts of the table and the book of its values (nats)
    table        a static function, see ``spinfix.fuse``

What honest writers are known to write (``tools/honest``) is not composed.  Where published tortured phrases have it as well,
``honest_pairs.tsv`` says how many nats of its weight are left, a line ``first<TAB>second<TAB>nats`` for each (*flag handling* of a manual,
which means signal processing in many a spun paper).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from mmap import mmap
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError
from .fuse import FuseTable, Keys, table_in
from .page_words import keys_of, pair_keys
from .wordlists import mapped, package_file

Floats = NDArray[np.float64]

MAGIC: Final = b"spinfixPAIR2"
BESIDE: Final = 0.5  # share of its weight that a pair gains from one that has a word in common with it
RARE: Final = 3.0  # what is taken off the weight of each pair that speaks for a spun document: even there few words make one


NO_KEYS: Final[Keys] = np.zeros(0, dtype=np.uint64)
NO_WEIGHTS: Final[Floats] = np.zeros(0)


class Composed(NamedTuple):
    """The weights of pairs."""

    table: FuseTable
    book: Floats  # nats, by the value in the table
    honest: Keys = NO_KEYS  # of pairs that have less weight all the same, ascending
    left: Floats = NO_WEIGHTS  # nats: what each of these has at most

    @classmethod
    def load(cls, data: bytes | mmap, path: str = "") -> Composed:
        """The pairs in a file's ``data``; ``ModelError`` where these are none."""
        try:
            if data[: len(MAGIC)] != MAGIC:
                raise ValueError
            start = len(MAGIC) + 4
            stop = start + int.from_bytes(data[len(MAGIC) : start], "little")
            header = json.loads(data[start:stop])
            facts, book = header["table"], np.array([float(value) for value in header["book"]])
            if len(data) - stop != facts["size"] or len(book) < 1 << facts["value_bits"]:
                raise ValueError
            return cls(table_in(data, stop, facts), book)
        except (ValueError, KeyError, TypeError):
            raise ModelError(
                f"{path}: expected composed pairs ({MAGIC!r} at their start), found {data[:12]!r}: reinstall spinfix"
            ) from None

    def of(self, pairs: Keys) -> Floats:
        """The weight (nats) of each of the ``pairs``, by their keys (``page_words.pair_keys``); 0 for all that are not known."""
        known, values = self.table.look_up(pairs)
        found: Floats = np.where(known, self.book[values], 0.0)
        if len(self.honest):
            met = np.flatnonzero(found)
            at = np.minimum(np.searchsorted(self.honest, pairs[met]), len(self.honest) - 1)
            found[met] = np.where(self.honest[at] == pairs[met], np.minimum(found[met], self.left[at]), found[met])
        return found

    def without(self, lines: str) -> Composed:
        """The same, but that the pairs in ``lines`` have less weight: see ``honest_pairs.tsv``."""
        rows = [line.split("\t") for line in lines.splitlines() if line and not line.startswith("#")]
        first, second = (keys_of(" ".join(row[k] for row in rows)) for k in (0, 1))
        keys, left = pair_keys(first, second), np.array([float(row[2]) for row in rows])
        order = np.argsort(keys)
        return self._replace(honest=keys[order], left=left[order])


def joined(weights: Floats) -> Floats:
    """The ``weights`` of a row of pairs, each with its share of those that it has a word in common with; where there is none, 0."""
    found = weights.copy()
    found[1:] += BESIDE * weights[:-1]
    found[:-1] += BESIDE * weights[1:]
    return np.where(weights > 0, found, 0.0)


def together(weights: Iterable[float]) -> float:
    """By how many nats different pairs of such ``weights`` speak for the document's being spun: each but the heaviest.

    One odd pair is an author's, often enough; that it is judged by itself does not make the rest of the page suspect.
    """
    return sum(max(weight - RARE, 0.0) for weight in sorted(weights)[:-1])


@cache
def shipped_composed() -> Composed:
    """The pairs of the package, read on first use."""
    with package_file("composed.bin") as path:
        known = Composed.load(mapped(path), str(path))
    with package_file("honest_pairs.tsv") as path:
        return known.without(path.read_text(encoding="utf-8"))
