"""What no list has: readings of word sequences that are improbable where they stand, composed from the word channel and thesauri.

Looked at are runs of content words in which two neighbours have hardly ever been seen together (*irregular woodland*).  Each word
brings what it may stand for, by the lists, by the learned table, by analogy and by the thesauri (``spinfix.word_channel``); a beam
search over all readings of the run, with the language model and the terms of the sciences, finds the best ones, and what they change
becomes candidates of the lattice beside those of the lists.  One word alone is never changed on a thesaurus' say: it takes a neighbour
that fits.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

import numpy as np

from .arrays import is_memory_short, let_go
from .beam import BEAM, MODEL_WEIGHT, Hypothesis, Option, Search, best, is_plain
from .composed import Composed, joined
from .fuse import join_keys
from .language_model import BEGIN, Floats, LanguageModel
from .page_words import keys_of, pair_keys
from .terms import Terms
from .text import Document
from .word_channel import WordChannel
from .wordlists import Index

Place = tuple[int, int, tuple[str, ...]]  # tokens, half-open, and what they may stand for
_Ranked = tuple[str, Floats, bytes]  # words in lines, log P, whether each was learned: a fifth of the room of rows of words

LEARNED: Final = "unlisted/word-channel"
THESAURUS: Final = "unlisted/thesaurus"
FAMILY: Final = "academic"  # of the spinners whose phrases the table was learned from

UNDECIDED: Final = (0.1, 0.99)  # probability of being spun, by the lists alone, between which the unlisted are asked in any case

FEW: Final = 5  # changes that tell no family of spinners from another

# What a reader is told of the two: what it does, what it restores in a text that was spun, what it leaves alone.
PAGES: Final = {
    LEARNED: (
        "Put back words of science together, by a learned table of which word stands for which.",
        {
            "The colossal information and the flag handling unit were tested in the profound learning lab.": (
                "The big data and the signal processing unit were tested in the deep learning lab."
            )
        },
        ("She is keen on the matrix films.", "The rationale of the study is given below."),
    ),
    THESAURUS: (
        "Put back a word that only a thesaurus leads to, where it makes a known term and what stands there is improbable.",
        {
            "Profound learning was compared with calculated relapse. The impact divisor was measured twice.": (
                "Deep learning was compared with logistic regression. The impact factor was measured twice."
            )
        },
        ("The divisor of a fraction must not be zero.",),
    ),
}

# Chosen on held-out tortured phrases (benchmarks/tortured.py) and on clean text, nats
IMPROBABLE: Final = 1.0  # log P(b | a) - log P(b) below which the words a and b hardly belong together
LONGEST: Final = 6  # tokens of a run
ACRONYM: Final = 6  # letters of one, at most
SCREENED: Final = 3.0  # by which another pair must beat the pair that stands there
SCREENING: Final = 24  # readings of one word that the screening looks at
OPTIONS: Final = 100  # readings of one word
READINGS: Final = 8  # of a run, whose changes become candidates
RANKED_BY_FREQUENCY: Final = 0.3  # weight of log P(word) in the choice of a word's readings
AT_ONCE: Final = 100  # pairs or words whose readings, some hundreds each, are looked at together, which bounds the memory
RUNS: Final = 30  # whose readings are drawn up before the model is asked for the best, which bounds the memory
REMEMBERED: Final = 1_800  # words, each with up to ``OPTIONS`` readings
WIDEST: Final = 4  # tokens of one segment
LISTED: Final = -1.5  # of what a list has: it is in the lattice anyway
TRAILING: Final = 1.0  # by which a reading may trail the best of its run
GAIN: Final = 2.0  # by which a reading must beat the run as it stands
SURE: Final = math.log(0.95)
UNSURE: Final = -2.0  # of what only a thesaurus has
BRIDGES: Final = frozenset(["of", "to"])  # words that may stand inside a run
STRUCK_GAIN: Final = -2.0  # the same where only spinners put side by side what stands there
FUNCTION_WORDS: Final = frozenset(
    "the a an of and or to in on for with by at from as is are was were be been being it its this that these those which who whom whose "
    "what when where why how not no nor so than then there their they them he she his her him we our us i you your my me if but can could "
    "may might will would shall should must do does did has have had having into onto over under about between among through per via "
    "within without while during because since until also such very more most each all any both some other same only just".split()
)


def are_asked(spun: float, family: str, changes: int) -> bool:
    """Whether to look for unlisted readings in a document of which the lists say so much, and find so many changes.

    They take as long as all the rest together, and are readings of one kind of spinner: where the lists show another one at work they
    bring next to nothing, and where they show no spinner at all one odd phrase would be left alone anyway.
    """
    low, high = UNDECIDED
    return spun >= low and (family in (FAMILY, "") or spun < high or changes < FEW)


def struck_weights(document: Document, composed: Composed | None) -> list[float]:
    """By how many nats spinners write each token and the next side by side oftener than honest writers do; mostly 0."""
    if composed is None or len(document) < 2:
        return [0.0] * len(document)
    is_word = np.fromiter(map(str.isalpha, document.forms), dtype=bool, count=len(document))
    keys = np.zeros(len(document), dtype=np.uint64)
    keys[is_word] = keys_of(" ".join(filter(str.isalpha, document.forms)))
    weights = np.append(np.where(is_word[:-1] & is_word[1:], composed.of(pair_keys(keys[:-1], keys[1:])), 0.0), 0.0)
    breaks = set(document.breaks)
    for k in np.flatnonzero(weights).tolist():
        if k + 1 in breaks or not (is_content(document, k) and is_content(document, k + 1)):
            weights[k] = 0.0
    if weights.any():
        spelled = spelled_out(document)
        weights[[k for k in spelled if k + 1 in spelled]] = 0.0
    found: list[float] = joined(weights).tolist()
    return found


def spelled_out(document: Document) -> frozenset[int]:
    """The tokens whose initials stand in brackets behind them (*short message administration (SMA)*): what their writer calls it.

    Spinners leave words in capitals alone, so the letters would not fit what one of them wrote.
    """
    found: set[int] = set()
    forms = document.forms
    for start, at, letters in document.acronyms(ACRONYM):
        tokens = list[int]()
        for letter in reversed(letters):
            at -= 1
            while at > start and forms[at] in FUNCTION_WORDS and not forms[at].startswith(letter):
                at -= 1
            if at < start or not forms[at].startswith(letter):
                break
            tokens.append(at)
        if len(tokens) == len(letters):
            found.update(tokens)
    return frozenset(found)


def is_content(document: Document, k: int) -> bool:
    """Whether the token k is a content word in small letters, or one that begins a sentence: what a spinner swaps."""
    form, surface = document.forms[k], document.surfaces[k]
    if len(form) < 3 or not form.replace("-", "").isalpha() or form in FUNCTION_WORDS or k in document.protected:
        return False
    return surface.islower() or (surface[1:].islower() and document.begins_a_sentence(k))


class Unlisted:
    """Proposes readings that no list has; remembers words, but nothing of a document.  For several threads."""

    def __init__(
        self, channel: WordChannel, terms: Terms, model: LanguageModel, indexes: Sequence[Index] = (), composed: Composed | None = None
    ) -> None:
        self._composed = composed
        self._channel = channel
        self._terms = terms
        self._model = model
        self._indexes = indexes
        self._ranked: dict[str, _Ranked] = {}
        self._screened: dict[str, tuple[str, Floats]] = {}  # words in lines
        self._common: dict[str, float] = {}

    def propose(self, document: Document, listed: Container[Place] = (), *, struck_only: bool = False) -> Iterator[Option]:
        """What may have been meant in improbable runs, if not ``listed``; with ``struck_only`` in those with a pair only spinners write."""
        weights = struck_weights(document, self._composed)
        runs = self._runs(document, weights, struck_only)
        for at in range(0, len(runs), RUNS):
            here = runs[at : at + RUNS]
            self._rank({document.forms[k] for first, last in here for k in range(first, last) if is_content(document, k)})
            options = [self._options(document, first, last) for first, last in here]
            self._let_go(document)
            for (first, last), known in zip(here, options, strict=True):
                yield from self._changes(document, first, last, listed, weights, known)

    def _let_go(self, document: Document) -> None:
        """Give the memory of lists and thesauri back before the model is asked, which needs as much: of a long ``document``."""
        if is_memory_short(len(document)):
            for held in (self._channel.confusions.associates, *(index.buffer for index in self._indexes)):
                let_go(held)

    def is_struck(self, document: Document) -> bool:
        """Whether two words stand side by side in ``document`` that only spinners write so."""
        return any(struck_weights(document, self._composed))

    def runs(self, document: Document) -> list[tuple[int, int]]:
        """The runs of tokens to look at, half-open, in order and without overlap: where a screening of pairs finds something better."""
        return self._runs(document, struck_weights(document, self._composed))

    def _runs(self, document: Document, weights: Sequence[float], struck_only: bool = False) -> list[tuple[int, int]]:
        content = [is_content(document, k) for k in range(len(document))]
        breaks = set(document.breaks)
        pairs = [k for k in range(len(document) - 1) if content[k] and content[k + 1] and k + 1 not in breaks]
        struck = {k for k in pairs if weights[k]}
        if struck_only:  # and what may belong to the same run
            pairs = [k for k in pairs if any(k + d in struck for d in range(-LONGEST, LONGEST))]
        odd = self._odd(document, pairs)
        if not odd and not struck:
            return []
        worth = sorted(struck if struck_only else struck.union(self._worth(document, odd)))
        joined = struck.union(odd)
        found: list[tuple[int, int]] = []
        for k in worth:
            if found and k < found[-1][1] - 1:
                continue
            start, stop = k, k + 2
            while start - 1 in joined and stop - start < LONGEST:
                start -= 1
            while stop - 1 in joined and stop - start < LONGEST:
                stop += 1
            for _ in range(2):  # over "to" and "of" to the next content word
                if _bridged(document, breaks, start - 2) and content[start - 2] and stop - start < LONGEST - 1:
                    start -= 2
                if _bridged(document, breaks, stop - 1) and content[stop + 1] and stop - start < LONGEST - 1:
                    stop += 2
            start = max(start, found[-1][1]) if found else start
            if stop - start > 1:
                found.append((start, stop))
        return found

    def _odd(self, document: Document, pairs: Sequence[int]) -> list[int]:
        """Those of ``pairs`` (the tokens at k and k + 1) that hardly belong together."""
        if not pairs:
            return []
        surfaces = list(dict.fromkeys(document.forms[k + d] for k in pairs for d in (0, 1)))
        index = {surface: k for k, surface in enumerate(surfaces)}
        words = self._model.words(surfaces)
        first = np.array([index[document.forms[k]] for k in pairs])
        second = np.array([index[document.forms[k + 1]] for k in pairs])
        together = self._model.pairs(words, first, second)[0] - words.log_prob[second]
        keys = self._terms.keys(surfaces)
        odd = (together < IMPROBABLE) & (self._terms.bonus_of_keys(join_keys(keys[first], keys[second])) == 0)
        return [k for k, is_odd in zip(pairs, odd.tolist(), strict=True) if is_odd]

    def _worth(self, document: Document, odd: Sequence[int]) -> list[int]:
        """Those of the ``odd`` pairs for which some other pair explains what stands there better, by ``SCREENED`` nats."""
        if not odd:
            return []
        forms = {document.forms[k + d] for k in odd for d in (0, 1)}
        self._rank(forms)
        options = {form: self._screening(form) for form in forms}
        self._let_go(document)
        surfaces = list(dict.fromkeys(w for names, _ in options.values() for w in names))
        index = {surface: k for k, surface in enumerate(surfaces)}
        words = self._model.words(surfaces)
        ids = {form: np.array([index[w] for w in names]) for form, (names, _) in options.items()}
        keys = self._terms.keys(surfaces)
        gains: list[float] = []
        for at in range(0, len(odd), AT_ONCE):
            firsts, seconds, scores, sizes = [], [], [], []
            for k in odd[at : at + AT_ONCE]:
                one, two = document.forms[k], document.forms[k + 1]
                firsts.append(np.repeat(ids[one], len(ids[two])))
                seconds.append(np.tile(ids[two], len(ids[one])))
                scores.append(np.add.outer(options[one][1], options[two][1]).ravel())
                sizes.append(len(scores[-1]))
            first, second = np.concatenate(firsts), np.concatenate(seconds)
            log_prob = words.log_prob[first] + self._model.pairs(words, first, second)[0]
            terms = self._terms.bonus_of_keys(join_keys(keys[first], keys[second]))
            total = MODEL_WEIGHT * log_prob + terms + np.concatenate(scores)
            starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
            gains += (np.maximum.reduceat(total, starts) - total[starts]).tolist()  # the words as they stand come first
        return [k for k, gain in zip(odd, gains, strict=True) if gain >= SCREENED]

    def _screening(self, form: str) -> tuple[list[str], Floats]:
        """The word itself and the likeliest single words that it may stand for, with log P(form | word)."""
        known = self._screened.get(form)
        if known is not None:
            return known[0].split("\n"), known[1]
        if len(self._screened) > REMEMBERED:
            self._screened.clear()
        chosen = [(o.words[0], o.log_p) for o in self._of_word(form, 0)[:SCREENING] if len(o.words) == 1]
        chosen += [(o.words[0], o.log_p) for o in self._of_segment([form], 0) if len(o.words) == 1]
        names = [form, *(w for w, _ in chosen)]
        shares = np.array([self._channel.kept(form), *(s for _, s in chosen)])
        self._screened[form] = "\n".join(names), shares
        return names, shares

    def changes(self, document: Document, first: int, last: int, listed: Container[Place] = ()) -> list[Option]:
        """What the best readings of the tokens ``first`` up to and without ``last`` change that is not ``listed``.

        Where the best reading is one that the lists make alone, nothing is: they need no second opinion.
        """
        weights, options = struck_weights(document, self._composed), self._options(document, first, last)
        return self._changes(document, first, last, listed, weights, options)

    def _changes(
        self, document: Document, first: int, last: int, listed: Container[Place], weights: Sequence[float], options: Sequence[Option]
    ) -> list[Option]:
        found = self._readings(document, first, last, options)
        readings = [(gain + UNSURE * sum(o.source == THESAURUS for o in made), made) for gain, made in found]
        least = STRUCK_GAIN if max(weights[first : last - 1], default=0.0) else GAIN
        readings = sorted((r for r in readings if r[0] >= least), key=lambda r: -r[0])
        kept: dict[Place, Option] = {}
        for number, (gain, made) in enumerate(readings[:READINGS]):
            if gain < readings[0][0] - TRAILING:
                break
            missing = list(self._missing(made, listed, weights))
            if not number and not missing:
                return []
            for option in missing:
                kept.setdefault((option.at, option.stop, option.words), option)
        return list(kept.values())

    def _missing(self, options: Sequence[Option], listed: Container[Place], weights: Sequence[float]) -> Iterator[Option]:
        """The changes of one reading that are not ``listed``, with what they gain by the terms that their stretch of changes makes.

        What stands in a pair that only spinners write, by the ``weights`` of the tokens, comes even if it is listed.
        """
        words = [w for option in options for w in option.words]
        ends = np.cumsum([len(option.words) for option in options]).tolist()
        for changed, group in groupby(range(len(options)), key=lambda k: bool(options[k].source)):
            if not changed:
                continue
            numbers = list(group)
            stretch = [options[k] for k in numbers]
            fresh = [o for o in stretch if o.source in (LEARNED, THESAURUS) and (o.at, o.stop, o.words) not in listed]
            terms = self._terms_of(words, ends[numbers[0]] - len(options[numbers[0]].words), ends[numbers[-1]])
            for o in stretch:
                pair = max(weights[max(o.at - 1, options[0].at) : min(o.stop, options[-1].stop - 1)], default=0.0)
                if o in fresh:
                    log_p = min(o.log_p + (UNSURE if o.source == THESAURUS else 0.0), SURE)
                    gained = terms / len(fresh)
                    yield o._replace(log_p=log_p + gained, terms=gained, pair=pair)
                elif pair:
                    yield o._replace(log_p=0.0, pair=pair, is_listed=True)

    def _terms_of(self, words: Sequence[str], start: int, stop: int) -> float:
        """What the words from ``start`` to ``stop`` gain by the terms that they end, or that end in the two words after them (nats)."""
        surfaces = list(words)
        third = np.arange(max(start, 1), min(stop + 2, len(words)))
        if not len(third):
            return 0.0
        return float(self._terms.bonus(surfaces, np.maximum(third - 2, 0), third - 1, third).sum())

    def readings(self, document: Document, first: int, last: int) -> list[tuple[float, tuple[Option, ...]]]:
        """The best readings of a run but for the run itself, with what each gains over that (nats), the best first."""
        return self._readings(document, first, last, self._options(document, first, last))

    def _readings(self, document: Document, first: int, last: int, options: Sequence[Option]) -> list[tuple[float, tuple[Option, ...]]]:
        before = [document.forms[k] for k in range(max(first - 2, 0), first)] if first not in document.breaks else []
        before = [BEGIN, *before][-2:]
        after = [document.forms[last]] if last < len(document) and last not in document.breaks else []
        surfaces = list(dict.fromkeys([*before, *after, *(w for o in options for w in o.words)]))
        index = {surface: k for k, surface in enumerate(surfaces)}
        search = Search(self._model, self._terms, surfaces)
        start = [-1, *(index[w] for w in before)][-2:]
        beams: list[list[Hypothesis]] = [[] for _ in range(last - first + 1)]
        beams[0] = [Hypothesis(0.0, start[0], start[1], ())]
        for at in range(first, last):
            here = best(beams[at - first], BEAM)
            if not here:
                continue
            groups: dict[tuple[int, int], list[Option]] = {}
            for option in options:
                if option.at == at:
                    groups.setdefault((option.stop, len(option.words)), []).append(option)
            for (stop, length), group in groups.items():
                ids = np.array([[index[w] for w in option.words] for option in group])
                beams[stop - first] += search.extended(here, group, ids, length)
        ends = beams[-1]
        if after:
            ends = search.closed(ends, index[after[0]])
        plain = [h for h in ends if is_plain(h)]
        base = plain[0].score if plain else -math.inf
        changed = [h for h in best(ends, READINGS * 3) if not is_plain(h)]
        return [(h.score - base, h.options) for h in changed]

    def _options(self, document: Document, first: int, last: int) -> list[Option]:
        options: list[Option] = []
        for at in range(first, last):
            form = document.forms[at]
            content = is_content(document, at)
            options.append(Option(at, at + 1, (form,), self._channel.kept(form) if content else 0.0, ""))
            if content:
                options += self._of_word(form, at)
            for stop in range(at + 1, min(at + WIDEST, last) + 1):
                if document.protected.isdisjoint(range(at, stop)) and (content or stop > at + 1):
                    options += self._of_segment(document.forms[at:stop], at)
        return options

    def _of_word(self, form: str, at: int) -> list[Option]:
        """What the word may stand for, the likeliest first as far as that can be told without its neighbours."""
        words, log_p, learned = self._rank([form])[form]
        ranked = zip(words.split("\n") if words else (), log_p.tolist(), learned, strict=True)
        return [Option(at, at + 1, tuple(word.split(" ")), share, LEARNED if known else THESAURUS) for word, share, known in ranked]

    def _rank(self, forms: Iterable[str]) -> dict[str, _Ranked]:
        """What each of ``forms``, and others, may stand for, ranked by the channel and by how common it is; remembered."""
        if len(self._ranked) > REMEMBERED:
            self._ranked = {}  # a new one: another thread may be looking words up in the old
        ranked = self._ranked
        fresh = [form for form in forms if form not in ranked]
        for at in range(0, len(fresh), AT_ONCE):
            ranked.update(self._ranked_by_channel({form: self._channel.of_word(form) for form in fresh[at : at + AT_ONCE]}))
        return ranked

    def _ranked_by_channel(self, known: dict[str, dict[str, float]]) -> Iterator[tuple[str, _Ranked]]:
        if len(self._common) > 5 * REMEMBERED:
            self._common = {}
        common = self._common
        names = list({name for found in known.values() for name in found}.difference(common))
        if names:
            common.update(zip(names, self._model.words(names).log_prob.tolist(), strict=True))
        for form, found in known.items():
            learned = self._channel.learned(form)
            order = sorted(found, key=lambda name: (-(found[name] + RANKED_BY_FREQUENCY * common[name]), name))[:OPTIONS]
            yield form, ("\n".join(order), np.array([found[name] for name in order]), bytes(name in learned for name in order))

    def _of_segment(self, forms: Sequence[str], at: int) -> Iterator[Option]:
        stop = at + len(forms)
        if len(forms) > 1:
            for intended, log_p in self._channel.learned(" ".join(forms)).items():
                yield Option(at, stop, tuple(intended.split(" ")), log_p, LEARNED)
        rest = tuple(forms[1:])
        for listed in self._indexes:
            for entry in listed.phrases(forms[0], rest[0]) if rest else listed.words(forms[0]):
                if entry.rest == rest and not entry.near and not entry.absent and not entry.observed:
                    words = tuple(entry.intended.lower().split(" "))
                    yield Option(at, stop, words, math.log(entry.p) + LISTED, entry.source)


def _bridged(document: Document, breaks: set[int], at: int) -> bool:
    """Whether the tokens at ``at`` and two further on have one of ``BRIDGES`` between them."""
    return at >= 0 and at + 2 < len(document) and breaks.isdisjoint((at + 1, at + 2)) and document.forms[at + 1] in BRIDGES
