"""The scoring core: honest look-alikes stay as they are, short texts are judged on strong evidence, the same text gives the same result."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import spinfix
from spinfix.adaptation import ORDINARY, SPINNERS, Priors, _kept, adapt
from spinfix.api import prepared
from spinfix.detection import blocks_of
from spinfix.scoring import OTHERS
from spinfix.wordlists import SOURCES

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
LOOK_ALIKES: dict[str, str]
LEARNERS: dict[str, str]
LOOK_ALIKES, LEARNERS = (runpy.run_path(str(BENCHMARKS / "look_alikes.py"))[name] for name in ("LOOK_ALIKES", "LEARNERS"))

# The same news told again, fluently, as a translation there and back or a language model would: reworded, but no word-spun text.
PARAPHRASES = [
    "Three weeks after it began, the fight for control of the governing party shows no sign of ending. On Monday a police patrol came "
    "across a stash of assault rifles that had been hidden in a rented garage. According to the head of the force, the guns were taken "
    "from a military warehouse last spring. Whether the suspects have ties to one of the rival camps is something she would not discuss. "
    "The party, for its part, insists that its members will choose the next leader at the ballot box and that bloodshed helps no one.",
    "House building picked up a little between April and June, ending a decline that had lasted twelve months. One of the biggest lenders "
    "to the industry warns that the upturn will be gradual, since wood is still expensive. Conditions vary from place to place. Companies "
    "in the north have more work than they can handle, whereas those near the sea cannot hire enough skilled labour. The next set of "
    "numbers is due before the end of the year.",
    "The researchers kept track of barnacles on the shores of two islands, where the animals compete for space between high and low tide. "
    "Twice a month they recorded how many were alive and how warm the sea was one metre below the surface. The animals grew slowly during "
    "the cold season. What mattered most was how high on the rocks they had settled, and after that how large the "
    "animals around them were.",
]


@pytest.mark.parametrize("genre", LOOK_ALIKES)
def test_honest_look_alikes_are_left_alone(genre: str) -> None:
    text = LOOK_ALIKES[genre]
    report = spinfix.detect(text)
    assert spinfix.restore(text) == text
    assert report.spun < 0.4


@pytest.mark.parametrize("who", LEARNERS)
def test_learners_of_english_are_left_alone(who: str) -> None:
    text = LEARNERS[who]
    report = spinfix.detect(text)
    assert spinfix.restore(text) == text
    assert report.spun < 0.5


@pytest.mark.parametrize(
    "sentence",
    [
        "The name of the section is shown at the begin of the page, and at its end there is a list of all figures.",
        "If you nevertheless need to run the installer by hand, please read the notes on the next page before.",
        "The generated archive does now no longer include the tests.",
    ],
)
def test_ordinary_words_at_unusual_places_are_no_work_of_a_spinner(sentence: str) -> None:
    text = f"{sentence} The window can be closed with the button on the left, and the program keeps what was typed."
    report = spinfix.explain(text, spinfix.Policy(spun_prior=1e-5))
    assert not report.patch.corrections
    found = max((f for f in report.findings if f.observed in ("begin", "nevertheless", "now no longer")), key=lambda f: f.posterior)
    assert {e.kind for e in found.evidence} >= {"prior", "ordinary", "language-model"}
    assert sum(e.log_odds for e in found.evidence if e.kind == "ordinary") == pytest.approx(ORDINARY)


def test_look_alikes_are_left_alone_together() -> None:
    text = "\n\n".join(LOOK_ALIKES.values())
    assert spinfix.restore(text) == text


@pytest.mark.parametrize("text", PARAPHRASES, ids=["news", "economy", "science"])
def test_reworded_text_is_not_called_spun(text: str) -> None:
    assert spinfix.detect(text).spun < 0.1
    assert spinfix.restore(text) == text


@pytest.mark.parametrize(
    ("text", "restored"),
    [
        ("He works at a suppose tank.", "He works at a think tank."),
        ("It was a long struggle.", "It was a long struggle."),
        ("The struggle went on for years.", "The struggle went on for years."),
        ("They put a log on the fireplace.", "They put a log on the fireplace."),
    ],
)
def test_a_single_sentence_is_judged_on_strong_evidence(text: str, restored: str) -> None:
    assert spinfix.restore(text) == restored


EXAMPLE = Path(__file__).parent.parent / "examples" / "spun-article.txt"
SPUN = (
    "The suppose tank mentioned in an announcement that arms gross sales and struggle crimes within the Center East were on the agenda, in "
    "accordance with the well being ministry. Folks misplaced their houses within the struggle, officers mentioned. "
)


def test_the_reasons_of_a_finding_add_up_to_its_posterior() -> None:
    findings = [f for f in spinfix.explain(SPUN).findings if 1e-6 < f.posterior < 1 - 1e-6]
    assert len(findings) > 10
    for finding in findings:
        others = sum(a.posterior for a in finding.alternatives)
        kept = 1 - finding.posterior - others
        if kept > 0.02:  # alternatives of less than 0.005 are not told
            log_odds = np.log(finding.posterior / kept)
            assert sum(e.log_odds for e in finding.evidence) == pytest.approx(log_odds, abs=0.4)


def test_the_family_of_the_spinner_is_told() -> None:
    assert spinfix.detect(EXAMPLE.read_text(encoding="utf-8")).family == "news-blog"


def test_every_family_of_lists_is_a_kind_of_spinner_or_open_to_all() -> None:
    families = {path.name for path in SOURCES.iterdir() if path.is_dir()}
    assert families - set(SPINNERS) == {"names", "other"}
    assert set(SPINNERS) <= families


def test_what_another_spinner_writes_counts_for_less_in_a_sure_document() -> None:
    document, lattice = prepared(EXAMPLE.read_text(encoding="utf-8"))
    adapted = adapt(lattice, blocks_of(document, lattice).profile.changeable, 50.0, Priors())
    assert adapted.family == "news-blog"
    distances = [(c.family, d) for c, d in zip(lattice.candidates, adapted.log_family.tolist(), strict=True) if not c.families]
    assert max(d for family, d in distances if family == "getting-to-know") < -1.5
    assert min(d for family, d in distances if family == "news-blog") > -1.0


def test_a_document_with_no_trace_is_read_at_the_clean_rate() -> None:
    document, lattice = prepared(LOOK_ALIKES["economy"])
    adapted = adapt(lattice, blocks_of(document, lattice).profile.changeable, -20.0, Priors())
    assert adapted.spun < 1e-6
    assert adapted.spin_rate == 0.0
    assert adapted.candidates.max() < 0.5


def test_no_result_depends_on_the_order_of_dictionaries_or_the_locale() -> None:
    """The same bytes from processes with other hash seeds and locales."""
    script = (
        "import spinfix, sys; t = sys.stdin.read(); r = spinfix.explain(t); "
        "print(r.spun, r.spin_rate, r.family, [(f.span, f.intended, f.posterior, f.source, f.evidence, f.alternatives) "
        "for f in r.findings])"
    )
    text = EXAMPLE.read_text(encoding="utf-8")
    outputs = set()
    for seed, locale in (("0", "C"), ("1", "C.UTF-8"), ("4711", "de_DE.UTF-8")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONUTF8": "1"}
        done = subprocess.run([sys.executable, "-c", script], input=text.encode(), capture_output=True, env=environment, check=True)
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000


def test_a_phrase_that_repeats_is_restored_at_every_place_where_several_candidates_write_the_same() -> None:
    text = (
        "The recommender structures are primarily based totally on the statistics of customers, and the gadget mastering model can also "
        "additionally expect what they purchase. It does now no longer want a set of rules for each product withinside the shop. "
        "The second version is primarily based totally on pictures, and the third one is primarily based totally on the reviews."
    )
    assert spinfix.restore(text).count("is based on") == 2
    assert "primarily" not in spinfix.restore(text)


def test_kept_is_only_what_no_overlapping_candidate_changes() -> None:
    _, lattice = prepared("It is primarily based totally on the plan withinside the store.")
    p = np.zeros(len(lattice.candidates))
    phrase = next(k for k, c in enumerate(lattice.candidates) if c.observed == "primarily based totally on")
    p[phrase] = 0.75
    kept = _kept(lattice, p)
    for candidate, share in zip(lattice.candidates, kept.tolist(), strict=True):
        overlaps = candidate.first < lattice.candidates[phrase].last and lattice.candidates[phrase].first < candidate.last
        assert share == pytest.approx(0.25 if overlaps else 1.0)


def test_a_capital_inside_a_sentence_says_that_a_name_was_meant() -> None:
    text = (
        "The suppose tank mentioned that greater than 40 million Individuals misplaced their houses within the struggle, in response to "
        "officers. Many Individuals consider that the financial system is dangerous. Most individuals stayed within the Center East."
    )
    restored = spinfix.restore(text)
    assert "40 million Americans lost their homes" in restored
    assert "Many Americans believe" in restored
    assert "Most people" in restored


def test_what_one_place_says_by_itself_outlives_what_the_others_say() -> None:
    document, lattice = prepared("Some 40 million Individuals consider so within the Center East, and many individuals mentioned it.")
    adapted = adapt(lattice, blocks_of(document, lattice).profile.changeable, 50.0, Priors())
    prior = {
        document.surfaces[c.first]: p
        for c, p in zip(lattice.candidates, adapted.log_prior.tolist(), strict=True)
        if c.observed == "individuals" and c.intended == "people"
    }
    assert prior["individuals"] - prior["Individuals"] > 2


def test_a_word_that_is_wrong_in_any_case_gives_way_to_its_likeliest_reading() -> None:
    text = (Path(__file__).parent.parent / "examples" / "spun-article.txt").read_text(encoding="utf-8")
    report = spinfix.explain(text)
    assert report.spun > 0.99
    undecided = 0
    for f in report.findings:
        others = sum(a.posterior for a in f.alternatives)
        if f.posterior + OTHERS * others >= spinfix.Policy().threshold:
            assert f.verdict is spinfix.Verdict.RESTORE
            undecided += f.posterior < spinfix.Policy().threshold
        elif f.posterior + OTHERS * others < spinfix.Policy().threshold - 0.05:  # the least probable ones are not listed
            assert f.verdict is not spinfix.Verdict.RESTORE
    assert undecided
