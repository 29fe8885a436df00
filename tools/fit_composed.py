"""Fit ``tools/composed_fit.json``, by which ``compose_pairs.py`` weighs a pair of words: a spinner's, or an honest writer's?

    python tools/fit_composed.py PHRASES.tsv --wordnet DIR --corpora DIR [--more DIR] [--clean DIR]

``PHRASES.tsv`` has lines ``tortured<TAB>expected``.  Their pairs of words, each by a channel that was learned without the phrases that have
its expected phrase, are told from the pairs of clean text by boosted trees (``boosting``).  The clean text is the first two fifths of the
test corpora, of which the rest is for measuring, and that in the files ``*.txt`` of ``--clean``: the documentation of scientific software
is full of terms that news, textbooks and blogs have not; it must not be in ``--more`` as well.  Pairs that were seen often in the training
corpora, and those that no channel explains, have no weight and are left out; the weight of the others is the logarithm of how much oftener
they are met in tortured phrases than in clean text, of all pairs.
"""

from __future__ import annotations

import argparse
import itertools
import lzma
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from boosting import grown
from compose_pairs import Channels, Composer, Fit, Floats, Pair, is_word, term_pairs
from fit_detector import GENRES
from honest_pairs import Honest, read_honest
from learn_word_channel import clean, read_pairs, table, written

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
from tortured import FOLDS, folds_of

from spinfix.text import tokenize
from spinfix.unlisted import is_content

PART: Final = 0.4  # of the test corpora
PARAGRAPHS: Final = 200  # that are cut into tokens together


def clean_paragraphs(corpora: Path, folder: Path | None) -> Iterator[list[str]]:
    """The paragraphs of clean text: for each genre the first of them, and those of each file in ``folder``."""
    for genre in GENRES:
        with lzma.open(corpora / f"{genre}.txt.xz", "rt", encoding="utf-8") as file:
            paragraphs = [line.strip() for line in file]
        yield paragraphs[: int(PART * len(paragraphs))]
    for path in sorted(folder.glob("*.txt")) if folder else ():
        yield path.read_text(encoding="utf-8").splitlines()


def clean_pairs(texts: Iterable[Sequence[str]]) -> Counter[Pair]:
    """The neighbouring content words of clean ``texts``, given in paragraphs, with how often they stand there."""
    found: Counter[Pair] = Counter()
    for paragraphs in texts:
        for k in range(0, len(paragraphs), PARAGRAPHS):
            document = tokenize("\n".join(paragraphs[k : k + PARAGRAPHS]))
            content = [is_content(document, at) for at in range(len(document))]
            breaks = set(document.breaks)
            forms = document.forms
            both = (at for at in range(len(forms) - 1) if content[at] and content[at + 1] and at + 1 not in breaks)
            found.update((forms[at], forms[at + 1]) for at in both)
    return found


def tortured_pairs(phrases: Sequence[tuple[str, str]]) -> Iterator[Pair]:
    """The neighbouring content words of tortured phrases."""
    for tortured, _ in phrases:
        words = clean(tortured).split()
        yield from ((a, b) for a, b in itertools.pairwise(words) if is_word(a) and is_word(b) and min(len(a), len(b)) > 2)


def weighed(composer: Composer, channels: Channels, pairs: Mapping[Pair, int]) -> tuple[dict[str, Floats], Floats]:
    """The features of the ``pairs`` that have some, and how often each was met."""
    x, y, features = composer.features(composer.ways(composer.rows(channels, list(pairs))), channels)
    names = composer.names
    return features, np.array([float(pairs[names[a], names[b]]) for a, b in zip(x.tolist(), y.tolist(), strict=True)])


def fit(tortured: Sequence[tuple[dict[str, Floats], Floats]], honest: tuple[dict[str, Floats], Floats], pairs: tuple[float, float]) -> Fit:
    """The fit for pairs of ``tortured`` phrases (in parts) and ``honest`` ones; ``pairs`` is how many of both there were at all."""
    names = sorted(honest[0])
    matrix = np.column_stack([np.concatenate([*(features[name] for features, _ in tortured), honest[0][name]]) for name in names])
    times = np.concatenate([*(times for _, times in tortured), honest[1]])
    is_spun = np.zeros(len(matrix))
    is_spun[: len(matrix) - len(honest[1])] = 1.0
    trees = grown(matrix, is_spun, times)
    return Fit(names, replace(trees, offset=trees.offset + float(np.log(pairs[1] / pairs[0]))))


def main() -> int:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("phrases", type=Path)
    parser.add_argument("--wordnet", type=Path, required=True)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--more", type=Path, help="a folder with more honest text, *.txt: dictionaries, pairs of words counted elsewhere")
    parser.add_argument("--clean", type=Path, help="a folder with more clean text, *.txt")
    args = parser.parse_args()
    usual = clean_pairs(clean_paragraphs(args.corpora, args.clean))
    made = fitted(list(read_pairs(args.phrases)), read_honest(args.corpora, args.more), term_pairs(args.wordnet), usual)
    made.write()
    return 0


def fitted(phrases: Sequence[tuple[str, str]], honest: Honest, terms: Sequence[Pair], usual: Counter[Pair]) -> Fit:
    """The fit for all that was read."""
    phrases = [(a, b) for a, b in phrases if clean(a) and clean(b) and clean(a) != clean(b)]
    composer = Composer(honest, terms)
    parts = []
    for held_out, others in folds_of(phrases, FOLDS):
        parts.append(weighed(composer, Channels.of(table(others, written())), Counter(tortured_pairs(held_out))))
    channels = Channels.of(table(phrases, written()))
    usual = Counter({pair: times for pair, times in usual.items() if is_word(pair[0]) and is_word(pair[1])})
    total = sum(1 for _ in tortured_pairs(phrases))
    return fit(parts, weighed(composer, channels, usual), (float(total), float(usual.total())))


if __name__ == "__main__":
    sys.exit(main())
