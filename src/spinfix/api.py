"""The verbs: ``detect``, ``restore``, ``explain``, ``revert``, and the ``Policy`` that all of them follow."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from . import loaded
from .errors import PolicyError, SpinfixError
from .markup import KINDS
from .patch import Patch, check_text, digest
from .records import Detail, Failure, Verdict
from .report import Report

if TYPE_CHECKING:
    from .lattice import Lattice
    from .records import Candidate, Span
    from .selection import Selection
    from .text import Document
    from .unlisted import Unlisted

_TUPLES: Final = {
    "lists": "paths", "rules": "paths", "select": "names", "ignore": "names", "ignore_words": "words", "ignore_patterns": "patterns",
}  # fmt: skip
MENTIONED: Final = 0.25  # share of the findings from which a text is read again without them: of a spun text few words stand between marks
EVEN_ODDS: Final = 0.5
_MENTIONS: Final = "a few words between quotation marks or in italics are mentioned, not used, it seems; they are left alone"
HELD: Final = 1_000  # findings of a long text from which memory is spared, whatever the length of its sections
CHOICES: Final = {"markup": ("auto", *KINDS), "quotations": ("restore", "keep"), "names": ("repair", "restore", "keep")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How to decide.  ``PolicyError`` for a setting outside its range.

    - ``threshold``: posterior from which a restoration is made: c / (c + 1), if a false edit costs c times a missed one
    - ``suggest``: posterior from which a place is worth a reader's look, and listed as a suggestion
    - ``spun_prior``: share of documents that are spun, where these come from
    - ``lists``: files or folders of a user's own lists
    - ``language_model``: a model file of the user's own (packed, or KenLM); the shipped one where empty
    - ``rules``: TOML files of a user's own rules
    - ``select``: lists and rules to use, by name (family/name) or family; all where empty
    - ``ignore``: those to leave out; the more exact name decides
    - ``markup``: ``"plain"``, ``"markdown"``, ``"html"``, ``"rst"``, ``"latex"``; ``"auto"``: what the name of the file says, else plain
    - ``quotations``: ``"restore"`` treats them like the rest, ``"keep"`` leaves alone what stands between quotation marks
    - ``names``: of those that the text repeats, change known ones that are broken (``"repair"``), all (``"restore"``) or none (``"keep"``)
    - ``gate``: let text without a trace through at the first look; not where own lists or rules are given, nor in ``explain``
    - ``ignore_words``: words and phrases that are left alone, in any letter case
    - ``ignore_patterns``: regular expressions (of ``re``); what they match is left alone

    >>> Policy(threshold=0.9).threshold
    0.9
    """

    threshold: float = 0.5
    suggest: float = 0.2
    spun_prior: float = 1e-3
    lists: tuple[str, ...] = ()
    language_model: str = ""
    rules: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    markup: str = "auto"
    quotations: str = "restore"
    names: str = "repair"
    gate: bool = True
    ignore_words: tuple[str, ...] = ()
    ignore_patterns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("threshold", "suggest", "spun_prior"):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not 0 < value < 1:
                raise PolicyError(f"{name}: expected a probability above 0 and below 1, found {value!r}")
        for name, what in _TUPLES.items():
            value = getattr(self, name)
            if not isinstance(value, tuple) or not all(isinstance(p, str) for p in value):
                raise PolicyError(f"{name}: expected a tuple of {what}, found {value!r}")
        if not isinstance(self.gate, bool):
            raise PolicyError(f"gate: expected True or False, found {self.gate!r}")
        for pattern in self.ignore_patterns:
            try:
                with warnings.catch_warnings(action="ignore", category=FutureWarning):  # of what may once be a set within a set
                    re.compile(pattern)
            except (re.error, OverflowError, RecursionError) as error:  # also a number too large, and groups nested too deeply
                raise PolicyError(f"ignore_patterns: expected a regular expression, found {pattern!r}: {error}") from None
        if not isinstance(self.language_model, str):
            raise PolicyError(f"language_model: expected a path, found {self.language_model!r}")
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                raise PolicyError(f"{name}: expected one of {', '.join(known)}, found {getattr(self, name)!r}")


OPTIONS = tuple(f.name for f in fields(Policy))
DEFAULT = Policy()


def detect(text: str, policy: Policy = DEFAULT, *, path: str | PurePath = "-") -> Report:
    """Report what was changed in ``text`` and what was meant; changes nothing.

    >>> from spinfix import detect
    >>> [(f.observed, f.intended) for f in detect("He works at a suppose tank.").findings]
    [('suppose', 'think')]
    """
    return report_on(*_checked(text, policy, path), Detail.REASONS)


