"""What the lists say may have been meant by some tokens: for rules that put names and phrases together from them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from typing import Final, NamedTuple

from ..known_names import shipped_names
from ..standing import standing_in
from ..text import Document, cut
from ..wordlists import Index


class Reading(NamedTuple):
    """A listed reading of some tokens: the words meant, as written and in small letters, and log P(observed | intended)."""

    rest: tuple[str, ...]  # keys of the tokens after the first
    observed: str  # the letter case that is asked for, or "" for any
    words: tuple[str, ...]
    known: tuple[str, ...]
    log_p: float  # nats

    @property
    def size(self) -> int:
        """How many tokens are read."""
        return 1 + len(self.rest)


CACHED: Final = 2_000


@lru_cache(maxsize=CACHED)
def _reading(index: Index, number: int) -> Reading | None:
    """The reading of a line of ``index``; none where it has a guard."""
    _, entry = index.entry(number)
    if entry.near or entry.absent:
        return None
    words = cut(entry.intended)
    return Reading(entry.rest, entry.observed, words, tuple(map(str.lower, words)), math.log(entry.p))


class Readings:
    """The readings of the tokens of one document; with ``vocabulary`` only those that are made of its words."""

    def __init__(self, document: Document, indexes: Sequence[Index], vocabulary: frozenset[str] | None = None) -> None:
        self.document = document
        self._indexes = indexes
        self._vocabulary = vocabulary
        self.keys, _, self._lines = standing_in(document, indexes)
        if vocabulary is not None and vocabulary is shipped_names().words:  # most lines are passed over unread
            self._lines = [lines.named() for lines in self._lines]

    def at(self, k: int, wanted: Set[str] | None = None) -> Iterator[Reading]:
        """The listed readings of what begins at token ``k``; with ``wanted`` those whose first word is one of these."""
        for index, lines in zip(self._indexes, self._lines, strict=True):
            numbers = lines[k]
            if not numbers:
                continue
            found = []
            for number in numbers:
                reading = _reading(index, number)
                if reading is None or (wanted is not None and reading.known[0] not in wanted):
                    continue
                if (self._vocabulary is None or self._vocabulary.issuperset(reading.known)) and self._stands(reading, k):
                    found.append(reading)
            yield from sorted(found, key=lambda r: (bool(r.rest), r.known[0]))

    def are_at(self, k: int) -> bool:
        """Whether lists have anything that begins at token ``k``, as far as that is seen without reading them."""
        return any(lines[k] for lines in self._lines)

    def _stands(self, reading: Reading, k: int) -> bool:
        return not reading.observed or self.document.written(k, k + reading.size) == reading.observed
