"""Which entries of the lists stand in a text: found for all its tokens at once, in columns that are made ahead.

Every form that the lists observe has a key, made from those of its tokens; the columns hold the keys in ascending order, and where in
the compiled lists the entries of each begin.  Those of the shipped lists lie in a file, which ``tools/compile_wordlists.py`` makes;
those of a user's own are made from their lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .arrays import Arrays
from .fuse import Keys, join_keys
from .language_model import word_keys
from .text import Document
from .wordlists import Index, key_of, shipped_columns, shipped_index

Ints = NDArray[np.int64]

NAMED: Final = 8  # of ``flags``: all words meant are words of known names


def observed_columns(index: Index) -> dict[str, NDArray[Any]]:
    """What is observed, by its key: where its entries begin, how many there are; and the pairs that longer phrases begin with."""
    places: dict[tuple[str, ...], int] = {}
    counts: list[int] = []
    for number in range(len(index)):
        first, entry = index.entry(number)
        form = (first, *entry.rest)
        if form not in places:
            places[form] = number
            counts.append(0)
        counts[-1] += 1
    longest = max(map(len, places), default=1)
    by_length: list[list[tuple[str, ...]]] = [[form for form in places if len(form) == n] for n in range(longest + 1)]
    keys, order = [np.zeros(0, dtype=np.uint64)], [form for forms in by_length for form in forms]
    for forms in by_length[1:]:
        key = word_keys(form[0] for form in forms)
        for k in range(1, len(forms[0]) if forms else 0):
            key = join_keys(key, word_keys(form[k] for form in forms))
        keys.append(key)
    longer = [form for form in order if len(form) > 2]
    beginnings = join_keys(word_keys(f[0] for f in longer), word_keys(f[1] for f in longer)) if longer else keys[0]
    flat = np.concatenate(keys)
    sort = np.argsort(flat)
    count_of = dict(zip(places, counts, strict=True))
    return {
        "observed": flat[sort],
        "observed_first": np.array([places[form] for form in order], dtype="<u4")[sort],
        "observed_count": np.array([count_of[form] for form in order], dtype="<u4")[sort],
        "beginnings": np.unique(beginnings),
        "longest": np.array([longest], dtype="<u4"),
    }


@lru_cache(maxsize=16)
def columns_of(index: Index) -> Arrays:
    """The columns of ``index``: at least those of ``observed_columns``."""
    made = shipped_columns() if index is shipped_index() else {}
    return made or observed_columns(index)


def keys_in(document: Document) -> list[str]:
    """How the lists know the tokens of ``document``."""
    return [f if f[0] != "<" else key_of(f, s) for f, s in zip(document.forms, document.surfaces, strict=True)]


def standing(columns: Arrays, hashes: Keys, ends: Ints) -> tuple[Ints, Ints]:
    """The tokens at which entries begin that stand in a text, ascending, and the numbers of these entries' lines.

    ``hashes`` are the keys of the text's tokens, ``ends`` says for each where its stretch of prose ends.
    """
    size = len(hashes)
    found = [_met(columns, np.arange(size), hashes)]
    at = np.flatnonzero(np.arange(1, size) < ends[:-1])
    history = join_keys(hashes[at], hashes[at + 1])
    found.append(_met(columns, at, history))
    begun = _is_among(columns["beginnings"], history)
    at, history = at[begun], history[begun]
    for length in range(3, int(columns["longest"][0]) + 1):
        inside = at + length <= ends[at]
        at, history = at[inside], history[inside]
        if not len(at):
            break
        history = join_keys(history, hashes[at + length - 1])
        found.append(_met(columns, at, history))
    places, rows = (np.concatenate(parts) for parts in zip(*found, strict=True))
    first = columns["observed_first"][rows].astype(np.int64)
    order = np.lexsort((first, places))
    places, first, count = places[order], first[order], columns["observed_count"][rows[order]].astype(np.int64)
    start = np.cumsum(count) - count
    return np.repeat(places, count), np.arange(int(count.sum())) + np.repeat(first - start, count)


def _met(columns: Arrays, at: Ints, keys: Keys) -> tuple[Ints, Ints]:
    """Where one of ``keys`` is observed, and its row."""
    observed = columns["observed"]
    if not len(observed):
        return at[:0], at[:0]
    order = np.argsort(keys)  # in their order, keys are found in half the time
    keys = keys[order]
    row = np.minimum(np.searchsorted(observed, keys), len(observed) - 1)
    known = observed[row] == keys
    return at[order[known]], row[known]


def _is_among(known: Keys, keys: Keys) -> NDArray[np.bool_]:
    if not len(known):
        return np.zeros(len(keys), dtype=bool)
    among: NDArray[np.bool_] = known[np.minimum(np.searchsorted(known, keys), len(known) - 1)] == keys
    return among


class LinesAt:
    """For the tokens of a document the numbers of the lines whose entries begin there and stand in it."""

    def __init__(self, size: int, at: Ints, numbers: Ints, flags: NDArray[np.uint8] | None) -> None:
        self.at = at  # tokens, ascending, of ``size``; one for each of ``numbers``
        self.numbers = numbers
        self._size = size
        self._flags = flags

    @cached_property
    def _listed(self) -> tuple[list[int], list[int]]:
        starts: list[int] = np.searchsorted(self.at, np.arange(self._size + 1)).tolist()
        return starts, self.numbers.tolist()

    def named(self) -> LinesAt:
        """Those of them that may mean words of known names; all of them where nothing is known of that."""
        if self._flags is None:
            return self
        named = self._flags[self.numbers] & NAMED > 0
        return LinesAt(self._size, self.at[named], self.numbers[named], self._flags)

    def __getitem__(self, k: int) -> Sequence[int]:
        """The lines at token ``k``."""
        starts, numbers = self._listed
        return numbers[starts[k] : starts[k + 1]]


class Standing(NamedTuple):
    """What of some indexes stands in a document: the keys of its tokens, as the lists know them and as numbers, and the lines of each."""

    keys: Sequence[str]
    hashes: Keys
    lines: Sequence[LinesAt]


_last: list[tuple[Document, tuple[Index, ...], Standing]] = []


def standing_in(document: Document, indexes: Sequence[Index]) -> Standing:
    """What stands in ``document``; remembered of the last one, as candidate generation and several rules ask."""
    for known, theirs, found in _last:
        if known is document and theirs == tuple(indexes):
            return found
    keys = keys_in(document)
    hashes = word_keys(keys)
    ends = np.zeros(len(hashes), dtype=np.int64)
    for start, stop in document.stretches():
        ends[start:stop] = stop
    lines = [LinesAt(len(keys), *standing(columns, hashes, ends), columns.get("flags")) for columns in map(columns_of, indexes)]
    found = Standing(keys, hashes, lines)
    _last[:] = [(document, tuple(indexes), found)]
    return found
