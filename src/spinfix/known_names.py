"""The names that spinfix knows, found by the words of a text.  Of some thousands a text needs a few: a name is cut when it is needed.

They are written by hand in ``wordlists/names/known_names.txt`` and compiled (``tools/compile_wordlists.py``) into
``data/known_names.tsv``, three parts with an empty line between: all words that they are made of; the names of several tokens, in lines
by their first word; those that are long enough to lack it, in lines by their last.  A line has the word, in small letters, and the names
behind it, with tabs between; the tokens of a name have blanks between, so that it need not be cut once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from types import MappingProxyType
from typing import Final

from .text import cut
from .wordlists import package_file

Tokens = tuple[str, ...]

KEPT_AROUND: Final = 2  # words of a name that stand around one that no list has
NONE: Final[Mapping[Tokens, Tokens]] = MappingProxyType({})
SMALL: Final = frozenset("a an and at by for from in into is it me of on or our the to with without 's ' & , :".split())


class Names:
    """Names by their tokens in small letters.

    Made of the words that begin one, of what tells those that begin with such a word, and of all words in them, in small letters.
    """

    def __init__(self, heads: Set[str], names: Callable[[str], Iterable[Tokens]], words: frozenset[str]) -> None:
        self.words = words
        self._names = names
        self._spelled: dict[str, Mapping[Tokens, Tokens]] = {}
        self._following: dict[Tokens, Set[str]] = {(): heads}

    @classmethod
    def of(cls, name: Tokens) -> Names:
        """One name."""
        known = _lowered(name)
        return cls({known[0]}, lambda head: [name] if head == known[0] else [], frozenset(known))

    @property
    def heads(self) -> Set[str]:
        """The words that begin a name."""
        return self._following[()]

    def with_head(self, head: str) -> Mapping[Tokens, Tokens]:
        """The names that begin with a word: their tokens as written, by these in small letters."""
        found = self._spelled.get(head)
        if found is None:
            if head not in self.heads:
                return NONE
            spelled: dict[Tokens, Tokens] = {}
            for name in self._names(head):
                known = _lowered(name)
                spelled[known] = max(name, spelled.get(known, name))
            found = self._spelled[head] = spelled
        return found

    def spelled(self, known: Tokens) -> Tokens | None:
        """The tokens as written of the name with these in small letters; none where there is no such name."""
        return self.with_head(known[0]).get(known) if known else None

    def following(self, beginning: Tokens) -> Set[str]:
        """What may follow a beginning of a name."""
        known = self._following.get(beginning)
        if known is None:
            size = len(beginning)
            longer = (name for name in self.with_head(beginning[0]) if len(name) > size)
            known = {name[size] for name in longer if name[:size] == beginning}
            if known:  # of what begins no name nothing is remembered: texts are full of it
                self._following[beginning] = known
        return known


def _lowered(name: Tokens) -> Tokens:
    return tuple(map(str.lower, name))


@cache
def _compiled() -> tuple[frozenset[str], _Lines, _Lines]:
    """The three parts of the compiled names."""
    with package_file("known_names.tsv") as path:
        words, by_head, by_tail = path.read_text(encoding="utf-8").split("\n\n")
        return frozenset(words.split(" ")), _Lines(by_head), _Lines(by_tail)


class _Lines:
    """Names by a word, in lines; cut where they are asked for."""

    def __init__(self, lines: str) -> None:
        self._lines: dict[str, str] = dict(line.split("\t", 1) for line in lines.splitlines())

    @property
    def heads(self) -> Set[str]:
        """The words."""
        return self._lines.keys()

    def __call__(self, word: str) -> Iterator[Tokens]:
        """The names in the line of ``word``."""
        line = self._lines.get(word)
        return (tuple(name.split(" ")) for name in line.split("\t")) if line else iter(())


def words_in(several: Iterable[Tokens]) -> frozenset[str]:
    """The words of names of several tokens, in small letters."""
    return frozenset(word.lower() for tokens in several for word in tokens)


def of_several(names: Iterable[str]) -> Sequence[Tokens]:
    """Those of ``names`` that have several tokens, sorted."""
    return sorted({tokens for tokens in map(cut, names) if len(tokens) > 1})


def compiled(names: Iterable[str]) -> str:
    """The text of the compiled form of ``names``, as they are written."""
    several = of_several(names)
    by_head: dict[str, list[Tokens]] = {}
    by_tail: dict[str, list[Tokens]] = {}
    for tokens in several:
        by_head.setdefault(tokens[0].lower(), []).append(tokens)
        if len(tokens) > KEPT_AROUND:
            by_tail.setdefault(tokens[-1].lower(), []).append(tokens)
    words = " ".join(sorted(words_in(several)))
    return "\n\n".join([words, *("\n".join("\t".join([w, *map(" ".join, by[w])]) for w in sorted(by)) for by in (by_head, by_tail))]) + "\n"


@cache
def shipped_names() -> Names:
    """The known names of more than one token."""
    words, by_head, _ = _compiled()
    return Names(by_head.heads, by_head, words)


def _exchangeable(known: Tokens) -> Sequence[int]:
    """The places of a name, given in small letters, at which a word may have been exchanged; none where too little of it would stand."""
    if len(known) <= KEPT_AROUND:
        return ()
    gaps = [k for k, word in enumerate(known) if word not in SMALL and word.isalpha()]
    return gaps if len(gaps) > KEPT_AROUND else ()


Gaps = Callable[[Tokens], Iterable[tuple[int, Tokens]]]


def gaps_in(names: Iterable[Tokens]) -> Gaps:
    """A look-up among ``names``: those that some words in small letters are, but for one of them; each with the place of that one."""
    found: dict[Tokens, list[Tokens]] = {}
    for name in sorted(names):
        known = _lowered(name)
        for k in _exchangeable(known):
            found.setdefault((*known[:k], "", *known[k + 1 :]), []).append(name)

    def gaps(known: Tokens) -> Iterator[tuple[int, Tokens]]:
        for k in range(len(known)) if found else ():
            for name in found.get((*known[:k], "", *known[k + 1 :]), ()):
                if name[k].lower() != known[k]:
                    yield k, name

    return gaps


def _with_tail(tail: str) -> Mapping[Tokens, Tokens]:
    """The names that end with a word, and are long enough to lack another, by their tokens in small letters."""
    return _known_with_tail(tail) if tail in _compiled()[2].heads else NONE


@cache
def _known_with_tail(tail: str) -> Mapping[Tokens, Tokens]:
    names = shipped_names()
    return {known: names.spelled(known) or name for name in _compiled()[2](tail) for known in (_lowered(name),)}


def shipped_gaps(known: Tokens) -> Sequence[tuple[int, Tokens]]:
    """The same as of ``gaps_in`` among the known names, of which only those with the same first word or last are looked at."""
    found = []
    for names, is_first in ((shipped_names().with_head(known[0]), False), (_with_tail(known[-1]), True)):
        for name, spelled in names.items():
            if len(name) == len(known):
                odd = [k for k, (word, other) in enumerate(zip(name, known, strict=True)) if word != other]
                if len(odd) == 1 and (odd[0] == 0) is is_first and odd[0] in _exchangeable(name):
                    found.append((odd[0], spelled))
    return sorted(found)
