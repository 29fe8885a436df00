"""The beam search: whole readings put together at once are as probable as the slow sum says, and the best of them are kept."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from spinfix.beam import BEAM, MODEL_WEIGHT, Hypothesis, Option, Search, best, is_plain
from spinfix.language_model import BEGIN, default_model
from spinfix.terms import shipped_terms

WORDS = "the random forest irregular woodland of deep learning signal processing was trained zxqv on big data set sets machine".split()
SURFACES = [BEGIN, *WORDS]
INDEX = {word: k for k, word in enumerate(SURFACES)}
START = Hypothesis(0.0, -1, 0, ())
CHANGE = "drawn/by-lot"


def slow(options: tuple[Option, ...], after: tuple[str, ...] = ()) -> float:
    """How probable a reading from the beginning of a text is, word by word (nats)."""
    words = [*(word for option in options for word in option.words), *after]
    places = [0, 0, *(INDEX[word] for word in words)]
    terms = (
        shipped_terms().bonus(SURFACES, *np.array([[a], [b], [c]]))[0] for a, b, c in zip(places, places[1:], places[2:], strict=False)
    )
    return float(sum(option.log_p for option in options) + MODEL_WEIGHT * default_model().score(words).sum() + sum(terms))


def extended(search: Search, here: list[Hypothesis], group: list[Option]) -> list[Hypothesis]:
    ids = np.array([[INDEX[word] for word in option.words] for option in group])
    return search.extended(here, group, ids, len(group[0].words))


def drawn(draw: random.Random, at: int, length: int, count: int) -> list[Option]:
    """One option that changes nothing and some that do, all of one length."""
    plain = Option(at, at + length, tuple(draw.choices(WORDS, k=length)), 0.0, "")
    changes = (Option(at, at + length, tuple(draw.choices(WORDS, k=length)), -draw.uniform(0, 9), CHANGE) for _ in range(count))
    return [plain, *changes]


@pytest.mark.parametrize("lengths", [(1, 1, 1, 1), (2, 1, 2), (3, 3), (1, 3, 2), (4, 2)], ids=str)
def test_readings_are_as_probable_as_the_slow_sum_says(lengths: tuple[int, ...]) -> None:
    search = Search(default_model(), shipped_terms(), SURFACES)
    draw = random.Random(str(lengths))
    here, readings = [START], 1
    for at, length in enumerate(lengths):
        group = drawn(draw, at, length, 3)
        here, readings = extended(search, here, group), min(readings * len(group), 2 * BEAM)
        assert len(here) >= readings
        for hypothesis in here:
            assert math.isclose(hypothesis.score, slow(hypothesis.options), abs_tol=1e-6)
            words = [word for option in hypothesis.options for word in option.words]
            assert SURFACES[hypothesis.last] == words[-1]
            assert SURFACES[hypothesis.previous] == (words[-2] if len(words) > 1 else BEGIN)
    closed = search.closed(here, INDEX["of"])
    assert [h.options for h in closed] == [h.options for h in here]
    for hypothesis in closed:
        assert math.isclose(hypothesis.score, slow(hypothesis.options, ("of",)), abs_tol=1e-6)
    assert search.closed([], 1) == []


def test_what_makes_a_term_gains_by_it() -> None:
    search = Search(default_model(), shipped_terms(), SURFACES)
    forest, woodland = (Option(1, 2, (word,), 0.0, CHANGE) for word in ("forest", "woodland"))
    [random_] = extended(search, [START], [Option(0, 1, ("random",), 0.0, "")])
    scores = {h.options[-1]: h.score for h in extended(search, [random_], [forest, woodland])}
    assert shipped_terms().knows("random", "forest") and scores[forest] > scores[woodland] + 1


def test_the_best_continuations_come_first_and_that_which_changes_nothing_is_among_them() -> None:
    search = Search(default_model(), shipped_terms(), SURFACES)
    group = [Option(0, 1, ("zxqv",), -40.0, "")]  # as it stands the run is less probable than anything else
    group += [Option(0, 1, (word,), -k / 100, CHANGE) for k in range(8) for word in WORDS if word != "zxqv"]
    found = extended(search, [START], group)
    assert len(found) == 2 * BEAM + 1 and is_plain(found[-1]) and not any(map(is_plain, found[:-1]))
    scores = [h.score for h in found[:-1]]
    assert scores == sorted(scores, reverse=True) and scores[-1] > found[-1].score
    left_out = {option for option in group if option.source} - {h.options[0] for h in found}
    assert left_out and all(slow((option,)) <= scores[-1] + 1e-9 for option in left_out)
    kept = best(found, 5)
    assert is_plain(kept[-1])
    group = [*(Option(1, 2, (word,), 0.0, CHANGE) for word in WORDS), Option(1, 2, ("of",), 0.0, "")]
    again = extended(search, kept, group)
    assert sum(map(is_plain, again)) == 1, "from the reading that changes nothing goes one on that changes nothing"
    assert len(extended(search, [*kept[:-1] * 8, kept[-1]], group)) == 2 * BEAM + 1
    more = extended(search, kept * 4, group[:-1] * 5)
    assert len(more) == 2 * BEAM and not any(map(is_plain, more)), "where every option is a change, the best are all"


def hypothesis(score: float, *words: str, source: str = CHANGE) -> Hypothesis:
    return Hypothesis(score, 0, 0, tuple(Option(k, k + 1, (word,), 0.0, source) for k, word in enumerate(words)))


def test_of_readings_with_the_same_words_the_likeliest_is_kept() -> None:
    likelier, other = hypothesis(-1.0, "big", "data"), hypothesis(-3.0, "data", "set")
    whole = Hypothesis(-2.0, 0, 0, (Option(0, 2, ("big", "data"), 0.0, CHANGE),))
    assert best([whole, other, likelier], 9) == [likelier, other]
    assert best([whole, other, likelier], 1) == [likelier]


def test_the_run_as_it_stands_is_kept_however_improbable() -> None:
    changed = [hypothesis(-float(k), "big", word) for k, word in enumerate(WORDS)]
    plain = hypothesis(-99.0, "great", "data", source="")
    assert best([*changed, plain], 3) == [*changed[:3], plain]
    assert best([*changed[:2], plain], 9) == [*changed[:2], plain], "and not twice"
    assert is_plain(START) and is_plain(plain) and not is_plain(changed[0])
    half = Hypothesis(0.0, 0, 0, (plain.options[0], changed[0].options[0]))
    assert not is_plain(half)
