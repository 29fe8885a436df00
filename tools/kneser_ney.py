"""Interpolated modified Kneser-Ney estimation (Chen & Goodman 1998) over arrays, and relative-entropy pruning (Stolcke 1998).

Token streams are ``uint32`` arrays in which every stretch of text is ``BEGIN w1 ... wn END``.  The n-grams of one order are
kept as parallel arrays sorted by key; the key of an n-gram is the index of its first n-1 words in the order below, shifted,
plus its last word, so every order fits 64 bits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BEGIN, END, UNKNOWN, UNKNOWN_CAPITAL, UNKNOWN_HYPHEN = range(5)
SPECIAL = ("<s>", "</s>", "<unk>", "<unk-capital>", "<unk-hyphen>")
WORD_BITS = np.uint64(21)
WORD_MASK = np.uint64((1 << 21) - 1)
SLICE = 1 << 24  # places that are sorted at a time

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]
Say = Callable[[str], None]
Progress = Callable[[str, int, int], None]  # what is done, how much of it, of how much


@dataclass(slots=True)
class Order:
    """All n-grams of one order, sorted by key."""

    keys: Keys
    counts: Ints  # as observed
    prefix: Ints  # index of the first n-1 words in the order below
    suffix: Ints  # index of the last n-1 words in the order below
    word: Ints  # the last word
    adjusted: Ints  # counts, or numbers of distinct left neighbours below the highest order
    prob: Floats  # interpolated probability of the last word
    gamma: Floats  # as a history: the share of probability left to the order below (1 where it is no history)


def count_orders(
    streams: Iterable[tuple[NDArray[np.uint32], int]],
    vocabulary: int,
    order: int,
    say: Say,
    store: Path | None = None,
    progress: Progress = lambda what, done, of: None,
) -> list[Order]:
    """Count the n-grams of ``streams``, each with its integer weight, up to ``order``.

    An order is counted in slices of its keys, so that only one slice is ever sorted at a time.  In the folder ``store`` each order is
    kept once it is counted; with the same streams a later call goes on from there.
    """
    pairs = list(streams)
    tokens = np.concatenate([stream for stream, _ in pairs])
    weights = np.concatenate([np.full(len(stream), weight, dtype=np.uint8) for stream, weight in pairs])
    del streams, pairs
    counts = _weighted_count(tokens, weights, vocabulary)
    words = np.arange(vocabulary)
    orders = [_order(words.astype(np.uint64), counts, np.zeros(vocabulary, np.int64), np.zeros(vocabulary, np.int64), words)]
    stamp = hashlib.blake2b(tokens.tobytes() + weights.tobytes(), digest_size=8).hexdigest() if store else ""
    index = tokens  # index of the n-gram that ends here, in its order
    ends_inside = np.ones(len(tokens), dtype=bool)  # the n-gram that ends here lies inside one stretch
    for n in range(2, order + 1):
        ends_inside[1:] &= ends_inside[:-1].copy()
        ends_inside[0] = False
        ends_inside &= tokens != BEGIN
        kept = _Kept(store / f"counts-{stamp}", n) if store else None
        found = kept.load(indexed=n < order) if kept else None
        if found is None:
            found = _count(tokens, weights, index, ends_inside, orders[-1].counts, n < order, progress)
            if kept:
                kept.save(*found)
        distinct, counts, index = found
        prefix = (distinct >> WORD_BITS).astype(np.int64)
        word = (distinct & WORD_MASK).astype(np.int64)
        below = orders[-1]
        suffix = word if n == 2 else find(below.keys, (below.suffix[prefix].astype(np.uint64) << WORD_BITS) | word.astype(np.uint64))
        orders.append(_order(distinct, counts, prefix, suffix, word))
        say(f"  {n}-grams: {len(distinct):,}")
    return orders


Counted = tuple[Keys, Ints, NDArray[np.uint32]]  # the n-grams of an order, how often each was seen, the one that ends at each place


@dataclass(frozen=True, slots=True)
class _Kept:
    """One order's counts in a folder.  The last file is written under another name first: where it stands, all are whole."""

    folder: Path
    n: int

    def load(self, indexed: bool) -> Counted | None:
        """What was kept, or nothing; ``indexed`` asks for the places too."""
        if not self._path("index").exists():
            return None
        index = np.load(self._path("index"))
        return (np.load(self._path("keys")), np.load(self._path("counts")), index) if len(index) or not indexed else None

    def save(self, keys: Keys, counts: Ints, index: NDArray[np.uint32]) -> None:
        """Keep an order."""
        self.folder.mkdir(parents=True, exist_ok=True)
        np.save(self._path("keys"), keys)
        np.save(self._path("counts"), counts)
        np.save(self._path("unfinished"), index)
        self._path("unfinished").replace(self._path("index"))

    def _path(self, what: str) -> Path:
        return self.folder / f"{self.n}-{what}.npy"


