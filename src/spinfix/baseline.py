"""Findings that are accepted in an old repository, so that only new ones are told.

A baseline counts, for each text, how often each observed wording is accepted.  It does not say where: lines may be added and moved, and
one more of the same is still new.  Written sorted, a line a wording, so that its differences can be reviewed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from .errors import ConfigurationError
from .records import Finding, Verdict
from .report import Report

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Baseline:
    """How often each observed wording is accepted, by path (relative to the baseline's folder, with ``/``)."""

    accepted: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, reports: Iterable[tuple[str, Report]]) -> Baseline:
        """The baseline that accepts everything in ``reports``, each with its path."""
        counts = {path: Counter(_wording(f) for f in report.findings if f.verdict is not Verdict.KEEP) for path, report in reports}
        return cls({path: found for path, found in counts.items() if found})

    @classmethod
    def from_json(cls, source: str, name: str) -> Baseline:
        """Read a baseline; ``ConfigurationError`` says what is wrong with the one called ``name``."""
        try:
            data: Any = json.loads(source.removeprefix("\ufeff"))  # as some editors write
        except (ValueError, RecursionError) as error:
            raise ConfigurationError(f"{name}: expected a baseline in JSON: {error}") from None
        if not isinstance(data, dict) or data.get("spinfix_baseline") != VERSION:
            raise ConfigurationError(f'{name}: expected a baseline, a JSON object with "spinfix_baseline": {VERSION}')
        accepted = data.get("accepted")
        if not isinstance(accepted, dict) or not all(_are_counts(found) for found in accepted.values()):
            raise ConfigurationError(f'{name}: expected in "accepted" an object of counts for each path')
        return cls(accepted)

    def to_json(self) -> str:
        """The baseline as JSON text, sorted, ending with a line feed."""
        return json.dumps({"spinfix_baseline": VERSION, "accepted": self.accepted}, indent=1, sort_keys=True) + "\n"

    def count(self) -> int:
        """The number of findings that are accepted."""
        return sum(count for found in self.accepted.values() for count in found.values())

    def new_in(self, report: Report, path: str) -> Report:
        """``report`` without the findings that are accepted at ``path``; of equal ones the first are."""
        kept = tuple(unaccepted(report.findings, self.left(path)))
        return replace(report, findings=kept) if len(kept) < len(report.findings) else report

    def left(self, path: str) -> dict[str, int]:
        """How often each wording is accepted at ``path``, for ``unaccepted`` to count down."""
        return dict(self.accepted.get(path, {}))


def unaccepted(findings: Iterable[Finding], left: dict[str, int]) -> Iterator[Finding]:
    """The ``findings`` that are not accepted: of each wording ``left`` says how many still are, and is counted down."""
    for finding in findings:
        wording = _wording(finding)
        if finding.verdict is not Verdict.KEEP and left.get(wording, 0) > 0:
            left[wording] -= 1
        else:
            yield finding


def _wording(finding: Finding) -> str:
    return " ".join(finding.observed.split())


def _are_counts(found: object) -> bool:
    return isinstance(found, dict) and all(isinstance(count, int) and not isinstance(count, bool) for count in found.values())
