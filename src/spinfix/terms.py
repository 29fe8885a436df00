"""The fixed terms of the sciences: which pairs and triples of words are one, and what a reading gains by it.

The language model has seen *random forest* often, *myocardial infarction* hardly; a reading that makes a known term of two or three
words gets a bonus on top of the model, for it is likelier than words that merely stand side by side.  The bonus goes to what is written
as to what may have been meant, so a term that stands in the text is held as firmly as one that is proposed.

File layout (little-endian), made by ``tools/build_terms.py``::

    12 bytes   b"spinfixTERMS"
    4 bytes    number of terms, n
    8 n bytes  keys, ascending: as ``language_model.join_keys`` makes them from the words' own keys
    n bytes    kind of each: 1 a collocation or of our longer lists, 2 of a dictionary, 3 of our lists
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError
from .fuse import join_keys
from .language_model import Floats, Indices, word_keys
from .text import FORMS
from .wordlists import package_file

MAGIC: Final = b"spinfixTERMS"
# nats by kind; chosen on held-out tortured phrases (benchmarks/tortured.py), where twice as much loses 2 points of exact@1
BONUS: Final = np.array([0.0, 1.5, 2.7, 3.0])


# Bits of a key by which most of what is no term is told without a search: one key in eight passes.
SIEVE_BITS: Final = 20


class Terms:
    """Known pairs and triples of words."""

    def __init__(self, keys: NDArray[np.uint64], kinds: NDArray[np.uint8]) -> None:
        self._keys = keys
        self._kinds = kinds
        self._sieve = np.zeros(1 << SIEVE_BITS, dtype=bool)
        self._sieve[_sieved(keys)] = True

    def __len__(self) -> int:
        return len(self._keys)

    @classmethod
    def load(cls, path: Path) -> Terms:
        """The terms in the file at ``path``; ``ModelError`` where it holds none."""
        data = path.read_bytes()
        if data[: len(MAGIC)] != MAGIC or len(data) < 16:
            raise ModelError(f"{path}: expected a file of terms ({MAGIC!r} at its start), found {data[:12]!r}: reinstall spinfix")
        (count,) = struct.unpack_from("<I", data, len(MAGIC))
        if len(data) != 16 + 9 * count:
            raise ModelError(f"{path}: expected {16 + 9 * count} bytes for {count} terms, found {len(data)}: reinstall spinfix")
        kinds = np.frombuffer(data, np.uint8, count, 16 + 8 * count)
        if not count or kinds.max() >= len(BONUS):
            raise ModelError(f"{path}: expected terms of the kinds 1 to {len(BONUS) - 1}, found {count and kinds.max()}: reinstall spinfix")
        return cls(np.frombuffer(data, "<u8", count, 16), kinds)

    def knows(self, *words: str) -> bool:
        """Whether the two or three ``words`` are a known term.

        >>> shipped_terms().knows("random", "forest"), shipped_terms().knows("irregular", "woodland")
        (True, False)
        """
        keys = word_keys(FORMS[w] for w in words)
        key = keys[:1]
        for k in range(1, len(words)):
            key = join_keys(key, keys[k : k + 1])
        return bool(self.bonus_of_keys(key)[0])

    def bonus(self, surfaces: list[str], first: Indices, second: Indices, third: Indices) -> Floats:
        """What the third word of each triple gains (nats) by ending a term with the one or two words before it."""
        return self.bonus_of(self.keys(surfaces), first, second, third)

    def keys(self, surfaces: list[str]) -> NDArray[np.uint64]:
        """The keys of words, for whoever asks about the same words more than once."""
        return word_keys(FORMS[s] for s in surfaces)

    def bonus_of(self, keys: NDArray[np.uint64], first: Indices, second: Indices, third: Indices) -> Floats:
        """``bonus`` for words whose ``keys`` are known."""
        pair = self.bonus_of_keys(join_keys(keys[second], keys[third]))
        triple = self.bonus_of_keys(join_keys(join_keys(keys[first], keys[second]), keys[third]))
        best: Floats = np.maximum(pair, triple)
        return best

    def bonus_of_keys(self, keys: NDArray[np.uint64]) -> Floats:
        """What the words with these ``keys`` (of pairs or triples, as ``join_keys`` makes them; any shape) gain by being a term."""
        found = np.zeros(keys.shape)
        likely = np.nonzero(self._sieve[_sieved(keys)])
        wanted = keys[likely]
        at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        found[likely] = np.where(self._keys[at] == wanted, BONUS[self._kinds[at]], 0.0)
        return found


def _sieved(keys: NDArray[np.uint64]) -> Indices:
    return (keys >> np.uint64(64 - SIEVE_BITS)).astype(np.int64)


@cache
def shipped_terms() -> Terms:
    """The terms of the package, read on first use."""
    with package_file("terms.bin") as path:
        return Terms.load(path)