def _count(
    tokens: NDArray[np.uint32], weights: NDArray[np.uint8], index: NDArray[np.uint32], ends_inside: NDArray[np.bool_], below: Ints,
    indexed: bool, progress: Progress,
) -> Counted:  # fmt: skip
    """Count one order, given the n-gram of the order below (seen ``below`` times) that ends at each place."""
    next_index = np.zeros(len(tokens) if indexed else 0, dtype=np.uint32)
    distinct_parts, count_parts, size = [], [], 0
    edges = _slice_edges(below)
    for low, high in pairwise(edges):
        at = np.flatnonzero(ends_inside[1:] & (index[:-1] >= low) & (index[:-1] < high)) + 1
        keys = (index[at - 1].astype(np.uint64) << WORD_BITS) | tokens[at].astype(np.uint64)
        sorter = np.argsort(keys)
        at, keys = at[sorter], keys[sorter]
        del sorter
        new = np.ones(len(keys), dtype=bool)
        new[1:] = keys[1:] != keys[:-1]
        starts = np.flatnonzero(new)
        distinct_parts.append(keys[starts])
        count_parts.append(np.add.reduceat(weights[at], starts, dtype=np.int64) if len(starts) else np.zeros(0, np.int64))
        if indexed:
            next_index[at] = np.cumsum(new, dtype=np.int64) - 1 + size
        size += len(starts)
        progress("counted", high, edges[-1])
    return np.concatenate(distinct_parts), np.concatenate(count_parts), next_index


def _weighted_count(tokens: NDArray[np.uint32], weights: NDArray[np.uint8], size: int) -> Ints:
    counts = np.zeros(size, dtype=np.int64)
    for start in range(0, len(tokens), SLICE):
        part = slice(start, start + SLICE)
        counts += np.bincount(tokens[part], weights=weights[part], minlength=size).astype(np.int64)
    return counts


def _slice_edges(counts: Ints) -> list[int]:
    """Cut the n-grams of an order so that those between two edges are seen about ``SLICE`` times."""
    reached = np.cumsum(counts)
    wanted = np.arange(SLICE, max(int(reached[-1]), 1), SLICE)
    return sorted({0, *(int(k) + 1 for k in np.searchsorted(reached, wanted)), len(counts)})


def _order(keys: Keys, counts: Ints, prefix: Ints, suffix: Ints, word: Ints) -> Order:
    empty = np.zeros(0)
    return Order(keys, counts, prefix, suffix, word, counts, empty, empty)


def find(keys: Keys, wanted: Keys) -> Ints:
    """The index of each wanted key; all must be there."""
    return np.searchsorted(keys, wanted)


def estimate(orders: Sequence[Order], say: Say) -> None:
    """Fill in ``adjusted``, ``prob`` and ``gamma`` of every order (the unpruned model)."""
    top = len(orders)
    begins = _begins(orders)
    for n in range(top - 1, 0, -1):
        below, above = orders[n - 1], orders[n]
        adjusted = np.bincount(above.suffix, minlength=len(below.keys)).astype(np.int64)
        # an n-gram that begins a stretch has no left neighbour: its plain count stands (as KenLM does)
        below.adjusted = np.where(begins[n - 1], below.counts, adjusted)
    orders[0].adjusted[BEGIN] = 0
    for n, order in enumerate(orders, 1):
        discounts = _discounts(order.adjusted)
        say(f"  order {n}: discounts {discounts[1]:.3f} {discounts[2]:.3f} {discounts[3]:.3f}")
        discounted = order.adjusted - discounts[np.minimum(order.adjusted, 3)]
        if n == 1:
            total = order.adjusted.sum()
            left = discounts[np.minimum(order.adjusted, 3)].sum() / total
            real = len(order.keys) - 1  # all but BEGIN
            order.prob = np.where(np.arange(len(order.keys)) == BEGIN, 0.0, discounted / total + left / real)
        else:
            below = orders[n - 2]
            size = len(below.keys)
            total = np.bincount(order.prefix, weights=order.adjusted, minlength=size)
            left = np.bincount(order.prefix, weights=discounts[np.minimum(order.adjusted, 3)], minlength=size)
            with np.errstate(invalid="ignore", divide="ignore"):
                below.gamma = np.where(total > 0, left / total, 1.0)
            order.prob = discounted / total[order.prefix] + below.gamma[order.prefix] * below.prob[order.suffix]
    orders[-1].gamma = np.ones(len(orders[-1].keys))


