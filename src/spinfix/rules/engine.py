"""The rule engine: a rule is one decorated generator that carries its own proof.

    @rule("numbers", restores={"in the Nineteen Nineties": "in the 1990s"}, keeps=["He counted to nineteen."], trigger=trigger("nineties"))
    def spelled_decade(document: Document) -> Iterator[Candidate]:
        '''Write a decade in figures where a spinner spelled it out.'''

Declaring it is all it takes: candidate generation runs it, the tests try its examples, and its page in ``docs/rules.md`` is made from
the declaration.  A trigger says cheaply where a rule can have nothing to say; a guard is a condition that an example needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from ..errors import RuleError
from ..records import Candidate
from ..text import Document
from ..wordlists import Index

Generator = Callable[[Document], Iterator[Candidate]]
ListGenerator = Callable[[Document, Sequence[Index]], Iterator[Candidate]]


class Trigger(NamedTuple):
    """Without which a rule proposes nothing: one of some forms, or a match of a pattern; with neither, any text will do."""

    forms: frozenset[str] = frozenset()  # of tokens, as ``Document.forms`` has them
    pattern: re.Pattern[str] | None = None  # searched in the text

    def stands_in(self, document: Document, forms: Set[str]) -> bool:
        """Whether the rule may have something to say; ``forms`` are the distinct forms of ``document``."""
        if not self.forms.isdisjoint(forms):
            return True
        if self.pattern is not None:
            return self.pattern.search(document.text) is not None
        return not self.forms


ALWAYS: Final = Trigger()
GUARD_REACH: Final = 6  # tokens to either side within which the words of near and absent count


def trigger(words: str = "", pattern: str = "") -> Trigger:
    """A trigger of the forms in ``words`` (blanks between them) or of a pattern for ``re``.

    ``re`` finds at once where a pattern may begin if that is with one of some letters; so what stands before these is told behind them.
    """
    return Trigger(frozenset(words.split()), re.compile(pattern) if pattern else None)


class Guard:
    """A condition of a rule, by name, so that a test can take it away and see which example needs it."""

    __slots__ = ("check", "name", "summary")

    def __init__(self, check: Callable[..., bool]) -> None:
        self.check = check
        self.name = check.__name__.strip("_").replace("_", "-")
        self.summary = " ".join((check.__doc__ or "").split())

    def __call__(self, *arguments: Any) -> bool:
        """Whether the condition holds, that is, whether the rule may propose."""
        return self.check(*arguments)


def guard(check: Callable[..., bool]) -> Guard:
    """Declare a condition; its docstring says what it asks for."""
    return Guard(check)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its name (``family/name``), what it is for, and its examples."""

    name: str
    summary: str
    restores: Mapping[str, str] = field(repr=False)
    keeps: Sequence[str] = field(repr=False)
    generate: ListGenerator = field(repr=False)
    description: str = field(default="", repr=False)  # the docstring
    trigger: Trigger = field(default=ALWAYS, repr=False)
    guards: tuple[Guard, ...] = field(default=(), repr=False)

    @property
    def family(self) -> str:
        """The part of the name before the stroke."""
        return self.name.split("/")[0]

    def propose(self, document: Document, indexes: Sequence[Index] = ()) -> Iterator[Candidate]:
        """The rule's candidates.  ``TimeoutError`` where a pattern of the rule takes too long on this text."""
        if self.trigger.stands_in(document, frozenset(document.forms)):
            yield from self.generate(document, indexes)


_RULES: dict[str, Rule] = {}


def rule(
    family: str, *, restores: Mapping[str, str], keeps: Sequence[str], trigger: Trigger = ALWAYS, guards: Sequence[Guard] = ()
) -> Callable[[Generator], Generator]:
    """Declare a rule.  ``RuleError`` for one without a docstring or without examples of both kinds."""

    def declare(generator: Generator) -> Generator:
        def generate(document: Document, indexes: Sequence[Index]) -> Iterator[Candidate]:
            return generator(document)

        _declare(family, generator, generate, restores, keeps, trigger, guards)
        return generator

    return declare


def list_rule(
    family: str, *, restores: Mapping[str, str], keeps: Sequence[str], trigger: Trigger = ALWAYS, guards: Sequence[Guard] = ()
) -> Callable[[ListGenerator], ListGenerator]:
    """Declare a rule that looks words up in the lists: its generator takes the indexes as well."""

    def declare(generator: ListGenerator) -> ListGenerator:
        _declare(family, generator, generator, restores, keeps, trigger, guards)
        return generator

    return declare


def _declare(
    family: str,
    generator: Callable[..., Iterator[Candidate]],
    generate: ListGenerator,
    restores: Mapping[str, str],
    keeps: Sequence[str],
    trigger: Trigger,
    guards: Sequence[Guard],
) -> None:
    name = f"{family}/{generator.__name__.replace('_', '-')}"
    description = "\n".join(line.strip() for line in (generator.__doc__ or "").strip().split("\n"))
    summary = description.split("\n")[0]
    if not summary and __doc__:  # with `python -OO` nothing has a docstring, this module neither
        raise RuleError(f"rule {name}: expected a docstring that says what it is for")
    if not restores or not keeps:
        raise RuleError(f"rule {name}: expected examples of both kinds, restores={{spun: restored}} and keeps=[...]")
    if name in _RULES:
        raise RuleError(f"rule {name}: declared twice")
    _RULES[name] = Rule(name, summary, dict(restores), tuple(keeps), generate, description, trigger, tuple(guards))


def run(rules: Iterable[Rule], document: Document, indexes: Sequence[Index], notes: list[str] | None = None) -> Iterator[Candidate]:
    """The candidates of all ``rules``.

    A rule whose pattern takes too long on this text is stopped, and named in ``notes``; the others go on.
    """
    forms = frozenset(document.forms)
    for each in rules:
        if each.trigger.stands_in(document, forms):
            try:
                yield from each.generate(document, indexes)
            except TimeoutError:
                if notes is not None:
                    notes.append(f"rule {each.name}: its pattern took too long on this text and was stopped; the other rules went on")


_SPUN: Final = (
    "The suppose tank mentioned in an announcement that arms gross sales and struggle crimes within the Center East were on the agenda, "
    "in accordance with the well being ministry. The prime minister informed a information convention on Tuesday. "
)
_RESTORED: Final = (
    "The think tank said in a statement that arms sales and war crimes in the Middle East were on the agenda, "
    "according to the health ministry. The prime minister told a news conference on Tuesday. "
)


def in_a_spun_text(examples: Mapping[str, str]) -> Mapping[str, str]:
    """Examples of a rule whose trace honest writers leave too, each among sentences that only a spinner writes."""
    return {_SPUN + spun: _RESTORED + restored for spun, restored in examples.items()}


def own_part(example: str) -> str:
    """An example without the sentences that ``in_a_spun_text`` put before it."""
    return example.removeprefix(_SPUN).removeprefix(_RESTORED)


def declared() -> tuple[Rule, ...]:
    """All rules that were declared, by name."""
    return tuple(_RULES[name] for name in sorted(_RULES))


def candidate(document: Document, first: int, last: int, intended: str, words: Sequence[str], log_p: float, source: str) -> Candidate:
    """A rule's candidate for the tokens ``first`` up to and without ``last``."""
    return Candidate(first, last, intended, tuple(words), log_p, source, " ".join(document.forms[first:last]))
