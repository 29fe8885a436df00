"""The lattice of all readings of a document, as arrays, with the language model's opinion on every step.

Columns are the observed tokens, with two begin marks before and an end mark after each stretch of prose.  A *node* is one word
between two boundaries; keeping the observed token is one node, a candidate is a chain of nodes (its *arc*).  The decoder's state
is a pair of neighbouring nodes, its step a triple, as the language model looks back two words.

Where all readings run through the same two words the state *collapses*: what lies before and after is independent given them.
The decoder works on all stretches between collapses at once, level by level.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .language_model import BEGIN, LanguageModel, Words
from .records import Candidate
from .text import Document

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
END = "</s>"


class Level(NamedTuple):
    """The steps of one level of all stretches, in the order of the pairs that they lead to, and in that of those they come from.

    The sums over the ways to (or from) a pair stand in its *slot*: slot 0 is that of all collapsed pairs as far as they are a fresh
    start, which has the sum 1, and each pair that steps lead to has one of its own, level by level.
    """

    triples: slice  # into the arrays of triples
    found: slice  # slots of the distinct pairs that the triples lead to
    target_starts: Ints  # where each target's triples begin, within the slice
    target_sizes: Ints
    sources: Ints  # per triple: the slot of the pair that it comes from, 0 where that is collapsed
    # the same triples as ``by_source`` has them
    targets: Ints  # per triple: the slot of the pair that it leads to, 0 where that is collapsed
    open_starts: Ints  # where the triples of each distinct source begin
    open_sources: Ints  # the slots of these sources; of those that are collapsed the last slot, which nobody reads


class Listings(NamedTuple):
    """What families have the candidates, and how far each one's log P lies from theirs (see ``Candidate.by_family``), in one row."""

    names: Sequence[str]  # of the families
    family: Ints  # which family it is
    distance: Floats  # nats
    starts: Ints  # where the families begin that some candidates have
    listed: Ints  # per candidate: which of these it has

    def nearest(self, added: Floats) -> Floats:
        """For each candidate the greatest distance that its families have; ``added`` is what each of ``names`` adds, of several kinds."""
        each = added[self.family] + (self.distance if added.ndim == 1 else self.distance[:, None])
        found: Floats = np.maximum.reduceat(each, self.starts)[self.listed]
        return found


class Lattice(NamedTuple):
    """See the module.  Arrays of pairs are indexed by pair, arrays of triples by triple."""

    candidates: tuple[Candidate, ...]
    firsts: Ints  # per candidate: its tokens, and its log P(observed | intended) (nats)
    lasts: Ints
    log_p: Floats
    listings: Listings
    place: Ints  # per candidate: the number of the tokens that it is for, in the order of the text; rivals share one
    pair_slot: Ints  # per pair: where its sum stands, see ``Level``
    collapsed: Bools  # per pair
    pair_segment: Ints  # per pair: the stretch between collapses that it lies in
    segment_count: int
    pair_arc: Ints  # per pair: the candidate whose first word its second node is, or -1
    triple_source: Ints
    triple_target: Ints
    triple_arc: Ints
    triple_log_prob: Floats  # nats above what the observed words of the same columns have, so that leaving all alone has 0
    triple_odds: Floats  # its exponential
    by_source: Ints  # the triples of each level in the order of the pairs that they come from
    observed_log_prob: float  # of the observed words, all left alone (nats)
    levels: tuple[Level, ...]
    slot_count: int
    ends: Ints  # the slots of the pairs that end a stretch, and which stretch each ends
    end_segments: Ints
    prior_shift: Floats  # per candidate: log P(intended) - log P(observed), out of context (nats)


