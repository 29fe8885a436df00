"""Put distributional neighbours into ``src/spinfix/data/confusions.bin``: words that stand where a word stands (``spinfix.confusions``).

    python tools/build_neighbours.py CORPORA --wordnet DIR [--work DIR] [--vectors FILE]

``CORPORA`` is the folder that the language model is built from, ``--wordnet`` the one with WordNet's ``data.*`` and ``index.*``.  Each of
the commonest words gets a vector (``word_vectors``); two words are neighbours where their vectors lie close together and WordNet has
both as the same part of speech, in the same inflected form.  Left out are names, numbers and small words, and what WordNet tells to be
opposites or things of one kind (``opposites``), which keep the same company as well.

Run it after ``tools/build_confusions.py``, which leaves the neighbours as they are.  The test corpora are never read.  Takes five minutes
and 2 GB; token streams stay in the work folder, and are those of ``tools/build_language_model.py``.  ``--vectors`` keeps the vectors in
a file, and takes them from there where it exists: for another choice of neighbours.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from build_confusions import Rows, packed
from build_language_model import cut, say
from build_thesaurus_list import NEVER_LOOKED_UP
from numpy.typing import NDArray
from opposites import Opposites
from package_data import put
from word_vectors import Neighbourhood, Singles

from spinfix.confusions import FAR, NEAR_STEPS, STEP, SYNSET, Confusions, shipped_confusions
from spinfix.inflection import paradigm
from spinfix.text import FORMS
from spinfix.unlisted import FUNCTION_WORDS

WORDS: Final = 60_000  # commonest forms that get a vector
SEEN: Final = 40  # times that a form must have been seen to have, or to be, a neighbour
CLOSE: Final = 0.45  # cosine from which a word is a neighbour
NEAREST: Final = 80  # forms that are asked for each form
KEPT: Final = 24  # neighbours of one lemma
BLOCK: Final = 2_000  # rows of cosines at a time
# Words of closed classes, beside those that no spinner looks up: what one of them says, no other does.
CLOSED: Final = FUNCTION_WORDS | NEVER_LOOKED_UP | frozenset(
    """across along around behind below beneath beside besides beyond except inside near nearby outside past throughout underneath
    up upward upwards downward downwards aboard abroad ahead apart aside away backward backwards forward forwards home left right
    always already almost altogether elsewhere everywhere nowhere somewhere anywhere seldom rarely often sometimes usually perhaps
    maybe quite rather too soon later earlier today tonight tomorrow yesterday nowadays ago half double twice thrice plus minus
    less least enough several little none plenty yes okay
    hundred hundreds thousand thousands million millions billion billions trillion trillions dozen dozens zero
    first second third fourth fifth sixth seventh eighth ninth tenth last next previous former latter""".split()
)
_WORD: Final = re.compile(r"[a-z]{3,23}")
RECIPE: Final = Path(__file__).parent / "language_model_recipe.json"
Pairs = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The commonest forms, and how often each was seen without a capital and with one."""

    words: tuple[str, ...]
    small: tuple[int, ...]
    capital: tuple[int, ...]

    @classmethod
    def of(cls, work: Path, stems: Sequence[str], size: int = WORDS) -> Vocabulary:
        """The forms of the token streams in ``work``."""
        seen: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for stem in stems:
            surfaces = surfaces_of(work, stem)
            counts = np.bincount(np.load(work / f"{stem}.train.npy"), minlength=len(surfaces) + 1)[1:]
            for surface, count in zip(surfaces, counts.tolist(), strict=True):
                seen[FORMS[surface]][surface[:1].isupper()] += count
        words = sorted(seen, key=lambda w: (-sum(seen[w]), w))[:size]
        return cls(tuple(words), tuple(seen[w][0] for w in words), tuple(seen[w][1] for w in words))

    def streams(self, work: Path, stems: Sequence[str]) -> Iterator[NDArray[np.int32]]:
        """Each corpus as word numbers; the number of words for any other word, -1 where prose ends."""
        index = {word: k for k, word in enumerate(self.words)}
        for stem in stems:
            surfaces = surfaces_of(work, stem)
            table = np.full(len(surfaces) + 1, len(index), np.int32)
            table[0] = -1
            for k, surface in enumerate(surfaces, 1):
                table[k] = index.get(FORMS[surface], len(index))
            yield table[np.load(work / f"{stem}.train.npy")]

    def eligible(self) -> NDArray[np.int64]:
        """The numbers of the words that may be neighbours: common ones, no names."""
        rows = zip(self.words, self.small, self.capital, strict=True)
        is_one = [small >= max(SEEN, capital) and bool(_WORD.fullmatch(w)) and w not in CLOSED for w, small, capital in rows]
        return np.flatnonzero(is_one)


