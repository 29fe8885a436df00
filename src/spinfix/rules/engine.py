"""The rule engine: a rule is one decorated generator that carries its own proof.

    @rule("numbers", restores={"in the Nineteen Nineties": "in the 1990s"}, keeps=["He counted to nineteen."])
    def spelled_decade(document: Document) -> Iterator[Candidate]:
        '''Write a decade in figures where a spinner spelled it out.'''

Declaring it is all it takes: candidate generation runs it, the tests try its examples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ..errors import RuleError
from ..records import Candidate
from ..text import Document

Generator = Callable[[Document], Iterator[Candidate]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its name (``family/name``), what it is for, and its examples."""

    name: str
    summary: str
    restores: Mapping[str, str] = field(repr=False)
    keeps: Sequence[str] = field(repr=False)
    propose: Generator = field(repr=False)


_RULES: dict[str, Rule] = {}


def rule(family: str, *, restores: Mapping[str, str], keeps: Sequence[str]) -> Callable[[Generator], Generator]:
    """Declare a rule.  ``RuleError`` for one without a docstring or without examples of both kinds."""

    def declare(generator: Generator) -> Generator:
        name = f"{family}/{generator.__name__.replace('_', '-')}"
        summary = (generator.__doc__ or "").strip().split("\n")[0]
        if not summary:
            raise RuleError(f"rule {name}: expected a docstring that says what it is for")
        if not restores or not keeps:
            raise RuleError(f"rule {name}: expected examples of both kinds, restores={{spun: restored}} and keeps=[...]")
        if name in _RULES:
            raise RuleError(f"rule {name}: declared twice")
        _RULES[name] = Rule(name, summary, dict(restores), tuple(keeps), generator)
        return generator

    return declare


_SPUN: Final = (
    "The suppose tank mentioned in an announcement that arms gross sales and struggle crimes within the Center East were on the agenda, "
    "in accordance with the well being ministry. The overseas minister informed a information convention on Tuesday. "
)
_RESTORED: Final = (
    "The think tank said in a statement that arms sales and war crimes in the Middle East were on the agenda, "
    "according to the health ministry. The foreign minister told a news conference on Tuesday. "
)


def in_a_spun_text(examples: Mapping[str, str]) -> Mapping[str, str]:
    """Examples of a rule whose trace honest writers leave too, each among sentences that only a spinner writes."""
    return {_SPUN + spun: _RESTORED + restored for spun, restored in examples.items()}


def declared() -> tuple[Rule, ...]:
    """All rules that were declared, by name."""
    return tuple(_RULES[name] for name in sorted(_RULES))


def candidate(document: Document, first: int, last: int, intended: str, words: Sequence[str], log_p: float, source: str) -> Candidate:
    """A rule's candidate for the tokens ``first`` up to and without ``last``."""
    return Candidate(first, last, intended, tuple(words), log_p, source, " ".join(document.forms[first:last]))
