"""The lattice of all readings of a document, as arrays, with the language model's opinion on every step.

Columns are the observed tokens, with two begin marks before and an end mark after each stretch of prose.  A *node* is one word
between two boundaries; keeping the observed token is one node, a candidate is a chain of nodes (its *arc*).  The decoder's state
is a pair of neighbouring nodes, its step a triple, as the language model looks back two words.

Where all readings run through the same two words the state *collapses*: what lies before and after is independent given them.
The decoder works on all stretches between collapses at once, level by level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .language_model import BEGIN, LanguageModel, Words
from .records import Candidate
from .text import Document

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
END = "</s>"


@dataclass(frozen=True, slots=True)
class Level:
    """The steps of one level of all stretches: slices into the arrays of triples."""

    triples: slice
    targets: Ints  # distinct pairs that the triples lead to
    target_starts: Ints  # where each target's triples begin, within the slice
    target_sizes: Ints
    by_source: Ints  # order of the slice's triples by source
    sources: Ints  # distinct pairs that the triples come from
    source_starts: Ints


@dataclass(frozen=True, slots=True)
class Lattice:
    """See the module.  Arrays of pairs are indexed by pair, arrays of triples by triple."""

    candidates: tuple[Candidate, ...]
    pair_count: int
    collapsed: Bools  # per pair
    pair_segment: Ints  # per pair: the stretch between collapses that it lies in
    segment_count: int
    pair_arc: Ints  # per pair: the candidate whose first word its second node is, or -1
    triple_source: Ints
    triple_target: Ints
    triple_arc: Ints
    triple_log_prob: Floats  # nats
    levels: tuple[Level, ...]
    prior_shift: Floats  # per candidate: log P(intended) - log P(observed), out of context (nats)


def build(document: Document, candidates: Sequence[Candidate], model: LanguageModel, model_weight: float = 1.0) -> Lattice:
    """Lay out all readings that ``candidates`` allow and look every step up in ``model``.

    ``model_weight`` is the exponent of the model's probabilities: below 1 it trusts them less than they ask for.
    """
    surfaces: list[str] = []
    index: dict[str, int] = {}

    def word(surface: str) -> int:
        known = index.get(surface)
        if known is None:
            known = index[surface] = len(surfaces)
            surfaces.append(surface)
        return known

    begin, end = word(BEGIN), word(END)
    columns: list[int] = []
    column_of = [0] * len(document)
    for start, stop in document.stretches():
        columns += (begin, begin)
        for token in range(start, stop):
            column_of[token] = len(columns)
            columns.append(word(document.surfaces[token]))
        columns.append(end)
    columns += (begin, begin)
    width = len(columns)

    intended = [[word(s) for s in c.words] for c in candidates]
    # nodes: first the observed tokens, then the candidates' words
    left = list(range(width))
    right = list(range(1, width + 1))
    node_word = list(columns)
    node_arc = [-1] * width
    sort_key = [k << 8 for k in range(width)]
    spare = width + 1
    for arc, (candidate, ids) in enumerate(zip(candidates, intended, strict=True)):
        at, stop = column_of[candidate.first], column_of[candidate.last - 1] + 1
        for k, one in enumerate(ids):
            left.append(at if k == 0 else spare - 1)
            right.append(stop if k == len(ids) - 1 else spare)
            spare += k < len(ids) - 1
            node_word.append(one)
            node_arc.append(arc if k == 0 else -1)
            sort_key.append((column_of[candidate.first] << 8) + k)
    order = np.argsort(np.array(sort_key, dtype=np.int64), kind="stable")
    lefts, rights = np.array(left, dtype=np.int64)[order], np.array(right, dtype=np.int64)[order]
    words_of, arcs = np.array(node_word, dtype=np.int64)[order], np.array(node_arc, dtype=np.int64)[order]
    columns_of_nodes = np.array(sort_key, dtype=np.int64)[order] >> 8

    first, second, pair_start = _pairs(lefts, rights)
    source, target = _triples(first, second, pair_start)

    ends_here = np.bincount(rights, minlength=spare + 1)
    crossing = np.zeros(width + 2, dtype=np.int64)
    for candidate in candidates:
        crossing[column_of[candidate.first] + 1] += 1
        crossing[column_of[candidate.last - 1] + 1] -= 1
    single = np.zeros(spare + 1, dtype=bool)
    single[: width + 1] = (ends_here[: width + 1] == 1) & (np.cumsum(crossing)[: width + 1] == 0)
    collapsed_at = np.zeros(spare + 1, dtype=bool)  # boundaries
    collapsed_at[2 : width + 1] = single[2 : width + 1] & single[1:width]
    collapsed = collapsed_at[rights[second]]
    segments = np.cumsum(collapsed_at[: width + 1])[columns_of_nodes]  # collapses at or before the column's left boundary

    node_levels = _node_levels(lefts, collapsed_at, first, pair_start)
    words = model.words(surfaces)
    log_prob = _log_probs(model, words, words_of, first, second, source, target)
    log_prob[words_of[second[target]] == begin] = 0.0
    log_prob *= model_weight

    triple_level = node_levels[second[target]]
    by_level = np.argsort(triple_level, kind="stable")
    source, target, log_prob, triple_level = source[by_level], target[by_level], log_prob[by_level], triple_level[by_level]
    return Lattice(
        candidates=tuple(candidates),
        pair_count=len(first),
        collapsed=collapsed,
        pair_segment=segments[second],
        segment_count=int(segments.max(initial=0)) + 1,
        pair_arc=arcs[second],
        triple_source=source,
        triple_target=target,
        triple_arc=arcs[second[target]],
        triple_log_prob=log_prob,
        levels=tuple(_levels(source, target, triple_level)),
        prior_shift=model_weight * _prior_shift(candidates, model, words, intended, columns, column_of),
    )


def _pairs(lefts: Ints, rights: Ints) -> tuple[Ints, Ints, Ints]:
    """All pairs of nodes that touch: first, second (ascending), and where the pairs of each second node begin."""
    by_right = np.argsort(rights, kind="stable")
    ranked = rights[by_right]
    low, high = np.searchsorted(ranked, lefts, "left"), np.searchsorted(ranked, lefts, "right")
    start, second, offset = _spread(high - low)
    return by_right[low[second] + offset], second, start


def _triples(first: Ints, second: Ints, pair_start: Ints) -> tuple[Ints, Ints]:
    """All pairs of pairs that share a node: the earlier (source) and the later (target, ascending)."""
    _, target, offset = _spread(pair_start[first + 1] - pair_start[first])
    return pair_start[first[target]] + offset, target


def _spread(counts: Ints) -> tuple[Ints, Ints, Ints]:
    """``counts[k]`` items for each k: where each k's items begin, the k of each item, its number among them."""
    start = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=start[1:])
    owner = np.repeat(np.arange(len(counts)), counts)
    return start, owner, np.arange(start[-1]) - start[owner]


