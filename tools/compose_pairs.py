"""Build ``src/spinfix/data/composed.bin``: pairs of words that only a spinner puts side by side (``spinfix.composed`` describes it).

    python tools/compose_pairs.py --wordnet DIR --corpora DIR [--more DIR]

For each pair of words that belong together (those of a known term; what stands in the training corpora far oftener than by chance) all
that the word channel has for the two is put in their places.  With P from the language model, a spinner that changes a term writes a pair
with the probability

    sum over terms  P(term) P(x | i) P(y | j)

How probable it is that an honest writer puts the two side by side has no such formula: the language model knows that as little as
anybody, for a pair that was hardly ever seen.  So all that bears on it is weighed by boosted trees (``tools/fit_composed.py``): the
chance of both, how well they go together by what goes with either (``tools/honest_pairs.py``), how common they are, how established the
term is, how much oftener spinners write each word than anybody else.  They are fitted to tell published tortured phrases, by a channel
that has not seen them, from pairs of clean text.  A pair that stands more than ``STOOD`` times in the training corpora is left out, and
so is one of a known term, or of what honest writers are known to write (``tools/honest``: combinations that were written down for the
words of the channel, or picked from a table of composed pairs); the test corpora are never read.
"""

from __future__ import annotations

import argparse
import difflib
import itertools
import json
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from boosting import Trees
from build_terms import MORE, hand_terms
from fuse_writer import build
from honest_pairs import Honest, read_honest
from learn_word_channel import without_written
from numpy.typing import NDArray
from package_data import put
from term_sources import combinations, own_terms, wordnet_terms

from spinfix.composed import MAGIC
from spinfix.confusions import lemmas, shipped_confusions
from spinfix.inflection import paradigm
from spinfix.language_model import Words, default_model
from spinfix.page_words import keys_of, pair_keys
from spinfix.terms import shipped_terms
from spinfix.unlisted import FUNCTION_WORDS
from spinfix.word_channel import WordChannel, shipped_word_channel

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Pair = tuple[str, str]
Others = tuple[Ints, Floats, Floats]

FIT: Final = Path(__file__).parent / "composed_fit.json"
HONEST: Final = Path(__file__).parent / "honest"
LEAST: Final = 4.4  # nats: the smallest weight that is kept
BOOK: Final = tuple(round(float(x), 2) for x in np.linspace(LEAST, 9.0, 16))
PRINT_BITS: Final = 22  # with 16, two in ten million words of clean text would have one by chance, which is more than all honest pairs
SAME_STEM: Final = 4  # letters
SAME_WORD: Final = 0.8  # likeness from which two words are spellings of one (*fibres* and *fibers*)
TOGETHER: Final = 2.0  # log P(j | i) - log P(j) from which a pair that was seen belongs together, nats
TIMES: Final = 3  # that it was seen
STOOD: Final = 2  # times that a pair may have stood in honest text, some hundred million words, and still be a spinner's
RARELY: Final = 20.0  # times that a word is granted to have stood there, where a spinner's words are told from anybody's
RAREST: Final = -32.0  # log P of a pair, spun, below which it is not worth its room
AT_A_TIME: Final = 5_000  # pairs
BATCH: Final = 400_000


def term_pairs(wordnet: Path) -> list[Pair]:
    """The neighbouring words of all terms."""
    found: set[Pair] = set()
    for term in hand_terms():
        found.update(pairwise(term))
    found.update((term[0], term[1]) for term in wordnet_terms(wordnet) if len(term) == 2)
    return sorted(p for p in found if all(is_word(w) for w in p))


def told_pairs(wordnet: Path) -> set[Pair]:
    """The neighbouring words of known terms and of what honest writers are known to write, the second ones in singular and plural."""
    terms = itertools.chain(hand_terms(), own_terms(MORE), wordnet_terms(wordnet), combinations(HONEST))
    pairs = {pair for term in terms for pair in pairwise(term) if all(map(is_word, pair))}
    return {(first, form) for first, second in pairs for form in numbers_of(second)}


