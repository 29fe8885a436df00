"""Broad confusion sets: what a word may stand for that no list has.

For each lemma the file holds its associates in two thesauri, Moby's (of associations, much like the tables of spinners) and WordNet,
with how closely they are bound: the cosine of their entries in Moby's, and a common synset or one step between synsets in WordNet.
With each comes how near the two lie in text: the cosine of what they stand beside in the corpora of the language model.  Words that lie
near and that no thesaurus brings together follow as neighbours.

File layout (little-endian), made by ``tools/build_confusions.py`` and ``tools/build_neighbours.py``::

    12 bytes         b"spinfixCONFU"
    3 x 4 bytes      number of words w, of associations a, and of bytes b of the words
    b bytes          the words, sorted, a line feed between them (UTF-8)
    4 (w + 1) bytes  where each word's associations begin
    2 a bytes        the associates, as indices into the words, the most closely bound first
    a bytes          the bonds: bits 0 to 4 the cosine (0 none, k for exp((k - 31) / 8)), bit 5 a common synset, bit 6 one step; 0 for a
                     neighbour that no thesaurus has
    a bytes          how near they lie: 0 where that is not known, k for a cosine of (k - 1) / 250

Nothing but the words is read before it is asked for.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import islice
from mmap import mmap
from typing import Final, NoReturn, overload

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError
from .inflection import paradigm
from .wordlists import mapped, package_file

MAGIC: Final = b"spinfixCONFU"
COSINE_BITS: Final = 31
SYNSET: Final = 32
STEP: Final = 64
FAR: Final = 1  # the cosine 0 of two words in text
NEAR_STEPS: Final = 250  # of such a cosine from 0 to 1

# log P(observed | intended) of a bond, nats; chosen on held-out tortured phrases (benchmarks/tortured.py)
MOBY: Final = -5.3  # where the cosine is 0.1
MOBY_SLOPE: Final = 0.6  # for each nat of the cosine
WORDNET: Final = -4.0
WORDNET_STEP: Final = -5.5
# The same of how near the two lie in text; chosen on pairs that were seen in spun pages (benchmarks/confusion_sets.py)
NEAR: Final = 3.0  # for a cosine of 1
MIDDLE: Final = 0.2  # the cosine that adds nothing
NEIGHBOUR: Final = -7.7  # of a neighbour that no thesaurus has, at that cosine
MADE: Final = 60  # associates of a lemma that are inflected
INFLECTED: Final = -0.5  # the form is made by rule from a lemma's

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]


def log_p(bonds: Bytes, near: Bytes) -> Floats:
    """log P(observed | intended) of associations, from their bonds and how near they lie (nats)."""
    bound, lying = _values()
    found: Floats = bound[bonds] + lying[near]
    return found


@cache
def _values() -> tuple[Floats, Floats]:
    bound = np.full(256, NEIGHBOUR)
    for bond in range(1, 256):
        cosine = bond & COSINE_BITS
        bound[bond] = max(
            MOBY + MOBY_SLOPE * ((cosine - 31) / 8 - np.log(0.1)) if cosine else -99.0,
            WORDNET if bond & SYNSET else -99.0,
            WORDNET_STEP if bond & STEP else -99.0,
        )
    lying = NEAR * ((np.arange(256) - FAR) / NEAR_STEPS - MIDDLE)
    lying[0] = 0.0
    return bound, lying


class Lines(Sequence[str]):
    """The lines of a text, cut when they are asked for: in a sixth of the room of so many short strings."""

    def __init__(self, text: str) -> None:
        self._text = text
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        self._starts = array("I", np.concatenate([[0], np.flatnonzero(points == ord("\n")) + 1, [len(text) + 1]]).astype("I").tobytes())

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        """The line of a number from 0 on, or several of them."""
        if isinstance(at, slice):
            return [self[k] for k in range(len(self))[at]]
        return self._text[self._starts[at] : self._starts[at + 1] - 1]


class Confusions:
    """What each word may stand for, with log P(observed | intended)."""

    def __init__(self, data: bytes | mmap, path: str = "") -> None:
        head = len(MAGIC) + 12
        if data[: len(MAGIC)] != MAGIC or len(data) < head:
            raise ModelError(f"{path}: expected confusion sets ({MAGIC!r} at their start), found {data[:12]!r}: reinstall spinfix")
        count, size, length = struct.unpack_from("<III", data, len(MAGIC))
        expected = head + length + 4 * (count + 1) + 4 * size
        if len(data) != expected:
            raise ModelError(f"{path}: expected {expected} bytes, found {len(data)}: reinstall spinfix")
        self._path = path
        self.words = Lines(data[head : head + length].decode("utf-8", "replace"))
        self._starts = np.frombuffer(data, "<u4", count + 1, head + length)
        self.associates = np.frombuffer(data, "<u2", size, head + length + 4 * (count + 1))
        self.bonds = np.frombuffer(data, np.uint8, size, head + length + 4 * (count + 1) + 2 * size)
        self.near = np.frombuffer(data, np.uint8, size, head + length + 4 * (count + 1) + 3 * size)
        if count != len(self.words) or self._starts[-1] != size:
            self._leads_elsewhere()

    def _leads_elsewhere(self) -> NoReturn:
        raise ModelError(f"{self._path}: expected associations of its {len(self)} words, found some that lead elsewhere: reinstall spinfix")

    def __len__(self) -> int:
        return len(self.words)

    def row(self, lemma: str) -> slice:
        """Where the associations of ``lemma`` stand; nowhere if it is not known."""
        at = bisect_left(self.words, lemma)
        if at == len(self.words) or self.words[at] != lemma:
            return slice(0, 0)
        start, stop = int(self._starts[at]), int(self._starts[at + 1])
        if start > stop or stop > len(self.bonds):
            self._leads_elsewhere()
        return slice(start, stop)

    def of_lemma(self, lemma: str) -> Iterator[tuple[str, float]]:
        """The associates of ``lemma``, each with log P(lemma | associate) in nats; the most closely bound first."""
        row = self.row(lemma)
        numbers = self.associates[row].tolist()
        if max(numbers, default=0) >= len(self.words):
            self._leads_elsewhere()
        for number, value in zip(numbers, log_p(self.bonds[row], self.near[row]).tolist(), strict=True):
            yield self.words[number], value

    def of_word(self, word: str) -> dict[str, float]:
        """What ``word`` may stand for, in the inflected form that it has itself, with log P(word | that) in nats.

        >>> found = shipped_confusions().of_word("woodlands")
        >>> found["forests"] > found["parks"]
        True
        """
        found: dict[str, float] = {}
        for lemma, pos, form in lemmas(word):
            for associate, value in islice(self.of_lemma(lemma), None if pos == "x" else MADE):
                for inflected in (associate,) if pos == "x" else inflection(associate, pos, form):
                    log_p = value if pos == "x" else value + INFLECTED
                    if inflected != word and log_p > found.get(inflected, -99.0):
                        found[inflected] = log_p
        return found


@lru_cache(maxsize=4_000)
def inflection(lemma: str, pos: str, form: str) -> tuple[str, ...]:
    """The form of a lemma that has this name, in all its spellings; none where there is none."""
    return paradigm(lemma, pos, form).get(form, ())


@lru_cache(maxsize=10_000)
def lemmas(word: str) -> tuple[tuple[str, str, str], ...]:
    """What ``word`` may be a form of: lemma, part of speech and name of the form (``x`` and ``base`` for the word itself).

    >>> ("study", "n", "plural") in lemmas("studies"), ("stop", "v", "ing") in lemmas("stopping")
    (True, True)
    """
    found = [(word, "x", "base")]
    for stem in dict.fromkeys(_stems(word)):
        for pos in "nv":
            found += [(stem, pos, name) for name, forms in paradigm(stem, pos).items() if name != "base" and word in forms]
    return tuple(found)


def _stems(word: str) -> Iterator[str]:
    for ending, put in (("ies", "y"), ("ied", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e")):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1:
            yield stem + put
            if not put and len(stem) > 3 and stem[-1] == stem[-2]:
                yield stem[:-1]


@cache
def shipped_confusions() -> Confusions:
    """The confusion sets of the package, read on first use."""
    with package_file("confusions.bin") as path:
        return Confusions(mapped(path), str(path))
