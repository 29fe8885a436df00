"""A review: one finding after the other, each taken, left or replaced by another candidate; what comes out is a patch.

A ``Review`` is a state, and every answer gives the next one, so that a step back is the state before.  Nothing is read or printed here:
the shell shows ``prompt()``, reads a key, and goes on with ``answered(key)`` until the review is ``finished``.

>>> from spinfix import detect
>>> review = Review.of(detect("He works at a suppose tank."))
>>> review.answered("y").finished, review.answered("y").patch.apply("He works at a suppose tank.")
(True, 'He works at a think tank.')
>>> review.answered("n").patch.apply("He works at a suppose tank.")
'He works at a suppose tank.'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from .errors import InputError
from .patch import Patch
from .records import Alternative, Correction, Finding, Span, Verdict
from .report import Report
from .report.places import PICTURES, kinds_of
from .report.record import CONTROLS, one_line
from .text import sentence_span

_BROKEN_LINE: Final = re.compile(r"(?<=[^\s])[ \t]*\r?\n(?=[^\s])")
DIGITS: Final = 9  # of a number that can be a candidate's
LEFT: Final = -1  # the answer to leave a place as it is; from 0 on they count the candidates
_RED, _GREEN, _BOLD, _DIM, _PLAIN = "\033[31m", "\033[1;32m", "\033[1m", "\033[2m", "\033[0m"

HELP: Final = """\
  y        accept: write what was meant           n        reject: leave what stands there
  1, 2 …   take this candidate
  a        accept all of this kind from here on   r        reject all of this kind from here on
  b        back to the last answer                q        quit, and keep the answers so far
  ?        this help
