"""What WordNet says of two words that keep the same company and yet must not stand for one another.

*Quickly* and *slowly*, *Tuesday* and *Friday*, *goat* and *sheep* stand among the same neighbours.  ``Opposites`` knows words of opposite
senses (antonyms, and words that mean nearly the same as these) and things of one kind (nouns right below the same one, animals, persons,
times and others of which there are many).
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Final

from term_sources import wordnet_lines

FILES: Final = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
KINDS: Final = frozenset([5, 8, 13, 18, 20, 23, 27, 28])  # animals, the body, food, persons, plants, quantities, substances, times
COUNTED: Final = 3  # senses of a word that are asked what kind of thing it is
SIMILAR: Final = frozenset("&^@~")  # pointers from a synset to those that mean nearly the same
NEGATIONS: Final = ("un", "in", "im", "il", "ir", "dis", "non", "mis", "de", "anti", "over", "under", "pre", "post", "sub", "super")
Synset = tuple[str, str]


class Opposites:
    """WordNet, as far as it tells opposites and things of one kind."""

    def __init__(self, folder: Path) -> None:
        self.senses: dict[tuple[str, str], list[Synset]] = {}
        self._kind: dict[Synset, int] = {}
        self._above: dict[Synset, set[Synset]] = defaultdict(set)
        self._against: dict[Synset, set[Synset]] = defaultdict(set)
        self._near: dict[Synset, set[Synset]] = defaultdict(set)
        words: dict[Synset, list[str]] = {}
        pertains: list[tuple[Synset, Synset]] = []
        for part, name in FILES.items():
            for fields, _ in wordnet_lines(folder / f"data.{name}"):
                own, count = (part, fields[0]), int(fields[3], 16)
                self._kind[own] = int(fields[1])
                words[own] = [re.sub(r"\(.*\)", "", fields[4 + 2 * k]).lower() for k in range(count)]
                at = 5 + 2 * count
                for k in range(int(fields[at - 1])):
                    sign, offset, letter, _ = fields[at + 4 * k : at + 4 * k + 4]
                    other = letter.replace("s", "a"), offset
                    if sign == "!":
                        self._against[own].add(other)
                    elif sign in SIMILAR:
                        self._near[own].add(other)
                        if sign == "@":
                            self._above[own].add(other)
                    elif sign == "\\" and part == "r":
                        pertains.append((own, other))
            for fields, _ in wordnet_lines(folder / f"index.{name}"):
                self.senses[fields[0].replace("_", " "), part] = [(part, o) for o in fields[6 + int(fields[3]) :]]
        for own, adjective in pertains:  # adverbs are opposed as their adjectives are
            self._near[own] |= {adjective, *self._near[adjective]}
        counting = {own for own, spelled in words.items() if own[0] == "a" and not {"cardinal", "ordinal"}.isdisjoint(spelled)}
        self._numeral = counting.union(*(self._near[own] for own in counting))

    def parts(self, word: str) -> str:
        """The parts of speech that ``word`` is in WordNet, as letters."""
        return "".join(part for part in FILES if (word, part) in self.senses)

    def are_opposed(self, one: str, other: str, part: str) -> bool:
        """Whether the two have opposite senses, or are told apart by a negation or another prefix."""
        if self._share(one, other, part):
            return False
        if any(a in (prefix + b, prefix + "-" + b) for prefix in NEGATIONS for a, b in ((one, other), (other, one))):
            return True
        if any(a.endswith("ful") and b == a.removesuffix("ful") + "less" for a, b in ((one, other), (other, one))):
            return True
        ours, theirs = (self._around(set(self.senses.get((word, part), ()))) for word in (one, other))
        return not theirs.isdisjoint({o for own in ours for o in self._against[own]})

    def are_of_one_kind(self, one: str, other: str, part: str) -> bool:
        """Whether one of the two is a number, or both are nouns right below a third one, or one names a thing of ``KINDS`` first of all."""
        ours, theirs = self.senses.get((one, part), []), self.senses.get((other, part), [])
        if not self._numeral.isdisjoint(ours) or not self._numeral.isdisjoint(theirs):
            return True
        if part != "n" or self._share(one, other, part):
            return False
        ours, theirs = ours[:COUNTED], theirs[:COUNTED]
        if KINDS & {self._kind[s] for s in ours[:1]} or KINDS & {self._kind[s] for s in theirs[:1]}:
            return True
        above = {a for s in ours for a in self._above[s]}
        return any(not above.isdisjoint(self._above[s]) for s in theirs)

    def _around(self, senses: set[Synset]) -> set[Synset]:
        return senses.union(*(self._near[s] for s in senses)) if senses else senses

    def _share(self, one: str, other: str, part: str) -> bool:
        return not set(self.senses.get((one, part), ())).isdisjoint(self.senses.get((other, part), ()))
