"""Candidate generation: what may have been meant at each place, from the lists, as flat candidates for the lattice."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property, lru_cache
from itertools import chain
from typing import Final

import numpy as np

from . import rules
from .beam import Option
from .channel import Channel
from .inflection import indefinite_article
from .language_model import Floats, Indices, LanguageModel
from .records import Candidate
from .rules.engine import GUARD_REACH
from .selection import Selection
from .standing import keys_in
from .text import Document, cut, repeated_names
from .unlisted import FAMILY, PAGES, Unlisted
from .wordlists import Entry, Index

ARTICLE_REPAIRED: Final = math.log(0.5)  # tables that hold the article with the word are the rarer half
THIN_MARGIN: Final = 9.0  # nats by which a candidate may trail the observed words between their neighbours
THIN_KEEP: Final = 5  # candidates of one span
# Nats that put what stands for a form that no editor writes before all others at its place: of *actual property* the second word alone
# may be many things between *actual* and *fell*, but was *estate*.
FIRST: Final = 1000.0
SMALL_FOR_CAPITAL: Final = math.log(0.05)  # a common word that its author wrote with a capital inside a sentence; an estimate


def words_of(intended: str) -> tuple[str, ...]:
    """The words of an intended phrase, cut as the language model expects them."""
    return (intended,) if intended.isascii() and intended.isalpha() else _cut(intended)


@lru_cache(maxsize=4_000)
def _cut(phrase: str) -> tuple[str, ...]:
    return cut(phrase)


EVERYTHING: Final = Selection()


def propose(
    document: Document,
    indexes: Sequence[Index],
    channel: Channel | None = None,
    *,
    own_rules: Sequence[rules.Rule] = (),
    selection: Selection = EVERYTHING,
    notes: list[str] | None = None,
) -> list[Candidate]:
    """All candidates for ``document``, from lists and rules; with ``channel`` also what is written nearly as a list has it.

    Only what ``selection`` admits is proposed.  ``notes`` gets a line for each rule that had to be stopped.
    """
    chosen = [r for r in (*rules.declared(), *own_rules) if selection.admits(r.name)]
    listed = from_lists(document, indexes)
    if channel:
        listed = chain(listed, from_channel(document, channel))
    if selection:
        listed = (c for c in listed if selection.admits(c.source))
    return merge(chain(listed, rules.run(chosen, document, indexes, notes)))


def from_lists(document: Document, indexes: Sequence[Index]) -> Iterator[Candidate]:
    """A candidate for every entry of ``indexes`` whose observed form stands in ``document``."""
    keys = keys_in(document)
    shouting = is_shouting(document)
    for first, last in document.stretches():
        for at in range(first, last):
            surface = document.surfaces[at]
            if at in document.protected or (len(surface) > 1 and surface.isupper() and not shouting):
                continue
            for index in indexes:
                for entry in index.entries(keys[at]):
                    stop = at + 1 + len(entry.rest)
                    if entry.rest and (stop > last or tuple(keys[at + 1 : stop]) != entry.rest):
                        continue
                    if allowed(entry, document, keys, at, stop):
                        yield of_entry(entry, document, keys, at, stop)


def from_channel(document: Document, channel: Channel) -> Iterator[Candidate]:
    """A candidate for every listed form that stands in ``document`` in another spelling or with a hyphen."""
    keys = keys_in(document)
    for found in channel.respelled(document, keys):
        if _fits(found.entry, document, keys, found.at, found.stop):
            listed = [*keys[: found.at], *found.keys, *keys[found.stop :]]
            candidate = of_entry(found.entry, document, listed, found.at, found.stop)
            yield candidate._replace(log_p=candidate.log_p + found.log_p)
    for compound in channel.compounds(document):
        at = compound.at
        yield _with_article(document, keys, at, at + 1, compound.intended, compound.words, compound.log_p, compound.source)


def with_unlisted(
    candidates: Sequence[Candidate], document: Document, unlisted: Unlisted, selection: Selection = EVERYTHING, *, struck_only: bool = False
) -> list[Candidate]:
    """``candidates`` and, for the improbable runs of ``document``, what no list has: nothing that crosses a listed phrase.

    With ``struck_only`` only for runs with words that only spinners put side by side.
    """
    if not any(map(selection.admits, PAGES)):
        return list(candidates)
    listed = _Listed(candidates)
    crossed = {k for c in candidates if c.last - c.first > 1 and " " in c.observed for k in range(c.first, c.last)}
    found_here = unlisted.propose(document, listed, struck_only=struck_only)
    options = [o for o in found_here if selection.admits(o.source) and crossed.isdisjoint(range(o.at, o.stop))]
    if not options:
        return list(candidates)
    keys = keys_in(document)
    gains = {(o.at, o.stop, o.words): o for o in options if o.is_listed}
    if gains:
        candidates = [_gaining(c, gains.get((c.first, c.last, tuple(w.lower() for w in c.words)))) for c in candidates]
    more = []
    for o in options:
        if o.is_listed:
            continue
        found = _with_article(document, keys, o.at, o.stop, joined(o.words), o.words, o.log_p, o.source)
        more.append(found._replace(terms=o.terms, families=((FAMILY, 0.0),), pair=o.pair))
    return sorted((*candidates, *more), key=in_order)


def in_case(candidates: Sequence[Candidate], document: Document) -> list[Candidate]:
    """``candidates``, which are in order, less of those in small letters where a capital inside a sentence says that a name was meant.

    Spinners keep the letter case: of *people* and *Americans* only the second leaves *Individuals* inside a sentence.
    """
    named = {(c.first, c.last) for c in candidates if c.intended[:1].isupper() and _is_lone_capital(document, c.first, c.last)}
    if not named:
        return list(candidates)
    lowered = list(candidates)
    for place in named:
        rivals = slice(bisect_left(lowered, place, key=_place), bisect_right(lowered, place, key=_place))
        less = [c._replace(log_p=c.log_p + SMALL_FOR_CAPITAL) if c.intended[:1].islower() else c for c in lowered[rivals]]
        lowered[rivals] = sorted(less, key=in_order)
    return lowered


def _place(candidate: Candidate) -> tuple[int, int]:
    return candidate.first, candidate.last


def kept_names(document: Document) -> frozenset[int]:
    """The tokens of names that the text repeats, in which only what ``of_names`` lets stand is changed."""
    return frozenset(k for k in repeated_names(document) if not document.surfaces[k].isupper())  # *USA* may stand for another word


def of_names(candidates: Sequence[Candidate], names: Set[int]) -> list[Candidate]:
    """``candidates``, of those that touch the tokens of ``names`` only the ones that put a known name back together (*Center East*).

    A spinner breaks the same name everywhere, so to be repeated is no proof that a name is whole; but *Giant Foods* is nobody's
    *Huge Foods* unless some list of names says so.
    """
    if not names:
        return list(candidates)
    return [c for c in candidates if names.isdisjoint(range(c.first, c.last)) or _mends_a_name(c)]


def _mends_a_name(candidate: Candidate) -> bool:
    """Whether a list or rule has what was meant as a name, with a capital or in figures, or no writer what is observed."""
    if candidate.evidence == "strong" or any(family == "names" for family, _ in candidate.families):
        return True
    return _is_name(candidate) or candidate.intended[:1].isdigit()


def _is_lone_capital(document: Document, first: int, last: int) -> bool:
    """Whether the tokens begin with a capital inside a sentence, between words in small letters."""
    surfaces = document.surfaces
    if not surfaces[first][0].isupper() or document.begins_a_sentence(first):
        return False
    after = surfaces[last] if last < len(surfaces) and last not in document.breaks else ""
    return (surfaces[first - 1][0].islower() or document.begins_a_sentence(first - 1)) and not after[:1].isupper()


class _Listed:
    """Where ``candidates`` stand and what they mean: made when it is first asked for, as most documents have nothing unlisted."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._candidates = candidates

    def __contains__(self, place: object) -> bool:
        return place in self._places

    @cached_property
    def _places(self) -> frozenset[tuple[int, int, tuple[str, ...]]]:
        return frozenset((c.first, c.last, tuple(w.lower() for w in c.words)) for c in self._candidates)


