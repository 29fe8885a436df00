"""Where the terms of the sciences come from: lists of our own, WordNet's compound nouns, and collocations in the training corpora.

Used by ``build_terms.py``.  A term is a tuple of two to four lower-case words.
"""

from __future__ import annotations

import lzma
import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from spinfix.inflection import paradigm

Term = tuple[str, ...]

GENRES: Final = ("arxiv_abstracts", "medquad_health", "lctt_tech", "rss_science_env", "rss_health_society", "tech_specs")
LEAST_COUNT: Final = 8  # times that a collocation must stand in the corpora
LEAST_NPMI: Final = 0.3  # normalised pointwise mutual information; of 60 pairs drawn above it 41 were terms
LEAST_TRIPLE: Final = 10
_WORD: Final = re.compile(r"[a-z]+(?:[-'][a-z]+)*|[0-9]+|[.,;:!?()]")
_CONTENT: Final = re.compile(r"[a-z][a-z'-]*[a-z]")
_FUNCTION: Final = frozenset(
    "the a an of and or to in on for with by at from as is are was were be been being it its this that these those which who whom whose "
    "what when where why how not no nor so than then there their they them he she his her him i you your we our us my me if but can could "
    "may might will would shall should must do does did done has have had having into onto over under about above below up down out off "
    "again further once here all any both each few more most other some such only own same too very just now also however thus hence "
    "while during between among through per via within without using used use new two three four one first second many much several "
    "show shows shown paper study propose proposed present various different based".split()
)


def own_terms(folder: Path) -> Iterator[Term]:
    """The terms of ``folder``'s lists, with the plurals of their last words.

    A line ``... head: a, b`` stands for *a head* and *b head*, a line ``head ...: a, b`` for *head a* and *head b*.
    """
    for file in sorted(folder.glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            pattern, _, rest = line.partition(":")
            for part in rest.split(","):
                words = pattern.replace("...", f" {part} ").lower().split()
                if 2 <= len(words) <= 4:
                    yield tuple(words)
                    for plural in paradigm(words[-1], "n").get("plural", ()):
                        yield (*words[:-1], plural)


def combinations(folder: Path) -> Iterator[Term]:
    """What honest writers write, from the lists in ``folder``: lines ``word<TAB>combination; combination; ...``, or without the word."""
    for file in sorted(folder.glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                yield from (tuple(part.lower().split()) for part in line.rpartition("\t")[2].split(";"))


def wordnet_lines(file: Path) -> Iterator[tuple[list[str], str]]:
    """The fields of each line of a file of WordNet's and its explanation, without the lines of the licence, which are indented."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("  "):
            fields, _, explanation = line.partition(" | ")
            yield fields.split(), explanation


def wordnet_terms(folder: Path) -> Iterator[Term]:
    """The compound nouns of WordNet's ``data.noun`` in ``folder``, without names; with the plurals of their last words."""
    for fields, _ in wordnet_lines(folder / "data.noun"):
        if fields[1] in ("15", "18"):  # places and persons
            continue
        for k in range(int(fields[3], 16)):
            words = fields[4 + 2 * k].split("_")
            if 2 <= len(words) <= 4 and all(_CONTENT.fullmatch(w) for w in words):
                yield tuple(words)
                for plural in paradigm(words[-1], "n").get("plural", ()):
                    yield (*words[:-1], plural)


def parts_of_speech(folder: Path) -> dict[str, str]:
    """The letters (``n``, ``v``, ``a``, ``r``) of the parts of speech that WordNet in ``folder`` gives each single word."""
    found: dict[str, str] = {}
    for letter, name in (("n", "noun"), ("v", "verb"), ("a", "adj"), ("r", "adv")):
        for fields, _ in wordnet_lines(folder / f"index.{name}"):
            word = fields[0]
            found[word] = found.get(word, "") + letter
            for form in paradigm(word, "n").get("plural", ()) if letter == "n" else ():
                found[form] = found.get(form, "") + "n"
    return found


def collocations(corpora: Path, parts: dict[str, str]) -> Iterator[tuple[Term, float]]:
    """Pairs and triples of content words that stand together far oftener than by chance, with their npmi.

    Pairs by normalised pointwise mutual information (Bouma 2009); a triple must stand three times as often as its pairs would have it.
    The last word is a noun, the others are nouns, adjectives or participles.
    """
    index: dict[str, int] = {}
    ids: list[int] = []
    for genre in GENRES:
        with lzma.open(corpora / f"{genre}.txt.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                ids.extend(index.setdefault(w, len(index)) for w in _WORD.findall(line.lower().replace("’", "'")))
                ids.append(-1)
    words = list(index)
    tokens = np.array(ids, dtype=np.int64)
    size = len(words)
    counts = np.bincount(tokens[tokens >= 0], minlength=size)
    total = int(counts.sum())
    modifies = np.array([_modifies(w, parts) for w in words] + [False])
    heads = np.array([bool(_CONTENT.fullmatch(w)) and w not in _FUNCTION and "n" in parts.get(w, "") for w in words] + [False])
    pairs = Counter[tuple[int, int]]()
    first, second = tokens[:-1], tokens[1:]
    keys, seen = np.unique((first * size + second)[(first >= 0) & (second >= 0) & modifies[first]], return_counts=True)
    for key, count in zip(keys[seen >= LEAST_COUNT].tolist(), seen[seen >= LEAST_COUNT].tolist(), strict=True):
        pairs[key // size, key % size] = count
    for (a, b), count in pairs.items():
        if heads[b]:
            share = count / total
            npmi = math.log(share * total * total / (int(counts[a]) * int(counts[b]))) / -math.log(share)
            if npmi >= LEAST_NPMI:
                yield (words[a], words[b]), npmi
    for k, count in _triples(tokens, modifies, heads, size).items():
        a, b, c = k
        chance = max(pairs[a, b] * int(counts[c]), int(counts[a]) * pairs[b, c]) / total
        if count > 3 * chance:
            yield (words[a], words[b], words[c]), min(math.log(count / max(chance, 1e-9)) / 10, 1.0)


def _modifies(word: str, parts: dict[str, str]) -> bool:
    if not _CONTENT.fullmatch(word) or word in _FUNCTION:
        return False
    known = parts.get(word, "")
    return "n" in known or "a" in known or (not known and not word.endswith(("ly", "s")))


def _triples(tokens: np.ndarray, modifies: np.ndarray, heads: np.ndarray, size: int) -> dict[tuple[int, int, int], int]:
    a, b, c = tokens[:-2], tokens[1:-1], tokens[2:]
    inside = (a >= 0) & (b >= 0) & (c >= 0) & modifies[a] & modifies[b] & heads[c]
    before, where = np.unique((a * size + b)[inside], return_inverse=True)
    keys, seen = np.unique(where.astype(np.int64) * size + c[inside], return_counts=True)
    found = {}
    for key, count in zip(keys[seen >= LEAST_TRIPLE].tolist(), seen[seen >= LEAST_TRIPLE].tolist(), strict=True):
        pair = int(before[key // size])
        found[pair // size, pair % size, key % size] = count
    return found
