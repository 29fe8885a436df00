"""What the lists say may have been meant by some tokens: for rules that put names and phrases together from them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from ..text import Document, cut
from ..wordlists import Index, key_of


@dataclass(frozen=True, slots=True)
class Reading:
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


@lru_cache(maxsize=50_000)
def _readings(index: Index, key: str, vocabulary: frozenset[str] | None) -> Mapping[str, Mapping[str, tuple[Reading, ...]]]:
    """The readings that ``index`` lists for what begins with ``key``, by the second key ("" for none) and the first word meant.

    Entries with guards are left out.  With ``vocabulary`` only those that are made of its words.
    """
    found: dict[str, dict[str, tuple[Reading, ...]]] = {}
    for entry in index.entries(key):
        if not (entry.near or entry.absent):
            if vocabulary is not None and entry.intended.isalpha() and entry.intended.lower() not in vocabulary:
                continue  # what most come to: no need to cut it into tokens
            words = cut(entry.intended)
            known = tuple(word.lower() for word in words)
            if vocabulary is None or vocabulary.issuperset(known):
                reading = Reading(entry.rest, entry.observed, words, known, math.log(entry.p))
                group = found.setdefault(entry.rest[0] if entry.rest else "", {})
                group[known[0]] = (*group.get(known[0], ()), reading)
    return found


class Readings:
    """The readings of the tokens of one document; with ``vocabulary`` only those that are made of its words."""

    def __init__(self, document: Document, indexes: Sequence[Index], vocabulary: frozenset[str] | None = None) -> None:
        self.document = document
        self.keys = tuple(map(key_of, document.forms, document.surfaces))
        self._indexes = indexes
        self._vocabulary = vocabulary

    def at(self, k: int, wanted: Set[str] | None = None) -> Iterator[Reading]:
        """The listed readings of what begins at token ``k``; with ``wanted`` those whose first word is one of these."""
        for index in self._indexes:
            known = _readings(index, self.keys[k], self._vocabulary)
            if known:
                for second in ("", *self.keys[k + 1 : k + 2]):
                    group = known.get(second, {})
                    for word in sorted(group if wanted is None else group.keys() & wanted):
                        yield from (reading for reading in group[word] if self._stands(reading, k))

    def _stands(self, reading: Reading, k: int) -> bool:
        stop = k + len(reading.rest) + 1
        if reading.rest and self.keys[k + 1 : stop] != reading.rest:
            return False
        return not reading.observed or self.document.text[self.document.starts[k] : self.document.ends[stop - 1]] == reading.observed