def explain(text: str, policy: Policy = DEFAULT, *, path: str | PurePath = "-") -> Report:
    """Report every place of ``text`` that was considered, also what is left alone."""
    return report_on(*_checked(text, policy, path), Detail.PLACES)


def detect_many(
    texts: Iterable[str | tuple[str, str]], policy: Policy = DEFAULT, *, processes: int | None = None
) -> Iterator[Report | Failure]:
    """The report on each of ``texts``, in their order, as they come: for many documents, or an endless stream of them.

    A text may come with its name, ``(name, text)``; else its number is its name, from 1.  The work is done in ``processes`` worker
    processes, one for each processor where none are asked for; with one, in this process.  A few texts are read ahead.  A document
    that fails, or whose worker dies, gives a ``Failure`` with its name; the others are done all the same.

    >>> [report.path for report in detect_many([("a.txt", "It rained."), ("b.txt", "")], processes=1)]
    ['a.txt', 'b.txt']
    """
    from .parallel import ordered, processors

    if isinstance(texts, str | bytes | bytearray):
        found = "one text; put it into a list: detect_many([text])" if isinstance(texts, str) else type(texts).__name__
        raise TypeError(f"expected texts, found {found}")
    check_policy(policy)
    named = (text if isinstance(text, tuple | list) and len(text) == 2 else (str(number), text) for number, text in enumerate(texts, 1))
    for (name, _), result in ordered(partial(_detect_named, policy), named, processors() if processes is None else processes):
        if isinstance(result, Exception):
            yield Failure(str(name), str(result) if isinstance(result, SpinfixError) else f"{type(result).__name__}: {result}")
        else:
            yield result


def _detect_named(policy: Policy, named: tuple[str, str]) -> Report:
    name, text = named
    return detect(text, policy, path=name)


def restore(text: str, policy: Policy = DEFAULT, *, path: str | PurePath = "-") -> str:
    """``text`` with what was meant put back; the same text where there is nothing to restore.  ``path`` tells the kind of markup.

    >>> from spinfix import restore
    >>> restore("He works at a suppose tank.")
    'He works at a think tank.'
    """
    report = report_on(*_checked(text, policy, path), Detail.CHANGES)
    return report.patch.apply(text) if report.findings else text


def revert(text: str, patch: Patch | str) -> str:
    """The text before ``patch`` (a patch, or its JSON) was applied; ``PatchError`` for any other text than the one it made."""
    known = Patch.from_json(patch) if isinstance(patch, str) else patch
    if not isinstance(known, Patch):
        raise TypeError(f"expected a patch or its JSON as a str, found {type(patch).__name__}")
    return known.inverse().apply(text)


def _checked(text: str, policy: Policy, path: str | PurePath) -> tuple[str, Policy, str]:
    """What was given; ``TypeError`` for what is no text, as the bytes of a file, or no policy."""
    check_text(text)
    check_policy(policy)
    return text, policy, str(path)


def check_policy(policy: Policy) -> None:
    """``TypeError`` for what is no policy, as the keyword arguments of one."""
    if not isinstance(policy, Policy):
        raise TypeError(f"expected a Policy, found {type(policy).__name__}")


def report_on(text: str, policy: Policy, path: str, detail: Detail) -> Report:
    """The report on ``text`` with as much ``detail`` as is wanted: reasons take time, and to restore a text nobody needs them."""
    # imported here: `import spinfix` reads no data and loads neither numpy nor wordfreq nor rapidfuzz
    from .markup import kind_of
    from .sections import LONGEST, joined

    kind = kind_of(path) if policy.markup == "auto" else policy.markup
    # markup is read as a whole, and so is what may hold a comment that turns spinfix off and on
    if kind != "plain" or len(text) <= LONGEST or "keep" in (policy.quotations, policy.names) or "spinfix:" in text:
        return _report_on_file(text, kind, policy, path, detail)

    def report_on_part(span: Span, policy: Policy) -> Report:
        return _report_on_file(text[span.start : span.end], "plain", policy, path, detail)

    return joined(text, path, _reports_on_sections(text, policy, path, report_on_part, detail))


