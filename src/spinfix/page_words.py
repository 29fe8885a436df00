"""The words of a text as 64-bit keys, for the whole text at once: no string is made for any of them.

A word is what ``\\w+`` finds.  Its key is made from the bytes of its UTF-8, eight at a time, so that a machine word is read where another
would be a call; ``key_of`` says the same slowly, for one word.  Words that begin with a digit are all one word, and letters of other
scripts that hide in a Latin word are taken for what they look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .fuse import JOIN, Keys, byte_view, join_keys, mix
from .text import LIGATURES, LOOKALIKES, unmasked

Ints = NDArray[np.int64]

WORD: Final = re.compile(r"\w+")
LONGEST: Final = 64  # bytes of a word that its key is made of; and its length
STEP: Final = 8
NUMBER: Final = "0"  # whose key all words have that begin with a digit
_BETWEEN: Final = re.compile(r"[^\w\x00-\x7f]")
_MASK: Final = re.compile(f"[{LOOKALIKES}]")
_READ_AS: Final = dict.fromkeys("\u200b\u200c\u200d\u2060\u00ad\ufeff", "") | LIGATURES
_IS_WORD: Final = np.array([chr(b).isalnum() or chr(b) == "_" or b > 127 for b in range(256)])
_FIRST_BYTES: Final = np.array([(1 << 8 * n) - 1 for n in range(STEP)] + [2**64 - 1], dtype=np.uint64)


def plain(text: str) -> str:
    """``text`` in lower case, without invisible marks inside its words, and with the letters of ligatures apart."""
    lowered = text.lower()
    if not lowered.isascii():
        for mark, letters in _READ_AS.items():
            if mark in lowered:
                lowered = lowered.replace(mark, letters)
    return lowered


def _hashed(parts: Iterable[Keys], sizes: Keys) -> Keys:
    """From the bytes of words, in parts of eight, and their lengths to their keys."""
    keys = sizes
    for part in parts:
        keys = join_keys(keys, part)
    return mix(keys)


def key_of(word: str) -> int:
    """The key of one word in lower case."""
    known = unmasked(word).encode("utf-8", "replace")
    if known[:1].isdigit():
        known = NUMBER.encode()
    size = min(len(known), LONGEST)
    parts = (np.array([int.from_bytes(known[k : min(k + STEP, size)], "little")], dtype=np.uint64) for k in range(0, max(size, 1), STEP))
    return int(_hashed(parts, np.array([len(known)], dtype=np.uint64))[0])


_NUMBER_KEY: Final = np.uint64(key_of(NUMBER))


def page_bytes(lowered: str) -> bytes:
    """The bytes of a plain text in which words, and nothing else, are made of letters, digits, low lines and bytes above 127."""
    if not lowered.isascii():
        lowered = _BETWEEN.sub(" ", lowered)
        if _MASK.search(lowered):
            lowered = WORD.sub(lambda match: unmasked(match[0]), lowered)
    return lowered.encode("utf-8", "replace")


def keys_in(data: bytes) -> tuple[Keys, Ints]:
    """The keys of the words in ``page_bytes``, and where each begins."""
    padded = b" " + data + b" " * (LONGEST + STEP)
    codes = np.frombuffer(padded, dtype=np.uint8)
    inside = _IS_WORD[codes]
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    starts, sizes = edges[::2] + 1, edges[1::2] - edges[::2]
    words = byte_view(padded, 0, len(padded))
    keys = _hashed([words[starts] & _FIRST_BYTES[np.minimum(sizes, STEP)]], sizes.astype(np.uint64))
    longer = np.flatnonzero(sizes > STEP)
    if len(longer):
        keys[longer] = _longer_keys(words, starts[longer], sizes[longer])
    keys[_is_digit(codes[starts])] = _NUMBER_KEY
    return keys, starts - 1


def _longer_keys(words: Keys, starts: Ints, sizes: Ints) -> Keys:
    """The keys of words of more than eight bytes."""
    keys, at = sizes.astype(np.uint64), np.arange(len(sizes))
    for k in range(0, LONGEST, STEP):
        at = at[sizes[at] > k]
        if not len(at):
            break
        part = words[starts[at] + k] & _FIRST_BYTES[np.minimum(sizes[at] - k, STEP)]
        keys[at] = join_keys(keys[at], part)
    return mix(keys)


def _is_digit(codes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (codes >= ord("0")) & (codes <= ord("9"))
    return found


def keys_of(lowered: str) -> Keys:
    """The keys of the words of a plain text."""
    return keys_in(page_bytes(lowered))[0]


def pair_keys(first: Keys, second: Keys) -> Keys:
    """The keys of pairs of words."""
    return first * JOIN + mix(second)