def _gaining(candidate: Candidate, gain: Option | None) -> Candidate:
    """A listed candidate, which knows where only spinners put the words side by side that stand there."""
    return candidate if gain is None else candidate._replace(pair=gain.pair)


def is_shouting(document: Document) -> bool:
    """Whether most of ``document`` is written in capitals."""
    words = [s for s in document.surfaces if len(s) > 1 and s.isalpha()]
    return len(words) > 3 and sum(s.isupper() for s in words) * 2 > len(words)


def allowed(entry: Entry, document: Document, keys: Sequence[str], at: int, stop: int) -> bool:
    """Whether the letter case, and all around and in the place, let the entry stand at the tokens ``at`` up to and without ``stop``."""
    if entry.observed and document.written(at, stop) != entry.observed:
        return False
    return _fits(entry, document, keys, at, stop)


def _fits(entry: Entry, document: Document, keys: Sequence[str], at: int, stop: int) -> bool:
    """Whether nothing around or in the place forbids the entry."""
    if not document.protected.isdisjoint(range(at, stop)):
        return False
    if entry.near or entry.absent:
        around = {*keys[max(0, at - GUARD_REACH) : at], *keys[stop : stop + GUARD_REACH]}
        if (entry.near and around.isdisjoint(entry.near)) or not around.isdisjoint(entry.absent):
            return False
    return True


