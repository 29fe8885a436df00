"""Acronyms of terms that no list has: *profound neural organization (DNN)*."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ..beam import MODEL_WEIGHT
from ..language_model import default_model
from ..records import Candidate
from ..terms import shipped_terms
from ..text import Document
from ..unlisted import ACRONYM, FUNCTION_WORDS
from ..word_channel import WordChannel, shipped_word_channel
from ..wordlists import Index
from .engine import candidate, guard, in_a_spun_text, list_rule, trigger

WIDEST: Final = 3  # tokens that stand for one word
LEAST: Final = -9.0  # log P(observed | intended) of a whole reading, nats
KEPT: Final = -0.7  # log P(a word is left as it was), nats
# What the letters say: by how many nats spinners have words beside them that do not fit, but would by the word channel, oftener than
# honest writers; for each letter, and for a known term.
OF_LETTER: Final = 1.7
OF_TERM: Final = 3.0
NAME: Final = "witnesses/acronym-of-a-term"

Change = tuple[int, int, str]  # from token, to token, the word meant


class Way(NamedTuple):
    """Some words that the letters fit."""

    words: tuple[str, ...]
    changes: tuple[Change, ...]
    log_p: float  # nats
    is_term: bool


@guard
def words_do_not_fit(document: Document, stop: int, letters: str) -> bool:
    """The letters are not those of the words before them, with or without the small ones."""
    words = [part for form in document.forms[max(0, stop - 2 * len(letters) - 2) : stop] for part in form.split("-") if part]
    plain, weighty = ("".join(w[0] for w in some) for some in (words, [w for w in words if w not in FUNCTION_WORDS]))
    return not (plain.endswith(letters) or weighty.endswith(letters))


@guard
def makes_a_term(way: Way) -> bool:
    """What the letters fit is a known term, or three words and more of which one at least stands as it was."""
    return way.is_term or (len(way.words) > 2 and len(way.changes) < len(way.words))


@list_rule(
    "witnesses",
    restores=in_a_spun_text(
        {
            "We trained a profound neural organization (DNN) twice.": "We trained a deep neural network (DNN) twice.",
            "The bolster vector machine (SVM) came second.": "The support vector machine (SVM) came second.",
            "The short message administration (SMS) is old.": "The short message service (SMS) is old.",
        }
    ),
    keeps=[
        "We trained a deep neural network (DNN) on the pictures.",
        "The short message administration (SMA) met in May.",
        "The colossal organization (BN) met in May.",
    ],
    trigger=trigger(pattern=r"\((?:(?<=[a-z]\s\()|(?<=\s\s\())[A-Z]{2,6}s?\)"),
    guards=(words_do_not_fit, makes_a_term),
)
def acronym_of_a_term(document: Document, indexes: Sequence[Index]) -> Iterator[Candidate]:
    """Put back a term of the sciences whose initials stand beside it in brackets (*profound neural organization (DNN)*).

    Spinners leave words in capitals alone.  What each word may stand for is told by the word channel, not by lists, and a term that fits
    the letters where the words as they stand do not weighs as much as a pair of words that only a spinner puts side by side.
    """
    for start, k, letters in document.acronyms(ACRONYM):
        if words_do_not_fit(document, k, letters):
            yield from _put_back(document, start, k, letters)


def _put_back(document: Document, start: int, stop: int, letters: str) -> Iterator[Candidate]:
    ways = sorted((way for way in _ways(document, start, stop, letters) if makes_a_term(way)), key=lambda way: (-way.log_p, way.words))
    if ways:
        best = ways[0]
        pair = OF_LETTER * len(letters) + OF_TERM * best.is_term
        for first, last, word in best.changes:
            yield candidate(document, first, last, word, (word,), -0.1, NAME)._replace(pair=pair)


def _ways(document: Document, start: int, stop: int, letters: str) -> Iterator[Way]:
    """Ways to read the tokens before ``stop`` as words with these initials, found from the last one on."""
    channel = shipped_word_channel()
    begun: list[tuple[int, tuple[str, ...], tuple[Change, ...], float]] = [(stop, (), (), 0.0)]
    while begun:
        at, words, changes, log_p = begun.pop()
        left = letters[: len(letters) - len(words)]
        if not left:
            if changes:
                yield _weighed(words, changes, log_p)
            continue
        for size in range(1, min(WIDEST, at - start) + 1):
            first = at - size
            if not all(_is_word(document, k) for k in (first, at - 1)):
                continue
            for word, own in _read(channel, document.forms[first:at], left[-1]):
                changed = () if size == 1 and word == document.forms[first] else ((first, at, word),)
                if log_p + own > LEAST:
                    begun.append((first, (word, *words), (*changed, *changes), log_p + own))


def _is_word(document: Document, k: int) -> bool:
    return document.forms[k].isalpha() and document.surfaces[k].islower() and document.forms[k] not in FUNCTION_WORDS


def _read(channel: WordChannel, forms: Sequence[str], initial: str) -> Iterator[tuple[str, float]]:
    """What some tokens may have been, with this initial, and log P(observed | intended)."""
    if len(forms) == 1 and forms[0].startswith(initial):
        yield forms[0], KEPT
    for intended, log_p in channel.learned(" ".join(forms)).items():
        if intended.startswith(initial) and " " not in intended:
            yield intended, log_p


def _weighed(words: tuple[str, ...], changes: tuple[Change, ...], log_p: float) -> Way:
    """The way with what the language model adds."""
    terms = shipped_terms()
    is_term = terms.knows(*words) if len(words) in (2, 3) else any(terms.knows(*words[k : k + 3]) for k in range(len(words) - 2))
    fits = MODEL_WEIGHT * float(default_model().score(words).sum())
    return Way(words, changes, log_p + fits + OF_TERM * is_term, is_term)