def build(
    document: Document, candidates: Sequence[Candidate], model: LanguageModel, model_weight: float = 1.0, begins_with: int = 0
) -> Lattice:
    """Lay out all readings that ``candidates`` allow and look every step up in ``model``.

    ``model_weight`` is the exponent of the model's probabilities: below 1 it trusts them less than they ask for.  ``document`` may be a
    part of another one, which the candidates are for, and ``begins_with`` that token of it.
    """
    phrases = [c.words for c in candidates]
    meant = list(chain.from_iterable(phrases))
    surfaces = list(dict.fromkeys(chain((BEGIN, END), document.surfaces, meant)))
    index = dict(zip(surfaces, range(len(surfaces)), strict=True))
    begin, end = index[BEGIN], index[END]
    stretches = list(document.stretches())
    width = len(document) + 3 * len(stretches) + 2
    columns = np.full(width, begin, dtype=np.int64)
    column_of = np.zeros(len(document), dtype=np.int64)
    for k, (start, stop) in enumerate(stretches):
        column_of[start:stop] = np.arange(start, stop) + 3 * k + 2
        columns[stop + 3 * k + 2] = end
    columns[column_of] = np.fromiter(map(index.__getitem__, document.surfaces), dtype=np.int64, count=len(document))

    sizes = np.fromiter(map(len, phrases), dtype=np.int64, count=len(phrases))
    firsts = np.array([c.first for c in candidates], dtype=np.int64)
    lasts = np.array([c.last for c in candidates], dtype=np.int64)
    at, past = column_of[firsts - begins_with], column_of[lasts - 1 - begins_with] + 1
    flat = np.fromiter(map(index.__getitem__, meant), dtype=np.int64, count=len(meant))
    # nodes: first the observed tokens, then the candidates' words, with boundaries of their own between the words of one candidate
    _, arc, word = _spread(sizes)
    inner = width + 1 + np.cumsum(sizes - 1) - (sizes - 1)
    spare = width + 1 + int((sizes - 1).sum())
    left = np.concatenate([np.arange(width), np.where(word == 0, at[arc], inner[arc] + word - 1)])
    right = np.concatenate([np.arange(1, width + 1), np.where(word == sizes[arc] - 1, past[arc], inner[arc] + word)])
    room = int(sizes.max(initial=1))  # of the words of one candidate
    sort_key = np.concatenate([np.arange(width) * room, at[arc] * room + word])
    order = np.argsort(sort_key, kind="stable")
    lefts, rights = left[order], right[order]
    words_of = np.concatenate([columns, flat])[order]
    arcs = np.concatenate([np.full(width, -1), np.where(word == 0, arc, -1)])[order]
    columns_of_nodes = sort_key[order] // room

    first, second, pair_start = _pairs(lefts, rights)
    source, target = _triples(first, second, pair_start)

    ends_here = np.bincount(rights, minlength=spare + 1)
    crossing = np.bincount(at + 1, minlength=width + 2) - np.bincount(past, minlength=width + 2)
    single = np.zeros(spare + 1, dtype=bool)
    single[: width + 1] = (ends_here[: width + 1] == 1) & (np.cumsum(crossing)[: width + 1] == 0)
    collapsed_at = np.zeros(spare + 1, dtype=bool)  # boundaries
    collapsed_at[2 : width + 1] = single[2 : width + 1] & single[1:width]
    collapsed = collapsed_at[rights[second]]
    segments = np.cumsum(collapsed_at[: width + 1])[columns_of_nodes]  # collapses at or before the column's left boundary

    node_levels = _node_levels(lefts, rights, collapsed_at)
    words = model.words(surfaces)
    log_prob = _log_probs(model, words, words_of, first, second, source, target)
    log_prob[words_of[second[target]] == begin] = 0.0
    log_prob *= model_weight
    # the observed words of each column, and what a node takes off for those that it stands for
    is_observed = order < width
    plain = is_observed[first[source]] & is_observed[second[source]] & is_observed[second[target]]
    observed = np.zeros(width)
    observed[columns_of_nodes[second[target[plain]]]] = log_prob[plain]
    sums = np.concatenate([[0.0], np.cumsum(observed)])
    taken = np.zeros(len(order))
    taken[is_observed] = observed
    begins = np.flatnonzero(arcs >= 0)
    taken[begins] = sums[past[arcs[begins]]] - sums[at[arcs[begins]]]
    log_prob -= taken[second[target]]

    triple_level = node_levels[second[target]]
    by_level = np.argsort(triple_level, kind="stable")
    source, target, log_prob, triple_level = source[by_level], target[by_level], log_prob[by_level], triple_level[by_level]
    segment = segments[second]
    levels, by_source, targets, slot = _levels(source, target, triple_level, collapsed)
    ended = np.flatnonzero(collapsed[targets])
    _, owner, offset = _spread(past - at)
    shown = columns[at[owner] + offset]
    shift = _phrase_log_probs(model, words, flat, sizes) - _phrase_log_probs(model, words, shown, past - at)
    with np.errstate(over="ignore"):
        odds = np.exp(log_prob)
    return Lattice(
        candidates=tuple(candidates),
        firsts=firsts,
        lasts=lasts,
        log_p=np.array([c.log_p for c in candidates], dtype=np.float64),
        listings=listings_of(candidates),
        place=np.unique(at << 32 | past, return_inverse=True)[1],
        pair_slot=slot,
        collapsed=collapsed,
        pair_segment=segment,
        segment_count=int(segments.max(initial=0)) + 1,
        pair_arc=arcs[second],
        triple_source=source,
        triple_target=target,
        triple_arc=arcs[second[target]],
        triple_log_prob=log_prob,
        triple_odds=odds,
        by_source=by_source,
        observed_log_prob=float(sums[-1]),
        levels=tuple(levels),
        slot_count=len(targets) + 2,
        ends=ended + 1,
        end_segments=segment[targets[ended]],
        prior_shift=model_weight * shift,
    )