def reports_on(texts: Sequence[str], policy: Policy, detail: Detail) -> list[Report]:
    """``report_on`` for each of ``texts``, which have no names; their first looks are taken together, for less than one by one."""
    from .sections import LONGEST

    if detail is Detail.PLACES or not takes_a_first_look(policy) or policy.markup not in ("auto", "plain"):
        return [report_on(text, policy, "-", detail) for text in texts]
    short = [text for text in texts if len(text) <= LONGEST]
    seen = iter(_first_looks(short, policy, "-", short))
    reports = []
    for text in texts:
        if len(text) > LONGEST:
            reports.append(report_on(text, policy, "-", detail))
        elif let_through := next(seen):
            reports.append(let_through)
        else:
            reports.append(_report_on_file(text, "plain", policy, "-", detail, is_looked_at=True))
    return reports


def _reports_on_sections(
    text: str, policy: Policy, path: str, report_on_part: Callable[[Span, Policy], Report], detail: Detail
) -> Iterator[tuple[Span, Report]]:
    """The report on each section of a long text; where a first look is taken, it says what the sections are."""
    from .arrays import sparing
    from .sections import AT_ONCE, BLOCK, grouped, sections

    held = 0  # findings, of the sections before

    def read(span: Span, policy: Policy) -> Report:
        nonlocal held
        with sparing(held >= HELD):
            report = report_on_part(span, policy)
        held += len(report.findings)
        return report

    if detail is Detail.PLACES or not takes_a_first_look(policy):
        for span in sections(text):
            yield span, read(span, policy)
        return
    blocks = list(sections(text, BLOCK))
    looks: list[Report | None] = []
    for first in range(0, len(blocks), AT_ONCE):  # of a long text never all blocks at a time, which together are as long as it is
        looks += _first_looks([text[s.start : s.end] for s in blocks[first : first + AT_ONCE]], policy, path)
    firsts = {s.start: k for k, s in enumerate(blocks)} | {len(text): len(blocks)}
    ungated = replace(policy, gate=False)
    for span, traced in grouped(blocks, [report is None for report in looks]):
        if traced:
            yield span, read(span, ungated)
        else:
            run = slice(firsts[span.start], firsts[span.end])
            yield from ((block, report) for block, report in zip(blocks[run], looks[run], strict=True) if report)


def takes_a_first_look(policy: Policy) -> bool:
    """Whether one is wanted, and can be taken: it knows the shipped lists and rules only."""
    return policy.gate and not policy.lists and not policy.rules


def _report_on_file(text: str, kind: str, policy: Policy, path: str, detail: Detail, *, is_looked_at: bool = False) -> Report:
    """The report on a text read as a whole, its prose in sections where it is long; if it ``is_looked_at``, without a first look."""
    if kind == "plain" and not is_looked_at and (report := _report_at_first_look(text, text, policy, path, detail)):
        return report
    from .exemptions import wanted
    from .reading import read
    from .sections import LONGEST, joined

    reading = read(text, markup=kind, path=path, quotations=policy.quotations == "keep", names=policy.names == "keep")
    prose = reading.document.text
    if kind != "plain" and (report := _report_at_first_look(text, prose, policy, path, detail)):
        return report

    def report_on_part(span: Span, policy: Policy) -> Report:
        return _report_but_for_mentions(reading.part(span), partial(reading.mentions, at=span.start), policy, path, detail)

    if len(prose) > LONGEST:
        found = joined(prose, path, _reports_on_sections(prose, policy, path, report_on_part, detail))
    else:
        found = _report_but_for_mentions(reading.document, reading.mentions, policy, path, detail)
    kept = wanted(found.findings, prose, words=policy.ignore_words, patterns=policy.ignore_patterns)
    return replace(found, sha256=digest(text), text=text, findings=reading.returned(kept))


def _report_but_for_mentions(
    document: Document, mentioned: Callable[[Document], frozenset[int]], policy: Policy, path: str, detail: Detail
) -> Report:
    """The report on ``document``, which may speak of a spinner's words without being spun.

    Who writes about *bosom peril* puts it between quotation marks.  So where a good part of what was found is ``mentioned`` like that, the
    document is read again without: if the rest of it does not look spun, that is the report.
    """
    from .suppression import over

    report = _report_on_document(document, policy, path, detail)
    found = [f.span for f in report.findings if f.verdict is not Verdict.KEEP]
    tokens = mentioned(document) if found else frozenset[int]()
    within = sum(not tokens.isdisjoint(over(document, span)) for span in found)
    if within < MENTIONED * len(found) or not within:
        return report
    apart = _report_on_document(replace(document, protected=document.protected | tokens), policy, path, detail)
    if apart.spun > EVEN_ODDS:
        return report
    told = (_MENTIONS,) if detail is Detail.PLACES else ()
    return replace(apart, notes=(*apart.notes, *told))