def _begins(orders: Sequence[Order]) -> list[NDArray[np.bool_]]:
    begins = [np.arange(len(orders[0].keys)) == BEGIN]
    for order in orders[1:]:
        begins.append(begins[-1][order.prefix])
    return begins


def _discounts(counts: Ints) -> Floats:
    """Discounts for counts 0, 1, 2 and 3 or more (Chen & Goodman 1998, equation 26)."""
    n1, n2, n3, n4 = (max(int((counts == k).sum()), 1) for k in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    raw = np.array([0.0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3])
    clipped: Floats = np.clip(raw, [0, 0.05, 0.1, 0.1], [0, 0.99, 1.99, 2.99])
    return clipped


def prune(orders: Sequence[Order], keep: Sequence[int], minimum: Sequence[int], say: Say) -> list[NDArray[np.bool_]]:
    """Which n-grams stay, for each order: the ``keep[n]`` whose loss would cost most, among those seen ``minimum[n]`` times.

    An n-gram that a kept longer one begins or ends with stays too, so that every look-up can back off step by step.
    """
    top = len(orders)
    masks = [np.ones(len(order.keys), dtype=bool) for order in orders]
    needed = np.zeros(len(orders[-1].keys), dtype=bool)
    for n in range(top, 1, -1):
        order, below = orders[n - 1], orders[n - 2]
        cost = _pruning_cost(order, below, orders[0].counts.sum())
        cost[order.counts < minimum[n - 1]] = 0
        cost[needed] = np.inf
        wanted = keep[n - 1]
        if wanted < len(cost):
            limit = np.partition(cost, len(cost) - wanted)[len(cost) - wanted]
            masks[n - 1] = (cost >= limit) & (cost > 0)
        say(f"  order {n}: kept {int(masks[n - 1].sum()):,} of {len(cost):,} ({int(needed.sum()):,} needed by longer ones)")
        if n > 2:
            needed = np.zeros(len(below.keys), dtype=bool)
            needed[order.prefix[masks[n - 1]]] = True
            needed[order.suffix[masks[n - 1]]] = True
    return masks


def _pruning_cost(order: Order, below: Order, total: int) -> Floats:
    """The rise of relative entropy if an n-gram were dropped, times the number of tokens (Stolcke 1998, section 3)."""
    size = len(below.keys)
    lower = below.prob[order.suffix]
    seen = np.bincount(order.prefix, weights=order.prob, minlength=size)
    seen_lower = np.bincount(order.prefix, weights=lower, minlength=size)
    cost = np.empty(len(order.keys))
    for start in range(0, len(cost), SLICE):
        part = slice(start, start + SLICE)
        prefix, prob, low = order.prefix[part], order.prob[part], lower[part]
        left = np.maximum(1 - seen, 1e-9)[prefix]
        left_lower = np.maximum(1 - seen_lower, 1e-9)[prefix]
        old = np.log(left / left_lower)
        new = np.log((left + prob) / (left_lower + low))
        divergence = prob * (np.log(low) + new - np.log(prob)) + left * (new - old)
        cost[part] = np.maximum(-below.counts[prefix] / total * divergence * total, 1e-12)
    return cost


@dataclass(slots=True)
class Pruned:
    """The n-grams of one order that stay: their words, log probability and log back-off weight (nats)."""

    ngrams: NDArray[np.uint32]  # shape (number, order)
    log_prob: Floats
    log_backoff: Floats


def pruned_model(orders: Sequence[Order], masks: Sequence[NDArray[np.bool_]]) -> list[Pruned]:
    """Collect what stays and choose the back-off weights that make every history sum to one again."""
    ngrams = np.arange(len(orders[0].keys), dtype=np.uint32)[:, None]  # all of the order below
    result = []
    for n, (order, mask) in enumerate(zip(orders, masks, strict=True), 1):
        if n > 1:
            chosen = mask if n == len(orders) else slice(None)
            ngrams = np.concatenate([ngrams[order.prefix[chosen]], order.word[chosen, None].astype(np.uint32)], axis=1)
        backoff = np.zeros(int(mask.sum()))
        if n < len(orders):
            above, kept = orders[n], masks[n]
            prefix = above.prefix[kept]
            size = len(order.keys)
            seen = np.bincount(prefix, weights=above.prob[kept], minlength=size)
            lower = np.bincount(prefix, weights=order.prob[above.suffix[kept]], minlength=size)
            backoff = (np.log(np.maximum(1 - seen, 1e-7)) - np.log(np.maximum(1 - lower, 1e-7)))[mask]
        with np.errstate(divide="ignore"):
            log_prob = np.log(order.prob[mask])
        log_prob[~np.isfinite(log_prob)] = -99.0
        result.append(Pruned(ngrams if n == len(orders) else ngrams[mask], log_prob, backoff))
    return result
