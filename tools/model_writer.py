"""Write a pruned n-gram model as the file that ``spinfix.language_model`` reads (its layout is described there)."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fuse_writer
import numpy as np
from kneser_ney import Pruned
from numpy.typing import NDArray

from spinfix.fuse import join_keys
from spinfix.language_model import MAGIC, VERSION, word_keys

Floats = NDArray[np.float64]


def codebook(values: Floats, bits: int) -> tuple[Floats, NDArray[np.int64]]:
    """At most ``2**bits`` values that stand for all, and the code of each: exact where they suffice, else means of equal shares."""
    distinct, code = np.unique(values, return_inverse=True)
    if len(distinct) <= 1 << bits:
        return distinct, code
    # equal shares of the values, refined by Lloyd's algorithm in one dimension
    book = np.quantile(values, (np.arange(1 << bits) + 0.5) / (1 << bits))
    book = np.unique(book)
    for _ in range(8):
        edges = (book[1:] + book[:-1]) / 2
        code = np.searchsorted(edges, values)
        sums = np.bincount(code, weights=values, minlength=len(book))
        counts = np.bincount(code, minlength=len(book))
        book = np.where(counts > 0, sums / np.maximum(counts, 1), book)
    return book, np.searchsorted((book[1:] + book[:-1]) / 2, values)


def write_model(path: Path, words: Sequence[str], model: Sequence[Pruned], layout: dict[str, Any], facts: dict[str, Any]) -> None:
    """Write ``model`` over the vocabulary ``words`` with the bits that ``layout`` names."""
    hashes = word_keys(words)
    sections: list[bytes] = []
    offset = 0

    def place(data: bytes) -> int:
        nonlocal offset
        data += b"\0" * (-len(data) % 8)
        sections.append(data)
        at, offset = offset, offset + len(data)
        return at

    tables = []
    for n, order in enumerate(model, 1):
        keys = hashes[order.ngrams[:, 0]]
        for k in range(1, n):
            keys = join_keys(keys, hashes[order.ngrams[:, k]])
        prob_book, prob_code = codebook(order.log_prob, layout["probability_bits"])
        last = n == len(model)
        backoff_book, backoff_code = codebook(np.zeros(1) if last else order.log_backoff, layout["backoff_bits"])
        probability_bits = layout["probability_bits"]
        backoff_bits = 0 if last else layout["backoff_bits"]
        values = prob_code if last else prob_code | (backoff_code << probability_bits)
        slots, slot_facts = fuse_writer.build(keys, values, probability_bits + backoff_bits, layout["fingerprint_bits"][n - 1])
        tables.append(
            {
                "slots": {**slot_facts, "offset": place(slots), "size": len(slots)},
                "probability_bits": probability_bits,
                "log_prob": {"offset": place(prob_book.astype("<f4").tobytes()), "count": len(prob_book)},
                "backoff": {"offset": place(backoff_book.astype("<f4").tobytes()), "count": len(backoff_book)},
            }
        )
    body = b"".join(sections)
    digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    header = json.dumps({"order": len(model), "tables": tables, "facts": facts, "digest": digest, "size": len(body)}).encode()
    header += b" " * (-(14 + len(header)) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(MAGIC + bytes([VERSION]) + struct.pack("<I", len(header)) + header + body)
