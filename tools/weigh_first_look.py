"""The weights of the first look: what each kind of pair says, and from what sum on a second look is worth while.

Part of ``fit_first_look.py``.  The pages are cut from the first two fifths of the test corpora (the rest is for measuring) and spun by
train tables of ``benchmarks/spinner.py``, of all families.  A kind weighs the logarithm of how much oftener it stands in a page of which
a given share of words was changed than in a clean one, both as counted.  The sums are weighed by a logistic regression of clean pages
against those spun ones, whole or in part, in which ``detect`` without the gate restores something.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from fit_detector import GENRES, documents, regression, train_tables
from numpy.typing import NDArray

import spinfix
from spinfix import Policy, Verdict
from spinfix.first_look import LONG, USUAL_WORDS, Tally, Weights
from spinfix.fuse import Keys
from spinfix.page_words import keys_of, plain

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
import spinner

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

PART: Final = (0.0, 0.4)
SHARES: Final = (0.03, 0.2)  # of changed words, that texts are weighed for; a third between these says nothing more
RATES: Final = (0.03, 0.05, 0.08, 0.12, 0.2)  # that texts are spun at
GRANTED: Final = 3e-6  # times for each word that every kind stands in clean text
NOTHING: Final = 0.25  # nats, at the largest of the shares, below which a kind says nothing
# Of a mixed page one paragraph was spun, or one sentence stands alone: so many of each hundred.
FORMS: Final = {"page": 40, "paragraph": 20, "beginning": 20, "sentence": 20}
FIXED: Final = 100  # words that what each second look takes is worth
USUAL: Final = 400  # words of a clean page that counts once in the regression
RIDGE: Final = 10.0  # holds the weights of the two sums, which rise and fall together, near to one another


@dataclass(frozen=True, slots=True)
class Page:
    """A text, and how many of its words were changed."""

    text: str
    changes: int = 0
    form: str = "page"

    @property
    def words(self) -> int:
        """How many words it has, as between blanks."""
        return len(self.text.split())


def clean_pages(corpora: Path, number: int) -> list[Page]:
    """``number`` clean pages, and half as many short texts."""
    draw = random.Random("clean")
    each = -(-number // len(GENRES))
    found = []
    for genre in GENRES:
        for k, text in enumerate(documents(corpora, genre, each + each // 2, PART, seed=77, most_words=LONG)):
            cut = text if k < each else _part(text, draw.choice(("beginning", "sentence")), draw)
            found += [Page(cut, form="page" if k < each else "short")] if cut else []
    return found


def spun_pages(corpora: Path, number: int) -> list[Page]:
    """Up to ``number`` pages that were spun, whole or in part, and short texts."""
    draw = random.Random("spun")
    tables = train_tables()
    found = []
    for genre in GENRES:
        for text in documents(corpora, genre, number // len(GENRES), PART, seed=71, most_words=LONG):
            form = draw.choices([*FORMS], [*FORMS.values()])[0]
            table, rate = draw.choice(tables), draw.choice(RATES)
            before, cut, after = "", text, ""
            if form == "paragraph":
                paragraphs = text.split("\n")
                k = draw.randrange(len(paragraphs))
                before, cut, after = "\n".join([*paragraphs[:k], ""]), paragraphs[k], "\n".join(["", *paragraphs[k + 1 :]])
            elif form != "page":
                cut = _part(text, form, draw)
            spun, changes = spinner.spin(cut, table, rate, draw.randrange(10**6))
            found += [Page(before + spun + after, len(changes), form)] if changes else []
    return found


def _part(text: str, form: str, draw: random.Random) -> str:
    """The beginning of ``text``, or a sentence of it; or nothing, where there is none of usual length."""
    if form == "beginning":
        return " ".join(text.split()[: draw.randint(6, 60)])
    sentences = [s for s in text.replace("\n", " ").split(". ") if 5 <= len(s.split()) <= 49]
    return f"{draw.choice(sentences)}." if sentences else ""


def kinds_in(page: Page, weights: Weights) -> tuple[Keys, Ints]:
    """The pairs of a page and their kinds."""
    keys = keys_of(plain(page.text))
    return weights.of(keys) if len(keys) > 1 else (keys[:0], np.zeros(0, dtype=np.int64))


def tally_of(page: Page, weights: Weights) -> Tally:
    """What the first look counts in a page, but for traces that are no pairs of a kind."""
    tally = Tally(page.words)
    pairs, kinds = kinds_in(page, weights)
    if len(pairs):
        tally.count(pairs, kinds, weights)
    return tally


def rates_of(pages: Sequence[Page], weights: Weights) -> Floats:
    """How often each kind stands in a word of ``pages``, each different pair of a page once."""
    counts = np.zeros(weights.gains.shape[1])
    total = 0
    for page in pages:
        pairs, kinds = kinds_in(page, weights)
        counts += np.bincount(kinds[np.unique(pairs, return_index=True)[1]], minlength=len(counts))
        total += len(pairs) + 1
    return counts / total


def gains_of(clean: Sequence[Page], spun: Sequence[Page], weights: Weights) -> tuple[Floats, Floats]:
    """The weights of the kinds for each of ``SHARES``, and what each pair takes off.

    A kind of pairs that spinners write still more often never weighs less than one of those that they write less often.
    """
    rate = sum(page.changes for page in spun) / sum(page.words for page in spun)
    usual = rates_of(clean, weights) + GRANTED
    more = np.maximum(rates_of(spun, weights) - usual, 0.0) / rate
    times = more / usual
    times[0] = 0.0
    times = np.maximum.accumulate(times)
    times[np.log1p(SHARES[-1] * times) < NOTHING] = 0.0
    shares = np.array(SHARES)
    return np.log1p(shares[:, None] * times), shares * float(times @ usual)


def figures(pages: Sequence[Page], weights: Weights) -> Floats:
    """What is weighed of each page: the logarithm of 1 more than its best stretch for each share, and of its length."""
    rows = []
    for page in pages:
        best = np.broadcast_to(np.log1p(tally_of(page, weights).best), weights.slopes.shape)
        rows.append([*best, np.log(max(page.words, 1) / USUAL_WORDS)])
    return np.array(rows)


def is_restored(text: str) -> bool:
    """Whether anything is restored in ``text`` where no gate is in the way."""
    return any(f.verdict is Verdict.RESTORE for f in spinfix.detect(text, Policy(gate=False)).findings)


def slopes_of(clean: Floats, spun: Floats, words: Floats) -> Floats:
    """The weights of ``figures``, by regression; none of the sums counts against a page.

    A clean page of many ``words`` counts for more, as its second look takes longer.
    """
    found = np.zeros(clean.shape[1])
    kept = list(range(len(found)))
    counted = np.concatenate([(FIXED + words) / (FIXED + USUAL), np.ones(len(spun))])
    is_spun = np.concatenate([np.zeros(len(clean)), np.ones(len(spun))])
    while True:
        found[:] = 0.0
        found[kept] = regression(np.concatenate([clean, spun])[:, kept], is_spun, RIDGE, counted)[0]
        against = [k for k in kept[:-1] if found[k] < 0]
        if not against:
            return found
        kept.remove(min(against, key=lambda k: found[k]))


def weigh(
    draft: Weights, corpora: Path, share: float, clean_number: int, spun_number: int, restored: Callable[[str], bool] = is_restored
) -> Weights:
    """``draft`` with its weights, and a threshold by which a ``share`` of what it would take to read clean pages is spent."""
    clean, spun = clean_pages(corpora, clean_number), spun_pages(corpora, spun_number)
    pages = [page for page in clean if page.form == "page"]
    gains, drift = gains_of(pages, [page for page in spun if page.form == "page"], draft)
    weights = draft._replace(gains=gains, drift=drift, slopes=np.zeros(len(SHARES)))
    told = [page for page in spun if restored(page.text)]
    of_clean, of_told = figures(clean, weights), figures(told, weights)
    slopes = slopes_of(of_clean, of_told, np.array([page.words for page in clean], dtype=np.float64))
    found = weights._replace(slopes=slopes[:-1], longer=float(slopes[-1]), threshold=0.0)
    sums = np.array([log_odds(page, found) for page in pages])
    order = np.argsort(-sums)
    spent = np.cumsum([FIXED + pages[k].words for k in order.tolist()])
    found = found._replace(threshold=float(sums[order[np.searchsorted(spent, share * spent[-1])]]))
    print("\n".join(_said(found, clean, told)), file=sys.stderr)
    return found


def log_odds(page: Page, weights: Weights) -> float:
    """The log-odds of ``FirstLook`` of a page."""
    return tally_of(page, weights).seen_so(weights).log_odds


def _said(found: Weights, clean: Sequence[Page], told: Sequence[Page]) -> Iterator[str]:
    yield f"weights at a share of {SHARES[-1]}: {found.gains[-1].round(2).tolist()}"
    yield f"slopes {found.slopes.round(3).tolist()}, {found.longer:.3f} for length, threshold {found.threshold:.2f}"
    for name, pages in (("clean", clean), ("spun, and something is restored", told)):
        for form in sorted({page.form for page in pages}):
            reached = [log_odds(page, found) >= 0 for page in pages if page.form == form]
            yield f"{name}, {form}: {sum(reached)} of {len(reached)} are looked at twice"
