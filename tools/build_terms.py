"""Build ``src/spinfix/data/terms.bin``: the fixed terms of the sciences (its format is described in ``spinfix.terms``).

    python tools/build_terms.py --wordnet DIR --corpora DIR

``--wordnet`` is the folder with WordNet's ``data.noun`` and ``index.*``, ``--corpora`` the one with the training texts.
"""

from __future__ import annotations

import argparse
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from learn_word_channel import written
from package_data import put
from term_sources import Term, collocations, own_terms, parts_of_speech, wordnet_terms

from spinfix.fuse import join_keys
from spinfix.language_model import word_keys
from spinfix.terms import MAGIC
from spinfix.text import FORMS

MORE: Final = Path(__file__).parent / "terms" / "more"


def hand_terms() -> Iterator[Term]:
    """Those of our own lists, and of what is intended in the pairs that were written by hand."""
    yield from own_terms(Path(__file__).parent / "terms")
    yield from dict.fromkeys(tuple(intended.split(" ")) for _, intended in written() if " " in intended)


def pieces(term: Term) -> list[Term]:
    """The term as pairs and triples, which is as far as the lattice looks: of one of four words the triples."""
    return [term] if len(term) < 4 else [term[:3], term[1:]]


def packed(kinds: dict[Term, int]) -> bytes:
    """The file: each term's key and kind."""
    keyed: dict[int, int] = {}
    for term, kind in kinds.items():
        keys = word_keys(FORMS[w] for w in term)
        key = keys[:1]
        for k in range(1, len(term)):
            key = join_keys(key, keys[k : k + 1])
        keyed[int(key[0])] = max(kind, keyed.get(int(key[0]), 0))
    ordered = sorted(keyed)
    keys, codes = np.array(ordered, dtype="<u8"), np.array([keyed[k] for k in ordered], dtype=np.uint8)
    return MAGIC + struct.pack("<I", len(ordered)) + keys.tobytes() + codes.tobytes()


def main() -> int:
    """Build the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--corpora", type=Path, required=True)
    args = parser.parse_args()
    kinds: dict[Term, int] = {}
    sources = (
        (1, (term for term, _ in collocations(args.corpora, parts_of_speech(args.wordnet)))),
        (1, own_terms(MORE)),  # as many as could be thought of: some of them are as loose as collocations
        (2, wordnet_terms(args.wordnet)),
        (3, hand_terms()),
    )
    for kind, terms in sources:
        for term in terms:
            for piece in pieces(term):
                kinds[piece] = max(kind, kinds.get(piece, 0))
    data = packed(kinds)
    put("terms.bin", data)
    counts = np.bincount(list(kinds.values()), minlength=4)
    made = f"{counts[3]:,} of our lists, {counts[2]:,} of WordNet, {counts[1]:,} collocations"
    print(f"{len(kinds):,} terms ({made}), {len(data) / 1e6:.1f} MB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
