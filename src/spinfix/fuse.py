"""A static function: from a 64-bit key to a few bits, in little more room than the bits themselves.

Three slots of one packed table are exclusive-ored; the result carries the value and a fingerprint that tells
unknown keys apart (a Bloomier filter, Chazelle et al. 2004, laid out as a binary fuse filter, Graf & Lemire 2022).
A look-up is three reads, works on whole arrays, and needs no loading: the table may lie in a mapped file.
An unknown key passes for a known one with probability 2**-fingerprint_bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from mmap import mmap
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]

AT_ONCE: Final = 1 << 14  # keys that are looked up in one go: what is worked out on the way stays in the processor's cache

_M1, _M2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
JOIN = np.uint64(0x9E3779B97F4A7C15)
_S33, _S32, _S18, _S36, _S3 = (np.uint64(n) for n in (33, 32, 18, 36, 3))
_BIT: Final = np.uint64(7)


def mix(keys: Keys) -> Keys:
    """Spread the bits of ``keys`` over all 64 (the finaliser of MurmurHash3)."""
    return _mixed(keys.copy())


def _mixed(keys: Keys) -> Keys:
    """``mix`` in the place of ``keys``, without new memory for each step."""
    keys ^= keys >> _S33
    keys *= _M1
    keys ^= keys >> _S33
    keys *= _M2
    keys ^= keys >> _S33
    return keys


def join_keys(history: Keys, last: Keys) -> Keys:
    """The key of a sequence from that of all but its last part and that of the last."""
    return mix(history) * JOIN + last


class FuseTable(NamedTuple):
    """One table.  ``words`` is a view of 8 bytes at every byte of the packed slots (so a slot may start anywhere)."""

    words: NDArray[np.uint64]
    slot_bits: int
    value_bits: int
    segment_length: int  # slots, a power of two
    segment_count: int
    seed: int

    def look_up(self, keys: Keys) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """For each key: whether it is known, and its value (meaningless where it is not)."""
        if keys.ndim == 1 and len(keys) > AT_ONCE:
            parts = [self.look_up(keys[at : at + AT_ONCE]) for at in range(0, len(keys), AT_ONCE)]
            return np.concatenate([known for known, _ in parts]), np.concatenate([values for _, values in parts])
        hashes = _mixed(keys + np.uint64(self.seed))
        slots = self._slots(hashes)
        values = (slots & np.uint64((1 << self.value_bits) - 1)).view(np.int64)
        slots >>= np.uint64(self.value_bits)
        return slots == fingerprint(hashes, self.slot_bits - self.value_bits), values

    def _slots(self, hashes: Keys) -> Keys:
        """What the three slots of each hash come to together."""
        found = np.zeros(hashes.shape, np.uint64)
        for index in positions(hashes, self.segment_length, self.segment_count):
            index *= np.uint64(self.slot_bits)
            words = self.words[(index >> _S3).view(np.int64)]
            index &= _BIT
            words >>= index
            found ^= words
        found &= np.uint64((1 << self.slot_bits) - 1)
        return found


def check_room(slot_bits: int, value_bits: int, segment_length: int, segment_count: int, size: int) -> None:
    """``ValueError`` where a table of these measures would be read beyond its ``size`` bytes, or its slots hold no value."""
    if not 0 < value_bits < slot_bits <= 56:  # a slot is cut from eight bytes that begin with its first bit's
        raise ValueError(f"expected 0 < value_bits < slot_bits <= 56, found {value_bits} and {slot_bits}")
    reach = (segment_count + 2) * segment_length * slot_bits
    if min(segment_count, segment_length) < 1 or (reach - slot_bits) // 8 >= size - 8:
        raise ValueError(f"expected room for {reach} bits of slots, found {size} bytes")


def table_in(buffer: mmap | bytes, at: int, facts: Mapping[str, Any]) -> FuseTable:
    """The table that begins at byte ``at`` of a file in ``buffer``, as the ``facts`` in its header say.

    ``ValueError`` or ``KeyError`` where it cannot be one: facts that are missing or no whole numbers, or too little room for it.
    """
    names = ("slot_bits", "value_bits", "segment_length", "segment_count", "size", "seed")
    slot_bits, value_bits, segment_length, segment_count, size, seed = (facts[name] for name in names)
    if not all(type(facts[name]) is int for name in names):
        raise ValueError(f"expected whole numbers for {', '.join(names)}")
    check_room(slot_bits, value_bits, segment_length, segment_count, size)
    if not 0 <= at <= at + size <= len(buffer):
        raise ValueError(f"a table from {at} to {at + size} lies outside the {len(buffer)} bytes that there are")
    return FuseTable(byte_view(buffer, at, size), slot_bits, value_bits, segment_length, segment_count, seed)


def positions(hashes: Keys, segment_length: int, segment_count: int) -> tuple[Keys, Keys, Keys]:
    """The three slots of each key: in three neighbouring segments."""
    length, mask = np.uint64(segment_length), np.uint64(segment_length - 1)
    first = hashes >> _S32
    first *= np.uint64(segment_count * segment_length)
    first >>= _S32
    second, third = first + length, first + (length + length)
    second ^= (hashes >> _S18) & mask
    third ^= hashes & mask
    return first, second, third


def fingerprint(hashes: Keys, bits: int) -> Keys:
    """``bits`` bits of each hash that depend little on its slots."""
    return (mix(hashes) >> _S36) & np.uint64((1 << bits) - 1)


def byte_view(buffer: mmap | memoryview | bytes, offset: int, size: int) -> NDArray[np.uint64]:
    """The 8-byte little-endian words at every byte of ``buffer[offset:offset + size]`` (its last 8 bytes are padding)."""
    return np.ndarray((size - 8,), dtype="<u8", buffer=buffer, offset=offset, strides=(1,))
