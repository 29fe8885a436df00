"""Reviews: whatever is answered, the patch applies and leads back; and what is shown is what is asked."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_reports import EXAMPLE, finding, made, reports

from spinfix import InputError, Report, Span, Verdict, detect, revert
from spinfix.review import HELP, LEFT, Review, candidates

TEXT = "Some folks came. The Folks left; folks\r\nsaid so. A brand new day."
FOLKS = [Span(5, 10), Span(21, 26), Span(33, 38)]
REPORT = made(
    TEXT,
    [
        finding(TEXT, FOLKS[0], "people"),
        finding(TEXT, FOLKS[1], "People", verdict=Verdict.SUGGEST),
        finding(TEXT, FOLKS[2], "people"),
        finding(TEXT, Span(40, 44), "told", verdict=Verdict.KEEP),
        finding(TEXT, Span(51, 60), "new"),
    ],
)
REAL = detect(EXAMPLE, path="spun.txt")


def after(*keys: str, report: Report = REPORT) -> Review:
    review = Review.of(report)
    for key in keys:
        review = review.answered(key)
    return review


def text_after(*keys: str) -> str:
    return after(*keys).patch.apply(TEXT)


@settings(max_examples=300, deadline=None)
@given(reports(), st.lists(st.sampled_from(["y", "n", "1", "2", "a", "r", "b", "q", " Y ", "A"]), max_size=15))
def test_any_answers_give_a_patch_that_applies_and_leads_back(report: Report, keys: list[str]) -> None:
    review = Review.of(report)
    for key in keys:
        if review.finished and key != "b":
            with pytest.raises(InputError, match="finished"):
                review.place  # noqa: B018
            break
        if not review.finished:
            assert review.prompt().endswith("\n")
        review = review.answered(key)
    restored = review.patch.apply(report.text)
    assert revert(restored, review.patch) == report.text
    assert {c.span for c in review.patch.corrections} <= {f.span for f in review.places}
    assert len(review.patch.corrections) == sum(k not in (None, LEFT) for k in review.answers)
    assert review.closing()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from("yn12arq"), min_size=1, max_size=6))
def test_a_step_back_is_the_state_before(keys: list[str]) -> None:
    states = [Review.of(REPORT)]
    for key in keys:
        if states[-1].finished:
            break
        states.append(states[-1].answered(key))
    review = states[-1]
    for state in reversed(states[:-1]):
        review = review.back()
        assert review == state
    assert review.back() == review


def test_every_place_but_the_kept_ones_is_asked_about_once_and_in_order() -> None:
    review = Review.of(REAL)
    asked = []
    while not review.finished:
        asked.append(review.place)
        review = review.reject()
    assert asked == [f for f in REAL.findings if f.verdict is not Verdict.KEEP]
    assert review.patch.apply(EXAMPLE) == EXAMPLE


def test_accepting_the_restorations_and_no_suggestion_is_what_restore_does() -> None:
    review = Review.of(REAL)
    while not review.finished:
        review = review.accept() if review.place.verdict is Verdict.RESTORE else review.reject()
    assert review.patch == REAL.patch


def test_one_place_at_a_time() -> None:
    assert text_after("y") == TEXT.replace("folks", "people", 1)
    assert text_after("n") == TEXT
    assert text_after("2") == TEXT.replace("folks", "people!", 1)
    assert text_after("n", "n", "n", "y") == TEXT.replace("brand new", "new")


def test_all_of_a_kind_whatever_its_letter_case() -> None:
    review = after("a")
    assert review.patch.apply(TEXT) == TEXT.replace("folks", "people").replace("Folks", "People")
    assert review.place.observed == "brand new"
    assert after("r").place.observed == "brand new"
    assert text_after("r", "y") == TEXT.replace("brand new", "new")


def test_all_of_a_kind_from_here_on_leaves_earlier_answers() -> None:
    assert after("n", "a").answers == (LEFT, 0, 0, None)
    assert after("y", "r").answers == (0, LEFT, LEFT, None)


def test_quitting_keeps_the_answers_so_far() -> None:
    review = after("y", "q")
    assert review.finished
    assert review.patch.apply(TEXT) == TEXT.replace("folks", "people", 1)
    assert review.closing() == "a.txt: 1 accepted, 0 rejected, 3 not answered"
    assert after("y", "n", "2", "y").closing() == "a.txt: 3 accepted, 1 rejected"


@pytest.mark.parametrize("key", ["", "x", "yes", "-1", "²", "?", pytest.param("9" * 5000, id="long")])
def test_an_answer_that_is_none_is_told(key: str) -> None:
    with pytest.raises(InputError, match=re.escape(f"found {key!r}")):
        after(key)


@pytest.mark.parametrize("key", ["y", "n", "a", "r", "1"])
def test_a_review_that_is_finished_takes_no_answer(key: str) -> None:
    with pytest.raises(InputError, match="the review is finished: there is no place left to ask about"):
        after("q", key)


@pytest.mark.parametrize("key", ["0", "3", "99"])
def test_a_candidate_that_is_not_there_is_told(key: str) -> None:
    with pytest.raises(InputError, match=f"expected a candidate from 1 to 2, found {key}"):
        after(key)


def test_the_prompt_shows_the_sentence_and_the_candidates() -> None:
    assert after("n", "n").prompt() == (
        f"a.txt:1:34  3 of 4  family/list  {REPORT.findings[2].id}\n"
        "  The Folks left; [folks] said so.\n"
        "  1  people  0.90\n"
        "  2  people!  0.05\n"
        "  +1.5  “people” fits better\n"
    )


def test_colours_are_all_that_colour_adds() -> None:
    plain, colored = Review.of(REAL).prompt(), Review.of(REAL).prompt(color=True)
    observed = Review.of(REAL).place.observed
    assert re.sub("\033\\[[0-9;]*m", "", colored) == plain.replace(f"[{observed}]", observed)
    assert "\033[" in colored


def test_no_control_character_of_a_text_works_on_the_terminal() -> None:
    text = "Some \x1b[2Jfolks\a came."
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f]", Review.of(made(text, [finding(text, Span(9, 14), "people")])).prompt())
    assert "␛[2J[folks]␇" in Review.of(made(text, [finding(text, Span(9, 14), "people")])).prompt()


def test_a_place_without_a_word_can_be_asked_about() -> None:
    text = "It was was late."
    review = Review.of(made(text, [finding(text, Span(7, 11), "")]))
    assert "1  (nothing)" in review.prompt()
    assert review.accept().patch.apply(text) == "It was late."


def test_the_help_names_every_answer() -> None:
    for key in "ynarbq?":
        assert re.search(rf"(^|  ){re.escape(key)}  ", HELP, re.MULTILINE)


def test_candidates_come_with_the_likeliest_first() -> None:
    assert [c.intended for c in candidates(REPORT.findings[0])] == ["people", "people!"]


def test_nothing_to_review_is_finished_at_once() -> None:
    review = Review.of(detect("It rained all day."))
    assert review.finished
    assert review.patch.corrections == ()


def test_a_long_review_can_be_shown_and_compared() -> None:
    text = "a " * 3_000
    report = made(text, [finding(text, Span(2 * k, 2 * k + 1), "the") for k in range(3_000)])
    one, other = Review.of(report), Review.of(report)
    while not one.finished:
        one, other = one.accept(), other.accept()
    assert repr(one) and one == other and hash(one) == hash(other)