def _report_on_document(document: Document, policy: Policy, path: str, detail: Detail) -> Report:
    from .adaptation import Priors
    from .arrays import is_memory_short
    from .candidates import kept_names, of_names, with_unlisted
    from .composed import shipped_composed
    from .lattice import build
    from .scoring import MODEL_WEIGHT, Scored, score
    from .struck import document_log_odds, moved, window
    from .unlisted import UNDECIDED, are_asked, struck_weights

    text, notes = document.text, list[str]()
    model, priors = loaded.model(policy.language_model), Priors(spun=policy.spun_prior)

    names = kept_names(document) if policy.names == "repair" else frozenset()

    def decided(candidates: Sequence[Candidate], part: Document = document, first: int = 0) -> Scored:
        """What comes of ``candidates`` in ``part``, the tokens of ``document`` from ``first`` on."""
        chosen = of_names(moved(candidates, first), names)
        if is_short := is_memory_short(len(part)):
            loaded.let_tables_go()
        lattice = build(part, chosen, model, MODEL_WEIGHT, first)
        if is_short:
            loaded.let_model_go(model)
        return score(document, lattice, priors, restore_at=policy.threshold, suggest_at=policy.suggest, detail=detail)

    def with_more(proposed: Sequence[Candidate], part: Document = document, *, struck_only: bool = False) -> list[Candidate]:
        unlisted = loaded.unlisted(policy.lists, policy.language_model)
        return with_unlisted(proposed, part, unlisted, _selection(policy), struck_only=struck_only)

    weights = struck_weights(document, shipped_composed())
    is_struck = any(weights)
    if not is_struck and len(document) and detail is not Detail.PLACES and _shows_nothing(document, policy):
        return Report(digest(text), len(text.split()), policy.spun_prior, 0.0, (), text, path)
    is_lone = is_struck and detail is not Detail.PLACES and _is_lone(text, policy)
    if is_lone:
        # of a page in which nothing but one such place asks to be read, nothing else is put in question, nor read
        first, last = window(document, weights)
        part = document.part(first, last)
        more = with_more(_proposed(part, policy, notes), part, struck_only=True)
        is_lone = not document_log_odds(more)
    if is_lone:
        scored = decided([c for c in more if c.pair], part, first)
    else:
        proposed = _proposed(document, policy, notes)
        scored = decided(proposed)
        changes = sum(f.verdict is not Verdict.KEEP for f in scored.findings)  # of which ``explain`` tells more than ``detect``
        asked = are_asked(scored.spun, scored.family, changes)
        if asked or (is_struck and scored.spun < UNDECIDED[1]):  # another kind of spinner at work hardly writes such pairs
            more = with_more(proposed, struck_only=not asked)
            scored = decided(more) if more != proposed else scored
    words = len(text.split())
    return Report(digest(text), words, scored.spun, scored.spin_rate, scored.findings, text, path, scored.family, tuple(notes))


def _shows_nothing(document: Document, policy: Policy) -> bool:
    """Whether a glance at what the lists propose lets ``document`` through, which the first look did not."""
    if not takes_a_first_look(policy) or policy.spun_prior > DEFAULT.spun_prior or _first_told(policy) < _first_told(DEFAULT):
        return False  # the glance is fitted to what is told by default
    from .first_look import look
    from .glance import shipped_glance

    fits = loaded.proposer(policy.lists, policy.language_model).fits(document)
    return not shipped_glance().is_enough(fits, look(document.text))


def _first_told(policy: Policy) -> float:
    """The posterior from which a place is told."""
    return min(policy.suggest, policy.threshold)


def _is_lone(text: str, policy: Policy) -> bool:
    """Whether nothing in ``text`` but words that only a spinner puts side by side asks to be read, as far as a first look can tell."""
    from .first_look import look

    return not policy.lists and not policy.rules and policy.spun_prior <= DEFAULT.spun_prior and look(text).is_lone


def _report_at_first_look(text: str, prose: str, policy: Policy, path: str, detail: Detail) -> Report | None:
    """The report on ``text`` where the first look at its ``prose`` says that nothing asks for a second one; else None."""
    if detail is Detail.PLACES or not takes_a_first_look(policy):
        return None
    return _first_looks([prose], policy, path, [text])[0]