def listings_of(candidates: Sequence[Candidate]) -> Listings:
    """``by_family`` of ``candidates``, equal ones once as far as that is seen at a glance."""
    numbers: dict[object, int] = {}
    parts: list[tuple[str, float]] = []
    starts: list[int] = []
    listed = []
    for c in candidates:
        # candidates of one line share the object; where none is there, what stands for it has its source alone
        key = id(c.families) if c.families else c.source
        number = numbers.get(key)
        if number is None:
            number = numbers[key] = len(starts)
            starts.append(len(parts))
            parts += c.by_family
        listed.append(number)
    names = {name: k for k, name in enumerate(dict.fromkeys(name for name, _ in parts))}
    family, distance = np.array([names[name] for name, _ in parts], dtype=np.int64), np.array([d for _, d in parts], dtype=np.float64)
    return Listings(list(names), family, distance, np.array(starts, dtype=np.int64), np.array(listed, dtype=np.int64))


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


def _node_levels(lefts: Ints, rights: Ints, collapsed_at: Bools) -> Ints:
    """For each node the longest way to it from the last collapse, in nodes."""
    reached = [0] * len(collapsed_at)  # per boundary: the longest way to it, over the nodes so far, which come in order
    levels = []
    for left, right, is_fresh in zip(lefts.tolist(), rights.tolist(), collapsed_at[lefts].tolist(), strict=True):
        level = 1 if is_fresh else reached[left] + 1
        levels.append(level)
        if level > reached[right]:
            reached[right] = level
    return np.array(levels, dtype=np.int64)


def _log_probs(model: LanguageModel, words: Words, node_word: Ints, first: Ints, second: Ints, source: Ints, target: Ints) -> Floats:
    pair_log_prob, backoff, keys = model.pairs(words, node_word[first], node_word[second])
    third = node_word[second[target]]
    surplus = words.surplus[third]
    fallback = backoff[source] + pair_log_prob[target] - surplus
    return model.triples(keys[source], words.keys[third], fallback) + surplus


def _levels(source: Ints, target: Ints, triple_level: Ints, collapsed: Bools) -> tuple[list[Level], Ints, Ints, Ints]:
    """The steps by level, ``by_source``, the pairs that steps lead to, in the order of their slots (1 and so on), and each pair's slot.

    All is found out for all levels at once and then cut, as there are many, and small ones.
    """
    first = np.flatnonzero(_is_fresh(triple_level))
    edges = np.append(first, len(source))
    level = np.repeat(np.arange(len(first)), np.diff(edges))
    by_source = np.lexsort((source, level))
    sources = source[by_source]
    target_at = np.flatnonzero(_is_fresh(target) | _is_fresh(level))
    source_at = np.flatnonzero(_is_fresh(sources) | _is_fresh(level))
    targets, nobody = target[target_at], len(target_at) + 1
    slot = np.zeros(len(collapsed), dtype=np.int64)
    slot[targets] = np.arange(1, nobody)
    slot[collapsed] = 0
    open_sources = slot[sources[source_at]]
    open_sources[open_sources == 0] = nobody
    target_edges, source_edges = np.searchsorted(target_at, edges), np.searchsorted(source_at, edges)
    # within each level, which is what the decoder works on
    target_starts, open_starts = target_at - edges[level[target_at]], source_at - edges[level[source_at]]
    sizes = np.diff(np.append(target_at, len(source)))
    from_slot, to_slot = slot[source], slot[target[by_source]]
    cuts = (map(slice, at[:-1].tolist(), at[1:].tolist()) for at in (edges, target_edges, source_edges))
    levels = []
    for steps, to, of in zip(*cuts, strict=True):
        found = slice(to.start + 1, to.stop + 1)
        levels.append(
            Level(steps, found, target_starts[to], sizes[to], from_slot[steps], to_slot[steps], open_starts[of], open_sources[of])
        )
    return levels, by_source, targets, slot


def _is_fresh(values: Ints) -> Bools:
    """For each of ``values`` whether it is the first, or another than the one before."""
    fresh = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    return fresh


def _phrase_log_probs(model: LanguageModel, words: Words, flat: Ints, sizes: Ints) -> Floats:
    """The log probability of each phrase out of context; ``flat`` are their words, one phrase after the other (nats)."""
    if not len(sizes):
        return np.zeros(0)
    starts = np.cumsum(sizes) - sizes
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