@cache
def numbers_of(word: str) -> frozenset[str]:
    """A word, and what it is in the other number if it is a noun."""
    singulars = {lemma for lemma, _, name in lemmas(word) if name in ("base", "plural")}
    return frozenset({word, *singulars, *(form for lemma in singulars for form in paradigm(lemma, "n").get("plural", ()))})


def is_word(word: str) -> bool:
    """Whether the word can stand in a pair."""
    return len(word) > 1 and word.isalpha() and word not in FUNCTION_WORDS


def substitutes(channel: WordChannel) -> dict[str, dict[str, float]]:
    """For each word what stands for it in the channel's table, in all its forms, with log P(observed | intended)."""
    model = default_model()
    observed: set[str] = set()
    written = set(channel.observed)
    for word in channel.observed:
        if word.isalpha() and len(word) > 2 and word not in FUNCTION_WORDS:
            observed.add(word)
            observed.update(form for pos in "nv" for forms in paradigm(word, pos).values() for form in forms)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for word in sorted(w for w in observed if w.isalpha() and (w in written or model.knows(w))):
        for intended, log_p in intendeds(channel, word):
            found[intended][word] = log_p
    return found


def intendeds(channel: WordChannel, observed: str) -> Iterator[tuple[str, float]]:
    """The words that ``observed`` stands for, but for what is anybody's word for it: *circuitry* for circuit, *fibres* for fibers."""
    for intended, log_p in channel.learned(observed).items():
        is_other = is_word(intended) and intended[:SAME_STEM] != observed[:SAME_STEM]
        if is_other and difflib.SequenceMatcher(None, intended, observed).ratio() < SAME_WORD:
            yield intended, log_p


@dataclass(frozen=True, slots=True)
class Channels:
    """The word channel, and the same without what was written by hand: what was met in a published phrase is the better sign."""

    all: WordChannel
    met: WordChannel
    times: Mapping[str, float] = field(default_factory=dict)  # that each observed word was met in place of another

    @classmethod
    def of(cls, lines: Sequence[str]) -> Channels:
        """Both, from the lines of a table, without looser synonyms: with them the table is eight times as large and finds no more."""
        lines = [line for line in lines if float(line.rsplit("\t", 1)[1]) >= 1]
        confusions = shipped_confusions()
        met = list(without_written(lines))
        times: dict[str, float] = defaultdict(float)
        for observed, intended, count in (line.split("\t") for line in met):
            if observed != intended:
                times[observed] += float(count)
        return cls(WordChannel(lines, confusions), WordChannel(met, confusions), dict(times))

    def met_in_place(self, word: str) -> float:
        """How often the word, or one that it is a form of, was met in place of another."""
        return max(self.times.get(lemma, 0.0) for lemma, _, _ in lemmas(word))


