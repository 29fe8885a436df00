"""The names that spinfix knows, found by the words of a text.  Of some thousands a text needs a few: a name is cut when it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import cache
from itertools import chain
from typing import Final

from .text import cut
from .wordlists import package_file

Tokens = tuple[str, ...]

KEPT_AROUND: Final = 2  # words of a name that stand around one that no list has
SMALL: Final = frozenset("a an and at by for from in into is it me of on or our the to with without 's ' & , :".split())


@cache
def known_names() -> frozenset[str]:
    """Every name of ``data/known_names.txt``, as it is written."""
    names: set[str] = set()
    with package_file("known_names.txt") as path:
        lines = path.read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            template, _, rest = line.partition(":") if "{}" in line else ("{}", ":", line)
            names.update(template.replace("{}", name.strip()) for name in rest.split(";") if name.strip())
    return frozenset(names)


class Names:
    """Names by their tokens in small letters.

    Made of those that begin with a word, by this word: the tokens, or the text of a name of nothing but letters and blanks.
    """

    def __init__(self, by_head: Mapping[str, Sequence[str | Tokens]], words: frozenset[str]) -> None:
        self.words = words  # all that the names are made of, in small letters
        self._by_head = by_head
        self._spelled: dict[str, Mapping[Tokens, Tokens]] = {}
        self._following: dict[Tokens, Set[str]] = {(): by_head.keys()}

    def with_head(self, head: str) -> Mapping[Tokens, Tokens]:
        """The names that begin with a word: their tokens as written, by these in small letters."""
        found = self._spelled.get(head)
        if found is None:
            spelled: dict[Tokens, Tokens] = {}
            for name in map(_tokens, self._by_head.get(head, ())):
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
            known = self._following[beginning] = {name[size] for name in longer if name[:size] == beginning}
        return known


def _lowered(name: Tokens) -> Tokens:
    return tuple(map(str.lower, name))


def _tokens(name: str | Tokens) -> Tokens:
    return name if isinstance(name, tuple) else tuple(name.split(" "))


@cache
def _of_several_words() -> tuple[Sequence[str], Sequence[Tokens]]:
    """The known names of more than one token: those of nothing but letters and blanks, as written, and the tokens of the others."""
    plain, odd = [], []
    for name in known_names():
        if not (name.isascii() and name.replace(" ", "").isalpha()):
            odd.append(cut(name))  # which takes ten times as long as splitting
        elif " " in name:
            plain.append(name)
    return plain, [name for name in odd if len(name) > 1]


@cache
def shipped_names() -> Names:
    """The known names of more than one token."""
    plain, odd = _of_several_words()
    by_head: dict[str, list[str | Tokens]] = {}
    for name in plain:
        by_head.setdefault(name.partition(" ")[0].lower(), []).append(name)
    for tokens in odd:
        by_head.setdefault(tokens[0].lower(), []).append(tokens)
    words = chain(" ".join(plain).lower().split(" "), map(str.lower, chain.from_iterable(odd)))
    return Names(by_head, frozenset(words))


def _exchangeable(known: Tokens) -> Sequence[int]:
    """The places of a name, given in small letters, at which a word may have been exchanged; none where too little of it would stand."""
    if len(known) <= KEPT_AROUND:
        return ()
    gaps = [k for k, word in enumerate(known) if word not in SMALL and word.isalpha()]
    return gaps if len(gaps) > KEPT_AROUND else ()


Gaps = Callable[[Tokens, int], Sequence[Tokens]]


def gaps_in(names: Iterable[Tokens]) -> Gaps:
    """A look-up among ``names``: those that some words in small letters are, but for the one at some place among them."""
    found: dict[Tokens, list[Tokens]] = {}
    for name in sorted(names):
        known = _lowered(name)
        for k in _exchangeable(known):
            found.setdefault((*known[:k], "", *known[k + 1 :]), []).append(name)
    return lambda known, k: found.get((*known[:k], "", *known[k + 1 :]), ())


@cache
def _by_tail() -> Mapping[str, Sequence[str | Tokens]]:
    """The known names that are long enough to lack their first word, by their last."""
    plain, odd = _of_several_words()
    found: dict[str, list[str | Tokens]] = {}
    for name in plain:
        if name.count(" ") >= KEPT_AROUND:
            found.setdefault(name.rpartition(" ")[2].lower(), []).append(name)
    for tokens in odd:
        if len(tokens) > KEPT_AROUND:
            found.setdefault(tokens[-1].lower(), []).append(tokens)
    return found


@cache
def _with_tail(tail: str) -> Mapping[Tokens, Tokens]:
    spelled = map(_tokens, _by_tail().get(tail, ()))
    names = shipped_names()
    return {known: names.spelled(known) or name for name in spelled for known in (_lowered(name),)}


def shipped_gaps(known: Tokens, k: int) -> Sequence[Tokens]:
    """The same as of ``gaps_in`` among the known names, of which only those with the same first word or last are looked at."""
    names = shipped_names().with_head(known[0]) if k else _with_tail(known[-1])
    rest = known[:k], known[k + 1 :]
    alike = (name for name in names if len(name) == len(known) and (name[:k], name[k + 1 :]) == rest and k in _exchangeable(name))
    return sorted(names[name] for name in alike)
