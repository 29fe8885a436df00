"""Build ``src/spinfix/data/confusions.bin`` from two open thesauri (its format is described in ``spinfix.confusions``).

    python tools/build_confusions.py --moby words.txt --wordnet DIR

``--moby`` is the Moby Thesaurus II as it was published, a root word and its associates a line, with commas between them;
``--wordnet`` the folder with WordNet's ``data.*``.  Kept are single words that the language model knows and that are common enough to
have been meant, of each word the closest.  How near they lie in text is not known then: run ``tools/build_neighbours.py`` afterwards.
"""

from __future__ import annotations

import argparse
import math
import re
import struct
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

import numpy as np
from package_data import put

from spinfix.confusions import MAGIC, STEP, SYNSET, log_p
from spinfix.language_model import default_model

RARE: Final = -16.5  # log P (nats) below which a word is too rare to have been meant
KEPT: Final = 110  # associates of one word
_WORD: Final = re.compile(r"[a-z]+(?:-[a-z]+)*")
Rows = dict[str, dict[str, tuple[int, int]]]  # each word's associates, with bond and nearness
_RELATIONS: Final = frozenset(["@", "~", "&", "+", "^", "$", "*", "=", "\\"])


def moby(path: Path) -> dict[str, frozenset[str]]:
    """Each word's associates, in both directions; phrases count for the likeness of two entries."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in path.read_text(encoding="utf-8", errors="replace").replace("\r", "\n").split("\n"):
        root, *rest = (w.strip().lower() for w in line.split(","))
        for word in rest:
            if word and root and word != root:
                found[root].add(word)
                found[word].add(root)
    return {word: frozenset(others) for word, others in found.items()}


def wordnet(folder: Path) -> dict[tuple[str, str], int]:
    """Pairs of words that share a synset, or whose synsets are one step apart."""
    synsets: dict[tuple[str, str], tuple[list[str], list[tuple[str, str]]]] = {}
    for letter, name in (("n", "noun"), ("v", "verb"), ("a", "adj"), ("r", "adv")):
        for line in (folder / f"data.{name}").read_text(encoding="utf-8").splitlines():
            if line.startswith("  "):
                continue
            fields = line.split(" | ")[0].split()
            count = int(fields[3], 16)
            words = [re.sub(r"\(.*\)", "", fields[4 + 2 * k]).replace("_", " ").lower() for k in range(count)]
            at = 5 + 2 * count
            pointers = [(fields[at + 4 * k], fields[at + 1 + 4 * k], fields[at + 2 + 4 * k]) for k in range(int(fields[at - 1]))]
            near = [(pos.replace("s", "a"), offset) for kind, offset, pos in pointers if kind in _RELATIONS]
            synsets[letter, fields[0]] = (words, near)
    found: dict[tuple[str, str], int] = defaultdict(int)
    for words, near in synsets.values():
        for one in words:
            for other in words:
                found[one, other] |= SYNSET
            for key in near:
                for other in synsets[key][0] if key in synsets else ():
                    found[one, other] |= STEP
                    found[other, one] |= STEP
    return found


def bonds(associates: dict[str, frozenset[str]], relations: dict[tuple[str, str], int], known: set[str]) -> dict[str, dict[str, int]]:
    """For each word its associates and their bonds."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for word in known:
        own = associates.get(word)
        for other in own & known if own else ():
            theirs = associates[other]
            cosine = len(own & theirs) / math.sqrt(len(own) * len(theirs)) if own else 0.0
            found[word][other] = max(1, min(31, round(31 + 8 * math.log(max(cosine, 1e-9)))))
    for (word, other), bond in relations.items():
        if word != other and word in known and other in known:
            found[word][other] = found[word].get(other, 0) | bond
    return found


def closest(found: dict[str, dict[str, int]], log_prob: dict[str, float]) -> Rows:
    """Of each word the associates that are common enough to have been meant, the closest ones."""
    rows: Rows = {}
    for word, others in found.items():
        common = [(other, bond) for other, bond in others.items() if log_prob[other] > RARE]
        rows[word] = {other: (bond, 0) for other, bond in sorted(common, key=lambda item: (-_closeness(item[1]), item[0]))[:KEPT]}
    return rows


def packed(rows: Rows) -> bytes:
    """The file: for each word its associates, each with its bond and how near it lies."""
    words = sorted({w for word, row in rows.items() if row for w in (word, *row)})
    index = {word: k for k, word in enumerate(words)}
    if len(words) > 65_535:
        raise SystemExit(f"{len(words)} words: more than two bytes can name; raise RARE")
    starts, associates, bonds, near = [0], list[int](), list[int](), list[int]()
    for word in words:
        row = list(rows.get(word, {}).items())
        values = log_p(np.array([bond for _, (bond, _) in row], np.uint8), np.array([lying for _, (_, lying) in row], np.uint8))
        for k in np.argsort(-values, kind="stable").tolist():
            other, (bond, lying) = row[k]
            associates.append(index[other])
            bonds.append(bond)
            near.append(lying)
        starts.append(len(associates))
    blob = "\n".join(words).encode()
    head = MAGIC + struct.pack("<III", len(words), len(associates), len(blob))
    kinds = np.array([bonds, near], np.uint8).tobytes()
    return head + blob + np.array(starts, "<u4").tobytes() + np.array(associates, "<u2").tobytes() + kinds


def _closeness(bond: int) -> float:
    return max((bond & 31) / 8, 2.0 if bond & SYNSET else 0.0, 1.0 if bond & STEP else 0.0)


def main() -> int:
    """Build the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--moby", type=Path, required=True)
    parser.add_argument("--wordnet", type=Path, required=True)
    args = parser.parse_args()
    associates, relations = moby(args.moby), wordnet(args.wordnet)
    model = default_model()
    names = sorted({w for pair in relations for w in pair} | set(associates))
    names = [w for w in names if _WORD.fullmatch(w) and 2 < len(w) < 24 and model.knows(w)]
    log_prob = dict(zip(names, model.words(names).log_prob.tolist(), strict=True))
    data = packed(closest(bonds(associates, relations, set(names)), log_prob))
    put("confusions.bin", data)
    print(f"{len(data) / 1e6:.1f} MB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
