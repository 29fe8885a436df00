"""The first look: what it lets through, what it does not, and that nothing else depends on it."""

from __future__ import annotations

import math
import runpy
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinfix import Policy, detect
from spinfix.api import DEFAULT, _told_from
from spinfix.composed import RARE
from spinfix.first_look import (
    _FUNCTION_WORDS,
    SHORT,
    SHORTER,
    SHORTEST,
    TOLD,
    FirstLook,
    Tally,
    are_enough,
    look,
    look_at_all,
    shipped_weights,
)  # fmt: skip
from spinfix.page_words import WORD, key_of, keys_of, pair_keys, plain
from spinfix.scoring import told_in_clean_text
from spinfix.struck import EVEN, STEEP
from spinfix.unlisted import FUNCTION_WORDS

ARTICLES = Path(__file__).parent.parent.parent / "shared" / "articles"
NO_GATE = Policy(gate=False)
HAND_SPUN = runpy.run_path(str(Path(__file__).parent.parent / "benchmarks" / "hand_spun.py"))["HAND_SPUN"]
UNFOUND = {
    "gardening": pytest.mark.xfail(reason="hardly a word of it is in a list of one family: spun 0.06", strict=True),
    "pets": pytest.mark.xfail(reason="95 words, less plain than what some learners of English write: spun 0.32", strict=True),
}

CLEAN = (
    "The council met on Tuesday to talk about the new bridge. Most of the members were in favour of the plan, but some asked what "
    "it would cost. The mayor said that the work would begin in spring and take two years. Nobody from the company was there."
)
SPUN = "The evaluate course of was sluggish. The overseas minister informed a information convention within the Center East on Tuesday."


def test_clean_text_is_let_through_and_spun_text_is_not() -> None:
    assert not look(CLEAN).is_worth_a_second
    assert look(SPUN).is_worth_a_second
    assert look("He works at a suppose tank.").is_worth_a_second


def test_a_spun_sentence_is_seen_in_the_middle_of_a_long_clean_text() -> None:
    assert not look(CLEAN * 200).is_worth_a_second
    assert look(CLEAN * 100 + SPUN + CLEAN * 100).is_worth_a_second


def test_what_stands_there_twice_counts_once() -> None:
    sentence = " He said so within the overseas press. "
    once, often = look(CLEAN + sentence + CLEAN), look((CLEAN + sentence) * 30)
    assert often.log_odds <= once.log_odds + 1e-9


def test_a_text_in_many_blocks_is_seen_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    text = CLEAN + SPUN + CLEAN
    whole = look(text)
    monkeypatch.setattr("spinfix.first_look.BLOCK", 150)
    # a pair is lost where a block ends
    assert look(text).words == whole.words
    assert look(text).is_worth_a_second


def test_the_best_stretch_is_the_best_of_all_stretches() -> None:
    weights = shipped_weights()
    text = CLEAN[:150] + SPUN + CLEAN[150:300]
    kinds = weights.of(keys_of(plain(text)))[1]
    log_odds = weights.longer * math.log(len(text.split()) / 500) - weights.threshold
    for of_share, drift, slope in zip(weights.gains, weights.drift, weights.slopes, strict=True):
        gains = of_share[kinds] - drift
        slow = max(float(gains[a:b].sum()) for a in range(len(gains)) for b in range(a + 1, len(gains) + 1))
        log_odds += slope * math.log1p(slow)
    assert look(text).stretch == pytest.approx(log_odds)