def _first_looks(texts: Sequence[str], policy: Policy, path: str, held: Sequence[str] | None = None) -> list[Report | None]:
    """What a first look makes of each of ``texts``: a report on the text ``held``, or None where it asks for a second look.

    Where none are ``held``, the reports hold no text either.
    """
    from .first_look import are_enough, look_at_all
    from .sections import FOREIGN

    _selection(policy), loaded.model(policy.language_model)  # a mistaken setting is one on clean text, too
    usual = log_odds_of(DEFAULT.spun_prior)
    eager = log_odds_of(policy.spun_prior) - usual
    eager += max(0.0, log_odds_of(DEFAULT.suggest) - log_odds_of(_first_told(policy)))
    told = _told_from(policy)
    reports: list[Report | None] = []
    for k, (text, seen) in enumerate(zip(texts, look_at_all(texts), strict=True)):
        log_odds = seen.log_odds + eager
        is_worth_more = log_odds >= 0 or (are_enough(seen.pairs, log_odds, told) and _tells_something(text, log_odds, told))
        if is_worth_more and not seen.is_foreign:
            reports.append(None)
            continue
        spun = 1 / (1 + math.exp(min(max(-log_odds, 0.0) - usual, 500.0)))
        notes = (FOREIGN,) if seen.is_foreign else ()
        whole, sha256 = ("", "") if held is None else (held[k], digest(held[k]))
        reports.append(Report(sha256, seen.words, spun, 0.0, (), whole, path, notes=notes))
    return reports


def _told_from(policy: Policy) -> float:
    """The weight (nats) of a pair from which its place is told in a page that shows nothing else; see ``struck``."""
    from .first_look import TOLD

    if policy.spun_prior > DEFAULT.spun_prior:
        return 0.0  # what stands around it may be spun as well
    if (policy.suggest, policy.threshold) == (DEFAULT.suggest, DEFAULT.threshold):
        return TOLD  # the same, without loading what the sum asks for
    from .scoring import told_in_clean_text
    from .struck import EVEN, STEEP

    return EVEN + log_odds_of(told_in_clean_text(policy.threshold, policy.suggest)) / STEEP


def _tells_something(text: str, log_odds: float, told: float) -> bool:
    """Whether ``first_look.are_enough`` holds for the words of ``text`` that do stand side by side.

    A first look sees neither the marks between words nor which words are names.
    """
    from .composed import shipped_composed
    from .first_look import are_enough
    from .text import tokenize
    from .unlisted import struck_weights

    document = tokenize(text)
    weights = struck_weights(document, shipped_composed())
    different: dict[Sequence[str], float] = {}
    for k, weight in enumerate(weights):
        if weight:  # the same pair weighs more beside another
            pair = document.forms[k : k + 2]
            different[pair] = max(weight, different.get(pair, 0.0))
    return are_enough(different.values(), log_odds, told)


def log_odds_of(probability: float) -> float:
    """The log-odds of a probability (nats), without numpy, which a clean text may do without."""
    return math.log(probability) - math.log1p(-probability)


def prepared(
    text: str, policy: Policy = DEFAULT, notes: list[str] | None = None, unlisted: Unlisted | None = None
) -> tuple[Document, Lattice]:
    """The document and the lattice of its readings: all that is known before anything is decided.

    ``notes`` gets a line for each rule that had to be stopped; ``unlisted`` proposes what no list has, the shipped one where it is None.
    """
    from .candidates import kept_names, of_names, with_unlisted
    from .lattice import build
    from .scoring import MODEL_WEIGHT
    from .text import tokenize

    document = tokenize(text)
    proposed = _proposed(document, policy, notes)
    proposed = with_unlisted(proposed, document, unlisted or loaded.unlisted(policy.lists, policy.language_model), _selection(policy))
    proposed = of_names(proposed, kept_names(document) if policy.names == "repair" else frozenset())
    return document, build(document, proposed, loaded.model(policy.language_model), MODEL_WEIGHT)


def _proposed(document: Document, policy: Policy, notes: list[str] | None) -> list[Candidate]:
    """What lists and rules propose, thinned."""
    from .arrays import is_memory_short
    from .candidates import in_case

    proposer = loaded.proposer(policy.lists, policy.language_model)
    if is_memory_short(len(document)):
        loaded.let_tables_go()
    proposed = proposer.propose(document, own_rules=loaded.own_rules(policy.rules), selection=_selection(policy), notes=notes)
    return in_case(proposed, document)


def check_selection(policy: Policy) -> None:
    """``PolicyError`` where ``select`` or ``ignore`` names what is neither a list nor a rule nor a family of them."""
    _selection(policy)


def _selection(policy: Policy) -> Selection:
    return loaded.selection(policy.select, policy.ignore, policy.lists, policy.rules)


def source_names(policy: Policy = DEFAULT) -> tuple[str, ...]:
    """The names (family/name) of all lists and rules: those of the package, and a user's own; sorted."""
    return loaded.source_names(policy.lists, policy.rules)
