"""From a text of any kind to the document that is read, and from what was found there back to the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .errors import MarkupError
from .markup import kind_of, view_of
from .markup.view import View
from .patch import Patch
from .records import Correction, Finding, Verdict
from .suppression import kept_tokens
from .text import Document, Lines, tokenize


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, the prose that is in it (``view``), and that prose as a document, what is never changed protected."""

    kind: str
    view: View
    document: Document

    def returned(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """``findings`` in the prose as findings in the text, their replacements written around the markup.

        A restoration after which the markup would be read otherwise becomes a suggestion.
        """
        if self.view.is_plain:
            return tuple(findings)
        found = list(_placed(self.view, findings))
        restored = [k for k, finding in enumerate(found) if finding.verdict is Verdict.RESTORE]
        sound = {finding.span for finding in self._sound([found[k] for k in restored])}
        for room, size in self.view.rooms:
            inside = [f for f in found if f.span in sound and f.span.overlaps(room)]
            if len(room) + sum(len(f.intended) - len(f.observed) for f in inside) > size:
                sound -= {f.span for f in inside if len(f.intended) > len(f.observed)}
        return tuple(
            replace(f, verdict=Verdict.SUGGEST) if f.verdict is Verdict.RESTORE and f.span not in sound else f for f in found
        )

    def _sound(self, restorations: Sequence[Finding]) -> list[Finding]:
        """Those of the ``restorations`` that together leave the markup as it is, found by halving."""
        if not restorations or self._leaves_markup(restorations):
            return list(restorations)
        if len(restorations) == 1:
            return []
        half = len(restorations) // 2
        left, right = self._sound(restorations[:half]), self._sound(restorations[half:])
        return [*left, *right] if not left or not right or self._leaves_markup([*left, *right]) else left

    def _leaves_markup(self, restorations: Sequence[Finding]) -> bool:
        corrections = [Correction(f.span, f.observed, f.intended) for f in restorations]
        patched = Patch.between(self.view.text, corrections).apply(self.view.text)
        try:
            return view_of(patched, self.kind).skeleton() == self.view.skeleton()
        except MarkupError:
            return False


def read(text: str, *, markup: str = "auto", path: str = "-", quotations: bool = False) -> Reading:
    """Read ``text`` as ``markup`` says, or the name of its file; with ``quotations`` these are kept as they are.

    ``MarkupError`` where it cannot be parsed.
    """
    kind = kind_of(path) if markup == "auto" else markup
    seen = view_of(text, kind)
    document = tokenize(seen.prose)
    kept = kept_tokens(document, seen, quotations=quotations) | seen.opaque_tokens(document)
    return Reading(kind, seen, replace(document, protected=document.protected | kept) if kept else document)


def _placed(seen: View, findings: Sequence[Finding]) -> list[Finding]:
    placed = []
    lines = Lines(seen.text)
    for finding in findings:
        place = seen.place(finding.span, finding.intended)
        line, column = lines.at(place.span.start)
        verdict = Verdict.SUGGEST if finding.verdict is Verdict.RESTORE and not place.safe else finding.verdict
        placed.append(
            replace(finding, span=place.span, line=line, column=column, observed=place.observed, intended=place.intended, verdict=verdict)
        )
    return placed
