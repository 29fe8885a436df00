"""The records that pass between the stages: frozen, slotted, and saying their unit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of a text: code points ``start`` up to and without ``end``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span needs 0 <= start <= end, got {self.start} and {self.end}")

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it stands (``surface``), as it is known (``form``), and where."""

    surface: str
    form: str
    span: Span


class Candidate(NamedTuple):
    """A possible intended reading of the tokens ``first`` up to and without ``last``; a tuple, as a page takes some thousands."""

    first: int
    last: int
    intended: str  # as a list or rule writes it
    words: tuple[str, ...]  # its tokens
    log_p: float  # log P(observed | intended), nats; above 0 where a rule says more than the tokens show (a blank, say)
    source: str  # the list (family/name) or rule it comes from
    observed: str  # key of what is observed: equal for equal substitutions in one document
    evidence: str = ""  # "strong": clean text never has the observed form; "none": it is ordinary English; "" lies between
    families: tuple[tuple[str, float], ...] = ()  # each family that has it, by how many nats its own log P lies from log_p; () for one
    terms: float = 0.0  # the part of log_p that is no channel's: what the reading gains by making a known term (nats)
    pair: float = 0.0  # nats by which spinners write oftener what stands there and beside it than honest writers; 0: not known

    @property
    def family(self) -> str:
        """The family of the list or rule."""
        return self.source.split("/")[0]

    @property
    def by_family(self) -> tuple[tuple[str, float], ...]:
        """Each family that has it, by how many nats its own log P lies from ``log_p``."""
        return self.families or ((self.family, 0.0),)


class Verdict(StrEnum):
    """What is done about a place."""

    RESTORE = "restore"
    SUGGEST = "suggest"
    KEEP = "keep"


class Detail(IntEnum):
    """What findings are wanted, and how much of each."""

    CHANGES = 0  # those that a reader is told of, without reasons and alternatives
    REASONS = 1  # the same, with them
    PLACES = 2  # also the places that are kept


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for or against a change; the log-odds of all reasons add up to those of the change."""

    kind: str  # "prior", "channel", "terms", "family", "document", "language-model", "calibration", "pair"
    log_odds: float  # nats, positive for the change
    reason: str  # a sentence for the reader


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another intended reading of the same place."""

    intended: str
    posterior: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that was considered, what stands there, what was meant, and why."""

    span: Span  # code points into the text as given
    line: int  # 1-based
    column: int  # 1-based, in code points
    observed: str
    intended: str
    posterior: float
    verdict: Verdict
    source: str
    alternatives: tuple[Alternative, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def id(self) -> str:
        """The name of this finding, and of the correction that it leads to: eight hexadecimal digits."""
        return change_id(self.span.start, self.observed, self.intended)

    def __reduce__(self) -> tuple[object, ...]:
        # what a worker process hands over is mostly findings; as plain tuples they take a third of the time
        alternatives = tuple((a.intended, a.posterior) for a in self.alternatives)
        evidence = tuple((e.kind, e.log_odds, e.reason) for e in self.evidence)
        return _handed_over, (
            self.span.start, self.span.end, self.line, self.column, self.observed, self.intended, self.posterior, str(self.verdict),
            self.source, alternatives, evidence,
        )  # fmt: skip


def _handed_over(
    start: int, end: int, line: int, column: int, observed: str, intended: str, posterior: float, verdict: str, source: str,
    alternatives: tuple[tuple[str, float], ...], evidence: tuple[tuple[str, float, str], ...],
) -> Finding:  # fmt: skip
    """The finding that another process had."""
    others = tuple(Alternative(*a) for a in alternatives)
    reasons = tuple(Evidence(*e) for e in evidence)
    return Finding(Span(start, end), line, column, observed, intended, posterior, Verdict(verdict), source, others, reasons)


@dataclass(frozen=True, slots=True)
class Failure:
    """A document on which there is no report, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """One change: ``before`` stands at ``span``, ``after`` is put there."""

    span: Span
    before: str
    after: str

    def __post_init__(self) -> None:
        if self.span.end - self.span.start != len(self.before):  # not `len`, which takes no number beyond a machine word
            raise ValueError(f"{self.before!r} does not fill the span {self.span.start}-{self.span.end}")

    @property
    def id(self) -> str:
        """The name of this correction: that of the finding which it makes come true."""
        return change_id(self.span.start, self.before, self.after)


def change_id(start: int, before: str, after: str) -> str:
    """A short name for one change of one text: the same wherever the same change is spoken of.

    >>> change_id(14, "suppose", "think")
    '7f3fcf5e'
    """
    source = f"{start}\0{before}\0{after}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(source).hexdigest()[:8]