def test_a_text_that_is_no_longer_than_others_has_more_the_shorter_it_is() -> None:
    weights = shipped_weights()

    def given(words: int) -> float:
        seen = Tally(words).seen_so(weights)
        return seen.log_odds - seen.stretch

    assert given(SHORT) == given(10 * SHORT) == 0
    assert given(SHORT // 2) == pytest.approx(SHORTER * math.log(2))
    assert given(1) == given(SHORTEST) > given(SHORTEST + 10)


def test_what_spinners_write_oftener_weighs_more_and_what_they_do_not_write_nothing() -> None:
    weights = shipped_weights()
    assert (weights.gains[:, 0] == 0).all() and (np.diff(weights.gains) >= 0).all()
    assert (weights.gains[:, -1] > 3).all() and (weights.drift > 0).all()
    assert (np.diff(weights.gains, axis=0) >= 0).all() and (np.diff(weights.drift) > 0).all()  # the share of changed words rises


def test_a_pair_is_enough_from_the_weight_on_with_which_its_place_is_told() -> None:
    told = told_in_clean_text(DEFAULT.threshold, DEFAULT.suggest)
    assert pytest.approx(EVEN + math.log(told / (1 - told)) / STEEP, abs=0.05) == TOLD
    assert _told_from(DEFAULT) == TOLD
    assert _told_from(Policy(suggest=0.05)) < TOLD < _told_from(Policy(suggest=0.4)) < _told_from(Policy(suggest=0.6, threshold=0.6))
    assert _told_from(Policy(spun_prior=0.3)) == 0


@pytest.mark.parametrize(
    ("pairs", "log_odds", "is_enough"),
    [([], -0.1, False), ([TOLD - 0.1], -0.1, False), ([TOLD], -50, True), ([5.5, 5.0], RARE - 5.1, False), ([5.5, 5.0], RARE - 4.9, True)],
)
def test_one_pair_must_be_told_by_itself_and_several_make_up_for_what_a_page_lacks(
    pairs: list[float], log_odds: float, *, is_enough: bool
) -> None:
    assert are_enough(pairs, log_odds) is is_enough
    assert FirstLook(500, log_odds, pairs=tuple(pairs)).is_worth_a_second is is_enough


def test_other_traces_ask_for_no_pairs() -> None:
    seen = look(CLEAN + " He has a {big|large} dog.")
    assert not look(CLEAN).is_worth_a_second
    assert seen.stretch < 0 < seen.log_odds and seen.is_worth_a_second


@given(st.text(max_size=300))
def test_any_text_is_borne(text: str) -> None:
    seen = look(text)
    assert seen.words == len(text.split()) and np.isfinite(seen.log_odds)


def test_letter_case_and_invisible_marks_make_no_difference() -> None:
    assert np.array_equal(keys_of(plain("SUPPOSE Ta\u200bnk")), keys_of("suppose tank"))
    assert not np.array_equal(pair_keys(*keys_of("a b").reshape(2, 1)), pair_keys(*keys_of("b a").reshape(2, 1)))


def test_the_gate_can_be_left_out_and_own_lists_do_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.tsv").write_text(
        "# title: Own\n# source: own\n# license: MIT\n# status: preview\n"
        "# + Her son is in a kiddie academy. => Her son is in a kindergarten.\n"
        "# - The academy is closed.\nkiddie academy\tkindergarten\tpos=n\tp=0.9\n"
    )
    looks: list[str] = []

    def remembered(texts: Sequence[str]) -> list[FirstLook]:
        looks.extend(texts)
        return look_at_all(texts)

    monkeypatch.setattr("spinfix.first_look.look_at_all", remembered)
    for policy in (Policy(lists=(str(tmp_path),)), NO_GATE):
        detect("Her son is in a kiddie academy.", policy)
    assert not looks
    detect(CLEAN)
    assert looks == [CLEAN]


def test_a_mistaken_setting_is_one_on_clean_text_too() -> None:
    with pytest.raises(ValueError, match="nowhere/such"):
        detect(CLEAN, Policy(select=("nowhere/such",)))
    with pytest.raises(ValueError, match="gate"):
        Policy(gate="yes")  # type: ignore[arg-type]


@pytest.mark.skipif(not ARTICLES.exists(), reason="the development texts are not here")
def test_the_first_look_costs_nothing_on_the_development_texts() -> None:
    for file in sorted(ARTICLES.rglob("*.txt")):
        text = file.read_text(encoding="utf-8")
        with_gate, without = detect(text), detect(text, NO_GATE)
        assert with_gate.findings == without.findings, file.name
        assert with_gate.words == without.words


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=200), max_size=6))
def test_texts_are_seen_together_as_they_are_alone(texts: list[str]) -> None:
    assert look_at_all(texts) == [look(text) for text in texts]


