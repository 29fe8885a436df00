"""Candidate generation at speed: what ``candidates.thin(candidates.propose(...))`` gives, computed over whole arrays.

``candidates`` is the plain statement of what is proposed, merged and thinned, and the oracle for this module in
``tests/test_proposals.py``.  Here the entries of the lists are columns (``spinfix.templates``), those that stand in a document are found
for all its tokens at once, and only what the look at the neighbours leaves becomes a ``Candidate``.  Whatever is rare is left to
``candidates`` itself: guards, exact letter case, articles to repair, and the places where several ways lead to one reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from . import rules
from .candidates import EVERYTHING, FIRST, THIN_KEEP, THIN_MARGIN, allowed, from_channel, in_order, is_shouting, merge, of_entry
from .channel import Channel
from .fuse import Keys
from .language_model import BEGIN, LanguageModel, PackedModel, Words, word_keys
from .records import Candidate
from .selection import Selection
from .standing import Standing, standing_in
from .templates import GUARDED, STRONG, TAKES_AN, Table, part_keys, parts_of, reading_key, spelling, table_of
from .text import Document
from .wordlists import Entry, Index, read_line

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

T = TypeVar("T")

END: Final = "</s>"
ARTICLES: Final = ("a", "an")
FULL: Final = 8_000  # words from which on all is forgotten and met anew
REMEMBERED: Final = 4_000  # lines of lists, each with its candidate: some 600 bytes


_made: Final = partial(tuple.__new__, Candidate)  # ``Candidate._make`` in a third of the time


class _Columns:
    """Columns of equal length that grow."""

    def __init__(self, **kinds: type) -> None:
        self._columns: dict[str, NDArray[Any]] = {name: np.zeros(1024, dtype=kind) for name, kind in kinds.items()}
        self.size = 0

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name][: self.size]

    def append(self, count: int, **values: Any) -> None:
        """Add ``count`` rows; columns without ``values`` get 0."""
        size = self.size + count
        for name, column in self._columns.items():
            if size > len(column):
                column = self._columns[name] = np.concatenate([column, np.zeros(max(size, len(column)), dtype=column.dtype)])
            column[self.size : size] = values.get(name, 0)
        self.size = size


class Vocabulary:
    """Every word that was met, as ``model`` knows it: a number for each surface, and columns by number.

    The words of ``tables`` come first, in their order; those on which the model's opinion does not lie ready are looked up when they
    are ``needed``.
    """

    def __init__(self, model: LanguageModel, tables: Sequence[Table] = ()) -> None:
        self._model = model
        self._numbers: dict[str, int] = {}
        self._columns = _Columns(keys=np.uint64, log_prob=np.float64, backoff=np.float64, surplus=np.float64)
        self._listed: list[str] = []
        self._unknown = np.zeros(0, dtype=bool)
        for table in tables:
            ready = isinstance(model, PackedModel) and table.model_digest == model.digest
            if ready:
                names = ("keys", "log_prob", "backoff", "surplus")
                self._columns.append(len(table.columns["word_keys"]), **{name: table.columns[f"word_{name}"] for name in names})
            else:
                self._columns.append(len(table.words))
            fresh = self._columns.size - len(self._unknown)
            self._listed += [""] * fresh if ready else table.words
            self._unknown = np.concatenate([self._unknown, np.full(fresh, not ready)])
        self._first = self._columns.size

    def __len__(self) -> int:
        return len(self._numbers)

    def needed(self, numbers: Ints) -> None:
        """See to it that the words of these ``numbers``, of tables, are known."""
        if not self._unknown.any():
            return
        fresh = np.unique(numbers[self._unknown[numbers]])
        if len(fresh):
            more = self._model.words([self._listed[k] for k in fresh])
            for name in ("keys", "log_prob", "backoff", "surplus"):
                self._columns[name][fresh] = getattr(more, name)
            self._unknown[fresh] = False

    def numbers(self, surfaces: Sequence[str]) -> Ints:
        """The numbers of ``surfaces``."""
        known = self._numbers
        fresh = list(dict.fromkeys(s for s in surfaces if s not in known))
        if fresh:
            more = self._model.words(fresh)
            self._columns.append(len(fresh), keys=more.keys, log_prob=more.log_prob, backoff=more.backoff, surplus=more.surplus)
            start = self._first + len(known)
            known.update(zip(fresh, range(start, start + len(fresh)), strict=True))
        return np.fromiter(map(known.__getitem__, surfaces), dtype=np.int64, count=len(surfaces))

    @property
    def words(self) -> Words:
        """All words met, in the order of their numbers."""
        columns = self._columns
        return Words(columns["keys"], columns["log_prob"], columns["backoff"], columns["surplus"])


@dataclass(frozen=True, slots=True)
class _Lists:
    """The templates of all indexes in one row of numbers: those of the first, then those of the second, ..."""

    tables: tuple[Table, ...]
    edges: Ints  # where the templates of each table begin, and one more
    columns: dict[str, NDArray[Any]]

    @staticmethod
    def of(tables: Sequence[Table]) -> _Lists:
        edges = np.cumsum([0, *map(len, tables)])
        if len(tables) == 1:
            return _Lists(tuple(tables), edges, dict(tables[0].columns))
        columns = {
            name: np.concatenate([table.columns[name] for table in tables])
            for name in ("offset", "length", "size", "log_p", "reading", "spelling", "flags", "part_token", "part_reading")
        }
        columns["part_at"] = np.concatenate([*_shifted(tables, "part_at", "part_token", 1), [len(columns["part_token"])]])
        words = np.cumsum([0, *(len(table.words) for table in tables)]).tolist()
        for name in ("left", "right"):
            columns[name] = np.concatenate([table.columns[name] + first for table, first in zip(tables, words, strict=False)])
        return _Lists(tuple(tables), edges, columns)

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def spans(self, at: Ints, chosen: Ints) -> tuple[Ints, Ints]:
        """The tokens, half-open, that the templates ``chosen`` change where their entries begin at tokens ``at``."""
        first = at + self["offset"][chosen]
        return first, first + self["length"][chosen]

    def of_each(self, chosen: Ints, ask: Callable[[Table, list[int]], list[T]]) -> list[T]:
        """What ``ask`` says of the templates ``chosen``: it is asked once for each table, with their numbers there."""
        if len(self.tables) == 1:
            return ask(self.tables[0], chosen.tolist())
        owner = np.searchsorted(self.edges, chosen, "right") - 1
        found: dict[int, T] = {}
        for number, table in enumerate(self.tables):
            at = np.flatnonzero(owner == number)
            found |= zip(at.tolist(), ask(table, (chosen[at] - self.edges[number]).tolist()), strict=True)
        return [found[k] for k in range(len(chosen))]

    def written(self, first: Ints, last: Ints, chosen: Ints) -> list[Candidate]:
        """The candidates of templates at their places."""
        places = zip(first.tolist(), last.tolist(), strict=True)
        return list(map(_made, [place + rest for place, rest in zip(places, self.of_each(chosen, Table.rests), strict=True)]))

    def entries(self, chosen: Ints) -> list[Entry]:
        """The entries of templates."""
        return self.of_each(chosen, lambda table, numbers: [read_line(line)[1] for line in table.index.lines(numbers)])

    def admitted(self, selection: Selection) -> Bools:
        """For each template whether ``selection`` admits its list."""
        parts = [
            np.array([selection.admits(name) for name in table.sources])[table.columns["source"]] for table in self.tables if len(table)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)


def _shifted(tables: Sequence[Table], name: str, counted: str, less: int) -> list[Ints]:
    """Column ``name`` of each table without its last ``less``, counted on from the tables before."""
    starts = np.cumsum([0, *(len(table.columns[counted]) for table in tables)]).tolist()
    return [table.columns[name][: len(table)].astype(np.int64) + start for table, start in zip(tables, starts, strict=False)]


class Fits(NamedTuple):
    """The entries of the lists that stand in a text, a row each, before rules, guards and other entries are asked."""

    firsts: Ints
    lasts: Ints  # half-open
    gains: Floats  # nats by which the reading fits its two neighbours better than what stands there
    log_p: Floats  # log P(observed | intended)
    is_strong: Bools  # whether clean text never has what stands there


class Proposer:
    """Candidates for documents, from ``indexes``, ``channel`` and the rules, thinned by ``model``.  For several threads."""

    def __init__(self, indexes: Sequence[Index], channel: Channel | None, model: LanguageModel) -> None:
        self._indexes, self._channel, self._model = indexes, channel, model
        self._lock = Lock()
        self._lists = _Lists.of([table_of(index) for index in indexes])
        self._vocabulary = Vocabulary(model, self._lists.tables)

    def propose(
        self,
        document: Document,
        *,
        own_rules: Sequence[rules.Rule] = (),
        selection: Selection = EVERYTHING,
        notes: list[str] | None = None,
    ) -> list[Candidate]:
        """The candidates for ``document`` that are worth their place in the lattice."""
        with self._lock:
            self._make_room()
            for table in self._lists.tables:
                if table.remembered > REMEMBERED:
                    table.forget()
            return self._propose(document, own_rules, selection, notes)

    def fits(self, document: Document) -> Fits:
        """How well the readings that the lists propose fit into ``document``."""
        with self._lock:
            self._make_room()
            lists = self._lists
            at, chosen = self._standing(document, standing_in(document, self._indexes))
            first, last = lists.spans(at, chosen)
            gains = self._gains(self._numbers(document, chosen), first, last, lists["left"][chosen], lists["right"][chosen])
            return Fits(first, last, gains, lists["log_p"][chosen].astype(np.float64), lists["flags"][chosen] & STRONG > 0)

    def _make_room(self) -> None:
        """Forget the words that were met where they are many."""
        if len(self._vocabulary) > FULL:
            self._vocabulary = Vocabulary(self._model, self._lists.tables)

    def _propose(
        self, document: Document, own_rules: Sequence[rules.Rule], selection: Selection, notes: list[str] | None
    ) -> list[Candidate]:
        if not len(document):
            return []
        found = standing_in(document, self._indexes)
        keys, hashes, _ = found
        at, chosen = self._standing(document, found)
        if selection:
            kept = self._lists.admitted(selection)[chosen]
            at, chosen = at[kept], chosen[kept]
        at, chosen, loose = self._settled(document, keys, hashes, at, chosen)
        more = from_channel(document, self._channel) if self._channel else iter(())
        loose += [c for c in more if not selection or selection.admits(c.source)]
        at_work = [r for r in (*rules.declared(), *own_rules) if selection.admits(r.name)]
        loose += rules.run(at_work, document, self._indexes, notes)
        if document.protected:
            loose = [c for c in loose if document.protected.isdisjoint(range(c.first, c.last))]
        first, last = self._lists.spans(at, chosen)
        alone, merged = self._merged(at, first, last, chosen, loose)
        return self._thinned(document, first[alone], last[alone], chosen[alone], merged)

    def _numbers(self, document: Document, chosen: Ints) -> Ints:
        """The vocabulary's numbers of the tokens of ``document`` and of its two ends; what templates mean is looked up with them."""
        for name in ("left", "right"):
            self._vocabulary.needed(self._lists[name][chosen])
        return self._vocabulary.numbers([BEGIN, *document.surfaces, END])

    def _gains(self, tokens: Ints, first: Ints, last: Ints, left: Ints, right: Ints) -> Floats:
        """By how much readings fit their two neighbours better than what stands there (nats), given their first and last words."""
        words, model = self._vocabulary.words, self._model
        before, after = tokens[first], tokens[last + 1]  # token k stands at k + 1
        observed = model.pairs(words, tokens[:-1], tokens[1:])[0]

        def ends(left: Ints, enter: Floats, leave: Floats) -> Floats:
            both: Floats = np.maximum(enter, words.log_prob[left] - 2.0) + np.maximum(leave - words.log_prob[after], -1.0)
            return both

        new = ends(left, model.pairs(words, before, left)[0], model.pairs(words, right, after)[0])
        gains: Floats = new - ends(tokens[first + 1], observed[first], observed[last])
        return gains

    def _standing(self, document: Document, standing: Standing) -> tuple[Ints, Ints]:
        """The tokens at which entries begin that stand in ``document``, and these entries' templates."""
        size = len(document)
        free = np.ones(size, dtype=bool)
        if not is_shouting(document):
            free = np.fromiter((not s.isupper() or len(s) == 1 for s in document.surfaces), dtype=bool, count=size)
        protected = list(document.protected)
        free[protected] = False
        at = np.concatenate([lines.at for lines in standing.lines])
        chosen = np.concatenate([lines.numbers + edge for lines, edge in zip(standing.lines, self._lists.edges.tolist(), strict=False)])
        kept = free[at]
        if protected:
            barred = np.zeros(size + 1, dtype=np.int64)
            barred[1:][protected] = 1
            barred = np.cumsum(barred)
            kept &= barred[at + self._lists["size"][chosen]] == barred[at]
        return at[kept], chosen[kept]

    def _settled(self, document: Document, keys: Sequence[str], hashes: Keys, at: Ints, chosen: Ints) -> tuple[Ints, Ints, list[Candidate]]:
        """Without those that a guard forbids, and those that an article before them changes apart, as candidates."""
        lists = self._lists
        flags = lists["flags"][chosen]
        kept = np.ones(len(at), dtype=bool)
        guarded = np.flatnonzero(flags & GUARDED)
        for k, entry in zip(guarded.tolist(), lists.entries(chosen[guarded]), strict=True):
            kept[k] = allowed(entry, document, keys, int(at[k]), int(at[k]) + 1 + len(entry.rest))
        is_a, is_an = (hashes == word_keys([article])[0] for article in ARTICLES)
        articles = np.zeros(len(keys) + 1, dtype=np.int64)  # before each token: 1 for a, 2 for an
        articles[1:] = is_a + 2 * is_an
        articles[:-1][is_a | is_an] = 0
        articles[list(document.breaks)] = 0
        before = articles[at + lists["offset"][chosen]]
        changed = np.flatnonzero(kept & (before > 0) & (before != 1 + ((flags & TAKES_AN) > 0)))
        kept[changed] = False
        loose = [
            of_entry(entry, document, keys, k, k + 1 + len(entry.rest))
            for k, entry in zip(at[changed].tolist(), lists.entries(chosen[changed]), strict=True)
        ]
        return at[kept], chosen[kept], loose

    def _merged(self, at: Ints, first: Ints, last: Ints, chosen: Ints, loose: list[Candidate]) -> tuple[Ints, list[Candidate]]:
        """The rows that no other touches, and the candidates that come of all others and ``loose``."""
        readings = np.concatenate([self._lists["reading"][chosen], np.array([reading_key(c.words) for c in loose], dtype=np.uint64)])
        firsts = np.concatenate([first, np.array([c.first for c in loose], dtype=np.int64)])
        lasts = np.concatenate([last, np.array([c.last for c in loose], dtype=np.int64)])
        order = np.lexsort((readings, lasts, firsts))
        equal = (np.diff(firsts[order]) == 0) & (np.diff(lasts[order]) == 0) & (readings[order][1:] == readings[order][:-1])
        group = np.zeros(len(order), dtype=np.int64)
        group[order] = np.cumsum(np.concatenate([[True], ~equal])[: len(order)])
        touched = np.bincount(group, minlength=1) > 1  # per group
        touched[group[len(first) :]] = True
        self._touch_parts(firsts, lasts, readings, chosen, loose, group, touched)
        rows = np.flatnonzero(touched[group[: len(first)]])
        rows = rows[np.argsort(at[rows], kind="stable")]
        listed = self._lists.written(first[rows], last[rows], chosen[rows])
        return np.flatnonzero(~touched[group[: len(first)]]), merge([*listed, *loose])

    def _touch_parts(
        self, firsts: Ints, lasts: Ints, readings: Keys, chosen: Ints, loose: Sequence[Candidate], group: Ints, touched: Bools
    ) -> None:
        """Mark the groups of phrases that their own words add up to, and those of these words."""
        lists = self._lists
        start = lists["part_at"][chosen].astype(np.int64)
        count = lists["part_at"][chosen + 1].astype(np.int64) - start
        more = [(len(chosen) + k, parts) for k, c in enumerate(loose) if (parts := parts_of(c))]
        sizes = np.concatenate([count[count > 0], np.array([len(parts) for _, parts in more], dtype=np.int64)])
        if not len(sizes):
            return
        rows = np.concatenate([np.flatnonzero(count), np.array([row for row, _ in more], dtype=np.int64)])
        number = np.arange(int(count.sum())) + np.repeat(start - (np.cumsum(count) - count), count)
        token = np.concatenate([lists["part_token"][number].astype(np.int64), np.array([t for _, p in more for t, _ in p], dtype=np.int64)])
        reading = np.concatenate([lists["part_reading"][number], np.array([r for _, p in more for _, r in p], dtype=np.uint64)])
        wanted = part_keys(np.repeat(firsts[rows], sizes) + token, reading)
        single = np.flatnonzero(lasts - firsts == 1)
        if not len(single):
            return
        codes = part_keys(firsts[single], readings[single])
        order = np.argsort(codes, kind="stable")
        codes, single = codes[order], single[order]
        places = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        all_there = np.logical_and.reduceat(codes[places] == wanted, np.cumsum(sizes) - sizes)
        touched[group[rows[all_there]]] = True
        touched[group[single[places[np.repeat(all_there, sizes)]]]] = True

    def _thinned(self, document: Document, first: Ints, last: Ints, chosen: Ints, merged: Sequence[Candidate]) -> list[Candidate]:
        """``candidates.thin`` for rows and ready candidates together, in its order."""
        vocabulary, lists = self._vocabulary, self._lists
        tokens = self._numbers(document, chosen)
        lefts = np.concatenate([lists["left"][chosen], vocabulary.numbers([c.words[0] for c in merged])])
        rights = np.concatenate([lists["right"][chosen], vocabulary.numbers([c.words[-1] for c in merged])])
        firsts = np.concatenate([first, np.array([c.first for c in merged], dtype=np.int64)])
        lasts = np.concatenate([last, np.array([c.last for c in merged], dtype=np.int64)])
        log_p = np.concatenate([lists["log_p"][chosen], np.array([c.log_p for c in merged])])
        strong = np.concatenate([lists["flags"][chosen] & STRONG > 0, np.array([c.evidence == "strong" for c in merged], dtype=bool)])
        score = self._gains(tokens, firsts, lasts, lefts, rights) + log_p + np.where(strong, FIRST, 0.0)
        rows = np.flatnonzero(score > -THIN_MARGIN)
        spellings = np.concatenate([lists["spelling"][chosen], np.array([spelling(c.intended) for c in merged], dtype=np.uint64)])
        rows = rows[np.lexsort((spellings[rows], -log_p[rows], -score[rows], lasts[rows], firsts[rows]))]
        new = np.concatenate([[True], (np.diff(firsts[rows]) != 0) | (np.diff(lasts[rows]) != 0)])[: len(rows)]
        starts = np.flatnonzero(new)
        rank = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
        rows = np.sort(rows[rank < THIN_KEEP])
        size = len(first)
        listed, ready = rows[rows < size], rows[rows >= size]
        kept = lists.written(firsts[listed], lasts[listed], chosen[listed]) + [merged[k - size] for k in ready.tolist()]
        order = np.lexsort((spellings[rows], -log_p[rows], lasts[rows], firsts[rows]))
        rows = rows[order]
        tied = (np.diff(firsts[rows]) == 0) & (np.diff(lasts[rows]) == 0) & (np.diff(log_p[rows]) == 0) & (np.diff(spellings[rows]) == 0)
        ordered = [kept[k] for k in order.tolist()]
        for start, stop in _stretches(tied):  # the spellings know eight letters
            ordered[start:stop] = sorted(ordered[start:stop], key=in_order)
        return ordered


def _stretches(tied: Bools) -> list[tuple[int, int]]:
    """The runs, half-open, of rows of which each is ``tied`` to the next."""
    edges = np.diff(np.concatenate([[0], tied.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges > 0).tolist(), (np.flatnonzero(edges < 0) + 1).tolist(), strict=True))
