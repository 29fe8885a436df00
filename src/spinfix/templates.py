"""The entries of the lists as *templates*: candidates without a place, in columns.

A template has the number of its line.  The columns of the shipped lists are made ahead (``tools/compile_wordlists.py``) and mapped;
those of a user's own lists are made when they are loaded, by the same code.  ``candidates.from_lists`` is the plain statement of what
stands where.

=================  ====================================================================================================
``offset``         tokens before the first that is changed: what both sides share at their ends is no part of a candidate
``length``         tokens that are changed
``size``           tokens that are observed
``log_p``          log P(observed | intended), nats
``reading``        key of the words meant, in small letters
``left, right``    number of the first and of the last word meant
``spelling``       the first eight letters of what is meant, so that they sort as texts do
``flags``          ``GUARDED``, ``TAKES_AN``, ``STRONG``, ``standing.NAMED``: see there
``source``         number of its list
``part_at``        where its parts begin: the single words that may make a phrase together
=================  ====================================================================================================
"""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from functools import cache, lru_cache
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .arrays import Arrays
from .candidates import joined, of_entry, words_of
from .fuse import Keys, join_keys
from .inflection import indefinite_article
from .language_model import LanguageModel
from .records import Candidate
from .standing import NAMED, observed_columns
from .text import Document, as_one
from .wordlists import FIELDS, Index, read_line, shares_in, shipped_arrays, shipped_columns, shipped_index

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

GUARDED: Final = 1  # the entry asks for an exact letter case, or for what stands around it
TAKES_AN: Final = 2  # the first word meant asks for *an* before it
STRONG: Final = 4  # clean text never has the observed form
NOWHERE: Final = Document("", (), (), (), (), ())


def reading_key(words: Sequence[str]) -> int:
    """The key of some words, whatever their letter case."""
    return int.from_bytes(blake2b("\0".join(words).lower().encode("utf-8", "replace"), digest_size=8).digest(), "little")


def spelling(intended: str) -> int:
    """The first letters of what was meant, so that they sort as texts do."""
    return int.from_bytes(intended[:8].encode("utf-8", "replace")[:8].ljust(8, b"\0"), "big")


def parts_of(candidate: Candidate) -> tuple[tuple[int, int], ...]:
    """The single words that may make a phrase together: which token of the phrase each stands for, and its reading."""
    observed = candidate.observed.split(" ")
    if len(observed) < 2 or not len(observed) == len(candidate.words) == candidate.last - candidate.first:
        return ()
    return tuple((k, reading_key((w,))) for k, w in enumerate(candidate.words) if w.lower() != observed[k])


def part_keys(tokens: Ints, readings: Keys) -> Keys:
    """Keys of single words meant at some tokens."""
    return join_keys(tokens.astype(np.uint64), readings)


def made(index: Index, named: Set[str] = frozenset()) -> dict[str, NDArray[Any]]:
    """The columns of all lines of ``index``; ``named`` are the words of known names, in small letters."""
    numbers: dict[str, int] = {}
    columns: dict[str, list[Any]] = {
        name: [] for name in ("offset", "length", "size", "log_p", "reading", "left", "right", "spelling", "flags", "source", "part_at")
    }
    parts: list[tuple[int, int]] = []
    sources: dict[str, int] = {}
    for number in range(len(index)):
        first, entry = index.entry(number)
        keys = (first, *entry.rest)
        c = of_entry(entry, NOWHERE, keys, 0, len(keys))
        guarded, strong = bool(entry.near or entry.absent or entry.observed), entry.evidence == "strong"
        flags = GUARDED * guarded | TAKES_AN * (indefinite_article(c.words[0]) == "an") | STRONG * strong
        flags |= NAMED * all(word.lower() in named for word in words_of(entry.intended))
        row = (
            c.first, c.last - c.first, len(keys), c.log_p, reading_key(c.words), numbers.setdefault(c.words[0], len(numbers)),
            numbers.setdefault(c.words[-1], len(numbers)), spelling(c.intended), flags,
            sources.setdefault(entry.source, len(sources)), len(parts),
        )  # fmt: skip
        for column, value in zip(columns.values(), row, strict=True):
            column.append(value)
        parts += parts_of(c)
    columns["part_at"].append(len(parts))
    kinds = {"log_p": "<f8", "reading": "<u8", "spelling": "<u8", "left": "<u4", "right": "<u4", "source": "<u2", "part_at": "<u4"}
    found = {name: np.array(values, dtype=kinds.get(name) or _least(values)) for name, values in columns.items()}
    found["part_token"] = np.array(tokens := [token for token, _ in parts], dtype=_least(tokens))
    found["part_reading"] = np.array([reading for _, reading in parts], dtype="<u8")
    found |= observed_columns(index)
    found |= {"words": _texts(numbers), "sources": _texts(sources), "starts": index.starts.astype("<u4")}
    found["first_lines"] = index.first_lines.astype("<u4")
    return found


