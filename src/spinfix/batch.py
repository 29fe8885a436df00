"""Many texts at once: one picklable object that every engine for large corpora can carry to its workers.

    batch = Batch(Policy(threshold=0.9))
    batch.restore_batch(["...", "..."])

Hugging Face ``map(batched=True)``, polars ``map_batches``, Ray ``map_batches``, Spark's ``pandas_udf`` and dask's ``map_partitions`` all
want such a function of a list.  What is pickled is the ``Policy``; lists and model are opened once a process, at its first batch.
Each text is judged by itself, so batches may be cut anywhere and results do not depend on the number of workers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Final, TypeVar

from . import loaded
from .api import DEFAULT, Policy, check_policy, log_odds_of, report_on, reports_on, takes_a_first_look
from .errors import InputError, MarkupError
from .first_look import FirstLook, look_at_all
from .identity import code_digest, data_digest, files_digest, lists_digest, model_digest, packages
from .list_files import own_files
from .patch import Patch
from .records import Detail
from .report import Report

Result = TypeVar("Result")

CALLED_SPUN: Final = 0.5  # probability from which a document counts as spun
# Nats above the threshold of the first look from which the cheap path gives a text a second one.  Of clean pages one in 330 reaches
# that, of spun ones of 200 words and up, a tenth of their words changed, 97 % (benchmarks/corpus.py).
SECOND_LOOK: Final = 1.25
# A text of fewer words has not the room for as many nats, and costs little: it gets its second look as ``detect`` would give it.
SHORT: Final = 60
# Nats from which it takes a text for spun without: of 10,000 clean pages one reached that, and nine in ten of those spun ones.  Clean pages
# become rarer by a factor of e for a nat more.
SURE: Final = 4.0
SURE_LOG_ODDS: Final = math.log(0.9 * 5000)
SURE_SLOPE: Final = 1.0
# Share of the changeable words that were changed, for each trace a word: fitted on pages spun by six tables at known rates, where it is as
# near to them as what the lattice finds (0.07 away on average, both).
RATE_PER_TRACE: Final = 3.8
UNLISTED: Final = "unlisted"  # the family of readings that no list has


@dataclass(frozen=True, slots=True)
class SpunScore:
    """Whether one document was spun, and how densely."""

    words: int  # as between blanks
    spun: float  # probability that a word spinner made the text
    spin_rate: float  # expected share of the changeable words that were changed
    family: str  # the family of lists that explains the changes best, or "" where none was asked for or is known

    @property
    def is_spun(self) -> bool:
        """Whether the document counts as spun."""
        return self.spun >= CALLED_SPUN


def score_of(report: Report) -> SpunScore:
    """What a report says of its document as a whole."""
    return SpunScore(report.words, report.spun, report.spin_rate, report.family)


@dataclass(frozen=True, slots=True)
class Restoration:
    """A restored text, the way back, and the score of the text as given."""

    text: str
    patch: Patch
    score: SpunScore


@dataclass(frozen=True, slots=True)
class Batch:
    """The verbs on lists of texts, under one ``Policy``.

    ``InputError`` for what is no text, naming its place in the list; ``MarkupError``, with the place in a note, for a text whose markup
    cannot be read, which ``one_by_one`` gives back in place of its result.

    >>> from spinfix.batch import Batch
    >>> Batch().restore_batch(["He works at a suppose tank.", "He works at a bank."])
    ['He works at a think tank.', 'He works at a bank.']
    """

    policy: Policy = DEFAULT

    def __post_init__(self) -> None:
        check_policy(self.policy)

    def fingerprint(self, *more: str) -> str:
        """A key for caches: the same for the same policy, code, packages, model, data, lists and rules, a user's own by their files.

        ``more`` says what the texts come from.  ``InputError`` where one of the files cannot be read.
        """
        known = (code_digest(), model_digest(), lists_digest(), data_digest(), packages(), self._own_digest(), repr(self.policy), *more)
        return blake2b("\n".join(known).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()

    def _own_digest(self) -> str:
        policy = self.policy
        files = [*(file for path in policy.lists for file in own_files(Path(path))), *map(Path, policy.rules)]
        try:
            return files_digest([*files, *([Path(policy.language_model)] if policy.language_model else [])])
        except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
            where, what = getattr(error, "filename", None), getattr(error, "strerror", None) or error
            raise InputError(f"{where}: cannot be read: {what}" if where else f"{error}") from None

    def score_batch(self, texts: Sequence[str], *, families: bool = False) -> list[SpunScore]:
        """Is each text spun, and how densely: the cheap path.

        A first look decides on nearly all texts, and only of those in between is decided as ``detect_batch`` does; so a lightly spun one
        may pass for clean.  Of the first look's texts no family is known; with ``families`` those that it takes for spun are read like
        those in between.  All texts are with lists or rules of one's own, without the gate, and where the policy has only a part of them
        read, or by some of the lists and rules: it is not for this first look to say what that part shows.
        """
        return _placed(partial(self._scores, families=families), _checked(texts))

    def _scores(self, found: list[str], families: bool) -> list[SpunScore]:
        if not _takes_this_first_look(self.policy):
            return [score_of(_changes(text, self.policy)) for text in found]
        loaded.model(self.policy.language_model)  # a mistaken setting is one on clean texts, too
        return [self._score(text, first, families) for text, first in zip(found, look_at_all(found), strict=True)]

    def _score(self, text: str, first: FirstLook, families: bool) -> SpunScore:
        policy = self.policy
        if "spinfix:" in text:  # perhaps a comment that says what is not to be read
            return score_of(_changes(text, policy))
        is_usual = (policy.spun_prior, policy.threshold, policy.suggest) == (DEFAULT.spun_prior, DEFAULT.threshold, DEFAULT.suggest)
        if first.words < SHORT and not first.is_foreign and (first.is_worth_a_second or not is_usual):
            return score_of(_changes(text, policy))
        eager = log_odds_of(policy.spun_prior) - log_odds_of(DEFAULT.spun_prior)  # where more texts are spun, more are worth a second look
        beyond = first.stretch + eager - SECOND_LOOK
        if first.is_foreign or beyond < 0:
            return SpunScore(first.words, DEFAULT.spun_prior * math.exp(min(beyond, 0.0)), 0.0, "")
        if first.stretch >= SURE and not families:
            spun = 1 / (1 + math.exp(-(log_odds_of(policy.spun_prior) + SURE_LOG_ODDS + SURE_SLOPE * (first.stretch - SURE))))
            return SpunScore(first.words, spun, min(RATE_PER_TRACE * first.traces / max(first.words, 1), 1.0), "")
        ignored = replace(policy, ignore=(*policy.ignore, UNLISTED))  # they take half the time, and hardly ever decide
        return score_of(_changes(text, ignored))

    def detect_batch(self, texts: Sequence[str]) -> list[Report]:
        """The report on each text."""
        return _placed(partial(reports_on, policy=self.policy, detail=Detail.REASONS), _checked(texts))

    def restore_batch(self, texts: Sequence[str]) -> list[str]:
        """Each text with what was meant put back; those without a correction are the same objects."""
        return [restoration.text for restoration in self.repair_batch(texts)]

    def repair_batch(self, texts: Sequence[str]) -> list[Restoration]:
        """Each text restored, with its patch and its score."""
        found = _checked(texts)
        reports = _placed(partial(reports_on, policy=self.policy, detail=Detail.CHANGES), found)
        return [_repaired(text, report) for text, report in zip(found, reports, strict=True)]


def one_by_one(verb: Callable[[list[str]], Sequence[Result]], texts: list[str]) -> list[Result | MarkupError]:
    """What ``verb``, one of a ``Batch``, gives for each of ``texts``; the error for one whose markup cannot be read."""
    try:
        return [*verb(texts)]
    except MarkupError as error:
        return [error] if len(texts) == 1 else [result for text in texts for result in one_by_one(verb, [text])]


def _takes_this_first_look(policy: Policy) -> bool:
    """Whether a first look at a text as it is given, with all lists and rules, sees what ``detect`` would read of it."""
    is_whole = policy.markup in ("auto", "plain") and "keep" not in (policy.quotations, policy.names)
    return is_whole and not (policy.select or policy.ignore) and takes_a_first_look(policy)


def _placed(verb: Callable[[list[str]], list[Result]], texts: list[str]) -> list[Result]:
    """What ``verb`` gives for ``texts``; an error about the markup of one is noted with its place."""
    try:
        return verb(texts)
    except MarkupError:
        for k, text in enumerate(texts):
            try:
                verb([text])
            except MarkupError as error:
                error.add_note(f"in document {k} of the batch")
                raise
        raise


def _changes(text: str, policy: Policy) -> Report:
    return report_on(text, policy, "-", Detail.CHANGES)


def _repaired(text: str, report: Report) -> Restoration:
    patch = report.patch
    return Restoration(patch.apply(text) if patch.corrections else text, patch, score_of(report))


def _checked(texts: Iterable[object]) -> list[str]:
    if isinstance(texts, str | bytes | bytearray):  # each letter of a text is a text
        what = "one text; put it into a list: [text]" if isinstance(texts, str) else type(texts).__name__
        raise InputError(f"expected a list of texts, found {what}")
    found: list[str] = []
    for k, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(f"document {k} of the batch: expected a text, found {type(text).__name__}")
        found.append(text)
    return found
