"""The report on one document, as a record, as plain data and as lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ..patch import Patch
from ..records import Correction, Finding, Verdict

VERSION: Final = 1
# Control characters by their pictures, line ends among them: the name of a file does nothing on a terminal, and keeps to its line.
CONTROLS: Final = {code: chr(0x2400 + code) for code in range(32)} | {127: "\u2421"}
_LONE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Report:
    """The report on one document.

    ``spun`` is the probability that a word spinner made the text, ``spin_rate`` the expected share of its changeable words that were
    changed, ``family`` the family of lists that explains the changes best (or ""), ``notes`` what a reader should know of how it was made.
    """

    sha256: str
    words: int
    spun: float
    spin_rate: float
    findings: tuple[Finding, ...]
    text: str = field(repr=False)
    path: str = "-"
    family: str = ""
    notes: tuple[str, ...] = ()

    @property
    def patch(self) -> Patch:
        """The patch that makes all restorations."""
        return Patch.between(self.text, (Correction(f.span, f.observed, f.intended) for f in self.findings if f.verdict is Verdict.RESTORE))

    @property
    def changed_share(self) -> float:
        """The share of the words that restorations change."""
        changed = sum(len(f.observed.split()) for f in self.findings if f.verdict is Verdict.RESTORE)
        return changed / self.words if self.words else 0.0

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data, in the published format, version 1 (``data/report.schema.json``)."""
        return {
            "version": VERSION,
            "path": self.path,
            "sha256": self.sha256,
            "words": self.words,
            "spun": round(self.spun, 6),
            "spin_rate": round(self.spin_rate, 4),
            "family": self.family,
            "changed": round(self.changed_share, 4),
            "findings": [_finding_dict(f) for f in self.findings],
            "notes": [*self.notes],
        }

    def to_json(self) -> str:
        """The report as one line of JSON."""
        return json_text(self.to_dict())

    def lines(self, *, color: bool = False) -> Iterator[str]:
        """A line a finding (``path:line:column: observed → intended  0.97  source``), then the summary."""
        for f in self.findings:
            if f.verdict is not Verdict.KEEP:
                mark = "" if f.verdict is Verdict.RESTORE else "  (suggestion)"
                yield self._line(f, color) + mark
        yield self.summary()

    def summary(self) -> str:
        """One line: how likely the text is spun, how many words, what share was changed."""
        looks = f", looks like {self.family}" if self.family and self.spun >= 0.5 else ""
        words = f"{self.words} {'word' if self.words == 1 else 'words'}"
        return f"{self.path.translate(CONTROLS)}: spun {self.spun:.2f}{looks}, {words}, {self.changed_share:.1%} changed"

    def explanation(self, *, color: bool = False) -> Iterator[str]:
        """Every finding with its id, its evidence and its alternatives; of ``explain``, also those that are left alone."""
        for f in self.findings:
            yield f"{self._line(f, color)}  {f.id}  [{f.verdict}]"
            for e in f.evidence:
                yield f"    {e.log_odds:+7.2f}  {e.kind}: {e.reason}"
            for a in f.alternatives:
                yield f"    {a.posterior:7.2f}  or {one_line(a.intended)}"
        yield self.summary()

    def _line(self, f: Finding, color: bool) -> str:
        observed, intended = one_line(f.observed), one_line(f.intended)
        where = f"{self.path.translate(CONTROLS)}:{f.line}:{f.column}:"
        if color:
            where, observed, intended = f"\033[1m{where}\033[0m", f"\033[31m{observed}\033[0m", f"\033[32m{intended}\033[0m"
        return f"{where} {observed} → {intended}  {f.posterior:.2f}  {f.source}"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from .notebook import fragment

        return fragment(self)


def one_line(words: str) -> str:
    """``words`` as a line for people shows them, wherever they are broken in their text.

    >>> one_line("in the\\n  course of"), one_line("")
    ('in the course of', '(nothing)')
    """
    return " ".join(words.split()).translate(CONTROLS) or "(nothing)"


def json_text(value: object, indent: int | None = None) -> str:
    """``value`` as JSON that any encoding can carry: a byte that was no text (a lone surrogate) is written as its escape."""
    return _LONE.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(value, ensure_ascii=False, indent=indent))


def _finding_dict(f: Finding) -> dict[str, Any]:
    return {
        "id": f.id,
        "start": f.span.start,
        "end": f.span.end,
        "line": f.line,
        "column": f.column,
        "observed": f.observed,
        "intended": f.intended,
        "alternatives": [{"intended": a.intended, "posterior": round(a.posterior, 4)} for a in f.alternatives],
        "posterior": round(f.posterior, 4),
        "verdict": str(f.verdict),
        "source": f.source,
        "evidence": [{"kind": e.kind, "log_odds": round(e.log_odds, 3), "reason": e.reason} for e in f.evidence],
    }
