"""What was found, for people and machines: as records and strings, never printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from .patch import Patch
from .records import Correction, Finding, Verdict

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Report:
    """The report on one document.

    ``spun`` is the probability that a word spinner made the text, ``spin_rate`` the expected share of its changeable words that were
    changed, ``family`` the family of lists that explains the changes best (or "").
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
        """The report as plain data, in the published format, version 1."""
        return {
            "version": VERSION,
            "path": self.path,
            "sha256": self.sha256,
            "words": self.words,
            "spun": round(self.spun, 6),
            "spin_rate": round(self.spin_rate, 4),
            "family": self.family,
            "findings": [_finding_dict(f) for f in self.findings],
        }

    def to_json(self) -> str:
        """The report as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    def lines(self) -> Iterator[str]:
        """A line a finding (``path:line:column: observed → intended  0.97  source``), then the summary."""
        for f in self.findings:
            if f.verdict is not Verdict.KEEP:
                mark = "" if f.verdict is Verdict.RESTORE else "  (suggestion)"
                observed = " ".join(f.observed.split())
                yield f"{self.path}:{f.line}:{f.column}: {observed} → {f.intended}  {f.posterior:.2f}  {f.source}{mark}"
        yield self.summary()

    def summary(self) -> str:
        """One line: how likely the text is spun, how many words, what share was changed."""
        looks = f", looks like {self.family}" if self.family and self.spun >= 0.5 else ""
        return f"{self.path}: spun {self.spun:.2f}{looks}, {self.words} words, {self.changed_share:.1%} changed"

    def explanation(self) -> Iterator[str]:
        """Every place that was considered, with its candidates and its evidence."""
        for f in self.findings:
            observed = " ".join(f.observed.split())
            yield f"{self.path}:{f.line}:{f.column}: {observed} → {f.intended}  {f.posterior:.2f}  {f.source}  [{f.verdict}]"
            for e in f.evidence:
                yield f"    {e.log_odds:+7.2f}  {e.kind}: {e.reason}"
            for a in f.alternatives:
                yield f"    {a.posterior:7.2f}  or {a.intended}"
        yield self.summary()

    def __str__(self) -> str:
        return "\n".join(self.lines())


def _finding_dict(f: Finding) -> dict[str, Any]:
    return {
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
