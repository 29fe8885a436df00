"""The scoring core step by step, on lattices and posteriors made for it: which place wins, what is joined, what is told, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spinfix import scoring
from spinfix.adaptation import EQUALS_FROM, Adapted, Priors
from spinfix.calibration import NONE
from spinfix.detection import blocks_of
from spinfix.language_model import default_model
from spinfix.lattice import Lattice, build
from spinfix.records import Alternative, Candidate, Detail, Finding, Verdict
from spinfix.regions import Regions
from spinfix.scoring import CLEAN_COST, score
from spinfix.text import Document, Lines, tokenize

Floats = NDArray[np.float64]
TEXT = "They met.\nThe plan is primarily based totally on it, and the fight went away for long in an old town."
DOCUMENT = tokenize(TEXT)
AT = {surface: k for k, surface in enumerate(DOCUMENT.surfaces)}


def made(first: str, last: str, intended: str, source: str = "test/list", log_p: float = -1.0, terms: float = 0.0) -> Candidate:
    """A candidate for the words of ``TEXT`` from ``first`` to ``last``."""
    a, b = AT[first], AT[last] + 1
    return Candidate(a, b, intended, tuple(intended.split()), log_p, source, " ".join(DOCUMENT.forms[a:b]), terms=terms)


def laid_out(*candidates: Candidate) -> Lattice:
    return build(DOCUMENT, candidates, default_model())


def with_posteriors(p: Sequence[float], **more: Any) -> Adapted:
    nothing = np.zeros(len(p))
    given: dict[str, Any] = {"spun": 0.9, "spin_rate": 0.1, "family": "", "log_prior": nothing, "log_family": nothing} | more
    return Adapted(candidates=np.array(p, dtype=np.float64), **given)


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Lattice, Floats]:
    """Candidates that overlap and share places, with posteriors some of which are equal."""
    spans = draw(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 3)), min_size=1, max_size=8))
    candidates = [Candidate(a, a + size, "word", ("word",), -1.0, "test/list", "x") for a, size in spans]
    p = draw(st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.3, 0.8]), min_size=len(spans), max_size=len(spans)))
    return laid_out(*candidates), np.array(p)


@settings(max_examples=80, deadline=None)
@given(crowds(), st.sampled_from([0.0, 0.1, 0.2]))
def test_the_likeliest_candidate_takes_its_place_and_so_on(crowd: tuple[Lattice, Floats], at_least: float) -> None:
    lattice, p = crowd
    left = [(-float(p[k]), k) for k in range(len(p)) if p[k] >= at_least]
    expected = []
    while left:
        _, best = min(left)
        mine = lattice.candidates[best]
        rivals = [(-float(p[k]), k) for k, c in enumerate(lattice.candidates) if (c.first, c.last) == (mine.first, mine.last) and k != best]
        expected.append((mine.first, [best, *(k for _, k in sorted(rivals))]))
        left = [(q, k) for q, k in left if lattice.candidates[k].last <= mine.first or mine.last <= lattice.candidates[k].first]
    assert scoring._choose(lattice, with_posteriors(p.tolist()), at_least) == [group for _, group in sorted(expected)]


def joined(lattice: Lattice, p: Sequence[float]) -> list[float]:
    given = np.array(p)
    found = scoring._equals_joined(DOCUMENT, lattice, given)
    assert given.tolist() == list(p), "what is given stays as it is"
    return [round(x, 9) for x in found.tolist()]


def test_what_writes_the_same_text_is_as_probable_as_all_of_it() -> None:
    lattice = laid_out(
        made("primarily", "totally", "based"), made("primarily", "on", "Based on"), made("primarily", "on", "based in"),
        made("based", "on", "based on"), made("went", "away", "went on"), made("is", "totally", "is based"),
    )  # fmt: skip
    assert joined(lattice, [0.3, 0.4, 0.1, 0.05, 0.2, 0.02]) == [0, 0.72, 0.1, 0.05, 0.2, 0]
    assert joined(lattice, [0.3, 0.3, 0.1, 0.05, 0.2, 0.3]) == [0.9, 0, 0.1, 0.05, 0.2, 0], "of equals the first"
    assert joined(lattice, [0.7, 0.6, 0, 0, 0, 0]) == [1.0, 0, 0, 0, 0, 0]
    assert joined(lattice, [0.7, EQUALS_FROM - 1e-6, 0, 0, 0, 0]) == [0.7, EQUALS_FROM - 1e-6, 0, 0, 0, 0], "not worth the look"
    assert joined(lattice, [0.7, EQUALS_FROM, 0, 0, 0, 0]) == [0.7 + EQUALS_FROM, 0, 0, 0, 0, 0]


def test_what_is_joined_ends_no_search_for_others() -> None:
    lattice = laid_out(
        made("primarily", "totally", "based"), made("primarily", "on", "based on"), made("went", "away", "left"),
        made("fight", "away", "fight left"),
    )  # fmt: skip
    assert joined(lattice, [0.4, 0.3, 0.2, 0.1]) == [0.7, 0, 0.3, 0]


def test_a_word_for_a_word_is_no_equal_of_a_phrase() -> None:
    lattice = laid_out(made("fight", "fight", "war"), made("fight", "went", "war went"), made("the", "fight", "the war"))
    assert joined(lattice, [0.3, 0.3, 0.2]) == [0.3, 0.5, 0]


class _Halved:
    """A calibration that halves, and notes what it was told."""

    def __init__(self) -> None:
        self.strays: list[float] = []

    def of(self, lattice: Lattice, found: Floats, strays: float) -> Floats:
        self.strays.append(strays)
        return found / 2


def test_only_what_holds_in_spun_text_is_calibrated() -> None:
    lattice = laid_out(made("primarily", "totally", "based"), made("primarily", "on", "based on"), made("fight", "fight", "war"))
    stated = np.array([0.1, 0.2, 0.3])
    halved: Any = _Halved()
    parts = {
        "given_spun": np.array([0.5, 0.3, 0.6]), "given_clean": np.array([0.04, 0.02, 0.1]), "shares": np.array([0.5, 0.25, 0.0]),
    }  # fmt: skip
    found = scoring._calibrated(DOCUMENT, lattice, with_posteriors([0, 0, 0], strays=0.7, **parts), stated, halved)
    assert found.tolist() == pytest.approx([0.5 * 0.4 + 0.5 * 0.06, 0, 0.1])
    assert halved.strays == [0.7]
    for name in parts:
        adapted = with_posteriors([0, 0, 0], **{**parts, name: None})
        assert scoring._calibrated(DOCUMENT, lattice, adapted, stated, halved) is stated


def decided(monkeypatch: pytest.MonkeyPatch, p: float, *, spun: float = 0.9, **how: Any) -> tuple[Finding, ...]:
    """What is found where one word has the posterior ``p``."""
    lattice = laid_out(made("fight", "fight", "war"))
    monkeypatch.setattr(scoring, "adapt", lambda *_: with_posteriors([p], spun=spun))
    return score(DOCUMENT, lattice, Priors(), calibration=NONE, **how).findings


@pytest.mark.parametrize(
    ("p", "spun", "verdict"),
    [
        (0.5, 0.9, Verdict.RESTORE), (0.499, 0.9, Verdict.SUGGEST), (0.2, 0.9, Verdict.SUGGEST), (0.199, 0.9, Verdict.KEEP),
        (0.5, 0.5, Verdict.RESTORE), (0.5, 0.499, Verdict.SUGGEST), (7 / 12 + 1e-6, 0.4, Verdict.RESTORE),
        (7 / 12 - 1e-6, 0.4, Verdict.SUGGEST), (0.0, 0.9, Verdict.KEEP),
    ],
)  # fmt: skip
def test_verdicts_begin_where_they_are_said_to(monkeypatch: pytest.MonkeyPatch, p: float, spun: float, verdict: Verdict) -> None:
    """0.5 where the text is spun; where it rather is not, a false edit costs more: p / (1 - p) must be 1.4 instead of 1."""
    assert pytest.approx((7 / 12) / (5 / 12)) == CLEAN_COST
    how = {"restore_at": 0.5, "suggest_at": 0.2}
    (finding,) = decided(monkeypatch, p, spun=spun, detail=Detail.PLACES, **how)
    assert finding.verdict is verdict
    without = decided(monkeypatch, p, spun=spun, **how)
    assert [f.verdict for f in without] == [verdict] * (verdict is not Verdict.KEEP)


def test_suggestions_may_be_asked_for_from_above_what_is_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    (finding,) = decided(monkeypatch, 0.6, restore_at=0.5, suggest_at=0.9)
    assert finding.verdict is Verdict.RESTORE
    assert not decided(monkeypatch, 0.4, restore_at=0.5, suggest_at=0.9)


def test_the_document_is_adapted_to_by_its_changeable_places_and_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def adapt(*given: Any) -> Adapted:
        asked.append(given)
        return with_posteriors([0.6], spun=0.8, spin_rate=0.25, strays=0.3, family="academic")

    monkeypatch.setattr(scoring, "adapt", adapt)
    lattice, priors = laid_out(made("fight", "fight", "war")), Priors(spun=0.3)
    scored = score(DOCUMENT, lattice, priors, restore_at=0.5, suggest_at=0.2, calibration=NONE)
    ((given_lattice, changeable, log_odds, given_priors, shares, told_from),) = asked
    assert told_from == pytest.approx(0.4), "the suggestions of a clean document"
    assert given_lattice is lattice and given_priors is priors
    assert changeable == sum(len(s) > 2 and s[0].isalpha() and s.islower() for s in DOCUMENT.surfaces)
    assert shares.tolist() == [1.0] and math.isfinite(log_odds)
    assert (scored.spun, scored.spin_rate, scored.strays, scored.family) == (0.8, 0.25, 0.3, "academic")


@pytest.mark.parametrize("detail", [Detail.PLACES, Detail.REASONS])
def test_where_pairs_are_asked_or_all_is_told_the_ways_of_the_spinner_are_too(monkeypatch: pytest.MonkeyPatch, detail: Detail) -> None:
    asked: list[float] = []

    def adapt(*given: Any) -> Adapted:
        asked.append(given[5])
        return with_posteriors([0.1])

    monkeypatch.setattr(scoring, "adapt", adapt)
    candidate = made("fight", "fight", "war")._replace(pair=0.0 if detail is Detail.PLACES else 6.0)
    score(DOCUMENT, laid_out(candidate), Priors(), restore_at=0.5, suggest_at=0.2, detail=detail, calibration=NONE)
    assert asked == [0.0]


def test_only_parts_that_may_well_be_spun_count_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """At least half as probably spun as the likeliest one; each candidate is told the probability of its own part."""
    seen = blocks_of(DOCUMENT, laid_out(made("fight", "fight", "war")))
    cut = AT["and"]
    parts = seen._replace(firsts=np.array([0, AT["is"], cut]), changeable=np.array([3, 5, 11]))
    monkeypatch.setattr(scoring, "blocks_of", lambda *_: parts)
    monkeypatch.setattr(scoring, "regions", lambda *_: Regions(2.5, np.array([0.8, 0.399, 0.4])))
    asked: list[tuple[Any, ...]] = []

    def adapt(*given: Any) -> Adapted:
        asked.append(given)
        return with_posteriors([0.6, 0.1])

    monkeypatch.setattr(scoring, "adapt", adapt)
    lattice = laid_out(made("fight", "fight", "war"), made("The", "plan", "a scheme"))
    score(DOCUMENT, lattice, Priors(), restore_at=0.5, suggest_at=0.2, calibration=NONE)
    ((_, changeable, log_odds, _, shares, _),) = asked
    assert (changeable, log_odds, shares.tolist()) == (3 + 11, 2.5, [0.4, 0.8])


def test_a_finding_says_where_and_what() -> None:
    lattice = laid_out(
        made("The", "plan", "This plan", "first/list"), made("The", "plan", "a scheme"), made("The", "plan", "plans"),
        made("fight", "fight", "war"),
    )  # fmt: skip
    adapted = with_posteriors([0.5, 0.005, 0.004, 0.3])
    p = adapted.candidates.tolist()
    finding = scoring._finding(DOCUMENT, lattice, adapted, (p, p, p), [0, 1, 2], Verdict.SUGGEST, Lines(TEXT), Detail.REASONS)
    assert TEXT[finding.span.start : finding.span.end] == finding.observed == "The plan"
    assert (finding.line, finding.column, finding.intended, finding.source) == (2, 1, "This plan", "first/list")
    assert (finding.posterior, finding.verdict) == (0.5, Verdict.SUGGEST)
    assert finding.alternatives == (Alternative("A scheme", 0.005),), "with a capital, as the sentence begins here"


def reasons_of(adapted: Adapted, stated: float, counted: float, candidate: Candidate) -> dict[str, tuple[float, str]]:
    lattice = laid_out(candidate, made("old", "old", "ancient"))
    adapted = Adapted(
        adapted.spun, adapted.spin_rate, adapted.family, np.array([counted, 0.9]), np.array([adapted.log_prior[0], 0.0]),
        np.array([adapted.log_family[0], 0.0]), adapted.log_rate,
    )  # fmt: skip
    found = scoring._evidence(lattice, adapted, ([stated, 0.9], [counted, 0.9], [counted, 0.9]), [0], "primarily\n  based")
    return {e.kind: (e.log_odds, e.reason) for e in found}


@pytest.mark.parametrize(("family", "told"), [("academic", "of the family academic"), ("", "like this one")])
def test_reasons_are_the_parts_of_the_log_odds(family: str, told: str) -> None:
    adapted = with_posteriors([0], family=family, log_rate=-2.0, log_prior=np.array([-3.0]), log_family=np.array([-0.75]))
    candidate = made("primarily", "based", "based", log_p=-1.0, terms=0.5)
    reasons = reasons_of(adapted, 0.5, 0.75, candidate)
    assert reasons["prior"][0] == -2.0 and "12%" in reasons["prior"][1]
    assert reasons["channel"][0] == -1.5 and "“based”" in reasons["channel"][1] and "22%" in reasons["channel"][1]
    assert "“primarily based”" in reasons["channel"][1], "as it stands, on one line"
    assert reasons["terms"][0] == 0.5 and reasons["family"][0] == -0.75 and f"a spinner {told} writes this less" in reasons["family"][1]
    assert reasons["document"][0] == pytest.approx(-3.0 + 2.0 + 0.75 + 1.0)
    assert reasons["language-model"][0] == pytest.approx(0.0 + 2.0 + 0.75 - 0.75 + 1.0) and "better" in reasons["language-model"][1]
    assert reasons["calibration"][0] == pytest.approx(math.log(3))
    assert sum(log_odds for log_odds, _ in reasons.values()) == pytest.approx(math.log(3))


def test_reasons_that_weigh_nothing_are_left_out() -> None:
    adapted = with_posteriors([0], log_rate=math.log(0.004 / 0.996), log_prior=np.array([math.log(0.004 / 0.996) + 0.3]))
    reasons = reasons_of(adapted, 0.001, 0.001, made("primarily", "based", "based", log_p=0.3))
    assert set(reasons) == {"prior", "channel", "language-model"}
    assert "nobody seems to have spun this part of the text" in reasons["prior"][1], "the rest of it was spun"
    assert "100%" in reasons["channel"][1], "a share is never above 1"
    assert "worse" in reasons["language-model"][1]
    told = reasons_of(replace(adapted, spun=0.1), 0.001, 0.001, made("primarily", "based", "based", log_p=0.3))["prior"][1]
    assert told == "nobody seems to have spun this text"
    adapted = with_posteriors([0], log_rate=-0.005, log_prior=np.array([-0.0098]))
    reasons = reasons_of(adapted, 0.5, 0.5, made("primarily", "based", "based", log_p=0.0))
    assert set(reasons) == {"prior", "language-model"}, "0.005 is told, less is not"
    assert "better" in reasons["language-model"][1]


@pytest.mark.parametrize(
    ("p", "expected"),
    [([0.5, 0.25], math.log(2)), ([0.25, 0.25], math.log(0.5)), ([1.0, 0.0], 27.6), ([0.0, 0.0], -27.6), ([0.75, 0.25], 27.3)],
)
def test_log_odds_are_those_against_leaving_the_place_alone(p: list[float], expected: float) -> None:
    assert scoring._log_odds([0.9, *p], 1, [1, 2]) == pytest.approx(expected, abs=0.1 if abs(expected) > 2 else 1e-9)


@pytest.mark.parametrize(
    ("family", "p", "told"),
    [
        ("academic", [0.3, 0.1, 0.1], "academic"), ("academic", [0.3, 0.1, 0.09], ""), ("academic", [0.6, 0.0, 0.0], "academic"),
        ("", [0.3, 0.3, 0.4], "one"), ("", [0.2, 0.3, 0.6], "two"), ("", [0.25, 0.25, 0.5], "one"), ("", [0.4, 0.0, 0.4], ""),
    ],
)  # fmt: skip
def test_the_family_is_that_of_the_spinner_or_explains_most(family: str, p: list[float], told: str) -> None:
    lattice = laid_out(made("fight", "fight", "war", "one/a"), made("old", "old", "former", "one/b"), made("town", "town", "city", "two/a"))
    assert scoring._family(lattice, with_posteriors(p, family=family)) == told


def test_words_are_written_in_the_letter_case_of_their_place() -> None:
    document: Document = tokenize("Fight went on. The FIGHT, the Fight.")
    places = [k for k, form in enumerate(document.forms) if form == "fight"]
    written = [scoring._Writer(document, k, k + 1).as_meant(Candidate(k, k + 1, "war", ("war",), -1.0, "a/b", "fight")) for k in places]
    assert written == ["War", "WAR", "War"]
    long_war = [Candidate(k, k + 1, "long war", ("long", "war"), -1.0, "a/b", "fight") for k in places]
    several = [scoring._Writer(document, c.first, c.last).as_meant(c) for c in long_war]
    assert several == ["Long war", "LONG WAR", "Long War"], "a capital at the beginning of a sentence makes no title"


@pytest.mark.parametrize(
    ("spun", "told"), [(0.2, "this text is spun with a probability of 10%; if it is, about 12%"), (0.9, "this part of the text is")]
)
def test_a_doubt_that_the_text_is_spun_is_told_as_such(spun: float, told: str) -> None:
    lattice = laid_out(made("primarily", "based", "based", log_p=-1.0))
    adapted = Adapted(
        spun, 0.1, "", np.array([0.08]), np.array([-3.0]), np.array([0.0]), -2.0, np.array([0.8]), np.array([0.0]), np.array([0.1]),
        log_unspun=np.array([-9.0]), log_clean_rate=-9.0,
    )  # fmt: skip
    reasons = {e.kind: e for e in scoring._evidence(lattice, adapted, ([0.08], [0.08], [0.08]), [0], "primarily based")}
    log_odds = math.log(0.08 / 0.92)
    assert reasons["prior"].log_odds == pytest.approx(-2.0 + log_odds - math.log(4)) and told in reasons["prior"].reason
    assert reasons["language-model"].log_odds == pytest.approx(math.log(4) + 3.0), "what it is if the text was spun"
    assert "better" in reasons["language-model"].reason
    assert sum(e.log_odds for e in reasons.values()) == pytest.approx(log_odds)