def surfaces_of(work: Path, stem: str) -> list[str]:
    """The surfaces of a token stream, by number from 1."""
    return (work / f"{stem}.vocabulary").read_text(encoding="utf-8").split("\n")


def analyses(words: Sequence[str], wordnet: Opposites) -> dict[str, set[tuple[str, str, str]]]:
    """What each of ``words`` may be in WordNet: lemma, part of speech, name of the form."""
    wanted = set(words)
    found: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for lemma, part in wordnet.senses:
        if _WORD.fullmatch(lemma):
            forms = {"base": (lemma,)} if part == "r" else paradigm(lemma, part)
            for name, spelled in forms.items():
                for form in spelled:
                    if form in wanted:
                        found[form].add((lemma, part, name))
    return found


@cache
def may_stand(one: str, other: str, wordnet: Opposites) -> bool:
    """Whether two words may stand for one another, as far as WordNet knows them."""
    parts = set(wordnet.parts(one)) & set(wordnet.parts(other))
    return not any(wordnet.are_opposed(one, other, part) or wordnet.are_of_one_kind(one, other, part) for part in parts)


def neighbours(words: Sequence[str], vectors: Singles, wordnet: Opposites) -> Pairs:
    """For each lemma of ``words``, whose vectors are given, its neighbours with their cosines."""
    known = analyses(words, wordnet)
    found: Pairs = defaultdict(dict)
    for start in range(0, len(words), BLOCK):
        cosines = vectors[start : start + BLOCK] @ vectors.T
        nearest = np.argpartition(-cosines, min(NEAREST, len(words) - 1), axis=1)[:, : NEAREST + 1]
        for row, others in enumerate(nearest):
            word = words[start + row]
            for k in others.tolist():
                cosine = float(cosines[row, k])
                if cosine < CLOSE or k == start + row:
                    continue
                for lemma, part, name in known[word]:
                    for other, other_part, other_name in known[words[k]]:
                        same = (part, name) == (other_part, other_name) and lemma != other
                        if same and cosine > found[lemma].get(other, 0.0) and may_stand(lemma, other, wordnet):
                            found[lemma][other] = cosine
    return {lemma: dict(sorted(near.items(), key=lambda item: (-item[1], item[0]))[:KEPT]) for lemma, near in found.items() if near}


def thesaurus_rows(confusions: Confusions, wordnet: Opposites) -> Rows:
    """What the thesauri have in ``confusions``, but for opposites that Moby's brings together, and without the neighbours."""
    rows: Rows = {}
    for word in confusions.words:
        row = confusions.row(word)
        others = [confusions.words[k] for k in confusions.associates[row].tolist()]
        bound = {other: (bond, 0) for other, bond in zip(others, confusions.bonds[row].tolist(), strict=True) if bond}
        rows[word] = {other: kinds for other, kinds in bound.items() if kinds[0] & (SYNSET | STEP) or not opposed(word, other, wordnet)}
    return rows


def opposed(one: str, other: str, wordnet: Opposites) -> bool:
    """Whether two words are opposites as some part of speech."""
    return any(wordnet.are_opposed(one, other, part) for part in set(wordnet.parts(one)) & set(wordnet.parts(other)))