def of_entry(entry: Entry, document: Document, keys: Sequence[str], at: int, stop: int) -> Candidate:
    """The candidate that an entry is at the tokens ``at`` up to and without ``stop``, less what both sides share at their ends."""
    words = words_of(entry.intended)
    log_p = math.log(entry.p)
    intended = entry.intended
    if len(words) > 1 and stop - at > 1:
        at, stop, words, intended = _trimmed(keys, at, stop, words, intended)
    return _with_article(document, keys, at, stop, intended, words, log_p, entry.source, entry.evidence, entry.families)


def distances_of(shares: Sequence[tuple[str, float]], log_p: float) -> tuple[tuple[str, float], ...]:
    """``Candidate.families`` from what each family that lists an entry says of it."""
    return tuple([(family, math.log(share) - log_p) for family, share in shares])


def _with_article(
    document: Document, keys: Sequence[str], at: int, stop: int, intended: str, words: tuple[str, ...],
    log_p: float, source: str, evidence: str = "", shares: tuple[tuple[str, float], ...] = (),
) -> Candidate:  # fmt: skip
    """The candidate, with the article before it where the intended word needs the other one.

    A spinner repairs no article, so one that fits the intended word is left as it is and speaks for it by itself.
    """
    observed = " ".join(keys[at:stop])
    families = distances_of(shares, log_p)
    if at > 0 and keys[at - 1] in ("a", "an") and keys[at] not in ("a", "an") and at not in document.breaks:
        article = indefinite_article(words[0])
        if article != keys[at - 1]:
            words, log_p = (article, *words), log_p + ARTICLE_REPAIRED
            return Candidate(at - 1, stop, f"{article} {intended}", words, log_p, source, observed, evidence, families)
    return Candidate(at, stop, intended, words, log_p, source, observed, evidence, families)


def _trimmed(keys: Sequence[str], at: int, stop: int, words: tuple[str, ...], intended: str) -> tuple[int, int, tuple[str, ...], str]:
    """Without the words that both sides share at their ends, so that equal readings are equal candidates."""
    same_left = same_right = 0
    room = min(len(words), stop - at) - 1
    while same_left < room and words[same_left].lower() == keys[at + same_left]:
        same_left += 1
    while same_right < room - same_left and words[-1 - same_right].lower() == keys[stop - 1 - same_right]:
        same_right += 1
    if not same_left and not same_right:
        return at, stop, words, intended
    rest = words[same_left : len(words) - same_right]
    return at + same_left, stop - same_right, rest, joined(rest)


def joined(words: Sequence[str]) -> str:
    """Words written as text: blanks between them, none before punctuation and endings."""
    out = words[0]
    for word in words[1:]:
        out += word if word[0] in ".,;:!?)'’%" else " " + word
    return out


def merge(candidates: Iterable[Candidate]) -> list[Candidate]:
    """One candidate for each span and reading, the likeliest; in the order of the text."""
    best: dict[tuple[int, int, tuple[str, ...]], Candidate] = {}
    for candidate in candidates:
        key = (candidate.first, candidate.last, tuple(w.lower() for w in candidate.words))
        known = best.get(key)
        if known is None:
            best[key] = candidate
            continue
        chosen = max(known, candidate, key=lambda c: (c.log_p, _is_name(c)))
        if "strong" in (known.evidence, candidate.evidence) and chosen.evidence != "strong":
            chosen = chosen._replace(evidence="strong")  # *Center* alone says little, *Center East* says all
        if known.pair != candidate.pair:
            chosen = chosen._replace(pair=max(known.pair, candidate.pair))
        if known.families or candidate.families or known.family != candidate.family:
            chosen = chosen._replace(families=_families(known, candidate, chosen.log_p))
        best[key] = chosen
    return sorted(_resolved(best), key=in_order)


def in_order(candidate: Candidate) -> tuple[int, int, float, str]:
    """What candidates are sorted by: their place, and there the likeliest first."""
    return candidate.first, candidate.last, -candidate.log_p, candidate.intended


