"""Candidate generation at speed: what ``candidates.thin(candidates.propose(...))`` gives, computed over whole arrays.

``candidates`` is the plain statement of what is proposed, merged and thinned, and the oracle for this module in
``tests/test_proposals.py``.  Here every entry of the lists that was ever met is a *template*: a candidate without a place, in columns.
A document's tokens are looked up key by key, the templates that stand in it are laid out as arrays, and only what the look at the
neighbours leaves becomes a ``Candidate``.  Whatever is rare is left to ``candidates`` itself: guards, exact letter case, articles to
repair, and the places where several ways lead to one reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import chain, pairwise
from operator import attrgetter
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from . import rules
from .candidates import EVERYTHING, THIN_KEEP, THIN_MARGIN, allowed, from_channel, is_shouting, merge, of_entry
from .channel import Channel
from .inflection import indefinite_article
from .language_model import BEGIN, LanguageModel, Words
from .records import Candidate
from .selection import Selection
from .text import Document
from .wordlists import Entry, Index, key_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

END: Final = "</s>"
FULL: Final = 400_000  # templates, or words, from which on all is forgotten and met anew
ARTICLES: Final = ("a", "an")
# What a candidate is but for its place.
_rest_of: Final[Callable[[Candidate], tuple[Any, ...]]] = attrgetter(*[f.name for f in fields(Candidate)][2:])
_NOWHERE: Final = Document("", (), (), (), (), ())


def _spelling(candidate: Candidate) -> int:
    """The first letters of what was meant, so that they sort as texts do."""
    return int.from_bytes(candidate.intended[:8].encode("utf-8", "replace")[:8].ljust(8, b"\0"), "big")


def _place(candidate: Candidate) -> tuple[int, int, float, str]:
    return candidate.first, candidate.last, -candidate.log_p, candidate.intended


class _Columns:
    """Columns of equal length that grow."""

    def __init__(self, **kinds: type) -> None:
        self._columns: dict[str, NDArray[Any]] = {name: np.zeros(1024, dtype=kind) for name, kind in kinds.items()}
        self.size = 0

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._columns[name][: self.size]

    def append(self, count: int, **values: Any) -> None:
        """Add ``count`` rows."""
        size = self.size + count
        for name, value in values.items():
            column = self._columns[name]
            if size > len(column):
                column = self._columns[name] = np.concatenate([column, np.zeros(max(size, len(column)), dtype=column.dtype)])
            column[self.size : size] = value
        self.size = size


class Vocabulary:
    """Every word that was met, as ``model`` knows it: a number for each surface, and columns by number."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._numbers: dict[str, int] = {}
        self._columns = _Columns(keys=np.uint64, log_prob=np.float64, backoff=np.float64, surplus=np.float64)

    def __len__(self) -> int:
        return len(self._numbers)

    def numbers(self, surfaces: Sequence[str]) -> Ints:
        """The numbers of ``surfaces``."""
        known = self._numbers
        fresh = list(dict.fromkeys(s for s in surfaces if s not in known))
        if fresh:
            more = self._model.words(fresh)
            self._columns.append(len(fresh), keys=more.keys, log_prob=more.log_prob, backoff=more.backoff, surplus=more.surplus)
            known.update(zip(fresh, range(len(known), len(known) + len(fresh)), strict=True))
        return np.fromiter(map(known.__getitem__, surfaces), dtype=np.int64, count=len(surfaces))

    @property
    def words(self) -> Words:
        """All words met, in the order of their numbers."""
        columns = self._columns
        return Words(columns["keys"], columns["log_prob"], columns["backoff"], columns["surplus"])


@dataclass(slots=True)
class _Met:
    """What was met of one index: the templates of single tokens, and of the phrases that begin with two."""

    index: Index
    alone: dict[str, tuple[int, ...]]
    phrases: dict[tuple[str, str], tuple[int, ...]]