def slots(words: Sequence[str], wordnet: Opposites) -> dict[str, dict[str, int]]:
    """For each lemma the numbers of its forms among ``words``, by the name of the form."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for number, word in enumerate(words):
        found[word]["base"] = number
    for word, known in analyses(words, wordnet).items():
        for lemma, part, name in known:
            if name != "base":
                found[lemma][part + name] = found[word]["base"]
    return found


def with_nearness(rows: Rows, words: Sequence[str], vectors: Singles, wordnet: Opposites) -> Rows:
    """``rows`` with how near associates lie: the mean cosine of the forms that both have a vector for."""
    forms = slots(words, wordnet)
    pairs, first, second = list[tuple[str, str]](), list[int](), list[int]()
    for word, row in rows.items():
        own = forms.get(word, {})
        for other, (bond, _) in row.items() if own else ():
            if not bond & (SYNSET | STEP) and not may_stand(word, other, wordnet):
                continue  # a thesaurus may have it; that it lies near says nothing
            theirs = forms.get(other, {})
            for name in own.keys() & theirs.keys():
                pairs.append((word, other))
                first.append(own[name])
                second.append(theirs[name])
    parts = [slice(k, k + BLOCK) for k in range(0, len(first), BLOCK)]
    cosines = np.concatenate([np.einsum("ij,ij->i", vectors[first[part]], vectors[second[part]]) for part in parts])
    sums: dict[tuple[str, str], tuple[float, int]] = {}
    for pair, cosine in zip(pairs, cosines.tolist(), strict=True):
        total, count = sums.get(pair, (0.0, 0))
        sums[pair] = total + cosine, count + 1
    means = {pair: total / count for pair, (total, count) in sums.items()}
    return {
        word: {other: (bond, nearness(means[word, other]) if (word, other) in means else 0) for other, (bond, _) in row.items()}
        for word, row in rows.items()
    }


def nearness(cosine: float) -> int:
    """A cosine as the file has it."""
    return FAR + round(NEAR_STEPS * min(max(cosine, 0.0), 1.0))


def main() -> int:
    """Build the neighbours."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("build/language-model"))
    parser.add_argument("--vectors", type=Path, help="a .npy file that keeps them")
    args = parser.parse_args()
    stems = sorted(json.loads(RECIPE.read_text(encoding="utf-8"))["weights"])
    args.work.mkdir(parents=True, exist_ok=True)
    for stem in stems:
        say(cut((args.corpora / f"{stem}.txt.xz", args.work, 0)))
    vocabulary = Vocabulary.of(args.work, stems)
    if args.vectors and args.vectors.exists():
        vectors: Singles = np.load(args.vectors)
    else:
        vectors = Neighbourhood.of(vocabulary.streams(args.work, stems), len(vocabulary.words)).vectors()
        if args.vectors:
            np.save(args.vectors, vectors)
    say(f"{len(vectors):,} vectors")
    data = packed(joined(vocabulary, vectors, Opposites(args.wordnet), shipped_confusions()))
    put("confusions.bin", data)
    say(f"{len(data) / 1e6:.1f} MB")
    return 0


def joined(vocabulary: Vocabulary, vectors: Singles, wordnet: Opposites, confusions: Confusions) -> Rows:
    """What the thesauri have in ``confusions``, with how near associates lie, and the neighbours beside them."""
    rows = with_nearness(thesaurus_rows(confusions, wordnet), vocabulary.words, vectors, wordnet)
    chosen = vocabulary.eligible()
    found = neighbours([vocabulary.words[k] for k in chosen.tolist()], vectors[chosen], wordnet)
    say(f"{len(found):,} words with neighbours")
    for word, near in found.items():
        row = rows.setdefault(word, {})
        row.update({other: (0, nearness(cosine)) for other, cosine in near.items() if other not in row})
    return rows


if __name__ == "__main__":
    sys.exit(main())