"""


@dataclass(frozen=True, slots=True)
class Review:
    """Where a review stands: the places, the answers so far, the place that is asked about, and the state before."""

    report: Report
    places: tuple[Finding, ...]  # in the order of the text; those that are kept are not asked about
    answers: tuple[int | None, ...]  # one a place: a candidate, ``LEFT``, or None where none was given
    at: int = 0  # the place that is asked about; as many as there are places where none is left
    before: Review | None = field(default=None, repr=False, compare=False)  # the state in which the last answer was given

    @classmethod
    def of(cls, report: Report) -> Review:
        """The beginning of the review of ``report``: restorations and suggestions, none of them answered."""
        places = tuple(f for f in report.findings if f.verdict is not Verdict.KEEP)
        return cls(report, places, (None,) * len(places))

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to ask."""
        return self.at >= len(self.places)

    @property
    def place(self) -> Finding:
        """The finding that is asked about; ``InputError`` once the review is finished."""
        if self.finished:
            raise InputError("the review is finished: there is no place left to ask about")
        return self.places[self.at]

    @property
    def patch(self) -> Patch:
        """The corrections that were accepted so far, as a patch of the text of the report."""
        return Patch.between(self.report.text, self._corrections())

    # --- the answers ---------------------------------------------------------------------------------------------------------------

    def accept(self) -> Review:
        """Write what was meant."""
        return self.pick(1)

    def reject(self) -> Review:
        """Leave what stands there."""
        return self._with([self.at], LEFT)

    def pick(self, number: int) -> Review:
        """Write candidate ``number``, counted from 1 as ``prompt`` shows them; ``InputError`` where there is no such candidate."""
        count = len(candidates(self.place))
        if not 1 <= number <= count:
            raise InputError(f"expected a candidate from 1 to {count}, found {number}")
        return self._with([self.at], number - 1)

    def accept_kind(self) -> Review:
        """Write what was meant here and, from here on, wherever the same stands for the same."""
        return self._with(self._kind(), 0)

    def reject_kind(self) -> Review:
        """Leave what stands here and, from here on, wherever the same stands for the same."""
        return self._with(self._kind(), LEFT)

    def back(self) -> Review:
        """The state before the last answer; the beginning has none before it, and stays."""
        return self.before or self

    def quit(self) -> Review:
        """Ask no more; places without an answer stay as they are."""
        return replace(self, at=len(self.places), before=self)

    def answered(self, key: str) -> Review:
        """The state after the answer ``key``, one of those that ``HELP`` names; ``InputError`` for any other."""
        answer = key.strip()
        if answer.isdecimal() and answer.isascii() and len(answer) <= DIGITS:
            return self.pick(int(answer))
        steps = {
            "y": Review.accept, "n": Review.reject, "a": Review.accept_kind, "r": Review.reject_kind, "b": Review.back, "q": Review.quit,
        }  # fmt: skip
        if answer.lower() not in steps:
            raise InputError(f"expected one of y, n, a candidate's number, a, r, b, q or ?, found {key!r}")
        return steps[answer.lower()](self)

    # --- what is shown -------------------------------------------------------------------------------------------------------------

    def prompt(self, *, color: bool = False) -> str:
        """The place that is asked about: where it is, its sentence, its candidates, the strongest reason; ends with a line end."""
        return "".join(f"{line}\n" for line in self._prompt(color))

    def closing(self) -> str:
        """One line on what was answered."""
        accepted = sum(1 for k in self.answers if k not in (None, LEFT))
        rejected = sum(1 for k in self.answers if k == LEFT)
        open_places = len(self.places) - accepted - rejected
        rest = f", {open_places} not answered" if open_places else ""
        return f"{self.report.path.translate(CONTROLS)}: {accepted} accepted, {rejected} rejected{rest}"

    def _prompt(self, color: bool) -> Iterator[str]:
        f = self.place
        where = f"{self.report.path.translate(CONTROLS)}:{f.line}:{f.column}"
        yield f"{_paint(where, _BOLD, color)}  {self.at + 1} of {len(self.places)}  {_paint(f'{f.source}  {f.id}', _DIM, color)}"
        left, right = (part.translate(PICTURES) for part in _sentence_around(self.report.text, f.span))
        words = f.observed.translate(PICTURES)
        observed = _paint(words, _RED, color) if color else f"[{words}]"
        yield "  " + " ".join(f"{left}{observed}{right}".split())
        for number, candidate in enumerate(candidates(f), 1):
            words = _paint(one_line(candidate.intended), _GREEN if number == 1 else "", color)
            yield f"  {number}  {words}  {candidate.posterior:.2f}"
        if f.evidence:
            strongest = max(f.evidence, key=lambda e: abs(e.log_odds))
            yield "  " + _paint(f"{strongest.log_odds:+.1f}  {strongest.reason}", _DIM, color)

    def _kind(self) -> list[int]:
        members = next((numbers for numbers in kinds_of(self.places).values() if self.at in numbers), ())
        return [n for n in members if n == self.at or (n > self.at and self.answers[n] is None)]

    def _with(self, numbers: Iterable[int], answer: int) -> Review:
        if self.finished:
            raise InputError("the review is finished: there is no place left to ask about")
        answers = list(self.answers)
        for number in numbers:
            answers[number] = answer
        left = (n for n in range(self.at + 1, len(answers)) if answers[n] is None)
        return replace(self, answers=tuple(answers), at=next(left, len(answers)), before=self)

    def _corrections(self) -> Iterator[Correction]:
        for f, answer in zip(self.places, self.answers, strict=True):
            if answer is not None and answer != LEFT:
                yield Correction(f.span, f.observed, candidates(f)[answer].intended)


def candidates(f: Finding) -> tuple[Alternative, ...]:
    """What may have been meant at a place, the likeliest first."""
    return (Alternative(f.intended, f.posterior), *f.alternatives)


def _sentence_around(text: str, span: Span) -> tuple[str, str]:
    """What stands before and after ``span`` in its sentence, over the ends of lines that were broken to fit a width."""
    flat = _BROKEN_LINE.sub(lambda m: " " * len(m[0]), text)
    sentence = sentence_span(flat, span)
    return flat[sentence.start : span.start], flat[span.end : sentence.end]


def _paint(text: str, code: str, color: bool) -> str:
    return f"{code}{text}{_PLAIN}" if color and code else text