def _least(values: Sequence[int]) -> np.dtype[Any]:
    """The smallest kind of number that holds ``values``: a byte, but for phrases of hundreds of words."""
    return np.min_scalar_type(max(values, default=0))


def _texts(names: dict[str, int]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


class Table:
    """The columns of one index, what is remembered of its lines, and what stands in a text."""

    def __init__(self, index: Index, columns: Arrays, model_digest: str = "") -> None:
        self.index = index
        self.columns = columns
        self.model_digest = model_digest  # of the model whose opinion on the words is among the columns
        self._rests: dict[int, tuple[Any, ...]] = {}

    def __len__(self) -> int:
        return len(self.columns["log_p"])

    @property
    def words(self) -> list[str]:
        """The words of the numbers in ``left`` and ``right``."""
        text = self.columns["words"].tobytes().decode()
        return text.split("\n") if text else []

    @property
    def sources(self) -> list[str]:
        """The names of the lists, by number."""
        return self.columns["sources"].tobytes().decode().split("\n")

    def rests(self, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        """What the candidate of each of these templates is but for its place."""
        known = self._rests
        fresh = [number for number in dict.fromkeys(numbers) if number not in known]
        if fresh:
            known.update(zip(fresh, self._read(fresh), strict=True))
        return [known[number] for number in numbers]

    def _read(self, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        """``rests`` from the lines, all of them at once: ``of_entry`` says the same of one."""
        lines = self.index.lines(numbers)
        fields = "\t".join(lines).split("\t")
        try:
            if len(fields) != FIELDS * len(lines):
                raise ValueError
            log_p, size, length = (self.columns[name][numbers].tolist() for name in ("log_p", "size", "length"))
            observed, intended, source, evidence, several = (fields[k::FIELDS] for k in (0, 1, 3, 6, 7))
            rests = [
                (meant, words_of(meant), p, as_one(name), seen, as_one(kind), _families(shares, p) if shares else (), 0.0, 0.0)
                for seen, meant, p, name, kind, shares in zip(observed, intended, log_p, source, evidence, several, strict=True)
            ]
        except ValueError:  # damaged: the line in question says so
            list(map(read_line, lines))
            raise
        for k, number in enumerate(numbers):
            if size[k] != length[k]:
                rests[k] = _trimmed(rests[k], int(self.columns["offset"][number]), size[k] - length[k])
        return rests

    @property
    def remembered(self) -> int:
        """How many candidates are remembered."""
        return len(self._rests)

    def forget(self) -> None:
        """Forget all candidates; they are read anew where they are met."""
        self._rests = {}  # not emptied: the table of the shipped lists is everybody's, and another thread may be reading


def _trimmed(rest: tuple[Any, ...], left: int, both: int) -> tuple[Any, ...]:
    """Without the words that both sides share, ``left`` of them at the beginning, and at both ends ``both``."""
    _, words, log_p, source, observed, *others = rest
    right = both - left
    words = words[left : len(words) - right]
    keys = observed.split(" ")
    return joined(words), words, log_p, source, " ".join(keys[left : len(keys) - right]), *others


@lru_cache(maxsize=2_000)
def _families(several: str, log_p: float) -> tuple[tuple[str, float], ...]:
    """What the last field of a line says of each family, as ``distances_of`` does; a few of them are those of most lines."""
    return tuple([(family, log_share - log_p) for family, log_share in map(_log_share, several.split(";"))])


@lru_cache(maxsize=1_000)
def _log_share(part: str) -> tuple[str, float]:
    ((family, share),) = shares_in(part)
    return family, math.log(share)


def opinion(words: Sequence[str], model: LanguageModel) -> dict[str, NDArray[Any]]:
    """The columns that say what ``model`` thinks of ``words``."""
    known = model.words(words)
    return {"word_keys": known.keys, "word_log_prob": known.log_prob, "word_backoff": known.backoff, "word_surplus": known.surplus}


@cache
def shipped_table() -> Table:
    """The table of the lists of the package, mapped on first use."""
    columns, index = shipped_columns(), shipped_index()
    return Table(index, columns, shipped_arrays()[1]["model"]) if columns else Table(index, made(index))


def table_of(index: Index) -> Table:
    """The table of ``index``."""
    return shipped_table() if index is shipped_index() else Table(index, made(index))
