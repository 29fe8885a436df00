"""From a text of any kind to the document that is read, and from what was found there back to the text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from .broken_words import mended
from .errors import MarkupError
from .markup import kind_of, view_of
from .markup.view import View
from .patch import Patch
from .records import Correction, Finding, Span, Verdict
from .suppression import kept_tokens, mentions
from .text import Document, Lines, tokenize

# The file is read anew for each try at finding the restorations that spoil its markup.  There are hardly ever more than one or two, but a
# file can be made in which most do: the time for that is to grow with the length of the file, and no faster.
TRIED: Final = 5_000_000  # code points that are read anew in all
LEAST_TRIES: Final = 64  # of a file however long


class Reading(NamedTuple):
    """A text, the prose that is in it (``view``), and that prose as a document, what is never changed protected."""

    kind: str
    view: View
    document: Document

    def part(self, span: Span) -> Document:
        """What stands in ``span`` of the prose as a document of its own, the same of it protected."""
        whole = self.document
        document = _cut(whole.text[span.start : span.end], self.view)
        of_whole = (bisect_right(whole.ends, span.start + start) for start in document.starts)
        kept = {k for k, token in enumerate(of_whole) if token in whole.protected}
        return replace(document, protected=document.protected | kept) if kept else document

    def mentions(self, document: Document, at: int = 0) -> frozenset[int]:
        """The tokens of ``document``, what stands in the prose from ``at`` on, that the text may mention rather than use."""
        return mentions(document, self.view, at)

    def returned(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """``findings`` in the prose as findings in the text, their replacements written around the markup.

        A restoration after which the markup would be read otherwise becomes a suggestion.
        """
        if self.view.is_plain:
            return tuple(findings)
        found = list(_placed(self.view, findings))
        restored = [k for k, finding in enumerate(found) if finding.verdict is Verdict.RESTORE]
        tries = iter(range(max(LEAST_TRIES, TRIED // (len(self.view.text) + 1))))
        sound = {finding.span for finding in self._sound([found[k] for k in restored], tries)}
        for room, size in self.view.rooms:
            first = bisect_right(found, room.start, key=lambda f: f.span.end)
            inside = [f for f in found[first : bisect_left(found, room.end, key=lambda f: f.span.start)] if f.span in sound]
            if len(room) + sum(len(f.intended) - len(f.observed) for f in inside) > size:
                sound -= {f.span for f in inside if len(f.intended) > len(f.observed)}
        return tuple(
            replace(f, verdict=Verdict.SUGGEST) if f.verdict is Verdict.RESTORE and f.span not in sound else f for f in found
        )

    def _sound(self, restorations: Sequence[Finding], tries: Iterator[int]) -> list[Finding]:
        """Those of the ``restorations`` that together leave the markup as it is, found by halving, as far as ``tries`` reach."""
        if not restorations or self._leaves_markup(restorations, tries):
            return list(restorations)
        if len(restorations) == 1:
            return []
        half = len(restorations) // 2
        left, right = self._sound(restorations[:half], tries), self._sound(restorations[half:], tries)
        return [*left, *right] if not left or not right or self._leaves_markup([*left, *right], tries) else left

    def _leaves_markup(self, restorations: Sequence[Finding], tries: Iterator[int]) -> bool:
        if next(tries, None) is None:
            return False
        corrections = [Correction(f.span, f.observed, f.intended) for f in restorations]
        patched = Patch.between(self.view.text, corrections).apply(self.view.text)
        try:
            return view_of(patched, self.kind).skeleton() == self.view.skeleton()
        except MarkupError:
            return False


def read(text: str, *, markup: str = "auto", path: str = "-", quotations: bool = False, names: bool = False) -> Reading:
    """Read ``text`` as ``markup`` says, or the name of its file; with ``quotations`` or ``names`` these are kept as they are.

    ``MarkupError`` where it cannot be parsed.
    """
    kind = kind_of(path) if markup == "auto" else markup
    seen = view_of(text, kind)
    document = _cut(seen.prose, seen)
    kept = kept_tokens(document, seen, quotations=quotations, names=names) | seen.opaque_tokens(document)
    return Reading(kind, seen, replace(document, protected=document.protected | kept) if kept else document)


def _cut(prose: str, view: View) -> Document:
    """The tokens of a part of the prose of ``view``; where there is no markup, a line may end with half a word."""
    document = tokenize(prose)
    return mended(document) if view.is_plain else document


def _placed(seen: View, findings: Sequence[Finding]) -> list[Finding]:
    placed = []
    lines = Lines(seen.text)
    for finding in findings:
        place = seen.place(finding.span, finding.intended)
        line, column = lines.at(place.span.start)
        verdict = Verdict.SUGGEST if finding.verdict is Verdict.RESTORE and not place.safe else finding.verdict
        others = tuple(replace(other, intended=seen.place(finding.span, other.intended).intended) for other in finding.alternatives)
        where = replace(finding, span=place.span, line=line, column=column, observed=place.observed)
        placed.append(replace(where, intended=place.intended, verdict=verdict, alternatives=others))
    return placed
