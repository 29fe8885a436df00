"""How well edits restore a text whose gold spans are known: the same counts as those of the scorer beside the articles."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that was made: ``text[start:end]`` gave way to ``replacement``."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class Gold:
    """A place that was spun, and what may stand there; a neutral one counts for nothing."""

    start: int
    end: int
    accept: tuple[str, ...]
    neutral: bool = False


Span = Edit | Gold


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one text or, added up, of many.  ``hits`` are edits that touch a gold span, ``touched`` gold spans that one touches."""

    gold: int = 0
    edits: int = 0
    touched: int = 0
    restored: int = 0
    hits: int = 0
    false: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.gold + other.gold, self.edits + other.edits, self.touched + other.touched,
            self.restored + other.restored, self.hits + other.hits, self.false + other.false,
        )  # fmt: skip

    @property
    def detected(self) -> float:
        """The share of the gold spans that an edit touches."""
        return self.touched / max(self.gold, 1)

    @property
    def recall(self) -> float:
        """The share of the gold spans that are restored."""
        return self.restored / max(self.gold, 1)

    @property
    def precision(self) -> float:
        """The share of the edits that touch a gold span, of those that touch one or nothing known."""
        return self.hits / max(self.hits + self.false, 1)

    @property
    def correct(self) -> float:
        """The precision of the corrections themselves."""
        return self.restored / max(self.touched + self.false, 1)

    @property
    def f_half(self) -> float:
        """F0.5 of ``correct`` and ``recall``."""
        return 1.25 * self.correct * self.recall / max(0.25 * self.correct + self.recall, 1e-9)


def fold(text: str) -> str:
    """The text as it is compared: letter case, quotation marks, blanks and *a*/*an* make no difference."""
    for curly, straight in ("’'", "‘'", '“"', '”"'):
        text = text.replace(curly, straight)
    return re.sub(r"\ban\b", "a", " ".join(text.casefold().split()))


def touches(one: Span, other: Span) -> bool:
    """Whether two spans share a code point."""
    return one.start < other.end and other.start < one.end


def score(text: str, gold: Sequence[Gold], edits: Sequence[Edit]) -> Score:
    """Compare the edits of a text with its gold spans."""
    true = [g for g in gold if not g.neutral]
    hits = sum(any(touches(e, g) for g in true) for e in edits)
    false = sum(fold(text[e.start : e.end]) != fold(e.replacement) and not any(touches(e, g) for g in gold) for e in edits)
    restored = 0
    for group in _clusters([*edits, *gold]):
        group_edits = [item for item in group if isinstance(item, Edit)]
        group_gold = [item for item in group if isinstance(item, Gold)]
        if group_edits and group_gold:
            restored += sum(not g.neutral for g in restored_in(text, group_edits, group_gold))
    return Score(len(true), len(edits), sum(any(touches(e, g) for e in edits) for g in true), restored, hits, false)


def _clusters(items: Iterable[Span]) -> Iterator[list[Span]]:
    """Groups of spans that overlap one another, directly or by way of others."""
    group: list[Span] = []
    reach = -1
    for item in sorted(items, key=lambda item: (item.start, item.end, isinstance(item, Gold))):
        if group and item.start >= reach:
            yield group
            group = []
        group.append(item)
        reach = max(reach, item.end) if len(group) > 1 else item.end
    if group:
        yield group


def restored_in(text: str, edits: Sequence[Edit], gold: Sequence[Gold]) -> list[Gold]:
    """Those of the ``gold`` spans whose text is an accepted one once the ``edits`` are made; all of them belong to one cluster."""
    spans: list[Span] = [*edits, *gold]
    start, end = min(s.start for s in spans), max(s.end for s in spans)
    got = fold(_rewritten(text, start, end, edits))
    best: list[Gold] = []
    options = [[*((a, True) for a in g.accept), (text[g.start : g.end], False)] for g in gold]
    for chosen in islice(product(*options), 200_000):
        wanted = [Edit(g.start, g.end, written) for g, (written, _) in zip(gold, chosen, strict=True)]
        if fold(_rewritten(text, start, end, wanted)) == got:
            best = max(best, [g for g, (_, original) in zip(gold, chosen, strict=True) if original], key=len)
    return best


def _rewritten(text: str, start: int, end: int, edits: Iterable[Edit]) -> str:
    pieces, at = [], start
    for edit in sorted(edits, key=lambda e: e.start):
        pieces += [text[at : edit.start], edit.replacement]
        at = edit.end
    return "".join(pieces) + text[at:end]


def is_right(text: str, gold: Sequence[Gold], edit: Edit) -> bool | None:
    """Whether an edit, made alone, restores what it touches; None if that cannot be said.  ``gold`` is sorted, without overlap."""
    if fold(text[edit.start : edit.end]) == fold(edit.replacement):
        return None
    first = bisect.bisect_right(gold, edit.start, key=lambda g: g.end)
    last = bisect.bisect_left(gold, edit.end, key=lambda g: g.start)
    here = gold[first:last]
    if any(g.neutral for g in here):
        return None
    return bool(here) and len(restored_in(text, [edit], here)) == len(here)