def _node_levels(lefts: Ints, collapsed_at: Bools, first: Ints, pair_start: Ints) -> Ints:
    """For each node the longest way to it from the last collapse, in nodes."""
    levels = [0] * len(lefts)
    firsts, starts, fresh = first.tolist(), pair_start.tolist(), collapsed_at[lefts].tolist()
    for node in range(len(levels)):
        a, b = starts[node], starts[node + 1]
        if fresh[node] or a == b:
            levels[node] = 1
        elif b - a == 1:
            levels[node] = levels[firsts[a]] + 1
        else:
            levels[node] = max([levels[k] for k in firsts[a:b]]) + 1
    return np.array(levels, dtype=np.int64)


def _log_probs(model: LanguageModel, words: Words, node_word: Ints, first: Ints, second: Ints, source: Ints, target: Ints) -> Floats:
    pair_log_prob, backoff, keys = model.pairs(words, node_word[first], node_word[second])
    third = node_word[second[target]]
    surplus = words.surplus[third]
    fallback = backoff[source] + pair_log_prob[target] - surplus
    return model.triples(keys[source], words.keys[third], fallback) + surplus


def _levels(source: Ints, target: Ints, triple_level: Ints) -> list[Level]:
    if not len(source):
        return []
    edges = np.flatnonzero(np.diff(triple_level)) + 1
    levels = []
    for start, stop in zip([0, *edges.tolist()], [*edges.tolist(), len(source)], strict=True):
        targets, target_starts, sizes = _runs(target[start:stop])
        by_source = np.argsort(source[start:stop], kind="stable")
        sources, source_starts, _ = _runs(source[start:stop][by_source])
        levels.append(Level(slice(start, stop), targets, target_starts, sizes, by_source, sources, source_starts))
    return levels


def _runs(values: Ints) -> tuple[Ints, Ints, Ints]:
    """The distinct values of a grouped array, where each group begins, and its size."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(values)) + 1])
    return values[starts], starts, np.diff(np.append(starts, len(values)))


def _prior_shift(
    candidates: Sequence[Candidate], model: LanguageModel, words: Words, intended: Sequence[Sequence[int]],
    columns: Sequence[int], column_of: Sequence[int],
) -> Floats:  # fmt: skip
    """log P(intended) - log P(observed) of each candidate, each a word sequence out of context."""
    observed = [columns[column_of[c.first] : column_of[c.last - 1] + 1] for c in candidates]
    return _phrase_log_probs(model, words, intended) - _phrase_log_probs(model, words, observed)


def _phrase_log_probs(model: LanguageModel, words: Words, phrases: Sequence[Sequence[int]]) -> Floats:
    if not phrases:
        return np.zeros(0)
    flat = np.array([w for phrase in phrases for w in phrase], dtype=np.int64)
    sizes = np.array([len(phrase) for phrase in phrases])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    values = words.log_prob[flat]
    inner = np.ones(len(flat), dtype=bool)
    inner[starts] = False
    at = np.flatnonzero(inner)
    if len(at):
        values[at], backoff, keys = model.pairs(words, flat[at - 1], flat[at])
        third = np.flatnonzero(inner[at] & inner[at - 1])  # indices into `at` whose pair follows another of the same phrase
        before = np.searchsorted(at, at[third] - 1)
        surplus = words.surplus[flat[at[third]]]
        fallback = backoff[before] + values[at[third]] - surplus
        values[at[third]] = model.triples(keys[before], words.keys[flat[at[third]]], fallback) + surplus
    return np.add.reduceat(values, starts)