@dataclass(frozen=True, slots=True)
class Rows:
    """Ways in which pairs came to be: four columns of numbers of words, log P(observed | intended), and how many changes were met."""

    x: Ints
    y: Ints
    i: Ints
    j: Ints
    log_p: Floats
    met: Floats


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways in which pairs may have come to be by a spinner: the pair observed, the pair meant (codes), log P of both (nats)."""

    observed: Ints
    term: Ints
    score: Floats
    channel: Floats  # the part of the score that is log P(observed | intended)
    met: Floats  # how many of the changes were met in published phrases


class Composer:
    """What is known of pairs before any text is seen: words by number, in the order in which they are met."""

    def __init__(self, honest: Honest, terms: Collection[Pair]) -> None:
        self._honest = honest
        self._model = default_model()
        self._terms = shipped_terms()
        self._own = set(terms)
        self.names: list[str] = []
        self._number: dict[str, int] = {}
        self._known: Words | None = None
        self._in_text: Ints = np.zeros(0, dtype=np.int64)

    def number(self, word: str) -> int:
        """The number of a word."""
        known = self._number.get(word)
        if known is None:
            known = self._number[word] = len(self.names)
            self.names.append(word)
        return known

    def codes(self, pairs: Collection[Pair]) -> Ints:
        """The codes of those of ``pairs`` whose words were met."""
        known = self._number
        found = [known[a] << 32 | known[b] for a, b in pairs if a in known and b in known]
        return np.array(found, dtype=np.int64)

    def rows(self, channels: Channels, pairs: Sequence[Pair]) -> Rows:
        """All ways in which the channel could have made each of ``pairs``, which are those observed."""
        one: dict[str, Others] = {}
        for word in dict.fromkeys(w for pair in pairs for w in pair):
            met = channels.met.learned(word)
            found = {i: (log_p, i in met) for i, log_p in intendeds(channels.all, word)}
            one[word] = self._others(word, channels.all.kept(word), found)
        return _products([(a, b, one[a], one[b]) for a, b in pairs], self._number, spun=True)

    def spun(self, channels: Channels) -> Iterator[Rows]:
        """All that the channel makes of what belongs together, some at a time."""
        known, met = substitutes(channels.all), substitutes(channels.met)
        one: dict[str, Others] = {}
        together = self._together(known)
        for word in dict.fromkeys(w for pair in together for w in pair):
            found = {x: (log_p, x in met.get(word, {})) for x, log_p in known.get(word, {}).items()}
            one[word] = self._others(word, channels.all.kept(word), found)
        for k in range(0, len(together), AT_A_TIME):
            yield _products([(a, b, one[a], one[b]) for a, b in together[k : k + AT_A_TIME]], self._number, spun=False)

    def _others(self, word: str, kept: float, found: Mapping[str, tuple[float, bool]]) -> Others:
        """The word itself and others: numbers, log P, and whether the change was met."""
        numbers = np.array([self.number(w) for w in (word, *found)], dtype=np.int64)
        return numbers, np.array([kept, *(log_p for log_p, _ in found.values())]), np.array([0.0, *(met for _, met in found.values())])

    def _together(self, known: Collection[str]) -> list[Pair]:
        """The pairs of words that belong together, one of which at least is ``known`` to be changed."""
        counts = self._honest.counts
        words = list(counts.ids)
        fit = np.array([is_word(w) for w in words])
        changed = np.array([w in known for w in words])
        first, second = counts.codes >> 32, counts.codes & 0xFFFFFFFF
        often = (counts.counts >= TIMES) & fit[first] & fit[second] & (changed[first] | changed[second])
        pairs = {(words[a], words[b]) for a, b in zip(first[often].tolist(), second[often].tolist(), strict=True)}
        return sorted(pairs | {p for p in self._own if p[0] in known or p[1] in known})

    def ways(self, rows: Rows) -> Ways:
        """Those of ``rows`` that make a pair that was hardly ever seen of one that belongs together."""
        code, index = np.unique(rows.i << 32 | rows.j, return_inverse=True)
        log_prob, kind, seen, apart = self._of_terms(code)
        belongs = (kind > 0) | ((seen >= TIMES) & (apart > TOGETHER))
        score = log_prob[index] + rows.log_p
        at = np.flatnonzero(belongs[index] & (score > RAREST))
        numbers = self._numbers
        at = at[self._honest.seen(numbers[rows.x[at]], numbers[rows.y[at]]) <= STOOD]
        return Ways(rows.x[at] << 32 | rows.y[at], code[index[at]], score[at], rows.log_p[at], rows.met[at])

    def features(self, ways: Ways, channels: Channels) -> tuple[Ints, Ints, dict[str, Floats]]:
        """The pairs that ``ways`` by ``channels`` lead to, as numbers of words, and all that bears on how they came about."""
        order = np.lexsort((-ways.score, ways.observed))
        observed, score = ways.observed[order], ways.score[order]
        starts = np.flatnonzero(np.concatenate([[True], observed[1:] != observed[:-1]])) if len(order) else np.zeros(0, dtype=np.int64)
        total = np.log(np.add.reduceat(np.exp(score), starts)) if len(starts) else np.zeros(0)
        x, y, best = observed[starts] >> 32, observed[starts] & 0xFFFFFFFF, ways.term[order][starts]
        words, numbers, honest = self._words, self._numbers, self._honest
        chance = words.log_prob[x] + np.concatenate(
            [np.zeros(0), *(self._model.pairs(words, x[k : k + BATCH], y[k : k + BATCH])[0] for k in range(0, len(x), BATCH))]
        )
        terms, index = np.unique(best, return_inverse=True)
        _, kind, seen, apart = self._of_terms(terms)
        together = honest.associations.of_pairs(numbers[x], numbers[y])
        of_term = honest.associations.of_pairs(numbers[terms >> 32], numbers[terms & 0xFFFFFFFF])
        changed, changed_too = x != best >> 32, y != best & 0xFFFFFFFF
        spinners = self._spinners(channels)
        return (
            x,
            y,
            {
                "gain": np.clip(total - chance, -10.0, 20.0),
                "spun": total,
                "chance": chance,
                "together": np.nan_to_num(together),
                "unknown": np.isnan(together).astype(float),
                "term": np.nan_to_num(of_term)[index],
                "first": np.log1p(honest.words[numbers[x]]),
                "second": np.log1p(honest.words[numbers[y]]),
                "seen": np.log1p(seen)[index],
                "kind": kind[index],
                "channel": ways.channel[order][starts],
                "met": ways.met[order][starts],
                "both": (changed & changed_too).astype(float),
                "changed": changed.astype(float),
                "apart": apart[index],
                "stood": honest.seen(numbers[x], numbers[y]),
                "spinner's first": np.where(changed, spinners[x], 0.0),
                "spinner's second": np.where(changed_too, spinners[y], 0.0),
            },
        )

    def _spinners(self, channels: Channels) -> Floats:
        """How much oftener than anybody spinners write each word, up to a constant (nats)."""
        met = np.array([channels.met_in_place(name) for name in self.names])
        found: Floats = np.log((met + 0.1) / (self._honest.words[self._numbers] + RARELY))
        return found

    def _of_terms(self, code: Ints) -> tuple[Floats, Floats, Floats, Floats]:
        """Of pairs that may be meant: log P, what a known term gains, how often they were seen, and log P(j | i) - log P(j) (nats)."""
        i, j = code >> 32, code & 0xFFFFFFFF
        words, numbers = self._words, self._numbers
        if not len(code):
            return (np.zeros(0),) * 4
        beside = self._model.pairs(words, i, j)[0]
        kind = self._terms.bonus(self.names, i, i, j)
        own = np.array([(self.names[a], self.names[b]) in self._own for a, b in zip(i.tolist(), j.tolist(), strict=True)])
        kind = np.where(own, np.maximum(kind, 1.0), kind)
        return words.log_prob[i] + beside, kind, self._honest.seen(numbers[i], numbers[j]), beside - words.log_prob[j]

    @property
    def _words(self) -> Words:
        """All words met, as the language model knows them."""
        if self._known is None or len(self._known.log_prob) != len(self.names):
            self._known = self._model.words(self.names)
        return self._known

    @property
    def _numbers(self) -> Ints:
        """All words met, by their numbers in honest text."""
        if len(self._in_text) != len(self.names):
            self._in_text = self._honest.numbers(self.names)
        return self._in_text


def _products(pairs: Sequence[tuple[str, str, Others, Others]], number: Mapping[str, int], *, spun: bool) -> Rows:
    """For each pair all combinations of what either word may stand for (``spun``), or of what may stand for it."""
    sizes = [len(one[0]) * len(two[0]) - 1 for *_, one, two in pairs]  # without the pair itself, which comes first
    first = np.repeat(np.array([number[a] for a, *_ in pairs], dtype=np.int64), sizes)
    second = np.repeat(np.array([number[b] for _, b, *_ in pairs], dtype=np.int64), sizes)
    i = np.concatenate([np.repeat(one[0], len(two[0]))[1:] for *_, one, two in pairs])
    j = np.concatenate([np.tile(two[0], len(one[0]))[1:] for *_, one, two in pairs])
    log_p, met = (np.concatenate([np.add.outer(one[k], two[k]).ravel()[1:] for *_, one, two in pairs]) for k in (1, 2))
    return Rows(first, second, i, j, log_p, met) if spun else Rows(i, j, first, second, log_p, met)


# --- the weights -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fit:
    """What boosted trees found: the weight of a pair is the logarithm of how much oftener spinners write it, in nats."""

    names: Sequence[str]  # of the features
    trees: Trees

    @classmethod
    def read(cls, path: Path = FIT) -> Fit:
        """The fit in a file."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(data["names"], Trees.from_facts(data))

    def write(self, path: Path = FIT) -> None:
        """Put the fit into a file."""
        path.write_text(json.dumps({"names": self.names, **self.trees.facts()}).replace("]], [", "]],\n[") + "\n", encoding="utf-8")

    def of(self, features: Mapping[str, Floats]) -> Floats:
        """The weights of pairs."""
        size = len(features[self.names[0]])
        parts = [slice(k, k + BATCH) for k in range(0, size, BATCH)]
        columns = [features[name] for name in self.names]
        found: Floats = np.concatenate([np.zeros(0), *(self.trees.of(np.column_stack([c[part] for c in columns])) for part in parts)])
        return found