def test_a_spun_text_says_nothing_of_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [CLEAN, SPUN, "", "one", CLEAN + SPUN, "tank", "suppose"]
    alone = [look(text) for text in texts]
    assert look_at_all(["suppose", "tank"]) == [look("suppose"), look("tank")]
    for size in (1, 300, 1 << 20):
        monkeypatch.setattr("spinfix.first_look.GROUP", size)
        assert look_at_all(texts) == alone


LETTERS = st.text(alphabet="aZ09_ -.\u00e9\u0430\u03bf\u4e2d\u0300\u00b2\u0663\ud800\u2019", max_size=90)


@given(st.one_of(LETTERS, st.text(max_size=200)))
def test_the_keys_are_those_of_the_words_one_by_one(text: str) -> None:
    lowered = plain(text)
    assert keys_of(lowered).tolist() == [key_of(word) for word in WORD.findall(lowered)]


def test_long_words_differ_to_their_ends() -> None:
    words = ["a" * n for n in (1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 200)] + ["a" * 8 + "b", "a" * 15 + "b", "b" * 9]
    keys = keys_of(" ".join(words))
    assert len(set(keys.tolist())) == len(words)
    assert keys.tolist() == [key_of(word) for word in words]
    assert len(set(keys_of("1990 24 7th 0").tolist())) == 1  # all that begins with a digit is one word


UNSEEN = {"gardening": pytest.mark.xfail(reason="nothing would be restored: its words are ordinary ones, side by side", strict=True)}


@pytest.mark.parametrize("genre", [pytest.param(genre, marks=UNSEEN.get(genre, ())) for genre in HAND_SPUN])
def test_spun_texts_of_unlike_genres_are_looked_at_twice(genre: str) -> None:
    assert look(HAND_SPUN[genre]).is_worth_a_second


@pytest.mark.parametrize("genre", [pytest.param(genre, marks=UNFOUND.get(genre, ())) for genre in HAND_SPUN])
def test_spun_texts_of_unlike_genres_are_called_spun(genre: str) -> None:
    report = detect(HAND_SPUN[genre])
    assert report.spun > 0.5 and sum(f.verdict == "restore" for f in report.findings) >= 4


def test_a_spun_recipe_is_read_in_its_own_words() -> None:
    meant = {f.observed: f.intended for f in detect(HAND_SPUN["recipe"]).findings if f.verdict == "restore"}
    assert meant["squeeze"] == "pinch" and meant["hitter"] == "batter" and meant["at that point"] == "then"


def test_no_word_that_is_passed_over_could_be_one_of_an_odd_pair() -> None:
    assert not [word for word in _FUNCTION_WORDS if len(word) > 2 and word not in FUNCTION_WORDS]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 16)), max_size=40), st.integers(0, 40))
def test_what_is_counted_in_parts_and_where_the_pairs_are_is_the_best_of_all_stretches(pairs: list[tuple[int, int]], cut: int) -> None:
    weights = shipped_weights()
    tally = Tally(words=len(pairs))
    for part in (pairs[:cut], pairs[cut:]):
        tally.count(np.array([p for p, _ in part], dtype=np.uint64), np.array([k for _, k in part], dtype=np.int64), weights)
    met: set[int] = set()
    kinds = []
    for pair, kind in pairs:
        kinds.append(0 if pair in met else kind)
        met |= {pair} if kind else set()
    for share, (of_share, drift) in enumerate(zip(weights.gains, weights.drift, strict=True)):
        gains = of_share[np.array(kinds, dtype=np.int64)] - drift
        slow = max((float(gains[a:b].sum()) for a in range(len(gains)) for b in range(a + 1, len(gains) + 1)), default=0.0)
        assert np.broadcast_to(tally.best, weights.drift.shape)[share] == pytest.approx(max(slow, 0.0))


@pytest.mark.parametrize("blank", [" ", "\n", "  "])
def test_a_decade_in_words_is_a_trace_over_the_end_of_a_line(blank: str) -> None:
    text = "She moved to the coast with all of her family in the Nineteen Eighties."
    assert look(text.replace("Nineteen ", f"Nineteen{blank}")).log_odds == look(text).log_odds