class Proposer:
    """Candidates for documents, from ``indexes``, ``channel`` and the rules, thinned by ``model``.  For several threads."""

    def __init__(self, indexes: Sequence[Index], channel: Channel | None, model: LanguageModel) -> None:
        self._indexes, self._channel, self._model = indexes, channel, model
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self._vocabulary = Vocabulary(self._model)
        self._readings: dict[tuple[str, ...], int] = {}
        self._met = [_Met(index, {}, {}) for index in self._indexes]
        self._entries: list[Entry] = []
        self._rests: list[tuple[Any, ...]] = []
        self._parts: dict[int, tuple[tuple[int, int], ...]] = {}  # of templates that their own words may add up to: token, reading
        self._templates = _Columns(
            offset=np.int64, length=np.int64, log_p=np.float64, reading=np.int64, left=np.int64, right=np.int64, spelling=np.uint64,
            is_guarded=np.bool_, has_parts=np.bool_, takes_an=np.bool_,
        )  # fmt: skip

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
            if max(len(self._vocabulary), len(self._rests)) > FULL:
                self._forget()
            return self._propose(document, own_rules, selection, notes)

    def _propose(
        self, document: Document, own_rules: Sequence[rules.Rule], selection: Selection, notes: list[str] | None
    ) -> list[Candidate]:
        if not len(document):
            return []
        keys = [f if f[0] != "<" else key_of(f, s) for f, s in zip(document.forms, document.surfaces, strict=True)]
        at, chosen = self._standing(document, keys)
        if selection:
            admitted = {k: selection.admits(self._entries[k].source) for k in set(chosen.tolist())}
            kept = np.array([admitted[k] for k in chosen.tolist()], dtype=bool)
            at, chosen = at[kept], chosen[kept]
        at, chosen, loose = self._settled(document, keys, at, chosen)
        more = from_channel(document, self._channel) if self._channel else iter(())
        loose += [c for c in more if not selection or selection.admits(c.source)]
        at_work = [r for r in (*rules.declared(), *own_rules) if selection.admits(r.name)]
        loose += rules.run(at_work, document, self._indexes, notes)
        if document.protected:
            loose = [c for c in loose if document.protected.isdisjoint(range(c.first, c.last))]
        first = at + self._templates["offset"][chosen]
        last = first + self._templates["length"][chosen]
        alone, merged = self._merged(at, first, last, chosen, loose)
        return self._thinned(document, first[alone], last[alone], chosen[alone], merged)

    def _standing(self, document: Document, keys: Sequence[str]) -> tuple[Ints, Ints]:
        """The tokens at which entries begin that stand in ``document``, and these entries' templates."""
        size = len(keys)
        free = np.ones(size, dtype=bool)
        if not is_shouting(document):
            free = np.fromiter((not s.isupper() or len(s) == 1 for s in document.surfaces), dtype=bool, count=size)
        protected = list(document.protected)
        free[protected] = False
        ends = np.zeros(size, dtype=np.int64)
        for start, stop in document.stretches():
            ends[start:stop] = stop
        stops = ends.tolist()
        ats: list[Ints] = []
        numbers: list[Ints] = []
        for met in self._met:
            for key in set(keys).difference(met.alone):
                met.alone[key] = self._templates_of((key,), met.index.words(key))
            groups = list(map(met.alone.__getitem__, keys))
            ats.append(np.repeat(np.arange(size), np.fromiter(map(len, groups), dtype=np.int64, count=size)))
            numbers.append(np.fromiter(chain.from_iterable(groups), dtype=np.int64))
            begun: list[tuple[int, int]] = []
            seconds = {key: met.index.seconds(key) for key in set(keys)}
            for k, (known, following) in enumerate(zip(map(seconds.__getitem__, keys), keys[1:], strict=False)):
                if following in known:
                    begun += self._phrases(met, keys, k, stops[k])
            ats.append(np.array([k for k, _ in begun], dtype=np.int64))
            numbers.append(np.array([number for _, number in begun], dtype=np.int64))
        at, chosen = np.concatenate(ats), np.concatenate(numbers)
        kept = free[at]
        if protected:
            barred = np.zeros(size + 1, dtype=np.int64)
            barred[1:][protected] = 1
            barred = np.cumsum(barred)
            sizes = np.array([1 + len(self._entries[k].rest) for k in chosen.tolist()], dtype=np.int64)
            kept &= barred[at + sizes] == barred[at]
        return at[kept], chosen[kept]

    def _phrases(self, met: _Met, keys: Sequence[str], at: int, end: int) -> Iterable[tuple[int, int]]:
        """The entries of several tokens that stand at ``at``: (token, template)."""
        pair = keys[at], keys[at + 1]
        known = met.phrases.get(pair)
        if known is None:
            known = met.phrases[pair] = self._templates_of(pair, met.index.phrases(*pair))
        for number in known:
            rest = self._entries[number].rest
            stop = at + 1 + len(rest)
            if stop <= end and (len(rest) == 1 or tuple(keys[at + 1 : stop]) == rest):
                yield at, number

    def _templates_of(self, beginning: tuple[str, ...], entries: Sequence[Entry]) -> tuple[int, ...]:
        """New templates for ``entries``."""
        start = len(self._rests)
        found = []
        for entry in entries:
            keys = (beginning[0], *entry.rest)
            found.append(of_entry(entry, _NOWHERE, keys, 0, len(keys)))
            self._entries.append(entry)
            self._rests.append(_rest_of(found[-1]))
        if not found:
            return ()
        for k, candidate in enumerate(found, start):
            parts = self._parts_of(candidate)
            if parts:
                self._parts[k] = parts
        self._templates.append(
            len(found),
            offset=[c.first for c in found],
            length=[c.last - c.first for c in found],
            log_p=[c.log_p for c in found],
            reading=[self._reading(c.words) for c in found],
            spelling=[_spelling(c) for c in found],
            left=self._vocabulary.numbers([c.words[0] for c in found]),
            right=self._vocabulary.numbers([c.words[-1] for c in found]),
            is_guarded=[bool(e.near or e.absent or e.observed) for e in entries],
            has_parts=[k in self._parts for k in range(start, start + len(found))],
            takes_an=[indefinite_article(c.words[0]) == "an" for c in found],
        )
        return tuple(range(start, start + len(found)))

    def _reading(self, words: Sequence[str]) -> int:
        return self._readings.setdefault(tuple(w.lower() for w in words), len(self._readings))

    def _parts_of(self, candidate: Candidate) -> tuple[tuple[int, int], ...]:
        """The single words that may make a phrase together: which token of the phrase each stands for, and its reading."""
        observed = candidate.observed.split(" ")
        if len(observed) < 2 or not len(observed) == len(candidate.words) == candidate.last - candidate.first:
            return ()
        return tuple((k, self._reading((w,))) for k, w in enumerate(candidate.words) if w.lower() != observed[k])

    def _settled(self, document: Document, keys: Sequence[str], at: Ints, chosen: Ints) -> tuple[Ints, Ints, list[Candidate]]:
        """Without those that a guard forbids, and those that an article before them changes apart, as candidates."""
        templates, entries = self._templates, self._entries
        kept = np.ones(len(at), dtype=bool)
        for k in np.flatnonzero(templates["is_guarded"][chosen]).tolist():
            entry = entries[chosen[k]]
            kept[k] = allowed(entry, document, keys, int(at[k]), int(at[k]) + 1 + len(entry.rest))
        articles = np.zeros(len(keys) + 1, dtype=np.int64)  # before each token: 1 for a, 2 for an
        for k, (before, key) in enumerate(pairwise(keys), 1):
            if before in ARTICLES and key not in ARTICLES:
                articles[k] = len(before)
        articles[list(document.breaks)] = 0
        before = articles[at + templates["offset"][chosen]]
        changed = kept & (before > 0) & (before != 1 + templates["takes_an"][chosen])
        loose = []
        for k in np.flatnonzero(changed).tolist():
            entry = entries[chosen[k]]
            loose.append(of_entry(entry, document, keys, int(at[k]), int(at[k]) + 1 + len(entry.rest)))
        kept &= ~changed
        return at[kept], chosen[kept], loose

    def _merged(self, at: Ints, first: Ints, last: Ints, chosen: Ints, loose: list[Candidate]) -> tuple[Ints, list[Candidate]]:
        """The rows that no other touches, and the candidates that come of all others and ``loose``."""
        readings = np.concatenate([self._templates["reading"][chosen], np.array([self._reading(c.words) for c in loose], dtype=np.int64)])
        firsts = np.concatenate([first, np.array([c.first for c in loose], dtype=np.int64)])
        lasts = np.concatenate([last, np.array([c.last for c in loose], dtype=np.int64)])
        order = np.lexsort((readings, lasts, firsts))
        equal = (np.diff(firsts[order]) == 0) & (np.diff(lasts[order]) == 0) & (np.diff(readings[order]) == 0)
        group = np.zeros(len(order), dtype=np.int64)
        group[order] = np.cumsum(np.concatenate([[True], ~equal])[: len(order)])
        touched = np.bincount(group, minlength=1) > 1  # per group
        touched[group[len(first) :]] = True
        self._touch_parts(firsts, lasts, readings, chosen, loose, group, touched)
        rows = np.flatnonzero(touched[group[: len(first)]])
        rows = rows[np.argsort(at[rows], kind="stable")]
        listed = self._written(first[rows], last[rows], chosen[rows])
        return np.flatnonzero(~touched[group[: len(first)]]), merge([*listed, *loose])

    def _touch_parts(
        self, firsts: Ints, lasts: Ints, readings: Ints, chosen: Ints, loose: Sequence[Candidate], group: Ints, touched: Bools
    ) -> None:
        """Mark the groups of phrases that their own words add up to, and those of these words."""
        phrases = [(k, self._parts[chosen[k]]) for k in np.flatnonzero(self._templates["has_parts"][chosen]).tolist()]
        phrases += [(len(chosen) + k, parts) for k, c in enumerate(loose) if (parts := self._parts_of(c))]
        if not phrases:
            return
        single = np.flatnonzero(lasts - firsts == 1)
        codes = firsts[single] << 32 | readings[single]
        order = np.argsort(codes, kind="stable")
        codes, single = codes[order], single[order]
        starts = firsts.tolist()
        for row, parts in phrases:
            wanted = [starts[row] + k << 32 | reading for k, reading in parts]
            places = np.searchsorted(codes, wanted)
            if (places < len(codes)).all() and (codes[places] == wanted).all():
                touched[group[row]] = True
                touched[group[single[places]]] = True

    def _written(self, first: Ints, last: Ints, chosen: Ints) -> list[Candidate]:
        rests = self._rests
        return [Candidate(a, b, *rests[k]) for a, b, k in zip(first.tolist(), last.tolist(), chosen.tolist(), strict=True)]

    def _thinned(self, document: Document, first: Ints, last: Ints, chosen: Ints, merged: Sequence[Candidate]) -> list[Candidate]:
        """``candidates.thin`` for rows and ready candidates together, in its order."""
        vocabulary, templates = self._vocabulary, self._templates
        tokens = vocabulary.numbers([BEGIN, *document.surfaces, END])
        lefts = np.concatenate([templates["left"][chosen], vocabulary.numbers([c.words[0] for c in merged])])
        rights = np.concatenate([templates["right"][chosen], vocabulary.numbers([c.words[-1] for c in merged])])
        firsts = np.concatenate([first, np.array([c.first for c in merged], dtype=np.int64)])
        lasts = np.concatenate([last, np.array([c.last for c in merged], dtype=np.int64)])
        log_p = np.concatenate([templates["log_p"][chosen], np.array([c.log_p for c in merged])])
        before, after = tokens[firsts], tokens[lasts + 1]  # token k stands at k + 1
        words, model = vocabulary.words, self._model

        def ends(left: Ints, right: Ints) -> Floats:
            enter = np.maximum(model.pairs(words, before, left)[0], words.log_prob[left] - 2.0)
            leave = model.pairs(words, right, after)[0] - words.log_prob[after]
            both: Floats = enter + np.maximum(leave, -1.0)
            return both

        score = ends(lefts, rights) - ends(tokens[firsts + 1], tokens[lasts]) + log_p
        rows = np.flatnonzero(score > -THIN_MARGIN)
        spellings = np.concatenate([templates["spelling"][chosen], np.array([_spelling(c) for c in merged], dtype=np.uint64)])
        rows = rows[np.lexsort((spellings[rows], -log_p[rows], -score[rows], lasts[rows], firsts[rows]))]
        new = np.concatenate([[True], (np.diff(firsts[rows]) != 0) | (np.diff(lasts[rows]) != 0)])[: len(rows)]
        starts = np.flatnonzero(new)
        rank = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
        rows = np.sort(rows[rank < THIN_KEEP])
        size = len(first)
        listed, ready = rows[rows < size], rows[rows >= size]
        kept = self._written(firsts[listed], lasts[listed], chosen[listed]) + [merged[k - size] for k in ready.tolist()]
        order = np.lexsort((spellings[rows], -log_p[rows], lasts[rows], firsts[rows]))
        rows = rows[order]
        tied = (np.diff(firsts[rows]) == 0) & (np.diff(lasts[rows]) == 0) & (np.diff(log_p[rows]) == 0) & (np.diff(spellings[rows]) == 0)
        ordered = [kept[k] for k in order.tolist()]
        return sorted(ordered, key=_place) if tied.any() else ordered  # the spellings know eight letters