def composed(
    channels: Channels, composer: Composer, fit: Fit, least: float = LEAST, told: Collection[Pair] = ()
) -> tuple[Ints, Ints, Floats]:
    """All pairs that weigh ``least`` and more, each once, but those ``told`` of honest writers: first and second words by the composer's
    numbers, and weights (nats).
    """
    found = [composer.ways(rows) for rows in composer.spun(channels)]
    ways = Ways(*(np.concatenate([getattr(part, name) for part in found]) for name in ("observed", "term", "score", "channel", "met")))
    first, second, features = composer.features(ways, channels)
    weights = fit.of(features)
    kept = (weights >= least) & ~np.isin(first << 32 | second, composer.codes(told))
    return first[kept], second[kept], weights[kept]


def packed(channels: Channels, composer: Composer, fit: Fit, least: float = LEAST, told: Collection[Pair] = ()) -> bytes:
    """The file; see ``composed``."""
    first, second, weights = composed(channels, composer, fit, least, told)
    words = keys_of(" ".join(composer.names))
    keys, at = np.unique(pair_keys(words[first], words[second]), return_index=True)
    book = np.array(BOOK)
    values = np.clip(np.searchsorted(book, weights[at], "right") - 1, 0, len(book) - 1).astype(np.int64)
    table, facts = build(keys, values, (len(BOOK) - 1).bit_length(), PRINT_BITS)
    header = json.dumps({"table": {**facts, "size": len(table)}, "book": BOOK}).encode()
    return MAGIC + len(header).to_bytes(4, "little") + header + table


def main() -> int:
    """Build the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--more", type=Path, help="a folder with more honest text, *.txt: dictionaries, pairs of words counted elsewhere")
    args = parser.parse_args()
    lines = list(shipped_word_channel().lines())
    composer = Composer(read_honest(args.corpora, args.more), term_pairs(args.wordnet))
    data = packed(Channels.of(lines), composer, Fit.read(), told=told_pairs(args.wordnet))
    put("composed.bin", data)
    print(f"{len(data) / 1e6:.2f} MB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