def _families(one: Candidate, other: Candidate, log_p: float) -> tuple[tuple[str, float], ...]:
    """The families of both, by how far each one's likelier log P lies from ``log_p``."""
    found: dict[str, float] = {}
    for candidate in (one, other):
        for family, distance in candidate.by_family:
            found[family] = max(found.get(family, -math.inf), candidate.log_p + distance - log_p)
    return tuple(sorted(found.items()))


def _is_name(candidate: Candidate) -> bool:
    return candidate.intended != candidate.intended.lower()


def _resolved(best: dict[tuple[int, int, tuple[str, ...]], Candidate]) -> Iterator[Candidate]:
    """Without phrases that their own words add up to: two ways to one reading would each get half of its posterior.

    What the phrase's prior has over the product of its words' is shared out among these.
    """
    for key in sorted((k for k in best if k[1] - k[0] > 1), key=lambda k: k[0] - k[1]):
        phrase = best[key]
        parts = _parts(phrase, best)
        if parts:
            if phrase.evidence == "strong":
                best.update({part: best[part]._replace(evidence="strong") for part in parts})
            surplus = (phrase.log_p - sum(best[part].log_p for part in parts)) / len(parts)
            for part in parts:
                best[part] = _shared(best[part], phrase, surplus)
            del best[key]
    return iter(best.values())


def _shared(part: Candidate, phrase: Candidate, surplus: float) -> Candidate:
    """``part`` of a ``phrase`` with its share of the ``surplus`` (nats), and as what the families of the phrase write, too."""
    log_p = min(part.log_p + max(surplus, 0.0), 0.0)
    families = part.families
    if families or phrase.families or part.family != phrase.family:
        families = _families(part, phrase._replace(log_p=min(part.log_p + surplus, 0.0)), log_p)
    return part._replace(log_p=log_p, families=families)


def _parts(phrase: Candidate, best: dict[tuple[int, int, tuple[str, ...]], Candidate]) -> list[tuple[int, int, tuple[str, ...]]]:
    """The candidates for single words that make ``phrase`` together, or none."""
    if len(phrase.words) != phrase.last - phrase.first:
        return []
    observed = phrase.observed.split(" ")
    if len(observed) != len(phrase.words):
        return []
    parts: list[tuple[int, int, tuple[str, ...]]] = [
        (phrase.first + k, phrase.first + k + 1, (w.lower(),)) for k, w in enumerate(phrase.words) if w.lower() != observed[k]
    ]
    return parts if parts and all(part in best for part in parts) else []


def thin(document: Document, candidates: Sequence[Candidate], model: LanguageModel) -> list[Candidate]:
    """Drop candidates that even their two neighbours speak strongly against, and all but the best of a crowded span, strong ones first.

    The full lattice costs the cube of the number of candidates at a place; this look at pairs costs one.
    """
    if not candidates:
        return []
    index: dict[str, int] = {}
    surfaces = ["<s>", *document.surfaces, "</s>"]
    ids = [index.setdefault(s, len(index)) for s in surfaces]
    left, right = [], []
    for candidate in candidates:
        for word in candidate.words:
            index.setdefault(word, len(index))
        left.append(index[candidate.words[0]])
        right.append(index[candidate.words[-1]])
    words = model.words(list(index))
    tokens = np.array(ids, dtype=np.int64)
    first = np.array([c.first for c in candidates], dtype=np.int64)
    last = np.array([c.last for c in candidates], dtype=np.int64)
    before, after = tokens[first], tokens[last + 1]  # token k stands at k + 1

    def ends(inner_left: Indices, inner_right: Indices) -> Floats:
        alone = words.log_prob[inner_left]
        enter = np.maximum(model.pairs(words, before, inner_left)[0], alone - 2.0)
        leave = model.pairs(words, inner_right, after)[0] - words.log_prob[after]
        both: Floats = enter + np.maximum(leave, -1.0)
        return both

    kept = ends(tokens[first + 1], tokens[last])
    gain = ends(np.array(left), np.array(right)) - kept
    log_p = np.array([c.log_p for c in candidates])
    score = gain + log_p + np.array([FIRST if c.evidence == "strong" else 0.0 for c in candidates])
    keep = score > -THIN_MARGIN
    spans: dict[tuple[int, int], list[int]] = {}
    for k in np.flatnonzero(keep).tolist():
        spans.setdefault((candidates[k].first, candidates[k].last), []).append(k)
    chosen: list[int] = []
    for group in spans.values():
        chosen += sorted(group, key=lambda k: (-score[k], k))[:THIN_KEEP]
    return [candidates[k] for k in sorted(chosen)]
