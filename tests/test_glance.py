"""The glance at what a first look did not let through."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import spinfix
from spinfix import Policy, detect, explain, lattice, loaded
from spinfix.first_look import USUAL_WORDS, look
from spinfix.glance import BEST, NOTHING, Glance, figures, is_strong, shipped_glance
from spinfix.proposals import Fits
from spinfix.text import tokenize

CLEAN = "He found the blaze pretty huge."  # asks for a second look by its pairs of words, as short texts do
SPUN = "He works at a suppose tank within the Center East, officers mentioned."


def fits_of(text: str) -> Fits:
    return loaded.proposer((), "").fits(tokenize(text))


def fits(*rows: tuple[int, int, float, float, bool]) -> Fits:
    first, last, gains, log_p, strong = (np.array(column) for column in zip(*rows, strict=True))
    return Fits(first, last, gains, log_p, strong)


def test_a_short_clean_text_is_let_through_without_a_lattice(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(CLEAN).log_odds >= 0
    monkeypatch.setattr(lattice, "build", lambda *_: pytest.fail("built"))
    report = detect(CLEAN)
    assert not report.findings and report.spun == Policy().spun_prior and report.words == 6
    with pytest.raises(pytest.fail.Exception):
        detect(CLEAN, Policy(gate=False))


@pytest.mark.parametrize("policy", [Policy(suggest=0.1), Policy(spun_prior=0.1), Policy(gate=False)])
def test_who_asks_for_more_has_everything_read(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lattice, "build", lambda *_: pytest.fail("built"))
    with pytest.raises(pytest.fail.Exception):
        detect(CLEAN, policy)


def test_what_is_let_through_is_explained_all_the_same() -> None:
    assert explain(CLEAN).findings


def test_a_spun_sentence_is_read() -> None:
    assert shipped_glance().is_enough(fits_of(SPUN), look(SPUN))
    assert not shipped_glance().is_enough(fits_of(CLEAN), look(CLEAN))
    assert "think tank" in spinfix.restore(SPUN)


@pytest.mark.parametrize("text", ["He works at a suppose tank.", "She works at a suppose tank in Beirut.\n"])
def test_one_plain_trace_is_enough_to_be_read(text: str) -> None:
    assert [f.observed for f in detect(text).findings] == ["suppose"]


def test_the_figures_are_those_of_the_best_places() -> None:
    seen = replace(look("nothing"), words=10, log_odds=1.5)
    one, two, three = (0, 1, 4.0, -1.0, False), (0, 1, 2.0, -0.5, True), (3, 5, 0.0, -2.0, False)
    found = figures(fits(one, two, three), seen)
    both = np.logaddexp(0.51 * 4 - 1, 0.51 * 2 - 0.5)
    assert found[:BEST] == pytest.approx([both, -2.0, NOTHING])  # two readings of one place are one place
    assert found[BEST] == pytest.approx(np.log1p(np.exp(both) * 0.02 / 0.98) + np.log1p(np.exp(-2.0) * 0.02 / 0.98))
    assert found[-3:] == pytest.approx([1.5, np.log(10), 10 / USUAL_WORDS])
    nothing = figures(fits_of("the"), seen)
    assert nothing[:-3] == pytest.approx([NOTHING] * BEST + [0, 0])


def test_what_does_not_fit_at_all_is_no_strong_evidence() -> None:
    lets_nothing_through = Glance(np.zeros(8), 1.0)
    fitting, unfit, usual = fits((0, 1, 9.0, -1.0, True)), fits((0, 1, -9.0, 0.0, True)), fits((0, 1, 9.0, -1.0, False))
    assert [is_strong(f) for f in (fitting, unfit, usual)] == [True, False, False]
    assert [lets_nothing_through.is_enough(f, look("nothing")) for f in (fitting, unfit, usual)] == [True, False, False]


@pytest.mark.parametrize("text", ["The department ordered twenty-four,000 rifles.", "The mill closed in the Nineteen Thirties."])
def test_what_rules_look_for_is_read(text: str) -> None:
    assert spinfix.restore(text) != text


def test_more_is_never_less() -> None:
    """Better places and a first look that says more speak for a second one."""
    assert (shipped_glance().weights[:BEST] > 0).all() and shipped_glance().weights[-3] > 0
