"""Build a static function (see ``spinfix.fuse``, which reads it)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spinfix.fuse import Keys, fingerprint, mix, positions


def build(keys: Keys, values: NDArray[np.int64], value_bits: int, fingerprint_bits: int) -> tuple[bytes, dict[str, int]]:
    """The packed slots (with 8 bytes of padding) and what a ``FuseTable`` must know of them.  ``keys`` are distinct."""
    count = max(len(keys), 2)
    segment_length = min(1 << max(2, math.floor(math.log(count) / math.log(3.33) + 2.25)), 1 << 18)
    factor = max(1.125, 0.875 + 0.25 * math.log(1e6) / math.log(count))
    for attempt in range(20):
        segment_count = max(1, math.ceil(count * factor / segment_length) - 2)
        slots = (segment_count + 2) * segment_length
        seed = 0x9E3779B97F4A7C15 * (attempt + 1) % 2**64
        hashes = mix(keys + np.uint64(seed))
        places = np.stack([p.astype(np.int64) for p in positions(hashes, segment_length, segment_count)])
        order = _peel(places, slots)
        if order is not None:
            break
        factor *= 1.02
    else:
        raise RuntimeError(f"no layout found for {count} keys; are they distinct?")
    slot_bits = value_bits + fingerprint_bits
    wanted = values.astype(np.uint64) | (fingerprint(hashes, fingerprint_bits) << np.uint64(value_bits))
    table = np.zeros(slots, dtype=np.uint64)
    for peeled, own in reversed(order):
        a, b, c = (table[places[k, peeled]] for k in range(3))
        table[own] = wanted[peeled] ^ a ^ b ^ c  # table[own] is still zero, so it drops out of the sum
    facts = {
        "slot_bits": slot_bits,
        "value_bits": value_bits,
        "segment_length": segment_length,
        "segment_count": segment_count,
        "seed": seed,
        "keys": len(keys),
    }
    return _pack(table, slot_bits), facts


def _peel(places: NDArray[np.int64], slots: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]] | None:
    """Rounds of (keys, the slot that each has for itself), or None where some keys are entangled."""
    total = places.shape[1]
    load = np.zeros(slots, dtype=np.int32)
    sums = np.zeros(slots, dtype=np.int64)
    ids = np.arange(total)
    for row in places:
        np.add.at(load, row, 1)
        np.bitwise_xor.at(sums, row, ids)
    order: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    done = 0
    single = np.flatnonzero(load == 1)
    while len(single):
        peeled, index = np.unique(sums[single], return_index=True)
        order.append((peeled, single[index]))
        done += len(peeled)
        touched = places[:, peeled].ravel()
        np.subtract.at(load, touched, 1)
        np.bitwise_xor.at(sums, touched, np.tile(peeled, 3))
        single = np.unique(touched[load[touched] == 1])
    return order if done == total else None


def _pack(table: NDArray[np.uint64], slot_bits: int) -> bytes:
    out = np.zeros(len(table) * slot_bits // 8 + 16, dtype=np.uint8)
    step = 1 << 20
    for start in range(0, len(table), step):  # step slots fill whole bytes, so the blocks do not touch
        block = table[start : start + step]
        bits = ((block[:, None] >> np.arange(slot_bits, dtype=np.uint64)) & np.uint64(1)).astype(np.uint8)
        packed = np.packbits(bits.ravel(), bitorder="little")
        at = start * slot_bits // 8
        out[at : at + len(packed)] = packed
    return out.tobytes()
